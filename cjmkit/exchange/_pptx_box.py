"""A deck, and a slide with a title and a field under it, filled with texts and tables that fit their places."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from typing import Any

from cjmkit.core.journey import Journey
from cjmkit.i18n import say
from cjmkit.view.card import initials
from cjmkit.view.fonts import Measure
from cjmkit.view.lanes import actions_for
from cjmkit.view.sheet import CURVES, INK, MUTED

__all__ = ["Deck", "Place", "Slide", "clean", "theme"]

_SMALLEST = 10.0
_LEADING = 1.22
_INCH = 914400
_POINT = 12700
_PAD, _ROWPAD = 0.06 * _INCH, 0.05 * _INCH
_THIN, _FILL = "C9CCD3", "EEF1F5"

Place = tuple[float, float, float, float]
"""Left, top, width, height: parts of the field under the title, from 0 to 1."""


def clean(text: str) -> str:
    """Without what XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", text.replace("\r\n", "\n"))


def theme(accent: int) -> Any:
    """A theme colour: accent 1 to 6 for a persona, the text's for 0 (everybody), its second for −1 (muted)."""
    from pptx.enum.dml import MSO_THEME_COLOR

    if accent < 1:
        return MSO_THEME_COLOR.TEXT_1 if not accent else MSO_THEME_COLOR.TEXT_2
    return getattr(MSO_THEME_COLOR, f"ACCENT_{(accent - 1) % 6 + 1}")


