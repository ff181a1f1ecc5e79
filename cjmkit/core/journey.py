"""Journey: the map as a value."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from cjmkit.core.estimate import Estimate, Value
from cjmkit.core.evidence import Evidence
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Stage
from cjmkit.errors import suggest
from cjmkit.i18n import Language

if TYPE_CHECKING:
    pass

__all__ = ["Action", "EmotionPoint", "Journey", "Link"]


class EmotionPoint(Value):
    """One point of an emotion curve.

    Parameters
    ----------
    stage : str
        Id of the stage.
    persona : str
        Id of the persona; empty for everybody.
    source : {"survey", "coding", "text", "researcher", "employees", "managers"}
        Where it comes from. ``"researcher"`` is an estimate by hand, always shown as an assumption;
        ``"employees"`` and ``"managers"`` are what insiders believe (expectation against reality).
    estimate : Estimate
        Mean in [−2, 2] with interval and n people; value None is a gap.
    evidence : tuple of Evidence
        What it rests on.
    """

    stage: str = Field(min_length=1)
    persona: str = ""
    source: Literal["survey", "coding", "text", "researcher", "employees", "managers"]
    estimate: Estimate
    evidence: tuple[Evidence, ...] = ()

    @model_validator(mode="after")
    def _on_the_scale(self) -> EmotionPoint:
        v = self.estimate.value
        if v is not None and not -2 <= v <= 2:
            raise ValueError(f"an emotion lies between −2 and 2; stage {self.stage!r} has {v}")
        return self


class Link(Value):
    """A way that people take between stages other than straight on.

    Parameters
    ----------
    source, target : str
        Stage ids.
    kind : {"next", "skip", "back", "repeat", "loop", "leave"}
        ``"loop"`` closes the journey (the next purchase, a referral); ``"leave"`` has an empty target.
    share : Estimate or None
        Share of the people at `source` who take it.
    evidence : tuple of Evidence
        What it rests on.
    """

    source: str = Field(min_length=1)
    target: str = ""
    kind: Literal["next", "skip", "back", "repeat", "loop", "leave"]
    share: Estimate | None = None
    label: str = ""
    evidence: tuple[Evidence, ...] = ()


class Action(Value):
    """Something the company will do about a barrier.

    Parameters
    ----------
    title : str
        What will be done.
    stage : str
        Id of the stage where it helps.
    barriers : tuple of str
        Ids of the barrier notes that it removes.
    owner : str
        Who does it.
    effort : float or None
        Person-months.
    effect : Estimate or None
        Expected change, with its interval.
    score : float or None
        Priority by `method`.
    method : str
        How it was scored: RICE, ICE (mean), opportunity …
    due : datetime.date or None
        By when.
    service_level, metric, status, memo : str
        What is promised, what will be measured, how far it is.
    """

    id: str = ""
    title: str = Field(min_length=1)
    stage: str = ""
    barriers: tuple[str, ...] = ()
    owner: str = ""
    effort: float | None = Field(default=None, ge=0)
    effect: Estimate | None = None
    score: float | None = None
    method: str = ""
    due: dt.date | None = None
    service_level: str = ""
    metric: str = ""
    status: str = ""
    memo: str = ""
    evidence: tuple[Evidence, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_title(cls, v: Any) -> Any:
        from cjmkit.core.stage import _id

        v = {"title": v} if isinstance(v, str) else v
        if isinstance(v, dict) and not v.get("id") and isinstance(v.get("title"), str):
            v = v | {"id": _id("a", v["title"].strip())}
        return v

    @property
    def assumption(self) -> bool:
        """Whether nobody has cited anything for it yet."""
        return not self.evidence


class Journey(Value):
    """A customer journey map as a frozen value; every ``with_…`` method returns a new one.

    Parameters
    ----------
    id, title : str
        Short stable name (also the file's name in a study) and the title.
    language : {"en", "ru"}
        Language of the notes.
    framework : str
        The stage model it was made from; empty for one's own.
    scenario : str
        What the person is trying to do.
    personas : tuple of Persona
        Whose journey it is; one map describes one persona, several are allowed and the linter says so.
    stages : tuple of Stage
        The columns, in the order in which they are drawn.
    links : tuple of Link
        Skips, returns, repeats and the loop.
    emotion : tuple of EmotionPoint
        Emotion curves.
    improvements : tuple of Action
        What will be done.
    agreement : Estimate or None
        Agreement of the coders behind the quotes.
    wave, revises : str
        Which version this is, and the id of the journey it revises.

    Examples
    --------
    >>> from cjmkit.core.stage import Stage
    >>> j = Journey(id="flat", title="First flat", stages=(Stage(id="deal", title="Deal"),))
    >>> j.with_note("deal", "barriers", "Contract in small print").stage("deal").barriers[0].assumption
    True
    """

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
    memo: str = ""

    @model_validator(mode="after")
    def _references_resolve(self) -> Journey:
        ids = [s.id for s in self.stages]
        for i in ids:
            if ids.count(i) > 1:
                raise ValueError(f"two stages share the id {i!r}; a stage that people repeat is one stage with a link")
        people = [p.id for p in self.personas]
        for name in people:
            if people.count(name) > 1:
                raise ValueError(f"two personas share the id {name!r}")
        for link in self.links:
            for end in (link.source, link.target):
                if end and end not in ids:
                    raise ValueError(suggest(end, ids, what="stage in a link"))
            if not link.target and link.kind != "leave":
                raise ValueError(f"the {link.kind} link from {link.source!r} has no target")
        for point in self.emotion:
            if point.stage not in ids:
                raise ValueError(suggest(point.stage, ids, what="stage of an emotion point"))
            if point.persona and point.persona not in people:
                raise ValueError(suggest(point.persona, people, what="persona of an emotion point"))
        for action in self.improvements:
            if action.stage and action.stage not in ids:
                raise ValueError(suggest(action.stage, ids, what="stage of an action"))
        return self
