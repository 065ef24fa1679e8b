"""The kinds of case files that can be written, and the stages of a published case. It loads no writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, get_args

from dxnet.lazy import lazily

if TYPE_CHECKING:
    from dxnet.inference.case import Case
    from dxnet.knowledge.network import Network

Stage = Literal["pre", "post"]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""Of a published case: the findings before the decisive test, or all."""

CASE_WRITERS: Mapping[str, Callable[[Case, Network | None], str]] = {
    "yaml": lazily("dxnet.formats.cases.write:dump_yaml"),
    "json": lazily("dxnet.formats.cases.write:dump_json"),
    "phenopacket": lazily("dxnet.formats.cases.write:dump_coded_phenopacket"),
    "fhir": lazily("dxnet.formats.cases.write:dump_coded_fhir"),
}
"""A writer for each kind of file."""
OF_SEVERAL_CASES = (".jsonl", ".ndjson", ".csv")
"""Suffixes of files that can hold more than one case."""
