"""Intervals, one function each: arrays or counts in, numbers out. Nothing is rounded here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from cjmkit.stats import z_of

__all__ = [
    "Bearing",
    "DesignWeights",
    "Moments",
    "bearing_of",
    "design_weights",
    "exact_share",
    "nps_difference",
    "nps_interval",
    "weighted_mean",
    "within",
]


def exact_share(chosen: Any, n: Any, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Blaker's exact interval of a share (2000): it covers at least as often as it says, at every n and share.

    It lies within Clopper and Pearson's. Found without a search: between the p at which the near tail weighs α/2 and
    the first p at which the far tail gains a value, the sum of both tails crosses α at most once.

    Parameters
    ----------
    chosen, n : whole numbers or arrays of them
        How many of how many people; of nobody the limits are NaN.

    Returns
    -------
    (low, high)

    Examples
    --------
    >>> [round(float(v), 4) for v in exact_share(9, 10)]
    [0.5556, 0.9949]
    """
    k, size = np.broadcast_arrays(np.asarray(chosen, dtype=float), np.asarray(n, dtype=float))
    pairs, back = np.unique(np.stack([k.ravel(), size.ravel()]), axis=1, return_inverse=True)
    low = _lower_blaker(pairs[0], pairs[1], 1 - level)
    high = 1 - _lower_blaker(pairs[1] - pairs[0], pairs[1], 1 - level)
    at = back.ravel()
    return low[at].reshape(k.shape)[()], high[at].reshape(k.shape)[()]


