"""Rules about the map itself, a function each; they need no material."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from cjmkit.core.course import Action, EmotionPoint
from cjmkit.core.evidence import Quote, SurveyFigure
from cjmkit.core.stage import LANES, Note, lane_title
from cjmkit.core.words import SMALL_N, source_title
from cjmkit.i18n import listing, number, shorten
from cjmkit.lint._context import Context, Remark, checks
from cjmkit.view.story import suggested

__all__: list[str] = []

_OBSERVED = ("goals", "expectations", "actions", "questions", "thoughts", "barriers", "touchpoints")
"""Lanes that say something about people; tasks, KPIs and blueprint lanes are the company's own plans."""
_WIDTH = 90


# ---- stages --------------------------------------------------------------------------------------------------------


@checks("no-stages")
def _no_stages(c: Context) -> Iterator[Remark]:
    if not c.journey.stages:
        yield Remark(c.words("the map is empty", "карта пуста"))


def _empty(stage: Any) -> bool:
    return not stage.touchpoints and not any(stage.lane(lane) for lane in LANES)


@checks("empty-stage")
def _empty_stage(c: Context) -> Iterator[Remark]:
    for s in c.journey.stages:
        if _empty(s):
            yield Remark(c.words("nothing on it", "на нём ничего нет"), stage=s.id)


@checks("stage-without-goal")
def _stage_without_goal(c: Context) -> Iterator[Remark]:
    for s in c.journey.stages:
        if not _empty(s) and not s.goals:
            yield Remark(c.words("no goal", "нет цели"), stage=s.id)


@checks("only-touchpoints")
def _only_touchpoints(c: Context) -> Iterator[Remark]:
    j = c.journey
    human = any(s.lane(lane) for s in j.stages for lane in ("goals", "expectations", "questions", "thoughts"))
    if any(s.touchpoints for s in j.stages) and not human and not j.emotion:
        yield Remark(
            c.words(
                "no goals, expectations, questions, thoughts or emotions",
                "нет ни целей, ни ожиданий, ни вопросов, ни мыслей, ни эмоций",
            )
        )


_STAGES, _NOTES, _LABEL = 9, 5, 80
"""How much a map may hold before it is no longer read."""


@checks("too-many-stages")
def _too_many_stages(c: Context) -> Iterator[Remark]:
    n = len(c.journey.stages)
    if n > _STAGES:
        yield Remark(c.words(f"{n} stages, up to {_STAGES} are read", f"этапов {n}, читают до {_STAGES}"))


@checks("crowded-cell")
def _crowded_cell(c: Context) -> Iterator[Remark]:
    folded = suggested(c.journey)
    for s in c.journey.stages:
        for lane in _OBSERVED:
            cell = s.touchpoints if lane == "touchpoints" else s.lane(lane)
            n = sum(item.id not in folded for item in cell)
            if n > _NOTES:
                said = c.words(f"{n} notes, up to {_NOTES} are read", f"записей {n}, читают до {_NOTES}")
                yield Remark(said, s.id, lane)


@checks("long-label")
def _long_label(c: Context) -> Iterator[Remark]:
    for s in c.journey.stages:
        if len(s.title) > _LABEL:
            yield Remark(c.words(f"{len(s.title)} characters", f"знаков: {len(s.title)}"), s.id)
    for stage, lane, item in c.journey.cells():
        text = getattr(item, "text", "") or getattr(item, "name", "") or getattr(item, "title", "")
        if len(text) > _LABEL:
            said = c.words(f"{len(text)} characters: {shorten(text, 40)}", f"знаков {len(text)}: {shorten(text, 40)}")
            yield Remark(said, stage.id, lane, item.id)


