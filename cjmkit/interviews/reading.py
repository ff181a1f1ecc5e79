"""Reading interviews: a file or a folder, in whatever form they came, into documents and turns."""

from __future__ import annotations

import json
import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, DataWarning, FileFormatError
from cjmkit.interviews import containers
from cjmkit.interviews.captions import Utterance, cues_to_utterances, read_cues
from cjmkit.interviews.decoding import decode
from cjmkit.interviews.speakers import Piece, fold, guess_roles, parse_layout
from cjmkit.interviews.transcripts import TURN_COLUMNS, Transcripts, make_documents, make_turns

__all__ = ["FORMATS", "read", "read_text"]

_ROLES = ("respondent", "interviewer", "ignore")


@dataclass
class _Draft:
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


def read(
    path: str | os.PathLike[str],
    *,
    speakers: Mapping[str, Any] | None = None,
    encoding: str | None = None,
    participants: pd.DataFrame | None = None,
) -> Transcripts:
    r"""Read a transcript or a folder of transcripts.

    Parameters
    ----------
    path : path-like
        A file, or a folder (with its sub-folders). Known: WebVTT, SRT, plain text and Markdown, docx, odt, rtf, html,
        Whisper and WhisperX JSON, CSV and XLSX of turns or of open-ended answers. Files that begin with a dot or ``~``,
        and ``participants.csv``, are not transcripts.
    speakers : mapping, optional
        Role by label: ``{"MODERATOR": "interviewer", "Anna": "respondent", "Beep": "ignore"}``; for one document only:
        ``{"p1.vtt": {"Speaker 1": "interviewer"}}``. Labels are compared without case. A label named here is a speaker
        even where it occurs once.
    encoding : str, optional
        Of text files, where the detection is wrong.
    participants : pandas.DataFrame, optional
        Columns document and participant (and speaker, for documents with several respondents). Without it, and without
        a ``participants.csv`` in the folder, a document is its participant, named by the file without its ending; two
        or more respondents of one document are ``file/speaker``.

    Returns
    -------
    Transcripts
        Documents, turns and a report of what was decided. In a folder a document is called by its path below the
        folder.

    Raises
    ------
    FileFormatError
        If a single file cannot be read. In a folder such a file is left out, with a warning and a row in the report.

    Notes
    -----
    The text of a document is kept as the file has it (line ends become LF, a byte order mark goes). Caption files and
    JSON have no running text; theirs is written as ``Speaker: text`` lines, always the same for the same file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "anna.txt").write_text("Moderator: How was it?\nAnna: Slow. No news for weeks.\n")
    >>> read(folder).turns[["role", "participant", "text"]].values.tolist()[1]
    ['respondent', 'anna', 'Slow. No news for weeks.']
    """
    where = Path(path)
    if not where.exists():
        raise FileFormatError("there is no such file or folder", path=where)
    failed: list[tuple[str, str]] = []
    drafts: list[_Draft] = []
    if where.is_dir():
        if participants is None and (where / "participants.csv").exists():
            participants = _table(where / "participants.csv", where.joinpath("participants.csv").read_bytes(), None)[0]
        for f in _files(where):
            name = f.relative_to(where).as_posix()
            try:
                drafts.extend(_read_file(f, name, encoding))
            except FileFormatError as error:
                failed.append((name, str(error)))
        if not drafts and not failed:
            raise FileFormatError(
                f"no transcripts in this folder; known endings: {', '.join(sorted(FORMATS))}", path=where
            )
    else:
        drafts = _read_file(where, where.name, encoding)
    return _assemble(drafts, speakers, participants, failed)


