"""Drawings of survey results: Likert bars, NPS, drivers, importance and performance, Kano, shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.core.words import row_title
from cjmkit.errors import CjmError
from cjmkit.i18n import number, say
from cjmkit.plot._style import GREY, MARKERS, PALETTE, foreground, new_axes, tidy, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.survey import Drivers, ImportancePerformance, Kano, Score, Survey

__all__ = ["driver_shares", "importance_performance", "kano", "likert", "nps", "shares"]

# From bad to good; blue and orange stay apart for colour-blind people, the middle is grey, the lightness tells
# strength.
_BAD = ("#B35806", "#E08214", "#FDB863", "#FEE0B6")
_GOOD = ("#D8DAEB", "#B2ABD2", "#8073AC", "#542788")
_MIDDLE = "#BFBFBF"


def _name(text: object, width: int = 34, lines: int = 3) -> str:
    return wrap(text, width, lines)


def _below(ax: Axes, text: str, down: float = 40) -> None:
    """A remark under the axis labels."""
    ax.annotate(
        text,
        xy=(0, 0),
        xycoords="axes fraction",
        xytext=(0, -down),
        textcoords="offset points",
        fontsize=7.5,
        alpha=0.8,
        va="top",
    )


def _inks(points: int) -> list[str]:
    """Colours of a scale, low to high."""
    half = points // 2
    bad = [_BAD[min(round(i * 3 / max(half - 1, 1)), 3)] if half > 1 else _BAD[1] for i in range(half)]
    good = [_GOOD[min(round(i * 3 / max(half - 1, 1)), 3)] if half > 1 else _GOOD[2] for i in range(half)]
    return bad + ([_MIDDLE] if points % 2 else []) + good


def likert(
    survey: Survey,
    items: str | Sequence[str] | None = None,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    order: str = "score",
) -> Axes:
    """Draw diverging bars of rating items; scales of different length go together, and no answer stands apart.

    The middle of every scale lies on zero: half of its middle answer to each side. A lighter bar at the right shows
    who gave no rating (coded as not applicable or don't know, and blank), as a share of all people.

    Parameters
    ----------
    survey : Survey
        The answers.
    items : str or sequence of str, optional
        Names, a group or a pattern; all rating items if left out.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    lang : {"en", "ru"}, optional
        Language of the texts.
    order : {"score", "given"}
        By the balance of good and bad answers, or as given.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> s = survey.Survey.from_frame(pd.DataFrame({"id": list("abcd"), "chat": [5, 4, 2, 5]}))
    >>> plot.likert(s.set_item("chat", type="likert", scale=(1, 5)), lang="en").get_xlabel()
    'per cent of those who rated'
    """
    names = (
        survey.find(items)
        if items is not None
        else [i.item for i in survey.all_items if i.type in ("likert", "csat", "ces")]
    )
    chosen = [survey.item(n) for n in names]
    chosen = [i for i in chosen if i.points is not None and i.points <= 11]
    if not chosen:
        raise CjmError("no rating item to draw; set_item(…, type='likert', scale=…)")
    rows = []
    for it in chosen:
        low, _high = it.ends or (1.0, 5.0)
        x = survey.values(it).to_numpy(dtype=float)
        n = int((~np.isnan(x)).sum())
        counts = np.array([np.sum(np.isclose(x, low + k)) for k in range(it.points or 5)], dtype=float)
        share = counts / n if n else counts
        half = (it.points or 5) // 2
        balance = share[len(share) - half :].sum() - share[:half].sum()
        rows.append((it, share, n, 1 - n / survey.n, balance))
    if order == "score":
        rows.sort(key=lambda r: r[4])
    else:
        rows = rows[::-1]
    ax = new_axes(ax, width=8.6, height=1.5 + 0.52 * len(rows))
    ink = foreground(ax)
    reach = 0.0
    for y, (_it, share, _n, _gone, _balance) in enumerate(rows):
        points = len(share)
        half = points // 2
        left = -share[:half].sum() - (share[half] / 2 if points % 2 else 0)
        reach = max(reach, -left, left + share.sum())
        for s, colour in zip(share, _inks(points)):
            if s == 0:
                continue
            ax.barh(y, s, left=left, color=colour, height=0.68, edgecolor="white", linewidth=0.5)
            if s >= 0.055:
                dark = colour in (_BAD[0], _BAD[1], _GOOD[2], _GOOD[3])
                ax.text(
                    left + s / 2,
                    y,
                    number(s * 100, 0, lang=lang),
                    ha="center",
                    va="center",
                    fontsize=7.5,
                    color="white" if dark else "black",
                )
            left += s
    edge = min(1.0, np.ceil(reach * 10 + 0.2) / 10)
    apart = edge + 0.12
    width = 0.24
    for y, (_it, _share, n, gone, _balance) in enumerate(rows):
        ax.barh(y, gone * width, left=apart, color=GREY, alpha=0.55, height=0.68)
        ax.text(
            apart + gone * width + 0.015,
            y,
            f"{number(gone, 0, percent=True, lang=lang)}",
            va="center",
            fontsize=7.5,
            color=ink,
        )
        ax.text(edge + 0.03, y, f"{n}", va="center", ha="center", fontsize=7.5, color=ink, alpha=0.8)
    ax.axvline(0, color=ink, linewidth=0.8, alpha=0.7)
    ax.set_yticks(range(len(rows)), [_name(r[0].option or r[0].question) for r in rows], fontsize=8.5)
    step = 0.25 if edge > 0.5 else 0.1
    k = int(np.floor(edge / step + 1e-9))
    marks = [m * step for m in range(-k, k + 1)]
    ax.set_xticks(marks, [number(abs(m) * 100, 0, lang=lang) for m in marks], fontsize=8)
    ax.spines["bottom"].set_bounds(-edge, edge)
    ax.set_ylim(-0.7, len(rows) - 0.1)
    ax.set_xlim(-edge, apart + width + 0.1)
    ax.set_xlabel(say(en="per cent of those who rated", ru="процент от оценивших", lang=lang), fontsize=8.5, loc="left")
    top = len(rows) - 0.42
    ax.text(edge + 0.03, top, "n", ha="center", fontsize=8, color=ink)
    ax.text(apart, top, say(en="no rating", ru="без оценки", lang=lang), fontsize=8, color=ink)
    tidy(ax, grid=None)
    ax.tick_params(axis="y", length=0)
    _legend(ax, rows, lang)
    return ax


def _legend(ax: Axes, rows: Sequence[Any], lang: str | None) -> None:
    """The answers of the longest verbal scale, or the ends of the numeric one."""
    from matplotlib.patches import Patch

    it = max((r[0] for r in rows), key=lambda i: (isinstance(i.scale[0], str), i.points))
    inks = _inks(it.points)
    if isinstance(it.scale[0], str):
        texts = [str(s) for s in it.scale]
        marks = [(inks[i], t) for i, t in enumerate(texts)]
    else:
        low, high = it.ends
        marks = [(inks[0], f"{low:g}"), (inks[-1], f"{high:g}")]
        if len({r[0].points for r in rows}) > 1:
            marks = [
                (inks[0], say(en="lowest", ru="низшая", lang=lang)),
                (inks[-1], say(en="highest answer", ru="высшая оценка", lang=lang)),
            ]
    if it.points % 2 and not isinstance(it.scale[0], str):
        marks.insert(1, (_MIDDLE, say(en="middle", ru="середина", lang=lang)))
    handles = [Patch(color=c, label=wrap(t, 22, 2)) for c, t in marks]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.01),
        ncols=min(len(handles), 5),
        frameon=False,
        fontsize=7.5,
        handlelength=1.0,
        columnspacing=1.0,
    )


def nps(score: Score, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw promoters, passives and detractors, and the score with its interval beside them.

    Parameters
    ----------
    score : Score
        Of kind ``"nps"``, with or without groups.
    ax, lang
        As for :func:`likert`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> s = survey.Survey.from_frame(pd.DataFrame({"id": range(40), "recommend": [10] * 25 + [3] * 15}))
    >>> plot.nps(survey.score(s, "recommend"), lang="en").get_xlabel()
    'per cent of people; at the right NPS with its interval'
    """
    if score.kind != "nps":
        raise CjmError(f"this score is of kind {score.kind!r}; an NPS bar needs kind='nps'")
    table = score.table.iloc[::-1]
    names = [row_title(g, lang) for g in table["group"]] if "group" in table else [score.question or score.items[0]]
    ax = new_axes(ax, width=8.2, height=1.6 + 0.55 * len(table))
    ink = foreground(ax)
    parts = (
        ("detractors", _BAD[1], say(en="detractors (0–6)", ru="критики (0–6)", lang=lang)),
        ("passives", _MIDDLE, say(en="passives (7–8)", ru="нейтралы (7–8)", lang=lang)),
        ("promoters", _GOOD[2], say(en="promoters (9–10)", ru="промоутеры (9–10)", lang=lang)),
    )
    for y, (_, row) in enumerate(table.iterrows()):
        left = 0.0
        for key, colour, text in parts:
            share = row[key] * 100
            ax.barh(
                y,
                share,
                left=left,
                color=colour,
                height=0.6,
                edgecolor="white",
                linewidth=0.5,
                label=text if y == 0 else None,
            )
            if share >= 5:
                ax.text(
                    left + share / 2,
                    y,
                    number(share, 0, lang=lang),
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="black" if key == "passives" else "white",
                )
            left += share
    # The score has its own scale, −100 to 100, to the right of the shares.
    start, width = 116.0, 84.0

    def place(value: float) -> float:
        return start + (value + 100) / 200 * width

    for y, (_, row) in enumerate(table.iterrows()):
        if row["value"] != row["value"]:
            continue
        ax.plot([place(row["low"]), place(row["high"])], [y, y], color=ink, linewidth=1.6, solid_capstyle="butt")
        hollow = row["n"] < 30
        ax.plot(place(row["value"]), y, "o", color=ink, markerfacecolor="none" if hollow else ink, markersize=6)
        text = f"{number(row['value'], 0, lang=lang)}  (n = {int(row['n'])})"
        ax.text(start + width + 3, y, text, va="center", fontsize=8, color=ink)
    ax.axvline(place(0), color=ink, linewidth=0.7, alpha=0.5)
    ax.set_yticks(range(len(table)), [_name(t, 26) for t in names], fontsize=8.5)
    ax.set_xticks([0, 50, 100, place(-100), place(0), place(100)], ["0", "50", "100", "−100", "0", "100"], fontsize=8)
    ax.set_xlim(0, start + width + 34)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlabel(
        say(
            en="per cent of people; at the right NPS with its interval",
            ru="процент людей; справа NPS с интервалом",
            lang=lang,
        ),
        fontsize=8.5,
        loc="left",
    )
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=8, handlelength=1.0)
    tidy(ax, grid=None)
    ax.tick_params(axis="y", length=0)
    return ax


