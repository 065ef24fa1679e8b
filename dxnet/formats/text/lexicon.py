"""The words that the reader knows: rules of data/text/ and the names of a network's findings, as one matcher."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from dxnet.errors import DxnetError
from dxnet.formats.text.files import MISSING_PACKAGES
from dxnet.formats.text.phrases import Token, norm, tokens_of, written_out
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import Network
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.strict_yaml import parse_yaml, read_text

if TYPE_CHECKING:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

RULES = RESOURCES / "data" / "text"
TOPIC_FILES = ("topics.yaml", "tests.yaml")
ANY = "any"
"""The part that a topic is about where none needs to be named."""
NOTHING = "nothing"
"""Understood, but no finding of the network."""
_AS_WRITTEN = "="
"""Before a phrase that is told from others by its capitals alone."""

_DENIAL = re.compile(r"\b(?:no|not|nor|without|never)\b|n't\b", re.IGNORECASE)
"""What a pattern must not span."""

Meaning = tuple[tuple[str, str], ...]
"""Findings and their states."""


@dataclass(frozen=True)
class Sense:
    """What a phrase contributes to a statement; '' and () what it leaves open."""

    topic: str = ""
    quality: str = ""
    parts: tuple[str, ...] = ()
    cue: str = ""
    reach: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the body: the regions it lies in, and whether it is the whole of them."""

    regions: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True)
class Topic:
    """What statements about a topic mean: quality -> part or region -> findings with their states."""

    name: str
    means: Mapping[str, Mapping[str, Meaning]]
    number: str = ""
    number_name: str = ""
    number_unit: str = ""
    instead: Mapping[str, str] = field(default_factory=dict)
    only_in: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    only_with: tuple[tuple[str, ...], ...] = ()
    unless: tuple[tuple[str, ...], ...] = ()
    needs: str = ""
    component: str = ""
    is_lasting: bool = False
    may_be_missing: bool = False


@dataclass(frozen=True)
class Found:
    """A phrase of the lexicon in a text: its tokens, from ``first`` to before ``end``, and its sense."""

    first: int
    end: int
    sense: Sense


@dataclass(frozen=True)
class Lexicon:
    """Topics, parts and the matcher of phrases of one network."""

    topics: Mapping[str, Topic]
    parts: Mapping[str, Part]
    headings: Mapping[tuple[str, ...], str]
    vocab: Vocab
    matchers: Sequence[PhraseMatcher]
    senses: Mapping[int, Sense]
    patterns: Sequence[tuple[re.Pattern[str], Sense]]

    def find(self, tokens: Sequence[Token], text: str) -> list[Found]:
        """The phrases in a row of tokens of a text; of those that overlap, the longest, and the first of equals."""
        if not tokens:
            return []
        doc = _doc(self.vocab, [token.text for token in tokens])
        spans: list[Found] = []
        for pattern, sense in self.patterns:
            for match in pattern.finditer(text, tokens[0].start, tokens[-1].end):
                if _DENIAL.search(match.group()):
                    continue
                inside = [n for n, it in enumerate(tokens) if match.start() <= it.start < match.end()]
                spans += [Found(inside[0], inside[-1] + 1, sense)] if inside else []
        spans += [
            Found(start, end, self.senses[key]) for matcher in self.matchers for key, start, end in matcher(doc)
        ]
        taken: set[int] = set()
        found: list[Found] = []
        for span in sorted(spans, key=lambda it: (it.first - it.end, it.first)):
            places = range(span.first, span.end)
            if not taken.intersection(places):
                taken.update(places)
                found.append(span)
        return sorted(found, key=lambda it: it.first)


def lexicon_of(network: Network) -> Lexicon:
    """The lexicon of a network, made at the first letter and kept with the rules.

    Raises:
        DxnetError: spaCy is not installed.
    """
    key = id(network)
    kept = _KEPT.get(key)
    if kept is None or kept[0] is not network:
        _KEPT.clear()
        _KEPT[key] = kept = (network, _build(network))
    return kept[1]


