"""The numbers of a network that a cohort changed."""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.knowledge.network import Network
from dxnet.learning.learn import Learned, Move
from dxnet.report.cited import source_keys
from dxnet.report.content.identity import basis
from dxnet.report.parts import Block, Bullets, Facts, Table
from dxnet.words import before_after, counted, number_in_percent, without_middle

_PLACE_WIDTH, _NAMED, _INFORMED = 44, 6, 10
"""Letters of a place, diagnoses that are named, and rows from which a number counts as informed."""


def moved_numbers(found: Learned, network: Network, source: str, top: int | None = None) -> Iterator[Block]:
    """The cohort, and the numbers that it changed.

    Args:
        found: result of ``learn`` for ``network``.
        source: name of the file of the cohort.
        top: numbers to list; by default all.
    """
    yield basis(network, found.setting)
    if found.issues:
        yield Bullets(tuple(map(str, found.issues)))
    named = list(found.diagnoses.items())
    known = ", ".join(f"{network.diagnosis[name].name} {_number_of_rows(n)}" for name, n in named[:_NAMED])
    if rest := named[_NAMED:]:
        known += f"; {counted(len(rest), 'other diagnosis')} {_number_of_rows(sum(n for _, n in rest))}"
    informed = sum(move.rows >= _INFORMED for move in found.moves)
    cohort = f"{source}, {counted(found.rows, 'row')}, {found.unlabelled} without a diagnosis"
    absent = f"{counted(len(network.diagnoses) - len(named), 'diagnosis')} without a case"
    counts = f"{len(found.moves)} changed"
    if any(move.rows for move in found.moves):  # conditional learning adds no rows to a number
        counts += f", {informed} of them informed by {_INFORMED} rows or more"
    yield Facts(
        (
            ("Cohort", cohort),
            ("Diagnoses", f"{known or 'none known'}; {absent}"),
            ("Numbers", f"{counts}; {found.unmoved} unchanged"),
        )
    )
    if found.moves:
        caption = "Numbers by how far they moved from the literature, in its standard deviations (SD)"
        columns = ("Number", ">SD", ">Old", ">New", ">90 % interval", ">Weight", "Sources")
        yield Table.first(caption, columns, (_move_row(move, network) for move in found.moves), top)


def _move_row(move: Move, network: Network) -> tuple[str, ...]:
    """The state that moved most."""
    state, place = move.state, str(move.place)
    node = place.partition(".")[0]
    states = network.nodes[node].states if node in network.nodes else network.diagnoses
    place = f"{place}:{states[state]}" if len(move.mean) > 2 else place
    return (
        without_middle(place, _PLACE_WIDTH),
        f"{move.surprise:.1f}",
        number_in_percent(move.old.mean[state]),
        number_in_percent(move.mean[state]),
        " to ".join(map(number_in_percent, move.interval(state))),
        before_after((f"{move.old.weight:.0f}", f"{move.weight:.0f}")),
        source_keys([move.old]),
    )


def _number_of_rows(number: float) -> str:
    """A number of rows, in tenths where it is a sum of probabilities."""
    return f"{number:.0f}" if float(number).is_integer() else f"{number:.1f}"
