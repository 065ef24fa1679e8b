"""The value grammar: what each form means, and in which words others are refused."""

import time
from dataclasses import FrozenInstanceError
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Estimate
from dxnet.knowledge.estimate import WEIGHT_CAP


@pytest.mark.parametrize(
    ("text", "mean", "weight", "sources"),
    [
        ("34/40 @key", (6.5 / 41, 34.5 / 41), 41, ("key",)),
        ("0/40 @key", (40.5 / 41, 0.5 / 41), 41, ("key",)),
        ("40/40 @key", (0.5 / 41, 40.5 / 41), 41, ("key",)),
        ("340 / 400 @key", (60.5 / 401, 340.5 / 401), 200, ("key",)),
        ("0.62 ~ 140 @key", (0.38, 0.62), 140, ("key",)),
        ("0.62~140@key", (0.38, 0.62), 140, ("key",)),
        (" .62  ~  1.4e2   @key ", (0.38, 0.62), 140, ("key",)),
        ("6.2e-1 ~ 1e9 @key", (0.38, 0.62), 200, ("key",)),
        ("0.5 ~ 0.1 @key", (0.5, 0.5), 0.1, ("key",)),
        ("52 42 6 @key", (52.5 / 101.5, 42.5 / 101.5, 6.5 / 101.5), 101.5, ("key",)),
        ("10 0 @key", (10.5 / 11, 0.5 / 11), 11, ("key",)),
        ("100 200 0 1 @key", (100.5 / 303, 200.5 / 303, 0.5 / 303, 1.5 / 303), 200, ("key",)),
        ("0.5 0.3 0.2 ~ 40 @key", (0.5, 0.3, 0.2), 40, ("key",)),
        ("0.5 0.3 0.201 ~ 40 @key", (0.5 / 1.001, 0.3 / 1.001, 0.201 / 1.001), 40, ("key",)),
        ("0.07 ~ 10 @estimate", (0.93, 0.07), 10, ("estimate",)),
        ("0.5 ~ 9 @a @b", (0.5, 0.5), 9, ("a", "b")),
        ("0.5 ~ 9 @a, @b-2:c.d", (0.5, 0.5), 9, ("a", "b-2:c.d")),
    ],
)
def test_what_is_read(text, mean, weight, sources):
    estimate = Estimate.parse(text, reason="why", where="x.yaml:3")
    assert estimate.mean == pytest.approx(mean, abs=1e-12)
    assert estimate.weight == pytest.approx(weight)
    assert estimate.sources == sources
    assert (estimate.reason, estimate.where, estimate.text) == ("why", "x.yaml:3", text)
    assert estimate.is_published == (sources != ("estimate",))


@pytest.mark.parametrize(("p", "low", "high"), [(0.85, 0.74, 0.93), (0.5, 0.3, 0.7), (0.1, 0.0, 0.9)])
def test_an_interval_is_a_beta_by_its_moments(p, low, high):
    """The Beta with this mean and weight has the interval's width / 3.92 as its standard deviation."""
    estimate = Estimate.parse(f"{p} [{low}, {high}] @key")
    assert estimate.mean[1] == pytest.approx(p)
    deviation = sqrt(p * (1 - p) / (estimate.weight + 1))
    if estimate.weight > 1:
        assert deviation == pytest.approx((high - low) / 3.919928, rel=1e-9)
    else:
        assert estimate.weight == 1 and deviation < (high - low) / 3.919928


def test_weights_are_capped_and_narrow_intervals_too():
    assert Estimate.parse("0.5 [0.499, 0.501] @key").weight == WEIGHT_CAP
    assert Estimate.parse("19000/20000 @key").weight == WEIGHT_CAP
    with pytest.raises(ValueError, match="up to 200"):
        Estimate((0.5, 0.5), 201, ("key",))


