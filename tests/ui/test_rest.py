"""The rest of a procedure is called normal on the Case page: what is entered, said, undone, and left open."""

from datetime import date

import pytest
from case_page import expected, footer, ranking

from dxnet import Case, Visit, load_network
from dxnet.formats.text.proposal import CalledNormal
from dxnet.ui.case.rest import enter_rest
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.incoming import LETTER, Incoming

TAB = "All diagnoses"
ALS = load_network("als_mimics")
FIRST, SECOND = date(2024, 1, 10), date(2024, 6, 2)


@pytest.fixture
def page(start):
    return start("als_mimics")


def offers(page):
    """The choices of the open group, by their keys."""
    return {it.key: it.label for it in page.button if str(it.key).startswith(("normal:", "all_normal:"))}


def in_group(page, group):
    page.pills(key="group").set_value(group).run()
    assert not page.exception
    return page


def test_the_rest_of_a_procedure_is_entered_in_the_open_group_and_undone_in_one_step(page):
    in_group(page, "NCS").segmented_control(key="form:ncs_demyelinating").set_value("present").run()
    before = dict(page.session_state.form.case.findings)
    rest = ["ncs_sensory_abnormal", "ncs_low_cmap"]
    assert offers(page)["normal:NCS:ncs"] == "Nerve conduction study: 2 findings"
    page.button(key="normal:NCS:ncs").click().run()
    findings = page.session_state.form.case.findings
    assert findings == {**before, **dict.fromkeys(rest, "absent")}
    assert ranking(page) == expected("als_mimics", findings)
    assert "normal:NCS:ncs" not in offers(page) and "normal:NCS:rns" in offers(page)
    (said,) = page.toast
    assert "2 findings entered as normal; one Undo takes them back" in said.value
    assert all(ALS.findings[name].label in said.value for name in rest)
    page.button(key="undo").click().run()
    assert page.session_state.form.case.findings == before


def test_the_rest_of_an_examination_is_entered_in_all_groups_but_for_what_an_entry_implies(page):
    in_group(page, "pattern").segmented_control(key="form:foot_drop").set_value("present").run()
    page.button(key="all_normal:pattern:examination").click().run()
    findings = page.session_state.form.case.findings
    assert (
        findings["foot_drop"] == "present" and findings["babinski"] == findings["sensory_level"] == "absent"
    )
    assert not {"leg_weakness", "weakness", "cramps", "ncs_low_cmap"} & findings.keys()
    assert {ALS.findings[name].procedure for name in findings} == {"examination"}
    assert f"findings: {len(findings)} entered" in footer(page)
    assert "Leg weakness (implied by “Foot drop”, which is entered)" in page.toast[0].value
    assert not offers(page), "spread alone is left of the history here, which is looked for on its own"


def test_what_has_no_normal_state_or_is_one_finding_alone_is_not_offered(page):
    assert [*offers(in_group(page, "history"))] == ["all_normal:history:history"]
    assert not offers(in_group(page, "genetics"))
    assert offers(in_group(page, "laboratory")) == {
        "normal:laboratory:lumbar_puncture": "Lumbar puncture: 2 findings"
    }
    assert any("CSF oligoclonal bands (looked for on its own)" in it.value for it in page.caption)


def test_what_is_paused_stays_as_it_is(page):
    page.session_state.form.load(Case({"babinski": "present"}, paused={"clonus": "present"}))
    page.run()
    in_group(page, "UMN signs | LMN signs").button(
        key="normal:UMN signs | LMN signs:examination"
    ).click().run()
    form = page.session_state.form
    assert form.paused == {"clonus"} and form.case.findings["clonus"] == "present"
    assert "hyperreflexia_legs" not in form.case.findings, "clonus implies it, once it is used again"
    assert form.used.findings["hoffmann"] == "absent"


