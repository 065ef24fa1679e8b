"""Case -> YAML or JSON that ``read_cases`` reads back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dxnet.case import Case
from dxnet.errors import CaseError, Issue, did_you_mean
from dxnet.formats.document import ABOUT

_SUFFIXES = (".yaml", ".yml", ".json")


def write_case(case: Case, path: str | Path) -> None:
    """Write a case to a ``.yaml`` or ``.json`` file; one that is there is replaced.

    Raises:
        CaseError: another suffix, a fact about the case that no file may hold, a path that cannot be written.
    """
    path = Path(path)
    text = dump_case(case, path.suffix)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        reason = (problem.strerror or "cannot be written").lower()
        raise CaseError([Issue("error", str(path), reason, "check the path and its permissions")]) from None


def dump_case(case: Case, suffix: str = ".yaml") -> str:
    """The text of a case file.

    Raises:
        CaseError: another suffix than ``.yaml`` or ``.json``, or a fact about the case that no file may hold.

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
    if suffix.lower() not in _SUFFIXES:
        fix = f"known are {', '.join(_SUFFIXES)}"
        raise CaseError([Issue("error", case.id, f"cannot write a case as {suffix!r}", fix)])
    if odd := [key for key in case.about if key not in ABOUT]:
        raise CaseError(
            [Issue("error", case.id, f"cannot write {key!r}", did_you_mean(key, ABOUT)) for key in odd]
        )
    document = _document(case)
    if suffix.lower() == ".json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    yaml, text = YAML(), io.StringIO()
    yaml.width = 10_000
    yaml.dump(document, text)
    return text.getvalue()


def _document(case: Case) -> dict[str, Any]:
    head = {"id": case.id, "diagnosis": case.diagnosis, **case.about}
    findings = {
        str(name): str(state) if isinstance(state, str) else {str(s): float(p) for s, p in state.items()}
        for name, state in case.findings.items()
    }
    return {**{key: str(text) for key, text in head.items() if text}, "findings": findings}
