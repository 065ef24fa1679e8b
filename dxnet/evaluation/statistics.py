"""Scores of predicted probabilities against the true diagnoses, with intervals over cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dxnet.arrays import Array, Bools
from dxnet.evaluation.truth import place_of_truth
from dxnet.inference.seeded import generator
from dxnet.words import share

if TYPE_CHECKING:
    import pandas as pd

CALIBRATION_BINS = 10
"""Equal-width bins of the calibration error."""
MEASURES = {
    "top1": ("True diagnosis first", "share of cases; more is better"),
    "top3": ("Among the first 3", "share of cases; more is better"),
    "top5": ("Among the first 5", "share of cases; more is better"),
    "mean_probability": ("Mean probability of the true diagnosis", "more is better"),
    "log_loss": ("Log loss", "mean of -ln probability of the true diagnosis; less is better"),
    "brier": ("Brier score", "0 to 2; less is better"),
    "ece": ("Calibration error", "of the first rank, 10 bins; less is better"),
}
"""Label and meaning of each measure."""
PLAIN_MEASURES = ("log_loss", "brier")
"""Measures that are not shares of cases."""
BOOTSTRAP_DRAWS = 1000
"""Number of bootstrap samples behind an interval."""
CONSISTENCY = "doi:10.1175/WAF993.1"
"""Source of the calibration error by chance."""
_LEAST_PROBABILITY = float(np.finfo(float).eps)

Counts = NDArray[np.integer]
"""How often each case is in a sample, ``int[N]``."""


def bootstrap(
    measure: Callable[[Counts], Array],
    names: Sequence[str],
    n: int,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Measures over ``n`` cases with 95 % intervals over samples of them, drawn with replacement.

    Efron B. Bootstrap methods: another look at the jackknife. Ann Stat 1979;7:1-26,
    doi:10.1214/aos/1176344552. The interval covers chance in the choice of cases, not whether future
    cases will be like these.

    Args:
        measure: computes the measures from how often each case counts; NaN where a sample does not define
            one.
        names: names of the measures.
        n, draws, seed: number of cases; number of samples; seed of the pseudo-random numbers.

    Returns:
        Columns ``value``, ``low``, ``high``; one row per measure. The same seed gives the same intervals.

    >>> predicted = np.array([0.2, 0.4, 0.6])
    >>> bootstrap(lambda counts: np.array([counts @ predicted / 3]), ["mean"], 3).round(2).to_numpy().tolist()
    [[0.4, 0.2, 0.6]]
    """
    import pandas as pd

    random = generator(seed)
    samples = (random.integers(n, size=n) for _ in range(draws))
    sampled = np.array([measure(np.bincount(sample, minlength=n)) for sample in samples])
    ends = [_ends(column) for column in sampled.T]
    frame = pd.DataFrame(ends, index=pd.Index(names), columns=["low", "high"])
    frame.insert(0, "value", measure(np.ones(n, int)))
    return frame


def _ends(sampled: Array) -> tuple[float, float]:
    """The 2.5 and 97.5 % quantiles of the samples that are not NaN; they may be infinite."""
    kept = np.sort(sampled[~np.isnan(sampled)])
    if not len(kept):
        return np.nan, np.nan
    low, high = np.ceil(np.array([0.025, 0.975]) * len(kept)).astype(int) - 1
    return float(kept[low]), float(kept[high])


def surprise(probability: Array) -> Array:
    """-ln ``probability``, in nats; finite, as a probability below 2.2e-16 counts as 2.2e-16.

    >>> surprise(np.array([0.5, 0.0])).round(3)
    array([ 0.693, 36.044])
    """
    return np.asarray(-np.log(np.maximum(probability, _LEAST_PROBABILITY)))


def score_cases(post_test: Array, truth: Bools) -> pd.DataFrame:
    """Scores of each of ``N`` cases.

    Args:
        post_test, truth: those of ``place_of_truth``.

    Returns:
        One row per case: ``probability`` and ``rank`` of the true diagnosis (see ``place_of_truth``),
        ``top`` (position of the first diagnosis, which no group replaces), ``top_probability`` and
        ``right``, whether it is the true one, or of the true group; ``log_loss`` (the ``surprise`` of
        ``probability``), ``brier`` (sum over diagnoses, the true group as one, of (probability - truth)
        squared).

    >>> truth = np.array([[True, False], [False, True]])
    >>> score_cases(np.array([[0.7, 0.3], [0.5, 0.5]]), truth).astype(float).round(3).to_numpy().tolist()
    [[0.7, 1.0, 0.0, 0.7, 1.0, 0.357, 0.18], [0.5, 2.0, 0.0, 0.5, 0.0, 0.693, 0.5]]
    """
    import pandas as pd

    cases, top = np.arange(len(truth)), post_test.argmax(axis=1)
    p, rank = place_of_truth(post_test, truth)
    return pd.DataFrame(
        {
            "probability": p,
            "rank": rank,
            "top": top,
            "top_probability": post_test[cases, top],
            "right": truth[cases, top],
            "log_loss": surprise(p),
            "brier": np.where(truth, 0, post_test**2).sum(axis=1) + (1 - p) ** 2,
        }
    )


