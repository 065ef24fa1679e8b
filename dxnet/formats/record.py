"""Record of answers: all that they rest on and every number, to be replayed and compared exactly."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from dxnet.errors import CaseError, DxnetError, Issue, brief
from dxnet.formats.cases.fields import unreadable_keys
from dxnet.formats.cases.json_files import parse_json
from dxnet.formats.cases.own_outputs import RECORD, refuse_other_output
from dxnet.inference.case import Case, State
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine
from dxnet.inference.likelihood import without_common_factor
from dxnet.kept_files import program_name
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import MAX_TEXT_BYTES, parse_yaml, utf8_text

MOST_ROUNDED = 1e-9
"""Numbers that are no further apart than this differ by the rounding of another order of sums alone."""
_RECORDED_LIBRARIES = ("dxnet", "numpy", "numba", "llvmlite", "pgmpy")


class _RecordPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RecordedAnswer(_RecordPart):
    """One case and its numbers: P(diagnosis) before and after the findings, by id, and log P(findings)."""

    case: str
    findings: Mapping[str, str | Mapping[str, float]]
    pre_test: Mapping[str, float]
    post_test: Mapping[str, float]
    log_p_findings: float

    def numbers(self) -> Iterator[tuple[str, float]]:
        """Every number with its name."""
        yield "log P(findings)", self.log_p_findings
        yield from ((f"pre-test P({name})", p) for name, p in self.pre_test.items())
        yield from ((f"post-test P({name})", p) for name, p in self.post_test.items())


class Record(_RecordPart):
    """Some answers, and what they rest on. JSON keeps each float exactly.

    Args:
        kind: says what the file is, and in which form.
        recorded: when, in UTC.
        source: the name or directory that the network was loaded from.
        network: its name, version and fingerprint.
        versions: of dxnet, the name of its program, which changes with it, of the libraries that compute, of
            Python, and the kind of machine.
        setting, backend: how it was asked.
        answers: one a case.
    """

    kind: Literal["dxnet record 1"] = "dxnet record 1"
    recorded: str
    source: str
    network: Mapping[str, str]
    versions: Mapping[str, str]
    setting: str
    backend: str
    answers: Sequence[RecordedAnswer]


def make_record(engine: Engine, answers: Sequence[Differential], source: str) -> Record:
    """The record of some answers of an engine.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("asia"))
    >>> kept = make_record(engine, [engine.diagnose(Case({"smoking": "present"}))], "asia")
    >>> replay_record(kept, engine.network).is_same
    True
    """
    return Record(
        recorded=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        source=source,
        network=_network_facts(engine.network),
        versions=_versions(),
        setting=engine.setting,
        backend=engine.backend,
        answers=[_recorded_answer(answer) for answer in answers],
    )


def dump_record(kept: Record) -> str:
    """The text of a record.

    Raises:
        CaseError: too many cases for a file that ``read_record`` takes.
    """
    text = kept.model_dump_json(indent=2) + "\n"
    if len(text.encode()) > MAX_TEXT_BYTES:
        message = f"{len(kept.answers):,} cases are too many for one record"
        raise CaseError([Issue("error", "", message, "record them in several files")])
    return text


def read_record(path: Path) -> Record:
    """The record in a file.

    Raises:
        ParseError, CaseError: no such record; every problem.
    """
    is_yaml = path.suffix.lower() in (".yaml", ".yml")
    document = (parse_yaml if is_yaml else parse_json)(utf8_text(path), path.name)
    refuse_other_output(document, path.name, RECORD)
    if faults := unreadable_keys(document):
        raise CaseError(faults)
    fix = "give a file that 'dxnet diagnose --record FILE' wrote"
    if "kind" not in document:
        raise CaseError([Issue("error", path.name, "is no record", fix)])
    try:
        return Record.model_validate(document)
    except ValidationError as problem:
        raise CaseError(
            [
                Issue("error", path.name, f"{'.'.join(map(str, error['loc']))}: {error['msg'].lower()}", fix)
                for error in problem.errors()
            ]
        ) from None


@dataclass(frozen=True)
class ReplayDifference:
    """What is not as recorded; ``by`` is the absolute difference of two numbers."""

    what: str
    recorded: str | float
    now: str | float
    by: float | None = None

    @property
    def is_rounding(self) -> bool:
        """Whether it is of two numbers as near to each other as rounding leaves them."""
        return self.by is not None and self.by <= MOST_ROUNDED

    def __str__(self) -> str:
        size = f" (by {self.by:.2g})" if self.by is not None else ""
        return f"{self.what}: {self.recorded} recorded, {self.now} now{size}"


@dataclass(frozen=True)
class Replay:
    """How the replay of a record compares with it.

    Args:
        network: differences of name, version and fingerprint.
        versions: differences of libraries and machine; they matter only where numbers differ.
        cases: for each case its id and the numbers that differ, the largest difference first.
    """

    network: tuple[ReplayDifference, ...]
    versions: tuple[ReplayDifference, ...]
    cases: tuple[tuple[str, tuple[ReplayDifference, ...]], ...]

    @property
    def is_same(self) -> bool:
        """Whether the network is the recorded one and every number the same but for ``rounding``."""
        return not self.network and all(it.is_rounding for _, found in self.cases for it in found)

    @property
    def rounding(self) -> float:
        """The largest difference that rounding explains; 0 where all is the same to the last bit."""
        return max((it.by or 0.0 for _, found in self.cases for it in found if it.is_rounding), default=0.0)


def replay_record(kept: Record, network: Network) -> Replay:
    """Ask again what a record asked, and compare every number.

    A case that can no longer be answered (a finding that is gone) is a difference, not an error.
    """
    engine: Engine | DxnetError
    try:
        engine = Engine(network, kept.setting, kept.backend)
    except DxnetError as problem:
        engine = problem
    return Replay(
        tuple(_fact_differences("network ", kept.network, _network_facts(network))),
        tuple(_fact_differences("", kept.versions, _versions())),
        tuple((answer.case, tuple(_compare_answer(answer, engine))) for answer in kept.answers),
    )


def _compare_answer(answer: RecordedAnswer, engine: Engine | DxnetError) -> Iterator[ReplayDifference]:
    try:
        if isinstance(engine, DxnetError):
            raise engine
        again = _recorded_answer(engine.diagnose(_case_to_ask(answer, engine.network)))
    except DxnetError as problem:
        yield ReplayDifference("answer", "one", f"none, as {problem.issues[0].message}")
        return
    before, now = dict(answer.numbers()), dict(again.numbers())
    found = [
        ReplayDifference(name, p, now[name], abs(p - now[name]))
        for name, p in before.items()
        if name in now and p != now[name]
    ]
    yield from sorted(found, key=lambda difference: -(difference.by or 0))
    yield from (ReplayDifference(name, before[name], "none") for name in before if name not in now)
    yield from (ReplayDifference(name, "none", now[name]) for name in now if name not in before)


def _case_to_ask(answer: RecordedAnswer, network: Network) -> Case:
    """The case of an answer; P(what was seen | state) could have a common factor when it was recorded."""
    findings: dict[str, State] = {}
    for name, state in answer.findings.items():
        if isinstance(state, str) or name not in network.findings:
            findings[name] = state
        else:
            findings[name] = without_common_factor(network.findings[name].states, dict(state))
    return Case(findings, id=answer.case)


def _fact_differences(
    kind: str, recorded: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[ReplayDifference]:
    for name in dict.fromkeys([*recorded, *now]):
        before, after = recorded.get(name, "none"), now.get(name, "none")
        if before != after:
            yield ReplayDifference(f"{kind}{name}", brief(before)[1:-1], after)


def _recorded_answer(answer: Differential) -> RecordedAnswer:
    diagnoses = answer.network.diagnoses
    return RecordedAnswer(
        case=answer.case.id,
        findings={
            str(name): str(state) if isinstance(state, str) else {str(s): float(p) for s, p in state.items()}
            for name, state in answer.case.findings.items()
        },
        pre_test=dict(zip(diagnoses, map(float, answer.pre_test), strict=True)),
        post_test=dict(zip(diagnoses, map(float, answer.post_test), strict=True)),
        log_p_findings=answer.log_p_findings,
    )


def _network_facts(network: Network) -> dict[str, str]:
    return {"name": network.name, "version": network.version, "fingerprint": network.fingerprint}


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    found["program"] = program_name()
    for name in _RECORDED_LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found
