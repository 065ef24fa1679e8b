"""How far to trust the first diagnosis: how often one as probable was right."""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.evaluation.as_sure import as_sure
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine
from dxnet.report.parts import Paragraph

LEAST_SURE = 0.5
"""From this probability of the first diagnosis on it is said how often as probable a one was right."""


def how_often_right(engine: Engine, answer: Differential) -> Iterator[Paragraph]:
    """How often the first diagnosis of development cases was right, where it was as probable as this one.

    >>> from dxnet import Engine, load_network
    >>> engine = Engine(load_network("als_mimics"))
    >>> (part,) = how_often_right(engine, engine.diagnose({"ar_cag": "expanded", "sex": "male"}))
    >>> part.text[:70]
    'How far to trust it: of the 98 published cases that shaped the network'
    """
    first = answer.probability(answer.ranking[0])
    found = as_sure(engine, first) if answer.case.findings and first >= LEAST_SURE else None
    if found and found.cases:
        said = f"{100 * found.low:.0f} to {100 * found.high:.0f} %"
        yield Paragraph(
            f"How far to trust it: of the {found.of} published cases that shaped the network, in this "
            f"setting before the decisive test {found.cases} had a first diagnosis of {said}, right in "
            f"{found.right}."
        )
