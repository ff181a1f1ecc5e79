"""A code book as a table, and what a plain spreadsheet, REDCap and a pasted list say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import FileFormatError
from cjmkit.intake.tables import Cells, caption_rows, open_sheets
from cjmkit.survey._decode import norm, parse_number
from cjmkit.survey.items import plain
from cjmkit.survey.reading.scales import looks_missing

__all__ = ["COLUMNS", "Row", "as_table", "code_of", "from_pasted", "from_sheet", "plain_text", "sheet_rows"]

COLUMNS = ["variable", "text", "code", "meaning", "missing", "kind"]
Row = tuple[str, str, Any, str, bool, str]

_HEADS = {
    "variable": "variable|variable name|var|name|column|field|field name|variable / field name|question id|code of "
                "question|item|"
    "переменная|имя переменной|имя|столбец|поле|вопрос №|код вопроса",
    "text": "label|variable label|question|question text|text|field label|description|wording|"
    "подпись|вопрос|текст вопроса|формулировка|описание|метка переменной",
    "code": "code|value|codes|values|код|коды|значение|значения|код ответа",
    "meaning": "meaning|value label|answer|answer text|code label|label of value|response|"
    "смысл|расшифровка|ответ|подпись кода|значит|метка значения|текст ответа",
    "kind": "type|field type|measure|kind|тип|вид",
    "choices": "choices, calculations, or slider labels|choices|options|value labels|варианты|варианты ответа|"
    "коды ответов",
    "missing": "missing|missing values|user missing|пропуск|пропуски",
}  # fmt: skip


def as_table(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as the table; a code whose meaning reads as no answer counts as missing."""
    table = pd.DataFrame(list(rows), columns=COLUMNS)
    said = table["meaning"].map(lambda m: bool(m) and looks_missing(m))
    return table.assign(missing=table["missing"].astype(bool) | said.astype(bool))


def plain_text(html: object) -> str:
    """The words of a label that may hold HTML."""
    from html import unescape

    return " ".join(unescape(re.sub(r"<[^>]+>", " ", str(html or ""))).split())


def code_of(text: object) -> Any:
    """A code as the export writes it: a number where it is one, else the text."""
    said = str(text).strip().strip("\"'")
    number = parse_number(said, anchored=True) if re.fullmatch(r"[-−+]?\d+(?:[.,]\d+)?", said) else None
    return plain(number) if number is not None else said


def from_sheet(path: Path) -> list[Row]:
    """Read a spreadsheet whose header names variable, label, code and meaning, in either language, or REDCap's.

    A row without a variable belongs to the one above. Choices may stand in one cell: ``1, Yes | 2, No``.
    """
    return next((rows for cells in open_sheets(path).values() if (rows := sheet_rows(cells))), [])


def sheet_rows(cells: Cells) -> list[Row]:
    """The same of one sheet; empty where its header is none of a code book's."""
    rows = cells.head[caption_rows(cells.head) :]
    heads = _heads(rows[0]) if rows else {}
    if "variable" not in heads or not {"meaning", "choices", "text", "code"} & set(heads):
        return []
    body = cells.body(caption_rows(cells.head) + 1, len(rows[0]))
    return _rows_of(body.astype(object).where(body.notna(), None).to_numpy().tolist(), heads)


