"""Dwell: how long people stay at a stage, where some are there still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.events._result import Result
from cjmkit.events._stats import timedeltas
from cjmkit.events._time import span_us
from cjmkit.events.data import LogData
from cjmkit.events.survival import waited_by
from cjmkit.events.transitions import stage_rows, with_before
from cjmkit.i18n import duration, say

__all__ = ["Dwell", "dwell"]


@dataclass(frozen=True, eq=False, repr=False)
class Dwell(Result):
    """How long people stay.

    The table has stage (or event), visits (all), users (people who were there), n (people who were seen to go on), open
    (people who are there still: nothing is known of the end of their stay), per_person (visits per person),
    median_time (per person, all their visits together, of those who go on; the open are censored, not left out), low,
    high (95 %).
    """

    unit: str = "stage"

    def summary(self, lang: str | None = None) -> str:
        """Where people stay longest."""
        known = self.table.dropna(subset=["median_time"])
        if known.empty:
            return say(en="Nobody was seen to go on.", ru="Никто не пошёл дальше.", lang=lang)
        top = known.sort_values("median_time", ascending=False).iloc[0]
        where = self.origin.called(top[self.unit])
        return say(
            en=f"People stay longest at “{where}”: half of those who go on ({int(top['n']):,} did, "
            f"{int(top['open']):,} are still there) need more than {duration(top['median_time'], lang)} in all.",
            ru=f"Дольше всего задерживаются на «{where}»: половине тех, кто идёт дальше "
            f"(пошли {int(top['n'])}, ещё там {int(top['open'])}), нужно больше {duration(top['median_time'], lang)} "
            f"в общей сложности.",
            lang=lang,
        )

    def _evidence_(self, stage: str) -> EventFigure:
        if stage not in set(self.table[self.unit]):
            raise CjmError(suggest(stage, self.table[self.unit], what=self.unit))
        row = self.table[self.table[self.unit] == stage].iloc[0]
        hours = [None if pd.isna(row[c]) else row[c].total_seconds() / 3600 for c in ("median_time", "low", "high")]
        return self.origin.figure(
            Estimate(value=hours[0], low=hours[1], high=hours[2], n=int(row["n"]), method="Aalen-Johansen"),
            f"median hours at {stage!r}",
        )


def dwell(log: LogData, unit: Literal["stage", "event"] = "stage", *, gap: str | pd.Timedelta | None = None) -> Dwell:
    """Measure how long people stay at each stage, over all their visits of it.

    Parameters
    ----------
    log : LogData
        The log.
    unit : {"stage", "event"}
        A visit of a stage lasts from its first event to the first event of another stage; of an event, to the next
        event.
    gap : str or Timedelta, optional
        A longer wait before the next visit is absence and not counted.

    Returns
    -------
    Dwell

    Notes
    -----
    A person's last stay has no known end; it counts for as long as the log watched it. Leaving it out would favour
    quick stays: young visits that are still open are mostly long ones.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", 1, "form"), ("a", 3, "paid"), ("b", 1, "form"), ("b", 6, "paid"), ("c", 2, "form")]
    >>> frame = pd.DataFrame(rows, columns=["who", "day", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["day"], "D")
    >>> log = LogData(frame, user="who", time="when", event="what")
    >>> dwell(log, "event").table[["event", "users", "n", "open"]]
      event  users  n  open
    0  form      3  2     1
    1  paid      2  0     2
    """
    if unit not in ("event", "stage"):
        raise CjmError(suggest(unit, ["stage", "event"], what="kind of stay"))
    limit = span_us(gap)
    engine = log._canon.engine
    with engine.scratch():
        if unit == "stage":
            visits, names = stage_rows(log)
            rows = with_before(visits)
        else:
            rows, names = log._canon.with_before(), list(log.events)
        rows = engine.cache(rows.select("u", "k", "t", "e", "p", "d"))
        counted = engine.collect(rows.group_by("u", "e").agg(nw.len().alias("m")).group_by("e").agg(
            nw.col("m").sum().alias("visits"), nw.len().alias("users")))  # fmt: skip
        # The wait since the event before belongs to the stage that was left; the last stay lasts until the log ends.
        left = rows.filter(nw.col("p") > 0).select("u", nw.col("p").alias("e"), "d", still=nw.lit(0).cast(nw.Int64))
        ends = rows.group_by("u").agg(nw.col("k").max())
        lasts = rows.join(ends, on=["u", "k"], how="inner")
        lasts = lasts.select("u", "e", d=log._canon.t_max - nw.col("t"), still=nw.lit(1).cast(nw.Int64))
        both = [part.filter(nw.col("d") <= limit) if limit is not None else part for part in (left, lasts)]
        each = engine.union(
            [p.select("u", nw.col("e").cast(nw.Int64), nw.col("d").cast(nw.Int64), "still") for p in both]
        )
        each = each.group_by("u", "e").agg(nw.col("d").sum(), nw.col("still").max())
        spread = engine.collect(
            each.with_columns(s=nw.col("d") // 1_000_000).group_by("e", "s", "still").agg(nw.len().alias("w"))
        )
    out: list[tuple[Any, ...]] = []
    for code, name in enumerate(names, 1):
        row = counted[counted["e"] == code]
        if row.empty:
            if unit == "stage":
                out.append((name, 0, 0, 0, 0, float("nan"), None, None, None))
            continue
        here = spread[spread["e"] == code]
        times = waited_by(here["s"], 1 - here["still"], here["w"]) if len(here) else (float("nan"),) * 3
        still = int(here.loc[here["still"] == 1, "w"].sum())
        visits_, users = int(row["visits"].iloc[0]), int(row["users"].iloc[0])
        out.append((name, visits_, users, int(here["w"].sum()) - still, still, visits_ / users,
                    *(x * 1e6 for x in times)))  # fmt: skip
    columns = [unit, "visits", "users", "n", "open", "per_person", "median_time", "low", "high"]
    table = pd.DataFrame(out, columns=columns)
    for column in ("median_time", "low", "high"):
        table[column] = timedeltas(table[column])
    if unit == "event":
        table = table.sort_values("visits", ascending=False, ignore_index=True)
    query = f"dwell({unit!r}" + (f", gap={str(gap)!r}" if gap is not None else "") + ")"
    return Dwell(table=table, origin=log._origin(query), unit=unit)
