"""Diagnostic criteria of cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.case_answers import answers_json_option, none_answered, print_answers
from dxnet.cli.shared import (
    FILE_PATH,
    cases_of_files,
    codes_option,
    load,
    network_option,
    stage_option,
    target_option,
)
from dxnet.errors import CaseError
from dxnet.words import WITHOUT_ID

if TYPE_CHECKING:
    from dxnet.formats.cases.registry import Stage


@click.command("criteria")
@click.argument("paths", metavar="CASE...", nargs=-1, required=True, type=FILE_PATH)
@target_option
@network_option
@stage_option
@codes_option
@answers_json_option
def criteria_command(
    paths: Sequence[Path], name: str, stage: Stage, codes: Path | None, as_json: bool
) -> None:
    """Revised El Escorial, Awaji and Gold Coast: the category met, and what is missing."""
    from dxnet.cli.plain import plain_criteria
    from dxnet.inference.many_cases import unfit_findings
    from dxnet.reasoning.als_criteria import criteria as assess
    from dxnet.report.content.criteria import criteria_met
    from dxnet.report.parts import Section
    from dxnet.report.render.terminal import Page

    network, page, objects = load(name), Page(), []
    cases = cases_of_files(paths, stage, network, codes)
    if faults := unfit_findings(cases, network):
        raise CaseError([*faults, *none_answered(network, cases)])
    for case in cases:
        found = assess(network, case)
        objects.append({"case": case.id, "criteria": plain_criteria(found)})
        if not as_json:
            page.show([Section(f"Case: {case.id or WITHOUT_ID}", tuple(criteria_met(network, found)))])
    if as_json:
        print_answers(objects, paths)
