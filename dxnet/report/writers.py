"""What is taken away as a file: a case, an evaluation, the card of a network; each content has many forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dxnet.errors import DxnetError, Issue
from dxnet.lazy import lazily

if TYPE_CHECKING:
    from dxnet.inference.case import Case
    from dxnet.inference.engine import Engine
    from dxnet.report.parts import Content

REPORTS: Mapping[str, Callable[[Content], bytes]] = {
    ".html": lazily("dxnet.report.render.html:html"),
    ".pdf": lazily("dxnet.report.render.pdf:pdf"),
}
"""What makes the report of a case, by the suffix of its file; its media type is that of the suffix."""
FORMS: Mapping[str, Callable[[Content], bytes]] = {
    **REPORTS,
    ".md": lazily("dxnet.report.render.markdown:markdown"),
}
"""What makes any other report; in Markdown there are no charts."""


def written_as(path: Path) -> Callable[[Content], bytes]:
    """What makes the report that a file is to hold.

    Raises:
        DxnetError: its suffix is none of FORMS.

    >>> written_as(Path("card.md")).__name__
    'markdown'
    """
    if (suffix := path.suffix.lower()) not in FORMS:
        message = f"cannot tell the kind of report from the suffix {path.suffix!r}"
        raise DxnetError([Issue("error", str(path), message, f"known are {', '.join(FORMS)}")])
    return FORMS[suffix]


def report(engine: Engine, case: Case, suffix: str = ".html", on: date | None = None) -> bytes:
    """A case as a file: what it rests on, the ranking, why, what next, and what it does not tell.

    Args:
        engine, case: what is reported; the compiled backend is fastest.
        suffix: ``.html`` (one file without anything from elsewhere) or ``.pdf`` (A4).
        on: the date that it bears; today without one. The bytes depend on nothing else.

    Raises:
        DxnetError: another suffix.
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("asia"))
    >>> report(engine, Case({"xray_abnormal": "present"}), ".pdf")[:5]
    b'%PDF-'
    """
    from dxnet.report.content.case import content

    if suffix not in REPORTS:
        known = ", ".join(REPORTS)
        raise DxnetError([Issue("error", "", f"no report has the suffix {suffix!r}", f"known are {known}")])
    return REPORTS[suffix](content(engine, case, on))
