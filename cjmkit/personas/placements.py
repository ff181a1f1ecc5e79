"""Placements on disk: one CSV a rater, a row a passage, checked where it enters and never written over."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from cjmkit.errors import CjmError, FileFormatError, suggest
from cjmkit.files import existing, file_name, is_ours, read_text, seen, write_unless_changed
from cjmkit.people import ids
from cjmkit.personas.variables import Variable

__all__ = ["COLUMNS", "SETTLED", "checked_placements", "empty_placements", "read_placements", "write_placements"]

COLUMNS = ("participant", "variable", "value", "document", "start", "end", "quote", "memo")
SETTLED = "settled"
"""The rater whose values count before all others: what the raters agreed on after talking it through."""


def empty_placements() -> pd.DataFrame:
    """A table of placements without rows: rater, then the columns of a file."""
    return checked_placements(pd.DataFrame(columns=["rater", *COLUMNS]), ())


def checked_placements(table: pd.DataFrame, variables: Iterable[Variable], path: Any = None) -> pd.DataFrame:
    """A table of placements, every cell looked at.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns rater, participant, variable, value; document, start, end, quote, memo where there are any. An empty
        value says that the interview does not tell. A placement may rest on several passages: several rows of one
        value.
    variables : iterable of Variable
        What people are placed on.
    path : path-like, optional
        For the messages.

    Returns
    -------
    pandas.DataFrame
        rater and `COLUMNS`; value holds numbers and options, offsets are whole numbers or missing.

    Raises
    ------
    FileFormatError
        With column and rows: an unknown variable, a value outside its scale, two values of one placement, offsets that
        are none.
    """
    known = {v.id: v for v in variables}
    for column in ("participant", "variable", "value"):
        if column not in table.columns:
            raise FileFormatError(
                en=f"there is no column {column!r}; expected {', '.join(COLUMNS)}, got {', '.join(map(str, table))}",
                ru=f"столбца {column!r} нет; нужны {', '.join(COLUMNS)}, есть {', '.join(map(str, table))}",
                path=path,
            )
    out = table.reindex(columns=["rater", *COLUMNS]).reset_index(drop=True)
    out["participant"] = ids(out["participant"])
    nobody = out["participant"].isna()
    if nobody.any():
        raise FileFormatError(en="empty", ru="пусто", path=path, column="participant", rows=_rows(nobody))
    for column in ("rater", "variable", "document", "quote", "memo"):
        out[column] = out[column].astype("object").where(out[column].notna(), "").astype(str).str.strip().astype("str")
    for name in out["variable"].unique():
        if name not in known:
            raise FileFormatError(
                suggest(name, known, what="variable"), path=path, column="variable", rows=_rows(out["variable"] == name)
            )
    values: list[Any] = []
    for i, (name, value) in enumerate(zip(out["variable"], out["value"])):
        try:
            values.append(known[name].checked(value))
        except CjmError as error:
            raise FileFormatError(str(error), path=path, column="value", rows=[i + 2]) from error
    out["value"] = pd.Series(values, dtype=object, index=out.index)
    for column in ("start", "end"):
        numbers = pd.to_numeric(out[column].replace("", None), errors="coerce")
        wrong = out[column].notna() & (out[column].astype(str).str.strip() != "") & (numbers.isna() | (numbers < 0))
        if wrong.any():
            raise FileFormatError(
                en="offsets are whole numbers", ru="смещения — целые числа", path=path, column=column, rows=_rows(wrong)
            )
        out[column] = numbers.astype("Int64")
    backwards = (out["end"] <= out["start"]).fillna(False).astype(bool)
    if backwards.any():
        raise FileFormatError(
            en="the end stands before the start",
            ru="конец раньше начала",
            path=path,
            column="end",
            rows=_rows(backwards),
        )
    _one_value(out, path)
    return out


def _rows(mask: pd.Series) -> list[int]:
    return [int(i) + 2 for i in mask.index[mask.to_numpy(dtype=bool)]][:20]


def _one_value(table: pd.DataFrame, path: Any) -> None:
    """A placement has one value, however many passages speak for it."""
    told = table.assign(value=table["value"].map(lambda v: "" if v is None else str(v)))
    several = told.groupby(["rater", "participant", "variable"])["value"].transform("nunique") > 1
    if several.any():
        first = table[several].iloc[0]
        raise FileFormatError(
            en=f"{first['participant']} stands at two places of {first['variable']!r}; one value a placement, and a "
            f"row "
            "for each passage",
            ru=f"{first['participant']} стоит на двух местах переменной {first['variable']!r}; одно значение на "
            f"расстановку и по строке на отрывок",
            path=path,
            column="value",
            rows=_rows(several),
        )


def read_placements(
    folder: str | os.PathLike[str], variables: Iterable[Variable]
) -> tuple[pd.DataFrame, dict[str, bytes | None]]:
    """All placements of a folder with one CSV a rater, and the bytes that were read, for writing safely.

    Parameters
    ----------
    folder : path-like
        Such as ``placements/``; the rater is called like the file. ``settled.csv`` holds what was talked through.
    variables : iterable of Variable
        What people are placed on.
    """
    variables = tuple(variables)
    tables, before = [], {}
    for path in sorted(filter(is_ours, Path(folder).glob("*.csv"))) if Path(folder).is_dir() else []:
        rater = unquote(path.stem)  # files.file_name writes what no file may be called as % and a number
        before[rater] = seen(path)
        text = read_text(existing(path))
        if not text.strip():
            continue
        head = text.split("\n", 1)[0]
        sep = max((",", ";", "\t"), key=head.count)  # semicolons are what a Russian spreadsheet saves
        try:
            table = pd.read_csv(io.StringIO(text), sep=sep, dtype="str", keep_default_na=False)
        except (pd.errors.ParserError, ValueError) as error:
            raise FileFormatError(
                en=f"not a table of comma-separated values: {str(error).strip()}",
                ru=f"это не таблица через запятую: {str(error).strip()}",
                path=path,
            ) from error
        table.columns = [str(c).strip().lower() for c in table.columns]
        tables.append(checked_placements(table.assign(rater=rater), variables, path))
    full = [t for t in tables if len(t)]
    return (pd.concat(full, ignore_index=True) if full else empty_placements()), before


def write_placements(
    placements: pd.DataFrame,
    folder: str | os.PathLike[str],
    variables: Iterable[Variable],
    before: Mapping[str, bytes | None],
) -> dict[str, bytes | None]:
    """Write one CSV a rater, if it still holds what was read.

    Parameters
    ----------
    placements : pandas.DataFrame
        As from :func:`checked_placements`.
    folder : path-like
        Where to.
    variables : iterable of Variable
        For the values, and the order of rows.
    before : dict of str to bytes or None
        What each rater's file held when it was read.

    Returns
    -------
    dict of str to bytes
        What the files hold now.

    Raises
    ------
    CjmError
        If a file has changed since; nothing of it is overwritten.
    """
    known = {v.id: v for v in variables}
    order = {v: i for i, v in enumerate(known)}
    now = dict(before)
    for rater in dict.fromkeys([*placements["rater"], *before]):
        own = placements[placements["rater"] == rater]
        own = own.assign(
            value=[known[v].written(x) for v, x in zip(own["variable"], own["value"])],
            at=own["variable"].map(order).astype(int),
        ).sort_values(["participant", "at", "document", "start"], kind="stable")
        text = own[list(COLUMNS)].to_csv(index=False, lineterminator="\n")
        path = Path(folder) / f"{file_name(str(rater))}.csv"
        content = text.encode("utf-8")
        if before.get(rater) == content:
            continue
        if not write_unless_changed(path, content, before=before.get(rater)):
            raise CjmError(
                en=f"{path}: somebody has written this file since it was read; nothing was overwritten. Read the grid "
                "again, and place once more",
                ru=f"{path}: кто-то записал этот файл после чтения; ничего не затёрто. Прочитайте сетку снова и "
                f"поставьте ещё раз",
            )
        now[rater] = content
    return now
