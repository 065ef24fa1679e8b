"""Why does a diagnosis rank where it does, do the findings fit each other, what would change the rank?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from dxnet.inference.case import Case
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import Network
from dxnet.reasoning.conflict import NOTABLE, Conflict, Flip
from dxnet.reasoning.explain import Contribution, Explanation
from dxnet.report.cited import source_keys, works_behind
from dxnet.report.content.variable import meaning
from dxnet.report.parts import Block, Facts, Paragraph, Section, Table
from dxnet.words import decibans, percent, probabilities, state_in_words

INVOLVED = 0.5
"""A region counts as involved from this P(mechanism | findings)."""
LR_OF_SETTING = (
    "Against all others, a likelihood ratio takes the other diagnoses in the proportions of this setting: it "
    "is another in another setting."
)
WEIGHTS = (
    "3 decibans more make the odds twice, 10 ten times as high. The weight of a finding is its share of the "
    "change of the odds, averaged over the orders in which the findings can be entered; findings that depend "
    "on each other share their weight. LR is the likelihood ratio of the finding alone, without the others, "
    "so that the two columns differ; where they point in different directions, the finding stands in a table "
    f"of its own. {LR_OF_SETTING}"
)
DEPENDS = "Depends on the other findings: beside them it points in another direction than alone"
FIT, FLIPS = "Do the findings fit each other?", "What would change the first rank"
"""Headings."""
Sources = Callable[[Iterable[Estimate]], str]
"""How the sources of some numbers are marked."""


def why_first(
    network: Network, why: Explanation, sources: Sources = source_keys, top: int | None = None
) -> Section:
    """For and against a diagnosis, and the regions that are involved."""
    name = network.diagnosis[why.diagnosis].name
    other = network.diagnosis[why.versus].name if why.versus else "all others"
    involved = (regions(network, why),) if network.mechanisms and not why.versus else ()
    parts = (*weight_tables(network, why, sources, top), *involved)
    return Section(f"For and against {name}, versus {other}", parts)


def doubts(
    network: Network, case: Case, conflict: Conflict, flips: Sequence[Flip], top: int | None = None
) -> Iterator[Section]:
    """Whether the findings fit each other, and which single one would change the first rank."""
    yield Section(FIT, tuple(conflict_parts(network, conflict)))
    yield Section(FLIPS, (changes(network, case, flips, top),))


def odds_change(network: Network, why: Explanation) -> Paragraph:
    """The odds of a diagnosis before and with the findings."""
    name = network.diagnosis[why.diagnosis].name
    other = network.diagnosis[why.versus].name if why.versus else "all others"
    return Paragraph(
        f"{name} against {other}: {decibans(why.prior_log_odds)} decibans before the findings, "
        f"{decibans(why.log_odds)} with them ({decibans(why.log_odds - why.prior_log_odds)}, the sum of all "
        "weights)."
    )


def weight_tables(
    network: Network,
    why: Explanation,
    sources: Sources = source_keys,
    top: int | None = None,
) -> Iterator[Block]:
    """The findings that support a diagnosis, that oppose it, and that do either, depending on the others.

    Args:
        network, why: the network, and the result of ``explain``.
        sources: marks the sources of some numbers.
        top: rows of each table; by default all.
    """
    yield odds_change(network, why)
    mixed = tuple(c for c in why.contributions if c.is_mixed)
    neither = tuple(c for c in why.contributions if c.weight == 0)
    supporting, opposing = (
        tuple(c for c in part if not c.is_mixed) for part in (why.supporting, why.opposing)
    )
    columns = ("Finding", "State", ">Decibans", ">LR", "Sources")
    tables = (("For it", supporting), ("Against it", opposing), (DEPENDS, mixed), ("Neither", neither))
    for caption, part in tables:
        rows = tuple(_weight(network, c, sources) for c in part)
        if rows or caption not in (DEPENDS, "Neither"):
            yield Table.first(caption, columns, rows or (("nothing", "", "", "", ""),), top)


def regions(network: Network, why: Explanation) -> Facts:
    """The mechanisms with a region of which signs were entered, and that are more likely present than not."""
    involved = "; ".join(f"{label} {percent(p)}" for label, p in why.involved(network, INVOLVED))
    none = "none: the signs point to no lesion" if why.no_lesion >= INVOLVED else "none"
    return Facts(
        ((f"Regions involved, by the signs entered ({percent(INVOLVED, 0)} or more)", involved or none),)
    )


def finding_state(network: Network, contribution: Contribution) -> str:
    """A finding and its state."""
    return f"{network.findings[contribution.finding].label}: {state_in_words(contribution.state)}"


def likelihood_ratio(ratio: float) -> str:
    """A likelihood ratio in two figures.

    >>> likelihood_ratio(0.0234), likelihood_ratio(1.5), likelihood_ratio(123.4)
    ('0.023', '1.5', '123')
    """
    return f"{ratio:.2g}" if ratio < 100 else f"{ratio:.0f}"


def _weight(network: Network, c: Contribution, sources: Sources) -> tuple[str, ...]:
    error = decibans(c.error).removeprefix("+")
    error = f" ± {error}" if error.strip("0.") else ""
    return (
        network.findings[c.finding].label,
        state_in_words(c.state),
        f"{decibans(c.weight)}{error}",
        likelihood_ratio(c.likelihood_ratio),
        sources(estimate for _, estimate in c.numbers) or "–",
    )


def numbers_behind_parts(network: Network, c: Contribution) -> Iterator[Block]:
    """The numbers of a finding for the two sides of an explanation, their reasons and works."""
    if not c.numbers:
        yield Paragraph("This finding has no numbers of its own: it follows from others.")
        return
    rows = tuple(
        (
            str(place).removeprefix(f"{c.finding}."),
            probabilities(estimate.mean),
            f"{estimate.weight:.0f}",
            source_keys([estimate]),
            estimate.reason,
        )
        for place, estimate in c.numbers
    )
    columns = ("Number", ">Probability", ">Weight", "Sources", "Reason")
    yield Table(f"Numbers behind {network.findings[c.finding].label}", columns, rows)
    yield Paragraph(meaning(network, c.finding))
    yield works_behind(network, (estimate for _, estimate in c.numbers))


def conflicting(network: Network, found: Conflict) -> Paragraph:
    """Whether the findings fit each other."""
    measure = f"{round(found.value, 2) + 0.0:.2f}"
    if found.value <= 0:
        return Paragraph(
            "No conflict between them: the findings are no rarer together than apart (Jensen's measure "
            f"{measure}, above 0 in a conflict). Whether the leading diagnosis explains them is another "
            "question; a bad fit is said beside the ranking."
        )
    most = ""
    if found.pairs:
        a, b, _ = found.pairs[0]
        most = f", most of all {network.nodes[a].label} with {network.nodes[b].label}"
    if not found.is_notable:
        return Paragraph(
            f"A slight conflict (Jensen's measure {measure}){most}: the findings are a little rarer together "
            f"than apart. Many patients have one of up to {NOTABLE:g} by chance."
        )
    return Paragraph(
        f"The findings are rarer together than apart: a conflict (Jensen's measure {measure}){most}.",
        strong=True,
    )


def conflict_parts(network: Network, found: Conflict) -> Iterator[Block]:
    """Jensen's conflict measure, and what would resolve it."""
    yield conflicting(network, found)
    if found.value <= 0:
        return

    def label(name: str) -> str:
        return network.nodes[name].label

    pairs = "; ".join(f"{label(a)} with {label(b)} {v:.2f}" for a, b, v in found.pairs)
    without = "; ".join(f"{label(name)} {v:.2f}" for name, v in found.by_finding)
    with_ = "; ".join(f"{label(name)} {v:.2f}" for name, v in found.by_cause)
    yield Facts.of(
        [
            ("Pairs in conflict", pairs),
            ("Remaining conflict without one finding", without),
            ("Remaining conflict if an incidental cause is present", with_),
        ]
    )


def changes(network: Network, case: Case, found: Sequence[Flip], top: int | None = None) -> Block:
    """Changes of a single finding that put another diagnosis first."""
    if not found:
        return Paragraph(
            "No single finding would change the first rank if it were left out or had another state."
        )
    rows = (
        (
            network.findings[flip.finding].label,
            entered_in_words(network, flip.finding, case.findings[flip.finding]),
            state_in_words(flip.state) or "left out",
            network.diagnosis[flip.first].name,
            percent(flip.probability),
        )
        for flip in found
    )
    columns = ("Finding", "Entered", "If it were", "First rank then", ">Post-test")
    return Table.first("If one finding were wrong", columns, rows, top)
