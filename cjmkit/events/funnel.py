"""Funnel: how many people get from step to step, and where they are lost."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, SmallSampleWarning, suggest
from cjmkit.events._groups import attach_groups, group_names
from cjmkit.events._result import Result, listed
from cjmkit.events._stats import timedeltas, two_proportions
from cjmkit.events._time import span_us
from cjmkit.events.data import By, LogData
from cjmkit.i18n import number, say
from cjmkit.i18n import people as people_words
from cjmkit.stats import holm, newcombe, wilson

__all__ = ["Funnel", "funnel", "step_name", "step_names"]


def step_name(step: str | Sequence[str]) -> str:
    """How a step is called: the event, or its events joined by `` / ``."""
    return step if isinstance(step, str) else " / ".join(step)


def step_names(steps: Sequence[str | Sequence[str]]) -> list[str]:
    """Names of all steps; a step that comes again is numbered."""
    names = [step_name(s) for s in steps]
    return [n if names.count(n) == 1 else f"{n} ({names[: i + 1].count(n)})" for i, n in enumerate(names)]


@dataclass(frozen=True, eq=False, repr=False)
class Funnel(Result):
    """People at each step of a funnel.

    The table has the columns group and persona (where asked for), step, stage, users (people who reached the step), n
    (people who reached the step before), lost (n − users), conversion (from the step before), low, high, overall
    (from the first step), overall_low, overall_high, median_time (since the step before, of those who went on),
    skipped (people who came past without doing it, where skipping is allowed). Intervals are Wilson's at 95 %; the
    unit is people.
    """

    steps: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    closed: bool = True

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences."""
        parts = []
        for key, part in self._parts():
            first, last = part.iloc[0], part.iloc[-1]
            lead = f"{key}: " if key else ""
            if first["users"] == 0:
                parts.append(
                    lead + say(en="nobody reached the first step.", ru="до первого шага никто не дошёл.", lang=lang)
                )
                continue
            share = number(last["overall"], 1, percent=True, lang=lang)
            low, high = (number(last[c], 1, percent=True, lang=lang) for c in ("overall_low", "overall_high"))
            start = people_words(int(first["users"]), lang)
            text = say(
                en=f"{int(last['users']):,} of {start} ({share}, 95% interval {low} to {high}) "
                f"get from “{first['step']}” to “{last['step']}”",
                ru=f"от «{first['step']}» до «{last['step']}» доходят {int(last['users'])} из {start} "
                f"({share}, 95-процентный интервал от {low} до {high})",
                lang=lang,
            )
            weakest = _weakest(part)
            if weakest is not None:
                w = part.iloc[weakest]
                before = part.iloc[weakest - 1]["step"]
                text += say(
                    en=f"; the weakest link is “{before}” → “{w['step']}” "
                    f"({number(w['conversion'], 1, percent=True, lang=lang)})",
                    ru=f"; слабое звено: «{before}» → «{w['step']}» "
                    f"({number(w['conversion'], 1, percent=True, lang=lang)})",
                    lang=lang,
                )
            text = lead + text + "."
            parts.append(text if key else text[0].upper() + text[1:])
        more = len(parts) - 4
        if more > 0:
            parts = [*parts[:4], say(en=f"And {more} more groups.", ru=f"И ещё групп: {more}.", lang=lang)]
        return " ".join(parts)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        keys = [c for c in ("group", "persona") if c in self.table]
        if not keys:
            return [("", self.table)]
        return [(", ".join(map(str, k)), part) for k, part in self.table.groupby(keys, sort=False)]

    def weakest(self) -> pd.DataFrame:
        """The step that loses the largest share of those who reached the step before, per group.

        Returns
        -------
        pandas.DataFrame
            The rows of the table that are the weakest links, with a column ``source`` (the step before) and
            ``certain``: whether the step's interval lies below those of all other steps. Empty where nobody got past
            the start.
        """
        rows = []
        for _, part in self._parts():
            i = _weakest(part)
            if i is None:
                continue
            others = part.iloc[1:].drop(part.index[i])
            certain = bool((part.iloc[i]["high"] < others["low"].dropna()).all()) if len(others) else False
            rows.append(part.iloc[i].to_dict() | {"source": part.iloc[i - 1]["step"], "certain": certain})
        return pd.DataFrame(rows, columns=[*self.table.columns, "source", "certain"])

    def compare(self, a: str | None = None, b: str | None = None) -> pd.DataFrame:
        """Compare the conversions of two groups, step by step.

        Parameters
        ----------
        a, b : str, optional
            The groups; not needed where there are just two.

        Returns
        -------
        pandas.DataFrame
            step, a, b (names), users_a, n_a, users_b, n_b, conversion_a, conversion_b, difference (a − b), low, high
            (Newcombe 1998), p (Fisher's exact, or z where all expected counts reach 10), p_holm (Holm over the steps
            and the whole way).

        Raises
        ------
        CjmError
            If the funnel has no groups, or more than two and none was named.
        """
        parts = dict(self._parts())
        if list(parts) == [""]:
            raise CjmError("this funnel has no groups to compare: ask for log.funnel(steps, by=…)")
        names = list(parts)
        if a is None and b is None and len(names) == 2:
            a, b = names
        for chosen in (a, b):
            if chosen is None:
                raise CjmError(f"name the two groups to compare: compare(a, b), out of {', '.join(names)}")
            if chosen not in parts:
                raise CjmError(suggest(chosen, names, what="group"))
        one, two = parts[str(a)].reset_index(drop=True), parts[str(b)].reset_index(drop=True)
        pairs = [
            (s, one["converted"][i], one["n"][i], two["converted"][i], two["n"][i])
            for i, s in enumerate(self.steps)
            if i > 0
        ]
        if len(self.steps) > 2 and self.closed:
            last = len(self.steps) - 1
            pairs.append(("(whole way)", one["users"][last], one["users"][0], two["users"][last], two["users"][0]))
        rows = []
        for step, k1, n1, k2, n2 in pairs:
            difference, low, high = newcombe((k1, n1), (k2, n2)) if n1 and n2 else (np.nan,) * 3
            rows.append(
                {"step": step, "a": a, "b": b, "users_a": int(k1), "n_a": int(n1), "users_b": int(k2), "n_b": int(n2),
                     "conversion_a": k1 / n1 if n1 else np.nan, "conversion_b": k2 / n2 if n2 else np.nan,
                     "difference": difference, "low": low, "high": high, "p": two_proportions(k1, n1, k2, n2)}
            )  # fmt: skip
        out = pd.DataFrame(rows)
        out["p_holm"] = holm(out["p"])
        return out

    def estimate(self, step: str | int, *, group: str | None = None, overall: bool = False) -> Estimate:
        """One conversion as an Estimate.

        Parameters
        ----------
        step : str or int
            Name of the step, or its place from 0.
        group : str, optional
            Where the funnel has groups.
        overall : bool
            From the first step instead of from the step before.
        """
        parts = dict(self._parts())
        if group is None:
            if "" not in parts:
                raise CjmError(f"this funnel has groups: name one with group=, out of {', '.join(parts)}")
            group = ""
        if group not in parts:
            raise CjmError(suggest(group, parts, what="group"))
        if isinstance(step, str) and step not in self.steps:
            raise CjmError(suggest(step, self.steps, what="step"))
        row = parts[group].iloc[self.steps.index(step) if isinstance(step, str) else step]
        if overall:
            n = int(parts[group].iloc[0]["users"]) if self.closed else int(row["entered"])
            return Estimate(
                value=row["overall"],
                low=row["overall_low"],
                high=row["overall_high"],
                n=n,
                method="Wilson",
                percent=True,
            )
        return Estimate(
            value=row["conversion"], low=row["low"], high=row["high"], n=int(row["n"]), method="Wilson", percent=True
        )

    def _evidence_(
        self, step: str | int | None = None, *, group: str | None = None, overall: bool = False
    ) -> EventFigure:
        """The conversion of one step (default: the whole way) as evidence for a note."""
        if step is None:
            step, overall = len(self.steps) - 1, True
        estimate = self.estimate(step, group=group, overall=overall)
        name = self.steps[step] if isinstance(step, int) else step
        which = f"step {name!r}" + (", overall" if overall else "") + (f", group {group!r}" if group else "")
        return self.origin.figure(estimate, which)


