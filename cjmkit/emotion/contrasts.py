"""The statistics of a difference: two groups of people over all stages at once."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.emotion._estimator import fit, intercept_ratio, observed
from cjmkit.emotion.limits import mean_limits, same_rating_limits, same_ratings, t_limits

__all__ = ["adjusted", "contrast", "sides", "spread", "stack"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ENDS = (-4.0, 4.0)  # of a difference of two ratings between −2 and 2
_NEEDED = (
    "mean_a", "mean_b", "difference", "n_a", "n_b", "n_paired", "se_a", "se_b", "rho", "same_a", "same_b", "step",
)  # fmt: skip


def stack(people_a: Any, y_a: Floats, people_b: Any, y_b: Floats, paired: bool | None) -> tuple[Floats, Bools]:
    """Both groups side by side, a row per person: (P, 2S), and who is in both."""
    a, b = people_a.astype(str), people_b.astype(str)
    if paired is False:
        a, b = np.char.add("a\0", a), np.char.add("b\0", b)
    people = np.union1d(a, b)
    y = np.full((len(people), y_a.shape[1] * 2), np.nan)
    y[np.searchsorted(people, a), : y_a.shape[1]] = y_a
    y[np.searchsorted(people, b), y_a.shape[1] :] = y_b
    return y, np.isin(people, a) & np.isin(people, b)


def contrast(y: Floats, *, min_n: int) -> dict[str, npt.NDArray[Any]]:
    """Difference (second half of the columns minus the first) and what its limits are made from.

    `se_a`, `se_b` are the jackknife standard errors of the two means and `rho` their correlation (people in both
    groups); `same_a`, `same_b` the rating that everybody of a group gave, and `step` the change that every pair shows.
    """
    half = y.shape[1] // 2
    seen = observed(y)
    # The ratio must not see the groups, or exchanging their names would change it.
    pooled = np.concatenate([y[:, :half], y[:, half:]])
    person = np.concatenate([np.arange(len(y))] * 2)
    one = fit(y, ratio=intercept_ratio(_by_person(pooled, person, len(y))))
    n_a, n_b = one.n[:half], one.n[half:]
    usable = (n_a >= min_n) & (n_b >= min_n)
    pull_a, pull_b = np.nan_to_num(one.influence[:, :half]), np.nan_to_num(one.influence[:, half:])
    pairs = (seen[:, :half] & seen[:, half:]).sum(axis=0)
    whole = (pairs == n_a) & (pairs == n_b)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = np.nan_to_num((pull_a * pull_b).sum(axis=0) / (one.se[:half] * one.se[half:]))
    reason = np.where(usable, "", np.where((n_a == 0) | (n_b == 0), "one side only", f"fewer than {min_n} people"))
    return {
        "mean_a": np.where(n_a >= min_n, one.mean[:half], np.nan),
        "mean_b": np.where(n_b >= min_n, one.mean[half:], np.nan),
        "difference": np.where(usable, one.mean[half:] - one.mean[:half], np.nan),
        "n_a": n_a,
        "n_b": n_b,
        "n_paired": pairs,
        "se_a": one.se[:half],
        "se_b": one.se[half:],
        "rho": np.where(pairs > 0, np.clip(rho, -1, 1), 0.0),
        "same_a": same_ratings(y[:, :half]),
        "same_b": same_ratings(y[:, half:]),
        "step": np.where(whole, same_ratings(y[:, half:] - y[:, :half]), np.nan),
        "reason": reason,
    }


def adjusted(table: pd.DataFrame, *, level: float, descriptive: bool = False) -> pd.DataFrame:
    """Limits, bands and p-values of a whole picture of differences.

    Limits are square-and-add ones (Zou and Donner 2008) of the limits that the two curves have by themselves, which
    know the ends of the scale and equal ratings. Every compared row counts: bands hold for all stages, pairs of groups
    and sources at once (Bonferroni), and p is the level at which the band would just touch zero. So a band without
    zero and ``p ≤ 1 − level`` are the same statement. Where nobody differs within the groups, p is the exact one over
    all exchanges of people between the groups.
    """
    family = max(int(table["difference"].notna().sum()), 1)
    low, high = limits_of(table, level, df=2)
    band_low, band_high = limits_of(table, 1 - (1 - level) / family)
    table = table.assign(low=low, high=high, band_low=band_low, band_high=band_high)
    flat = ((table["same_a"].notna() & table["same_b"].notna()) | table["step"].notna()) & table["difference"].notna()
    p = _touching_zero(table)
    p[flat] = [_exact(table.iloc[i]) for i in np.flatnonzero(flat)]
    p = np.full(len(table), np.nan) if descriptive else np.minimum(p * family, 1.0)
    # Bound and exact p of equal ratings are two rules: both have to agree.
    sure = ((band_low > 0) | (band_high < 0)) & (p <= 1 - level)
    return table.assign(p=p, sure=sure, same=flat)


def limits_of(table: pd.DataFrame, level: Any, *, df: int = 1) -> tuple[Floats, Floats]:
    """Square-and-add limits of each difference at a level (a number, or one for each row)."""
    at = {c: table[c].to_numpy(dtype=float) for c in _NEEDED}
    ends: list[Floats] = []
    for side in "ab":
        n = at[f"n_{side}"]
        ends += mean_limits(at[f"mean_{side}"], at[f"se_{side}"], n, at[f"same_{side}"], level=level, df=df)
    low_a, high_a, low_b, high_b = ends
    d = at["difference"]
    down, up = at["mean_b"] - low_b, high_b - at["mean_b"]
    down_a, up_a = at["mean_a"] - low_a, high_a - at["mean_a"]
    low = d - np.sqrt(np.maximum(down**2 + up_a**2 - 2 * at["rho"] * down * up_a, 0))
    high = d + np.sqrt(np.maximum(up**2 + down_a**2 - 2 * at["rho"] * up * down_a, 0))
    # Of few pairs the correlation itself is uncertain: nothing narrower than Student's t of the steps.
    some = at["n_paired"] > 1
    if some.any():
        spread2 = at["se_a"] ** 2 + at["se_b"] ** 2 - 2 * at["rho"] * at["se_a"] * at["se_b"]
        freedom = np.where(some, at["n_a"] + at["n_b"] - at["n_paired"] - 1, np.nan)
        t_low, t_high = t_limits(d, np.sqrt(np.maximum(spread2, 0)), freedom, level=level, clip=ENDS)
        low, high = np.where(some, np.fmin(low, t_low), low), np.where(some, np.fmax(high, t_high), high)
    alike = np.isfinite(at["step"])
    if alike.any():
        one = np.broadcast_to(level, d.shape)[alike]
        low[alike], high[alike] = same_rating_limits(at["step"][alike], at["n_paired"][alike], level=one, ends=ENDS)
    return np.clip(low, *ENDS), np.clip(high, *ENDS)


def _touching_zero(table: pd.DataFrame) -> Floats:
    """For each difference the largest level of a two-sided error at which its limits still hold zero."""
    d = table["difference"].to_numpy(dtype=float)
    low, high = np.full(len(d), 1e-15), np.ones(len(d))
    for _ in range(60):
        middle = np.exp((np.log(low) + np.log(high)) / 2)
        bottom, top = limits_of(table, 1 - middle)
        outside = (bottom > 0) | (top < 0)
        high, low = np.where(outside, middle, high), np.where(outside, low, middle)
    return np.where(np.isfinite(d), high, np.nan)


def _exact(row: Any) -> float:
    """Two-sided p-value over all exchanges, where each group gave one rating and the two differ."""
    n_a, n_b, pairs = int(row["n_a"]), int(row["n_b"]), int(row["n_paired"])
    if abs(float(row["difference"])) < 1e-9:
        return 1.0
    if pairs and pairs == n_a == n_b:
        return float(2.0 ** (1 - pairs))
    return (2 if n_a == n_b else 1) / comb(n_a + n_b, n_a)


def sides(seen: Bools) -> tuple[Bools, Bools]:
    """Who answered anything in the first half of the columns, and who in the second."""
    half = seen.shape[1] // 2
    return np.asarray(seen[:, :half].any(axis=1)), np.asarray(seen[:, half:].any(axis=1))


def _by_person(y: Floats, person: npt.NDArray[np.int64], people: int) -> Floats:
    seen = observed(y)
    total, n = np.zeros((people, y.shape[1])), np.zeros((people, y.shape[1]))
    np.add.at(total, person, np.where(seen, y, 0.0))
    np.add.at(n, person, seen)
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Floats = total / n
    return out


def spread(pull: Floats, strata: list[Bools], seen: Bools, half: int) -> tuple[Floats, Floats]:
    """Standard error and Satterthwaite degrees of freedom from strata of people (only a, only b, both)."""
    parts, freedom = [], []
    answered = seen[:, :half] | seen[:, half:]
    for who in strata:
        if not who.any():
            continue
        k = answered[who].sum(axis=0)
        centred = pull[who] - pull[who].mean(axis=0)
        parts.append((centred**2).sum(axis=0))
        freedom.append(np.maximum(k - 1, 1))
    v = np.array(parts)
    with np.errstate(invalid="ignore", divide="ignore"):
        df = v.sum(axis=0) ** 2 / (v**2 / np.array(freedom)).sum(axis=0)
    return np.sqrt(v.sum(axis=0)), df
