"""The left half of the Case page: entering findings, one group at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dxnet import DxnetError, Engine, Network
from dxnet.reasoning.next_findings import next_findings
from dxnet.ui.case import visits
from dxnet.ui.case.numbers import enter_numbers
from dxnet.ui.case.regions import regional_tract
from dxnet.ui.case.rest import offer_rest_normal, offer_unchanged
from dxnet.ui.case.sureness import how_sure, sureness
from dxnet.ui.shared.case_form import Form
from dxnet.words import state_in_words

NOT_EXAMINED, UNCERTAIN_OPTION = "", "uncertain"
CELL_PX = 288
"""Width of a finding in pixels: two stand side by side, more in a wide window, one in a narrow one."""
MAX_SEGMENT_LETTERS = 15
"""Letters of two states up to which they stand side by side; others drop down."""
OFFERED = 3
"""Findings that are offered as the next ones."""
TELLS_MOST = (
    "The open findings with the most expected information about the diagnosis per burden of their test."
)
UNKNOWN_MARK = "?"
"""How *not examined* is written where there is no room for the words."""


def category_groups(network: Network) -> Mapping[str, Sequence[str]]:
    """Categories as they are opened together: regional ones of different tracts, in a row, share a grid."""
    result: dict[str, list[str]] = {}
    for category in network.categories:
        if not any(finding.category == category for finding in network.findings.values()):
            continue
        last = next(reversed(result.values()), [])
        if (
            last
            and regional_tract(network, category)
            and regional_tract(network, last[-1]) not in ("", regional_tract(network, category))
        ):
            label = next(reversed(result))
            result[f"{label} | {category}"] = [*result.pop(label), category]
        else:
            result[category] = [category]
    return result


def findings_in(network: Network, categories: Sequence[str]) -> list[str]:
    """Findings of the categories, in the network's order."""
    return [name for name, finding in network.findings.items() if finding.category in categories]


