"""The map laid out on paper: boxes and lines of text with sizes, before anybody draws them.

Pictures and slides are drawn from the same sheet, so what fits in one fits in the other. Lengths are in points
(1/72 inch), y runs downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cjmkit.core.journey import Action, Journey
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, Touchpoint, lane_title
from cjmkit.core.words import SMALL_N, link_title, phase_title, status_title
from cjmkit.i18n import count, current_language, number, say
from cjmkit.view.fonts import Measure
from cjmkit.view.lanes import (
    Series,
    action_figures,
    actions_for,
    coverage,
    figure_text,
    hidden_notes,
    is_share,
    items,
    lane_gap,
    phase_runs,
    series,
    share,
    shown_lanes,
)

__all__ = ["Block", "Box", "Chart", "Sheet", "lay_out"]

INK, MUTED, LINE, STRONG, PAPER, SUNK = "#1c2331", "#586174", "#dedcd3", "#8b90a0", "#ffffff", "#faf9f6"
WARM, STAR, GOOD = "#a8391a", "#8a5a00", "#24693f"
PHASE_FILL = {"before": "#e6edf6", "during": "#e4efe7", "after": "#f5ebdb", None: "#efeee9"}
CURVES = ("#0067a5", "#b34a00", "#00795a", "#a3457d", "#7a5c00", "#2b6f97", "#5d5d5d", "#6f5416")

_COLUMN, _LABEL, _PAD, _GAP = 158.0, 92.0, 7.0, 5.0
_LEADING = 1.3


@dataclass(frozen=True)
class Box:
    """A rectangle; ``dashed`` and ``hatched`` mark what nobody has observed."""

    x: float
    y: float
    w: float
    h: float
    fill: str = ""
    edge: str = ""
    dashed: bool = False
    hatched: bool = False
    width: float = 0.7
    name: str = ""


@dataclass(frozen=True)
class Block:
    """Lines of text from (x, y), the upper left corner; already broken to fit `w`."""

    x: float
    y: float
    w: float
    lines: tuple[str, ...]
    size: float = 8.0
    bold: bool = False
    italic: bool = False
    colour: str = INK
    name: str = ""
    text: str = ""

    @property
    def h(self) -> float:
        """Height of the block."""
        return len(self.lines) * self.size * _LEADING

    def baseline(self, k: int) -> float:
        """Where line `k` stands."""
        return self.y + (k + 0.5) * self.size * _LEADING + 0.36 * self.size


@dataclass(frozen=True)
class Chart:
    """Where the emotion curves are drawn."""

    x: float
    y: float
    w: float
    h: float
    curves: tuple[Series, ...]

    def at(self, stage: int, k: int) -> float:
        """Horizontal place of a point: curves stand beside each other, so that none hides another."""
        of = len(self.curves[k].points)
        spread = 0.0 if len(self.curves) < 2 else 0.56 * (k / (len(self.curves) - 1) - 0.5)
        return self.x + self.w * (stage + 0.5 + spread) / of

    def level(self, value: float) -> float:
        """Vertical place of an emotion between −2 and 2."""
        return self.y + 14 + (self.h - 34) * (2 - value) / 4


@dataclass
class Sheet:
    """Everything on one sheet of paper."""

    width: float
    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


class _Writer:
    """Puts things on a sheet and remembers how far down it got."""

    def __init__(self, measure: Measure, sheet: Sheet) -> None:
        self.measure, self.sheet = measure, sheet

    def text(self, text: str, x: float, y: float, w: float, size: float = 8.0, **style: object) -> float:
        """Write wrapped text; return its height."""
        lines = self.measure.wrap(text, w, size, bold=bool(style.get("bold")))
        block = Block(x, y, w, lines, size, text=text, **style)  # type: ignore[arg-type]
        self.sheet.blocks.append(block)
        return block.h

    def box(self, *args: float, **style: object) -> None:
        self.sheet.boxes.append(Box(*args, **style))  # type: ignore[arg-type]


def lay_out(
    journey: Journey,
    *,
    lang: str | None = None,
    blueprint: bool = True,
    stages: tuple[int, int] | None = None,
    heading: bool = True,
    measure: Measure | None = None,
) -> Sheet:
    """Lay a journey out on a sheet that is as large as it needs to be.

    Parameters
    ----------
    journey : Journey
        The map.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.
    blueprint : bool
        Also the lanes of a service blueprint.
    stages : (int, int), optional
        Only these columns, half-open.
    heading : bool
        Title, facts and persona above the table.
    measure : Measure, optional
        How wide text is.

    Returns
    -------
    Sheet
        Boxes, blocks of text and charts.
    """
    lang = current_language(lang or journey.language)
    first, last = stages or (0, len(journey.stages))
    n = last - first
    width = _LABEL + max(3, n) * _COLUMN
    measure = measure or Measure()
    sheet = Sheet(width)
    w = _Writer(measure, sheet)
    y = _heading(w, journey, lang, width) if heading else 0.0
    column = (width - _LABEL) / max(1, n)
    y = _head(w, journey, lang, y, first, last, column)
    curves = tuple(series(journey, lang))
    for lane in shown_lanes(journey, blueprint=blueprint):
        if gap := lane_gap(journey, lane, lang):
            y = _gap(w, lane, gap, lang, y, width)
        elif lane == "emotion":
            y = _emotion(w, journey, curves, lang, y, first, last, column)
        else:
            y = _row(w, journey, lane, lang, y, first, last, column)
    if journey.links:
        y = _links(w, journey, lang, y, first, last, column)
    y += w.text(_legend(journey, curves, lang, blueprint), 0, y + 8, width, 7, colour=MUTED, name="legend") + 8
    sheet.height = y + 2
    sheet.missing = measure.missing
    return sheet


def _heading(w: _Writer, j: Journey, lang: str, width: float) -> float:
    y = w.text(j.title, 0, 0, width, 17, bold=True, name="title")
    if j.scenario:
        y += w.text(j.scenario, 0, y + 2, width, 9.5, colour=MUTED) + 2
    cited, notes = coverage(j)
    facts = []
    if notes:
        facts.append(
            say(en=f"{cited} of {notes} notes rest on evidence", ru=f"с основаниями {cited} из {notes}", lang=lang)
        )
    if j.agreement is not None:
        facts.append(say(en="coders agree ", ru="согласие кодировщиков ", lang=lang) + j.agreement.text(2, lang=lang))
    facts += [x for x in (j.wave, j.date.isoformat() if j.date else "", j.framework) if x]
    if facts:
        y += w.text(" · ".join(facts), 0, y + 3, width, 8, colour=MUTED) + 3
    if gap := lane_gap(j, "personas", lang):
        y += w.text(gap, 0, y + 3, width, 8, italic=True, colour=MUTED, name="gap") + 3
    y += 8
    if j.personas:
        several = len(j.personas)
        per_row = min(several, 3)
        card = (width - (per_row - 1) * 8) / per_row
        for start in range(0, several, per_row):
            row = j.personas[start : start + per_row]
            placed = [_persona(w, p, lang, k * (card + 8), y, card) for k, p in enumerate(row)]
            tallest = max(placed)
            for k in range(len(placed)):
                w.box(k * (card + 8), y, card, tallest, fill=PAPER, edge=LINE, name="persona")
            y += tallest + 8
    return y


def _persona(w: _Writer, p: Persona, lang: str, x: float, y: float, card: float) -> float:
    inner = card - 2 * _PAD
    top = y
    y += _PAD
    y += w.text(p.name, x + _PAD, y, inner, 11, bold=True, name="persona")
    verdict = f"{status_title(p.verdict.status, lang)}: {p.verdict.text(lang)}"
    if p.share is not None:
        verdict += " · " + say(en="share ", ru="доля ", lang=lang) + share(p.share, lang)
    y += w.text(verdict, x + _PAD, y, inner, 7.5, colour=MUTED, name="verdict")
    if p.description:
        y += w.text(p.description, x + _PAD, y + 2, inner, 8.5) + 2
    groups = (
        (say(en="What sets them apart", ru="Чем отличается", lang=lang), p.traits),
        (lane_title("goals", lang), p.goals),
        (lane_title("expectations", lang), p.expectations),
        (lane_title("barriers", lang), p.barriers),
    )
    for title, notes in groups:
        if notes:
            y += w.text(title, x + _PAD, y + 3, inner, 7.5, bold=True, colour=MUTED) + 3
            for note in notes:
                y += w.text(f"• {note.text} {_mark(note, lang)}", x + _PAD, y, inner, 8)
    for q in p.quotes:
        y += w.text(q.label(lang), x + _PAD, y + 3, inner, 8, italic=True) + 3
    return y + _PAD - top


def _mark(item: Note | Touchpoint | Action, lang: str) -> str:
    if not item.evidence:
        return "(" + say(en="assumption", ru="предположение", lang=lang) + ")"
    words = count(
        len(item.evidence), en=("evidence", "evidence"), ru=("основание", "основания", "оснований"), lang=lang
    )
    return f"({words})"


def _head(w: _Writer, j: Journey, lang: str, y: float, first: int, last: int, column: float) -> float:
    if first == last:
        empty = say(en="This journey has no stages yet.", ru="В этом пути пока нет этапов.", lang=lang)
        return y + w.text(empty, 0, y, w.sheet.width, 9)
    at = 0
    for phase, span in phase_runs(j):
        left, right = max(at, first), min(at + span, last)
        at += span
        if right <= left:
            continue
        x = _LABEL + (left - first) * column
        w.box(x, y, (right - left) * column, 13, fill=PHASE_FILL[phase], edge=LINE, name="phase")
        if phase:
            w.text(
                phase_title(phase, lang).upper(), x + _PAD, y + 2, (right - left) * column - 2 * _PAD, 6.5, bold=True
            )
    if phase_runs(j):
        y += 13
    heights = []
    for i in range(first, last):
        s = j.stages[i]
        x = _LABEL + (i - first) * column
        h = _PAD + w.text(f"{i + 1}  {s.title}", x + _PAD, y + _PAD, column - 2 * _PAD, 10.5, bold=True, name="stage")
        if s.description:
            h += w.text(s.description, x + _PAD, y + h + 1, column - 2 * _PAD, 7.5, colour=MUTED) + 1
        if s.optional:
            word = say(en="optional", ru="необязательный", lang=lang)
            h += w.text(word, x + _PAD, y + h + 1, column - 2 * _PAD, 7, italic=True, colour=MUTED) + 1
        heights.append(h + _PAD)
    tall = max(heights)
    for i in range(last - first):
        w.box(_LABEL + i * column, y, column, tall, fill=PAPER, edge=LINE, name="head")
    w.box(0, y, _LABEL, tall, fill=PAPER, edge=LINE, name="corner")
    return y + tall


def _lane(w: _Writer, title: str, y: float, h: float, extra: list[tuple[str, str]] | None = None) -> float:
    """The label of a row; returns how high it needs to be."""
    used = _PAD + w.text(title, _PAD, y + _PAD, _LABEL - 2 * _PAD, 8.5, bold=True, name="lane")
    for text, colour in extra or []:
        used += w.text(text, _PAD, y + used + 2, _LABEL - 2 * _PAD, 7, colour=colour) + 2
    return max(h, used + _PAD)


def _grid(w: _Writer, y: float, h: float, columns: int, column: float) -> None:
    w.box(0, y, _LABEL, h, fill=SUNK, edge=LINE, name="lane")
    for i in range(columns):
        w.box(_LABEL + i * column, y, column, h, fill=PAPER, edge=LINE, name="cell")


def _gap(w: _Writer, lane: str, gap: str, lang: str, y: float, width: float) -> float:
    """A lane that is empty for a known reason: the reason across all stages, in a dashed box."""
    inner = width - _LABEL - 4 * _GAP
    tall = w.text(gap, _LABEL + 2 * _GAP, y + 2 * _GAP, inner, 8, italic=True, colour=MUTED, name="gap") + 4 * _GAP
    tall = _lane(w, lane_title(lane, lang), y, tall)
    w.box(_LABEL + _GAP, y + _GAP, width - _LABEL - 2 * _GAP, tall - 2 * _GAP, edge=STRONG, dashed=True, name="gap")
    return y + tall


def _row(w: _Writer, j: Journey, lane: str, lang: str, y: float, first: int, last: int, column: float) -> float:
    tall = 0.0
    # The grid lies under its cards: their boxes are collected first, and put on the sheet after it.
    kept = w.sheet.boxes
    w.sheet.boxes = []
    for i in range(first, last):
        x, at = _LABEL + (i - first) * column + _GAP, y + _GAP
        for item in items(j, j.stages[i], lane):
            at += _card(w, j, item, lane, lang, x, at, column - 2 * _GAP) + _GAP
        tall = max(tall, at - y)
    tall = _lane(w, lane_title(lane, lang), y, tall)
    cards, w.sheet.boxes = w.sheet.boxes, kept
    _grid(w, y, tall, last - first, column)
    w.sheet.boxes += cards
    return y + tall


def _card(
    w: _Writer, j: Journey, item: Note | Touchpoint | Action, lane: str, lang: str, x: float, y: float, width: float
) -> float:
    inner, left = width - 2 * _GAP - 2, x + _GAP + 1
    at = y + 4
    names = {p.id: p.name for p in j.personas}
    meta: list[str] = []
    if isinstance(item, Touchpoint):
        title = ("★ " if item.moment_of_truth else "") + item.name
        at += w.text(title, left, at, inner, 8, bold=True, name="note")
        nobody = say(en="nobody yet", ru="пока никто", lang=lang)
        meta += [item.channel] if item.channel else []
        meta.append(say(en="owner: ", ru="отвечает: ", lang=lang) + (item.owner or nobody))
        meta += [item.service_level] if item.service_level else []
    elif isinstance(item, Action):
        at += w.text(item.title, left, at, inner, 8, name="note")
        nobody = say(en="nobody yet", ru="пока никто", lang=lang)
        meta.append(say(en="owner: ", ru="отвечает: ", lang=lang) + (item.owner or nobody))
        meta += action_figures(item, lang)
    else:
        at += w.text(item.text, left, at, inner, 8, name="note")
    bar = None
    if not isinstance(item, Action):
        if item.estimate is not None:
            meta.append(figure_text(item.estimate, as_share=lane == "barriers", lang=lang))
            if lane == "barriers" and is_share(item.estimate):
                bar = item.estimate
        if item.persona and len(names) > 1:
            meta.append(names.get(item.persona, item.persona))
    if bar is not None:
        at += 3
        bar_at = at
        at += 7
    meta.append(_mark(item, lang))
    at += w.text(" · ".join(meta), left, at + 1, inner, 6.5, colour=MUTED, name="meta") + 1
    if lane == "barriers":
        for action in actions_for(j).get(item.id, []):
            owner = f" ({action.owner})" if action.owner else ""
            at += w.text(f"→ {action.title}{owner}", left, at + 1, inner, 7, colour=GOOD, name="fix") + 1
    h = at + 4 - y
    assumed = not item.evidence
    w.box(
        x, y, width, h, fill=PAPER, edge=STRONG if assumed else LINE, dashed=assumed, hatched=assumed, name="card",
        width=0.9 if assumed else 0.7,
    )  # fmt: skip
    if lane == "barriers":
        w.box(x, y, 2.2, h, fill=WARM, name="accent")
    if bar is not None and bar.value is not None:
        w.box(left, bar_at, inner, 4, fill=LINE, name="track")
        w.box(left, bar_at, max(0.1, inner * bar.value), 4, fill=WARM, name="bar")
        if bar.low is not None and bar.high is not None:
            reach = max(0.1, inner * (bar.high - bar.low))
            w.box(left + inner * bar.low, bar_at + 1.6, reach, 0.8, fill=INK, name="interval")
    return h


def _emotion(
    w: _Writer, j: Journey, curves: tuple[Series, ...], lang: str, y: float, first: int, last: int, column: float
) -> float:
    part = tuple(Series(c.persona, c.source, c.label, c.points[first:last]) for c in curves)
    title = lane_title("emotion", lang)
    note = say(
        en="mean of people, −2 to 2, with its interval",
        ru="среднее по людям, от −2 до 2, с интервалом",
        lang=lang,
    )
    extra = [(note, MUTED)] + [(f"{SHAPES[k % 8]} {c.label}", CURVES[k % 8]) for k, c in enumerate(curves)]
    kept, w.sheet.boxes = w.sheet.boxes, []
    tall = _lane(w, title, y, 130, extra)
    w.sheet.boxes = kept
    _grid(w, y, tall, last - first, column)
    w.sheet.charts.append(Chart(_LABEL, y, column * (last - first), tall, part))
    return _figures(w, j, part, lang, y + tall, column)


SHAPES = "●■▲◆▼✚✖★"


def _figures(w: _Writer, j: Journey, part: tuple[Series, ...], lang: str, y: float, column: float) -> float:
    """The curve's figures in words under it."""
    columns = len(part[0].points)
    tall = 0.0
    for i in range(columns):
        at = y + _GAP
        for k, c in enumerate(part):
            p = c.points[i]
            if p is None or p.estimate.value is None:
                text = say(en="no data", ru="нет данных", lang=lang)
            else:
                e = p.estimate
                text = number(e.value, 1, lang=lang)
                if e.low is not None and e.high is not None:
                    text += f" [{number(e.low, 1, lang=lang)}; {number(e.high, 1, lang=lang)}]"
                text += f", n = {e.n}" if e.n else ""
                if c.assumed:
                    text += " · " + say(en="assumption", ru="предположение", lang=lang)
                elif e.n < SMALL_N:
                    text += " · " + say(en="few people", ru="мало людей", lang=lang)
            x = _LABEL + i * column + _GAP
            at += w.text(f"{SHAPES[k % 8]} {text}", x, at, column - 2 * _GAP, 7, colour=CURVES[k % 8], name="figure")
        tall = max(tall, at + _GAP - y)
    kept, w.sheet.boxes = w.sheet.boxes, []
    tall = _lane(w, say(en="Emotion, figures", ru="Эмоции, числа", lang=lang), y, tall)
    w.sheet.boxes = kept
    _grid(w, y, tall, columns, column)
    return y + tall


