"""Forms in words: answers that are ticked in columns, and fields behind a bar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from dxnet.formats.text.grades import TWO_SIDES
from dxnet.formats.text.rules import rules_of

_CELL_BAR = "|"
_FEWEST = 2
"""Cells of a row."""
_EMPTY = re.compile(r"\[ ?\]|☐")
_BOX = re.compile(r"\[[ xX✓✔]?\]|[☐☒☑]")
_BEHIND_BOX = re.compile(r"(?:\[ ?\]|☐)[^\[☐☒☑|\n]*")
_BEFORE_BOX = re.compile(r"[^\s:;,|\]☐☒☑]+(?: [^\s:;,|\[\]☐☒☑]+)*\s*(?:\[ ?\]|☐)")
_ANSWER_BEHIND = re.compile(r"(?:\[[ xX✓✔]?\]|[☐☒☑])\s*(?:yes|no|y|n)\b", re.IGNORECASE)
_TICKED_ANSWER = re.compile(r"(?:\[[xX✓✔]\]|[☒☑])(?=\s*(?:yes|no)\b)", re.IGNORECASE)
_ROUND_BOX = re.compile(r"\(([ xX✓✔])\)")
_EMPTY_ROUND = "( )"
_BETWEEN_CELLS = r"(?:\s{2,}|\s*\|\s*)"
_SIDED_ROW = re.compile(
    rf"\s*[A-Za-z][^|\n]*?{_BETWEEN_CELLS}(?P<one>[^|\n]*?\S){_BETWEEN_CELLS}(?P<other>[^|\n]*\S)\s*\|?\s*"
)
"""A row with a cell for each side."""
_TICK = re.compile(r"[xX✓✔☒*]")
_FIELD_ANSWER = (
    r":[ \t]*(?:[RL][ \t]+)?(?:\+{1,3}|[-\u2013\u2212]|0)(?:\s*/\s*(?:\+{1,3}|[-\u2013\u2212]|0))?"
)
_ANSWER_BEFORE_FIELD = re.compile(rf"({_FIELD_ANSWER})[ \t](?=[ \t]*[A-Za-z][A-Za-z' \t]*{_FIELD_ANSWER})")
"""An answer of a field, behind which the label of another stands: "Clonus: - Cramps: +"."""


@dataclass(frozen=True)
class _Cell:
    """The characters of a cell, from behind a bar to the next one."""

    text: str
    start: int
    end: int


def form_in_words(text: str) -> str:
    """A text of the same length whose ticked answers and fields of forms are in words.

    Under columns such as YES and NO a tick becomes the answer, and a row without one is left out. In a row of
    two cells the bar becomes a colon, and one that goes on with the cell above a blank. Fields with signs
    side by side are parted.

    >>> form_in_words("Systems | YES | NO\\nCramps  |     | x").splitlines()
    ['Systems | YES | NO', 'Cramps  : absent;']
    >>> form_in_words("Clonus: - Cramps: +")
    'Clonus: -;Cramps: +'
    """
    answers: Mapping[int, str] = {}
    pieces: list[str] = []
    text = _ROUND_BOX.sub(r"[\1]", text) if _EMPTY_ROUND in text else text
    lines = _worse_sides(text.splitlines(keepends=True))
    for line, following in zip_longest(map(_without_empty_boxes, lines), lines[1:], fillvalue=""):
        cells = list(_cells_of(line))
        columns = _answers_of(cells, list(_cells_of(following)))
        if len(cells) < _FEWEST:
            answers = {}
        elif columns:
            answers = columns
        elif answers:
            line = _answered_row(line, cells, answers)
        elif len(cells) == _FEWEST:
            line = line.replace(_CELL_BAR, ":" if cells[0].text else " ", 1)
        pieces.append(line)
    return _ANSWER_BEFORE_FIELD.sub(r"\1;", "".join(pieces))


def _without_empty_boxes(line: str) -> str:
    """A line in which what stands beside an empty box is blank: behind it, or before a first word.

    >>> _without_empty_boxes("[ ] ptosis [x] cramps"), _without_empty_boxes("Sex: M [ ] F [x]")
    ('           [x] cramps', 'Sex:       F [x]')
    """
    if not _EMPTY.search(line):
        return line
    first = _BOX.search(line)
    is_behind = first is not None and bool(re.search(r"\w", line[: first.start()]))
    pattern = _BEFORE_BOX if is_behind and not _ANSWER_BEHIND.search(line) else _BEHIND_BOX
    return _TICKED_ANSWER.sub(_blank, pattern.sub(_blank, line))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _worse_sides(lines: Sequence[str]) -> list[str]:
    """The lines of a text; in tables of two sides what is fine on one side is left out beside the other.

    >>> _worse_sides(["          R      L", "Plantar   down   up", "Clonus    -      -"])
    ['          R      L', 'Plantar          up', 'Clonus           -']
    """
    fine = frozenset(rules_of("tables.yaml")["fine on a side"])
    kept: list[str] = []
    is_table = False
    for line in lines:
        is_header = TWO_SIDES.fullmatch(line.rstrip()) is not None
        row = _SIDED_ROW.fullmatch(line) if is_table and not is_header else None
        is_table = is_header or (is_table and bool(line.strip()))
        cells = [row[name].strip().lower() for name in ("one", "other")] if row else []
        if row and (cells[0] in fine or cells[1] in fine):
            start, end = row.span("one") if cells[0] in fine else row.span("other")
            line = line[:start] + " " * (end - start) + line[end:]
        kept.append(line)
    return kept


def _cells_of(line: str) -> Iterator[_Cell]:
    start = 0
    for part in line.rstrip("\r\n").split(_CELL_BAR):
        yield _Cell(part.strip(), start, start + len(part))
        start += len(part) + 1


def _answers_of(cells: Sequence[_Cell], following: Sequence[_Cell]) -> dict[int, str]:
    """The columns of a header and the answer that a tick in each stands for; none of any other row.

    A header has a row behind it with nothing but ticks in these columns.
    """
    known = {name: answer for answer, names in rules_of("tables.yaml")["answers"].items() for name in names}
    found = {place: known[it.text.lower()] for place, it in enumerate(cells) if it.text.lower() in known}
    is_ticked = len(following) > max(found, default=0) and all(
        not following[place].text or _TICK.fullmatch(following[place].text) for place in found
    )
    return found if len(set(found.values())) > 1 and 0 not in found and is_ticked else {}


def _answered_row(line: str, cells: Sequence[_Cell], answers: Mapping[int, str]) -> str:
    """A row with its answer in words; blank where nothing is ticked."""
    known = {place: answer for place, answer in answers.items() if place < len(cells)}
    ticked = [answer for place, answer in known.items() if _TICK.fullmatch(cells[place].text)]
    end = line[len(line.rstrip("\r\n")) :]
    if len(ticked) != 1:
        return " " * (len(line) - len(end)) + end
    last = min(max(answers), len(cells) - 1)
    width = cells[last].end - cells[0].end
    words = f": {ticked[0]};"
    if len(words) > width:
        return line
    return line[: cells[0].end] + words.ljust(width) + line[cells[last].end :].replace(_CELL_BAR, " ")
