"""What if a barrier went away: an absorbing Markov chain of the observed journey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.emotion._html import paragraphs, remarks, table_html
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, number, say

__all__ = ["WhatIf", "absorption", "what_if"]

Floats = npt.NDArray[np.float64]
_LEAVE = ("exit", "(exit)", "leave", "end", "(end)", "выход", "nan", "none", "")


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf:
    """Expected conversion before and after a change.

    Attributes
    ----------
    baseline, changed, difference : Estimate
        Probability of reaching success from the start as observed, after the change, and their difference.
    table : DataFrame
        A row per change and one for all together: change, source, target, observed, benchmark, conversion, low, high,
        difference, difference_low, difference_high.
    """

    baseline: Estimate
    changed: Estimate
    difference: Estimate
    table: pd.DataFrame
    start: str
    success: str
    warnings: tuple[str, ...]

    def summary(self, lang: str | None = None) -> str:
        """One sentence with both conversions and the assumption behind them."""
        lang = current_language(lang)
        before, after = (number(e.value, 1, percent=True, lang=lang) for e in (self.baseline, self.changed))
        sep = "; " if lang == "ru" else ", "
        gain, low, high = (
            number(None if v is None else v * 100, 1, lang=lang)
            for v in (self.difference.value, self.difference.low, self.difference.high)
        )
        return say(
            en=(
                f"{self.start} → {self.success}: {before} now, {after} after the change, {gain} points more "
                f"[{low}{sep}{high}], "
                "if the rest of the journey stays as it was."
            ),
            ru=(
                f"{self.start} → {self.success}: сейчас {before}, после изменения {after}, прирост {gain} п. п. "
                f"[{low}{sep}{high}], если остальной путь не изменится."
            ),
            lang=lang,
        )

    def _evidence_(self) -> EventFigure:
        changes = "; ".join(self.table["change"].astype(str))
        return EventFigure(log="transitions", query=f"what if {changes}", estimate=self.difference)

    def _repr_html_(self) -> str:
        columns = ["change", "observed", "benchmark", "conversion", "difference"]
        shares = ("observed", "benchmark")
        return (
            paragraphs(self.summary())
            + table_html(self.table, columns, digits=3, percent=shares)
            + remarks(self.warnings)
        )

    def __repr__(self) -> str:
        return self.summary()


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
    ways = np.asarray(p.reshape(-1, *p.shape[-2:]).any(axis=0))
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


def what_if(
    transitions: Any,
    change: Mapping[tuple[str, str], float | tuple[float, float]],
    *,
    start: str,
    success: str,
    taken_from: str = "exit",
    level: float = 0.95,
    draws: int = 4000,
    seed: int = 0,
) -> WhatIf:
    """Expected conversion if transitions were restored to a benchmark.

    Parameters
    ----------
    transitions : Transitions or DataFrame
        source, target, and users or count (n and probability are used where given). Leaving is target ``"exit"`` or
        empty, or stands in ``.exits`` of a result; where `n` of a source exceeds the sum of its rows of users, the
        rest is leaving.
    change : mapping
        ``(source, target)`` to the probability that the transition is restored to, or a range of it. Name where the
        benchmark comes from: another persona, channel, wave or a competitor.
    start, success : str
        States between which conversion is counted.
    taken_from : {"exit", "all"}
        Who takes the transition more often: those who left so far (removing a barrier keeps people who would have
        gone), or everybody at the source in proportion.
    level, draws, seed
        Level of the intervals; draws behind them; their seed.

    Returns
    -------
    WhatIf

    Raises
    ------
    CjmError
        If a state or transition is unknown, or more people are to be kept than have left.

    Notes
    -----
    Conversion is the absorption probability ``[(I − Q)⁻¹ R]`` (Kemeny and Snell 1960). Uncertainty: each row of the
    matrix is drawn from a Dirichlet posterior over people (Jeffreys' half), the same draw before and after the
    change. The chain forgets how a person came; the change is an assumption, not an effect that was measured.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"source": ["visit", "visit", "form", "form"], "target": ["form", "exit", "deal", "exit"],
    ...                      "users": [400, 600, 100, 300]})
    >>> better = what_if(seen, {("visit", "form"): 0.6}, start="visit", success="deal")
    >>> round(better.baseline.value, 3), round(better.changed.value, 3)
    (0.1, 0.15)
    """
    if taken_from not in ("exit", "all"):
        raise CjmError(suggest(taken_from, ("exit", "all"), what="taken_from"))
    if not change:
        raise CjmError("change is empty; name at least one transition, for example {('visit', 'form'): .6}")
    states, p, n, said = _chain(transitions)
    at = {s: i for i, s in enumerate(states)}
    for name in (start, success):
        if name not in at:
            raise CjmError(suggest(name, [s for s in states if s != "exit"], what="state"))
    p[at[success]] = 0.0
    pairs = [((str(a), str(b)), v) for (a, b), v in change.items()]
    for (a, b), _ in pairs:
        for name in (a, b):
            if name not in at:
                raise CjmError(suggest(name, states, what="state in change="))
        if not p[at[a]].any():
            raise CjmError(f"nothing leads away from {a!r}, so its transitions cannot change")
    rng = np.random.default_rng(seed)
    drawn = _dirichlet(p, n, draws, rng)
    before, before_drawn = absorption(p, at[start], at[success]), absorption(drawn, at[start], at[success])
    rows = []
    sets = [[x] for x in pairs] + ([pairs] if len(pairs) > 1 else [])
    for chosen in sets:
        after, after_drawn = p.copy(), drawn.copy()
        for (a, b), target in chosen:
            low, high = _benchmark(target)
            aim = (low + high) / 2
            i, j, leave = at[a], at[b], at["exit"]
            room = after[i, j] + after[i, leave]
            if taken_from == "exit" and aim > room + 1e-9:
                raise CjmError(
                    f"{a} → {b} cannot rise to {aim:.0%}: {after[i, j]:.0%} go there and {after[i, leave]:.0%} leave; "
                    "aim lower or use taken_from='all'"
                )
            after = _raise(after[None], i, j, leave, np.array([aim]), taken_from)[0]
            after_drawn = _raise(after_drawn, i, j, leave, rng.uniform(low, high, draws), taken_from)
        value = absorption(after, at[start], at[success])
        values = absorption(after_drawn, at[start], at[success])
        one = chosen[0]
        rows.append(
            _whatif_row(chosen, p[at[one[0][0]], at[one[0][1]]], before, value, before_drawn, values, level, len(pairs))
        )
    people = round(float(n[at[start]]))
    method = "Markov chain, Dirichlet draws"
    tail = (1 - level) / 2
    low, high = np.quantile(before_drawn, [tail, 1 - tail])
    last = rows[-1]
    common: dict[str, Any] = {"n": people, "level": level, "method": method}
    said.append(
        say(
            en="the change is assumed, not measured; the rest of the journey is taken to stay as it was",
            ru="изменение предположено, а не измерено; остальной путь считается прежним",
        )
    )
    return WhatIf(
        Estimate(value=float(before), low=min(low, float(before)), high=max(high, float(before)), **common),
        Estimate(value=last["conversion"], low=last["low"], high=last["high"], **common),
        Estimate(value=last["difference"], low=last["difference_low"], high=last["difference_high"], **common),
        pd.DataFrame(rows),
        start,
        success,
        tuple(said),
    )


def _benchmark(target: Any) -> tuple[float, float]:
    low, high = (target, target) if np.ndim(target) == 0 else (target[0], target[1])
    low, high = float(low), float(high)
    if not 0 <= low <= high <= 1:
        raise CjmError(f"a benchmark is a probability from 0 to 1, or a range (low, high); {target!r} came")
    return low, high


def _whatif_row(
    chosen: Any,
    observed: float,
    before: Any,
    value: Any,
    before_drawn: Floats,
    values: Floats,
    level: float,
    total: int,
) -> dict[str, Any]:
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    d_low, d_high = np.quantile(values - before_drawn, [tail, 1 - tail])
    single = len(chosen) == 1
    (a, b), target = chosen[0]
    v, d = float(value), float(value - before)
    return {
        "change": f"{a} → {b}" if single else "all together",
        "source": a if single else "",
        "target": b if single else "",
        "observed": float(observed) if single else np.nan,
        "benchmark": float(np.mean(target)) if single else np.nan,
        "conversion": v,
        "low": min(low, v),
        "high": max(high, v),
        "difference": d,
        "difference_low": min(d_low, d),
        "difference_high": max(d_high, d),
    }


def _chain(transitions: Any) -> tuple[list[str], Floats, Floats, list[str]]:
    """States, matrix, people per source and remarks; ``"exit"`` is always a state."""
    table = transitions if isinstance(transitions, pd.DataFrame) else getattr(transitions, "table", None)
    if not isinstance(table, pd.DataFrame) or not {"source", "target"} <= set(table.columns):
        raise CjmError(
            "transitions is a table with columns source, target and users or count (or a result with such a .table)"
        )
    weight = next((c for c in ("count", "users", "n_transitions") if c in table), None)
    if weight is None and not {"probability", "n"} <= set(table.columns):
        raise CjmError(
            f"transitions need users or count, or probability and n; the table has {', '.join(map(str, table.columns))}"
        )
    said: list[str] = []
    table = with_exits(table, getattr(transitions, "exits", None))
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
        raise CjmError("counts of transitions are finite and not negative")
    counts = np.zeros((len(states), len(states)))
    np.add.at(counts, ([at[s] for s in source], [at[t] for t in target]), amount)
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
    return states, p, people, said


def with_exits(table: pd.DataFrame, exits: Any) -> pd.DataFrame:
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


def _dirichlet(p: Floats, n: Floats, draws: int, rng: np.random.Generator) -> Floats:
    out = np.zeros((draws, *p.shape))
    for i in np.flatnonzero(p.any(axis=1)):
        used = np.flatnonzero(p[i])
        gamma = rng.gamma(p[i, used] * max(n[i], 1.0) + 0.5 / len(used), size=(draws, len(used)))
        out[:, i, used] = gamma / gamma.sum(axis=1, keepdims=True)
    return out


def _raise(p: Floats, i: int, j: int, leave: int, aim: Floats, taken_from: str) -> Floats:
    """Set p[i, j] to `aim`; the difference comes from leaving, or from all other ways in proportion."""
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