def ranked_scores(rank: Array, probability: Array) -> Array:
    """Contribution of each case's rank and true-diagnosis probability to the measures, ``ndarray[N, 5]``.

    Columns in the order of MEASURES: among the first 1, 3, 5 (0 or 1), the probability, its ``surprise``.

    >>> ranked_scores(np.array([1.0, 4.0]), np.array([0.8, 0.1])).round(2).tolist()
    [[1.0, 1.0, 1.0, 0.8, 0.22], [0.0, 0.0, 1.0, 0.1, 2.3]]
    """
    hits = (rank <= k for k in (1, 3, 5))
    return np.column_stack([*hits, probability, surprise(probability)]).astype(float)


def overall(rated: pd.DataFrame) -> dict[str, float]:
    """Each of MEASURES over all cases.

    Args:
        rated: result of ``score_cases`` for one case or more.

    >>> truth = np.array([[True, False], [True, False]])
    >>> overall(score_cases(np.array([[0.7, 0.3], [0.4, 0.6]]), truth))["top1"]
    0.5
    """
    values = _measures_of(rated)(np.ones(len(rated), int))
    return dict(zip(MEASURES, map(float, values), strict=True))


RATED = ("rank", "probability", "brier", "top_probability", "right")
"""Columns of ``score_cases`` from which the measures are computed."""


def _measures_of(rated: pd.DataFrame) -> Callable[[Counts], Array]:
    """A function that computes MEASURES from how often each case counts."""
    columns = {name: rated[name].to_numpy(float) for name in RATED}
    values = np.column_stack([ranked_scores(columns["rank"], columns["probability"]), columns["brier"]])
    confidence = columns["top_probability"]
    bins, gaps = _bin(confidence), confidence - columns["right"]

    def measured(counts: Counts) -> Array:
        off = np.abs(np.bincount(bins, weights=gaps * counts, minlength=CALIBRATION_BINS)).sum()
        return np.append(counts @ values, off) / len(rated)

    return measured


def measure_intervals(rated: pd.DataFrame, draws: int = BOOTSTRAP_DRAWS, seed: int = 0) -> pd.DataFrame:
    """Each of MEASURES over all cases with its 95 % interval: Wilson's for shares, bootstrap for the others.

    An interval is NaN where the cases do not vary and so say nothing about chance, and for the calibration
    error: distances cannot cancel out, so that it is larger in nearly all samples of the cases than in the
    cases, and no interval made of them would be one for it. ``by_chance`` and its 95 % range ``chance_low``
    to ``chance_high`` are what it would be of as many cases were every probability right; NaN for the others.

    Args:
        rated: result of ``score_cases`` for one case or more.
        draws, seed: those of ``bootstrap``, whose columns are returned, and of ``calibration_by_chance``.

    >>> rated = score_cases(np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([[True, False]] * 2))
    >>> measure_intervals(rated).loc["top1"].tolist()
    [0.5, 0.094..., 0.905..., nan, nan, nan]
    """
    n = len(rated)
    frame = bootstrap(_measures_of(rated), tuple(MEASURES), n, draws, seed)
    for name in ("top1", "top3", "top5"):
        frame.loc[name, ["low", "high"]] = wilson(round(float(frame.value[name]) * n), n)
    frame.loc[np.isclose(frame.low, frame.high, atol=0), ["low", "high"]] = np.nan
    frame.loc["ece", ["low", "high"]] = np.nan
    chance = calibration_by_chance(rated["top_probability"].to_numpy(float), draws, seed)
    frame[["by_chance", "chance_low", "chance_high"]] = np.nan
    frame.loc["ece", ["by_chance", "chance_low", "chance_high"]] = chance
    return frame


