"""Behaviour: what each person did, as features for clustering."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.events._time import span_us
from cjmkit.events.data import LogData
from cjmkit.events.sessions import session_rows

__all__ = ["behaviour"]


def behaviour(log: LogData, *, gap: str | pd.Timedelta = "30min", n: int = 12) -> pd.DataFrame:
    """One row per person, all columns numbers.

    Parameters
    ----------
    log : LogData
        The log.
    gap : str or Timedelta
        Pause that begins a new visit.
    n : int
        How many of the commonest events get a column, where the log has no stages.

    Returns
    -------
    pandas.DataFrame
        Index: participant. Columns: log_events (logarithm of 1 + events), visits, events_per_visit, active_days,
        span_days, hours_between_visits (median 0 for a single visit), then ``stage: …`` (or ``event: …``): share of
        the person's events, and ``channel: …``: share of the person's events that have a channel.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> log.behaviour(n=2).iloc[:, :4].round(1)
                 log_events  visits  events_per_visit  active_days
    participant
    a                   1.4     1.0               3.0          1.0
    b                   1.1     2.0               1.0          1.0
    c                   0.7     1.0               1.0          1.0
    """
    limit = span_us(gap) or 1
    engine = log._canon.engine
    day = 86_400_000_000
    offset = int((log.start.utcoffset() or pd.Timedelta(0)).total_seconds() * 1_000_000)
    with engine.scratch():
        rows = engine.cache(session_rows(log, limit))
        base = engine.collect(
            rows.group_by("u").agg(
                nw.len().alias("events"), nw.col("s").max().alias("visits"), nw.col("t").min().alias("a"),
                nw.col("t").max().alias("b"),
            )
        ).set_index("u").sort_index()  # fmt: skip
        days = engine.collect(
            rows.with_columns(day=(nw.col("t") + offset) // day).select("u", "day").unique().group_by("u").agg(
                nw.len().alias("active_days")
            )
        ).set_index("u")["active_days"]  # fmt: skip
        if log.stage_of:
            code, names = log._stage_codes()
            prefix = "stage"
            kinds = rows.with_columns(x=code)
        else:
            order = np.argsort(-np.array(log._canon.event_rows), kind="stable")[:n]
            names, prefix = [log.events[i] for i in order], "event"
            kept = {int(i) + 1: j for j, i in enumerate(order, 1)}
            expression = nw.lit(0)
            for event, j in kept.items():
                expression = nw.when(nw.col("e") == event).then(nw.lit(j)).otherwise(expression)
            kinds = rows.with_columns(x=expression)
        counts = engine.collect(kinds.filter(nw.col("x") > 0).group_by("u", "x").agg(nw.len().alias("m")))
        by_channel = (
            engine.collect(rows.filter(nw.col("c") > 0).group_by("u", "c").agg(nw.len().alias("m")))
            if log._canon.has_channel
            else None
        )
    out = pd.DataFrame(index=base.index)
    out["log_events"] = np.log1p(base["events"].astype(float))
    out["visits"] = base["visits"].astype(float)
    out["events_per_visit"] = base["events"] / base["visits"]
    out["active_days"] = days.reindex(base.index).astype(float)
    out["span_days"] = (base["b"] - base["a"]) / day
    out["hours_between_visits"] = ((base["b"] - base["a"]) / 3_600_000_000 / (base["visits"] - 1).clip(lower=1)).where(
        base["visits"] > 1, 0.0
    )
    wide = counts.pivot(index="u", columns="x", values="m").reindex(base.index).fillna(0)
    for j, name in enumerate(names, 1):
        values = wide.get(j, 0)
        out[f"{prefix}: {name}"] = values / base["events"]
    if by_channel is not None:
        wide = by_channel.pivot(index="u", columns="c", values="m").reindex(base.index).fillna(0)
        total = wide.sum(axis=1).clip(lower=1)
        for c, name in enumerate(log.channels, 1):
            out[f"channel: {name}"] = (wide.get(c, 0)) / total
    out.index.name = "participant"
    return out
