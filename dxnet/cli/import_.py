"""Make a network of ours from a file of another program."""

from __future__ import annotations

from pathlib import Path

import click

from dxnet.cli.outputs import refuse_directory
from dxnet.cli.shared import FILE_PATH, load, made_directory, target_option, write_output
from dxnet.errors import DxnetError, Issue


@click.command("import")
@target_option
@click.argument("name", metavar="FILE")
@click.option("-o", "--output", metavar="DIR", required=True, type=FILE_PATH, help="Directory to make.")
def import_(name: str, output: Path) -> None:
    """Make a network of ours from a file of another program.

    FILE is .bif, .xdsl (GeNIe), .xmlbif, .bifxml, .xml or .net (Hugin), packed by gzip or not. Its variable
    --target becomes the diagnosis, all others become findings; the probabilities stay as they are. Each
    number is cited as @imported. Nothing that exists is overwritten.
    """
    from dxnet.formats.networks.load import is_foreign
    from dxnet.formats.networks.registry import NETWORK_READERS
    from dxnet.formats.networks.yaml_out import network_files

    if not is_foreign(name):
        fix = f"give a file of the kind {', '.join(NETWORK_READERS)}"
        raise DxnetError([Issue("error", name, "is no file of another program", fix)])
    refuse_directory(output)
    network = load(name)
    files = network_files(network)
    with made_directory(output):
        for file, text in files.items():
            write_output(text, output / file)
    click.echo(f"Made {output}: {len(network.diagnoses)} diagnoses, {len(network.findings)} findings. Then:")
    click.echo(f"  dxnet check {output}")
    click.echo(f"  dxnet diagnose CASE --network {output}")
