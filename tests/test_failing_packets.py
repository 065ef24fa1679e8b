"""Phenopackets that were read wrong or refused, and others of their kind."""

import pytest
from patient_records import ALS, WEAK, age, disease, feature, packet, told, written

from dxnet.errors import CaseError, each_of

PACKETS = {
    "onset of the known disease": (
        packet(
            WEAK,
            diseases=[disease("MONDO:0004979", onset=age("P6Y")), disease("ORPHA:803", onset=age("P62Y"))],
        ),
        {"age": "60-69"},
    ),
    "onset of an excluded disease": (
        packet(WEAK, diseases=[disease("ORPHA:803", excluded=True, onset=age("P6Y"))]),
        {"age": None},
    ),
    "onset of a motor sign": (
        packet({**WEAK, "onset": age("P62Y")}, feature("HP:0000771", "Gynecomastia", onset=age("P14Y"))),
        {"age": "60-69"},
    ),
    "onset that is no age": (
        packet(WEAK, diseases=[disease("ORPHA:803", onset=age("P1962Y"))]),
        {"age": None},
    ),
    "onset by date": (
        packet(
            WEAK,
            subject={"id": "p", "sex": "MALE", "dateOfBirth": "1950-01-01T00:00:00Z"},
            diseases=[disease("ORPHA:803", onset={"timestamp": "2012-06-01T00:00:00Z"})],
        ),
        {"age": "60-69"},
    ),
    "resolved": (packet(feature("HP:0001260", "Dysarthria", resolution=age("P10Y"))), {"dysarthria": None}),
    "label that denies": (packet(feature("HP:0003487", "No Babinski sign")), {"babinski": None}),
    "label of a narrower term": (
        packet(feature("HP:0001260", "Spastic dysarthria")),
        {"dysarthria": "present"},
    ),
    "former id, excluded": (
        packet(feature("HP:0002065", "Lower limb weakness", excluded=True)),
        {"leg_weakness": "absent"},
    ),
    "IRI": (
        packet(feature("http://purl.obolibrary.org/obo/HP_0001260", "Dysarthria")),
        {"dysarthria": "present"},
    ),
    "narrower term": (packet(feature("HP:0002313", "Spastic paraparesis")), {"spasticity_legs": "present"}),
    "broader term, excluded": (
        packet(feature("HP:0001257", "Spasticity", excluded=True)),
        {"spasticity_arms": "absent", "spasticity_legs": "absent"},
    ),
    "broader term, present": (
        packet(feature("HP:0001347", "Hyperreflexia"), WEAK),
        {"hyperreflexia_legs": None},
    ),
    "modifier of another system": (
        packet(feature("HP:0001260", "Dysarthria", modifiers=[{"id": "PATO:0000462", "label": "absent"}])),
        {"dysarthria": None},
    ),
    "severity that is none": (
        packet(feature("HP:0001260", "Dysarthria", severity={"id": "HP:0040285", "label": "Excluded"})),
        {"dysarthria": None},
    ),
    "severity": (
        packet(feature("HP:0001260", "Dysarthria", severity={"id": "HP:0012828", "label": "Severe"})),
        {"dysarthria": "present"},
    ),
    "two of one observation": (
        packet(feature("HP:0008180", "Mildly elevated creatine kinase"), feature("HP:0003236")),
        {"ck": "mild"},
    ),
    "symptom that is no sign": (packet(feature("HP:0003401", "Paresthesia")), {"sensory_loss": None}),
    "one of two": (packet(feature("HP:0000508", "Ptosis")), {"ptosis_diplopia": "present"}),
    "one of two, excluded": (
        packet(feature("HP:0000508", "Ptosis", excluded=True)),
        {"ptosis_diplopia": None},
    ),
    "test in its range": (
        packet(
            measurements=[
                {
                    "assay": {"id": "LOINC:2157-6", "label": "CK"},
                    "value": {"quantity": {"value": 90, "referenceRange": {"low": 30, "high": 200}}},
                }
            ]
        ),
        {"ck": "normal"},
    ),
}


@pytest.mark.parametrize("name", PACKETS)
def test_packets_of_the_same_kinds(tmp_path, name):
    content, findings = PACKETS[name]
    case = written(tmp_path, content)
    assert {finding: case.in_states(ALS).get(finding) for finding in findings} == findings


