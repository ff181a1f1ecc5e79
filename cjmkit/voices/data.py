"""The data of voices: documents and turns, a row of attributes for each, and where on the way they belong."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pandas as pd

from cjmkit.core.printed import frame_html
from cjmkit.i18n import count, number, people, say
from cjmkit.interviews import Transcripts

__all__ = ["VoicesData"]

V = TypeVar("V", bound="VoicesData")
_KINDS = {
    "review": (("review", "reviews"), ("отзыв", "отзыва", "отзывов")),
    "ticket": (("ticket", "tickets"), ("обращение", "обращения", "обращений")),
    "chat": (("chat", "chats"), ("чат", "чата", "чатов")),
    "letter": (("thread of letters", "threads of letters"), ("переписка", "переписки", "переписок")),
    "mention": (("mention", "mentions"), ("упоминание", "упоминания", "упоминаний")),
}


@dataclass(frozen=True, repr=False, eq=False)
class VoicesData:
    """What was read.

    Parameters
    ----------
    transcripts : Transcripts
        Documents and turns as of interviews; the company's turns have the role ``"company"``.
    table : pandas.DataFrame
        A row a document: document, participant, kind (review, ticket, chat, letter, mention), file, date, mark, low and
        high (the ends of its scale), tags, first_answer and solved (hours), then the other columns of the file:
        title, product, place, channel, url, status and whatever else came.
    notes : tuple of str
        What was decided while reading.
    words : mapping of str to tuple of str
        Stage to stems of words by which a text belongs to it; see :meth:`Voices.placed`.
    otherwise : str
        The stage of texts that name none.
    """

    transcripts: Transcripts
    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: str = ""

    @property
    def documents(self) -> pd.DataFrame:
        """Columns document, text, sha256, participant, language."""
        return self.transcripts.documents

    @property
    def turns(self) -> pd.DataFrame:
        """Columns as in the table of turns; role is respondent or company."""
        return self.transcripts.turns

    @property
    def said(self) -> pd.DataFrame:
        """What the person wrote in each document, the company's turns left out: document, participant, text."""
        own = self.turns[self.turns["role"].eq("respondent")]
        return own.groupby(["document", "participant"], sort=False)["text"].agg("\n".join).reset_index()

    def _with(self: V, **changed: Any) -> V:
        return replace(self, **changed)

    def summary(self, lang: str | None = None) -> str:
        """How many, by how many people, and the mean mark."""
        t = self.table
        kinds = ", ".join(
            count(int(n), en=_KINDS[str(k)][0], ru=_KINDS[str(k)][1], lang=lang)
            for k, n in t["kind"].value_counts().items()
        )
        who = people(t["participant"].nunique(), lang)
        out = say(en=f"{kinds} by {who}", ru=f"{kinds}, {who}", lang=lang)
        for (low, high), part in t.dropna(subset=["mark"]).groupby(["low", "high"]):
            mean = number(float(part.groupby("participant")["mark"].mean().mean()), 1, lang=lang)
            n = len(part)
            out += say(
                en=f"; {n} with a mark from {low:g} to {high:g}, mean {mean}",
                ru=f"; с оценкой от {low:g} до {high:g}: {n}, среднее {mean}",
                lang=lang,
            )
        answered = int(self.turns[self.turns["role"].eq("company")]["document"].nunique())
        if answered:
            out += say(en=f"; {answered} answered", ru=f"; с ответом: {answered}", lang=lang) if answered > 1 else ""
        return out + "."

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        return "\n".join([f"<Voices: {self.summary()}>", *(f"! {n}" for n in self.notes)])

    def _repr_html_(self) -> str:
        columns = [c for c in ("participant", "date", "mark", "title", "product", "place", "tags") if c in self.table]
        said = self.said.set_index("document")["text"]
        shown = self.table[columns].assign(text=self.table["document"].map(said).fillna("").str.slice(0, 120)).head(8)
        notes = "".join(f"<p>{html.escape(n)}</p>" for n in self.notes)
        return f"<p>{html.escape(self.summary())}</p>{frame_html(shown)}{notes}"
