"""Keys of messages as JSON has them, whichever way a file writes them."""

from __future__ import annotations

import re
from typing import Any

from dxnet.formats.cases.document import source_line
from dxnet.knowledge.strict_yaml import Map, Scalar


def with_json_keys(value: Any) -> Any:
    """Keys as JSON has them: protobuf reads ``phenotypic_features`` too."""
    if isinstance(value, list):
        return [with_json_keys(child) for child in value]
    if not isinstance(value, Map):
        return value
    result = Map(value.where)
    for key, child in [*value.items(), *value.repeated]:
        name = Scalar(json_key(key), source_line(key))
        if name in result:
            result.repeated.append((name, with_json_keys(child)))
        else:
            result[name] = with_json_keys(child)
    return result


def json_key(key: str) -> str:
    """A key as JSON has it.

    >>> json_key("phenotypic_features")
    'phenotypicFeatures'
    """
    return re.sub(r"(?<=[a-z])_([a-z])", lambda match: match[1].upper(), key)
