"""Numbers of laboratory tests: what stands behind the name of a test, read as any entered number is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dxnet.formats.text.lexicon import Found, Topic
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = (
    r"(?:k?I?U|units?|µ?kat|ukat|ng|pg|pmol|nmol|mmol|[µu]mol|mg|g|m?c?g|[µu]g|m?[µu]?I?U|cells?)\s?/\s?(?:d|m|[µu])?[lL]\b|"
    r"/\s?(?:mm3|mm³|mm\^3|[µu]L|cmm)|cells?\s?/\s?(?:mm3|mm³|[µu][lL]|cmm)|x?\s?10\s?[\^*]?\s?6\s?/\s?[lL]|"
    r"%(?:\s?(?:of\s)?pred(?:icted)?)?|x\s?ULN|times the upper limit(?: of normal)?"
)
_AMOUNT = re.compile(
    rf"(?P<sign>[<>≤≥])?\s?(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?"
    rf"(?:\s*[\[(](?P<range>[^()\[\]]{{1,40}})[\])]|\s+(?P<bare>\d[\d.]*\s?[-–]\s?\d[\d.]*)(?![\d/]))?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[^.;\d]{0,45}")
_THEN = re.compile(
    r"\s*(?:,|;)?\s*(?:→|->|-->|to|rising to|falling to|and|then|now|repeat(?:ed)?|on repeat|later|up to|(?:and )?(?:sitting|seated|erect|upright|supine|lying|"
    r"falling|dropping|lying flat|on lying|when|flat|predicted|of|in|the|at)|[\s,()]){1,6}\s*", re.IGNORECASE,
)
_RANGE = re.compile(r"(?:[<>≤≥]|up to)\s*\d[\d.,]*|\d[\d.]*\s*[-–]\s*\d[\d.]*", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?|\b(?:19|20)\d\d\b")


def amounts_in(
    text: str, found: Found, topic: Topic, start: int, end: int, network: Network
) -> Iterator[tuple[str, str, int]]:
    """What is measured of a topic: entry, state and the end of the number, in the order of the text.

    Args:
        text: the letter.
        found: the name of the test, which ends at ``start``.
        topic: what was named.
        start, end: the characters in which its number may stand.
        network: the network, whose rules of numbers decide.
    """
    at = start
    gap = _BETWEEN.match(text, at, end)
    at = gap.end() if gap else at
    while match := _AMOUNT.match(text, at, end):
        if _DATE.match(text, match.start("number")) and not match["unit"]:
            return
        for entry in _entries(match, topic):
            read = read_entered(network, topic.number, entry)
            if read.kind == "number":
                yield entry, read.state, match.end()
                break
        following = _THEN.match(text, match.end(), end)
        if not following:
            return
        at = following.end()


def _entries(match: re.Match[str], topic: Topic) -> Sequence[str]:
    number = match["number"].replace(",", "")
    sign, unit, name = match["sign"] or "", _spelt(match["unit"] or ""), f"{topic.number_name} " if topic.number_name else ""
    span = _RANGE.search(match["range"] or match["bare"] or "")
    with_unit = f"{name}{sign}{number} {unit}".strip()
    bare = f"{name}{sign}{number}"
    with_span = f"{with_unit} ({span.group().replace('–', '-').replace(' ', '')})" if span else with_unit
    return list(dict.fromkeys((with_span, with_unit, *(() if unit else (bare,)))))


def _spelt(unit: str) -> str:
    plain = re.sub(r"\s*/\s*", "/", unit.strip())
    plain = re.sub(r"^(?:iu|u|units?)/l$", "U/L", plain, flags=re.IGNORECASE)
    return re.sub(r"/l$", "/L", plain)
