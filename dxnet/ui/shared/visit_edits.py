"""Edits of a case with dated visits: each takes a case and gives another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from dxnet import Case, Visit
from dxnet.errors import CaseError, Issue
from dxnet.inference.case import State
from dxnet.inference.changed_case import Changes, changed_findings, with_changes, with_visits


def with_case(case: Case, on: date | None, other: Case, lasting: Collection[str] = ()) -> Case:
    """The case with what another one holds besides; where both state a finding, the other counts.

    Args:
        case, on: what is added to, and its visit that findings without a date go to.
        other: its visits go to their own days.
        lasting: findings that never belong to a visit, such as the sex.
    """
    if not other.visits:
        return with_changes(case, on, other.findings, lasting)
    visits = {visit.on: visit for visit in case.visits}
    for new in other.visits:
        old = visits.get(new.on, Visit(new.on))
        visits[new.on] = replace(
            new, findings={**old.findings, **new.findings}, note=" ".join(filter(None, (old.note, new.note)))
        )
    dated = {name for visit in visits.values() for name in visit.findings}
    undated = {**case.undated, **other.undated}
    return with_visits(case, visits.values(), {name: s for name, s in undated.items() if name not in dated})


def without_findings(case: Case, names: Collection[str]) -> Case:
    """The case as if these findings had never been examined."""
    gone = dict.fromkeys(names)
    if not case.visits:
        return replace(case, findings=changed_findings(case.findings, gone))
    visits = [replace(visit, findings=changed_findings(visit.findings, gone)) for visit in case.visits]
    return with_visits(case, visits, changed_findings(case.undated, gone))


def changed_by_reading(
    before: Mapping[str, State], now: Mapping[str, State], read: Mapping[str, State]
) -> Changes:
    """What another reading of a record changes; what was entered besides stays as it is.

    Args:
        before, read: what the record gave, and what it gives now.
        now: what is entered.
    """
    gone = {name: None for name in before if name not in read and now.get(name) == before[name]}
    return {**gone, **{name: state for name, state in read.items() if before.get(name) != state}}


def with_first_date(case: Case, on: date, lasting: Collection[str]) -> Case:
    """A plain case whose findings, but for lasting ones, were found on a day."""
    dated = {name: state for name, state in case.findings.items() if name not in lasting}
    undated = {name: state for name, state in case.findings.items() if name in lasting}
    return with_visits(case, [Visit(on, dated)], undated)


def with_new_visit(case: Case, on: date) -> Case:
    """The case with one more visit, at which nothing is examined yet.

    Raises:
        CaseError: there is a visit on that day.
    """
    return with_visits(case, [*case.visits, Visit(on)])


def without_visit(case: Case, on: date) -> Case:
    """The case without a visit and what was found at it; of the only visit, with its findings undated."""
    left = [visit for visit in case.visits if visit.on != on]
    if left:
        return with_visits(case, left)
    return case.with_findings(case.findings)


def with_visit(case: Case, on: date, new: Visit) -> Case:
    """The case with a visit in place of the one on a day.

    Raises:
        CaseError: another visit is on the day of the new one.
    """
    if all(visit.on != on for visit in case.visits):
        raise CaseError([Issue("error", case.id, f"has no visit on {on}", "choose one of its visits")])
    return with_visits(case, [new if visit.on == on else visit for visit in case.visits])


def about_both(case: Case, added: Case) -> dict[str, str]:
    """What is known about a case beside its findings, and the notes of both; its setting stays."""
    about = {key: text for key, text in {**added.about, **case.about}.items() if key != "setting"}
    notes = dict.fromkeys(filter(None, (it.about.get("note", "") for it in (case, added))))
    return {**about, "note": "; ".join(notes)} if notes else about
