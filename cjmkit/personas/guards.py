"""What groups can be besides kinds of people: one column, blanks, a way of answering, a stratum, a matter of degree.

Each guard is a plain function on arrays that gives the share or the number by which it judges; `first_objection` asks
them in turn. Groups that pass the test against tables without groups are often one of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.personas._degrees import dealt_within, lengths
from cjmkit.personas._engine import cluster_tables
from cjmkit.personas._space import Space
from cjmkit.personas.data import Features
from cjmkit.stats import one_blas_thread

__all__ = ["Objection", "cramers_v", "degree_along", "first_objection", "owed_to_one", "runs_on", "valley"]

Floats = NDArray[Any]
Ints = NDArray[Any]

ONE_COLUMN = 0.6
SAME_AS = 0.5
_LOOKED_AT = 1200
STYLE, LEFT = 0.5, 0.25
"""A way of answering: so much of it lies between the groups, and less than this share of what sets them apart is left,
or no more than chance, when everybody's answers are measured from their own level in units of their own spread."""
LEVEL = 0.05
_DEALT = 39
VALLEY, GAP = 0.85, 0.5
"""How low the density between two groups has to be, as a share of the lower hill beside it: two normal groups of one
size have the first where they are 2.5 SD apart, the second where they are 3.3 apart. Where people go on differing
within the groups as the groups differ, it has to be certain that it is lower than the second."""


@dataclass(frozen=True, kw_only=True)
class Objection:
    """What the groups are instead of kinds of people: `why` (the hurdle), what it is about, and the figure."""

    why: str
    about: str = ""
    value: float = float("nan")


def eta_squared(x: Floats, labels: Ints, k: int) -> Floats:
    """Share of the variance of each column (n, p) that lies between the groups, over the people who answered.

    Examples
    --------
    >>> eta_squared(np.array([[0.0, 1], [0, 2], [1, 1], [1, 2]]), np.array([0, 0, 1, 1]), 2).tolist()
    [1.0, 0.0]
    """
    known = ~np.isnan(x)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, x, 0).sum(axis=0) / n
    z = np.where(known, x - mean, 0)
    total = (z**2).sum(axis=0)
    between = np.zeros(x.shape[1])
    for j in range(k):
        own = labels == j
        m = known[own].sum(axis=0)
        between += z[own].sum(axis=0) ** 2 / np.maximum(m, 1)
    return np.where(total > 1e-12, between / np.maximum(total, 1e-12), 0.0)


def owed_to_one(by_item: dict[str, float]) -> tuple[str, float]:
    """The question that sets the groups apart most, and the share of all separation that is its own.

    Examples
    --------
    >>> owed_to_one({"a": 0.9, "b": 0.05, "c": 0.05})
    ('a', 0.9)
    """
    if not by_item:
        return "", 0.0
    top = max(by_item, key=lambda c: by_item[c])
    return top, by_item[top] / max(sum(by_item.values()), 1e-12)


def cramers_v(a: Any, b: Any) -> float:
    """Cramér's V of two labellings, corrected for chance (Bergsma 2013); 0 where one of them has one level.

    Examples
    --------
    >>> round(cramers_v(list("aabb") * 20, list("xxyy") * 20), 2)
    1.0
    """
    table = pd.crosstab(pd.Series(list(a)), pd.Series(list(b))).to_numpy(dtype=float)
    n = table.sum()
    r, c = table.shape
    if min(r, c) < 2 or n < 2:
        return 0.0
    expected = table.sum(axis=1, keepdims=True) @ table.sum(axis=0, keepdims=True) / n
    phi2 = max(0.0, ((table - expected) ** 2 / expected).sum() / n - (r - 1) * (c - 1) / (n - 1))
    rows, cols = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    return float(np.sqrt(phi2 / max(min(rows, cols) - 1, 1e-9)))


