"""Dated visits in the app, without a browser: what is edited, shown, suggested, kept and compared."""

import json
from datetime import date
from pathlib import Path

import pytest

from dxnet import Case, CaseError, Engine, Visit, load_network, over_visits
from dxnet.formats.cases.read import dump_case
from dxnet.inference.changed_case import with_changes
from dxnet.ui.case import open_save as files
from dxnet.ui.case.course import course_table
from dxnet.ui.case.regions import region_figure, region_matrix
from dxnet.ui.compare.page import chosen_at_first, comparable_cases
from dxnet.ui.shared.case_file import read_case_file
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.kept_case import case_as_text, restore_steps
from dxnet.ui.shared.visit_edits import (
    with_first_date,
    with_new_visit,
    with_visit,
    without_findings,
    without_visit,
)

APP = Path(__file__).parents[2] / "app.py"
FIRST, SECOND = date(2024, 1, 10), date(2024, 6, 2)
CASE = Case.of_visits(
    [
        Visit(FIRST, {"arm_weakness": "present", "leg_weakness": "absent", "babinski": "absent"}),
        Visit(SECOND, {"leg_weakness": "present"}, note="seen again"),
    ],
    {"sex": "male"},
    id="a",
)


@pytest.fixture(scope="module")
def als():
    return load_network("als_mimics")


@pytest.fixture
def page(start):
    return start()


def form_with(network, case):
    form = Form.new(network)
    form.load(case)
    return form


def test_a_plain_case_becomes_one_of_visits(page):
    page.pills(key="group").set_value("UMN signs | LMN signs").run()
    page.segmented_control(key="form:babinski").set_value("absent").run()
    page.date_input(key="first_visit_date").set_value(FIRST)
    page.date_input(key="new_visit_date").set_value(SECOND).run()
    page.button(key="add_visit").click().run()
    assert not page.exception
    form = page.session_state.form
    assert form.on == SECOND and form.today == {}
    page.segmented_control(key="form:babinski").set_value("present").run()
    assert "before: absent" in page.segmented_control(key="form:babinski").label
    assert form.case.visits == (
        Visit(FIRST, {"babinski": "absent"}),
        Visit(SECOND, {"babinski": "present"}),
    )
    page.segmented_control(key="visit").set_value(FIRST).run()
    assert page.segmented_control(key="form:babinski").value == "absent"
    assert form.used.findings["babinski"] == "absent"
    (path, text) = "case.yaml", dump_case(form.saved)
    assert "2024-06-02" in text
    form.undo()
    form.undo()
    assert not form.case.visits and form.case.findings["babinski"] == "absent"
    page.file_uploader[0].set_value((path, text.encode(), "text/plain")).run()
    page.button(key="incoming_new").click().run()
    assert len(form.case.visits) == 2


def test_what_the_dates_suggest_is_entered_by_a_click_alone(page, als):
    page.session_state.form.load(CASE)
    page.run()
    form = page.session_state.form
    assert "spread" not in form.case.findings
    page.button(key="propose:spread").click().run()
    assert not page.exception
    assert form.today["spread"] == "present" and "spread" not in form.case.visits[0].findings
    assert not [button for button in page.button if button.key == "propose:spread"]
    page.pills(key="group").set_value("UMN signs | LMN signs").run()
    page.button(key="unchanged:UMN signs | LMN signs").click().run()
    assert form.today["babinski"] == "absent" and form.today["arm_weakness"] == "present"


def test_a_visit_is_redated_noted_and_removed(page):
    page.session_state.form.load(CASE)
    page.run()
    form = page.session_state.form
    page.text_input(key=f"visit_note:{SECOND}").set_value("second  opinion").run()
    assert form.case.visits[1].note == "second opinion"
    page.date_input(key=f"visit_date:{SECOND}").set_value(FIRST).run()
    assert "was not changed" in page.error[0].value and form.case.visits[1].on == SECOND
    page.date_input(key=f"visit_date:{SECOND}").set_value(date(2024, 7, 1)).run()
    assert form.on == date(2024, 7, 1)
    page.button(key="remove_visit:2024-07-01").click().run()
    assert not page.exception
    assert [visit.on for visit in form.case.visits] == [FIRST]


def test_edits_change_one_visit_and_lose_nothing():
    changed = with_changes(CASE, FIRST, {"babinski": "present", "sex": None, "clonus": "absent"}, {"sex"})
    assert changed.visits[0].findings["babinski"] == "present" and "sex" not in changed.findings
    assert changed.visits[1] == CASE.visits[1]
    assert without_findings(CASE, {"leg_weakness", "sex"}).findings == {
        "arm_weakness": "present",
        "babinski": "absent",
    }
    assert without_visit(CASE, SECOND) == CASE.at(FIRST)
    plain = without_visit(without_visit(CASE, SECOND), FIRST)
    assert plain == CASE.at(FIRST).with_findings(CASE.at(FIRST).findings)
    again = with_new_visit(with_first_date(plain, FIRST, {"sex"}), SECOND)
    assert again.undated == {"sex": "male"} and again.findings == plain.findings
    with pytest.raises(CaseError, match="two visits"):
        with_visit(CASE, SECOND, Visit(FIRST))


