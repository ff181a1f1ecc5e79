"""The figures of a banner table: sums over people, values with limits, and which pairs of columns differ."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from cjmkit import stats
from cjmkit.survey._banner_parts import Block, Columns, Floats
from cjmkit.survey._figures import effective_n, sample_n, share_interval
from cjmkit.survey._intervals import (
    Moments,
    bearing_of,
    exact_share,
    nps_difference,
    nps_interval,
    weighted_mean,
    within,
)
from cjmkit.survey._tests import adjust, pooled_z, welch

__all__ = ["cells_of"]


@dataclass(frozen=True)
class _Sums:
    """Of every line (rows) in every column: what the figures need."""

    n: Floats
    weight: Floats
    kish: Floats
    df: Floats
    mean: Floats
    se: Floats
    chosen: Floats
    shared: Floats
    """Σw² of people in two columns over the product of their sums of weights, (columns, columns)."""


def _sums(x: Floats, answered: Any, inside: Any, w: Any) -> _Sums:
    counts = answered if w is None else answered & ~np.isnan(w)
    d = np.ascontiguousarray((inside & counts[:, None]).T, dtype=float)
    n = d.sum(axis=1)
    weighted = d if w is None else d * np.where(counts, np.nan_to_num(w), 0.0)
    squared = weighted**2
    total, total2 = weighted.sum(axis=1), squared.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = ((weighted @ x) / total[:, None]).T
        binary = bool(((x == 0) | (x == 1)).all())
        twice = squared @ x
        spread = ((twice if binary else squared @ x**2) - 2 * mean.T * twice + mean.T**2 * total2[:, None]).T
        se = np.sqrt(np.clip(spread, 0, None) * n / (n - 1)) / total
        shared = (squared @ d.T) / np.outer(total, total)
        kish = total**2 / total2
    chosen = (d @ (x != 0)).T
    df = kish - 1
    bearing = bearing_of(w)
    if bearing is not None:
        plain = np.nan_to_num(np.asarray(w))
        for j, own in enumerate(d > 0):
            se[:, j] = np.sqrt(bearing.variance(np.where(own[:, None], x - mean[:, j], 0.0), plain)) / total[j]
        if bearing.drawn:
            df = np.array([bearing.df(own) for own in d > 0])
    return _Sums(n, total, kish, df, mean, np.where((n > 1) & (df > 0), se, np.nan), chosen, shared)


def _effective(variance: Floats, se: Floats, sums: _Sums, w: Any) -> Floats:
    """Effective n of one line in every column."""
    if w is None:
        return sums.n
    if bearing_of(w) is None:
        return np.asarray(effective_n(variance, se, sums.n, sums.kish))
    each = zip(variance, se, sums.n, sums.kish, sums.df, strict=True)
    return np.array([sample_n(v, Moments(np.nan, s, int(n), k, np.nan, df), w) for v, s, n, k, df in each])


def cells_of(
    block: Block, across: list[Columns], letters: list[str], w: Any, rules: tuple[str, float, int]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    correction, level, min_n = rules
    inside = np.column_stack([g.inside for g in across])
    by = np.concatenate([[g.name] * len(g.labels) for g in across])
    labels = np.concatenate([list(g.labels) for g in across])
    x = np.column_stack([np.nan_to_num(line.values) for line in block.lines])
    sums = _sums(x, block.answered, inside, w)
    ends = np.cumsum([len(g.labels) for g in across])
    pairs = [p for g, e in zip(across[1:], ends[1:], strict=True) for p in combinations(range(e - len(g.labels), e), 2)]
    tested = [(i, j) for i, j in pairs if min(sums.n[i], sums.n[j]) >= max(min_n, 2)]
    overlap = {g.name for g in across[1:] if (g.inside.sum(axis=1) > 1).any()}
    cells, tests = [], []
    exact = None
    if w is None:  # of all lines at once: 4,000 cells take a tenth of a second
        exact = exact_share(np.clip(np.rint(np.nan_to_num(sums.mean * sums.n)), 0, sums.n), sums.n, level)
    for r, line in enumerate(block.lines):
        value, low, high, se, effective = _figures(line, r, sums, block, inside, w, level, exact)
        p = _tested(line, r, sums, effective, tested, x[:, r], block, inside, w, by, overlap)
        fixed = adjust(p, correction)
        higher: dict[int, list[str]] = {}
        for (i, j), q in zip(tested, fixed, strict=True):
            if q < 1 - level:
                up, down = (i, j) if value[i] > value[j] else (j, i)
                higher.setdefault(up, []).append(letters[down])
        common = {"item": block.item, "row": line.label, "statistic": line.kind}
        cells.append(
            pd.DataFrame(
                common
                | {
                    "question": block.question,
                    "depth": line.depth,
                    "net": line.net,
                    "by": by,
                    "column": labels,
                    "letter": letters,
                    "value": value,
                    "low": low,
                    "high": high,
                    "se": se,
                    "chosen": sums.chosen[r].astype(int) if line.kind == "share" else sums.n.astype(int),
                    "n": sums.n.astype(int),
                    "n_weighted": sums.weight,
                    "n_effective": effective,
                    "small": sums.n < min_n,
                    "letters": [" ".join(higher.get(i, [])) for i in range(len(labels))],
                }
            )
        )
        a, b = (np.array([t[k] for t in tested], dtype=int) for k in (0, 1))
        tests.append(
            pd.DataFrame(
                common
                | {
                    "by": by[a],
                    "a": labels[a],
                    "b": labels[b],
                    "difference": value[a] - value[b],
                    "p": p,
                    "p_adjusted": fixed,
                }
            )
        )
    order = ["item", "question", "row", "statistic", "depth", "net", "by", "column", "letter", "value", "low", "high"]
    table = pd.concat(cells, ignore_index=True)
    return table[order + [c for c in table.columns if c not in order]], pd.concat(tests, ignore_index=True)


def _figures(
    line: Any, r: int, sums: _Sums, block: Block, inside: Any, w: Any, level: float, exact: Any
) -> tuple[Floats, ...]:
    """Value, limits, standard error and effective n of one line in every column."""
    value, se, n = sums.mean[r], sums.se[r], sums.n
    if line.kind == "median":
        return _medians(line.values, block, inside, w, level)
    if line.kind == "mean":
        found = stats.t_interval(value, se, sums.df, level=level)
        return value, found.low, found.high, se, sums.kish
    if line.kind == "share":
        effective = _effective(value * (1 - value), se, sums, w)
        if exact is not None:
            return value, exact[0][r], exact[1][r], se, effective
        low, high = share_interval(value, n, effective, level, weighted=w is not None)
        return value, low, high, se, effective
    up, down = _nps_parts(value, line.values, block, inside, w)
    variance = 1e4 * (up + down - (up - down) ** 2)
    effective = _effective(variance, se, sums, w)
    counts = np.nan_to_num(np.column_stack([up, 1 - up - down, down]) * effective[:, None])
    limits = np.array([nps_interval(a, b, c, level) for a, b, c in counts])
    return value, limits[:, 0], limits[:, 1], se, effective


def _nps_parts(value: Floats, x: Floats, block: Block, inside: Any, w: Any) -> tuple[Floats, Floats]:
    up = _sums((x > 0).astype(float)[:, None], block.answered, inside, w).mean[0]
    return up, up - value / 100


def _middle(x: Floats, w: Any, share: float = 0.5) -> float:
    """The value at or below which this share of the weight lies."""
    order = np.argsort(x, kind="stable")
    reached = np.cumsum(w[order])
    return float(x[order][min(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)), len(x) - 1)])


def _medians(x: Floats, block: Block, inside: Any, w: Any, level: float) -> tuple[Floats, ...]:
    """Medians with limits between order statistics; with weights after Woodruff (1952), at the effective n."""
    out = []
    for d in inside.T:
        mine = d & block.answered & (True if w is None else ~np.isnan(w))
        if w is None or mine.sum() < 2:
            out.append([*stats.median_interval(x[mine], level=level), np.nan, mine.sum()])
            continue
        plain = np.asarray(w)[mine]
        middle = _middle(x[mine], plain)
        m = weighted_mean(*within(np.where(mine, (x <= middle).astype(float), np.nan), w, mine))
        effective = sample_n(0.25, m, w)
        low, high = share_interval(0.5, m.n, effective, level, weighted=True)
        out.append([middle, *(_middle(x[mine], plain, float(q)) for q in (low, high)), np.nan, effective])
    return tuple(np.array(out, dtype=float).T)


def _median_tests(
    x: Floats, pairs: Any, effective: Floats, common: Floats, block: Block, inside: Any, w: Any
) -> Floats:
    """Mood's median test of each pair: shares above the median that both columns have together."""
    counts = block.answered if w is None else block.answered & ~np.isnan(w)
    ww = np.ones(len(x)) if w is None else np.asarray(w)
    p = []
    for (i, j), shared in zip(pairs, common, strict=True):
        a, b = inside[:, i] & counts, inside[:, j] & counts
        both = a | b
        above = (x > _middle(x[both], ww[both])).astype(float)
        shares = [float(np.average(above[m], weights=ww[m])) for m in (a, b)]
        same = _middle(x[a], ww[a]) == _middle(x[b], ww[b])
        test = pooled_z((shares[0], effective[i]), (shares[1], effective[j]), shared=shared)
        p.append(1.0 if same else float(test))
    return np.array(p)


