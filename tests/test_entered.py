"""Numbers with units: which state they are, and why others are refused."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dxnet import Case, Engine, load_network
from dxnet.errors import ParseError, UnknownState
from dxnet.knowledge.entered import entered_in_words, read_entered
from dxnet.knowledge.units import factor

ALS = load_network("als_mimics")
ENGINE = Engine(ALS)
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
        ("ck", "1,200", "'1,200': the comma may part decimals or thousands; write 1.2 or 1200"),
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


@pytest.mark.parametrize("given", [True, 1, 1.0, "yes"])
def test_values_of_python(given):
    assert Case({"babinski": given}).in_states(ALS) == {"babinski": "present"}


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


def refused(tmp_path, text):
    (tmp_path / "network.yaml").write_text(text)
    with pytest.raises(ParseError.__base__) as caught:
        load_network(tmp_path)
    return caught.value.issues


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("{unit: U/L, limits: [1], source: '@estimate', reason: r}", "1 limits part 3 states"),
        ("{unit: U/L, limits: [2, 1], source: '@estimate', reason: r}", "do not ascend"),
        ("{unit: U/L, limits: [1, 2], source: '@estimate'}", "an @estimate without a reason"),
        ("{unit: U/L, limits: [1, 2], source: guess}", "'source' is no source"),
        ("{unit: U/L, limits: [1, 2], source: '@nobody2020'}", "unknown reference @nobody2020"),
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
    issues = refused(tmp_path, NETWORK.replace("NUMBER", number))
    assert any(why in str(issue) and "network.yaml:12" in issue.where for issue in issues), issues


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("source: guess", "'source' is no source"),
        ("source: '@estimate'", "an @estimate without a reason"),
        ("source: '@nobody1999'", "x.from visits: unknown reference @nobody1999"),
        ("source: '@nobody1999, @nobody2020'", "x.from visits: unknown reference @nobody2020"),
        ("new signs: {low: 3}, source: '@estimate', reason: r", "did you mean new signs within"),
    ],
)
def test_what_visits_suggest_has_a_source_that_the_network_knows(tmp_path, source, why):
    rule = f"from visits: {{new region: low, {source}}}"
    issues = refused(tmp_path, NETWORK.replace("number: NUMBER", rule))
    assert any(why in str(issue) and "network.yaml:12" in issue.where for issue in issues), issues


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