def _weakest(part: pd.DataFrame) -> int | None:
    conversion = part["conversion"].to_numpy(float)
    if len(conversion) < 2 or np.isnan(conversion[1:]).all():
        return None
    return int(np.nanargmin(conversion[1:]) + 1)


def funnel(
    log: LogData,
    steps: Sequence[str | Sequence[str]],
    *,
    by: By = None,
    closed: bool = True,
    skipping: bool = False,
    window: str | pd.Timedelta | None = None,
) -> Funnel:
    """Count the people at each step, in order.

    Parameters
    ----------
    log : LogData
        The log.
    steps : sequence of str or of lists of str
        Events in the order of the funnel; a list is a step that any of its events reaches.
    by : "channel", "first_source", or labels (Series or mapping of person to group), optional
        ``"channel"`` is the channel of the event with which a person entered the funnel, ``"first_source"`` the first
        channel that they ever came from. A pair of a word and labels, as in ``("channel", personas)``,
        groups by both. People without a label are left out, and the result says how many.
    closed : bool
        True: people enter at the first step only. False (open): a person counts at every step that they did, wherever
        they entered; conversion is then the share of those at the step before who did this step after it.
    skipping : bool
        True: later steps may be reached without the ones between; a person counts up to the furthest step that they did
        after entering.
    window : str or Timedelta, optional
        The whole way must fit into it, counted from the first step (in an open funnel: each step from the one
        before). A person who tries several times counts with the attempt that gets furthest.

    Returns
    -------
    Funnel

    Raises
    ------
    CjmError
        If a step names an event that the log does not hold ("did you mean …"), or fewer than two steps came.

    Notes
    -----
    A step is reached by the first matching event *after* the event that reached the step before, in the order of time
    and, at equal times, of the input. The same row never reaches two steps.
    """
    if isinstance(steps, str) or len(steps) < 2:
        raise CjmError(f"a funnel needs at least two steps in order; {steps!r} came")
    codes = [log._codes(s) for s in steps]
    shown_names = step_names(steps)
    limit = span_us(window)
    if not closed and skipping:
        raise CjmError("an open funnel lets people enter anywhere, so skipping= has no meaning there; use closed=True")
    canon = log._canon
    engine = canon.engine
    with engine.scratch():
        people, grouping, left_out = attach_groups(log, codes[0], by=by, closed=closed, steps=codes)
        if not closed:
            counted = _open(canon, codes, people, grouping, limit)
        elif skipping:
            counted = _skipping(canon, codes, people, grouping, limit)
        else:
            counted = _ordered(canon, codes, people, grouping, limit)
    table = _table(log, counted, shown_names, steps, grouping, closed)
    told = []
    if left_out:
        told.append(
            say(
                en=f"{left_out:,} people without a label were left out",
                ru=f"без метки и потому не учтены: {people_words(left_out, 'ru')}",
            )
        )
    small = table[(table["n"] < 10) & (table["n"] > 0) & table["conversion"].notna()]
    if len(small):
        message = f"{len(small)} of the conversions rest on fewer than ten people; their intervals are wide"
        warnings.warn(message, SmallSampleWarning, stacklevel=3)
        told.append(say(en=message, ru=f"конверсий меньше чем на десяти людях: {len(small)}; их интервалы широки"))
    query = f"funnel({listed([s if isinstance(s, str) else list(s) for s in steps])}"
    query += "".join(
        f", {k}={listed(v)}"
        for k, v, default in (("by", by, None), ("closed", closed, True),
                              ("skipping", skipping, False), ("window", None if window is None else str(window), None))
        if v is not default
    )  # fmt: skip
    return Funnel(
        table=table, origin=log._origin(query + ")"), warnings=tuple(told), steps=tuple(shown_names),
        by=tuple(grouping), closed=closed,
    )  # fmt: skip


