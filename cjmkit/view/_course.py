"""The emotion curve of a picture, and the ways people take as arcs above its stages."""

from __future__ import annotations

from collections.abc import Callable

from cjmkit.core.course import Link
from cjmkit.core.stage import lane_title
from cjmkit.core.words import SMALL_N, link_title, source_title
from cjmkit.i18n import number
from cjmkit.view._paper import EDGE, Page, lane_label
from cjmkit.view.lanes import Series, is_gap, series
from cjmkit.view.marks import marked
from cjmkit.view.sheet import (
    CURVES,
    GOOD,
    INK,
    LEADING,
    LINE,
    MUTED,
    PAPER,
    SMALLEST,
    STRONG,
    WARM,
    Block,
    Box,
    Line,
    Mark,
)
from cjmkit.view.story import spoken, story, why

__all__ = ["arcs", "curve", "shown"]

Level = Callable[[float], float]
"""Vertical place of an emotion."""

_ROOM, _LABELLED = 34.0, 0.1
_COLOURS = {"back": WARM, "skip": "#285f94", "loop": GOOD}


def arcs(page: Page, y: float) -> float:
    """Loops above the stages, wide as the share of people; the figure where more than one in ten take the way."""
    j = page.journey
    place = {s.id: i for i, s in enumerate(j.stages)}
    over = [k for k in j.links if k.target and k.target != k.source and k.kind != "next"]
    here = [k for k in j.links if k.kind in ("repeat", "leave") and _share(k) > _LABELLED]
    if not over and not here:
        return y
    foot = y + (_ROOM if over else 0.0)
    farthest = max((abs(place[k.target] - place[k.source]) for k in over), default=1)
    taken: list[tuple[float, float, float]] = []
    for link in sorted(over, key=lambda k: -_share(k)):
        a, b = place[link.source], place[link.target]
        side = 0.12 + 0.05 * (abs(b - a) - 1) if b < a else -0.06
        x1, x2 = (page.left + page.column * (i + 0.5 + s) for i, s in ((a, -side), (b, side)))
        tall = _ROOM * (0.4 + 0.6 * abs(b - a) / farthest) - 6
        steps = [k / 24 for k in range(25)]
        points = tuple((x1 + (x2 - x1) * (3 * t * t - 2 * t**3), foot - tall * 4 * t * (1 - t)) for t in steps)
        colour = _COLOURS.get(link.kind, STRONG)
        dash = () if link.kind == "back" else (4.0, 2.5)
        page.w.sheet.lines.append(Line(points, colour, 0.8 + 7 * _share(link), dash, 0.6, name="arc"))
        tip = ((x2 - 3.5, foot - 6), (x2 + 3.5, foot - 6), (x2, foot - 0.5))
        page.w.sheet.lines.append(Line(tip, colour, filled=True, name="tip"))
        text = f"{_short(page, link)} {number(_share(link), 0, percent=True, lang=page.lang)}"
        wide = page.w.measure.width(text, SMALLEST)
        middle, top = (x1 + x2) / 2, max(y, foot - tall - 6)
        free = all(abs(middle - m) > (wide + v) / 2 + 4 or abs(top - t) > 13 for m, v, t in taken)
        if _share(link) > _LABELLED and free:
            taken.append((middle, wide, top))
            page.w.sheet.boxes.append(Box(middle - wide / 2 - 2, top, wide + 4, 13, fill=PAPER, over=True, name="way"))
            page.w.sheet.blocks.append(Block(middle, top, wide, (text,), text=text, centred=True, name="way"))
    title = page.say("Ways taken", "Переходы")
    page.w.text(title, EDGE + 6, y, page.label - 10, 10.5, bold=True, rows=1, name="lane")
    if over:
        what = page.say("share of those at the stage", "доля бывших на этапе")
        page.w.text(what, EDGE + 6, y + 13, page.label - 10, colour=MUTED, rows=2, name="lane")
    tall = 0.0
    for i, s in enumerate(j.stages):
        said = sorted((k for k in here if k.source == s.id), key=lambda k: -_share(k))
        words = [f"{_short(page, k)} {number(_share(k), 0, percent=True, lang=page.lang)}" for k in said]
        if words:
            x = page.left + i * page.column
            tall = max(tall, page.w.text(" · ".join(words), x + 4, foot, page.column - 8, colour=MUTED, name="way"))
    return foot + tall + 3


