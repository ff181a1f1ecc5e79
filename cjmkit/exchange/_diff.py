"""Two versions of a map, in words: for ``git diff`` and for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cjmkit.compare.matching import Part, match
from cjmkit.core.journey import Journey
from cjmkit.core.stage import lane_title
from cjmkit.exchange._tables import ESTIMATE, Row, to_tables
from cjmkit.exchange._words import TITLES
from cjmkit.i18n import current_language, say

__all__ = ["as_lines", "diff"]

Key = tuple[str, str, str, str]
"""Kind, stage, lane, id."""

_KINDS = {
    "journey": ("journey", "путь"),
    "stages": ("stage", "этап"),
    "notes": ("note", "запись"),
    "touchpoints": ("touchpoint", "точка контакта"),
    "emotion": ("emotion", "эмоция"),
    "links": ("way", "переход"),
    "improvements": ("action", "действие"),
    "personas": ("persona", "портрет"),
    "persona_notes": ("persona note", "о портрете"),
}

_MATCHED = ("notes", "touchpoints", "improvements", "persona_notes")


def as_lines(journey: Journey, *, lang: str | None = None) -> str:
    """Write a journey with a line for each thing on it, for ``git diff`` (textconv) and ``grep``.

    Parameters
    ----------
    journey : Journey
        The map.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="k", title="Kitchen", goals=["Drink tea"])])
    >>> print(as_lines(j))
    journey | t: Tea
    stage | k: Kitchen
    note | k | Goals: Drink tea
    """
    lang = current_language(lang or journey.language)
    flat = _flat(journey)
    return "\n".join(f"{_place(key, lang)}: {_said(row, lang)}" for key, row in flat.items())


def diff(a: Journey, b: Journey, *, lang: str | None = None) -> str:
    """Say what changed from one version of a map to the next; empty where nothing did.

    Parameters
    ----------
    a, b : Journey
        Before and after.
    lang : {"en", "ru"}, optional
        Language; that of `b` by default.

    Returns
    -------
    str
        A line for each thing added (``+``), removed (``-``), changed (``~``, field by field) or moved (``>``).

    Examples
    --------
    >>> import cjmkit as cj
    >>> a = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="k", title="Kitchen", goals=["Drink tea"])])
    >>> print(diff(a, a.with_note("k", "barriers", "No kettle")))
    + note | k | Barriers: No kettle
    """
    lang = current_language(lang or b.language)
    before, after = _flat(a), _flat(b)
    out: list[str] = []
    gone = [k for k in before if k not in after]
    new = [k for k in after if k not in before]
    pairs = _pairs(before, after, gone, new)
    taken = set(pairs.values())
    for key in before:
        if key in after:
            out += _changed(key, before[key], after[key], lang)
        elif key in pairs:
            other = pairs[key]
            if key[1:3] != other[1:3]:
                out.append(f"> {_place(key, lang)} → {_place(other, lang)}: {_said(after[other], lang)}")
            out += _changed(other, before[key], after[other], lang)
        else:
            out.append(f"- {_place(key, lang)}: {_said(before[key], lang)}")
    out += [f"+ {_place(k, lang)}: {_said(after[k], lang)}" for k in new if k not in taken]
    order = [s.id for s in a.stages if s.id in {t.id for t in b.stages}]
    later = [s.id for s in b.stages if s.id in set(order)]
    if order != later:
        out.append("> " + say(en="order of stages", ru="порядок этапов", lang=lang) + f": {', '.join(later)}")
    return "\n".join(out)


def _flat(journey: Journey) -> dict[Key, Row]:
    """Everything on the map by its key; evidence as words, so that renumbering changes nothing."""
    tables = to_tables(journey)
    says = {r["ref"]: _evidence(r) for r in tables["evidence"]}
    out: dict[Key, Row] = {}
    for table in _KINDS:
        for row in tables[table]:
            row = dict(row)
            for column in ("evidence", "quotes"):
                if row.get(column):
                    row[column] = "; ".join(sorted(says[r] for r in row[column].split(", ")))
            key = (table, *_names(table, row))
            k = 2
            while key in out:
                key = (table, *_names(table, row)[:2], f"{_names(table, row)[2]}#{k}")
                k += 1
            out[key] = row
    return out


def _names(table: str, row: Mapping[str, Any]) -> tuple[str, str, str]:
    match table:
        case "emotion":
            return row["stage"], "emotion", f"{row['persona']}/{row['source']}"
        case "links":
            return row["source"], "links", f"{row['kind']} {row['target']}"
        case "persona_notes":
            return row["of"], row["lane"], row["id"]
        case "touchpoints" | "improvements":
            return row["stage"], table, row["id"]
        case "notes":
            return row["stage"], row["lane"], row["id"]
    return "", "", row["id"]


def _evidence(row: Mapping[str, Any]) -> str:
    what = row.get("quote") or row.get("question") or row.get("query") or row.get("title") or row.get("item") or ""
    where = row.get("document") or row.get("survey") or row.get("log") or row.get("source") or ""
    figure = _figure(row)
    place = f" {row['start']}–{row['end']}" if row.get("kind") == "quote" else ""
    return f"[{where}{place}] {_one_line(str(what))}" + (f" {figure}" if figure else "")


def _figure(row: Mapping[str, Any]) -> str:
    if row.get("n") is None:
        return ""
    value = "—" if row.get("value") is None else f"{row['value']:.3g}"
    limits = (
        f" [{row['low']:.3g}, {row['high']:.3g}]" if row.get("low") is not None and row.get("high") is not None else ""
    )
    return f"{value}{limits}, n = {row['n']}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _place(key: Key, lang: str) -> str:
    table, stage, lane, id = key
    kind = say(en=_KINDS[table][0], ru=_KINDS[table][1], lang=lang)
    if table in ("touchpoints", "improvements"):
        parts = [kind, stage]
    elif table in ("emotion", "links"):
        parts = [kind, stage, id]
    elif table == "notes":
        parts = [kind, stage, lane_title(lane, lang)]
    elif table == "persona_notes":
        parts = [kind, stage, lane]
    else:
        parts = [kind, id]
    return " | ".join(p for p in parts if p)


def _text(row: Mapping[str, Any]) -> str:
    return str(row.get("text") or row.get("name") or row.get("title") or "")


def _said(row: Mapping[str, Any], lang: str) -> str:
    """The thing in one line: its words, its figures, its evidence."""
    out = [_one_line(_text(row))]
    for column in ("channel", "owner", "service_level", "persona", "phase", "status", "due"):
        if row.get(column) and (column != "persona" or "source" not in row):
            out.append(f"{_title(column, lang)} {_one_line(str(row[column]))}")
    if row.get("moment_of_truth"):
        out.append("★")
    out += [x for x in (_figure(row), _one_line(str(row.get("evidence") or ""))) if x]
    return " · ".join(x for x in out if x)


def _title(column: str, lang: str) -> str:
    en, ru = TITLES.get(column, (column, column))
    return say(en=en.lower() if len(en) > 2 else en, ru=ru.lower(), lang=lang)


def _pairs(before: dict[Key, Row], after: dict[Key, Row], gone: list[Key], new: list[Key]) -> dict[Key, Key]:
    """Things that moved to another cell, or whose words, and so whose ids, changed: as ``compare`` matches them."""
    old, now = ([k for k in keys if k[0] in _MATCHED] for keys in (gone, new))
    parts = [[Part(k[0], k[1:3], k[3], _text(rows[k])) for k in keys] for keys, rows in ((old, before), (now, after))]
    return {old[i]: now[j] for i, j in match(*parts)}


def _changed(key: Key, old: Row, new: Row, lang: str) -> list[str]:
    """Fields that differ, old → new."""
    changes = []
    fields = [f for f in dict.fromkeys([*old, *new]) if f not in ESTIMATE and f not in ("id", "stage", "lane", "of")]
    for f in fields:
        a, b = old.get(f), new.get(f)
        if (a or "") != (b or ""):
            changes.append(f"{_title(f, lang)}: {_one_line(str(a or '—'))} → {_one_line(str(b or '—'))}")
    if _figure(old) != _figure(new) or any(old.get(f) != new.get(f) for f in ESTIMATE):
        name = say(en="figure", ru="число", lang=lang)
        changes.append(f"{name}: {_figure(old) or '—'} → {_figure(new) or '—'}")
    what = _one_line(_text(new))
    shown = f" “{what[:60]}”" if what and key[0] not in ("journey", "stages") else ""
    return [f"~ {_place(key, lang)}{shown}: {c}" for c in changes]
