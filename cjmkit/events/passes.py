"""Passes: a journey that people go through again and again, pass by pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.core.result import pick
from cjmkit.errors import CjmError
from cjmkit.events._result import Result, listed
from cjmkit.events._stats import timedeltas
from cjmkit.events._time import moment_us
from cjmkit.events.data import LogData
from cjmkit.events.survival import aalen_johansen, waited_by
from cjmkit.i18n import number, say
from cjmkit.i18n import people as people_words
from cjmkit.stats import wilson

__all__ = ["Passes", "passes"]


@dataclass(frozen=True, eq=False, repr=False)
class Passes(Result):
    """A recurring journey, pass by pass.

    The table has pass (from 1), n (people who began it), success, lost, open (people, by how it ended or that it has
    not), incidence (share who will have succeeded by the longest time watched, Aalen-Johansen), low, high (95 %),
    median_time (from the beginning to success, of those who succeed), again (share of those who ended the pass with
    success and began another), again_low, again_high (Wilson). A person has at most one pass of each number, so each
    row counts people.
    """

    def summary(self, lang: str | None = None) -> str:
        """How many passes people make, and whether later ones go better."""
        first, n = self.table.iloc[0], int(self.table.iloc[0]["n"])

        def told(row: pd.Series) -> str:
            share, low, high = (number(row[c], 0, percent=True, lang=lang) for c in ("incidence", "low", "high"))
            return say(en=f"{share} ({low} to {high})", ru=f"{share} (от {low} до {high})", lang=lang)

        text = say(
            en=f"Of {people_words(n, 'en')} who began, {told(first)} succeed at the first pass",
            ru=f"Начали {people_words(n, 'ru')}; в первый раз доходят {told(first)}",
            lang=lang,
        )
        if len(self.table) > 1:
            second = self.table.iloc[1]
            text += say(
                en=f"; {int(second['n']):,} began a second pass, of which {told(second)} succeed",
                ru=f"; второй раз начали {int(second['n'])}, доходят {told(second)}",
                lang=lang,
            )
        return text + "."

    def estimate(self, number: int = 1) -> Estimate:
        """Share who succeed at one pass, as an Estimate."""
        row = pick(self.table, {"pass": number}, key=("pass",))
        return Estimate(value=row["incidence"], low=row["low"], high=row["high"], n=int(row["n"]),
                        method="Aalen-Johansen", percent=True)  # fmt: skip

    def _evidence_(self, number: int = 1) -> EventFigure:
        return self.origin.figure(self.estimate(number), f"success at pass {number}")


def passes(
    log: LogData,
    begin: str | Sequence[str],
    success: str | Sequence[str],
    *,
    lost: str | Sequence[str] | None = None,
    n: int = 5,
    at: str | pd.Timestamp | None = None,
) -> Passes:
    """Follow a journey that repeats (subscription periods, orders, treatments) pass by pass.

    Parameters
    ----------
    log : LogData
        The log.
    begin : str or list of str
        Events that begin a pass, where none is open; while one is open they belong to it.
    success, lost : str or list of str
        Events that end a pass well, and stated exits that end it otherwise.
    n : int
        How many passes are shown.
    at : str or Timestamp, optional
        The moment at which to look; the end of the log by default. Passes that are open then are censored.

    Returns
    -------
    Passes

    Raises
    ------
    CjmError
        If an event plays two parts, is unknown, or nobody began.

    Notes
    -----
    Counting passes as if each were a person would make intervals too narrow: regulars have many. Here each row holds a
    person once. Later passes are those of people who came back, not of the same people grown wiser.

    Examples
    --------
    >>> rows = [("a", 1, "trial"), ("a", 3, "paid"), ("a", 9, "trial"), ("b", 1, "trial"), ("b", 2, "refused")]
    >>> frame = pd.DataFrame(rows, columns=["who", "day", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["day"], "D")
    >>> log = LogData(frame, user="who", time="when", event="what")
    >>> passes(log, "trial", "paid", lost="refused").table[["pass", "n", "success", "lost", "open", "again"]]
       pass  n  success  lost  open  again
    0     1  2        1     1     0    1.0
    1     2  1        0     0     1    NaN
    """
    parts = {"begin": log._codes(begin), "success": log._codes(success), "lost": log._codes(lost) if lost else []}
    twice = [c for codes in parts.values() for c in codes]
    if len(twice) != len(set(twice)):
        name = log.events[max(twice, key=twice.count) - 1]
        raise CjmError(
            en=f"{name!r} plays two of the parts begin, success and lost; it can play one",
            ru=f"{name!r} играет две из ролей begin, success и lost; можно одну",
        )
    canon, engine, moment = log._canon, log._canon.engine, moment_us(log, at)
    code: Any = nw.lit(0)
    for i, kind in enumerate(("success", "lost"), 1):
        if parts[kind]:
            code = nw.when(nw.col("e").is_in(parts[kind])).then(nw.lit(i)).otherwise(code)
    with engine.scratch():
        rows = canon.frame.filter(canon.did(sorted(twice)) & (nw.col("t") <= moment)).select("u", "k", "t", o=code)
        # 9 stands before a person's first event, so that it begins like after an end.
        rows = rows.with_columns(p=nw.col("o").shift(1).over("u", order_by="k").fill_null(9))
        opens = (nw.col("o") == 0) & (nw.col("p") > 0)
        closes = (nw.col("o") > 0) & (nw.col("p") == 0)
        rows = rows.filter(opens | closes)
        rows = rows.with_columns(f=nw.when(nw.col("o") == 0).then(nw.lit(1)).otherwise(nw.lit(0)))
        rows = rows.with_columns(s=nw.col("f").cum_sum().over("u", order_by="k"))
        each = engine.cache(
            rows.group_by("u", "s").agg(nw.col("t").min().alias("a"), nw.col("t").max().alias("b"), nw.col("o").max())
        )
        ended = nw.when(nw.col("o") > 0).then(nw.col("b")).otherwise(nw.lit(moment))
        found = engine.collect(
            each.with_columns(d=(ended - nw.col("a")) // 1_000_000).group_by("s", "o", "d").agg(nw.len().alias("w"))
        )
        # Of those who ended a pass with success, who began another.
        later = each.select("u", s=nw.col("s") - 1)
        after = engine.collect(
            each.filter(nw.col("o") == 1).join(later, on=["u", "s"], how="inner").group_by("s").agg(nw.len().alias("w"))
        )
    if found.empty:
        raise CjmError(
            en=f"nobody began: {listed(begin)} is in no row up to the moment asked for",
            ru=f"никто не начал: {listed(begin)} нет ни в одной строке до этого момента",
        )
    out = []
    for s in sorted(found["s"].unique())[:n]:
        here = found[found["s"] == s]
        people = [int(here.loc[here["o"] == o, "w"].sum()) for o in (1, 2, 0)]
        curve = aalen_johansen(here["d"], here["o"], here["w"])
        end = curve[curve["code"] == 1].tail(1)
        limits = [float(end[c].iloc[0]) for c in ("incidence", "low", "high")] if len(end) else [0.0, 0.0, np.nan]
        half = waited_by(here["d"], here["o"], here["w"]).value * 1e6
        out.append((int(s), sum(people), *people, *limits, half))
    columns = ["pass", "n", "success", "lost", "open", "incidence", "low", "high", "median_time"]
    table = pd.DataFrame(out, columns=columns)
    table["median_time"] = timedeltas(table["median_time"])
    again = table["pass"].map(dict(zip(after["s"].astype(int), after["w"]))).fillna(0)
    table["again"], table["again_low"], table["again_high"] = wilson(again, table["success"])
    query = f"passes({listed(begin)}, {listed(success)}" + (f", lost={listed(lost)}" if lost else "") + ")"
    return Passes(table=table, origin=log._origin(query))
