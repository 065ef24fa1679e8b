"""The group of all commands: what goes wrong is said on standard error, and in the exit code."""

from __future__ import annotations

import atexit
import gc
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from dxnet.cli.streams import let_go, show_every_letter, write_rest
from dxnet.errors import DxnetError, file_fault

BAD_INPUT = 2
"""Exit code when something cannot be read, used or written."""
CLOSED_PIPE = 141
"""Exit code when the reader of the output has gone, as in ``dxnet show ... | head``: that of SIGPIPE."""
INTERRUPTED = 130
"""Exit code when the user has stopped the command, as by Ctrl-C: that of SIGINT."""
NEW_OBJECTS = 100_000, 50, 50
"""So many must be new before Python looks for garbage: a command makes little, and imports many modules."""
_FROM_HOME = re.compile(r"(--[a-z-]+=)?(~[/\\].*|~)", re.DOTALL)


class Server(click.Command):
    """A command that runs until it is stopped: garbage is looked for as in any other program."""


class Reporting(click.Group):
    """Says what is wrong with the input as ``error: file:line: cause; cure``, never as a traceback."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run what is asked; without arguments what the command line says, as the process of a command."""
        is_process = not arguments and "args" not in options
        show_every_letter()
        try:
            return super().main(*arguments, **options, obj=is_process)
        except OSError as problem:  # the last resort: readers and writers have better words
            click.echo(file_fault(problem.filename or _stream(), problem), err=True)
            sys.exit(BAD_INPUT)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments; ``~/`` is the user's folder where the shell leaves it: quoted, or behind ``=``."""
        found = [(it, _FROM_HOME.fullmatch(it)) for it in args]
        args = [f"{it[1] or ''}{os.path.expanduser(it[2])}" if it else word for word, it in found]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; a process that ends with it seldom looks for garbage."""
        found = super().resolve_command(ctx, args)
        if ctx.obj and not isinstance(found[1], Server):
            gc.set_threshold(*NEW_OBJECTS)
            atexit.register(gc.freeze)  # what ends with the process is not looked through before
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            with _told_what_takes_time():
                try:
                    return self._run(ctx)
                finally:
                    write_rest()
        except BrokenPipeError:
            let_go(sys.stdout, sys.stderr)
            ctx.exit(CLOSED_PIPE)

    def _run(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DxnetError as problem:
            for issue in problem.issues:
                click.echo(issue, err=True)
            ctx.exit(BAD_INPUT)
        except KeyboardInterrupt as interrupt:  # it may say what to do next
            click.echo("; ".join(["\ninterrupted", *map(str, interrupt.args)]), err=True)
            ctx.exit(INTERRUPTED)


def _stream() -> str:
    """What a fault is of that names no file: standard output, if it still holds back what it cannot write."""
    try:
        write_rest()
    except OSError:
        let_go(sys.stdout)
        return "standard output"
    return "input or output"


@contextmanager
def _told_what_takes_time() -> Iterator[None]:
    """Write on standard error what dxnet logs of its work, such as why a first start takes long."""
    import logging

    log, handler = logging.getLogger("dxnet"), logging.StreamHandler(sys.stderr)
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
