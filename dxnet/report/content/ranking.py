"""The ranking of one case: probabilities before and after the findings, and how sure they are."""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.inference.differential import INTENDED_USE, Differential, share_set_aside
from dxnet.reasoning.credible_intervals import Intervals
from dxnet.report.content.identity import asked
from dxnet.report.content.paused import examined_counts, paused_findings
from dxnet.report.parts import Bar, Block, Bullets, Chart, Facts, Paragraph, Table
from dxnet.words import WIDE, WIDEST, between, percent, shortened, text_bar

SHOWN, LONGEST = 8, 37
"""Diagnoses in the chart and letters of their names; the table below it holds all."""
UNRANKED = "–"
"""Stands for the rank of a diagnosis that is apart from the ranking."""
ROUGH = 50.0
"""The intervals count as rough below this effective sample size of the draws."""
_BAR, _LEAST_NAMED = 12, 0.001
"""Letters of a bar, and the probability from which a group is named in a line of text."""
_ROUGH = (
    "The intervals are rough: few of the draws fit these findings, as they are rare together or many. Read "
    "them as wide or narrow, not to the digit."
)


_UNINFORMATIVE = (
    f"{WIDE.capitalize()}: the interval spans more than {100 * WIDEST:.0f} points and says nothing. How "
    "often a diagnosis stays first, if the network's numbers vary as they may, says more."
)


def answer_in_brief(answer: Differential, top: int, sure: Intervals | None = None) -> Iterator[Block]:
    """The case and its setting, the number of findings entered, and the first ranks."""
    yield asked(answer)
    yield Paragraph(INTENDED_USE)
    yield Facts((("Findings", examined_counts(answer.network, answer.case)),))
    yield from paused_findings(answer)
    if answer.warnings:
        yield Bullets(tuple(map(str, answer.warnings)))
    yield ranking_table(answer, sure, top)
    yield from set_aside(answer)
    yield Facts.of(
        [
            ("Below these", _rest(answer, top)),
            ("Groups", _leading_groups(answer) if answer.network.groups else ""),
            ("log P(findings)", f"{answer.log_p_findings:.2f} (natural logarithm)"),
            *(("Limit", limit) for limit in answer.network.limits),
        ]
    )
    if sure:
        yield from certainty(sure)


def in_ranking(answer: Differential) -> tuple[str, ...]:
    """The diagnoses that have a rank, most probable first: all but the one that is set aside, if one is."""
    return tuple(name for name in answer.ranking if name != answer.set_aside)


def set_aside(answer: Differential) -> Iterator[Paragraph]:
    """What is not in the ranking: the share of unlisted diseases."""
    if answer.set_aside:
        name, p = answer.network.diagnosis[answer.set_aside].name, answer.probability(answer.set_aside)
        yield Paragraph(
            f"Apart from the ranking, {name}: {percent(p)}. {percent(share_set_aside(answer.network))} is "
            "set aside for it in every patient, whatever the findings: it does not measure how well the "
            "others fit."
        )


def ranking_table(
    answer: Differential, sure: Intervals | None = None, top: int | None = None, *, redraws: bool = True
) -> Table:
    """Diagnoses, most probable first: with intervals, or with bars without them.

    One that is set aside has no rank and is last.

    Args:
        answer: the differential of one case.
        sure: its credible intervals.
        top: number of diagnoses ``in_ranking``, shown by their short names; by default all diagnoses, by
            their full names.
        redraws: whether the intervals stand beside P(ranked first), which is easily read as P(diagnosis).
    """
    network, rows = answer.network, []
    for rank, name in enumerate(in_ranking(answer)[:top] if top else answer.ranking, 1):
        k, diagnosis = network.diagnoses.index(name), network.diagnosis[name]
        before, after = float(answer.pre_test[k]), float(answer.post_test[k])
        called = diagnosis.name if top else diagnosis.label
        place = UNRANKED if name == answer.set_aside else str(rank)
        treatable = "yes" if diagnosis.treatable == "yes" else ""
        how_sure: tuple[str, ...] = (text_bar(after, _BAR),)
        if sure:
            ends = between(float(sure.low[k]), float(sure.high[k]))
            how_sure = (ends, percent(float(sure.first[k]))) if redraws else (ends,)
        rows.append((place, called, diagnosis.group, treatable, percent(before), percent(after), *how_sure))
    columns = (">Rank", "Diagnosis", "Group", "Treatable", ">Pre-test", ">Post-test")
    more = (f">{_level(sure)} interval", *((">P(ranked first)",) if redraws else ())) if sure else ("",)
    is_cut = len(rows) < len(network.diagnoses)
    which = f"The first {len(rows)} of {len(network.diagnoses)}" if is_cut else "All"
    return Table(f"{which} diagnoses by rank", (*columns, *more), tuple(rows))


def ranking_chart(answer: Differential, sure: Intervals, top: int = SHOWN) -> Chart:
    """The first diagnoses as bars with their intervals."""
    network, bars = answer.network, []
    for name in in_ranking(answer)[:top]:
        k, diagnosis = network.diagnoses.index(name), network.diagnosis[name]
        before, p, low, high = (float(v[k]) for v in (answer.pre_test, answer.post_test, sure.low, sure.high))
        if between(low, high) == WIDE:
            low = high = p
        label = f"{diagnosis.name} (treatable)" if diagnosis.treatable == "yes" else diagnosis.name
        bars.append(Bar(shortened(label, LONGEST), p, low, high, before, percent(p)))
    caption = (
        f"Bar: post-test probability. Line: its {_level(sure)} credible interval, if it is not {WIDE}. "
        "Tick: pre-test."
    )
    return Chart(caption, tuple(bars))


def certainty(sure: Intervals) -> Iterator[Paragraph]:
    """How the intervals were computed, and a warning where few draws fit the findings."""
    yield Paragraph(f"{_level(sure)} intervals: {sure.method}")
    if any(between(*ends) == WIDE for ends in zip(sure.low.tolist(), sure.high.tolist(), strict=True)):
        yield Paragraph(_UNINFORMATIVE)
    if sure.effective < ROUGH:
        yield Paragraph(_ROUGH, strong=True)


def group_totals(answer: Differential) -> Iterator[Table]:
    """Totals of the groups of diagnoses, most probable first, where the network has groups."""
    if answer.network.groups:
        yield Table(
            "Totals of groups", ("Group", ">Pre-test", ">Post-test"), tuple(_group_total_rows(answer))
        )


def _leading_groups(answer: Differential) -> str:
    """The groups whose probability is not next to nothing, in one line."""
    leading = [
        f"{group or 'without group'} {percent(p)}"
        for group, (_, p) in answer.groups.items()
        if p >= _LEAST_NAMED
    ]
    others = "" if len(leading) == len(answer.groups) else f"; each other {percent(0)}"
    return "; ".join(leading) + others


def _group_total_rows(answer: Differential) -> Iterator[tuple[str, str, str]]:
    for group, (before, after) in answer.groups.items():
        yield group or "without group", percent(before), percent(after)


def _level(sure: Intervals) -> str:
    return f"{sure.level:.0%}".replace("%", " %")


def _rest(answer: Differential, top: int) -> str:
    rest = in_ranking(answer)[top:]
    return f"{len(rest)} more, together {percent(sum(map(answer.probability, rest)))}" if rest else ""
