"""Changing a journey map: every verb returns a new one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from cjmkit.core.course import Action, EmotionPoint, Link
from cjmkit.core.evidence import Evidence
from cjmkit.core.map import DRAWN, MapData
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, Stage, Touchpoint
from cjmkit.errors import CjmError, suggest

__all__ = [
    "with_emotion",
    "with_improvements",
    "with_link",
    "with_links",
    "with_note",
    "with_note_moved",
    "with_notes",
    "with_persona",
    "with_personas",
    "with_stage",
    "with_stage_order",
    "with_touchpoint",
    "with_touchpoints",
    "with_typical",
    "without_note",
    "without_stage",
]

M = TypeVar("M", bound=MapData)


def with_stage(journey: M, /, stage: Stage, *, after: str | None = None) -> M:
    """Put a stage in: in place of the one with its id, else behind `after` (default: at the end).

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="Tea")
    >>> [s.id for s in with_stage(j, Stage(id="ride", title="Ride"), after="interest").stages]
    ['attention', 'interest', 'ride', 'desire', 'action']
    """
    stages = list(journey.stages)
    ids = [s.id for s in stages]
    if stage.id in ids:
        stages[ids.index(stage.id)] = stage
    elif after is None:
        stages.append(stage)
    else:
        stages.insert(ids.index(journey.stage(after).id) + 1, stage)
    return journey.replace(stages=tuple(stages))


def without_stage(journey: M, /, stage: str) -> M:
    """Take a stage out, with its links, emotion points and the stage of its actions.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="Tea")
    >>> [s.id for s in without_stage(j, "interest").stages]
    ['attention', 'desire', 'action']
    """
    gone = journey.stage(stage).id
    return journey.replace(
        stages=tuple(s for s in journey.stages if s.id != gone),
        links=tuple(k for k in journey.links if gone not in (k.source, k.target)),
        emotion=tuple(p for p in journey.emotion if p.stage != gone),
        improvements=tuple(a.replace(stage="") if a.stage == gone else a for a in journey.improvements),
    )


def with_note(
    journey: M,
    /,
    stage: str,
    lane: str,
    note: Note | str,
    *,
    evidence: Iterable[Evidence] = (),
    **fields: Any,
) -> M:
    """Put a note on the map.

    Parameters
    ----------
    stage, lane : str
        Where.
    note : Note or str
        The note, or its text. A note whose id is already in that cell takes the place of the old one.
    evidence : iterable of Evidence
        What it rests on, see :func:`cjmkit.cite`; added to what the note has.
    **fields
        Other fields of the note, for example ``persona=`` or ``estimate=``.

    Raises
    ------
    CjmError
        If there is no such stage or lane.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="Tea")
    >>> with_note(j, "desire", "goals", "Ride to work").stage("desire").goals[0].text
    'Ride to work'
    """
    where = journey.stage(stage)
    if lane == "touchpoints":
        raise CjmError(
            en="touchpoints have a channel and an owner: use with_touchpoint(stage, name, channel=, owner=)",
            ru="у точки контакта есть канал и владелец: with_touchpoint(stage, name, channel=, owner=)",
        )
    made = Note(text=note) if isinstance(note, str) else note
    if evidence or fields:
        made = made.replace(**({"evidence": (*made.evidence, *evidence)} | fields))
    return with_stage(journey, where.replace(**{lane: _put(where.lane(lane), made)}))


def with_notes(journey: M, /, placed: Iterable[Any]) -> M:
    """Put several notes on the map.

    Parameters
    ----------
    placed : iterable
        Objects with ``stage``, ``lane`` and ``note``, such as ``cj.coding.notes(…)`` returns.

    Raises
    ------
    CjmError
        If one of them names a stage or lane that the journey does not have.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> from cjmkit.core.placed import PlacedNote
    >>> j = Journey.from_framework("aida", title="Tea")
    >>> notes = [PlacedNote("desire", "goals", Note(text="Ride")), PlacedNote("action", "goals", Note(text="Pay"))]
    >>> j = with_notes(j, notes)
    >>> [item.text for _, _, item in j.cells()]
    ['Ride', 'Pay']
    """
    out: M = journey
    for p in placed:
        out = with_note(out, p.stage, p.lane, p.note)
    return out


def with_note_moved(journey: M, /, note: str, stage: str, lane: str, *, position: int | None = None) -> M:
    """Move a note to another cell, or within its cell, with everything it rests on.

    Parameters
    ----------
    note : str
        Id of the note. A touchpoint can move to another stage, lane ``"touchpoints"``.
    stage, lane : str
        Where to.
    position : int, optional
        Before which note there, counted from 0 without the note itself; at the end by default.

    Raises
    ------
    CjmError
        If no note has that id, there is no such cell, or a touchpoint would become a note or the reverse.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> note = Note(id="ride", text="Ride")
    >>> j = with_note(Journey.from_framework("aida", title="Tea"), "desire", "goals", note)
    >>> [(s.id, lane) for s, lane, _ in with_note_moved(j, "ride", "action", "questions").cells()]
    [('action', 'questions')]
    """
    found = [(lane_, item) for _, lane_, item in journey.cells() if item.id == note]
    if not found:
        raise CjmError(suggest(note, [item.id for *_, item in journey.cells()], what="note"))
    old, item = found[0]
    if (old == "touchpoints") != (lane == "touchpoints"):
        raise CjmError(
            en="a touchpoint has a channel and an owner, a note has not: neither becomes the other",
            ru="у точки контакта есть канал и владелец, у заметки нет: одно другим не становится",
        )
    without = without_note(journey, note)
    target = without.stage(stage)
    cell = list(target.touchpoints if lane == "touchpoints" else target.lane(lane))
    cell.insert(len(cell) if position is None else max(0, position), item)
    return with_stage(without, target.replace(**{lane: tuple(cell)}))


def with_stage_order(journey: M, /, stages: Iterable[str]) -> M:
    """Put the stages in another order.

    Raises
    ------
    CjmError
        If the ids are not exactly those of the journey's stages.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="Tea")
    >>> with_stage_order(j, ["action", "desire", "interest", "attention"]).stages[0].id
    'action'
    """
    order = list(stages)
    known = [s.id for s in journey.stages]
    if sorted(order) != sorted(known):
        raise CjmError(
            en=f"the new order has to name each stage once: {', '.join(known)}; found {', '.join(order)}",
            ru=f"в новом порядке каждый этап назван один раз: {', '.join(known)}; здесь {', '.join(order)}",
        )
    return journey.replace(stages=tuple(journey.stage(i) for i in order))


def with_typical(
    journey: M,
    /,
    stages: Iterable[Stage],
    *,
    lanes: Iterable[str] = ("goals", "expectations", "actions", "questions", "tasks"),
) -> M:
    """Fill cells that are still empty with the typical notes of a stage model, as assumptions.

    A cell in which anybody said anything keeps only that.

    Parameters
    ----------
    stages : iterable of Stage
        Stages with content, for example ``study.stages(content=True)``; matched by id.
    lanes : iterable of str
        Lanes to fill.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> from cjmkit.core import frameworks
    >>> j = with_note(Journey.from_framework("five-stages", title="Tea"), "decision", "goals", "Ride")
    >>> j = with_typical(j, frameworks.get("five-stages").stages("en", content=True))
    >>> [n.text for n in j.stage("decision").goals], len(j.stage("decision").questions) > 0
    (['Ride'], True)
    """
    out: M = journey
    known = {s.id for s in journey.stages}
    for typical in stages:
        if typical.id not in known:
            continue
        stage = out.stage(typical.id)
        fill = {lane: typical.lane(lane) for lane in lanes if not stage.lane(lane)}
        out = with_stage(out, stage.replace(**fill))
    return out


def without_note(journey: M, /, note: str) -> M:
    """Take the note or touchpoint with this id off the map.

    Raises
    ------
    CjmError
        If no note has that id.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> note = Note(id="ride", text="Ride")
    >>> j = with_note(Journey.from_framework("aida", title="Tea"), "desire", "goals", note)
    >>> len(list(without_note(j, "ride").cells()))
    0
    """
    if note not in {item.id for _, _, item in journey.cells()}:
        raise CjmError(suggest(note, [item.id for _, _, item in journey.cells()], what="note"))
    stages = tuple(
        s.replace(**{lane: tuple(i for i in getattr(s, lane) if i.id != note) for lane in DRAWN})
        for s in journey.stages
    )
    return journey.replace(stages=stages)


def with_touchpoint(
    journey: M, /, stage: str, touchpoint: Touchpoint | str, *, evidence: Iterable[Evidence] = (), **fields: Any
) -> M:
    """Put a touchpoint on the map; arguments as :meth:`with_note`, fields as :class:`Touchpoint`.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="Tea")
    >>> with_touchpoint(j, "action", "Checkout", channel="site", owner="sales").stage("action").touchpoints[0].owner
    'sales'
    """
    where = journey.stage(stage)
    if isinstance(touchpoint, str):
        made = Touchpoint(name=touchpoint, evidence=tuple(evidence), **fields)
    else:
        made = touchpoint.replace(evidence=(*touchpoint.evidence, *evidence), **fields)
    return with_stage(journey, where.replace(touchpoints=_put(where.touchpoints, made)))


def with_touchpoints(journey: M, /, placed: Iterable[Any]) -> M:
    """Put several touchpoints on the map: objects with ``stage`` and ``touchpoint``.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> from cjmkit.core.placed import PlacedTouchpoint
    >>> j = Journey.from_framework("aida", title="Tea")
    >>> j = with_touchpoints(j, [PlacedTouchpoint("action", Touchpoint(name="Checkout"))])
    >>> j.stage("action").touchpoints[0].name
    'Checkout'
    """
    out: M = journey
    for p in placed:
        out = with_touchpoint(out, p.stage, p.touchpoint)
    return out


def with_link(journey: M, /, source: str, target: str, *, kind: str, **fields: Any) -> M:
    """Add a way that people take: skip, back, repeat, loop, next or leave (target ``""``).

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = with_link(Journey.from_framework("aida", title="Tea"), "action", "interest", kind="back")
    >>> j.links[-1].kind
    'back'
    """
    return with_links(journey, [Link(source=source, target=target, kind=kind, **fields)])


def with_links(journey: M, /, links: Iterable[Link]) -> M:
    """Add several links; one with the same ends and kind takes the place of the old one.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="Tea")
    >>> len(with_links(j, [Link(source="action", kind="leave"), Link(source="action", kind="leave")]).links)
    1
    """
    new = {(k.source, k.target, k.kind): k for k in links}
    kept = tuple(k for k in journey.links if (k.source, k.target, k.kind) not in new)
    return journey.replace(links=(*kept, *new.values()))


def with_emotion(journey: M, /, curve: Any) -> M:
    """Lay an emotion curve on the map.

    Parameters
    ----------
    curve : emotion curve or iterable of EmotionPoint
        Anything with a ``points()`` method, for example the result of ``cj.emotion.curve``. Points of the same
        stage, persona and source take the place of old ones. Points of personas that are not on this map are
        left out; those of everybody (persona ``""``) always fit.

    Raises
    ------
    CjmError
        If a point names a stage that the journey does not have.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> from cjmkit.core.estimate import Estimate
    >>> felt = EmotionPoint(stage="action", source="survey", estimate=Estimate(value=1.2, low=0.8, high=1.6, n=40))
    >>> with_emotion(Journey.from_framework("aida", title="Tea"), [felt]).emotion[0].estimate.n
    40
    """
    found = curve.points() if hasattr(curve, "points") else curve
    points: tuple[EmotionPoint, ...] = (found,) if isinstance(found, EmotionPoint) else tuple(found)
    for p in points:
        journey.stage(p.stage)
    # A curve of named groups says the names, the map goes by ids.
    known = {p.name: p.id for p in journey.personas} | {p.id: p.id for p in journey.personas} | {"": ""}
    of = [p.replace(persona=known[p.persona]) for p in points if p.persona in known]
    new = {(p.stage, p.persona, p.source): p for p in of}
    kept = tuple(p for p in journey.emotion if (p.stage, p.persona, p.source) not in new)
    return journey.replace(emotion=(*kept, *new.values()))


def with_persona(journey: M, /, persona: Persona) -> M:
    """Put a persona in, or in place of the one with its id.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = with_persona(Journey.from_framework("aida", title="Tea"), Persona(id="P1", name="Ann"))
    >>> with_persona(j, Persona(id="P1", name="Anna")).persona("P1").name
    'Anna'
    """
    return journey.replace(personas=_put(journey.personas, persona))


def with_personas(journey: M, /, personas: Iterable[Persona]) -> M:
    """Put several personas in, or in place of those with their ids.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> people = [Persona(id="P1", name="Ann"), Persona(id="P2", name="Ben")]
    >>> len(with_personas(Journey.from_framework("aida", title="Tea"), people).personas)
    2
    """
    out = journey.personas
    for persona in personas:
        out = _put(out, persona)
    return journey.replace(personas=out)


def with_improvements(journey: M, /, actions: Iterable[Action] | Action) -> M:
    """Put planned actions in; one whose id is there already takes the place of the old one.

    An action may name a barrier by its note's id, its code or its text; on the map it holds the ids of the notes.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> barrier = Note(id="wait", text="Waiting")
    >>> j = with_note(Journey.from_framework("aida", title="Tea"), "action", "barriers", barrier)
    >>> j = with_improvements(j, Action(title="Answer in a day", stage="action", barriers=["Waiting"]))
    >>> j.improvements[0].barriers
    ('wait',)
    """
    notes = [n for s in journey.stages for n in s.barriers]

    def found(name: str) -> tuple[str, ...]:
        if any(n.id == name for n in notes):
            return (name,)
        return tuple(n.id for n in notes if n.id.startswith(f"{name}-") or n.text.casefold() == name.casefold())

    out = journey.improvements
    for action in (actions,) if isinstance(actions, Action) else actions:
        hits = [found(name) or (name,) for name in action.barriers]
        # A code may have commas in its name, which a list of codes is split at.
        whole = found(", ".join(action.barriers))
        barriers = whole or tuple(dict.fromkeys(i for ids in hits for i in ids))
        out = _put(out, action.replace(barriers=barriers))
    return journey.replace(improvements=out)


def _put(items: tuple[Any, ...], new: Any) -> tuple[Any, ...]:
    ids = [i.id for i in items]
    if new.id in ids:
        return tuple(new if i.id == new.id else i for i in items)
    return (*items, new)