def _in_our_colours(deck: Any) -> None:
    """Give a deck without a template the colours of the page instead of the office's."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    part = deck.slide_masters[0].part.part_related_by(RELATIONSHIP_TYPE.THEME)
    xml = part.blob.decode("utf-8")
    named = {"dk1": INK, "dk2": MUTED, **{f"accent{k}": CURVES[k] for k in range(1, 7)}}
    for name, colour in named.items():
        new = f'<a:{name}><a:srgbClr val="{colour[1:].upper()}"/></a:{name}>'
        xml = re.sub(rf"<a:{name}>.*?</a:{name}>", new, xml, count=1, flags=re.DOTALL)
    part._blob = xml.encode("utf-8")


class Slide:
    """One slide; places are parts of the field under the title, from 0 to 1."""

    def __init__(self, deck: Any, layout: Any, title: str, measure: Measure, *, own: bool) -> None:
        self.slide, self.measure = deck.slides.add_slide(layout), measure
        margin = round(0.5 * _INCH)
        head = self.slide.shapes.title
        if own and head is not None:
            head.left, head.top = margin, round(0.3 * _INCH)
            head.width = deck.slide_width - 2 * margin
            long = len(measure.wrap(clean(title), head.width / _POINT - 15, 24.0, bold=True)) > 2
            head.height = round((1.2 if long else 0.95) * _INCH)
            head.text_frame.margin_left = 0
        if head is not None:
            self._fill(head.text_frame, title, head.width, head.height, 28.0, bold=True, own=True, left=own)
        for rest in list(self.slide.placeholders):
            # Placeholders of the layout that nothing fills would print "Click to add text".
            if head is None or rest.placeholder_format.idx != head.placeholder_format.idx:
                rest._element.getparent().remove(rest._element)
        under = (head.top + head.height) if head is not None else margin
        self.x, self.y = margin, under + round(0.1 * _INCH)
        self.w = deck.slide_width - 2 * margin
        self.h = deck.slide_height - self.y - round(0.4 * _INCH)

    def notes(self, text: str) -> None:
        """Speaker's notes."""
        self.slide.notes_slide.notes_text_frame.text = clean(text)

    def emu(self, place: Place) -> tuple[int, int, int, int]:
        """A place in the deck's own units."""
        x, y, w, h = place
        return round(self.x + x * self.w), round(self.y + y * self.h), round(w * self.w), round(h * self.h)

    def _fitted(self, text: str, wide: float, high: float, size: float, bold: bool) -> tuple[str, float]:
        """The text and the size at which it stays in its box; cut where even ten points are too many."""
        for points in (s for s in (48, 40, 32, 28, 24, 20, 18, 16, 14, 12, 11, _SMALLEST) if s <= size):
            lines = self.measure.wrap(text, wide, points, bold=bold)
            if len(lines) * points * _LEADING <= high:
                return text, points
        room = max(1, int(high / (_SMALLEST * _LEADING)))
        lines = self.measure.wrap(text, wide, _SMALLEST, bold=bold)[:room]
        return " ".join(lines).rstrip(" ,;:—–-")[:-1] + "…", _SMALLEST

    def _fill(
        self, frame: Any, text: str, w: int, h: int, size: float, *, bold: bool = False, own: bool = False,
        left: bool = False,
    ) -> None:  # fmt: skip
        from pptx.enum.text import MSO_AUTO_SIZE, PP_ALIGN
        from pptx.util import Pt

        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        inset = 0.1 * 72 * 2 if own else 0.0
        if not own:
            frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        shown, points = self._fitted(clean(text), w / _POINT - inset, h / _POINT - inset / 2, size, bold)
        frame.text = shown
        for paragraph in frame.paragraphs:
            paragraph.font.size = Pt(points)
            if left:
                paragraph.alignment = PP_ALIGN.LEFT
            if bold:
                paragraph.font.bold = True

    def text(
        self, text: str, place: Place, *, size: float, bold: bool = False, italic: bool = False, accent: int = 0,
        muted: bool = False, centred: bool = False,
    ) -> None:  # fmt: skip
        """A text in its box, as large as `size` or smaller until it fits."""
        from pptx.enum.text import PP_ALIGN

        if not text.strip():
            return
        left, top, wide, high = self.emu(place)
        shape = self.slide.shapes.add_textbox(left, top, wide, high)
        self._fill(shape.text_frame, text.strip(), wide, high, size, bold=bold)
        for paragraph in shape.text_frame.paragraphs:
            if italic:
                paragraph.font.italic = True
            if accent or muted:
                paragraph.font.color.theme_color = theme(-1 if muted else accent)
            if centred:
                paragraph.alignment = PP_ALIGN.CENTER

    def shape(self, kind: str, place: Place | tuple[int, int, int, int], *, accent: int, light: bool = False) -> Any:
        """A filled shape without outline, ``"RECTANGLE"`` or ``"OVAL"``; a place in whole units is taken as it is."""
        from pptx.enum.shapes import MSO_SHAPE

        at = place if all(isinstance(v, int) for v in place) else self.emu(place)
        out = self.slide.shapes.add_shape(getattr(MSO_SHAPE, kind), *at)
        out.fill.solid()
        out.fill.fore_color.theme_color = theme(accent)
        if light:
            out.fill.fore_color.brightness = 0.9
        out.line.fill.background()
        _flat(out)
        return out

    def box(self, place: Place, *, accent: int) -> None:
        """A pale ground with a coloured edge on the left, under the texts that come after it."""
        left, top, _, high = self.emu(place)
        self.shape("RECTANGLE", place, accent=accent, light=True)
        self.shape("RECTANGLE", (left, top, round(0.07 * _INCH), high), accent=accent)

    def path(self, points: Sequence[tuple[float, float]], *, accent: int) -> None:
        """A line through points of the field, as one shape that can be bent."""
        from pptx.util import Pt

        at = [self.emu((x, y, 0, 0))[:2] for x, y in points]
        drawn = self.slide.shapes.build_freeform(*at[0])
        drawn.add_line_segments(at[1:], close=False)
        line = drawn.convert_to_shape()
        line.fill.background()
        line.line.color.theme_color, line.line.width = theme(accent), Pt(2.5)
        _flat(line)

    def portrait(self, high: float, name: str, *, accent: int) -> float:
        """A disc with the initials of a persona, as somebody's picture will replace it; the width that it takes."""
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        left, top, _, side = self.emu((0, 0, 0.1, high))
        disc = self.shape("OVAL", (left, top, side, side), accent=accent)
        frame = disc.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.text = clean(initials(name))
        frame.word_wrap = False
        frame.paragraphs[0].alignment = PP_ALIGN.CENTER
        font = frame.paragraphs[0].font
        font.size, font.bold = Pt(26), True
        return float(side / self.w) + 0.015

    def table(self, rows: Sequence[Sequence[str]], place: Place, *, first: float | Sequence[float], size: float,
              tall: tuple[int, float] = (-1, 0.0)) -> list[float]:  # fmt: skip
        """A native table: the first column (or the first few) takes `first` of the width; every cell fits its row.

        Row `tall[0]` is at least `tall[1]` of the field high, for shapes drawn over it; returned are the tops of the
        rows, as parts of the field.
        """
        from pptx.util import Pt

        left, top, wide, high = self.emu(place)
        columns = len(rows[0])
        given = [first] if isinstance(first, float) else [*first]
        rest = columns - len(given)
        widths = [wide * v for v in (*given, *([(1 - sum(given)) / max(1, rest)] * rest))]
        room = [(v - 2 * _PAD) / _POINT for v in widths]
        texts = [[clean(t) for t in row] for row in rows]
        least = tall[1] * self.h / _POINT

        def heights(points: float) -> list[float]:
            found = [
                max(len(self.measure.wrap(t, room[c], points, bold=not r or not c)) for c, t in enumerate(row))
                * points * _LEADING + 2 * _ROWPAD / _POINT
                for r, row in enumerate(texts)
            ]  # fmt: skip
            return [max(h, least) if r == tall[0] else h for r, h in enumerate(found)]

        points = next(
            (s for s in (16.0, 14.0, 12.0, 11.0, 10.0) if s <= size and sum(heights(s)) <= high / _POINT), 10.0
        )
        sized = heights(points)
        if sum(sized) > high / _POINT:
            # Even at ten points too long: every row but the head gets its part, and cells are cut to it.
            part = (high / _POINT - sized[0]) / max(1, len(sized) - 1)
            spare = sum(part - t for t in sized[1:] if t < part)
            over = sum(t > part for t in sized[1:])
            sized = [sized[0], *(min(t, part + spare / max(1, over)) for t in sized[1:])]
        frame = self.slide.shapes.add_table(len(rows), columns, left, top, wide, round(sum(sized) * _POINT))
        table = frame.table
        # A rule under each row says enough; bands and dark heads are the office's taste.
        style = frame._element.graphic.graphicData.tbl.tblPr.find("{*}tableStyleId")
        if style is not None:
            style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
        table.horz_banding = False
        for c, v in enumerate(widths):
            table.columns[c].width = round(v)
        for r, row in enumerate(texts):
            table.rows[r].height = round(sized[r] * _POINT)
            for c, text in enumerate(row):
                cell = table.cell(r, c)
                cell.margin_left = cell.margin_right = round(_PAD)
                cell.margin_top = cell.margin_bottom = round(_ROWPAD)
                bold = not r or not c
                shown, _ = self._fitted(text, room[c], sized[r] - 2 * _ROWPAD / _POINT + 0.5, points, bold)
                cell.text_frame.text = shown
                for paragraph in cell.text_frame.paragraphs:
                    paragraph.font.size = Pt(points)
                    paragraph.font.bold = bold or None
                _ruled(cell, head=not r)
        tops = [place[1]]
        for v in sized:
            tops.append(tops[-1] + v * _POINT / self.h)
        return tops


