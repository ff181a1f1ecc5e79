"""Note, Touchpoint and Stage: the cells of a map."""

from __future__ import annotations

import hashlib
from typing import Any, Literal, get_args

from pydantic import Field, model_validator

from cjmkit.core.estimate import Estimate, Value
from cjmkit.core.evidence import Evidence
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say

__all__ = ["LANES", "Lane", "Note", "Stage", "Touchpoint", "lane_title", "made_id"]

Lane = Literal[
    "goals", "expectations", "actions", "questions", "thoughts", "barriers", "tasks", "kpis",
    "front_stage", "back_stage", "support",
]  # fmt: skip
LANES: tuple[Lane, ...] = get_args(Lane)
"""The lanes that hold notes, in the order of the map; touchpoints and emotion have lanes of their own."""

_TITLES: dict[str, tuple[str, str]] = {
    "goals": ("Goals", "Цели потребителя"),
    "expectations": ("Expectations", "Ожидания"),
    "actions": ("Actions", "Процесс"),
    "questions": ("Questions", "Вопросы"),
    "thoughts": ("Thoughts", "Мысли"),
    "touchpoints": ("Touchpoints", "Точки контакта"),
    "emotion": ("Emotion", "Эмоции"),
    "barriers": ("Barriers", "Барьеры"),
    "tasks": ("Business tasks", "Задачи бизнеса"),
    "kpis": ("KPIs", "Показатели"),
    "front_stage": ("Front stage", "Видимая работа"),
    "back_stage": ("Back stage", "Скрытая работа"),
    "support": ("Support", "Поддержка"),
    "improvements": ("Planned actions", "План действий"),
}


def lane_title(lane: str, lang: str | None = None) -> str:
    """The lane's name as a map shows it.

    Examples
    --------
    >>> lane_title("barriers", "ru")
    'Барьеры'
    """
    if lane not in _TITLES:
        raise CjmError(suggest(lane, _TITLES, what="lane"))
    en, ru = _TITLES[lane]
    return say(en=en, ru=ru, lang=lang)


def made_id(prefix: str, text: str) -> str:
    """A short id made from a text: the same words get the same id in every file and run."""
    return f"{prefix}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"


class Note(Value):
    """One thing on the map, with the evidence it rests on.

    A note without evidence is an assumption, and every picture shows it as one. A note may be written as a plain
    string, which is an assumption until somebody cites something.

    Parameters
    ----------
    text : str
        What the note says.
    evidence : tuple of Evidence
        What it rests on; empty for an assumption.
    estimate : Estimate or None
        A figure that belongs to the note, for example the share of people who named a barrier.
    persona : str
        Id of the persona it holds for; empty for all.
    id : str
        Stable id; made from the text when not given.
    author, memo : str
        Who put it there, and why.

    Examples
    --------
    >>> Note(text="Fears that building stops").assumption
    True
    """

    id: str = ""
    text: str = Field(min_length=1)
    evidence: tuple[Evidence, ...] = ()
    estimate: Estimate | None = None
    persona: str = ""
    author: str = ""
    memo: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, v: Any) -> Any:
        v = {"text": v} if isinstance(v, str) else v
        if isinstance(v, dict) and not v.get("id") and isinstance(v.get("text"), str):
            v = v | {"id": made_id("n", v["text"].strip())}
        return v

    @property
    def assumption(self) -> bool:
        """Whether nobody has cited anything for it yet."""
        return not self.evidence


class Touchpoint(Value):
    """A contact between the person and the company.

    Parameters
    ----------
    name : str
        What happens there, for example ``"Callback from the sales office"``.
    channel : str
        Where: site, app, phone, office, chat, e-mail, word of mouth …
    owner : str
        Who answers for it. A touchpoint without an owner never changes.
    moment_of_truth : bool
        Whether the whole impression hangs on it.
    service_level : str
        What is promised, for example ``"answer within 15 s"``.
    evidence : tuple of Evidence
        What it rests on; empty for an assumption.
    estimate : Estimate or None
        A figure that belongs to it, for example satisfaction or reach.
    persona, id, memo : str
        As for a note.
    proposed : bool
        Whether it stands at this stage by a link that nobody has accepted yet: the place is a guess.
    """

    id: str = ""
    name: str = Field(min_length=1)
    channel: str = ""
    owner: str = ""
    moment_of_truth: bool = False
    service_level: str = ""
    evidence: tuple[Evidence, ...] = ()
    estimate: Estimate | None = None
    persona: str = ""
    memo: str = ""
    proposed: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, v: Any) -> Any:
        v = {"name": v} if isinstance(v, str) else v
        if isinstance(v, dict) and not v.get("id") and isinstance(v.get("name"), str):
            v = v | {"id": made_id("t", v["name"].strip() + "\0" + str(v.get("channel", "")).strip())}
        return v

    @property
    def text(self) -> str:
        """The name; touchpoints and notes can be listed together."""
        return self.name

    @property
    def assumption(self) -> bool:
        """Whether nobody has cited anything for it yet."""
        return not self.evidence


class Stage(Value):
    """A column of the map.

    Parameters
    ----------
    id : str
        Short stable name, used in codings, surveys and event mappings.
    title : str
        What the map shows.
    phase : {"before", "during", "after"} or None
        Where the stage lies relative to the purchase or use.
    optional : bool
        Whether people are expected to skip it.
    goals, expectations, actions, questions, thoughts, barriers, tasks, kpis : tuple of Note
        The lanes of a journey map.
    front_stage, back_stage, support : tuple of Note
        The lanes of a service blueprint.
    touchpoints : tuple of Touchpoint
        Contacts at this stage.
    """

    id: str = Field(min_length=1, pattern=r"^[^\s/\\:]+$")
    title: str = Field(min_length=1)
    phase: Literal["before", "during", "after"] | None = None
    optional: bool = False
    description: str = ""
    goals: tuple[Note, ...] = ()
    expectations: tuple[Note, ...] = ()
    actions: tuple[Note, ...] = ()
    questions: tuple[Note, ...] = ()
    thoughts: tuple[Note, ...] = ()
    touchpoints: tuple[Touchpoint, ...] = ()
    barriers: tuple[Note, ...] = ()
    tasks: tuple[Note, ...] = ()
    kpis: tuple[Note, ...] = ()
    front_stage: tuple[Note, ...] = ()
    back_stage: tuple[Note, ...] = ()
    support: tuple[Note, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> Stage:
        for lane in (*LANES, "touchpoints"):
            ids = [item.id for item in getattr(self, lane)]
            twice = sorted({i for i in ids if ids.count(i) > 1})
            if twice:
                raise ValueError(
                    say(
                        en=f"two {lane} of stage {self.id!r} share the id {twice[0]!r}; give one of them another id",
                        ru=f"у двух элементов дорожки {lane} этапа {self.id!r} одно id {twice[0]!r}; дайте одному "
                        f"другое",
                    )
                )
        return self

    def lane(self, lane: str) -> tuple[Note, ...]:
        """The notes of one lane.

        Raises
        ------
        CjmError
            If there is no such lane.
        """
        if lane not in LANES:
            raise CjmError(suggest(lane, LANES, what="lane"))
        notes: tuple[Note, ...] = getattr(self, lane)
        return notes
