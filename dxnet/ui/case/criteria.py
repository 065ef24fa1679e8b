"""Below the answer: the diagnostic criteria, what is undecided, and what the next category lacks."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dxnet import Network, criteria
from dxnet.reasoning.als_criteria import Criterion
from dxnet.ui.shared.session import Form

WAYS = 4
"""Ways to the next category that are told; the nearest come first."""


def show(network: Network, form: Form) -> None:
    """A row for each set of criteria, and the findings that they wait for."""
    found = criteria(network, form.used)
    if not found:
        st.markdown("This network has no diagnostic criteria.")
        return
    st.table(rows(found), hide_index=True, alt="Diagnostic criteria")
    if found[0].excluded_by:
        shows = "; ".join(network.findings[name].label for name in found[0].excluded_by)
        st.markdown(f"**Other diseases are not excluded**, which all criteria ask for. Shown by: {shows}")
    waiting = [one for one in found if one.missing]
    if waiting:
        st.markdown("**Not examined, and able to change a category**")
        st.markdown("\n".join(f"- {one.name}: {examine(network, one)}" for one in waiting))
    st.caption(
        "Criteria are read off the signs, never evidence for the ranking; uncertain signs do not count."
    )


def rows(found: Sequence[Criterion]) -> pd.DataFrame:
    """The categories as they are shown."""
    return pd.DataFrame(
        {
            "Criteria": [one.name for one in found],
            "Met": [one.category for one in found],
            "Examining the rest could bring": [one.beyond for one in found],
            "Next category": [one.lacks.category if one.lacks else "" for one in found],
            "Would need": [one.lacks.in_words(WAYS) if one.lacks else "" for one in found],
        }
    )


def examine(network: Network, one: Criterion) -> str:
    """The findings that a set of criteria waits for."""
    return "; ".join(network.findings[name].label for name in one.missing)
