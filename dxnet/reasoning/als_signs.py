"""The signs of a case as the ALS criteria count them: which kind in which region, and what is undecided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dxnet.inference.case import Case
from dxnet.knowledge.network import NORMAL, Finding, Network
from dxnet.knowledge.node import BINARY
from dxnet.reasoning.als_rules import REGIONS

PROGRESSIVE, EXCLUDED = "progressive course", "other diseases excluded"
KINDS_OF_SIGN = {
    "umn": "UMN sign",
    "lmn": "clinical LMN sign",
    "wasted": "weakness with wasting",
    "denervation": "denervation with neurogenic units (EMG)",
    "fasciculation": "fasciculation potentials with neurogenic units (EMG)",
}
"""Fields of ``Signs`` and their words."""
Sign = tuple[str, str]
"""A kind of sign and its region; PROGRESSIVE and EXCLUDED have no region."""
Findings = Mapping[str, Finding]
"""Findings of which any one makes a sign."""


def signs_in_case(
    network: Network, case: Case
) -> tuple[dict[Sign, bool | None], dict[Sign, tuple[str, ...]]]:
    """Whether each sign is present (None: undecided), and the unexamined findings that would decide it.

    Another disease that is shown leaves undecided whether others are excluded: see ``explaining``.
    """
    case = _with_implied(network, case)
    known: dict[Sign, bool | None] = {}
    rest_on: dict[Sign, tuple[str, ...]] = {}

    def findings(region: str, **wanted: str) -> Findings:
        return {
            name: finding
            for name, finding in network.findings.items()
            if finding.region in (region, "")
            and all(getattr(finding, key) == word for key, word in wanted.items())
        }

    def note(sign: Sign, *ways: Sequence[Findings]) -> None:
        """The sign is present if each group of one of the ways has a finding that is."""
        found = [_all(network, case, groups) for groups in ways]
        known[sign] = True if True in found else None if None in found else False
        undecided = (groups for groups, it in zip(ways, found, strict=True) if it is None)
        rest = (name for groups in undecided for group in groups for name in group)
        rest_on[sign] = tuple(dict.fromkeys(name for name in rest if name not in case.findings))

    for region in REGIONS:
        wasting, weakness = findings(region, sign="wasting"), findings(region, sign="weakness")
        twitching, units = findings(region, sign="fasciculation"), findings(region, sign="neurogenic units")
        potentials = findings(region, sign="fasciculation potentials")
        both = [weakness, twitching]
        note(("umn", region), [{n: f for n, f in findings(region, tract="umn").items() if f.region}])
        note(("lmn", region), [wasting or weakness], *([both] if all(both) else []))
        note(("wasted", region), [group for group in (wasting, weakness) if group] or [wasting])
        note(("denervation", region), [findings(region, sign="denervation"), units])
        note(("fasciculation", region), [potentials, units])
        if known["fasciculation", region] and _any(network, case, potentials):
            known["fasciculation", region] = (
                None  # present somewhere: the network does not say in which region
            )
    known[PROGRESSIVE, ""], rest_on[PROGRESSIVE, ""] = _course(network, case)
    rest_on[EXCLUDED, ""] = tuple(
        name
        for name, finding in network.findings.items()
        if finding.explains and finding.procedure in network.exclusion and not _state(network, case, name)
    )
    known[EXCLUDED, ""] = None if rest_on[EXCLUDED, ""] or explaining(network, case) else True
    return known, rest_on


def explaining(network: Network, case: Case) -> tuple[str, ...]:
    """The findings that show another disease. Whether it explains the signs is for a person to judge."""
    return tuple(name for name, it in network.findings.items() if _state(network, case, name) in it.explains)


def _with_implied(network: Network, case: Case) -> Case:
    """With what the findings imply: a foot drop is weakness of the leg."""
    known = dict(case.findings)
    pending = [name for name in known if _state(network, case, name) not in ("", network.states(name)[0])]
    while pending:
        present = pending.pop()
        for name, implied in network.implications:
            if name == present and implied not in known and network.findings[implied].states == BINARY:
                known[implied] = BINARY[1]
                pending.append(implied)
    return case.with_findings(known)


def _course(network: Network, case: Case) -> tuple[bool | None, tuple[str, ...]]:
    """Whether the course is progressive; without spread it may still be, where the disease began."""
    course = {name: finding for name, finding in network.findings.items() if finding.progressive}
    states = {name: _state(network, case, name) for name in course}
    if any(state in course[name].progressive for name, state in states.items()):
        return True, ()
    if course and all(states.values()) and not {*states.values()} <= {*NORMAL}:
        return False, ()
    return None, tuple(name for name in course if name not in case.findings)


def _state(network: Network, case: Case, finding: str) -> str:
    state = case.findings.get(finding, "")
    return state if isinstance(state, str) and state in network.findings[finding].states else ""


def _any(network: Network, case: Case, group: Findings) -> bool | None:
    """Whether a finding of a group is present."""
    states = [_state(network, case, name) for name in group]
    present = [
        state != group[name].states[0] if state else None for name, state in zip(group, states, strict=True)
    ]
    return True if True in present else None if None in present or not present else False


def _all(network: Network, case: Case, groups: Sequence[Findings]) -> bool | None:
    """Whether each group has a finding that is present."""
    present = [_any(network, case, group) for group in groups]
    return False if False in present else None if None in present else True
