"""Are there groups, how many, and do they come back? The procedure, on numbers only."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cjmkit.personas._engine import cluster_tables, distances, nearest, silhouette_samples, silhouettes
from cjmkit.personas._nulls import BlockNull, CopulaNull
from cjmkit.personas._space import Space
from cjmkit.stats import one_blas_thread, relabel_by_size

__all__ = ["FEWEST", "Search", "search"]

Floats = NDArray[Any]
Ints = NDArray[Any]

Null = BlockNull | CopulaNull

FEWEST = 20
"""Fewer people than this, and the question is not asked: no test has any power there."""
EXPLORATORY = 40
LEVEL = 0.05
J_ADMISSIBLE, J_STABLE = 0.60, 0.75
EXCESS_FROM = 120
"""From this many people on a tiny departure is "significant"; it must be large enough to matter as well."""
FLOOR_ONE, FLOOR_MIXED = 0.02, 0.04
"""Least excess of the silhouette then: on the components for one kind of data, on the leading ones for several."""
TAIL_BELOW = 100
"""Among fewer people a few who stand far out on a long tail look like a group."""
STARTS = 8
LARGEST_TEST = 1200
LARGEST_RESAMPLE = 2000
"""Among more people than this a resample draws so many: what comes back among them comes back among all."""
_FIRST = 40
"""So many tables without groups are looked at before it may be said that the rest cannot change the verdict."""
_CHUNK = 8


@dataclass(frozen=True, eq=False)
class Search:
    """What the procedure found.

    Parameters
    ----------
    ks : tuple of int
        Numbers of groups tried.
    silhouette : array (K,)
        Mean silhouette for each, on the components in which people were clustered.
    null : array (B, K)
        The same for tables without groups (of the null that was harder to beat).
    p_value : float
        How often a table without groups looks as grouped as this one.
    p_by_null : dict
        The p-value against each null.
    jaccard : dict of int to array (k,)
        Mean bootstrap Jaccard of each cluster, for each k.
    sizes : dict of int to array (k,)
    labels : dict of int to array (n,)
        Clusters by size, largest first.
    centres : dict of int to array (k, d)
    k : int or None
        The k chosen; None where there are no groups.
    why : str
        ``"found"``, or which hurdle was not taken: ``"few"``, ``"test"``, ``"excess"``, ``"unstable"``.
    places : dict of int to array (resamples, n)
        Where each person, drawn or not, lands in each bootstrapped clustering, numbered like `labels`.
    person_silhouette : dict of int to array (n,)
    """

    ks: tuple[int, ...]
    silhouette: Floats
    null: Floats
    p_value: float
    p_by_null: dict[str, float]
    jaccard: dict[int, Floats]
    sizes: dict[int, Ints]
    labels: dict[int, Ints]
    centres: dict[int, Floats]
    scores: Floats
    k: int | None
    why: str
    places: dict[int, Ints]
    person_silhouette: dict[int, Floats]

    @property
    def excess(self) -> Floats:
        """Silhouette above what tables without groups have, for each k."""
        return np.asarray(self.silhouette - self.null.mean(axis=0)) if len(self.null) else self.silhouette * np.nan


def _uniforms(rng: np.random.Generator, ks: tuple[int, ...]) -> list[Floats]:
    return [rng.random((STARTS, k)) for k in ks]


def _many(
    tables: list[Floats], draws: list[list[Floats]], ks: tuple[int, ...], links: list[Ints] | None = None
) -> list[list[Ints]]:
    """Labels of each table for each k."""
    x = np.stack(tables)
    per_k = [cluster_tables(x, k, np.stack([d[i] for d in draws]), links)[0] for i, k in enumerate(ks)]
    return [[lab[b] for lab in per_k] for b in range(len(tables))]


def _chunks(total: int) -> list[range]:
    return [range(i, min(i + _CHUNK, total)) for i in range(0, total, _CHUNK)]


def search(
    space: Space,
    *,
    ks: tuple[int, ...] = (2, 3, 4, 5, 6),
    nulls: int = 199,
    resamples: int = 100,
    seed: int = 0,
    links: list[Ints] | None = None,
    show: int | None = None,
    n_jobs: int = 1,
    tick: Callable[[int], None] = lambda _: None,
) -> Search:
    """Test for groups, and find how many come back when people are resampled.

    Parameters
    ----------
    space : Space
        The people.
    ks : tuple of int
        Numbers of groups to try.
    nulls, resamples : int
        Tables without groups to compare with; resamples of the people.
    seed : int
        Decides every random number, whatever `n_jobs` is.
    links : list of arrays, optional
        People who must be together.
    show : int, optional
        Look at this k whatever the test says; does not change the test.
    n_jobs : int
        Threads.
    tick : callable
        Called with the number of finished steps, for a progress bar.
    """
    n = space.n
    ks = tuple(k for k in ks if 2 <= k < n)
    if show is not None and show not in ks:
        ks = tuple(sorted({*ks, show}))
    root = np.random.SeedSequence(seed)
    s_obs, s_copula, s_nulls, s_shares, s_boot, s_sub = root.spawn(6)
    with one_blas_thread():
        x, wide = space.coordinates()
        rng = np.random.default_rng(s_obs)
        found = _many([x], [_uniforms(rng, ks)], ks, links)[0]
        labels, centres, sizes = {}, {}, {}
        for k, lab in zip(ks, found):
            labels[k], _ = relabel_by_size(lab, k)
            sizes[k] = np.bincount(labels[k], minlength=k)
            centres[k] = np.array([x[labels[k] == j].mean(axis=0) if sizes[k][j] else x.mean(axis=0) for j in range(k)])

        test, rows = space, np.arange(n)
        if n > LARGEST_TEST:
            # Silhouettes need all distances; a random part of the people asks the same question with ample power.
            rows = np.sort(np.random.default_rng(s_sub).choice(n, LARGEST_TEST, replace=False))
            counts = tuple((cols, c[rows]) for cols, c in space.counts)
            test = Space(
                space.columns[rows], space.levels, space.block, space.weights, space.components, counts, space.topics
            )
            xt, wide = test.coordinates()
            tested = _many([xt], [_uniforms(rng, ks)], ks)[0]
            observed = np.concatenate([silhouettes(xt, tested, list(ks)), _second(test, xt, wide, tested, ks)])
            person = {k: np.full(n, np.nan) for k in ks}
        else:
            far = distances(x)
            person = {k: silhouette_samples(far, labels[k], k) for k in ks}
            inside = [person[k].mean() for k in ks]
            observed = np.concatenate([inside, _second(space, x, wide, [labels[k] for k in ks], ks)])

        jaccard, places = _bootstrap(space, labels, ks, resamples, s_boot, links, n_jobs, tick)

        kk = len(ks)
        worst, p_by_null, null = 0.0, {}, np.empty((0, 2 * kk))
        if nulls and n >= FEWEST:
            copula = CopulaNull(test, s_copula)
            models: dict[str, tuple[Null, np.random.SeedSequence]] = {"copula": (copula, s_nulls)}
            if space.counts or space.topics:
                models["blocks"] = (BlockNull(test, copula), s_shares)
            local = _localise(links, rows) if links else None
            for name, (model, s) in models.items():
                sil = _null_silhouettes(test, model, ks, nulls, s, local, n_jobs, tick, observed)
                p_by_null[name] = _p_of_both(observed, sil)
                if p_by_null[name] >= worst:
                    worst, null = p_by_null[name], sil
                if worst > LEVEL:
                    break  # one sort of people without kinds that looks as grouped is enough
        p = worst if p_by_null else float("nan")

    excess = observed - null.mean(axis=0) if len(null) else observed * np.nan
    several = len(space.weights) > 1
    size, least = (excess[kk:], FLOOR_MIXED) if several else (excess[:kk], FLOOR_ONE)
    k_found, why = choose(ks, p, excess[:kk], jaccard, sizes, n=n, size=size, least=least)
    return Search(
        ks, observed[:kk], null[:, :kk], p, p_by_null, jaccard, sizes, labels, centres, x, k_found, why, places, person
    )  # fmt: skip


def _second(space: Space, x: Floats, wide: Floats, labels: list[Ints], ks: tuple[int, ...]) -> Floats:
    """Silhouettes in a second view of the same partitions.

    For one kind of data all its columns: components of few people and many columns fit anything. For several kinds,
    where most columns are indicators and mostly noise, the leading components, as many as there are groups.
    """
    if len(space.weights) == 1:
        return silhouettes(wide, labels, list(ks))
    leading = [np.ascontiguousarray(x[:, : max(2, k)]) for k in ks]
    return np.array([silhouettes(lead, [lab], [k])[0] for lead, lab, k in zip(leading, labels, ks)])


def p_of_max(observed: Floats, null: Floats) -> float:
    """The p-value of the largest standardised silhouette over all k.

    Standardising each k by its own null keeps k = 2, whose silhouettes are always the largest, from deciding alone.
    """
    mean, sd = null.mean(axis=0), np.maximum(null.std(axis=0, ddof=1), 1e-9)
    top = ((observed - mean) / sd).max()
    return float((1 + (((null - mean) / sd).max(axis=1) >= top).sum()) / (1 + len(null)))


def choose(
    ks: tuple[int, ...],
    p: float,
    excess: Floats,
    jaccard: dict[int, Floats],
    sizes: dict[int, Ints],
    *,
    n: int,
    size: Floats,
    least: float,
) -> tuple[int | None, str]:
    """The number of groups, or which hurdle was not taken; `size` is the excess that has to reach `least`."""
    if n < FEWEST:
        return None, "few"
    if not p <= LEVEL:
        return None, "test"
    # Of few people the handful far out on a long tail comes back too: it is the end of a degree.
    least_size = max(3, 0.05 * n) if n >= TAIL_BELOW else max(5, min(8, n // 5))
    admissible = [i for i, k in enumerate(ks) if jaccard[k].min() >= J_ADMISSIBLE and sizes[k].min() >= least_size]
    if not admissible:
        return None, "unstable"
    best = max(admissible, key=lambda i: excess[i])
    if n >= EXCESS_FROM and size[best] < least:
        return None, "excess"
    return ks[best], "found"


def _localise(links: list[Ints], rows: Ints) -> list[Ints]:
    at = {int(r): i for i, r in enumerate(rows)}
    local = [np.array([at[int(i)] for i in group if int(i) in at], np.intp) for group in links]
    return [g for g in local if g.size > 1]


def _null_silhouettes(
    space: Space,
    model: Null,
    ks: tuple[int, ...],
    nulls: int,
    seed: np.random.SeedSequence,
    links: list[Ints] | None,
    n_jobs: int,
    tick: Callable[[int], None],
    observed: Floats,
) -> Floats:
    seeds = seed.spawn(nulls)

    def run(chunk: range) -> Floats:
        tables, draws = [], []
        for b in chunk:
            rng = np.random.default_rng(seeds[b])
            tables.append(space.coordinates(model.draw(rng)))
            draws.append(_uniforms(rng, ks))
        found = _many([x for x, _ in tables], draws, ks, links)
        each = list(ks)
        return np.array(
            [np.r_[silhouettes(x, f, each), _second(space, x, y, f, ks)] for (x, y), f in zip(tables, found)]
        )

    # Where twice as many tables as may look as grouped do, the rest cannot change the verdict (Besag, Clifford 1991).
    enough = 2 * LEVEL * (1 + nulls)
    parts: list[Floats] = []
    for part in _run(run, _chunks(nulls), n_jobs, tick):
        parts.append(part)
        so_far = np.vstack(parts)
        if len(so_far) >= _FIRST and _p_of_both(observed, so_far) * (1 + len(so_far)) > enough:
            tick(nulls - len(so_far))
            break
    return np.vstack(parts)


def _p_of_both(observed: Floats, null: Floats) -> float:
    """Groups have to stand out where they were looked for, and in a second view: the larger p-value counts."""
    kk = observed.size // 2
    return max(p_of_max(observed[:kk], null[:, :kk]), p_of_max(observed[kk:], null[:, kk:]))


def _run(run: Callable[[range], Any], chunks: list[range], n_jobs: int, tick: Callable[[int], None]) -> Iterator[Any]:
    if n_jobs == 1:
        for chunk in chunks:
            tick(len(chunk))
            yield run(chunk)
        return
    pool = ThreadPoolExecutor(n_jobs)
    try:
        for chunk, out in zip(chunks, pool.map(run, chunks)):
            tick(len(chunk))
            yield out
    finally:
        pool.shutdown(cancel_futures=True)


def _bootstrap(
    space: Space,
    labels: dict[int, Ints],
    ks: tuple[int, ...],
    resamples: int,
    seed: np.random.SeedSequence,
    links: list[Ints] | None,
    n_jobs: int,
    tick: Callable[[int], None],
) -> tuple[dict[int, Floats], dict[int, Ints]]:
    """Clusterwise Jaccard (Hennig 2007) over resamples of the people, and where everybody lands in each."""
    n = space.n
    encoded = space.encoded()
    seeds = seed.spawn(resamples)

    def run(chunk: range) -> list[list[tuple[Floats, Ints]]]:
        rows_of, tables, draws, bases = [], [], [], []
        for b in chunk:
            rng = np.random.default_rng(seeds[b])
            rows = rng.integers(0, n, min(n, LARGEST_RESAMPLE))
            mean, scale, axes = space.basis(encoded[rows])
            bases.append((mean, scale, axes))
            tables.append((((encoded[rows] - mean) * scale) @ axes).astype(np.float32))
            draws.append(_uniforms(rng, ks))
            rows_of.append(rows)
        if links:
            # The links of a resample are those of the people drawn.
            again = [[np.flatnonzero(np.isin(rows, group)) for group in links] for rows in rows_of]
            found = [_many([t], [d], ks, [g for g in a if g.size > 1])[0] for t, d, a in zip(tables, draws, again)]
        else:
            found = _many(tables, draws, ks)
        out: list[list[tuple[Floats, Ints]]] = []
        for x, rows, (mean, scale, axes), labs in zip(tables, rows_of, bases, found):
            everybody = (((encoded - mean) * scale) @ axes).astype(np.float32)
            one: list[tuple[Floats, Ints]] = []
            for k, lab in zip(ks, labs):
                jac = clusterwise_jaccard(labels[k][rows], lab, k)
                centres = np.stack([x[lab == c].mean(axis=0) if (lab == c).any() else x[0] + 1e6 for c in range(k)])
                where = nearest(everybody[None], centres[None, None], links)[0][0, 0]
                one.append((jac, matched(labels[k], where, k)))
            out.append(one)
        return out

    jacs: dict[int, list[Floats]] = {k: [] for k in ks}
    places: dict[int, list[Ints]] = {k: [] for k in ks}
    for out in _run(run, _chunks(resamples), n_jobs, tick):
        for one in out:
            for k, (jac, where) in zip(ks, one):
                jacs[k].append(jac)
                places[k].append(where)
    if not resamples:
        return {k: np.full(k, np.nan) for k in ks}, {k: np.zeros((0, n), np.int8) for k in ks}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        jaccard = {k: np.nan_to_num(np.nanmean(np.array(jacs[k]), axis=0)) for k in ks}
    return jaccard, {k: np.array(places[k], np.int8) for k in ks}


def clusterwise_jaccard(reference: Ints, other: Ints, k: int) -> Floats:
    """For each cluster of `reference` its best overlap with a cluster of `other`; NaN for a cluster without people."""
    table = np.zeros((k, k))
    np.add.at(table, (reference, other), 1)
    own, theirs = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    overlap = table / np.maximum(own + theirs - table, 1)
    return np.where(own[:, 0] > 0, overlap.max(axis=1), np.nan)


def matched(reference: Ints, other: Ints, k: int) -> Ints:
    """`other` renumbered so that it agrees with `reference` as much as possible (Hungarian method)."""
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((k, k))
    np.add.at(table, (reference, other), 1)
    rows, cols = linear_sum_assignment(-table)
    back = np.empty(k, np.intp)
    back[cols] = rows
    return back[other]
