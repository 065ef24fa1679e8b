"""Write a case in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.outputs import output_option
from dxnet.cli.settings import EnginesBySetting
from dxnet.cli.shared import (
    FILE_PATH,
    case_options,
    load,
    only_case,
    verbose_option,
    write_output,
)
from dxnet.errors import Issue
from dxnet.formats.cases.registry import CASE_WRITERS
from dxnet.words import counted

if TYPE_CHECKING:
    from dxnet.formats.cases.registry import Stage
    from dxnet.inference.case import Case
    from dxnet.knowledge.network import Network


@click.command()
@click.argument("path", metavar="CASE", type=FILE_PATH)
@click.option(
    "--to",
    "kind",
    required=True,
    type=click.Choice(list(CASE_WRITERS)),
    help="GA4GH phenopacket, FHIR R4 Bundle, or a case file of dxnet.",
)
@output_option("-o", "--output", metavar="FILE", help="File to write; standard output without it.")
@click.option(
    "--rest-normal",
    "procedures",
    metavar="PROCEDURE",
    multiple=True,
    help="Enter what is still open of a procedure as normal, each finding by itself; may be repeated.",
)
@case_options
@verbose_option
def convert(
    path: Path,
    kind: str,
    output: Path | None,
    procedures: tuple[str, ...],
    name: str,
    setting: str | None,
    stage: Stage,
    codes: Path | None,
    verbose: bool,
) -> None:
    """Write a case as a phenopacket, as FHIR, or as YAML or JSON.

    FHIR has the Observations and, as a RiskAssessment, the ranking in a setting. The case may be in any of
    these formats. What has no place in the other format, or in the network, is named.

    With --rest-normal examination the findings of the neurological examination that have no entry are written
    as normal, for a patient in whom the rest was examined and normal. What is entered and what stays open is
    named.
    """
    from dxnet.formats.cases.fhir_out import dump_fhir
    from dxnet.formats.cases.read import dump_case, left_out

    network = load(name)
    case = only_case(path, stage, network, codes, in_full=verbose)
    for procedure in procedures:
        case = _with_rest_normal(case, network, procedure, path)
    for issue in case.warnings(network):
        click.echo(issue, err=True)
    if lost := left_out(case, kind):
        click.echo(f"warning: {path}: {', '.join(lost)}: no place in this format, left out", err=True)
    if kind == "fhir":
        ((_, answer),) = EnginesBySetting(network, setting, "auto", 1).diagnose_all([case])
        write_output(dump_fhir(case, network, answer), output)
    else:
        write_output(dump_case(case, kind, network), output)


def _with_rest_normal(case: Case, network: Network, procedure: str, path: Path) -> Case:
    """The case with the rest of a procedure normal; what was entered, and what stays open, is said."""
    from dxnet.inference.rest_normal import rest_normal

    rest = rest_normal(network, case, procedure)
    entered = f"{counted(len(rest.entered), 'finding')} entered as normal"
    names = f" ({', '.join(rest.entered)})" if rest.entered else ""
    click.echo(Issue("info", str(path), f"{procedure}: {entered}{names}"), err=True)
    for name, why in rest.left_open.items():
        click.echo(Issue("info", str(path), f"{procedure}: {name} stays open: {why}"), err=True)
    return rest.case
