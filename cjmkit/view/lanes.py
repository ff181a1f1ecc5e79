"""What every rendering of a map shares: which lanes it shows, what its parts are called, how figures are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjmkit.core.estimate import Estimate
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint
from cjmkit.core.words import GAP_N, is_assumed, link_title, source_title
from cjmkit.i18n import interval, number, say

if TYPE_CHECKING:
    from cjmkit.core.evidence import Evidence
    from cjmkit.core.journey import Action, EmotionPoint, Journey

__all__ = [
    "BLUEPRINT",
    "LANE_ORDER",
    "PAGE_ORDER",
    "Series",
    "action_figures",
    "actions_at",
    "actions_for",
    "coverage",
    "day",
    "funnel_steps",
    "hidden_notes",
    "is_gap",
    "items",
    "lane_gap",
    "link_text",
    "phase_runs",
    "score_text",
    "series",
    "shown_lanes",
    "walk",
    "whole",
]

BLUEPRINT = ("front_stage", "back_stage", "support")
LANE_ORDER = (
    "goals",
    "expectations",
    "actions",
    "questions",
    "thoughts",
    "touchpoints",
    "emotion",
    "barriers",
    "improvements",
    "tasks",
    "kpis",
    *BLUEPRINT,
)
"""Rows of a map from top to bottom: the person first, the business after."""
PAGE_ORDER = (
    "emotion", "touchpoints", "barriers", "thoughts", "questions", "goals", "expectations", "actions", "tasks", "kpis",
    *BLUEPRINT,
)  # fmt: skip
"""Rows of page and picture: the curve under the stages, what people met and what stood in the way, then the rest."""


def actions_at(journey: Journey, stage: str) -> tuple[Action, ...]:
    """The planned actions of a stage."""
    return tuple(a for a in journey.improvements if a.stage == stage)


def items(journey: Journey, stage: Stage, lane: str) -> tuple[Note | Touchpoint | Action, ...]:
    """What stands in one cell, whatever its type; nothing for the emotion lane."""
    if lane == "touchpoints":
        return stage.touchpoints
    if lane == "improvements":
        return actions_at(journey, stage.id)
    return stage.lane(lane) if lane in LANES else ()


def _filled(journey: Journey, lane: str) -> bool:
    if lane == "emotion":
        return bool(journey.emotion)
    if lane == "personas":
        return bool(journey.personas)
    return any(items(journey, s, lane) for s in journey.stages)


def lane_gap(journey: Journey, lane: str, lang: str | None = None) -> str:
    """Why a lane is empty and what to do, as a sentence; empty where it holds something or nothing is known.

    ``"personas"`` asks for the head of the map.
    """
    if _filled(journey, lane):
        return ""
    for gap in journey.gaps:
        if gap.lane == lane:
            following = say(en="Next", ru="Дальше", lang=lang)
            why = f" ({gap.why})" if gap.why else ""
            return f"{gap.missing}{why}." + (f" {following}: {gap.action}" if gap.action else "")
    return ""


def shown_lanes(journey: Journey, *, blueprint: bool = False) -> tuple[str, ...]:
    """The lanes that hold something, or of which it is known why they do not; the blueprint's only on request."""
    out = []
    for lane in LANE_ORDER:
        if lane in BLUEPRINT and not blueprint:
            continue
        if _filled(journey, lane) or lane_gap(journey, lane):
            out.append(lane)
    return tuple(out)


def hidden_notes(journey: Journey, *, blueprint: bool = False) -> int:
    """How many notes lie in blueprint lanes that are not shown."""
    return 0 if blueprint else sum(len(s.lane(lane)) for s in journey.stages for lane in BLUEPRINT)


def phase_runs(journey: Journey) -> list[tuple[str | None, int]]:
    """Neighbouring stages of one phase, as (phase, number of stages); empty where no stage has a phase."""
    if not any(s.phase for s in journey.stages):
        return []
    runs: list[tuple[str | None, int]] = []
    for s in journey.stages:
        if runs and runs[-1][0] == s.phase:
            runs[-1] = (s.phase, runs[-1][1] + 1)
        else:
            runs.append((s.phase, 1))
    return runs


