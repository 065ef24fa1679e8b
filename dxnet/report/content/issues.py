"""What a check found, with the labels of the network's parts in place of their ids."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dxnet.errors import Issue
from dxnet.knowledge.network import Network
from dxnet.report.content.lesion_numbers import pictures

_WRITTEN_ID = re.compile(r"(?<![\w/.`'“])([A-Za-z]\w*)(?:\.([A-Za-z]\w*))?(?![\w/`'”]|\.\w)")
"""An id, or two with a dot between them; what is quoted, or part of a path, stays."""
_BEFORE_ID = re.compile(r"(?:\bgiven|\bfor|\bP\(|\||\bof) ?$")
"""What stands before a word that is an id, even if it could be a word of the text."""


def issue_in_words(network: Network, issue: Issue) -> str:
    """Where, cause and cure; ids of findings, diagnoses and others become their labels, places stay.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> print(issue_in_words(als, Issue("error", "a.yaml:3", "ck: no number for other", "mend others")))
    a.yaml:3: “Creatine kinase”: no number for “None of these”; mend others
    """
    labels = _names_of(network)
    where = f"{issue.where}: " if issue.where else ""
    fix = f"; {_labelled(issue.fix, labels)}" if issue.fix else ""
    return f"{where}{_labelled(issue.message, labels)}{fix}"


def _labelled(text: str, labels: Mapping[str, str]) -> str:
    def label(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        if second is not None:
            known = first in labels and second in labels
            return f"“{labels[first]}, {labels[second]}”" if known else match[0]
        is_plain = "_" not in first and not any(c.isdigit() for c in first)
        begins = match.start() == 0 and text[match.end() : match.end() + 1] == ":"
        if first not in labels or (is_plain and not begins and not _BEFORE_ID.search(text[: match.start()])):
            return match[0]
        return f"“{labels[first]}”"

    return _WRITTEN_ID.sub(label, text)


def _names_of(network: Network) -> Mapping[str, str]:
    """The label of every part that has an id."""
    labelled = {**network.settings, **network.procedures, **pictures(network), **network.nodes}
    return {
        **{name: str(getattr(part, "label", name)) for name, part in labelled.items()},
        **{name: diagnosis.name for name, diagnosis in network.diagnosis.items()},
    }
