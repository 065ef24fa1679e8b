"""Functions that are imported at their first call, so that a registry can be read without its entries."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazily(target: str) -> Callable[..., Any]:
    """The function ``module:name``, imported at its first call.

    >>> lazily("math:sqrt")(9.0)
    3.0
    """
    module, _, name = target.partition(":")

    def call(*args: Any, **options: Any) -> Any:
        return getattr(import_module(module), name)(*args, **options)

    call.__name__ = name
    return call
