"""The map as slides with real shapes and text: a slide for the map, one for each persona, evidence in the notes."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from pathlib import Path
from typing import Any

from cjmkit.core.journey import Journey
from cjmkit.core.persona import Persona
from cjmkit.core.stage import lane_title
from cjmkit.core.words import SMALL_N, status_title
from cjmkit.files import write_atomically
from cjmkit.i18n import current_language, say
from cjmkit.view.fonts import Measure
from cjmkit.view.lanes import (
    share,
)
from cjmkit.view.sheet import CURVES, INK, LINE, MUTED, PAPER, STRONG, Chart, Sheet, lay_out

__all__ = ["to_pptx"]

_MARGIN = 18.0
_WIDEST = 56 * 72.0
"""A slide can be 56 inches wide and high."""
_PER_SLIDE = 10
_FONT = "Arial"


def to_pptx(journey: Journey, path: str | os.PathLike[str], *, lang: str | None = None) -> Path:
    """Write a journey as a presentation whose shapes and texts can be edited.

    The first slide is the map (a map of more than ten stages goes on over several), then a slide for each persona. The
    speaker's notes list what each note on the slide rests on.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like
        Where to, ``.pptx``.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.

    Returns
    -------
    pathlib.Path
        The path.
    """
    from pptx import Presentation
    from pptx.util import Pt

    lang = current_language(lang or journey.language)
    measure = Measure()
    n = len(journey.stages)
    parts = [(k, min(n, k + _PER_SLIDE)) for k in range(0, n, _PER_SLIDE)] or [(0, 0)]
    sheets = [lay_out(journey, lang=lang, stages=p, heading=p[0] == 0, measure=measure) for p in parts]
    deck = Presentation()
    # A slide as large as the map needs, so that every text keeps its size; never less than a common wide slide.
    width = max(960.0, *(s.width + 2 * _MARGIN for s in sheets))
    height = max(540.0, *(s.height + 2 * _MARGIN for s in sheets))
    scale = min(1.0, _WIDEST / width, _WIDEST / height)
    deck.slide_width, deck.slide_height = Pt(round(width * scale)), Pt(round(height * scale))
    deck.core_properties.title = _clean(journey.title)[:250]
    deck.core_properties.created = dt.datetime(2020, 1, 1)
    for sheet, (first, last) in zip(sheets, parts):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        _draw(slide, sheet, scale)
        slide.notes_slide.notes_text_frame.text = _clean(_notes(journey, first, last, lang))
    for persona in journey.personas:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        _persona(slide, persona, lang, width * scale, height * scale)
        slide.notes_slide.notes_text_frame.text = _clean(_persona_notes(persona, lang))
    out = io.BytesIO()
    deck.save(out)
    return write_atomically(path, out.getvalue())


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", text.replace("\r\n", "\n"))


def _colour(code: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(code.lstrip("#").upper())


def _tint(code: str, part: float = 0.84) -> str:
    """A colour mixed with white: shapes have no transparency of their own."""
    rgb = [int(code[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(v + (255 - v) * part):02x}" for v in rgb)


def _plain(shape: Any) -> None:
    """Without the theme's shadow and outline."""
    from pptx.oxml.ns import qn

    style = shape._element.find(qn("p:style"))
    if style is not None:
        shape._element.remove(style)


