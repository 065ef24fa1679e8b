"""One variable or diagnosis of a network: its numbers, their weights, sources and reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import DxnetError, Issue, did_you_mean
from dxnet.inference.cpt import prior
from dxnet.inference.implied import implied
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.finding import is_sign
from dxnet.knowledge.kinds.registry import CPT_KINDS
from dxnet.knowledge.network import BINARY, DIAGNOSIS, PATTERN, Network, Node
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import DEFAULT, ConditionalTable, Frozen
from dxnet.report.cited import source_keys, works_behind
from dxnet.report.content.identity import identified
from dxnet.report.content.lesion_numbers import pictures, rows_of_picture, rows_of_rates, rows_of_shares
from dxnet.report.content.variable_facts import variable_facts
from dxnet.report.parts import Block, Facts, Paragraph, Table
from dxnet.words import percent, probabilities, state_in_words

_ORIGIN = ("Written", ">Weight", "Sources", "Reason", "File")
"""Columns of the origin of a number."""


def variable_parts(network: Network, name: str, top: int | None = None) -> Iterator[Block]:
    """A finding, mechanism, incidental cause, diagnosis or lesion pattern by its id: facts, numbers, works.

    Args:
        network, name: the network, and the id.
        top: findings of a diagnosis to list; by default all.

    Raises:
        DxnetError: the network has none of them.

    >>> from dxnet import load_network
    >>> next(variable_parts(load_network("asia"), "bronchitis")).text
    'Bronchitis (bronchitis), mechanism of Chest clinic (Asia) (asia 1.0.0, fingerprint ...)'
    """
    if name not in (known := [*network.diagnoses, *network.nodes, *pictures(network)]):
        fix = did_you_mean(name, known)
        raise DxnetError([Issue("error", network.name, f"no finding or diagnosis {name!r}", fix)])
    is_diagnosis = name in network.diagnosis
    label = str(getattr({**network.nodes, **pictures(network), **network.diagnosis}[name], "label", name))
    yield Paragraph(f"{label} ({name}), {kind(network, name)} of {identified(network)}")
    yield Facts.of(variable_facts(network, name))
    estimates = [estimate for *_, estimate in numbers_of(network, name)]
    yield from numbers_stated(network, name, str)
    if is_diagnosis:
        found = discriminating_findings(network, name, implied(network))
        yield distinctive(found, label, top, str)
        estimates += [estimate for *_, estimate in found[:top] if estimate]
    yield Paragraph("Sources", strong=True)
    yield works_behind(network, estimates)


def numbers_of(network: Network, name: str) -> list[tuple[str, Place, Estimate]]:
    """The numbers of a variable, diagnosis or setting: what each is for, its place, itself; a place once."""
    found = (
        list(number_rows_of(network, name))
        if name not in network.diagnosis
        else [(setting, place, estimate) for setting, place, _, estimate in priors(network, name)]
    )
    return list({place: (row, place, estimate) for row, place, estimate in reversed(found)}.values())[::-1]


def numbers_stated(network: Network, name: str, called: Callable[[str], str]) -> Iterator[Block]:
    """The numbers of a variable, diagnosis or setting as a table; ``called`` names diagnoses and findings."""
    if name in network.diagnosis:
        columns: tuple[str, ...] = ("Setting", ">Pre-test", *_ORIGIN)
        cells = [(where, percent(p), *_origin(e)) for where, _, p, e in priors(network, name)]
        yield Table("Pre-test probability in each setting", columns, tuple(cells))
    elif name in network.settings or name in pictures(network) or name == PATTERN:
        cells = [
            (called(row), probabilities(e.mean), *_origin(e)) for row, _, e in number_rows_of(network, name)
        ]
        what = "Pre-test" if name in network.settings else "Probability"
        yield Table(_caption_of_rows(network, name), ("For", f">{what}", *_ORIGIN), tuple(cells))
    else:
        yield from _numbers_of_variable(network, name, called)


def _caption_of_rows(network: Network, name: str) -> str:
    if name in network.settings:
        return "Pre-test probabilities"
    return "Shares of the patterns in each diagnosis" if name == PATTERN else "What the lesion shows"


def _numbers_of_variable(network: Network, name: str, called: Callable[[str], str]) -> Iterator[Block]:
    node = network.nodes[name]
    states = node.states[1:] if node.states == BINARY else node.states
    given = f"Given {', '.join(node.given.parents)}" if node.given and node.given.parents else "For"
    columns = (given, *(f">{state_in_words(state)}" for state in states), *_ORIGIN)
    cells = [
        (called(row), *_percents(e, len(states)), *_origin(e)) for row, _, e in number_rows_of(network, name)
    ]
    yield Table(f"Probabilities of {node.label}", columns, tuple(cells))
    yield Paragraph(meaning(network, name))
    if rest := unnamed(network, name):
        is_default = node.given is not None and DEFAULT in node.given.rows
        what = f"{DEFAULT} stands for" if is_default else "As the lesion patterns imply"
        yield Facts(((what, ", ".join(map(called, rest))),))


def meaning(network: Network, name: str) -> str:
    """The meaning of the numbers of a variable, diagnosis or setting, and of their weights.

    >>> from dxnet import load_network
    >>> meaning(load_network("asia"), "bronchitis")
    'Probability of present given smoking. Weight: the number of patients that the figure is worth.'
    """
    weight = "Weight: the number of patients that the figure is worth."
    if name not in network.nodes:
        return f"Pre-test probability of the diagnosis. {weight}"
    states, given = network.states(name), network.nodes[name].given
    above = f" given {', '.join(given.parents)}" if given and given.parents else ""
    named = ", ".join(map(state_in_words, states[1:] if len(states) == 2 else states))
    return f"Probability of {named}{above}. {weight}"


def distinctive(
    found: Iterable[tuple[str, str, float, float, Estimate | None]],
    label: str,
    top: int | None,
    called: Callable[[str], str],
) -> Table:
    """The findings of ``discriminating_findings`` as a table."""
    columns = ("Finding", "State", ">Here", ">Mean", *_ORIGIN)
    cells = (
        (called(finding), state, percent(here), percent(mean), *(_origin(e) if e else [""] * len(_ORIGIN)))
        for finding, state, here, mean, e in found
    )
    caption = (
        f"Findings by how far {label} differs from the mean of all diagnoses (origin: of the number here)"
    )
    return Table.first(caption, columns, cells, top)


def kind(network: Network, name: str) -> str:
    """Display name of a variable, diagnosis or setting.

    >>> from dxnet import load_network
    >>> kind(load_network("asia"), "bronchitis"), kind(load_network("asia"), "lung_cancer")
    ('mechanism', 'diagnosis')
    """
    kinds: Mapping[str, Mapping[str, Frozen]] = {
        "finding": network.findings,
        "mechanism": network.mechanisms,
        "incidental cause": network.incidental,
        "diagnosis": network.diagnosis,
        "setting": network.settings,
        "lesion pattern": pictures(network),
    }
    return next((kind for kind, members in kinds.items() if name in members), "variable")


def number_rows_of(network: Network, name: str) -> Iterator[tuple[str, Place, Estimate]]:
    """The numbers of a variable or setting: what each is for, its place, and itself.

    One row a diagnosis where that is its only parent, else as in the file; places as in
    ``Network.estimates``.

    >>> from dxnet import load_network
    >>> [(row, place) for row, place, _ in number_rows_of(load_network("asia"), "bronchitis")]
    [('absent', 'bronchitis.absent'), ('present', 'bronchitis.present')]
    """
    if name in network.settings:
        stated = network.settings[name].rows.items()
        yield from ((row, Place("settings", name, row=row), estimate) for row, estimate in stated)
        return
    if name in pictures(network) or name == PATTERN:
        yield from rows_of_picture(network, name) if name != PATTERN else rows_of_shares(network)
        return
    node = network.nodes[name]
    own = [(Place("variables", name, key, row), estimate) for key, row, estimate in node.numbers()]
    of_table = {place.row: (place, estimate) for place, estimate in own if not place.key}
    yield from ((what, *of_table[row]) for what, row in _named_rows(network, node, list(of_table)))
    if is_sign(node):
        yield from rows_of_rates(network, name)
    prefixes = {kind.key: kind.row_prefix for kind in CPT_KINDS.values()}
    for place, estimate in sorted(own, key=lambda number: not number[0].row):
        if place.key:
            what = f"{prefixes.get(place.key) or place.key} {place.row}" if place.row else place.key
            yield what, place, estimate


def _named_rows(network: Network, node: Node, rows: list[str]) -> list[tuple[str, str]]:
    """Each row with its meaning: one per diagnosis where that is the only parent."""
    if node.given is None or node.given.parents != (DIAGNOSIS,):
        return [(row, row) for row in rows]
    listed, split = (row for row in rows if row != DEFAULT), ConditionalTable.choices
    of = {states[0]: row for row in listed for states in product(*split(row))}
    found = [(diagnosis, of[diagnosis]) for diagnosis in network.diagnoses if diagnosis in of]
    return [*found, (DEFAULT, DEFAULT)] if DEFAULT in rows else found


def unnamed(network: Network, name: str) -> list[str]:
    """The diagnoses that the default of a variable stands for."""
    given = network.nodes[name].given
    if given is None or given.parents != (DIAGNOSIS,):
        return []
    return [diagnosis for diagnosis in network.diagnoses if (diagnosis,) not in given.named]


def _percents(estimate: Estimate, count: int) -> Iterator[str]:
    """The last ``count`` probabilities; blanks where an estimate (a leak) has fewer."""
    yield from ["" for _ in range(count - len(estimate.mean))]
    yield from (percent(p) for p in estimate.mean[-count:])


def _origin(estimate: Estimate) -> tuple[str, ...]:
    """The origin of a number, below the headings of _ORIGIN."""
    written = estimate.text.partition("@")[0].strip()
    return written, f"{estimate.weight:.0f}", source_keys([estimate]), estimate.reason, estimate.where


def priors(network: Network, name: str) -> Iterator[tuple[str, Place, float, Estimate]]:
    """The pre-test probabilities of a diagnosis: setting, place of the number, probability, the number."""
    k = network.diagnoses.index(name)
    for setting, stated in network.settings.items():
        if stated.prior is not None:
            p = float(prior(network, setting).values[k])
            row = name if name in stated.prior else DEFAULT
            yield setting, Place("settings", setting, row=row), p, stated.prior[row]
        elif stated.given:
            for row, estimate in stated.given.rows.items():
                what = f"{setting}, {', '.join(stated.given.parents)} {row}"
                yield what, Place("settings", setting, row=row), estimate.mean[k], estimate


def discriminating_findings(
    network: Network, name: str, built: Mapping[str, Array]
) -> list[tuple[str, str, float, float, Estimate | None]]:
    """Findings that differ most between a diagnosis and the mean of all, those first.

    Finding, the state that differs most, its probability here and on average, and the stated number.

    Args:
        built: of every finding, as ``implied`` makes it.
    """
    k = network.diagnoses.index(name)
    result = []
    for finding, node in network.findings.items():
        table = built[finding]
        here, mean = table[:, k], table.mean(axis=1)
        state = int(np.argmax(np.abs(here - mean)))
        estimate = node.given.lookup((name,)) if node.given and node.given.parents == (DIAGNOSIS,) else None
        distance = float(np.abs(here - mean).sum() / 2)
        row = (finding, node.states[state], float(here[state]), float(mean[state]), estimate)
        result.append((distance, row))
    return [row for _, row in sorted(result, key=lambda item: -item[0])]
