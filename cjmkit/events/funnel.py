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
from cjmkit.events._standing import Asked, asked_of, chain_of, standing, still_in_window
from cjmkit.events._stats import timedeltas, two_proportions
from cjmkit.events._steps import attempts, in_lists, open_steps, ordered
from cjmkit.events._steps import skipping as past_steps
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
    skipped (people who came past without doing it, where skipping is allowed). With exits (``lost=``) also left, open
    and other_way: what became of those who are lost between the step before and this one. Intervals are Wilson's at
    95 %; the unit is people. ``settled``, of a funnel with a window, is the same table of those whose window was over
    when the log ended.
    """

    steps: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    closed: bool = True
    settled: pd.DataFrame | None = None

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences."""
        parts, called = [], self.origin.called
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
                f"get from “{called(first['step'])}” to “{called(last['step'])}”",
                ru=f"от «{called(first['step'])}» до «{called(last['step'])}» доходят {int(last['users'])} из {start} "
                f"({share}, 95-процентный интервал от {low} до {high})",
                lang=lang,
            )
            weakest = _weakest(part)
            if weakest is not None:
                w = part.iloc[weakest]
                before, after = called(part.iloc[weakest - 1]["step"]), called(w["step"])
                text += say(
                    en=f"; the weakest link is “{before}” → “{after}” "
                    f"({number(w['conversion'], 1, percent=True, lang=lang)})",
                    ru=f"; слабое звено: «{before}» → «{after}» "
                    f"({number(w['conversion'], 1, percent=True, lang=lang)})",
                    lang=lang,
                )
                text += _became(w, lang)
            text = lead + text + "."
            parts.append(text if key else text[0].upper() + text[1:])
        more = len(parts) - 4
        if more > 0:
            parts = [*parts[:4], say(en=f"And {more} more groups.", ru=f"И ещё групп: {more}.", lang=lang)]
        return " ".join([*parts, *self._apart(lang)])

    def _apart(self, lang: str | None) -> list[str]:
        """Which group gets further than which, by how much, and what the interval does not cover."""
        if len([1 for _, part in self._parts() if part.iloc[0]["users"]]) < 2 or not self.closed:
            return []
        # The whole way: the last row of each comparison. Of several groups each stands against all others.
        found = self.compare()
        whole = found[found["step"] == found["step"].iloc[-1]].dropna(subset=["difference"])
        if whole.empty:
            return []
        top = whole.assign(p=holm(whole["p"])).sort_values("difference", key=abs, ascending=False).iloc[0]
        ahead, behind, limits = top["a"], top["b"], (top["difference"], top["low"], top["high"])
        if top["difference"] < 0:
            ahead, behind, limits = behind, ahead, (-limits[0], -limits[2], -limits[1])
        by, low, high = (number(100 * x, 1, lang=lang) for x in limits)
        chance = say(en="not chance", ru="не случайно", lang=lang) if top["p"] < 0.05 else say(
            en="it may be chance", ru="может быть случайностью", lang=lang)  # fmt: skip
        return [
            say(
                en=f"Over the whole way “{ahead}” is ahead of “{behind}” by {by} points (95% interval {low} to "
                f"{high}): {chance}. The interval holds for one look at a time set before; who looks every day finds "
                "differences between equal groups.",
                ru=f"На всём пути «{ahead}» впереди «{behind}» на {by} п. п. (95-процентный интервал от {low} до "
                f"{high}): {chance}. Интервал верен для одного взгляда в заранее назначенный день; кто смотрит каждый "
                "день, найдёт различия и у равных групп.",
                lang=lang,
            )
        ]

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
            The groups; not needed where there are just two. Of more, without names, each is compared with all others.

        Returns
        -------
        pandas.DataFrame
            step, a, b (names), users_a, n_a, users_b, n_b, conversion_a, conversion_b, difference (a − b), low, high
            (Newcombe 1998), p (Fisher's exact, or z where all expected counts reach 10), p_holm (Holm over the steps
            and the whole way).

        Raises
        ------
        CjmError
            If the funnel has no groups, or only one of the two was named.

        Notes
        -----
        The intervals hold for one look, at a time that was set before. Looking every day and stopping at the first p
        below 0.05 finds a difference between equal variants far more often than in one of twenty trials: set the day or
        the number of people first, and look at the difference then.
        """
        parts = dict(self._parts())
        if list(parts) == [""]:
            raise CjmError(
                en="this funnel has no groups to compare: ask for log.funnel(steps, by=…)",
                ru="в этой воронке нет групп для сравнения: попросите log.funnel(steps, by=…)",
            )
        names = list(parts)
        if a is None and b is None and len(names) == 2:
            a, b = names
        if (a is None) != (b is None):
            known = ", ".join(names)
            raise CjmError(
                en=f"name the two groups to compare: compare(a, b), out of {known}, or neither: each with all",
                ru=f"назовите две группы: compare(a, b), из {known}; или ни одной, чтобы сравнить каждую со всеми",
            )
        for chosen in (a, b):
            if chosen is not None and chosen not in parts:
                raise CjmError(suggest(chosen, names, what="group"))
        if a is None:
            others = say(en="(all others)", ru="(все остальные)")
            pairs = [(x, others, parts[x], _added([p for y, p in parts.items() if y != x])) for x in names]
        else:
            pairs = [(a, str(b), parts[a], parts[str(b)])]
        rows = [row | {"a": x, "b": y} for x, y, p, q in pairs for row in self._differences(p, q)]
        out = pd.DataFrame(rows)
        out["p_holm"] = holm(out["p"])
        return out[["step", "a", "b", *[c for c in out if c not in ("step", "a", "b")]]]

    def _differences(self, one: pd.DataFrame, two: pd.DataFrame) -> list[dict[str, Any]]:
        one, two = one.reset_index(drop=True), two.reset_index(drop=True)
        pairs = [
            (s, one["converted"][i], one["n"][i], two["converted"][i], two["n"][i])
            for i, s in enumerate(self.steps)
            if i > 0
        ]
        if len(self.steps) > 2 and self.closed:
            last = len(self.steps) - 1
            whole = say(en="(whole way)", ru="(весь путь)")
            pairs.append((whole, one["users"][last], one["users"][0], two["users"][last], two["users"][0]))
        rows = []
        for step, k1, n1, k2, n2 in pairs:
            difference, low, high = newcombe((k1, n1), (k2, n2)) if n1 and n2 else (np.nan,) * 3
            rows.append(
                {"step": step, "users_a": int(k1), "n_a": int(n1), "users_b": int(k2), "n_b": int(n2),
                     "conversion_a": k1 / n1 if n1 else np.nan, "conversion_b": k2 / n2 if n2 else np.nan,
                     "difference": difference, "low": low, "high": high, "p": two_proportions(k1, n1, k2, n2)}
            )  # fmt: skip
        return rows

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
                raise CjmError(
                    en=f"this funnel has groups: name one with group=, out of {', '.join(parts)}",
                    ru=f"в воронке есть группы: назовите одну через group=, из {', '.join(parts)}",
                )
            group = ""
        if group not in parts:
            raise CjmError(suggest(group, parts, what="group"))
        if isinstance(step, str) and step not in self.steps:
            raise CjmError(suggest(step, self.steps, what="step"))
        row = parts[group].iloc[self.steps.index(step) if isinstance(step, str) else step]
        if overall:
            n = int(parts[group].iloc[0]["users"]) if self.closed else int(row["entered"])
            value, low, high = (row[c] for c in ("overall", "overall_low", "overall_high"))
            return Estimate(value=value, low=low, high=high, n=n, method="Wilson", percent=True)
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


def _became(row: pd.Series, lang: str | None) -> str:
    """What became of those who did not take a step, where that was asked."""
    if "open" not in row or not row["lost"]:
        return ""
    left, still, other = (int(row[c]) for c in ("left", "open", "other_way"))
    return say(
        en=f": {left:,} left for good, {still:,} are still open, {other:,} went another way",
        ru=f": ушли насовсем {left}, ещё в пути {still}, пошли иначе {other}",
        lang=lang,
    )


def _where(log: LogData, asked: Asked, grouping: list[str]) -> pd.DataFrame:
    """People by the furthest step j and how they stand there."""
    engine = log._canon.engine
    chain, _, _ = chain_of(log, asked)
    people = standing(log, asked, chain, grouping)
    return group_names(log, engine.collect(people.group_by(*grouping, "j", "ended").agg(nw.len().alias("w"))), grouping)


def _separated(table: pd.DataFrame, where: pd.DataFrame, names: list[str], grouping: list[str]) -> pd.DataFrame:
    """The table with left, open and other_way: those who stand at the step before, by how they stand there."""
    where = where.assign(step=[names[min(int(j) + 1, len(names) - 1)] for j in where["j"]])
    where = where[where["j"] < len(names) - 1]
    out = table
    for name, code in (("left", 2), ("open", 0), ("other_way", 3)):
        part = where.loc[where["ended"] == code, [*grouping, "step", "w"]].rename(columns={"w": name})
        out = out.merge(part, on=[*grouping, "step"], how="left")
        out[name] = out[name].fillna(0).astype("int64")
    return out


def _weakest(part: pd.DataFrame) -> int | None:
    conversion = part["conversion"].to_numpy(float)
    if len(conversion) < 2 or np.isnan(conversion[1:]).all():
        return None
    return int(np.nanargmin(conversion[1:]) + 1)


def _added(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Several groups as one: what is counted, step by step."""
    return sum((p[["users", "n", "converted"]].reset_index(drop=True) for p in parts[1:]),
               parts[0][["users", "n", "converted"]].reset_index(drop=True))  # fmt: skip


