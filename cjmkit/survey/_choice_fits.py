"""Choices from sets: the conditional logit, with people as clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["ChoiceFit", "conditional_logit"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ChoiceFit:
    """Coefficients with a covariance that lets the choices of a person go together."""

    beta: Floats
    cov: Floats
    loglik: float
    null: float
    """Log-likelihood of choosing at random."""


def conditional_logit(
    x: Floats, sets: npt.NDArray[np.int_], chosen: npt.NDArray[np.bool_], people: npt.NDArray[np.int_], weights: Floats
) -> ChoiceFit:
    """P(i from S) = exp(x_i β) / Σ_S exp(x_j β), by Newton's method (McFadden 1974).

    The covariance is the sandwich over people: inverse information, times the sum of squares of each person's scores,
    times n/(n − 1). A coefficient without a finite value (an offer always or never chosen) stops growing.

    Parameters
    ----------
    x : array of shape (rows, k)
        One row an offer of a set; the rows of a set lie together.
    sets : array of shape (rows,)
        The set of each row, 0, 1, 2 … in rising order.
    chosen : array of shape (rows,)
        One True a set.
    people : array of shape (sets,)
        Who chose, 0, 1, 2 …
    weights : array of shape (sets,)
        How much the choice counts.
    """
    starts = np.flatnonzero(np.diff(sets, prepend=-1))
    w = weights[sets]
    beta = np.zeros(x.shape[1])
    picked = np.add.reduceat(np.where(chosen[:, None], x, 0.0), starts, axis=0)
    loglik = null = -float(weights @ np.log(np.diff(starts, append=len(sets))))
    for step in range(60):
        u = x @ beta
        top = np.maximum.reduceat(u, starts)
        e = np.exp(u - top[sets])
        total = np.add.reduceat(e, starts)
        p = e / total[sets]
        new = float(weights @ (u[chosen] - top - np.log(total)))
        mean = np.add.reduceat(p[:, None] * x, starts, axis=0)
        scores = weights[:, None] * (picked - mean)
        off = x - mean[sets]
        hessian = off.T @ (off * (w * p)[:, None])
        bread = np.linalg.pinv(hessian, rcond=1e-10, hermitian=True)
        move = np.clip(bread @ scores.sum(axis=0), -2, 2)
        if step and abs(new - loglik) < 1e-12 * max(1.0, abs(new)) and np.abs(move).max() < 1e-9:
            break
        loglik = new
        if np.abs(beta + move).max() > 25:
            break
        beta = beta + move
    n = int(people.max()) + 1
    clusters = np.zeros((n, x.shape[1]))
    np.add.at(clusters, people, scores)
    cov = bread @ (clusters.T @ clusters) @ bread * (n / max(n - 1, 1))
    return ChoiceFit(beta, cov, new if math.isfinite(new) else loglik, null)
