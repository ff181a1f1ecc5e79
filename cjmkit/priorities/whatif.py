"""What if a barrier went away: an absorbing Markov chain of the observed journey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray

from cjmkit.core.called import called, names_of
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.core.result import Result
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, interval, number, say
from cjmkit.priorities.chain import absorption, chain, drawn_rows, raised

__all__ = ["WhatIf", "what_if"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class WhatIf(Result):
    """Expected conversion before and after a change.

    Attributes
    ----------
    baseline, changed, difference : Estimate
        Probability of reaching success from the start as observed, after the change, and their difference.
    table : DataFrame
        A row per change and one for all together: change, source, target, observed, benchmark, conversion, low, high,
        difference, difference_low, difference_high.
    names : dict
        State to what people call it, where the transitions came from a log with titles.
    """

    baseline: Estimate
    changed: Estimate
    difference: Estimate
    table: pd.DataFrame
    start: str
    success: str
    level: float = 0.95
    warnings: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    _key = ("change",)
    _shown = ("change", "observed", "benchmark", "conversion", "difference")
    _percent = ("observed", "benchmark")
    _digits = 3
    _names = {"observed": ("observed", "сейчас"), "benchmark": ("benchmark", "ориентир")}

    def summary(self, lang: str | None = None) -> str:
        """One sentence with both conversions and the assumption behind them."""
        lang = current_language(lang)
        before, after = (number(e.value, 1, percent=True, lang=lang) for e in (self.baseline, self.changed))
        gain, low, high = (
            None if v is None else v * 100 for v in (self.difference.value, self.difference.low, self.difference.high)
        )
        limits = interval(low, high, 1, level=self.level, lang=lang)
        start, success = called(self.names, self.start), called(self.names, self.success)
        many = number(gain, 1, lang=lang)
        return say(
            en=(
                f"{start} → {success}: {before} now; {after} if the change reached its benchmark and the "
                f"rest of the journey stayed as it was: up to {many} points {limits}. Assumed, not measured."
            ),
            ru=(
                f"{start} → {success}: сейчас {before}; {after}, если изменение дойдёт до ориентира, а "
                f"остальной путь не изменится: до {many} п. п. {limits}. Это предположение, а не измерение."
            ),
            lang=lang,
        )

    def _row(self, *names: Any, **which: Any) -> dict[str, Any]:
        # All changes together by default: the last row.
        return super()._row(*(names or ([] if which else [self.table["change"].iloc[-1]])), **which)

    def _estimate_of(self, row: Any) -> Estimate:
        return self.difference.replace(value=row["difference"], low=row["difference_low"], high=row["difference_high"])

    def _evidence_of(self, row: Any) -> EventFigure:
        changes = [c for c in self.table["change"].astype(str) if c != "all together"]
        what = "; ".join(changes) if row["change"] == "all together" else row["change"]
        return EventFigure(log="transitions", query=f"what if {what}", estimate=self._estimate_of(row))

    def _table_shown(self) -> pd.DataFrame:
        together = say(en="all together", ru="все вместе")
        told = [together if c == "all together" else called(self.names, c) for c in self.table["change"]]
        worded = {c: [called(self.names, v) for v in self.table[c]] for c in ("source", "target")}
        return self.table.assign(change=told, **worded)


def what_if(
    transitions: Any,
    change: Mapping[tuple[str, str], float | tuple[float, ...]],
    *,
    start: str,
    success: str,
    taken_from: str = "exit",
    level: float = 0.95,
    resamples: int = 4000,
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
        ``(source, target)`` to the probability that the transition is restored to, a range (low, high) of it, or
        (low, aim, high) as :meth:`Benchmark.change` gives it. Name where the benchmark comes from: another persona,
        channel, wave or a competitor.
    start, success : str
        States between which conversion is counted.
    taken_from : {"exit", "all"}
        Who takes the transition more often: those who left so far (removing a barrier keeps people who would have
        gone), or everybody at the source in proportion.
    level, resamples, seed
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
    matrix is drawn from a Dirichlet posterior over people (one prior person for all ways that the table names and for
    leaving, so that a way that nobody took so far is not impossible), the same draw before and after the change.
    The chain forgets how a person came; the change is an assumption, not an effect that was measured.

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
        raise CjmError(
            en="change is empty; name at least one transition, for example {('visit', 'form'): .6}",
            ru="change пуст; назовите хотя бы один переход, например {('visit', 'form'): .6}",
        )
    states, p, n, named, said = chain(transitions)
    at = {s: i for i, s in enumerate(states)}
    for name in (start, success):
        if name not in at:
            raise CjmError(suggest(name, [s for s in states if s != "exit"], what="state"))
    p[at[success]], named[at[success]] = 0.0, False
    pairs = _pairs(change, at, named)
    rng = np.random.default_rng(seed)
    drawn = drawn_rows(p, n, named, resamples=resamples, rng=rng)
    before, before_drawn = absorption(p, at[start], at[success]), absorption(drawn, at[start], at[success])
    rows = []
    sets = [[x] for x in pairs] + ([pairs] if len(pairs) > 1 else [])
    for chosen in sets:
        after, after_drawn = p.copy(), drawn.copy()
        for (a, b), target in chosen:
            low, aim, high = _benchmark(target)
            i, j, leave = at[a], at[b], at["exit"]
            room = after[i, j] + after[i, leave]
            if taken_from == "exit" and aim > room + 1e-9:
                raise _too_high(a, b, aim, after[i, j], after[i, leave])
            after = raised(after[None], (i, j, leave), np.array([aim]), taken_from=taken_from)[0]
            after_drawn = raised(
                after_drawn, (i, j, leave), _aims(low, aim, high, resamples, rng), taken_from=taken_from
            )
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
        baseline=Estimate(value=float(before), low=min(low, float(before)), high=max(high, float(before)), **common),
        changed=Estimate(value=last["conversion"], low=last["low"], high=last["high"], **common),
        difference=Estimate(
            value=last["difference"], low=last["difference_low"], high=last["difference_high"], **common
        ),
        table=pd.DataFrame(rows),
        start=start,
        success=success,
        level=level,
        warnings=tuple(said),
        names=names_of(transitions),
    )


def _pairs(
    change: Mapping[tuple[str, str], Any], at: dict[str, int], named: NDArray[Any]
) -> list[tuple[tuple[str, str], Any]]:
    """The transitions to change, once each of their ends is known and something leads away."""
    pairs = [((str(a), str(b)), v) for (a, b), v in change.items()]
    for (a, b), _ in pairs:
        for name in (a, b):
            if name not in at:
                raise CjmError(suggest(name, list(at), what="state in change="))
        if not named[at[a]].any():
            raise CjmError(
                en=f"nothing leads away from {a!r}, so its transitions cannot change",
                ru=f"от {a!r} ничего не ведёт, менять его переходы нельзя",
            )
    return pairs


def _too_high(a: str, b: str, aim: float, there: float, leaving: float) -> CjmError:
    return CjmError(
        en=f"{a} → {b} cannot rise to {aim:.0%}: {there:.0%} go there and {leaving:.0%} leave; "
        "aim lower or use taken_from='all'",
        ru=f"{a} → {b} не поднять до {aim:.0%}: туда идут {there:.0%}, уходят {leaving:.0%}; "
        "снизьте цель или возьмите taken_from='all'",
    )


def _benchmark(target: Any) -> tuple[float, float, float]:
    given = [float(v) for v in np.atleast_1d(np.asarray(target, dtype=float))]
    if len(given) == 1:
        given *= 3
    elif len(given) == 2:
        given = [given[0], sum(given) / 2, given[1]]
    if len(given) != 3 or not 0 <= given[0] <= given[1] <= given[2] <= 1:
        raise CjmError(
            en=f"a benchmark is a probability from 0 to 1, a range (low, high) or (low, aim, high); {target!r} came",
            ru=f"ориентир — вероятность от 0 до 1, размах (низ, верх) или (низ, цель, верх); пришло {target!r}",
        )
    return given[0], given[1], given[2]


def _aims(low: float, aim: float, high: float, size: int, rng: np.random.Generator) -> Floats:
    """Half of the draws on either side of the aim, evenly: the aim is their median."""
    u = rng.random(size)
    return np.where(u < 0.5, low + (aim - low) * 2 * u, aim + (high - aim) * (2 * u - 1))


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
        "benchmark": _benchmark(target)[1] if single else np.nan,
        "conversion": v,
        "low": min(low, v),
        "high": max(high, v),
        "difference": d,
        "difference_low": min(d_low, d),
        "difference_high": max(d_high, d),
    }
