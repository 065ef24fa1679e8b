"""A case file as a browser sends it: read under another name, and seen to fit the network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from dxnet import Case, Network
from dxnet.errors import CaseError, Issue, brief, did_you_mean
from dxnet.formats.cases.read import read_cases

SUFFIXES = ("yaml", "yml", "json")


def read_case_file(network: Network, name: str, content: bytes) -> Case:
    """The case of a file that fits the network. Its name, which may tell whose it is, is never written.

    Raises:
        CaseError: it cannot be read, or does not fit.
    """
    suffix = name.rpartition(".")[2].lower()
    if suffix not in SUFFIXES:
        known = ", ".join(f".{known}" for known in SUFFIXES)
        raise CaseError([Issue("error", "", f"no case file ends in {brief(suffix)}", f"known are {known}")])
    with TemporaryDirectory() as directory:
        path = Path(directory) / f"case.{suffix}"
        path.write_bytes(content)
        (case,) = read_cases(path, network=network)
    replace(case, findings={**case.findings, **case.paused}).require_fit(network)
    setting = case.about.get("setting")
    if setting and setting not in network.settings:
        fix = did_you_mean(setting, network.settings)
        raise CaseError([Issue("error", "", f"the network has no setting {brief(setting)}", fix)])
    return case
