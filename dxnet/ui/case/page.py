"""The Case page: findings on the left, the answer with its reasons on the right."""

from __future__ import annotations

import streamlit as st

from dxnet import Differential, Engine, Network, credible_intervals
from dxnet.report.content.criteria import criteria_met
from dxnet.report.content.paused import examined_counts
from dxnet.ui.case import (
    course,
    entry,
    next_tests,
    open_save,
    ranking,
    record,
    rest,
    search,
    visits,
    what_would_change,
    why,
)
from dxnet.ui.case.incoming import ask_where_it_belongs
from dxnet.ui.shared import frame
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.dense import dense_html
from dxnet.ui.shared.served import shared_engine
from dxnet.ui.shared.session_letter import announce_taken_findings
from dxnet.words import counted

SETTING_PX = 360
"""Width in pixels of the choice of a setting."""
REASON_TABS = ("Why", "What next", "What would change my mind", "Criteria", "All diagnoses")
CRITERIA_SEEN = (6,)
"""Sets of criteria that are seen at once."""
VISITS_TAB = "Visits"
"""A tab more for a case with visits."""


def draw_case_page(network: Network, form: Form) -> None:
    """Draw the page."""
    machine = shared_engine(network, form.setting)
    draw_case_header(network, form, machine)
    ranking.draw_first_ranks(network, form, machine)
    if form.problems:
        st.error("  \n".join(form.problems))
    search.draw_refused(form)
    announce_taken_findings(form)
    if form.incoming:
        ask_where_it_belongs(network, form)
    rest.offer_called_normal(network, form)
    visits.draw_visits(network, form)
    record.draw_record(network, form)
    frame.unseen_heading("Findings")
    entry.choose_group(network, form)
    left, right = st.columns(2, gap="medium")
    with left, st.container(gap="xxsmall"):
        entry.draw_entry(network, form, machine)
        ranking.draw_case_so_far(network, form)
    with right, st.container(gap="xsmall", key="answer"):
        frame.unseen_heading("Ranked differential")
        result = ranking.draw_ranking(network, form, machine)
        if result:
            frame.unseen_heading("Reasons")
            draw_reasons(network, form, machine, result)
    frame.page_foot(network, *draw_case_facts(network, form))


def draw_case_header(network: Network, form: Form, engine: Engine) -> None:
    """Title, search, setting, and what can be done with the whole case, on one line."""
    entered = counted(len(form.current.findings), "finding")
    st.set_page_config(page_title=frame.tab_title(f"Case, {entered}"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case_header"):
        frame.page_title(network.label)
        search.draw_search(network, form)
        frame.choose_setting(network, form, SETTING_PX)
        open_save.draw_open_save(network, form, engine)


def draw_reasons(network: Network, form: Form, engine: Engine, result: Differential) -> None:
    """The reasons of the ranking; only the open tab is computed."""
    names = (*REASON_TABS, VISITS_TAB) if form.case.visits else REASON_TABS
    tabs = st.tabs(list(names), key="reasons", on_change="rerun")
    for name, tab in zip(names, tabs, strict=True):
        if not tab.open:
            continue
        with tab:
            if name == "Why":
                why.draw_why(network, form, engine, result)
            elif name == "What next":
                next_tests.draw_next_tests(network, form, engine)
            elif name == "What would change my mind":
                what_would_change.draw_what_would_change(network, form, engine, result)
            elif name == "Criteria":
                met = criteria_met(network, form.ask(engine, ranking.judged_criteria))
                st.html(f'<div class="reason">{dense_html(met, CRITERIA_SEEN)}</div>')
            elif name == VISITS_TAB:
                course.draw_course(network, form, engine)
            else:
                ranking.draw_ranking_tables(engine, result, form.ask(engine, credible_intervals))


def draw_case_facts(network: Network, form: Form) -> tuple[str, str]:
    """The setting, and how many findings there are of each kind."""
    return (
        f"setting: {network.settings[form.setting].label}",
        f"findings: {examined_counts(network, form.used)}",
    )
