"""Identity of an answer: its case, network and setting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dxnet.inference.differential import INTENDED_USE, Differential
from dxnet.knowledge.network import Network
from dxnet.report.parts import Bullets, Facts
from dxnet.words import WITHOUT_ID, shortened

SHORT_USE = f"{INTENDED_USE.split('.')[0]}."
"""The intended use at the foot of a page."""
_LONGEST_ID = 36
"""Letters of the id of a case at the foot."""
_NOT_STATED = (None, "", "0")
"""What stands for an unknown part of a reference; a year of 0 is none."""


def case_foot(answer: Differential, on: date, later: int = 0) -> str:
    """The line at the foot of every page of a report of a case, of which ``later`` visits are left out."""
    network = answer.network
    whose = shortened(answer.case.id, _LONGEST_ID) or WITHOUT_ID
    then = f" as known on {answer.case.visits[-1].on}" if later else ""
    return f"{SHORT_USE} Case {whose}{then} · {network.name} {network.version} · {on.isoformat()}"


def fingerprint_or_none(network: Network) -> str:
    """The fingerprint of the files of a network."""
    return network.fingerprint or "none, as it was made in Python"


def identified(network: Network) -> str:
    """A network by name, version and fingerprint."""
    return f"{network.label} ({network.name} {network.version}, fingerprint {fingerprint_or_none(network)})"


def limits_of(network: Network) -> Bullets:
    """What a network says that it does not model."""
    return Bullets(network.limits or ("The network states no limits.",))


def setting_name(network: Network, setting: str) -> str:
    """A setting by its label and id."""
    return f"{network.settings[setting].label} ({setting})"


def published_where(about: Mapping[str, str]) -> str:
    """Where a published case stands: authors, journal, year and address, as far as they are known.

    >>> published_where({"journal": "Lancet", "year": "0", "pmid": "1"})
    'Lancet, PMID 1'
    """
    parts = {"authors_short": "", "journal": "", "year": "", "doi": "doi:", "pmid": "PMID ", "url": ""}
    return ", ".join(
        f"{mark}{about[key]}" for key, mark in parts.items() if about.get(key) not in _NOT_STATED
    )


def basis(network: Network, setting: str) -> Facts:
    """A network and one of its settings."""
    return Facts((("Network", identified(network)), ("Setting", setting_name(network, setting))))


def asked(answer: Differential) -> Facts:
    """The case, the network and the setting of an answer."""
    case, title = answer.case, answer.case.about.get("title", "")
    name = f"{case.id or WITHOUT_ID}{f', {title}' if title else ''}"
    return Facts((("Case", name), *basis(answer.network, answer.setting).rows))
