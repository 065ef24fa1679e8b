"""What one place of a letter states of a finding, and how all places together become proposals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dxnet.formats.text.passages import COURSE
from dxnet.formats.text.proposal import Proposal
from dxnet.formats.text.subjects import Subject
from dxnet.knowledge.network import Network
from dxnet.knowledge.state_of_number import meanings_of

_EXAMINATION = "examination"
"""The procedure of signs, of which a patient's denial is no contradiction."""


@dataclass(frozen=True)
class Mention:
    """A finding as one place of the letter states it.

    Args:
        finding, state, entry, doubt: as of a Proposal.
        start, end, sentence, paragraph: where it stands.
        part: the part of the finding's region that it is stated of, where what is normal says nothing of the
            rest; '' of the whole.
        stage: of the times that the letter tells of, as of a Passage; what is of a later one holds.
        is_reported: told by the patient.
        needs: another finding that must be abnormal for this one to count.
        subject: what its words are about; None where that is open.
        component: the one of several tests behind the finding, of which all must be normal for it to be.
    """

    finding: str
    state: str
    entry: str
    start: int
    end: int
    sentence: tuple[int, int]
    paragraph: int = 0
    doubt: str = ""
    part: str = ""
    stage: int = 0
    needs: str = ""
    component: str = ""
    is_reported: bool = False
    subject: Subject | None = None


def settled(mentions: Sequence[Mention], text: str, network: Network) -> list[Proposal]:
    """The proposals of all mentions, in the order of the text.

    Of one finding, an abnormality outweighs what is normal of a part or in the same paragraph ("weak hip
    flexion, otherwise normal"), a sign what the patient denies, the worse the milder, what is certain what is
    doubtful, and the state at the end of a stay, or of today, an earlier one. What still differs is a
    contradiction, and so is what two sentences state of the very same thing at one time: each is proposed,
    with what contradicts it; of two numbers the one farther from normal holds. Of percentages, as of a vital
    capacity sitting and lying, the lowest counts.
    """
    by_finding: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_finding.setdefault(mention.finding, []).append(mention)
    usable = {name: _without_unmet(found, by_finding, network) for name, found in by_finding.items()}
    chosen = {name: _chosen(found, network) for name, found in usable.items() if found}
    _drop_outdated(chosen, network)
    _add_implied(chosen, network)
    proposals = [
        _proposal(it, chosen[it.finding], text, network) for found in chosen.values() for it in found
    ]
    return sorted(proposals, key=lambda it: (it.span, list(network.findings).index(it.finding)))


def _without_unmet(found: list[Mention], every: dict[str, list[Mention]], network: Network) -> list[Mention]:
    def is_met(mention: Mention) -> bool:
        others = every.get(mention.needs, [])
        return not mention.needs or any(not _states_normal(it, network) and not it.needs for it in others)

    measured = {it.component for it in found}
    wanted = {meaning.of for meaning in meanings_of(network.findings[found[0].finding]) if meaning.of}
    return [
        it
        for it in found
        if is_met(it) and (not it.component or not _states_normal(it, network) or wanted <= measured)
    ]


def _chosen(found: list[Mention], network: Network) -> list[Mention]:
    """The mentions of one finding that are proposed: one, or one of each state that contradicts another."""
    found = [it for it in found if not any(_supersedes(other, it, network) for other in found)]
    bad = [it for it in found if not _states_normal(it, network)]
    bad = [it for it in bad if not it.doubt] or bad
    good = [it for it in found if _states_normal(it, network)]
    good = [it for it in good if not it.doubt] or good
    if network.findings[found[0].finding].procedure == _EXAMINATION and any(not it.is_reported for it in bad):
        good = [it for it in good if not it.is_reported]
    if bad:
        places = {it.paragraph for it in bad}
        good = [
            it
            for it in good
            if (not it.part and it.paragraph not in places) or any(_contradicts(it, other) for other in bad)
        ]
        if good and all(it.doubt for it in bad):
            bad = []
        states = network.findings[found[0].finding].states
        if bad and _is_ordered(states):
            worst = max(bad, key=lambda it: states.index(it.state))
            bad = [it for it in bad if it.state == worst.state or _is_other_number(it, worst)]
    found = bad + good
    first: dict[str, Mention] = {}
    for it in found:
        if it.entry != it.state and not it.doubt:
            first[it.state] = it
        else:
            first.setdefault(it.state, it)
    return list(first.values())


