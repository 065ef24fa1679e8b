"""The text of a letter's file: plain text, Word, or the text layer of a PDF."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dxnet.errors import CaseError, DxnetError, Issue, file_fault, installed_with
from dxnet.knowledge.encodings import marked_encoding

LARGEST_LETTER = 20_000_000
"""Bytes."""
MISSING_PACKAGES = Issue(
    "error",
    "",
    "reading letters needs packages that are not installed",
    f"install them: {installed_with('text')}",
)
_CONTROL = dict.fromkeys([*range(9), 11, *range(14, 32), 127, 0xFEFF, 0x200B, 0xAD])


def letter_text(path: str | Path) -> str:
    """The text of a letter in a .txt, .docx or .pdf file.

    Raises:
        CaseError: the file cannot be read, is of another kind, too large, or holds no text (as a scan).
        DxnetError: the packages for it are missing (``dxnet[text]``).
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise CaseError([file_fault(path.name, problem)]) from None
    return text_of_letter(path.name, content)


def text_of_letter(name: str, content: bytes) -> str:
    """The text of a letter's file that is in memory, as an upload is.

    Args:
        name: of the file; its suffix says its kind.
        content: of the file.

    Raises:
        CaseError, DxnetError: as ``letter_text``.

    >>> text_of_letter("letter.txt", b"Plantars upgoing.")
    'Plantars upgoing.'
    """
    suffix = Path(name).suffix.lower()
    if suffix not in _READERS:
        hint = (
            "save it as .docx" if suffix in (".doc", ".odt", ".rtf") else f"known are {', '.join(_READERS)}"
        )
        raise _fault(name, f"cannot read a letter from {suffix or 'a file without a suffix'}", hint)
    if len(content) > LARGEST_LETTER:
        limit = LARGEST_LETTER // 1_000_000
        raise _fault(name, f"is larger than {limit} MB", "check that it is the right file")
    text = _READERS[suffix](name, content).replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)
    if not text.strip():
        is_scan = suffix == ".pdf"
        message = "has no text layer: it is a scan" if is_scan else "is empty"
        raise _fault(
            name, message, "read it with OCR first, or type its text" if is_scan else "check the file"
        )
    return text


def _fault(name: str, message: str, fix: str) -> CaseError:
    return CaseError([Issue("error", name, message, fix)])


def _plain_text(name: str, content: bytes) -> str:
    try:
        return content.decode(marked_encoding(content))
    except UnicodeDecodeError:
        if b"\0" in content:
            raise _fault(name, "is not text", "give a .txt, .docx or .pdf file") from None
        return content.decode("cp1252", errors="replace")


def _word(name: str, content: bytes) -> str:
    try:
        import docx
        from docx.table import Table
    except ImportError:
        raise DxnetError([MISSING_PACKAGES]) from None
    try:
        document = docx.Document(io.BytesIO(content))
        lines = []
        for block in document.iter_inner_content():
            if isinstance(block, Table):
                lines += [" | ".join(cell.text.strip() for cell in row.cells) for row in block.rows]
            else:
                lines.append(block.text)
    except Exception as problem:
        raise _fault(
            name, f"cannot be read as a Word file ({type(problem).__name__})", "save it again as .docx"
        ) from None
    return "\n".join(lines)


def _pdf(name: str, content: bytes) -> str:
    try:
        from pypdf import PdfReader
    except ImportError:
        raise DxnetError([MISSING_PACKAGES]) from None
    try:
        with _silent_pypdf():
            reader = PdfReader(io.BytesIO(content))
            if reader.is_encrypted and not reader.decrypt(""):
                raise _fault(name, "is locked with a password", "save it without one")
            return "\n".join(page.extract_text() for page in reader.pages)
    except CaseError:
        raise
    except Exception as problem:
        raise _fault(
            name, f"cannot be read as a PDF ({type(problem).__name__})", "save it again as .pdf"
        ) from None


@contextmanager
def _silent_pypdf() -> Iterator[None]:
    """Let pypdf log nothing meanwhile: it would quote the letter."""
    log = logging.getLogger("pypdf")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)


_READERS: Mapping[str, Callable[[str, bytes], str]] = {".txt": _plain_text, ".docx": _word, ".pdf": _pdf}
