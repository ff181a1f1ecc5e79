"""Planned against actual: how people's paths fit the journey as it was drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.core.journey import Journey, Link
from cjmkit.errors import CjmError, suggest
from cjmkit.events._result import Result, listed
from cjmkit.events._stats import share_estimate
from cjmkit.events._time import span_us
from cjmkit.events.data import LogData
from cjmkit.i18n import number, say
from cjmkit.stats import wilson

__all__ = ["Planned", "planned_vs_actual"]

_KINDS = {
    "next": ("as planned", "по плану"),
    "skip": ("skip", "пропуск"),
    "back": ("back", "возврат"),
    "repeat": ("repeat", "повтор"),
    "loop": ("loop", "петля"),
    "leave": ("left for good", "ушли насовсем"),
}
_UNKNOWN = ("last seen here: left, or still open", "последнее, что видно: ушли или ещё в пути")


@dataclass(frozen=True, eq=False, repr=False)
class Planned(Result):
    """Moves between stages, against the drawn order.

    The table has source, target (empty for leaving), kind (next, skip, back, repeat, loop, leave), users (people who
    made the move at least once), n (people who were at the source), share, low, high (Wilson), count (moves), skipped
    (stages jumped over, joined by ``", "``), planned (whether the map allows it: the next stage, a skip of optional
    stages only, the loop from last to first), open. A row of kind leave counts who left for good by a stated exit, and
    ``open`` who stands there still; without exits (``lost=``) nothing tells them apart, and it counts both. ``fits``
    has moves (per person), planned (of them), users: how many people made how many moves as planned.
    """

    fits: pd.DataFrame = None  # type: ignore[assignment]
    stages: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    exits: bool = False
    _people: Callable[[], pd.DataFrame] = None  # type: ignore[assignment]

    @property
    def fit(self) -> Estimate:
        """Mean share of a person's moves that follow the map, over people who moved at all."""
        moved = self.fits[self.fits["moves"] > 0]
        n = int(moved["users"].sum())
        if n == 0:
            return Estimate(value=None, n=0, reason="nobody moved between stages")
        share = (moved["planned"] / moved["moves"]).to_numpy(float)
        w = moved["users"].to_numpy(float)
        mean = float((share * w).sum() / n)
        if n < 2:
            return Estimate(value=mean, n=n, method="mean")
        from scipy import stats

        error = float(np.sqrt((w * (share - mean) ** 2).sum() / (n - 1) / n) * stats.t.ppf(0.975, n - 1))
        return Estimate(
            value=mean, low=max(0.0, mean - error), high=min(1.0, mean + error), n=n, method="t", percent=True
        )

    def people(self) -> pd.DataFrame:
        """Each person's fit: participant, moves, planned, fit (missing for people who never moved)."""
        return self._people()

    def links(self, *, min_share: float = 0.05, certain: bool = False) -> tuple[Link, ...]:
        """Deviations as links of a journey, commonest first.

        Parameters
        ----------
        min_share : float
            Leave out moves that fewer than this share of the people at the source make.
        certain : bool
            Compare the lower limit of the interval instead of the share.
        """
        column = "low" if certain else "share"
        chosen = self.table[(self.table["kind"] != "next") & (self.table[column] >= min_share)]
        return tuple(
            Link(
                source=row["source"], target=row["target"], kind=row["kind"],
                share=share_estimate(row["users"], row["n"]),
                label=self._called(row["kind"]),
                evidence=(self._evidence_(row["source"], row["target"]),),
            )
            for row in chosen.to_dict("records")
        )  # fmt: skip

    def _called(self, kind: str, lang: str | None = None) -> str:
        en, ru = _KINDS[kind] if kind != "leave" or self.exits else _UNKNOWN
        return say(en=en, ru=ru, lang=lang)

    def summary(self, lang: str | None = None) -> str:
        """How well the map fits, and the commonest deviation."""
        fit = self.fit
        if fit.value is None:
            return say(en="Nobody moved from stage to stage.", ru="Никто не переходил от этапа к этапу.", lang=lang)
        moved = self.fits[self.fits["moves"] > 0]
        exact = int(moved.loc[moved["moves"] == moved["planned"], "users"].sum())
        text = say(
            en=f"{number(fit.value, 0, percent=True, lang=lang)} of a person's moves follow the map on average; "
            f"{exact:,} of {fit.n:,} people follow it all the way",
            ru=f"В среднем {number(fit.value, 0, percent=True, lang=lang)} переходов человека идут по карте; полностью "
            f"следуют ей {exact} из {fit.n} человек",
            lang=lang,
        )
        odd = self.table[~self.table["planned"] & (self.table["kind"] != "leave")]
        if len(odd):
            top = odd.sort_values(["users", "source"], ascending=[False, True]).iloc[0]
            kind = self._called(top["kind"], lang)
            source, target = self.origin.called(top["source"]), self.origin.called(top["target"])
            share = number(top["share"], 0, percent=True, lang=lang)
            text += say(
                en=f"; the commonest deviation is “{source}” → “{target}” ({kind}, {share} of the people at "
                f"“{source}”)",
                ru=f"; самое частое отклонение: «{source}» → «{target}» ({kind}, {share} бывших на «{source}»)",
                lang=lang,
            )
        if self.exits:
            gone = self.table[self.table["kind"] == "leave"]
            text += say(
                en=f"; {int(gone['users'].sum()):,} left for good, {int(gone['open'].sum()):,} are still open",
                ru=f"; ушли насовсем {int(gone['users'].sum())}, ещё в пути {int(gone['open'].sum())}",
                lang=lang,
            )
        return text + "."

    def _evidence_(self, source: str, target: str = "") -> EventFigure:
        for stage in (source, target):
            if stage and stage not in self.stages:
                raise CjmError(suggest(stage, self.stages, what="stage"))
        found = self.table[(self.table["source"] == source) & (self.table["target"] == target)]
        n = (
            int(self.table.loc[self.table["source"] == source, "n"].max())
            if len(found) == 0
            else int(found["n"].iloc[0])
        )
        users = 0 if len(found) == 0 else int(found["users"].iloc[0])
        return self.origin.figure(
            share_estimate(users, n), f"{source!r} → {target!r}" if target else f"leave at {source!r}"
        )


