"""The Case page without a browser: what is entered, what is shown, and that it is what the engine says."""

import json
import re
from collections import Counter, defaultdict
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dxnet import Case, Engine, credible_intervals, criteria, explain, load_network, next_tests, read_cases
from dxnet.cli import main
from dxnet.formats.cases.read import dump_case
from dxnet.knowledge.load import RESOURCES
from dxnet.reasoning.conflict import flips
from dxnet.reasoning.next_findings import next_findings
from dxnet.report.content.next_procedures import informative
from dxnet.ui.case import open_save as files
from dxnet.ui.case import record
from dxnet.ui.case.called import names_of, normed_words, way_to_write
from dxnet.ui.case.entry import enter_written, entered_under_other_names
from dxnet.ui.case.quick_entry import read_entries
from dxnet.ui.case.used import use_chosen
from dxnet.ui.case.why import OPENED
from dxnet.ui.shared.kept_case import kept_text, restore_form
from dxnet.ui.shared.session import Form, literal
from dxnet.words import DECIBAN, between, percent

APP = Path(__file__).parents[2] / "app.py"
EXAMPLES = sorted((RESOURCES / "data" / "cases").glob("*.yaml"))


@pytest.fixture
def start(start):
    """Opens the app with the tables of the ranking."""
    return lambda network: opened(start(network), "All diagnoses")


def opened(page, tab):
    page.session_state["reasons"] = tab
    page.run()
    assert not page.exception
    return page


def shown(table):
    """A table as it reads: numbers and per cent signs stand together."""
    return table.value.map(lambda text: text.replace("\N{NO-BREAK SPACE}", " "))


def ranking(page):
    """Diagnosis -> (pre-test, post-test), as the page's table shows them."""
    table = shown(page.table[0])
    return {row.Diagnosis: (row["Pre-test"], row["Post-test"]) for _, row in table.iterrows()}


def expected(network, findings, setting=None):
    network = load_network(network)
    answer = Engine(network, setting).diagnose(Case(findings))
    return {
        row.label: (percent(row.pre_test), percent(row.post_test)) for row in answer.to_frame().itertuples()
    }


def footer(page):
    return next(text.value for text in page.caption if "never images" in text.value)


def upload(page, name, text):
    page.file_uploader[0].set_value((name, text.encode(), "text/plain")).run()
    if page.session_state.form.incoming:
        page.button(key="incoming_new").click().run()
    return page


def entered(page):
    """The findings that are listed, as they are shown."""
    drawn = next(it.proto for it in page.get("bidi_component") if it.proto.component_name == "dxnet.used")
    html = json.loads(drawn.json)["findings"]
    return [unescape(re.sub("<[^>]+>", "", text)) for text in re.findall("<button.*?</button>", html)]


def pause(page, *names):
    """Leave only the others in use."""
    form = page.session_state.form
    left = [name for name in form.used.findings if name not in names]
    use_chosen(form, {"names": left})
    return page.run()


def test_without_findings_the_ranking_is_the_pre_test_one(start):
    page = start("asia")
    assert ranking(page) == expected("asia", {})
    assert all(pre == post for pre, post in ranking(page).values())
    assert "0 entered, 4 not examined" in footer(page)
    network = load_network("asia")
    for fact in (network.name, network.version, network.fingerprint, "Patients of a chest clinic"):
        assert fact in footer(page)


def test_entering_findings_gives_what_the_engine_says(start):
    page = start("asia")
    before = ranking(page)
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.pills(key="group").set_value("imaging").run()
    page.segmented_control(key="form:xray_abnormal").set_value("present").run()
    assert ranking(page) == expected("asia", {"smoking": "present", "xray_abnormal": "present"})
    assert list(ranking(page)) != list(before)
    assert "2 entered, 2 not examined" in footer(page)


