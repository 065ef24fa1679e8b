"""Phenopackets and FHIR: the official libraries accept what is written, and nothing is lost on the way."""

import pytest
from coded_records import (
    ALS,
    OFFICIAL,
    bundle,
    every_kind,
    feature,
    observation,
    packet,
    read,
    through_protobuf,
)
from fhir.resources.R4B.bundle import Bundle
from google.protobuf.json_format import Parse
from hypothesis import given, settings
from hypothesis import strategies as st
from phenopackets import Phenopacket

from dxnet import Case, Engine, read_cases
from dxnet.errors import CaseError
from dxnet.formats.cases.fhir_out import dump_fhir
from dxnet.formats.cases.read import dump_case
from dxnet.knowledge.load import RESOURCES

PUBLISHED = RESOURCES / "data" / "cases" / "published.jsonl"


@st.composite
def cases(draw):
    """Findings in every way they can be stated: a state, a soft word with or without a state, likelihoods."""
    names = draw(st.lists(st.sampled_from(list(ALS.findings)), unique=True, max_size=12))
    findings = {}
    for name in names:
        states = ALS.findings[name].states
        texts = [*states, *(f"{word} {state}" for word in ALS.soft_words for state in states)]
        texts += ALS.soft_words if len(states) == 2 else []
        numbers = st.just(0.0) | st.floats(1e-12, 1)
        likelihoods = st.fixed_dictionaries(dict.fromkeys(states, numbers))
        findings[name] = draw(st.sampled_from(texts) | likelihoods.filter(lambda given: any(given.values())))
    id = draw(st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8))
    return Case(findings, id=id, diagnosis=draw(st.sampled_from(["", *ALS.diagnoses])))


@every_kind
@given(case=cases())
@settings(max_examples=60)
def test_nothing_is_lost_through_the_official_library(tmp_path_factory, kind, case):
    directory = tmp_path_factory.getbasetemp()
    text = dump_case(case, kind, ALS)
    assert read(directory, text) == case
    assert read(directory, OFFICIAL[kind](text)) == case


@pytest.mark.slow
@every_kind
def test_published_cases_survive(tmp_path, kind):
    for case in read_cases(PUBLISHED):
        again = read(tmp_path, OFFICIAL[kind](dump_case(case, kind, ALS)))
        assert (again.findings, again.id, again.diagnosis) == (case.findings, case.id, case.diagnosis)
        assert not again.issues


def test_another_network_without_codes(tmp_path, asia):
    case = Case({"smoking": "present", "dyspnoea": "absent"}, id="a b", diagnosis="lung_cancer")
    for kind, official in OFFICIAL.items():
        assert read(tmp_path, official(dump_case(case, kind, asia)), asia) == case


def test_protobuf_names_are_read_too(tmp_path):
    case = Case(
        {"dysarthria": "absent", "ck": {"normal": 0.0, "mild": 0.5, "high": 0.0}}, id="a", diagnosis="als"
    )
    assert read(tmp_path, through_protobuf(dump_case(case, "phenopacket", ALS), snake=True)) == case


def test_where_a_case_comes_from(tmp_path):
    about = {"title": "A case", "doi": "10.1/x", "pmid": "1", "url": "https://a.b/c"}
    case = Case({"dysarthria": "present"}, id="a", about=about)
    assert read(tmp_path, through_protobuf(dump_case(case, "phenopacket", ALS))) == case


def test_terms_say_exactly_what_was_entered():
    findings = {
        "dysarthria": "present",
        "clonus": "absent",
        "ck": "normal",
        "mri_cord_compression": "compression",
        "babinski": "probable",
        "sex": "female",
        "emg_myopathic": {"present": 0.8, "absent": 0.2},
    }
    written = Parse(dump_case(Case(findings, id="a"), "phenopacket", ALS), Phenopacket())
    features = {(f.type.id, f.excluded): [m.id for m in f.modifiers] for f in written.phenotypic_features}
    own = "DXNET:als_mimics."
    assert features == {
        ("HP:0001260", False): [],
        ("HP:0011448", True): [],
        ("HP:0003236", True): [],
        (f"{own}mri_cord_compression", False): [f"{own}mri_cord_compression.compression"],
        (f"{own}babinski", False): [f"{own}babinski.probable"],
    }
    (measured,) = written.measurements
    values = {q.type.id: q.quantity.value for q in measured.complex_value.typed_quantities}
    assert values == {f"{own}emg_myopathic.present": 0.8, f"{own}emg_myopathic.absent": 0.2}
    assert (written.subject.sex, written.subject.id) == (1, "patient")
    assert {r.namespace_prefix: r.version for r in written.meta_data.resources} == {
        "HP": ALS.hpo_release,
        "DXNET": ALS.version,
    }


