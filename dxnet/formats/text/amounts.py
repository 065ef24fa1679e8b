"""Numbers of laboratory tests: what stands behind the name of a test, read as any entered number is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dxnet.formats.text.context import SKIPPED_SECTIONS, SentenceContext
from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.interpret import Sentence
from dxnet.formats.text.lexicon import Found, Lexicon
from dxnet.formats.text.rules import Topic, is_among
from dxnet.formats.text.subjects import subject_of
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network

_WRITTEN_NUMBER = r"(?<!\d[.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![.,]?\d)"
"""A whole one: of 64,5 and 1.234.567, which are not read, no part is a number."""
_UNIT = (
    r"(?:k?I?U|units?|µ?kat|ukat|ng|pg|pmol|nmol|mmol|[µu]mol|mg|g|m?c?g|[µu]g|m?[µu]?I?U|cells?)\s?/\s?(?:d|m|[µu])?[lL]\b|"
    r"/\s?(?:mm3|mm³|mm\^3|[µu]L|cmm)|cells?\s?/\s?(?:mm3|mm³|[µu][lL]|cmm)|x?\s?10\s?[\^*]?\s?6\s?/\s?[lL]|"
    r"%(?:\s?(?:of\s)?pred(?:icted)?)?|x\s?ULN|times the upper limit(?: of normal)?"
)
_AMOUNT = re.compile(
    rf"(?P<sign>[<>≤≥])?\s?(?P<number>{_WRITTEN_NUMBER})\s*(?P<unit>{_UNIT})?"
    rf"(?:\s*[\[(](?P<range>[^()\[\]]{{1,40}})[\])]|\s+(?P<bare>\d[\d.]*\s?[-–]\s?\d[\d.]*)(?![\d/]))?",
    re.IGNORECASE,
)
_WITH_UNIT = re.compile(rf"[<>≤≥]?\s?\d[\d.,]*\s*(?:{_UNIT})", re.IGNORECASE)
"""A number with its unit, whether or not it can be read."""
_COUNT = re.compile(r"(?P<number>\d+)\s*(?:/\s?(?:mm3|mm³|[µu]L)\s*)?\Z")
_BETWEEN = re.compile(r"[^.;\d]{0,45}")
_THEN = re.compile(
    r"\s*(?:,|;)?\s*(?:→|->|-->|to|rising to|falling to|falling|dropping|and|then|now|repeat(?:ed)?|later|"
    r"on repeat|(?:on|at|by|before) (?:admission|arrival|presentation|discharge|transfer|day \d{1,2})|"
    r"\([^()\d]{1,25}\)|up to|(?:and )?(?:sitting|seated|erect|upright|supine|lying flat|lying|on lying|when|"
    r"flat|predicted|of|in|the|at)|L\b|lit(?:er|re)s?|[\s,()]){1,6}\s*",
    re.IGNORECASE,
)
"""What may stand between two numbers of one test."""
_NO_AMOUNT = re.compile(r"[\s-]*(?:(?:day|week|month|year|hour|degree|dose|time)s?|[kmµ]?g|ml|cm)\b|/\d")
"""What stands behind a number that is none of a test: "CK 850, 3 days later"."""
_RANGE = re.compile(r"(?:[<>≤≥]|up to)\s*\d[\d.,]*|\d[\d.]*\s*[-–]\s*\d[\d.]*", re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,2}/\d{1,2}(?:/\d{2,4})?(?!\d)|\d{1,2}\.\d{1,2}\.\d{2,4}|(?:19|20)\d\d\b(?!\s?[A-Za-z/])"
)


_REQUEST = "request"
"""The section of the details that a referrer gives, whose laboratory values count."""


@dataclass(frozen=True)
class Amount:
    """A number behind the name of a test, in each way it may be entered, and the character behind it."""

    entries: tuple[str, ...]
    end: int


def amounts_of(
    text: str, sentence: Sentence, lexicon: Lexicon, network: Network
) -> tuple[list[Mention], list[tuple[int, int]]]:
    """The numbers of tests in a sentence; of several of one test the last, of several per cent the lowest.

    Behind them the characters of those that cannot be read, such as "CK 2.500 U/L".
    """
    if sentence.passage.section in SKIPPED_SECTIONS - {_REQUEST}:
        return [], []
    context = SentenceContext(sentence.words, sentence.found)
    named = [
        it
        for it in sentence.found
        if it.sense.topic and lexicon.topics[it.sense.topic].number in network.findings
    ]
    mentions: list[Mention] = []
    unread: list[tuple[int, int]] = []
    others: dict[str, tuple[str, ...]] = {}
    for place, it in enumerate(named):
        topic = lexicon.topics[it.sense.topic]
        standing = context.standing(it.first, it.end, range(len(sentence.words)), negatable=False)
        is_unstated = standing.reason or sentence.is_untested(it.first)
        if is_unstated or (topic.only_with and not is_among(topic.only_with, sentence.around)):
            continue
        following = named[place + 1] if place + 1 < len(named) else None
        end = _end_of_amounts(text, sentence, following, lexicon)
        amounts = list(_amounts_behind(text, topic, sentence.tokens[it.end - 1].end, end))
        if not amounts and topic.number_unit:
            amounts = list(
                _amount_before(text, topic, sentence.passage.start, sentence.tokens[it.first].start)
            )
        if read := _read_amounts(amounts, topic, others.get(topic.number, ()), network):
            mentions.append(_mention_of_amount(*read, topic, sentence, it))
        elif figure := _figure_behind(text, sentence.tokens[it.end - 1].end, end):
            unread.append((sentence.tokens[it.first].start, figure))
        if amounts:
            others[topic.number] = amounts[-1].entries
    return mentions, unread


def _figure_behind(text: str, start: int, end: int) -> int:
    """The character behind the number and unit that stand behind the name of a test; 0 where none does."""
    gap = _BETWEEN.match(text, start, end)
    figure = _WITH_UNIT.match(text, gap.end() if gap else start, end)
    return figure.end() if figure else 0


def _end_of_amounts(text: str, sentence: Sentence, following: Found | None, lexicon: Lexicon) -> int:
    """Where the amounts of a test end: at the next test, or the number before it that is its count."""
    if following is None:
        return sentence.passage.end
    end = sentence.tokens[following.first].start
    counted = lexicon.topics[following.sense.topic].number_unit
    match = _COUNT.search(text[sentence.passage.start : end]) if counted else None
    return sentence.passage.start + match.start() if match else end


def _mention_of_amount(
    entry: str, state: str, end: int, topic: Topic, sentence: Sentence, named: Found
) -> Mention:
    passage = sentence.passage
    return Mention(
        topic.number,
        state,
        entry,
        sentence.tokens[named.first].start,
        end,
        sentence.span,
        passage.paragraph,
        stage=passage.stage,
        subject=subject_of(named, (), sentence.words, ""),
    )


def _read_amounts(
    amounts: Sequence[Amount], topic: Topic, others: Sequence[str], network: Network
) -> tuple[str, str, int] | None:
    """Entry, state and end of the amount that counts; with another test's where the finding needs both."""
    read: list[tuple[str, str, int]] = []
    for amount in amounts:
        joined = [f"{other}, {entry}" for other in others for entry in amount.entries]
        for entry in (*amount.entries, *joined):
            found = read_entered(network, topic.number, entry)
            if found.kind == "number":
                read.append((entry, found.state, amount.end))
                break
    if read and all(entry.endswith("%") for entry, _, _ in read):
        return min(read, key=lambda it: float(it[0].strip("<>≤≥ %")))
    return read[-1] if read else None


