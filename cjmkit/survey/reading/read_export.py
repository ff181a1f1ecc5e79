"""Read the export of a survey platform: one function, whatever wrote the file."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, DataWarning, FileFormatError, suggest
from cjmkit.files import bare_name
from cjmkit.i18n import listing, say, shorten
from cjmkit.intake.tables import caption_rows, is_total, open_cells, open_sheets
from cjmkit.survey._decode import norm
from cjmkit.survey.codebooks.reading import codebook as read_codebook
from cjmkit.survey.codebooks.reading import codebook_beside, codebook_inside, lay_over
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import ANSWER_TYPES, Item, plain
from cjmkit.survey.reading._guess import guess
from cjmkit.survey.reading.amounts import with_numbers
from cjmkit.survey.reading.decisions import check_decisions, load_decisions
from cjmkit.survey.reading.layout import answers_of, ranks_from_cells, serial_dates, unfinished_rows, without_previews
from cjmkit.survey.reading.platforms import Column, no_header, recognise
from cjmkit.survey.reading.records import read_json, read_rds
from cjmkit.survey.reading.shapes import from_long, repeated_rows, upright
from cjmkit.survey.values import SourceReport

__all__ = ["frame_data", "read_data"]

Note = tuple[str, str]


def read_data(
    path: str | os.PathLike[str] | pd.DataFrame,
    *,
    decisions: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    person: str | None = None,
    encoding: str | None = None,
    header_rows: int | None = None,
    sheet: str | int | None = None,
    unfinished: bool = True,
    codebook: str | os.PathLike[str] | pd.DataFrame | None = None,
) -> SurveyData:
    """Read an export; see :func:`cjmkit.survey.read`."""
    if isinstance(path, pd.DataFrame):
        return frame_data(path, decisions=decisions, person=person, codebook=codebook)
    file = Path(path)
    if not file.is_file():
        near = sorted(p.name for p in file.parent.glob("*") if p.is_file()) if file.parent.is_dir() else []
        raise FileFormatError("there is no such file; " + suggest(file.name, near, what="file"), path=file)
    if decisions is None:
        beside = file.with_name(f"{bare_name(file)}.items.yaml")
        decisions = beside if beside.is_file() else None
    name = bare_name(file)
    where, saved = load_decisions(decisions)
    header_rows = saved.get("header_rows") if header_rows is None else header_rows
    suffix = file.suffix.lower()
    inside: pd.DataFrame | None = None
    if suffix in (".sav", ".zsav", ".por", ".dta", ".xpt"):
        from cjmkit.survey.reading.spss import read_sav

        frame, columns, known, report = read_sav(file)
    elif suffix in (".parquet", ".pq"):
        frame = _parquet(file)
        columns, known = _named_columns(frame), {}
        report = SourceReport(str(file), "parquet", "", "", 0, len(frame), frame.shape[1])
    elif suffix in (".json", ".jsonl", ".ndjson", ".rds"):
        frame, platform = (read_rds(file), "r") if suffix == ".rds" else read_json(file)
        columns, known = _named_columns(frame), {}
        frame, notes = with_numbers(frame, _words(saved), columns)
        report = SourceReport(
            str(file), platform or suffix[1:], "", "", 0, len(frame), frame.shape[1], notes=tuple(notes)
        )
    else:
        frame, columns, report, inside = _table(file, encoding, header_rows, sheet, _words(saved))
        known = {}
        if not unfinished:
            frame, report = _finished(frame, columns, report)
    found = None if codebook is not None or known else codebook_beside(file, [c.name for c in columns])
    if found is not None:
        said = (f"code book {found[0].name} used", f"использована кодировка {found[0].name}")
        report = replace(report, notes=(*report.notes, said))
    elif codebook is None and inside is not None:
        said = ("the code book of another sheet used", "использована кодировка с другого листа")
        report = replace(report, notes=(*report.notes, said))
    book = found[1] if found else inside if codebook is None else codebook
    known = _known_from(book, frame, columns) | known if book is not None else known
    return _assemble(frame, columns, known, report, name, person, (where, saved))


def _known_from(book: Any, frame: pd.DataFrame, columns: list[Column]) -> dict[str, Item]:
    """The items that a code book knows, laid over what the columns look like."""
    table = book if isinstance(book, pd.DataFrame) else read_codebook(book)
    told = zip(table["variable"], table["text"], strict=True) if {"variable", "text"} <= set(table.columns) else ()
    texts = {norm(str(variable)): text for variable, text in told if isinstance(text, str) and text}
    for c in columns:
        c.text = texts.get(norm(c.name), c.text)
    guessed = {i.item: i for i in guess(frame, columns)[0]}
    return lay_over(table, frame, columns, guessed)


def frame_data(
    frame: pd.DataFrame,
    *,
    name: str = "survey",
    person: str | None = None,
    decisions: Any = None,
    codebook: Any = None,
) -> SurveyData:
    """Make a survey from a table in memory; see :meth:`cjmkit.survey.Survey.from_frame`."""
    if frame.empty:
        raise CjmError(
            en=f"the table has no answers: {frame.shape[0]} rows, {frame.shape[1]} columns",
            ru=f"в таблице нет ответов: строк {frame.shape[0]}, столбцов {frame.shape[1]}",
        )
    table = frame.copy(deep=False)
    table.columns = pd.Index([str(c).strip() or f"column {j + 1}" for j, c in enumerate(table.columns)])
    if not table.columns.is_unique:
        twice = sorted(set(table.columns[table.columns.duplicated()]))
        raise CjmError(
            en=f"column names must differ; repeated: {', '.join(map(repr, twice[:5]))}",
            ru=f"имена столбцов должны различаться; повторяются: {', '.join(map(repr, twice[:5]))}",
        )
    for column in table.columns:
        if isinstance(table[column].dtype, pd.CategoricalDtype) or table[column].dtype == bool:
            kind = float if table[column].dtype == bool else object
            table[column] = table[column].astype(kind)
    where, saved = load_decisions(decisions)
    columns = _named_columns(table)
    table, notes = with_numbers(table, _words(saved))
    report = SourceReport("", "", "", "", 1, len(table), table.shape[1], notes=tuple(notes))
    known = {} if codebook is None else _known_from(codebook, table, columns)
    return _assemble(table, columns, known, report, name, person, (where, saved))


def _named_columns(frame: pd.DataFrame) -> list[Column]:
    """Columns of a table whose names are given: what a one-row header says, without the platform's rows."""
    frame.columns = pd.Index([str(c) for c in frame.columns])
    head = [list(frame.columns)]
    for row in frame.head(20).itertuples(index=False):
        head.append(["" if pd.isna(v) else str(plain(v)) for v in row])
    return recognise(head, 1).columns


