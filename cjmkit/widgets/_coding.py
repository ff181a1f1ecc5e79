"""The coding pane: read an interview, mark passages, name what they say; each change is in the coder's file at once."""

from __future__ import annotations

import hashlib
import os
import re
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from cjmkit import coding
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, current_language, say
from cjmkit.widgets._base import Pane, asset

__all__ = ["CodingPane", "coding_pane"]

_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#3A8FB7", "#6A4C93", "#8C6D1F", "#7F7F7F")


def coding_pane(
    documents: pd.DataFrame,
    turns: pd.DataFrame,
    codings: pd.DataFrame | None = None,
    *,
    codebook: Any = None,
    coder: str,
    folder: str | os.PathLike[str] | None = None,
    document: str | None = None,
    blind: bool = False,
    suggestions: pd.DataFrame | coding.Suggestions | None = None,
    stages: Any = (),
    lang: str | None = None,
) -> CodingPane:
    """Open a pane for coding interviews by mouse or by keyboard alone.

    Its headless twins are :func:`cjmkit.interviews.add_coding`, ``edit_coding`` and ``remove_codings``: the pane does
    nothing that these do not.

    Parameters
    ----------
    documents, turns : pandas.DataFrame
        The tables of the interviews.
    codings : pandas.DataFrame, optional
        The codings so far, of all coders.
    codebook : Codebook, optional
        The codes; made from the codings where there is none. The first nine have number keys.
    coder : str
        Who is coding. Only this coder's codings can be changed.
    folder : path-like, optional
        Where ``<coder>.csv`` is written after every change; nowhere without it. Where the file is there already, this
        coder's codings are taken from it and not from `codings`: a cell that is run again after a restart goes on
        where the work stopped. If somebody else changes the file meanwhile, it stays as it is and the work goes to
        ``unsaved/<coder>.csv`` beside it.
    document : str, optional
        Which interview to open; the first by default.
    blind : bool
        Do not show what other coders did.
    suggestions : Suggestions or pandas.DataFrame, optional
        What :func:`cjmkit.interviews.suggest_codes` returned, or a table with the columns document, start, end, code
        and perhaps coder: passages to accept or refuse.
    stages : iterable of Stage, optional
        Stages to choose from.
    lang : {"en", "ru"}, optional
        Language of the pane.

    Returns
    -------
    CodingPane
        A widget; its ``codings`` is the table as it stands.

    Raises
    ------
    CjmError
        If there is no document, `document` is not one of them, or the coder's name cannot be the name of a file.

    Examples
    --------
    >>> import pathlib, tempfile, cjmkit as cj
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_text("Ann: I waited a week for the call.", "utf-8")
    >>> talk = cj.interviews.read(path.parent)
    >>> pane = coding_pane(talk.documents, talk.turns, coder="eve", lang="en")
    >>> len(pane.mine)
    0
    """
    return CodingPane(
        documents, turns, codings,
        codebook=codebook, coder=coder, folder=folder, document=document, blind=blind, suggestions=suggestions,
        stages=stages, lang=lang,
    )  # fmt: skip


