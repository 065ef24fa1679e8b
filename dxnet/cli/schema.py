"""Write the JSON Schema of network files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dxnet.cli.shared import FILE, write


@click.command()
@click.option("-o", "--output", metavar="FILE", type=FILE, help="File to write; standard output without it.")
def schema(output: Path | None) -> None:
    """Write the JSON Schema of network files, for editors.

    With this line on top of a YAML file, editors such as VS Code (extension YAML) underline wrong keys and
    malformed numbers, and complete the right ones:

    \b
        # yaml-language-server: $schema=FILE
    """
    from dxnet.knowledge.schema import schema as make

    write(json.dumps(make(), indent=2) + "\n", output)