def calibration_by_chance(
    confidence: Array, draws: int = BOOTSTRAP_DRAWS, seed: int = 0
) -> tuple[float, float, float]:
    """The calibration error were every probability right: its mean, and the ends of 95 % of such errors.

    It is far from 0 where there are few cases. Broecker J, Smith LA. Increasing the reliability of
    reliability diagrams. Weather Forecast 2007;22:651-661, doi:10.1175/WAF993.1 (consistency resampling).

    Args:
        confidence: probability of the first rank in ``N`` cases, ``ndarray[N]``.
        draws, seed: how often it is drawn whether the first rank is true, and from which seed.

    >>> [round(error, 2) for error in calibration_by_chance(np.full(100, 0.75))]
    [0.03, 0.0, 0.1]
    >>> calibration_by_chance(np.ones(9))
    (0.0, 0.0, 0.0)
    """
    rng, bins = generator(seed), _bin(confidence)
    gaps = ((rng.random(len(confidence)) < confidence) - confidence for _ in range(draws))
    off = np.array([np.abs(np.bincount(bins, gap, CALIBRATION_BINS)).sum() for gap in gaps]) / len(confidence)
    return float(off.mean()), *_ends(off)


def method(draws: int = BOOTSTRAP_DRAWS) -> str:
    """How ``measure_intervals`` computes its intervals and what they do not cover, in words.

    >>> method(9)[:93]
    "95 % intervals: of shares by Wilson's method, of other measures by 9 bootstrap samples of the"
    """
    return (
        "95 % intervals: of shares by Wilson's method, of other measures by "
        f"{draws:,} bootstrap samples of the cases. They cover only chance in the choice of cases. The "
        "calibration error has none, as such samples make it larger; beside it stands where 95 % of such "
        f"errors lie by chance, were every probability right (Bröcker and Smith, {CONSISTENCY})."
    )


def measures_in_words(measured: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    """Label, value, 95 % interval and meaning of each measure of ``measure_intervals``.

    The calibration error has its range by chance in place of an interval.

    >>> rated = score_cases(np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([[True, False]] * 2))
    >>> next(measures_in_words(measure_intervals(rated)))
    ('True diagnosis first', '50.0 %', '9.5 % to 90.5 %', 'share of cases; more is better')
    """
    for name, (label, meaning) in MEASURES.items():
        say = "{:.2f}".format if name in PLAIN_MEASURES else share
        value, low, high = (say(float(measured[part][name])) for part in ("value", "low", "high"))
        interval = "not from these cases" if np.isnan(measured["low"][name]) else f"{low} to {high}"
        if not np.isnan(chance := float(measured["by_chance"][name])):
            ends = (share(float(measured[end][name])) for end in ("chance_low", "chance_high"))
            interval = f"by chance {' to '.join(ends)}"
            meaning += f"; {share(chance)} by chance alone, were every probability right"
        yield label, value, interval, meaning


def reliability(predicted: Array, outcome: ArrayLike) -> pd.DataFrame:
    """Observed against predicted, in bins of equal width; bins without a case are left out.

    Args:
        predicted: probabilities of the outcome in ``N`` cases, ``ndarray[N]``.
        outcome: whether the outcome occurred, ``ndarray[N]``.

    Returns:
        One row per bin: its range ``from`` and ``to``; number of cases ``n``; mean ``predicted``
        probability; share of cases with the outcome, ``observed``, with its 95 % interval ``low`` to
        ``high`` by ``wilson``.

    >>> reliability(np.array([0.85, 0.87, 0.25]), [True, False, False]).round(2).to_numpy().tolist()
    [[0.2, 0.3, 1.0, 0.25, 0.0, 0.0, 0.79], [0.8, 0.9, 2.0, 0.86, 0.5, 0.09, 0.91]]
    """
    import pandas as pd

    bins, events = _bin(predicted), np.asarray(outcome, dtype=int)
    rows = []
    for k in np.unique(bins):
        inside = bins == k
        n, hits = int(inside.sum()), int(events[inside].sum())
        mean = float(predicted[inside].mean())
        rows.append((k / CALIBRATION_BINS, (k + 1) / CALIBRATION_BINS, n, mean, hits / n, *wilson(hits, n)))
    return pd.DataFrame(rows, columns=["from", "to", "n", "predicted", "observed", "low", "high"])


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share.

    Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc
    1927;22:209-212, doi:10.1080/01621459.1927.10502953.

    >>> low, high = wilson(20, 20)
    >>> round(low, 2), high
    (0.84, 1.0)
    """
    from scipy.stats import binomtest

    interval = binomtest(hits, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def _bin(confidence: Array) -> NDArray[np.integer]:
    bins: NDArray[np.integer] = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return bins
