"""EmotionPoint, Link, Action and Gap: what a journey holds beside its stages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field, model_validator

from cjmkit.core.caution import cautions_in
from cjmkit.core.estimate import Estimate, Value
from cjmkit.core.evidence import Evidence
from cjmkit.core.stage import made_id
from cjmkit.i18n import say

__all__ = ["Action", "EmotionPoint", "Gap", "Link"]


class EmotionPoint(Value):
    """One point of an emotion curve.

    Parameters
    ----------
    stage : str
        Id of the stage.
    persona : str
        Id of the persona; empty for everybody.
    source : {"survey", "reviews", "coding", "text", "researcher", "employees", "managers"}
        Where it comes from. ``"researcher"`` is an estimate by hand, always shown as an assumption;
        ``"employees"`` and ``"managers"`` are what insiders believe (expectation against reality).
    estimate : Estimate
        Mean in [−2, 2] with interval and n people; value None is a gap.
    evidence : tuple of Evidence
        What it rests on.
    proposed : bool
        Whether it stands at this stage by a link that nobody has accepted yet: the place is a guess, the figure is not.
    """

    stage: str = Field(min_length=1)
    persona: str = ""
    source: Literal["survey", "reviews", "coding", "text", "researcher", "employees", "managers"]
    estimate: Estimate
    evidence: tuple[Evidence, ...] = ()
    proposed: bool = False

    @property
    def contradictory(self) -> bool:
        """Whether answers behind it can be read in more than one way (its evidence holds the value under each)."""
        return any(c.contradictory for c in cautions_in(self.evidence))

    @model_validator(mode="after")
    def _on_the_scale(self) -> EmotionPoint:
        v = self.estimate.value
        if v is not None and not -2 <= v <= 2:
            raise ValueError(
                say(
                    en=f"an emotion lies between −2 and 2; stage {self.stage!r} has {v}",
                    ru=f"эмоция лежит между −2 и 2; у этапа {self.stage!r} стоит {v}",
                )
            )
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
        v = {"title": v} if isinstance(v, str) else v
        if isinstance(v, dict) and not v.get("id") and isinstance(v.get("title"), str):
            v = v | {"id": made_id("a", v["title"].strip())}
        return v

    @property
    def assumption(self) -> bool:
        """Whether nobody has cited anything for it yet."""
        return not self.evidence


class Gap(Value):
    """Something that the map cannot say yet.

    Parameters
    ----------
    lane : str
        The lane in which it stands; ``"personas"`` for the head of the map, empty for none.
    missing, why, action : str
        What is missing, why it matters, and the exact next action.
    step : int
        Step of the method that came upon it, 1 to 8; 0 where it was none of them.

    Examples
    --------
    >>> print(Gap(missing="no rating is linked to a stage", why="no curve", action="cjmkit link --accept"))
    no rating is linked to a stage: no curve. cjmkit link --accept
    """

    lane: str = ""
    missing: str = Field(min_length=1)
    why: str = ""
    action: str = ""
    step: int = Field(default=0, ge=0, le=8)

    def __str__(self) -> str:
        return self.missing + (f": {self.why}" if self.why else "") + (f". {self.action}" if self.action else "")
