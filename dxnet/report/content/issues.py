"""What a check found, with the labels of the network's parts in place of their ids."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dxnet.errors import Issue
from dxnet.knowledge.network import Network
from dxnet.report.content.lesion_numbers import pictures

_WRITTEN_ID = re.compile(r"(?<![\w/.`'“])([A-Za-z]\w*)(?:\.([A-Za-z]\w*))?(?![\w/`'”]|\.\w)")
"""An id, or two with a dot between them; what is quoted, or part of a path, stays."""
_BEFORE_ID = re.compile(
    r"(?:^|P\(|\|"
    r"|\b(?:given|for|of|than|but|both|enter|which is|leave out|depends on|separates(?: \S+ from)?)) ?$"
)
"""What stands before a word that is an id, even if it could be a word of the text."""
_ROW_BEFORE, _ROW_AFTER = re.compile(r"[:;] $"), re.compile(r" (?:[\w+-]+ )?[0-9]\.[0-9]+ \(")
_ITEM_BEFORE, _ITEM_AFTER = re.compile(r"(?:[:,]| or| and) $|\($"), re.compile(r"$|[,;:)]| or | and | is ")
"""What stands around an id that begins a row of numbers, and around one in a list."""
_NAMES_TO_WRITE = ("did you mean ", "known are ", "write ")
"""How a cure begins that tells what to write into a file: ids stay."""


def issue_in_words(network: Network, issue: Issue) -> str:
    """Where, cause and cure; ids of findings, diagnoses and others become their labels, places stay.

    What the authors of the network wrote is left as it stands, and so is what is to be written into a file.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> print(issue_in_words(als, Issue("error", "a.yaml:3", "ck: no number for other", "mend others")))
    a.yaml:3: “Creatine kinase”: no number for “None of these”; mend others
    """
    labels = _names_of(network)
    places = issue.where.split(", ")
    if all(place in labels for place in places):  # findings, where the place is no file
        places = [f"“{labels[place]}”" for place in places]
    where = f"{', '.join(places)}: " if issue.where else ""
    is_as_written = issue.fix.startswith(_NAMES_TO_WRITE) or issue.fix in _explanations(network)
    fix = issue.fix if is_as_written else _labelled(issue.fix, labels)
    return f"{where}{_labelled(issue.message, labels)}{fix and f'; {fix}'}"


def _explanations(network: Network) -> set[str]:
    """Why the network departs from the evidence, in its authors' words."""
    findings = network.findings.values()
    return {text for it in findings for text in (it.explained, *it.apart_from.values())}


def _labelled(text: str, labels: Mapping[str, str]) -> str:
    def label(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        known, before, after = labels.get(first, ""), text[: match.start()], text[match.end(1) :]
        if not known or not _is_meant_as_id(first, known, before, after):
            return match[0]
        if second is not None:
            return f"“{known}, {labels[second]}”" if second in labels else match[0]
        return f"“{known}”"

    return _WRITTEN_ID.sub(label, text)


def _is_meant_as_id(word: str, label: str, before: str, after: str) -> bool:
    """Whether a word that is an id stands for it: no word of English, or where only an id can stand."""
    if "_" in word or any(c.isdigit() for c in word):
        return True
    if f"{word}{after}".lower().startswith(label.lower()) and " " in label:
        return False  # the label itself, in the prose of a message
    is_row = _ROW_BEFORE.search(before) and _ROW_AFTER.match(after)
    is_item = _ITEM_BEFORE.search(before) and _ITEM_AFTER.match(after)
    has_part = after.startswith(".") and after[1:2].isalpha()
    return bool(has_part or is_row or is_item or _BEFORE_ID.search(before))


def _names_of(network: Network) -> Mapping[str, str]:
    """The label of every part that has an id."""
    labelled = {**network.settings, **network.procedures, **pictures(network), **network.nodes}
    return {
        **{name: str(getattr(part, "label", name)) for name, part in labelled.items()},
        **{name: diagnosis.name for name, diagnosis in network.diagnosis.items()},
    }
