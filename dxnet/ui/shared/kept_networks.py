"""Networks that were opened or edited survive a reload: the browser keeps files, edits and additions."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict
from typing import Any

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.knowledge.additions import NewDiagnosis, NewEdge, NewFinding, NewProcedure
from dxnet.ui.shared import versions
from dxnet.ui.shared.desks import EditSession, desk
from dxnet.ui.shared.in_use import SERVED
from dxnet.ui.shared.kept_case import NETWORKS_PLACE
from dxnet.ui.shared.kept_text import keep_text

MAX_KEPT = 2_000_000
"""Letters that are kept at most: the browser has room for some five million, and the case comes first."""
_KINDS = {kind.__name__: kind for kind in (NewDiagnosis, NewEdge, NewFinding, NewProcedure)}


def keep_networks(served: Network, setting: str) -> None:
    """Have the browser keep what was opened, added and edited here; nothing where it is too large."""
    text = networks_as_text(served, setting)
    keep_text(NETWORKS_PLACE, text if len(text) <= MAX_KEPT else "")


def networks_as_text(served: Network, setting: str) -> str:
    """The opened networks with their files, and what was added and edited in each; "" where nothing was."""
    known = {SERVED: served, **versions.opened()}
    files = {name: versions.files_of(network) for name, network in versions.opened().items()}
    zips = {name: b64encode(it.packed()).decode() for name, it in files.items() if it}
    changed = [
        {"base": name, "edits": it.edits, "added": [_addition_as_plain(one.addition) for one in it.added]}
        for name, network in known.items()
        for it in _desks()
        if it.base is network and it.changes
    ]
    if not zips and not changed:
        return ""
    tried = versions.EDITED in versions.opened()
    return json.dumps({"setting": setting, "zips": zips, "changed": changed, "tried": tried})


def restore_networks(served: Network, text: str) -> None:
    """Open the kept networks again, and make the kept changes; what no longer can be made is dropped."""
    kept = json.loads(text)
    known = {SERVED: served}
    for name, packed in kept["zips"].items():
        try:
            known[name] = versions.opened().get(name) or versions.read_zip(f"{name}.zip", b64decode(packed))
        except DxnetError:
            continue
        versions.opened()[name] = known[name]
    for changed in kept["changed"]:
        if changed["base"] in known:
            _change(desk(known[changed["base"]]), changed, kept["setting"] if kept["tried"] else None)


def _change(it: EditSession, changed: dict[str, Any], setting: str | None) -> None:
    """Make the kept changes; with a setting they are tried, too, so that the edited network can be used."""
    if it.files is None:
        return
    if not it.changes:
        _make(it, changed)
    if setting is not None and not it.trial(setting):
        it.attempt(setting)


def _make(it: EditSession, changed: dict[str, Any]) -> None:
    for addition in changed["added"]:
        it.add(_KINDS[addition["kind"]](**_addition_of(addition["of"])))
    numbers = {str(place): place for place, _ in it.network.estimates()}
    for written, number in changed["edits"].items():
        if written in numbers:
            it.write(numbers[written], number)
    it.problems = ()


def _desks() -> list[EditSession]:
    found: list[EditSession] = st.session_state.get("desks", [])
    return found


def _addition_as_plain(addition: Any) -> dict[str, Any]:
    """An addition as its kind and its fields."""
    return {"kind": type(addition).__name__, "of": asdict(addition)}


def _addition_of(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an addition, with tuples where JSON has lists."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
