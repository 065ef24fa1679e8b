"""The command ``dxnet``. Exit codes: 0 fine, 1 ``check`` or ``--verify`` found something, 2 bad input."""

from __future__ import annotations

import io
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from dxnet.errors import CaseError, DxnetError, Issue
from dxnet.wording import counted

if TYPE_CHECKING:
    from dxnet.case import Case
    from dxnet.differential import Differential
    from dxnet.engine import Engine
    from dxnet.evaluate import Scorecard
    from dxnet.formats import Stage
    from dxnet.network import Network

NETWORK = "als_mimics"
EXACT = 1e-9
"""Backends agree to this."""
FEW = 300
"""So many cases take numpy about as long as it takes to load the machine code, a third of a second."""
_FILE = click.Path(path_type=Path)

Command = Callable[..., None]


class Reporting(click.Group):
    """Says what is wrong with the input as ``error: file:line: cause; cure``, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except DxnetError as problem:
            for issue in problem.issues:
                click.echo(issue, err=True)
            ctx.exit(2)


def _network_option(command: Command) -> Command:
    return click.option(
        "--network", "name", default=NETWORK, show_default=True, help="Name or directory of a network."
    )(command)


def _setting_option(command: Command) -> Command:
    text = "Where the patients come from (the pre-test probabilities); default: the network's own."
    return click.option("--setting", metavar="ID", help=text)(command)


def _backend_option(command: Command) -> Command:
    text = (
        "Inference engine; auto: numpy for few cases, as the compiled one takes a third of a second to load."
    )
    kinds = click.Choice(["auto", "compiled", "numpy", "pgmpy"])
    return click.option("--backend", type=kinds, default="auto", show_default=True, help=text)(command)


def _json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def _stage_option(command: Command) -> Command:
    text = "Published cases: the findings before the decisive test, or all."
    return click.option(
        "--stage", type=click.Choice(["pre", "post"]), default="post", show_default=True, help=text
    )(command)


@click.group(
    cls=Reporting, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="dxnet")
def main() -> None:
    """Differential diagnosis of ALS and its mimics with a Bayesian network.

    Research and education use; not a medical device.
    """


@main.command()
@click.argument("name", metavar="[NETWORK]", default=NETWORK)
def check(name: str) -> None:
    """Check the numbers, sources and structure of a network.

    The exit code is 1 if there are errors or warnings.
    """
    from dxnet.check import check as find
    from dxnet.console import Page, label, show_issues

    page, network = Page(), _load(name)
    issues = find(network)
    counts = Counter(issue.level for issue in issues)
    page.line(label(network))
    page.line(f"errors: {counts['error']}, warnings: {counts['warning']}, notes: {counts['info']}")
    show_issues(page, issues)
    if counts["error"] or counts["warning"]:
        click.get_current_context().exit(1)


@main.command()
@click.argument("paths", metavar="CASE...", nargs=-1, required=True, type=_FILE)
@_network_option
@_setting_option
@_stage_option
@_backend_option
@click.option(
    "--explain", "why", is_flag=True, help="What each finding weighs, what clashes, what would change."
)
@click.option("--intervals", "sure", is_flag=True, help="90 % credible intervals of the posteriors.")
@click.option("--next", "next_", is_flag=True, help="Which procedure to do next.")
@click.option("--verify", is_flag=True, help="Compare with pgmpy, and print the largest difference.")
@_json_option
@click.option(
    "--top", metavar="N", default=8, show_default=True, type=click.IntRange(min=1), help="Ranks to print."
)
def diagnose(
    paths: Sequence[Path],
    name: str,
    setting: str | None,
    stage: Stage,
    backend: str,
    why: bool,
    sure: bool,
    next_: bool,
    verify: bool,
    as_json: bool,
    top: int,
) -> None:
    """Rank the diagnoses for the cases in one or more files.

    Reads .yaml and .json (one case), .jsonl (one a line) and .csv (one a row; a blank is not examined).
    """
    from dxnet.console import Page, show_differential
    from dxnet.evaluate import differentials
    from dxnet.reasons import reasons, show_reasons

    cases, asked = _read(paths, stage), {"why": why, "sure": sure, "next_": next_}
    if backend == "auto" and any(asked.values()):
        backend = "compiled"
    engine = _engine(name, setting, backend, len(cases))
    answers = differentials(engine, cases)
    page = Page()
    if as_json:
        objects = [answer.to_dict() | reasons(engine, answer.case, **asked) for answer in answers]
        _print_json(objects[0] if len(objects) == 1 else objects)
    for number, answer in enumerate(answers):
        if as_json or not page.is_terminal:
            for warning in answer.warnings:
                click.echo(warning, err=True)
        if not as_json:
            if number:
                page.line()
            show_differential(page, answer, top)
            show_reasons(page, engine, answer.case, top, **asked)
    if verify:
        _verify(answers)


@main.command()
@click.argument("path", metavar="CASES", type=_FILE)
@_network_option
@_setting_option
@_stage_option
@_backend_option
@_json_option
@click.option("--compare", "earlier", metavar="SCORECARD.json", type=_FILE, help="An earlier --json output.")
def evaluate(
    path: Path,
    name: str,
    setting: str | None,
    stage: Stage,
    backend: str,
    as_json: bool,
    earlier: Path | None,
) -> None:
    """Score a network on cases whose diagnosis is known.

    CASES is a file of cases with their true diagnosis, such as .jsonl or .csv.
    """
    from dxnet.console import Page, show_comparison, show_scorecard
    from dxnet.evaluate import compare
    from dxnet.evaluate import evaluate as score

    before = _scorecard(earlier, stage) if earlier else None
    cases = _read([path], stage)
    engine = _engine(name, setting, backend, len(cases))
    card = score(engine, cases)
    comparison = compare(card, before) if before else None
    if as_json:
        compared = {"compared": asdict(comparison)} if comparison else {}
        _print_json({**card.to_dict(), "stage": stage, **compared})
        return
    page = Page()
    page.line(f"Cases: {path} (stage {stage})")
    show_scorecard(page, card, engine.network)
    if comparison:
        show_comparison(page, comparison, str(earlier))


@main.command()
@click.argument("name", metavar="NETWORK")
@click.option(
    "--format", "kind", required=True, type=click.Choice(["bif", "xdsl"]), help="XDSL is that of GeNIe."
)
@_setting_option
@click.option("--output", metavar="PATH", type=_FILE, help="File to write; standard output without it.")
def export(name: str, kind: str, setting: str | None, output: Path | None) -> None:
    """Write a network for other programs, as BIF or XDSL.

    The prior is that of one setting.
    """
    from dxnet.model import build
    from dxnet.model import export as write

    network = _load(name)
    model = build(network, setting)
    with TemporaryDirectory() as directory:
        file = Path(directory) / f"{network.name}.{kind}"
        write(model, file, kind)
        text = file.read_text(encoding="utf-8")
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as problem:
        reason = (problem.strerror or "cannot be written").lower()
        raise DxnetError(
            [Issue("error", str(output), reason, "check the path and its permissions")]
        ) from None


@main.command()
@click.argument("item", metavar="NAME")
@_network_option
@click.option(
    "--top", metavar="N", default=15, show_default=True, type=click.IntRange(min=1), help="Findings to list."
)
def show(item: str, name: str, top: int) -> None:
    """Show a finding or diagnosis: numbers, sources and reasons.

    NAME is its id; mechanisms and incidental causes have one, too.
    """
    from dxnet.console import Page
    from dxnet.show import show as describe

    describe(Page(), _load(name), item, top)


@main.command("next")
@click.argument("paths", metavar="CASE...", nargs=-1, required=True, type=_FILE)
@_network_option
@_setting_option
@_stage_option
@click.option("--cost", default=1.0, show_default=True, help="Weight of the cost tiers in the burden.")
@click.option("--invasiveness", default=1.0, show_default=True, help="Weight of the invasiveness tiers.")
@click.option("--availability", default=1.0, show_default=True, help="Weight of the availability tiers.")
@_json_option
@click.option(
    "--top",
    metavar="N",
    default=8,
    show_default=True,
    type=click.IntRange(min=1),
    help="Procedures to print.",
)
def next_(
    paths: Sequence[Path],
    name: str,
    setting: str | None,
    stage: Stage,
    cost: float,
    invasiveness: float,
    availability: float,
    as_json: bool,
    top: int,
) -> None:
    """Which procedure to do next: the expected information per unit of burden."""
    from dxnet.console import Page
    from dxnet.planning import never_miss, next_tests
    from dxnet.reasons import plan, show_plan

    cases, page = _read(paths, stage), Page()
    engine = _engine(name, setting, "compiled", len(cases))
    objects = []
    for case in cases:
        tests = next_tests(engine, case, cost=cost, invasiveness=invasiveness, availability=availability)
        misses = never_miss(engine, case)
        objects.append({"case": case.id, **plan(tests, misses)})
        if not as_json:
            page.line(f"Case: {case.id or 'without id'}")
            show_plan(page, engine.network, tests, misses, top)
    if as_json:
        _print_json(objects[0] if len(objects) == 1 else objects)


@main.command("criteria")
@click.argument("paths", metavar="CASE...", nargs=-1, required=True, type=_FILE)
@_network_option
@_stage_option
@_json_option
def criteria_(paths: Sequence[Path], name: str, stage: Stage, as_json: bool) -> None:
    """Revised El Escorial, Awaji and Gold Coast: what is met, and what is missing."""
    from dxnet.console import Page
    from dxnet.criteria import criteria
    from dxnet.reasons import show_criteria

    network, page, objects = _load(name), Page(), []
    for case in _read(paths, stage):
        found = criteria(network, case)
        objects.append(
            {"case": case.id, "criteria": [asdict(c) | {"is_decided": c.is_decided} for c in found]}
        )
        if not as_json:
            page.line(f"Case: {case.id or 'without id'}")
            show_criteria(page, network, found)
    if as_json:
        _print_json(objects[0] if len(objects) == 1 else objects)


@main.command()
@click.argument("source", metavar="CASES", type=_FILE)
@click.option("--output", "-o", metavar="FILE.parquet", required=True, type=_FILE, help="File to write.")
@_network_option
@_setting_option
@click.option(
    "--backend", type=click.Choice(["compiled", "numpy", "pgmpy"]), default="compiled", help="Engine."
)
@click.option(
    "--threads", type=click.IntRange(min=1), help="Parts to score at once; default: one a processor core."
)
@click.option("--scheduler", metavar="ADDRESS", default="", help="Let the workers of a Dask cluster do it.")
@click.option("--resume", is_flag=True, help="Go on with a run that was broken off.")
def score(
    source: Path,
    output: Path,
    name: str,
    setting: str | None,
    backend: str,
    threads: int | None,
    scheduler: str,
    resume: bool,
) -> None:
    """Score a whole cohort: one case a row, one column a finding.

    CASES is .parquet or .csv; a blank was not examined. For each row the output has P(diagnosis | findings),
    the first and second rank, log P(findings), and whether it could be read; FILE.parquet.errors.csv tells
    which cells could not.
    """
    from dxnet.cohort.job import Job, score_file

    directory = Path(name).resolve()
    network = str(directory) if directory.is_dir() else name  # workers may stand elsewhere
    job = Job(source.resolve(), output.resolve(), network, setting or "", backend)
    started = perf_counter()
    summary = score_file(job, threads=threads or os.cpu_count() or 1, scheduler=scheduler, resume=resume)
    seconds = perf_counter() - started
    for issue in summary.issues:
        click.echo(issue, err=True)
    click.echo(f"{output}: {counted(summary.rows, 'row')} in {seconds:.1f} s", err=True)
    for count, what in (
        (summary.impossible, "with findings that exclude each other"),
        (summary.unreadable, f"with cells that cannot be read, see {job.errors.name}"),
        (summary.left_out, f"left out, see {job.errors.name}"),
    ):
        if count:
            click.echo(f"{counted(count, 'row')} {what}", err=True)


def _load(name: str) -> Network:
    from dxnet.load import load_network

    return load_network(name)


def _engine(name: str, setting: str | None, backend: str, cases: int) -> Engine:
    from dxnet.engine import Engine

    if backend == "auto":
        backend = "compiled" if cases > FEW else "numpy"
    return Engine(_load(name), setting, backend)


def _verify(answers: Sequence[Differential]) -> None:
    """Print the largest difference from pgmpy's answers; exit code 1 where it is more than rounding."""
    from dxnet.engine import Engine

    oracle = Engine(answers[0].network, answers[0].setting, "pgmpy")
    differences = [abs(answer.post_test - oracle.diagnose(answer.case).post_test).max() for answer in answers]
    worst = max(differences)
    click.echo(
        f"verified with pgmpy: largest difference {worst:.1e} in {counted(len(answers), 'case')}", err=True
    )
    if not worst < EXACT:
        click.get_current_context().exit(1)


def _read(paths: Sequence[Path], stage: Stage) -> list[Case]:
    from dxnet.formats import read_cases

    cases: list[Case] = []
    faults: list[Issue] = []
    for path in paths:
        try:
            cases += read_cases(path, stage)
        except CaseError as problem:
            faults += problem.issues
    if faults:
        raise CaseError(faults)
    return cases


def _scorecard(path: Path, stage: str) -> Scorecard:
    from dxnet.evaluate import Scorecard
    from dxnet.strict import read_text

    try:
        data = json.loads(read_text(path))
        card = Scorecard.from_dict(data)
    except (json.JSONDecodeError, RecursionError) as problem:
        fix = "give the output of 'dxnet evaluate --json'"
        raise CaseError([Issue("error", str(path), f"is not JSON: {problem}", fix)]) from None
    if data.get("stage", stage) != stage:
        message = f"was scored with stage {data['stage']}, this with {stage}"
        raise CaseError([Issue("error", str(path), message, "score both with the same --stage")])
    return card


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))
