"""Agreement coefficients on a table of ratings: one function each, missing ratings allowed, bootstrap over clusters.

All are computed on the distinct *patterns* of ratings and how often each occurs. That needs no memory of categories
squared per unit, and makes a thousand bootstrap samples a matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say

__all__ = [
    "METRICS", "alpha", "brennan_prediger", "cohen_kappa", "conger_kappa", "fleiss_kappa", "gwet_ac", "masi_distance",
    "percent_agreement", "ratings_from_counts", "ratings_from_table",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
METRICS = ("nominal", "ordinal", "interval", "ratio")
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

    def resampled(self, bootstraps: int, seed: int) -> Any:
        """Yield pattern weights of bootstrap samples, in blocks with shape (samples, patterns)."""
        rng = np.random.default_rng(seed)
        k = len(self.rows)
        block = max(1, min(bootstraps, _CHUNK // max(k, 1)))
        for done in range(0, bootstraps, block):
            b = min(block, bootstraps - done)
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


# ---- getting ratings in --------------------------------------------------------------------------------------------


def _coded(ratings: Any, *, ordered: bool) -> tuple[Ints, list[Any]]:
    """Ratings as category numbers with shape (units, raters), −1 for missing, and the sorted categories."""
    values = ratings.to_numpy() if isinstance(ratings, pd.DataFrame) else np.asarray(ratings)
    if values.ndim != 2:
        raise CjmError(f"ratings need two dimensions, units as rows and raters as columns; these have {values.ndim}")
    if values.shape[1] < 2:
        raise CjmError(
            f"agreement needs two raters or more (columns); there {'is 1' if values.shape[1] else 'are none'}"
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
        raise CjmError("this metric needs numbers; ordinal categories have to be coded 1, 2, 3 … in their order")
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
        raise CjmError("ratings must not be infinite")
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


def _patterns(
    ratings: Any, clusters: Any, *, ordered: bool = False, categories: Sequence[Any] | None = None
) -> Patterns:
    codes, found = _coded(ratings, ordered=ordered)
    if categories is not None:
        listed = list(categories)
        for c in found:
            if c not in listed:
                raise CjmError(suggest(c, listed, what="category"))
        shift = np.array([listed.index(c) for c in found] + [-1], dtype=np.int64)
        codes, found = shift[codes], listed
    numbered, n = None, 0
    if clusters is not None:
        numbered, names = pd.factorize(np.asarray(clusters))
        n = len(names)
        if len(numbered) != len(codes):
            raise CjmError(f"clusters has {len(numbered)} entries for {len(codes)} units")
    return Patterns(codes, found, clusters=numbered, n_clusters=n)


def ratings_from_table(table: Any) -> pd.DataFrame:
    """Spell out a square table of two raters (rows: the first one's category, columns: the second one's) as ratings.

    Examples
    --------
    >>> len(ratings_from_table([[20, 5], [10, 15]]))
    50
    """
    counts = np.asarray(table, dtype=int)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise CjmError("a table of two raters is square: the same categories on both sides")
    i, j = np.nonzero(counts)
    return pd.DataFrame({"first": np.repeat(i, counts[i, j]), "second": np.repeat(j, counts[i, j])})


def ratings_from_counts(counts: Any) -> pd.DataFrame:
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


# ---- the coefficients ----------------------------------------------------------------------------------------------


def alpha_of(p: Patterns, metric: Any) -> Callable[[Floats], Floats]:
    """Function from pattern weights, shape (samples, patterns), to Krippendorff's alpha, shape (samples,).

    `metric` is one of METRICS or a matrix of distances between the categories.
    """
    margins = p.margins(per_unit=False)
    pairs = [(both, a, b, 2.0 / (p.m[both] - 1)) for both, a, b in p.pairs()]
    values = (
        np.array(p.categories, dtype=float) if isinstance(metric, str) and metric in ("interval", "ratio") else None
    )

    def observed(distance: Callable[[Ints, Ints], Floats]) -> Floats:
        out = np.zeros(len(p.rows))
        for both, a, b, share in pairs:
            out[both] += share * distance(a, b)
        return out

    def finish(disagreed: Floats, expected: Floats, n: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            out: Floats = np.where((expected > 1e-12) & (n > 1), 1 - (n - 1) * disagreed / expected, np.nan)
        return out

    if isinstance(metric, str) and metric == "nominal":
        d = observed(lambda a, b: (a != b).astype(float))

        def nominal(w: Floats) -> Floats:
            counts = np.asarray(margins.T @ w.T).T
            n = counts.sum(axis=1)
            return finish(w @ d, n**2 - (counts**2).sum(axis=1), n)

        return nominal
    if isinstance(metric, str) and metric == "interval":
        assert values is not None
        x = values - values.mean() if len(values) else values
        d = observed(lambda a, b: (x[a] - x[b]) ** 2)

        def interval(w: Floats) -> Floats:
            counts = np.asarray(margins.T @ w.T).T
            n = counts.sum(axis=1)
            return finish(w @ d, 2 * (n * (counts @ x**2) - (counts @ x) ** 2), n)

        return interval
    if isinstance(metric, str) and metric == "ordinal":
        # Krippendorff's ordinal distance is the distance of mid-ranks, and those move with the sample.
        def ordinal(w: Floats) -> Floats:
            counts = np.asarray(margins.T @ w.T).T
            n = counts.sum(axis=1)
            rank = np.cumsum(counts, axis=1) - counts / 2
            disagreed = np.zeros(len(w))
            for both, a, b, share in pairs:
                disagreed += ((w[:, both] * share) * (rank[:, a] - rank[:, b]) ** 2).sum(axis=1)
            expected = 2 * (n * (counts * rank**2).sum(axis=1) - ((counts * rank).sum(axis=1)) ** 2)
            return finish(disagreed, expected, n)

        return ordinal
    if isinstance(metric, str) and metric == "ratio":
        assert values is not None
        if len(values) and values.min() < 0:
            raise CjmError("the ratio metric needs values of 0 or more")
        total = values[:, None] + values[None, :]
        matrix = (np.divide(values[:, None] - values[None, :], total, out=np.zeros_like(total), where=total != 0)) ** 2
    elif isinstance(metric, str):
        raise CjmError(suggest(metric, METRICS, what="metric"))
    else:
        matrix = np.asarray(metric, dtype=float)
    d = observed(lambda a, b: matrix[a, b])

    def general(w: Floats) -> Floats:
        counts = np.asarray(margins.T @ w.T).T
        n = counts.sum(axis=1)
        return finish(w @ d, ((counts @ matrix) * counts).sum(axis=1), n)

    return general


def _weights(kind: str, categories: Sequence[Any]) -> Floats:
    """Agreement weights between categories, shape (q, q): 1 on the diagonal."""
    q = len(categories)
    if kind == "identity":
        return np.eye(q)
    try:
        x = np.array(categories, dtype=float)
    except (TypeError, ValueError) as error:
        raise CjmError(f"weights={kind!r} need numeric categories") from error
    gap = np.abs(x[:, None] - x[None, :])
    span = gap.max() if q else 1.0
    if kind == "linear":
        return 1 - gap / (span or 1.0)
    if kind == "quadratic":
        return 1 - (gap / (span or 1.0)) ** 2
    raise CjmError(suggest(kind, ("identity", "linear", "quadratic"), what="weights"))


def agreement_of(p: Patterns, w: Floats) -> tuple[Callable[[Floats], Floats], Floats]:
    """Function from pattern weights to the observed (weighted) agreement, and the agreement of each pattern."""
    each = np.zeros(len(p.rows))
    for both, a, b in p.pairs():
        each[both] += 2 * w[a, b] / (p.m[both] * (p.m[both] - 1))

    def observed(t: Floats) -> Floats:
        n = t[:, p.pairable].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            out: Floats = np.where(n > 0, (t @ each) / n, np.nan)
        return out

    return observed, each


def chance_of(p: Patterns, w: Floats, kind: str) -> Callable[[Floats], Floats]:
    """Function from pattern weights to the agreement expected by chance, as `kind` sees chance."""
    q = len(p.categories)
    if kind in ("gwet", "fleiss"):
        shares = p.margins(per_unit=True)

        def by_share(t: Floats) -> Floats:
            pi = np.asarray(shares.T @ t.T).T
            n = t[:, p.m >= 1].sum(axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                pi = pi / n[:, None]
            if kind == "gwet":
                out: Floats = w.sum() * (pi * (1 - pi)).sum(axis=1) / (q * (q - 1)) if q > 1 else np.ones(len(t))
            else:
                out = ((pi @ w) * pi).sum(axis=1)
            return out

        return by_share
    if kind == "bp":
        return lambda t: np.full(len(t), w.sum() / q**2 if q else np.nan)
    from scipy.sparse import coo_matrix

    raters = p.rows.shape[1]
    a, r = np.nonzero(p.there)
    one = coo_matrix((np.ones(len(a)), (a, r * q + p.rows[a, r])), shape=(len(p.rows), raters * q)).tocsr()

    def by_rater(t: Floats) -> Floats:
        counts = np.asarray(one.T @ t.T).T.reshape(len(t), raters, q)
        n = counts.sum(axis=2, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = counts / n
        mean = share.mean(axis=1)
        # Variance of the raters' habits (Gwet 2014, 2.4): with two raters this is Cohen's chance agreement.
        spread = np.einsum("brk,kl,brl->b", share, w, share) - raters * np.einsum("bk,kl,bl->b", mean, w, mean)
        out: Floats = np.einsum("bk,kl,bl->b", mean, w, mean) - spread / (raters - 1) / raters
        return out

    return by_rater


def estimate(
    p: Patterns,
    statistic: Callable[[Floats], Floats],
    *,
    method: str,
    bootstraps: int = 0,
    seed: int = 0,
    level: float = 0.95,
    unit: str = "units",
    one_category: str | None = None,
) -> Estimate:
    """Value of a statistic with its percentile bootstrap interval; no value, and the reason, where it has none."""
    clusters = None if p.by_cluster is None else p.by_cluster.shape[0]
    n = round(p.n_units) if clusters is None else int(clusters)
    if clusters is not None and unit == "units":
        unit = "clusters"
    reason = _why_not(p, one_category)
    if reason:
        return Estimate(value=None, n=n, unit=unit, level=level, method=method, reason=reason)
    value = float(statistic(p.total[None, :])[0])
    low = high = None
    note = ""
    if bootstraps:
        if n < 2:
            note = say(en="no interval from a single interview", ru="по одному интервью интервала не построить")
        else:
            drawn = np.concatenate([statistic(w) for w in p.resampled(bootstraps, seed)])
            fine = drawn[~np.isnan(drawn)]
            if len(fine) >= 0.5 * bootstraps:
                low, high = (float(v) for v in np.quantile(fine, [(1 - level) / 2, (1 + level) / 2]))
                method += f", percentile bootstrap ({bootstraps})"
            if len(fine) < 0.95 * bootstraps:
                k = bootstraps - len(fine)
                note = say(
                    en=f"{k} of {bootstraps} bootstrap samples had a single category",
                    ru=f"в {k} из {bootstraps} выборок бутстрепа только одна категория",
                )
    if low is not None and high is not None and low > high:  # pragma: no cover - quantiles are ordered
        low, high = high, low
    return Estimate(value=value, low=low, high=high, n=n, unit=unit, level=level, method=method, reason=note)


def _why_not(p: Patterns, one_category: str | None) -> str:
    if not p.pairable.any() or p.n_units == 0:
        return say(en="no unit was rated by two raters", ru="ни одну единицу не оценили двое")
    used = {int(c) for c in np.unique(p.rows[p.pairable])} - {-1}
    if len(used) < 2 and one_category is None:
        only = p.categories[next(iter(used))]
        return say(
            en=f"all ratings are {only!r}: without variation, agreement beyond chance is not defined",
            ru=f"все оценки равны {only!r}: без различий согласие сверх случайного не определено",
        )
    return ""


def alpha(
    ratings: Any, *, metric: Any, clusters: Any = None, bootstraps: int = 0, seed: int = 0, level: float = 0.95
) -> Estimate:
    r"""Krippendorff's alpha.

    .. math:: \alpha = 1 - \frac{D_o}{D_e}

    with the observed disagreement of ratings within units and that expected if ratings were shuffled among units. Any
    number of raters; ratings may be missing; units with a single rating do not count.

    Parameters
    ----------
    ratings : array or DataFrame, shape (units, raters)
        NaN or None where a rater gave none.
    metric : {"nominal", "ordinal", "interval", "ratio"} or array
        How far two categories are apart; there is no default, for it is a choice about the data. An array gives the
        distances between the sorted categories.
    clusters : array, shape (units,), optional
        Interview of each unit: the bootstrap draws interviews, since units of one interview are alike.
    bootstraps : int
        Samples for the percentile interval; 0 for none.
    seed, level : int, float
        Start of the random numbers; confidence level.

    Returns
    -------
    Estimate
        n counts units with two ratings or more, or the clusters. Where all ratings are equal there is no value, and
        ``reason`` says why.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability; R: ``irr::kripp.alpha``.

    Examples
    --------
    >>> a = alpha([[1, 1], [2, 2], [3, 3], [3, 2]], metric="nominal")
    >>> round(a.value, 3)
    0.667
    """
    p = _patterns(ratings, clusters, ordered=isinstance(metric, str) and metric != "nominal")
    name = metric if isinstance(metric, str) else "given distances"
    return estimate(
        p, alpha_of(p, metric), method=f"Krippendorff's alpha, {name}", bootstraps=bootstraps, seed=seed, level=level
    )


def _corrected(
    kind: str, name: str, ratings: Any, weights: str, categories: Sequence[Any] | None, clusters: Any, **how: Any
) -> Estimate:
    p = _patterns(ratings, clusters, categories=categories)
    if kind == "cohen" and p.rows.shape[1] != 2:
        raise CjmError(
            f"Cohen's kappa is for two raters, these are {p.rows.shape[1]}; use fleiss_kappa or conger_kappa"
        )
    w = _weights(weights, p.categories)
    observed, _ = agreement_of(p, w)
    if kind == "cohen":
        # Both margins over the units that both rated.
        p.total = np.where(p.pairable, p.total, 0.0)
        if p.by_cluster is not None:
            p.by_cluster = p.by_cluster.multiply(p.pairable[None, :].astype(float)).tocsr()
    chance = chance_of(p, w, kind)

    def statistic(t: Floats) -> Floats:
        po, pe = observed(t), chance(t)
        with np.errstate(invalid="ignore", divide="ignore"):
            out: Floats = np.where(pe < 1 - 1e-12, (po - pe) / (1 - pe), np.nan)
        return out

    method = name if weights == "identity" else f"{name}, {weights} weights"
    return estimate(p, statistic, method=method, **how)


def cohen_kappa(
    ratings: Any,
    *,
    weights: str = "identity",
    clusters: Any = None,
    bootstraps: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    r"""Cohen's kappa of two raters, :math:`(p_o - p_e)/(1 - p_e)` with :math:`p_e = \sum_k p_{1k} p_{2k}`.

    Parameters
    ----------
    ratings : array or DataFrame, shape (units, 2)
        Units that only one has rated do not count.
    weights : {"identity", "linear", "quadratic"}
        How much credit a near miss gets.
    clusters, bootstraps, seed, level
        As for :func:`alpha`.

    References
    ----------
    Cohen (1960), Educ. Psychol. Meas. 20, 37-46; R: ``irr::kappa2``.

    Examples
    --------
    >>> round(cohen_kappa(ratings_from_table([[20, 5], [10, 15]])).value, 3)
    0.4
    """
    how = {"bootstraps": bootstraps, "seed": seed, "level": level}
    return _corrected("cohen", "Cohen's kappa", ratings, weights, None, clusters, **how)


def conger_kappa(
    ratings: Any,
    *,
    weights: str = "identity",
    clusters: Any = None,
    bootstraps: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Conger's kappa: Cohen's idea of chance (each rater has habits) for any number of raters. Arguments as `alpha`.

    References
    ----------
    Conger (1980), Psychol. Bull. 88, 322-328; R: ``irrCAC::conger.kappa.raw``.
    """
    how = {"bootstraps": bootstraps, "seed": seed, "level": level}
    return _corrected("conger", "Conger's kappa", ratings, weights, None, clusters, **how)


