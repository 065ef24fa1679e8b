"""Repeat the answers of a record."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from dxnet.cli.shared import FILE_PATH, in_file, json_option, load, places_from_here, print_json
from dxnet.words import WITHOUT_ID, counted


@click.command()
@click.argument("path", metavar="RECORD", type=FILE_PATH)
@click.option("--network", "name", help="Name or directory of a network; default: that of the record.")
@json_option
def replay_command(path: Path, name: str | None, as_json: bool) -> None:
    """Repeat the answers of a record, and compare every number.

    RECORD is a file of 'dxnet diagnose --record'. The exit code is 1 if the network is another, or a number
    by more than rounding (1e-9). A record of an older network is repeated with a copy of that network:
    --network DIRECTORY.
    """
    from dxnet.formats.record import read_record
    from dxnet.formats.record import replay_record as again
    from dxnet.report.render.terminal import Page

    page = Page()
    with places_from_here(lambda issue: in_file(issue, path)):
        kept = read_record(path)
    result = again(kept, load(name or kept.source))
    if as_json:
        print_json(asdict(result) | {"is_same": result.is_same, "rounding": result.rounding})
    else:
        page.line(f"Record: {path.name} of {kept.recorded}, {counted(len(kept.answers), 'case')}")
        page.line(f"Asked: setting {kept.setting}, backend {kept.backend}")
        for difference in (*result.network, *result.versions):
            page.line(f"Differs: {difference}")
        for case, differences in result.cases:
            verdict = "same to the last bit"
            if differences and all(it.is_rounding for it in differences):
                verdict = f"the same but for rounding (largest {differences[0].by:.2g})"
            elif differences:
                verdict = f"{counted(len(differences), 'difference')}, the largest: {differences[0]}"
            page.line(f"Case {case or WITHOUT_ID}: {verdict}")
        rounding = f" but for rounding (largest {result.rounding:.2g})" if result.rounding else ""
        page.line(f"Reproduced{rounding}" if result.is_same else "Not reproduced")
        if result.network:
            page.line("To repeat it with the network as it was, give the directory of that with --network")
    if not result.is_same:
        click.get_current_context().exit(1)
