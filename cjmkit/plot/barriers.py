"""Pictures of barriers: where, how often, how badly, and who answers for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, interval, number, say
from cjmkit.plot._doubts import footed
from cjmkit.plot._style import GREY, PALETTE, foreground, legible, new_axes, percent_axis, tidy, wrap
from cjmkit.plot._survey import finding, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.barriers import Barriers, CriticalPoints, WeakestLink

__all__ = ["barrier_map", "barrier_ranking", "critical_points", "problems_by", "weakest_link"]

# From very bad to neutral and good: dark to light, so that grey print keeps the order on the bad side.
_FEELING = ((-1.5, "#8C2D04"), (-0.75, "#D9601A"), (-0.25, "#F2B27C"), (0.25, "#CFCFCF"), (9, "#7FB3D5"))


def _shade(valence: float) -> str:
    if np.isnan(valence):
        return "none"
    return next(c for limit, c in _FEELING if valence <= limit)


def barrier_map(barriers: Barriers, *, ax: Axes | None = None, lang: str | None = None, n: int | None = 12) -> Axes:
    """Draw stage × barrier: the area of a bubble is the number of people, its shade how bad it felt.

    Parameters
    ----------
    barriers : Barriers
        From :func:`cjmkit.barriers.rank`.
    ax, lang
        Where to draw, and in which language.
    n : int, optional
        How many barriers, in rank order; all of them with None.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import barriers, plot
    >>> codings = pd.DataFrame({"participant": list("aab"), "code": ["price", "wait", "price"], "stage": "deal"})
    >>> ax = plot.barrier_map(barriers.rank(codings), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['price', 'wait']
    """
    lang = current_language(lang)
    table = barriers.table[barriers.table["people"] > 0].head(n if n is not None else len(barriers.table))
    cells = barriers.by_stage()
    cells = cells[cells["barrier"].isin(table["barrier"])]
    known = barriers.titles or {}
    used = set(cells["stage"])
    stages = [s for s in known if s in used] + sorted(used - set(known) - {""}) + ([""] if "" in used else [])
    size = max(len(stages), 1)
    ax = new_axes(ax, width=max(5.5, 3.2 + 1.15 * size), height=1.9 + 0.56 * max(len(table), 1))
    row = {b: i for i, b in enumerate(table["barrier"])}
    most = max(cells["people"].max(), 1) if len(cells) else 1
    for r in cells.to_dict("records"):
        x, y = stages.index(r["stage"]), row[r["barrier"]]
        shade = _shade(r["valence"])
        plain = shade == "none"
        ax.scatter(
            x,
            y,
            s=90 + 820 * r["people"] / most,
            facecolor=ax.get_facecolor() if plain else shade,
            edgecolor=foreground(ax),
            linewidth=0.8,
            zorder=3,
        )
        dark = shade in ("#8C2D04", "#D9601A")
        ax.text(
            x,
            y,
            str(r["people"]),
            ha="center",
            va="center",
            fontsize=8.5,
            zorder=4,
            color=foreground(ax) if plain else "white" if dark else "black",
        )
    nowhere = say(en="no stage", ru="без этапа", lang=lang)
    ax.set_xticks(range(len(stages)), [wrap(known.get(s, s) or nowhere, 15, 4) for s in stages])
    ax.set_yticks(range(len(table)), [wrap(t, 30, 2) for t in table["title"]])
    ax.set_xlim(-0.6, size - 0.4)
    ax.set_ylim(max(len(table), 1) - 0.4, -0.6)
    ax.tick_params(length=0, labelsize=9 if size < 9 else 8)
    tidy(ax, grid="x")
    ax.grid(True, axis="y", alpha=0.25, linewidth=0.6)
    _feeling_legend(ax, lang)
    measure = say(
        en="people who named it at each stage (area), and how it felt (shade)",
        ru="сколько людей назвали на каждом этапе (площадь) и как себя чувствовали (оттенок)",
        lang=lang,
    )
    return publish(ax, _first(barriers, lang), measure, above=36)


def _first(barriers: Barriers, lang: str) -> str:
    """Which barrier comes first, as a title."""
    if not len(barriers.table):
        return finding(barriers.summary(lang))
    r: Any = barriers.table.iloc[0]
    share = number(r["share"], 0, percent=True, lang=lang)
    limits = interval(r["low"], r["high"], 0, percent=True, lang=lang)
    first = number(r["first"], 0, percent=True, lang=lang)
    return say(
        en=f"“{r['title']}” comes first: named by {share} {limits}, first in {first} of draws",
        ru=f"На первом месте «{r['title']}»: называют {share} {limits}, первое в {first} повторов",
        lang=lang,
    )


def _feeling_legend(ax: Axes, lang: str) -> None:
    from matplotlib.lines import Line2D

    names = (
        say(en="very bad", ru="очень плохо", lang=lang),
        say(en="bad", ru="плохо", lang=lang),
        say(en="rather bad", ru="скорее плохо", lang=lang),
        say(en="neutral", ru="нейтрально", lang=lang),
        say(en="good", ru="хорошо", lang=lang),
    )
    marks: list[Any] = [
        Line2D([], [], marker="o", linestyle="", markersize=9, color=c, markeredgecolor=foreground(ax), label=n)
        for (_, c), n in zip(_FEELING, names, strict=False)
    ]
    title = say(en="number = people", ru="число — люди", lang=lang)
    ax.legend(
        handles=marks,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=5,
        frameon=False,
        fontsize=8.5,
        title=title,
        title_fontsize=8.5,
        alignment="left",
        handletextpad=0.1,
        columnspacing=1.0,
    )


def barrier_ranking(barriers: Barriers, *, ax: Axes | None = None, lang: str | None = None, n: int | None = 12) -> Axes:
    """Draw barriers in rank order: share of people with interval, and beside it the association with failing.

    Parameters
    ----------
    barriers : Barriers
        From :func:`cjmkit.barriers.rank`.
    ax, lang
        Where to draw, and in which language.
    n : int, optional
        How many barriers; all of them with None.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import barriers, plot
    >>> codings = pd.DataFrame({"participant": list("aab"), "code": ["price", "wait", "price"], "stage": "deal"})
    >>> plot.barrier_ranking(barriers.rank(codings), lang="en").get_xlabel()
    'people who named it'
    """
    lang = current_language(lang)
    table = barriers.table.head(n if n is not None else len(barriers.table)).reset_index(drop=True)
    ax = new_axes(ax, width=8.4, height=1.5 + 0.48 * len(table))
    hue = PALETTE[0]
    effects = bool(table["effect"].notna().any())  # a column of dashes says nothing
    for i, r in enumerate(table.to_dict("records")):
        ax.hlines(i, r["low"], r["high"], color=hue, linewidth=2.4, zorder=3)
        ax.plot(r["share"], i, "o", color=hue, markersize=7.5, zorder=4)
        _beside(ax, i, 0, f"{r['people']}/{r['n']}")
        if effects:
            _beside(ax, i, 52, _effect(r, lang))
        _beside(ax, i, 150 if effects else 52, number(r["first"], 0, percent=True, lang=lang))
    effect = say(
        en="odds of failing ×" if _odds(table) else "stage loses",
        ru="шансы неудачи ×" if _odds(table) else "этап теряет",
        lang=lang,
    )
    first = say(en="first in", ru="первый в", lang=lang)
    for x, text in ((0, "n"), *([(52, effect), (150, first)] if effects else [(52, first)])):
        _beside(ax, -0.72, x, text, alpha=0.8)
    ax.set_yticks(range(len(table)), [wrap(t, 32, 2) for t in table["title"]])
    ax.set_ylim(len(table) - 0.5, -1.0)
    ax.set_xlim(0, min(1.0, max(0.1, float(np.nanmax(table["high"])) * 1.05)))
    percent_axis(ax, "x", lang)
    ax.set_xlabel(say(en="people who named it", ru="назвали барьер", lang=lang))
    ax.tick_params(axis="y", length=0)
    tidy(ax, grid="x")
    measure = say(
        en="share of people who named each barrier, 95%", ru="доля людей, назвавших каждый барьер, 95 %", lang=lang
    )
    note = say(en="odds: association, not cause", ru="шансы: связь, а не причина", lang=lang) if _odds(table) else ""
    return publish(ax, _first(barriers, lang), measure, note, down=36)


def _odds(table: pd.DataFrame) -> bool:
    return bool((table["effect_kind"] == "odds ratio").any())


def _effect(r: Any, lang: str) -> str:
    if np.isnan(r["effect"]):
        return "—"
    percent = r["effect_kind"] == "drop-off"
    digits = 0 if percent else 1
    limits = interval(r["effect_low"], r["effect_high"], digits, percent=percent, lang=lang)
    return f"{number(r['effect'], digits, percent=percent, lang=lang)} {limits}"


def _beside(ax: Axes, y: float, points: float, text: str, **kwargs: Any) -> None:
    """Text to the right of the axes, `points` from their edge."""
    ax.annotate(
        text,
        (1, y),
        xycoords=("axes fraction", "data"),
        xytext=(8 + points, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        annotation_clip=False,
        **kwargs,
    )


def problems_by(table: pd.DataFrame, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw problems by owner or channel: people who named one, with interval; nobody's problems are hatched.

    Parameters
    ----------
    table : DataFrame
        From ``Barriers.by_owner()`` or ``Barriers.by_channel()``.
    ax, lang
        Where to draw, and in which language.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import barriers, plot
    >>> codings = pd.DataFrame({"participant": list("aab"), "code": ["price", "wait", "price"], "stage": "deal"})
    >>> book = pd.DataFrame({"code": ["price", "wait"], "lane": "barriers", "owner": ["Ann", "Bob"]})
    >>> ax = plot.problems_by(barriers.rank(codings, codebook=book).by_owner(), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['Ann', 'Bob']
    """
    lang = current_language(lang)
    column = next((c for c in ("owner", "channel") if c in table), None)
    if column is None or not {"people", "barriers", "named", "share", "low", "high"} <= set(table.columns):
        raise CjmError(
            en="give the table of Barriers.by_owner() or Barriers.by_channel()",
            ru="дайте таблицу Barriers.by_owner() или Barriers.by_channel()",
        )
    table = table.reset_index(drop=True)
    ax = new_axes(ax, width=7.4, height=1.4 + 0.5 * len(table))
    nobody = (
        say(en="nobody", ru="никто", lang=lang) if column == "owner" else say(en="unknown", ru="не указан", lang=lang)
    )
    for i, r in enumerate(table.to_dict("records")):
        empty = not r[column]
        ax.barh(
            i,
            r["share"],
            height=0.62,
            color=GREY if empty else PALETTE[0],
            alpha=0.55 if empty else 0.85,
            hatch="///" if empty else "",
            edgecolor=foreground(ax) if empty else "none",
            linewidth=0.6,
            zorder=2,
        )
        ax.hlines(i, r["low"], r["high"], color=foreground(ax), linewidth=1.4, zorder=3)
        word = say(
            en=f"{r['people']} people, {r['barriers']} barrier{'s' if r['barriers'] != 1 else ''}",
            ru=f"{r['people']} чел., барьеров: {r['barriers']}",
            lang=lang,
        )
        _beside(ax, i, 0, word)
    ax.set_yticks(range(len(table)), [wrap(v or nobody, 28, 2) for v in table[column]])
    ax.set_ylim(len(table) - 0.45, -0.55)
    ax.set_xlim(0, min(1.0, max(0.1, float(table["high"].max()) * 1.05)) if len(table) else 1)
    percent_axis(ax, "x", lang)
    ax.set_xlabel(say(en="people who named a problem", ru="назвали хотя бы одну проблему", lang=lang))
    ax.tick_params(axis="y", length=0)
    tidy(ax, grid="x")
    if not len(table):
        return ax
    top: Any = table.sort_values("people", ascending=False, kind="stable").iloc[0]
    whose, of = top[column], int(top["n"])
    if whose:
        head = say(
            en=f"Named by most: problems of {whose}, {top['people']} of {of} people",
            ru=f"Чаще всего называют проблемы «{whose}»: {top['people']} из {of} человек",
            lang=lang,
        )
    else:
        head = say(
            en=f"Named by most: problems that nobody owns, {top['people']} of {of} people",
            ru=f"Чаще всего называют проблемы, за которые никто не отвечает: {top['people']} из {of} человек",
            lang=lang,
        )
    measure = say(
        en="people who named at least one problem, with 95% interval",
        ru="назвавшие хотя бы одну проблему, 95 %",
        lang=lang,
    )
    return publish(ax, head, measure)


def _together(points: np.ndarray) -> list[tuple[tuple[float, float], str]]:
    """Numbers of the points, those of points that lie on each other in one word (``2·3``)."""
    out: list[tuple[tuple[float, float], str]] = []
    for i, (x, y) in enumerate(points.tolist()):
        at = next((k for k, ((a, b), _) in enumerate(out) if abs(a - x) < 0.035 and abs(b - y) < 0.05), None)
        if at is None:
            out.append(((x, y), str(i + 1)))
        else:
            out[at] = (out[at][0], f"{out[at][1]}·{i + 1}")
    return out


@footed
def weakest_link(result: WeakestLink, *, ax: Axes | None = None, lang: str | None = None, n: int = 12) -> Axes:
    """Draw the links of the chain, weakest first, with interval and the probability of being the worst.

    Parameters
    ----------
    result : WeakestLink
        From :func:`cjmkit.barriers.weakest_link`.
    ax, lang
        Where to draw, and in which language.
    n : int
        How many links.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import barriers, plot
    >>> steps = pd.DataFrame({"step": ["visit", "chat", "deal"], "users": [1000, 400, 300]})
    >>> ax = plot.weakest_link(barriers.weakest_link(steps), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['visit → chat', 'chat → deal']
    """
    lang = current_language(lang)
    table = result.table.head(n).reset_index(drop=True)
    ax = new_axes(ax, width=7.6, height=1.5 + 0.48 * len(table))
    percent = result.kind != "emotion"
    for i, r in enumerate(table.to_dict("records")):
        hue = PALETTE[1] if i == 0 else PALETTE[0]
        if np.isfinite(r["low"]):
            ax.hlines(i, r["low"], r["high"], color=hue, linewidth=2.6 if i == 0 else 1.8, zorder=3)
        ax.plot(r["value"], i, "D" if i == 0 else "o", color=hue, markersize=8 if i == 0 else 6.5, zorder=4)
        _beside(ax, i, 0, number(r["n"], 0, lang=lang))
        _beside(
            ax,
            i,
            46,
            number(r["probability"], 0, percent=True, lang=lang),
            color=legible(ax, hue) if i == 0 else foreground(ax),
        )
    _beside(ax, -0.72, 0, "n", alpha=0.8)
    _beside(ax, -0.72, 46, say(en="worst in", ru="худшее в", lang=lang), alpha=0.8)
    ax.set_yticks(range(len(table)), [wrap(t, 34, 2) for t in table["title"]])
    ax.set_ylim(len(table) - 0.5, -1.0)
    if percent:
        ax.set_xlim(0, 1)
        percent_axis(ax, "x", lang)
        ax.set_xlabel(say(en="lost from one step to the next", ru="теряется от шага к шагу", lang=lang))
    else:
        ax.set_xlim(-2.05, 2.05)
        ax.axvline(0, color=foreground(ax), linewidth=0.8, alpha=0.7)
        ax.set_xlabel(say(en="mean emotion (−2 to 2)", ru="средняя эмоция (от −2 до 2)", lang=lang))
    ax.tick_params(axis="y", length=0)
    tidy(ax, grid="x")
    measure = say(en="links of the chain, weakest first, 95%", ru="звенья цепи, сначала слабейшее, 95 %", lang=lang)
    return publish(ax, finding(result.summary(lang)), measure)


@footed
def critical_points(result: CriticalPoints, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw stages by share of people with a barrier (across) and share of unhappy people (up); upper right is critical.

    The lines join points of equal score; the probability of being the most critical stands beside a name.

    Parameters
    ----------
    result : CriticalPoints
        From :func:`cjmkit.barriers.critical_points`.
    ax, lang
        Where to draw, and in which language.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import barriers, emotion, plot
    >>> codings = pd.DataFrame({"participant": list("abc"), "code": "price", "stage": ["deal", "deal", "search"]})
    >>> scores = pd.DataFrame({"participant": list("abcd") * 2, "stage": ["search"] * 4 + ["deal"] * 4,
    ...                        "score": [1, 2, 1, 0, -1, -1, -2, 1]})
    >>> found = barriers.critical_points(barriers.rank(codings), emotion.curve(scores, stages=["search", "deal"]))
    >>> plot.critical_points(found, lang="en").get_ylabel()
    'feel bad at this stage'
    """
    lang = current_language(lang)
    table = result.table.dropna(subset=["score"]).reset_index(drop=True)
    ax = new_axes(ax, width=9.4, height=4.8)
    line = np.linspace(0.02, 1, 200)
    for score in (0.05, 0.15, 0.3, 0.5):
        ax.plot(line, score / line, color=foreground(ax), alpha=0.22, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for i, r in enumerate(table.to_dict("records")):
        hue = PALETTE[1] if i == 0 else PALETTE[0]
        ax.hlines(r["unhappy"], r["low"], r["high"], color=hue, linewidth=1, alpha=0.6, zorder=2)
        ax.vlines(r["share"], r["unhappy_low"], r["unhappy_high"], color=hue, linewidth=1, alpha=0.6, zorder=2)
        ax.plot(r["share"], r["unhappy"], "D" if i == 0 else "o", color=hue, markersize=15, zorder=3 - i * 0.01,
                clip_on=False)  # fmt: skip
    for (x, y), told in _together(table[["share", "unhappy"]].to_numpy(dtype=float)):
        ax.text(x, y, told, ha="center", va="center", fontsize=8 if len(told) < 3 else 6, color="white", zorder=5)
    # Names in a list: stages lie close together, and their names are long.
    listed = "\n".join(
        f"{i + 1}  {wrap(r['title'], 34, 2)} — {number(r['probability'], 0, percent=True, lang=lang)}".replace(
            "\n", "\n    "
        )
        for i, r in enumerate(table.to_dict("records"))
    )
    head = say(en="most critical in", ru="самая критическая в", lang=lang)
    ax.annotate(
        f"{head}\n{listed}",
        (1, 1),
        xycoords="axes fraction",
        xytext=(12, 0),
        textcoords="offset points",
        va="top",
        fontsize=8.5,
        linespacing=1.6,
        annotation_clip=False,
    )
    percent_axis(ax, "x", lang)
    percent_axis(ax, "y", lang)
    ax.set_xlim(0, 1.02)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel(say(en="name a barrier at this stage", ru="называют барьер на этом этапе", lang=lang))
    ax.set_ylabel(say(en="feel bad at this stage", ru="плохо чувствуют себя на этом этапе", lang=lang))
    tidy(ax, grid="y")
    ax.grid(True, axis="x", alpha=0.25, linewidth=0.6)
    measure = say(
        en="people who name a barrier against people who feel bad, stage by stage; up and right is critical",
        ru="доля назвавших барьер и доля недовольных по этапам; вверху справа критические",
        lang=lang,
    )
    return publish(ax, finding(result.summary(lang)), measure)
