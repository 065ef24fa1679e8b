"""The rest of a procedure is normal: what of it is still open becomes entries of the case.

Nothing stays implicit: each finding is entered in its normal state, and can be seen, changed and removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dxnet.errors import CaseError, Issue, NetworkError, did_you_mean, require_names
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.changed_case import lasting_findings, with_changes
from dxnet.inference.engine import EngineLike, network_of
from dxnet.inference.visit import State, day_of
from dxnet.knowledge.network import NORMAL, Network, cause_state
from dxnet.words import counted, state_in_words

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class RestNormal:
    """A case after the rest of a procedure was called normal.

    Args:
        case: the case with what was entered.
        entered: finding -> its normal state, in the network's order; none of them had an entry before.
        left_open: finding -> why it was not entered, though it has no entry either.
    """

    case: Case
    entered: Mapping[str, str]
    left_open: Mapping[str, str]

    def __repr__(self) -> str:
        left = f", {len(self.left_open)} left open" if self.left_open else ""
        return f"RestNormal({counted(len(self.entered), 'finding')} entered as normal{left})"

    def to_frame(self) -> pd.DataFrame:
        """One row for each finding that had no entry: its new state, or why it is left open."""
        import pandas as pd

        rows = [(name, state, "") for name, state in self.entered.items()]
        rows += [(name, "", why) for name, why in self.left_open.items()]
        return pd.DataFrame(rows, columns=["finding", "state", "left_open"]).set_index("finding")


def rest_normal(
    network: EngineLike,
    case: CaseLike,
    procedure: str,
    *,
    categories: Collection[str] = (),
    on: date | str | None = None,
) -> RestNormal:
    """A case in which every finding of a procedure that has no entry is entered as normal.

    "The rest of the neurological examination was normal" is said of what was examined. So nothing is entered
    of other procedures, of findings without a normal state (an age, a region of onset), nor where there is an
    entry already, paused or uncertain ones among them. These stay open, and are listed with the reason:

    * what the network says is looked for on its own, as oligoclonal bands are beside the cells and protein;
    * what an entered finding implies (weakness, where there is foot drop), and what never goes with one;
    * of a case with visits, what was not normal when it was seen last: unchanged and normal are two things.

    Args:
        network, case: as of every function.
        procedure: its id in the network; '' for the findings that belong to none.
        categories: the groups of findings that are meant; all of them without.
        on: the day of the visit at which it was examined; the last one without. The entries belong to it.

    Raises:
        NetworkError: the network has no such procedure or category.
        CaseError: the case does not fit the network, or has no visit on that day.
        TypeError: categories that are a single text.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> rest = rest_normal(als, {"mri_cord_compression": "contact_or_stenosis"}, "mri_spine")
    >>> rest
    RestNormal(6 findings entered as normal)
    >>> rest.case.findings["mri_cord_compression"], rest.case.findings["mri_spinal_mass"]
    ('contact_or_stenosis', 'absent')
    >>> rest_normal(als, {"foot_drop": "present"}, "examination").left_open["leg_weakness"]
    'implied by “Foot drop”, which is entered'
    """
    require_names("categories", categories)
    known, case = network_of(network), Case.of(case)
    _require_parts(known, procedure, categories)
    case.require_fit(known)
    day = _day_of_visit(case, on)
    shown = case if day is None else case.at(day)
    seen = {
        name: state for name, state in {**shown.paused, **shown.findings}.items() if name in known.findings
    }
    visit = next((visit.findings for visit in case.visits if visit.on == day), {})
    is_open = [
        name
        for name, it in known.findings.items()
        if it.procedure == procedure
        and (not categories or it.category in categories)
        and it.states[0] in NORMAL
        and name not in visit
        and name not in case.undated
        and name not in case.paused
    ]
    reasons = dict(_reasons(known, seen))
    left_open = {name: reasons[name] for name in is_open if name in reasons}
    entered = {name: known.findings[name].states[0] for name in is_open if name not in reasons}
    return RestNormal(with_changes(case, day, entered, lasting_findings(known)), entered, left_open)


def _require_parts(network: Network, procedure: str, categories: Collection[str]) -> None:
    faults = []
    if procedure and procedure not in network.procedures:
        fix = did_you_mean(procedure, network.procedures) if network.procedures else "it has no procedures"
        faults.append(Issue("error", network.name, f"no procedure {procedure!r}", fix))
    for category in categories:
        if category not in network.categories:
            fix = did_you_mean(category, network.categories)
            faults.append(Issue("error", network.name, f"no category {category!r}", fix))
    if faults:
        raise NetworkError(faults)


def _day_of_visit(case: Case, on: date | str | None) -> date | None:
    """The day of the visit that is meant, by default of the last one; None for a case without visits."""
    days = [visit.on for visit in case.visits]
    if on is None:
        return days[-1] if days else None
    day = day_of(on)
    if day not in days:
        fix = f"choose one of {', '.join(map(str, days))}" if days else "it has no visits; leave out the day"
        raise CaseError([Issue("error", case.id, f"has no visit on {day}", fix)])
    return day


def _reasons(network: Network, seen: Mapping[str, State]) -> Iterator[tuple[str, str]]:
    """Findings that are no part of a normal rest, each with the reason; the last one of a finding counts.

    Args:
        seen: all that is known of the patient on the day, paused findings among it.
    """
    states = Case(seen).in_states(network)
    abnormal = {name: state for name, state in states.items() if state != network.findings[name].states[0]}
    implied = _implied_by(network, abnormal)
    yield from (
        (name, "looked for on its own") for name, it in network.findings.items() if it.on_its_own == "yes"
    )
    yield from _excluded_findings(network, states, abnormal)
    yield from _parts_of(network, {**dict.fromkeys(implied), **abnormal})
    for name, by in implied.items():
        yield name, f"implied by “{network.findings[by].label}”, which is entered"
    for name, state in abnormal.items():
        yield name, f"{state_in_words(state)} when it was seen last"


def _implied_by(network: Network, abnormal: Collection[str]) -> dict[str, str]:
    """What entered findings imply, directly or by way of others -> the entered one."""
    found: dict[str, str] = {}
    reached = list(abnormal)
    for name in reached:
        for one, other in network.implications:
            if one == name and other not in abnormal and other not in found:
                found[other] = found.get(name, name)
                reached.append(other)
    return found


def _parts_of(network: Network, abnormal: Collection[str]) -> Iterator[tuple[str, str]]:
    """The parts of a finding that is there by way of one of them, where none is known to be that one."""
    for name in abnormal:
        parts = network.findings[name].any_of
        if parts and not any(part in abnormal for part in parts):
            yield from ((part, f"one of those behind “{network.findings[name].label}”") for part in parts)


def _excluded_findings(
    network: Network, states: Mapping[str, State], abnormal: Collection[str]
) -> Iterator[tuple[str, str]]:
    """What never goes with an entry, and what an entry never goes with in its normal state."""
    for name, finding in network.findings.items():
        for other, state in map(cause_state, finding.never_with):
            if other in states and (states[other] == state or (state is None and other in abnormal)):
                label = network.findings[other].label
                yield name, f"never goes with “{label}: {state_in_words(states[other])}”, which is entered"
            elif name in abnormal and state == network.findings[other].states[0]:
                yield other, f"“{finding.label}”, which is entered, never goes with it being normal"
