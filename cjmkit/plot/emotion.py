"""Pictures of emotion: curves, differences, distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, number, say
from cjmkit.plot._style import GREY, MARKERS, PALETTE, foreground, legible, new_axes, tidy, wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cjmkit.emotion import Curve, Difference, Distribution

__all__ = ["emotion_curve", "emotion_difference", "emotion_distribution"]

_STYLES: dict[str, Any] = {
    "survey": "-",
    "coding": (0, (6, 2)),
    "reviews": (0, (9, 1.5)),
    "text": (0, (1.2, 1.6)),
    "employees": (0, (5, 1.5, 1, 1.5)),
    "managers": (0, (3, 1.5, 1, 1.5, 1, 1.5)),
    "researcher": (0, (2, 3)),
}
_ROW = 0.30  # height of a row of counts, in units of the emotion scale


def emotion_curve(
    curve: Curve,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    persona: str | list[str] | None = None,
    source: str | list[str] | None = None,
    band: bool = True,
    moments: bool | None = None,
) -> Axes:
    """Draw emotion curves: means, intervals, the number of people under each stage, gaps.

    Filled points rest on enough people, hollow ones on few; where fewer than the minimum spoke the line breaks and the
    count is shown alone. The light band holds for the whole curve, the bars for each stage.

    Parameters
    ----------
    curve : Curve
        From :func:`cjmkit.emotion.curve`.
    ax, lang
        Where to draw (a new figure by default), and in which language, "en" or "ru".
    persona, source : str or list, optional
        Only these curves.
    band : bool
        Whether the whole-curve band is drawn.
    moments : bool, optional
        Whether best and worst stage are marked; by default where there are at most two curves.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> scores = pd.DataFrame({"participant": range(8), "stage": "deal", "score": [0, 1] * 4})
    >>> cj.plot.emotion_curve(cj.emotion.curve(scores), lang="en").get_xticklabels()[0].get_text()
    'deal'
    """
    lang = current_language(lang)
    table = _chosen(curve.table, persona, source)
    series = list(dict.fromkeys(zip(table["persona"], table["source"], strict=True)))
    touch = "touchpoint" in table
    first = table[(table["persona"] == series[0][0]) & (table["source"] == series[0][1])]
    labels = [f"{r['title']}: {r['touchpoint']}" if touch else r["title"] for r in first.to_dict("records")]
    size = len(labels)
    ax = new_axes(ax, width=max(7.0, 1.25 * size + 1.6), height=4.4 + 0.22 * len(series))
    colour = _colours(series)
    step = min(0.07, 0.3 / max(len(series), 1))
    lines = curve.line()
    faint = 0.22 if len(series) == 1 else 0.10
    for k, (who, what) in enumerate(series):
        part = table[(table["persona"] == who) & (table["source"] == what)].reset_index(drop=True)
        shift = (k - (len(series) - 1) / 2) * step
        own = lines[(lines["persona"] == who) & (lines["source"] == what)]
        hue = colour[k]
        style = _STYLES.get(what, "-")
        for _, piece in own.groupby("piece"):
            x = piece["x"] + shift
            ax.plot(x, piece["mean"], color=hue, linestyle=style, linewidth=2.0, zorder=3)
            if band and piece["band_low"].notna().all():
                ax.fill_between(x, piece["band_low"], piece["band_high"], color=hue, alpha=faint, linewidth=0, zorder=1)
        _points(ax, part, shift, hue, MARKERS[k % len(MARKERS)])
        ax.plot(
            [],
            [],
            color=hue,
            linestyle=style,
            marker=MARKERS[k % len(MARKERS)],
            linewidth=2,
            label=_name(who, what, series, lang),
        )
    _frame(ax, labels, lang)
    _counts(ax, table, series, colour, size, lang)
    if moments if moments is not None else len(series) <= 2:
        _moments(ax, curve, table, series, colour, step, lang)
    if len(series) > 1 or series[0][0]:
        _legend(ax, [_name(p, w, series, lang) for p, w in series])
    if bool(table["hollow"].any()):
        few = curve.small_n
        ax.annotate(
            say(en=f"○ fewer than {few} people", ru=f"○ меньше {few} человек", lang=lang),
            (1, 1),
            xycoords="axes fraction",
            xytext=(0, 4),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=8,
            alpha=0.85,
        )
    return ax


def _legend(ax: Axes, names: list[str]) -> None:
    """A legend above the axes, in as many columns as its names leave room for."""
    figure: Any = ax.get_figure(root=True)
    room = figure.get_figwidth() * 11
    columns = max(1, min(len(names), int(room // (max(map(len, names)) + 9))))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, frameon=False, fontsize=9, borderaxespad=0.2)


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
            text = str(row["n"]) if row["shown"] else say(en=f"{row['n']} too few", ru=f"{row['n']} мало", lang=lang)
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


def emotion_difference(
    difference: Difference, *, ax: Axes | None = None, lang: str | None = None, source: str | None = None
) -> Axes:
    """Draw the difference of two groups per stage: point, interval of the stage, light bar for all stages at once.

    Filled points differ for sure (after correction for looking at all stages); hollow ones may be chance.

    Parameters
    ----------
    difference : Difference
        From :func:`cjmkit.emotion.difference`. Of several pairs or sources the first is drawn, unless `source` says so.
    ax, lang, source
        Where to draw, in which language, and which source.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> scores = pd.DataFrame({"participant": range(8), "stage": "buy", "score": [0, 1] * 4, "who": ["old", "new"] * 4})
    >>> cj.plot.emotion_difference(cj.emotion.difference(scores, by="who"), lang="en").get_xlabel()
    '← better for new      better for old →'
    """
    lang = current_language(lang)
    table = difference.table
    if source is not None:
        if source not in set(table["source"]):
            raise CjmError(suggest(source, table["source"].unique(), what="source of this difference"))
        table = table[table["source"] == source]
    head: Any = table.iloc[0]
    table = table[(table["a"] == head["a"]) & (table["b"] == head["b"]) & (table["source"] == head["source"])]
    return gap_rows(
        table.rename(columns={"difference": "gap"}),
        ax=ax,
        lang=lang,
        low_side=str(head["a"]),
        high_side=str(head["b"]),
        counts=("n_a", "n_b"),
        descriptive=difference.formed_from,
    )


def gap_rows(
    table: pd.DataFrame,
    *,
    ax: Axes | None,
    lang: str,
    low_side: str,
    high_side: str,
    counts: tuple[str, str],
    descriptive: bool = False,
) -> Axes:
    """Rows of gaps, a stage each, with both n at the right; shared by the pictures of differences."""
    rows = table.reset_index(drop=True)
    ax = new_axes(ax, width=7.6, height=1.5 + 0.52 * len(rows))
    hue = PALETTE[0]
    for i, r in enumerate(rows.to_dict("records")):
        if np.isnan(r["gap"]):
            ax.annotate(
                say(en="too few people", ru="мало людей", lang=lang),
                (0, i),
                ha="center",
                va="center",
                fontsize=8,
                style="italic",
                alpha=0.7,
            )
            continue
        if "band_low" in r and np.isfinite(r["band_low"]):
            ax.hlines(i, r["band_low"], r["band_high"], color=hue, linewidth=7, alpha=0.22, zorder=2)
        if np.isfinite(r["low"]):
            ax.hlines(i, r["low"], r["high"], color=hue, linewidth=2.2, zorder=3)
        sure = bool(r["sure"])
        ax.plot(
            r["gap"],
            i,
            "o",
            color=hue,
            markersize=8,
            markerfacecolor=hue if sure else ax.get_facecolor(),
            markeredgewidth=1.6,
            zorder=4,
        )
    for i, r in enumerate(rows.to_dict("records")):
        ax.annotate(
            f"{r[counts[0]]} / {r[counts[1]]}",
            (1, i),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    ax.annotate(
        "n", (1, 1), xycoords="axes fraction", xytext=(6, 2), textcoords="offset points", fontsize=8, va="bottom"
    )
    ax.axvline(0, color=foreground(ax), linewidth=1, alpha=0.8)
    ax.set_yticks(range(len(rows)), [wrap(t, 26, 2) for t in rows["title"]])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    values = rows[[c for c in ("gap", "low", "high", "band_low", "band_high") if c in rows]].to_numpy(dtype=float)
    far = max(1.0, float(np.nanmax(np.abs(values))) * 1.08) if np.isfinite(values).any() else 1.0
    ax.set_xlim(-far, far)
    ax.set_xlabel(
        say(
            en=f"← better for {low_side}      better for {high_side} →",
            ru=f"← лучше: {low_side}      лучше: {high_side} →",
            lang=lang,
        )
    )
    ax.tick_params(axis="y", length=0)
    tidy(ax, grid="x")
    if descriptive:
        ax.set_title(
            say(
                en="descriptive: the ratings formed the groups",
                ru="описание: группы получены из этих оценок",
                lang=lang,
            ),
            fontsize=9,
            loc="left",
        )
    return ax


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
    return ax