def test_not_examined_takes_a_finding_back(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("absent").run()
    assert ranking(page) == expected("asia", {"smoking": "absent"})
    page.segmented_control(key="form:smoking").set_value("").run()
    assert ranking(page) == expected("asia", {})


def test_a_choice_stays_while_another_group_is_open(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.pills(key="group").set_value("symptoms").run()
    assert not [control for control in page.segmented_control if control.key == "form:smoking"]
    page.pills(key="group").set_value("history").run()
    assert page.segmented_control(key="form:smoking").value == "present"


def test_a_finding_is_removed_in_the_list_and_all_by_a_new_case(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.segmented_control(key="form:visit_to_asia").set_value("absent").run()
    pause(page, "smoking")
    next(button for button in page.button if button.label == "Remove what is paused").click().run()
    assert ranking(page) == expected("asia", {"visit_to_asia": "absent"})
    assert page.segmented_control(key="form:smoking").value == ""
    next(button for button in page.button if button.label == "New case").click().run()
    assert ranking(page) == expected("asia", {})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_load(start, path):
    (case,) = read_cases(path)
    page = start("als_mimics")
    page.button(key=f"example:{case.id}").click().run()
    assert ranking(page) == expected("als_mimics", case.findings)
    assert f"{len(case.findings)} entered" in footer(page)
    values = {control.key: control.value for control in [*page.segmented_control, *page.selectbox]}
    for name, state in case.findings.items():
        assert values.get(f"form:{name}", state) == state
    assert any(case.about["title"] in text.value for text in page.caption)


def test_another_setting_is_another_pre_test(start):
    page = start("als_mimics")
    page.selectbox(key="setting").set_value("flat").run()
    assert ranking(page) == expected("als_mimics", {}, "flat")
    most_common = Counter(pre for pre, _ in ranking(page).values()).most_common(1)
    assert most_common == [("3.3 %", 27)]  # all but those of the group "other"


def test_nothing_is_set_that_nobody_entered(start):
    page = start("als_mimics")
    assert page.segmented_control(key="form:prior_polio").value == ""
    assert "findings: 0 entered" in footer(page)
    assert not files.saved(page.session_state.form).findings
    assert ranking(page) == expected("als_mimics", {})


def test_signs_share_a_grid_and_other_networks_have_none(start):
    assert any("UMN signs | LMN signs" in option for option in start("als_mimics").pills(key="group").options)
    assert not any("|" in option for option in start("asia").pills(key="group").options)


@pytest.mark.parametrize("word", ["extensor plantar", "HP:0003487", "Babinski"])
def test_search_opens_the_finding(start, word):
    page = start("als_mimics")
    search = page.selectbox(key="search")
    (option,) = [option for option in search.options if word in option]
    search.select(option).run()
    assert page.pills(key="group").value == "UMN signs | LMN signs"
    assert page.selectbox(key="search").value is None
    page.segmented_control(key="found:babinski").set_value("present").run()
    assert page.segmented_control(key="form:babinski").value == "present"
    next(button for button in page.button if button.label == "Done").click().run()
    assert not [control for control in page.segmented_control if control.key == "found:babinski"]


@pytest.mark.parametrize("kind", ["phenopacket", "fhir"])
def test_files_of_other_programs_are_opened(start, asia, kind):
    findings = {"smoking": "present", "dyspnoea": "absent"}
    page = upload(start("asia"), "case.json", dump_case(Case(findings, id="a"), kind, asia))
    assert page.session_state["form"].case.findings == findings


def test_an_uncertain_finding_of_a_file_is_shown_used_and_kept(start):
    findings = {"xray_abnormal": {"present": 0.8, "absent": 0.2}, "smoking": "present"}
    page = upload(start("asia"), "soft.yaml", dump_case(Case(findings, id="soft")))
    assert ranking(page) == expected("asia", findings)
    assert any("uncertain (present 0.8, absent 0.2)" in label for label in entered(page))
    page.pills(key="group").set_value("imaging").run()
    assert page.segmented_control(key="form:xray_abnormal").value == "uncertain"
    assert files.saved(page.session_state.form).findings == findings
    page.segmented_control(key="form:xray_abnormal").set_value("absent").run()
    assert ranking(page) == expected("asia", {**findings, "xray_abnormal": "absent"})


def test_a_soft_word_of_a_file_is_shown_used_and_kept(start):
    findings = {"mri_cord_compression": "probable compression", "babinski": "present"}
    page = upload(start("als_mimics"), "soft.yaml", dump_case(Case(findings, id="soft")))
    assert ranking(page) == expected("als_mimics", findings)
    assert any("probable compression" in label for label in entered(page))
    page.pills(key="group").set_value("MRI").run()
    assert not page.exception
    assert files.saved(page.session_state.form).findings == findings


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "findings:\n  smokin: present\n", "did you mean smoking?"),
        ("a.yaml", "findings:\n  smoking: perhaps\n", "line 2: “Smoker”: unknown state 'perhaps'"),
        ("a.yaml", "findings: [\n", "a.yaml"),
        ("a.yaml", "", "is empty"),
        ("a.json", '{"findings": 1}', "write one 'finding: state' a line"),
        ("a.json", "no json", "is not JSON"),
        ("a.json", "\0\1", "not a text file"),
        ("a.yaml", "findings:\n  '![x](http://x.y/z.png)': present\n", r"!\[x\](http://x.y/z.png)"),
    ],
)
def test_a_bad_file_is_refused_with_a_cure_and_changes_nothing(start, name, text, said):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    upload(page, name, text)
    assert not page.exception
    (error,) = page.error
    assert f"{name} was not opened" in error.value and "case." not in error.value
    assert said in error.value
    assert ranking(page) == expected("asia", {"smoking": "present"})
    page.segmented_control(key="form:smoking").set_value("absent").run()
    assert not page.error


