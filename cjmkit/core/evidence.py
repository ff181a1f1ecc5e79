"""Evidence: what a note on the map rests on, in a form that still points home years later."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from cjmkit.core.caution import Caution
from cjmkit.core.estimate import Estimate, Value
from cjmkit.i18n import isolated, say

__all__ = ["DeskSource", "EventFigure", "Evidence", "Quote", "SurveyFigure"]


class _Evidence(Value):
    @property
    def id(self) -> str:
        """A short, stable id made from the content: equal evidence has equal ids in every file and run."""
        return hashlib.blake2b(self.model_dump_json(exclude_defaults=True).encode(), digest_size=5).hexdigest()


class Quote(_Evidence):
    """A passage of a document: someone's words, with their place.

    Parameters
    ----------
    document : str
        Name of the document in the study.
    start, end : int
        Code points over the stored document text, half-open.
    quote : str
        The words themselves, so that they can be found again when the text is replaced.
    participant, coder, code : str
        Who said it, who coded it, and as what; empty where unknown.
    valence : float or None
        How it felt, −2 to 2.
    """

    kind: Literal["quote"] = "quote"
    document: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str = Field(min_length=1)
    participant: str = ""
    coder: str = ""
    code: str = ""
    valence: float | None = Field(default=None, ge=-2, le=2)

    # The quote is a verbatim slice: stripping it would break its offsets.
    model_config = ConfigDict(str_strip_whitespace=False)

    @model_validator(mode="after")
    def _span_in_order(self) -> Quote:
        if self.end <= self.start:
            raise ValueError(
                say(
                    en=f"the span is empty: start {self.start}, end {self.end}",
                    ru=f"отрывок пуст: начало {self.start}, конец {self.end}",
                )
            )
        return self

    def label(self, lang: str | None = None) -> str:
        """One line for a legend or a tooltip."""
        who, quote = isolated(self.participant or self.document), isolated(self.quote)
        return say(en=f"“{quote}” ({who})", ru=f"«{quote}» ({who})", lang=lang)


class SurveyFigure(_Evidence):
    """A figure from a survey.

    Parameters
    ----------
    survey : str
        Name of the survey file in the study.
    item : str
        The column, or columns joined by ``", "``.
    question : str
        The wording that people saw.
    where : str
        The filter in words; empty for everybody.
    statistic : str
        What the figure is: ``"mean"``, ``"NPS"``, ``"top-2 share"`` …
    estimate : Estimate
        Value, interval and n.
    cautions : tuple of Caution
        What is not known of the answers behind it, with the value under each reading.
    """

    kind: Literal["survey"] = "survey"
    survey: str = Field(min_length=1)
    item: str = Field(min_length=1)
    question: str = ""
    where: str = ""
    statistic: str = ""
    estimate: Estimate
    cautions: tuple[Caution, ...] = ()

    def label(self, lang: str | None = None) -> str:
        """One line for a legend or a tooltip."""
        what = f"{self.survey}: {self.question or self.item}" + (f" [{self.where}]" if self.where else "")
        doubts = "".join(f" († {c.text(lang)})" for c in self.cautions if c.contradictory)
        return f"{what}: {self.statistic} {self.estimate.text(lang=lang)}".replace("  ", " ") + doubts


class EventFigure(_Evidence):
    """A figure from an event log.

    Parameters
    ----------
    log : str
        Name of the log in the study.
    query : str
        What was asked, in words or as a call, with its parameters.
    engine : str
        What answered: ``"duckdb"``, ``"pandas"`` …
    sha256 : str
        Hash of the input, empty where the log is a live table.
    estimate : Estimate
        Value, interval and n.
    """

    kind: Literal["events"] = "events"
    log: str = Field(min_length=1)
    query: str = Field(min_length=1)
    engine: str = ""
    sha256: str = ""
    estimate: Estimate

    def label(self, lang: str | None = None) -> str:
        """One line for a legend or a tooltip."""
        return f"{self.log}: {self.query}: {self.estimate.text(lang=lang)}"


class DeskSource(_Evidence):
    """A passage of a desk source: a report, a review, a competitor's page.

    Parameters
    ----------
    source : str
        Id of the source in the study's source log.
    title : str
        Its title.
    date : datetime.date or None
        When it was published or seen; a source without a date ages unnoticed, and the linter says so.
    url, passage : str
        Where it is, and the words relied on.
    """

    kind: Literal["source"] = "source"
    source: str = Field(min_length=1)
    title: str = ""
    date: dt.date | None = None
    url: str = ""
    passage: str = ""

    def label(self, lang: str | None = None) -> str:
        """One line for a legend or a tooltip."""
        dated = f", {self.date.isoformat()}" if self.date else ""
        return f"{self.title or self.source}{dated}" + (f": {self.passage}" if self.passage else "")


Evidence = Annotated[Quote | SurveyFigure | EventFigure | DeskSource, Field(discriminator="kind")]
"""Any of the four kinds of evidence; the field ``kind`` tells which."""
