"""Estimate: a probability (or one for each state), how much it weighs, and where it comes from.

The value grammar of network files; no number stands without a source::

    34/40 @key               counts: Beta(k + 1/2, n - k + 1/2)
    0.62 ~ 140 @key          mean ~ effective sample size
    0.85 [0.74, 0.93] @key   mean [95 % interval], a Beta by its moments
    52 42 6 @key             counts for each state: Dirichlet with 1/2 added to each (Jeffreys)
    0.5 0.3 0.2 ~ 40 @key    probabilities of the states ~ effective sample size
    0.07 ~ 10 @estimate      no published figure: a reasoned estimate, with its reason behind ``#``
    1 0 0 ~ 50 @imported     from the file of another program; it alone may hold 0 and 1
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite

from dxnet.errors import brief

WEIGHT_CAP = 200.0
"""Largest effective sample size: studies differ by more than binomial error says."""
ESTIMATE_CAP = 50.0
"""Largest weight of an @estimate."""
SUM_TOLERANCE = 2e-3
"""How far stated probabilities may be from a sum of 1 (rounding); beyond it they are refused."""
ESTIMATE_KEY = "estimate"
IMPORTED_KEY = "imported"
"""Source of the numbers that come from the file of another program."""

_DECIMAL = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_COUNTS_VALUE = re.compile(rf"({_DECIMAL})\s*/\s*({_DECIMAL})")
_INTERVAL = re.compile(rf"({_DECIMAL})\s*\[\s*({_DECIMAL})\s*,\s*({_DECIMAL})\s*\]")
_WEIGHTED = re.compile(rf"({_DECIMAL}(?:\s+{_DECIMAL})*)\s*~\s*({_DECIMAL})")
_COUNT_VECTOR = re.compile(rf"{_DECIMAL}(?:\s+{_DECIMAL})+")
_SOURCE_KEYS = re.compile(r"@[A-Za-z0-9_.:\-]+(?:[\s,]+@[A-Za-z0-9_.:\-]+)*")
_VALUE_KINDS = "|".join(kind.pattern for kind in (_COUNTS_VALUE, _INTERVAL, _WEIGHTED, _COUNT_VECTOR))
VALUE_PATTERN = rf"\s*(?:{_VALUE_KINDS})\s*{_SOURCE_KEYS.pattern}\s*"
"""What a regular expression can tell of the grammar."""
VALUE_GRAMMAR = (
    "write 34/40 @key, 0.62 ~ 140 @key, 0.85 [0.74, 0.93] @key, 52 42 6 @key (one count a state), "
    "0.5 0.3 0.2 ~ 40 @key, or 0.07 ~ 10 @estimate  # reason"
)


@dataclass(frozen=True)
class Estimate:
    """Probabilities over the states of a variable, their weight and their sources.

    Args:
        mean: probabilities, ``tuple[S]``, each inside (0, 1), summing to 1; S = 2 for a single probability,
            which is that of the second state. An imported one may be 0 or 1: what is certain does not move.
        weight: effective sample size (patients), at most 200: the sum of the Dirichlet's parameters.
        sources: keys of references, or ``("estimate",)``.
        reason: why, in words.
        text: as written in the file.
        where: ``file:line``; not compared.

    Raises:
        ValueError: a probability outside (0, 1), a sum off 1, no weight, no source.

    >>> Estimate.parse("34/40 @miller2020").mean[1].__round__(3)
    0.841
    >>> Estimate.parse("0.07 ~ 10 @estimate", reason="rare").is_published
    False
    """

    mean: tuple[float, ...]
    weight: float
    sources: tuple[str, ...]
    reason: str = ""
    text: str = field(default="", compare=False)
    where: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        is_inside = all(0 < p < 1 for p in self.mean)
        is_certain = IMPORTED_KEY in self.sources and all(0 <= p <= 1 for p in self.mean)
        if len(self.mean) < 2 or not (is_inside or is_certain):
            raise ValueError(
                "a probability must lie between 0 and 1, and be neither; write 0.002 for never seen, "
                "0.998 for always, or the counts (0/40)"
            )
        if abs(sum(self.mean) - 1) > 1e-9:
            raise ValueError(f"the probabilities sum to {sum(self.mean):.4g}; make them sum to 1")
        if not 0 < self.weight <= WEIGHT_CAP:
            raise ValueError(f"the weight is not above 0; give the number of patients, up to {WEIGHT_CAP:g}")
        if not self.sources:
            raise ValueError("no source; end it with @key of a reference, or @estimate and a # reason")

    @property
    def is_published(self) -> bool:
        """Whether a publication, not a reasoned estimate, stands behind the number."""
        return not {ESTIMATE_KEY, IMPORTED_KEY} & set(self.sources)

    @classmethod
    def parse(cls, text: str, *, reason: str = "", where: str = "") -> Estimate:
        """Read the value grammar of network files (see the module's text).

        Raises:
            ValueError: the text does not follow the grammar; the message says what to write.
        """
        number, at, keys = text.partition("@")
        sources = tuple(key.lstrip("@") for key in re.split(r"[\s,]+", (at + keys).strip()) if key)
        if not at:
            raise ValueError(f"{brief(text)} has no source; {VALUE_GRAMMAR}")
        if not _SOURCE_KEYS.fullmatch((at + keys).strip()):
            raise ValueError(f"cannot read the sources in {brief(text)}; write @key or @key1 @key2")
        mean, weight = _parse_mean_and_weight(number.strip())
        if not isfinite(weight):
            raise ValueError(f"a number in {brief(text)} is too large; give the number of patients")
        return cls(mean, min(weight, WEIGHT_CAP), sources, reason, text, where)


def _parse_mean_and_weight(text: str) -> tuple[tuple[float, ...], float]:
    if match := _COUNTS_VALUE.fullmatch(text):
        k, n = map(float, match.groups())
        if n <= 0 or k > n:
            raise ValueError(f"{brief(text)} is not k of n patients; write 34/40 with 0 <= k <= n and n > 0")
        return _pair((k + 0.5) / (n + 1)), n + 1
    if match := _INTERVAL.fullmatch(text):
        p, low, high = map(float, match.groups())
        if not 0 <= low < p < high <= 1:
            raise ValueError(f"{brief(text)} is not mean [low, high]; put the mean inside, and all in 0 to 1")
        deviation = (high - low) / (2 * 1.959964)
        return _pair(p), max(p * (1 - p) / deviation / deviation - 1, 1.0)
    if match := _WEIGHTED.fullmatch(text):
        values = [float(value) for value in match[1].split()]
        mean = _pair(values[0]) if len(values) == 1 else _summing_to_one(values, text)
        return mean, float(match[2])
    if _COUNT_VECTOR.fullmatch(text):
        counts = [float(value) for value in text.split()]
        total = sum(counts) + len(counts) / 2
        if sum(counts) <= 0:
            raise ValueError(f"{brief(text)} counts no patient; give how many had each state")
        return tuple((count + 0.5) / total for count in counts), total
    raise ValueError(f"cannot read {brief(text)}; {VALUE_GRAMMAR}")


def _pair(p: float) -> tuple[float, float]:
    return 1 - p, p


def _summing_to_one(values: list[float], text: str) -> tuple[float, ...]:
    total = sum(values)
    if abs(total - 1) > SUM_TOLERANCE:
        raise ValueError(f"{brief(text)} sums to {total:.4g}; make the probabilities of all states sum to 1")
    return tuple(value / total for value in values)