REFUSED = {
    "": "cannot read '', which is not a number, and '' has no source; write 34/40 @key, 0.62 ~ 140 @key",
    "abc": "cannot read 'abc', which is not a number, and 'abc' has no source; write 34/40 @key",
    "1.7": "cannot read '1.7': a probability lies between 0 and 1, and '1.7' has no source; write 34/40 @key",
    "0.7": "cannot read '0.7', which has no weight, and '0.7' has no source; write 34/40 @key",
    "1.7 ~ 10": "must lie between 0 and 1, and be neither, and '1.7 ~ 10' has no source; write 0.002",
    "1.7 ~ 0 @": "be neither, and the weight is not above 0, and cannot read the sources",
    "41/40": "'41/40' is not k of n patients, and '41/40' has no source; write 34/40 with 0 <= k <=",
    "0.62 ~ 140": "'0.62 ~ 140' has no source",
    "0.62 ~ 140 @": "cannot read the sources in '0.62 ~ 140 @'; write @key or @key1 @key2",
    "0.62 ~ 140 @ key": "cannot read the sources",
    "0.62 ~ 140 @a b": "cannot read the sources",
    "0.62 ~ 140 @a @é": "cannot read the sources",
    "0.62 @key": "cannot read '0.62', which has no weight; write",
    "abc @key": "cannot read 'abc', which is not a number; write",
    "~ 140 @key": "cannot read '~ 140'",
    "-0.1 ~ 140 @key": "cannot read '-0.1 ~ 140': a probability lies between 0 and 1",
    "+0.1 ~ 140 @key": "cannot read",
    "0,62 ~ 140 @key": "cannot read",
    "\u0660.\u0666 ~ 140 @key": "cannot read",
    "0x1 ~ 140 @key": "cannot read",
    "1_0 ~ 140 @key": "cannot read",
    "nan ~ 140 @key": "cannot read",
    "0.62 ~ inf @key": "cannot read",
    "0.62 ~ 140 ~ 140 @key": "cannot read",
    "0.62 140 ~ @key": "cannot read",
    "34/40/50 @key": "cannot read",
    "0.62 [0.5 0.7] @key": "cannot read",
    "1.2.3 ~ 4 @key": "cannot read",
    "0 ~ 140 @key": "must lie between 0 and 1, and be neither; write 0.002 for never seen",
    "1 ~ 140 @key": "must lie between 0 and 1, and be neither",
    "1.0000001 ~ 140 @key": "must lie between 0 and 1",
    "1e-30 ~ 140 @key": "must lie between 0 and 1",
    "1e999 ~ 140 @key": "must lie between 0 and 1",
    "0.5 0.5 0 ~ 140 @key": "must lie between 0 and 1",
    "0.62 ~ 0 @key": "the weight is not above 0; give the number of patients, up to 200",
    "0.62 ~ 1e999 @key": "a number in '0.62 ~ 1e999 @key' is too large",
    "1e999/1e999 @key": "a number in '1e999/1e999 @key' is too large",
    "1e308 1e308 @key": "a number in '1e308 1e308 @key' is too large",
    "1e-200 [0, 2e-200] @key": "must lie between 0 and 1",
    "5e-324 [0, 1e-323] @key": "a number in '5e-324 [0, 1e-323] @key' is too large",
    "41/40 @key": "'41/40' is not k of n patients; write 34/40 with 0 <= k <= n and n > 0",
    "0/0 @key": "'0/0' is not k of n patients",
    "0.62 [0.7, 0.5] @key": "is not mean [low, high]; put the mean inside, and all in 0 to 1",
    "0.62 [0.62, 0.7] @key": "is not mean [low, high]",
    "0.62 [0.5, 1.01] @key": "is not mean [low, high]",
    "0 0 0 @key": "'0 0 0' counts no patient; give how many had each state",
    "0.5 0.3 0.1 ~ 140 @key": "'0.5 0.3 0.1 ~ 140' sums to 0.9; make the probabilities of all states",
    "0.5 0.3 0.2021 ~ 140 @key": "sums to 1.002",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text):
    with pytest.raises(ValueError) as caught:
        Estimate.parse(text)
    assert REFUSED[text] in str(caught.value)
    cause, cure = str(caught.value).split("; ", 1)
    assert cause and cure


