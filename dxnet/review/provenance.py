"""Origin of the numbers of a network: published figures or estimates, and the works behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import Array
from dxnet.inference.implied import implied
from dxnet.knowledge.network import DIAGNOSIS, Network

if TYPE_CHECKING:
    import pandas as pd

_LEAST_ODDS = 1e-12


def stated_cells(network: Network, built: Mapping[str, Array] | None = None) -> pd.DataFrame:
    """Every P(finding | diagnosis) of a network, and whether it is as published.

    One that is not stated, as it follows from the lesion patterns, is not.

    Args:
        network: the network.
        built: P(state | diagnosis) of the built network for each finding, ``ndarray[states, K]``, if known.

    Returns:
        One row a cell: ``finding``, ``category``, ``diagnosis``, ``published`` and ``information``: the
        Kullback-Leibler divergence, in nats, of the finding under this diagnosis from its mean over all.
        Kullback S, Leibler RA. On information and sufficiency. Ann Math Stat 1951;22:79-86,
        doi:10.1214/aoms/1177729694.

    Raises:
        CheckError: the network cannot be built.

    >>> from dxnet import load_network
    >>> stated_cells(load_network("asia")).groupby("published").size().to_dict()
    {True: 8}
    """
    import pandas as pd

    built = built or implied(network)
    rows = []
    for name, finding in network.findings.items():
        if finding.given is None:
            continue
        tables, mean = np.maximum(built[name], _LEAST_ODDS), np.maximum(built[name].mean(axis=1), _LEAST_ODDS)
        information = (built[name] * np.log(tables / mean[:, None])).sum(axis=0)
        for k, diagnosis in enumerate(network.diagnoses):
            stated = [finding.given.rows[row] for row in finding.given.rows_for(DIAGNOSIS, diagnosis)]
            is_published = bool(stated) and all(estimate.is_published for estimate in stated)
            rows.append((name, finding.category, diagnosis, is_published, float(information[k])))
    return pd.DataFrame(rows, columns=["finding", "category", "diagnosis", "published", "information"])


def published_shares(cells: pd.DataFrame) -> pd.DataFrame:
    """Of ``stated_cells``, those that are as published: ``n``, ``published``, ``share``, ``share_of_information``.

    >>> import pandas as pd
    >>> two = pd.DataFrame({"published": [True, False], "information": [3.0, 1.0]})
    >>> published_shares(two).to_dict("records")
    [{'n': 2, 'published': 1, 'share': 0.5, 'share_of_information': 0.75}]

    With a column ``category`` there is a row for each, in their order, and one for ``all``.
    """
    import pandas as pd

    groups = {"all": cells}
    if "category" in cells:
        groups = {**{str(name): part for name, part in cells.groupby("category", sort=False)}, **groups}
    rows = {}
    for name, part in groups.items():
        known, whole = part.information[part.published].sum(), part.information.sum()
        n, published = len(part), int(part.published.sum())
        rows[name] = (n, published, published / max(n, 1), float(known / max(whole, _LEAST_ODDS)))
    columns = {"n": int, "published": int, "share": float, "share_of_information": float}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(columns)).astype(columns)


def citations(network: Network) -> pd.DataFrame:
    """The references of a network, most cited first, each with how many of its numbers cite it.

    Returns:
        One row a reference, by its key: ``authors``, ``year``, ``title``, ``journal``, ``doi``, ``pmid``,
        ``url``, ``read`` and ``numbers``.

    >>> from dxnet import load_network
    >>> citations(load_network("asia")).numbers.to_dict()
    {'lauritzen1988': 16}
    """
    import pandas as pd

    cited = Counter(key for _, estimate in network.estimates() for key in set(estimate.sources))
    table = pd.DataFrame(
        {
            "key": key,
            "authors": it.authors_short,
            "year": it.year,
            "title": it.title,
            "journal": it.journal,
            "doi": it.doi,
            "pmid": it.pmid,
            "url": it.url,
            "read": it.read,
            "numbers": cited[key],
        }
        for key, it in network.references.items()
    )
    if table.empty:
        return table
    return table.set_index("key").sort_values("numbers", ascending=False, kind="stable")


def kinds(network: Network) -> dict[str, int]:
    """How many of all numbers of a network, priors and causes among them, are published or estimated.

    >>> from dxnet import load_network
    >>> kinds(load_network("asia"))
    {'published': 16, 'estimate': 0}
    """
    counts = Counter(estimate.is_published for _, estimate in network.estimates())
    return {"published": counts[True], "estimate": counts[False]}
