"""A slide with a title and a field under it, filled with texts, tables and charts that fit their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cjmkit.core.estimate import Estimate
from cjmkit.view.fonts import Measure

__all__ = ["ACCENTS", "Slide", "clean"]

ACCENTS = (1, 2, 3, 4, 5, 6)
"""Theme colours, accent 1 to 6: a company's template brings its own."""
_SMALLEST = 10.0
_LEADING = 1.22
_INCH = 914400
_POINT = 12700


def clean(text: str) -> str:
    """Without what XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", text.replace("\r\n", "\n"))


class Slide:
    """One slide; places are parts of the field under the title, from 0 to 1."""

    def __init__(self, deck: Any, layout: Any, title: str, measure: Measure, *, own: bool) -> None:
        self.slide, self.measure = deck.slides.add_slide(layout), measure
        margin = round(0.5 * _INCH)
        head = self.slide.shapes.title
        if own and head is not None:
            head.left, head.top = margin, round(0.35 * _INCH)
            head.width, head.height = deck.slide_width - 2 * margin, round(1.1 * _INCH)
        if head is not None:
            self._fill(head.text_frame, title, head.width, head.height, 28.0, bold=True, own=True, left=own)
        for rest in list(self.slide.placeholders):
            # Placeholders of the layout that nothing fills would print "Click to add text".
            if head is None or rest.placeholder_format.idx != head.placeholder_format.idx:
                rest._element.getparent().remove(rest._element)
        under = (head.top + head.height) if head is not None else margin
        self.x, self.y = margin, under + round(0.15 * _INCH)
        self.w = deck.slide_width - 2 * margin
        self.h = deck.slide_height - self.y - round(0.45 * _INCH)

    def notes(self, text: str) -> None:
        """Speaker's notes."""
        self.slide.notes_slide.notes_text_frame.text = clean(text)

    def _place(self, x: float, y: float, w: float, h: float) -> tuple[int, int, int, int]:
        return round(self.x + x * self.w), round(self.y + y * self.h), round(w * self.w), round(h * self.h)

    def _fitted(self, text: str, wide: float, high: float, size: float, bold: bool) -> tuple[str, float]:
        """The text and the size at which it stays in its box; cut where even ten points are too many."""
        for points in (s for s in (28, 24, 20, 18, 16, 14, 12, 11, _SMALLEST) if s <= size):
            lines = self.measure.wrap(text, wide, points, bold=bold)
            if len(lines) * points * _LEADING <= high:
                return text, points
        room = max(1, int(high / (_SMALLEST * _LEADING)))
        lines = self.measure.wrap(text, wide, _SMALLEST, bold=bold)[:room]
        return " ".join(lines).rstrip(" ,;:—–-")[:-1] + "…", _SMALLEST

    def _fill(
        self, frame: Any, text: str, w: int, h: int, size: float, *, bold: bool = False, italic: bool = False,
        own: bool = False, left: bool = False,
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
            if italic:
                paragraph.font.italic = True

    def text(
        self, text: str, x: float, y: float, w: float, h: float, *, size: float, bold: bool = False,
        italic: bool = False,
    ) -> None:  # fmt: skip
        """A text in its box, as large as `size` or smaller until it fits."""
        if not text.strip():
            return
        left, top, wide, high = self._place(x, y, w, h)
        shape = self.slide.shapes.add_textbox(left, top, wide, high)
        self._fill(shape.text_frame, text.strip(), wide, high, size, bold=bold, italic=italic)

    def box(self, x: float, y: float, w: float, h: float, *, accent: int) -> None:
        """A frame with a coloured edge on top, under the texts that come after it."""
        from pptx.enum.dml import MSO_THEME_COLOR
        from pptx.enum.shapes import MSO_SHAPE

        left, top, wide, high = self._place(x, y, w, h)
        frame = self.slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left, top, wide, high)
        frame.fill.background()
        frame.line.color.theme_color = getattr(MSO_THEME_COLOR, f"ACCENT_{accent}")
        frame.shadow.inherit = False
        edge = self.slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left, top, wide, round(0.06 * _INCH))
        edge.fill.solid()
        edge.fill.fore_color.theme_color = getattr(MSO_THEME_COLOR, f"ACCENT_{accent}")
        edge.line.fill.background()
        edge.shadow.inherit = False

    def portrait(self, x: float, y: float, high: float, name: str, *, accent: int) -> float:
        """A disc with the initials of a persona, as somebody's picture will replace it; the width that it takes."""
        from pptx.enum.dml import MSO_THEME_COLOR
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        left, top, _, side = self._place(x, y, 0.1, high)
        disc = self.slide.shapes.add_shape(MSO_SHAPE.OVAL, left, top, side, side)
        disc.fill.solid()
        disc.fill.fore_color.theme_color = getattr(MSO_THEME_COLOR, f"ACCENT_{accent}")
        disc.line.fill.background()
        disc.shadow.inherit = False
        frame = disc.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        words = [w.strip('«»“”"') for w in name.replace("-", " ").split()]
        frame.text = clean("".join(w[:1] for w in words[:2]).upper() or "?")
        frame.word_wrap = False
        frame.paragraphs[0].alignment = PP_ALIGN.CENTER
        font = frame.paragraphs[0].font
        font.size, font.bold = Pt(26), True
        return float(side / self._place(0, 0, 1, 1)[2]) + 0.012

    def table(
        self, rows: Sequence[Sequence[str]], x: float, y: float, w: float, h: float, *, first: float, size: float
    ) -> None:
        """A native table: the first column takes `first` of the width, and every cell fits its row."""
        from pptx.util import Pt

        left, top, wide, high = self._place(x, y, w, h)
        columns = len(rows[0])
        widths = [first * wide] + [(1 - first) * wide / max(1, columns - 1)] * (columns - 1)
        pad = 0.06 * _INCH
        room = [(v - 2 * pad) / _POINT for v in widths]
        texts = [[clean(t) for t in row] for row in rows]

        def heights(points: float) -> list[float]:
            return [
                max(len(self.measure.wrap(t, room[c], points, bold=not r)) for c, t in enumerate(row))
                * points
                * _LEADING
                + 2 * 0.04 * 72
                for r, row in enumerate(texts)
            ]

        points = next(
            (s for s in (16.0, 14.0, 12.0, 11.0, 10.0) if s <= size and sum(heights(s)) <= high / _POINT), 10.0
        )
        tall = heights(points)
        if sum(tall) > high / _POINT:
            # Even at ten points too long: every row but the head gets its part, and cells are cut to it.
            part = (high / _POINT - tall[0]) / max(1, len(tall) - 1)
            spare = sum(part - t for t in tall[1:] if t < part)
            over = sum(t > part for t in tall[1:])
            tall = [tall[0], *(min(t, part + spare / max(1, over)) for t in tall[1:])]
        frame = self.slide.shapes.add_table(len(rows), columns, left, top, wide, round(sum(tall) * _POINT))
        table = frame.table
        for c, v in enumerate(widths):
            table.columns[c].width = round(v)
        for r, row in enumerate(texts):
            table.rows[r].height = round(tall[r] * _POINT)
            for c, text in enumerate(row):
                cell = table.cell(r, c)
                cell.margin_left = cell.margin_right = round(pad)
                cell.margin_top = cell.margin_bottom = round(0.04 * _INCH)
                shown, _ = self._fitted(text, room[c], tall[r] - 2 * 0.04 * 72 + 0.5, points, not r)
                cell.text_frame.text = shown
                for paragraph in cell.text_frame.paragraphs:
                    paragraph.font.size = Pt(points)
                    paragraph.font.bold = not r or None

    def lines(
        self, names: Sequence[str], curves: Sequence[tuple[str, Sequence[Estimate | None]]], x: float, y: float,
        w: float, h: float,
    ) -> None:  # fmt: skip
        """A native line chart on −2 to 2, with intervals as error bars on its first series."""
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
        from pptx.util import Pt

        data = CategoryChartData(number_format="0.0")
        data.categories = [clean(n) for n in names]
        for label, points in curves:
            data.add_series(clean(label), [None if p is None else p.value for p in points])
        chart = self.slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *self._place(x, y, w, h), data).chart
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        chart.font.size = Pt(12)
        axis = chart.value_axis
        axis.minimum_scale, axis.maximum_scale, axis.major_unit = -2, 2, 1
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
        from pptx.enum.chart import XL_TICK_LABEL_POSITION

        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        for k, one in enumerate(chart.plots[0].series):
            one.smooth = False
            one.format.line.width = Pt(3.5 if not k else 1.5)
        _error_bars(chart.plots[0].series[0], curves[0][1])

    def bars(self, names: Sequence[str], values: Sequence[float], x: float, y: float, w: float, h: float) -> None:
        """A native bar chart of shares, the largest on top."""
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE
        from pptx.util import Pt

        data = CategoryChartData(number_format="0%")
        data.categories = [clean(n) for n in names][::-1]
        data.add_series("%", list(values)[::-1])
        chart = self.slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *self._place(x, y, w, h), data).chart
        chart.has_legend, chart.has_title = False, False
        chart.font.size = Pt(12)
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, 1
        chart.value_axis.has_major_gridlines = False
        plot = chart.plots[0]
        plot.gap_width, plot.has_data_labels = 60, True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0%", False


def _error_bars(series: Any, points: Sequence[Estimate | None]) -> None:
    """Intervals as custom error bars, which the library has no words for."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    def literal(name: str, sizes: Sequence[float]) -> str:
        values = "".join(f'<c:pt idx="{k}"><c:v>{max(0.0, v):.4f}</c:v></c:pt>' for k, v in enumerate(sizes))
        return f'<c:{name}><c:numLit><c:ptCount val="{len(sizes)}"/>{values}</c:numLit></c:{name}>'

    limits = [
        (0.0, 0.0)
        if p is None or p.value is None or p.low is None or p.high is None
        else (p.high - p.value, p.value - p.low)
        for p in points
    ]
    bars = parse_xml(
        f'<c:errBars {nsdecls("c")}><c:errDir val="y"/><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/>{literal("plus", [a for a, _ in limits])}{literal("minus", [b for _, b in limits])}'
        "</c:errBars>"
    )
    series._element.find(qn("c:cat")).addprevious(bars)
