"""Findings and diagnoses under codes that others know: HPO terms, disease codes, the network's own.

An HPO term stands for a state only where it says exactly that; everything else has the network's own code,
``finding.state``, so that nothing is lost on the way out and back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote

from dxnet.errors import CaseError, Issue, did_you_mean
from dxnet.formats.cases.document import source_line
from dxnet.inference.case import Case, State
from dxnet.inference.visit import one_state_of
from dxnet.knowledge.network import BINARY, DIAGNOSIS, Finding, Network
from dxnet.knowledge.ontology import mondo_diseases

OWN = "DXNET"
"""The prefix of the network's own codes."""


_ICD_FIELDS = {"ICD10": "icd10", "ICD10CM": "icd10cm"}
"""By prefix, the field of a diagnosis that holds the code."""
_PREFIXES = {
    **dict.fromkeys(("MONDO",), "MONDO"),
    **dict.fromkeys(("ORPHA", "ORPHANET", "ORDO", "ORPHACODE"), "ORPHA"),
    **dict.fromkeys(("OMIM", "MIM"), "OMIM"),
    **dict.fromkeys(("OMIMPS",), "OMIMPS"),
    **dict.fromkeys(("ICD10", "ICD10WHO"), "ICD10"),
    **dict.fromkeys(("ICD10CM",), "ICD10CM"),
}
"""How the prefix of a disease code is spelt -> that of the network."""
_CODE = re.compile(r"(?:.*[/#])?([A-Za-z][A-Za-z0-9-]*)[:_]((?:PS)?[0-9A-Za-z][0-9A-Za-z.]*)")


def own_system(network: Network) -> str:
    """The name of the network's own codes, as a URI.

    >>> from dxnet.knowledge.load import load_directory
    >>> own_system(load_directory("asia"))
    'urn:dxnet:asia'
    """
    return f"urn:dxnet:{quote(network.name)}"


def own_code(finding: str, state: str = "") -> str:
    """The network's own code of a finding, of a state, or of a soft word with a state.

    >>> own_code("dysarthria"), own_code("dysarthria", "probable present")
    ('dysarthria', 'dysarthria.probable~present')
    """
    return f"{finding}.{state.replace(' ', '~')}" if state else finding


def split_own_code(code: str) -> tuple[str, str]:
    """What an own code says: the finding, and its state (or '').

    >>> split_own_code("dysarthria.probable~present")
    ('dysarthria', 'probable present')
    """
    finding, _, state = code.partition(".")
    return finding, state.replace("~", " ")


def curie(network: Network, code: str) -> str:
    """An own code with its prefix, as ontologies write it."""
    return f"{OWN}:{network.name}.{code}"


def of_curie(network: Network, text: str) -> str | None:
    """The own code behind its prefix; None where it is of another system or network.

    >>> from dxnet import load_network
    >>> asia = load_network("asia")
    >>> of_curie(asia, "DXNET:asia.smoking.present"), of_curie(asia, "HP:1")
    ('smoking.present', None)
    """
    prefix = curie(network, "")
    return text.removeprefix(prefix) if text.startswith(prefix) else None


def hpo_term(network: Network, name: str, state: State) -> tuple[str, bool] | None:
    """The HPO term that says exactly this, and whether as present; None where no term does.

    >>> from dxnet.knowledge.load import load_directory
    >>> als = load_directory("als_mimics")
    >>> hpo_term(als, "dysarthria", "absent"), hpo_term(als, "ck", "mild")
    (('HP:0001260', False), None)
    """
    finding = network.findings[name]
    if not isinstance(state, str) or findings_of(network, finding.hpo) != [name]:
        return None
    for present in (True, False):
        if states_of(finding, present) == (state,):
            return finding.hpo, present
    return None


def findings_of(network: Network, hpo: str) -> list[str]:
    """The findings that have an HPO term."""
    return [name for name, finding in network.findings.items() if hpo and finding.hpo == hpo]


def states_of(finding: Finding, present: bool) -> tuple[str, ...]:
    """The states of a finding with or without its HPO term."""
    named = finding.hpo_states or finding.states[1:]
    return tuple(state for state in finding.states if (state in named) == present)


