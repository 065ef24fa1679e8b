"""Network -> tables and pgmpy model. pgmpy takes seconds to import, so it is imported on first use."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np

from dxnet.errors import CheckError, Issue
from dxnet.inference.backends.numpy_backend import NumpyBackend
from dxnet.inference.backends.unexplained import PartlyUnexplained
from dxnet.inference.cpt import Discrete, prior, recorded_cpt
from dxnet.kept_files import content_key, kept_file
from dxnet.knowledge.buildable import faults_of_structure
from dxnet.knowledge.kinds.base import Cpt, Kept, mean_of
from dxnet.knowledge.network import BINARY, DIAGNOSIS, Network

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork

# pgmpy imports its own deprecated module, and would say so on every first use
warnings.filterwarnings("ignore", "`pgmpy.estimators.StructureScore` is deprecated", FutureWarning)


def all_tables(network: Network, setting: str | None = None) -> dict[str, Cpt]:
    """The table of every variable, the diagnosis first.

    Raises:
        CheckError: parts that do not fit each other, or mechanisms too rare for what goes through them.
    """
    if not network.content:
        return _made_tables(network, setting)
    key = content_key(network.content.encode(), network.setting(setting)[0].encode(), np.__version__.encode())
    content = kept_file("tables", key, lambda: pickle.dumps(_made_tables(network, setting)))
    tables: dict[str, Cpt] = pickle.loads(content)
    return tables


def _made_tables(network: Network, setting: str | None) -> dict[str, Cpt]:
    if faults := list(faults_of_structure(network)):
        raise CheckError(faults)
    built, issues, value = {DIAGNOSIS: prior(network, setting)}, list[Issue](), Kept(mean_of)
    for name in network.nodes:
        try:
            built[name] = recorded_cpt(network, name, value)
        except CheckError as problem:
            issues += problem.issues
    if issues:
        raise CheckError(issues)
    return built


def discrete(network: Network, setting: str | None = None) -> Discrete:
    """The built network, as other programs may have it: P(diagnosis | findings) is that of dxnet.

    Unexplained patients have the findings of another patient. Where there are any, two variables stand above
    the diagnosis: whether a patient is one, and the disease that the findings are of. The findings depend on
    the latter, and it is the diagnosis of all others.

    Raises:
        CheckError: the numbers cannot be made into tables.
        NetworkError: no such setting.

    >>> from dxnet.knowledge.load import load_directory
    >>> discrete(load_directory("als_mimics")).tables["diagnosis"].parents
    ('unexplained', 'disease_shown')
    """
    built = all_tables(network, setting)
    labels = {name: node.label for name, node in network.nodes.items()}
    made = Discrete(built, {name: network.states(name) for name in built}, labels)
    return _with_unexplained(network, made)


def _with_unexplained(network: Network, own: Discrete) -> Discrete:
    """Tables of all patients, from those of the patients whose findings are their own."""
    backend = PartlyUnexplained.of(NumpyBackend(own.tables, DIAGNOSIS), network)
    if not isinstance(backend, PartlyUnexplained):
        return own
    unexplained, shown = (_free_name(name, own.tables) for name in ("unexplained", "disease_shown"))
    tables = {
        shown if name == DIAGNOSIS else name: Cpt(
            table.values, tuple(shown if parent == DIAGNOSIS else parent for parent in table.parents)
        )
        for name, table in own.tables.items()
    }
    size = len(network.diagnoses)
    another = backend.pre_test_of_unexplained[:, None].repeat(size, axis=1)
    tables[unexplained] = Cpt(np.array([1 - backend.share, backend.share]))
    tables[DIAGNOSIS] = Cpt(np.stack([np.eye(size), another], axis=1), (unexplained, shown))
    labels = {unexplained: "Findings of another patient", shown: "Disease that the findings are of"}
    states = {**own.states, unexplained: BINARY, shown: network.diagnoses}
    return Discrete(tables, {name: states[name] for name in tables}, {**own.labels, **labels})


def _free_name(name: str, taken: Collection[str]) -> str:
    """A name, or with a number behind it where it is taken."""
    return next(it for it in chain([name], (f"{name}_{n}" for n in count(2))) if it not in taken)


def build_pgmpy_model(network: Network, setting: str | None = None) -> DiscreteBayesianNetwork:
    """The pgmpy model of a network in a setting; variables and states keep their ids.

    Raises:
        CheckError: the numbers cannot be made into tables.
        NetworkError: no such setting.
    """
    built = discrete(network, setting)
    return model_of(built.tables, built.states)


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