@checks("headline-without-figure")
def _headline_without_figure(c: Context) -> Iterator[Remark]:
    said = c.study.settings.headline if c.study is not None else ""
    told = [f.replace(",", ".").lstrip("+") for f in re.findall(r"[+−-]?\d+(?:[.,]\d+)?", said.replace("−", "-"))]
    if not told:
        return
    known: set[str] = set()
    j = c.journey
    held = [i.estimate for *_, i in j.cells() if not isinstance(i, Action)] + [p.estimate for p in j.emotion]
    held += [k.share for k in j.links] + [a.effect for a in j.improvements] + [p.share for p in j.personas]
    for e in (e for e in held if e is not None):
        known.add(str(e.n))
        for v in (e.value, e.low, e.high):
            if v is not None:
                known |= {f"{x:.{d}f}" for x in (v, abs(v), 100 * v) for d in (0, 1, 2)}
    known |= {f"{a.score:.0f}" for a in j.improvements if a.score is not None}
    titles = " ".join([s.title for s in j.stages] + [i.text for *_, i in j.cells() if isinstance(i, Note)])
    for figure in told:
        if figure not in known and figure not in titles:
            yield Remark(c.words(f"{figure} is no figure of this map", f"числа {figure} на карте нет"))


def _phases(c: Context) -> set[str | None]:
    return {s.phase for s in c.journey.stages}


@checks("no-phases")
def _no_phases(c: Context) -> Iterator[Remark]:
    if _phases(c) == {None}:
        yield Remark(c.words("no stage says where it lies", "ни у одного этапа нет фазы"))


@checks("no-before")
def _no_before(c: Context) -> Iterator[Remark]:
    if _phases(c) - {None} and "before" not in _phases(c):
        yield Remark(c.words("the map begins with the purchase", "карта начинается с покупки"))


@checks("no-after")
def _no_after(c: Context) -> Iterator[Remark]:
    if _phases(c) - {None} and "after" not in _phases(c):
        yield Remark(c.words("the map ends with the purchase", "карта кончается покупкой"))


@checks("loop-not-closed")
def _loop_not_closed(c: Context) -> Iterator[Remark]:
    if not any(k.kind == "loop" for k in c.journey.links):
        yield Remark(c.words("no link of the kind loop", "нет связи вида loop"))


@checks("only-straight-on")
def _only_straight_on(c: Context) -> Iterator[Remark]:
    other = {"skip", "back", "repeat", "leave"}
    if len(c.journey.stages) > 2 and not any(k.kind in other for k in c.journey.links):
        yield Remark(
            c.words(
                "no skips, returns or repeats on the map, and nobody who left for good",
                "на карте нет пропусков, возвратов и повторов и никого, кто ушёл насовсем",
            )
        )


# ---- notes and touchpoints -----------------------------------------------------------------------------------------


@checks("note-without-evidence")
def _note_without_evidence(c: Context) -> Iterator[Remark]:
    for stage, lane, item in c.journey.cells():
        if item.assumption and lane in _OBSERVED:
            yield Remark(f"{lane_title(lane, c.lang)}: {shorten(item.text, _WIDTH)}", stage.id, lane, item.id)


@checks("one-voice")
def _one_voice(c: Context) -> Iterator[Remark]:
    for stage, lane, item in c.journey.cells():
        quotes = [e for e in item.evidence if isinstance(e, Quote)]
        people = {e.participant or e.document for e in quotes}
        if len(people) == 1 and len(quotes) == len(item.evidence) and not item.estimate:
            words = f"{lane_title(lane, c.lang)}: {shorten(item.text, _WIDTH)} ({next(iter(people))})"
            yield Remark(words, stage.id, lane, item.id)


@checks("duplicate-note")
def _duplicate_note(c: Context) -> Iterator[Remark]:
    for s in c.journey.stages:
        for lane in LANES:
            seen = Counter(" ".join(n.text.casefold().split()) for n in s.lane(lane))
            for text, times in seen.items():
                if times > 1:
                    yield Remark(f"{lane_title(lane, c.lang)}: {shorten(text, _WIDTH)} × {times}", s.id, lane)