def test_findings_that_exclude_each_other_are_named(start, impossible):
    page = start(impossible)
    page.segmented_control(key="form:cough").set_value("present").run()
    page.segmented_control(key="form:any_symptom").set_value("absent").run()
    assert not page.exception and not page.table
    (error,) = page.error
    for part in ("“Cough”", "“Any symptom”", "correct one of them"):
        assert part in error.value
    pause(page, "any_symptom")
    assert not page.error
    assert ranking(opened(page, "All diagnoses")) == expected(impossible, {"cough": "present"})


def test_contradictions_are_shown(start):
    text = "findings:\n  foot_drop: present\n  leg_weakness: absent\n"
    page = upload(start("als_mimics"), "odd.yaml", text)
    (warning,) = page.warning
    assert "“Foot drop” is present but “Leg weakness” is absent" in warning.value


def test_a_network_that_cannot_be_used_is_said_so(start, tmp_path):
    (tmp_path / "network.yaml").write_text("name: nothing\n")
    page = start(tmp_path)
    assert "The network cannot be used" in page.error[0].value


def test_a_paused_finding_is_kept_but_not_used(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.segmented_control(key="form:visit_to_asia").set_value("present").run()
    pause(page, "smoking")
    assert ranking(page) == expected("asia", {"visit_to_asia": "present"})
    assert "2 entered, 2 not examined, 1 paused" in footer(page)
    assert page.segmented_control(key="form:smoking").value == "present"
    assert "paused" in page.segmented_control(key="form:smoking").label
    use_chosen(page.session_state.form, {"names": ["smoking", "visit_to_asia"]})
    page.run()
    assert ranking(page) == expected("asia", {"smoking": "present", "visit_to_asia": "present"})
    pause(page, "smoking")
    page.segmented_control(key="form:smoking").set_value("absent").run()
    assert ranking(page) == expected("asia", {"smoking": "absent", "visit_to_asia": "present"})


def test_how_sure_a_finding_is_can_be_said(start):
    page = start("als_mimics")
    assert page.selectbox(key="sure_of").disabled
    page.segmented_control(key="form:prior_polio").set_value("absent").run()
    assert page.selectbox(key="sure_of").value == "prior_polio"
    page.pills(key="group").set_value("MRI").run()
    page.selectbox(key="form:mri_cord_compression").set_value("compression").run()
    page.selectbox(key="sure").set_value("probable").run()
    findings = {"prior_polio": "absent", "mri_cord_compression": "probable compression"}
    assert page.session_state.form.case.findings == findings
    assert ranking(page) == expected("als_mimics", findings)
    assert page.selectbox(key="form:mri_cord_compression").value == "compression"
    assert "probable" in page.selectbox(key="form:mri_cord_compression").label
    page.selectbox(key="sure_of").set_value("prior_polio").run()
    page.selectbox(key="sure").set_value("possible").run()
    page.selectbox(key="sure_of").set_value("mri_cord_compression").run()
    page.selectbox(key="sure").set_value("").run()
    found = page.session_state.form.case.findings
    assert found == {"mri_cord_compression": "compression", "prior_polio": "possible absent"}


@pytest.fixture(scope="module")
def myasthenia():
    (case,) = read_cases(next(path for path in EXAMPLES if path.stem == "bulbar_myasthenia"))
    return case


def with_example(start, case, tab):
    page = start("als_mimics")
    page.button(key=f"example:{case.id}").click().run()
    return opened(page, tab)


def test_the_interval_beside_each_probability_is_that_of_the_library(start, myasthenia):
    page = with_example(start, myasthenia, "All diagnoses")
    sure = credible_intervals(Engine(load_network("als_mimics")), myasthenia).to_frame()
    table = shown(page.table[0])
    assert list(table["90 % interval"]) == [between(row.low, row.high) for row in sure.itertuples()]
    assert list(table["P(ranked first)"]) == [percent(p) for p in sure["first"]]


def test_why_shows_the_numbers_and_sources_behind_a_finding(start, myasthenia):
    page = with_example(start, myasthenia, "Why")
    why = explain(Engine(load_network("als_mimics")), myasthenia)
    assert page.selectbox(key="explained").options[0] == "Why the first"
    assert any(text.value.startswith("Myasthenia gravis against all others: ") for text in page.caption)
    assert not page.table
    next(button for button in page.button if button.label == "Numbers behind").click().run()
    assert page.selectbox(key="numbers_of").value == why.contributions[0].finding
    page.selectbox(key="versus").set_value("als").run()
    against = explain(Engine(load_network("als_mimics")), myasthenia, versus="als")
    (summary,) = [text.value for text in page.caption if "decibans before the findings" in text.value]
    assert f"{against.log_odds * DECIBAN:+.1f} with them" in summary


def test_a_click_on_a_bar_opens_the_numbers_of_its_finding(start, myasthenia):
    page = with_example(start, myasthenia, "Why")
    why = explain(Engine(load_network("als_mimics")), myasthenia)
    page.session_state.numbers_of, page.session_state[OPENED] = "fatigability", True  # as the click does
    page.run()
    (chosen,) = [c for c in why.contributions if c.finding == "fatigability"]
    (table,) = page.table
    assert list(table.value["Weight"]) == [f"{estimate.weight:.0f}" for _, estimate in chosen.numbers]
    page.run()
    assert not page.table, "it opens once"


def reason(page):
    """The open reason, as HTML."""
    return next(it.proto.body for it in page.get("html") if 'class="reason"' in it.proto.body)


def unbroken(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def column_of(text, caption, number=0):
    """A column of all rows of a table, also of those that are folded."""
    tables = re.findall(rf"<caption>{caption}.*?</table>", unbroken(text))
    rows = [row for table in tables for row in re.findall(r"<tr>(<td.*?)</tr>", table)]
    return [unescape(re.findall(r"<td[^>]*>(.*?)</td>", row)[number]) for row in rows]


def test_what_next_weighs_the_burden(start, myasthenia):
    page = with_example(start, myasthenia, "What next")
    engine = Engine(load_network("als_mimics"))

    def procedures(**weights):
        tests = next_tests(engine, myasthenia, **weights)
        return [engine.network.procedures[test.procedure].label for test in informative(tests)]

    assert column_of(reason(page), "Procedures: what settles") == procedures()
    page.slider(key="weight:cost").set_value(3.0).run()
    assert column_of(reason(page), "Procedures: what settles") == procedures(cost=3.0)
    after = unbroken(reason(page)).partition("Not to be missed")[2]
    assert f"Myasthenia gravis {percent(engine.diagnose(myasthenia).probability('mg'))}" in after


def test_what_would_change_the_first_rank(start, myasthenia):
    page = with_example(start, myasthenia, "What would change my mind")
    network = load_network("als_mimics")
    found = flips(Engine(network), myasthenia)
    shown_first = column_of(reason(page), "If one finding were wrong")
    assert shown_first == [network.findings[flip.finding].label for flip in found] != []


def test_criteria_are_those_of_the_library(start, myasthenia):
    page = with_example(start, myasthenia, "Criteria")
    found = criteria(load_network("als_mimics"), myasthenia)
    assert column_of(reason(page), "Diagnostic criteria", 2) == [one.verdict for one in found]
    assert "no diagnostic criteria" in reason(opened(start("asia"), "Criteria"))


@pytest.mark.slow
def test_ten_cases_have_the_numbers_of_the_command_line(start, tmp_path):
    cases = read_cases(RESOURCES / "data" / "cases" / "published.jsonl")[:10]
    page, path = start("als_mimics"), tmp_path / "case.json"
    for case in cases:
        text = dump_case(case, "json")
        upload(page, "case.json", text)
        path.write_text(text, encoding="utf-8")
        told = json.loads(CliRunner().invoke(main, ["diagnose", str(path), "--json"]).stdout)
        rows = {r["label"]: (percent(r["pre_test"]), percent(r["post_test"])) for r in told["ranking"]}
        assert list(ranking(page).items()) == list(rows.items())


def test_a_report_says_what_is_paused(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.segmented_control(key="form:visit_to_asia").set_value("present").run()
    pause(page, "smoking")
    form = page.session_state.form
    told = files.saved(form)
    assert told.findings == {"visit_to_asia": "present"} and told.paused == {"smoking": "present"}
    again = upload(start("asia"), "paused.yaml", dump_case(files.saved(form)))
    assert again.session_state.form.paused == {"smoking"}
    assert ranking(again) == expected("asia", {"visit_to_asia": "present"})


def test_secrets_that_cannot_be_read_let_nobody_in(monkeypatch, tmp_path):
    broken = tmp_path / "secrets.toml"
    broken.write_text('[auth]\nclient_id = "dxnet\n', encoding="utf-8")
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    monkeypatch.setattr("dxnet.ui.shared.frame.st.get_option", lambda name: [str(broken)])
    monkeypatch.setattr("dxnet.ui.shared.frame.st.secrets.load_if_toml_exists", lambda: False)
    page = AppTest.from_file(str(APP), default_timeout=120).run()
    assert not page.exception
    assert "nobody can sign in" in page.error[0].value
    assert not page.segmented_control and not page.caption


def test_a_server_with_a_sign_in_shows_nothing_before_it(monkeypatch):
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    page = AppTest.from_file(str(APP), default_timeout=120)
    page.secrets["auth"] = {"client_id": "dxnet"}
    page.run()
    assert not page.exception
    assert [button.label for button in page.button] == ["Sign in"]
    assert not page.caption and not page.segmented_control


def test_the_rest_of_a_procedure_is_set_to_normal_at_once(start):
    page = start("als_mimics")
    page.pills(key="group").set_value("NCS").run()
    page.segmented_control(key="form:ncs_conduction_block").set_value("present").run()
    before = page.session_state.form.case.findings
    network = load_network("als_mimics")
    rest = [n for n, f in network.findings.items() if f.procedure == "ncs" and n not in before]
    assert len(rest) > 2
    page.button(key="normal:NCS:ncs").click().run()
    findings = page.session_state.form.case.findings
    assert findings == {**before, **{name: network.findings[name].states[0] for name in rest}}
    assert ranking(page) == expected("als_mimics", findings)
    assert not [button for button in page.button if button.key == "normal:NCS:ncs"]
    page.pills(key="group").set_value("symptoms").run()
    labels = [button.label for button in page.button if str(button.key).startswith("normal:")]
    assert labels and not any("Age" in label for label in labels)


def test_numbers_are_entered_shown_and_refused_with_their_reason(start):
    page = start("als_mimics")
    page.session_state["form"].group = "laboratory"
    page.run()
    page.text_input(key="measured:ck").set_value("850 U/L (<200)").run()
    assert not page.exception
    assert page.session_state["form"].case.findings["ck"] == "850 U/L (<200)"
    assert any("850 U/L (\\<200): mild" in text.value for text in page.caption)
    assert ranking(page) == expected("als_mimics", {"ck": "mild"})
    page.text_input(key="measured:respiratory_fvc").set_value("2.9 L").run()
    assert "respiratory_fvc" not in page.session_state["form"].case.findings
    assert any("2.9 L has an unknown unit; write it in %" in text.value for text in page.caption)
    page.text_input(key="measured:ck").set_value("").run()
    assert "ck" not in page.session_state["form"].case.findings


def click(page, label):
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def test_every_step_is_taken_back_and_done_again(start, myasthenia):
    page = start("als_mimics")
    form = page.session_state.form
    states = [form.entered_state]
    page.segmented_control(key="form:sex").set_value("male").run()
    states.append(form.entered_state)
    pause(page, "sex")
    states.append(form.entered_state)
    page.selectbox(key="setting").set_value("flat").run()
    states.append(form.entered_state)
    upload(page, "case.yaml", dump_case(myasthenia))
    states.append(form.entered_state)
    click(page, "New case")
    states.append(form.entered_state)
    assert all(one != other for one, other in pairwise(states))
    for earlier in states[-2::-1]:
        click(page, "Undo")
        assert form.entered_state == earlier
    assert next(button for button in page.button if button.label == "Undo").disabled
    for later in states[1:]:
        click(page, "Redo")
        assert form.entered_state == later
    click(page, "Undo")
    page.segmented_control(key="form:sex").set_value("male").run()
    assert next(button for button in page.button if button.label == "Redo").disabled


def test_what_the_browser_keeps_comes_back_whole(start, als):
    page = start("als_mimics")
    form = page.session_state.form
    assert not kept_text(als, form)
    page.segmented_control(key="form:sex").set_value("male").run()
    pause(page, "sex")
    page.selectbox(key="setting").set_value("flat").run()
    again = Form.new(als)
    restore_form(als, again, kept_text(als, form))
    assert again.entered_state == form.entered_state
    click(page, "New case")
    page.selectbox(key="setting").set_value(als.setting()[0]).run()
    assert not kept_text(als, form)


def test_the_browser_keeps_local_codes_too(als):
    form, again = Form.new(als), Form.new(als)
    codes = b"system,code,finding,state\nSNOMED CT,366575004,babinski,present\n"
    form.local_codes = record.read_local_codes(codes, als)
    restore_form(als, again, kept_text(als, form))
    assert [row.key for row in again.local_codes.rows] == [("snomed ct", "366575004")]
    assert again.entered_state == form.entered_state


def test_a_kept_case_of_another_network_is_refused_and_changes_nothing(asia, als):
    form, other = Form.new(als), Form.new(asia)
    other.enter("smoking", "present")
    restore_form(als, form, kept_text(asia, other))
    assert form.entered_state == Form.new(als).entered_state
    assert "of the network asia, was not opened" in form.problems[0]


def test_a_saved_case_keeps_its_setting(start, als):
    page = start("als_mimics")
    page.selectbox(key="setting").set_value("flat").run()
    again = upload(start("als_mimics"), "case.yaml", dump_case(files.saved(page.session_state.form)))
    assert again.session_state.form.setting == "flat"
    upload(again, "case.yaml", "setting: flatt\nfindings: {}\n")
    assert "no setting 'flatt'" in again.error[0].value and "flat" in again.error[0].value


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("bab+", {"babinski": "present"}),
        ("extensor plantar -", {"babinski": "absent"}),
        ("hp:0003487 +; hoff-", {"babinski": "present", "hoffmann": "absent"}),
        ("age 60-69", {"age": "60-69"}),
        ("age 80+", {"age": "80+"}),
        ("ck high, sex m", {"ck": "high", "sex": "male"}),
        ("mri cord compression probable compression", {"mri_cord_compression": "probable compression"}),
        ("previous polio?", {}),
        ("age 6", {"age": "6"}),
        ("age 8, ck 12,5", {"age": "8", "ck": "12,5"}),
        ("ck > 1000", {"ck": "> 1000"}),
        ("CK ≥ 1500 U/L,bab+", {"ck": "≥ 1500 U/L", "babinski": "present"}),
        ("TSH 0.05 mU/L", {"thyroid_calcium": "TSH 0.05 mU/L"}),
        ("tsh 2 mU/L, calcium 2.3 mmol/L", {"thyroid_calcium": "tsh 2 mU/L, calcium 2.3 mmol/L"}),
        ("tongue fasciculations+, dyspnea+", {"tongue_fasciculation": "present", "dyspnoea": "present"}),
        ("arm wasting+", {"arm_atrophy": "present"}),
        ("cn1a+, protein elevated", {"anti_cn1a": "positive", "csf_protein": "elevated"}),
        ("cN1A antibody positive", {"anti_cn1a": "positive"}),
        ("thyroid abnormal", {"thyroid_calcium": "abnormal"}),
        (
            "muscle MRI normal, spirometry reduced",
            {"mri_muscle_ibm_pattern": "normal", "respiratory_fvc": "reduced"},
        ),
        ("tempo slow, onset bulbar", {"onset_tempo": "slow", "onset_region": "bulbar"}),
        ("cord compression with signal", {"mri_cord_compression": "compression_with_signal"}),
    ],
)
def test_what_is_written_is_entered(als, text, findings):
    form = Form.new(als)
    enter_written(als, form, text)
    assert not form.problems
    assert form.case.findings == findings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fascic+", "“Tongue fasciculation”; write more of the name"),
        ("ck huge", "write one of: normal, mild, high"),
        ("ck+", "write one of: normal, mild, high"),
        ("sex+", "write one of: female, male"),
        ("xyz+", "names no finding"),
        ("fascic", "write more of the name"),
        ("fasciculations+", "“Fasciculation potentials (EMG)”, “Leg fasciculation”"),
        ("fasciculations present", "“Fasciculation potentials (EMG)”, “Leg fasciculation”"),
        ("MRI compression+", "may mean “Cord compression (MRI)”, “Nerve-root compression (MRI)”"),
        ("compression present", "may mean “Cord compression (MRI)”, “Nerve-root compression (MRI)”"),
        ("cord+", "“Cord compression (MRI)”, “Intrinsic cord lesion (MRI)”"),
        ("progression+", "may mean “Tempo of onset and course”, “Spread to another region”"),
        ("arm reflexes-", "“Reduced or absent arm reflexes”, “Brisk or preserved arm reflexes”"),
        ("muscle atrophy+", "may mean “Hand or arm wasting”; write hand or arm wasting+"),
        ("tendon reflexes-", "any limb)”; write reduced or absent reflexes (any limb)-"),
        ("sural response-", "may mean “Reduced sensory potentials (NCS)”; write reduced sensory potentials-"),
        ("f waves present", "may mean “Demyelinating slowing (NCS)”; write demyelinating slowing present"),
        ("tremor?", "may mean “Postural or action tremor”; write postural or action tremor?"),
        ("white cells elevated", "may mean “CSF white cells”; write csf white cells elevated"),
        ("mup+", "may mean “Anti-cN1A antibody”; write anti-cn1a antibody+"),
        ("MRC 4/5", "may mean “Hand or arm weakness”, “Leg weakness”"),
        ("age 1962", "1962 is a year, as of birth, and no age"),
        ("ck 1,200 U/L", "the comma may part decimals or thousands; write 1.200 or 1200"),
        (
            "TSH 12 mU/L",
            "TSH is not low (a high one is no part of this finding), but nothing is said of calcium",
        ),
        ("TSH 2.9 mmol/L", "2.9 mmol/L has an unknown unit; write it in mU/L (TSH)"),
        ("bulbar onset, xyz-", "says nothing of “Region of onset”; add one of: bulbar"),
        ("hand wasting, xyz-", "'hand wasting' says nothing of “Hand or arm wasting”; add + or -"),
    ],
)
def test_what_is_written_unclearly_is_refused_and_enters_nothing(als, text, said):
    form = Form.new(als)
    enter_written(als, form, text)
    assert said in " ".join(form.problems)
    assert form.entered_state == Form.new(als).entered_state


