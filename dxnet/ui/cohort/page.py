"""The Cohort page: a table of findings in, one answer a row out."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dxnet import Network
from dxnet.cohort.mapping import Unread
from dxnet.knowledge.columns import LABEL_COLUMNS
from dxnet.ui.cohort import results as cohort_results
from dxnet.ui.cohort.upload import LEFT_OUT, MAX_TABLE_MEGABYTES, Cohort, Shelf
from dxnet.ui.shared import frame
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.file_field import file_field
from dxnet.ui.shared.safe_text import literal
from dxnet.ui.shared.served import shared_engine
from dxnet.words import counted, state_in_words

ROWS_SHOWN, EXAMPLES = 8, 3
"""Rows of the table of columns in view, and examples of values in it."""
CHOICES_SHOWN, MOST_CHOICES = 12, 120
"""Values for which there is a choice: at first, and at most."""
NOT_READ = ""
HOW_TO = """\
One case a row, one column a finding; a blank cell is *not examined*, never *absent*. A column of known
diagnoses shows how well the answers fit. **Identifiers are not needed:** let `id` be a pseudonym, and leave
names, dates of birth and record numbers out. Nothing leaves this machine or is written to its disk."""


def draw_cohort_page(network: Network, form: Form) -> None:
    """Draw the page."""
    left, right = st.columns([12, 9], gap="medium", vertical_alignment="center")
    with left:
        frame.page_title("Cohort")
    with right:
        frame.choose_setting(network, form)
    shelf: Shelf = st.session_state.setdefault("cohort", Shelf())
    draw_table_upload(network, shelf)
    for text in shelf.problems:
        st.error(text)
    if shelf.cohort and shelf.cohort.network == network.fingerprint:
        work(network, form, shelf.cohort)
    else:
        st.markdown(HOW_TO)
    frame.page_foot(network, f"setting: {network.settings[form.setting].label}")


def draw_table_upload(network: Network, shelf: Shelf) -> None:
    """Open a table, or take an empty one home."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Open table", key=f"cohort_open:{shelf.opened}", type="primary"):
            label = f"Table of cases (CSV or parquet), up to {MAX_TABLE_MEGABYTES} MB"
            file_field(label, f"cohort_file:{shelf.opened}", partial(shelf.open, network))
            st.markdown("No identifiers: let `id` be a pseudonym. Nothing leaves this machine.")
            st.markdown(f"Larger than {MAX_TABLE_MEGABYTES} MB: `dxnet score` on the command line.")
        if shelf.cohort:
            st.button("Close table", on_click=shelf.close, key="close")
            st.markdown(f"**{literal(shelf.cohort.name)}**")
        else:
            template = ",".join([*LABEL_COLUMNS, *network.findings]) + "\n"
            st.download_button(
                "Empty table to fill in", template, "cohort.csv", "text/csv", on_click="ignore"
            )


def work(network: Network, form: Form, cohort: Cohort) -> None:
    """Columns, values, then answers."""
    for issue in cohort.issues[:5]:
        st.warning(literal(str(issue).removeprefix("warning: ").removeprefix("error: ")))
    if len(cohort.issues) > 5:
        st.warning(f"and {len(cohort.issues) - 5} more like these; they are in the report.")
    draw_columns(network, cohort)
    problems = cohort.problems(network)
    for text in problems:
        st.error(text)
    if problems:
        return
    draw_values(network, cohort)
    asked = shared_engine(network, form.setting)
    answer = cohort.answer
    if answer and answer.asked != cohort.asked(asked):
        answer = None
    number = f"{len(cohort.table):,} case{'s' * (len(cohort.table) != 1)}"
    if st.button(f"Score {number}", type="primary", key="score"):
        answer = cohort.score(asked)
    if answer:
        cohort_results.draw_cohort_results(network, cohort, answer)


def draw_columns(network: Network, cohort: Cohort) -> None:
    """The table in which each column is mapped."""
    frame.heading("Columns")
    targets = [LEFT_OUT, *LABEL_COLUMNS, *network.findings]
    edited = st.data_editor(
        column_overview(cohort),
        key=f"columns:{cohort.file}",
        hide_index=True,
        height=36 * (min(len(cohort.table.columns), ROWS_SHOWN) + 1),
        disabled=("Column", "Values", "Recognised by"),
        column_config={
            "Used as": st.column_config.SelectboxColumn(
                options=targets,
                format_func=lambda target: target_words(network, str(target)),
                help="Double-click to change: a finding, id, diagnosis, or left out",
                width="large",
            )
        },
        alt="Columns of the file and what each is used as",
    )
    chosen = zip(edited["Column"], edited["Used as"], strict=True)
    cohort.mapping = {column: target for column, target in chosen if target != LEFT_OUT}
    st.caption(mapping_in_words(network, cohort))


def column_overview(cohort: Cohort) -> pd.DataFrame:
    """One row a column of the file, those that want a look first: values, suggested use, and why."""
    rows = []
    for column in cohort.table.columns:
        target, by = cohort.suggested.get(column, (LEFT_OUT, ""))
        shown = cohort.table[column].dropna().unique()[:EXAMPLES]
        rows.append((column, ", ".join(map(str, shown)), target, by))
    rows.sort(key=lambda row: (row[-1] == "name", row[-1] != ""))
    return pd.DataFrame(rows, columns=["Column", "Values", "Used as", "Recognised by"])