class _Pen:
    """Draws on a slide in points."""

    def __init__(self, slide: Any, scale: float, margin: float = _MARGIN) -> None:
        self.shapes, self.scale, self.margin = slide.shapes, scale, margin

    def at(self, v: float) -> int:
        return round((v + self.margin) * self.scale * 12700)

    def size(self, v: float) -> int:
        return max(1, round(v * self.scale * 12700))

    def box(
        self, x: float, y: float, w: float, h: float, *, fill: str = "", edge: str = "", name: str = "", **k: Any
    ) -> Any:
        from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_PATTERN_TYPE
        from pptx.enum.shapes import MSO_SHAPE

        shape = self.shapes.add_shape(
            k.get("shape", MSO_SHAPE.RECTANGLE), self.at(x), self.at(y), self.size(w), self.size(h)
        )
        shape.name = name or "box"
        _plain(shape)
        if k.get("hatched"):
            shape.fill.patterned()
            shape.fill.pattern = MSO_PATTERN_TYPE.LIGHT_UPWARD_DIAGONAL
            shape.fill.fore_color.rgb, shape.fill.back_color.rgb = _colour("#E6E5E0"), _colour(PAPER)
        elif fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = _colour(fill)
        else:
            shape.fill.background()
        if edge:
            shape.line.color.rgb = _colour(edge)
            shape.line.width = self.size(k.get("width", 0.7))
            if k.get("dashed"):
                shape.line.dash_style = MSO_LINE_DASH_STYLE.DASH
        else:
            shape.line.fill.background()
        return shape

    def text(self, text: str, x: float, y: float, w: float, h: float, size: float, **style: Any) -> Any:
        from pptx.enum.text import MSO_AUTO_SIZE

        shape = self.shapes.add_textbox(self.at(x), self.at(y), self.size(w), self.size(h))
        shape.name = style.get("name") or "text"
        frame = shape.text_frame
        frame.word_wrap = True
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.text = _clean(text)
        for paragraph in frame.paragraphs:
            font = paragraph.font
            font.size, font.name = self.size(size), _FONT
            font.bold, font.italic = bool(style.get("bold")), bool(style.get("italic"))
            font.color.rgb = _colour(style.get("colour", INK))
        return shape

    def line(
        self, points: list[tuple[float, float]], colour: str, *, width: float, dash: Any = None, fill: str = ""
    ) -> None:
        start, *rest = points
        builder = self.shapes.build_freeform(self.at(start[0]), self.at(start[1]), scale=1.0)
        builder.add_line_segments([(self.at(x), self.at(y)) for x, y in rest], close=bool(fill))
        shape = builder.convert_to_shape()
        _plain(shape)
        if fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = _colour(fill)
            shape.line.fill.background()
        else:
            shape.fill.background()
            shape.line.color.rgb = _colour(colour)
            shape.line.width = self.size(width)
            if dash is not None:
                shape.line.dash_style = dash


def _draw(slide: Any, sheet: Sheet, scale: float) -> None:
    pen = _Pen(slide, scale)
    for b in sheet.boxes:
        pen.box(
            b.x, b.y, b.w, b.h, fill=b.fill, edge=b.edge, name=b.name, dashed=b.dashed, hatched=b.hatched, width=b.width
        )
    for chart in sheet.charts:
        _chart(pen, chart)
    for t in sheet.blocks:
        # A little room to the right and below: office fonts differ from the one that measured.
        pen.text(
            t.text, t.x, t.y, t.w + 1, t.h, t.size * 0.94, bold=t.bold, italic=t.italic, colour=t.colour, name=t.name
        )


def _chart(pen: _Pen, chart: Chart) -> None:
    from pptx.enum.dml import MSO_LINE_DASH_STYLE as DASH
    from pptx.enum.shapes import MSO_SHAPE as SHAPE

    marks = (
        SHAPE.OVAL, SHAPE.RECTANGLE, SHAPE.ISOSCELES_TRIANGLE, SHAPE.DIAMOND, SHAPE.FLOWCHART_MERGE, SHAPE.CROSS,
        SHAPE.HEXAGON, SHAPE.STAR_5_POINT,
    )  # fmt: skip
    dashes = (
        None,
        DASH.DASH,
        DASH.ROUND_DOT,
        DASH.DASH_DOT,
        DASH.LONG_DASH,
        DASH.SQUARE_DOT,
        DASH.LONG_DASH_DOT,
        DASH.DASH,
    )
    for v in (-2, -1, 0, 1, 2):
        ends = [(chart.x, chart.level(v)), (chart.x + chart.w, chart.level(v))]
        pen.line(ends, STRONG if v == 0 else LINE, width=0.7, dash=DASH.DASH if v == 0 else None)
    for k, c in enumerate(chart.curves):
        for run in c.runs():
            low = [
                (chart.at(i, k), chart.level(max(-2.0, p.estimate.low))) for i, p in run if p.estimate.low is not None
            ]
            high = [
                (chart.at(i, k), chart.level(min(2.0, p.estimate.high))) for i, p in run if p.estimate.high is not None
            ]
            if len(low) == len(high) == len(run) > 1:
                pen.line(high + low[::-1], "", width=0, fill=_tint(CURVES[k % 8]))
    for k, c in enumerate(chart.curves):
        colour = CURVES[k % 8]
        for run in c.runs():
            for i, p in run:
                e = p.estimate
                if e.low is not None and e.high is not None:
                    x = chart.at(i, k)
                    ends = [(x, chart.level(min(2.0, e.high))), (x, chart.level(max(-2.0, e.low)))]
                    pen.line(ends, colour, width=1)
            if len(run) > 1:
                dash = dashes[k % 8] or (DASH.DASH if c.assumed else None)
                points = [(chart.at(i, k), chart.level(p.estimate.value or 0.0)) for i, p in run]
                pen.line(points, colour, width=1.8, dash=dash)
            for i, p in run:
                x, y = chart.at(i, k), chart.level(p.estimate.value or 0.0)
                few = p.estimate.n < SMALL_N
                pen.box(
                    x - 3.2, y - 3.2, 6.4, 6.4, fill=PAPER if few else colour, edge=colour, width=1.3, name="point",
                    shape=marks[k % 8],
                )  # fmt: skip
                if p.estimate.n:
                    low_ = p.estimate.low
                    under = max(y + 4, chart.level(max(-2.0, low_)) if low_ is not None else y)
                    pen.text(f"n={p.estimate.n}", x - 8, under + 1, 30, 8, 5.5, name="n")


