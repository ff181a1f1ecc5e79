"""Drawings of tables: a banner as a heat map, trends with their breaks, drivers beside what nothing would get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import number, say, shorten
from cjmkit.plot._doubts import footed, signed
from cjmkit.plot._style import GREY, PALETTE, foreground, heat, new_axes, number_axis, percent_axis, tidy, wrap
from cjmkit.plot._survey import label, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.survey import Banner, Drivers, Trend

__all__ = ["banner_heat", "driver_shares", "trend"]

_HOLLOW, _GAP = 10, 3
"""Below so many people a mark is hollow, or there is none."""


@footed
def banner_heat(banner: Banner, item: str | None = None, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    r"""Draw the shares of one question as a heat map: groups across, answers down, letters beside the shares.

    Parameters
    ----------
    banner : Banner
        From :func:`cjmkit.survey.banner`.
    item : str, optional
        Which question; the first with shares if left out.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    lang : {"en", "ru"}, optional
        Language of the texts.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"id": range(80), "plan": ["a", "b"] * 40, "age": ["18-34"] * 40 + ["35+"] * 40})
    >>> found = survey.banner(survey.Survey.from_frame(t), "plan", "age")
    >>> [text.get_text() for text in plot.banner_heat(found, lang="en").get_xticklabels()]
    ['total\nn 80', '18-34 A\nn 40', '35+ B\nn 40']
    """
    table = banner.table[banner.table["statistic"] == "share"]
    if table.empty:
        raise CjmError(
            en="the table has no shares to draw; banner(…, statistics='share')",
            ru="в таблице нет долей; banner(…, statistics='share')",
        )
    chosen = item if item is not None else str(table["item"].iloc[0])
    table = table[table["item"] == chosen]
    if table.empty:
        raise CjmError(suggest(chosen, banner.table["item"].unique(), what="item"))
    rows = list(dict.fromkeys(table["row"]))
    first = table[table["row"] == rows[0]]
    values = np.array([table[table["row"] == r]["value"].to_numpy(dtype=float) for r in rows])
    values = np.where(first["n"].to_numpy() < _GAP, np.nan, values)
    letters = [table[table["row"] == r]["letters"].tolist() for r in rows]
    names = {"top2": ("upper two answers", "два верхних ответа"), "bottom2": ("lower two answers", "два нижних ответа")}
    names |= {"promoters": ("promoters", "промоутеры"), "passives": ("passives", "нейтралы")}
    names |= {"detractors": ("detractors", "критики"), "total": ("total", "всего")}

    def told(code: str) -> str:
        en, ru = names.get(code, (code, code))
        return say(en=en, ru=ru, lang=lang)

    words = [
        ["—" if np.isnan(v) else f"{number(v, 0, percent=True, lang=lang)} {x}".strip() for v, x in zip(vs, xs)]
        for vs, xs in zip(values, letters)
    ]
    ax = new_axes(ax, width=2.6 + 0.95 * len(first), height=1.9 + 0.42 * len(rows))
    heat(ax, np.nan_to_num(values), words, peak=max(0.5, float(np.nanmax(values))))
    heads = [
        f"{wrap(told(c) if not by else c, 12, 2)} {x}{'*' if small else ''}".rstrip() + f"\nn {n}"
        for by, c, x, small, n in first[["by", "column", "letter", "small", "n"]].itertuples(index=False)
    ]
    ax.set_xticks(range(len(heads)), heads, fontsize=8)
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0, pad=2)
    ax.set_yticks(range(len(rows)), [label(told(r), 30, 2) for r in rows], fontsize=8.5)
    question = signed(banner, str(first["question"].iloc[0]), str(first["item"].iloc[0]))
    lines = max(h.count("\n") for h in heads) + 1
    return publish(ax, _heat_title(table, told, lang), question, _heat_note(banner, lang), above=12 * lines + 8, down=8)


def _heat_title(table: Any, told: Any, lang: str | None) -> str:
    """The largest difference that carries a letter."""
    best: tuple[float, Any, Any] | None = None
    for _, part in table[table["by"] != ""].groupby(["row", "by"], sort=False):
        for up in part[part["letters"] != ""].itertuples():
            for down in part[part["letter"].isin(up.letters.split())].itertuples():
                if best is None or up.value - down.value > best[0] + 1e-9:  # of two alike, the first
                    best = (up.value - down.value, up, down)
    if best is None:
        return say(en="No group differs beyond chance", ru="Группы не различаются сверх случайного", lang=lang)
    _, up, down = best
    a, b = (number(v, 0, percent=True, lang=lang) for v in (up.value, down.value))
    row = shorten(told(up.row), 50)
    return say(
        en=f"“{row}”: {a} in {up.column}, {b} in {down.column}",
        ru=f"«{row}»: {a} в группе «{up.column}», {b} в группе «{down.column}»",
        lang=lang,
    )


def _heat_note(banner: Banner, lang: str | None) -> str:
    level = number(banner.level, 0, percent=True, lang=lang)
    weighted = say(en=" Weighted.", ru=" С весами.", lang=lang) if banner.weighted else ""
    small = ""
    if banner.table["small"].any():
        small = say(en=f" *: n below {banner.min_n}, not tested.", ru=f" *: n меньше {banner.min_n}.", lang=lang)
    return say(
        en=f"A letter: higher than that column ({level}, corrected within a row).{small}{weighted}",
        ru=f"Буква: выше, чем в том столбце ({level}, с поправкой внутри строки).{small}{weighted}",
        lang=lang,
    )


@footed
def trend(
    trend: Trend, items: str | list[str] | None = None, *, ax: Axes | None = None, lang: str | None = None
) -> Axes:
    """Draw figures over waves with their intervals; where the question changed, the line breaks.

    Parameters
    ----------
    trend : Trend
        From :func:`cjmkit.survey.trend`.
    items : str or list of str, optional
        Which items, of one kind; the first if left out.
    ax, lang
        As for :func:`banner_heat`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> def wave(up):
    ...     return survey.Survey.from_frame(pd.DataFrame({"id": range(60), "nps": [10] * up + [5] * (60 - up)}))
    >>> found = survey.trend({"2025": wave(20), "2026": wave(40)}, "nps")
    >>> plot.trend(found, lang="en").get_ylabel()
    'NPS'
    """
    wanted = [items] if isinstance(items, str) else list(items or list(trend.questions)[:1])
    for name in wanted:
        if name not in trend.questions:
            raise CjmError(suggest(name, trend.questions, what="item"))
    table = trend.table[trend.table["item"].isin(wanted)]
    kinds = set(table.loc[table["n"] > 0, "kind"])
    if len(kinds) > 1:
        listed = ", ".join(sorted(kinds))
        raise CjmError(
            en=f"one picture holds one kind of figure; these items are of {listed}",
            ru=f"на одной картинке один вид показателя; у этих вопросов: {listed}",
        )
    kind = kinds.pop()
    percent = kind in ("csat", "top2", "share")
    ax = new_axes(ax, width=7.8, height=4.4)
    ink = foreground(ax)
    apart = 0.12 if len(wanted) > 1 else 0.0
    breaks: dict[int, None] = {}
    for k, name in enumerate(wanted):
        rows = table[table["item"] == name].reset_index(drop=True)
        shift = (k - (len(wanted) - 1) / 2) * apart
        _line(ax, rows, shift, PALETTE[k % len(PALETTE)], shorten(trend.questions[name], 50))
        breaks |= dict.fromkeys(np.flatnonzero(rows["broken"].ne("")).tolist())
    for at in breaks:
        ax.axvline(at - 0.5, color=ink, linestyle=":", linewidth=1, alpha=0.6)
        ax.annotate(
            say(en="question\nchanged", ru="вопрос\nизменён", lang=lang), (at - 0.5, 0.02),
            xycoords=("data", "axes fraction"), xytext=(3, 0), textcoords="offset points", fontsize=7.5, alpha=0.8,
        )  # fmt: skip
    one = table[table["item"] == wanted[0]]
    heads = [f"{w}\nn {int(v)}" if len(wanted) == 1 else w for w, v in zip(one["wave"], one["n"])]
    ax.set_xticks(range(len(heads)), heads, fontsize=8.5)
    ax.set_xlim(-0.4, len(heads) - 0.6)
    (percent_axis if percent else number_axis)(ax, "y", lang)
    units = {"nps": "NPS", "sus": "SUS", "mean": say(en="mean", ru="среднее", lang=lang)}
    ax.set_ylabel(units.get(kind, say(en="per cent", ru="процент", lang=lang) if percent else kind), fontsize=8.5)
    if len(wanted) > 1:
        ax.legend(fontsize=8, frameon=False, loc="best")
    title = trend.finding(wanted[0], lang).rstrip(".")
    note = say(
        en=f"Intervals of {number(trend.level, 0, percent=True, lang=lang)}. Hollow: fewer than {_HOLLOW} people.",
        ru=f"Интервалы {number(trend.level, 0, percent=True, lang=lang)}. Полый знак: меньше {_HOLLOW} человек.",
        lang=lang,
    )
    if trend.weighted:
        note += say(en=" Weighted.", ru=" С весами.", lang=lang)
    publish(ax, title, trend.questions[wanted[0]] if len(wanted) == 1 else "", note, down=36)
    return tidy(ax, grid="y")


def _line(ax: Axes, rows: Any, shift: float, colour: str, name: str) -> None:
    """One item: a line for each stretch without a break or gap, whiskers, marks."""
    seen = rows["n"].to_numpy() >= _GAP
    stretch: list[int] = []
    stretches = [stretch]
    for i, (there, broken) in enumerate(zip(seen, rows["broken"])):
        if not there:
            continue
        if broken:
            stretch = []
            stretches.append(stretch)
        stretch.append(i)
    value = rows["value"].to_numpy(dtype=float)
    for part in stretches:
        ax.plot(np.array(part) + shift, value[part], color=colour, linewidth=1.8)
    for i in np.flatnonzero(seen).tolist():
        ax.plot(
            [i + shift] * 2, rows.loc[i, ["low", "high"]].to_numpy(dtype=float), color=colour, linewidth=1.4, alpha=0.6
        )
        hollow = rows["n"].iloc[i] < _HOLLOW
        face = ax.get_facecolor() if hollow else colour
        ax.plot(i + shift, value[i], "o", color=colour, markerfacecolor=face, markersize=6.5)
    ax.plot([], [], "o-", color=colour, label=name)


@footed
def driver_shares(drivers: Drivers, *, ax: Axes | None = None, lang: str | None = None, n: int = 15) -> Axes:
    """Draw the share of each driver with its interval, beside what an item unrelated to the outcome gets.

    Parameters
    ----------
    drivers : Drivers
        From :func:`cjmkit.survey.drivers`.
    ax, lang
        As for :func:`banner_heat`.
    n : int
        How many drivers to show.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"id": range(60), "chat": [1, 2, 3, 4, 5] * 12, "site": [2, 5, 4] * 20})
    >>> s = survey.Survey.from_frame(t.assign(overall=t["chat"]))
    >>> s = s.set_item(["chat", "site", "overall"], type="likert", scale=(1, 5))
    >>> plot.driver_shares(survey.drivers(s, "overall", resamples=20), lang="en").get_title("left")
    'Most strongly tied to “overall”: chat'
    """
    table = drivers.table.head(n).iloc[::-1].reset_index(drop=True)
    ax = new_axes(ax, width=8.2, height=2.1 + 0.5 * len(table))
    ink = foreground(ax)
    for y, row in enumerate(table.to_dict("records")):
        told, against = row["told"], row["told"] and row["r"] < 0
        colour = (PALETTE[1] if against else PALETTE[0]) if told else GREY
        ax.barh(y, row["value"] * 100, color=colour, alpha=0.85 if told else 0.5, height=0.6,
                hatch="///" if against else None, edgecolor="white" if against else "none")  # fmt: skip
        ax.plot([row["null"] * 100] * 2, [y - 0.38, y + 0.38], color=ink, linewidth=1.2, linestyle=(0, (2, 1)))
        if row["low"] == row["low"]:
            ax.plot([row["low"] * 100, row["high"] * 100], [y, y], color=ink, linewidth=1.6, solid_capstyle="butt")
    right = float(np.nanmax(table[["value", "high", "null"]].to_numpy())) * 100
    if drivers.resamples:
        for y, chance in enumerate(table["p_top"]):
            text = number(chance, 0, percent=True, lang=lang)
            ax.text(right * 1.06, y, text, va="center", fontsize=8, color=ink, alpha=1.0 if chance >= 0.05 else 0.55)
        ax.text(right * 1.06, len(table) - 0.42, say(en="P(first)", ru="P(первый)", lang=lang), fontsize=8, color=ink)
    named = [signed(drivers, r["text"] or r["item"], r["item"]) for r in table.to_dict("records")]
    ax.set_yticks(range(len(table)), [label(t) for t in named], fontsize=8.5)
    ax.set_xlim(0, right * 1.22)
    ax.set_ylim(-0.6, len(table) - 0.1)
    ax.set_xlabel(say(en="share of explained variance, %", ru="доля объяснённой дисперсии, %", lang=lang), fontsize=8.5)
    top = drivers.table.iloc[0]
    outcome, name = shorten(drivers.outcome_text, 60), shorten(top["text"] or top["item"], 60)
    title = say(
        en=f"Most strongly tied to “{outcome}”: {name}", ru=f"Сильнее всего с «{outcome}» связано: {name}", lang=lang
    )
    if not drivers.table["told"].any():
        title = say(
            en=f"Nothing can be told to be tied to “{outcome}”", ru=f"Связи с «{outcome}» не обнаружено", lang=lang
        )
    note = f"R² = {number(drivers.r2, 2, lang=lang)}, n = {drivers.n}. " + say(
        en="Dashed: what the best of as many unrelated items gets once in twenty; grey: not told from nothing.",
        ru="Пунктир: столько лучший из стольких же не связанных вопросов получит раз в двадцать; серое: не отличить "
        "от не связанных.",
        lang=lang,
    )
    if (table["told"] & (table["r"] < 0)).any():
        note += say(
            en=" Hatched: goes with a lower outcome.", ru=" Штриховка: чем выше, тем результат ниже.", lang=lang
        )
    asked = drivers.outcome_text if len(drivers.outcome_text) > 60 else ""
    publish(ax, title, asked, note, above=8)
    return tidy(ax, grid="x")
