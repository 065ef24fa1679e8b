"""Units of measurement: how people write them, and what one is in another.

Units are converted by the library pint, which is imported only where a unit differs from that of a network.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pint

ULN = "ULN"
"""Times the upper limit of normal."""
PERCENT, PLUSES, MRC = "%", "+", "/5"
"""Per cent (of what is predicted), the grade of a reflex (3+) and of strength (4/5): never converted."""
_SPELLED = {
    **dict.fromkeys(("%", "percent", "per cent", "% predicted", "% pred", "% of predicted"), PERCENT),
    **dict.fromkeys(("uln", "x uln", "xuln", "× uln", "×uln", "times uln", "fold uln", "* uln"), ULN),
    **dict.fromkeys(("times the upper limit", "x upper limit", "times the upper limit of normal"), ULN),
    **dict.fromkeys(("years", "year", "yrs", "yr", "y", "a", "years old", "years of age"), "years"),
    **dict.fromkeys(("months", "month", "mo"), "months"),
    **dict.fromkeys(("/mm3", "/mm³", "/mm^3", "cells/mm3", "cells/mm³", "cells/mm^3", "mpt/l"), "/µL"),
    **dict.fromkeys(("cells/µl", "cells/ul", "cells/mcl", "/µl", "/ul", "/mcl"), "/µL"),
    **dict.fromkeys(("10*6/l", "10^6/l", "cells x 10^6/l", "x10^6/l", "x 10^6/l"), "/µL"),
}
_UNIT_SPELLINGS = {spelling.casefold(): unit for spelling, unit in _SPELLED.items()}
_UCUM_CODES = {"years": "a", "months": "mo", "/µL": "/uL"}
"""The code of UCUM (https://ucum.org) where it is not how the unit is written; 'µ' is 'u' in it."""
_NOTHING_COUNTED = re.compile(r"^(?:1|\{[^{}]*\})(?=/[^0-9])")
"""What UCUM may write before a stroke: 1/uL and {cells}/uL are /uL."""
_ENZYME = re.compile(r"([mµukn]?)(?:U|u|\[?[Ii][Uu]\]?)")
_UNIT_TOKEN = re.compile(r"[A-Za-zµ]{1,12}")


def unit_spelling(unit: str) -> str:
    """A unit as networks write it, where it is one of many spellings; others as they are.

    >>> [unit_spelling(unit) for unit in ("% predicted", "x ULN", "cells/mm3", "IU/l", "mg/dl")]
    ['%', 'ULN', '/µL', 'U/L', 'mg/dL']
    """
    text = _NOTHING_COUNTED.sub("", " ".join(unit.replace("μ", "µ").split()))
    if known := _UNIT_SPELLINGS.get(text.casefold()):
        return known
    return "/".join(_part_of_unit(part.strip()) for part in text.split("/")) if "/" in text else text


def with_unit(number: str, unit: str) -> str:
    """A number with its unit behind it, apart from it where the unit is no mere stroke or plus.

    >>> with_unit("71", "%"), with_unit("5", "/µL"), with_unit("3", "1/uL"), with_unit("64", "")
    ('71 %', '5/µL', '3 1/uL', '64')
    """
    return f"{number}{unit}" if unit[:1] in ("", "/", "+") else f"{number} {unit}"


def ucum(unit: str) -> str:
    """The code of UCUM for a unit.

    >>> ucum("years"), ucum("µkat/L"), ucum("x ULN")
    ('a', 'ukat/L', '')
    """
    known = unit_spelling(unit)
    if known in (ULN, PLUSES, MRC):
        return ""
    return _UCUM_CODES.get(known, known).replace("µ", "u")


@lru_cache(maxsize=1024)
def factor(unit: str, wanted: str, molar_mass: float | None = None) -> float | None:
    """What a number in ``unit`` is multiplied by for one in ``wanted``; None where neither can be the other.

    Args:
        unit, wanted: as ``unit_spelling`` writes them.
        molar_mass: g/mol, where a mass may stand for an amount.

    >>> factor("U/L", "U/L"), round(factor("µkat/L", "U/L"), 9), factor("mg/L", "U/L")
    (1.0, 60.0, None)
    >>> round(factor("mg/dL", "mmol/L", 40.078), 4), round(factor("mmol/L", "mg/dL", 40.078), 4)
    (0.2495, 4.0078)
    """
    if unit == wanted:
        return 1.0
    have, want = _parsed(unit), _parsed(wanted)
    if have is None or want is None:
        return None
    ways = [(1.0, "")] + ([(1 / molar_mass, "mole/gram"), (molar_mass, "gram/mole")] if molar_mass else [])
    for number, per in ways:
        changed = have * _registry().Quantity(number, per)
        if changed.dimensionality == want.dimensionality:
            return float((changed / want).to("").magnitude)
    return None


def _part_of_unit(text: str) -> str:
    """One part of a compound unit with litres and enzyme units in their usual case."""
    if found := _ENZYME.fullmatch(text):
        return f"{found[1].replace('u', 'µ')}U"
    text = f"µ{text[1:]}" if re.fullmatch(r"u[a-z]+", text) else text.replace("mcg", "µg")
    return re.sub(r"^([mdµnpf]?)l$", r"\1L", text)


@cache
def _registry() -> pint.UnitRegistry[float]:
    import pint

    return pint.UnitRegistry()


def _parsed(unit: str) -> pint.Quantity[float] | None:
    """A unit as a quantity of 1, or None where it is none: of plain names and strokes, and nothing else."""
    import pint

    above, *below = unit.split("/")
    if len(below) > 2 or not all(map(_UNIT_TOKEN.fullmatch, [*([above] if above else []), *below])):
        return None
    try:
        quantity = _registry().Quantity(1.0, above or "")
        for part in below:
            quantity = quantity / _registry().Quantity(1.0, part)
        quantity.to_base_units()
    except (pint.PintError, AttributeError, ValueError):
        return None
    return quantity


def is_unit(unit: str) -> bool:
    """Whether numbers in other units can be converted to this one, or it is one that is never converted.

    >>> is_unit("mg/dL"), is_unit("/µL"), is_unit("ULN"), is_unit("celcius")
    (True, True, True, False)
    """
    return not unit or unit in (ULN, PERCENT, PLUSES, MRC) or _parsed(unit) is not None


def is_amount(unit: str) -> bool:
    """Whether a unit is of a mass or an amount of substance, of which a molar mass makes one the other.

    >>> is_amount("mg/dL"), is_amount("µmol/L"), is_amount("/min")
    (True, True, False)
    """
    quantity = _parsed(unit)
    return quantity is not None and not {"[mass]", "[substance]"}.isdisjoint(quantity.dimensionality)
