"""A letter beside its proposals, decided by mouse or keyboard in the browser.

Each key is obeyed at once there, by what stands on the screen, so that none is lost or meets another
finding while the server answers; the server hears what was decided, and checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dxnet import Case
from dxnet.report.content.letter import STATEMENT_KINDS, LetterToDecide
from dxnet.ui.shared.browser_parts import browser_part, told
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.incoming import LETTER, Incoming
from dxnet.ui.shared.session_letter import OpenLetter, letter_aside

DECISIONS_KEY = "letter_decisions"
_decision_list = browser_part(__file__)


def draw_decisions(form: Form, letter: OpenLetter, laid: LetterToDecide) -> None:
    """Draw the letter and its proposals; take what was decided to the case when the user says so."""

    def decided() -> None:
        keep_decisions(letter, laid, told(DECISIONS_KEY, "decided"))

    def taken() -> None:
        take_decisions(form, letter, laid, told(DECISIONS_KEY, "take"))

    kinds = {name: {"sign": sign, "name": words} for name, (sign, words) in STATEMENT_KINDS.items()}
    aside = letter_aside()
    data = {
        "id": letter.id,
        "aside": aside and aside.id,
        "kinds": kinds,
        "decisions": letter.decisions,
        **asdict(laid),
    }
    _decision_list(key=DECISIONS_KEY, data=data, on_decided_change=decided, on_take_change=taken)


def keep_decisions(letter: OpenLetter, laid: LetterToDecide, message: Mapping[str, Any] | None) -> None:
    """Keep what the browser says was decided, if it is of this letter and among what may be chosen."""
    if message and message["id"] == letter.id:
        letter.decisions = laid.decided(message["decisions"])


def take_decisions(
    form: Form, letter: OpenLetter, laid: LetterToDecide, message: Mapping[str, Any] | None
) -> None:
    """Bring what was accepted to the case, in one step that can be undone."""
    keep_decisions(letter, laid, message)
    accepted = {name: entry for name, entry in letter.decisions.items() if entry is not None}
    if message and accepted:
        form.bring(Incoming(LETTER, Case(accepted), called_normal=letter.read.called_normal))
        letter.is_taken = True
