"""The map laid out as a picture: the first screen of the page, then the lanes, for a slide, a poster or any height."""

from __future__ import annotations

from cjmkit.core.journey import Journey
from cjmkit.core.stage import lane_title
from cjmkit.core.words import phase_title
from cjmkit.errors import one_of
from cjmkit.i18n import count, current_language, number
from cjmkit.view._course import arcs, curve
from cjmkit.view._paper import COLUMN, EDGE, LABEL, SIZES, Look, Page
from cjmkit.view._rows import Row, place, row_of
from cjmkit.view.fonts import Measure
from cjmkit.view.lanes import BLUEPRINT, LANE_ORDER, PAGE_ORDER, day, lane_gap, phase_runs, shown_lanes
from cjmkit.view.marks import mark_notes
from cjmkit.view.sheet import (
    CURVES,
    GOOD,
    LEADING,
    LINE,
    MUTED,
    PAPER,
    PHASE_FILL,
    SMALLEST,
    STAR,
    STRONG,
    WARM,
    Mark,
    Sheet,
    Writer,
)
from cjmkit.view.story import asked, headline, main_source, suggested, tiles

__all__ = ["lay_out"]

_PAD = 7.0

_ACCENTS = {"low": WARM, "why": STAR, "act": GOOD}


def lay_out(journey: Journey, look: Look | None = None, *, lang: str | None = None) -> Sheet:
    """Lay a journey out on a sheet: of the size that was asked for, or as large as it needs to be.

    On a sheet of given size the lanes share what is left under the curve: each shows its first notes, and the foot says
    how many are left out.

    Parameters
    ----------
    journey : Journey
        The map.
    look : Look, optional
        Size, lanes, whose journey.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.

    Returns
    -------
    Sheet
        Boxes, text, lines and marks.

    Examples
    --------
    >>> import cjmkit as cj
    >>> sheet = lay_out(cj.Journey.from_framework("aida", title="Tea"), Look(size="16:9"))
    >>> sheet.width, sheet.height, min(b.size for b in sheet.blocks)
    (960.0, 540.0, 10.0)
    """
    look, lang = look or Look(), current_language(lang or journey.language)
    if look.size is not None:
        one_of(look.size, SIZES, what="size")
    if look.persona:
        one_of(look.persona, [p.id for p in journey.personas], what="persona")
    sheet = _sheet(journey, look, lang, with_tiles=True)
    wanted = any(s.barriers for s in journey.stages) and (look.lanes is None or "barriers" in look.lanes)
    if look.size and wanted and not any(b.name == "barrier" for b in sheet.boxes):
        # The sentence says what the tiles say; what stands in the way has to be on the picture.
        return _sheet(journey, look, lang, with_tiles=False)
    return sheet


def _sheet(journey: Journey, look: Look, lang: str, *, with_tiles: bool) -> Sheet:
    n = max(1, len(journey.stages))
    width, height, scale = SIZES[look.size] if look.size else (2 * EDGE + LABEL + max(4, n) * COLUMN, 0.0, 1.0)
    label = LABEL if look.size != "16:9" else 88.0
    w = Writer(Measure(), Sheet(width, height, scale))
    page = Page(journey, lang, look, w, width, label, (width - 2 * EDGE - label) / n, height > 0)
    y = _heading(page, EDGE)
    y = _people(page, _tiles(page, y) if with_tiles else y)
    if not journey.stages:
        empty = page.say("This journey has no stages yet.", "В этом пути пока нет этапов.")
        y += w.text(empty, EDGE, y + 8, width - 2 * EDGE, 12) + 8
    else:
        y = _table(page, _head(page, arcs(page, y)), height)
    w.sheet.height = height or y + EDGE
    w.sheet.missing = w.measure.missing
    return w.sheet


def _heading(page: Page, y: float) -> float:
    j, inner = page.journey, page.width - 2 * EDGE
    said = page.look.headline or headline(j, page.lang)
    # A sheet has two lines for its sentence: a long one is set smaller before it is cut.
    fits = (b for b in (20.0, 18.0, 16.0, 14.5) if len(page.w.broken(said or j.title, inner, b, bold=True)) <= 2)
    big = next(fits, 14.5) if page.tight else 20.0
    facts = asked(j, page.lang)
    facts += [page.say(f"wave {j.wave}", f"волна {j.wave}")] if j.wave else []
    facts += [day(j.date, page.lang)] if j.date else []
    if said:
        name = f"{j.title}. {j.scenario}" if j.scenario and page.look.size == "16:9" else j.title
        y += page.w.text(name, EDGE, y, inner, 12, bold=True, colour=MUTED, name="title", rows=page.tight * 1)
    y += page.w.text(said or j.title, EDGE, y + 1, inner, big, bold=True, name="headline", rows=page.tight * 2) + 1
    if j.scenario and page.look.size != "16:9":
        y += page.w.text(j.scenario, EDGE, y + 2, inner, 11, rows=page.tight * 1, name="scenario") + 2
    if facts:
        y += page.w.text(" · ".join(facts), EDGE, y + 1, inner, colour=MUTED, name="facts") + 1
    return y + 7


