"""The record behind the case: what was understood, what was not, and what its codes stand for by the user."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.formats.cases.code_systems import malformed
from dxnet.formats.cases.local_codes import (
    CodeMeaning,
    LocalCode,
    LocalCodes,
    coding_key,
    dump_local_codes,
    read_local_codes,
)
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.report.content.coded_record import EntriesOfCode, entries_by_code, understood_table, unread_table
from dxnet.ui.shared.case_file import OpenedRecord, read_case_file
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.file_field import file_field, require_kind
from dxnet.ui.shared.parts import show_table
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.words import state_in_words

BY_HAND = "your codes"
"""Where a code is mapped that no file maps."""
BY_VALUE = ""
"""In place of a state: the value in the record says it."""
LISTED = 12
"""Codes that are not understood, the most frequent, that are listed; all of them can be chosen."""
CODES_FILE = "codes.csv"
MEGABYTES_OF_CODES = 1
CODES_HELP = (
    "A table with the columns system, code, finding and state, as the download has it. "
    "Its codes come before those that everybody knows, and are remembered for this session."
)


def draw_record(network: Network, form: Form) -> None:
    """The entries of the open record, where the case is from one, and what their codes stand for."""
    if not form.record or not form.case.coded:
        return
    groups = entries_by_code(form.case.coded)
    every = sum(group.number for group in groups)
    known = sum(group.number for group in groups if group.entry.is_understood)
    with st.expander(
        f"Record: {known} of {every} entries understood", expanded=not known, key=f"record{form.opened}"
    ):
        left, right = st.columns(2, gap="medium")
        with left:
            if known:
                show_table(understood_table(network, groups))
            draw_local_codes(network, form)
        with right:
            if known < every:
                show_table(unread_table(groups, LISTED))
            map_code(network, form, groups)


def map_code(network: Network, form: Form, groups: Sequence[EntriesOfCode]) -> None:
    """Say which finding and state a code of the record stands for."""
    left = sorted((group for group in groups if not group.entry.is_understood), key=lambda it: -it.number)
    codes = {coding_key(*group.entry.codes[0]): group for group in reversed(left) if _can_be_mapped(group)}
    if not codes:
        return
    keys = [*reversed(codes)]
    st.markdown("**Say what a code stands for**")
    key = st.selectbox(
        "Code of the record",
        keys,
        format_func=lambda key: f"{codes[key].name} · {codes[key].code}",
        key="mapped_code",
        on_change=_forget_finding,
    )
    finding = st.selectbox(
        "Finding that it stands for",
        [*network.findings, DIAGNOSIS],
        index=None,
        placeholder="none yet; write a part of its name",
        format_func=lambda name: _label(network, name),
        key="mapped_finding",
    )
    states = () if finding is None else _states(network, finding)
    state = st.selectbox(
        "State that it stands for, where it is present",
        states,
        index=len(states) - 1 if finding and finding != DIAGNOSIS and len(states) == 3 else None,
        format_func=lambda state: _state_label(network, str(finding), state),
        disabled=not states,
        key=f"mapped_state:{finding}",
    )

    def use() -> None:
        system, code = codes[key].entry.codes[0]
        meanings = (CodeMeaning(str(finding), str(state)),)
        row = LocalCode(system, code, meanings, codes[key].entry.label, BY_HAND)
        use_codes(network, form, form.local_codes.with_code(row))
        _forget_finding()

    is_ready = finding is not None and state is not None
    st.button("Use this meaning", on_click=use, disabled=not is_ready, key="use_meaning")


def _forget_finding() -> None:
    """The finding of one code is not that of the next."""
    st.session_state.mapped_finding = None


def draw_local_codes(network: Network, form: Form) -> None:
    """The codes that the user mapped: to take away, to bring again, and to take back."""
    if rows := form.local_codes.rows:
        keys = [row.key for row in rows]
        names = {row.key: _row_label(network, row) for row in rows}

        def removed() -> None:
            kept = st.session_state.local_codes or []
            use_codes(network, form, LocalCodes(tuple(row for row in rows if row.key in kept)))

        if st.session_state.get("local_codes") != keys:
            st.session_state.local_codes = keys
        st.pills(
            "Your codes; choose one to remove it",
            keys,
            selection_mode="multi",
            format_func=lambda key: names[key],
            key="local_codes",
            on_change=removed,
            wrap=True,
        )
    upload = f"codes_file{form.opened}:{len(form.local_codes.rows)}"

    def take(name: str, content: bytes) -> None:
        form.opened += 1
        take_codes_file(network, form, name, content)

    with st.container(horizontal=True, gap="small"):
        if form.local_codes.rows:
            st.download_button(
                f"Download {CODES_FILE}",
                dump_local_codes(form.local_codes),
                file_name=CODES_FILE,
                mime="text/csv",
                on_click="ignore",
            )
        with st.popover(f"Open {CODES_FILE}", help=CODES_HELP, key=f"open_{upload}"):
            file_field(f"Codes of your own ({CODES_FILE}), up to {MEGABYTES_OF_CODES} MB", upload, take)


def take_codes_file(network: Network, form: Form, name: str, content: bytes) -> None:
    """Add the codes of a file to those of the session, or say what is wrong with them."""
    try:
        require_kind(name, content, {"csv": MEGABYTES_OF_CODES})
        found = read_local_codes(content, network, CODES_FILE)
    except DxnetError as problem:
        form.problems = ["The codes were not used.", *problems_in_words(network, problem)]
        return
    codes = form.local_codes
    for row in found.rows:
        codes = codes.with_code(row)
    use_codes(network, form, codes)


def use_codes(network: Network, form: Form, codes: LocalCodes) -> None:
    """Remember codes for the session, and read the open record by them."""
    form.local_codes = codes
    if (record := form.record) is None:
        return
    try:
        case = read_case_file(network, record.name, record.content, codes, as_far_as_understood=True)
    except DxnetError as problem:
        form.problems = problems_in_words(network, problem)
        return
    form.take_reading(case, OpenedRecord(record.name, record.content, case.findings))


def _can_be_mapped(group: EntriesOfCode) -> bool:
    """Whether a table of codes can hold the code of an entry."""
    codes = group.entry.codes
    return bool(codes and all(codes[0]) and not malformed(*codes[0]))


def _states(network: Network, finding: str) -> tuple[str, ...]:
    if finding == DIAGNOSIS:
        return network.diagnoses
    return (BY_VALUE, *network.findings[finding].states)


def _label(network: Network, name: str) -> str:
    return "Diagnosis" if name == DIAGNOSIS else network.findings[name].label


def _state_label(network: Network, finding: str, state: str) -> str:
    if finding == DIAGNOSIS:
        return network.diagnosis[state].name
    return state_in_words(state) if state else "what its value says (number, word, or present and absent)"


def _row_label(network: Network, row: LocalCode) -> str:
    meant = "; ".join(
        f"{_label(network, finding)}: {_state_label(network, finding, state) if state else 'by its value'}"
        for finding, state in row.meanings
    )
    return literal(f"{row.label or row.system} {row.code} → {meant}")
