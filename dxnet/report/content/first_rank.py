"""P(ranked first) against how often the first diagnosis is right, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dxnet.evaluation.first_rank import SURE, FirstRank
from dxnet.evaluation.published_cases import FINDINGS, SHAPED_THE_NETWORK
from dxnet.formats.cases.read import Stage
from dxnet.report.content.figures import calibration_table
from dxnet.report.parts import Paragraph, Table
from dxnet.words import counted, percent, share

RANKED_FIRST = (
    "P(ranked first) is the share of the draws of the network's numbers in which a diagnosis is first, given "
    "the network's structure. It is not the probability that the diagnosis is right."
)


def first_rank_parts(found: FirstRank) -> Iterator[Paragraph | Table]:
    """What P(ranked first) is, what it was on cases of known diagnosis, and how often the first was right."""
    yield Paragraph(f"{RANKED_FIRST} {first_rank_in_words(found)}")
    yield calibration_table(found.reliability, "P(ranked first) of the first diagnosis")


def first_rank_in_words(found: FirstRank) -> str:
    """Means over the cases, and how many of the sure ones are right."""
    n, (sure, right) = len(found.right), found.sure
    some = "" if n == found.of else f" (of {found.of:,})"
    mean, rate = percent(float(found.ranked_first.mean())), share(float(found.right.mean()))
    return (
        f"In {counted(n, 'case')}{some} its mean for the first diagnosis was {mean}, and that diagnosis was "
        f"right in {rate}; with {percent(SURE, 0)} or more in {right:,} of {sure:,}."
    )


def first_rank_on_shipped(found: Mapping[Stage, FirstRank]) -> Iterator[Paragraph]:
    """How many of the development cases with a sure first rank were right, before and after the last test."""
    if found:
        counts = "; ".join(
            f"{FINDINGS[stage]}, {it.sure[1]:,} of {it.sure[0]:,}" for stage, it in found.items()
        )
        yield Paragraph(
            "P(ranked first) is not the probability that a diagnosis is right: on the development cases a "
            f"first diagnosis with P(ranked first) of {percent(SURE, 0)} or more was right in: {counts}. "
            f"{SHAPED_THE_NETWORK}"
        )
