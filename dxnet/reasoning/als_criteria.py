"""Diagnostic criteria of ALS from the findings of a case: revised El Escorial, Awaji, Gold Coast.

The criteria are functions of the signs and are never evidence. The network states which finding is which sign
in which region: ``region``, ``tract: umn``, ``sign``, ``progressive``, ``explains``, and ``exclusion needs``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import ClassVar

from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import EngineLike, network_of
from dxnet.inference.results import Results
from dxnet.reasoning.als_rules import CRITERIA, GRADES, KINDS_READ, READ_WIDELY, REGIONS, Signs
from dxnet.reasoning.als_signs import EXCLUDED, KINDS_OF_SIGN, PROGRESSIVE, Sign, explaining, signs_in_case
from dxnet.words import counted

NOT_MET = GRADES[0]
_SIGNS: tuple[Sign, ...] = (
    *((kind, region) for region in REGIONS for kind in KINDS_OF_SIGN),
    (PROGRESSIVE, ""),
    (EXCLUDED, ""),
)
_SIGN_BITS = {sign: 1 << i for i, sign in enumerate(_SIGNS)}
"""Sets of signs as bits of a number: thousands of sets are compared for one case."""


@dataclass(frozen=True)
class Lack:
    """The signs that a case lacks for the next category.

    Args:
        category: the next category within reach.
        all_of: signs that every smallest set of further signs contains.
        one_of: the other signs of each such set, nearest first: signs that were not examined come before
            signs that are absent.
    """

    category: str
    all_of: tuple[str, ...]
    one_of: tuple[str, ...]

    def in_words(self, ways: int) -> str:
        """As text, with at most this many alternatives.

        >>> lack = Lack("possible", ("progressive course",), ("bulbar UMN sign", "cervical UMN sign"))
        >>> lack.in_words(1)
        'progressive course, with bulbar UMN sign (1 more way)'
        """
        more = f" ({counted(len(self.one_of) - ways, 'more way')})" if len(self.one_of) > ways else ""
        choice = f"{'; or '.join(self.one_of[:ways])}{more}"
        return ", with ".join(filter(None, (" and ".join(self.all_of), choice)))


@dataclass(frozen=True)
class Criterion:
    """The category of a case under one set of criteria.

    Args:
        name: a key of CRITERIA.
        category: the category that the findings examined so far meet.
        at_best: the category that would be met if every sign not examined were present.
        missing: findings that were not examined and could change the category.
        lacks: signs that the next category needs; None where none is within reach.
        by_signs: the category that the signs entered reach once other diseases are excluded and the course
            is known to be progressive.
        open: which of PROGRESSIVE and EXCLUDED is not decided yet.
        to_exclude: findings that must be entered before other diseases count as excluded.
        excluded_by: findings that show another disease. The criteria exclude what might explain the signs;
            whether it does is not decided here.
        read_widely: the category of the signs where the text can be read more widely than it is here; empty
            where that makes no difference.
    """

    name: str
    category: str
    at_best: str
    missing: tuple[str, ...]
    lacks: Lack | None
    by_signs: str = NOT_MET
    open: tuple[str, ...] = ()
    to_exclude: tuple[str, ...] = ()
    excluded_by: tuple[str, ...] = ()
    read_widely: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether no further examination could change the category."""
        return self.category == self.at_best

    @property
    def verdict(self) -> str:
        """The category in words; what cannot be decided yet is never called not met.

        >>> Criterion("Awaji", "not met", "definite", (), None, by_signs="probable", open=(EXCLUDED,)).verdict
        'probable by the signs alone'
        >>> Criterion("Awaji", "not met", "definite", (), None).verdict
        'undecided'
        """
        if self.category != NOT_MET:
            return self.category
        if self.open and self.by_signs != NOT_MET:
            on = "unless otherwise explained" if self.excluded_by else "by the signs alone"
            return f"{self.by_signs} {on}"
        short = NOT_MET if self.is_decided else "undecided"
        return f"{short} (strict reading)" if self.read_widely else short

    @property
    def beyond(self) -> str:
        """The category that further examination could still reach, in words."""
        return "no more" if self.is_decided else self.at_best


class Categories(Results[Criterion]):
    """See ``criteria``."""

    thing = "criteria set"
    columns: ClassVar = {
        "criteria": "name",
        **{name: name for name in ("category", "by_signs", "open", "at_best", "missing", "excluded_by")},
    }


