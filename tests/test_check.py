"""What ``check`` finds: departures from the evidence, unused parts, numbers without reason."""

import pytest

from dxnet import Case, Engine, Estimate, check, load_network
from dxnet.errors import CheckError, Issue
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import Mechanism, Procedure
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.knowledge.table import ConditionalTable
from dxnet.report.content.issues import issue_in_words

HEADER = "finding,diagnosis,state,p,use"
GOOD = "xray_abnormal,lung_cancer,present,0.98,adopted"


def asia_with(tmp_path, *rows, encoding="utf-8"):
    path = tmp_path / "evidence.csv"
    path.write_bytes("\n".join((HEADER, *rows)).encode(encoding))
    return load_network("asia").model_copy(update={"evidence": str(path)})


def said(network, level="error"):
    return [str(issue) for issue in check(network) if issue.level == level]


def test_figures_that_agree(tmp_path):
    assert not said(asia_with(tmp_path, GOOD)) and not said(asia_with(tmp_path, GOOD), "warning")


def test_a_figure_that_departs(tmp_path):
    (warning,) = said(asia_with(tmp_path, GOOD.replace("0.98", "0.6")), "warning")
    assert "lung_cancer present 0.980 (adopted 0.6)" in warning


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GOOD.replace("present", "presnt"), "did you mean present?"),
        (GOOD.replace("0.98", "abc"), "write a probability"),
        (GOOD.replace("0.98", "1.2"), "write a probability"),
        (GOOD.replace("0.98", "nan"), "write a probability"),
        (GOOD.replace("0.98", ""), "write a probability"),
        (GOOD.replace("xray_abnormal", "xray"), "unknown finding"),
        (GOOD.replace("lung_cancer", "lung"), "unknown diagnosis"),
        (f"{GOOD}\n{GOOD}", "a second adopted figure"),
        (f"{GOOD},extra", "has 6 cells"),
        (f'"{GOOD}', "is not CSV"),
    ],
)
def test_evidence_that_cannot_be_read(row, words, tmp_path):
    (error,) = said(asia_with(tmp_path, row))
    assert words in error and "evidence.csv:" in error


def test_evidence_of_another_encoding_or_gone(tmp_path):
    assert "UTF-8" in said(asia_with(tmp_path, GOOD + "é", encoding="latin-1"))[0]
    network = asia_with(tmp_path, GOOD)
    (tmp_path / "evidence.csv").unlink()
    assert "no such file" in said(network)[0]


def test_a_missing_column(tmp_path):
    (tmp_path / "evidence.csv").write_text("finding,diagnosis\nx,y\n")
    network = load_network("asia").model_copy(update={"evidence": str(tmp_path / "evidence.csv")})
    assert "has no column" in said(network)[0]


@pytest.mark.parametrize(
    ("p", "low", "high", "departs"),
    [
        ("0.8", "0.7", "0.99", False),
        ("0.97", "0.96", "0.979", True),
        ("0.8", "", "0.97", True),
        ("0.94", "", "0.99", False),
        ("0.95", "", "", False),
    ],
)
def test_a_figure_with_an_interval_departs_outside_it(p, low, high, departs, tmp_path):
    """Without one, or at an end that is not stated, by more than 0.05; the network has 0.98."""
    path = tmp_path / "evidence.csv"
    path.write_text(f"{HEADER},lo,hi\n{GOOD.replace('0.98', p)},{low},{high}\n")
    network = load_network("asia").model_copy(update={"evidence": str(path)})
    assert bool(said(network, "warning")) == departs and not said(network)
    path.write_text(f"{HEADER},lo,hi\n{GOOD},0.99,1\n")
    assert "lo '0.99' and hi '1'; write a probability" in said(network)[0]


def with_findings(asia, **findings):
    return asia.model_copy(update={"findings": {**asia.findings, **findings}})


def test_what_is_commoner_than_what_it_implies(asia):
    """P(shortness of breath) lies above 0.05, P(abnormal X-ray | no lung cancer)."""
    broader = asia.findings["dyspnoea"].model_copy(update={"kind_of": ("xray_abnormal",)})
    (warning,) = said(with_findings(asia, dyspnoea=broader), "warning")
    assert "dyspnoea is commoner than xray_abnormal, which it implies: no_lung_cancer 0.4" in warning
    told = broader.model_copy(update={"apart_from": {"xray_abnormal": "another examination"}})
    assert said(with_findings(asia, dyspnoea=told), "warning") == []
    assert any("another examination" in note for note in said(with_findings(asia, dyspnoea=told), "info"))
    narrower = asia.findings["xray_abnormal"].model_copy(update={"kind_of": ("dyspnoea",)})
    assert "lung_cancer 0.980 (at most 0.8" in said(with_findings(asia, xray_abnormal=narrower), "warning")[0]


BROAD, NARROW = "HP:0003474", "HP:0002495"  # sensory impairment, impaired vibratory sensation


def coded(asia, **parts):
    terms = {"smoking": {"hpo": BROAD}, "visit_to_asia": {"hpo": NARROW, **parts}}
    return with_findings(
        asia, **{name: asia.findings[name].model_copy(update=p) for name, p in terms.items()}
    )


def test_a_term_below_another(asia):
    (warning,) = said(coded(asia), "warning")
    assert (
        f"visit_to_asia: {NARROW} is a kind of {BROAD}, which is smoking; add 'kind of: [smoking]'" in warning
    )
    assert said(coded(asia, kind_of=("smoking",)), "warning") == []
    assert said(coded(asia, apart_from={"smoking": "told by the patient"}), "warning") == []