def driver_shares(drivers: Drivers, *, ax: Axes | None = None, lang: str | None = None, top: int = 15) -> Axes:
    """Draw the contribution of each driver with its interval and the chance to be the first.

    Parameters
    ----------
    drivers : Drivers
        From :func:`cjmkit.survey.drivers`.
    ax, lang
        As for :func:`likert`.
    top : int
        How many drivers to show.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"id": range(60), "chat": [1, 2, 3, 4, 5] * 12, "site": [2, 5, 4] * 20})
    >>> s = survey.Survey.from_frame(t.assign(overall=t["chat"]))
    >>> s = s.set_item(["chat", "site", "overall"], type="likert", scale=(1, 5))
    >>> plot.driver_shares(survey.drivers(s, "overall", resamples=20), lang="en").get_title("left")
    'What drives “overall”'
    """
    table = drivers.table.head(top).iloc[::-1].reset_index(drop=True)
    ax = new_axes(ax, width=8.2, height=1.5 + 0.5 * len(table))
    ink = foreground(ax)
    for y, (_, row) in enumerate(table.iterrows()):
        against = row["beta"] < 0
        ax.barh(
            y,
            row["value"] * 100,
            color=PALETTE[1] if against else PALETTE[0],
            alpha=0.85,
            height=0.6,
            hatch="///" if against else None,
            edgecolor="white" if against else "none",
        )
        if row["low"] == row["low"]:
            ax.plot([row["low"] * 100, row["high"] * 100], [y, y], color=ink, linewidth=1.6, solid_capstyle="butt")
    right = float(np.nanmax(table[["value", "high"]].to_numpy())) * 100
    for y, (_, row) in enumerate(table.iterrows()):
        chance = number(row["p_top"], 0, percent=True, lang=lang)
        ax.text(
            right * 1.06, y, chance, va="center", fontsize=8, color=ink, alpha=1.0 if row["p_top"] >= 0.05 else 0.55
        )
    ax.text(right * 1.06, len(table) - 0.42, say(en="P(first)", ru="P(первый)", lang=lang), fontsize=8, color=ink)
    ax.set_yticks(range(len(table)), [_name(r["text"] or r["item"]) for _, r in table.iterrows()], fontsize=8.5)
    ax.set_xlim(0, right * 1.22)
    ax.set_ylim(-0.6, len(table) - 0.1)
    ax.set_xlabel(say(en="share of explained variance, %", ru="доля объяснённой дисперсии, %", lang=lang), fontsize=8.5)
    outcome = wrap(drivers.outcome_text, 70, 2)
    ax.set_title(
        say(en=f"What drives “{outcome}”", ru=f"Что влияет на «{outcome}»", lang=lang), fontsize=10, loc="left", pad=12
    )
    text = f"R² = {number(drivers.r2, 2, lang=lang)}, n = {drivers.n}"
    if (table["beta"] < 0).any():
        text += say(en="; hatched: works against the outcome", ru="; штриховка: действует против результата", lang=lang)
    _below(ax, text)
    return tidy(ax, grid="x")


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
    _pad(ax, x, y)
    ax.axvline(cy, color=ink, linewidth=0.8, linestyle="--", alpha=0.6)
    ax.axhline(cx * scale, color=ink, linewidth=0.8, linestyle="--", alpha=0.6)
    _label_points(ax, x, y, [_name(v, 20, 2) for v in t["text"]])
    words = {
        (0, 1): say(en="concentrate here", ru="сосредоточиться здесь", lang=lang),
        (1, 1): say(en="keep up", ru="так держать", lang=lang),
        (0, 0): say(en="low priority", ru="низкий приоритет", lang=lang),
        (1, 0): say(en="possible overkill", ru="возможно, избыточно", lang=lang),
    }
    for (right, up), word in words.items():
        ax.text(
            0.99 if right else 0.01,
            0.985 if up else 0.015,
            word,
            transform=ax.transAxes,
            ha="right" if right else "left",
            va="top" if up else "bottom",
            fontsize=8.5,
            alpha=0.65,
            style="italic",
        )
    importance = (
        say(en="importance (R² points, %)", ru="важность (вклад в R², %)", lang=lang)
        if result.derived
        else say(en="importance (mean)", ru="важность (среднее)", lang=lang)
    )
    ax.set_xlabel(say(en="performance (mean)", ru="исполнение (среднее)", lang=lang), fontsize=9)
    ax.set_ylabel(importance, fontsize=9)
    return tidy(ax, grid=None)


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
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    _label_points(ax, x, y, [f"{_name(f, 20, 2)} ({c})" for f, c in zip(t["feature"], t["category"])])
    corners = {
        (0, 1): say(en="attractive", ru="привлекательные", lang=lang),
        (1, 1): say(en="one-dimensional", ru="одномерные", lang=lang),
        (0, 0): say(en="indifferent", ru="безразличные", lang=lang),
        (1, 0): say(en="must-be", ru="обязательные", lang=lang),
    }
    for (right, up), word in corners.items():
        ax.text(
            0.99 if right else 0.01,
            0.985 if up else 0.015,
            word,
            transform=ax.transAxes,
            ha="right" if right else "left",
            va="top" if up else "bottom",
            fontsize=9,
            alpha=0.6,
            style="italic",
        )
    ax.set_xlabel(
        say(en="Worse: how much its lack hurts", ru="Worse: насколько вредит отсутствие", lang=lang), fontsize=9
    )
    ax.set_ylabel(
        say(en="Better: how much its presence pleases", ru="Better: насколько радует наличие", lang=lang), fontsize=9
    )
    if not t["certain"].all():
        _below(
            ax,
            say(
                en="hollow: the two leading categories do not differ (Fong)",
                ru="полый знак: две первые категории не различаются (Fong)",
                lang=lang,
            ),
        )
    return tidy(ax, grid=None)


