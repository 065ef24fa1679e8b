"""Write a network for other programs."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dxnet.cli.shared import FILE, load, setting_option, write


@click.command()
@click.argument("name", metavar="NETWORK")
@click.option(
    "--format", "kind", required=True, type=click.Choice(["bif", "xdsl"]), help="XDSL is that of GeNIe."
)
@setting_option
@click.option("--output", metavar="PATH", type=FILE, help="File to write; standard output without it.")
def export(name: str, kind: str, setting: str | None, output: Path | None) -> None:
    """Write a network for other programs, as BIF or XDSL.

    The prior is that of one setting.
    """
    from dxnet.model import build
    from dxnet.model import export as write_model

    network = load(name)
    model = build(network, setting)
    with TemporaryDirectory() as directory:
        file = Path(directory) / f"{network.name}.{kind}"
        write_model(model, file, kind)
        text = file.read_text(encoding="utf-8")
    write(text, output)
