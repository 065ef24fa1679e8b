"""What a letter proposes: findings with the words they rest on, for a person to accept, change or reject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dxnet.inference.case import Case
from dxnet.words import counted

if TYPE_CHECKING:
    import pandas as pd

PROBABLE = "probable"
_SHOWN = 3
"""Proposals that the short form of a letter's findings names."""


@dataclass(frozen=True)
class Proposal:
    """A finding that words of a letter state; a person decides whether it is entered.

    Args:
        finding, label: its id and name in the network.
        state: the state that the words stand for.
        entry: what a case would hold: the state, a number with its unit, or a soft word with the state.
        certainty: the soft word of words of doubt (``possible present``); '' where they state it outright.
        span: the characters of the letter, from the first to behind the last.
        words: the letter's words in that span.
        sentence: the sentence around them.
        contradicted_by: what the letter states elsewhere of the same finding; then neither is entered.
        holds: it is the one of several numbers that is farthest from normal, and is entered all the same.
    """

    finding: str
    label: str
    state: str
    entry: str
    certainty: str
    span: tuple[int, int]
    words: str
    sentence: str
    contradicted_by: tuple[str, ...] = ()
    holds: bool = False


@dataclass(frozen=True)
class UnreadSentence:
    """A sentence that names something clinical, but not what was found or where: nothing came of it.

    So it is where a whole test is called normal, which names no finding: of "MRI brain normal and CK 300" the
    first three words are listed. And so it is of what is left open, "ptosis was not pursued", and of a
    number that cannot be read, "CK 2.500 U/L", beside findings.
    """

    span: tuple[int, int]
    sentence: str


@dataclass(frozen=True)
class CalledNormal:
    """A procedure that a letter calls normal as a whole, or the rest of it: it names no finding.

    A person decides whether what is still open of it is normal; ``rest_normal`` then enters each finding.

    Args:
        procedure: its id in the network.
        span, words: the characters of the letter that say so.
    """

    procedure: str
    span: tuple[int, int]
    words: str


@dataclass(frozen=True, repr=False)
class LetterFindings:
    """What was read in a letter: its proposals in the order of the text, and what was not understood.

    What it calls normal as a whole stands apart: no finding is proposed of it, and ``to_case`` leaves it out.
    """

    proposals: tuple[Proposal, ...]
    not_understood: tuple[UnreadSentence, ...] = field(default=())
    called_normal: tuple[CalledNormal, ...] = field(default=())

    def __repr__(self) -> str:
        first = ", ".join(f"{it.finding} {it.entry}" for it in self.proposals[:_SHOWN])
        more = ", ..." if len(self.proposals) > _SHOWN else ""
        unread = f"; {counted(len(self.not_understood), 'sentence')} not understood"
        return f"LetterFindings({counted(len(self), 'proposal')}: {first}{more}{unread})"

    def __iter__(self) -> Iterator[Proposal]:
        return iter(self.proposals)

    def __len__(self) -> int:
        return len(self.proposals)

    @property
    def contradictions(self) -> dict[str, tuple[Proposal, ...]]:
        """Findings of which the letter states more than one thing, with each proposal."""
        return {
            proposal.finding: tuple(other for other in self.proposals if other.finding == proposal.finding)
            for proposal in self.proposals
            if proposal.contradicted_by
        }

    def to_case(self, id: str = "", *, softly: bool = False) -> Case:
        """A case of all proposals but contradictory ones that do not hold; no word of the letter is in it.

        Args:
            id: any name; no patient identifiers are wanted.
            softly: enter each state as ``probable``, and doubtful ones as the letter has them.
        """
        findings = {
            it.finding: f"{PROBABLE} {it.state}" if softly and it.entry == it.state else it.entry
            for it in self.proposals
            if it.holds or not it.contradicted_by
        }
        return Case(findings, id)

    def to_frame(self) -> pd.DataFrame:
        """One row for each proposal, in the order of the text."""
        import pandas as pd

        columns = ("finding", "state", "entry", "certainty", "start", "end", "words", "contradicted_by")
        rows = [
            (it.finding, it.state, it.entry, it.certainty, *it.span, it.words, "; ".join(it.contradicted_by))
            for it in self.proposals
        ]
        return pd.DataFrame(rows, columns=list(columns))
