"""Small statistics of the room, each a plain function on arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit import stats
from cjmkit.stats import holm

__all__ = ["holm", "log_odds", "wilson"]

Floats = NDArray[np.floating]


def wilson(k: int, n: int, level: float = 0.95) -> tuple[float, float, float]:
    """A share and Wilson's (1927) interval for it.

    Examples
    --------
    >>> [round(v, 3) for v in wilson(7, 20)]
    [0.35, 0.181, 0.567]
    """
    if n == 0:
        return float("nan"), 0.0, 1.0
    return stats.wilson(k, n, level=level)


def log_odds(here: Floats, elsewhere: Floats, strength: float = 50.0) -> tuple[Floats, Floats]:
    """Log-odds ratio of each word, with an informative Dirichlet prior, and its z-score.

    Monroe, Colaresi and Quinn (2008), "Fightin' words": the prior is the words of everybody, worth `strength` words,
    so that rare words need more evidence.

    Examples
    --------
    >>> delta, z = log_odds(np.array([30.0, 2.0]), np.array([10.0, 12.0]))
    >>> bool(z[0] > 1.96), bool(z[1] < -1.96)
    (True, True)
    """
    everywhere = here + elsewhere
    prior = strength * (everywhere + 0.01) / (everywhere + 0.01).sum()
    a, b = here + prior, elsewhere + prior
    n_a, n_b = a.sum(), b.sum()
    # Where there is one word only, everybody uses it: no odds, no difference.
    rest_a, rest_b = np.maximum(n_a - a, 1e-9), np.maximum(n_b - b, 1e-9)
    delta = np.log(a / rest_a) - np.log(b / rest_b)
    return delta, delta / np.sqrt(1 / a + 1 / b)


def records(table: pd.DataFrame) -> Iterator[Any]:
    """Rows of a table as named tuples, whose fields may be of any type."""
    return iter(table.itertuples())
