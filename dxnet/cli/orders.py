"""``dxnet evaluate --sequential``: orders of tests compared on simulated patients, in place of cases."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import Any

import click

from dxnet.cli.shared import Command, load, print_json

_BESIDE = ("sequential", "patients", "patients_from", "seed", "name", "setting", "as_json")
"""Options that go with ``--sequential``; the others are about cases."""


def sequential_option(command: Command) -> Command:
    """``--sequential`` and what goes with it; without it the command is asked to score CASES."""

    @click.option(
        "--sequential",
        is_flag=True,
        help="In place of CASES: simulated patients, tested until a diagnosis has 90 %, in the order of "
        "'dxnet next', of the guideline in the network, of least burden, and at random.",
    )
    @click.option(
        "--patients", metavar="N", type=click.IntRange(min=1), help="With it: so many; default 300."
    )
    @click.option(
        "--patients-from",
        metavar="NETWORK",
        help="With it: draw them from another network, so that this one is not its own judge.",
    )
    @click.option("--seed", type=click.IntRange(min=0), help="With it: of the patients; default 0.")
    @wraps(command)
    def either(*, sequential: bool, path: Path | None, **options: Any) -> None:
        drawn = {name: options.pop(name) for name in ("patients", "patients_from", "seed")}
        if sequential:
            _refuse_options_of_cases()
            _compare(options["name"], options["setting"], options["as_json"], **drawn)
            return
        if path is None:
            raise click.UsageError("Missing argument 'CASES'; or give --sequential for simulated patients.")
        if given := [name for name, value in drawn.items() if value is not None]:
            raise click.UsageError(f"--{given[0].replace('_', '-')} goes with --sequential alone.")
        command(path=path, **options)

    return either


def _refuse_options_of_cases() -> None:
    context = click.get_current_context()
    given = [
        "CASES" if isinstance(option, click.Argument) else option.opts[0]
        for option in context.command.params
        if option.name not in _BESIDE
        and context.get_parameter_source(str(option.name)) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{', '.join(given)}: not with --sequential, whose patients are simulated.")


def _compare(
    name: str,
    setting: str | None,
    as_json: bool,
    patients: int | None,
    patients_from: str | None,
    seed: int | None,
) -> None:
    from dxnet.evaluation.order_comparison import SIMULATED_PATIENTS, compare_orders
    from dxnet.inference.engine import Engine
    from dxnet.report.content.order_comparison import compared_orders
    from dxnet.report.render.terminal import Page

    engine = Engine(load(name), setting)
    source = load(patients_from) if patients_from else None
    found = compare_orders(engine, patients or SIMULATED_PATIENTS, source, seed=seed or 0)
    if as_json:
        print_json(found.to_dict())
    else:
        Page().show(compared_orders(found))
