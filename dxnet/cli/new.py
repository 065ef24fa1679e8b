"""Make a new network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from dxnet.cli.outputs import refuse_directory
from dxnet.cli.shared import NEW_DIRECTORY, made_directory, write_output
from dxnet.errors import DxnetError, Issue

_STARTER = Path(__file__).parents[1] / "knowledge" / "starter"


@click.command()
@click.argument("name", metavar="NETWORK")
@click.option(
    "-o", "--output", metavar="DIR", type=NEW_DIRECTORY, help="Directory to make; default: ./NETWORK."
)
def new(name: str, output: Path | None) -> None:
    """Make a directory with a small network to start from.

    Its comments explain the format; its numbers are made up. Nothing that exists is overwritten.
    """
    from dxnet.knowledge.load import shipped_networks
    from dxnet.knowledge.schema import network_schema
    from dxnet.knowledge.table import IDENTIFIER

    if not re.fullmatch(IDENTIFIER, name):
        fix = "use letters, digits and _ and begin with a letter; -o names the directory"
        raise DxnetError([Issue("error", name, "is no name for a network", fix)])
    if name in shipped_networks():
        fix = "give it another name"
        raise DxnetError([Issue("error", name, "is the name of a network that ships with dxnet", fix)])
    directory = output or Path(name)
    refuse_directory(directory)
    with made_directory(directory):
        for source in sorted(_STARTER.iterdir()):
            text = source.read_text(encoding="utf-8")
            if source.name == "network.yaml":
                text = text.replace(f"\nname: {_STARTER.name}\n", f"\nname: {name}\n")
            write_output(text, directory / source.name)
        write_output(json.dumps(network_schema(), indent=2) + "\n", directory / "network.schema.json")
    click.echo(f"Made {directory}: read network.yaml and findings.yaml, and change what you need. Then:")
    click.echo(f"  dxnet check {directory}")
    click.echo(f"  dxnet diagnose {directory / 'cases.csv'} --network {directory}")
