"""The cases that were opened to be compared survive a reload: the browser keeps them."""

from __future__ import annotations

import json
from dataclasses import replace

from dxnet import DxnetError, Network
from dxnet.formats.cases.read import dump_case
from dxnet.ui.shared.case_file import read_case_file
from dxnet.ui.shared.kept_text import keep_text, restore_text
from dxnet.ui.shared.session import Form

COMPARED_PLACE = "compared"


def keep_compared(form: Form) -> None:
    """Have the browser keep the cases that were opened."""
    keep_text(COMPARED_PLACE, compared_as_text(form))


def compared_as_text(form: Form) -> str:
    """The cases with their ids; "" where there are none."""
    return json.dumps([(case.id, dump_case(case, "json")) for case in form.others]) if form.others else ""


def take_up_compared(network: Network, form: Form) -> None:
    """Open the cases again that the browser kept earlier; one that no longer fits is dropped."""

    def restore(text: str) -> None:
        form.others.clear()
        for name, written in json.loads(text):
            try:
                case = read_case_file(network, "kept.json", written.encode())
            except DxnetError:
                continue
            form.others.append(replace(case, id=name))

    restore_text(COMPARED_PLACE, restore)