class CodingPane(Pane):
    """The widget behind :func:`coding_pane`."""

    _esm = asset("coding_pane.js")
    _css = asset("coding_pane.css")
    _words = traitlets.Dict().tag(sync=True)
    _text = traitlets.Dict().tag(sync=True)
    _spans: Any = traitlets.List().tag(sync=True)
    _view = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        documents: pd.DataFrame,
        turns: pd.DataFrame,
        codings: pd.DataFrame | None,
        *,
        codebook: Any,
        coder: str,
        folder: str | os.PathLike[str] | None,
        document: str | None,
        blind: bool,
        suggestions: pd.DataFrame | coding.Suggestions | None,
        stages: Any,
        lang: str | None,
    ) -> None:
        super().__init__()
        if documents.empty:
            raise CjmError("there is no document to code; put transcripts into interviews/")
        self._documents, self._turns = documents, turns
        if not coder.strip() or re.search(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$', coder):
            raise CjmError(f"{coder!r} cannot be the name of a file; call the coder by a plain name, such as 'anna'")
        self._file = Path(folder) / f"{coder}.csv" if folder is not None else None
        start = coding.check_codings(codings if codings is not None else coding.empty_codings())
        self._codings, passed_over = self._with_what_lies_there(start, coder)
        self._codings = self._codings.reset_index(drop=True)
        # A coding keeps its number for as long as the pane lives: a late message must never hit another one.
        self._next = len(self._codings)
        self._problem = ""
        self.codebook = codebook if codebook is not None else coding.Codebook.from_codings(self._codings)
        self.coder, self._blind, self._lang = coder, blind, current_language(lang)
        tips = suggestions.codings if isinstance(suggestions, coding.Suggestions) else suggestions
        self._suggestions = tips.reset_index(drop=True) if tips is not None else coding.empty_codings()
        self._stages = [{"id": s.id, "title": s.title} for s in stages]
        self._seen = self._digest()
        self._words = _words(self._lang)
        self.on_msg(self._receive)
        self.show_document(document or str(documents["document"].iloc[0]))
        if passed_over:
            n = count(passed_over, en=("coding", "codings"), ru=("код", "кода", "кодов"), lang=self._lang)
            self._show(
                message=say(
                    en=f"{n} passed in are not in {coder}.csv: the file has the say",
                    ru=f"{n} из переданных нет в {coder}.csv: решает файл",
                    lang=self._lang,
                )
            )

    # ---- the value ---------------------------------------------------------------------------------------------

    @property
    def codings(self) -> pd.DataFrame:
        """The codings of all coders as they stand now."""
        return self._codings.copy()

    @property
    def mine(self) -> pd.DataFrame:
        """The codings of this coder."""
        return self._codings[self._codings["coder"] == self.coder].copy()

    def _with_what_lies_there(self, codings: pd.DataFrame, coder: str) -> tuple[pd.DataFrame, int]:
        """Codings with this coder's taken from their file, and how many of those passed are not in it."""
        if self._file is None or not self._file.is_file():
            return codings, 0
        lies = coding.read_codings(self._file)
        lies = lies[lies["coder"] == coder]
        own = codings["coder"] == coder
        key = ["document", "start", "end", "code"]
        there = set(lies[key].itertuples(index=False, name=None))
        lost = sum(row not in there for row in codings.loc[own, key].itertuples(index=False, name=None))
        return coding.concat_codings([codings[~own], lies]), lost

    def show_document(self, document: str) -> None:
        """Show another interview.

        Raises
        ------
        CjmError
            If there is no such document.
        """
        names = list(self._documents["document"])
        if document not in names:
            raise CjmError(suggest(document, names, what="document"))
        text = str(self._documents.set_index("document")["text"][document])
        rows = self._turns[self._turns["document"] == document].sort_values("start")
        turns = [
            {
                "index": k,
                "start": int(r["start"]),
                "end": int(r["end"]),
                "speaker": "" if pd.isna(r["speaker"]) else str(r["speaker"]),
                "role": "interviewer" if r["role"] == "interviewer" else "respondent",
                "text": text[int(r["start"]) : int(r["end"])],
            }
            for k, r in enumerate(rows.to_dict("records"))
        ] or [{"index": 0, "start": 0, "end": len(text), "speaker": "", "role": "respondent", "text": text}]
        self._open = document
        self._text = {"document": document, "turns": turns}
        self._show()

    def add(self, start: int, end: int, code: str, **fields: Any) -> None:
        """Code a passage of the open document; the same as a key or a click on a code."""
        if code not in self.codebook:
            raise CjmError(suggest(code, self.codebook.names, what="code"))
        same = self.mine.query("document == @self._open and start == @start and end == @end and code == @code")
        if len(same):
            self._show(message=say(en="already coded so", ru="уже так закодировано", lang=self._lang))
            return
        new = coding.add_coding(
            self._codings,
            self._documents,
            document=self._open,
            start=start,
            end=end,
            code=code,
            coder=self.coder,
            **fields,
        )
        new.index = pd.Index([*self._codings.index, self._next])
        self._codings, self._next = new, self._next + 1
        self._changed([(start, end)], focus=str(new.index[-1]), message=code)

    def edit(self, row: int, **changes: Any) -> None:
        """Change valence, stage, memo or code of one of this coder's codings."""
        self._own(row)
        allowed = ("valence", "stage", "memo", "code", "touchpoint")
        for name in changes:
            if name not in allowed:
                raise CjmError(suggest(name, allowed, what="field"))
        self._codings = coding.edit_coding(self._codings, row, **changes)
        said = ", ".join(f"{k}: {'—' if v in (None, '') else v}" for k, v in changes.items())
        self._changed([self._place(row)], focus=str(row), message=said)

    def remove(self, row: int) -> None:
        """Take away one of this coder's codings."""
        self._own(row)
        place = self._place(row)
        self._codings = coding.remove_codings(self._codings, [row])
        self._changed([place], message=say(en="removed", ru="удалено", lang=self._lang))

    def accept(self, row: int) -> None:
        """Make a suggestion this coder's own coding."""
        s = self._suggestion(row)
        by = "" if pd.isna(s.get("coder")) else str(s.get("coder"))
        note = say(en="accepted suggestion", ru="принятая подсказка", lang=self._lang) + (f" ({by})" if by else "")
        if str(s["code"]) not in self.codebook:
            self.codebook = self.codebook.with_code(str(s["code"]))
        self._suggestions = self._suggestions.drop(index=row)
        self.add(int(s["start"]), int(s["end"]), str(s["code"]), memo=note)

    def refuse(self, row: int) -> None:
        """Drop a suggestion."""
        s = self._suggestion(row)
        self._suggestions = self._suggestions.drop(index=row)
        self._show(touched=[(int(s["start"]), int(s["end"]))])

    def add_code(self, name: str) -> None:
        """Add a code to the codebook; it is kept in ``pane.codebook``."""
        if name not in self.codebook:
            self.codebook = self.codebook.with_code(name)
        self._show()

    def _suggestion(self, row: int) -> Any:
        if row not in self._suggestions.index:
            raise CjmError(f"there is no suggestion {row}; it may have been accepted or refused")
        s = self._suggestions.loc[row]
        if s["document"] != self._open:
            self.show_document(str(s["document"]))
        return s

    def _own(self, row: int) -> None:
        if row not in self._codings.index:
            raise CjmError(f"there is no coding {row}; it may have been removed")
        coding: Any = self._codings.loc[row]
        owner = str(coding["coder"])
        if owner != self.coder:
            raise CjmError(f"this coding is {owner}'s; {self.coder} can only change their own")

    def _place(self, row: int) -> tuple[int, int]:
        place: Any = self._codings.loc[row]
        return int(place["start"]), int(place["end"])

    # ---- saving ------------------------------------------------------------------------------------------------

    def _digest(self) -> str:
        if self._file is None or not self._file.is_file():
            return ""
        return hashlib.sha256(self._file.read_bytes()).hexdigest()

    def _changed(self, touched: list[tuple[int, int]], *, focus: str | None = None, message: str = "") -> None:
        try:
            self._problem = self._save()
        except CjmError as error:  # a full or read-only disk: the coding stands, and the page says that it is not saved
            self._problem = str(error)
        self._show(touched=touched, focus=focus, message=message)

    def _save(self) -> str:
        """Write the coder's file; a file that somebody else changed meanwhile is never overwritten."""
        if self._file is None:
            return ""
        mine = self.mine
        if self._digest() != self._seen:
            # In a folder of its own: beside the others it would be read as one more coder.
            aside = self._file.parent / "unsaved" / self._file.name
            if mine.empty:
                aside.unlink(missing_ok=True)
            else:
                coding.write_codings(mine, aside.parent)
            return say(
                en=f"{self._file.name} was changed by somebody else; your codings are in unsaved/{aside.name}",
                ru=f"{self._file.name} изменён кем-то другим; ваши коды лежат в unsaved/{aside.name}",
                lang=self._lang,
            )
        if mine.empty:
            self._file.unlink(missing_ok=True)
        else:
            coding.write_codings(mine, self._file.parent)
        self._seen = self._digest()
        return ""

    # ---- talking to the page -----------------------------------------------------------------------------------

    def _receive(self, _: Any, content: dict[str, Any], __: Any) -> None:
        try:
            match content.get("op"):
                case "open":
                    self.show_document(str(content["document"]))
                case "add":
                    self.add(int(content["start"]), int(content["end"]), str(content["code"]))
                case "edit":
                    self.edit(int(content["id"]), **content["change"])
                case "remove":
                    self.remove(int(content["id"]))
                case "accept":
                    self.accept(int(str(content["id"]).removeprefix("s")))
                case "refuse":
                    self.refuse(int(str(content["id"]).removeprefix("s")))
                case "code":
                    self.add_code(str(content["name"]))
        except CjmError as error:
            self._show(message=str(error))

    def _show(
        self, *, touched: list[tuple[int, int]] | None = None, focus: str | None = None, message: str = ""
    ) -> None:
        here = self._codings[self._codings["document"] == self._open]
        others = here[here["coder"] != self.coder]
        shown = here[here["coder"] == self.coder] if self._blind else here
        spans = [self._span(k, r) for k, r in zip(shown.index, shown.to_dict("records"), strict=True)]
        waiting = self._suggestions[self._suggestions["document"] == self._open]
        spans += [
            self._span(f"s{k}", r, "suggestion") for k, r in zip(waiting.index, waiting.to_dict("records"), strict=True)
        ]
        turns = self._text["turns"]
        mine = here[here["coder"] == self.coder]
        asked = [t for t in turns if t["role"] == "respondent"]
        covered = sum(1 for t in asked if ((mine["start"] < t["end"]) & (mine["end"] > t["start"])).any())
        differ = [] if self._blind or others.empty else [t["index"] for t in turns if _differ(t, mine, others)]
        hit = [t["index"] for t in turns for a, b in touched or () if t["start"] < b and t["end"] > a]
        codes = [
            {
                "name": c.name,
                "title": getattr(c, "title", "") or c.name,
                "colour": c.colour or _PALETTE[k % len(_PALETTE)],
                "definition": c.definition,
            }
            for k, c in enumerate(c for c in self.codebook if c.codable)
        ]
        done = say(
            en=f"{covered} of {len(asked)} turns coded",
            ru=f"закодировано реплик: {covered} из {len(asked)}",
            lang=self._lang,
        )
        n = count(len(mine), en=("coding", "codings"), ru=("код", "кода", "кодов"), lang=self._lang)
        where = self._file.name if self._file is not None else say(en="not saved", ru="не сохраняется", lang=self._lang)
        with self.hold_sync():
            self._spans = spans
            self._view = {
                "document": self._open,
                "documents": list(self._documents["document"]),
                "codes": codes,
                "counts": {str(k): int(v) for k, v in self.mine["code"].value_counts().items()},
                "stages": self._stages,
                "disagreements": differ,
                "progress": f"{done}, {n}",
                "saved": where,
                "touched": hit,
                "focus": focus,
                "message": message,
                "problem": self._problem,
                # Two equal messages in a row have to reach the page twice.
                "turn": int(self._view.get("turn", 0)) + 1,
            }

    def _span(self, key: object, row: dict[Any, Any], kind: str = "") -> dict[str, Any]:
        def text(name: str) -> str:
            value = row.get(name)
            return "" if value is None or value != value else str(value)

        valence = row.get("valence")
        return {
            "id": str(key),
            "start": int(row["start"]),
            "end": int(row["end"]),
            "code": text("code"),
            "coder": text("coder"),
            "quote": text("quote"),
            "stage": text("stage"),
            "memo": text("memo"),
            "valence": None if valence is None or valence != valence else int(valence),
            "kind": kind or ("mine" if row.get("coder") == self.coder else "other"),
        }

    def static_html(self) -> str:
        """The open interview's codings as a table, for pages without a kernel."""
        rows = "".join(
            f"<tr><td>{escape(str(r['code']))}</td><td dir='auto'>{escape(str(r['quote']))}</td></tr>"
            for r in self.mine.query("document == @self._open").to_dict("records")
        )
        title = say(en="Codings of", ru="Коды документа", lang=self._lang)
        code, quote = say(en="code", ru="код", lang=self._lang), say(en="passage", ru="отрывок", lang=self._lang)
        return (
            f"<table><caption>{escape(title)} {escape(self._open)} ({escape(self.coder)})</caption>"
            f"<thead><tr><th scope='col'>{code}</th><th scope='col'>{quote}</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )

    def __repr__(self) -> str:
        return f"<CodingPane: {self._open}, coder {self.coder}, {len(self.mine)} codings>"


def _differ(turn: dict[str, Any], mine: pd.DataFrame, others: pd.DataFrame) -> bool:
    """Whether this coder and any other one heard different things in a turn."""

    def codes(table: pd.DataFrame) -> set[str]:
        return set(table.loc[(table["start"] < turn["end"]) & (table["end"] > turn["start"]), "code"])

    own = codes(mine)
    return any(codes(part) != own for _, part in others.groupby("coder"))


def _words(lang: str) -> dict[str, str]:
    texts = {
        "document": ("Interview", "Интервью"),
        "next_uncoded": ("Next uncoded", "Следующая без кодов"),
        "next_disagreement": ("Next disagreement", "Следующее расхождение"),
        "codebook": ("Codebook", "Кодовая книга"),
        "find": ("Find or add a code", "Найти или добавить код"),
        "text_help": (
            "Interview text. Arrows move, Shift with arrows selects, s takes the sentence, t the turn, 1 to 9 or / "
            "gives a code, plus and minus set valence, e the stage, Delete removes, u and g jump.",
            "Текст интервью. Стрелки двигают, Shift со стрелками выделяет, s берёт предложение, t реплику, 1–9 или / "
            "ставит код, плюс и минус задают оценку, e этап, Delete удаляет, u и g переходят дальше.",
        ),
        "coding": ("Coding", "Код на отрывке"),
        "hint": (
            "Select words, then press a number or click a code. Keys: s sentence, t turn, / find, u next uncoded.",
            "Выделите слова и нажмите цифру или код. Клавиши: s предложение, t реплика, / найти, u дальше без кодов.",
        ),
        "valence": ("Valence", "Оценка"),
        "stage": ("Stage", "Этап"),
        "memo": ("Memo", "Пометка"),
        "remove": ("Remove", "Удалить"),
        "accept": ("Accept", "Принять"),
        "refuse": ("Refuse", "Отклонить"),
        "nothing_selected": ("nothing is selected", "ничего не выделено"),
        "none_left": ("none left", "больше нет"),
    }
    return {key: say(en=en, ru=ru, lang=lang) for key, (en, ru) in texts.items()}