def planned_vs_actual(
    log: LogData, journey: Journey | Sequence[str] | None = None, *, gap: str | pd.Timedelta = "30min",
    lost: str | Sequence[str] | None = None,
) -> Planned:  # fmt: skip
    """Compare the stages that people visited with the stages as drawn.

    Parameters
    ----------
    log : LogData
        A log that knows the stage of its events.
    journey : Journey or sequence of str, optional
        The map, or the ids of its stages in order; the order of ``stages=`` by default.
    gap : str or Timedelta
        A stage that is taken up again after a longer pause, without another stage between, is a repeat.

    lost : str or list of str, optional
        Events by which people leave for good, as for ``funnel``: those who stand at a stage still are then told apart.

    Returns
    -------
    Planned

    Raises
    ------
    CjmError
        If no event belongs to a stage of the journey.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> stages = {"visit": "search", "form": "offer", "paid": "deal"}
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", stage_of=stages)
    >>> log.planned_vs_actual(["search", "offer", "deal"]).table.iloc[:, :4]
       source target   kind  users
    0  search  offer   next      2
    1   offer   deal   next      1
    2   offer         leave      1
    3  search         leave      1
    """
    limit = span_us(gap) or 0
    if isinstance(journey, Journey):
        order = [s.id for s in journey.stages]
        optional = [s.optional for s in journey.stages]
    else:
        order = list(journey) if journey is not None else list(log.stage_order)
        optional = [False] * len(order)
    stage, stages = log._stage_codes(order)
    mapped = set(log.stage_of.values())
    if not mapped & set(order):
        raise CjmError(
            en=f"no event of the log belongs to a stage of the journey: its stages are {', '.join(order)}, those of "
            f"the log "
            f"{', '.join(sorted(mapped))}",
            ru=f"ни одно событие журнала не относится к этапу пути: его этапы {', '.join(order)}, в журнале "
            f"{', '.join(sorted(mapped))}",
        )
    never = tuple(s for s in order if s not in mapped)
    foreign = tuple(s for s in dict.fromkeys(log.stage_of.values()) if s not in order)
    engine = log._canon.engine
    n_stages = len(stages)

    def visits() -> Any:
        rows = log._canon.frame.select("u", "t", "k", e=stage).filter(nw.col("e") > 0)
        rows = rows.with_columns(
            p=nw.col("e").shift(1).over("u", order_by="k").fill_null(0),
            q=nw.col("t").shift(1).over("u", order_by="k").fill_null(0),
        )
        later = (nw.col("p") > 0) & (nw.col("t") - nw.col("q") > limit)
        return rows.filter((nw.col("p") != nw.col("e")) | later).select("u", "k", "e", "p")

    jumps = _allowed(optional)
    allowed: Any = nw.lit(False)
    for a, b in sorted(jumps):
        allowed = allowed | ((nw.col("p") == a + 1) & (nw.col("e") == b + 1))

    def per_person(rows: Any) -> Any:
        step = nw.when(nw.col("p") > 0).then(nw.lit(1)).otherwise(nw.lit(0))
        good = nw.when((nw.col("p") > 0) & allowed).then(nw.lit(1)).otherwise(nw.lit(0))
        return rows.with_columns(moves=step, planned=good).group_by("u").agg(
            nw.col("moves").sum(), nw.col("planned").sum()
        )  # fmt: skip

    with engine.scratch():
        rows = engine.cache(visits())
        pairs = rows.filter(nw.col("p") > 0).group_by("u", "p", "e").agg(nw.len().alias("m"))
        moves = engine.collect(pairs.group_by("p", "e").agg(nw.len().alias("users"), nw.col("m").sum().alias("count")))
        there = engine.collect(rows.select("u", "e").unique().group_by("e").agg(nw.len().alias("n")))
        ends = rows.group_by("u").agg(nw.col("k").max())
        last = rows.select("u", "k", "e").join(ends, on=["u", "k"], how="inner")
        left = engine.collect(last.group_by("e").agg(nw.len().alias("users")))
        went = left
        if lost is not None:
            met = log._canon.frame.filter(log._canon.did(log._codes(lost))).select("u").unique()
            went = engine.collect(last.join(met, on="u", how="inner").group_by("e").agg(nw.len().alias("users")))
        fits = engine.collect(per_person(rows).group_by("moves", "planned").agg(nw.len().alias("users")))
    n_at = dict(zip(there["e"].astype(int), there["n"].astype(int)))
    out = []
    for p, e, users, count in zip(moves["p"], moves["e"], moves["users"], moves["count"]):
        a, b = int(p) - 1, int(e) - 1
        kind = _kind(a, b, n_stages)
        between = ", ".join(stages[a + 1 : b]) if kind == "skip" else ""
        out.append(
            (stages[a], stages[b], kind, int(users), n_at[int(p)], int(count), between, (a, b) in jumps, a, b, 0)
        )
    gone = dict(zip(went["e"].astype(int), went["users"].astype(int)))
    for e, users in zip(left["e"], left["users"]):
        a, by_exit = int(e) - 1, gone.get(int(e), 0)
        if a < n_stages - 1:
            row = (stages[a], "", "leave", by_exit, n_at[int(e)], by_exit, "", False, a, n_stages, int(users) - by_exit)
            out.append(row)
    columns = ["source", "target", "kind", "users", "n", "count", "skipped", "planned", "_a", "_b", "open"]
    table = pd.DataFrame(out, columns=columns)
    table["share"], table["low"], table["high"] = wilson(table["users"], table["n"])
    table = table.sort_values(["share", "_a", "_b"], ascending=[False, True, True], ignore_index=True)
    table = table[
        ["source", "target", "kind", "users", "n", "share", "low", "high", "count", "skipped", "planned", "open"]
    ]
    told = []
    if never:
        told.append(
            say(
                en=f"no event belongs to {', '.join(never)}: the log cannot show who was there",
                ru=f"нет событий для этапов: {', '.join(never)}; журнал не показывает, кто там был",
            )
        )
    if foreign:
        told.append(
            say(
                en=f"the journey has no stage {', '.join(foreign)}; its events were passed over",
                ru=f"в карте нет этапов: {', '.join(foreign)}; их события не учтены",
            )
        )

    def people() -> pd.DataFrame:
        found = engine.collect(per_person(visits())).sort_values("u", ignore_index=True)
        found = found.rename(columns={"u": "participant"})[["participant", "moves", "planned"]]
        return found.assign(fit=(found["planned"] / found["moves"]).where(found["moves"] > 0))

    exits = f", lost={listed(lost)}" if lost is not None else ""
    fits = fits.sort_values(["moves", "planned"], ignore_index=True)[["moves", "planned", "users"]].astype("int64")
    return Planned(
        table=table, origin=log._origin(f"planned_vs_actual({order}, gap={str(gap)!r}{exits})"), warnings=tuple(told),
        fits=fits, stages=tuple(stages), never=never, exits=lost is not None, _people=people,
    )  # fmt: skip


def _allowed(optional: Sequence[bool]) -> set[tuple[int, int]]:
    """Moves that the map allows: to the next stage, past optional ones, and from the last to the first."""
    n = len(optional)
    out = {(a, b) for a in range(n) for b in range(a + 1, n) if all(optional[a + 1 : b])}
    if n > 1:
        out.add((n - 1, 0))
    return out


def _kind(a: int, b: int, n: int) -> str:
    if a == b:
        return "repeat"
    if b == a + 1:
        return "next"
    if a == n - 1 and b == 0:
        return "loop"
    return "skip" if b > a else "back"
