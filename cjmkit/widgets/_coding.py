"""The coding pane: read an interview, mark passages, name what they say; each change is in the coder's file at once."""

from __future__ import annotations

import os
from html import escape
from typing import Any

import pandas as pd
import traitlets

from cjmkit import coding
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, listing, say
from cjmkit.widgets._base import Pane, asset
from cjmkit.widgets._coding_page import codes_of, span, words

__all__ = ["CodingPane", "coding_pane"]


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

    Everything that it does is a method of its ``desk`` (:class:`cjmkit.coding.Desk`): the page only sends what was
    pressed.

    Parameters
    ----------
    documents, turns : pandas.DataFrame
        The tables of the interviews.
    codings : pandas.DataFrame, optional
        The codings so far, of all coders.
    codebook : Codebook or path-like, optional
        The codes; made from the codings where there is none. Codes made or changed in the pane are written to the path,
        or to ``codebook.yaml`` beside `folder` where that file holds the codebook given, else inside `folder`.
    coder : str
        Who is coding. Only this coder's codings can be changed.
    folder : path-like, optional
        Where ``<coder>.csv`` is written at every step; nowhere without it. Where the file is there already, this
        coder's codings are taken from it and not from `codings`: a cell that is run again after a restart goes on
        where the work stopped. If somebody else changes the file meanwhile, it stays as it is and the work goes to
        ``unsaved/`` beside it, from where ``pane.recover()`` takes it up.
    document : str, optional
        Which interview to open; the first by default.
    blind : bool
        Do not show what other coders did.
    suggestions : Suggestions or pandas.DataFrame, optional
        What :func:`cjmkit.coding.suggest_codes` returned, or a table with the columns document, start, end, code
        and perhaps coder: passages to accept, refuse or correct. ``pane.propose()`` asks the machine from inside.
    stages : iterable of Stage, optional
        Stages to choose from.
    lang : {"en", "ru"}, optional
        Language of the pane.

    Returns
    -------
    CodingPane
        A widget; its ``codings`` is the table as it stands, its ``desk`` has every action by name.

    Raises
    ------
    CjmError
        If there is no document, `document` is not one of them, or the coder has no name.

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
    if not coder.strip():
        raise CjmError(
            en="coder= is a name, such as 'anna': it is who codes, and the name of the file",
            ru="coder= — это имя, например 'anna': кто кодирует и как называется файл",
        )
    desk = coding.Desk(documents, turns, codings, codebook=codebook, coder=coder, folder=folder, lang=lang)
    tips = suggestions.codings if isinstance(suggestions, coding.Suggestions) else suggestions
    return CodingPane(desk, document=document, blind=blind, suggestions=tips, stages=stages)


