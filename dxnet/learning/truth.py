"""The diagnosis of each row of a cohort: one, none, or several with their probabilities."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array, Bools, Ints
from dxnet.errors import brief, did_you_mean
from dxnet.knowledge.plain_words import name_of_word

UNKNOWN_DIAGNOSIS = -1
"""Position that stands for the diagnosis of a row without one."""
LEAST_JUDGED = 1e-6
"""Least probability that is taken from a reader."""
_ABOVE_ONE = 1e-9
"""By which a sum of probabilities may pass 1, as they are rounded."""
_PROBABILITY = re.compile(r"(?P<name>.*\S)\s+(?P<p>\d*\.?\d+(?:[eE]-?\d+)?)")


@dataclass(frozen=True, eq=False)
class Truth:
    """The diagnoses of B rows, as N pairs of a row and a diagnosis.

    Args:
        row: ``int[N]``, counted from 0; a row occurs once for each of its diagnoses.
        diagnosis: ``int[N]``, position of the diagnosis, UNKNOWN_DIAGNOSIS where the row has none.
        weight: ``ndarray[N]``, P(diagnosis) as written, 1 where one diagnosis or none stands alone.
        judged: ``bool[N]``, whether the row has probabilities.
    """

    row: NDArray[np.int64]
    diagnosis: NDArray[np.int64]
    weight: Array
    judged: Bools


def parse_truth(
    diagnoses: Sequence[str], written: Sequence[str | None], cell: Ints
) -> tuple[Truth, Mapping[tuple[str, str], list[int]]]:
    """Read the cells of the column of the true diagnosis.

    A cell is the name of a diagnosis, blank, or a list of diagnoses with their probabilities, as somebody
    judged who did not know the truth and held every diagnosis for equally likely before the findings:
    ``als 0.6, dcm 0.25``; in capitals or not. What they leave of 1 is said of no diagnosis.

    Args:
        diagnoses: names of the diagnoses of the network.
        written: the W cells that differ from each other.
        cell: ``int[B]``, which of them each row has.

    Returns:
        The diagnoses; and by what is wrong with a cell, its cause and cure, the rows of such cells.

    >>> cells = ["dcm", None, "als 0.6, dcm 0.25", "flu"]
    >>> truth, faults = parse_truth(["als", "dcm"], cells, np.array([0, 1, 2, 0, 3]))
    >>> list(zip(truth.row.tolist(), truth.diagnosis.tolist(), truth.weight.tolist()))
    [(0, 1, 1.0), (1, -1, 1.0), (2, 0, 0.6), (2, 1, 0.25), (3, 1, 1.0)]
    >>> faults
    {("unknown diagnosis 'flu'", 'known are als, dcm'): [4]}
    """
    named = cache(partial(name_of_word, diagnoses))
    position = {name: k for k, name in enumerate(diagnoses)}
    pairs: list[tuple[int, int, float, bool]] = []
    faulty: dict[tuple[str, str], list[int]] = {}
    for number, text in enumerate(written):
        name = (text or "").strip()
        name = named(name) or name
        if not name:
            pairs.append((number, UNKNOWN_DIAGNOSIS, 1.0, False))
        elif name in position:
            pairs.append((number, position[name], 1.0, False))
        else:
            given, wrong = _judged(name, diagnoses)
            pairs += [(number, position[name], p, True) for name, p in given.items()]
            for fault in dict.fromkeys(wrong):
                faulty.setdefault(fault, []).append(number)
    faults = {fault: np.flatnonzero(np.isin(cell, these)).tolist() for fault, these in faulty.items()}
    return _of_rows(pairs, cell), dict(sorted(faults.items(), key=lambda found: found[1][0]))


def _of_rows(pairs: Sequence[tuple[int, int, float, bool]], cell: Ints) -> Truth:
    """The diagnoses of all rows, from those of each cell: pairs of a cell and a diagnosis, by cell."""
    number, diagnosis, weight, judged = (np.array([pair[i] for pair in pairs]) for i in range(4))
    first, end = (np.searchsorted(number, cell, side) for side in ("left", "right"))
    counted = end - first
    row = np.repeat(np.arange(len(cell)), counted)
    pair = np.arange(len(row)) + np.repeat(end - counted.cumsum(), counted)
    return Truth(
        row,
        diagnosis[pair].astype(np.int64),
        weight[pair].astype(np.float64),
        judged[pair].astype(bool),
    )


def _judged(cell: str, diagnoses: Sequence[str]) -> tuple[Mapping[str, float], Sequence[tuple[str, str]]]:
    """The probabilities of a cell by diagnosis, and what is wrong with it."""
    given: dict[str, float] = {}
    faults = []
    for part in (part.strip() for part in cell.split(",")):
        found = _PROBABILITY.fullmatch(part)
        written = found["name"] if found else part
        name = name_of_word(diagnoses, written) or written
        if name not in diagnoses:
            faults.append(_unknown(name, cell, diagnoses))
        elif not found or not LEAST_JUDGED <= float(found["p"]) <= 1:
            cure = f"write it as {name} 0.6, from {LEAST_JUDGED} to 1; commas part diagnoses"
            faults.append((f"no probability of {name} in {brief(cell)}", cure))
        elif name in given:
            faults.append((f"{name} occurs twice in {brief(cell)}", "name each diagnosis once"))
        else:
            given[name] = float(found["p"])
    if not faults and sum(given.values()) > 1 + _ABOVE_ONE:
        faults.append((f"the probabilities of {brief(cell)} add up to more than 1", "give shares of 1"))
    return given, faults


def _unknown(name: str, cell: str, diagnoses: Sequence[str]) -> tuple[str, str]:
    """What is wrong with a part of a cell that names no diagnosis."""
    if not name:
        return f"an empty part in {brief(cell)}", "put one comma between two diagnoses, none at the end"
    return f"unknown diagnosis {brief(name)}", did_you_mean(name, diagnoses)