def target_words(network: Network, target: str) -> str:
    """The use of a column, in words."""
    if target in network.findings:
        return f"{network.findings[target].label} ({target})"
    return {"id": "id (pseudonym)", "diagnosis": "diagnosis (known)"}.get(target, target)


def mapping_in_words(network: Network, cohort: Cohort) -> str:
    """How the columns are used, in one line."""
    findings = [target for target in cohort.mapping.values() if target in network.findings]
    others = [target for target in cohort.mapping.values() if target in LABEL_COLUMNS]
    out = [column for column in cohort.table.columns if column not in cohort.mapping]
    parts = [
        f"{len(cohort.table):,} {'row' if len(cohort.table) == 1 else 'rows'}",
        counted(len(findings), "finding"),
        *others,
    ]
    if out:
        named = ", ".join(literal(name) for name in out[:6])
        parts.append(f"left out: {named}{f' and {len(out) - 6} more' if len(out) > 6 else ''}")
    return " · ".join(parts)


def draw_values(network: Network, cohort: Cohort) -> None:
    """How values that are no states are to be read: nothing is read until it is chosen."""
    kinds = cohort.unread(network)
    if not kinds:
        return
    frame.heading("Values that are not states")
    suggested = {kind.key: kind.suggestion for kind in kinds if kind.suggestion}
    open_ones = [kind for kind in kinds if kind.key not in cohort.choices]
    left = sum(kind.cells for kind in open_ones)
    if open_ones:
        st.markdown(
            f"**{left:,} {'cell** holds' if left == 1 else 'cells** hold'} words that the network does not "
            "know. Say what each means; a row with a finding that is not read gets no answer, one with a "
            "diagnosis that is not read counts in no accuracy. Both are listed in the report."
        )
    else:
        st.markdown("Every value is read. Check that each means what you chose.")
    fresh = suggested.keys() - cohort.choices.keys()

    def accept() -> None:
        cohort.choices = {**suggested, **cohort.choices}

    with st.container(horizontal=True):
        if fresh:
            st.button(f"Accept {counted(len(fresh), 'suggestion')}", on_click=accept, key="accept")
        if cohort.choices:
            st.button("Read none of them", on_click=cohort.choices.clear, key="forget")
    shown = sorted(kinds, key=lambda kind: bool(kind.suggestion))
    if len(kinds) > CHOICES_SHOWN and not st.toggle(f"Show all {len(kinds)}", key="all_values"):
        shown = shown[:CHOICES_SHOWN]
    grid = st.columns(3)
    for number, kind in enumerate(shown[:MOST_CHOICES]):
        with grid[number % len(grid)]:
            choose_reading(network, cohort, kind)
    with st.expander(f"All {counted(len(kinds), 'value')} as a table"):
        st.dataframe(
            value_table(cohort, kinds),
            hide_index=True,
            alt="Values that are not states, and how they are read",
        )


def choose_reading(network: Network, cohort: Cohort, kind: Unread) -> None:
    """How one value is read."""
    key = f"value:{cohort.file}:{kind.key}"

    def chosen() -> None:
        choice = st.session_state[key]
        if choice:
            cohort.choices[kind.key] = choice
        else:
            cohort.choices.pop(kind.key, None)

    st.session_state[key] = cohort.choices.get(kind.key, NOT_READ)
    st.selectbox(
        f"{quoted_values(kind)} in {literal(inside(kind))} ({counted(kind.cells, 'cell')})",
        [NOT_READ, *kind.choices],
        format_func=lambda choice: choice_words(network, kind, choice),
        on_change=chosen,
        key=key,
    )
    if kind.problem:
        st.caption(f"{quoted_values(kind)}: {literal(kind.problem)}")


def choice_words(network: Network, kind: Unread, choice: str) -> str:
    """A choice in words, the suggested one marked."""

    def named(choice: str) -> str:
        known = network.diagnosis.get(choice) if kind.states == network.diagnoses else None
        return known.name if known else state_in_words(choice)

    if choice == NOT_READ:
        return f"not read (suggested: {named(kind.suggestion)})" if kind.suggestion else "not read"
    return f"{named(choice)}{' (suggested)' if choice == kind.suggestion else ''}"


def quoted_values(kind: Unread) -> str:
    """The values of a kind, shortened."""
    if len(kind.values) > 1:
        return f"{len(kind.values)} numbers"
    return f"“{literal(kind.values[0][:30])}”"


def inside(kind: Unread) -> str:
    """The columns of a kind, shortened."""
    more = len(kind.columns) - 1
    return kind.columns[0] if not more else f"{kind.columns[0]} and {more} more"


def value_table(cohort: Cohort, kinds: list[Unread]) -> pd.DataFrame:
    """Every value that is no state, the suggestion, and how it is read."""
    return pd.DataFrame(
        {
            "Value": [", ".join(kind.values) for kind in kinds],
            "Columns": [", ".join(kind.columns) for kind in kinds],
            "Cells": [kind.cells for kind in kinds],
            "Suggestion": [state_in_words(kind.suggestion) or kind.problem for kind in kinds],
            "Read as": [state_in_words(cohort.choices.get(kind.key, "")) or "not read" for kind in kinds],
        }
    )
