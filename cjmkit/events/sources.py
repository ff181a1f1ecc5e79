"""Sources: which first source brings the people who finish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import narwhals as nw
import numpy as np

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.events._groups import NO_CHANNEL, first_channel
from cjmkit.events._result import Result, listed
from cjmkit.events._stats import two_proportions
from cjmkit.events.data import LogData
from cjmkit.i18n import number, say
from cjmkit.stats import holm, newcombe, wilson

__all__ = ["Sources", "sources"]


@dataclass(frozen=True, eq=False, repr=False)
class Sources(Result):
    """Who converts, by the first source that people came from.

    The table has source, users (who did the success event), n (people who first came from there), conversion, low,
    high (Wilson), rest (conversion of all others), difference, difference_low, difference_high (Newcombe), p, p_holm,
    enough (n reaches the min_n); sources with enough people first, the best on top.
    """

    min_n: int = 30

    _percent: ClassVar[tuple[str, ...]] = ("conversion", "rest", "difference")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {
        **Result._names,
        "rest": ("all others", "остальные"),
        "users": ("finished", "дошли"),
        "enough": ("enough people", "людей хватает"),
    }
    _shown: ClassVar[tuple[str, ...]] = ("source", "conversion", "users", "n", "rest", "difference", "p_holm", "enough")

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences."""
        known = self.table[self.table["enough"]]
        if known.empty:
            return say(
                en=f"No source brought at least {self.min_n} people, so none can be called the best.",
                ru=f"Ни один источник не привёл хотя бы {self.min_n} человек, лучшего назвать нельзя.",
                lang=lang,
            )
        best = known.iloc[0]
        pct = {c: number(best[c], 1, percent=True, lang=lang) for c in ("conversion", "low", "high", "rest")}
        text = say(
            en=f"People who first came from “{best['source']}” finish most often: {pct['conversion']} of "
            f"{int(best['n']):,} "
            f"(95% interval {pct['low']} to {pct['high']}), all others {pct['rest']}",
            ru=f"Чаще всего доходят до цели пришедшие впервые из «{best['source']}»: {pct['conversion']} из "
            f"{int(best['n'])} "
            f"(95-процентный интервал от {pct['low']} до {pct['high']}), остальные: {pct['rest']}",
            lang=lang,
        )
        if len(known) == 1:
            return text + "."
        if best["p_holm"] < 0.05:
            return text + say(en="; the difference is not chance.", ru="; различие не случайно.", lang=lang)
        return text + say(en="; the difference may be chance.", ru="; различие может быть случайным.", lang=lang)

    def _evidence_(self, source: str) -> EventFigure:
        if source not in set(self.table["source"]):
            raise CjmError(suggest(source, self.table["source"], what="source"))
        row = self.table[self.table["source"] == source].iloc[0]
        return self.origin.figure(
            Estimate(
                value=row["conversion"],
                low=row["low"],
                high=row["high"],
                n=int(row["n"]),
                method="Wilson",
                percent=True,
            ),
            f"source {source!r}",
        )


def sources(log: LogData, success: str | Sequence[str], *, min_n: int = 30) -> Sources:
    """Compare the sources that people first came from by how many reach success.

    Parameters
    ----------
    log : LogData
        A log with channels.
    success : str or list of str
        Event, or any of several, that counts as success.
    min_n : int
        Fewer people than this and a source is listed below the others and never called the best.

    Returns
    -------
    Sources

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> log.sources("paid", min_n=1).table[["source", "users", "n", "conversion"]]
      source  users  n  conversion
    0     ad      1  2         0.5
    1   mail      0  1         0.0
    """
    log._need_channel("sources()")
    codes = log._codes(success)
    canon = log._canon
    engine = canon.engine
    with engine.scratch():
        people = engine.cache(first_channel(log))
        done = canon.frame.filter(canon.did(codes)).select("u").unique()
        total = engine.collect(people.group_by("group").agg(nw.len().alias("n")))
        users = engine.collect(people.join(done, on="u", how="inner").group_by("group").agg(nw.len().alias("users")))
    table = total.merge(users, on="group", how="left").fillna({"users": 0}).astype({"users": "int64", "n": "int64"})
    names = [NO_CHANNEL, *log.channels]
    table["source"] = [names[int(c)] for c in table["group"]]
    table["conversion"], table["low"], table["high"] = wilson(table["users"], table["n"])
    all_users, all_people = int(table["users"].sum()), int(table["n"].sum())
    rows: list[tuple[Any, ...]] = []
    for k, n in zip(table["users"], table["n"]):
        k2, n2 = all_users - k, all_people - n
        if n2 == 0:
            rows.append((np.nan,) * 5)
        else:
            rows.append((k2 / n2, *newcombe((k, n), (k2, n2)), two_proportions(k, n, k2, n2)))
    table[["rest", "difference", "difference_low", "difference_high", "p"]] = np.array(rows, float)
    table["enough"] = table["n"] >= min_n
    table["p_holm"] = holm(table["p"].where(table["enough"]))
    table = table.sort_values(["enough", "conversion", "source"], ascending=[False, False, True], ignore_index=True)
    told = []
    few = table.loc[~table["enough"], "source"].tolist()
    if few:
        told.append(
            say(
                en=f"fewer than {min_n} people came from {', '.join(few[:5])}",
                ru=f"меньше {min_n} человек пришло из: {', '.join(few[:5])}",
            )
        )
    columns = ["source", "users", "n", "conversion", "low", "high", "rest", "difference", "difference_low",
               "difference_high", "p", "p_holm", "enough"]  # fmt: skip
    query = f"sources(success={listed(success if isinstance(success, str) else list(success))}, min_n={min_n})"
    return Sources(table=table[columns], origin=log._origin(query), warnings=tuple(told), min_n=min_n)
