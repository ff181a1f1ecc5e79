"""The difference of two sides: its interval, effect size and p."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from cjmkit import stats
from cjmkit.errors import CjmError
from cjmkit.survey._figures import nps_counts
from cjmkit.survey._intervals import nps_difference, weighted_mean
from cjmkit.survey._tests import cliffs_delta, mann_whitney, pooled_z, welch
from cjmkit.survey.items import Item

__all__ = []


def _two(
    a: np.ndarray, b: np.ndarray, it: Item, kind: str, wa: np.ndarray | None, wb: np.ndarray | None, level: float
) -> dict[str, Any]:
    if (~np.isnan(a)).sum() == 0 or (~np.isnan(b)).sum() == 0:
        raise CjmError(
            en=f"column {it.item!r}: nobody answered on one side",
            ru=f"столбец {it.item!r}: с одной стороны никто не ответил",
        )
    if kind == "nps":
        ca, na, _, _ = nps_counts(a, wa)
        cb, nb, _, _ = nps_counts(b, wb)
        low, high, _, p = nps_difference(tuple(ca), tuple(cb), level)
        va, vb = (100 * (c[0] - c[2]) / c.sum() for c in (ca, cb))
        x, y = a[~np.isnan(a)], b[~np.isnan(b)]
        low, high = max(low, -200.0), min(high, 200.0)
        return {
            "value_a": va,
            "value_b": vb,
            "difference": va - vb,
            "low": min(low, va - vb),
            "high": max(high, va - vb),
            "effect": cliffs_delta(x, y)[0],
            "effect_name": "cliffs_delta",
            "p": p,
            "n_a": na,
            "n_b": nb,
            "test": "z, adjusted Wald",
        }
    if kind in ("csat", "top2", "share"):
        return _shares(a, b, it, kind, wa, wb, level)
    if kind == "rank":
        x, y = a[~np.isnan(a)], b[~np.isnan(b)]
        _, p = mann_whitney(x, y)
        d, low, high = cliffs_delta(x, y, level)
        return {
            "value_a": float(np.median(x)),
            "value_b": float(np.median(y)),
            "difference": d,
            "low": low,
            "high": high,
            "effect": d,
            "effect_name": "cliffs_delta",
            "p": p,
            "n_a": len(x),
            "n_b": len(y),
            "test": "Mann-Whitney",
        }
    return _means(a, b, wa, wb, level)


def _means(a: np.ndarray, b: np.ndarray, wa: np.ndarray | None, wb: np.ndarray | None, level: float) -> dict[str, Any]:
    from scipy.special import stdtrit

    ma, mb = weighted_mean(a, wa), weighted_mean(b, wb)
    d = ma.mean - mb.mean
    se, df, p = map(float, welch((ma.mean, ma.se, ma.df + 1), (mb.mean, mb.se, mb.df + 1)))
    out = {
        "value_a": ma.mean,
        "value_b": mb.mean,
        "difference": d,
        "n_a": ma.n,
        "n_b": mb.n,
        "test": "Welch",
        "effect_name": "hedges_g",
    }
    if not se > 0:
        return out | {"low": math.nan, "high": math.nan, "p": math.nan, "effect": math.nan}
    half = float(stdtrit(df, 0.5 + level / 2)) * se
    pooled = math.sqrt(((ma.n - 1) * ma.sd**2 + (mb.n - 1) * mb.sd**2) / (ma.n + mb.n - 2))
    g = d / pooled * (1 - 3 / (4 * (ma.n + mb.n) - 9)) if pooled > 0 else math.nan
    x, y = a[~np.isnan(a)], b[~np.isnan(b)]
    extra = {"cliffs_delta": cliffs_delta(x, y)[0], "p_rank": mann_whitney(x, y)[1]}
    return out | {"low": d - half, "high": d + half, "p": p, "effect": g} | extra


def _shares(
    a: np.ndarray, b: np.ndarray, it: Item, kind: str, wa: np.ndarray | None, wb: np.ndarray | None, level: float
) -> dict[str, Any]:
    from cjmkit.survey._figures import FIGURES, _above

    if kind != "share":
        a, b = _above(a, it, 2), _above(b, it, 2)
    fa, fb = FIGURES["share"](a, wa, it, None, level), FIGURES["share"](b, wb, it, None, level)
    na, nb = (float(f["n_effective"] if "n_effective" in f else f["n"]) for f in (fa, fb))
    ka, kb = fa["value"] * na, fb["value"] * nb
    d = fa["value"] - fb["value"]
    _, low, high = stats.newcombe((ka, na), (kb, nb), level=level)
    h = 2 * math.asin(math.sqrt(fa["value"])) - 2 * math.asin(math.sqrt(fb["value"]))
    return {
        "value_a": fa["value"],
        "value_b": fb["value"],
        "difference": d,
        "low": low,
        "high": high,
        "effect": h,
        "effect_name": "cohen_h",
        "p": float(pooled_z((fa["value"], na), (fb["value"], nb))),
        "n_a": fa["n"],
        "n_b": fb["n"],
        "test": "z, Newcombe",
    }


def _paired(a: pd.Series, b: pd.Series, it: Item, kind: str, level: float) -> dict[str, Any]:
    """The same people twice: a t test of their differences (Wilcoxon for ranks, McNemar for shares)."""
    from scipy.special import stdtr, stdtrit

    from cjmkit.survey._figures import _above

    joined = pd.concat([a.rename("a"), b.rename("b")], axis=1, join="inner").dropna()
    n = len(joined)
    if n < 2:
        raise CjmError(
            en=f"column {it.item!r}: {n} people answered in both waves; paired=True needs at least two",
            ru=f"столбец {it.item!r}: в обеих волнах ответили {n} человек; для paired=True нужны хотя бы двое",
        )
    x, y = joined["a"].to_numpy(), joined["b"].to_numpy()
    if kind == "nps":
        x, y = (100.0 * ((v >= 9).astype(float) - (v < 7)) for v in (x, y))
    elif kind in ("csat", "top2"):
        x, y = _above(x, it, 2), _above(y, it, 2)
    d = x - y
    m = weighted_mean(d)
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * m.se
    p = 2 * float(stdtr(n - 1, -abs(m.mean) / m.se)) if m.se > 0 else math.nan
    test = "paired t"
    if kind == "rank":
        from scipy.stats import wilcoxon

        p, test = (
            (
                float(wilcoxon(d, zero_method="pratt", correction=False, method="approx").pvalue)
                if np.any(d)
                else math.nan
            ),
            "Wilcoxon",
        )
    elif kind in ("csat", "top2", "share"):
        from scipy.stats import binomtest

        up, down = int((d > 0).sum()), int((d < 0).sum())
        p, test = (float(binomtest(up, up + down).pvalue) if up + down else math.nan), "McNemar, exact"
    effect = m.mean / m.sd if m.sd > 0 else math.nan
    return {
        "value_a": float(x.mean()),
        "value_b": float(y.mean()),
        "difference": m.mean,
        "low": m.mean - half,
        "high": m.mean + half,
        "effect": effect,
        "effect_name": "cohen_dz",
        "p": p,
        "n_a": n,
        "n_b": n,
        "test": test,
    }
