"""Code books that survey tools write: SPSS syntax and .sav, Qualtrics, XLSForm, LimeSurvey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cjmkit.errors import CjmError, FileFormatError
from cjmkit.intake.containers import parse_json, parse_xml, read_bytes
from cjmkit.intake.tables import open_sheets
from cjmkit.survey._decode import norm
from cjmkit.survey.codebooks.table import Row, code_of, plain_text

__all__ = ["from_lss", "from_qsf", "from_sav", "from_sps", "from_structure", "from_xlsform"]


# SPSS ---------------------------------------------------------------------------------------------------------------


def from_sps(text: str) -> list[Row]:
    """VARIABLE LABELS, VALUE LABELS and MISSING VALUES of an SPSS syntax file."""
    labels: dict[str, str] = {}
    values: dict[str, list[tuple[Any, str]]] = {}
    absent: dict[str, list[tuple[float, float]]] = {}
    for command in re.split(r"\.\s*(?:\n|$)", text):
        head = re.match(r"\s*(?:add\s+)?(var\w*\s+lab\w*|val\w*\s+lab\w*|mis\w*\s+val\w*)\s+(.*)", command, re.I | re.S)
        if not head:
            continue
        what, rest = head[1].casefold(), head[2]
        if what.startswith("var"):
            for name, label in re.findall(r"/?\s*([\w.@#$]+)\s+" + _TEXT, rest):
                labels[name] = _unquoted(label)
        elif what.startswith("val"):
            for part in _slashed(rest):
                named = re.match(r"\s*((?:[A-Za-zА-Яа-я_@#$][\w.@#$]*\s+)+)(.*)", part, re.S)
                if named:
                    pairs = re.findall(r"([-−]?[\d.]+|" + _TEXT + r")\s+" + _TEXT, named[2])
                    told = [(code_of(_unquoted(p[0])), _unquoted(p[-1])) for p in pairs]
                    for name in _names(named[1].split(), [*labels, *values]):
                        values[name] = told
        else:
            for names, ranges in re.findall(r"([\w.@#$\s]+?)\s*\(([^)]*)\)", rest):
                for name in _names(names.split(), [*labels, *values]):
                    absent[name] = [_range(r) for r in re.split(r"\s*,\s*", ranges.strip()) if r]
    rows: list[Row] = []
    for name in dict.fromkeys([*labels, *values, *absent]):
        codes = dict(values.get(name, []))
        for low, high in absent.get(name, []):
            if low == high and code_of(f"{low:g}") not in codes:
                codes[code_of(f"{low:g}")] = ""
        for code, meaning in codes.items():
            out = any(isinstance(code, int | float) and a <= code <= b for a, b in absent.get(name, []))
            rows.append((name, labels.get(name, ""), code, meaning, out, ""))
        if not codes:
            rows.append((name, labels.get(name, ""), None, "", False, ""))
    return rows


_TEXT = r"(\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*')"


def _unquoted(text: str) -> str:
    mark = text[:1]
    return " ".join(text[1:-1].replace(mark * 2, mark).split()) if mark in "\"'" and len(text) > 1 else text


def _slashed(text: str) -> Iterator[str]:
    """Parts between slashes that stand outside of quotation marks."""
    start, quote = 0, ""
    for k, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c == "/":
            yield text[start:k]
            start = k + 1
    yield text[start:]


def _names(words: list[str], known: list[str]) -> list[str]:
    """Names of variables; ``v1 TO v5`` takes those between, in the order of the file, else by number."""
    out: list[str] = []
    k = 0
    while k < len(words):
        if k + 2 < len(words) and words[k + 1].casefold() == "to":
            first, last = words[k], words[k + 2]
            if first in known and last in known:
                out += known[known.index(first) : known.index(last) + 1]
            else:
                a, b = re.fullmatch(r"(.*?)(\d+)", first), re.fullmatch(r"(.*?)(\d+)", last)
                out += [f"{a[1]}{n}" for n in range(int(a[2]), int(b[2]) + 1)] if a and b else [first, last]
            k += 3
        else:
            out.append(words[k])
            k += 1
    return list(dict.fromkeys(out))


def _range(text: str) -> tuple[float, float]:
    ends = [e.strip().casefold() for e in re.split(r"\s+thru\s+", text, flags=re.I)]
    far = {"lo": float("-inf"), "lowest": float("-inf"), "hi": float("inf"), "highest": float("inf")}
    try:
        found = [far[e] if e in far else float(e.strip("\"'")) for e in ends]
    except ValueError:
        return (float("nan"), float("nan"))
    return found[0], found[-1]


def from_sav(path: Path) -> list[Row]:
    """The labels and user-missing codes of an SPSS file, without its answers."""
    try:
        import pyreadstat
    except ImportError as error:
        raise CjmError(
            en="reading .sav needs pyreadstat: pip install 'cjmkit[spss]'",
            ru="чтобы читать .sav, нужен pyreadstat: pip install 'cjmkit[spss]'",
        ) from error
    try:
        _, read = pyreadstat.read_sav(str(path), metadataonly=True, user_missing=True)
        meta: Any = read
    except Exception as error:
        raise FileFormatError(
            en=f"this is not a .sav file, or it is damaged ({error})",
            ru=f"это не файл .sav, или он повреждён ({error})",
            path=path,
        ) from error
    rows: list[Row] = []
    for name in meta.column_names:
        text = str(meta.column_names_to_labels.get(name) or "")
        ranges = [(float(r["lo"]), float(r["hi"])) for r in (meta.missing_ranges or {}).get(name, [])
                  if not isinstance(r["lo"], str)]  # fmt: skip
        codes = {code_of(f"{k:g}" if isinstance(k, float) else k): str(v) for k, v in
                 (meta.variable_value_labels.get(name) or {}).items()}  # fmt: skip
        for low, high in ranges:
            if low == high:
                codes.setdefault(code_of(f"{low:g}"), "")
        for code, meaning in codes.items():
            out = any(isinstance(code, int | float) and a <= code <= b for a, b in ranges)
            rows.append((name, text, code, meaning, out, ""))
        if not codes:
            rows.append((name, text, None, "", False, ""))
    return rows


# Qualtrics ----------------------------------------------------------------------------------------------------------


def from_qsf(text: str, path: object) -> list[Row]:
    """Questions of a Qualtrics survey file, one variable a column of the export."""
    loaded = parse_json(text, path)
    elements = loaded.get("SurveyElements") if isinstance(loaded, dict) else None
    if not isinstance(elements, list):
        raise FileFormatError(
            en="no SurveyElements inside; is this a .qsf file?",
            ru="внутри нет SurveyElements; это файл .qsf?",
            path=path,
        )
    rows: list[Row] = []
    for element in elements:
        if isinstance(element, dict) and element.get("Element") == "SQ" and isinstance(element.get("Payload"), dict):
            rows += _question(element["Payload"])
    return rows


def _question(q: dict[str, Any]) -> list[Row]:
    tag, text = str(q.get("DataExportTag") or ""), plain_text(q.get("QuestionText"))
    kind, selector, sub = (str(q.get(k) or "") for k in ("QuestionType", "Selector", "SubSelector"))
    choices, answers = (_displayed(q.get(k)) for k in ("Choices", "Answers"))
    recode: dict[str, Any] = q["RecodeValues"] if isinstance(q.get("RecodeValues"), dict) else {}
    tags: dict[str, Any] = q["ChoiceDataExportTags"] if isinstance(q.get("ChoiceDataExportTags"), dict) else {}

    def column(choice: str) -> str:
        return str(tags.get(choice) or f"{tag}_{choice}")

    def coded(listed: dict[str, str]) -> list[tuple[Any, str]]:
        return [(code_of(recode.get(k, k)), said) for k, said in listed.items()]

    if kind == "MC" and selector.startswith("MA"):
        return [(column(k), text, 1, said, False, "multi") for k, said in choices.items()]
    if kind == "MC" and selector == "NPS":
        return [(tag, text, None, "", False, "nps")]
    if kind == "MC":
        return [(tag, text, c, said, False, "single") for c, said in coded(choices)]
    if kind == "Matrix" and sub != "MultipleAnswer":
        return [
            (column(k), f"{text} – {row}", c, said, False, "")
            for k, row in choices.items()
            for c, said in coded(answers)
        ]
    if kind == "TE":
        return [(tag, text, None, "", False, "open")]
    if kind in ("Slider", "CS", "RO"):
        sort = "ranking" if kind == "RO" else "number"
        return [(column(k), f"{text} – {said}", None, "", False, sort) for k, said in choices.items()]
    return []


def _displayed(given: Any) -> dict[str, str]:
    if isinstance(given, list):
        given = {str(k): v for k, v in enumerate(given, 1)}
    if not isinstance(given, dict):
        return {}
    return {str(k): plain_text(v.get("Display") if isinstance(v, dict) else v) for k, v in given.items()}


# XLSForm ------------------------------------------------------------------------------------------------------------


def from_xlsform(path: Path) -> list[Row]:
    """Sheets survey and choices of an XLSForm (KoboToolbox, ODK, SurveyCTO); empty where these are not there."""
    sheets = {norm(name): cells for name, cells in open_sheets(path).items()}
    if not {"survey", "choices"} <= set(sheets):
        return []
    lists: dict[str, list[tuple[Any, str]]] = {}
    for row in _records(sheets["choices"]):
        lists.setdefault(row.get("list_name") or row.get("list name") or "", []).append(
            (code_of(row.get("name") or row.get("value") or ""), _label(row))
        )
    rows: list[Row] = []
    for row in _records(sheets["survey"]):
        sort, _, chosen = (row.get("type") or "").partition(" ")
        name, text = row.get("name") or "", _label(row)
        codes = lists.get(chosen.split(" ")[0], [])
        if sort in ("select_one", "rank"):
            rows += [(name, text, c, said, False, "single" if sort == "select_one" else "ranking") for c, said in codes]
        elif sort == "select_multiple":
            rows += [(f"{name}/{c}", text, 1, said, False, "multi") for c, said in codes]
            rows += [(name, text, c, said, False, "multi") for c, said in codes]
        elif name and sort in ("text", "integer", "decimal", "range", "date", "datetime", "time"):
            kind = {"text": "open", "date": "date", "datetime": "date", "time": ""}.get(sort, "number")
            rows.append((name, text, None, "", False, kind))
    return rows


def _records(cells: Any) -> list[dict[str, str]]:
    heads = [norm(h) for h in cells.head[0]]
    body = cells.body(1, len(heads))
    return [
        {h: "" if v is None or v != v else str(v).strip().removesuffix(".0") for h, v in zip(heads, row, strict=False)}
        for row in body.itertuples(index=False)
    ]


def _label(row: dict[str, str]) -> str:
    own = [v for h, v in row.items() if (h == "label" or h.startswith(("label:", "label::"))) and v]
    return plain_text(own[0]) if own else ""


# LimeSurvey ---------------------------------------------------------------------------------------------------------


def from_lss(path: Path) -> list[Row]:
    """Questions, subquestions and answers of a LimeSurvey structure (.lss)."""
    root = parse_xml(read_bytes(path), path)
    tables = {
        tag: [{c.tag: (c.text or "").strip() for c in row} for row in root.findall(f"./{tag}/rows/row")]
        for tag in ("questions", "subquestions", "answers", "question_l10ns", "answer_l10ns")
    }
    texts = {r["qid"]: r.get("question", "") for r in tables["question_l10ns"] if "qid" in r}
    said = {r["aid"]: r.get("answer", "") for r in tables["answer_l10ns"] if "aid" in r}
    answers: dict[str, list[tuple[Any, str]]] = {}
    for r in tables["answers"]:
        answers.setdefault(r.get("qid", ""), []).append(
            (code_of(r.get("code", "")), plain_text(r.get("answer") or said.get(r.get("aid", ""), "")))
        )
    below: dict[str, list[dict[str, str]]] = {}
    for r in tables["subquestions"]:
        below.setdefault(r.get("parent_qid", ""), []).append(r)
    rows: list[Row] = []
    for q in tables["questions"]:
        qid, name, sort = q.get("qid", ""), q.get("title", ""), q.get("type", "")
        text = plain_text(q.get("question") or texts.get(qid, ""))
        subs = [(s.get("title", ""), plain_text(s.get("question") or texts.get(s.get("qid", ""), "")))
                for s in below.get(qid, [])]  # fmt: skip
        rows += _lime(name, text, sort, subs, answers.get(qid, []))
    return rows


def from_structure(path: Path) -> list[Row]:
    """A LimeSurvey structure as a text table with the columns class, type/scale, name, text; empty if it is none."""
    cells = next(iter(open_sheets(path).values()))
    if not cells.head or not {"class", "name", "text"} <= {norm(h) for h in cells.head[0]}:
        return []
    rows: list[Row] = []
    now: dict[str, str] = {}
    subs: list[tuple[str, str]] = []
    answers: list[tuple[Any, str]] = []
    for r in [*_records(cells), {"class": "Q", "name": "", "text": ""}]:
        match r.get("class", "").upper():
            case "Q":
                if now:
                    rows += _lime(now["name"], plain_text(now["text"]), now.get("type/scale", ""), subs, answers)
                now, subs, answers = r, [], []
            case "SQ":
                subs.append((r["name"], plain_text(r["text"])))
            case "A":
                answers.append((code_of(r["name"]), plain_text(r["text"])))
    return rows


def _lime(name: str, text: str, sort: str, subs: list[tuple[str, str]], answers: list[tuple[Any, str]]) -> list[Row]:
    if sort in ("M", "P"):
        return [(f"{name}_{s}", text, 1, said, False, "multi") for s, said in subs]
    if not answers:
        points = {"5": 5, "A": 5, "B": 10}.get(sort)
        answers = [(k, "") for k in range(1, points + 1)] if points else []
    kind = {"T": "open", "S": "open", "U": "open", "N": "number", "D": "date"}.get(sort, "")
    columns = [(f"{name}_{s}", f"{text} – {said}") for s, said in subs] or [(name, text)]
    if not answers:
        return [(column, asked, None, "", False, kind) for column, asked in columns]
    return [(column, asked, c, said, False, kind) for column, asked in columns for c, said in answers]
