"""The network that the app serves, and the engines that answer: one for all users, others for one session."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import streamlit as st

from dxnet import Case, Engine, Network, load_network
from dxnet.formats.networks.load import with_target

Made = TypeVar("Made")


def served_network() -> Network:
    """The network that the app serves: DXNET_NETWORK, a name, a directory or a file of another program.

    DXNET_TARGET is the node of such a file that is diagnosed.

    Raises:
        NetworkError: it cannot be used.
    """
    return _load_served_network(served())


def served() -> str:
    """Name, directory or file of the network that the app serves; of a file with its target behind it."""
    return with_target(os.environ.get("DXNET_NETWORK") or "als_mimics", os.environ.get("DXNET_TARGET"))


@st.cache_resource(show_spinner="Reading the network …")
def _load_served_network(name: str) -> Network:
    return load_network(name)


def shared_engine(network: Network, setting: str) -> Engine:
    """One engine for each network and setting."""
    return worked_out(network, Engine, _cached_engine, setting)


def worked_out(network: Network, own: Callable[..., Made], for_all: Callable[..., Made], *about: str) -> Made:
    """What is worked out once for a network: of the served one for all users, of others for this session.

    What one user opened or edited never reaches another, even where its files have the same fingerprint.

    Args:
        network: which it is about.
        own: works it out of the network, and what else it is ``about``.
        for_all: does so for the served network; a resource that Streamlit keeps by name and fingerprint, too.
        about: what it depends on besides the network.
    """
    if network is served_network():
        return for_all(network, network.name, network.fingerprint, *about)
    kept: dict[tuple[Any, ...], tuple[Network, Made]] = st.session_state.setdefault("worked_out", {})
    key = own, id(network), *about  # the network is kept beside it, so that no other gets the same id
    if key not in kept:
        kept[key] = network, own(network, *about)
    return kept[key][1]


@cache
def _freeze() -> None:
    """Streamlit looks for garbage after every click; what was loaded at the start need not be searched."""
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner="Preparing the network (a few seconds, once) …")
def _cached_engine(_network: Network, name: str, fingerprint: str, setting: str) -> Engine:
    made = Engine(_network, setting)
    made.diagnose(Case({}))
    _freeze()
    return made
