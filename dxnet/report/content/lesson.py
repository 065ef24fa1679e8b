"""An exercise in words: what is open, the answer beside the network's, the better test, the scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dxnet.evaluation.published_cases import SHAPED_THE_NETWORK
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.network import BINARY, NORMAL, Network
from dxnet.reasoning.next_tests import LEAST_BITS, LEAST_SETTLED, NextTest, label_of_test, not_settled
from dxnet.report.content.explanation import finding_state, odds_change
from dxnet.report.content.figures import calibration_table, differing
from dxnet.report.content.identity import published_where
from dxnet.report.content.next_procedures import BITS, possible_results
from dxnet.report.parts import Block, Facts, Paragraph, Plot, Section, Series, Table
from dxnet.teaching.exercise import STOP, Exercise, Turn
from dxnet.teaching.learner_scores import LearnerScores, OrderingScore
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
    """The procedure that was ordered beside the best, why it is, and the others."""
    best = turn.best
    if best is None:
        return
    yield Paragraph(_verdict(network, turn, best), strong=True)
    settled = [network.diagnosis[d].name for d, p in best.settles if p >= LEAST_SETTLED]
    yield Facts.of(
        [
            ("Why", _told_by(network, best)),
            ("Settles (treatable)", ", ".join(settled)),
        ]
    )
    if best.information >= LEAST_BITS:
        yield possible_results(network, best, turn.differential.ranking[0], _RESULTS)
    rows = ((label_of_test(network, t.procedure), *_weighed_test(t)) for t in turn.offered)
    columns = ("Procedure", ">Bits", ">Burden", ">Bits per burden")
    yield Table.first("What could be ordered, the best first", columns, rows, _LISTED)
    yield Paragraph(BITS)


def _verdict(network: Network, turn: Turn, best: NextTest) -> str:
    name, chosen = label_of_test(network, best.procedure), turn.chosen
    if max(test.information for test in turn.offered) < LEAST_BITS:
        stopped = "You stopped, and no" if turn.ordered == STOP else "No"
        return f"{stopped} procedure was expected to tell anything to speak of."
    if turn.ordered == STOP:
        return f"You stopped; {name} would have been next."
    if chosen is best:
        return f"You ordered the best next procedure: {name}."
    assert chosen is not None
    ordered = label_of_test(network, chosen.procedure)
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


def _weighed_test(test: NextTest) -> tuple[str, str, str]:
    error = f" ± {test.error:.2f}" if test.error else ""
    return f"{test.information:.2f}{error}", f"{test.burden:g}", f"{test.value:.3f}"


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
    which = "first answer" if found.moment == "first" else "last answer"
    rows = tuple(
        (label, say(getattr(found.learner, name)), say(getattr(found.network, name)))
        for label, name, say in _SCORED
    )
    caption = f"Scores of the {which} on {counted(found.learner.n, 'case')}"
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
            f"Next procedure: the best in {ordering.best} of {ordering.n} choices; "
            f"{ordering.chosen_value:.3f} bits per burden expected of those ordered, "
            f"{ordering.best_value:.3f} of the best."
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
        yield calibration_table(bins, f"{name.lower()}, each stated probability")


def verdicts(network: Network, closed: Iterable[Exercise]) -> Table:
    """The closed cases: their diagnoses, and the probability that either gave at last."""
    rows = []
    for exercise in closed:
        turn, truths = exercise.turns[-1], network.members(exercise.case.diagnosis)
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
    return Table("Closed cases", columns, tuple(rows))
