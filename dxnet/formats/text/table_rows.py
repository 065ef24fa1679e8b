"""Tables of needle EMG, and amplitudes of nerve conduction with the limits of their normal ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.lexicon import Lexicon
from dxnet.formats.text.phrases import tokens_of
from dxnet.formats.text.rules import ANY, rules_of

_CELLS = re.compile(r"\s{2,}|\t+|\s*\|\s*")
_LEAST_COLUMNS = 2


@dataclass(frozen=True)
class TableRow:
    """A line of a table: its characters, and the cell below each column; none of the line of column names."""

    start: int
    end: int
    muscle: str
    cells: tuple[tuple[str, str], ...]


def table_rows_of(text: str) -> list[TableRow]:
    """The rows of all tables of needle EMG in a letter.

    >>> text = "Muscle   Fib  PSW  MUP\\nL FDI    2+   1+   large\\n"
    >>> [(row.muscle, row.cells[0]) for row in table_rows_of(text) if row.cells]
    [('L FDI', ('spontaneous', '2+'))]
    """
    rows: list[TableRow] = []
    columns: list[str] = []
    for line in re.finditer(r"[^\n]+", text):
        cells = [cell.strip() for cell in _CELLS.split(line.group().strip()) if cell.strip()]
        if named := _column_kinds(cells):
            columns = named
            rows.append(TableRow(line.start(), line.end(), "", ()))
        elif columns and 1 < len(cells) <= len(columns) + 1:
            if len(cells) > len(columns) or (len(cells) == len(columns) and columns[0] == "other"):
                pairs = zip(columns, cells[len(cells) - len(columns) :], strict=True)
                rows.append(TableRow(line.start(), line.end(), cells[0], tuple(pairs)))
        elif not re.fullmatch(r"[-=_\s|]+", line.group()):
            columns = []
    return rows


def without_tables(text: str, rows: Sequence[TableRow]) -> str:
    """A text of the same length whose rows of tables are blank."""
    for row in rows:
        text = text[: row.start] + " " * (row.end - row.start) + text[row.end :]
    return text


def mentions_of_rows(rows: Sequence[TableRow], lexicon: Lexicon) -> Iterator[Mention]:
    """The findings of the rows of tables, of the muscle that each names."""
    for row in rows:
        muscle = row.muscle.replace(".", " ")
        found = lexicon.find(tokens_of(muscle), muscle)
        parts = [name for it in found for name in it.sense.parts]
        regions = dict.fromkeys(region for name in parts for region in lexicon.parts[name].regions)
        for topic, quality in _qualities(row):
            means = lexicon.topics[topic].means.get(quality, {}) if topic in lexicon.topics else {}
            for place in [ANY] if ANY in means else regions:
                for finding, state in means.get(place, ()):
                    yield Mention(
                        finding, state, state, row.start, row.end, (row.start, row.end), -1, part=row.muscle
                    )


def amplitudes_in(text: str, lexicon: Lexicon) -> Iterator[Mention]:
    """Amplitudes below or above the limit that stands behind them."""
    rules = rules_of("tables.yaml")
    for match in _compiled_cell(rules["amplitude"]).finditer(text):
        topic = rules["topics of units"][match["unit"].lower().replace("µ", "u").replace("μ", "u")]
        quality = "reduced" if float(match["value"]) < float(match["limit"]) else "normal"
        means = lexicon.topics[topic].means if topic in lexicon.topics else {}
        for finding, state in means.get(quality, {}).get(ANY, ()):
            span = match.span()
            yield Mention(finding, state, state, *span, span, -1, part=topic)


def _column_kinds(cells: Sequence[str]) -> list[str]:
    """What the cells of a header are, from the second on; none of a line that is no header."""
    known = {name: kind for kind, names in rules_of("tables.yaml")["columns"].items() for name in names}
    kinds = [known.get(cell.lower().rstrip(":."), "") for cell in cells]
    is_header = sum(kind not in ("", "other") for kind in kinds) >= _LEAST_COLUMNS
    return kinds[1:] if is_header and not kinds[0].startswith(("spont", "motor", "fasc")) else []


def _qualities(row: TableRow) -> Iterator[tuple[str, str]]:
    """Topics with their qualities of a row; of several columns of one topic the abnormal one."""
    cells = rules_of("tables.yaml")["cells"]
    found: dict[str, set[str]] = {}
    for topic, cell in row.cells:
        kinds = ("large", "small", "normal") if topic == "motor_unit" else ("absent", "present")
        quality = next((kind for kind in kinds if _compiled_cell(cells[kind]).search(cell)), "")
        if quality and topic not in ("", "other"):
            found.setdefault(topic, set()).add(quality)
    for topic, qualities in found.items():
        yield topic, next(q for q in ("large", "small", "present", "normal", "absent") if q in qualities)


@cache
def _compiled_cell(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
