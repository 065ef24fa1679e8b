"""Noisy-MAX nodes of XDSL: the tables they stand for, and what is none."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_texts import NOISY, network_in

from dxnet.errors import ParseError
from dxnet.formats.networks.noisy_max import noisy_max

BRINGS = {
    "flu": {"severe": [0.6, 0.3, 0.1], "mild": [0.2, 0.4, 0.4], "none": [0, 0, 1]},
    "smoke": {"no": [0, 0, 1], "yes": [0.1, 0.5, 0.4]},
}
LEAK = [0.01, 0.04, 0.95]


def strongest(*brought):
    """P(the strongest of independent effects), by counting every combination; the first is the strongest."""
    found = np.zeros(len(brought[0]))
    for effects in product(range(len(found)), repeat=len(brought)):
        found[min(effects)] += np.prod([p[effect] for p, effect in zip(brought, effects, strict=True)])
    return found


@pytest.mark.parametrize("order", ["strength", "state"])
def test_noisy_max_takes_the_strongest_effect(order):
    """Parameters stand by strength in GeNIe; those by state are told by where nothing is brought."""
    text = NOISY if order == "strength" else NOISY.replace("0.1 0.5 0.4 0 0 1", "0 0 1 0.1 0.5 0.4")
    cough = network_in("xdsl", text).tables["cough"]
    assert cough.parents == ("flu", "smoke")
    for (i, flu), (j, smoke) in product(enumerate(BRINGS["flu"]), enumerate(BRINGS["smoke"])):
        expected = strongest(BRINGS["flu"][flu], BRINGS["smoke"][smoke], LEAK)
        assert cough.values[:, i, j] == pytest.approx(expected, abs=1e-15)


@given(st.data())
def test_any_noisy_max_equals_the_count_of_its_effects(data):
    size, counts = data.draw(st.integers(2, 3)), data.draw(st.lists(st.integers(2, 3), max_size=3))
    share = st.lists(st.floats(0.01, 1), min_size=size, max_size=size).map(lambda p: np.array(p) / sum(p))
    brings = [[data.draw(share) for _ in range(count - 1)] + [np.eye(size)[-1]] for count in counts]
    orders = [data.draw(st.permutations(range(count))) for count in counts]
    leak = data.draw(share)
    numbers = np.concatenate([*(row for rows in brings for row in rows), leak])
    choices = [[f"s{i}" for i in range(count)] for count in counts]
    table = noisy_max(size, choices, [place for order in orders for place in order], numbers)
    for row, states in zip(table, product(*map(range, counts)), strict=True):
        own = [b[order.index(state)] for b, order, state in zip(brings, orders, states, strict=True)]
        assert row == pytest.approx(strongest(*own, leak), abs=1e-12)


def test_parameters_that_could_be_read_in_two_orders_are_read_by_strength_with_a_warning():
    assert not network_in("xdsl", NOISY).issues
    read = network_in("xdsl", NOISY.replace("<strengths>0 1 2 1 0<", "<strengths>1 0 2 0 1<"))
    (warning,) = read.issues
    assert warning.level == "warning" and "cough: its parameters are read by strength" in warning.message
    assert read.tables["cough"].values[0, 0, 0] == pytest.approx(1 - 0.8 * 0.9 * 0.99)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("0 1 2 1 0<", "0 1 2 1 1<", "has strengths that are no order of the states no, yes"),
        ("0 1 2 1 0<", "0 1 2 1 0 0<", "has more strengths than its parents have states"),
        ("0 1 2 1 0<", "0 1 2 1 x<", "cough has the strength 'x'"),
        ("0.01 0.04 0.95<", "0.01 0.04<", "has 17 parameters, but its parents ask for 18"),
        ("0.01 0.04 0.95<", "0.01 0.04 0.99<", "number 6, that sums to 1.04, not 1"),
        ("0 0 1 0.01", "0 0.5 0.5 0.01", "(none, no) do not leave it in its last state"),
        ("0.6 0.3 0.1", "nan 0.3 0.1", "cough holds 'nan', which is no number"),
    ],
)
def test_what_is_no_noisy_max_is_refused(old, new, expected):
    with pytest.raises(ParseError) as caught:
        network_in("xdsl", NOISY.replace(old, new))
    assert expected in str(caught.value) and len(caught.value.issues) == 1
    assert caught.value.issues[0].where == "x.xdsl:5"


def test_a_noisy_max_of_too_many_parents_is_refused():
    parents = "".join(
        f'<cpt id="p{i}"><state id="y"/><state id="n"/><probabilities>0.5 0.5</probabilities></cpt>'
        for i in range(40)
    )
    names = " ".join(f"p{i}" for i in range(40))
    node = f'<noisymax id="x"><state id="y"/><state id="n"/><parents>{names}</parents>'
    node += f"<parameters>{'0.5 0.5 0 1 ' * 40}0 1</parameters></noisymax>"
    text = f"<smile><nodes>{parents}{node}</nodes></smile>"
    with pytest.raises(ParseError, match="stands for a table of 1,099,511,627,776 rows"):
        network_in("xdsl", text)
