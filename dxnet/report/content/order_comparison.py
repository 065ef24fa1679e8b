"""A comparison of orders of tests, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING

from dxnet.evaluation.work_up import EARLY_BURDEN, ORDERS, OURS
from dxnet.report.content.identity import basis
from dxnet.report.parts import Block, Facts, Paragraph, Table
from dxnet.words import share

if TYPE_CHECKING:
    import pandas as pd

    from dxnet.evaluation.order_comparison import OrderComparison

_WHAT_IT_SHOWS = (
    "The patients are simulated: what is the least burden for them need not be so for patients of a clinic. "
    "The burden is the sum of the tiers of cost, invasiveness and availability (0 to 3 each) of all tests "
    "that were done; the tiers are estimates. A patient without a commitment has had every test."
)


def compared_orders(found: OrderComparison) -> Iterator[Block]:
    """What was simulated, the outcomes of each order, and what the order of next tests saves."""
    yield Paragraph(_WHAT_IT_SHOWS)
    yield Facts.of(
        [
            *basis(found.network, found.setting).rows,
            ("Patients", f"{found.n:,} drawn from {found.patients_from}, seed {found.seed}"),
            ("No further test", f"once a diagnosis has {share(found.commitment)}, or none is left"),
            ("Not recorded", ", ".join(found.not_recorded)),
            ("Guideline", found.network.guideline_source or "none stated in this network"),
        ]
    )
    yield Table(
        "Outcomes of each order, with 95 % intervals",
        ("Order", ">Burden", ">Tests", ">Right", ">P(true)", ">Wrongly committed"),
        tuple(_outcomes(found.measures, order) for order in found.work_ups),
    )
    yield Table(
        "How soon",
        ("Order", ">Committed", f">With a burden of {EARLY_BURDEN} or less", ">Without any burden"),
        tuple(
            (ORDERS[order], *(_interval(found.measures, order, it) for it in ("committed", "early", "free")))
            for order in found.work_ups
        ),
    )
    yield Table(
        f"{ORDERS[OURS]}, as dxnet next lists the tests, against the others on the same patients",
        ("Order", ">Burden saved", ">Right more often"),
        tuple(
            (ORDERS[order], *(_interval(found.against, order, it) for it in ("burden_saved", "right_gained")))
            for order in found.work_ups
            if order != OURS
        ),
    )


def _outcomes(measures: pd.DataFrame, order: str) -> tuple[str, ...]:
    """A row of the table of outcomes."""
    shown = ("burden", "tests", "right", "probability", "wrong")
    return ORDERS[order], *(_interval(measures, order, name) for name in shown)


def _interval(measures: pd.DataFrame, order: str, name: str) -> str:
    """A measure and its interval; shares of patients and of the burden in per cent."""
    value, low, high = (float(measures[part][order, name]) for part in ("value", "low", "high"))
    if isnan(value):
        return "no burden"
    if name == "right_gained" and value == low == high == 0:
        return "no difference"
    if name in ("burden", "tests", "probability"):
        digits = 2 if name == "probability" else 1
        return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
    if name in ("burden_saved", "right_gained"):
        unit = "%" if name == "burden_saved" else "points"
        return f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f}) {unit}"
    return f"{share(value)} ({100 * low:.1f} to {100 * high:.1f})"
