"""A stated benchmark for "what if": what the best comparable group already reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.stats import wilson

__all__ = ["Benchmark", "best_group", "moves"]


@dataclass(frozen=True)
class Benchmark:
    """What one group reaches at a step of the funnel.

    Parameters
    ----------
    source, target : str
        The step before and the step itself.
    group : str
        The group that does best.
    estimate : Estimate
        Its conversion.
    overall : Estimate
        Everybody's conversion.
    """

    source: str
    target: str
    group: str
    estimate: Estimate
    overall: Estimate

    def change(self) -> Mapping[tuple[str, str], tuple[float, float]]:
        """The change for :func:`what_if`: this transition, with the benchmark's interval as range."""
        low, high = self.estimate.low, self.estimate.high
        assert low is not None
        assert high is not None
        return {(self.source, self.target): (low, high)}

    def summary(self, lang: str | None = None) -> str:
        """One sentence."""
        now, best = (e.text(percent=True, digits=0, lang=lang) for e in (self.overall, self.estimate))
        return say(
            en=f"From “{self.source}” to “{self.target}” {now} go on; of the people from “{self.group}” it is {best}. "
            "That is the benchmark.",
            ru=f"С шага «{self.source}» на шаг «{self.target}» переходят {now}; "
            f"из группы «{self.group}»: {best.rstrip('.')}. "
            "Это и есть ориентир.",
            lang=lang,
        )

    def __repr__(self) -> str:
        return self.summary()


def best_group(funnel: Any, *, min_n: int = 100) -> Benchmark:
    """Take the weakest step of a funnel by groups and the group that does best there.

    The best of several groups looks better than it is; the interval in the result is therefore the group's own one
    widened to all groups at once (Bonferroni).

    Parameters
    ----------
    funnel : Funnel or DataFrame
        By groups: columns group, step, users, n, conversion.
    min_n : int
        Groups with fewer people at the step are not taken.

    Returns
    -------
    Benchmark

    Raises
    ------
    CjmError
        If the funnel has no groups, or none of them is large enough.
    """
    table = funnel if isinstance(funnel, pd.DataFrame) else funnel.table
    if "group" not in table.columns:
        raise CjmError(suggest("group", table.columns, what="column") + "; ask for the funnel with by=")
    order = list(dict.fromkeys(table["step"]))
    sums = table.groupby("step", sort=False)[["users", "n"]].sum().loc[order].iloc[1:]
    target = str((sums["users"] / sums["n"]).idxmin())
    source = str(order[order.index(target) - 1])
    rows = table[table["step"].eq(target) & table["n"].ge(min_n)]
    if rows.empty:
        raise CjmError(f"no group has {min_n} people at “{source}”; lower min_n or compare larger groups")
    level = 1 - 0.05 / len(rows)
    best: Any = rows.sort_values("conversion", kind="stable").to_dict("records")[-1]
    _, low, high = wilson(best["users"], best["n"], level=level)
    totals: Any = sums.loc[target]
    users, n = float(totals["users"]), float(totals["n"])
    _, all_low, all_high = wilson(users, n)
    return Benchmark(
        source,
        target,
        str(best["group"]),
        Estimate(
            value=float(best["conversion"]), low=low, high=high, n=int(best["n"]), level=level, percent=True,
            method="Wilson, Bonferroni over groups",
        ),
        Estimate(value=users / n, low=all_low, high=all_high, n=int(n), method="Wilson", percent=True),
    )  # fmt: skip


def moves(funnel: Any) -> pd.DataFrame:
    """A funnel as transitions from step to step: columns source, target, users, n; the rest leaves.

    Parameters
    ----------
    funnel : Funnel or DataFrame
        Columns step, users, in order and without groups.
    """
    table = funnel if isinstance(funnel, pd.DataFrame) else funnel.table
    if "group" in table.columns:
        raise CjmError("this funnel has groups; ask for it without by=, or pass the rows of one group")
    return pd.DataFrame(
        {
            "source": table["step"].iloc[:-1].to_numpy(),
            "target": table["step"].iloc[1:].to_numpy(),
            "users": table["users"].iloc[1:].to_numpy(),
            "n": table["users"].iloc[:-1].to_numpy(),
        }
    )
