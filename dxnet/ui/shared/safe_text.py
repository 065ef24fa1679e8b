"""Text of files and users as a page may show it: none of its Markdown is obeyed."""

from __future__ import annotations

import re

from dxnet import DxnetError, Network
from dxnet.report.content.issues import issue_in_words
from dxnet.words import counted

SHOWN_PROBLEMS = 5
"""Most problems listed of one file."""


def problems_in_words(network: Network, problem: DxnetError) -> list[str]:
    """Each problem and its cure, in the words of the form; only the first few of many."""
    listed = [literal(issue_in_words(network, issue)) for issue in problem.issues[:SHOWN_PROBLEMS]]
    rest = len(problem.issues) - len(listed)
    return [*listed, f"and {counted(rest, 'more problem')}: is it of another network?"] if rest else listed


def literal(text: str) -> str:
    """Text of a file as it stands: its Markdown is not obeyed, so that no file can load a picture.

    >>> print(literal("![x](http://a.b)"))
    !\\[x\\](http://a.b)
    """
    return re.sub(r"([\\`*\[\]$<~])", r"\\\1", text)
