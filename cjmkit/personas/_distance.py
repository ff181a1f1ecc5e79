"""People on a grid as distances, and grids without kinds of people: shuffled within variables, and one mere degree."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

__all__ = ["by_degree", "distances", "shuffled_within", "ward_labels", "within_silhouettes"]

Floats = NDArray[Any]
Ints = NDArray[Any]

_PRIOR = 0.5
"""Two people who share few placements are pulled towards the mean distance, as if half a variable more lay there."""
_HALF = np.sqrt(3.0)


def distances(tables: Floats, nominal: Ints, weights: Floats) -> Floats:
    """Squared distances of people on the variables that both have a place on, mean 1 a variable: (tables, n, n).

    Gower's coefficient with squared differences. `tables` is (tables, n, variables) with NaN where nothing is known,
    `nominal` says which columns are choices, `weights` counts a variable (its reliability).

    Examples
    --------
    >>> far = distances(np.array([[[1.0], [1.0], [7.0]]]), np.array([False]), np.ones(1))[0]
    >>> bool(far[0, 1] < far[0, 2]), far[0, 0].item()
    (True, 0.0)
    """
    known = ~np.isnan(tables)
    x = np.nan_to_num(tables)
    total = np.full((len(x), x.shape[1], x.shape[1]), _PRIOR)
    share = np.full_like(total, _PRIOR)
    for j in range(x.shape[2]):
        both = (known[:, :, None, j] & known[:, None, :, j]).astype(float)
        apart = x[:, :, None, j] - x[:, None, :, j]
        d = (apart != 0).astype(float) if nominal[j] else apart**2
        mean = (d * both).sum(axis=(1, 2)) / np.maximum(both.sum(axis=(1, 2)), 1)
        d /= np.maximum(mean, 1e-9)[:, None, None]
        total += weights[j] * both * d
        share += weights[j] * both
    far = total / share
    diagonal = np.arange(far.shape[1])
    far[:, diagonal, diagonal] = 0
    return far


def ward_labels(far: Floats, ks: tuple[int, ...]) -> Ints:
    """Groups of one table's people for each k: (n, len(ks)), Ward's method on the distances."""
    from scipy.cluster.hierarchy import cut_tree, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(np.sqrt(squareform(far, checks=False)), "ward")
    return np.asarray(cut_tree(tree, n_clusters=list(ks)), dtype=np.intp)


def within_silhouettes(far: Floats, labels: Ints, k: int) -> Floats:
    """Silhouette of each person from distances; 0 for somebody who is alone."""
    n = len(far)
    member = np.zeros((n, k))
    member[np.arange(n), labels] = 1
    size = member.sum(axis=0)
    sums = far @ member
    rows = np.arange(n)
    own = sums[rows, labels] / np.maximum(size[labels] - 1, 1)
    others = sums / np.maximum(size, 1)
    others[rows, labels] = np.inf
    next_best = others.min(axis=1)
    out = (next_best - own) / np.maximum(np.maximum(own, next_best), 1e-12)
    return np.where(size[labels] > 1, out, 0.0)


def shuffled_within(table: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Grids in which each variable is dealt out again among those who have a place on it: (draws, n, variables)."""
    out = np.repeat(table[None], draws, axis=0)
    for j in range(table.shape[1]):
        known = np.flatnonzero(~np.isnan(table[:, j]))
        order = np.argsort(rng.random((draws, known.size)), axis=1)
        out[:, known, j] = table[known, j][order]
    return out


def by_degree(tables: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Grids of people who differ by degree along one line: (tables · draws, n, variables).

    One factor, spread evenly (so that its ends look as much like groups as a degree can), with the loadings of each
    table's own leading axis, scaled until the made tables have as strong an axis as the real ones; then every column
    takes the real column's values and blanks. What is found in people beyond this is more than one line.
    """
    lam = _loadings(_correlations(normal_scores(tables)))
    target = _leading(tables)
    pilot = max(1, 60 // len(tables))
    for _ in range(4):
        got = _leading(_made(tables, lam, pilot, rng)).reshape(len(tables), pilot).mean(axis=1)
        if len(tables) > 5:  # each table has one pilot only: all of one design share the correction
            ratio = np.full(len(tables), np.maximum(target - 1, 0.01).mean() / np.maximum(got - 1, 0.01).mean())
        else:
            ratio = np.maximum(target - 1, 0.01) / np.maximum(got - 1, 0.01)
        lam = np.clip(lam * np.clip(np.sqrt(ratio), 0.7, 1.4)[:, None], -0.98, 0.98)
    return _made(tables, lam, draws, rng)


def _made(tables: Floats, lam: Floats, draws: int, rng: np.random.Generator) -> Floats:
    t, n, p = tables.shape
    at = lam[:, None, None, :]
    factor = rng.uniform(-_HALF, _HALF, (t, draws, n, 1))
    z = at * factor + np.sqrt(1 - at**2) * rng.normal(size=(t, draws, n, p))
    blank = np.isnan(tables)[:, None]
    order = np.argsort(np.where(blank, np.inf, z), axis=2)
    values = np.broadcast_to(np.sort(tables, axis=1)[:, None], z.shape)  # NaN last, where the blanks are
    out = np.empty_like(z)
    np.put_along_axis(out, order, values, axis=2)
    return out.reshape(t * draws, n, p)


def normal_scores(tables: Floats) -> Floats:
    """Normal scores of each column (mid-ranks), NaN where missing.

    Examples
    --------
    >>> normal_scores(np.array([[[1.0], [2.0], [3.0], [np.nan]]]))[0].ravel().round(2).tolist()
    [-0.97, 0.0, 0.97, nan]
    """
    known = ~np.isnan(tables)
    below = (tables[:, :, None] > tables[:, None]).sum(axis=2) + 0.5 * (tables[:, :, None] == tables[:, None]).sum(
        axis=2
    )
    many = np.maximum(known.sum(axis=1, keepdims=True), 1)
    return np.where(known, ndtri(np.clip(below / many, 1e-9, 1 - 1e-9)), np.nan)


def _correlations(z: Floats) -> Floats:
    known = (~np.isnan(z)).astype(float)
    mean = np.nan_to_num(z).sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    x = np.where(known > 0, np.nan_to_num(z) - mean, 0.0)
    top = np.swapaxes(x, 1, 2) @ x
    square = np.swapaxes(x**2, 1, 2) @ known
    out = top / np.sqrt(np.maximum(square * np.swapaxes(square, 1, 2), 1e-9))
    diagonal = np.arange(z.shape[2])
    out[:, diagonal, diagonal] = 1
    return out


def _leading(tables: Floats) -> Floats:
    return np.asarray(np.linalg.eigvalsh(_correlations(normal_scores(tables)))[:, -1])


def _loadings(correlations: Floats) -> Floats:
    """Loadings of one factor by iterated principal axes: (tables, variables)."""
    diagonal = np.arange(correlations.shape[1])
    rest = correlations.copy()
    rest[:, diagonal, diagonal] = 0
    shared = np.clip((rest**2).max(axis=1), 0, 0.9)
    lam = np.zeros_like(shared)
    for _ in range(60):
        rest[:, diagonal, diagonal] = shared
        values, axes = np.linalg.eigh(rest)
        lam = np.clip(axes[:, :, -1] * np.sqrt(np.maximum(values[:, -1], 0))[:, None], -0.98, 0.98)
        shared = np.clip(lam**2, 0, 0.96)
    return lam
