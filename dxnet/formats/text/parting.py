"""Where a sentence is parted into clauses, and the time that each of them tells of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.passages import EARLIER, STAGE_OF_SECTION, Passage
from dxnet.formats.text.times import cuts_between, is_dated, is_labelled, stage_of, year_of


def clauses_of(words: Sequence[str], found: Sequence[Found], apart: Iterable[range]) -> Iterator[range]:
    """The clauses of a sentence, parted by semicolons, words such as "but", and where the time changes.

    Args:
        words: of the sentence, as ``norm`` writes them.
        found: its phrases.
        apart: the places of what is a clause of its own: ellipses, and what was not tested.
    """
    cuts = {0, len(words), *(place for it in apart for place in (it.start, it.stop))}
    cuts |= cuts_between(words, {it.first for it in found if it.sense.topic or it.sense.quality})
    cuts |= {it.end for it in found if it.sense.cue == "boundary"}
    cuts |= {place + 1 for place, word in enumerate(words) if word == ";"}
    asides = [place for place in range(len(words)) if _begins_aside(words, place)]
    commas = [place for place, word in enumerate(words) if word == ","]
    cuts |= {next((comma + 1 for comma in commas if comma > aside), 0) for aside in asides}
    return (range(a, b) for a, b in pairwise(sorted(cuts)))


def is_aside(words: Sequence[str], clause: range) -> bool:
    """Whether a sentence does not go on to speak of what a clause does: "brisk despite the wasting, ..."."""
    return _begins_aside(words, clause.start - 1)


def _begins_aside(words: Sequence[str], place: int) -> bool:
    is_relative = place > 0 and words[place - 1 : place + 1] == [",", "which"]
    return is_relative or words[max(place, 0)] == "despite"


class Calendar:
    """The times that the sentences of a letter tell of, one after the other."""

    def __init__(self, text: str):
        self._year = year_of(text)
        self._paragraph_before = -1
        self._stage = 0

    def stage(self, passage: Passage, words: Sequence[str], clause: range) -> int:
        """The stage of a clause (STAGE_OF_SECTION); what follows in its sentence is of no earlier one."""
        if is_labelled(words, self._year):
            self._paragraph_before = passage.paragraph
        is_before = passage.paragraph == self._paragraph_before and not passage.stage
        here = stage_of(words, clause, STAGE_OF_SECTION[EARLIER] if is_before else passage.stage, self._year)
        here += is_dated(words, clause) and is_dated(words, range(clause.start))
        self._stage = max(here, self._stage) if clause.start and self._stage > 0 else here
        return self._stage
