"""Make hpo.csv, mondo.csv and loinc.csv: the parts of public terminologies that the networks need.

    python data/make_terms.py HP.OBO MONDO LOINC

``HP.OBO`` is a release of the Human Phenotype Ontology, ``MONDO`` a checkout of monarch-initiative/mondo
(``subsets/mondo-rare_edges.tsv`` and ``src/ontology/mappings``), ``LOINC`` the file
``loinc2hpo-annotations.tsv`` of monarch-initiative/loinc2hpoAnnotation. README.md says which were used.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dxnet import load_network
from dxnet.knowledge.network import Network

DATA = Path(__file__).parent
MODIFIERS = ("HP:0012823", "HP:0040279")
"""What may be said of a finding, such as its severity, side, course or frequency."""
COLUMNS = ("id", "name", "kind_of", "synonyms", "other_ids")
SPOKEN = {"MONDO:0004976": "Lou Gehrig's disease"}
"""Names of diseases that records use and the files of Mondo do not have."""
Row = tuple[str, str, str, str, str]
Graph = Mapping[str, Iterable[str]]
_SYNONYM = re.compile(r'"(.*?)" (EXACT|RELATED|NARROW|BROAD)')


def reachable(start: Iterable[str], edges: Graph) -> set[str]:
    """The nodes that can be reached, those of the start included."""
    found, queue = set[str](), list(start)
    while queue:
        node = queue.pop()
        if node not in found:
            found.add(node)
            queue += edges.get(node, ())
    return found


def stanzas(path: Path) -> Iterator[dict[str, list[str]]]:
    """The terms of an OBO file: tag -> values."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        if block.startswith("[Term]"):
            tags = defaultdict[str, list[str]](list)
            for line in block.splitlines()[1:]:
                tag, _, value = line.partition(": ")
                tags[tag].append(value)
            yield tags


def hpo_rows(path: Path, network: Network) -> Iterator[Row]:
    """The terms of a network, all above and below them, and the modifiers, with every id they ever had."""
    terms = {tags["id"][0]: tags for tags in stanzas(path)}
    above = {name: [p.split(" ")[0] for p in tags["is_a"]] for name, tags in terms.items()}
    below = defaultdict[str, list[str]](list)
    for name, parents in above.items():
        for parent in parents:
            below[parent].append(name)
    others = {name: set(tags["alt_id"]) for name, tags in terms.items()}
    for name, tags in terms.items():
        for now in tags["replaced_by"]:
            others[now].add(name)
    used = {term for finding in network.findings.values() for term in finding.hpo_terms}
    kept = reachable([*used, *MODIFIERS], below)
    for name in sorted(reachable(kept, above)):
        tags = terms[name]
        synonyms = [found[1] for text in tags["synonym"] if (found := _SYNONYM.match(text))]
        yield name, tags["name"][0], " ".join(above[name]), "|".join(synonyms), " ".join(sorted(others[name]))


def mondo_rows(folder: Path, network: Network) -> Iterator[Row]:
    """The diseases of a network and those below them, with their codes of OMIM and Orphanet."""
    with (folder / "subsets" / "mondo-rare_edges.tsv").open(encoding="utf-8") as file:
        edges = [row for row in csv.DictReader(file, delimiter="\t") if row["relation"] == "rdfs:subClassOf"]
    above, below = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for edge in edges:
        above[edge["subject"]].add(edge["object"])
        below[edge["object"]].add(edge["subject"])
    names: dict[str, str] = {}
    same = defaultdict[str, set[str]](set)
    for kind in ("omim", "omimps", "orphanet"):
        path = folder / "src" / "ontology" / "mappings" / f"mondo_exactmatch_{kind}.sssom.tsv"
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"):
                names[row["subject_id"]] = row["subject_label"]
                same[row["subject_id"]].add(row["object_id"].replace("Orphanet:", "ORPHA:"))
    kept = reachable([it.mondo for it in network.diagnosis.values() if it.mondo], below)
    for name in sorted(kept):
        yield (
            name,
            names.get(name, ""),
            " ".join(sorted(above[name] & kept)),
            SPOKEN.get(name, ""),
            " ".join(sorted(same[name])),
        )


def loinc_rows(path: Path, network: Network, hpo: Iterable[Row]) -> Iterator[tuple[str, str, str, str]]:
    """The tests whose results tell of a finding: LOINC code, and the HPO term of each abnormal result."""
    above = {row[0]: row[2].split() for row in hpo}
    used = {term for finding in network.findings.values() for term in finding.hpo_terms}
    results = defaultdict[str, dict[str, str]](dict)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            results[row["loincId"]][row["outcome"]] = row["hpoTermId"]
    for code, terms in sorted(results.items()):
        low, high, positive = (
            term if (term := terms.get(outcome, "")) in above else "" for outcome in ("L", "H", "POS")
        )
        if any(used & reachable([term], above) for term in (low, high, positive)):
            yield code, low, high, positive


def write(name: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A table of the data dictionary."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)


def main(hpo: str, mondo: str, loinc: str) -> None:
    """Make the three tables."""
    network = load_network("als_mimics")
    terms = list(hpo_rows(Path(hpo), network))
    write("hpo.csv", COLUMNS, terms)
    write("mondo.csv", COLUMNS, mondo_rows(Path(mondo), network))
    write("loinc.csv", ("loinc", "low", "high", "positive"), loinc_rows(Path(loinc), network, terms))


if __name__ == "__main__":
    main(*sys.argv[1:])