def test_what_is_stated_outweighs_what_is_implied(tmp_path):
    case = written(tmp_path, packet(feature("HP:0001347", excluded=True), feature("HP:0007350")))
    assert (
        case.findings["hyperreflexia_arms"] == "present" and case.findings["hyperreflexia_legs"] == "absent"
    )
    assert "hyperreflexia_arms is stated as present, but HP:0001347" in told(case)


def test_implications_that_contradict_each_other_are_left_out(tmp_path):
    limbs = feature("HP:0003690", excluded=True)
    case = written(tmp_path, packet(feature("HP:0011727"), limbs))
    assert "leg_weakness" not in case.findings and "leg_weakness is both implied and excluded" in told(case)
    case = written(tmp_path, packet(feature("HP:0009053"), limbs))
    assert case.findings["leg_weakness"] == "present" and "what is stated holds" in told(case)


def test_a_disease_that_is_excluded_elsewhere_is_not_the_diagnosis(tmp_path):
    case = written(
        tmp_path, packet(WEAK, diseases=[disease("ORPHA:803"), disease("OMIM:105400", excluded=True)])
    )
    assert case.diagnosis == "" and "is excluded, too" in told(case)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packet(diseases=[disease("ORPHA:803", negated=True)]), "unknown key 'negated'; is of version 1"),
        (packet(feature("HP:0001260", Excluded=True)), "unknown key 'Excluded'; did you mean excluded?"),
        (packet(subject={"id": "p", "ageAtCollection": {"age": "P6Y"}}), "write timeAtLastEncounter"),
        (packet(diseases=[{"onset": age("P6Y")}]), "a disease has no term.id"),
        (packet(WEAK, diseases=[disease("ORPHA:803", onset={"age": {"age": "P6Y"}})]), "unknown key 'age'"),
        (packet({"type": {"id": "HP:0001260", "Label": "x"}}), "unknown key 'Label'"),
    ],
)
def test_keys_of_no_or_another_version_are_refused(tmp_path, content, words):
    with pytest.raises(CaseError) as caught:
        written(tmp_path, content)
    assert words in " ".join(f"{issue.message}; {issue.fix}" for issue in caught.value.issues)


def test_yaml_with_its_flags_in_any_order(tmp_path):
    text = 'phenotypicFeatures:\n- excluded: true\n  type: {id: "HP:0001260", label: Dysarthria}\n'
    text += "subject: {sex: MALE}\n"
    assert written(tmp_path, text, "p.yml").findings == {"sex": "male", "dysarthria": "absent"}
    with pytest.raises(CaseError, match="excluded: 'true' is not true or false"):
        written(tmp_path, text.replace("true", "'true'"), "p.yml")


def test_what_is_left_out_is_one_line_a_kind(tmp_path):
    unknown = [feature(f"HP:00099{number:02}", f"Term {number}") for number in range(50, 58)]
    case = written(tmp_path, packet(WEAK, *unknown))
    (issue,) = [issue for issue in case.issues if issue.level == "warning"]
    assert issue.message.startswith("8 HPO terms are no findings") and "HP:0009950 (Term 50)" in issue.message
    assert len(issue.parts) == 8 and set(issue.parts) <= set(each_of(case.issues))


def test_onsets_of_features_are_used_or_named(tmp_path):
    late = feature("HP:0001260", "Dysarthria", onset=age("P70Y"))
    case = written(tmp_path, packet({**WEAK, "onset": age("P62Y")}, late))
    assert case.findings["age"] == "62 years"
    assert "that of the first motor sign, Upper limb" in told(
        case
    ) and "the onset of Dysarthria is not" in told(case)


@pytest.mark.parametrize("label", ["No ALS", "Amyotrophic lateral sclerosis, suspected", "ALS?"])
def test_a_disease_whose_label_doubts_it_is_not_the_diagnosis(tmp_path, label):
    term = {"id": "ORPHA:803", "label": label}
    solved = {"id": "i", "progressStatus": "SOLVED", "diagnosis": {"disease": term}}
    for content in (packet(WEAK, diseases=[{"term": term}]), packet(WEAK, interpretations=[solved])):
        case = written(tmp_path, content)
        assert case.diagnosis == "" and label in told(case)
