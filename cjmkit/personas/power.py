"""How many interviews it takes: the share of studies in which kinds of people would be found on a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough
from cjmkit.i18n import count, current_language, number, say
from cjmkit.personas._degrees import dealt_within, dimensions
from cjmkit.personas._distance import beyond_lines, by_degree, distances, mean_silhouettes
from cjmkit.personas._procedure import LEVEL
from cjmkit.personas.data import records
from cjmkit.personas.found import PersonasData
from cjmkit.personas.patterns import FEWEST_PLACED, MOST_PLACED, on_grid, placed, sizes_tried
from cjmkit.personas.variables import POINTS
from cjmkit.stats import wilson

__all__ = ["Power", "power", "power_of", "simulated_kinds"]

Floats = NDArray[Any]
Ints = NDArray[Any]

INFORMATIVE = 2 / 3
"""Share of the variables on which kinds differ; on the others they do not."""
_SPREAD = 1.2
_DEGREES = 4
"""Grids of degrees for each simulated study."""
SCARCE = 10
"""With fewer variables than this more of them help sooner than more people; a convention: :func:`power` shows it."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Power(Result):
    """In which share of studies kinds of people would be found.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a number of interviews and a gap: n, gap (points of seven between kinds on the variables on which they
        differ), share (of simulated studies in which the test finds groups), low, high (Wilson), studies.
    variables, kinds, spread, missing : int, int, float, float
        The design: how many variables and kinds, the standard deviation within a kind in points, the share of places
        that interviews do not tell.
    """

    table: pd.DataFrame
    variables: int
    kinds: int
    spread: float
    missing: float
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key = ("n", "gap")
    _figure = Figure(value="share", n="studies", unit="studies", method="simulated studies, Wilson", percent=True)
    _percent = ("share", "low", "high")
    _names = {"n": ("interviews", "интервью"), "gap": ("points apart", "расстояние, баллы")}

    def gap_found(self, n: int, share: float = 0.8) -> float | None:
        """The smallest gap of the table that is found in this share of studies of n interviews; None if none is."""
        own = self.table[(self.table["n"] == n) & (self.table["share"] >= share)]
        return float(own["gap"].min()) if len(own) else None

    def summary(self, lang: str | None = None) -> str:
        """One sentence for each gap."""
        lang = current_language(lang)
        return " ".join(self.sentence(gap, lang) for gap in dict.fromkeys(self.table["gap"]))

    def sentence(self, gap: float, lang: str | None = None) -> str:
        """What so many interviews would have found, and what more of them would."""
        lang = current_language(lang)
        own = self.table[self.table["gap"] == gap].sort_values("n")
        first, more = own.iloc[0], own.iloc[1:]
        n = int(first["n"])
        interviews = count(n, en=("interview", "interviews"), ru=("интервью", "интервью", "интервью"), lang=lang)
        many = count(
            self.variables, en=("variable", "variables"), ru=("переменной", "переменных", "переменных"), lang=lang
        )
        apart = number(gap, 1, lang=lang).removesuffix(".0").removesuffix(",0")
        seen = number(float(first["share"]), 0, percent=True, lang=lang)
        text = say(
            en=f"With these {interviews} and {many}, {self.kinds} kinds {apart} points apart on two thirds of them "
            f"would have been found in {seen} of studies",
            ru=f"При {interviews} и {many} {self.kinds} вида людей, отстоящих на {apart} балла по двум третям из них, "
            f"нашлись бы в {seen} исследований",
            lang=lang,
        )
        for row in records(more):
            share = number(float(row.share), 0, percent=True, lang=lang)
            if float(row.share) <= float(first["high"]):  # no more than chance in simulating it
                text += say(
                    en=f"; {int(row.n) - n} more interviews would hardly change that ({share})",
                    ru=f"; ещё {int(row.n) - n} интервью этого почти не изменят ({share})",
                    lang=lang,
                )
                continue
            text += say(
                en=f"; {int(row.n) - n} more interviews make it {share}",
                ru=f"; ещё {int(row.n) - n} интервью — и в {share}",
                lang=lang,
            )
        if len(more) and self.variables < SCARCE and float(more.iloc[-1]["share"]) < 0.5:
            text += say(
                en=f"; with so few variables people can hardly stand together on many: {SCARCE} or more show more",
                ru=f"; когда переменных так мало, вместе на многих не встать: {SCARCE} и больше покажут больше",
                lang=lang,
            )
        return text + "."


