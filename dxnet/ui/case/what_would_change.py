"""Below the answer: what would change the first rank, what clashes, and which numbers it rests on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dxnet import Differential, Engine, Network
from dxnet.reasoning.conflict import conflict, flips
from dxnet.reasoning.moved_number import Number
from dxnet.reasoning.sensitivity import sensitivity
from dxnet.ui.shared.session import Form
from dxnet.words import percent, words

SHOWN = 10


def show(network: Network, form: Form, engine: Engine, answer: Differential) -> None:
    """Flips on the left; conflict and numbers on the right."""
    left, right = st.columns(2, gap="large")
    with left:
        changes(network, form, engine)
        clash(network, form, engine)
    with right:
        numbers(network, form, engine, answer)


def changes(network: Network, form: Form, engine: Engine) -> None:
    """The single findings that, if wrong, put another diagnosis first."""
    found = form.ask(engine, flips)
    st.markdown("**Single findings that, if wrong, change the first rank**")
    if not found:
        st.markdown("None: no single finding decides it.")
        return
    told = pd.DataFrame(
        {
            "If": [network.findings[flip.finding].label for flip in found],
            "Were": [words(flip.state) or "left out" for flip in found],
            "First rank then": [
                f"{network.diagnosis[flip.first].name} {percent(flip.probability)}" for flip in found
            ],
        }
    )
    st.table(told, hide_index=True, alt="Findings that would change the first rank")


def clash(network: Network, form: Form, engine: Engine) -> None:
    """Findings that are rarer together than apart, and what would resolve it."""
    found = form.ask(engine, conflict)
    st.markdown("**Do the findings fit each other?**")
    if found.value <= 0 or not found.pairs:
        many = len(form.used.findings) > 1
        st.markdown("They are no rarer together than apart." if many else "It takes two findings to clash.")
        return

    def label(name: str) -> str:
        return network.nodes[name].label

    lines = [f"Conflict {found.value:.1f} nats (Jensen; above 0 they are rarer together than apart)."]
    lines += [f"- {label(a)} clashes with {label(b)} ({value:.1f})" for a, b, value in found.pairs]
    lines += [f"- without {label(name)}: {value:.1f} is left" for name, value in found.by_finding]
    lines += [
        f"- if the patient has {label(name)}, too: {value:.1f} is left" for name, value in found.by_cause
    ]
    st.markdown("\n".join(lines))


def numbers(network: Network, form: Form, engine: Engine, answer: Differential) -> None:
    """The numbers of the network that move the first rank most."""
    first = answer.ranking[0]
    st.markdown(f"**Numbers that {network.diagnosis[first].name} rests on most**")
    found = form.ask(engine, sensitivity, diagnosis=first, top=SHOWN)
    told = pd.DataFrame(
        {
            "Number": [named(network, swing.number) for swing in found],
            "Its 90 % interval": [" to ".join(map(percent, swing.number.interval)) for swing in found],
            "First rank with these": [f"{percent(s.at_low)} to {percent(s.at_high)}" for s in found],
            "From": [", ".join(f"@{key}" for key in swing.number.estimate.sources) for swing in found],
        }
    )
    st.table(told, hide_index=True, alt="Numbers of the network that move the first rank most")


def named(network: Network, number: Number) -> str:
    """A number in the words of the network: what it is of, in which row, and of which state."""
    place = number.place
    if place.section not in ("variables", "settings"):
        return str(place).capitalize()
    label = network.nodes[place.name].label if place.section == "variables" else "Pre-test"
    rows = place.tail.split(", ")
    parts = [network.diagnosis[row].name if row in network.diagnosis else words(row) for row in rows]
    state = f": {words(number.name)}" if len(number.estimate.mean) > 2 else ""
    return f"{label}, {', '.join(parts)}{state}"
