"""The diagnostic criteria: 22 worked examples, three-valued answers, signs by the network's attributes."""

import pytest

from dxnet import Case, DxnetError
from dxnet.reasoning.als_criteria import Lack, criteria
from dxnet.reasoning.als_rules import CRITERIA, GRADES, REGIONS, Signs, awaji, el_escorial, gold_coast
from dxnet.report.content.criteria import criteria_in_brief

# picture: UMN | clinical LMN | EMG denervation | fasciculation potentials | progressive, excluded | answers
EXAMPLES = """
1  BCL BCL -    - yy definite definite ALS
2  CTL CTL -    - yy definite definite ALS
3  BC  BC  -    - yy probable probable ALS
4  CL  C   -    - yy possible possible ALS
5  CL  C   CL   - yy probable_lab probable ALS
6  CL  C   C    L yy possible probable ALS
7  C   C   CL   - yy probable_lab possible ALS
8  B   -   CL   - yy probable_lab not_met ALS
9  L   L   L    - yy possible possible ALS
10 BCL -   -    - yy possible possible not_met
11 L   -   -    - yy not_met not_met not_met
12 -   CL  CL   - yy not_met not_met ALS
13 -   C   C    - yy not_met not_met not_met
14 L   C   C    - yy possible possible not_met
15 L   C   C    - yn not_met not_met not_met
16 C   L   L    - yy not_met not_met not_met
17 B   B   BC   - yy probable_lab possible ALS
18 BC  B   -    C yy possible probable ALS
19 BCL BCL -    - ny not_met not_met not_met
20 -   BL  BL   - yn not_met not_met not_met
21 -   -   -    - yy not_met not_met not_met
22 CL  C   BCTL - yy probable_lab probable ALS
""".strip().splitlines()
WORDS = {"ALS": "met", "probable_lab": "probable, laboratory-supported", "not_met": "not met"}


def regions(letters):
    return frozenset(region for region in REGIONS if region[0].upper() in letters)


@pytest.mark.parametrize("line", EXAMPLES, ids=lambda line: line.split()[0])
def test_worked_examples(line):
    _, umn, lmn, emg, fasciculation, flags, *expected = line.split()
    signs = Signs(*map(regions, (umn, lmn, emg, fasciculation)), flags[0] == "y", flags[1] == "y")
    answers = [rule(signs) for rule in (el_escorial, awaji, gold_coast)]
    assert answers == [WORDS.get(word, word) for word in expected]


EXCLUDED = {
    "mri_cord_compression": "absent",
    "mri_cord_lesion": "absent",
    "mri_spinal_mass": "absent",
    "mri_syrinx": "absent",
    "mri_white_matter": "none",
    "mri_brain_mass": "absent",
    "mri_infarct": "absent",
    "ncs_demyelinating": "absent",
}
SPINAL = {
    "hyperreflexia_arms": "present",
    "arm_atrophy": "present",
    "babinski": "present",
    "leg_atrophy": "present",
}
CLASSIC = {**EXCLUDED, **SPINAL, "onset_tempo": "progressive"}


def judged(als, findings):
    return {found.name: found for found in criteria(als, Case(findings))}


def test_signs_come_from_the_findings(als):
    found = judged(als, CLASSIC)
    assert found["revised El Escorial"].category == "probable" and found["Gold Coast"].category == "met"
    assert found["revised El Escorial"].at_best == "definite" and not found["revised El Escorial"].is_decided
    assert found["Gold Coast"].is_decided and found["Gold Coast"].missing == ()
    assert set(found["revised El Escorial"].missing) == {
        "jaw_jerk_brisk",
        "tongue_atrophy",
        "abdominal_reflex_absent",
        "trunk_weakness",
    }
    assert found["revised El Escorial"].lacks == Lack(
        "definite",
        (),
        (
            "bulbar UMN sign and bulbar clinical LMN sign",
            "thoracic UMN sign and thoracic clinical LMN sign",
        ),
    )


def test_not_examined_is_not_absent(als):
    bulbar = {"jaw_jerk_brisk": "absent", "tongue_atrophy": "absent"}
    thoracic = {"abdominal_reflex_absent": "absent", "trunk_weakness": "absent"}
    found = judged(als, {**CLASSIC, **bulbar, **thoracic})["revised El Escorial"]
    assert found.is_decided and found.category == "probable"
    assert not judged(als, {**CLASSIC, **thoracic})["revised El Escorial"].is_decided


