"""Workbooks as journeys: our own, with what people changed in them, and grids that teams drew themselves."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from cjmkit.core.stage import LANES
from cjmkit.core.words import source_title
from cjmkit.errors import CjmError, FileFormatError
from cjmkit.exchange._grid import Grid, emotion_in, parse_touchpoint, read_grid, unique
from cjmkit.exchange._result import Imported
from cjmkit.exchange._tables import COLUMNS, TABLES, Row, from_tables
from cjmkit.exchange._words import column_key, lane_of, plain, sheet_key
from cjmkit.exchange._xlsx_out import unescape
from cjmkit.i18n import Language, current_language, say
from cjmkit.intake.containers import Limits, check_workbook, read_bytes

__all__ = ["from_xlsx"]


def from_xlsx(
    path: str | os.PathLike[str], *, sheet: str | None = None, title: str = "", language: Language | None = None
) -> Imported:
    """Read a journey from a workbook.

    A workbook of :func:`to_xlsx` comes back equal; what a person changed in its grid or in its other sheets is taken
    over and listed. Any other workbook is read as a lane grid in Russian or English: lanes in the first column and
    stages in the first row, or the other way round; several lines of a cell are several notes.

    Parameters
    ----------
    path : path-like
        The file, ``.xlsx`` or ``.xlsm`` (macros are never run).
    sheet : str, optional
        Which sheet holds the grid; by default the first that looks like one.
    title : str, optional
        Title for a grid without one; the file's name by default.
    language : {"en", "ru"}, optional
        Language of the notes; told by their letters by default.

    Returns
    -------
    Imported
        The journey, and a line for everything dropped, repaired or changed.

    Raises
    ------
    FileFormatError
        If the file is no workbook, or no sheet names two lanes.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> from_xlsx(cj.exchange.to_xlsx(j, tempfile.mkdtemp() + "/bicycle.xlsx")).journey == j
    True
    """
    import openpyxl

    path = Path(path)
    check_workbook(read_bytes(path), path, _LIMITS)
    try:
        book = openpyxl.load_workbook(path)
        values = openpyxl.load_workbook(path, data_only=True)
    except (BadZipFile, KeyError, OSError, ValueError, TypeError) as error:
        raise FileFormatError(
            en=f"not a readable workbook ({error}); an old .xls has to be saved as .xlsx first",
            ru=f"книга не читается ({error}); старый .xls сначала сохраните как .xlsx",
            path=path,
        ) from error
    keys = {sheet_key(ws.title): ws for ws in book.worksheets}
    if sheet is None and {"map", "journey", "stages", "notes"} <= set(keys):
        return _ours(keys, path)
    chosen = [sheet] if sheet else [ws.title for ws in book.worksheets]
    problem: FileFormatError | None = None
    for name in chosen:
        if name not in book.sheetnames:
            raise FileFormatError(
                en=f"there is no sheet {name!r}; sheets: {', '.join(book.sheetnames)}",
                ru=f"листа {name!r} нет; листы: {', '.join(book.sheetnames)}",
                path=path,
            )
        grid, heading = _grid_of(book[name], values[name], path)
        told = language or _language(grid)
        try:
            read = read_grid(grid, title=title or heading or path.stem, language=told)
        except FileFormatError as error:
            problem = error
            continue
        others = [n for n in book.sheetnames if n != name]
        more: tuple[str, ...] = ()
        if others and sheet is None:
            more = (
                say(
                    en=f"only the sheet “{name}” was read; not read: {', '.join(others)}",
                    ru=f"прочитан лист «{name}»; не прочитаны: {', '.join(others)}",
                ),
            )
        return Imported(read.journey, (*read.notes, *more))
    assert problem is not None
    raise problem


# A map is a page: what is larger was filled by accident or to do harm.
_LIMITS = Limits(cells=2_000_000, merged=200_000)


def _language(grid: Grid) -> Language:
    text = "".join(c for row in grid.cells for c in row)
    russian, english = len(re.findall("[а-яё]", text.casefold())), len(re.findall("[a-z]", text.casefold()))
    return "ru" if russian > english else "en" if english else current_language()


def _text(value: Any) -> str:
    """A cell's value as the text that a person sees."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace("_x000D_", "")