def _amounts_behind(text: str, topic: Topic, start: int, end: int) -> Iterator[Amount]:
    """The amounts behind the name of a test, which ends at ``start``, up to the character ``end``."""
    gap = _BETWEEN.match(text, start, end)
    at = first = gap.end() if gap else start
    while match := _AMOUNT.match(text, at, end):
        is_other = at != first and _NO_AMOUNT.match(text, match.end())
        if (is_other or _DATE.match(text, match.start("number"))) and not match["unit"]:
            return
        yield Amount(tuple(_amount_entries(match, topic)), match.end())
        following = _THEN.match(text, match.end(), end)
        if not following:
            return
        at = following.end()


def _amount_before(text: str, topic: Topic, start: int, end: int) -> Iterator[Amount]:
    """The whole number right before the name of what is counted: "12 white cells"."""
    if match := _COUNT.search(text[start:end]):
        yield Amount((f"{match['number']} {topic.number_unit}",), end)


def _amount_entries(match: re.Match[str], topic: Topic) -> Sequence[str]:
    number = match["number"].replace(",", "")
    sign, unit, name = (
        match["sign"] or "",
        _spelt(match["unit"] or ""),
        f"{topic.number_name} " if topic.number_name else "",
    )
    span = _RANGE.search(match["range"] or match["bare"] or "")
    with_unit = f"{name}{sign}{number} {unit}".strip()
    bare = f"{name}{sign}{number}"
    with_span = f"{with_unit} ({span.group().replace('–', '-').replace(' ', '')})" if span else with_unit
    units = [it for it, (low, high) in topic.number_units.items() if low <= float(number) <= high]
    units += [topic.number_unit] if topic.number_unit else []
    assumed = () if unit else tuple(f"{bare} {it}" for it in units)
    return list(dict.fromkeys((with_span, with_unit, *assumed, *(() if unit else (bare,)))))


def _spelt(unit: str) -> str:
    plain = re.sub(r"\s*/\s*", "/", unit.strip())
    plain = re.sub(r"^(?:iu|u|units?)/l$", "U/L", plain, flags=re.IGNORECASE)
    return re.sub(r"/l$", "/L", re.sub(r"^mcg", "µg", plain, flags=re.IGNORECASE))
