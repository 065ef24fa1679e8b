"""The lower half of the Cohort page: what the cohort says."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dxnet import Network
from dxnet.cohort.results import by_group, rate_rows, tally, to_csv, to_parquet
from dxnet.evaluation.statistics import measure_intervals, reliability
from dxnet.ui.cohort.upload import Cohort, CohortAnswer
from dxnet.ui.shared import frame, scores
from dxnet.ui.shared.bars import count_bars
from dxnet.ui.shared.parts import number_cell
from dxnet.words import counted, percent, share

DOWNLOAD_MIMES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
FORMULA_NOTE = (
    "In CSV files, a text that a spreadsheet would run as a formula (it begins with =, +, -, @ or a tab) "
    "has an apostrophe before it."
)
BARS, SHOWN_ROWS, LISTED_PROBLEMS = 10, 200, 200
"""Diagnoses in the chart, rows of answers, and problems in view; the downloads hold all."""


def draw_cohort_results(network: Network, cohort: Cohort, answer: CohortAnswer) -> None:
    """Counts, downloads, who ranks first, rows, problems, calibration."""
    scored = answer.scored
    frame.heading("Answers")
    counts = scored.status.value_counts()
    labels = {
        "ok": "Cases with an answer",
        "no findings": "Without a finding",
        "impossible": "Findings exclude each other",
        "unreadable": "With unread cells",
    }
    numbers = {label: int(counts.get(status, 0)) for status, label in labels.items()}
    if answer.diagnosis is not None:
        numbers["Diagnosis not read"] = answer.unread_truths
    for box, (label, number) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        box.metric(label, f"{number:,}", border=True)
    downloads(cohort, answer)
    if answer.report.size:
        problems(answer)
    if counts.get("ok", 0):
        draw_first_diagnoses(network, scored)
        draw_first_rows(network, scored)
        if answer.diagnosis is not None:
            draw_cohort_calibration(network, answer, answer.diagnosis)


def downloads(cohort: Cohort, answer: CohortAnswer) -> None:
    """Answers and report as files, made when they are asked for."""
    stem = cohort.name.rsplit(".", 1)[0]
    report = complete_report(cohort, answer.report)
    files: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("csv", "Answers (CSV)", "scored.csv", lambda: to_csv(answer.scored)),
        ("parquet", "Answers (parquet)", "scored.parquet", lambda: to_parquet(answer.scored)),
        (
            "report",
            "Report of problems (CSV)",
            "problems.csv",
            lambda: to_csv(report.set_index(report.columns[0])),
        ),
    )
    with st.container(horizontal=True):
        for key, label, suffix, make in files:
            st.download_button(
                label,
                make,
                file_name=f"{stem}.{suffix}",
                mime=DOWNLOAD_MIMES[suffix.rpartition(".")[2]],
                on_click="ignore",
                key=key,
                disabled=key == "report" and report.empty,
            )
    st.caption(FORMULA_NOTE)


def complete_report(cohort: Cohort, report: pd.DataFrame) -> pd.DataFrame:
    """Everything that was left out or not read: columns, rows and cells of the file."""
    rows = [("", issue.where, f"{issue.message}; {issue.fix}".removesuffix("; ")) for issue in cohort.issues]
    rows += [
        ("", c, "is not mapped and was left out") for c in cohort.table.columns if c not in cohort.mapping
    ]
    return pd.concat([pd.DataFrame(rows, columns=report.columns), report.astype(str)], ignore_index=True)


def problems(answer: CohortAnswer) -> None:
    """The first problems."""
    scored, report = answer.scored, answer.report
    bare = int((scored.status == "no findings").sum())
    missing = int((scored.status != "ok").sum()) - bare
    said = []
    if missing:
        said.append(f"{rows_have(missing)} no answer.")
    if bare:
        said.append(
            f"{rows_have(bare)} no finding, and so the pre-test probabilities alone, which are not counted "
            "below."
        )
    if answer.unread_truths:
        left_out = counted(answer.unread_truths, "row")
        said.append(f"The accuracy leaves out {left_out} whose diagnosis is not read.")
    where = "Records, columns and reasons are below and in the report, the first of each column one by one."
    st.warning(" ".join([*said, where]))
    more = f", the first {LISTED_PROBLEMS} of {len(report):,}" if len(report) > LISTED_PROBLEMS else ""
    with st.expander(f"Problems{more}"):
        shown = report.head(LISTED_PROBLEMS).rename(columns=str.capitalize)
        st.dataframe(
            shown, hide_index=True, alt="Records without an answer of their own, with column and reason"
        )


def rows_have(rows: int, of: int = 0) -> str:
    """A number of rows, of so many if it is given, with its verb.

    >>> rows_have(1), rows_have(2_000), rows_have(1, 3)
    ('1 row has', '2,000 rows have', '1 of 3 rows has')
    """
    several = f"{rows:,} of {of:,} rows" if of else f"{rows:,} {'row' if rows == 1 else 'rows'}"
    return f"{several} {'has' if rows == 1 else 'have'}"


def draw_first_diagnoses(network: Network, scored: pd.DataFrame) -> None:
    """Which diagnoses rank first, how probable each is on average, and the groups."""
    tallied = tally(network, scored)
    left, right = st.columns([12, 9], gap="medium")
    leading = tallied[tallied["first"] > 0].head(BARS)
    with left:
        frame.heading("Ranked first")
        counts = zip(leading.name, leading["first"], leading.share, strict=True)
        st.html(count_bars(counts, "Cases in which each diagnosis ranks first"))
        beyond = int((tallied["first"] > 0).sum()) - len(leading)
        if beyond > 0:
            st.caption(f"and {counted(beyond, 'more diagnosis')}, in the table")
    with right:
        frame.heading("Groups, mean post-test probability")
        groups = by_group(tallied).head(BARS)
        st.table(
            pd.DataFrame(
                {
                    "Group": groups.index,
                    "Mean": groups["mean"].map(percent).map(number_cell).to_numpy(),
                    "First in": groups["first"].map("{:,}".format).to_numpy(),
                }
            ),
            hide_index=True,
            alt="Groups of diagnoses",
        )
    with st.expander("All diagnoses as a table"):
        st.table(
            pd.DataFrame(
                {
                    "Diagnosis": tallied.label,
                    "First in": tallied["first"].map("{:,}".format),
                    "Share": tallied.share.map(share).map(number_cell),
                    "Mean post-test": tallied["mean"].map(percent).map(number_cell),
                }
            ),
            hide_index=True,
            alt="Diagnoses by how often they rank first",
        )


def draw_first_rows(network: Network, scored: pd.DataFrame) -> None:
    """The first rows of the answers."""
    frame.heading("Cases")
    head = scored.head(SHOWN_ROWS)
    names = {name: it.name for name, it in network.diagnosis.items()}
    is_answered = head.status == "ok"
    best = [
        percent(row[f"p_{row['first']}"]) if row["status"] == "ok" else "" for row in head.to_dict("records")
    ]
    shown = pd.DataFrame({str(head.index.name or "record").capitalize(): head.index})
    if "id" in head:
        shown["Id"] = head["id"].to_numpy()
    shown["First"] = head["first"].astype(object).map(names).where(is_answered, "").to_numpy()
    shown["Probability"] = best
    shown["Second"] = head["second"].astype(object).map(names).where(is_answered, "").to_numpy()
    shown["Status"] = head.status.to_numpy()
    st.dataframe(shown, hide_index=True, height=300, alt="The first cases and their answers")
    if len(scored) > SHOWN_ROWS:
        st.caption(f"The first {SHOWN_ROWS} of {len(scored):,}; the downloads hold all.")


def draw_cohort_calibration(network: Network, answer: CohortAnswer, diagnosis: pd.Series) -> None:
    """Performance where the diagnosis is known."""
    frame.heading("Against the known diagnoses")
    rated = rate_rows(network, answer.scored, diagnosis)
    if answer.unread_truths:
        st.warning(
            f"Left out: {counted(answer.unread_truths, 'row')} whose diagnosis is not read. With them these "
            "figures may be better or worse. Say above what each word stands for; the report names the rows."
        )
    if rated.empty:
        st.info("No row has findings, an answer and a diagnosis that the network knows.")
        return
    st.markdown(f"{rows_have(len(rated), len(answer.scored))} findings, an answer and a known diagnosis.")
    scores.draw_measures(measured_scores(rated))
    scores.draw_calibration(reliability(rated.top_probability.to_numpy(), rated.right.to_numpy()))


@st.cache_data(show_spinner="Drawing samples of the cases …", max_entries=4)
def measured_scores(rated: pd.DataFrame) -> pd.DataFrame:
    """Measures with their intervals."""
    return measure_intervals(rated)
