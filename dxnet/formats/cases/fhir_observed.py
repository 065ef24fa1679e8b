"""What of the Observations of a FHIR Bundle stands: of each thing the last and final word on it.

That something is absent at one site does not say that it is absent elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dxnet.formats.cases.codes import states_of
from dxnet.formats.cases.fhir_sites import LEFT_SIDE, RIGHT_SIDE, WHOLE, Site, site_of
from dxnet.formats.cases.fhir_values import Time
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.quantities import as_written
from dxnet.formats.cases.term_labels import Statement, current_id
from dxnet.inference.visit import State
from dxnet.knowledge.network import Network
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.strict_yaml import Map, Scalar

Said = tuple[Scalar, State] | Statement
"""A finding in so many words, or a statement of a term."""


class ObservedFinding(NamedTuple):
    """A finding in so many words, or a statement of a term, with its time and its entry in the record.

    ``site`` is where on the body, as far as the code does not say so.
    """

    statement: Said
    when: Time | None
    entry: int
    site: Site = WHOLE
    is_preliminary: bool = False

    @property
    def key(self) -> str:
        """What observations of the same thing have in common."""
        return current_id(self._code) if isinstance(self.statement, Statement) else str(self._code)

    @property
    def where(self) -> str:
        """``file:line``."""
        return self._code.where

    @property
    def _code(self) -> Scalar:
        return self.statement.code if isinstance(self.statement, Statement) else self.statement[0]

    @property
    def value(self) -> object:
        """What two observations of the same thing may differ in."""
        return self.statement.present if isinstance(self.statement, Statement) else self.statement[1]

    @property
    def name(self) -> str:
        """The thing that was observed, as messages name it."""
        return self.statement.name if isinstance(self.statement, Statement) else self.key

    @property
    def shown(self) -> str:
        """Its value, as messages name it."""
        if isinstance(self.statement, Statement):
            return "present" if self.statement.present else "absent"
        return self.statement[1] if isinstance(self.statement[1], str) else "uncertain"

    @property
    def on_day(self) -> str:
        """Its day, as messages name it behind its value; '' where that is not known."""
        return f" on {self.when[0].date()}" if self.when else ""

    def is_before(self, other: ObservedFinding) -> bool:
        """Whether it is known to be earlier."""
        return bool(self.when and other.when and self.when[1] < other.when[0])


def lasting(reading: Reading, observed: Sequence[ObservedFinding]) -> Iterator[ObservedFinding]:
    """Of each thing what was observed last; observations that cannot be put in order all stand."""
    groups: dict[str, list[ObservedFinding]] = {}
    for one in observed:
        groups.setdefault(one.key, []).append(one)
    for group in groups.values():
        whole = list(_of_whole_body(reading, group))
        for one in _last(reading, whole) if whole else ():
            if one.is_preliminary:
                text = f"{one.name}, {one.shown}{one.on_day}"
                message, kind = f"1 result is preliminary ({text})", "results are preliminary"
                reading.info(one.where, message, kind, text)
            yield one


def is_denied(network: Network, statement: Said) -> bool:
    """Whether a statement rather denies than affirms that something was found."""
    if isinstance(statement, Statement):
        return not statement.present
    name, state = str(statement[0]), as_written(network, *statement)[0]
    if name not in network.findings:
        return False
    if isinstance(state, str):
        state = network.soften(name, state) or {state: 1.0}
    normal = states_of(network.findings[name], present=False)
    largest = max(state.values())
    return any(state.get(it, 0) == largest for it in normal)


def site_of_said(reading: Reading, resource: Map, said: Said) -> Site:
    """Where on the body something is said of, as far as it does not say so by what it is called itself."""
    if isinstance(said, Statement):
        term = phenotypes().find(said.code)
        return site_of(reading, resource, [term.name] if term else [])
    finding = reading.network.findings.get(str(said[0]))
    return site_of(reading, resource, [finding.label] if finding else [])


def warn_of_site(reading: Reading, where: str, name: str, site: Site) -> None:
    """Tell that something is absent at one site, and thereby not at all others."""
    there = f"{name} at {' '.join(site)}"
    message = f"{name} is absent at one site ({' '.join(site)}), which says nothing of others"
    kind = "findings are absent at one site, which says nothing of others: left out"
    fix = "enter the finding if it was examined everywhere"
    reading.understood += 1
    reading.warn(where, f"{message}: left out", fix, kind, there)


def _of_whole_body(reading: Reading, group: Sequence[ObservedFinding]) -> Iterator[ObservedFinding]:
    """What says something of the whole: present at any site, absent at no single one or on both sides."""
    sites: dict[Site, list[ObservedFinding]] = {}
    for one in group:
        sites.setdefault(one.site, []).append(one)
    yield from sites.pop(WHOLE, ())
    last = {site: list(_last(reading, ones)) for site, ones in sites.items()}
    denied = {
        site: ones
        for site, ones in last.items()
        if all(is_denied(reading.network, one.statement) for one in ones)
    }
    is_of_both_sides = LEFT_SIDE in denied and RIGHT_SIDE in denied
    for site, ones in last.items():
        if site not in denied or (is_of_both_sides and site in (LEFT_SIDE, RIGHT_SIDE)):
            yield from ones
            continue
        for one in ones:
            reading.entry = one.entry
            warn_of_site(reading, one.where, one.name, site)


def _last(reading: Reading, group: Sequence[ObservedFinding]) -> Iterator[ObservedFinding]:
    """The last of several observations of the same thing; a preliminary one only after all final ones."""
    final = [one for one in group if not one.is_preliminary]
    standing = [one for one in group if not one.is_preliminary or all(it.is_before(one) for it in final)]
    last = _latest_observation(standing)
    yield from standing if last is None else [last]
    held = last or next(iter(final), standing[0])
    for one in group:
        if one.entry != held.entry and (last or one not in standing):
            reading.outdate(one.entry)
    for one in group:
        if one not in standing and one.value != held.value:
            by_preliminary = f"{one.name} is {one.shown}{one.on_day} by a preliminary result"
            message = f"{by_preliminary} and {held.shown}{held.on_day} by a final one"
            kind = "preliminary results differ from final ones, which hold"
            reading.entry = one.entry
            reading.warn(one.where, f"{message}, which holds", "", kind, f"{one.name}, {one.shown}")
    earlier = [one for one in standing if last and one.value != last.value]
    if last and earlier:
        _warn_of_earlier(reading, last, earlier)


def _warn_of_earlier(reading: Reading, last: ObservedFinding, earlier: Sequence[ObservedFinding]) -> None:
    earlier_values = ", ".join(f"{one.shown}{one.on_day} ({one.where})" for one in earlier)
    message = f"{last.name} was {earlier_values} before it was {last.shown}{last.on_day}: the latest holds"
    kind = "findings changed from visit to visit: the latest holds"
    reading.entry = last.entry
    reading.warn(last.where, message, "", kind, f"{last.name}, {last.shown} after {earlier_values}")


def _latest_observation(group: Sequence[ObservedFinding]) -> ObservedFinding | None:
    """The one of several that is later than all others of another value; None where the times do not say."""
    if len(group) < 2:
        return None
    timed = [(one.when, one) for one in group if one.when]
    if len(timed) < len(group):
        return None
    (begin_of_last, _), last = max(timed, key=lambda pair: pair[0][0])
    is_clear = all(one.value == last.value or when[1] < begin_of_last for when, one in timed)
    return last if is_clear else None
