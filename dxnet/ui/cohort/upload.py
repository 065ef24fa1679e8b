"""A cohort as one user has it in the app: the table, how it is read, and its answers. All in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from dxnet import DxnetError, Engine, Network
from dxnet.cohort.mapping import Unread, check_mapping, match_columns, translate, unread
from dxnet.cohort.results import join_results, score_parts, unread_diagnoses
from dxnet.cohort.upload import UPLOAD_KINDS, read_upload
from dxnet.errors import Issue
from dxnet.knowledge.columns import LABEL_COLUMNS
from dxnet.ui.shared.file_field import require_kind
from dxnet.ui.shared.safe_text import literal, problems_in_words

LEFT_OUT = "left out"
MAX_TABLE_MEGABYTES = 200


@dataclass(frozen=True)
class CohortAnswer:
    """A scored cohort: the question and the answers.

    Args:
        asked: what decides about the answers; when it changes they are of no more use.
        scored, report: of ``join_results``.
        diagnosis: the known diagnosis of each row, if there is such a column.
        unread_truths: rows whose known diagnosis cannot be read.
    """

    asked: object
    scored: pd.DataFrame
    report: pd.DataFrame
    diagnosis: pd.Series | None
    unread_truths: int = 0


@dataclass
class Cohort:
    """An uploaded table.

    Args:
        file, name: its id among uploads, and its name.
        network: fingerprint of the network that its columns were matched to.
        table: as it stands in the file.
        issues: what was left out of it.
        suggested: column -> target and by what it was recognised.
        mapping: column -> finding, ``id`` or ``diagnosis``; columns left out are not in it.
        choices: how values that are no states are to be read.
    """

    file: str
    name: str
    network: str
    table: pd.DataFrame
    issues: list[Issue]
    suggested: dict[str, tuple[str, str]]
    mapping: dict[str, str]
    choices: dict[str, str] = field(default_factory=dict)
    answer: CohortAnswer | None = None
    _unread: tuple[object, list[Unread]] | None = None

    @classmethod
    def read(cls, network: Network, file: str, name: str, content: bytes) -> Cohort:
        """The table of a file, its columns mapped as far as they are recognised.

        Raises:
            CaseError: the file is no table.
        """
        table, issues = read_upload(name, content, (*network.findings, *LABEL_COLUMNS))
        matches = match_columns(network, list(table.columns))
        suggested = {column: (match.target, match.by) for column, match in matches.items()}
        mapping = {column: match.target for column, match in matches.items()}
        return cls(file, name, network.fingerprint, table, issues, suggested, mapping)

    def problems(self, network: Network) -> list[str]:
        """Why the table cannot be scored as it is mapped."""
        try:
            check_mapping(network, self.mapping)
        except DxnetError as problem:
            return problems_in_words(network, problem)
        return []

    def unread(self, network: Network) -> list[Unread]:
        """Values that are no states, whether chosen how to be read or not."""
        if not self._unread or self._unread[0] != self.mapping:
            self._unread = dict(self.mapping), unread(network, self.table, self.mapping)
        return self._unread[1]

    def asked(self, engine: Engine) -> object:
        """Everything that determines the answers."""
        network = engine.network
        return (
            self.file,
            dict(self.mapping),
            dict(self.choices),
            engine.setting,
            network.name,
            network.fingerprint,
        )

    def score(self, engine: Engine) -> CohortAnswer:
        """Score the table, with a bar of progress."""
        cases = translate(self.table, self.mapping, self.unread(engine.network), self.choices)
        bar, parts, done = st.progress(0.0, "Scoring …"), [], 0
        for part in score_parts(engine, cases):
            parts.append(part)
            done += len(part)
            bar.progress(done / len(cases), f"{done:,} of {len(cases):,} cases")
        bar.empty()
        diagnosis = cases.get(LABEL_COLUMNS[1])
        unread_truths = [] if diagnosis is None else unread_diagnoses(engine.network, diagnosis)
        scored, report = join_results(parts, self.mapping, unread_truths)
        self.answer = CohortAnswer(self.asked(engine), scored, report, diagnosis, len(unread_truths))
        return self.answer


@dataclass
class Shelf:
    """The cohort of one session.

    Args:
        cohort: the open one.
        problems: why the last file could not be opened, in readable words.
        opened: how many files were opened.
    """

    cohort: Cohort | None = None
    problems: list[str] = field(default_factory=list)
    opened: int = 0

    def open(self, network: Network, name: str, content: bytes) -> None:
        """Take the table of a file; one that cannot be read leaves the open one as it is."""
        self.opened, self.problems = self.opened + 1, []
        try:
            require_kind(name, content, dict.fromkeys(UPLOAD_KINDS, MAX_TABLE_MEGABYTES))
            self.cohort = Cohort.read(network, str(self.opened), name, content)
        except DxnetError as problem:
            self.problems = [literal(f"{name} was not opened."), *problems_in_words(network, problem)]

    def close(self) -> None:
        """Forget the table and its answers."""
        self.cohort, self.problems = None, []
