"""Models of credit: what is lost without a channel (Markov), and its fair share (Shapley)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["markov", "markov_drawn", "shapley", "shapley_rates"]

Floats = npt.NDArray[np.float64]


def markov_drawn(
    moves: pd.DataFrame, ends: pd.DataFrame, order: int, size: int, where: dict[int, int], weights: Floats
) -> Floats:
    """Markov shares of the channels for each drawing of people: rows are drawings, columns channels."""
    keys = [f"c{i}" for i in range(order, 0, -1)]
    before = [tuple(r) for r in moves[keys].to_numpy(int).tolist()]
    after = [(*r[1:], c) for r, c in zip(before, moves["c"].astype(int))]
    closing = [tuple(r) for r in ends[[*keys[1:], "c"]].to_numpy(int).tolist()]
    states = sorted({s for s in (*before, *after, *closing) if s[-1] != 0})
    at = {s: i for i, s in enumerate(states)}
    n = len(states)
    source = np.array([at.get(s, n) for s in before])
    target = np.array([at[s] for s in after])
    count = moves["count"].to_numpy(float)
    bag = np.array([where[b] for b in moves["b"]])
    end_state = np.array([at[s] for s in closing])
    end_done = ends["done"].to_numpy(int)
    end_count = ends["count"].to_numpy(float)
    end_bag = np.array([where[b] for b in ends["b"]])
    of_channel = np.array([s[-1] - 1 for s in states])
    out = np.full((len(weights), size), np.nan)
    todo: Any = range(len(weights))
    if n > 150:
        from tqdm.auto import tqdm

        todo = tqdm(todo, desc=f"Markov, order {order}", leave=False)
    for i in todo:
        w = weights[i]
        flow: Any = np.bincount(source * n + target, weights=count * w[bag], minlength=(n + 1) * n).reshape(n + 1, n)
        won: Any = np.bincount(end_state, weights=end_count * w[end_bag] * end_done, minlength=n)
        lost: Any = np.bincount(end_state, weights=end_count * w[end_bag] * (1 - end_done), minlength=n)
        effects = _removal(flow, won, lost, of_channel, size)
        total = np.nansum(effects)
        if total > 0:
            out[i] = np.nan_to_num(effects) / total
    return out


def _removal(flow: Floats, won: Floats, lost: Floats, of_channel: Any, size: int) -> Floats:
    """Removal effect of each channel.

    Parameters
    ----------
    flow : array with shape (n + 1, n)
        Moves between n states; the last row is the start.
    won, lost : array with shape (n,)
        Paths that end in each state, finished or not.
    of_channel : array with shape (n,)
        Channel of each state.
    size : int
        Number of channels.
    """
    n = flow.shape[1]
    out = flow[:n].sum(axis=1) + won + lost
    used = out > 0
    rows = np.where(used, out, 1.0)
    q, b = flow[:n] / rows[:, None], won / rows
    start = flow[n] / max(flow[n].sum(), 1.0)
    fundamental = np.linalg.inv(np.eye(n) - q)
    h, visits = fundamental @ b, start @ fundamental
    total = float(start @ h)
    effects = np.full(size, np.nan)
    if total <= 0:
        return effects
    for c in range(size):
        own = np.flatnonzero(of_channel == c)
        if not len(own):
            continue
        # First visit to any of the channel's states, by solving against the block of the fundamental matrix.
        hits = np.linalg.solve(fundamental[np.ix_(own, own)].T, visits[own])
        effects[c] = float(hits @ h[own]) / total
    return effects


def markov(paths: Sequence[tuple[Sequence[str], int, int]], *, order: int = 1) -> dict[str, float]:
    """Removal effects from a list of paths, without a log.

    Parameters
    ----------
    paths : sequence of (channels, people, finished)
        Each distinct path with the number of people who took it and how many of them finished.
    order : int
        1 to 3: how many touches the chain remembers.

    Returns
    -------
    dict of str to float
        Removal effect of each channel: by how much (as a share) conversions fall without it. Not normalised.

    Examples
    --------
    Three people: A → B finishes, A does not, B finishes. P = 2/3; without A only B's own path is left (1/3), without B
    nothing is.

    >>> markov([("AB", 1, 1), ("A", 1, 0), ("B", 1, 1)])
    {'A': 0.5, 'B': 1.0}
    """
    names = sorted({c for p, _, _ in paths for c in p})
    code = {c: i + 1 for i, c in enumerate(names)}
    moves: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {}
    won: dict[tuple[int, ...], float] = {}
    lost: dict[tuple[int, ...], float] = {}
    for path, people, finished in paths:
        state = (0,) * order
        for c in path:
            new = (*state[1:], code[c])
            moves[state, new] = moves.get((state, new), 0) + people
            state = new
        won[state] = won.get(state, 0) + finished
        lost[state] = lost.get(state, 0) + people - finished
    states = sorted({s for pair in moves for s in pair if s[-1]})
    at = {s: i for i, s in enumerate(states)}
    flow = np.zeros((len(states) + 1, len(states)))
    for (a, b), n in moves.items():
        flow[at.get(a, len(states)), at[b]] += n
    ends = [np.array([side.get(s, 0.0) for s in states]) for side in (won, lost)]
    effects = _removal(flow, ends[0], ends[1], np.array([s[-1] - 1 for s in states]), len(names))
    return {c: round(float(e), 12) for c, e in zip(names, effects)}


def shapley(value: dict[frozenset[str], float]) -> dict[str, float]:
    """Shapley values of a game given by the worth of each coalition, from the definition.

    Parameters
    ----------
    value : dict of frozenset to float
        Worth of coalitions; one that is missing is worth what its largest known parts are worth: 0.

    Examples
    --------
    >>> v = {frozenset("A"): 4.0, frozenset("B"): 2.0, frozenset("AB"): 10.0}
    >>> shapley(v)
    {'A': 6.0, 'B': 4.0}
    """
    players = sorted({p for s in value for p in s})
    n = len(players)
    out = {}
    for p in players:
        others = [q for q in players if q != p]
        total = 0.0
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                s = frozenset(chosen)
                total += weight * (value.get(s | {p}, 0.0) - value.get(s, 0.0))
        out[p] = total
    return out


def shapley_rates(kinds: Sequence[int], people: Any, done: Any, *, size: int) -> Floats:
    """Shapley shares of the game v(S) = conversion rate of those who met no channel outside S.

    Parameters
    ----------
    kinds : sequence of int
        Sets of channels as bit masks.
    people, done : array-like
        How many met just these channels, and how many of them finished.
    size : int
        Number of channels.

    Returns
    -------
    array with shape (size,)
        Shares summing to 1; negative for channels that go with fewer conversions.
    """
    full = 1 << size
    total_people, total_done = np.zeros(full), np.zeros(full)
    for mask, n, k in zip(kinds, people, done):
        total_people[int(mask)] += n
        total_done[int(mask)] += k
    everything = np.arange(full)
    for i in range(size):
        # Sum over subsets, one channel at a time.
        without = everything[(everything >> i) & 1 == 0]
        for total in (total_people, total_done):
            total[without | (1 << i)] += total[without]
    worth = np.divide(total_done, total_people, out=np.zeros(full), where=total_people > 0)
    members = np.array([int(m).bit_count() for m in everything])
    weight = np.array([factorial(s) * factorial(size - s - 1) / factorial(size) for s in range(size)])
    out = np.zeros(size)
    for i in range(size):
        without = everything[(everything >> i) & 1 == 0]
        out[i] = float((weight[members[without]] * (worth[without | (1 << i)] - worth[without])).sum())
    return out / out.sum() if out.sum() else np.full(size, np.nan)
