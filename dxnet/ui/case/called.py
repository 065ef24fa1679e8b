"""Which findings a name means that a clinician writes: whole, or only begun."""

from __future__ import annotations

import re
from functools import lru_cache

from dxnet import Network
from dxnet.formats.text.phrases import norm
from dxnet.knowledge.network import Finding

_ALTERNATIVE = re.compile(r",|\b(?:or|and)\b")
"""What parts words of a label each of which may be its first: hand or arm wasting."""


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
    asked = _normed(called)
    if not asked:
        return []
    findings = network.findings.items()
    own = [name for name, it in findings if asked in map(_normed, (name, it.label, it.hpo or name))]
    if own:
        return own
    known = {name: names_of(it, name) for name, it in findings}
    if is_a_name(network, called):
        return [n for n, names in known.items() if any(set(asked) <= set(_normed(text)) for text in names)]
    return [name for name, names in known.items() if any(_fits(called, text) for text in names)]


def begins_a_name(network: Network, name: str, called: str) -> bool:
    """Whether a text has the first word of a name of a finding.

    Without it the text may mean more, or the contrary: *muscle atrophy* of *hand muscle atrophy*,
    *tendon reflexes* of *absent tendon reflexes*.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> [begins_a_name(als, "arm_atrophy", text) for text in ("arm wasting", "muscle atrophy")]
    [True, False]
    """
    fitting = (text for text in names_of(network.findings[name], name) if _fits(called, text))
    first = {words[0] for text in fitting for part in _ALTERNATIVE.split(text) if (words := _words(part))}
    return any(_begins(asked, word) for asked in _words(called) for word in first)


def is_a_name(network: Network, called: str) -> bool:
    """Whether a text is a whole name of some finding.

    >>> from dxnet import load_network
    >>> [is_a_name(load_network("als_mimics"), text) for text in ("cord compression", "compression")]
    [True, False]
    """
    asked = _normed(called)
    return any(asked in map(_normed, names_of(it, name)) for name, it in network.findings.items())


def is_called_in_own_words(network: Network, name: str, text: str) -> bool:
    """Whether some word of a text begins a word of the id or the label of a finding."""
    own = _words(f"{name} {network.findings[name].label}")
    return any(_begins(asked, word) for asked in _words(text) for word in own)


def names_of(finding: Finding, name: str) -> list[str]:
    """All that a finding is called: id, label, what stands before its brackets, synonyms, HPO id."""
    short = finding.label.partition(" (")[0]
    return [name, finding.label, short, *finding.synonyms, *([finding.hpo] if finding.hpo else [])]


def _fits(called: str, name: str) -> bool:
    """Whether each word of a text begins a word of a name."""
    known = [*_words(name), *_normed(name)]
    return all(
        any(word.startswith((asked, normed)) for word in known)
        for asked, normed in zip(_words(called), _normed(called), strict=True)
    )


def _begins(asked: str, word: str) -> bool:
    return word.startswith(asked) or norm(word).startswith(norm(asked))


@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text.lower()))


@lru_cache(maxsize=10_000)
def _normed(text: str) -> tuple[str, ...]:
    return tuple(map(norm, _words(text)))
