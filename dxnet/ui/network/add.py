"""Parts added to the network in this session: a finding, an edge, a diagnosis, a procedure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import streamlit as st

from dxnet import Network
from dxnet.errors import Issue
from dxnet.knowledge.additions import Addition, NewDiagnosis, NewEdge, NewFinding, NewProcedure
from dxnet.knowledge.estimate import VALUE_GRAMMAR
from dxnet.knowledge.table import DEFAULT
from dxnet.report.content.lesion_numbers import pictures
from dxnet.ui.network.edit import SHOW_ISSUE, draw_changes, sentence
from dxnet.ui.network.labels import search_texts, variable_label
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.desks import EditSession
from dxnet.ui.shared.safe_text import literal

NEW_FINDING, NEW_EDGE, NEW_DIAGNOSIS, NEW_PROCEDURE = "Finding", "Edge", "Diagnosis", "Procedure"
AVAILABILITIES = ("routine", "specialist", "research-only")
GRAMMAR = f"{VALUE_GRAMMAR[0].upper()}{VALUE_GRAMMAR[1:]}"
ROW_FIELDS = ("new_default", "new_rows")
"""The fields of the numbers of a finding."""
ID_HELP = "Letters, digits and _; it begins with a letter"


def draw_add(network: Network, form: Form, desk: EditSession) -> None:
    """The fields of a new part on the left, what was changed and its effect on the right."""
    left, right = st.columns(2, gap="large")
    with left:
        what = st.segmented_control(
            "What is added",
            [NEW_FINDING, NEW_EDGE, NEW_DIAGNOSIS, NEW_PROCEDURE],
            default=NEW_FINDING,
            required=True,
            key="added_kind",
        )
        asked = {
            NEW_FINDING: ask_finding,
            NEW_EDGE: ask_edge,
            NEW_DIAGNOSIS: ask_diagnosis,
            NEW_PROCEDURE: ask_procedure,
        }
        with st.form(f"add:{what}:{len(desk.added)}", border=True):
            addition = asked[what](network)
            sent = st.form_submit_button(f"Add the {what.lower()}", type="primary")
        odd = (
            repeated_rows(*(st.session_state.get(key, "") for key in ROW_FIELDS))
            if what == NEW_FINDING
            else ()
        )
        if sent and desk.add(addition, odd):
            st.rerun()
        for issue in desk.problems:
            SHOW_ISSUE[issue.level](sentence(network, issue))
    with right:
        draw_changes(network, form, desk)


def ask_finding(network: Network) -> Addition:
    """The fields of a finding."""
    label, name = names()
    left, right = st.columns(2)
    category = left.selectbox("Category", network.categories, key="new_category")
    procedure = right.selectbox(
        "Procedure that yields it",
        ["", *network.procedures],
        format_func=lambda key: network.procedures[key].label if key else "None",
        key="new_procedure",
    )
    states = st.text_input(
        "States, the normal one first", "absent, present", help="Two or more, with commas", key="new_states"
    )
    through = st.selectbox(
        "Mechanism that it goes through",
        ["", *network.mechanisms],
        format_func=lambda key: variable_label(network, key) if key else "None",
        key="new_through",
    )
    default = st.text_input(
        "Its probability, for every diagnosis that has no row below",
        placeholder="0.05 ~ 10 @estimate  # why",
        help=literal(GRAMMAR),
        key="new_default",
    )
    rows = st.text_area(
        "Rows of single diagnoses, one a line",
        placeholder=f"{network.diagnoses[0]}: 0.6 ~ 10 @estimate  # why",
        help="The id of a diagnosis, a colon, and its number",
        key="new_rows",
        height=100,
    )
    numbers = {**numbers_by_line(rows), **({DEFAULT: default} if default.strip() else {})}
    parts = tuple(state.strip() for state in states.split(",") if state.strip())
    return NewFinding(name, label, category, numbers, procedure, parts, through)


def numbers_by_line(text: str) -> Mapping[str, str]:
    """Number by diagnosis, from a line each.

    >>> numbers_by_line("flu: 0.2 ~ 10 @estimate  # seen\\n\\n cold : 1/5 @x")
    {'flu': '0.2 ~ 10 @estimate  # seen', 'cold': '1/5 @x'}
    """
    pairs = (line.partition(":") for line in text.splitlines() if line.strip())
    return {name.strip(): number.strip() for name, _, number in pairs}


def repeated_rows(default: str, rows: str) -> list[Issue]:
    """Rows of one name: only one of them could stand.

    >>> [str(issue) for issue in repeated_rows("", "flu: 0.2 @x\\nflu: 0.9 @x")]
    ['error: flu: has 2 rows; leave one']
    """
    names = [line.partition(":")[0].strip() for line in rows.splitlines() if line.strip()]
    names += [DEFAULT] if default.strip() else []
    return [
        Issue("error", name, f"has {count} rows", "leave one")
        for name, count in Counter(names).items()
        if count > 1
    ]


def ask_edge(network: Network) -> Addition:
    """The fields of an edge."""
    causes = [
        *network.mechanisms,
        *network.incidental,
        *network.diagnosis,
        *pictures(network),
        *network.findings,
    ]
    parent = st.selectbox(
        "From", dict.fromkeys(causes), format_func=lambda key: search_texts(network, key), key="new_parent"
    )
    child = st.selectbox(
        "To the finding",
        list(network.findings),
        format_func=lambda key: search_texts(network, key),
        key="new_child",
    )
    number = st.text_input(
        "Probability of the finding if the cause is present",
        placeholder="0.6 ~ 10 @estimate  # why",
        help=f"None for a mechanism: the finding then goes through it. {literal(GRAMMAR)}",
        key="new_number",
    )
    return NewEdge(parent, child, number)


def ask_diagnosis(network: Network) -> Addition:
    """The fields of a diagnosis."""
    label, name = names()
    left, right = st.columns(2)
    short = left.text_input("Short name", key="new_short")
    group = right.selectbox(
        "Group", list(network.groups), index=None, key="new_group", accept_new_options=True
    )
    treatable = st.checkbox("Treatable", key="new_treatable")
    like = st.selectbox(
        "Begins with the numbers of",
        network.diagnoses,
        format_func=lambda key: network.diagnosis[key].label,
        help="Each is marked as an estimate that is copied and not judged yet; edit them then",
        key="new_like",
    )
    share = st.slider("Share of its patients, in per cent", 1, 99, 20, key="new_share")
    return NewDiagnosis(name, label, like, share / 100, short, group or "", "yes" if treatable else "no")


def ask_procedure(network: Network) -> Addition:
    """The fields of a procedure."""
    label, name = names()
    left, middle, right = st.columns(3)
    cost = left.number_input("Cost, 0 to 3", 0, 3, 1, key="new_cost")
    invasiveness = middle.number_input("Invasiveness, 0 to 3", 0, 3, 0, key="new_invasiveness")
    availability = right.selectbox("Availability", AVAILABILITIES, key="new_availability")
    findings = st.multiselect(
        "Findings that it yields",
        list(network.findings),
        format_func=lambda key: network.findings[key].label,
        help="One that belongs to another procedure moves",
        key="new_yields",
    )
    return NewProcedure(name, label, int(cost), int(invasiveness), availability, tuple(findings))


def names() -> tuple[str, str]:
    """Label and id."""
    left, right = st.columns(2)
    label = left.text_input("Label", key="new_label")
    return label.strip(), right.text_input("Id", help=ID_HELP, key="new_id").strip()
