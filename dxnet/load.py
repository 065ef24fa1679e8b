"""Strict YAML -> Network. Every complaint names file and line, and all are reported at once.

Every scalar is text (no guessing of ``no`` or ``55:40``); duplicate keys, unknown keys, anchors, aliases,
merges and tags are refused; files are UTF-8 and of a limited size.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from dxnet.errors import CheckError, Issue, ParseError, did_you_mean
from dxnet.network import Diagnosis, Finding, Frozen, Mechanism, Network, Node, Procedure, Reference, Setting
from dxnet.wiring import wiring

MAX_BYTES = 5_000_000
MAX_DEPTH = 12
_HERE = Path(__file__).parent
RESOURCES = _HERE if (_HERE / "networks").is_dir() else _HERE.parent
"""The directory that holds ``networks/`` and ``data/``: the package itself, or its repository."""

_SECTIONS: dict[str, type[Frozen]] = {
    "diagnosis": Diagnosis,
    "settings": Setting,
    "mechanisms": Mechanism,
    "incidental": Node,
    "procedures": Procedure,
    "findings": Finding,
}


class Text(str):
    """A scalar with its place and the comment behind it."""

    where: str
    comment: str

    def __new__(cls, value: str, where: str = "", comment: str = "") -> Text:
        text = super().__new__(cls, value)
        text.where, text.comment = where, comment
        return text


class Map(dict[str, Any]):
    """A mapping with its place; ``repeated`` lists keys given more than once, with their later values."""

    def __init__(self, where: str):
        super().__init__()
        self.where = where
        self.repeated: list[tuple[Text, Any]] = []


def load_network(path_or_name: str | Path) -> Network:
    """Load a network from its directory, or one that ships with dxnet by its name.

    Args:
        path_or_name: a directory with ``network.yaml``, or a name such as ``als_mimics``.

    Raises:
        ParseError: files missing or malformed; ``issues`` lists every problem with file and line.
        CheckError: parts that do not fit each other: unknown parents, missing cells, cycles.

    >>> load_network("asia").diagnoses
    ('no_lung_cancer', 'lung_cancer')
    """
    directory = _find_network(path_or_name)
    issues: list[Issue] = []
    merged: dict[str, Any] = {}
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*.yaml")):
        try:
            text = read_text(path)
            document = parse_yaml(text, path.relative_to(directory.parent).as_posix())
        except ParseError as problem:
            issues += problem.issues
            continue
        digest.update(text.encode())
        issues += _repeated(document)
        issues += _merge(merged, document)
    references = _references(directory, merged.pop("references", None), issues)
    if evidence := merged.get("evidence"):
        merged["evidence"] = str(directory / str(evidence))
    if issues:
        raise ParseError(issues)
    try:
        network = Network.model_validate(
            {**merged, "references": references, "fingerprint": digest.hexdigest()[:12]}
        )
    except ValidationError as problem:
        raise ParseError([_explain(error, merged, directory.name) for error in problem.errors()]) from None
    if faults := list(wiring(network)):
        raise CheckError(faults)
    return network


def read_text(path: Path) -> str:
    """The text of a UTF-8 file of limited size.

    Raises:
        ParseError: missing, too large, not UTF-8, or holding control characters.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"{size / 1e6:.0f} MB is more than the {MAX_BYTES / 1e6:.0f} MB a text file may have"
            raise ParseError(
                [Issue("error", path.name, message, "split it, or check that it is the right file")]
            )
        raw = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "cannot be read"
        raise ParseError(
            [Issue("error", str(path), reason.lower(), "check the path and its permissions")]
        ) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        where = f"{path.name}:{raw[: problem.start].count(bytes([10])) + 1}"
        raise ParseError(
            [Issue("error", where, "is not UTF-8 text", "save it with UTF-8 encoding")]
        ) from None
    for number, line in enumerate(text.split("\n"), 1):
        if odd := next((c for c in line if ord(c) < 32 and c not in "\t\r"), None):
            message = f"holds the control character {ord(odd):#04x}, so it is not a text file"
            raise ParseError(
                [Issue("error", f"{path.name}:{number}", message, "check that it is the right file")]
            )
    return text


