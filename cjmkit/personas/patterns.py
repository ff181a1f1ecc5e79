"""Who stands together on many variables: patterns among 8 to 40 people on a grid, and which variables carry them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import factorial, prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.errors import NotEnough
from cjmkit.i18n import say
from cjmkit.personas._degrees import dealt_within, dimensions
from cjmkit.personas._distance import (
    beyond_lines,
    by_degree,
    distances,
    mean_silhouettes,
    ward_labels,
    within_silhouettes,
)
from cjmkit.personas._procedure import LEVEL, Search, clusterwise_jaccard, matched, p_of_max
from cjmkit.personas.data import Features
from cjmkit.personas.found import PersonasData
from cjmkit.personas.placing import FEWEST_PLACED
from cjmkit.stats import holm, relabel_by_size

__all__ = ["FEWEST_PLACED", "MOST_PLACED", "carriers", "on_grid", "pattern_search", "placed"]

Floats = NDArray[Any]
Ints = NDArray[Any]

MOST_PLACED = 40
"""Among more people than this the procedure for surveys takes over."""
COME_BACK = 0.75
"""Least mean Jaccard of a group when each person in turn is left out."""
CARRY = 3
"""A pattern of fewer variables is what one or two questions divide people into."""
_EXACT = 40_000
_BATCH = 64


@dataclass(frozen=True, eq=False)
class Placed:
    """A grid as numbers: x (n, variables), which are choices, and the weight of each (its reliability)."""

    x: Floats
    nominal: Ints
    weights: Floats
    columns: tuple[str, ...] = field(default=())

    def far(self, tables: Floats | None = None) -> Floats:
        """Distances of the people, in these tables or in the real one."""
        return distances(self.x[None] if tables is None else tables, self.nominal, self.weights)

    def without(self, j: int) -> Placed:
        """The grid without one variable."""
        keep = np.arange(self.x.shape[1]) != j
        names = tuple(c for c, k in zip(self.columns, keep) if k)
        return Placed(self.x[:, keep], self.nominal[keep], self.weights[keep], names)


def on_grid(features: Features) -> bool:
    """Whether placements alone are what groups are looked for in."""
    return set(features._block_names()) == {"placements"}


def placed(features: Features, rows: Ints) -> Placed:
    """The used placements of these people as numbers; options are numbered along the leading axis of the ranges."""
    info = features.columns_info
    info = info[(info["block"] == "placements") & info["used"]]
    x, nominal = [], []
    for name, kind in zip(info["column"], info["kind"]):
        raw = features.table[name].iloc[rows]
        if kind == "level":
            codes, _ = pd.factorize(raw, sort=True)
            x.append(np.where(codes < 0, np.nan, codes.astype(float)))
        else:
            x.append(raw.to_numpy(dtype=float, na_value=np.nan))
        nominal.append(kind == "level")
    reliability = features.reliability
    weights = np.array([max(float(reliability.get(str(i), 1.0)), 0.05) for i in info["item"]])
    made = Placed(np.column_stack(x), np.array(nominal, dtype=bool), weights, tuple(info["column"]))
    return _options_in_order(made)


def _options_in_order(p: Placed) -> Placed:
    """Number the options of a choice by where those who chose them stand otherwise, so that a degree can run on."""
    ranges = np.flatnonzero(~p.nominal)
    if not p.nominal.any() or ranges.size < 2:
        return p
    z = p.x[:, ranges]
    z = np.nan_to_num((z - np.nanmean(z, axis=0)) / np.maximum(np.nanstd(z, axis=0), 1e-9))
    lead = z @ np.linalg.svd(z, full_matrices=False)[2][0]
    x = p.x.copy()
    for j in np.flatnonzero(p.nominal):
        known = ~np.isnan(x[:, j])
        codes = x[known, j].astype(int)
        means = [lead[known][codes == c].mean() if (codes == c).any() else 0.0 for c in range(codes.max(initial=0) + 1)]
        rank = np.empty(len(means))
        rank[np.argsort(means, kind="stable")] = np.arange(len(means))
        x[known, j] = rank[codes]
    return Placed(x, p.nominal, p.weights, p.columns)


def silhouettes_of(p: Placed, tables: Floats, ks: tuple[int, ...]) -> Floats:
    """Mean silhouette of Ward's groups in each table for each k: (tables, K)."""
    return np.concatenate([mean_silhouettes(p.far(tables[i : i + _BATCH]), ks) for i in range(0, len(tables), _BATCH)])


