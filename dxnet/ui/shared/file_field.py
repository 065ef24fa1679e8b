"""A field for a file, and why a file does not belong there: its cause and cure in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dxnet.errors import CaseError, Issue, brief
from dxnet.ui.shared.case_file import SUFFIXES
from dxnet.ui.shared.versions import MAX_NETWORK_MEGABYTES

CASE_FILES = dict.fromkeys(SUFFIXES, 5)
NETWORK_FILES = {"zip": MAX_NETWORK_MEGABYTES}
"""By the suffix of a file, the most megabytes that it may have."""
_BELONGS = {
    **dict.fromkeys(SUFFIXES, ("It is a case, or what its record says", "open it on the Case page")),
    **dict.fromkeys(("csv", "parquet"), ("It is a table", "open it on the Cohort page")),
    **dict.fromkeys(("txt", "docx", "pdf"), ("It is a letter or a report", "open it on the Letter page")),
    "zip": ("It is a zip file", "if it holds the files of a network, open it on the Network page"),
}
_SPREADSHEETS = ("xlsx", "xls", "ods", "tsv")


def file_field(label: str, key: str, take: Callable[[str, bytes], None]) -> None:
    """A field for a file of any kind and size: whoever takes its name and content says why it cannot be used.

    The browser would mark a file of another kind or a larger one with a sign, and say nothing.
    """

    def opened() -> None:
        if file := st.session_state[key]:
            take(file.name, file.getvalue())

    st.file_uploader(label, key=key, on_change=opened)


def require_kind(name: str, content: bytes, kinds: Mapping[str, int]) -> None:
    """See that a file is of a kind and size that can be opened here.

    Args:
        kinds: suffix -> the most megabytes.

    Raises:
        CaseError: it is of another kind, or too large; where it belongs.

    >>> require_kind("mist.csv", b"id,age", CASE_FILES)
    Traceback (most recent call last):
    ...
    dxnet.errors.CaseError: It is a table; open it on the Cohort page
    """
    suffix = name.rpartition(".")[2].lower()
    if suffix not in kinds:
        known = ", ".join(f".{kind}" for kind in kinds)
        message, fix = _BELONGS.get(suffix, (f"It ends in {brief(suffix)}", f"known here are {known}"))
        if suffix in _SPREADSHEETS:
            message, where = "It is a spreadsheet", "" if "csv" in kinds else " on the Cohort page"
            fix = f"save it as CSV UTF-8, and open that{where}"
        raise CaseError([Issue("error", "", message, fix)])
    if len(content) > kinds[suffix] * 10**6:
        message = f"It has {len(content) / 10**6:.1f} MB, and only {kinds[suffix]} MB can be opened here"
        raise CaseError([Issue("error", "", message, "open a smaller file")])
