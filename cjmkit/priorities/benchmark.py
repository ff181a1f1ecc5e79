"""A stated benchmark for "what if": what the best comparable group already reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.core.called import names_of
from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import say
from cjmkit.stats import pooled_shares, wilson

if TYPE_CHECKING:
    from cjmkit.events.funnel import Funnel

__all__ = ["Benchmark", "best_group", "moves"]


@dataclass(frozen=True, repr=False)
class Benchmark:
    """What one group reaches at a step of the funnel.

    Parameters
    ----------
    source, target : str
        The step before and the step itself.
    group : str
        The group that does best.
    estimate : Estimate
        Its conversion as seen: the best of several, chosen after looking, so it is too good.
    expected : Estimate
        What to expect of it again: drawn towards the other groups as far as the data do not tell them apart.
    overall : Estimate
        Everybody's conversion.
    groups : int
        How many groups it is the best of.
    """

    source: str
    target: str
    group: str
    estimate: Estimate
    expected: Estimate
    overall: Estimate
    groups: int

    def change(self) -> Mapping[tuple[str, str], tuple[float, float, float]]:
        """The change for :func:`what_if`: this transition, with what to expect and its limits as aim and range.

        Examples
        --------
        >>> import pandas as pd
        >>> funnel = pd.DataFrame({"group": ["a", "a", "b", "b"], "step": ["visit", "form"] * 2,
        ...                        "users": [500, 100, 500, 200], "n": 500, "conversion": [1, 0.2, 1, 0.4]})
        >>> list(best_group(funnel).change())
        [('visit', 'form')]
        """
        low, aim, high = self.expected.low, self.expected.value, self.expected.high
        assert low is not None
        assert aim is not None
        assert high is not None
        return {(self.source, self.target): (low, aim, high)}

    def summary(self, lang: str | None = None) -> str:
        """Two sentences: what was seen, and what may be expected of it."""
        now, best, again = (
            e.text(percent=True, digits=0, lang=lang).rstrip(".") for e in (self.overall, self.estimate, self.expected)
        )
        return say(
            en=f"From “{self.source}” to “{self.target}” {now} go on; of the people from “{self.group}” it is {best}, "
            f"the best of {self.groups} groups, chosen after looking. Expect {again} of that group again; other people "
            "come that way, so it is an upper bound for everybody, not a promise.",
            ru=f"С шага «{self.source}» на шаг «{self.target}» переходят {now}; из группы «{self.group}»: {best}, это "
            f"лучшая из групп (всего {self.groups}), выбранная задним числом. Снова ждать от неё стоит {again}; "
            "люди там другие, поэтому для всех это верхняя граница, а не обещание.",
            lang=lang,
        )

    def __repr__(self) -> str:
        return self.summary()


def best_group(funnel: Funnel | pd.DataFrame, *, min_n: int = 100) -> Benchmark:
    """Take the weakest step of a funnel by groups and the group that does best there.

    The best of several groups looks better than it is. The interval of what was seen is widened to all groups at once
    (Bonferroni); what to expect again comes from :func:`cjmkit.stats.pooled_shares`: where all groups are equal, it
    promises next to nothing.

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

    Examples
    --------
    >>> import pandas as pd
    >>> funnel = pd.DataFrame({"group": ["a", "a", "b", "b"], "step": ["visit", "form"] * 2,
    ...                        "users": [500, 100, 500, 200], "n": 500, "conversion": [1, 0.2, 1, 0.4]})
    >>> found = best_group(funnel)
    >>> found.group, found.estimate.value, found.expected.value < 0.4
    ('b', 0.4, True)
    """
    table = funnel if isinstance(funnel, pd.DataFrame) else funnel.table
    if "group" not in table.columns:
        raise CjmError(suggest("group", table.columns, what="column") + "; ask for the funnel with by=")
    order = list(dict.fromkeys(table["step"]))
    sums = table.groupby("step", sort=False)[["users", "n"]].sum().loc[order].iloc[1:]
    target = str((sums["users"] / sums["n"]).idxmin())
    source = str(order[order.index(target) - 1])
    rows = table[table["step"].eq(target) & table["n"].ge(min_n)].reset_index(drop=True)
    if rows.empty:
        raise NotEnough(
            say(
                en=f"no group has {min_n} people at “{source}”",
                ru=f"ни в одной группе нет {min_n} человек на «{source}»",
            ),
            why=say(en="the best of small groups is best by chance", ru="лучшая из малых групп лучшая случайно"),
            action=say(
                en="wait for more people, compare larger groups, or lower min_n",
                ru="подождите, пока людей станет больше, сравните группы крупнее или уменьшите min_n",
            ),
        )
    level = 1 - 0.05 / len(rows)
    at = int(rows["conversion"].to_numpy(dtype=float).argmax())
    best: Any = rows.iloc[at].to_dict()
    seen = wilson(best["users"], best["n"], level=level)
    drawn = pooled_shares(rows["users"], rows["n"])[:, at]
    totals: Any = sums.loc[target]
    users, n = float(totals["users"]), float(totals["n"])
    overall = wilson(users, n)
    common: dict[str, Any] = {"n": int(best["n"]), "percent": True}
    return Benchmark(
        source=source,
        target=target,
        group=str(best["group"]),
        estimate=Estimate(
            value=float(best["conversion"]), low=seen.low, high=seen.high, level=level,
            method="Wilson, Bonferroni over groups", **common,
        ),
        expected=Estimate(
            value=float(drawn.mean()), low=float(np.quantile(drawn, 0.025)), high=float(np.quantile(drawn, 0.975)),
            method="drawn towards the other groups", **common,
        ),
        overall=Estimate(
            value=users / n, low=overall.low, high=overall.high, n=int(n), method="Wilson", percent=True
        ),
        groups=len(rows),
    )  # fmt: skip


def moves(funnel: Funnel | pd.DataFrame) -> pd.DataFrame:
    """A funnel as transitions from step to step: columns source, target, users, n; the rest leaves.

    Parameters
    ----------
    funnel : Funnel or DataFrame
        Columns step, users, in order and without groups.

    Examples
    --------
    >>> import pandas as pd
    >>> moves(pd.DataFrame({"step": ["visit", "form", "deal"], "users": [100, 40, 10]}))
      source target  users    n
    0  visit   form     40  100
    1   form   deal     10   40
    """
    table = funnel if isinstance(funnel, pd.DataFrame) else funnel.table
    if "group" in table.columns:
        raise CjmError(
            en="this funnel has groups; ask for it without by=, or pass the rows of one group",
            ru="в воронке есть группы; попросите её без by= или передайте строки одной группы",
        )
    out = pd.DataFrame(
        {
            "source": table["step"].iloc[:-1].to_numpy(),
            "target": table["step"].iloc[1:].to_numpy(),
            "users": table["users"].iloc[1:].to_numpy(),
            "n": table["users"].iloc[:-1].to_numpy(),
        }
    )
    if names := names_of(funnel):
        out.attrs["names"] = names  # what people call the steps goes with them
    return out
