"""Other versions of the network, opened by one user for this session alone."""

from __future__ import annotations

import io
import lzma
import zlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

import streamlit as st

from dxnet import DxnetError, Network, load_network
from dxnet.errors import Issue
from dxnet.knowledge.edit import NetworkFiles

EDITED = "edited on the Network page"
MAX_NETWORK_MEGABYTES = 20
"""The most that the files of a network may hold, unpacked."""


def opened() -> dict[str, Network]:
    """The versions that this browser session opened, by what they are called."""
    if "versions" not in st.session_state:
        st.session_state.versions = {}
    found: dict[str, Network] = st.session_state.versions
    return found


def version_name(network: Network) -> str:
    """Display name of a version."""
    return f"{network.name} {network.version} ({network.fingerprint})"


def files_of(network: Network) -> NetworkFiles | None:
    """The files of a network that was opened in this session, if they were kept."""
    kept: list[tuple[Network, NetworkFiles]] = st.session_state.get("version_files", [])
    return next((files for known, files in kept if known is network), None)


def offered(network: Network) -> Mapping[str, Network]:
    """The network that is served, and what this session opened."""
    return {version_name(network): network, **opened()}


def read_zip(name: str, content: bytes) -> Network:
    """The network in a zip file; what it unpacks to is deleted at once, its files are kept for this session.

    Raises:
        DxnetError: no zip file, too large, or not one network.
        NetworkError: a network that cannot be read or built.
    """
    try:
        with ZipFile(io.BytesIO(content)) as packed, TemporaryDirectory() as directory:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_NETWORK_MEGABYTES * 10**6:
                raise _refused(
                    name, f"holds more than {MAX_NETWORK_MEGABYTES} MB", "pack the network's files alone"
                )
            packed.extractall(directory)
            found = sorted(Path(directory).rglob("network.yaml"))
            if len(found) != 1:
                message = f"holds {len(found)} files named network.yaml"
                raise _refused(name, message, "pack one network with the tables that it names")
            network = load_network(found[0].parent, within=Path(directory))
            kept = st.session_state.setdefault("version_files", [])
            kept.append((network, NetworkFiles.read(found[0].parent)))
            return network
    except (BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, OSError, ValueError) as problem:
        if isinstance(problem, DxnetError):
            raise
        raise _refused(name, f"is no zip file that can be read: {problem}", "pack it again") from None


def _refused(name: str, message: str, fix: str) -> DxnetError:
    return DxnetError([Issue("error", name, message, fix)])
