"""Whether parts fit each other, for networks built in Python; those of files are in test_load."""

import pytest
from conftest import two_diagnoses

from dxnet import Estimate
from dxnet.knowledge.buildable import faults_of_structure
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.network import Finding, Mechanism
from dxnet.knowledge.table import MAX_COLUMNS, ConditionalTable

HALF = Estimate.parse("0.5 ~ 10 @estimate")
GIVEN = ConditionalTable(parents=("diagnosis",), rows={"default": HALF})


def finding(**parts):
    return Finding(label="f", **({"given": GIVEN} if "any_of" not in parts else {}), **parts)


def mechanism(**parts):
    return Mechanism(label="m", given=GIVEN, leak=HALF, **parts)


def faults(findings, **parts):
    issues = list(faults_of_structure(two_diagnoses(findings, **parts)))
    assert all(issue.level == "error" and issue.message and issue.fix for issue in issues)
    return [issue.message for issue in issues]


CHAIN = {
    "root": mechanism(),
    "middle": mechanism(through="root"),
    "tip": mechanism(through="middle"),
    "lone": mechanism(),
}


@pytest.mark.parametrize(
    ("gate", "own", "shared"),
    [
        ("lone", "tip", ""),
        (None, "tip", ""),
        ("tip", None, ""),
        ("tip", "tip", "middle, root, tip"),
        ("tip", "root", "root"),
        ("root", "tip", "root"),
        ("middle", "tip", "middle, root"),
    ],
)
def test_a_gate_may_not_share_a_mechanism(gate, own, shared):
    """Then P(finding | diagnosis) would not come back: the gate tells about the mechanism."""
    findings = {"gate": finding(through=gate), "f": finding(through=own, requires="gate")}
    expected = [f"f and gate both depend on {shared}"] if shared else []
    assert faults(findings, mechanisms=CHAIN) == expected


def test_a_gate_of_a_gate_counts_too():
    findings = {"outer": finding(through="tip"), "gate": finding(requires="outer")}
    mixed = {**findings, "f": finding(requires="gate", through="root")}
    assert faults(mixed, mechanisms=CHAIN) == ["f and gate both depend on root"]
    assert faults({**findings, "f": finding(requires="gate", through="lone")}, mechanisms=CHAIN) == []


def test_cycles_are_shown_along_the_arrows():
    after_b = ConditionalTable(parents=("b",), rows={"default": HALF})
    findings = {"x": finding(also={"y": HALF}), "y": finding(requires="z"), "z": finding(any_of=("x",))}
    assert faults(findings)[-1] in (
        "a cycle: x -> z -> y -> x",
        "a cycle: z -> y -> x -> z",
        "a cycle: y -> x -> z -> y",
    )
    loop = {"b": mechanism(through="c"), "c": mechanism(through="b")}
    assert faults({"f": finding()}, mechanisms=loop) == ["a cycle: b -> c -> b"]
    itself = {"b": Finding(label="b", given=after_b)}
    assert faults(itself) == ["a cycle: b -> b"]


def test_a_setting_may_make_a_cycle():
    settings = {"s": Setting(label="S", given=ConditionalTable(parents=("f",), rows={"default": HALF}))}
    assert faults({"f": finding()}, settings=settings) == ["a cycle: diagnosis -> f -> diagnosis"]
    settings = {
        "s": Setting(label="S", given=ConditionalTable(parents=("diagnosis",), rows={"default": HALF}))
    }
    assert faults({"f": finding()}, settings=settings) == ["a cycle: diagnosis -> diagnosis"]


def test_tables_too_large_to_build_are_refused_at_once():
    parts = {f"x{i}": finding() for i in range(40)}
    assert faults({**dict(list(parts.items())[:16]), "f": finding(any_of=tuple(parts)[:16])}) == []
    assert MAX_COLUMNS == 2**16
    message = f"f: a table of {2**40:,} combinations of parent states is too large"
    assert faults({**parts, "f": finding(any_of=tuple(parts))}) == [message]
    settings = {"s": Setting(label="S", given=ConditionalTable(parents=tuple(parts), rows={"default": HALF}))}
    assert f"diagnosis: a table of {2**40:,}" in faults(parts, settings=settings)[0]


def test_unknown_names_do_not_hide_each_other():
    findings = {
        "f": finding(through="m", requires="g", procedure="p", category="c", also={"i": HALF}),
        "h": finding(any_of=("j", "k")),
    }
    assert faults(findings) == [
        "f: unknown category 'c'",
        "f: unknown procedure 'p'",
        "f: requires unknown finding 'g'",
        "f: unknown mechanism 'm'",
        "f.also: unknown variable 'i'",
        "h.any-of: unknown variable 'j'",
        "h.any-of: unknown variable 'k'",
    ]


@pytest.mark.parametrize(
    ("own", "gate", "cause", "shared"),
    [
        ("tip", None, "root", "root"),
        ("tip", None, "lone", ""),
        ("tip", None, "other", ""),
        ("tip", None, "sister", "root"),
        (None, None, "root", ""),
    ],
)
def test_a_cause_may_not_hang_together_with_what_the_finding_goes_through(own, gate, cause, shared):
    """Then P(finding | diagnosis) would not come back: the cause tells about the mechanism or the gate."""
    findings = {
        "gate": finding(),
        "sister": finding(through="root"),
        "other": finding(),
        "f": finding(through=own, requires=gate, also={cause: HALF}),
    }
    expected = [f"f and its cause {cause} both depend on {shared}"] if shared else []
    assert faults(findings, mechanisms=CHAIN) == expected
