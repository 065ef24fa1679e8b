"""Parts added to the files of a network: a diagnosis, a finding, an edge, a procedure; comments stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dxnet.errors import Issue, ParseError
from dxnet.knowledge.edit import NetworkFiles
from dxnet.knowledge.file_entries import inserted, replaced, spaced
from dxnet.knowledge.network import DIAGNOSIS, Network, cause_state
from dxnet.knowledge.new_diagnosis import NewDiagnosis as NewDiagnosis
from dxnet.knowledge.new_part_faults import no_label, not_known, odd_id, odd_number, odd_states
from dxnet.knowledge.node import BINARY
from dxnet.knowledge.table import DEFAULT
from dxnet.knowledge.yaml_entries import Written, as_scalar

_DIAGNOSIS_TABLE = f"given {DIAGNOSIS}"


@dataclass(frozen=True)
class NewFinding:
    """A finding with its numbers.

    Args:
        id, label, category, procedure, states: as in the file.
        numbers: diagnosis or ``default`` -> number in the value grammar, ``# reason`` behind an estimate.
        through: a mechanism that it depends on, or "".
    """

    id: str
    label: str
    category: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    procedure: str = ""
    states: tuple[str, ...] = BINARY
    through: str = ""

    def faults(self, network: Network) -> Iterator[Issue]:
        """What keeps it from being added."""
        yield from odd_id(network, self.id, network.nodes)
        yield from no_label(self.label)
        yield from not_known("category", self.category, network.categories)
        if self.procedure:
            yield from not_known("procedure", self.procedure, network.procedures)
        if self.through:
            yield from not_known("mechanism", self.through, network.mechanisms)
        yield from (wrong := list(odd_states(self.states)))
        if DEFAULT not in self.numbers and set(self.numbers) != set(network.diagnoses):
            yield Issue("error", "", "no number for every diagnosis", f"give a number for {DEFAULT}")
        for row, text in self.numbers.items():
            if row != DEFAULT:
                yield from not_known("diagnosis", row, network.diagnosis)
            states = None if wrong else len(self.states)
            yield from odd_number(network, f"{self.id or 'finding'}.{row}", text, states)

    def added_to(self, network: Network, files: NetworkFiles) -> NetworkFiles:
        """The files with it, beside the other findings of its category."""
        entry: dict[str, Written] = {"label": as_scalar(self.label), "category": as_scalar(self.category)}
        if self.procedure:
            entry["procedure"] = self.procedure
        if self.states != BINARY:
            entry["states"] = self.states
        if self.through:
            entry["through"] = self.through
        own = {row: text for row, text in self.numbers.items() if row != DEFAULT}
        entry[_DIAGNOSIS_TABLE] = {row: spaced(text) for row, text in {**own, **self.numbers}.items()}
        beside = [name for name, it in network.findings.items() if it.category == self.category]
        return inserted(files, ("findings",), self.id, entry, beside)


@dataclass(frozen=True)
class NewEdge:
    """A link from a cause to a finding, with its number.

    From a diagnosis it is a row of its own in the finding's table; from a lesion pattern, what the pattern
    shows; from a mechanism, the finding goes through it, and there is no number; from any other, the
    probability of the finding if this cause is present, whatever the diagnosis.
    """

    parent: str
    child: str
    number: str = ""

    def faults(self, network: Network) -> Iterator[Issue]:
        """What keeps it from being added."""
        pictures = network.patterns.pictures if network.patterns else {}
        name, _ = cause_state(self.parent)
        yield from not_known("cause", name, {**network.diagnosis, **pictures, **network.nodes})
        yield from not_known("finding", self.child, network.findings)
        if self.child not in network.findings:
            return
        finding = network.findings[self.child]
        if name == self.child:
            yield Issue("error", "", f"{name} cannot cause itself", "choose another cause")
        if name in network.diagnosis and (finding.given is None or finding.given.parents != (DIAGNOSIS,)):
            message = f"the table of {self.child} is not by diagnosis alone"
            yield Issue("error", finding.where, message, "write the rows in the file")
        if name in network.mechanisms and finding.through:
            message = f"{self.child} goes through {finding.through}"
            yield Issue("error", finding.at("through"), message, "change it in the file")
        if name in network.mechanisms and self.number.strip():
            message = f"an edge from the mechanism {name} has no number, as {self.child} then goes through it"
            yield Issue(
                "error", finding.where, message, f"leave it out, and edit the numbers of {self.child}"
            )
        if name not in network.mechanisms:
            yield from odd_number(network, f"{self.child} given {name}", self.number, len(finding.states))

    def added_to(self, network: Network, files: NetworkFiles) -> NetworkFiles:
        """The files with it."""
        name, number = cause_state(self.parent)[0], spaced(self.number)
        finding = ("findings", self.child)
        if name in network.diagnosis:
            return inserted(files, (*finding, _DIAGNOSIS_TABLE), name, number)
        if name in network.mechanisms:
            return inserted(files, finding, "through", name)
        if network.patterns and name in network.patterns.pictures:
            return inserted(files, ("patterns", "pictures", name, "shows"), self.child, number)
        return inserted(files, (*finding, "also"), self.parent, number)


@dataclass(frozen=True)
class NewProcedure:
    """A procedure, and the findings that it yields from now on.

    Args:
        id, label, cost, invasiveness, availability: as in the file; tiers are 0 to 3.
        findings: ids; one that belonged to another procedure moves.
    """

    id: str
    label: str
    cost: int = 1
    invasiveness: int = 0
    availability: str = "routine"
    findings: tuple[str, ...] = ()

    def faults(self, network: Network) -> Iterator[Issue]:
        """What keeps it from being added."""
        yield from odd_id(network, self.id, network.procedures)
        yield from no_label(self.label)
        for name in self.findings:
            yield from not_known("finding", name, network.findings)
        if not self.findings:
            yield Issue("error", "", "it yields no finding", "choose one finding or more")

    def added_to(self, network: Network, files: NetworkFiles) -> NetworkFiles:
        """The files with it."""
        entry = {"label": as_scalar(self.label), "cost": str(self.cost)}
        entry |= {"invasiveness": str(self.invasiveness), "availability": self.availability}
        files = inserted(files, ("procedures",), self.id, {**entry, "source": "estimate"})
        for name in self.findings:
            keys = ("findings", name)
            if network.findings[name].procedure:
                files = replaced(files, (*keys, "procedure"), self.id)
            else:
                files = inserted(files, keys, "procedure", self.id)
        return files


Addition = NewDiagnosis | NewFinding | NewEdge | NewProcedure


def with_addition(network: Network, files: NetworkFiles, addition: Addition) -> NetworkFiles:
    """The files of a network with one more part; all other lines stay, but those that name what moves to it.

    Args:
        network: loaded from the files.
        files: read with ``NetworkFiles.read``.
        addition: the part.

    Raises:
        ParseError: names or numbers that cannot be, or a block that is written in one line; all at once.

    >>> from dxnet import load_network
    >>> files = NetworkFiles.read("asia")
    >>> new = NewFinding("fever", "Fever", "symptoms", {"default": "0.2 ~ 10 @estimate  # made up"})
    >>> text = with_addition(load_network("asia"), files, new).contents["asia/network.yaml"].decode()
    >>> print(text[text.index("  fever:") :], end="")
      fever:
        label: Fever
        category: symptoms
        given diagnosis:
          default: 0.2 ~ 10 @estimate  # made up
    """
    if faults := list(addition.faults(network)):
        raise ParseError(faults)
    return addition.added_to(network, files)
