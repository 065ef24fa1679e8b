"""Which findings a name means that a clinician writes: whole, or only begun."""

from __future__ import annotations

import re
from functools import lru_cache

from dxnet import Network
from dxnet.formats.text.phrases import norm
from dxnet.formats.text.rules import rules_of
from dxnet.knowledge.network import Finding

_ALTERNATIVE = re.compile(r",|\b(?:or|and)\b")
"""What parts words of a label each of which may be its first: hand or arm wasting."""
_CLEAR_LETTERS, _CLEAR_OF_OWN = 4, 3
"""Letters by which a word that is not written whole is known; fewer do for one of the id or the label."""


def findings_called(network: Network, called: str) -> list[str]:
    """Findings that a name may mean, in the order of the network.

    One whose own name (id, label or HPO id) it is goes before all others. Otherwise each word must be one of
    some label or synonym of the finding, or begin one, unless it is a synonym as it stands.
    Case, plural and American spelling make no difference.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> findings_called(als, "bab"), findings_called(als, "MRI compression")
    (['babinski'], ['mri_cord_compression', 'mri_root_compression'])
    """
    asked = normed_words(called)
    if not asked:
        return []
    findings = network.findings.items()
    own = [name for name, it in findings if asked in map(normed_words, (name, it.label, it.hpo or name))]
    if own:
        return own
    known = {name: names_of(it, name) for name, it in findings}
    if is_a_name(network, called):
        return [
            n for n, names in known.items() if any(set(asked) <= set(normed_words(text)) for text in names)
        ]
    return [name for name, names in known.items() if any(_fits(called, text) for text in names)]


def begins_a_name(network: Network, name: str, called: str) -> bool:
    """Whether a text has the first word of a name of a finding, or enough letters of it.

    Without it the text may mean more, or the contrary: *muscle atrophy* of *hand muscle atrophy*,
    *tendon reflexes* of *absent tendon reflexes*. Few letters may be of another word: *MUP*, a motor unit
    potential, of *Mup44 antibody*.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> [begins_a_name(als, "arm_atrophy", text) for text in ("arm wasting", "muscle atrophy")]
    [True, False]
    >>> [begins_a_name(als, "anti_cn1a", text) for text in ("cn1a", "mup")]
    [True, False]
    """
    own = frozenset(_own_names(network.findings[name], name))
    for text in names_of(network.findings[name], name):
        if _fits(called, text):
            first = [word for part in _ALTERNATIVE.split(text) for word in _first_words(part, text == name)]
            letters = _CLEAR_OF_OWN if text in own else _CLEAR_LETTERS
            if any(_begins(asked, word, letters) for asked in _words(called) for word in first):
                return True
    return False


def way_to_write(network: Network, name: str) -> str:
    """What a finding is called, in a few words that name no other; with a sign behind it, it is entered.

    >>> from dxnet import load_network
    >>> way_to_write(load_network("als_mimics"), "arm_atrophy")
    'hand or arm wasting'
    """
    finding = network.findings[name]
    texts = (finding.label.partition(" (")[0], finding.label)
    clear = (text for text in texts if findings_called(network, text) == [name])
    return next(clear, name).lower()


def is_a_name(network: Network, called: str) -> bool:
    """Whether a text is a whole name of some finding.

    >>> from dxnet import load_network
    >>> [is_a_name(load_network("als_mimics"), text) for text in ("cord compression", "compression")]
    [True, False]
    """
    asked = normed_words(called)
    return any(asked in map(normed_words, names_of(it, name)) for name, it in network.findings.items())


def is_called_in_own_words(network: Network, name: str, text: str) -> bool:
    """Whether some word of a text begins a word of the id or the label of a finding."""
    own = _words(f"{name} {network.findings[name].label}")
    return any(_begins(asked, word) for asked in _words(text) for word in own)


def names_of(finding: Finding, name: str) -> list[str]:
    """All that a finding is called: id, label, what stands before its brackets, synonyms, HPO id."""
    return [*_own_names(finding, name), *finding.synonyms, *([finding.hpo] if finding.hpo else [])]


def _own_names(finding: Finding, name: str) -> tuple[str, str, str]:
    return name, finding.label, finding.label.partition(" (")[0]


def _first_words(name: str, is_id: bool) -> tuple[str, ...]:
    """The words by which a name may begin: also the second behind *anti*, or behind the test in an id."""
    words = _words(name)
    may_be_left_out = words[:1] == ("anti",) or (is_id and words[0] in rules_of("scenes.yaml")["whole tests"])
    return words[: 2 if may_be_left_out else 1]


def _fits(called: str, name: str) -> bool:
    """Whether each word of a text begins a word of a name."""
    known = [*_words(name), *normed_words(name)]
    return all(
        any(word.startswith((asked, normed)) for word in known)
        for asked, normed in zip(_words(called), normed_words(called), strict=True)
    )


def _begins(asked: str, word: str, letters: int = 0) -> bool:
    """Whether a text is a word, or so many letters of it at least are its beginning."""
    if len(asked) < letters:
        return norm(asked) == norm(word)
    return word.startswith(asked) or norm(word).startswith(norm(asked))


@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text.lower()))


@lru_cache(maxsize=10_000)
def normed_words(text: str) -> tuple[str, ...]:
    """The words of a text without case, plural and American spelling."""
    return tuple(map(norm, _words(text)))
