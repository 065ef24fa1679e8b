"""Negation, doubt, relatives, plans and the past: whether words state a finding of the patient, now.

After NegEx (doi:10.1006/jbin.2001.1029) and ConText (doi:10.1016/j.jbi.2009.05.002): trigger terms with a
direction, whose scope ends at words that begin another statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, pairwise
from operator import attrgetter

from dxnet.formats.text.gaps import IS, is_filler
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.rules import Sense, small_words

_NEAR = 7
"""Tokens between a finding and a term behind it that bears on it."""
_CUES_OF_DOUBT = ("equivocal", "possible", "probable")
_EITHER_WAY = (*_CUES_OF_DOUBT, "recovered")
"""Kinds of trigger terms that bear on what is right behind them, too: "possible wasting"."""
_REPORTING = frozenset(
    ("denies", "denied", "denying", "deny", "denie", "report", "reported", "noticed", "complaint")
)
"""Words of a trigger term by which a patient tells, not an examiner."""
_REASONS = ("relative", "planned", "earlier", "expected")
"""Kinds of trigger terms by which words do not tell of the patient's present."""
_DENIALS = frozenset(("negated", "recovered"))
_OF_SPANS = frozenset(("boundary", "untested"))
"""Kinds of trigger terms that part a sentence, and bear on no single phrase."""
_BEFORE_VERB = frozenset(("longer", "never", "not", "yet", "nor", "point", "time", "stage"))
"""Ends of a denial that goes on behind a verb: "no longer has ptosis", "not yet had any cramps"."""
_BEEN = frozenset(("been", "be"))
_DENIAL_LENGTH = 3
"""Words of the longest of these: "nor did she"."""
NEGATED = Sense(cue="negated", reach="after")
_JOINING = frozenset((",", "or", "and", "/", "in"))
SKIPPED_SECTIONS = frozenset(("family", "skip", "plan", "request"))
"""Sections that state nothing of the patient's present findings."""


@dataclass(frozen=True)
class Standing:
    """How a finding is stated: denied, in doubt, or not of this patient now (``reason``).

    ``has_recovered`` is what was troubled and is so no more: it is denied as a trouble, and else normal.
    ``denial`` is the nearest trigger term by which it is denied.
    """

    is_negated: bool = False
    doubt: str = ""
    reason: str = ""
    has_recovered: bool = False
    denial: Found | None = None


