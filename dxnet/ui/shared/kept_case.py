"""The case on the page and its steps survive a reload and a lost connection: the browser's tab keeps them.

It is kept in ``sessionStorage``: one tab never sees the case of another, and it is gone when the tab
is closed or a new case begins. Nothing is kept on the server or in the address.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.formats.cases.read import dump_case
from dxnet.ui.shared.case_file import read_case_file
from dxnet.ui.shared.session import EnteredState, Form, problems_in_words

KEY = "kept_case"
_browser_storage = st.components.v2.component(
    "dxnet.kept_case", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def keep_in_browser(network: Network, form: Form) -> None:
    """Have the browser keep the case; take the one that it kept from an earlier session."""
    session = st.session_state.setdefault("session", uuid4().hex)

    def found() -> None:
        if text := st.session_state[KEY].found:
            restore_steps(network, form, text)

    steps = {"before": len(form.history.before), "after": len(form.history.after)}
    kept = {"kept": kept_text(network, form), **steps}
    _browser_storage(key=KEY, data={"session": session, **kept}, on_found_change=found)


def kept_text(network: Network, form: Form) -> str:
    """The form as text; nothing where nothing was entered, opened or chosen."""
    if form.entered_state == Form.new(network).entered_state:
        return ""
    case = replace(form.kept, about={**form.case.about, "setting": form.setting})
    kept = {
        "network": network.name,
        "id": case.id,
        "preset": sorted(form.preset),
        "recent": form.recent,
        "case": dump_case(case, "json"),
    }
    return json.dumps(kept, ensure_ascii=False)


def restore_form(network: Network, form: Form, text: str) -> None:
    """Put kept text back into the form; what no longer fits the network is reported."""
    try:
        kept = json.loads(text)
        case = read_case_file(network, "kept.json", kept["case"].encode())
    except DxnetError as problem:
        where = f"The case that this browser kept, of the network {kept['network']}, was not opened."
        form.problems = [where, *problems_in_words(network, problem)]
    else:
        form.resume(replace(case, id=kept["id"]), kept["preset"])
        form.recent = tuple(name for name in kept.get("recent", ()) if name in network.findings)


def restore_steps(network: Network, form: Form, text: str) -> None:
    """Put the kept case back, and the steps before and after it, as far as all of them are known."""
    kept = json.loads(text)
    steps, at = kept["steps"], kept["at"]
    is_new = not form.can_undo
    if steps[at]:
        restore_form(network, form, steps[at])
    if is_new and not form.problems:
        before = list(_known_steps(network, reversed(steps[:at])))
        after = list(_known_steps(network, steps[at + 1 :]))
        form.history.recall(before[::-1], after[::-1])


def _known_steps(network: Network, texts: Iterable[str | None]) -> Iterator[EnteredState]:
    """What stood in the form at each step, up to one that is not known or does not fit."""
    for text in texts:
        form = Form.new(network)
        if text:
            restore_form(network, form, text)
        if text is None or form.problems:
            return
        yield form.entered_state