def _share(link: Link) -> float:
    return (link.share.value or 0.0) if link.share is not None else 0.0


def _short(page: Page, link: Link) -> str:
    words = {"back": ("back", "назад"), "skip": ("skip", "мимо"), "repeat": ("again", "снова"),
             "leave": ("leave", "уходят")}  # fmt: skip
    return page.say(*words[link.kind]) if link.kind in words else link_title(link.kind, page.lang)


def shown(page: Page, source: str) -> tuple[list[Series], Series | None]:
    """The curves of a picture, at most five, and the one drawn strong."""
    mine = [c for c in series(page.journey, page.lang) if c.source == source]
    strong = next((c for c in mine if c.persona == page.look.persona), mine[0] if mine else None)
    return ([strong, *(c for c in mine if c is not strong)][:5] if strong else []), strong


def curve(page: Page, y: float, tall: float, source: str) -> float:
    """One curve strong with its band, the others thin; n at its points, a voice at its lowest and highest."""
    curves, strong = shown(page, source)
    n, wide = len(page.journey.stages), page.column * len(page.journey.stages)
    w, who = page.w, {p.id: k for k, p in enumerate(page.journey.personas, 1)}
    title = source_title(source, page.lang)

    def level(value: float) -> float:
        return y + 10 + (tall - 24) * (2 - max(-2.0, min(2.0, value))) / 4

    lane_label(page, "", y, tall)
    told = w.text(
        lane_title("emotion", page.lang), EDGE + 6, level(1.45), page.label - 10, 10.5, bold=True, name="lane"
    )
    if tall > 130:
        w.text(title, EDGE + 6, level(1.45) + told, page.label - 10, colour=MUTED, name="lane")
    w.box(page.left, y, wide, tall, fill=PAPER, edge=LINE, name="chart")

    words = {2: page.say("very good", "отлично"), 0: page.say("neutral", "ровно"), -2: page.say("very bad", "ужасно")}
    for v in (-2, -1, 0, 1, 2):
        ends = ((page.left, level(v)), (page.left + wide, level(v)))
        w.sheet.lines.append(Line(ends, STRONG if v == 0 else LINE, 0.7, (3, 3) if v == 0 else ()))
        if v in words and (v or tall > 90):
            text = words[v] + f" {v:+d}".replace("+0", "0").replace("-", "−")
            size = w.measure.width(text, SMALLEST)
            at = min(max(level(v) - 6.5, y + 1), y + tall - 14)
            w.sheet.blocks.append(Block(page.left - 4 - size, at, size, (text,), colour=MUTED, text=text, name="scale"))
    for i in range(1, n):
        x = page.left + i * page.column
        w.sheet.lines.append(Line(((x, y), (x, y + tall)), LINE, 0.7))
    for i in range(n):
        if all(is_gap(c.points[i]) for c in curves):
            w.box(page.left + i * page.column, y, page.column, tall, hatched=True, name="unknown")
    for k, c in reversed([*enumerate(curves)]):
        shift = 0.0 if c is strong else min(0.1 * ((k + 1) // 2), 0.3) * (1 if k % 2 else -1)
        _series(page, c, shift, level, CURVES[who.get(c.persona, 0) % 9], who.get(c.persona, 0), c is strong)
    if strong is not None:
        _figures(page, strong, level)
        _voices(page, curves, strong, level, y, tall)
    return y + tall


def _series(page: Page, c: Series, shift: float, level: Level, colour: str, who: int, strong: bool) -> None:
    lines, marks = page.w.sheet.lines, page.w.sheet.marks
    alpha = 1.0 if strong else 0.4

    def x(i: int) -> float:
        return page.left + page.column * (i + 0.5 + shift)

    for run in c.runs():
        held = [(i, p.estimate) for i, p in run]
        limits = [(x(i), e.low, e.high) for i, e in held if e.low is not None and e.high is not None]
        if strong and len(limits) == len(run) > 1:
            area = [(at, level(high)) for at, _, high in limits] + [(at, level(low)) for at, low, _ in limits[::-1]]
            lines.append(Line(tuple(area), colour, filled=True, alpha=0.13, name="band"))
        for at, low, high in limits:
            lines.append(Line(((at, level(low)), (at, level(high))), colour, 1.2, alpha=0.6 * alpha, name="interval"))
        if len(run) > 1:
            points = tuple((x(i), level(e.value or 0.0)) for i, e in held)
            dash = (4.0, 3.0) if c.assumed else ()
            lines.append(Line(points, colour, 2.2 if strong else 1.4, dash, alpha, name="curve"))
        for i, e in held:
            size = 8.0 if strong else 6.5
            marks.append(Mark(x(i), level(e.value or 0.0), who, colour, e.n < SMALL_N, size, alpha, "point"))


def _figures(page: Page, strong: Series, level: Level) -> None:
    """The value of each point of the strong curve with its n, under the point."""
    for i, p in enumerate(strong.points):
        if p is None or is_gap(p) or p.estimate.value is None:
            continue
        e, n = p.estimate, ""
        value = number(e.value, 1, lang=page.lang)
        if e.n and page.column > 90:
            n = f", n = {number(e.n, 0, lang=page.lang)}"
        text = marked(p) + value + n
        under = level(e.low if e.low is not None else e.value or 0.0) + 5
        x = page.left + page.column * (i + 0.5)
        wide = page.w.measure.width(text, SMALLEST)
        page.w.sheet.blocks.append(Block(x, under, wide, (text,), centred=True, text=text, name="figure", colour=INK))


def _voices(page: Page, curves: list[Series], strong: Series, level: Level, y: float, tall: float) -> None:
    """A quote at the lowest and at the highest point, on the free side, where there is room for it."""
    told, place = story(page.journey, page.look.persona), {s.id: i for i, s in enumerate(page.journey.stages)}
    of = next((p.participants for p in page.journey.personas if p.id == page.look.persona), ())
    wide = min(max(page.column - 10, 150.0), 230.0)
    for point in (told.weakest, told.best):
        said = why(page.journey, point, of) if point is not None else None
        if point is None or said is None or point.source != strong.source:
            continue
        low, i = (point.estimate.value or 0.0) < 0, place[point.stage]
        middle = page.left + page.column * (i + 0.5)
        left = min(max(middle - wide / 2, page.left + 3), page.left + page.column * len(place) - wide - 3)
        near = range(max(0, int((left - page.left) / page.column)),
                     min(len(place), int((left + wide - page.left) / page.column) + 1))  # fmt: skip
        held = [p.estimate for c in curves for k in near if (p := c.points[k]) is not None and not is_gap(p)]
        ys = [level(v) for e in held for v in (e.low, e.high, e.value) if v is not None]
        free = min(ys) - y - 8 if low else y + tall - max(ys) - 22
        lines = page.w.broken(spoken(said, page.lang, 110), wide - 12, SMALLEST, 3)
        height = len(lines) * SMALLEST * LEADING + 5
        if height > free:
            continue
        top = y + 3 if low else y + tall - height - 3
        ends = ((middle, top + height), (middle, level(point.estimate.value or 0.0) - 4))
        if not low:
            ends = ((middle, level(point.estimate.value or 0.0) + 20), (middle, top))
        page.w.sheet.lines.append(Line(ends, STRONG, 0.8, name="lead"))
        page.w.sheet.boxes.append(Box(left, top, wide, height, PAPER, LINE, over=True, name="says"))
        page.w.sheet.boxes.append(Box(left, top, 2.4, height, WARM if low else GOOD, over=True, name="accent"))
        page.w.sheet.blocks.append(
            Block(left + 8, top + 2, wide - 12, lines, italic=True, name="says", text=spoken(said, page.lang, 110))
        )