def funnel(
    log: LogData,
    steps: Sequence[str | Sequence[str]],
    *,
    by: By = None,
    closed: bool = True,
    skipping: bool = False,
    window: str | pd.Timedelta | None = None,
    lost: str | Sequence[str] | None = None,
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
        before). A person who tries several times counts with the attempt that gets furthest. Who entered too late
        for the window to be over when the log ends is not lost yet: ``settled`` holds the funnel of the others.
    lost : str or list of str, optional
        Events by which people leave for good (declined, cancelled); ``[]`` where there are none. Who did not take a
        step is then told apart: left, open (may still come) or other_way (came to a later step past it).

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

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", 1, "offer"), ("a", 2, "paid"), ("b", 1, "offer"), ("b", 3, "declined"), ("c", 3, "offer")]
    >>> frame = pd.DataFrame(rows, columns=["who", "day", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["day"], "D")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> log.funnel(["offer", "paid"], lost="declined").weakest()[["step", "lost", "left", "open", "other_way"]]
       step  lost  left  open  other_way
    0  paid     2     1     1          0
    """
    if isinstance(steps, str) or len(steps) < 2:
        raise CjmError(
            en=f"a funnel needs at least two steps in order; {steps!r} came",
            ru=f"воронке нужны хотя бы два шага по порядку; пришло {steps!r}",
        )
    codes = [log._codes(s) for s in steps]
    shown_names = step_names(steps)
    limit = span_us(window)
    if not closed and skipping:
        raise CjmError(
            en="an open funnel lets people enter anywhere, so skipping= has no meaning there; use closed=True",
            ru="в открытую воронку входят где угодно, skipping= там не имеет смысла; возьмите closed=True",
        )
    if lost is not None and (not closed or skipping or window is not None):
        raise CjmError(
            en="lost= says where people stand in a closed funnel without a window; leave the others out",
            ru="lost= говорит, где стоят люди в закрытой воронке без окна; остальное уберите",
        )
    canon = log._canon
    engine = canon.engine
    settled = None
    with engine.scratch():
        plain = canon.lists is not None and by is None and closed and not skipping and limit is None
        people, grouping, left_out = (None, [], 0) if plain else attach_groups(
            log, codes[0], by=by, closed=closed, steps=codes)  # fmt: skip
        if plain:
            counted = in_lists(canon, codes)
        elif not closed:
            counted = open_steps(canon, codes, people, grouping, limit)
        elif skipping:
            counted = past_steps(canon, codes, people, grouping, limit)
        elif limit is not None:
            tries = engine.cache(attempts(canon, codes, people, grouping, limit))
            counted = ordered(canon, codes, tries, grouping, limit)
            over = tries.filter(nw.col("t") <= canon.t_max - limit)
            settled = _table(log, ordered(canon, codes, over, grouping, limit), shown_names, steps, grouping, closed)
        else:
            counted = ordered(canon, codes, people, grouping, None)
        where = None if lost is None else _where(log, asked_of(log, steps, lost, by, canon.t_max), grouping)
    table = _table(log, counted, shown_names, steps, grouping, closed)
    if where is not None:
        table = _separated(table, where, shown_names, grouping)
    told = [] if settled is None else still_in_window(table, settled, str(window))
    if left_out:
        told.append(
            say(
                en=f"{left_out:,} people without a label were left out",
                ru=f"без метки и потому не учтены: {people_words(left_out, 'ru')}",
            )
        )
    if len(small := table[(table["n"] < 10) & (table["n"] > 0) & table["conversion"].notna()]):
        message = f"{len(small)} of the conversions rest on fewer than ten people; their intervals are wide"
        warnings.warn(message, SmallSampleWarning, stacklevel=3)
        told.append(say(en=message, ru=f"конверсий меньше чем на десяти людях: {len(small)}; их интервалы широки"))
    query = f"funnel({listed([s if isinstance(s, str) else list(s) for s in steps])}"
    query += "".join(
        f", {k}={listed(v)}"
        for k, v, default in (("by", by, None), ("closed", closed, True),
                              ("skipping", skipping, False), ("lost", lost, None),
                              ("window", None if window is None else str(window), None))
        if v is not default
    )  # fmt: skip
    return Funnel(
        table=table, origin=log._origin(query + ")"), warnings=tuple(told), steps=tuple(shown_names),
        by=tuple(grouping), closed=closed, settled=settled,
    )  # fmt: skip


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
    columns = [*grouping, "step", "stage", "users", "n", "lost", "converted", "median_time", "entered", "skipped", "_j"]
    table = pd.DataFrame(rows, columns=columns)
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