def valley(x: Floats, labels: Ints, k: int) -> tuple[float, float]:
    """How deep the shallowest valley is between a group and the one nearest to it, and its upper limit (95%).

    People of two groups are projected on the line through their centres; the lowest density between the centres is
    divided by that of the lower of the two hills. 1 and more: no valley, the groups are two ends of one degree. Two
    normal groups of one size have a valley where they are more than 2 SD apart (Holzmann and Vollmer 2008). The limit
    is that of a ratio of two Poisson counts: as many people as the kernel takes in at the valley and on the hill.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> cloud = rng.normal(size=(600, 3))
    >>> valley(cloud, (cloud[:, 0] > 0).astype(int), 2)[0] > 0.9
    True
    >>> apart = cloud + 6 * np.repeat([0, 1], 300)[:, None]
    >>> valley(apart, np.repeat([0, 1], 300), 2)[1] < 0.3
    True
    """
    centres, other, far = _neighbours(x, labels, k)
    found = []
    for j in range(k):
        line = (centres[other[j]] - centres[j]) / far[j]
        both = (labels == j) | (labels == other[j])
        found.append(_ratio(np.asarray((x[both] - centres[j]) @ line, dtype=float), float(far[j])))
    ratio, high = np.max(found, axis=0)
    return float(ratio), float(high)


def _neighbours(x: Floats, labels: Ints, k: int) -> tuple[Floats, Ints, Floats]:
    """Centres of the groups, the group nearest to each, and how far it is."""
    centres = np.array([x[labels == j].mean(axis=0) for j in range(k)])
    far = np.linalg.norm(centres[:, None] - centres, axis=2)
    np.fill_diagonal(far, np.inf)
    return centres, far.argmin(axis=1), far.min(axis=1)


def _ratio(t: Floats, distance: float) -> tuple[float, float]:
    n = t.size
    q1, q3 = np.quantile(t, [0.25, 0.75])
    within = np.sqrt(min(np.var(t[t < distance / 2]), np.var(t[t >= distance / 2])) + 1e-12)
    width = 1.06 * max(min(within * 1.6, (q3 - q1) / 1.34 or within), 1e-6) * n**-0.2
    grid = np.linspace(-0.5 * distance, 1.5 * distance, 161)
    kernel = np.exp(-0.5 * ((grid[:, None] - t) / width) ** 2)
    density, people = kernel.sum(axis=1), kernel.sum(axis=1) ** 2 / np.maximum((kernel**2).sum(axis=1), 1e-12)
    inside = (grid >= 0.1 * distance) & (grid <= 0.9 * distance)
    low = int(np.flatnonzero(inside)[density[inside].argmin()])
    left, right = int(density[:low].argmax()), low + 1 + int(density[low + 1 :].argmax())
    hill = min(left, right, key=lambda i: float(density[i]))
    # One person more in the valley: where nobody stands, a limit is wanted all the same.
    ratio = density[low] / max(density[hill], 1e-12)
    error = np.sqrt(1 / (people[low] + 1) + 1 / (people[hill] + 1))
    most = (density[low] + 1) / max(density[hill] + 1, 1e-12)
    return float(ratio), float(most * np.exp(1.645 * error))


def runs_on(space: Space, labels: Ints, k: int, *, draws: int = _DEALT, seed: int = 0) -> tuple[float, float]:
    """Whether people go on differing within the groups as the groups differ: the ratio, and its p-value among kinds.

    Within a kind the answers to different questions have nothing to do with each other (local independence, Lazarsfeld
    and Henry 1968); within a part of a line they go on rising and falling together. The ratio is the variance within
    groups along the line to the nearest group, over what it would be if questions were independent there. It is
    compared with tables of kinds: each question dealt out again within each group, people grouped anew.

    Parameters
    ----------
    space : Space
        The people.
    labels : array (n,)
        Their group, 0 to `k` − 1.
    draws : int
        Tables of kinds.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> even = 4 * rng.uniform(-0.5, 0.5, (90, 1)) + 0.5 * rng.normal(size=(90, 8))
    >>> halves = np.repeat([-1.5, 1.5], 45)[:, None] + rng.normal(size=(90, 8))
    >>> for x in even, halves:
    ...     space = Space(x - x.mean(axis=0), (None,) * 8, (0,) * 8, (1.0,), 4)
    ...     ratio, p = runs_on(space, (x.mean(axis=1) > 0).astype(int), 2)
    ...     print(ratio > 1.5, p <= 0.05)
    True True
    False False
    """
    rng = np.random.default_rng([seed, 5])
    rows = np.arange(space.n)
    if space.n > _LOOKED_AT:
        rows = np.sort(rng.choice(space.n, _LOOKED_AT, replace=False))
    columns, labels = space.columns[rows], labels[rows]
    whole = [list(cols) for cols, _ in space.counts] + [list(cols) for cols in space.topics]
    question = np.arange(columns.shape[1])
    for cols in whole:
        question[cols] = cols[0]  # shares of one whole and topics of one text are one answer
    wide = np.repeat(question, [1 if lv is None else lv.shape[1] for lv in space.levels])
    of = np.equal.outer(wide, np.unique(wide)).astype(float)
    tables = np.repeat(columns[None], draws, axis=0)
    for j in range(k):
        own = np.flatnonzero(labels == j)
        tables[:, own] = dealt_within(columns[own], draws, rng)
        for cols in whole:
            order = np.argsort(rng.random((draws, own.size)), axis=1)
            tables[:, own[:, None], cols] = columns[own][order][:, :, cols]
    with one_blas_thread():
        seen = _within_line(*space.coordinates(columns), of, labels, k)
        made = [space.coordinates(t) for t in tables]
        found = cluster_tables(np.stack([x for x, _ in made]), k, rng.random((draws, 8, k)))[0]
        kinds = np.array([_within_line(x, y, of, lab, k) for (x, y), lab in zip(made, found)])
    return seen, float((1 + (kinds >= seen - 1e-9).sum()) / (1 + draws))


