"""The diagnostic criteria: 22 worked examples, three-valued answers, signs by the network's attributes."""

from dataclasses import replace
from itertools import product

import pytest
from conftest import network

from dxnet import Case, DxnetError
from dxnet.reasoning.als_criteria import Lack, criteria
from dxnet.reasoning.als_rules import (
    CRITERIA,
    GRADES,
    KINDS_READ,
    REGIONS,
    Signs,
    awaji,
    el_escorial,
    gold_coast,
)
from dxnet.report.content.criteria import criteria_in_brief, criteria_met
from dxnet.report.parts import Paragraph

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
    signs = Signs(*map(regions, (umn, lmn, lmn, emg, fasciculation)), flags[0] == "y", flags[1] == "y")
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
    "arm_weakness": "present",
    "babinski": "present",
    "leg_atrophy": "present",
    "leg_weakness": "present",
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


def test_a_static_course_rules_the_criteria_out(als):
    for found in judged(als, {**CLASSIC, "onset_tempo": "static", "spread": "absent"}).values():
        assert found.verdict == found.category == "not met" and found.is_decided


def test_what_must_be_excluded_is_missing(als):
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
                signs = Signs(umn, lmn, lmn, emg)
                for rule in CRITERIA.values():
                    here = GRADES.index(rule(signs))
                    for region in REGIONS:
                        more = (
                            Signs(umn | {region}, lmn, lmn, emg),
                            Signs(umn, lmn | {region}, lmn | {region}, emg),
                            Signs(umn, lmn, lmn, emg | {region}),
                            Signs(umn, lmn, lmn, emg, frozenset({region})),
                        )
                        assert all(GRADES.index(rule(signs)) >= here for signs in more)


@pytest.mark.parametrize("name", CRITERIA)
def test_criteria_depend_on_the_kinds_that_they_say(name):
    """Over all pictures of two regions: each kind that is read matters somewhere, no other one ever."""
    sets = [regions(letters) for letters in ("", "C", "CL")]
    kinds = ("umn", "lmn", "wasted", "denervation", "fasciculation")
    matter = set()
    for picture in product(sets, repeat=len(kinds)):
        signs = Signs(*picture)
        for kind in kinds:
            if CRITERIA[name](replace(signs, **{kind: sets[0]})) != CRITERIA[name](signs):
                matter.add(kind)
    assert matter == KINDS_READ[name]


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


def test_without_signs_it_is_undecided(als):
    assert {one.verdict for one in judged(als, {}).values()} == {"undecided"}


EXPLAINING = sorted(
    (name, state) for name, it in network("als_mimics").findings.items() for state in it.explains
)


@pytest.mark.parametrize(("finding", "state"), EXPLAINING)
def test_whether_another_disease_explains_the_signs_is_not_decided(als, finding, state):
    """Cord compression is found in one ALS patient in eight: the category of the signs stands beside it."""
    signs = {**CLASSIC, "tongue_atrophy": "present", "jaw_jerk_brisk": "present"}
    before, after = judged(als, signs), judged(als, {**signs, finding: state})
    for name, one in after.items():
        assert one.category == "not met" and not one.is_decided and one.excluded_by == (finding,)
        assert one.by_signs == before[name].verdict in ("definite", "met")
        assert one.verdict == f"{one.by_signs} unless otherwise explained"
    found, label = list(after.values()), als.findings[finding].label
    assert dict(criteria_in_brief(als, found))["might explain the signs"] == label
    assert any(
        f"Shown: {label}." in part.text for part in criteria_met(als, found) if isinstance(part, Paragraph)
    )


def test_of_a_procedure_that_is_begun_the_findings_still_open_are_named(als):
    """The MRI that shows a compression is not outstanding, but what else it could show is."""
    signs = {name: state for name, state in CLASSIC.items() if name not in EXCLUDED}
    found = list(judged(als, {**signs, "mri_cord_compression": "compression_with_signal"}).values())
    told = " ".join(part.text for part in criteria_met(als, found) if isinstance(part, Paragraph))
    needed = [name for name, it in als.findings.items() if it.explains and it.procedure == "mri_spine"]
    left = " and ".join(als.findings[name].label for name in needed if name != "mri_cord_compression")
    wanting = f"{left} of {als.procedures['mri_spine'].label}, {als.procedures['mri_brain'].label}, "
    assert f"Other diseases are not excluded yet, for want of {wanting}" in told
    assert wanting in dict(criteria_in_brief(als, found))["other diseases not excluded yet, for want of"]