def test_terms_malformed_repeated_or_not_known(asia):
    assert "'HP:2495' is no HPO id; write HP: and 7 digits" in said(coded(asia, hpo="HP:2495"))[0]
    assert f"smoking: {BROAD} is the term of visit_to_asia already" in said(coded(asia, hpo=BROAD))[0]
    (note, _) = said(coded(asia, hpo="HP:9999999"), "info")
    assert "visit_to_asia (HP:9999999): not in hpo.csv, so not compared with the ontology" in note


def test_diagnoses_that_only_a_test_for_specialists_separates(asia):
    procedures = {"scan": Procedure(label="Scan", cost=3, invasiveness=0, availability="specialist")}
    hidden = {
        name: asia.findings[name].model_copy(update={"procedure": "scan"})
        for name in ("xray_abnormal", "dyspnoea", "smoking")
    }
    network = with_findings(asia, **hidden).model_copy(update={"procedures": procedures})
    (warning,) = said(network, "warning")
    assert "no routine finding separates no_lung_cancer from lung_cancer (total variation 0.00" in warning


def test_a_prior_that_departs(als):
    name, setting = als.setting()
    moved = {
        **setting.prior,
        "als": Estimate.parse("0.4 ~ 10 @estimate"),
        "dcm": Estimate.parse("0.21 ~ 10 @estimate"),
    }
    settings = {**als.settings, name: setting.model_copy(update={"prior": moved})}
    warnings = said(als.model_copy(update={"settings": settings}), "warning")
    assert any("P(als) is 0.4000, but 0.54" in warning for warning in warnings)


def test_a_mechanism_that_nothing_uses(asia):
    lone = Mechanism(
        label="Lone",
        given=ConditionalTable(parents=(), rows={"default": Estimate.parse("1/9 @lauritzen1988")}),
    )
    network = asia.model_copy(update={"mechanisms": {**asia.mechanisms, "lone": lone}})
    assert ["nothing depends on lone" in warning for warning in said(network, "warning")] == [True]


def test_errors_come_first_and_nothing_is_a_traceback(tmp_path):
    levels = [issue.level for issue in check(asia_with(tmp_path, GOOD.replace("0.98", "x")))]
    assert levels == sorted(levels, key=("error", "warning", "info").index)


def test_an_edited_copy_knows_its_parts_and_has_no_fingerprint(asia):
    fewer = {name: asia.findings[name] for name in ("smoking", "visit_to_asia")}
    assert set(asia.nodes) > set(fewer)
    edited = asia.model_copy(update={"findings": fewer})
    assert set(edited.nodes) == {*fewer, *asia.mechanisms}
    assert asia.fingerprint and not edited.fingerprint


def test_what_does_not_fit_is_refused_by_the_engine(asia):
    odd = asia.findings["dyspnoea"].model_copy(
        update={"given": ConditionalTable(parents=("nope",), rows=asia.findings["dyspnoea"].given.rows)}
    )
    with pytest.raises(CheckError, match="unknown parent 'nope'"):
        Engine(asia.model_copy(update={"findings": {**asia.findings, "dyspnoea": odd}}))


def test_answers_do_not_share_what_can_be_changed(asia):
    engine = Engine(asia)
    with pytest.raises(ValueError, match="read-only"):
        engine.diagnose(Case({})).pre_test[:] = 0


def test_fingerprint_does_not_depend_on_line_ends(tmp_path):
    source, copy = RESOURCES / "networks" / "asia", tmp_path / "asia"
    copy.mkdir()
    for path in source.iterdir():
        (copy / path.name).write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_network(copy).fingerprint == load_network("asia").fingerprint


def test_a_number_has_a_term_of_its_finding(asia):
    number = NumberMeaning(unit="x", limits=(1,), hpo="HP:0003072", source="@estimate", reason="a test")
    assert "HP:0003072, which shows no state of it" in said(coded(asia, number=(number,)))[0]
    terms = {"number": (number,), "hpo_parts": {"HP:0003072": "present"}}
    assert not said(coded(asia, **terms), "error")


def test_further_terms_are_checked_like_the_main_one(asia):
    assert "'HP:1' is no HPO id" in " ".join(said(coded(asia, hpo_parts={"HP:1": "present"})))
    notes = " ".join(said(coded(asia, hpo_also={"HP:9999998": "present"}), "info"))
    assert "visit_to_asia (HP:9999998): not in hpo.csv" in notes


@pytest.mark.parametrize(
    ("message", "fix", "said"),
    [
        (
            "x is no age at onset: left out",
            "enter age",
            "x is no age at onset: left out; enter “Age at onset”",
        ),
        (
            "gynaecomastia is present but sex is female",
            "",
            "“Gynaecomastia” is present but “Sex” is female",
        ),
        (
            "hemiparetic_pattern: departs: stroke present 0.720 (adopted 0.88); mg 0.069 (at most 0.048)",
            "",
            "“Hemiparetic pattern”: departs: “Stroke” present 0.720 (adopted 0.88); “Myasthenia gravis” 0.0",
        ),
        ("weakness is absent, spread of weakness aside", "", "“Muscle weakness (any)” is absent, spread of"),
        ("babinski.present is stated twice", "", "babinski.present is stated twice"),
        (
            "unknown finding 'x'",
            "did you mean arm_weakness or clonus?",
            "did you mean arm_weakness or clonus?",
        ),
    ],
)
def test_labels_stand_for_ids_and_not_for_words_of_prose(als, message, fix, said):
    assert said in issue_in_words(als, Issue("warning", "", message, fix))


def test_what_the_authors_of_the_network_wrote_is_left_as_it_stands(als):
    reasons = [
        text for it in als.findings.values() for text in (it.explained, *it.apart_from.values()) if text
    ]
    said = [issue_in_words(als, issue) for issue in check(als)]
    assert sum(any(reason in text for reason in reasons) for text in said) > 5
    assert not any("“None of these” disease" in text for text in said)
