"""Files of commands go by name: nothing is read from standard input, and ``-`` names no file to write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from dxnet.errors import DxnetError, Issue

_WITHOUT_NAME = ("-", "/dev/stdin", "/dev/fd/0")


class NamedFile(click.Path):
    """The type of an argument or option that names a file or directory to read, or one to write.

    Args:
        written: what is written there, ``file`` or ``directory``; empty for what is read.
    """

    def __init__(self, written: str = "") -> None:
        super().__init__(path_type=Path, readable=False)  # its reader says why it cannot be read
        self._written = written

    def convert(self, value: str | os.PathLike[str], param: Any, ctx: Any) -> Any:
        """The path.

        Raises:
            DxnetError: it stands for standard input or output, of which no suffix says what it holds.
        """
        if str(value) in _WITHOUT_NAME:
            raise DxnetError([Issue("error", str(value), "names no file", self._cure(param))])
        return super().convert(value, param, ctx)

    def _cure(self, parameter: click.Parameter) -> str:
        """What to do instead: some commands print what they would write."""
        if not self._written:
            return "save it to a file whose suffix says its kind"
        prints = self._written == "file" and "-o" in parameter.opts and not parameter.required
        return f"name a {self._written}{', or leave -o out to print' if prints else ''}"
