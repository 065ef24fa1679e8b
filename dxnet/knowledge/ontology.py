"""Ontologies of public terms: what a code means, what stands above it, and which codes mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path

from dxnet.errors import Issue, ParseError
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.strict_yaml import read_csv_rows

COLUMNS = ("id", "name", "kind_of", "synonyms", "other_ids")
PHENOTYPES, DISEASES, TESTS, ONSETS = "hpo.csv", "mondo.csv", "loinc.csv", "onsets.csv"
"""Tables of terms in ``data/``."""


@dataclass(frozen=True)
class Term:
    """A term: its id and name, the ids of its direct parents, and its synonyms."""

    id: str
    name: str
    kind_of: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


class Ontology:
    """Terms by their id and by every other id that means the same (former ids, codes of other systems)."""

    def __init__(self, terms: Sequence[Term], same: Mapping[str, str]):
        self.terms = {term.id: term for term in terms}
        self._same = same
        self._above: dict[str, frozenset[str]] = {}
        self._named: dict[str, str] = {}
        for term in terms:
            for name in (*term.synonyms, term.name):
                if name:
                    self._named[spelling(name)] = term.id

    def find(self, code: str) -> Term | None:
        """The term of a code, which may be a former id or that of another system; None where none is known.

        >>> phenotypes().find("HP:0001352").name
        'Babinski sign'
        """
        return self.terms.get(code) or self.terms.get(self._same.get(code, ""))

    def above(self, id: str) -> frozenset[str]:
        """A term and all terms that it is a kind of.

        >>> "HP:0001324" in phenotypes().above("HP:0009053")  # distal leg weakness is muscle weakness
        True
        """
        if id not in self._above:
            self._above[id] = frozenset[str]()
            parents = self.terms[id].kind_of if id in self.terms else ()
            self._above[id] = frozenset({id}).union(*(self.above(parent) for parent in parents))
        return self._above[id]

    def named(self, name: str) -> Term | None:
        """The term that has a name or synonym.

        >>> phenotypes().named("swallowing difficulty").id
        'HP:0002015'
        """
        return self.terms.get(self._named.get(spelling(name), ""))


def spelling(name: str) -> str:
    """A name without regard to case, signs and word endings of number, by which names are compared.

    >>> spelling("Tongue fasciculations") == spelling("tongue-fasciculation")
    True
    """
    letters = "".join(letter if letter.isalnum() else " " for letter in name.lower().replace("'s", ""))
    return " ".join(word.removesuffix("s") for word in letters.split())


def read_ontology(path: Path) -> Ontology:
    """The ontology of a table with COLUMNS; lists of ids are separated by spaces, synonyms by bars.

    Raises:
        ParseError: the table cannot be read.
    """
    issues: list[Issue] = []
    rows = list(read_csv_rows(path, COLUMNS, issues))
    if issues:
        raise ParseError(issues)
    terms = [
        Term(
            row["id"],
            row["name"],
            tuple(row["kind_of"].split()),
            tuple(filter(None, row["synonyms"].split("|"))),
        )
        for row in rows
    ]
    return Ontology(terms, {other: row["id"] for row in rows for other in row["other_ids"].split()})


@cache
def phenotypes() -> Ontology:
    """The part of the Human Phenotype Ontology that ships with dxnet; empty where it is not installed."""
    return _shipped_table(PHENOTYPES)


@cache
def mondo_diseases() -> Ontology:
    """The part of the Mondo Disease Ontology that ships with dxnet, with the codes of OMIM and Orphanet."""
    return _shipped_table(DISEASES)


@cache
def laboratory_tests() -> Mapping[str, tuple[str, str, str]]:
    """LOINC code -> the HPO terms of a low, a high and a positive result ('' where there is none).

    >>> laboratory_tests()["2157-6"]
    ('', 'HP:0003236', '')
    """
    rows = _shipped_rows(TESTS, ("loinc", "low", "high", "positive"))
    return {row["loinc"]: (row["low"], row["high"], row["positive"]) for row in rows}


@cache
def onset_classes() -> Mapping[str, tuple[float, float]]:
    """HPO term of an age group of onset -> the ages in years at which it begins and ends.

    The end is not part of it, unless it is the beginning, too; it is infinite where the term names none.

    >>> onset_classes()["HP:0003596"], onset_classes()["HP:0003584"]
    ((40.0, 60.0), (60.0, inf))
    """
    rows = _shipped_rows(ONSETS, ("id", "name", "from_years", "to_years"))
    return {row["id"]: (float(row["from_years"]), float(row["to_years"] or inf)) for row in rows}


def _shipped_rows(name: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a table in ``data/``; none where it is not installed."""
    path, issues = RESOURCES / "data" / name, list[Issue]()
    rows: list[dict[str, str]] = [*read_csv_rows(path, columns, issues)] if path.is_file() else []
    if issues:
        raise ParseError(issues)
    return rows


def _shipped_table(name: str) -> Ontology:
    path = RESOURCES / "data" / name
    return read_ontology(path) if path.is_file() else Ontology((), {})
