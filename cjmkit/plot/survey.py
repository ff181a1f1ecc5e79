"""Drawings of answers: Likert bars, NPS, shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.core.words import row_title
from cjmkit.errors import CjmError
from cjmkit.i18n import number, say, shorten
from cjmkit.plot._doubts import foot, footed, signed
from cjmkit.plot._style import GREY, PALETTE, foreground, new_axes, number_axis, percent_axis, tidy, wrap
from cjmkit.plot._survey import BAD, GOOD, MIDDLE, inks, label, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.survey import SampleSize, Score, Survey

__all__ = ["likert", "nps", "sample_size", "shares"]


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
        raise CjmError(
            en="no rating item to draw; set_item(…, type='likert', scale=…)",
            ru="нет вопроса с оценкой, рисовать нечего; set_item(…, type='likert', scale=…)",
        )
    rows = _likert_rows(survey, chosen, order)
    ax = new_axes(ax, width=8.6, height=2.0 + 0.52 * len(rows))
    reach = _likert_bars(ax, rows, lang)
    ink = foreground(ax)
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
    ax.axvline(0, color=ink, linewidth=0.8, alpha=0.7, zorder=0.5)
    ax.set_yticks(range(len(rows)), [label(_named(r[0])) for r in rows], fontsize=8.5)
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
    asked = {r[0].group or r[0].question for r in rows}
    question = asked.pop() if len(asked) == 1 else ""
    if " " not in question.strip():  # the code of a battery without words
        question = say(en="how people rate each", ru="как люди это оценивают", lang=lang)
    publish(ax, _likert_title(rows, lang), question, above=22)
    foot(ax, survey.cautions(*(r[0] for r in rows), together=True), lang)
    return ax


def _named(it: Any) -> str:
    return ("† " if it.status == "contradictory" else "") + (it.option or it.question)


def _likert_bars(ax: Axes, rows: Sequence[Any], lang: str | None) -> float:
    """The bars round zero; how far they reach."""
    reach = 0.0
    for y, (_it, share, _n, _gone, _balance) in enumerate(rows):
        points = len(share)
        half = points // 2
        left = -share[:half].sum() - (share[half] / 2 if points % 2 else 0)
        reach = max(reach, -left, left + share.sum())
        for s, colour in zip(share, inks(points)):
            if s == 0:
                continue
            ax.barh(y, s, left=left, color=colour, height=0.68, edgecolor="white", linewidth=0.5)
            if s >= 0.055:
                dark = colour in (BAD[0], BAD[1], GOOD[2], GOOD[3])
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
    return reach


def _likert_title(rows: Sequence[Any], lang: str | None) -> str:
    """Which item has most good answers, and which fewest."""
    rated = sorted((r for r in rows if r[2]), key=lambda r: r[1][len(r[1]) - len(r[1]) // 2 :].sum())
    if not rated:
        return say(en="Nobody rated", ru="Оценок нет", lang=lang)

    def good(row: Any) -> str:
        share = row[1][len(row[1]) - len(row[1]) // 2 :].sum()
        return f"{shorten(row[0].option or row[0].question, 44)}, {number(share, 0, percent=True, lang=lang)}"

    best, worst = good(rated[-1]), good(rated[0])
    if len(rated) == 1:
        return say(en=f"Answers above the middle: {best}", ru=f"Ответов выше середины: {best}", lang=lang)
    return say(
        en=f"Most answers above the middle: {best}; fewest: {worst}",
        ru=f"Больше всего ответов выше середины: {best}; меньше всего: {worst}",
        lang=lang,
    )


def _likert_rows(survey: Survey, chosen: Sequence[Any], order: str) -> list[Any]:
    """Item, shares of its answers, n, share without a rating, balance of good and bad; the last is drawn on top."""
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
    return rows


def _legend(ax: Axes, rows: Sequence[Any], lang: str | None) -> None:
    """The answers of the longest verbal scale, or the ends of the numeric one."""
    from matplotlib.patches import Patch

    it = max((r[0] for r in rows), key=lambda i: (isinstance(i.scale[0], str), i.points))
    colours = inks(it.points)
    if isinstance(it.scale[0], str):
        texts = [str(s) for s in it.scale]
        marks = [(colours[i], t) for i, t in enumerate(texts)]
    else:
        low, high = it.ends
        marks = [(colours[0], f"{low:g}"), (colours[-1], f"{high:g}")]
        if len({r[0].points for r in rows}) > 1:
            marks = [
                (colours[0], say(en="lowest", ru="низшая", lang=lang)),
                (colours[-1], say(en="highest answer", ru="высшая оценка", lang=lang)),
            ]
    if it.points % 2 and not isinstance(it.scale[0], str):
        marks.insert(1, (MIDDLE, say(en="middle", ru="середина", lang=lang)))
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


@footed
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
        raise CjmError(
            en=f"this score is of kind {score.kind!r}; an NPS bar needs kind='nps'",
            ru=f"это показатель вида {score.kind!r}; полосе NPS нужен kind='nps'",
        )
    table = score.table.iloc[::-1]
    names = (
        [row_title(g, lang) for g in table["group"]]
        if "group" in table
        else [signed(score, score.question, *score.items)]
    )
    ax = new_axes(ax, width=8.2, height=1.6 + 0.55 * len(table))
    ink = foreground(ax)
    parts = (
        ("detractors", BAD[1], say(en="detractors (0–6)", ru="критики (0–6)", lang=lang)),
        ("passives", MIDDLE, say(en="passives (7–8)", ru="нейтралы (7–8)", lang=lang)),
        ("promoters", GOOD[2], say(en="promoters (9–10)", ru="промоутеры (9–10)", lang=lang)),
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
    ax.set_yticks(range(len(table)), [label(t, 26) for t in names], fontsize=8.5)
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
    title = _nps_title(score, lang)
    return publish(ax, title, score.question if "group" in table else "", above=20)


def _nps_title(score: Score, lang: str | None) -> str:
    """The score, or the range of groups, as a finding."""
    table = score.table[score.table["value"].notna()]
    if "group" not in table or len(table) < 2:
        return score.summary(lang).split(":")[0].rstrip(".")
    best, worst = (table.iloc[int(at)] for at in (table["value"].argmax(), table["value"].argmin()))
    up, down = (f"{r['group']} {number(r['value'], 0, lang=lang)}" for r in (best, worst))
    apart = best["low"] > worst["high"]
    return say(
        en=f"NPS: {up}, {down}" + ("" if apart else "; the intervals overlap"),
        ru=f"NPS: {up}, {down}" + ("" if apart else "; интервалы перекрываются"),
        lang=lang,
    )


@footed
def shares(score: Score, *, ax: Axes | None = None, lang: str | None = None, n: int = 15) -> Axes:
    """Draw shares with intervals: a single choice, a multi-select, or one share of several items.

    Parameters
    ----------
    score : Score
        Of kind ``share``, ``multi``, ``csat`` or ``top2``.
    ax, lang
        As for :func:`likert`.
    n : int
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
        raise CjmError(
            en=f"this score is of kind {score.kind!r}; bars of shares need kind share, multi, csat or top2",
            ru=f"это показатель вида {score.kind!r}; полосам долей нужен share, multi, csat или top2",
        )
    column = next(c for c in ("option", "answer", "item", "group") if c in t.columns)
    if column != "group" and "group" in t.columns:
        raise CjmError(
            en="draw the shares of one group at a time; keep() it, or pass a score without by=",
            ru="рисуйте доли одной группы за раз; возьмите keep() или показатель без by=",
        )
    rows = t.sort_values("value", ascending=False, kind="stable").head(n).iloc[::-1].reset_index(drop=True)
    names = [label(signed(score, str(v), str(v))) for v in rows[column]]
    lines = max((name.count("\n") for name in names), default=0) + 1
    ax = new_axes(ax, width=7.8, height=1.4 + max(0.4, 0.1 + 0.16 * lines) * len(rows))
    ink = foreground(ax)
    ax.barh(range(len(rows)), rows["value"], color=PALETTE[0], alpha=0.85, height=0.6)
    for y, (_, row) in enumerate(rows.iterrows()):
        if row["low"] == row["low"]:
            ax.plot([row["low"], row["high"]], [y, y], color=ink, linewidth=1.6, solid_capstyle="butt")
        told = number(row["value"], 0, percent=True, lang=lang)
        ax.annotate(told, (1, y), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                    fontsize=8.5)  # fmt: skip
    ax.set_yticks(range(len(rows)), names, fontsize=8.5)
    base = {
        "answering": (" of those answering", " от ответивших"),
        "asked": (" of those asked", " от спрошенных"),
        "choices": (" of all choices", " от всех выборов"),
    }
    en, ru = base.get(score.base, (" of people", " людей"))
    ax.set_xlabel(say(en=f"share{en}", ru=f"доля{ru}", lang=lang), fontsize=8.5)
    ax.set_xlim(0, min(1, max(0.05, float(np.nanmax(rows[["value", "high"]].to_numpy())) * 1.08)))
    percent_axis(ax, "x", lang)
    tidy(ax, grid="x")
    bases = sorted({number(int(v), 0, lang=lang) for v in (rows["n"].min(), rows["n"].max())}, key=len)
    base_text = "n = " + "–".join(bases)
    publish(
        ax,
        score.summary(lang).rstrip(".") if score.kind in ("share", "multi") else base_text,
        score.question,
        base_text + say(en="; lines: intervals of 95%", ru="; отрезки: интервалы 95 %", lang=lang),
    )
    return ax


