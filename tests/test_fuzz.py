"""Random damage: a network file is read or refused in words, never anything else.

``DXNET_FUZZ=200 pytest tests/test_fuzz.py`` tries 200 times as many examples.
"""

import copy
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dxnet import DxnetError, Estimate, load_network
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.cpt import prior
from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.strict_yaml import Map, parse_yaml

TIMES = int(os.environ.get("DXNET_FUZZ", "1"))
DIRECTORIES = {"tiny": Path(__file__).parent / "tiny", "asia": RESOURCES / "networks" / "asia"}
ALS = RESOURCES / "networks" / "als_mimics"
NASTY = (
    *("", " ", "\t", "\n", "\r", "\0", "\ufeff", "\u2028", "\x85", "é", "\ud800", "'", '"', "#", " #", "|"),
    *(": ", "- ", "? ", "---", "&a ", "*a", "!!str ", "!x ", "<<: ", "[", "]", "{", "}", ",", "@", "~"),
    *("default", "diagnosis", "atypical", "present", "absent", "given diagnosis", "where", "places"),
    *("0", "-1", "1e999", "nan", "0.5", "0/0", "0.5 ~ 1e-320", "a|b", "a|a, a|a", "yes", "no", "=x", ">"),
)  # fmt: skip
VALUES = (
    *("0.5 ~ 1e-320 @estimate", "0.999 ~ 9 @estimate", "1/2 @estimate", "5e-324 [0, 1e-323] @estimate"),
    *("0.5 0.5 ~ 10 @estimate", "1 2 3 @estimate", "1e-9 ~ 9 @estimate", "0.3 0.3 0.4 ~ 9 @estimate", [], {}),
    *({"default": "0.3 ~ 9 @estimate"}, {"default": "0.3 0.3 0.4 ~ 9 @estimate"}, ["absent", "odd", "worst"]),
    *({"cord": "0.3 ~ 9 @estimate"}, {"smoking=present": "0.3 ~ 9 @estimate"}, ["weakness"], ["sex", "age"]),
    *({"label": "A", "given sex": {"present": "1/2 @a"}}, {"label": "A", "probability": "1/2 @estimate"}),
    *("cord", "cord_neck", "weakness", "clonus", "sex", "smoking", "dyspnoea", "tuberculosis", "bronchitis"),
)  # fmt: skip


@st.composite
def damaged(draw, text):
    """A text with up to six random edits of characters, of words, of lines or of their keys and values."""
    for _ in range(draw(st.integers(1, 6))):
        split = draw(st.sampled_from([list, words, lines, lines, lines]))
        units = split(text) or [""]
        at, other = draw(st.integers(0, len(units) - 1)), draw(st.integers(0, len(units) - 1))
        cut, copied = draw(st.integers(0, 3)), "".join(units[other : other + draw(st.integers(1, 4))])
        choices = [st.just(copied), st.sampled_from(NASTY), st.text(max_size=4)]
        if split is lines:
            choices += [
                st.just(crossed(units[at], units[other])),
                st.just(crossed(units[other], units[at])),
            ] * 3
            choices += [
                st.sampled_from(NASTY).map(lambda word, line=units[at]: crossed(line, f": {word}"))
            ] * 3
            cut = min(cut, 1)
        text = "".join([*units[:at], draw(st.one_of(choices)), *units[at + cut :]])
    return text


def words(text):
    """Words, each with the blank or line end behind it."""
    return text.replace(" ", " \0").replace("\n", "\n\0").split("\0")


def lines(text):
    return text.splitlines(keepends=True)


def crossed(one, other):
    """The key of one line with the value of another."""
    return f"{one.rstrip().partition(': ')[0].rstrip(':')}: {other.rstrip().partition(': ')[2]}\n"


@st.composite
def shuffled(draw, text):
    """The network as JSON, which is YAML, with up to four keys or values misplaced: no syntax error."""
    document = json.loads(json.dumps(parse_yaml(text, "any.yaml")))
    places = list(walk(document))
    pool = [*(value for _, _, value in places), *NASTY, *VALUES]
    keys = [
        *(key for _, key, _ in places if isinstance(key, str)),
        "given diagnosis",
        "also",
        "noisy-or",
        "any-of",
    ]
    for _ in range(draw(st.integers(1, 4))):
        parent, key, old = draw(st.sampled_from(places))
        alike = [value for value in pool if kind(value) == kind(old)]
        value = copy.deepcopy(draw(st.sampled_from(alike) | st.sampled_from(alike) | st.sampled_from(pool)))
        edit = draw(st.sampled_from(["value", "value", "value", "remove", "rename", "add"]))
        if edit == "value" or isinstance(parent, list):
            parent[key] = value
        elif edit == "add":
            parent[draw(st.sampled_from(keys))] = value
        else:
            moved = parent.pop(key, value)
            if edit == "rename":
                parent[draw(st.sampled_from(keys))] = moved
    return json.dumps(document, ensure_ascii=False)


