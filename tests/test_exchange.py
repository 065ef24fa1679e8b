"""Networks in the formats of other programs: not a bit changed on the way, and pgmpy and pyAgrum agree."""

import re
from functools import cache

import numpy as np
import pyagrum
import pytest
from click.testing import CliRunner
from conftest import LARGE_SLOWLY, network
from hypothesis import given, settings
from hypothesis import strategies as st
from test_standard_networks import EXAMPLES, TARGETS, cases

from dxnet.cli import main
from dxnet.formats.networks.registry import NETWORK_WRITERS, dump, losses, plain_identifiers, read_tables
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.inference.backends.pgmpy_model import discrete
from dxnet.inference.cpt import Discrete
from dxnet.knowledge.kinds.base import Cpt

KINDS = list(NETWORK_WRITERS)
AGRUM = {"bif": "bif", "xdsl": "xdsl", "xmlbif": "bifxml", "net": "net"}
"""How pyAgrum calls the formats."""
STANDARD = ["alarm", "hepar2", pytest.param("munin1", marks=pytest.mark.slow)]
every_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def standard(name):
    return read_tables(EXAMPLES / f"{name}.bif.gz")


def there_and_back(directory, model, kind):
    path = directory / f"network.{kind}"
    path.write_text(dump(model, kind), encoding="utf-8")
    return read_tables(path)


def assert_same(first, second, tolerance=0.0):
    """Equal tables, whatever the order of variables."""
    assert first.tables.keys() == second.tables.keys()
    for name, table in first.tables.items():
        assert second.tables[name].parents == table.parents
        assert np.abs(second.tables[name].values - table.values).max() <= tolerance


def plain(model):
    """A network with the names it has in files."""
    return Discrete(
        model.tables, {name: tuple(plain_identifiers(states)) for name, states in model.states.items()}
    )


def reversed_parents(xdsl):
    """pyAgrum takes the first parent as the fastest in XDSL, GeNIe the last."""
    return re.sub(
        r"<parents>(.*?)</parents>", lambda m: f"<parents>{' '.join(m[1].split()[::-1])}</parents>", xdsl
    )


def aligned(table, parents):
    """The values of a table with its parents in another order."""
    return table.values.transpose(0, *(1 + table.parents.index(parent) for parent in parents))


@every_kind
@pytest.mark.parametrize("name", LARGE_SLOWLY)
def test_our_networks_come_back_to_the_last_bit(tmp_path, name, kind):
    model = discrete(network(name))
    again = there_and_back(tmp_path, model, kind)
    assert_same(model, again)
    assert again.states == plain(model).states
    if NETWORK_WRITERS[kind].keeps_labels:
        assert again.labels == model.labels


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "bif"])
@pytest.mark.parametrize("name", STANDARD)
def test_standard_networks_give_the_same_posteriors_from_every_format(tmp_path, name, kind):
    """Of BIF as it comes, and of the format that was made from it."""
    model, target = standard(name), TARGETS.get(name, "DIFFN_TYPE")
    again = there_and_back(tmp_path, model, kind)
    names = dict(zip(model.tables, plain_identifiers(list(model.tables)), strict=True))
    first, second = CompiledBackend(model.tables, target), CompiledBackend(again.tables, names[target])
    for case in cases(name, 3 if name == "munin1" else 10):
        answer = second.ask({names[v]: state for v, state in case.items()})
        assert answer[0] == pytest.approx(first.ask(case)[0], abs=1e-12)


@every_kind
@pytest.mark.parametrize("name", ["alarm", "hepar2"])
def test_pyagrum_reads_what_we_write(tmp_path, name, kind):
    model, path = standard(name), tmp_path / f"network.{AGRUM[kind]}"
    text = dump(model, kind)
    path.write_text(reversed_parents(text) if kind == "xdsl" else text)
    other = pyagrum.loadBN(str(path))
    for v, table in model.tables.items():
        theirs = other.cpt(v)
        values = pyagrum.Tensor(theirs).reorganize([v, *table.parents][::-1]).toarray()  # last name first
        assert values == pytest.approx(table.values, abs=1e-6), v
        if kind in ("bif", "xdsl", "net"):
            assert list(other.variable(v).labels()) == plain_identifiers(model.states[v])