@checks("unknown-persona")
def _unknown_persona(c: Context) -> Iterator[Remark]:
    known = {p.id for p in c.journey.personas}
    for stage, lane, item in c.journey.cells():
        if item.persona and item.persona not in known:
            who = c.words(f"persona “{item.persona}”", f"портрет «{item.persona}»")
            yield Remark(f"{lane_title(lane, c.lang)}: {shorten(item.text, _WIDTH)}: {who}", stage.id, lane, item.id)


@checks("touchpoint-without-owner")
def _touchpoint_without_owner(c: Context) -> Iterator[Remark]:
    for s in c.journey.stages:
        for t in s.touchpoints:
            if not t.owner:
                yield Remark(shorten(t.name, _WIDTH), s.id, "touchpoints", t.id)


@checks("touchpoint-without-channel")
def _touchpoint_without_channel(c: Context) -> Iterator[Remark]:
    for s in c.journey.stages:
        for t in s.touchpoints:
            if not t.channel:
                yield Remark(shorten(t.name, _WIDTH), s.id, "touchpoints", t.id)


@checks("action-not-measured")
def _action_not_measured(c: Context) -> Iterator[Remark]:
    measured = {s.id for s in c.journey.stages if s.kpis}
    for a in c.journey.improvements:
        if not a.metric and a.stage not in measured:
            yield Remark(shorten(a.title, _WIDTH), a.stage, "improvements", a.id)


@checks("no-moment-of-truth")
def _no_moment_of_truth(c: Context) -> Iterator[Remark]:
    points = [t for s in c.journey.stages for t in s.touchpoints]
    if points and not any(t.moment_of_truth for t in points):
        n = len(points)
        yield Remark(c.words(f"none of {n} touchpoints is marked", f"не отмечена ни одна из {n} точек"))


# ---- emotion -------------------------------------------------------------------------------------------------------


def _measured(c: Context) -> list[EmotionPoint]:
    return [p for p in c.journey.emotion if p.estimate.value is not None]


def _of_people(c: Context) -> list[EmotionPoint]:
    return [p for p in _measured(c) if p.source != "researcher"]


@checks("no-emotion")
def _no_emotion(c: Context) -> Iterator[Remark]:
    if c.journey.stages and not _measured(c):
        yield Remark(c.words("nobody's feelings are on the map", "на карте нет ничьих чувств"))


@checks("emotion-by-hand")
def _emotion_by_hand(c: Context) -> Iterator[Remark]:
    n = len(_measured(c)) - len(_of_people(c))
    if n:
        yield Remark(c.words(f"{n} points by the researcher", f"точек исследователя: {n}"))


@checks("emotion-gap")
def _emotion_gap(c: Context) -> Iterator[Remark]:
    there = {p.stage for p in _measured(c)}
    for s in c.journey.stages if there else ():
        if s.id not in there:
            yield Remark(c.words("no emotion point", "нет точки эмоций"), s.id, "emotion")


@checks("emotion-small-n")
def _emotion_small_n(c: Context) -> Iterator[Remark]:
    for p in _of_people(c):
        if p.estimate.n < SMALL_N:
            yield Remark(f"n = {p.estimate.n}", p.stage, "emotion")


@checks("emotion-without-interval")
def _emotion_without_interval(c: Context) -> Iterator[Remark]:
    for p in _of_people(c):
        e = p.estimate
        if e.n >= SMALL_N and (e.low is None or e.high is None):
            value, origin = number(e.value, 1, lang=c.lang), source_title(p.source, c.lang)
            yield Remark(f"{value}, {origin}", p.stage, "emotion")


@checks("emotion-twice")
def _emotion_twice(c: Context) -> Iterator[Remark]:
    for (stage, persona, source), n in Counter((p.stage, p.persona, p.source) for p in c.journey.emotion).items():
        if n > 1:
            yield Remark(f"{persona or '*'}, {source_title(source, c.lang)}: {n}", stage, "emotion")


