"""The words that the reader knows, as one matcher: the rules of data/text/ and the names of a network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dxnet.errors import DxnetError
from dxnet.formats.text.files import MISSING_PACKAGES
from dxnet.formats.text.phrases import Token, norm, texts_of_tokens
from dxnet.formats.text.rules import (
    BodyPart,
    Sense,
    Topic,
    body_parts,
    own_names,
    rule_patterns,
    rule_phrases,
    topics_of,
)
from dxnet.knowledge.network import Network

if TYPE_CHECKING:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

_AS_WRITTEN = "="
"""Before a phrase that is told from others by its capitals alone."""
_DENIAL = re.compile(r"\b(?:no|not|nor|without|never)\b|n't\b", re.IGNORECASE)
"""What a pattern must not span."""


@dataclass(frozen=True)
class Found:
    """A phrase of the lexicon in a sentence: its tokens, from ``first`` to before ``end``, and its sense."""

    first: int
    end: int
    sense: Sense

    @property
    def is_part(self) -> bool:
        """Whether it names a part of the body and nothing else."""
        return bool(self.sense.parts) and not self.sense.topic and not self.sense.quality


@dataclass(frozen=True)
class Lexicon:
    """Topics, parts of the body and the matchers of phrases of one network."""

    topics: Mapping[str, Topic]
    parts: Mapping[str, BodyPart]
    vocab: Vocab
    matchers: Sequence[PhraseMatcher]
    senses: Mapping[int, Sense]
    patterns: Sequence[tuple[re.Pattern[str], Sense]]

    def find(self, tokens: Sequence[Token], text: str) -> list[Found]:
        """The phrases in a row of tokens; of those that overlap the longest, and the first of equals."""
        if not tokens:
            return []
        found = self._patterns_found(tokens, text)
        doc = _doc_of(self.vocab, [token.text for token in tokens])
        for matcher in self.matchers:
            found += [Found(start, end, self.senses[key]) for key, start, end in matcher(doc)]
        taken: set[int] = set()
        kept: list[Found] = []
        for it in sorted(found, key=lambda it: (it.first - it.end, it.first)):
            places = range(it.first, it.end)
            if not taken.intersection(places):
                taken.update(places)
                kept.append(it)
        return sorted(kept, key=lambda it: it.first)

    def parts_within(self, tokens: Sequence[Token], text: str) -> frozenset[str]:
        """The parts that words of a longer phrase name by themselves: the ankle of "ankle clonus"."""
        alone = [it for token in tokens for it in self.find([token], text)] if len(tokens) > 1 else []
        return frozenset(name for it in alone if it.is_part for name in it.sense.parts)

    def _patterns_found(self, tokens: Sequence[Token], text: str) -> list[Found]:
        found = []
        for pattern, sense in self.patterns:
            for match in pattern.finditer(text, tokens[0].start, tokens[-1].end):
                places = [n for n, it in enumerate(tokens) if match.start() <= it.start < match.end()]
                if places and not _DENIAL.search(match.group()):
                    found.append(Found(places[0], places[-1] + 1, sense))
        return found


def lexicon_of(network: Network) -> Lexicon:
    """The lexicon of a network, made at its first letter and kept until another network is read with.

    Raises:
        DxnetError: spaCy is not installed.
    """
    kept = _LAST.get("lexicon")
    if kept is None or kept[0] is not network:
        _LAST["lexicon"] = kept = (network, _make_lexicon(network))
    return kept[1]


_LAST: dict[str, tuple[Network, Lexicon]] = {}


def _make_lexicon(network: Network) -> Lexicon:
    try:
        from spacy.attrs import NORM, ORTH
        from spacy.lang.en import English
        from spacy.matcher import PhraseMatcher
    except ImportError:
        raise DxnetError([MISSING_PACKAGES]) from None
    vocab = English().vocab
    vocab.lex_attr_getters[NORM] = norm
    exact, usual = PhraseMatcher(vocab, attr=ORTH), PhraseMatcher(vocab, attr=NORM)
    topics = topics_of(network)
    senses: dict[int, Sense] = {}
    known: set[tuple[str, ...]] = set()
    by_sense: dict[tuple[bool, Sense], list[Doc]] = {}
    for sense, phrase in rule_phrases(topics):
        is_exact = phrase.startswith(_AS_WRITTEN)
        words = texts_of_tokens(phrase.removeprefix(_AS_WRITTEN))
        key = tuple(words if is_exact else map(norm, words))
        if words and key not in known:
            known.add(key)
            by_sense.setdefault((is_exact, sense), []).append(_doc_of(vocab, words))
    for (is_exact, sense), docs in by_sense.items():
        _add_phrases(exact if is_exact else usual, senses, sense, docs)
    stated = {key for key, sense in senses.items() if sense.topic}
    for sense, phrase in own_names(network):
        doc = _doc_of(vocab, texts_of_tokens(phrase))
        if len(doc) and not any(key in stated for key, _, _ in usual(doc)):
            _add_phrases(usual, senses, sense, [doc])
    return Lexicon(topics, body_parts(), vocab, (exact, usual), senses, tuple(rule_patterns(topics)))


def _add_phrases(matcher: PhraseMatcher, senses: dict[int, Sense], sense: Sense, docs: Iterable[Doc]) -> None:
    senses[matcher.vocab.strings.add(repr(sense))] = sense
    matcher.add(repr(sense), list(docs))


def _doc_of(vocab: Vocab, words: Sequence[str]) -> Doc:
    from spacy.tokens import Doc

    return Doc(vocab, words=list(words))