class CodingPane(Pane):
    """The widget behind :func:`coding_pane`: a page that draws its ``desk`` and sends it what was pressed."""

    _esm = asset("pane_text.js", "pane_codes.js", "pane_beside.js", "coding_pane.js")
    _css = asset("coding_pane.css")
    _words = traitlets.Dict().tag(sync=True)

    def __init__(
        self, desk: coding.Desk, *, document: str | None, blind: bool, suggestions: pd.DataFrame | None, stages: Any
    ) -> None:
        super().__init__()
        self.desk, self._blind = desk, blind
        self._stages = [{"id": s.id, "title": s.title} for s in stages]
        self._only: dict[str, str] = {}
        self._beside = ""
        self._open = ""
        self.message = ""
        self.ghost = suggestions is not None
        if suggestions is not None:
            desk.offer(suggestions)
        self._words = words(desk.lang)
        self.on_msg(self._receive)
        self.show_document(document or str(desk.documents["document"].iloc[0]))
        self.message = "; ".join(self._first_words())

    def _first_words(self) -> list[str]:
        desk, out = self.desk, []
        if desk.passed_over and desk.path is not None:
            n = count(desk.passed_over, en=("coding", "codings"), ru=("код", "кода", "кодов"), lang=desk.lang)
            out.append(
                say(
                    en=f"{n} passed in are not in {desk.path.name}: the file has the say",
                    ru=f"{n} из переданных нет в {desk.path.name}: решает файл",
                    lang=desk.lang,
                )
            )
        if desk.codes_passed_over:
            names = listing(desk.codes_passed_over)
            out.append(
                say(
                    en=f"codes passed in are not in codebook.yaml, which has the say: {names}",
                    ru=f"из переданных кодов нет в codebook.yaml, а решает он: {names}",
                    lang=desk.lang,
                )
            )
        if desk.waiting():
            n = count(len(desk.waiting()), en=("file", "files"), ru=("файл", "файла", "файлов"), lang=desk.lang)
            out.append(
                say(
                    en=f"work of earlier sessions was set aside ({n} in unsaved/): pane.desk.recover() takes it up",
                    ru=f"отложена работа прошлых сеансов ({n} в unsaved/): pane.desk.recover() её вернёт",
                    lang=desk.lang,
                )
            )
        return out

    # ---- the value ---------------------------------------------------------------------------------------------

    @property
    def codings(self) -> pd.DataFrame:
        """The codings of all coders as they stand now."""
        return self.desk.codings

    @property
    def mine(self) -> pd.DataFrame:
        """The codings of this coder."""
        return self.desk.mine

    @property
    def codebook(self) -> coding.Codebook:
        """The codebook as it stands now."""
        return self.desk.book

    @property
    def problem(self) -> str:
        """What keeps the work from its file; empty if all is saved."""
        return self.desk.problem

    def show_document(self, document: str) -> None:
        """Show another interview.

        Raises
        ------
        CjmError
            If there is no such document.
        """
        self.desk.stretches(document)
        self._open = document
        self._send_all()

    # ---- what a person does: a step on the desk, and what it changed on the page -------------------------------

    def add(self, start: int, end: int, code: str, **fields: Any) -> int:
        """Code a passage of the open document; the same as a key or a click on a code."""
        before = self.desk.steps
        number = self.desk.add(self._open, (start, end), code, **fields)
        if self.desk.steps == before:
            self._say(say(en="already coded so", ru="уже так закодировано", lang=self.desk.lang))
        else:
            self._changed(code, focus=number)
        return number

    def edit(self, row: int, **changes: Any) -> None:
        """Change valence, stage, memo, code or touchpoint of one of this coder's codings."""
        self.desk.edit(row, **changes)
        self._changed(self.desk.last.said)

    def remove(self, row: int) -> None:
        """Take away one of this coder's codings."""
        self.desk.remove(row)
        self._changed(self.desk.last.said)

    def undo(self) -> None:
        """Take the last step back, whatever it was."""
        self._changed(self.desk.undo(), follow=True)

    def redo(self) -> None:
        """Take the last undone step again."""
        self._changed(self.desk.redo(), follow=True)

    def accept(self, tip: int, code: str | None = None) -> None:
        """Make a suggestion this coder's own coding, as it is or under another code."""
        number = self.desk.accept(tip, code)
        self._changed(self.desk.last.said, focus=number, follow=True)

    def refuse(self, tip: int) -> None:
        """Drop a suggestion."""
        self.desk.refuse(tip)
        self._changed(self.desk.last.said, follow=True)

    def add_code(self, name: str, **fields: Any) -> None:
        """Add a code to the codebook, with a definition, a colour …"""
        if name not in self.desk.book:
            self.desk.add_code(name, **fields)
            self._changed(self.desk.last.said)

    def settle(self, turn: int, other: str, take: str = "mine") -> None:
        """Decide a turn of the open document in which another coder heard something else: "mine", "theirs", "both"."""
        self.desk.settle(self._open, turn, other, take=take)
        self._changed(self.desk.last.said)

    def show_only(self, *, code: str = "", coder: str = "", stage: str = "") -> None:
        """Show only the codings of one code, coder or stage; nothing given shows all."""
        given = {"code": code, "coder": coder, "stage": stage}
        self._only = {k: v for k, v in given.items() if v}
        self._send_all()

    def compare(self, other: str = "") -> None:
        """Show what another coder heard beside the text, turn by turn; nobody by default."""
        if self._blind and other:
            raise CjmError(en="this pane is blind to other coders", ru="эта панель не видит других кодировщиков")
        if other and other not in self._coders():
            raise CjmError(suggest(other, self._coders(), what="coder"))
        self._beside = other
        self._send_all()

    def propose(self, coder: Any = None, **options: Any) -> None:
        """Let the machine learn and lay its proposals over the text; see :func:`cjmkit.coding.propose`."""
        coding.propose(self.desk, coder=coder, **options)
        self.ghost = True
        n = count(
            len(self.desk.tips), en=("proposal", "proposals"), ru=("предложение", "предложения", "предложений"),
            lang=self.desk.lang,
        )  # fmt: skip
        self.message = n
        self._send_all()

    def standing(self) -> coding.Standing:
        """Agreement now, what to code next, how many examples more until the floor."""
        return coding.standing(self.desk, blind=self._blind)

    def recover(self) -> int:
        """Take up all that earlier sessions set aside; how many codings that were new."""
        n = self.desk.recover()
        self.message = count(n, en=("coding", "codings"), ru=("код", "кода", "кодов"), lang=self.desk.lang)
        self._send_all()
        return n

    # ---- talking to the page -----------------------------------------------------------------------------------

    def _receive(self, _: Any, content: dict[str, Any], __: Any) -> None:
        op = str(content.get("op"))
        try:
            self._act(op, content)
        except CjmError as error:
            self._say(str(error))

    def _act(self, op: str, content: dict[str, Any]) -> None:
        """Do what the page sent."""
        number = int(str(content.get("id", "0")).removeprefix("s"))
        text = {k: str(v) for k, v in content.items() if isinstance(v, str)}
        match op:
            case "hello":
                self._send_all()
            case "open":
                self.show_document(text["document"])
            case "add":
                self.add(int(content["start"]), int(content["end"]), text["code"])
            case "edit":
                self.edit(number, **content["change"])
            case "remove":
                self.remove(number)
            case "undo":
                self.undo()
            case "redo":
                self.redo()
            case "accept":
                self.accept(number, text.get("code"))
            case "refuse":
                self.refuse(number)
            case "seen":
                self.desk.see(text["document"], [int(t) for t in content["turns"]])
            case "settle":
                self.settle(int(content["turn"]), text["other"], text["take"])
            case "only":
                self.show_only(**{k: text.get(k, "") for k in ("code", "coder", "stage")})
            case "compare":
                self.compare(text["coder"])
            case "ghost":
                self.ghost = bool(content["on"])
                self._send_all()
            case "propose":
                self.propose()
            case "recover":
                self.recover()
            case "search":
                rows = coding.find_words(self.desk, text["text"])
                self.send({"kind": "found", "rows": rows.to_dict("records")})
            case "standing":
                self._send_standing()
            case _:
                self._act_on_code(op, content, text)

    def _act_on_code(self, op: str, content: dict[str, Any], text: dict[str, str]) -> None:
        desk = self.desk
        match op:
            case "code":
                self.add_code(text["name"])
                return
            case "code_edit":
                desk.edit_code(text["code"], **{str(k): str(v) for k, v in content["change"].items()})
            case "code_merge":
                desk.merge_codes([text["code"]], text["into"])
            case "code_split":
                desk.split_code(text["code"], [str(n) for n in content["into"]])
            case "code_move":
                desk.move_code(text["code"], before=text.get("before", ""))
            case "code_remove":
                desk.remove_code(text["code"])
            case "code_key":
                desk.set_key(text["code"], int(content["key"]))
                self._send_all()
                return
            case _:
                return
        self._changed(desk.last.said)

    def _changed(self, message: str, *, focus: int | None = None, follow: bool = False) -> None:
        """Send what the last step changed; with `follow`, in whichever interview it was."""
        change, self.message = self.desk.last, message
        places = {str(r["document"]) for pair in [*change.rows.values(), *change.tips.values()] for r in pair if r}
        if follow and places and self._open not in places:
            self._open = min(places)
            self._send_all(focus=focus)
            return
        if len(change.rows) + len(change.tips) > 500:
            self._send_all(focus=focus)
            return
        spans, gone, turns = [], [], set()
        for prefix, rows in (("", change.rows), ("s", change.tips)):
            for number, (old, new) in rows.items():
                for r in (old, new):
                    if r is not None and r["document"] == self._open:
                        turns |= set(self.desk.turns_at(self._open, int(r["start"]), int(r["end"])))
                if new is not None and new["document"] == self._open and self._shown(new, prefix):
                    spans.append(span(f"{prefix}{number}", new, self.desk.coder))
                else:
                    gone.append(f"{prefix}{number}")
        if change.notes:
            settled = change.notes[0].settled ^ change.notes[1].settled
            starts = {start for document, start, _ in settled if document == self._open}
            turns |= {t["index"] for t in self.desk.stretches(self._open) if t["start"] in starts}
        sent = {"kind": "change", "spans": spans, "gone": gone, "turns": self._turn_marks(sorted(turns))}
        self.send(sent | (codes_of(self.desk.book) if change.book else {}) | self._view(focus))

    def _say(self, message: str) -> None:
        self.message = message
        self.send({"kind": "change", "spans": [], "gone": [], "turns": {}} | self._view(None))

    def _send_all(self, *, focus: int | None = None) -> None:
        desk, document = self.desk, self._open
        rows = [(str(k), r) for k, r in desk.rows_of(document).items() if self._shown(r)]
        tips = [(f"s{k}", r) for k, r in desk.tips.items() if r["document"] == document and self._shown(r, "s")]
        turns = desk.stretches(document)
        seen = desk.seen(document)
        self.send(
            {
                "kind": "all",
                "document": document,
                "documents": list(desk.documents["document"]),
                "text": turns,
                "seen": sorted(seen),
                "spans": [span(k, r, desk.coder) for k, r in [*rows, *tips]],
                "turns": self._turn_marks([t["index"] for t in turns]),
                "stages": self._stages,
                "coder": desk.coder,
                "coders": self._coders(),
                "colours": coding.COLOURS,
                "only": self._only,
                "beside": self._beside,
                "ghost": self.ghost,
                "waiting": len(desk.waiting()),
            }
            | codes_of(self.desk.book)
            | self._view(focus)
        )

    def _send_standing(self) -> None:
        found = self.standing()
        documents = found.documents.drop(columns="doubt").to_dict("records")
        codes = found.codes[found.codes["needed"] > 0].to_dict("records")
        self.send({"kind": "standing", "text": found.summary(self.desk.lang), "documents": documents, "codes": codes})

    def _coders(self) -> list[str]:
        return [] if self._blind else self.desk.other_coders()

    def _shown(self, row: Any, prefix: str = "") -> bool:
        if prefix == "s" and not self.ghost:
            return False
        mine = row.get("coder") == self.desk.coder
        if self._blind and not prefix and not mine:
            return False
        if prefix and "coder" in self._only:
            return False
        return all(str(row.get(k)) == v for k, v in self._only.items())

    def _turn_marks(self, turns: list[int]) -> dict[str, Any]:
        """For each turn whether it is coded, whether coders differ in it, and what the one beside heard."""
        out: dict[str, Any] = {}
        for t in turns:
            codes = self.desk.codes_in(self._open, t)
            own = codes.get(self.desk.coder, set())
            mark: dict[str, Any] = {"coded": bool(own)}
            if not self._blind:
                mark["differs"] = self.desk.differs(self._open, t)
                if self._beside:
                    theirs = codes.get(self._beside, set())
                    mark |= {"mine": sorted(own), "theirs": sorted(theirs)}
                    mark["open"] = self.desk.differs(self._open, t, self._beside)
            out[str(t)] = mark
        return out

    def _view(self, focus: int | None) -> dict[str, Any]:
        desk = self.desk
        where = desk.path.name if desk.path is not None else say(en="not saved", ru="не сохраняется", lang=desk.lang)
        return {
            "counts": desk.uses(),
            "keys": desk.keys,
            "saved": where,
            "undo": desk.can_undo,
            "redo": desk.can_redo,
            "focus": None if focus is None else str(focus),
            "message": self.message,
            "problem": desk.problem,
        }

    def static_html(self) -> str:
        """The open interview's codings as a table, for pages without a kernel."""
        left = " align='left' style='text-align:left'"
        rows = "".join(
            f"<tr><td{left}>{escape(str(r['code']))}</td><td dir='auto'{left}>{escape(str(r['quote']))}</td></tr>"
            for r in self.mine.query("document == @self._open").to_dict("records")
        )
        title = say(en="Codings of", ru="Коды документа", lang=self.desk.lang)
        code, quote = (
            say(en="code", ru="код", lang=self.desk.lang),
            say(en="passage", ru="отрывок", lang=self.desk.lang),
        )
        return (
            f"<table><caption>{escape(title)} {escape(self._open)} ({escape(self.desk.coder)})</caption>"
            f"<thead><tr><th scope='col'{left}>{code}</th><th scope='col'{left}>{quote}</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )

    def __repr__(self) -> str:
        return f"<CodingPane: {self._open}, coder {self.desk.coder}, {sum(self.desk.uses().values())} codings>"
