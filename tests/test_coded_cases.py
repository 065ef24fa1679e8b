"""Phenopackets and FHIR: the official libraries accept what is written, and nothing is lost on the way."""

import json

import pytest
from conftest import network
from fhir.resources.R4B.bundle import Bundle
from google.protobuf.json_format import MessageToJson, Parse
from hypothesis import given, settings
from hypothesis import strategies as st
from phenopackets import Phenopacket

from dxnet import Case, Engine, read_cases
from dxnet.errors import CaseError, UnknownFinding
from dxnet.formats.cases.fhir_out import dump_fhir
from dxnet.formats.cases.read import dump_case, write_case
from dxnet.inference.visit import one_state_of
from dxnet.knowledge.load import RESOURCES

ALS = network("als_mimics")
PUBLISHED = RESOURCES / "data" / "cases" / "published.jsonl"
HPO = "http://human-phenotype-ontology.org"


def through_protobuf(text, snake=False):
    return MessageToJson(Parse(text, Phenopacket()), preserving_proto_field_name=snake)


def through_fhir(text):
    return Bundle.model_validate_json(text).model_dump_json()


OFFICIAL = {"phenopacket": through_protobuf, "fhir": through_fhir}
every_kind = pytest.mark.parametrize("kind", OFFICIAL)


def read(directory, content, net=ALS):
    path = directory / "case.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    (case,) = read_cases(path, network=net)
    return case


def packet(*features, **parts):
    return {
        "id": "p",
        "phenotypicFeatures": list(features),
        "metaData": {"created": "2024-01-01T00:00:00Z"},
        **parts,
    }


def feature(id, label="", **more):
    return {"type": {"id": id, "label": label}, **more}


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def observation(code="HP:0001260", **more):
    coding = {"system": HPO, "code": code}
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [coding]}, **more}


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


def test_what_the_network_lacks_is_told_by_name(tmp_path):
    strange = [feature("HP:0001250", "Seizure"), feature("DXNET:other.smoking", "Smoker")]
    unread = {
        "measurements": [{"assay": {"id": "LOINC:2345-7", "label": "Glucose"}}],
        "biosamples": [{"id": "b"}],
    }
    known = feature("HP:0001260", "Dysarthria", modifiers=[{"id": "HP:0012825", "label": "Mild"}])
    case = read(tmp_path, packet(known, *strange, **unread))
    assert case.findings == {"dysarthria": "present"}
    said = " ".join(issue.message for issue in case.issues)
    assert all(issue.level == "warning" and "case.json:1" in issue.where for issue in case.issues)
    for words in (
        "HP:0001250 (Seizure) is no finding of als_mimics: left out",
        "DXNET:other.smoking (Smoker) is of another network",
        "measurement Glucose is not read",
        "biosamples are not read",
        "Mild is not read",
    ):
        assert words in said
    assert case.warnings(ALS)[: len(case.issues)] == list(case.issues)


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


def span(start, end):
    return {"ageRange": {"start": {"iso8601duration": start}, "end": {"iso8601duration": end}}}


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        ({"age": {"iso8601duration": "P62Y6M"}}, "62.5 years"),
        (
            {"ageRange": {"start": {"iso8601duration": "P60Y"}, "end": {"iso8601duration": "P69Y"}}},
            "60-69 years",
        ),
        ({"age": {"iso8601duration": "P16Y"}}, "16 years"),
        (
            {"ageRange": {"start": {"iso8601duration": "P58Y"}, "end": {"iso8601duration": "P69Y"}}},
            one_state_of(["50-59", "60-69"], ALS.states("age")),
        ),
        (
            {"ontologyClass": {"id": "HP:0003596", "label": "Middle age"}},
            one_state_of(["40-49", "50-59"], ALS.states("age")),
        ),
        ({"ontologyClass": {"id": "HP:0003621", "label": "Juvenile onset"}}, "under_18"),
        ({"ontologyClass": {"id": "HP:0000001", "label": "All"}}, None),
        ({"age": {"iso8601duration": "P130Y"}}, None),
    ],
)
def test_the_disease_gives_diagnosis_and_age_at_onset(tmp_path, onset, expected):
    als = {"term": {"id": "ORPHA:803", "label": "ALS"}, "onset": onset}
    excluded = {"term": {"id": "MONDO:0010735", "label": "SBMA"}, "excluded": True}
    case = read(tmp_path, packet(diseases=[als, excluded]))
    assert case.diagnosis == "als" and case.findings.get("age") == expected
    assert bool(case.issues) == (expected is None)


