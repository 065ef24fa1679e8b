"""Which findings a name may mean that is none of them: what a message proposes."""

from __future__ import annotations

import re
from difflib import get_close_matches

from dxnet.errors import did_you_mean
from dxnet.knowledge.network import Finding, Network
from dxnet.knowledge.plain_words import lowered

_PROPOSED, _ALL_SHOWN = 3, 8
"""Most findings that are proposed, and most that are listed where none is alike."""
_LEAST_LETTERS = 4
"""Letters of a word that tells something of a finding."""


def did_you_mean_finding(network: Network, word: str) -> str:
    """A cure for a name that is no finding: the nearest ids, or those with the nearest names or its words.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> did_you_mean_finding(als, "babinsky"), did_you_mean_finding(als, "extensor_plantar")
    ('did you mean babinski?', 'did you mean babinski?')
    >>> did_you_mean_finding(als, "power")
    'did you mean weakness?'
    >>> did_you_mean_finding(als, "shoe_size")
    "no finding is called alike; 'dxnet show' and the Network page of the app list all"
    """
    known = list(network.findings)
    if len(known) <= _ALL_SHOWN or get_close_matches(word, known):
        return did_you_mean(word, known)
    called = {text: name for name, it in network.findings.items() for text in _called(name, it)}
    near = get_close_matches(lowered(word), called, n=2 * _PROPOSED)
    told = set(_telling(word))
    shared = [text for text in called if told and told <= set(_telling(text))]
    alike = list(dict.fromkeys(called[text] for text in near or shared))[:_PROPOSED]
    if alike:
        return f"did you mean {' or '.join(alike)}?"
    return "no finding is called alike; 'dxnet show' and the Network page of the app list all"


def _called(name: str, finding: Finding) -> list[str]:
    return [lowered(text) for text in (name, finding.label, *finding.synonyms)]


def _telling(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", text.lower()) if len(word) >= _LEAST_LETTERS]