@pytest.mark.parametrize(
    "text",
    [
        *("mri brain normal", "brain mri normal", "mri brain-", "mri brain?", "MRI brain", "mr brain normal"),
        *("mri head normal", "spine mri normal", "lumbar mri normal", "brain scan abnormal", "blood normal"),
        *("lumbar puncture normal", "emg normal", "NCS-", "mri brain spine normal", "brain mr-", "brain-"),
    ],
)
def test_a_whole_test_enters_nothing_and_its_findings_are_named(als, text):
    form = Form.new(als)
    assert enter_written(als, form, text) == text
    assert form.entered_state == Form.new(als).entered_state and not form.sought
    assert "may mean “" in form.problems[1] and "”, “" in form.problems[1]
    assert "a whole test or place names no finding" in form.problems[1]
    if "mri brain" in text.lower() and "spine" not in text:
        for name in ("mri_brain_mass", "mri_infarct", "mri_white_matter", "mri_cst_hyperintensity"):
            assert literal(als.findings[name].label) in form.problems[1]


@pytest.mark.parametrize("text", ["lumbar-", "head+", "biopsy normal"])
def test_a_place_or_test_enters_no_finding_that_only_has_its_word(als, text):
    form = Form.new(als)
    enter_written(als, form, text)
    assert form.entered_state == Form.new(als).entered_state and "; write " in form.problems[1]