def read_text(
    text: str, *, document: str = "text", speakers: Mapping[str, Any] | None = None, participant: str | None = None
) -> Transcripts:
    r"""Read a transcript that is at hand as a string; like :func:`read` for a text file.

    Examples
    --------
    >>> read_text("Q: Why?\nA: No reviews.").turns["role"].tolist()
    ['interviewer', 'respondent']
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    table = None if participant is None else pd.DataFrame({"document": [document], "participant": [participant]})
    return _assemble([_Draft(document, clean, "text")], speakers, table, [])


def _files(folder: Path) -> list[Path]:
    out = []
    for root, dirs, names in os.walk(folder):
        dirs[:] = sorted(d for d in dirs if not d.startswith((".", "__")))
        for n in sorted(names, key=_natural):
            if n.startswith((".", "~", "_")) or n.casefold() in (
                "participants.csv",
                "readme.md",
                "readme.txt",
                "license",
            ):
                continue
            if Path(n).suffix.casefold() in FORMATS:
                out.append(Path(root) / n)
    return out


def _natural(name: str) -> list[Any]:
    """Sort P2 before P10."""
    import re

    return [(0, int(x), "") if x.isdigit() else (1, 0, x.casefold()) for x in re.split(r"(\d+)", name)]


def _read_file(path: Path, name: str, encoding: str | None) -> list[_Draft]:
    kind = path.suffix.casefold()
    if kind == ".doc":
        raise FileFormatError("old Word format; save it as docx", path=path)
    if kind == ".pdf":
        raise FileFormatError("a PDF holds pictures of letters; export the transcript as docx or txt", path=path)
    reader = FORMATS.get(kind)
    if reader is None:
        raise FileFormatError(f"unknown kind of file {kind!r}; known: {', '.join(sorted(FORMATS))}", path=path)
    raw = path.read_bytes()
    drafts = reader(path, raw, name, encoding)
    for d in drafts:
        if not d.text.strip():
            d.loud.append("the file holds no text")
    return drafts


# ---- one reader a format -------------------------------------------------------------------------------------------


def _plain(path: Path, raw: bytes, name: str, encoding: str | None) -> list[_Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    if text.lstrip().startswith("WEBVTT"):
        return _captions(path, raw, name, encoding)
    return [_Draft(name, text, "text", how.encoding, notes=[how.note] if how.note else [])]


def _html(path: Path, raw: bytes, name: str, encoding: str | None) -> list[_Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    return [_Draft(name, containers.read_html(text), "html", how.encoding)]


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _docx(path: Path, raw: bytes, name: str, encoding: str | None) -> list[_Draft]:
    return [_Draft(name, _clean(containers.text_of_docx(raw, path)), "docx")]


def _odt(path: Path, raw: bytes, name: str, encoding: str | None) -> list[_Draft]:
    return [_Draft(name, _clean(containers.text_of_odt(raw, path)), "odt")]


def _rtf(path: Path, raw: bytes, name: str, encoding: str | None) -> list[_Draft]:
    return [_Draft(name, _clean(containers.text_of_rtf(raw, path)), "rtf")]


def _captions(path: Path, raw: bytes, name: str, encoding: str | None) -> list[_Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    cues, remarks = read_cues(text)
    if not cues:
        raise FileFormatError("no captions with times in this file", path=path)
    said, named = cues_to_utterances(cues)
    draft = _from_utterances(name, said, "vtt" if text.lstrip().startswith("WEBVTT") else "srt", how.encoding)
    draft.notes += ([how.note] if how.note else []) + ([] if named else ["nobody is named in this file"])
    draft.loud += remarks
    return [draft]


def _json(path: Path, raw: bytes, name: str, encoding: str | None) -> list[_Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    try:
        loaded = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileFormatError(f"broken JSON: {error.msg}", path=path, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise FileFormatError("JSON nested too deeply", path=path) from error
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


def _from_utterances(name: str, said: Iterable[Utterance], kind: str, encoding: str) -> _Draft:
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
    return _Draft(name, "".join(parts), kind, encoding, pieces=pieces, ends=ends, layout="captions")


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


def _table(path: Path, raw: bytes, encoding: str | None) -> tuple[pd.DataFrame, str]:
    """A CSV or XLSX as strings, and its encoding."""
    import io

    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        z = containers.open_zip(raw, path)
        for n in z.namelist():
            if n.endswith(".xml") and z.getinfo(n).file_size > containers.MAX_MEMBER:
                raise FileFormatError("a sheet unpacks to an absurd size; refused", path=path)
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


def _tabular(path: Path, raw: bytes, name: str, encoding: str | None) -> list[_Draft]:
    table, how = _table(path, raw, encoding)
    if table.empty:
        raise FileFormatError("the table has no rows", path=path)
    text, speaker = _pick(table, _TEXT_NAMES), _pick(table, _SPEAKER_NAMES)
    if text and speaker and text != speaker:
        return _turn_table(table, name, how, text, speaker)
    return _answer_table(table, name, how, text, path)


def _turn_table(table: pd.DataFrame, name: str, how: str, text: str, speaker: str) -> list[_Draft]:
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


def _answer_table(table: pd.DataFrame, name: str, how: str, text: str | None, path: Path) -> list[_Draft]:
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
            draft = _Draft(f"{name}#{who}", "".join(parts), "answers", how, pieces=pieces, layout="open-ended answers")
            draft.participant = who
            draft.roles = {"": "interviewer", "respondent": "respondent"}
            out.append(draft)
    return out


FORMATS: dict[str, Callable[[Path, bytes, str, str | None], list[_Draft]]] = {
    ".csv": _tabular, ".docx": _docx, ".htm": _html, ".html": _html, ".json": _json, ".md": _plain, ".odt": _odt,
    ".rtf": _rtf, ".sbv": _plain, ".srt": _captions, ".text": _plain, ".tsv": _tabular, ".txt": _plain,
    ".vtt": _captions, ".xlsx": _tabular,
}  # fmt: skip


# ---- putting it together -------------------------------------------------------------------------------------------


def _prompts(drafts: list[_Draft]) -> frozenset[str]:
    """Lines of the interview guide: the same in at least half of three or more documents, and long enough to be one."""
    texts = [d for d in drafts if d.pieces is None]
    if len(texts) < 3:
        return frozenset()
    seen: Counter[str] = Counter()
    for d in texts:
        lines = {" ".join(x.casefold().split()) for x in d.text.split("\n") if len(x) > 15}
        seen.update(x for x in lines if len(x) > 15 and x.count(" ") >= 2)
    return frozenset(x for x, n in seen.items() if n >= max(3, 0.5 * len(texts)))


def _given_roles(
    speakers: Mapping[str, Any] | None, names: set[str]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    everywhere: dict[str, str] = {}
    local: dict[str, dict[str, str]] = {}
    for key, value in (speakers or {}).items():
        if isinstance(value, Mapping):
            if key not in names:
                from cjmkit.errors import suggest

                raise CjmError(suggest(key, sorted(names), what="document in speakers="))
            local[key] = {fold(k): _role(v) for k, v in value.items()}
        else:
            everywhere[fold(key)] = _role(value)
    return everywhere, local


def _role(value: Any) -> str:
    if value not in _ROLES:
        from cjmkit.errors import suggest

        raise CjmError(suggest(value, _ROLES, what="role"))
    return str(value)


def _assemble(
    drafts: list[_Draft],
    speakers: Mapping[str, Any] | None,
    participants: pd.DataFrame | None,
    failed: list[tuple[str, str]],
) -> Transcripts:
    names = [d.name for d in drafts]
    twice = [n for n, k in Counter(names).items() if k > 1]
    if twice:
        raise CjmError(f"two documents are called {twice[0]!r}; ids in a table have to differ")
    everywhere, local = _given_roles(speakers, set(names))
    prompts = _prompts(drafts)
    # First pass: which labels does each text use by itself; second: a label seen elsewhere counts with less proof.
    texts = [d for d in drafts if d.pieces is None]
    parsed = {
        d.name: parse_layout(d.text, speakers=[*everywhere, *local.get(d.name, {})], prompts=prompts) for d in texts
    }
    seen = Counter(
        fold(p.speaker) for s in parsed.values() for p in {q.speaker: q for q in s.pieces}.values() if p.speaker
    )
    shared = {s for s, n in seen.items() if n >= 2 and s not in ("respondent", "other", "interviewer")}
    for d in texts:
        spoken = parsed[d.name]
        if shared and spoken.layout != "labels":
            again = parse_layout(
                d.text, speakers=[*everywhere, *local.get(d.name, {})], names_elsewhere=shared, prompts=prompts
            )
            spoken = again if again.layout != "none" else spoken
        d.pieces, d.layout = list(spoken.pieces), spoken.layout
        d.notes += spoken.notes
        if any(p.speaker == "" for p in spoken.pieces):
            d.notes.append("lines that most documents share were taken for the interview guide")
        elif spoken.layout == "none":
            d.notes.append("no speakers are named; every paragraph is the respondent's")
    listed = [(d.name, p.speaker, d.text[p.start : p.end]) for d in drafts for p in d.pieces or []]
    roles: dict[tuple[str, str], str] = {}
    guessed, remarks = guess_roles([x for x in listed if not local.get(x[0])], everywhere)
    roles.update(guessed)
    for name, said in local.items():
        told, more = guess_roles([x for x in listed if x[0] == name], everywhere | said)
        roles.update(told)
        remarks += more
    for d in drafts:
        for s, r in d.roles.items():
            roles[d.name, fold(s)] = r
    table = _participants(participants, names)
    columns: dict[str, list[Any]] = {c: [] for c in TURN_COLUMNS}
    owners: list[str | None] = []
    report = []
    for d in drafts:
        pieces = [p for p in d.pieces or [] if roles[d.name, fold(p.speaker)] != "ignore"]
        mine = list(dict.fromkeys(fold(p.speaker) for p in pieces if roles[d.name, fold(p.speaker)] == "respondent"))
        first = table.get((d.name, None)) or d.participant or _stem(d.name)
        owner = {
            s: table.get((d.name, s)) or (first if len(mine) == 1 else f"{first}/{_spelt(pieces, s)}") for s in mine
        }
        owners.append(first if len(mine) <= 1 else None)
        ends = d.ends
        for i, p in enumerate(d.pieces or []):
            key = fold(p.speaker)
            role = roles[d.name, key]
            if role == "ignore":
                continue
            columns["document"].append(d.name)
            columns["speaker"].append(p.speaker or None)
            columns["role"].append(role)
            columns["participant"].append(owner.get(key) if role == "respondent" else None)
            columns["start"].append(p.start)
            columns["end"].append(p.end)
            columns["text"].append(d.text[p.start : p.end])
            columns["t_start"].append(p.t_start)
            columns["t_end"].append(p.t_end if p.t_end is not None else ends.get(i))
        who = Counter((p.speaker or "(guide)", roles[d.name, fold(p.speaker)]) for p in pieces)
        here = [r.split(": ", 1)[1] for r in remarks if r.startswith(d.name + ": ")]
        report.append(
            (
                d.name,
                d.format,
                d.encoding,
                d.layout,
                ", ".join(f"{s}: {r} ({n})" for (s, r), n in who.items()),
                len(pieces),
                "; ".join([*d.loud, *here, *d.notes]),
            )
        )
    columns["turn"] = _numbered(columns["document"])
    for name, message in failed:
        report.append((name, "not read", "", "", "", 0, message))
    loud = [f"{d.name}: {n}" for d in drafts for n in d.loud] + remarks + [f"{m}" for _, m in failed]
    if failed:
        warnings.warn(
            f"{len(failed)} of {len(failed) + len(drafts)} files could not be read and were left out: {failed[0][1]}",
            DataWarning,
            stacklevel=3,
        )
    return Transcripts(
        documents=make_documents((d.name, d.text, o) for d, o in zip(drafts, owners, strict=True)),
        turns=make_turns(columns),
        report=pd.DataFrame(report, columns=["document", "format", "encoding", "layout", "speakers", "turns", "notes"]),
        warnings=tuple(loud),
    )


def _numbered(documents: list[str]) -> list[int]:
    seen: Counter[str] = Counter()
    out = []
    for d in documents:
        out.append(seen[d])
        seen[d] += 1
    return out


def _spelt(pieces: list[Piece], key: str) -> str:
    return next(p.speaker for p in pieces if fold(p.speaker) == key) or key


def _stem(name: str) -> str:
    if "#" in name:
        return name.rsplit("#", 1)[1]
    return name.rsplit(".", 1)[0] if "." in name.rsplit("/", 1)[-1] else name


def _participants(table: pd.DataFrame | None, names: list[str]) -> dict[tuple[str, str | None], str]:
    if table is None:
        return {}
    needed = [c for c in ("document", "participant") if c not in table.columns]
    if needed:
        raise FileFormatError(
            f"participants need the columns document and participant; {', '.join(needed)} missing, "
            f"found {', '.join(map(str, table.columns))}"
        )
    # The researcher may write the document with or without its ending.
    by_stem = {_stem(n): n for n in names}
    out: dict[tuple[str, str | None], str] = {}
    for i in table.index:
        document, who = str(table.at[i, "document"]).strip(), str(table.at[i, "participant"]).strip()
        if not who or who == "nan":
            continue
        document = document if document in names else by_stem.get(document, document)
        speaker = str(table.at[i, "speaker"]).strip() if "speaker" in table.columns else ""
        out[document, fold(speaker) if speaker and speaker != "nan" else None] = who
    return out
