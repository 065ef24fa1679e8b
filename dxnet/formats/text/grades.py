"""Grades of strength (4/5, 4+) and of reflexes (3+) as phrases of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.phrases import Token, norm
from dxnet.formats.text.rules import Sense, small_words

_MRC = re.compile(
    r"(?<![A-Za-z\d/.+])(?:MRC\s*(?:grade\s*)?)?([0-5])\s?([+-]?)\s?/\s?5\s?((?:[+-](?!>))?)(?![\d/])(?!\s?(?:mg|ml|cm|mm))"
)
_NAMED_GRADE = re.compile(
    r"\b(?:MRC|grade|M)\s*(?:grade\s*|power\s*)?([0-5])([+-]?)(?![\d/.])", re.IGNORECASE
)
_PLAIN = re.compile(
    r"(?<![\d/.+\-×x])([0-5])(?:\s?([+-])(?!\s?\d|>))?(?:\s?/\s?([0-5])(?:\s?([+-]))?)?(?![\d+/%])(?!\.\d)"
    r"(?!\s?(?:mg|ml|cm|mm|kg|beats?|years?|yrs?|months?|weeks?|days?|cycles|hz|ms|mv|st|nd|rd|th|muscles?|"
    r"limbs?|of|out|times?|falls?|hours?|min(?:ute)?s?|sec(?:ond)?s?|lit(?:er|re)s?|pillows?)\b)",
    re.IGNORECASE,
)
_REFLEX = re.compile(r"(?<![\d/.])(?:([0-4])\s?\+(?!\s?\d)|(?<!\+)(\+{1,4})(?![\d+])|([0-4])(?=[\s,;.)/]|$))")
_WORDS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_ONE_SPOKEN = r"(zero|one|two|three|four|five)(?:\s(plus|minus))?"
_SPOKEN = re.compile(
    rf"\b{_ONE_SPOKEN}(?:\s(?:over|out of)\s(?:five|5))?(?:\s(?:and|to|/)\s{_ONE_SPOKEN})?(?![\w-])"
    r"(?!\s(?:limb|extrem|of|region|muscle|year|month|week|day))",
    re.IGNORECASE,
)
TWO_SIDES = re.compile(
    r"(?P<label>[A-Za-z /()]{0,24}?)\s*\|?\s*\b(?:R|Rt|Right)\s*\|?\s+(?:L|Lt|Left)\s*\|?", re.IGNORECASE
)
"""The names of the columns of a table of two sides."""
_ROW = re.compile(r"\s*[A-Za-z][A-Za-z /.()]*?\s*\|?\s+(?:[0-5][+-]?(?:/5)?[\s|]*){2}")
_JERKS = re.compile(r"\b(?:reflex|jerk|dtr|knee|ankle|patella|achilles)", re.IGNORECASE)
_BECOMES = re.compile(r"\s*(?P<word>→|->|=>|to)\s*[0-5]\b")
_CHANGE = 8
"""Tokens of a grade and what it was before: "from 3+/5 to 4-/5"."""
_UNNAMED = "unnamed"
_SIGNS_OF_GRADE = {"plus": "+", "minus": "-", None: ""}
_WEAK, _FULL = Sense("power", "reduced", reach="grade"), Sense("power", "normal", reach="grade")
_FULL_GRADE = 5
_FEW = 3
_NORMAL_REFLEX = 2


def grades_in(text: str, tokens: Sequence[Token], found: Sequence[Found], topic: str) -> list[Found]:
    """The grades in a sentence.

    Args:
        text: the letter.
        tokens: of the sentence.
        found: phrases of the lexicon in it.
        topic: what plain numbers are about where the sentence does not name it: ``power``, ``reflex`` or ''.
    """
    if not tokens:
        return []
    start, end = tokens[0].start, tokens[-1].end
    covered = {place for it in found if it.sense.cue != "boundary" for place in range(it.first, it.end)}
    grades: list[Found] = []
    parts = [it for it in found if it.sense.parts or it.sense.topic == "power"]
    begun: int | None = None
    for match, sense in _matches(text, start, end, tokens, found, topic):
        places = [n for n, token in enumerate(tokens) if match.start() <= token.start < match.end()]
        if covered.intersection(places):
            continue
        if places and _is_outdone(match, text):
            covered.update(places)
            begun = places[0] - (tokens[places[0] - 1].text.lower() == "from")
            continue
        is_bare = match.re in (_PLAIN, _SPOKEN)
        if is_bare and places and not any(_is_beside(it, places) for it in parts):
            continue
        if places:
            covered.update(places)
            is_end = begun is not None and 0 < places[0] - begun <= _CHANGE
            grades.append(Found(begun if begun is not None and is_end else places[0], places[-1] + 1, sense))
            begun = None
    return grades


def _is_outdone(match: re.Match[str], text: str) -> bool:
    """Whether a grade has become the one behind it: "3/5 → 4/5", "from 3/5 to 4/5"."""
    word = _BECOMES.match(text, match.end())
    return word is not None and (word["word"] != "to" or text[: match.start()].rstrip().endswith("from"))


def _is_beside(part: Found, places: Sequence[int]) -> bool:
    """Whether a number stands near a part: "deltoid R 4, L 5", "4 in the deltoids"."""
    return -_FEW <= part.first - places[-1] - 1 <= _FEW or -1 <= places[0] - part.end <= 2 * _FEW


def _matches(
    text: str, start: int, end: int, tokens: Sequence[Token], found: Sequence[Found], topic: str
) -> Iterator[tuple[re.Match[str], Sense]]:
    for match in _MRC.finditer(text, start, end):
        yield match, _strength(match[1], match[2] + match[3])
    for match in _NAMED_GRADE.finditer(text, start, end):
        yield match, _strength(match[1], match[2])
    every = [(tokens[it.first].start, it.sense.topic) for it in found if it.sense.topic]
    named = [(at, name) for at, name in every if name in {"power", *small_words("jerks")}]

    def topic_at(place: int) -> str:
        last = next((name for at, name in reversed(every) if at <= place), "")
        if last in small_words("signed"):
            return ""
        return (
            next((name for at, name in reversed(named) if at <= place), "")
            or topic
            or (named[0][1] if named else "")
        )

    for match in _SPOKEN.finditer(text, start, end):
        about = topic_at(match.start())
        if about == "power":
            spoken = [(match[1], match[2]), *([(match[3], match[4])] if match[3] else [])]
            low = min(
                _grade_value(str(_WORDS[word.lower()]), _SIGNS_OF_GRADE[sign and sign.lower()])
                for word, sign in spoken
            )
            yield match, _FULL if low >= _FULL_GRADE else _WEAK
        elif about in small_words("jerks") and match[2]:
            yield match, _briskness(_WORDS[match[1].lower()], about)
    for match in _REFLEX.finditer(text, start, end):
        about = topic_at(match.start())
        if about in small_words("jerks"):
            yield match, _briskness(len(match[2]) if match[2] else int(match[1] or match[3]), about)
    for match in _PLAIN.finditer(text, start, end):
        if topic_at(match.start()) == "power":
            low = min(
                (_grade_value(match[1], match[2]), *([_grade_value(match[3], match[4])] if match[3] else []))
            )
            yield match, _FULL if low >= _FULL_GRADE else _WEAK


def _grade_value(grade: str, sign: str | None) -> float:
    return int(grade) + {"+": 0.3, "-": -0.3}.get(sign or "", 0.0)


def _strength(grade: str, sign: str) -> Sense:
    return _FULL if _grade_value(grade, sign) >= _FULL_GRADE else _WEAK


def _briskness(grade: int, topic: str) -> Sense:
    quality = "increased" if grade > _NORMAL_REFLEX else "normal" if grade == _NORMAL_REFLEX else "reduced"
    return Sense(topic, quality, reach="grade")


def is_graded(text: str, tokens: Sequence[Token], found: Sequence[Found]) -> bool:
    """Whether a sentence lists parts with a bare number behind them, as in "deltoid 4, hip flexion 3"."""
    if not tokens:
        return False
    pairs = 0
    for it in found:
        if it.sense.parts and not it.sense.topic and it.end < len(tokens):
            following = tokens[it.end]
            is_digit = _PLAIN.match(text, following.start) and following.text in "012345"
            if is_digit or following.text.lower() in _WORDS:
                pairs += 1
    return pairs > 1 or (
        pairs == 1 and any(norm(t.text) in ("power", "strength", "motor", "mrc") for t in tokens)
    )


def graded_rows(text: str) -> list[tuple[range, str]]:
    """The rows of tables of strength or reflexes on two sides: their characters, and which of the two.

    >>> text = "Reflexes  R   L\\nKnee      3+  3+\\n          R   L\\nDeltoid   4   5\\n"
    >>> [(text[row.start:row.stop].split()[0], topic) for row, topic in graded_rows(text)]
    [('Knee', 'reflex'), ('Deltoid', 'power')]
    """
    rows: list[tuple[range, str]] = []
    table: list[re.Match[str]] = []
    label = ""
    for line in re.finditer(r"[^\n]*\n?", text):
        row = _ROW.fullmatch(line.group().rstrip()) if label else None
        if row:
            table.append(line)
            continue
        rows += _rows_of_table(label, table)
        header = TWO_SIDES.fullmatch(line.group().rstrip())
        label, table = (header["label"].strip().lower() or _UNNAMED) if header else "", []
    return rows


def _rows_of_table(label: str, table: Sequence[re.Match[str]]) -> list[tuple[range, str]]:
    """The rows with their topic: strength where one is of five, reflexes where they or a jerk are named."""
    cells = " ".join(line.group() for line in table)
    is_power = "5" in cells or "-" in cells or label.startswith(("power", "motor", "strength", "mrc"))
    is_reflex = not is_power and bool(_JERKS.search(f"{label} {cells}"))
    topic = "power" if is_power else "reflex" if is_reflex else ""
    return [(range(*line.span()), topic) for line in table if topic]