def test_what_a_refusal_says_to_write_is_entered(als):
    for name, finding in als.findings.items():
        for said in ("?", *(f" {state}" for state in finding.states)):
            state = None if said == "?" else said.strip()
            assert read_entries(als, f"{way_to_write(als, name)}{said}")[0] == {name: state}
    words = {word for name, it in als.findings.items() for word in " ".join(names_of(it, name)).split()}
    told = 0
    for word in words:
        _, _, faults = read_entries(als, f"{word} ?")
        for cure in (it.fix for it in faults if it.fix.startswith("write ") and it.fix.endswith("?")):
            assert list(read_entries(als, cure.removeprefix("write "))[0].values()) == [None], cure
            told += 1
    assert told > 20


def test_few_letters_enter_only_a_finding_whose_own_name_they_begin(als):
    words = re.findall(
        r"[^\W_]+", " ".join(text for name, it in als.findings.items() for text in names_of(it, name)).lower()
    )
    letters = {word[:3] for word in words}
    for begun in letters:
        for name in read_entries(als, f"{begun}?")[0]:
            it = als.findings[name]
            own = re.findall(r"[^\W_]+", f"{name.replace('_', ' ')} {it.label}".lower())
            whole = normed_words(" ".join(names_of(it, name)))
            assert normed_words(begun)[0] in whole or any(word.startswith(begun) for word in own), begun


