"""YAML: one case a file, or a phenopacket, recognised by its content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dxnet.formats.cases.document import case_of_document
from dxnet.formats.cases.json_files import MAX_JSON_DEPTH, case_of
from dxnet.formats.cases.local_codes import LocalCodes
from dxnet.formats.cases.phenopacket_in import is_phenopacket
from dxnet.formats.cases.registry import Stage
from dxnet.inference.case import Case
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Scalar, parse_yaml, utf8_text

_UNQUOTED_VALUES = {"true": True, "false": False, "null": None, "~": None, "": None}
"""Words that are no text in a standard's own YAML, unless they are quoted."""


def read_yaml(path: Path, stage: Stage, network: Network | None, codes: LocalCodes, name: str) -> list[Case]:
    """The case of a YAML file, read as strictly as a network: every scalar is text.

    ``name`` is what messages call the file.
    In a phenopacket (or FHIR) true, false and null are what they are in JSON.

    Raises:
        ParseError, CaseError: not YAML, or not a case.
    """
    text = utf8_text(path, name)
    document = parse_yaml(text, name, MAX_JSON_DEPTH)
    if "resourceType" not in document and not is_phenopacket(document):
        return [case_of_document(document, stage, path.stem)]
    return [case_of(_as_json(document, text), stage, path.stem, network, codes)]


def _as_json(value: Any, text: str) -> Any:
    """Values as JSON would have them."""
    if isinstance(value, Map):
        result = Map(value.where, {key: _as_json(child, text) for key, child in value.items()})
        result.repeated = value.repeated
        return result
    if isinstance(value, list):
        return [_as_json(child, text) for child in value]
    is_quoted = isinstance(value, Scalar) and text[value.span[0] : value.span[0] + 1] in tuple("\"'|>")
    return value if is_quoted else _UNQUOTED_VALUES.get(str(value).lower(), value)
