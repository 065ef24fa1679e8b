"""The frame of every page: the network, its intended use, and the limits of its numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path
from typing import Literal

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.inference.differential import INTENDED_USE, INTENDED_USER
from dxnet.ui.shared.case_form import Form, form
from dxnet.ui.shared.in_use import mark_other_network, network_in_use
from dxnet.ui.shared.kept_case import keep_in_browser, take_up_session
from dxnet.ui.shared.keyboard import draw_keyboard
from dxnet.ui.shared.safe_text import literal
from dxnet.ui.shared.served import served_network

_STYLE = Path(__file__).with_name("frame.css").read_text(encoding="utf-8")
Draw = Callable[[Network, Form], None]


def page(draw: Draw) -> Callable[[], None]:
    """A page made of what draws it: with the network and the form of this session, or why there are none."""

    def show() -> None:
        st.html(f"<style>{_STYLE}</style>")
        if not signed_in():
            return
        try:
            served = served_network()
        except DxnetError as problem:
            st.error(f"The network cannot be used.\n\n{problem}")
            return
        take_up_session(served)
        network = network_in_use(served)
        here = form(network)
        keep_in_browser(network, here)
        draw_keyboard()
        mark_other_network(served, network)
        draw(network, here)

    return show


def signed_in() -> bool:
    """Whether the user may go on: always, unless the server has a sign-in (OpenID Connect) configured.

    Secrets that cannot be read let nobody in: there may be a sign-in among them.
    """
    if not st.secrets.load_if_toml_exists():
        there = any(Path(path).exists() for path in st.get_option("secrets.files"))
        if there:
            st.error("The secrets of this server cannot be read, so nobody can sign in. Correct the file.")
        return not there
    if "auth" not in st.secrets or st.user.get("is_logged_in"):
        return True
    st.markdown("This server asks you to sign in. No case is shown or kept before.")
    st.button("Sign in", on_click=st.login)
    return False


def tab_title(text: str) -> str:
    """What the tab of the browser is called: the page, and nothing that could name a patient."""
    return f"{text} · dxnet"


def page_title(text: str) -> None:
    """The heading of a page."""
    st.html(f"<h1 style='font-size:1.4rem;margin:0'>{escape(text)}</h1>", width="content")


def heading(text: str) -> None:
    """The heading of a part of a page."""
    st.html(f"<h2 style='font-size:1.15rem;margin:0.4rem 0 0 0'>{escape(text)}</h2>", width="content")


def unseen_heading(text: str) -> None:
    """The heading of a part that shows by its place what it is, for screen readers."""
    st.html(f'<h2 class="unseen">{escape(text)}</h2>')


def choose_setting(network: Network, form: Form, width: int | Literal["stretch"] = "stretch") -> None:
    """A choice of the setting in which the patient was seen; ``width`` is in pixels."""
    meanings = [f"**{setting.label}.** {setting.description}" for setting in network.settings.values()]

    def chosen() -> None:
        form.choose_setting(st.session_state.setting)

    st.session_state.setting = form.setting
    st.selectbox(
        "Setting (pre-test probability)",
        list(network.settings),
        format_func=lambda name: network.settings[name].label,
        help="\n\n".join(meanings),
        label_visibility="collapsed",
        key="setting",
        width=width,
        on_change=chosen,
    )


def page_foot(network: Network, *facts: str) -> None:
    """The foot of every page: intended use, network, date, further facts, and the limits."""
    known = (f"{network.name} {network.version} ({network.fingerprint})", date.today().isoformat(), *facts)
    with st.container(horizontal=True, vertical_alignment="center", key="page_foot"):
        st.caption(f"{INTENDED_USE} {INTENDED_USER}  \n{' · '.join(map(literal, known))}")
        if network.limits:
            with st.popover("Limits of these numbers"):
                st.markdown("\n".join(f"- {literal(limit)}" for limit in network.limits))
