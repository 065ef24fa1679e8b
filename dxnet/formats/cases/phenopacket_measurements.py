"""Measurements of a phenopacket: under local codes, the network's own, or LOINC."""

from __future__ import annotations

from collections.abc import Mapping

from dxnet.errors import Issue
from dxnet.formats.cases.code_systems import coding_of_curie
from dxnet.formats.cases.codes import of_curie, split_own_code
from dxnet.formats.cases.fields import MAP_CODES, Reading
from dxnet.formats.cases.laboratory import is_test_of, judged, present_by_flag
from dxnet.formats.cases.laboratory_findings import result_findings
from dxnet.formats.cases.local_codes import LocalCode
from dxnet.formats.cases.local_entries import StatedValue, local_findings, stated_value
from dxnet.formats.cases.phenopacket_values import quantity_result
from dxnet.formats.cases.quantities import read_result
from dxnet.formats.cases.stated_likelihoods import StatedLikelihood, stated_likelihoods
from dxnet.knowledge.alike import did_you_mean_finding
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Scalar

_MEASUREMENT = ("description", "assay", "value", "complexValue", "timeObserved", "procedure")
_TIMES_A_FACTOR = "P(what was seen | state), times a common factor"
"""The unit of likelihoods in phenopackets that dxnet wrote when these could have a factor."""


def read_measurement(reading: Reading, network: Network, measurement: Map, urls: Mapping[str, str]) -> None:
    """What a measurement says of a finding; ``urls`` are the addresses of prefixes."""
    reading.known(measurement, _MEASUREMENT, "measurements")
    assay = reading.map(measurement, "assay")
    code = reading.text(assay, "id")
    name = reading.text(assay, "label") or code or Scalar("a measurement", measurement.where)
    row = reading.begin_entry("measurement", [coding_of_curie(code, urls)], name, measurement.where)
    own = of_curie(network, code)
    if row:
        _local_measurement(reading, network, measurement, row)
        return
    if own is None:
        _laboratory_measurement(reading, network, measurement, code, name)
        return
    if measurement.get("value"):
        _own_number(reading, network, reading.map(measurement, "value"), Scalar(own, code.where))
        return
    _own_likelihoods(reading, network, measurement, Scalar(own, code.where))


def _own_likelihoods(reading: Reading, network: Network, measurement: Map, own: Scalar) -> None:
    """P(what was seen | state) of each state under the network's own code."""
    stated: dict[str, StatedLikelihood] = {}
    for part in reading.maps(reading.map(measurement, "complexValue"), "typedQuantities"):
        kind = reading.text(reading.map(part, "type"), "id")
        finding, state = split_own_code(of_curie(network, kind) or "")
        if finding != own or not state or state in stated:
            message = f"{own}: {kind or 'nothing'} is not another state of it"
            reading.faults.append(Issue("error", kind.where, message, "write each state once"))
        quantity = reading.map(part, "quantity")
        has_factor = reading.text(reading.map(quantity, "unit"), "label") == _TIMES_A_FACTOR
        stated[state] = StatedLikelihood(Scalar(state, kind.where), quantity, has_factor)
    likelihoods = stated_likelihoods(reading, own, stated.values())
    if not any(likelihoods.values()):
        message, fix = f"{own}: no state has a likelihood above 0", "give one, or leave it out"
        reading.faults.append(Issue("error", own.where, message, fix))
    reading.observe(own, likelihoods)


def _local_measurement(reading: Reading, network: Network, measurement: Map, row: LocalCode) -> None:
    """A measurement under a local code: its number, its word, or what its reference range says of it."""
    value = reading.map(measurement, "value")
    result, units = quantity_result(reading, value)
    words = [word for word in [str(reading.text(reading.map(value, "ontologyClass"), "label"))] if word]

    def stated(finding: str) -> StatedValue:
        return stated_value(network, finding, result, units, words, None)

    present = present_by_flag(judged(result))
    for finding, state in local_findings(reading, row, present, stated, measurement.where):
        reading.observe(finding, state)


def _laboratory_measurement(
    reading: Reading, network: Network, measurement: Map, code: Scalar, name: str
) -> None:
    """A laboratory test under its LOINC code, judged by its own reference range."""
    prefix, _, number_ = code.partition(":")
    if prefix.upper() not in ("LOINC", "LNC") or not is_test_of(reading.terms, number_):
        message = f"the measurement {name} is not read: left out"
        kind = "measurements are not read: left out"
        fix = f"enter it as a finding, or {MAP_CODES}"
        reading.unknown(measurement.where, message, fix, kind, str(name), "measurement")
        return
    result, units = quantity_result(reading, reading.map(measurement, "value"))
    found = result_findings(reading, Scalar(number_, code.where), name, result, units)
    for pair in found.pairs:
        reading.observe(*pair)
    reading.statements += found.statements
    if found.problem:
        reading.warn(measurement.where, f"the test {name} {found.problem}: left out", "enter it as a finding")


def _own_number(reading: Reading, network: Network, value: Map, name: Scalar) -> None:
    """A number under the network's own code, or the text of one with its state."""
    if name not in network.findings:
        fix = did_you_mean_finding(network, name)
        reading.faults.append(Issue("error", name.where, f"unknown finding {str(name)!r}", fix))
        return
    text: str = reading.text(reading.map(value, "ontologyClass"), "label")
    found = read_entered(network, name, text)
    if "quantity" in value:
        text, found = read_result(network, name, *quantity_result(reading, value))
    if found.kind == "unread":
        reading.faults.append(Issue("error", value.where, f"{name}: {found.problem}", found.fix))
    reading.observe(name, Scalar(text, value.where))
