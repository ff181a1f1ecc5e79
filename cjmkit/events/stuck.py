"""Stuck: people who reached a step and did not go on within the time in which people usually do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.events._groups import attach_groups, no_channel
from cjmkit.events._result import Result, duration, listed
from cjmkit.events._stats import share_estimate, timedeltas, wilson
from cjmkit.events.data import LogData
from cjmkit.i18n import count, number, say

__all__ = ["Stuck", "kaplan_meier", "stuck"]


@dataclass(frozen=True, eq=False, repr=False)
class Stuck(Result):
    """Who is stuck at which step, since when.

    The table has step, next_step, stage, channel (of the event that reached the step), persona, size (people),
    median_wait (until the end of the log), usual_time (of the step), n (people of this channel and persona who
    reached the step), share, low, high (Wilson). ``steps`` has one row per step: step, next_step, n (reached it),
    went_on, usual_time, stuck, waiting
    (reached it but still within the usual time), share, low, high. ``curves`` has step, time, remaining (share who have
    not gone on, Kaplan–Meier), low, high, at_risk.
    """

    steps: pd.DataFrame = None  # type: ignore[assignment]
    curves: pd.DataFrame = None  # type: ignore[assignment]
    within: float = 0.9
    _fetch: Callable[[], pd.DataFrame] = None  # type: ignore[assignment]

    def summary(self, lang: str | None = None) -> str:
        """Where most people are stuck."""
        if self.table.empty:
            return say(en="Nobody is stuck at any step.", ru="Ни на одном шаге никто не застрял.", lang=lang)
        worst = self.steps.sort_values("stuck", ascending=False).iloc[0]
        total = count(int(self.steps["stuck"].sum()), en=("person is", "people are"),
                      ru=("человек", "человека", "человек"), lang=lang)  # fmt: skip
        usual = duration(worst["usual_time"], lang)
        share = number(worst["share"], 0, percent=True, lang=lang)
        often = number(self.within, 0, percent=True, lang=lang)
        return say(
            en=f"{total} stuck, most of them ({int(worst['stuck']):,}, {share} of those who got there) after "
            f"“{worst['step']}”"
            + (
                f", where {often} of those who go on do so within {usual}."
                if usual != "—"
                else ", where nobody goes on."
            ),
            ru=f"Застряли: {total}; больше всего после шага «{worst['step']}» ({int(worst['stuck'])}, {share} дошедших)"
            + (
                f"; {often} тех, кто идёт дальше, делают это за {usual.removesuffix('.')}."
                if usual != "—"
                else "; дальше не идёт никто."
            ),
            lang=lang,
        )

    def people(
        self, step: str | None = None, *, channel: str | None = None, persona: str | None = None
    ) -> pd.DataFrame:
        """Each person who is stuck: user, step, channel, persona, since, wait."""
        for value, column in ((step, "step"), (channel, "channel"), (persona, "persona")):
            known = list(dict.fromkeys(self.steps["step"] if column == "step" else self.table[column]))
            if value is not None and value not in known:
                raise CjmError(suggest(value, known, what=column))
        out = self._fetch()
        for value, column in ((step, "step"), (channel, "channel"), (persona, "persona")):
            if value is not None:
                out = out[out[column] == value]
        return out.reset_index(drop=True)

    def ids(self, step: str | None = None, *, channel: str | None = None, persona: str | None = None) -> pd.Series:
        """Ids of the people who are stuck, for a mailing or a list of calls."""
        return self.people(step, channel=channel, persona=persona)["user"]

    def _evidence_(self, step: str) -> EventFigure:
        if step not in set(self.steps["step"]):
            raise CjmError(suggest(step, self.steps["step"], what="step"))
        row = self.steps[self.steps["step"] == step].iloc[0]
        estimate: Estimate = share_estimate(row["stuck"], row["n"])
        return self.origin.figure(estimate, f"stuck after {step!r}")


def kaplan_meier(times: Any, moved: Any, weights: Any = None) -> pd.DataFrame:
    """Share of people who have not gone on by each time, where some are still being watched.

    Parameters
    ----------
    times, moved, weights : array-like
        How long each person has been at the step; whether they then went on (True) or are still there (False); how many
        people each row stands for.

    Returns
    -------
    pandas.DataFrame
        time, remaining, low, high, at_risk, moved; one row per time at which somebody went on.

    Notes
    -----
    Kaplan and Meier (1958); interval by Greenwood's variance on the log(−log) scale, 95 %.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True])[["time", "remaining", "at_risk"]]
       time  remaining  at_risk
    0   1.0       0.75        4
    1   2.0       0.50        3
    2   3.0       0.00        1
    """
    rows = pd.DataFrame({"time": np.asarray(times, float), "moved": np.asarray(moved, bool)})
    rows["w"] = 1 if weights is None else np.asarray(weights, "int64")
    at = rows.assign(d=rows["w"] * rows["moved"]).groupby("time")[["w", "d"]].sum().sort_index()
    risk = at["w"].sum() - at["w"].cumsum().shift(1, fill_value=0)
    d = at["d"].to_numpy(float)
    r = risk.to_numpy(float)
    remaining = np.cumprod(1 - d / r)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(np.where(r > d, d / (r * (r - d)), 0.0))
        spread = 1.959963984540054 * np.sqrt(variance) / np.log(remaining)
        low, high = remaining ** np.exp(-spread), remaining ** np.exp(spread)
    inside = (remaining > 0) & (remaining < 1)
    out = pd.DataFrame(
        {
            "time": at.index.to_numpy(float),
            "remaining": remaining,
            "low": np.where(inside, np.minimum(low, high), np.where(remaining >= 1, 1.0, 0.0)),
            "high": np.where(inside, np.maximum(low, high), np.where(remaining >= 1, 1.0, np.nan)),
            "at_risk": risk.to_numpy("int64"),
            "moved": at["d"].to_numpy("int64"),
        }
    )
    return out[out["moved"] > 0].reset_index(drop=True)


def stuck(
    log: LogData,
    steps: Sequence[str | Sequence[str]],
    *,
    by: Any = "channel",
    persona: pd.Series | Mapping[Any, str] | None = None,
    within: float = 0.9,
    at: str | pd.Timestamp | None = None,
) -> Stuck:
    """Find the people who stopped on the way.

    Parameters
    ----------
    log : LogData
        The log.
    steps : sequence of str or of lists of str
        The funnel, as for ``funnel``.
    by : "channel", "first_source", labels or None
        How audiences are split: the channel of the event that reached the step (where the log has channels), the
        first source, or labels of people. A Series whose name is ``persona`` fills the persona column.
    persona : labels, optional
        Persona of each person.
    within : float
        A person is stuck when they have waited longer than it took this share of those who ever go on.
    at : str or Timestamp, optional
        The moment at which to look; the end of the log by default.

    Returns
    -------
    Stuck

    Notes
    -----
    The usual time of a step comes from the Kaplan–Meier curve of the wait for the next one, in which people who
    arrived lately count for as long as they have been watched: the smallest t with F(t) ≥ `within` · F(∞), F = 1 − S.
    A fixed cut would call late arrivals stuck, and a plain quantile of completed waits would be too short.
    """
    from cjmkit.events.funnel import step_name

    if isinstance(steps, str) or len(steps) < 2:
        raise CjmError(f"a funnel needs at least two steps in order; {steps!r} came")
    if not 0 < within < 1:
        raise CjmError(f"within= is a share between 0 and 1; {within!r} came")
    codes = [log._codes(s) for s in steps]
    names = [step_name(s) for s in steps]
    names = [n if names.count(n) == 1 else f"{n} ({names[: i + 1].count(n)})" for i, n in enumerate(names)]
    moment = log._canon.t_max
    if at is not None:
        stamp = pd.Timestamp(at)
        stamp = stamp.tz_localize(log.tz or "UTC") if stamp.tzinfo is None else stamp
        moment = int(stamp.value) // 1000  # .value is in ns, whatever the unit
    if isinstance(by, pd.Series) and by.name == "persona" and persona is None:
        by, persona = None, by
    if isinstance(by, str) and by == "channel" and not log._canon.has_channel:
        by = None
    # The channel of the step's own event is read where the person stands; other groupings belong to the person.
    own = isinstance(by, str) and by == "channel"
    engine = log._canon.engine
    with engine.scratch():
        furthest, went, grouping, left_out = _standing(log, codes, None if own else by, persona, moment)
        tables, curves, usual = _curves(engine, went, furthest, names, within, moment)
        where = _with_channel(log, furthest) if own else furthest
        keys = [*(["group"] if own or "group" in grouping else []), *(["persona"] if "persona" in grouping else [])]
        late: Any = nw.lit(False)
        for j, limit in enumerate(usual):
            here = nw.col("j") == j
            late = late | (here & (nw.col("wait") > limit) if limit is not None else here)
        stopped = where.filter(late)
        audience = engine.collect(
            stopped.group_by("j", *keys).agg(nw.len().alias("size"), nw.col("wait").median().alias("median_wait"))
        )
        reached = _reached_by(log, codes, None if own else by, persona, moment, keys, own)
    table = _audience(log, audience, reached, names, steps, tables, keys)

    def fetch() -> pd.DataFrame:
        with engine.scratch():
            people = _standing(log, codes, None if own else by, persona, moment)[0]
            people = (_with_channel(log, people) if own else people).filter(late)
            found = engine.collect(people.select("u", "j", "t", "wait", *keys))
        found = _named(log, found.sort_values(["j", "wait", "u"], ascending=[True, False, True]), keys, names)
        return pd.DataFrame(
            {
                "user": found["u"].to_numpy(),
                "step": found["step"].to_numpy(),
                "channel": found["channel"].to_numpy(),
                "persona": found["persona"].to_numpy(),
                "since": [log._when(t) for t in found["t"]],
                "wait": timedeltas(found["wait"]),
            }
        )

    told = [
        say(
            en=f"nobody goes on from “{names[j]}” to “{names[j + 1]}”: there is no usual time, and all who are "
            f"there count as stuck",
            ru=f"от «{names[j]}» к «{names[j + 1]}» не идёт никто: обычного времени нет, застрявшими считаются все, "
            f"кто там",
        )
        for j, limit in enumerate(usual)
        if limit is None and tables.iloc[j]["n"]
    ]
    if left_out:
        told.append(
            say(en=f"{left_out:,} people without a label were left out", ru=f"без метки, не учтены: {left_out}")
        )
    query = f"stuck({listed([s if isinstance(s, str) else list(s) for s in steps])}, by={listed(by)}, within={within}"
    query += (
        f", persona={listed(persona)}" if persona is not None else ""
    ) + f", at={log._when(moment).isoformat()!r})"
    return Stuck(
        table=table,
        origin=log._origin(query),
        warnings=tuple(told),
        steps=tables,
        curves=curves,
        within=within,
        _fetch=fetch,
    )


def _chain(
    log: LogData, codes: list[list[int]], by: Any, persona: Any, moment: int
) -> tuple[list[Any], list[str], int]:
    """People at each step (u, groups, k, t, tb), as far as the moment lets us see."""
    canon, engine = log._canon, log._canon.engine
    people, grouping, left_out = attach_groups(log, codes[0], by=by, persona=persona)
    before = people.filter(nw.col("t") <= moment).select("u", *grouping, "k", "t", nw.col("t").alias("tb"))
    out = [before]
    for step in codes[1:]:
        came = canon.frame.filter(canon.did(step) & (nw.col("t") <= moment))
        came = came.select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"))
        joined = before.select("u", *grouping, "k", "t").join(came, on="u", how="inner")
        reached = joined.filter(nw.col("k2") > nw.col("k")).group_by("u", *grouping).agg(
            nw.col("k2").min().alias("kk"), nw.col("t2").min().alias("tt"), nw.col("t").max().alias("tb"),
        )  # fmt: skip
        reached = engine.cache(reached)
        before = reached.select("u", *grouping, nw.col("kk").alias("k"), nw.col("tt").alias("t"), "tb")
        out.append(before)
    return out, grouping, left_out


def _standing(
    log: LogData, codes: list[list[int]], by: Any, persona: Any, moment: int
) -> tuple[Any, list[Any], list[str], int]:
    """Where each person stands (furthest step, its event, the wait since), and those who went on, step by step."""
    chain, grouping, left_out = _chain(log, codes, by, persona, moment)
    union = log._canon.engine.union([c.select("u", *grouping, "k", "t", j=nw.lit(j)) for j, c in enumerate(chain)])
    furthest = union.group_by("u", *grouping).agg(nw.col("j").max(), nw.col("k").max(), nw.col("t").max())
    furthest = furthest.with_columns(wait=moment - nw.col("t"))
    return log._canon.engine.cache(furthest), chain[1:], grouping, left_out


def _with_channel(log: LogData, people: Any) -> Any:
    at = log._canon.frame.select("u", "k", nw.col("c").alias("group"))
    return people.join(at, on=["u", "k"], how="inner")


def _curves(
    engine: Any, went: list[Any], furthest: Any, names: list[str], within: float, moment: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[int | None]]:
    second = 1_000_000
    waiting = engine.collect(
        furthest.with_columns(s=nw.col("wait") // second).group_by("j", "s").agg(nw.len().alias("w"))
    )
    rows, curves, usual = [], [], []
    for j, chain in enumerate(went):
        done = engine.collect(
            chain.with_columns(s=(nw.col("t") - nw.col("tb")) // second).group_by("s").agg(nw.len().alias("w"))
        )
        still = waiting[waiting["j"] == j]
        curve = kaplan_meier(
            np.r_[done["s"].to_numpy(float), still["s"].to_numpy(float)],
            np.r_[np.ones(len(done), bool), np.zeros(len(still), bool)],
            np.r_[done["w"].to_numpy("int64"), still["w"].to_numpy("int64")],
        )
        limit: int | None = None
        if len(curve):
            gone = 1 - curve["remaining"]
            limit = int(curve["time"][int(np.argmax(gone >= within * gone.iloc[-1] - 1e-12))]) * second
        usual.append(limit)
        n, moved = int(done["w"].sum() + still["w"].sum()), int(done["w"].sum())
        late = int(still.loc[still["s"] * second > limit, "w"].sum()) if limit is not None else n - moved
        share, low, high = (float(x[0]) for x in wilson(late, n))
        rows.append((names[j], names[j + 1], n, moved,
                     limit, late, n - moved - late, share, low,
                     high))  # fmt: skip
        curves.append(curve.assign(step=names[j], time=pd.to_timedelta(curve["time"], unit="s")))
    table = pd.DataFrame(
        rows, columns=["step", "next_step", "n", "went_on", "usual_time", "stuck", "waiting", "share", "low", "high"]
    )
    table["usual_time"] = timedeltas(table["usual_time"])
    all_curves = pd.concat(curves, ignore_index=True)[["step", "time", "remaining", "low", "high", "at_risk", "moved"]]
    return table, all_curves, usual


def _reached_by(
    log: LogData, codes: list[list[int]], by: Any, persona: Any, moment: int, keys: list[str], own: bool
) -> pd.DataFrame:
    engine = log._canon.engine
    chain, _, _ = _chain(log, codes, by, persona, moment)
    parts = []
    for j, people in enumerate(chain[:-1]):
        people = (
            _with_channel(log, people.select("u", "k", *[k for k in keys if k != "group" or not own]))
            if own
            else people
        )
        counted = (
            engine.collect(people.group_by(*keys).agg(nw.len().alias("n")))
            if keys
            else engine.collect(people.select(nw.len().alias("n")))
        )
        parts.append(counted.assign(j=j))
    return pd.concat(parts, ignore_index=True)


def _named(log: LogData, frame: pd.DataFrame, keys: list[str], names: list[str]) -> pd.DataFrame:
    out = frame.assign(step=[names[int(j)] for j in frame["j"]])
    if "group" in keys:
        group = frame["group"]
        channels = [no_channel(), *log.channels]
        out["channel"] = [channels[int(c)] for c in group] if pd.api.types.is_numeric_dtype(group.dtype) else group
    else:
        out["channel"] = ""
    if "persona" not in keys:
        out["persona"] = ""
    return out


def _audience(
    log: LogData, audience: pd.DataFrame, reached: pd.DataFrame, names: list[str], steps: Sequence[Any],
    tables: pd.DataFrame, keys: list[str],
) -> pd.DataFrame:  # fmt: skip
    columns = ["step", "next_step", "stage", "channel", "persona", "size", "median_wait", "usual_time", "n", "share",
    "low",
               "high"]  # fmt: skip
    if audience.empty:
        return pd.DataFrame(columns=columns)
    out = audience.merge(reached, on=["j", *keys], how="left")
    out = _named(log, out, keys, names)
    j = out["j"].astype(int).to_numpy()
    first = [s if isinstance(s, str) else s[0] for s in steps]
    out["next_step"] = [names[i + 1] for i in j]
    out["stage"] = [log.stages.get(first[i], "") for i in j]
    out["usual_time"] = tables["usual_time"].to_numpy()[j]
    out["median_wait"] = timedeltas(out["median_wait"])
    out["share"], out["low"], out["high"] = wilson(out["size"], out["n"])
    out = out.sort_values(["j", "size", "channel", "persona"], ascending=[True, False, True, True], ignore_index=True)
    return out[columns].astype({"size": "int64", "n": "int64"})
