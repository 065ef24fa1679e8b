"""YAML: one case a file, or a phenopacket, recognised by its content."""

from __future__ import annotations

from collections.abc import Mapping
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

_NULLS: Mapping[str, bool | None] = {"null": None, "~": None}
"""Words for no value in YAML, unless they are quoted."""
_JSON_WORDS: Mapping[str, bool | None] = {**_NULLS, "true": True, "false": False, "": None}
"""Words that are no text in a standard's own YAML, unless they are quoted."""


def read_yaml(path: Path, stage: Stage, network: Network | None, codes: LocalCodes, name: str) -> list[Case]:
    """The case of a YAML file, read as strictly as a network: every scalar is text.

    ``name`` is what messages call the file. ``null`` and ``~`` are no value, as in JSON; in a phenopacket (or
    FHIR) true and false are so, too.

    Raises:
        ParseError, CaseError: not YAML, or not a case.
    """
    text = utf8_text(path, name)
    document = parse_yaml(text, name, MAX_JSON_DEPTH)
    if "resourceType" not in document and not is_phenopacket(document):
        return [case_of_document(_typed(document, text, _NULLS), stage, path.stem, network)]
    return [case_of(_typed(document, text, _JSON_WORDS), stage, path.stem, network, codes)]


def _typed(value: Any, text: str, words: Mapping[str, bool | None]) -> Any:
    """Values with those in place of words that are not quoted."""
    if isinstance(value, Map):
        result = Map(value.where, {key: _typed(child, text, words) for key, child in value.items()})
        result.repeated = [(key, _typed(child, text, words)) for key, child in value.repeated]
        return result
    if isinstance(value, list):
        return [_typed(child, text, words) for child in value]
    is_quoted = isinstance(value, Scalar) and text[value.span[0] : value.span[0] + 1] in tuple("\"'|>")
    return value if is_quoted else words.get(str(value).lower(), value)
