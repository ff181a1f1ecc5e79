"""Pictures of what people said: topics with their shares, by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cjmkit.core.words import row_title
from cjmkit.i18n import current_language, number, say, shorten
from cjmkit.plot._style import GREY, PALETTE, colours, foreground, legible, new_axes, percent_axis, tidy, wrap
from cjmkit.plot._survey import publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.text import Topics

__all__ = ["topics"]


def topics(found: Topics, *, ax: Axes | None = None, lang: str | None = None, n: int = 12) -> Axes:
    """Draw the share of people who speak of each topic, with its interval and a quote; with groups, each of them.

    Hollow marks rest on fewer than 10 people; topics that do not come back in other samples are grey.

    Parameters
    ----------
    found : Topics
        From :func:`cjmkit.text.topics`.
    ax, lang
        Where to draw, and in which language.
    n : int
        How many topics, the largest first; the rest stands below.

    Examples
    --------
    >>> from cjmkit import plot, text
    >>> found = text.topics(["The price is too high", "Too high a price", "Rude staff", "The staff was rude"], k=2)
    >>> plot.topics(found, lang="en").get_xlabel()
    'share of people who speak of it'
    """
    lang = current_language(lang)
    table = found.table[found.table["topic"] > 0].head(n)
    rest = found.table[found.table["topic"] <= 0]
    rows = [*table.to_dict("records"), *rest.to_dict("records")]
    groups = list(dict.fromkeys(found.by_group["group"]))
    ax = new_axes(ax, width=9.0, height=1.9 + (0.62 + 0.16 * len(groups)) * max(len(rows), 1))
    ink = foreground(ax)
    if found.status == "none" or not len(table):
        ax.text(0.5, 0.5, wrap(found.summary(lang), 60), ha="center", va="center", transform=ax.transAxes, color=ink)
        ax.set_axis_off()
        return ax
    names, hues = [], dict(zip(groups, colours(len(groups)), strict=True))
    for y, r in enumerate(rows):
        trusted = bool(r["topic"]) and bool(r["stable"])
        _mark(ax, r, y, legible(ax, PALETTE[0]) if trusted and not groups else ink if trusted else GREY)
        if groups:
            own = found.by_group[found.by_group["topic"] == r["topic"]].to_dict("records")
            for j, g in enumerate(own, 1):
                _mark(ax, g, y + j * min(0.22, 0.78 / (len(groups) + 1)), hues[g["group"]], told=bool(g["told"]))
        words = shorten(str(r["quote"]).rstrip("."), 64)
        quote = f"«{words}»" if lang == "ru" else f"“{words}”"
        names.append(f"{wrap(row_title(r['name'], lang), 46, 2)}\n{wrap(quote, 46, 2)}")
    ax.set_yticks(range(len(rows)), names, fontsize=8)
    ax.set_ylim(len(rows) - (0.15 if groups else 0.4), -0.5)
    ax.set_xlim(0, None)
    percent_axis(ax, "x", lang)
    ax.set_xlabel(say(en="share of people who speak of it", ru="доля людей, которые об этом говорят", lang=lang))
    if groups:
        _legend(ax, found, hues, ink, lang)
    publish(ax, _title(found, lang), found.question, _note(found, lang), above=8)
    return tidy(ax, grid="x")


def _mark(ax: Axes, row: Mapping[Any, Any], y: float, colour: str, told: bool = False) -> None:
    count = int(row["n"])
    if count < 3:
        return
    value, low, high = (float(row[c]) for c in ("value", "low", "high"))
    ax.plot([low, high], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt", zorder=2)
    fill = ax.get_facecolor() if count < 10 else colour
    ax.scatter(value, y, s=42, facecolor=fill, edgecolor=colour, marker="D" if told else "o", zorder=3)


def _legend(ax: Axes, found: Topics, hues: dict[str, str], ink: str, lang: str) -> None:
    from matplotlib.lines import Line2D

    size = found.by_group.groupby("group", sort=False)["n"].first()
    everybody = say(en="everybody", ru="все", lang=lang)
    marks = [Line2D([], [], color=ink, marker="o", label=f"{everybody}, n = {found.n}")]
    marks += [
        Line2D([], [], color=hue, marker="o", label=f"{shorten(group, 30)}, n = {size[group]}")
        for group, hue in hues.items()
    ]
    ax.legend(handles=marks, loc="lower right", fontsize=8, frameon=True, framealpha=0.85)


def _title(found: Topics, lang: str) -> str:
    first = found.table[found.table["topic"] > 0].iloc[0]
    share = number(first["value"], 0, percent=True, lang=lang)
    return say(
        en=f"Most often they speak of: {first['name']} ({share})",
        ru=f"Чаще всего говорят: {first['name']} ({share})",
        lang=lang,
    )


def _note(found: Topics, lang: str) -> str:
    out = [f"n = {found.n}."]
    if not found.table.loc[found.table["topic"] > 0, "stable"].all():
        out.append(
            say(
                en="Grey: does not come back in other samples of the answers.",
                ru="Серое: не возвращается в других выборках ответов.",
                lang=lang,
            )
        )
    if found.by_group["told"].any():
        out.append(
            say(
                en="Diamond: differs from the other people (corrected for the number of comparisons).",
                ru="Ромб: отличается от остальных людей (с поправкой на число сравнений).",
                lang=lang,
            )
        )
    return " ".join(out)