def is_gap(point: EmotionPoint | None) -> bool:
    """Whether nothing is drawn: nobody was asked, or too few people to draw a point; a belief has no people at all."""
    if point is None or point.estimate.value is None:
        return True
    return point.estimate.n < GAP_N and not is_assumed(point.source)


@dataclass(frozen=True)
class Series:
    """One emotion curve: the points of one persona from one source, a place (perhaps empty) per stage."""

    persona: str
    source: str
    label: str
    points: tuple[EmotionPoint | None, ...]

    @property
    def assumed(self) -> bool:
        """Whether it is a belief."""
        return is_assumed(self.source)

    def runs(self) -> Iterator[list[tuple[int, EmotionPoint]]]:
        """Stretches without a gap: a line may join only what was measured side by side."""
        run: list[tuple[int, EmotionPoint]] = []
        for i, p in enumerate(self.points):
            if is_gap(p):
                if run:
                    yield run
                run = []
            elif p is not None:
                run.append((i, p))
        if run:
            yield run


def series(journey: Journey, lang: str | None = None) -> list[Series]:
    """The emotion curves of a journey, in the order in which they first appear."""
    place = {s.id: i for i, s in enumerate(journey.stages)}
    names = {p.id: p.name for p in journey.personas}
    grouped: dict[tuple[str, str], list[EmotionPoint | None]] = {}
    for point in journey.emotion:
        row = grouped.setdefault((point.persona, point.source), [None] * len(place))
        # Two points for one place contradict each other: the linter says so, the picture shows the last one.
        row[place[point.stage]] = point
    everybody = say(en="everybody", ru="все", lang=lang)
    return [
        Series(
            persona,
            source,
            f"{names.get(persona, persona) if persona else everybody} · {source_title(source, lang)}",
            tuple(row),
        )
        for (persona, source), row in grouped.items()
    ]


def actions_for(journey: Journey) -> dict[str, list[Action]]:
    """Planned actions by the id of the barrier that they remove."""
    out: dict[str, list[Action]] = {}
    for a in journey.improvements:
        for b in a.barriers:
            out.setdefault(b, []).append(a)
    return out


def funnel_steps(journey: Journey) -> list[tuple[str, int, Estimate | None]]:
    """The funnel that the KPI lane holds: each step, how many people reached it, which share of the step before.

    Notes of an event log named "before → after" that follow each other make it; people count those before each.

    Examples
    --------
    >>> import cjmkit as cj
    >>> shares = [cj.Estimate(value=0.5, low=0.4, high=0.6, n=80), cj.Estimate(value=0.25, low=0.1, high=0.4, n=40)]
    >>> seen = [cj.EventFigure(log="site", query="funnel", engine="duckdb", sha256="", estimate=e) for e in shares]
    >>> steps = zip(["Menu → Cart", "Cart → Paid"], seen)
    >>> kpis = [cj.Note(text=t, evidence=[f], estimate=f.estimate) for t, f in steps]
    >>> j = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="k", title="Kitchen", kpis=kpis)])
    >>> [(name, n) for name, n, _ in funnel_steps(j)]
    [('Menu', 80), ('Cart', 40), ('Paid', 10)]
    """
    steps: list[tuple[str, int, Estimate | None]] = []
    for note in (n for s in journey.stages for n in s.kpis):
        before, arrow, after = note.text.partition(" → ")
        e = note.estimate
        if not arrow or e is None or e.value is None or not any(x.kind == "events" for x in note.evidence):
            continue
        if not steps:
            steps.append((before, e.n, None))
        if steps[-1][0] != before:
            return steps  # another funnel: one chart shows one
        steps[-1] = (before, e.n, steps[-1][2])
        steps.append((after, round(e.n * e.value), e))
    return steps


def link_text(journey: Journey, index: int, lang: str | None = None) -> str:
    """One line for a link: from, verb, to, share."""
    link = journey.links[index]
    titles = {s.id: s.title for s in journey.stages}
    out = f"{titles[link.source]} → {titles[link.target]}" if link.target else titles[link.source]
    out += f": {link_title(link.kind, lang)}"
    if link.share is not None:
        out += f", {share(link.share, lang)}"
    return out + (f" ({link.label})" if link.label else "")


