"""Products that are scaled up before they vanish."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from dxnet.inference.backends.compiled.jit import inline

LIFT = 256
RESCALE_BELOW = 2.0**-LIFT
"""A product whose largest entry is smaller is scaled up by 2**LIFT, which loses nothing."""


@inline
def is_tiny(memory, start, n):
    """Whether all of a product is tiny."""
    for x in range(n):  # noqa: SIM110  # a generator is no machine code
        if memory[start + x] >= RESCALE_BELOW:
            return False
    return True


@inline
def lift(memory, start, n):
    """Scale a product up where all of it is tiny; returns whether."""
    largest = 0.0
    for x in range(n):
        largest = max(largest, memory[start + x])
        if largest >= RESCALE_BELOW:
            return 0
    if largest == 0.0:
        return 0
    for x in range(n):
        memory[start + x] *= 2.0**LIFT
    return 1
