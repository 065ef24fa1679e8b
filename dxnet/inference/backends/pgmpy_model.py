"""Network -> tables and pgmpy model; BIF. pgmpy takes seconds to import, so it is imported on first use."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dxnet.errors import CheckError, Issue, ParseError, brief
from dxnet.inference.backends.cache import Arrays, cached
from dxnet.inference.cpt import Discrete, cpt, prior
from dxnet.knowledge.buildable import wiring
from dxnet.knowledge.kinds.base import Cpt
from dxnet.knowledge.network import DIAGNOSIS, Network

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork

# pgmpy imports its own deprecated module, and would say so on every first use
warnings.filterwarnings("ignore", "`pgmpy.estimators.StructureScore` is deprecated", FutureWarning)


def tables(network: Network, setting: str | None = None) -> dict[str, Cpt]:
    """The table of every variable, the diagnosis first.

    Raises:
        CheckError: parts that do not fit each other, or mechanisms too rare for what goes through them.
    """
    if faults := list(wiring(network)):
        raise CheckError(faults)
    built = {DIAGNOSIS: prior(network, setting)}
    issues: list[Issue] = []
    for name in network.nodes:
        try:
            built[name] = cpt(network, name)
        except CheckError as problem:
            issues += problem.issues
    if issues:
        raise CheckError(issues)
    return built


def discrete(network: Network, setting: str | None = None) -> Discrete:
    """The built network, as other programs may have it.

    Raises:
        CheckError: the numbers cannot be made into tables.
        NetworkError: no such setting.
    """
    built = tables(network, setting)
    labels = {name: node.label for name, node in network.nodes.items()}
    return Discrete(built, {name: network.states(name) for name in built}, labels)


def build(network: Network, setting: str | None = None) -> DiscreteBayesianNetwork:
    """The pgmpy model of a network in a setting; variables and states keep their ids.

    Raises:
        CheckError: the numbers cannot be made into tables.
        NetworkError: no such setting.
    """
    built = tables(network, setting)
    return model_of(built, {name: network.states(name) for name in built})


def model_of(tables: Mapping[str, Cpt], states: Mapping[str, Sequence[str]]) -> DiscreteBayesianNetwork:
    """The pgmpy model of some tables."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    model = DiscreteBayesianNetwork()
    model.add_nodes_from(tables)
    for name, table in tables.items():
        model.add_edges_from((parent, name) for parent in table.parents)
        model.add_cpds(
            TabularCPD(
                name,
                len(table.values),
                table.values.reshape(len(table.values), -1),
                evidence=list(table.parents) or None,
                evidence_card=[len(states[parent]) for parent in table.parents] or None,
                state_names={variable: list(states[variable]) for variable in (name, *table.parents)},
            )
        )
    model.check_model()
    return model


def tables_of(model: DiscreteBayesianNetwork) -> dict[str, Cpt]:
    """The table of every variable of a pgmpy model."""
    return {
        cpd.variable: Cpt(np.asarray(cpd.values, dtype=float), tuple(cpd.variables[1:]))
        for cpd in model.get_cpds()
    }


def read_bif(content: bytes, name: str) -> Discrete:
    """A network in BIF; ``name`` is what complaints call it.

    Read once by pgmpy, then kept (see ``cached``), so that pgmpy need not be loaded again.

    Raises:
        ParseError: not a network in BIF.
    """
    kept = cached(b"BIF 2 " + content, lambda: _read_bif(content, name))
    parents, states = (json.loads(str(kept[part])) for part in ("parents", "states"))
    tables = {id: Cpt(kept[f"values {i}"], tuple(above)) for i, (id, above) in enumerate(parents.items())}
    return Discrete(tables, {id: tuple(named) for id, named in states.items()})


def _read_bif(content: bytes, name: str) -> Arrays:
    from pgmpy.readwrite import BIFReader

    try:
        model = BIFReader(string=content.decode()).get_model()
        read = tables_of(model)
    except Exception as problem:  # pgmpy and its parser raise of every kind
        raise ParseError([Issue("error", name, f"is no network in BIF: {brief(str(problem))}")]) from None
    if not read:
        raise ParseError([Issue("error", name, "is no network in BIF: no variable found")])
    arrays: dict[str, NDArray[Any]] = {f"values {i}": table.values for i, table in enumerate(read.values())}
    arrays["parents"] = np.array(json.dumps({name: table.parents for name, table in read.items()}))
    states = {
        cpd.variable: [str(state) for state in cpd.state_names[cpd.variable]] for cpd in model.get_cpds()
    }
    arrays["states"] = np.array(json.dumps(states))
    return arrays