def _tiles(page: Page, y: float) -> float:
    if not page.journey.stages:
        return y
    gap, tall = 9.0, 0.0
    wide = (page.width - 2 * EDGE - 2 * gap) / 3
    slide = page.look.size == "16:9"
    found = tiles(page.journey, page.lang, page.look.persona)
    for k, t in enumerate(found):
        x, inner, at = EDGE + k * (wide + gap) + 9, wide - 18, y + 8
        at += page.w.text(t.name.upper(), x, at, inner, bold=True, colour=MUTED, name="tile")
        at += page.w.text(
            t.text, x, at, inner, 13 if page.look.size != "16:9" else 12, bold=True, rows=page.tight * 2, name="tile"
        )
        if t.figure:
            at += page.w.text(t.figure, x, at, inner, colour=MUTED, rows=page.tight * 2, name="tile")
        if t.quote and not slide:  # on a slide the curve has the voices
            at += page.w.text(t.quote, x, at, inner, italic=True, rows=page.tight * 2, name="tile")
        tall = max(tall, at + 6 - y)
    for k, t in enumerate(found):
        x = EDGE + k * (wide + gap)
        page.w.box(x, y, wide, tall, fill=PAPER, edge=LINE, name="tile", dashed=not t.target)
        page.w.box(x, y, wide, 3, fill=_ACCENTS[t.kind], name="accent")
    return y + tall + 7


def _people(page: Page, y: float) -> float:
    """Whose curves are drawn: mark, name, share; and where the curve comes from."""
    j, x = page.journey, EDGE
    if gap := lane_gap(j, "personas", page.lang):
        y += page.w.text(gap, EDGE, y, page.width - 2 * EDGE, italic=True, colour=MUTED, name="gap")
    if not j.personas:
        return y
    everybody = [("", page.say("Everybody", "Все"), None)] if len(j.personas) > 1 else []
    for id, name, share in [*everybody, *((p.id, p.name, p.share) for p in j.personas)]:
        who = [p.id for p in j.personas].index(id) + 1 if id else 0
        figure = f"  {number(share.value, 0, percent=True, lang=page.lang)}" if share is not None else ""
        text = name + figure
        strong = id == page.look.persona or len(j.personas) == 1
        wide = min(page.w.measure.width(text, SMALLEST, bold=strong) * 1.02 + 26, page.width - 2 * EDGE)
        if x + wide > page.width - EDGE and x > EDGE:
            x, y = EDGE, y + 15
        page.w.sheet.marks.append(Mark(x + 5, y + 7, who, CURVES[who % 9], name="key"))
        page.w.text(text, x + 13, y + 1, wide - 13, bold=strong, rows=1, name="key")
        x += wide + 4
    return y + 18


def _head(page: Page, y: float) -> float:
    """Phases and the header of stages."""
    j, w, at = page.journey, page.w, 0
    runs = phase_runs(j)
    for phase, span in runs:
        x, wide = page.left + at * page.column, span * page.column
        at += span
        w.box(x, y, wide, 15, fill=PHASE_FILL[phase], edge=LINE, name="phase")
        if phase:
            title = phase_title(phase, page.lang).upper()
            w.text(title, x + _PAD, y + 1, wide - 2 * _PAD, bold=True, rows=1, name="phase")
    y += 15 if runs else 0
    size = 12.0 if page.column > 110 else SMALLEST
    pad, tall = min(_PAD, page.column * 0.05), 0.0
    for i, s in enumerate(j.stages):
        x, h = page.left + i * page.column + pad, 4.0
        h += w.text(f"{i + 1}  {s.title}", x, y + h, page.column - 2 * pad, size, bold=True, name="stage")
        if s.description and not page.tight:
            h += w.text(s.description, x, y + h, page.column - 2 * pad, colour=MUTED, name="stage")
        if s.optional:
            h += w.text(page.say("optional", "необязательный"), x, y + h, page.column - 2 * pad, italic=True, rows=1,
                        colour=MUTED)  # fmt: skip
        tall = max(tall, h + 4)
    for i in range(len(j.stages)):
        w.box(page.left + i * page.column, y, page.column, tall, fill=PAPER, edge=LINE, name="head")
    w.box(page.left, y + tall - 1, page.column * len(j.stages), 1.2, fill=STRONG, name="rule")
    return y + tall


