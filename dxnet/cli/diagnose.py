"""Rank the diagnoses of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dxnet.cli.case_answers import answers_json_option, print_answers
from dxnet.cli.outputs import output_option
from dxnet.cli.settings import EnginesBySetting
from dxnet.cli.shared import (
    FILE_PATH,
    backend_option,
    case_options,
    cases_of_files,
    load,
    verbose_option,
    write_output,
)
from dxnet.errors import CaseError, Issue
from dxnet.words import counted

if TYPE_CHECKING:
    from dxnet.formats.cases.registry import Stage
    from dxnet.inference.case import Case
    from dxnet.inference.differential import Differential
    from dxnet.inference.engine import Engine
    from dxnet.report.parts import Block, Section
    from dxnet.report.render.terminal import Page

BACKEND_TOLERANCE = 1e-9
"""Backends agree to this."""


@click.command()
@click.argument("paths", metavar="CASE...", nargs=-1, required=True, type=FILE_PATH)
@case_options
@backend_option
@click.option(
    "--explain", "why", is_flag=True, help="Weights of the findings, their conflict, what would change."
)
@click.option("--intervals", "sure", is_flag=True, help="90 % credible intervals of the posteriors.")
@click.option("--next", "next_", is_flag=True, help="Which procedure to do next.")
@click.option("--verify", is_flag=True, help="Compare with pgmpy, and print the largest difference.")
@output_option("--record", "kept", metavar="FILE", help="Keep all of it for 'dxnet replay'.")
@answers_json_option
@verbose_option
@click.option(
    "--top", metavar="N", default=8, show_default=True, type=click.IntRange(min=1), help="Ranks to print."
)
def diagnose_command(
    paths: Sequence[Path],
    name: str,
    setting: str | None,
    stage: Stage,
    codes: Path | None,
    backend: str,
    why: bool,
    sure: bool,
    next_: bool,
    verify: bool,
    kept: Path | None,
    as_json: bool,
    verbose: bool,
    top: int,
) -> None:
    """Rank the diagnoses for the cases in one or more files.

    Reads .yaml and .json (one case), .jsonl (one per line) and .csv (one per row; a blank is not examined). A
    .json or .yaml file may be a GA4GH phenopacket or a FHIR R4 Bundle, too, and .ndjson the FHIR resources of
    one patient. Warnings are part of the answer; those of a kind are one line. Each dated visit has a line.
    """
    from dxnet.report.content.coded_record import record_tables
    from dxnet.report.render.terminal import Page

    network = load(name)
    cases = cases_of_files(paths, stage, network, codes, notices=False, in_full=verbose)
    backend = "compiled" if backend == "auto" and (why or sure or next_) else backend
    answers = EnginesBySetting(network, setting, backend, len(cases)).diagnose_all(cases)
    page, objects = Page(), []
    for number, (engine, answer) in enumerate(answers):
        plain, parts = _answer_and_reasons(engine, answer, top, why=why, sure=sure, next_=next_)
        objects.append(plain)
        if not as_json:
            if number:
                page.line()
            page.show([*parts, *(record_tables(network, answer.case) if verbose else ())])
    if as_json:
        print_answers(objects, paths)
    elif sure:
        _show_first_rank(engine, page)
    if kept:
        _write_record(answers, name, kept)
    if verify:
        _verify([answer for _, answer in answers])


def _answer_and_reasons(
    engine: Engine, answer: Differential, top: int, *, why: bool, sure: bool, next_: bool
) -> tuple[dict[str, Any], Sequence[Block | Section]]:
    """The ranking and what was asked besides, in plain types and as parts."""
    from dxnet.cli.plain import plain_explanation, plain_intervals, plain_next
    from dxnet.evaluation.as_sure import as_sure
    from dxnet.reasoning.conflict import conflict, flips
    from dxnet.reasoning.credible_intervals import credible_intervals
    from dxnet.reasoning.explain import explain
    from dxnet.reasoning.guideline import outstanding
    from dxnet.reasoning.next_tests import never_miss, next_tests
    from dxnet.report.content.explanation import WEIGHTS, doubts, why_first
    from dxnet.report.content.next_procedures import next_steps
    from dxnet.report.content.ranking import answer_in_brief
    from dxnet.report.content.trust import how_often_right
    from dxnet.report.parts import Paragraph

    network, case = engine.network, answer.case
    intervals = credible_intervals(engine, case) if sure else None
    plain = answer.to_dict()
    trust = as_sure(engine, answer.probability(answer.ranking[0]))
    plain["as_sure"] = asdict(trust) if trust else None
    more, placed = _place_fit_and_visits(engine, case)
    plain |= more
    parts: list[Block | Section] = [*answer_in_brief(answer, top, intervals)]
    parts += [*how_often_right(engine, answer), *placed]
    if why:
        found = explain(engine, case), conflict(engine, case), flips(engine, case)
        plain["explanation"] = plain_explanation(*found)
        parts += [
            why_first(network, found[0], top=top),
            Paragraph(WEIGHTS),
            *doubts(network, case, *found[1:], top=top),
        ]
    if intervals:
        plain["intervals"] = plain_intervals(intervals)
    if next_:
        tests, misses, left = next_tests(engine, case), never_miss(engine, case), outstanding(engine, case)
        plain |= plain_next(tests, misses, left)
        parts.append(next_steps(network, tests, misses, left, answer.ranking[0], top=top))
    return plain, parts


def _place_fit_and_visits(engine: Engine, case: Case) -> tuple[dict[str, Any], list[Block | Section]]:
    """Where the signs point to, how well a disease explains them, and the course over the visits."""
    from dxnet.cli.plain import plain_place_and_fit, plain_visits
    from dxnet.reasoning.fit import fit
    from dxnet.reasoning.localisation import localise, points_to_a_place
    from dxnet.reasoning.over_visits import over_visits, proposed_from_visits
    from dxnet.report.content.localisation import places_and_match
    from dxnet.report.content.visits import visits_section

    network, plain = engine.network, dict[str, Any]()
    parts: list[Block | Section] = []
    if case.findings:
        place = localise(engine, case) if points_to_a_place(network, case) else None
        match = None if engine.is_wide else fit(engine, case)
        plain |= plain_place_and_fit(place, match)
        parts += places_and_match(network, place, match)
    if case.visits:
        plain["visits"] = plain_visits(over_visits(engine, case), proposed_from_visits(network, case))
    return plain, [*parts, *visits_section(engine, case)]


def _show_first_rank(engine: Engine, page: Page) -> None:
    """How often the first diagnosis of the development cases was right, beside its P(ranked first)."""
    from dxnet.evaluation.first_rank import first_rank_on_development
    from dxnet.report.content.first_rank import first_rank_on_shipped

    page.show([*first_rank_on_shipped(first_rank_on_development(engine.network, engine.setting))])


def _write_record(answers: Sequence[tuple[Engine, Differential]], source: str, path: Path) -> None:
    """Write what the answers rest on, and their numbers, to a file."""
    from dxnet.formats.record import dump_record, make_record

    (engine, _), *_ = answers
    if settings := {answer.setting for _, answer in answers} - {engine.setting}:
        every = ", ".join(sorted({engine.setting, *settings}))
        message = f"the cases were saved with several settings: {every}"
        fix = "give --setting, or record them one by one"
        raise CaseError([Issue("error", str(path), message, fix)])
    write_output(dump_record(make_record(engine, [answer for _, answer in answers], source)), path)


def _verify(answers: Sequence[Differential]) -> None:
    """Print the largest difference from pgmpy's answers; exit code 1 where it is more than rounding."""
    from dxnet.inference.engine import Engine

    network, settings = answers[0].network, {answer.setting for answer in answers}
    oracles = {setting: Engine(network, setting, "pgmpy") for setting in settings}
    worst = max(
        abs(answer.post_test - oracles[answer.setting].diagnose(answer.case).post_test).max()
        for answer in answers
    )
    click.echo(
        f"verified with pgmpy: largest difference {worst:.1e} in {counted(len(answers), 'case')}", err=True
    )
    if not worst < BACKEND_TOLERANCE:
        click.get_current_context().exit(1)