def test_the_entries_belong_to_the_visit_that_is_shown(page):
    form = page.session_state.form
    visits = [
        Visit(FIRST, {"babinski": "present", "hoffmann": "absent"}),
        Visit(SECOND, {"clonus": "absent"}),
    ]
    form.load(Case.of_visits(visits))
    page.run()
    group = "UMN signs | LMN signs"
    in_group(page, group).button(key=f"normal:{group}:examination").click().run()
    assert form.case.visits[0] == visits[0]
    assert form.today["hoffmann"] == "absent" and "babinski" not in form.today
    assert "Babinski sign (present when it was seen last)" in page.toast[0].value
    page.segmented_control(key="visit").set_value(FIRST).run()
    page.button(key=f"normal:{group}:examination").click().run()
    assert form.case.visits[0].findings["clonus"] == "absent" and form.on == FIRST


def test_a_network_without_procedures_offers_none(start):
    page = start("asia")
    for group in ("history", "symptoms", "imaging"):
        assert not offers(in_group(page, group))
    assert isinstance(page.session_state.form, Form)


def with_letter(page, case, *procedures):
    """Brings what a letter stated, and what it calls normal as a whole."""
    whole = tuple(CalledNormal(it, (0, 9), "otherwise *normal*") for it in procedures)
    page.session_state.form.bring(Incoming(LETTER, Case(case), called_normal=whole))
    return page.run()


def test_what_a_letter_calls_normal_is_offered_and_entered_by_a_click_alone(page):
    with_letter(page, {"babinski": "present"}, "examination", "mri_spine")
    form = page.session_state.form
    assert form.case.findings == {"babinski": "present"}
    button = page.button(key="called_normal:mri_spine")
    assert button.label.endswith("enter 7 findings") and "otherwise \\*normal\\*" in button.help
    button.click().run()
    assert not page.exception and form.case.findings["mri_spinal_mass"] == "absent"
    assert "hoffmann" not in form.case.findings
    keys = [it.key for it in page.button]
    assert "called_normal:mri_spine" not in keys and "called_normal:examination" in keys
    page.button(key="undo").click().run()
    assert form.case.findings == {"babinski": "present"}
    page.button(key="called_normal:leave").click().run()
    assert form.case.findings == {"babinski": "present"}
    assert not [it for it in page.button if str(it.key).startswith("called_normal")]


def test_what_a_letter_calls_normal_goes_with_its_case(page):
    form = page.session_state.form
    form.enter("sex", "male")
    with_letter(page, {"babinski": "present"}, "examination")
    assert not form.called_normal.tests, "it may be another patient"
    page.button(key="incoming_add").click().run()
    assert "called_normal:examination" in [it.key for it in page.button]
    page.button(key="undo").click().run()
    assert not [it for it in page.button if str(it.key).startswith("called_normal")], "it was taken back"
    page.button(key="redo").click().run()
    assert "called_normal:examination" in [it.key for it in page.button]
    form.clear(ALS)
    page.run()
    assert not [it for it in page.button if str(it.key).startswith("called_normal")]
    form.enter("sex", "male")
    with_letter(page, {"babinski": "present"}, "examination").button(key="incoming_leave").click().run()
    assert not form.called_normal.tests


def test_what_a_letter_calls_normal_is_of_its_visit_alone(page):
    form = page.session_state.form
    visits = [Visit(FIRST, {"clonus": "present"}), Visit(SECOND, {"babinski": "present"})]
    form.take(Case.of_visits(visits), SECOND)
    with_letter(page, {"hoffmann": "present"}, "mri_spine").button(key="incoming_add").click().run()
    assert "called_normal:mri_spine" in [it.key for it in page.button]
    form.take(form.case, FIRST)
    page.run()
    assert not [it for it in page.button if str(it.key).startswith("called_normal")]


def test_what_was_entered_since_the_page_was_drawn_is_kept(page):
    """A click on an older drawing enters what is open by now."""
    in_group(page, "UMN signs | LMN signs")
    form = page.session_state.form
    form.enter("clonus", "present")  # the page is not drawn anew
    enter_rest(ALS, form, "examination")
    assert form.case.findings["clonus"] == "present" and form.case.findings["babinski"] == "absent"
