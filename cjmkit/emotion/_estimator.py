"""Stage means of people who skip stages: random intercepts, and intervals that leave out one person at a time.

Model: ``y[i, s] = mu[s] + b[i] + e[i, s]`` with ``b ~ N(0, lam * sigma²)`` and ``e ~ N(0, sigma²)``. A person who left
after a bad stage still tells something about the later ones through ``b[i]``; the plain mean of those who stayed is
too happy. With complete data the estimate is the plain mean and the interval is Student's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Fit", "fit", "information", "intercept_ratio", "observed"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LARGEST_RATIO = 1e3  # beyond it nearly all variance lies between people and the equations get ill-conditioned
_CHUNK = 4096
_MOST_LEFT_OUT = 5000


@dataclass(frozen=True, eq=False)
class Fit:
    """Stage means with what is needed for their uncertainty.

    Attributes
    ----------
    mean : array (S,)
        Stage means, within what people at the stage said; NaN where nobody answered.
    se : array (S,)
        Jackknife standard errors over people; NaN where fewer than two answered.
    n : array (S,)
        People who answered at the stage.
    influence : array (P, S)
        What each person adds to each mean, scaled so that ``influence.T @ influence`` is the jackknife covariance.
    ratio : float
        Variance between people over variance within.
    modelled : array (S,)
        Stage means as the model has them; `mean` is kept within the ratings that people at the stage gave.
    """

    mean: Floats
    se: Floats
    n: Ints
    influence: Floats
    ratio: float
    modelled: Floats

    def draws(self, size: int, rng: np.random.Generator) -> Floats:
        """Bootstrap over people, linear in each person's influence; shape (size, S).

        Up to 2,000 people: multinomial weights, that is, people drawn with replacement. Above that: Gaussian
        weights, whose sum given the data is exactly normal and is drawn directly.
        """
        people, stages = self.influence.shape
        effect = np.nan_to_num(self.influence)
        if people <= 2000:
            weights = rng.multinomial(people, np.full(people, 1 / people), size=size) - 1.0
            return self.mean + weights @ effect
        values, vectors = np.linalg.eigh(effect.T @ effect)
        root = vectors * np.sqrt(np.clip(values, 0, None))
        return self.mean + rng.standard_normal((size, stages)) @ root.T


def intercept_ratio(y: Floats) -> float:
    """REML estimate of the variance between people over the variance within, shape of `y` (P, S), NaN for missing.

    Depends on the data only through sums over people with the same number of answers, so its cost does not grow
    with the number of people.
    """
    seen = observed(y)
    stages = seen.any(axis=0)
    seen, y = seen[:, stages], y[:, stages]
    o = seen.astype(float)
    answered = seen.sum(axis=1)
    centred = np.where(seen, y - y[seen].mean(), 0.0) if seen.any() else o
    total = centred.sum(axis=1)
    square = float((centred**2).sum())
    cells, columns = int(seen.sum()), o.shape[1]
    sizes = np.unique(answered[answered > 0])
    if cells <= columns or square <= 1e-12 or sizes.max() < 2:
        return 0.0
    groups = [answered == m for m in sizes]
    count = np.array([g.sum() for g in groups])
    cross = np.array([o[g].T @ o[g] for g in groups])
    weighted = np.array([total[g] @ o[g] for g in groups])
    squares = np.array([(total[g] ** 2).sum() for g in groups])
    diagonal, sums = np.diag(o.sum(axis=0)), centred.sum(axis=0)

    def criterion(log_ratio: float) -> float:
        ratio = np.exp(log_ratio)
        c = ratio / (1 + sizes * ratio)
        a = diagonal - np.tensordot(c, cross, 1)
        r = sums - c @ weighted
        rest = square - c @ squares - r @ np.linalg.solve(a, r)
        _, logdet = np.linalg.slogdet(a)
        return float((cells - columns) * np.log(max(rest, 1e-12 * square)) + logdet + count @ np.log1p(sizes * ratio))

    # The criterion has one minimum; a grid finds its neighbourhood, golden section the place.
    grid = np.log(np.array([1e-6, 1e-3, 0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2.5, 4, 8, 20, 100, _LARGEST_RATIO]))
    at = int(np.argmin([criterion(g) for g in grid]))
    if at == 0:
        return 0.0
    low, high = grid[at - 1], grid[min(at + 1, len(grid) - 1)]
    golden = (np.sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    f_left, f_right = criterion(left), criterion(right)
    while high - low > 1e-7:
        if f_left < f_right:
            high, right, f_right = right, left, f_left
            left = high - golden * (high - low)
            f_left = criterion(left)
        else:
            low, left, f_left = left, right, f_right
            right = low + golden * (high - low)
            f_right = criterion(right)
    return float(np.exp((low + high) / 2))


def observed(y: Floats) -> npt.NDArray[np.bool_]:
    """Where there is a value."""
    out: npt.NDArray[np.bool_] = np.logical_not(np.isnan(y))
    return out


def information(y: Floats, ratio: float) -> tuple[Floats, Floats]:
    """Each person's part of the normal equations: shares ``c`` (P,) and right sides (P, S)."""
    seen = observed(y)
    answered = seen.sum(axis=1)
    c = ratio / (1 + answered * ratio)
    filled = np.where(seen, y, 0.0)
    return c, np.where(seen, filled - (c * filled.sum(axis=1))[:, None], 0.0)