class SentenceContext:
    """The trigger terms of a sentence.

    Args:
        words, found: of the sentence, with its phrases.
    """

    def __init__(self, words: Sequence[str], found: Sequence[Found]):
        self.words = words
        self.cues = [it for it in found if it.sense.cue and it.sense.cue not in _OF_SPANS]
        self._others = [it for it in found if not it.sense.cue]
        self._covered = {place for it in found for place in range(it.first, it.end)}
        self.is_reported = any(_REPORTING.intersection(words[cue.first : cue.end]) for cue in self.cues)
        self.is_of_relative = any(it.sense.reach == "sentence" for it in self.cues)

    def standing(self, first: int, end: int, clause: range, *, negatable: bool = True) -> Standing:
        """How the words from ``first`` to before ``end`` stand in their clause."""
        cues = [cue for cue in self.cues if self._reaches(cue, first, end, clause)]
        kinds = {cue.sense.cue for cue in cues}
        kinds -= {"earlier"} if "recovered" in kinds else set()
        reason = next((kind for kind in _REASONS if kind in kinds), "")
        reason = reason or ("planned" if self.words[:1] == ["?"] else "")
        doubt = next((kind for kind in _CUES_OF_DOUBT if kind in kinds), "")
        denying = (cue for cue in cues if cue.sense.cue in _DENIALS)
        denial = min(denying, key=lambda cue: max(first - cue.end, cue.first - end), default=None)
        return Standing(negatable and denial is not None, doubt, reason, "recovered" in kinds, denial)

    def is_denied_before(self, first: int) -> bool:
        """Whether a negation stands right before a phrase: "no jaw jerk"."""
        small, before = small_words("filler") | _BEEN, (it for it in self.cues if it.end <= first)
        return any(it.sense == NEGATED and small.issuperset(self.words[it.end : first]) for it in before)

    def _reaches(self, cue: Found, first: int, end: int, clause: range) -> bool:
        if cue.sense.reach == "sentence":
            return True
        if cue.sense.reach == "after":
            is_denial = cue.sense.cue == "negated"
            if cue.end > first or cue.sense.cue == "planned":
                return cue.end <= first
            is_other = {",", "and"} & {*self.words[cue.end : first]} and IS & {*self.words[first:end]}
            if (is_denial and is_other) or self._scope_ends(cue.end, first, is_denial=is_denial):
                return False
            is_near = cue.first in clause and (not is_denial or self._bears_on(cue, first))
            return is_near or cue.sense.cue in ("earlier", "recovered")
        if cue.sense.reach == "before" and cue.sense.cue in _EITHER_WAY and self._is_before_finding(cue):
            return cue.first in clause and cue.end <= first and not self._scope_ends(cue.end, first)
        if cue.sense.cue == "recovered" and self.words[max(cue.first - 1, 0)] in small_words("not wholly"):
            return False
        if cue.sense.reach == "before":
            is_behind = cue.first in clause and end <= cue.first and self._is_near(end, cue.first)
            return is_behind and not (cue.sense.cue == "negated" and self._is_told(end, cue.first))
        return False

    def _is_told(self, start: int, end: int) -> bool:
        """Whether a statement ends between two places: "dysphagia was present, diplopia was denied"."""
        last = max((it.first for it in self._others if it.sense.topic and it.end <= end), default=start)
        is_had = bool({"has", "have", "had"} & {*self.words[start:last]})
        told = (it for it in self._others if it.sense.quality and not it.sense.topic)
        ends = [it.end for it in told if start <= it.first and it.end < end]
        return is_had or any(self.words[place] in (",", "and") for place in ends)

    def _bears_on(self, cue: Found, first: int) -> bool:
        """Whether a negation goes on to a finding: not that of a quality alone ("not brisk, clonus ..."),
        but that of a noun does ("no visual symptoms, diplopia")."""
        behind = list(dropwhile(attrgetter("is_part"), (it for it in self._others if it.first >= cue.end)))
        if behind and behind[0].sense.quality == "abnormal":
            return True
        if not behind or behind[0].first >= first or behind[0].sense.topic:
            return True
        for it, following in pairwise(behind):
            gap = self.words[it.end : following.first]
            if any(word not in small_words("filler") and word not in _JOINING for word in gap):
                return False
            if following.sense.topic or following.first >= first:
                return "," not in gap
        return True

    def _is_before_finding(self, cue: Found) -> bool:
        """Whether a finding follows words of doubt: "there was possible wasting"."""
        behind = next((it for it in self._others if it.first >= cue.end), None)
        return behind is not None and is_filler(self.words[cue.end : behind.first])

    def _next_word(self, place: int) -> str:
        return next((word for word in self.words[place + 1 : place + 3] if word != "and"), "")

    def _is_near(self, end: int, first: int) -> bool:
        return first - end <= _NEAR or small_words("ends scope").isdisjoint(self.words[end:first])

    def _scope_ends(self, start: int, end: int, *, is_denial: bool = False) -> bool:
        ends, begins = small_words("ends scope"), small_words("begins another")
        begins |= small_words("begins statement") if is_denial else frozenset()
        start += self.words[start : start + 1] == [":"]
        before = self.words[max(start - _DENIAL_LENGTH, 0) : start]
        if not _BEFORE_VERB.isdisjoint(before) or any(word.endswith("n't") for word in before):
            while start < end and self.words[start] in small_words("between not and verb"):
                start += 1
        start = self._behind_subject(start, end) if is_denial else start
        return any(
            (place not in self._covered and self.words[place] in ends)
            or (self.words[place] in (",", "and") and self._next_word(place) in begins)
            for place in range(start, end)
        )

    def _behind_subject(self, start: int, end: int) -> int:
        """Where a denial goes on that denies the parts of which a verb speaks: "neither leg was wasted"."""
        parts = {place for it in self._others if it.is_part for place in range(it.first, it.end)}
        small = small_words("filler") | small_words("link") | small_words("preposition") | {"of"}
        place = start
        while place < end and (place in parts or self.words[place] in small):
            place += 1
        is_subject = not parts.isdisjoint(range(start, place))
        return place + 1 if is_subject and place < end and self.words[place] in small_words("verb") else start
