"""The slides of a deck, one function each: what was found stands in the title, what it rests on in the notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Quote
from cjmkit.core.journey import EmotionPoint
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, Stage, lane_title
from cjmkit.core.words import SMALL_N, link_title, source_title, status_title
from cjmkit.exchange._pptx_box import Deck, Slide, theme
from cjmkit.exchange._pptx_chart import bars, curve
from cjmkit.i18n import number
from cjmkit.view.lanes import (
    coverage,
    day,
    funnel_steps,
    is_gap,
    is_share,
    lane_gap,
    score_text,
    series,
    share,
    whole,
)
from cjmkit.view.marks import mark_notes, marked
from cjmkit.view.people import apart, shares_of, top_of
from cjmkit.view.story import asked, by_share, headline, in_order, main_source, spoken, story, tiles, voice, why, worst

__all__ = ["actions", "at_a_glance", "evidence", "felt", "finding", "funnel", "pains", "persona", "sure", "ways"]

_PER_SLIDE = 8
"""Stages on one slide; more go on over the next."""
_ROWS, _PAINS, _QUOTES = 10, 3, 4
_LOW, _HIGH, _QUIET = 2, 3, 1
"""Accents of what hurts, what helps and what is neither; the company's own where it has a template."""


def finding(d: Deck) -> None:
    """Title: the headline; three tiles; who was asked."""
    said = headline(d.j, d.lang) or d.j.title
    slide = d.slide(said, said)
    slide.text(d.j.title, (0, 0, 1, 0.07), size=18, bold=True)
    slide.text(d.j.scenario, (0, 0.075, 1, 0.09), size=16, muted=True)
    wide = 1 / 3
    for k, tile in enumerate(t for t in tiles(d.j, d.lang) if t.target):
        x, accent = k * wide, {"low": _LOW, "why": 5, "act": _HIGH}[tile.kind]
        inner = wide - 0.05
        slide.box((x, 0.18, wide - 0.02, 0.7), accent=accent)
        slide.text(tile.name, (x + 0.018, 0.2, inner, 0.06), size=14, bold=True, accent=accent)
        slide.text(tile.text, (x + 0.018, 0.27, inner, 0.25), size=24, bold=True)
        slide.text(tile.figure, (x + 0.018, 0.53, inner, 0.12), size=16)
        slide.text(tile.quote, (x + 0.018, 0.66, inner, 0.2), size=16, italic=True)
    slide.text(" · ".join(asked(d.j, d.lang)), (0, 0.92, 1, 0.07), size=14, muted=True)


def at_a_glance(d: Deck) -> None:
    """The map on a page: stages, the curve as shapes, and what fits a glance of the lanes as a table."""
    n = len(d.j.stages)
    for first in range(0, n, _PER_SLIDE):
        stages = d.j.stages[first : first + _PER_SLIDE]
        more = f" ({first + 1}–{first + len(stages)} / {n})" if n > _PER_SLIDE else ""
        slide = d.slide(d.say("The journey at a glance", "Путь целиком") + more, _rests(d, stages))
        rows = [["", *(s.title for s in stages)]]
        points = [_felt(d, s) for s in stages]
        drawn = any(points)
        if drawn:
            rows.append([lane_title("emotion", d.lang), *([""] * len(stages))])
        for lane in ("touchpoints", "barriers", "goals"):
            cells = [_cell(d, s, lane) for s in stages]
            if any(cells):
                rows.append([lane_title(lane, d.lang), *cells])
        order = in_order(d.j.improvements)
        todo = ["\n".join(f"{k}. {a.title}" for k, a in enumerate(order[:3], 1) if a.stage == s.id) for s in stages]
        if any(todo):
            rows.append([lane_title("improvements", d.lang), *todo])
        label = 0.11
        tops = slide.table(rows, (0, 0, 1, 1), first=label, size=12, tall=(1 if drawn else -1, 0.25))
        if drawn:
            _drawn(d, slide, points, tops[1], tops[2] - tops[1], label)


