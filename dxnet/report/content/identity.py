"""Identity of an answer: its case, network and setting."""

from __future__ import annotations

from dxnet.inference.differential import Differential
from dxnet.knowledge.network import Network
from dxnet.report.parts import Facts
from dxnet.words import WITHOUT_ID


def fingerprint_or_none(network: Network) -> str:
    """The fingerprint of the files of a network."""
    return network.fingerprint or "none, as it was made in Python"


def identified(network: Network) -> str:
    """A network by name, version and fingerprint."""
    return f"{network.label} ({network.name} {network.version}, fingerprint {fingerprint_or_none(network)})"


def setting_name(network: Network, setting: str) -> str:
    """A setting by its label and id."""
    return f"{network.settings[setting].label} ({setting})"


def basis(network: Network, setting: str) -> Facts:
    """A network and one of its settings."""
    return Facts((("Network", identified(network)), ("Setting", setting_name(network, setting))))


def asked(answer: Differential) -> Facts:
    """The case, the network and the setting of an answer."""
    case, title = answer.case, answer.case.about.get("title", "")
    name = f"{case.id or WITHOUT_ID}{f', {title}' if title else ''}"
    return Facts((("Case", name), *basis(answer.network, answer.setting).rows))
