"""An exercise in words: what is open, the answer beside the network's, the better test, the scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dxnet.evaluation.published_cases import SHAPED_THE_NETWORK
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.network import BINARY, NORMAL, Network
from dxnet.reasoning.next_tests import LEAST_SETTLED, NextTest, label_of_test, not_settled
from dxnet.report.content.explanation import finding_state, odds_change
from dxnet.report.content.figures import calibration_table, differing
from dxnet.report.content.identity import published_where
from dxnet.report.content.next_procedures import next_procedures, possible_results
from dxnet.report.parts import Block, Facts, Paragraph, Plot, Section, Series, Table
from dxnet.teaching.exercise import STOP, Exercise, Turn
from dxnet.teaching.learner_scores import FIRST_FEW, LearnerScores, Moment, OrderingScore, turn_at
from dxnet.words import counted, decibans, percent, share

_WEIGHED, _RESULTS, _LISTED = 6, 5, 6
"""Findings, results and procedures that are named to explain."""
_FIRST_OF_NETWORK = 5
"""First diagnoses of the network that stand beside the learner's."""
NO_RESULT_REPORTED = "The published case reports no result of it."
LEARNER, NETWORK = "You", "Network"
_SCORED = (
    ("True diagnosis first", "top1", share),
    ("Mean probability of the true diagnosis", "mean_probability", share),
    ("Log loss (less is better)", "log_loss", "{:.2f}".format),
    ("Brier score (less is better)", "brier", "{:.2f}".format),
)
_TOO_FEW_CASES = 10
"""Under so many cases the scores say little."""


def open_findings(exercise: Exercise) -> Iterator[Section]:
    """What is open of the case, a section a procedure, what was opened last on top."""
    network, findings = exercise.network, exercise.case.findings
    for procedure in reversed(exercise.opened):
        found: list[str] = []
        normal: list[str] = []
        for name in exercise.procedures.get(procedure, ()):
            label, state = network.findings[name].label, findings[name]
            text = label if state == BINARY[1] else f"{label}: {entered_in_words(network, name, state)}"
            (normal if state in NORMAL else found).append(label if state in NORMAL else text)
        heading = label_of_test(network, procedure) if procedure else "Known beforehand"
        rows = [("Found", "; ".join(found)), ("Absent or normal", "; ".join(normal))]
        is_reported = procedure in exercise.procedures
        yield Section(heading, (Facts.of(rows) if is_reported else Paragraph(NO_RESULT_REPORTED),))


def both_rankings(network: Network, turn: Turn) -> list[tuple[str, float, float]]:
    """Diagnosis, the learner's and the network's probability: the network's first ones, and all named."""
    believed = dict(zip(network.diagnoses, turn.belief.over(network), strict=True))
    answer, named = turn.differential, dict(turn.belief.named)
    return [
        (name, float(believed[name]), answer.probability(name))
        for rank, name in enumerate(answer.ranking)
        if rank < _FIRST_OF_NETWORK or name in named
    ]


def why_network_first(network: Network, turn: Turn) -> Iterator[Block]:
    """The findings that weigh most for the network's first diagnosis."""
    yield odds_change(network, turn.why)
    strongest = turn.why.contributions[:_WEIGHED]
    rows = tuple((finding_state(network, c), decibans(c.weight)) for c in strongest)
    versus = network.diagnosis[turn.why.versus].name if turn.why.versus else "all others"
    caption = f"What weighs most for {network.diagnosis[turn.why.diagnosis].name} against {versus}"
    yield Table(caption, ("Finding", ">Decibans"), rows)


def better_test(network: Network, turn: Turn) -> Iterator[Block]:
    """The procedure that was ordered beside the one that comes first, why it does, and the others."""
    if not turn.offered:
        return
    yield Paragraph(_verdict(network, turn), strong=True)
    if best := turn.best:
        settled = [network.diagnosis[d].name for d, p in best.settles if p >= LEAST_SETTLED]
        answer = turn.differential
        named = ((network.diagnosis[d].name, answer.probability(d)) for d in not_settled(answer))
        yield Facts.of(
            [
                ("Why", _told_by(network, best)),
                ("Settles (treatable)", ", ".join(settled)),
                ("Not to be missed", ", ".join(f"{name} {percent(p)}" for name, p in named)),
            ]
        )
        yield possible_results(network, best, answer.ranking[0], _RESULTS)
    yield from next_procedures(network, turn.offered, _LISTED)


