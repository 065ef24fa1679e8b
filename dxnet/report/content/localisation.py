"""Where the lesion is, and whether any listed disease explains the findings."""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.reasoning.fit import fit
from dxnet.reasoning.localisation import localise
from dxnet.report.parts import Paragraph
from dxnet.words import percent

PLACES, LEAST = 3, 0.05
"""So many places are named at most, each from this probability on."""


def place_and_fit(engine: Engine, case: Case) -> Iterator[Paragraph]:
    """The places that the findings point to, if the network has lesion patterns; a warning of a poor fit.

    Nothing is said of a case without findings.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("als_mimics"))
    >>> case = Case({"arm_atrophy": "present", "hyperreflexia_legs": "present", "sensory_loss": "present"})
    >>> next(place_and_fit(engine, case)).text[:33]
    'The signs point to: cervical cord'
    """
    if not case.findings:
        return
    if engine.network.patterns:
        found = [(place, p) for place, p in localise(engine, case).places.items() if p >= LEAST][:PLACES]
        yield Paragraph(f"The signs point to: {', '.join(f'{place} {percent(p)}' for place, p in found)}.")
    match = fit(engine, case)
    if match.is_surprising:
        best = engine.network.diagnosis[match.diagnosis].name
        yield Paragraph(
            f"No listed disease explains this patient well: {best} explains the findings best, and worse "
            f"than those of {percent(match.rarer)} of {match.patients} simulated patients are explained, "
            "with the same findings recorded. Think of an unlisted disease, of two, of a mistaken finding.",
            strong=True,
        )
