"""The JSON Schema against the loader: what the one refuses as one types, the other refuses as well."""

import json
import re

import pytest
from conftest import NETWORKS, STARTER, TINY
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from dxnet import Estimate, Network
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import Finding
from dxnet.knowledge.schema import network_schema
from dxnet.knowledge.table import file_keys

FILES = sorted(
    path
    for directory in (*(RESOURCES / "networks" / name for name in NETWORKS), TINY, STARTER)
    for path in directory.rglob("*.yaml")
)
VALIDATOR = Draft202012Validator(network_schema())


def as_an_editor(text):
    """YAML 1.2 as editors read it: numbers and truth values, but no dates."""
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)
    return yaml.load(text)


def faults(text):
    return [error.message for error in VALIDATOR.iter_errors(as_an_editor(text))]


def test_it_is_a_json_schema():
    Draft202012Validator.check_schema(network_schema())
    assert json.loads(json.dumps(network_schema())) == network_schema()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_of_a_network_is_valid(path):
    assert faults(path.read_text(encoding="utf-8")) == []


def test_it_knows_every_key_of_the_files():
    known = network_schema()
    assert set(file_keys(Finding)) - set(known["$defs"]["Finding"]["properties"]) == {"given <parents>"}
    assert set(file_keys(Network)) == set(known["properties"])


FINDING = "findings:\n  f:\n    label: F\n    given diagnosis:\n      a: 34/40 @key\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("findings:", "findngs:"),
        ("  f:", "  1f:"),
        ("  f:", "  a-b:"),
        ("    label: F\n", ""),
        ("    label: F\n", "    lable: F\n    label: F\n"),
        ("    label: F\n", "    label: [F]\n"),
        ("    label: F\n", "    label: F\n    states: absent, present\n"),
        ("    label: F\n", "    label: F\n    sign: wastng\n"),
        ("    label: F\n", "    label: F\n    where: here\n"),
        ("given diagnosis", "gven diagnosis"),
        ("given diagnosis", "given"),
        ("given diagnosis", "given diagnosis,"),
        ("34/40 @key", "0.85"),
        ("34/40 @key", "34/40"),
        ("34/40 @key", "34/40 key"),
        ("34/40 @key", "0.85 ~ @key"),
        ("34/40 @key", "-0.85 ~ 40 @key"),
        ("34/40 @key", "85 % ~ 40 @key"),
        ("34/40 @key", "0.85 [0.74 0.93] @key"),
        ("34/40 @key", "{p: 0.85}"),
        (FINDING, "diagnosis: {a: {label: A, treatable: maybe}}"),
        (FINDING, "procedures: {p: {label: P, cost: 4, invasiveness: 0, availability: routine}}"),
        (FINDING, "procedures: {p: {label: P, cost: 1, invasiveness: 0}}"),
        (FINDING, "[findings]"),
    ],
)
def test_what_is_wrong_does_not_validate(old, new):
    assert faults(FINDING) == []
    assert FINDING.count(old) == 1 and faults(FINDING.replace(old, new))


NUMBER = st.one_of(st.integers(0, 300).map(str), st.floats(0, 2).map(lambda x: f"{x:.3g}"))
WORDS = st.one_of(NUMBER, st.sampled_from([*" /~[],@", "@key", "@a, @b", "@estimate", "x"]))


@given(st.lists(WORDS, max_size=9).map(" ".join))
def test_every_number_that_is_read_validates(text):
    """Of those that are not read, the schema lets through the ones whose digits are wrong, not their form."""
    valid = VALIDATOR.evolve(schema=VALIDATOR.schema["$defs"]["Estimate"]).is_valid(text)
    try:
        Estimate.parse(text)
    except ValueError as problem:
        assert not (valid and re.search("has no source|cannot read", str(problem)))
    else:
        assert valid
