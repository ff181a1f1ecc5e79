"""Drawings of who gets how far: funnel, sources, attribution, retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.core.words import row_title
from cjmkit.i18n import number, say
from cjmkit.i18n import people as people_words
from cjmkit.plot._events import found, named, nothing, shown, waited
from cjmkit.plot._style import (
    GREY,
    MARKERS,
    PALETTE,
    colours,
    foreground,
    new_axes,
    percent_axis,
    tidy,
    wrap,
)
from cjmkit.view.lanes import whole as counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.events.attribution import Attribution
    from cjmkit.events.funnel import Funnel
    from cjmkit.events.retention import Retention
    from cjmkit.events.sources import Sources

__all__ = ["attribution", "funnel", "retention", "sources"]


_SERIES = 5
"""More lines than this nobody tells apart."""


def funnel(result: Funnel, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Share of people at each step, with intervals; conversions, people and waits between the steps.

    Parameters
    ----------
    result : cjmkit.events.Funnel
        With groups, one line each; without, bars.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    lang : {"en", "ru"}, optional
        Language of the labels.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.funnel(log.funnel(["visit", "pay"]), lang="en")
    >>> ax.get_ylabel()
    'share of those who entered'
    """
    table = result.table
    keys = [c for c in ("group", "persona") if c in table]
    steps = list(dict.fromkeys(table["step"]))
    ax = new_axes(ax, width=max(6.0, 1.5 * len(steps) + 2), height=4.2)
    x = np.arange(len(steps))
    if not keys:
        low = table["overall"] - table["overall_low"]
        high = table["overall_high"] - table["overall"]
        weakest = table["conversion"].iloc[1:].idxmin() if table["conversion"].iloc[1:].notna().any() else None
        hues = [PALETTE[1] if i == weakest else PALETTE[0] for i in table.index]
        ax.bar(x, table["overall"].fillna(0), color=hues, width=0.55, alpha=0.85)
        ax.errorbar(
            x, table["overall"], yerr=np.clip([low, high], 0, None), fmt="none", ecolor=foreground(ax), capsize=3, lw=1
        )
        for i, row in enumerate(table.to_dict("records")):
            top = row["overall_high"] if row["overall_high"] == row["overall_high"] else 0
            ax.annotate(counted(row["users"], lang), (i, top), (0, 3), textcoords="offset points", ha="center",
                        va="bottom", fontsize=9, weight="bold")  # fmt: skip
            if i:
                told = f"{number(row['conversion'], 0, percent=True, lang=lang)} →"
                wait = waited(row["median_time"], lang)
                ax.annotate(
                    told + (f"\n{wait}" if wait else ""),
                    (i - 0.5, 1.0),
                    (0, 26),
                    xycoords=("data", "axes fraction"),
                    textcoords="offset points",
                    annotation_clip=False,
                    ha="center",
                    va="bottom",
                    fontsize=8.5,
                    weight="bold" if table.index[i] == weakest else "normal",
                )
        ax.set_ylim(0, 1.0)
    else:
        size = table.groupby(keys, sort=False)["users"].max().sort_values(ascending=False, kind="stable")
        every = list(dict.fromkeys(tuple(r) for r in table[keys].itertuples(index=False)))
        largest = {k if isinstance(k, tuple) else (k,) for k in size.index[:_SERIES]}
        groups = [g for g in every if g in largest]
        rest = len(every) - len(groups)
        shift = np.linspace(-0.14, 0.14, len(groups)) if len(groups) > 1 else [0.0]
        for i, key in enumerate(groups):
            part = table[(table[keys] == pd.Series(key, index=keys)).all(axis=1)]
            spread = np.clip([part["overall"] - part["overall_low"], part["overall_high"] - part["overall"]], 0, None)
            start = int(part["users"].iloc[0])
            ax.errorbar(
                x + shift[i],
                part["overall"],
                yerr=spread,
                color=colours(len(groups))[i],
                marker=MARKERS[i % len(MARKERS)],
                capsize=2,
                lw=1.4,
                ms=5,
                label=f"{wrap(', '.join(row_title(str(k), lang) for k in key), 24)} (n = {counted(start, lang)})",
            )
        ax.set_ylim(0, 1.0)
        ax.legend(
            frameon=False,
            fontsize=8,
            loc="center left",
            bbox_to_anchor=(1.0, 0.5),
        )
    ax.set_xticks(x, [named(result.origin.called(s), 14, 3) for s in steps])
    ax.set_xlim(-0.6, len(steps) - 0.4)
    ax.set_ylabel(say(en="share of those who entered", ru="доля вошедших", lang=lang))
    percent_axis(ax, "y", lang)
    tidy(ax)
    measure = say(en="people at each step", ru="люди на каждом шаге", lang=lang)
    if keys:
        note = say(en=f"the {_SERIES} largest groups; {rest} more are in the table",
                   ru=f"показаны {_SERIES} самых больших групп; ещё {rest} — в таблице", lang=lang)  # fmt: skip
        return found(ax, result, lang, f"{measure}; {shown(result, lang)}", note if rest else "")
    measure += say(
        en="; above: share that goes on to the next and the median wait",
        ru="; сверху — какая доля идёт дальше и медиана ожидания",
        lang=lang,
    )
    return found(ax, result, lang, f"{measure}; {shown(result, lang)}", above=56)


