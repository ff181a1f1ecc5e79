"""How well several items measure one thing: Cronbach's alpha with Feldt's interval, and McDonald's omega."""

from __future__ import annotations

import math

import numpy as np

from cjmkit.errors import CjmError

__all__ = ["alpha_interval", "alpha_of", "item_statistics", "omega_of"]


def _complete(answers: np.ndarray) -> np.ndarray:
    if answers.ndim != 2 or answers.shape[1] < 2:
        raise CjmError(en="reliability needs at least two items", ru="для надёжности нужны хотя бы два вопроса")
    out = answers[~np.isnan(answers).any(axis=1)]
    if len(out) < 3:
        raise CjmError(
            en=f"reliability needs people who answered all {answers.shape[1]} items; there are {len(out)}",
            ru=f"для надёжности нужны люди, ответившие на все {answers.shape[1]} вопросов; их {len(out)}",
        )
    if np.isclose(out.sum(axis=1).var(), 0):
        raise CjmError(
            en="everybody has the same sum over these items; reliability is not defined",
            ru="у всех одна и та же сумма по этим вопросам; надёжность не определена",
        )
    return out


def alpha_of(answers: np.ndarray) -> float:
    """Cronbach's alpha of complete answers: k/(k−1) · (1 − Σ item variances / variance of the sum).

    Parameters
    ----------
    answers : array of shape (N, K)
        Rows with NaN are left out.
    """
    x = _complete(answers)
    k = x.shape[1]
    return float(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1)))


def alpha_interval(alpha: float, n: int, k: int, *, level: float = 0.95) -> tuple[float, float]:
    """Feldt's (1965) interval of alpha for `n` people and `k` items: (1 − α̂) times F quantiles."""
    from scipy.stats import f

    df1, df2 = n - 1, (n - 1) * (k - 1)
    tail = (1 - level) / 2
    return 1 - (1 - alpha) * float(f.ppf(1 - tail, df1, df2)), 1 - (1 - alpha) * float(f.ppf(tail, df1, df2))


