"""From the result of a laboratory test to findings: by its number, or by what its report says of it.

Where the network says what a number means, the number decides, unless its report judges it otherwise. A test
that is one of several behind a finding (TSH and calcium) becomes a statement about its own HPO term.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.finding_terms import FindingTerms
from dxnet.formats.cases.laboratory import TestResult, judged, statements_of
from dxnet.formats.cases.quantities import agreeing, agreeing_part, text_of
from dxnet.formats.cases.term_labels import Statement
from dxnet.inference.visit import State
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.knowledge.ontology import laboratory_tests, phenotypes
from dxnet.knowledge.strict_yaml import Scalar


class TestFindings(NamedTuple):
    """What a result says: findings with their numbers, statements about terms, or why it says nothing."""

    pairs: Sequence[tuple[Scalar, State]] = ()
    statements: Sequence[Statement] = ()
    problem: str = ""


def result_findings(
    reading: Reading, code: Scalar, name: str, result: TestResult, units: Iterable[str]
) -> TestFindings:
    """What a result under a LOINC code says of findings.

    Args:
        reading: of the record, by whose network it is read.
        code: of LOINC, one of those that ``is_test_of`` knows.
        name: what the record calls the test.
        result: its number, with what its report says of it.
        units: that the number may be in.
    """
    network, units = reading.network, list(units)
    finding, meaning = _measured_by(reading.terms, code)
    if finding and not meaning and (text := agreeing(network, finding, result, units)):
        return TestFindings([(Scalar(finding, code.where), Scalar(text, code.where))])
    if meaning and (part := agreeing_part(network, finding, meaning, result, units)):
        text, state = part
        is_present = state != network.findings[finding].states[0]
        source = f"{name}, {text.removeprefix(f'{meaning.of} ')}"
        term = Scalar(meaning.hpo, code.where)
        return TestFindings(statements=[Statement(term, "", is_present, source, reading.entry, text)])
    flag = judged(result)
    statements = [statement._replace(entry=reading.entry) for statement in statements_of(code, name, flag)]
    if statements:
        return TestFindings(statements=statements)
    if " " not in flag:
        return TestFindings(problem=f"is {flag}, which does not say the state")
    why = "" if result.flags or result.ranges else _why_no_number(network, finding, meaning, result, units)
    if why:
        return TestFindings(problem=f"has neither a number that can be read ({why}) nor an interpretation")
    return TestFindings(problem=flag)


def _why_no_number(
    network: Network, finding: str, meaning: NumberMeaning | None, result: TestResult, units: Sequence[str]
) -> str:
    """Why the number of a test is none of its finding; '' where it is one, or there is no number."""
    text = text_of(result, next(iter(units), ""))
    if not finding or not text:
        return ""
    return read_entered(network, finding, f"{meaning.of} {text}" if meaning else text).problem


def _measured_by(terms: FindingTerms, code: str) -> tuple[str, NumberMeaning | None]:
    """The finding whose number a test gives, and which of its several numbers; '' where it gives none."""
    own = {above for term in laboratory_tests()[code] if term for above in phenotypes().above(term)}
    findings = terms.network.findings
    parts = [(name, it) for name in findings for it in findings[name].number if it.hpo in own]
    if len(parts) == 1:
        return parts[0]
    shown = {name for term in laboratory_tests()[code] if term for name in terms.shown_by(term)}
    single = [name for name in shown if len(findings[name].number) == 1]
    return (single[0], None) if len(single) == 1 and not parts else ("", None)
