"""Reading what people wrote of their own accord: what a file is, its content says."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import FileFormatError
from cjmkit.i18n import listing, say
from cjmkit.intake.containers import read_bytes, unpack
from cjmkit.intake.decoding import decode
from cjmkit.interviews import Transcripts
from cjmkit.interviews.transcripts import REPORT_COLUMNS, TURN_COLUMNS, make_documents, make_turns
from cjmkit.voices.draft import Talk, marks_of
from cjmkit.voices.flat import read_rows, rows_of
from cjmkit.voices.mail import is_mailbox, read_mailbox
from cjmkit.voices.threads import read_threads, records_of, tool_of
from cjmkit.voices.voices import Voices

__all__ = ["SUFFIXES", "read", "recognised"]

SUFFIXES = (".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".mbox")
"""Endings of files that are read."""
_ONE = {"reviews": "review", "tickets": "ticket", "chats": "chat", "letters": "letter", "mentions": "mention"}


def recognised(path: str | os.PathLike[str]) -> tuple[str, str]:
    r"""What a file holds (reviews, tickets, chats, letters or mentions) and what says so; empty where it is neither.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "export.csv"
    >>> _ = file.write_text("Дата;Оценка;Отзыв;Ответ компании\n01.02.2026;5;Спасибо;И вам\n", encoding="cp1251")
    >>> recognised(file)
    ('reviews', 'Отзыв, Оценка, Дата')
    """
    from cjmkit.voices.columns import kind_of

    where = Path(path)
    kind = where.suffix.casefold()
    if kind not in (*SUFFIXES, "", ".eml"):
        return "", ""
    raw = unpack(read_bytes(where), where)
    if is_mailbox(raw):
        return "letters", "From …, Subject"
    if kind in (".json", ".jsonl", ".ndjson"):
        records = records_of(decode(raw, path=where)[0], where)
        if not records:
            return "", ""
        if tool := tool_of(records[0]):
            return ("reviews" if tool == "Google" else "tickets"), tool
        from cjmkit.voices.flat import _flat

        found, columns = kind_of(dict.fromkeys(k for r in records[:50] for k in _flat(r)))
        return (found, ", ".join(columns)) if found != "chats" else ("", "")
    if kind in (".csv", ".tsv", ".xlsx"):
        header, _, found = rows_of(where, raw)
        return found, ", ".join(kind_of(header)[1]) if found else ""
    return "", ""


def read(path: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, encoding: str | None = None) -> Voices:
    r"""Read reviews, support tickets, chats, letters or mentions.

    Every review, ticket, chat, thread of letters and mention is a document of its author. A reply of the company is
    a turn of its own (role ``"company"``), so that it never counts as what the customer said.

    Parameters
    ----------
    path : path-like or iterable of path-like
        A file, a folder or several files. Read are tables (CSV, TSV, XLSX) and JSON or JSON lines with a column for
        the text and any of id, date, rating, title, product, place, reply, url (headings in English or Russian, as
        App Store, Google Play, Trustpilot, Yandex, 2GIS and others write them); Zendesk, Freshdesk, Intercom and Jira
        Service Management (JSON, and tables of tickets); chats with a row a message; a mailbox (mbox); what a monitor
        of social media exports.
    encoding : str, optional
        Of text files, where the detection is wrong.

    Returns
    -------
    Voices

    Raises
    ------
    FileFormatError
        If a file is none of these; the message says what was looked for.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "reviews.csv"
    >>> _ = file.write_text(
    ...     "id,date,author,rating,review,reply\n"
    ...     "1,2026-01-05,mia22,5,Quick and friendly,Thank you!\n"
    ...     "2,2026-01-06,leo_k,1,Two hours late,\n"
    ... )
    >>> said = read(file)
    >>> said
    <Voices: 2 reviews by 2 people; 2 with a mark from 1 to 5, mean 3.0.>
    >>> said.turns[["participant", "role", "text"]].values.tolist()[:2]
    [['mia22', 'respondent', 'Quick and friendly'], [nan, 'company', 'Thank you!']]
    """
    files = _files(path)
    parts: list[Any] = []
    refused: list[FileFormatError] = []
    for file in files:
        try:
            parts.append(_read_file(file, encoding))
        except FileFormatError as error:
            refused.append(error)
    if not parts:
        raise refused[0]
    notes = [str(e) for e in refused] + [n for _, _, said in parts for n in said]
    documents = pd.concat([t.documents for t, _, _ in parts], ignore_index=True)
    turns = pd.concat([t.turns for t, _, _ in parts], ignore_index=True)
    report = pd.concat([t.report for t, _, _ in parts], ignore_index=True)
    table = pd.concat([x for _, x, _ in parts], ignore_index=True)
    return Voices(Transcripts(documents, turns, report, tuple(notes)), table, tuple(notes))


def _files(path: Any) -> list[Path]:
    listed = [path] if isinstance(path, str | os.PathLike) else list(path)
    out: list[Path] = []
    for p in map(Path, listed):
        inner = sorted(p.iterdir()) if p.is_dir() else [p]
        out += [f for f in inner if f.is_file() and f.name[0] not in ".~"]
    if not out:
        raise FileFormatError(say(en="the folder holds no files", ru="в папке нет файлов"), path=path)
    return out


def _read_file(path: Path, encoding: str | None) -> tuple[Transcripts, pd.DataFrame, list[str]]:
    raw = unpack(read_bytes(path), path)
    if is_mailbox(raw):
        talks, kind, notes = read_mailbox(raw, path)
    elif path.suffix.casefold() in (".json", ".jsonl", ".ndjson"):
        talks, kind, notes = read_threads(records_of(decode(raw, encoding=encoding, path=path)[0], path), path)
    elif path.suffix.casefold() in (".csv", ".tsv", ".xlsx", ".txt"):
        header, body, kind = rows_of(path, raw, encoding)
        talks, kind, notes = read_rows(header, body, kind, path)
    else:
        raise FileFormatError(
            say(
                en=f"unknown kind of file {path.suffix!r}; known: {', '.join(SUFFIXES)}",
                ru=f"неизвестный вид файла {path.suffix!r}; известны: {', '.join(SUFFIXES)}",
            ),
            path=path,
        )
    return _assembled(talks, kind, path.name, notes)


_WITHOUT_SURNAME = re.compile(
    r"[^\W\d_a-zа-яё][^\W\d_A-ZА-ЯЁ]*(?:[ ](?:[^\W\d_a-zа-яё]\.?|[А-ЯЁ][а-яё]+(?:вич|вна|ична|льич|мич)))?", re.UNICODE
)
"""Anna, Анна К., Мария Ивановна: names that several people have."""


def _assembled(
    talks: list[Talk], kind: str, name: str, notes: list[str]
) -> tuple[Transcripts, pd.DataFrame, list[str]]:
    """Documents, turns and attributes of the conversations of one file."""
    marks, scale, strange = marks_of(t.mark for t in talks)
    silent = sum(not t.said for t in talks)
    said_by = Counter(t.author for t in talks if t.named)
    # "Anna" who writes three times may be three people; a full or a made-up name is one.
    shared = {a for a, n in said_by.items() if n > 1 and _WITHOUT_SURNAME.fullmatch(a)}
    ids = Counter(t.id for t in talks)
    columns: dict[str, list[Any]] = {c: [] for c in TURN_COLUMNS}
    documents, rows, report = [], [], []
    for k, (t, mark) in enumerate(zip(talks, marks, strict=True), start=1):
        document = f"{name}#{t.id if t.id and ids[t.id] == 1 else k}"
        who = t.author if t.author and t.author not in shared else document
        at, parts = 0, []
        for turn, (role, speaker, text, when) in enumerate(t.said):
            begun = (when - t.date).total_seconds() if when is not None and t.date is not None else None
            values = (
                document, turn, speaker or (who if role == "respondent" else role), role,
                who if role == "respondent" else None, at, at + len(text), text,
                begun if begun is not None and begun >= 0 else None, None,
            )  # fmt: skip
            for column, value in zip(TURN_COLUMNS, values, strict=True):
                columns[column].append(value)
            parts.append(text)
            at += len(text) + 2
        documents.append((document, "\n\n".join(parts), who))
        rows.append(
            {
                "document": document, "participant": who, "kind": _ONE[kind], "file": name, "date": t.date,
                "mark": mark, "low": scale[0] if scale else None, "high": scale[1] if scale else None,
                "tags": t.tags, "first_answer": _first_answer(t), "solved": t.solved, **t.facts,
            }
        )  # fmt: skip
        report.append((document, kind, "", "turns", "", "", len(t.said), ""))
    table = pd.DataFrame(rows)
    table["date"] = pd.to_datetime(table["date"])
    for column in ("mark", "low", "high", "first_answer", "solved"):
        table[column] = table[column].astype("float64")
    made = Transcripts(
        make_documents(documents), make_turns(columns), pd.DataFrame(report, columns=list(REPORT_COLUMNS))
    )
    hidden = sum(t.hidden for t in talks)
    remarks = (
        (
            silent,
            say(en=f"{silent} without a word: only their mark counts", ru=f"без слов, только с оценкой: {silent}"),
        ),
        (strange, say(en=f"marks not read: {listing(strange)}", ru=f"оценки не прочитаны: {listing(strange)}")),
        (hidden, say(en=f"internal notes left out: {hidden}", ru=f"внутренние заметки не взяты: {hidden}")),
        (
            shared,
            say(
                en=f"names that several may have ({listing(sorted(shared))}): each is counted as a person of its own",
                ru=f"имена, общие для многих ({listing(sorted(shared))}): каждый раз это отдельный человек",
            ),
        ),
    )
    return made, table, [f"{name}: {n}" for n in [*notes, *(text for there, text in remarks if there)]]


def _first_answer(t: Talk) -> float | None:
    """Hours until the company first answered: as the file says, else between the turns."""
    if t.first_answer is not None:
        return t.first_answer
    asked = next((w for role, _, _, w in t.said if role == "respondent" and w is not None), t.date)
    answered = next((w for role, _, _, w in t.said if role == "company" and w is not None), None)
    if asked is None or answered is None or answered < asked:
        return None
    return (answered - asked).total_seconds() / 3600
