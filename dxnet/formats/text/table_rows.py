"""Rows of tables of needle EMG and nerve conduction: what stands in the column of a heading."""

from __future__ import annotations

from collections.abc import Sequence

from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.lexicon import Lexicon
from dxnet.knowledge.network import Network


def rows_of_tables(text: str, lexicon: Lexicon, network: Network) -> Sequence[Mention]:
    """Findings of the tables of a letter."""
    return []