def _contradicts(it: Mention, other: Mention) -> bool:
    """Whether two sentences state something else of the very same thing, at one time."""
    is_apart = it.sentence != other.sentence and it.stage == other.stage and not (it.doubt or other.doubt)
    is_apart = is_apart and not it.entry.endswith("%")
    is_of_same = it.subject is not None and other.subject is not None and it.subject.is_same_as(other.subject)
    return is_apart and is_of_same and it.state != other.state


def _is_other_number(it: Mention, other: Mention) -> bool:
    """Whether two amounts of one test differ."""
    return all(that.entry != that.state for that in (it, other)) and _contradicts(it, other)


def _supersedes(later: Mention, it: Mention, network: Network) -> bool:
    """Whether a finding changed: what is normal of a part later on says so of no other part."""
    is_alike = later.part in ("", it.part) or not _states_normal(later, network)
    is_told_after = later.stage == it.stage == COURSE and later.sentence > it.sentence
    return (later.stage > it.stage or is_told_after) and is_alike


def _is_ordered(states: Sequence[str]) -> bool:
    return states[0] in ("absent", "normal", "none", "negative")


def _states_normal(mention: Mention, network: Network) -> bool:
    states = network.findings[mention.finding].states
    return _is_ordered(states) and mention.state == states[0]


def _drop_outdated(chosen: dict[str, list[Mention]], network: Network) -> None:
    """Leave out what cannot be any more: a foot drop, where later the legs are strong."""
    for name, other in network.implications:
        later = [it for it in chosen.get(other, ()) if _states_normal(it, network)]
        kept = [
            it for it in chosen.get(name, ()) if not any(_supersedes(that, it, network) for that in later)
        ]
        if name in chosen and not kept:
            del chosen[name]


def _add_implied(chosen: dict[str, list[Mention]], network: Network) -> None:
    """What a finding includes by the network: arm weakness is weakness, lost vibration a sensory loss."""
    for name, other in (*network.implications, *network.implications):
        stated = [it for it in chosen.get(name, ()) if not _states_normal(it, network)]
        if not stated or len(chosen[name]) > 1 or not _includes(network, name, other):
            continue
        states = network.findings[other].states
        present = chosen.get(other, ())
        if not any(not _states_normal(it, network) and not it.doubt for it in present):
            source = stated[0]
            entry = f"{source.doubt} {states[-1]}" if source.doubt else states[-1]
            chosen[other] = [replace(source, finding=other, state=states[-1], entry=entry)]
    for name, finding in network.findings.items():
        parts = [chosen.get(part, []) for part in finding.any_of]
        if parts and name not in chosen and all(len(p) == 1 and _states_normal(p[0], network) for p in parts):
            source = parts[0][0]
            chosen[name] = [replace(source, finding=name, state=finding.states[0], entry=finding.states[0])]


def _includes(network: Network, name: str, other: str) -> bool:
    """Whether words for a finding are words for another: of a sign seen anywhere, or of weakness."""
    seen, general = network.findings[name], network.findings[other]
    return seen.procedure == general.procedure and (bool(general.sign) or not general.region)


def _proposal(mention: Mention, every: Iterable[Mention], text: str, network: Network) -> Proposal:
    others = [it for it in every if it.state != mention.state]
    return Proposal(
        mention.finding,
        network.findings[mention.finding].label,
        mention.state,
        mention.entry,
        mention.doubt,
        (mention.start, mention.end),
        text[mention.start : mention.end],
        text[slice(*mention.sentence)],
        tuple(it.entry for it in others),
        bool(others) and _is_farthest(mention, others, network),
    )


def _is_farthest(it: Mention, others: Iterable[Mention], network: Network) -> bool:
    """Whether a number is worse than all that contradict it, which are numbers, too."""
    states = network.findings[it.finding].states
    are_numbers = all(that.entry != that.state and not that.doubt for that in (it, *others))
    is_worst = all(states.index(it.state) > states.index(that.state) for that in others)
    return are_numbers and _is_ordered(states) and is_worst
