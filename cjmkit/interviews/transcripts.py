"""Transcripts: documents as immutable text, their turns, and what was decided while reading them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, say

__all__ = ["REPORT_COLUMNS", "TURN_COLUMNS", "Transcripts", "make_documents", "make_turns"]

REPORT_COLUMNS = ("document", "format", "encoding", "layout", "why", "speakers", "turns", "notes")
TURN_COLUMNS = ("document", "turn", "speaker", "role", "participant", "start", "end", "text", "t_start", "t_end")


def make_documents(rows: Iterable[tuple[str, str, str | None]], languages: Iterable[str] | None = None) -> pd.DataFrame:
    """A documents table from (document, text, participant); hashes and, unless given, languages are added."""
    from cjmkit.text import detect_language

    listed = list(rows)
    return pd.DataFrame(
        {
            "document": pd.Series([d for d, _, _ in listed], dtype="str"),
            "text": pd.Series([t for _, t, _ in listed], dtype="str"),
            "sha256": pd.Series(
                [hashlib.sha256(t.encode("utf-8", "surrogatepass")).hexdigest() for _, t, _ in listed], dtype="str"
            ),
            "participant": pd.Series([p for _, _, p in listed], dtype="str"),
            "language": pd.Series(
                list(languages) if languages is not None else [detect_language(t) for _, t, _ in listed], dtype="str"
            ),
        }
    )


def make_turns(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """A turns table with its types from columns of equal length."""
    types = {"turn": "int64", "start": "int64", "end": "int64", "t_start": "float64", "t_end": "float64"}
    return pd.DataFrame({c: pd.Series(list(columns[c]), dtype=types.get(c, "str")) for c in TURN_COLUMNS})


@dataclass(frozen=True, repr=False)
class Transcripts:
    """What reading interviews gives.

    Parameters
    ----------
    documents : pandas.DataFrame
        document, text, sha256, participant, language. The text never changes; all offsets count its code points.
    turns : pandas.DataFrame
        document, turn (from 0 in each document), speaker, role (respondent, interviewer or unknown), participant,
        start, end, text, t_start, t_end (seconds). ``text`` is the document's text from start to end. Only turns of
        a respondent have a participant.
    report : pandas.DataFrame
        One row a document: document, format, encoding, layout, why (the evidence for it), speakers (with roles),
        turns, notes: what was decided, to be looked over.
    warnings : tuple of str
        The notes that need a decision of the researcher.
    """

    documents: pd.DataFrame
    turns: pd.DataFrame
    report: pd.DataFrame
    warnings: tuple[str, ...] = field(default=())

    def text(self, document: str) -> str:
        """The text of one document."""
        found = self.documents.loc[self.documents["document"] == document, "text"]
        if not len(found):
            raise CjmError(suggest(document, self.documents["document"], what="document"))
        return str(found.iloc[0])

    @property
    def layout(self) -> str:
        r"""How the turns were found: the layout of the document, or of all documents, the commonest first.

        Examples
        --------
        >>> from cjmkit.interviews import read_text
        >>> read_text("Q: Why?\nA: Slow.").layout
        'labels'
        """
        return ", ".join(self.report.loc[self.report["turns"] > 0, "layout"].value_counts().index)

    @property
    def why(self) -> str:
        r"""The evidence for the layout, a line a document.

        Examples
        --------
        >>> from cjmkit.interviews import read_text
        >>> read_text("Q: Why?\nA: Slow.").why
        'labels: 2 turns, 100% of the lines, speakers q (1), a (1)'
        """
        read = self.report[self.report["turns"] > 0]
        if len(read) == 1:
            return str(read["why"].iloc[0])
        return "\n".join(f"{d}: {w}" for d, w in zip(read["document"], read["why"], strict=True))

    @property
    def participants(self) -> tuple[str, ...]:
        """Everybody who was interviewed, in order of appearance."""
        who = pd.concat([self.documents["participant"], self.turns["participant"]]).dropna()
        return tuple(dict.fromkeys(who))

    @property
    def documents_without_respondents(self) -> int:
        """How many documents hold words of unknown speakers only; counts of respondents leave them out."""
        roles = self.turns.groupby("document")["role"].agg(set)
        return int(sum("unknown" in r and "respondent" not in r for r in roles))

    def summary(self, lang: str | None = None) -> str:
        """What was read, in a sentence or two."""
        d, t = len(self.documents), len(self.turns)
        people = self.turns.loc[self.turns["role"] == "respondent", "participant"].nunique()
        docs = count(d, en=("document", "documents"), ru=("документ", "документа", "документов"), lang=lang)
        who = count(
            people, en=("respondent", "respondents"), ru=("респондент", "респондента", "респондентов"), lang=lang
        )
        turns = count(t, en=("turn", "turns"), ru=("реплика", "реплики", "реплик"), lang=lang)
        out = say(en=f"{docs}, {who}, {turns}.", ru=f"{docs}, {who}, {turns}.", lang=lang)
        nobody = self.documents_without_respondents
        if nobody:
            out += say(
                en=f" Not counted as respondents: {nobody} of {d} documents, whose speakers are unknown.",
                ru=f" Не учтены как респонденты: {nobody} из {d} документов, кто в них говорит, неизвестно.",
                lang=lang,
            )
        if self.warnings:
            n = count(
                len(self.warnings), en=("remark", "remarks"), ru=("замечание", "замечания", "замечаний"), lang=lang
            )
            out += say(en=f" {n}: see .report.", ru=f" {n}: см. .report.", lang=lang)
        return out

    def __len__(self) -> int:
        return len(self.documents)

    def __repr__(self) -> str:
        return f"<Transcripts: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        shown = frame_html(self.report)
        return f"<p>{html.escape(self.summary())}</p>{shown}"