def power(
    *,
    n: int | Iterable[int] = (12, 20, 30),
    variables: int = 12,
    gap: float | Iterable[float] = (2.0, 3.0),
    k: int = 3,
    spread: float = _SPREAD,
    reliability: float = 1.0,
    missing: float = 0.0,
    studies: int = 200,
    seed: int = 0,
) -> Power:
    """Plan how many interviews it takes to find kinds of people on a grid.

    Studies are simulated: k kinds of equal size, `gap` points of seven apart on two thirds of the variables (which
    kinds stand at which end is drawn anew for every variable), normal spread within a kind, whole places from 1 to 7.
    Each is put to the two tests that :func:`fit` uses: grids shuffled within variables, and grids of one mere degree.

    Parameters
    ----------
    n : int or list of int
        Interviews, 8 to 40.
    variables : int
        How many variables.
    gap : float or list of float
        Points between kinds.
    k : int
        How many kinds.
    spread : float
        Standard deviation within a kind, in points.
    reliability : float
        Alpha of the raters: the lower, the more their error spreads people.
    missing : float
        Share of places that interviews do not tell.
    studies : int
        Simulated studies a row.
    seed : int
        Decides every random number.

    Returns
    -------
    Power

    Raises
    ------
    CjmError
        If there are too few or too many interviews, or a share is none.

    Examples
    --------
    >>> from cjmkit import personas
    >>> plan = personas.power(n=[12, 24], gap=3, studies=60)
    >>> few, many = plan.table["share"]
    >>> bool(few < many)
    True
    """
    ns = [int(n)] if isinstance(n, int | np.integer) else [int(x) for x in n]
    gaps = [float(gap)] if isinstance(gap, int | float) else [float(g) for g in gap]
    if not ns or min(ns) < FEWEST_PLACED or max(ns) > MOST_PLACED:
        raise CjmError(
            en=f"n is from {FEWEST_PLACED} to {MOST_PLACED} interviews; got {ns}",
            ru=f"n — от {FEWEST_PLACED} до {MOST_PLACED} интервью; пришло {ns}",
        )
    if not 0 < reliability <= 1 or not 0 <= missing < 0.9:
        raise CjmError(
            en=f"reliability is above 0 and at most 1, missing from 0 to 0.9; got {reliability}, {missing}",
            ru=f"reliability больше 0 и не больше 1, missing от 0 до 0.9; пришло {reliability}, {missing}",
        )
    if k < 2 or variables < 3 or studies < 20 or spread < 0:
        raise CjmError(
            en=f"at least 2 kinds, 3 variables and 20 studies; got {k}, {variables}, {studies}",
            ru=f"хотя бы 2 вида, 3 переменные и 20 исследований; пришло {k}, {variables}, {studies}",
        )
    rows = []
    for g in gaps:
        # The raters' error comes on top of what people differ in: alpha is the share that is not error.
        error = (spread**2 + INFORMATIVE * g**2 / 4) * (1 - reliability) / reliability
        for m in ns:
            hits = _hits(
                m, variables, g, k, round(float(np.sqrt(spread**2 + error)), 3), round(missing, 3), studies, seed
            )
            rows.append([m, g, *wilson(hits, studies), studies])
    table = pd.DataFrame(rows, columns=["n", "gap", "share", "low", "high", "studies"])
    return Power(table=table, variables=variables, kinds=k, spread=spread, missing=missing)


def power_of(found: PersonasData, *, gap: float | Iterable[float] = 3.0, more: int = 10, studies: int = 100) -> Power:
    """What this very study could have found: so many people, variables, blanks and so much spread.

    Parameters
    ----------
    gap : float or list of float
        Points of seven between kinds.
    more : int
        How many more interviews to imagine.
    studies : int
        Simulated studies a row.

    Returns
    -------
    Power

    Raises
    ------
    NotEnough
        If the groups were not looked for in placements alone.

    Examples
    --------
    >>> from cjmkit import personas
    >>> grid = personas.made_up_grid(n=12, k=1, seed=1)
    >>> found = personas.fit(personas.features(grid=grid), nulls=39)
    >>> found.power(studies=40).table["n"].tolist()
    [12, 22]
    """
    if not on_grid(found.features) or found.search is None:
        raise NotEnough(
            say(en="no grid, no power of one", ru="без сетки её мощность не посчитать"),
            why=say(en="it is simulated for placements", ru="она моделируется для расстановки по переменным"),
            action=say(
                en="fit features(grid=…), or plan with cj.personas.power(…)",
                ru="передайте features(grid=…) или планируйте через cj.personas.power(…)",
            ),
            lane="personas",
        )
    p = placed(found.features, found.rows)
    ranges = ~p.nominal
    x = p.x[:, ranges]
    s = found.search
    best = s.ks[int(np.argmax(s.excess if len(s.null) else s.silhouette))]
    lab = s.labels[best]
    left = np.concatenate([_from_mean(x[lab == j]) for j in range(best)])
    known = ~np.isnan(left)
    spread = float(np.sqrt(np.nansum(left**2) / max(1, known.sum() - best * x.shape[1]))) if known.any() else _SPREAD
    n = len(p.x)
    ns = [n, *([min(MOST_PLACED, n + more)] if n < MOST_PLACED else [])]
    missing = min(float(np.isnan(p.x).mean()), 0.85)
    # Groups that were cut where the data are thinnest look tighter than kinds are.
    spread = float(np.clip(spread, 0.8, 2.0))
    return power(
        n=ns, variables=max(3, p.x.shape[1]), gap=gap, k=3 if n >= 9 else 2, spread=spread, missing=missing,
        studies=studies, seed=found.seed,
    )  # fmt: skip


