"""One coder's file at work: a new coding is appended, a changed one rewrites it, nobody's is lost."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import secrets
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pandas as pd

from cjmkit.coding.codings import coder_path, read_codings
from cjmkit.core.codings import COLUMNS
from cjmkit.errors import CjmError
from cjmkit.files import file_name, locked, seen, set_aside, waiting, write_atomically
from cjmkit.i18n import say
from cjmkit.intake.formulas import guard

__all__ = ["CoderFile", "rows_of", "same_person"]

Row = dict[str, Any]


def same_person(a: object, b: object) -> bool:
    """Whether two names are one coder's: й is one letter however it is spelt, Anna and anna are two people."""
    return normalize("NFC", str(a)) == normalize("NFC", str(b))


def rows_of(codings: pd.DataFrame) -> list[Row]:
    """The rows of a table, by column name."""
    return [{str(k): v for k, v in r.items()} for r in codings.to_dict("records")]


class CoderFile:
    """``<coder>.csv`` in a folder.

    Parameters
    ----------
    folder : path-like
        The folder of the coders' files.
    coder : str
        Whose file it is.

    Notes
    -----
    A new coding is one line at the end (one write, then fsync), so that it costs the same however many there are and
    a kill between two codings loses none. A change or a removal writes the file anew, sorted, whole or not at all.
    Rows of other people that lie in the file stay in it. If somebody else changed the file since it was read here, it
    is left as it is and the work goes to ``unsaved/``, one file a session.
    """

    def __init__(self, folder: str | os.PathLike[str], coder: str) -> None:
        own = Path(folder) / f"{file_name(coder)}.csv"
        self.path = own if own.exists() else coder_path(coder, Path(folder))
        self.session = secrets.token_hex(4)
        self.mine: list[Row] = []
        self._held: dict[int, Row] = {}
        self._lines: dict[int, tuple[Any, str]] = {}
        self._columns = list(COLUMNS)
        self._left = bytearray()
        self._known: tuple[int, ...] = ()
        self._ours = False  # whether this session has written the file, so that a line can be added to it
        self._aside: Path | None = None
        raw = seen(self.path)
        self._there = raw is not None
        if raw is None:
            return
        self._left = bytearray(raw)
        others = []
        for row in rows_of(read_codings(self.path)):
            if same_person(row["coder"], coder):
                self.mine.append({**row, "coder": coder})
            else:
                others.append(row)
        self.hold({-1 - k: row for k, row in enumerate(others)})

    @property
    def others(self) -> tuple[str, ...]:
        """Other people whose rows lie in this file."""
        return tuple(dict.fromkeys(str(r["coder"]) for k, r in self._held.items() if k < 0))

    def hold(self, rows: Mapping[int, Row | None]) -> None:
        """Take rows, or their removal, into what is written next."""
        for number, row in rows.items():
            self._held.pop(number, None)
            self._lines.pop(number, None)
            if row is None:
                continue
            self._held[number] = row
            extra = [k for k in row if k not in self._columns]
            if extra:
                self._columns += extra
                self._ours = False
                self._lines = {k: self._line(r) for k, r in self._held.items()}
            self._lines[number] = self._line(row)

    def save(self, rows: Mapping[int, Row | None], *, added: bool = False) -> bool:
        """Hold and write; with `added` a single new row goes to the end. False if the work had to be set aside."""
        self.hold(rows)
        with locked(self.path):
            if not self._as_left():
                self._aside = set_aside(self.path, self._whole(), session=self.session)
                return False
            if self._aside is not None:
                self._aside.unlink(missing_ok=True)
                self._aside, self._ours = None, False
            if added and self._ours:
                line = "".join(self._lines[k][1] for k in rows).encode("utf-8")
                self._ours = False  # if the disk refuses, this row is held here only: the next save writes the whole
                _append(self.path, line)
                self._left += line
                self._ours = True
            elif self._held:
                data = self._whole()
                write_atomically(self.path, data)
                self._left = bytearray(data)
                self._ours = self._there = True
            else:
                self.path.unlink(missing_ok=True)
                self._left, self._ours, self._there = bytearray(), False, False
            self._known = _signature(self.path)
        return True

    def _line(self, row: Row) -> tuple[Any, str]:
        place = (str(row["document"]), int(row["start"]), int(row["end"]), str(row["code"]))
        return place, _csv([row.get(c) for c in self._columns])

    def _whole(self) -> bytes:
        lines = sorted(self._lines.values(), key=itemgetter(0))
        return "".join([_csv(self._columns), *(text for _, text in lines)]).encode("utf-8")

    def _as_left(self) -> bool:
        """Whether the file is as this session left it."""
        if self._known and _signature(self.path) == self._known:
            return True
        now = seen(self.path)
        return now is None if not self._there else now is not None and now == self._left

    @property
    def aside_name(self) -> str:
        """The name of the file in ``unsaved/`` to which this session's work goes."""
        return "" if self._aside is None else self._aside.name

    def waiting(self) -> list[Path]:
        """Files in which earlier sessions set work aside that should have gone into this one."""
        return [p for p in waiting(self.path) if p != self._aside]


def _signature(path: Path) -> tuple[int, ...]:
    try:
        s = path.stat()
    except OSError:
        return ()
    return s.st_ino, s.st_size, s.st_mtime_ns


def _append(path: Path, data: bytes) -> None:
    before = path.stat().st_size
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            if os.write(handle, data) != len(data):
                raise OSError(say(en="the disk took only a part", ru="диск принял только часть"))
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.truncate(path, before)
        said = error.strerror or error
        raise CjmError(
            en=f"{path}: could not be saved ({said}); the earlier codings are untouched",
            ru=f"{path}: сохранить не удалось ({said}); прежние коды целы",
        ) from error


def _csv(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(c) for c in cells])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else guard(str(value))
