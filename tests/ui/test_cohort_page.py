"""The Cohort page without a browser: a table in, what the engine says out, and what is wrong said plainly."""

from pathlib import Path

import pandas as pd
import pytest

from dxnet import Engine, load_network, score
from dxnet.knowledge.load import RESOURCES
from dxnet.ui.cohort import page as cohort_page
from dxnet.ui.cohort import results as cohort_results
from dxnet.ui.cohort.upload import Cohort

PAGE = """
from dxnet.ui.cohort import page as cohort_page
from dxnet.ui.shared.frame import page

page(cohort_page.draw_cohort_page)()
"""
GOOD = "id,Smoker,xray_abnormal,name\na,yes,present,Bob\nb,no,absent,Ann\nc,perhaps,,Eve\n"


def upload(page, content, name="cohort.csv"):
    content = content.encode() if isinstance(content, str) else content
    page.file_uploader[0].set_value((name, content, "text/csv")).run()
    assert not page.exception
    return page


def press(page, key):
    page.button(key=key).click().run()
    assert not page.exception
    return page


def counts(page):
    return {metric.label: metric.value for metric in page.metric}


def answer(page):
    return page.session_state.cohort.cohort.answer


def test_the_page_says_what_it_wants_and_that_identifiers_are_not_needed(start):
    page = start("asia")
    assert any("Identifiers are not needed" in text.value for text in page.markdown)
    assert any("not a medical device" in text.value for text in page.caption)
    assert not page.metric


def test_only_what_was_chosen_is_read(start):
    page = press(upload(start("asia"), GOOD), "score")
    assert counts(page)["Cases with an answer"] == "0"
    assert counts(page)["With unread cells"] == "3"
    page = press(press(page, "accept"), "score")
    assert counts(page)["Cases with an answer"] == "2"
    assert answer(page).report.to_dict("records")[0] == {
        "line": 4,
        "column": "Smoker",
        "problem": "unknown state 'perhaps'; known are absent, present",
    }
    page = press(page, "forget")
    assert not page.metric


def test_answers_are_those_of_the_engine(start):
    page = press(press(upload(start("asia"), GOOD), "accept"), "score")
    cases = pd.DataFrame({"smoking": ["present", "absent"], "xray_abnormal": ["present", "absent"]})
    expected = score(Engine(load_network("asia")), cases)
    assert answer(page).scored.p_lung_cancer[:2].tolist() == expected.p_lung_cancer.tolist()
    assert answer(page).scored.id.tolist() == ["a", "b", "c"]
    shown = page.dataframe[-1].value
    assert shown["Id"].tolist() == ["a", "b", "c"] and shown["Line"].tolist() == [2, 3, 4]


def test_rows_without_a_finding_are_told_apart(start):
    page = upload(start("asia"), "id,smoking\na,present\nb,\nc,perhaps\n")
    page = press(page, "score")
    assert counts(page) == {
        "Cases with an answer": "1",
        "Without a finding": "1",
        "Findings exclude each other": "0",
        "With unread cells": "1",
    }
    said = "1 row has no answer. 1 row has no finding, and so the pre-test probabilities alone"
    assert any(text.value.startswith(said) for text in page.warning)
    shown = page.dataframe[-1].value
    assert shown["Status"].tolist() == ["ok", "no findings", "unreadable"]
    assert shown["First"].tolist()[1:] == shown["Probability"].tolist()[1:] == ["", ""]
    page = press(upload(start("asia"), "id,smoking\na,present\nb,\nc,\n"), "score")
    assert any(text.value.startswith("2 rows have no finding") for text in page.warning)


def test_a_choice_by_hand(start):
    page = upload(start("asia"), GOOD)
    (choice,) = [box for box in page.selectbox if "perhaps" in box.label]
    choice.set_value("present").run()
    page = press(press(page, "accept"), "score")
    assert counts(page)["Cases with an answer"] == "3"


def test_years_of_birth_and_missing_codes_are_no_ages(start):
    page = upload(start("als_mimics"), "id,age,babinski\na,1962,present\nb,65,absent\nc,999,absent\n")
    assert any("1962 is a year, as of birth, and no age" in text.value for text in page.caption)
    assert any("999 years is implausible, more than 122" in text.value for text in page.caption)
    page = press(press(page, "accept"), "score")
    assert counts(page)["Cases with an answer"] == "1"


def test_notices_about_the_file_are_shown(start):
    page = upload(start("asia"), "id,smoking\u200b\na,present\na,absent\nb\n")
    shown = [text.value for text in page.warning]
    for part in (
        "cohort.csv:1: the name of the column",
        "cohort.csv:3: id 'a' stands in",
        "cohort.csv:4: has 1",
    ):
        assert any(part in text.replace("\\", "") for text in shown)


