"""The models behind drivers: correlations with the outcome, or with the propensity behind it, their resamples, and
what an unrelated item would get.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cjmkit.errors import CjmError
from cjmkit.survey._decode import norm
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import SCALE_TYPES, Item, plain
from cjmkit.survey.relative import _resampled, johnson

__all__ = ["MODELS", "Fit", "fitted", "null_reference", "outcome_values", "resampled_fits"]

MODELS = ("linear", "logistic", "ordinal")
_YES = ("yes", "да", "1", "true", "y", "д", "bought", "buy", "купил", "купила", "1.0")
_LOGISTIC = math.pi**2 / 3
"""Variance of the logistic distribution: that of the propensity which the drivers leave unexplained."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Correlations of the drivers with the outcome (or its propensity), and what a null reference needs."""

    model: str
    rxy: Floats
    noise: float
    """Variance of the partial correlation of an unrelated item."""
    spread: float
    """Variance of its correlation with a driver: one over the effective n less one."""
    start: Floats


def outcome_values(survey: SurveyData, y: Item, model: str) -> tuple[str, Floats]:
    """The outcome as numbers, and of a logistic one the answer that counts as yes."""
    if model != "logistic":
        if y.type not in (*SCALE_TYPES, "number"):
            raise CjmError(
                en=f"outcome {y.item!r} is of type {y.type!r}; a {model} model needs a scale or number. "
                f"set_item({y.item!r}, type='likert', scale=…), or model='logistic' for an outcome with two answers",
                ru=f"результат {y.item!r} имеет тип {y.type!r}; для model={model!r} нужна шкала или число. "
                f"set_item({y.item!r}, type='likert', scale=…) или model='logistic', если ответов два",
            )
        x = survey.values(y).to_numpy(dtype=float)
        levels = len(np.unique(x[~np.isnan(x)]))
        if model == "ordinal" and levels > 20:
            raise CjmError(
                en=f"outcome {y.item!r} has {levels} different answers; an ordinal model takes up to 20, "
                "model='linear' any number",
                ru=f"у результата {y.item!r} разных ответов: {levels}; в порядковой модели их до 20, в "
                "model='linear' сколько угодно",
            )
        return "", x
    raw = survey.raw(y)
    labels = {norm(c): t for c, t in y.labels}
    texts = raw.map(lambda v: str(labels.get(norm(plain(v)), plain(v))), na_action="ignore")
    answers = sorted(texts.dropna().unique())
    if len(answers) != 2:
        raise CjmError(
            en=f"outcome {y.item!r} has {len(answers)} different answers ({', '.join(answers[:5])}); a logistic model "
            "needs two",
            ru=f"у результата {y.item!r} разных ответов: {len(answers)} ({', '.join(answers[:5])}); для "
            "model='logistic' их нужно два",
        )
    yes = next((a for a in answers if norm(a) in _YES), answers[1])
    return yes, np.where(texts.isna(), np.nan, (texts == yes).to_numpy(dtype=float, na_value=0.0))


def fitted(block: Floats, w: Floats | None, corr: Floats, model: str) -> Fit:
    """Fit the model to people without missing answers; the last column is the outcome."""
    k = block.shape[1] - 1
    kish = len(block) if w is None else w.sum() ** 2 / (w**2).sum()
    spread = 1 / max(kish - 1, 1.0)
    if model == "linear":
        rxy = corr[:k, k]
        r2 = float(rxy @ np.linalg.pinv(corr[:k, :k]) @ rxy)
        return Fit(model, rxy, max(1 - r2, 0.0) * spread, spread, np.zeros(0))
    x, y = _standard(block[:, :k], w), _levels(block[:, k])
    counts = np.ones(len(x)) if w is None else w * len(w) / w.sum()
    theta, information = _ordered_logit(x, y, counts, np.zeros(0))
    slopes = theta[-k:]
    total = float(slopes @ corr[:k, :k] @ slopes) + _LOGISTIC
    noise = len(x) * spread / (information * total)
    return Fit(model, corr[:k, :k] @ slopes / math.sqrt(total), noise, spread, theta)


