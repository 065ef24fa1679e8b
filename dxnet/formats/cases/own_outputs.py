"""Files that dxnet itself wrote, known by their keys: what each is, and which command takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dxnet.errors import CaseError, Issue


class _Output(NamedTuple):
    """The keys that only such a file has, what it is, and which command takes it."""

    keys: frozenset[str]
    what: str
    taken: str


CASE = "a case"
RECORD = "a record of 'dxnet diagnose --record'"
SCORECARD = "a result of 'dxnet evaluate --json'"
_FHIR = "a FHIR resource"
_NETWORK = "a file of a network", "give its directory as the network"
_OUTPUTS = tuple(
    _Output(frozenset(keys.split()), what, taken)
    for keys, what, taken in (
        ("kind recorded answers versions", RECORD, "give it to 'dxnet replay'"),
        ("n top1 per_case log_loss", SCORECARD, "give it to 'dxnet evaluate --compare'"),
        ("ranking not_examined log_p_findings", "an answer of 'dxnet diagnose --json'", ""),
        ("case next_tests never_miss", "an answer of 'dxnet next --json'", ""),
        ("case criteria", "an answer of 'dxnet criteria --json'", ""),
        ("case first numbers", "an answer of 'dxnet sensitivity --json'", ""),
        ("proposals not_understood", "an answer of 'dxnet read --json'", "write a case with 'dxnet read -o'"),
        ("network versions cases is_same", "an answer of 'dxnet replay --json'", ""),
        ("old new parts edges", "an answer of 'dxnet diff --json'", ""),
        ("fingerprint counts issues", "an answer of 'dxnet check --json'", ""),
        ("$schema $defs properties", "a schema of 'dxnet schema'", ""),
        ("name version diagnosis", *_NETWORK),
        ("findings", CASE, "give it to 'dxnet diagnose'"),
        ("visits", CASE, "give it to 'dxnet diagnose'"),
        ("resourceType", _FHIR, "give it to 'dxnet diagnose'"),
    )
)
"""A case comes last: others have findings, too."""


def refuse_other_output(document: Mapping[str, object], where: str, wanted: str) -> None:
    """Refuse a file of dxnet that is something else than ``wanted``; one that is not known passes.

    Raises:
        CaseError: says what it is, and which command takes it.

    >>> refuse_other_output({"proposals": [], "not_understood": []}, "a.json", CASE)
    Traceback (most recent call last):
    dxnet.errors.CaseError: a.json: is an answer of 'dxnet read --json'; write a case with 'dxnet read -o'
    """
    known = next((it for it in _OUTPUTS if it.keys <= document.keys()), None)
    if known and known.what == CASE and _defines_findings(document.get("findings")):
        known = _Output(known.keys, *_NETWORK)
    is_wanted = known and (known.what == wanted or (wanted == CASE and known.what == _FHIR))
    if known and not is_wanted:
        asked = "give the case that was asked about" if wanted == CASE else f"give {wanted}"
        raise CaseError([Issue("error", where, f"is {known.what}", known.taken or asked)])


def _defines_findings(findings: object) -> bool:
    """Whether findings are those of a network, which have a label, and not what was seen in a patient."""
    entries = findings.values() if isinstance(findings, Mapping) else ()
    return any(isinstance(entry, Mapping) and "label" in entry for entry in entries)
