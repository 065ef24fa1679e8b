"""A network of another program as one of ours, with exactly its joint distribution.

One of its variables becomes the diagnosis, its states the diagnoses; every other one becomes a finding with
its own table. Arrows stay as they are: a diagnosis with parents has ``given ...`` for its prior.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

import numpy as np

from dxnet.errors import CheckError, Issue, NetworkError, brief, did_you_mean
from dxnet.formats.networks.variables import number_rows, plain_identifiers
from dxnet.inference.cpt import Discrete
from dxnet.knowledge.buildable import CASE_COLUMNS, faults_of_structure
from dxnet.knowledge.diagnosis import Diagnosis, Setting
from dxnet.knowledge.estimate import ESTIMATE_CAP, IMPORTED_KEY, Estimate
from dxnet.knowledge.network import ATYPICAL, DIAGNOSIS, STATE, Finding, Network
from dxnet.knowledge.plain_words import says_unknown
from dxnet.knowledge.reference import Reference
from dxnet.knowledge.table import DEFAULT, MAX_COLUMNS, ConditionalTable
from dxnet.words import counted

WEIGHT = ESTIMATE_CAP
"""Of each imported number, in patients: files hold none, and it decides about no probability."""
SETTING = "imported"
ROUNDED = 1e-6
"""How far a row may be from a sum of 1 without a word."""
MAX_CANDIDATES = 30


def target_of(model: Discrete, name: str, wanted: str | None) -> str:
    """The variable that is the diagnosis: the wanted one, the one that the file marks, or ``diagnosis``.

    Raises:
        NetworkError: no such variable, or several that it could be; lists the candidates.
    """
    if wanted:
        if wanted not in model.tables:
            fix = did_you_mean(wanted, model.tables)
            raise NetworkError([Issue("error", name, f"has no variable {brief(wanted)}", fix)])
        return wanted
    if len(model.targets) == 1:
        return model.targets[0]
    if DIAGNOSIS in model.tables:
        return DIAGNOSIS
    names = list(model.targets or model.tables)
    more = f", and {len(names) - MAX_CANDIDATES} more" if len(names) > MAX_CANDIDATES else ""
    message = f"does not say which of its {len(model.tables)} variables is the diagnosis"
    known = ", ".join(names[:MAX_CANDIDATES])
    fix = f"name it by --target (target=... in Python, DXNET_TARGET for the app): {known}{more}"
    raise NetworkError([Issue("error", name, message, fix)])


def imported(model: Discrete, name: str, target: str, digest: str) -> Network:
    """The network of a file.

    Args:
        model: what was read from it.
        name: of the file.
        target: the variable that becomes the diagnosis.
        digest: SHA-256 of its content, unpacked.

    Raises:
        CheckError: a network of one variable, or one whose tables are too large for ours.

    >>> import numpy as np
    >>> from dxnet.knowledge.kinds.base import Cpt
    >>> tables = {"flu": Cpt(np.array([0.9, 0.1])), "a b": Cpt(np.array([[0.8, 0.3], [0.2, 0.7]]), ("flu",))}
    >>> asked = imported(Discrete(tables, dict.fromkeys(tables, ("no", "yes"))), "x.bif", "flu", "0")
    >>> asked.diagnoses, asked.findings["a_b"].label, asked.findings["a_b"].given.rows["yes"].text
    (('no', 'yes'), 'a b', '0.3 0.7 ~ 50 @imported')
    """
    _refuse_size(model, name)
    names = _Names.of(model, target)
    stem = name.removesuffix(".gz").rpartition(".")[0]
    label = model.labels.get(target, target)
    network = Network(
        name=plain_identifiers([stem])[0],
        label=f"{stem}: {label}",
        version="imported",
        description=f"Imported from {name}. The diagnosis is its variable {target}.",
        limits=tuple(_limits(model, name, names)),
        diagnosis={
            id: Diagnosis(label=f"{label}: {state}", short=state)
            for id, state in zip(names.states[target], model.states[target], strict=True)
        },
        settings={SETTING: _setting(model, names, target, name)},
        findings=_imported_findings(model, names, target, name),
        references={IMPORTED_KEY: Reference(key=IMPORTED_KEY, title=f"File {name}, SHA-256 {digest}")},
    ).model_copy(update={"fingerprint": sha256(f"{digest} {target}".encode()).hexdigest()[:12]})
    if faults := list(faults_of_structure(network)):
        raise CheckError(faults)
    return network


def _imported_findings(model: Discrete, names: _Names, target: str, name: str) -> dict[str, Finding]:
    """Every variable but the target."""
    return {
        names.variables[v]: Finding.model_validate(
            {
                "label": model.labels.get(v, v),
                "states": names.states[v],
                "given": _imported_table(model, names, v, name),
            }
        )
        for v in model.tables
        if v != target
    }


def _refuse_size(model: Discrete, name: str) -> None:
    """Refuse a network of one variable, and tables larger than ours may be."""
    if len(model.tables) < 2:
        message = "has one variable alone: there is nothing to find"
        raise CheckError([Issue("error", name, message, "give a network of two variables or more")])
    if large := [v for v, table in model.tables.items() if table.values[0].size > MAX_COLUMNS]:
        message = f"{large[0]} has over {MAX_COLUMNS:,} combinations of parent states"
        raise CheckError([Issue("error", name, message, "take fewer parents")])


@dataclass(frozen=True)
class _Names:
    """Our ids of the variables, and of the states of each; ``renamed`` are those unlike in the file."""

    variables: Mapping[str, str]
    states: Mapping[str, tuple[str, ...]]
    renamed: Sequence[str]

    @classmethod
    def of(cls, model: Discrete, target: str) -> _Names:
        others = [v for v in model.tables if v != target]
        taken = [ATYPICAL, DEFAULT]
        plain = plain_identifiers([*taken, *map(_finding_name, others)])[len(taken) :]
        ids = dict(zip(others, plain, strict=True))
        states = {v: _state_names(model.states[v]) for v in others}
        states[target] = _state_names(plain_identifiers(_state_names(model.states[target])))
        renamed = [f"{v} ({ids[v]})" for v in others if ids[v] != v]
        for v in model.tables:
            pairs = zip(model.states[v], states[v], strict=True)
            renamed += [f"{old} ({new}) of {v}" for old, new in pairs if old != new]
        return cls({**ids, target: DIAGNOSIS}, states, renamed)


def _finding_name(variable: str) -> str:
    """Name of a variable as a finding: a plain identifier, and no column of every table of cases."""
    (name,) = plain_identifiers([variable])
    return f"{name}_finding" if name.casefold() in CASE_COLUMNS else name


def _state_names(states: Sequence[str]) -> tuple[str, ...]:
    """Names of states as they stand, but for characters and words that our files give a meaning.

    What stands for an unknown value there is a state with numbers of its own; here it is never taken for *not
    examined*.
    """
    plain: list[str] = []
    for state in states:
        words = (
            "".join(letter if re.fullmatch(STATE, letter) else "_" for letter in w) for w in state.split()
        )
        first = name = " ".join(words)
        number = 1
        if says_unknown(name):
            first = name = f"{name}_state"
        while name in (*plain, DEFAULT):
            number += 1
            name = f"{first}_{number}"
        plain.append(name)
    return tuple(plain)


def _setting(model: Discrete, names: _Names, target: str, name: str) -> Setting:
    table, label = model.tables[target], f"As in {name}"
    if table.parents:
        return Setting.model_validate({"label": label, "given": _imported_table(model, names, target, name)})
    shares = table.values / table.values.sum()
    texts = [f"{p!r} ~ {WEIGHT:g} @{IMPORTED_KEY}" for p in map(float, shares)]
    prior = {d: Estimate.parse(text, where=name) for d, text in zip(names.states[target], texts, strict=True)}
    return Setting(label=label, prior=prior)


def _imported_table(model: Discrete, names: _Names, variable: str, name: str) -> ConditionalTable:
    """The numbers of a variable as they stand in the file, each row with its weight and source."""
    table = model.tables[variable]
    keys = [", ".join(states) for states in product(*(names.states[parent] for parent in table.parents))]
    texts = [f"{' '.join(row)} ~ {WEIGHT:g} @{IMPORTED_KEY}" for row in number_rows(table)]
    return ConditionalTable(
        parents=tuple(names.variables[parent] for parent in table.parents),
        rows={
            key or DEFAULT: Estimate.parse(text, where=name) for key, text in zip(keys, texts, strict=True)
        },
    )


def _limits(model: Discrete, name: str, names: _Names) -> list[str]:
    """What a reader of an imported network must know."""
    found = [
        f"Imported from {name}, which holds tables alone: no sources, no codes, no procedures.",
        f"The file does not say how much its numbers weigh. Each counts as {WEIGHT:g} patients: that "
        "decides about credible intervals and sensitivities, but about no probability.",
    ]
    if names.renamed:
        shown = ", ".join(names.renamed[:8]) + (", ..." if len(names.renamed) > 8 else "")
        found.append(f"Names that are written otherwise here: {shown}.")
    found += [f"{issue.message[:1].upper()}{issue.message[1:]}." for issue in model.issues]
    return found


def rounded(model: Discrete, name: str) -> list[Issue]:
    """A warning where rows that do not quite sum to 1 are scaled to it."""
    off = {v: np.abs(table.values.sum(axis=0) - 1) for v, table in model.tables.items()}
    count = sum(int((distance > ROUNDED).sum()) for distance in off.values())
    if not count:
        return []
    worst = max(off, key=lambda v: float(off[v].max()))
    within = f"{float(off[worst].max()):.2g} ({worst})"
    message = f"{counted(count, 'row')} sum to 1 only within {within} and are scaled to it"
    return [Issue("warning", name, message, "see whether the file is rounded, or faulty")]
