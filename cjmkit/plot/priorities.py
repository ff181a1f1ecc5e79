"""Pictures of priorities: matrix, rank stability, plan, budget, what-if."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.core.called import called
from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, interval, number, say, shorten
from cjmkit.plot._style import PALETTE, foreground, legible, new_axes, number_axis, percent_axis, tidy, wrap
from cjmkit.plot._survey import finding, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.priorities import BudgetSplit, CommunicationPlan, Priorities, WhatIf

__all__ = ["budget_split", "communication_plan", "priority_matrix", "rank_stability", "what_if"]


def priority_matrix(priorities: Priorities, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw impact against effort, with the quadrants split at the medians; filled points are safely among the first.

    The number in a point is its rank by the method of `priorities`; names stand in the list at the right.

    Parameters
    ----------
    priorities : Priorities
        From :func:`cjmkit.priorities.rank`, with the columns impact and effort.
    ax, lang
        Where to draw, and in which language.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, priorities
    >>> ideas = pd.DataFrame({"title": ["Prices first", "New chat"], "reach": [700, 220], "impact": [3, 1],
    ...                       "confidence": [0.9, 0.7], "effort": [1.5, 3]})
    >>> plot.priority_matrix(priorities.rank(ideas), lang="en").get_xlabel()
    'effort (person-months)'
    """
    lang = current_language(lang)
    table = priorities.table
    for column in ("impact", "effort"):
        if column not in table:
            raise CjmError(
                en=f"the matrix needs the column {column!r}; the ideas have {', '.join(map(str, table.columns))}",
                ru=f"матрице нужен столбец {column!r}; у идей {', '.join(map(str, table.columns))}",
            )
    ax = new_axes(
        ax, width=10.0, height=max(4.8, 1.0 + 0.3 * sum(1 + (len(str(t)) > 48) * 0.7 for t in table["title"]))
    )
    effort, impact = (table[c].to_numpy(dtype=float) for c in ("effort", "impact"))
    if "reach" in table and priorities.kind == "rice":
        # RICE weighs an idea by whom it touches: the picture shows what the score saw.
        impact = impact * table["reach"].to_numpy(dtype=float) * table["confidence"].to_numpy(dtype=float)
    x, y = _apart(effort), impact
    log = y.min() > 0 and y.max() / y.min() > 30
    if log:
        ax.set_yscale("log")
        number_axis(ax, "y", lang)
    sure = (table["in_top"] >= 0.9).to_numpy()
    for i in range(len(table)):
        ax.plot(
            x[i],
            y[i],
            "o",
            markersize=17,
            color=PALETTE[0],
            markerfacecolor=PALETTE[0] if sure[i] else ax.get_facecolor(),
            markeredgewidth=1.5,
            zorder=3,
        )
        ax.text(
            x[i],
            y[i],
            str(table["rank"].iloc[i]),
            ha="center",
            va="center",
            fontsize=8.5,
            zorder=4,
            color="white" if sure[i] else foreground(ax),
        )
    number_axis(ax, "x", lang)
    pad = 0.12 * max(float(np.ptp(x)), 0.5)
    ax.set_xlim(max(0.0, x.min() - pad), x.max() + pad)
    if log:
        ax.set_ylim(y.min() / 1.8, y.max() * 1.8)
    else:
        span = 0.12 * max(float(np.ptp(y)), 0.5)
        ax.set_ylim(y.min() - span, y.max() + span)
    ax.axvline(float(np.median(effort)), color=foreground(ax), linewidth=0.8, alpha=0.5, linestyle=(0, (4, 3)))
    ax.axhline(float(np.median(impact)), color=foreground(ax), linewidth=0.8, alpha=0.5, linestyle=(0, (4, 3)))
    corners = (
        (0.01, 0.99, "left", "top", say(en="quick wins", ru="быстрые победы", lang=lang)),
        (0.99, 0.99, "right", "top", say(en="big projects", ru="большие проекты", lang=lang)),
        (0.01, 0.01, "left", "bottom", say(en="fill-ins", ru="мелочи", lang=lang)),
        (0.99, 0.01, "right", "bottom", say(en="time sinks", ru="пожиратели времени", lang=lang)),
    )
    for cx, cy, ha, va, text in corners:
        ax.text(cx, cy, text, transform=ax.transAxes, ha=ha, va=va, fontsize=9, alpha=0.6, style="italic")
    listed = "\n".join(
        f"{r}  {wrap(t, 48, 2)}".replace("\n", "\n     ") for r, t in zip(table["rank"], table["title"], strict=True)
    )
    ax.annotate(
        listed,
        (1, 1),
        xycoords="axes fraction",
        xytext=(12, 0),
        textcoords="offset points",
        va="top",
        fontsize=8.5,
        linespacing=1.35,
        annotation_clip=False,
    )
    ax.set_xlabel(say(en="effort (person-months)", ru="трудоёмкость (человеко-месяцы)", lang=lang))
    if "reach" in table and priorities.kind == "rice":
        label = say(en="reach × impact × confidence", ru="охват × влияние × уверенность", lang=lang)
    else:
        label = say(en="impact", ru="влияние", lang=lang)
    ax.set_ylabel(label)
    top = priorities.n
    note = say(
        en=f"filled: among the first {top} in at least 90% of draws; lines: medians",
        ru=f"закрашены: среди первых {top} не реже чем в 90 % случаев; линии: медианы",
        lang=lang,
    )
    tidy(ax)
    measure = say(en="what each idea brings against what it takes", ru="что даёт идея и чего она стоит", lang=lang)
    return publish(ax, _first(priorities, lang), measure, note, down=36)


