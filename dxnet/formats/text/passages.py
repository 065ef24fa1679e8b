"""The parts of a letter: sections by their headings, and sentences as clinicians write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from dxnet.formats.text.phrases import norm, texts_of_tokens
from dxnet.formats.text.rules import small_words

_WHOLE_LINE = re.compile(r"[^\n]*\n?")
_BULLET = re.compile(r"\s*(?:[-*•·▪◦‣]\s+|\(?[0-9]{1,2}[.)]\s+|\(?[a-z]\)\s+)")
_APOSTROPHE = "'\u2019"
_HEADING = re.compile(
    rf"[\s>#*•\-]*(?:[0-9]{{1,2}}[.)]\s+)?(?P<name>[A-Za-z][A-Za-z/&@,{_APOSTROPHE}+. \-]{{0,60}}?)"
    r"(?:\s*\([^():\n]{0,40}\)|\s+[0-9][0-9/.\-]*)?"
    r"\**\s*(?P<mark>:|\s[-–—]+\s|[-–—]*\s*$|\.(?=\s[A-Z])|\s{2,})"
)
_LINE_LABEL = re.compile(r"\s*[A-Z][A-Za-z/& ]{0,24}:\s")
"""What begins a line of its own: "LL: tone normal"."""
_FULL_STOP = re.compile(rf"[.!?;]+(?=[)\]\"{_APOSTROPHE}]*(?:\s|$))")
_ANSWER = re.compile(r"\s*(?:no|yes|nil|none|never|y|n|denie[sd])\b", re.IGNORECASE)
"""What goes on with the question before it: "Cramps? No"."""
_SHORT_FORM = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|st|no|approx|vs|e\.?g|i\.?e|fig|tel|ref|cf|ca|hx|resp|max|min|inc|incl|re)|"
    r"(?:^|[\s.(])[A-Za-z])\Z",
    re.IGNORECASE,
)
NOT_HEADINGS = "not headings"
"""What ``headings`` says of words that begin a line of findings: "Sensory exam: normal"."""
EARLIER, TODAY = "earlier", "today"
"""Sections that begin and end what is copied from an earlier letter."""
COURSE = 1
"""The stage of the course of a stay, of which what is told later holds."""
STAGE_OF_SECTION = {EARLIER: -1, "course": COURSE, "discharge": 2}
"""Sections of another time than the letter's: before it, during a stay in hospital, and at its end."""
_SAMPLING = "electrical"
"""The section whose labels may name muscles, and then stay in their sentence."""
OF_ONE_LINE = frozenset(("skip", "past", "family", "request", "plan"))
"""Sections that end with their paragraph, or the list behind it, where they begin in it: "FH: nil"."""
_OF_STAY, _HISTORY_SECTION = frozenset(("course", "discharge")), "history"
"""Sections of a summary of a stay in hospital, and what they are of in another letter."""
_DATED = re.compile(
    r"(?P<label>[^:\n]{0,24})\b(?:[0-9]{1,2}/[0-9]{1,2}|day [0-9]+|[0-9]{1,2}(?:st|nd|rd|th)? "
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\b[^:\n]{0,12}:",
    re.IGNORECASE,
)
"""The beginning of an entry of one day: "Examination 17 October: ..."."""
_COPIED = re.compile(r"[^:\n]{0,60}\b(?:copied|pasted|quoted|carried forward) from\b[^:\n]{0,60}:", re.I)
"""The beginning of what is copied: "Since last visit (copied from the letter of May): ..."."""
_TIMED = re.compile(r"\s*(?:[01][0-9]|2[0-3])[:.]?[0-5][0-9] ?(?:h|hrs|hours)?\s*[:\u2013-]\s")
"""The beginning of an entry of one hour: "2230: ..."."""
_FULL_LINE = 55
"""Characters of a line that may have been broken because it was full."""
_LONGEST_BROKEN = 130
"""Characters of the longest line of a text whose lines are broken where they are full."""
_FEW_CAPITALS = 0.2
"""Of the sentences and lines of a letter that is written without capitals, how many may begin with one."""
_COMPARED = re.compile(r"(?:[<>=&+/]|\band)\s*[RLrl]\Z")
"""Sides at the end of a sentence: "brisk R > L", "normal L and R"."""
_DENIED_FIRST = re.compile(r"(?:no|nil|denies|never)\b")
"""What begins a sentence, though with a small letter."""
_LONG_WORD = 5
"""Letters of a word that is no short form where a dot follows it."""
_BEGINNING = re.compile(r"(?:^|[.!?]\s)\s*([A-Za-z])", re.MULTILINE)
_SIGN = re.compile(r"[.,;:!?](?=\s|\Z)")
_FEW_WORDS, _WORDS_PER_SIGN = 60, 50
"""Words of a letter of which it can be told, and how many stand between signs where they are left out."""
_OPENING = 40
"""Characters of a sentence in which it may open a section."""
_LONGEST_HEADING = 7
"""Words."""


