"""Another network for all pages of this session: one that was opened, or edited, here."""

from __future__ import annotations

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.ui.shared import versions
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.file_field import NETWORK_FILES, file_field, require_kind
from dxnet.ui.shared.in_use import SERVED, name_in_use, use_network
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.ui.shared.served import served_network


def draw_other_networks(network: Network, form: Form) -> None:
    """A popover that opens the files of a network, and offers those that are open."""
    count = len(versions.opened())
    with st.popover("Other networks", key=f"other_networks{count}-{form.opened}"):

        def take(name: str, content: bytes) -> None:
            form.opened += 1
            take_network_file(network, form, name, content)

        label = f"Open the files of a network (zip, up to {NETWORK_FILES['zip']} MB), for this session alone"
        file_field(label, f"open_network{count}-{form.opened}", take)
        for name, version in {SERVED: served_network(), **versions.opened()}.items():
            label = f"Use {literal(name)}" if name else "Use the network of this server"
            st.button(
                label,
                key=f"use:{name}",
                disabled=name == name_in_use(),
                on_click=use_network,
                args=(name, version),
            )


def take_network_file(network: Network, form: Form, name: str, content: bytes) -> None:
    """Use the network of a file from now on, or say what is wrong with it."""
    try:
        require_kind(name, content, NETWORK_FILES)
        version = versions.read_zip(name, content)
    except DxnetError as problem:
        form.problems = [literal(f"{name} was not opened."), *problems_in_words(network, problem)]
        return
    called = versions.version_name(version)
    versions.opened()[called] = version
    use_network(called, version)