def sample_size(size: SampleSize, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw what precision costs: people who have to answer for margins around the one asked for.

    Parameters
    ----------
    size : SampleSize
        From :func:`cjmkit.survey.sample_size`.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    lang : {"en", "ru"}, optional
        Language of the texts.

    Examples
    --------
    >>> from cjmkit import plot, survey
    >>> [t.get_text() for t in plot.sample_size(survey.sample_size("nps", margin=5), lang="en").get_yticklabels()]
    ['±2.5', '±3.75', '±5', '±7.5', '±10']
    """
    asked = size.table.columns[0]
    ax = new_axes(ax, width=7.0, height=1.7 + 0.42 * len(size.table))
    at = np.arange(len(size.table))
    chosen = int((size.table["n"] - size.n).abs().to_numpy().argmin())
    hues = [PALETTE[1] if k == chosen else PALETTE[0] for k in at]
    ax.barh(at, size.table["n"], color=hues, alpha=0.85, height=0.6)
    for y, n in zip(at, size.table["n"], strict=True):
        ax.annotate(
            number(int(n), 0, lang=lang), (n, y), (5, 0), textcoords="offset points", va="center",
            fontsize=8.5, color=foreground(ax), fontweight="bold" if y == chosen else "normal",
        )  # fmt: skip
    sign = "±" if asked == "margin" else ""
    ax.set_yticks(at, [f"{sign}{size.in_words(v, lang)}" for v in size.table[asked]], fontsize=9)
    ax.invert_yaxis()
    number_axis(ax, "x", lang)
    ax.set_xlim(0, float(size.table["n"].max()) * 1.14)
    ax.set_xlabel(
        say(en="people who have to answer", ru="сколько человек должны ответить", lang=lang)
        if size.groups == 1
        else say(en="people who have to answer in each group", ru="сколько человек в каждой группе", lang=lang),
        fontsize=8.5,
    )
    what = (
        say(en="what a narrower or wider interval costs", ru="во что обходится интервал уже или шире", lang=lang)
        if asked == "margin"
        else say(en="what a smaller difference costs", ru="во что обходится меньшая разница", lang=lang)
    )
    return publish(tidy(ax, grid="x"), size.summary(lang).rstrip("."), what)
