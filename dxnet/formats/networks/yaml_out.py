"""An imported network as files of ours: what ``load_network`` reads back is the same network."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping

from dxnet.errors import CheckError, Issue
from dxnet.formats.networks.imported import SETTING
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import MAX_TEXT_BYTES, MAX_YAML_ENTRIES
from dxnet.knowledge.table import DEFAULT, ConditionalTable

_PLAIN_SCALAR = re.compile(r"\w[\w.<>=+\-()/%]*(?:,? [\w<(][\w.<>=+\-()/%]*)*", re.ASCII)
"""Text that YAML takes as it stands; all other text is written in double quotes."""
_SPARE = 0.9
"""Of the largest file that is read, so much is filled."""


def network_files(network: Network) -> dict[str, str]:
    """The text of each file of an imported network, by its name.

    Raises:
        CheckError: a table too long for a file of ours.
    """
    rows = [["key", "title"], *([key, work.title] for key, work in network.references.items())]
    references = io.StringIO()
    csv.writer(references, lineterminator="\n").writerows(rows)
    files = {"network.yaml": "\n".join(_head(network)) + "\n", "references.csv": references.getvalue()}
    parts = list(_parts_of_findings(network))
    for number, part in enumerate(parts, 1):
        files[f"findings_{number}.yaml" if len(parts) > 1 else "findings.yaml"] = f"findings:\n{part}"
    return files


def _head(network: Network) -> Iterator[str]:
    for key in ("name", "label", "version", "description"):
        yield f"{key}: {_scalar(getattr(network, key))}"
    yield "references: references.csv"
    yield "limits:"
    yield from (f"  - {_scalar(limit)}" for limit in network.limits)
    yield "\ndiagnosis:"
    for id, diagnosis in network.diagnosis.items():
        label, short = _json_quoted(diagnosis.label), _json_quoted(diagnosis.short)
        yield f"  {_scalar(id)}: {{label: {label}, short: {short}}}"
    setting = network.settings[SETTING]
    yield f"\nsettings:\n  {SETTING}:\n    label: {_scalar(setting.label)}"
    if setting.given:
        yield from _table_lines(setting.given)
    else:
        yield from ("    prior:", *_lines_of_table(setting.prior or {}))


def _parts_of_findings(network: Network) -> Iterator[str]:
    """The findings, in as many parts as the limits of a file ask for."""
    texts: list[str] = []
    entries = size = 0
    for id, finding in network.findings.items():
        assert finding.given is not None
        lines = [
            f"  {_scalar(id)}:",
            f"    label: {_scalar(finding.label)}",
            f"    states: [{', '.join(map(_json_quoted, finding.states))}]",
            *_table_lines(finding.given),
        ]
        text = "\n".join(lines) + "\n"
        more = 2 * len(finding.given.rows) + len(finding.states) + 8
        if more > _SPARE * MAX_YAML_ENTRIES or len(text.encode()) > _SPARE * MAX_TEXT_BYTES:
            message = f"its table of {len(finding.given.rows):,} rows is too long for a file"
            fix = "use the file that it comes from, or take fewer parents"
            raise CheckError([Issue("error", id, message, fix)])
        is_full = (
            entries + more > _SPARE * MAX_YAML_ENTRIES or size + len(text.encode()) > _SPARE * MAX_TEXT_BYTES
        )
        if texts and is_full:
            yield "".join(texts)
            texts, entries, size = [], 0, 0
        texts.append(text)
        entries, size = entries + more, size + len(text.encode())
    yield "".join(texts)


def _table_lines(table: ConditionalTable) -> Iterator[str]:
    if table.parents:
        yield f"    given {', '.join(table.parents)}:"
        yield from _lines_of_table(table.rows)
    else:
        yield f"    probability: {table.rows[DEFAULT].text}"


def _lines_of_table(rows: Mapping[str, Estimate]) -> Iterator[str]:
    yield from (f"      {_scalar(row)}: {estimate.text}" for row, estimate in rows.items())


def _scalar(text: str) -> str:
    return text if _PLAIN_SCALAR.fullmatch(text) else _json_quoted(text)


def _json_quoted(text: str) -> str:
    """In double quotes, as in JSON, which YAML reads alike."""
    return json.dumps(text, ensure_ascii=False)
