"""Reading interviews: a file or a folder, in whatever form they came, into documents and turns."""

from __future__ import annotations

import os
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, DataWarning, FileFormatError
from cjmkit.i18n import say
from cjmkit.intake.containers import read_bytes
from cjmkit.interviews.reading.drafts import UNKNOWN, Draft, Piece
from cjmkit.interviews.reading.formats import FORMATS, read_file
from cjmkit.interviews.reading.labels import fold
from cjmkit.interviews.reading.layouts import Layout, find_layout
from cjmkit.interviews.reading.roles import ROLES, guess_roles
from cjmkit.interviews.reading.tables import read_table
from cjmkit.interviews.transcripts import REPORT_COLUMNS, TURN_COLUMNS, Transcripts, make_documents, make_turns
from cjmkit.people import by_file_name, ids

__all__ = ["read", "read_text"]


def read(
    path: str | os.PathLike[str],
    *,
    speakers: Mapping[str, Any] | None = None,
    reading: str | None = None,
    encoding: str | None = None,
    participants: pd.DataFrame | None = None,
) -> Transcripts:
    r"""Read a transcript or a folder of transcripts.

    Parameters
    ----------
    path : path-like
        A file, or a folder (with its sub-folders). Known: WebVTT, SRT, plain text and Markdown, docx, odt, rtf, html,
        the JSON of speech and meeting tools (Whisper, AssemblyAI, Deepgram, AWS, Azure, Rev, Gong, Fireflies, Yandex
        …), Telegram and WhatsApp exports, CSV and XLSX of turns, of open-ended answers or of questions by person.
        Files that begin with a dot or ``~``, and ``participants.csv``, are not transcripts.
    speakers : mapping, optional
        Role by label: ``{"MODERATOR": "interviewer", "Anna": "respondent", "Beep": "ignore"}``; for one document only:
        ``{"p1.vtt": {"Speaker 1": "interviewer"}}``. Labels are compared without case. A label named here is a speaker
        even where it occurs once.
    reading : str, optional
        How to find the turns of texts, where the detection is wrong or asks: ``"names"``, ``"name lines"``,
        ``"dashes"``, ``"numbered questions"``, ``"none"`` …; an unknown word lists them all.
    encoding : str, optional
        Of text files, where the detection is wrong.
    participants : pandas.DataFrame, optional
        Columns document and participant (and speaker, for documents with several respondents). Without it, and without
        a ``participants.csv`` in the folder, a document is its participant: named by the id that file names of one
        kind begin with (``P1_monday.odt``, ``P2_monday.odt``), else by the file without its ending; two or more
        respondents of one document are ``file/speaker``.

    Returns
    -------
    Transcripts
        Documents, turns and a report of what was decided: ``found.layout`` and ``found.why`` say how the turns were
        found. Speech whose speaker cannot be told has the role unknown, and a warning. In a folder a document is
        called by its path below the folder.

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
        raise FileFormatError(en="there is no such file or folder", ru="такого файла или папки нет", path=where)
    failed: list[tuple[str, str]] = []
    drafts: list[Draft] = []
    if where.is_dir():
        if participants is None and (where / "participants.csv").exists():
            participants = read_table(where / "participants.csv", read_bytes(where / "participants.csv"), None)[0]
        for f in _files(where):
            # macOS spells й as two characters; codings and lists made elsewhere as one.
            name = unicodedata.normalize("NFC", f.relative_to(where).as_posix())
            try:
                drafts.extend(read_file(f, read_bytes(f), name=name, encoding=encoding))
            except FileFormatError as error:
                failed.append((name, str(error)))
        if not drafts and not failed:
            raise FileFormatError(
                en=f"no transcripts in this folder; known endings: {', '.join(sorted(FORMATS))}",
                ru=f"в папке нет расшифровок; известные окончания: {', '.join(sorted(FORMATS))}",
                path=where,
            )
    else:
        drafts = read_file(where, read_bytes(where), name=unicodedata.normalize("NFC", where.name), encoding=encoding)
    return _assemble(drafts, speakers, participants, failed, reading)


def read_text(
    text: str,
    *,
    document: str = "text",
    speakers: Mapping[str, Any] | None = None,
    participant: str | None = None,
    reading: str | None = None,
) -> Transcripts:
    r"""Read a transcript that is at hand as a string; like :func:`read` for a text file.

    Examples
    --------
    >>> read_text("Q: Why?\nA: No reviews.").turns["role"].tolist()
    ['interviewer', 'respondent']
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    table = None if participant is None else pd.DataFrame({"document": [document], "participant": [participant]})
    return _assemble([Draft(document, clean, "text")], speakers, table, [], reading)


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
    if value not in ROLES:
        from cjmkit.errors import suggest

        raise CjmError(suggest(value, ROLES, what="role"))
    return str(value)