def _grid_of(ws: Any, values: Any, path: Path) -> tuple[Grid, str]:
    """A foreign sheet as a grid: merged cells spread sideways, formulas by their last result."""
    notes: list[str] = []
    cells = [[""] * ws.max_column for _ in range(ws.max_row)]
    for row in ws.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            text = _text(cell.value)
            if cell.data_type == "f":
                result = values[cell.coordinate].value
                formula = str(getattr(cell.value, "text", cell.value))
                text = _text(result) if result is not None else formula
                notes.append(
                    say(
                        en=f"cell {cell.coordinate} holds a formula; its last result “{text}” was taken"
                        if result is not None
                        else f"cell {cell.coordinate} holds the formula {formula} without a result; kept as text",
                        ru=f"в ячейке {cell.coordinate} формула; взято «{text}»",
                    )
                )
            cells[cell.row - 1][cell.column - 1] = text.strip()
    for merged in ws.merged_cells.ranges:
        text = cells[merged.min_row - 1][merged.min_col - 1]
        if not text or (merged.min_row == merged.max_row and merged.min_col == merged.max_col):
            continue
        label = lane_of(text)
        whole_row = merged.max_col - merged.min_col + 1 >= ws.max_column > 2
        if label or whole_row:
            continue  # a title over the table, or a lane's name beside several rows: reading needs it once
        for c in range(merged.min_col, merged.max_col + 1):
            cells[merged.min_row - 1][c - 1] = text
        if merged.max_col > merged.min_col:
            notes.append(
                say(
                    en=f"merged cells {merged.coord}: “{text[:40]}” was put into each of their columns",
                    ru=f"объединённые ячейки {merged.coord}: «{text[:40]}» записано в каждый столбец",
                )
            )
    heading = next((c for row in cells[:2] for c in row if c), "")
    heading = heading if lane_of(heading) is None and sum(bool(c) for c in cells[0]) == 1 else ""
    return Grid(cells, ws.title, notes, path), heading


# ---- our own workbook --------------------------------------------------------------------------------------------


def _ours(keys: dict[str | None, Any], path: Path) -> Imported:
    notes: list[str] = []
    long = [unescape("".join(str(v) for v in row if v is not None)) for row in _rows(keys.get("long"))]
    tables: dict[str, list[Row]] = {}
    for name in TABLES:
        ws = keys.get(name)
        if ws is None:
            notes.append(say(en=f"the sheet for {name} is missing", ru=f"нет листа для {name}"))
            tables[name] = []
            continue
        tables[name] = _table(ws, name, long, notes)
    for name in ("stages", "notes", "touchpoints", "improvements"):
        for row in tables[name]:
            row["optional"] = _yes(row.get("optional")) if name == "stages" else None
            if name == "touchpoints":
                row["moment_of_truth"] = _yes(row.get("moment_of_truth"))
                row["proposed"] = _yes(row.get("proposed"))
    for row in tables["emotion"]:
        row["proposed"] = _yes(row.get("proposed"))
    _merge_grid(keys["map"], tables, long, notes)
    for name in ("stages", "notes", "touchpoints", "improvements"):
        for row in tables[name]:
            row.pop("was", None)
    try:
        return Imported(from_tables(tables), tuple(notes))
    except CjmError as error:
        raise FileFormatError(str(error), path=path) from error


def _rows(ws: Any) -> list[tuple[Any, ...]]:
    return list(ws.iter_rows(values_only=True)) if ws is not None else []


def _yes(value: Any) -> bool:
    return value is True or plain(value) in ("true", "да", "yes", "1", "истина", "x", "х", "★")


def _value(value: Any, long: list[str]) -> Any:
    if isinstance(value, str):
        found = re.fullmatch(r"⟦long text (\d+)⟧", value)
        if found and int(found[1]) <= len(long):
            return long[int(found[1]) - 1]
        return unescape(value)
    return value


