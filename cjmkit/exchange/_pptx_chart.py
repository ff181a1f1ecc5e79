"""Native charts of a deck, with their data sheets: the curve with its band, bars with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cjmkit.core.estimate import Estimate
from cjmkit.exchange._pptx_box import Place, Slide, clean, theme

__all__ = ["bars", "curve"]


def curve(
    slide: Slide, names: Sequence[str], curves: Sequence[tuple[str, int, Sequence[Estimate | None]]], place: Place,
    *, band: str = "", size: float = 12,
) -> None:  # fmt: skip
    """A line chart on −2 to 2: the first curve strong, with its band and its intervals; gaps stay gaps.

    A curve is its name, its accent (0 for everybody) and its points; `band` names the band in the legend.
    """
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    data = CategoryChartData(number_format="0.0")
    data.categories = [clean(n) for n in names]
    first = curves[0][2]
    limits = [(p.low, p.high) if p is not None and p.low is not None and p.high is not None else None for p in first]
    banded = bool(band) and sum(x is not None for x in limits) > 1
    if banded:
        # First, so that the legend counts them first in every program: an invisible foot, and the band on it.
        data.add_series(" ", [x[0] if x else None for x in limits])
        data.add_series(clean(band), [x[1] - x[0] if x else None for x in limits])
    for label, _, points in curves:
        data.add_series(clean(label), [None if p is None else p.value for p in points])
    frame = slide.slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *slide.emu(place), data)
    chart = frame.chart
    chart.has_title, chart.has_legend = False, True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.font.size = Pt(size)
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = -2, 2, 1
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0;−0;0", False
    for line in (axis.major_gridlines.format.line, chart.category_axis.format.line, axis.format.line):
        line.color.theme_color = theme(0)
        line.color.brightness = 0.75
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if banded:
        _as_band(chart)
    drawn = [*list(chart.plots)[-1].series]
    for one, (_, accent, _points) in zip(drawn, curves, strict=True):
        strong = accent == curves[0][1]
        one.smooth = False
        one.format.line.width = Pt(3.5 if strong else 1.75)
        one.format.line.color.theme_color = theme(accent)
        if not strong and not accent:
            one.format.line.color.brightness = 0.6
        one.marker.format.fill.solid()
        one.marker.format.fill.fore_color.theme_color = theme(accent)
        one.marker.format.line.color.theme_color = theme(accent)
        one.marker.size = 9 if strong else 6
    shown = drawn[0].data_labels
    shown.show_value, shown.position = True, XL_LABEL_POSITION.ABOVE
    shown.number_format, shown.number_format_is_linked = "0.0;−0.0;0", False
    shown.font.size, shown.font.bold = Pt(size), True
    _error_bars(drawn[0], first)


def _as_band(chart: Any) -> None:
    """Turn the first two series into a stacked area behind the lines: an invisible foot, and the band on it."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    lines = chart._chartSpace.chart.plotArea.find(qn("c:lineChart"))
    area = parse_xml(f'<c:areaChart {nsdecls("c")}><c:grouping val="stacked"/><c:varyColors val="0"/></c:areaChart>')
    fills = ("<a:noFill/>", '<a:solidFill><a:schemeClr val="tx1"><a:alpha val="14000"/></a:schemeClr></a:solidFill>')
    for series, fill in zip(lines.findall(qn("c:ser"))[:2], fills, strict=True):
        lines.remove(series)
        for tag in ("c:spPr", "c:marker", "c:smooth", "c:dLbls"):
            for one in series.findall(qn(tag)):
                series.remove(one)
        look = parse_xml(f"<c:spPr {nsdecls('c', 'a')}>{fill}<a:ln><a:noFill/></a:ln></c:spPr>")
        series.find(qn("c:tx")).addnext(look)
        area.append(series)
    for one in lines.findall(qn("c:axId")):
        area.append(parse_xml(f'<c:axId {nsdecls("c")} val="{one.get("val")}"/>'))
    lines.addprevious(area)
    gone = parse_xml(f'<c:legendEntry {nsdecls("c")}><c:idx val="0"/><c:delete val="1"/></c:legendEntry>')
    chart._chartSpace.chart.find(qn("c:legend")).find(qn("c:legendPos")).addnext(gone)


def bars(
    slide: Slide, names: Sequence[str], series: Sequence[tuple[str, int, Sequence[Estimate | None]]], place: Place,
    *, across: bool = True, most: float = 1.0, number: str = "0%", accents: Sequence[int] = (),
) -> None:  # fmt: skip
    """Bars from zero with their intervals, the first category on top (or on the left, with ``across=False``).

    A series is its name, its accent and its values; `accents` colours the bars of a single series one by one.
    """
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
    from pptx.util import Pt

    data = CategoryChartData(number_format=number)
    data.categories = [clean(n) for n in names]
    for label, _, values in series:
        data.add_series(clean(label), [None if v is None else v.value for v in values])
    kind = XL_CHART_TYPE.BAR_CLUSTERED if across else XL_CHART_TYPE.COLUMN_CLUSTERED
    chart = slide.slide.shapes.add_chart(kind, *slide.emu(place), data).chart
    chart.has_title, chart.has_legend = False, len(series) > 1
    if len(series) > 1:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    size = 12 if len(series) == 1 else 10
    chart.font.size = Pt(size)
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale = 0, most
    axis.has_major_gridlines, axis.visible = False, False
    chart.category_axis.reverse_order = across
    chart.category_axis.format.line.color.theme_color = theme(0)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 35, 0
    for one, (_, accent, values) in zip(plot.series, series):
        one.format.fill.solid()
        one.format.fill.fore_color.theme_color = theme(accent)
        if not accent and len(series) > 1:
            one.format.fill.fore_color.brightness = 0.7
        for k, special in enumerate(accents):
            fill = one.points[k].format.fill
            fill.solid()
            fill.fore_color.theme_color = theme(special)
        shown = one.data_labels
        shown.show_value, shown.position = True, XL_LABEL_POSITION.INSIDE_BASE
        shown.number_format, shown.number_format_is_linked = number, False
        shown.font.size, shown.font.bold = Pt(size), True
        if accent or not len(series) > 1:
            from pptx.enum.dml import MSO_THEME_COLOR

            shown.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
        if any(v is not None and v.low is not None for v in values):
            _error_bars(one, values)


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
    line = '<a:ln w="15875"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:ln>'
    found = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errDir val="y"/><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/>{literal("plus", [a for a, _ in limits])}{literal("minus", [b for _, b in limits])}'
        f"<c:spPr>{line}</c:spPr></c:errBars>"
    )
    series._element.find(qn("c:cat")).addprevious(found)