def parse_yaml(text: str, name: str) -> Map:
    """One YAML document as nested Map, list and Text, each with its place.

    Raises:
        ParseError: not YAML, or YAML that this format refuses.
    """
    lines = text.splitlines()
    try:
        document = _build(YAML(typ="safe", pure=True).parse(text), name, lines)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        cause = " ".join(filter(None, (problem.context, problem.problem)))
        raise ParseError(
            [Issue("error", where, f"is not YAML: {cause}", "mend the line or the one above it")]
        ) from None
    except ParseError:
        raise
    except (YAMLError, ValueError, OverflowError) as problem:
        cause = str(problem).splitlines()[0]
        raise ParseError(
            [Issue("error", name, f"is not YAML: {cause}", "check that it is the right file")]
        ) from None
    if not isinstance(document, Map):
        raise ParseError(
            [Issue("error", f"{name}:1", "is empty or not a mapping", "begin with 'key: value' lines")]
        )
    return document


def _build(events: Iterator[Event], name: str, lines: list[str]) -> Any:
    """Fold a stream of YAML events into nested Map, list and Text."""
    root: list[Any] = []
    stack: list[tuple[Any, Text | None]] = [(root, None)]
    documents = 0
    for event in events:
        if isinstance(event, DocumentStartEvent):
            documents += 1
        where = f"{name}:{event.start_mark.line + 1}"
        _refuse(event, documents, len(stack), where)
        container, key = stack[-1]
        if isinstance(event, ScalarEvent):
            value: Any = Text(event.value, where, _comment(event, lines))
            if isinstance(container, Map) and key is None:
                stack[-1] = (container, value)
                continue
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            if isinstance(container, Map) and key is None:
                raise ParseError([Issue("error", where, "a key must be plain text", "write 'key: value'")])
            stack.append((Map(where) if isinstance(event, MappingStartEvent) else [], None))
            continue
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            value, _ = stack.pop()
            container, key = stack[-1]
        else:
            continue
        if not isinstance(container, Map):
            container.append(value)
            continue
        assert key is not None
        if key in container:
            container.repeated.append((key, value))
        else:
            container[key] = value
        stack[-1] = (container, None)
    return root[0] if root else None


def _refuse(event: Event, documents: int, depth: int, where: str) -> None:
    anchored = isinstance(event, AliasEvent) or getattr(event, "anchor", None)
    tagged = (
        getattr(event, "tag", None)
        if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent)
        else None
    )
    for refused, what, fix in (
        (anchored, "anchors and aliases (& and *) are not allowed", "write the value out, or quote the text"),
        (tagged, f"the tag {tagged} is not allowed", "write plain text"),
        (documents > 1, "a second document begins here", "keep one document a file"),
        (
            depth > MAX_DEPTH,
            f"is nested more than {MAX_DEPTH} deep",
            "check the brackets and the indentation",
        ),
        (
            isinstance(event, ScalarEvent) and event.value == "<<",
            "merges (<<) are not allowed",
            "write the keys out",
        ),
    ):
        if refused:
            raise ParseError([Issue("error", where, what, fix)])


def _comment(event: ScalarEvent, lines: list[str]) -> str:
    end = event.end_mark
    rest = lines[end.line][end.column :].strip() if end.line < len(lines) else ""
    return rest.lstrip("#").strip() if rest.startswith("#") else ""


def _repeated(value: Any) -> Iterator[Issue]:
    children = value.values() if isinstance(value, Map) else value if isinstance(value, list) else ()
    if isinstance(value, Map):
        for key, _ in value.repeated:
            first = next(k for k in value if k == key)
            message = f"{str(key)!r} is stated twice (first at {getattr(first, 'where', '?')})"
            yield Issue("error", key.where, message, "keep one")
    for child in children:
        yield from _repeated(child)


