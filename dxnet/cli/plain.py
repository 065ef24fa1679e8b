"""Results in plain types, as ``--json`` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dxnet.reasoning.als_criteria import Criterion
    from dxnet.reasoning.conflict import Conflict, Flip
    from dxnet.reasoning.credible_intervals import Intervals
    from dxnet.reasoning.explain import Explanation
    from dxnet.reasoning.fit import Fit
    from dxnet.reasoning.guideline import Outstanding
    from dxnet.reasoning.localisation import Localisation
    from dxnet.reasoning.moved_number import MovedNumber
    from dxnet.reasoning.next_tests import NeverMiss, NextTest
    from dxnet.reasoning.over_visits import ProposedFinding, VisitAnswer
    from dxnet.reasoning.sensitivity import Curve, Grid, Swing, Threshold


def plain_explanation(why: Explanation, conflict: Conflict, flips: Sequence[Flip]) -> dict[str, Any]:
    """Weights, conflict and single findings that would change the first rank."""
    found = asdict(why)
    for contribution, known in zip(found["contributions"], why.contributions, strict=True):
        contribution["numbers"] = [
            {"place": place, "value": estimate.text, "sources": list(estimate.sources)}
            for place, estimate in known.numbers
        ]
    return {**found, "conflict": asdict(conflict), "flips": [asdict(flip) for flip in flips]}


def plain_intervals(sure: Intervals) -> dict[str, Any]:
    """Credible intervals."""
    rows = sure.to_frame().reset_index().to_dict("records")
    return {"level": sure.level, "draws": sure.draws, "effective": sure.effective, "diagnoses": rows}


def plain_place_and_fit(found: Localisation | None, match: Fit | None) -> dict[str, Any]:
    """Where the lesion is, if the network has lesion patterns, and whether any disease explains it."""
    place = {"places": dict(found.places), "patterns": dict(found.patterns)} if found else None
    fitted = {**asdict(match), "is_surprising": match.is_surprising} if match else None
    return {"localisation": place, "fit": fitted}


def plain_next(
    tests: Sequence[NextTest], misses: Sequence[NeverMiss], left: Sequence[Outstanding]
) -> dict[str, Any]:
    """Next tests, what must not be missed, and what is outstanding of the guideline."""
    return {
        "next_tests": [asdict(test) for test in tests],
        "never_miss": [asdict(miss) for miss in misses],
        "outstanding": [asdict(it) for it in left],
    }


def plain_visits(answers: Sequence[VisitAnswer], suggested: Sequence[ProposedFinding]) -> dict[str, Any]:
    """The answer at each visit, and the findings that the dates suggest."""
    visits = [
        {
            "date": answer.on.isoformat(),
            "note": answer.visit.note,
            "findings": answer.answer.to_dict()["findings"],
            "new": list(answer.new),
            "changed": list(answer.changed),
            "ranking": [
                {"diagnosis": name, "post_test": answer.answer.probability(name)}
                for name in answer.answer.ranking
            ],
            "set_aside": answer.answer.set_aside,
            "criteria": plain_criteria(answer.criteria),
        }
        for answer in answers
    ]
    return {"answers": visits, "suggested": [asdict(one) for one in suggested]}


def plain_criteria(found: Sequence[Criterion]) -> list[dict[str, Any]]:
    """Diagnostic criteria."""
    return [
        asdict(criterion) | {"verdict": criterion.verdict, "is_decided": criterion.is_decided}
        for criterion in found
    ]


def plain_number(number: MovedNumber) -> dict[str, Any]:
    """A number of the network with its interval and origin."""
    low, high = number.interval
    return {
        "place": str(number.place),
        "state": number.name,
        "stated": number.stated,
        "low": low,
        "high": high,
        "weight": number.estimate.weight,
        "sources": list(number.estimate.sources),
        "reason": number.estimate.reason,
        "where": number.estimate.where,
    }


def plain_thresholds(found: Sequence[Threshold]) -> list[dict[str, Any]]:
    """Values at which the first rank changes."""
    keys = ("value", "first", "probability", "is_inside", "fits")
    return [{key: getattr(threshold, key) for key in keys} for threshold in found]


def plain_swing(swing: Swing, found: Sequence[Threshold]) -> dict[str, Any]:
    """How far a number moves the posterior, and where the first rank changes."""
    moved = {"at_low": swing.at_low, "at_high": swing.at_high, "derivative": swing.derivative}
    return {**plain_number(swing.number), **moved, "first_rank_changes": plain_thresholds(found)}


def plain_curve(curve: Curve, found: Sequence[Threshold]) -> dict[str, Any]:
    """Posteriors as one number moves."""
    return {
        "number": plain_number(curve.number),
        "diagnoses": list(curve.diagnoses),
        "values": curve.values.tolist(),
        "post_test": curve.post_test.tolist(),
        "first_rank_changes": plain_thresholds(found),
    }


def plain_grid(grid: Grid) -> dict[str, Any]:
    """Posteriors as two numbers move."""
    return {
        "numbers": [plain_number(number) for number in grid.numbers],
        "diagnoses": list(grid.diagnoses),
        "values": [values.tolist() for values in grid.values],
        "post_test": grid.post_test.tolist(),
    }
