"""Agreement beyond chance: Cohen, Conger, Fleiss, Gwet and Brennan-Prediger differ in what they call chance.

All are :math:`(p_o - p_e)/(1 - p_e)` on the same observed agreement, so each is its `chance_of` and a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from cjmkit.coding.agreeing.bootstrap import estimate
from cjmkit.coding.agreeing.patterns import Floats, Patterns, patterns
from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError, suggest

__all__ = [
    "NAMES",
    "agreement_of",
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "corrected_of",
    "fleiss_kappa",
    "gwet_ac",
    "light_of",
    "percent_agreement",
    "pooled_of",
]

NAMES = {
    "cohen": "Cohen's kappa",
    "conger": "Conger's kappa",
    "fleiss": "Fleiss' kappa",
    "gwet": "Gwet's AC1",
    "bp": "Brennan-Prediger",
}


def _weights(kind: str, categories: Sequence[Any]) -> Floats:
    """Agreement weights between categories, shape (q, q): 1 on the diagonal."""
    q = len(categories)
    if kind == "identity":
        return np.eye(q)
    try:
        x = np.array(categories, dtype=float)
    except (TypeError, ValueError) as error:
        raise CjmError(
            en=f"weights={kind!r} need numeric categories", ru=f"для weights={kind!r} нужны числовые категории"
        ) from error
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


def corrected_of(p: Patterns, w: Floats, kind: str) -> Callable[[Floats], Floats]:
    """Function from pattern weights to the agreement beyond what `kind` calls chance."""
    observed, _ = agreement_of(p, w)
    chance = chance_of(p, w, kind)
    return lambda t: _beyond(observed(t), chance(t))


def _beyond(observed: Floats, chance: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Floats = np.where(chance < 1 - 1e-12, (observed - chance) / (1 - chance), np.nan)
    return out


def pooled_of(p: Patterns, member: Floats) -> Callable[[Floats], Floats]:
    """Cohen's kappa pooled over codes (observed and chance agreement averaged first), averaged over pairs of raters.

    `member` says which codes each category, a set, holds; shape (categories, codes).
    """
    pairs = [(both, member[a], member[b]) for both, a, b in p.pairs()]

    def pooled(t: Floats) -> Floats:
        out = np.zeros(len(t))
        for both, a, b in pairs:
            w = t[:, both]
            n = w.sum(axis=1, keepdims=True)
            with np.errstate(invalid="ignore", divide="ignore"):
                pa, pb = w @ a / n, w @ b / n
                chance = pa * pb + (1 - pa) * (1 - pb)
                out += _beyond((w @ (a == b) / n).mean(axis=1), chance.mean(axis=1)) / len(pairs)
        return out

    return pooled


def light_of(p: Patterns) -> Callable[[Floats], Floats]:
    """Cohen's kappa of two categories, averaged over the pairs of raters (Light 1971)."""
    pairs = list(p.pairs())

    def mean_kappa(t: Floats) -> Floats:
        found = []
        for both, a, b in pairs:
            w = t[:, both]
            n = w.sum(axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                pa, pb = (w @ a) / n, (w @ b) / n
                found.append(_beyond((w @ (a == b)) / n, pa * pb + (1 - pa) * (1 - pb)))
        stacked = np.array(found)
        there = ~np.isnan(stacked)
        n_there = there.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            out: Floats = np.where(n_there > 0, np.where(there, stacked, 0).sum(axis=0) / n_there, np.nan)
        return out

    return mean_kappa


def _coefficient(
    kind: str,
    ratings: Any,
    weights: str,
    clusters: Any,
    categories: Sequence[Any] | None = None,
    *,
    resamples: int,
    seed: int,
    level: float,
) -> Estimate:
    p = patterns(ratings, clusters, categories=categories)
    if kind == "cohen":
        if p.rows.shape[1] != 2:
            raise CjmError(
                en=f"Cohen's kappa is for two raters, these are {p.rows.shape[1]}; use fleiss_kappa or conger_kappa",
                ru=f"каппа Коэна — для двух кодировщиков, здесь {p.rows.shape[1]}; возьмите fleiss_kappa или "
                f"conger_kappa",
            )
        # Both margins over the units that both rated.
        p.total = np.where(p.pairable, p.total, 0.0)
        if p.by_cluster is not None:
            p.by_cluster = p.by_cluster.multiply(p.pairable[None, :].astype(float)).tocsr()
    name = "Gwet's AC2" if kind == "gwet" and weights != "identity" else NAMES[kind]
    method = name if weights == "identity" else f"{name}, {weights} weights"
    statistic = corrected_of(p, _weights(weights, p.categories), kind)
    return estimate(p, statistic, method=method, resamples=resamples, seed=seed, level=level)


def cohen_kappa(
    ratings: Any,
    *,
    weights: str = "identity",
    clusters: Iterable[Any] | None = None,
    resamples: int = 0,
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
    clusters, resamples, seed, level
        As for :func:`alpha`.

    References
    ----------
    Cohen (1960), Educ. Psychol. Meas. 20, 37-46; R: ``irr::kappa2``.

    Examples
    --------
    >>> from cjmkit.coding import ratings_from_counts, ratings_from_table
    >>> round(cohen_kappa(ratings_from_table([[20, 5], [10, 15]])).value, 3)
    0.4
    """
    return _coefficient("cohen", ratings, weights, clusters, resamples=resamples, seed=seed, level=level)


def conger_kappa(
    ratings: Any,
    *,
    weights: str = "identity",
    clusters: Iterable[Any] | None = None,
    resamples: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Conger's kappa: Cohen's idea of chance (each rater has habits) for any number of raters. Arguments as `alpha`.

    References
    ----------
    Conger (1980), Psychol. Bull. 88, 322-328; R: ``irrCAC::conger.kappa.raw``.

    Examples
    --------
    >>> round(conger_kappa([[1, 1, 1], [2, 2, 1], [2, 2, 2], [1, 2, 1]]).value, 3)
    0.385
    """
    return _coefficient("conger", ratings, weights, clusters, resamples=resamples, seed=seed, level=level)


def fleiss_kappa(
    ratings: Any,
    *,
    weights: str = "identity",
    clusters: Iterable[Any] | None = None,
    resamples: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Fleiss' kappa: chance by the shares of the categories over all raters, who may differ from unit to unit.

    Arguments as :func:`cohen_kappa`, with any number of raters; with missing ratings it is Gwet's extension. To feed
    counts, use :func:`ratings_from_counts`.

    References
    ----------
    Fleiss (1971), Psychol. Bull. 76, 378-382; R: ``irr::kappam.fleiss``, ``irrCAC::fleiss.kappa.raw``.

    Examples
    --------
    >>> from cjmkit.coding import ratings_from_counts, ratings_from_table
    >>> round(fleiss_kappa(ratings_from_counts([[3, 0], [1, 2], [0, 3]])).value, 3)
    0.55
    """
    return _coefficient("fleiss", ratings, weights, clusters, resamples=resamples, seed=seed, level=level)


def gwet_ac(
    ratings: Any,
    *,
    weights: str = "identity",
    categories: Sequence[Any] | None = None,
    clusters: Iterable[Any] | None = None,
    resamples: int = 0,
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
    clusters, resamples, seed, level
        As for :func:`alpha`.

    References
    ----------
    Gwet (2008), Br. J. Math. Stat. Psychol. 61, 29-48; R: ``irrCAC::gwet.ac1.raw``.

    Examples
    --------
    >>> from cjmkit.coding import ratings_from_counts, ratings_from_table
    >>> round(gwet_ac(ratings_from_table([[118, 5], [2, 0]])).value, 3)
    0.941
    """
    return _coefficient("gwet", ratings, weights, clusters, categories, resamples=resamples, seed=seed, level=level)


def brennan_prediger(
    ratings: Any,
    *,
    weights: str = "identity",
    categories: Sequence[Any] | None = None,
    clusters: Iterable[Any] | None = None,
    resamples: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Brennan and Prediger's coefficient: chance is one over the number of categories. Arguments as :func:`gwet_ac`.

    References
    ----------
    Brennan and Prediger (1981), Educ. Psychol. Meas. 41, 687-699; R: ``irrCAC::bp.coeff.raw``.

    Examples
    --------
    >>> from cjmkit.coding import ratings_from_counts, ratings_from_table
    >>> round(brennan_prediger(ratings_from_table([[20, 5], [10, 15]])).value, 3)
    0.4
    """
    return _coefficient("bp", ratings, weights, clusters, categories, resamples=resamples, seed=seed, level=level)


def percent_agreement(
    ratings: Any, *, clusters: Iterable[Any] | None = None, resamples: int = 0, seed: int = 0, level: float = 0.95
) -> Estimate:
    """Share of pairs of ratings of the same unit that are equal; says nothing about chance. Arguments as :func:`alpha`.

    Examples
    --------
    >>> percent_agreement([["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]).value
    0.75
    """
    p = patterns(ratings, clusters)
    observed, _ = agreement_of(p, np.eye(len(p.categories)))
    return estimate(
        p, observed, method="percent agreement", resamples=resamples, seed=seed, level=level, one_category="fine"
    )
