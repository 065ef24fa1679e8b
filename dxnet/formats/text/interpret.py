"""From the phrases of sentences to findings with their states, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dxnet.formats.text.answers import with_answers
from dxnet.formats.text.clause import ClauseScan
from dxnet.formats.text.context import SKIPPED_SECTIONS, SentenceContext
from dxnet.formats.text.ellipsis import Ellipsis, ellipses_in, elliptic
from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.grades import graded_rows, grades_in, is_graded
from dxnet.formats.text.groups import GRADE, Anchor, TopicGroup
from dxnet.formats.text.lexicon import Found, Lexicon
from dxnet.formats.text.meaning import Judged, judge, meanings_for
from dxnet.formats.text.parting import Calendar, clauses_of, is_aside
from dxnet.formats.text.passages import Passage
from dxnet.formats.text.phrases import Token
from dxnet.formats.text.rules import Sense, Topic, is_among, small_words
from dxnet.formats.text.statements import RawStatement, raw_statements
from dxnet.formats.text.subjects import ELECTRICAL, side_of, subject_of
from dxnet.knowledge.network import Network

_ANY_MUSCLE = ("any_muscle",)
"""The part that stands for every muscle that was sampled in a needle study."""
_EVERY_PART = Sense(parts=("everywhere",))
_MUSCLE, _PART = "muscle_tested", "part_alone"
"""Topics of a muscle that is called normal in a report of needle studies, and of a part that is elsewhere."""
_BEDSIDE = frozenset(("history", "examination"))
"""Procedures of which a report of imaging states nothing."""
_REPORTED = "history"


@dataclass(frozen=True)
class Sentence:
    """A sentence with its tokens, their words as ``norm`` writes them, and its phrases.

    ``untested`` are the places of what it leaves untested, ``scene`` is the test that it reports, and
    ``around`` are the words of its paragraph.
    """

    passage: Passage
    tokens: Sequence[Token]
    words: Sequence[str]
    found: Sequence[Found]
    untested: Sequence[range]
    scene: str
    around: Sequence[str]

    @property
    def span(self) -> tuple[int, int]:
        """Its characters in the letter."""
        return self.passage.start, self.passage.end

    def is_untested(self, place: int) -> bool:
        """Whether a token is of what was not examined, asked or told."""
        return any(place in span for span in self.untested)


@dataclass(frozen=True)
class ReadSentence:
    """A sentence, the findings that it states, and whether something that it states gave none.

    ``dropped`` are those spans of what was not tested in which it names something as troubled.
    """

    sentence: Sentence
    given: Sequence[Mention]
    is_lost: bool
    dropped: Sequence[range]


class Interpreter:
    """Reads the sentences of one letter in order; it remembers what a paragraph is about."""

    def __init__(self, lexicon: Lexicon, network: Network, text: str):
        self.lexicon, self.network, self.text = lexicon, network, text
        self._about: list[Found] = []
        self._here: list[Found] = []
        self._about_paragraph, self._last_paragraph = -1, -1
        self._is_lasting = False
        self._grading = ""
        self._last_section = ""
        self._last_topics: TopicGroup | None = None
        self._last_stated: list[tuple[RawStatement, Topic, Judged]] = []
        self._last_parts: tuple[Found, ...] = ()
        self._sampled: dict[str, None] = {}
        self._graded = graded_rows(text)
        self._calendar = Calendar(text)
        self._stage = 0

    def read(self, sentence: Sentence) -> ReadSentence:
        """What a sentence states of the patient."""
        self._turn_page(sentence)
        found = self._with_sampled(self._with_grades(sentence), sentence)
        context = SentenceContext(sentence.words, found)
        mentions: list[Mention] = []
        is_lost = False
        carried = self._carried(sentence, found)
        ellipses = [it for it in ellipses_in(sentence.words, found) if not sentence.is_untested(it.first)]
        dropped: list[range] = []
        self._last_stated, self._last_parts = [], ()
        apart = (*sentence.untested, *(range(it.first, it.end) for it in ellipses))
        for clause in clauses_of(sentence.words, found, apart):
            self._stage = self._calendar.stage(sentence.passage, sentence.words, clause)
            if elided := next((it for it in ellipses if it.first in clause), None):
                mentions = self._with_elided(elided, mentions, sentence, context)
                continue
            items = [it for it in found if it.first in clause and not it.sense.cue]
            scan = ClauseScan(sentence.words, items, carried)
            groups = scan.run()
            lead = self._lead(scan, sentence, clause) or self._subjects_before(sentence, clause)
            is_main = not is_aside(sentence.words, clause)
            carried = groups[-1] if groups and groups[-1].anchors and is_main else carried
            self._last_stated = [] if groups else self._last_stated
            statements = raw_statements(groups, lead, sentence.words)
            if sentence.is_untested(clause.start):
                dropped += [clause] if any(it.quality or it.own_quality for it in statements) else []
                continue
            for raw in statements:
                if raw.anchor not in [it.found for it in groups[-1].anchors]:
                    self._last_stated = []
                given, lost = self._mentions(raw, clause, context, sentence)
                self._last_parts = raw.parts or self._last_parts
                mentions += given
                is_lost |= lost
        self._last_topics, self._last_paragraph = carried, sentence.passage.paragraph
        return ReadSentence(sentence, mentions, is_lost, dropped)

    def _subjects_before(self, sentence: Sentence, clause: range) -> list[Found]:
        """The parts of which a clause goes on to speak: "his hands are weak but not wasted"."""
        goes_on = clause.start > 0 and sentence.words[clause.start - 1] == "but"
        return [_unplaced(it.sense) for it in self._last_parts] if goes_on else []

    def _turn_page(self, sentence: Sentence) -> None:
        """Forget the part that was spoken of at a new paragraph, unless a line of its own named it."""
        passage = sentence.passage
        self._here = []
        is_new = passage.paragraph != self._about_paragraph and not self._is_lasting
        if is_new or passage.section != self._last_section:
            self._about, self._is_lasting, self._grading = [], False, ""
        self._last_section = passage.section

    def _with_grades(self, sentence: Sentence) -> list[Found]:
        """The phrases of a sentence with its grades of strength and reflexes."""
        found = with_answers(sentence.found, sentence.words, self.text, sentence.tokens)
        if sentence.scene == ELECTRICAL or sentence.passage.section in SKIPPED_SECTIONS:
            return found
        topics = [topic for row, topic in self._graded if sentence.passage.start in row]
        topics += [it.sense.topic for it in found if it.sense.topic in small_words("going on")]
        if topics:
            self._grading = topics[-1] if topics[-1] != "tone" else ""
        elif not self._grading and is_graded(self.text, sentence.tokens, found):
            self._grading = "power"
        found += grades_in(self.text, sentence.tokens, found, self._grading)
        return sorted(found, key=lambda it: it.first)

    def _with_sampled(self, found: list[Found], sentence: Sentence) -> list[Found]:
        """The phrases of a sentence with the muscles that a needle study has sampled, for "any muscle".

        At the bedside "anywhere" is every limb.
        """
        if sentence.scene == ELECTRICAL and not any(
            it.sense.topic in small_words("nerve studies") for it in found
        ):
            named = (name for it in found if not it.sense.topic for name in it.sense.parts)
            self._sampled |= dict.fromkeys(name for name in named if name not in _ANY_MUSCLE)
        sampled = Sense(parts=tuple(self._sampled)) if sentence.scene == ELECTRICAL else Sense()
        if not sentence.scene:
            found = [
                replace(it, sense=_EVERY_PART) if sentence.words[it.first : it.end] == ["anywhere"] else it
                for it in found
            ]
        placed = [replace(it, sense=sampled) if it.sense.parts == _ANY_MUSCLE else it for it in found]
        return [it for it in placed if it.sense != Sense()]

    def _carried(self, sentence: Sentence, found: Sequence[Found]) -> TopicGroup | None:
        """The topics of the last sentence for one without: "Triceps jerks were reduced. Knees normal."

        Another part goes on with some topics, and another side with others: "left plantar flexor; right up".
        """
        last = self._last_topics
        is_bare = not any(it.sense.topic and it.sense.reach != GRADE for it in found)
        is_of_part = any(it.sense.parts and not sentence.is_untested(it.first) for it in found)
        is_place = is_of_part or not small_words("sides").isdisjoint(sentence.words)
        is_told = is_place and any(it.sense.quality for it in found)
        is_same = sentence.passage.paragraph == self._last_paragraph and not sentence.scene
        if last is None or not (is_bare and is_told and is_same):
            return None
        known = small_words("going on" if is_of_part else "going on by side")
        topics = [it.found.sense.topic for it in last.anchors if it.found.sense.topic in known]
        return TopicGroup([Anchor(_unplaced(Sense(topic))) for topic in topics]) if topics else None

    def _lead(self, scan: ClauseScan, sentence: Sentence, clause: range) -> list[Found]:
        """The parts that a clause begins with ("In the legs tone was ..."), or its paragraph is about."""
        if scan.lead and not clause.start:
            is_named = sentence.words[scan.lead[-1].end : scan.lead[-1].end + 1] == [":"]
            is_kept = is_named or any(
                part in small_words("whole limbs") for it in scan.lead for part in it.sense.parts
            )
            self._here = [_unplaced(it.sense) for it in scan.lead]
            self._about = self._here if is_kept else self._about
            self._about_paragraph = sentence.passage.paragraph
            self._is_lasting = is_named
        muscles = [
            it for group in scan.groups[:1] for anchor in group.anchors for it in group.parts
            if anchor.found.sense.topic == _MUSCLE
        ]  # fmt: skip
        if sentence.scene == ELECTRICAL and not scan.groups and len(scan.lead) > 1:
            self._about, self._about_paragraph = self._here, sentence.passage.paragraph
        if muscles or (scan.opening and not clause.start):
            self._here = [_unplaced(it.sense) for it in muscles or scan.opening]
        return scan.lead or self._here or self._about

    def _mentions(
        self, raw: RawStatement, clause: range, context: SentenceContext, sentence: Sentence
    ) -> tuple[list[Mention], bool]:
        """The findings of a statement, and whether it stated something of which none came."""
        name = raw.anchor.sense.topic or (_MUSCLE if sentence.scene == ELECTRICAL else _PART)
        topic = self.lexicon.topics.get(name)
        if topic is None:
            return [], False
        topic = self.lexicon.topics.get(topic.instead.get(sentence.scene, ""), topic)
        judged = judge(raw, topic, context, clause)
        self._last_stated.append((raw, topic, judged))
        if not judged.quality or _is_unusable(topic, judged, sentence):
            return [], not (judged.quality or judged.standing.reason)
        mentions = list(self._found(topic, judged, raw, sentence, context))
        return mentions, not mentions and any(topic.means.get(judged.quality, {}).values())

    def _with_elided(
        self, elided: Ellipsis, mentions: list[Mention], sentence: Sentence, context: SentenceContext
    ) -> list[Mention]:
        """The mentions of a sentence with those of an ellipsis, or without what it limits."""
        last = {topic.name: (raw, topic, judged) for raw, topic, judged in self._last_stated}
        if not elided.parts:
            named = (raw.anchor for raw, _, _ in last.values() if raw.anchor.end)
            limited = {sentence.tokens[it.first].start for it in named}
            usual = {(name, it.states[0]) for name, it in self.network.findings.items()}
            return [
                it for it in mentions
                if (it.finding, it.state) not in usual or limited.isdisjoint(range(it.start, it.end))
            ]  # fmt: skip
        given = list(mentions)
        for raw, topic, judged in last.values():
            meant = elliptic(elided.kind, judged, topic) if judged.quality else None
            if meant and not _is_unusable(topic, meant, sentence):
                of_parts = replace(raw, parts=(*elided.parts, Found(elided.first, elided.end, Sense())))
                given += self._found(topic, meant, of_parts, sentence, context)
        return given

    def _found(
        self, topic: Topic, judged: Judged, raw: RawStatement, sentence: Sentence, context: SentenceContext
    ) -> Iterator[Mention]:
        if judged.is_denied and topic.is_one_of_many:
            return
        phrases = [
            it for it in (raw.anchor, *raw.parts, raw.quality, raw.own_quality) if it and it.end > it.first
        ]
        side = side_of(sentence.words, phrases)
        is_denial = judged.is_denied or judged.quality == "absent"
        phrases += [judged.standing.denial] if judged.standing.denial and is_denial else []
        start = sentence.tokens[min(it.first for it in phrases)].start
        end = sentence.tokens[max(it.end for it in phrases) - 1].end
        passage = sentence.passage
        needed = self.lexicon.topics.get(topic.needs)
        own = self.lexicon.parts_within(sentence.tokens[raw.anchor.first : raw.anchor.end], self.text)
        subject = subject_of(raw.anchor, raw.parts, sentence.words, sentence.scene, own)
        for meaning, part in meanings_for(topic, judged.quality, raw, self.lexicon.parts):
            for name, state in meaning[:1] if judged.is_denied else meaning:
                finding = self.network.findings[name]
                if sentence.scene.startswith("imaging") and finding.procedure in _BEDSIDE:
                    continue
                if judged.is_denied and state == finding.states[0]:
                    continue
                state = finding.states[0] if judged.is_denied else state
                soft = f"{judged.standing.doubt} {state}"
                is_soft = bool(judged.standing.doubt) and self.network.soften(name, soft) is not None
                yield Mention(
                    name,
                    state,
                    soft if is_soft else state,
                    start,
                    end,
                    sentence.span,
                    passage.paragraph,
                    doubt=judged.standing.doubt if is_soft else "",
                    part=part or side,
                    stage=self._stage,
                    is_reported=context.is_reported or passage.section == _REPORTED,
                    needs=_finding_of(needed) if needed and name == _finding_of(needed) else "",
                    component=topic.component,
                    subject=subject,
                )


def _unplaced(sense: Sense) -> Found:
    """A phrase that stands in another sentence."""
    return Found(0, 0, sense)


def _is_unusable(topic: Topic, judged: Judged, sentence: Sentence) -> bool:
    """Whether a statement does not count where it stands: of a relative, of a plan, in another report ..."""
    section, reason = sentence.passage.section, judged.standing.reason
    if section in SKIPPED_SECTIONS or (section == "past" and not topic.is_lasting):
        return True
    if reason and not (topic.is_lasting and reason == "earlier"):
        return True
    if (topic.only_in and sentence.scene not in topic.only_in) or sentence.scene in topic.not_in:
        return True
    is_alone = topic.only_with and not is_among(topic.only_with, sentence.around)
    return bool(is_alone) or is_among(topic.unless, sentence.words)


def _finding_of(topic: Topic) -> str:
    return next((name for of in topic.means.values() for meaning in of.values() for name, _ in meaning), "")
