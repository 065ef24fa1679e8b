"""Which whole tests a letter calls normal: "the remainder of the examination was unremarkable"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from dxnet.formats.text.context import SKIPPED_SECTIONS
from dxnet.formats.text.interpret import Sentence
from dxnet.formats.text.lexicon import Found, Lexicon
from dxnet.formats.text.phrases import norm, tokens_of
from dxnet.formats.text.proposal import CalledNormal
from dxnet.formats.text.rules import rules_of
from dxnet.knowledge.network import Network

_BETWEEN_STATEMENTS = frozenset((",", ";", "and", "(", ")", "."))
"""What parts the statements of a sentence from each other."""
_NORMAL_QUALITY = "normal"
_WITHOUT_BEARING = ("", "boundary")
"""Trigger terms beside which a whole test is still called normal."""


def tests_called_normal(
    sentences: Sequence[Sentence], text: str, lexicon: Lexicon, network: Network
) -> tuple[CalledNormal, ...]:
    """The procedures of the network that a letter calls normal as a whole, each where it says so first.

    A statement counts where it names the test, calls it normal and says nothing else. None counts of
    relatives, of plans, of what was not tested, or where the sentence takes something back ("normal, but
    ..."), as what that is may not have been understood.
    """
    found: dict[str, CalledNormal] = {}
    for sentence in sentences:
        for span, procedures in _statements(_with_heading(sentence, text, lexicon)):
            for procedure in procedures:
                if procedure in network.procedures:
                    found.setdefault(procedure, CalledNormal(procedure, span, text[slice(*span)]))
    return tuple(found.values())


def _with_heading(sentence: Sentence, text: str, lexicon: Lexicon) -> Sentence:
    """A sentence behind the heading of its line, as in "MRI brain: unremarkable"."""
    start = sentence.passage.start
    line = text.rfind("\n", 0, start) + 1
    head = text[line:start]
    is_told = any(it.sense.quality and not it.sense.topic for it in sentence.found)
    if not (is_told and head.rstrip().endswith(":")):
        return sentence
    begin = [replace(it, start=it.start + line, end=it.end + line) for it in tokens_of(head)]
    tokens = [*begin, *sentence.tokens]
    words = [norm(it.text) for it in tokens]
    untested = [range(it.start + len(begin), it.stop + len(begin)) for it in sentence.untested]
    found = lexicon.find(tokens, text)
    return replace(sentence, tokens=tokens, words=words, found=found, untested=untested)


def _statements(sentence: Sentence) -> Iterator[tuple[tuple[int, int], Sequence[str]]]:
    """The characters of each statement that calls a whole test normal, and the procedures that are meant."""
    is_open = sentence.untested or sentence.passage.section in SKIPPED_SECTIONS
    if is_open or not _taken_back().isdisjoint(sentence.words):
        return
    if any(it.sense.cue not in _WITHOUT_BEARING for it in sentence.found):
        return
    for first, end in _parts_of_sentence(sentence):
        if procedures := _procedures_called_normal(sentence, first, end):
            yield (sentence.tokens[first].start, sentence.tokens[end - 1].end), procedures


def _parts_of_sentence(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """The places between commas and the like, from the first word to behind the last; no phrase is cut."""
    inside = {place for it in sentence.found for place in range(it.first, it.end)}
    first = 0
    for place, word in enumerate([*sentence.words, "."]):
        if word in _BETWEEN_STATEMENTS and place not in inside:
            if first < place:
                yield first, place
            first = place + 1


def _procedures_called_normal(sentence: Sentence, first: int, end: int) -> Sequence[str]:
    """The procedures of the one test that a statement calls normal, where it says no more; else none."""
    here = [it for it in sentence.found if first <= it.first and it.end <= end]
    tests = [it for it in here if it.sense.topic]
    normal = [it for it in here if it.sense.quality and not it.sense.topic]
    named = _named_by_words(sentence.words, first, end)
    if len(tests) + len(named) != 1 or [it.sense.quality for it in normal] != [_NORMAL_QUALITY]:
        return ()
    told = {place for it in (*tests, *normal) for place in range(it.first, it.end)}
    told |= {place for begin, behind, _ in named for place in range(begin, behind)}
    if named and _is_unclear(sentence.words, named[0], first, end):
        return ()
    if any(sentence.words[place] not in _around() for place in range(first, end) if place not in told):
        return ()
    return named[0][2] if named else _by_topic(tests[0])


def _is_unclear(words: Sequence[str], named: tuple[int, int, Sequence[str]], first: int, end: int) -> bool:
    """Whether an examination may be of another system: neither its kind is said, nor that it is a rest."""
    rules = rules_of("scenes.yaml")
    name = " ".join(words[named[0] : named[1]])
    return name in rules["wholes of a rest"] and set(rules["words of a rest"]).isdisjoint(words[first:end])


def _by_topic(test: Found) -> Sequence[str]:
    wholes = rules_of("scenes.yaml")["wholes by topic"]
    procedures: Sequence[str] = () if test.sense.quality else wholes.get(test.sense.topic, ())
    return procedures


def _named_by_words(words: Sequence[str], first: int, end: int) -> list[tuple[int, int, Sequence[str]]]:
    """The longest name of a whole test among some words, with its place; nothing where there is none."""
    named: list[tuple[int, int, Sequence[str]]] = [
        (place, place + len(name), (procedure,))
        for place in range(first, end)
        for name, procedure in _names_of_wholes()
        if tuple(words[place:end][: len(name)]) == name
    ]
    return sorted(named, key=lambda it: it[0] - it[1])[:1]


@cache
def _names_of_wholes() -> Sequence[tuple[tuple[str, ...], str]]:
    wholes = rules_of("scenes.yaml")["wholes by name"]
    return [(tuple(name.split()), procedure) for procedure, names in wholes.items() for name in names]


@cache
def _around() -> frozenset[str]:
    return frozenset(rules_of("scenes.yaml")["around a whole"])


@cache
def _taken_back() -> frozenset[str]:
    return frozenset(rules_of("scenes.yaml")["taken back"])
