"""Drawings of time: who is still at a step, and which outcome people meet by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjmkit.core.called import called
from cjmkit.core.words import row_title
from cjmkit.i18n import number, people, say
from cjmkit.plot._events import found, nothing, shown, unit_of, waited, worded
from cjmkit.plot._style import (
    MARKERS,
    colours,
    foreground,
    legible,
    new_axes,
    number_axis,
    percent_axis,
    tidy,
    wrap,
)
from cjmkit.view.lanes import whole as counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.events.outcomes import Outcomes
    from cjmkit.events.paths import Paths
    from cjmkit.events.stuck import Stuck

__all__ = ["outcomes", "stuck", "stuck_over_time", "variants"]


def stuck(result: Stuck, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Share of people who are still at each step after a time (Kaplan–Meier), with the usual time marked.

    Parameters
    ----------
    result : cjmkit.events.Stuck
        Its curves are drawn.
    ax, lang
        As for ``funnel``.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.stuck(log.stuck(["visit", "pay"]), lang="en")
    >>> ax.get_ylabel()
    'have not gone on yet'
    """
    curves = result.curves
    ax = new_axes(ax, width=9.0, height=4.4)
    if curves.empty:
        return nothing(ax, lang)
    size, en, ru = unit_of(curves["time"].max().total_seconds())
    for i, row in enumerate(result.steps.to_dict("records")):
        part = curves[curves["step"] == row["step"]]
        if part.empty:
            continue
        t = np.r_[0, part["time"].dt.total_seconds() / size]
        hue = colours(len(result.steps))[i]
        a, b = (wrap(result.origin.called(row[c]), 24, 1) for c in ("step", "next_step"))
        label = f"{a} → {b} (n = {counted(row['n'], lang)})"
        ax.step(t, np.r_[1, part["remaining"]], where="post", color=hue, lw=1.6, label=label)
        ax.fill_between(t, np.r_[1, part["low"]], np.r_[1, part["high"]], step="post", color=hue, alpha=0.14, lw=0)
        if pd.notna(row["usual_time"]):
            usual = row["usual_time"].total_seconds() / size
            at = float(part["remaining"][part["time"].dt.total_seconds() / size <= usual + 1e-9].iloc[-1])
            ax.plot(usual, at, MARKERS[i % len(MARKERS)], color=hue, ms=7)
    ax.set_ylim(0, 1.0)
    ax.set_xlim(0, None)
    percent_axis(ax, "y", lang)
    ax.set_ylabel(say(en="have not gone on yet", ru="ещё не пошли дальше", lang=lang))
    ax.set_xlabel(say(en=f"{en} since the step", ru=f"{ru} после шага", lang=lang))
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))
    tidy(ax)
    measure = say(en="share of people still at each step", ru="доля людей, которые ещё на шаге", lang=lang)
    note = say(en="mark: usual time, later is stuck", ru="знак: обычное время, позже — застрял", lang=lang)
    return found(ax, result, lang, f"{measure}; {shown(result, lang)}", note)


