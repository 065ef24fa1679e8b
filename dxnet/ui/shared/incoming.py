"""A case that a letter, a file or a record brings while another one is open: it is never merged unasked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from dxnet import Case, Network
from dxnet.formats.text.proposal import CalledNormal
from dxnet.knowledge.entered import entered_in_words
from dxnet.ui.shared.case_file import OpenedRecord

LETTER = "the letter"
"""What brought the findings of a letter."""


@dataclass(frozen=True)
class Incoming:
    """What was brought, until the user says where it belongs.

    Args:
        source: what brought it, such as ``the letter``.
        case: its findings; the state of each that is paused is among them.
        paused: those that are paused.
        record: the coded record that it was read from.
        called_normal: what it calls normal as a whole, which is offered and not entered.
    """

    source: str
    case: Case
    paused: frozenset[str] = frozenset()
    record: OpenedRecord | None = None
    called_normal: tuple[CalledNormal, ...] = ()

    @classmethod
    def of_case(cls, source: str, case: Case, record: OpenedRecord | None = None) -> Incoming:
        """A case as it was read, of which some findings may be paused.

        >>> Incoming.of_case("the file", Case({"clonus": "present"}, paused={"babinski": "absent"})).case
        Case({'clonus': 'present', 'babinski': 'absent'})
        """
        whole = replace(case, findings={**case.findings, **case.paused}, paused={})
        return cls(source, whole, frozenset(case.paused), record)


class Contradiction(NamedTuple):
    """A finding that two cases state otherwise, in words; ``of_subject``: an age or a sex."""

    label: str
    here: str
    there: str
    of_subject: bool


def contradictions(network: Network, here: Case, there: Case) -> Iterator[Contradiction]:
    """The findings that both cases have, in another state; a number and the state that it lies in agree.

    >>> from dxnet import load_network
    >>> network = load_network("als_mimics")
    >>> here, there = Case({"age": "64", "sex": "male"}), Case({"age": "60-69", "sex": "female"})
    >>> [tuple(found) for found in contradictions(network, here, there)]
    [('Sex', 'male', 'female', True)]
    """
    old, new = here.in_states(network), there.in_states(network)
    for name, finding in network.findings.items():
        if name in old and name in new and old[name] != new[name]:
            is_here = entered_in_words(network, name, here.findings[name])
            is_there = entered_in_words(network, name, there.findings[name])
            yield Contradiction(finding.label, is_here, is_there, bool(finding.subject))