def _ordered(canon: Any, codes: list[list[int]], people: Any, grouping: list[str], limit: int | None) -> list[Any]:
    """Step by step, the first matching event after the one before; each step a small table of people."""
    engine = canon.engine
    if limit is not None:
        people = engine.cache(_best_start(canon, codes, people, grouping, limit))
    start = [nw.col("t").alias("t1")] if limit is not None else []
    before = people.select("u", *grouping, "k", "t", *start)
    out = [_counted(engine, before, grouping, None)]
    for step in codes[1:]:
        came = canon.frame.filter(canon.did(step)).select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"))
        joined = before.join(came, on="u", how="inner").filter(nw.col("k2") > nw.col("k"))
        if limit is not None:
            joined = joined.filter(nw.col("t2") <= nw.col("t1") + limit)
        # t grows with k, so the smallest of each belong to the same event.
        kept = [nw.col("t1").max()] if limit is not None else []
        reached = joined.group_by("u", *grouping).agg(
            nw.col("k2").min().alias("kk"), nw.col("t2").min().alias("tt"), nw.col("t").max().alias("tb"), *kept
        )
        reached = engine.cache(reached)
        out.append(_counted(engine, reached.with_columns(t=nw.col("tt")), grouping, "tb"))
        before = reached.select(
            "u", *grouping, nw.col("kk").alias("k"), nw.col("tt").alias("t"), *(["t1"] if kept else [])
        )
    return out


