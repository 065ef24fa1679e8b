"""What a sentence leaves untested: the spans of its words by which something was not examined, asked or told.

They are marked before anything is judged, and each is a clause of its own: what it names is proposed neither
as present nor as absent. A span begins where its subject does ("extensor plantars, | gait not tested"), and
ends where the sentence goes on to state something ("unable to test gait, | reflexes brisk in the legs").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dxnet.formats.text.gaps import is_filler
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.rules import Sense, small_words
from dxnet.formats.text.subjects import ELECTRICAL

UNTESTED = "untested"
"""The kind of trigger terms by which something was not examined, asked or told."""
_NOT_DONE = Sense(cue=UNTESTED, reach="before")
_PAUSES = frozenset((",", "and", "-", "–", "(", ")"))
_NEITHER = frozenset(("neither", "none", "nor"))
"""Words that make of what was examined what was not: "neither plantar was tested"."""
_ABOUT = frozenset(("about", "after", "for", ":"))
_PASSIVE = frozenset(("is", "was", "are", "were", "been"))
_PLURAL = frozenset(("were", "are", "have", "weren't", "aren't", "haven't"))
_SINGULAR = frozenset(("was", "is", "has", "wasn't", "isn't", "hasn't"))
_FIELD, _BLANKS = frozenset(":_"), frozenset(":_.-?")
"""Signs of a field on a form, and of one without an answer."""
_BESIDE_ANSWER = frozenset(":-.")
"""Signs beside the one "-" that is an answer."""
_ROW_SIGNS = frozenset(("+", "-", "0", "/"))
_DIGITS = frozenset("0123456789+")


def with_undone(found: Sequence[Found], words: Sequence[str], scene: str) -> list[Found]:
    """The phrases of a sentence, with what was not done in words that no rule names as trigger terms of that.

    So are a denied act ("ptosis was not pursued"), a note that was not made ("weight was not recorded", "no
    cramps were recorded"; of nerves a response is absent) and a field left empty at the end ("Clonus: ____").

    Args:
        found: the phrases.
        words: of the sentence, as ``norm`` writes them.
        scene: the test that the sentence reports.

    >>> ptosis, cue = Found(0, 1, Sense("eyes")), Found(1, 3, Sense(cue="negated", reach="after"))
    >>> with_undone([ptosis, cue], "ptosis was not pursued .".split(), "")[1].sense.cue
    'untested'
    """
    read: list[Found] = []
    topic: Found | None = None
    for it in found:
        topic = it if it.sense.topic else topic
        end = _end_of_undone(topic, it, words, found, scene) if topic else None
        end = end or (_end_of_no_record(it, words, found) if scene != ELECTRICAL else None)
        read.append(Found(it.first, end, _NOT_DONE) if end else it)
    behind = words[topic.end :] if topic else ()
    is_answer = behind.count("-") == 1 and _BESIDE_ANSWER.issuperset(behind)
    if topic and _BLANKS.issuperset(behind) and not _FIELD.isdisjoint(behind) and not is_answer:
        return [*(it for it in read if it.end <= topic.end), Found(topic.end, len(words), _NOT_DONE)]
    return read


def with_open_signs(found: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """The phrases of a sentence, where of rows of signs it is open which finding each answers left untested.

    Without colons "Babinski - Hoffmann +" may be two answers, or join two findings that are there.

    >>> found = [Found(0, 1, Sense("plantar", "present")), Found(2, 3, Sense("hoffmann", "present"))]
    >>> [it.sense.cue for it in with_open_signs(found, "babinski - hoffmann +".split())]
    ['', 'untested']
    """
    read = list(found)
    for row in _rows_of_signs(found, words):
        named = [it for it in found if it.first in row and it.sense.topic]
        pairs = [(one, other) for one, other in pairwise(named) if one.sense.topic != other.sense.topic]
        gaps = ((one.end, words[one.end : other.first]) for one, other in pairs)
        start = next((end for end, gap in gaps if not _ROW_SIGNS.isdisjoint(gap) and ":" not in gap), None)
        if start is not None and not {"-", "0"}.isdisjoint(words[row.start : row.stop]):
            read = [it for it in read if not start <= it.first < row.stop]
            read.append(Found(start, row.stop, _NOT_DONE))
    return sorted(read, key=lambda it: it.first)


def _rows_of_signs(found: Sequence[Found], words: Sequence[str]) -> Iterator[range]:
    """The stretches of a sentence of findings, sides and signs alone; a list behind dashes is none."""
    named = {n for it in found if it.sense.quality and it.sense.topic for n in range(it.first, it.end)}
    signs = {n for n, word in enumerate(words) if word in _ROW_SIGNS}
    small = {n for n, word in enumerate(words) if word in small_words("sides") or word == ":"}
    ends = {-1, len(words), *(n for n, word in enumerate(words) if word in ",;.")}
    start = 0
    for place in range(len(words) + 1):
        if place in named | signs | small:
            continue
        if start in named and start - 1 in ends and (place in ends or place - 1 in signs):
            yield range(start, place)
        start = place + 1


def _end_of_undone(
    topic: Found, it: Found, words: Sequence[str], found: Sequence[Found], scene: str
) -> int | None:
    """Behind which word a phrase ends by which a topic was not noted, or an act not done to it; else None."""
    if it.sense.quality == "absent" and "recorded" in words[it.first : it.end]:
        is_response = scene == ELECTRICAL or topic.sense.topic in small_words("recorded responses")
        return None if is_response else it.end
    act = it.end + (words[it.end : it.end + 1] == ["been"])
    if it.sense.cue != "negated" or words[it.end - 1] != "not" or not words[act : act + 1]:
        return None
    covered = {place for it in found for place in range(it.first, it.end)}
    gap = [words[place] for place in range(topic.end, it.first) if place not in covered]
    is_passive = not _PASSIVE.isdisjoint((*words[it.first : act], *gap[-1:]))
    is_beside = small_words("filler") | small_words("preposition") | _PASSIVE >= {*gap}
    is_act = words[act].endswith("ed") and act not in covered
    is_of_sign = words[act] in small_words("done by a sign")
    is_end = small_words("behind an act") >= {*words[act + 1 : act + 2]}
    return act + 1 if is_passive and is_beside and is_act and is_end and not is_of_sign else None


def _end_of_no_record(it: Found, words: Sequence[str], found: Sequence[Found]) -> int | None:
    """Behind which word it ends that no finding was recorded: "no cramps were recorded"; else None."""
    named = [other for other in found if other.first >= it.end and not other.sense.cue]
    small = small_words("filler") | small_words("link") | small_words("preposition") | _PASSIVE
    covered = {place for other in named for place in range(other.first, other.end)}
    behind = (n for n in range(it.end, len(words)) if n not in covered and words[n] not in small)
    end = next(behind, len(words))
    is_none = it.sense.cue == "negated" and words[it.end - 1] == "no" and bool(named)
    return end + 1 if is_none and words[end : end + 1] in (["recorded"], ["documented"]) else None


@dataclass(frozen=True)
class _Segment:
    """A stretch of a sentence: its phrases, the words besides, and what parts it from the stretch before.

    Whatever ends a statement in any case is written as a semicolon.
    """

    words: Sequence[str]
    first: int
    end: int
    items: Sequence[Found]
    bare: Sequence[int]
    before: frozenset[str]

    @property
    def topics(self) -> Sequence[Found]:
        return [it for it in self.items if it.sense.topic]

    @property
    def is_of_parts(self) -> bool:
        """Whether it names parts of the body and nothing else, but that they were not tested."""
        small = small_words("filler") | small_words("preposition")
        kinds = {it.is_part for it in self.items if it.sense.cue != UNTESTED}
        return kinds == {True} and small.issuperset(self.words[place] for place in self.bare)

    @property
    def has_kind(self) -> bool:
        """Whether it says of which kind a finding is: "extensor plantars"."""
        told = (it for it in self.items if it.sense.quality and self.topics)
        return any(not it.sense.topic or self._is_adjective(it.first) for it in told)

    @property
    def has_place(self) -> bool:
        """Whether it says where a finding is: "wasting of the hands"."""
        behind = self.words[self.topics[0].end : self.end] if self.topics else ()
        return not small_words("preposition").isdisjoint(behind)

    def _is_adjective(self, place: int) -> bool:
        return self.words[place] in small_words("stating")

    def _is_grade(self, place: int) -> bool:
        """Whether a number says by itself how something is: "+" and "4+/5"."""
        behind = [word for word in self.words[place + 1 : place + 3] if word not in "+-"]
        return self.words[place] == "+" or behind[:1] == ["/"]

    def predicates(self) -> Iterator[int]:
        """Behind which places it says how something is: "reflexes brisk", "tongue wasted", "power 5"."""
        others = [it for it in self.items if not it.is_part]
        for place, it in enumerate(others):
            is_before = any(other.sense.topic for other in others[place + 1 : place + 2])
            is_behind = self.items[0].is_part or it.end - it.first > 1
            is_adjective = is_behind and self._is_adjective(it.end - 1)
            if it.sense.quality and (is_adjective if it.sense.topic else not is_before):
                yield it.end
        first = self.items[0].first if self.items else self.end
        numbers = (place for place in self.bare if self.words[place][0] in _DIGITS)
        yield from (place + 1 for place in numbers if place > first or self._is_grade(place))

    def states(self, *, by_denials: bool = True) -> bool:
        """Whether it states something: by a verb, a denial, or how something is."""
        verbs = small_words("ends scope") - {"with", ":"}
        cues = (UNTESTED, "negated") if by_denials else (UNTESTED,)
        is_cued = any(it.sense.cue in cues for it in self.items)
        return is_cued or any(self.words[place] in verbs for place in self.bare) or any(self.predicates())


def untested_spans(words: Sequence[str], found: Sequence[Found]) -> tuple[range, ...]:
    """The places of the words that leave something untested, in spans that do not overlap.

    Args:
        words: of the sentence, as ``norm`` writes them.
        found: its phrases.

    >>> clonus, gait = Found(0, 1, Sense("clonus", "present")), Found(3, 4, Sense("gait"))
    >>> told, cue = Found(1, 2, Sense(quality="absent")), Found(4, 6, _NOT_DONE)
    >>> untested_spans("clonus absent , gait not tested".split(), [clonus, told, gait, cue])
    (range(3, 6),)
    """
    cues = [it for it in found if it.sense.cue == UNTESTED]
    segments = list(_segments_of(words, found)) if cues else []
    spans: list[range] = []
    for cue in cues:
        at = next(place for place, it in enumerate(segments) if cue.first < it.end)
        span = _span_of(cue, at, segments)
        start = max(span.start, spans[-1].stop if spans else 0)
        spans += [range(start, span.stop)] if start < span.stop else []
    return tuple(spans)


def _segments_of(words: Sequence[str], found: Sequence[Found]) -> Iterator[_Segment]:
    """The segments of a sentence; a sign or word inside a phrase or a grade ("4-/5") parts none."""
    parting = {it.first: it.end for it in found if it.sense.cue == "boundary"}
    covered = {place for it in found for place in range(it.first, it.end)}
    first, before = 0, {";"}
    for place in range(len(words) + 1):
        is_end = place == len(words) or place in parting or words[place] in ";."
        is_of_grade = list(words[place : place + 2]) == ["-", "/"]
        if not is_end and (words[place] not in _PAUSES or place in covered or is_of_grade):
            continue
        if place > first:
            items = [it for it in found if first <= it.first < place]
            bare = [other for other in range(first, place) if other not in covered]
            yield _Segment(words, first, place, items, bare, frozenset(before))
            before = set()
        before.add(";" if is_end else words[place])
        first = max(first, parting.get(place, place + 1))


def _span_of(cue: Found, at: int, segments: Sequence[_Segment]) -> range:
    """What a trigger term in a segment leaves untested: what it is said of, or a list behind it.

    So "not tested: gait", "not asked about cramps" and "did not test tone" begin a list.
    """
    own, reach = segments[at], cue.sense.reach
    beside = own.words[cue.end - 1 : min(cue.end + 1, own.end)]
    has_before = any(it.end <= cue.first for it in own.topics)
    has_behind = any(it.first >= cue.end for it in own.topics)
    is_list = not has_before and (has_behind or (len(beside) > 1 and not _ABOUT.isdisjoint(beside)))
    if reach == "after":
        is_list = has_behind or (own.end > cue.end and not has_before)
    if is_list and reach != "neither":
        return range(cue.first, _end_of_span(cue, at, segments, is_list=True))
    start = _start_of_span(cue, at, segments)
    is_so = reach != "neither" or not _NEITHER.isdisjoint(own.words[start : cue.first])
    return range(start, _end_of_span(cue, at, segments, is_list=False)) if is_so else range(0)


def _start_of_span(cue: Found, at: int, segments: Sequence[_Segment]) -> int:
    """Where the subject of what was not tested begins: with its own words, or a row that they end."""
    own, by_denials = segments[at], cue.sense.reach != "neither"
    if told := [end for end in own.predicates() if end <= cue.first]:
        return next((it.first for it in own.topics if told[-1] <= it.first < cue.first), cue.first)
    lead = own.words[own.first : cue.first]
    has_subject = not is_filler(lead) or not small_words("sides").isdisjoint(lead)
    of_many, of_one = (not it.isdisjoint(own.words[cue.first : cue.end]) for it in (_PLURAL, _SINGULAR))
    is_joined = False
    while at and ";" not in segments[at].before:
        here, last = segments[at], segments[at - 1]
        is_joined |= "and" in here.before
        if "and" in here.before:
            is_clause = "," in here.before and here is own and of_one
            is_other = is_clause or (last.has_kind and here.is_of_parts)
        else:
            is_row = is_joined and (of_many or here.is_of_parts)
            is_other = has_subject and (last.has_kind or _ends_places(at - 1, segments)) and not is_row
        is_aside = here is own and bool(own.topics) and not here.before.isdisjoint("()")
        if is_other or is_aside or {"-", ","} <= here.before or last.states(by_denials=by_denials):
            break
        has_subject |= bool(last.items)
        at -= 1
    return segments[at].first


def _ends_places(at: int, segments: Sequence[_Segment]) -> bool:
    """Whether a segment ends where a finding is, or a row of such places: "of the hands | and feet"."""
    while at and segments[at].is_of_parts and ";" not in segments[at].before:
        at -= 1
    return segments[at].has_place or any(segments[at].predicates())


def _end_of_span(cue: Found, at: int, segments: Sequence[_Segment], *, is_list: bool) -> int:
    """Where a span ends: a list before what is stated, else behind parts or what "nor" joins to it."""
    words, stop, last = segments[at].words, at + 1, max(segments[at].predicates(), default=0)
    if told := [it.first for it in segments[at].topics if cue.end <= it.first and it.end < last]:
        return told[0]
    while stop < len(segments) and ";" not in segments[stop].before:
        it = segments[stop]
        if it.states() if is_list else not (it.is_of_parts or words[it.first] == "nor"):
            break
        stop += 1
    return segments[stop].first if stop < len(segments) else len(words)
