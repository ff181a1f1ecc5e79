"""Tables as plain text cells, indents and leading zeros included: what transcripts and codings are made of.

For answers, whose cells have types, there is :mod:`cjmkit.intake.tables`.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from cjmkit.errors import FileFormatError
from cjmkit.intake.containers import LIMITS, check_workbook, unpack
from cjmkit.intake.decoding import decode
from cjmkit.intake.formulas import unguard
from cjmkit.intake.tables import sniff_separator

__all__ = ["read_sheets"]

Grid = list[list[str]]


def read_sheets(
    raw: bytes, path: Path, *, encoding: str | None = None, indented: bool = False
) -> tuple[dict[str, Grid], str]:
    r"""All sheets of a table file as cells of text, rows and columns that are wholly empty at the edges left out.

    Parameters
    ----------
    raw : bytes
        The file; gzip and the like are opened.
    path : path-like
        Named in errors; its ending tells workbooks from text.
    encoding : str, optional
        Of a text file, where the detection is wrong.

    indented : bool
        Keep blanks at the head of cells, where they say what hangs below what.

    Returns
    -------
    (dict of str to list of rows, str)
        Cells by name of sheet (``""`` for a text file), all rows equally long; and the encoding, or ``"xlsx"``.

    Raises
    ------
    FileFormatError
        If it is no table, is damaged, or passes the limits of :class:`cjmkit.intake.containers.Limits`.

    Examples
    --------
    >>> read_sheets(b"id;answer\n001;slow, dear\n", Path("a.csv"))
    ({'': [['id', 'answer'], ['001', 'slow, dear']]}, 'utf-8')
    """
    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        return _workbook(raw, path, indented), "xlsx"
    text, how = decode(unpack(raw, path), encoding=encoding, path=path)
    if not text.strip():
        raise FileFormatError(en="the file is empty", ru="файл пуст", path=path)
    first, _, rest = text.partition("\n")
    if first.casefold().startswith("sep=") and len(first.strip()) == 5:
        sep, text = first.strip()[4], rest
    else:
        sep = sniff_separator(text[:100_000])
    try:
        rows = [[unguard(c) for c in row] for row in csv.reader(io.StringIO(text), delimiter=sep)]
    except csv.Error as error:
        raise FileFormatError(
            en=f"not a table of comma-separated values: {error}", ru=f"это не таблица через запятую: {error}", path=path
        ) from error
    return {"": _trimmed(rows, path, indented)}, how.encoding


def _workbook(raw: bytes, path: Path, indented: bool) -> dict[str, Grid]:
    from openpyxl import load_workbook

    check_workbook(raw, path)
    out = {}
    try:
        book = load_workbook(io.BytesIO(raw), read_only=False, data_only=True)
        for sheet in book.worksheets:
            rows = [[_cell(v) for v in row] for row in sheet.iter_rows(values_only=True)]
            if any(any(row) for row in rows):
                out[sheet.title] = _trimmed(rows, path, indented)
    except FileFormatError:
        raise
    except Exception as error:  # openpyxl lets whatever it stumbles over through
        raise FileFormatError(
            en=f"this workbook could not be read ({type(error).__name__}: {error})",
            ru=f"книгу не прочитать ({type(error).__name__}: {error})",
            path=path,
        ) from error
    if not out:
        raise FileFormatError(en="the workbook is empty", ru="книга пуста", path=path)
    return out


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _trimmed(rows: Grid, path: Path, indented: bool) -> Grid:
    rows = [[c.rstrip() if indented else c.strip() for c in row] for row in rows]
    while rows and not any(rows[-1]):
        rows.pop()
    rows = [row for row in rows if any(row)]
    if not rows:
        raise FileFormatError(en="the table is empty", ru="таблица пуста", path=path)
    width = max((len(row) - next((k for k, c in enumerate(reversed(row)) if c), 0) for row in rows), default=0)
    if width * len(rows) > LIMITS.cells:
        raise FileFormatError(
            en=f"the table has {len(rows):,} rows and {width:,} columns; refused",
            ru=f"в таблице {len(rows):,} строк и {width:,} столбцов; отклонено",
            path=path,
        )
    return [(row + [""] * width)[:width] for row in rows]
