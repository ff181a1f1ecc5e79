"""A spreadsheet a coder, the commonest way to code open answers; and codebooks as tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cjmkit.coding.codebook import Code, Codebook

__all__ = ["CoderSheet", "code_list", "codebook_of", "coder_sheet"]

Rows = Sequence[Sequence[str]]
_NUMBERED = re.compile(
    r"^(?:code|codes|код|tag|тег|label|theme|тема|category|категория)[ _#№-]*(\d{1,2})$", re.IGNORECASE
)
_YES = {"1", "x", "х", "✓", "✔", "+", "true", "yes", "да", "y", "v", "☑", "истина"}
_NO = {"0", "", "-", "–", "—", "false", "no", "нет", "n", "ложь"}
# Written where a coder read the answer and no code fits.
_NONE = {"none", "no code", "нет кода", "без кода", "n/a", "нет", "-", "–", "—", "0", "не кодируется"}
_ID = ("id", "respondent", "respondent_id", "participant", "participant_id", "responseid", "response id", "№", "номер",
       "код респондента", "респондент", "анкета", "uid", "user_id", "case")  # fmt: skip
_TEXT = ("answer", "response", "text", "verbatim", "comment", "quote", "ответ", "текст", "комментарий", "цитата")


@dataclass
class CoderSheet:
    """What one sheet says.

    Parameters
    ----------
    rows : list of tuple
        id, answer, codes, coder; codes are None where the coder did not see the answer, the coder is empty where no
        column names one.
    kind : str
        ``"numbered codes"`` or ``"a column a code"``.
    """

    rows: list[tuple[str, str, tuple[str, ...] | None, str]]
    kind: str


def _at(header: Sequence[str], names: Sequence[str]) -> int | None:
    low = [h.strip().casefold() for h in header]
    return next((low.index(n) for n in names if n in low), None)


def coder_sheet(rows: Rows, codes: Mapping[str, str] | None = None) -> CoderSheet | None:
    """Read a coder's sheet; None where the table is none.

    Parameters
    ----------
    rows : sequence of rows
        With headings: an id, the answer, and ``Code 1`` … ``Code n`` or one column a code.
    codes : mapping, optional
        Names of codes that are written as numbers.

    Examples
    --------
    >>> sheet = coder_sheet([["id", "answer", "Code 1", "Code 2"], ["7", "dear", "price", ""], ["8", "ok", "", ""]])
    >>> sheet.rows
    [('7', 'dear', ('price',), ''), ('8', 'ok', None, '')]
    """
    if len(rows) < 2:
        return None
    header, body = rows[0], rows[1:]
    numbered = [k for k, h in enumerate(header) if _NUMBERED.match(h.strip())]
    ident = _at(header, _ID)
    who = _at(header, ("coder", "annotator", "кодировщик", "кто кодировал"))
    marked: list[int] = []
    if not numbered:
        marked = [k for k in range(len(header)) if k not in (ident, who) and header[k] and _is_marks(body, k)]
    text = _answer(header, body, {ident, who, *numbered, *marked})
    if text is None or (not numbered and len(marked) < 2):
        return None
    out: list[tuple[str, str, tuple[str, ...] | None, str]] = []
    for n, row in enumerate(body, start=1):
        answer = row[text].replace("\r\n", "\n").replace("\r", "\n").strip()
        key = (row[ident].strip() if ident is not None else "") or str(n)
        if not answer:
            continue
        given: tuple[str, ...] | None
        if numbered:
            said = [row[k].strip() for k in numbered if row[k].strip()]
            given = tuple(dict.fromkeys(_named(c, codes) for c in said if c.casefold() not in _NONE))
            given = given if said else None
        else:
            said = [row[k].strip() for k in marked]
            yes = [header[k].strip() for k in marked if row[k].strip().casefold() in _YES]
            given = tuple(c for c in yes if c.casefold() not in _NONE)
            given = given if any(said) else None
        out.append((key, answer, given, row[who].strip() if who is not None else ""))
    return CoderSheet(out, "numbered codes" if numbered else "a column a code")


def _named(code: str, codes: Mapping[str, str] | None) -> str:
    return (codes or {}).get(code, code)


def _is_marks(body: Rows, k: int) -> bool:
    cells = {row[k].strip().casefold() for row in body}
    return bool(cells & _YES) and cells <= _YES | _NO | _NONE


def _answer(header: Sequence[str], body: Rows, taken: set[int | None]) -> int | None:
    free = [k for k in range(len(header)) if k not in taken]
    named = next((k for k in free if header[k].strip().casefold() in _TEXT), None)
    if named is not None:
        return named
    length = {k: sum(len(row[k]) for row in body) / len(body) for k in free}
    words = {k: sum(" " in row[k].strip() for row in body) / len(body) for k in free}
    best = max(free, key=lambda k: length[k], default=None)
    return best if best is not None and words[best] > 0.3 else None


def code_list(rows: Rows) -> dict[str, str]:
    """Names of numbered codes, where a sheet is a list of them.

    Examples
    --------
    >>> code_list([["code", "label"], ["1", "price"], ["2", "speed"]])
    {'1': 'price', '2': 'speed'}
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return {}
    number, name = _at(rows[0], ("code", "no", "number", "№", "код", "номер", "id")), None
    name = _at(rows[0], ("label", "name", "meaning", "title", "название", "значение", "метка", "расшифровка"))
    if number is None or name is None:
        return {}
    out = {row[number].strip(): row[name].strip() for row in rows[1:] if row[number].strip() and row[name].strip()}
    return out if out and all(k.isdecimal() for k in out) else {}


