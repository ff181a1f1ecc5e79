"""Read a code book whatever wrote it, find the one beside an export, and lay it over the columns."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, FileFormatError, need_columns
from cjmkit.files import bare_name
from cjmkit.intake.containers import read_bytes
from cjmkit.intake.decoding import decode
from cjmkit.intake.tables import Cells
from cjmkit.survey._decode import norm
from cjmkit.survey.codebooks.table import COLUMNS, Row, as_table, from_pasted, from_sheet, sheet_rows
from cjmkit.survey.codebooks.tools import from_lss, from_qsf, from_sav, from_sps, from_structure, from_xlsform
from cjmkit.survey.items import Item
from cjmkit.survey.reading.labelled import labelled_item
from cjmkit.survey.reading.platforms import Column

__all__ = ["codebook", "codebook_beside", "codebook_inside", "lay_over"]

_OURS = re.compile(r"code[ _-]?(?:book|list)|data[ _-]?dictionary|value[ _-]?labels|кодификатор|кодировк|коды")
_TOOLS = (".sps", ".qsf", ".lss")
_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".txt")


def codebook(path: str | os.PathLike[str]) -> pd.DataFrame:
    r"""Read a code book: what the variables of a survey are called and what their codes mean.

    SPSS syntax (``.sps``) and the labels of a ``.sav``, Qualtrics ``.qsf``, XLSForm (``.xlsx`` with the sheets survey
    and choices), a REDCap data dictionary, LimeSurvey ``.lss`` or its structure as text, a plain spreadsheet with the
    columns variable, label, code, meaning (in English or Russian), and a list pasted from a document into a ``.txt``
    where it is unambiguous.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    pandas.DataFrame
        A row a code: variable, text, code (missing where the variable has none), meaning, missing (whether the code
        means no answer), kind ("single", "multi", "open", "number", "date" … where the code book says so).

    Raises
    ------
    FileFormatError
        If nothing in the file reads as a code book, with what was looked for; or if a pasted list is ambiguous.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "codes.csv")
    >>> _ = path.write_text("variable,label,code,meaning\nQ1,Food,5,Outstanding\n,,1,Unacceptable\n,,6,Never used\n")
    >>> codebook(path)[["variable", "code", "meaning", "missing"]].values.tolist()
    [['Q1', 5, 'Outstanding', False], ['Q1', 1, 'Unacceptable', False], ['Q1', 6, 'Never used', True]]
    """
    where = Path(path)
    rows = _rows(where)
    if not rows:
        raise FileFormatError(
            en="no code book was recognised. Looked for: SPSS syntax, .sav, .qsf, XLSForm, a REDCap dictionary, "
            "LimeSurvey, and a sheet with the columns variable, label, code, meaning",
            ru="кодировки здесь не узнано. Искали: синтаксис SPSS, .sav, .qsf, XLSForm, словарь REDCap, LimeSurvey и "
            "таблицу со столбцами переменная, подпись, код, смысл",
            path=where,
        )
    return as_table(rows)


def _rows(where: Path) -> list[Row]:
    match where.suffix.lower():
        case ".sav" | ".zsav":
            return from_sav(where)
        case ".sps":
            return from_sps(decode(read_bytes(where), path=where)[0])
        case ".qsf" | ".json":
            return from_qsf(decode(read_bytes(where), path=where)[0], where)
        case ".lss":
            return from_lss(where)
        case ".xlsx" | ".xlsm":
            return from_xlsform(where) or from_sheet(where)
        case ".txt":
            text = decode(read_bytes(where), path=where)[0]
            if re.search(r"^\s*(?:add\s+)?val\w*\s+lab", text, re.I | re.M):
                return from_sps(text)
            return (from_structure(where) or from_sheet(where)) if "\t" in text else from_pasted(text, where)
        case _:
            return from_structure(where) or from_sheet(where)


def codebook_beside(export: Path, columns: list[str]) -> tuple[Path, pd.DataFrame] | None:
    """The code book that lies beside an export: of its name, or called a code book, and it knows half of the
    columns.
    """
    own, folded = bare_name(export), {norm(c) for c in columns}
    for path in sorted(export.parent.iterdir()):
        if path == export or not path.is_file():
            continue
        suffix, stem = path.suffix.lower(), norm(path.stem)
        if not ((suffix in _TOOLS and bare_name(path) == own) or (suffix in _TABLES and _OURS.search(stem))):
            continue
        try:
            found = codebook(path)
        except CjmError:
            continue
        known = {norm(v) for v in found["variable"]}
        if len(known & folded) >= 0.5 * min(len(known), len(folded)):
            return path, found
    return None


def codebook_inside(sheets: dict[str, Cells], answers: Cells, columns: list[str]) -> pd.DataFrame | None:
    """The code book on another sheet of the workbook that holds the answers; None where no sheet is one."""
    folded = {norm(c) for c in columns}
    for cells in sheets.values():
        rows = [] if cells is answers else sheet_rows(cells)
        if any(r[3] for r in rows) and {norm(r[0]) for r in rows} & folded:
            return as_table(rows)
    return None


def lay_over(
    book: pd.DataFrame, frame: pd.DataFrame, columns: list[Column], guessed: dict[str, Item]
) -> dict[str, Item]:
    """Items of the columns that a code book knows; their wording is put into the columns."""
    need_columns(book, ("variable", "code", "meaning"), what="code book")
    book = book.reindex(columns=COLUMNS).assign(missing=lambda t: t["missing"].eq(True))
    parts = {norm(v): part for v, part in book.groupby(book["variable"].astype(str), sort=False)}
    rows = _rows_of_grids(book)
    items: dict[str, Item] = {}
    for c in columns:
        # Groups of an XLSForm stand before the name, and LimeSurvey writes a subquestion in brackets.
        spelt = (
            c.name, "/".join(c.name.split("/")[-2:]), c.name.split("/")[-1], re.sub(r"\[(.*?)\].*$", r"_\1", c.name),
        )  # fmt: skip
        part = next((parts[k] for k in map(norm, spelt) if k in parts), None)
        if part is not None:
            variable = str(part["variable"].iloc[0])
            c.group, c.option = rows.get(variable, (c.group, c.option))
            items[c.name] = _item(c, part, frame[c.name], guessed[c.name])
    if not items:
        has, names = (", ".join(list(map(str, t))[:4]) for t in (book["variable"].unique(), [c.name for c in columns]))
        raise CjmError(
            en=f"the code book names none of the export's columns: it has {has} …, the export {names} …",
            ru=f"кодировка не знает ни одного столбца выгрузки: в ней {has} …, в выгрузке {names} …",
        )
    return items


def _rows_of_grids(book: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Of the rows of a grid ("Rate us – Food", "Rate us – Staff") the question that they share, and the row."""
    asked = book.drop_duplicates("variable")[["variable", "text"]].dropna()
    parted = {str(v): str(t).rsplit(" – ", 1) for v, t in asked.itertuples(index=False) if " – " in str(t)}
    shared = pd.Series([q for q, _ in parted.values()], dtype="object").value_counts()
    return {v: (q, row) for v, (q, row) in parted.items() if shared[q] > 1}


