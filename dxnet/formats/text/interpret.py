"""From the phrases of a sentence to findings with their states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dxnet.formats.text.context import SKIPPED_SECTIONS, SentenceContext, Standing
from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.grades import grades_in, is_graded
from dxnet.formats.text.lexicon import ANY, Found, Lexicon, Meaning, Sense, Topic
from dxnet.formats.text.passages import Passage
from dxnet.formats.text.phrases import Token, norm
from dxnet.formats.text.statements import Anchor, ClauseScan, Frame, RawStatement, TopicGroup, raw_statements, words_of
from dxnet.knowledge.network import Network

ABSENT = frozenset(("absent", "negative"))
PRESENT = frozenset(("present", "positive"))
_ALIKE = {
    "absent": ("negative",),
    "negative": ("absent",),
    "present": ("positive",),
    "positive": ("present",),
    "reduced": ("absent",),
    "large": ("increased",),
}
"""Qualities that may stand for another that a topic knows."""
_MUSCLE, _PART = "emg_muscle", "part_alone"
"""Topics of a muscle that is called normal in a report of needle EMG, and of a part that is elsewhere."""
_WHOLE = {"mri_brain": "mri_brain_whole", "mri_spine": "mri_spine_whole", "mri": "mri_both_whole"}
"""What is normal where a section of imaging says no more."""
_BEDSIDE = frozenset(("history", "examination"))
"""Procedures of which a report of imaging states nothing."""
_NOUN_BEHIND = 4
"""Tokens between joined topics and the noun that is denied: "no bladder or bowel problems"."""
_MEASURED = frozenset(("power", "tone", "reflex"))
"""Topics that go on to a sentence that names another part alone."""
_TROUBLE = PRESENT | {"troubled"}
_WHOLE_LIMB = frozenset(("arm", "leg", "limbs", "everywhere", "all_regions"))


@dataclass
class Sentence:
    """A sentence with its tokens, phrases and surroundings."""

    passage: Passage
    tokens: Sequence[Token]
    words: Sequence[str]
    found: Sequence[Found]
    scene: str
    around: Sequence[str]
    """The words of its paragraph."""


class Interpreter:
    """Reads the sentences of one letter in order; remembers the part that a paragraph is about."""

    def __init__(self, lexicon: Lexicon, network: Network, text: str):
        self.lexicon, self.network, self.text = lexicon, network, text
        self._about: list[Found] = []
        self._here: list[Found] = []
        self._about_paragraph = -1
        self._is_lasting = False
        self._grading = ""
        self._is_reported = False
        self._last_section = ""
        self._last_group: TopicGroup | None = None
        self._last_paragraph = -1

    def read(self, sentence: Sentence) -> tuple[list[Mention], bool]:
        """The findings of a sentence, and whether it states something that gave none."""
        self._turn_page(sentence)
        found = self._with_grades(sentence)
        context = SentenceContext(sentence.words, found)
        self._is_reported = context.is_reported
        mentions: list[Mention] = []
        is_lost = False
        carried = self._carried(sentence, found)
        for clause in _clauses(sentence, found):
            items = [it for it in found if it.first in clause and not it.sense.cue]
            scan = ClauseScan(sentence.tokens, items, carried)
            groups = scan.run()
            lead = self._lead(scan, sentence, clause, groups)
            groups = [*self._whole_report(sentence, clause, items), *groups]
            for raw in self._statements(groups, lead, sentence):
                given, lost = self._mentions(raw, clause, context, sentence)
                mentions += given
                is_lost |= lost
            carried = groups[-1] if groups and groups[-1].anchors else carried
        self._last_group, self._last_paragraph = carried, sentence.passage.paragraph
        self._last_group, self._last_paragraph = carried, sentence.passage.paragraph
        return mentions, is_lost and not mentions

    def _carried(self, sentence: Sentence, found: Sequence[Found]) -> TopicGroup | None:
        """The topics of the last sentence, for one that names none: "Triceps jerks were reduced. Knees and ankles normal." """
        last = self._last_group
        is_bare = not any(it.sense.topic and it.sense.reach != "grade" for it in found)
        is_place = any(it.sense.parts for it in found) and any(it.sense.quality for it in found)
        if last is None or not is_bare or not is_place or sentence.scene or sentence.passage.paragraph != self._last_paragraph:
            return None
        kept = [a for a in last.anchors if a.found.sense.topic in _MEASURED]
        anchors = [Anchor(Found(0, 0, Sense(a.found.sense.topic))) for a in kept]
        return TopicGroup(anchors) if anchors else None

    def _turn_page(self, sentence: Sentence) -> None:
        """Forget the part that was spoken of where another paragraph begins, unless a line of its own named it."""
        passage = sentence.passage
        self._here = []
        if passage.section != self._last_section or (passage.paragraph != self._about_paragraph and not self._is_lasting):
            self._about, self._is_lasting, self._grading = [], False, ""
        self._last_section = passage.section

    def _with_grades(self, sentence: Sentence) -> list[Found]:
        found = [_answered(it, sentence.words) for it in sentence.found]
        if sentence.scene == "emg" or sentence.passage.section in SKIPPED_SECTIONS:
            return found
        topics = [it.sense.topic for it in found if it.sense.topic in ("power", "reflex", "tone")]
        if topics:
            self._grading = topics[-1] if topics[-1] != "tone" else ""
        if not self._grading and is_graded(self.text, sentence.tokens, found):
            self._grading = "power"
        named = self._grading
        found += grades_in(self.text, sentence.tokens, found, named)
        return sorted(found, key=lambda it: it.first)

    def _lead(
        self, scan: ClauseScan, sentence: Sentence, clause: range, groups: Sequence[TopicGroup]
    ) -> list[Found]:
        """The parts that a clause begins with ("In the legs tone was increased"), or that its paragraph is about."""
        if scan.lead and clause.start == 0:
            is_named = scan.lead[-1].end < len(sentence.words) and sentence.words[scan.lead[-1].end] == ":"
            is_kept = is_named or any(part in _WHOLE_LIMB for it in scan.lead for part in it.sense.parts)
            self._here = [Found(0, 0, part.sense) for part in scan.lead]
            self._about = self._here if is_kept else self._about
            self._about_paragraph = sentence.passage.paragraph
            is_alone = not groups and sentence.words[-1:] == [":"]
            self._is_lasting = is_alone or is_named
        named = [it for group in groups[:1] for a in group.anchors if a.found.sense.topic == _MUSCLE for it in group.parts]
        if named or (scan.opening and clause.start == 0):
            self._here = [Found(0, 0, it.sense) for it in named or scan.opening]
        return scan.lead or self._here or self._about

    def _whole_report(self, sentence: Sentence, clause: range, items: Sequence[Found]) -> list[TopicGroup]:
        """What a section of imaging states where its first word is a quality: "MRI brain: unremarkable"."""
        whole = _WHOLE.get(sentence.passage.section)
        if not whole or clause.start or not items or items[0].first > 1:
            return []
        first = items[0].sense
        if not first.quality or first.topic or first.parts or (len(items) > 1 and items[1].first == items[0].end):
            return []
        return [TopicGroup([Anchor(Found(0, 0, Sense(whole)))], [Frame(items[0])])]

    def _statements(
        self, groups: Sequence[TopicGroup], lead: Sequence[Found], sentence: Sentence
    ) -> Iterator[RawStatement]:
        yield from raw_statements(groups, lead, sentence.words)
        for group in groups:
            for frame in group.frames if not group.anchors else ():
                if frame.quality and frame.parts:
                    yield RawStatement(frame.quality, frame.quality, None, tuple(frame.parts))

    def _mentions(
        self, raw: RawStatement, clause: range, context: SentenceContext, sentence: Sentence
    ) -> tuple[list[Mention], bool]:
        topic = self._topic(raw, sentence)
        if topic is None:
            return [], False
        quality, is_flipped = _quality_of(raw, topic)
        first = min(mark.first for mark in ([raw.own_quality] if raw.own_quality else []) + [raw.anchor])
        standing = context.standing(first, raw.anchor.end, clause)
        if raw.quality:
            behind = context.standing(raw.quality.first, raw.quality.end, clause, negatable=False)
            between = raw.quality.first > raw.anchor.end and context.is_denied_before(raw.quality.first)
            is_noun = raw.quality.sense.quality == "abnormal" and raw.quality.first - raw.anchor.end <= _NOUN_BEHIND
            negated = (standing.is_negated and (raw.own_quality is not None or is_noun)) or between
            standing = Standing(negated, standing.doubt or behind.doubt, standing.reason or behind.reason)
        if quality is None and topic.may_be_missing and context.is_denied_before(first):
            quality, standing = "absent", replace(standing, is_negated=False)
        if (standing.is_negated or is_flipped) and quality in _TROUBLE and "absent" in topic.means:
            quality, is_flipped, standing = "absent", False, replace(standing, is_negated=False)
        is_normal = quality in ("normal", "absent", "down", "negative")
        if is_normal and standing.is_negated and raw.own_quality and not context.is_denied_before(first):
            standing = replace(standing, is_negated=False)
        if quality is None or self._is_unusable(topic, standing, sentence):
            return [], quality is None and not standing.reason and not topic.number
        return self._found(topic, quality, is_flipped or standing.is_negated, standing.doubt, raw, sentence)

    def _topic(self, raw: RawStatement, sentence: Sentence) -> Topic | None:
        name = raw.anchor.sense.topic or (_MUSCLE if sentence.scene == "emg" else _PART)
        topic = self.lexicon.topics.get(name)
        if topic and (instead := topic.instead.get(sentence.scene)):
            topic = self.lexicon.topics.get(instead, topic)
        return topic

    def _is_unusable(self, topic: Topic, standing: Standing, sentence: Sentence) -> bool:
        section = sentence.passage.section
        if section in SKIPPED_SECTIONS or (section == "past" and not topic.is_lasting):
            return True
        if standing.reason and not (topic.is_lasting and standing.reason == "earlier"):
            return True
        if (topic.only_in and sentence.scene not in topic.only_in) or sentence.scene in topic.not_in:
            return True
        if topic.only_with and not any(_contains(sentence.around, phrase) for phrase in topic.only_with):
            return True
        return any(_contains(sentence.words, phrase) for phrase in topic.unless)

    def _found(
        self, topic: Topic, quality: str, is_denied: bool, doubt: str, raw: RawStatement, sentence: Sentence
    ) -> tuple[list[Mention], bool]:
        pairs = list(self._meanings(topic, quality, raw))
        mentions = []
        marks = [raw.anchor, *raw.parts, *(it for it in (raw.quality, raw.own_quality) if it)]
        near = [it for it in marks if it.end - it.first]
        start = sentence.tokens[min(it.first for it in near)].start
        end = sentence.tokens[max(it.end for it in near) - 1].end
        is_reported = self._is_reported or sentence.passage.section == "history"
        is_imaging = sentence.scene.startswith("mri")
        for meaning, is_part in pairs:
            for finding, state in meaning[:1] if is_denied else meaning:
                if is_imaging and self.network.findings[finding].procedure in _BEDSIDE:
                    continue
                states = self.network.findings[finding].states
                if is_denied:
                    if state == states[0]:
                        continue
                    state = states[0]
                entry = f"{doubt} {state}" if doubt and self.network.soften(finding, f"{doubt} {state}") else state
                mentions.append(
                    Mention(
                        finding, state, entry, start, end, (sentence.passage.start, sentence.passage.end),
                        sentence.passage.paragraph, doubt if entry != state else "", is_part,
                        sentence.passage.is_earlier, _need(topic, self.lexicon), topic.component, is_reported,
                    )
                )
        return mentions, not pairs and not raw.parts

    def _meanings(self, topic: Topic, quality: str, raw: RawStatement) -> Iterator[tuple[Meaning, bool]]:
        """What a topic of a quality means for each of its parts; for none where no part needs to be named."""
        means = next((topic.means[q] for q in (quality, *_ALIKE.get(quality, ())) if q in topic.means), {})
        is_found = False
        named = tuple(it for it in raw.parts if it.sense.parts != ("everywhere",))
        for part in (named or raw.parts) + tuple(Found(0, 0, replace(raw.anchor.sense, parts=(p,))) for p in raw.anchor.sense.parts):
            for name in part.sense.parts:
                known = self.lexicon.parts.get(name)
                if name in means:
                    is_found = True
                    yield means[name], False
                    continue
                for region in known.regions if known else ():
                    if region in means:
                        is_found = True
                        yield means[region], not known.is_whole if known else True
        if not is_found and ANY in means:
            yield means[ANY], False


def _answered(it: Found, words: Sequence[str]) -> Found:
    """A bare no behind a colon as the answer that it is: "weight loss: no"."""
    is_bare = words[it.first : it.end] == ["no"] and words[it.end : it.end + 1] in ([], ["."], [","], [";"])
    if is_bare and it.first and words[it.first - 1] in (":", "-", "=", "?"):
        return Found(it.first, it.end, Sense(quality="absent"))
    return it


def _need(topic: Topic, lexicon: Lexicon) -> str:
    """The finding that must be abnormal for a topic to count."""
    needed = lexicon.topics.get(topic.needs)
    return next((f for of in needed.means.values() for m in of.values() for f, _ in m), "") if needed else ""


def _quality_of(raw: RawStatement, topic: Topic) -> tuple[str | None, bool]:
    """What is stated of a topic, and whether it is denied: "wasting: none", "Hoffmann's sign positive"."""
    own = raw.anchor.sense.quality if raw.anchor.sense.topic and raw.anchor.sense.reach != "grade" else ""
    premodifier = raw.own_quality.sense.quality if raw.own_quality and raw.own_quality is not raw.anchor else ""
    behind = raw.quality.sense.quality if raw.quality else ""
    if not own:
        return premodifier or behind or None, bool(premodifier and behind in ABSENT)
    others = {quality for quality in (premodifier, behind) if quality and quality != "down"}
    if own in PRESENT and behind == "down" and "down" in topic.means:
        return "down", False
    if own in ("reduced", "increased") and behind in ("reduced", "increased") and own != behind:
        return None, False
    if others & ABSENT or (behind == "normal" and own not in PRESENT):
        return own, True
    if own in PRESENT:
        told = next((quality for quality in others - PRESENT if quality in topic.means), None)
        return told or own, False
    return own, False


def _clauses(sentence: Sentence, found: Sequence[Found]) -> Iterator[range]:
    """The clauses of a sentence, parted by semicolons and words such as "but"."""
    cuts = [0]
    for it in found:
        if it.sense.cue == "boundary":
            cuts += [it.end]
    cuts += [place + 1 for place, word in enumerate(sentence.words) if word == ";"]
    cuts = sorted({*cuts, len(sentence.words)})
    return (range(a, b) for a, b in zip(cuts, cuts[1:], strict=False))


def _contains(words: Sequence[str], phrase: Sequence[str]) -> bool:
    size = len(phrase)
    return any(tuple(words[at : at + size]) == tuple(phrase) for at in range(len(words) - size + 1))


