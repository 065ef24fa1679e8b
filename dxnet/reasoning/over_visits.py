"""How a case moved over its visits: findings, ranking and criteria at each, and what the dates suggest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from dxnet.inference.case import Case, CaseLike, State
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine, EngineLike, network_of
from dxnet.inference.results import Results
from dxnet.inference.visit import Visit
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.from_visits import FromVisits
from dxnet.knowledge.measurement import measurements
from dxnet.knowledge.network import NORMAL, Network
from dxnet.reasoning.als_criteria import Categories, criteria
from dxnet.words import counted


@dataclass(frozen=True)
class VisitAnswer:
    """What was known at a visit, and the answer then.

    Args:
        visit: its day, and what was examined on it.
        before: the findings in force before it, as they were entered.
        case: the case as known at it; of each finding, what was seen last.
        answer: the ranked differential of ``case``.
        criteria: the diagnostic criteria, read anew.
    """

    visit: Visit
    before: Mapping[str, State]
    case: Case
    answer: Differential
    criteria: Categories

    @property
    def on(self) -> date:
        """The day of the visit."""
        return self.visit.on

    @property
    def first(self) -> str:
        """The diagnosis that is ranked first."""
        return self.answer.ranking[0]

    @property
    def probability(self) -> float:
        """Post-test probability of ``first``."""
        return self.answer.probability(self.first)

    @property
    def new(self) -> tuple[str, ...]:
        """Findings that were examined for the first time."""
        return tuple(name for name in self.visit.findings if name not in self.before)

    @property
    def changed(self) -> tuple[str, ...]:
        """Findings that are not as they were seen before: in another state, or another number in the same.

        >>> from dxnet import Case, Visit, load_network
        >>> seen = [Visit("2024-01-10", {"ck": "250 U/L"}), Visit("2024-06-02", {"ck": "990 U/L"})]
        >>> over_visits(load_network("als_mimics"), Case.of_visits(seen))[1].changed
        ('ck',)
        """
        network, found = self.answer.network, self.visit.findings
        now, then = (Case(known).in_states(network) for known in (found, self.before))
        return tuple(
            name
            for name, state in now.items()
            if name in then
            and (then[name] != state or _is_another_number(network, name, self.before[name], found[name]))
        )


def _is_another_number(network: Network, finding: str, *seen: State) -> bool:
    """Whether a finding was seen as two numbers that are not the same, whatever their reference ranges."""
    texts = [text for text in seen if isinstance(text, str)]
    if len({*texts}) < len(seen) or any(read_entered(network, finding, it).kind != "number" for it in texts):
        return False
    before, now = ([(it.of, str(it)) for it in measurements(text)] for text in texts)
    return before != now


class VisitAnswers(Results[VisitAnswer]):
    """See ``over_visits``."""

    thing = "visit"
    columns: ClassVar = {name: name for name in ("on", "first", "probability", "new", "changed")}


def over_visits(engine: EngineLike, case: CaseLike) -> VisitAnswers:
    """The answer at each visit of a case, earliest first; none for a case without visits.

    At each visit the findings in force are those without a date and, of the others, what was seen last up to
    then. What was not examined by then is not examined.

    Raises:
        CaseError: the case does not fit, or is impossible at a visit.

    >>> from dxnet import Case, Visit, load_network
    >>> first = Visit("2024-01-10", {"xray_abnormal": "absent"})
    >>> second = Visit("2024-06-02", {"xray_abnormal": "present"})
    >>> case = Case.of_visits([first, second], {"smoking": "present"})
    >>> [(it.first, round(it.probability, 3), it.changed) for it in over_visits(load_network("asia"), case)]
    [('no_lung_cancer', 0.998, ()), ('lung_cancer', 0.646, ('xray_abnormal',))]
    """
    engine, case = Engine.of(engine), Case.of(case)
    case.require_fit(engine.network)
    return VisitAnswers(_answers(engine, case))


def _answers(engine: Engine, case: Case) -> Iterator[VisitAnswer]:
    before: Mapping[str, State] = case.undated
    for visit in case.visits:
        known = case.at(visit.on)
        yield VisitAnswer(visit, before, known, engine.diagnose(known), criteria(engine.network, known))
        before = {**known.findings, **known.paused}


@dataclass(frozen=True)
class ProposedFinding:
    """A state that the dates of the visits suggest for a finding; the user decides.

    Args:
        finding: its id.
        state: the state that is proposed.
        because: why, in words.
    """

    finding: str
    state: str
    because: str


class ProposedFindings(Results[ProposedFinding]):
    """See ``proposed_from_visits``."""

    thing = "finding"
    columns: ClassVar = {name: name for name in ("finding", "state", "because")}


@dataclass(frozen=True)
class _Step:
    """New signs of a visit, those in a new region, those that are gone, and when they last were otherwise."""

    since: date
    on: date
    regions: Mapping[str, str]
    signs: tuple[str, ...]
    gone: tuple[str, ...]


def proposed_from_visits(network: EngineLike, case: CaseLike) -> ProposedFindings:
    """The findings on spread and tempo that the visits suggest, by ``from visits`` of the network.

    A finding that already stands in the case in that state is not proposed. A sign that was not examined
    before is never new: it may have been there. Findings that are paused suggest nothing, and one that is
    paused is not proposed.

    Raises:
        CaseError: the case does not fit the network.

    >>> from dxnet import Case, Visit, load_network
    >>> first = Visit("2024-01-10", {"arm_weakness": "present", "leg_weakness": "absent"})
    >>> case = Case.of_visits([first, Visit("2024-06-02", {"leg_weakness": "present"})])
    >>> [(it.finding, it.state) for it in proposed_from_visits(load_network("als_mimics"), case)]
    [('onset_tempo', 'progressive'), ('spread', 'present')]
    """
    network, case = network_of(network), Case.of(case)
    case.require_fit(network)
    steps, stated = [*_steps_of(network, case)], case.in_states(network)
    proposed = (
        ProposedFinding(name, *found)
        for name, finding in network.findings.items()
        if (rule := finding.from_visits)
        and (found := _proposed(network, rule, steps, [*_steps_of(network, case, rule.come_and_go_of)]))
    )
    return ProposedFindings(
        it for it in proposed if it.finding not in case.paused and stated.get(it.finding) != it.state
    )


def _steps_of(network: Network, case: Case, watched: Sequence[str] = ()) -> Iterator[_Step]:
    """What happened to what is watched from one visit to the next: findings, or all signs of a region."""
    signs = {
        name: finding
        for name, finding in network.findings.items()
        if (name in watched if watched else finding.region)
        and finding.states[0] in NORMAL
        and name not in case.paused
    }
    seen: dict[str, tuple[date, bool]] = {}
    involved: set[str] = set()
    for visit in case.visits:
        now = {
            name: state != signs[name].states[0]
            for name, state in Case(visit.findings).in_states(network).items()
            if name in signs and isinstance(state, str) and state in signs[name].states
        }
        new = [name for name, abnormal in now.items() if abnormal and name in seen and not seen[name][1]]
        gone = [name for name, abnormal in now.items() if not abnormal and name in seen and seen[name][1]]
        regions = {name: signs[name].region for name in new if signs[name].region not in involved}
        since = max((seen[name][0] for name in (*new, *gone)), default=visit.on)
        if now:
            yield _Step(since, visit.on, regions if involved else {}, tuple(new), tuple(gone))
        seen |= {name: (visit.on, abnormal) for name, abnormal in now.items()}
        involved |= {signs[name].region for name, abnormal in now.items() if abnormal}


def _proposed(
    network: Network, rule: FromVisits, steps: Sequence[_Step], course: Sequence[_Step]
) -> tuple[str, str] | None:
    """The state of a finding by what happened to the signs, and to what says of its course; and why."""
    worse, gone = [step for step in steps if step.signs], [step for step in steps if step.gone]
    better = [step for step in course if step.gone]
    if rule.new_region:
        further = [(_regions_of_step(network, step, rule.of), step) for step in steps]
        seen = [_first_seen(regions, step) for regions, step in further if regions]
        return (rule.new_region, "; ".join(seen)) if seen else None
    if rule.come_and_go and better and any(step.signs and step.on >= better[0].on for step in course):
        return rule.come_and_go, "; ".join(
            f"{_labels(network, step.signs)} new, {_labels(network, step.gone)} gone on {step.on}"
            if step.signs and step.gone
            else f"{_labels(network, step.signs or step.gone)} {'new' if step.signs else 'gone'} on {step.on}"
            for step in course
            if step.signs or step.gone
        )
    if worse and not better and rule.new_signs:
        days = (worse[-1].on - worse[0].since).days / len(worse)
        listed = [_first_seen([_labels(network, step.signs)], step) for step in worse]
        listed += [f"{_labels(network, it.gone)} not found on {it.on} (inconstant)" for it in gone]
        return (state, "; ".join(listed)) if (state := rule.pace(days)) else None
    for state, days in rule.unchanged.items() if steps else ():
        if not worse and not gone and not better and (known := (steps[-1].on - steps[0].on).days) >= days:
            return state, f"no sign is new or gone in {known} days, {steps[0].on} to {steps[-1].on}"
    return None


def _regions_of_step(network: Network, step: _Step, kinds: Sequence[str]) -> tuple[str, ...]:
    """The regions that are new at a step with a sign of these kinds; of any kind without them."""
    of = (place for name, place in step.regions.items() if not kinds or network.findings[name].sign in kinds)
    return tuple(dict.fromkeys(of))


def _labels(network: Network, names: tuple[str, ...]) -> str:
    return ", ".join(network.findings[name].label for name in names)


def _first_seen(what: Iterable[str], step: _Step) -> str:
    days = (step.on - step.since).days
    return f"{', '.join(what)} within {counted(days, 'day')} ({step.since} to {step.on})"
