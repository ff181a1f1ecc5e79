"""Paths: the ways that most people take, and what they do at each step from the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.events._result import Result
from cjmkit.events._stats import share_estimate, timedeltas
from cjmkit.events.data import LogData
from cjmkit.events.transitions import stage_rows
from cjmkit.i18n import number, say
from cjmkit.stats import wilson

__all__ = ["Paths", "StepMatrix", "paths", "step_matrix"]

ARROW = " → "
_P1, _P2 = 2147483647, 2147483629  # the largest primes below 2**31


@dataclass(frozen=True, eq=False, repr=False)
class Paths(Result):
    """The commonest paths.

    The table has path (events joined by ``" → "``), steps (how many), users, n (people in the log), share, low, high
    (Wilson), median_time (from first to last event of the path). ``variants`` is the number of different paths, and
    ``events`` maps each path of the table to the tuple of its events.
    """

    variants: int = 0
    unit: str = "event"
    _times: Callable[[], pd.DataFrame] = None  # type: ignore[assignment]

    def times(self) -> pd.DataFrame:
        """When people of each path are where: path, place (from 1), event, time (median since their start)."""
        return self._times()

    @property
    def events(self) -> list[tuple[str, ...]]:
        """Each path of the table as a tuple."""
        return [tuple(p.split(ARROW)) for p in self.table["path"]]

    def summary(self, lang: str | None = None) -> str:
        """How different people's paths are."""
        if self.table.empty:
            return say(en="There are no paths.", ru="Путей нет.", lang=lang)
        top = self.table.iloc[0]
        n = int(top["n"])
        share = number(self.table["users"].sum() / n, 0, percent=True, lang=lang)
        first, way = number(top["share"], 1, percent=True, lang=lang), self.origin.called(top["path"])
        return say(
            en=f"{n:,} people took {self.variants:,} different paths; the commonest, “{way}”, was taken by "
            f"{int(top['users']):,} ({first}), the {len(self.table)} shown by {share} of all.",
            ru=f"Людей: {number(n, 0, lang=lang)}, разных путей: {number(self.variants, 0, lang=lang)}; самым частым, "
            f"«{way}», прошли {number(int(top['users']), 0, lang=lang)} "
            f"({first}), показанными ({len(self.table)}): {share} всех.",
            lang=lang,
        )

    def _evidence_(self, path: str | int = 0) -> EventFigure:
        if isinstance(path, str) and path not in set(self.table["path"]):
            raise CjmError(suggest(path, self.table["path"], what="path"))
        i = list(self.table["path"]).index(path) if isinstance(path, str) else path
        row = self.table.iloc[i]
        return self.origin.figure(share_estimate(row["users"], row["n"]), f"path {row['path']!r}")


@dataclass(frozen=True, eq=False, repr=False)
class StepMatrix(Result):
    """What people do at their first, second, third … step.

    The table has step (from 1), event (or stage), users, n (people in the log), share, low, high (Wilson).
    ``"(ended)"`` counts people whose path was over before the step.
    """

    ended: str = "(ended)"

    def matrix(self, values: str = "share") -> pd.DataFrame:
        """Events are rows, steps are columns."""
        if values not in self.table:
            raise CjmError(suggest(values, self.table.columns, what="column"))
        out = self.table.pivot(index="event", columns="step", values=values).fillna(0)
        order = [
            e for e in self.table.groupby("event")["users"].sum().sort_values(ascending=False).index if e != self.ended
        ]
        return out.loc[[*order, *([self.ended] if self.ended in out.index else [])]]

    def summary(self, lang: str | None = None) -> str:
        """What most people begin with, and how long they go on."""
        known = self.table[self.table["event"] != self.ended]
        top = known[known["step"] == 1].sort_values("users", ascending=False).iloc[0]
        last = int(self.table["step"].max())
        at_end = self.table[(self.table["step"] == last) & (self.table["event"] == self.ended)]
        over = float(at_end["share"].iloc[0]) if len(at_end) else 0.0
        begin = self.origin.called(top["event"])
        return say(
            en=f"{number(top['share'], 0, percent=True, lang=lang)} of {int(top['n']):,} people begin with “{begin}”; "
            f"by step {last} {number(over, 0, percent=True, lang=lang)} of the paths are over.",
            ru=f"{number(top['share'], 0, percent=True, lang=lang)} из {number(int(top['n']), 0, lang=lang)} человек "
            f"начинают с «{begin}»; "
            f"к шагу {last} закончено {number(over, 0, percent=True, lang=lang)} путей.",
            lang=lang,
        )

    def _evidence_(self, event: str, step: int = 1) -> EventFigure:
        found = self.table[(self.table["event"] == event) & (self.table["step"] == step)]
        if found.empty:
            raise CjmError(
                suggest(event, self.table.loc[self.table["step"] == step, "event"], what=f"event at step {step}")
            )
        row = found.iloc[0]
        return self.origin.figure(share_estimate(row["users"], row["n"]), f"event {event!r} at step {step}")


