"""What is odd about findings that can each be read: contradictions, and one observation entered twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dxnet.errors import Issue
from dxnet.knowledge.network import Network, cause_state

CORRECT = "correct one of them, or enter it as uncertain"


def oddities(network: Network, stated: Mapping[str, str], where: str) -> Iterator[Issue]:
    """Every oddity among the states of some findings (uncertain ones are left to the posterior).

    >>> from dxnet import load_network
    >>> network = load_network("als_mimics")
    >>> for issue in oddities(network, {"gynaecomastia": "present", "sex": "female"}, "case 1"):
    ...     print(issue)
    warning: case 1: gynaecomastia is present but sex is female, which exclude each other; correct ...
    """
    abnormal = {name: state for name, state in stated.items() if state != network.findings[name].states[0]}
    for message in (*_missing(network, stated, abnormal), *_excluded(network, stated, abnormal)):
        yield Issue("warning", where, message, CORRECT)
    yield from _doubled(network, abnormal, where)


def _missing(network: Network, stated: Mapping[str, str], abnormal: Mapping[str, str]) -> Iterator[str]:
    """Findings without the ones that they imply."""
    normal = stated.keys() - abnormal.keys()
    for name, implied in network.implications:
        if name in abnormal and implied in normal:
            yield f"{name} is {stated[name]} but {implied} is {stated[implied]}, which it implies"
    for name in abnormal:
        parts = network.findings[name].any_of
        if parts and normal.issuperset(parts):
            yield f"{name} is {stated[name]} but none of {', '.join(parts)} is"


def _excluded(network: Network, stated: Mapping[str, str], abnormal: Mapping[str, str]) -> Iterator[str]:
    """Findings with a sex, an age or anything else that the network says they never occur with."""
    for name in abnormal:
        for other, state in map(cause_state, network.findings[name].never_with):
            if stated.get(other) == state or (state is None and other in abnormal):
                yield f"{name} is {stated[name]} but {other} is {stated[other]}, which exclude each other"


def _doubled(network: Network, abnormal: Mapping[str, str], where: str) -> Iterator[Issue]:
    """A finding beside a broader one that covers it."""
    for name in abnormal:
        for broader in filter(abnormal.__contains__, network.findings[name].kind_of):
            message = f"{name} is a kind of {broader}: the same observation may count twice"
            yield Issue("info", where, message, f"leave out {broader} if nothing else shows it")
