"""The map as a deck: a finding on every slide, tables and charts that can be edited, evidence in the notes."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cjmkit.core.evidence import Quote
from cjmkit.core.journey import Journey
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, Stage, lane_title
from cjmkit.core.words import SMALL_N, link_title, status_title
from cjmkit.exchange._pptx_box import ACCENTS, Slide, clean
from cjmkit.files import write_atomically
from cjmkit.i18n import current_language, number, say
from cjmkit.view.fonts import Measure
from cjmkit.view.lanes import (
    actions_for,
    coverage,
    day,
    figure_text,
    is_gap,
    lane_gap,
    score_text,
    series,
    share,
    whole,
)
from cjmkit.view.story import by_share, headline, in_order, main_source, spoken, story, tiles, voice

__all__ = ["to_pptx"]

_PER_SLIDE = 8
"""Stages on one slide; more go on over the next."""
_ROWS = 10
"""Rows of a table on one slide."""
_PAINS = 3


def to_pptx(
    journey: Journey,
    path: str | os.PathLike[str],
    *,
    template: str | os.PathLike[str] | None = None,
    lang: str | None = None,
) -> Path:
    """Write a journey as a deck, 16:9, whose shapes, tables and charts can be edited.

    Slides: the finding with its three tiles; the map; the curve as a chart with its data sheet; the three barriers that
    most people named, each with a quote; a slide for each persona; the ways people take; the actions; how sure we can
    be; what people said. No text is smaller than 10 points, and none leaves its box: what is too long for its place is
    cut with an ellipsis, and stands whole in the speaker's notes, which also list every note of the map with what it
    rests on.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like
        Where to, ``.pptx``.
    template : path-like, optional
        A ``.pptx`` of your company: its masters, fonts, theme colours and title placeholders are used, not its slides.
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
    lang = current_language(lang or journey.language)
    deck = _Deck(journey, lang, template)
    deck.finding()
    if journey.stages:
        deck.map()
        deck.curve()
        deck.pains()
    for persona in journey.personas:
        deck.persona(persona)
    deck.ways()
    deck.actions()
    deck.sure()
    deck.evidence()
    out = io.BytesIO()
    deck.file.save(out)
    return write_atomically(path, out.getvalue())


