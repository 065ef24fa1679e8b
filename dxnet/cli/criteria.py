"""Diagnostic criteria of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.shared import (
    FILE,
    json_option,
    load,
    network_option,
    print_json,
    read,
    stage_option,
    target_option,
)

if TYPE_CHECKING:
    from dxnet.formats.cases.read import Stage


@click.command("criteria")
@click.argument("paths", metavar="CASE...", nargs=-1, required=True, type=FILE)
@target_option
@network_option
@stage_option
@json_option
def criteria(paths: Sequence[Path], name: str, stage: Stage, as_json: bool) -> None:
    """Revised El Escorial, Awaji and Gold Coast: what is met, and what is missing."""
    from dxnet.reasoning.als_criteria import criteria as assess
    from dxnet.report.content.reasons_text import show_criteria
    from dxnet.report.render.terminal import Page

    network, page, objects = load(name), Page(), []
    for case in read(paths, stage, network):
        found = assess(network, case)
        objects.append(
            {"case": case.id, "criteria": [asdict(c) | {"is_decided": c.is_decided} for c in found]}
        )
        if not as_json:
            page.line(f"Case: {case.id or 'without id'}")
            show_criteria(page, network, found)
    if as_json:
        print_json(objects[0] if len(objects) == 1 else objects)