def stuck_over_time(result: Stuck, *, ax: Axes | None = None, lang: str | None = None, n: int = 60) -> Axes:
    """People at each step from the log's beginning to its end: who is stuck, and above them who still waits.

    Parameters
    ----------
    result : cjmkit.events.Stuck
        Asked for :meth:`~cjmkit.events.stuck.Stuck.over_time`.
    ax, lang
        As for ``funnel``.
    n : int
        How many moments are drawn.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit"),
    ...         ("c", "2026-03-20", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.stuck_over_time(log.stuck(["visit", "pay"]), lang="en")
    >>> ax.get_ylabel()
    'people'
    """
    from matplotlib.dates import AutoDateLocator, DateFormatter

    table = result.over_time(n)
    ax = new_axes(ax, width=8.2, height=4.4)
    if not table[["waiting", "stuck"]].to_numpy().any():
        return nothing(ax, lang)
    steps = list(dict.fromkeys(table["step"]))
    hues = colours(len(steps))
    ends = []
    for i, step in enumerate(steps):
        part = table[table["step"] == step]
        t = part["time"].dt.tz_localize(None)
        ax.plot(t, part["stuck"], color=hues[i], lw=2)
        ax.fill_between(t, part["stuck"], part["stuck"] + part["waiting"], color=hues[i], alpha=0.2, lw=0)
        ends.append((float(part["stuck"].iloc[-1]), step, int(part["stuck"].iloc[-1]), int(part["waiting"].iloc[-1])))
    high = float((table["stuck"] + table["waiting"]).max())
    ax.set_ylim(0, high * 1.06)
    # Names stand at the lines' ends, pushed apart where the lines end close to each other.
    at, tall = -high, 0.0
    for y, step, late, wait in sorted(ends):
        name = wrap(result.origin.called(step), 24, 2)
        lines = name.count("\n") + 2
        at = max(y, at + high * 0.0285 * (tall + lines), high * 0.033 * lines)
        tall = float(lines)
        a, b = counted(late, lang), counted(wait, lang)
        said = name + "\n" + say(en=f"{a} stuck, {b} waiting", ru=f"застряли {a}, ждут {b}", lang=lang)
        ax.annotate(said, (1.01, at), xycoords=("axes fraction", "data"), va="center",
                    fontsize=8, color=legible(ax, hues[steps.index(step)]), annotation_clip=False)  # fmt: skip
    ax.set_ylabel(say(en="people", ru="человек", lang=lang))
    number_axis(ax, "y", lang)
    dates = ax.xaxis
    dates.set_major_locator(AutoDateLocator(maxticks=7))
    dates.set_major_formatter(DateFormatter(say(en="%Y-%m-%d", ru="%d.%m.%y", lang=lang)))
    tidy(ax)
    measure = say(
        en="people at each step, day by day", ru="сколько людей стоит на каждом шаге, день за днём", lang=lang
    )
    note = say(
        en="line: stuck; light: still within the usual time",
        ru="линия: застряли; светлое: ещё в обычном времени",
        lang=lang,
    )
    return found(ax, result, lang, measure, note, down=28)


