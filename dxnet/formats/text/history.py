"""What the story of a letter tells: age at onset, sex, tempo, first region and side, spread, family."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from dxnet.formats.text.context import SentenceContext
from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.interpret import Sentence
from dxnet.formats.text.lexicon import Found, Lexicon
from dxnet.formats.text.rules import rules_of
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network

_STORY = frozenset(("", "history", "impression", "earlier"))
"""Sections that tell how an illness began."""
_IN_YEARS = {"y": 1.0, "m": 1 / 12, "w": 1 / 52, "d": 1 / 365, "12": 1 / 12, "52": 1 / 52, "7": 1 / 365}
_OLDEST = 110
_AMISS = frozenset(("reduced", "increased", "troubled", "present"))
_HALF_A_YEAR = 0.5
"""Since the last birthday, on average."""
_SUBACUTE_YEARS, _SLOW_YEARS = 0.25, 5.0
_NOT_PRESENT = frozenset(("family", "skip", "plan", "past"))


def history_of(text: str, sentences: Sequence[Sentence], lexicon: Lexicon, network: Network) -> list[Mention]:
    """The findings of the story; each is stated once, where the letter first does."""
    story = _Story(text, sentences, lexicon)
    found = [
        *(_in_bands(it, network) for it in story.age()),
        *story.sex(),
        *story.beginning(),
        *story.tempo(),
        *story.spread(),
        *story.family(),
    ]
    states = {name: finding.states for name, finding in network.findings.items()}
    return [it for it in found if it.finding in states and it.state in states[it.finding]]


def _in_bands(mention: Mention, network: Network) -> Mention:
    """An age in years with the state that it lies in."""
    known = mention.finding in network.findings
    return (
        replace(mention, state=read_entered(network, mention.finding, mention.entry).state)
        if known
        else mention
    )


class _Story:
    def __init__(self, text: str, sentences: Sequence[Sentence], lexicon: Lexicon):
        self.text, self.sentences, self.lexicon = text, sentences, lexicon
        told = [
            it
            for it in sentences
            if it.passage.section in _STORY and not it.scene and not self._is_of_relative(it)
        ]
        self.told = sorted(told, key=lambda it: not it.passage.is_earlier)
        self.start_age: tuple[float, str] | None = None

    def _is_of_relative(self, sentence: Sentence) -> bool:
        return SentenceContext(sentence.words, sentence.found).is_of_relative

    def age(self) -> Iterator[Mention]:
        """Age at onset: as stated, or the age now without the time since."""
        onset = self._first("age at onset", self.told)
        if onset and (years := _number(onset[1]["age"])) and 0 < years < _OLDEST:
            yield self._mention("age", f"{years:.0f}", onset)
            return
        usable = [
            it
            for it in self.sentences
            if it.passage.section not in _NOT_PRESENT and not self._is_of_relative(it)
        ]
        now = self._first("age now", usable)
        if not now or not (years := _number(now[1]["age"])):
            return
        since = self._time_since_onset()
        since = since if since < years - 1 else 0.0
        yield self._mention("age", f"{int(years + (_HALF_A_YEAR if since else 0) - since)}", now)

    def _time_since_onset(self) -> float:
        """Years since the first symptom, or 0 where no time is given."""
        for sentence in self._onset_sentences():
            for pattern in _patterns("duration"):
                if match := pattern.search(self.text, sentence.passage.start, sentence.passage.end):
                    return _years(match)
        return 0.0

    def _onset_sentences(self) -> list[Sentence]:
        return [
            it for it in self.told if _pattern("onset").search(self.text, it.passage.start, it.passage.end)
        ]

    def sex(self) -> Iterator[Mention]:
        """Sex: by a word for the patient, else by pronouns that are nearly all of one sex."""
        counts = {
            sex: len(_pattern(word).findall(self.text)) for sex, word in (("male", "he"), ("female", "she"))
        }
        first = {
            sex: next(
                ((rank, m) for rank, p in enumerate(_patterns(sex)) if (m := p.search(self.text))), None
            )
            for sex in counts
        }
        clear = max(counts, key=lambda sex: counts[sex])
        other = "female" if clear == "male" else "male"
        if counts[clear] >= 2 and counts[clear] >= 3 * counts[other]:
            best = first[clear]
            match = best[1] if best else _pattern("he" if clear == "male" else "she").search(self.text)
        else:
            known = sorted(
                (rank, m.start(), sex) for sex, best in first.items() if best for rank, m in [best]
            )
            if not known:
                return
            clear = known[0][2]
            match = next(m for sex, best in first.items() if best and sex == clear for _, m in [best])
        if match:
            yield self._mention("sex", clear, (self._sentence_at(match.start()), match))

    def beginning(self) -> Iterator[Mention]:
        """Region and side of the first symptom."""
        stated = rules_of("history.yaml")["stated onset"]
        for region in stated:
            for pattern in _compiled(tuple(stated[region])):
                if match := self._search(pattern, self.told):
                    yield self._mention("onset_region", region, match)
                    break
            else:
                continue
            break
        if first := self._first_symptom():
            sentence, region, it, start = first
            where = (sentence, _stretch(self.text, start, sentence.tokens[it.end - 1].end))
            yield self._mention("onset_region", region, where)
            if side := self._side(sentence, it):
                yield self._mention("onset_asymmetry", side, where)
        for side in ("asymmetric", "symmetric"):
            for pattern in _patterns(side):
                if match := self._search(pattern, self.told):
                    yield self._mention("onset_asymmetry", side, match)
                    return

    def _first_symptom(self) -> tuple[Sentence, str, Found, int] | None:
        """How the illness began: the sentence, the region, the phrase that names it, where the words begin."""
        for sentence in self._onset_sentences():
            cue = _pattern("onset").search(self.text, sentence.passage.start, sentence.passage.end)
            if cue and (found := self._first_region(sentence, cue.end())):
                return sentence, *found, min(cue.start(), sentence.tokens[found[1].first].start)
        known = rules_of("history.yaml")["first symptoms"]
        for sentence in self.told:
            context = SentenceContext(sentence.words, sentence.found)
            for it in sentence.found:
                standing = context.standing(it.first, it.end, range(len(sentence.words)))
                if (
                    it.sense.topic in known
                    and it.sense.quality in _AMISS
                    and not standing.is_negated
                    and not standing.reason
                ):
                    if found := self._first_region(sentence, sentence.passage.start):
                        return sentence, *found, sentence.tokens[min(it.first, found[1].first)].start
        return None

    def _first_region(self, sentence: Sentence, after: int) -> tuple[str, Found] | None:
        rules = rules_of("history.yaml")
        context = SentenceContext(sentence.words, sentence.found)
        clause = range(len(sentence.words))
        for it in sentence.found:
            if it.sense.cue or sentence.tokens[it.end - 1].end <= after - 12:
                continue
            standing = context.standing(it.first, it.end, clause)
            if standing.is_negated or standing.reason:
                continue
            if region := rules["regions of topics"].get(it.sense.topic):
                return region, it
            for name in it.sense.parts:
                regions = self.lexicon.parts[name].regions if name in self.lexicon.parts else ()
                if len(regions) == 1 and (region := rules["regions"].get(regions[0])):
                    return region, it
        return None

    def _side(self, sentence: Sentence, it: Found) -> str:
        start = sentence.tokens[max(it.first - 4, 0)].start
        near = self.text[start : sentence.tokens[it.end - 1].end]
        one, both = _pattern("one side").search(near), _pattern("both sides").search(near)
        if one:
            return "asymmetric"
        return "symmetric" if both else ""

    def tempo(self) -> Iterator[Mention]:
        """Tempo: by words for it; else by the time since onset."""
        rules = rules_of("history.yaml")["tempo"]
        for sentence in self.told:
            for tempo in rules:
                for pattern in _compiled(tuple(rules[tempo])):
                    if match := pattern.search(self.text, sentence.passage.start, sentence.passage.end):
                        if not self._is_denied(sentence, match):
                            yield self._mention("onset_tempo", tempo, (sentence, match))
                            return

    def _is_denied(self, sentence: Sentence, match: re.Match[str]) -> bool:
        first = next((n for n, token in enumerate(sentence.tokens) if token.end > match.start()), 0)
        context = SentenceContext(sentence.words, sentence.found)
        standing = context.standing(first, first + 1, range(len(sentence.words)))
        return standing.is_negated or bool(standing.reason)

    def spread(self) -> Iterator[Mention]:
        """Whether weakness has spread."""
        for finding, state in (("spread", "absent"), ("spread", "present")):
            for pattern in _patterns("no spread" if state == "absent" else "spread"):
                match = self._search(pattern, self.told)
                if match and (state == "absent" or not self._is_denied(*match)):
                    yield self._mention(finding, state, match)
                    return

    def family(self) -> Iterator[Mention]:
        """Relatives with a disease of the same kind, or that there are none."""
        rules = rules_of("history.yaml")
        skipped = ("skip", "plan")
        usable = [it for it in self.sentences if it.passage.section not in skipped]
        for sentence in usable:
            start, end = sentence.passage.start, sentence.passage.end
            cue = _pattern("family cue").search(self.text, start, end)
            is_family = sentence.passage.section == "family"
            if not cue and not is_family:
                continue
            denied = next((m for p in _patterns("no family") if (m := p.search(self.text, start, end))), None)
            if denied is None and is_family:
                denied = re.compile(
                    r"\s*(?:nil|none|no\b|negative|unremarkable|non-?contributory|not? significant|n/?c\b)",
                    re.I,
                ).match(self.text, start, end)
            of = denied.groupdict().get("of") if denied else None
            if denied and (of is None or re.search(rules["no family of"], of, re.I)):
                yield self._mention("family_history", "absent", (sentence, denied))
                continue
            disease = _pattern("family disease").search(self.text, start, end)
            context = SentenceContext(sentence.words, sentence.found)
            if (
                disease
                and (is_family or context.is_of_relative)
                and not _is_informant(context)
                and not denied
            ):
                if not re.search(
                    r"\b(?:no|not|negative|unknown|friend|colleague|neighbour|worried|leaflet)\b",
                    self.text[start:end],
                    re.I,
                ):
                    yield self._mention("family_history", "present", (sentence, disease))

    def _first(self, rule: str, sentences: Sequence[Sentence]) -> tuple[Sentence, re.Match[str]] | None:
        matches = [found for pattern in _patterns(rule) if (found := self._search(pattern, sentences))]
        return min(matches, key=lambda it: it[1].start(), default=None)

    def _search(
        self, pattern: re.Pattern[str], sentences: Sequence[Sentence]
    ) -> tuple[Sentence, re.Match[str]] | None:
        for sentence in sentences:
            if match := pattern.search(self.text, sentence.passage.start, sentence.passage.end):
                return sentence, match
        return None

    def _sentence_at(self, place: int) -> Sentence:
        return next(
            (it for it in self.sentences if it.passage.start <= place < it.passage.end), self.sentences[0]
        )

    def _mention(self, finding: str, state: str, where: tuple[Sentence, re.Match[str]]) -> Mention:
        sentence, match = where
        passage = sentence.passage
        return Mention(
            finding, state, state, match.start(), match.end(), (passage.start, passage.end), passage.paragraph
        )


def _is_informant(context: SentenceContext) -> bool:
    return any(cue.sense.reach == "informant" for cue in context.cues)


def _stretch(text: str, start: int, end: int) -> re.Match[str]:
    """The characters from ``start`` to before ``end`` as a match."""
    match = re.compile(r".*", re.DOTALL).match(text, start, end)
    assert match is not None
    return match


def _search(pattern: re.Pattern[str], text: str, spans: Sequence[tuple[int, int]]) -> re.Match[str] | None:
    return next((m for span in spans if (m := pattern.search(text, *span))), None)


def _number(text: str) -> float | None:
    known = rules_of("history.yaml")["numbers"]
    word = text.lower()
    if word in known:
        return float(known[word])
    return float(word) if re.fullmatch(r"\d+(?:\.\d+)?", word) else None


def _years(match: re.Match[str]) -> float:
    unit = match["unit"].lower()
    factor = _IN_YEARS.get(unit, _IN_YEARS.get(unit[0], 1.0))
    return (_number(match["n"]) or 0.0) * factor


def _patterns(rule: str) -> tuple[re.Pattern[str], ...]:
    return _compiled(tuple(rules_of("history.yaml")[rule]))


def _pattern(rule: str) -> re.Pattern[str]:
    return _compiled((rules_of("history.yaml")[rule],))[0]


@cache
def _compiled(rules: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    numbers = "|".join(sorted(rules_of("history.yaml")["numbers"], key=len, reverse=True))
    return tuple(
        re.compile(rule.replace("<number>", rf"(?:\d+(?:\.\d+)?|{numbers})"), re.IGNORECASE) for rule in rules
    )
