"""The lanes of a picture: notes, touchpoints and actions as cards that know how tall they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cjmkit.core.estimate import Estimate
from cjmkit.core.journey import Action
from cjmkit.core.stage import Note, Touchpoint, lane_title
from cjmkit.view._paper import Page, lane_label
from cjmkit.view.lanes import action_figures, actions_for, figure_text, is_share, items, lane_gap
from cjmkit.view.marks import marked
from cjmkit.view.sheet import GOOD, INK, LEADING, LINE, MUTED, PAPER, SMALLEST, STRONG, WARM, Block
from cjmkit.view.story import by_share, in_order, spoken, voice

__all__ = ["Card", "Row", "place", "row_of"]

_GAP, _IN, _MORE = 4.0, 6.0, 14.0


@dataclass(frozen=True)
class Card:
    """A note with its lines already broken: what it says, its figure, perhaps a bar, a voice, an action."""

    texts: tuple[Block, ...]
    height: float
    assumed: bool
    barrier: bool
    bar: Estimate | None = None
    bar_at: float = 0.0


@dataclass
class Row:
    """A lane: cards by stage, and how many of each cell are shown; or the reason why it is empty."""

    lane: str
    cells: list[list[Card]]
    gap: Block | None = None
    most: int = 10**6
    least: float = 0.0

    @property
    def deepest(self) -> int:
        """How many cards the fullest cell holds."""
        return max((len(c) for c in self.cells), default=0)

    @property
    def height(self) -> float:
        """Height of the row with as many cards as are shown."""
        if self.gap is not None:
            return max(self.least, self.gap.h + 18)
        tall = [
            sum(c.height + _GAP for c in cell[: self.most]) + (_MORE if len(cell) > self.most else 0.0)
            for cell in self.cells
        ]
        return max(self.least, max(tall, default=0.0) + _GAP)


def row_of(page: Page, lane: str, folded: Collection[str]) -> Row | None:
    """The cards of a lane; None where nothing of it is to be shown."""
    j = page.journey
    title = page.w.broken(lane_title(lane, page.lang), page.label - 10, 10.5, bold=True)
    least = len(title) * 10.5 * LEADING + 10
    if gap := lane_gap(j, lane, page.lang):
        wide = page.column * len(j.stages) - 24
        lines = page.w.broken(gap, wide, SMALLEST, page.tight * 2)
        block = Block(page.left + 12, 0, wide, lines, italic=True, colour=MUTED, text=gap, name="gap")
        return Row(lane, [[] for _ in j.stages], block, least=least)
    cells = []
    for stage in j.stages:
        here = [i for i in items(j, stage, lane) if i.id not in folded]
        if lane == "barriers":
            here = [*by_share(i for i in here if isinstance(i, Note))]
        if lane == "improvements":
            here = [*in_order(i for i in here if isinstance(i, Action))]
        if page.look.persona:
            here = [i for i in here if isinstance(i, Action) or i.persona in ("", page.look.persona)]
        cells.append([_card(page, i, lane) for i in here])
    return Row(lane, cells, least=least) if any(cells) else None


def _card(page: Page, item: Note | Touchpoint | Action, lane: str) -> Card:
    pad = _GAP if page.column > 110 else 2.0
    inner = page.column - 2 * pad - 2 * _IN
    at, texts = 4.0, list[Block]()

    def add(text: str, rows: int = 0, **style: object) -> None:
        nonlocal at
        lines = page.w.broken(text, inner, SMALLEST, rows, bold=bool(style.get("bold")))
        texts.append(Block(pad + _IN, at, inner, lines, text=text, **style))  # type: ignore[arg-type]
        at += texts[-1].h

    nobody = page.say("no owner", "никто не отвечает")
    bar, bar_at = None, 0.0
    if isinstance(item, Touchpoint):
        add(("★ " if item.moment_of_truth else "") + marked(item) + item.name, page.tight * 2, bold=True, name="note")
        said = [item.channel, item.owner or nobody] if not page.tight else [] if item.owner else [nobody]
        said += [item.service_level] if not page.tight else []
        said += [figure_text(item.estimate, as_share=True, lang=page.lang)] if item.estimate else []
    elif isinstance(item, Action):
        add(item.title, page.tight * 3, name="note")
        said = [item.owner or nobody, *(action_figures(item, page.lang) if not page.tight else [])]
    else:
        add(item.text, page.tight * 3, name="note")
        figure = figure_text(item.estimate, as_share=lane == "barriers", lang=page.lang) if item.estimate else ""
        said = [(marked(item) + figure).strip()]
        names = {p.id: p.name for p in page.journey.personas}
        said += [names.get(item.persona, item.persona)] if item.persona and len(names) > 1 else []
        if lane == "barriers" and item.estimate is not None and is_share(item.estimate):
            bar, bar_at, at = item.estimate, at + 2, at + 8
    if text := " · ".join(x for x in said if x):
        add(text, page.tight * (2 if page.column > 110 else 3), colour=MUTED, name="meta")
    if lane == "barriers" and not page.tight and isinstance(item, Note):
        if (quote := voice(item)) is not None:
            add(spoken(quote, page.lang), italic=True, name="says")
        for action in actions_for(page.journey).get(item.id, []):
            add(f"→ {action.title}", colour=GOOD, name="fix")
    assumed = not item.evidence and not isinstance(item, Action)
    return Card(tuple(texts), at + 4, assumed, lane == "barriers", bar, bar_at)


def place(page: Page, row: Row, y: float) -> float:
    """Draw a lane from y downwards."""
    w, tall = page.w, row.height
    lane_label(page, lane_title(row.lane, page.lang), y, tall)
    if row.gap is not None:
        wide = page.column * len(page.journey.stages)
        w.box(page.left, y, wide, tall, fill=PAPER, edge=LINE, name="cell")
        w.box(page.left + 5, y + 5, wide - 10, tall - 10, edge=STRONG, dashed=True, name="gap")
        w.sheet.blocks.append(_moved(row.gap, 0, y + 9))
        return y + tall
    pad = _GAP if page.column > 110 else 2.0
    for i, cell in enumerate(row.cells):
        x, at = page.left + i * page.column, y + _GAP
        w.box(x, y, page.column, tall, fill=PAPER, edge=LINE, name="cell")
        for card in cell[: row.most]:
            _draw(page, card, x, at, pad)
            at += card.height + _GAP
        if len(cell) > row.most:
            w.text(f"+{len(cell) - row.most}", x + pad + _IN, at - 2, page.column - 2 * pad, colour=MUTED, name="more")
    return y + tall


def _draw(page: Page, card: Card, x: float, y: float, pad: float) -> None:
    w, wide = page.w, page.column - 2 * pad
    w.box(
        x + pad, y, wide, card.height, fill=PAPER, edge=STRONG if card.assumed else LINE, dashed=card.assumed,
        hatched=card.assumed, name="card", width=0.9 if card.assumed else 0.7,
    )  # fmt: skip
    if card.barrier:
        w.box(x + pad, y, 2.4, card.height, fill=WARM, name="barrier")
    for block in card.texts:
        w.sheet.blocks.append(_moved(block, x, y))
    e, left, inner = card.bar, x + pad + _IN, wide - 2 * _IN
    if e is None or e.value is None:
        return
    w.box(left, y + card.bar_at, inner, 4, fill=LINE, name="track")
    w.box(left, y + card.bar_at, max(0.1, inner * e.value), 4, fill=WARM, name="bar")
    if e.low is not None and e.high is not None:
        reach = max(0.1, inner * (e.high - e.low))
        w.box(left + inner * e.low, y + card.bar_at + 1.5, reach, 1.0, fill=INK, name="interval")


def _moved(b: Block, dx: float, dy: float) -> Block:
    return Block(b.x + dx, b.y + dy, b.w, b.lines, b.size, b.bold, b.italic, b.colour, b.name, b.text, b.centred)
