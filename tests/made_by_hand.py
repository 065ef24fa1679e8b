"""Small networks made in Python, and the table of one of their findings."""

import numpy as np
from conftest import two_diagnoses

from dxnet import Estimate
from dxnet.inference.cpt import cpt
from dxnet.knowledge.buildable import faults_of_structure
from dxnet.knowledge.network import Finding, Mechanism
from dxnet.knowledge.table import ConditionalTable

LEVELS = ("none", "mild", "severe")
LEAK = 0.02


def number(*p):
    return Estimate.parse(f"{' '.join(map(str, p))} ~ 10 @estimate")


def table(*parents, **rows):
    named = {row.replace("__", ", "): number(*np.atleast_1d(p)) for row, p in rows.items()}
    return ConditionalTable(parents=parents, rows=named)


def by_diagnosis(a, b):
    return table("diagnosis", a=a, b=b)


def finding(given=None, **parts):
    return Finding(label="f", given=given, **parts)


def mechanism(a, b, **parts):
    return Mechanism(label="m", given=by_diagnosis(a, b), **{"leak": number(LEAK), **parts})


def network(findings, **parts):
    """A network of two diagnoses a and b; it must pass the checks of the loader."""
    result = two_diagnoses(findings, **parts)
    assert list(faults_of_structure(result)) == []
    return result


def values(net, name):
    """The table of a variable, its last axis the state: ``[..parents.., state]``."""
    return np.moveaxis(cpt(net, name).values, 0, -1)
