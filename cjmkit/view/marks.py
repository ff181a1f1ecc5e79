"""Marks at figures that are not known to be what they say: ≈ a place that is a guess, † answers with two readings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cjmkit.core.caution import cautions_in, contradictions
from cjmkit.i18n import listing, say

__all__ = ["doubt_words", "is_doubtful", "mark_notes", "marked", "placed_words", "readings_line"]


def is_doubtful(item: Any) -> bool:
    """Whether answers behind a note, a touchpoint or a point can be read in more than one way."""
    return bool(contradictions(cautions_in(item.evidence)))


def marked(item: Any) -> str:
    """What stands before the figure of a point, a note or a touchpoint: ``"≈ "``, ``"† "``, both or nothing.

    Examples
    --------
    >>> from cjmkit import EmotionPoint, Estimate
    >>> marked(EmotionPoint(stage="deal", source="survey", estimate=Estimate(value=1, n=9), proposed=True))
    '≈ '
    """
    return ("≈ " if getattr(item, "proposed", False) else "") + ("† " if is_doubtful(item) else "")


def placed_words(lang: str | None = None) -> str:
    """What ≈ means."""
    return say(en="placed here by a proposed link", ru="этап взят из предложенной связи", lang=lang)


def doubt_words(lang: str | None = None) -> str:
    """What † means."""
    return say(
        en="answers that can be read in two ways; the value under each stands with its evidence",
        ru="ответы читаются двояко; значение при каждом прочтении стоит в основаниях",
        lang=lang,
    )


def readings_line(evidence: Iterable[Any], lang: str | None = None) -> str:
    """How many survey figures of a map rest on answers whose reading is not known, for its foot; empty if none does.

    Examples
    --------
    >>> from cjmkit import Estimate, SurveyFigure
    >>> from cjmkit.core.caution import Caution
    >>> doubt = Caution(items=["Q7"], status="contradictory", reason=("6 may be an answer", ""))
    >>> figure = SurveyFigure(survey="wave", item="Q7", estimate=Estimate(value=0.5, n=40), cautions=[doubt])
    >>> readings_line([figure], "en")
    'Survey figures: 1, n up to 40; 1 can be read in two ways (Q7).'
    """
    figures = list(dict.fromkeys(e for e in evidence if e.kind == "survey" and e.survey != "codings"))
    doubtful = [e for e in figures if contradictions(e.cautions)]
    guessed = [e for e in figures if e.cautions and e not in doubtful]
    told = []
    if k := len(doubtful):
        items = listing(dict.fromkeys(i for c in contradictions(cautions_in(doubtful)) for i in c.items), 4, lang=lang)
        told.append(say(en=f"{k} can be read in two ways ({items})", ru=f"читаются двояко: {k} ({items})", lang=lang))
    if k := len(guessed):
        told.append(say(en=f"{k} on a guessed scale", ru=f"по шкале, взятой по догадке: {k}", lang=lang))
    if not told:
        return ""
    n, k = max(e.estimate.n for e in figures), len(figures)
    head = say(en=f"Survey figures: {k}, n up to {n}", ru=f"Цифр из опросов: {k}, n до {n}", lang=lang)
    return f"{head}; {'; '.join(told)}."


def mark_notes(items: Iterable[Any], lang: str | None = None) -> list[str]:
    """The footnotes that the marks of some points, notes and touchpoints need."""
    found = "".join(marked(i) for i in items)
    out = [f"≈ {placed_words(lang)}"] if "≈" in found else []
    return [*out, f"† {doubt_words(lang)}"] if "†" in found else out