def shares(score: Score, *, ax: Axes | None = None, lang: str | None = None, top: int = 15) -> Axes:
    """Draw shares with intervals: a single choice, a multi-select, or one share of several items.

    Parameters
    ----------
    score : Score
        Of kind ``share``, ``multi``, ``csat`` or ``top2``.
    ax, lang
        As for :func:`likert`.
    top : int
        How many rows to show, the largest first.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> s = survey.Survey.from_frame(pd.DataFrame({"id": range(40), "city": ["Kazan"] * 30 + ["Perm"] * 10}))
    >>> ax = plot.shares(survey.score(s.set_item("city", type="single"), "city", "share"), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['Perm', 'Kazan']
    """
    t = score.table
    if (
        score.kind not in ("share", "multi", "csat", "top2", "missing", "all")
        or "value" not in t
        or ("kind" in t and not set(t["kind"]) <= {"csat", "top2", "multi", "share"})
    ):
        raise CjmError(f"this score is of kind {score.kind!r}; bars of shares need kind share, multi, csat or top2")
    column = next(c for c in ("option", "answer", "item", "group") if c in t.columns)
    if column != "group" and "group" in t.columns:
        raise CjmError("draw the shares of one group at a time; keep() it, or pass a score without by=")
    rows = t.sort_values("value", ascending=False, kind="stable").head(top).iloc[::-1].reset_index(drop=True)
    ax = new_axes(ax, width=7.8, height=1.3 + 0.46 * len(rows))
    ink = foreground(ax)
    ax.barh(range(len(rows)), rows["value"] * 100, color=PALETTE[0], alpha=0.85, height=0.6)
    for y, (_, row) in enumerate(rows.iterrows()):
        if row["low"] == row["low"]:
            ax.plot([row["low"] * 100, row["high"] * 100], [y, y], color=ink, linewidth=1.6, solid_capstyle="butt")
    ax.set_yticks(range(len(rows)), [_name(v) for v in rows[column]], fontsize=8.5)
    base = {
        "answering": (" of those answering", " от ответивших"),
        "asked": (" of those asked", " от спрошенных"),
        "choices": (" of all choices", " от всех выборов"),
    }
    en, ru = base.get(score.base, (" of people", " людей"))
    ax.set_xlabel(say(en=f"per cent{en}", ru=f"процент{ru}", lang=lang), fontsize=8.5)
    n = rows["n"].unique()
    _below(ax, f"n = {int(n[0])}" if len(n) == 1 else f"n = {int(n.min())}–{int(n.max())}")
    ax.set_xlim(0, min(100, max(5.0, float(np.nanmax(rows[["value", "high"]].to_numpy())) * 108)))
    return tidy(ax, grid="x")


