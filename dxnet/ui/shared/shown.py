"""Fields whose value the case says, in a part of the page that may be closed."""

from __future__ import annotations

from dxnet.kept_files import content_key


def key_of_shown(name: str, *values: object) -> str:
    """A key that belongs to one value: where the case says another, the field is another one.

    The browser keeps the last value of a field that was drawn once and is in a closed popover, and sends it
    with the next click on anything, as if it had been chosen. A field whose key is gone takes no value.

    >>> key_of_shown("sure", "clonus", "absent") == key_of_shown("sure", "clonus", "present")
    False
    """
    return f"{name}:{content_key(*(repr(value).encode() for value in values))[:12]}"
