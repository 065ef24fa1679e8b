"""Scores of the probabilities for cases whose diagnosis is known, of each case and over all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field, TypeAdapter, ValidationError

from dxnet.arrays import Array, Bools
from dxnet.errors import CaseError, Issue, did_you_mean
from dxnet.evaluation.statistics import overall, score_cases
from dxnet.evaluation.truth import true_diagnoses
from dxnet.formats.cases.document import source_line
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.cpt import prior
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.many_cases import placed, several_cases, unfit_findings
from dxnet.knowledge.network import Network
from dxnet.words import counted

if TYPE_CHECKING:
    import pandas as pd

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Loss = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
"""Ranges that the numbers of a scorecard must keep."""


@dataclass(frozen=True)
class CaseScore:
    """Scores of one case.

    Args:
        id, diagnosis: the case and its true diagnosis, or group of them.
        probability: post-test probability of the true diagnosis; of a group, the sum.
        rank: its place among all others, from 1; a group has one, by its sum (see ``place_of_truth``).
        top, top_probability: the first diagnosis of the ranking and its probability; never a group.
        log_loss: the ``surprise`` of ``probability``, which stays finite.
        brier: sum over diagnoses, the true group as one, of (probability - truth) squared.
    """

    id: str
    diagnosis: str
    probability: Share
    rank: Count
    top: str
    top_probability: Share
    log_loss: Loss
    brier: Loss


@dataclass(frozen=True, repr=False)
class Scorecard:
    """Scores over cases whose diagnosis is known; see ``evaluate``.

    Args:
        n: number of cases.
        top1, top3, top5: share of cases whose true diagnosis is among the first 1, 3, 5.
        mean_probability: mean post-test probability of the true diagnosis.
        log_loss: mean of -ln P(true diagnosis), natural logarithm; less is better.
        brier: mean over cases of the sum over diagnoses of (probability - truth) squared, 0 to 2; less is
            better. Brier GW. Verification of forecasts expressed in terms of probability. Mon Weather
            Rev 1950.
        ece: expected calibration error of the first diagnosis: mean distance of its probability from the
            share that is right (true, or of the true group), over 10 bins of equal width. Naeini MP et al.
            Obtaining well calibrated probabilities using Bayesian binning. AAAI 2015.
        per_case: one score a case, in the order of the cases.
        setting, network, version, fingerprint: the network that answered, in its setting.
    """

    n: Count
    top1: Share
    top3: Share
    top5: Share
    mean_probability: Share
    log_loss: Loss
    brier: Loss
    ece: Share
    per_case: tuple[CaseScore, ...]
    setting: str = ""
    network: str = ""
    version: str = ""
    fingerprint: str = ""

    @cached_property
    def misses(self) -> tuple[CaseScore, ...]:
        """Cases whose true diagnosis is not the first, worst first."""
        return tuple(sorted((s for s in self.per_case if s.rank > 1), key=lambda score: -score.log_loss))

    def to_frame(self) -> pd.DataFrame:
        """One row per case, with the columns of ``CaseScore``."""
        import pandas as pd

        return pd.DataFrame([asdict(score) for score in self.per_case])

    def per_diagnosis(self) -> pd.DataFrame:
        """One row per true diagnosis: n, top1, top3, mean_probability, log_loss; most cases first."""
        rows = self.to_frame()
        rows["top1"], rows["top3"] = rows["rank"] <= 1, rows["rank"] <= 3
        table = rows.groupby("diagnosis", sort=True).agg(
            n=("id", "size"),
            top1=("top1", "mean"),
            top3=("top3", "mean"),
            mean_probability=("probability", "mean"),
            log_loss=("log_loss", "mean"),
        )
        return table.sort_values("n", ascending=False, kind="stable")

    def to_dict(self) -> dict[str, Any]:
        """Everything, in plain types that JSON can hold."""
        return {**asdict(self), "per_case": [asdict(score) for score in self.per_case]}

    @classmethod
    def from_dict(cls, data: object) -> Scorecard:
        """The scorecard of ``to_dict``; keys that it does not know are ignored.

        Raises:
            CaseError: a key is missing, of the wrong type or out of range.
        """
        try:
            return TypeAdapter(cls).validate_python(data)
        except ValidationError as problem:
            first = problem.errors()[0]
            message = f"not a scorecard: {'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
            fix = "give the output of 'dxnet evaluate --json'"
            raise CaseError([Issue("error", "", message, fix)]) from None

    def __repr__(self) -> str:
        return (
            f"Scorecard({counted(self.n, 'case')}: top-1 {self.top1:.0%}, top-3 {self.top3:.0%}, "
            f"top-5 {self.top5:.0%}, mean P(true) {self.mean_probability:.2f}, log loss {self.log_loss:.2f}, "
            f"Brier {self.brier:.2f}, ECE {self.ece:.2f}; "
            f"{self.network} {self.version}, setting {self.setting})"
        )


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers of an engine for cases whose diagnosis is known.

    Args:
        network, setting: the network that answered, in its setting.
        cases: the ``N`` cases.
        post_test: P(diagnosis | findings), ``ndarray[N, K]``.
    """

    network: Network
    setting: str
    cases: tuple[Case, ...]
    post_test: Array

    @cached_property
    def truth(self) -> Bools:
        """Whether a diagnosis is the true one of a case, or of its true group, ``ndarray[N, K]``."""
        return true_diagnoses(self.network, [case.diagnosis for case in self.cases])

    @cached_property
    def rated(self) -> pd.DataFrame:
        """Scores of each case, as ``score_cases`` returns them."""
        return score_cases(self.post_test, self.truth)