def _empty(template: str | os.PathLike[str] | None) -> Any:
    """A presentation without slides: the template's masters, or a plain wide one."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation(os.fspath(template)) if template else Presentation()
    if template is None:
        deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
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


class _Deck:
    def __init__(self, journey: Journey, lang: str, template: str | os.PathLike[str] | None) -> None:
        self.j, self.lang, self.measure = journey, lang, Measure()
        self.file = _empty(template)
        self.own = template is None
        self.layout = _layout(self.file)
        self.file.core_properties.title = clean(journey.title)[:250]
        self.file.core_properties.created = dt.datetime(2020, 1, 1)
        self.fixes = actions_for(journey)

    def say(self, en: str, ru: str) -> str:
        return say(en=en, ru=ru, lang=self.lang)

    def slide(self, title: str, notes: str = "") -> Slide:
        slide = Slide(self.file, self.layout, title, self.measure, own=self.own)
        if notes:
            slide.notes(notes)
        return slide

    # ---- slides ----------------------------------------------------------------------------------------------------

    def finding(self) -> None:
        j, lang = self.j, self.lang
        said = headline(j, lang) or j.title
        slide = self.slide(said, said)
        slide.text(f"{j.title}\n{j.scenario}", 0, 0, 1, 0.2, size=18)
        wide = 1 / 3
        for k, tile in enumerate(t for t in tiles(j, lang) if t.target):
            x = k * wide
            slide.box(x, 0.25, wide - 0.02, 0.72, accent=ACCENTS[k])
            slide.text(tile.name, x + 0.012, 0.28, wide - 0.045, 0.07, size=12)
            slide.text(tile.text, x + 0.012, 0.36, wide - 0.045, 0.24, size=20, bold=True)
            slide.text(tile.figure, x + 0.012, 0.61, wide - 0.045, 0.12, size=14)
            slide.text(tile.quote, x + 0.012, 0.74, wide - 0.045, 0.21, size=14, italic=True)

    def map(self) -> None:
        n = len(self.j.stages)
        for first in range(0, n, _PER_SLIDE):
            stages = self.j.stages[first : first + _PER_SLIDE]
            more = f" ({first + 1}–{first + len(stages)} / {n})" if n > _PER_SLIDE else ""
            slide = self.slide(self.say("The journey at a glance", "Путь целиком") + more, self._rests(stages))
            rows = [["", *(s.title for s in stages)]]
            for lane in ("touchpoints", "barriers", "thoughts", "goals"):
                cells = [self._cell(s, lane) for s in stages]
                if any(cells):
                    rows.append([lane_title(lane, self.lang), *cells])
            felt = [self._felt(s) for s in stages]
            if any(felt):
                rows.insert(1, [lane_title("emotion", self.lang), *felt])
            slide.table(rows, 0, 0, 1, 1, first=0.1, size=12)

    def _cell(self, stage: Stage, lane: str) -> str:
        """What fits a glance: three names, the largest first."""
        if lane == "touchpoints":
            return "\n".join(("★ " if t.moment_of_truth else "") + t.name for t in stage.touchpoints[:3])
        notes = by_share(n for n in stage.lane(lane) if n.evidence or lane == "barriers")[:2]
        return "\n".join(
            n.text + (f" {number(n.estimate.value, 0, percent=True, lang=self.lang)}" if n.estimate else "")
            if lane == "barriers"
            else n.text
            for n in notes
        )

    def _felt(self, stage: Stage) -> str:
        # Everybody's curve; where the map has one persona, that one is everybody.
        source = main_source(self.j)
        one = {p.persona for p in self.j.emotion if p.source == source}
        who = "" if "" in one or len(one) > 1 else next(iter(one), "")
        for p in self.j.emotion:
            if p.stage == stage.id and p.source == source and p.persona == who and not is_gap(p):
                mark = "≈ " if p.proposed else ""
                return f"{mark}{number(p.estimate.value, 1, lang=self.lang)} (n = {whole(p.estimate.n, self.lang)})"
        return ""

    def curve(self) -> None:
        """The curve as a chart: gaps stay gaps, intervals are error bars, n stands under the stage."""
        source = main_source(self.j)
        curves = [c for c in series(self.j, self.lang) if c.source == source]
        if not curves:
            return
        told = story(self.j)
        title = self.say("How it felt", "Что чувствовали")
        if told.weakest is not None:
            stage = self.j.stage(told.weakest.stage).title
            title = self.say(f"{stage} feels worst", f"Хуже всего «{stage}»")
        slide = self.slide(title)
        names = []
        for i, s in enumerate(self.j.stages):
            found = [c.points[i] for c in curves]
            n = max((p.estimate.n for p in found if p is not None), default=0)
            placed = " ≈" if any(p is not None and p.proposed for p in found) else ""
            names.append(f"{s.title}{placed}\nn = {whole(n, self.lang)}")
        lines = []
        for c in curves:
            points = [None if p is None or is_gap(p) else p.estimate for p in c.points]
            lines.append((c.label, points))
        slide.lines(names, lines, 0, 0, 1, 0.84)
        placed = ""
        if any(p.proposed for p in self.j.emotion):
            placed = self.say(" ≈: placed here by a proposed link.", " ≈: этап взят из предложенной связи.")
        slide.text(
            self.say(
                f"Mean of people on −2…2; bars: where the mean of all such customers lies (95%). Fewer than {SMALL_N} "
                "people: read with care; fewer than 3: no point.",
                f"Среднее по людям, от −2 до 2; усы: где лежит среднее всех таких клиентов (95 %). Меньше {SMALL_N} "
                "человек: читать с осторожностью; меньше 3: точки нет.",
            )
            + placed,
            0, 0.87, 1, 0.12, size=12,
        )  # fmt: skip

    def pains(self) -> None:
        """The barriers that most people named, each with a voice and what is planned."""
        place = {n.id: s for s in self.j.stages for n in s.barriers}
        first: dict[str, Note] = {}
        for note in by_share(n for s in self.j.stages for n in s.barriers):
            first.setdefault(note.text, note)
        for note in list(first.values())[:_PAINS]:
            notes = "\n".join([note.text, *(e.label(self.lang) for e in note.evidence)])
            slide = self.slide(note.text, notes)
            figure = figure_text(note.estimate, as_share=True, lang=self.lang) if note.estimate else ""
            quote = voice(note)
            slide.text(spoken(quote, self.lang, 260) if quote else "", 0, 0.02, 0.56, 0.5, size=24, italic=True)
            who = (quote.participant or quote.document) if quote else ""
            slide.text(who, 0, 0.53, 0.56, 0.06, size=12)
            slide.box(0.6, 0.02, 0.4, 0.42, accent=ACCENTS[1])
            slide.text(place[note.id].title, 0.615, 0.05, 0.37, 0.1, size=14)
            slide.text(figure or self.say("not counted", "не посчитано"), 0.615, 0.15, 0.37, 0.26, size=24, bold=True)
            todo = in_order(self.fixes.get(note.id, []))
            rows = [self._heads()] + [self._row(a) for a in todo[:3]]
            if todo:
                slide.table(rows, 0, 0.64, 1, 0.35, first=0.42, size=12)
            else:
                slide.text(self.say("Nothing is planned yet.", "Действий пока нет."), 0, 0.64, 1, 0.1, size=14)

    def persona(self, p: Persona) -> None:
        lang = self.lang
        facts = [share(p.share, lang)] if p.share is not None else []
        facts += [f"{status_title(p.verdict.status, lang)}: {p.verdict.text(lang)}"]
        facts += [", ".join(p.channels)] if p.channels else []
        slide = self.slide(p.name, self._about(p))
        place = 1 + [x.id for x in self.j.personas].index(p.id)
        x = slide.portrait(0, 0, 0.2, p.name, accent=1 + (place - 1) % 6)
        slide.text(" · ".join(facts), x, 0, 1 - x, 0.11, size=14)
        slide.text(p.description, x, 0.12, 1 - x, 0.14, size=16)
        groups = [(title, notes) for title, notes in self._groups(p) if notes]
        wide = 1 / max(1, len(groups))
        for k, (title, notes) in enumerate(groups):
            slide.box(k * wide, 0.28, wide - 0.015, 0.44, accent=ACCENTS[k % 6])
            slide.text(title, k * wide + 0.01, 0.3, wide - 0.035, 0.06, size=12, bold=True)
            words = "\n".join(
                f"• {n.text}" + ("" if n.evidence else f" ({self.say('assumption', 'предположение')})") for n in notes
            )
            slide.text(words, k * wide + 0.01, 0.37, wide - 0.035, 0.34, size=14)
        quotes = sorted(p.quotes, key=lambda q: abs(len(q.quote) - 90))[:2]
        slide.text("\n".join(spoken(q, lang, 200) for q in quotes), 0, 0.75, 1, 0.24, size=18, italic=True)

    def ways(self) -> None:
        """Where people go back, repeat and leave, as a bar chart."""
        titles = {s.id: s.title for s in self.j.stages}
        found = sorted(
            ((k.share.value, k) for k in self.j.links if k.share is not None and k.share.value is not None),
            key=lambda pair: -pair[0],
        )[:10]
        if not found:
            return
        slide = self.slide(self.say("Ways that people take", "Как люди идут на самом деле"))
        names = [
            f"{titles[k.source]}{f' → {titles[k.target]}' if k.target and k.target != k.source else ''}: "
            f"{link_title(k.kind, self.lang)} (n = {k.share.n if k.share else 0})"
            for _, k in found
        ]
        slide.bars(names, [v for v, _ in found], 0, 0, 1, 1)

    def _heads(self) -> list[str]:
        return [
            lane_title("improvements", self.lang),
            self.say("Owner", "Отвечает"),
            self.say("Size, person-months", "Объём, чел.-мес."),
            self.say("Score", "Оценка"),
            self.say("By", "Срок"),
        ]

    def _row(self, a: Any) -> list[str]:
        lang = self.lang
        return [
            a.title,
            a.owner or self.say("nobody yet", "пока никто"),
            "" if a.effort is None else number(a.effort, 1, lang=lang),
            "" if a.score is None else score_text(a, lang),
            day(a.due, self.lang) if a.due else "",
        ]

    def actions(self) -> None:
        order = in_order(self.j.improvements)
        barriers = {n.id: n.text for s in self.j.stages for n in s.barriers}
        for k in range(0, len(order), _ROWS):
            part = order[k : k + _ROWS]
            notes = "\n".join(
                f"{a.title}: {'; '.join(dict.fromkeys(barriers.get(b, b) for b in a.barriers)) or '—'}"
                + "".join(f"\n  – {e.label(self.lang)}" for e in a.evidence)
                for a in part
            )
            first = order[0].title
            slide = self.slide(
                self.say(f"First: {first}", f"Сначала: {first}") if not k else self._more(k, order), notes
            )
            slide.table([self._heads(), *(self._row(a) for a in part)], 0, 0, 1, 1, first=0.5, size=14)

    def _more(self, k: int, order: Sequence[Any]) -> str:
        return f"{lane_title('improvements', self.lang)} ({k + 1}–{min(k + _ROWS, len(order))} / {len(order)})"

    def sure(self) -> None:
        """What the map rests on, and what nobody has found out."""
        j, lang = self.j, self.lang
        cited, notes = coverage(j)
        rows = [[self.say("What", "Что"), self.say("How sure", "Насколько уверены")]]
        rows.append(
            [
                self.say("Notes that rest on evidence", "Записи с основаниями"),
                self.say(f"{cited} of {notes}", f"{cited} из {notes}"),
            ]
        )
        if j.agreement is not None:
            rows.append([self.say("Coders agree", "Согласие кодировщиков"), j.agreement.text(2, lang=lang)])
        for p in j.personas:
            rows.append([p.name, f"{status_title(p.verdict.status, lang)}: {p.verdict.text(lang)}"])
        gaps = [lane_gap(j, lane, lang) for lane in ("emotion", "barriers", "touchpoints", "personas", "kpis")]
        rows += [[self.say("Not known", "Неизвестно"), gap] for gap in gaps if gap]
        slide = self.slide(self.say("How sure can we be", "Насколько можно быть уверенным"))
        slide.table(rows[: _ROWS + 1], 0, 0, 1, 1, first=0.32, size=14)

    def evidence(self) -> None:
        """The quotes behind the barriers that most people named; everything else stands in the notes of the map."""
        rows = [[lane_title("barriers", self.lang), self.say("Quote", "Цитата"), self.say("Who, where", "Кто, где")]]
        for note in by_share(n for s in self.j.stages for n in s.barriers):
            for e in note.evidence[:3]:
                if isinstance(e, Quote):
                    rows.append([note.text, spoken(e, self.lang, 220), f"{e.participant} {e.document}".strip()])
        if len(rows) > 1:
            slide = self.slide(self.say("Evidence: what people said", "Основания: что говорили люди"))
            slide.table(rows[: _ROWS + 1], 0, 0, 1, 1, first=0.22, size=12)

    # ---- notes -----------------------------------------------------------------------------------------------------

    def _rests(self, stages: Iterable[Stage]) -> str:
        """Every note of these stages, whole, with what it rests on."""
        out = [self.say("The whole map, with its evidence", "Вся карта с основаниями")]
        shown = {s.id for s in stages}
        for stage, lane, item in self.j.cells():
            if stage.id in shown:
                mark = "" if item.evidence else f" ({self.say('assumption', 'предположение')})"
                out += ["", f"{stage.title} · {lane_title(lane, self.lang)}: {item.text}{mark}"]
                out += [f"  – {e.label(self.lang)}" for e in item.evidence]
        for p in self.j.emotion:
            if p.stage in shown:
                title = self.j.stage(p.stage).title
                out += ["", f"{title} · {lane_title('emotion', self.lang)}: {p.estimate.text(lang=self.lang)}"]
                out += [f"  – {e.label(self.lang)}" for e in p.evidence]
        return "\n".join(out)

    def _groups(self, p: Persona) -> list[tuple[str, tuple[Note, ...]]]:
        lang = self.lang
        return [
            (say(en="What sets them apart", ru="Чем отличается", lang=lang), p.traits),
            (lane_title("goals", lang), p.goals),
            (lane_title("expectations", lang), p.expectations),
            (lane_title("barriers", lang), p.barriers),
        ]

    def _about(self, p: Persona) -> str:
        out = [p.name, p.description, p.verdict.text(self.lang)]
        out += [f"  – {e.label(self.lang)}" for e in p.evidence]
        for title, notes in self._groups(p):
            for n in notes:
                out += ["", f"{title}: {n.text}", *(f"  – {e.label(self.lang)}" for e in n.evidence)]
        out += [q.label(self.lang) for q in p.quotes]
        return "\n".join(re.sub(r"\n+", " ", x) if x else x for x in out)
