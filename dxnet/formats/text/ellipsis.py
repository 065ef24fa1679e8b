"""Parts of the body of which a clause says only whether what was just stated holds for them, too.

So in "wasted hands, but the legs are not", "fasciculation in the arms and not in the legs", "not seen in the
legs but were in the arms", "full power except in the right hand".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dxnet.formats.text.gaps import joins_parts
from dxnet.formats.text.groups import GRADE
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.meaning import Judged
from dxnet.formats.text.rules import Topic, small_words

DENIED, AFFIRMED, EXCEPTED = "denied", "affirmed", "excepted"
"""What an ellipsis says of its parts: not so, so, and other than what was stated."""
_NOT = (["not"], ["nor"], ["not", "so"])
_ENDS = frozenset((",", ".", ";", ")", "and", "or", "but", "/", "-"))
_LEADS = 4
"""Words that may stand between a denial and the part it is of: "not so in any of the legs"."""
_FAR = 6
"""The same for an exception: "apart from a patch over the outer thigh"."""
_AFFECTING = ("reduced", "increased", "abnormal", "troubled", "present", "positive")
_AFFECTED = frozenset(("present", "positive", "troubled"))
_UNAFFECTED = frozenset(("normal", "absent", "negative"))


@dataclass(frozen=True)
class Ellipsis:
    """The places of its words in a sentence, what it says (``kind``) and the parts that it says it of."""

    first: int
    end: int
    kind: str
    parts: tuple[Found, ...]


def ellipses_in(words: Sequence[str], found: Sequence[Found]) -> list[Ellipsis]:
    """The ellipses of a sentence behind its first topic.

    Args:
        words: of the sentence, as ``norm`` writes them.
        found: its phrases in order.
    """
    first_topic = next((it.first for it in found if it.sense.topic or it.sense.quality), len(words))
    every = [*_denials(words, found), *_behind_boundaries(words, found)]
    return sorted((it for it in every if it.first > first_topic), key=lambda it: it.first)


def _denials(words: Sequence[str], found: Sequence[Found]) -> Iterator[Ellipsis]:
    """Parts behind a "not" or before an "are not", of which nothing else is said."""
    for place, cue in enumerate(found):
        if cue.sense.quality == "absent" and words[cue.first] == "none":
            row = _joined_parts(found, words, place + 1)
            if row and _leads_to(words[cue.end : row[0].first]) and _is_end(words, found, row[-1]):
                yield Ellipsis(cue.first, row[-1].end, DENIED, tuple(row))
        if cue.sense.cue != "negated" or cue.sense.reach != "after":
            continue
        own = words[cue.first : cue.end]
        row = _joined_parts(found, words, place + 1)
        if (
            own in _NOT
            and row
            and _leads_to(words[cue.end : row[0].first])
            and _is_end(words, found, row[-1])
        ):
            kind = EXCEPTED if words[max(cue.first - 1, 0)] == "but" else DENIED
            yield Ellipsis(cue.first, row[-1].end, kind, tuple(row))
        row = _row_before(found, words, place)
        is_verb = own[-1:] == ["not"] and len(own) > 1
        if is_verb and row and row[-1].end == cue.first and _ENDS.issuperset(words[cue.end : cue.end + 1]):
            yield Ellipsis(row[0].first, cue.end, DENIED, tuple(row))


def _behind_boundaries(words: Sequence[str], found: Sequence[Found]) -> Iterator[Ellipsis]:
    """What stands behind a "but" or an "except" up to the next sign, where it names parts alone."""
    for place, cue in enumerate(found):
        if cue.sense.cue != "boundary":
            continue
        row = _joined_parts(found, words, place + 1)
        lead = words[cue.end : row[0].first] if row else []
        ends = bool(row) and _is_end(words, found, row[-1])
        is_exception = bool(small_words("excepts").intersection(words[cue.first : cue.end]))
        if is_exception and ends and len(lead) <= _FAR:
            yield Ellipsis(cue.end, row[-1].end, EXCEPTED, tuple(row))
        elif is_exception and not any(it.first >= cue.end and not it.sense.cue for it in found):
            yield Ellipsis(cue.end, len(words), EXCEPTED, ())
        elif words[cue.first : cue.end] == ["but"] and ends and _leads_on(lead):
            yield Ellipsis(cue.end, row[-1].end, AFFIRMED, tuple(row))


def _joined_parts(found: Sequence[Found], words: Sequence[str], place: int) -> list[Found]:
    """The row of joined parts that begins at a phrase."""
    row: list[Found] = []
    for it in found[place:]:
        if not it.is_part or (row and not joins_parts(words[row[-1].end : it.first])):
            break
        row.append(it)
    return row


def _row_before(found: Sequence[Found], words: Sequence[str], place: int) -> list[Found]:
    """The row of joined parts that ends before a phrase, as far as no comma parts it."""
    row: list[Found] = []
    for it in reversed(found[:place]):
        gap = words[it.end : row[0].first] if row else []
        if not it.is_part or not joins_parts(gap) or "," in gap:
            break
        row.insert(0, it)
    return row


def _leads_to(gap: Sequence[str]) -> bool:
    small = small_words("filler") | small_words("preposition")
    return len(gap) <= _LEADS and all(word in small for word in gap)


def _leads_on(lead: Sequence[str]) -> bool:
    """Whether words lead from "but" to a place: "but were in the", "but in the"."""
    small = small_words("filler") | small_words("preposition") | small_words("verb") | {"did", "do", "doe"}
    return any(word in small_words("preposition") for word in lead) and all(word in small for word in lead)


def _is_end(words: Sequence[str], found: Sequence[Found], last: Found) -> bool:
    """Whether nothing else is said of a part."""
    end = last.end
    while end < len(words) and words[end] in small_words("sides") | small_words("preposition") | {"the"}:
        end += 1
    following = words[end : end + 1]
    is_cut = any(it.first == end and it.sense.cue == "boundary" for it in found)
    beside = next((it for it in found if it.first >= last.end and not it.sense.cue), None)
    is_graded = beside is not None and beside.sense.reach == GRADE and beside.first - last.end <= 1
    return (is_cut or _ENDS.issuperset(following)) and not is_graded


def elliptic(kind: str, judged: Judged, topic: Topic) -> Judged | None:
    """What an ellipsis says of its parts, by what was stated last; None where that is open.

    >>> from dxnet.formats.text.context import Standing
    >>> wasted = Judged("reduced", False, Standing())
    >>> judged = elliptic(DENIED, wasted, Topic("bulk", {"reduced": {}, "normal": {}}))
    >>> judged.quality, judged.is_denied
    ('reduced', True)
    """
    is_fine = judged.is_denied or judged.quality == "normal"
    is_fine |= judged.quality in _UNAFFECTED and "absent" in topic.means and "reduced" not in topic.means
    if (kind == DENIED and is_fine and judged.quality != "normal") or (kind == AFFIRMED and not is_fine):
        return judged
    standing = replace(judged.standing, is_negated=False)
    if judged.is_denied:
        return Judged(judged.quality, False, standing)
    if not is_fine:
        is_told = judged.quality in _AFFECTED and "absent" in topic.means
        return Judged("absent", False, standing) if is_told else Judged(judged.quality, True, standing)
    others = [quality for quality in _AFFECTING if any(topic.means.get(quality, {}).values())]
    is_open = {"reduced", "increased"} <= set(others)
    return Judged(others[0], False, standing) if others and not is_open else None