def _flat(shape: Any) -> None:
    """Without the theme's shadow, in programs that ignore an empty list of effects too."""
    shape.shadow.inherit = False
    for effect in shape._element.iter("{*}effectRef"):
        effect.set("idx", "0")


def _ruled(cell: Any, *, head: bool) -> None:
    """A thin rule under a cell; the head stands on a pale ground in the text's colour."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    properties = cell._tc.get_or_add_tcPr()
    colour = f'<a:srgbClr val="{_THIN}"/>' if not head else '<a:schemeClr val="tx1"/>'
    rule = f'<a:lnB {nsdecls("a")} w="{12700 if head else 6350}"><a:solidFill>{colour}</a:solidFill></a:lnB>'
    properties.append(parse_xml(rule))
    if head:
        properties.append(parse_xml(f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{_FILL}"/></a:solidFill>'))
        for paragraph in cell.text_frame.paragraphs:
            # On the pale ground the letters are dark in a dark template too.
            from pptx.dml.color import RGBColor

            paragraph.font.color.rgb = RGBColor.from_string(INK[1:].upper())


class Deck:
    """A deck being made: the journey, the language, the file and how to add a slide to it."""

    def __init__(self, journey: Journey, lang: str, template: str | os.PathLike[str] | None) -> None:
        self.j, self.lang, self.measure = journey, lang, Measure()
        self.file = _empty(template)
        self.own = template is None
        self.layout = _layout(self.file)
        self.file.core_properties.title = clean(journey.title)[:250]
        self.file.core_properties.created = dt.datetime(2020, 1, 1)
        self.fixes = actions_for(journey)

    def say(self, en: str, ru: str) -> str:
        """A text in the language of the deck."""
        return say(en=en, ru=ru, lang=self.lang)

    def slide(self, title: str, notes: str = "") -> Slide:
        """A new slide at the end."""
        slide = Slide(self.file, self.layout, title, self.measure, own=self.own)
        if notes:
            slide.notes(notes)
        return slide


def _empty(template: str | os.PathLike[str] | None) -> Any:
    """A presentation without slides: the template's masters, or a plain wide one."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation(os.fspath(template)) if template else Presentation()
    if template is None:
        deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
        _in_our_colours(deck)
    ids = deck.slides._sldIdLst
    for one in list(ids):
        deck.part.drop_rel(one.rId)
        ids.remove(one)
    return deck


def _layout(deck: Any) -> Any:
    """The layout with a title and nothing else to fill, or the one that asks for least."""
    titled = [x for x in deck.slide_layouts if any(p.placeholder_format.type in (1, 3) for p in x.placeholders)]
    footers = (13, 15, 16)  # slide number, footer, date: the master's business
    return min(
        titled or list(deck.slide_layouts),
        key=lambda x: sum(p.placeholder_format.type not in footers for p in x.placeholders),
    )