def _counted(engine: Any, reached: Any, grouping: list[str], since: str | None) -> pd.DataFrame:
    wait = (nw.col("t") - nw.col(since)) if since else nw.lit(0)
    rows = reached.with_columns(one=nw.lit(1), wait=wait)
    aggregated = [nw.col("one").sum().alias("users"), nw.col("wait").median().alias("wait")]
    if grouping:
        return engine.collect(rows.group_by(*grouping).agg(*aggregated))
    return engine.collect(rows.select(*aggregated))


def _best_start(canon: Any, codes: list[list[int]], people: Any, grouping: list[str], limit: int) -> Any:
    """For each person the start of the attempt that gets furthest within the window (the first such attempt).

    For every event, in order: the latest start from which a chain of j steps is complete by now. It only grows, so a
    running maximum is enough; a latest start is best, because the window counts from it.
    """
    wanted = sorted({c for s in codes for c in s})
    rows = canon.frame.filter(canon.did(wanted)).select("u", "k", "t", "e")
    rows = rows.join(people.select("u"), on="u", how="inner")
    # 0 stands for "no chain"; times are shifted to begin at 1.
    rows = rows.with_columns(s=nw.col("t") - (canon.t_min - 1))
    rows = rows.with_columns(s0=nw.when(nw.col("e").is_in(codes[0])).then(nw.col("s")).otherwise(nw.lit(0)))
    rows = rows.with_columns(s0=nw.col("s0").cum_max().over("u", order_by="k"))
    for j in range(1, len(codes)):
        before = nw.col(f"s{j - 1}")
        if set(codes[j]) & set(codes[j - 1]):
            # The same row must not reach two steps: look at the state before it.
            rows = rows.with_columns(b=before.shift(1).over("u", order_by="k").fill_null(0))
            before = nw.col("b")
        complete = nw.col("e").is_in(codes[j]) & (before > 0) & (nw.col("s") - before <= limit)
        rows = rows.with_columns(nw.when(complete).then(before).otherwise(nw.lit(0)).alias(f"s{j}"))
        rows = rows.with_columns(nw.col(f"s{j}").cum_max().over("u", order_by="k"))
    never = canon.t_max - canon.t_min + 2
    rows = rows.with_columns(
        [
            nw.when(nw.col(f"s{j}") > 0).then(nw.col(f"s{j}")).otherwise(nw.lit(never)).alias(f"s{j}")
            for j in range(len(codes))
        ]
    )
    best = rows.group_by("u").agg([nw.col(f"s{j}").min() for j in range(len(codes))])
    start: Any = nw.col("s0")
    for j in range(1, len(codes)):
        start = nw.when(nw.col(f"s{j}") < never).then(nw.col(f"s{j}")).otherwise(start)
    best = canon.engine.cache(best.select(nw.col("u"), (start + (canon.t_min - 1)).alias("tb")))
    starts = canon.frame.filter(canon.did(codes[0])).select("u", nw.col("k").alias("kb"), nw.col("t").alias("ts"))
    found = (
        starts.join(best, on="u", how="inner").filter(nw.col("ts") == nw.col("tb")).group_by("u")
        .agg(nw.col("kb").min(), nw.col("ts").min())
    )  # fmt: skip
    return (
        people.select("u", *grouping)
        .join(found, on="u", how="inner")
        .select("u", *grouping, nw.col("kb").alias("k"), nw.col("ts").alias("t"))
    )


