"""Pictures of comparison: two journeys, and expectation against reality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, number, say, shorten
from cjmkit.plot._doubts import footed
from cjmkit.plot._style import PALETTE, foreground, new_axes, tidy, wrap
from cjmkit.plot._survey import finding, publish
from cjmkit.plot.differences import gap_note, gap_rows
from cjmkit.plot.emotion import emotion_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.compare import Comparison, ExpectationGap

__all__ = ["expectation_gap", "journey_comparison"]


@footed
def expectation_gap(
    gap: ExpectationGap, *, ax: Axes | None = None, lang: str | None = None, believed: str | None = None
) -> Axes:
    """Draw the gap between what insiders believe and what customers say, per stage; filled where it is sure.

    Parameters
    ----------
    gap : ExpectationGap
        From :func:`cjmkit.compare.expectation_gap`.
    ax, lang
        Where to draw, and in which language.
    believed : {"employees", "managers"}, optional
        Whose belief; the first by default.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import compare, plot
    >>> said = pd.DataFrame({"participant": list("abcdef"), "stage": "deal", "score": [-1, 0, -1, -2, 0, -1],
    ...                      "source": "survey"})
    >>> believed = said.assign(participant=list("uvwxyz"), score=[1, 1, 0, 1, 1, 2], source="employees")
    >>> ax = plot.expectation_gap(compare.expectation_gap(pd.concat([said, believed])), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['deal']
    """
    from cjmkit.emotion import source_title

    lang = current_language(lang)
    table = gap.table
    known = list(dict.fromkeys(table["believed"]))
    if believed is not None and believed not in known:
        raise CjmError(suggest(believed, known, what="group of insiders"))
    who = believed or known[0]
    ax = gap_rows(
        table[table["believed"] == who],
        ax=ax,
        lang=lang,
        low_side="",
        high_side="",
        counts=("n_customers", "n_insiders"),
    )
    name = source_title(who, lang)
    ax.set_xlabel(
        say(
            en=f"← gloomier      {name} against customers      rosier →",
            ru=f"← хуже      {name} против оценок клиентов      лучше →",
            lang=lang,
        )
    )
    said = gap.summary(lang).splitlines()
    head = said[known.index(who)] if len(said) == len(known) else said[0]
    measure = say(
        en="what insiders believe minus what customers say", ru="что думают внутри минус что говорят клиенты", lang=lang
    )
    return publish(ax, finding(head), measure, gap_note(lang), above=16, down=36)


def journey_comparison(
    comparison: Comparison,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    persona: str | None = None,
    source: str | None = None,
) -> Axes:
    """Draw two waves of one emotion curve: before hollow, after filled, an arrow where the change is sure.

    Under each stage stand the numbers of notes and touchpoints that came (+) and went (−).

    Parameters
    ----------
    comparison : Comparison
        From :func:`cjmkit.compare.journeys`.
    ax, lang
        Where to draw, and in which language.
    persona, source : str, optional
        Which curve, where the maps have several; the first that both maps show by default.

    Examples
    --------
    >>> from cjmkit import Journey, compare, plot
    >>> old = Journey.from_framework("aida", title="A bicycle", language="en")
    >>> new = old.with_note("desire", "goals", "Ride to work")
    >>> ax = plot.journey_comparison(compare.journeys(old, new), lang="en")
    >>> [t.get_text() for t in ax.get_xticklabels()]
    ['Attention', 'Interest', 'Desire', 'Action']
    """
    lang = current_language(lang)
    mood = comparison.emotion
    for column, wanted in (("persona", persona), ("source", source)):
        if wanted is not None:
            known = list(dict.fromkeys(mood[column]))
            if wanted not in known:
                raise CjmError(suggest(wanted, known, what=column))
            mood = mood[mood[column] == wanted]
    both = mood.dropna(subset=["difference"])
    head: Any = both.iloc[0] if len(both) else (mood.iloc[0] if len(mood) else None)
    if head is not None:
        mood = mood[(mood["persona"] == head["persona"]) & (mood["source"] == head["source"])]
    merged = comparison.map()
    stages = [(s.id, s.title) for s in merged.stages]
    ax = new_axes(ax, width=max(7.0, 1.3 * len(stages) + 1.6), height=4.9)
    rows = {r["stage"]: r for r in mood.to_dict("records")}
    ink = foreground(ax)
    series = (("before", "o", ink, (0, (5, 2))), ("after", "s", PALETTE[0], "-"))
    for k, (what, marker, hue, style) in enumerate(series):
        y = np.array([rows[s][what] if s in rows else np.nan for s, _ in stages], dtype=float)
        ax.plot(
            np.arange(len(stages)) + (k - 0.5) * 0.12,
            y,
            marker=marker,
            linestyle=style,
            color=hue,
            linewidth=1.6,
            markersize=8,
            markerfacecolor=ax.get_facecolor() if k == 0 else hue,
            markeredgewidth=1.5,
            label=shorten(comparison.names[k], 40),
            zorder=3 + k,
        )
    for i, (s, _) in enumerate(stages):
        r = rows.get(s)
        if r is not None and not np.isnan(r["difference"]):
            text = ("+" if r["difference"] >= 0.05 else "") + number(r["difference"], 1, lang=lang)
            text += " ●" if r["sure"] else ""
            ax.annotate(
                text,
                (i, max(r["before"], r["after"])),
                xytext=(0, 9),
                textcoords="offset points",
                ha="center",
                fontsize=8.5,
            )
        _tally(ax, comparison, s, i)
    words = emotion_words(lang)
    ax.axhline(0, color=ink, linewidth=0.9, alpha=0.7)
    ax.axhline(-2.1, color=ink, linewidth=0.6, alpha=0.35)
    ax.set_yticks(list(words), [f"{w}  {number(v, 0, lang=lang)}" for v, w in words.items()])
    ax.set_xticks(range(len(stages)), [wrap(t, 13, 4) for _, t in stages])
    ax.set_xlim(-0.5, len(stages) - 0.5)
    ax.set_ylim(-2.5, 2.2)
    ax.tick_params(length=0, labelsize=9 if len(stages) < 9 else 8)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=9)
    note = say(
        en="● sure change; + came, − went: notes and touchpoints",
        ru="● надёжное изменение; + появилось, − исчезло: заметки и точки контакта",
        lang=lang,
    )
    measure = say(en="mean feeling of people, before and after", ru="среднее самочувствие людей, до и после", lang=lang)
    lines = max(t.get_text().count("\n") + 1 for t in ax.get_xticklabels())
    publish(ax, finding(comparison.summary(lang)), measure, note, above=20, down=12 + 12 * lines)
    return tidy(ax)


def _tally(ax: Axes, comparison: Comparison, stage: str, at: int) -> None:
    here = comparison.table[
        (comparison.table["stage"] == stage) & comparison.table["kind"].isin(["note", "touchpoint"])
    ]
    came, went = int((here["change"] == "added").sum()), int((here["change"] == "removed").sum())
    parts = ([f"+{came}"] if came else []) + ([f"−{went}"] if went else [])
    ax.annotate("  ".join(parts) or "·", (at, -2.3), ha="center", va="center", fontsize=9)
