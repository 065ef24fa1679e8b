"""Tables of findings that come through a mechanism, alone or with a gate, and what makes one too rare."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_by_hand import LEAK, LEVELS, by_diagnosis, finding, mechanism, network, number, table, values

from dxnet.errors import CheckError
from dxnet.inference.cpt import cpt
from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.network import Node


def test_through_a_mechanism():
    """a: l = 0.02, (0.6 - 0.2 x 0.02) / 0.8 = 0.745.  b: l = 0.01, as p is below the leak."""
    net = network({"f": finding(by_diagnosis(0.6, 0.01), through="m")}, mechanisms={"m": mechanism(0.8, 0.1)})
    assert cpt(net, "f").parents == ("diagnosis", "m")
    assert values(net, "f")[..., 1] == pytest.approx(np.array([[0.02, 0.745], [0.01, 0.01]]), abs=1e-12)


def test_the_leak_of_a_finding_wins_over_that_of_its_mechanism():
    f = finding(by_diagnosis(0.6, 0.2), through="m", leak=number(0.1))
    net = network({"f": f}, mechanisms={"m": mechanism(0.8, 0.5)})
    expected = np.array([[0.1, (0.6 - 0.2 * 0.1) / 0.8], [0.1, (0.2 - 0.5 * 0.1) / 0.5]])
    assert values(net, "f")[..., 1] == pytest.approx(expected, abs=1e-12)


def test_several_states_keep_their_proportions_through_a_mechanism():
    f = finding(by_diagnosis([0.4, 0.4, 0.2], [0.97, 0.02, 0.01]), states=LEVELS, through="m")
    net = network({"f": f}, mechanisms={"m": mechanism(0.8, 0.1)})
    mass = (0.6 - 0.2 * LEAK) / 0.8
    result = values(net, "f")
    assert result[0, 1] == pytest.approx([1 - mass, mass * 2 / 3, mass / 3], abs=1e-12)
    assert result[0, 0] == pytest.approx([1 - LEAK, LEAK * 2 / 3, LEAK / 3], abs=1e-12)
    assert result[1, 0] == pytest.approx([0.98, LEAK * 2 / 3, LEAK / 3], abs=1e-12)
    assert 0.2 * result[0, 0] + 0.8 * result[0, 1] == pytest.approx([0.4, 0.4, 0.2], abs=1e-12)


def test_a_mechanism_through_a_mechanism():
    """The leak of a mechanism is that of what goes through it, not its own."""
    root, neck = mechanism(0.8, 0.1, leak=number(0.03)), mechanism(0.6, 0.05, through="root")
    net = network(
        {"f": finding(by_diagnosis(0.5, 0.04), through="neck")}, mechanisms={"root": root, "neck": neck}
    )
    given_root = values(net, "neck")[..., 1]
    high = (0.6 - 0.2 * 0.03) / 0.8
    assert given_root[0] == pytest.approx([0.03, high], abs=1e-12)
    p_neck = np.array([0.2 * 0.03 + 0.8 * high, 0.9 * given_root[1, 0] + 0.1 * given_root[1, 1]])
    assert p_neck == pytest.approx([0.6, 0.05], abs=1e-12)
    f = values(net, "f")[..., 1]
    assert f[0, 0] == pytest.approx(LEAK, abs=1e-12)
    assert (1 - p_neck) * f[:, 0] + p_neck * f[:, 1] == pytest.approx([0.5, 0.04], abs=1e-12)


def test_requires_and_through():
    """The mechanism matters only where the gate is open; summed over both, P(f | d) is as stated."""
    f = finding(by_diagnosis([0.4, 0.4, 0.2], [0.9, 0.06, 0.04]), states=LEVELS, requires="gate", through="m")
    gate = finding(by_diagnosis(0.9, 0.5))
    net = network(
        {"gate": gate, "f": f}, mechanisms={"m": mechanism(0.8, 0.3)}, recording_error=number(0.002)
    )
    assert cpt(net, "f").parents == ("diagnosis", "gate", "m")
    result = values(net, "f")
    closed = [0.998, 0.002 * 2 / 3, 0.002 / 3]
    assert result[0, 0, 0] == pytest.approx(closed, abs=1e-12)
    assert result[0, 0, 1] == pytest.approx(closed, abs=1e-12)
    opened = (0.6 - 0.1 * 0.002) / 0.9
    assert result[0, 1, :, 0] == pytest.approx([0.98, 1 - (opened - 0.2 * LEAK) / 0.8], abs=1e-12)
    for d, stated in enumerate(([0.4, 0.4, 0.2], [0.9, 0.06, 0.04])):
        p_gate, p_m = ([0.1, 0.9], [0.5, 0.5])[d], ([0.2, 0.8], [0.7, 0.3])[d]
        assert np.einsum("g,m,gms->s", p_gate, p_m, result[d]) == pytest.approx(stated, abs=1e-12)


def test_also_comes_after_requires_and_through():
    """Without the incidental cause P(f | d) is as stated, with it 1 - (1 - p) (1 - c) whatever the gate."""
    gate = finding(by_diagnosis(0.9, 0.5))
    f = finding(by_diagnosis(0.6, 0.1), requires="gate", through="m", also={"z": number(0.3)})
    z = Node(label="z", given=table(default=0.2))
    net = network({"gate": gate, "f": f}, mechanisms={"m": mechanism(0.8, 0.3)}, incidental={"z": z})
    assert cpt(net, "f").parents == parents(net, "f") == ("diagnosis", "gate", "m", "z")
    without, within = np.moveaxis(values(net, "f")[..., 1], -1, 0)
    assert within == pytest.approx(1 - (1 - without) * 0.7, abs=1e-12)
    p_gate, p_m = np.array([[0.1, 0.9], [0.5, 0.5]]), np.array([[0.2, 0.8], [0.7, 0.3]])
    assert np.einsum("dg,dm,dgm->d", p_gate, p_m, without) == pytest.approx([0.6, 0.1], abs=1e-12)


def test_a_mechanism_may_be_just_common_enough():
    """p = q + (1 - q) l: the finding is then certain with the mechanism. A little less, and it is refused."""
    p = 0.5 + 0.5 * LEAK
    net = network({"f": finding(by_diagnosis(p, 0.1), through="m")}, mechanisms={"m": mechanism(0.5, 0.3)})
    assert values(net, "f")[0, 1] == pytest.approx([0, 1], abs=1e-9)
    assert (cpt(net, "f").values >= 0).all()
    net = network({"f": finding(by_diagnosis(p, 0.9), through="m")}, mechanisms={"m": mechanism(0.499, 0.3)})
    with pytest.raises(CheckError) as caught:
        cpt(net, "f")
    assert [issue.message for issue in caught.value.issues] == [
        "f: 0.51 given a is commoner than m allows",
        "f: 0.9 given b is commoner than m allows",
    ]
    assert [issue.fix for issue in caught.value.issues] == [
        "raise P(m | a) from 0.499 to 0.5, or lower P(f | a) to 0.509",
        "raise P(m | b) from 0.3 to 0.898, or lower P(f | b) to 0.314",
    ]


@given(st.floats(0.3, 0.95), st.floats(0.02, 0.25), st.sampled_from(["through", "requires"]))
def test_either_cure_of_what_is_too_common_cures_and_is_the_smallest(p, q, key):
    """The one number raised, or the other lowered, to what the message says; a little less does not do."""

    def built(p, q):
        links = {"mechanisms": {"m": mechanism(q, q)}} if key == "through" else {}
        gate = {} if links else {"m": finding(by_diagnosis(q, q))}
        net = network({**gate, "f": finding(by_diagnosis(p, 0.01), **{key: "m"})}, **links)
        return cpt(net, "f")

    with pytest.raises(CheckError) as caught:
        built(p, q)
    (issue,) = caught.value.issues
    least, most = map(float, re.findall(r"to ([\d.]+)", issue.fix))
    built(p, least)
    built(most, q)
    for near in ((p, least - 2e-4), (most + 2e-4, q)):
        with pytest.raises(CheckError):
            built(*near)
