"""Check a network."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.shared import DEFAULT_NETWORK, in_network, load, print_json, target_option
from dxnet.errors import Issue, NetworkError

if TYPE_CHECKING:
    from dxnet.knowledge.network import Network

_GITHUB_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
"""GitHub's names of the levels; see its documentation of workflow commands."""
_ESCAPED = "%\r\n"


@click.command()
@target_option
@click.argument("name", metavar="[NETWORK]", default=DEFAULT_NETWORK)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="github: annotations of the lines of a pull request.",
)
def check_command(name: str, kind: str) -> None:
    """Check the numbers, sources and structure of a network.

    NETWORK is a name, a directory, or a file of another program. The exit code is 1 if there are errors or
    warnings, 2 if the files cannot be read.
    """
    from dxnet.review.check import check as find

    network, code = None, 0
    try:
        network = load(name)
        issues: Sequence[Issue] = find(network)
        code = int(any(issue.level != "info" for issue in issues))
    except NetworkError as problem:
        if kind == "text":
            raise
        issues, code = problem.issues, 2
    if kind == "json":
        _print_issues_as_json(name, network, issues)
    else:
        _print_text(name, network, issues, kind)
    click.get_current_context().exit(code)


def _severity_counts(issues: Sequence[Issue]) -> dict[str, int]:
    counts = Counter(issue.level for issue in issues)
    return {"errors": counts["error"], "warnings": counts["warning"], "notes": counts["info"]}


def _print_text(name: str, network: Network | None, issues: Sequence[Issue], kind: str) -> None:
    from dxnet.report.content.identity import identified
    from dxnet.report.render.terminal import Page

    page = Page()
    page.line(identified(network) if network else name)
    page.line(", ".join(f"{level}: {n}" for level, n in _severity_counts(issues).items()))
    for issue in issues:
        if kind == "text":
            page.line(str(in_network(issue, name)))
        else:
            click.echo(_annotation(issue, *_issue_location(name, network, issue)))


def _print_issues_as_json(name: str, network: Network | None, issues: Sequence[Issue]) -> None:
    about = {"network": network.name, "version": network.version} if network else {"network": name}
    listed = []
    for issue in issues:
        file, line = _issue_location(name, network, issue)
        text = {"level": issue.level, "where": issue.where, "message": issue.message, "fix": issue.fix}
        listed.append({**text, "file": file, "line": line})
    fingerprint = network.fingerprint if network else None
    print_json({**about, "fingerprint": fingerprint, "counts": _severity_counts(issues), "issues": listed})


def _issue_location(name: str, network: Network | None, issue: Issue) -> tuple[str | None, int | None]:
    """The file of an issue, relative to the current directory, and its line."""
    from dxnet.formats.networks.load import is_foreign, split_target
    from dxnet.knowledge.load import find_network

    file, _, line = issue.where.rpartition(":")
    file, line = (file, line) if line.isdigit() else (issue.where, "")
    try:
        foreign = Path(split_target(name)[0])
        directory = foreign.parent if is_foreign(name) else find_network(name)
    except NetworkError:
        return None, None
    paths = [directory.parent / file, directory / file, Path(file)]  # the last of what cannot be read
    if network and file == Path(network.evidence).name:
        paths.append(Path(network.evidence))
    found = next(filter(Path.is_file, paths), None)
    if found is None:
        return None, None
    try:
        shown = os.path.relpath(found)
    except ValueError:  # another drive
        shown = str(found)
    return Path(shown).as_posix(), int(line) if line else None


def _annotation(issue: Issue, file: str | None, line: int | None) -> str:
    """A workflow command of GitHub; what it could take for its own marks is escaped."""
    text = f"{issue.message}; {issue.fix}" if issue.fix else issue.message
    text = text if file else f"{issue.where}: {text}"
    places = {"file": file and _escape(file, _ESCAPED + ":,"), "line": line}
    place = ",".join(f"{key}={value}" for key, value in places.items() if value)
    return f"::{_GITHUB_LEVELS[issue.level]}{' ' if place else ''}{place}::{_escape(text, _ESCAPED)}"


def _escape(text: str, marks: str) -> str:
    return "".join(f"%{ord(letter):02X}" if letter in marks else letter for letter in text)
