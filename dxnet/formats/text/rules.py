"""The rules of data/text/: what letters are about, which words say it, and what that means in a network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from dxnet.formats.text.phrases import norm, texts_of_tokens, written_out
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import Network
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.strict_yaml import parse_yaml, utf8_text

_RULES = RESOURCES / "data" / "text"
_TOPIC_FILES = ("topics.yaml", "tests.yaml")
ANY = "any"
"""The part that a topic is about where none needs to be named."""
_BLANK = re.compile(r" (?![?*+{\]])")
"""Of a pattern: a blank that must be there, outside of a set of characters that it ends."""
_STANDS_FOR_NOTHING = "nothing"
"""Understood, but no finding of the network."""

Meaning = tuple[tuple[str, str], ...]
"""Findings and their states."""


@dataclass(frozen=True)
class Sense:
    """What a phrase contributes to a statement; '' and () what it leaves open.

    Args:
        topic, quality, parts: what is spoken of, how it is, and where; by their names in the rules.
        cue: a trigger term of the context; ``reach`` says what it bears on.
    """

    topic: str = ""
    quality: str = ""
    parts: tuple[str, ...] = ()
    cue: str = ""
    reach: str = ""


@dataclass(frozen=True)
class BodyPart:
    """A part of the body: the regions it lies in, and whether it is the whole of them."""

    regions: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True)
class Topic:
    """What statements about a topic mean in a network, and where they count.

    Args:
        name: in the rules.
        means: quality -> part or region -> findings with their states.
        number, number_name, number_unit: the finding whose number stands behind the words, what it is called
            there, and its unit where none is written.
        number_units: units of which one is meant where none is written, by the numbers that occur in it.
        instead: the topic that the same words name in a report of some test.
        only_in, not_in: reports in which the words count, or do not.
        only_with, unless: words of the paragraph that must, or of the sentence that must not, be there.
        needs: the topic that must be abnormal for this one to count.
        component: the one of several tests behind a finding that the topic is.
        is_lasting: whether the past counts.
        may_be_missing: whether "no" before the words says that it is absent, as of a reflex.
        is_one_of_many: whether there are others, so that it says nothing where it is denied.
    """

    name: str
    means: Mapping[str, Mapping[str, Meaning]]
    number: str = ""
    number_name: str = ""
    number_unit: str = ""
    number_units: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    only_in: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    only_with: tuple[tuple[str, ...], ...] = ()
    unless: tuple[tuple[str, ...], ...] = ()
    needs: str = ""
    component: str = ""
    is_lasting: bool = False
    may_be_missing: bool = False
    is_one_of_many: bool = False


@cache
def rules_of(name: str) -> Mapping[str, Any]:
    """The rules of a file of data/text/.

    Raises:
        ParseError: it cannot be read.
    """
    return parse_yaml(utf8_text(_RULES / name, name), name)


@cache
def small_words(kind: str) -> frozenset[str]:
    """A set of the words between findings, as ``norm`` writes them.

    >>> "and" in small_words("link")
    True
    """
    return frozenset(rules_of("grammar.yaml")[kind])


@cache
def headings() -> Mapping[tuple[str, ...], str]:
    """The words of each heading, as ``norm`` writes them, and the section that it begins."""
    return _sections_by_words("sections.yaml")


@cache
def openings() -> Mapping[tuple[str, ...], str]:
    """The words at the beginning of a sentence that begin a section, and the section."""
    return _sections_by_words("openings.yaml")


def body_parts() -> dict[str, BodyPart]:
    """The parts of the body by name."""
    return {
        name: BodyPart(_several(rule["region"]), "whole" in rule)
        for name, rule in rules_of("anatomy.yaml").items()
    }


def topics_of(network: Network) -> dict[str, Topic]:
    """The topics of which a network has a finding, and one for each finding by its own name."""
    topics = {
        name: topic
        for name, rule in _topic_rules()
        if (topic := _topic_of_rule(name, rule, network)) is not None
    }
    for name, finding in network.findings.items():
        states = {"present": finding.states[-1], "absent": finding.states[0]}
        means = {quality: {ANY: ((name, state),)} for quality, state in states.items()}
        topics[_own_topic(name)] = Topic(_own_topic(name), means)
    return topics


def rule_phrases(topics: Mapping[str, Topic]) -> Iterator[tuple[Sense, str]]:
    """Every phrase of the rules with its sense; of a phrase with several the first counts."""
    for topic, rule in _topic_rules():
        if topic in topics:
            yield from _each_phrase(Sense(topic), rule.get("words", ()))
            for meant, patterns in rule.get("with", {}).items():
                yield from _each_phrase(_sense_of(topic, meant), patterns)
    for part, rule in rules_of("anatomy.yaml").items():
        yield from _each_phrase(Sense(parts=(part,)), rule["words"])
    for quality, patterns in rules_of("qualities.yaml").items():
        yield from _each_phrase(Sense(quality=quality), patterns)
    for cue, reach, patterns in _cue_rules():
        yield from _each_phrase(Sense(cue=cue, reach=reach), patterns)


def rule_patterns(topics: Mapping[str, Topic]) -> Iterator[tuple[re.Pattern[str], Sense]]:
    """What phrases cannot hold, as regular expressions."""
    for topic, rule in _topic_rules():
        for meant, pattern in rule.get("patterns", {}).items() if topic in topics else ():
            yield compiled_over_lines(pattern), _sense_of(topic, meant)


def compiled_over_lines(pattern: str) -> re.Pattern[str]:
    """A pattern whose blanks match the break of a line, too.

    >>> bool(compiled_over_lines("lost weight").search("lost   weight"))
    True
    """
    return re.compile(_BLANK.sub(r"\\s+", pattern), re.IGNORECASE)


def own_names(network: Network) -> Iterator[tuple[Sense, str]]:
    """The names of findings and of their HPO terms, which state that they are present."""
    patterns = rules_of("names.yaml")["not stating"]
    ignored = set(_split_phrases(phrase for pattern in patterns for phrase in written_out(pattern)))
    for name, finding in network.findings.items():
        if len(finding.states) != 2 or finding.states[0] != "absent":
            continue
        sense = Sense(_own_topic(name), "present")
        for text in (finding.label, *finding.synonyms):
            if _split_phrases([text])[0] not in ignored:
                yield sense, text
        terms = (finding.hpo, *finding.hpo_parts, *finding.hpo_also)
        for term in filter(None, map(phenotypes().find, filter(None, terms))):
            yield from ((sense, text) for text in (term.name, *term.synonyms))


def is_among(phrases: Iterable[Sequence[str]], words: Sequence[str]) -> bool:
    """Whether one of some phrases stands among words.

    >>> is_among([("lumbar", "puncture")], ["a", "lumbar", "puncture"])
    True
    """
    line = f" {' '.join(words)} "
    return any(f" {' '.join(phrase)} " in line for phrase in phrases)


def _sections_by_words(name: str) -> Mapping[tuple[str, ...], str]:
    return {
        tuple(norm(word) for word in texts_of_tokens(phrase) if word[0].isalpha()): section
        for section, patterns in rules_of(name).items()
        for pattern in patterns
        for phrase in written_out(pattern)
    }


def _own_topic(finding: str) -> str:
    return f"finding:{finding}"


def _topic_rules() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in _TOPIC_FILES:
        yield from rules_of(name).items()


def _topic_of_rule(name: str, rule: Mapping[str, Any], network: Network) -> Topic | None:
    """The topic of a rule; None where the network has none of its findings."""
    means = {
        quality: {part: _meaning_of(text, network) for part, text in of.items()}
        for quality, of in rule["means"].items()
    }
    is_silent = {text for of in rule["means"].values() for text in of.values()} == {_STANDS_FOR_NOTHING}
    if not (is_silent or "instead in" in rule or any(m for of in means.values() for m in of.values())):
        return None
    return Topic(
        name,
        means,
        number=rule.get("number", ""),
        number_name=rule.get("number name", ""),
        number_unit=rule.get("number unit", ""),
        number_units={
            unit: (float(low), float(high)) for unit, (low, high) in rule.get("number units", {}).items()
        },
        instead=rule.get("instead in", {}),
        only_in=_several(rule.get("only in", ())),
        not_in=_several(rule.get("not in", ())),
        only_with=_split_phrases(rule.get("only with", ())),
        unless=_split_phrases(rule.get("unless", ())),
        needs=rule.get("needs", ""),
        component=rule.get("component", ""),
        is_lasting="always" in rule,
        may_be_missing="may be missing" in rule,
        is_one_of_many="one of many" in rule,
    )


def _meaning_of(text: str, network: Network) -> Meaning:
    pairs = [part.split() for part in text.split(" and ")] if text != _STANDS_FOR_NOTHING else []
    return tuple((f, s) for f, s in pairs if f in network.findings and s in network.findings[f].states)


def _sense_of(topic: str, meant: str) -> Sense:
    """The sense of words that bring a quality or part along: ``reduced``, ``in leg``, ``reduced in leg``."""
    quality, _, part = f" {meant}".partition(" in ")
    return Sense(topic, quality.strip(), (part,) if part else ())


def _each_phrase(sense: Sense, patterns: Iterable[str]) -> Iterator[tuple[Sense, str]]:
    return ((sense, phrase) for pattern in patterns for phrase in written_out(pattern))


def _cue_rules() -> Iterator[tuple[str, str, Sequence[str]]]:
    """Trigger terms with their kind and reach; the kinds of doubt are one level deeper."""
    for cue, rule in rules_of("context.yaml").items():
        if isinstance(rule, list):
            yield cue, "", rule
            continue
        for kind, inner in rule.items():
            if isinstance(inner, list):
                yield cue, kind, inner
            else:
                yield from ((kind, reach, patterns) for reach, patterns in inner.items())


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _split_phrases(phrases: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(norm(word) for word in texts_of_tokens(phrase)) for phrase in phrases)
