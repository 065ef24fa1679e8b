"""Learn the numbers of a network from a cohort."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

import click

from dxnet.cli.outputs import refuse_directory
from dxnet.cli.shared import (
    FILE_PATH,
    NEW_DIRECTORY,
    in_file,
    json_option,
    load,
    network_option,
    print_json,
    setting_option,
)
from dxnet.words import counted

if TYPE_CHECKING:
    from dxnet.inference.engine import Engine
    from dxnet.knowledge.network import Network
    from dxnet.learning.labelled import Labelled
    from dxnet.learning.learn import Learned

SECONDS_OF_SILENCE = 10.0
"""After so long a command says that it still learns."""


@click.command()
@click.argument("sources", metavar="COHORT...", type=FILE_PATH, nargs=-1, required=True)
@click.option("--truth", metavar="COLUMN", required=True, help="Column of the true diagnosis.")
@click.option(
    "--output", "-o", metavar="DIR", type=NEW_DIRECTORY, help="Directory to write the learned network to."
)
@network_option
@setting_option
@click.option(
    "--keep-prior", is_flag=True, help="Leave the pre-test probabilities (cases sought by diagnosis)."
)
@click.option(
    "--conditional", is_flag=True, help="Learn how findings tell the diagnosis, not how often they occur."
)
@click.option(
    "--factor",
    metavar="F",
    type=click.FloatRange(min=1, min_open=True),
    help="With --conditional: by how much in odds 19 of 20 estimates may be wrong; by default the network's.",
)
@click.option(
    "--keep",
    metavar="NAME",
    multiple=True,
    help="With --conditional: a variable or place whose numbers stay, such as age; may be repeated.",
)
@json_option
@click.option("--top", metavar="N", default=15, show_default=True, type=click.IntRange(min=1), help="Lines.")
def learn_command(
    sources: tuple[Path, ...],
    truth: str,
    output: Path | None,
    name: str,
    setting: str | None,
    keep_prior: bool,
    conditional: bool,
    factor: float | None,
    keep: tuple[str, ...],
    as_json: bool,
    top: int,
) -> None:
    """Update the numbers of a network from a local cohort, with the literature as prior.

    COHORT is .parquet or .csv, and several are learned as one: one case per row, one column per finding; a
    blank was not examined, and a row without a diagnosis counts by its posterior. With -o, the network is
    copied to a new directory with the learned numbers; each cites its old source and @local.

    With --conditional only the project's estimates move, so that P(true diagnosis | findings) rises: for
    patients that were published or chosen because they are odd. A row may then also have the probabilities
    that a reader gave who did not know the diagnosis and held all for equally likely before the findings:
    "als 0.6, dcm 0.25".
    """
    from dxnet import learn, learn_conditionally
    from dxnet.inference.engine import Engine
    from dxnet.report.content.learned import moved_numbers
    from dxnet.report.parts import Paragraph
    from dxnet.report.render.terminal import Page

    if (factor or keep) and not conditional:
        raise click.UsageError("--factor and --keep are for --conditional")
    if output:
        _refuse_unwritable(name, output)
    engine = Engine(load(name), setting)
    cohort = _read_cohorts(engine.network, sources, truth)
    rows = counted(cohort.rows, "row")
    click.echo(f"Learning from {rows}: a large network takes minutes", err=True)
    started = perf_counter()
    with _progress_of_steps() as on_step:
        learned = (
            learn_conditionally(engine, cohort, factor, keep, on_step)
            if conditional
            else learn(engine, cohort, keep_prior, on_step)
        )
    seconds = perf_counter() - started
    written = _write_learned(engine, name, output, sources, learned) if output else ""
    if as_json:
        print_json({**learned.to_dict(), "seconds": seconds, "written": str(output or "")})
        return
    page = Page()
    page.show(moved_numbers(learned, engine.network, " and ".join(map(str, sources)), top))
    if written:
        page.show([Paragraph(written, strong=True)])


def _refuse_unwritable(name: str, output: Path) -> None:
    """Refuse a directory that cannot be made, and a file of another program, which has no directory."""
    from dxnet.errors import Issue, NetworkError
    from dxnet.formats.networks.load import is_foreign, split_target
    from dxnet.learning.write import new_directory

    if is_foreign(name):
        path, node = split_target(name)
        target = f" --target {node}" if node else ""
        message = "is a file of another program, which no learned numbers are written to"
        fix = f"make a network of it with 'dxnet import {path}{target} -o DIR', and learn with --network DIR"
        raise NetworkError([Issue("error", path, message, fix)])
    new_directory(output)
    refuse_directory(output)


def _read_cohorts(network: Network, sources: Sequence[Path], truth: str) -> Labelled:
    """All cohorts as one; what is wrong with any of them at once."""
    from dxnet.errors import CaseError, Issue
    from dxnet.learning.labelled import joined, read_labelled

    cohorts, faults = [], []
    for source in sources:
        if sources.count(source) > 1:
            faults.append(Issue("error", str(source), "is given twice", "name each cohort once"))
            continue
        try:
            cohort = read_labelled(source, network, truth)
            issues = tuple(in_file(issue, source) for issue in cohort.issues)
            cohorts.append(replace(cohort, issues=issues))
        except CaseError as error:
            faults += [in_file(issue, source) for issue in error.issues]
    if faults:
        raise CaseError(list(dict.fromkeys(faults)))
    return joined(cohorts)


@contextmanager
def _progress_of_steps() -> Iterator[Callable[[float], None]]:
    """How far learning is, on standard error: a bar in a terminal, else a line now and then."""
    from tqdm import tqdm

    steps, started, is_over = 0, perf_counter(), Event()

    def step(_: float) -> None:
        nonlocal steps
        steps += 1
        bar.update()

    def tell() -> None:
        while not is_over.wait(SECONDS_OF_SILENCE):
            if bar.disable:
                seconds = perf_counter() - started
                click.echo(f"Learning: {counted(steps, 'step')}, {seconds:.0f} s", err=True)
            else:
                bar.refresh()

    with tqdm(desc="Learning", unit=" steps", disable=None) as bar, ThreadPoolExecutor(1) as beside:
        beside.submit(tell)
        try:
            yield step
        finally:
            is_over.set()


def _write_learned(engine: Engine, name: str, output: Path, sources: Sequence[Path], learned: Learned) -> str:
    """Write the learned network, see that it can be built, and say so."""
    from dxnet.inference.engine import Engine
    from dxnet.knowledge.estimate import WEIGHT_CAP
    from dxnet.knowledge.load import load_directory
    from dxnet.learning.write import write_network

    key = write_network(engine.network, name, output, learned.moves, _local_reference(sources, learned))
    copy = Engine(load_directory(output.resolve()), engine.setting).network
    origin = f"the cohort is @{key} in its references.csv, weights are at most {WEIGHT_CAP:g}"
    return f"Written: {output} (fingerprint {copy.fingerprint}); {origin}"


def _local_reference(sources: Sequence[Path], learned: Learned) -> dict[str, str]:
    named = []
    for source in sources:
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        named.append(f"{source.name}, sha256 {digest}")
    today = date.today()
    title = f"Local cohort: {'; '.join(named)}, {counted(learned.rows, 'row')}, learned on {today}"
    return {"authors_short": "(local cohort)", "year": str(today.year), "title": title, "read": "full"}
