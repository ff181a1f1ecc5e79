"""Transitions: what follows what, how often, for how many people, after how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.events._result import Result
from cjmkit.events._stats import timedeltas
from cjmkit.events._time import span_us
from cjmkit.events.data import LogData
from cjmkit.i18n import count, number, say
from cjmkit.stats import wilson

__all__ = ["Transitions", "stage_rows", "transitions"]


@dataclass(frozen=True, eq=False, repr=False)
class Transitions(Result):
    """What follows what.

    The table has source, target, count (how often), users (people who did it), n (people who were at the source),
    probability
    (of this target among all that followed the source), low, high, median_time. ``entries`` and ``exits`` have event,
    users, n (people in the log), share, low, high: where paths begin and end. ``order`` has the stages in the order of
    the journey; of events, those of earlier stages first.

    The interval of a probability is Wilson's with the effective number of moves: moves of one person are not
    independent, so the variance is computed between people (linearised ratio) and the number of moves divided by the
    design effect.
    """

    entries: pd.DataFrame = None  # type: ignore[assignment]
    exits: pd.DataFrame = None  # type: ignore[assignment]
    unit: str = "event"
    order: tuple[str, ...] = ()

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences."""
        moves = int(self.table["count"].sum()) if len(self.table) else 0
        if not moves:
            return say(
                en="Nobody did more than one thing: there are no transitions.",
                ru="Никто не сделал больше одного действия: переходов нет.",
                lang=lang,
            )
        other = self.table[self.table["source"] != self.table["target"]]
        top = (other if len(other) else self.table).iloc[0]
        total = count(moves, en=("transition", "transitions"), ru=("переход", "перехода", "переходов"), lang=lang)
        share = number(top["probability"], 0, percent=True, lang=lang)
        source, target = self.origin.called(top["source"]), self.origin.called(top["target"])
        return say(
            en=f"{total} between {self.table['source'].nunique():,} sources and {self.table['target'].nunique():,} "
            f"targets; "
            f"the most common move is “{source}” → “{target}” ({int(top['count']):,} times, {share} "
            f"of what follows “{source}”).",
            ru=f"{total}; самый частый: «{source}» → «{target}» (раз: {number(int(top['count']), 0, lang=lang)}, "
            f"{share} всего, что следует за «{source}»).",
            lang=lang,
        )

    def matrix(self, values: str = "probability") -> pd.DataFrame:
        """The table as a matrix: sources are rows, targets columns, absent transitions 0.

        Parameters
        ----------
        values : str
            A column of the table.
        """
        if values not in self.table:
            raise CjmError(suggest(values, self.table.columns, what="column"))
        out = self.table.pivot(index="source", columns="target", values=values)
        names = sorted(set(out.index) | set(out.columns))
        out = out.reindex(index=names, columns=names)
        return out if values == "median_time" else out.fillna(0)

    def estimate(self, source: str, target: str) -> Estimate:
        """The probability of one transition as an Estimate."""
        for name in (source, target):
            known = sorted(set(self.table["source"]) | set(self.table["target"]))
            if name not in known:
                raise CjmError(suggest(name, known, what=self.unit))
        found = self.table[(self.table["source"] == source) & (self.table["target"] == target)]
        if found.empty:
            n = int(self.table.loc[self.table["source"] == source, "n"].max() or 0)
            return Estimate(value=0.0 if n else None, n=n, method="counted", reason="nobody did it")
        row = found.iloc[0]
        return Estimate(
            value=row["probability"], low=row["low"], high=row["high"], n=int(row["n"]),
            method="Wilson, design effect of people", percent=True,
        )  # fmt: skip

    def _evidence_(self, source: str, target: str) -> EventFigure:
        return self.origin.figure(self.estimate(source, target), f"{source!r} → {target!r}")


def stage_rows(log: LogData, order: Any = None) -> tuple[Any, list[str]]:
    """Visits of stages: rows with ``e`` the stage's code, events of no stage left out, repeats of a stage folded."""
    stage, stages = log._stage_codes(order)
    rows = log._canon.frame.select("u", "t", "k", "r", e=stage).filter(nw.col("e") > 0)
    before = nw.col("e").shift(1).over("u", order_by="k").fill_null(0)
    rows = rows.with_columns(p=before).filter(nw.col("p") != nw.col("e"))
    return rows.select("u", "t", "k", "r", "e"), stages