@dataclass(frozen=True)
class Passage:
    """A sentence, or a line of a list: its characters in the letter, its section and its paragraph.

    ``stage`` orders the times of which a letter tells, as in STAGE_OF_SECTION; it is 0 for most.
    """

    start: int
    end: int
    section: str
    paragraph: int
    stage: int = 0


def passages_of(
    text: str,
    headings: Mapping[tuple[str, ...], str],
    openings: Mapping[tuple[str, ...], str] = MappingProxyType({}),
    *,
    is_of_stay: bool = False,
) -> list[Passage]:
    """The sentences of a letter in order, headings left out.

    Args:
        text: the letter.
        headings: the words of a heading, as ``norm`` writes them, and the section that it begins.
        openings: the same for words that begin a sentence.
        is_of_stay: it is a summary of a stay in hospital, with its course and its end.

    >>> text = "Examination:\\nPower 4/5 in R. APB. Plantars up."
    >>> [text[it.start:it.end] for it in passages_of(text, {("examination",): "examination"})]
    ['Power 4/5 in R. APB.', 'Plantars up.']
    """
    found: list[Passage] = []
    section, brief, is_earlier = "", "", False
    begins_small = _begins_small(text)
    blocks = list(_blocks(text, headings, begins_small))
    day = _DATED if is_of_stay else _TIMED
    dated = {start for start, end in blocks if day.match(text, start, end) or _TIMED.match(text, start, end)}
    for paragraph, (start, end) in enumerate(blocks):
        name, rest = _heading_at(text, start, end, headings)
        name = name if is_of_stay or name not in _OF_STAY else _HISTORY_SECTION
        is_inline = rest < end and bool(text[rest:end].strip())
        if name or not (brief and _BULLET.match(text, start, end)):
            brief = name if is_inline and name in OF_ONE_LINE else ""
        here = name or brief or section
        if name and not brief:
            section = name
            is_today = "today" in text[start:rest].lower() or name == TODAY
            is_earlier = name == EARLIER or (is_earlier and not is_today)
        for begin, stop in _sentences_within(text, rest, end, begins_small):
            opened = _opened_section(text[begin:stop], openings)
            if opened and (is_of_stay or opened not in _OF_STAY):
                section = here = opened
            stage = STAGE_OF_SECTION[EARLIER] if is_earlier else STAGE_OF_SECTION.get(here, 0)
            stage = COURSE if stage == 0 and start in dated and len(dated) > 1 else stage
            found.append(Passage(begin, stop, here, paragraph, stage))
    return found


