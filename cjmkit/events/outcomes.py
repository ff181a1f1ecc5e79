"""Outcomes: who succeeded, who left by a stated exit, and who is still open when the log ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.core.result import pick
from cjmkit.core.words import row_title
from cjmkit.errors import CjmError
from cjmkit.events._groups import group_names, join_groups
from cjmkit.events._result import Result, listed
from cjmkit.events._stats import timedeltas
from cjmkit.events._time import moment_us, span_us
from cjmkit.events.data import By, LogData
from cjmkit.events.survival import aalen_johansen
from cjmkit.i18n import number, say
from cjmkit.i18n import people as people_words

__all__ = ["Outcomes", "outcomes"]

Kinds = str | Sequence[str] | Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, eq=False, repr=False)
class Outcomes(Result):
    """How people's journeys ended, and how many have not ended yet.

    The table has group (where asked for), outcome, kind (success, lost, silent, open), people, n (people who started),
    naive (people / n), incidence (share who will have met the outcome by the longest time watched, Aalen-Johansen),
    low, high (95 %), median_time (from the start, of those who met it). ``incidence`` has group, outcome, time,
    incidence, low, high, at_risk, met: a row for each time at which somebody's journey ended. Open journeys are
    censored, not lost.
    """

    incidence: pd.DataFrame = None  # type: ignore[assignment]
    by: tuple[str, ...] = ()
    _fetch: Callable[[], pd.DataFrame] = None  # type: ignore[assignment]

    _key = ("outcome",)

    def people(self) -> pd.DataFrame:
        """Each person: participant, outcome (empty while open), kind, start, time (until the outcome or the end)."""
        return self._fetch()

    def at(self, time: str | pd.Timedelta) -> pd.DataFrame:
        """Cumulative incidence by a time since the start: (group), outcome, incidence, low, high, at_risk."""
        limit = pd.Timedelta(time)
        keys = [*self.by, "outcome"]
        known = self.incidence[self.incidence["time"] <= limit]
        out = known.groupby(keys, sort=False, as_index=False).last()
        return out[[*keys, "incidence", "low", "high", "at_risk"]]

    def summary(self, lang: str | None = None) -> str:
        """How many ended how, and how many are open."""
        whole: Any = self.table.groupby(["outcome", "kind"], sort=False, as_index=False)["people"].sum()
        n, called = int(whole["people"].sum()), self.origin.called
        parts = [
            f"“{row_title(called(r['outcome']), lang)}” {int(r['people']):,}"
            if say(en="en", ru="ru", lang=lang) == "en"
            else f"«{row_title(called(r['outcome']), lang)}»: {number(int(r['people']), 0, lang=lang)}"
            for r in whole.to_dict("records")
            if r["kind"] != "open"
        ]
        still = int(whole.loc[whole["kind"] == "open", "people"].sum())
        share = number(still / n if n else None, 0, percent=True, lang=lang)
        return say(
            en=f"Of {people_words(n, 'en')}: {', '.join(parts)}; {still:,} ({share}) are still open at the end of "
            f"the log.",
            ru=f"{people_words(n, 'ru')}: {', '.join(parts)}; к концу журнала не завершены: "
            f"{number(still, 0, lang=lang)} ({share}).",
            lang=lang,
        )

    def estimate(self, *names: Any, **which: Any) -> Estimate:
        """Cumulative incidence of one outcome at the end of the watch, as an Estimate."""
        row = pick(self.table, dict(zip(self._key, names, strict=False)) | which, key=(*self.by, "outcome"))
        return Estimate(
            value=row["incidence"], low=row["low"], high=row["high"], n=int(row["n"]), method="Aalen-Johansen",
            percent=True,
        )  # fmt: skip

    def _evidence_(self, *names: Any, **which: Any) -> EventFigure:
        said = ", ".join([*map(repr, names), *(f"{k}={v!r}" for k, v in which.items())])
        return self.origin.figure(self.estimate(*names, **which), f"cumulative incidence of {said}")


def outcomes(
    log: LogData,
    success: Kinds,
    lost: Kinds | None = None,
    *,
    start: str | Sequence[str] | None = None,
    by: By = None,
    open_after: str | pd.Timedelta | None = None,
    at: str | pd.Timestamp | None = None,
) -> Outcomes:
    """Follow each person from the start to the first outcome, or to the end of the log.

    Parameters
    ----------
    log : LogData
        The log.
    success, lost : str, list of str, or mapping of a name to events
        Events that end a journey well, and stated exits (declined, cancelled, refunded, unsubscribed). Events of a list
        are one success, and each a loss of its own; a mapping names them.
    start : str or list of str, optional
        The event from which time runs; a person's first event by default.
    by : groups, optional
        As for ``funnel``.
    open_after : str or Timedelta, optional
        People who were silent for so long count as gone ("silent"), from that moment on. By default silence proves
        nothing, and they are open.
    at : str or Timestamp, optional
        The moment at which to look; the end of the log by default.

    Returns
    -------
    Outcomes

    Raises
    ------
    CjmError
        If an event is unknown to the log, or stands for two outcomes.

    Notes
    -----
    The share of closed cases that succeeded favours what goes fast; the share of all cases counts the young ones as
    failures. The Aalen-Johansen estimate does neither: people who are open count for as long as they were watched.

    Examples
    --------
    >>> log = LogData(
    ...     pd.DataFrame(
    ...         {
    ...             "who": list("aabbc"),
    ...             "when": pd.to_datetime(["2026-03-01", "2026-03-03", "2026-03-01", "2026-03-02", "2026-03-03"]),
    ...             "what": ["apply", "approved", "apply", "declined", "apply"],
    ...         }
    ...     ),
    ...     user="who",
    ...     time="when",
    ...     event="what",
    ... )
    >>> outcomes(log, "approved", lost="declined").table[["outcome", "people", "n", "incidence"]].round(2)
        outcome  people  n  incidence
    0  approved       1  3        0.5
    1  declined       1  3        0.5
    2    (open)       1  3        NaN
    """
    kinds = _kinds(log, success, lost)
    limit, moment = span_us(open_after), moment_us(log, at)
    if limit is not None:
        kinds = [*kinds, ("(silent)", "silent", [])]
    engine = log._canon.engine
    first = log._codes(start) if start is not None else None
    ended, grouping, left_out = _ended(log, kinds, first, by, moment, limit)
    with engine.scratch():
        found = engine.collect(
            ended.with_columns(s=nw.col("d") // 1_000_000).group_by(*grouping, "o", "s").agg(nw.len().alias("w"))
        )
    found = group_names(log, found, grouping)
    tables, curves = [], []
    for key, part in _parts(found, grouping):
        table, curve = _summed(part, kinds)
        tables.append(table.assign(**key)[[*key, *table.columns]])
        curves.append(curve.assign(**key)[[*key, *curve.columns]])
    query = f"outcomes(success={listed(success)}, lost={listed(lost)}" + "".join(
        f", {k}={listed(v)}"
        for k, v in (("start", start), ("by", by), ("open_after", open_after), ("at", at))
        if v is not None
    )

    def fetch() -> pd.DataFrame:
        rows = engine.collect(_ended(log, kinds, first, None, moment, limit)[0]).sort_values("u", ignore_index=True)
        o = rows["o"].to_numpy(int)
        return pd.DataFrame(
            {
                "participant": rows["u"].to_numpy(),
                "outcome": [kinds[i - 1][0] if i else "" for i in o],
                "kind": [kinds[i - 1][1] if i else "open" for i in o],
                "start": [log._when(t) for t in rows["t0"]],
                "time": timedeltas(rows["d"]),
            }
        )

    return Outcomes(
        table=pd.concat(tables, ignore_index=True), origin=log._origin(query + ")"),
        warnings=_told(found, kinds, left_out), incidence=pd.concat(curves, ignore_index=True), by=tuple(grouping),
        _fetch=fetch,
    )  # fmt: skip


def _kinds(log: LogData, success: Kinds, lost: Kinds | None) -> list[tuple[str, str, list[int]]]:
    """Name, kind and codes of each outcome."""
    out: list[tuple[str, str, list[int]]] = []
    if isinstance(success, Mapping):
        out += [(str(k), "success", log._codes(v)) for k, v in success.items()]
    else:
        out.append((success if isinstance(success, str) else " / ".join(success), "success", log._codes(success)))
    if isinstance(lost, Mapping):
        out += [(str(k), "lost", log._codes(v)) for k, v in lost.items()]
    elif lost is not None:
        out += [(e, "lost", log._codes(e)) for e in ([lost] if isinstance(lost, str) else lost)]
    seen: dict[int, str] = {}
    for name, _, codes in out:
        for code in codes:
            if code in seen:
                raise CjmError(
                    en=f"the event {log.events[code - 1]!r} stands for two outcomes, {seen[code]!r} and {name!r}; an "
                    "event ends a journey in one way",
                    ru=f"событие {log.events[code - 1]!r} стоит за два исхода, {seen[code]!r} и {name!r}; событие "
                    f"кончает путь одним способом",
                )
            seen[code] = name
    return out


def _ended(
    log: LogData, kinds: list[tuple[str, str, list[int]]], first: list[int] | None, by: By, moment: int,
    limit: int | None,
) -> tuple[Any, list[str], int]:  # fmt: skip
    """Each person (u, groups, t0, o the outcome or 0, d the µs until it or until the moment)."""
    canon, engine = log._canon, log._canon.engine
    rows = canon.frame.filter(nw.col("t") <= moment)
    began = rows if first is None else rows.filter(canon.did(first))
    began = began.group_by("u").agg(nw.col("k").min().alias("k0"), nw.col("t").min().alias("t0"))
    code: Any = nw.lit(0)
    for i, (_, _, codes) in enumerate(kinds, 1):
        if codes:
            code = nw.when(nw.col("e").is_in(codes)).then(nw.lit(i)).otherwise(code)
    ends = rows.filter(canon.did(sorted({c for _, _, codes in kinds for c in codes}))).select("u", "k", "t", o=code)
    ends = ends.join(began, on="u", how="inner").filter(nw.col("k") >= nw.col("k0"))
    firsts = ends.group_by("u").agg(nw.col("k").min())
    ends = ends.join(firsts, on=["u", "k"], how="inner").select("u", "t0", "o", d=nw.col("t") - nw.col("t0"), tl="t")
    if first is None and limit is None:
        last = began.select("u", "t0", o=nw.lit(0), d=nw.lit(0), tl="t0")
    else:
        lasts = rows.group_by("u").agg(nw.col("t").max().alias("tl"))
        last = began.join(lasts, on="u", how="inner").select("u", "t0", o=nw.lit(0), d=nw.lit(0), tl="tl")
    # A union and a maximum instead of an outer join, whose missing values differ between engines.
    wide = [part.select("u", "t0", "tl", *[nw.col(c).cast(nw.Int64) for c in ("o", "d")]) for part in (ends, last)]
    people = engine.union(wide).group_by("u").agg([nw.col(c).max() for c in ("t0", "o", "d", "tl")])
    still = nw.col("o") == 0
    people = people.with_columns(d=nw.when(still).then(moment - nw.col("t0")).otherwise(nw.col("d")))
    if limit is not None:
        gone = still & (moment - nw.col("tl") > limit)
        people = people.with_columns(
            o=nw.when(gone).then(nw.lit(len(kinds))).otherwise(nw.col("o")),
            d=nw.when(gone).then(nw.col("tl") + limit - nw.col("t0")).otherwise(nw.col("d")),
        )
    people = people.select("u", "t0", "o", "d")
    return join_groups(log, people, began.select("u", k="k0"), by)


def _parts(found: pd.DataFrame, grouping: list[str]) -> list[tuple[dict[str, str], pd.DataFrame]]:
    if not grouping:
        return [({}, found)]
    return [(dict(zip(grouping, map(str, k))), part) for k, part in found.groupby(grouping, sort=True)]


def _summed(part: pd.DataFrame, kinds: list[tuple[str, str, list[int]]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table and the curves of one group."""
    curve = aalen_johansen(part["s"], part["o"], part["w"])
    names = [name for name, _, _ in kinds]
    n = int(part["w"].sum())
    rows = []
    for i, (name, kind, _) in enumerate(kinds, 1):
        met = part[part["o"] == i].sort_values("s")
        count = int(met["w"].sum())
        end = curve[curve["code"] == i].tail(1)
        value, low, high = (float(end[c].iloc[0]) for c in ("incidence", "low", "high")) if len(end) else (0.0,
            0.0, np.nan)  # fmt: skip
        middle = np.nan
        if count:
            middle = float(met["s"].to_numpy()[np.searchsorted(met["w"].cumsum(), (count + 1) // 2)]) * 1e6
        rows.append((name, kind, count, n, count / n, value, low, high, middle))
    still = int(part.loc[part["o"] == 0, "w"].sum())
    rows.append(("(open)", "open", still, n, still / n, np.nan, np.nan, np.nan, np.nan))
    columns = ["outcome", "kind", "people", "n", "naive", "incidence", "low", "high", "median_time"]
    table = pd.DataFrame(rows, columns=columns)
    table["median_time"] = timedeltas(table["median_time"])
    curve.insert(0, "outcome", [names[c - 1] for c in curve.pop("code")])
    curve["time"] = pd.to_timedelta(curve["time"].astype(float), unit="s")
    return table, curve


def _told(found: pd.DataFrame, kinds: list[tuple[str, str, list[int]]], left_out: int) -> tuple[str, ...]:
    told = []
    if not (found["o"] == 0).any():
        told.append(
            say(
                en="everybody met an outcome: nobody is open, and the shares are plain shares",
                ru="исход известен у всех: открытых нет, и доли это простые доли",
            )
        )
    if not any(kind == "lost" for _, kind, _ in kinds):
        told.append(
            say(
                en="no exit was named (lost=): whoever left in silence counts as open",
                ru="ни один выход не назван (lost=): ушедшие молча считаются открытыми",
            )
        )
    if left_out:
        told.append(
            say(en=f"{left_out:,} people without a label were left out", ru=f"без метки, не учтены: {left_out}")
        )
    return tuple(told)
