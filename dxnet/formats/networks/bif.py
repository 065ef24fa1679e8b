"""BIF, the Bayesian network interchange format, as text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from dxnet.formats.networks.variables import rows
from dxnet.inference.cpt import Discrete


def write_bif(model: Discrete) -> str:
    """A network in BIF."""
    return "\n".join(["network unknown {", "}", *_variables(model), *_tables(model), ""])


def _variables(model: Discrete) -> Iterator[str]:
    for name in model.tables:
        states = model.states[name]
        yield f"variable {name} {{"
        yield f"  type discrete [ {len(states)} ] {{ {', '.join(states)} }};"
        yield "}"


def _tables(model: Discrete) -> Iterator[str]:
    for name, table in model.tables.items():
        if not table.parents:
            yield f"probability ( {name} ) {{"
            yield f"  table {', '.join(rows(table)[0])};"
        else:
            yield f"probability ( {name} | {', '.join(table.parents)} ) {{"
            combinations = product(*(model.states[parent] for parent in table.parents))
            for states, row in zip(combinations, rows(table), strict=True):
                yield f"  ({', '.join(states)}) {', '.join(row)};"
        yield "}"
