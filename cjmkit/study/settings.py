"""What ``study.yaml`` may say, as a validated value."""

from __future__ import annotations

from html import escape
from typing import Any, Literal

from pydantic import Field, field_validator

from cjmkit.core.estimate import Value
from cjmkit.core.journey import slug
from cjmkit.core.stage import Stage
from cjmkit.i18n import Language, say

__all__ = ["Brief", "EventSettings", "StudySettings", "SurveySettings", "Target"]


class Target(Value):
    """How precisely the planned survey shall measure.

    Parameters
    ----------
    metric : {"nps", "share", "mean"}
        What is measured.
    margin : float
        Half the width of the interval, in the metric's own units (NPS points, shares of 1, scale points).
    sd : float or None
        How much answers spread, where it is known.
    population : int or None
        Size of the population where it is small.
    """

    metric: Literal["nps", "share", "mean"] = "nps"
    margin: float = Field(default=5, gt=0)
    sd: float | None = Field(default=None, gt=0)
    population: int | None = Field(default=None, gt=0)


class Brief(Value):
    """Step 1: what the study is for.

    Parameters
    ----------
    question : str
        The business question.
    metric : str
        What is measured.
    scope : str
        What is in and what is out.
    time_frame : str
        By when.
    decides : str
        Who decides on the result.
    hypotheses : tuple of str
        What people in the company believe now, to be tested.
    target : Target
        Precision of the planned survey.
    """

    question: str = ""
    metric: str = ""
    scope: str = ""
    time_frame: str = ""
    decides: str = ""
    hypotheses: tuple[str, ...] = ()
    target: Target = Target()

    def rows(self, lang: str | None = None) -> list[tuple[str, str]]:
        """The brief as pairs of heading and text; a dash where nothing is written yet."""
        titles = {
            "question": ("Question", "Вопрос"),
            "metric": ("Metric", "Показатель"),
            "scope": ("Scope", "Охват"),
            "time_frame": ("Time frame", "Сроки"),
            "decides": ("Who decides", "Кто решает"),
        }
        out = [(say(en=en, ru=ru, lang=lang), getattr(self, name) or "—") for name, (en, ru) in titles.items()]
        if self.hypotheses:
            out.append((say(en="Believed now", ru="Что думают сейчас", lang=lang), "; ".join(self.hypotheses)))
        return out

    def __repr__(self) -> str:
        return "\n".join(f"{title}: {text}" for title, text in self.rows())

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{escape(title)}</th>"
            f"<td style='text-align:left'>{escape(text)}</td></tr>"
            for title, text in self.rows()
        )
        return f"<table>{rows}</table>"


class SurveySettings(Value):
    """Which survey is which.

    Parameters
    ----------
    file : str
        Name in ``surveys/`` without the suffix.
    person : str
        Column with the person's id.
    outcome : str
        Item whose drivers are asked for, usually the recommendation or overall satisfaction.
    success : str
        Column that says whether the person became (or stayed) a customer.
    success_value : str
        The answer in it that means yes.
    attitudes : tuple of str
        Items that personas are made from; empty for all rating items without a stage.
    previous : str
        The survey of the previous wave.
    employees : str
        The survey in which employees and managers say what they believe customers feel.
    role : str
        Column of that survey that tells employees from managers.
    """

    file: str = ""
    person: str = ""
    outcome: str = ""
    success: str = ""
    success_value: str = ""
    attitudes: tuple[str, ...] = ()
    previous: str = ""
    employees: str = ""
    role: str = ""


class EventSettings(Value):
    """The event log: its columns, which event belongs to which stage, and the funnel.

    Parameters
    ----------
    file : str
        Name in ``events/``.
    user : str
        Column with the person; found by what the log holds where it is not named, as are the next three.
    time : str
        Column with the time.
    event : str
        Column with the event.
    channel : str or None
        Column with the channel.
    value : str or None
        Column with what it was worth.
    tz : str
        Zone of times that carry none: ``Europe/Moscow``.
    stages : dict
        Event to stage id.
    funnel : tuple
        Steps in order; a step may be a list of events, any of which counts.
    success : str
        The event that means the goal was reached.
    lost : tuple of str
        Events by which people leave for good (declined, cancelled, unsubscribed).
    names : dict
        Event to what people call it: ``sign_up: Signs up``. An event without a name is shown as it stands, with spaces
        for underscores.
    """

    file: str = ""
    user: str = ""
    time: str = ""
    event: str = ""
    channel: str | None = None
    value: str | None = None
    tz: str = ""
    stages: dict[str, str] = Field(default_factory=dict)
    funnel: tuple[str | tuple[str, ...], ...] = ()
    success: str = ""
    lost: tuple[str, ...] = ()
    names: dict[str, str] = Field(default_factory=dict)


class VoiceSettings(Value):
    """Where reviews, tickets and chats belong on the way.

    Parameters
    ----------
    words : dict
        Stage id to words, or beginnings of words, by which a text belongs to it; replaces those that are proposed.
    otherwise : str
        Stage of texts that use none of them; the first stage after the purchase by default.
    """

    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    otherwise: str = ""


class StudySettings(Value):
    """The whole of ``study.yaml``.

    Parameters
    ----------
    format : str
        Version of the file.
    title : str
        Title of the study and of its map.
    language : {"en", "ru"}
        Language of the material, of labels and of reports.
    framework : str
        A ready stage model; or `stages` of one's own.
    stages : tuple of Stage
        One's own stages, as titles or as ``{title: …, phase: before}``; empty to take those of the framework.
    made_up : bool
        Whether the data are made up; the map says so.
    about : str
        What the study is about, to be shown.
    headline : str
        The sentence at the top of page and picture; composed from the weakest stage, the first barrier and the first
        action where there is none.
    brief : Brief
        Step 1: what the study is for.
    survey : SurveySettings
        Which survey is which.
    events : EventSettings
        The event log: its columns, which event belongs to which stage, and the funnel.
    voices : VoiceSettings
        Which words of reviews, tickets and chats belong to which stage.
    codings : dict
        How to read codings from tables of other tools.
    personas : dict
        Name of each persona by its id, given by the researcher after looking at the groups.
    switched_off : dict
        Lint rules switched off, each with the reason.
    """

    format: Literal["cjmkit/study/1"] = "cjmkit/study/1"
    title: str = Field(min_length=1)
    language: Language = "en"
    framework: str = ""
    stages: tuple[Stage, ...] = ()
    made_up: bool = False
    about: str = ""
    headline: str = ""
    brief: Brief = Brief()
    personas: dict[str, str] = Field(default_factory=dict)
    survey: SurveySettings = SurveySettings()
    events: EventSettings = EventSettings()
    voices: VoiceSettings = VoiceSettings()
    codings: dict[str, Any] = Field(default_factory=dict)
    switched_off: dict[str, str] = Field(default_factory=dict)

    @field_validator("stages", mode="before")
    @classmethod
    def _titles_are_enough(cls, stages: Any) -> Any:
        if not isinstance(stages, list | tuple):
            return stages
        named = [{"title": s} if isinstance(s, str) else s for s in stages]
        return [
            {"id": slug(str(s["title"]))[:40].strip("-"), **s} if isinstance(s, dict) and s.get("title") else s
            for s in named
        ]