def draw_entry(network: Network, form: Form, engine: Engine) -> None:
    """What to ask next, the finding that was searched for, the open group, and how sure a finding is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="next_findings"):
        offer_next_findings(network, form, engine)
        offer_recent_findings(network, form)
    if form.sought:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="found"):
            control(network, form, form.sought, place="found")
            st.button("Done", key="found_done", type="tertiary", on_click=setattr, args=(form, "sought", ""))
    categories = category_groups(network)[form.group]
    if regional_tract(network, categories[0]):
        with st.container(gap="xxsmall", key="region_grid"):
            draw_region_grid(network, form, categories)
    else:
        draw_cells(network, form, findings_in(network, categories))
    names = findings_in(network, categories)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="tools"):
        st.caption(f"{UNKNOWN_MARK}: not examined", width="content")
        offer_unchanged(form, names)
        offer_rest_normal(network, form, categories)
        enter_numbers(network, form, names)
        visits.edit_note(form)
        visits.first_visit(form)
        how_sure(network, form)


def offer_next_findings(network: Network, form: Form, engine: Engine) -> None:
    """The findings that are expected to tell most; a click opens one."""
    try:
        best = form.ask(engine, next_findings)[:OFFERED]
    except DxnetError:  # the findings exclude each other, which stands beside the ranking
        return
    st.caption("Tells most:", width="content", help=TELLS_MOST)
    for one in best:
        st.button(
            network.findings[one.finding].label,
            key=f"next:{one.finding}",
            help=f"{one.information:.2f} bits about the diagnosis",
            on_click=open_finding,
            args=(network, form, one.finding),
        )


def offer_recent_findings(network: Network, form: Form) -> None:
    """The findings that were entered last, also in the case before; a click opens one."""
    recent = [name for name in form.recent if name in network.findings and name != form.sought]
    if not recent:
        return
    with st.popover("Recent"):
        for name in recent:
            st.button(
                network.findings[name].label,
                key=f"recent:{name}",
                on_click=open_finding,
                args=(network, form, name),
                type="tertiary",
            )


def open_finding(network: Network, form: Form, name: str) -> None:
    """Show a finding on top, and open its group below."""
    form.sought, form.last = name, name
    category = network.findings[name].category
    offered = category_groups(network)
    form.group = next(group for group, categories in offered.items() if category in categories)


def choose_group(network: Network, form: Form) -> None:
    """Which group is open, and how many of its findings are entered."""
    offered = category_groups(network)
    form.group = form.group if form.group in offered else next(iter(offered))

    def label(group: str) -> str:
        names = findings_in(network, offered[group])
        entered = sum(name in form.today for name in names)
        text = f"{group[0].upper()}{group[1:]}"
        return f"**{text} {entered}/{len(names)}**" if entered else text

    def opened() -> None:
        form.group, form.sought = st.session_state.group, ""

    st.session_state.group = form.group
    st.pills(
        "Group of findings",
        list(offered),
        selection_mode="single",
        required=True,
        format_func=label,
        label_visibility="collapsed",
        key="group",
        on_change=opened,
        wrap=True,
    )


def seen_before(form: Form, name: str) -> str:
    """How a finding was seen last before the visit that is shown; '' where it was not."""
    earlier = (v for v in reversed(form.case.visits) if form.on and v.on < form.on and name in v.findings)
    return next((f"before: {state_in_words(v.findings[name])}" for v in earlier), "")


def draw_region_grid(network: Network, form: Form, categories: Sequence[str]) -> None:
    """Findings by region, a column for each category; one category alone fills two columns."""
    names = findings_in(network, categories)
    regions = list(dict.fromkeys(network.findings[name].region for name in names))
    for region in sorted(regions, key=lambda region: not region):
        here = [name for name in names if network.findings[name].region == region]
        heading = region.capitalize() or "No region"
        if len(categories) == 1:
            st.markdown(f"**{heading}**")
            draw_cells(network, form, here)
            continue
        for column, category in zip(st.columns(len(categories)), categories, strict=True):
            if there := [name for name in here if network.findings[name].category == category]:
                with column, st.container(gap=None):
                    st.markdown(f"**{heading}** · {category}")
                    for name in there:
                        control(network, form, name)


def draw_cells(network: Network, form: Form, names: Sequence[str]) -> None:
    """Findings side by side, as many as the width holds."""
    with st.container(horizontal=True, gap="xxsmall", key=f"cells:{names[0]}"):
        for name in names:
            control(network, form, name, width=CELL_PX)


def control(network: Network, form: Form, name: str, place: str = "form", width: int | None = None) -> None:
    """One finding: its states and 'not examined'."""
    finding, state = network.findings[name], form.today.get(name)
    side_by_side = len(finding.states) == 2 and sum(map(len, finding.states)) <= MAX_SEGMENT_LETTERS
    options = [NOT_EXAMINED, *finding.states]
    if side_by_side:
        options = [finding.states[0], NOT_EXAMINED, finding.states[1]]
    word, shown = sureness(network, name, state) if isinstance(state, str) else ("", NOT_EXAMINED)
    number = state if isinstance(state, str) and not word and state != shown else ""
    if state is not None and not isinstance(state, str):
        options, shown = [*options, UNCERTAIN_OPTION], UNCERTAIN_OPTION
    key = f"{place}:{name}"

    def enter() -> None:
        chosen = st.session_state[key]
        if chosen != UNCERTAIN_OPTION:
            form.enter(name, chosen or None)

    if st.session_state.get(key) != shown:  # a needless assignment would undo a click that is on its way
        st.session_state[key] = shown
    mark = "paused" if name in form.paused else word or number
    mark = ", ".join(filter(None, (mark, seen_before(form, name))))
    how: dict[str, Any] = {
        "format_func": lambda option: (
            state_in_words(option) or (UNKNOWN_MARK if side_by_side else "not examined")
        ),
        "help": finding.definition if finding.definition != finding.label else None,
        "width": width or "stretch",
        "on_change": enter,
        "key": key,
    }
    label = f"{finding.label}{f' ({mark})' if mark else ''}"
    if side_by_side:
        st.segmented_control(label, options, required=True, **how)
    else:
        st.selectbox(label, options, **how)