def _blocks(
    text: str, headings: Mapping[tuple[str, ...], str], begins_small: bool
) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: broken lines of a paragraph, one item of a list, a heading."""
    begin, last = None, ""
    is_broken = max(map(len, text.splitlines()), default=0) <= _LONGEST_BROKEN
    for line in _WHOLE_LINE.finditer(text):
        words = line.group().rstrip()
        if begin is not None and not (words and _continues(last, words, headings, is_broken, begins_small)):
            yield begin, line.start()
            begin = None
        if words:
            begin = line.start() if begin is None else begin
        last = words
    if begin is not None:
        yield begin, len(text)


def _continues(
    last: str, words: str, headings: Mapping[tuple[str, ...], str], is_broken: bool, begins_small: bool
) -> bool:
    """Whether a line goes on with the sentence or paragraph of the last one.

    Args:
        last, words: the two lines.
        headings: as of ``passages_of``.
        is_broken: the lines of the text are broken where they are full.
        begins_small: a sentence may begin with a small letter.
    """
    if _BULLET.match(words) or _known_heading(words, headings)[0]:
        return False
    if last.rstrip().endswith((":", ";")) or _known_heading(last, headings)[1] == len(last):
        return False
    if _LINE_LABEL.match(words):
        return False
    is_full = is_broken and len(last.strip()) >= _FULL_LINE and "|" not in words and "\t" not in words.strip()
    is_small = words.lstrip()[:1].islower() and not begins_small
    return is_full or (is_small and last.rstrip()[-1:] not in ".!?")


def _heading_at(text: str, start: int, end: int, headings: Mapping[tuple[str, ...], str]) -> tuple[str, int]:
    if (dated := _DATED.match(text, start, end)) and (
        name := _known_heading(f"{dated['label']}:", headings)[0]
    ):
        return name, dated.end()
    if copied := _COPIED.match(text, start, end):
        return EARLIER, copied.end()
    line_end = text.find("\n", start, end)
    section, length = _known_heading(text[start : end if line_end < 0 else line_end], headings)
    return section, start + length if section else start


def _known_heading(line: str, headings: Mapping[tuple[str, ...], str]) -> tuple[str, int]:
    """The section that a line begins and the characters of its heading; ('', 0) of any other line."""
    found = _HEADING.match(line)
    if not found:
        return "", 0
    words = [norm(word) for word in texts_of_tokens(found["name"]) if word[0].isalpha()]
    if not words or len(words) > _LONGEST_HEADING:
        return "", 0
    if (section := headings.get(tuple(words))) and section != NOT_HEADINGS:
        is_date = section in _OF_STAY and line[found.end() :].lstrip()[:1].isdigit()
        return ("", 0) if is_date else (section, found.end())
    if headings.get((words[0],)) == NOT_HEADINGS:
        return "", 0
    if found["mark"] != ":" or "." in found["name"]:
        return "", 0
    for length in range(len(words) - 1, 0, -1):
        for first in (0, len(words) - length):
            section = headings.get(tuple(words[first : first + length]), NOT_HEADINGS)
            if section != NOT_HEADINGS:
                return section, 0 if section == _SAMPLING else found.end()
    return "", 0


def _opened_section(sentence: str, openings: Mapping[tuple[str, ...], str]) -> str:
    """The section that a sentence begins with its first words, or its label: "Day 6, on discharge: ..."."""
    words = [norm(word) for word in texts_of_tokens(sentence[:_OPENING]) if word[0].isalpha()]
    label, colon, _ = sentence[:_OPENING].partition(":")
    ends = [norm(word) for word in texts_of_tokens(label) if word[0].isalpha()] if colon else []
    keys = [tuple(words[:size]) for size in range(len(words), 0, -1)]
    keys += [tuple(ends[place:]) for place in range(len(ends))]
    return next((openings[key] for key in keys if key in openings), "")


def _begins_small(text: str) -> bool:
    """Whether a letter is written without capitals, so that a sentence may begin with a small letter."""
    first = _BEGINNING.findall(text)
    return bool(first) and sum(letter.isupper() for letter in first) <= _FEW_CAPITALS * len(first)


def _sentences_within(text: str, start: int, end: int, begins_small: bool) -> Iterator[tuple[int, int]]:
    if is_unpunctuated(text):
        yield from _spoken_sentences(text, start, end)
        return
    begin = start
    for stop in _FULL_STOP.finditer(text, start, end):
        is_dot = stop.group() == "."
        if stop.group() == "?" and _ANSWER.match(text, stop.end(), end):
            continue
        following = text[stop.end() : end].lstrip(f' )]"{_APOSTROPHE}\n\t')
        if is_dot and _SHORT_FORM.search(text, max(begin, stop.start() - 9), stop.start()):
            is_side = text[stop.start() - 1] in "RL" and following[:1].isupper() and following[1:2].islower()
            is_side = is_side or _COMPARED.search(text, begin, stop.start()) is not None
            if not is_side:
                continue
        is_begun = begins_small or _DENIED_FIRST.match(following) or _ends_word(text, begin, stop.start())
        if is_dot and following[:1].islower() and not is_begun:
            continue
        yield from _trimmed(text, begin, stop.end())
        begin = stop.end()
    yield from _trimmed(text, begin, end)


@lru_cache(maxsize=4)
def is_unpunctuated(text: str) -> bool:
    """Whether a letter is dictated without signs, so that only words tell where a sentence begins."""
    words = len(text.split())
    return words >= _FEW_WORDS and len(_SIGN.findall(text)) * _WORDS_PER_SIGN < words


def _spoken_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a stretch without signs, each from a word with which one begins."""
    begin = start
    for match in _spoken_beginning().finditer(text, start, end):
        last = text[begin : match.start()].split()[-1:]
        if last and last[0].lower() not in small_words("joins spoken"):
            yield from _trimmed(text, begin, match.start())
            begin = match.start()
    yield from _trimmed(text, begin, end)


@cache
def _spoken_beginning() -> re.Pattern[str]:
    words = sorted(small_words("begins spoken"), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def _ends_word(text: str, begin: int, place: int) -> bool:
    """Whether what ends before a dot is a number, a sign or a long word, and so no short form."""
    last = re.search(r"[A-Za-z]*\Z", text[max(begin, place - _LONG_WORD) : place])
    return last is not None and len(last.group()) in (0, _LONG_WORD)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence without its bullet and the blanks around it; none where nothing is left."""
    is_line = not text[text.rfind("\n", 0, start) + 1 : start].strip()
    if is_line and (bullet := _BULLET.match(text, start, end)):
        start = bullet.end()
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(letter.isalnum() for letter in text[start:end]):
        yield start, end
