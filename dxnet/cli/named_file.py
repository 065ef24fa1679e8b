"""Files of commands go by name: nothing is read from standard input, and ``-`` names no file to write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from dxnet.errors import DxnetError, Issue

_WITHOUT_NAME = ("-", "/dev/stdin", "/dev/fd/0")


class NamedFile(click.Path):
    """The type of an argument or option that names a file or directory."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: str | os.PathLike[str], param: Any, ctx: Any) -> Any:
        """The path.

        Raises:
            DxnetError: it stands for standard input or output, of which no suffix says what it holds.
        """
        if str(value) in _WITHOUT_NAME:
            fix = "save the input to a file, whose suffix says its kind, or leave -o out to print"
            raise DxnetError([Issue("error", str(value), "names no file", fix)])
        return super().convert(value, param, ctx)