def test_another_disease_does_not_hide_that_no_signs_are_there(als):
    """Every sign was looked for and none is there: not met, whatever the MRI shows."""
    normal = {name: it.states[0] for name, it in als.findings.items() if it.sign or it.tract == "umn"}
    shown = {**EXCLUDED, **normal, "onset_tempo": "progressive", "mri_syrinx": "present"}
    assert {one.verdict for one in judged(als, shown).values()} == {"not met"}


def test_fasciculation_makes_weakness_a_lower_sign_and_is_none_alone(als):
    """The signs of the limbs alone differ: weak without wasting, twitching or not, or twitching without
    weakness."""
    upper = {"jaw_jerk_brisk": "present", "hyperreflexia_arms": "present", "babinski": "present"}
    no_bulk = {"tongue_atrophy": "absent", "arm_atrophy": "absent", "leg_atrophy": "absent"}
    weak, weak_not = ({f"{limb}_weakness": it for limb in ("arm", "leg")} for it in ("present", "absent"))
    twitching = {f"{part}_fasciculation": "present" for part in ("tongue", "arm", "leg")}
    still = dict.fromkeys(twitching, "absent")
    base = {**EXCLUDED, **upper, **no_bulk, "onset_tempo": "progressive"}
    for limbs, expected in (
        ({**weak, **twitching}, "probable"),
        ({**weak, **still}, "possible"),
        ({**weak_not, **twitching}, "possible"),
    ):
        found = judged(als, {**base, **limbs})
        assert {found[name].category for name in ("revised El Escorial", "Awaji")} == {expected}
        assert found["Gold Coast"].category == "not met"
    undecided = judged(als, {**base, **twitching})["revised El Escorial"]
    assert undecided.at_best == "definite" and {"arm_weakness", "leg_weakness"} <= set(undecided.missing)


def test_gold_coast_asks_for_weakness_with_wasting(als):
    wasted = {**EXCLUDED, "onset_tempo": "progressive", "arm_atrophy": "present", "leg_atrophy": "present"}
    weak, strong = ({"arm_weakness": it, "leg_weakness": it} for it in ("present", "absent"))
    assert judged(als, {**wasted, **weak})["Gold Coast"].verdict == "met"
    assert judged(als, {**wasted, **strong})["Gold Coast"].category == "not met"
    half = judged(als, wasted)["Gold Coast"]
    assert half.verdict == "undecided" and {"arm_weakness", "leg_weakness"} <= set(half.missing)
    implied = judged(als, {**wasted, "split_hand": "present", "foot_drop": "present"})["Gold Coast"]
    assert implied.verdict == "met", "a foot drop is weakness of the leg"


def test_gold_coast_says_where_it_can_be_read_more_widely(als):
    """Upper signs of one region and lower signs of another: the text asks for the same region "if only one
    region is involved"."""
    apart = {"jaw_jerk_brisk": "present", "arm_atrophy": "present", "arm_weakness": "present"}
    found = judged(als, {**EXCLUDED, **apart, "onset_tempo": "progressive"})
    one = found["Gold Coast"]
    assert (one.verdict, one.read_widely) == ("undecided (strict reading)", "met")
    told = [part.text for part in criteria_met(als, list(found.values())) if isinstance(part, Paragraph)]
    assert any(text.startswith("Gold Coast: read strictly") and text.endswith("is met.") for text in told)
    both = judged(als, {**EXCLUDED, **SPINAL, "onset_tempo": "progressive"})
    assert not any(one.read_widely for one in both.values())


def test_spread_is_progression(als):
    """However the disease began; but no spread leaves open whether it progresses where it is."""
    signs = {name: state for name, state in CLASSIC.items() if name != "onset_tempo"}
    sudden = judged(als, {**signs, "onset_tempo": "sudden", "spread": "present"})
    assert sudden["Gold Coast"].verdict == "met"
    unknown = judged(als, {**signs, "onset_tempo": "sudden"})["Gold Coast"]
    assert unknown.open == ("progressive course",) and unknown.missing == ("spread",)
    nowhere = judged(als, {**signs, "spread": "absent"})["Gold Coast"]
    assert nowhere.open == ("progressive course",) and nowhere.missing == ("onset_tempo",)