def _notes(journey: Journey, first: int, last: int, lang: str) -> str:
    out = [say(en="Evidence", ru="Основания", lang=lang)]
    shown = {s.id for s in journey.stages[first:last]}
    for stage, lane, item in journey.cells():
        if stage.id in shown and item.evidence:
            out += ["", f"{stage.title} · {lane_title(lane, lang)}: {item.text}"]
            out += [f"  – {e.label(lang)}" for e in item.evidence]
    for p in journey.emotion:
        if p.stage in shown and p.evidence:
            title = journey.stage(p.stage).title
            out += ["", f"{title} · {lane_title('emotion', lang)}: {p.estimate.text(lang=lang)}"]
            out += [f"  – {e.label(lang)}" for e in p.evidence]
    for a in journey.improvements:
        if a.evidence and (a.stage in shown or not a.stage):
            out += ["", f"{lane_title('improvements', lang)}: {a.title}", *(f"  – {e.label(lang)}" for e in a.evidence)]
    return "\n".join(out)


def _persona_groups(p: Persona, lang: str) -> list[tuple[str, list[Any]]]:
    return [
        (say(en="What sets them apart", ru="Чем отличается", lang=lang), list(p.traits)),
        (lane_title("goals", lang), list(p.goals)),
        (lane_title("expectations", lang), list(p.expectations)),
        (lane_title("barriers", lang), list(p.barriers)),
    ]


def _persona(slide: Any, p: Persona, lang: str, width: float, height: float) -> None:
    """A persona card in the proportions of a common slide, centred at the top."""
    pen = _Pen(slide, min(width / 960, height / 540), margin=0)
    pen.text(p.name, 48, 30, 860, 44, 30, bold=True, name="persona")
    facts = [f"{status_title(p.verdict.status, lang)}: {p.verdict.text(lang)}"]
    if p.share is not None:
        facts.append(say(en="share ", ru="доля ", lang=lang) + share(p.share, lang))
    if p.channels:
        facts.append(", ".join(p.channels))
    pen.text(" · ".join(facts), 48, 76, 860, 32, 12, colour=MUTED, name="verdict")
    pen.text(p.description, 48, 108, 860, 46, 14, name="description")
    groups = [(t, notes) for t, notes in _persona_groups(p, lang) if notes]
    column = 864 / max(1, len(groups))
    for k, (title, notes) in enumerate(groups):
        x = 48 + k * column
        pen.text(title, x, 168, column - 16, 18, 12, bold=True, colour=MUTED, name="heading")
        words = "\n".join(
            f"• {n.text}" + ("" if n.evidence else " (" + say(en="assumption", ru="предположение", lang=lang) + ")")
            for n in notes
        )
        pen.text(words, x, 190, column - 16, 210, 12 if len(words) < 500 else 8, name="notes")
    if p.quotes:
        pen.text("\n".join(q.label(lang) for q in p.quotes), 48, 410, 860, 110, 13, italic=True, name="quotes")


def _persona_notes(p: Persona, lang: str) -> str:
    out = [say(en="Evidence", ru="Основания", lang=lang)]
    out += [f"  – {e.label(lang)}" for e in p.evidence]
    for title, notes in _persona_groups(p, lang):
        for n in notes:
            if n.evidence:
                out += ["", f"{title}: {n.text}", *(f"  – {e.label(lang)}" for e in n.evidence)]
    return "\n".join(out)
