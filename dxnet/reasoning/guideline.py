"""Which procedures of the guideline are outstanding, what does each settle, which do the criteria need?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.results import Results
from dxnet.knowledge.network import Network
from dxnet.reasoning.als_criteria import criteria
from dxnet.reasoning.next_tests import (
    burden_of_test,
    findings_of_tests,
    not_settled,
    settled_by,
)


@dataclass(frozen=True)
class Outstanding:
    """A procedure of the guideline that is not done, or not in full where the criteria need the rest.

    Args:
        procedure: its id.
        findings: its findings that are not entered.
        entered: number of its findings that are.
        settles: the treatable diagnoses that it settles, with P(diagnosis | findings), most probable first.
        for_criteria: whether the category of diagnostic criteria depends on it.
    """

    procedure: str
    findings: tuple[str, ...]
    entered: int
    settles: tuple[tuple[str, float], ...]
    for_criteria: bool


class OutstandingProcedures(Results[Outstanding]):
    """See ``outstanding``."""

    thing = "outstanding procedure"
    columns: ClassVar = {name: name for name in ("procedure", "entered", "settles", "for_criteria")}


def outstanding(engine: EngineLike, case: CaseLike) -> OutstandingProcedures:
    """The procedures of the guideline of a network that are outstanding, in its order.

    They are listed however little they are expected to tell: a work-up is not done because one diagnosis
    leads. A finding that is paused was examined. Of the procedures that are no routine, those alone which the
    criteria need, or which settle a diagnosis that ``never_miss`` names. History and examination are
    not among them, as they burden nobody.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import load_network
    >>> left = outstanding(load_network("als_mimics"), {"arm_atrophy": "present"})
    >>> [it.procedure for it in left[:3]], left[0].for_criteria
    (['ncs', 'emg_arm', 'emg_leg'], True)
    """
    engine, case = Engine.of(engine), Case.of(case)
    network, differential = engine.network, engine.diagnose(case)
    left = findings_of_tests(network, case)
    known = _examined(network, case)
    missing = {name for found in criteria(network, case) for name in found.missing if name not in known}
    needed = {network.findings[name].procedure for name in missing}
    listed, named = [], {*not_settled(differential)}
    for name in network.guideline_order:
        if name not in left or not burden_of_test(network, name):
            continue
        settles = sorted(settled_by(differential, name), key=lambda pair: -pair[1])
        entered = sum(network.findings[finding].procedure == name for finding in known)
        is_due = _is_routine(network, name) or not named.isdisjoint(diagnosis for diagnosis, _ in settles)
        if name in needed or (is_due and not entered):
            listed.append(Outstanding(name, left[name], entered, tuple(settles), name in needed))
    return OutstandingProcedures(listed)


def _examined(network: Network, case: Case) -> list[str]:
    """The findings that were entered, those that are paused as well: they were examined, too."""
    return [name for name in (*case.findings, *case.paused) if name in network.findings]


def _is_routine(network: Network, procedure: str) -> bool:
    return network.procedures[procedure].availability == "routine"


def without_results(network: Network, case: Case) -> tuple[str, ...]:
    """The categories of routine tests of which nothing is entered; history and examination are no tests.

    >>> from dxnet import Case, load_network
    >>> without_results(load_network("als_mimics"), Case({"ck": "normal", "als_gene": "negative"}))
    ('MRI', 'EMG', 'NCS')
    """
    tests = {
        name: finding.category
        for name, finding in network.findings.items()
        if finding.procedure and burden_of_test(network, finding.procedure)
    }
    done = {tests[name] for name in _examined(network, case) if name in tests}
    usual = {name for name in network.guideline_order if _is_routine(network, name)}
    routine = {tests[name] for name in tests if network.findings[name].procedure in usual}
    return tuple(it for it in network.categories if it in routine and it not in done)