def _lanes(page: Page) -> list[str]:
    known = shown_lanes(page.journey, blueprint=True)
    if page.look.lanes is None:
        return [k for k in PAGE_ORDER if k in known and (page.look.blueprint or k not in BLUEPRINT)]
    for lane in page.look.lanes:
        one_of(lane, LANE_ORDER, what="lane")
    return [k for k in page.look.lanes if k in known]


def _table(page: Page, y: float, height: float) -> float:
    """The curve and the lanes; on a sheet of given size, as many notes as fit."""
    j, lanes = page.journey, _lanes(page)
    drawn = "emotion" in lanes and not lane_gap(j, "emotion", page.lang)
    folded = suggested(j)
    if all(item.id in folded and not item.evidence for *_, item in j.cells()):
        folded = frozenset()  # a map of nothing but suggestions shows them
    rows = [row for lane in lanes if lane != "emotion" or not drawn for row in [row_of(page, lane, folded)] if row]
    notes = sum(len(cell) for row in rows for cell in row.cells)
    least, foot = (112.0 if page.look.size == "16:9" else 180.0), 0.0
    if height:
        foot = 2 * SMALLEST * LEADING + 8
        room = height - EDGE - foot - y - (least if drawn else 0.0)
        first = ["barriers", "touchpoints"] if page.look.lanes is None else []
        rows = _fitted(sorted(rows, key=lambda r: first.index(r.lane) if r.lane in first else 9), room)
        used = sum(r.height for r in rows)
        tall = least + max(0.0, min(room - used, 0.22 * height)) if drawn else 0.0
    else:
        tall = 240.0
    order = [lane for lane in lanes if lane == "emotion" and drawn] + [r.lane for r in rows]
    done = {r.lane: r for r in rows}
    for lane in sorted(order, key=lanes.index):
        y = place(page, done[lane], y) if lane in done else curve(page, y, tall, main_source(j))
    shown = sum(min(len(cell), row.most) for row in rows for cell in row.cells)
    return _foot(page, y + 6, notes - shown, [k for k in lanes if k not in order], len(folded), drawn)


def _fitted(rows: list[Row], room: float) -> list[Row]:
    """One note a cell in as many lanes as there is room for, then one more in each lane in turn."""
    chosen: list[Row] = []
    for row in rows:
        row.most = 1
        if sum(r.height for r in chosen) + row.height <= room:
            chosen.append(row)
    grown = True
    while grown:
        grown = False
        for row in chosen:
            if row.most >= row.deepest:
                continue
            row.most += 1
            if sum(r.height for r in chosen) <= room:
                grown = True
            else:
                row.most -= 1
    return chosen


def _foot(page: Page, y: float, left_out: int, lanes: list[str], folded: int, drawn: bool) -> float:
    out = [page.say("dashed and hatched: an assumption", "пунктир и штриховка: предположение")]
    if drawn:
        out.append(
            page.say(
                "curve: mean of people, −2 to 2, band: 95% interval, hollow: fewer than 10 people, gap: fewer than 3",
                "кривая: среднее по людям от −2 до 2, полоса: интервал 95 %, пустой знак: меньше 10 человек, "
                "разрыв: меньше 3",
            )
        )
    shown = [i for *_, i in page.journey.cells()]
    out += mark_notes([*(page.journey.emotion if drawn else ()), *shown], page.lang)
    if any(t.moment_of_truth for s in page.journey.stages for t in s.touchpoints):
        out.append(page.say("★ moment of truth", "★ момент истины"))
    if folded:
        out.append(page.say(f"{folded} suggestions of the stage model folded", f"подсказки модели скрыты: {folded}"))
    if left_out > 0:
        more = count(left_out, en=("more note", "more notes"), ru=("запись", "записи", "записей"), lang=page.lang)
        out.append(page.say(f"{more} on the page", f"ещё {more} на странице"))
    if lanes:
        names = ", ".join(lane_title(k, page.lang) for k in lanes)
        out.append(page.say(f"lanes not shown: {names}", f"дорожки не показаны: {names}"))
    hidden = sum(len(s.lane(k)) for s in page.journey.stages for k in BLUEPRINT)
    if hidden and not page.look.blueprint and page.look.lanes is None:
        out.append(page.say(f"not shown: {hidden} blueprint notes", f"не показано на схеме сервиса: {hidden}"))
    text = " · ".join(x[0].upper() + x[1:] for x in out)
    rows = 2 if page.tight else 0
    return y + page.w.text(text, EDGE, y, page.width - 2 * EDGE, colour=MUTED, name="legend", rows=rows)
