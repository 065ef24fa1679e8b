"""Which procedure to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.case_answers import answers_json_option, print_answers
from dxnet.cli.settings import EnginesBySetting
from dxnet.cli.shared import (
    FILE_PATH,
    Command,
    case_options,
    cases_of_files,
    load,
)

if TYPE_CHECKING:
    from dxnet.formats.cases.registry import Stage


def weight_option(tiers: str) -> Callable[[Command], Command]:
    """The weight of tiers in the burden."""
    text = f"Weight of the {tiers} tiers in the burden."
    return click.option(f"--{tiers}", default=1.0, show_default=True, type=click.FloatRange(0), help=text)


@click.command("next")
@click.argument("paths", metavar="CASE...", nargs=-1, required=True, type=FILE_PATH)
@case_options
@weight_option("cost")
@weight_option("invasiveness")
@weight_option("availability")
@answers_json_option
@click.option(
    "--top",
    metavar="N",
    default=8,
    show_default=True,
    type=click.IntRange(min=1),
    help="Procedures to print.",
)
def next_(
    paths: Sequence[Path],
    name: str,
    setting: str | None,
    stage: Stage,
    codes: Path | None,
    cost: float,
    invasiveness: float,
    availability: float,
    as_json: bool,
    top: int,
) -> None:
    """Which procedure to do next.

    First what burdens nobody and tells much, then what settles a treatable diagnosis, the likelier first,
    then by expected information per unit of burden, tests of research last; beside it the treatable
    diagnoses not to miss, and what is outstanding of the work-up of the guideline.
    """
    from dxnet.cli.plain import plain_next
    from dxnet.reasoning.guideline import outstanding
    from dxnet.reasoning.next_tests import never_miss, next_tests
    from dxnet.report.content.identity import asked
    from dxnet.report.content.next_procedures import next_steps
    from dxnet.report.render.terminal import Page

    network, page = load(name), Page()
    cases = cases_of_files(paths, stage, network, codes)
    objects = []
    for engine, answer in EnginesBySetting(network, setting, "compiled", len(cases)).diagnose_all(cases):
        case = answer.case
        tests = next_tests(engine, case, cost=cost, invasiveness=invasiveness, availability=availability)
        misses, left = never_miss(engine, case), outstanding(engine, case)
        objects.append({"case": case.id, **plain_next(tests, misses, left)})
        if not as_json:
            page.show([asked(answer), next_steps(network, tests, misses, left, answer.ranking[0], top)])
    if as_json:
        print_answers(objects, paths)
