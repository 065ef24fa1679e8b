"""Mappings that stay as they were made, and say what to do when they are written to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Self, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ReadOnly(dict[K, V]):
    """A dict that cannot be changed; ``dict(it)`` and ``{**it}`` are dicts that can.

    A kind of it says in ``CURE`` how to have other entries.

    >>> class Parts(ReadOnly):
    ...     CURE = "make another one"
    >>> Parts(a=1)["a"] = 2
    Traceback (most recent call last):
    TypeError: cannot be changed; make another one
    """

    __slots__ = ()
    CURE: ClassVar[str]

    @classmethod
    def of(cls, mapping: Mapping[K, V]) -> Self:
        """A copy that is read-only, as are the mappings in it; what is one already stays as it is."""
        if type(mapping) is cls:
            return mapping
        return cls(
            (key, cls.of(value) if isinstance(value, Mapping) else value) for key, value in mapping.items()
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are filled at once, not entry by entry."""
        return type(self), (dict(self),)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(f"cannot be changed; {self.CURE}")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


class NetworkMapping(ReadOnly[K, V]):
    """What a network or a part of it holds, by name."""

    __slots__ = ()
    CURE = (
        "change numbers with change_numbers(network, {place: '0.3 ~ 10 @estimate'}), "
        "and all else with model_copy(update={...})"
    )


class CaseMapping(ReadOnly[K, V]):
    """What a case or a visit holds, by name."""

    __slots__ = ()
    CURE = (
        "make another case, as case.with_findings({**case.findings, 'fever': 'present'}) or Case(...), "
        "or another Visit"
    )
