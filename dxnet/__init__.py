"""dxnet: a Bayesian network for the differential diagnosis of ALS and its mimics."""

from dxnet.cohort.score import score
from dxnet.errors import DxnetError
from dxnet.evaluation.scorecard import evaluate
from dxnet.formats.cases.read import read_cases
from dxnet.formats.networks.load import load_network
from dxnet.inference.case import Case
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine, diagnose
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import Network
from dxnet.reasoning.als_criteria import criteria
from dxnet.reasoning.credible_intervals import credible_intervals
from dxnet.reasoning.explain import explain
from dxnet.reasoning.next_tests import next_tests
from dxnet.review.check import check

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
