"""Score a cohort."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from dxnet.cli.outputs import output_option
from dxnet.cli.shared import (
    FILE_PATH,
    in_file,
    in_network,
    network_option,
    places_from_here,
    say_which_network,
    setting_option,
    target_option,
)
from dxnet.errors import CaseError, Issue, file_fault
from dxnet.inference.backends.registry import BACKENDS
from dxnet.words import counted

if TYPE_CHECKING:
    from dxnet.cohort.job import Job
    from dxnet.cohort.score import Precision


@click.command()
@click.argument("source", metavar="CASES", type=FILE_PATH)
@output_option(
    "--output",
    "-o",
    metavar="FILE.parquet",
    required=True,
    beside=(".errors.csv", ".parts"),
    help="File to write.",
)
@target_option
@network_option
@setting_option
@click.option("--backend", type=click.Choice(list(BACKENDS)), default="compiled", help="Engine.")
@click.option(
    "--precision",
    type=click.Choice(["float64", "float32"]),
    default="float64",
    help="Of the probabilities: float32 has 7 digits, in half the space.",
)
@click.option(
    "--threads", type=click.IntRange(min=1), help="Parts to score at once; default: one per processor core."
)
@click.option("--scheduler", metavar="ADDRESS", default="", help="Score on the workers of a Dask cluster.")
@click.option("--resume", is_flag=True, help="Continue an interrupted run.")
def score_command(
    source: Path,
    output: Path,
    name: str,
    setting: str | None,
    backend: str,
    precision: Precision,
    threads: int | None,
    scheduler: str,
    resume: bool,
) -> None:
    """Score a whole cohort: one case per row, one column per finding.

    CASES is .parquet or .csv; a blank was not examined. For each row the output has P(diagnosis | findings),
    the first and second rank, log P(findings), and whether it has findings and could be read;
    FILE.parquet.errors.csv names the cells that could not.
    """
    from dxnet.cohort.job import Job, score_file
    from dxnet.formats.networks.load import split_target, with_target
    from dxnet.knowledge.load import shipped_networks

    given = name
    path, node = split_target(given)
    say_which_network(path)
    if Path(path).exists() and path not in shipped_networks():  # workers may stand elsewhere
        name = with_target(str(Path(path).resolve()), node)
    job = Job(source.resolve(), output.resolve(), name, setting or "", backend, precision)
    started = perf_counter()
    threads = threads or os.cpu_count() or 1
    seen = places_from_here(lambda issue: in_network(in_file(issue, source), given))
    with _told_how_to_continue(job, output), seen:
        summary = score_file(job, threads=threads, scheduler=scheduler, resume=resume)
    seconds = perf_counter() - started
    for issue in summary.issues:
        click.echo(in_file(issue, source), err=True)
    click.echo(f"{output}: {counted(summary.rows, 'row')} in {seconds:.1f} s", err=True)
    for count, what in (
        (summary.without_findings, "without a finding: only the pre-test probabilities"),
        (summary.impossible, "with findings that exclude each other"),
        (summary.unreadable, f"with cells that cannot be read, see {job.errors.name}"),
        (summary.left_out, f"left out, see {job.errors.name}"),
    ):
        if count:
            click.echo(f"{counted(count, 'row')} {what}", err=True)
    if summary.unreadable == summary.rows:
        fix = f"correct what {job.errors.name} names"
        raise CaseError([Issue("error", str(source), "no row could be read", fix)])


@contextmanager
def _told_how_to_continue(job: Job, output: Path) -> Iterator[None]:
    """What stops a run says how to continue it, if it has begun."""
    try:
        yield
    except KeyboardInterrupt:
        told = ("continue with --resume",) if job.directory.exists() else ()
        raise KeyboardInterrupt(*told) from None
    except OSError as problem:
        fault = file_fault(output, problem)
        then = "; then continue with --resume" if os.path.exists(job.directory) else ""
        raise CaseError([replace(fault, fix=fault.fix + then)]) from None
