"""Coded segments for users of other tools: a workbook with a sheet a code, tables like Taguette's and MAXQDA's."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pandas as pd

from cjmkit.core.codings import check_codings
from cjmkit.errors import CjmError, suggest
from cjmkit.files import write_atomically
from cjmkit.intake.formulas import guarded

__all__ = ["write_segments"]

STYLES = ("sheets", "taguette", "maxqda")


def write_segments(codings: pd.DataFrame, path: str | os.PathLike[str], *, style: str | None = None) -> Path:
    """Write coded segments as a table.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings table, with quotes.
    path : path-like
        ``.xlsx`` or ``.csv``.
    style : {"sheets", "taguette", "maxqda"}, optional
        ``"sheets"``: a workbook with all segments on its first sheet and a sheet for each code (default for .xlsx);
        ``"taguette"``: id, document, tag, content (default for .csv); ``"maxqda"``: Document name, Code, Segment and so
        on. Cells are text: nothing in them runs as a formula in a workbook. In a CSV an apostrophe stands before what a
        spreadsheet would run.

    Returns
    -------
    pathlib.Path
        The file, written whole or not at all; :func:`read` reads it again.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> said = pd.DataFrame({"document": ["anna"], "start": [0], "end": [4], "quote": ["Dear"], "code": ["price"]})
    >>> path = write_segments(said, pathlib.Path(tempfile.mkdtemp()) / "s.csv")
    >>> path.read_text(encoding="utf-8-sig").split()[1]
    '1,anna,price,Dear'
    """
    where = Path(path)
    book = where.suffix.casefold() == ".xlsx"
    if not book and where.suffix.casefold() != ".csv":
        raise CjmError(
            en=f"segments are written as .xlsx or .csv, not {where.suffix!r}",
            ru=f"отрывки пишутся как .xlsx или .csv, а не {where.suffix!r}",
        )
    style = style or ("sheets" if book else "taguette")
    if style not in STYLES:
        raise CjmError(suggest(style, STYLES, what="style"))
    table = check_codings(codings)
    if style == "sheets" and not book:
        raise CjmError(
            en="a sheet a code needs a workbook: give a path that ends in .xlsx",
            ru="лист на код бывает в книге: дайте путь с окончанием .xlsx",
        )
    shown = _columns(table, style)
    if not book:
        return write_atomically(where, "\ufeff" + guarded(shown).to_csv(index=False, lineterminator="\n"))
    sheets = {"All segments": shown}
    if style == "sheets":
        for code, rows in shown.groupby("code", sort=False):
            sheets[_sheet_name(str(code), set(sheets))] = rows
    return write_atomically(where, _workbook(sheets))


def _columns(table: pd.DataFrame, style: str) -> pd.DataFrame:
    if style == "taguette":
        place = table.groupby(["document", "start", "end"], sort=False).ngroup() + 1
        return pd.DataFrame(
            {"id": place, "document": table["document"], "tag": table["code"], "content": table["quote"]}
        )
    if style == "maxqda":
        names = {"document": "Document name", "code": "Code", "start": "Beginning", "end": "End", "quote": "Segment"}
        names |= {"coder": "Author", "created": "Created", "memo": "Comment"}
        return table[list(names)].rename(columns=names)
    first = ["code", "document", "participant", "quote", "coder", "stage", "touchpoint", "valence", "memo"]
    return table[[*first, "start", "end"]]


def _sheet_name(code: str, taken: set[str]) -> str:
    """A name of at most 31 characters without what a workbook forbids, unlike any other."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", code).strip("' ")[:31] or "code"
    name, k = base, 2
    while name.casefold() in {t.casefold() for t in taken}:
        tail = f" ({k})"
        name, k = base[: 31 - len(tail)] + tail, k + 1
    return name


def _workbook(sheets: dict[str, pd.DataFrame]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for k, column in enumerate(table.columns):
            sheet.write_string(0, k, str(column), head)
            sheet.set_column(k, k, 60 if column in ("quote", "content", "Segment") else 16)
            for row, value in enumerate(table[column], start=1):
                if value is None or value != value:
                    continue
                if isinstance(value, str):
                    sheet.write_string(row, k, value[:32_767], wrap)
                else:
                    sheet.write_number(row, k, float(value), wrap)
    book.close()
    return buffer.getvalue()