_KEPT: dict[int, tuple[Network, Lexicon]] = {}
"""The lexicon of the network that was read with last."""


def _build(network: Network) -> Lexicon:
    try:
        from spacy.attrs import NORM, ORTH
        from spacy.lang.en import English
        from spacy.matcher import PhraseMatcher
    except ImportError:
        raise DxnetError([MISSING_PACKAGES]) from None
    vocab = English().vocab
    vocab.lex_attr_getters[NORM] = norm
    matchers = {True: PhraseMatcher(vocab, attr=ORTH), False: PhraseMatcher(vocab, attr=NORM)}
    parts = {name: _part(rule) for name, rule in rules_of("anatomy.yaml").items()}
    topics = {topic.name: topic for topic in _topics(network)}
    senses: dict[int, Sense] = {}
    by_phrase: dict[tuple[str, ...], tuple[bool, Sense, Sequence[str]]] = {}
    for sense, phrase in _phrases(network, topics):
        exact = phrase.startswith(_AS_WRITTEN)
        words = [token.text for token in tokens_of(phrase.removeprefix(_AS_WRITTEN))]
        by_phrase.setdefault(tuple(words if exact else map(norm, words)), (exact, sense, words))
    docs: dict[tuple[bool, Sense], list[Doc]] = {}
    for exact, sense, words in by_phrase.values():
        if words:
            docs.setdefault((exact, sense), []).append(_doc(vocab, words))
    own: dict[Sense, list[Doc]] = {}
    for sense, phrase in _names(network):
        words = [token.text for token in tokens_of(phrase)]
        if words and tuple(map(norm, words)) not in by_phrase:
            own.setdefault(sense, []).append(_doc(vocab, words))
    for (exact, sense), phrases in docs.items():
        key = repr(sense)
        senses[vocab.strings.add(key)] = sense
        matchers[exact].add(key, phrases)
    stated = {key for key, sense in senses.items() if sense.topic}
    for sense, phrases in own.items():
        unknown = [doc for doc in phrases if not any(key in stated for key, _, _ in matchers[False](doc))]
        senses[vocab.strings.add(repr(sense))] = sense
        if unknown:
            matchers[False].add(repr(sense), unknown)
    return Lexicon(topics, parts, _headings(), vocab, tuple(matchers.values()), senses, tuple(_patterns_of(topics)))


def _doc(vocab: Vocab, words: Sequence[str]) -> Doc:
    from spacy.tokens import Doc

    return Doc(vocab, words=list(words))


@cache
def rules_of(name: str) -> Mapping[str, Any]:
    """The rules of a file of data/text/.

    Raises:
        ParseError: it cannot be read.
    """
    return parse_yaml(read_text(RULES / name, name), name)


def _phrases(network: Network, topics: Mapping[str, Topic]) -> Iterator[tuple[Sense, str]]:
    """Every phrase with its sense; of a phrase with several the first counts."""
    for name in TOPIC_FILES:
        for topic, rule in rules_of(name).items():
            if topic not in topics:
                continue
            yield from _each(Sense(topic), rule.get("words", ()))
            for meant, patterns in rule.get("with", {}).items():
                yield from _each(_sense(topic, meant), patterns)
    for part, rule in rules_of("anatomy.yaml").items():
        yield from _each(Sense(parts=(part,)), rule["words"])
    for quality, patterns in rules_of("qualities.yaml").items():
        yield from _each(Sense(quality=quality), patterns)
    yield from _cues()


def _patterns_of(topics: Mapping[str, Topic]) -> Iterator[tuple[re.Pattern[str], Sense]]:
    """What phrases cannot hold, as regular expressions."""
    for name in TOPIC_FILES:
        for topic, rule in rules_of(name).items():
            for meant, pattern in rule.get("patterns", {}).items() if topic in topics else ():
                yield re.compile(pattern, re.IGNORECASE), _sense(topic, meant)


