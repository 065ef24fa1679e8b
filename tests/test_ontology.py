"""The tables of terms: complete, without circles, and what the README of the data says of them."""

import re
from collections import Counter
from math import inf

import pytest
from conftest import network

from dxnet.formats.cases.finding_terms import FindingTerms
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.ontology import laboratory_tests, mondo_diseases, onset_classes, phenotypes

ALS = network("als_mimics")
TERMS = FindingTerms(ALS)


def others(table):
    lines = (RESOURCES / "data" / table).read_text(encoding="utf-8").splitlines()[1:]
    return [other for line in lines for other in line.rpartition(",")[2].split()]


@pytest.mark.parametrize(("ontology", "table"), [(phenotypes(), "hpo.csv"), (mondo_diseases(), "mondo.csv")])
def test_every_term_stands_under_terms_of_the_table_and_never_under_itself(ontology, table):
    for id, term in ontology.terms.items():
        assert {*term.kind_of} <= ontology.terms.keys()
        assert all(id not in ontology.above(parent) for parent in term.kind_of)
    codes = [code for code in others(table) if not code.startswith("OMIM")]
    assert [code for code, number in Counter(codes).items() if number > 1] == []
    assert not ontology.terms.keys() & {*codes}


def test_every_former_id_leads_to_a_term_of_today():
    assert len(others("hpo.csv")) > 400
    assert all(phenotypes().find(code).id != code for code in others("hpo.csv"))


def test_every_laboratory_test_tells_of_a_finding():
    for terms in laboratory_tests().values():
        named = {*filter(None, terms)}
        assert named <= phenotypes().terms.keys() and any(TERMS.reach(term) for term in named)


def test_every_disease_of_the_network_is_in_the_table():
    for diagnosis in ALS.diagnosis.values():
        assert not diagnosis.mondo or diagnosis.mondo in mondo_diseases().terms


def test_no_term_shows_two_states_of_one_finding():
    for name, rules in TERMS.rules.items():
        for rule in rules:
            for other in rules:
                if other.term in phenotypes().above(rule.term):
                    assert rule.states & other.states, f"{name}: {rule.term} and {other.term}"


def test_age_groups_of_onset_follow_each_other():
    for low, high in onset_classes().values():
        assert 0 <= low <= high
    young, middle, late = (onset_classes()[f"HP:{id}"] for id in ("0011462", "0003596", "0003584"))
    assert young[1] == middle[0] and middle[1] == late[0] and late[1] == inf


@pytest.mark.parametrize("table", ["hpo.csv", "mondo.csv", "loinc.csv", "onsets.csv"])
def test_the_data_dictionary_counts_right(table):
    readme = (RESOURCES / "data" / "README.md").read_text(encoding="utf-8")
    (count,) = re.findall(rf"\| `{table}` \|.*\| ([0-9,]+) \|", readme)
    lines = (RESOURCES / "data" / table).read_text(encoding="utf-8").splitlines()
    assert int(count.replace(",", "")) == len(lines) - 1
