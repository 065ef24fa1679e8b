"""Why, how sure, what next and which criteria, as text and as plain types for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.knowledge.network import Network
from dxnet.reasoning.als_criteria import Criterion
from dxnet.reasoning.credible_intervals import Intervals, credible_intervals
from dxnet.reasoning.explain import Conflict, Explanation, Flip, conflict, explain, flips
from dxnet.reasoning.next_tests import SETTLED, NeverMiss, NextTest, label_of_test, never_miss, next_tests
from dxnet.report.render.terminal import Page
from dxnet.words import DECIBAN, percent

_TOP = 10
_WAYS = 4


def explanation(engine: Engine, case: Case) -> dict[str, Any]:
    """Everything about why, in plain types."""
    why = explain(engine, case)
    told = asdict(why)
    for contribution, found in zip(told["contributions"], why.contributions, strict=True):
        contribution["numbers"] = [
            {"place": place, "value": estimate.text, "sources": list(estimate.sources)}
            for place, estimate in found.numbers
        ]
    return {
        **told,
        "conflict": asdict(conflict(engine, case)),
        "flips": [asdict(f) for f in flips(engine, case)],
    }


def intervals(engine: Engine, case: Case) -> dict[str, Any]:
    """Credible intervals, in plain types."""
    found = credible_intervals(engine, case)
    rows = found.to_frame().reset_index().to_dict("records")
    return {"level": found.level, "draws": found.draws, "effective": found.effective, "diagnoses": rows}


def plan(tests: Sequence[NextTest], misses: Sequence[NeverMiss]) -> dict[str, Any]:
    """Next tests and what must not be missed, in plain types."""
    return {
        "next_tests": [asdict(test) for test in tests],
        "never_miss": [asdict(miss) for miss in misses],
    }


def reasons(engine: Engine, case: Case, *, why: bool, sure: bool, next_: bool) -> dict[str, Any]:
    """What was asked beside the ranking, in plain types."""
    found: dict[str, Any] = {}
    if why:
        found["explanation"] = explanation(engine, case)
    if sure:
        found["intervals"] = intervals(engine, case)
    if next_:
        found |= plan(next_tests(engine, case), never_miss(engine, case))
    return found


def show_reasons(
    page: Page, engine: Engine, case: Case, top: int, *, why: bool, sure: bool, next_: bool
) -> None:
    """What was asked beside the ranking, as text."""
    network = engine.network
    if sure:
        show_intervals(page, network, credible_intervals(engine, case), top)
    if why:
        show_explanation(page, network, explain(engine, case))
        show_conflict(page, network, conflict(engine, case), flips(engine, case))
    if next_:
        show_plan(page, network, next_tests(engine, case), never_miss(engine, case), top)


def show_explanation(page: Page, network: Network, why: Explanation) -> None:
    """What speaks for and against a diagnosis, and the regions involved."""
    name = network.diagnosis[why.diagnosis].name
    page.line()
    page.line(
        f"Why {name}: {why.prior_log_odds * DECIBAN:+.1f} decibans before the findings, "
        f"{why.log_odds * DECIBAN:+.1f} with them (10 decibans: odds ten times as high)"
    )
    for title, found in (("For it", why.supporting), ("Against it", why.opposing)):
        rows = [
            (
                network.findings[c.finding].label,
                c.state,
                f"{c.weight * DECIBAN:+.1f}",
                f"{c.likelihood_ratio:.3g}",
                _sources(c.numbers),
            )
            for c in found[:_TOP]
        ]
        page.table(
            (title, "State", ">Decibans", ">LR", "Numbers from"), rows or [("nothing", "", "", "", "")]
        )
        if len(found) > _TOP:
            page.line(f"and {len(found) - _TOP} more")
    involved = [f"{label} {percent(p)}" for label, p in why.involved(network)]
    page.line()
    page.line(f"Regions involved (50 % or more): {'; '.join(involved) or 'none'}")


def _sources(numbers: Sequence[tuple[str, Any]]) -> str:
    keys = dict.fromkeys(f"@{key}" for _, estimate in numbers for key in estimate.sources)
    return " ".join(list(keys)[:3]) + (" ..." if len(keys) > 3 else "")


def show_conflict(page: Page, network: Network, found: Conflict, changes: Sequence[Flip]) -> None:
    """Whether the findings fit each other, and single findings that would change the first rank."""

    def label(name: str) -> str:
        return network.nodes[name].label

    if found.value > 0:
        page.line(f"Conflict {found.value:.2f}: these findings are rarer together than apart")
        page.facts(
            [
                ("Clash most", "; ".join(f"{label(a)} with {label(b)} ({v:.2f})" for a, b, v in found.pairs)),
                ("Left without one finding", "; ".join(f"{label(f)} {v:.2f}" for f, v in found.by_finding)),
                (
                    "Left with an incidental cause",
                    "; ".join(f"{label(c)} {v:.2f}" for c, v in found.by_cause),
                ),
            ]
        )
    told = []
    for flip in changes[:_TOP]:
        first = f"{network.diagnosis[flip.first].name} {percent(flip.probability)}"
        told.append(f"{label(flip.finding)} {flip.state or 'left out'}: {first}")
    page.line(f"Would change the first rank: {'; '.join(told) or 'no single finding'}")


def show_intervals(page: Page, network: Network, found: Intervals, top: int) -> None:
    """Credible intervals of the first ranks."""
    order = sorted(range(len(found.diagnoses)), key=lambda k: -found.post_test[k])
    columns = (found.post_test, found.low, found.high, found.first)
    rows = [
        (network.diagnosis[found.diagnoses[k]].name, *(percent(float(column[k])) for column in columns))
        for k in order[:top]
    ]
    page.table(("Diagnosis", ">Post-test", f">{found.level:.0%} from", ">to", ">P(ranked first)"), rows)
    page.line(f"From {found.draws} draws of all numbers (worth {found.effective:.0f} of equal weight)")


def show_plan(
    page: Page, network: Network, tests: Sequence[NextTest], misses: Sequence[NeverMiss], top: int
) -> None:
    """Procedures by expected information per unit of burden, and treatable diagnoses not settled yet."""
    if not tests:
        page.line()
        page.line("Every procedure is done.")
        return
    rows = []
    for test in tests[:top]:
        error = f" ±{test.error:.2f}" if test.error else ""
        settles = ", ".join(network.diagnosis[d].name for d, p in test.settles if p >= SETTLED)
        label = label_of_test(network, test.procedure)
        rows.append(
            (
                label,
                str(len(test.findings)),
                f"{test.information:.2f}{error}",
                f"{test.burden:g}",
                f"{test.value:.3f}",
                settles,
            )
        )
    page.table(("Next", ">Findings", ">Bits", ">Burden", ">Bits per burden", "Settles (treatable)"), rows)
    page.line()
    for miss in misses:
        procedures = " or ".join(
            network.procedures[p].label for p in miss.procedures if p in network.procedures
        )
        name = network.diagnosis[miss.diagnosis].name
        page.line(f"Not to be missed: {name} {percent(miss.probability)}; {procedures}")


def show_criteria(page: Page, network: Network, found: Sequence[Criterion]) -> None:
    """Each set of criteria: met, undecided, and what the next category lacks."""
    if not found:
        page.line()
        page.line("This network has no diagnostic criteria.")
        return
    rows = [(c.name, c.category, c.beyond) for c in found]
    page.table(("Criteria", "Met", "Examining the rest could bring"), rows)
    page.line()
    if found[0].excluded_by:
        shows = "; ".join(network.findings[name].label for name in found[0].excluded_by)
        page.line(f"Other diseases are not excluded, which all criteria ask for; shown by: {shows}")
    for criterion in found:
        if criterion.missing:
            names = "; ".join(network.findings[name].label for name in criterion.missing)
            page.line(f"{criterion.name} depends on what was not examined: {names}")
        if criterion.lacks:
            page.line(
                f"{criterion.name}, {criterion.lacks.category}, would need {criterion.lacks.in_words(_WAYS)}"
            )
    page.line("Criteria are read off the signs; they are never evidence for the ranking.")
