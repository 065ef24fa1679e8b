"""Compare two networks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dxnet.cli.shared import FEW, FILE, json_option, load, print_json, read, setting_option, stage_option
from dxnet.words import counted, nats, percent, share

if TYPE_CHECKING:
    from dxnet.formats.cases.read import Stage
    from dxnet.knowledge.estimate import Estimate
    from dxnet.knowledge.network import Network
    from dxnet.report.render.terminal import Page
    from dxnet.review.changes import Change, NumberChange
    from dxnet.review.diff import CaseMove, Difference

_WIDE, _MIDDLE = 90, 34
"""Characters of a reason or text, and of a name or list of sources in a table."""


@click.command()
@click.argument("old")
@click.argument("new", default="")
@click.option("--network", "name", default="", help="Then OLD and NEW are git revisions of this network.")
@click.option("--cases", "path", metavar="FILE", type=FILE, help="Reference cases; default: those of dxnet.")
@setting_option
@stage_option
@json_option
@click.option(
    "--top", metavar="N", default=6, show_default=True, type=click.IntRange(min=1), help="Lines of each list."
)
def diff(
    old: str,
    new: str,
    name: str,
    path: Path | None,
    setting: str | None,
    stage: Stage,
    as_json: bool,
    top: int,
) -> None:
    """Compare two networks: what changed, and how far the reference cases move.

    OLD and NEW are names or directories of networks, or REVISION:DIRECTORY for a directory as it stood in a
    git revision (from the root of the repository that you are in):

    \b
        dxnet diff als_mimics path/to/copy
        dxnet diff v0.1:networks/als_mimics networks/als_mimics
        dxnet diff HEAD~3 HEAD --network als_mimics

    With --network, OLD and NEW are revisions of that network; without NEW, its files as they stand.
    """
    from dxnet.formats.cases.read import reference_cases
    from dxnet.report.render.terminal import Page
    from dxnet.review.diff import diff as compare

    if not new and not name:
        raise click.UsageError("give NEW, or --network for revisions of one network")
    networks = [_network(text, name) for text in (old, new)]
    cases = read([path], stage, networks[1]) if path else reference_cases(stage)
    backend = "compiled" if len(cases) > FEW else "numpy"
    found = compare(networks[0], networks[1], cases, setting or "", backend)
    if as_json:
        print_json({**found.to_dict(), "stage": stage})
    else:
        show_difference(Page(), found, networks, (old, new or "files as they stand"), top)


def _network(text: str, name: str) -> Network:
    """A network by name or directory, or as it stood in a revision."""
    from dxnet.knowledge.history import directory_in_repository, load_revision
    from dxnet.knowledge.load import find_network

    if name:
        directory = find_network(name)
        return load_revision(text, directory_in_repository(directory), directory) if text else load(name)
    revision, colon, path = text.partition(":")
    is_file = not colon or Path(text).exists() or Path(text).drive
    return load(text) if is_file else load_revision(revision, path, Path.cwd())


def show_difference(
    page: Page, found: Difference, networks: Sequence[Network], sources: Sequence[str], top: int
) -> None:
    """What changed and what it does, in about one screen."""
    for side, given, source in zip(("Old", "New"), (found.old, found.new), sources, strict=True):
        page.line(
            f"{side}: {given.label} ({given.network} {given.version}, {_files(given.fingerprint)}), {source}"
        )
    settings = [_setting(n, s.setting) for n, s in zip(networks, (found.old, found.new), strict=True)]
    page.line(f"Setting: {_both(settings)}")
    _show_structure(page, found, top)
    _show_numbers(page, found.numbers, top)
    _show_cases(page, found, networks, top)


def _setting(network: Network, name: str) -> str:
    return f"{network.settings[name].label} ({name})"


def _files(fingerprint: str) -> str:
    return f"fingerprint {fingerprint}" if fingerprint else "edited in memory"


def _show_structure(page: Page, found: Difference, top: int) -> None:
    lines = [*_structure(found)]
    kinds: Counter[tuple[str, Change]] = Counter((part.kind, part.change) for part in found.parts)
    kinds.update(("edge", edge.change) for edge in found.edges)
    kinds.update(("text", "changed") for _ in found.texts)
    told = ", ".join(f"{counted(n, kind)} {change}" for (kind, change), n in kinds.items())
    page.line()
    page.line(f"Structure and texts: {told or 'the same'}")
    _listed(page, lines, top)


def _structure(found: Difference) -> Iterator[str]:
    for part in found.parts:
        edges = "".join(f"; {kind} {parent}" for kind, parent in part.edges)
        count = f"; {counted(part.numbers, 'number')}" if part.numbers else ""
        yield _cut(f"{part.change} {part.kind} {part.id}: {part.label}{count}{edges}", _WIDE + 20)
    for edge in found.edges:
        yield f"{edge.change} edge: {edge.id} {edge.kind} {edge.parent}"
    for text in found.texts:
        name = f"{text.kind} {text.id}"
        yield f"changed {name}: {text.field} {_cut(text.old or 'none', 40)} → {_cut(text.new or 'none', 40)}"


def _listed(page: Page, lines: Sequence[str], top: int) -> None:
    for line in lines[:top]:
        page.line(f"  {line}")
    _more(page, len(lines), top)


def _more(page: Page, count: int, top: int) -> None:
    if count > top:
        page.line(f"  and {count - top} more (--top N, or all in --json)")


def _show_numbers(page: Page, numbers: Sequence[NumberChange], top: int) -> None:
    counts = Counter(number.change for number in numbers)
    told = ", ".join(f"{counts[c]} {c}" for c in ("changed", "added", "removed") if counts[c])
    page.line()
    page.line(f"Numbers: {told or 'the same'}{' (largest change of log-odds first)' if told else ''}")
    if not numbers:
        return
    page.table(
        ("Number", ">Old", ">New", ">Weight", "Sources", "File"),
        [
            (
                _middle(number.place),
                _value(number.old, number.change == "added"),
                _value(number.new, number.change == "removed"),
                _both(f"{e.weight:.0f}" for e in (number.old, number.new) if e),
                _cut(_both(_keys(e) for e in (number.old, number.new) if e), _MIDDLE),
                next((Path(e.where).name for e in (number.new, number.old) if e), ""),
            )
            for number in numbers[:top]
        ],
    )
    if any(number.change != "changed" and number.size for number in numbers[:top]):
        page.line("  In brackets: what serves where the row is not stated, such as the default")
    for number in numbers[:top]:
        reason = number.new.reason if number.new else ""
        if reason and (not number.old or reason != number.old.reason):
            page.line(_cut(f"  {number.place}: {reason}", _WIDE + 20))
    _more(page, len(numbers), top)


def _value(estimate: Estimate | None, is_fallback: bool) -> str:
    """In per cent, the second of two states; the number that serves instead of a missing one in brackets."""
    if estimate is None:
        return "none"
    shown = estimate.mean[1:] if len(estimate.mean) == 2 else estimate.mean
    text = f"{' '.join(f'{100 * p:.4g}' for p in shown)} %"
    return f"({text})" if is_fallback else text


def _both(texts: Iterable[str]) -> str:
    return " → ".join(dict.fromkeys(texts))


def _keys(estimate: Estimate) -> str:
    return " ".join(f"@{key}" for key in estimate.sources)


def _middle(place: str) -> str:
    """A place without its middle, if it is long: both ends say more."""
    return place if len(place) <= _MIDDLE else f"{place[:12]}…{place[13 - _MIDDLE :]}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _show_cases(page: Page, found: Difference, networks: Sequence[Network], top: int) -> None:
    from dxnet.review.diff import STILL

    moved = found.moved
    page.line()
    rest = len(found.cases) - len(moved)
    still = f"; the other {rest} by less than {STILL:g}" if moved and rest else ""
    page.line(f"Cases that moved: {len(moved)} of {len(found.cases)} (by total variation){still}")
    if moved:
        columns = ("Case", "True diagnosis", ">P(true)", "Ranked first", ">P(first)", ">Moved")
        page.table(columns, [_case(case, networks) for case in moved[:top]])
    _more(page, len(moved), top)
    for fits, count in Counter(misfit.fits for misfit in found.misfits).items():
        first = next(misfit for misfit in found.misfits if misfit.fits == fits)
        ids = ", ".join(misfit.id for misfit in found.misfits if misfit.fits == fits)
        what = "neither network" if fits == "neither" else f"the {fits} network only"
        page.line(_cut(f"Fit {what}: {counted(count, 'case')}; {ids}", _WIDE + 20))
        page.line(_cut(f"  {first.id}: {first.issues[0].message}", _WIDE + 20))
    _show_effect(page, found)


def _case(case: CaseMove, networks: Sequence[Network]) -> tuple[str, ...]:
    def name(diagnosis: str) -> str:
        known = [network.diagnosis[diagnosis] for network in networks if diagnosis in network.diagnosis]
        return known[-1].name if known else diagnosis

    return (
        _cut(case.id, _MIDDLE),
        _cut(name(case.diagnosis), _MIDDLE),
        _both(map(percent, case.probability or ())),
        _both(map(name, case.first)),
        _both(map(percent, case.first_probability)),
        f"{case.distance:.3f}",
    )


def _show_effect(page: Page, found: Difference) -> None:
    effect = found.effect
    scores = [
        ("top-1", effect.top1, share),
        ("top-3", effect.top3, share),
        ("mean log loss (less is better)", effect.log_loss, nats),
    ]
    told = [f"{name} {_both(map(shown, pair))}" for name, pair, shown in scores if pair]
    changed = ", ".join(case.id for case in found.cases if case.first[0] != case.first[1])
    told.append(f"first rank changed in {effect.first_changed} of {counted(effect.n, 'case')}")
    if effect.n:
        page.line()
        page.line(f"Summary: {'; '.join(told)}")
    if changed:
        page.line(_cut(f"  First rank changed: {changed}", _WIDE + 20))
