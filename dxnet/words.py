"""How numbers and results are put into words, the same in the command line, the app and reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, log

DECIBAN = 10 / log(10)
"""Decibans in a unit of natural log-odds; 10 of them make odds ten times as high."""
WIDE, WIDEST = "wide", 0.9
"""Word for an interval of probabilities that spans more than that: its ends would tell nothing."""
INK = "#1B2733"
"""Colour of text in charts, on pages and in reports."""
FORMULA_START = r"^([=+\-@\t\r\n])"
"""Regular expression of how a text begins that a spreadsheet would run as a formula."""
WITHOUT_ID = "without id"
"""What stands for the id of a case that has none."""


def percent(p: float, digits: int = 1) -> str:
    """A probability in per cent, never as 0 or 100: even 1.0 may be a rounded 0.9999999999999999.

    What engines differ by in the last digits does not show.

    >>> percent(0.123), percent(0.00004), percent(0.99999), percent(1.0)
    ('12.3 %', '<0.1 %', '>99.9 %', '>99.9 %')
    >>> percent(0.001), percent(0.0009999999999999998)
    ('0.1 %', '0.1 %')
    """
    least, hundredths = 10.0**-digits, round(100 * p, 10)
    if hundredths < least:
        return f"<{least:.{digits}f} %"
    if hundredths > 100 - least:
        return f">{100 - least:.{digits}f} %"
    return f"{hundredths:.{digits}f} %"


def between(low: float, high: float) -> str:
    """An interval of probabilities in whole per cent, rounded outwards, never 0 or 100; or WIDE.

    >>> between(0.123, 0.456), between(0.0001, 0.02), between(0.9, 0.9999), between(0.0, 0.001)
    ('12–46 %', '<1–2 %', '90–>99 %', '<1 %')
    >>> between(0.001, 0.999), between(0.04, 0.92)
    ('wide', '4–92 %')
    """
    if high - low > WIDEST:
        return WIDE
    whole = (floor(round(100 * low, 6)), ceil(round(100 * high, 6)))
    ends = ["<1" if p < 1 or (p == 1 and high < 0.01) else ">99" if p > 99 else str(p) for p in whole]
    return f"{'–'.join(dict.fromkeys(ends))} %"


def probabilities(mean: Sequence[float]) -> str:
    """The probabilities of the states of a variable in per cent; of two states the second alone.

    >>> probabilities((0.8, 0.2)), probabilities((0.2, 0.3, 0.5))
    ('20.0 %', '20.0 % 30.0 % 50.0 %')
    """
    return " ".join(map(percent, mean[1:] if len(mean) == 2 else mean))


def number_in_percent(p: float) -> str:
    """A probability of a network in per cent with three digits, small ones too, but never as 0 or 100.

    >>> [number_in_percent(p) for p in (0.54, 0.00892, 1e-7, 0.9999)]
    ['54 %', '0.892 %', '<0.001 %', '>99.9 %']
    """
    return "<0.001 %" if p < 1e-5 else ">99.9 %" if p > 0.9995 else f"{100 * p:.3g} %"


def decibans(log_odds: float) -> str:
    """A change of log-odds (natural logarithm) in decibans.

    >>> decibans(log(10))
    '+10.0'
    """
    return f"{log_odds * DECIBAN:+.1f}"


def share(part: float) -> str:
    """A counted share in per cent, which may well be 0 or 100.

    >>> share(2 / 3), share(1.0)
    ('66.7 %', '100.0 %')
    """
    return f"{100 * part:.1f} %"


def nats(loss: float) -> str:
    """A log loss, in nats.

    >>> nats(0.4404)
    '0.440'
    """
    return f"{loss:.3f}"


def text_bar(p: float, width: int = 20) -> str:
    """A probability as a bar of text, at most ``width`` characters; anything above 0 shows.

    >>> text_bar(0.5, 8), text_bar(0.001, 8), text_bar(0.0, 8)
    ('████', '▏', '')
    """
    eighths = round(8 * width * p)
    full, rest = divmod(max(eighths, 1) if p > 0 else 0, 8)
    return "█" * full + " ▏▎▍▌▋▊▉"[rest].strip()


def counted(number: int, thing: str) -> str:
    """A number with its noun.

    >>> counted(1, "finding"), counted(3, "finding"), counted(2, "diagnosis")
    ('1 finding', '3 findings', '2 diagnoses')
    """
    many = f"{thing[:-2]}es" if thing.endswith("is") else f"{thing}s"
    return f"{number} {thing if number == 1 else many}"


def shortened(text: str, most: int) -> str:
    """Text of so many characters at most.

    >>> shortened("diagnosis", 5)
    'diag…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def without_middle(text: str, most: int) -> str:
    """Text of so many characters at most that keeps both ends, as the place of a number needs them.

    >>> without_middle("settings.general_practice.common_cold", 30)
    'settings.g…ractice.common_cold'
    """
    return text if len(text) <= most else f"{text[: most // 3]}…{text[most // 3 + 1 - most :]}"


def before_after(texts: Iterable[str]) -> str:
    """What was before and what is after, once where they are the same.

    >>> before_after(["1", "2"]), before_after(["1", "1"])
    ('1 → 2', '1')
    """
    return " → ".join(dict.fromkeys(texts))


def state_in_words(state: str | Mapping[str, float]) -> str:
    """A state, or the likelihoods above 0 of several, as it is shown.

    >>> state_in_words("long_or_dorsal"), state_in_words({"present": 0.8, "absent": 0.2})
    ('long or dorsal', 'uncertain (present 0.8, absent 0.2)')
    """
    if isinstance(state, str):
        return state.replace("_", " ")
    return f"uncertain ({', '.join(f'{state_in_words(name)} {value:g}' for name, value in state.items())})"


def in_style(text: str) -> str:
    """Text as it may stand between the quotes of a style sheet: any sign with a meaning there by its number.

    >>> print(in_style('a"b'))
    a\\22 b
    """
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text)


def without_formula(text: str | None) -> str | None:
    """Text for a cell of a CSV file: an apostrophe before it keeps a spreadsheet from running it.

    >>> without_formula("=1+1"), without_formula("case 1")
    ("'=1+1", 'case 1')
    """
    return text and re.sub(FORMULA_START, r"'\1", text)
