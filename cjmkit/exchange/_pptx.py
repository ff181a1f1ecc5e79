"""The map as a deck: a finding on every slide, tables and charts that can be edited, evidence in the notes."""

from __future__ import annotations

import io
import os
from pathlib import Path

from cjmkit.core.journey import Journey
from cjmkit.exchange import _pptx_slides as slides
from cjmkit.exchange._pptx_box import Deck
from cjmkit.files import write_atomically
from cjmkit.i18n import current_language

__all__ = ["to_pptx"]


def to_pptx(
    journey: Journey,
    path: str | os.PathLike[str],
    *,
    template: str | os.PathLike[str] | None = None,
    lang: str | None = None,
) -> Path:
    """Write a journey as a deck, 16:9, whose shapes, tables and charts can be edited.

    Slides: the finding with its three tiles; the map on a page; the curve as a chart with its band, n and data sheet;
    the three barriers that most people named, each with a quote and how many of each persona name it; a slide for each
    persona; the funnel and the ways people take as charts; the actions; how sure we can be; what people said. No text
    is smaller than 10 points, and none leaves its box: what is too long for its place is cut with an ellipsis, and
    stands whole in the speaker's notes, which also list every note of the map with what it rests on.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like
        Where to, ``.pptx``.
    template : path-like, optional
        A ``.pptx`` of your company: its masters, fonts, theme colours and title placeholders are used, not its slides.
        Without one the deck has the colours of the page.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.

    Returns
    -------
    pathlib.Path
        The path.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> from pptx import Presentation
    >>> stage = cj.Stage(id="k", title="Kitchen", barriers=["No kettle"])
    >>> path = to_pptx(cj.Journey(id="t", title="Tea", stages=[stage]), tempfile.mkdtemp() + "/tea.pptx")
    >>> [slide.shapes.title.text for slide in Presentation(path).slides][0]
    'In the way: “No kettle”.'
    """
    deck = Deck(journey, current_language(lang or journey.language), template)
    slides.finding(deck)
    if journey.stages:
        slides.at_a_glance(deck)
        slides.felt(deck)
        slides.pains(deck)
    for place, persona in enumerate(journey.personas, 1):
        # "Everybody, no such group" with nothing to tell has its line under how sure, and no empty slide.
        known = persona.traits or persona.goals or persona.expectations or persona.barriers or persona.quotes
        if persona.verdict.status != "none" or known:
            slides.persona(deck, persona, place)
    slides.funnel(deck)
    slides.ways(deck)
    slides.actions(deck)
    slides.sure(deck)
    slides.evidence(deck)
    out = io.BytesIO()
    deck.file.save(out)
    return write_atomically(path, out.getvalue())
