"""KMeans and silhouettes for many small tables at once.

The question "is this more structure than chance gives?" costs some three hundred clusterings of the same few hundred
people. scikit-learn spends more time there on setting up each run than on the run; here all tables of a chunk go
through each step together, as one batched matrix product. Results do not depend on how tables are grouped into chunks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cluster_tables", "nearest", "silhouette_samples", "silhouettes"]

Floats = NDArray[Any]
Ints = NDArray[Any]

_WARM = 4  # Lloyd steps that every start gets before only the best of them go on
_KEEP = 3  # starts that go on to convergence
_STEPS = 40


def _plus_plus(x: Floats, k: int, u: Floats) -> Floats:
    """k-means++ starts (Arthur and Vassilvitskii 2007): tables (B, n, d), uniforms (B, R, k) → centres (B, R, k, d)."""
    b, n, d = x.shape
    r = u.shape[1]
    rows = np.arange(b)[:, None]
    norm = np.einsum("bnd,bnd->bn", x, x)
    centres = np.empty((b, r, k, d), x.dtype)
    centres[:, :, 0] = x[rows, np.minimum((u[:, :, 0] * n).astype(np.intp), n - 1)]
    closest = np.full((b, r, n), np.inf, x.dtype)
    for j in range(1, k):
        last = centres[:, :, j - 1]
        far = norm[:, None] - 2 * (last @ x.transpose(0, 2, 1)) + np.einsum("brd,brd->br", last, last)[:, :, None]
        np.minimum(closest, np.maximum(far, 0), out=closest)
        total = np.cumsum(closest, axis=2, dtype=np.float64)
        pick = (total < (u[:, :, j] * total[:, :, -1])[:, :, None]).sum(axis=2)
        centres[:, :, j] = x[rows, np.minimum(pick, n - 1)]
    return centres


def nearest(x: Floats, centres: Floats, links: list[Ints] | None = None) -> tuple[Ints, Floats]:
    """The nearest centre: tables (B, n, d), centres (B, R, k, d) → labels (B, R, n), and the distances less |x|²."""
    b, r, k, d = centres.shape
    n = x.shape[1]
    far = (centres.reshape(b, r * k, d) @ x.transpose(0, 2, 1)).reshape(b, r, k, n)
    far *= -2
    far += np.einsum("brkd,brkd->brk", centres, centres)[..., None]
    for together in links or []:
        # People who are said to be of one kind go, all of them, where they fit best on average.
        far[..., together] = far[..., together].mean(axis=-1, keepdims=True)
    best = far[:, :, 0].copy()
    labels = np.zeros((b, r, n), np.int8)
    for j in range(1, k):
        closer = far[:, :, j] < best
        labels[closer] = j
        np.minimum(best, far[:, :, j], out=best)
    return labels, best


def _means(x: Floats, labels: Ints, k: int, old: Floats) -> Floats:
    b, r, n = labels.shape
    members = (labels[:, :, None, :] == np.arange(k, dtype=np.int8)[:, None]).astype(x.dtype)
    size = members.sum(axis=3)
    sums = (members.reshape(b, r * k, n) @ x).reshape(b, r, k, x.shape[2])
    # A cluster that lost everybody stays where it was: rare, and then too small to count as a persona anyway.
    return np.where(size[..., None] > 0, sums / np.maximum(size, 1)[..., None], old)


def cluster_tables(x: Floats, k: int, u: Floats, links: list[Ints] | None = None) -> tuple[Ints, Floats, Floats]:
    """Cluster each of several tables into `k` groups.

    Parameters
    ----------
    x : array (B, n, d)
        B tables of n people in d dimensions.
    k : int
        Number of clusters.
    u : array (B, R, k)
        Uniform random numbers for R starts of each table: they alone decide the result.
    links : list of arrays of int, optional
        Groups of people (row numbers) who must land in the same cluster.

    Returns
    -------
    labels : array (B, n)
    centres : array (B, k, d)
    inertia : array (B,)
        Sum of squared distances to the centres.
    """
    if k == 1:
        centres = x.mean(axis=1, keepdims=True)
        return np.zeros(x.shape[:2], np.int8), centres, ((x - centres) ** 2).sum(axis=(1, 2))
    b = x.shape[0]
    norm = np.einsum("bnd,bnd->b", x, x)
    centres = _plus_plus(x, k, u)
    for _ in range(_WARM):
        labels, best = nearest(x, centres, links)
        centres = _means(x, labels, k, centres)
    labels, best = nearest(x, centres, links)
    keep = np.argsort(best.sum(axis=2), axis=1, kind="stable")[:, :_KEEP]
    rows = np.arange(b)[:, None]
    centres, labels, best = centres[rows, keep], labels[rows, keep], best[rows, keep]
    moving = np.arange(b)
    for _ in range(_STEPS):
        new = _means(x[moving], labels[moving], k, centres[moving])
        lab, near = nearest(x[moving], new, links)
        changed = (lab != labels[moving]).any(axis=(1, 2))
        centres[moving], labels[moving], best[moving] = new, lab, near
        moving = moving[changed]
        if not moving.size:
            break
    inertia = best.sum(axis=2) + norm[:, None]
    top = inertia.argmin(axis=1)
    pick = np.arange(b)
    return labels[pick, top], centres[pick, top], inertia[pick, top]


def distances(x: Floats) -> Floats:
    """Euclidean distances between all people: (n, d) → (n, n)."""
    norm = np.einsum("nd,nd->n", x, x)
    squared = norm[:, None] - 2 * (x @ x.T) + norm
    np.maximum(squared, 0, out=squared)
    np.fill_diagonal(squared, 0)
    return np.sqrt(squared, out=squared)


def silhouette_samples(far: Floats, labels: Ints, k: int) -> Floats:
    """Rousseeuw's (1987) silhouette of each person, from the distances between all of them (n, n)."""
    members = (labels[:, None] == np.arange(k)).astype(far.dtype)
    size = members.sum(axis=0)
    sums = far @ members
    own = np.take_along_axis(sums, labels[:, None].astype(np.intp), axis=1)[:, 0]
    mine = size[labels]
    a = own / np.maximum(mine - 1, 1)
    others = np.where(members > 0, np.inf, sums / np.maximum(size, 1))
    others[:, size == 0] = np.inf
    b = others.min(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        s = (b - a) / np.maximum(a, b)
    out: Floats = np.where((mine > 1) & np.isfinite(s), s, 0.0)
    return out


def silhouettes(x: Floats, labels: list[Ints], ks: list[int]) -> Floats:
    """Mean silhouette of one table for several partitions of it."""
    far = distances(x)
    return np.array([float(silhouette_samples(far, lab, k).mean()) for lab, k in zip(labels, ks)])
