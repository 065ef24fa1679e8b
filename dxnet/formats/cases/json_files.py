"""JSON: one case per file, or per line (JSON Lines); phenopackets and FHIR are known by their content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from dxnet.errors import CaseError, Issue
from dxnet.formats.cases import fhir_in as fhir
from dxnet.formats.cases import phenopacket_in as phenopacket
from dxnet.formats.cases.document import case_of_document, source_line
from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, LocalCodes
from dxnet.formats.cases.own_outputs import CASE, refuse_other_output
from dxnet.formats.cases.registry import Stage
from dxnet.inference.case import Case
from dxnet.inference.many_cases import unfit_findings
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Scalar, utf8_text

MAX_JSON_DEPTH = 100
"""Of JSON: a questionnaire, pedigree or variant is some 30 deep."""
MAX_JSON_ISSUES = 1000
"""Reading ends after so many problems: they have one cause."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?')


class _Pairs(list[tuple[str, Any]]):
    """The pairs of a JSON object, those of a repeated key included."""


def read_json(path: Path, stage: Stage, network: Network | None, codes: LocalCodes, name: str) -> list[Case]:
    """The case of a JSON file, which messages call ``name``.

    Raises:
        ParseError, CaseError: not JSON, or not a case.
    """
    return [case_of(parse_json(utf8_text(path, name), name), stage, path.stem, network, codes)]


def read_jsonl(path: Path, stage: Stage, network: Network | None, codes: LocalCodes, name: str) -> list[Case]:
    """The cases of a JSON Lines file; blank lines do not count. Lines of FHIR resources are one patient.

    ``name`` is what messages call the file.

    Raises:
        ParseError, CaseError: lines that are not JSON or not a case; all at once.
    """
    lines = [(n, line) for n, line in enumerate(utf8_text(path, name).split("\n"), 1) if line.strip()]
    if not lines:
        raise CaseError([Issue("error", name, "is empty", "write one case a line")])
    documents: list[Map] = []
    cases: list[Case] = []
    faults: list[Issue] = []
    for number, line in lines:
        try:
            documents.append(parse_json(line, name, number))
            if not _is_resource(documents[-1]):
                id = f"{path.name}:{number}"
                cases.append(_softer(case_of(documents[-1], stage, id, network, codes)))
        except CaseError as problem:
            faults += problem.issues
            if len(faults) > MAX_JSON_ISSUES:
                fix = "check that it is the right file"
                faults.append(Issue("error", f"{name}:{number}", "and so on; reading ends here", fix))
                break
    if faults:
        raise CaseError([*faults, *unfit_findings(cases, network)])
    return [_bulk(documents, stage, path, network, codes, name)] if len(cases) < len(documents) else cases


def _is_resource(document: Map) -> bool:
    return bool(document.get("resourceType", "Bundle") != "Bundle")


def _bulk(
    documents: list[Map], stage: Stage, path: Path, network: Network | None, codes: LocalCodes, name: str
) -> Case:
    """The one patient whose FHIR resources stand one a line, as in a bulk export."""
    if odd := [document for document in documents if not _is_resource(document)]:
        fix = "write Bundles or cases into a file of their own"
        message = "is no single FHIR resource, as others in this file are"
        raise CaseError([Issue("error", document.where, message, fix) for document in odd])
    return case_of(fhir.bundled(documents, name), stage, path.stem, network, codes)


def _softer(case: Case) -> Case:
    """A case among others, of which nothing was understood: a warning, as the others can be read."""
    issues = [replace(issue, level="warning") if issue.level == "error" else issue for issue in case.issues]
    return replace(case, issues=tuple(issues))


def case_of(
    document: Map, stage: Stage, id: str, network: Network | None, codes: LocalCodes = NO_LOCAL_CODES
) -> Case:
    """The case of a document, which is one of ours, a phenopacket or FHIR by its content.

    A record of which nothing is understood has an issue that is an error.

    Raises:
        CaseError: not a case, or one whose codes need a network.
    """
    is_fhir = "resourceType" in document
    if not is_fhir and not phenopacket.is_phenopacket(document):
        return case_of_document(document, stage, id, network)
    if network is None:
        kind = "a FHIR resource" if is_fhir else "a phenopacket"
        fix = "read it with read_cases(path, network=load_network(...))"
        message = f"is {kind}, and only a network tells which findings its codes are"
        raise CaseError([Issue("error", document.where, message, fix)])
    read = fhir.case_of_bundle if is_fhir else phenopacket.case_of_phenopacket
    return read(document, network, id, codes)


def parse_json(text: str, name: str, line: int = 1) -> Map:
    """A JSON object as Map and Text, each with its place; ``line`` is that of the first character.

    Raises:
        CaseError: not a JSON object.
    """
    try:
        value = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        where = f"{name}:{line + getattr(problem, 'lineno', 1) - 1}"
        cause = getattr(problem, "msg", "") or ("empty" if not text.strip() else str(problem))
        fix = "correct the line or the one above it"
        if cause == "Extra data":
            fix = "write one document a file; several, one a line, go into a .jsonl or .ndjson file"
        raise CaseError([Issue("error", where, f"is not JSON: {cause}", fix)]) from None
    if not isinstance(value, _Pairs):
        if isinstance(value, list) and value and isinstance(value[0], _Pairs):
            refuse_other_output(dict(value[0]), f"{name}:{line}", CASE)  # the answers to several cases
        fix = 'write {"id": ..., "findings": {...}}; several cases go into a .jsonl file, one a line'
        raise CaseError([Issue("error", f"{name}:{line}", "is not a JSON object", fix)])
    result = _located(value, f"{name}:{line}", _places_of_keys(text, name, line))
    assert isinstance(result, Map)
    return result


def _places_of_keys(text: str, name: str, line: int) -> Iterator[str]:
    """The place of each key, in the order of the file."""
    before = 0
    for match in _STRING.finditer(text):
        if match[1]:
            line += text.count("\n", before, match.start())
            before = match.start()
            yield f"{name}:{line}"


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _located(value: Any, where: str, keys: Iterator[str], depth: int = 0) -> Any:
    """Give every key and text its place; ``keys`` yields those of the keys in the order of the file."""
    if depth > MAX_JSON_DEPTH:
        raise CaseError(
            [Issue("error", where, f"is nested more than {MAX_JSON_DEPTH} deep", "check the brackets")]
        )
    if isinstance(value, str):
        return Scalar(value, where)
    if isinstance(value, list) and not isinstance(value, _Pairs):
        children = [_located(child, where, keys, depth + 1) for child in value]
        for child in children:
            if isinstance(child, Map) and child:
                child.where = source_line(next(iter(child)))
        return children
    if not isinstance(value, _Pairs):
        return value
    result = Map(where)
    for name, child in value:
        key = Scalar(name, next(keys))
        located = _located(child, key.where, keys, depth + 1)
        if key in result:
            result.repeated.append((key, located))
        else:
            result[key] = located
    return result
