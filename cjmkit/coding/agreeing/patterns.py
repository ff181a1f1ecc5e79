"""Ratings as distinct patterns and how often each occurs.

That needs no memory of categories squared per unit, and makes a thousand bootstrap samples a matrix product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.errors import CjmError, suggest

__all__ = ["Floats", "Ints", "Patterns", "coded", "patterns", "ratings_from_counts", "ratings_from_table"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_CHUNK = 4_000_000  # numbers held at once while bootstrapping


class Patterns:
    """Ratings as distinct rows and their weights.

    Parameters
    ----------
    codes : array of int, shape (units, raters)
        Category of each rating, −1 where there is none.
    categories : sequence
        What the categories are, sorted.
    weights : array, shape (units,), optional
        How many units each row stands for.
    clusters : array of int, shape (units,), optional
        Which cluster (interview) each unit belongs to, 0 to k − 1; without it units are their own clusters.
    """

    def __init__(
        self, codes: Any, categories: Sequence[Any], *, weights: Any = None, clusters: Any = None, n_clusters: int = 0
    ) -> None:
        n, raters = codes.shape
        self.categories = list(categories)
        q = len(self.categories)
        size = (q + 1) ** raters
        where: Any
        if size <= max(4 * n, 4096):
            key = np.zeros(n, dtype=np.int64)
            for r in range(raters):
                key = key * (q + 1) + (codes[:, r] + 1)
            used = np.flatnonzero(np.bincount(key, minlength=size))
            position = np.zeros(size, dtype=np.int64)
            position[used] = np.arange(len(used))
            where = position[key]
            self.rows = self._unpack(used, q, raters)
        elif size < 2**62:
            key = np.zeros(n, dtype=np.int64)
            for r in range(raters):
                key = key * (q + 1) + (codes[:, r] + 1)
            used, where = np.unique(key, return_inverse=True)
            self.rows = self._unpack(used, q, raters)
        else:
            self.rows, where = np.unique(codes, axis=0, return_inverse=True)
        where = np.asarray(where).reshape(-1)
        self.unit_weights = weights
        k = len(self.rows)
        self.total: Floats = np.bincount(where, weights=weights, minlength=k).astype(float)
        self.by_cluster: Any = None
        if clusters is not None:
            from scipy.sparse import coo_matrix

            data = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
            self.by_cluster = coo_matrix((data, (clusters, where)), shape=(n_clusters, k)).tocsr()
        self.there = self.rows >= 0
        self.m: Ints = self.there.sum(axis=1)
        self.pairable = self.m >= 2

    @staticmethod
    def _unpack(keys: Ints, q: int, raters: int) -> Ints:
        out = np.empty((len(keys), raters), dtype=np.int64)
        rest = keys.copy()
        for r in range(raters - 1, -1, -1):
            out[:, r] = rest % (q + 1) - 1
            rest //= q + 1
        return out

    @property
    def n_units(self) -> float:
        """Units with two ratings or more."""
        return float(self.total[self.pairable].sum())

    def resampled(self, resamples: int, seed: int) -> Iterator[Floats]:
        """Yield pattern weights of bootstrap samples, in blocks with shape (samples, patterns)."""
        rng = np.random.default_rng(seed)
        k = len(self.rows)
        block = max(1, min(resamples, _CHUNK // max(k, 1)))
        for done in range(0, resamples, block):
            b = min(block, resamples - done)
            if self.by_cluster is None:
                n = round(float(self.total.sum()))
                yield rng.multinomial(n, self.total / self.total.sum(), size=b).astype(float)
            else:
                c = self.by_cluster.shape[0]
                drawn = rng.multinomial(c, np.full(c, 1 / c), size=b).astype(float)
                yield np.asarray(self.by_cluster.T @ drawn.T).T

    def pairs(self) -> Any:
        """Yield the rater pairs (i < j) with the patterns in which both rated."""
        for i in range(self.rows.shape[1]):
            for j in range(i + 1, self.rows.shape[1]):
                both = np.flatnonzero(self.there[:, i] & self.there[:, j])
                if len(both):
                    yield both, self.rows[both, i], self.rows[both, j]

    def margins(self, per_unit: bool) -> Any:
        """Sparse matrix (patterns, categories): ratings of pairable patterns, or shares of every rated pattern."""
        from scipy.sparse import coo_matrix

        p, r = np.nonzero(self.there)
        data = 1.0 / self.m[p] if per_unit else self.pairable[p].astype(float)
        return coo_matrix((data, (p, self.rows[p, r])), shape=(len(self.rows), len(self.categories))).tocsr()


def coded(ratings: Any, *, ordered: bool) -> tuple[Ints, list[Any]]:
    """Ratings as category numbers with shape (units, raters), −1 for missing, and the sorted categories."""
    values = ratings.to_numpy() if isinstance(ratings, pd.DataFrame) else np.asarray(ratings)
    if values.ndim != 2:
        raise CjmError(
            en=f"ratings need two dimensions, units as rows and raters as columns; these have {values.ndim}",
            ru=f"оценкам нужны два измерения: строки — единицы, столбцы — кодировщики; здесь измерений {values.ndim}",
        )
    if values.shape[1] < 2:
        raise CjmError(
            en=f"agreement needs two raters or more (columns); there {'is 1' if values.shape[1] else 'are none'}",
            ru=f"для согласия нужны хотя бы два кодировщика (столбца); здесь их {values.shape[1]}",
        )
    if values.dtype.kind in "iub":
        return _coded_numbers(values.astype(np.float64), np.zeros(values.shape, dtype=bool))
    if values.dtype.kind == "f":
        return _coded_numbers(values.astype(np.float64, copy=False), np.isnan(values))
    flat = pd.Series(values.reshape(-1), dtype="object")
    missing = flat.isna().to_numpy()
    numbers = pd.to_numeric(flat, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if not (np.isnan(numbers) & ~missing).any() and not any(isinstance(v, str) for v in flat[~missing]):
        return _coded_numbers(numbers.reshape(values.shape), missing.reshape(values.shape))
    if ordered:
        raise CjmError(
            en="this metric needs numbers; ordinal categories have to be coded 1, 2, 3 … in their order",
            ru="этой мере нужны числа; порядковые категории запишите как 1, 2, 3 … по порядку",
        )
    codes, categories = pd.factorize(flat.where(~flat.isna(), None), sort=False)
    order = sorted(range(len(categories)), key=lambda i: str(categories[i]))
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[-1] = -1
    return rank[codes].reshape(values.shape), [categories[i] for i in order]


def _coded_numbers(values: Floats, missing: Any) -> tuple[Ints, list[Any]]:
    there = values[~missing]
    if not len(there):
        return np.full(values.shape, -1, dtype=np.int64), []
    low, high = there.min(), there.max()
    if not np.isfinite([low, high]).all():
        raise CjmError(en="ratings must not be infinite", ru="бесконечных оценок не бывает")
    # Small whole numbers, the usual case, need no sorting.
    if high - low < 65_536 and not (there % 1).any():
        shifted = np.where(missing, 0, values - low).astype(np.int64)
        used = np.flatnonzero(np.bincount(shifted[~missing].reshape(-1)))
        position = np.zeros(int(high - low) + 1, dtype=np.int64)
        position[used] = np.arange(len(used))
        return np.where(missing, -1, position[shifted]), (used + low).tolist()
    categories, inverse = np.unique(there, return_inverse=True)
    codes = np.full(values.shape, -1, dtype=np.int64)
    codes[~missing] = inverse
    return codes, categories.tolist()


def patterns(
    ratings: Any, clusters: Any, *, ordered: bool = False, categories: Sequence[Any] | None = None
) -> Patterns:
    """Ratings, shape (units, raters), as patterns; `categories` lists those that could have been used."""
    codes, found = coded(ratings, ordered=ordered)
    if categories is not None:
        listed = list(categories)
        for c in found:
            if c not in listed:
                raise CjmError(suggest(c, listed, what="category"))
        shift = np.array([listed.index(c) for c in found] + [-1], dtype=np.int64)
        codes, found = shift[codes], listed
    numbered, n = None, 0
    if clusters is not None:
        numbered, names = pd.factorize(np.asarray(list(clusters)))
        n = len(names)
        if len(numbered) != len(codes):
            raise CjmError(
                en=f"clusters has {len(numbered)} entries for {len(codes)} units",
                ru=f"clusters: значений {len(numbered)}, а единиц {len(codes)}",
            )
    return Patterns(codes, found, clusters=numbered, n_clusters=n)


def ratings_from_table(table: Any) -> pd.DataFrame:
    """Spell out a square table of two raters (rows: the first one's category, columns: the second one's) as ratings.

    Examples
    --------
    >>> len(ratings_from_table([[20, 5], [10, 15]]))
    50
    """
    try:
        counts = np.asarray(table, dtype=int)
    except (ValueError, TypeError):
        raise CjmError(
            en=f"a table of two raters holds whole numbers; got {type(table).__name__} {table!r:.40}",
            ru=f"таблица двух кодировщиков — целые числа; пришло {type(table).__name__} {table!r:.40}",
        ) from None
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise CjmError(
            en="a table of two raters is square: the same categories on both sides",
            ru="таблица двух кодировщиков квадратная: категории с обеих сторон одни и те же",
        )
    i, j = np.nonzero(counts)
    return pd.DataFrame({"first": np.repeat(i, counts[i, j]), "second": np.repeat(j, counts[i, j])})


def ratings_from_counts(counts: Sequence[Sequence[int]] | pd.DataFrame) -> pd.DataFrame:
    """Spell out counts (units, categories) as ratings; who gave which is not known, and does not matter to Fleiss.

    Examples
    --------
    >>> ratings_from_counts([[2, 1], [0, 3]]).to_numpy().tolist()
    [[0.0, 0.0, 1.0], [1.0, 1.0, 1.0]]
    """
    matrix = np.asarray(counts, dtype=int)
    most = int(matrix.sum(axis=1).max())
    out = np.full((len(matrix), most), np.nan)
    for u, row in enumerate(matrix):
        given = np.repeat(np.arange(len(row)), row)
        out[u, : len(given)] = given
    return pd.DataFrame(out)
