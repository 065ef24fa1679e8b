"""Plain words for a state: yes and no, 1 and 0, positive and negative, normal and abnormal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dxnet.knowledge.network import NORMAL

NO = frozenset(("absent", "negative", "normal", "no", "n", "false", "0", "0.0", "neg", "nein", "non"))
NO |= {"negativ", "nicht vorhanden"}
YES = frozenset(("present", "positive", "abnormal", "yes", "y", "true", "1", "1.0", "+", "pos", "ja", "j"))
YES |= {"oui", "si", "sí", "positiv", "vorhanden"}
UNKNOWN = frozenset(("na", "n/a", "n.a.", "#n/a", "<na>", "nan", "nat", "null", "?", ".", "missing", "unk"))
UNKNOWN |= {"unknown", "not known", "not available", "not applicable", "not recorded", "not assessed"}
UNKNOWN |= {"not examined", "unexamined", "not done", "nd", "n.d.", "not tested", "untested", "nt"}
UNKNOWN |= {"unbekannt", "nicht untersucht", "keine angabe", "k.a.", "inconnu"}
"""Words for what was not examined."""
NO_OR_UNKNOWN = frozenset(("none", "nil", "-", "--", "---", "−", "–", "—", "/"))
"""What may say that nothing was found as well as that nothing was examined: never read as either."""

BOX_WORDS = frozenset(("checked", "unchecked", "ticked", "unticked", "selected", "not selected"))
"""What forms, as those of REDCap, say of a box: an empty one may be of a finding that nobody examined."""


def says_unknown(name: str) -> bool:
    """Whether a name would be read as a word for what was not examined.

    >>> says_unknown("NA"), says_unknown("nasal")
    (True, False)
    """
    return lowered(name) in UNKNOWN


def lowered(text: str) -> str:
    """A word without case, and with single blanks for blanks, hyphens between letters and underscores.

    >>> lowered(" Not_Done "), lowered("-")
    ('not done', '-')
    """
    return " ".join(text.replace("_", " ").casefold().split())


def name_of_word(names: Iterable[str], text: str) -> str:
    """The name of a diagnosis or group that a text is, as it stands or in any case; or ''.

    >>> name_of_word(("als", "lung_cancer"), "ALS"), name_of_word(("als", "lung_cancer"), "Lung cancer")
    ('als', 'lung_cancer')
    >>> name_of_word(("als", "lung_cancer"), "lung")
    ''
    """
    known = tuple(dict.fromkeys(names))
    word = lowered(text)
    named = [text] if text in known else [name for name in known if lowered(name) == word]
    return named[0] if len(named) == 1 else ""


def state_of_word(states: Sequence[str], text: str) -> str:
    """The state that a plain word stands for, or '' where it could be another.

    A word is known or it is not: one that is merely alike may mean the opposite, as "abnormal" and "normal".
    Beside their own names in any case, only two states have plain words, and of these only where the
    first is the normal one: yes and no say nothing of a sex.

    >>> state_of_word(("absent", "present"), "Yes"), state_of_word(("normal", "reduced"), "no")
    ('present', 'normal')
    >>> state_of_word(("normal", "reduced"), "abnormal"), state_of_word(("normal", "reduced"), "-")
    ('reduced', '')
    >>> state_of_word(("female", "male"), "1"), state_of_word(("normal", "mild", "high"), "yes")
    ('', '')
    """
    word = lowered(text)
    named = [state for state in states if lowered(state) == word]
    if len(named) == 1:
        return named[0]
    if named or len(states) != 2 or states[0] not in NORMAL:
        return ""
    return states[1] if word in YES else states[0] if word in NO else ""