def resampled_fits(block: Floats, w: Floats | None, fit: Fit, draws: tuple[int, int]) -> tuple[Floats, Floats]:
    """Correlations of the drivers (B, K, K) and with the outcome (B, K) in resamples of people that can be fitted."""
    resamples, seed = draws
    k = block.shape[1] - 1
    boot = _resampled(block, w, resamples, seed)
    if fit.model == "linear":
        boot = boot[np.isfinite(boot).all(axis=(1, 2))]
        return boot, boot[:, :k, k]
    boot = boot[:, :k, :k]
    x, y = _standard(block[:, :k], w), _levels(block[:, k])
    rng = np.random.default_rng(seed)
    base = np.ones(len(x)) if w is None else w * len(w) / w.sum()
    rxy = np.full((resamples, k), np.nan)
    for b in range(resamples):
        # The same draws as those of the correlations.
        counts = np.bincount(rng.integers(0, len(x), len(x)), minlength=len(x)) * base
        if not np.isfinite(boot[b]).all() or len(np.unique(y[counts > 0])) < y.max() + 1:
            continue
        slopes = _ordered_logit(x, y, counts, fit.start)[0][-k:]
        centre = counts @ x / counts.sum()
        scale = np.sqrt(counts @ (x - centre) ** 2 / counts.sum())
        slopes = slopes * scale
        rxy[b] = boot[b] @ slopes / math.sqrt(float(slopes @ boot[b] @ slopes) + _LOGISTIC)
    sound = np.isfinite(rxy).all(axis=1)
    return boot[sound], rxy[sound]


def _standard(x: Floats, w: Floats | None) -> Floats:
    centre = np.average(x, axis=0, weights=w)
    scale = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=w))
    return np.asarray((x - centre) / scale)


def _levels(y: Floats) -> npt.NDArray[np.int_]:
    return np.unique(y, return_inverse=True)[1]


def _ordered_logit(x: Floats, y: Any, counts: Floats, start: Floats) -> tuple[Floats, float]:
    """Proportional odds by Fisher scoring; two levels make it a logistic regression.

    Returns
    -------
    (theta, information)
        Thresholds, then slopes; Σ of the information about the propensity: that of an unrelated standardised item.
    """
    n, k = x.shape
    m = int(y.max())
    share = np.cumsum(np.bincount(y, weights=counts, minlength=m + 1))[:-1] / counts.sum()
    theta = start.copy() if len(start) else np.concatenate([np.log(share / (1 - share)), np.zeros(k)])
    upper, lower = np.zeros((n, m)), np.zeros((n, m))
    has_upper, has_lower = y < m, y > 0
    upper[np.flatnonzero(has_upper), y[has_upper]] = 1
    lower[np.flatnonzero(has_lower), y[has_lower] - 1] = 1
    information = 0.0
    for _ in range(60):
        eta = x @ theta[m:]
        fu = np.where(has_upper, _expit(theta[np.minimum(y, m - 1)] - eta), 1.0)
        fl = np.where(has_lower, _expit(theta[np.maximum(y - 1, 0)] - eta), 0.0)
        du, dl = fu * (1 - fu), fl * (1 - fl)
        p = np.maximum(fu - fl, 1e-12)
        design = np.hstack([upper * (du / p)[:, None] - lower * (dl / p)[:, None], -x * ((du - dl) / p)[:, None]])
        gradient = counts @ design
        hessian, information = _information(x, theta, counts, m)
        step = np.linalg.solve(hessian + 1e-9 * np.eye(m + k), gradient)
        size = float(np.abs(step).max())
        theta = theta + step * min(1.0, 3.0 / max(size, 1e-12))
        if size < 1e-9:
            break
        if np.abs(theta[m:]).max() > 30:
            break  # the drivers part the answers completely
    return theta, information


