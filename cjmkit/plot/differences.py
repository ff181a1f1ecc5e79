"""Pictures of differences stage by stage: of two groups or waves, and of what insiders believe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, number, say, shorten
from cjmkit.plot._doubts import footed
from cjmkit.plot._style import PALETTE, foreground, new_axes, number_axis, tidy, wrap
from cjmkit.plot._survey import finding, publish

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from cjmkit.emotion import Difference

__all__ = ["emotion_difference", "gap_note", "gap_rows"]


@footed
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
    rows = table.rename(columns={"difference": "gap"})
    ax = gap_rows(
        rows,
        ax=ax,
        lang=lang,
        low_side=str(head["a"]),
        high_side=str(head["b"]),
        counts=("n_a", "n_b"),
    )
    said = say(en="difference in mean feeling", ru="разница в среднем самочувствии", lang=lang)
    formed = say(
        en="; descriptive: these ratings formed the groups", ru="; описание: группы получены из этих оценок", lang=lang
    )
    measure = said + (formed if difference.formed_from else "")
    return publish(ax, finding(difference.summary(lang)), measure, gap_note(lang), above=16, down=36)


def gap_rows(
    table: pd.DataFrame,
    *,
    ax: Axes | None,
    lang: str,
    low_side: str,
    high_side: str,
    counts: tuple[str, str],
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
            " / ".join(number(r[c], 0, lang=lang) for c in counts),
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
            en=f"← better for {shorten(low_side, 22)}      better for {shorten(high_side, 22)} →",
            ru=f"← лучше: {shorten(low_side, 22)}      лучше: {shorten(high_side, 22)} →",
            lang=lang,
        )
    )
    ax.tick_params(axis="y", length=0)
    number_axis(ax, "x", lang)
    tidy(ax, grid="x")
    return ax


def gap_note(lang: str) -> str:
    """What the marks of :func:`gap_rows` mean."""
    return say(
        en="filled: sure, also after looking at all stages; thin bars: 95% for a stage; light bars: for all at once",
        ru="закрашено: надёжно и с поправкой на число этапов; тонкие отрезки: 95 % для этапа; светлые: для всех сразу",
        lang=lang,
    )
