"""Annotation tools: Label Studio, doccano, Prodigy (JSON), INCEpTION and WebAnno (TSV 3), brat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from cjmkit.intake.containers import parse_json
from cjmkit.qda.segments import Segment

__all__ = ["annotation_table", "json_segments", "read_brat", "read_webanno"]

Found = tuple[str, dict[str, str], list[Segment]]  # tool, texts by document, segments


def json_segments(data: Any, name: str) -> Found | None:
    """Texts and segments of Label Studio, doccano or Prodigy; None where the JSON is of none of them.

    Examples
    --------
    >>> tool, texts, found = json_segments([{"id": 1, "text": "It worked.", "label": [[0, 2, "it"]]}], "x.jsonl")
    >>> tool, found[0].quote, found[0].code
    ('doccano', 'It', 'it')
    """
    rows = [r for r in data if isinstance(r, dict)] if isinstance(data, list) else []
    if isinstance(data, dict):
        rows = [data]
    texts: dict[str, str] = {}
    found: list[Segment] = []
    tools = set()
    for k, row in enumerate(rows):
        tool, listed = _row(row)
        if tool is None:
            return None
        tools.add(tool)
        inner = row.get("data") if isinstance(row.get("data"), dict) else row
        text = next((v for key in ("text", "data", "content") if isinstance(v := (inner or {}).get(key), str)), None)
        key = str(row.get("task_id") or row.get("id") or k + 1)
        document = key if len(rows) > 1 else name.rsplit(".", 1)[0]
        if text is not None:
            texts[document] = text.replace("\r\n", "\n")
        for start, end, quote, code, coder in listed:
            whole = start is None and text is not None
            a, b = (0, len(text or "")) if whole else (start, end)
            words = quote or ((text or "")[a:b] if a is not None and b is not None else "")
            if words.strip() and code:
                found.append(Segment(document, words, code, coder, start=a, end=b))
    return (tools.pop() if len(tools) == 1 else "annotations", texts, found) if tools else None


def annotation_table(rows: Sequence[Sequence[str]], name: str) -> Found | None:
    """Label Studio's and doccano's tables: spans as JSON in a cell, or classes parted by ``#``; None for any other.

    Examples
    --------
    >>> found = annotation_table([["id", "data", "label"], ["1", "Dear me", "price#mood"]], "x.csv")
    >>> [s.code for s in found[2]]
    ['price', 'mood']
    """
    header = [h.strip().casefold() for h in rows[0]]
    studio = "annotation_id" in header or ("annotator" in header and "lead_time" in header)
    doccano = {"id", "label"} <= set(header) and ({"data"} <= set(header) or header == ["id", "text", "label"])
    if not studio and not doccano:
        return None
    listed: list[dict[str, Any]] = []
    for row in rows[1:]:
        made: dict[str, Any] = dict(zip(header, row, strict=False))
        for key, cell in list(made.items()):
            if cell.startswith(("[{", "[[")):
                made[key] = parse_json(cell, name)
        if doccano and isinstance(made["label"], str):
            made["label"] = [c for c in made["label"].split("#") if c]
        listed.append(made)
    return json_segments(listed, name)


Span = tuple[int | None, int | None, str, str, str]  # start, end, quote, code, coder


def _row(row: dict[str, Any]) -> tuple[str | None, list[Span]]:
    if isinstance(row.get("annotations"), list):
        out = [s for a in row["annotations"] if isinstance(a, dict) for s in _results(a)]
        return "Label Studio", out
    if "annotator" in row or "annotation_id" in row:
        coder = str(row.get("annotator") or "")
        lists = [v for v in row.values() if isinstance(v, list) and any(isinstance(x, dict) for x in v)]
        return "Label Studio", [s for v in lists for x in v if isinstance(x, dict) for s in _value(x, coder)]
    if isinstance(row.get("spans"), list):
        coder = str(row.get("_session_id") or row.get("_annotator_id") or "")
        return "Prodigy", [
            (_whole(s.get("start")), _whole(s.get("end")), "", str(s.get("label") or ""), coder)
            for s in row["spans"]
            if isinstance(s, dict)
        ]
    if isinstance(row.get("entities"), list):
        return "doccano", [
            (_whole(s.get("start_offset")), _whole(s.get("end_offset")), "", str(s.get("label") or ""), "")
            for s in row["entities"]
            if isinstance(s, dict)
        ]
    marks = row.get("label", row.get("labels"))
    if isinstance(marks, list):
        spans = [m for m in marks if isinstance(m, list) and len(m) >= 3]
        classes = [m for m in marks if isinstance(m, str)]
        return "doccano", [(_whole(a), _whole(b), "", str(c), "") for a, b, c, *_ in spans] + [
            (None, None, "", c, "") for c in classes
        ]
    return None, []


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _results(annotation: dict[str, Any]) -> Iterator[Span]:
    by = annotation.get("completed_by")
    coder = str(by.get("email") or by.get("id") or "") if isinstance(by, dict) else str(by or "")
    for r in annotation.get("result") or []:
        if isinstance(r, dict) and isinstance(r.get("value"), dict):
            yield from _value(r["value"], coder)


def _value(value: dict[str, Any], coder: str) -> Iterator[Span]:
    names = value.get("labels") or value.get("hypertextlabels") or value.get("choices") or []
    for code in names if isinstance(names, list) else [names]:
        quote = str(value.get("text") or "") if not isinstance(value.get("text"), list) else ""
        yield _whole(value.get("start")), _whole(value.get("end")), quote, str(code), coder


# ---- text formats ----------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"^\d+-\d+(?:\.\d+)?\t(\d+)-(\d+)\t([^\t]*)\t?(.*)$")


def read_webanno(text: str, name: str) -> Found:
    """WebAnno TSV 3 as INCEpTION exports it; its positions count UTF-16 units."""
    layers: list[tuple[str, int]] = []
    for m in re.finditer(r"(?m)^#T_(?:SP|CH|RL)=([^\n]*)", text):
        layer, *features = m.group(1).split("|")
        layers.append((layer.rsplit(".", 1)[-1], max(1, len(features))))
    units: dict[int, str] = {}
    spans: dict[tuple[str, str, str], list[int]] = {}  # layer, value, id: first and last unit
    single = 0
    for line in text.split("\n"):
        token = _TOKEN.match(line)
        if not token:
            continue
        a, b, word = int(token.group(1)), int(token.group(2)), token.group(3)
        if b < a or b > 50_000_000:
            continue
        for k, unit in enumerate(_utf16(_unescaped(word))):
            units[a + k] = unit
        cells = token.group(4).split("\t")
        at = 0
        for layer, width in layers:
            mine, at = cells[at : at + width], at + width
            for stacked in zip(*(re.split(r"(?<!\\)\|", c) for c in mine if c not in ("_", "")), strict=False):
                value = next((v for v in stacked if re.sub(r"\[\d+\]$", "", v) not in ("*", "_", "")), stacked[0])
                number = re.search(r"\[(\d+)\]$", value)
                code = _unescaped(re.sub(r"\[\d+\]$", "", value))
                single += number is None
                key = (layer, code, number.group(1) if number else f"once {single}")
                spans.setdefault(key, [a, b])
                spans[key] = [min(spans[key][0], a), max(spans[key][1], b)]
    size = max(units, default=-1) + 1
    out, offsets = _joined(units, size)
    document = name.rsplit(".", 1)[0]
    found = []
    for (layer, code, _), (a, b) in spans.items():
        start, end = offsets[min(a, size)], offsets[min(b, size)]
        if end > start:
            found.append(Segment(document, out[start:end], layer if code in ("*", "") else code, start=start, end=end))
    return "INCEpTION", {document: out}, found


def _utf16(word: str) -> list[str]:
    return [c for ch in word for c in ([ch] if ord(ch) < 0x10000 else [ch, ""])]


def _joined(units: dict[int, str], size: int) -> tuple[str, list[int]]:
    """The text with blanks where no token lies, and the code point at which each UTF-16 unit begins."""
    parts, offsets, at = [], [], 0
    for k in range(size):
        offsets.append(at)
        c = units.get(k, " ")
        parts.append(c)
        at += len(c)
    return "".join(parts), [*offsets, at]


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value)


def read_brat(annotations: str, text: str, name: str) -> Found:
    r"""A brat .ann file beside its text; a discontinuous annotation becomes one passage from its first to its last.

    Examples
    --------
    >>> read_brat("T1\tprice 0 4\tDear", "Dear me", "a.ann")[2][0].code
    'price'
    """
    document = name.rsplit(".", 1)[0]
    found = []
    for line in annotations.split("\n"):
        m = re.match(r"^T\d+\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t", line)
        if m:
            numbers = [int(x) for x in re.findall(r"\d+", m.group(2))]
            a, b = min(numbers), max(numbers)
            if a < b <= len(text):
                found.append(Segment(document, text[a:b], m.group(1), start=a, end=b))
    return "brat", {document: text}, found
