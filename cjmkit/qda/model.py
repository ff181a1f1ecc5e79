"""What a project of another tool gives: documents, codebook, codings, cases, memos, and an account of the reading."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from cjmkit.coding.codebook import Codebook
from cjmkit.core.printed import frame_html
from cjmkit.i18n import count, say
from cjmkit.interviews.transcripts import make_turns

__all__ = ["MEMO_COLUMNS", "Losses", "QdaProject"]

MEMO_COLUMNS = ("kind", "target", "name", "text", "author", "created", "guid")


class Losses:
    """What could not be taken over, counted by reason; collects while reading or writing."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[str]] = {}

    def add(self, what: str, reason: str, example: str = "") -> None:
        """Note that a `what` was dropped or changed, and why."""
        self._rows.setdefault((what, reason), []).append(example)

    def table(self) -> pd.DataFrame:
        """what, reason, times, example."""
        rows = [(w, r, len(e), next((x for x in e if x), "")[:120]) for (w, r), e in self._rows.items()]
        return pd.DataFrame(rows, columns=["what", "reason", "times", "example"])


@dataclass(frozen=True, repr=False)
class QdaProject:
    """A project of a tool for qualitative analysis.

    Parameters
    ----------
    documents : pandas.DataFrame
        document, text, sha256, participant, language.
    codebook : Codebook
        Codes with their hierarchy, definitions, colours and the identities they had.
    codings : pandas.DataFrame
        The codings table; coder is the user's name.
    participants : pandas.DataFrame
        document, participant, then one column a variable: the cases.
    memos : pandas.DataFrame
        kind (project, code, document, case, free), target, name, text, author, created, guid. Memos on passages are in
        the codings' column memo.
    dropped : pandas.DataFrame
        what, reason, times, example: everything that did not come over.
    reading : pandas.DataFrame
        For exchange files: document, positions (code points or UTF-16 units, how line ends and a byte order mark
        count), evidence, fit, runner_up, confidence.
    origin : str
        Tool and version that wrote it.
    title : str
        The project's name.
    kept : str
        Links, sets and graphs of an exchange file, as XML; nothing here uses them, ``write_qdpx`` puts them back.
    seen : pandas.DataFrame
        coder, document: who read what, as far as the file says; for ``read=`` of :func:`cjmkit.coding.agreement`.
    """

    documents: pd.DataFrame
    codebook: Codebook
    codings: pd.DataFrame
    participants: pd.DataFrame
    memos: pd.DataFrame
    dropped: pd.DataFrame
    reading: pd.DataFrame = field(default_factory=pd.DataFrame)
    origin: str = ""
    title: str = ""
    kept: str = ""
    seen: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"coder": [], "document": []}, dtype="str"))

    @property
    def turns(self) -> pd.DataFrame:
        """One turn a document, the respondent's: units for :func:`cjmkit.coding.agreement` where answers are coded.

        Transcripts have turns of their own; read them with :func:`cjmkit.interviews.read`.
        """
        rows = [(d, t, p) for d, t, p in zip(*(self.documents[c] for c in ("document", "text", "participant"))) if t]
        return make_turns(
            {
                "document": [d for d, _, _ in rows],
                "turn": [0] * len(rows),
                "speaker": [None] * len(rows),
                "role": ["respondent"] * len(rows),
                "participant": [p if isinstance(p, str) else d for d, _, p in rows],
                "start": [0] * len(rows),
                "end": [len(t) for _, t, _ in rows],
                "text": [t for _, t, _ in rows],
                "t_start": [None] * len(rows),
                "t_end": [None] * len(rows),
            }
        )

    def summary(self, lang: str | None = None) -> str:
        """What was read, and how much was dropped."""
        d = count(
            len(self.documents), en=("document", "documents"), ru=("документ", "документа", "документов"), lang=lang
        )
        k = count(len(self.codebook), en=("code", "codes"), ru=("код", "кода", "кодов"), lang=lang)
        n = count(len(self.codings), en=("coding", "codings"), ru=("кодировка", "кодировки", "кодировок"), lang=lang)
        lost = int(self.dropped["times"].sum()) if len(self.dropped) else 0
        sure = ""
        if len(self.reading):
            worst = min(self.reading["confidence"], key=["low", "moderate", "high", "certain"].index)
            ru = {"low": "низкая", "moderate": "средняя", "high": "высокая", "certain": "полная"}[worst]
            sure = say(en=f" Confidence in positions: {worst}.", ru=f" Уверенность в позициях: {ru}.", lang=lang)
        rest = say(
            en=f" {lost} things were dropped, see .dropped." if lost else " Nothing was dropped.",
            ru=f" Не перенесено: {lost}, см. .dropped." if lost else " Перенесено всё.",
            lang=lang,
        )
        return f"{self.origin or '?'}: {d}, {k}, {n}.{sure}{rest}"

    def __repr__(self) -> str:
        return f"<QdaProject: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        tables = "".join(frame_html(t) for t in (self.reading, self.dropped) if len(t))
        return f"<p>{html.escape(self.summary())}</p>{tables}"
