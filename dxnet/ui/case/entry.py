"""The left half of the Case page: entering findings, one group at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dxnet import Network
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import NORMAL
from dxnet.ui.case.numbers import enter_numbers
from dxnet.ui.shared.session import Form
from dxnet.words import counted, state_in_words

NOT_EXAMINED, CERTAIN, UNCERTAIN = "", "", "uncertain"
OF, SURE = 320, 120
"""Widths in pixels of the choice of an entered finding, and of its wording."""
CELL_PX = 286
"""Width of a finding in pixels: two stand side by side, one below the other when the page is narrow."""
SEARCHED_PX = 108
"""Height in pixels of the finding that was searched for, taken from that of the group."""
MAX_SEGMENT_LETTERS = 20
"""Letters of the states, with four blanks between, up to which they stand side by side; others drop down."""


def category_groups(network: Network) -> Mapping[str, Sequence[str]]:
    """Categories as they are opened together: regional ones of different tracts, in a row, share a grid."""
    result: dict[str, list[str]] = {}
    for category in network.categories:
        if not any(finding.category == category for finding in network.findings.values()):
            continue
        last = next(reversed(result.values()), [])
        if (
            last
            and tract(network, category)
            and tract(network, last[-1]) not in ("", tract(network, category))
        ):
            label = next(reversed(result))
            result[f"{label} | {category}"] = [*result.pop(label), category]
        else:
            result[category] = [category]
    return result


def tract(network: Network, category: str) -> str:
    """The tract of a category that is examined region by region; '' for any other."""
    found = [finding for finding in network.findings.values() if finding.category == category]
    tracts = {finding.tract for finding in found if finding.tract}
    regional = sum(bool(finding.region) for finding in found) > len(found) / 2
    return tracts.pop() if regional and len(tracts) == 1 else ""


def findings_in(network: Network, categories: Sequence[str]) -> list[str]:
    """Findings of the categories, in the network's order."""
    return [name for name, finding in network.findings.items() if finding.category in categories]


def draw_entry(network: Network, form: Form, height: int) -> None:
    """The chooser of groups, the finding that was searched for, and the open group."""
    offered = category_groups(network)
    form.group = form.group if form.group in offered else next(iter(offered))
    choose_group(network, form, offered)
    if form.sought:
        height -= SEARCHED_PX
        with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
            control(network, form, form.sought, place="found")
            st.button("Done", key="found_done", type="tertiary", on_click=setattr, args=(form, "sought", ""))
    how_sure(network, form)
    with st.container(height=height, border=True, gap="xsmall"):
        categories = offered[form.group]
        if tract(network, categories[0]):
            draw_region_grid(network, form, categories)
        else:
            draw_cells(network, form, findings_in(network, categories))
        rest_normal(network, form, findings_in(network, categories))
        enter_numbers(network, form, findings_in(network, categories))


def rest_normal(network: Network, form: Form, names: Sequence[str]) -> None:
    """A button that sets all findings of a procedure that are not entered yet to normal."""
    left: dict[str, list[str]] = {}
    for name in names:
        finding = network.findings[name]
        if name not in form.case.findings and finding.states[0] in NORMAL and finding.procedure:
            left.setdefault(finding.procedure, []).append(name)
    if not left:
        return
    with st.popover("The rest is normal", key=f"normal:{form.group}"):
        st.caption("Only for what was examined: sets what is still open here to normal.")
        for procedure, members_ in left.items():
            st.button(
                f"{network.procedures[procedure].label}: {counted(len(members_), 'finding')}",
                key=f"normal:{form.group}:{procedure}",
                on_click=form.find_normal,
                args=(network, members_),
            )


def search(network: Network, form: Form) -> None:
    """A box that finds a finding by name, synonym or HPO id; it then stands below, its group open."""
    offered = category_groups(network)

    def jump() -> None:
        if name := st.session_state.search:
            form.sought, form.last, st.session_state.search = name, name, None
            category = network.findings[name].category
            form.group = next(group for group, categories in offered.items() if category in categories)

    st.selectbox(
        "Find a finding",
        list(network.findings),
        index=None,
        format_func=lambda name: searchable(network, name),
        placeholder="Find a finding: name, synonym or HPO id",
        filter_mode="contains",
        label_visibility="collapsed",
        key="search",
        on_change=jump,
    )


