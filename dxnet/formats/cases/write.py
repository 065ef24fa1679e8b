"""Case -> text that ``read_cases`` reads back: one function for each kind in CASE_WRITERS."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from dxnet.errors import CaseError, Issue, did_you_mean, file_fault
from dxnet.formats.cases import phenopacket_in as phenopacket
from dxnet.formats.cases.document import ABOUT_KEYS, PAUSED, VISITS
from dxnet.formats.cases.fhir_out import dump_fhir
from dxnet.formats.cases.phenopacket_out import dump_phenopacket
from dxnet.formats.cases.registry import CASE_WRITERS
from dxnet.inference.case import Case, CaseLike, State
from dxnet.inference.engine import EngineLike, network_of
from dxnet.inference.visit import Visit
from dxnet.knowledge.network import Network
from dxnet.whole_files import as_document, write_whole

_KIND_OF_SUFFIX = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_ABOUT_KEPT: Mapping[str, tuple[str, ...]] = {"phenopacket": phenopacket.PHENOPACKET_ABOUT, "fhir": ()}


def write_case(case: CaseLike, path: str | Path, kind: str = "", network: EngineLike | None = None) -> None:
    """Write a case to a file; one that is there is replaced.

    What has no place in this kind of file (``left_out``) is told by a ``UserWarning``.

    Args:
        case: what to write.
        path: where; ``.yaml`` or ``.json`` says the kind, where none is given.
        kind: ``yaml``, ``json``, ``phenopacket`` or ``fhir``.
        network: whose findings they are; ``phenopacket`` and ``fhir`` need it.

    Raises:
        CaseError: another suffix, a case that cannot be written, a path that cannot be written.
    """
    path, case = Path(path), Case.of(case)
    if not kind and path.suffix.lower() not in _KIND_OF_SUFFIX:
        fix = f"known are {', '.join(_KIND_OF_SUFFIX)}"
        raise CaseError([Issue("error", case.id, f"cannot write a case as {path.suffix!r}", fix)])
    kind = kind or _KIND_OF_SUFFIX[path.suffix.lower()]
    text = dump_case(case, kind, network)
    try:
        write_whole(path, as_document(text))
    except OSError as problem:
        raise CaseError([file_fault(path, problem)]) from None
    if lost := left_out(case, kind):
        message = f"{path}: {', '.join(lost)}: no place in this format, left out; kind='yaml' keeps all"
        warnings.warn(message, UserWarning, stacklevel=2)


def dump_case(case: CaseLike, kind: str = "yaml", network: EngineLike | None = None) -> str:
    """The text of a case file.

    Raises:
        CaseError: an unknown kind, one that needs a network, a case that does not fit the network, or a fact
            about the case that no file may hold.

    >>> case = Case({"age": "60-69", "babinski": {"present": 0.8, "absent": 0.2}}, id="a")
    >>> print(dump_case(case))  # doctest: -NORMALIZE_WHITESPACE
    id: a
    findings:
      age: 60-69
      babinski:
        present: 0.8
        absent: 0.2
    <BLANKLINE>
    """
    case = Case.of(case)
    if kind not in CASE_WRITERS:
        fix = did_you_mean(kind, CASE_WRITERS)
        raise CaseError([Issue("error", case.id, f"cannot write a case as {kind!r}", fix)])
    if odd := [key for key in case.about if key not in ABOUT_KEYS]:
        raise CaseError(
            [Issue("error", case.id, f"cannot write {key!r}", did_you_mean(key, ABOUT_KEYS)) for key in odd]
        )
    return CASE_WRITERS[kind](case, None if network is None else network_of(network))


def left_out(case: Case, kind: str) -> list[str]:
    """Facts about a case that have no place in this kind of file; findings always have one.

    >>> left_out(Case({}, about={"title": "A smoker", "note": "x"}), "phenopacket")
    ['note']
    """
    kept = _ABOUT_KEPT.get(kind, ABOUT_KEYS)
    lost = [key for key, text in case.about.items() if text and key not in kept]
    if kind in _ABOUT_KEPT:
        lost += [key for key, there in ((PAUSED, case.paused), (VISITS, case.visits)) if there]
    return lost


def dump_yaml(case: Case, _: object) -> str:
    """A case file in YAML."""
    text: str = yaml.safe_dump(_document(case), allow_unicode=True, sort_keys=False, width=10_000)
    return text


def dump_json(case: Case, _: object) -> str:
    """A case file in JSON."""
    return json.dumps(_document(case), indent=2, ensure_ascii=False) + "\n"


def _with_network(dump: Callable[[Case, Network], str]) -> Callable[[Case, Network | None], str]:
    """A writer that needs a network."""

    def write(case: Case, network: Network | None) -> str:
        if network is None:
            message, fix = "cannot be coded without its network", "give the network, too"
            raise CaseError([Issue("error", case.id, message, fix)])
        return dump(case, network)

    return write


dump_coded_phenopacket, dump_coded_fhir = _with_network(dump_phenopacket), _with_network(dump_fhir)


def _document(case: Case) -> dict[str, Any]:
    head = {"id": case.id, "diagnosis": case.diagnosis, **case.about}
    undated = {name: state for name, state in case.findings.items() if name in case.undated}
    parts: dict[str, Any] = {"findings": _plain_states(undated)}
    if case.paused:
        parts[PAUSED] = _plain_states(case.paused)
    if case.visits:
        parts[VISITS] = [_plain_visit(visit) for visit in case.visits]
    return {**{key: str(text) for key, text in head.items() if text}, **parts}


def _plain_visit(visit: Visit) -> dict[str, Any]:
    note = {"note": visit.note} if visit.note else {}
    return {"date": visit.on.isoformat(), **note, "findings": _plain_states(visit.findings)}


def _plain_states(findings: Mapping[str, State]) -> dict[str, Any]:
    return {
        str(name): str(state) if isinstance(state, str) else {str(s): float(p) for s, p in state.items()}
        for name, state in findings.items()
    }
