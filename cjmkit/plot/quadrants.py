"""Drawings with four quadrants: importance and performance, Kano."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cjmkit.i18n import say
from cjmkit.plot._doubts import footed, signed
from cjmkit.plot._style import GREY, MARKERS, PALETTE, foreground, new_axes, number_axis, percent_axis, tidy
from cjmkit.plot._survey import label, label_points, name_corners, pad, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.survey import ImportancePerformance, Kano

__all__ = ["importance_performance", "kano"]


@footed
def importance_performance(result: ImportancePerformance, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw importance against performance with the four quadrants; crosses show the intervals.

    Parameters
    ----------
    result : ImportancePerformance
        From :func:`cjmkit.survey.importance_performance`.
    ax, lang
        As for :func:`likert`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"id": range(60), "chat": [1, 2, 3, 4, 5] * 12, "site": [2, 5, 4] * 20})
    >>> s = survey.Survey.from_frame(t.assign(overall=t["chat"]))
    >>> s = s.set_item(["chat", "site", "overall"], type="likert", scale=(1, 5))
    >>> found = survey.importance_performance(s, "overall", ["chat", "site"], resamples=20)
    >>> plot.importance_performance(found, lang="en").get_ylabel()
    'importance (R² points, %)'
    """
    t = result.table
    ax = new_axes(ax, width=7.6, height=5.6)
    ink = foreground(ax)
    cx, cy = result.cut
    scale = 100 if result.derived else 1
    x, y = t["performance"].to_numpy(), t["importance"].to_numpy() * scale
    for i in range(len(t)):
        urgent = t["quadrant"].iloc[i] == "concentrate here"
        colour = PALETTE[1] if urgent else PALETTE[0]
        ax.plot([t["low"].iloc[i], t["high"].iloc[i]], [y[i], y[i]], color=colour, alpha=0.5, linewidth=1.2)
        ax.plot(
            [x[i], x[i]],
            [t["importance_low"].iloc[i] * scale, t["importance_high"].iloc[i] * scale],
            color=colour,
            alpha=0.5,
            linewidth=1.2,
        )
        ax.plot(x[i], y[i], MARKERS[1] if urgent else MARKERS[0], color=colour, markersize=6)
    pad(ax, x, y)
    if result.derived:  # a part of what is explained is never negative
        ax.set_ylim(bottom=-0.09 * float(y.max()))
    ax.axvline(cy, color=ink, linewidth=0.8, linestyle="--", alpha=0.6)
    ax.axhline(cx * scale, color=ink, linewidth=0.8, linestyle="--", alpha=0.6)
    words = {
        (0, 1): say(en="concentrate here", ru="сосредоточиться здесь", lang=lang),
        (1, 1): say(en="keep up", ru="так держать", lang=lang),
        (0, 0): say(en="low priority", ru="низкий приоритет", lang=lang),
        (1, 0): say(en="possible overkill", ru="возможно, избыточно", lang=lang),
    }
    name_corners(ax, words)
    importance = (
        say(en="importance (R² points, %)", ru="важность (вклад в R², %)", lang=lang)
        if result.derived
        else say(en="importance (mean)", ru="важность (среднее)", lang=lang)
    )
    ax.set_xlabel(say(en="performance (mean)", ru="исполнение (среднее)", lang=lang), fontsize=9)
    ax.set_ylabel(importance, fontsize=9)
    number_axis(ax, "x", lang)
    number_axis(ax, "y", lang)
    least, most = int(t["n"].min()), int(t["n"].max())
    base = f"n = {least}" if least == most else f"n = {least}–{most}"
    note = say(
        en=f"{base}. Lines: intervals; dashed: the means of all items.",
        ru=f"{base}. Отрезки — интервалы; пунктир — средние по всем вопросам.",
        lang=lang,
    )
    tidy(ax, grid=None)
    asked = say(
        en="how much each matters, and how well it is done", ru="насколько это важно и насколько удаётся", lang=lang
    )
    publish(ax, result.summary(lang).rstrip("."), asked, note)
    label_points(ax, x, y, [label(signed(result, v, i), 24, 3) for v, i in zip(t["text"], t["item"])])
    return ax


@footed
def kano(result: Kano, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw Better against Worse with the Kano quadrants; hollow marks are not certain (Fong).

    Parameters
    ----------
    result : Kano
        From :func:`cjmkit.survey.kano`.
    ax, lang
        As for :func:`likert`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"id": range(20), "feature": "map", "functional": 2, "dysfunctional": [5] * 18 + [3] * 2})
    >>> plot.kano(survey.kano(t), lang="en").get_ylabel()
    'Better: how much its presence pleases'
    """
    t = result.table
    ax = new_axes(ax, width=6.6, height=6.0)
    ink = foreground(ax)
    colours: Mapping[str, str] = {
        "M": PALETTE[1],
        "O": PALETTE[2],
        "A": PALETTE[0],
        "I": GREY,
        "R": PALETTE[3],
        "Q": PALETTE[4],
    }
    x, y = -t["worse"].to_numpy(), t["better"].to_numpy()
    for i in range(len(t)):
        colour = colours[t["category"].iloc[i]]
        ax.plot(
            [-t["worse_low"].iloc[i], -t["worse_high"].iloc[i]], [y[i], y[i]], color=colour, alpha=0.5, linewidth=1.2
        )
        ax.plot(
            [x[i], x[i]], [t["better_low"].iloc[i], t["better_high"].iloc[i]], color=colour, alpha=0.5, linewidth=1.2
        )
        ax.plot(
            x[i],
            y[i],
            MARKERS["MOAIRQ".index(t["category"].iloc[i])],
            color=colour,
            markersize=7,
            markerfacecolor=colour if t["certain"].iloc[i] else "none",
        )
    ax.axvline(0.5, color=ink, linewidth=0.7, alpha=0.4)
    ax.axhline(0.5, color=ink, linewidth=0.7, alpha=0.4)
    ax.set_xlim(-0.06, 1.06)
    ax.set_ylim(-0.11, 1.11)  # the names of the corners stand above and below all points
    corners = {
        (0, 1): say(en="attractive", ru="привлекательные", lang=lang),
        (1, 1): say(en="one-dimensional", ru="одномерные", lang=lang),
        (0, 0): say(en="indifferent", ru="безразличные", lang=lang),
        (1, 0): say(en="must-be", ru="обязательные", lang=lang),
    }
    name_corners(ax, corners)
    ax.set_xlabel(
        say(en="Worse: how much its lack hurts", ru="Worse: насколько вредит отсутствие", lang=lang), fontsize=9
    )
    ax.set_ylabel(
        say(en="Better: how much its presence pleases", ru="Better: насколько радует наличие", lang=lang), fontsize=9
    )
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    percent_axis(ax, "x", lang)
    percent_axis(ax, "y", lang)
    least, most = int(t["n"].min()), int(t["n"].max())
    note = f"n = {least}. " if least == most else f"n = {least}–{most}. "
    if not t["certain"].all():
        note += say(
            en="Hollow: the two leading categories do not differ (Fong).",
            ru="Полый знак: две первые категории не различаются (Fong).",
            lang=lang,
        )
    tidy(ax, grid=None)
    asked = say(
        en="what having it adds, and what lacking it costs", ru="что даёт наличие и чего стоит отсутствие", lang=lang
    )
    publish(ax, result.summary(lang).rstrip(".").rsplit(" (n", 1)[0], asked, note)
    label_points(ax, x, y, [f"{label(f, 24, 3)} ({c})" for f, c in zip(t["feature"], t["category"])])
    return ax