def _item(c: Column, part: pd.DataFrame, answers: pd.Series, guessed: Item) -> Item:
    text = next((t for t in part["text"].fillna("").astype(str) if t), "")
    kind = next((k for k in part["kind"].fillna("").astype(str) if k), "")
    if kind == "multi":
        option = next((m for m in part["meaning"].astype(str) if m), "") if len(part) == 1 else ""
        group, said = (text or c.group, option or c.option) if len(part) == 1 else (c.group, c.option)
        told: dict[str, Any] = {
            "text": text or guessed.text,
            "group": group,
            "option": said,
            "status": "known",
            "why": "code book",
        }
        if guessed.type != "multi":
            words = any(isinstance(k, str) for k in part["code"]) and not any(" " in str(k) for k in part["code"])
            between = "" if len(part) == 1 else guessed.separator or (" " if words else ";")
            told |= {"type": "multi", "scale": (), "missing": (), "separator": between}
        return guessed.replace(**told)
    coded = part[part["code"].notna()]
    labels: dict[Any, str] = {r.code: str(r.meaning) for r in coded.itertuples() if r.meaning}
    missing: list[Any] = [r.code for r in coded.itertuples() if r.missing]
    c.text = text or c.text
    if kind == "nps":
        return guessed.replace(type="nps", scale=(0, 10), text=c.text, status="known", why="code book")
    if not labels and not missing:
        known = kind in ("date", "number") and guessed.type in ("open", "single", "number", "date")
        known = known or (kind == "open" and guessed.type == "single")  # a text field may be asked for a number
        return guessed.replace(text=c.text or guessed.text, **({"type": kind, "scale": ()} if known else {}))
    item, _ = labelled_item(c, answers, labels, missing, guessed)
    return item