def _drawn(d: Deck, slide: Slide, points: list[EmotionPoint | None], top: float, tall: float, label: float) -> None:
    """The curve over its row: line, marks, values; the lowest point in the colour of what hurts."""
    wide = (1 - label) / len(points)
    at = [
        None if p is None else (label + wide * (k + 0.5), top + tall * (0.52 - 0.2 * (p.estimate.value or 0.0)))
        for k, p in enumerate(points)
    ]
    zero = top + tall * 0.52
    slide.shape("RECTANGLE", (label, zero, 1 - label, 0.002), accent=0, light=True)
    run: list[tuple[float, float]] = []
    for one in [*at, None]:
        if one is not None:
            run.append(one)
            continue
        if len(run) > 1:
            slide.path(run, accent=0)
        run = []
    lowest = min((p for p in points if p), key=lambda p: p.estimate.value or 0.0)
    for p, one in zip(points, at):
        if p is None or one is None:
            continue
        x, y = one
        accent = _LOW if p is lowest and (p.estimate.value or 0.0) < 0 else 0
        left, up, _, _ = slide.emu((x, y, 0, 0))
        size = 150000
        dot = slide.shape(
            "DIAMOND" if p.proposed else "OVAL", (left - size // 2, up - size // 2, size, size), accent=accent
        )
        if p.estimate.n < SMALL_N:
            dot.fill.background()
            dot.line.color.theme_color = theme(accent)
        text = f"{marked(p)}{number(p.estimate.value, 1, lang=d.lang)}, n = {whole(p.estimate.n, d.lang)}"
        under = y < zero
        slide.text(
            text, (x - wide / 2, y - 0.065 if under else y + 0.025, wide, 0.045), size=12, bold=True, accent=accent,
            centred=True,
        )  # fmt: skip


def _felt(d: Deck, stage: Stage) -> EmotionPoint | None:
    # Everybody's curve; where the map has one persona, that one is everybody.
    source = main_source(d.j)
    one = {p.persona for p in d.j.emotion if p.source == source}
    who = "" if "" in one or len(one) > 1 else next(iter(one), "")
    mine = [p for p in d.j.emotion if p.stage == stage.id and p.source == source and p.persona == who and not is_gap(p)]
    return mine[0] if mine else None


def _cell(d: Deck, stage: Stage, lane: str) -> str:
    """What fits a glance: three names, the largest first."""
    if lane == "touchpoints":
        first = sorted(stage.touchpoints, key=lambda t: not t.moment_of_truth)[:3]
        return "\n".join(("★ " if t.moment_of_truth else "") + marked(t) + t.name for t in first)
    notes = by_share(n for n in stage.lane(lane) if n.evidence or lane == "barriers")[:2]
    if lane != "barriers":
        return "\n".join(n.text for n in notes)
    return "\n".join(
        n.text + (f": {number(n.estimate.value, 0, percent=True, lang=d.lang)}" if n.estimate else "") for n in notes
    )


def felt(d: Deck) -> None:
    """The curve as a chart: gaps stay gaps, the band and n are there, the ends of the curve speak beside it."""
    source = main_source(d.j)
    curves = [c for c in series(d.j, d.lang) if c.source == source]
    if not curves:
        return
    told = story(d.j)
    title = d.say("How it felt", "Что чувствовали")
    if told.weakest is not None:
        title = worst(d.j, lang=d.lang)
    slide = d.slide(title)
    names = []
    for i, s in enumerate(d.j.stages):
        found = [c.points[i] for c in curves]
        n = max((p.estimate.n for p in found if p is not None), default=0)
        signs = " ".join(dict.fromkeys(sign for p in found if p is not None for sign in marked(p).split()))
        names.append(f"{s.title} {signs}".rstrip() + f"\nn = {whole(n, d.lang)}")
    place = {p.id: k for k, p in enumerate(d.j.personas, 1)}
    called = {p.id: p.name for p in d.j.personas}
    everybody = d.say("everybody", "все")
    lines = [
        (
            called.get(c.persona, c.persona) if c.persona else everybody,
            place.get(c.persona, 0),
            [None if p is None or is_gap(p) else p.estimate for p in c.points],
        )
        for c in curves
    ]
    wide = 0.74 if len(d.j.stages) <= _PER_SLIDE else 1.0
    curve(slide, names, lines, (0, 0, wide, 0.86), band=d.say("95% interval", "интервал 95 %"))
    for k, point in enumerate((told.weakest, told.best) if wide < 1 else ()):
        said = why(d.j, point) if point is not None else None
        if point is None:
            continue
        y, accent = 0.02 + k * 0.43, (_LOW, _HIGH)[k]
        slide.box((0.76, y, 0.24, 0.39), accent=accent)
        head = f"{d.j.stage(point.stage).title}: {number(point.estimate.value, 1, lang=d.lang)}"
        slide.text(head, (0.776, y + 0.02, 0.215, 0.1), size=18, bold=True, accent=accent)
        slide.text(spoken(said, d.lang) if said else "", (0.776, y + 0.13, 0.215, 0.24), size=16, italic=True)
    note = d.say(
        f"{source_title(source, d.lang).capitalize()}: mean of people on −2…2; band and whiskers: where the mean "
        f"of all such customers lies (95%). Fewer than {SMALL_N} people: read with care; fewer than 3: no point.",
        f"{source_title(source, d.lang).capitalize()}: среднее по людям, от −2 до 2; полоса и усы: где лежит среднее "
        f"всех таких клиентов (95 %). Меньше {SMALL_N} человек: читать с осторожностью; меньше 3: точки нет.",
    )
    note += "".join(f" {text}." for text in mark_notes(d.j.emotion, d.lang))
    slide.text(note, (0, 0.89, 1, 0.11), size=12, muted=True)


def pains(d: Deck) -> None:
    """The barriers that most people named, each with a voice, with each persona's share and what is planned."""
    at = {n.id: s for s in d.j.stages for n in s.barriers}
    first: dict[str, Note] = {}
    for note in by_share(n for s in d.j.stages for n in s.barriers):
        first.setdefault(note.text, note)
    who = {p.id: k for k, p in enumerate(d.j.personas, 1)}
    for note in list(first.values())[:_PAINS]:
        slide = d.slide(note.text, "\n".join([note.text, *(e.label(d.lang) for e in note.evidence)]))
        quote = voice(note)
        slide.box((0, 0, 0.5, 0.52), accent=_LOW)
        slide.text(spoken(quote, d.lang, 260) if quote else "", (0.025, 0.04, 0.455, 0.38), size=28, italic=True)
        slide.text(
            (quote.participant or quote.document) if quote else "", (0.025, 0.44, 0.455, 0.06), size=12, muted=True
        )
        slide.text(at[note.id].title, (0.53, 0, 0.47, 0.06), size=16, muted=True)
        e = note.estimate
        if e is not None and is_share(e):
            part = number(e.value, 0, percent=True, lang=d.lang)
            slide.text(part, (0.53, 0.05, 0.16, 0.15), size=48, bold=True, accent=_LOW)
            of = d.say("of the people asked name it", "опрошенных это называют")
            slide.text(f"{of}\n{share(e, d.lang).removeprefix(part).strip(' ,')}", (0.7, 0.065, 0.3, 0.13), size=16)
        else:
            slide.text(d.say("not counted", "не посчитано"), (0.53, 0.07, 0.47, 0.13), size=24, bold=True)
        shares = shares_of(d.j, note)
        if shares and e is not None and is_share(e):
            everybody = f"{d.say('everybody', 'все')}, n = {whole(e.n, d.lang)}"
            names = [everybody, *(f"{p.name}, n = {whole(x.n, d.lang)}" for p, x in shares)]
            values = [e, *(x for _, x in shares)]
            accents = [0, *(who[p.id] for p, _ in shares)]
            bars(slide, names, [("%", 0, values)], (0.53, 0.21, 0.47, 0.27), accents=accents)
            told = d.say("Share of each persona that names it anywhere on the way; whiskers: 95%",
                         "Какая доля каждого портрета называет это где-либо на пути; усы: 95 %")  # fmt: skip
            slide.text(told, (0.53, 0.48, 0.47, 0.05), size=11, muted=True)
        todo = in_order(d.fixes.get(note.id, []))
        if todo:
            slide.table(_filled([_heads(d), *(_row(d, a) for a in todo[:3])]), (0, 0.6, 1, 0.4), first=0.5, size=14)
        else:
            slide.text(d.say("Nothing is planned yet.", "Действий пока нет."), (0, 0.6, 1, 0.1), size=18)


def persona(d: Deck, p: Persona, place: int) -> None:
    """Portrait, share, how sure; what sets them apart and how they felt as charts; goals, barriers, a voice."""
    slide = d.slide(p.name, _about(d, p))
    x = slide.portrait(0.17, p.name, accent=place)
    facts = [share(p.share, d.lang)] if p.share is not None else []
    facts += [", ".join(p.channels)] if p.channels else []
    slide.text(" · ".join(facts), (x, 0, 0.4 - x, 0.09), size=20, bold=True)
    slide.text(p.description, (x if not facts else 0.42, 0 if facts else 0.0, 0.58 if facts else 1 - x, 0.1), size=16)
    sure = f"{status_title(p.verdict.status, d.lang)}: {p.verdict.text(d.lang)}"
    slide.text(sure, (x, 0.1, 1 - x, 0.07), size=12, muted=True)
    drawn = [a for n in p.traits if (a := apart(n)) is not None]
    half = 0.5 if _lines(d, p, place) else 1.0
    slide.text(d.say("What sets them apart", "Чем отличается"), (0, 0.18, half - 0.02, 0.05), size=14, bold=True)
    alike = [a for a in drawn if a.percent == drawn[0].percent]
    if alike:
        percent = alike[0].percent
        top = top_of(alike)
        bars(
            slide, [_short(a.label) for a in alike[:4]],
            [(p.name, place, [a.own for a in alike[:4]]),
             (d.say("others", "остальные"), 0, [Estimate(value=a.others, n=0) for a in alike[:4]])],
            (0, 0.23, half - 0.02, 0.42), most=top, number="0%" if percent else "0.0",
        )  # fmt: skip
    else:
        slide.text(_bullets(d, p.traits), (0, 0.24, half - 0.02, 0.4), size=16)
    if half < 1:
        slide.text(d.say("How it felt", "Что чувствовали"), (half, 0.18, 0.5, 0.05), size=14, bold=True)
        curve(slide, [s.title for s in d.j.stages], _lines(d, p, place), (half, 0.23, 0.5, 0.42), size=10)
    groups = [(lane_title(k, d.lang), getattr(p, k)) for k in ("goals", "expectations", "barriers") if getattr(p, k)]
    quotes = sorted(p.quotes, key=lambda q: abs(len(q.quote) - 90))[:1]
    weights = [1.5 if notes is p.barriers else 1.0 for _, notes in groups] + [1.1] * bool(quotes)
    x, unit = 0.0, 1 / max(1.0, sum(weights))
    for (title, notes), weight in zip(groups, weights):
        wide = weight * unit
        slide.box((x, 0.67, wide - 0.015, 0.33), accent=place)
        one = {n.estimate.n for n in notes if n.estimate is not None}
        title += f", n = {whole(next(iter(one)), d.lang)}" if len(one) == 1 else ""
        slide.text(title, (x + 0.015, 0.685, wide - 0.04, 0.05), size=12, bold=True)
        slide.text(_bullets(d, notes, n=len(one) != 1), (x + 0.015, 0.735, wide - 0.04, 0.255), size=14)
        x += wide
    if quotes:
        slide.text(spoken(quotes[0], d.lang, 200), (x + 0.005, 0.68, 1 - x - 0.01, 0.31), size=20, italic=True)


def _lines(d: Deck, p: Persona, place: int) -> list[tuple[str, int, list[Estimate | None]]]:
    """The persona's curve, and everybody's thin behind it."""
    found = [c for c in series(d.j, d.lang) if c.source == main_source(d.j) and c.persona in (p.id, "")]
    out = [
        (p.name if c.persona else d.say("everybody", "все"), place if c.persona else 0,
         [None if x is None or is_gap(x) else x.estimate for x in c.points])
        for c in sorted(found, key=lambda c: c.persona != p.id)
    ]  # fmt: skip
    return out if out and any(c.persona == p.id for c in found) else []


def _short(label: str) -> str:
    return label if len(label) <= 60 else label[:59].rsplit(" ", 1)[0] + "…"


def _bullets(d: Deck, notes: Iterable[Note], *, n: bool = True) -> str:
    def figure(note: Note) -> str:
        if not note.evidence:
            return f" ({d.say('assumption', 'предположение')})"
        e = note.estimate
        if e is None or not e.percent or any(c.isdigit() for c in note.text):
            return ""
        return ": " + (share(e, d.lang) if n else share(e, d.lang).rpartition(", n")[0])

    return "\n".join(f"• {note.text}{figure(note)}" for note in notes)


def funnel(d: Deck) -> None:
    """How many people reach each step, as a chart; the step that loses most is in the title."""
    steps = funnel_steps(d.j)
    if len(steps) < 3 or not steps[0][1]:
        return
    k = min(range(1, len(steps)), key=lambda i: (e.value or 0.0) if (e := steps[i][2]) is not None else 1.0)
    e = steps[k][2]
    assert e is not None
    onward = number(e.value, 0, percent=True, lang=d.lang)
    title = d.say(
        f"{onward} go from “{steps[k - 1][0]}” to “{steps[k][0]}”: the weakest link",
        f"От шага «{steps[k - 1][0]}» до «{steps[k][0]}» доходят {onward}: слабое звено",
    )
    slide = d.slide(title, "\n".join(f"{a}: n = {n}" + (f", {share(x, d.lang)}" if x else "") for a, n, x in steps))
    names = [
        f"{name}\nn = {whole(n, d.lang)}" + (f"\n→ {number(x.value, 0, percent=True, lang=d.lang)}" if x else "")
        for name, n, x in steps
    ]
    values = [Estimate(value=n / steps[0][1], n=steps[0][1]) for _, n, _ in steps]
    accents = [_LOW if i == k else _QUIET for i in range(len(steps))]
    series_name = d.say("share of those who began", "доля начавших")
    bars(slide, names, [(series_name, _QUIET, values)], (0, 0, 1, 0.88), across=False, accents=accents)
    note = d.say(
        f"Share of the {whole(steps[0][1], d.lang)} people who began; → share of the step before. Weakest: "
        f"{share(e, d.lang)}.",
        f"Доля из {whole(steps[0][1], d.lang)} начавших; → доля от прошлого шага. Самый слабый: {share(e, d.lang)}.",
    )
    slide.text(note, (0, 0.92, 1, 0.08), size=12, muted=True)


def ways(d: Deck) -> None:
    """Where people go back, repeat and leave, as bars with intervals."""
    titles = {s.id: s.title for s in d.j.stages}
    found = sorted(
        ((k.share, k) for k in d.j.links if k.share is not None and k.share.value is not None),
        key=lambda pair: -(pair[0].value or 0.0),
    )[:10]
    if not found:
        return

    def called(k: Any) -> str:
        to = f" → {titles[k.target]}" if k.target and k.target != k.source else ""
        return f"{titles[k.source]}{to}: {link_title(k.kind, d.lang)}"

    back = next(((e, k) for e, k in found if k.kind == "back"), None)
    title = d.say("Ways that people take", "Как люди идут на самом деле")
    if back is not None:
        part = number(back[0].value, 0, percent=True, lang=d.lang)
        a, b = titles[back[1].source], titles[back[1].target]
        title = d.say(f"{part} go back from “{a}” to “{b}”", f"{part} возвращаются с этапа «{a}» на «{b}»")
    slide = d.slide(title)
    names = [f"{called(k)} (n = {whole(e.n, d.lang)})" for e, k in found]
    accents = [{"back": _LOW, "leave": 5}.get(k.kind, _QUIET) for _, k in found]
    bars(slide, names, [("%", _QUIET, [e for e, _ in found])], (0, 0, 1, 0.9), accents=accents)
    note = d.say(
        "Share of those who were at the stage; whiskers: 95% interval", "Доля бывших на этапе; усы: интервал 95 %"
    )
    slide.text(note, (0, 0.93, 1, 0.07), size=12, muted=True)


def _heads(d: Deck) -> list[str]:
    return [
        lane_title("improvements", d.lang),
        d.say("Owner", "Отвечает"),
        d.say("Size, person-months", "Объём, чел.-мес."),
        d.say("Expected effect", "Ожидаемый эффект"),
        d.say("Score", "Оценка"),
        d.say("By", "Срок"),
    ]


def _row(d: Deck, a: Any) -> list[str]:
    return [
        a.title,
        a.owner or d.say("nobody yet", "пока никто"),
        "" if a.effort is None else number(a.effort, 1, lang=d.lang),
        "" if a.effect is None else a.effect.text(lang=d.lang),
        "" if a.score is None else score_text(a, d.lang),
        day(a.due, d.lang) if a.due else "",
    ]


def _filled(rows: list[list[str]]) -> list[list[str]]:
    """Without the columns that nobody filled."""
    kept = [c for c in range(len(rows[0])) if any(r[c] for r in rows[1:])]
    return [[r[c] for c in kept] for r in rows]


def actions(d: Deck) -> None:
    """What the company will do, best first."""
    order = in_order(d.j.improvements)
    barriers = {n.id: n.text for s in d.j.stages for n in s.barriers}
    rows = _filled([_heads(d), *(_row(d, a) for a in order)])
    for k in range(0, len(order), _ROWS):
        part = order[k : k + _ROWS]
        notes = "\n".join(
            f"{a.title}: {'; '.join(dict.fromkeys(barriers.get(b, b) for b in a.barriers)) or '—'}"
            + "".join(f"\n  – {e.label(d.lang)}" for e in a.evidence)
            for a in part
        )
        first = order[0].title
        title = d.say(f"First: {first}", f"Сначала: {first}")
        if k:
            title = f"{lane_title('improvements', d.lang)} ({k + 1}–{k + len(part)} / {len(order)})"
        slide = d.slide(title, notes)
        slide.table([rows[0], *rows[k + 1 : k + 1 + _ROWS]], (0, 0, 1, 1), first=0.5, size=14)


def sure(d: Deck) -> None:
    """What the map rests on, and what nobody has found out."""
    cited, notes = coverage(d.j)
    rows = [[d.say("What", "Что"), d.say("How sure", "Насколько уверены")]]
    rows += [[x.partition(": ")[0].capitalize(), x.partition(": ")[2]] for x in asked(d.j, d.lang)]
    if d.j.agreement is not None:
        rows.append([d.say("Coders agree", "Согласие кодировщиков"), d.j.agreement.text(2, lang=d.lang)])
    for p in d.j.personas:
        rows.append([p.name, f"{status_title(p.verdict.status, d.lang)}: {p.verdict.text(d.lang)}"])
    for gap in d.j.gaps:
        lane = lane_title(gap.lane, d.lang) if gap.lane and gap.lane != "personas" else ""
        text = lane_gap(d.j, gap.lane, d.lang) or gap.missing
        rows.append([lane or d.say("Not known", "Неизвестно"), text])
    title = d.say("How sure can we be", "Насколько можно верить")
    if notes:
        part = number(cited / notes, 0, percent=True, lang=d.lang)
        title = d.say(
            f"How sure can we be: {cited} of {notes} notes ({part}) rest on evidence",
            f"Насколько можно верить: с основаниями {cited} из {notes} записей ({part})",
        )
    slide = d.slide(title)
    if len(rows) > 1:
        slide.table(rows[:12], (0, 0, 1, 1), first=0.3, size=16)


def evidence(d: Deck) -> None:
    """The appendix: quotes behind the barriers, over a few slides; everything else stands in the notes of the map."""
    rows = []
    for note in by_share(n for s in d.j.stages for n in s.barriers):
        said = [e for e in note.evidence if isinstance(e, Quote)]
        rows += [[note.text, spoken(e, d.lang, 220), f"{e.participant} {e.document}".strip()] for e in said[:3]]
    heads = [lane_title("barriers", d.lang), d.say("Quote", "Цитата"), d.say("Who, where", "Кто, где")]
    of = min(len(rows), _QUOTES * _ROWS)
    for k in range(0, of, _ROWS):
        title = d.say("Evidence: what people said", "Основания: что говорили люди")
        slide = d.slide(f"{title} ({k // _ROWS + 1} / {-(-of // _ROWS)})" if of > _ROWS else title)
        slide.table([heads, *rows[k : k + _ROWS]], (0, 0, 1, 1), first=(0.22, 0.62), size=12)


# ---- notes ---------------------------------------------------------------------------------------------------------


def _rests(d: Deck, stages: Iterable[Stage]) -> str:
    """Every note of these stages, whole, with what it rests on."""
    out = [d.say("The whole map, with its evidence", "Вся карта с основаниями")]
    shown = {s.id for s in stages}
    for stage, lane, item in d.j.cells():
        if stage.id in shown:
            mark = "" if item.evidence else f" ({d.say('assumption', 'предположение')})"
            out += ["", f"{stage.title} · {lane_title(lane, d.lang)}: {item.text}{mark}"]
            out += [f"  – {e.label(d.lang)}" for e in item.evidence]
    for p in d.j.emotion:
        if p.stage in shown:
            title = d.j.stage(p.stage).title
            out += ["", f"{title} · {lane_title('emotion', d.lang)}: {p.estimate.text(lang=d.lang)}"]
            out += [f"  – {e.label(d.lang)}" for e in p.evidence]
    return "\n".join(out)


def _about(d: Deck, p: Persona) -> str:
    out = [p.name, p.description, p.verdict.text(d.lang)]
    out += [f"  – {e.label(d.lang)}" for e in p.evidence]
    groups = [(d.say("What sets them apart", "Чем отличается"), p.traits)]
    groups += [(lane_title(k, d.lang), getattr(p, k)) for k in ("goals", "expectations", "barriers")]
    for title, notes in groups:
        for n in notes:
            out += ["", f"{title}: {n.text}", *(f"  – {e.label(d.lang)}" for e in n.evidence)]
    out += [q.label(d.lang) for q in p.quotes]
    return "\n".join(re.sub(r"\n+", " ", x) if x else x for x in out)
