"""All parts of a network by their ids: diagnoses, findings, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.report.content.identity import identified
from dxnet.report.content.variable import kind
from dxnet.report.parts import Block, Paragraph, Table


def all_parts(network: Network) -> Iterator[Block]:
    """The ids that files and commands name parts by, each with what it is.

    >>> from dxnet import load_network
    >>> [(block.caption, block.rows[0]) for block in [*all_parts(load_network("asia"))][1:]]
    [('Diagnoses', ('no_lung_cancer', 'No lung cancer', 'no cancer')),
     ('Findings', ('visit_to_asia', 'Recent visit to Asia', 'absent, present', 'history')),
     ('Other variables', ('tuberculosis', 'Tuberculosis', 'mechanism'))]
    """
    yield Paragraph(identified(network), strong=True)
    diagnoses = ((name, it.name, it.group) for name, it in network.diagnosis.items())
    yield Table("Diagnoses", ("Id", "Name", "Group"), tuple(diagnoses))
    findings = ((name, it.label, ", ".join(it.states), it.category) for name, it in network.findings.items())
    yield Table("Findings", ("Id", "Name", "States", "Category"), tuple(findings))
    hidden = {name: it for name, it in network.nodes.items() if name not in (*network.findings, DIAGNOSIS)}
    if hidden:
        rows = tuple((name, it.label, kind(network, name)) for name, it in hidden.items())
        yield Table("Other variables", ("Id", "Name", "Kind"), rows)