def outcomes(result: Outcomes, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Share of people who met each outcome by each time since their start, with intervals; the rest is still open.

    Parameters
    ----------
    result : cjmkit.events.Outcomes
        With groups, a line for each group and outcome.
    ax, lang
        As for ``funnel``.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", 1, "apply"), ("a", 3, "paid"), ("b", 1, "apply"), ("b", 2, "left"), ("c", 2, "apply")]
    >>> frame = pd.DataFrame(rows, columns=["who", "day", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["day"], "D")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> cj.plot.outcomes(log.outcomes("paid", lost="left"), lang="en").get_ylabel()
    'have met the outcome'
    """
    curves = result.incidence
    ax = new_axes(ax, width=7.5, height=4.4)
    if curves.empty:
        return nothing(ax, lang)
    size, en, ru = unit_of(curves["time"].max().total_seconds())
    keys = [*result.by, "outcome"]
    groups = list(curves.groupby(keys, sort=False))
    hues = colours(len(groups))
    for i, (key, part) in enumerate(groups):
        named = ", ".join(row_title(result.origin.called(k), lang) for k in key)
        row = result.table[(result.table[keys] == pd.Series(key, index=keys)).all(axis=1)].iloc[0]
        label = f"{wrap(named, 30)} ({counted(row['people'], lang)} / {counted(row['n'], lang)})".replace("\n", " ")
        t = np.r_[0, part["time"].dt.total_seconds() / size]
        ax.step(t, np.r_[0, part["incidence"]], where="post", color=hues[i], lw=1.6, ls=("-", "--", ":", "-.")[i % 4],
                label=label)  # fmt: skip
        high = part["high"].fillna(1)
        ax.fill_between(t, np.r_[0, part["low"]], np.r_[0, high], step="post", color=hues[i], alpha=0.14, lw=0)
    ax.set_ylim(0, min(1.0, 1.15 * float(curves[["incidence", "high"]].max().max()) or 1.0))
    ax.set_xlim(0, None)
    percent_axis(ax, "y", lang)
    ax.set_ylabel(say(en="have met the outcome", ru="исход наступил", lang=lang))
    at_risk = int(curves["at_risk"].min())
    ax.set_xlabel(say(en=f"{en} since the start", ru=f"{ru} с начала", lang=lang))
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))
    tidy(ax)
    measure = say(
        en="share of people who met the outcome by then", ru="доля людей, у которых исход уже наступил", lang=lang
    )
    note = say(en=f"at the end {people(at_risk, 'en')} still watched; beside a name: people with the outcome / people",
               ru=f"в конце под наблюдением ещё {people(at_risk, 'ru')}; у названия: люди с исходом / все люди",
               lang=lang)  # fmt: skip
    return found(ax, result, lang, f"{measure}; {shown(result, lang)}", note)


def variants(
    result: Paths,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    n: int = 8,
    names: Mapping[str, str] | None = None,
) -> Axes:
    """The commonest paths as ribbons along time: as thick as many people took them, each event where half had come.

    Parameters
    ----------
    result : cjmkit.events.Paths
        Asked for :meth:`~cjmkit.events.paths.Paths.times`.
    ax, lang
        As for ``funnel``.
    n : int
        How many paths.
    names : mapping, optional
        Event or stage to what people call it.

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    The axis is the square root of time, so that minutes and weeks can be seen on one picture. Paths of a single event
    have no time and are left out; how many people they are is said below.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.variants(log.paths(), lang="en")
    >>> [t.get_text() for t in ax.get_legend().get_texts()]
    ['visit', 'pay']
    """
    known = {**result.origin.names, **(names or {})}
    chosen = result.table[result.table["steps"] > 1].head(n)
    ax = new_axes(ax, width=8.4, height=0.62 * max(2, len(chosen)) + 1.9)
    if chosen.empty:
        return nothing(ax, lang)
    times = result.times()
    times = times[times["path"].isin(chosen["path"])]
    size, en, ru = unit_of(times["time"].max().total_seconds())
    events = list(times.sort_values(["place", "path"], kind="stable")["event"].drop_duplicates())
    hues = dict(zip(events, colours(len(events))))
    marks = {e: MARKERS[i % len(MARKERS)] for i, e in enumerate(events)}
    thick = 0.62 / float(chosen["share"].max())
    for y, row in enumerate(chosen.to_dict("records")):
        part = times[times["path"] == row["path"]].sort_values("place")
        x, half = np.sqrt(part["time"].dt.total_seconds() / size).to_numpy(), max(0.03, row["share"] * thick / 2)
        for a, b, event in zip(x[:-1], x[1:], part["event"]):
            # A stretch has the colour of the event it comes from.
            ax.fill_between([a, b], y - half, y + half, color=hues[event], alpha=0.28, lw=0)
        for at, event in zip(x, part["event"]):
            ax.plot(at, y, marks[event], color=hues[event], ms=7, mec=foreground(ax), mew=0.5)
        share = number(row["share"], 0 if row["share"] >= 0.1 else 1, percent=True, lang=lang)
        ax.annotate(
            f"{share}\nn = {counted(row['users'], lang)}",
            (0, y),
            (-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=8,
        )
        ax.annotate(waited(part["time"].max(), lang), (x.max(), y), (9, 0), textcoords="offset points", va="center",
                    fontsize=8)  # fmt: skip
    top = float(np.sqrt(times["time"].max().total_seconds() / size))
    ax.set_xlim(0, top * 1.09)
    ax.set_ylim(len(chosen) - 0.4, -0.6)
    steps = [v for v in (0, 1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730) if v <= top**2] or [0]
    kept: list[int] = []
    for v in steps:
        if not kept or np.sqrt(v) - np.sqrt(kept[-1]) > top * 0.06:
            kept.append(v)
    ax.set_xticks(np.sqrt(kept), [str(v) for v in kept])
    ax.set_yticks([])
    rest = int(result.table.loc[result.table["steps"] == 1, "users"].sum())
    alone = say(en=f"{people(rest, 'en')} did one thing only and are not drawn",
                ru=f"не показано: {people(rest, 'ru')} с одним событием", lang=lang)  # fmt: skip
    ax.set_xlabel(say(en=f"{en} since the start (median)", ru=f"{ru} с начала (медиана)", lang=lang))
    handles = [ax.plot([], [], marks[e], color=hues[e], ms=7, label=wrap(called(known, e), 22, 2))[0] for e in events]
    ax.legend(handles=handles, frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))
    tidy(ax, grid="x")
    measure = say(
        en="the commonest paths along time; thickness: share of people, a mark: when half had come there",
        ru="самые частые пути во времени; толщина — доля людей, знак — когда дошла половина",
        lang=lang,
    )
    return found(ax, worded(result, known), lang, measure, alone if rest else "")
