"""What is true of a case whose known diagnosis is one of the network, or a group of them.

All scores take it from here. A case whose truth is a group counts by the group's sum, in that case alone: its
probability, rank, log loss and Brier score treat the group as one diagnosis, and other cases know nothing of
it. Its first diagnosis is right if it is of the group. Of one diagnosis, or of a set such as the treatable
ones, such a case has the outcome if the whole group is of the set, and does not have it if none of the group
is; if some are, its outcome is unknown, and it is left out of the figures of that set and told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from dxnet.arrays import Array, Bools, Ints
from dxnet.knowledge.network import Network


def true_diagnoses(network: Network, truths: Sequence[str]) -> Bools:
    """Whether a diagnosis is the true one of a case, or one of its true group, ``ndarray[N, K]``.

    Args:
        network: whose ``K`` diagnoses these are.
        truths: known diagnosis of ``N`` cases, or group of them; a row is all false where there is neither.

    >>> from dxnet import load_network
    >>> true_diagnoses(load_network("asia"), ["lung_cancer", "gout"]).tolist()
    [[False, True], [False, False]]
    """
    place = {truth: i for i, truth in enumerate(dict.fromkeys(truths))}
    kinds = np.zeros((len(place), len(network.diagnoses)), bool)
    for truth, i in place.items():
        kinds[i] = np.isin(network.diagnoses, network.members(truth))
    return kinds[[place[truth] for truth in truths]]


def place_of_truth(post_test: Array, truth: Bools) -> tuple[Array, Ints]:
    """P(true diagnosis) and its rank in ``N`` cases, ``ndarray[N]`` each; a true group counts as one.

    Ties rank in the order of the diagnoses, a group at its first; none is set aside, as by
    ``Differential.ranking``.

    Args:
        post_test: P(diagnosis | findings), ``ndarray[N, K]``.
        truth: as ``true_diagnoses`` returns it; a diagnosis in each case.

    >>> place_of_truth(np.array([[0.4, 0.3, 0.3]]), np.array([[False, True, True]]))
    (array([0.6]), array([1]))
    """
    p = np.where(truth, post_test, 0).sum(axis=1)
    earlier = np.arange(truth.shape[1]) < truth.argmax(axis=1)[:, None]
    before = (post_test > p[:, None]) | ((post_test == p[:, None]) & earlier)
    return p, 1 + (before & ~truth).sum(axis=1)


def outcome_of(truth: Bools, members: Collection[int]) -> tuple[Bools, Bools]:
    """Whether the true diagnosis of ``N`` cases is of a set, and whether that is known, ``ndarray[N]`` each.

    Args:
        truth: as ``true_diagnoses`` returns it.
        members: positions of the diagnoses of the set.

    >>> [part.tolist() for part in outcome_of(np.array([[True, False], [True, True]]), [0])]
    [[True, False], [True, False]]
    """
    inside = truth[:, list(members)].sum(axis=1)
    outcome = inside == truth.sum(axis=1)
    return outcome, outcome | (inside == 0)
