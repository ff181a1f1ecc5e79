"""Small statistics of the room, each a plain function on arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["holm", "log_odds", "wilson"]

Floats = NDArray[np.floating]


def wilson(k: int, n: int, level: float = 0.95) -> tuple[float, float, float]:
    """A share and Wilson's (1927) interval for it.

    Examples
    --------
    >>> [round(v, 3) for v in wilson(7, 20)]
    [0.35, 0.181, 0.567]
    """
    from scipy.special import ndtri

    if n == 0:
        return float("nan"), 0.0, 1.0
    z = float(ndtri(0.5 + level / 2))
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return p, float(centre - half) if k else 0.0, float(centre + half) if k < n else 1.0


def holm(p: Floats) -> Floats:
    """Holm's (1979) adjusted p-values; NaN stays NaN and does not count.

    Examples
    --------
    >>> [round(float(v), 3) for v in holm(np.array([0.01, 0.04, 0.03]))]
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, float)
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    m = order.size
    out[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(m, 0, -1)))
    return out


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
