"""YAML: one case a file."""

from __future__ import annotations

from pathlib import Path

from dxnet.formats.cases.document import to_case
from dxnet.formats.cases.registry import Stage
from dxnet.inference.case import Case
from dxnet.knowledge.strict_yaml import parse_yaml, read_text


def read_yaml(path: Path, stage: Stage, _: object) -> list[Case]:
    """The case of a YAML file, read as strictly as a network: every scalar is text.

    Raises:
        ParseError, CaseError: not YAML, or not a case.
    """
    return [to_case(parse_yaml(read_text(path), path.name), stage, path.stem)]
