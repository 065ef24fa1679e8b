"""Complaints that several checks of a network share: unknown names, wrong sizes, unknown references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dxnet.errors import Issue, brief, did_you_mean
from dxnet.knowledge.estimate import ESTIMATE_KEY, Estimate
from dxnet.knowledge.network import Network, cause_state


def structure_error(where: str, message: str, fix: str) -> Issue:
    """An error that keeps a network from being built."""
    return Issue("error", where, message, fix)


def unknown_name(where: str, what: str, word: str, known: Iterable[str]) -> Issue:
    """A name that stands for nothing, with the nearest known ones."""
    return structure_error(where, f"{what} {brief(word)}", did_you_mean(word, known))


def wrong_length(estimate: Estimate, size: int, name: str) -> Iterator[Issue]:
    """A number with more or fewer probabilities than the variable has states."""
    if len(estimate.mean) != size:
        have = "one probability" if len(estimate.mean) == 2 else f"{len(estimate.mean)} probabilities"
        need = (
            f"{size} probabilities, one a state" if size > 2 else "one probability, that of the second state"
        )
        yield structure_error(estimate.where, f"{name}: {have}", f"give {need}")


def unknown_cause(network: Network, what: str, cause: str, where: str) -> Iterator[Issue]:
    """A cause (``sex=female``) whose variable or state the network does not have."""
    name, state = cause_state(cause)
    if name not in network.nodes:
        yield unknown_name(where, f"{what}: unknown variable", name, network.nodes)
    elif state is not None and state not in network.states(name):
        yield unknown_name(where, f"{what}: {name} has no state", state, network.states(name))


def unknown_sources(network: Network, sources: Iterable[str], where: str, name: str) -> Iterator[Issue]:
    """Keys of a number that are not among the network's references."""
    for key in sources:
        if key != ESTIMATE_KEY and key not in network.references:
            known = did_you_mean(key, network.references)
            fix = known if network.references else "state 'references: FILE.csv'"
            yield structure_error(where, f"{name}: unknown reference @{key}", fix)
