"""Cases in and out: examples, files that are opened, files that are saved."""

from __future__ import annotations

import mimetypes
from functools import partial
from pathlib import Path

import streamlit as st

from dxnet import Case, DxnetError, Engine, Network
from dxnet.formats.cases.read import dump_case
from dxnet.report.content.visits import as_known_then
from dxnet.report.writers import REPORTS, report
from dxnet.ui.case.search import after_entries
from dxnet.ui.case.undo import draw_undo
from dxnet.ui.shared.case_file import OpenedRecord, examples, read_case_file
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.file_field import CASE_FILES, file_field, require_kind
from dxnet.ui.shared.incoming import Incoming
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.ui.shared.session_letter import forget_letter
from dxnet.words import state_in_words

LENGTHS = {
    "": ("", "Everything on this page as one file"),
    "summary": ("One page: ", "The most important on one page"),
}
"""What is added to the name of the file of a report -> what its button says, and its help."""
NOTHING_UNDERSTOOD = "Nothing in this record was understood. Say below what its codes stand for."


def draw_open_save(network: Network, form: Form, engine: Engine) -> None:
    """Undo, new, open, save, report."""
    draw_undo(network, form)

    def begin_again() -> None:
        forget_letter()
        form.clear(network)

    st.button(
        "New case",
        key="new_case",
        on_click=after_entries(network, form, begin_again),
        help="Clear all findings and begin again",
    )
    with st.popover("Open case", key=f"open{form.opened}"):
        draw_case_upload(network, form)
    st.download_button(
        "Save case",
        lambda: dump_case(form.saved),
        file_name=f"{Path(form.case.id).name or 'case'}.yaml",
        mime="application/yaml",
        on_click="ignore",
        help="Save the findings as a case file",
    )
    with st.popover("Report"):
        offer_reports(form, engine)


def offer_reports(form: Form, engine: Engine) -> None:
    """A button for each report; while an earlier visit is shown, it is said that later ones are not in it."""
    if later := later_visits(form):
        st.caption(as_known_then(form.current, later))
    for length, (called, meaning) in LENGTHS.items():
        for suffix in REPORTS:
            st.download_button(
                f"{called}{suffix[1:].upper()}",
                partial(report_of_case, form, engine, suffix, length == "summary"),
                file_name=f"{report_name(form)}{length and f'_{length}'}{suffix}",
                mime=mimetypes.types_map[suffix],
                on_click="ignore",
                help=meaning,
                key=f"report{length}{suffix}",
            )


def later_visits(form: Form) -> int:
    """How many visits there are after the one that is shown."""
    return sum(visit.on > form.on for visit in form.case.visits) if form.on else 0


def report_name(form: Form) -> str:
    """The name of the file of a report without its ending; of an earlier visit with its day."""
    return f"{Path(form.case.id).name or 'case'}{f'_{form.on}' if later_visits(form) else ''}"


def draw_case_upload(network: Network, form: Form) -> None:
    """Open a case file; one that cannot be used leaves the form as it is."""

    def take(name: str, content: bytes) -> None:
        form.opened += 1
        take_case_file(network, form, name, content)

    label = f"Case file (YAML, JSON, phenopacket or FHIR Bundle), up to {max(CASE_FILES.values())} MB"
    file_field(label, f"upload{form.opened}", after_entries(network, form, take))


def take_case_file(network: Network, form: Form, name: str, content: bytes) -> None:
    """Put the case of a file into the form, or say what is wrong with it."""
    try:
        require_kind(name, content, CASE_FILES)
        case = read_case_file(network, name, content, form.local_codes, as_far_as_understood=True)
    except DxnetError as problem:
        form.problems = [literal(f"{name} was not opened."), *problems_in_words(network, problem)]
        return
    record = OpenedRecord(name, content, case.findings) if case.coded else None
    form.bring(Incoming.of_case("the record" if record else "the file", case, record))
    if case.coded and not any(entry.is_understood for entry in case.coded):
        form.problems = [NOTHING_UNDERSTOOD]


def offer_examples(network: Network, form: Form) -> None:
    """Buttons that open the shipped cases."""
    cases = examples(network, network.fingerprint)
    rest = ", or open an example:" if cases else "."
    st.markdown(f"Enter a finding, paste a letter on the Letter page{rest}")
    with st.container(horizontal=True):
        for case in cases:
            known = network.diagnosis.get(case.diagnosis)
            label = known.name if known else state_in_words(case.id)
            st.button(
                label,
                key=f"example:{case.id}",
                on_click=after_entries(network, form, form.load),
                args=(case,),
                help=case.about.get("title"),
            )


def source(network: Network, case: Case) -> str:
    """The source of a loaded case, and its true diagnosis."""
    stated = ("title", "authors_short", "journal", "year", "note")
    facts = [literal(case.about[key]) for key in stated if key in case.about]
    if case.diagnosis in network.diagnosis:
        facts.append(f"published diagnosis: {network.diagnosis[case.diagnosis].name}")
    return " · ".join(facts)


def report_of_case(form: Form, engine: Engine, suffix: str, summary: bool = False) -> bytes:
    """The case in use as a report, as known at the visit that is shown."""
    return report(engine, form.saved, suffix, summary=summary, visit=form.on)
