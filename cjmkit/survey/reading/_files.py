"""From a file to cells: encoding, separator, the rows at the top as text, and the body as a table."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
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
from cjmkit.survey.items import plain

__all__ = ["Cells", "decode_bytes", "open_cells", "sniff_separator"]

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
    """

    head: list[list[str]]
    body: Callable[[int, int], pd.DataFrame]
    encoding: str = ""
    separator: str = ""
    bom: bool = False
    ragged: int = 0
    blank_rows: int = 0
    notes: list[Note] = field(default_factory=list)
    kind: str = "csv"


def open_cells(path: Path, *, encoding: str | None = None, sheet: str | int | None = None) -> Cells:
    """Open CSV (also .gz or a .zip with one CSV inside), TSV or XLSX."""
    suffix = "".join(path.suffixes[-2:]).lower()
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _xlsx(path, sheet)
    if path.suffix.lower() in (".xls", ".ods", ".numbers"):
        raise FileFormatError(f"{path.suffix} is not read; save the sheet as .xlsx or .csv", path=path)
    raw = path.read_bytes()
    if suffix.endswith(".gz"):
        raw = gzip.decompress(raw)
    elif path.suffix.lower() == ".zip":
        with zipfile.ZipFile(io.BytesIO(raw)) as z:
            inside = [n for n in z.namelist() if n.lower().endswith((".csv", ".tsv", ".txt")) and "__MACOSX" not in n]
            if len(inside) != 1:
                raise FileFormatError(
                    f"the archive holds {len(inside)} tables ({', '.join(inside[:5])}); unpack one", path=path
                )
            raw = z.read(inside[0])
    return _csv(raw, path, encoding)


# encodings ---------------------------------------------------------------------------------------------------------

_CYRILLIC = ("cp1251", "koi8-r", "cp866")
_COMMON = set("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё")


def _cyrillic_share(sample: bytes, encoding: str) -> float:
    """How much of the bytes above 127 reads as common small Cyrillic letters, most of them beside another letter."""
    text = sample.decode(encoding, errors="replace")
    high = [c for c in text if ord(c) > 127]
    if not high:
        return 0.0
    if not re.search("[а-яё]{3}", text):
        return 0.0
    runs = sum(a.lower() in _COMMON and b.lower() in _COMMON for a, b in itertools.pairwise(text))
    small = sum(c in _COMMON for c in high)
    return (small + runs) / (2 * len(high))


