"""The cases that were opened to be compared and what is chosen survive a reload: the browser keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.formats.cases.read import dump_case
from dxnet.ui.shared.case_file import read_case_file
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.kept_text import keep_text, restore_text

COMPARED_PLACE = "compared"
CHOSEN = "compare:"
"""How the keys of the choices of both sides begin."""


def keep_compared(form: Form) -> None:
    """Have the browser keep the cases that were opened, and what is chosen on both sides."""
    keep_text(COMPARED_PLACE, compared_as_text(form, st.session_state))


def compared_as_text(form: Form, state: Mapping[Any, Any]) -> str:
    """The cases with their ids, and the choices of a session by their keys; "" where there are none."""
    chosen = {key: state[key] for key in sorted(map(str, state)) if key.startswith(CHOSEN)}
    cases = [(case.id, dump_case(case, "json")) for case in form.others]
    return json.dumps({"cases": cases, "chosen": chosen}) if cases or chosen else ""


def take_up_compared(network: Network, form: Form) -> None:
    """Open the cases again that the browser kept earlier, and choose what was chosen.

    A case that no longer fits is dropped, and with it the choices, which have the numbers of the cases.
    """

    def restore(text: str) -> None:
        form.others.clear()
        kept = json.loads(text)
        for name, written in kept["cases"]:
            try:
                case = read_case_file(network, "kept.json", written.encode())
            except DxnetError:
                continue
            form.others.append(replace(case, id=name))
        if len(form.others) == len(kept["cases"]):
            st.session_state.update(kept["chosen"])

    restore_text(COMPARED_PLACE, restore)
