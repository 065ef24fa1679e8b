"""How much of coded records is understood: phenopackets and FHIR Bundles of any folders.

    python benchmarks/records.py FOLDER...

For each kind of entry (feature, measurement, disease, Observation, Condition) it prints how many there are,
how many of them settle a finding or name the diagnosis, how many only bear on a finding, and the commonest of
the others. Tests of the network under LOINC codes are a kind of their own. No record is kept.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from dxnet import Case, DxnetError, Network, load_network
from dxnet.formats.cases.finding_terms import FindingTerms
from dxnet.formats.cases.laboratory import is_test_of
from dxnet.formats.cases.read import read_records
from dxnet.inference.coded_entry import CodedEntry

LISTED = 40
"""Of what is not understood, the commonest that are listed."""
_SUFFIXES = {".json", ".ndjson"}


def records(folder: Path, network: Network, refused: Counter[str]) -> Iterator[Case]:
    """The records of a folder and those below it; others are counted by why they are refused."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    for path in paths or [folder]:
        try:
            yield from read_records(path, network=network)
        except DxnetError as problem:
            refused[problem.issues[0].message.partition(":")[0]] += 1


def kind_of(entry: CodedEntry, terms: FindingTerms) -> str:
    """What an entry is counted under."""
    is_test = any(system == "LOINC" and is_test_of(terms, code) for system, code in entry.codes)
    return f"{entry.kind} of a test of the network" if is_test else entry.kind


def print_kind(kind: str, entries: list[CodedEntry]) -> None:
    """The counts of a kind, and the commonest that are not understood."""
    settled = sum(bool(entry.findings or entry.is_earlier) for entry in entries)
    bearing = sum(bool(entry.bears_on) and not entry.findings for entry in entries)
    share = settled / len(entries)
    print(f"\n{kind}: {len(entries)}, {settled} understood ({share:.1%}), {bearing} more bear on a finding")
    others = Counter(
        f"{'' if entry.present is not False else 'no '}{entry.label} ({' '.join(code)})"
        for entry in entries
        if not entry.is_understood
        for code in entry.codes[:1]
    )
    for name, number in others.most_common(LISTED):
        print(f"{number:6} {name}")


def main(*folders: str) -> None:
    """Count over folders."""
    network, refused = load_network("als_mimics"), Counter[str]()
    terms = FindingTerms(network)
    kinds: dict[str, list[CodedEntry]] = {}
    number = 0
    for folder in folders:
        for case in records(Path(folder), network, refused):
            number += 1
            for entry in case.coded:
                kinds.setdefault(kind_of(entry, terms), []).append(entry)
    print(f"{number} records; refused: {dict(refused) or 'none'}")
    for kind, entries in kinds.items():
        print_kind(kind, entries)


if __name__ == "__main__":
    main(*sys.argv[1:])