def _within_line(x: Floats, wide: Floats, of: Floats, labels: Ints, k: int) -> float:
    if np.bincount(labels, minlength=k).min() < 2:
        return 1.0
    _, other, _ = _neighbours(x.astype(float), labels, k)
    centres = np.array([wide[labels == j].mean(axis=0) for j in range(k)])
    left = wide - centres[labels]
    together = alone = 0.0
    for j in range(k):
        line = centres[other[j]] - centres[j]
        part = left[(labels == j) | (labels == other[j])] * (line / max(float(np.linalg.norm(line)), 1e-12))
        together += (part.sum(axis=1) ** 2).sum()
        alone += ((part @ of) ** 2).sum()
    return float(together / max(alone, 1e-12))


def first_objection(features: Features, x: Floats, labels: Ints, k: int, *, seed: int = 0) -> Objection | None:
    """The first reason why these groups are no kinds of people, or None.

    Parameters
    ----------
    features : Features
        Of the people who were clustered, row by row.
    x : array (n, components)
        Where they were clustered.
    labels : array (n,)
        Their group, 0 to `k` − 1.
    seed : int
        For the tables of kinds that the groups are compared with.
    """
    info = features.columns_info[features.columns_info["used"]]
    numeric = info[info["kind"] != "level"]
    by_item: dict[str, float] = {}
    values = features.table[list(numeric["column"])].to_numpy(dtype=float)
    for item, share in zip(numeric["item"], eta_squared(values, labels, k)):
        by_item[str(item)] = by_item.get(str(item), 0.0) + float(share)
    for row in info[info["kind"] == "level"].itertuples():
        own = features.table[str(row.column)]
        known = own.notna().to_numpy()
        by_item[str(row.item)] = cramers_v(own[known].astype(str), labels[known]) ** 2
    text = dict(zip(info["item"].astype(str), info["text"].astype(str)))
    top, share = owed_to_one(by_item)
    # With three questions one of them has a third of the separation by chance: judge by what an equal share would be.
    if len(by_item) == 1 or share > max(ONE_COLUMN, 1.5 / len(by_item)):
        return Objection(why="one", about=text.get(top) or top, value=share)
    other = _blanks(features, info, labels) or _stratum(features, labels) or _style(features, info, labels, k)
    # How high people answer everything may be a line: then its questions say more than the word "level".
    if other is None or other.about == "level":
        return _degree(features, x, labels, k, seed) or other
    return other


def _blanks(features: Features, info: pd.DataFrame, labels: Ints) -> Objection | None:
    missing = features.table[list(info["column"])].isna()
    share = missing.mean()
    for c in share[(share > 0.05) & (share < 0.95)].index:
        v = cramers_v(missing[c], labels)
        if v > SAME_AS:
            text = str(info.set_index("column").loc[c, "text"] or c)
            return Objection(why="blanks", about=text, value=v)
    return None


def _stratum(features: Features, labels: Ints) -> Objection | None:
    for c in features.aside.columns:
        own = features.aside[c].reindex(features.people)
        known = own.notna().to_numpy()
        if known.sum() >= 20:
            v = cramers_v(own[known].astype(str), labels[known])
            if v > 0.6:
                return Objection(why="stratum", about=str(c), value=v)
    return None


