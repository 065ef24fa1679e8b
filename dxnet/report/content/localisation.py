"""Where the lesion is, and whether any listed disease explains the findings."""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.knowledge.network import Network
from dxnet.reasoning.fit import Fit, fit
from dxnet.reasoning.localisation import Localisation, localise, points_to_a_place
from dxnet.report.parts import Paragraph
from dxnet.words import percent

PLACES, LEAST = 3, 0.05
"""So many places are named at most, each from this probability on."""


def place_and_fit(engine: Engine, case: Case) -> Iterator[Paragraph]:
    """The places that the findings point to, if the network has lesion patterns; a warning of a poor fit.

    Nothing is said of a case without findings, and of places only where a sign is among them.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("als_mimics"))
    >>> case = Case({"arm_atrophy": "present", "hyperreflexia_legs": "present", "sensory_loss": "present"})
    >>> next(place_and_fit(engine, case)).text[:33]
    'The signs point to: cervical cord'
    """
    if case.findings:
        found = localise(engine, case) if points_to_a_place(engine.network, case) else None
        yield from places_and_match(engine.network, found, None if engine.is_wide else fit(engine, case))


def places_and_match(network: Network, found: Localisation | None, match: Fit | None) -> Iterator[Paragraph]:
    """``place_and_fit`` of what was computed already."""
    if found:
        named = [(place, p) for place, p in found.places.items() if p >= LEAST][:PLACES]
        yield Paragraph(f"The signs point to: {', '.join(f'{place} {percent(p)}' for place, p in named)}.")
    if match and match.is_surprising:
        best = network.diagnosis[match.diagnosis].name
        yield Paragraph(
            f"No listed disease explains this patient well: {best} explains the findings best, and worse "
            f"than those of {percent(match.rarer)} of {match.patients} simulated patients are explained, "
            "with the same findings recorded. Think of an unlisted disease, of two, of a mistaken finding.",
            strong=True,
        )
