"""A journey as flat tables and back, without loss: what spreadsheets and CSV files are made of."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from cjmkit.core.caution import cautions_in, packed, unpacked
from cjmkit.core.course import Gap
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import DeskSource, EventFigure, Evidence, Quote, SurveyFigure
from cjmkit.core.journey import Action, EmotionPoint, Journey, Link
from cjmkit.core.persona import Persona, Verdict
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint
from cjmkit.errors import CjmError, suggest

__all__ = ["COLUMNS", "ESTIMATE", "PERSONA_LANES", "TABLES", "Row", "from_tables", "to_tables"]

Row = dict[str, Any]
ESTIMATE = ("value", "low", "high", "n", "unit", "level", "method", "reason", "percent")
PERSONA_LANES = ("traits", "goals", "expectations", "barriers")
_KINDS: dict[str, type[BaseModel]] = {
    "quote": Quote,
    "survey": SurveyFigure,
    "events": EventFigure,
    "source": DeskSource,
}
_NOTE = ("id", "text", "persona", "author", "memo", *ESTIMATE, "evidence")

COLUMNS: dict[str, tuple[str, ...]] = {
    "journey": (
        "id", "title", "language", "framework", "scenario", "wave", "revises", "date", "memo", *ESTIMATE,
    ),
    "personas": (
        "id", "name", "description", "channels", "participants", "status", "verdict_en", "verdict_ru", "p_value",
        "stability", "people", *ESTIMATE, "quotes", "evidence",
    ),
    "persona_notes": ("of", "lane", *_NOTE),
    "stages": ("id", "title", "phase", "optional", "description"),
    "notes": ("stage", "lane", *_NOTE),
    "touchpoints": (
        "stage", "id", "name", "channel", "owner", "moment_of_truth", "service_level", "persona", "memo", "proposed",
        *ESTIMATE,
        "evidence",
    ),
    "emotion": ("stage", "persona", "source", "proposed", *ESTIMATE, "evidence"),
    "gaps": ("step", "lane", "missing", "why", "action"),
    "links": ("source", "target", "kind", "label", *ESTIMATE, "evidence"),
    "improvements": (
        "stage", "id", "title", "barriers", "owner", "effort", "score", "scored_by", "due", "service_level", "metric",
        "status", "memo", *ESTIMATE, "evidence",
    ),
    "evidence": (
        "ref", "kind", "document", "start", "end", "quote", "participant", "coder", "code", "valence", "survey", "item",
        "question", "where", "statistic", "log", "query", "engine", "sha256", "source", "title", "date", "url",
        "passage", "cautions", *ESTIMATE,
    ),
}  # fmt: skip
"""Columns of each table, in their order."""
TABLES = tuple(COLUMNS)


class _Numbers:
    """Gives each different piece of evidence a short reference."""

    def __init__(self) -> None:
        self.known: dict[Evidence, str] = {}

    def refs(self, evidence: Iterable[Evidence]) -> str:
        return ", ".join(self.known.setdefault(e, f"E{len(self.known) + 1}") for e in evidence)


def _estimate(e: Estimate | None) -> Row:
    # An empty n tells "no figure" from a figure without people behind it.
    return {} if e is None else {f: getattr(e, f) for f in ESTIMATE} | {"unit": e.unit or '""'}


def _listed(values: Iterable[str]) -> str:
    values = list(values)
    plain = all("\n" not in v and not v.startswith("[") and v for v in values)
    return "\n".join(values) if plain else json.dumps(values, ensure_ascii=False)


def _unlisted(text: str) -> list[str]:
    if text.startswith("["):
        try:
            return [str(v) for v in json.loads(text)]
        except json.JSONDecodeError:
            pass
    return [line for line in text.split("\n") if line.strip()]


def to_tables(journey: Journey) -> dict[str, list[Row]]:
    """Flatten a journey.

    Parameters
    ----------
    journey : Journey
        The map.

    Returns
    -------
    dict of str to list of dict
        A list of rows for each of :data:`TABLES`, with the columns of :data:`COLUMNS`; missing keys are empty cells.
    """
    refs = _Numbers()

    def note(n: Note) -> Row:
        row = {f: getattr(n, f) for f in ("id", "text", "persona", "author", "memo")}
        return row | _estimate(n.estimate) | {"evidence": refs.refs(n.evidence)}

    out: dict[str, list[Row]] = {name: [] for name in TABLES}
    j = journey
    out["journey"].append({f: getattr(j, f) for f in COLUMNS["journey"][:9]} | _estimate(j.agreement))
    for p in j.personas:
        v = p.verdict
        out["personas"].append(
            {"id": p.id, "name": p.name, "description": p.description}
            | {"channels": _listed(p.channels), "participants": _listed(p.participants)}
            | {"status": v.status, "verdict_en": v.en or '""', "verdict_ru": v.ru or '""'}
            | {"p_value": v.p_value, "stability": v.stability, "people": v.n}
            | _estimate(p.share)
            | {"quotes": refs.refs(p.quotes), "evidence": refs.refs(p.evidence)}
        )
        out["persona_notes"] += [
            {"of": p.id, "lane": lane} | note(n) for lane in PERSONA_LANES for n in getattr(p, lane)
        ]
    for s in j.stages:
        out["stages"].append({f: getattr(s, f) for f in COLUMNS["stages"]})
        out["notes"] += [{"stage": s.id, "lane": lane} | note(n) for lane in LANES for n in s.lane(lane)]
        for t in s.touchpoints:
            out["touchpoints"].append(
                {"stage": s.id}
                | {f: getattr(t, f) for f in COLUMNS["touchpoints"][1:10]}
                | _estimate(t.estimate)
                | {"evidence": refs.refs(t.evidence)}
            )
    for e in j.emotion:
        out["emotion"].append(
            {"stage": e.stage, "persona": e.persona, "source": e.source, "proposed": e.proposed}
            | _estimate(e.estimate)
            | {"evidence": refs.refs(e.evidence)}
        )
    out["gaps"] = [{f: getattr(g, f) for f in COLUMNS["gaps"]} for g in j.gaps]
    for link in j.links:
        out["links"].append(
            {f: getattr(link, f) for f in ("source", "target", "kind", "label")}
            | _estimate(link.share)
            | {"evidence": refs.refs(link.evidence)}
        )
    for a in j.improvements:
        out["improvements"].append(
            {f: getattr(a, f) for f in ("stage", "id", "title", "owner", "effort", "score", "due", "service_level")}
            | {f: getattr(a, f) for f in ("metric", "status", "memo")}
            | {"barriers": _listed(a.barriers), "scored_by": a.method}
            | _estimate(a.effect)
            | {"evidence": refs.refs(a.evidence)}
        )
    for piece, ref in refs.known.items():
        plain = [f for f in type(piece).model_fields if f not in ("estimate", "cautions")]
        row = {"ref": ref} | {f: getattr(piece, f) for f in plain} | {"cautions": packed(cautions_in([piece]))}
        out["evidence"].append(row | _estimate(getattr(piece, "estimate", None)))
    return out


def _filled(row: Mapping[str, Any]) -> Row:
    """The cells that hold something; numbers written as text stay text, the model reads them."""
    out = {}
    for key, value in row.items():
        if value is None or value == "" or value != value:
            continue
        out[str(key)] = value
    return out


def _read_estimate(row: Row) -> Estimate | None:
    if "value" not in row and "n" not in row:
        return None
    fields = {f: row[f] for f in ESTIMATE if f in row}
    if fields.get("unit") == '""':
        fields["unit"] = ""
    return Estimate(**({"value": None, "n": 0} | fields))


def _known(value: str, allowed: Iterable[object], what: str, place: str, column: str = "") -> None:
    """See to it that a word of a table is one that is known; `place` is table and row."""
    names = list(allowed)
    if value in names:
        return
    table, _, k = place.partition(":")
    at = (f", column {column}", f", столбец {column}") if column else ("", "")
    raise CjmError(
        en=f"table {table}, row {k}{at[0]}: {suggest(value, names, what=what)}",
        ru=f"таблица {table}, строка {k}{at[1]}: {suggest(value, names, what=what)}",
    )


def from_tables(tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Journey:
    """Build a journey from its tables; the opposite of :func:`to_tables`.

    Raises
    ------
    CjmError
        If a row cannot be understood; the message names table, row and column.
    """
    rows = {name: [_filled(r) for r in tables.get(name, ())] for name in TABLES}
    pieces: dict[str, Any] = {}
    for k, row in enumerate(rows["evidence"], 1):
        kind = str(row.get("kind", ""))
        _known(kind, _KINDS, "kind of evidence", f"evidence:{k}")
        model = _KINDS[kind]
        fields = {f: row[f] for f in model.model_fields if f in row}
        if "estimate" in model.model_fields:
            fields["estimate"] = _read_estimate(row) or Estimate(value=None, n=0)
        if "cautions" in fields:
            fields["cautions"] = unpacked(str(fields["cautions"]))
        pieces[str(row.get("ref", f"E{k}"))] = _make(model, fields, "evidence", k)

    def cited(row: Row, table: str, k: int, column: str = "evidence") -> tuple[Any, ...]:
        refs = [r.strip() for r in str(row.get(column, "")).replace(";", ",").split(",") if r.strip()]
        for r in refs:
            _known(r, pieces, "evidence", f"{table}:{k}", column)
        return tuple(pieces[r] for r in refs)

    def build(model: type[Any], table: str, row: Row, k: int, figure: str | None = "estimate", **more: Any) -> Any:
        fields = {f: row[f] for f in model.model_fields if f in row and f not in ("evidence", "barriers", "method")}
        if figure:
            fields[figure] = _read_estimate(row)
        fields["evidence"] = cited(row, table, k)
        return _make(model, fields | more, table, k)

    traits: dict[str, dict[str, list[Note]]] = {}
    for k, row in enumerate(rows["persona_notes"], 1):
        lane = str(row.get("lane", ""))
        _known(lane, PERSONA_LANES, "lane", f"persona_notes:{k}")
        traits.setdefault(str(row.get("of", "")), {}).setdefault(lane, []).append(build(Note, "persona_notes", row, k))
    personas = []
    for k, row in enumerate(rows["personas"], 1):
        verdict = {
            name: "" if row[column] == '""' else row[column]
            for name, column in (("status", "status"), ("en", "verdict_en"), ("ru", "verdict_ru"))
            if column in row
        }
        verdict |= {
            n: row[c] for n, c in (("p_value", "p_value"), ("stability", "stability"), ("n", "people")) if c in row
        }
        more: Row = {lane: tuple(notes) for lane, notes in traits.get(str(row.get("id", "")), {}).items()}
        more |= {f: tuple(_unlisted(str(row[f]))) for f in ("channels", "participants") if f in row}
        more |= {"verdict": Verdict(**verdict), "quotes": cited(row, "personas", k, "quotes")}
        kept = {f: v for f, v in row.items() if f not in ("channels", "participants", "quotes")}
        personas.append(build(Persona, "personas", kept, k, "share", **more))
    cells: dict[str, dict[str, list[Any]]] = {str(r.get("id", "")): {} for r in rows["stages"]}

    def place(table: str, row: Row, k: int, lane: str, item: Any) -> None:
        stage = str(row.get("stage", ""))
        _known(stage, cells, "stage", f"{table}:{k}")
        cells[stage].setdefault(lane, []).append(item)

    for k, row in enumerate(rows["notes"], 1):
        lane = str(row.get("lane", ""))
        _known(lane, LANES, "lane", f"notes:{k}")
        place("notes", row, k, lane, build(Note, "notes", row, k))
    for k, row in enumerate(rows["touchpoints"], 1):
        place("touchpoints", row, k, "touchpoints", build(Touchpoint, "touchpoints", row, k))
    stages = [
        _make(Stage, {f: row[f] for f in COLUMNS["stages"] if f in row} | cells[str(row.get("id", ""))], "stages", k)
        for k, row in enumerate(rows["stages"], 1)
    ]
    nothing = Estimate(value=None, n=0)
    emotion = [
        build(EmotionPoint, "emotion", row, k, None, estimate=_read_estimate(row) or nothing)
        for k, row in enumerate(rows["emotion"], 1)
    ]
    links = [build(Link, "links", row, k, "share") for k, row in enumerate(rows["links"], 1)]
    improvements = []
    for k, row in enumerate(rows["improvements"], 1):
        more = {"barriers": tuple(_unlisted(str(row.get("barriers", "")))), "method": row.get("scored_by", "")}
        improvements.append(build(Action, "improvements", row, k, "effect", **more))
    head = rows["journey"][0] if rows["journey"] else {}
    fields = {f: head[f] for f in COLUMNS["journey"][:9] if f in head}
    gaps = [_make(Gap, row, "gaps", k) for k, row in enumerate(rows["gaps"], 1)]
    whole = {"personas": personas, "stages": stages, "emotion": emotion, "links": links, "improvements": improvements}
    return Journey.model_validate(fields | whole | {"agreement": _read_estimate(head), "gaps": gaps})


def _make(model: type[Any], fields: Row, table: str, row: int) -> Any:
    from pydantic import ValidationError

    texts = {}
    for name, value in fields.items():
        # A spreadsheet turns "3" into 3 and a date into a moment; the model knows what it wants.
        if isinstance(value, dt.datetime):
            value = value.date()
        annotation = model.model_fields[name].annotation if name in model.model_fields else None
        if annotation is str and not isinstance(value, str):
            value = f"{value:g}" if isinstance(value, float) else str(value)
        texts[name] = value
    try:
        return model.model_validate(texts)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(map(str, first["loc"])) or "?"
        raise CjmError(
            en=f"table {table}, row {row}, column {column}: {first['msg']}; found {first.get('input')!r}",
            ru=f"таблица {table}, строка {row}, столбец {column}: {first['msg']}; здесь {first.get('input')!r}",
        ) from error
