"""What the parts of a picture share: its size, what was asked for, and where its columns lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cjmkit.core.journey import Journey
from cjmkit.i18n import say
from cjmkit.view.sheet import LINE, MUTED, SUNK, Writer

__all__ = ["SIZES", "Look", "Page", "lane_label"]

SIZES = {"16:9": (960.0, 540.0, 1.0), "A3": (1191.0, 842.0, 1.0), "A1": (1192.0, 842.0, 2.0)}
"""Width and height in points and how much larger it is drawn: a poster is read from farther away."""

COLUMN, LABEL, EDGE = 190.0, 104.0, 18.0


@dataclass(frozen=True)
class Look:
    """What a picture of a map shows.

    Parameters
    ----------
    size : {"16:9", "A3", "A1"} or None
        Slide or paper, landscape; None for a picture as tall as everything needs.
    lanes : tuple of str or None
        Which lanes, from top to bottom; by default those of the page.
    blueprint : bool
        Also the lanes of a service blueprint.
    persona : str
        Whose journey: its curve is strong, and notes of other personas are left out; empty for everybody.
    headline : str
        The sentence at the top; composed from weakest point, first barrier and first action by default.
    """

    size: str | None = None
    lanes: tuple[str, ...] | None = None
    blueprint: bool = True
    persona: str = ""
    headline: str = ""


@dataclass
class Page:
    """A picture being laid out: the journey, the language, columns and how far down it got."""

    journey: Journey
    lang: str
    look: Look
    w: Writer
    width: float
    label: float
    column: float
    tight: bool

    @property
    def left(self) -> float:
        """Where the first column begins."""
        return EDGE + self.label

    def say(self, en: str, ru: str) -> str:
        """A text in the language of the picture."""
        return say(en=en, ru=ru, lang=self.lang)


def lane_label(page: Page, title: str, y: float, h: float, more: Sequence[str] = ()) -> None:
    """The label of a row, left of its cells."""
    page.w.box(EDGE, y, page.label, h, fill=SUNK, edge=LINE, name="lane")
    at = y + 5
    if title:
        at += page.w.text(title, EDGE + 6, at, page.label - 10, 10.5, bold=True, name="lane")
    for text in more:
        at += page.w.text(text, EDGE + 6, at + 1, page.label - 10, colour=MUTED, name="lane") + 1
