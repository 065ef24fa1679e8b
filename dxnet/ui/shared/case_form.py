"""The case of one user as entered so far, from which every widget is derived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from dxnet import Case, Engine, Network
from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, LocalCodes
from dxnet.inference.case import State
from dxnet.inference.changed_case import lasting_findings, with_changes
from dxnet.ui.shared.case_file import EnteredState, OfferedNormal, OpenedRecord, new_mark
from dxnet.ui.shared.incoming import Incoming
from dxnet.ui.shared.refused import Refused
from dxnet.ui.shared.step_history import StepHistory
from dxnet.ui.shared.visit_edits import (
    about_both,
    changed_by_reading,
    with_case,
    with_new_visit,
    without_findings,
)

Answer = TypeVar("Answer")
RECENT = 8
"""Findings that are kept as recently used."""


@dataclass
class Form:
    """One user's case as entered so far; every widget is derived from it.

    Args:
        case: the findings, and the other fields of a loaded file.
        setting: where the patient was seen, by its id.
        paused: findings that are kept but not used.
        record: the coded record that the case was read from.
        local_codes: what codes of records stand for by this user, whatever the record.
        problems: what went wrong with the last file, in readable words.
        refused: what was written and not entered, by its number, until it is corrected or dismissed.
        group, sought, last: the open group of findings, the finding that was searched for, and the one that
            was entered last.
        opened: how many files were opened.
        others: further cases, opened to be compared.
        history: the steps before and after.
        lasting: findings that hold at every visit, such as the sex.
        visit: the day of the visit that is shown and edited; the last one without it.
        incoming: a case that was brought, until the user says whether it belongs to the one that is open.
        called_normal: what the letter that was taken calls normal as a whole; offered until it is entered or
            left open.
        mark: tells the case from every other that is begun or opened.
        recent: findings that were entered last, in this case or the ones before, the latest first.
    """

    case: Case
    setting: str
    paused: frozenset[str] = frozenset()
    record: OpenedRecord | None = None
    local_codes: LocalCodes = NO_LOCAL_CODES
    problems: list[str] = field(default_factory=list)
    refused: dict[int, Refused] = field(default_factory=dict)
    group: str = ""
    sought: str = ""
    last: str = ""
    opened: int = 0
    others: list[Case] = field(default_factory=list)
    lasting: frozenset[str] = frozenset()
    visit: date | None = None
    incoming: Incoming | None = None
    called_normal: OfferedNormal = field(default_factory=OfferedNormal)
    recent: tuple[str, ...] = ()
    mark: str = ""
    history: StepHistory[EnteredState] = field(default_factory=StepHistory)
    _known: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def new(cls, network: Network) -> Form:
        """An empty form: nothing is set that nobody entered."""
        setting, _ = network.setting()
        return cls(Case({}), setting, lasting=lasting_findings(network))

    @property
    def on(self) -> date | None:
        """The day of the visit that is shown and edited; None for a case without visits."""
        days = [visit.on for visit in self.case.visits]
        return self.visit if self.visit in days else days[-1] if days else None

    @property
    def current(self) -> Case:
        """The case as known at the visit that is shown."""
        return self.case if self.on is None else self.case.at(self.on)

    @property
    def today(self) -> Mapping[str, State]:
        """What was examined at the visit that is shown, and what has no date; without visits all."""
        on = self.on
        found = next((visit.findings for visit in self.case.visits if visit.on == on), {})
        return {**self.case.undated, **found}

    @property
    def entered_state(self) -> EnteredState:
        """What stands in the form now."""
        offered = self.called_normal
        return EnteredState(self.case, self.setting, self.paused, self.record, self.on, offered, self.mark)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self.history.before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back and nothing else was done since."""
        return bool(self.history.after)

    def undo(self) -> None:
        """Take the last step back, whatever it was; nothing happens where there is none."""
        self._put(self.history.back(self._now(self.history.before)) or self.entered_state)

    def redo(self) -> None:
        """Do again what was taken back last; nothing happens where nothing was."""
        self._put(self.history.forward(self._now(self.history.after)) or self.entered_state)

    def _now(self, steps: Sequence[EnteredState]) -> EnteredState:
        """What stands now, at the visit of the step that is taken, unless that added or removed one."""
        now = self.entered_state
        return now._replace(visit=steps[-1].visit) if steps and steps[-1].days == now.days else now

    def _step(self, new: EnteredState) -> None:
        """Put a new state into the form; the old one can be had back, unless only another visit is shown."""
        if new._replace(visit=self.on, mark=self.mark) != self.entered_state:
            self.history.leave(self.entered_state)
        self._put(new)

    def _put(self, new: EnteredState) -> None:
        self.problems = []
        self.case, self.setting, self.paused, self.record, self.visit, self.called_normal, self.mark = new

    def enter(self, name: str, state: State | None) -> None:
        """Set a finding to a state; None: not examined."""
        self.enter_each({name: state})

    def enter_each(self, states: Mapping[str, State | None]) -> None:
        """Set findings one by one, in one step; the last is the most recent."""
        for name in states:
            self.last = name
            self.recent = (name, *(other for other in self.recent if other != name))[:RECENT]
        self.enter_all(states)

    def enter_all(self, states: Mapping[str, State | None]) -> None:
        """Set several findings, in one step."""
        self._set(with_changes(self.case, self.on, states, self.lasting), set(states), self.visit)

    def take(self, case: Case, visit: date | None = None) -> None:
        """Put an edited case into the form, and show one of its visits."""
        self._set(case, set(), visit)

    def choose_setting(self, setting: str) -> None:
        """Say where the patient was seen."""
        self._step(self.entered_state._replace(setting=setting))

    def load(self, case: Case, record: OpenedRecord | None = None) -> None:
        """Take a case from a file, as it stands, with its setting; what was paused is so again.

        Args:
            case: it fits the network.
            record: the coded record that it was read from.
        """
        about = dict(case.about)
        setting = about.pop("setting", self.setting)
        whole = replace(case, findings={**case.findings, **case.paused}, paused={}, about=about)
        self._step(EnteredState(whole, setting, frozenset(case.paused), record, mark=new_mark()))
        self.sought, self.last, self.refused = "", "", {}

    def bring(self, incoming: Incoming) -> None:
        """Open what was brought where nothing is open; else the user is asked where it belongs."""
        self.incoming = incoming
        if self.is_untouched:
            self.take_as_new_case()

    def take_as_new_case(self) -> None:
        """Open what was brought in place of the case that is open."""
        if brought := self._brought():
            paused = {name: brought.case.findings[name] for name in brought.paused}
            self.load(replace(brought.case, paused=paused), brought.record)
            self.called_normal = OfferedNormal(brought.called_normal, self.on)

    def add_to_case(self, dated: Case | None = None, on: date | None = None) -> None:
        """Add what was brought to the case that is open; where both state a finding, what was brought counts.

        Args:
            dated: the open case, with dates; by default as it is.
            on: the day of a new visit that it belongs to; by default it goes to the visit that is shown.

        Raises:
            CaseError: there is a visit on that day.
        """
        case = dated or self.case
        case = with_new_visit(case, on) if on else case
        if brought := self._brought():
            added = with_case(case, on or self.on, brought.case, self.lasting)
            added = replace(added, about=about_both(added, brought.case))
            if brought.record:
                added = replace(added, issues=brought.case.issues, coded=brought.case.coded)
            paused = (self.paused - brought.case.findings.keys()) | brought.paused
            record = brought.record or self.record
            offered = OfferedNormal(brought.called_normal, on or self.on)
            now = self.entered_state._replace(visit=on or self.visit, called_normal=offered)
            self._step(now._replace(case=added, paused=paused, record=record))

    def _brought(self) -> Incoming | None:
        brought, self.incoming = self.incoming, None
        return brought

    def resume(self, case: Case) -> None:
        """Take up a case where it was left; refused lines stay, and nothing is before its first step."""
        had_steps, refused = self.can_undo, self.refused
        self.load(case)
        self.refused = refused
        if not had_steps:
            self.history.before.clear()

    def clear(self, network: Network) -> None:
        """Begin a new case, of the same setting."""
        self.load(Form.new(network).case)

    def use(self, names: Iterable[str]) -> None:
        """Pause all findings but these."""
        shown = frozenset(self.current.findings)
        self._step(self.entered_state._replace(paused=(self.paused - shown) | shown.difference(names)))

    def forget(self, names: Iterable[str]) -> None:
        """Set findings to not examined, at every visit."""
        self._set(without_findings(self.case, set(names)), set(names), self.visit)

    @property
    def used(self) -> Case:
        """The case as known at the visit that is shown, without what is paused: what is asked."""
        return self._without_paused(self.current)

    @property
    def kept(self) -> Case:
        """The whole case, all visits, without what is paused."""
        return self._without_paused(self.case)

    @property
    def saved(self) -> Case:
        """The whole case as it is saved: with its setting."""
        return replace(self.kept, about={**self.case.about, "setting": self.setting})

    def _without_paused(self, case: Case) -> Case:
        if not self.paused:
            return case
        used, paused = (
            {name: s for name, s in case.findings.items() if (name in self.paused) == is_paused}
            for is_paused in (False, True)
        )
        return replace(case, findings=used, paused=paused)

    def ask(self, engine: Engine, question: Callable[..., Answer], **how: Any) -> Answer:
        """``question(engine, case, ...)``; asked anew only when the case, the setting or the network changed.

        Raises:
            ImpossibleEvidence: the findings exclude each other.
        """
        about = (self.case, self.paused, self.on, engine)
        if self._known.get("about") != about:
            self._known = {"about": about}
        key = (question, *how.items())
        if key not in self._known:
            self._known[key] = question(engine, self.used, **how)
        answer: Answer = self._known[key]
        return answer

    @property
    def is_untouched(self) -> bool:
        """Whether the form is untouched: nothing was entered or loaded."""
        return not (self.case.findings or self.case.id or self.case.visits)

    def _set(self, case: Case, touched: set[str], visit: date | None) -> None:
        paused = (self.paused - touched) & case.findings.keys()
        self._step(self.entered_state._replace(case=case, paused=paused, visit=visit))

    def take_reading(self, case: Case, record: OpenedRecord) -> None:
        """Take what another reading of the open record changes; what was entered besides stays as it is."""
        before = self.record.findings if self.record else {}
        changes = changed_by_reading(before, self.case.findings, case.findings)
        read = replace(self.case, issues=case.issues, coded=case.coded)
        whole = with_changes(read, self.on, changes, self.lasting)
        paused = self.paused - changes.keys()
        self._step(self.entered_state._replace(case=whole, paused=paused, record=record, visit=self.visit))


def form(network: Network) -> Form:
    """The form of this browser session."""
    if "form" not in st.session_state:
        st.session_state.form = Form.new(network)
    return st.session_state.form
