"""P(finding | diagnosis) of the built network: what its numbers come to once they are put together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dxnet.arrays import MISSING, Array
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.backends.registry import BACKENDS
from dxnet.knowledge.network import DIAGNOSIS, Network

MIN_MASS = 1e-300
"""Where a diagnosis never occurs, P(finding | diagnosis) is all 0."""


def implied(network: Network, given: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, Array]:
    """P(state | diagnosis) of every finding, ``ndarray[states, K]``; 0 for a diagnosis that never occurs.

    Of patients in whom nothing is missed, as the numbers of a network are.

    Args:
        network: the network, in its default setting, which plays a part only where the diagnosis has parents.
        given: a condition for some findings: variable -> state.

    Raises:
        CheckError: the network cannot be built.

    >>> from dxnet import load_network
    >>> asia = load_network("asia")
    >>> implied(asia)["smoking"].round(2).tolist()
    [[0.52, 0.09], [0.48, 0.91]]
    >>> implied(asia, {"xray_abnormal": {"tuberculosis": "absent"}})["xray_abnormal"][1].round(2)
    array([0.05, 0.98])
    """
    network = network.model_copy(update={"missed": {}})
    names = list(network.nodes)
    asked = [(name, state) for name in network.findings for state in range(len(network.states(name)))]
    rows = np.full((len(asked), len(names)), MISSING)
    for row, (name, state) in zip(rows, asked, strict=True):
        row[names.index(name)] = state
        for other, value in (given or {}).get(name, {}).items():
            row[names.index(other)] = network.states(other).index(value)
    backend = BACKENDS["numpy"](all_tables(network), DIAGNOSIS, network.findings)
    posteriors, log_p = backend.ask_rows(names, rows)
    joint = np.where(np.isneginf(log_p)[:, None], 0, posteriors * np.exp(log_p)[:, None])
    starts = np.cumsum([len(network.states(name)) for name in network.findings])[:-1]
    each = zip(network.findings, np.split(joint, starts), strict=True)
    return {name: values / np.maximum(values.sum(axis=0), MIN_MASS) for name, values in each}
