"""Projects that Taguette and QualCoder keep in SQLite, read straight from their files."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.coding.codebook import Code, Codebook
from cjmkit.core.codings import check_codings, empty_codings
from cjmkit.errors import CjmError, FileFormatError, suggest
from cjmkit.files import reader
from cjmkit.intake.containers import read_bytes
from cjmkit.interviews.transcripts import make_documents
from cjmkit.qda.model import MEMO_COLUMNS, Losses, QdaProject

__all__ = ["read_qualcoder", "read_taguette"]


@contextmanager
def _open(path: Path, needed: tuple[str, ...], what: str) -> Iterator[sqlite3.Connection]:
    """Open read-only; the file may be in use and is never changed."""
    if not read_bytes(path).startswith(b"SQLite format 3"):
        raise FileFormatError(
            en=f"not an SQLite file, so not a project of {what}",
            ru=f"это не файл SQLite, значит, не проект {what}",
            path=path,
        )
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            db.row_factory = sqlite3.Row
            tables = {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            missing = [t for t in needed if t not in tables]
            if missing:
                raise FileFormatError(
                    en=f"no table {missing[0]!r}, so not a project of {what}",
                    ru=f"нет таблицы {missing[0]!r}, значит, не проект {what}",
                    path=path,
                )
            yield db
    except sqlite3.DatabaseError as error:
        raise FileFormatError(
            en=f"this SQLite file is damaged ({error})", ru=f"файл SQLite повреждён ({error})", path=path
        ) from error


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {r["name"] for r in db.execute(f"PRAGMA table_info({table})")}


class _Text(HTMLParser):
    """The text nodes of a page, one after the other: what Taguette's offsets count."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _taguette_authors(db: sqlite3.Connection, pid: int) -> dict[int, str]:
    """Who made each highlight, as far as the log of commands tells."""
    author: dict[int, str] = {}
    rows = db.execute("SELECT payload, user_login FROM commands WHERE project_id = ? ORDER BY id", (pid,))
    for r in rows:
        try:
            payload = json.loads(r["payload"])
        except (TypeError, json.JSONDecodeError):
            continue
        if payload.get("type") == "highlight_add" and isinstance(payload.get("highlight_id"), int):
            author.setdefault(payload["highlight_id"], r["user_login"])
    return author


