"""Drawings of what to offer and for how much: the TURF curve, price curves, part-worths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.i18n import interval, number, say
from cjmkit.plot._doubts import footed
from cjmkit.plot._style import PALETTE, foreground, legible, new_axes, number_axis, percent_axis, tidy
from cjmkit.plot._survey import label, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.survey import Conjoint, MaxDiff, PriceSensitivity, Turf

__all__ = ["best_worst", "part_worths", "price_curves", "turf_curve"]


@footed
def turf_curve(turf: Turf, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw how much of the people the best set of each size reaches, and which offer comes in.

    Parameters
    ----------
    turf : Turf
        From :func:`cjmkit.survey.turf`.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    lang : {"en", "ru"}, optional
        Language of the texts.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"id": range(20), "likes": ["tea;coffee"] * 9 + ["juice"] * 11})
    >>> s = survey.Survey.from_frame(t).set_item("likes", type="multi", separator=";")
    >>> plot.turf_curve(survey.turf(s, "likes", largest=2), lang="en").get_xlabel()
    'reached by at least one offer of the set'
    """
    table, n = turf.table, int(turf.table["n"].iloc[0])
    ax = new_axes(ax, width=8.0, height=1.8 + 0.55 * len(table))
    ink = foreground(ax)
    names: list[str] = []
    before: set[str] = set()
    rows: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    for row in rows:
        new = [o for o in row["offers"] if o not in before]
        gone = [o for o in before if o not in row["offers"]]
        names.append("+ " + ", ".join(new) + (f" − {', '.join(gone)}" if gone else ""))
        before = set(row["offers"])
    at = np.arange(len(table))[::-1]
    ax.barh(at, table["reach"], color=PALETTE[0], alpha=0.85, height=0.6)
    for y, row in zip(at, rows, strict=True):
        ax.plot([row["low"], row["high"]], [y, y], color=ink, linewidth=1.6, solid_capstyle="butt")
        ax.text(1.03, y, number(row["reach"], 0, percent=True, lang=lang), va="center", fontsize=8.5, color=ink)
    ax.set_yticks(at, [f"{k}: {label(t, 32, 2)}" for k, t in zip(table["size"], names, strict=True)], fontsize=8.5)
    ax.set_xlim(0, 1.12)
    percent_axis(ax, "x", lang)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.set_xlabel(
        say(en="reached by at least one offer of the set", ru="охвачены хотя бы одним предложением", lang=lang),
        fontsize=8.5,
    )
    note = say(
        en=f"n = {n}. Each set is the best of its size; limits of one set.",
        ru=f"n = {n}. Каждый набор — лучший своего размера; границы одного набора.",
        lang=lang,
    )
    publish(ax, turf.summary(lang).rstrip("."), "", note)
    return tidy(ax, grid="x")


