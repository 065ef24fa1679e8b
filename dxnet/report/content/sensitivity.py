"""The numbers on which a ranking depends: many at the ends of their intervals, one or two step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from dxnet.arrays import Array
from dxnet.inference.differential import Differential
from dxnet.knowledge.network import Network
from dxnet.knowledge.place import NetworkSection
from dxnet.reasoning.moved_number import MovedNumber
from dxnet.reasoning.sensitivity import Curve, Grid, Swing, Threshold
from dxnet.report.cited import source_keys
from dxnet.report.content.identity import asked
from dxnet.report.parts import Block, Facts, Paragraph, Table
from dxnet.words import number_in_percent, percent, state_in_words, text_bar

_BAR_WIDTH = 12
_SECTIONS: Mapping[NetworkSection, str] = {
    "settings": "Pre-test",
    "recording error": "Recording errors",
    "missed": "Missed",
    "unexplained": "Unexplained patients",
}
"""Numbers that belong to no variable."""
LEAST_MOVED = 0.01
"""Numbers that move the first diagnosis by less than a point are not listed."""
MOVES = (
    "A number moves through its 90 % interval; the others of its row (of a pre-test probability: the other "
    "diagnoses; of a pattern: the others of its diagnosis) are scaled in proportion, so that the sum stays 1."
)


def first_two_ranks(answer: Differential) -> Iterator[Block]:
    """The case and its setting, the first two ranks, and how numbers are moved."""
    ranks = [
        f"{answer.network.diagnosis[name].name} {percent(answer.probability(name))}"
        for name in answer.ranking[:2]
    ]
    yield asked(answer)
    yield Facts((("Ranking", f"First {ranks[0]}, second {ranks[1]}"),))
    yield Paragraph(MOVES)


def tornado(
    answer: Differential,
    swings: Sequence[Swing],
    turns: Mapping[MovedNumber, Sequence[Threshold]] | None = None,
    called: Callable[[MovedNumber], str] = str,
) -> Iterator[Block]:
    """The numbers that move the first diagnosis most; those that move it by less than a point are left out.

    Args:
        answer: the differential of the case.
        swings: result of ``sensitivity``.
        turns: values of each number at which the first rank changes, where they were searched for.
        called: display name of a number; by default its place.
    """
    name = answer.network.diagnosis[answer.ranking[0]].name
    swings = [swing for swing in swings if swing.width >= LEAST_MOVED]
    if not swings:
        yield Paragraph(f"No number moves {name} by a point or more through its 90 % interval.")
        return
    widest = max(swing.width for swing in swings)
    columns = ("Number", ">Stated", ">90 % interval", f">P({name}) there", "", "Sources")
    rows = []
    for swing in swings:
        number = swing.number
        cells = (
            called(number),
            number_in_percent(number.stated),
            " to ".join(map(number_in_percent, number.interval)),
            f"{percent(swing.at_low)} to {percent(swing.at_high)}",
            text_bar(swing.width / widest, _BAR_WIDTH),
            source_keys([number.estimate]),
        )
        changes = () if turns is None else (_turning(answer, turns[number]),)
        rows.append((*cells, *changes))
    last = () if turns is None else ("First rank changes",)
    yield Table(f"Numbers that move {name} most", (*columns, *last), tuple(rows))
    yield from _legend([turn for found in (turns or {}).values() for turn in found])


def number_in_words(network: Network, number: MovedNumber) -> str:
    """A number in the words of the network: its variable, row and state."""
    head, _, row = str(number.place).partition(".")
    if head == "settings":
        row = row.partition(".")[2]
    label = network.nodes[head].label if head in network.nodes else _SECTIONS[number.place.section]
    parts = [
        network.diagnosis[p].name if p in network.diagnosis else state_in_words(p)
        for p in row.split(", ")
        if p
    ]
    state = f": {state_in_words(number.name)}" if len(number.estimate.mean) > 2 else ""
    return f"{', '.join([label, *parts])}{state}"


def _turning(answer: Differential, found: Sequence[Threshold]) -> str:
    """The values at which the first rank changes."""
    texts = (
        f"{answer.network.diagnosis[turn.first].name} at {number_in_percent(turn.value)}"
        f"{'' if turn.is_inside else ' outside'}{'' if turn.fits else '*'}"
        for turn in found
    )
    return "; ".join(texts) or "never"


def _legend(found: Sequence[Threshold]) -> Iterator[Paragraph]:
    if any(not threshold.is_inside for threshold in found):
        yield Paragraph("outside: of the number's 90 % interval")
    if any(not threshold.fits for threshold in found):
        yield Paragraph(
            "*: no network could state it beside the other numbers (see 'through' and 'requires')"
        )


def one_number(answer: Differential, curve: Curve, found: Sequence[Threshold]) -> Iterator[Block]:
    """The first three diagnoses as one number moves."""
    names = [answer.network.diagnosis[name].name for name in curve.diagnoses]
    shown = [curve.diagnoses.index(name) for name in answer.ranking[:3]]
    columns = (">Value", *(f">P({names[k]})" for k in shown), "", "Ranked first")
    rows = tuple(
        (
            f"{'stated ' if p == curve.number.stated else ''}{number_in_percent(p)}",
            *(percent(float(row[k])) for k in shown),
            text_bar(float(row[shown[0]]), _BAR_WIDTH),
            names[int(row.argmax())],
        )
        for p, row in zip(curve.values, curve.post_test, strict=True)
    )
    yield Table(f"{curve.number} moves", columns, rows)
    yield Facts((("First rank changes", _turning(answer, found)),))
    yield from _legend(found)


def two_numbers(answer: Differential, grid: Grid) -> Iterator[Block]:
    """The first diagnosis as two numbers move."""
    first = grid.diagnoses.index(answer.ranking[0])
    down, across = grid.values
    rows = tuple(
        (_mark_stated(p, grid.numbers[0]), *(_grid_cell(answer, cell, first) for cell in row))
        for p, row in zip(down, grid.post_test, strict=True)
    )
    name = answer.network.diagnosis[answer.ranking[0]].name
    yield Facts((("Down", str(grid.numbers[0])), ("Across", str(grid.numbers[1]))))
    columns = (">Down", *(f">{_mark_stated(p, grid.numbers[1])}" for p in across))
    yield Table(f"P({name}) as two numbers move; stated values in brackets", columns, rows)
    if (grid.post_test.argmax(axis=2) != first).any():
        yield Paragraph("Where another diagnosis ranks first, it is named.")


def _mark_stated(p: float, number: MovedNumber) -> str:
    return f"[{number_in_percent(p)}]" if p == number.stated else number_in_percent(p)


def _grid_cell(answer: Differential, post_test: Array, first: int) -> str:
    leader = int(post_test.argmax())
    name = answer.network.diagnosis[answer.network.diagnoses[leader]].name
    return percent(float(post_test[first])) + (f" {name}" if leader != first else "")
