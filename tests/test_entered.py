"""Numbers with units and plain words: which state they are, in every format, and why others are refused."""

import json
from datetime import date
from math import inf

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dxnet import Case, Engine, Visit, load_network, read_cases, score
from dxnet.errors import CaseError, ParseError, UnknownState
from dxnet.formats.cases.write import dump_case
from dxnet.knowledge.entered import entered_in_words, read_entered
from dxnet.knowledge.units import factor
from dxnet.reasoning.als_criteria import criteria
from dxnet.reasoning.explain import explain

ALS = load_network("als_mimics")
ENGINE = Engine(ALS)
ENTERED = {"age": 64, "ck": "850 U/L", "respiratory_fvc": "71 %", "babinski": "yes"}
STATES = {"age": "60-69", "ck": "mild", "respiratory_fvc": "reduced", "babinski": "present"}
MEASURED = [name for name, finding in ALS.findings.items() if len(finding.number) == 1]


def state(finding, text):
    found = read_entered(ALS, finding, text)
    return found.state or f"{found.problem}; {found.fix}"


@pytest.mark.parametrize(
    ("finding", "text", "meant"),
    [
        ("age", "17.9", "under_18"),
        ("age", "18", "18-39"),
        ("age", "39,5 years", "18-39"),
        ("age", "62-65", "60-69"),
        ("age", "780 months", "60-69"),
        ("age", "≥ 80 y", "80+"),
        ("ck", "850", "mild"),
        ("ck", "CK 850 IU/L", "mild"),
        ("ck", "1000 u/l", "mild"),
        ("ck", "> 1000 U/L", "high"),
        ("ck", "14.2 µkat/L", "mild"),
        ("ck", "850 U/L (<900)", "normal"),
        ("ck", "180 U/L (38-174 U/L)", "mild"),
        ("ck", "4.2 x ULN", "mild"),
        ("ck", "6 × ULN (ref < 300)", "high"),
        ("csf_protein", "45 mg/dL", "normal"),
        ("csf_protein", "451 mg/L", "elevated"),
        ("csf_cells", "5 cells/mm3", "normal"),
        ("csf_cells", "6 10*6/L", "elevated"),
        ("respiratory_fvc", "79.9% predicted", "reduced"),
        ("respiratory_fvc", "80 %", "normal"),
        ("thyroid_calcium", "TSH 0.05 mIU/L", "abnormal"),
        ("thyroid_calcium", "TSH 2 mIU/L, calcium 2.3 mmol/L", "normal"),
        ("thyroid_calcium", "calcium 11.2 mg/dL", "abnormal"),
        ("b12_copper", "B12 120 pmol/L", "low"),
        ("areflexia_legs", "1+", "present"),
        ("hyperreflexia_legs", "2+", "absent"),
        ("arm_weakness", "MRC 4+/5", "present"),
        ("arm_weakness", "5/5", "absent"),
    ],
)
def test_numbers(finding, text, meant):
    assert state(finding, text) == meant


