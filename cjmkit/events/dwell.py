"""Dwell: how long people stay at a stage."""

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
from cjmkit.events.transitions import stage_rows, with_before
from cjmkit.i18n import duration, say
from cjmkit.stats import median_interval

__all__ = ["Dwell", "dwell"]


@dataclass(frozen=True, eq=False, repr=False)
class Dwell(Result):
    """How long people stay.

    The table has stage (or event), visits (all), users (people who were there), n (people who were seen to go on, on
    whom the times rest), per_person (visits per person), median_time (per person, all their visits together), low,
    high (order statistics, 95 %). The visit that ends a path has no known end and is left out of the times.
    """

    unit: str = "stage"

    def summary(self, lang: str | None = None) -> str:
        """Where people stay longest."""
        known = self.table.dropna(subset=["median_time"])
        if known.empty:
            return say(en="Nobody was seen to go on.", ru="Никто не пошёл дальше.", lang=lang)
        top = known.sort_values("median_time", ascending=False).iloc[0]
        return say(
            en=f"People stay longest at “{top[self.unit]}”: half of {int(top['n']):,} people more than "
            f"{duration(top['median_time'], lang)} in all.",
            ru=f"Дольше всего задерживаются на «{top[self.unit]}»: половина из {int(top['n'])} человек дольше "
            f"{duration(top['median_time'], lang)} в общей сложности.",
            lang=lang,
        )

    def _evidence_(self, stage: str) -> EventFigure:
        if stage not in set(self.table[self.unit]):
            raise CjmError(suggest(stage, self.table[self.unit], what=self.unit))
        row = self.table[self.table[self.unit] == stage].iloc[0]
        hours = [None if pd.isna(row[c]) else row[c].total_seconds() / 3600 for c in ("median_time", "low", "high")]
        return self.origin.figure(
            Estimate(value=hours[0], low=hours[1], high=hours[2], n=int(row["n"]), method="order statistics"),
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
        rows = engine.cache(rows.select("u", "e", "p", "d"))
        counted = engine.collect(rows.group_by("u", "e").agg(nw.len().alias("m")).group_by("e").agg(
            nw.col("m").sum().alias("visits"), nw.len().alias("users")))  # fmt: skip
        left = rows.filter(nw.col("p") > 0)
        if limit is not None:
            left = left.filter(nw.col("d") <= limit)
        # The wait since the event before belongs to the stage that was left.
        each = left.group_by("u", "p").agg(nw.col("d").sum())
        spread = engine.collect(
            each.with_columns(s=nw.col("d") // 1_000_000).group_by("p", "s").agg(nw.len().alias("w"))
        )
    out: list[tuple[Any, ...]] = []
    for code, name in enumerate(names, 1):
        row = counted[counted["e"] == code]
        if row.empty:
            if unit == "stage":
                out.append((name, 0, 0, 0, float("nan"), None, None, None))
            continue
        here = spread[spread["p"] == code]
        middle, low, high = median_interval(here["s"], here["w"])
        n = int(here["w"].sum())
        visits_, users = int(row["visits"].iloc[0]), int(row["users"].iloc[0])
        out.append((name, visits_, users, n, visits_ / users,
                    *(x * 1e6 for x in (middle, low, high))))  # fmt: skip
    columns = [unit, "visits", "users", "n", "per_person", "median_time", "low", "high"]
    table = pd.DataFrame(out, columns=columns)
    for column in ("median_time", "low", "high"):
        table[column] = timedeltas(table[column])
    if unit == "event":
        table = table.sort_values("visits", ascending=False, ignore_index=True)
    query = f"dwell({unit!r}" + (f", gap={str(gap)!r}" if gap is not None else "") + ")"
    return Dwell(table=table, origin=log._origin(query), unit=unit)