def _skipping(canon: Any, codes: list[list[int]], people: Any, grouping: list[str], limit: int | None) -> list[Any]:
    """The furthest step that a person did after entering; ``did`` counts those who did the step itself."""
    engine = canon.engine
    entered = people.select("u", *grouping, "k", "t")
    out = [_counted(engine, entered, grouping, None)]
    done = [entered.select("u", *grouping, "t")]
    for step in codes[1:]:
        came = canon.frame.filter(canon.did(step)).select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"))
        joined = entered.join(came, on="u", how="inner").filter(nw.col("k2") > nw.col("k"))
        if limit is not None:
            joined = joined.filter(nw.col("t2") <= nw.col("t") + limit)
        did = engine.cache(joined.group_by("u", *grouping).agg(nw.col("t2").min().alias("t")))
        done.append(did)
    parts = [d.select("u", *grouping, j=nw.lit(j)) for j, d in enumerate(done)]
    furthest = engine.union(parts).group_by("u", *grouping).agg(nw.col("j").max())
    levels = engine.collect(furthest.with_columns(one=nw.lit(1)).group_by(*grouping, "j").agg(nw.col("one").sum()))
    for j in range(1, len(codes)):
        pair = done[j].join(
            done[j - 1].select("u", nw.col("t").alias("tb")), on="u", how="inner"
        ).filter(nw.col("t") >= nw.col("tb"))  # fmt: skip
        waits = _counted(engine, pair, grouping, "tb").drop(columns="users")
        did = _counted(engine, done[j].with_columns(tb=nw.col("t")), grouping, "tb").rename(columns={"users": "did"})
        up = levels[levels["j"] >= j]
        if grouping:
            users = up.groupby(grouping, as_index=False)["one"].sum().rename(columns={"one": "users"})
            users = users.merge(waits, on=grouping, how="left").merge(did.drop(columns="wait"), on=grouping, how="left")
        else:
            users = pd.DataFrame(
                {"users": [up["one"].sum()], "wait": [waits["wait"].iloc[0]], "did": [did["did"].iloc[0]]}
            )
        out.append(users)
    return out