ALS_TERM = {"id": "ORPHA:803", "label": "ALS"}


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        ("SOLVED", True),
        ("COMPLETED", True),
        ("UNSOLVED", False),
        ("IN_PROGRESS", False),
        ("UNKNOWN_PROGRESS", False),
        (None, False),
    ],
)
def test_only_a_finished_interpretation_gives_the_diagnosis(tmp_path, status, taken):
    interpretation = {"id": "i", "progressStatus": status, "diagnosis": {"disease": ALS_TERM}}
    if status is None:
        del interpretation["progressStatus"]
    case = read(tmp_path, json.dumps(packet(interpretations=[interpretation]), indent=1))
    assert case.diagnosis == ("als" if taken else "")
    assert len(case.issues) == (not taken)
    if not taken:
        assert "the diagnosis ALS is of an interpretation that is" in case.issues[0].message
        assert case.issues[0].where == ("case.json:10" if status else "case.json:9")


def test_what_else_an_interpretation_says_is_told_with_its_line(tmp_path):
    diagnosis = {"disease": ALS_TERM, "genomicInterpretations": [{"interpretationStatus": "CAUSATIVE"}]}
    interpretation = {"progressStatus": "SOLVED", "diagnosis": diagnosis, "summary": "SOD1"}
    text = json.dumps(packet(interpretations=[interpretation]), indent=1)
    case = read(tmp_path, text)
    assert case.diagnosis == "als"
    lines = text.split("\n")
    for issue, key in zip(case.issues, ("summary", "genomicInterpretations"), strict=True):
        line = next(number for number, text in enumerate(lines, 1) if f'"{key}"' in text)
        assert issue.where == f"case.json:{line}" and f"{key} of the" in issue.message


def test_age_at_the_visit_is_not_age_at_onset(tmp_path):
    subject = {"id": "x", "sex": "MALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P70Y"}}}
    case = read(tmp_path, packet(subject=subject))
    assert case.findings == {"sex": "male"}
    assert "timeAtLastEncounter is the age at a visit, not that at onset" in case.issues[0].message


def test_contradictions_are_left_out(tmp_path):
    for content in (
        packet(feature("HP:0001260"), feature("HP:0001260", excluded=True)),
        bundle(observation(valueBoolean=True), observation(valueBoolean=False)),
        bundle(observation(valueBoolean=True, interpretation=[concept("POS"), concept("NEG")])),
    ):
        case = read(tmp_path, content)
        assert not case.findings and "left out" in case.issues[0].message


def test_both_sides_of_a_contradiction_have_their_places(tmp_path):
    for content in (
        packet(feature("HP:0001260"), feature("HP:0001260", excluded=True)),
        bundle(observation(valueBoolean=True), observation(valueBoolean=False)),
    ):
        text = json.dumps(content, indent=1)
        first, second = (n for n, line in enumerate(text.split("\n"), 1) if "HP:0001260" in line)
        (issue,) = read(tmp_path, text).issues
        assert issue.where == f"case.json:{second}"
        assert f"as present (case.json:{first}) and as absent (case.json:{second})" in issue.message


def concept(code, system="http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"):
    return {"coding": [{"system": system, "code": code}]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueBoolean": True}, "present"),
        ({"valueBoolean": False}, "absent"),
        ({"interpretation": [concept("POS")]}, "present"),
        ({"interpretation": [concept("NEG")]}, "absent"),
        ({"valueCodeableConcept": concept("52101004", "http://snomed.info/sct")}, "present"),
        ({"valueCodeableConcept": concept("LA9634-2", "http://loinc.org")}, "absent"),
        ({"valueCodeableConcept": {"text": "Present"}}, "present"),
        ({"valueString": "no"}, "absent"),
        ({}, None),
        ({"valueString": "perhaps"}, None),
        ({"valueBoolean": True, "status": "entered-in-error"}, None),
        ({"valueBoolean": True, "status": "cancelled"}, None),
        ({"valueBoolean": True, "status": "registered"}, None),
        ({"valueBoolean": True, "status": "preliminary"}, "present"),
        ({"status": "preliminary"}, None),
        ({"valueBoolean": True, "focus": [{"reference": "RelatedPerson/mother"}]}, None),
        ({"valueBoolean": True, "modifierExtension": [{"url": "http://a.b"}]}, None),
        ({"dataAbsentReason": {"text": "not performed"}}, None),
    ],
)
def test_observations_of_others(tmp_path, value, expected):
    case = read(tmp_path, bundle(observation(**value)))
    assert case.findings.get("dysarthria") == expected
    assert any(issue.level == "warning" for issue in case.issues) == (expected is None)