@pytest.mark.parametrize(
    ("finding", "text", "why"),
    [
        (
            "age",
            "1962",
            "1962 is a year, as of birth, and no age; write the age in years, or one of under_18,",
        ),
        ("age", "999", "999 years is implausible, more than 122; check the number and its unit"),
        ("age", "-3", "-3 years is implausible, less than 0"),
        ("age", "62-71", "62-71 may be 60-69 or 70-79; write one of under_18"),
        ("age", "71-62", "'71-62' goes from more to less; write the smaller number first"),
        ("age", "64 kg", "64 kg has an unknown unit; write it in years"),
        ("ck", "850 mg/L", "850 mg/L has an unknown unit; write it in U/L or times the upper limit (x ULN)"),
        ("ck", "1,200 U/L", "'1,200 U/L': the comma may part decimals or thousands; write 1.200 or 1200"),
        ("ck", ">500 U/L", ">500 U/L may be mild or high"),
        ("ck", "850 U/L (<1500)", "its reference range puts the limits out of order (1500, 1000)"),
        ("ck", "850 U/L (low)", "cannot read the reference range (low); write it as (<200) or (38-174)"),
        ("ck", "850 U/L (<3 mmol/L)", "cannot compare 850 U/L with a reference range in mmol/L"),
        ("ck", "LDH 850 U/L", "'LDH' is not what it is a number of"),
        ("csf_protein", "0.6", "0.6 has no unit; write it in g/L"),
        (
            "csf_protein",
            "1",
            "1 has no unit; write it in g/L or times the upper limit (x ULN), or one of normal",
        ),
        ("csf_cells", "1", "'1' may be the number (normal) or a plain word (elevated); write one of normal"),
        ("respiratory_fvc", "2.9 L", "2.9 L has an unknown unit; write it in %"),
        ("respiratory_fvc", "0.71", "0.71 % is implausible, less than 5"),
        ("b12_copper", "120 pmol/L", "may be a number of B12 or copper; write which, as in 'B12 1'"),
        (
            "b12_copper",
            "B12 400 pg/mL",
            "B12 is not low (a high one is no part of this finding), but nothing is said of copper; "
            "write copper too, with a comma between, or leave B12 out",
        ),
        (
            "thyroid_calcium",
            "TSH 12 mU/L",
            "TSH is not low (a high one is no part of this finding), but nothing is said of calcium; "
            "write calcium too, with a comma between, or leave TSH out",
        ),
        (
            "thyroid_calcium",
            "calcium 1.9 mmol/L",
            "calcium is not high (a low one is no part of this finding), but nothing is said of TSH",
        ),
        ("thyroid_calcium", "TSH 2.9 mmol/L", "2.9 mmol/L has an unknown unit; write it in mU/L (TSH)"),
        ("areflexia_legs", "2", "2 has no unit; write it in grades, as 2+"),
        ("hyperreflexia_legs", "++", "unknown state '++'; known are absent, present"),
        ("babinski", "850 U/L", "unknown state '850 U/L'; known are absent, present"),
        ("age", "05.1962", "'05.1962' is a date; write the age in years, or one of under_18"),
        ("age", "1962-05-01", "'1962-05-01' is a date; write the age in years, or one of under_18"),
        ("sex", "1", "unknown state '1'; known are female, male"),
        ("ck", "yes", "unknown state 'yes'; known are normal, mild, high"),
        ("muscle_biopsy", "no", "unknown state 'no'"),
    ],
)
def test_what_is_no_state_is_refused_with_its_reason(finding, text, why):
    assert state(finding, text).startswith(why)
    with pytest.raises(UnknownState, match="case-1"):
        ENGINE.diagnose(Case({finding: text}, id="case-1"))


@pytest.mark.parametrize("word", ["yes", "Y", "+", "1", "TRUE", "pos", "Positive", "abnormal", "PRESENT"])
def test_words_for_yes(word):
    assert state("babinski", word) == "present"
    assert state("htlv_serology", word) == "positive"
    assert state("nfl", word) == "elevated"


@pytest.mark.parametrize("word", ["no", "N", "nein", "0", "False", "neg", "Negative", "NORMAL", "absent"])
def test_words_for_no(word):
    assert state("babinski", word) == "absent"
    assert state("htlv_serology", word) == "negative"
    assert state("nfl", word) == "normal"


@pytest.mark.parametrize("word", ["none", "unknown", "nonpresent", "perhaps", "y/n", "", " ", "±", "2"])
def test_other_words_are_refused(word):
    assert not read_entered(ALS, "babinski", word).state


@pytest.mark.parametrize(
    "word", ["NA", "n/a", "unknown", "not examined", "Not done", "not_tested", "?", "nan", "null", "<NA>"]
)
@pytest.mark.parametrize("finding", ["babinski", "ck", "sex"])
def test_words_for_not_examined_are_no_state_and_the_cure_is_a_blank(finding, word):
    message = f"{word!r} is no state; not examined has none; leave its cell blank or the finding out"
    assert state(finding, word) == message


@pytest.mark.parametrize("word", ["-", "−", "–", "--", "none", "nil"])
def test_a_dash_or_none_may_be_no_or_not_examined(word):
    cure = "leave its cell blank or the finding out"
    may = f"{word!r} may say absent, or that it was not examined; write absent, or {cure}"
    assert state("babinski", word) == may
    may = f"{word!r} may say that it was not examined; write its state, or {cure}"
    assert state("sex", word) == may
    with pytest.raises(UnknownState, match="may say absent, or that it was not examined"):
        ENGINE.diagnose({"babinski": word})


@pytest.mark.parametrize(
    "day", ["1962-05-01", "1962-05", "01.05.1962", "5/1/62", "05/1962", "1 May 1962", "May-62", "04-May"]
)
def test_days_are_no_numbers(day):
    assert state("age", day).startswith(f"{day!r} is a date; write the age in years, or one of under_18")
    assert state("ck", day).startswith(f"{day!r} is a date; write the number, or one of normal")