def _heads(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for role, names in _HEADS.items():
        for at, head in enumerate(header):
            if at not in found.values() and norm(head) in names.split("|"):
                found[role] = at
                break
    return found


def _rows_of(body: list[list[Any]], heads: dict[str, int]) -> list[Row]:
    def cell(row: list[Any], role: str) -> str:
        value = row[heads[role]] if role in heads and heads[role] < len(row) else None
        return "" if value is None else str(plain(value)).strip()

    out: list[Row] = []
    variable = text = kind = ""
    for row in body:
        named = cell(row, "variable")
        if named:
            variable, text, kind = named, plain_text(cell(row, "text")), cell(row, "kind").casefold()
        if not variable:
            continue
        absent = cell(row, "missing").casefold() in ("1", "yes", "true", "x", "да", "missing", "пропуск")
        # All codes of a variable may stand in one cell, under whichever head.
        listed = next(
            (found for role in ("choices", "code", "meaning") if len(found := _choices(cell(row, role))) > 1), []
        )
        listed = listed or _choices(cell(row, "choices"))
        if listed and kind == "checkbox":  # REDCap gives each choice a column of its own
            out += [
                (f"{variable}___{str(c).replace('-', '_')}", text, 1, meaning, False, "multi") for c, meaning in listed
            ]
        elif listed:
            gone = {code_of(t) for t in re.split(r"[\s,;]+", cell(row, "missing")) if t}
            out += [(variable, text, c, meaning, c in gone, _kind(kind)) for c, meaning in listed]
            out += [(variable, text, c, "", True, _kind(kind)) for c in gone - {c for c, _ in listed}]
        elif cell(row, "code"):
            meaning = plain_text(cell(row, "meaning"))
            out.append((variable, text, code_of(cell(row, "code")), meaning, absent, _kind(kind)))
        elif named:
            out.append((variable, text, None, "", False, _kind(kind)))
    return out


def _choices(text: str) -> list[tuple[Any, str]]:
    """``1, Yes | 2, No`` or ``1=Yes; 2=No`` or a code a line."""
    parts = [
        p.strip() for p in re.split(r"\s*\|\s*|\n|[;,]\s*(?=[-−]?\w+\s*[=:])|;\s*(?=[-−]?\d+\s*,)", text) if p.strip()
    ]
    found = [re.fullmatch(r"([-−]?[\w.]+)\s*[,=:–—-]\s*(.+)", p) for p in parts]
    if not parts or not all(found):
        return []
    return [(code_of(m[1]), plain_text(m[2])) for m in found if m]


_KINDS = {
    "radio": "single", "dropdown": "single", "yesno": "single", "truefalse": "single", "checkbox": "multi",
    "text": "open", "notes": "open", "slider": "number", "calc": "number", "descriptive": "", "file": "meta",
    "nominal": "single", "scale": "number", "number": "number", "integer": "number", "decimal": "number",
    "date": "date", "open": "open", "single": "single", "multi": "multi",
}  # fmt: skip


def _kind(word: str) -> str:
    return _KINDS.get(word, "")


_VARIABLE = re.compile(r"^([A-Za-zА-Я][A-Za-zА-Я0-9_.]*[0-9A-ZА-Я_][A-Za-zА-Я0-9_.]*)(?:\s{2,}|\t+)(\S.*)$")
_CODE_LINE = re.compile(r"^\s+([-−]?\d{1,4})(?:\s{2,}|\t+|\s*[=:.)]\s*|$)(.*)$")


_PAGE = re.compile(
    r"^\s*(?:page|стр(?:аница)?\.?)\s*\d{1,4}(?:\s*(?:of|из|/)\s*\d+)?\s*$|^\s*-?\s*\d+\s*(?:of|из|/)\s*\d+\s*-?\s*$|"
    r"^\s*(?:variable|var|name|field|code|value|переменная|имя|код)(?:\s+(?:name|имя))?"
    r"(?:\s{2,}|\t+)(?:variable |value |question )?"
    r"(?:label|meaning|description|text|question|codes?|подпись|смысл|описание|вопрос)"
    r"(?:\s.*)?$",
    re.I,
)


def from_pasted(text: str, path: object) -> list[Row]:
    """Read a list pasted from a document: ``Q7FOOD   Restaurants`` and under it indented ``5   Outstanding``.

    A block of codes belongs to all variables named since the block before. What a page leaves behind (its number, its
    title, the headings of the columns) is passed over, and a meaning may run over two lines. A code that stands twice
    in a block makes the list ambiguous, and it is refused with its line.
    """
    out: list[Row] = []
    block: list[tuple[str, str]] = []
    codes: dict[Any, str] = {}
    last: Any = None

    def close() -> None:
        for name, label in block:
            out.extend((name, label, c, m, False, "") for c, m in codes.items()) if codes else out.append(
                (name, label, None, "", False, "")
            )
        block.clear()
        codes.clear()

    for number, line in enumerate(text.splitlines(), 1):
        if _PAGE.match(line):
            last = None
        elif named := _VARIABLE.match(line):
            last = None
            if codes:
                close()
            block.append((named[1], " ".join(named[2].split())))
        elif block and (told := _CODE_LINE.match(line)):
            code = code_of(told[1].replace("−", "-"))
            if codes and not told[2].strip() and all(abs(code - c) > 1 for c in codes):
                continue  # a number of a page, far from the codes around it
            if code in codes:
                names = ", ".join(n for n, _ in block[:4])
                raise FileFormatError(
                    en=f"code {code} stands twice under {names}; put the list into a sheet with the columns variable, "
                    "label, code, meaning",
                    ru=f"код {code} стоит под {names} дважды; перенесите список в таблицу со столбцами variable, "
                    "label, code, meaning",
                    path=path,
                    line=number,
                )
            codes[code] = " ".join(told[2].split())
            last = code
        elif last is not None and re.match(r"^\s{3,}[^\W\d]", line) and codes[last]:
            codes[last] += " " + " ".join(line.split())  # the meaning runs on
        else:
            last = None
    close()
    return out
