"""Naive Bayes with the numbers of a network: the difference shows what the structure is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import Issue, NetworkError
from dxnet.inference.engine import Engine
from dxnet.inference.implied import MIN_MASS
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.kinds.registry import with_table_alone
from dxnet.knowledge.network import DIAGNOSIS, Finding, Network
from dxnet.knowledge.table import ConditionalTable

NAIVE = "naive-bayes"
NAIVE_BAYES_MEANING = (
    "Naive Bayes has the same pre-test probabilities and the same implied P(finding | diagnosis), taken from "
    "the built network; it differs only in that its findings depend on the diagnosis alone."
)


def naive_bayes(engine: Engine) -> Network:
    """A network whose findings depend on the diagnosis alone, with the same P(finding | diagnosis).

    The probabilities are those of what is recorded, as the built network implies them, summed over everything
    between diagnosis and finding, not those stated in its files: incidental causes, atypical patients and
    what is missed change the stated ones, and to ignore that would compare two sets of numbers, not two
    structures. Pre-test probabilities are the same.

    Args:
        engine: the network in its setting; the result has this setting alone.

    Raises:
        NetworkError: a diagnosis never occurs, as in networks of other programs: nothing is implied of it.

    >>> from dxnet import Case, Engine, load_network
    >>> naive = naive_bayes(Engine(load_network("asia")))
    >>> naive.findings["xray_abnormal"].given.parents
    ('diagnosis',)
    """
    network, diagnoses = engine.network, engine.network.diagnoses
    own = network.model_copy(update={"unexplained": None, "unlisted": ""})  # on top, as in the network
    plain = Engine(own, engine.setting) if network.unexplained else engine
    if never := [name for name, p in zip(diagnoses, plain.pre_test, strict=True) if not p]:
        message, fix = f"never occurs: {', '.join(never)}", "compare with another network or setting"
        raise NetworkError([Issue("error", NAIVE, message, fix)])
    joint = plain.marginals({})
    findings = {
        name: _independent_finding(it, diagnoses, joint[name]) for name, it in network.findings.items()
    }
    shares = zip(diagnoses, map(float, plain.pre_test), strict=True)
    prior = {name: _exact_estimate((1 - p, p)) for name, p in shares}
    label = network.settings[engine.setting].label
    return network.model_copy(
        update={
            "label": f"{network.label}, naive Bayes",
            "settings": {engine.setting: Setting(label=label, prior=prior)},
            "default_setting": engine.setting,
            "findings": findings,
            "patterns": None,
            "mechanisms": {},
            "incidental": {},
            "atypical": None,
            "recording_error": None,
            "missed": {},
        }
    )


def _independent_finding(finding: Finding, diagnoses: Sequence[str], joint: Array) -> Finding:
    """The finding with P(state | diagnosis) as its only table; ``joint`` is P(state, diagnosis)."""
    given = joint / np.maximum(joint.sum(axis=0), MIN_MASS)
    rows = {name: _exact_estimate(map(float, given[:, k])) for k, name in enumerate(diagnoses)}
    return with_table_alone(finding, ConditionalTable(parents=(DIAGNOSIS,), rows=rows))


def _exact_estimate(mean: Sequence[float] | map[float]) -> Estimate:
    return Estimate(tuple(mean), 1.0, ("estimate",), "implied by the network")