@every_kind
@pytest.mark.parametrize("name", ["alarm", "hepar2"])
def test_we_read_what_pyagrum_writes(tmp_path, name, kind):
    """Files that no code of ours has touched (but for the order of parents in XDSL)."""
    model, bif, path = standard(name), tmp_path / "network.bif", tmp_path / f"theirs.{AGRUM[kind]}"
    bif.write_text(dump(model, "bif"))
    pyagrum.saveBN(pyagrum.loadBN(str(bif)), str(path))
    if kind == "xdsl":
        path.write_text(reversed_parents(path.read_text()))
    again = read_tables(path)
    for v, table in model.tables.items():
        assert aligned(again.tables[v], table.parents) == pytest.approx(table.values, abs=1e-6), v


@pytest.mark.slow
@every_kind
def test_pgmpy_reads_what_we_write(tmp_path, kind):
    from pgmpy import readwrite

    readers = {"bif": "BIFReader", "xdsl": "XDSLReader", "xmlbif": "XMLBIFReader", "net": "NETReader"}
    path = tmp_path / f"network.{kind}"
    path.write_text(dump(standard("alarm"), kind))
    other = getattr(readwrite, readers[kind])(str(path)).get_model()
    for v, table in standard("alarm").tables.items():
        cpd = other.get_cpds(v)
        theirs = aligned(Cpt(cpd.values, tuple(cpd.variables[1:])), table.parents)
        assert theirs == pytest.approx(table.values, abs=1e-6)


PROBABILITY = st.floats(1e-300, 1 - 1e-12)
NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=5)


@every_kind
@given(data=st.data())
@settings(max_examples=40)
def test_any_network_comes_back(tmp_path_factory, kind, data):
    names = data.draw(st.lists(NAME, min_size=1, max_size=3, unique=True))
    states = {name: tuple(data.draw(st.lists(NAME, min_size=2, max_size=3, unique=True))) for name in names}
    tables = {}
    for number, name in enumerate(names):
        parents = tuple(data.draw(st.permutations(names[:number])))
        shape = [len(states[parent]) for parent in parents]
        p = np.array(
            data.draw(st.lists(PROBABILITY, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
        )
        rest = [np.zeros_like(p)] * (len(states[name]) - 2)
        tables[name] = Cpt(np.stack([p, 1 - p, *rest]).reshape(-1, *shape), parents)
    labels = {name: "x" + name.strip() for name in names}
    again = there_and_back(tmp_path_factory.getbasetemp(), Discrete(tables, states, labels), kind)
    renamed = dict(zip(names, plain_identifiers(names), strict=True))
    for name, table in tables.items():
        assert (again.tables[renamed[name]].values == table.values).all()
        assert again.tables[renamed[name]].parents == tuple(renamed[parent] for parent in table.parents)


def test_what_is_lost_is_told(als):
    lost = "; ".join(losses(als, "flat", "bif"))
    for words in (
        "weighs",
        "other settings (suspected_mnd_referral",
        "labels of the variables",
        "soft words",
        "definitions, synonyms, categories, numbers with units, exclusions, regions and signs",
        "the target and the order of the guideline",
        "18-39 is s18_39",
    ):
        assert words in lost
    assert "labels of the variables" not in "; ".join(losses(als, "flat", "xdsl"))


def test_the_command_line_converts_and_tells(tmp_path):
    def run(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    result = run("export", "asia", "--format", "net", "-o", tmp_path / "a.net")
    assert (
        result.exit_code == 0
        and "warning: asia: net does not hold how much each number weighs" in result.stderr
    )
    again = run("export", tmp_path / "a.net", "--format", "xmlbif")
    assert again.exit_code == 0 and not again.stderr
    assert again.stdout == dump(discrete(network("asia")), "xmlbif")
