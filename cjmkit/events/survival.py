"""Waiting times where some are still being watched: one event (Kaplan-Meier) or several that exclude each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.stats import Interval, z_of

__all__ = ["aalen_johansen", "kaplan_meier", "usual_wait", "waited_by"]

Floats = npt.NDArray[np.float64]


def kaplan_meier(times: Any, moved: Any, weights: Any = None) -> pd.DataFrame:
    """Share of people who have not gone on by each time, where some are still being watched.

    Parameters
    ----------
    times, moved, weights : array-like
        How long each person has been at the step; whether they then went on (True) or are still there (False); how many
        people each row stands for.

    Returns
    -------
    pandas.DataFrame
        time, remaining, low, high, at_risk, moved; one row per time at which somebody went on.

    Notes
    -----
    Kaplan and Meier (1958); interval by Greenwood's variance on the log(−log) scale, 95 %.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True])[["time", "remaining", "at_risk"]]
       time  remaining  at_risk
    0   1.0       0.75        4
    1   2.0       0.50        3
    2   3.0       0.00        1
    """
    at, risk = _at_risk(times, np.asarray(moved, bool).astype(int), weights)
    d, r = at.get(1, pd.Series(0, index=at.index)).to_numpy(float), risk
    remaining = np.cumprod(1 - d / r)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(np.where(r > d, d / (r * (r - d)), 0.0))
        spread = z_of(0.95) * np.sqrt(variance) / np.log(remaining)
        low, high = remaining ** np.exp(-spread), remaining ** np.exp(spread)
    inside = (remaining > 0) & (remaining < 1)
    out = pd.DataFrame(
        {
            "time": at.index.to_numpy(float),
            "remaining": remaining,
            "low": np.where(inside, np.minimum(low, high), np.where(remaining >= 1, 1.0, 0.0)),
            "high": np.where(inside, np.maximum(low, high), np.where(remaining >= 1, 1.0, np.nan)),
            "at_risk": risk.astype("int64"),
            "moved": d.astype("int64"),
        }
    )
    return out[out["moved"] > 0].reset_index(drop=True)


def aalen_johansen(times: Any, codes: Any, weights: Any = None, *, level: float = 0.95) -> pd.DataFrame:
    r"""Share of people who have met each outcome by each time, where some are still open and outcomes exclude others.

    .. math:: F_k(t) = \sum_{t_j \le t} S(t_{j-1}) \, d_{kj} / n_j

    Parameters
    ----------
    times, codes, weights : array-like
        How long each person was watched; which outcome ended it (1, 2, …; 0 is still open); how many people each row
        stands for.
    level : float
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        code, time, incidence, low, high, at_risk, met; a row for each outcome and time at which somebody met one.

    Notes
    -----
    Aalen and Johansen (1978); variance by the delta method (Marubini and Valsecchi 1995, eq. 10.12), interval on the
    log(−log) scale. One minus Kaplan-Meier with the other outcomes as censored would be too large: the shares of all
    outcomes would add up to more than one.

    Examples
    --------
    >>> found = aalen_johansen([1, 2, 3, 4, 5, 6], [1, 2, 0, 1, 0, 2])
    >>> found.groupby("code")["incidence"].last().round(4).tolist()
    [0.3889, 0.6111]
    """
    at, n = _at_risk(times, codes, weights)
    kinds = sorted(int(c) for c in at.columns if c)
    total = at[kinds].sum(axis=1).to_numpy(float) if kinds else np.zeros(len(at))
    survival = np.cumprod(1 - total / n)
    before = np.r_[1.0, survival[:-1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        a = np.where(n > total, total / (n * (n - total)), 0.0)
    parts = []
    for kind in kinds:
        d = at[kind].to_numpy(float)
        f = np.cumsum(before * d / n)
        moved = before * d / n**2
        variance = (
            f**2 * np.cumsum(a) - 2 * f * np.cumsum(a * f) + np.cumsum(a * f**2)
            + np.cumsum(before**2 * d * (n - d) / n**3)
            - 2 * (f * np.cumsum(moved) - np.cumsum(moved * f))
        )  # fmt: skip
        low, high = _limits(f, np.sqrt(np.clip(variance, 0, None)), level)
        parts.append(
            pd.DataFrame(
                {"code": kind, "time": at.index.to_numpy(float), "incidence": f, "low": low, "high": high,
                 "at_risk": n.astype("int64"), "met": d.astype("int64")}
            )[total > 0]
        )  # fmt: skip
    columns = ["code", "time", "incidence", "low", "high", "at_risk", "met"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def usual_wait(times: Floats, codes: Floats, weights: Floats, quantile: float) -> Floats:
    """By when this share of those who ever go on (code 1) have gone on; other codes compete, 0 is still open.

    Parameters
    ----------
    times, codes : array of shape (rows,)
        Wait of each kind of row, and what ended it.
    weights : array of shape (samples, rows)
        How many people each row stands for, in each sample.
    quantile : float
        The smallest t with F(t) ≥ quantile · F(∞).

    Returns
    -------
    array of shape (samples,)
        NaN where nobody goes on.

    Examples
    --------
    >>> usual_wait(np.arange(1.0, 11), np.ones(10), np.ones((1, 10)), 0.9).tolist()
    [9.0]
    """
    order = np.argsort(times, kind="stable")
    t, c, w = times[order], codes[order], weights[:, order]
    first = np.r_[True, t[1:] != t[:-1]]
    starts = np.flatnonzero(first)
    n = w[:, ::-1].cumsum(axis=1)[:, ::-1][:, starts]
    ended = np.add.reduceat(w * (c > 0), starts, axis=1)
    moved = np.add.reduceat(w * (c == 1), starts, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(n > 0, 1 - ended / n, 1.0), axis=1)
        before = np.hstack([np.ones((len(w), 1)), survival[:, :-1]])
        f = np.cumsum(np.where(n > 0, before * moved / n, 0.0), axis=1)
    enough = f >= quantile * f[:, -1:] - 1e-12
    out: Floats = np.where(f[:, -1] > 0, t[starts][np.argmax(enough, axis=1)], np.nan)
    return out


def waited_by(times: Any, codes: Any, weights: Any = None, *, quantile: float = 0.5, level: float = 0.95) -> Interval:
    """By when this share of those who go on have gone on, with an interval; those still waiting are censored.

    Parameters
    ----------
    times, codes, weights : array-like
        As for :func:`aalen_johansen`; code 1 goes on.
    quantile : float
        The smallest t with F(t) ≥ quantile · F(∞).
    level : float
        Confidence level.

    Returns
    -------
    Interval
        NaN where nobody goes on; a limit that the data do not reach is NaN.

    Notes
    -----
    The limits are the times at the binomial ranks quantile ± z √(quantile (1 − quantile) / m) of the same curve, m
    people who went on; without censoring they are order statistics. F(∞) is what was seen by the longest time watched:
    waits that are long against the log itself are estimated too short.

    Examples
    --------
    >>> tuple(round(x) for x in waited_by(range(1, 101), [1] * 100))
    (50, 41, 60)
    """
    curve = aalen_johansen(times, codes, weights)
    curve = curve[curve["code"] == 1]
    if curve.empty or not curve["met"].sum():
        return Interval(np.nan, np.nan, np.nan)
    share = (curve["incidence"] / curve["incidence"].iloc[-1]).to_numpy()
    half = z_of(level) * np.sqrt(quantile * (1 - quantile) / curve["met"].sum())

    def at(p: float) -> float:
        i = int(np.searchsorted(share, p - 1e-12))
        return float(curve["time"].iloc[i]) if 0 < p <= 1 and i < len(curve) else np.nan

    return Interval(at(quantile), at(quantile - half), at(quantile + half))


def _at_risk(times: Any, codes: Any, weights: Any) -> tuple[pd.DataFrame, Floats]:
    """People by time (rows) and by what ended their wait (columns), and how many were still there just before."""
    rows = pd.DataFrame({"time": np.asarray(times, float), "code": np.asarray(codes, int)})
    rows["w"] = 1 if weights is None else np.asarray(weights, "int64")
    at = rows.pivot_table(index="time", columns="code", values="w", aggfunc="sum", fill_value=0).sort_index()
    everybody = at.sum(axis=1)
    return at, (everybody.sum() - everybody.cumsum().shift(1, fill_value=0)).to_numpy(float)


def _limits(f: Floats, error: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits on the log(−log) scale, which keeps them between 0 and 1."""
    inside = (f > 0) & (f < 1) & (error > 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        spread = z_of(level) * error / (f * np.abs(np.log(f)))
        low, high = f ** np.exp(spread), f ** np.exp(-spread)
    return np.where(inside, low, f), np.where(inside, high, np.where(f > 0, f, np.nan))
