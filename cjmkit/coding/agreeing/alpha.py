"""Krippendorff's alpha, for any number of raters, any distance and missing ratings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.coding.agreeing.bootstrap import estimate
from cjmkit.coding.agreeing.patterns import Floats, Ints, Patterns, patterns
from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError, suggest

__all__ = ["METRICS", "alpha", "alpha_of"]

METRICS = ("nominal", "ordinal", "interval", "ratio")


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
            raise CjmError(en="the ratio metric needs values of 0 or more", ru="для меры отношений нужны значения от 0")
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


def alpha(
    ratings: Any,
    *,
    metric: str | Sequence[Sequence[float]] | np.ndarray | pd.DataFrame,
    clusters: Iterable[Any] | None = None,
    resamples: int = 0,
    seed: int = 0,
    level: float = 0.95,
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
    resamples : int
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
    p = patterns(ratings, clusters, ordered=isinstance(metric, str) and metric != "nominal")
    name = metric if isinstance(metric, str) else "given distances"
    return estimate(
        p, alpha_of(p, metric), method=f"Krippendorff's alpha, {name}", resamples=resamples, seed=seed, level=level
    )