def _assemble(
    drafts: list[Draft],
    speakers: Mapping[str, Any] | None,
    participants: pd.DataFrame | None,
    failed: list[tuple[str, str]],
    reading: str | None = None,
) -> Transcripts:
    names = [d.name for d in drafts]
    twice = [n for n, k in Counter(names).items() if k > 1]
    if twice:
        raise CjmError(
            en=f"two documents are called {twice[0]!r}; ids in a table have to differ",
            ru=f"два документа называются {twice[0]!r}; id в таблице должны различаться",
        )
    everywhere, local = _given_roles(speakers, set(names))
    drafts = _laid_out(drafts, everywhere, local, reading, failed)
    listed = [(d.name, p.speaker, d.text[p.start : p.end]) for d in drafts for p in d.pieces or []]
    remarks = _unheard(listed, everywhere, local)
    roles, more = guess_roles([x for x in listed if not local.get(x[0])], everywhere)
    remarks += more
    for name, said in local.items():
        told, more = guess_roles([x for x in listed if x[0] == name], everywhere | said)
        roles.update(told)
        remarks += more
    for d in drafts:
        for s, r in d.roles.items():
            if fold(s) not in everywhere | local.get(d.name, {}):
                roles[d.name, fold(s)] = r
    table = _participants(participants, names)
    begins = by_file_name(names)
    columns: dict[str, list[Any]] = {c: [] for c in TURN_COLUMNS}
    owners: list[str | None] = []
    report = []
    for d in drafts:
        d.participant = d.participant or begins.get(d.name)
        here = [r.split(": ", 1)[1] for r in remarks if r.startswith(d.name + ": ")]
        owners.append(_add_turns(columns, d, roles, table))
        report.append(_report(d, roles, here))
    columns["turn"] = _numbered(columns["document"])
    for name, message in failed:
        report.append((name, "not read", "", "", "", "", 0, message))
    loud = [f"{d.name}: {n}" for d in drafts for n in d.loud] + remarks + [f"{m}" for _, m in failed]
    if failed:
        warnings.warn(
            say(
                en=f"{len(failed)} of {len(failed) + len(drafts)} files could not be read and were left out: "
                f"{failed[0][1]}",
                ru=f"не прочитаны и пропущены файлы: {len(failed)} из {len(failed) + len(drafts)}: {failed[0][1]}",
            ),
            DataWarning,
            stacklevel=3,
        )
    return Transcripts(
        documents=make_documents((d.name, d.text, o) for d, o in zip(drafts, owners, strict=True)),
        turns=make_turns(columns),
        report=pd.DataFrame(report, columns=list(REPORT_COLUMNS)),
        warnings=tuple(loud),
    )


def _laid_out(
    drafts: list[Draft],
    everywhere: Mapping[str, str],
    local: Mapping[str, Mapping[str, str]],
    reading: str | None,
    failed: list[tuple[str, str]],
) -> list[Draft]:
    """Drafts with their pieces; a text that reads two ways goes to `failed`, or is an error if it is the only one."""
    prompts = _prompts(drafts)
    parsed: dict[str, Layout] = {}

    def find(d: Draft, elsewhere: Iterable[str] = ()) -> Layout:
        return find_layout(
            d.text,
            speakers=[*everywhere, *local.get(d.name, {})],
            names_elsewhere=elsewhere,
            prompts=prompts,
            marks=d.marks,
            reading=reading,
        )

    out = []
    for d in drafts:
        if d.pieces is None or reading is not None:
            try:
                parsed[d.name] = find(d)
            except CjmError as error:
                if len(drafts) == 1:
                    raise
                failed.append((d.name, f"{d.name}: {error}"))
                continue
        out.append(d)
    # A label that other documents use counts with less proof.
    seen = Counter(
        fold(p.speaker) for s in parsed.values() for p in {q.speaker: q for q in s.pieces}.values() if p.speaker
    )
    shared = {s for s, n in seen.items() if n >= 2 and s not in _SIDES}
    for d in out:
        if d.name not in parsed:
            continue
        spoken = parsed[d.name]
        if shared and reading is None and spoken.layout in ("none", "one label", "name lines"):
            try:
                again = find(d, shared)
                spoken = again if again.layout != "none" else spoken
            except CjmError:
                pass
        d.pieces, d.layout, d.why = list(spoken.pieces), spoken.layout, spoken.why
        d.notes += spoken.notes
        if any(p.speaker == "" for p in spoken.pieces):
            d.notes.append("lines that most documents share were taken for the interview guide")
        elif spoken.layout == "none" and _NOTES.search(d.name.casefold()):
            # What a researcher has seen is not what a respondent said.
            d.pieces = [replace(p, speaker=UNKNOWN) for p in d.pieces]
        elif spoken.layout == "none" and d.text.strip():
            d.loud.append("no speakers are named; every paragraph is taken for the words of one respondent")
    return out