def _parquet(file: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(file)
    except ImportError:
        import duckdb

        return duckdb.read_parquet(str(file)).df()


def _table(
    file: Path, encoding: str | None, header_rows: int | None, sheet: str | int | None, words: frozenset[str]
) -> tuple[pd.DataFrame, list[Column], SourceReport, pd.DataFrame | None]:
    sheets = {"": open_cells(file, encoding=encoding, sheet=sheet)} if sheet is not None else None
    sheets = sheets or open_sheets(file, encoding=encoding)
    cells = upright(answers_of(sheets)) if header_rows is None else answers_of(sheets)
    top = caption_rows(cells.head) if header_rows is None else _first_filled(cells.head)
    head = cells.head[top:]
    if not head:
        raise FileFormatError(en="the file holds no cells", ru="в файле нет клеток", path=file)
    layout = recognise(head, header_rows)
    if header_rows is None and layout.header_rows == 1 and no_header(head):
        shown = ", ".join(c for c in head[0][:4] if c)
        raise FileFormatError(
            en=f"the first row looks like answers, not like headers ({shown}, …); "
            "add a row of headers, or read(…, header_rows=0) to have the columns numbered",
            ru=f"первая строка похожа на ответы, а не на заголовки ({shown}, …); добавьте строку заголовков или "
            f"read(…, header_rows=0), тогда столбцы пронумеруются",
            path=file,
            line=top + 1,
        )
    header = layout.header_rows + top
    frame = cells.body(header, len(layout.columns))
    notes = [*cells.notes, *layout.notes]
    if title := [c for row in cells.head[:top] for c in row if c.strip()]:
        notes.append((f"above the header: {shorten(title[0], 60)!r}", f"над заголовком: {shorten(title[0], 60)!r}"))
    frame, said = _without_totals(frame)
    notes += said
    columns = list(layout.columns)
    for j in range(len(columns), frame.shape[1]):
        columns.append(Column(f"column {j + 1}", unnamed=True))
    frame = frame.reindex(columns=range(len(columns)))
    blank = _blank_rows(frame)
    if blank.any():
        frame = frame[~blank]
        k = int(blank.sum())
        notes.append((f"{k} empty rows were left out", f"пустых строк пропущено: {k}"))
    if frame.empty:
        raise FileFormatError(
            en=f"there are headers ({len(columns)} columns) but no answers (0 rows)",
            ru=f"есть заголовки (столбцов {len(columns)}), но нет ответов (0 строк)",
            path=file,
        )
    frame.columns = pd.Index([c.name for c in columns])
    if header_rows is None and (wide := from_long(frame, columns)):
        frame, several, said = wide
        columns = _named_columns(frame)
        for c in columns:
            c.separator = "\n" if c.name in several else c.separator
        notes += said
    report = SourceReport(
        str(file),
        layout.platform,
        cells.encoding,
        cells.separator,
        layout.header_rows,
        len(frame),
        len(columns),
        int(blank.sum()),
        cells.ragged,
        layout.duplicates,
        layout.empty,
        cells.bom,
    )
    unnamed = [c for c in columns if c.unnamed and not c.text and not c.group and frame[c.name].isna().all()]
    if unnamed:
        frame = frame.drop(columns=[c.name for c in unnamed])
        columns = [c for c in columns if c not in unnamed]
        k = len(unnamed)
        notes.append(
            (
                f"{k} columns without header and answers were left out",
                f"столбцов без заголовка и ответов пропущено: {k}",
            )
        )
    frame, more = with_numbers(frame, words, columns)
    frame, columns = ranks_from_cells(frame, columns)
    frame, left = without_previews(frame, columns)
    notes += [*more, *left]
    book = codebook_inside(sheets, cells, [c.name for c in columns])
    return frame, columns, replace(report, notes=tuple(notes)), book


def _given_fields(saved: Mapping[str, Any]) -> dict[str, set[str]]:
    """The fields that each decision names."""
    entries = saved.get("items") or {}
    fields = entries.items() if isinstance(entries, Mapping) else ()
    return {str(c): {str(k) for k in f} for c, f in fields if isinstance(f, Mapping)}


def _changed(read: Item, decided: Item, given: set[str]) -> Item:
    """What was read, with the fields that a decision names; a scale or no-answers that it names are known."""
    told = given | ({"status", "why", "why_ru"} if given & {"scale", "missing"} else set())
    return read.replace(**{f: getattr(decided, f) for f in told})


def _words(saved: Mapping[str, Any]) -> frozenset[str]:
    """Columns that were decided to hold words: what looks like a number there stays as it came."""
    entries = saved.get("items") or {}
    kinds = ("single", "multi", "open", "date", "id", "meta")
    fields = entries.items() if isinstance(entries, Mapping) else ()
    return frozenset(str(c) for c, f in fields if isinstance(f, Mapping) and f.get("type") in kinds)


def _blank_rows(frame: pd.DataFrame) -> np.ndarray:
    """Rows without a single cell; looks at further columns only where all earlier ones were blank."""
    left = np.arange(len(frame))
    for j in range(frame.shape[1]):
        if not len(left):
            break
        left = left[frame.iloc[left, j].isna().to_numpy()]
    out = np.zeros(len(frame), dtype=bool)
    out[left] = True
    return out


def _finished(frame: pd.DataFrame, columns: list[Column], report: SourceReport) -> tuple[pd.DataFrame, SourceReport]:
    """Leave out the unfinished, and say how many they were."""
    gone = unfinished_rows(frame, {norm(c.name): c.name for c in columns if c.kind == "meta"})
    k = int(gone.sum())
    if gone.all():
        raise CjmError(
            en=f"all {k} responses are unfinished; read(…, unfinished=True) counts them",
            ru=f"все {k} ответов не закончены; read(…, unfinished=True) считает и их",
        )
    kept = [n for n in report.notes if "unfinished=False" not in n[0]]
    said = (f"{k} unfinished responses were left out", f"незаконченных ответов пропущено: {k}")
    return frame[~gone], replace(report, notes=(*kept, said))


def _first_filled(head: list[list[str]]) -> int:
    return next((i for i, row in enumerate(head) if any(c.strip() for c in row)), len(head))


def _without_totals(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Drop total and average rows at the foot of a table, and say so."""
    last = len(frame)
    while last > 1 and last > len(frame) - 4 and is_total(frame.iloc[last - 1].tolist()):
        last -= 1
    if last == len(frame):
        return frame, []
    rows = listing(frame.index[last:], 5)
    return frame.iloc[:last], [
        (f"rows with totals at the foot left out: {rows}", f"строки с итогами внизу пропущены: {rows}")
    ]


# Putting together --------------------------------------------------------------------------------------------------


def _assemble(
    frame: pd.DataFrame,
    columns: list[Column],
    known: Mapping[str, Item],
    report: SourceReport,
    name: str,
    person: str | None,
    decisions: tuple[str, dict[str, Any]],
) -> SurveyData:
    where, saved = decisions
    decided = check_decisions(where, saved, [c.name for c in columns], name)
    # A decision without a kind says where a question belongs or which way round it counts; what it is stays as read.
    placed = {n: given for n, given in _given_fields(saved).items() if n in decided and "type" not in given}
    settled = {n for n, d in decided.items() if d.status != "contradictory" and n not in placed}
    undecided = [c for c in columns if c.name not in settled and c.name not in known]
    if undecided:
        # Neighbours help to guess, so all columns are looked at even where most are decided.
        items, notes, doubts = guess(frame, columns)
    else:
        items, notes, doubts = [Item(item=c.name, text=c.text) for c in columns], [], []
    # A reading that was saved as doubtful is not settled: the doubt is asked again.
    unsettled = {n for n, d in decided.items() if d.status == "contradictory"}
    unsettled &= {i.item for i in items if i.status == "contradictory"}
    kept = {n: d for n, d in decided.items() if n not in placed and n not in unsettled}
    items = [kept.get(i.item) or known.get(i.item) or i for i in items]
    items = [_changed(i, decided[i.item], placed[i.item]) if i.item in placed else i for i in items]
    doubtful = {i.item for i in items if i.status == "contradictory"}
    doubts = [replace(d, items=tuple(n for n in d.items if n in doubtful)) for d in doubts if doubtful & set(d.items)]
    all_notes = [*report.notes, *([] if known or len(undecided) < len(columns) / 2 else notes)]
    if decided:
        fresh = [i.item for i in items if i.item not in decided]
        # The file's name says enough; its place on this machine would make the same notebook differ on another.
        file = os.path.basename(where)
        all_notes.append(
            (
                f"decisions of {file} used for {len(decided)} items",
                f"решения из {file} применены, вопросов: {len(decided)}",
            )
        )
        if fresh:
            shown = ", ".join(repr(f[:30]) for f in fresh[:4]) + (", …" if len(fresh) > 4 else "")
            all_notes.append(
                (
                    f"columns that the decisions do not know, guessed: {shown}",
                    f"столбцы, которых нет в решениях, определены заново: {shown}",
                )
            )
    wanted = person or saved.get("person")
    numbered = False
    if wanted is not None:
        if wanted not in frame.columns:
            source = report.path if person or not where else where
            raise FileFormatError(suggest(wanted, frame.columns, what="person column"), path=source or None)
        who = str(wanted)
    else:
        found = _find_person(frame, items)
        numbered = found is None
        who = found or _free_name(frame.columns)
    if numbered:
        frame = pd.concat(
            [pd.Series([f"r{r}" for r in frame.index], index=frame.index, name=who, dtype="str"), frame], axis=1
        )
        items = [Item(item=who, type="id", why="numbered by row"), *items]
        all_notes.append(
            (
                "no column says who answered: people are numbered by row (r2, r3 …)",
                "нет столбца с респондентом: люди пронумерованы по строкам (r2, r3 …)",
            )
        )
    else:
        items = [
            i.replace(type="id", scale=(), missing=(), why="person") if i.item == who and i.type != "id" else i
            for i in items
        ]
    others = [i.item for i in items if i.type == "id" and i.item != who]
    if others and wanted is None:
        shown = ", ".join(map(repr, others[:3]))
        all_notes.append(
            (
                f"people are told apart by {who!r}; other ids: {shown} (person= chooses)",
                f"люди различаются по {who!r}; другие идентификаторы: {shown} (выбрать: person=)",
            )
        )
    frame = serial_dates(frame, items)
    answers = [i.item for i in items if i.type in ANSWER_TYPES and i.type != "date"]
    twice = repeated_rows(frame, answers)
    if k := int(twice.sum()):
        rows = listing(frame.index[twice], 5)
        all_notes.append(
            (
                f"{k} rows repeat all answers of an earlier row and are counted: {rows}",
                f"строк, где все ответы те же, что в одной из строк выше: {k}, они учтены: {rows}",
            )
        )
    told = replace(report, notes=tuple(all_notes))
    survey = SurveyData(frame, tuple(items), who, name, told, numbered, tuple(doubts))
    _warn_twice(survey)
    return survey


def _find_person(frame: pd.DataFrame, items: list[Item]) -> str | None:
    ids = [i.item for i in items if i.type == "id"]
    for name in ids:
        if frame[name].notna().mean() > 0.5:
            return name
    for i in items:
        column = frame[i.item]
        if (re_id(i.item) or _asked_for_id(i, column)) and column.notna().all() and column.is_unique:
            return i.item
    return None


_ASKED_FOR_ID = re.compile(
    r"\b(?:participant|respondent|subject|panel(?:l?ist)?|tester|user|customer|client)(?:'s)?[ _-]*"
    r"(?:number|no\b|id\b|code|identifier)|"
    r"(?:номер|код|шифр|идентификатор|\bid)\s+(?:участни|респондент|испытуем|пользовател|клиент)"
)
_CODED = re.compile(r"[^\W\d_]{0,12}[ _\-.№#]?\d{1,12}")


def _asked_for_id(item: Item, column: pd.Series) -> bool:
    """A question that asks people for the code they were given, answered by codes: "Input your participant number"."""
    asked = norm(f"{item.item} {item.text}")
    codes = column.dropna().astype(str).str.strip()
    return bool(_ASKED_FOR_ID.search(asked)) and all(_CODED.fullmatch(c) for c in codes)


def re_id(name: str) -> bool:
    """Whether a header reads as somebody's id."""
    folded = norm(name)
    return folded in ("id", "#", "№", "n", "nr", "ид", "код", "номер") or folded.endswith(
        ("_id", " id", "id респондента")
    )


def _free_name(columns: pd.Index) -> str:
    name = "respondent"
    while name in columns:
        name += "_"
    return name


def _warn_twice(survey: SurveyData) -> None:
    ids = survey._frame[survey.person]
    if pd.api.types.is_numeric_dtype(ids.dtype) and ids.notna().all() and not ids.duplicated().any():
        return
    people = survey.respondents
    twice = people[people.duplicated(keep=False)]
    if twice.empty:
        return
    rows = list(twice.index)
    shown = ", ".join(map(str, rows[:6])) + (", …" if len(rows) > 6 else "")
    extra = int((~survey.counted).sum())
    warnings.warn(
        DataWarning(
            say(
                en=f"column {survey.person!r}: {twice.nunique()} respondents are there more than once (rows {shown}); "
                f"the last row of each counts, {extra} earlier rows do not. n is {survey.n} people.",
                ru=f"столбец {survey.person!r}: респондентов, которые встречаются несколько раз: {twice.nunique()} "
                f"(строки {shown}); "
                f"учтена последняя строка каждого, более ранних строк пропущено: {extra}. n = {survey.n} чел.",
            )
        ),
        stacklevel=4,
    )
