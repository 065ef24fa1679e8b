"""What to ask next: how much each single finding is expected to tell about the diagnosis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dxnet.arrays import Array
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.knowledge.network import Network
from dxnet.reasoning.next_tests import AVAILABILITY


@dataclass(frozen=True)
class NextFinding:
    """One finding that is not known yet.

    Args:
        finding: its id.
        information: expected information about the diagnosis, in bits.
        value: information per unit of burden of its procedure, as in ``NextTest``.
    """

    finding: str
    information: float
    value: float


def next_findings(engine: EngineLike, case: CaseLike) -> tuple[NextFinding, ...]:
    """Every finding that is not known yet, the most information per unit of burden first.

    The information is the mutual information of the diagnosis and the finding, given those that are known:
    Lindley DV. On a measure of the information provided by an experiment. Ann Math Stat 1956;27:986-1005,
    doi:10.1214/aoms/1177728069. It is exact.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> best = next_findings(Engine(load_network("asia")), Case({"dyspnoea": "present"}))[0]
    >>> best.finding, round(best.information, 3)
    ('xray_abnormal', 0.302)
    """
    engine, case = Engine.of(engine), Case.of(case)
    joint, burden = engine.marginals(case), _burden_of_finding(engine.network)
    found = (
        NextFinding(name, bits, bits / (1 + burden(name)))
        for name in engine.network.findings
        if name not in case.findings
        for bits in (_mutual_information(joint[name]),)
    )
    return tuple(sorted(found, key=lambda one: -one.value))


def _mutual_information(joint: Array) -> float:
    """In bits, of the rows and the columns of P(state, diagnosis), ``ndarray[states, K]``."""
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    held = joint > 0
    return max(0.0, float(np.sum(joint[held] * np.log2(joint[held] / apart[held]))))


def _burden_of_finding(network: Network) -> Callable[[str], float]:
    """The sum of the tiers of a finding's procedure; 0 without one."""

    def burden(name: str) -> float:
        procedure = network.procedures.get(network.findings[name].procedure)
        if procedure is None:
            return 0.0
        return procedure.cost + procedure.invasiveness + AVAILABILITY[procedure.availability]

    return burden
