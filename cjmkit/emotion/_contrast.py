"""The statistics of a difference: two groups of people over all stages at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cjmkit.emotion._estimator import fit, information, intercept_ratio, observed
from cjmkit.emotion._intervals import t_limits

__all__ = ["contrast", "sides", "spread", "stack"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Beyond this many people the permutation distribution is drawn from its Gaussian limit: same law, no loop.
_MOST_PERMUTED = 2000


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


def contrast(
    y: Floats, *, level: float, min_n: int, permutations: int, rng: np.random.Generator
) -> dict[str, npt.NDArray[Any]]:
    """Difference (second half of the columns minus the first) with intervals and max-T p-values."""
    half = y.shape[1] // 2
    seen = observed(y)
    in_a, in_b = sides(seen)
    both = in_a & in_b
    # The ratio must not see the groups, or exchanging their names would change it.
    pooled = np.concatenate([y[:, :half], y[:, half:]])
    person = np.concatenate([np.arange(len(y))] * 2)
    ratio = intercept_ratio(_by_person(pooled, person, len(y)))
    one = fit(y, ratio=ratio)
    n_a, n_b = one.n[:half], one.n[half:]
    usable = (n_a >= min_n) & (n_b >= min_n)
    pull = np.nan_to_num(one.influence[:, half:]) - np.nan_to_num(one.influence[:, :half])
    se, df = spread(pull, [in_a & ~in_b, in_b & ~in_a, both], seen, half)
    delta = np.where(usable, one.mean[half:] - one.mean[:half], np.nan)
    se = np.where(usable, se, np.nan)
    whole = 1 - (1 - level) / max(int(usable.sum()), 1)
    low, high = t_limits(delta, se, df, level=level, clip=(-4.0, 4.0))
    band_low, band_high = t_limits(delta, se, df, level=whole, clip=(-4.0, 4.0))
    p = np.full(half, np.nan)
    if permutations and usable.any():
        p[usable] = _max_t(y, ratio, usable, permutations, rng)
    paired = (seen[:, :half] & seen[:, half:]).sum(axis=0)
    reason = np.where(usable, "", np.where((n_a == 0) | (n_b == 0), "one side only", f"fewer than {min_n} people"))
    return {
        "mean_a": np.where(n_a >= min_n, one.mean[:half], np.nan),
        "mean_b": np.where(n_b >= min_n, one.mean[half:], np.nan),
        "difference": delta,
        "low": low,
        "high": high,
        "band_low": band_low,
        "band_high": band_high,
        "n_a": n_a,
        "n_b": n_b,
        "n_paired": paired,
        "p": p,
        "reason": reason,
    }


def sides(seen: Bools) -> tuple[Bools, Bools]:
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


def _statistic(y: Floats, ratio: float, usable: Bools) -> Floats:
    """Studentised differences, with a sandwich variance that allows the groups to scatter differently."""
    half = len(usable)
    o = (~np.isnan(y)).astype(float)
    c, right = information(y, ratio)
    a = np.diag(o.sum(axis=0)) - (o * c[:, None]).T @ o
    empty = o.sum(axis=0) == 0
    a[empty, empty] = 1.0
    inverse = np.linalg.inv(a)
    mean = inverse @ right.sum(axis=0)
    at = o * mean
    score = right - (at - o * (c * at.sum(axis=1))[:, None])
    contrast = inverse[half:] - inverse[:half]
    pull = score @ contrast.T
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.abs(mean[half:] - mean[:half]) / np.sqrt((pull**2).sum(axis=0))
    return np.where(np.isfinite(t), t, 0.0)[usable]


def _max_t(y: Floats, ratio: float, usable: Bools, permutations: int, rng: np.random.Generator) -> Floats:
    half = len(usable)
    keep = ~np.isnan(y).all(axis=1)
    y = y[keep]
    found = _statistic(y, ratio, usable)
    seen = observed(y)
    in_a, in_b = sides(seen)
    both, single = np.flatnonzero(in_a & in_b), np.flatnonzero(in_a ^ in_b)
    if len(y) > _MOST_PERMUTED:
        largest = _gaussian_limit(y, ratio, usable, permutations, rng)
    else:
        swapped = np.concatenate([y[:, half:], y[:, :half]], axis=1)
        is_b = in_b[single]
        largest = np.empty(permutations)
        for k in range(permutations):
            flip = np.zeros(len(y), dtype=bool)
            flip[both] = rng.random(len(both)) < 0.5
            flip[single] = rng.permutation(is_b) != is_b
            largest[k] = _statistic(np.where(flip[:, None], swapped, y), ratio, usable).max()
    out: Floats = (1 + (largest[:, None] >= found - 1e-12).sum(axis=0)) / (permutations + 1)
    return out


def _gaussian_limit(y: Floats, ratio: float, usable: Bools, size: int, rng: np.random.Generator) -> Floats:
    half = len(usable)
    one = fit(y, ratio=ratio)
    pull = (np.nan_to_num(one.influence[:, half:]) - np.nan_to_num(one.influence[:, :half]))[:, usable]
    covariance = pull.T @ pull
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    z = rng.standard_normal((size, len(scale))) @ (vectors * np.sqrt(np.clip(values, 0, None))).T
    out: Floats = np.abs(z).max(axis=1)
    return out