def test_paused_findings_of_a_visit_stay_paused_and_saved(als):
    form = form_with(als, CASE)
    form.use([name for name in form.current.findings if name != "leg_weakness"])
    form.visit = FIRST
    form.use([name for name in form.current.findings if name != "babinski"])
    assert form.paused == {"babinski"}
    assert set(form.kept.findings) == set(CASE.findings) - {"babinski"}
    assert form.kept.visits == CASE.visits
    again = form_with(als, read_back(form))
    assert again.paused == {"babinski"} and again.case.visits == CASE.visits


def read_back(form):
    return read_case_file(load_network("als_mimics"), "a.json", dump_case(form.saved, "json").encode())


def test_the_steps_survive_a_reload(als):
    form = Form.new(als)
    texts = [case_as_text(als, form)]
    for name, state in (("babinski", "present"), ("age", "60-69"), ("sex", "male")):
        form.enter(name, state)
        texts.append(case_as_text(als, form))
    form.undo()
    again = Form.new(als)
    restore_steps(als, again, json.dumps({"steps": texts, "at": 2}))
    assert again.entered_state == form.entered_state
    assert again.history == form.history
    assert again.recent == ("age", "babinski")
    again.undo()
    again.undo()
    assert again.entered_state == Form.new(als).entered_state and not again.can_undo
    holes = Form.new(als)
    restore_steps(als, holes, json.dumps({"steps": [None, texts[1], texts[2]], "at": 2}))
    assert len(holes.history.before) == 1


def test_what_is_taken_back_or_done_again_shows_the_visit_that_it_changes(als):
    form = form_with(als, CASE)
    form.visit = FIRST
    form.take(without_visit(CASE, FIRST))
    form.undo()
    assert form.on == FIRST
    form.enter("clonus", "present")
    form.visit = SECOND
    form.enter("babinski", "present")
    form.undo()
    form.undo()
    assert form.on == FIRST
    form.visit = SECOND
    form.redo()
    assert form.on == FIRST and form.today["clonus"] == "present"
    form.redo()
    assert form.on == SECOND and form.today["babinski"] == "present"
    third = date(2024, 9, 9)
    form.take(with_new_visit(form.case, third), third)
    form.undo()
    assert form.on == SECOND
    form.redo()
    assert form.on == third


def test_another_visit_that_is_shown_is_no_step(als):
    form = form_with(als, CASE)
    before = len(form.history.before)
    form.take(form.case, FIRST)
    assert form.on == FIRST and len(form.history.before) == before


def test_a_reload_shows_the_visit_that_was_shown(als):
    form = form_with(als, CASE)
    form.visit = FIRST
    again = Form.new(als)
    restore_steps(als, again, json.dumps({"steps": [case_as_text(als, form)], "at": 0}))
    assert again.on == FIRST


def test_the_figure_says_which_regions_are_involved(als):
    matrix = region_matrix(als, CASE.at(SECOND))
    assert matrix.cells["cervical", "LMN signs"] == "involved"
    assert matrix.cells["lumbosacral", "UMN signs"] == "normal"
    assert matrix.cells["bulbar", "EMG"] == "not examined"
    assert 'alt="Regions involved. cervical: LMN signs involved' in region_figure(matrix, 200)
    assert not region_matrix(load_network("asia"), Case({})).regions


def test_the_course_has_a_column_a_visit_with_the_numbers_of_the_engine(als):
    answers = over_visits(Engine(als), CASE)
    table = course_table(als, answers)
    assert table.count('<th scope="col">') == 3
    for answer in answers:
        assert f"{100 * answer.probability:.1f}" in table
    assert "Leg weakness present (was absent)" in table


def test_compare_offers_the_visits(als):
    known = comparable_cases(als, form_with(als, CASE))
    assert known[f"visit:{FIRST}"][1].findings == CASE.at(FIRST).findings
    assert chosen_at_first("A", known) == f"visit:{FIRST}"
    assert chosen_at_first("B", known) == f"visit:{SECOND}"


def test_a_report_of_an_earlier_visit_is_called_so(page):
    page.session_state.form.load(CASE)
    for day, name in {FIRST: "a_2024-01-10", SECOND: "a"}.items():
        page.session_state.form.visit = day
        page.run()
        form, told = page.session_state.form, "1 later visit is not in this report"
        made = files.report_of_case(
            form, Engine(load_network("als_mimics"), form.setting), ".html", summary=True
        )
        assert (told in made.decode()) == (day == FIRST)
        assert any(told in it.value for it in page.caption) == (day == FIRST)
        assert files.report_name(form) == name


def test_notes_of_visits_stand_beside_what_was_found(als):
    machine, noted = Engine(als), Visit(SECOND, {"leg_weakness": "present"}, note="<b>walks</b> again")
    told = course_table(als, over_visits(machine, with_visit(CASE, SECOND, noted)))
    assert '<th scope="row">Note</th><td></td><td>&lt;b&gt;walks&lt;/b&gt; again</td>' in told
    plain = Case.of_visits([Visit(visit.on, visit.findings) for visit in CASE.visits])
    assert ">Note<" not in course_table(als, over_visits(machine, plain))