OWN = {"system": "urn:dxnet:als_mimics", "code": "dysarthria"}


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["HP:0001260", "HP:0003487"], None),
        (["HP:0003487", OWN], None),
        ([OWN, {**OWN, "code": "babinski"}], None),
        (["HP:0001250", "HP:0001260"], {"dysarthria": "present"}),
        (["HP:0001260", "HP:0001260"], {"dysarthria": "present"}),
        (["HP:0001260", OWN], {"dysarthria": "present"}),
        (["HP:0001250", OWN], {"dysarthria": "present"}),
    ],
)
def test_an_observation_of_two_findings_is_told(tmp_path, codes, expected):
    coding = [code if isinstance(code, dict) else {"system": HPO, "code": code} for code in codes]
    case = read(tmp_path, bundle(observation(valueBoolean=True) | {"code": {"coding": coding}}))
    assert case.findings == (expected or {})
    assert [issue.where for issue in case.issues] == ([] if expected else ["case.json:1"])
    assert expected or "different findings: left out" in case.issues[0].message


def test_a_deleted_resource_is_not_read(tmp_path):
    content = bundle(
        observation(valueBoolean=True),
        {
            "resourceType": "Condition",
            "code": {"coding": [{"system": "http://www.orpha.net", "code": "803"}]},
        },
    )
    assert read(tmp_path, content).diagnosis == "als"
    for entry in content["entry"]:
        entry["request"] = {"method": "DELETE", "url": "x/1"}
    case = read(tmp_path, content)
    assert not case.findings and not case.diagnosis
    assert [issue.message for issue in case.issues] == [
        "the Observation is to be deleted: left out",
        "the Condition is to be deleted: left out",
    ]


def test_resources_that_are_not_read_are_told(tmp_path):
    loinc = {"coding": [{"system": "http://loinc.org", "code": "2345-7", "display": "Glucose"}]}
    case = read(
        tmp_path,
        bundle(
            observation("HP:0001250", valueBoolean=True),
            {"resourceType": "Observation", "status": "final", "code": loinc},
            {"resourceType": "Medication"},
            {"resourceType": "Patient", "gender": "other"},
            {"resourceType": "Condition", "code": {"text": "Gout"}},
            observation(valueBoolean=True),
        ),
    )
    said = sorted(issue.message for issue in case.issues)
    assert case.findings == {"dysarthria": "present"} and len(said) == 5
    for told, words in zip(
        said, ("HP:0001250 is no", "Medication", "gender other", "Gout", "Glucose has no code"), strict=True
    ):
        assert words in told


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


