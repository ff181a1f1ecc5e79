"""Marks at figures that are not known to be what they say: ≈ a place that is a guess, † answers with two readings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cjmkit.core.caution import cautions_in, contradictions
from cjmkit.i18n import say

__all__ = ["doubt_words", "is_doubtful", "mark_notes", "marked", "placed_words"]


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


def mark_notes(items: Iterable[Any], lang: str | None = None) -> list[str]:
    """The footnotes that the marks of some points, notes and touchpoints need."""
    found = "".join(marked(i) for i in items)
    out = [f"≈ {placed_words(lang)}"] if "≈" in found else []
    return [*out, f"† {doubt_words(lang)}"] if "†" in found else out
