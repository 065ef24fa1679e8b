"""Load a network, ours or that of another program."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from dxnet.errors import Issue, NetworkError
from dxnet.formats.networks.registry import NETWORK_READERS, is_network_file, read_tables
from dxnet.formats.networks.variables import unpacked_content
from dxnet.knowledge.load import load_directory
from dxnet.knowledge.network import Network

MARK = "#"
"""Between a file and the variable of it that is the diagnosis: ``alarm.bif#HYPOVOLEMIA``."""


def load_network(
    path_or_name: str | Path, target: str | None = None, *, within: Path | None = None
) -> Network:
    """Load a network: ours from its directory or by its name, or that of another program from its file.

    Args:
        path_or_name: a directory with ``network.yaml``, a name such as ``als_mimics``, or a file of another
            program: ``.bif``, ``.xdsl`` (GeNIe), ``.xmlbif``, ``.bifxml`` or ``.xml``, ``.net`` (Hugin),
            packed by gzip or not; behind a ``#`` may stand the target. A folder that has the name of a
            network of dxnet is ``./als_mimics``.
        target: of such a file the variable that is the diagnosis. Without one it is the variable that GeNIe
            marks as the target, or that is called ``diagnosis``. All others become findings.
        within: a directory outside which no table of references or evidence is read, for files of a stranger.

    Raises:
        ParseError: files missing or malformed; ``issues`` lists every problem with file and line.
        CheckError: parts that do not fit each other: unknown parents, missing cells, cycles.
        NetworkError: no such target, or none where one is needed.

    >>> load_network("asia").diagnoses
    ('no_lung_cancer', 'lung_cancer')
    """
    path, node = split_target(path_or_name, target)
    return read_foreign(path, node)[0] if is_foreign(path) else load_directory(path_or_name, within)


def is_foreign(path_or_name: str | Path) -> bool:
    """Whether a network is that of another program, with a target behind it or without.

    >>> is_foreign("alarm.bif#HYPOVOLEMIA"), is_foreign("als_mimics")
    (True, False)
    """
    return is_network_file(split_target(path_or_name)[0])


def read_foreign(path: str | Path, target: str | None = None) -> tuple[Network, tuple[Issue, ...]]:
    """The network in a file of another program, and warnings of what was left out or scaled.

    Raises:
        NetworkError: as ``load_network``.
    """
    from dxnet.formats.networks.imported import imported, rounded, target_of

    path, node = split_target(path, target)
    model = read_tables(path)
    model = replace(model, issues=(*model.issues, *rounded(model, Path(path).name)))
    node = target_of(model, Path(path).name, node)
    digest = hashlib.sha256(unpacked_content(Path(path))).hexdigest()
    return imported(model, Path(path).name, node, digest), model.issues


def split_target(path_or_name: str | Path, target: str | None = None) -> tuple[str, str | None]:
    """A path, and the target that stands behind it or is given.

    Raises:
        NetworkError: a target of what is no file of another program.

    >>> split_target("alarm.bif#HYPOVOLEMIA"), split_target("asia")
    (('alarm.bif', 'HYPOVOLEMIA'), ('asia', None))
    """
    text = str(path_or_name)
    file, mark, node = text.rpartition(MARK)
    if mark and is_network_file(file) and not Path(text).exists():
        return file, target or node
    if target and not is_network_file(text):
        message = f"is no file of another program, so that {target!r} cannot be its target"
        raise NetworkError([Issue("error", text, message, f"give a {', '.join(NETWORK_READERS)} file")])
    return text, target or None


def with_target(path_or_name: str, target: str | None) -> str:
    """A path with the target behind it, in one word.

    >>> with_target("alarm.bif", "HYPOVOLEMIA")
    'alarm.bif#HYPOVOLEMIA'
    """
    path, node = split_target(path_or_name, target)
    return f"{path}{MARK}{node}" if node else path
