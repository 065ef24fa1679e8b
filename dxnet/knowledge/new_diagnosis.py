"""A diagnosis added to the files of a network: it begins as a share of the patients of another.

What is copied is marked as an estimate that says so: no source is cited for a number that it does not give.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from dxnet.errors import Issue
from dxnet.knowledge.edit import NetworkFiles
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.file_entries import copied_in, inserted, replaced
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.knowledge.new_part_faults import no_label, not_known, odd_id
from dxnet.knowledge.strict_yaml import Map
from dxnet.knowledge.table import DEFAULT
from dxnet.knowledge.yaml_entries import Copies, Written, as_scalar

COPIED_WEIGHT = 10.0
"""Largest weight of a number that was copied from another diagnosis."""


@dataclass(frozen=True)
class NewDiagnosis:
    """A diagnosis that begins as a share of the patients of another, with its numbers.

    Args:
        id, label, short, group, treatable: as in the file.
        like: the diagnosis whose numbers it begins with.
        share: of the patients of that one, who are of the new one from now on; between 0 and 1.
    """

    id: str
    label: str
    like: str
    share: float = 0.5
    short: str = ""
    group: str = ""
    treatable: Literal["yes", "no"] = "no"

    def faults(self, network: Network) -> Iterator[Issue]:
        """What keeps it from being added."""
        yield from odd_id(network, self.id, network.diagnosis)
        yield from no_label(self.label)
        yield from not_known("diagnosis to begin with", self.like, network.diagnosis)
        if not 0 < self.share < 1:
            yield Issue("error", "", f"{self.share:g} is no share", "give a number between 0 and 1")
        for name, setting in network.settings.items():
            if setting.given is not None:
                message = f"the setting {name} states all diagnoses in one row"
                yield Issue("error", setting.where, message, "add the diagnosis to its rows in the file")

    def added_to(self, network: Network, files: NetworkFiles) -> NetworkFiles:
        """The files with it: its priors, and a copy of each row that names the other diagnosis."""
        texts = {"label": as_scalar(self.label), "short": self.short and as_scalar(self.short)}
        texts |= {"group": self.group and as_scalar(self.group), "treatable": self.treatable}
        entry = {key: text for key, text in texts.items() if text}
        files = inserted(files, (DIAGNOSIS,), self.id, entry)
        for name in network.settings:
            files = self._with_prior(network, files, name)
        return copied_in(files, self._copies)

    def _copies(self, document: Map) -> Copies:
        """The rows of tables, and the shares of patterns, that name the other diagnosis."""

        def walk(block: Map, keys: tuple[str, ...]) -> Copies:
            for name, value in block.items():
                if keys == ("patterns", "shares"):
                    new = self.id if name == self.like else ""
                else:
                    new = self._renamed(keys[-1], name) if keys else ""
                if new:
                    yield keys, name, new, self._copied(value)
                elif isinstance(value, Map):
                    yield from walk(value, (*keys, str(name)))

        yield from walk(document, ())

    def _renamed(self, table: str, row: str) -> str:
        """A row of a table with the new diagnosis in place of the other; "" where it does not name that."""
        parents = [parent.strip() for parent in table.removeprefix("given ").split(",")]
        if not table.startswith("given ") or DIAGNOSIS not in parents:
            return ""
        states = [state.strip() for state in row.split(",")]
        place = parents.index(DIAGNOSIS)
        if place >= len(states) or self.like not in [it.strip() for it in states[place].split("|")]:
            return ""
        return ", ".join([*states[:place], self.id, *states[place + 1 :]])

    def _copied(self, value: Any) -> Written:
        """A number, or a block of them, as an estimate that says where it was taken from."""
        if isinstance(value, Map):
            return {key: self._copied(inner) for key, inner in value.items()}
        return _estimated(Estimate.parse(str(value)), f"as {self.like}, copied and not judged yet")

    def _with_prior(self, network: Network, files: NetworkFiles, setting: str) -> NetworkFiles:
        """The patients of the other diagnosis in a setting, shared between the two."""
        prior = network.settings[setting].prior or {}
        known, keys = prior[self.like if self.like in prior else DEFAULT], ("settings", setting, "prior")
        left = f"{1 - self.share:.3g} of {known.text.partition('@')[0].strip()}, the rest is {self.id}"
        taken = f"{self.share:.3g} of the patients of {self.like}"
        remaining, own = (known.mean[1] * part for part in (1 - self.share, self.share))
        if self.like in prior:
            files = replaced(files, (*keys, self.like), _estimated(_of(remaining, known), left))
        else:
            files = inserted(files, keys, self.like, _estimated(_of(remaining, known), left))
        return inserted(files, keys, self.id, _estimated(_of(own, known), taken))


def _of(mean: float, known: Estimate) -> Estimate:
    """A number with the weight of another."""
    return Estimate((1 - mean, mean), known.weight, ("estimate",))


def _estimated(number: Estimate, reason: str) -> str:
    """A number as a reasoned estimate."""
    shown = number.mean[1:] if len(number.mean) == 2 else number.mean
    digits = " ".join(f"{p:.6g}" for p in shown)
    return f"{digits} ~ {min(number.weight, COPIED_WEIGHT):.3g} @estimate  # {reason}"
