"""El Escorial, Awaji and Gold Coast: categories as functions of the signs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

REGIONS = ("bulbar", "cervical", "thoracic", "lumbosacral")
"""Regions from rostral to caudal."""


@dataclass(frozen=True)
class Signs:
    """Regions with upper motor neuron signs and with four kinds of lower motor neuron signs.

    What counts as a clinical LMN sign: "LMN signs: atrophy, weakness. If only fasciculation: search with EMG
    for active denervation" (Brooks 2000 as summarised in table 1 of doi:10.1186/1750-1172-4-3). Weakness may
    come from the upper motor neuron as well, so that it counts beside fasciculation alone.

    Args:
        umn: UMN signs.
        lmn: clinical LMN signs: wasting, or weakness with fasciculation; weakness where the network has no
            finding for wasting.
        wasted: wasting in a weak region, of what the network has findings for.
        denervation: active denervation and chronic neurogenic units.
        fasciculation: fasciculation potentials and chronic neurogenic units, without active denervation.
        progressive: progression by history or examination.
        excluded: no other disease explains the signs.
    """

    umn: frozenset[str] = frozenset()
    lmn: frozenset[str] = frozenset()
    wasted: frozenset[str] = frozenset()
    denervation: frozenset[str] = frozenset()
    fasciculation: frozenset[str] = frozenset()
    progressive: bool = True
    excluded: bool = True


def _rostral(upper: Iterable[str], lower: Iterable[str]) -> bool:
    """Whether a region of ``upper`` lies above a region of ``lower``."""
    return any(REGIONS.index(a) < REGIONS.index(b) for a in upper for b in lower)


def el_escorial(signs: Signs) -> str:
    """Revised El Escorial (Airlie House) category.

    The categories of Brooks 2000, as printed in table 1 of doi:10.1016/j.antiviral.2013.05.006.

    >>> el_escorial(Signs(umn=frozenset({"cervical"}), lmn=frozenset({"cervical"})))
    'possible'
    """
    both = signs.umn & signs.lmn
    if not (signs.progressive and signs.excluded):
        return "not met"
    if len(both) >= 3:
        return "definite"
    if len(both) >= 2 and _rostral(signs.umn, signs.lmn):
        return "probable"
    if signs.umn and len(signs.denervation) >= 2:
        return "probable, laboratory-supported"
    if both or len(signs.umn) >= 2 or _rostral(signs.lmn, signs.umn):
        return "possible"
    return "not met"


def awaji(signs: Signs) -> str:
    """Awaji-shima category: an EMG sign counts as much as a clinical lower motor neuron sign.

    As printed in table 1 of Open Neurophysiol J (awaji_table in data/references.csv).

    >>> awaji(Signs(umn=frozenset({"cervical"}), denervation=frozenset({"cervical", "lumbosacral"})))
    'possible'
    """
    lower = signs.lmn | signs.denervation | signs.fasciculation
    both = signs.umn & lower
    if not (signs.progressive and signs.excluded):
        return "not met"
    if len(both) >= 3:
        return "definite"
    if len(both) >= 2 and _rostral(signs.umn, lower):
        return "probable"
    if both or len(signs.umn) >= 2 or _rostral(lower, signs.umn):
        return "possible"
    return "not met"


def gold_coast(signs: Signs) -> str:
    """Gold Coast: ``met`` or ``not met``; upper and lower signs must share a region (the strict reading).

    Turner MR. Diagnosing ALS: the Gold Coast criteria and the role of EMG. Pract Neurol 2022,
    doi:10.1136/practneurol-2021-003256. A lower sign is weakness with wasting, or EMG: table 2 of
    doi:10.1186/s42466-025-00389-w.

    >>> gold_coast(Signs(wasted=frozenset({"cervical", "lumbosacral"})))
    'met'
    """
    lower = signs.wasted | signs.denervation | signs.fasciculation
    is_met = signs.progressive and signs.excluded and (signs.umn & lower or len(lower) >= 2)
    return "met" if is_met else "not met"


def gold_coast_read_widely(signs: Signs) -> str:
    """As ``gold_coast``, with upper and lower signs in any regions.

    The text asks for both in the same region "if only one region is involved", which can be read so.

    >>> gold_coast_read_widely(Signs(umn=frozenset({"bulbar"}), wasted=frozenset({"cervical"})))
    'met'
    """
    everywhere = replace(signs, umn=frozenset(REGIONS) if signs.umn else frozenset())
    return gold_coast(everywhere)


GRADES = ("not met", "possible", "probable, laboratory-supported", "probable", "definite", "met")
"""Categories in order of certainty; further signs and examinations can only raise them."""
CRITERIA: Mapping[str, Callable[[Signs], str]] = {
    "revised El Escorial": el_escorial,
    "Awaji": awaji,
    "Gold Coast": gold_coast,
}
KINDS_READ: Mapping[str, frozenset[str]] = {
    "revised El Escorial": frozenset({"umn", "lmn", "denervation"}),
    "Awaji": frozenset({"umn", "lmn", "denervation", "fasciculation"}),
    "Gold Coast": frozenset({"umn", "wasted", "denervation", "fasciculation"}),
}
"""The kinds of sign on which each of CRITERIA depends: no others are tried in search of the next category."""
READ_WIDELY: Mapping[str, Callable[[Signs], str]] = {"Gold Coast": gold_coast_read_widely}
"""Criteria whose text can be read more widely than CRITERIA read it."""