def _tested(
    line: Any,
    r: int,
    sums: _Sums,
    effective: Floats,
    tested: list[tuple[int, int]],
    x: Floats,
    block: Block,
    inside: Any,
    w: Any,
    by: Any,
    overlap: set[str],
) -> Floats:
    """P of each pair of columns."""
    if not tested:
        return np.array([])
    a, b = (np.array([t[k] for t in tested]) for k in (0, 1))
    value, se = sums.mean[r], sums.se[r]
    common = np.where(np.isin(by[a], sorted(overlap)), sums.shared[a, b], 0.0)
    if line.kind == "median":
        return _median_tests(line.values, tested, effective, common, block, inside, w)
    if line.kind == "share":
        return np.asarray(pooled_z((value[a], effective[a]), (value[b], effective[b]), shared=common))
    if line.kind == "nps":
        up, down = _nps_parts(value, line.values, block, inside, w)
        counts = np.column_stack([up, 1 - up - down, down]) * effective[:, None]
        return np.array(
            [
                nps_difference(tuple(counts[i]), tuple(counts[j]), shared=s)[3]
                for i, j, s in zip(a, b, common, strict=True)
            ]
        )
    covariance = np.zeros(len(a))
    for k in np.flatnonzero(common):
        mine = inside[:, a[k]] & inside[:, b[k]] & block.answered
        ww = np.ones(len(x)) if w is None else np.nan_to_num(w)
        product = (ww**2 * (x - value[a[k]]) * (x - value[b[k]]))[mine].sum()
        covariance[k] = product / (sums.weight[a[k]] * sums.weight[b[k]])
    bases = sums.df + 1
    return np.asarray(welch((value[a], se[a], bases[a]), (value[b], se[b], bases[b]), shared=covariance)[2])
