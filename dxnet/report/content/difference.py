"""Differences of two networks: structure, texts, numbers, and how far the reference cases move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import Network
from dxnet.report.cited import source_keys
from dxnet.report.content.identity import identified, setting_name
from dxnet.report.parts import Block, Bullets, Facts, Paragraph, Table
from dxnet.review.changes import Change, NumberChange
from dxnet.review.diff import UNMOVED, CaseMove, NetworkDifference
from dxnet.words import before_after, counted, nats, percent, share, shortened, without_middle

_WIDE, _MIDDLE, _SHORT = 110, 34, 40
"""Letters of a line, of a place or name in a table, and of a text that changed."""
NO_CASES = (
    "No case shows the effect, as none that dxnet ships fits. Put cases of this network into cases.csv "
    "beside its network.yaml, or give a file of them: dxnet diff OLD NEW --cases FILE"
)


def difference(
    found: NetworkDifference, networks: Sequence[Network], sources: Sequence[str], top: int | None = None
) -> Iterator[Block]:
    """The changes between two networks, and their effect on the reference cases.

    Args:
        found: result of ``compare_networks``.
        networks: the old one and the new one.
        sources: where each was read from.
        top: entries of each list; all without it.
    """
    pairs = list(zip(networks, (found.old.setting, found.new.setting), strict=True))
    settings = before_after(setting_name(network, setting) for network, setting in pairs)
    names = [f"{identified(n)}, {source}" for n, source in zip(networks, sources, strict=True)]
    yield Facts((("Old", names[0]), ("New", names[1]), ("Setting", settings)))
    yield from structure(found, top)
    yield from number_changes_table(found.numbers, top)
    yield moved_cases(found, networks, top)
    yield from misfits(found)
    yield from effect(found)


def structure(found: NetworkDifference, top: int | None = None) -> Iterator[Block]:
    """Parts and edges that came or went, and texts that changed."""
    kinds: Counter[tuple[str, Change]] = Counter((part.kind, part.change) for part in found.parts)
    kinds.update(("edge", edge.change) for edge in found.edges)
    kinds.update(("text", "changed") for _ in found.texts)
    counts = ", ".join(f"{counted(n, kind)} {change}" for (kind, change), n in kinds.items())
    yield Paragraph(f"Structure and texts: {counts or 'the same'}", strong=True)
    if counts:
        yield Bullets.first(_structure_lines(found), top)


def _structure_lines(found: NetworkDifference) -> Iterator[str]:
    for part in found.parts:
        edges = "".join(f"; {kind} {parent}" for kind, parent in part.edges)
        count = f"; {counted(part.numbers, 'number')}" if part.numbers else ""
        yield shortened(f"{part.change} {part.kind} {part.id}: {part.label}{count}{edges}", _WIDE)
    for edge in found.edges:
        yield f"{edge.change} edge: {edge.id} {edge.kind} {edge.parent}"
    for text in found.texts:
        texts = before_after(shortened(words or "none", _SHORT) for words in (text.old, text.new))
        yield f"changed {text.kind} {text.id}: {text.field} {texts}"


def number_changes_table(numbers: Sequence[NumberChange], top: int | None = None) -> Iterator[Block]:
    """Numbers that changed, largest change of log-odds first, with the reasons that are new."""
    counts = Counter(number.change for number in numbers)
    kinds = ", ".join(f"{counts[c]} {c}" for c in ("changed", "added", "removed") if counts[c])
    moved = [number for number in numbers if number.change != "reworded"]
    if moved:
        columns = ("Number", ">Old", ">New", ">Weight", "Sources", "File")
        caption = f"Numbers: {kinds} (largest change of log-odds first)"
        yield Table.first(caption, columns, map(_number_row, moved), top)
    else:
        yield Paragraph("Numbers: the same", strong=True)
    if any(number.change != "changed" and number.size for number in moved[:top]):
        yield Paragraph("In brackets: what serves where the row is not stated, such as the default")
    yield from _new_reasons(moved[:top])
    if worded := [number for number in numbers if number.change == "reworded"]:
        yield Paragraph(f"Reasons of {counted(len(worded), 'number')} reworded", strong=True)
        yield from _new_reasons(worded[:top])


def _new_reasons(numbers: Sequence[NumberChange]) -> Iterator[Block]:
    """Why each number is what it is, where that is new."""
    reasons = tuple(
        shortened(f"{number.place}: {number.new.reason}", _WIDE)
        for number in numbers
        if number.new and number.new.reason and number.new.reason != (number.old and number.old.reason)
    )
    if reasons:
        yield Bullets(reasons)


def _number_row(number: NumberChange) -> tuple[str, ...]:
    sides = [estimate for estimate in (number.old, number.new) if estimate]
    return (
        without_middle(str(number.place), _MIDDLE),
        _old_or_new(number.old, number.change == "added"),
        _old_or_new(number.new, number.change == "removed"),
        before_after(f"{estimate.weight:.0f}" for estimate in sides),
        shortened(before_after(source_keys([estimate]) for estimate in sides), _MIDDLE),
        Path(sides[-1].where).name,
    )


def _old_or_new(estimate: Estimate | None, is_fallback: bool) -> str:
    """In per cent, the second of two states; the number that serves instead of a missing one in brackets."""
    if estimate is None:
        return "none"
    shown = estimate.mean[1:] if len(estimate.mean) == 2 else estimate.mean
    text = f"{' '.join(f'{100 * p:.4g}' for p in shown)} %"
    return f"({text})" if is_fallback else text


def moved_cases(found: NetworkDifference, networks: Sequence[Network], top: int | None = None) -> Block:
    """The cases whose answer moved, those whose first rank changed first."""
    moved, n = found.moved, len(found.cases)
    if not n and not found.misfits:
        return Paragraph(NO_CASES, strong=True)
    if not moved:
        return Paragraph(
            f"Cases that moved: 0 of {n} (none by {UNMOVED:g} or more in total variation)", strong=True
        )
    caption = f"Cases that moved: {len(moved)} of {n} (total variation: 0 none, 1 all of the probability)"
    order = sorted(moved, key=lambda case: (case.first[0] == case.first[1], -case.distance))
    columns = ("Case", "True diagnosis", ">P(true)", "Ranked first", ">P(first)", ">Moved")
    return Table.first(caption, columns, (_case_row(case, networks) for case in order), top)


def _case_row(case: CaseMove, networks: Sequence[Network]) -> tuple[str, ...]:
    def name(diagnosis: str) -> str:
        known = [network.diagnosis[diagnosis] for network in networks if diagnosis in network.diagnosis]
        return known[-1].name if known else diagnosis

    return (
        shortened(case.id, _MIDDLE),
        shortened(name(case.diagnosis), _MIDDLE),
        before_after(map(percent, case.probability or ())),
        before_after(map(name, case.first)),
        before_after(map(percent, case.first_probability)),
        f"{case.distance:.3f}",
    )


def misfits(found: NetworkDifference) -> Iterator[Block]:
    """Cases that do not fit both networks, and why the first does not."""
    lines = []
    for fits, count in Counter(misfit.fits for misfit in found.misfits).items():
        those = [misfit for misfit in found.misfits if misfit.fits == fits]
        ids = ", ".join(misfit.id for misfit in those)
        what = "neither network" if fits == "neither" else f"the {fits} network only"
        lines.append(shortened(f"{counted(count, 'case')} fit {what}: {ids}", _WIDE))
        lines.append(shortened(f"{those[0].id}: {those[0].issues[0].message}", _WIDE))
    if lines:
        yield Bullets(tuple(lines))


def effect(found: NetworkDifference) -> Iterator[Block]:
    """How well each network ranks the reference cases, and which first ranks changed."""
    done = found.effect
    pairs = (
        ("First", done.top1, share),
        ("Among the first three", done.top3, share),
        ("Log loss (nats; less is better)", done.log_loss, nats),
    )
    rows = tuple((name, *map(shown, pair)) for name, pair, shown in pairs if pair)
    if rows:
        columns = ("True diagnosis", ">Old", ">New")
        yield Table(f"Effect on {counted(done.known, 'case')}", columns, rows)
    if done.n:
        changed = ", ".join(case.id for case in found.cases if case.first[0] != case.first[1])
        line = f"The first rank changed in {done.first_changed} of {counted(done.n, 'case')}"
        yield Paragraph(shortened(f"{line}: {changed}" if changed else line, _WIDE))