def share(estimate: Estimate, lang: str | None = None) -> str:
    """A share of people for reading: ``42% [31%, 54%], n = 70``."""
    limits = interval(estimate.low, estimate.high, 0, percent=True, lang=lang)
    value = number(estimate.value, 0, percent=True, lang=lang) + (f" {limits}" if limits else "")
    return f"{value}, n = {whole(estimate.n, lang)}"


def is_share(estimate: Estimate) -> bool:
    """Whether a figure reads as a share of people (between 0 and 1, limits too)."""
    inside = [v for v in (estimate.value, estimate.low, estimate.high) if v is not None]
    return estimate.value is not None and estimate.unit == "people" and all(0 <= v <= 1 for v in inside)


def figure_text(estimate: Estimate, *, as_share: bool = False, lang: str | None = None) -> str:
    """A note's figure: a share as per cent, anything else as it is."""
    if (as_share or estimate.percent) and is_share(estimate):
        return share(estimate, lang)
    # A figure in tens or hundreds has no use for hundredths.
    large = estimate.value is not None and abs(estimate.value) >= 10
    return estimate.text(0 if large else None, lang=lang)


def action_figures(action: Action, lang: str | None = None) -> list[str]:
    """Effort, effect, score and due date of an action, each as a short phrase."""
    out = []
    if action.effect is not None:
        out.append(say(en="effect", ru="эффект", lang=lang) + " " + action.effect.text(lang=lang))
    if action.effort is not None:
        unit = say(en="person-months", ru="чел.-мес.", lang=lang)
        out.append(f"{number(action.effort, 1, lang=lang)} {unit}")
    if action.score is not None:
        out.append(score_text(action, lang))
    if action.due is not None:
        out.append(say(en="by ", ru="к ", lang=lang) + day(action.due, lang))
    return out


def score_text(action: Action, lang: str | None = None) -> str:
    """An action's score with its method: whole above ten, because the rest is noise."""
    score = action.score or 0.0
    written = whole(round(score), lang) if abs(score) >= 10 else number(action.score, 1, lang=lang)
    return f"{action.method or say(en='score', ru='оценка', lang=lang)} {written}"


def whole(value: float, lang: str | None = None) -> str:
    r"""A whole number as people write it.

    Examples
    --------
    >>> whole(3915, "en"), whole(3915, "ru").replace("\xa0", " "), whole(-12, "en")
    ('3,915', '3 915', '−12')
    """
    return number(round(float(value)), 0, lang=lang)


def day(date: dt.date, lang: str | None = None) -> str:
    """A date as people write it.

    Examples
    --------
    >>> import datetime as dt
    >>> day(dt.date(2026, 9, 1), "en"), day(dt.date(2026, 9, 1), "ru")
    ('1 Sep 2026', '01.09.2026')
    """
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return say(en=f"{date.day} {months[date.month - 1]} {date.year}", ru=f"{date:%d.%m.%Y}", lang=lang)


def walk(journey: Journey) -> Iterator[tuple[str, str, Note | Touchpoint | Action]]:
    """Everything that can rest on evidence in the cells: (stage id, lane, item)."""
    for stage in journey.stages:
        for lane in (*LANES, "touchpoints"):
            cell: tuple[Note, ...] | tuple[Touchpoint, ...] = (
                stage.touchpoints if lane == "touchpoints" else stage.lane(lane)
            )
            for item in cell:
                yield stage.id, lane, item
    for action in journey.improvements:
        yield action.stage, "improvements", action


def coverage(journey: Journey) -> tuple[int, int]:
    """How many notes and touchpoints rest on evidence, and how many there are."""
    cited = [bool(i.evidence) for _, lane, i in walk(journey) if lane != "improvements"]
    return sum(cited), len(cited)


def all_evidence(journey: Journey) -> Iterator[Evidence]:
    """Every piece of evidence on the map, in reading order, repeats included."""
    for persona in journey.personas:
        yield from persona.evidence
        for group in (persona.traits, persona.goals, persona.expectations, persona.barriers):
            for n in group:
                yield from n.evidence
        yield from persona.quotes
    for _, _, item in walk(journey):
        yield from item.evidence
    for point in journey.emotion:
        yield from point.evidence
    for link in journey.links:
        yield from link.evidence