def test_another_setting_makes_answers_stale(start):
    page = press(upload(start("als_mimics"), "id,babinski\na,present\n"), "score")
    assert page.metric
    page.selectbox(key="setting").set_value("flat").run()
    assert not page.exception and not page.metric


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "a.csv", "is empty"),
        (b"\x00\xff junk", "a.csv", "not UTF-8"),
        (b"\x00\xff junk", "a.parquet", "cannot be read"),
        ("ä,ö\n".encode("latin-1"), "a.csv", "not UTF-8"),
        ("id|smoking\na|present\n", "a.csv", "single column"),
        ("id,smoking,smoking\na,present,absent\n", "a.csv", "two columns are named"),
        ("id,![x](http://a.b)\n", "a.csv", "no rows"),
        (b"PK", "a.xlsx", "is a spreadsheet; save it as CSV UTF-8, and open that"),
        ("findings: {}", "a.yaml", "open it on the Case page"),
        (b"x", "a.rds", "ends in 'rds'; known here are .csv, .parquet"),
    ],
)
def test_a_malformed_file_is_refused_with_a_cure(start, content, name, said):
    page = upload(start("asia"), content, name)
    assert any(said in error.value for error in page.error)
    assert not page.session_state.cohort.cohort


def test_a_file_without_findings_can_still_be_mapped(start):
    page = upload(start("asia"), "id,colour\na,red\n")
    (error,) = page.error
    assert "no column is mapped to a finding" in error.value
    assert not [button for button in page.button if button.key == "score"]


def test_300_columns(start):
    header = ",".join(["smoking", *(f"c{i}" for i in range(299))])
    page = press(upload(start("asia"), f"{header}\npresent{',x' * 299}\n"), "score")
    assert counts(page)["Cases with an answer"] == "1"
    assert any("and 293 more" in text.value for text in page.caption)


def test_a_bad_file_leaves_the_open_table_and_closing_forgets_it(start):
    page = upload(upload(start("asia"), GOOD), "", "bad.csv")
    assert page.session_state.cohort.cohort.name == "cohort.csv"
    page = press(page, "close")
    assert page.session_state.cohort.cohort is None and not page.error


def test_known_diagnoses_are_compared(start):
    rows = "xray_abnormal,diagnosis\n" + "present,Lung cancer\nabsent,no_lung_cancer\nabsent,\n" * 5
    page = press(press(upload(start("asia"), rows), "accept"), "score")
    assert any(
        "10 of 15 rows have findings, an answer and a known diagnosis" in text.value for text in page.markdown
    )
    measures = next(table.value for table in page.table if "Measure" in table.value)
    assert measures.Measure.tolist()[:2] == ["True diagnosis first", "Among the first 3"]


def test_a_diagnosis_that_is_not_read_is_named_and_counted(start):
    rows = "xray_abnormal,Final\n" + "present,lung_cancer\nabsent,lung tumour pos.\nabsent,\n" * 5
    page = upload(start("asia"), rows)
    page.session_state.cohort.cohort.suggested["Final"] = ("diagnosis", "name")
    page.session_state.cohort.cohort.mapping["Final"] = "diagnosis"
    page = press(page.run(), "score")
    assert counts(page)["Cases with an answer"] == "15" and counts(page)["Diagnosis not read"] == "5"
    report = answer(page).report
    assert report.line.tolist() == [3, 6, 9, 12, 15] and set(report.column) == {"Final"}
    assert "unknown diagnosis 'lung tumour pos.'" in report.problem[0]
    said = [text.value for text in page.warning]
    assert any("The accuracy leaves out 5 rows whose diagnosis is not read" in text for text in said)
    assert any(text.startswith("Left out: 5 rows whose diagnosis is not read.") for text in said)
    (choice,) = [box for box in page.selectbox if "lung tumour" in box.label]
    choice.set_value("lung_cancer").run()
    page = press(page, "score")
    assert counts(page)["Diagnosis not read"] == "0" and not page.warning


def test_published_cases_as_a_cohort_are_what_evaluate_says(start):
    from dxnet import evaluate, read_cases

    cases = read_cases(RESOURCES / "data" / "cases" / "published.jsonl")
    table = pd.DataFrame([{**case.findings, "id": case.id, "diagnosis": case.diagnosis} for case in cases])
    page = press(upload(start("als_mimics"), table.to_csv(index=False)), "score")
    card = evaluate(Engine(load_network("als_mimics")), cases)
    measures = next(table.value for table in page.table if "Measure" in table.value)
    shown = measures.set_index("Measure").Value
    assert shown["True diagnosis first"].replace("\xa0", " ") == f"{100 * card.top1:.1f} %"
    assert shown["Log loss"] == f"{card.log_loss:.2f}"


def test_the_report_tells_of_file_columns_and_cells(asia):
    cohort = Cohort.read(asia, "1", "a.csv", b"smoking,name,dyspnoea\nyes,Bob,present\nno\n")
    problems = cohort.score(Engine(asia)).report
    report = cohort_results.complete_report(cohort, problems)
    assert report.line.tolist() == ["", "", "2"]
    assert report.column.tolist() == ["a.csv:3", "name", "smoking"]


def test_columns_that_want_a_look_come_first(asia):
    cohort = Cohort.read(asia, "1", "a.csv", b"smoking,Abnormal chest X-ray,name\npresent,present,x\n")
    shown = cohort_page.column_overview(cohort)
    assert shown["Column"].tolist()[0] == "name" and shown["Column"].tolist()[-1] == "smoking"
    assert cohort_page.target_words(asia, "smoking") == "Smoker (smoking)"


def test_nothing_is_written_to_the_disk(start, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    opened = []
    monkeypatch.setattr(Path, "write_bytes", lambda *_: opened.append(1))
    press(press(upload(start("asia"), GOOD), "accept"), "score")
    assert not opened and not list(tmp_path.iterdir())
