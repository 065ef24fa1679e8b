"""A letter laid out for a person who decides: its text with what each word states, beside the proposals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dxnet.formats.text.proposal import LetterFindings, Proposal
from dxnet.inference.case import State
from dxnet.knowledge.entered import entered_in_words, read_entered
from dxnet.knowledge.network import NORMAL, Network

STATEMENT_KINDS: Mapping[str, tuple[str, str]] = {
    "present": ("+", "present"),
    "absent": ("\N{MINUS SIGN}", "absent or normal"),
    "uncertain": ("?", "uncertain"),
    "number": ("#", "number"),
    "stated": ("=", "another statement"),
    "contradicted": ("!", "contradicts itself"),
    "unread": ("~", "not understood"),
}
"""What words of a letter state: its sign and its name."""
_BREAK = re.compile(r"(?:[ \t]*\n){2,}|(?<=[.;!?])[ \t]*\n")
"""Where a part of a letter may end: a blank line, or the end of a line that ends a sentence."""


@dataclass(frozen=True)
class LetterSide:
    """What one place of a letter states of a finding.

    Args:
        entry, state: what a case would hold, and the same in words.
        kind: of STATEMENT_KINDS.
        words: of the letter, on one line.
        sentence: around them.
        part: index of the part of the letter that has them.
    """

    entry: str
    state: str
    kind: str
    words: str
    sentence: str
    part: int


@dataclass(frozen=True)
class FindingToDecide:
    """A finding that a letter proposes.

    Args:
        finding, label: its id and name.
        sides: what the letter states of it; several where it contradicts itself.
        options: what may be entered, each with its words; what is proposed stands first.
        in_case: what the case has of it in words, where that is something else; else ''.
        is_certain: whether the letter states it once and outright, and the case has nothing else.
    """

    finding: str
    label: str
    sides: tuple[LetterSide, ...]
    options: tuple[tuple[str, str], ...]
    in_case: str
    is_certain: bool


@dataclass(frozen=True)
class LetterPiece:
    """Characters of a letter that state the same: of which findings, and of what kind ('' of none)."""

    text: str
    kind: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class LetterToDecide:
    """A letter beside what it proposes: parts of its text, in pieces, and the findings in their order."""

    parts: tuple[tuple[LetterPiece, ...], ...]
    findings: tuple[FindingToDecide, ...]

    def decided(self, choices: Mapping[str, object]) -> dict[str, str | None]:
        """What was chosen of each finding, an option of it or None (rejected); all else is left out."""
        may = {it.finding: {None, *(entry for entry, _ in it.options)} for it in self.findings}
        return {
            name: choice
            for name, choice in choices.items()
            if (choice is None or isinstance(choice, str)) and choice in may.get(name, ())
        }


def letter_to_decide(
    network: Network, text: str, letter: LetterFindings, known: Mapping[str, State]
) -> LetterToDecide:
    """The letter and its proposals, laid out.

    Args:
        network, text, letter: the letter, and what was read in it.
        known: what the case has already.

    >>> from dxnet import load_network, Proposal, LetterFindings
    >>> als = load_network("als_mimics")
    >>> clonus = Proposal("clonus", "Clonus", "absent", "absent", "", (3, 9), "clonus", "No clonus.")
    >>> laid = letter_to_decide(als, "No clonus. Well.", LetterFindings((clonus,)), {"clonus": "present"})
    >>> [(piece.text, piece.kind) for piece in laid.parts[0]]
    [('No ', ''), ('clonus', 'absent'), ('. Well.', '')]
    >>> laid.findings[0].in_case, laid.findings[0].options[:2]
    ('present', (('absent', 'absent'), ('present', 'present')))
    """
    spans = list(_parts_of_letter(text, letter))
    grouped: dict[str, list[Proposal]] = {}
    for proposal in letter:
        grouped.setdefault(proposal.finding, []).append(proposal)
    findings = tuple(_to_decide(network, spans, found, known) for found in grouped.values())
    return LetterToDecide(tuple(tuple(_pieces(network, text, letter, span)) for span in spans), findings)


def statement_kind(network: Network, proposal: Proposal) -> str:
    """Which of STATEMENT_KINDS a proposal is, whatever contradicts it."""
    states = network.findings[proposal.finding].states
    if proposal.certainty:
        return "uncertain"
    if read_entered(network, proposal.finding, proposal.entry).kind == "number":
        return "number"
    if states[0] not in NORMAL:
        return "stated"
    return "absent" if proposal.state == states[0] else "present"


def _parts_of_letter(text: str, letter: LetterFindings) -> Iterator[tuple[int, int]]:
    """Where each part begins and ends; no proposal's words lie in two."""
    start = 0
    for gap in _BREAK.finditer(text):
        if any(begin < gap.end() and gap.start() < end for begin, end in (it.span for it in letter)):
            continue
        if text[start : gap.start()].strip():
            yield start, gap.start()
            start = gap.end()
    if text[start:].strip():
        yield start, len(text.rstrip())


def _pieces(
    network: Network, text: str, letter: LetterFindings, part: tuple[int, int]
) -> Iterator[LetterPiece]:
    spans = [it.span for it in (*letter, *letter.not_understood)]
    inside = {place for span in spans for place in span if part[0] < place < part[1]}
    places = sorted({*part, *inside})
    for start, end in pairwise(places):
        here = [it for it in letter if it.span[0] <= start and end <= it.span[1]]
        kinds = ["contradicted" if it.contradicted_by else statement_kind(network, it) for it in here]
        lost = any(it.span[0] <= start and end <= it.span[1] for it in letter.not_understood)
        kind = "contradicted" if "contradicted" in kinds else kinds[0] if kinds else "unread" if lost else ""
        yield LetterPiece(text[start:end], kind, tuple(dict.fromkeys(it.finding for it in here)))


def _to_decide(
    network: Network,
    parts: Sequence[tuple[int, int]],
    found: Sequence[Proposal],
    known: Mapping[str, State],
) -> FindingToDecide:
    name = found[0].finding
    sides = tuple(
        LetterSide(
            it.entry,
            entered_in_words(network, name, it.entry),
            statement_kind(network, it),
            _on_one_line(it.words),
            _on_one_line(it.sentence),
            max(index for index, (start, _) in enumerate(parts) if start <= it.span[0]),
        )
        for it in found
    )
    has = known.get(name)
    in_case = "" if has is None or has == sides[0].entry else entered_in_words(network, name, has)
    is_certain = len(found) == 1 and not found[0].certainty and not found[0].contradicted_by and not in_case
    options = tuple((entry, entered_in_words(network, name, entry)) for entry in _options(network, found))
    return FindingToDecide(name, found[0].label, sides, options, in_case, is_certain)


def _options(network: Network, found: Sequence[Proposal]) -> list[str]:
    """Entries that may be chosen: what is proposed, every state, and what is doubtful of one."""
    states = network.findings[found[0].finding].states
    amiss = next((it.state for it in found if it.state not in NORMAL), states[1] if len(states) == 2 else "")
    is_number = any(read_entered(network, it.finding, it.entry).kind == "number" for it in found)
    has_soft = amiss and states[0] in NORMAL and not is_number
    soft = [f"{word} {amiss}" for word in network.soft_words] if has_soft else []
    return list(dict.fromkeys((*(it.entry for it in found), *states, *soft)))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
