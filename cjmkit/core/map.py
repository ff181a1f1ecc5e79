"""The data of a journey map: its stages, people, ways and feelings, and the look-ups that every verb needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from cjmkit.core.course import Action, EmotionPoint, Gap, Link
from cjmkit.core.estimate import Estimate, Value
from cjmkit.core.evidence import Evidence
from cjmkit.core.persona import Persona
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import Language, say

__all__ = ["DRAWN", "MapData", "Place"]

DRAWN = ("goals", "expectations", "actions", "questions", "thoughts", "touchpoints", *LANES[5:])
"""The lanes that hold notes or touchpoints, from top to bottom."""

Place = dict[str, str]
"""Where something stands: stage, lane and id of the note, persona or action, as far as there are any."""


class MapData(Value):
    """What a journey map holds; :class:`cjmkit.Journey` binds the verbs to it."""

    format: Literal["cjmkit/journey/1"] = "cjmkit/journey/1"
    id: str = Field(min_length=1, pattern=r"^[^\s/\\:]+$")
    title: str = Field(min_length=1)
    language: Language = "en"
    framework: str = ""
    scenario: str = ""
    wave: str = ""
    revises: str = ""
    date: dt.date | None = None
    personas: tuple[Persona, ...] = ()
    stages: tuple[Stage, ...] = ()
    links: tuple[Link, ...] = ()
    emotion: tuple[EmotionPoint, ...] = ()
    improvements: tuple[Action, ...] = ()
    agreement: Estimate | None = None
    gaps: tuple[Gap, ...] = ()
    memo: str = ""

    @model_validator(mode="after")
    def _references_resolve(self) -> MapData:
        ids = [s.id for s in self.stages]
        for i in ids:
            if ids.count(i) > 1:
                raise ValueError(
                    say(
                        en=f"two stages share the id {i!r}; a stage that people repeat is one stage with a link",
                        ru=f"у двух этапов одно id {i!r}; этап, который повторяют, — это один этап со связью",
                    )
                )
        people = [p.id for p in self.personas]
        for name in people:
            if people.count(name) > 1:
                raise ValueError(say(en=f"two personas share the id {name!r}", ru=f"у двух персон одно id {name!r}"))
        for link in self.links:
            for end in (link.source, link.target):
                if end and end not in ids:
                    raise ValueError(suggest(end, ids, what="stage in a link"))
            if not link.target and link.kind != "leave":
                raise ValueError(
                    say(
                        en=f"the {link.kind} link from {link.source!r} has no target",
                        ru=f"у связи {link.kind} от {link.source!r} нет цели",
                    )
                )
        for point in self.emotion:
            if point.stage not in ids:
                raise ValueError(suggest(point.stage, ids, what="stage of an emotion point"))
            if point.persona and point.persona not in people:
                raise ValueError(suggest(point.persona, people, what="persona of an emotion point"))
        for action in self.improvements:
            if action.stage and action.stage not in ids:
                raise ValueError(suggest(action.stage, ids, what="stage of an action"))
        return self

    def stage(self, stage: str) -> Stage:
        """One stage by its id.

        Raises
        ------
        CjmError
            If there is no such stage; the message names the stages there are.

        Examples
        --------
        >>> import cjmkit as cj
        >>> journey = cj.Journey.from_framework("aida", title="Buying tea")
        >>> journey.stage("interest").title
        'Interest'
        """
        for s in self.stages:
            if s.id == stage:
                return s
        raise CjmError(suggest(stage, [s.id for s in self.stages], what="stage"))

    def persona(self, persona: str) -> Persona:
        """One persona by its id or name.

        Raises
        ------
        CjmError
            If there is no such persona.

        Examples
        --------
        >>> import cjmkit as cj
        >>> journey = cj.Journey.from_framework("aida", title="Buying tea")
        >>> journey = journey.with_personas([cj.Persona(id="P1", name="In a hurry")])
        >>> journey.persona("In a hurry").id
        'P1'
        """
        for p in self.personas:
            if persona in (p.id, p.name):
                return p
        raise CjmError(suggest(persona, [p.id for p in self.personas], what="persona"))

    def cells(self) -> Iterator[tuple[Stage, str, Note | Touchpoint]]:
        """Every note and touchpoint with its stage and lane, in the order of the map.

        Examples
        --------
        >>> import cjmkit as cj
        >>> journey = cj.Journey.from_framework("aida", title="Buying tea")
        >>> said = cj.Quote(document="anna", start=0, end=14, quote="Too many kinds", participant="anna")
        >>> journey = journey.with_note("interest", "barriers", "The choice is too wide", evidence=[said])
        >>> [(stage.id, lane, part.text) for stage, lane, part in journey.cells()]
        [('interest', 'barriers', 'The choice is too wide')]
        """
        for stage in self.stages:
            for lane in DRAWN:
                for item in getattr(stage, lane):
                    yield stage, lane, item

    def cited(self) -> Iterator[tuple[Evidence, Place]]:
        """Every piece of evidence on the map with its place: notes, actions, emotion, links, personas.

        Examples
        --------
        >>> import cjmkit as cj
        >>> journey = cj.Journey.from_framework("aida", title="Buying tea")
        >>> said = cj.Quote(document="anna", start=0, end=14, quote="Too many kinds", participant="anna")
        >>> journey = journey.with_note("interest", "barriers", "The choice is too wide", evidence=[said])
        >>> [(evidence.quote, place["stage"], place["lane"]) for evidence, place in journey.cited()]
        [('Too many kinds', 'interest', 'barriers')]
        """
        for stage, lane, item in self.cells():
            for e in item.evidence:
                yield e, {"stage": stage.id, "lane": lane, "id": item.id}
        for a in self.improvements:
            for e in a.evidence:
                yield e, {"stage": a.stage, "lane": "improvements", "id": a.id}
        for p in self.emotion:
            for e in p.evidence:
                yield e, {"stage": p.stage, "lane": "emotion", "id": p.persona}
        for link in self.links:
            for e in link.evidence:
                yield e, {"stage": link.source, "lane": "", "id": ""}
        for persona in self.personas:
            notes = (*persona.traits, *persona.goals, *persona.expectations, *persona.barriers)
            for e in (*persona.evidence, *persona.quotes, *(e for n in notes for e in n.evidence)):
                yield e, {"stage": "", "lane": "", "id": persona.id}