def _rows(log: LogData, unit: str, fold: str | None) -> tuple[Any, list[str], bool]:
    """Rows u, t, k, e of the paths, the names of the codes, and whether places are already known."""
    if unit not in ("event", "stage"):
        raise CjmError(suggest(unit, ["event", "stage"], what="kind of path"))
    if fold not in (None, "repeats", "loops"):
        raise CjmError(suggest(fold, ["repeats", "loops"], what="way to fold"))
    if unit == "stage":
        rows, names = stage_rows(log)
        ready = False
    else:
        canon = log._canon
        names = list(canon.events)
        if fold is None:
            return canon.with_place(), names, True
        rows = canon.with_before().filter(nw.col("p") != nw.col("e"))
        ready = False
    if fold == "loops":
        rows = rows.select("u", "t", "k", "e").with_columns(
            **{f"p{i}": nw.col("e").shift(i).over("u", order_by="k").fill_null(0) for i in (1, 2, 3)}
        )
        again = (nw.col("e") == nw.col("p2")) & (nw.col("p1") == nw.col("p3"))
        rows = rows.filter(~again)
    return rows.select("u", "t", "k", "e"), names, ready


def _placed(rows: Any, ready: bool) -> Any:
    return rows if ready else rows.with_columns(n=nw.col("k").rank("ordinal").over("u"))


def paths(
    log: LogData,
    unit: Literal["event", "stage"] = "event",
    *,
    n: int = 20,
    steps: int | None = None,
    fold: Literal["repeats", "loops"] | None = "repeats",
) -> Paths:
    """Count the different paths.

    Parameters
    ----------
    log : LogData
        The log.
    unit : {"event", "stage"}
        Paths of events, or of visits of stages.
    n : int
        How many of the commonest to show.
    steps : int, optional
        Look at the first steps only; the whole path by default.
    fold : {"repeats", "loops"} or None
        ``"repeats"`` makes one of an event that follows itself; ``"loops"`` also makes one round of two events that
        alternate
        (A B A B A is A B A); None leaves paths as they are. Visits of stages never repeat.

    Returns
    -------
    Paths

    Notes
    -----
    Whole paths are compared without writing them out: a person's path becomes two sums over its steps of a polynomial
    of event and place modulo two primes of 31 bits, computed where the log is; then one person of each of the commonest
    paths is looked up.
    Two different paths agree in both sums and in length with a chance of about 2⁻⁶⁰.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> log.paths().table[["path", "users", "n"]]
                      path  users  n
    0                visit      1  3
    1         visit → form      1  3
    2  visit → form → paid      1  3
    """
    if n < 1 or (steps is not None and steps < 1):
        raise CjmError(en="n= and steps= are at least 1", ru="n= и steps= не меньше 1")
    canon, engine = log._canon, log._canon.engine
    with engine.scratch():
        rows, names, ready = _rows(log, unit, fold)
        placed = _placed(rows, ready).select("u", "t", "n", "e")
        if steps is not None:
            placed = placed.filter(nw.col("n") <= steps)
        placed = placed if canon.ready and ready else engine.cache(placed) if canon.n_rows <= 2_000_000 else placed
        people = _hashed(placed).group_by("u").agg(
            nw.col("h1").sum(), nw.col("h2").sum(), nw.len().alias("steps"), nw.col("t").min().alias("t0"),
            nw.col("t").max().alias("t1"),
        )  # fmt: skip
        people = engine.cache(people.with_columns(d=nw.col("t1") - nw.col("t0")))
        kinds = people.group_by("h1", "h2", "steps").agg(
            nw.len().alias("users"), nw.col("u").min().alias("one"), nw.col("d").median().alias("wait")
        )
        kinds = engine.cache(kinds)
        variants = int(engine.collect(kinds.select(nw.len().alias("n")))["n"].iloc[0])
        best = engine.collect(kinds.sort("users", "steps", "h1", "h2", descending=[True, False, False, False]).head(n))
        ones = engine.upload(pd.DataFrame({"u": best["one"].to_numpy()}).drop_duplicates())
        taken = engine.collect(placed.select("u", "n", "e").join(ones, on="u", how="inner"))
    total = log.n_people
    walked = {
        u: ARROW.join(names[int(e) - 1] for e in part.sort_values("n")["e"])
        for u, part in taken.groupby("u", sort=False)
    }
    share, low, high = wilson(best["users"], total)
    table = pd.DataFrame(
        {
            "path": [walked[u] for u in best["one"]],
            "steps": best["steps"].to_numpy("int64"),
            "users": best["users"].to_numpy("int64"),
            "n": total,
            "share": share,
            "low": low,
            "high": high,
            "median_time": timedeltas(best["wait"]),
        }
    )

    def times() -> pd.DataFrame:
        wanted = best[["h1", "h2", "steps"]].assign(i=range(len(best)))
        with engine.scratch():
            rows, _, ready = _rows(log, unit, fold)
            placed = _placed(rows, ready).select("u", "t", "n", "e")
            placed = engine.cache(placed if steps is None else placed.filter(nw.col("n") <= steps))
            people = (
                _hashed(placed)
                .group_by("u")
                .agg(nw.col("h1").sum(), nw.col("h2").sum(), nw.len().alias("steps"), nw.col("t").min().alias("t0"))
            )
            people = people.with_columns(*(nw.col(c).cast(nw.Int64) for c in ("h1", "h2", "steps")))
            people = people.join(engine.upload(wanted.astype("int64")), on=["h1", "h2", "steps"], how="inner")
            met = placed.join(people.select("u", "i", "t0"), on="u", how="inner")
            met = met.with_columns(d=nw.col("t") - nw.col("t0")).group_by("i", "n").agg(nw.col("d").median())
            found = engine.collect(met).sort_values(["i", "n"], ignore_index=True)
        out = pd.DataFrame({"path": [table["path"][int(i)] for i in found["i"]], "place": found["n"].astype("int64")})
        out["event"] = [p.split(ARROW)[n - 1] for p, n in zip(out["path"], out["place"])]
        out["time"] = timedeltas(found["d"])
        return out

    query = f"paths({unit!r}, n={n}, steps={steps}, fold={fold!r})"
    return Paths(table=table, origin=log._origin(query), variants=variants, unit=unit, _times=times)


