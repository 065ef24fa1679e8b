"""Which diagnostic criteria are met, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dxnet.knowledge.network import Network
from dxnet.reasoning.als_criteria import Criterion
from dxnet.reasoning.als_signs import EXCLUDED, PROGRESSIVE
from dxnet.report.parts import Block, Facts, Paragraph, Table

_WAYS = 4
"""Ways to the next category of a set of criteria; the nearest come first."""
READ_STRICTLY = (
    'read strictly, as here, upper and lower signs must share a region. The text asks for that "if only one '
    'region is involved"; where more are, they need not, by a wider reading, and the category of the signs is'
)
SIGNS_ALONE = (
    "Criteria are read off the signs and are never evidence for the ranking; uncertain signs do not count."
)


def criteria_met(network: Network, found: Sequence[Criterion]) -> Iterator[Block]:
    """Each set of criteria: met, undecided, and what the next category lacks."""
    if not found:
        yield Paragraph("This network has no diagnostic criteria.")
        return
    rows = tuple((c.name, c.by_signs, c.verdict, c.beyond) for c in found)
    columns = ("Criteria", "Category of the signs", "Met", "Examining the rest could bring")
    yield Table("Diagnostic criteria", columns, rows)
    yield Paragraph(" ".join(_exclusion(network, found[0])))
    yield from (Paragraph(f"{c.name}: {READ_STRICTLY} {c.read_widely}.") for c in found if c.read_widely)
    yield Facts(tuple(fact for c in found for fact in _undecided(network, c)))
    yield Paragraph(SIGNS_ALONE)


def criteria_in_brief(network: Network, found: Sequence[Criterion]) -> tuple[tuple[str, str], ...]:
    """Each set of criteria with its verdict; then what might explain the signs, and what is left to do."""
    rows = [(c.name, c.verdict) for c in found]
    if explaining := explained_by(network, found):
        rows.append(("might explain the signs", explaining))
    if found and found[0].to_exclude:
        needed = _wanting(network, found[0].to_exclude)
        rows.append(("other diseases not excluded yet, for want of", needed))
    return tuple(rows)


def explained_by(network: Network, found: Sequence[Criterion]) -> str:
    """The findings that show another disease, in words."""
    return "; ".join(network.findings[name].label for name in found[0].excluded_by) if found else ""


def _exclusion(network: Network, c: Criterion) -> Iterator[str]:
    """Whether other diseases are excluded, as every set of criteria asks, and whether the course is known."""
    if EXCLUDED in c.open:
        yield "All criteria ask that no other disease explains the signs."
    if c.excluded_by:
        yield f"Shown: {explained_by(network, [c])}. Whether it explains them is for the reader to judge."
    if c.to_exclude:
        yield f"Other diseases are not excluded yet, for want of {_wanting(network, c.to_exclude)}."
    if PROGRESSIVE in c.open:
        yield "Whether the course is progressive is not entered."


def _wanting(network: Network, to_exclude: Sequence[str]) -> str:
    """The procedures that would exclude other diseases; of one that is begun, the findings still open."""
    shown: list[str] = []
    for procedure in dict.fromkeys(network.findings[name].procedure for name in to_exclude):
        needed = [n for n, it in network.findings.items() if it.explains and it.procedure == procedure]
        left = [name for name in needed if name in to_exclude]
        labels = " and ".join(network.findings[name].label for name in left)
        label = network.procedures[procedure].label
        shown.append(label if left == needed else f"{labels} of {label}")
    return ", ".join(shown)


def _undecided(network: Network, c: Criterion) -> Iterator[tuple[str, str]]:
    """The findings on which a set of criteria still depends."""
    if c.missing:
        missing = "; ".join(network.findings[name].label for name in c.missing)
        yield f"{c.name} depends on findings not examined", missing
    if c.lacks:
        yield f"{c.name}, {c.lacks.category}, would need", c.lacks.in_words(_WAYS)
