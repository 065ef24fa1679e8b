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
from dxnet.knowledge.network import Finding, Network
from dxnet.reasoning.als_rules import CRITERIA, GRADES, REGIONS, Signs
from dxnet.words import counted

PROGRESSIVE, EXCLUDED = "progressive course", "other diseases excluded"
NOT_MET = GRADES[0]
_KINDS_OF_SIGN = {
    "umn": "UMN sign",
    "lmn": "clinical LMN sign",
    "denervation": "denervation with neurogenic units (EMG)",
}
_FASCICULATION = "fasciculation potentials with neurogenic units (EMG)"
Sign = tuple[str, str]
"""A kind of sign and its region; PROGRESSIVE and EXCLUDED have no region."""
SIGNS_OF_CRITERIA: tuple[Sign, ...] = (
    *((kind, region) for region in REGIONS for kind in (*_KINDS_OF_SIGN, "fasciculation")),
    (PROGRESSIVE, ""),
    (EXCLUDED, ""),
)
_SIGN_BITS = {sign: 1 << i for i, sign in enumerate(SIGNS_OF_CRITERIA)}
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
        excluded_by: findings that show another disease, which the criteria exclude.
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
        if self.excluded_by:
            return f"{NOT_MET}, as another disease is shown"
        if self.open and self.by_signs != NOT_MET:
            return f"{self.by_signs} by the signs alone"
        return NOT_MET if self.is_decided else "undecided"

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
    its findings is present, and absent when all were examined and none is present. A network without ``sign``
    has no criteria.

    Raises:
        CaseError: the case does not fit the network.

    >>> from dxnet import Case, load_network
    >>> case = Case({"onset_tempo": "progressive", "babinski": "present", "leg_atrophy": "present"})
    >>> [(found.verdict, found.at_best) for found in criteria(load_network("als_mimics"), case)][1:]
    [('possible by the signs alone', 'definite'), ('met by the signs alone', 'met')]
    """
    network, case = network_of(network), Case.of(case)
    case.require_fit(network)
    case = case.with_findings(case.in_states(network))
    if not any(finding.sign for finding in network.findings.values()):
        return Categories()
    known, rest_on = _signs(network, case)
    other = tuple(n for n, f in network.findings.items() if _state_of_finding(network, case, n) in f.explains)
    to_exclude = rest_on[EXCLUDED, ""]
    return Categories(
        replace(_judge_criteria(name, known, rest_on), to_exclude=to_exclude, excluded_by=other)
        for name in CRITERIA
    )


def _signs(network: Network, case: Case) -> tuple[dict[Sign, bool | None], dict[Sign, tuple[str, ...]]]:
    """Whether each sign is present (None: undecided), and the unexamined findings that would decide it."""
    known: dict[Sign, bool | None] = {}
    rest_on: dict[Sign, tuple[str, ...]] = {}

    def findings(region: str, **wanted: str) -> dict[str, Finding]:
        return {
            name: finding
            for name, finding in network.findings.items()
            if finding.region in (region, "")
            and all(getattr(finding, key) == word for key, word in wanted.items())
        }

    def note(sign: Sign, *groups: Mapping[str, Finding]) -> None:
        """The sign is present where each group has a finding that is present."""
        present = [_any(network, case, group) for group in groups]
        known[sign] = False if False in present else None if None in present else True
        rest_on[sign] = tuple(f for group in groups for f in group if f not in case.findings)

    for region in REGIONS:
        wasting = findings(region, sign="wasting")
        units = findings(region, sign="neurogenic units")
        denervation = findings(region, sign="denervation")
        note(("umn", region), {n: f for n, f in findings(region, tract="umn").items() if f.region})
        note(("lmn", region), wasting or findings(region, sign="weakness"))
        note(("denervation", region), denervation, units)
        note(("fasciculation", region), findings(region, sign="fasciculation potentials"), units)
        if known["fasciculation", region] and _any(
            network, case, findings(region, sign="fasciculation potentials")
        ):
            known["fasciculation", region] = (
                None  # present somewhere: the network does not say in which region
            )
    course = {n: f for n, f in network.findings.items() if f.progressive}
    note((PROGRESSIVE, ""), course)
    other = {n: f for n, f in network.findings.items() if f.explains}
    needed = [n for n in other if network.findings[n].procedure in network.exclusion]
    if any(_state_of_finding(network, case, name) in finding.explains for name, finding in other.items()):
        known[EXCLUDED, ""], rest_on[EXCLUDED, ""] = False, ()
    else:
        rest_on[EXCLUDED, ""] = tuple(name for name in needed if not _state_of_finding(network, case, name))
        known[EXCLUDED, ""] = None if rest_on[EXCLUDED, ""] else True
    return known, rest_on


def _state_of_finding(network: Network, case: Case, finding: str) -> str:
    state = case.findings.get(finding, "")
    return state if isinstance(state, str) and state in network.findings[finding].states else ""


def _any(network: Network, case: Case, group: Mapping[str, Finding]) -> bool | None:
    """Whether a finding of a group is present; a course counts as present in its progressive states."""
    present = [
        (state in finding.progressive if finding.progressive else state != finding.states[0])
        if state
        else None
        for name, finding in group.items()
        for state in (_state_of_finding(network, case, name),)
    ]
    return True if True in present else None if None in present or not present else False


def _judge_criteria(
    name: str, known: Mapping[Sign, bool | None], rest_on: Mapping[Sign, tuple[str, ...]]
) -> Criterion:
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
    granted = dict.fromkeys([*open_, EXCLUDED])
    by_signs = sure | sum(_SIGN_BITS[word, ""] for word in granted)
    return Criterion(
        name,
        GRADES[least],
        GRADES[most],
        tuple(missing),
        _lacks(name, sure, known),
        GRADES[_grade(name, by_signs)],
        tuple(open_),
    )


@lru_cache(maxsize=2**16)
def _grade(name: str, signs: int) -> int:
    """The category of some signs, given by their bits, as a position in GRADES."""
    present = [sign for sign in SIGNS_OF_CRITERIA if _SIGN_BITS[sign] & signs]
    regions = {
        kind: frozenset(r for k, r in present if k == kind) for kind in (*_KINDS_OF_SIGN, "fasciculation")
    }
    progressive, excluded = ((word, "") in present for word in (PROGRESSIVE, EXCLUDED))
    return GRADES.index(CRITERIA[name](Signs(**regions, progressive=progressive, excluded=excluded)))


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
    return f"{region} { {**_KINDS_OF_SIGN, 'fasciculation': _FASCICULATION}[kind] }" if region else kind
