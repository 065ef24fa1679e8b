"""Write the JSON Schema of network files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dxnet.cli.outputs import output_option
from dxnet.cli.shared import write_output


@click.command()
@output_option("-o", "--output", metavar="FILE", help="File to write; standard output without it.")
def schema_command(output: Path | None) -> None:
    """Write the JSON Schema of network files, for editors.

    With this line on top of a YAML file, editors such as VS Code (extension YAML) underline wrong keys and
    malformed numbers, and complete the right ones:

    \b
        # yaml-language-server: $schema=FILE
    """
    from dxnet.knowledge.schema import network_schema as make

    write_output(json.dumps(make(), indent=2) + "\n", output)
