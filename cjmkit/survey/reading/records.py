"""Surveys that are not tables: Typeform's responses, lists of records, and the data frames of R."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, FileFormatError, reason
from cjmkit.intake.containers import parse_json, read_bytes
from cjmkit.intake.decoding import decode

__all__ = ["read_json", "read_rds"]


def read_json(path: Path) -> tuple[pd.DataFrame, str]:
    """Responses in JSON as a table, a row a response, and whose they are: "typeform", or "" for a list of records.

    Typeform's responses name questions by their wording where the file holds the form too (under ``form``,
    ``definition`` or beside ``fields``), else by their reference. Several choices stand in a cell, a line a choice.

    Raises
    ------
    FileFormatError
        Where the file holds neither responses nor a list of records.
    """
    loaded = parse_json(decode(read_bytes(path), path=path)[0], path)
    if (responses := _typeform(loaded)) is not None:
        return _with_rows([_answers(r, _titles(loaded)) for r in responses], path), "typeform"
    records = loaded
    if isinstance(loaded, dict):
        records = next((loaded[k] for k in ("results", "data", "responses", "items", "records") if k in loaded), None)
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise FileFormatError(
            en="neither Typeform's responses nor a list of records (one a person) is inside",
            ru="внутри нет ни ответов Typeform, ни списка записей (по одной на человека)",
            path=path,
        )
    return _with_rows([{str(k): _cell(v) for k, v in r.items()} for r in records], path), ""


def _with_rows(rows: list[dict[str, Any]], path: Path) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    if frame.empty:
        raise FileFormatError(en="the file holds no responses", ru="в файле нет ответов", path=path)
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return frame


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "\n".join(str(_cell(v)) for v in value) or None
    if isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, dict) else value


def _typeform(loaded: Any) -> list[dict[str, Any]] | None:
    found = loaded.get("items") if isinstance(loaded, dict) else loaded
    if isinstance(loaded, dict) and isinstance(loaded.get("form_response"), dict):
        found = [loaded["form_response"]]
    if not isinstance(found, list) or not found or not all(isinstance(r, dict) for r in found):
        return None
    keys = {"response_id", "token", "landing_id", "landed_at", "submitted_at"}
    return found if any("answers" in r and keys & set(r) for r in found) else None


def _titles(loaded: Any) -> dict[str, str]:
    """Id and reference of a field to its wording, where the form is there."""
    titles: dict[str, str] = {}

    def walk(node: Any, deep: int = 0) -> None:
        if deep > 12:
            return
        if isinstance(node, list):
            for one in node:
                walk(one, deep + 1)
        elif isinstance(node, dict):
            if isinstance(node.get("title"), str) and ("ref" in node or "id" in node):
                title = " ".join(node["title"].split())
                titles.update({str(node[k]): title for k in ("id", "ref") if k in node})
            for k in ("form", "definition", "form_response", "fields", "properties"):
                if k in node:
                    walk(node[k], deep + 1)

    walk(loaded)
    return titles


def _answers(response: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    known = {"Response ID": ("response_id", "token"), "Start Date (UTC)": ("landed_at",),
             "Submit Date (UTC)": ("submitted_at",)}  # fmt: skip
    row: dict[str, Any] = {
        name: next((response[k] for k in keys if response.get(k)), None) for name, keys in known.items()
    }
    for part in ("hidden", "calculated"):
        told = response.get(part)
        row.update({str(k): _cell(v) for k, v in told.items()} if isinstance(told, dict) else {})
    answers = response.get("answers")
    for answer in answers if isinstance(answers, list) else ():
        if not isinstance(answer, dict) or not isinstance(answer.get("field"), dict):
            continue
        field = answer["field"]
        title = next((titles[str(field[k])] for k in ("id", "ref") if str(field.get(k)) in titles), "")
        name = title or str(field.get("title") or field.get("ref") or field.get("id") or "")
        while name in row and title and row[name] is not None:
            name += " "  # two questions with one wording
        row[name.strip() if name.strip() not in row else name] = _said(answer)
    return row


def _said(answer: Mapping[str, Any]) -> Any:
    value = answer.get(str(answer.get("type")))
    if isinstance(value, dict):
        if "labels" in value or ("other" in value and "label" not in value):
            labels = value.get("labels")
            listed = [*(labels if isinstance(labels, list) else []), *([value["other"]] if value.get("other") else [])]
            return "\n".join(map(str, listed)) or None
        return next((value[k] for k in ("label", "other", "amount", "name") if value.get(k)), None)
    return _cell(value)


def read_rds(path: Path) -> pd.DataFrame:
    """A data frame that R saved with saveRDS; factors as their labels.

    Raises
    ------
    CjmError
        Where the library rdata is not installed, with how to save the table from R instead.
    FileFormatError
        Where the file holds no data frame.
    """
    try:
        import rdata
    except ImportError as error:
        raise CjmError(
            en="reading .rds needs rdata: pip install 'cjmkit[r]'; or save the table from R as a file that is read "
            'already: haven::write_sav(x, "answers.sav") keeps labels, write.csv(x, "answers.csv") does not',
            ru="чтобы читать .rds, нужен rdata: pip install 'cjmkit[r]'; или сохраните таблицу из R в формате, который "
            'читается и так: haven::write_sav(x, "answers.sav") сохранит подписи, write.csv(x, "answers.csv") – нет',
        ) from error
    try:
        found = rdata.read_rds(str(path))
    except Exception as error:
        raise FileFormatError(
            en=f"this is not an .rds file, or it is damaged ({reason(error)})",
            ru=f"это не файл .rds, или он повреждён ({reason(error)})",
            path=path,
        ) from error
    if not isinstance(found, pd.DataFrame) or found.empty:
        raise FileFormatError(
            en=f"the file holds no data frame with rows but {type(found).__name__}",
            ru=f"в файле не таблица со строками, а {type(found).__name__}",
            path=path,
        )
    found = found.reset_index(drop=True)
    for name in found.columns:
        if isinstance(found[name].dtype, pd.CategoricalDtype):
            found[name] = found[name].astype(object)
    found.index = pd.RangeIndex(1, len(found) + 1, name="row")
    return found
