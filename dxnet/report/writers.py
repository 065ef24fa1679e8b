"""Reports as files: a case, an evaluation, the card of a network, each in several formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dxnet.errors import DxnetError, Issue, file_fault
from dxnet.lazy import lazily
from dxnet.whole_files import write_whole

if TYPE_CHECKING:
    from dxnet.inference.case import CaseLike
    from dxnet.inference.engine import EngineLike
    from dxnet.report.parts import Content

REPORTS: Mapping[str, Callable[[Content], bytes]] = {
    ".html": lazily("dxnet.report.render.html:to_html"),
    ".pdf": lazily("dxnet.report.render.pdf:to_pdf"),
}
"""Writers of the report of a case, by the suffix of its file; the suffix also gives the media type."""
LOST_IN: Mapping[str, Callable[[Content], Iterable[Issue]]] = {
    ".html": lambda content: (),
    ".pdf": lazily("dxnet.report.render.glyphs:print_issues"),
}
"""What a reader of a report in each form would miss: characters that no font here has."""
FORMS: Mapping[str, Callable[[Content], bytes]] = {
    **REPORTS,
    ".md": lazily("dxnet.report.render.markdown:to_markdown"),
}
"""Writers of any other report; Markdown has no charts."""


def written_as(path: Path) -> Callable[[Content], bytes]:
    """The writer of the report that a file shall hold.

    Raises:
        DxnetError: its suffix is none of FORMS.

    >>> written_as(Path("card.md")).__name__
    'to_markdown'
    """
    if (suffix := path.suffix.lower()) not in FORMS:
        raise unknown_suffix(path, FORMS)
    return FORMS[suffix]


def content_of_case(
    engine: EngineLike,
    case: CaseLike,
    on: date | None = None,
    summary: bool = False,
    visit: date | str | None = None,
) -> Content:
    """The content of the report of a case, or of its summary on one page; see ``report``.

    Raises:
        CaseError: the case does not fit, or is impossible; no visit up to the day of ``visit``.
    """
    from dxnet.inference.case import Case
    from dxnet.inference.engine import Engine
    from dxnet.inference.visit import day_of
    from dxnet.report.content.case import case_report
    from dxnet.report.content.summary import case_summary

    on = None if on is None else day_of(on)
    case = Case.of(case)
    known = case.at(visit) if visit else case
    later = len(case.visits) - len(known.visits)
    return (case_summary if summary else case_report)(Engine.of(engine), known, on, later)


def report(
    engine: EngineLike,
    case: CaseLike,
    suffix: str = ".html",
    on: date | None = None,
    summary: bool = False,
    visit: date | str | None = None,
) -> bytes:
    """The report of a case as a file: basis, ranking, reasons, next procedures, and limits.

    Args:
        engine, case: what is reported; the compiled backend is fastest.
        suffix: ``.html`` (one file without anything from elsewhere) or ``.pdf`` (A4).
        on: the date that it bears; today without one. The bytes depend on nothing else, but where the
            shipped font lacks a character, on the fonts of the machine.
        summary: one page instead of everything.
        visit: the day of a visit: the case is reported as it was known then, and the report says so and how
            many later visits it leaves out. The whole case without one.

    Raises:
        DxnetError: another suffix.
        CaseError: the case does not fit, or is impossible; no visit up to the day of ``visit``.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("asia"))
    >>> report(engine, Case({"xray_abnormal": "present"}), ".pdf")[:5]
    b'%PDF-'
    """
    if suffix not in REPORTS:
        known = ", ".join(REPORTS)
        raise DxnetError([Issue("error", "", f"no report has the suffix {suffix!r}", f"known are {known}")])
    return REPORTS[suffix](content_of_case(engine, case, on, summary, visit))


def write_report(
    engine: EngineLike,
    case: CaseLike,
    path: str | Path,
    on: date | None = None,
    summary: bool = False,
    visit: date | str | None = None,
) -> None:
    """Write the ``report`` of a case to a file, whose suffix says the form; one that is there is replaced.

    With ``summary`` it is one page; with ``visit`` it is of the case as it was known at an earlier visit.

    Raises:
        DxnetError: another suffix, or a path that cannot be written.
        CaseError: the case does not fit, or is impossible; no visit up to the day of ``visit``.
    """
    path = Path(path)
    if path.suffix.lower() not in REPORTS:
        raise unknown_suffix(path, REPORTS)
    made = report(engine, case, path.suffix.lower(), on, summary, visit)
    try:
        write_whole(path, made)
    except OSError as problem:
        raise DxnetError([file_fault(path, problem)]) from None


def unknown_suffix(path: Path, known: Iterable[str]) -> DxnetError:
    """The complaint of a path whose suffix is none of those that are known."""
    message = f"cannot tell the kind of report from the suffix {path.suffix!r}"
    return DxnetError([Issue("error", str(path), message, f"known are {', '.join(known)}")])
