"""Differential: the answer for one case, as a table that names everything it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import Issue, each_of
from dxnet.inference.case import Case, State
from dxnet.knowledge.network import Network
from dxnet.words import counted, percent

if TYPE_CHECKING:
    import pandas as pd

INTENDED_USE = (
    "Research and education use; not a medical device. It reads reported findings, never images or traces."
)
INTENDED_USER = (
    "Intended users: people with clinical training in the field of the network, who judge each answer. "
    "It must not decide for a patient."
)


def share_set_aside(network: Network) -> float:
    """The share that unlisted diseases have in every patient, whatever the findings; 0 where there is none.

    It is half of the unexplained patients (see ``Network``).
    """
    return float(network.unexplained.mean[1]) / 2 if network.unlisted and network.unexplained else 0.0


def weights_for_ranking(network: Network, post_test: Array) -> Array:
    """By what diagnoses are ranked: ``post_test[..., K]``, with -1 for one that is set aside.

    That is the one of unlisted diseases while it has less than twice ``share_set_aside`` and does not lead:
    it has that share in every patient, so that its rank would say nothing.
    """
    share = share_set_aside(network)
    if not share:
        return post_test
    weights, unlisted = post_test.copy(), network.diagnoses.index(network.unlisted)
    theirs = post_test[..., unlisted]
    is_aside = (theirs < 2 * share) & (theirs < post_test.max(axis=-1))
    weights[..., unlisted] = np.where(is_aside, -1.0, theirs)
    return weights


@dataclass(frozen=True, eq=False, repr=False)
class Differential:
    """Pre-test and post-test probability of each diagnosis.

    Args:
        network, setting: what was asked (the setting by its id).
        case: the findings that were entered.
        pre_test, post_test: ``ndarray[K]``, in the order of ``network.diagnoses``; each sums to 1.
        log_p_findings: natural logarithm of P(findings); hard findings count in full, likelihoods as entered,
            scaled to a maximum of 1.
    """

    network: Network
    setting: str
    case: Case
    pre_test: Array
    post_test: Array
    log_p_findings: float

    @cached_property
    def warnings(self) -> tuple[Issue, ...]:
        """Repeated or contradicting findings."""
        return tuple(self.case.warnings(self.network))

    @cached_property
    def ranking(self) -> tuple[str, ...]:
        """Diagnosis ids, most probable first; last the one that is ``set_aside``."""
        order = np.argsort(-weights_for_ranking(self.network, self.post_test), kind="stable")
        return tuple(self.network.diagnoses[k] for k in order)

    @cached_property
    def set_aside(self) -> str:
        """Id of the diagnosis of unlisted diseases while it is apart from the ranking, empty otherwise.

        A network gives it a share of all patients whatever their findings (``unexplained``), so that its rank
        would say nothing; from twice that share on, and where it leads, it is ranked like the others.

        >>> from dxnet import diagnose, load_network
        >>> answer = diagnose(load_network("als_mimics"), {"babinski": "present"})
        >>> answer.set_aside, answer.ranking[-1]
        ('other', 'other')
        """
        weights = weights_for_ranking(self.network, self.post_test)
        return self.network.diagnoses[int(weights.argmin())] if weights.min() < 0 else ""

    @cached_property
    def not_examined(self) -> tuple[str, ...]:
        """Findings of the network that the case does not mention; one that is paused was examined."""
        mentioned = {*self.case.findings, *self.case.paused}
        return tuple(name for name in self.network.findings if name not in mentioned)

    @cached_property
    def groups(self) -> Mapping[str, tuple[float, float]]:
        """Pre-test and post-test totals of each group of diagnoses, most probable first.

        What is ``set_aside`` counts in the total of its group, but not for its rank.
        """
        totals: dict[str, tuple[float, float]] = {}
        for diagnosis, pre, post in zip(
            self.network.diagnosis.values(), self.pre_test, self.post_test, strict=True
        ):
            before, after = totals.get(diagnosis.group, (0.0, 0.0))
            totals[diagnosis.group] = before + float(pre), after + float(post)
        apart = self.network.diagnosis[self.set_aside].group if self.set_aside else None
        aside = self.probability(self.set_aside) if self.set_aside else 0.0
        return dict(sorted(totals.items(), key=lambda item: aside * (item[0] == apart) - item[1][1]))

    def probability(self, diagnosis: str) -> float:
        """Post-test probability of one diagnosis, by its id.

        Raises:
            NetworkError: no such diagnosis.
        """
        return float(self.post_test[self.network.position_of(diagnosis)])

    def to_frame(self) -> pd.DataFrame:
        """One row a diagnosis, in the order of ``ranking``: label, group, treatable, pre_test, post_test."""
        import pandas as pd

        return pd.DataFrame(self._rows()).set_index("diagnosis")

    def _rows(self) -> list[dict[str, Any]]:
        rows = {
            name: {
                "diagnosis": name,
                "label": diagnosis.label,
                "group": diagnosis.group,
                "treatable": diagnosis.treatable == "yes",
                "pre_test": float(self.pre_test[k]),
                "post_test": float(self.post_test[k]),
            }
            for k, (name, diagnosis) in enumerate(self.network.diagnosis.items())
        }
        return [rows[name] for name in self.ranking]

    def to_dict(self) -> dict[str, Any]:
        """Everything, in plain types that JSON can hold.

        ``paused`` is there for a case with findings that are kept but not used, ``coded`` for one from a
        coded record: its entries, and what was taken from each.
        """
        return {
            "network": self.network.name,
            "version": self.network.version,
            "fingerprint": self.network.fingerprint,
            "setting": self.setting,
            "case": self.case.id,
            "intended_use": INTENDED_USE,
            "limits": list(self.network.limits),
            "findings": _states_in_plain_types(self.case.findings),
            **({"paused": _states_in_plain_types(self.case.paused)} if self.case.paused else {}),
            "read_as": self._read_as(),
            "not_examined": list(self.not_examined),
            "log_p_findings": self.log_p_findings,
            "ranking": self._rows(),
            "set_aside": self.set_aside,
            "groups": [
                {"group": g, "pre_test": pre, "post_test": post} for g, (pre, post) in self.groups.items()
            ],
            "warnings": [str(issue) for issue in each_of(self.warnings)],
            **({"coded": [asdict(entry) for entry in self.case.coded]} if self.case.coded else {}),
        }

    def _read_as(self) -> dict[str, str]:
        """The state of each number and plain word that was entered."""
        states = self.case.in_states(self.network).items()
        return {
            name: str(state)
            for name, state in states
            if isinstance(state, str) and state != self.case.findings[name]
        }

    def __repr__(self) -> str:
        first = [(self.network.diagnosis[name].name, self.probability(name)) for name in self.ranking[:3]]
        leaders = ", ".join(f"{name} {percent(p)}" for name, p in first)
        entered = counted(len(self.case.findings), "finding")
        return f"Differential({leaders}; {entered}, setting {self.setting})"


def _states_in_plain_types(findings: Mapping[str, State]) -> dict[str, str | dict[str, float]]:
    return {
        name: state if isinstance(state, str) else {s: float(p) for s, p in state.items()}
        for name, state in findings.items()
    }