def _pad(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Room round the points for their labels."""
    for values, setter in ((x, ax.set_xlim), (y, ax.set_ylim)):
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        gap = (high - low or abs(high) or 1) * 0.22
        setter(low - gap, high + gap)


def _label_points(ax: Axes, x: np.ndarray, y: np.ndarray, texts: Sequence[str]) -> None:
    """Write labels beside points, each at the side where it covers fewest points and labels."""
    figure: Any = ax.figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    points = ax.transData.transform(np.column_stack([x, y]))
    frame = ax.get_window_extent(renderer)
    taken: list[Any] = []
    spots = [
        (7, 4, "left", "bottom"),
        (7, -4, "left", "top"),
        (-7, 4, "right", "bottom"),
        (-7, -4, "right", "top"),
        (0, 9, "center", "bottom"),
        (0, -9, "center", "top"),
    ]
    for i in np.argsort(-y):
        best: tuple[float, Any, Any] | None = None
        for dx, dy, ha, va in spots:
            label = ax.annotate(
                texts[i], (x[i], y[i]), xytext=(dx, dy), textcoords="offset points", ha=ha, va=va, fontsize=8
            )
            box = label.get_window_extent(renderer).padded(1)
            clash = sum(box.contains(*p) for p in points) + 3 * sum(box.overlaps(t) for t in taken)
            clash += 4 * (box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1)
            if best is None or clash < best[0]:
                if best is not None:
                    best[1].remove()
                best = (clash, label, box)
            else:
                label.remove()
            if clash == 0:
                break
        if best is not None:
            taken.append(best[2])