@pytest.mark.parametrize(
    ("mean", "weight", "sources", "words"),
    [
        ((1.0,), 10, ("key",), "must lie between 0 and 1"),
        ((), 10, ("key",), "must lie between 0 and 1"),
        ((float("nan"), 0.5), 10, ("key",), "must lie between 0 and 1"),
        ((0.5, 0.4), 10, ("key",), "the probabilities sum to 0.9; make them sum to 1"),
        ((0.5, 0.5), float("nan"), ("key",), "the weight is not above 0"),
        ((0.5, 0.5), -1, ("key",), "the weight is not above 0"),
        ((0.5, 0.5), 10, (), "no source; end it with @key"),
    ],
)
def test_an_invalid_estimate_cannot_be_built(mean, weight, sources, words):
    with pytest.raises(ValueError, match=words):
        Estimate(mean, weight, sources)


def test_estimates_are_frozen_and_compared_by_what_they_state():
    estimate = Estimate.parse("0.5 ~ 10 @key", where="a:1")
    with pytest.raises(FrozenInstanceError):
        estimate.weight = 20
    assert estimate == Estimate.parse("0.50 ~ 10 @key", where="b:2")
    assert estimate != Estimate.parse("0.5 ~ 11 @key")
    assert estimate != Estimate.parse("0.5 ~ 10 @key", reason="other")
    assert not Estimate.parse("0.5 ~ 10 @key @estimate").is_published


@given(k=st.integers(0, 500), extra=st.integers(0, 500))
def test_counts_shrink_towards_one_half(k, extra):
    """Beta(k + 1/2, n - k + 1/2): never 0 or 1, between k/n and 1/2, the same as counts for each state."""
    n = k + extra
    if n == 0:
        return
    estimate = Estimate.parse(f"{k}/{n} @key")
    assert min(k / n, 0.5) <= estimate.mean[1] <= max(k / n, 0.5)
    assert estimate.mean == pytest.approx(Estimate.parse(f"{extra} {k} @key").mean)


def test_long_texts_are_refused_at_once():
    for text in (
        "1" * 300_000 + "x @a",
        "1 " * 100_000 + "@a @",
        "1." * 100_000 + "@a",
        "0.1 ~ 9 " + "@a" * 100_000,
    ):
        start = time.process_time()
        with pytest.raises(ValueError) as caught:
            Estimate.parse(text)
        assert time.process_time() - start < 20
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Estimate((0.5, 0.5), 10, "estimate"), r"give a tuple of keys, such as \('estimate',\)"),
        (lambda: Estimate((0.5, 0.5), 10, (1,)), "give a tuple of keys"),
        (lambda: Estimate(0.5, 10, ("estimate",)), "give the probability of each state"),
        (lambda: Estimate(("a", "b"), 10, ("estimate",)), "give the probability of each state"),
        (lambda: Estimate((0.5, 0.5), "10", ("estimate",)), "give the number of patients"),
        (lambda: Estimate.parse(0.5), "0.5 is no text; write 34/40 @key"),
        (lambda: Estimate.parse(None), "None is no text"),
    ],
)
def test_what_is_no_estimate_is_refused_in_words(make, said):
    with pytest.raises(TypeError, match=said):
        make()


def test_an_estimate_made_in_python_is_one_of_a_file():
    made = Estimate([0.75, 0.25], 10, ["estimate"])
    assert made == Estimate.parse(made.text) and made.text == "0.25 ~ 10 @estimate"
    assert len({made, Estimate.parse(made.text)}) == 1 and not made.is_published
    with pytest.raises(ValueError, match=r"'@estimate' is no key of a source; write it .* without @"):
        Estimate((0.5, 0.5), 10, ("@estimate",))
