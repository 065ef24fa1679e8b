"""Arrays kept on disk by the content that they were made from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

Arrays = Mapping[str, NDArray[Any]]


def cached(content: bytes, make: Callable[[], Arrays]) -> Arrays:
    """The arrays that ``make`` makes of some content, read from disk where they were made before.

    They are kept in the user's cache directory, or in that of the environment variable DXNET_CACHE; where
    nothing can be written they are made each time.
    """
    place = os.environ.get("DXNET_CACHE")
    file = (Path(place) if place else user_cache_path("dxnet")) / f"{sha256(content).hexdigest()}.npz"
    try:
        with np.load(file, allow_pickle=False) as kept:
            return dict(kept)
    except (OSError, ValueError, BadZipFile, EOFError):
        arrays = make()
    unfinished = file.with_suffix(f".{os.getpid()}.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(unfinished, **arrays)  # type: ignore[arg-type]
        unfinished.replace(file)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
    return arrays