def _style(features: Features, info: pd.DataFrame, labels: Ints, k: int) -> Objection | None:
    """Whether the groups are how people use the scale: high or low throughout, ends or middle."""
    scales = info[(info["block"] == "ratings") & (info["kind"] == "number")]
    if len(scales) < 6:
        return None
    x = features.table[list(scales["column"])].to_numpy(dtype=float)
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    # Scales of one make: nobody ticks the very ends of every slider, so a quarter of the range is let pass.
    usual = float(np.median(high - low))
    same = (np.abs(high - low - usual) <= 0.25 * usual) & (np.abs(low - np.median(low)) <= 0.25 * usual)
    if same.sum() < 6:
        return None
    x = (x[:, same] - low[same]) / (high - low)[same]
    level, spread = np.nanmean(x, axis=1), np.nanstd(x, axis=1)
    ends = np.nanmean(np.abs(x - 0.5) > 0.45, axis=1)
    straight = (spread == 0).astype(float)
    if 0.05 < straight.mean() < 0.95 and cramers_v(straight, labels) > SAME_AS:
        return Objection(why="style", about="straight", value=cramers_v(straight, labels))
    # Kinds of people differ in what they rate high by their own measure, not only in how high or how far apart.
    own = (x - level[:, None]) / np.where(spread > 0, spread, 1.0)[:, None]
    left = float(eta_squared(own, labels, k).mean())
    # Among few people something is left by chance: as much as between the same groups with people shuffled.
    rng = np.random.default_rng(0)
    chance = np.quantile([eta_squared(own, rng.permutation(labels), k).mean() for _ in range(99)], 1 - LEVEL)
    little = max(LEFT * float(eta_squared(x, labels, k).mean()), float(chance))
    for what, style in (("level", level), ("spread", spread), ("ends", ends)):
        share = float(eta_squared(style[:, None], labels, k)[0])
        if share > STYLE and left < little:
            return Objection(why="style", about=what, value=share)
    return None


def _degree(features: Features, x: Floats, labels: Ints, k: int, seed: int) -> Objection | None:
    """Whether the groups are parts of a line: it runs on through them, and no gap is certain."""
    along = ", ".join(leading(features, x[:, 0]))
    depth, most = valley(x.astype(float), labels, k)
    if depth > VALLEY:
        return Objection(why="degree", about=along, value=depth)
    ratio, p = runs_on(features.space(), labels, k, seed=seed)
    return Objection(why="degree", about=along, value=ratio) if p <= LEVEL and most > GAP else None


def degree_along(features: Features, x: Floats, *, seed: int = 0) -> str:
    """The questions along which people differ by degree; empty where no line is longer than chance makes one.

    Parameters
    ----------
    features : Features
        Of the people who were looked at, row by row.
    x : array (n, components)
        Where they stand.
    seed : int
        For the tables dealt out again that the line is compared with.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import personas
    >>> rng = np.random.default_rng(0)
    >>> f = personas.features(survey=pd.DataFrame(rng.normal(size=(80, 6))).add_prefix("q"))
    >>> degree_along(f, f.space().scores())
    ''
    """
    rng = np.random.default_rng([seed, 9])
    table = features.space().columns
    if len(table) > _LOOKED_AT:
        table = table[np.sort(rng.choice(len(table), _LOOKED_AT, replace=False))]
    if table.shape[1] < 3:
        return ""
    chance = lengths(dealt_within(table, 20, rng))[:, 0]
    # A fifth longer than any that chance makes: a line that is hardly there is none to put people on.
    return ", ".join(leading(features, x[:, 0])) if lengths(table[None])[0, 0] > 1.2 * chance.max() else ""


def leading(features: Features, axis: Floats, n: int = 3) -> list[str]:
    """Wordings of the columns that go with an axis most."""
    info = features.columns_info
    info = info[info["used"] & (info["kind"] != "level")]
    strength = []
    for row in info.itertuples():
        v = features.table[str(row.column)].to_numpy(dtype=float)
        known = ~np.isnan(v)
        if known.sum() > 5 and v[known].std() > 0:
            r = np.corrcoef(v[known], axis[known])[0, 1]
            strength.append((abs(r), str(row.text or row.item)))
    return [t for _, t in sorted(strength, key=lambda s: -s[0])[:n]]