def with_before(rows: Any) -> Any:
    """Rows with the code before (0 for none) and the µs since it."""
    out = rows.with_columns(
        p=nw.col("e").shift(1).over("u", order_by="k").fill_null(0),
        q=nw.col("t").shift(1).over("u", order_by="k").fill_null(0),
    )
    return out.with_columns(d=nw.when(nw.col("p") > 0).then(nw.col("t") - nw.col("q")).otherwise(nw.lit(0)))


def transitions(
    log: LogData,
    unit: Literal["event", "stage"] = "event",
    *,
    gap: str | pd.Timedelta | None = None,
    detail: bool = True,
) -> Transitions:
    """Count what follows what.

    Parameters
    ----------
    log : LogData
        The log.
    unit : {"event", "stage"}
        Between events, or between visits of stages (events of one stage that follow each other are one visit; events
        without a stage are passed over).
    gap : str or Timedelta, optional
        A pause longer than this ends a path: what comes after it begins a new one.
    detail : bool
        False gives count and probability alone, without people, interval and time: several times faster on large logs.

    Returns
    -------
    Transitions

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> log.transitions().table[["source", "target", "users", "n"]].head(3)
      source target  users  n
    0  visit   form      2  3
    1   form   paid      1  2
    """
    from scipy import stats

    if unit not in ("event", "stage"):
        raise CjmError(suggest(unit, ["event", "stage"], what="kind of transition"))
    limit = span_us(gap)
    canon = log._canon
    engine = canon.engine
    if unit == "stage":
        visits, names = stage_rows(log)
        rows = with_before(visits)
    else:
        rows, names = canon.with_before(since=detail or limit is not None), list(log.events)
    if limit is not None:
        cut = nw.when(nw.col("d") > limit).then(nw.lit(0)).otherwise(nw.col("p"))
        rows = rows.with_columns(p=cut, before=nw.col("p"))
    else:
        rows = rows.with_columns(before=nw.col("p"))
    if not detail:
        keys = ["p", "e", "before"] if limit is not None else ["p", "e"]
        counted = engine.collect(rows.group_by(*keys).agg(nw.len().alias("count")))
        counted = counted if limit is not None else counted.assign(before=counted["p"])
        return _bare(log, counted, names, unit, gap)
    with engine.scratch():
        rows = rows.select("u", "p", "e", "d", "before")
        if engine.spills and not canon.ready:
            rows = engine.cache(rows)  # sorted once, asked several times
        per_person = engine.cache(rows.group_by("u", "p", "e").agg(nw.len().alias("m")))
        moves = per_person.filter(nw.col("p") > 0).with_columns(nw.col("m").cast(nw.Int64))  # its squares need the room
        totals = moves.group_by("u", "p").agg(nw.col("m").sum().alias("s"))
        pairs = (
            moves.join(totals, on=["u", "p"], how="inner")
            .with_columns(mm=nw.col("m") * nw.col("m"), ms=nw.col("m") * nw.col("s"))
            .group_by("p", "e")
            .agg(
                nw.col("m").sum().alias("count"), nw.len().alias("users"), nw.col("mm").sum(), nw.col("ms").sum(),
            )
        )  # fmt: skip
        table = engine.collect(pairs)
        sources = engine.collect(
            totals.with_columns(ss=nw.col("s") * nw.col("s")).group_by("p")
            .agg(nw.col("s").sum(), nw.col("ss").sum(), nw.len().alias("n"))
        )  # fmt: skip
        # A person stands in it once for each pair, so rows are people.
        entry = engine.collect(per_person.filter(nw.col("p") == 0).group_by("e").agg(nw.len().alias("users")))
        times = engine.collect(rows.filter(nw.col("p") > 0).group_by("p", "e").agg(nw.col("d").median().alias("wait")))
        at = engine.collect(per_person.select("u", "e").unique().group_by("e").agg(nw.len().alias("at")))
        ends = engine.collect(rows.group_by("before", "e").agg(nw.len().alias("count")))
    table = table.merge(sources, on="p", how="left").merge(times, on=["p", "e"], how="left")
    table = table.merge(at.rename(columns={"e": "p"}), on="p", how="left")
    c, s = table["count"].to_numpy(float), table["s"].to_numpy(float)
    probability = c / s
    # Variance of a ratio of totals, with people as clusters; ss, ms and mm are sums over people.
    people = table["n"].to_numpy(float)
    residual = table["mm"] - 2 * probability * table["ms"] + probability**2 * table["ss"]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(people > 1, residual / s**2 * people / (people - 1), np.nan)
        plain = probability * (1 - probability) / s
        effect = np.where((plain > 0) & ~np.isnan(variance), variance / plain, np.nan)
        # Where everybody always or never does it there is no variance to see: count people, not moves.
        effective = np.where(effect > 0, s / np.maximum(effect, 1e-9), people)
        # With few people their variance is itself uncertain: as many degrees of freedom as people less one.
        effective = effective * (1.959963984540054 / stats.t.ppf(0.975, np.maximum(people - 1, 1))) ** 2
        effective = np.minimum(effective, s)
        effective = np.where(people > 1, effective, 1.0)
    _, low, high = wilson(probability * effective, effective)
    out = pd.DataFrame(
        {
            "source": [names[int(x) - 1] for x in table["p"]],
            "target": [names[int(x) - 1] for x in table["e"]],
            "count": table["count"].astype("int64"),
            "users": table["users"].astype("int64"),
            "n": table["at"].astype("int64"),
            "probability": probability,
            "low": low,
            "high": high,
            "median_time": timedeltas(table["wait"]),
        }
    ).sort_values(["count", "source", "target"], ascending=[False, True, True], ignore_index=True)
    entries = _ends(log, entry, names, unit)
    exits = _ends(log, _exits(ends), names, unit)
    return Transitions(
        table=out, origin=log._origin(_query(unit, gap)), entries=entries, exits=exits, unit=unit,
        order=_order(log, unit, names),
    )  # fmt: skip