@checks("mixed-scales")
def _mixed_scales(c: Context) -> Iterator[Remark]:
    """Points of one curve from different surveys; how an interval was made does not change the scale."""
    curves: dict[tuple[str, str], set[str]] = {}
    for p in _measured(c):
        surveys = {e.survey for e in p.evidence if isinstance(e, SurveyFigure)}
        curves.setdefault((p.persona, p.source), set()).update(surveys)
    for (persona, source), surveys in curves.items():
        if len(surveys) > 1:
            who, origin = persona or c.words("everybody", "все"), source_title(source, c.lang)
            joined = listing(sorted(surveys), lang=c.lang)
            yield Remark(
                c.words(
                    f"one curve ({who}, {origin}) joins {joined}", f"одна кривая ({who}, {origin}) соединяет: {joined}"
                ),
                lane="emotion",
            )


# ---- barriers and actions ------------------------------------------------------------------------------------------


@checks("barrier-without-action")
def _barrier_without_action(c: Context) -> Iterator[Remark]:
    answered = {b for a in c.journey.improvements for b in a.barriers}
    for s in c.journey.stages:
        for n in s.barriers:
            if n.id not in answered:
                yield Remark(shorten(n.text, _WIDTH), s.id, "barriers", n.id)


@checks("action-without-owner")
def _action_without_owner(c: Context) -> Iterator[Remark]:
    for a in c.journey.improvements:
        if not a.owner:
            yield Remark(shorten(a.title, _WIDTH), a.stage, "improvements", a.id)


@checks("action-without-barrier")
def _action_without_barrier(c: Context) -> Iterator[Remark]:
    j = c.journey
    barriers = {n.id for s in j.stages for n in s.barriers} | {n.id for p in j.personas for n in p.barriers}
    for a in j.improvements:
        lost = [b for b in a.barriers if b not in barriers]
        if not a.barriers or lost:
            more = f" ({', '.join(lost)})" if lost else ""
            yield Remark(shorten(a.title, _WIDTH) + more, a.stage, "improvements", a.id)


# ---- personas, coders, age -----------------------------------------------------------------------------------------


@checks("no-persona")
def _no_persona(c: Context) -> Iterator[Remark]:
    if c.journey.stages and not c.journey.personas:
        yield Remark(c.words("nobody is named", "никто не назван"))


@checks("several-personas")
def _several_personas(c: Context) -> Iterator[Remark]:
    if len(c.journey.personas) > 1:
        yield Remark(", ".join(p.name for p in c.journey.personas))


@checks("persona-without-people")
def _persona_without_people(c: Context) -> Iterator[Remark]:
    for p in c.journey.personas:
        if not p.participants and not p.verdict.n and not p.evidence and not p.quotes:
            yield Remark(p.name, id=p.id)


@checks("persona-not-found")
def _persona_not_found(c: Context) -> Iterator[Remark]:
    for p in c.journey.personas:
        if p.verdict.status in ("none", "exploratory"):
            yield Remark(f"{p.name}: {p.verdict.text(c.lang)}", id=p.id)


@checks("agreement-missing")
def _agreement_missing(c: Context) -> Iterator[Remark]:
    j = c.journey
    coded = any(isinstance(e, Quote) for _, _, i in j.cells() for e in i.evidence)
    coded = coded or any(p.source == "coding" for p in j.emotion)
    if coded and (j.agreement is None or j.agreement.value is None):
        yield Remark(
            c.words(
                "quotes are cited, but the map carries no agreement of coders",
                "цитаты есть, а согласие кодировщиков на карте не указано",
            )
        )


@checks("agreement-low")
def _agreement_low(c: Context) -> Iterator[Remark]:
    found = c.journey.agreement
    if found is None or found.value is None or found.value >= 0.8:
        return
    weight = c.words("tentative", "предварительно")
    if found.value < 0.667:
        weight = c.words("too low for a conclusion", "слишком мало для выводов")
    yield Remark(f"{found.text(2, lang=c.lang)}: {weight}")


@checks("stale-map")
def _stale_map(c: Context) -> Iterator[Remark]:
    date = c.journey.date
    if date is not None and (c.today - date).days > 366:
        yield Remark(c.words(f"dated {date.isoformat()}", f"дата карты {date.isoformat()}"))
