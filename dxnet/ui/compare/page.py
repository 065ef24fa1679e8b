"""The Compare page: two cases, two visits, two settings or two versions of the network side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from dxnet import Case, Differential, DxnetError, Engine, Network
from dxnet.reasoning.what_moved import MovedStep, Shift, what_moved
from dxnet.ui.compare.kept_comparison import CHOSEN, keep_compared, take_up_compared
from dxnet.ui.shared import frame, versions
from dxnet.ui.shared.bars import PairBar, WeightBar, pair_bars, weight_bars
from dxnet.ui.shared.case_file import examples, read_case_file
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.file_field import CASE_FILES, NETWORK_FILES, file_field, require_kind
from dxnet.ui.shared.kept_networks import keep_networks
from dxnet.ui.shared.parts import number_cell
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.ui.shared.served import served_network, shared_engine
from dxnet.words import counted, decibans, state_in_words

SIDES = ("A", "B")
CASE_CHOICE, NETWORK_CHOICE = (f"{SIDES[-1]}: {what}" for what in ("case", "network"))
"""What is chosen on side B."""
SHOWN_PAIRS, SHOWN_STEPS = 8, 12


@dataclass(frozen=True)
class CaseSide:
    """One side of the comparison: a case, answered by a network in a setting."""

    name: str
    case: Case
    engine: Engine
    answer: Differential


def draw_compare_page(network: Network, form: Form) -> None:
    """Draw the page."""
    take_up_compared(network, form)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        frame.page_title("Compare")
        open_files(network, form)
    if form.problems:
        st.error("  \n".join(form.problems))
    if notice := st.session_state.pop("compared_notice", ""):
        st.success(notice)
    keep_networks(served_network(), form.setting)
    sides = [
        choose_side(network, form, name, column) for name, column in zip(SIDES, st.columns(2), strict=True)
    ]
    keep_compared(form)
    if sides[0] and sides[1]:
        a, b = sides[0], sides[1]
        left, right = st.columns([5, 6], gap="large")
        with left:
            frame.heading("Ranked diagnoses")
            compared_ranking(a, b)
        with right:
            frame.heading("What differs, and what moved it")
            draw_what_moved(a, b)
        frame.page_foot(network, *(f"{side.name}: {side_in_words(side)}" for side in (a, b)))
    else:
        frame.page_foot(network)


def open_files(network: Network, form: Form) -> None:
    """Cases and versions of the network that are opened to be compared."""
    key = f"compare{len(form.others)}-{len(versions.opened())}-{form.opened}"

    def take(name: str, content: bytes) -> None:
        form.opened += 1
        take_compared_file(network, form, name, content)

    with st.popover("Open a case or another version of the network", key=f"{key}-popover"):
        network_files = f"the files of a network (zip, up to {NETWORK_FILES['zip']} MB)"
        file_field(f"Case file (YAML, JSON, up to {CASE_FILES['yaml']} MB), or {network_files}", key, take)


def take_compared_file(network: Network, form: Form, name: str, content: bytes) -> None:
    """Set what a file holds on side B and offer it on both, or say what is wrong with it."""
    form.problems = []
    try:
        require_kind(name, content, {**CASE_FILES, **NETWORK_FILES})
        if name.lower().endswith(".zip"):
            version = versions.read_zip(name, content)
            called = versions.version_name(version)
            versions.opened()[called] = version
            what, key = "network", choice_key(NETWORK_CHOICE)
        else:
            form.others.append(read_case_file(network, name, content, form.local_codes))
            called = f"file:{len(form.others)}"
            what, key = "case", choice_key(CASE_CHOICE, days_of_visits(form))
    except DxnetError as problem:
        form.problems = [literal(f"{name} was not opened."), *problems_in_words(network, problem)]
        return
    st.session_state[key] = called
    st.session_state.compared_notice = f"{literal(name)} is open, and is now the {what} of side B."


def comparable_cases(network: Network, form: Form) -> Mapping[str, tuple[str, Case]]:
    """The cases that can be compared, each with what it is called."""
    here = f"Case page: {form.used.id or 'no id'}, {counted(len(form.used.findings), 'finding')}"
    found = {"here": (here, form.used)}
    found |= {f"visit:{on}": (f"Visit of {on}", case) for on, case in visits_of(form.kept)}
    for case in examples(network, network.fingerprint):
        known = network.diagnosis.get(case.diagnosis)
        found[f"example:{case.id}"] = f"Example: {known.name if known else state_in_words(case.id)}", case
    for number, case in enumerate(form.others, 1):
        label = f"File {number}: {case.id or 'no id'}, {counted(len(case.findings), 'finding')}"
        found[f"file:{number}"] = label, case
        for on, known_then in visits_of(case):
            found[f"file:{number}:{on}"] = f"File {number}: visit of {on}", known_then
    return found


def visits_of(case: Case) -> list[tuple[date, Case]]:
    """The day of each visit of a case, and the case as known then."""
    return [(visit.on, case.at(visit.on)) for visit in case.visits]


def chosen_at_first(name: str, known: Mapping[str, object]) -> str:
    """What a side shows at first: the first and the last visit of the case, or the case and another one."""
    visits = [key for key in known if key.startswith("visit:")]
    if visits:
        return visits[-1] if name == SIDES[-1] else visits[0]
    return list(known)[:2][-1] if name == SIDES[-1] else "here"


def choose_side(
    network: Network, form: Form, name: str, column: st.delta_generator.DeltaGenerator
) -> CaseSide | None:
    """One side: its case, version and setting; None where it has no answer."""
    offered, known = versions.offered(network), comparable_cases(network, form)
    with column, st.container(border=True, gap="xsmall"):
        labels = {key: label for key, (label, _) in known.items()}
        at_first = chosen_at_first(name, known)
        _, case = known[lasting_choice(f"{name}: case", labels, at_first, of=days_of_visits(form))]
        version = network
        if len(offered) > 1:
            version = offered[
                lasting_choice(f"{name}: network", {key: key for key in offered}, next(iter(offered)))
            ]
        settings = {key: setting.label for key, setting in version.settings.items()}
        setting = lasting_choice(f"{name}: setting", settings, version.setting()[0])
        try:
            machine = shared_engine(version, setting)
            return CaseSide(name, case, machine, machine.diagnose(case))
        except DxnetError as problem:
            for text in problems_in_words(version, problem):
                st.error(text)
    return None


def lasting_choice(label: str, options: Mapping[str, str], default: str, of: str = "") -> str:
    """A choice that stays while other pages are open, and while the visits that it is made ``of`` stay."""
    key = choice_key(label, of)
    if st.session_state.get(key) not in options:
        st.session_state[key] = default
    chosen: str = st.selectbox(
        label,
        list(options),
        format_func=lambda key: options.get(key, key),
        key=key,
        persist_state="session",
    )
    return chosen


def choice_key(label: str, of: str = "") -> str:
    """The key of a choice that is made ``of`` visits, or of none."""
    return f"{CHOSEN}{label}:{of}" if of else f"{CHOSEN}{label}"


def days_of_visits(form: Form) -> str:
    """The days of the visits of the case, in one text."""
    return ",".join(str(visit.on) for visit in form.case.visits)


def compared_ranking(a: CaseSide, b: CaseSide) -> None:
    """The diagnoses that matter on either side, with both probabilities."""
    rows = both_sides(a, b)
    st.html(pair_bars([bar for _, bar in rows[:SHOWN_PAIRS]], "Probabilities on both sides", SIDES))
    st.caption("Open circle: A · filled: B · numbers: A, B, and B minus A in percentage points")
    with st.expander("All diagnoses"):
        table = pd.DataFrame(
            [(label, *map(number_cell, bar.words)) for label, bar in rows],
            columns=["Diagnosis", "A", "B", "B minus A"],
        )
        st.table(table, hide_index=True, alt="All diagnoses on both sides")


def both_sides(a: CaseSide, b: CaseSide) -> list[tuple[str, PairBar]]:
    """Label and probabilities of every diagnosis of either side, the most probable of both first.

    What a network lacks has 0. What is apart from the ranking on both sides is last.
    """
    known = {**b.engine.network.diagnosis, **a.engine.network.diagnosis}
    rows = []
    for name, diagnosis in known.items():
        p, q = (
            side.answer.probability(name) if name in side.engine.network.diagnosis else 0.0 for side in (a, b)
        )
        is_ranked = any(side.answer.set_aside != name for side in (a, b))
        rows.append((is_ranked, max(p, q), (diagnosis.label, PairBar(diagnosis.name, p, q))))
    return [row for *_, row in sorted(rows, key=lambda row: row[:2], reverse=True)]


def draw_what_moved(a: CaseSide, b: CaseSide) -> None:
    """Causes of the difference: setting, network, findings."""
    first, second = a.engine, b.engine
    if first.network is not second.network:
        st.markdown("The sides use different versions of the network; the Network page shows the changes.")
    elif first.setting != second.setting:
        st.markdown("The settings differ, and with them the pre-test probabilities.")
    differ = [
        name
        for name in dict.fromkeys([*a.case.findings, *b.case.findings])
        if a.case.findings.get(name) != b.case.findings.get(name)
    ]
    if not differ:
        st.markdown("The findings are the same on both sides.")
        return
    order = b.answer.ranking
    if st.session_state.get("compare:diagnosis") not in order:
        st.session_state["compare:diagnosis"] = order[0]
    diagnosis = st.selectbox(
        "What moved",
        order,
        format_func=lambda name: second.network.diagnosis[name].name,
        key="compare:diagnosis",
        width=320,
    )
    try:
        found = what_moved(second, a.case, b.case, diagnosis)
    except DxnetError as problem:
        for text in problems_in_words(second.network, problem):
            st.error(text)
        return
    if first is not second and found.diagnosis in first.network.diagnosis:
        own = what_moved(first, a.case, a.case, found.diagnosis).before
        st.markdown(
            f"The other setting or network alone moves A from {decibans(own)} to "
            f"{decibans(found.before)} decibans; the rest, asked as B is:"
        )
    show_steps(second.network, found)


def show_steps(network: Network, found: Shift) -> None:
    """Each finding that differs with its weight."""
    name = network.diagnosis[found.diagnosis].name
    st.markdown(
        f"**{literal(name)}**: {decibans(found.before)} decibans in A, "
        f"**{decibans(found.after)}** in B ({decibans(found.after - found.before)})"
    )
    bars = [
        WeightBar(
            step.finding,
            f"{network.findings[step.finding].label}: {change_of(step)}",
            step.weight,
            step.error,
        )
        for step in found.steps[:SHOWN_STEPS]
    ]
    left = found.steps[SHOWN_STEPS:]
    rest = (f"{counted(len(left), 'more finding')} together", sum(step.weight for step in left))
    st.html(weight_bars(bars, f"What moved {name}", rest if left else None))
    st.caption("Change of the odds in decibans; 10 make them ten times as high.")


def change_of(step: MovedStep) -> str:
    """The states before and after; a finding that was examined on one side alone is marked.

    >>> change_of(MovedStep("babinski", "", "present", 1.0, 0.0))
    'present (only B)'
    """
    if not step.before or not step.after:
        return f"{state_in_words(step.before or step.after)} (only {SIDES[0 if step.before else 1]})"
    return f"{state_in_words(step.before)} → {state_in_words(step.after)}"


def side_in_words(side: CaseSide) -> str:
    """The case, network and setting of a side, for the foot of the page."""
    network = side.engine.network
    setting = network.settings[side.engine.setting].label
    return f"{versions.version_name(network)}, {setting}, {counted(len(side.case.findings), 'finding')}"
