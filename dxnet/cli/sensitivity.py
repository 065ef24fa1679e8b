"""The numbers that a ranking rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dxnet.cli.settings import EnginesBySetting
from dxnet.cli.shared import (
    FILE_PATH,
    case_options,
    json_option,
    load,
    only_case,
    print_json,
)

if TYPE_CHECKING:
    from dxnet.formats.cases.registry import Stage
    from dxnet.inference.differential import Differential
    from dxnet.inference.engine import Engine
    from dxnet.report.parts import Block


@click.command()
@click.argument("path", metavar="CASE", type=FILE_PATH)
@case_options
@click.option(
    "--number",
    "places",
    metavar="PLACE",
    multiple=True,
    help="Move this number alone, or two; as listed, followed by :STATE where its row has more than two.",
)
@click.option(
    "--points", metavar="N", type=click.IntRange(2, 200), help="Values to try; default 11, or 5 of two."
)
@json_option
@click.option(
    "--top", metavar="N", default=10, show_default=True, type=click.IntRange(min=1), help="Numbers to list."
)
def sensitivity_command(
    path: Path,
    name: str,
    setting: str | None,
    stage: Stage,
    codes: Path | None,
    places: Sequence[str],
    points: int | None,
    as_json: bool,
    top: int,
) -> None:
    """Which numbers of the network a ranking rests on.

    Lists the numbers by how far they move the first diagnosis between their 5 % and 95 % values, and the
    value at which the first rank would change. With --number, one number step by step; twice, a table of two.
    """
    from dxnet.report.content.sensitivity import first_two_ranks
    from dxnet.report.render.terminal import Page

    if len(places) > 2:
        raise click.UsageError("give --number once or twice")
    network = load(name)
    case = only_case(path, stage, network, codes)
    ((engine, answer),) = EnginesBySetting(network, setting, "compiled", 1).diagnose_all([case])
    plain, parts = _moved_parts(engine, answer, places, points, top)
    if as_json:
        print_json({"case": case.id, "setting": engine.setting, "first": answer.ranking[0], **plain})
    else:
        Page().show([*first_two_ranks(answer), *parts])


def _moved_parts(
    engine: Engine, answer: Differential, places: Sequence[str], points: int | None, top: int
) -> tuple[dict[str, Any], Iterable[Block]]:
    """The effect of moving one number, two or many, in plain types and as parts."""
    from dxnet.cli.plain import plain_curve, plain_grid, plain_swing
    from dxnet.reasoning.moved_number import find_number
    from dxnet.reasoning.sensitivity import find_thresholds, one_way, sensitivity, two_way
    from dxnet.report.content.sensitivity import one_number, tornado, two_numbers

    case = answer.case
    numbers = [find_number(engine, place) for place in places]
    if len(numbers) == 2:
        grid = two_way(engine, case, (numbers[0], numbers[1]), points or 5)
        return plain_grid(grid), two_numbers(answer, grid)
    if numbers:
        curve, found = (
            one_way(engine, case, numbers[0], points or 11),
            find_thresholds(engine, case, numbers[0]),
        )
        return plain_curve(curve, found), one_number(answer, curve, found)
    swings = sensitivity(engine, case, top=top)
    turns = {swing.number: find_thresholds(engine, case, swing.number) for swing in swings}
    rows = [plain_swing(swing, turns[swing.number]) for swing in swings]
    return {"numbers": rows}, tornado(answer, swings, turns)
