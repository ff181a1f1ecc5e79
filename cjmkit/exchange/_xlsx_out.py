"""The map as a workbook that people fill in: a grid as teams use it, and a sheet for each kind of detail."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from pathlib import Path
from typing import Any

from cjmkit.core.journey import Action, Journey
from cjmkit.core.stage import Note, Touchpoint, lane_title
from cjmkit.core.words import phase_title
from cjmkit.exchange._tables import COLUMNS, Row, to_tables
from cjmkit.exchange._words import column_title, sheet_title
from cjmkit.files import write_atomically
from cjmkit.i18n import current_language, say
from cjmkit.view.lanes import (
    LANE_ORDER,
    Series,
    items,
    series,
)
from cjmkit.view.marks import mark_notes, marked

__all__ = ["cell_text", "escape", "to_xlsx", "unescape"]

_LONGEST = 32_000
"""A cell holds 32,767 UTF-16 units."""


def cell_text(item: Note | Touchpoint | Action) -> str:
    """What the grid shows for a note, touchpoint or action.

    Examples
    --------
    >>> cell_text(Touchpoint(name="Call back", channel="phone", owner="Sales", moment_of_truth=True))
    '★ Call back (phone; Sales)'
    """
    if isinstance(item, Touchpoint):
        inside = "; ".join(x for x in (item.channel, item.owner) if x)
        return ("★ " if item.moment_of_truth else "") + item.name + (f" ({inside})" if inside else "")
    return item.title if isinstance(item, Action) else item.text


def escape(text: str) -> str:
    """Characters that XML cannot hold, spelled out; spreadsheet libraries disagree about their own way to do it."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff⟦]", lambda m: f"⟦U+{ord(m[0]):04X}⟧", text)


def unescape(text: str) -> str:
    """The opposite of :func:`escape`."""
    return re.sub(r"⟦U\+([0-9A-F]{4})⟧", lambda m: chr(int(m[1], 16)), text)


def to_xlsx(journey: Journey, path: str | os.PathLike[str], *, lang: str | None = None) -> Path:
    """Write a journey as a workbook that a person can fill in; :func:`from_xlsx` gives an equal journey back.

    The first sheet is the lane grid: stages as columns, lanes as rows, a note a cell. The other sheets hold what does
    not fit into a grid: evidence, figures, owners, personas, links and the plan. Text is written as text: a note that
    begins with ``=`` never becomes a formula.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like
        Where to, ``.xlsx``.
    lang : {"en", "ru"}, optional
        Language of sheet names and headings; that of the journey by default.

    Returns
    -------
    pathlib.Path
        The path. The same journey gives the same bytes.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> to_xlsx(j, tempfile.mkdtemp() + "/bicycle.xlsx").name
    'bicycle.xlsx'
    """
    import xlsxwriter

    lang = current_language(lang or journey.language)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    # A fixed moment, so that the same journey gives the same file.
    book.set_properties({"title": journey.title, "created": dt.datetime(2020, 1, 1)})
    writer = _Book(book, journey, lang)
    writer.grid()
    for table, rows in to_tables(journey).items():
        writer.table(table, rows)
    writer.long_texts()
    writer.help()
    book.close()
    return write_atomically(path, buffer.getvalue())


