"""Score a network on cases whose diagnosis is known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.orders import sequential_option
from dxnet.cli.outputs import output_option
from dxnet.cli.shared import (
    FILE_PATH,
    backend_option,
    cases_of_files,
    codes_option,
    engine_for,
    json_option,
    load,
    network_option,
    places_from_here,
    print_json,
    setting_option,
    stage_option,
    write_output,
)
from dxnet.errors import CaseError, DxnetError, Issue
from dxnet.report.writers import FORMS, written_as

if TYPE_CHECKING:
    from dxnet.evaluation.paired import Comparison
    from dxnet.evaluation.performance import Performance
    from dxnet.evaluation.scorecard import Scorecard
    from dxnet.formats.cases.registry import Stage
    from dxnet.inference.case import Case
    from dxnet.inference.engine import Engine


@click.command()
@click.argument("path", metavar="[CASES]", required=False, type=FILE_PATH)
@sequential_option
@network_option
@setting_option
@stage_option
@codes_option
@backend_option
@json_option
@click.option(
    "--target",
    default="",
    metavar="DIAGNOSIS_OR_GROUP",
    help="Diagnosis or group of the decision curve; default: the network's own, if it has one. Of a file "
    "of another program: the node to diagnose.",
)
@click.option(
    "--against",
    "others",
    multiple=True,
    metavar="SETTING|NETWORK|naive-bayes",
    help="Compare with another setting, another network, or naive Bayes from the same numbers; repeatable.",
)
@click.option(
    "--compare", "earlier", metavar="SCORECARD.json", type=FILE_PATH, help="An earlier --json output."
)
@click.option("--details", is_flag=True, help="Print each diagnosis and each missed case, too.")
@output_option(
    "--report",
    metavar="FILE",
    help=f"Write a report under the headings of TRIPOD+AI: {', '.join(FORMS)}.",
)
def evaluate_command(
    path: Path,
    name: str,
    setting: str | None,
    stage: Stage,
    codes: Path | None,
    backend: str,
    as_json: bool,
    target: str,
    others: tuple[str, ...],
    earlier: Path | None,
    details: bool,
    report: Path | None,
) -> None:
    """Score a network on cases whose diagnosis is known.

    CASES is a file of cases with their true diagnosis, such as .jsonl or .csv. It reports discrimination,
    calibration and the net benefit of decisions, with 95 % intervals over the cases. With --sequential it
    compares orders of tests on simulated patients.
    """
    from dxnet.evaluation.performance import measure_performance
    from dxnet.formats.networks.load import is_foreign, split_target, with_target

    as_file = written_as(report) if report else None
    before = _read_scorecard(earlier, stage) if earlier else None
    if is_foreign(name) and not split_target(name)[1]:
        name, target = with_target(name, target), ""
    network = load(name)
    cases = cases_of_files([path], stage, network, codes)
    engine = engine_for(network, setting, backend, len(cases))
    if before and before.setting != engine.setting:
        message = f"was scored with setting {before.setting!r}, this with {engine.setting!r}"
        raise CaseError([Issue("error", str(earlier), message, "score both with the same --setting")])
    known = {str(earlier): before} if before else {}
    found = measure_performance(engine, cases, target, _comparisons(engine, cases, others, known))
    if report and as_file:
        from dxnet.report.content.evaluation import evaluation_report

        write_output(as_file(evaluation_report(found, path.name, stage)), report)
    if as_json:
        _print(found, stage)
    else:
        _print_performance(found, f"{path} (stage {stage})", details)


def _comparisons(
    engine: Engine, cases: Sequence[Case], others: Sequence[str], known: Mapping[str, Scorecard]
) -> dict[str, Comparison]:
    """Comparisons with all others, by what the user called them."""
    from dxnet.evaluation.paired import paired_bootstrap
    from dxnet.evaluation.scorecard import evaluate as score

    if not others and not known:
        return {}
    card = score(engine, cases)
    cards = {**{name: score(_other(engine, name), cases) for name in others}, **known}
    return {name: paired_bootstrap(card, other) for name, other in cards.items()}


def _other(engine: Engine, name: str) -> Engine:
    """Another setting of the network, naive Bayes from its numbers, or another network in this setting."""
    from dxnet.evaluation.naive_bayes import NAIVE, naive_bayes
    from dxnet.inference.engine import Engine

    if name in engine.network.settings:
        return Engine(engine.network, name, engine.backend)
    if name == NAIVE:
        return Engine(naive_bayes(engine), engine.setting, engine.backend)
    try:
        return Engine(load(name), engine.setting, engine.backend)
    except DxnetError as problem:
        known = ", ".join([NAIVE, *engine.network.settings])
        fix = f"give {known}, or the name or directory of a network with setting {engine.setting!r}"
        issue = Issue("error", "--against", f"nothing to compare with is called {name!r}", fix)
        raise DxnetError([issue, *problem.issues]) from None


def _print(found: Performance, stage: str) -> None:
    compared = {name: asdict(it) for name, it in found.comparisons.items()}
    print_json({**found.card.to_dict(), "stage": stage, **found.to_dict(), "compared": compared})


def _print_performance(found: Performance, cases: str, details: bool) -> None:
    from dxnet.report.content.evaluation import evaluation_in_brief
    from dxnet.report.content.figures import by_diagnosis, missed_cases
    from dxnet.report.render.terminal import Page

    page, network = Page(), found.answers.network
    page.show(evaluation_in_brief(found, cases))
    if details:
        page.show([by_diagnosis(network, found.card), missed_cases(network, found.card)])


def _read_scorecard(path: Path, stage: str) -> Scorecard:
    from dxnet.evaluation.scorecard import Scorecard
    from dxnet.formats.cases.own_outputs import SCORECARD, refuse_other_output
    from dxnet.knowledge.strict_yaml import utf8_text

    try:
        data = json.loads(utf8_text(path))
        if isinstance(data, dict):
            refuse_other_output(data, str(path), SCORECARD)
        with places_from_here(lambda issue: replace(issue, where=str(path))):
            card = Scorecard.from_dict(data)
    except (json.JSONDecodeError, RecursionError) as problem:
        fix = "give the output of 'dxnet evaluate --json'"
        raise CaseError([Issue("error", str(path), f"is not JSON: {problem}", fix)]) from None
    if data.get("stage", stage) != stage:
        message = f"was scored with stage {data['stage']}, this with {stage}"
        raise CaseError([Issue("error", str(path), message, "score both with the same --stage")])
    return card
