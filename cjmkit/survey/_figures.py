"""The figure behind each kind of score: value, interval and n of one group of people."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from cjmkit import stats
from cjmkit.survey._intervals import adjusted_nps, weighted_mean
from cjmkit.survey._sus import grade, percentile
from cjmkit.survey.items import Item

__all__ = ["FIGURES", "effective_n", "nps_counts"]

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
    counts = shares * effective_n(variance, m.se, n, _most(weights, n, m.effective))
    return counts, n, m.se, float(counts.sum())


def _most(weights: Any, n: int, kish: float) -> float:
    """The largest effective n: Kish's, or everybody where raking may gain what unequal weights lose."""
    return float(n) if getattr(weights, "margins", ()) else kish


def _nps(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    counts, n, se, effective = nps_counts(x, w)
    total = counts.sum()
    p, q, d = counts / total if total > 0 else np.full(3, math.nan)
    low, high, _ = (
        adjusted_nps(counts[0], counts[1], counts[2], level, weighted=w is not None) if n else (math.nan,) * 3
    )
    out = {
        "value": 100 * (p - d),
        "low": low,
        "high": high,
        "n": n,
        "promoters": p,
        "passives": q,
        "detractors": d,
        "se": se,
        "method": "adjusted Wald",
    }
    # A score at the very edge lies outside the interval of the adjusted one by construction: it is an end of it.
    if n and not math.isnan(low):
        out["low"], out["high"] = min(low, out["value"]), max(high, out["value"])
    return out | ({"n_effective": effective} if w is not None else {})


def _share(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    m = weighted_mean(x, w)
    most = _most(w, m.n, m.effective)
    x, w = _kept(x, w)
    n = len(x)
    if n == 0:
        return {"value": math.nan, "low": math.nan, "high": math.nan, "n": 0, "method": "Wilson"}
    p = min(max(m.mean, 0.0), 1.0)
    if w is None:
        _, low, high = stats.wilson(float(x.sum()), n, level=level)
        return {"value": p, "low": low, "high": high, "n": n, "method": "Wilson"}
    effective = effective_n(p * (1 - p), m.se, n, most)
    _, low, high = stats.wilson(p * effective, effective, level=level)
    return {
        "value": p,
        "low": low,
        "high": high,
        "n": n,
        "se": m.se,
        "n_effective": effective,
        "method": "Wilson, effective n",
    }


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
    # Kish's n, not the number of people, says how well the standard error itself is known.
    _, low, high = stats.t_interval(m.mean, m.se, m.effective - 1 if w is not None else m.n - 1, level=level)
    out = {"value": m.mean, "low": low, "high": high, "n": m.n, "sd": m.sd, "se": m.se, "method": "t"}
    return out | ({"n_effective": m.effective} if w is not None else {})


def _ces(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    out = _mean(x, w, it, None, level)
    upper = top or (3 if it is not None and (it.points or 7) >= 7 else 2)
    share = _share(_above(x, it, upper), w, it, None, level)
    return out | {f"top{upper}": share["value"], f"top{upper}_low": share["low"], f"top{upper}_high": share["high"]}


def _sus(x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float) -> dict[str, Any]:
    out = _mean(x, w, it, None, level)
    return out | {"grade": grade(out["value"]), "percentile": percentile(out["value"]) if out["n"] else math.nan}


FIGURES: dict[str, Figure] = {
    "nps": _nps,
    "csat": _top,
    "top2": _top,
    "ces": _ces,
    "sus": _sus,
    "mean": _mean,
    "share": _share,
    "multi": _share,
    "missing": _share,
}
