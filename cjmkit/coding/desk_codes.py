"""Changing the codebook from the desk: codes are made, edited, merged, split and moved, own codings follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cjmkit.coding.code import Code
from cjmkit.coding.codebook import Codebook
from cjmkit.coding.coder_file import Row
from cjmkit.coding.desk_state import Change, DeskState
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import listing, say

__all__ = ["COLOURS", "DeskCodes"]

COLOURS = (
    "#0072B2", "#D55E00", "#774444", "#8800FF", "#998899", "#990000", "#880066", "#BB8866", "#BB55FF", "#4433AA",
)  # fmt: skip
"""Colours of codes: ten that stay apart for colour-blind people too; with three kinds of line thirty marks."""


class DeskCodes(DeskState):
    """The codes of one coder at work; see :class:`cjmkit.coding.Desk`."""

    def add_code(self, name: str, **fields: Any) -> None:
        """Put a code into the codebook, with a colour that is still free; nothing if it is there."""
        if name in self.book:
            return
        new = Code(name, **{"colour": self._free_colour(), **fields})
        self._do(Change(say(en=f"new code {name}", ru=f"новый код {name}", lang=self.lang),
                        book=(self.book, self.book.with_code(new))))  # fmt: skip
        if len(self.keys) < 9:
            self.keys.append(new.name)

    def edit_code(self, code: str, /, **changes: Any) -> None:
        """Change a code: name, definition, title, parent, colour, stage, lane, include, exclude. Own codings follow."""
        name, new = code, str(changes.pop("name", code)).strip()
        book, rows = self.book, {}
        if new != name:
            if new in book:
                raise CjmError(
                    en=f"there is a code {new!r} already; merge {name!r} into it",
                    ru=f"код {new!r} уже есть; объедините {name!r} с ним",
                )
            rows = self._recoded({name: new})
            if self._kept_by_others([name]):
                book = book.with_code(replace(book[name], name=new, guid=""))
            else:
                book = book.rename(name, new)[0]
        if changes:
            book = book.with_code(replace(book[new], **changes))
        self.keys = [new if k == name else k for k in self.keys]
        self._recode(say(en=f"code {new}", ru=f"код {new}", lang=self.lang), book, rows, [name] if new != name else [])

    def merge_codes(self, names: Iterable[str], into: str) -> None:
        """Unite codes in `into`; own codings follow. A code that others still use stays in the codebook."""
        gone = [n for n in ([names] if isinstance(names, str) else names) if n != into]
        stay = [self.book[n] for n in gone if self._kept_by_others([n])]
        book = self.book.merge(gone, into)[0]
        for code in stay:
            book = book.with_code(replace(code, parent=code.parent if code.parent in book else ""))
        said = say(en=f"{listing(gone)} → {into}", ru=f"{listing(gone)} → {into}", lang=self.lang)
        self._recode(said, book, self._recoded(dict.fromkeys(gone, into)), gone)

    def split_code(self, name: str, into: Iterable[str], choose: Mapping[int, str] | None = None) -> None:
        """Split a code; `choose` says for own codings, by number, which new code each gets (the rest keep the old)."""
        fresh = [Code(n, colour=self._free_colour(k)) for k, n in enumerate(into)]
        names, chosen = [c.name for c in fresh], dict(choose or {})
        for row, code in chosen.items():
            self._own(row)
            if code not in names:
                raise CjmError(suggest(code, names, what="code"))
        left = [k for k, r in self._rows.items() if r["code"] == name and k not in chosen]
        book = self.book.split(name, fresh, keep=bool(left))[0]
        rows = {k: (self._rows[k], {**self._rows[k], "code": code}) for k, code in chosen.items()}
        self._recode(f"{name} → {listing(names)}", book, rows, [])

    def move_code(self, name: str, *, before: str = "", parent: str | None = None) -> None:
        """Move a code: to stand before another one (at the end by default), below `parent` ("" for the top)."""
        code = self.book[name]
        code = code if parent is None else replace(code, parent=parent)
        rest = [c for c in self.book if c.name != name]
        at = next((k for k, c in enumerate(rest) if c.name == before), len(rest))
        moved = Codebook((*rest[:at], code, *rest[at:]))
        self._do(Change(say(en=f"moved {name}", ru=f"код {name} перемещён", lang=self.lang), book=(self.book, moved)))

    def remove_code(self, name: str) -> None:
        """Take a code out of the codebook, if no coding uses it."""
        n = sum(r["code"] == name for r in self._rows.values())
        if n:
            raise CjmError(
                en=f"{n} codings use {name!r}; merge it into another code", ru=f"кодом {name!r} помечено {n} мест; "
                "объедините его с другим",
            )  # fmt: skip
        self.keys = [k for k in self.keys if k != name]
        self._do(Change(f"− {name}", book=(self.book, self.book.without_code(name))))

    def _recode(self, said: str, book: Codebook, rows: Any, gone: list[str]) -> None:
        kept = [n for n in gone if n in book]
        if kept:
            said += say(
                en=f"; others still use {listing(kept)}, so it stays",
                ru=f"; {listing(kept)} ещё используют другие, поэтому код остаётся", lang=self.lang,
            )  # fmt: skip
        self._do(Change(said, rows, book=(self.book, book) if book != self.book else None))

    def _recoded(self, change: Mapping[str, str]) -> dict[int, tuple[Row | None, Row | None]]:
        """Own rows under their new codes; two that become the same coding are kept once."""
        out: dict[int, tuple[Row | None, Row | None]] = {}
        there = {self._key(r) for r in self._rows.values() if r["coder"] == self.coder and r["code"] not in change}
        for k, r in self._rows.items():
            if r["coder"] == self.coder and r["code"] in change:
                new = {**r, "code": change[r["code"]]}
                out[k] = (r, None if self._key(new) in there else new)
                there.add(self._key(new))
        return out

    def _kept_by_others(self, names: list[str]) -> bool:
        return any(r["code"] in names and r["coder"] != self.coder for r in self._rows.values())

    def _free_colour(self, more: int = 0) -> str:
        used = Counter(c.colour for c in self.book if c.colour in COLOURS)
        used.update(COLOURS[k % len(COLOURS)] for k, c in enumerate(c for c in self.book if c.codable) if not c.colour)
        order = sorted(COLOURS, key=lambda c: (used[c], COLOURS.index(c)))
        return order[more % len(order)]

    def set_key(self, name: str, key: int) -> None:
        """Give a code a number key from 1 to 9; the code that had it takes the other's."""
        if name not in self.book or not 1 <= key <= 9:
            raise CjmError(suggest(name, self.book.names, what="code"))
        old, at = list(self.keys), key - 1
        if name in old and at < len(old):
            k = old.index(name)
            old[k], old[at] = old[at], old[k]
        elif at < len(old):
            old[at] = name
        elif name not in old:
            old.append(name)
        self.keys = old
