"""A journey as one long CSV file: a row for everything, made for pandas and for other programs."""

from __future__ import annotations

import csv
import io
import os
import re
from typing import Any

from cjmkit.core.journey import Journey
from cjmkit.errors import CjmError, FileFormatError, suggest
from cjmkit.exchange._result import Imported
from cjmkit.exchange._tables import COLUMNS, TABLES, Row, from_tables, to_tables
from cjmkit.files import read_text, write_atomically
from cjmkit.i18n import say
from cjmkit.intake.formulas import guard, unguard

__all__ = ["from_csv", "to_csv"]

# What a row of the map itself needs comes first; the rest follows in the order of the tables.
_FIRST = (
    "row",
    "stage",
    "lane",
    "id",
    "text",
    "name",
    "title",
    "persona",
    "channel",
    "owner",
    "value",
    "low",
    "high",
    "n",
)
_ALL = (*_FIRST, *dict.fromkeys(c for t in TABLES for c in COLUMNS[t] if c not in _FIRST))


def to_csv(journey: Journey, path: str | os.PathLike[str] | None = None) -> str:
    """Write a journey as long CSV; :func:`from_csv` gives an equal journey back.

    A row is a note, a touchpoint, an emotion point, a link, an action, a persona or a piece of evidence; the column
    ``row`` says which. A text that a spreadsheet would take for a formula gets an apostrophe in front.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like, optional
        Also write it there (UTF-8 with a byte-order mark, so that spreadsheets read Cyrillic).

    Returns
    -------
    str
        The text of the file.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> "A bicycle" in to_csv(j)
    True
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, _ALL, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writeheader()
    for table, rows in to_tables(journey).items():
        for row in rows:
            writer.writerow({"row": table} | {k: _cell(v) for k, v in row.items()})
    text = out.getvalue()
    if path is not None:
        write_atomically(path, "\ufeff" + text)
    return text


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        # Control characters cannot stand in a table of lines; the apostrophe keeps formulas from running.
        value = re.sub(r"[\x00\r\\]", lambda m: {"\0": "\\0", "\r": "\\r", "\\": "\\\\"}[m[0]], value)
        return guard(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, int) else repr(value) if isinstance(value, float) else str(value)


def _value(text: str) -> str:
    return re.sub(r"\\([0r\\])", lambda m: {"0": "\0", "r": "\r", "\\": "\\"}[m[1]], unguard(text))


def from_csv(source: str | os.PathLike[str]) -> Imported:
    """Read a journey from long CSV.

    Parameters
    ----------
    source : str or path-like
        The file, or its text.

    Returns
    -------
    Imported
        The journey, and a line for every column or row that was left out.

    Raises
    ------
    FileFormatError
        If a row cannot be understood; the message names the file, the line and the column.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> path = tempfile.mkdtemp() + "/bicycle.csv"
    >>> _ = cj.exchange.to_csv(j, path)
    >>> from_csv(path).journey == j
    True
    """
    path: object = None
    text = str(source)
    if isinstance(source, os.PathLike) or "\n" not in text:
        path = source
        text = read_text(source)
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    tables: dict[str, list[Row]] = {t: [] for t in TABLES}
    notes = []
    try:
        names = reader.fieldnames or []
        if "row" not in names:
            raise FileFormatError(
                en=f"a journey table needs the column row (which says what a row is: {', '.join(TABLES)}); "
                f"found: {', '.join(map(str, names)) or 'nothing'}",
                ru=f"таблице пути нужен столбец row (он говорит, что за строка: {', '.join(TABLES)}); есть: "
                f"{', '.join(map(str, names)) or 'ничего'}",
                path=path,
                line=1,
            )
        for name in names:
            if name not in _ALL:
                notes.append(
                    say(en=f"column “{name}” is not known; left out", ru=f"столбец «{name}» неизвестен; пропущен")
                )
        for row in reader:
            kind = row.get("row") or ""
            if kind not in tables:
                raise FileFormatError(suggest(kind, TABLES, what="row"), path=path, line=reader.line_num)
            kept = {k: _value(v) for k, v in row.items() if k in COLUMNS[kind] and v}
            for flag in ("optional", "moment_of_truth", "proposed"):
                if flag in kept:
                    kept[flag] = kept[flag].casefold() in ("true", "1", "yes", "да")  # type: ignore[assignment]
            tables[kind].append(kept)
    except csv.Error as error:
        raise FileFormatError(
            en=f"not a readable table: {error}", ru=f"таблица не читается: {error}", path=path, line=reader.line_num
        ) from error
    try:
        return Imported(from_tables(tables), tuple(notes))
    except CjmError as error:
        raise FileFormatError(str(error), path=path) from error
