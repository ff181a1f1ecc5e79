"""The figure behind each kind of score: value, interval and n of one group of people."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from cjmkit import stats
from cjmkit.stats import z_of
from cjmkit.survey._intervals import Moments, bearing_of, exact_share, nps_interval, weighted_mean
from cjmkit.survey._sus import grade, percentile
from cjmkit.survey.items import Item

__all__ = ["FIGURES", "effective_n", "nps_counts", "sample_n", "share_interval"]

Figure = Callable[[np.ndarray, "np.ndarray | None", "Item | None", "int | None", float], dict[str, Any]]


def _kept(x: np.ndarray, w: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    ok = ~np.isnan(x)
    if w is not None:
        ok &= ~np.isnan(w)
        return x[ok], w[ok]
    return x[ok], None


def effective_n(variance: Any, se: Any, n: Any, kish: Any) -> Any:
    """How many people of a simple sample know as much as a weighted one: the smaller of two answers; numbers or arrays.

    One is Kish's (Σw)²/Σw²; the other the n at which a simple sample has the same standard error. In a small sample
    that error is itself badly known and often too small: intervals resting on it alone cover .88 instead of .95 at
    n = 10, and Kish's number misses weights that go with the answers.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        same = np.divide(variance * np.asarray(n, dtype=float), np.multiply(np.subtract(n, 1), np.square(se)))
    known = np.isfinite(same) & (np.asarray(variance) > 0)
    out = np.where(known, np.minimum(same, kish), kish)
    return out if out.ndim else float(out)


def sample_n(variance: float, m: Moments, weights: Any) -> float:
    """The effective n of a mean with this variance; of a sample with strata or clusters after Korn and Graubard (1998).

    There it is the n at which a simple sample has the same error, times (t_{n−1}/t_df)² for an error known from few
    units, and never more than the people. Where everybody answers alike, the error says nothing: each cluster then
    counts as one person.
    """
    from scipy.special import stdtrit

    bearing = bearing_of(weights)
    if bearing is None or not bearing.drawn:
        # Raking may gain what unequal weights lose.
        return float(effective_n(variance, m.se, m.n, m.n if bearing is not None else m.effective))
    if not m.df > 0 or not m.se > 1e-12:
        return m.df + 1 if bearing.clusters is not None and m.df >= 0 else m.effective
    same = variance * m.n / ((m.n - 1) * m.se**2)
    return float(min(same * (stdtrit(m.n - 1, 0.975) / stdtrit(m.df, 0.975)) ** 2, m.n))


def nps_counts(x: np.ndarray, w: np.ndarray | None) -> tuple[np.ndarray, int, float, float]:
    """Promoters (9, 10), passives (7, 8) and detractors (0 to 6).

    Returns
    -------
    (counts, n, standard error, effective n)
        With weights, counts of the effective sample; the standard error in NPS points.
    """
    everybody, weights = x, w
    x, w = _kept(x, w)
    n = len(x)
    marks = np.column_stack([x >= 9, (x >= 7) & (x < 9), x < 7])
    if w is None:
        counts = marks.sum(axis=0).astype(float)
        p, d = (counts[0] / n, counts[2] / n) if n else (math.nan, math.nan)
        return counts, n, 100 * math.sqrt(max(p + d - (p - d) ** 2, 0) / n) if n else math.nan, float(n)
    score = np.where(np.isnan(everybody), np.nan, 100.0 * ((everybody >= 9).astype(float) - (everybody < 7)))
    m = weighted_mean(score, weights)
    shares = (marks * w[:, None]).sum(axis=0) / w.sum() if n else np.full(3, math.nan)
    variance = 1e4 * (shares[0] + shares[2] - (shares[0] - shares[2]) ** 2)
    counts = shares * sample_n(variance, m, weights)
    return counts, n, m.se, float(counts.sum())