@reader
def read_taguette(path: str | os.PathLike[str], *, project: str | int | None = None) -> QdaProject:
    """Read a Taguette project (its SQLite export, or the server's database).

    Parameters
    ----------
    path : path-like
        The .sqlite3 file.
    project : str or int, optional
        Name or number of the project, where the file holds several.

    Returns
    -------
    QdaProject
        Taguette counts UTF-8 bytes over the text of its page; spans are turned into code points. Tags with dots become
        a hierarchy where the tag above exists ("payment" and "payment.error").

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> path = tempfile.mkdtemp() + "/taguette.sqlite3"
    >>> db = sqlite3.connect(path)
    >>> _ = db.executescript('''
    ...     CREATE TABLE projects AS SELECT 1 id, 'Tea' name, '' description;
    ...     CREATE TABLE project_members AS SELECT 1 project_id, 'eva' user_login;
    ...     CREATE TABLE documents AS SELECT 1 id, 'anna' name, '' description, 1 project_id, '<p>No news</p>' contents;
    ...     CREATE TABLE tags AS SELECT 1 id, 1 project_id, 'wait' path, '' description;
    ...     CREATE TABLE highlights AS SELECT 1 id, 1 document_id, 0 start_offset, 7 end_offset, '' snippet;
    ...     CREATE TABLE highlight_tags AS SELECT 1 highlight_id, 1 tag_id;
    ...     CREATE TABLE commands (id, project_id, user_login, payload);''')
    >>> db.close()
    >>> read_taguette(path).codings[["document", "quote", "code", "coder"]].values.tolist()
    [['anna', 'No news', 'wait', 'eva']]
    """
    where = Path(path)
    losses = Losses()
    with _open(where, ("projects", "documents", "tags", "highlights", "highlight_tags"), "Taguette") as db:
        projects = db.execute("SELECT id, name, description FROM projects ORDER BY id").fetchall()
        chosen = [p for p in projects if project is None or project in (p["id"], p["name"])]
        if len(chosen) != 1:
            names = [p["name"] for p in projects]
            if project is not None:
                raise CjmError(suggest(project, names, what="project"))
            raise CjmError(
                en=f"the file holds {len(names)} projects ({', '.join(names)}); say which: project=…",
                ru=f"в файле проектов: {len(names)} ({', '.join(names)}); скажите какой: project=…",
            )
        pid = chosen[0]["id"]
        tags = db.execute("SELECT id, path, description FROM tags WHERE project_id = ? ORDER BY id", (pid,)).fetchall()
        paths = {t["path"] for t in tags}
        codes = []
        for t in tags:
            parts = t["path"].split(".")
            above = next(
                (".".join(parts[:k]) for k in range(len(parts) - 1, 0, -1) if ".".join(parts[:k]) in paths), ""
            )
            codes.append(Code(t["path"], definition=t["description"] or "", parent=above))
        name_of = {t["id"]: t["path"].strip() for t in tags}
        members = [r[0] for r in db.execute("SELECT user_login FROM project_members WHERE project_id = ?", (pid,))]
        author = _taguette_authors(db, pid)
        docs: list[tuple[str, str, str | None]] = []
        table: list[dict[str, Any]] = []
        taken: set[str] = set()
        memos: list[tuple[str, ...]] = []
        if chosen[0]["description"]:
            memos.append(("project", "", "", chosen[0]["description"], "", ""))
        for d in db.execute(
            "SELECT id, name, description, contents FROM documents WHERE project_id = ? ORDER BY id", (pid,)
        ):
            name, k = d["name"], 2
            while name in taken:
                name = f"{d['name']} ({k})"
                k += 1
            taken.add(name)
            parser = _Text()
            parser.feed(d["contents"])
            parser.close()
            text = "".join(parser.parts)
            docs.append((name, text, None))
            if d["description"]:
                memos.append(("document", name, "", d["description"], "", ""))
            at = _byte_edges(text)
            marks = db.execute(
                "SELECT h.id, h.start_offset, h.end_offset, t.tag_id FROM highlights h LEFT JOIN highlight_tags t "
                "ON t.highlight_id = h.id WHERE h.document_id = ? ORDER BY h.start_offset, h.id, t.tag_id",
                (d["id"],),
            )
            for h in marks:
                if h["tag_id"] is None:
                    losses.add("highlight", "has no tag", name)
                    continue
                if not 0 <= h["start_offset"] < h["end_offset"] <= at[-1]:
                    losses.add("highlight", "empty or beyond the end of its text", f"{name}: {h['start_offset']}")
                    continue
                # A byte inside a character belongs to that character.
                a = int(np.searchsorted(at, h["start_offset"], side="right")) - 1
                b = int(np.searchsorted(at, h["end_offset"], side="left"))
                coder = author.get(h["id"]) or (members[0] if len(members) == 1 else None)
                row = {"document": name, "start": a, "end": b, "quote": text[a:b], "code": name_of[h["tag_id"]]}
                table.append(row | {"coder": coder})
    return QdaProject(
        documents=make_documents(docs),
        codebook=Codebook(tuple(codes)),
        codings=check_codings(pd.DataFrame(table)) if table else empty_codings(),
        participants=pd.DataFrame({"document": pd.Series(dtype="str"), "participant": pd.Series(dtype="str")}),
        memos=pd.DataFrame(memos, columns=list(MEMO_COLUMNS[:6])).reindex(columns=list(MEMO_COLUMNS)).astype("str"),
        dropped=losses.table(),
        origin="Taguette",
        title=chosen[0]["name"],
    )


def _byte_edges(text: str) -> Any:
    """Number of UTF-8 bytes before each character, and in all."""
    code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    width = 1 + (code > 0x7F).astype(np.int64) + (code > 0x7FF) + (code > 0xFFFF)
    return np.concatenate([[0], np.cumsum(width)])


def _qualcoder_codings(
    db: sqlite3.Connection, documents: dict[int, tuple[str, str]], code_name: dict[int, str], losses: Losses
) -> list[dict[str, Any]]:
    table = []
    for c in db.execute("SELECT * FROM code_text ORDER BY fid, pos0, pos1"):
        if c["fid"] not in documents or c["cid"] not in code_name:
            losses.add("coding", "its document or code is missing", c["seltext"] or "")
            continue
        name, text = documents[c["fid"]]
        a, b = int(c["pos0"]), int(c["pos1"])
        if not 0 <= a < b <= len(text):
            losses.add("coding", "empty or beyond the end of its text", f"{name}: {a}–{b}")
            continue
        row = {"document": name, "start": a, "end": b, "quote": text[a:b], "code": code_name[c["cid"]]}
        table.append(row | {"coder": c["owner"] or None, "memo": c["memo"] or None, "created": c["date"] or None})
    return table


