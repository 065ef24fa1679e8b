"""Which diagnostic criteria are met, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dxnet.knowledge.network import Network
from dxnet.reasoning.als_criteria import Criterion
from dxnet.report.parts import Block, Facts, Paragraph, Table

_WAYS = 4
"""Ways to the next category of a set of criteria; the nearest come first."""
SIGNS_ALONE = (
    "Criteria are read off the signs and are never evidence for the ranking; uncertain signs do not count."
)


def criteria_met(network: Network, found: Sequence[Criterion]) -> Iterator[Block]:
    """Each set of criteria: met, undecided, and what the next category lacks."""
    if not found:
        yield Paragraph("This network has no diagnostic criteria.")
        return
    rows = tuple((c.name, c.category, c.beyond) for c in found)
    yield Table("Diagnostic criteria", ("Criteria", "Met", "Examining the rest could bring"), rows)
    if found[0].excluded_by:
        shown_by = "; ".join(network.findings[name].label for name in found[0].excluded_by)
        yield Paragraph(f"All criteria ask that other diseases are excluded. They are not: {shown_by}.")
    yield Facts(tuple(fact for c in found for fact in _undecided(network, c)))
    yield Paragraph(SIGNS_ALONE)


def category_so_far(c: Criterion) -> str:
    """The category that is met, and the one that further examination could still reach.

    >>> category_so_far(Criterion("Awaji", "not met", "definite", (), None))
    'not met so far (up to definite once all is examined)'
    >>> category_so_far(Criterion("Awaji", "definite", "definite", (), None))
    'definite'
    """
    return c.category if c.is_decided else f"{c.category} so far (up to {c.at_best} once all is examined)"


def _undecided(network: Network, c: Criterion) -> Iterator[tuple[str, str]]:
    """The findings on which a set of criteria still depends."""
    if c.missing:
        missing = "; ".join(network.findings[name].label for name in c.missing)
        yield f"{c.name} depends on findings not examined", missing
    if c.lacks:
        yield f"{c.name}, {c.lacks.category}, would need", c.lacks.in_words(_WAYS)
