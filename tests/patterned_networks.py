"""Small random networks of the form that the compiled engine answers fast: signs of a hidden pattern."""

import numpy as np
from hypothesis import strategies as st

from dxnet.knowledge.kinds.base import Cpt

PATTERNS = 9


@st.composite
def patterned_networks(draw, fewest, gates, needing, least, sizes=(2, 3, 4, 5)):
    """A target ``t``, a pattern ``p``, and signs ``s0`` ... of both, which differ in few of the patterns.

    Args:
        fewest: number of signs that there are at least; at most as many as patterns.
        gates: how many of the first signs others may need.
        needing: share of the signs that need one of these.
        least: probabilities from which those of some signs start, or where those of others end.
        sizes: numbers of states that the target may have.

    Returns:
        The tables, and the pseudo-random numbers that go on.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    k, limit = draw(st.sampled_from(sizes)), draw(st.sampled_from(least))
    made = {"t": Cpt(rng.dirichlet(np.ones(k))), "p": Cpt(rng.dirichlet(np.ones(PATTERNS), k).T, ("t",))}
    for v in range(draw(st.integers(fewest, PATTERNS))):
        gate = [f"s{rng.integers(min(v, gates))}"] if v and rng.random() < needing else []
        present = np.repeat(rng.random((2, k, 1)), PATTERNS, axis=2)
        rows = rng.permutation(PATTERNS)[: rng.integers(0, 6)]
        present[1, :, rows] = rng.random((len(rows), k)) * (rng.random() > 0.2)
        present = np.maximum(present, limit) if rng.random() < 0.5 else np.minimum(present, limit or 1.0)
        present = present if gate else present[1]
        made[f"s{v}"] = Cpt(np.stack([1 - present, present]), (*gate, "t", "p"))
    return made, rng
