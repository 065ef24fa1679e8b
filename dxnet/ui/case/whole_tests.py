"""Tests of many findings, and the places that they show: called normal or abnormal, they name no finding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from dxnet import Network
from dxnet.formats.text.rules import rules_of
from dxnet.ui.case.called import findings_called, is_a_name, names_of, normed_words


def findings_of_whole_test(network: Network, called: str) -> list[str]:
    """The findings that a text may mean which names a whole test, a place or both, and nothing found there.

    There is none where it names more, or is a name of a finding: *muscle MRI*, *spirometry*.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> findings_of_whole_test(als, "brain MRI")[:3]
    ['mri_white_matter', 'mri_brain_mass', 'mri_infarct']
    >>> findings_of_whole_test(als, "MRI brain mass"), findings_of_whole_test(als, "muscle MRI")
    ([], [])
    """
    asked = normed_words(called)
    if not asked or not _is_all_of_tests(asked) or is_a_name(network, called):
        return []
    begun = findings_called(network, called)
    tests = [word for word in asked if _words_alike(word) not in _places()]
    if not tests:
        return begun
    for words in (asked, tests):
        meant = [name for name in network.findings if name in begun or _is_of_test(network, name, words)]
        if meant:
            return meant
    return []


def _is_of_test(network: Network, name: str, words: Sequence[str]) -> bool:
    """Whether each word is one of the finding, or names what its procedure is called by."""
    finding = network.findings[name]
    procedure = normed_words(network.procedures[finding.procedure].label) if finding.procedure else ()
    own = {word for text in (*names_of(finding, name), " ".join(procedure)) for word in normed_words(text)}
    return all(word in own or not _words_alike(word).isdisjoint(procedure) for word in words)


def _is_all_of_tests(words: Sequence[str]) -> bool:
    """Whether each word is of the name of a whole test, or of a place."""
    named = {
        place
        for first in range(len(words))
        for end in range(first + 1, len(words) + 1)
        if tuple(words[first:end]) in _names_of_whole()
        for place in range(first, end)
    }
    return len(named) == len(words)


@cache
def _names_of_whole() -> frozenset[tuple[str, ...]]:
    """The names of whole tests, of what they show, and of imaging where its place is not behind it."""
    rules = rules_of("scenes.yaml")
    imaging = (name.split()[0] for name in rules["methods"]["imaging"] if " " in name)
    names = (*rules["whole tests"], *(name for place in _places() for name in place), *imaging)
    return frozenset(map(normed_words, names))


@cache
def _places() -> tuple[frozenset[str], ...]:
    """The words for each place."""
    return tuple(map(frozenset, rules_of("scenes.yaml")["places"].values()))


@cache
def _words_alike(word: str) -> frozenset[str]:
    """The words that name the same place, or that imaging was done; else the word alone."""
    imaging = frozenset(name.split()[0] for name in rules_of("scenes.yaml")["methods"]["imaging"])
    return next((words for words in (*_places(), imaging) if word in words), frozenset((word,)))
