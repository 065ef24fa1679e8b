"""How words are spelt and phrases written, so that a rule and a letter meet whatever their English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

_TOKEN = re.compile(r"[^\W\d_][^\W_]*(?:'[^\W\d_]+)?|[0-9]+(?:\.[0-9]+)?|[^\w\s]|_")
_APOSTROPHES, _DASHES = "\u2018\u2019\u00b4", "\u2010\u2011\u2012\u2013\u2014\u2212"
_SAME_LENGTH = str.maketrans(
    {**dict.fromkeys(_APOSTROPHES, "'"), **dict.fromkeys(_DASHES, "-"), "\u00a0": " "}
)
_HYPHEN = re.compile(r"(?<=[^\W_])-(?=[^\W_])")
_CHOICE = re.compile(r"\(([^()]*)\)")
_SPELLINGS = (
    (re.compile(r"(?<=.)ae"), "e"),
    (re.compile(r"^ae(?=[^r])"), "e"),
    (re.compile(r"oe(?=[dsm])"), "e"),
    (re.compile(r"(?<=..)our\b"), "or"),
    (re.compile(r"(?<=[a-z]{3})is(?=e|ed|ing|ation)"), "iz"),
    (re.compile(r"noea"), "nea"),
    (re.compile(r"rhoea"), "rhea"),
    (re.compile(r"(?<=[bt])re$"), "er"),
    (re.compile(r"lys(?=ed|ing|e)"), "lyz"),
    (re.compile(r"ogue$"), "og"),
    (re.compile(r"ll(?=ed$|ing$)"), "l"),
)
_SIGN_NAMES = {"comma": ",", "bar": "|", "lparen": "(", "rparen": ")"}
_KEEPS_S = re.compile(r"(?:ss|us|is|'s)$")


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign: its text and the characters of the letter that it takes."""

    text: str
    start: int
    end: int


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words, numbers and signs of a text; a hyphen inside a word parts it and is left out.

    >>> tokens_of("Upper-limb power")[1]
    Token(text='limb', start=6, end=10)
    """
    return tuple(Token(found.group(), *found.span()) for found in _TOKEN.finditer(_without_hyphens(text)))


def texts_of_tokens(text: str) -> list[str]:
    """The texts of the tokens of a text.

    >>> texts_of_tokens("Upper-limb power 4+/5 (C5/6)")
    ['Upper', 'limb', 'power', '4', '+', '/', '5', '(', 'C5', '/', '6', ')']
    """
    return _TOKEN.findall(_without_hyphens(text))


def _without_hyphens(text: str) -> str:
    """A text as long as it was, without hyphens inside words and other spellings of signs."""
    return _HYPHEN.sub(" ", text.translate(_SAME_LENGTH))


@lru_cache(maxsize=50_000)
def norm(word: str) -> str:
    """A word without case, plural and the difference of British and American English.

    >>> norm("Tumours"), norm("dyspnoea") == norm("dyspnea"), norm("reflexes"), norm("Hoffmann's")
    ('tumor', True, 'reflex', 'hoffmann')
    """
    text = word.lower().removesuffix("'s").removesuffix("'")
    if len(text) > 4 and text.endswith("ies"):
        text = text[:-3] + "y"
    elif len(text) > 4 and text.endswith(("xes", "shes", "ches", "sses")):
        text = text[:-2]
    elif len(text) > 3 and text.endswith("s") and not _KEEPS_S.search(text):
        text = text[:-1]
    if len(text) > 4:
        for spelt, instead in _SPELLINGS:
            text = spelt.sub(instead, text)
    return text


def written_out(phrase: str) -> Iterator[str]:
    """Every phrase that a pattern stands for: ``(a|b)`` is either, ``(a|)`` may be left out; they may nest.

    A ``comma``, ``bar``, ``lparen`` and ``rparen`` are the signs, which would part the phrases of a list in
    YAML, or be part of a choice.

    >>> list(written_out("(deep |)tendon (jerk|reflex)"))[:3]
    ['deep tendon jerk', 'deep tendon reflex', 'tendon jerk']
    """
    parts = _CHOICE.split(phrase)
    if len(parts) == 1:
        yield " ".join(_SIGN_NAMES.get(word, word) for word in phrase.split())
        return
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    for words in product(*choices):
        yield from written_out("".join(words))