def test_a_term_for_several_states_says_no_more_than_that(tmp_path):
    case = read(tmp_path, packet(feature("HP:0003236"), feature("HP:0002176", excluded=True)))
    assert case.findings == {
        "ck": {"mild": 1.0, "high": 1.0},
        "mri_cord_compression": {"absent": 1.0, "contact_or_stenosis": 1.0},
    }


def test_terms_shared_by_findings_are_not_guessed(tmp_path):
    clonus = ALS.findings["clonus"].model_copy(update={"hpo": "HP:0001260"})
    shared = ALS.model_copy(update={"findings": {**ALS.findings, "clonus": clonus}})
    case = Case({"dysarthria": "present", "clonus": "absent"}, id="a")
    assert "HP:0001260" not in dump_case(case, "phenopacket", shared)
    assert read(tmp_path, dump_case(case, "phenopacket", shared), shared) == case
    (issue,) = read(tmp_path, packet(feature("HP:0001260")), shared).issues
    assert (
        "stands for clonus and dysarthria alike" in issue.message or "dysarthria and clonus" in issue.message
    )


def test_the_answer_is_a_risk_assessment():
    case = Case({"dysarthria": "present", "sex": "male"}, id="secret_1")
    answer = Engine(ALS, backend="numpy").diagnose(case)
    text = dump_fhir(case, ALS, answer)
    assert text == dump_fhir(case, ALS, answer)
    resources = [entry.resource for entry in Bundle.model_validate_json(text).entry]
    patient, *observations, risk = resources
    assert patient.model_dump(exclude_none=True) == {"resourceType": "Patient", "gender": "male"}
    assert len(risk.basis) == len(observations) == 1
    outcomes = {p.outcome.text: float(p.probabilityDecimal) for p in risk.prediction}
    assert list(outcomes.values()) == [answer.probability(name) for name in answer.ranking]
    first = {c.system: c.code for c in risk.prediction[0].outcome.coding}
    assert first["http://www.orpha.net"] == "803" and first["http://hl7.org/fhir/sid/icd-10"] == "G12.2"
    assert ALS.fingerprint in risk.method.text and len(outcomes) == len(ALS.diagnoses)


WITH_FACTOR = [
    ("babinski", {"present": 4, "absent": 1}, {"present": 1, "absent": 0.25}),
    ("ck", {"mild": 0.5}, {"mild": 1}),
    ("ck", {"normal": 0.1, "mild": 0.8, "high": 0.2}, {"normal": 0.1, "mild": 0.8, "high": 0.2}),
]


def packet_of_likelihoods(name, numbers, word):
    own = f"DXNET:als_mimics.{name}"
    unit = {"id": "DXNET:likelihood", "label": f"{word}(what was seen | state), times a common factor"}
    parts = [{"type": {"id": f"{own}.{s}"}, "quantity": {"unit": unit, "value": p}} for s, p in numbers]
    return packet(measurements=[{"assay": {"id": own}, "complexValue": {"typedQuantities": parts}}])


def bundle_of_likelihoods(name, numbers, word):
    def code(text):
        return {"coding": [{"system": "urn:dxnet:als_mimics", "code": text}]}

    parts = [
        {
            "code": code(f"{name}.{s}") | {"text": f"{word}(what was seen | {s})"},
            "valueQuantity": {"value": p},
        }
        for s, p in numbers
    ]
    return bundle(observation() | {"code": code(name), "component": parts})


@pytest.mark.parametrize(("name", "once", "today"), WITH_FACTOR)
@pytest.mark.parametrize("document", [packet_of_likelihoods, bundle_of_likelihoods])
def test_likelihoods_that_dxnet_wrote_with_a_common_factor_are_read(tmp_path, document, name, once, today):
    case = read(tmp_path, document(name, once.items(), "P"))
    assert case.findings == {name: today}
    case.require_fit(ALS)
    if once != today:
        with pytest.raises(CaseError, match="number"):
            read(tmp_path, document(name, once.items(), "L")).require_fit(ALS)
