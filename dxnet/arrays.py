"""Types of arrays, and the codes that stand in them for what is no state."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

MISSING, SOFT = -1, -2
"""States of a variable that was not observed, or observed with a likelihood for each state."""
