"""Pictures of emotion: curves and distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, interval, number, say
from cjmkit.plot._doubts import footed, signed_rows
from cjmkit.plot._style import GREY, MARKERS, PALETTE, foreground, legible, new_axes, tidy, wrap
from cjmkit.plot._survey import finding, publish

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cjmkit.emotion import Curve, Distribution

__all__ = ["emotion_curve", "emotion_distribution"]

_STYLES: dict[str, Any] = {
    "survey": "-",
    "coding": (0, (6, 2)),
    "reviews": (0, (9, 1.5)),
    "text": (0, (1.2, 1.6)),
    "employees": (0, (5, 1.5, 1, 1.5)),
    "managers": (0, (3, 1.5, 1, 1.5, 1, 1.5)),
    "researcher": (0, (2, 3)),
}
_SERIES = 5
"""More curves on each other cannot be told apart."""
_ROW = 0.30  # height of a row of counts, in units of the emotion scale


@footed
def emotion_curve(
    curve: Curve,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    persona: str | list[str] | None = None,
    source: str | list[str] | None = None,
    band: bool = True,
    moments: bool | None = None,
    names: Mapping[str, str] | None = None,
) -> Axes:
    """Draw emotion curves: means, intervals, the number of people under each stage, gaps.

    Straight lines join the stages, since nobody was asked between them. Filled points rest on enough people, hollow
    ones on few; where fewer than the minimum spoke the line breaks and the count is shown alone. The thin bar holds
    for its stage, the light one for all stages at once. Of more than five curves the first five are drawn.

    Parameters
    ----------
    curve : Curve
        From :func:`cjmkit.emotion.curve`.
    ax, lang
        Where to draw (a new figure by default), and in which language, "en" or "ru".
    persona, source : str or list, optional
        Only these curves.
    band : bool
        Whether the bars that hold for all stages at once are drawn.
    moments : bool, optional
        Whether best and worst stage are marked; by default where there are at most two curves.
    names : mapping, optional
        Name of each persona.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> scores = pd.DataFrame({"participant": range(8), "stage": "deal", "score": [0, 1] * 4})
    >>> cj.plot.emotion_curve(cj.emotion.curve(scores), lang="en").get_xticklabels()[0].get_text()
    'deal'
    """
    lang = current_language(lang)
    table = _chosen(curve.table, persona, source)
    everybody = list(dict.fromkeys(zip(table["persona"], table["source"], strict=True)))
    series = everybody[:_SERIES]
    called = dict(names or {})
    touch = "touchpoint" in table
    first = table[(table["persona"] == series[0][0]) & (table["source"] == series[0][1])]
    labels = [f"{r['title']}: {r['touchpoint']}" if touch else r["title"] for r in first.to_dict("records")]
    size, labels = len(labels), signed_rows(table, labels)
    ax = new_axes(ax, width=max(7.0, 1.25 * size + 1.6), height=4.4 + 0.22 * len(series))
    colour = _colours(series)
    step = min(0.07, 0.3 / max(len(series), 1))
    for k, (who, what) in enumerate(series):
        part = table[(table["persona"] == who) & (table["source"] == what)].reset_index(drop=True)
        shift = (k - (len(series) - 1) / 2) * step
        hue = colour[k]
        style = _STYLES.get(what, "-")
        # A value that is not there breaks the line.
        y = part["mean"].where(part["shown"]).to_numpy(dtype=float)
        ax.plot(np.arange(len(part)) + shift, y, color=hue, linestyle=style, linewidth=2.0, zorder=3)
        if band:
            here = part["shown"].to_numpy(dtype=bool) & part["band_low"].notna().to_numpy()
            low, high = (part.loc[here, c] for c in ("band_low", "band_high"))
            ax.vlines(np.flatnonzero(here) + shift, low, high, color=hue, alpha=0.22, linewidth=9, zorder=1)
        _points(ax, part, shift, hue, MARKERS[k % len(MARKERS)])
        ax.plot(
            [],
            [],
            color=hue,
            linestyle=style,
            marker=MARKERS[k % len(MARKERS)],
            linewidth=2,
            label=_name(called.get(who, who), what, series, lang),
        )
    _frame(ax, labels, lang)
    _counts(ax, table, series, colour, size, lang)
    if moments if moments is not None else len(series) <= 2:
        _moments(ax, curve, table, series, colour, step, lang)
    above = 6
    if len(series) > 1 or series[0][0]:
        above = 16 * _legend(ax, [_name(called.get(p, p), w, series, lang) for p, w in series]) + 6
    notes = [
        say(
            en="thin bars: 95% for a stage; light bars: for all stages at once",
            ru="тонкие отрезки: 95 % для этапа; светлые: для всех этапов сразу",
            lang=lang,
        )
    ]
    if bool(table["hollow"].any()):
        few = curve.small_n
        notes.append(say(en=f"○ fewer than {few} people", ru=f"○ меньше {few} человек", lang=lang))
    if len(everybody) > len(series):
        left = len(everybody) - len(series)
        notes.append(say(en=f"{left} more curves not drawn", ru=f"не показано кривых: {left}", lang=lang))
    measure = say(en="mean feeling of people", ru="среднее самочувствие людей", lang=lang)
    asked = ", ".join(_source(w, lang) for w in dict.fromkeys(w for _, w in series))
    lines = max(t.get_text().count("\n") + 1 for t in ax.get_xticklabels())
    publish(ax, _lowest(table, series, called, lang), f"{measure} ({asked})", "; ".join(notes), above=above,
            down=14 + 12 * lines)  # fmt: skip
    return ax


def _lowest(table: pd.DataFrame, series: list[tuple[str, str]], called: dict[str, str], lang: str) -> str:
    """Where the curves are lowest, as a title."""
    worst: dict[str, list[str]] = {}
    figures: list[Any] = []
    for who, what in series:
        part = table[(table["persona"] == who) & (table["source"] == what) & table["shown"]]
        if not len(part):
            continue
        row: Any = part.sort_values("mean", kind="stable").iloc[0]
        name = called.get(who, who) if len({p for p, _ in series}) > 1 else _source(what, lang)
        worst.setdefault(str(row.get("touchpoint") or row["title"]), []).append(name)
        figures.append(row)
    if not figures:
        return say(en="Too few people at every stage", ru="На каждом этапе слишком мало людей", lang=lang)
    if len(figures) == 1:
        row = figures[0]
        # Chosen as the lowest of several stages: the limits for all of them at once.
        banded = row["band_low"] == row["band_low"]
        low, high = (row["band_low"], row["band_high"]) if banded else (row["low"], row["high"])
        limits = interval(low, high, lang=lang)
        value = f"{number(row['mean'], lang=lang)} {limits}".rstrip()
        return say(
            en=f"Lowest at “{next(iter(worst))}”: {value}", ru=f"Ниже всего «{next(iter(worst))}»: {value}", lang=lang
        )
    if len(worst) == 1:
        return say(
            en=f"Lowest at “{next(iter(worst))}” for all {len(figures)}",
            ru=f"У всех {len(figures)} ниже всего «{next(iter(worst))}»",
            lang=lang,
        )
    each = "; ".join(f"{', '.join(who)}: {where}" for where, who in worst.items())
    return say(en=f"Lowest: {each}", ru=f"Ниже всего: {each}", lang=lang)


def _legend(ax: Axes, names: list[str]) -> int:
    """A legend above the axes, in as many columns as its names leave room for; returns its rows."""
    figure: Any = ax.get_figure(root=True)
    room = figure.get_figwidth() * 11
    columns = max(1, min(len(names), int(room // (max(map(len, names)) + 9))))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, frameon=False, fontsize=9, borderaxespad=0.2)
    return -(-len(names) // columns)


def _chosen(table: pd.DataFrame, persona: str | list[str] | None, source: str | list[str] | None) -> pd.DataFrame:
    for column, wanted in (("persona", persona), ("source", source)):
        if wanted is None:
            continue
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        known = list(dict.fromkeys(table[column]))
        for name in names:
            if name not in known:
                raise CjmError(suggest(name, known, what=f"{column} of this curve"))
        table = table[table[column].isin(names)]
    return table


def _colours(series: list[tuple[str, str]]) -> list[str]:
    people = list(dict.fromkeys(p for p, _ in series))
    if len(people) == 1:
        return [PALETTE[k % len(PALETTE)] for k in range(len(series))]
    return [PALETTE[people.index(p) % len(PALETTE)] for p, _ in series]


def _name(persona: str, source: str, series: list[tuple[str, str]], lang: str) -> str:
    what = _source(source, lang)
    several = len({s for _, s in series}) > 1
    if not persona:
        return what
    return f"{persona} · {what}" if several else persona


def _source(source: str, lang: str) -> str:
    from cjmkit.emotion import source_title

    return source_title(source, lang)


def _points(ax: Axes, part: pd.DataFrame, shift: float, hue: str, marker: str) -> None:
    shown = part["shown"].to_numpy(dtype=bool)
    x = np.flatnonzero(shown) + shift
    here = part[shown]
    mean = here["mean"].to_numpy(dtype=float)
    low, high = here["low"].to_numpy(dtype=float), here["high"].to_numpy(dtype=float)
    ok = np.isfinite(low) & np.isfinite(high)
    ax.vlines(x[ok], low[ok], high[ok], color=hue, linewidth=1.4, zorder=3.5)
    hollow = here["hollow"].to_numpy(dtype=bool)
    ax.plot(x[~hollow], mean[~hollow], marker, color=hue, markersize=7.5, zorder=4)
    ax.plot(
        x[hollow],
        mean[hollow],
        marker,
        color=hue,
        markerfacecolor=ax.get_facecolor(),
        markeredgewidth=1.7,
        markersize=7.5,
        zorder=4,
    )


def emotion_words(lang: str) -> dict[int, str]:
    """What the marks of the scale mean."""
    return {
        2: say(en="very good", ru="очень хорошо", lang=lang),
        1: say(en="good", ru="хорошо", lang=lang),
        0: say(en="neutral", ru="нейтрально", lang=lang),
        -1: say(en="bad", ru="плохо", lang=lang),
        -2: say(en="very bad", ru="очень плохо", lang=lang),
    }


def _frame(ax: Axes, labels: list[str], lang: str) -> None:
    size = len(labels)
    words = emotion_words(lang)
    ax.axhline(0, color=foreground(ax), linewidth=0.9, alpha=0.7, zorder=1.5)
    ax.set_yticks(list(words), [f"{w}  {number(v, 0, lang=lang)}" for v, w in words.items()])
    ax.set_xticks(range(size), [wrap(t, 16 if size < 9 else 15, 4) for t in labels])
    ax.tick_params(axis="x", length=0, labelsize=9 if size < 9 else 8)
    ax.tick_params(axis="y", length=0, labelsize=9)
    ax.set_xlim(-0.5, size - 0.5)
    tidy(ax)


def _counts(
    ax: Axes, table: pd.DataFrame, series: list[tuple[str, str]], colour: list[str], size: int, lang: str
) -> None:
    """Rows of n under the scale, one per curve, each led by the marker of its curve."""
    from matplotlib.transforms import ScaledTranslation

    bottom = -2.12 - _ROW * len(series)
    ax.set_ylim(bottom - 0.04, 2.12)
    ax.axhline(-2.1, color=foreground(ax), linewidth=0.6, alpha=0.35)
    for k, (who, what) in enumerate(series):
        part = table[(table["persona"] == who) & (table["source"] == what)].reset_index(drop=True)
        y = -2.12 - _ROW * (k + 0.5)
        beside = ax.get_yaxis_transform() + ScaledTranslation(-9 / 72, 0, ax.figure.dpi_scale_trans)
        ax.plot([0], [y], MARKERS[k % len(MARKERS)], color=colour[k], markersize=5.5, transform=beside, clip_on=False)
        ax.annotate(
            "n",
            (0, y),
            xycoords=ax.get_yaxis_transform(),
            xytext=(-17, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=8,
        )
        for i, row in enumerate(part.to_dict("records")):
            text = (
                number(row["n"], 0, lang=lang)
                if row["shown"]
                else say(en=f"{row['n']} too few", ru=f"{row['n']} мало", lang=lang)
            )
            ax.annotate(
                text,
                (i, y),
                ha="center",
                va="center",
                fontsize=8,
                alpha=1.0 if row["shown"] else 0.65,
                style="normal" if row["shown"] else "italic",
            )
    ax.grid(False, axis="x")


def _moments(
    ax: Axes, curve: Any, table: pd.DataFrame, series: list[tuple[str, str]], colour: list[str], step: float, lang: str
) -> None:
    found = curve.peak_end()
    taken: dict[tuple[int, bool], tuple[int, float]] = {}
    for k, (who, what) in enumerate(series):
        part = table[(table["persona"] == who) & (table["source"] == what)].reset_index(drop=True)
        if int(part["shown"].sum()) < 2:
            continue
        names = part["touchpoint" if "touchpoint" in part else "stage"]
        shift = (k - (len(series) - 1) / 2) * step
        here = found[(found["persona"] == who) & (found["source"] == what)]
        for r in here[here["what"].isin(["best", "worst"])].to_dict("records"):
            at = int(np.flatnonzero((names == r["stage"]).to_numpy())[0])
            best = r["what"] == "best"
            word = say(en="best", ru="лучшее", lang=lang) if best else say(en="worst", ru="худшее", lang=lang)
            edge = part["high"].iloc[at] if best else part["low"].iloc[at]
            y = part["mean"].iloc[at] if np.isnan(edge) else edge
            before = taken.get((at, best))
            if before is not None:
                # The second label of a stage goes beyond the first, wherever its own interval ends.
                y = max(y, before[1]) if best else min(y, before[1])
            taken[at, best] = (0 if before is None else before[0] + 1, y)
            away = 5 + 11 * taken[at, best][0]
            ax.annotate(
                f"{word}, {number(r['probability'], 0, percent=True, lang=lang)}",
                (at + shift, y),
                xytext=(0, away if best else -away),
                textcoords="offset points",
                ha="center",
                va="bottom" if best else "top",
                fontsize=8,
                color=legible(ax, colour[k]),
                zorder=6,
                annotation_clip=False,
                bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "alpha": 0.65, "pad": 0.6},
            )


@footed
def emotion_distribution(
    distribution: Distribution,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    persona: str | None = None,
    source: str | None = None,
) -> Axes:
    """Draw how feelings spread at each stage: stacked shares from very bad (left) to very good (right).

    Parameters
    ----------
    distribution : Distribution
        From :func:`cjmkit.emotion.distribution`.
    ax, lang
        Where to draw, and in which language.
    persona, source : str, optional
        Which group and source; the first by default.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> scores = pd.DataFrame({"participant": range(8), "stage": "deal", "score": [0, 1] * 4})
    >>> cj.plot.emotion_distribution(cj.emotion.distribution(scores), lang="en").get_yticklabels()[0].get_text()
    'deal'
    """
    lang = current_language(lang)
    table = _chosen(distribution.table, persona, source)
    head: Any = table.iloc[0]
    table = table[(table["persona"] == head["persona"]) & (table["source"] == head["source"])]
    stages = list(dict.fromkeys(zip(table["stage"], table["title"], strict=True)))
    ax = new_axes(ax, width=7.6, height=1.6 + 0.46 * len(stages))
    # From dark to light to dark: bad and good are told apart by hatching, too, so that grey print keeps them.
    shades = {-2: "#B2470F", -1: "#E9A177", 0: "#BDBDBD", 1: "#7FB3D5", 2: "#1F618D"}
    edges = {-2: "#8A3205", -1: "#CF8450", 0: "white", 1: "white", 2: "white"}
    hatches = {-2: "////", -1: "//", 0: "", 1: "", 2: ""}
    names = emotion_words(lang)
    for i, (stage, _) in enumerate(stages):
        part = table[table["stage"] == stage].sort_values("feeling")
        n = int(part["n"].iloc[0])
        left = 0.0
        for r in part.to_dict("records"):
            share = 0.0 if np.isnan(r["share"]) else r["share"]
            ax.barh(
                i,
                share,
                left=left,
                height=0.68,
                color=shades[r["feeling"]],
                hatch=hatches[r["feeling"]],
                edgecolor=edges[r["feeling"]],
                linewidth=0.6,
                label=names[r["feeling"]] if i == 0 else None,
            )
            if share >= 0.07:
                dark = r["feeling"] in (-2, 2)
                ax.text(
                    left + share / 2,
                    i,
                    number(share, 0, percent=True, lang=lang),
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if dark else "black",
                )
            left += share
        ax.annotate(
            f"n = {n}",
            (1, i),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=foreground(ax) if n >= 10 else GREY,
        )
    ax.set_yticks(range(len(stages)), [wrap(t, 26, 2) for _, t in stages])
    ax.set_ylim(len(stages) - 0.5, -0.5)
    ax.set_xlim(0, 1)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    tidy(ax, grid=None)
    ax.spines["bottom"].set_visible(False)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=5,
        frameon=False,
        fontsize=8.5,
        handlelength=1.3,
        columnspacing=1.2,
    )
    measure = say(en="how people feel at each stage", ru="как люди себя чувствуют на каждом этапе", lang=lang)
    return publish(ax, finding(distribution.summary(lang)), measure, above=20)
