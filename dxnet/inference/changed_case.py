"""A case with other states: those of a visit, or of all without a date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from dxnet.inference.case import Case
from dxnet.inference.visit import State, Visit
from dxnet.knowledge.network import Network

Changes = Mapping[str, State | None]
"""Finding -> its new state; None: not examined."""


def lasting_findings(network: Network) -> frozenset[str]:
    """Findings that never belong to a visit: facts about the person, and what is the same at every visit.

    >>> from dxnet import load_network
    >>> sorted(lasting_findings(load_network("als_mimics")))
    ['age', 'prior_polio', 'sex']
    """
    return frozenset(name for name, it in network.findings.items() if it.subject or it.lasting == "yes")


def with_visits(case: Case, visits: Collection[Visit], undated: Mapping[str, State] | None = None) -> Case:
    """The case with other visits; a case without any has the findings without a date alone."""
    kept = {**(case.undated if undated is None else undated)}
    made = Case.of_visits(visits, kept, case.paused, id=case.id, diagnosis=case.diagnosis, about=case.about)
    return replace(made, issues=case.issues, coded=case.coded)


def with_changes(case: Case, on: date | None, changes: Changes, lasting: Collection[str] = ()) -> Case:
    """The case with other states: those of the visit on a day, or of all without a date.

    Args:
        case, on, changes: what is changed; without ``on`` the case has no visits.
        lasting: findings that never belong to a visit, such as the sex.
    """
    if on is None:
        return replace(case, findings=changed_findings(case.findings, changes))
    loose = {name: state for name, state in changes.items() if name in lasting or name in case.undated}
    dated = {name: state for name, state in changes.items() if name not in loose}
    visits = [
        replace(visit, findings=changed_findings(visit.findings, dated)) if visit.on == on else visit
        for visit in case.visits
    ]
    return with_visits(case, visits, changed_findings(case.undated, loose))


def changed_findings(findings: Mapping[str, State], changes: Changes) -> dict[str, State]:
    """Findings with other states, without those that were not examined.

    >>> changed_findings({"babinski": "present", "clonus": "absent"}, {"clonus": None, "hoffmann": "absent"})
    {'babinski': 'present', 'hoffmann': 'absent'}
    """
    states = {**findings, **changes}
    return {name: state for name, state in states.items() if state is not None}
