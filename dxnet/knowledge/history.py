"""A network as it stood in a revision of a git repository."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from dxnet.errors import Issue, NetworkError, did_you_mean
from dxnet.knowledge.load import NETWORK_FILE, load_directory
from dxnet.knowledge.network import Network


def load_revision(revision: str, directory: str, repository: Path) -> Network:
    """Load a network as it was committed.

    Args:
        revision: a commit, tag or branch, or an expression such as ``HEAD~3``.
        directory: of the network, from the root of the repository, with ``/``.
        repository: any directory inside it.

    Raises:
        NetworkError: git is missing, or knows no such repository, revision or directory.
        ParseError, CheckError: as ``load_directory``; the places begin with the revision.
    """
    root = Path(_git_file_names(["rev-parse", "--show-toplevel"], repository).rstrip("\n"))
    commit = _commit(revision, root)
    path = directory.strip("/")
    listed = _git_file_names(["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit], root).split("\0")
    networks = [
        place for name in listed for place, _, file in (name.rpartition("/"),) if file == NETWORK_FILE
    ]
    if path not in networks:
        message = f"has no network in {path or 'its root'!r}"
        raise NetworkError([Issue("error", revision, message, did_you_mean(path, networks))])
    wanted = [path or ".", *(name for name in listed if name.endswith(".csv"))]
    archive = _git(["--literal-pathspecs", "archive", "--format=zip", commit, "--", *wanted], root)
    with TemporaryDirectory() as temporary:
        ZipFile(io.BytesIO(archive)).extractall(temporary)
        try:
            return load_directory(Path(temporary) / path)
        except NetworkError as problem:
            issues = [replace(issue, where=f"{revision}:{issue.where}") for issue in problem.issues]
            raise type(problem)(issues) from None


def directory_in_repository(directory: Path) -> str:
    """The path of a directory from the root of its repository, with ``/``.

    Raises:
        NetworkError: git is missing, or the directory is in no repository.
    """
    return _git_file_names(["rev-parse", "--show-prefix"], directory).rstrip("\n").rstrip("/")


def _commit(revision: str, root: Path) -> str:
    """The full name of a commit, which is safe to hand to git."""
    fix = "give a commit, tag or branch that 'git log --all' shows"
    if revision and not revision.startswith("-"):
        try:
            return _git(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], root).decode().strip()
        except NetworkError:
            pass
    raise NetworkError([Issue("error", revision, f"no such revision in {root.name}", fix)])


def _git_file_names(words: Sequence[str], directory: Path) -> str:
    """What git prints of files, whose names may be of any encoding."""
    return os.fsdecode(_git(words, directory))


def _git(words: Sequence[str], directory: Path) -> bytes:
    """What git prints; no shell takes part."""
    try:
        done = subprocess.run(["git", "-C", str(directory), *words], capture_output=True, check=False)
    except OSError:
        fix = "install git, or give the two networks as directories"
        raise NetworkError([Issue("error", "git", "is not installed, or cannot be run", fix)]) from None
    if done.returncode:
        printed = done.stderr.decode(errors="replace").strip().splitlines() or ["failed"]
        message = printed[0].removeprefix("fatal: ")
        fix = "give a directory inside a git repository, or two directories"
        raise NetworkError([Issue("error", str(directory), message, fix)])
    return done.stdout
