"""Engine: a network in a setting, ready to answer for any number of cases."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from dxnet.backends import BACKENDS
from dxnet.case import Case
from dxnet.cpt import Array
from dxnet.differential import Differential
from dxnet.errors import BackendError, ImpossibleEvidence, did_you_mean
from dxnet.model import tables
from dxnet.network import Network


class Engine:
    """Answers for a network in one setting. Holds no state of a query; safe to share between threads.

    Args:
        network: from ``load_network``.
        setting: id of a setting; the network's default without one.
        backend: a key of BACKENDS.

    Raises:
        ValueError: no such setting.
        BackendError: no such backend.
        CheckError: the network cannot be built.

    >>> from dxnet import Case, Engine, load_network
    >>> Engine(load_network("asia")).diagnose(Case({"xray_abnormal": "present", "smoking": "present"}))
    Differential(Lung cancer 64.6 %, No lung cancer 35.4 %; 2 findings, setting chest_clinic)
    """

    def __init__(self, network: Network, setting: str | None = None, backend: str = "pgmpy"):
        if backend not in BACKENDS:
            raise BackendError(f"no backend {backend!r}; {did_you_mean(backend, BACKENDS)}")
        self.network = network
        self.setting, _ = network.setting(setting)
        tables(network, self.setting)
        self._backend = BACKENDS[backend](network, self.setting)

    @cached_property
    def pre_test(self) -> Array:
        """P(diagnosis) without any finding, ``ndarray[K]``."""
        pre_test = self._backend.joint({})
        pre_test.setflags(write=False)
        return pre_test

    def diagnose(self, case: Case) -> Differential:
        """The differential diagnosis of one case.

        Raises:
            UnknownFinding, UnknownState, CaseError: the case does not fit the network.
            ImpossibleEvidence: the findings have probability zero; names the ones that clash.
        """
        likelihoods = case.likelihoods(self.network)
        joint = self._backend.joint(likelihoods)
        total = joint.sum()
        if not total > 0:
            raise ImpossibleEvidence(self._clash(likelihoods))
        post_test = joint / total
        post_test.setflags(write=False)
        return Differential(
            network=self.network,
            setting=self.setting,
            case=case,
            pre_test=self.pre_test,
            post_test=post_test,
            log_p_findings=float(np.log(total)),
            warnings=tuple(case.warnings(self.network)),
        )

    def _clash(self, likelihoods: dict[str, Array]) -> list[str]:
        """Impossible findings of which none can be left out: drop each one that the clash does not need."""
        clash = dict(likelihoods)
        for name in likelihoods:
            rest = {other: value for other, value in clash.items() if other != name}
            if not self._backend.joint(rest).sum() > 0:
                clash = rest
        return list(clash)


def diagnose(network: Network, case: Case, setting: str | None = None) -> Differential:
    """The differential diagnosis of one case, in one call; for many cases keep an ``Engine``.

    >>> from dxnet import Case, diagnose, load_network
    >>> diagnose(load_network("asia"), Case({"dyspnoea": "present"})).ranking[0]
    'no_lung_cancer'
    """
    return Engine(network, setting).diagnose(case)