def _from_mean(x: Floats) -> Floats:
    known = ~np.isnan(x)
    return np.asarray(x - np.where(known, x, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def simulated_kinds(
    rng: np.random.Generator, studies: int, n: int, p: int, gap: float, k: int, spread: float, missing: float
) -> Floats:
    """Grids of k kinds: (studies, n, p)."""
    kind = np.arange(n) % k
    if k < 2:
        x = np.clip(np.round((1 + POINTS) / 2 + rng.normal(0, spread, (studies, n, p))), 1, POINTS)
        return np.where(rng.random(x.shape) < missing, np.nan, x)
    side = rng.integers(0, 2, (studies, k, p)).astype(float)
    same = side.min(axis=1) == side.max(axis=1)
    flip = rng.integers(0, k, (studies, p))
    at, j = np.nonzero(same)
    side[at, flip[at, j], j] = 1 - side[at, flip[at, j], j]
    mean = np.where(np.arange(p) < round(INFORMATIVE * p), gap * (side - 0.5), 0.0) + (1 + POINTS) / 2
    x = np.clip(np.round(mean[:, kind] + rng.normal(0, spread, (studies, n, p))), 1, POINTS)
    return np.where(rng.random(x.shape) < missing, np.nan, x)


@lru_cache(maxsize=64)
def _hits(n: int, variables: int, gap: float, k: int, spread: float, missing: float, studies: int, seed: int) -> int:
    rng = np.random.default_rng([seed, n, int(100 * gap)])
    return _found(simulated_kinds(rng, studies, n, variables, gap, k, spread, missing), rng)


def _found(tables: Floats, rng: np.random.Generator) -> int:
    """In how many grids the tests find groups: against the null grids of all studies together."""
    n, p = tables.shape[1:]
    ks = sizes_tried(n)
    ones, ranges = np.ones(p), np.zeros(p, dtype=bool)

    def by_parts(statistic: Callable[..., Floats], some: Floats, *each: Ints) -> Floats:
        parts = [slice(i, i + 64) for i in range(0, len(some), 64)]
        return np.concatenate([statistic(distances(some[s], ranges, ones), ks, *(e[s] for e in each)) for s in parts])

    lines = dimensions(tables, rng)
    shuffled = np.concatenate([dealt_within(t, 1, rng) for t in tables])
    hit = _beats(by_parts(mean_silhouettes, tables), by_parts(mean_silhouettes, shuffled))
    degrees, again = by_degree(tables, _DEGREES, rng, lines), np.repeat(lines, _DEGREES)
    observed = np.hstack([by_parts(mean_silhouettes, tables), by_parts(beyond_lines, tables, lines)])
    null = np.hstack([by_parts(mean_silhouettes, degrees), by_parts(beyond_lines, degrees, again)])
    for m in np.unique(lines):  # what lines leave over depends on how many they are
        own = null[again == m] if (again == m).sum() >= 40 else null
        hit[lines == m] &= _beats(observed[lines == m], own)
    return int(hit.sum())


def _beats(observed: Floats, null: Floats) -> NDArray[np.bool_]:
    mean, sd = null.mean(axis=0), np.maximum(null.std(axis=0, ddof=1), 1e-9)
    bar = np.quantile(((null - mean) / sd).max(axis=1), 1 - LEVEL)
    return np.asarray(((observed - mean) / sd).max(axis=1) > bar)
