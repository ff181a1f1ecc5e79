"""What lies on a coder's desk, and the steps that change it: one at a time, each undone and saved like any other."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.coding.codebook import Codebook
from cjmkit.coding.coder_file import CoderFile, Row, rows_of, same_person
from cjmkit.coding.codings import add_coding, read_codings
from cjmkit.coding.desk_files import BookFile, Notes
from cjmkit.core.codings import COLUMNS, check_codings, concat_codings, empty_codings
from cjmkit.errors import CjmError, need_columns, suggest
from cjmkit.i18n import current_language, say

__all__ = ["Change", "DeskState"]


@dataclass
class Change:
    """One step, and what undoes it: rows, suggestions and notes before and after, the codebook before and after."""

    said: str = ""
    rows: dict[int, tuple[Row | None, Row | None]] = field(default_factory=dict)
    tips: dict[int, tuple[Row | None, Row | None]] = field(default_factory=dict)
    book: tuple[Codebook, Codebook] | None = None
    notes: tuple[Notes, Notes] | None = None

    def reversed(self) -> Change:
        """The step back."""
        return Change(
            self.said,
            {k: (b, a) for k, (a, b) in self.rows.items()},
            {k: (b, a) for k, (a, b) in self.tips.items()},
            self.book and (self.book[1], self.book[0]),
            self.notes and (self.notes[1], self.notes[0]),
        )


class DeskState:
    """The tables of one coder at work; see :class:`cjmkit.coding.Desk`."""

    def __init__(
        self,
        documents: pd.DataFrame,
        turns: pd.DataFrame,
        codings: pd.DataFrame | None = None,
        *,
        codebook: Codebook | str | os.PathLike[str] | None = None,
        coder: str,
        folder: str | os.PathLike[str] | None = None,
        lang: str | None = None,
    ) -> None:
        if documents.empty:
            raise CjmError(
                en="there is no document to code; put transcripts into interviews/",
                ru="кодировать нечего: положите расшифровки в interviews/",
            )
        self.documents, self.turns, self.coder, self.lang = documents, turns, coder, current_language(lang)
        self.problem = ""
        who = documents["participant"] if "participant" in documents else [None] * len(documents)
        self._texts = dict(zip(documents["document"], zip(documents["text"], who)))
        self._stretches = _stretches(documents, turns)
        self._rows: dict[int, Row] = {}
        self._in_turn: dict[str, dict[int, set[int]]] = {}
        self._by: dict[str, Counter[str]] = {}
        self._uses: Counter[str] = Counter()
        self.last = Change()
        self._past: list[Change] = []
        self._future: list[Change] = []
        self._table: pd.DataFrame | None = None
        self._next = 0
        self._file = CoderFile(folder, coder) if folder is not None else None
        start = check_codings(codings if codings is not None else empty_codings())
        self.passed_over = self._take(start)
        self._book_file = BookFile(codebook, folder)
        self.book = self._book_file.book or Codebook.from_codings(self.codings)
        self.codes_passed_over = self._book_file.passed_over
        self.notes = Notes.read(self._file)
        self.tips: dict[int, Row] = {}
        names = [c.name for c in self.book if c.codable]
        # Number keys, fixed while one works: the first nine codes, or in a longer book the nine used most.
        self.keys = (names if len(names) <= 9 else sorted(names, key=lambda n: -self._uses[n]))[:9]

    # ---- the value ---------------------------------------------------------------------------------------------

    @property
    def codings(self) -> pd.DataFrame:
        """The codings of all coders as they stand now."""
        if self._table is None:
            numbers = sorted(self._rows)
            listed = pd.DataFrame([self._rows[k] for k in numbers])
            self._table = concat_codings([listed]).set_axis(numbers, axis=0) if numbers else empty_codings()
        return self._table.copy()

    @property
    def mine(self) -> pd.DataFrame:
        """The codings of this coder."""
        table = self.codings
        return table[table["coder"] == self.coder]

    def rows_of(self, document: str) -> dict[int, Row]:
        """All rows of a document by their number."""
        found = sorted({k for ids in self._in_turn.get(document, {}).values() for k in ids})
        return {k: self._rows[k] for k in found}

    def row(self, number: int) -> Row | None:
        """One coding, or None where it was removed."""
        return self._rows.get(number)

    def uses(self) -> dict[str, int]:
        """How often this coder used each code."""
        return {k: v for k, v in self._uses.items() if v}

    def stretches(self, document: str) -> list[dict[str, Any]]:
        """The turns of a document: index, start, end, speaker, role, text."""
        if document not in self._stretches:
            raise CjmError(suggest(document, self._stretches, what="document"))
        return self._stretches[document]

    def turns_at(self, document: str, start: int, end: int) -> range:
        """Numbers of the turns that a span touches."""
        turns = self._stretches[document]
        first = _first(turns, start)
        last = first
        while last < len(turns) and turns[last]["start"] < end:
            last += 1
        return range(first, max(last, first))

    def codes_in(self, document: str, turn: int) -> dict[str, set[str]]:
        """Who gave which codes in a turn; coders who coded elsewhere in the document only have an empty set."""
        out: dict[str, set[str]] = {c: set() for c, n in self._by.get(document, {}).items() if n}
        for k in self._in_turn.get(document, {}).get(turn, ()):
            row = self._rows[k]
            out.setdefault(str(row["coder"]), set()).add(str(row["code"]))
        return out

    def other_coders(self) -> list[str]:
        """Everybody else who coded something."""
        return sorted({who for n in self._by.values() for who, k in n.items() if k} - {self.coder})

    def differs(self, document: str, turn: int, other: str = "") -> bool:
        """Whether another coder (or `other`) heard something else in a turn, and it is not settled."""
        codes = self.codes_in(document, turn)
        own = codes.pop(self.coder, set())
        start = self._stretches[document][turn]["start"]
        asked = codes if not other else {other: codes.get(other, set())}
        return any(c != own for who, c in asked.items() if (document, start, who) not in self.notes.settled)

    # ---- steps back and forth --------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """How many steps can be undone."""
        return len(self._past)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone step to take again."""
        return bool(self._future)

    def undo(self) -> str:
        """Take the last step back; what was undone, in words."""
        if not self._past:
            self.last = Change()
            return say(en="nothing to undo", ru="отменять нечего", lang=self.lang)
        change = self._past.pop()
        self._future.append(change)
        self._apply(change.reversed())
        return say(en=f"undone: {change.said}", ru=f"отменено: {change.said}", lang=self.lang)

    def redo(self) -> str:
        """Take the last undone step again."""
        if not self._future:
            self.last = Change()
            return say(en="nothing to redo", ru="повторять нечего", lang=self.lang)
        change = self._future.pop()
        self._past.append(change)
        self._apply(change)
        return say(en=f"done again: {change.said}", ru=f"повторено: {change.said}", lang=self.lang)

    # ---- the works ---------------------------------------------------------------------------------------------

    def _take(self, codings: pd.DataFrame) -> int:
        """Lay the codings in, this coder's from their file; how many of those passed are not in it."""
        own = codings["coder"].map(lambda c: same_person(c, self.coder)).astype(bool)
        lost = 0
        rows = rows_of(codings[~own])
        if self._file is not None and self._file.path.is_file():
            key = ("document", "start", "end", "code")
            there = {tuple(r[k] for k in key) for r in self._file.mine}
            lost = sum(tuple(r[k] for k in key) not in there for r in rows_of(codings[own]))
            rows += self._file.mine
        else:
            rows += rows_of(codings[own].assign(coder=self.coder))
        for r in rows:
            self._put(self._next, r)
        if self._file is not None:
            self._file.hold({k: r for k, r in self._rows.items() if r["coder"] == self.coder})
        return lost

    def _put(self, number: int, row: Row | None) -> None:
        old = self._rows.pop(number, None)
        for r, sign in ((old, -1), (row, 1)):
            if r is None:
                continue
            document, who = str(r["document"]), str(r["coder"])
            self._by.setdefault(document, Counter())[who] += sign
            if who == self.coder:
                self._uses[str(r["code"])] += sign
            if document not in self._stretches:
                continue
            turns = self._in_turn.setdefault(document, {})
            for t in self.turns_at(document, int(r["start"]), int(r["end"])) or (-1,):
                held = turns.setdefault(t, set())
                held.discard(number) if sign < 0 else held.add(number)
        if row is not None:
            self._rows[number] = row
            self._next = max(self._next, number + 1)

    def _made(self, document: str, start: int, end: int, code: str, fields: dict[str, Any]) -> Row:
        if document not in self._texts:
            raise CjmError(suggest(document, self._texts, what="document"))
        text, participant = self._texts[document]
        valence = fields.get("valence")
        plain = all(v is None or isinstance(v, str) for k, v in fields.items() if k != "valence")
        if not (0 <= start < end <= len(text) and plain and (valence is None or valence in range(-2, 3))):
            # The function that checks everything, at a table's price, says what is wrong with it.
            one = self.documents[self.documents["document"] == document]
            made = add_coding(
                empty_codings(), one, document=document, start=start, end=end, code=code, coder=self.coder, **fields
            )
            return rows_of(made)[0]
        row: Row = dict.fromkeys(COLUMNS) | {"participant": participant} | fields
        row |= {"document": document, "start": start, "end": end, "quote": text[start:end], "code": code}
        row |= {"coder": self.coder, "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
        return {k: (v.strip() or None) if isinstance(v, str) and k != "quote" else v for k, v in row.items()}

    def _same(self, document: str, start: int, end: int, code: str) -> int | None:
        if document not in self._stretches:
            raise CjmError(suggest(document, self._stretches, what="document"))
        for t in self.turns_at(document, start, end) or (-1,):
            for k in self._in_turn.get(document, {}).get(t, ()):
                r = self._rows[k]
                if (r["coder"], r["start"], r["end"], r["code"]) == (self.coder, start, end, code):
                    return k
        return None

    @staticmethod
    def _key(r: Row) -> tuple[Any, ...]:
        # A different memo or valence is a different remark.
        texts = tuple("" if r[c] is None or r[c] != r[c] else str(r[c]) for c in ("valence", "stage", "memo"))
        return (r["document"], r["start"], r["end"], r["code"], *texts)

    def _own(self, row: int) -> None:
        if row not in self._rows:
            raise CjmError(
                en=f"there is no coding {row}; it may have been removed",
                ru=f"кода под номером {row} нет; возможно, его удалили",
            )
        owner = str(self._rows[row]["coder"])
        if owner != self.coder:
            raise CjmError(
                en=f"this coding is {owner}'s; {self.coder} can only change their own",
                ru=f"это код кодировщика {owner}; {self.coder} меняет только свои",
            )

    def _do(self, change: Change) -> None:
        self._past.append(change)
        self._future.clear()
        self._apply(change)

    def _apply(self, change: Change) -> None:
        """Take a step in memory, then on the disk; a disk that refuses loses nothing, and `problem` says so."""
        for number, (_, row) in change.rows.items():
            self._put(number, row)
        for number, (_, tip) in change.tips.items():
            if tip is None:
                self.tips.pop(number, None)
            else:
                self.tips[number] = tip
        if change.rows:
            self._table = None
        self.last = change
        notes, self.notes = self.notes, change.notes[1] if change.notes else self.notes
        try:
            problem = self._saved_rows(change)
            if change.book:
                self.book, said = self._book_file.save(*change.book)
                problem = problem or said
            if self.notes is not notes:
                self.notes.write(self._file)
            self.problem = problem
        except CjmError as error:
            self.problem = str(error)
            if change.book:
                self.book = change.book[1]

    def _saved_rows(self, change: Change) -> str:
        if self._file is None or not change.rows:
            return self.problem if self._file is not None else ""
        added = len(change.rows) == 1 and all(old is None for old, _ in change.rows.values())
        if self._file.save({k: new for k, (_, new) in change.rows.items()}, added=added):
            return ""
        name, aside = self._file.path.name, f"unsaved/{self._file.aside_name}"
        return say(
            en=f"{name} was changed by somebody else; your codings are in {aside}",
            ru=f"{name} изменён кем-то другим; ваши коды лежат в {aside}",
            lang=self.lang,
        )

    def see(self, document: str, turns: Iterable[int]) -> None:
        """Note that turns were seen; it is no step, and is not undone."""
        starts = {int(self.stretches(document)[t]["start"]) for t in turns}
        if not starts <= self.notes.seen.get(document, frozenset()):
            self.notes = self.notes.with_seen(document, starts)
            try:
                self.notes.write(self._file)
            except CjmError as error:
                self.problem = str(error)

    def seen(self, document: str) -> set[int]:
        """Numbers of the turns of a document that were seen or coded."""
        starts = self.notes.seen.get(document, frozenset())
        coded = {t for t, ids in self._in_turn.get(document, {}).items()
                 if any(self._rows[k]["coder"] == self.coder for k in ids)}  # fmt: skip
        return coded | {t["index"] for t in self.stretches(document) if t["start"] in starts}

    def waiting(self) -> list[Path]:
        """Files in which earlier sessions set work aside that could not go into this coder's file."""
        return [] if self._file is None else self._file.waiting()

    def recover(self) -> int:
        """Take up all of this coder's codings that earlier sessions set aside, as one step; how many were new.

        The files stay where they are until the codings are in the coder's own file; then they are taken away.
        """
        change, done = Change(say(en="taken up again", ru="возвращено", lang=self.lang)), []
        there = {self._key(r) for r in self._rows.values() if r["coder"] == self.coder}
        for path in self.waiting():
            own = [r for r in rows_of(read_codings(path)) if same_person(r["coder"], self.coder)]
            for r in own:
                if r["document"] in self._stretches and self._key(r) not in there:
                    there.add(self._key(r))
                    change.rows[self._next + len(change.rows)] = (None, {**r, "coder": self.coder})
            if all(r["document"] in self._stretches for r in own):
                done.append(path)
        if change.rows:
            self._do(change)
        for path in [] if self.problem else done:
            path.unlink(missing_ok=True)
        return len(change.rows)

    @property
    def path(self) -> Path | None:
        """The coder's file."""
        return None if self._file is None else self._file.path


def _first(turns: list[dict[str, Any]], start: int) -> int:
    low, high = 0, len(turns)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if turns[middle]["end"] <= start else (low, middle)
    return low


def _stretches(documents: pd.DataFrame, turns: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The turns of every document; a document without turns is one."""
    need_columns(turns, ("document", "start", "end", "speaker", "role"), what="turns")
    parts = {str(d): g.sort_values("start").to_dict("records") for d, g in turns.groupby("document", sort=False)}
    out = {}
    for document, text in zip(documents["document"], documents["text"], strict=True):
        out[document] = [
            {
                "index": k,
                "start": int(r["start"]),
                "end": int(r["end"]),
                "speaker": "" if pd.isna(r["speaker"]) else str(r["speaker"]),
                "role": "interviewer" if r["role"] == "interviewer" else "respondent",
                "text": text[int(r["start"]) : int(r["end"])],
            }
            for k, r in enumerate(parts.get(document, []))
        ] or [{"index": 0, "start": 0, "end": len(text), "speaker": "", "role": "respondent", "text": text}]
    return out