def _hashed(placed: Any) -> Any:
    """Rows with two residues of (event, place), mixed so that sums of different paths do not agree by algebra.

    Products stay below 2**62, so that no engine overflows.
    """
    # 64 bits, said aloud: codes are 32 bits wide on some engines, and products would overflow, in silence on some.
    out = placed.with_columns(nw.col("e").cast(nw.Int64), nw.col("n").cast(nw.Int64))
    for name, prime, a, b in (("h1", _P1, 48271, 16807), ("h2", _P2, 69621, 39373)):
        # (event and place) → x → x² + place → squared → times x: of degree 5 in both, without a common factor.
        x = (nw.col("e") * a + nw.col("n") * b + 12345) % prime
        out = out.with_columns(**{name: x})
        out = out.with_columns(_x=(nw.col(name) * nw.col(name) + nw.col("n")) % prime)
        out = out.with_columns(_x=(nw.col("_x") * nw.col("_x") + nw.col("e")) % prime)
        out = out.with_columns(**{name: (nw.col("_x") * nw.col(name)) % prime})
    return out.drop("_x")


def step_matrix(log: LogData, unit: Literal["event", "stage"] = "event", *, steps: int = 10,
                fold: Literal["repeats", "loops"] | None = None) -> StepMatrix:  # fmt: skip
    """Count what people do at each step from their start.

    Parameters
    ----------
    log : LogData
        The log.
    unit : {"event", "stage"}
        Events, or visits of stages.
    steps : int
        How many steps.
    fold : {"repeats", "loops"} or None
        As for ``paths``.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> log.step_matrix(steps=3).matrix().round(2)
    step       1     2     3
    event
    visit    1.0  0.00  0.00
    form     0.0  0.67  0.00
    paid     0.0  0.00  0.33
    (ended)  0.0  0.33  0.67
    """
    if steps < 1:
        raise CjmError(en="steps= is at least 1", ru="steps= не меньше 1")
    engine = log._canon.engine
    rows, names, ready = _rows(log, unit, fold)
    placed = _placed(rows, ready).filter(nw.col("n") <= steps)
    found = engine.collect(placed.group_by("n", "e").agg(nw.len().alias("users")))
    ended = "(ended)"
    total = log.n_people
    rows_out = [(int(n), names[int(e) - 1], int(u)) for n, e, u in zip(found["n"], found["e"], found["users"])]
    for step in range(1, steps + 1):
        over = total - sum(u for n, _, u in rows_out if n == step)
        if over:
            rows_out.append((step, ended, over))
    table = pd.DataFrame(rows_out, columns=["step", "event", "users"])
    table["n"] = total
    table["share"], table["low"], table["high"] = wilson(table["users"], table["n"])
    table["_end"] = table["event"] == ended
    table = table.sort_values(
        ["step", "_end", "users", "event"], ascending=[True, True, False, True], ignore_index=True
    )
    return StepMatrix(
        table=table.drop(columns="_end"),
        origin=log._origin(f"step_matrix({unit!r}, steps={steps}, fold={fold!r})"),
        ended=ended,
    )