def _open(canon: Any, codes: list[list[int]], people: Any, grouping: list[str], limit: int | None) -> list[Any]:
    """Each step by itself, and of those at the step before the ones who did this step after it."""
    engine = canon.engine
    everybody = people.select("u", *grouping)
    out, before, firsts = [], None, []
    for step in codes:
        came = canon.frame.filter(canon.did(step)).select("u", "k", "t")
        did = engine.cache(
            everybody.join(came, on="u", how="inner").group_by("u", *grouping).agg(nw.col("k").min(), nw.col("t").min())
        )
        counted = _counted(engine, did, grouping, None).drop(columns="wait")
        if before is None:
            counted["wait"] = np.nan
            counted["converted"] = np.nan
        else:
            after = came.select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"))
            joined = before.join(after, on="u", how="inner").filter(nw.col("k2") > nw.col("k"))
            if limit is not None:
                joined = joined.filter(nw.col("t2") <= nw.col("t") + limit)
            went = joined.group_by("u", *grouping).agg(nw.col("t2").min().alias("t"), nw.col("t").max().alias("tb"))
            went_on = _counted(engine, went, grouping, "tb").rename(columns={"users": "converted"})
            if grouping:
                counted = counted.merge(went_on, on=grouping, how="outer")
            else:
                counted = pd.concat([counted, went_on], axis=1)
        out.append(counted)
        firsts.append(did.select("u", *grouping))
        before = did
    anywhere = engine.union(firsts).unique()
    entered = _counted(engine, anywhere.with_columns(t=nw.lit(0)), grouping, None).rename(columns={"users": "entered"})
    out[0] = out[0].merge(entered.drop(columns="wait"), on=grouping, how="outer") if grouping else pd.concat(
        [out[0], entered.drop(columns="wait")], axis=1
    )  # fmt: skip
    return out


def _table(
    log: LogData,
    counted: list[pd.DataFrame],
    names: list[str],
    steps: Sequence[Any],
    grouping: list[str],
    closed: bool,
) -> pd.DataFrame:
    stage_of = [log.stage_of.get(s if isinstance(s, str) else s[0], "") for s in steps]
    frames = [group_names(log, c, grouping) for c in counted]
    if grouping:
        keys = sorted({tuple(r) for f in frames for r in f[grouping].itertuples(index=False)})
    else:
        keys = [()]
    rows = []
    for key in keys:
        users_before, first, entered = 0, 0, 0
        for j, (name, stage, frame) in enumerate(zip(names, stage_of, frames)):
            found = frame
            for column, wanted in zip(grouping, key):
                found = found[found[column] == wanted]
            row = found.iloc[0] if len(found) else None

            def take(column: str, row: Any = row) -> float:
                return 0 if row is None or column not in row or pd.isna(row[column]) else row[column]

            users = int(take("users"))
            wait = np.nan if row is None or j == 0 else row["wait"]
            converted = users if closed else int(take("converted"))
            if j == 0:
                first, entered = users, int(take("entered"))
            n = users if j == 0 else users_before
            rows.append(
                (*key, name, stage, users, n, max(0, n - converted) if j else 0, converted,
                 float(wait),
                 first if closed else entered, users - int(take("did")) if row is not None and "did" in row else 0, j)
            )  # fmt: skip
            users_before = users
    table = pd.DataFrame(
        rows,
        columns=[
            *grouping,
            "step",
            "stage",
            "users",
            "n",
            "lost",
            "converted",
            "median_time",
            "entered",
            "skipped",
            "_j",
        ],
    )
    share, low, high = wilson(table["converted"], table["n"])
    start = table["_j"].eq(0).to_numpy()
    for column, values in (("conversion", share), ("low", low), ("high", high)):
        table[column] = np.where(start, np.nan, values)
    overall, overall_low, overall_high = wilson(table["users"], table["entered"])
    table["overall"], table["overall_low"], table["overall_high"] = overall, overall_low, overall_high
    table["median_time"] = timedeltas(table["median_time"])
    order = [*grouping, "step", "stage", "users", "n", "lost", "conversion", "low", "high", "overall", "overall_low",
             "overall_high", "median_time", "converted", "entered", "skipped"]  # fmt: skip
    return table[order]
