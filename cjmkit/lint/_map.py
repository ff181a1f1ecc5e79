"""Rules about the map itself; they need no material."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from cjmkit.core.evidence import Quote, SurveyFigure
from cjmkit.core.stage import LANES, lane_title
from cjmkit.i18n import number, say
from cjmkit.lint._context import Context
from cjmkit.lint.findings import Finding

__all__ = ["findings"]

_HUMAN = ("goals", "expectations", "actions", "questions", "thoughts", "barriers")
_OBSERVED = (*_HUMAN, "touchpoints")
"""Lanes that say something about people; tasks, KPIs and blueprint lanes are the company's own plans."""


def findings(c: Context) -> Iterator[Finding]:
    """Everything that the map alone shows."""
    if not c.journey.stages:
        yield c.find("no-stages", "the map is empty", "карта пуста")
        return
    for rule in _CHECKS:
        yield from rule(c)


def _short(text: str, width: int = 90) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def _notes(c: Context) -> Iterator[Finding]:
    known = {p.id for p in c.journey.personas}
    for stage, lane, item in c.journey.cells():
        words = f"{lane_title(lane, c.lang)}: {_short(item.text)}"
        if item.assumption and lane in _OBSERVED:
            yield c.find("note-without-evidence", words, words, stage=stage.id, lane=lane, id=item.id)
        quotes = [e for e in item.evidence if isinstance(e, Quote)]
        people = {e.participant or e.document for e in quotes}
        if quotes and len(quotes) == len(item.evidence) and len(people) == 1 and not item.estimate:
            who = next(iter(people))
            yield c.find("one-voice", f"{words} ({who})", f"{words} ({who})", stage=stage.id, lane=lane, id=item.id)
        if item.persona and item.persona not in known:
            yield c.find(
                "unknown-persona",
                f"{words}: persona “{item.persona}”",
                f"{words}: портрет «{item.persona}»",
                stage=stage.id,
                lane=lane,
                id=item.id,
            )


def _doubles(c: Context) -> Iterator[Finding]:
    for s in c.journey.stages:
        for lane in LANES:
            seen = Counter(" ".join(n.text.casefold().split()) for n in s.lane(lane))
            for text, times in seen.items():
                if times > 1:
                    words = f"{lane_title(lane, c.lang)}: {_short(text)} × {times}"
                    yield c.find("duplicate-note", words, words, stage=s.id, lane=lane)


def _touchpoints(c: Context) -> Iterator[Finding]:
    for s in c.journey.stages:
        for t in s.touchpoints:
            place = {"stage": s.id, "lane": "touchpoints", "id": t.id}
            if not t.owner:
                yield c.find("touchpoint-without-owner", _short(t.name), _short(t.name), **place)
            if not t.channel:
                yield c.find("touchpoint-without-channel", _short(t.name), _short(t.name), **place)
    all_points = [t for s in c.journey.stages for t in s.touchpoints]
    if all_points and not any(t.moment_of_truth for t in all_points):
        n = len(all_points)
        yield c.find("no-moment-of-truth", f"none of {n} touchpoints is marked", f"не отмечена ни одна из {n} точек")


def _stages(c: Context) -> Iterator[Finding]:
    j = c.journey
    for s in j.stages:
        filled = any(s.lane(lane) for lane in LANES) or s.touchpoints
        if not filled:
            yield c.find("empty-stage", "nothing on it", "на нём ничего нет", stage=s.id)
        elif not s.goals:
            yield c.find("stage-without-goal", "no goal", "нет цели", stage=s.id)
    human = [n for s in j.stages for lane in ("goals", "expectations", "questions", "thoughts") for n in s.lane(lane)]
    if any(s.touchpoints for s in j.stages) and not human and not j.emotion:
        yield c.find(
            "only-touchpoints",
            "no goals, expectations, questions, thoughts or emotions",
            "нет ни целей, ни ожиданий, ни вопросов, ни мыслей, ни эмоций",
        )
    phases = {s.phase for s in j.stages}
    if phases == {None}:
        yield c.find("no-phases", "no stage says where it lies", "ни у одного этапа нет фазы")
    else:
        if "before" not in phases:
            yield c.find("no-before", "the map begins with the purchase", "карта начинается с покупки")
        if "after" not in phases:
            yield c.find("no-after", "the map ends with the purchase", "карта кончается покупкой")


def _ways(c: Context) -> Iterator[Finding]:
    kinds = {k.kind for k in c.journey.links}
    if "loop" not in kinds:
        yield c.find("loop-not-closed", "no link of the kind loop", "нет связи вида loop")
    if len(c.journey.stages) > 2 and not kinds & {"skip", "back", "repeat", "leave"}:
        yield c.find(
            "only-straight-on",
            "no skips, returns, repeats or leavers on the map",
            "на карте нет пропусков, возвратов, повторов и уходов",
        )


