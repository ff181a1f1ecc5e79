"""One reader a format: from the bytes of a file to drafts of documents."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import FileFormatError
from cjmkit.intake import documents
from cjmkit.intake.containers import check_workbook, parse_json
from cjmkit.intake.decoding import decode
from cjmkit.interviews.captions import Utterance, cues_to_utterances, read_cues
from cjmkit.interviews.speakers import Piece

__all__ = ["FORMATS", "Draft", "read_table"]


@dataclass
class Draft:
    """A document on its way: its text, and either ready pieces or a layout still to be parsed."""

    name: str
    text: str
    format: str
    encoding: str = ""
    pieces: list[Piece] | None = None
    ends: dict[int, float | None] = field(default_factory=dict)  # piece index to t_end
    participant: str | None = None
    layout: str = ""
    notes: list[str] = field(default_factory=list)
    loud: list[str] = field(default_factory=list)  # notes that need a decision
    roles: dict[str, str] = field(default_factory=dict)


def _plain(path: Path, raw: bytes, name: str, encoding: str | None) -> list[Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    if text.lstrip().startswith("WEBVTT"):
        return _captions(path, raw, name, encoding)
    return [Draft(name, text, "text", how.encoding, notes=[how.note] if how.note else [])]


def _html(path: Path, raw: bytes, name: str, encoding: str | None) -> list[Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    return [Draft(name, documents.read_html(text), "html", how.encoding)]


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _docx(path: Path, raw: bytes, name: str, encoding: str | None) -> list[Draft]:
    return [Draft(name, _clean(documents.text_of_docx(raw, path)), "docx")]


def _odt(path: Path, raw: bytes, name: str, encoding: str | None) -> list[Draft]:
    return [Draft(name, _clean(documents.text_of_odt(raw, path)), "odt")]


def _rtf(path: Path, raw: bytes, name: str, encoding: str | None) -> list[Draft]:
    return [Draft(name, _clean(documents.text_of_rtf(raw, path)), "rtf")]


def _captions(path: Path, raw: bytes, name: str, encoding: str | None) -> list[Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    cues, remarks = read_cues(text)
    if not cues:
        raise FileFormatError("no captions with times in this file", path=path)
    said, named = cues_to_utterances(cues)
    draft = _from_utterances(name, said, "vtt" if text.lstrip().startswith("WEBVTT") else "srt", how.encoding)
    draft.notes += ([how.note] if how.note else []) + ([] if named else ["nobody is named in this file"])
    draft.loud += remarks
    return [draft]


def _json(path: Path, raw: bytes, name: str, encoding: str | None) -> list[Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    loaded = parse_json(text, path)
    segments = loaded if isinstance(loaded, list) else None
    if isinstance(loaded, dict):
        for key in ("segments", "utterances", "results", "transcript", "monologues", "entries"):
            if isinstance(loaded.get(key), list):
                segments = loaded[key]
                break
    if segments is None or not all(isinstance(s, dict) for s in segments):
        raise FileFormatError(
            "no list of segments; Whisper and WhisperX write {'segments': [{'start', 'end', 'text'}]}", path=path
        )
    said: list[Utterance] = []
    for s in segments:
        words = s.get("words") if isinstance(s.get("words"), list) else None
        spoken = s.get("text") or s.get("sentence") or " ".join(str(w.get("word", "")).strip() for w in words or [])
        spoken = " ".join(str(spoken).split())
        if not spoken:
            continue
        speaker = s.get("speaker", s.get("speaker_label", s.get("speaker_name", s.get("speakerName"))))
        if speaker is None and words:
            voted = Counter(w.get("speaker") for w in words if isinstance(w, dict) and w.get("speaker"))
            speaker = voted.most_common(1)[0][0] if voted else None
        label = str(speaker).strip() if speaker is not None else ""
        # A segment without a speaker (WhisperX could not tell) goes on with the one above.
        a, b = _number(s.get("start", s.get("start_time"))), _number(s.get("end", s.get("end_time")))
        if said and label in ("", said[-1].speaker) and (said[-1].speaker or said[-1].text[-1:] not in ".!?…"):
            last = said[-1]
            said[-1] = Utterance(
                last.speaker, f"{last.text} {spoken}", last.t_start, b if b is not None else last.t_end
            )
        else:
            said.append(Utterance(label, spoken, a, b))
    if not said:
        raise FileFormatError("the segments hold no text", path=path)
    return [_from_utterances(name, said, "json", how.encoding)]


def _number(v: Any) -> float | None:
    try:
        return None if v is None else float(v)
    except (TypeError, ValueError):
        return None


def _from_utterances(name: str, said: Iterable[Utterance], kind: str, encoding: str) -> Draft:
    """Write utterances as running text and remember where each lies."""
    parts: list[str] = []
    pieces: list[Piece] = []
    ends: dict[int, float | None] = {}
    at = 0
    for u in said:
        label = f"{u.speaker}: " if u.speaker else ""
        start = at + len(label)
        pieces.append(Piece(u.speaker, start, start + len(u.text), u.t_start, u.t_end))
        ends[len(pieces) - 1] = u.t_end
        line = label + u.text + "\n"
        parts.append(line)
        at += len(line)
    return Draft(name, "".join(parts), kind, encoding, pieces=pieces, ends=ends, layout="captions")


_TEXT_NAMES = (
    "text",
    "utterance",
    "transcript",
    "content",
    "sentence",
    "message",
    "реплика",
    "текст",
    "сообщение",
    "фраза",
)
_SPEAKER_NAMES = (
    "speaker",
    "name",
    "who",
    "speaker_name",
    "спикер",
    "говорящий",
    "имя",
    "кто",
    "участник",
    "role",
    "роль",
)
_DOCUMENT_NAMES = ("document", "interview", "file", "session", "интервью", "документ", "файл", "transcript_id")
_START_NAMES = ("start", "t_start", "start_time", "begin", "time", "timestamp", "начало", "время")
_END_NAMES = ("end", "t_end", "end_time", "stop", "конец")
_ID_NAMES = (
    "participant", "respondent", "respondent_id", "participant_id", "id", "user", "user_id", "uid", "код", "респондент",
    "номер", "участник",
)  # fmt: skip


def read_table(path: Path, raw: bytes, encoding: str | None) -> tuple[pd.DataFrame, str]:
    """A CSV or XLSX as strings, and its encoding."""
    import io

    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        check_workbook(raw, path)
        try:
            table = pd.read_excel(io.BytesIO(raw), dtype="str", keep_default_na=False, engine="openpyxl")
        except Exception as error:  # openpyxl lets whatever it stumbles over through
            raise FileFormatError(
                f"this workbook could not be read ({type(error).__name__}: {error})", path=path
            ) from error
        return table, "xlsx"
    text, how = decode(raw, encoding=encoding, path=path)
    import csv

    if not text.strip():
        raise FileFormatError("the file is empty", path=path)
    best = max((",", ";", "\t", "|"), key=lambda sep: _regular(text[:100_000], sep))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)
            table = pd.read_csv(
                io.StringIO(text),
                sep=best,
                dtype="str",
                keep_default_na=False,
                quoting=csv.QUOTE_MINIMAL,
                index_col=False,
            )
    except (pd.errors.ParserError, ValueError) as error:
        raise FileFormatError(f"not a table of comma-separated values: {str(error).strip()}", path=path) from error
    table.columns = [str(c).strip() for c in table.columns]
    return table, how.encoding


def _regular(sample: str, sep: str) -> float:
    import csv
    import io

    try:
        rows = [len(r) for _, r in zip(range(200), csv.reader(io.StringIO(sample), delimiter=sep), strict=False) if r]
    except csv.Error:
        return 0.0
    if not rows:
        return 0.0
    most, often = Counter(rows).most_common(1)[0]
    return 0.0 if most < 2 else often / len(rows) + min(most, 50) / 1000


def _pick(table: pd.DataFrame, names: Iterable[str]) -> str | None:
    low = {str(c).strip().casefold(): c for c in table.columns}
    return next((str(low[n]) for n in names if n in low), None)


def _tabular(path: Path, raw: bytes, name: str, encoding: str | None) -> list[Draft]:
    table, how = read_table(path, raw, encoding)
    if table.empty:
        raise FileFormatError("the table has no rows", path=path)
    text, speaker = _pick(table, _TEXT_NAMES), _pick(table, _SPEAKER_NAMES)
    if text and speaker and text != speaker:
        return _turn_table(table, name, how, text, speaker)
    return _answer_table(table, name, how, text, path)


def _turn_table(table: pd.DataFrame, name: str, how: str, text: str, speaker: str) -> list[Draft]:
    document, start, end = (_pick(table, n) for n in (_DOCUMENT_NAMES, _START_NAMES, _END_NAMES))
    who = _pick(table, ("participant", "respondent", "participant_id", "respondent_id"))
    groups: Any = table.groupby(document, sort=False) if document else [(None, table)]
    out = []
    for key, rows in groups:
        said = []
        for i in rows.index:
            words = " ".join(str(rows.at[i, text]).split())
            if words:
                a = _clock(rows.at[i, start]) if start else None
                b = _clock(rows.at[i, end]) if end else None
                said.append(Utterance(str(rows.at[i, speaker]).strip(), words, a, b))
        draft = _from_utterances(name if key is None else f"{name}#{key!s}", said, "turns", how)
        draft.layout = "table of turns"
        if who:
            named = [p for p in rows[who].astype("str").str.strip().unique() if p]
            draft.participant = named[0] if len(named) == 1 else None
        if draft.participant is None and key is not None:
            draft.participant = str(key)
        out.append(draft)
    return out


def _clock(value: Any) -> float | None:
    parts = str(value).strip().replace(",", ".").split(":")
    try:
        total = 0.0
        for p in parts:
            total = total * 60 + float(p)
        return total
    except ValueError:
        return None


def _answer_table(table: pd.DataFrame, name: str, how: str, text: str | None, path: Path) -> list[Draft]:
    ident = _pick(table, _ID_NAMES)
    if ident is not None and table[ident].astype("str").str.strip().duplicated().any():
        ident = None
    if text is not None:
        answers = [text]
    else:
        answers = []
        for c in table.columns:
            filled = table[c].astype("str").str.strip()
            filled = filled[filled != ""]
            if c == ident or not len(filled):
                continue
            letters = filled.str.contains(r"[^\W\d_]{2}").mean()
            if (
                letters > 0.5
                and filled.map(lambda x: len(x.split())).mean() >= 3
                and filled.nunique() > 0.5 * len(filled)
            ):
                answers.append(c)
    if not answers:
        raise FileFormatError(
            "neither turns (columns speaker and text) nor open-ended answers (a column of sentences) were found; "
            f"the columns are {', '.join(map(str, table.columns))}",
            path=path,
        )
    out = []
    for k, i in enumerate(table.index):
        who = str(table.at[i, ident]).strip() if ident else ""
        who = who or str(k + 1)
        parts, pieces, at = [], [], 0
        for c in answers:
            answer = str(table.at[i, c]).replace("\r\n", "\n").replace("\r", "\n").strip()
            if not answer:
                continue
            question = " ".join(str(c).split())
            pieces.append(Piece("", at, at + len(question)))
            begin = at + len(question) + 1
            pieces.append(Piece("respondent", begin, begin + len(answer)))
            parts.append(f"{question}\n{answer}\n")
            at += len(parts[-1])
        if parts:
            draft = Draft(f"{name}#{who}", "".join(parts), "answers", how, pieces=pieces, layout="open-ended answers")
            draft.participant = who
            draft.roles = {"": "interviewer", "respondent": "respondent"}
            out.append(draft)
    return out


FORMATS: dict[str, Callable[[Path, bytes, str, str | None], list[Draft]]] = {
    ".csv": _tabular, ".docx": _docx, ".htm": _html, ".html": _html, ".json": _json, ".md": _plain, ".odt": _odt,
    ".rtf": _rtf, ".sbv": _plain, ".srt": _captions, ".text": _plain, ".tsv": _tabular, ".txt": _plain,
    ".vtt": _captions, ".xlsx": _tabular,
}  # fmt: skip
