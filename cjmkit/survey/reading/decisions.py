"""What was decided earlier about an export: ``NAME.items.yaml``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from cjmkit.errors import FileFormatError, suggest
from cjmkit.files import load_yaml
from cjmkit.survey.data import FORMAT
from cjmkit.survey.items import Item, make_item

__all__ = ["check_decisions", "load_decisions"]


def load_decisions(decisions: str | os.PathLike[str] | Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """Where the decisions came from, and what they say."""
    if decisions is None:
        return "", {}
    if isinstance(decisions, Mapping):
        where, loaded = "decisions", dict(decisions)
    else:
        where = str(decisions)
        loaded = load_yaml(decisions)
        if loaded is None:
            loaded = {}
        if not isinstance(loaded, dict):
            raise FileFormatError(
                en="decisions are a mapping with 'person' and 'items'",
                ru="решения — это набор полей с 'person' и 'items'",
                path=where,
            )
    if "format" in loaded and loaded["format"] != FORMAT:
        raise FileFormatError(
            en=f"format {loaded['format']!r} is not known; this version reads {FORMAT!r}",
            ru=f"формат {loaded['format']!r} неизвестен; эта версия читает {FORMAT!r}",
            path=where,
        )
    unknown = set(loaded) - {"format", "person", "items", "header_rows", "note", "title", "made_up"}
    if unknown:
        raise FileFormatError(
            suggest(sorted(map(str, unknown))[0], ["format", "person", "items"], what="key"), path=where
        )
    return where, loaded


def check_decisions(where: str, saved: Mapping[str, Any], names: list[str], survey: str) -> dict[str, Item]:
    """The items that were decided, each against the columns of the export."""
    entries = saved.get("items") or {}
    if not isinstance(entries, Mapping):
        raise FileFormatError(
            en="'items' maps each column to its decision", ru="'items' сопоставляет столбцу его решение", path=where
        )
    out: dict[str, Item] = {}
    for column, fields in entries.items():
        column = str(column)
        if column not in names:
            raise FileFormatError(
                f"the survey {survey!r} has no such column (was it renamed?): " + suggest(column, names, what="column"),
                path=where,
                column=column,
            )
        if not isinstance(fields, Mapping):
            raise FileFormatError(
                en="a decision is a mapping, for example {type: likert, scale: [1, 5]}",
                ru="решение — набор полей, например {type: likert, scale: [1, 5]}",
                path=where,
                column=column,
            )
        told = {"status": "known", "why": "decided", "why_ru": "решено"}
        out[column] = make_item(where, column, {**told, **fields})
    return out