def _first(priorities: Priorities, lang: str) -> str:
    """The first idea and how sure its place is, as a title."""
    r: Any = priorities.table.iloc[0]
    idea, first = shorten(r["title"], 80), number(r["first"], 0, percent=True, lang=lang)
    return say(en=f"First in {first} of draws: “{idea}”", ru=f"Первая в {first} повторов: «{idea}»", lang=lang)


def _apart(x: np.ndarray) -> np.ndarray:
    """Equal efforts side by side instead of on top of each other."""
    out = x.astype(float).copy()
    step = 0.035 * max(float(np.ptp(x)), 0.5)
    for value in np.unique(x):
        at = np.flatnonzero(x == value)
        out[at] = value + (np.arange(len(at)) - (len(at) - 1) / 2) * step
    return out


def rank_stability(priorities: Priorities, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw how often each idea takes each rank when the uncertain inputs are drawn anew.

    Parameters
    ----------
    priorities : Priorities
        From :func:`cjmkit.priorities.rank`.
    ax, lang
        Where to draw, and in which language.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, priorities
    >>> ideas = pd.DataFrame({"title": ["Prices first", "New chat"], "reach": [700, 220], "impact": [3, 1],
    ...                       "confidence": [0.9, 0.7], "effort": [1.5, 3]})
    >>> ax = plot.rank_stability(priorities.rank(ideas), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['Prices first', 'New chat']
    """
    lang = current_language(lang)
    shares = priorities.stability.to_numpy(dtype=float)
    size = len(shares)
    ax = new_axes(ax, width=max(7.4, 4.4 + 0.5 * size), height=1.5 + 0.42 * size)
    # Squares whose side grows with the share are read alike in colour, grey and dark mode.
    for i in range(size):
        for k in range(size):
            if shares[i, k] >= 0.005:
                side = 0.94 * np.sqrt(shares[i, k])
                ax.add_patch(_square(k + 1, i, side))
            if shares[i, k] >= 0.1:
                ax.text(
                    k + 1,
                    i,
                    number(shares[i, k] * 100, 0, lang=lang),
                    ha="center",
                    va="center",
                    fontsize=7.5,
                    color="white",
                    zorder=4,
                )
    ax.axvline(priorities.n + 0.5, color=foreground(ax), linewidth=1, alpha=0.7, linestyle=(0, (4, 3)))
    ax.set_xlim(0.4, size + 0.6)
    ax.set_ylim(size - 0.4, -0.6)
    ax.set_xticks(range(1, size + 1))
    ax.set_yticks(range(size), [wrap(t, 40, 2) for t in priorities.table["title"]])
    ax.tick_params(length=0, labelsize=8.5)
    ax.set_xlabel(
        say(
            en=f"rank by {priorities.method()} (percent of draws)",
            ru=f"место, {priorities.method()} (процент случаев)",
            lang=lang,
        )
    )
    tidy(ax, grid="x")
    ax.set_aspect("equal")
    measure = say(
        en="how often each idea takes each rank when the uncertain inputs are drawn anew",
        ru="как часто идея занимает каждое место, когда неточные исходные числа берут заново",
        lang=lang,
    )
    return publish(ax, _first(priorities, lang), measure)


def _square(x: float, y: float, side: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - side / 2, y - side / 2), side, side, color=PALETTE[0], linewidth=0, zorder=3)


def communication_plan(plan: CommunicationPlan, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw the communication plan as a table: stage, audience, channel, message, owner, people.

    Parameters
    ----------
    plan : CommunicationPlan
        From :func:`cjmkit.priorities.communication_plan`.
    ax, lang
        Where to draw, and in which language.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, priorities
    >>> messages = pd.DataFrame({"stage": ["deal"], "channel": "e-mail", "message": "We call today", "owner": "Ann"})
    >>> stuck = pd.DataFrame({"step": ["form"], "stage": ["deal"], "size": [30]})
    >>> ax = plot.communication_plan(priorities.communication_plan(messages, stuck), lang="en")
    >>> [t.get_text() for t in ax.texts][-4:-1]
    ['We call today', 'Ann', '30']
    """
    lang = current_language(lang)
    head = say(
        en="stage|audience|channel|message|owner|people",
        ru="этап|аудитория|канал|сообщение|ответственный|человек",
        lang=lang,
    ).split("|")
    widths = (15, 18, 15, 38, 16, 8)
    rows = []
    last = None
    for r in plan.table.to_dict("records"):
        size = "—" if pd.isna(r["size"]) else number(float(r["size"]), 0, lang=lang)
        who = " · ".join(v for v in (called(plan.names, r["step"]), r["persona"]) if v)
        told = (
            r["title"] if r["title"] != last else "",
            who or "—",
            r["channel"] or "—",
            r["message"] or "—",
            r["owner"] or "—",
            size,
        )
        last = r["title"]
        rows.append(([wrap(c, w, 4) if c else "" for c, w in zip(told, widths, strict=True)], r["missing"]))
    heights = [1 + max(c.count("\n") for c in cells) for cells, _ in rows]
    total = sum(h * 0.19 + 0.14 for h in heights) + 0.5
    ax = new_axes(ax, width=11.0, height=max(1.6, total))
    ax.set_axis_off()
    edges = np.concatenate([[0], np.cumsum(widths)]) / sum(widths)
    ax.set_xlim(0, 1)
    ax.set_ylim(total, 0)
    ink = foreground(ax)
    for x, text in zip(edges, head, strict=False):
        ax.text(x, 0.2, text, fontsize=8.5, fontweight="bold", va="center", color=ink)
    y = 0.42
    for (cells, missing), h in zip(rows, heights, strict=True):
        tall = h * 0.19 + 0.14
        ax.axhline(y, color=ink, linewidth=0.5 if not cells[0] else 0.9, alpha=0.25 if not cells[0] else 0.7)
        if missing:
            from matplotlib.patches import Rectangle

            ax.add_patch(
                Rectangle((0, y), 1, tall, facecolor="none", edgecolor=ink, hatch="///", alpha=0.14, linewidth=0)
            )
        for x, text in zip(edges, cells, strict=False):
            ax.text(x, y + tall / 2, text, fontsize=8.5, va="center", linespacing=1.15, color=ink)
        y += tall
    if any(m for _, m in rows):
        ax.text(
            0,
            y + 0.06,
            say(
                en="hatched: a message, an owner or an audience is missing",
                ru="штриховка: нет сообщения, ответственного или аудитории",
                lang=lang,
            ),
            fontsize=8,
            va="top",
            alpha=0.8,
            color=ink,
        )
    measure = say(en="who is told what, where, by whom", ru="кому, что, где и кто говорит", lang=lang)
    return publish(ax, finding(plan.summary(lang)), measure)


def budget_split(split: BudgetSplit, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw spending now (hollow) and proposed (filled, with interval) per channel, between floor and ceiling.

    Parameters
    ----------
    split : BudgetSplit
        From :func:`cjmkit.priorities.budget_split`.
    ax, lang
        Where to draw, and in which language.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, priorities
    >>> cost = pd.DataFrame({"channel": ["banner", "search"], "cost": [100.0, 100.0]})
    >>> split = priorities.budget_split(cost, pd.DataFrame({"channel": ["banner", "search"], "conversions": [20, 80]}))
    >>> [t.get_text() for t in plot.budget_split(split, lang="en").get_yticklabels()]
    ['search', 'banner']
    """
    lang = current_language(lang)
    table = split.table.sort_values("change", ascending=False, ignore_index=True)
    ax = new_axes(ax, width=8.2, height=1.7 + 0.5 * len(table))
    unit, name = _unit(float(table[["cost", "proposed", "high"]].to_numpy().max()), lang)
    ink = foreground(ax)
    for i, r in enumerate(table.to_dict("records")):
        ax.hlines(
            i, r["floor"] / unit, min(r["ceiling"], split.budget) / unit, color=ink, linewidth=0.8, alpha=0.35, zorder=1
        )
        ax.hlines(i, r["low"] / unit, r["high"] / unit, color=PALETTE[0], linewidth=6, alpha=0.3, zorder=2)
        ax.plot(
            r["cost"] / unit,
            i,
            "o",
            color=ink,
            markerfacecolor=ax.get_facecolor(),
            markersize=8,
            markeredgewidth=1.4,
            zorder=3,
        )
        ax.plot(r["proposed"] / unit, i, "D", color=PALETTE[0], markersize=8, zorder=4)
        arrow = "=" if abs(r["change"]) < 0.005 * split.budget else "↑" if r["change"] > 0 else "↓"
        sure = max(r["more"], 1 - r["more"])
        word = f"{arrow} {number(sure, 0, percent=True, lang=lang)}" if arrow != "=" else "="
        if r["bound"]:
            bound = (
                say(en="at the ceiling", ru="потолок", lang=lang)
                if r["bound"] == "ceiling"
                else say(en="at the floor", ru="пол", lang=lang)
            )
            word += f", {bound}"
        ax.annotate(
            word,
            (1, i),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    ax.plot([], [], "o", color=ink, markerfacecolor=ax.get_facecolor(), label=say(en="now", ru="сейчас", lang=lang))
    ax.plot([], [], "D", color=PALETTE[0], label=say(en="proposed", ru="предложение", lang=lang))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=9)
    ax.set_yticks(range(len(table)), [wrap(c, 30, 2) for c in table["channel"]])
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.set_xlabel(say(en="spend", ru="расход", lang=lang) + name)
    ax.tick_params(axis="y", length=0)
    tidy(ax, grid="x")
    measure = say(en="spending by channel, now and proposed", ru="расходы по каналам, сейчас и предложено", lang=lang)
    note = say(
        en="thin lines: floor to ceiling; light bars: 90% of draws",
        ru="тонкие линии: от пола до потолка; светлые: 90 % повторов",
        lang=lang,
    )
    return publish(ax, finding(split.summary(lang)), measure, note, above=20, down=36)


def _unit(largest: float, lang: str) -> tuple[float, str]:
    if largest >= 2e6:
        return 1e6, say(en=", millions", ru=", млн", lang=lang)
    return (1e3, say(en=", thousands", ru=", тыс.", lang=lang)) if largest >= 2e4 else (1.0, "")


def what_if(result: WhatIf, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw conversion now and after each change, with intervals.

    Parameters
    ----------
    result : WhatIf
        From :func:`cjmkit.priorities.what_if`.
    ax, lang
        Where to draw, and in which language.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, priorities
    >>> seen = pd.DataFrame({"source": ["visit", "visit", "form", "form"], "target": ["form", "exit", "deal", "exit"],
    ...                      "users": [400, 600, 100, 300]})
    >>> better = priorities.what_if(seen, {("visit", "form"): 0.6}, start="visit", success="deal")
    >>> plot.what_if(better, lang="en").get_xlabel()
    'visit → deal'
    """
    lang = current_language(lang)
    rows = result.table.to_dict("records")
    ax = new_axes(ax, width=7.8, height=1.7 + 0.55 * (len(rows) + 1))
    base: Any = result.baseline
    ax.axvspan(base.low, base.high, color=foreground(ax), alpha=0.08, linewidth=0)
    ax.axvline(base.value, color=foreground(ax), linewidth=1, alpha=0.8)
    for i, r in enumerate(rows):
        ax.hlines(i, r["low"], r["high"], color=PALETTE[0], linewidth=2.4, zorder=3)
        ax.plot(r["conversion"], i, "o", color=PALETTE[0], markersize=8, zorder=4)
        gain = number(r["difference"] * 100, 1, lang=lang)
        limits = interval(r["difference_low"] * 100, r["difference_high"] * 100, 1, lang=lang)
        points = say(en="points", ru="п. п.", lang=lang)
        sign = "+" if r["difference"] > 0 else ""
        ax.annotate(
            f"{sign}{gain} {points} {limits}",
            (1, i),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    labels = []
    everything = say(en="all together", ru="все вместе", lang=lang)
    for r in rows:
        shift = ""
        if not np.isnan(r["benchmark"]):
            seen, aim = (number(r[k], 0, percent=True, lang=lang) for k in ("observed", "benchmark"))
            shift = f"\n{seen} → {aim}"
        labels.append(wrap(called(result.names, r["change"]) if r["source"] else everything, 32, 2) + shift)
    ax.set_yticks(range(len(rows)), labels)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    high = max(r["high"] for r in rows)
    ax.set_xlim(0, min(1.0, max(high, base.high) * 1.1))
    percent_axis(ax, "x", lang)
    ends = (shorten(called(result.names, s), 36) for s in (result.start, result.success))
    ax.set_xlabel(" → ".join(ends))
    ax.annotate(
        say(en="now", ru="сейчас", lang=lang),
        (base.value, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=8.5,
        color=legible(ax, "#7F7F7F"),
    )
    ax.tick_params(axis="y", length=0)
    tidy(ax, grid="x")
    measure = say(en="share of people who finish, now and after", ru="доля дошедших до цели, сейчас и после", lang=lang)
    note = say(en="assumed, not measured", ru="предположено, не измерено", lang=lang)
    return publish(ax, finding(result.summary(lang)), measure, note, above=16, down=36)