def _table(ws: Any, name: str, long: list[str], notes: list[str]) -> list[Row]:
    rows = _rows(ws)
    if not rows:
        return []
    allowed = (*COLUMNS[name], "was")
    columns = [column_key(c, allowed) if c is not None else None for c in rows[0]]
    for title, key in zip(rows[0], columns):
        if title is not None and key is None:
            notes.append(
                say(
                    en=f"sheet “{ws.title}”: the column “{title}” is not known; left out",
                    ru=f"лист «{ws.title}»: столбец «{title}» неизвестен; пропущен",
                )
            )
    out = []
    for row in rows[1:]:
        made = {k: _value(v, long) for k, v in zip(columns, row) if k and v is not None and v != ""}
        if made:
            out.append(made)
    return out


def _merge_grid(ws: Any, tables: dict[str, list[Row]], long: list[str], notes: list[str]) -> None:
    """Take over what people wrote into the grid; the sheets keep evidence and figures."""
    grid = [[_value(v, long) for v in row] for row in ws.iter_rows(values_only=True)]
    cells = [["" if v is None else v if not isinstance(v, str) else v.strip() for v in row] for row in grid]
    header = next((r for r, row in enumerate(cells) if row and lane_of(row[0]) == "stage"), None)
    if header is None:
        notes.append(
            say(
                en="the grid has no row of stages; only the sheets were read",
                ru="в сетке нет строки этапов; прочитаны только листы",
            )
        )
        return
    columns = _grid_stages(cells[header], tables, notes)
    found: dict[tuple[str, str], list[str]] = {}
    present = set()
    lane = None
    for row in cells[header + 1 :]:
        title = str(row[0]) if row else ""
        if title:
            lane = lane_of(title.partition(":")[0])
            if lane is None:
                notes.append(
                    say(
                        en=f"grid: “{title}” is not a lane that cjmkit knows; its row was left out",
                        ru=f"сетка: дорожка «{title}» неизвестна; строка пропущена",
                    )
                )
        if lane is None:
            continue
        present.add(lane)
        for c, stage in columns.items():
            value = row[c] if c < len(row) else ""
            if value == "":
                continue
            if lane == "emotion":
                _emotion_cell(stage, title, value, tables, notes)
            else:
                text = value if isinstance(value, str) else _text(value)
                found.setdefault((stage, lane), []).append(text)
    for lane in (*LANES, "touchpoints", "improvements"):
        if lane not in present:
            here = [r for r in _details(tables, lane) if r.get("was")]
            if here:
                notes.append(
                    say(
                        en=f"the lane {lane} is missing from the grid; its {len(here)} notes were kept from the sheets",
                        ru=f"дорожки {lane} нет в сетке; её записи ({len(here)}) взяты с листов",
                    )
                )
            continue
        for stage in columns.values():
            _merge_cell(stage, lane, found.get((stage, lane), []), tables, notes)


def _grid_stages(header: list[Any], tables: dict[str, list[Row]], notes: list[str]) -> dict[int, str]:
    """Which stage each column of the grid is; renamed and new ones are taken over."""
    named = {c: str(v) for c, v in enumerate(header) if c and v != ""}
    rows = tables["stages"]
    left = list(rows)
    out: dict[int, str] = {}
    for c, title in named.items():
        match = next((r for r in left if r.get("was", r.get("title")) == title), None)
        if match is not None:
            out[c] = str(match["id"])
            left.remove(match)
    taken = {str(r["id"]) for r in rows}
    for c, title in named.items():
        if c in out:
            continue
        # A column between the same neighbours under another name is the same stage, renamed.
        same = next((r for r in left if rows.index(r) == c - 1), None)
        if same is not None:
            notes.append(
                say(
                    en=f"stage “{same.get('title')}” was renamed to “{title}”",
                    ru=f"этап «{same.get('title')}» переименован в «{title}»",
                )
            )
            same["title"] = title
            out[c] = str(same["id"])
            left.remove(same)
        else:
            made = unique(title, taken)
            rows.append({"id": made, "title": title, "optional": False})
            out[c] = made
            notes.append(say(en=f"new stage “{title}”", ru=f"новый этап «{title}»"))
    for gone in left:
        notes.append(
            say(
                en=f"stage “{gone.get('title')}” has no column in the grid; kept from the sheets",
                ru=f"этапа «{gone.get('title')}» нет в сетке; взят с листов",
            )
        )
    order = {stage: k for k, (_, stage) in enumerate(sorted(out.items()))}
    rows.sort(key=lambda r: order.get(str(r["id"]), len(order)))
    return out