def criteria(network: EngineLike, case: CaseLike) -> Categories:
    """Category of a case under each set of criteria, what is undecided, and what the next category lacks.

    A finding that is uncertain counts as not examined. A sign is present in a region when one of
    its findings is present, or implied by one that is, and absent when all were examined and none is present.
    A network without ``sign`` has no criteria.

    Raises:
        CaseError: the case does not fit the network.

    >>> from dxnet import Case, load_network
    >>> signs = dict.fromkeys(("babinski", "leg_weakness", "leg_atrophy"), "present")
    >>> case = Case({"onset_tempo": "progressive", **signs})
    >>> [(found.verdict, found.at_best) for found in criteria(load_network("als_mimics"), case)][1:]
    [('possible by the signs alone', 'definite'), ('met by the signs alone', 'met')]
    """
    network, case = network_of(network), Case.of(case)
    case.require_fit(network)
    case = case.with_findings(case.in_states(network))
    if not any(finding.sign for finding in network.findings.values()):
        return Categories()
    known, rest_on = signs_in_case(network, case)
    to_exclude, other = rest_on[EXCLUDED, ""], explaining(network, case)
    judged = (_judge_criteria(name, known, rest_on) for name in CRITERIA)
    return Categories(replace(it, to_exclude=to_exclude, excluded_by=other) for it in judged)


def _judge_criteria(
    name: str, known: Mapping[Sign, bool | None], rest_on: Mapping[Sign, tuple[str, ...]]
) -> Criterion:
    known = {sign: it for sign, it in known.items() if sign[0] in KINDS_READ[name] or not sign[1]}
    sure = sum(_SIGN_BITS[sign] for sign, value in known.items() if value)
    possible = sum(_SIGN_BITS[sign] for sign, value in known.items() if value is not False)
    least, most = _grade(name, sure), _grade(name, possible)
    unknown = tuple(_SIGN_BITS[sign] for sign, value in known.items() if value is None)
    levels = range(least + 1, most + 1)
    matter = {bit for level in levels for bits in _enough(name, sure, unknown, level) for bit in bits}
    missing = dict.fromkeys(
        finding for sign in known if _SIGN_BITS[sign] in matter for finding in rest_on[sign]
    )
    open_ = [word for word in (PROGRESSIVE, EXCLUDED) if known[word, ""] is None]
    by_signs = sure | sum(_SIGN_BITS[word, ""] for word in open_)
    category = GRADES[_grade(name, by_signs)]
    widely = READ_WIDELY[name](_as_signs(by_signs)) if name in READ_WIDELY else category
    return Criterion(
        name,
        GRADES[least],
        GRADES[most],
        tuple(missing),
        _lacks(name, sure, known),
        category,
        tuple(open_),
        read_widely="" if widely == category else widely,
    )


@lru_cache(maxsize=2**16)
def _grade(name: str, signs: int) -> int:
    """The category of some signs, given by their bits, as a position in GRADES."""
    return GRADES.index(CRITERIA[name](_as_signs(signs)))


def _as_signs(bits: int) -> Signs:
    present = [sign for sign in _SIGNS if _SIGN_BITS[sign] & bits]
    regions = {kind: frozenset(r for k, r in present if k == kind) for kind in KINDS_OF_SIGN}
    progressive, excluded = ((word, "") in present for word in (PROGRESSIVE, EXCLUDED))
    return Signs(**regions, progressive=progressive, excluded=excluded)


@lru_cache(maxsize=2**12)
def _enough(name: str, sure: int, candidates: tuple[int, ...], level: int) -> tuple[tuple[int, ...], ...]:
    """The smallest sets of further signs, by their bits, that lift the category to a level."""
    for number in range(1, 5):
        sets = tuple(
            bits for bits in combinations(candidates, number) if _grade(name, sure + sum(bits)) >= level
        )
        if sets:
            return sets
    return ()


def _lacks(name: str, sure: int, known: Mapping[Sign, bool | None]) -> Lack | None:
    """The next category within reach, by the smallest sets of signs, absent so far or not examined."""
    by_bit = {_SIGN_BITS[sign]: sign for sign, value in known.items() if not value}
    sets = _enough(name, sure, tuple(by_bit), _grade(name, sure) + 1)
    if not sets:
        return None
    levels = [_grade(name, sure + sum(bits)) for bits in sets]
    nearest = [
        [by_bit[bit] for bit in bits]
        for bits, level in zip(sets, levels, strict=True)
        if level == min(levels)
    ]
    nearest.sort(key=lambda signs: sum(known[sign] is False for sign in signs))
    common = set(nearest[0]).intersection(*nearest)
    one_of = [" and ".join(_sign_in_words(sign) for sign in signs if sign not in common) for signs in nearest]
    all_of = [_sign_in_words(sign) for sign in by_bit.values() if sign in common]
    return Lack(GRADES[min(levels)], tuple(all_of), tuple(filter(None, one_of)))


def _sign_in_words(sign: Sign) -> str:
    kind, region = sign
    return f"{region} {KINDS_OF_SIGN[kind]}" if region else kind