def price_curves(prices: PriceSensitivity, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw the four curves of Van Westendorp with the acceptable prices, and buyers where intentions were asked; of
    asked prices (Gabor and Granger) buyers and revenue with their limits.

    Parameters
    ----------
    prices : PriceSensitivity
        From :func:`cjmkit.survey.price_sensitivity`.
    ax, lang
        As for :func:`turf_curve`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import plot, survey
    >>> middle = 100 + 10 * np.arange(21)
    >>> t = pd.DataFrame({"id": range(21), "a": middle - 60, "b": middle - 20, "c": middle + 20, "d": middle + 60})
    >>> s = survey.Survey.from_frame(t).set_item(list("abcd"), type="number")
    >>> asked = {"too_cheap": "a", "cheap": "b", "expensive": "c", "too_expensive": "d"}
    >>> plot.price_curves(survey.price_sensitivity(s, asked, resamples=10), lang="en").get_xlabel()
    'price'
    """
    if prices.method == "gabor granger":
        return _asked_prices(prices, ax, lang)
    curves, points = prices.curves, dict(zip(prices.table["point"], prices.table["value"].astype(float), strict=True))
    n = int(prices.table["n"].iloc[0])
    ax = new_axes(ax, width=8.0, height=4.8)
    ink = foreground(ax)
    words = {
        "too_cheap": say(en="too cheap", ru="слишком дёшево", lang=lang),
        "cheap": say(en="cheap", ru="дёшево", lang=lang),
        "expensive": say(en="expensive", ru="дорого", lang=lang),
        "too_expensive": say(en="too expensive", ru="слишком дорого", lang=lang),
        "buyers": say(en="expected to buy", ru="ожидаемые покупатели", lang=lang),
    }
    looks = {"too_cheap": (0, "--"), "cheap": (0, "-"), "expensive": (1, "-"), "too_expensive": (1, "--")}
    for name, (k, style) in looks.items():
        ax.plot(curves["price"], curves[name], color=PALETTE[k], linestyle=style, linewidth=1.7, label=words[name])
    if "buyers" in curves:
        ax.plot(curves["price"], curves["buyers"], color=PALETTE[2], linewidth=2.2, label=words["buyers"])
    low, high = points["marginal_cheapness"], points["marginal_expensiveness"]
    ax.axvspan(low, high, color=PALETTE[2], alpha=0.12, zorder=0)
    best = points["optimal"]
    digits = 0 if best >= 20 else 2
    ax.axvline(best, color=ink, linewidth=1, linestyle=":")
    ax.annotate(
        number(best, digits, lang=lang), (best, 1), xycoords=("data", "axes fraction"), xytext=(4, -12),
        textcoords="offset points", fontsize=8.5, color=legible(ax, PALETTE[2]),
    )  # fmt: skip
    percent_axis(ax, "y", lang)
    number_axis(ax, "x", lang)
    ax.set_ylim(0, 1.02)
    span = high - low
    ax.set_xlim(max(0.0, low - 2 * span), high + 2 * span)
    ax.set_xlabel(say(en="price", ru="цена", lang=lang), fontsize=8.5)
    ax.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    note = say(
        en=f"n = {n}. Band: acceptable prices; dotted: as many call it too cheap as too expensive.",
        ru=f"n = {n}. Полоса: приемлемые цены; пунктир: «слишком дёшево» и «слишком дорого» говорят одинаково часто.",
        lang=lang,
    )
    publish(ax, prices.summary(lang).rstrip("."), "", note)
    return tidy(ax, grid="y")


def _asked_prices(prices: PriceSensitivity, ax: Axes | None, lang: str | None) -> Axes:
    """Buyers at each price as points with limits; revenue as a second line on the share of its largest value."""
    t = prices.curves
    ax = new_axes(ax, width=8.0, height=4.4)
    peak = float(t["revenue"].max())
    x = t["price"].to_numpy(dtype=float)
    buyers = say(en="would buy", ru="купили бы", lang=lang)
    revenue = say(en="revenue, of its largest", ru="выручка, от наибольшей", lang=lang)
    for name, part, k, marker in ((buyers, "buyers", 0, "o"), (revenue, "revenue", 1, "s")):
        value, low, high = (t[part + end].to_numpy() / (peak if k else 1) for end in ("", "_low", "_high"))
        shift = (k - 0.5) * 0.012 * (x.max() - x.min())
        ax.plot(x + shift, value, color=PALETTE[k], marker=marker, markersize=6, linewidth=1.5, label=name)
        ax.vlines(x + shift, low, high, color=PALETTE[k], linewidth=1.8, alpha=0.8)
    best = float(prices.table["value"].iloc[0])
    ax.axvline(best, color=foreground(ax), linewidth=1, linestyle=":", zorder=0)
    percent_axis(ax, "y", lang)
    ax.set_ylim(0, max(1.02, float((t["revenue_high"] / peak).max()) * 1.03))
    number_axis(ax, "x", lang)
    ax.set_xticks(x)
    ax.set_xlabel(say(en="price", ru="цена", lang=lang), fontsize=8.5)
    ax.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    least, most = int(t["n"].min()), int(t["n"].max())
    base = f"n = {least}" if least == most else f"n = {least}–{most}"
    note = say(
        en=f"{base}. Dotted: the asked price with most revenue. People say they would buy more often than they do.",
        ru=f"{base}. Пунктир: спрошенная цена с наибольшей выручкой. Говорят «куплю» чаще, чем покупают.",
        lang=lang,
    )
    publish(ax, prices.summary(lang).rstrip("."), "", note)
    return tidy(ax, grid="y")


def part_worths(found: Conjoint, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw what each level of a conjoint is worth, with limits; attributes by importance, the largest on top.

    Parameters
    ----------
    found : Conjoint
        From :func:`cjmkit.survey.conjoint`. A linear attribute is drawn over the range that was shown.
    ax, lang
        As for :func:`turf_curve`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"person": list("aabbccddee"), "task": 1, "size": ["s", "l"] * 5})
    >>> found = survey.conjoint(t.assign(chosen=[1, 0, 1, 0, 1, 0, 1, 0, 0, 1]))
    >>> plot.part_worths(found, lang="en").get_xlabel()
    'part-worth (logit), with limits'
    """
    rows: list[tuple[str, str, float, float, float]] = []
    heads: list[int] = []
    shares = found.importance.set_index("attribute")
    for k, a in enumerate(shares.index):
        own = found.table[found.table["attribute"] == a]
        if k:
            rows.append(("", "", np.nan, np.nan, np.nan))
        heads.append(len(rows))
        value = number(shares.loc[a, "value"], 0, percent=True, lang=lang)
        limits = interval(shares.loc[a, "low"], shares.loc[a, "high"], 0, percent=True, lang=lang)
        told = "" if shares.loc[a, "told"] else say(en="; not told from nothing", ru="; не отличить от нуля", lang=lang)
        rows.append((f"{label(a, 30, 2)}: {value} {limits}{told}", "", np.nan, np.nan, np.nan))
        if own["level"].iloc[0] == "(slope)":
            ends = found.shown_range(a)
            middle = sum(ends) / 2
            unit = own.iloc[0]
            for end in ends:
                v = sorted(float(unit[c]) * (end - middle) for c in ("low", "high"))
                rows.append(
                    (number(end, 0 if end == int(end) else 2, lang=lang), a, float(unit["value"]) * (end - middle), *v)
                )
            continue
        for r in own.itertuples():
            rows.append((label(r.level, 34, 2), a, float(r.value), float(r.low), float(r.high)))
    ax = new_axes(ax, width=8.0, height=1.9 + 0.34 * len(rows))
    ink = foreground(ax)
    y = np.arange(len(rows))[::-1]
    order = list(shares.index)
    for at, (_, a, at_x, left, right) in zip(y, rows, strict=True):
        if at_x == at_x:
            hue = PALETTE[order.index(a) % len(PALETTE)]
            ax.plot([left, right], [at, at], color=hue, linewidth=2.2, solid_capstyle="butt")
            ax.plot(at_x, at, "o", color=hue, markersize=6, markeredgecolor=ink, markeredgewidth=0.5)
    ax.axvline(0, color=ink, linewidth=0.8)
    ax.set_yticks(y, [r[0] for r in rows], fontsize=8.5)
    for i, text in enumerate(ax.get_yticklabels()):
        text.set_fontweight("bold" if i in heads else "normal")
    ax.tick_params(axis="y", length=0)
    number_axis(ax, "x", lang)
    ax.set_xlabel(
        say(en="part-worth (logit), with limits", ru="ценность уровня (логит), с границами", lang=lang), fontsize=8.5
    )
    note = say(
        en=f"n = {found.people} people, {found.tasks} choices. Beside an attribute: its share of what all can move.",
        ru=f"n = {found.people} чел., выборов: {found.tasks}. У свойства — его доля в том, что могут изменить все.",
        lang=lang,
    )
    ax.set_ylim(-0.8, len(rows) - 0.2)
    first = shares.index[0]
    share = number(shares["value"].iloc[0], 0, percent=True, lang=lang)
    untold = int((~shares["told"].astype(bool)).sum())
    title = say(
        en=f"“{first}” weighs most in the choice: {share} of what all attributes can move",
        ru=f"Больше всего в выборе весит «{first}»: {share} того, что могут изменить все свойства",
        lang=lang,
    )
    if untold:
        title += say(en=f"; {untold} cannot be told from nothing", ru=f"; не отличить от нуля: {untold}", lang=lang)
    publish(ax, title, "", note)
    return tidy(ax, grid="x")


def best_worst(found: MaxDiff, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw best minus worst of each item with its limits, the best on top; those of fewer than ten people hollow.

    Parameters
    ----------
    found : MaxDiff
        From :func:`cjmkit.survey.maxdiff`.
    ax, lang
        As for :func:`turf_curve`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"id": range(12), "item1": "a", "item2": "b", "item3": "c", "best": "a"})
    >>> t["worst"] = ["b", "c", "c"] * 4
    >>> ax = plot.best_worst(survey.maxdiff(t, resamples=20), lang="en")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['c', 'b', 'a']
    """
    rows = found.table[found.table["n"] >= 3].iloc[::-1].reset_index(drop=True)
    ax = new_axes(ax, width=7.8, height=1.9 + 0.4 * len(rows))
    at = np.arange(len(rows))
    value = rows["value"].to_numpy(dtype=float)
    ax.hlines(at, rows["low"], rows["high"], color=PALETTE[0], linewidth=2.2)
    solid = (rows["n"] >= 10).to_numpy()
    ax.scatter(value[solid], at[solid], s=46, color=PALETTE[0], zorder=3)
    ax.scatter(value[~solid], at[~solid], s=46, facecolors=ax.get_facecolor(), edgecolors=PALETTE[0], zorder=3)
    ax.axvline(0, color=foreground(ax), linewidth=0.8)
    ax.set_yticks(at, [label(v, 34, 2) for v in rows["item"]], fontsize=8.5)
    number_axis(ax, "x", lang)
    ax.set_xlabel(
        say(en="(best − worst) / shown, with limits", ru="(лучшее − худшее) / показано, с границами", lang=lang),
        fontsize=8.5,
    )
    note = say(
        en=f"n = {found.people} people, {found.tasks} tasks. Items are compared with each other only.",
        ru=f"n = {found.people} чел., заданий: {found.tasks}. Варианты сравниваются только друг с другом.",
        lang=lang,
    )
    first, last = found.table["item"].iloc[0], found.table["item"].iloc[-1]
    title = say(en=f"Best: “{first}”; worst: “{last}”", ru=f"Лучшее — «{first}», худшее — «{last}»", lang=lang)
    publish(ax, title, "", note)
    return tidy(ax, grid="x")
