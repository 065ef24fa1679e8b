"""Figures of the literature beside those of a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dxnet.knowledge.network import Network
from dxnet.report.parts import Block, Facts, Paragraph, Table
from dxnet.review.check import DRIFT, Compared
from dxnet.words import counted, percent, state_in_words


def literature_beside(network: Network, finding: str, found: Sequence[Compared]) -> Iterator[Block]:
    """The figures of the literature beside those of the built network, the largest difference first.

    Args:
        found: of ``compared``.
    """
    if not found:
        yield Paragraph("The evidence table has no figure for it.")
        return
    far = sum(figure.is_far for figure in found)
    yield Paragraph(
        f"{far} of {counted(len(found), 'figure')} of the literature depart: the network lies outside the "
        f"interval of the figure, or more than {100 * DRIFT:g} percentage points from one that has none."
    )
    yield Facts.of([("Why", network.findings[finding].explained)])
    rows = tuple(
        (
            network.diagnosis[figure.diagnosis].name,
            state_in_words(figure.state),
            percent(figure.adopted.p),
            percent(figure.built),
            "departs" if figure.is_far else "",
        )
        for figure in sorted(found, key=lambda figure: -abs(figure.built - figure.adopted.p))
    )
    columns = ("Diagnosis", "State", ">Literature", ">This network", "Drift")
    yield Table("Figures of the literature and of this network", columns, rows)
