"""Which regions are involved, at a glance: a figure of the body beside a matrix of examinations."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import numpy as np

from dxnet import Case, Network
from dxnet.knowledge.network import NORMAL
from dxnet.reasoning.signs import signs_entered
from dxnet.words import INK

Status = Literal["involved", "uncertain", "normal", "not examined"]
INVOLVED_INK, NORMAL_INK, FAINT = "#0B5C7A", "#55636F", "#8A96A0"
REGION_ROW, CELL, HEAD, BODY, REGION_NAMES = 30, 38, 18, 50, 90
"""Pixels of the drawing: height of a row, width of a cell, of the heading, the body and the names."""
MARKS: Mapping[Status, str] = {"involved": "+", "uncertain": "(+)", "normal": "–", "not examined": "?"}
"""How each is marked; one outweighs those behind it."""
_OUTLINES = (
    '<circle cx="25" cy="15" r="11"/>',
    '<path d="M15 29 h20 l11 7 v36 h-6 v-26 h-30 v26 h-6 v-36 z"/>',
    '<path d="M13 50 h24 v30 h-24 z"/>',
    '<path d="M13 84 h24 v34 h-9 v-24 h-6 v24 h-9 z"/>',
)
"""Head, shoulders and arms, trunk, legs, in a drawing of 50 to 120: regions from rostral to caudal."""

_GROUND = '<rect width="100%" height="100%" rx="4" fill="white"/>'
"""Whatever the colours of the window are: as a picture, the drawing does not know them."""


@dataclass(frozen=True)
class RegionMatrix:
    """Regions, examinations, and what was found in each.

    Args:
        regions: from the first of the network to the last.
        columns: categories of findings that are examined region by region.
        cells: (region, category) -> what was found.
    """

    regions: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Status]

    def of_region(self, region: str) -> Status:
        """What was found in a region by any examination."""
        found = [self.cells[region, column] for column in self.columns if (region, column) in self.cells]
        return _strongest(found)

    @property
    def in_words(self) -> str:
        """The matrix for screen readers: all that was examined."""
        parts = (
            f"{region}: {', '.join(seen)}"
            for region in self.regions
            if (
                seen := [
                    f"{column} {status}"
                    for column in self.columns
                    if (status := self.cells.get((region, column), "not examined")) != "not examined"
                ]
            )
        )
        return f"Regions involved. {'; '.join(parts) or 'None examined'}."


def regional_tract(network: Network, category: str) -> str:
    """The tract of a category that is examined region by region; '' for any other."""
    found = [finding for finding in network.findings.values() if finding.category == category]
    tracts = {finding.tract for finding in found if finding.tract}
    regional = sum(bool(finding.region) for finding in found) > len(found) / 2
    return tracts.pop() if regional and len(tracts) == 1 else ""


def region_matrix(network: Network, case: Case) -> RegionMatrix:
    """What the findings of a case say of each region, by ``signs_entered``; abnormal signs that are all
    uncertain leave it uncertain.

    >>> from dxnet import Case, load_network
    >>> case = Case({"arm_atrophy": "present", "babinski": "absent"})
    >>> print(region_matrix(load_network("als_mimics"), case).in_words)
    Regions involved. cervical: LMN signs involved; lumbosacral: UMN signs normal.
    """
    columns = tuple(category for category in network.categories if regional_tract(network, category))
    regional = {
        name: finding
        for name, finding in network.findings.items()
        if finding.category in columns and finding.region and finding.states[0] in NORMAL
    }
    signs, found = signs_entered(network, case), dict[tuple[str, str], list[Status]]()
    likelihoods = case.likelihoods(network)
    for name, finding in regional.items():
        seen = found.setdefault((finding.region, finding.category), [])
        if name in signs:
            seen.append(
                "normal" if not signs[name] else "uncertain" if np.ndim(likelihoods[name]) else "involved"
            )
    cells = {place: _strongest(seen) for place, seen in found.items()}
    return RegionMatrix(tuple(dict.fromkeys(region for region, _ in cells)), columns, cells)


def _strongest(found: Sequence[Status]) -> Status:
    return next((status for status in MARKS if status in found), "not examined")


def region_figure(matrix: RegionMatrix, width: int) -> str:
    """The matrix as a picture of so many pixels, with a body beside it if it has as many parts."""
    has_body = len(matrix.regions) == len(_OUTLINES)
    left = BODY if has_body else 0
    whole = left + REGION_NAMES + CELL * len(matrix.columns), HEAD + REGION_ROW * len(matrix.regions)
    parts = [_GROUND, *([_body(matrix)] if has_body else [])]
    for number, column in enumerate(matrix.columns):
        name = column.split()[0]
        parts.append(_text(left + REGION_NAMES + CELL * (number + 0.5), HEAD - 6, name, INK, "middle", 11))
    for row, region in enumerate(matrix.regions):
        middle = HEAD + REGION_ROW * (row + 0.5)
        weight = "bold" if matrix.of_region(region) == "involved" else "normal"
        parts.append(_text(left + 2, middle + 4, region.capitalize(), INK, "start", 12, weight))
        for number, column in enumerate(matrix.columns):
            if status := matrix.cells.get((region, column)):
                parts.append(_cell(left + REGION_NAMES + CELL * number, HEAD + REGION_ROW * row, status))
    height = round(width * whole[1] / whole[0])
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole[0]} {whole[1]}">{"".join(parts)}</svg>'
    )
    return (
        f'<img alt="{escape(matrix.in_words)}" width="{width}" height="{height}" '
        f'src="data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}">'
    )


def _body(matrix: RegionMatrix) -> str:
    """The parts of the body, filled where a region is involved, dashed where it was not examined."""
    looks: Mapping[Status, str] = {
        "involved": f'fill="{INVOLVED_INK}" stroke="{INVOLVED_INK}"',
        "uncertain": f'fill="white" stroke="{INVOLVED_INK}"',
        "normal": f'fill="white" stroke="{NORMAL_INK}"',
        "not examined": f'fill="none" stroke="{FAINT}" stroke-dasharray="3 2"',
    }
    shapes = "".join(
        f"<g {looks[matrix.of_region(region)]}>{outline}</g>"
        for region, outline in zip(matrix.regions, _OUTLINES, strict=True)
    )
    return f'<g transform="translate(-2 {HEAD})" stroke-width="1.2">{shapes}</g>'


def _cell(x: float, y: float, status: Status) -> str:
    is_involved = status == "involved"
    fill, edge = (INVOLVED_INK, INVOLVED_INK) if is_involved else ("white", FAINT)
    dash = ' stroke-dasharray="3 2"' if status == "not examined" else ""
    box = (
        f'<rect x="{x + 3}" y="{y + 3}" width="{CELL - 6}" height="{REGION_ROW - 6}" rx="4" fill="{fill}" '
        f'stroke="{edge}"{dash}/>'
    )
    ink = "white" if is_involved else NORMAL_INK
    weight = "bold" if is_involved else "normal"
    return box + _text(x + CELL / 2, y + REGION_ROW / 2 + 5, MARKS[status], ink, "middle", 15, weight)


def _text(x: float, y: float, text: str, ink: str, anchor: str, size: int, weight: str = "normal") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{ink}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" font-family="sans-serif">{escape(text)}</text>'
    )
