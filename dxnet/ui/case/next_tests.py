"""Below the answer: which procedure to do next, and what must not be missed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dxnet import Engine, Network, next_tests
from dxnet.reasoning.next_tests import SETTLED, NextTest, Result, label_of_test, never_miss
from dxnet.ui.shared.session import Form
from dxnet.words import percent, words

SHOWN, RESULTS = 8, 12
BURDENS = ("cost", "invasiveness", "availability")
LEAST = 0.005
"""Procedures that are expected to tell less, in bits, are not listed."""


def show(network: Network, form: Form, engine: Engine) -> None:
    """Procedures by expected information per burden, the results of one, and the never-miss list."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        weights = weigh()
        tests = [t for t in form.ask(engine, next_tests, **weights) if t.information >= LEAST][:SHOWN]
        if not tests:
            st.markdown("Every procedure is done, or tells next to nothing more.")
            return
        st.table(rows(network, tests), hide_index=True, alt="Procedures, the most telling per burden first")
        st.caption(
            "Bits: information about the diagnosis expected from all findings of the procedure at once "
            "(± standard error where sampled). Burden: weighted tiers of cost, invasiveness, availability, "
            "0 to 9. Bits per burden: bits / (1 + burden), so that what costs nothing leads."
        )
    with right:
        missed(network, form, engine)
        by_name = {test.procedure: test for test in tests}
        chosen = st.selectbox(
            "Possible results of",
            list(by_name),
            format_func=lambda name: label_of_test(network, name),
            key="results_of",
        )
        told = telling(by_name[chosen], form.ask(engine, Engine.diagnose).ranking[0])
        st.table(results(network, told), hide_index=True, alt="Results and the first rank after each")
        if rest := len(by_name[chosen].results) - len(told):
            st.caption(f"{rest} more results; those that change the first rank come first")


def weigh() -> dict[str, float]:
    """How much each kind of burden counts."""
    with st.popover("Weigh the burden"):
        return {
            name: st.slider(name.capitalize(), 0.0, 3.0, 1.0, 0.5, key=f"weight:{name}") for name in BURDENS
        }


def rows(network: Network, tests: Sequence[NextTest]) -> pd.DataFrame:
    """Procedures as they are shown."""

    def settles(test: NextTest) -> str:
        likely = [network.diagnosis[name].name for name, p in test.settles if p >= SETTLED]
        return ", ".join(likely)

    return pd.DataFrame(
        {
            "Procedure": [label_of_test(network, test.procedure) for test in tests],
            "Bits": [f"{t.information:.2f}{f' ± {t.error:.2f}' if t.error else ''}" for t in tests],
            "Burden": [f"{test.burden:g}" for test in tests],
            "Bits per burden": [f"{test.value:.3f}" for test in tests],
            "Settles (treatable)": [settles(test) for test in tests],
        }
    )


def telling(test: NextTest, first: str) -> Sequence[Result]:
    """The results that tell most: first those that put another diagnosis in front."""
    order = sorted(test.results, key=lambda r: (r.first == first, -r.first_probability))
    return order[:RESULTS] if len(order) > RESULTS else test.results


def results(network: Network, told: Sequence[Result]) -> pd.DataFrame:
    """What each result would do to the ranking."""
    return pd.DataFrame(
        {
            "Result": [f"{network.findings[r.finding].label}: {words(r.state)}" for r in told],
            "Probability": [percent(result.probability) for result in told],
            "First rank then": [
                f"{network.diagnosis[result.first].name} {percent(result.first_probability)}"
                for result in told
            ],
        }
    )


def missed(network: Network, form: Form, engine: Engine) -> None:
    """Treatable diagnoses that are not unlikely, with what settles each."""
    found = form.ask(engine, never_miss)
    if not found:
        return
    lines = []
    for miss in found:
        procedures = " or ".join(network.procedures[name].label for name in miss.procedures)
        lines.append(
            f"- **{network.diagnosis[miss.diagnosis].name}** {percent(miss.probability)}: {procedures}"
        )
    st.markdown("**Treatable, not to be missed** (2 % or more, not settled yet)\n" + "\n".join(lines))
