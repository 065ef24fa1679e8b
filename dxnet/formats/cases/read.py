"""Case files: one function for each kind in CASE_READERS."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dxnet.errors import CaseError, Issue, ParseError, brief
from dxnet.formats.cases.json_files import read_json, read_jsonl
from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, LocalCodes, read_local_codes
from dxnet.formats.cases.registry import CASE_WRITERS, STAGES, Stage
from dxnet.formats.cases.write import dump_case, left_out, write_case
from dxnet.formats.cases.yaml_files import read_yaml
from dxnet.inference.case import Case
from dxnet.inference.engine import Engine, EngineLike, network_of
from dxnet.inference.many_cases import cases_of_table, is_case_table, with_known_diagnosis
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import Network
from dxnet.lazy import lazily

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CASE_READERS",
    "CASE_WRITERS",
    "STAGES",
    "Stage",
    "dump_case",
    "left_out",
    "read_cases",
    "read_records",
    "reference_cases",
    "reference_cases_for",
    "understood",
    "write_case",
]

CASE_READERS: Mapping[str, Callable[[Path, Stage, Network | None, LocalCodes, str], list[Case]]] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": lazily("dxnet.formats.cases.csv_files:read_csv"),
}
"""A reader for each file suffix."""
_SAVE_AS_CSV = "save the table as 'CSV UTF-8' (.csv)"
_READ_LETTER = "read a letter with 'dxnet read'"
_OTHER_KINDS: Mapping[str, str] = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods", ".numbers"), _SAVE_AS_CSV),
    **dict.fromkeys((".tsv", ".tab"), "name it .csv; tabs may separate its cells"),
    **dict.fromkeys((".txt", ".docx", ".pdf"), _READ_LETTER),
    **dict.fromkeys((".gz", ".zip", ".bz2", ".xz", ".zst"), "unpack it"),
    ".parquet": "score a cohort with 'dxnet score'",
    ".xml": "save the FHIR Bundle as JSON (.json)",
}
"""What to do with files that are read elsewhere, or in another form."""
OWN_CASES = "cases.csv"
"""The cases of a network itself, in its directory."""


def read_cases(
    path: str | Path | pd.DataFrame,
    stage: Stage = "post",
    network: EngineLike | None = None,
    codes: str | Path | LocalCodes | None = None,
    name: str = "",
) -> list[Case]:
    """The cases of a file; its suffix says how it is read.

    Args:
        path: ``.yaml`` or ``.json`` (one case), ``.jsonl`` (one per line) or ``.csv`` (one per row; columns
            are ``id``, ``diagnosis`` and findings, any separator and encoding). A blank is a
            finding that was not examined. YAML and JSON may be a GA4GH phenopacket or a FHIR R4 Bundle, too;
            a ``.ndjson`` or ``.jsonl`` of single FHIR resources is one patient. Or a data frame, which is
            read as ``.csv`` is, and needs the network.
        stage: for published cases, the findings before the decisive test (``pre``) or all (``post``).
        network: tells which findings the codes of phenopackets and FHIR, and the columns of CSV files, are;
            other files do not need it.
        codes: a CSV file of further codes of phenopackets and FHIR, such as those of SNOMED CT or of a
            hospital, with the finding and state of each (see ``read_local_codes``); they outweigh those that
            the network knows. ``coded`` of a case tells what was taken from which code.
        name: what messages call the file; by default its name, without the folder.

    Raises:
        CaseError: a file cannot be read, or nothing of a record was understood; ``issues`` lists every
            problem with file and line. Whether a network has the findings and states shows only when it
            answers for the case.
        ValueError: no such stage, codes or a data frame without a network.

    >>> from dxnet.knowledge.load import RESOURCES
    >>> len(read_cases(RESOURCES / "data" / "cases" / "published.jsonl"))
    98
    """
    if is_case_table(path):
        if network is None:
            raise ValueError("a table needs the network whose findings its columns are: give network=")
        return [*cases_of_table(network_of(network), path)]
    cases = understood(read_records(path, stage, network, codes, name))
    return [replace(case, id=str(case.id), diagnosis=str(case.diagnosis)) for case in cases]


def read_records(
    path: str | Path,
    stage: Stage = "post",
    network: EngineLike | None = None,
    codes: str | Path | LocalCodes | None = None,
    name: str = "",
) -> list[Case]:
    """The same, with records of which nothing was understood, whose ``issues`` then have an error.

    Ids and diagnoses know their lines, which later messages about them name.

    Raises:
        CaseError, ValueError: as of ``read_cases``.
    """
    path = Path(path)
    name = name or path.name or str(path)
    if stage not in STAGES:
        fix = (
            "give it as network=" if isinstance(stage, Network | Engine) else f"known are {', '.join(STAGES)}"
        )
        raise ValueError(f"no stage {brief(stage)}; {fix}")
    reader = CASE_READERS.get(path.suffix.lower())
    if os.path.isdir(path):
        raise CaseError([Issue("error", name, "is a directory", "name the files in it")])
    if reader is None:
        message = f"cannot tell the kind of file from the suffix {path.suffix!r}"
        fix = "; ".join(
            filter(None, (_OTHER_KINDS.get(path.suffix.lower()), f"known are {', '.join(CASE_READERS)}"))
        )
        raise CaseError([Issue("error", name, message, fix)])
    known = None if network is None else network_of(network)
    try:
        cases = reader(path, stage, known, _local_codes(codes, known), name)
    except ParseError as problem:
        raise CaseError(problem.issues) from None
    return [with_known_diagnosis(case, known) for case in cases] if known else cases


def understood(cases: list[Case]) -> list[Case]:
    """The cases, if something was understood of each.

    Raises:
        CaseError: nothing of a record was; all at once.
    """
    if faults := [issue for case in cases for issue in case.issues if issue.level == "error"]:
        raise CaseError(faults)
    return cases


def _local_codes(codes: str | Path | LocalCodes | None, network: Network | None) -> LocalCodes:
    if codes is None or isinstance(codes, LocalCodes):
        return codes or NO_LOCAL_CODES
    if network is None:
        raise ValueError("codes need the network whose findings they stand for: give network=")
    return read_local_codes(Path(codes), network)


def reference_cases(stage: Stage = "post") -> list[Case]:
    """The development cases and the examples that ship with dxnet; a patient who is in both counts once.

    Validation cases are never shown one by one.

    >>> len(reference_cases())
    98
    """
    folder = RESOURCES / "data" / "cases"
    paths = [folder / "published.jsonl", *sorted(folder.glob("*.yaml"))]
    cases = [case for path in paths for case in read_cases(path, stage)]
    return list({case.id: case for case in reversed(cases)}.values())[::-1]


def reference_cases_for(
    networks: Sequence[Network], directory: Path | None = None, stage: Stage = "post"
) -> list[Case]:
    """Cases that show what distinguishes networks: their own, else those of dxnet if any fits; else none.

    Args:
        networks: of which one at least has the findings; the last is that of the directory.
        directory: of a network; its own cases stand in its ``cases.csv``.
        stage: of cases that have several.

    Raises:
        CaseError: its own cases cannot be read.

    >>> from dxnet import load_network
    >>> [len(reference_cases_for([load_network(name)])) for name in ("als_mimics", "asia")]
    [98, 0]
    """
    if directory and (own := directory / OWN_CASES).is_file():
        return read_cases(own, stage, networks[-1])
    shipped = reference_cases(stage)
    return shipped if any(_fits_network(case, network) for network in networks for case in shipped) else []


def _fits_network(case: Case, network: Network) -> bool:
    try:
        case.require_fit(network)
    except CaseError:
        return False
    return True
