"""From the bytes of a table to cells: encoding, separator, sheets, what stands above the header and below the rows."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.errors import FileFormatError, suggest
from cjmkit.intake.containers import LIMITS, check_workbook, read_bytes, unpack
from cjmkit.intake.decoding import decode
from cjmkit.intake.formulas import unguard, unguarded

__all__ = ["Cells", "caption_rows", "is_total", "open_cells", "open_sheets", "sniff_separator"]

_HEAD_CHARS = 1 << 18
_HEAD_ROWS = 80
Note = tuple[str, str]


@dataclass
class Cells:
    """A table before anybody knows which rows are headers.

    Parameters
    ----------
    head : list of list of str
        The first rows as text.
    body : callable (header_rows, width) -> DataFrame
        The rows below, columns numbered from 0, index counted as a spreadsheet counts rows.
    encoding, separator, bom
        How the file was written.
    notes : list of (en, ru)
        What had to be decided.
    sheet : str
        Which sheet of a workbook it is.
    """

    head: list[list[str]]
    body: Callable[[int, int], pd.DataFrame]
    encoding: str = ""
    separator: str = ""
    bom: bool = False
    ragged: int = 0
    notes: list[Note] = field(default_factory=list)
    sheet: str = ""


def open_cells(path: str | os.PathLike[str], *, encoding: str | None = None, sheet: str | int | None = None) -> Cells:
    r"""Open one table: CSV or TSV (also packed: .gz, .bz2, .xz, or a .zip with one file), or a sheet of a workbook.

    Parameters
    ----------
    path : path-like
        The file.
    encoding : str, optional
        Only where the file itself cannot tell.
    sheet : str or int, optional
        Sheet of a workbook; the first that holds cells otherwise.

    Raises
    ------
    FileFormatError
        If the file is empty, damaged, too large, or no table.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "answers.csv")
    >>> _ = path.write_bytes("имя;оценка\nАня;4,5\n".encode("cp1251"))
    >>> cells = open_cells(path)
    >>> cells.encoding, cells.separator, cells.head[0]
    ('cp1251', ';', ['имя', 'оценка'])
    """
    where = Path(path)
    if where.suffix.lower() in _BOOKS:
        sheets = _workbook(where, sheet)
        first = next(iter(sheets.values()))
        if len(sheets) > 1:
            left = ", ".join(list(sheets)[1:])
            first.notes.append(
                (
                    f"sheet {first.sheet!r} was read; left alone: {left}",
                    f"прочитан лист {first.sheet!r}; не тронуты: {left}",
                )
            )
        return first
    return _csv(_raw_text(where), where, encoding)


def open_sheets(path: str | os.PathLike[str], *, encoding: str | None = None) -> dict[str, Cells]:
    r"""Open every sheet that holds cells, by name, in the order of the workbook; a CSV is one sheet without a name.

    Raises
    ------
    FileFormatError
        As for :func:`open_cells`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "answers.csv")
    >>> _ = path.write_text("a,b\\n1,2\\n")
    >>> list(open_sheets(path))
    ['']
    """
    where = Path(path)
    if where.suffix.lower() in _BOOKS:
        return _workbook(where, None)
    return {"": _csv(_raw_text(where), where, encoding)}


_BOOKS = (".xlsx", ".xlsm")


def _raw_text(path: Path) -> bytes:
    if path.suffix.lower() in (".xls", ".ods", ".numbers"):
        raise FileFormatError(
            en=f"{path.suffix} is not read; save the sheet as .xlsx or .csv",
            ru=f"{path.suffix} не читается; сохраните лист как .xlsx или .csv",
            path=path,
        )
    return unpack(read_bytes(path), path)


# above and below the table ------------------------------------------------------------------------------------------

_TOTALS = re.compile(
    r"^(grand |sub)?totals?\b.{0,12}$|^(sum|average|mean|count)s?:?$|"
    r"^(итого|всего|сумма|среднее|среднее значение|общий итог)\b.{0,12}$",
    re.I,
)


def is_total(cells: Iterable[Any]) -> bool:
    """Whether a row is a total or an average rather than somebody's answers, by the word it begins with.

    Examples
    --------
    >>> is_total(["Total", "", "412"]), is_total(["", "Итого", "412"]), is_total(["r7", "Total waste of time"])
    (True, True, False)
    """
    texts = [str(c).strip() for c in cells if c is not None and c == c and str(c).strip()]
    words = [t for t in texts if re.search(r"[^\W\d_]", t)]
    return len(words) == 1 and texts[0] == words[0] and bool(_TOTALS.match(words[0]))


def caption_rows(head: list[list[str]]) -> int:
    """How many rows stand above the header: a title, notes in the first cells, blank rows.

    Parameters
    ----------
    head : list of list of str
        The first rows as text.

    Notes
    -----
    Above a table a row fills one cell, at most two ("Exported on", "2026-01-05"), while the rows of the table fill
    three or more; the header is the first row that fills others than these.

    Examples
    --------
    >>> caption_rows([["Branch survey"], [], ["id", "rating", "why"], ["1", "4", "fast"], ["2", "5", "kind"]])
    2
    >>> caption_rows([["id", "rating"], ["1", "4"]])
    0
    """
    filled = [sum(bool(c.strip()) for c in row) for row in head]
    top = 0
    while top < len(filled) and not filled[top]:
        top += 1
    usual = Counter(k for k in filled[top:] if k > 1).most_common(1)
    if not usual:
        return top
    if usual[0][0] < 3 and not (filled[top] == 1 and top + 1 < len(filled) and not filled[top + 1]):
        # Of two columns a first row with one cell may be a header with a gap, unless a blank row follows it.
        return top
    for i in range(top, min(len(head), 25)):
        spread = [j for j, c in enumerate(head[i]) if c.strip()]
        # "Exported on", "2026-01-05" may follow a title, but two cells in the first row are the beginning of a header.
        caption = not spread or spread == [0] or (i > top and spread == [0, 1] and usual[0][0] > 2)
        if not caption:
            return i
    return top


# text ---------------------------------------------------------------------------------------------------------------


def _text(raw: bytes, encoding: str | None, path: object) -> tuple[str, str, list[Note]]:
    """Decode a whole file; one whose lines are in two encodings is read line by line, and a note names the lines."""
    if encoding is None and b"\x00" not in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-8-sig"), "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8", []
        except UnicodeDecodeError:
            pass
        lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        high = [i for i, line in enumerate(lines) if not line.isascii()]
        bad = [i for i in high if not _is_utf8(lines[i])]
        if bad and len(high) - len(bad) >= 0.05 * len(high) and len(high) > len(bad):
            _, how = decode(b"\n".join(lines[i] for i in bad)[: 1 << 20], path=path)
            odd = set(bad)
            text = "\n".join(
                line.decode(how.encoding if i in odd else "utf-8", errors="replace") for i, line in enumerate(lines)
            )
            shown = ", ".join(str(i + 1) for i in bad[:5]) + (", …" if len(bad) > 5 else "")
            note = (
                f"two encodings in one file: {len(bad)} lines are {how.encoding}, the rest utf-8; lines {shown}",
                f"в файле две кодировки: строк в {how.encoding}: {len(bad)}, остальные в utf-8; строки {shown}",
            )
            return text, f"utf-8+{how.encoding}", [note]
    text, how = decode(raw, encoding=encoding, path=path)
    lost = text.count("\ufffd")
    notes = (
        [
            (
                f"{lost} characters could not be read as {how.encoding}",
                f"не прочитано знаков в {how.encoding}: {lost}",
            )
        ]
        if lost
        else []
    )
    return text, how.encoding, notes


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


# CSV ---------------------------------------------------------------------------------------------------------------


class _Lines:
    """Lines of a text, remembering how many characters have been handed out."""

    def __init__(self, text: str) -> None:
        self._source = io.StringIO(text, newline="")
        self.used = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._source)
        self.used += len(line)
        return line


def _rows(text: str, separator: str, limit: int | None = None) -> list[list[str]]:
    out = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        out.append(row)
        if limit is not None and len(out) >= limit:
            break
    return out


def sniff_separator(head: str) -> str:
    r"""Find the separator: the one that gives every row as many cells as the first.

    Examples
    --------
    >>> sniff_separator("a;b;c\n0,5;1,5;2,5\n1,0;2,0;3,0\n")
    ';'
    """
    best, best_score = ",", (-1.0, 0.0, 0)
    for sep in (",", ";", "\t", "|"):
        try:
            rows = [r for r in _rows(head, sep, 60) if any(c.strip() for c in r)]
        except csv.Error:
            continue
        if not rows or len(rows[0]) < 2:
            continue
        widths = Counter(len(r) for r in rows)
        width, same = widths.most_common(1)[0]
        if width < 2:
            continue
        score = (float(len(rows[0]) == width), same / len(rows), width)
        if (score[0] + score[1], score[2]) > (best_score[0] + best_score[1], best_score[2]):
            best, best_score = sep, score
    return best


def _csv(raw: bytes, path: Path, encoding: str | None) -> Cells:
    if not raw[:4096].strip() and not raw.strip():
        raise FileFormatError(en="the file is empty", ru="файл пуст", path=path)
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 27))
    text, found, notes = _text(raw, encoding, path)
    bom = raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    if "\n" not in text and "\r" in text:
        text = text.replace("\r", "\n")
    given = ""
    if text[:4].lower() == "sep=":
        given, text = text[4], text.split("\n", 1)[1]
    cut = len(text) <= _HEAD_CHARS
    head_text = text if cut else text[: text.rfind("\n", 0, _HEAD_CHARS) + 1]
    separator = given or sniff_separator(head_text)
    head = _rows(head_text, separator, _HEAD_ROWS)
    if not cut and len(head) < _HEAD_ROWS:
        head = head[:-1]
    cells = Cells(
        head=head, body=lambda h, w: pd.DataFrame(), encoding=found, separator=separator, bom=bom, notes=notes
    )

    # What our own files guard against spreadsheets; see cjmkit.intake.formulas.
    marked = re.search(r"'[=+\-@\t\r]", text) is not None

    def body(header_rows: int, width: int) -> pd.DataFrame:
        # The header lies in the first characters; the rest need not be copied to find its end.
        lines = _Lines(text[: 8 * _HEAD_CHARS])
        reader = csv.reader(lines, delimiter=separator)
        for _ in range(header_rows):
            next(reader)
        texts = _as_text_columns(head[header_rows:], width)
        # utf-8 bytes go to the parser as they are; decoding twice would double the time of large files.
        start = lines.used
        skip = len(text[:start].encode("utf-8"))
        source = raw.removeprefix(b"\xef\xbb\xbf") if found in ("utf-8", "utf-8-sig") and not given else None
        data = source if source is not None and b"\n" in source[:1_000_000] else text.encode("utf-8")
        frame = _parse(data, separator, width, texts, skip)
        if frame is None:
            frame = _parse_ragged(text[start:], separator, width, header_rows, cells)
        frame.index = pd.RangeIndex(header_rows + 1, header_rows + 1 + len(frame), name="row")
        return unguarded(frame) if marked else frame

    cells.body = body
    if marked:
        cells.head = [[unguard(c) for c in row] for row in cells.head]
    return cells


def _as_text_columns(rows: list[list[str]], width: int) -> set[int]:
    """Columns that must stay text: numbers with leading zeros, or too long for a float to keep."""
    out = set()
    for r in rows:
        for j, c in enumerate(r[:width]):
            c = c.strip()
            if (len(c) > 1 and c[0] == "0" and c.isdigit()) or (len(c) > 15 and c.isdigit()):
                out.add(j)
    return out


def _parse(data: bytes, separator: str, width: int, texts: set[int], start: int = 0) -> pd.DataFrame | None:
    import warnings

    options: dict[str, Any] = {
        "sep": separator, "header": None, "names": range(width), "keep_default_na": False, "na_values": ["", " "],
        "low_memory": True, "skip_blank_lines": False, "index_col": False, "encoding": "utf-8",
        "dtype": dict.fromkeys(texts, str) or None,
    }  # fmt: skip
    if not data[start : start + 4096].strip() and not data[start:].strip():
        return pd.DataFrame(columns=range(width))
    with warnings.catch_warnings():
        # "Length of header does not match": cells would be lost; the slow way keeps and names them.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        # Reading in pieces is faster, but a column of numbers with a word far below would come out mixed.
        warnings.simplefilter("error", pd.errors.DtypeWarning)
        try:
            # The buffer shares the bytes of the file; cutting the header off would copy them.
            buffer = io.BytesIO(data)
            buffer.seek(start)
            return pd.read_csv(buffer, **options)
        except pd.errors.DtypeWarning:
            buffer.seek(start)
            return pd.read_csv(buffer, **(options | {"low_memory": False}))
        except (pd.errors.ParserError, pd.errors.ParserWarning):
            return None
        except pd.errors.EmptyDataError:
            return pd.DataFrame(columns=range(width))


def _parse_ragged(text: str, separator: str, width: int, header_rows: int, cells: Cells) -> pd.DataFrame:
    """Read rows with more cells than headers: empty cells too many are dropped, others kept in columns of their own."""
    rows = _rows(text, separator)
    long = [i for i, r in enumerate(rows) if len(r) > width]
    full = [i for i in long if any(c.strip() for c in rows[i][width:])]
    cells.ragged = len(long)
    wide = max((len(rows[i]) for i in full), default=width)
    if full:
        shown = ", ".join(str(i + header_rows + 1) for i in full[:5]) + (", …" if len(full) > 5 else "")
        cells.notes.append(
            (
                f"{len(full)} rows have more cells than there are headers; kept in columns without a name; rows "
                f"{shown}",
                f"строк, где ячеек больше, чем заголовков: {len(full)}; они в столбцах без названия; строки {shown}",
            )
        )
    padded = [(r + [""] * (wide - len(r)))[:wide] for r in rows]
    buffer = io.StringIO()
    csv.writer(buffer).writerows(padded)
    frame = _parse(buffer.getvalue().encode("utf-8"), ",", wide, _as_text_columns(padded[:_HEAD_ROWS], wide))
    if frame is None:
        raise FileFormatError(
            en="the rows could not be told apart; is the separator right?",
            ru="строки не разделить; верен ли разделитель?",
        )
    return frame


# XLSX --------------------------------------------------------------------------------------------------------------


def _workbook(path: Path, sheet: str | int | None) -> dict[str, Cells]:
    """The sheets that hold cells; with `sheet` only that one."""
    import openpyxl

    raw = read_bytes(path)
    if not raw.startswith(b"PK"):
        raise FileFormatError(
            en="this is not an .xlsx workbook; if it is a CSV, name it .csv",
            ru="это не книга .xlsx; если это CSV, назовите его .csv",
            path=path,
        )
    check_workbook(raw, path, LIMITS).close()
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise FileFormatError(
            en="this is not an .xlsx workbook (or it is damaged)",
            ru="это не книга .xlsx (или она повреждена)",
            path=path,
        ) from error
    try:
        names = [n for n in book.sheetnames if hasattr(book[n], "iter_rows")]
        if isinstance(sheet, str) and sheet not in names:
            raise FileFormatError(suggest(sheet, names, what="sheet"), path=path)
        if isinstance(sheet, int) and not -len(names) <= sheet < len(names):
            raise FileFormatError(
                en=f"the workbook has {len(names)} sheets; there is no sheet {sheet}",
                ru=f"в книге листов {len(names)}; листа {sheet} нет",
                path=path,
            )
        if sheet is not None:
            names = [names[sheet] if isinstance(sheet, int) else sheet]
        found = {}
        for name in names:
            rows = [list(r) for r in book[name].iter_rows(values_only=True)]
            if any(c is not None for r in rows for c in r):
                found[name] = _sheet(rows, name)
    finally:
        book.close()
    if not found:
        raise FileFormatError(en="the workbook is empty", ru="книга пуста", path=path)
    return found


def _sheet(rows: list[list[Any]], name: str) -> Cells:
    while rows and all(c is None for c in rows[-1]):
        rows.pop()
    width = max((max((i for i, c in enumerate(r) if c is not None), default=-1) + 1 for r in rows), default=0)
    rows = [(r + [None] * width)[:width] for r in rows]
    head = [["" if c is None else _cell_text(c) for c in r] for r in rows[:_HEAD_ROWS]]

    def body(header_rows: int, columns: int) -> pd.DataFrame:
        body_rows = rows[header_rows:]
        frame = pd.DataFrame({j: _typed([r[j] for r in body_rows]) for j in range(width)})
        frame.index = pd.RangeIndex(header_rows + 1, header_rows + 1 + len(frame), name="row")
        return frame

    return Cells(head=head, body=body, sheet=name)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    # A moment has year and hour, a time of day only the hour.
    return cell.isoformat(sep=" ") if hasattr(cell, "year") and hasattr(cell, "hour") else str(cell)


def _typed(column: Iterable[Any]) -> pd.Series:
    """A column of cells as one type: numbers, dates, or text where they are mixed."""
    cells = [None if isinstance(c, str) and not c.strip() else c for c in column]
    present = [c for c in cells if c is not None]
    if present and all(isinstance(c, bool) for c in present):
        return pd.Series([None if c is None else int(c) for c in cells], dtype="float64" if None in cells else "int64")
    if all(isinstance(c, int | float) and not isinstance(c, bool) for c in present):
        numbers = np.array([np.nan if c is None else float(c) for c in cells])
        whole = len(present) == len(cells) and all(float(c).is_integer() for c in present)
        return pd.Series(numbers.astype("int64") if whole and present else numbers)
    if any(isinstance(c, str) for c in present):
        return pd.Series([None if c is None else _cell_text(c) for c in cells], dtype="str")
    return pd.Series(pd.to_datetime(pd.Series(cells, dtype=object), errors="coerce"))