def _emotion(c: Context) -> Iterator[Finding]:
    j = c.journey
    measured = [p for p in j.emotion if p.estimate.value is not None]
    if not measured:
        yield c.find("no-emotion", "nobody's feelings are on the map", "на карте нет ничьих чувств")
        return
    by_hand = [p for p in measured if p.source == "researcher"]
    if by_hand:
        n = len(by_hand)
        yield c.find("emotion-by-hand", f"{n} points by the researcher", f"точек исследователя: {n}")
    for s in j.stages:
        if not any(p.stage == s.id for p in measured):
            yield c.find("emotion-gap", "no emotion point", "нет точки эмоций", stage=s.id, lane="emotion")
    for p in measured:
        if p.source == "researcher":
            continue
        e = p.estimate
        if e.n < c.small_n:
            yield c.find("emotion-small-n", f"n = {e.n}", f"n = {e.n}", stage=p.stage, lane="emotion")
        elif e.low is None or e.high is None:
            yield c.find(
                "emotion-without-interval",
                f"{number(e.value, 1, lang=c.lang)} from {p.source}",
                f"{number(e.value, 1, lang=c.lang)}, источник {p.source}",
                stage=p.stage,
                lane="emotion",
            )
    for (stage, persona, source), n in Counter((p.stage, p.persona, p.source) for p in j.emotion).items():
        if n > 1:
            who = f"{persona or '*'}, {source}: {n}"
            yield c.find("emotion-twice", who, who, stage=stage, lane="emotion")
    curves: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for p in measured:
        methods, surveys = curves.setdefault((p.persona, p.source), (set(), set()))
        methods.add(p.estimate.method)
        surveys |= {e.survey for e in p.evidence if isinstance(e, SurveyFigure)}
    for (persona, origin), (methods, surveys) in curves.items():
        joined = surveys if len(surveys) > 1 else methods if len(methods) > 1 else set()
        if joined:
            listed = ", ".join(sorted(x or "—" for x in joined))
            yield c.find(
                "mixed-scales",
                f"one curve ({persona or 'everybody'}, {origin}) joins {listed}",
                f"одна кривая ({persona or 'все'}, {origin}) соединяет: {listed}",
                lane="emotion",
            )


def _barriers(c: Context) -> Iterator[Finding]:
    j = c.journey
    answered = {b for a in j.improvements for b in a.barriers}
    barriers = {n.id for s in j.stages for n in s.barriers} | {n.id for p in j.personas for n in p.barriers}
    for s in j.stages:
        for n in s.barriers:
            if n.id not in answered:
                yield c.find(
                    "barrier-without-action", _short(n.text), _short(n.text), stage=s.id, lane="barriers", id=n.id
                )
    for a in j.improvements:
        place = {"stage": a.stage, "lane": "improvements", "id": a.id}
        if not a.owner:
            yield c.find("action-without-owner", _short(a.title), _short(a.title), **place)
        lost = [b for b in a.barriers if b not in barriers]
        if not a.barriers or lost:
            more = f" ({', '.join(lost)})" if lost else ""
            yield c.find("action-without-barrier", _short(a.title) + more, _short(a.title) + more, **place)


def _personas(c: Context) -> Iterator[Finding]:
    j = c.journey
    if not j.personas:
        yield c.find("no-persona", "nobody is named", "никто не назван")
    if len(j.personas) > 1:
        names = ", ".join(p.name for p in j.personas)
        yield c.find("several-personas", names, names)
    for p in j.personas:
        if not p.participants and not p.verdict.n and not p.evidence and not p.quotes:
            yield c.find("persona-without-people", p.name, p.name, id=p.id)
        if p.verdict.status in ("none", "exploratory"):
            words = f"{p.name}: {p.verdict.text(c.lang)}"
            yield c.find("persona-not-found", words, words, id=p.id)


def _agreement(c: Context) -> Iterator[Finding]:
    j = c.journey
    coded = any(isinstance(e, Quote) for _, _, i in j.cells() for e in i.evidence) or any(
        p.source == "coding" for p in j.emotion
    )
    value = j.agreement.value if j.agreement is not None else None
    if coded and value is None:
        yield c.find(
            "agreement-missing",
            "quotes are cited, but the map carries no agreement of coders",
            "цитаты есть, а согласие кодировщиков на карте не указано",
        )
    elif value is not None and value < 0.8:
        assert j.agreement is not None
        shown = j.agreement.text(2, lang=c.lang)
        weight = say(en="tentative", ru="предварительно", lang=c.lang)
        if value < 0.667:
            weight = say(en="too low for a conclusion", ru="слишком мало для выводов", lang=c.lang)
        yield c.find("agreement-low", f"{shown}: {weight}", f"{shown}: {weight}")


def _age(c: Context) -> Iterator[Finding]:
    date = c.journey.date
    if date is not None and (c.today - date).days > 366:
        yield c.find("stale-map", f"dated {date.isoformat()}", f"дата карты {date.isoformat()}")


_CHECKS: tuple[Callable[[Context], Iterator[Finding]], ...] = (
    _notes, _doubles, _touchpoints, _stages, _ways, _emotion, _barriers, _personas, _agreement, _age,
)  # fmt: skip
