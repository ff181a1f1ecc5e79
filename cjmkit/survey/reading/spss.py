"""SPSS .sav: labels, user-missing codes and multiple-response sets become items."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, FileFormatError
from cjmkit.survey._decode import norm
from cjmkit.survey.items import Code, Item, plain
from cjmkit.survey.reading._facts import guess_language
from cjmkit.survey.reading._guess import guess
from cjmkit.survey.reading.labelled import labelled_item
from cjmkit.survey.reading.platforms import Column, recognise
from cjmkit.survey.reading.scales import looks_missing
from cjmkit.survey.values import SourceReport

__all__ = ["read_sav"]

Note = tuple[str, str]


def read_sav(path: Path) -> tuple[pd.DataFrame, list[Column], dict[str, Item], SourceReport]:
    """Read a .sav file; user-missing codes stay in the data and become missing codes of the items."""
    try:
        import pyreadstat
    except ImportError as error:
        raise CjmError(
            en="reading .sav needs pyreadstat: pip install 'cjmkit[spss]'",
            ru="чтобы читать .sav, нужен pyreadstat: pip install 'cjmkit[spss]'",
        ) from error
    try:
        match suffix := path.suffix.lower():
            case ".dta":
                frame, meta = pyreadstat.read_dta(str(path), user_missing=True)
            case ".xpt":
                frame, meta = pyreadstat.read_xport(str(path))
            case ".por":
                frame, meta = pyreadstat.read_por(str(path))
            case _:
                frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    except Exception as error:
        raise FileFormatError(
            en=f"this is not a {path.suffix} file, or it is damaged ({error})",
            ru=f"это не файл {path.suffix}, или он повреждён ({error})",
            path=path,
        ) from error
    if frame.empty:
        raise FileFormatError(
            en="there are variables but no answers (0 rows)", ru="есть переменные, но нет ответов (0 строк)", path=path
        )
    for name in frame.columns:
        if frame[name].dtype == object:
            # SPSS pads texts with blanks, and an empty text is no answer.
            frame[name] = frame[name].where(~frame[name].astype("string").str.strip().eq("").fillna(False))
    formats = getattr(meta, "original_variable_types", None) or {}
    for name in frame.columns:
        # Quarters, months and weeks are seconds since October 1582, as other dates of SPSS are.
        if re.match(r"(?:QYR|MOYR|WKYR|DATE|ADATE|EDATE|JDATE|SDATE)\d", str(formats.get(name, ""))) and (
            pd.api.types.is_numeric_dtype(frame[name].dtype)
        ):
            frame[name] = pd.Timestamp("1582-10-14") + pd.to_timedelta(frame[name], unit="s")
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    head = [list(map(str, frame.columns))]
    columns = recognise(head, 1).columns
    sets = _sets(meta)
    for c in columns:
        c.text = (meta.column_names_to_labels.get(c.name) or "").strip()
        if c.name in sets:
            c.group, c.option, c.kind = sets[c.name][0], c.text, ""
    guessed = {i.item: i for i in guess(frame, columns)[0]}
    items: dict[str, Item] = {}
    undeclared: list[str] = []
    for c in columns:
        items[c.name], silent = _item(c, frame[c.name], meta, guessed[c.name], sets.get(c.name))
        if silent:
            undeclared.append(c.name)
    notes: list[Note] = []
    declared = [n for n in items if n in (meta.missing_ranges or {})]
    if declared:
        notes.append(
            (
                f"user-missing codes of {len(declared)} variables are taken as no answer",
                f"коды user-missing считаются пропусками, переменных: {len(declared)}",
            )
        )
    if undeclared:
        shown = ", ".join(undeclared[:5]) + (", …" if len(undeclared) > 5 else "")
        notes.append(
            (
                f"{len(undeclared)} variables label a code as don't know or not applicable without declaring it "
                f"missing; taken as no answer: {shown}",
                f"переменных, где код подписан «не знаю» или «не применимо», но не объявлен пропуском: "
                f"{len(undeclared)}; считается пропуском: {shown}",
            )
        )
    if sets:
        groups = sorted({g for g, _, _ in sets.values()})
        notes.append(
            (f"multiple-response sets: {', '.join(groups)}", f"наборы множественных ответов: {', '.join(groups)}")
        )
    report = SourceReport(
        str(path),
        {".dta": "stata", ".xpt": "sas"}.get(suffix, "spss"),
        str(meta.file_encoding or ""),
        "",
        0,
        len(frame),
        frame.shape[1],
        notes=tuple(notes),
    )
    return frame, columns, items, report


def _sets(meta: Any) -> dict[str, tuple[str, str, Any]]:
    """Variable to (name of its multiple-response set, C or D, counted value)."""
    out = {}
    for name, found in (getattr(meta, "mr_sets", None) or {}).items():
        for variable in found["variable_list"]:
            label = (found.get("label") or "").strip() or name
            out[variable] = (label, found["type"], found.get("counted_value"))
    return out


def _item(
    c: Column, column: pd.Series, meta: Any, guessed: Item, in_set: tuple[str, str, Any] | None
) -> tuple[Item, bool]:
    labels = {plain(k): str(v).strip() for k, v in (meta.variable_value_labels.get(c.name) or {}).items()}
    missing = _missing(meta.missing_ranges.get(c.name, []) if meta.missing_ranges else [], column, labels)
    if in_set is None:
        return labelled_item(c, column, labels, missing, guessed)
    coding = "code" if in_set[1] == "C" else ""
    options = () if in_set[1] == "C" or in_set[2] is None else (str(plain(in_set[2])),)
    folded = {norm(m) for m in missing}
    silent = [code for code, text in labels.items() if looks_missing(text) and norm(code) not in folded]
    return Item(
        item=c.name, text=c.text, group=c.group, option=c.option, missing=(*missing, *silent), labels=labels,
        language=guess_language(c.text), type="multi", coding=coding, options=options, status="known",
        why="multiple-response set", why_ru="набор множественных ответов",
    ), bool(silent)  # fmt: skip


def _missing(ranges: list[dict[str, Any]], column: pd.Series, labels: dict[Any, str]) -> list[Code]:
    """User-missing codes as a list: ranges are spelt out as far as answers or labels use them."""
    out: list[Code] = []
    for r in ranges:
        low, high = plain(r["lo"]), plain(r["hi"])
        if low == high:
            out.append(low)
            continue
        used = [plain(v) for v in [*column.dropna().unique(), *labels] if not isinstance(v, str)]
        out += sorted({v for v in used if float(low) <= float(v) <= float(high)})
    return list(dict.fromkeys(out))
