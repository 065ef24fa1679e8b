"""Open the app in a browser."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from dxnet.cli.reporting import Server
from dxnet.cli.shared import load

_SCRIPT = Path(__file__).parents[1] / "ui" / "app.py"


@click.command(cls=Server, context_settings={"ignore_unknown_options": True})
@click.option(
    "--network", "name", help="Name or directory of a network; default: DXNET_NETWORK, or als_mimics."
)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Where the app listens; default: 8501, or the next."
)
@click.option("--headless", is_flag=True, help="Open no browser.")
@click.option("--read-only", is_flag=True, help="Show the network, but let nobody edit it.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def app(name: str | None, port: int | None, headless: bool, read_only: bool, options: Sequence[str]) -> None:
    """Open the app in the browser, for this machine only.

    OPTIONS go to Streamlit as they are, such as --server.baseUrlPath dxnet.
    """
    name = os.environ.get("DXNET_NETWORK") if name is None else name
    if name:
        load(name)  # refuses what cannot be read, before a browser opens
        os.environ["DXNET_NETWORK"] = name
    if read_only:
        os.environ["DXNET_READ_ONLY"] = "1"
    chosen = list(_settings())
    if port is not None:
        chosen.append(f"--server.port={port}")
    if headless:
        chosen.append("--server.headless=true")
    sys.argv = ["streamlit", "run", str(_SCRIPT), *chosen, *options]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _settings() -> Iterator[str]:
    """The settings of ``.streamlit/config.toml``, which Streamlit finds by itself only in a checkout."""
    import tomllib

    from dxnet.knowledge.load import RESOURCES

    text = (RESOURCES / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    for section, keys in tomllib.loads(text).items():
        for key, value in keys.items():
            yield f"--{section}.{key}={str(value).lower() if isinstance(value, bool) else value}"
