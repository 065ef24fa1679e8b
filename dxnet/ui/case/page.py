"""The Case page: findings on the left, the answer on the right, its reasons below."""

from __future__ import annotations

import streamlit as st

from dxnet import Differential, Engine, Network, credible_intervals, criteria
from dxnet.report.content.criteria import criteria_met
from dxnet.ui.case import entry as findings
from dxnet.ui.case import next_tests as plan
from dxnet.ui.case import open_save as files
from dxnet.ui.case import ranking as answer
from dxnet.ui.case import what_would_change as doubt
from dxnet.ui.case import why
from dxnet.ui.shared import frame
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.session import Form, engine

GROUP_PANE, FINDINGS_PANE = 372, 134
"""Heights in pixels that bring the page, with the whole answer, into 1280 x 800."""
REASONS = ("Why", "What next", "What would change my mind", "Criteria", "All diagnoses")


def draw(network: Network, form: Form) -> None:
    """Draw the page."""
    machine = engine(network, form.setting)
    header(network, form, machine)
    if form.problems:
        st.error("  \n".join(form.problems))
    left, right = st.columns([12, 9], gap="medium")
    with left:
        findings.show(network, form, GROUP_PANE)
    with right, st.container(gap="xsmall"):
        frame.choose_setting(network, form)
        result = answer.show(network, form, machine, FINDINGS_PANE)
    if result:
        reasons(network, form, machine, result)
    frame.foot(network, *facts(network, form))


def header(network: Network, form: Form, engine: Engine) -> None:
    """Title, search, and what can be done with the whole case."""
    left, right = st.columns([12, 9], gap="medium", vertical_alignment="center")
    with left, st.container(horizontal=True, vertical_alignment="center"):
        frame.title(network.label)
        findings.search(network, form)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        files.show(network, form, engine)


def reasons(network: Network, form: Form, engine: Engine, result: Differential) -> None:
    """What the ranking rests on; only what is open is worked out."""
    tabs = st.tabs(list(REASONS), key="reasons", on_change="rerun")
    for name, tab in zip(REASONS, tabs, strict=True):
        if not tab.open:
            continue
        with tab:
            if name == "Why":
                why.show(network, form, engine, result)
            elif name == "What next":
                plan.show(network, form, engine)
            elif name == "What would change my mind":
                doubt.show(network, form, engine, result)
            elif name == "Criteria":
                show_parts(criteria_met(network, criteria(network, form.used)))
            else:
                answer.table(result, form.ask(engine, credible_intervals))


def facts(network: Network, form: Form) -> tuple[str, str]:
    """The setting, and how many findings there are of each kind."""
    preset, paused = len(form.preset), len(form.paused)
    stated = len(form.case.findings) - preset
    counts = f"{stated} entered, {preset} pre-set, {len(network.findings) - stated - preset} not examined"
    if paused:
        counts += f", {paused} paused"
    return f"setting: {network.settings[form.setting].label}", f"findings: {counts}"
