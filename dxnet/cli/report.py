"""A case as one file to take away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.outputs import output_option
from dxnet.cli.settings import EnginesBySetting
from dxnet.cli.shared import (
    FILE_PATH,
    case_options,
    cases_of_files,
    in_file,
    load,
    places_from_here,
    write_output,
)
from dxnet.errors import CaseError, Issue, did_you_mean
from dxnet.report.writers import LOST_IN, REPORTS, content_of_case, unknown_suffix

if TYPE_CHECKING:
    from dxnet.formats.cases.registry import Stage
    from dxnet.inference.case import Case


@click.command()
@click.argument("path", metavar="CASE", type=FILE_PATH)
@output_option("--output", "-o", metavar="FILE", required=True, help=f"File to write: {', '.join(REPORTS)}.")
@click.option("--case", "chosen", metavar="ID", help="Which case of a file with several.")
@click.option("--summary", is_flag=True, help="One page instead of everything.")
@case_options
def report_command(
    path: Path,
    output: Path,
    chosen: str | None,
    summary: bool,
    name: str,
    setting: str | None,
    stage: Stage,
    codes: Path | None,
) -> None:
    """Write a report of one case.

    It has the ranking, why, how sure, what next, and what is not modelled.
    """
    suffix = output.suffix.lower()
    if suffix not in REPORTS:
        raise unknown_suffix(output, REPORTS)
    network = load(name)
    with places_from_here(lambda issue: in_file(issue, path)):
        cases = cases_of_files([path], stage, network, codes, notices=False, to_pass_on=True)
        case = _case_to_report(cases, path, chosen)
        ((engine, answer),) = EnginesBySetting(network, setting, "compiled", 1).diagnose_all([case])
    content = content_of_case(engine, answer.case, summary=summary)
    write_output(REPORTS[suffix](content), output)
    for warning in [*answer.warnings, *LOST_IN[suffix](content)]:
        click.echo(in_file(warning, path), err=True)


def _case_to_report(cases: list[Case], path: Path, chosen: str | None) -> Case:
    """The case to report."""
    found = [case for case in cases if chosen is None or case.id == chosen]
    if len(found) == 1:
        return found[0]
    if chosen is not None and not found:
        fix = did_you_mean(chosen, [case.id for case in cases])
        raise CaseError([Issue("error", str(path), f"no case {chosen!r}", fix)])
    twice = f" with the id {chosen!r}" if chosen is not None else ""
    message = f"holds {len(found)} cases{twice}; a report is of one"
    fix = "give each case its own id" if twice else "choose one with --case ID"
    raise CaseError([Issue("error", str(path), message, fix)])