@pytest.mark.parametrize(
    ("finding", "text", "read"),
    [
        ("ck", "10.2013", "normal"),
        ("respiratory_fvc", "30.1975", "reduced"),
        ("csf_protein", "0.2013", "0.2013 has no unit"),
        ("csf_protein", "0.2013 g/L", "normal"),
        ("ck", "0.2013", "0.2013 U/L is implausible"),
        ("babinski", "10.2013", "unknown state '10.2013'"),
        ("ck", "decrement 20", "'decrement' is not what it is a number of"),
        ("babinski", "decreased 5", "unknown state 'decreased 5'"),
        ("babinski", "marked 3", "unknown state 'marked 3'"),
        ("babinski", "September 3", "'September 3' is a date"),
    ],
)
def test_a_decimal_or_a_word_that_begins_as_a_month_is_no_date(finding, text, read):
    assert state(finding, text).startswith(read)


@pytest.mark.parametrize("nothing", [None, float("nan"), np.float32("nan"), pd.NA, pd.NaT])
def test_a_value_that_is_missing_was_not_examined(nothing):
    assert Case({"age": nothing, "sex": "male"}) == Case({"sex": "male"})
    assert Case({}, paused={"age": nothing}).paused == {}
    assert Visit("2024-01-10", {"age": nothing}).findings == {}
    table = pd.DataFrame({"sex": ["male"], "babinski": [nothing]})
    row = ENGINE.diagnose(table.loc[0].to_dict())
    assert row.post_test.tolist() == ENGINE.diagnose({"sex": "male"}).post_test.tolist()


def test_a_day_of_python_is_told_as_a_date():
    with pytest.raises(UnknownState, match="age: '1962-05-01' is a date; write the age in years"):
        ENGINE.diagnose({"age": date(1962, 5, 1)})


def test_a_number_and_words_answer_as_their_states_do():
    assert Case(ENTERED).findings == ENTERED | {"age": "64"}
    entered, stated = ENGINE.diagnose(Case(ENTERED)), ENGINE.diagnose(STATES)
    assert entered.post_test.tolist() == stated.post_test.tolist()
    assert entered.to_dict()["findings"]["ck"] == "850 U/L" and entered.to_dict()["read_as"] == STATES
    assert entered.warnings == stated.warnings and criteria(ALS, ENTERED) == criteria(ALS, STATES)
    shown = {c.finding: c.state for c in explain(ENGINE, ENTERED).contributions}
    assert shown["ck"] == "850 U/L: mild" and shown["babinski"] == "yes: present"


@pytest.mark.parametrize("given", [True, 1, 1.0, "yes"])
def test_values_of_python(given):
    assert Case({"babinski": given}).in_states(ALS) == {"babinski": "present"}


@pytest.mark.parametrize("kind", ["yaml", "json", "phenopacket", "fhir"])
@pytest.mark.parametrize(
    "findings",
    [
        ENTERED,
        {"ck": "850 U/L (<200)", "csf_cells": ">5/µL", "csf_protein": "60 mg/dL", "sex": "Male"},
        {"thyroid_calcium": "TSH 0.05 mIU/L", "b12_copper": "B12 120 pmol/L, copper 15 µmol/L"},
        {"ck": "4 x ULN", "areflexia_legs": "1+", "arm_weakness": "4/5", "age": "62-65 years"},
    ],
)
def test_every_format_keeps_numbers(tmp_path, kind, findings):
    path = tmp_path / f"case.{'yaml' if kind == 'yaml' else 'json'}"
    path.write_text(dump_case(Case(findings, id="a"), kind, ALS), encoding="utf-8")
    (back,) = read_cases(path, network=ALS)
    assert back.in_states(ALS) == Case(findings).in_states(ALS) and not back.issues
    kept = {name: text for name, text in Case(findings).findings.items() if any(map(str.isdigit, text))}
    if kind in ("yaml", "json"):
        assert back.findings == Case(findings).findings
    for name, text in kept.items():
        assert back.findings[name].split()[0].startswith(text.split()[0].rstrip("%"))
    again = tmp_path / f"again{path.suffix}"
    again.write_text(dump_case(back, kind, ALS), encoding="utf-8")
    assert read_cases(again, network=ALS)[0].findings == back.findings