def _links(w: _Writer, j: Journey, lang: str, y: float, first: int, last: int, column: float) -> float:
    titles = {s.id: s.title for s in j.stages}
    tall = 0.0
    for i in range(first, last):
        at = y + _GAP
        for link in j.links:
            if link.source != j.stages[i].id:
                continue
            text = link_title(link.kind, lang)
            text += f" → {titles[link.target]}" if link.target and link.target != link.source else ""
            text += f", {share(link.share, lang)}" if link.share is not None else ""
            text += f" ({link.label})" if link.label else ""
            at += w.text(text, _LABEL + (i - first) * column + _GAP, at, column - 2 * _GAP, 7.5, name="link") + 2
        tall = max(tall, at + _GAP - y)
    tall = _lane(w, say(en="Ways taken", ru="Переходы", lang=lang), y, tall)
    _grid(w, y, tall, last - first, column)
    return y + tall


def _legend(j: Journey, curves: tuple[Series, ...], lang: str, blueprint: bool) -> str:
    out = [
        say(
            en="dashed and hatched: an assumption that nobody has observed",
            ru="пунктир и штриховка: предположение, которого никто не наблюдал",
            lang=lang,
        )
    ]
    if any(t.moment_of_truth for s in j.stages for t in s.touchpoints):
        out.append(say(en="★ moment of truth", ru="★ момент истины", lang=lang))
    if curves:
        out.append(
            say(
                en=f"hollow mark: fewer than {SMALL_N} people; band: interval; broken line: no data; dashes: a belief",
                ru=f"пустой знак: меньше {SMALL_N} человек; полоса: интервал; разрыв: нет данных; пунктир: мнение",
                lang=lang,
            )
        )
    hidden = hidden_notes(j, blueprint=blueprint)
    if hidden:
        out.append(
            say(en=f"not shown: {hidden} blueprint notes", ru=f"не показано на схеме сервиса: {hidden}", lang=lang)
        )
    return ". ".join(x[0].upper() + x[1:] for x in out)
