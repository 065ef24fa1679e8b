"""Networks in the formats of other programs: a reader and a writer for each, of tables alone.

These formats hold P(state | parents) of one setting and nothing else of what a network states: ``losses``
says what. Numbers are written with every digit, so that what is read back is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from dxnet.errors import Issue, ParseError
from dxnet.formats.networks.variables import plain_identifiers, unpacked_content
from dxnet.formats.networks.writers import NETWORK_WRITERS
from dxnet.inference.cpt import Discrete
from dxnet.knowledge.kinds.base import Cpt
from dxnet.knowledge.network import Network
from dxnet.lazy import lazily

__all__ = ["NETWORK_READERS", "NETWORK_WRITERS", "dump", "losses", "plain_identifiers", "read_tables"]

NETWORK_READERS: Mapping[str, Callable[[bytes, str], Discrete]] = {
    ".bif": lazily("dxnet.formats.networks.bif:read_bif"),
    ".xdsl": lazily("dxnet.formats.networks.xdsl:read_xdsl"),
    ".xmlbif": lazily("dxnet.formats.networks.xmlbif:read_xmlbif"),
    ".xml": lazily("dxnet.formats.networks.xmlbif:read_xmlbif"),
    ".bifxml": lazily("dxnet.formats.networks.xmlbif:read_xmlbif"),
    ".net": lazily("dxnet.formats.networks.net:read_net"),
}
"""A reader for each file suffix: of the content and the name of a file."""

_OF_FINDINGS = (
    "definitions, synonyms, categories, numbers with units, exclusions, regions and signs of findings"
)


def is_network_file(path: str | Path) -> bool:
    """Whether a path is that of a network of another program, by its suffix.

    >>> is_network_file("alarm.bif.gz"), is_network_file("networks/asia")
    (True, False)
    """
    return _suffix(Path(path)) in NETWORK_READERS and not Path(path).is_dir()


def _suffix(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def read_tables(path: str | Path) -> Discrete:
    """The tables of a network of another program; a file may be packed by gzip.

    Args:
        path: ``.bif``, ``.xdsl`` (GeNIe), ``.xmlbif``, ``.bifxml`` or ``.xml``, ``.net`` (Hugin).

    Raises:
        ParseError: an unknown kind of file, or what is wrong with it and where.
    """
    path = Path(path)
    suffix = _suffix(path)
    if suffix not in NETWORK_READERS:
        message = f"cannot tell the kind of network from the suffix {suffix!r}"
        raise ParseError([Issue("error", path.name, message, f"known are {', '.join(NETWORK_READERS)}")])
    return NETWORK_READERS[suffix](unpacked_content(path), path.name)


def dump(model: Discrete, kind: str) -> str:
    """The text of a network in a format; names that are no plain identifiers are written as such.

    Raises:
        ValueError: an unknown format.

    >>> from dxnet.knowledge.load import load_directory
    >>> from dxnet.inference.backends.pgmpy_model import discrete
    >>> print(dump(discrete(load_directory("asia")), "bif")[:42])
    network unknown {
    }
    variable diagnosis {
    """
    if kind not in NETWORK_WRITERS:
        raise ValueError(f"unknown format {kind!r}; known are {', '.join(NETWORK_WRITERS)}")
    names = dict(zip(model.tables, plain_identifiers(list(model.tables)), strict=True))
    tables = {
        names[name]: Cpt(table.values, tuple(names[parent] for parent in table.parents))
        for name, table in model.tables.items()
    }
    states = {names[name]: tuple(plain_identifiers(states)) for name, states in model.states.items()}
    labels = {names[name]: label for name, label in model.labels.items()}
    return NETWORK_WRITERS[kind].write(Discrete(tables, states, labels))


def losses(network: Network, setting: str, kind: str) -> list[str]:
    """What of a network a format does not hold, in words.

    >>> from dxnet.knowledge.load import load_directory
    >>> losses(load_directory("asia"), "chest_clinic", "xdsl")[0]
    'how much each number weighs, its source and its reason'
    """
    others = [name for name in network.settings if name != setting]
    coded = sum(bool(finding.hpo) for finding in network.findings.values())
    named = {
        "how much each number weighs, its source and its reason": True,
        f"the other settings ({', '.join(others)})": others,
        "labels of the variables": not NETWORK_WRITERS[kind].keeps_labels,
        "labels, groups and codes of the diagnoses": True,
        _OF_FINDINGS: True,
        f"procedures and their burden ({len(network.procedures)})": network.procedures,
        f"HPO terms ({coded} findings)": coded,
        "soft words": network.soft_words,
        "the target and the order of the guideline": network.target or network.guideline_order,
        "limits": network.limits,
    }
    lost = [what for what, is_lost in named.items() if is_lost]
    for name in network.nodes:
        pairs = zip(network.states(name), plain_identifiers(network.states(name)), strict=True)
        if renamed := [f"{before} is {after}" for before, after in pairs if before != after]:
            lost.append(f"names of states of {name} ({', '.join(renamed)})")
    return lost
