"""Write a network for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from dxnet.cli.outputs import output_option
from dxnet.cli.shared import in_network, load, places_from_here, setting_option, write_output
from dxnet.formats.networks.writers import NETWORK_WRITERS


@click.command()
@click.argument("name", metavar="NETWORK")
@click.option(
    "--format",
    "kind",
    required=True,
    type=click.Choice(list(NETWORK_WRITERS)),
    help=f"{', '.join(writer.label for writer in NETWORK_WRITERS.values())}.",
)
@setting_option
@output_option("-o", "--output", metavar="PATH", help="File to write; standard output without it.")
def export(name: str, kind: str, setting: str | None, output: Path | None) -> None:
    """Write a network for other programs.

    The prior is that of one setting; what the format does not hold is named. NETWORK may also be a file of
    another program (.bif, .xdsl, .xmlbif, .net), which is written in another format.
    """
    from dxnet.formats.networks.registry import NETWORK_READERS, dump, losses, read_tables
    from dxnet.inference.backends.pgmpy_model import discrete

    if Path(name.lower().removesuffix(".gz")).suffix in NETWORK_READERS:
        with places_from_here(lambda issue: in_network(issue, name)):
            model = read_tables(name)
        for issue in model.issues:
            click.echo(in_network(issue, name), err=True)
    else:
        network = load(name)
        setting, _ = network.setting(setting)
        model = discrete(network, setting)
        for lost in losses(network, setting, kind):
            click.echo(f"warning: {network.name}: {kind} does not hold {lost}", err=True)
    write_output(dump(model, kind), output)