MALFORMED = {
    "negated": (packet(feature("HP:0001260", negated=True)), "unknown key 'negated'"),
    "misspelt": (packet(feature("HP:0001260", exluded=True)), "did you mean excluded?"),
    "untyped": (packet({"excluded": True}), "a feature has no type.id"),
    "flag": (packet(feature("HP:0001260", excluded="yes")), "excluded: 'yes' is not true or false"),
    "list": (packet() | {"phenotypicFeatures": {}}, "phenotypicFeatures: {} is not a list of objects"),
    "family": ({"id": "f", "proband": packet(), "metaData": {}}, "is a family or cohort, not one patient"),
    "states": (
        packet(feature("DXNET:als_mimics.ck", modifiers=[{"id": "DXNET:als_mimics.age.80+"}])),
        "ck has states that do not fit",
    ),
    "number": (
        packet(
            measurements=[
                {
                    "assay": {"id": "DXNET:als_mimics.ck"},
                    "complexValue": {
                        "typedQuantities": [
                            {"type": {"id": "DXNET:als_mimics.ck.high"}, "quantity": {"value": -1}}
                        ]
                    },
                }
            ]
        ),
        "value: -1 is not a likelihood (a number from 0 to 1)",
    ),
    "escape": (packet(feature("HP:0001260", "\x1b[2J")), "holds the character U+001B"),
    "single": (observation(), "is a FHIR Observation, no Bundle"),
    "patients": (
        bundle(
            observation(subject={"reference": "Patient/1"}), observation(subject={"reference": "Patient/2"})
        ),
        "is of 2 patients: Patient/1, Patient/2",
    ),
    "entry": ({"resourceType": "Bundle", "entry": [3]}, "entry: [3] is not a list of objects"),
    "other": ({"patient": 3}, "unknown key 'patient'"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_files_are_refused_in_words(tmp_path, name):
    content, expected = MALFORMED[name]
    with pytest.raises(CaseError) as caught:
        read(tmp_path, content)
    assert expected in str(caught.value)
    assert all(
        i.level == "error" and i.where.startswith("case.json:1") and i.fix for i in caught.value.issues
    )


def test_all_problems_at_once_with_their_lines(tmp_path):
    text = json.dumps(packet(feature("HP:0001260", excluded=3), {"type": {"id": 4}}), indent=0)
    with pytest.raises(CaseError) as caught:
        read(tmp_path, text)
    places = [int(issue.where.split(":")[1]) for issue in caught.value.issues]
    lines = text.splitlines()
    assert [lines[line - 1].split(":")[0].strip('"') for line in places] == ["excluded", "id", "type"]


def test_what_the_network_lacks_is_told_with_the_other_faults(tmp_path):
    with pytest.raises(CaseError) as caught:
        read(tmp_path, packet(feature("HP:0001260", excluded=3), feature("DXNET:als_mimics.dysartria")))
    first, second = map(str, caught.value.issues)
    assert "excluded: 3 is not true or false" in first and "unknown finding 'dysartria'" in second


def test_findings_of_a_newer_network_are_refused_with_their_line(tmp_path):
    case = read(tmp_path, packet(feature("DXNET:als_mimics.dysartria")))
    with pytest.raises(
        UnknownFinding, match=r"case\.json:1: unknown finding 'dysartria'; did you mean dysarthria"
    ):
        case.likelihoods(ALS)


@every_kind
def test_codes_need_a_network_that_fits(tmp_path, kind):
    case = Case({"dysarthria": "present"}, id="a")
    (tmp_path / "a.json").write_text(dump_case(case, kind, ALS))
    with pytest.raises(CaseError, match=r"only a network tells .*; read it with read_cases\(path, network="):
        read_cases(tmp_path / "a.json")
    with pytest.raises(CaseError, match="cannot be coded without its network"):
        write_case(case, tmp_path / "b.json", kind)
    with pytest.raises(UnknownFinding):
        dump_case(Case({"x": "present"}), kind, ALS)
    with pytest.raises(CaseError, match="unknown diagnosis 'alz'; did you mean als"):
        dump_case(Case({}, diagnosis="alz"), kind, ALS)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "HP:0001260", "DXNET:als_mimics.ck"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "type", "code"]), inner)
    ),
    max_leaves=4,
)
PLACES = {
    "phenopacket": (
        lambda: (
            packet(feature("DXNET:als_mimics.ck", modifiers=[{"id": "DXNET:als_mimics.ck.high"}]))
            | json.loads(
                dump_case(
                    Case({"sex": "male", "ck": {"normal": 0, "mild": 0, "high": 1}}, diagnosis="als"),
                    "phenopacket",
                    ALS,
                )
            )
        )
    ),
    "fhir": lambda: json.loads(
        dump_case(
            Case({"sex": "male", "ck": {"normal": 0, "mild": 0, "high": 1}}, diagnosis="als"), "fhir", ALS
        )
    ),
}


def parts(value):
    """Every container in a document with each of its keys."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from parts(value[key])


@every_kind
@given(data=st.data(), wrong=ANYTHING)
def test_whatever_stands_in_a_field_is_read_or_refused(tmp_path_factory, kind, data, wrong):
    document = PLACES[kind]()
    parent, key = data.draw(st.sampled_from(list(parts(document))))
    parent[key] = wrong
    try:
        read(tmp_path_factory.getbasetemp(), document).warnings(ALS)
    except CaseError as problem:
        assert all(issue.message and issue.where for issue in problem.issues)
