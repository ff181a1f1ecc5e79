"""The desk of one coder: everything a person does while coding, with undo, saved between any two steps.

The widget :func:`cjmkit.widgets.coding_pane` draws a desk and sends it what was pressed; without a browser the same
methods are called by hand. A step costs the same however many codings there are.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from cjmkit.coding.code import Code
from cjmkit.coding.coder_file import Row, rows_of
from cjmkit.coding.codings import edit_coding
from cjmkit.coding.desk_codes import DeskCodes
from cjmkit.coding.desk_state import Change
from cjmkit.core.codings import check_codings
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say

__all__ = ["Desk"]

EDITABLE = ("valence", "stage", "memo", "code", "touchpoint")


class Desk(DeskCodes):
    r"""Documents, codings and codebook of one coder at work.

    Parameters
    ----------
    documents, turns : pandas.DataFrame
        The tables of the interviews.
    codings : pandas.DataFrame, optional
        The codings so far, of all coders.
    codebook : Codebook or path-like, optional
        The codes; made from the codings where there is none. A path is read, and written when a code changes; a value
        is written to ``codebook.yaml`` beside `folder` where that file holds all its codes, else inside `folder`.
    coder : str
        Who is coding.
    folder : path-like, optional
        Where ``<coder>.csv`` lies.
    lang : {"en", "ru"}, optional
        Language of what is said.

    Examples
    --------
    >>> from cjmkit.coding import Codebook
    >>> from cjmkit.interviews import read_text
    >>> talk = read_text("Q: How was it?\nA: Slow and dear.", document="anna")
    >>> desk = Desk(talk.documents, talk.turns, codebook=Codebook(["wait"]), coder="eve", lang="en")
    >>> row = desk.add("anna", (18, 22), "wait")
    >>> desk.mine["quote"].tolist(), desk.undo(), len(desk.mine)
    (['Slow'], 'undone: wait', 0)
    """

    def add(self, document: str, span: tuple[int, int], code: str, **fields: Any) -> int:
        """Code a passage, from start to end; the number of the new coding, or of the one that is there already."""
        start, end = span
        if code not in self.book:
            raise CjmError(suggest(code, self.book.names, what="code"))
        found = self._same(document, start, end, code)
        if found is not None:
            return found
        number = self._next
        self._do(Change(code, {number: (None, self._made(document, start, end, code, fields))}))
        return number

    def edit(self, row: int, **changes: Any) -> None:
        """Change valence, stage, memo, code or touchpoint of one of this coder's codings."""
        self._own(row)
        for name in changes:
            if name not in EDITABLE:
                raise CjmError(suggest(name, EDITABLE, what="field"))
        if changes.get("code", self._rows[row]["code"]) not in self.book:
            raise CjmError(suggest(changes["code"], self.book.names, what="code"))
        if all(v is None or (v in range(-2, 3) if k == "valence" else isinstance(v, str)) for k, v in changes.items()):
            plain = {k: (v.strip() or None) if isinstance(v, str) else v for k, v in changes.items()}
            new = {**self._rows[row], **plain}
        else:  # the function that checks everything says what is wrong
            new = rows_of(edit_coding(check_codings(pd.DataFrame([self._rows[row]])), 0, **changes))[0]
        said = ", ".join(f"{k}: {'—' if v in (None, '') else v}" for k, v in changes.items())
        self._do(Change(said, {row: (self._rows[row], new)}))

    def remove(self, *rows: int) -> None:
        """Take codings away."""
        for row in rows:
            self._own(row)
        said = say(en="removed", ru="удалено", lang=self.lang)
        self._do(Change(said, {row: (self._rows[row], None) for row in rows}))

    # ---- suggestions -------------------------------------------------------------------------------------------

    def offer(self, suggestions: pd.DataFrame) -> None:
        """Lay suggestions (document, start, end, code) over the text; refused ones are not offered again."""
        first = max(self.tips, default=-1) + 1
        for k, r in enumerate(suggestions.to_dict("records"), first):
            if (str(r["document"]), int(r["start"]), int(r["end"]), str(r["code"])) not in self.notes.refused:
                self.tips[k] = {str(c): v for c, v in r.items()}

    def accept(self, tip: int, code: str | None = None) -> int:
        """Make a suggestion this coder's own coding, perhaps under a better `code`: then it counts as refused too."""
        s = self._tip(tip)
        given, wanted = str(s["code"]), str(code or s["code"])
        by = "" if pd.isna(s.get("coder")) else str(s.get("coder"))
        memo = say(en="accepted suggestion", ru="принятая подсказка", lang=self.lang) + (f" ({by})" if by else "")
        book = self.book if wanted in self.book else self.book.with_code(Code(wanted, colour=self._free_colour()))
        found = self._same(str(s["document"]), int(s["start"]), int(s["end"]), wanted)
        change = Change(wanted, tips={tip: (s, None)}, book=None if book is self.book else (self.book, book))
        if found is None:
            fields = {"memo": memo}
            made = self._made(str(s["document"]), int(s["start"]), int(s["end"]), wanted, fields)
            change.rows[self._next] = (None, made)
        if wanted != given:
            change.notes = (self.notes, self.notes.with_refused(s))
        number = self._next if found is None else found
        self._do(change)
        return number

    def refuse(self, tip: int) -> None:
        """Drop a suggestion; the next machine learns from it, see :func:`cjmkit.coding.learn_from`."""
        s = self._tip(tip)
        said = say(en=f"refused: {s['code']}", ru=f"отклонено: {s['code']}", lang=self.lang)
        self._do(Change(said, tips={tip: (s, None)}, notes=(self.notes, self.notes.with_refused(s))))

    def _tip(self, tip: int) -> Row:
        if tip not in self.tips:
            raise CjmError(
                en=f"there is no suggestion {tip}; it may have been accepted or refused",
                ru=f"подсказки {tip} нет; возможно, её уже приняли или отклонили",
            )
        return self.tips[tip]

    def settle(self, document: str, turn: int, other: str, *, take: str = "mine") -> None:
        """Decide a turn in which another coder heard something else.

        Parameters
        ----------
        document, turn : str, int
            Where.
        other : str
            The other coder.
        take : {"mine", "theirs", "both"}
            Whose codes this coder's file holds afterwards. The other's file is never touched.
        """
        if take not in ("mine", "theirs", "both"):
            raise CjmError(suggest(take, ("mine", "theirs", "both"), what="choice"))
        here = {k: self._rows[k] for k in self._in_turn.get(document, {}).get(turn, ())}
        theirs = [r for r in here.values() if r["coder"] == other]
        own = {k: r for k, r in here.items() if r["coder"] == self.coder}
        change = Change(say(en=f"settled with {other}", ru=f"решено с {other}", lang=self.lang))
        if take != "mine":
            for r in theirs:
                if r["code"] not in {o["code"] for o in own.values()}:
                    new = {**r, "coder": self.coder, "memo": change.said}
                    change.rows[self._next + len(change.rows)] = (None, new)
        if take == "theirs":
            change.rows |= {k: (r, None) for k, r in own.items() if r["code"] not in {t["code"] for t in theirs}}
        start = int(self.stretches(document)[turn]["start"])
        change.notes = (self.notes, self.notes.with_settled(document, start, other))
        self._do(change)
