"""A journey as an absorbing Markov chain: its matrix, draws of it, and where it ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.i18n import say

__all__ = ["absorption", "chain", "drawn_rows", "raised"]

Floats = npt.NDArray[np.float64]
_LEAVE = ("exit", "(exit)", "leave", "end", "(end)", "выход", "nan", "none", "")


def absorption(p: Floats, start: int, success: int) -> Floats:
    """Probability of ending in `success` from `start` in absorbing chains.

    Parameters
    ----------
    p : array (…, S, S)
        Transition probabilities; states whose row is empty absorb.
    start, success : int
        States.

    Examples
    --------
    Two thirds go on from a, one half of those succeed, and one quarter step back to a:

    >>> import numpy as np
    >>> p = np.zeros((4, 4))
    >>> p[0, 1], p[0, 3], p[1, 0], p[1, 2], p[1, 3] = 2 / 3, 1 / 3, 1 / 4, 1 / 2, 1 / 4
    >>> round(float(absorption(p, 0, 2)), 6)   # (2/3 · 1/2) / (1 − 2/3 · 1/4)
    0.4
    """
    if start == success:
        return np.ones(p.shape[:-2])
    # Only states that can reach success matter; without the others the equations have exactly one solution.
    ways = np.asarray((p.reshape(-1, *p.shape[-2:]) > 0).any(axis=0))
    moving = np.zeros(p.shape[-1], dtype=bool)
    moving[success] = True
    while True:
        wider = moving | (ways & moving).any(axis=1)
        if (wider == moving).all():
            break
        moving = wider
    moving[success] = False
    if not moving[start]:
        return np.zeros(p.shape[:-2])
    at = np.flatnonzero(moving)
    q = p[..., at[:, None], at]
    r = p[..., at, success]
    out = np.linalg.solve(np.eye(len(at)) - q, r[..., None])[..., int(np.searchsorted(at, start)), 0]
    return np.asarray(out, dtype=float)


def chain(transitions: Any) -> tuple[list[str], Floats, Floats, Floats, list[str]]:
    """States, matrix, people per source, ways that the table names, and remarks; ``"exit"`` is always a state."""
    table = transitions if isinstance(transitions, pd.DataFrame) else getattr(transitions, "table", None)
    if not isinstance(table, pd.DataFrame) or not {"source", "target"} <= set(table.columns):
        raise CjmError(
            en="transitions is a table with columns source, target and users or count (or a result with such a .table)",
            ru="transitions — таблица со столбцами source, target и users или count (или результат с такой .table)",
        )
    weight = next((c for c in ("count", "users", "n_transitions") if c in table), None)
    if weight is None and not {"probability", "n"} <= set(table.columns):
        raise CjmError(
            en=f"transitions need users or count, or probability and n; the table has "
            f"{', '.join(map(str, table.columns))}",
            ru=f"переходам нужны users или count либо probability и n; в таблице {', '.join(map(str, table.columns))}",
        )
    said: list[str] = []
    table = _with_exits(table, getattr(transitions, "exits", None))
    source, target = ([_state(v) for v in table[c]] for c in ("source", "target"))
    if "exit" in source:
        keep = [s != "exit" for s in source]
        table = table[keep]
        source, target = ([v for v, k in zip(side, keep, strict=True) if k] for side in (source, target))
    states = sorted(set(source) | set(target) | {"exit"})
    at = {s: i for i, s in enumerate(states)}
    if weight is None:
        amount = (table["probability"] * table["n"]).to_numpy(dtype=float)
    else:
        amount = table[weight].to_numpy(dtype=float)
    if (amount < 0).any() or not np.isfinite(amount).all():
        raise CjmError(
            en="counts of transitions are finite and not negative", ru="числа переходов конечны и не отрицательны"
        )
    counts = np.zeros((len(states), len(states)))
    np.add.at(counts, ([at[s] for s in source], [at[t] for t in target]), amount)
    named = np.zeros(counts.shape, dtype=bool)
    named[[at[s] for s in source], [at[t] for t in target]] = True
    # Nobody has left so far does not mean that nobody can.
    named[named.any(axis=1), at["exit"]] = True
    people = counts.sum(axis=1)
    if "n" in table:
        base = table.assign(_s=source).groupby("_s")["n"].max()
        for name, total in base.items():
            i = at[str(name)]
            if weight == "users" and total > people[i] + 1e-9:
                counts[i, at["exit"]] += total - people[i]
            people[i] = min(float(total), counts[i].sum()) if weight == "count" else float(total)
    if "users" in table and weight == "count":
        # One person may move often; what is sure is only as much as there are people.
        by_source = table.assign(_s=source).groupby("_s")["users"].max()
        for name, users in by_source.items():
            people[at[str(name)]] = min(people[at[str(name)]], max(float(users), 1.0))
    total = counts.sum(axis=1, keepdims=True)
    p = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    if not counts[:, at["exit"]].any():
        said.append(
            say(
                en="no transition leads to 'exit'; people who left are not in this table, so conversion looks too good",
                ru="ни один переход не ведёт к 'exit': ушедших в таблице нет, поэтому конверсия завышена",
            )
        )
    return states, p, people, named, said


def _with_exits(table: pd.DataFrame, exits: Any) -> pd.DataFrame:
    """Transitions with a row to ``"exit"`` for the people whose path ends at a state, where the result counts them."""
    if not isinstance(exits, pd.DataFrame) or exits.empty or "users" not in exits:
        return table
    left = pd.DataFrame({"source": exits.iloc[:, 0].astype(str), "target": "exit", "users": exits["users"]})
    if "count" in table:
        left["count"] = exits["users"]
    if "n" in table:
        left["n"] = left["source"].map(table.groupby("source")["n"].max())
    return pd.concat([table, left.fillna({"n": left["users"]}) if "n" in left else left], ignore_index=True)


def _state(value: Any) -> str:
    text = (
        "" if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA else str(value).strip()
    )
    return "exit" if text.lower() in _LEAVE else text


def drawn_rows(p: Floats, n: Floats, named: Any, *, resamples: int, rng: np.random.Generator) -> Floats:
    """Transition probabilities drawn from their Dirichlet posterior (resamples, S, S).

    Every way that is named has a part of one prior person, also one that nobody took (Perks 1947; for two ways that is
    Jeffreys' half).
    """
    out = np.zeros((resamples, *p.shape))
    for i in np.flatnonzero(named.any(axis=1)):
        used = np.flatnonzero(named[i])
        gamma = rng.gamma(p[i, used] * max(n[i], 0.0) + 1 / len(used), size=(resamples, len(used)))
        out[:, i, used] = gamma / gamma.sum(axis=1, keepdims=True)
    return out


def raised(p: Floats, way: tuple[int, int, int], aim: Floats, *, taken_from: str) -> Floats:
    """Set p[i, j] to `aim`; the difference comes from leaving, or from all other ways in proportion."""
    i, j, leave = way
    p = p.copy()
    if taken_from == "exit" and j != leave:
        room = p[:, i, j] + p[:, i, leave]
        # A draw may hold fewer leavers than the point estimate: it cannot keep more than there are.
        p[:, i, j] = np.minimum(aim, room)
        p[:, i, leave] = room - p[:, i, j]
    else:
        rest = 1 - p[:, i, j]
        factor = np.divide(1 - aim, rest, out=np.zeros_like(rest), where=rest > 0)
        p[:, i] *= factor[:, None]
        p[:, i, j] = aim
    return p