def from_own(network: Network, name: str, present: bool) -> State:
    """The state of a finding that is only stated to be present or absent.

    >>> from dxnet.knowledge.load import load_directory
    >>> als = load_directory("als_mimics")
    >>> from_own(als, "ck", False), from_own(als, "ck", True)
    ('normal', {'mild': 1.0, 'high': 1.0})
    """
    if name not in network.findings:
        return BINARY[present]  # the network will say that it has no such finding
    finding = network.findings[name]
    return one_state_of(states_of(finding, present), finding.states)


def subject_finding(network: Network, fact: Literal["sex", "age at onset"]) -> str:
    """The finding that is a fact about the person, or ''."""
    return next((name for name, finding in network.findings.items() if finding.subject == fact), "")


def disease_codes(network: Network, name: str) -> Iterator[str]:
    """Codes of a diagnosis that have a prefix: MONDO, Orphanet, OMIM."""
    diagnosis = network.diagnosis[name]
    yield from filter(None, (diagnosis.mondo, diagnosis.orpha, diagnosis.omim))


def diagnosis_code(network: Network, name: str) -> str:
    """A code that no other diagnosis has, or the network's own, ``diagnosis.name``."""
    codes = disease_codes(network, name)
    return next((code for code in codes if diagnoses_of(network, code) == [name]), own_code(DIAGNOSIS, name))


def diagnoses_of(network: Network, code: str) -> list[str]:
    """The diagnoses that have a code, or the nearest ones of which it is a kind.

    A code of MONDO, OMIM or Orphanet is a kind of the diseases above it in the Mondo Disease Ontology; an ICD
    code is a kind of those that it begins with.

    >>> from dxnet.knowledge.load import load_directory
    >>> als = load_directory("als_mimics")
    >>> diagnoses_of(als, "OMIM:612069"), diagnoses_of(als, "ICD10:G12.2")
    (['als'], ['als', 'pls', 'pma'])
    """
    own = [
        name
        for name in network.diagnoses
        if code in (*disease_codes(network, name), own_code(DIAGNOSIS, name))
    ]
    prefix, _, number = code.partition(":")
    if own or not number:
        return own
    if prefix in _ICD_FIELDS:
        stated = {name: getattr(network.diagnosis[name], _ICD_FIELDS[prefix]) for name in network.diagnoses}
        fits = {name: len(icd) for name, icd in stated.items() if icd and number.upper().startswith(icd)}
        return [name for name, length in fits.items() if length == max(fits.values())]
    term = mondo_diseases().find(code)
    above = mondo_diseases().above(term.id) if term else frozenset[str]()
    found = {name: it.mondo for name, it in network.diagnosis.items() if it.mondo in above}
    higher = {other for mondo in found.values() for other in mondo_diseases().above(mondo) - {mondo}}
    return [name for name, mondo in found.items() if mondo not in higher]


def disease_code(text: str, prefix: str = "") -> str:
    """The code of a disease as the network writes it, whatever the spelling of its prefix.

    >>> disease_code("Orphanet:803"), disease_code("http://purl.obolibrary.org/obo/MONDO_0004976")
    ('ORPHA:803', 'MONDO:0004976')
    >>> disease_code("105400", "OMIM"), disease_code("icd10cm:G12.21")
    ('OMIM:105400', 'ICD10CM:G12.21')
    """
    found = _CODE.fullmatch(text.strip())
    if not found:
        return f"{prefix}:{text}" if prefix and ":" not in text else text
    system = _PREFIXES.get(re.sub("[^A-Z0-9]", "", found[1].upper()))
    return f"{system}:{found[2]}" if system else text


def refuse_misfit(network: Network, case: Case) -> None:
    """A case can be coded only where it fits the network.

    Raises:
        CaseError: unknown findings, states or diagnosis.
    """
    case.require_fit(network)
    if case.diagnosis and case.diagnosis not in network.diagnosis:
        fix = did_you_mean(case.diagnosis, network.diagnosis)
        message = f"unknown diagnosis {str(case.diagnosis)!r}"
        raise CaseError([Issue("error", source_line(case.diagnosis) or case.id, message, fix)])
