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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from numbers import Real

from dxnet.errors import brief

WEIGHT_CAP = 200.0
"""Largest effective sample size: studies differ by more than binomial error says."""
Z = 1.959964
"""Standard deviations from the mean within which 95 % of a normal distribution lie."""
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
_KEY = r"[A-Za-z0-9_.:\-]+"
_SOURCE_KEYS = re.compile(rf"@{_KEY}(?:[\s,]+@{_KEY})*")
_VALUE_KINDS = "|".join(kind.pattern for kind in (_COUNTS_VALUE, _INTERVAL, _WEIGHTED, _COUNT_VECTOR))
VALUE_PATTERN = rf"\s*(?:{_VALUE_KINDS})\s*{_SOURCE_KEYS.pattern}\s*"
"""What a regular expression can tell of the grammar."""
VALUE_GRAMMAR = (
    "write 34/40 @key, 0.62 ~ 140 @key, 0.85 [0.74, 0.93] @key, 52 42 6 @key (one count a state), "
    "0.5 0.3 0.2 ~ 40 @key, or 0.07 ~ 10 @estimate  # reason"
)

_CITE = "end it with @key of a reference, or @estimate and a # reason"


@dataclass(frozen=True)
class Estimate:
    """Probabilities over the states of a variable, their weight and their sources.

    Args:
        mean: probabilities, ``tuple[S]``, each inside (0, 1), summing to 1; S = 2 for a single probability,
            which is that of the second state. An imported one may be 0 or 1: what is certain does not move.
        weight: effective sample size (patients), at most 200: the sum of the Dirichlet's parameters.
        sources: keys of references, or ``("estimate",)``.
        reason: why, in words.
        text: as written in the file, or as a file would have it; not compared.
        where: ``file:line``; not compared.

    Raises:
        ValueError: a probability outside (0, 1), a sum off 1, no weight, no source, a source that is no key.
        TypeError: a mean that is not several numbers, a weight that is no number, sources that are no keys.

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
        mean, sources = _as_numbers(self.mean), _as_keys(self.sources)
        if isinstance(self.weight, bool) or not isinstance(self.weight, Real):
            raise TypeError(f"the weight is {brief(self.weight)}; give the number of patients")
        faults = [*_odd_mean_or_weight(mean, self.weight, sources)]
        if not sources:
            faults.append(f"no source; {_CITE}")
        odd = [key for key in sources if not re.fullmatch(_KEY, key)]
        faults += [
            f"{brief(key)} is no key of a source; write it as references have it, without @" for key in odd
        ]
        if faults:
            raise ValueError(_all_at_once(faults))
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "sources", sources)
        if not self.text:
            object.__setattr__(self, "text", self._as_text())

    def _as_text(self) -> str:
        shown = self.mean[1:] if len(self.mean) == 2 else self.mean
        numbers = " ".join(f"{p:.12g}" for p in shown)
        return f"{numbers} ~ {self.weight:.12g} {' '.join(f'@{key}' for key in self.sources)}"

    @property
    def is_published(self) -> bool:
        """Whether a publication, not a reasoned estimate, stands behind the number."""
        return not {ESTIMATE_KEY, IMPORTED_KEY} & set(self.sources)

    @classmethod
    def parse(cls, text: str, *, reason: str = "", where: str = "") -> Estimate:
        """Read the value grammar of network files (see the module's text).

        Raises:
            ValueError: the text does not follow the grammar; the message says all that is wrong, and what to
                write.
            TypeError: no text.

        >>> Estimate.parse("1.7")
        Traceback (most recent call last):
        ValueError: cannot read '1.7': a probability lies between 0 and 1, and '1.7' has no source; write ...
        """
        if not isinstance(text, str):
            raise TypeError(f"{brief(text)} is no text; {VALUE_GRAMMAR}")
        number, at, _ = text.partition("@")
        sources, faults = keys_cited(text), list[str]()
        mean, weight = tuple[float, ...](), 0.0
        try:
            mean, weight = _parse_mean_and_weight(number.strip())
            if not isfinite(weight):
                raise ValueError(f"a number in {brief(text)} is too large; give the number of patients")
            faults += _odd_mean_or_weight(mean, min(weight, WEIGHT_CAP), sources)
        except ValueError as problem:
            faults.append(str(problem))
        if not at:
            faults.append(f"{brief(text)} has no source; {_CITE}")
        elif not sources:
            faults.append(f"cannot read the sources in {brief(text)}; write @key or @key1 @key2")
        if faults:
            raise ValueError(_all_at_once(faults))
        return cls(mean, min(weight, WEIGHT_CAP), sources, reason, text, where)


def keys_cited(text: str) -> tuple[str, ...]:
    """The keys of the references behind a number; none where they cannot be read.

    >>> keys_cited("34/40 @miller2020 @key2"), keys_cited("34/40 @a b")
    (('miller2020', 'key2'), ())
    """
    _, at, keys = text.partition("@")
    cited = (at + keys).strip()
    if not _SOURCE_KEYS.fullmatch(cited):
        return ()
    return tuple(key.lstrip("@") for key in re.split(r"[\s,]+", cited))


def _as_numbers(mean: Iterable[float]) -> tuple[float, ...]:
    if type(mean) is tuple and all(type(p) is float for p in mean):
        return mean
    listed = list(mean) if isinstance(mean, Iterable) and not isinstance(mean, str) else [None]
    if any(isinstance(p, bool) or not isinstance(p, Real) for p in listed):
        raise TypeError(f"the mean is {brief(mean)}; give the probability of each state, such as (0.7, 0.3)")
    return tuple(map(float, listed))


def _as_keys(sources: Iterable[str]) -> tuple[str, ...]:
    keys = tuple(sources) if isinstance(sources, Iterable) and not isinstance(sources, str) else None
    if keys is None or not all(isinstance(key, str) for key in keys):
        raise TypeError(f"the sources are {brief(sources)}; give a tuple of keys, such as ('estimate',)")
    return keys


def _odd_mean_or_weight(mean: tuple[float, ...], weight: float, sources: tuple[str, ...]) -> Iterator[str]:
    """Probabilities that are none or do not sum to 1, and a weight that is none."""
    is_inside = all(0 < p < 1 for p in mean)
    is_certain = IMPORTED_KEY in sources and all(0 <= p <= 1 for p in mean)
    if len(mean) < 2 or not (is_inside or is_certain):
        yield (
            "a probability must lie between 0 and 1, and be neither; write 0.002 for never seen, "
            "0.998 for always, or the counts (0/40)"
        )
    elif abs(sum(mean) - 1) > 1e-9:
        yield f"the probabilities sum to {sum(mean):.4g}; make them sum to 1"
    if not 0 < weight <= WEIGHT_CAP:
        yield f"the weight is not above 0; give the number of patients, up to {WEIGHT_CAP:g}"


def _all_at_once(faults: Sequence[str]) -> str:
    """One message of several, each a cause and a cure."""
    causes, cures = zip(*(fault.split("; ", 1) for fault in faults), strict=True)
    return f"{', and '.join(causes)}; {', and '.join(cures)}"


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
        deviation = (high - low) / (2 * Z)
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
    raise ValueError(f"cannot read {brief(text)}{_why_unread(text)}; {VALUE_GRAMMAR}")


def _why_unread(text: str) -> str:
    """Why a text is no number of the grammar, where that can be told."""
    if not re.search(r"[0-9]", text):
        return ", which is not a number"
    if re.match(r"\s*-", text):
        return ": a probability lies between 0 and 1"
    if re.fullmatch(_DECIMAL, text):
        return ", which has no weight" if 0 < float(text) < 1 else ": a probability lies between 0 and 1"
    return ""


def _pair(p: float) -> tuple[float, float]:
    return 1 - p, p


def _summing_to_one(values: list[float], text: str) -> tuple[float, ...]:
    total = sum(values)
    if abs(total - 1) > SUM_TOLERANCE:
        raise ValueError(f"{brief(text)} sums to {total:.4g}; make the probabilities of all states sum to 1")
    return tuple(value / total for value in values)
