"""Shared by the commands: options, reading, and the display of problems."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dxnet.cli.named_file import NamedFile
from dxnet.cli.streams import print_document
from dxnet.errors import CaseError, DxnetError, Issue, each_of, file_fault
from dxnet.formats.cases.registry import STAGES
from dxnet.inference.backends.registry import BACKENDS
from dxnet.kept_files import can_keep
from dxnet.whole_files import as_document, whole_directory, write_whole
from dxnet.words import counted

if TYPE_CHECKING:
    from dxnet.formats.cases.registry import Stage
    from dxnet.inference.case import Case
    from dxnet.inference.engine import Engine
    from dxnet.knowledge.network import Network

DEFAULT_NETWORK = "als_mimics"
FEW_CASES = 300
"""So many cases take numpy about as long as it takes to load the machine code and what it needs.

Not of a network with lesion patterns: of those a single marginal takes numpy longer, but less long than
machine code takes to be made where it cannot be kept.
"""
FILE_PATH = NamedFile()
NEW_DIRECTORY = NamedFile("directory")

Command = Callable[..., None]


def network_option(command: Command) -> Command:
    """``--network``."""
    text = "Name or directory of a network, or a file of another program (.bif, .xdsl, .xmlbif, .net)."
    return click.option("--network", "name", default=DEFAULT_NETWORK, show_default=True, help=text)(command)


def target_option(command: Command) -> Command:
    """``--target``, put behind the ``name`` of the network; above the option or argument of that name."""

    @click.option(
        "--target", "node", metavar="NODE", help="Of a file of another program: the node to diagnose."
    )
    @wraps(command)
    def targeted(*values: Any, name: str, node: str | None, **options: Any) -> None:
        from dxnet.formats.networks.load import with_target

        command(*values, name=with_target(name, node), **options)

    return targeted


def setting_option(command: Command) -> Command:
    """``--setting``."""
    text = "Where the patients come from (the pre-test probabilities); default: the network's own."
    return click.option("--setting", metavar="ID", help=text)(command)


def backend_option(command: Command) -> Command:
    """``--backend``."""
    text = (
        "Inference engine; auto: numpy for few cases of a network without lesion patterns, or where machine "
        "code cannot be kept, else compiled."
    )
    kinds = click.Choice(["auto", *BACKENDS])
    return click.option("--backend", type=kinds, default="auto", show_default=True, help=text)(command)


def codes_option(command: Command) -> Command:
    """``--codes``."""
    text = "Your own codes of FHIR and phenopackets (CSV: system, code, finding, state); they come first."
    return click.option("--codes", metavar="FILE.csv", type=FILE_PATH, help=text)(command)


def json_option(command: Command) -> Command:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def stage_option(command: Command) -> Command:
    """``--stage``."""
    text = "Published cases: the findings before the decisive test, or all."
    return click.option("--stage", type=click.Choice(STAGES), default="post", show_default=True, help=text)(
        command
    )


def verbose_option(command: Command) -> Command:
    """``--verbose``."""
    text = "List everything that is left out, not one line for each kind."
    return click.option("--verbose", is_flag=True, help=text)(command)


def case_options(command: Command) -> Command:
    """What every command about cases asks for: their network, its setting, the stage, and codes."""
    for option in (codes_option, stage_option, setting_option, network_option, target_option):
        command = option(command)
    return command


def load(name: str) -> Network:
    """A network by name or directory, or that of another program; what is left out of it is reported."""
    from dxnet.formats.networks.load import is_foreign, load_network, read_foreign

    if not is_foreign(name):
        say_which_network(name)
    with places_from_here(lambda issue: in_network(issue, name)):
        if not is_foreign(name):
            return load_network(name)
        network, issues = read_foreign(name)
    for issue in issues:
        click.echo(in_network(issue, name), err=True)
    return network


@contextmanager
def places_from_here(seen: Callable[[Issue], Issue]) -> Iterator[None]:
    """Errors name the files of the user by their paths as they were given, not by their names alone."""
    try:
        yield
    except DxnetError as problem:
        problem.issues = tuple(map(seen, problem.issues))
        raise


def in_file(issue: Issue, path: Path) -> Issue:
    """An issue of a file with the path of the file as it was given."""
    file, colon, line = issue.where.partition(":")
    return replace(issue, where=f"{path}{colon}{line}") if file == path.name else issue


def in_network(issue: Issue, name: str) -> Issue:
    """An issue of a network with the path of its file, from the directory or as the file that was given."""
    from dxnet.formats.networks.load import is_foreign, split_target
    from dxnet.knowledge.load import find_network, shipped_networks

    if is_foreign(name):
        return in_file(issue, Path(split_target(name)[0]))
    if name in shipped_networks():
        return issue
    try:
        above = f"{find_network(name).name}/"
    except DxnetError:  # the issue itself
        return issue
    file, colon, line = issue.where.partition(":")
    path = Path(name) / file.removeprefix(above)
    return replace(issue, where=f"{path}{colon}{line}") if file and path.is_file() else issue


def say_which_network(name: str) -> None:
    """Say that a name means the network that ships with dxnet where it is that of a folder here, too."""
    from dxnet.knowledge.load import NETWORK_FILE, shipped_networks

    here, shipped = Path(name) / NETWORK_FILE, shipped_networks().get(name)
    if shipped and here.is_file() and not here.samefile(shipped / NETWORK_FILE):
        message = "the network that ships with dxnet is used, not the folder of this name"
        click.echo(Issue("warning", name, message, f"write ./{name} for the folder"), err=True)


def engine_for(network: Network, setting: str | None, backend: str, cases: int) -> Engine:
    """The engine for so many cases."""
    from dxnet.inference.engine import Engine

    if backend == "auto":
        is_worth_it = cases > FEW_CASES or (network.patterns and can_keep())
        backend = "compiled" if is_worth_it else "numpy"
    return Engine(network, setting, backend)


def cases_of_files(
    paths: Sequence[Path],
    stage: Stage,
    network: Network,
    codes: Path | None = None,
    *,
    notices: bool = True,
    in_full: bool = False,
    to_pass_on: bool = False,
) -> list[Case]:
    """The cases of several files, with the codes of a network; the problems of all are reported at once.

    ``codes`` is a file of local codes, which outweigh those of the network.

    The notices about tables go to standard error, unless the command shows those of each case. ``in_full``
    lists each thing that is left out, which is otherwise one line for each kind. Messages call a file by its
    path as it was given; what is ``to_pass_on`` says its name alone.
    """
    from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, read_local_codes
    from dxnet.formats.cases.read import read_records, understood
    from dxnet.inference.many_cases import unfit_findings

    own = NO_LOCAL_CODES
    if codes:
        with places_from_here(lambda issue: in_file(issue, codes)):
            own = read_local_codes(codes, network)
    cases: list[Case] = []
    faults: list[Issue] = []
    is_read = True
    for path in paths:
        try:
            found = understood(read_records(path, stage, network, own, "" if to_pass_on else str(path)))
            cases += found
            faults += unfit_findings(found, network) if len(paths) > 1 else ()
            if notices and path.suffix.lower() == ".csv":
                for issue in (issue for case in found for issue in case.issues):
                    click.echo(issue, err=True)
        except CaseError as problem:
            is_read = False
            for issue in problem.issues:
                faults += [issue, *(issue.parts if in_full else ())]
    if not is_read:
        raise CaseError([*dict.fromkeys(faults)])
    return [replace(case, issues=tuple(each_of(case.issues))) for case in cases] if in_full else cases


def only_case(
    path: Path, stage: Stage, network: Network, codes: Path | None, *, in_full: bool = False
) -> Case:
    """The case of a file that holds one; see ``cases_of_files``."""
    cases = cases_of_files([path], stage, network, codes, in_full=in_full)
    if len(cases) != 1:
        message = f"holds {counted(len(cases), 'case')}"
        raise CaseError([Issue("error", str(path), message, "give a file with one")])
    return cases[0]


def write_output(content: str | bytes, output: Path | None) -> None:
    """Text or bytes to a file, or to standard output without one."""
    if output is None:
        print_document(content)
        return
    with faults_of_writing(output):
        write_whole(output, content if isinstance(content, bytes) else as_document(content))


@contextmanager
def faults_of_writing(path: Path) -> Iterator[None]:
    """What keeps a file or directory from being written is said of its path."""
    try:
        yield
    except OSError as problem:
        raise DxnetError([file_fault(path, problem)]) from None


@contextmanager
def made_directory(directory: Path) -> Iterator[None]:
    """An empty directory to write to, or an error; where that fails, nothing is left."""
    with faults_of_writing(directory):
        if directory.exists() and any(directory.iterdir()):
            raise DxnetError([Issue("error", str(directory), "is not empty", "choose another with -o")])
        with whole_directory(directory):
            yield


def print_json(value: object) -> None:
    """A value as JSON."""
    print_document(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