_NOTES = re.compile(r"замет|наблюд|\bмемо|observation|field ?notes?|(?:^|[^a-z])(?:notes?|memos?)(?:[^a-z]|$)")
_SIDES = ("respondent", "other", "interviewer", "question", "answer", "speaker 1", "speaker 2", UNKNOWN)


def _unheard(
    listed: list[tuple[str, str, str]], everywhere: Mapping[str, str], local: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Speakers that the researcher names and nobody is called."""
    heard = {fold(s) for _, s, _ in listed}
    out = [f"speakers= names {s!r}, and nobody is called so" for s in everywhere if s not in heard]
    for d, roles in local.items():
        here = {fold(s) for name, s, _ in listed if name == d}
        out += [f"{d}: speakers= names {s!r}, and nobody is called so here" for s in roles if s not in here]
    return out


def _add_turns(
    columns: dict[str, list[Any]],
    d: Draft,
    roles: Mapping[tuple[str, str], str],
    table: Mapping[tuple[str, str | None], str],
) -> str | None:
    """Put a document's turns into the columns; whose document it is, where it is one person's."""
    pieces = [p for p in d.pieces or [] if roles[d.name, fold(p.speaker)] != "ignore"]
    mine = list(dict.fromkeys(fold(p.speaker) for p in pieces if roles[d.name, fold(p.speaker)] == "respondent"))
    first = table.get((d.name, None)) or d.participant or _stem(d.name)
    owner = {s: table.get((d.name, s)) or (first if len(mine) == 1 else f"{first}/{_spelt(pieces, s)}") for s in mine}
    for p in pieces:
        role = roles[d.name, fold(p.speaker)]
        columns["document"].append(d.name)
        columns["speaker"].append(p.speaker or None)
        columns["role"].append(role)
        columns["participant"].append(owner.get(fold(p.speaker)) if role == "respondent" else None)
        columns["start"].append(p.start)
        columns["end"].append(p.end)
        columns["text"].append(d.text[p.start : p.end])
        columns["t_start"].append(p.t_start)
        columns["t_end"].append(p.t_end)
    unknown = not mine and any(roles[d.name, fold(p.speaker)] == "unknown" for p in pieces)
    return first if len(mine) <= 1 and not unknown else None


def _report(d: Draft, roles: Mapping[tuple[str, str], str], here: list[str]) -> tuple[Any, ...]:
    pieces = [p for p in d.pieces or [] if roles[d.name, fold(p.speaker)] != "ignore"]
    who = Counter((p.speaker or "(guide)", roles[d.name, fold(p.speaker)]) for p in pieces)
    spoken = ", ".join(f"{s}: {r} ({n})" for (s, r), n in who.items())
    notes = "; ".join([*d.loud, *here, *d.notes])
    return (d.name, d.format, d.encoding, d.layout, d.why, spoken, len(pieces), notes)


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
            en=f"participants need the columns document and participant; {', '.join(needed)} missing, "
            f"found {', '.join(map(str, table.columns))}",
            ru=f"участникам нужны столбцы document и participant; не хватает {', '.join(needed)}, есть "
            f"{', '.join(map(str, table.columns))}",
        )
    # The researcher may write the document with or without its ending.
    by_stem = {_stem(n): n for n in names}
    out: dict[tuple[str, str | None], str] = {}
    written = [None if pd.isna(d) else str(d) for d in ids(table["document"])]
    people = [None if pd.isna(p) else str(p) for p in ids(table["participant"])]
    for i in range(len(table)):
        document, who = written[i], people[i]
        if document is None or who is None:
            continue
        document = document if document in names else by_stem.get(document, document)
        speaker = table["speaker"].iloc[i] if "speaker" in table.columns else None
        said = "" if speaker is None or pd.isna(speaker) else str(speaker).strip()
        out[document, fold(said) if said else None] = who
    return out
