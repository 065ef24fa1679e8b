"""Where a sentence is parted into clauses, and the time that each of them tells of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dxnet.formats.text.context import PAUSES, UNEXAMINED, names_behind
from dxnet.formats.text.ellipsis import Ellipsis
from dxnet.formats.text.gaps import is_filler
from dxnet.formats.text.groups import GRADE
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.passages import EARLIER, STAGE_OF_SECTION, Passage
from dxnet.formats.text.times import cuts_between, is_dated, is_labelled, stage_of, year_of

_GOING_ON = frozenset(("nor", "or", "neither"))
"""Words behind a comma by which what was not tested goes on: "clonus was not tested, nor was gait"."""


def clauses_of(words: Sequence[str], found: Sequence[Found], ellipses: Sequence[Ellipsis]) -> Iterator[range]:
    """The clauses of a sentence, parted by semicolons, words such as "but", and where the time changes.

    Args:
        words: of the sentence, as ``norm`` writes them.
        found: its phrases.
        ellipses: in it, each of which is a clause of its own.
    """
    cuts = {0, len(words), *(place for it in ellipses for place in (it.first, it.end))}
    cuts |= cuts_between(words, {it.first for it in found if it.sense.topic or it.sense.quality})
    cuts |= {it.end for it in found if it.sense.cue == "boundary"}
    cuts |= {place + 1 for place, word in enumerate(words) if word == ";"}
    cuts |= {cut for it in found if _is_untested(it) for cut in _cuts_behind(it, words, found)}
    asides = [place for place in range(len(words)) if _begins_aside(words, place)]
    commas = [place for place, word in enumerate(words) if word == ","]
    cuts |= {next((comma + 1 for comma in commas if comma > aside), 0) for aside in asides}
    return (range(a, b) for a, b in pairwise(sorted(cuts)))


def _is_untested(it: Found) -> bool:
    return it.sense.cue == UNEXAMINED and it.sense.reach != "neither"


def _cuts_behind(untested: Found, words: Sequence[str], found: Sequence[Found]) -> Iterator[int]:
    """Where a sentence goes on behind what was not tested: "left not tested, right extensor".

    A term that bears on what stands before it ends at a comma; any ends where something else is said to be.
    """
    begin = max((place + 1 for place in range(untested.first) if words[place] == ";"), default=0)
    is_of_before = untested.sense.reach == "before" and not is_filler(words[begin : untested.first])
    is_list = names_behind(untested, words)
    for place in range(untested.end, len(words)):
        if words[place] == ";":
            return
        if words[place] not in PAUSES or _GOING_ON.intersection(words[place + 1 : place + 2]):
            continue
        is_end = words[place] == "," and is_of_before and not is_list
        if is_end or _tells_of_the_same(words, [it for it in found if it.first > place and not it.is_part]):
            yield place + 1
            return


def _tells_of_the_same(words: Sequence[str], behind: Sequence[Found]) -> bool:
    """Whether a quality comes first that is of no topic behind it: "..., extensor on the right"."""
    if not behind or not behind[0].sense.quality:
        return False
    told, following = behind[0], behind[1:2]
    is_alone = not told.sense.topic or told.sense.reach == GRADE
    goes_before = any(it.sense.topic and is_filler(words[told.end : it.first]) for it in following)
    return is_alone and not goes_before


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
