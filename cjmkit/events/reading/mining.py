"""Process mining: XES, OCEL 2.0 (JSON, XML, SQLite), and the tables of pm4py, Disco and Celonis."""

from __future__ import annotations

import gzip
import re
import sqlite3
import zlib
from collections import Counter
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pandas as pd

from cjmkit.errors import FileFormatError, suggest
from cjmkit.events._duck import quote
from cjmkit.events.reading.layout import NOTHING, Layout, ReadOptions, local, utc
from cjmkit.events.reading.product import numbered
from cjmkit.events.reading.view import View, head_of
from cjmkit.intake.containers import LIMITS, parse_json, parse_xml, read_bytes, unpack

__all__ = ["ocel", "tables", "xes"]

_TAGS = {"string", "date", "int", "float", "boolean", "id"}


def tables(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """pm4py's, Disco's and Celonis' column names in CSV or Parquet."""
    for name, user, event, time, begun in (
        ("pm4py", "case:concept:name", "concept:name", "time:timestamp", "start_timestamp"),
        ("Disco", "Case ID", "Activity", "Complete Timestamp", "Start Timestamp"),
        *(("Celonis", "_CASE_KEY", c, "EVENTTIME", "") for c in view.types if re.fullmatch(r"ACTIVITY(_[A-Z]{2})?", c)),
    ):
        if user not in view.types or event not in view.types:
            continue
        chosen = begun if begun in view.types else time
        if chosen not in view.types:
            continue
        sorting = f"try_cast({quote('_SORTING')} AS BIGINT)" if "_SORTING" in view.types else None
        phase = "lifecycle:transition"
        pairs = options.lifecycle == "pair" and phase in view.types and begun not in view.types
        source = numbered(view)
        if sorting:
            place = f"row_number() OVER (ORDER BY {sorting}, __place) AS __place"
            source = f"(SELECT * EXCLUDE (__place), {place} FROM {source})"
        skip = {user, event, time, begun, "Variant", "Variant index", "@@index", "@@case_index", "__index_level_0__"}
        return Layout(
            format=f"{name} table", source=_paired(source, user, event, phase) if pairs else source,
            event=view.get(event) or NOTHING, time=_time(view, chosen, tz), written=view.get(chosen) or NOTHING,
            known=view.get(user) or NOTHING, channel=view.get("org:resource", "Resource") or NOTHING, clean=False,
            properties={n: e for n in view.types if n not in skip and (e := view.get(n)) is not None},
            roles={"user": (user, "the case"), "event": (event, "the activity"),
                   "time": (chosen, "when it began" if chosen == begun else ""),
                   "channel": ("resource", "who did it")},
            clock=f"{chosen}, {tz or 'UTC'} where it carries no offset",
        )  # fmt: skip
    return None


def _time(view: View, column: str, tz: str | None) -> str:
    kind = view.types[column]
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"epoch_us({quote(column)})"
    if kind.startswith("TIMESTAMP"):
        return f"epoch_us({quote(column)})" if not tz else f"epoch_us(timezone('{tz}', {quote(column)}))"
    return local(view.get(column) or NOTHING, tz) if tz else utc(view.get(column))


def _paired(source: str, user: str, event: str, phase: str) -> str:
    """Start and completion of an activity as one event: the n-th start of a case goes with its n-th completion."""
    p = f"lower(coalesce(nullif({quote(phase)}, ''), 'complete'))"
    over = f"PARTITION BY {quote(user)}, {quote(event)}, {p} ORDER BY __place"
    counted = f"(SELECT *, {p} AS __phase, row_number() OVER ({over}) AS __nth FROM {source})"
    whole = f"PARTITION BY {quote(user)}, {quote(event)}"
    starts = f"(SELECT *, count(*) FILTER (__phase = 'start') OVER ({whole}) AS __starts FROM {counted})"
    return (
        f"(SELECT * EXCLUDE (__phase, __nth, __starts) FROM {starts} WHERE __phase = 'start' "
        f"OR (__phase = 'complete' AND __nth > __starts))"
    )


# XES ----------------------------------------------------------------------------------------------------------------


_BATCH = 50_000
"""So many events lie in memory as Python values at a time; then they become columns."""


class _Xes:
    """Rows of XES files, as expat meets its elements; only what is a direct child of a trace or an event counts."""

    def __init__(self) -> None:
        self.cases: list[dict[str, str]] = []
        self.batches: list[pd.DataFrame] = []
        self.nested = 0

    def read(self, path: Path) -> None:
        """One file, in a single pass over its bytes."""
        parser = expat.ParserCreate()
        parser.EntityDeclHandler = _entity
        parser.StartElementHandler, parser.EndElementHandler, done = self._handlers(path)
        with gzip.open(path) if head_of(path)[1] else open(path, "rb") as f:
            read = 0
            while block := f.read(1 << 20):
                read += len(block)
                if read > LIMITS.file:
                    raise FileFormatError(
                        en=f"it unpacks to more than {LIMITS.file:,} bytes; refused",
                        ru=f"распаковывается больше чем в {LIMITS.file:,} байт; отклонено",
                        path=path,
                    )
                parser.Parse(block, False)
            parser.Parse(b"", True)
        done()

    def _handlers(self, path: Path) -> tuple[Any, Any, Any]:
        """What is called at each start and end: closures over plain variables, because all the time goes here."""
        depth = level = -1
        target: dict[str, str] | None = None
        case: dict[str, str] = {}
        rows: list[dict[str, str]] = []
        cases, known = self.cases, _TAGS
        deepest = LIMITS.depth

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, level, target, case
            depth += 1
            if tag not in known:
                bare = tag.rpartition(":")[2]
                if bare == "event":
                    target, level = {"__case": len(cases)}, depth  # type: ignore[dict-item]
                    rows.append(target)
                    if len(rows) >= _BATCH:
                        # The last one is not complete yet.
                        self._flush(rows[:-1])
                        del rows[:-1]
                    return
                if bare == "trace":
                    case = target = {}
                    level = depth
                    cases.append(case)
                    return
                if depth > deepest:
                    raise FileFormatError(
                        en=f"elements lie more than {deepest} deep; refused",
                        ru=f"элементы вложены глубже {deepest}; отклонено",
                        path=path,
                    )
                tag = bare
            if target is not None and depth > level:
                if depth == level + 1 and tag in known:
                    target[attributes.get("key", "")] = attributes.get("value", "")
                elif tag in known:
                    self.nested += 1

        def end(tag: str) -> None:
            nonlocal depth, level, target
            if depth == level:
                level -= 1
                target = case if tag.endswith("event") else None
            depth -= 1

        return start, end, lambda: self._flush(rows)

    def _flush(self, rows: list[dict[str, str]]) -> None:
        keys = dict.fromkeys(k for r in rows for k in r)
        self.batches.append(pd.DataFrame({k: [r.get(k) for r in rows] for k in keys}))


def _entity(*_: Any) -> None:
    raise FileFormatError(
        en="the file declares entities of its own, which can grow without end; refused",
        ru="файл объявляет свои сущности, они могут расти без конца; отклонено",
    )


def xes(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """XES 1.0 and 2.0, also packed or in many files; start and completion are one event unless ``lifecycle="keep"``."""
    if view.kind != "xml" or ("<trace" not in view.head and "xes" not in view.head.lower()):
        return None
    if "object-types" in view.head or "<objects" in view.head:
        return None
    found = _Xes()
    for path in view.parts:
        try:
            found.read(path)
        except expat.ExpatError as problem:
            raise FileFormatError(
                en=f"the XES is broken ({expat.errors.messages[problem.code]}, column {problem.offset}); nothing was "
                f"read",
                ru=f"XES испорчен ({expat.errors.messages[problem.code]}, столбец {problem.offset}); ничего не "
                f"прочитано",
                path=path,
                line=problem.lineno,
            ) from None
        except (OSError, EOFError, zlib.error) as problem:
            raise FileFormatError(
                en=f"the packed file is damaged ({problem}); nothing was read",
                ru=f"сжатый файл повреждён ({problem}); ничего не прочитано",
                path=path,
            ) from None
    path = view.parts[0]
    rows = pd.concat(found.batches, ignore_index=True)
    if rows.empty:
        raise FileFormatError(en="the XES holds no events", ru="в XES нет событий", path=path)
    place = rows.pop("__case").to_numpy() - 1
    cases = pd.DataFrame(
        {"case:concept:name": [c.get("concept:name") or f"case {i + 1}" for i, c in enumerate(found.cases)]}
        | {f"case:{k}": [c.get(k) for c in found.cases]
           for k in dict.fromkeys(k for c in found.cases for k in c) if k != "concept:name"}
    )  # fmt: skip
    for name in reversed(cases.columns):
        rows.insert(0, name, cases[name].take(place).to_numpy())
    lacking = [k for k in ("concept:name", "time:timestamp") if k not in rows]
    if lacking:
        raise FileFormatError(
            en=f"no event has {' or '.join(lacking)}; keys: {', '.join(rows.columns[:20])}",
            ru=f"ни у одного события нет {' или '.join(lacking)}; ключи: {', '.join(rows.columns[:20])}",
            path=path,
        )
    view.duck.register("xes_rows", rows)
    source = "(SELECT *, row_number() OVER () - 1 AS __place FROM xes_rows)"
    phases: Counter[str] = Counter()
    if "lifecycle:transition" in rows:
        phases = Counter(rows["lifecycle:transition"].dropna().str.lower())
        if options.lifecycle == "pair":
            source = _paired(source, "case:concept:name", "concept:name", "lifecycle:transition")
    other = sum(n for p, n in phases.items() if p not in ("start", "complete")) if options.lifecycle == "pair" else 0
    skip = ("concept:name", "case:concept:name", "time:timestamp")
    return Layout(
        format="XES", source=source, event=quote("concept:name"), time=local(quote("time:timestamp"), tz),
        written=quote("time:timestamp"), known=quote("case:concept:name"), clean=False,
        channel=quote("org:resource") if "org:resource" in rows else NOTHING,
        properties={c: quote(c) for c in rows.columns if c not in skip},
        roles={"user": ("trace concept:name", "the case"), "event": ("concept:name", "the activity"),
               "time": ("time:timestamp", "with its offset, else UTC"), "channel": ("org:resource", "who did it")},
        clock="time:timestamp", counts={"rows of other phases": other, "nested attributes": found.nested},
        notes=(f"{other:,} rows of other phases than start and complete are no events of their own; lifecycle='keep' "
               "keeps them",) if other else (),
    )  # fmt: skip


# OCEL ---------------------------------------------------------------------------------------------------------------


def ocel(view: View, options: ReadOptions, tz: str | None) -> Layout | None:
    """OCEL 2.0: the people are the objects of one type."""
    path = view.parts[0]
    if "ocel:events" in view.keys or "ocel:global-event" in view.keys or '<global scope="log"' in view.head:
        raise FileFormatError(
            en="this is OCEL 1.0; save it as OCEL 2.0 (pm4py and ocpa do), then read that",
            ru="это OCEL 1.0; сохраните его как OCEL 2.0 (это умеют pm4py и ocpa) и читайте его",
            path=path,
        )
    if view.kind == "sqlite":
        events, links, kinds = _ocel_sqlite(path)
    elif view.kind == "xml" and "<objects" in view.head + _rest(path, view) and "object-types" in view.head:
        events, links, kinds = _ocel_xml(path)
    elif view.kind == "json" and ("events" in view.keys and ("objectTypes" in view.keys or "objects" in view.keys)):
        events, links, kinds = _ocel_json(path)
    else:
        return None
    if len(view.parts) > 1:
        raise FileFormatError(
            en="several OCEL logs at once: read one at a time",
            ru="несколько журналов OCEL сразу: читайте по одному",
            path=path,
        )
    count = Counter(kinds.values())
    listed = ", ".join(f"{k} ({n:,})" for k, n in count.most_common())
    chosen = options.object_type or (next(iter(count)) if len(count) == 1 else None)
    if chosen is None:
        raise FileFormatError(
            en=f"which objects are the people? Types: {listed}. Say options=ReadOptions(object_type=…)",
            ru=f"какие объекты — люди? Виды: {listed}. Скажите options=ReadOptions(object_type=…)",
            path=path,
        )
    if chosen not in count:
        raise FileFormatError(
            en=f"{suggest(chosen, count, what='object type')}; objects: {listed}",
            ru=f"{suggest(chosen, count, what='object type')}; объекты: {listed}",
            path=path,
        )
    whose: dict[str, list[str]] = {}
    for event, thing in links:
        if kinds.get(thing) == chosen:
            whose.setdefault(event, []).append(thing)
    rows = [(who, name, time) for number, name, time in events for who in dict.fromkeys(whose.get(number, ()))]
    lost = sum(number not in whose for number, _, _ in events)
    many = sum(len(set(v)) > 1 for v in whose.values())
    if not rows:
        raise FileFormatError(
            en=f"no event belongs to an object of type {chosen!r}; objects: {listed}",
            ru=f"ни одно событие не относится к объекту вида {chosen!r}; объекты: {listed}",
            path=path,
        )
    view.duck.register("ocel_rows", pd.DataFrame(rows, columns=["who", "what", "moment"]))
    return Layout(
        format="OCEL 2.0", source="(SELECT *, row_number() OVER () - 1 AS __place FROM ocel_rows)", event="what",
        time=utc("moment"), written="moment", known="who", clean=False,
        roles={"user": (f"objects of type {chosen}", "as asked" if options.object_type else "the only type"),
               "event": ("event type", ""), "time": ("time", "UTC where it carries no offset")},
        counts={"events of several people (a row each)": many, "events of nobody (left out)": lost},
    )  # fmt: skip


def _rest(path: Path, view: View) -> str:
    """Where the head ends before the objects begin, the word that tells OCEL from XES."""
    return "<objects" if "object-types" in view.head else ""


Ocel = tuple[list[tuple[str, str, str]], list[tuple[str, str]], dict[str, str]]


def _ocel_json(path: Path) -> Ocel:
    data = parse_json(unpack(read_bytes(path), path).decode("utf-8-sig"), path)
    try:
        events = [(str(e["id"]), str(e["type"]), str(e["time"])) for e in data["events"]]
        links = [(str(e["id"]), str(r["objectId"])) for e in data["events"] for r in e.get("relationships", ())]
        kinds = {str(o["id"]): str(o["type"]) for o in data.get("objects", ())}
    except (KeyError, TypeError) as problem:
        raise FileFormatError(
            en=f"an OCEL 2.0 needs id, type and time of every event; {problem} is missing",
            ru=f"OCEL 2.0 нужны id, вид и время каждого события; нет {problem}",
            path=path,
        ) from None
    return events, links, kinds


def _ocel_xml(path: Path) -> Ocel:
    root = parse_xml(unpack(read_bytes(path), path), path)
    events, links = [], []
    kinds = {o.get("id", ""): o.get("type", "") for o in root.findall("./objects/object")}
    for e in root.findall("./events/event"):
        events.append((e.get("id", ""), e.get("type", ""), e.get("time", "")))
        related = [*e.iter("relationship"), *e.iter("relobj")]
        links += [(e.get("id", ""), r.get("object-id", "")) for r in related]
    return events, links, kinds


def _ocel_sqlite(path: Path) -> Ocel:
    con = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        names = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        need = {"event", "object", "event_object", "event_map_type"}
        if not need <= names:
            raise FileFormatError(
                en=f"this SQLite file is no OCEL 2.0: tables {', '.join(sorted(need - names))} are missing",
                ru=f"этот файл SQLite — не OCEL 2.0: нет таблиц {', '.join(sorted(need - names))}",
                path=path,
            )
        kinds = {str(a): str(b) for a, b in con.execute("SELECT ocel_id, ocel_type FROM object")}
        links = [(str(a), str(b)) for a, b in con.execute("SELECT ocel_event_id, ocel_object_id FROM event_object")]
        events = []
        for kind, table in con.execute("SELECT ocel_type, ocel_type_map FROM event_map_type").fetchall():
            name = f"event_{table}".replace('"', '""')
            events += [(str(a), str(kind), str(b)) for a, b in con.execute(f'SELECT ocel_id, ocel_time FROM "{name}"')]
    except sqlite3.Error as problem:
        raise FileFormatError(
            en=f"the SQLite file cannot be read ({problem})", ru=f"файл SQLite не читается ({problem})", path=path
        ) from None
    finally:
        con.close()
    return events, links, kinds