def searchable(network: Network, name: str) -> str:
    """All words under which a finding can be found."""
    finding = network.findings[name]
    return " · ".join(filter(None, (finding.label, ", ".join(finding.synonyms), finding.hpo)))


def choose_group(network: Network, form: Form, offered: Mapping[str, Sequence[str]]) -> None:
    """Which group is open, and how many of its findings are entered."""

    def label(group: str) -> str:
        names = findings_in(network, offered[group])
        entered = sum(name in form.case.findings for name in names)
        text = f"{group[0].upper()}{group[1:]} {entered}/{len(names)}"
        return f"**{text}**" if entered else text

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
                with column, st.container(gap="xsmall"):
                    st.markdown(f"**{heading}** · {category}")
                    for name in there:
                        control(network, form, name)


def draw_cells(network: Network, form: Form, names: Sequence[str]) -> None:
    """Findings side by side, as many as the width holds."""
    with st.container(horizontal=True):
        for name in names:
            control(network, form, name, width=CELL_PX)


def control(network: Network, form: Form, name: str, place: str = "form", width: int | None = None) -> None:
    """One finding: its states and 'not examined'."""
    finding, state = network.findings[name], form.case.findings.get(name)
    options = [NOT_EXAMINED, *finding.states]
    word, shown = sureness(network, name, state) if isinstance(state, str) else ("", NOT_EXAMINED)
    number = state if isinstance(state, str) and not word and state != shown else ""
    if state is not None and not isinstance(state, str):
        options, shown = [*options, UNCERTAIN], UNCERTAIN
    key = f"{place}:{name}"

    def enter() -> None:
        chosen = st.session_state[key]
        if chosen != UNCERTAIN:
            form.enter(name, chosen or None)

    if st.session_state.get(key) != shown:  # a needless assignment would undo a click that is on its way
        st.session_state[key] = shown
    mark = "pre-set" if name in form.preset else "paused" if name in form.paused else word or number
    how: dict[str, Any] = {
        "format_func": lambda option: state_in_words(option) or "not examined",
        "help": finding.definition if finding.definition != finding.label else None,
        "width": width or "stretch",
        "on_change": enter,
        "key": key,
    }
    label = f"{finding.label}{f' ({mark})' if mark else ''}"
    if len("    ".join(finding.states)) <= MAX_SEGMENT_LETTERS:
        st.segmented_control(label, options, required=True, **how)
    else:
        st.selectbox(label, options, **how)


def sureness(network: Network, name: str, state: str) -> tuple[str, str]:
    """The soft word of a state, and the state that it is said of; a word alone is of the second of two.

    A number or a plain word that was entered has no soft word, and the state that it is read as.
    """
    word, _, said_of = state.partition(" ")
    if state in network.findings[name].states or word not in network.soft_words:
        return "", read_entered(network, name, state).state or state
    return word, said_of or network.findings[name].states[1]


def how_sure(network: Network, form: Form) -> None:
    """The wording of a finding that was entered: the last one, or any other; always as high."""
    entered = {name: s for name, s in form.case.findings.items() if isinstance(s, str)}
    if not network.soft_words:
        return
    form.last = form.last if form.last in entered else next(reversed(entered), "")
    word, uncertain_state = sureness(network, form.last, entered[form.last]) if entered else (CERTAIN, "")

    def chosen() -> None:
        form.last = st.session_state.sure_of

    def enter() -> None:
        form.enter(form.last, f"{st.session_state.sure} {uncertain_state}".strip())

    def label(name: str) -> str:
        return (
            f"{network.findings[name].label}: {state_in_words(entered[name])}"
            if name in entered
            else "no finding yet"
        )

    weights = ", ".join(f"{name} {estimate.mean[1]:g}" for name, estimate in network.soft_words.items())
    meaning = f"How sure the reader was. Certain: taken as it stands. Likelihood of the others: {weights}."
    shared: dict[str, Any] = {"label_visibility": "collapsed", "disabled": not entered}
    st.session_state.sure_of, st.session_state.sure = form.last, word
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("How sure is", width="content")
        options = list(entered) or [""]
        st.selectbox(
            "Finding", options, format_func=label, key="sure_of", on_change=chosen, width=OF, **shared
        )
        st.selectbox(
            "How sure",
            [CERTAIN, *network.soft_words],
            format_func=lambda name: name or "certain",
            key="sure",
            on_change=enter,
            width=SURE,
            **shared,
        )
        st.caption("", help=meaning, width="content")
