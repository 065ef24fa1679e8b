"""An entry of a coded record, such as FHIR: its codes, and what was taken from it for the case."""

from __future__ import annotations

from dataclasses import dataclass

from dxnet.inference.visit import State


@dataclass(frozen=True)
class CodedEntry:
    """An Observation, Condition, feature, measurement or disease of a record.

    Args:
        kind: which of these.
        codes: system and code of each of its codings; the system by name (``SNOMED CT``) or by address.
        label: what the record calls it.
        where: ``file:line``.
        present: what it says of its code; None where it says neither present nor absent.
        findings: what was taken from it: finding (or ``diagnosis``) and state.
        bears_on: findings of which it says something that does not settle their state.
        by: ``file:line`` of the local code by which it was read; '' where the code is known to all.
        why: why nothing was taken, or what else is to be known.
        is_code_known: whether the network or a local code knows one of its codes.
        is_earlier: whether a later entry of the same kind holds in its place.
    """

    kind: str
    codes: tuple[tuple[str, str], ...]
    label: str = ""
    where: str = ""
    present: bool | None = None
    findings: tuple[tuple[str, State], ...] = ()
    bears_on: tuple[str, ...] = ()
    by: str = ""
    why: str = ""
    is_code_known: bool = True
    is_earlier: bool = False

    @property
    def is_understood(self) -> bool:
        """Whether it says something of a finding or a diagnosis, even if it does not settle it.

        >>> codes = (("HPO", "HP:0001260"),)
        >>> CodedEntry("feature", codes, findings=(("dysarthria", "present"),)).is_understood
        True
        """
        return bool(self.findings or self.bears_on or self.is_earlier)
