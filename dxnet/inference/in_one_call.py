"""What is asked of a network in one call, without an engine that is kept."""

from __future__ import annotations

from typing import Any

from dxnet.inference.backends.pgmpy_model import build_pgmpy_model
from dxnet.inference.case import CaseLike
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine, EngineLike, network_of


def diagnose(network: EngineLike, case: CaseLike, setting: str | None = None) -> Differential:
    """The differential diagnosis of one case, in one call; for many cases keep an ``Engine``.

    Raises:
        CaseError: the case does not fit, or is impossible.
        NetworkError: no such setting.

    >>> from dxnet import diagnose, load_network
    >>> diagnose(load_network("asia"), {"dyspnoea": "present"}).ranking[0]
    'no_lung_cancer'
    """
    return Engine.of(network, setting).diagnose(case)


def to_pgmpy(network: EngineLike, setting: str | None = None) -> Any:
    """The network as a ``DiscreteBayesianNetwork`` of pgmpy; variables and states keep their ids.

    P(diagnosis | findings) is that of dxnet. Where there are unexplained patients, ``diagnosis`` has two
    parents: ``unexplained``, and ``disease_shown``, on which the findings depend; see ``discrete``. Weights,
    sources, the other settings and all that is no table are left out; ``dxnet export`` names them.

    Raises:
        CheckError: the network cannot be built.
        NetworkError: no such setting.

    >>> from dxnet import load_network, to_pgmpy
    >>> to_pgmpy(load_network("asia")).states["smoking"]
    ['absent', 'present']
    """
    setting = setting or (network.setting if isinstance(network, Engine) else None)
    return build_pgmpy_model(network_of(network), setting)
