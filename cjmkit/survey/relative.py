"""Relative importance from correlation matrices: Johnson weights, LMG, and the matrices of resampled people."""

from __future__ import annotations

import itertools
import math

import numpy as np

__all__ = ["brute_force_lmg", "johnson", "lmg"]


def johnson(rxx: np.ndarray, rxy: np.ndarray) -> np.ndarray:
    """Johnson's (2000) relative weights; they add up to R².

    Parameters
    ----------
    rxx : array of shape (..., P, P)
        Correlations of the drivers.
    rxy : array of shape (..., P)
        Correlations of the drivers with the outcome.

    Returns
    -------
    array of shape (..., P)
        With Λ the symmetric square root of Rxx and β = Λ⁻¹ rxy: ε = Λ²∘ · β².
    """
    values, vectors = np.linalg.eigh(rxx)
    values = np.clip(values, 0, None)
    root = np.sqrt(values)
    inverse = np.where(values > 1e-10, 1 / np.where(root > 0, root, 1), 0)
    turned = np.swapaxes(vectors, -1, -2)
    lam = (vectors * root[..., None, :]) @ turned
    beta = ((vectors * inverse[..., None, :]) @ turned @ rxy[..., None])[..., 0]
    return (lam**2 @ (beta**2)[..., None])[..., 0]


def lmg(rxx: np.ndarray, rxy: np.ndarray) -> np.ndarray:
    """LMG shares (Lindeman, Merenda and Gold 1980; also Shapley values of R²): the gain in R² averaged over all orders.

    All 2^P subsets are solved together by taking one driver after the other in or out (a Schur complement each time),
    which costs a few operations a subset; many matrices are handled at once.

    Parameters
    ----------
    rxx : array of shape (..., P, P)
    rxy : array of shape (..., P)

    Returns
    -------
    array of shape (..., P)
        They add up to R².
    """
    p = rxx.shape[-1]
    shape = rxx.shape[:-2]
    b = int(np.prod(shape)) if shape else 1
    joint = np.empty((b, 1, p + 1, p + 1))
    joint[:, 0, :p, :p] = rxx.reshape(b, p, p)
    joint[:, 0, :p, p] = joint[:, 0, p, :p] = rxy.reshape(b, p)
    joint[:, 0, p, p] = 1.0
    for _ in range(p):
        rest = joint[:, :, 1:, 1:]
        pivot = joint[:, :, 0, 0]
        column = joint[:, :, 0, 1:]
        # A driver that the ones taken in explain wholly adds nothing.
        scale = np.where(pivot > 1e-12, 1 / np.where(pivot > 1e-12, pivot, 1), 0)
        taken = rest - column[..., :, None] * column[..., None, :] * scale[..., None, None]
        joint = np.stack([rest, taken], axis=2).reshape(b, -1, rest.shape[-1], rest.shape[-1])
    r2 = 1 - joint[:, :, 0, 0]
    return (r2 @ _orders(p).T).reshape(*shape, p)


_ORDERS: dict[int, np.ndarray] = {}


def _orders(p: int) -> np.ndarray:
    """Weights (P, 2^P) that turn R² of all subsets into gains averaged over orders; the first driver is the highest
    bit.
    """
    if p not in _ORDERS:
        subsets = np.arange(1 << p)
        inside = (subsets[None, :] >> (p - 1 - np.arange(p))[:, None]) & 1
        size = inside.sum(axis=0)
        chance = np.array([1 / (p * math.comb(p - 1, k)) for k in range(p)])
        out = np.where(inside == 1, chance[np.clip(size - 1, 0, None)][None, :], 0.0)
        out -= np.where(inside == 0, chance[np.clip(size, None, p - 1)][None, :], 0.0)
        _ORDERS.clear()
        _ORDERS[p] = out
    return _ORDERS[p]


def _moments(block: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """All products of columns, the columns and a one: sums of them are everything a correlation needs."""
    n, k = block.shape
    pairs = [(i, j) for i in range(k) for j in range(i, k)]
    products = np.empty((n, 1 + k + len(pairs)))
    products[:, 0] = 1
    products[:, 1 : k + 1] = block
    for c, (i, j) in enumerate(pairs, start=k + 1):
        np.multiply(block[:, i], block[:, j], out=products[:, c])
    return products, pairs


def _correlations(sums: np.ndarray, k: int, pairs: list[tuple[int, int]]) -> np.ndarray:
    """Correlation matrices (B, K, K) from sums of products (B, M)."""
    total = sums[:, :1]
    mean = sums[:, 1 : k + 1] / total
    cov = np.empty((len(sums), k, k))
    for c, (i, j) in enumerate(pairs, start=k + 1):
        cov[:, i, j] = cov[:, j, i] = sums[:, c] / total[:, 0] - mean[:, i] * mean[:, j]
    sd = np.sqrt(np.clip(np.einsum("bii->bi", cov), 0, None))
    with np.errstate(divide="ignore", invalid="ignore"):
        out = cov / (sd[:, :, None] * sd[:, None, :])
    return out


def _resampled(block: np.ndarray, weights: np.ndarray | None, resamples: int, seed: int) -> np.ndarray:
    """Correlation matrices of bootstrap samples of people, (B, K, K)."""
    n, k = block.shape
    # Answers are whole numbers and stay whole around a whole centre: their sums are then exact, whatever the number
    # of cores.
    centred = block - np.round(np.nanmean(block, axis=0))
    products, pairs = _moments(centred)
    rng = np.random.default_rng(seed)
    out = np.empty((resamples, k, k))
    batch = max(1, min(resamples, int(4e7 // max(n, 1)) or 1))
    for start in range(0, resamples, batch):
        b = min(batch, resamples - start)
        counts = np.empty((b, n))
        for i in range(b):
            counts[i] = np.bincount(rng.integers(0, n, n), minlength=n)
        if weights is not None:
            counts *= weights
        out[start : start + b] = _correlations(counts @ products, k, pairs)
    return out


def brute_force_lmg(rxx: np.ndarray, rxy: np.ndarray) -> np.ndarray:
    """LMG by its definition, one order after the other; for checking with few drivers.

    Parameters
    ----------
    rxx : array of shape (P, P)
    rxy : array of shape (P,)
    """
    p = len(rxy)

    def r2(subset: tuple[int, ...]) -> float:
        s = list(subset)
        return float(rxy[s] @ np.linalg.solve(rxx[np.ix_(s, s)], rxy[s])) if s else 0.0

    out = np.zeros(p)
    orders = list(itertools.permutations(range(p)))
    for order in orders:
        for i, j in enumerate(order):
            out[j] += r2(order[: i + 1]) - r2(order[:i])
    return out / len(orders)
