"""The formats of other programs that a network can be written in. It loads no writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from dxnet.lazy import lazily

if TYPE_CHECKING:
    from dxnet.inference.cpt import Discrete


class Writer(NamedTuple):
    """A format: what writes it, how it is called, and whether it keeps the labels of variables."""

    write: Callable[[Discrete], str]
    label: str
    keeps_labels: bool


NETWORK_WRITERS: Mapping[str, Writer] = {
    "bif": Writer(lazily("dxnet.formats.networks.bif:write_bif"), "BIF", False),
    "xdsl": Writer(lazily("dxnet.formats.networks.xdsl:write_xdsl"), "XDSL (GeNIe)", True),
    "xmlbif": Writer(lazily("dxnet.formats.networks.xmlbif:write_xmlbif"), "XMLBIF", False),
    "net": Writer(lazily("dxnet.formats.networks.net:write_net"), "NET (Hugin)", True),
}
"""A writer for each format."""
