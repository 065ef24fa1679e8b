"""Findings that are paused: they were examined and are kept, but no answer uses them."""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.inference.case import Case
from dxnet.inference.differential import Differential
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.network import Network
from dxnet.report.parts import Facts

NOT_USED = "Paused, kept but not used"


def examined_counts(network: Network, case: Case) -> str:
    """How many findings there are of each kind; one that is paused was examined.

    >>> from dxnet import Case, load_network
    >>> case = Case({"smoking": "present"}, paused={"xray_abnormal": "absent"})
    >>> examined_counts(load_network("asia"), case)
    '1 entered, 2 not examined, 1 paused'
    """
    left = network.findings.keys() - {*case.findings, *case.paused}
    paused = f", {len(case.paused)} paused" if case.paused else ""
    return f"{len(case.findings)} entered, {len(left)} not examined{paused}"


def paused_in_words(network: Network, case: Case) -> list[str]:
    """Each finding that is paused, with its state."""
    labels = {name: finding.label for name, finding in network.findings.items()}
    return [
        f"{labels.get(name, name)}: {entered_in_words(network, name, state)}"
        for name, state in case.paused.items()
    ]


def paused_findings(answer: Differential) -> Iterator[Facts]:
    """The findings that are paused; nothing where none is."""
    if listed := paused_in_words(answer.network, answer.case):
        yield Facts(((NOT_USED, "; ".join(listed)),))
