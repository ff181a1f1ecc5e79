"""The shape of an export: which sheet holds the answers, which rows are people, which cells hold a whole ranking."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from cjmkit.i18n import listing
from cjmkit.intake.tables import Cells, caption_rows
from cjmkit.survey._decode import norm
from cjmkit.survey.items import Item
from cjmkit.survey.reading.platforms import Column, looks_like_date

__all__ = ["answers_of", "dates", "ranks_from_cells", "serial_dates", "without_previews"]

Note = tuple[str, str]
_ASIDE = re.compile(
    r"read ?me|code ?book|dictionary|legend|about|notes?$|info|summary|settings|choices|labels|variables|"
    r"описание|кодировк|справка|легенда|пояснен|сводка|инструкц"
)


def answers_of(sheets: dict[str, Cells]) -> Cells:
    """The sheet that holds the answers: rows and columns as a table has them, and no name of a read-me.

    The first sheet keeps its place unless another holds at least four times as many cells.
    """
    if len(sheets) == 1:
        return next(iter(sheets.values()))

    def cells(sheet: Cells) -> float:
        rows = sheet.head[caption_rows(sheet.head) :]
        filled = sum(bool(c.strip()) for row in rows for c in row)
        width = max((sum(bool(c.strip()) for c in row) for row in rows), default=0)
        return filled * (1.0 if width > 1 else 0.1) * (0.05 if _ASIDE.search(norm(sheet.sheet)) else 1.0)

    best = next(iter(sheets.values()))
    for sheet in list(sheets.values())[1:]:
        if cells(sheet) >= 4 * cells(best):
            best = sheet
    left = listing([n for n in sheets if n != best.sheet], 6)
    best.notes.append(
        (f"sheet {best.sheet!r} was read; left alone: {left}", f"прочитан лист {best.sheet!r}; не тронуты: {left}")
    )
    return best


def ranks_from_cells(frame: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[Column]]:
    """A ranking that fills one cell ("Price;Speed;Quality;") as a column of ranks an option.

    Every answer must hold the same three or more options, in at least two orders.
    """
    out: list[Column] = []
    parts: list[pd.Series] = []
    changed = False
    for c in columns:
        found = None if c.kind else _options_ranked(frame[c.name])
        if found is None:
            out.append(c)
            parts.append(frame[c.name])
            continue
        changed = True
        lists = frame[c.name].map(_pieces, na_action="ignore")
        for option in found:
            ranks = lists.map(lambda p, o=option: float(p.index(o) + 1), na_action="ignore").astype(float)
            name = f"{c.name} [{option}]"
            out.append(Column(name, c.text or c.name, c.text or c.name, option))
            parts.append(ranks.rename(name))
    return (pd.concat(parts, axis=1), out) if changed else (frame, columns)


def _pieces(answer: object) -> list[str]:
    return [p.strip() for p in str(answer).split(";") if p.strip()]


def _options_ranked(column: pd.Series) -> list[str] | None:
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return None
    few = column.head(200).dropna()
    if len(few) and not str(few.iloc[0]).strip().endswith(";"):
        return None
    some = column.dropna()
    if len(some) < 3 or not str(some.iloc[0]).strip().endswith(";"):
        return None
    answers = [tuple(_pieces(a)) for a in pd.unique(some)]
    options = sorted(answers[0])
    same = len(options) >= 3 and len(set(options)) == len(options) and all(sorted(a) == options for a in answers)
    return list(answers[0]) if same and len(answers) > 1 else None


_PREVIEW = {"survey preview", "survey test", "preview", "test", "spam", "offline preview", "предпросмотр"}


def without_previews(frame: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[Note]]:
    """Leave out responses that the platform marks as previews or tests; count the unfinished, which stay."""
    notes: list[Note] = []
    by_name = {norm(c.name): c.name for c in columns if c.kind == "meta"}
    if (status := by_name.get("status")) is not None:
        told = frame[status].map(norm, na_action="ignore")
        numbers = set(pd.to_numeric(frame[status], errors="coerce").dropna().unique())
        gone = told.isin(_PREVIEW).to_numpy(dtype=bool)
        if "progress" in by_name and numbers and numbers <= {0, 1, 2, 4, 8, 9, 12, 16, 17, 32, 40, 48}:
            # Qualtrics with numeric values: 1 preview, 2 test, 9 and 17 offline or form previews.
            gone = gone | pd.to_numeric(frame[status], errors="coerce").isin([1, 2, 9, 17]).to_numpy(dtype=bool)
        if gone.any() and not gone.all():
            rows = listing(frame.index[gone], 5)
            frame = frame[~gone]
            k = int(gone.sum())
            notes.append(
                (f"{k} previews and tests were left out, rows {rows}", f"пробных ответов пропущено: {k}, строки {rows}")
            )
    unfinished = unfinished_rows(frame, by_name)
    if k := int(unfinished.sum()):
        notes.append(
            (
                f"{k} responses are unfinished and counted; read(…, unfinished=False) leaves them out",
                f"незаконченных ответов: {k}, они учтены; read(…, unfinished=False) убирает их",
            )
        )
    return frame, notes


def unfinished_rows(frame: pd.DataFrame, names: dict[str, str]) -> np.ndarray:
    """Which rows the platform marks as not finished; all false where it does not say."""
    if (finished := names.get("finished")) is not None:
        told = frame[finished].map(norm, na_action="ignore")
        return told.isin(["false", "0", "no", "нет"]).to_numpy(dtype=bool)
    if (status := names.get("status")) is not None:
        told = frame[status].map(norm, na_action="ignore")
        return told.isin(["partial", "incomplete", "in progress", "не завершена", "частично"]).to_numpy(dtype=bool)
    return np.zeros(len(frame), dtype=bool)


def serial_dates(frame: pd.DataFrame, items: list[Item]) -> pd.DataFrame:
    """Days since the end of 1899, as spreadsheets count them, become dates in columns of dates."""
    changed = {}
    for it in items:
        column = frame[it.item]
        if it.type == "date" and pd.api.types.is_numeric_dtype(column.dtype) and column.notna().any():
            days = column.astype(float)
            if days.dropna().between(20_000, 80_000).all():
                changed[it.item] = pd.to_datetime(days, unit="D", origin="1899-12-30")
    return frame.assign(**changed) if changed else frame


def dates(column: pd.Series) -> pd.Series:
    """Read a column of dates as platforms write them; unreadable cells become missing."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    if pd.api.types.is_numeric_dtype(column.dtype):
        # Days since the end of 1899, as spreadsheets count them; other numbers are no dates.
        days = column.astype(float)
        return pd.to_datetime(days.where(days.between(20_000, 80_000)), unit="D", origin="1899-12-30")
    texts = column.astype("string").str.replace(r"\s*(GMT|UTC)?[+-]\d{1,2}(:?\d{2})?$", "", regex=True)
    ok = texts.map(lambda t: looks_like_date(str(t)), na_action="ignore")
    texts = texts.where(ok.fillna(False).astype(bool))
    dayfirst = bool(texts.str.match(r"^\s*(1[3-9]|2\d|3[01])[-/.]").any()) or bool(
        texts.str.match(r"^\s*\d{1,2}\.\d").any()
    )
    return pd.to_datetime(texts, errors="coerce", format="mixed", dayfirst=dayfirst)
