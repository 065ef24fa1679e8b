"""The files of a network -> Network. Every complaint names file and line, and all are reported at once.

Files are read strictly (``strict_yaml``); unknown keys, duplicate ids and keys without a value are refused.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dxnet.errors import CheckError, Issue, ParseError, brief, did_you_mean
from dxnet.knowledge.buildable import faults_of_structure
from dxnet.knowledge.complaints import TYPE_OF_SECTION, explained_validation
from dxnet.knowledge.kept_network import kept_network
from dxnet.knowledge.network import Network
from dxnet.knowledge.reference import Reference
from dxnet.knowledge.sound_part import faults_of_sound_part
from dxnet.knowledge.strict_yaml import MAX_TEXT_BYTES, Map, Scalar, parse_yaml, read_csv_rows, utf8_text
from dxnet.knowledge.table import file_keys

NETWORK_FILE = "network.yaml"
"""The directory of a network has this file."""
_PACKAGE = Path(__file__).parents[1]
RESOURCES = _PACKAGE if (_PACKAGE / "networks").is_dir() else _PACKAGE.parent
"""The directory that holds ``networks/`` and ``data/``: the package itself, or its repository."""

MAX_ISSUES_OF_A_KIND = 500
"""So many problems of one kind are listed one by one."""
_DIAGNOSES = re.compile(rb"""^(\xef\xbb\xbf)?["']?diagnosis["']?[ \t]*:""", re.MULTILINE)
"""The line that begins the diagnoses of a network: other programs have files named ``network.yaml``, too."""


def load_directory(path_or_name: str | Path, within: Path | None = None) -> Network:
    """Load a network from its directory, or one that ships with dxnet by its name.

    Args:
        path_or_name: a directory with ``network.yaml``, or a name such as ``als_mimics``. All its ``.yaml``
            files are read, those in directories below it too, but no hidden ones.
        within: a directory outside which no table of references or evidence is read, for files of a stranger.

    Raises:
        ParseError: files missing or malformed; ``issues`` lists every problem with file and line.
        CheckError: parts that do not fit each other: unknown parents, missing cells, cycles.

    >>> load_directory("asia").diagnoses
    ('no_lung_cancer', 'lung_cancer')
    """
    directory = find_network(path_or_name)
    if within is not None:
        return _read_network(directory, within)[0]
    return kept_network(directory, yaml_files(directory), lambda: _read_network(directory, None))


def _read_network(directory: Path, within: Path | None) -> tuple[Network, Sequence[Path]]:
    """A network, and the tables beside its files that were read, too."""
    merged, beside, issues, is_whole = _read_directory(directory, within)
    try:
        network = Network.model_validate(merged, by_alias=True, by_name=False)
    except ValidationError as problem:
        errors = problem.errors()
        found = [*_explained(errors, merged), *(faults_of_sound_part(merged, errors) if is_whole else ())]
        raise ParseError(_elsewhere(issues, found)) from None
    if issues:
        raise ParseError(_elsewhere(issues, faults_of_structure(network) if is_whole else ()))
    if faults := list(faults_of_structure(network)):
        raise CheckError(faults)
    return network, beside


def _elsewhere(issues: list[Issue], more: Iterable[Issue]) -> list[Issue]:
    """Issues, and those of some more that are not at one of their places."""
    places = {issue.where for issue in issues}
    return [*issues, *(issue for issue in more if issue.where not in places)]


def _explained(errors: Sequence[Any], merged: Map) -> list[Issue]:
    """The complaints of the data model as issues, up to a number of them."""
    found = [explained_validation(error, merged) for error in errors[:MAX_ISSUES_OF_A_KIND]]
    if len(errors) > MAX_ISSUES_OF_A_KIND:
        message = f"{len(errors) - MAX_ISSUES_OF_A_KIND:,} more problems"
        found.append(Issue("error", merged.where, message, "check that these are the right files"))
    return found


def _faults_of_entries(merged: Map) -> list[Issue]:
    """What is wrong within entries, whatever other files say."""
    try:
        Network.model_validate(merged, by_alias=True, by_name=False)
    except ValidationError as problem:
        return _explained([error for error in problem.errors() if len(error["loc"]) > 2], merged)
    return []


def _fingerprint(texts: Sequence[str]) -> str:
    """Names the text of the files, reasons, references and evidence too, whatever the line ends."""
    lines = "\0".join("\n".join(text.splitlines()) for text in texts)
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def _read_directory(directory: Path, within: Path | None) -> tuple[Map, list[Path], list[Issue], bool]:
    """The files of a network as one mapping, the tables beside them, and what is odd about it.

    The last says whether all of it is there: no table is missing, and nothing of a repeated section.

    Raises:
        ParseError: a file cannot be read.
    """
    texts: list[str] = []
    documents: list[Map] = []
    issues: list[Issue] = []
    for path, name in yaml_files(directory):
        try:
            texts.append(utf8_text(path, name))
            documents.append(parse_yaml(texts[-1], name))
        except ParseError as problem:
            issues += problem.issues
    unread = bool(issues)
    merged = Map(f"{directory.name}/network.yaml")
    is_whole = not any(document.repeated for document in documents)
    for document in sorted(documents, key=lambda document: not document.where.startswith(merged.where)):
        twice = list(_merge(merged, document))
        is_whole = is_whole and not twice
        issues += [*_odd(document), *twice]
    before = len(issues)
    tables = {
        key: _table_beside(directory, merged, key, within, issues) for key in ("references", "evidence")
    }
    beside = [path for path in tables.values() if path]
    texts += [utf8_text(path, path.name) for path in beside]
    merged["references"] = _read_references(tables["references"], issues)
    merged["evidence"] = str(tables["evidence"] or "")
    merged["<fingerprint>"] = _fingerprint(texts)
    if unread:
        raise ParseError(_elsewhere(issues, _faults_of_entries(merged)))
    return merged, beside, issues, is_whole and len(issues) == before


def find_network(path_or_name: str | Path) -> Path:
    """The directory of a network, from its path or from the name of one that ships with dxnet.

    A text that is such a name stands for the one that ships, whatever folders are here; ``./als_mimics``, and
    ``Path("als_mimics")``, are the folder.

    Raises:
        ParseError: no such network.
    """
    shipped = shipped_networks()
    if isinstance(path_or_name, str) and path_or_name in shipped:
        return shipped[path_or_name].resolve()
    path = Path(path_or_name)
    if os.path.isfile(path / NETWORK_FILE):
        return path.resolve()
    if str(path) in shipped:
        return shipped[str(path)].resolve()
    if os.path.isfile(path):
        own = network_around(path) if path.suffix.lower() in (".yaml", ".yml") else None
        known = f"give its directory, {own}" if own else "give the directory of a network"
        raise ParseError([Issue("error", str(path), f"is a file{' of a network' if own else ''}", known)])
    kind = "a directory without" if os.path.isdir(path) else "not a directory with"
    fix = f"give such a directory, or a network of dxnet: {did_you_mean(path.name, shipped)}"
    raise ParseError([Issue("error", str(path), f"is {kind} a file {NETWORK_FILE}", fix)])


def shipped_networks() -> dict[str, Path]:
    """The networks that ship with dxnet, by name, and their directories."""
    files = sorted((RESOURCES / "networks").glob(f"*/{NETWORK_FILE}"))
    return {path.parent.name: path.parent for path in files}


def network_around(path: Path) -> Path | None:
    """The directory of the network in which a path lies, however deep; None where it lies in none.

    Such a directory has a ``network.yaml`` with diagnoses, whatever else is wrong with it.
    """
    above = Path(os.path.abspath(path)).resolve().parents
    return next((directory for directory in above if _has_diagnoses(directory / NETWORK_FILE)), None)


def _has_diagnoses(path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            return bool(_DIAGNOSES.search(file.read(MAX_TEXT_BYTES)))
    except OSError:
        return False


def yaml_files(directory: Path) -> Iterator[tuple[Path, str]]:
    """Each YAML file of a network with the name that complaints call it; hidden files are left out."""
    for path in sorted(directory.rglob("*")):
        inside = path.relative_to(directory)
        if path.suffix.lower() in (".yaml", ".yml") and not any(p.startswith(".") for p in inside.parts):
            yield path, f"{directory.name}/{inside.as_posix()}"


def _odd(value: Any) -> Iterator[Issue]:
    """Keys stated twice and keys or entries without a value, at any depth."""
    if isinstance(value, Map):
        for key, _ in value.repeated:
            message = f"{key!r} is stated twice (first at {value.place(key)})"
            yield Issue("error", key.where, message, "keep one")
        for empty in [key for key, child in value.items() if child == ""]:
            yield Issue("error", value.place(empty), f"{empty!r} has no value", "give it one, or remove it")
    elif isinstance(value, list):
        for entry in [entry for entry in value if entry == ""]:
            yield Issue("error", entry.where, "an entry without a value", "give it one, or remove it")
    for child in value.values() if isinstance(value, Map) else value if isinstance(value, list) else ():
        yield from _odd(child)


def _merge(merged: Map, document: Map) -> Iterator[Issue]:
    for key, value in document.items():
        known = merged.setdefault(key, value)
        if known is value:
            continue
        if key not in TYPE_OF_SECTION or not isinstance(known, Map) or not isinstance(value, Map):
            message = f"{key!r} is stated in two files (first at {merged.place(key)})"
            yield Issue("error", document.place(key), message, "keep one")
            continue
        for name, entry in value.items():
            if known.setdefault(name, entry) is not entry:
                message = f"{name!r} is defined twice in {key} (first at {known.place(name)})"
                yield Issue("error", value.place(name), message, "rename or remove one")


def _table_beside(
    directory: Path, merged: Map, key: str, within: Path | None, issues: list[Issue]
) -> Path | None:
    """The file that ``references`` or ``evidence`` names, from the network's directory."""
    stated, where = merged.get(key), merged.place(key)
    if stated is None:
        return None
    if isinstance(stated, Scalar):
        path = directory / stated
        if (not within or path.resolve().is_relative_to(within.resolve())) and os.path.isfile(path):
            return path
    fix = "give the path of a file, from the network's directory"
    issues.append(Issue("error", where, f"{key}: no file {brief(stated)}", fix))
    return None


def _read_references(path: Path | None, issues: list[Issue]) -> dict[str, Map]:
    """Reference key -> row of the CSV file that ``references`` names."""
    if path is None:
        return {}
    found: dict[str, Map] = {}
    for row in read_csv_rows(path, ("key",), issues):
        if not row["key"]:
            issues.append(Issue("error", row.where, "has no key", "give it one, or remove the line"))
        elif row["key"] in found:
            message = f"{row['key']!r} is stated twice (first at {found[row['key']].where})"
            issues.append(Issue("error", row.where, message, "keep one"))
        else:
            known = {name: row[name] for name in file_keys(Reference) if name in row}
            found[row["key"]] = Map(row.where, known)
    return found
