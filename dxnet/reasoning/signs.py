"""Which signs were entered, and of which mechanisms: one reading for the figure of the body and the words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dxnet.inference.case import Case
from dxnet.knowledge.network import Network


def signs_entered(network: Network, case: Case) -> dict[str, bool]:
    """Whether each finding of a case is abnormal, not in its first state.

    An uncertain one counts as what was seen speaks: abnormal where it is likelier under one of the other
    states than under the first, and not at all where it speaks for neither.

    Raises:
        CaseError: the case does not fit.

    >>> from dxnet import load_network
    >>> case = Case({"babinski": "absent", "clonus": "probable present", "jaw_jerk_brisk": {"absent": 1}})
    >>> signs_entered(load_network("als_mimics"), case)
    {'babinski': False, 'clonus': True, 'jaw_jerk_brisk': False}
    """
    signs = {}
    for name, seen in case.likelihoods(network).items():
        if isinstance(seen, np.ndarray):
            if seen[0] != seen[1:].max():
                signs[name] = bool(seen[0] < seen[1:].max())
        else:
            signs[name] = seen > 0
    return signs


def causes_above(network: Network, finding: str) -> tuple[str, ...]:
    """What a finding goes through and what it requires, and so on up: it has no sign without these.

    >>> from dxnet import load_network
    >>> causes_above(load_network("als_mimics"), "clonus")
    ('hyperreflexia_legs', 'umn_lumbosacral', 'pattern')
    """
    return tuple(dict.fromkeys(_upwards(network, finding)))


def _upwards(network: Network, name: str) -> Iterator[str]:
    node = network.nodes[name]
    for above in (getattr(node, "through", None), getattr(node, "requires", None)):
        if above:
            yield above
            yield from _upwards(network, above) if above in network.nodes else ()


def mechanisms_with_signs(network: Network, case: Case) -> tuple[str, ...]:
    """The mechanisms of which an abnormal finding was entered.

    A finding is a sign of what it goes through or requires, and of the mechanism of its region and tract:
    weakness of an arm is one of the lower motor neurons there, although it may have other causes.

    >>> from dxnet import load_network
    >>> case = Case({"clonus": "present", "arm_weakness": "present", "babinski": "absent"})
    >>> mechanisms_with_signs(load_network("als_mimics"), case)
    ('umn_lumbosacral', 'lmn_cervical')
    """
    mechanisms = network.mechanisms.items()
    places: dict[tuple[str, str], str] = {(it.region, it.tract): name for name, it in mechanisms if it.region}
    found: dict[str, None] = {}
    for name in (name for name, is_abnormal in signs_entered(network, case).items() if is_abnormal):
        of = (name, *causes_above(network, name))
        there = [network.findings[it] for it in of if it in network.findings]
        found |= dict.fromkeys(it for it in of if it in network.mechanisms)
        found |= dict.fromkeys(places[it.region, it.tract] for it in there if (it.region, it.tract) in places)
    return tuple(found)
