"""Files that are no text, by their first bytes: what they are, and the cure."""

from __future__ import annotations

_BEGINNINGS = {
    b"PK\x03\x04": ("is a packed file, such as an Excel workbook (.xlsx), whatever its name", ""),
    b"\xd0\xcf\x11\xe0": ("is a file of an Office program (.xls, .doc), whatever its name", ""),
    b"%PDF-": ("is a PDF, whatever its name", "write the text out"),
    b"PAR1": ("is a parquet file, whatever its name", "name it .parquet, and score it with 'dxnet score'"),
    b"\x1f\x8b": ("is compressed (gzip)", "unpack it first"),
}
_AS_TEXT = "save it from its program as text, a table as 'CSV UTF-8'"


def no_text(beginning: bytes) -> tuple[str, str] | None:
    """What a file is that begins so, and the cure, where it is a known kind that is no text.

    >>> no_text(b"PAR1...")
    ('is a parquet file, whatever its name', "name it .parquet, and score it with 'dxnet score'")
    >>> no_text(b"id,age")
    """
    found = next((said for start, said in _BEGINNINGS.items() if beginning.startswith(start)), None)
    return found and (found[0], found[1] or _AS_TEXT)