def _beyond(p: Placed, tables: Floats, ks: tuple[int, ...], lines: Ints) -> Floats:
    parts = (tables[i : i + _BATCH] for i in range(0, len(tables), _BATCH))
    return np.concatenate([beyond_lines(p.far(part), ks, np.repeat(lines, len(part))) for part in parts])


def sizes_tried(n: int, largest: int = 6) -> tuple[int, ...]:
    """Numbers of groups tried among n people: three people a group at least, two among fewer than twelve."""
    return tuple(range(2, max(2, min(largest, n // (3 if n >= 12 else 4))) + 1))


def pattern_search(
    p: Placed,
    scores: Floats,
    *,
    ks: tuple[int, ...],
    nulls: int,
    seed: int,
    tick: Callable[[int], None] = lambda _: None,
) -> Search:
    """Test for people who stand together on many variables.

    Parameters
    ----------
    p : Placed
        The grid.
    scores : array (n, d)
        People on principal components, for pictures and membership.
    ks : tuple of int
        Numbers of groups to try.
    nulls : int
        Grids without kinds of each sort: shuffled within variables, and of one mere degree.
    seed : int
        Decides every random number.
    tick : callable
        Called with finished steps.

    Returns
    -------
    Search
        Whose `why` is ``found``, ``shuffled`` (a grid dealt out again looks as grouped), ``line`` (so does one of
        mere degrees), ``unstable`` or ``thin`` (fewer than three variables carry the groups).
    """
    far = p.far()[0]
    n = len(far)
    both = ward_labels(far[None], ks)[0]
    labels, sizes, centres, person = {}, {}, {}, {}
    for i, k in enumerate(ks):
        labels[k], _ = relabel_by_size(both[:, i], k)
        sizes[k] = np.bincount(labels[k], minlength=k)
        centres[k] = np.array([scores[labels[k] == j].mean(axis=0) for j in range(k)])
        person[k] = within_silhouettes(far, labels[k], k)
    observed = np.array([person[k].mean() for k in ks])
    jaccard, places = _one_left_out(far, labels, ks)
    tick(n)
    p_by_null: dict[str, float] = {}
    null = np.empty((0, len(ks)))
    if nulls:
        s_shuffled, s_line = np.random.SeedSequence(seed).spawn(2)
        dealt = dealt_within(p.x, nulls, np.random.default_rng(s_shuffled))
        rng = np.random.default_rng(s_line)
        lines = dimensions(p.x[None], rng)
        degrees = by_degree(p.x[None], nulls, rng, lines)
        tick(nulls)
        null = silhouettes_of(p, dealt, ks)
        p_by_null["shuffled"] = p_of_max(observed, null)
        # Silhouettes see kinds that spread as lines do, what is left over sees kinds on one line: either may tell.
        near = silhouettes_of(p, degrees, ks)
        both = np.hstack([near, _beyond(p, degrees, ks, lines)])
        p_by_null["line"] = p_of_max(np.r_[observed, beyond_lines(far[None], ks, lines)[0]], both)
        null = near if p_by_null["line"] >= p_by_null["shuffled"] else null
        tick(nulls)
    p_value = max(p_by_null.values()) if p_by_null else float("nan")
    excess = observed - null.mean(axis=0) if len(null) else observed
    k_found, why = _choose(p, ks, p_by_null, excess, jaccard, sizes, labels, seed)
    return Search(
        ks, observed, null, p_value, p_by_null, jaccard, sizes, labels, centres, scores, k_found, why, places, person
    )


def _choose(
    p: Placed,
    ks: tuple[int, ...],
    p_by_null: dict[str, float],
    excess: Floats,
    jaccard: dict[int, Floats],
    sizes: dict[int, Ints],
    labels: dict[int, Ints],
    seed: int,
) -> tuple[int | None, str]:
    # Among eight people the strength of a degree is hardly known: it has to be beaten with room to spare.
    for name, level in (("shuffled", LEVEL), ("line", LEVEL if len(p.x) >= 12 else LEVEL / 2)):
        if not p_by_null.get(name, 1.0) <= level:
            return None, name
    least = 3 if len(p.x) >= 12 else 2
    back = [i for i, k in enumerate(ks) if jaccard[k].min() >= COME_BACK and sizes[k].min() >= least]
    if not back:
        return None, "unstable"
    for i in sorted(back, key=lambda i: -excess[i]):
        if int((carried(p, labels[ks[i]], ks[i], seed)["p"] <= LEVEL).sum()) >= CARRY:
            return ks[i], "found"
    return None, "thin"


def _one_left_out(
    far: Floats, labels: dict[int, Ints], ks: tuple[int, ...]
) -> tuple[dict[int, Floats], dict[int, Ints]]:
    """Clusterwise Jaccard when each person in turn is left out, and where everybody lands each time.

    A bootstrap repeats a third of a dozen people and makes groups of the repeated; leaving one out does not.
    """
    n = len(far)
    jac: dict[int, list[Floats]] = {k: [] for k in ks}
    places: dict[int, list[Ints]] = {k: [] for k in ks}
    others = [np.flatnonzero(np.arange(n) != i) for i in range(n)]
    every = ward_labels(np.stack([far[np.ix_(rest, rest)] for rest in others]), ks)
    for i, (rest, again) in enumerate(zip(others, every)):
        for c, k in enumerate(ks):
            jac[k].append(clusterwise_jaccard(labels[k][rest], again[:, c], k))
            near = [far[i, rest[again[:, c] == j]].mean() for j in range(k)]
            where = np.insert(again[:, c], i, int(np.argmin(near)))
            places[k].append(matched(labels[k], where, k))
    mean = {k: np.nan_to_num(np.nanmean(np.array(jac[k]), axis=0)) for k in ks}
    return mean, {k: np.array(places[k], np.int8) for k in ks}


# ---- which variables carry a pattern --------------------------------------------------------------------------------


def carried(p: Placed, labels: Ints, k: int, seed: int) -> pd.DataFrame:
    """How far each variable sets the groups apart that form without it: column, share, p, exact."""
    rng = np.random.default_rng([seed, 4])
    rows = []
    for j in range(p.x.shape[1]):
        less = p.without(j)
        if less.x.shape[1] < 2:
            rows.append([p.columns[j], float("nan"), float("nan"), False])
            continue
        again = matched(labels, ward_labels(less.far(), (k,))[0, :, 0], k)
        known = ~np.isnan(p.x[:, j])
        value = p.x[known, j]
        columns = (value[:, None] == np.unique(value)).astype(float) if p.nominal[j] else value[:, None]
        share, p_value, exact = _separation(columns, again[known], k, rng)
        rows.append([p.columns[j], share, p_value, exact])
    return pd.DataFrame(rows, columns=["column", "share", "p", "exact"])


def _separation(x: Floats, labels: Ints, k: int, rng: np.random.Generator) -> tuple[float, float, bool]:
    """Share of the variance of x (n, c) between groups; p over all relabellings where they can be listed."""
    n = len(x)
    sizes = np.bincount(labels, minlength=k)
    z = x - x.mean(axis=0)
    total = float((z**2).sum())
    if total <= 1e-12 or (sizes > 0).sum() < 2:
        return 0.0, 1.0, False
    ways = factorial(n) // prod(factorial(int(s)) for s in sizes)
    exact = ways <= _EXACT
    if exact:
        drawn = _all_relabellings(tuple(int(s) for s in sizes))
    else:
        drawn = np.vstack([labels, labels[np.argsort(rng.random((1999, n)), axis=1)]])
    between = np.zeros(len(drawn))
    for j in range(k):
        if sizes[j]:
            between += (((drawn == j).astype(float) @ z) ** 2).sum(axis=1) / sizes[j]
    own = sum(float((z[labels == j].sum(axis=0) ** 2).sum()) / sizes[j] for j in range(k) if sizes[j])
    return own / total, float((between >= own - 1e-9).mean()), exact


@lru_cache(maxsize=8)
def _all_relabellings(sizes: tuple[int, ...]) -> Ints:
    return np.array(_relabellings(sizes), dtype=np.int8)


def _relabellings(sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """All ways to deal labels of these sizes to people.

    Examples
    --------
    >>> len(_relabellings((2, 2)))
    6
    """
    if sum(sizes) == 0:
        return [()]
    out = []
    for j, s in enumerate(sizes):
        if s:
            rest = tuple(x - (i == j) for i, x in enumerate(sizes))
            out += [(j, *more) for more in _relabellings(rest)]
    return out


def carriers(found: PersonasData) -> pd.DataFrame:
    """Which variables carry the patterns: those that set the groups apart even where they had no part in forming them.

    Returns
    -------
    pandas.DataFrame
        One row a variable, strongest first: variable, name, share (of its variance between the groups that form without
        it), p (over all relabellings of the people where they can be listed, else 2,000 of them), p_holm, exact,
        carries (p of .05 or less), one column a persona with where it stands (mean place, or the most frequent option),
        n.

    Raises
    ------
    NotEnough
        If the groups were not looked for in placements alone, or there are none.

    Examples
    --------
    >>> from cjmkit import personas
    >>> grid = personas.made_up_grid(n=15, k=3, gap=4, seed=1)
    >>> found = personas.fit(personas.features(grid=grid), nulls=99)
    >>> table = found.carriers()
    >>> bool(table["carries"].head(5).all()), len(table)
    (True, 11)
    """
    s = found.search
    if not on_grid(found.features) or s is None or found.k < 2:
        raise NotEnough(
            say(en="there are no patterns on a grid here", ru="закономерностей на сетке здесь нет"),
            why=found.verdict(),
            action=say(
                en="place people and fit features(grid=…) alone; found.hypotheses() shows what comes nearest",
                ru="расставьте людей по переменным и передайте features(grid=…) отдельно; ближайшее к портретам "
                "покажет found.hypotheses()",
            ),
            lane="personas",
        )
    p = placed(found.features, found.rows)
    labels = s.labels[found.k]
    out = carried(p, labels, found.k, found.seed)
    info = found.features.columns_info.set_index("column")
    out.insert(0, "variable", [info.at[c, "item"] for c in out["column"]])
    out.insert(1, "name", [info.at[c, "text"] for c in out["column"]])
    out["p_holm"] = holm(out["p"].fillna(1).to_numpy())
    out["carries"] = out["p"] <= LEVEL
    shown = found.features.table.iloc[found.rows]
    for j, persona in enumerate(found.ids):
        own = shown[labels == j]
        out[found.name(persona)] = [_typical(own[c]) for c in out["column"]]
    out["n"] = [int(shown[c].notna().sum()) for c in out["column"]]
    return out.sort_values(["p", "share"], ascending=[True, False], kind="stable").drop(columns="column").reset_index(
        drop=True
    )  # fmt: skip


def _typical(values: pd.Series) -> Any:
    known = values.dropna()
    if not len(known):
        return None
    return float(known.mean()) if pd.api.types.is_numeric_dtype(known.dtype) else str(known.value_counts().index[0])
