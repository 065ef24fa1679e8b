"""Reading a letter: from its text to proposed findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dxnet.errors import CaseError, Issue
from dxnet.formats.text.amounts import amounts_of
from dxnet.formats.text.called_normal import tests_called_normal
from dxnet.formats.text.evidence import Mention, settled
from dxnet.formats.text.forms import form_in_words
from dxnet.formats.text.history import history_of
from dxnet.formats.text.interpret import Interpreter, ReadSentence, Sentence
from dxnet.formats.text.lexicon import Found, Lexicon, lexicon_of
from dxnet.formats.text.noticing import with_noticing
from dxnet.formats.text.passages import Passage, passages_of
from dxnet.formats.text.phrases import Token, norm, texts_of_tokens, tokens_of
from dxnet.formats.text.proposal import LetterFindings, UnreadSentence
from dxnet.formats.text.rules import headings, is_among, openings, rules_of
from dxnet.formats.text.story import story_patterns
from dxnet.formats.text.table_rows import amplitudes_in, mentions_of_rows, table_rows_of, without_tables
from dxnet.formats.text.unread import unread_places
from dxnet.formats.text.untested import UNTESTED, untested_spans, with_open_signs, with_undone
from dxnet.inference.engine import EngineLike, network_of

_TEST_SECTIONS = frozenset(("electrical", "imaging", "imaging_brain", "imaging_spine", "imaging_lumbar"))
_LUMBAR = "imaging_lumbar"
_TITLE_LINES = 3
"""Lines of a report in which its title stands."""
_TITLE_WIDTH = 100
_IMAGING = "imaging"
"""The scene of brain and spine together; that of each begins with it."""
MOST_CHARACTERS = 200_000
"""Of a letter; some fifty pages."""


def read_text(text: str, network: EngineLike) -> LetterFindings:
    """Findings that a clinic letter, or a report of a test, states, each with its words.

    The text is read on this machine by rules (data/text/). What it does not mention is not proposed; what it
    denies is proposed as absent. Words of doubt become soft words, numbers are read with their units, and
    what is said of relatives, of plans or of the past is left out. Sentences that gave nothing are listed,
    and the procedures that it calls normal as a whole, of which no finding is proposed.

    Args:
        text: the letter, in English.
        network: an engine or a network, whose findings are looked for.

    Raises:
        TypeError: the text is no str.
        CaseError: it is empty, or longer than MOST_CHARACTERS.
        DxnetError: the packages for it are missing (``dxnet[text]``).

    >>> from dxnet import load_network
    >>> letter = "This 64-year-old man has no dysphagia. Power was 4/5 in the left APB. CK 850 U/L."
    >>> for proposal in read_text(letter, load_network("als_mimics")):
    ...     print(proposal.finding, "|", proposal.entry, "|", proposal.words)
    age | 64 | 64-year-old
    sex | male | 64-year-old man
    dysphagia | absent | has no dysphagia
    arm_weakness | present | Power was 4/5 in the left APB
    weakness | present | Power was 4/5 in the left APB
    ck | 850 U/L | CK 850 U/L
    """
    _require_letter(text)
    known = network_of(network)
    lexicon = lexicon_of(known)
    rows = table_rows_of(text)
    plain = form_in_words(without_tables(text, rows))
    sentences = list(_sentences_of(plain, lexicon))
    interpreter = Interpreter(lexicon, known, plain)
    mentions: list[Mention] = []
    read: list[ReadSentence] = []
    odd: list[tuple[int, int]] = []
    for sentence in sentences:
        told = interpreter.read(sentence)
        amounts, unread_amounts = amounts_of(plain, sentence, lexicon, known)
        odd += unread_amounts
        given = [*_without_measured(told.given, amounts), *amounts]
        mentions += given
        read.append(replace(told, given=given))
    mentions += [*mentions_of_rows(rows, lexicon), *amplitudes_in(text, lexicon)]
    mentions += history_of(text, sentences, lexicon, known)
    proposals = settled(mentions, text, known)
    places = [*unread_places(read, {it.finding for it in proposals})]
    places += [it for it in odd if not any(start < it[1] and it[0] < end for start, end in places)]
    return LetterFindings(
        tuple(proposals),
        tuple(UnreadSentence(it, text[slice(*it)]) for it in sorted(places)),
        tests_called_normal(sentences, plain, lexicon, known),
    )


def _without_measured(told: Sequence[Mention], amounts: Sequence[Mention]) -> Iterator[Mention]:
    """What a sentence tells in words of no test whose amount it states: "CK 250 and TSH normal"."""
    measured = {it.finding for it in amounts}
    return (it for it in told if it.component or it.finding not in measured)


def _require_letter(text: str) -> None:
    if not isinstance(text, str):
        raise TypeError(f"a letter is text, not {type(text).__name__}; letter_text reads a file")
    if not text.strip():
        raise CaseError([Issue("error", "", "the letter is empty", "give its text")])
    if len(text) > MOST_CHARACTERS:
        message = f"the letter has {len(text):,} characters, more than {MOST_CHARACTERS:,}"
        raise CaseError([Issue("error", "", message, "give one letter at a time")])


def _sentences_of(text: str, lexicon: Lexicon) -> Iterator[Sentence]:
    is_of_stay = any(pattern.search(text) for pattern in story_patterns("stay in hospital"))
    passages = passages_of(text, headings(), openings(), is_of_stay=is_of_stay)
    tokens = tokens_of(text)
    rows = []
    at = 0
    for passage in passages:
        while at < len(tokens) and tokens[at].start < passage.start:
            at += 1
        begin = at
        while at < len(tokens) and tokens[at].end <= passage.end:
            at += 1
        row = tokens[begin:at]
        rows.append((passage, row, [norm(token.text) for token in row]))
    around: dict[int, list[str]] = {}
    for passage, _, words in rows:
        around.setdefault(passage.paragraph, []).extend(words)
    document = _scene_of_document(text)
    scene, last = "", -1
    for passage, row, words in rows:
        scene = _scene(passage, words, document, scene if passage.paragraph == last else "")
        if scene == _IMAGING:
            scene = _imaged_place(around[passage.paragraph]) or _IMAGING
        last = passage.paragraph
        found = with_noticing(lexicon.find(row, text), words)
        found = with_open_signs(with_undone(found, words, scene), words)
        if any(it.sense.cue == UNTESTED for it in found):
            found = [part for it in found for part in _parts_alone(it, row, text, lexicon)]
        untested = untested_spans(words, found)
        yield Sentence(passage, row, words, found, untested, scene, around[passage.paragraph])


def _parts_alone(it: Found, tokens: Sequence[Token], text: str, lexicon: Lexicon) -> list[Found]:
    """The parts that a phrase joins, each by itself: of "arms, legs" one may be untested."""
    joint = next((n for n in range(it.first, it.end) if tokens[n].text in (",", "and")), None)
    if joint is None or not it.is_part:
        return [it]
    rows = ((it.first, joint), (joint + 1, it.end))
    halves = [(start, lexicon.find(tokens[start:end], text)) for start, end in rows]
    moved = [replace(part, first=part.first + at, end=part.end + at) for at, half in halves for part in half]
    return moved if all(half for _, half in halves) else [it]


def _scene(passage: Passage, words: Sequence[str], document: str, last: str) -> str:
    """The test that a sentence reports: by its heading, by its own words, or as the whole document does."""
    methods = _scenes_named("methods", words)
    if passage.section in _TEST_SECTIONS:
        is_named = passage.section == _IMAGING or (
            passage.section.startswith(_IMAGING) and _IMAGING in methods
        )
        return (_imaged_place(words) if is_named else "") or passage.section
    if "electrical" in methods:
        return "electrical"
    if document == _LUMBAR:
        return document
    place = _imaged_place(words)
    if document.startswith(_IMAGING):
        return place or document
    if _IMAGING in methods or (place and last.startswith(_IMAGING)):
        return place or _IMAGING
    if last.startswith(_IMAGING) and is_among(map(str.split, rules_of("scenes.yaml")["going on"]), words):
        return last
    return document


def _imaged_place(words: Sequence[str]) -> str:
    """What was imaged; '' where nothing is named."""
    places = _scenes_named("places", words)
    return places[0] if len(places) == 1 else _IMAGING if places else ""


def _scenes_named(kind: str, words: Sequence[str]) -> list[str]:
    rules: Mapping[str, Sequence[str]] = rules_of("scenes.yaml")[kind]
    return [scene for scene, names in rules.items() if is_among(map(str.split, names), words)]


def _scene_of_document(text: str) -> str:
    """The test that the first lines of a report name."""
    titles: Mapping[str, Sequence[str]] = rules_of("titles.yaml")
    lines = [line for line in text.splitlines() if line.strip()][:_TITLE_LINES]
    lines = [line for line in lines if len(line) <= _TITLE_WIDTH]
    head = [norm(word) for word in texts_of_tokens(" ".join(lines))]
    named = [scene for scene, names in titles.items() if is_among(map(str.split, names), head)]
    if not named or _IMAGING not in named:
        return named[0] if named and not named[0].startswith(_IMAGING) else ""
    has_both = "imaging_brain" in named and "imaging_spine" in named
    return _IMAGING if has_both else next((scene for scene in named if scene != _IMAGING), _IMAGING)
