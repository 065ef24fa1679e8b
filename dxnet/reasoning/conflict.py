"""Do the findings of a case fit each other, and which single finding decides the first rank?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from dxnet.errors import odd_whole, require
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.results import Results, table_text
from dxnet.reasoning.explain import LEAST_EXPLAINED

if TYPE_CHECKING:
    import pandas as pd


NOTABLE = 1.0
"""Jensen's measure in nats above which a conflict is worth a look: together, findings are e times rarer.

Above 0 it is a mere hint. Of simulated patients of als_mimics with 4, 6, 12, 25 and 62 findings at random
(400 each), 13 to 42 % have a measure above 0 and 1 to 7 % one above 1; of asia 38 to 40 % and none; of the
98 published cases 3 % and none.
"""


@dataclass(frozen=True, repr=False)
class Conflict:
    """How well the findings of a case fit each other; see ``conflict``.

    Args:
        value: Jensen's measure in nats; above 0 the findings are rarer together than apart.
        pairs: the pairs in greatest conflict, with the measure of the pair alone.
        by_finding: the measure without one finding, lowest first.
        by_cause: the measure if an incidental cause is known to be present, lowest first.
    """

    value: float
    pairs: tuple[tuple[str, str, float], ...]
    by_finding: tuple[tuple[str, float], ...]
    by_cause: tuple[tuple[str, float], ...]

    @property
    def is_notable(self) -> bool:
        """Whether it is more than many patients have by chance."""
        return self.value > NOTABLE

    def to_frame(self) -> pd.DataFrame:
        """One row per pair, finding left out, and cause known to be present: kind, names, value in nats."""
        import pandas as pd

        return pd.DataFrame(self._rows(), columns=["kind", "names", "value"])

    def __repr__(self) -> str:
        fit = "rarer together than apart" if self.value > 0 else "no rarer together than apart"
        title = f"Conflict({self.value:.2f} nats: the findings are {fit})"
        return table_text(title, ["kind", "names", "value"], self._rows())

    def _rows(self) -> list[list[object]]:
        return [
            *(["pair", f"{one}, {other}", value] for one, other, value in self.pairs),
            *(["without finding", name, value] for name, value in self.by_finding),
            *(["with cause", name, value] for name, value in self.by_cause),
        ]


def conflict(engine: EngineLike, case: CaseLike, top: int = 3) -> Conflict:
    """Jensen's conflict measure: log of the product of P(finding) over P(all findings).

    Jensen FV, Chamberlain B, Nordahl T, Jensen F. Analysis in HUGIN of data conflict. UAI 1990, 519-528. A
    cause h resolves it where log(product of P(finding) / P(findings | h)) is not above 0.

    Raises:
        CaseError: the case does not fit, or is impossible; ``top`` is below 0.
        TypeError: ``top`` is no whole number.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("asia"))
    >>> round(conflict(engine, Case({"xray_abnormal": "present", "smoking": "present"})).value, 2)
    -0.32
    """
    require(odd_whole("top", top))
    engine, case = Engine.of(engine), Case.of(case)
    engine.require_possible(case)
    question = engine.question(case)
    n = len(question.names)
    couples = list(combinations(range(n), 2))
    masks = np.zeros((n + len(couples), n), bool)
    masks[range(n), range(n)] = True
    for row, couple in enumerate(couples, start=n):
        masks[row, couple] = True
    log_p = question.of(np.concatenate([masks, ~np.eye(n, dtype=bool), np.ones((1, n), bool)]))[1]
    alone, together = log_p[:n], log_p[n : n + len(couples)]
    value = float(alone.sum() - log_p[-1])
    pairs = sorted(
        (
            (question.names[i], question.names[j], float(alone[i] + alone[j] - p))
            for (i, j), p in zip(couples, together, strict=True)
        ),
        key=lambda pair: -pair[2],
    )
    left = alone.sum() - alone - log_p[n + len(couples) : -1]
    causes = {name: value - gain for name, gain in _gains_of_causes(engine, case).items()}
    return Conflict(
        value=value,
        pairs=tuple(pair for pair in pairs[:top] if pair[2] > 0),
        by_finding=tuple(
            sorted(zip(question.names, map(float, left), strict=True), key=lambda x: x[1])[:top]
        ),
        by_cause=tuple(sorted(((n, v) for n, v in causes.items() if v < value), key=lambda x: x[1])[:top]),
    )


def conflict_value(engine: EngineLike, case: CaseLike) -> float:
    """Jensen's conflict measure alone, in nats; see ``conflict``, which also says where it comes from.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("asia"))
    >>> round(conflict_value(engine, Case({"xray_abnormal": "present", "smoking": "present"})), 2)
    -0.32
    """
    engine, case = Engine.of(engine), Case.of(case)
    engine.require_possible(case)
    question = engine.question(case)
    n = len(question.names)
    log_p = question.of(np.concatenate([np.eye(n, dtype=bool), np.ones((1, n), bool)]))[1]
    return float(log_p[:n].sum() - log_p[n])


def _gains_of_causes(engine: Engine, case: Case) -> dict[str, float]:
    """By how many nats the findings make each incidental cause more probable."""
    before, after = (
        {name: max(float(joint[name][1:].sum()), LEAST_EXPLAINED) for name in engine.network.incidental}
        for joint in (engine.pre_test_marginals, engine.marginals(case))
    )
    return {name: float(np.log(after[name] / before[name])) for name in before}


@dataclass(frozen=True)
class Flip:
    """A change of a single finding that puts another diagnosis first.

    Args:
        finding: the finding.
        state: its other state; "" where the finding is removed.
        first, probability: the diagnosis that is then first, and its probability.
    """

    finding: str
    state: str
    first: str
    probability: float


class Flips(Results[Flip]):
    """See ``flips``."""

    thing = "decisive finding"
    columns: ClassVar = {name: name for name in ("finding", "state", "first", "probability")}


def flips(engine: EngineLike, case: CaseLike) -> Flips:
    """The single findings whose removal or reversal changes the first rank, removals first.

    >>> from dxnet import Case, Engine, load_network
    >>> case = Case({"smoking": "present", "xray_abnormal": "present"})
    >>> [(flip.finding, flip.state) for flip in flips(Engine(load_network("asia")), case)]
    [('smoking', ''), ('xray_abnormal', ''), ('smoking', 'absent'), ('xray_abnormal', 'absent')]
    """
    engine, case = Engine.of(engine), Case.of(case)
    first, question = engine.diagnose(case).ranking[0], engine.question(case)
    changes = [(i, -1) for i in range(len(question.names))]
    for i, name in enumerate(question.names):
        known = question.states[i]
        changes += [(i, s) for s in range(len(engine.network.states(name))) if known >= 0 and s != known]
    rows = np.tile(question.states, (len(changes), 1))
    for row, (i, state) in zip(rows, changes, strict=True):
        row[i] = state
    decisive = []
    for (i, state), post_test, log_p in zip(changes, *question.ask(rows), strict=True):
        k = int(np.argmax(post_test)) if np.isfinite(log_p) else -1
        if k >= 0 and engine.network.diagnoses[k] != first:
            name = question.names[i]
            words = engine.network.states(name)[state] if state >= 0 else ""
            decisive.append(Flip(name, words, engine.network.diagnoses[k], float(post_test[k])))
    return Flips(decisive)
