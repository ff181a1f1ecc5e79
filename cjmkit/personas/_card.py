"""What a card of a persona says, whichever way it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, lane_title
from cjmkit.i18n import number, say
from cjmkit.view.lanes import share

__all__ = ["MARKS", "Line", "sections", "status_word", "verdict_line"]

MARKS = {
    "stable": "#009E73",
    "tentative": "#E69F00",
    "exploratory": "#E69F00",
    "none": "#D55E00",
    "assumed": "#7F7F7F",
}


def status_word(status: str, lang: str) -> str:
    words = {
        "stable": ("stable", "устойчив"),
        "tentative": ("fragile", "хрупкий"),
        "exploratory": ("exploratory", "разведка"),
        "none": ("not found in data", "в данных не найден"),
        "assumed": ("assumption", "предположение"),
    }
    en, ru = words[status]
    return say(en=en, ru=ru, lang=lang)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a card: what it says, what it rests on, and the evidence in full."""

    text: str
    basis: str = ""
    evidence: str = ""
    assumption: bool = False


def sections(persona: Persona, lang: str) -> list[tuple[str, list[Line]]]:
    """Titles and lines of a card, in their order: what sets them apart, lanes, channels."""
    lanes = [("traits", say(en="What sets them apart", ru="Чем отличаются", lang=lang))]
    lanes += [(lane, lane_title(lane, lang)) for lane in ("goals", "expectations", "barriers")]
    out = [(title, [_line(n, lang) for n in getattr(persona, lane)]) for lane, title in lanes]
    out.append((say(en="Channels", ru="Каналы", lang=lang), [Line(text=c) for c in persona.channels]))
    return [(title, lines) for title, lines in out if lines]


def _line(n: Note, lang: str) -> Line:
    basis = say(en="assumption", ru="предположение", lang=lang) if n.assumption else _basis(n, lang)
    evidence = "\n".join(e.label(lang) for e in n.evidence)
    return Line(text=n.text, basis=basis, evidence=evidence, assumption=n.assumption)


def _basis(n: Note, lang: str) -> str:
    quotes = sum(e.kind == "quote" for e in n.evidence)
    if n.estimate is not None:
        # A trait says its figure itself; a note made of a code does not.
        counted = n.estimate.percent and not any(c.isdigit() for c in n.text)
        return share(n.estimate, lang) if counted else f"n = {n.estimate.n}"
    return say(en=f"quotes: {quotes}", ru=f"цитат: {quotes}", lang=lang) if quotes else ""


def verdict_line(persona: Persona, lang: str) -> tuple[str, str]:
    """The status in a word, and the verdict with its stability."""
    v = persona.verdict
    sure = f" (Jaccard {number(v.stability, 2, lang=lang)})" if v.stability is not None else ""
    return status_word(v.status, lang), v.text(lang) + sure