def fit(y: Floats, *, weights: Floats | None = None, ratio: float | None = None) -> Fit:
    """Estimate stage means with jackknife standard errors over people.

    Parameters
    ----------
    y : array (P, S)
        One value per person and stage, NaN where there is none.
    weights : array (P,), optional
        Weights of people, any scale.
    ratio : float, optional
        Variance ratio; estimated by REML when not given.
    """
    seen = observed(y)
    keep = seen.any(axis=1)
    n = seen.sum(axis=0)
    people, stages = y.shape
    nothing = np.full(stages, np.nan)
    if not keep.any():
        return Fit(nothing, nothing.copy(), n, np.full(y.shape, np.nan), 0.0, nothing.copy())
    if ratio is None:
        ratio = intercept_ratio(y)
    w = np.ones(people) if weights is None else np.asarray(weights, float) / np.mean(np.asarray(weights, float)[keep])
    shift = float(y[seen].mean())  # keeps equal ratings exactly equal
    y = y - shift
    if seen[keep].all():
        deviation = _complete(y[keep], w[keep])
        mean = np.average(y[keep], axis=0, weights=w[keep])
    else:
        mean, deviation = _incomplete(y[keep], seen[keep], w[keep], ratio)
    centre = np.nan_to_num(deviation).sum(axis=0) / max(int(keep.sum()), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        influence = np.where(n > 1, (deviation - centre) * np.sqrt((n - 1) / np.maximum(n, 1)), np.nan)
    se = np.sqrt((influence**2).sum(axis=0))
    modelled = np.where(n > 0, mean + shift, np.nan)
    everybody = np.zeros((people, stages))
    everybody[keep] = influence
    everybody[:, n < 2] = np.nan
    # Whatever the model infers of those who left, a mean stays within what people at the stage said.
    y = y + shift
    lowest = np.where(seen, y, np.inf).min(axis=0)
    highest = np.where(seen, y, -np.inf).max(axis=0)
    inside = np.where(n > 0, np.clip(modelled, lowest, highest), np.nan)
    return Fit(inside, np.where(n > 1, se, np.nan), n, everybody, ratio, modelled)


def _complete(y: Floats, w: Floats) -> Floats:
    total = w.sum()
    mean = np.average(y, axis=0, weights=w)
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Floats = (w / (total - w))[:, None] * (y - mean)
    return out


def _incomplete(y: Floats, seen: npt.NDArray[np.bool_], w: Floats, ratio: float) -> tuple[Floats, Floats]:
    o = seen.astype(float)
    c, right = information(y, ratio)
    a = np.diag(w @ o) - (o * (w * c)[:, None]).T @ o
    r = w @ right
    empty = ~seen.any(axis=0)
    a[empty, empty] = 1.0
    mean = np.linalg.solve(a, r)
    if len(y) > _MOST_LEFT_OUT:
        # One of thousands moves the mean by its score times the inverse information, to a part in n.
        at = o * mean
        score = right - (at - o * (c * at.sum(axis=1))[:, None])
        return mean, (w[:, None] * score) @ np.linalg.inv(a)
    deviation = np.empty_like(y)
    eye = np.arange(y.shape[1])
    alone = seen.sum(axis=0) == 1
    for start in range(0, len(y), _CHUNK):
        part = slice(start, start + _CHUNK)
        op, wp = o[part], w[part]
        without = a + ((wp * c[part])[:, None, None] * op[:, :, None]) * op[:, None, :]
        without[:, eye, eye] -= wp[:, None] * op
        # The only person at a stage leaves nothing behind; a one on the diagonal keeps the others solvable.
        without[:, eye, eye] += op * alone
        rest = np.linalg.solve(without, (r - wp[:, None] * right[part])[:, :, None])[:, :, 0]
        deviation[part] = mean - rest
    return mean, deviation
