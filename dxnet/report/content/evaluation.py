"""An evaluation under the headings of TRIPOD+AI; what the program cannot know is marked “Not reported.”

Collins GS et al. TRIPOD+AI statement: updated guidance for reporting clinical prediction models that use
regression or machine learning methods. BMJ 2024;385:e078378, doi:10.1136/bmj-2023-078378.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

import numpy as np

from dxnet.evaluation.performance import LEAST_CASES, Performance
from dxnet.evaluation.published_cases import FINDINGS, FIT_NOT_GENERALISATION, count_shipped
from dxnet.evaluation.statistics import method
from dxnet.formats.cases.read import Stage
from dxnet.inference.differential import INTENDED_USE, INTENDED_USER
from dxnet.knowledge.network import Network
from dxnet.report.content import figures
from dxnet.report.content.first_rank import first_rank_parts
from dxnet.report.content.identity import SHORT_USE, basis, fingerprint_or_none, limits_of
from dxnet.report.parts import Block, Bullets, Content, Facts, Paragraph, Section, Table, tidied
from dxnet.review.provenance import kinds
from dxnet.words import counted, share

NOT_REPORTED = "Not reported."
_METHODS = (
    "Rank of the true diagnosis; log loss and Brier score of all diagnoses; areas under ROC curves, one "
    "against the rest; calibration of the first rank in 10 bins, expected calibration error, calibration "
    "slope and intercept of log-odds; net benefit against working up all and none. Samples of two answers to "
    "the same cases are paired. "
)
_WORKS = (
    "TRIPOD+AI: Collins GS et al. BMJ 2024;385:e078378, doi:10.1136/bmj-2023-078378.",
    "Calibration slope and intercept: Van Calster B et al. BMC Med 2019;17:230, "
    "doi:10.1186/s12916-019-1466-7.",
    "Decision curves: Vickers AJ, Elkin EB. Med Decis Making 2006;26:565-574, doi:10.1177/0272989X06295361.",
    "Bootstrap: Efron B. Ann Stat 1979;7:1-26, doi:10.1214/aos/1176344552.",
    "Wilson interval: Wilson EB. J Am Stat Assoc 1927;22:209-212, doi:10.1080/01621459.1927.10502953.",
)


def evaluation_report(
    found: Performance, source: str, stage: Stage = "post", on: date | None = None
) -> Content:
    """The content of the report of an evaluation.

    Args:
        found: result of ``measure_performance``.
        source: name of the file of the cases.
        stage: the findings of published cases that were used.
        on: date of the report; by default today.

    >>> from dxnet import Case, Engine, load_network
    >>> from dxnet.evaluation.performance import measure_performance
    >>> cases = [Case({"smoking": "present"}, diagnosis=d) for d in ("lung_cancer", "no_lung_cancer")]
    >>> found = measure_performance(Engine(load_network("asia")), cases, draws=9)
    >>> [section.heading for section in evaluation_report(found, "two.csv").sections][2:5]
    ['Methods', 'Open science', 'Patient and public involvement']
    """
    on, network = on or date.today(), found.answers.network
    sections = (
        Section("Title and abstract", tuple(_abstract(found, stage))),
        Section("Introduction", tuple(_introduction(network))),
        Section("Methods", tuple(_methods(found, source, stage))),
        Section("Open science", (_open_questions(network, found),)),
        Section("Patient and public involvement", (Facts.of([("19 Involvement", NOT_REPORTED)]),)),
        Section("Results", tuple(_results_section(found))),
        Section("Discussion", tuple(_discussion(found))),
        Section("References", (Bullets(_WORKS),)),
    )
    foot = f"{SHORT_USE} Evaluation of {network.name} {network.version} · {on.isoformat()}"
    made: Content = tidied(Content("Evaluation of a network", foot, on, sections))
    return made


def _abstract(found: Performance, stage: Stage) -> Iterator[Block]:
    network, card = found.answers.network, found.card
    low, high = (share(float(found.measures[end]["top1"])) for end in ("low", "high"))
    yield Paragraph(INTENDED_USE, strong=True)
    yield Facts.of(
        [
            ("1 Title", f"Evaluation of {network.label}: which of {len(network.diagnoses)} diagnoses is it?"),
            (
                "2 Abstract",
                f"{counted(card.n, 'case')} of known diagnosis, {FINDINGS[stage]}, setting "
                f"“{network.settings[card.setting].label}”. True diagnosis first in {share(card.top1)} "
                f"(95 % interval {low} to {high}) and among the first three in {share(card.top3)}; log loss "
                f"{card.log_loss:.2f}, Brier score {card.brier:.2f}. {standing(found)}",
            ),
        ]
    )


def standing(found: Performance) -> str:
    """Whether the cases played a part in the development of the network, as far as is known."""
    known, n = count_shipped(found.answers.cases), found.card.n
    if not known:
        return "Whether these cases played a part in the development of the network is not reported."
    few = "" if known == n else f"{known} of the {counted(n, 'case')} are published cases that ship with it. "
    return few + FIT_NOT_GENERALISATION


def evaluation_in_brief(found: Performance, cases: str) -> Iterator[Block]:
    """Performance of a network on cases of known diagnosis, on a screen or two.

    Args:
        found: of ``performance``.
        cases: what they were read from.
    """
    network, card = found.answers.network, found.card
    yield Facts((("Cases", cases), *basis(network, card.setting).rows))
    yield Paragraph(standing(found))
    yield figures.measures_table(found, f"Scores of {counted(card.n, 'case')}")
    yield Paragraph(method(found.draws))
    yield from _first_rank_and_fit(found)
    yield from figures.discrimination(found)
    for it in found.decisions:
        yield from figures.decision_parts(it, card.n)
    if found.comparisons:
        yield from figures.comparison_table(found.comparisons)
    yield Facts((("True diagnosis not ranked first", f"{len(card.misses)} of {counted(card.n, 'case')}"),))


def _first_rank_and_fit(found: Performance) -> Iterator[Block]:
    if found.first_rank and found.fit:
        yield from first_rank_parts(found.first_rank)
        yield figures.fit_in_words(found.fit)
    else:
        yield Paragraph("P(ranked first) and fit: not computed, as one answer of this network takes seconds.")


def _introduction(network: Network) -> Iterator[Block]:
    yield Facts.of(
        [
            ("3a Background", f"A diagnostic model. {network.description or NOT_REPORTED}"),
            ("3b Purpose and users", INTENDED_USER),
            ("3c Health inequalities", NOT_REPORTED),
            ("4 Objectives", "To evaluate the performance of an existing network; nothing was fitted here."),
        ]
    )


def _methods(found: Performance, source: str, stage: Stage) -> Iterator[Block]:
    network, cases = found.answers.network, found.answers.cases
    entered = [len(case.findings) for case in cases]
    yield Facts.of(
        [
            (
                "5 Data",
                f"{source}: {_case_sources(found)} Representativeness and dates of accrual: not reported.",
            ),
            ("6 Participants", "Centres, eligibility and treatments: not reported."),
            ("7 Data preparation", f"Findings used: {FINDINGS[stage]}. Quality checks: not reported."),
            ("8 Outcome", "The diagnosis in the file. Who established it, how, and blinding: not reported."),
            (
                "9 Predictors",
                f"{counted(len(network.findings), 'finding')}, each defined in the network. The "
                "examiners, and their blinding to the diagnosis: not reported.",
            ),
            ("10 Sample size", f"{counted(len(cases), 'case')}; a calculation is not reported."),
            (
                "11 Missing data",
                f"A case states {min(entered)} to {max(entered)} of {len(network.findings)} findings, median "
                f"{np.median(entered):g}. The others were not examined: they are summed over, neither taken "
                "as absent nor imputed. No case was left out.",
            ),
            *_analysis(found),
        ]
    )


def _analysis(found: Performance) -> Iterator[tuple[str, str]]:
    counts = kinds(found.answers.network)
    target = ", ".join(it.question.label for it in found.decisions) or "none"
    yield "12 Analytical methods", f"{_METHODS}{method(found.draws)} Decisions: {target}."
    yield (
        "12c Type of model",
        "Bayesian network with exact inference; of its numbers "
        f"{counts['published']:,} cite a work and {counts['estimate']:,} are reasoned estimates.",
    )
    yield "13 Class imbalance", "Nothing was done; the mix of the cases is as it is in the file."
    yield "14 Fairness", "No method was applied; results are split by the subjects that the cases state."
    yield "15 Model output", "The probability of each diagnosis, which sum to 1. No threshold is set."
    yield "16 Training versus evaluation", standing(found)
    yield "17 Ethical approval", NOT_REPORTED


def _case_sources(found: Performance) -> str:
    cases = found.answers.cases
    cited = sum(any(case.about.get(key) for key in ("doi", "pmid", "url")) for case in cases)
    years = sorted(year for case in cases if (year := case.about.get("year", "")).isdigit() and int(year))
    span = f", of {years[0]} to {years[-1]} where a year is stated" if years else ""
    vignettes = sum(case.about.get("vignette") == "yes" for case in cases)
    teaching = f"; {vignettes} are teaching vignettes" if vignettes else ""
    return f"{counted(len(cases), 'case')}, {cited} with a published source{span}{teaching}."


def _open_questions(network: Network, found: Performance) -> Facts:
    all_shipped = count_shipped(found.answers.cases) == found.card.n
    return Facts.of(
        [
            ("18a Funding", NOT_REPORTED),
            ("18b Conflicts of interest", NOT_REPORTED),
            ("18c Protocol", NOT_REPORTED),
            ("18d Registration", NOT_REPORTED),
            ("18e Data sharing", "The cases ship with dxnet." if all_shipped else NOT_REPORTED),
            ("18f Code sharing", f"This report is an output of dxnet {version('dxnet')}."),
        ]
    )


def _results_section(found: Performance) -> Iterator[Block]:
    answers, network, n = found.answers, found.answers.network, found.card.n
    numbers = Counter(case.diagnosis for case in answers.cases)
    rows = tuple((network.truth_label(name), str(count)) for name, count in numbers.most_common())
    yield Paragraph("20 Participants", strong=True)
    yield Table(f"True diagnoses of {counted(n, 'case')}", ("Diagnosis", ">Cases"), rows)
    yield from figures.subjects(answers)
    yield Paragraph("21 Model development: nothing was fitted here.")
    yield Paragraph(
        f"22 Model specification: network {network.name} {network.version}, fingerprint "
        f"{fingerprint_or_none(network)}, setting {answers.setting}."
    )
    yield Paragraph("23 Model performance", strong=True)
    yield figures.measures_table(found, "Scores")
    yield from figures.calibration_parts(found.reliability, "the first rank")
    yield from _first_rank_and_fit(found)
    yield from figures.discrimination(found)
    for it in found.decisions:
        yield from figures.decision_parts(it, n)
        yield from figures.calibration_parts(it.reliability, f"P({it.question.label})")
    if found.comparisons:
        yield from figures.comparison_table(found.comparisons)
    yield Paragraph("24 Model updating: none.")


def _discussion(found: Performance) -> Iterator[Block]:
    network = found.answers.network
    few = sum(it.auc is None for it in found.discrimination if it.question.kind == "diagnosis")
    without = len(figures.without_case(network, [case.diagnosis for case in found.answers.cases]))
    yield Facts.of(
        [
            ("25 Interpretation", standing(found)),
            (
                "26 Limitations",
                f"{few} of {len(network.diagnoses)} diagnoses have cases, but too few (under {LEAST_CASES}) "
                f"to be judged alone; {without} {'has' if without == 1 else 'have'} none. Net benefit and "
                "log loss depend on the mix of the cases, which need not be that of a clinic.",
            ),
            (
                "27a Input data",
                "A finding that was not examined is left out; an uncertain one is entered as a likelihood. "
                "Findings that contradict each other are reported.",
            ),
            ("27b Users", INTENDED_USER),
            ("27c Next steps", "An evaluation on patients who played no part in the development."),
        ]
    )
    yield Paragraph("What is not modelled", strong=True)
    yield limits_of(network)