def test_tables_keep_them(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("id,age,ck,respiratory_fvc,babinski\na,64,850 U/L,71 %,yes\n")
    (case,) = read_cases(path, network=ALS)
    assert case.findings == ENTERED | {"age": "64"} and case.in_states(ALS) == STATES
    expected = ENGINE.diagnose(STATES).post_test
    table = pd.DataFrame([ENTERED, {**ENTERED, "age": 1962}])
    scored = score(ENGINE, table)
    assert scored.status.tolist() == ["ok", "unreadable"]
    assert scored.loc[0, [f"p_{d}" for d in ALS.diagnoses]].tolist() == pytest.approx(expected.tolist())
    (fault,) = scored.attrs["faults"]
    assert (fault.row, fault.column) == (1, "age") and fault.message.startswith("1962 is a year")
    assert score(ENGINE, table, exact=True).status.tolist() == ["unreadable", "unreadable"]


@pytest.mark.parametrize("text", ['{"findings": {"age": 1962}}', "findings:\n  age: 1962\n"])
def test_a_refused_number_names_file_line_cause_and_cure(tmp_path, text):
    path = tmp_path / ("c.json" if text.startswith("{") else "c.yaml")
    path.write_text(text)
    (case,) = read_cases(path)
    with pytest.raises(UnknownState) as caught:
        ENGINE.diagnose(case)
    (issue,) = caught.value.issues
    assert issue.where == (f"{path.name}:1" if path.suffix == ".json" else "c.yaml:2")
    assert issue.message == "age: 1962 is a year, as of birth, and no age" and "write the age" in issue.fix


def observation(code, value=None, unit="", system="http://loinc.org", **rest):
    quantity = {"valueQuantity": {"value": value, "unit": unit, "code": unit}} if value is not None else {}
    coded = {"coding": [{"system": system, "code": code, "display": code}]}
    return {"resourceType": "Observation", "status": "final", "code": coded, **quantity, **rest}


def bundle_of(tmp_path, *resources):
    path = tmp_path / "bundle.json"
    entries = [{"resource": resource} for resource in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    (case,) = read_cases(path, network=ALS)
    return case


def upper(value, unit):
    return {"referenceRange": [{"high": {"value": value, "unit": unit, "code": unit}}]}


def flagged(code):
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    return {"interpretation": [{"coding": [{"system": system, "code": code}]}]}


def test_laboratory_numbers_of_a_bundle(tmp_path):
    tsh = {"referenceRange": [{"low": {"value": 0.4, "unit": "mU/L"}, "high": {"value": 4, "unit": "mU/L"}}]}
    case = bundle_of(
        tmp_path,
        observation("2157-6", 850, "U/L", **upper(200, "U/L")),
        observation("2880-3", 60, "mg/dL", **upper(45, "mg/dL")),
        observation("3016-3", 0.05, "mU/L", **tsh),
        observation("17861-6", 9.4, "mg/dL", **upper(10.4, "mg/dL")),
        observation("2132-9", 120, "pg/mL", **flagged("L")),
    )
    assert case.findings["ck"] == "850 U/L (<200)" and case.findings["csf_protein"] == "60 mg/dL (<45)"
    read = case.in_states(ALS)
    assert (read["ck"], read["csf_protein"]) == ("mild", "elevated")
    assert (read["thyroid_calcium"], read["b12_copper"]) == ("abnormal", "low")


def test_a_report_outweighs_the_limits_of_the_network(tmp_path):
    case = bundle_of(tmp_path, observation("2157-6", 250, "U/L", **flagged("N")))
    assert case.in_states(ALS) == {"ck": "normal"}
    case = bundle_of(tmp_path, observation("2157-6", 250, "U/L", **upper(300, "U/L")))
    assert case.findings == {"ck": "250 U/L (<300)"} and case.in_states(ALS) == {"ck": "normal"}


def test_a_quantity_under_an_own_code_is_refused_with_its_place(tmp_path):
    with pytest.raises(CaseError, match=r"bundle.json:1: age: 1962 is a year"):
        bundle_of(tmp_path, observation("age", 1962, "a", "urn:dxnet:als_mimics"))


@given(some.sampled_from(MEASURED), some.floats(-1e6, 1e9, allow_nan=False).map(lambda x: round(x, 3)))
def test_any_number_is_one_state_or_refused(name, number):
    finding = ALS.findings[name]
    (meaning,) = finding.number
    found = read_entered(ALS, name, f"{number:.3f} {meaning.unit}")
    least, most = meaning.plausible
    assert (found.state in finding.states) == (least <= number <= most)
    if not found.state:
        assert found.problem and finding.states[0] in found.fix


@given(some.sampled_from(MEASURED), some.floats(0, 1e6), some.floats(0, 1e6))
def test_states_follow_the_order_of_numbers(name, a, b):
    (meaning,) = ALS.findings[name].number
    order = meaning.states or ALS.findings[name].states
    low, high = sorted((round(a, 2), round(b, 2)))
    found = [read_entered(ALS, name, f"{x:.2f} {meaning.unit}").state for x in (low, high)]
    if all(found):
        assert order.index(found[0]) <= order.index(found[1])


@given(some.sampled_from(MEASURED), some.text(min_size=1, max_size=30))
def test_any_text_is_a_state_or_refused(name, text):
    found = read_entered(ALS, name, text)
    assert bool(found.state or found.likelihoods) != bool(found.problem)
    assert entered_in_words(ALS, name, text)


@given(
    some.floats(1, 1e5).map(lambda x: float(f"{x:.6g}")),
    some.sampled_from(
        [
            ("ck", ("U/L", "IU/L", "mU/mL", "µkat/L", "nkat/L"), None),
            ("csf_protein", ("g/L", "mg/dL", "mg/L", "mg/100mL"), None),
            ("b12_copper", ("pg/mL", "ng/L", "pmol/L", "nmol/L"), 1355.4),
        ]
    ),
)
def test_conversions_commute(number, known):
    """A number in one unit is the same state as what it is in another, by way of a third, too."""
    _, units, mass = known
    units = [unit for unit in units if factor(unit, units[0], mass)]
    for first in units:
        for second in units:
            there, back = factor(first, second, mass), factor(second, first, mass)
            assert there * back == pytest.approx(1, rel=1e-12)
            for third in units:
                through = factor(first, third, mass) * factor(third, second, mass)
                assert number * through == pytest.approx(number * there, rel=1e-12)


@given(some.floats(0.03, 4, exclude_max=True).map(lambda x: round(x, 3)))
def test_a_state_does_not_depend_on_the_unit(grams):
    assert (
        len(
            {
                state("csf_protein", f"{grams * by:.6f} {u}")
                for u, by in (("g/L", 1), ("mg/dL", 100), ("mg/L", 1000))
            }
        )
        == 1
    )


NETWORK = """
name: n
label: N
version: 1.0.0
categories: [findings]
diagnosis: {a: {label: A}, b: {label: B}}
settings: {s: {label: S, prior: {a: 0.5 ~ 10 @estimate, b: 0.5 ~ 10 @estimate}}}
findings:
  x:
    label: X
    states: [low, middle, high]
    number: NUMBER
    given diagnosis:
      default: 0.2 0.3 0.5 ~ 10 @estimate
"""


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("{unit: U/L, limits: [1], source: '@estimate', reason: r}", "1 limits part 3 states"),
        ("{unit: U/L, limits: [2, 1], source: '@estimate', reason: r}", "do not ascend"),
        ("{unit: U/L, limits: [1, 2], source: '@estimate'}", "an @estimate without a reason"),
        ("{unit: U/L, limits: [1, 2], source: guess}", "'source' is no source"),
        ("{unit: U/L, limits: [1, 2], source: '@nobody2020'}", "unknown reference 'nobody2020'"),
        ("{unit: U/L, limits: [1, 2], upper limit: 3, source: '@estimate', reason: r}", "none of 'limits'"),
        (
            "{unit: U/L, limits: [1], states: [low, lower], source: '@estimate', reason: r}",
            "no state 'lower'",
        ),
        ("{unit: iu/l, limits: [1, 2], source: '@estimate', reason: r}", "write 'U/L'"),
        ("{unit: U/L, source: '@estimate', reason: r}", "'limits' is missing"),
        ("{unit: U/L, limits: [1, 2], limit: 3, source: '@estimate', reason: r}", "unknown key"),
    ],
)
def test_a_network_states_what_numbers_mean_or_is_refused_with_the_line(tmp_path, number, why):
    (tmp_path / "network.yaml").write_text(NETWORK.replace("NUMBER", number))
    with pytest.raises(ParseError.__base__) as caught:
        load_network(tmp_path)
    assert any(why in str(issue) and "network.yaml:12" in issue.where for issue in caught.value.issues), str(
        caught.value
    )


def test_limits_have_sources():
    for name in (name for name, finding in ALS.findings.items() if finding.number):
        for meaning in ALS.findings[name].number:
            assert meaning.sources and (meaning.reason or meaning.sources != ("estimate",))
            assert all(limit < inf for limit in meaning.limits)


def test_a_raised_number_of_which_only_a_low_one_counts_is_not_to_be_called_abnormal():
    found = read_entered(ALS, "thyroid_calcium", "TSH 12 mU/L")
    assert "abnormal" not in found.problem + found.fix
    assert read_entered(ALS, "thyroid_calcium", "TSH 12 mU/L, calcium 2.4 mmol/L").state == "normal"
    assert read_entered(ALS, "thyroid_calcium", "TSH 0.1 mU/L").state == "abnormal"
