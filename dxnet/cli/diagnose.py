"""Rank the diagnoses of cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.shared import (
    FILE,
    backend_option,
    engine_for,
    json_option,
    load,
    network_option,
    print_json,
    read,
    setting_option,
    stage_option,
    verbose_option,
    write,
)
from dxnet.words import counted

if TYPE_CHECKING:
    from dxnet.formats.cases.read import Stage
    from dxnet.inference.differential import Differential
    from dxnet.inference.engine import Engine

EXACT = 1e-9
"""Backends agree to this."""


@click.command()
@click.argument("paths", metavar="CASE...", nargs=-1, required=True, type=FILE)
@network_option
@setting_option
@stage_option
@backend_option
@click.option(
    "--explain", "why", is_flag=True, help="What each finding weighs, what clashes, what would change."
)
@click.option("--intervals", "sure", is_flag=True, help="90 % credible intervals of the posteriors.")
@click.option("--next", "next_", is_flag=True, help="Which procedure to do next.")
@click.option("--verify", is_flag=True, help="Compare with pgmpy, and print the largest difference.")
@click.option("--record", "kept", metavar="FILE", type=FILE, help="Keep all of it for 'dxnet replay'.")
@json_option
@verbose_option
@click.option(
    "--top", metavar="N", default=8, show_default=True, type=click.IntRange(min=1), help="Ranks to print."
)
def diagnose(
    paths: Sequence[Path],
    name: str,
    setting: str | None,
    stage: Stage,
    backend: str,
    why: bool,
    sure: bool,
    next_: bool,
    verify: bool,
    kept: Path | None,
    as_json: bool,
    verbose: bool,
    top: int,
) -> None:
    """Rank the diagnoses for the cases in one or more files.

    Reads .yaml and .json (one case), .jsonl (one a line) and .csv (one a row; a blank is not examined). A
    .json or .yaml file may be a GA4GH phenopacket or a FHIR R4 Bundle, too, and .ndjson the FHIR resources of
    one patient. Warnings are part of the answer; those of one kind are one line.
    """
    from dxnet.evaluation.scorecard import differentials
    from dxnet.report.content.reasons_text import reasons, show_reasons
    from dxnet.report.render.terminal import Page, show_differential

    network, asked = load(name), {"why": why, "sure": sure, "next_": next_}
    cases = read(paths, stage, network, in_full=verbose)
    if backend == "auto" and any(asked.values()):
        backend = "compiled"
    engine = engine_for(network, setting, backend, len(cases))
    answers = differentials(engine, cases)
    page = Page()
    if as_json:
        objects = [answer.to_dict() | reasons(engine, answer.case, **asked) for answer in answers]
        print_json(objects[0] if len(objects) == 1 else objects)
    for number, answer in enumerate(answers):
        if not as_json:
            if number:
                page.line()
            show_differential(page, answer, top)
            show_reasons(page, engine, answer.case, top, **asked)
    if kept:
        _record(engine, answers, name, kept)
    if verify:
        _verify(answers)


def _record(engine: Engine, answers: Sequence[Differential], source: str, path: Path) -> None:
    """Write what the answers rest on, and their numbers, to a file."""
    from dxnet.formats.record import dump_record, record

    write(dump_record(record(engine, answers, source)), path)


def _verify(answers: Sequence[Differential]) -> None:
    """Print the largest difference from pgmpy's answers; exit code 1 where it is more than rounding."""
    from dxnet.inference.engine import Engine

    oracle = Engine(answers[0].network, answers[0].setting, "pgmpy")
    differences = [abs(answer.post_test - oracle.diagnose(answer.case).post_test).max() for answer in answers]
    worst = max(differences)
    click.echo(
        f"verified with pgmpy: largest difference {worst:.1e} in {counted(len(answers), 'case')}", err=True
    )
    if not worst < EXACT:
        click.get_current_context().exit(1)
