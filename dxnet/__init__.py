"""dxnet: a Bayesian network for the differential diagnosis of ALS and its mimics."""

from dxnet.case import Case
from dxnet.check import check
from dxnet.cohort.table import score
from dxnet.criteria import criteria
from dxnet.differential import Differential
from dxnet.engine import Engine, diagnose
from dxnet.errors import DxnetError
from dxnet.estimate import Estimate
from dxnet.evaluate import evaluate
from dxnet.explain import explain
from dxnet.formats import read_cases
from dxnet.load import load_network
from dxnet.network import Network
from dxnet.planning import next_tests
from dxnet.uncertainty import credible_intervals

__all__ = [
    "Case",
    "Differential",
    "DxnetError",
    "Engine",
    "Estimate",
    "Network",
    "check",
    "credible_intervals",
    "criteria",
    "diagnose",
    "evaluate",
    "explain",
    "load_network",
    "next_tests",
    "read_cases",
    "score",
]
