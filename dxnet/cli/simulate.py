"""Draw a cohort from a network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from dxnet.cli.outputs import output_option
from dxnet.cli.shared import faults_of_writing, load, setting_option, target_option
from dxnet.errors import CaseError, Issue
from dxnet.whole_files import whole_file
from dxnet.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from dxnet.inference.parameters import NetworkNumbers


_NUMBERS = ".numbers.csv"
"""What stands behind the name of a cohort in that of the numbers that it was drawn from."""


@click.command()
@target_option
@click.argument("name", metavar="NETWORK")
@click.option("-n", "n", metavar="N", required=True, type=click.IntRange(min=1), help="Rows.")
@output_option(
    "--output",
    "-o",
    metavar="FILE",
    required=True,
    beside=(_NUMBERS,),
    help=".parquet or .csv to write.",
)
@setting_option
@click.option(
    "--missing",
    metavar="P",
    default=0.3,
    show_default=True,
    help="Probability that a finding was not examined.",
)
@click.option(
    "--missing-by",
    "by",
    type=click.Choice(["procedure", "finding"]),
    default="procedure",
    show_default=True,
    help="Findings of a procedure are missing together, or each on its own.",
)
@click.option("--unlabelled", metavar="P", default=0.0, help="Share of the rows without a diagnosis.")
@click.option(
    "--seed",
    metavar="N",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Seed of the pseudo-random numbers.",
)
@click.option(
    "--draw-numbers", is_flag=True, help="Draw true numbers from the estimates; FILE.numbers.csv has them."
)
def simulate_command(
    name: str,
    n: int,
    output: Path,
    setting: str | None,
    missing: float,
    by: Literal["procedure", "finding"],
    unlabelled: float,
    seed: int,
    draw_numbers: bool,
) -> None:
    """Draw a cohort from a network: a row per case, a column per finding, the true diagnosis as 'diagnosis'.

    NETWORK is a name, a directory, or a file of another program. A blank was not examined. The same seed
    gives the same cohort.
    """
    from dxnet.inference.parameters import NetworkNumbers
    from dxnet.learning.simulate import MissingPattern, true_numbers
    from dxnet.learning.simulate import simulate as draw

    if output.suffix not in (".parquet", ".csv") or not os.path.isdir(output.parent):
        fix = "give a .parquet or .csv file in a directory that is there"
        raise CaseError([Issue("error", str(output), "cannot be written", fix)])
    network = load(name)
    parameters = NetworkNumbers(network, network.setting(setting)[0])
    if draw_numbers:
        parameters = true_numbers(parameters, seed)
    cohort = draw(parameters, n, MissingPattern(missing, by, unlabelled), seed)
    _write_table(cohort, output)
    click.echo(f"{output}: {counted(n, 'row')}, setting {parameters.setting}, seed {seed}", err=True)
    if draw_numbers:
        numbers = output.with_name(f"{output.name}{_NUMBERS}")
        _write_table(_drawn_numbers(parameters), numbers)
        click.echo(f"{numbers}: the numbers that it was drawn from", err=True)


def _write_table(table: pd.DataFrame, output: Path) -> None:
    with faults_of_writing(output), whole_file(output) as part:
        if output.suffix == ".csv":
            table.to_csv(part, index=False, lineterminator="\n")
        else:
            table.to_parquet(part, index=False)


def _drawn_numbers(parameters: NetworkNumbers) -> pd.DataFrame:
    """One row a number: where it stands, position of the state, as stated and as drawn."""
    import pandas as pd

    estimates = parameters.estimates
    return pd.DataFrame(
        [
            (
                place,
                state,
                estimates[place].mean[state],
                float(parameters.mean(place, estimates[place]).values[state]),
            )
            for place, state in parameters.index
        ],
        columns=["number", "state", "stated", "drawn"],
    )
