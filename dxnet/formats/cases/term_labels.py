"""What a record says of an HPO term, and whether its label is that of the id.

The id says what is meant; where the label denies it or is another term's, one of them is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dxnet.errors import Issue
from dxnet.knowledge.network import Network
from dxnet.knowledge.ontology import Term, phenotypes, spelling
from dxnet.knowledge.strict_yaml import Scalar

_DENIED_LABEL = re.compile(
    r"(no|not|without|absent|absence|lack|negative|denie[sd]|excluded?|never|normal)\b.*"
    r"|.*\b(absent|excluded|negative|ruled out|not (present|found|seen)|resolved|unlikely)"
)
_DOUBTED = re.compile(
    r"\b(family history|history of|fhx?|ruled? out|r/o|suspect\w*|suspicion|verdacht|ausschluss)\b"
    r"|\b(possible|probable|likely|presum\w+|query|ddx?|differential|risk|carrier)\b|\?|\bv\. ?a\."
    r"|\b(concern|work ?up|screening|evaluation) for\b|\bz\. ?n\."
    r"|\b((grand)?(mother|father|parents?)|brother|sister|siblings?|son|daughter|uncle|aunt|cousin)\b"
    r"|\b(maternal|paternal|relatives?|mutter|vater|bruder|schwester)\b"
    r"|\b(un|(not|nicht)( yet| be| been)* )"
    r"(tested|testable|examined|assessed|performed|done|untersucht|geprüft)\b",
    re.IGNORECASE,
)
_NEUTRAL = frozenset(
    (
        *("disorder", "disease", "syndrome", "diagnosis", "confirmed", "definite", "sporadic", "familial"),
        *("bulbar", "spinal", "limb", "onset", "of", "the", "type", "classical", "form"),
        *("hcc", "unspecified", "nos", "s"),
    )
)
"""Words that leave a disease that of the patient; HCC is a mark of cost groups, s the end of a possessive."""


class Statement(NamedTuple):
    """Statement of a record about an HPO term: its id with its place, its label, and whether it is present.

    ``source`` names the item that it was taken from where that is not an HPO term, such as a laboratory test;
    ``entry`` is the place of its entry in the record, from 0, or -1; ``number`` is what was measured.
    """

    code: Scalar
    label: str
    present: bool
    source: str = ""
    entry: int = -1
    number: str = ""

    @property
    def name(self) -> str:
        """Id and label, as messages name it."""
        label = self.source or self.label
        return f"{self.code} ({label})" if label else str(self.code)


class TermIssue(NamedTuple):
    """An issue, the kind that groups it with others ('' for none), the text that names it, and its entry."""

    issue: Issue
    kind: str = ""
    name: str = ""
    entry: int = -1


def denies(label: str) -> bool:
    """Whether a label says that something is not there.

    >>> denies("No Babinski sign"), denies("Ruled out"), denies("Severe")
    (True, True, False)
    """
    return bool(_DENIED_LABEL.fullmatch(label.lower()))


def label_doubts(label: str) -> bool:
    """Whether the label of a disease says that it is not, or not surely, that of this patient.

    >>> [label_doubts(label) for label in ("Family history of ALS", "ALS, suspected", "ALS")]
    [True, True, False]
    >>> label_doubts("Babinski not tested")
    True
    """
    if phenotypes().named(label):
        return False  # a term, such as Absent Achilles reflex
    return denies(label) or bool(_DOUBTED.search(label.replace("-", " ")))


def is_only_named(text: str, names: Iterable[str]) -> bool:
    """Whether a text about a disease says no more than its names, one or several of them.

    >>> is_only_named("Sporadic ALS, bulbar onset", ["ALS"]), is_only_named("ALS in the village", ["ALS"])
    (True, False)
    >>> is_only_named("Amyotrophic lateral sclerosis (ALS) (HCC)", ["ALS", "amyotrophic lateral sclerosis"])
    True
    """
    words = {*spelling(text).split()} - {spelling(word) for word in _NEUTRAL}
    return words <= {word for name in names for word in spelling(name).split()}


def current_id(code: str) -> str:
    """The id of today behind a former one; any other as it is.

    >>> current_id("HP:0001352"), current_id("HP:9999999")
    ('HP:0003487', 'HP:9999999')
    """
    term = phenotypes().find(code)
    return term.id if term else code


def contradicted(network: Network, statement: Statement) -> Issue | None:
    """A label that denies the term or is another term's: it is unknown which of the two is wrong."""
    term = phenotypes().find(statement.code)
    if term is None or not statement.label or _is_name(network, term, statement.label):
        return None
    where, label = statement.code.where, statement.label
    fix = "correct the id or the label"
    message = f"{statement.code} is {term.name}, but the file calls it {label}"
    other = phenotypes().named(label)
    if other and not _related(term, other):
        return Issue("warning", where, f"{message}, which is {other.id}: left out", fix)
    if not other and denies(label):
        fix = "write it as excluded if it was not found"
        return Issue("warning", where, f"{message}, which denies it: left out", fix)
    return None


def odd_label(network: Network, statement: Statement) -> Iterator[TermIssue]:
    """A former id, or a label that the HPO does not have, which are read by the id."""
    term = phenotypes().find(statement.code)
    if term and term.id != statement.code:
        text = f"{statement.code}, now {term.id} ({term.name})"
        issue = Issue("info", statement.code.where, f"1 former HPO id is read as that of today ({text})")
        yield TermIssue(issue, "former HPO ids are read as those of today", text)
    if term and statement.label and not _is_name(network, term, statement.label):
        text = f"{statement.code} is {term.name}, but the file calls it {statement.label}"
        issue = Issue("warning", statement.code.where, f"{text}: read by its id", "check that it is meant")
        yield TermIssue(issue, "HPO ids have another label in the file and are read by the id", text)


def _is_name(network: Network, term: Term, label: str) -> bool:
    """Whether a label is a name of the term, here or in the network, or is it in more or fewer words."""
    names = [term.name, *term.synonyms]
    for finding in network.findings.values():
        names += (finding.label, *finding.synonyms) if finding.hpo == term.id else ()
    spelled = spelling(label)
    if any(spelled == spelling(name) for name in names):
        return True
    other, words = phenotypes().named(label), set(spelled.split())
    if other or denies(label):
        return False
    return any(words <= {*spelling(name).split()} or words >= {*spelling(name).split()} for name in names)


def _related(one: Term, other: Term) -> bool:
    above = phenotypes().above
    return one.id in above(other.id) or other.id in above(one.id)
