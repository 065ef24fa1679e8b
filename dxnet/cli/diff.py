"""Compare two networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.shared import (
    FEW_CASES,
    FILE_PATH,
    cases_of_files,
    json_option,
    load,
    print_json,
    say_which_network,
    setting_option,
    stage_option,
)

if TYPE_CHECKING:
    from dxnet.formats.cases.registry import Stage
    from dxnet.knowledge.network import Network


@click.command()
@click.argument("old")
@click.argument("new", default="")
@click.option("--network", "name", default="", help="Then OLD and NEW are git revisions of this network.")
@click.option(
    "--cases",
    "path",
    metavar="FILE",
    type=FILE_PATH,
    help="Reference cases; default: cases.csv of NEW (not of a revision), else those of dxnet.",
)
@setting_option
@stage_option
@json_option
@click.option(
    "--top", metavar="N", default=6, show_default=True, type=click.IntRange(min=1), help="Lines of each list."
)
def diff_command(
    old: str,
    new: str,
    name: str,
    path: Path | None,
    setting: str | None,
    stage: Stage,
    as_json: bool,
    top: int,
) -> None:
    """Compare two networks: what changed, and how far the reference cases move.

    OLD and NEW are names or directories of networks, or REVISION:DIRECTORY for a directory as it stood in a
    git revision (from the root of the repository that you are in):

    \b
        dxnet diff als_mimics path/to/copy
        dxnet diff HEAD~3:networks/als_mimics networks/als_mimics
        dxnet diff HEAD~3 HEAD --network als_mimics

    With --network, OLD and NEW are revisions of that network; without NEW, its files as they stand.
    """
    from dxnet.formats.cases.read import reference_cases_for
    from dxnet.report.content.difference import difference
    from dxnet.report.render.terminal import Page
    from dxnet.review.diff import compare_networks as compare

    if not new and not name:
        raise click.UsageError("give NEW, or --network for revisions of one network")
    if name and new:
        say_which_network(name)
    networks = [_network_or_revision(text, name) for text in (old, new)]
    if path:
        cases = cases_of_files([path], stage, networks[1])
    else:
        directory = None if name and new else _directory_on_disk(name or new)  # none of a revision
        cases = reference_cases_for(networks, directory, stage)
    backend = "compiled" if len(cases) > FEW_CASES else "numpy"
    found = compare(networks[0], networks[1], cases, setting or "", backend)
    if as_json:
        print_json({**found.to_dict(), "stage": stage})
    else:
        Page().show(difference(found, networks, (old, new or "files as they stand"), top))


def _directory_on_disk(name: str) -> Path | None:
    """The directory of a network; None for one of another program, or as it stood in a revision."""
    from dxnet.errors import DxnetError
    from dxnet.knowledge.load import find_network

    try:
        return find_network(name)
    except DxnetError:
        return None


def _network_or_revision(text: str, name: str) -> Network:
    """A network by name or directory, or as it stood in a revision."""
    from dxnet.knowledge.history import directory_in_repository, load_revision
    from dxnet.knowledge.load import find_network

    if name:
        directory = find_network(name)
        return load_revision(text, directory_in_repository(directory), directory) if text else load(name)
    revision, colon, path = text.partition(":")
    is_file = not colon or Path(text).exists() or Path(text).drive
    return load(text) if is_file else load_revision(revision, path, Path.cwd())