def sources(result: Sources, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Conversion by first source with intervals; hollow where too few people came.

    Parameters
    ----------
    result : cjmkit.events.Sources
        The sources.
    ax, lang
        As for ``funnel``.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit", "ad"), ("a", "2026-03-02", "pay", "ad")]
    >>> rows += [("b", "2026-03-01", "visit", "mail"), ("b", "2026-03-02", "pay", "mail")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what", "where"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="where")
    >>> ax = cj.plot.sources(log.sources("pay"), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['ad  (n = 1)', 'mail  (n = 1)']
    """
    table = result.table.sort_values(["conversion"], kind="stable").reset_index(drop=True)
    ax = new_axes(ax, width=7.0, height=0.42 * len(table) + 1.4)
    if table.empty:
        return nothing(ax, lang)
    y = np.arange(len(table))
    whole = table["users"].sum() / table["n"].sum()
    ax.axvline(whole, color=GREY, lw=1, ls="--")
    for known, face in ((True, PALETTE[0]), (False, "none")):
        part = table["enough"].to_numpy() == known
        if part.any():
            rows = table[part]
            spread = np.clip([rows["conversion"] - rows["low"], rows["high"] - rows["conversion"]], 0, None)
            ax.errorbar(
                rows["conversion"], y[part], xerr=spread, fmt="o", color=PALETTE[0], mfc=face, capsize=3, lw=1.3
            )
    ax.set_yticks(y, [f"{wrap(s, 26, 2)}  (n = {counted(n, lang)})" for s, n in zip(table["source"], table["n"])])
    ax.set_ylim(-0.6, len(table) - 0.2)
    ax.set_xlim(0, min(1.0, float(table["high"].max()) * 1.08))
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    percent_axis(ax, "x", lang)
    ax.set_xlabel(
        say(
            en="share who finish",
            ru="доля дошедших до цели",
            lang=lang,
        )
    )
    tidy(ax, grid="x")
    measure = say(
        en="share who finish, by where people first came from",
        ru="доля дошедших до цели по первому источнику",
        lang=lang,
    )
    note = say(
        en="dashed: everybody; hollow: too few people to judge",
        ru="пунктир: все; пустой кружок: людей слишком мало",
        lang=lang,
    )
    return found(ax, result, lang, f"{measure}; {shown(result, lang)}", note)


_MODELS = {
    "first": ("first touch", "первое касание"),
    "last": ("last touch", "последнее касание"),
    "linear": ("linear", "линейная"),
    "position": ("position", "позиционная"),
    "time_decay": ("time decay", "спад во времени"),
    "markov": ("Markov", "марковская"),
    "markov2": ("Markov, 2nd order", "марковская 2-го порядка"),
    "markov3": ("Markov, 3rd order", "марковская 3-го порядка"),
    "shapley": ("Shapley", "Шепли"),
    "shapley_rate": ("Shapley of rates", "Шепли по долям"),
}


def attribution(result: Attribution, *, ax: Axes | None = None, lang: str | None = None, n: int = 10) -> Axes:
    """Shares of the channels by model, a strip each, on one scale, with intervals.

    Parameters
    ----------
    result : cjmkit.events.Attribution
        The shares.
    ax, lang
        As for ``funnel``.
    n : int
        Channels with the largest shares.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit", "ad"), ("a", "2026-03-02", "pay", "ad")]
    >>> rows += [("b", "2026-03-01", "visit", "mail"), ("b", "2026-03-02", "pay", "mail")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what", "where"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="where")
    >>> ax = cj.plot.attribution(log.attribution("pay", resamples=20), lang="en")
    >>> ax.get_xlabel()
    'share of the credit, one scale for all models'
    """
    table = result.table
    if table.empty:
        return nothing(new_axes(ax), lang)
    chosen = list(table.groupby("channel")["share"].mean().sort_values(ascending=False, kind="stable").index[:n])
    models = list(dict.fromkeys(table["model"]))
    part = table[table["channel"].isin(chosen)]
    low, high = min(0.0, float(part["low"].min(skipna=True))), float(part[["share", "high"]].max().max())
    ax = new_axes(ax, width=1.25 * len(models) + 2.2, height=0.5 * len(chosen) + 1.9)

    def at(i: int, values: Any) -> Any:
        """The place of a share in the i-th strip: all strips have one scale."""
        return i + 0.06 + 0.78 * (np.asarray(values, float) - low) / max(high - low, 1e-9)

    hue = PALETTE[0]
    for i, model in enumerate(models):
        part = table[table["model"] == model].set_index("channel").reindex(chosen)
        spread = np.clip([part["share"] - part["low"], part["high"] - part["share"]], 0, None)
        ax.axvline(float(at(i, 0.0)), color=GREY, lw=0.7, alpha=0.6)
        ax.errorbar(at(i, part["share"]), np.arange(len(chosen)), xerr=spread * 0.78 / max(high - low, 1e-9), fmt="o",
                    ms=4.5, lw=1.1, color=hue)  # fmt: skip
        first = part["share"].idxmax()
        for j, (channel, row) in enumerate(part.iterrows()):
            if pd.notna(row["share"]):
                said = number(row["share"], 0, percent=True, lang=lang)
                ax.text(float(at(i, row["share"])), j - 0.2, said, ha="center", va="bottom", fontsize=7.5,
                        weight="bold" if channel == first else "normal")  # fmt: skip
        en, ru = _MODELS.get(model, (model, model))
        ax.text(i + 0.06, 1.015, wrap(say(en=en, ru=ru, lang=lang), 15, 3), transform=ax.get_xaxis_transform(),
                fontsize=8.5, va="bottom")  # fmt: skip
    for i in range(len(chosen) - 1):
        ax.axhline(i + 0.5, color=GREY, lw=0.4, alpha=0.5)
    apart = set()
    if result.disagreements is not None and "apart" in result.disagreements:
        apart = set(result.disagreements.loc[result.disagreements["apart"].astype(bool), "channel"])
    ax.set_yticks(range(len(chosen)), [wrap(c, 24, 2) + (" *" if c in apart else "") for c in chosen])
    ax.set_ylim(len(chosen) - 0.5, -0.6)
    ax.set_xlim(0, len(models))
    ax.set_xticks([])
    n = int(table["n"].iloc[0])
    ax.set_xlabel(
        say(en="share of the credit, one scale for all models", ru="доля вклада, шкала у моделей одна", lang=lang),
        fontsize=8.5,
    )
    tidy(ax, grid=None)
    measure = say(en=f"who gets the credit for {people_words(n, 'en')} who finished, by model",
                  ru=f"чей вклад в то, что до цели дошли {people_words(n, 'ru')}, по моделям", lang=lang)  # fmt: skip
    note = say(en="bold: first by the model", ru="жирно: первый по модели", lang=lang)
    if apart:
        note += say(en="; * models differ by more than chance", ru="; * модели расходятся не случайно", lang=lang)
    return found(ax, result, lang, f"{measure}; {shown(result, lang)}", note, above=34)


def retention(result: Retention, *, ax: Axes | None = None, lang: str | None = None, n: int = 12) -> Axes:
    """Share of people who come back in each period after their first, all cohorts together, with intervals.

    Parameters
    ----------
    result : cjmkit.events.Retention
        The retention.
    ax, lang
        As for ``funnel``.
    n : int
        How many periods.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-09", "visit"), ("b", "2026-03-16", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.retention(log.retention("week"), lang="en")
    >>> ax.get_xlabel()
    'weeks after the first; below: n'
    """
    whole = result.overall()
    whole = whole[(whole["period"] > 0) & (whole["period"] <= n)]
    ax = new_axes(ax, width=7.0, height=3.8)
    if whole.empty:
        return nothing(ax, lang)
    ax.plot(whole["period"], whole["share"], color=PALETTE[0], marker="o", ms=4, lw=1.5)
    ax.fill_between(whole["period"], whole["low"], whole["high"], color=PALETTE[0], alpha=0.18, lw=0)
    names = {"day": ("days", "дней"), "week": ("weeks", "недель"), "month": ("months", "месяцев")}[result.period]
    ax.set_xlabel(
        say(en=f"{names[0]} after the first; below: n", ru=f"{names[1]} после первого прихода; ниже n", lang=lang)
    )
    ax.set_ylabel(say(en="come back", ru="возвращаются", lang=lang))
    ax.set_ylim(0, min(1.0, float(whole["high"].max()) * 1.25))
    rows = [f"{int(p)}\n{counted(n, lang)}" for p, n in zip(whole["period"], whole["n"])]
    ax.set_xticks(whole["period"].tolist(), rows)
    percent_axis(ax, "y", lang)
    tidy(ax)
    measure = say(en="share of people who come back, all cohorts together", ru="доля вернувшихся, все когорты вместе",
                  lang=lang)  # fmt: skip
    return found(ax, result, lang, f"{measure}; {shown(result, lang)}")