def _nps(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    counts, n, se, effective = nps_counts(x, w)
    total = counts.sum()
    p, q, d = counts / total if total > 0 else np.full(3, math.nan)
    low, high = nps_interval(counts[0], counts[1], counts[2], level) if n else (math.nan, math.nan)
    out = {
        "value": 100 * (p - d),
        "low": low,
        "high": high,
        "n": n,
        "promoters": p,
        "passives": q,
        "detractors": d,
        "se": se,
        "method": "score (Tango)" + ("" if w is None else ", effective n"),
    }
    return out | ({"n_effective": effective} if w is not None else {})


def share_interval(p: Any, n: Any, effective: Any, level: float, *, weighted: bool) -> tuple[Any, Any]:
    """Limits of shares: exact ones of whole people, Agresti and Coull's of an effective sample; numbers or arrays.

    Of an effective sample Wilson's interval covers 91 to 98 % (raked, shares near 0 and 1), this one 93 to 99.
    """
    if not weighted:
        return exact_share(np.rint(np.nan_to_num(np.multiply(p, n))), n, level)
    z = z_of(level)
    total = np.add(effective, z**2)
    middle = (np.multiply(p, effective) + z**2 / 2) / total
    half = z * np.sqrt(middle * (1 - middle) / total)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def _share(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    m = weighted_mean(x, w)
    p = min(max(m.mean, 0.0), 1.0) if m.n else math.nan
    effective = float(m.n) if w is None else sample_n(p * (1 - p), m, w)
    low, high = share_interval(p, m.n, effective, level, weighted=w is not None)
    out = {"value": p, "low": float(low), "high": float(high), "n": m.n}
    if w is None:
        return out | {"method": "exact (Blaker)"}
    return out | {"se": m.se, "n_effective": effective, "method": "Agresti-Coull, effective n"}


def _above(x: np.ndarray, it: Item | None, top: int) -> np.ndarray:
    if it is None or it.ends is None:
        return x
    return np.where(np.isnan(x), np.nan, (x > it.ends[1] - top).astype(float))


def _top(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    out = _share(_above(x, it, top or 2), w, it, None, level)
    m = weighted_mean(x, w)
    return out | {"mean": m.mean, "sd": m.sd}


def _mean(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    m = weighted_mean(x, w)
    # Kish's n (or the drawn units of a design), not the number of people, says how well the error itself is known.
    _, low, high = stats.t_interval(m.mean, m.se, m.df, level=level)
    out = {"value": m.mean, "low": low, "high": high, "n": m.n, "sd": m.sd, "se": m.se, "method": "t"}
    if w is None:
        return out
    drawn = (bearing := bearing_of(w)) is not None and bearing.drawn
    return out | {"n_effective": sample_n(m.sd**2 * (m.n - 1) / m.n, m, w) if drawn and m.n else m.effective}


def _ces(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    out = _mean(x, w, it, None, level)
    upper = top or (3 if it is not None and (it.points or 7) >= 7 else 2)
    share = _share(_above(x, it, upper), w, it, None, level)
    return out | {f"top{upper}": share["value"], f"top{upper}_low": share["low"], f"top{upper}_high": share["high"]}


def _of_hundred(x: np.ndarray, w: np.ndarray | None, level: float) -> dict[str, Any]:
    """The mean of scores on 0 to 100, whose limits stay there."""
    out = _mean(x, w, None, None, level)
    return out | {"low": np.maximum(out["low"], 0.0), "high": np.minimum(out["high"], 100.0)}


def _sus(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    out = _of_hundred(x, w, level)
    return out | {"grade": grade(out["value"]), "percentile": percentile(out["value"]) if out["n"] else math.nan}


def _umux(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    """UMUX-Lite and the SUS that its regression gives: 0.65·UMUX-Lite + 22.9 (Lewis, Utesch and Maher 2013)."""
    out = _of_hundred(x, w, level)
    sus, low, high = (0.65 * out[c] + 22.9 for c in ("value", "low", "high"))
    out |= {"sus": sus, "sus_low": low, "sus_high": high}
    return out | {"grade": grade(sus), "percentile": percentile(sus) if out["n"] else math.nan}


FIGURES: dict[str, Figure] = {
    "nps": _nps,
    "csat": _top,
    "top2": _top,
    "ces": _ces,
    "sus": _sus,
    "umux_lite": _umux,
    "mean": _mean,
    "share": _share,
    "multi": _share,
    "missing": _share,
}
