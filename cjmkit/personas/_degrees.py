"""People who differ by degree along one line or several: how many lines there are, and tables of such people.

The number of lines is Horn's (1965): as many leading components as are longer than those of tables dealt out again.
Lines are independent of each other (varimax), as a degree of one thing says nothing of the degree of another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

__all__ = ["axes_of", "capped", "correlations", "dealt_within", "dimensions", "lengths", "normal_scores", "varimax"]

Floats = NDArray[Any]
Ints = NDArray[Any]

MOST = 6
"""So many lines at most; each has to be carried by two columns."""
_DEALT = 40


def normal_scores(tables: Floats) -> Floats:
    """Normal scores of each column (mid-ranks) of tables (t, n, p), NaN where missing.

    Examples
    --------
    >>> normal_scores(np.array([[[1.0], [2.0], [3.0], [np.nan]]]))[0].ravel().round(2).tolist()
    [-0.97, 0.0, 0.97, nan]
    """
    known = ~np.isnan(tables)
    rank = rankdata(np.where(known, tables, np.inf), axis=1) - 0.5
    many = np.maximum(known.sum(axis=1, keepdims=True), 1)
    return np.where(known, ndtri(np.clip(rank / many, 1e-9, 1 - 1e-9)), np.nan)


def correlations(z: Floats) -> Floats:
    """Correlations over the people who have both, of tables (t, n, p): (t, p, p)."""
    known = (~np.isnan(z)).astype(float)
    mean = np.nan_to_num(z).sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    x = np.where(known > 0, np.nan_to_num(z) - mean, 0.0)
    top = np.swapaxes(x, 1, 2) @ x
    square = np.swapaxes(x**2, 1, 2) @ known
    out = np.clip(top / np.sqrt(np.maximum(square * np.swapaxes(square, 1, 2), 1e-9)), -1, 1)
    diagonal = np.arange(z.shape[2])
    out[:, diagonal, diagonal] = 1
    return out


def lengths(tables: Floats) -> Floats:
    """Eigenvalues of the correlations of tables (t, n, p), largest first: (t, p)."""
    return np.asarray(np.linalg.eigvalsh(correlations(normal_scores(tables)))[:, ::-1])


def dealt_within(table: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Tables in which each column is dealt out again among those who have a value: (draws, n, p)."""
    out = np.repeat(table[None], draws, axis=0)
    for j in range(table.shape[1]):
        known = np.flatnonzero(~np.isnan(table[:, j]))
        order = np.argsort(rng.random((draws, known.size)), axis=1)
        out[:, known, j] = table[known, j][order]
    return out


def dimensions(tables: Floats, rng: np.random.Generator, *, quantile: float = 0.95) -> Ints:
    """Along how many lines the people of each table differ, by parallel analysis: (t,), at least 1.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two = 0.8 * rng.normal(size=(200, 2))[:, [0, 1] * 5] + 0.6 * rng.normal(size=(200, 10))
    >>> dimensions(two[None], rng).tolist()
    [2]
    """
    t, _, p = tables.shape
    most = max(1, min(MOST, p // 2))
    draws = _DEALT if t <= 5 else 4
    bars = []
    for table in tables:
        made = lengths(dealt_within(table, draws, rng))[:, :most]
        bars.append(np.quantile(made, quantile, axis=0) if t <= 5 else made)
    # Tables of one design share the bar.
    bar = np.array(bars) if t <= 5 else np.quantile(np.concatenate(bars), quantile, axis=0)
    longer = lengths(tables)[:, :most] > bar
    return np.asarray(np.maximum(np.cumprod(longer, axis=1).sum(axis=1), 1))


def varimax(lam: Floats, *, steps: int = 60) -> Floats:
    """Loadings (p, m) turned until each line is carried by few columns (Kaiser 1958)."""
    m = lam.shape[1]
    if m < 2:
        return lam
    turn = np.eye(m)
    for _ in range(steps):
        at = lam @ turn
        u, _, v = np.linalg.svd(lam.T @ (at**3 - at * (at**2).mean(axis=0)))
        new = u @ v
        if np.abs(new - turn).max() < 1e-6:
            break
        turn = new
    return np.asarray(lam @ turn)


def axes_of(r: Floats, m: int) -> Floats:
    """Loadings (p, m) of m independent lines on a correlation matrix, by iterated principal axes, turned by varimax."""
    rest = r.copy()
    np.fill_diagonal(rest, 0)
    shared = np.clip((rest**2).max(axis=1), 0, 0.9)
    lam = np.zeros((len(r), m))
    for _ in range(60):
        np.fill_diagonal(rest, shared)
        values, axes = np.linalg.eigh(rest)
        lam = axes[:, ::-1][:, :m] * np.sqrt(np.maximum(values[::-1][:m], 0))
        lam = capped(lam)
        new = np.minimum((lam**2).sum(axis=1), 0.96)
        if np.abs(new - shared).max() < 1e-5:
            break
        shared = new
    return varimax(lam)


def capped(lam: Floats) -> Floats:
    """Loadings whose lines explain .96 of a column at most."""
    own = (lam**2).sum(axis=-1, keepdims=True)
    return np.asarray(lam * np.minimum(1, np.sqrt(0.96 / np.maximum(own, 1e-12))))