def _eight_bit(sample: bytes) -> str:
    """Which 8-bit encoding the bytes are in: Cyrillic ones by their letters, else Western European."""
    best = max(_CYRILLIC, key=lambda e: _cyrillic_share(sample, e))
    if _cyrillic_share(sample, best) > 0.45:
        return best
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def decode_bytes(raw: bytes, encoding: str | None = None, *, path: object = None) -> tuple[str, str, bool, list[Note]]:
    """Decode a whole file.

    Returns
    -------
    (text, encoding, bom, notes)
        A file whose lines are in two encodings is read line by line, and a note names the lines.

    Raises
    ------
    FileFormatError
        If `encoding` was given and does not fit, or the file is no text.
    """
    if encoding:
        try:
            text = raw.decode(encoding)
        except LookupError as error:
            raise FileFormatError(
                f"unknown encoding {encoding!r}; try 'utf-8', 'cp1251' or 'utf-16'", path=path
            ) from error
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise FileFormatError(
                f"this is not {encoding}; leave encoding out to have it found", path=path, line=line
            ) from error
        return text.lstrip("\ufeff"), encoding, text.startswith("\ufeff"), []
    if raw.startswith(b"\xef\xbb\xbf"):
        try:
            return raw[3:].decode("utf-8"), "utf-8-sig", True, []
        except UnicodeDecodeError:
            raw = raw[3:]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16"), "utf-16", True, []
    try:
        text = raw.decode("utf-8")
        if "\x00" not in text[:2000]:
            return text, "utf-8", False, []
    except UnicodeDecodeError:
        pass
    if raw[:2000].count(0) > len(raw[:2000]) // 4:
        guess = "utf-16-le" if raw[1:2000:2].count(0) > raw[0:2000:2].count(0) else "utf-16-be"
        try:
            return raw.decode(guess), guess, False, []
        except UnicodeDecodeError:
            pass
    if b"\x00" in raw[:2000]:
        raise FileFormatError("this is not a text file; CSV, TSV, XLSX, SAV and Parquet can be read", path=path)
    lines = raw.split(b"\n")
    high = [i for i, line in enumerate(lines) if not line.isascii()]
    valid = [i for i in high if _is_utf8(lines[i])]
    bad = sorted(set(high) - set(valid))
    guess = _eight_bit(b"\n".join(lines[i] for i in bad)[: 1 << 20])
    if valid and len(valid) >= 0.05 * len(high):
        odd = set(bad)
        text = "\n".join(
            line.decode(guess, errors="replace") if i in odd else line.decode("utf-8") for i, line in enumerate(lines)
        )
        shown = ", ".join(str(i + 1) for i in bad[:5]) + (", …" if len(bad) > 5 else "")
        note = (
            f"two encodings in one file: {len(bad)} lines are {guess}, the rest utf-8; lines {shown}",
            f"в файле две кодировки: строк в {guess}: {len(bad)}, остальные в utf-8; строки {shown}",
        )
        return text, f"utf-8+{guess}", False, [note]
    lost = 0
    try:
        text = raw.decode(guess)
    except UnicodeDecodeError:
        text = raw.decode(guess, errors="replace")
        lost = text.count("\ufffd")
    notes = (
        [(f"{lost} characters could not be read as {guess}", f"не прочитано знаков в {guess}: {lost}")] if lost else []
    )
    return text, guess, False, notes


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
        raise FileFormatError("the file is empty", path=path)
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 27))
    text, found, bom, notes = decode_bytes(raw, encoding, path=path)
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
        source = (raw[3:] if bom else raw) if found.startswith("utf-8") and "+" not in found and not given else None
        data = source if source is not None and b"\n" in source[:1_000_000] else text.encode("utf-8")
        frame = _parse(data, separator, width, texts, skip)
        if frame is None:
            frame = _parse_ragged(text[start:], separator, width, header_rows, cells)
        frame.index = pd.RangeIndex(header_rows + 1, header_rows + 1 + len(frame), name="row")
        return frame

    cells.body = body
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
        raise FileFormatError("the rows could not be told apart; is the separator right?")
    return frame


# XLSX --------------------------------------------------------------------------------------------------------------


def _xlsx(path: Path, sheet: str | int | None) -> Cells:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise FileFormatError("this is not an .xlsx workbook (or it is damaged)", path=path) from error
    notes: list[Note] = []
    try:
        names = book.sheetnames
        if sheet is None:
            filled = [n for n in names if hasattr(book[n], "iter_rows") and _has_cells(book[n])]
            if not filled:
                raise FileFormatError("the workbook is empty", path=path)
            name = filled[0]
            if len(filled) > 1:
                left = ", ".join(filled[1:])
                notes.append(
                    (f"sheet {name!r} was read; left alone: {left}", f"прочитан лист {name!r}; не тронуты: {left}")
                )
        else:
            if isinstance(sheet, str) and sheet not in names:
                raise FileFormatError(suggest(sheet, names, what="sheet"), path=path)
            name = names[sheet] if isinstance(sheet, int) else sheet
        rows = [list(r) for r in book[name].iter_rows(values_only=True)]
    finally:
        book.close()
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

    return Cells(head=head, body=body, notes=notes, kind="xlsx")


def _has_cells(sheet: Any) -> bool:
    return any(any(c is not None for c in row) for row in sheet.iter_rows(max_row=5, values_only=True))


def _cell_text(cell: Any) -> str:
    value = plain(cell)
    return value.isoformat(sep=" ") if hasattr(value, "isoformat") and hasattr(value, "hour") else str(value)


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


def is_path(source: object) -> bool:
    """Whether a source is the path of a file."""
    return isinstance(source, str | os.PathLike)