@reader
def read_qualcoder(path: str | os.PathLike[str]) -> QdaProject:
    """Read a QualCoder project.

    Parameters
    ----------
    path : path-like
        The project's folder (``name.qda``) or the ``data.qda`` inside it.

    Returns
    -------
    QdaProject
        Categories become codes that only group. Codings on pictures, sound and video are listed in ``.dropped``.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> path = tempfile.mkdtemp() + "/data.qda"
    >>> db = sqlite3.connect(path)
    >>> _ = db.executescript('''
    ...     CREATE TABLE code_name AS SELECT 1 cid, 'wait' name, '' memo, NULL catid, 'eva' owner, '' date, '' color;
    ...     CREATE TABLE source AS SELECT 1 id, 'anna' name, 'No news' fulltext, '' mediapath, '' memo, '' owner,
    ...                                  '' date;
    ...     CREATE TABLE code_text AS SELECT 1 cid, 1 fid, 'No' seltext, 0 pos0, 2 pos1, 'eva' owner, '' date,
    ...                                     '' memo;''')
    >>> db.close()
    >>> read_qualcoder(path).codings[["document", "quote", "code", "coder"]].values.tolist()
    [['anna', 'No', 'wait', 'eva']]
    """
    where = Path(path)
    file = where / "data.qda" if where.is_dir() else where
    losses = Losses()
    with _open(file, ("code_name", "code_text", "source"), "QualCoder") as db:
        tables = {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        cats = db.execute("SELECT * FROM code_cat").fetchall() if "code_cat" in tables else []
        raw = db.execute("SELECT * FROM code_name ORDER BY cid").fetchall()
        cat_name = {c["catid"]: c["name"].strip() for c in cats}
        used = set(cat_name.values())
        code_name: dict[int, str] = {}
        for c in raw:
            # A category and a code may share a name; here each needs its own.
            name = c["name"].strip()
            code_name[c["cid"]] = f"{name} (code)" if name in used else name
            used.add(code_name[c["cid"]])
        codes = [
            Code(
                cat_name[c["catid"]],
                definition=c["memo"] or "",
                parent=cat_name.get(c["supercatid"], ""),
                codable=False,
            )
            for c in cats
        ]
        nested = "supercid" in _columns(db, "code_name")
        for c in raw:
            above = code_name.get(c["supercid"], "") if nested and c["supercid"] is not None else ""
            colour = c["color"] or ""
            fine = len(colour) == 7 and colour.startswith("#")
            codes.append(
                Code(
                    code_name[c["cid"]],
                    definition=c["memo"] or "",
                    parent=above or cat_name.get(c["catid"], ""),
                    colour=colour if fine else "",
                )
            )
        documents: dict[int, tuple[str, str]] = {}
        for s in db.execute("SELECT * FROM source ORDER BY id"):
            if s["fulltext"] is None or (s["mediapath"] or "").startswith(("/images", "/audio", "/video")):
                losses.add("document", "has no text", s["name"])
                continue
            documents[s["id"]] = (s["name"], s["fulltext"])
        table = _qualcoder_codings(db, documents, code_name, losses)
        for other in ("code_image", "code_av"):
            if other in tables:
                n = db.execute(f"SELECT COUNT(*) FROM {other}").fetchone()[0]
                for _ in range(n):
                    losses.add("coding", "on a picture, sound or video", "")
        people = _qualcoder_cases(db, tables, documents, losses)
        memos: list[tuple[str, ...]] = []
        if "journal" in tables:
            for j in db.execute("SELECT * FROM journal"):
                memos.append(("free", "", j["name"] or "", j["jentry"] or "", j["owner"] or "", j["date"] or ""))
        for s in db.execute("SELECT name, memo, owner, date FROM source WHERE memo IS NOT NULL AND memo != ''"):
            memos.append(("document", s["name"], "", s["memo"], s["owner"] or "", s["date"] or ""))
    made = check_codings(pd.DataFrame(table)) if table else empty_codings()
    held = people.dropna(subset=["document"]).groupby("document")["participant"].agg(list)
    alone = {str(d): str(p[0]) for d, p in held.items() if len(p) == 1}
    made["participant"] = made["document"].map(alone).astype("str")
    return QdaProject(
        documents=make_documents((n, t, alone.get(n)) for n, t in documents.values()),
        codebook=Codebook(tuple(codes)),
        codings=made,
        participants=people,
        memos=pd.DataFrame(memos, columns=list(MEMO_COLUMNS[:6])).reindex(columns=list(MEMO_COLUMNS)).astype("str"),
        dropped=losses.table(),
        origin="QualCoder",
        title=where.stem,
    )


def _qualcoder_cases(
    db: sqlite3.Connection, tables: set[str], documents: dict[int, tuple[str, str]], losses: Losses
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    if {"cases", "case_text"} <= tables:
        attributes: dict[int, dict[str, Any]] = {}
        if "attribute" in tables:
            for a in db.execute("SELECT * FROM attribute WHERE attr_type = 'case' AND value != ''"):
                attributes.setdefault(a["id"], {})[a["name"]] = a["value"]
        for c in db.execute("SELECT caseid, name FROM cases ORDER BY caseid"):
            values = attributes.get(c["caseid"], {})
            linked = [r[0] for r in db.execute("SELECT DISTINCT fid FROM case_text WHERE caseid = ?", (c["caseid"],))]
            places: list[str | None] = [documents[f][0] for f in linked if f in documents]
            for d in places or [None]:
                rows.append({"document": d, "participant": c["name"]} | values)
    out = pd.DataFrame(rows) if rows else pd.DataFrame({"document": [], "participant": []})
    out["document"], out["participant"] = out["document"].astype("str"), out["participant"].astype("str")
    return out