def test_of_a_line_what_is_clear_is_entered_in_one_step_and_the_rest_is_left_to_be_corrected(als):
    form = Form.new(als)
    assert enter_written(als, form, "bab+, xyz-, age 64") == "xyz-"
    assert form.case.findings == {"babinski": "present", "age": "64"}
    assert form.problems[0] == "2 findings entered; not entered:" and "'xyz-'" in form.problems[1]
    assert form.recent[:2] == ("age", "babinski")
    form.undo()
    assert form.entered_state == Form.new(als).entered_state


def test_a_finding_that_is_only_named_is_opened(als):
    form = Form.new(als)
    enter_written(als, form, "extensor plantar")
    assert form.sought == "babinski" and not form.problems
    assert form.entered_state == Form.new(als).entered_state


def test_what_is_entered_under_another_name_is_told(als):
    entries, _, _ = read_entries(als, "stroke+, bab+, ck 850 U/L, TSH+")
    assert entered_under_other_names(als, "stroke+, bab+, ck 850 U/L, TSH+", entries) == [
        "Entered: “Motor-tract infarct (MRI)”: present",
        "Entered: “Thyroid, calcium or PTH”: abnormal",
    ]


def test_a_word_of_several_findings_enters_none_of_them(als):
    """But for a word that is the whole id of one of them, such as weakness."""
    having = defaultdict(set)
    for name, finding in als.findings.items():
        for word in re.findall(r"[^\W_]+", " ".join(names_of(finding, name)).lower()):
            having[word].add(name)
    for word, names in having.items():
        if len(names) == 1:
            continue
        entered = set(read_entries(als, f"{word}+")[0])
        assert not entered or word in als.findings, word