def _order(log: LogData, unit: str, names: list[str]) -> tuple[str, ...]:
    """The stages as the journey goes; events by the stage that they belong to, where the log knows it."""
    if unit == "stage" or not log.stage_of:
        return tuple(names) if unit == "stage" else ()
    stages = list(log.stage_order)
    return tuple(sorted((e for e in names if e in log.stage_of), key=lambda e: stages.index(log.stage_of[e])))


def _query(unit: str, gap: Any) -> str:
    return f"transitions({unit!r}" + (f", gap={str(gap)!r}" if gap is not None else "") + ")"


def _exits(ends: pd.DataFrame) -> pd.DataFrame:
    """People by their last event: every other event is the one before some event."""
    every = ends.groupby("e")["count"].sum()
    followed = ends[ends["before"] > 0].groupby("before")["count"].sum()
    last = every.sub(followed, fill_value=0).astype("int64")
    last = last[last > 0]
    return pd.DataFrame({"e": last.index.astype(int), "users": last.to_numpy()})


def _ends(log: LogData, found: pd.DataFrame, names: list[str], unit: str) -> pd.DataFrame:
    found = found.sort_values(["users", "e"], ascending=[False, True], ignore_index=True)
    share, low, high = wilson(found["users"], log.n_people)
    return pd.DataFrame(
        {
            unit: [names[int(x) - 1] for x in found["e"]],
            "users": found["users"].astype("int64"),
            "n": log.n_people,
            "share": share,
            "low": low,
            "high": high,
        }
    )


def _bare(log: LogData, counted: pd.DataFrame, names: list[str], unit: str, gap: Any) -> Transitions:
    moves = counted[counted["p"] > 0].groupby(["p", "e"], as_index=False)["count"].sum()
    total = moves.groupby("p")["count"].transform("sum")
    out = pd.DataFrame(
        {
            "source": [names[int(x) - 1] for x in moves["p"]],
            "target": [names[int(x) - 1] for x in moves["e"]],
            "count": moves["count"].astype("int64"),
            "moves": total.astype("int64"),
            "probability": moves["count"] / total,
        }
    ).sort_values(["count", "source", "target"], ascending=[False, True, True], ignore_index=True)
    starts: Any = counted[counted["before"] == 0].groupby("e", as_index=False)["count"].sum()
    entries = _ends(log, pd.DataFrame({"e": starts["e"], "users": starts["count"]}), names, unit)
    exits = _ends(log, _exits(counted), names, unit)
    return Transitions(table=out, origin=log._origin(_query(unit, gap)), entries=entries, exits=exits, unit=unit,
                       order=_order(log, unit, names))  # fmt: skip