def test_another_disease_or_a_static_course_rules_the_criteria_out(als):
    for other in ({"mri_cord_compression": "compression"}, {"onset_tempo": "static"}, {"ar_cag": "expanded"}):
        for found in judged(als, {**CLASSIC, **other}).values():
            assert found.category == "not met" and found.is_decided
    without_mri = {f: s for f, s in CLASSIC.items() if f != "mri_cord_lesion"}
    found = judged(als, without_mri)["Gold Coast"]
    assert (found.category, found.at_best, found.missing) == ("not met", "met", ("mri_cord_lesion",))
    assert found.lacks == Lack("met", ("other diseases excluded",), ())


def test_weakness_with_normal_bulk_is_no_lower_sign(als):
    weak = {
        "arm_weakness": "present",
        "arm_atrophy": "absent",
        "leg_weakness": "present",
        "leg_atrophy": "absent",
    }
    found = judged(als, {**CLASSIC, **weak})["Gold Coast"]
    assert found.category == "not met"


def test_denervation_needs_both_halves(als):
    arm = {"arm_atrophy": "absent", "leg_atrophy": "absent", "babinski": "present"}
    emg = {
        f"emg_{kind}_{region}": "present"
        for kind in ("denervation", "reinnervation")
        for region in REGIONS[1::2]
    }
    found = judged(als, {**CLASSIC, **arm, **emg})
    assert found["revised El Escorial"].category == "probable, laboratory-supported"
    assert found["Awaji"].category == "probable"
    half = {name: "absent" if "reinnervation" in name else state for name, state in emg.items()}
    assert judged(als, {**CLASSIC, **arm, **half})["Gold Coast"].category == "not met"


def test_an_uncertain_finding_is_not_decided(als):
    found = judged(als, {**CLASSIC, "onset_tempo": {"progressive": 0.9, "static": 0.1}})["Gold Coast"]
    assert (found.category, found.at_best) == ("not met", "met")


def test_more_signs_never_lower_a_category():
    """Over all pictures of the four regions: adding a region of any kind keeps or raises every category."""
    sets = [regions(letters) for letters in ("", "B", "C", "L", "BC", "CL", "CT", "BCL")]
    for umn in sets:
        for lmn in sets:
            for emg in sets[::2]:
                signs = Signs(umn, lmn, emg)
                for rule in CRITERIA.values():
                    here = GRADES.index(rule(signs))
                    for region in REGIONS:
                        more = (
                            Signs(umn | {region}, lmn, emg),
                            Signs(umn, lmn | {region}, emg),
                            Signs(umn, lmn, emg | {region}),
                            Signs(umn, lmn, emg, frozenset({region})),
                        )
                        assert all(GRADES.index(rule(signs)) >= here for signs in more)


def test_a_case_that_does_not_fit_is_refused(als):
    with pytest.raises(DxnetError, match="unknown finding"):
        criteria(als, Case({"babinsky": "present"}))


def test_what_cannot_be_decided_yet_is_never_called_not_met(als):
    """Signs for a category, and no MRI and no nerve conduction: the signs stand apart from the exclusions."""
    signs = {**CLASSIC, **SPINAL}
    untested = {name: state for name, state in signs.items() if name not in EXCLUDED}
    found, tested = judged(als, untested), judged(als, {**untested, **EXCLUDED})
    for name, one in found.items():
        assert (one.category, one.open) == ("not met", ("other diseases excluded",))
        assert one.by_signs == tested[name].category == tested[name].verdict != "not met"
        assert one.verdict == f"{one.by_signs} by the signs alone"
        assert {als.findings[f].procedure for f in one.to_exclude} == set(als.exclusion)
    brief = dict(criteria_in_brief(als, list(found.values())))
    (last,) = set(brief) - set(found)
    assert "not excluded yet" in last and "MRI spine" in brief[last] and "not met" not in brief.values()
    assert set(dict(criteria_in_brief(als, list(tested.values())))) == set(tested)


def test_the_course_may_be_open_as_well(als):
    unknown = {n: s for n, s in {**CLASSIC, **SPINAL, **EXCLUDED}.items() if not als.findings[n].progressive}
    one = judged(als, unknown)["Awaji"]
    assert one.open == ("progressive course",) and one.verdict == f"{one.by_signs} by the signs alone"
    static = {n: als.states(n)[-1] for n, f in als.findings.items() if f.progressive}
    static = {n: next(s for s in als.states(n) if s not in als.findings[n].progressive) for n in static}
    assert judged(als, {**unknown, **static})["Awaji"].verdict == "not met"


def test_without_signs_it_is_undecided_and_with_another_disease_not_met(als):
    assert {one.verdict for one in judged(als, {}).values()} == {"undecided"}
    shown = judged(als, {**CLASSIC, **SPINAL, **EXCLUDED, "mri_syrinx": "present"})["Gold Coast"]
    assert shown.verdict == "not met, as another disease is shown" and shown.by_signs == "met"
