"""What the story of a letter tells: age at onset, sex, tempo, first region and side, spread, family."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dxnet.formats.text.context import SentenceContext
from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.family import family_of
from dxnet.formats.text.interpret import Sentence
from dxnet.formats.text.lexicon import Found, Lexicon
from dxnet.formats.text.rules import small_words
from dxnet.formats.text.story import (
    StoryPlace,
    first_place,
    is_stated,
    is_stated_there,
    number_of_words,
    places_in,
    story_mention,
    story_patterns,
    story_rule,
    stretch,
    years_of_match,
)
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network
from dxnet.knowledge.state_of_number import OLDEST

_STORY = frozenset(("", "history", "impression", "earlier"))
"""Sections that tell how an illness began."""
_BACKGROUND = "past"
"""The section in which a known illness stands."""
_NOT_OF_NOW = frozenset(("family", "skip", "plan", "past"))
_HALF_A_YEAR = 0.5
"""Since the last birthday, on average."""
_FEW_PRONOUNS, _CLEAR = 2, 3
"""Pronouns of one sex that are enough, and how many times as many as of the other."""
_BEFORE_CUE = 12
"""Characters of a cue of onset, such as "weakness began", in which its symptom may stand."""
_WORDS_BEFORE, _WORDS_BEHIND = 4, 3
"""Words before and behind a part among which its side stands."""


def history_of(text: str, sentences: Sequence[Sentence], lexicon: Lexicon, network: Network) -> list[Mention]:
    """The findings of the story that a network has."""
    story = _Story(text, sentences, lexicon)
    found = [
        *story.age(),
        *story.sex(),
        *story.beginning(),
        *story.side_in_words(),
        *story.tempo(),
        *story.spread(),
        *family_of(text, sentences),
    ]
    known = [it for it in found if it.finding in network.findings]
    read = [replace(it, state=_state_of_entry(it, network)) for it in known]
    return [it for it in read if it.state]


def _state_of_entry(mention: Mention, network: Network) -> str:
    return read_entered(network, mention.finding, mention.entry).state


class _Story:
    """The sentences of a letter that tell how the illness began; those of an earlier letter first."""

    def __init__(self, text: str, sentences: Sequence[Sentence], lexicon: Lexicon):
        self.text, self.sentences, self.lexicon = text, sentences, lexicon
        own = [it for it in sentences if not SentenceContext(it.words, it.found).is_of_relative]
        told = [it for it in own if it.passage.section in _STORY and not it.scene]
        self.known = [it for it in own if it.passage.section in _STORY | {_BACKGROUND} and not it.scene]
        self.own = [it for it in own if it.passage.section not in _NOT_OF_NOW]
        self.told = sorted(told, key=lambda it: it.passage.stage)
        self.of_onset = [it for it in told if self._cue_of_onset(it)]

    def age(self) -> Iterator[Mention]:
        """Age at onset: as stated, or the age now without the time since."""
        onset = self._earliest("age at onset", self.told)
        if onset and (years := number_of_words(onset[1]["age"])) and years < OLDEST:
            yield story_mention("age", f"{years:.0f}", onset)
            return
        now = self._earliest("age now", self.own) or self._earliest("age now, less surely", self.own)
        years = number_of_words(now[1]["age"]) if now else None
        if now and years:
            since = self._years_since_onset()
            since = since - _HALF_A_YEAR if 1 <= since < years - 1 else 0.0
            yield story_mention("age", f"{int(years - since)}", now)

    def _years_since_onset(self) -> float:
        """Years since the first symptom, or 0 where no time is given."""
        for sentence in sorted(self.of_onset, key=lambda it: it.passage.stage):
            if place := next(places_in(self.text, sentence, story_patterns("duration")), None):
                return years_of_match(place[1])
        return 0.0

    def sex(self) -> Iterator[Mention]:
        """Sex: by pronouns that are nearly all of one sex, else by the surest word for the patient."""
        counts: dict[str, int] = {}
        words: dict[str, tuple[int, re.Match[str]]] = {}
        for sex, pronoun in (("male", "he"), ("female", "she")):
            (pattern,) = story_patterns(pronoun)
            counts[sex] = len(pattern.findall(self.text))
            ranked = [*story_patterns(sex), pattern]
            found = ((rank, match) for rank, it in enumerate(ranked) if (match := it.search(self.text)))
            if best := next(found, None):
                words[sex] = best
        likely, other = sorted(counts, key=lambda sex: -counts[sex])
        is_clear = counts[likely] >= max(_FEW_PRONOUNS, _CLEAR * counts[other])
        chosen = likely if is_clear else min(words, key=lambda sex: words[sex][0], default="")
        if chosen:
            match = words[chosen][1]
            yield story_mention("sex", chosen, (self._sentence_at(match.start()), match))

    def beginning(self) -> Iterator[Mention]:
        """Region and side of the first symptom."""
        for region in story_rule("stated onset"):
            if place := first_place(self.text, self.known, story_patterns("stated onset", region)):
                yield story_mention("region", region, place)
                break
        if first := self._first_symptom():
            sentence, region, it, start = first
            place = sentence, stretch(self.text, start, sentence.tokens[it.end - 1].end)
            yield story_mention("region", region, place)
            if side := self._side(sentence, it):
                yield story_mention("side", side, place)

    def side_in_words(self) -> Iterator[Mention]:
        """Symmetry where a letter says it in so many words."""
        for side in ("asymmetric", "symmetric"):
            if place := first_place(self.text, self.told, story_patterns(side)):
                yield story_mention("side", side, place)
                return

    def _first_symptom(self) -> tuple[Sentence, str, Found, int] | None:
        """How the illness began: the sentence, the region, its phrase, and where the words begin."""
        for sentence in self.told:
            cue = self._cue_of_onset(sentence)
            if cue is None:
                continue
            whole = sentence.tokens[0].start
            if found := self._first_region(sentence, cue.end()) or self._first_region(sentence, whole):
                return sentence, *found, min(cue.start(), sentence.tokens[found[1].first].start)
        return None

    def _cue_of_onset(self, sentence: Sentence) -> re.Match[str] | None:
        """The first words for a beginning that are no denial: not those of "has not noticed any weakness"."""
        (pattern,) = story_patterns("onset")
        matches = pattern.finditer(self.text, *sentence.span)
        return next((it for it in matches if not _is_denied_beginning(sentence, it)), None)

    def _first_region(self, sentence: Sentence, after: int) -> tuple[str, Found] | None:
        """The region of the first symptom or part that stands behind a character, or shortly before it."""
        of_topics, of_regions = story_rule("regions of topics"), story_rule("regions")
        for it in sentence.found:
            is_behind = sentence.tokens[it.end - 1].end > after - _BEFORE_CUE
            if it.sense.cue or not is_behind or not is_stated(sentence, it.first, it.end):
                continue
            parts = [self.lexicon.parts[name] for name in it.sense.parts if name in self.lexicon.parts]
            regions = [part.regions[0] for part in parts if len(part.regions) == 1]
            named = of_topics.get(it.sense.topic) or next(filter(None, map(of_regions.get, regions)), None)
            if named:
                return named, it
        return None

    def _side(self, sentence: Sentence, it: Found) -> str:
        start = sentence.tokens[max(it.first - _WORDS_BEFORE, 0)].start
        last = min(it.end + _WORDS_BEHIND, len(sentence.tokens)) - 1
        near = self.text[start : sentence.tokens[last].end]
        (one,), (both,) = story_patterns("one side"), story_patterns("both sides")
        return "asymmetric" if one.search(near) else "symmetric" if both.search(near) else ""

    def tempo(self) -> Iterator[Mention]:
        """Tempo, by the first words for it."""
        for sentence in self.told:
            for tempo in story_rule("tempo"):
                places = places_in(self.text, sentence, story_patterns("tempo", tempo))
                if place := next((it for it in places if is_stated_there(it)), None):
                    yield story_mention("tempo", tempo, place)
                    return

    def spread(self) -> Iterator[Mention]:
        """Whether weakness has spread."""
        if place := first_place(self.text, self.told, story_patterns("no spread")):
            yield story_mention("spread", "absent", place)
            return
        places = (it for s in self.told for it in places_in(self.text, s, story_patterns("spread")))
        if place := next((it for it in places if is_stated_there(it)), None):
            yield story_mention("spread", "present", place)

    def _earliest(self, rule: str, sentences: Sequence[Sentence]) -> StoryPlace | None:
        """The first place of the letter that any pattern of a rule matches."""
        found = (first_place(self.text, sentences, [pattern]) for pattern in story_patterns(rule))
        return min(filter(None, found), key=lambda it: it[1].start(), default=None)

    def _sentence_at(self, place: int) -> Sentence:
        inside = (it for it in self.sentences if it.passage.start <= place < it.passage.end)
        return next(inside, self.sentences[0])


def _is_denied_beginning(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether words for a beginning are denied, by their own phrase or as a verb of what is denied."""
    tokens = enumerate(sentence.tokens)
    own = {place for place, token in tokens if match.start() <= token.start < match.end()}
    well = {"negated", "absent", "normal"}
    denying = (it for it in sentence.found if well & {it.sense.cue, it.sense.quality})
    denied = (*sentence.untested, *(range(it.first, it.end) for it in denying))
    if not all(map(own.isdisjoint, denied)):
        return True
    first = min(own, default=0)
    subject = next((it for it in reversed(sentence.found) if it.sense.topic and it.end <= first), None)
    between = sentence.words[subject.end : first] if subject else ()
    is_verb = small_words("verb") >= {*between}
    return subject is not None and is_verb and not is_stated(sentence, subject.first, subject.end)
