"""People on a grid as distances, and grids without kinds of people: shuffled within variables, and one mere degree."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cjmkit.personas._degrees import axes_of, capped, correlations, lengths, normal_scores

__all__ = ["beyond_lines", "by_degree", "distances", "mean_silhouettes", "ward_labels", "within_silhouettes"]

Floats = NDArray[Any]
Ints = NDArray[Any]

_PRIOR = 0.5
"""Two people who share few placements are pulled towards the mean distance, as if half a variable more lay there."""
_TRIED = 10
"""So many grids of degrees are tried for each that is kept."""
_SHAPES = (0.4, 3.0)
"""Parameters of the beta along a line: at .4 people crowd at its ends, at 1 they spread evenly, at 3 they gather."""


def distances(tables: Floats, nominal: Ints, weights: Floats) -> Floats:
    """Squared distances of people on the variables that both have a place on, mean 1 a variable: (tables, n, n).

    Gower's coefficient with squared differences. `tables` is (tables, n, variables) with NaN where nothing is known,
    `nominal` says which columns are choices, `weights` counts a variable (its reliability).

    Examples
    --------
    >>> far = distances(np.array([[[1.0], [1.0], [7.0]]]), np.array([False]), np.ones(1))[0]
    >>> bool(far[0, 1] < far[0, 2]), far[0, 0].item()
    (True, 0.0)
    """
    known = ~np.isnan(tables)
    x = np.nan_to_num(tables)
    total = np.full((len(x), x.shape[1], x.shape[1]), _PRIOR)
    share = np.full_like(total, _PRIOR)
    for j in range(x.shape[2]):
        both = (known[:, :, None, j] & known[:, None, :, j]).astype(float)
        apart = x[:, :, None, j] - x[:, None, :, j]
        d = (apart != 0).astype(float) if nominal[j] else apart**2
        mean = (d * both).sum(axis=(1, 2)) / np.maximum(both.sum(axis=(1, 2)), 1)
        d /= np.maximum(mean, 1e-9)[:, None, None]
        total += weights[j] * both * d
        share += weights[j] * both
    far = total / share
    diagonal = np.arange(far.shape[1])
    far[:, diagonal, diagonal] = 0
    return far


def ward_labels(far: Floats, ks: tuple[int, ...]) -> Ints:
    """Groups of each table's people for each k: distances (tables, n, n) → (tables, n, len(ks)), Ward's method.

    Groups are numbered by their first members. All tables are cut at once: one by one this took most of the time.
    """
    from scipy.cluster.hierarchy import linkage

    t, n = far.shape[:2]
    upper = np.triu_indices(n, 1)
    trees = np.array([linkage(row, "ward") for row in np.sqrt(far[:, *upper])])
    group = np.tile(np.arange(n), (t, 1))
    out = np.zeros((t, n, len(ks)), dtype=np.intp)
    for merged in range(n):
        if n - merged in ks:
            first = (group[:, :, None] == group[:, None, :]).argmax(axis=2)
            number = np.cumsum(first == np.arange(n), axis=1) - 1
            out[:, :, ks.index(n - merged)] = np.take_along_axis(number, first, axis=1)
        if merged < n - 1:
            pair = trees[:, merged, :2].astype(np.intp)
            group[(group == pair[:, :1]) | (group == pair[:, 1:])] = n + merged
    return out


def within_silhouettes(far: Floats, labels: Ints, k: int) -> Floats:
    """Silhouette of each person from distances (…, n, n) and labels (…, n); 0 for somebody who is alone."""
    member = (labels[..., None] == np.arange(k)).astype(float)
    size = member.sum(axis=-2)
    sums = far @ member
    own_size = np.take_along_axis(size, labels, axis=-1)
    own = np.take_along_axis(sums, labels[..., None], axis=-1)[..., 0] / np.maximum(own_size - 1, 1)
    others = np.where(member > 0, np.inf, sums / np.maximum(size, 1)[..., None, :]).min(axis=-1)
    out = (others - own) / np.maximum(np.maximum(own, others), 1e-12)
    return np.where(own_size > 1, out, 0.0)


def mean_silhouettes(far: Floats, ks: tuple[int, ...]) -> Floats:
    """Mean silhouette of Ward's groups in each table for each k: distances (tables, n, n) → (tables, len(ks))."""
    labels = ward_labels(far, ks)
    return np.stack([within_silhouettes(far, labels[:, :, i], k).mean(axis=1) for i, k in enumerate(ks)], axis=1)


def beyond_lines(far: Floats, ks: tuple[int, ...], lines: Ints) -> Floats:
    """How much better k groups describe each table than its lines do: distances (tables, n, n) → (tables, len(ks)).

    The logarithm of what so many principal coordinates leave over (Gower 1966) to what Ward's groups leave over
    within them. Kinds of people leave nothing but noise within groups; a degree leaves nothing but noise off its line,
    and a piece of the line within every group.
    """
    n = far.shape[1]
    middle = np.eye(n) - 1 / n
    inner = -0.5 * middle @ far @ middle
    whole = np.trace(inner, axis1=1, axis2=2)
    axes = np.cumsum(np.linalg.eigvalsh(inner)[:, ::-1], axis=1)
    off = whole - axes[np.arange(len(far)), np.minimum(lines, n) - 1]
    labels = ward_labels(far, ks)
    within = []
    for i, k in enumerate(ks):
        member = (labels[:, :, i, None] == np.arange(k)).astype(float)
        pairs = (member * (far @ member)).sum(axis=1)
        within.append((pairs / (2 * np.maximum(member.sum(axis=1), 1))).sum(axis=1))
    return np.asarray(np.log(np.maximum(off, 1e-9))[:, None] - np.log(np.maximum(np.stack(within, axis=1), 1e-9)))