class _Book:
    """A workbook being written."""

    def __init__(self, book: Any, journey: Journey, lang: str) -> None:
        self.book, self.journey, self.lang = book, journey, lang
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._long: list[str] = []

    def format(self, **style: Any) -> Any:
        base = {"text_wrap": True, "valign": "top", "font_name": "Arial", "font_size": 10} | style
        key = tuple(sorted(base.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(base)
        return self._formats[key]

    def write(self, sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
        """One cell; strings always as strings, floats without loss."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        elif isinstance(value, int | float) and float(f"{float(value):.16G}") == float(value):
            sheet.write_number(row, column, value, style)
        elif isinstance(value, dt.date):
            sheet.write_string(row, column, value.isoformat(), style)
        else:
            text = escape(str(value))
            if len(text.encode("utf-16-le")) // 2 > _LONGEST:
                self._long.append(text)
                text = f"⟦long text {len(self._long)}⟧"
            sheet.write_string(row, column, text, style)

    def grid(self) -> None:
        j, lang = self.journey, self.lang
        sheet = self.book.add_worksheet(sheet_title("map", lang))
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, max(1, len(j.stages)), 30)
        head = self.format(bold=True, bg_color="#EFEEE9", border=1, border_color="#B9B6AC", font_size=11)
        lane_style = self.format(bold=True, bg_color="#FAF9F6", border=1, border_color="#D8D5CB")
        self.write(sheet, 0, 0, j.title, self.format(bold=True, font_size=16, text_wrap=False))
        self.write(sheet, 1, 0, j.scenario, self.format(font_color="#586174", text_wrap=False))
        row = 2
        fills = {"before": "#E6EDF6", "during": "#E4EFE7", "after": "#F5EBDB"}
        self.write(sheet, row, 0, column_title("phase", lang), lane_style)
        for k, s in enumerate(j.stages, 1):
            fill = {"bg_color": fills[s.phase]} if s.phase else {}
            style = self.format(bold=True, font_size=9, border=1, border_color="#D8D5CB", **fill)
            self.write(sheet, row, k, phase_title(s.phase, lang), style)
        row += 1
        self.write(sheet, row, 0, column_title("stage", lang), head)
        for k, s in enumerate(j.stages, 1):
            self.write(sheet, row, k, s.title, head)
        sheet.freeze_panes(row + 1, 1)
        row += 1
        curves = series(j, lang)
        for lane in LANE_ORDER:
            if lane == "emotion":
                row = self._emotion(sheet, row, curves, lane_style)
                continue
            cells = [items(j, s, lane) for s in j.stages]
            # One empty line at least: a lane that nobody has filled in yet is an invitation.
            for k in range(max([1, *map(len, cells)])):
                self.write(sheet, row, 0, lane_title(lane, lang), lane_style)
                for c, cell in enumerate(cells, 1):
                    here = cell[k] if k < len(cell) else None
                    assumed = here is not None and not here.evidence
                    style = self.format(
                        border=1 if not assumed else 3,
                        border_color="#D8D5CB" if not assumed else "#8B90A0",
                        italic=assumed,
                        bold=isinstance(here, Touchpoint),
                    )
                    self.write(sheet, row, c, cell_text(here) if here else "", style)
                row += 1

    def _emotion(self, sheet: Any, row: int, curves: list[Series], lane_style: Any) -> int:
        look = {"border": 1, "border_color": "#D8D5CB", "align": "left"}
        style = self.format(**look, num_format="0.0")
        title = lane_title("emotion", self.lang)
        if not curves:
            self.write(sheet, row, 0, title, lane_style)
            for c in range(1, len(self.journey.stages) + 1):
                self.write(sheet, row, c, "", style)
            return row + 1
        for curve in curves:
            self.write(sheet, row, 0, f"{title}: {curve.label}", lane_style)
            for c, p in enumerate(curve.points, 1):
                value = None if p is None or p.estimate.value is None else round(p.estimate.value, 1)
                # The mark is part of the format: the cell stays a number.
                mark = marked(p) if p is not None else ""
                self.write(sheet, row, c, value, self.format(**look, num_format=f'"{mark}"0.0') if mark else style)
            row += 1
        if said := mark_notes(self.journey.emotion, self.lang):
            sheet.write_comment(row - 1, 0, "\n".join(said))
        return row

    def table(self, name: str, rows: list[Row]) -> None:
        lang = self.lang
        columns = COLUMNS[name]
        # As it was exported: tells an edit in the grid from an edit here.
        was = name in ("stages", "notes", "touchpoints", "improvements")
        sheet = self.book.add_worksheet(sheet_title(name, lang))
        head = self.format(bold=True, bg_color="#EFEEE9", bottom=1, border_color="#B9B6AC")
        cell = self.format()
        wide = {"text", "quote", "title", "description", "question", "query", "passage", "name", "memo", "scenario"}
        for c, column in enumerate(columns):
            self.write(sheet, 0, c, column_title(column, lang), head)
            # The column's own format stands for its empty cells: of 20,000 pieces of evidence most cells are empty.
            sheet.set_column(c, c, 44 if column in wide else 14, cell)
        if was:
            self.write(sheet, 0, len(columns), column_title("was", lang), head)
            sheet.set_column(len(columns), len(columns), 14, None, {"hidden": True})
        for r, row in enumerate(rows, 1):
            for c, column in enumerate(columns):
                if (value := row.get(column)) is not None and value != "":
                    self.write(sheet, r, c, value, cell)
            if was:
                self.write(sheet, r, len(columns), _was(name, row), cell)
        sheet.freeze_panes(1, 0)
        self._choices(sheet, name, columns, len(rows))

    def _choices(self, sheet: Any, name: str, columns: tuple[str, ...], rows: int) -> None:
        """Lists to choose from, where only some words are allowed."""
        allowed = {
            ("stages", "phase"): ["before", "during", "after"],
            ("emotion", "source"): ["survey", "reviews", "coding", "text", "researcher", "employees", "managers"],
            ("links", "kind"): ["next", "skip", "back", "repeat", "loop", "leave"],
            ("evidence", "kind"): ["quote", "survey", "events", "source"],
        }
        for c, column in enumerate(columns):
            if (name, column) in allowed:
                sheet.data_validation(
                    1, c, rows + 200, c, {"validate": "list", "source": allowed[name, column], "ignore_blank": True}
                )

    def long_texts(self) -> None:
        """Texts that no cell can hold, in pieces."""
        if not self._long:
            return
        sheet = self.book.add_worksheet(sheet_title("long", self.lang))
        for r, text in enumerate(self._long):
            for c in range(0, -(-len(text) // 15_000)):
                sheet.write_string(r, c, text[c * 15_000 : (c + 1) * 15_000])

    def help(self) -> None:
        """How to fill the workbook in."""
        sheet = self.book.add_worksheet(sheet_title("help", self.lang))
        sheet.set_column(0, 0, 110)
        lines = say(
            en=(
                "Write notes into the grid on the first sheet, one note a cell; add rows within a lane by repeating "
                "its name in column A, and stages by adding columns.\n"
                "A touchpoint is written as: ★ name (channel; owner). The star marks a moment of truth.\n"
                "Emotion runs from −2 (very bad) to 2 (very good). A number put into an empty cell becomes an "
                "assumption of the researcher.\n"
                "Dashed and italic: an assumption that nobody has observed. To give it evidence, add a row to the "
                "sheet Evidence with a new Ref and put that Ref into the column Evidence of the note.\n"
                "Read the workbook back with cj.exchange.from_xlsx(path): it lists what changed."
            ),
            ru=(
                "Пишите записи в сетку на первом листе, одну в ячейку; строки дорожки добавляйте, повторяя её название "
                "в столбце A, этапы — добавляя столбцы.\n"
                "Точка контакта пишется так: ★ название (канал; ответственный). Звезда — момент истины.\n"
                "Эмоции от −2 (очень плохо) до 2 (очень хорошо). Число в пустой ячейке станет предположением "
                "исследователя.\n"
                "Пунктир и курсив: предположение, которого никто не наблюдал. Чтобы дать ему основание, добавьте "
                "строку на лист «Основания» с новым номером и впишите номер в столбец «Основания» у записи.\n"
                "Прочесть книгу обратно: cj.exchange.from_xlsx(path); функция перечислит, что изменилось."
            ),
            lang=self.lang,
        )
        for r, line in enumerate(lines.split("\n")):
            self.write(sheet, r, 0, line, self.format())


def _was(name: str, row: Row) -> str:
    """What the grid showed for a row."""
    if name == "touchpoints":
        inside = "; ".join(str(x) for x in (row.get("channel"), row.get("owner")) if x)
        return ("★ " if row.get("moment_of_truth") else "") + str(row["name"]) + (f" ({inside})" if inside else "")
    return str(row["text"] if name == "notes" else row["title"])
