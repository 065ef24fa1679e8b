"""The numbers that a ranking hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dxnet.cli.shared import (
    FILE,
    engine_for,
    json_option,
    load,
    network_option,
    print_json,
    read,
    setting_option,
    stage_option,
    target_option,
)
from dxnet.errors import CaseError, Issue
from dxnet.words import bar, counted, percent

if TYPE_CHECKING:
    from dxnet.arrays import Array
    from dxnet.formats.cases.read import Stage
    from dxnet.inference.case import Case
    from dxnet.inference.differential import Differential
    from dxnet.knowledge.network import Network
    from dxnet.reasoning.moved_number import Number
    from dxnet.reasoning.sensitivity import Curve, Grid, Swing, Threshold
    from dxnet.report.render.terminal import Page

_BAR = 12
_MOVES = (
    "A number moves through its 90 % interval; the others of its row (of a pre-test probability: the other\n"
    "diagnoses) are scaled in proportion, so that the sum stays 1."
)


@click.command()
@click.argument("path", metavar="CASE", type=FILE)
@target_option
@network_option
@setting_option
@stage_option
@click.option(
    "--number",
    "places",
    metavar="PLACE",
    multiple=True,
    help="Move this number alone, or two; as listed, with :STATE behind it where its row has more than two.",
)
@click.option(
    "--points", metavar="N", type=click.IntRange(2, 200), help="Values to try; default 11, or 5 of two."
)
@json_option
@click.option(
    "--top", metavar="N", default=10, show_default=True, type=click.IntRange(min=1), help="Numbers to list."
)
def sensitivity(
    path: Path,
    name: str,
    setting: str | None,
    stage: Stage,
    places: Sequence[str],
    points: int | None,
    as_json: bool,
    top: int,
) -> None:
    """Which numbers of the network a ranking hangs on.

    Lists the numbers by how far they move the first diagnosis between their 5 % and 95 % values, and the
    value at which the first rank would change. With --number, one number step by step; twice, a table of two.
    """
    from dxnet.reasoning.moved_number import find_number
    from dxnet.reasoning.sensitivity import one_way, thresholds, two_way
    from dxnet.reasoning.sensitivity import sensitivity as swings
    from dxnet.report.render.terminal import Page

    if len(places) > 2:
        raise click.UsageError("give --number once or twice")
    network = load(name)
    case = _only(path, stage, network)
    engine = engine_for(network, setting, "compiled", 1)
    answer, page = engine.diagnose(case), Page()
    numbers = [find_number(engine, place) for place in places]
    told: dict[str, Any] = {"case": case.id, "setting": engine.setting, "first": answer.ranking[0]}
    if len(numbers) == 2:
        grid = two_way(engine, case, (numbers[0], numbers[1]), points or 5)
        told |= _grid(grid)
        show = partial(_show_grid, page, answer, grid)
    elif numbers:
        curve, found = one_way(engine, case, numbers[0], points or 11), thresholds(engine, case, numbers[0])
        told |= _curve(curve, found)
        show = partial(_show_curve, page, answer, curve, found)
    else:
        rows = [(swing, thresholds(engine, case, swing.number)) for swing in swings(engine, case, top=top)]
        told["numbers"] = [_row(*row) for row in rows]
        show = partial(_show_tornado, page, answer, rows)
    if as_json:
        print_json(told)
    else:
        _show_head(page, answer)
        show()


def _only(path: Path, stage: Stage, network: Network) -> Case:
    """The case of a file."""
    cases = read([path], stage, network)
    if len(cases) != 1:
        raise CaseError(
            [Issue("error", str(path), f"holds {counted(len(cases), 'case')}", "give a file with one")]
        )
    return cases[0]


def _plain(number: Number) -> dict[str, Any]:
    low, high = number.interval
    return {
        "place": number.place,
        "state": number.name,
        "stated": number.stated,
        "low": low,
        "high": high,
        "weight": number.estimate.weight,
        "sources": list(number.estimate.sources),
        "reason": number.estimate.reason,
        "where": number.estimate.where,
    }


def _changes(found: Sequence[Threshold]) -> list[dict[str, Any]]:
    keys = ("value", "first", "probability", "is_inside", "fits")
    return [{key: getattr(threshold, key) for key in keys} for threshold in found]


def _row(swing: Swing, found: Sequence[Threshold]) -> dict[str, Any]:
    moved = {"at_low": swing.at_low, "at_high": swing.at_high, "derivative": swing.derivative}
    return {**_plain(swing.number), **moved, "first_rank_changes": _changes(found)}


def _curve(curve: Curve, found: Sequence[Threshold]) -> dict[str, Any]:
    return {
        "number": _plain(curve.number),
        "diagnoses": list(curve.diagnoses),
        "values": curve.values.tolist(),
        "post_test": curve.post_test.tolist(),
        "first_rank_changes": _changes(found),
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "numbers": [_plain(number) for number in grid.numbers],
        "diagnoses": list(grid.diagnoses),
        "values": [values.tolist() for values in grid.values],
        "post_test": grid.post_test.tolist(),
    }


def _show_head(page: Page, answer: Differential) -> None:
    from dxnet.report.render.terminal import label

    network, (first, second) = answer.network, answer.ranking[:2]
    page.line(f"Case: {answer.case.id or 'without id'}")
    page.line(f"Network: {label(network)}")
    page.line(f"Setting: {network.settings[answer.setting].label} ({answer.setting})")
    ranks = [
        f"{network.diagnosis[name].name} {percent(answer.probability(name))}" for name in (first, second)
    ]
    page.line(f"First {ranks[0]}, second {ranks[1]}")
    page.line(_MOVES)


def _show_tornado(
    page: Page, answer: Differential, rows: Sequence[tuple[Swing, Sequence[Threshold]]]
) -> None:
    widest = max((swing.width for swing, _ in rows), default=0.0) or 1.0
    name = answer.network.diagnosis[answer.ranking[0]].name
    page.table(
        ("Number", ">Stated", ">90 % interval", f">P({name}) there", "Moves it", "First rank changes"),
        [
            (
                str(swing.number),
                _value(swing.number.stated),
                " to ".join(map(_value, swing.number.interval)),
                f"{percent(swing.at_low)} to {percent(swing.at_high)}",
                bar(swing.width / widest, _BAR),
                "; ".join(_told(answer, threshold) for threshold in found) or "never",
            )
            for swing, found in rows
        ],
    )
    page.line()
    _show_legend(page, [threshold for _, found in rows for threshold in found])


def _value(p: float) -> str:
    """A value of a number in per cent, small ones too, but never as 0 or 100."""
    return "<0.001 %" if p < 1e-5 else ">99.9 %" if p > 0.9995 else f"{100 * p:.3g} %"


def _told(answer: Differential, found: Threshold) -> str:
    marks = f"{'' if found.is_inside else ' outside'}{'' if found.fits else '*'}"
    return f"{answer.network.diagnosis[found.first].name} at {_value(found.value)}{marks}"


def _show_legend(page: Page, found: Sequence[Threshold]) -> None:
    if any(not threshold.is_inside for threshold in found):
        page.line("outside: of the number's 90 % interval")
    if any(not threshold.fits for threshold in found):
        page.line("*: no network could state it beside the other numbers (see 'through' and 'requires')")


def _show_curve(page: Page, answer: Differential, curve: Curve, found: Sequence[Threshold]) -> None:
    network = answer.network
    names = answer.ranking[:3]
    columns = [curve.diagnoses.index(name) for name in names]
    page.table(
        (f">{curve.number}", *(f">P({network.diagnosis[name].name})" for name in names), "", "Ranked first"),
        [
            (
                f"{'stated ' if value == curve.number.stated else ''}{_value(value)}",
                *(percent(float(row[k])) for k in columns),
                bar(float(row[columns[0]]), _BAR),
                network.diagnosis[curve.diagnoses[int(row.argmax())]].name,
            )
            for value, row in zip(curve.values, curve.post_test, strict=True)
        ],
    )
    page.line()
    page.line(f"First rank changes: {'; '.join(_told(answer, t) for t in found) or 'never'}")
    _show_legend(page, found)


def _show_grid(page: Page, answer: Differential, grid: Grid) -> None:
    first = grid.diagnoses.index(answer.ranking[0])
    rows, columns = grid.values
    page.line()
    page.line(f"P({answer.network.diagnosis[answer.ranking[0]].name})")
    page.line(f"down: {grid.numbers[0]}; across: {grid.numbers[1]}; stated values in brackets")
    page.table(
        (">", *(f">{_marked(v, grid.numbers[1])}" for v in columns)),
        [
            (_marked(v, grid.numbers[0]), *(_cell(answer, cell, first) for cell in row))
            for v, row in zip(rows, grid.post_test, strict=True)
        ],
    )
    if (grid.post_test.argmax(axis=2) != first).any():
        page.line()
        page.line("Where another diagnosis ranks first, it is named")


def _marked(value: float, number: Number) -> str:
    return f"[{_value(value)}]" if value == number.stated else _value(value)


def _cell(answer: Differential, post_test: Array, first: int) -> str:
    leader = int(post_test.argmax())
    name = answer.network.diagnosis[answer.network.diagnoses[leader]].name
    return percent(float(post_test[first])) + (f" {name}" if leader != first else "")
