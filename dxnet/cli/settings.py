"""The setting in which each case is answered: that of the option, else that it was saved with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dxnet.cli.case_answers import none_answered
from dxnet.cli.shared import engine_for
from dxnet.errors import CaseError, Issue, did_you_mean

if TYPE_CHECKING:
    from dxnet.inference.case import Case
    from dxnet.inference.differential import Differential
    from dxnet.inference.engine import Engine
    from dxnet.knowledge.network import Network


class EnginesBySetting:
    """The engines that answer some cases, one for each setting, made when it is first needed.

    Args:
        network: which has the settings.
        asked: the setting of the option, which outweighs those that cases were saved with.
        backend: of the engines.
        cases: how many there are.
    """

    def __init__(self, network: Network, asked: str | None, backend: str, cases: int):
        self.network, self.asked = network, asked
        self._backend, self._cases = backend, cases
        self._engines: dict[str | None, Engine] = {}

    def engine(self, case: Case) -> Engine:
        """The engine that answers a case."""
        setting = self.asked or case.about.get("setting")
        if setting not in self._engines:
            self._engines[setting] = engine_for(self.network, setting, self._backend, self._cases)
        return self._engines[setting]

    def diagnose_all(self, cases: Sequence[Case]) -> list[tuple[Engine, Differential]]:
        """The engine and the answer of each case; one that was saved with another setting has a notice.

        Raises:
            CaseError: cases were saved with settings that the network does not have, or cannot be answered;
                all at once.
        """
        refuse_unknown_settings(self.network, cases, self.asked)
        noted = [self._with_notice(case) for case in cases]
        groups: dict[Engine, list[int]] = {}
        for place, case in enumerate(noted):
            groups.setdefault(self.engine(case), []).append(place)
        answers: dict[int, tuple[Engine, Differential]] = {}
        problems: list[CaseError] = []
        for engine, places in groups.items():
            try:
                found = engine.diagnose_all(noted[k] for k in places)
            except CaseError as problem:
                problems.append(problem)
                continue
            answers |= {place: (engine, answer) for place, answer in zip(places, found, strict=True)}
        if problems:
            every = [issue for problem in problems for issue in problem.issues]
            raise CaseError([*every, *none_answered(self.network, cases)])
        return [answers[place] for place in range(len(noted))]

    def _with_notice(self, case: Case) -> Case:
        saved = case.about.get("setting")
        if not self.asked or not saved or saved == self.asked:
            return case
        message = f"it was saved with the setting {saved}; it is answered in {self.asked}, as --setting says"
        where = getattr(saved, "where", "") or case.id
        return replace(case, issues=(*case.issues, Issue("info", where, message)))


def refuse_unknown_settings(network: Network, cases: Sequence[Case], asked: str | None) -> None:
    """See that the network has the settings that cases were saved with, where no option outweighs them.

    Raises:
        CaseError: it has not; all at once.
    """
    faults = []
    for case in cases:
        saved = case.about.get("setting")
        if saved and not asked and saved not in network.settings:
            fix = f"{did_you_mean(saved, network.settings)}; or give --setting"
            where = getattr(saved, "where", "") or case.id
            faults.append(Issue("error", where, f"{network.name} has no setting {str(saved)!r}", fix))
    if faults:
        from dxnet.inference.many_cases import unfit_findings

        raise CaseError([*faults, *unfit_findings(cases, network)])
