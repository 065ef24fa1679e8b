"""Tables and plots of an evaluation, the same in its report and in the card of a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite, isnan

import pandas as pd

from dxnet.evaluation.fit_of_cases import FitOfCases
from dxnet.evaluation.naive_bayes import NAIVE, NAIVE_BAYES_MEANING
from dxnet.evaluation.paired import Comparison, PairedDifference
from dxnet.evaluation.performance import LEAST_CASES, Decision, Discrimination, Performance, by_subject
from dxnet.evaluation.scorecard import Answers, Scorecard
from dxnet.evaluation.statistics import measures_in_words
from dxnet.knowledge.network import Network
from dxnet.reasoning.fit import LEAST_FINDINGS, SURPRISING
from dxnet.report.parts import Block, Paragraph, Plot, Series, Table
from dxnet.words import counted, percent, share

TABLE_THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
"""Thresholds in the tables of decisions; the plots and the JSON have all."""
MEASURE_COLUMNS = ("Measure", ">Value", ">95 % interval", "Meaning")
"""Columns of a table of measures."""
SLOPE_TEXT = (
    "Calibration slope",
    "all diagnoses, one against the rest, pooled; 1 is best, below 1 is too extreme",
)
"""Label and meaning."""
BENEFITS = (">Threshold", ">This network", ">All", ">None", ">Gain over the better", ">95 % interval")
"""Columns of a table of net benefits."""
PARTLY_OF_IT = "whose true diagnosis is a group of which only a part counts"
"""Why the outcome of some cases is unknown; see ``outcome_of``."""
CURVES_A_PLOT = 4
"""Most ROC curves in one plot."""


def number_text(value: float, digits: int = 2) -> str:
    """A number in digits; an infinite one in words.

    >>> number_text(0.123), number_text(float("inf")), number_text(float("-inf")), number_text(float("nan"))
    ('0.12', 'unbounded', 'unbounded below', 'not estimable')
    """
    if isfinite(value):
        return f"{value:.{digits}f}"
    if isnan(value):
        return "not estimable"
    return "unbounded" if value > 0 else "unbounded below"


def spread(low: float, high: float, digits: int = 2) -> str:
    """An interval in digits."""
    return f"{number_text(low, digits)} to {number_text(high, digits)}"


def measures_table(found: Performance, caption: str) -> Table:
    """Scores with intervals."""
    slope, low, high = found.slope
    rows = (
        *measures_in_words(found.measures),
        (*SLOPE_TEXT[:1], number_text(slope), spread(low, high), *SLOPE_TEXT[1:]),
    )
    return Table(caption, MEASURE_COLUMNS, rows)


def discrimination(found: Performance) -> Iterator[Table | Plot | Paragraph]:
    """Areas under ROC curves, the curves, and the diagnoses with too few or no cases."""
    estimated = [it for it in found.discrimination if it.auc is not None]
    too_few = [it for it in found.discrimination if it.auc is None]
    if estimated:
        columns = ("One against the rest", "Kind", ">Cases", ">AUC", ">95 % interval")
        yield Table("Discrimination", columns, tuple(_area(it) for it in estimated))
        diagonal = Series("chance", ((0, 0), (1, 1)))
        curves = tuple(_curve_series(it) for it in estimated[: CURVES_A_PLOT - 1])
        yield Plot(
            "ROC curves of those with most cases.",
            "false positive rate",
            "true positive rate",
            (*curves, diagonal),
        )
    unknown = [f"{it.question.label} {n}" for it in estimated if (n := len(found.answers.cases) - it.known)]
    if unknown:
        yield Paragraph(f"Left out of these are cases {PARTLY_OF_IT}: {'; '.join(unknown)}.")
    if too_few:
        names = "; ".join(f"{it.question.label} {it.n}" for it in too_few)
        yield Paragraph(
            f"Too few cases for an AUC (under {LEAST_CASES} with the diagnosis, or without it): {names}."
        )
    yield from untested(found.answers.network, (case.diagnosis for case in found.answers.cases))


def without_case(network: Network, diagnoses: Iterable[str]) -> list[str]:
    """Names of the diagnoses that no case has.

    Args:
        diagnoses: ids of those that have cases, or of groups of them.
    """
    tested = {member for name in diagnoses for member in network.members(name)}
    return [it.name for name, it in network.diagnosis.items() if name not in tested]


def untested(network: Network, diagnoses: Iterable[str]) -> Iterator[Paragraph]:
    """Which diagnoses no case has, if any."""
    if names := without_case(network, diagnoses):
        yield Paragraph(f"Without a case, and so untested: {', '.join(names)}.")


def _area(it: Discrimination) -> tuple[str, ...]:
    assert it.auc is not None
    value, low, high = map(float, it.auc.loc["auc"])
    return it.question.label, it.question.kind, str(it.n), number_text(value), spread(low, high)


def _curve_series(it: Discrimination) -> Series:
    assert it.roc is not None
    points = zip(it.roc.false_positive.astype(float), it.roc.true_positive.astype(float), strict=True)
    return Series(f"{it.question.label} ({counted(it.n, 'case')})", tuple(points))


def calibration_parts(bins: pd.DataFrame, what: str) -> Iterator[Block]:
    """Bins of ``reliability`` as a plot and a table."""
    points = tuple(zip(bins.predicted.astype(float), bins.observed.astype(float), strict=True))
    ends = tuple(zip(bins.low.astype(float), bins.high.astype(float), strict=True))
    series = Series("bins of cases, 95 % interval (Wilson)", points, ends)
    ideal = Series("perfect calibration", ((0, 0), (1, 1)))
    yield Plot(
        f"Calibration of {what}: predicted probability, and the share of cases in which it was right.",
        "predicted",
        "observed",
        (series, ideal),
    )
    yield calibration_table(bins, what)


def calibration_table(bins: pd.DataFrame, what: str, things: str = "Cases") -> Table:
    """Bins of ``reliability`` as a table; ``things`` are in the bins."""
    rows = tuple(
        (
            f"{row[0]:.1f} to {row[1]:.1f}",
            str(int(row[2])),
            *map(share, row[3:5]),
            " to ".join(map(share, row[5:7])),
        )
        for row in bins.itertuples(index=False, name=None)
    )
    columns = ("Probability", f">{things}", ">Mean predicted", ">Share observed", ">95 % interval")
    return Table(f"Calibration of {what}", columns, rows)


def fit_in_words(found: FitOfCases) -> Paragraph:
    """The share of cases that their leading diagnosis explains badly, and that of simulated patients."""
    n, (value, low, high) = len(found.ids), found.share
    some = "" if n == found.of else f" of {found.of:,}"
    return Paragraph(
        f"Fit: the leading diagnosis explains the findings badly in {len(found.surprising):,} of "
        f"{counted(n, 'case')}{some} ({share(value)}, {share(low)} to {share(high)}): of at least "
        f"{LEAST_FINDINGS} findings, it explains those of {percent(SURPRISING, 0)} of simulated patients in "
        "whom it leads better, with as many abnormal and normal findings recorded. Of patients of the "
        f"network itself about {percent(1 - SURPRISING, 0)} are such."
    )


def subjects(answers: Answers, which: str = "") -> Iterator[Table]:
    """Scores by sex and age, where the network has such findings."""
    rows = tuple(
        (name, state, str(n), share(top1), number_text(loss))
        for name, state, n, top1, loss in by_subject(answers).itertuples(index=False, name=None)
    )
    columns = ("Subjects", "State", ">Cases", ">First", ">Log loss")
    if rows:
        caption = f"Performance by sex and age{which}: few cases prove neither equality nor a difference"
        yield Table(caption, columns, rows)


def by_diagnosis(network: Network, card: Scorecard) -> Table:
    """One row per true diagnosis, most cases first."""
    rows = tuple(
        (
            network.truth_label(str(name)),
            f"{row['n']:,.0f}",
            *map(share, (row["top1"], row["top3"])),
            percent(row["mean_probability"]),
            number_text(row["log_loss"]),
        )
        for name, row in card.per_diagnosis().to_dict("index").items()
    )
    columns = ("Diagnosis", ">Cases", ">First", ">First 3", ">Mean P(true)", ">Log loss")
    return Table("Accuracy by true diagnosis, most cases first", columns, rows)


def missed_cases(network: Network, card: Scorecard, called: Mapping[str, str] | None = None) -> Table:
    """Cases whose true diagnosis is not the first, worst first; ``called`` maps ids to display names."""
    rows = tuple(
        (
            (called or {}).get(miss.id, miss.id),
            network.truth_label(miss.diagnosis),
            str(miss.rank),
            percent(miss.probability),
            f"{network.diagnosis[miss.top].name} {percent(miss.top_probability)}",
        )
        for miss in card.misses
    )
    columns = ("Case", "True diagnosis", ">Rank", ">P(true)", "First instead")
    return Table("Cases whose true diagnosis is not the first, worst first", columns, rows)


def decision_parts(it: Decision, n: int) -> Iterator[Block]:
    """A decision curve as a plot and a table, with the calibration of its outcome; ``n`` is of all cases."""
    curve, name = it.curve, decision_title(it)
    top = max(0.05, float(curve[["model", "all"]].to_numpy().max()) * 1.1)
    bottom = -top / 3
    drawn = {"this network": curve.model, "work up all": curve["all"]}
    series = [
        Series(label, tuple((t, y) for t, y in zip(curve.threshold, column, strict=True) if y >= bottom))
        for label, column in drawn.items()
    ]
    none = Series("work up none", ((0, 0), (1, 0)))
    yield Plot(f"{name}.", "threshold probability", "net benefit", (*series, none), bottom, top)
    rows = tuple(threshold_rows(curve))
    yield Table(name, BENEFITS, rows)
    yield Paragraph(recalibrated(it))
    if n > it.known:
        yield Paragraph(f"Left out: {counted(n - it.known, 'case')}, {PARTLY_OF_IT}.")


def decision_title(it: Decision) -> str:
    """Title of a decision curve."""
    return f"Work up for “{it.question.label}”: net benefit ({it.n} of {counted(it.known, 'case')} have it)"


def recalibrated(it: Decision) -> str:
    """Calibration slope and intercept of an outcome, in words."""
    measures = [
        f"{name} {number_text(value)} ({spread(low, high)})"
        for name, value, low, high in it.recalibration.itertuples(name=None)
    ]
    return f"Calibration of P({it.question.label}): {', '.join(measures)}; best are 1 and 0."


def threshold_rows(curve: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """A decision curve at TABLE_THRESHOLDS: threshold, net benefits, gain and its interval."""
    rows = curve[curve.threshold.round(6).isin(TABLE_THRESHOLDS)]
    for threshold, model, everyone, *gain in rows.itertuples(index=False, name=None):
        value, low, high = (f"{number:+.3f}" for number in gain)
        yield percent(threshold, 0), f"{model:+.3f}", f"{everyone:+.3f}", "0", value, f"{low} to {high}"


def comparison_table(comparisons: Mapping[str, Comparison]) -> Iterator[Table | Paragraph]:
    """Paired differences, and whether chance may explain them."""
    rows = tuple(
        (name, measure, *differing(difference, is_loss))
        for name, it in comparisons.items()
        for measure, difference, is_loss in (
            ("Log loss", it.log_loss, True),
            ("Brier score", it.brier, True),
            ("Top-1", it.top1, False),
        )
    )
    columns = ("Against", "Measure", ">This minus the other", ">95 % interval", "Reading")
    caption = "Paired comparison on the same cases (intervals not adjusted for their number)"
    yield Table(caption, columns, rows)
    if NAIVE in comparisons:
        yield Paragraph(NAIVE_BAYES_MEANING)


def differing(difference: PairedDifference, is_loss: bool) -> tuple[str, str, str]:
    """Mean, interval and reading of a difference."""
    better = (difference.mean < 0) == is_loss
    if difference.low == difference.high == 0:
        return "+0.000", "+0.000 to +0.000", "no difference"
    verdict = f"this one is {'better' if better else 'worse'}" if difference.is_real else "may be chance"
    ends = f"{difference.low:+.3f} to {difference.high:+.3f}"
    return f"{difference.mean:+.3f}", ends, verdict
