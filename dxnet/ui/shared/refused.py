"""What was written to be entered, and was not."""

from __future__ import annotations

from typing import NamedTuple


class Refused(NamedTuple):
    """A text of which nothing is entered: as it was written, and why not, in readable words."""

    text: str
    why: tuple[str, ...]
