"""Where the lesion is, and whether the leading diagnosis explains the findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.knowledge.network import Network
from dxnet.reasoning.fit import Fit, fit
from dxnet.reasoning.localisation import Localisation, localise, points_to_a_place
from dxnet.report.parts import Paragraph
from dxnet.words import percent

PLACES, LEAST = 3, 0.05
"""So many places are named at most, each from this probability on; the same for the parts of one."""
NAMED_BY_PART = 0.999
"""Above this share a place is named with its only part."""


def place_and_fit(engine: Engine, case: Case) -> Iterator[Paragraph]:
    """The places that the findings point to, if the network has lesion patterns; a warning of a poor fit.

    Nothing is said of a case without findings, and of places only where a sign is among them.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("als_mimics"))
    >>> case = Case({"arm_atrophy": "present", "hyperreflexia_legs": "present", "sensory_loss": "present"})
    >>> next(place_and_fit(engine, case)).text[:20]
    'The signs point to: '
    """
    if case.findings:
        found = localise(engine, case) if points_to_a_place(engine.network, case) else None
        yield from places_and_match(engine.network, found, None if engine.is_wide else fit(engine, case))


def places_and_match(network: Network, found: Localisation | None, match: Fit | None) -> Iterator[Paragraph]:
    """``place_and_fit`` of what was computed already."""
    if found:
        yield Paragraph(f"The signs point to: {places_in_words(found.places)}.")
    if match and match.is_surprising:
        leading, best = (network.diagnosis[name].name for name in (match.diagnosis, match.best))
        other = f"of {best}, which explains them best, " if match.best != match.diagnosis else ""
        yield Paragraph(
            f"{leading} leads, but explains this patient badly: of {match.patients:,} simulated patients in "
            f"whom it leads, with as much recorded, it explains {percent(match.rarer, 0)} better. "
            f"Think {other}of an unlisted disease, of two, of a mistaken finding.",
            strong=True,
        )


def places_in_words(places: Mapping[str, float]) -> str:
    """The surest places; those that differ after the comma alone are one, with its parts.

    >>> places_in_words({"motor neurons, limbs": 0.5, "cervical cord": 0.25, "motor neurons, bulbar": 0.2})
    'motor neurons 70.0 % (limbs 50.0 %, bulbar 20.0 %), cervical cord 25.0 %'
    >>> places_in_words({"motor neurons, limbs": 0.9, "cervical cord": 0.1})
    'motor neurons, limbs 90.0 %, cervical cord 10.0 %'
    """
    wholes: dict[str, dict[str, float]] = {}
    for place, p in places.items():
        whole, _, part = place.partition(", ")
        wholes.setdefault(whole, {})[part] = p
    totals = {whole: sum(parts.values()) for whole, parts in wholes.items()}
    surest = sorted(totals, key=lambda whole: -totals[whole])
    named = [whole for whole in surest if totals[whole] >= LEAST][:PLACES] or surest[:1]
    return ", ".join(_whole_in_words(whole, totals[whole], wholes[whole]) for whole in named)


def _whole_in_words(whole: str, total: float, parts: Mapping[str, float]) -> str:
    likely = {part: p for part, p in sorted(parts.items(), key=lambda it: -it[1]) if part and p >= LEAST}
    first, *more = likely or {"": 0.0}
    if not more and likely.get(first, 0.0) >= NAMED_BY_PART * total:
        return f"{whole}, {first} {percent(total)}"
    shown = ", ".join(f"{part} {percent(p)}" for part, p in list(likely.items())[:PLACES])
    return f"{whole} {percent(total)}" + (f" ({shown})" if shown else "")
