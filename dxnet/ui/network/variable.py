"""The right of the Network page, and its tables: what a variable, diagnosis or setting states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from dxnet import DxnetError, Estimate, Network
from dxnet.knowledge.estimate import ESTIMATE_KEY
from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.links import children
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.knowledge.place import Place
from dxnet.report.content.variable import facts, kind, priors, rows, telling, unnamed
from dxnet.review.check import adopted, compared
from dxnet.ui.case.why import shown
from dxnet.ui.network import session as desks
from dxnet.ui.network.session import Desk, label
from dxnet.ui.shared.session import complaints, literal
from dxnet.words import counted, percent, words

TELLING = 15
HPO = "https://hpo.jax.org/browse/term/"


def summary(network: Network, desk: Desk) -> None:
    """What it is; its parents and children as buttons."""
    name = desk.chosen
    if not name:
        about(network)
        return
    st.markdown(f"**{literal(label(network, name))}**  \n{kind(network, name)} · `{name}`")
    if name in network.settings:
        st.markdown(literal(network.settings[name].description))
    else:
        st.markdown(
            "\n".join(f"- {title}: {told(title, text)}" for title, text in facts(network, name) if text)
        )
    if name in network.nodes:
        relatives(network, desk, "Depends on", parents(network, name))
        relatives(network, desk, "On it depend", children(network, name))


def told(title: str, text: str) -> str:
    """A fact; an HPO id as a link."""
    return f"[{literal(text)}]({HPO}{text})" if title == "HPO" else literal(text)


def about(network: Network) -> None:
    """The network in a few lines, for those who chose nothing yet."""
    st.markdown(f"**{literal(network.label)}** {literal(network.version)}  \n{literal(network.description)}")
    parts = {
        "diagnosis": network.diagnosis,
        "mechanism": network.mechanisms,
        "incidental cause": network.incidental,
        "finding": network.findings,
        "setting": network.settings,
        "reference": network.references,
    }
    lines = [counted(len(members), part) for part, members in parts.items()]
    st.markdown(
        "\n".join(f"- {line}" for line in [*lines, counted(len(dict(network.estimates())), "number")])
    )
    st.markdown("Choose a variable by its name above, or click in the chart, to see its numbers and sources.")


def relatives(network: Network, desk: Desk, title: str, names: Sequence[str]) -> None:
    """Buttons that choose a parent or child."""
    if not names:
        return
    others = [name for name in names if name != DIAGNOSIS]
    both = " and" if others else ""
    st.markdown(f"**{title}**{f' the diagnosis{both}' if DIAGNOSIS in names else ''}")
    with st.container(horizontal=True, gap="xsmall"):
        for name in others:
            text = literal(label(network, name))
            st.button(text, key=f"{title}:{name}", on_click=desk.choose, args=(name,))


def stated(network: Network, name: str) -> list[tuple[str, Place, Estimate]]:
    """The numbers of what is chosen: what each is for, its place, itself; each place once."""
    if name in network.diagnosis:
        found = [(setting, place, e) for setting, place, _, e in priors(network, name)]
    else:
        found = list(rows(network, name))
    return [next(row for row in found if row[1] == place) for place in dict.fromkeys(p for _, p, _ in found)]


def numbers(network: Network, name: str) -> None:
    """Table of the numbers, and below it their references."""
    found = stated(network, name) if name else []
    if not name:
        st.markdown("Nothing is chosen yet.")
        return
    if not found:
        st.markdown("It has no numbers of its own: it follows from others.")
        return
    st.caption(f"{meaning(network, name)} Weight: the number of patients that the figure is worth.")
    table = pd.DataFrame(
        {
            "For": [literal(row_name(network, row)) for row, *_ in found],
            "Probability": [shown(e) for *_, e in found],
            "Written": [f"`{e.text}`" for *_, e in found],
            "Weight": [f"{e.weight:.0f}" for *_, e in found],
            "Reason": [literal(e.reason) for *_, e in found],
            "File": [literal(e.where) for *_, e in found],
        }
    )
    st.table(table, hide_index=True, alt=f"Numbers of {label(network, name)}")
    rest = unnamed(network, name) if name in network.nodes else []
    if rest:
        st.caption(f"default stands for: {', '.join(network.diagnosis[d].name for d in rest)}")
    references(network, (e for *_, e in found))


def row_name(network: Network, row: str) -> str:
    """A row of a table: the diagnosis by its name, or as the file has it."""
    return network.diagnosis[row].name if row in network.diagnosis else row


def meaning(network: Network, name: str) -> str:
    """What the probabilities of a table are of."""
    if name not in network.nodes:
        return "Pre-test probability of the diagnosis."
    states = network.states(name)
    given = network.nodes[name].given
    above = f" given {', '.join(given.parents)}" if given and given.parents else ""
    return f"Probability of {', '.join(map(words, states[1:] if len(states) == 2 else states))}{above}."


def references(network: Network, estimates: Iterable[Estimate]) -> None:
    """The works behind some numbers, as links."""
    lines = []
    for key in dict.fromkeys(key for estimate in estimates for key in estimate.sources):
        if key == ESTIMATE_KEY:
            lines.append("- @estimate: no published figure; a reasoned estimate, with its reason")
        elif reference := network.references.get(key):
            read = f" (read: {reference.read})" if reference.read else ""
            link = f" [{literal(reference.link)}]({reference.link})" if reference.link else ""
            lines.append(f"- @{key}: {literal(reference.cited)}{link}{read}")
    st.markdown("\n".join(lines))


def literature(network: Network, name: str) -> None:
    """Adopted figures of the evidence table beside those of the built network."""
    try:
        figures = adopted(network).get(name, {})
        found = list(compared(network, name, figures, desks.built(network)[name])) if figures else []
    except DxnetError as problem:
        st.error("  \n".join(complaints(network, problem)))
        return
    if not found:
        st.markdown("The evidence table has no figure for it.")
        return
    far = sum(figure.is_far for figure in found)
    st.markdown(
        f"{far} of {counted(len(found), 'figure')} of the literature differ by more than 5 percentage points."
    )
    if network.findings[name].explained:
        st.markdown(f"Why: {literal(network.findings[name].explained)}")
    found.sort(key=lambda figure: -abs(figure.built - figure.adopted.p))
    table = pd.DataFrame(
        {
            "Diagnosis": [network.diagnosis[f.diagnosis].name for f in found],
            "State": [words(f.state) for f in found],
            "Literature": [percent(f.adopted.p) for f in found],
            "This network": [percent(f.built) for f in found],
            "Drift": ["departs" if f.is_far else "" for f in found],
        }
    )
    st.table(table, hide_index=True, alt="Figures of the literature and of this network")


def most_telling(network: Network, name: str) -> None:
    """The findings that differ most between a diagnosis and the mean of all."""
    try:
        found = telling(network, name, desks.built(network))[:TELLING]
    except DxnetError as problem:
        st.error("  \n".join(complaints(network, problem)))
        return
    table = pd.DataFrame(
        {
            "Finding": [label(network, finding) for finding, *_ in found],
            "State": [words(state) for _, state, *_ in found],
            "Here": [percent(here) for _, _, here, *_ in found],
            "Mean of all": [percent(mean) for *_, mean, _ in found],
            "Written": [f"`{e.text}`" if e else "" for *_, e in found],
            "Reason": [literal(e.reason) if e else "" for *_, e in found],
        }
    )
    st.table(table, hide_index=True, alt=f"Findings that tell {label(network, name)} from the others")
