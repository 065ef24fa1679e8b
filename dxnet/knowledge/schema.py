"""JSON Schema of the YAML files of a network, for editors that complete and underline while one types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dxnet.knowledge.estimate import VALUE_GRAMMAR, VALUE_PATTERN
from dxnet.knowledge.network import Network
from dxnet.knowledge.table import GIVEN, IDENTIFIER

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT_SCHEMA = {"type": ["string", "number", "boolean"]}
"""Every value is text in dxnet, but an editor takes ``1.0`` for a number and ``true`` for a truth value."""
_NUMBER_SCHEMA = {"$ref": "#/$defs/Estimate"}
_PARENTS_PATTERN = r"^given\s+[^,\s]+(\s*,\s*[^,\s]+)*$"
_FILE_SCHEMA = {"type": "string", "description": "Path of a CSV file, from the directory of the network."}
_LISTED_SECTIONS = ("diagnosis", "settings", "mechanisms", "incidental", "procedures", "findings")


def network_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of each file of a network, made from the data model.

    A section may stand in any file, so that none is required. What needs more than one place, such as unknown
    parents or missing rows, is left to ``check``.

    >>> network_schema()["$defs"]["Diagnosis"]["properties"]["treatable"]
    {'enum': ['yes', 'no'], 'type': 'string'}
    """
    model = Network.model_json_schema(by_alias=True)
    found = {name: _in_files(part) for name, part in model.pop("$defs").items()}
    one = {"$ref": "#/$defs/NumberMeaning"}
    found["Finding"]["properties"]["number"] = {"anyOf": [one, {"type": "array", "items": one}]}
    found["Estimate"] = {"type": "string", "pattern": f"^{VALUE_PATTERN}$", "description": VALUE_GRAMMAR}
    whole = _in_files(model)
    del whole["required"]
    whole["properties"] |= {"references": _FILE_SCHEMA, "evidence": _FILE_SCHEMA}
    for name in _LISTED_SECTIONS:
        section = whole["properties"][name]
        section.pop("minProperties", None)
        section["propertyNames"] = {"pattern": f"^{IDENTIFIER}$"}
    used = {name: found[name] for name in sorted(_used(whole, found))}
    return {"$schema": DIALECT, "title": "File of a dxnet network", **whole, "$defs": used}


def _in_files(part: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of the data model as that of the files: no places, tables by the names of their parents."""
    if choices := [choice for choice in part.get("anyOf", ()) if choice != {"type": "null"}]:
        return _in_files(choices[0])
    kept = {key: value for key, value in part.items() if key not in ("title", "default")}
    if kept == {"type": "string"}:
        return dict(_TEXT_SCHEMA)
    if "enum" in kept:
        kept["enum"] = [word for word in kept["enum"] if word]
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), Mapping):
            kept[key] = _in_files(kept[key])
    if "properties" in kept:
        properties = {name: child for name, child in kept["properties"].items() if not name.startswith("<")}
        if properties.pop(GIVEN, None):
            properties["probability"] = _NUMBER_SCHEMA
            rows = {"type": "object", "minProperties": 1, "additionalProperties": _NUMBER_SCHEMA}
            kept["patternProperties"] = {_PARENTS_PATTERN: rows}
        kept["properties"] = {name: _in_files(child) for name, child in properties.items()}
    return kept


def _used(part: Any, found: Mapping[str, Any]) -> Iterator[str]:
    """Names of the definitions that a schema refers to, and those that these refer to."""
    if isinstance(part, Mapping) and (name := part.get("$ref", "").rpartition("/")[2]):
        yield name
        yield from _used(found[name], found)
    for child in part.values() if isinstance(part, Mapping) else part if isinstance(part, list) else ():
        yield from _used(child, found)