def item_statistics(answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Alpha if an item is dropped, and each item's correlation with the sum of the others.

    Parameters
    ----------
    answers : array of shape (N, K)

    Returns
    -------
    (alpha_if_dropped, item_rest_r), each of shape (K,)
    """
    x = _complete(answers)
    k = x.shape[1]
    dropped, rest = np.full(k, np.nan), np.full(k, np.nan)
    for j in range(k):
        others = np.delete(x, j, axis=1)
        if k > 2:
            dropped[j] = alpha_of(others)
        if x[:, j].std() > 0 and others.sum(axis=1).std() > 0:
            rest[j] = np.corrcoef(x[:, j], others.sum(axis=1))[0, 1]
    return dropped, rest


def omega_of(answers: np.ndarray, factors: int = 1) -> tuple[float, float]:
    """McDonald's omega of complete answers.

    With one factor, ω = (Σλ)² / ((Σλ)² + Σψ) of a maximum-likelihood solution on the items' own scale. With three or
    more, the hierarchical and the total omega of a Schmid-Leiman solution (minimum residuals, oblimin), as in the R
    package psych.

    Parameters
    ----------
    answers : array of shape (N, K)
    factors : int
        1, or at least 3 (two factors leave the general factor undetermined).

    Returns
    -------
    (hierarchical, total)
        With one factor both are the same.
    """
    x = _complete(answers)
    r = np.corrcoef(x, rowvar=False)
    if factors == 1:
        if x.shape[1] < 3:
            raise CjmError(en="omega needs at least three items", ru="омеге нужны хотя бы три вопроса")
        loadings = _ml_one_factor(r)
        loadings = loadings * (1 if loadings.sum() >= 0 else -1)
        sd = x.std(axis=0, ddof=1)
        unique = ((1 - loadings**2) * sd**2).sum()
        common = (loadings * sd).sum() ** 2
        omega = float(common / (common + unique))
        return omega, omega
    if factors < 3:
        raise CjmError(
            en="omega takes one factor, or three and more; with two the general factor cannot be told",
            ru="омега берёт один фактор или три и больше; при двух общий фактор не выделить",
        )
    return _schmid_leiman(r, factors)


def _ml_one_factor(r: np.ndarray) -> np.ndarray:
    """Maximum-likelihood loadings of one factor on a correlation matrix of shape (K, K)."""
    from scipy.optimize import minimize

    k = len(r)

    def discrepancy(psi: np.ndarray) -> tuple[float, np.ndarray]:
        scale = 1 / np.sqrt(psi)
        values, vectors = np.linalg.eigh(r * np.outer(scale, scale))
        rest = values[:-1]
        load = vectors[:, -1:] * math.sqrt(max(values[-1] - 1, 0))
        load = load / scale[:, None]
        implied = load @ load.T + np.diag(psi)
        gradient = np.diag(implied - r) / psi**2
        return float((rest - np.log(rest)).sum() - len(rest)), gradient

    start = 1 / np.diag(np.linalg.pinv(r)) * (1 - 0.5 / k)
    found = minimize(
        discrepancy,
        np.clip(start, 0.01, 0.99),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.005, 1)] * k,
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 2000},
    )
    scale = 1 / np.sqrt(found.x)
    values, vectors = np.linalg.eigh(r * np.outer(scale, scale))
    return vectors[:, -1] * math.sqrt(max(values[-1] - 1, 0)) / scale


def _minres(r: np.ndarray, factors: int) -> np.ndarray:
    """Minimum-residual loadings (K, F): unique variances that make the residuals smallest."""
    from scipy.optimize import minimize

    k = len(r)

    def loadings(psi: np.ndarray) -> np.ndarray:
        values, vectors = np.linalg.eigh(r - np.diag(psi))
        order = np.argsort(values)[::-1][:factors]
        return vectors[:, order] * np.sqrt(np.clip(values[order], 1e-12, None))

    def residual(psi: np.ndarray) -> float:
        rest = r - loadings(psi) @ loadings(psi).T - np.diag(psi)
        return float((rest**2).sum())

    smc = 1 - 1 / np.diag(np.linalg.pinv(r))
    found = minimize(
        residual,
        1 - np.clip(smc, 0.05, 0.995),
        method="L-BFGS-B",
        bounds=[(0.005, 1)] * k,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 2000, "maxfun": 100_000},
    )
    out = loadings(found.x)
    return out * np.where(out.sum(axis=0) < 0, -1, 1)


def _oblimin(a: np.ndarray, sweeps: int = 1000, eps: float = 1e-8) -> tuple[np.ndarray, np.ndarray]:
    """Quartimin rotation (oblimin with gamma 0) by gradient projection (Bernaards and Jennrich 2005).

    Returns
    -------
    (loadings, factor correlations)
    """
    k = a.shape[1]
    t = np.eye(k)
    step = 1.0
    off = np.ones((k, k)) - np.eye(k)

    def criterion(load: np.ndarray) -> tuple[float, np.ndarray]:
        squares = load**2 @ off
        return float((load**2 * squares).sum() / 4), load * squares

    load = a @ np.linalg.inv(t).T
    f, gq = criterion(load)
    g = -(load.T @ gq @ np.linalg.inv(t)).T
    for _ in range(sweeps):
        gp = g - t @ np.diag((t * g).sum(axis=0))
        size = float(np.sqrt((gp**2).sum()))
        if size < eps:
            break
        step *= 2
        for _ in range(20):
            x = t - step * gp
            new = x / np.sqrt((x**2).sum(axis=0))
            load = a @ np.linalg.inv(new).T
            fn, gq = criterion(load)
            if f - fn > 0.5 * size**2 * step:
                break
            step /= 2
        t, f = new, fn
        g = -(load.T @ gq @ np.linalg.inv(t)).T
    return load, t.T @ t


def _schmid_leiman(r: np.ndarray, factors: int) -> tuple[float, float]:
    load, phi = _oblimin(_minres(r, factors))
    general = _minres(phi, 1)[:, 0]
    g = load @ general
    unique = 1 - np.clip(np.diag(load @ phi @ load.T), 0, 1)
    # Items that load negatively on the general factor are turned round before they are summed.
    sign = np.where(g < 0, -1, 1)
    total = float(sign @ r @ sign)
    return float((sign * g).sum() ** 2 / total), float(1 - unique.sum() / total)