_NAME = ("name", "code", "code name", "codename", "tag", "theme", "title", "код", "название", "название кода", "тег")
_DEFINITION = ("definition", "description", "memo", "comment", "meaning", "определение", "описание", "комментарий")
_PARENT = ("parent", "parent code", "category", "group", "code group 1", "родитель", "категория", "группа")
_EXAMPLES = ("example", "examples", "include", "пример", "примеры")
_COLOUR = ("colour", "color", "цвет")


def codebook_of(rows: Rows) -> Codebook | None:
    r"""A codebook from a table: name, parent (a column, an indent, ``\``, ``::`` or `` > ``), definition, examples.

    Examples
    --------
    >>> book = codebook_of([["Code", "Memo"], ["money", ""], ["  price", "what it costs"]])
    >>> book["price"].parent, book["price"].definition
    ('money', 'what it costs')
    """
    if len(rows) < 2:
        return None
    header = rows[0]
    name, definition, parent = _at(header, _NAME), _at(header, _DEFINITION), _at(header, _PARENT)
    examples, colour = _at(header, _EXAMPLES), _at(header, _COLOUR)
    counted = _at(header, ("files", "references", "number of highlights", "frequency", "coded segments", "documents"))
    if name is None or (definition is None and counted is None and parent is None):
        return None
    codes: dict[str, Code] = {}
    above: list[tuple[int, str]] = []
    for row in rows[1:]:
        cell = row[name]
        label = cell.strip()
        if not label:
            continue
        parts = [p.strip() for p in re.split(r"\\+|::| > | / ", label) if p.strip()]
        indent = len(cell) - len(cell.lstrip())
        while above and above[-1][0] >= indent:
            above.pop()
        up = row[parent].strip() if parent is not None else ""
        up = up or (above[-1][1] if above and indent else "")
        for p in parts[:-1]:
            codes.setdefault(p, Code(p, parent=up))
            up = p
        own = parts[-1]
        if own in codes and codes[own].parent != up and up:
            own = f"{up} / {own}"
        digits = row[colour].strip() if colour is not None else ""
        codes[own] = Code(
            own,
            definition=row[definition].strip() if definition is not None else "",
            parent=up if up != own else "",
            include=(row[examples].strip(),) if examples is not None and row[examples].strip() else (),
            colour=digits if re.fullmatch(r"#[0-9a-fA-F]{6}", digits) else "",
        )
        above.append((indent, own))
    for c in list(codes.values()):
        if c.parent and c.parent not in codes:
            codes[c.parent] = Code(c.parent)
    return Codebook(tuple(codes.values())) if codes else None
