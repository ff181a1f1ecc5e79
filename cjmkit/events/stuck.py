"""Stuck: people who reached a step, are still open, and did not go on within the time in which people usually do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.core.words import row_title
from cjmkit.errors import CjmError, one_of
from cjmkit.events._groups import NO_CHANNEL, split_by
from cjmkit.events._result import Result, listed
from cjmkit.events._standing import asked_of, chain_of, standing
from cjmkit.events._stats import timedeltas
from cjmkit.events._time import moment_us
from cjmkit.events.data import By, LogData
from cjmkit.events.funnel import step_names
from cjmkit.events.survival import kaplan_meier, usual_wait
from cjmkit.i18n import count, duration, number, say
from cjmkit.stats import wilson

__all__ = ["Stuck", "stuck"]

SECOND = 1_000_000


@dataclass(frozen=True, eq=False, repr=False)
class Stuck(Result):
    """Who is stuck at which step, since when.

    The table has step, next_step, stage, channel (of the event that reached the step), persona, size (people),
    median_wait (until the end of the log), usual_time (of the step), n (people of this channel and persona who
    reached the step), share, low, high (Wilson). ``steps`` has one row per step: step, next_step, n (reached it),
    went_on, left (by a stated exit), other_way (came to a later step past the next one), usual_time, usual_low,
    usual_high, stuck, waiting (still open, within the usual time), share (stuck of n), low, high (bootstrap over
    people, 95 %). ``curves`` has step, time, remaining (share who have not gone on, Kaplan-Meier), low, high, at_risk.
    """

    steps: pd.DataFrame = None  # type: ignore[assignment]
    curves: pd.DataFrame = None  # type: ignore[assignment]
    quantile: float = 0.9
    _fetch: Callable[[], pd.DataFrame] = None  # type: ignore[assignment]
    _past: Callable[[int], pd.DataFrame] = None  # type: ignore[assignment]

    def summary(self, lang: str | None = None) -> str:
        """Where most people are stuck."""
        if self.table.empty:
            return say(en="Nobody is stuck at any step.", ru="Ни на одном шаге никто не застрял.", lang=lang)
        worst = self.steps.sort_values("stuck", ascending=False).iloc[0]
        step = self.origin.called(worst["step"])
        total = count(int(self.steps["stuck"].sum()), en=("person is", "people are"),
                      ru=("человек", "человека", "человек"), lang=lang)  # fmt: skip
        usual = duration(worst["usual_time"], lang)
        share = number(worst["share"], 0, percent=True, lang=lang)
        often = number(self.quantile, 0, percent=True, lang=lang)
        return say(
            en=f"{total} stuck, most of them ({int(worst['stuck']):,}, {share} of those who got there) after "
            f"“{step}”"
            + (
                f", where {often} of those who go on do so within {usual}."
                if usual != "—"
                else ", where nobody goes on."
            ),
            ru=f"Застряли: {total}; больше всего после шага «{step}» "
            f"({number(int(worst['stuck']), 0, lang=lang)}, {share} дошедших)"
            + (
                f"; {often} тех, кто идёт дальше, делают это за {usual.removesuffix('.')}."
                if usual != "—"
                else "; дальше не идёт никто."
            ),
            lang=lang,
        )

    def advice(self, lang: str | None = None) -> str:
        """Whom to write to first, why them, and how to get the list."""
        if self.table.empty:
            return say(
                en="Nobody is stuck: there is nobody to write to.", ru="Никто не застрял: писать некому.", lang=lang
            )
        step = self.table.groupby("step", sort=False)["size"].sum().idxmax()
        here = self.table[self.table["step"] == step].sort_values("size", ascending=False)
        top, size = here.iloc[0], int(here["size"].sum())
        by = ""
        if top["channel"]:
            channel = row_title(str(top["channel"]), lang)
            by = say(en=f"; “{channel}” brought {int(top['size']):,} of them there",
                     ru=f"; {int(top['size'])} из них привёл канал «{channel}»", lang=lang)  # fmt: skip
        usual = duration(top["usual_time"], lang)
        after, before = self.origin.called(step), self.origin.called(top["next_step"])
        often = number(self.quantile, 0, percent=True, lang=lang)
        late = "" if usual == "—" else say(
            en=f" They have waited longer than the {usual} in which {often} of those who go on do so.",
            ru=f" Они ждут дольше, чем {usual.removesuffix('.')}: за такой срок {often} идущих уже прошли дальше.",
            lang=lang,
        )  # fmt: skip
        return say(
            en=f"Write first to the {size:,} people who are stuck after “{after}” and before “{before}”{by}."
            f"{late} Their ids: stuck.ids({step!r}).",
            ru=f"Сначала напишите тем, кто застрял после «{after}» и не дошёл до «{before}» ({size}){by}."
            f"{late} Их id: stuck.ids({step!r}).",
            lang=lang,
        )

    def people(
        self, step: str | None = None, *, channel: str | None = None, persona: str | None = None
    ) -> pd.DataFrame:
        """Each person who is stuck, those who wait longest first.

        Returns
        -------
        pandas.DataFrame
            participant, step, channel (that brought them to the step), persona, since, wait, last_event (what they did
            last), last_channel (the last channel that they were met in: the way to reach them), last_seen.
        """
        wanted = {"step": step, "channel": channel, "persona": persona}
        out = self._fetch()
        for column, value in wanted.items():
            if value is not None:
                known = self.steps["step"] if column == "step" else self.table[column]
                out = out[out[column] == one_of(value, dict.fromkeys(known), what=column)]
        return out.reset_index(drop=True)

    def over_time(self, n: int = 60) -> pd.DataFrame:
        """How many people stood at each step, at moments from the log's beginning to its end.

        Parameters
        ----------
        n : int
            How many moments, evenly spread; the last is the moment at which the table looks.

        Returns
        -------
        pandas.DataFrame
            time, step, waiting (open, within the step's usual time), stuck (open, past it). The usual time is that of
            the whole log: what is stuck in March is measured by what is known now.
        """
        return self._past(n)

    def ids(self, step: str | None = None, *, channel: str | None = None, persona: str | None = None) -> pd.Series:
        """Ids of the people who are stuck, for a mailing or a list of calls."""
        return self.people(step, channel=channel, persona=persona)["participant"]

    def _evidence_(self, step: str) -> EventFigure:
        row = self.steps[self.steps["step"] == one_of(step, list(self.steps["step"]), what="step")].iloc[0]
        estimate = Estimate(
            value=row["share"], low=row["low"], high=row["high"], n=int(row["n"]), method="bootstrap of people",
            percent=True,
        )  # fmt: skip
        return self.origin.figure(estimate, f"stuck after {step!r}")


def stuck(
    log: LogData,
    steps: Sequence[str | Sequence[str]],
    *,
    lost: str | Sequence[str] | None = None,
    by: By = "channel",
    quantile: float = 0.9,
    at: str | pd.Timestamp | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> Stuck:
    """Find the people who stopped on the way and are still open.

    Parameters
    ----------
    log : LogData
        The log.
    steps : sequence of str or of lists of str
        The funnel, as for ``funnel``; the last step is success.
    lost : str or list of str, optional
        Stated exits (declined, cancelled, unsubscribed). Whoever met one after entering has left and is not stuck.
    by : groups, optional
        How audiences are split: ``"channel"`` of the event that reached the step (where the log has channels), the
        first source, labels of people, or a word and labels, as in ``("channel", personas)``.
    quantile : float
        A person is stuck when they have waited longer than it took this share of those who ever go on.
    at : str or Timestamp, optional
        The moment at which to look; the end of the log by default.
    resamples, seed : int
        Of the bootstrap over people.

    Returns
    -------
    Stuck

    Notes
    -----
    Of the people at a step some went on, some came to a later step past the next one, some left by a stated exit, and
    the rest are open. The usual time comes from the cumulative incidence of going on (Aalen-Johansen): the smallest t
    with F(t) ≥ `quantile` · F(∞), where the exits compete and the open ones count for as long as they were watched. A
    fixed cut would call late arrivals stuck, and a plain quantile of completed waits would be too short. Without
    `lost`, those who left are among the stuck, because nothing in the log tells them apart.

    Examples
    --------
    >>> rows = [("a", 1, "apply"), ("a", 2, "offer"), ("b", 1, "apply"), ("b", 2, "refused"), ("c", 1, "apply"),
    ...         ("d", 8, "apply"), ("e", 9, "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "day", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["day"], "D")
    >>> log = LogData(frame, user="who", time="when", event="what")
    >>> stuck(log, ["apply", "offer"], lost="refused").steps[["n", "went_on", "left", "stuck", "waiting"]]
       n  went_on  left  stuck  waiting
    0  4        1     1      1        1
    """
    if isinstance(steps, str) or len(steps) < 2:
        raise CjmError(
            en=f"a funnel needs at least two steps in order; {steps!r} came",
            ru=f"воронке нужны хотя бы два шага по порядку; пришло {steps!r}",
        )
    if not 0 < quantile < 1:
        raise CjmError(
            en=f"quantile= is a share between 0 and 1; {quantile!r} came",
            ru=f"quantile= — доля между 0 и 1; пришло {quantile!r}",
        )
    names = step_names(steps)
    own, by = _own_channel(log, by)
    asked = asked_of(log, steps, lost, by, moment_us(log, at))
    engine = log._canon.engine
    with engine.scratch():
        chain, grouping, left_out = chain_of(log, asked)
        stand = standing(log, asked, chain, grouping)
        tables, curves, usual = _curves(engine, chain[1:], stand, names, quantile, resamples, seed)
        where = _with_channel(log, stand) if own else stand
        keys = [*(["group"] if own or "group" in grouping else []), *(["persona"] if "persona" in grouping else [])]
        stopped = where.filter(_late(usual))
        audience = engine.collect(
            stopped.group_by("j", *keys).agg(nw.len().alias("size"), nw.col("wait").median().alias("median_wait"))
        )
        reached = _reached_by(log, chain, keys, own)
    table = _audience(log, audience, reached, names, steps, tables, keys)

    def fetch() -> pd.DataFrame:
        with engine.scratch():
            again, grouping, _ = chain_of(log, asked)
            people = standing(log, asked, again, grouping)
            people = (_with_channel(log, people) if own else people).filter(_late(usual))
            found = engine.collect(people.select("u", "j", "t", "wait", *keys))
            lasts = _last_seen(log, people, asked.moment)
        found = found.merge(lasts, on="u", how="left")
        found = _named(log, found.sort_values(["j", "wait", "u"], ascending=[True, False, True]), keys, names)
        out = found[["u", "step", "channel", "persona"]].rename(columns={"u": "participant"})
        out["since"], out["wait"] = [log._when(t) for t in found["t"]], timedeltas(found["wait"])
        out["last_event"] = [log.events[int(e) - 1] for e in found["last_e"]]
        out["last_channel"] = [["", *log.channels][int(c)] for c in found["last_c"]]
        out["last_seen"] = [log._when(t) for t in found["last_t"]]
        return out.reset_index(drop=True)

    def past(n: int) -> pd.DataFrame:
        with engine.scratch():
            again, grouping, _ = chain_of(log, asked)
            return _counted(log, again, standing(log, asked, again, grouping), usual, names, asked.moment, n)

    query = f"stuck({listed([s if isinstance(s, str) else list(s) for s in steps])}, by={listed(by)}"
    query += (f", lost={listed(lost)}" if lost is not None else "") + f", quantile={quantile}"
    return Stuck(
        table=table, origin=log._origin(f"{query}, at={log._when(asked.moment).isoformat()!r})"),
        warnings=_told(names, usual, tables, left_out), steps=tables, curves=curves, quantile=quantile, _fetch=fetch,
        _past=past,
    )  # fmt: skip


def _counted(
    log: LogData, chain: list[Any], stand: Any, usual: list[int | None], names: list[str], moment: int, n: int
) -> pd.DataFrame:
    """People at each step at each of `n` moments: those who came by then, less those who were gone by then."""
    engine, t0 = log._canon.engine, log._canon.t_min
    width = max(1, -(-(moment - t0) // max(1, n - 1)))
    moments = moment - width * np.arange(n - 1, -1, -1)

    def by_moment(when: Any) -> Any:
        # The first moment at or after a time; everything before the first counts from the first.
        return (when - int(moments[0]) + width - 1) // width

    parts = []
    for j, limit in enumerate(usual):
        moved = chain[j + 1].select(a=nw.col("tb"), b=nw.col("t"))
        here = stand.filter(nw.col("j") == j)
        until = nw.when(nw.col("ended") > 0).then(nw.col("t") + nw.col("wait")).otherwise(nw.lit(moment + width))
        rows = engine.union([moved, here.select(a=nw.col("t"), b=until)])
        late = nw.min_horizontal(nw.col("a") + limit + 1, nw.col("b")) if limit is not None else nw.col("a")
        rows = engine.cache(rows.with_columns(c=late).select(*(by_moment(nw.col(x)).alias(x) for x in "abc")))

        def gone(column: str, rows: Any = rows) -> Any:
            found = engine.collect(rows.group_by(column).agg(nw.len().alias("w")))
            at = np.clip(found[column].to_numpy("int64"), 0, n)
            return np.bincount(at, weights=found["w"], minlength=n + 1)[:n].cumsum().astype("int64")

        came, left, stopped = (gone(x) for x in "abc")
        parts.append(pd.DataFrame({"time": [log._when(int(t)) for t in moments], "step": names[j],
                                   "waiting": came - stopped, "stuck": stopped - left}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _own_channel(log: LogData, by: By) -> tuple[bool, By]:
    """Whether the channel of the step's own event is asked for, and what groupings of people remain."""
    word, labels = split_by(by)
    if isinstance(word, str) and word == "channel":
        # A Series that is named persona is a grouping of people whatever it was called before.
        rest = labels.rename("persona") if isinstance(labels, pd.Series) else labels
        if rest is not None and not isinstance(rest, pd.Series):
            rest = pd.Series(rest, name="persona")
        return log._canon.has_channel, rest
    return False, by


def _late(usual: list[int | None]) -> Any:
    """Who is open, and has waited longer than is usual at their step."""
    late: Any = nw.lit(False)
    for j, limit in enumerate(usual):
        here = nw.col("j") == j
        late = late | (here & (nw.col("wait") > limit) if limit is not None else here)
    return late & (nw.col("ended") == 0)


def _told(names: list[str], usual: list[int | None], tables: pd.DataFrame, left_out: int) -> tuple[str, ...]:
    told = [
        say(
            en=f"nobody goes on from “{names[j]}” to “{names[j + 1]}”: there is no usual time, and all who are open "
            f"there count as stuck",
            ru=f"от «{names[j]}» к «{names[j + 1]}» не идёт никто: обычного времени нет, застрявшими считаются все, "
            f"кто там остался",
        )
        for j, limit in enumerate(usual)
        if limit is None and tables.iloc[j]["n"]
    ]
    if left_out:
        told.append(
            say(en=f"{left_out:,} people without a label were left out", ru=f"без метки, не учтены: {left_out}")
        )
    return tuple(told)


def _last_seen(log: LogData, people: Any, moment: int) -> pd.DataFrame:
    """Of each person the last event, the last channel (0 for none) and the time."""
    engine = log._canon.engine
    rows = log._canon.frame.filter(nw.col("t") <= moment).select("u", "k", "t", "e", "c")
    rows = engine.cache(rows.join(people.select("u").unique(), on="u", how="inner"))

    def last(part: Any) -> Any:
        return part.join(part.group_by("u").agg(nw.col("k").max()), on=["u", "k"], how="inner")

    out = engine.collect(last(rows).select("u", last_e="e", last_t="t"))
    channels = engine.collect(last(rows.filter(nw.col("c") > 0)).select("u", last_c="c"))
    return out.merge(channels, on="u", how="left").fillna({"last_c": 0})


def _with_channel(log: LogData, people: Any) -> Any:
    at = log._canon.frame.select("u", "k", nw.col("c").alias("group"))
    return people.join(at, on=["u", "k"], how="inner")


def _curves(
    engine: Any, went: list[Any], standing: Any, names: list[str], quantile: float, resamples: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[int | None]]:
    waiting = engine.collect(
        standing.with_columns(s=nw.col("wait") // SECOND).group_by("j", "ended", "s").agg(nw.len().alias("w"))
    )
    rows, curves, usual = [], [], []
    for j, chain in enumerate(went):
        done = engine.collect(
            chain.with_columns(s=(nw.col("t") - nw.col("tb")) // SECOND).group_by("s").agg(nw.len().alias("w"))
        ).assign(ended=1)
        here = pd.concat([done, waiting[waiting["j"] == j]], ignore_index=True).sort_values(["s", "ended"])
        row, limit = _step(here, quantile, resamples, seed)
        usual.append(limit)
        rows.append({"step": names[j], "next_step": names[j + 1]} | row)
        curve = kaplan_meier(here["s"], here["ended"] == 1, here["w"])
        curves.append(curve.assign(step=names[j], time=pd.to_timedelta(curve["time"], unit="s")))
    table = pd.DataFrame(rows)
    for column in ("usual_time", "usual_low", "usual_high"):
        table[column] = timedeltas(table[column])
    all_curves = pd.concat(curves, ignore_index=True)[["step", "time", "remaining", "low", "high", "at_risk", "moved"]]
    return table, all_curves, usual


def _step(here: pd.DataFrame, quantile: float, resamples: int, seed: int) -> tuple[dict[str, Any], int | None]:
    """One step's row, and its usual time in µs; intervals by drawing people anew."""
    times, ended, people = (here[c].to_numpy() for c in ("s", "ended", "w"))
    n = int(people.sum())
    empty = dict.fromkeys(("usual_time", "usual_low", "usual_high", "share", "low", "high"), np.nan)
    counted = {name: int(people[ended == code].sum()) for name, code in (("went_on", 1), ("left", 2), ("other_way", 3))}
    if not n:
        return {"n": 0} | counted | empty | {"stuck": 0, "waiting": 0}, None
    # Drawing from the counts is drawing people; a block of samples at a time keeps the memory small.
    rng, blocks = np.random.default_rng(seed), [people[None, :].astype(float)]
    step = max(1, int(2e6 // len(people)))
    for begin in range(0, resamples, step):
        blocks.append(rng.multinomial(n, people / n, size=min(step, resamples - begin)).astype(float))
    limits, shares = [], []
    for block in blocks:
        limit = usual_wait(times.astype(float), ended, block, quantile)
        late = (ended == 0) & (np.nan_to_num(limit, nan=-1.0)[:, None] < times)
        limits.append(limit)
        shares.append((block * late).sum(axis=1) / n)
    usual, share = np.concatenate(limits), np.concatenate(shares)
    drawn = usual[1:][~np.isnan(usual[1:])]
    spread = np.quantile(drawn, [0.025, 0.975]) if len(drawn) else (np.nan, np.nan)
    low, high = np.quantile(share[1:], [0.025, 0.975]) if resamples else (np.nan, np.nan)
    late_now = round(share[0] * n)
    known = not np.isnan(usual[0])
    row = {"n": n} | counted | {
        "usual_time": usual[0] * SECOND, "usual_low": spread[0] * SECOND, "usual_high": spread[1] * SECOND,
        "stuck": late_now, "waiting": n - sum(counted.values()) - late_now,
        "share": share[0], "low": min(low, share[0]), "high": max(high, share[0]),
    }  # fmt: skip
    return row, int(usual[0]) * SECOND if known else None


def _reached_by(log: LogData, chain: list[Any], keys: list[str], own: bool) -> pd.DataFrame:
    engine = log._canon.engine
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
        channels = [NO_CHANNEL, *log.channels]
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
    out["stage"] = [log.stage_of.get(first[i], "") for i in j]
    out["usual_time"] = tables["usual_time"].to_numpy()[j]
    out["median_wait"] = timedeltas(out["median_wait"])
    out["share"], out["low"], out["high"] = wilson(out["size"], out["n"])
    out = out.sort_values(["j", "size", "channel", "persona"], ascending=[True, False, True, True], ignore_index=True)
    return out[columns].astype({"size": "int64", "n": "int64"})