def _merge(merged: dict[str, Any], document: Map) -> Iterator[Issue]:
    for key, value in document.items():
        place = getattr(key, "where", document.where)
        if key in _SECTIONS and not isinstance(value, Map):
            yield Issue(
                "error", place, f"{str(key)!r} must hold one entry a line", "indent 'id: {...}' under it"
            )
        elif key not in merged:
            merged[key] = value
        elif key not in _SECTIONS:
            yield Issue("error", place, f"{str(key)!r} is stated in two files", "keep one")
        else:
            for name, entry in value.items():
                if name in merged[key]:
                    yield Issue(
                        "error",
                        name.where,
                        f"{str(name)!r} is defined twice in {key}",
                        "rename or remove one",
                    )
                merged[key][name] = entry


def _find_network(path_or_name: str | Path) -> Path:
    path = Path(path_or_name)
    candidates = (
        [path] if len(path.parts) > 1 or path.is_absolute() else [path, RESOURCES / "networks" / path]
    )
    for directory in candidates:
        if (directory / "network.yaml").is_file():
            return directory.resolve()
    shipped = sorted(entry.parent.name for entry in (RESOURCES / "networks").glob("*/network.yaml"))
    fix = f"give a directory with a network.yaml, or one of {', '.join(shipped)} ({did_you_mean(path.name, shipped)})"
    raise ParseError([Issue("error", str(path_or_name), "is not a network", fix)])


def _references(directory: Path, stated: Any, issues: list[Issue]) -> dict[str, Any]:
    if stated is None:
        return {}
    path = directory / str(stated)
    where = getattr(stated, "where", directory.name)
    if not path.is_file():
        issues.append(
            Issue("error", where, f"no file {str(stated)!r}", "give its path from the network's directory")
        )
        return {}
    rows = list(csv.DictReader(read_text(path).splitlines()))
    known = set(Reference.model_fields)
    if not rows or "key" not in rows[0]:
        issues.append(
            Issue("error", f"{path.name}:1", "has no column 'key'", "see data/README.md for the columns")
        )
        return {}
    return {row["key"]: {k: v or "" for k, v in row.items() if k in known} for row in rows}


def _explain(error: Any, merged: Mapping[str, Any], name: str) -> Issue:
    """A complaint of the data model, with the file and line of what it complains of."""
    location, model, value, place = list(error["loc"]), Network, merged, f"{name}/network.yaml"
    path: list[str] = []
    for part in location:
        if not isinstance(value, Mapping):
            if isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
                place = getattr(value, "where", place)
            continue
        keys = [
            k
            for k in value
            if k == part or (part == "given" and (k.startswith("given ") or k == "probability"))
        ]
        if keys:
            value = value[keys[0]]
            place = getattr(value, "where", "") or getattr(keys[0], "where", "") or place
            place = getattr(keys[0], "where", place)
            path.append(str(keys[0]))
    message, fix = _wording(error, location)
    return Issue("error", place, f"{'.'.join(path)}: {message}" if path else message, fix)


def _wording(error: Any, location: list[Any]) -> tuple[str, str]:
    kind, key = error["type"], str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return "unknown key", did_you_mean(key, _known_keys(location))
    if kind == "missing":
        return f"{key!r} is missing", f"add '{key}: ...'"
    if kind == "value_error":
        message, _, fix = str(error["ctx"]["error"]).partition("; ")
        return message, fix
    shown = repr(error["input"])[:60]
    return f"{shown}: {error['msg'].lower()}", "see the network format in networks/als_mimics/README.md"


def _known_keys(location: list[Any]) -> list[str]:
    section = _SECTIONS.get(str(location[0])) if len(location) > 2 else Network
    fields = (section or Network).model_fields
    names = [field.alias or name for name, field in fields.items() if name not in ("where", "fingerprint")]
    return [name.replace("given", "given <parents>") for name in names]
