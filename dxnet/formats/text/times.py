"""Words of time in a clause: of the beginning of an illness or a stay, of an earlier year, or of now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from functools import cache
from itertools import pairwise

from dxnet.formats.text.passages import COURSE, STAGE_OF_SECTION
from dxnet.formats.text.phrases import norm, texts_of_tokens, written_out
from dxnet.formats.text.rules import rules_of

_BEFORE, _NOW = "before", "now"
_PARTING = frozenset((",", "and", "then"))
_RECENT_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_DATE_WITH_YEAR = re.compile(
    rf"(?:\b[0-9]{{1,2}}[./-][0-9]{{1,2}}[./-]|\b(?:{'|'.join(name[:3] for name in _MONTHS)})[a-z]*\.?,? "
    r"(?:[0-9]{1,2}(?:st|nd|rd|th)?,? )?)(?P<year>(?:19|20)[0-9]{2})\b",
    re.IGNORECASE,
)
_YEAR_LEADS = frozenset(("in", "(", "of", "by", *_MONTHS))
"""Words before a year that say when something was."""

_NAMED_MONTH = "|".join(rf"{name}|{name[:3]}" for name in _MONTHS if name not in ("march", "may"))
_DAY = r"\d{1,2}(?:st|nd|rd|th)? (?:of )?"
_DATE_IN_WORDS = re.compile(
    r"^ (?:19|20)\d\d\b|\b(?:in|by|until|till|since|during|from) (?:(?:19|20)\d\d|march|may)\b|"
    r"\b(?:until|till)\b|\bon \d{1,2} / \d{1,2}\b|\b\d{1,2} ?([/.-]) ?\d{1,2} ?\1 ?\d{2,4}\b|"
    rf"\b(?:{_DAY}(?:march|may|{_NAMED_MONTH})|{_NAMED_MONTH})\b(?: (?:19|20)\d\d)?"
)
"""In a sentence with a space before it; "may" and "march" are months beside a day or "in" alone."""


def year_of(text: str) -> int:
    """The year in which a letter was written: the last of its dates; one that never comes without a date.

    >>> year_of("Seen 3/2/2024. EMG 2019: normal."), year_of("EMG 2019: normal.")
    (2024, 9999)
    """
    return max((int(found["year"]) for found in _DATE_WITH_YEAR.finditer(text)), default=9999)


def stage_of(words: Sequence[str], clause: range, stage: int, year: int) -> int:
    """The stage of a clause of a passage: an earlier one, or the next, where its words say so.

    Args:
        words: of the sentence, as ``norm`` writes them.
        clause: the places of the words of the clause.
        stage: of the passage (STAGE_OF_SECTION).
        year: that in which the letter was written.

    >>> stage_of("initially weak".split(), range(2), 0, 0), stage_of("now strong".split(), range(2), 0, 0)
    (-1, 1)
    """
    here = words[clause.start : clause.stop]
    kinds = {kind for _, _, kind in _named_in(here)}
    is_before, is_now = _BEFORE in kinds, _NOW in kinds
    is_before |= _is_of_year(here, year) or is_labelled(words, year)
    is_end = stage >= STAGE_OF_SECTION["discharge"]
    if is_before == is_now:
        return stage
    if is_before:
        return COURSE if is_end else STAGE_OF_SECTION["earlier"]
    return stage if is_end else stage + 1


def is_labelled(words: Sequence[str], year: int) -> bool:
    """Whether a sentence begins with an earlier year: "2019: normal"."""
    return _is_of_year(words[:2], year, is_label=True)


def dates_in(words: Sequence[str]) -> frozenset[str]:
    """What in a sentence tells of a time of its own: years, dates, months, and "until".

    >>> sorted(dates_in("not until may , and on 3 june 2021".split()))
    ['3 june 2021', 'until may']
    >>> sorted(dates_in("ck was 2000 u / l and may be 4 / 5".split()))
    []
    """
    return frozenset(found.group().strip() for found in _DATE_IN_WORDS.finditer(f" {' '.join(words)}"))


def is_dated(words: Sequence[str], clause: range) -> bool:
    """Whether a clause is of a day: "5/5 on 9/8"."""
    return any(
        words[at] == "on" and words[at + 1].isdigit() and words[at + 2] == "/" and words[at + 3].isdigit()
        for at in range(clause.start, clause.stop - 3)
    )


def cuts_between(words: Sequence[str], stated: Set[int] = frozenset()) -> set[int]:
    """Where a sentence goes over from one time to another: "3/5 on admission, 5/5 at discharge".

    Args:
        words: of the sentence, as ``norm`` writes them.
        stated: the places at which something is stated, behind which an "and now" goes on.

    >>> cuts_between("weak on admission , strong today".split())
    {4}
    >>> cuts_between("jerks absent , now returned".split(), {4})
    {3}
    """
    named = _named_in(words)
    cuts = [end + 1 for start, end, kind in named if kind == _BEFORE and _ends_segment(words, start, end)]
    cuts += [
        start
        for start, end, kind in named
        if kind == _NOW and start and words[start - 1] in _PARTING and stated & set(range(start, end + 3))
    ]
    for (start, _, kind), (end, _, other) in pairwise(named):
        signs = [place for place in range(start, end) if words[place] in _PARTING]
        if kind != other and signs:
            cuts.append(signs[0] + 1)
    return set(cuts)


def _ends_segment(words: Sequence[str], start: int, end: int) -> bool:
    """Whether a phrase is of what stands before it alone: "absent at first, then ..."."""
    return start > 0 and words[start - 1] not in _PARTING and words[end : end + 1] == [","]


def _named_in(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """The first and last places of phrases of time, and of which kind each is."""
    named = []
    for at, word in enumerate(words):
        for kind, phrase in _phrases().get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                named.append((at, at + len(phrase), kind))
    return named


def _is_of_year(words: Sequence[str], last: int, *, is_label: bool = False) -> bool:
    """Whether words name an earlier year: "in 2019", or before a colon at the beginning of a sentence."""
    for place, word in enumerate(words):
        if _RECENT_YEAR.fullmatch(word) and int(word) < last:
            before, behind = words[max(place - 1, 0) : place], words[place + 1 : place + 2]
            if behind == [":"] if is_label else before and before[0] in _YEAR_LEADS:
                return True
    return False


@cache
def _phrases() -> Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]:
    """The phrases of time with their kinds, by their first words."""
    by_word: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for kind in (_BEFORE, _NOW):
        for phrase in (phrase for pattern in rules_of("times.yaml")[kind] for phrase in written_out(pattern)):
            words = tuple(norm(word) for word in texts_of_tokens(phrase))
            by_word.setdefault(words[0], []).append((kind, words))
    return by_word
