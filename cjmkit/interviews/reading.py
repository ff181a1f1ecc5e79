"""Reading interviews: a file or a folder, in whatever form they came, into documents and turns."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, DataWarning, FileFormatError
from cjmkit.intake.containers import read_bytes
from cjmkit.interviews.formats import FORMATS, Draft, read_table
from cjmkit.interviews.speakers import Piece, fold, guess_roles, parse_layout
from cjmkit.interviews.transcripts import TURN_COLUMNS, Transcripts, make_documents, make_turns

__all__ = ["FORMATS", "read", "read_text"]

_ROLES = ("respondent", "interviewer", "ignore")


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
    drafts: list[Draft] = []
    if where.is_dir():
        if participants is None and (where / "participants.csv").exists():
            participants = read_table(where / "participants.csv", read_bytes(where / "participants.csv"), None)[0]
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
    return _assemble([Draft(document, clean, "text")], speakers, table, [])


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


def _read_file(path: Path, name: str, encoding: str | None) -> list[Draft]:
    kind = path.suffix.casefold()
    if kind == ".doc":
        raise FileFormatError("old Word format; save it as docx", path=path)
    if kind == ".pdf":
        raise FileFormatError("a PDF holds pictures of letters; export the transcript as docx or txt", path=path)
    reader = FORMATS.get(kind)
    if reader is None:
        raise FileFormatError(f"unknown kind of file {kind!r}; known: {', '.join(sorted(FORMATS))}", path=path)
    raw = read_bytes(path)
    drafts = reader(path, raw, name, encoding)
    for d in drafts:
        if not d.text.strip():
            d.loud.append("the file holds no text")
    return drafts


# ---- putting it together -------------------------------------------------------------------------------------------


def _prompts(drafts: list[Draft]) -> frozenset[str]:
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
    drafts: list[Draft],
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