def _information(x: Floats, theta: Floats, counts: Floats, m: int) -> tuple[Floats, float]:
    """Fisher information of thresholds and slopes, and its sum over people about the propensity alone."""
    k = x.shape[1]
    eta = x @ theta[m:]
    f = _expit(theta[None, :m] - eta[:, None])
    d = f * (1 - f)
    p = np.maximum(np.diff(np.hstack([np.zeros((len(x), 1)), f, np.ones((len(x), 1))]), axis=1), 1e-12)
    slope = np.diff(np.hstack([np.zeros((len(x), 1)), d, np.zeros((len(x), 1))]), axis=1)
    about = (slope**2 / p).sum(axis=1)
    out = np.zeros((m + k, m + k))
    for j in range(m):
        out[j, j] = counts @ (d[:, j] ** 2 * (1 / p[:, j] + 1 / p[:, j + 1]))
        if j + 1 < m:
            out[j, j + 1] = out[j + 1, j] = -(counts @ (d[:, j] * d[:, j + 1] / p[:, j + 1]))
        cross = d[:, j] * (slope[:, j + 1] / p[:, j + 1] - slope[:, j] / p[:, j])
        out[j, m:] = out[m:, j] = x.T @ (counts * cross)
    out[m:, m:] = x.T @ (x * (counts * about)[:, None])
    return out, float(counts @ about)


def _expit(v: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(v))


def null_reference(rxx: Floats, fit: Fit, level: float, seed: int) -> tuple[Floats, Floats]:
    """What an item gets that has nothing to do with the outcome and the other items, in place of each driver.

    Random relabelling of people gives such an item correlations with mean 0, variance 1/(n − 1) and the covariances of
    what it is correlated with; they are drawn from the normal distribution with these moments. Johnson's weights are
    used for both methods, as they agree to about a point.

    Returns
    -------
    (null, p)
        Per driver: the share of R² that the largest of as many unrelated items exceeds with probability 1 − level; how
        often one gets as much as the driver.
    """
    k = len(rxx)
    draws = int(np.clip(12000 // k, 200, 1000))
    rng = np.random.default_rng(seed)
    observed = johnson(rxx[None], fit.rxy[None])[0]
    null, p = np.empty(k), np.empty(k)
    for j in range(k):
        others = np.arange(k) != j
        c = rxx[np.ix_(others, others)]
        values, vectors = np.linalg.eigh(c)
        root = vectors * np.sqrt(np.clip(values, 0, None))
        r = rng.standard_normal((draws, k - 1)) @ root.T * math.sqrt(fit.spread)
        own = np.linalg.pinv(c) @ fit.rxy[others]
        rest = 1 - float(own @ fit.rxy[others])
        noise = rest * fit.spread if fit.model == "linear" else fit.noise
        toward = r @ own + rng.standard_normal(draws) * math.sqrt(max(noise, 0.0))
        matrices = np.broadcast_to(rxx, (draws, k, k)).copy()
        matrices[:, j, others] = matrices[:, others, j] = np.clip(r, -1, 1)
        matrices[:, j, j] = 1.0
        outcome = np.broadcast_to(fit.rxy, (draws, k)).copy()
        outcome[:, j] = toward
        got = johnson(matrices, outcome)
        null[j] = min(1.0, float(_tail(got[:, j]).isf((1 - level) / k)) / max(float(observed.sum()), 1e-12))
        reached = int((got[:, j] >= observed[j]).sum())
        p[j] = (1 + reached) / (draws + 1)
        if reached < 10:  # far out, the draws are too few to tell: a sum of squares has a gamma tail
            p[j] = min(p[j], float(_tail(got[:, j]).sf(observed[j])))
    return null, p


def _tail(drawn: Floats) -> Any:
    """The gamma distribution with the mean and variance of what was drawn."""
    from scipy.stats import gamma

    mean, variance = max(float(drawn.mean()), 1e-300), max(float(drawn.var()), 1e-300)
    return gamma(mean**2 / variance, scale=variance / mean)