def by_degree(tables: Floats, draws: int, rng: np.random.Generator, many: Ints) -> Floats:
    """Grids of people who differ by degree along one line or several: (tables · draws, n, variables).

    As many independent lines as each table has (`many`, of `_degrees.dimensions`), with loadings scaled until the made
    tables' axes are as strong as the real ones'; every column takes the real column's values and blanks. People gather
    in the middle of a line, spread evenly, or crowd at its ends (a beta of any shape); of many such grids those are
    kept whose columns, before they take the real values, have the real columns' shape. Without that, people who happen
    to leave a gap in the middle of their one line, and so in every column, look more grouped than their null does.
    """
    r = correlations(normal_scores(tables))
    lam = np.zeros((*r.shape[:2], int(many.max())))
    for i, m in enumerate(many):
        lam[i, :, :m] = axes_of(r[i], int(m))
    target = _leading(tables, many)
    pilot = max(1, 60 // len(tables))
    for _ in range(4):
        got = _leading(_made(tables, lam, pilot, rng), np.repeat(many, pilot)).reshape(len(tables), pilot).mean(axis=1)
        if len(tables) > 5:  # each table has one pilot only: all of one design share the correction
            ratio = np.full(len(tables), np.maximum(target - 1, 0.01).mean() / np.maximum(got - 1, 0.01).mean())
        else:
            ratio = np.maximum(target - 1, 0.01) / np.maximum(got - 1, 0.01)
        lam = capped(lam * np.clip(np.sqrt(ratio), 0.7, 1.4)[:, None, None])
    return _made(tables, lam, draws, rng)


def _made(tables: Floats, lam: Floats, draws: int, rng: np.random.Generator) -> Floats:
    t, n, p = tables.shape
    m, tried = lam.shape[2], draws * _TRIED
    shape = np.exp(rng.uniform(np.log(_SHAPES[0]), np.log(_SHAPES[1]), (t, tried, 1, m)))
    each = np.broadcast_to(shape, (t, tried, n, m))
    factor = (rng.beta(each, each) - 0.5) * np.sqrt(4 * (2 * shape + 1))  # mean 0, variance 1
    own = np.sqrt(1 - (lam**2).sum(axis=2))[:, None, None, :]
    z = factor @ np.swapaxes(lam, 1, 2)[:, None] + own * rng.normal(size=(t, tried, n, p))
    z = np.where(np.isnan(tables)[:, None], np.nan, z)
    off = ((_shapes(z, lam) - _shapes(tables[:, None], lam)) ** 2).sum(axis=(2, 3))
    z = np.take_along_axis(z, np.argsort(off, axis=1)[:, :draws, None, None], axis=1)
    order = np.argsort(z, axis=2)  # NaN last, where the blanks are
    values = np.broadcast_to(np.sort(tables, axis=1)[:, None], z.shape)
    out = np.empty_like(z)
    np.put_along_axis(out, order, values, axis=2)
    return out.reshape(t * draws, n, p)


def _shapes(tables: Floats, lam: Floats) -> Floats:
    """How the columns that load on each line are spread, on average: tables (t, d, n, p) → quantiles (t, d, m, n)."""
    n = tables.shape[2]
    x = np.sort(tables, axis=2)
    known = np.maximum((~np.isnan(x)).sum(axis=2, keepdims=True), 1)
    x = x - np.nansum(x, axis=2, keepdims=True) / known
    x = x / np.maximum(np.sqrt(np.nansum(x**2, axis=2, keepdims=True) / known), 1e-9)
    last = known - 1
    at = np.clip((np.arange(n)[:, None] + 0.5) / n * (last + 1) - 0.5, 0, last)
    low = np.floor(at).astype(np.intp)
    under = np.take_along_axis(x, low, axis=2)
    over = np.take_along_axis(x, np.minimum(low + 1, last), axis=2)
    q = np.nan_to_num(under + (at - low) * (over - under))
    with_it, against = np.where(lam > 0, lam**2, 0), np.where(lam < 0, lam**2, 0)
    out = np.einsum("tdnp,tpm->tdmn", q, with_it) - np.einsum("tdnp,tpm->tdmn", q[:, :, ::-1], against)
    return np.asarray(out / np.maximum((lam**2).sum(axis=1), 1e-9)[:, None, :, None])


def _leading(tables: Floats, many: Ints) -> Floats:
    """Mean length of the axes along which people differ."""
    upto = np.arange(tables.shape[2]) < many[:, None]
    return np.asarray((lengths(tables) * upto).sum(axis=1) / many)
