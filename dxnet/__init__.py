"""dxnet: a Bayesian network for the differential diagnosis of ALS and its mimics."""

from dxnet.case import Case
from dxnet.check import check
from dxnet.cohort.table import score
from dxnet.differential import Differential
from dxnet.engine import Engine, diagnose
from dxnet.errors import DxnetError
from dxnet.estimate import Estimate
from dxnet.evaluate import evaluate
from dxnet.formats import read_cases
from dxnet.load import load_network
from dxnet.network import Network

__all__ = [
    "Case",
    "Differential",
    "DxnetError",
    "Engine",
    "Estimate",
    "Network",
    "check",
    "diagnose",
    "evaluate",
    "load_network",
    "read_cases",
    "score",
]