def kind(value):
    return (type(value), isinstance(value, str) and "@" in value)


def walk(value):
    """Every entry of a nested document: what it stands in, its key or index, and itself."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in list(entries):
        yield value, key, child
        yield from walk(child)


def survives(directory):
    """Loads and builds, or is refused with issues that have a place, a cause and a cure."""
    try:
        network = load_network(directory)
        built = all_tables(network)
    except DxnetError as problem:
        assert problem.issues
        for issue in problem.issues:
            assert issue.where and issue.message and issue.fix and len(str(issue)) < 3000, issue
        return
    for name, table in built.items():
        assert np.allclose(table.values.sum(axis=0), 1) and (table.values >= 0).all(), name
        assert set(table.parents) <= set(parents(network, name)), name
        assert table.values.shape == tuple(len(network.states(node)) for node in (name, *table.parents)), name
    for setting in network.settings:
        assert np.allclose(prior(network, setting).values.sum(axis=0), 1)


@pytest.fixture(scope="module", params=DIRECTORIES)
def network(request, tmp_path_factory):
    directory = tmp_path_factory.mktemp("fuzz") / request.param
    return Path(shutil.copytree(DIRECTORIES[request.param], directory))


@given(data=st.data())
@settings(max_examples=150 * TIMES)
def test_damaged_networks(network, data):
    file = data.draw(st.sampled_from(["network.yaml"] * 9 + ["references.csv"]))
    text = (DIRECTORIES[network.name] / file).read_text(encoding="utf-8")
    (network / file).write_bytes(data.draw(damaged(text)).encode("utf-8", "surrogatepass"))
    try:
        survives(network)
    finally:
        (network / file).write_text(text, encoding="utf-8")


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=200 * TIMES)
def test_misplaced_keys_and_values(network, data):
    text = (DIRECTORIES[network.name] / "network.yaml").read_text(encoding="utf-8")
    (network / "network.yaml").write_bytes(data.draw(shuffled(text)).encode("utf-8", "surrogatepass"))
    survives(network)


@given(data=st.data())
@settings(max_examples=100 * TIMES)
def test_random_bytes_in_networks(network, data):
    raw = bytearray((DIRECTORIES[network.name] / "network.yaml").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    (network / "network.yaml").write_bytes(raw)
    survives(network)


@given(data=st.data())
@settings(max_examples=60 * TIMES)
def test_damaged_pieces_of_the_als_network(data):
    """Fifty lines of a file at a time: parsed or refused."""
    path = data.draw(st.sampled_from(sorted(ALS.rglob("*.yaml"))))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start = data.draw(st.integers(0, len(lines)))
    try:
        document = parse_yaml(data.draw(damaged("".join(lines[start : start + 50]))), "als.yaml")
    except DxnetError as problem:
        assert all(issue.where.startswith("als.yaml") and issue.fix for issue in problem.issues)
    else:
        assert isinstance(document, Map)


@given(data=st.data())
@settings(max_examples=4 * TIMES)
def test_damaged_als_network(tmp_path_factory, data):
    directory = tmp_path_factory.getbasetemp() / "networks" / "als_mimics"
    if not directory.exists():
        shutil.copytree(RESOURCES / "data", directory.parents[1] / "data")
        shutil.copytree(ALS, directory)
    path = data.draw(st.sampled_from(sorted(directory.rglob("*.yaml"))))
    text = path.read_text(encoding="utf-8")
    path.write_bytes(data.draw(damaged(text)).encode("utf-8", "surrogatepass"))
    try:
        survives(directory)
    finally:
        path.write_text(text, encoding="utf-8")


NUMBERS = st.sampled_from(
    ["0", "1", "0.5", ".5", "5.", "34", "40", "1e-3", "1e-320", "5e-324", "1e308", "1e999", "9" * 400]
)
PARTS = NUMBERS | st.sampled_from(
    [*"/~[],@+-_eE.", " ", "\n", "@a", "@estimate", "nan", "inf", "0x1F", "1_0", "\u0663", "½"]
)
SENTENCES = st.lists(PARTS, max_size=9).map(" ".join) | st.lists(PARTS, max_size=9).map("".join)
FORMS = st.sampled_from(["{}/{} @a", "{} ~ {} @a", "{} [{}, {}] @a", "{} {} {} @a", "{} {} ~ {} @a @b"])


@given(st.text(max_size=30) | SENTENCES | st.builds(str.format, FORMS, NUMBERS, NUMBERS, NUMBERS))
@settings(max_examples=500 * TIMES)
def test_random_numbers(text):
    try:
        estimate = Estimate.parse(text)
    except ValueError as problem:
        message, cure = str(problem).split("; ", 1)
        assert message and cure
        return
    assert all(0 < p < 1 for p in estimate.mean) and abs(sum(estimate.mean) - 1) < 1e-9
    assert 0 < estimate.weight <= 200 and estimate.sources and estimate.text == text
