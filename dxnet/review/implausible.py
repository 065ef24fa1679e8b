"""What a network may state, but hardly means: numbers without effect, names alike, parts without use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import chain

from dxnet.errors import Issue
from dxnet.inference.spread import beta_interval
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.finding import is_sign
from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.network import DIAGNOSIS, PATTERN, Finding, Mechanism, Network
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.knowledge.place import Place
from dxnet.knowledge.units import is_amount, is_unit

MOST_EXCEPTIONS = 0.5
"""A share of patients that is an exception to the figures is doubted above this."""
LEAST_PATIENTS = 1.0
"""A weight below this, in patients, is doubted."""
LEAST_RATE = 0.02
"""A finding rarer than this is seen by chance alone, whatever its mechanism."""
SLANT = 0.05
"""How far the ends of a stated interval may lie from those of its mean and weight."""
NEARLY_ALIKE = 0.9
"""How alike (0 to 1, as ``difflib`` has it) two words are of which one may be a slip."""
_CODES = {
    "orpha": (r"ORPHA:\d+", "ORPHA: and its number"),
    "mondo": (r"MONDO:\d{7}", "MONDO: and 7 digits"),
    "omim": (r"OMIM:(PS)?\d{6}", "OMIM: and 6 digits"),
    "icd10": (r"[A-Z]\d\w(\.\w{1,4})?", "a code such as G12.2"),
    "icd10cm": (r"[A-Z]\d\w(\.\w{1,4})?", "a code such as G12.21"),
}
_Named = Iterable[tuple[str, str, str]]
"""What is named, its name, and where it stands."""


def implausible(network: Network) -> Iterator[Issue]:
    """What is odd about the parts of a network, whatever is built of them.

    >>> from dxnet import load_network
    >>> list(implausible(load_network("asia")))
    []
    """
    yield from _label_clashes(network)
    yield from _slips(network)
    yield from _codes_of_diagnoses(network)
    yield from _unused(network)
    yield from _leaks(network)
    for place, estimate in network.estimates():
        yield from _number(place, estimate)
    for name, finding in network.findings.items():
        for meaning in finding.number:
            yield from _unit(name, meaning)


def _label_clashes(network: Network) -> Iterator[Issue]:
    """Two things of one label: a reader could not tell which of them is meant."""
    pictures = network.patterns.pictures if network.patterns else {}
    findings = [(f"finding {name}", it.label, it.where) for name, it in network.findings.items()]
    diagnoses = [(f"diagnosis {name}", it.label, it.where) for name, it in network.diagnosis.items()]
    patterns = [(f"pattern {name}", it.label, it.where) for name, it in pictures.items()]
    for name, label, where, other in chain(_named_twice(findings), _named_twice(diagnoses)):
        yield Issue("error", where, f"{name} has the label of {other}: {label!r}", "say how they differ")
    for name, label, where, other in _named_twice(patterns):
        yield Issue("warning", where, f"{name} has the label of {other}: {label!r}", "say how they differ")
    owners = {it.label.casefold(): name for name, it in network.findings.items()}
    for name, finding in network.findings.items():
        for word in finding.synonyms:
            if (other := owners.get(word.casefold(), name)) != name:
                message = f"{name}: its synonym {word!r} is the label of {other}"
                yield Issue("warning", finding.at("synonyms"), message, "remove it")


def _named_twice(names: _Named) -> Iterator[tuple[str, str, str, str]]:
    """Each that is named as one before it, whatever the case, and that other one."""
    first: dict[str, str] = {}
    for what, name, where in names:
        other = first.setdefault(name.casefold(), what)
        if other != what:
            yield what, name, where, other


def _slips(network: Network) -> Iterator[Issue]:
    """Words by which parts are put together, where one is nearly another: a slip would set a part apart."""
    pictures = network.patterns.pictures if network.patterns else {}
    groups = [("group", it.group, it.where) for it in network.diagnosis.values()]
    places = [("place", it.place, it.where) for it in pictures.values()]
    for words in (groups, places):
        known: list[str] = []
        for key, word, where in words:
            if word and word not in known:
                if close := get_close_matches(word, known, n=1, cutoff=NEARLY_ALIKE):
                    message = f"the {key} {word!r} is not the {key} {close[0]!r}, though nearly"
                    yield Issue("warning", where, message, "write both alike, or name them apart")
                known.append(word)


def _codes_of_diagnoses(network: Network) -> Iterator[Issue]:
    for name, diagnosis in network.diagnosis.items():
        for key, (pattern, form) in _CODES.items():
            code = getattr(diagnosis, key)
            if code and not re.fullmatch(pattern, code):
                message = f"{name}: {code!r} is no code of {key}"
                yield Issue("error", diagnosis.at(key), message, f"write {form}")


def _unused(network: Network) -> Iterator[Issue]:
    used = {parent for name in (DIAGNOSIS, *network.nodes) for parent in parents(network, name)}
    for name in {**network.mechanisms, **network.incidental}:
        if name not in used:
            yield Issue(
                "warning", network.nodes[name].where, f"nothing depends on {name}", "use it or remove it"
            )
    if network.patterns:
        given = {name for shares in network.patterns.shares.values() for name in shares}
        for name, picture in network.patterns.pictures.items():
            if name not in given:
                message = f"no diagnosis has the pattern {name} but stray patients"
                yield Issue("warning", picture.where, message, "give it a share, or remove it")


def _leaks(network: Network) -> Iterator[Issue]:
    """Rows of a finding that is no commoner than its leak: there the mechanism has nothing to explain."""
    for name, node in network.nodes.items():
        if not isinstance(node, Finding | Mechanism) or not node.through or is_sign(node) or not node.given:
            continue
        leak = (isinstance(node, Finding) and node.leak) or network.mechanisms[node.through].leak
        assert leak
        most = leak.mean[1]
        rows = [row for row, it in node.given.rows.items() if LEAST_RATE < 1 - it.mean[0] <= most]
        if rows:
            message = f"{name} is no commoner than its leak of {most:g} given {'; '.join(rows)}"
            fix = f"{node.through} tells nothing there: give a lower 'leak', or raise these rows"
            yield Issue("warning", node.where, message, fix)


def _number(place: Place, estimate: Estimate) -> Iterator[Issue]:
    is_exception = place.section in ("missed", "unexplained", "recording error")
    is_exception |= (place.name, place.key) == (PATTERN, "stray")
    if is_exception and estimate.mean[-1] > MOST_EXCEPTIONS:
        message = f"{place}: {estimate.mean[-1]:g} of the patients are an exception to the figures"
        yield Issue("warning", estimate.where, message, "give the share of those who are, not of the others")
    if estimate.weight < LEAST_PATIENTS:
        message = f"{place}: a weight of {estimate.weight:g}, less than that of one patient"
        yield Issue("warning", estimate.where, message, "give the number of patients behind it")
    if stated := re.search(r"\[\s*([^,\s]+)\s*,\s*([^,\s]+)\s*\]", estimate.text):
        low, high = map(float, stated.groups())
        p = estimate.mean[1]
        kept = beta_interval(p, estimate.weight, 0.95)
        if max(abs(kept[0] - low), abs(kept[1] - high)) > SLANT:
            message = f"{place}: [{low:g}, {high:g}] about {p:g} is kept as [{kept[0]:.2g}, {kept[1]:.2g}]"
            yield Issue("warning", estimate.where, message, "give counts, or mean ~ patients")


def _unit(name: str, meaning: NumberMeaning) -> Iterator[Issue]:
    if not is_unit(meaning.unit):
        message = f"{name}.number: no number is converted to the unit {meaning.unit!r}"
        yield Issue("warning", meaning.at("unit"), message, "write a unit of UCUM, such as mg/dL")
    elif meaning.molar_mass and not is_amount(meaning.unit):
        message = f"{name}.number: {meaning.unit} is neither a mass nor an amount, so 'molar mass' has no use"
        yield Issue("warning", meaning.at("molar mass"), message, "remove it, or correct the unit")
