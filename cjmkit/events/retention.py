"""Retention: who comes back, by the period in which people first came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.events._result import Result, listed
from cjmkit.events._stats import share_estimate
from cjmkit.events.data import LogData
from cjmkit.i18n import number, say
from cjmkit.stats import wilson

__all__ = ["Retention", "retention"]

_STEP = {"day": "D", "week": "W-MON", "month": "MS"}


@dataclass(frozen=True, eq=False, repr=False)
class Retention(Result):
    """Who comes back.

    The table has cohort (start of the period in which people first came), period (0 is that period itself), users
    (came in the period), n (people of the cohort), share, low, high (Wilson), complete (whether the log covers the
    whole period).
    Periods after the end of the log have no row.
    """

    period: str = "week"

    def matrix(self, values: str = "share") -> pd.DataFrame:
        """Cohorts are rows, periods columns; not yet known cells are missing."""
        if values not in self.table:
            raise CjmError(suggest(values, self.table.columns, what="column"))
        return self.table.pivot(index="cohort", columns="period", values=values)

    def overall(self) -> pd.DataFrame:
        """All cohorts together: period, users, n, share, low, high; only complete periods."""
        known = self.table[self.table["complete"]]
        out = known.groupby("period", as_index=False)[["users", "n"]].sum()
        out["share"], out["low"], out["high"] = wilson(out["users"], out["n"])
        return out

    def summary(self, lang: str | None = None) -> str:
        """How many come back in the next period."""
        later = self.overall()
        first = later[later["period"] == 1]
        if first.empty:
            return say(
                en="The log is too short to see anybody come back.",
                ru="Журнал слишком короток, возвратов не видно.",
                lang=lang,
            )
        row = first.iloc[0]
        words = {"day": ("day", "день"), "week": ("week", "неделю"), "month": ("month", "месяц")}[self.period]
        share, low, high = (number(row[c], 0, percent=True, lang=lang) for c in ("share", "low", "high"))
        return say(
            en=f"{share} of {int(row['n']):,} people (95% interval {low} to {high}) come back in the {words[0]} "
            f"after their first.",
            ru=f"Через {words[1]} возвращаются {share} из {int(row['n'])} человек (95-процентный интервал от {low} "
            f"до {high}).",
            lang=lang,
        )

    def _evidence_(self, period: int = 1) -> EventFigure:
        later = self.overall()
        found = later[later["period"] == period]
        if found.empty:
            raise CjmError(
                en=f"period {period} is not covered by the log; known are 0 to {int(later['period'].max())}",
                ru=f"период {period} журнал не охватывает; известны от 0 до {int(later['period'].max())}",
            )
        row = found.iloc[0]
        return self.origin.figure(share_estimate(row["users"], row["n"]), f"{self.period} {period}, all cohorts")


def retention(
    log: LogData, period: Literal["day", "week", "month"] = "week", *, event: str | Sequence[str] | None = None
) -> Retention:
    """Count who comes back in which period after their first.

    Parameters
    ----------
    log : LogData
        The log; days, weeks (from Monday) and months are those of its time zone.
    period : {"day", "week", "month"}
        Length of a period.
    event : str or list of str, optional
        What counts as coming back; any event by default.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> log.retention("day").table[["period", "users", "n", "share"]]
       period  users  n  share
    0       0      3  3    1.0
    """
    if period not in _STEP:
        raise CjmError(suggest(period, _STEP, what="period"))
    codes = log._codes(event) if event is not None else None
    start, end = log.start.normalize(), log.end
    if period == "week":
        start = start - pd.Timedelta(days=start.weekday())
    elif period == "month":
        start = start.replace(day=1)
    edges = [*pd.date_range(start, end, freq=_STEP[period])]
    if len(edges) > 400:
        raise CjmError(
            en=f"the log covers {len(edges)} {period}s; choose a longer period",
            ru=f"журнал охватывает периодов ({period}): {len(edges)}; возьмите период длиннее",
        )
    # Calendar periods have no fixed length (months, clock changes): a row's period is the number of starts before it.
    index: Any = nw.lit(-1)
    for edge in edges:
        index = index + nw.when(nw.col("t") >= _us(edge)).then(nw.lit(1)).otherwise(nw.lit(0))
    engine = log._canon.engine
    with engine.scratch():
        seen = engine.cache(log._canon.frame.select("u", "e", i=index))
        first = seen.group_by("u").agg(nw.col("i").min().alias("cohort"))
        came = seen if codes is None else seen.filter(nw.col("e").is_in(codes))
        pairs = came.select("u", "i").unique().join(first, on="u", how="inner")
        found = engine.collect(pairs.group_by("cohort", "i").agg(nw.len().alias("users")))
        sizes = engine.collect(first.group_by("cohort").agg(nw.len().alias("n")))
    counts = {(int(c), int(i)): int(u) for c, i, u in zip(found["cohort"], found["i"], found["users"])}
    following = [*edges[1:], edges[-1] + pd.tseries.frequencies.to_offset(_STEP[period])]
    rows = []
    for cohort, n in sorted(zip(sizes["cohort"].astype(int), sizes["n"].astype(int))):
        for i in range(cohort, len(edges)):
            rows.append(
                (edges[cohort], i - cohort, counts.get((cohort, i), 0), n, bool(_us(following[i]) <= log._canon.t_max))
            )
    table = pd.DataFrame(rows, columns=["cohort", "period", "users", "n", "complete"])
    table["share"], table["low"], table["high"] = wilson(table["users"], table["n"])
    table = table[["cohort", "period", "users", "n", "share", "low", "high", "complete"]]
    query = f"retention({period!r}" + (f", event={listed(event)}" if event is not None else "") + ")"
    return Retention(table=table, origin=log._origin(query), period=period)


def _us(stamp: pd.Timestamp) -> int:
    return int(stamp.value) // 1000  # .value is in ns, whatever the unit