def evaluate(engine: EngineLike, cases: Iterable[CaseLike] | pd.DataFrame) -> Scorecard:
    """Score an engine on cases whose diagnosis is known.

    Args:
        engine: the network and its setting.
        cases: or a table of them with a column ``diagnosis``, one a row, as for ``Engine.diagnose_all``.

    Raises:
        CaseError: no cases, a diagnosis that is missing or unknown, or findings that do not fit; all at once.

    >>> from dxnet import Case, Engine, evaluate, load_network
    >>> case = Case({"xray_abnormal": "present", "smoking": "present"}, diagnosis="lung_cancer")
    >>> evaluate(Engine(load_network("asia")), [case])
    Scorecard(1 case: top-1 100%, ..., log loss 0.44, ...; asia 1.0.0, setting chest_clinic)
    """
    return scorecard_of(answer_cases(engine, cases))


def answer_cases(engine: EngineLike, cases: Iterable[CaseLike] | pd.DataFrame) -> Answers:
    """The answers for cases whose diagnosis is known.

    Raises:
        CaseError: as ``evaluate`` does.
    """
    engine = Engine.of(engine)
    network, cases = engine.network, several_cases(engine.network, cases)
    if faults := list(_unlabelled(cases, network)):
        unfit = [placed(unfit_findings([case], network), case, n) for n, case in enumerate(cases, 1)]
        raise CaseError([*faults, *chain.from_iterable(unfit)])
    answers = engine.diagnose_all(cases)
    if not answers:
        raise CaseError("no cases; give at least one case with a known diagnosis")
    return Answers(network, engine.setting, cases, np.array([answer.post_test for answer in answers]))


def scorecard_of(answers: Answers) -> Scorecard:
    """The scores of answers: MEASURES over all of them, and each case."""
    network = answers.network
    rated = answers.rated.assign(top=[network.diagnoses[k] for k in answers.rated["top"]])
    rated = rated.drop(columns="right")
    rows = zip(answers.cases, rated.astype(object).itertuples(index=False, name=None), strict=True)
    scores = tuple(CaseScore(str(case.id), str(case.diagnosis), *row) for case, row in rows)
    return Scorecard(
        n=len(answers.cases),
        **overall(answers.rated),
        per_case=scores,
        setting=answers.setting,
        network=network.name,
        version=network.version,
        fingerprint=network.fingerprint,
    )


def even_setting(network: Network) -> str:
    """The setting whose pre-test probabilities differ least, by their mean entropy.

    It suits cases picked for publication, or one of each diagnosis, whose mix is not that of any clinic.

    >>> from dxnet import load_network
    >>> even_setting(load_network("als_mimics"))
    'flat'
    """

    def entropy(setting: str) -> float:
        p = prior(network, setting).values
        return float(-(p * np.log(p)).sum(axis=0).mean())

    return max(network.settings, key=entropy)


def _unlabelled(cases: Sequence[Case], network: Network) -> Iterable[Issue]:
    for number, case in enumerate(cases, 1):
        if not case.diagnosis:
            yield Issue(
                "error", _place(case.id, case, number), "has no diagnosis", "add its true 'diagnosis'"
            )
        elif not network.members(case.diagnosis):
            fix = did_you_mean(case.diagnosis, network.diagnoses)
            message = f"unknown diagnosis {str(case.diagnosis)!r}"
            yield Issue("error", _place(case.diagnosis, case, number), message, fix)


def _place(text: str, case: Case, number: int) -> str:
    """The file and line of what a case states, if it is of a file, and which case it is."""
    line, name = source_line(text), case.id or f"case {number}"
    return f"{line}: {name}" if line and Path(line).name != name else line or name
