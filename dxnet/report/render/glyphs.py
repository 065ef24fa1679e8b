"""Which fonts print the characters of a report: the shipped one, then those of the machine that it lacks.

The shipped DejaVu Sans Condensed has the letters of Europe, of Arabic and of Hebrew. What it lacks, such as
Chinese, is sought in the fonts of the machine; DXNET_FONTS names folders or font files to search instead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import bidirectional

from fontTools.ttLib import TTFont, TTLibError

from dxnet.errors import Issue
from dxnet.report.parts import Content

FONTS = Path(__file__).parent / "fonts"
SHIPPED = {"": FONTS / "DejaVuSansCondensed.ttf", "B": FONTS / "DejaVuSansCondensed-Bold.ttf"}
"""The shipped fonts, by style."""
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
MOST_FONTS = 2000
"""Font files that are looked into at most."""
BROAD = ("cjk", "fallback", "unicode", "unifont", "noto")
"""Words in the names of fonts that have many characters; these are looked into first."""
CURE = (
    "install a font that has them (such as fonts-noto-cjk or fonts-noto-core of Debian), name one in "
    "DXNET_FONTS, or take the HTML report, for which the browser finds one"
)


@dataclass(frozen=True)
class FontFile:
    """A font of the machine: its file and, of a collection, which one."""

    path: Path
    number: int = 0


@lru_cache
def coverage(font: FontFile) -> frozenset[int]:
    """The characters that a font can print; none of one that cannot be read, or that has pictures alone."""
    try:
        with font.path.open("rb") as file, TTFont(file, fontNumber=font.number, lazy=True) as opened:
            drawn = "glyf" in opened or "CFF " in opened
            return frozenset(opened.getBestCmap() or ()) if drawn else frozenset()
    except (TTLibError, OSError, KeyError, ValueError, AssertionError):
        return frozenset()


@lru_cache
def shipped_coverage() -> frozenset[int]:
    """The characters that both shipped fonts can print."""
    return frozenset.intersection(*(coverage(FontFile(path)) for path in SHIPPED.values()))


def characters(content: Content) -> frozenset[str]:
    """Every character of a report."""
    return frozenset("".join(_texts_within(content)))


def _texts_within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts_within(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts_within(getattr(value, field.name))


def further_fonts(content: Content) -> tuple[FontFile, ...]:
    """Fonts of the machine for what the shipped one lacks, as few as will do."""
    return _covering(_lacked_by_shipped(content), os.environ.get("DXNET_FONTS", ""))


def unprintable(content: Content) -> str:
    """The characters of a report that no font here can print, in the order of their numbers."""
    fonts = further_fonts(content)
    lacked = _lacked_by_shipped(content)
    return "".join(sorted(c for c in lacked if not any(ord(c) in coverage(font) for font in fonts)))


def print_issues(content: Content) -> Iterator[Issue]:
    """What a reader of the printed report would miss, and the cure."""
    if lost := unprintable(content):
        shown = ", ".join(f"<U+{ord(c):04X}>" for c in lost[:5])
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        message = f"no font here has {shown}{more}, so that their numbers are printed"
        yield Issue("warning", "", message, CURE)


def needs_shaping(content: Content) -> bool:
    """Whether letters may join, or run from right to left: those beyond the Latin ones and their like."""
    shaped = characters(content)
    return any(bidirectional(c) in ("R", "AL") for c in shaped) or bool(further_fonts(content))


def _lacked_by_shipped(content: Content) -> frozenset[str]:
    return frozenset(c for c in characters(content) if ord(c) not in shipped_coverage() and c.isprintable())


@lru_cache
def _covering(lacked: frozenset[str], named: str) -> tuple[FontFile, ...]:
    """The fonts that were found one after the other to print what is still lacked."""
    left, found = {ord(c) for c in lacked if _is_assigned(c)}, []
    for font in _fonts_of_the_machine(named) if left else ():
        if left & coverage(font):
            found.append(font)
            left -= coverage(font)
        if not left:
            break
    return tuple(found)


def _is_assigned(character: str) -> bool:
    """Whether fonts may have it: not a private character, nor one that is never assigned."""
    number = ord(character)
    return not (0xE000 <= number <= 0xF8FF or number >= 0xF0000)


@lru_cache
def _fonts_of_the_machine(named: str) -> tuple[FontFile, ...]:
    """The font files of the folders that are named, else of the system's; the broad ones first."""
    places = [Path(place).expanduser() for place in named.split(os.pathsep)] if named else _system_folders()
    files = {file for place in places for file in _font_files(place)}

    def order(path: Path) -> tuple[bool, bool, str]:
        name = path.name.casefold()
        return not any(word in name for word in BROAD), "regular" not in name, str(path)

    return tuple(FontFile(path) for path in sorted(files, key=order)[:MOST_FONTS])


def _font_files(place: Path) -> Iterable[Path]:
    if place.is_file():
        return [place]
    return (
        (path for path in place.rglob("*") if path.suffix.lower() in FONT_SUFFIXES) if place.is_dir() else []
    )


def _system_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        return [
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            home / "AppData/Local/Microsoft/Windows/Fonts",
        ]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", home / ".local/share/fonts", home / ".fonts")
    return [Path(folder) for folder in folders]