def _verdict(network: Network, turn: Turn) -> str:
    best, chosen = turn.best, turn.chosen
    if best is None:
        stopped = "You stopped, and no" if turn.ordered == STOP else "No"
        return f"{stopped} procedure was expected to tell anything to speak of."
    name = label_of_test(network, best.procedure)
    if turn.ordered == STOP:
        return f"You stopped; {name} would have been next."
    if chosen is best:
        return f"You ordered what comes first: {name}."
    assert chosen is not None
    ordered = label_of_test(network, chosen.procedure)
    if chosen not in turn.telling:
        return f"{name} would have been next; {ordered} was expected to tell nothing to speak of."
    if chosen.value > best.value:
        ways = {it for d in not_settled(turn.differential) for it in network.diagnosis[d].settled_by}
        if best.procedure in ways:
            return f"{name} before {ordered}: a treatable diagnosis that it would settle is not excluded."
        if not best.burden:
            return f"{name} before {ordered}: it costs the patient nothing."
        return f"{name} before {ordered}: {ordered} is for research only."
    more = "the same" if chosen.value == best.value else "more"
    return f"{name} was expected to tell {more} for its burden than {ordered}."


def _told_by(network: Network, best: NextTest) -> str:
    return (
        f"{counted(len(best.findings), 'finding')} at once, {best.information:.2f} bits expected, burden "
        f"{best.burden:g}"
    )


def solution(exercise: Exercise) -> Iterator[Block]:
    """The diagnosis of the case, and where it was published."""
    network, about = exercise.network, exercise.case.about
    yield Paragraph(f"The diagnosis: {network.truth_label(exercise.case.diagnosis)}", strong=True)
    yield Facts.of(
        [
            ("Title", about.get("title", "")),
            ("Published", published_where(about)),
            ("How it was proved", about.get("certainty", "")),
        ]
    )


def learner_measures(found: LearnerScores, ordering: OrderingScore) -> Iterator[Block]:
    """Scores of the learner and of the network on the same findings, and how well tests were chosen."""
    rows = tuple(
        (label, say(getattr(found.learner, name)), say(getattr(found.network, name)))
        for label, name, say in _SCORED
    )
    caption = f"Scores of the {found.moment} answer on {counted(found.learner.n, 'case')}"
    yield Table(caption, ("Measure", f">{LEARNER}", f">{NETWORK}"), rows)
    if found.learner.n > 1:
        mean, ends, verdict = differing(found.difference.log_loss, True)
        reading = {"this one is better": "you did better", "this one is worse": "the network did better"}
        yield Paragraph(f"Log loss, you minus the network: {mean} ({ends}); {reading.get(verdict, verdict)}.")
    yield Paragraph(SHAPED_THE_NETWORK)
    if found.learner.n < _TOO_FEW_CASES:
        yield Paragraph(f"Under {_TOO_FEW_CASES} cases these scores are mostly chance.")
    if ordering.n:
        yield Paragraph(
            f"Next procedure: the first of the order in {ordering.best} of "
            f"{counted(ordering.n, 'choice')}, one of the first {FIRST_FEW} in {ordering.among_first}. "
            "Choices in which none was expected to tell anything to speak of are not counted."
        )


def learner_calibration(found: LearnerScores) -> Iterator[Block]:
    """Stated probabilities against how often they were right, of both."""
    both = ((LEARNER, found.learner_calibration), (NETWORK, found.network_calibration))
    lines = tuple(
        Series(
            name,
            tuple(zip(bins.predicted.astype(float), bins.observed.astype(float), strict=True)),
            tuple(zip(bins.low.astype(float), bins.high.astype(float), strict=True)),
        )
        for name, bins in both
    )
    ideal = Series("perfect calibration", ((0, 0), (1, 1)))
    yield Plot("Stated probabilities, and the share that was right.", "stated", "right", (*lines, ideal))
    for name, bins in both:
        yield calibration_table(bins, f"{name.lower()}, each stated probability", "Diagnoses")


def verdicts(network: Network, closed: Iterable[Exercise], moment: Moment = "last") -> Table:
    """The closed cases: their diagnoses, and the probability that either gave at a moment."""
    rows = []
    for exercise in closed:
        turn, truths = turn_at(exercise, moment), network.members(exercise.case.diagnosis)
        believed = dict(zip(network.diagnoses, turn.belief.over(network), strict=True))
        rows.append(
            (
                network.truth_label(exercise.case.diagnosis),
                network.diagnosis[turn.belief.first].name,
                percent(float(sum(believed[name] for name in truths))),
                percent(sum(map(turn.differential.probability, truths))),
            )
        )
    columns = ("True diagnosis", "Your first", f">{LEARNER}: P(true)", f">{NETWORK}: P(true)")
    return Table(f"Closed cases: the {moment} answer on each", columns, tuple(rows))
