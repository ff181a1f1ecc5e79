"""What lies in the cells of an export: objects in objects, JSON as text in a column, rows below one key of a file."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from cjmkit.events._duck import quote
from cjmkit.events._engine import DuckEngine

__all__ = ["envelope", "keys_of", "nested", "parsed"]


def keys_of(found: dict[str, Any], before: str = "", depth: int = 3) -> list[str]:
    """Keys of an object and of the objects in it."""
    out = []
    for k, v in found.items():
        out.append(before + k)
        if isinstance(v, dict) and depth > 1:
            out += keys_of(v, f"{before}{k}.", depth - 1)
    return out


def envelope(found: Any) -> str | None:
    """Where a file is one object, the key below which its rows lie (``{"data": [{…}, …], "next": null}``)."""
    lists = [k for k, v in found.items() if isinstance(v, list) and v and all(isinstance(x, dict) for x in v)]
    usual = ("data", "events", "results", "rows", "items", "records", "hits", "value", "orders", "visits")
    if len(lists) == 1 and lists[0].lower() in usual and not any("ocel" in k or k == "objectTypes" for k in found):
        return str(lists[0])
    return None


def nested(duck: DuckEngine, source: str, types: dict[str, str]) -> tuple[str, tuple[str, ...], dict[str, list[str]]]:
    """Columns and what is nested in them (fields of structs, keys of JSON in a cell), and the first values of text.

    Some tools write Python's or JavaScript's way, with single quotes; such a column is turned into JSON.
    """
    keys, turned = list(types), []
    described = duck.sql(f"SELECT * FROM {source} LIMIT 0")
    for name, kind in zip(described.columns, described.types):
        if name in types and kind.id == "struct":
            keys += [f"{name}.{inner}" for inner in _fields(kind)]
    texts = [c for c, kind in types.items() if kind in ("VARCHAR", "JSON")]
    rows = duck.sql(f"SELECT {', '.join(map(quote, texts))} FROM {source} LIMIT 200").fetchall() if texts else []
    first = {c: [str(row[i]) for row in rows if row[i] is not None] for i, c in enumerate(texts)}
    for column in texts:
        cells = [c for c in first[column] if c[:1] == "{"]
        objects = [found for c in cells if (found := parsed(c)) is not None]
        if cells and len(objects) >= 0.8 * len(cells):
            keys += [f"{column}.{k}" for k in dict.fromkeys(k for o in objects for k in keys_of(o, depth=2))]
            if any(_json(c) is None for c in cells):
                turned.append(column)
    if turned:
        duck.function("cjm_as_json", _as_json)
        new = ", ".join(f"cjm_as_json({quote(c)}) AS {quote(c)}" for c in turned)
        source = f"(SELECT * REPLACE ({new}) FROM {source})"
    return source, tuple(keys), first


def _fields(kind: Any, depth: int = 3) -> list[str]:
    out = []
    for name, inner in kind.children:
        out.append(name)
        if inner.id == "struct" and depth > 1:
            out += [f"{name}.{x}" for x in _fields(inner, depth - 1)]
    return out


def _json(cell: str) -> dict[str, Any] | None:
    try:
        found = json.loads(cell)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def parsed(cell: str) -> dict[str, Any] | None:
    """An object written as JSON, as Python does, or with its quotes doubled."""
    found = _json(cell)
    if found is None and '""' in cell:
        found = _json(cell.replace('""', '"'))
    if found is None:
        try:
            literal = ast.literal_eval(re.sub(r"(?<=[:\[,])\s*(true|false|null)\b", _constant, cell))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
        found = literal if isinstance(literal, dict) else None
    return found


def _constant(found: re.Match[str]) -> str:
    return {"true": "True", "false": "False", "null": "None"}[found[1]]


def _as_json(cell: str) -> str:
    found = parsed(cell)
    return cell if found is None else json.dumps(found, ensure_ascii=False, default=str)