def _lower_blaker(k: np.ndarray, n: np.ndarray, alpha: float) -> np.ndarray:
    from scipy.special import bdtrik, betainc, betaincinv

    out = np.where(n > 0, 0.0, np.nan)
    some = (k > 0) & (n > 0)
    k, n = k[some], n[some]

    def above(p: np.ndarray) -> np.ndarray:  # P(X >= k)
        return np.asarray(betainc(k, n - k + 1, p))

    def upto(q: np.ndarray, p: np.ndarray) -> np.ndarray:  # P(X <= q)
        inside = np.clip(q, 0, n - 1)
        return np.where(q < 0, 0.0, np.where(q >= n, 1.0, 1 - betainc(inside + 1, n - inside, p)))

    def crossing(f: Any, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        low, high = low.copy(), high.copy()
        for _ in range(48):
            middle = (low + high) / 2
            beyond = f(middle) > 0
            low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
        return low  # outside of the limit by less than a rounding: a value at a jump belongs to the interval

    start = betaincinv(k, n - k + 1, alpha / 2)
    last = np.floor(np.nan_to_num(bdtrik(alpha / 2, n, start), nan=-1.0))
    last = np.where(upto(last, start) > alpha / 2, last - 1, last)
    last = np.where(upto(last + 1, start) <= alpha / 2, last + 1, last)
    last = np.minimum(last, k - 1)
    jump = crossing(lambda p: above(p) - upto(last + 1, p), start, np.maximum(k / n, start))
    rises = above(jump) + upto(last, jump) > alpha
    smooth = crossing(lambda p: above(p) + upto(last, p) - alpha, start, jump)
    out[some] = np.where(rises, smooth, jump)
    return out


def nps_interval(promoters: float, passives: float, detractors: float, level: float = 0.95) -> tuple[float, float]:
    """Score interval of the NPS: that of a difference of two shares of the same people (Tango 1998).

    It holds every difference D that the score test does not reject: (b − c − nD)² = z²·n·(2q + D(1 − D)), where b
    promote, c detract, and q is the most likely share of detractors under D. Without weights it covers 95.0
    to 96.1 % in ``benchmarks/results/survey_coverage.md``, where the plain one falls to 56 and the adjusted Wald
    interval covers 93.9 to 96.5. Counts need not be whole: an effective
    sample is allowed.

    Returns
    -------
    (low, high)
        In NPS points; NaN without people.

    Examples
    --------
    >>> [round(v, 3) for v in nps_interval(35, 23, 12)]
    [14.158, 49.048]
    """
    b, c, n = float(promoters), float(detractors), float(promoters + passives + detractors)
    if not n > 0:
        return math.nan, math.nan
    z2 = z_of(level) ** 2

    def rejected(d: float) -> bool:
        a1 = -b - c + (2 * n - b + c) * d
        q = (math.sqrt(max(a1 * a1 + 8 * n * c * d * (1 - d), 0.0)) - a1) / (4 * n)
        return (b - c - n * d) ** 2 > z2 * n * max(2 * q + d * (1 - d), 0.0)

    def edge(outer: float) -> float:
        inner = (b - c) / n
        if not rejected(outer):
            return outer
        for _ in range(60):
            middle = (inner + outer) / 2
            inner, outer = (inner, middle) if rejected(middle) else (middle, outer)
        return inner

    at = (b - c) / n
    low = -1.0 if at <= -1 else edge(-1.0)
    high = 1.0 if at >= 1 else edge(1.0)
    return 100 * low, 100 * high


def _adjusted(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    return p - d, math.sqrt((p + d - (p - d) ** 2) / (n + 3))


def nps_difference(
    a: tuple[float, float, float], b: tuple[float, float, float], level: float = 0.95, *, shared: float = 0.0
) -> tuple[float, float, float, float]:
    """Interval and z test of a difference of two NPS, on adjusted values.

    Parameters
    ----------
    a, b : (promoters, passives, detractors)
    level : float
        Confidence level.
    shared : float
        Where the same people stand on both sides: Σw² of them over the product of both sums of weights.

    Returns
    -------
    (low, high, z, p)
        Limits in NPS points of a − b, centred on the adjusted difference.
    """
    from scipy.special import ndtr

    sa, ea = _adjusted(a[0], a[2], sum(a))
    sb, eb = _adjusted(b[0], b[2], sum(b))
    common = shared * ea * eb * math.sqrt((sum(a) + 3) * (sum(b) + 3))
    diff, se = sa - sb, math.sqrt(max(ea**2 + eb**2 - 2 * common, 0.0))
    z = diff / se if se > 1e-9 else math.nan
    q = z_of(level)
    return 100 * (diff - q * se), 100 * (diff + q * se), z, 2 * float(ndtr(-abs(z)))


@dataclass(frozen=True)
class Moments:
    """A weighted mean, its standard error, the effective n after Kish, and how well the error is known."""

    mean: float
    se: float
    n: int
    effective: float
    sd: float
    df: float


@dataclass(frozen=True, eq=False)
class Bearing:
    """How people came into the sample, and what their weights were made to agree with; one entry a person.

    `margins` (raking), `strata` and `clusters` are categories as whole numbers from 0 on; `fraction` is the share of
    the clusters (or people) of its stratum that were drawn, 0 where that is next to nothing.
    """

    margins: tuple[np.ndarray, ...] = ()
    strata: np.ndarray | None = None
    clusters: np.ndarray | None = None
    fraction: np.ndarray | None = None

    @property
    def drawn(self) -> bool:
        """Whether strata or clusters are known, and with them the degrees of freedom."""
        return self.strata is not None or self.clusters is not None

    def units(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """The sampled unit of each person, and the stratum of each unit."""
        unit = np.arange(n) if self.clusters is None else self.clusters
        stratum = np.zeros(int(unit.max()) + 1, dtype=int)
        if self.strata is not None:
            stratum[unit] = self.strata
        return unit, stratum

    def variance(self, parts: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Variance of the sum of ``weights * parts`` (people, columns), by Taylor linearisation as in R's survey.

        What the margins explain is fixed by the raking, so residuals of a regression on them take the place of the
        parts. Then the sums of the sampled units vary about the mean of their stratum:
        Σ_h (1 − f_h)·m_h/(m_h − 1)·Σ(u − ū_h)².
        """
        if self.margins:
            design = np.column_stack([np.eye(int(m.max()) + 1)[m] for m in self.margins])
            parts = parts - design @ np.linalg.lstsq(design, parts, rcond=None)[0]
        unit, stratum = self.units(len(parts))
        sums = np.zeros((len(stratum), parts.shape[1]))
        np.add.at(sums, unit, weights[:, None] * parts)
        m = np.bincount(stratum).astype(float)
        means = np.zeros((len(m), parts.shape[1]))
        np.add.at(means, stratum, sums)
        off = sums - (means / m[:, None])[stratum]
        drawn = np.zeros(len(m))
        if self.fraction is not None:
            drawn[stratum[unit]] = self.fraction
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(drawn >= 1, 0.0, (1 - drawn) * m / (m - 1))
        return np.asarray((factor[stratum][:, None] * off**2).sum(axis=0))

    def df(self, inside: np.ndarray) -> float:
        """Sampled units less strata, among those of the people inside."""
        unit, stratum = self.units(len(inside))
        own = np.unique(unit[inside])
        return float(len(own) - len(np.unique(stratum[own])))


class DesignWeights(np.ndarray):
    """Weights that know their sample; a part of them is a plain array again."""

    bearing: Bearing | None

    def __array_finalize__(self, source: object) -> None:
        self.bearing = None


def design_weights(values: np.ndarray, bearing: Bearing) -> np.ndarray:
    """Weights with what is known about the sample."""
    out = np.asarray(values, dtype=float).view(DesignWeights)
    out.bearing = bearing
    return out


def bearing_of(weights: Any) -> Bearing | None:
    """What weights know about their sample; None for plain ones."""
    return getattr(weights, "bearing", None)


def within(x: np.ndarray, weights: np.ndarray | None, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """The people of a group: cut out, or, where the weights know their sample, the others blanked.

    A group of a sample with strata, clusters or raked margins still owes its variance to the whole of it.
    """
    if bearing_of(weights) is not None:
        return np.where(mask, x, np.nan), weights
    return x[mask], None if weights is None else weights[mask]


def weighted_mean(values: np.ndarray, weights: np.ndarray | None = None) -> Moments:
    """Mean of the answers with its standard error; with weights, as survey packages do it (Taylor).

    SE = √(n/(n−1) · Σ w²(x − x̄)²) / Σw, which does not change when all weights are multiplied by a number, and
    equals sd/√n when they are equal. Effective n is (Σw)²/Σw² (Kish 1965). Weights that know their sample give the
    error of that sample (`Bearing.variance`).

    Parameters
    ----------
    values : array of shape (N,)
        NaN is left out.
    weights : array of shape (N,), optional
    """
    ok = ~np.isnan(values)
    if weights is not None:
        ok &= ~np.isnan(weights)
    x = values[ok]
    n = len(x)
    if n == 0:
        return Moments(math.nan, math.nan, 0, 0.0, math.nan, math.nan)
    if weights is None:
        mean = float(x.mean())
        sd = float(x.std(ddof=1)) if n > 1 else math.nan
        return Moments(mean, sd / math.sqrt(n) if n > 1 else math.nan, n, float(n), sd, n - 1.0)
    w = np.asarray(weights)[ok]
    total = w.sum()
    mean = float((w * x).sum() / total)
    effective = float(total**2 / (w**2).sum())
    bearing = bearing_of(weights)
    df = bearing.df(ok) if bearing is not None and bearing.drawn else effective - 1
    if n < 2 or df <= 0:
        return Moments(mean, math.nan, n, effective, math.nan, df)
    if bearing is None:
        se = float(math.sqrt(n / (n - 1) * ((w * (x - mean)) ** 2).sum()) / total)
    else:
        parts = np.where(ok, np.nan_to_num(values) - mean, 0.0)[:, None]
        se = float(math.sqrt(bearing.variance(parts, np.asarray(weights))[0]) / total)
    sd = math.sqrt(float((w * (x - mean) ** 2).sum() / total) * n / (n - 1))
    return Moments(mean, se, n, effective, sd, df)