def test_every_finding_can_be_written_by_its_name(als):
    for name, finding in als.findings.items():
        for state in finding.states:
            assert read_entries(als, f"{name} {state}")[0] == {name: state}


def test_the_findings_that_tell_most_are_offered_and_opened(start, als):
    page = start("als_mimics")
    best = next_findings(Engine(als), {})
    assert len(best) == len(als.findings)
    assert all(one.value >= other.value >= 0 for one, other in pairwise(best))
    offered = [button for button in page.button if str(button.key).startswith("next:")]
    assert [button.key for button in offered] == [f"next:{one.finding}" for one in best[: len(offered)]]
    offered[0].click().run()
    assert page.session_state.form.sought == best[0].finding


def test_the_information_of_a_finding_is_that_of_its_test_where_it_is_a_test_by_itself(asia):
    engine = Engine(asia)
    for case in ({}, {"dyspnoea": "present"}):
        alone = {one.procedure: one.information for one in next_tests(engine, case)}
        assert {one.finding: one.information for one in next_findings(engine, case)} == pytest.approx(alone)


SNOMED = "http://snomed.info/sct"


def snomed_record():
    """A Bundle in which HPO says one thing, and SNOMED CT two more."""
    codes = [
        ("http://human-phenotype-ontology.org", "HP:0001260", "Dysarthria"),
        (SNOMED, "366575004", "Extensor plantar response"),
        (SNOMED, "40739000", "Dysphagia"),
    ]
    entries = [
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": system, "code": code, "display": name}]},
                "valueBoolean": True,
            }
        }
        for system, code, name in codes
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def record_label(page):
    return next(part.label for part in page.expander if part.label.startswith("Record"))


