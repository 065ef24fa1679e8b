"""The answers to the cases of files: as JSON, and what to do where none is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.shared import Command, print_json
from dxnet.errors import Issue
from dxnet.formats.cases.registry import OF_SEVERAL_CASES

if TYPE_CHECKING:
    from dxnet.inference.case import Case
    from dxnet.knowledge.network import Network


def answers_json_option(command: Command) -> Command:
    """``--json``."""
    text = "Print JSON: an object for a file of one case, a list for .csv, .jsonl, .ndjson or several files."
    return click.option("--json", "as_json", is_flag=True, help=text)(command)


def print_answers(answers: Sequence[object], paths: Sequence[Path]) -> None:
    """The answers as a JSON list; that to a single file of a single case by itself."""
    may_be_several = len(paths) > 1 or paths[0].suffix.lower() in OF_SEVERAL_CASES
    print_json(answers if may_be_several else answers[0])


def none_answered(network: Network, cases: Sequence[Case]) -> list[Issue]:
    """That a case at fault keeps sound ones from an answer, if there are any, and which way they have one."""
    from dxnet.inference.many_cases import unfit_findings

    if len(cases) < 2 or all(unfit_findings([case], network) for case in cases):
        return []
    fix = "mend or leave out what is named, or score a table (.csv, .parquet) with 'dxnet score'"
    return [Issue("info", "", "no case is answered while one of them is at fault", fix)]