def _details(tables: dict[str, list[Row]], lane: str) -> list[Row]:
    if lane in ("touchpoints", "improvements"):
        return tables[lane]
    return [r for r in tables["notes"] if r.get("lane") == lane]


def _merge_cell(stage: str, lane: str, grid: list[str], tables: dict[str, list[Row]], notes: list[str]) -> None:
    rows = [r for r in _details(tables, lane) if str(r.get("stage", "")) == stage]
    text_key = {"touchpoints": "name", "improvements": "title"}.get(lane, "text")
    before = [r for r in rows if r.get("was")]
    left = list(before)
    new: list[str] = []
    for text in grid:
        match = next((r for r in left if str(r["was"]).strip() == text), None)
        if match is not None:
            left.remove(match)
        else:
            new.append(text)
    table = tables[lane if lane in ("touchpoints", "improvements") else "notes"]
    for text in new:
        if left:
            row = left.pop(0)
            notes.append(
                say(
                    en=f"{stage}, {lane}: “{row['was']}” was changed to “{text}”; its evidence was kept: check it",
                    ru=f"{stage}, {lane}: «{row['was']}» изменено на «{text}»; основания сохранены, проверьте их",
                )
            )
        else:
            row = {"stage": stage} | ({} if lane in ("touchpoints", "improvements") else {"lane": lane})
            table.append(row)
            notes.append(
                say(
                    en=f"{stage}, {lane}: new “{text}”, an assumption until something is cited",
                    ru=f"{stage}, {lane}: новая запись «{text}», предположение без оснований",
                )
            )
        if lane == "touchpoints":
            made = parse_touchpoint(text)
            row |= {"name": made.name, "channel": made.channel, "owner": made.owner}
            row["moment_of_truth"] = made.moment_of_truth
        else:
            row[text_key] = text
    for row in left:
        table.remove(row)
        notes.append(
            say(
                en=f"{stage}, {lane}: “{row['was']}” was removed from the grid",
                ru=f"{stage}, {lane}: «{row['was']}» удалено из сетки",
            )
        )


def _emotion_cell(stage: str, title: str, value: Any, tables: dict[str, list[Row]], notes: list[str]) -> None:
    mark = float(value) if isinstance(value, int | float) else emotion_in(str(value))
    if mark is None or not -2 <= mark <= 2:
        notes.append(
            say(
                en=f"{stage}: the emotion “{value}” does not lie between −2 and 2; left out",
                ru=f"{stage}: эмоция «{value}» вне шкалы от −2 до 2; пропущена",
            )
        )
        return
    curve = title.partition(":")[2].strip()
    names = {str(p.get("id")): str(p.get("name")) for p in tables["personas"]}

    def label(row: Row) -> set[str]:
        who = {names.get(str(row.get("persona", "")), "")} if row.get("persona") else {"everybody", "все"}
        return {f"{w} · {source_title(str(row.get('source')), lang)}" for w in who for lang in ("en", "ru")}

    same = [r for r in tables["emotion"] if str(r.get("stage")) == stage and (not curve or curve in label(r))]
    if any(r.get("value") is not None and round(float(r["value"]), 1) == round(mark, 1) for r in same):
        return
    if any(r.get("value") is not None for r in same):
        notes.append(
            say(
                en=f"{stage}: the emotion {mark:g} in the grid differs from the sheet Emotion, which was taken",
                ru=f"{stage}: эмоция {mark:g} в сетке расходится с листом «Эмоции»; взят лист",
            )
        )
        return
    tables["emotion"].append(
        {"stage": stage, "source": "researcher", "value": mark, "n": 0, "unit": "marks", "method": "read from a table"}
    )
    notes.append(
        say(
            en=f"{stage}: the emotion {mark:g} was added as an assumption of the researcher",
            ru=f"{stage}: эмоция {mark:g} добавлена как предположение исследователя",
        )
    )