def _sense(topic: str, meant: str) -> Sense:
    """The sense of words that bring a quality or part along: ``reduced``, ``in leg``, ``reduced in leg``."""
    quality, _, part = f" {meant}".partition(" in ")
    return Sense(topic, quality.strip(), (part,) if part else ())


def _each(sense: Sense, patterns: Iterable[str]) -> Iterator[tuple[Sense, str]]:
    return ((sense, phrase) for pattern in patterns for phrase in written_out(pattern))


def _cues() -> Iterator[tuple[Sense, str]]:
    for cue, rule in rules_of("context.yaml").items():
        if isinstance(rule, list):
            yield from _each(Sense(cue=cue), rule)
            continue
        for kind, inner in rule.items():
            if isinstance(inner, list):
                yield from _each(Sense(cue=cue, reach=kind), inner)
                continue
            for reach, patterns in inner.items():
                yield from _each(Sense(cue=kind, reach=reach), patterns)


def _names(network: Network) -> Iterator[tuple[Sense, str]]:
    """The names of findings and of their HPO terms, which state that they are present."""
    for name, finding in network.findings.items():
        if len(finding.states) != 2 or finding.states[0] != "absent":
            continue
        sense = Sense(f"finding:{name}", "present")
        names = (finding.label, *finding.synonyms)
        yield from ((sense, text) for text in names if _words([text])[0] not in _not_stating())
        terms = (finding.hpo, *finding.hpo_parts, *finding.hpo_also)
        for term in filter(None, map(phenotypes().find, filter(None, terms))):
            yield from ((sense, text) for text in (term.name, *term.synonyms))


@cache
def _not_stating() -> frozenset[tuple[str, ...]]:
    patterns = rules_of("names.yaml")["not stating"]
    return frozenset(_words(phrase for pattern in patterns for phrase in written_out(pattern)))


def _topics(network: Network) -> Iterator[Topic]:
    known = network.findings
    for name in TOPIC_FILES:
        for topic, rule in rules_of(name).items():
            means = {
                quality: {part: _meaning(text, network) for part, text in of.items()}
                for quality, of in rule["means"].items()
            }
            texts = {text for of in rule["means"].values() for text in of.values()}
            if texts == {NOTHING} or any(m for of in means.values() for m in of.values()) or "instead in" in rule:
                yield Topic(
                    topic,
                    means,
                    rule.get("number", ""),
                    rule.get("number name", ""),
                    rule.get("number unit", ""),
                    rule.get("instead in", {}),
                    _names_in(rule.get("only in", ())),
                    _names_in(rule.get("not in", ())),
                    _words(rule.get("only with", ())),
                    _words(rule.get("unless", ())),
                    rule.get("needs", ""),
                    rule.get("component", ""),
                    "always" in rule,
                    "may be missing" in rule,
                )
    for name, finding in known.items():
        states = {"present": finding.states[-1], "absent": finding.states[0]}
        yield Topic(f"finding:{name}", {q: {ANY: ((name, state),)} for q, state in states.items()})


def _meaning(text: str, network: Network) -> Meaning:
    pairs = [part.split() for part in text.split(" and ")] if text != NOTHING else []
    return tuple((f, s) for f, s in pairs if f in network.findings and s in network.findings[f].states)


def _part(rule: Mapping[str, Any]) -> Part:
    regions = rule["region"]
    return Part((regions,) if isinstance(regions, str) else tuple(regions), "whole" in rule)


def _names_in(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _words(phrases: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(norm(token.text) for token in tokens_of(phrase)) for phrase in phrases)


@cache
def _headings() -> Mapping[tuple[str, ...], str]:
    return {
        tuple(norm(token.text) for token in tokens_of(phrase) if token.text.isalpha()): section
        for section, patterns in rules_of("sections.yaml").items()
        for pattern in patterns
        for phrase in written_out(pattern)
    }
