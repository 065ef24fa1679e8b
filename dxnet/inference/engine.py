"""Engine: a network in a setting, ready to answer for any number of cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import MISSING, SOFT, Array, Ints
from dxnet.errors import BackendError, CaseError, ImpossibleEvidence, Issue, brief, did_you_mean
from dxnet.inference.backends.base import Backend, Draws, least_clash, rows_of_one_kind
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.backends.registry import BACKENDS, DEFAULT_BACKEND
from dxnet.inference.backends.unexplained import PartlyUnexplained
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.differential import Differential
from dxnet.inference.draws import NumberDraws
from dxnet.inference.many_cases import coded_rows, faults_of_rows, placed, several_cases, sizes_of
from dxnet.inference.parameters import NetworkNumbers
from dxnet.inference.prepared_case import PreparedCase
from dxnet.knowledge.network import DIAGNOSIS, Network

if TYPE_CHECKING:
    import pandas as pd


class Engine:
    """Answers for a network in one setting. Holds no state of a query; safe to share between threads.

    Args:
        network: from ``load_network``.
        setting: id of a setting; the network's default without one.
        backend: a key of ``dxnet.inference.backends.registry.BACKENDS``.

    Raises:
        NetworkError: no such setting.
        BackendError: no such backend.
        CheckError: the network cannot be built.
        TypeError: something else than a network.

    >>> from dxnet import Engine, load_network
    >>> Engine(load_network("asia"))
    Engine(asia 1.0.0, setting chest_clinic, compiled: 7 variables, width 4, 50 entries)
    >>> Engine(load_network("asia")).diagnose({"xray_abnormal": "present", "smoking": "present"})
    Differential(Lung cancer 64.6 %, No lung cancer 35.4 %; 2 findings, setting chest_clinic)
    """

    def __init__(self, network: Network, setting: str | None = None, backend: str = DEFAULT_BACKEND):
        if not isinstance(network, Network):
            raise TypeError(f"{brief(network)} is no network; {_GIVE_NETWORK}")
        if backend not in BACKENDS:
            raise BackendError(f"no backend {backend!r}; {did_you_mean(backend, BACKENDS)}")
        self.network, self.backend = network, backend
        self.setting, _ = network.setting(setting)
        self.parameters = NetworkNumbers(network, self.setting, tables=all_tables(network, self.setting))
        self._draws = lru_cache(maxsize=4)(partial(NumberDraws.of_network, self.parameters))
        self._sizes = lru_cache(maxsize=16)(partial(sizes_of, network))
        self._backend = self.backend_of(self.parameters)

    def __setattr__(self, name: str, value: object) -> None:
        if "_backend" in self.__dict__:  # the last that is made
            raise TypeError(f"{name} of an Engine cannot be changed; make another one, as {_ANOTHER}")
        super().__setattr__(name, value)

    @classmethod
    def of(cls, network: EngineLike, setting: str | None = None) -> Engine:
        """An engine as it is, or in another setting; of a network a new one.

        Raises:
            TypeError: anything else; says what to pass.
            NetworkError: no such setting.

        >>> from dxnet import Engine, load_network
        >>> engine = Engine(load_network("asia"))
        >>> Engine.of(engine) is engine, Engine.of(engine.network).setting
        (True, 'chest_clinic')
        """
        if not isinstance(network, Engine):
            return cls(network_of(network), setting)
        if setting in (None, network.setting):
            return network
        return cls(network.network, setting, network.backend)

    def __repr__(self) -> str:
        network, size = self.network, self._backend.describe()
        return f"Engine({network.name} {network.version}, setting {self.setting}, {self.backend}: {size})"

    def __reduce__(self) -> tuple[type[Engine], tuple[Network, str, str]]:
        """What makes it anew, in another process as well: its network, setting and backend."""
        return type(self), (self.network, self.setting, self.backend)

    @property
    def is_wide(self) -> bool:
        """Whether one answer takes seconds, as in some networks of other programs."""
        return self._backend.is_wide

    @cached_property
    def pre_test(self) -> Array:
        """P(diagnosis) without any finding, ``ndarray[K]``."""
        pre_test, _ = self._backend.ask({})
        pre_test.setflags(write=False)
        return pre_test

    @cached_property
    def pre_test_marginals(self) -> Mapping[str, Array]:
        """P(state, diagnosis) of every variable without any finding, ``ndarray[states, K]``."""
        marginals = self._backend.marginals({})
        for values in marginals.values():
            values.setflags(write=False)
        return MappingProxyType(marginals)

    def diagnose(self, case: CaseLike) -> Differential:
        """The differential diagnosis of one case.

        Raises:
            UnknownFinding, UnknownState, CaseError: the case does not fit the network.
            ImpossibleEvidence: the findings have probability zero; names the ones that clash.
            TypeError: what is neither a case nor a mapping of findings.
        """
        case = Case.of(case)
        likelihoods = case.likelihoods(self.network)
        post_test, log_p = self._backend.ask(likelihoods)
        if log_p == -inf:
            raise ImpossibleEvidence(least_clash(self._backend, likelihoods))
        return self._differential(case, post_test, log_p)

    def diagnose_all(self, cases: Iterable[CaseLike] | pd.DataFrame) -> list[Differential]:
        """The differential diagnoses of many cases, answered together, in their order.

        Args:
            cases: or a table, one case a row, read as by ``score``; a cell may hold likelihoods.

        Raises:
            CaseError: what is wrong with any of them, all at once, each with its case: the id, the index of
                the row of a table, or the number in the list, from 1.

        >>> from dxnet import Case, Engine, load_network
        >>> answers = Engine(load_network("asia")).diagnose_all([Case({}), Case({"dyspnoea": "present"})])
        >>> [answer.ranking[0] for answer in answers]
        ['no_lung_cancer', 'no_lung_cancer']
        """
        listed = several_cases(self.network, cases)
        seen, faults = list[dict[str, int | Array]](), list[Issue]()
        for number, case in enumerate(listed, 1):
            try:
                seen.append(case.likelihoods(self.network))
            except CaseError as problem:
                faults += placed(dict.fromkeys(problem.issues), case, number)
        if faults:
            raise CaseError(faults)
        post_test, log_p = self._answer_all(seen)
        for row in np.flatnonzero(log_p == -inf):
            place = listed[row].id or f"case {row + 1}"
            clash = ImpossibleEvidence(least_clash(self._backend, seen[row]))
            faults += [replace(issue, where=f"{place}: {issue.where}") for issue in clash.issues]
        if faults:
            raise CaseError(faults)
        return [self._differential(*row) for row in zip(listed, post_test, log_p.tolist(), strict=True)]

    def _answer_all(self, seen: Sequence[Mapping[str, int | Array]]) -> tuple[Array, Array]:
        """Cases without a likelihood in one batch, the others one by one."""
        is_coded = np.array([set(map(type, states.values())) <= {int} for states in seen], bool)
        if is_coded.all() and seen:
            return self.ask_rows(*coded_rows(seen))
        post_test, log_p = np.empty((len(seen), len(self.network.diagnoses))), np.empty(len(seen))
        if is_coded.any():
            rows = coded_rows([seen[row] for row in np.flatnonzero(is_coded).tolist()])
            post_test[is_coded], log_p[is_coded] = self.ask_rows(*rows)
        for row in np.flatnonzero(~is_coded).tolist():
            post_test[row], log_p[row] = self._backend.ask(seen[row])
        return post_test, log_p

    def _differential(self, case: Case, post_test: Array, log_p: float) -> Differential:
        post_test.setflags(write=False)
        return Differential(self.network, self.setting, case, self.pre_test, post_test, log_p)

    def require_possible(self, case: Case) -> None:
        """See that a case fits the network and can occur in it.

        Raises:
            UnknownFinding, UnknownState, CaseError: the case does not fit the network.
            ImpossibleEvidence: the findings have probability zero; names the ones that clash.
        """
        self.diagnose(case)

    def question(self, case: CaseLike) -> PreparedCase:
        """A case made ready to be asked in many variations.

        Raises:
            CaseError: the case does not fit the network.
        """
        likelihoods = Case.of(case).likelihoods(self.network)
        soft = {name: seen for name, seen in likelihoods.items() if not isinstance(seen, int)}
        states = [seen if isinstance(seen, int) else SOFT for seen in likelihoods.values()]
        return PreparedCase(self._backend, tuple(likelihoods), np.array(states, np.int16), soft)

    def ask_rows(
        self, findings: Sequence[str], states: Ints, soft: Mapping[str, Sequence[Array]] | None = None
    ) -> tuple[Array, Array]:
        """Many cases: ``states`` ``[B, F]`` are positions among the states of ``findings``, -1 not examined.

        A position beyond the states is that of a likelihood of the finding in ``soft``, ``ndarray[states]``.
        Returns P(diagnosis | findings), ``ndarray[B, K]``, and the natural logarithm of P(findings),
        ``ndarray[B]``; NaN and -inf where the findings of a row are impossible.

        Raises:
            CaseError: a finding that is unknown or stands twice, or a number that is no state.
            ValueError: more columns of states than findings, or fewer.
        """
        soft = soft or {}
        sizes = self._sizes(tuple(findings))
        limits = sizes
        if any(map(len, soft.values())):
            limits = sizes + np.array([len(soft.get(name, ())) for name in findings], np.int16)
        states = np.asarray(states)
        if states.shape[1:] != sizes.shape:
            raise ValueError(f"states is {states.shape}; give a column for each of {len(sizes)} findings")
        low, high = states.min(axis=0, initial=MISSING), states.max(axis=0, initial=MISSING)
        if faults := [*faults_of_rows(findings, low, high, limits)]:
            raise CaseError(faults)
        if (high < sizes).all():
            return self._backend.ask_rows(findings, states)
        post_test, log_p = np.empty((len(states), len(self.network.diagnoses))), np.empty(len(states))
        for rows, asked, likelihoods in rows_of_one_kind(findings, sizes, states, soft):
            post_test[rows], log_p[rows] = self._backend.ask_rows(findings, asked, likelihoods)
        return post_test, log_p

    def marginals(self, case: CaseLike) -> dict[str, Array]:
        """P(state, diagnosis | findings) of every variable, ``ndarray[states, K]``.

        Raises:
            CaseError: the case does not fit, or is impossible.

        >>> from dxnet import Case, Engine, load_network
        >>> case = Case({"xray_abnormal": "present"})
        >>> Engine(load_network("asia")).marginals(case)["smoking"].sum(axis=1).round(3)
        array([0.312, 0.688])
        """
        case = Case.of(case)
        joint = self._backend.marginals(case.likelihoods(self.network))
        if np.isnan(joint[DIAGNOSIS]).any():
            self.require_possible(case)
        return joint

    def most_probable(self, case: CaseLike) -> tuple[dict[str, str], float]:
        """The most probable states of all variables together, and the logarithm of P(states, findings).

        Raises:
            CaseError: the case does not fit, or is impossible.

        >>> from dxnet import Case, Engine, load_network
        >>> Engine(load_network("asia")).most_probable(Case({"dyspnoea": "present"}))[0]["bronchitis"]
        'present'
        """
        case = Case.of(case)
        states, log_p = self._backend.most_probable(case.likelihoods(self.network))
        if log_p == -inf:
            self.require_possible(case)
        return {name: self.network.states(name)[state] for name, state in states.items()}, log_p

    def ask_draws(self, case: CaseLike, draws: Draws) -> tuple[Array, Array]:
        """With the numbers of each draw: P(diagnosis | findings) ``[n, K]``, log P(findings) ``[n]``.

        Raises:
            CaseError: the case does not fit, or is impossible with the numbers as stated.
        """
        case = Case.of(case)
        post_test, log_p = self._backend.ask_draws(case.likelihoods(self.network), draws)
        if (log_p == -inf).any():
            self.require_possible(case)
        return post_test, log_p

    def draws(self, case: CaseLike, n: int = 1000, seed: int = 0) -> tuple[Array, Array]:
        """``ask_draws`` with ``n`` draws of all numbers of the network, kept, and the same for every case."""
        return self.ask_draws(case, self._draws(n, seed))

    def gradient(self, case: CaseLike, diagnosis: str) -> Array:
        """Derivative of log P(diagnosis | findings) for every number of ``parameters.index``.

        NaN where the findings exclude the diagnosis.

        Raises:
            CaseError: the case does not fit, or is impossible.
            NetworkError: no such diagnosis.
        """
        alone, case = np.zeros(len(self.network.diagnoses)), Case.of(case)
        alone[self.network.position_of(diagnosis)] = 1
        gradient = self.parameters.gradient(self._backend.slopes(case.likelihoods(self.network), alone))
        if np.isnan(gradient).any():
            self.require_possible(case)
        return gradient

    def backend_of(self, numbers: NetworkNumbers) -> Backend:
        """What answers with these numbers of the network, in the setting of the engine."""
        backend = BACKENDS[self.backend](numbers.tables(), DIAGNOSIS, self.network.findings)
        return PartlyUnexplained.of(backend, self.network, numbers.mean)


EngineLike = Engine | Network
"""What answers: an Engine, or a Network, which then answers in its default setting."""
_ANOTHER = "Engine.of(engine, 'flat') in another setting, or Engine(network)"
_GIVE_NETWORK = "give an Engine or a Network, as of load_network('als_mimics')"


def network_of(network: EngineLike) -> Network:
    """The network of an engine; a network as it is.

    Raises:
        TypeError: anything else; says what to pass.
    """
    if isinstance(network, Engine):
        return network.network
    if isinstance(network, Network):
        return network
    raise TypeError(f"{brief(network)} is no network; {_GIVE_NETWORK}")