def fleiss_kappa(
    ratings: Any,
    *,
    weights: str = "identity",
    clusters: Any = None,
    bootstraps: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Fleiss' kappa: chance by the shares of the categories over all raters, who may differ from unit to unit.

    Arguments as :func:`cohen_kappa`, with any number of raters; with missing ratings it is Gwet's extension. To feed
    counts, use :func:`ratings_from_counts`.

    References
    ----------
    Fleiss (1971), Psychol. Bull. 76, 378-382; R: ``irr::kappam.fleiss``, ``irrCAC::fleiss.kappa.raw``.
    """
    how = {"bootstraps": bootstraps, "seed": seed, "level": level}
    return _corrected("fleiss", "Fleiss' kappa", ratings, weights, None, clusters, **how)


def gwet_ac(
    ratings: Any,
    *,
    weights: str = "identity",
    categories: Sequence[Any] | None = None,
    clusters: Any = None,
    bootstraps: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    r"""Gwet's AC1 (identity weights) or AC2, steady where one category is rare and kappa collapses.

    .. math:: p_e = \frac{\sum_{kl} w_{kl}}{q(q-1)} \sum_k \pi_k (1 - \pi_k)

    Parameters
    ----------
    ratings : array or DataFrame, shape (units, raters)
        NaN or None for missing.
    weights : {"identity", "linear", "quadratic"}
        Identity for AC1.
    categories : sequence, optional
        All categories that raters could have used; by default those that were.
    clusters, bootstraps, seed, level
        As for :func:`alpha`.

    References
    ----------
    Gwet (2008), Br. J. Math. Stat. Psychol. 61, 29-48; R: ``irrCAC::gwet.ac1.raw``.
    """
    how = {"bootstraps": bootstraps, "seed": seed, "level": level}
    name = "Gwet's AC1" if weights == "identity" else "Gwet's AC2"
    return _corrected("gwet", name, ratings, weights, categories, clusters, **how)


def brennan_prediger(
    ratings: Any,
    *,
    weights: str = "identity",
    categories: Sequence[Any] | None = None,
    clusters: Any = None,
    bootstraps: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Brennan and Prediger's coefficient: chance is one over the number of categories. Arguments as :func:`gwet_ac`.

    References
    ----------
    Brennan and Prediger (1981), Educ. Psychol. Meas. 41, 687-699; R: ``irrCAC::bp.coeff.raw``.
    """
    how = {"bootstraps": bootstraps, "seed": seed, "level": level}
    return _corrected("bp", "Brennan-Prediger", ratings, weights, categories, clusters, **how)


def percent_agreement(
    ratings: Any, *, clusters: Any = None, bootstraps: int = 0, seed: int = 0, level: float = 0.95
) -> Estimate:
    """Share of pairs of ratings of the same unit that are equal; says nothing about chance. Arguments as `alpha`."""
    p = _patterns(ratings, clusters)
    observed, _ = agreement_of(p, np.eye(len(p.categories)))
    return estimate(
        p, observed, method="percent agreement", bootstraps=bootstraps, seed=seed, level=level, one_category="fine"
    )


def masi_distance(a: frozenset[Any], b: frozenset[Any]) -> float:
    """MASI distance of two sets (Passonneau 2006): 1 − Jaccard × (1 if equal, 2/3 if nested, 1/3 if they meet, else 0).

    Examples
    --------
    >>> round(masi_distance(frozenset("ab"), frozenset("a")), 3)
    0.667
    """
    if a == b:
        return 0.0
    common = len(a & b)
    if not common:
        return 1.0
    closeness = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1.0 - common / len(a | b) * closeness
