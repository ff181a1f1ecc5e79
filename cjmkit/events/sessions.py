"""Sessions: visits, told apart by pauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.events._groups import NO_CHANNEL
from cjmkit.events._result import Result
from cjmkit.events._stats import share_estimate, timedeltas
from cjmkit.events._time import span_us
from cjmkit.events.data import LogData
from cjmkit.i18n import duration, number, say
from cjmkit.stats import wilson

__all__ = ["Sessions", "session_rows", "sessions"]


@dataclass(frozen=True, eq=False, repr=False)
class Sessions(Result):
    """Visits by the channel of their first event.

    The table has channel (``"(all)"`` for the whole log), sessions, users, n (sessions, the base of single),
    per_person, events
    (per session), median_time (from first to last event), single (share of sessions with one event), low, high
    (Wilson over people: share of people all of whose sessions have one event is in single_people).
    """

    everything: str = "(all)"

    def summary(self, lang: str | None = None) -> str:
        """How often and how long people come."""
        row = self.table[self.table["channel"] == self.everything].iloc[0]
        return say(
            en=f"{int(row['users']):,} people came {int(row['sessions']):,} times "
            f"({number(row['per_person'], 1, lang=lang)} each); a visit has {number(row['events'], 1, lang=lang)} "
            f"events and lasts "
            f"{duration(row['median_time'], lang)} (median).",
            ru=f"Людей: {int(row['users'])}, визитов: {int(row['sessions'])} "
            f"({number(row['per_person'], 1, lang=lang)} на человека); в визите в среднем событий: "
            f"{number(row['events'], 1, lang=lang)}, медиана длительности {duration(row['median_time'], lang)}.",
            lang=lang,
        )

    def _evidence_(self, channel: str | None = None) -> EventFigure:
        channel = self.everything if channel is None else channel
        if channel not in set(self.table["channel"]):
            raise CjmError(suggest(channel, self.table["channel"], what="channel"))
        row = self.table[self.table["channel"] == channel].iloc[0]
        return self.origin.figure(
            share_estimate(round(row["single_people"] * row["users"]), int(row["users"])),
            f"people who only came for one event, {channel!r}",
        )


def session_rows(log: LogData, gap: int) -> Any:
    """Rows with ``s``, the number of the person's session from 1."""
    rows = log._canon.with_before()
    fresh = nw.when((nw.col("p") == 0) | (nw.col("d") > gap)).then(nw.lit(1)).otherwise(nw.lit(0))
    rows = rows.select("u", "t", "k", "e", "c", f=fresh)
    return rows.with_columns(s=nw.col("f").cum_sum().over("u", order_by="k"))


def sessions(log: LogData, *, gap: str | pd.Timedelta = "30min") -> Sessions:
    """Cut the log into visits at pauses.

    Parameters
    ----------
    log : LogData
        The log.
    gap : str or Timedelta
        A longer pause begins a new visit.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> log.sessions(gap="30min").table[["channel", "sessions", "users", "single"]]
      channel  sessions  users  single
    0   (all)         4      3    0.75
    1      ad         2      2    0.50
    2    mail         2      1    1.00
    """
    limit = span_us(gap) or 1
    engine = log._canon.engine
    everything = "(all)"
    with engine.scratch():
        rows = engine.cache(session_rows(log, limit))
        visits = rows.group_by("u", "s").agg(
            nw.len().alias("m"), nw.col("t").min().alias("a"), nw.col("t").max().alias("b")
        )
        opened = rows.filter(nw.col("f") == 1).select("u", "s", "c")
        visits = visits.with_columns(
            d=nw.col("b") - nw.col("a"), one=nw.when(nw.col("m") == 1).then(nw.lit(1)).otherwise(nw.lit(0))
        )
        # Only where there are channels is it asked which one a visit began with.
        visits = visits.join(opened, on=["u", "s"], how="inner") if log._canon.has_channel else visits
        visits = engine.cache(visits)
        aggregated = [nw.len().alias("sessions"),
        nw.col("m").sum().alias("events"),
                      nw.col("d").median().alias("wait"), nw.col("one").sum().alias("single")]  # fmt: skip
        whole = engine.collect(visits.with_columns(c=nw.lit(-1)).group_by("c").agg(*aggregated))
        everybody = visits.group_by("u").agg(nw.col("one").min()).with_columns(c=nw.lit(-1))
        shallow = [
            engine.collect(everybody.group_by("c").agg(nw.len().alias("users"), nw.col("one").sum().alias("bounced")))
        ]
        parts = [whole]
        if log._canon.has_channel:
            people = visits.group_by("u", "c").agg(nw.col("one").min())
            parts.append(engine.collect(visits.group_by("c").agg(*aggregated)))
            shallow.append(
                engine.collect(people.group_by("c").agg(nw.len().alias("users"), nw.col("one").sum().alias("bounced")))
            )
    found = pd.concat(parts, ignore_index=True).merge(pd.concat(shallow, ignore_index=True), on="c")
    names = {-1: everything, 0: NO_CHANNEL, **dict(enumerate(log.channels, 1))}
    bounced, low, high = wilson(found["bounced"], found["users"])
    table = pd.DataFrame(
        {
            "channel": [names[int(c)] for c in found["c"]],
            "sessions": found["sessions"].astype("int64"),
            "users": found["users"].astype("int64"),
            "n": found["sessions"].astype("int64"),
            "per_person": found["sessions"] / found["users"],
            "events": found["events"] / found["sessions"],
            "median_time": timedeltas(found["wait"]),
            "single": found["single"] / found["sessions"],
            "single_people": bounced,
            "low": low,
            "high": high,
        }
    )
    table["_first"] = table["channel"] != everything
    table = table.sort_values(["_first", "sessions", "channel"], ascending=[True, False, True], ignore_index=True)
    return Sessions(
        table=table.drop(columns="_first"), origin=log._origin(f"sessions(gap={str(gap)!r})"), everything=everything
    )
