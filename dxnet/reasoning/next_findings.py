"""What to ask next: how much each single finding is expected to tell about the diagnosis."""

from __future__ import annotations

from dataclasses import dataclass

from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.reasoning.expected_information import mutual_information
from dxnet.reasoning.next_tests import burden_of_test


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
    network, joint = engine.network, engine.marginals(case)
    found = (
        NextFinding(name, bits, bits / (1 + burden_of_test(network, finding.procedure)))
        for name, finding in network.findings.items()
        if name not in case.findings
        for bits in (mutual_information(joint[name]),)
    )
    return tuple(sorted(found, key=lambda one: -one.value))