def map_by_hand(page, key, finding, state):
    page.selectbox(key="mapped_code").select(key).run()
    page.selectbox(key="mapped_finding").select(finding).run()
    page.selectbox(key=f"mapped_state:{finding}").select(state).run()
    return page.button(key="use_meaning").click().run()


def test_a_record_shows_what_was_understood_and_takes_the_rest_by_hand(start):
    page = upload(start("als_mimics"), "record.json", snomed_record())
    form = page.session_state.form
    assert record_label(page) == "Record: 1 of 3 entries understood"
    assert not any("have no code" in warning.value for warning in page.warning)
    form.enter("clonus", "present")
    key = ("snomed ct", "366575004")
    page = map_by_hand(page, key, "babinski", "present")
    assert not page.exception
    assert record_label(page) == "Record: 2 of 3 entries understood"
    wanted = {"dysarthria": "present", "clonus": "present", "babinski": "present"}
    assert form.case.findings == wanted
    (row,) = form.local_codes.rows
    assert (row.system, row.code, row.label) == ("SNOMED CT", "366575004", "Extensor plantar response")
    page.pills(key="local_codes").set_value([]).run()
    assert form.case.findings == {"dysarthria": "present", "clonus": "present"}
    assert not form.local_codes.rows


def test_codes_are_remembered_and_brought_again(start):
    page = upload(start("als_mimics"), "record.json", snomed_record())
    map_by_hand(page, ("snomed ct", "40739000"), "dysphagia", "present")
    codes = record.dump_local_codes(page.session_state.form.local_codes)
    assert codes.splitlines()[1] == "SNOMED CT,40739000,dysphagia,present,Dysphagia"
    next(button for button in page.button if button.label == "New case").click().run()
    upload(page, "again.json", snomed_record())
    assert page.session_state.form.case.findings == {"dysarthria": "present", "dysphagia": "present"}
    other = upload(start("als_mimics"), "record.json", snomed_record())
    network = load_network("als_mimics")
    form = other.session_state.form
    record.take_codes_file(network, form, codes.encode())
    assert form.case.findings["dysphagia"] == "present"
    record.take_codes_file(network, form, codes.replace("dysphagia,", "dysphagja,").encode())
    assert form.problems[1] == "codes.csv:2: unknown finding 'dysphagja'; did you mean dysphagia?"


def test_a_record_of_unknown_codes_alone_is_opened_to_be_mapped(start):
    text = snomed_record().replace("HP:0001260", "HP:9999999")
    page = upload(start("als_mimics"), "record.json", text)
    assert "Nothing in this record was understood" in page.error[0].value
    map_by_hand(page, ("snomed ct", "366575004"), "babinski", "present")
    assert page.session_state.form.case.findings == {"babinski": "present"}
    assert not page.error
