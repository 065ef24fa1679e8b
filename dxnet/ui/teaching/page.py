"""The Learn page: a published case step by step, the learner's answers beside the network's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.evaluation.published_cases import FIT_NOT_GENERALISATION
from dxnet.reasoning.next_tests import label_of_test
from dxnet.report.content.lesson import (
    better_test,
    both_rankings,
    open_findings,
    solution,
    why_network_first,
)
from dxnet.report.content.next_procedures import IN_TURNS
from dxnet.teaching.exercise import (
    LEAST_OTHERS,
    MOST_RANKED,
    STOP,
    Belief,
    Exercise,
    Turn,
    give_answer,
    go_on,
)
from dxnet.ui.shared import frame
from dxnet.ui.shared.bars import PairBar, pair_bars
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.ui.shared.served import shared_engine
from dxnet.ui.teaching.kept_lessons import keep_lessons, taken_up_lessons
from dxnet.ui.teaching.lessons import Lessons
from dxnet.ui.teaching.scores import draw_learner_scores
from dxnet.words import counted, share

ORDINALS = ("Most probable", "Second", "Third")
HOW = (
    f"A published case is opened step by step. At each step name up to {MOST_RANKED} diagnoses with their "
    "probabilities and choose what to do next; you then see how the network ranks them, which procedure "
    f"comes next, and why. Procedures come in the order of the Case page: {IN_TURNS}. Your probabilities are "
    f"scored; what you leave over is shared by all other diagnoses alike, and {share(LEAST_OTHERS)} at least "
    "must be."
)


def draw_teaching_page(network: Network, form: Form) -> None:
    """Draw the page."""
    mine = taken_up_lessons(network)
    frame.page_title("Learn on published cases")
    if not mine.cases:
        st.info(
            "None of the published cases that dxnet ships fits this network, so there is nothing to learn on."
        )
        frame.page_foot(network)
        return
    exercise = mine.take_up(network)
    steps = f"{counted(len(exercise.opened), 'step')} open"
    st.caption(f"Case {mine.number + 1} of {len(mine.cases)} · {steps}")
    left, right = st.columns(2, gap="large")
    with left:
        frame.heading("What is known")
        show_parts(open_findings(exercise))
    with right:
        if exercise.is_answered:
            draw_feedback(exercise, mine)
        else:
            draw_question(exercise, mine)
    keep_lessons(network, mine)
    if mine.closed:
        draw_learner_scores(network, mine.closed)
    with st.expander("How this works", expanded=not mine.closed and not exercise.turns):
        st.markdown(HOW)
        st.markdown(FIT_NOT_GENERALISATION)
    frame.page_foot(network, f"setting {network.settings[mine.setting].label}")


def draw_question(exercise: Exercise, mine: Lessons) -> None:
    """The fields of an answer; what is filled in stays while other pages are open."""
    frame.heading("What do you think it is?")
    network, step = exercise.network, f"{mine.seed}:{mine.number}:{len(exercise.opened)}"
    last = dict(enumerate(exercise.turns[-1].belief.named)) if exercise.turns else {}
    options = {name: diagnosis_option(network, name) for name in network.diagnoses}
    with st.container(border=True):
        rows = []
        for rank, ordinal in enumerate(ORDINALS):
            named, p = last.get(rank, (None, 0.0))
            wide, narrow = st.columns([3, 1], vertical_alignment="bottom")
            name = wide.selectbox(
                ordinal,
                sorted(options, key=lambda name: options[name].casefold()),
                index=None,
                format_func=options.__getitem__,
                placeholder="Choose a diagnosis" if rank == 0 else "None",
                key=drafted(mine, f"named:{step}:{rank}", named),
                filter_mode="contains",
            )
            per_cent = narrow.text_input(
                f"{ordinal} (%)", key=drafted(mine, f"per_cent:{step}:{rank}", f"{100 * p:g}" if p else "")
            )
            rows.append((name, per_cent))
        ordered = choose_next(exercise, mine, step)
        sent = st.button("Answer", type="primary")
    mine.draft = {key: st.session_state[key] for key in mine.draft if key in st.session_state}
    for problem in mine.problems:
        st.error(problem)
    if sent:
        submit(exercise, mine, rows, ordered)


def diagnosis_option(network: Network, name: str) -> str:
    """All by which a diagnosis is found: short name, label and id, each where the others do not tell it.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> diagnosis_option(als, "pma"), diagnosis_option(als, "mg")
    ('PMA: Progressive muscular atrophy', 'Myasthenia gravis · mg')
    """
    it, known = network.diagnosis[name], name.replace("_", " ")
    text = it.label if it.label.startswith(it.name) else f"{it.name}: {it.label}"
    return text if known in text.casefold() else f"{text} · {known}"


def drafted(mine: Lessons, key: str, value: str | None) -> str:
    """The key of a field that holds what was filled in before, at first ``value``."""
    mine.draft.setdefault(key, value)
    if key not in st.session_state:
        st.session_state[key] = mine.draft[key]
    return key


def choose_next(exercise: Exercise, mine: Lessons, step: str) -> str | None:
    """What to do next, None until it is chosen; where a procedure burdens nobody, it is done anyway."""
    network, offered = exercise.network, exercise.to_order
    if exercise.must_order:
        st.caption(f"Next comes: {literal(label_of_test(network, offered[0]))}.")
        return offered[0]
    if not offered:
        st.caption("Nothing is left to order: this is your last answer.")
        return STOP
    chosen: str | None = st.selectbox(
        "Next",
        [*offered, STOP],
        index=None,
        placeholder="Choose what to do next",
        format_func=lambda name: label_of_test(network, name) if name else "Nothing more: this is my answer",
        help="All procedures, whether the published case reports a result or not",
        key=drafted(mine, f"ordered:{step}", None),
        filter_mode="contains",
    )
    return chosen


def submit(
    exercise: Exercise, mine: Lessons, rows: list[tuple[str | None, str]], ordered: str | None
) -> None:
    """Give the answer, or say all that is missing or cannot be."""
    mine.problems, named = [*half_filled(rows)], []
    for ordinal, (name, text) in zip(ORDINALS, rows, strict=True):
        try:
            if name and text.strip():
                named.append((name, read_per_cent(text) / 100))
        except ValueError:
            mine.problems.append(
                f"“{ordinal} (%)”: {literal(text)} is no number of per cent. Write one such as 60 or 7.5."
            )
    belief = Belief(tuple(named))
    if belief.named or not mine.problems:
        faults = [*belief.faults(exercise.network)]
        mine.problems += problems_in_words(exercise.network, DxnetError(faults)) if faults else []
    if ordered is None:
        mine.problems.append("Choose what to do next.")
    elif not mine.problems:
        try:
            engine = shared_engine(exercise.network, mine.setting)
            with st.spinner("Asking the network …"):
                mine.move(give_answer(engine, exercise, belief, ordered))
        except DxnetError as problem:
            mine.problems = problems_in_words(exercise.network, problem)
    st.rerun()


def read_per_cent(text: str) -> float:
    """A number of per cent as it was written, with a decimal point or comma: thousands are none.

    Raises:
        ValueError: it is no number.

    >>> read_per_cent("7,5"), read_per_cent("33.5 %")
    (7.5, 33.5)
    """
    return float(text.strip().removesuffix("%").replace(",", "."))


def half_filled(rows: Sequence[tuple[str | None, str]]) -> Iterator[str]:
    """Rows with a diagnosis or a probability alone.

    >>> [*half_filled([("als", ""), (None, ""), (None, "20")])][0]
    '“Most probable” has a diagnosis, but no probability. Give one, or clear the diagnosis.'
    """
    for ordinal, (name, per_cent) in zip(ORDINALS, rows, strict=True):
        if per_cent.strip() and not name:
            yield f"“{ordinal}” has a probability, but no diagnosis. Choose one, or clear the number."
        if name and not per_cent.strip():
            yield f"“{ordinal}” has a diagnosis, but no probability. Give one, or clear the diagnosis."


def draw_feedback(exercise: Exercise, mine: Lessons) -> None:
    """The network's answer beside the learner's, the better test, and what comes next."""
    network, turn = exercise.network, exercise.turns[-1]
    if exercise.closed:
        frame.heading("The case is closed")
        show_parts(solution(exercise))
        st.button("Next case", type="primary", on_click=mine.next_case)
    else:
        frame.heading("The network's ranking")
        label = label_of_test(network, turn.ordered) if turn.ordered else "the diagnosis"
        st.button(f"Go on: {literal(label)}", type="primary", on_click=lambda: mine.move(go_on(exercise)))
    draw_both(network, turn)
    if exercise.closed:
        return
    if turn.offered:
        frame.heading("The next test")
        show_parts(better_test(network, turn))
    with st.expander("Why does the network rank so?"):
        show_parts(why_network_first(network, turn))


def draw_both(network: Network, turn: Turn) -> None:
    """The probabilities of the learner and of the network, a row a diagnosis."""
    bars = [
        PairBar(network.diagnosis[name].name, mine, theirs)
        for name, mine, theirs in both_rankings(network, turn)
    ]
    st.html(pair_bars(bars, "Your probabilities and the network's", ("You", "Network")))
    st.caption(
        "Open circle: you · filled: the network · numbers: you, network, difference in percentage points"
    )
