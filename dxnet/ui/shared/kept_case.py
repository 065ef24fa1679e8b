"""The case on the page and its steps survive a reload and a lost connection: the browser's tab keeps them.

It is kept in ``sessionStorage``: one tab never sees the case of another, and it is gone when the tab
is closed or a new case begins. Nothing is kept on the server or in the address.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, dump_local_codes, read_local_codes
from dxnet.formats.cases.read import dump_case
from dxnet.lazy import lazily
from dxnet.ui.shared import versions
from dxnet.ui.shared.browser_parts import browser_part, told
from dxnet.ui.shared.case_file import EnteredState, read_case_file
from dxnet.ui.shared.case_form import Form, form
from dxnet.ui.shared.in_use import name_in_use, network_in_use
from dxnet.ui.shared.kept_text import is_found, note_found, restore_text, session_id
from dxnet.ui.shared.safe_text import problems_in_words

KEY, CASE_PLACE, NETWORKS_PLACE, IN_USE_PLACE = "kept_case", "case", "networks", "in_use"
_restore_networks = lazily("dxnet.ui.shared.kept_networks:restore_networks")
"""What edits a network is imported when there is one to be edited."""
_browser_storage = browser_part(__file__)


def keep_in_browser(network: Network, form: Form) -> None:
    """Have the browser keep the case; what it kept in an earlier session stays until that is taken up."""

    def found() -> None:
        if texts := told(KEY, "found"):
            note_found(texts)

    steps = {"before": len(form.history.before), "after": len(form.history.after), "inUse": name_in_use()}
    kept = {"kept": case_as_text(network, form), **steps}
    about = {"session": session_id(), "taken": is_found()}
    _browser_storage(key=KEY, data={**about, **kept}, on_found_change=found)


def take_up_session(served: Network) -> None:
    """Put back what the browser kept in an earlier session, if it has told: networks first, then the case.

    What else it kept is taken by the page that shows it.
    """
    restore_text(NETWORKS_PLACE, partial(_take_up_networks, served))
    restore_text(IN_USE_PLACE, _take_up_network_in_use)
    network = network_in_use(served)
    restore_text(CASE_PLACE, partial(restore_steps, network, form(network)))


def _take_up_networks(served: Network, text: str) -> None:
    with st.spinner("Taking up your networks where you left them …"):
        _restore_networks(served, text)


def _take_up_network_in_use(name: str) -> None:
    """Use a network again, if it is there, with an empty form."""
    if network := versions.opened().get(name):
        old = form(network)
        st.session_state.form = replace(Form.new(network), others=old.others, refused=old.refused)
        st.session_state.in_use = name


def case_as_text(network: Network, form: Form) -> str:
    """The form and the local codes as text; nothing where nothing was entered, opened, chosen or mapped."""
    if form.entered_state._replace(mark="") == Form.new(network).entered_state and not form.local_codes.rows:
        return ""
    case = form.saved
    kept = {
        "network": network.name,
        "id": case.id,
        "recent": form.recent,
        "case": dump_case(case, "json"),
        "visit": str(form.on or ""),
        "mark": form.mark,
        "codes": dump_local_codes(form.local_codes) if form.local_codes.rows else "",
    }
    return json.dumps(kept, ensure_ascii=False)


def restore_form(network: Network, form: Form, text: str) -> None:
    """Put kept text back into the form; what no longer fits the network is reported."""
    try:
        kept = json.loads(text)
        case = read_case_file(network, "kept.json", kept["case"].encode())
        text = kept.get("codes", "")
        codes = read_local_codes(text.encode(), network) if text else NO_LOCAL_CODES
    except DxnetError as problem:
        where = f"The case that this browser kept, of the network {kept['network']}, was not opened."
        form.problems = [where, *problems_in_words(network, problem)]
    else:
        form.local_codes = codes
        form.resume(replace(case, id=kept["id"]))
        form.visit = date.fromisoformat(kept["visit"]) if kept.get("visit") else None
        form.mark = kept.get("mark", form.mark)
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
