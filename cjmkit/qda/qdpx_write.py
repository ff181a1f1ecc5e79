"""Writing REFI-QDA projects (.qdpx) that validate against the standard's schema and come back unchanged."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

from cjmkit._version import __version__
from cjmkit.coding.codebook import Code, Codebook
from cjmkit.core.codings import check_codings
from cjmkit.errors import CjmError
from cjmkit.files import write_atomically
from cjmkit.qda.model import Losses

__all__ = ["write_qdpx"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:cjmkit:qda")
_GUID = re.compile(r"^\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?$")
_WHEN = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$")
# What XML 1.0 cannot hold in any spelling.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = "1980-01-01T00:00:00Z"


class Xml:
    """A plain writer of XML: line ends survive, what XML cannot hold is replaced and counted."""

    def __init__(self, losses: Losses) -> None:
        self.parts: list[str] = ['<?xml version="1.0" encoding="utf-8"?>\n']
        self.losses = losses

    def clean(self, text: str) -> str:
        """Text with � for what XML cannot hold."""
        if _ILLEGAL.search(text):
            self.losses.add(
                "characters", "XML cannot hold control characters; replaced by �", _ILLEGAL.sub("�", text)[:60]
            )
            return _ILLEGAL.sub("�", text)
        return text

    def open(self, tag: str, attributes: Mapping[str, Any] | None = None, *, close: bool = False) -> None:
        """Write a start tag; attributes that are None are left out."""
        spelt = ""
        for k, v in (attributes or {}).items():
            if v is not None:
                value = quoteattr(self.clean(str(v)), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
                spelt += f" {k}={value}"
        self.parts.append(f"<{tag}{spelt}{'/' if close else ''}>")

    def close(self, tag: str) -> None:
        """Write an end tag."""
        self.parts.append(f"</{tag}>\n")

    def leaf(self, tag: str, text: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Write an element that holds text."""
        self.open(tag, attributes)
        self.parts.append(escape(self.clean(text), {"\r": "&#13;"}))
        self.close(tag)

    def empty(self, tag: str, **attributes: Any) -> None:
        """Write an element without content."""
        self.open(tag, attributes, close=True)

    def bytes(self) -> bytes:
        """The document."""
        return "".join(self.parts).encode("utf-8")


def guid(*parts: object) -> str:
    """A GUID that is the same for the same thing in every export."""
    return str(uuid.uuid5(_NAMESPACE, ascii(parts)))


def valid_guid(value: str) -> bool:
    """Whether a GUID has the form that the schema asks for."""
    return bool(_GUID.match(value))


def write_codes(
    xml: Xml, book: Codebook, ids: Mapping[str, str], *, notes: Mapping[str, list[str]] | None = None
) -> None:
    """Write ``Codes``; with `notes` (code name to note GUIDs) as a project does, without as a .qdc does."""

    def walk(codes: list[Code]) -> None:
        for c in codes:
            xml.open(
                "Code",
                {
                    "guid": ids[c.name],
                    "name": c.name,
                    "isCodable": "true" if c.codable else "false",
                    "color": c.colour or None,
                },
            )
            if c.definition:
                xml.leaf("Description", c.definition)
            for n in (notes or {}).get(c.name, ()):
                xml.empty("NoteRef", targetGUID=n)
            walk(list(book.under(c.name, deep=False)))
            xml.close("Code")

    xml.open("Codes")
    walk([c for c in book if not c.parent])
    xml.close("Codes")


def code_ids(book: Codebook, losses: Losses) -> dict[str, str]:
    """The GUID of each code: its own where it has a valid one."""
    out: dict[str, str] = {}
    taken: set[str] = set()
    for c in book:
        own = c.guid if c.guid and valid_guid(c.guid) else ""
        if c.guid and not own:
            losses.add("code", "its id is not a GUID; it got one", f"{c.name}: {c.guid}")
        if own.casefold() in taken:
            losses.add("code", "two codes shared a GUID; one got a new one", c.name)
            own = ""
        out[c.name] = own or guid("code", c.name)
        taken.add(out[c.name].casefold())
    return out


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def write_qdpx(
    path: str | os.PathLike[str],
    *,
    documents: pd.DataFrame,
    codings: pd.DataFrame,
    codebook: Codebook | None = None,
    participants: pd.DataFrame | None = None,
    memos: pd.DataFrame | None = None,
    title: str = "cjmkit",
) -> pd.DataFrame:
    """Write a REFI-QDA project that ATLAS.ti, MAXQDA, NVivo, QualCoder and others can open.

    Parameters
    ----------
    path : path-like
        The .qdpx file to write, whole or not at all.
    documents : pandas.DataFrame
        Columns document and text.
    codings : pandas.DataFrame
        The codings table; every span has to lie in its document.
    codebook : Codebook, optional
        Codes that it lacks are added at the top level; without it all are.
    participants : pandas.DataFrame, optional
        document, participant and attributes: written as cases with variables.
    memos : pandas.DataFrame, optional
        As in :class:`QdaProject`.
    title : str
        The project's name.

    Returns
    -------
    pandas.DataFrame
        what, reason, times, example: everything that the format could not take. Stage, touchpoint and valence have no
        place of their own in the format; they travel in notes called "cjmkit" and come back with :func:`read_qdpx`.

    Notes
    -----
    Positions are code points, half-open; texts are UTF-8 without a byte order mark. The same content gives the same
    file, byte for byte.
    """
    losses = Losses()
    table = check_codings(codings, documents)
    book = codebook or Codebook()
    for name in sorted(set(table["code"]) - set(book.names)):
        book = book.with_code(name)
    xml = Xml(losses)
    texts: dict[str, str] = dict(zip(documents["document"], documents["text"], strict=True))
    if len(texts) < len(documents):
        raise CjmError("two documents share a name; give them different ones")
    document_id = {d: guid("document", d) for d in texts}
    if "guid" in documents:
        own = {d: g for d, g in zip(documents["document"], documents["guid"]) if valid_guid(_text(g))}
        document_id |= {d: g for d, g in own.items() if list(own.values()).count(g) == 1}
    codes = code_ids(book, losses)
    coders = sorted(table["coder"].dropna().unique())
    user_id = {c: guid("user", c) for c in coders}
    notes: list[tuple[str, str, str, str, str]] = []  # guid, name, text, author, created
    code_notes = _code_notes(book, codes, notes)
    memo_refs: dict[tuple[str, str], list[str]] = {}
    description = ""
    for k, m in enumerate((memos if memos is not None else pd.DataFrame()).itertuples(index=False)):
        kind, target = _text(m.kind), _text(m.target)
        if kind == "project" and not _text(m.name) and not description:
            description = _text(m.text)
            continue
        g = guid("memo", k, kind, target, _text(m.text))
        notes.append((g, _text(m.name), _text(m.text), _text(m.author), _text(m.created)))
        if kind == "code" and target in codes:
            code_notes.setdefault(target, []).append(g)
        elif kind in ("project", "document", "case"):
            memo_refs.setdefault((kind, target), []).append(g)
    for _, _, _, author, _ in notes:
        if author and author not in user_id:
            user_id[author] = guid("user", author)

    # Sources first: their notes have to be known before Notes is written.
    body = Xml(losses)
    cases = _case_rows(documents, participants, table)
    held = cases.dropna(subset=["document"]).groupby("document")["participant"].agg(list)
    alone = {str(d): str(p[0]) for d, p in held.items() if len(p) == 1}
    members: dict[str, bytes] = {}
    for d, text in texts.items():
        file = f"{document_id[d].strip('{}')}.txt"
        data = text.encode("utf-8", "surrogatepass")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            losses.add("characters", "half of a surrogate pair; replaced by �", d)
            data = re.sub("[\ud800-\udfff]", "\ufffd", text).encode("utf-8")
        members[f"sources/{file}"] = data
        body.open("TextSource", {"guid": document_id[d], "name": d, "plainTextPath": f"internal://{file}"})
        _write_selections(body, d, table[table["document"] == d], codes, user_id, alone, notes)
        for g in memo_refs.pop(("document", d), ()):
            body.empty("NoteRef", targetGUID=g)
        body.close("TextSource")

    xml.open(
        "Project",
        {
            "xmlns": "urn:QDA-XML:project:1.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": "urn:QDA-XML:project:1.0 "
            "http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd",
            "name": title or "cjmkit",
            "origin": f"cjmkit {__version__}",
        },
    )
    if user_id:
        xml.open("Users")
        for name, g in user_id.items():
            xml.empty("User", guid=g, name=name)
        xml.close("Users")
    if len(book):
        xml.open("CodeBook")
        write_codes(xml, book, codes, notes=code_notes)
        xml.close("CodeBook")
    _write_cases(xml, cases, document_id, memo_refs, losses)
    if texts:
        xml.open("Sources")
        xml.parts.extend(body.parts[1:])
        xml.close("Sources")
    if notes:
        xml.open("Notes")
        for g, name, text, author, created in notes:
            when = created if _WHEN.match(created) else None
            if created and when is None:
                losses.add("memo", "its date is not an ISO date and time", created)
            xml.open("Note", {"guid": g, "name": name, "creatingUser": user_id.get(author), "creationDateTime": when})
            xml.leaf("PlainTextContent", text)
            xml.close("Note")
        xml.close("Notes")
    if description:
        xml.leaf("Description", description)
    for g in memo_refs.pop(("project", ""), ()):
        xml.empty("NoteRef", targetGUID=g)
    xml.close("Project")
    for (kind, target), left in memo_refs.items():
        for _ in left:
            losses.add("memo", f"the {kind} it belongs to is not here; it became a free memo", target)
    _pack(path, xml.bytes(), members)
    return losses.table()


def _code_notes(
    book: Codebook, codes: Mapping[str, str], notes: list[tuple[str, str, str, str, str]]
) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for c in book:
        extra: dict[str, Any] = {k: getattr(c, k) for k in ("title", "stage", "lane") if getattr(c, k)}
        extra |= {k: list(getattr(c, k)) for k in ("include", "exclude") if getattr(c, k)}
        if c.guid != codes[c.name]:
            extra["guid"] = c.guid
        if extra:
            g = guid("code note", c.name)
            notes.append((g, "cjmkit", json.dumps(extra, ensure_ascii=False), "", ""))
            out[c.name] = [g]
    return out


def _write_selections(
    xml: Xml,
    document: str,
    rows: pd.DataFrame,
    codes: Mapping[str, str],
    user_id: Mapping[str, str],
    alone: Mapping[str, str],
    notes: list[tuple[str, str, str, str, str]],
) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    r: Any
    for r in rows.itertuples(index=False):
        coder, memo, created = _text(r.coder), _text(r.memo), _text(r.created)
        when = created if _WHEN.match(created) else None
        extra: dict[str, Any] = {}
        for k in ("stage", "touchpoint"):
            if _text(getattr(r, k)):
                extra[k] = _text(getattr(r, k))
        if r.valence == r.valence:
            extra["valence"] = float(r.valence)
        if created and when is None:
            extra["created"] = created
        if _text(r.participant) != alone.get(document, ""):
            extra["participant"] = _text(r.participant) or None
        if _ILLEGAL.search(memo):
            extra["memo"] = memo
        key = (document, int(r.start), int(r.end), str(r.code), coder)
        nth = seen[key] = seen.get(key, 0) + 1
        selection = guid("selection", *key, nth)
        xml.open(
            "PlainTextSelection",
            {
                "guid": selection,
                "name": str(r.quote),
                "startPosition": int(r.start),
                "endPosition": int(r.end),
                "creatingUser": user_id.get(coder),
                "creationDateTime": when,
            },
        )
        if memo and "memo" not in extra:
            xml.leaf("Description", memo)
        attributes = {"guid": guid("coding", *key, nth), "creatingUser": user_id.get(coder), "creationDateTime": when}
        xml.open("Coding", attributes)
        xml.empty("CodeRef", targetGUID=codes[str(r.code)])
        if extra:
            g = guid("coding note", *key, nth)
            notes.append((g, "cjmkit", json.dumps(extra, ensure_ascii=True), "", ""))
            xml.empty("NoteRef", targetGUID=g)
        xml.close("Coding")
        xml.close("PlainTextSelection")


def _case_rows(documents: pd.DataFrame, participants: pd.DataFrame | None, table: pd.DataFrame) -> pd.DataFrame:
    """The cases to write: those given, else those of the documents."""
    if participants is not None:
        out = participants.copy()
        for c in ("document", "participant"):
            if c not in out:
                raise CjmError(f"participants need the columns document and participant; {c} is missing")
        return out[out["participant"].notna()]
    if "participant" in documents:
        return documents.loc[documents["participant"].notna(), ["document", "participant"]]
    found = table[["document", "participant"]].dropna().drop_duplicates()
    return found.reset_index(drop=True)


def _write_cases(
    xml: Xml,
    cases: pd.DataFrame,
    document_id: Mapping[str, str],
    memo_refs: dict[tuple[str, str], list[str]],
    losses: Losses,
) -> None:
    if not len(cases):
        return
    kinds: dict[str, str] = {}
    for c in cases.columns:
        if c in ("document", "participant") or not cases[c].notna().any():
            continue
        kinds[str(c)] = _kind(cases[c].dropna().tolist())
    if kinds:
        xml.open("Variables")
        for name, kind in kinds.items():
            xml.open("Variable", {"guid": guid("variable", name), "name": name, "typeOfVariable": kind}, close=True)
        xml.close("Variables")
    xml.open("Cases")
    for who, rows in cases.groupby("participant", sort=False):
        xml.open("Case", {"guid": guid("case", who), "name": who})
        for name, kind in kinds.items():
            values = list(dict.fromkeys(_spell(v, kind) for v in rows[name].dropna()))
            values = [v for v in values if v]
            if len(values) > 1:
                losses.add("variable", "one person has several values; the first was written", f"{who}: {name}")
            if values:
                xml.open("VariableValue")
                xml.empty("VariableRef", targetGUID=guid("variable", name))
                xml.leaf(f"{kind}Value", values[0])
                xml.close("VariableValue")
        for d in rows["document"].dropna():
            if d in document_id:
                xml.empty("SourceRef", targetGUID=document_id[d])
            else:
                losses.add("case", "its document is not among the documents", f"{who}: {d}")
        for _ in memo_refs.get(("case", str(who)), ()):
            losses.add("memo", "the format has no memos on cases; it became a free memo", str(who))
        memo_refs.pop(("case", str(who)), None)
        xml.close("Case")
    xml.close("Cases")


def _kind(values: list[Any]) -> str:
    import numpy as np

    if all(isinstance(v, bool | np.bool_) for v in values):
        return "Boolean"
    numbers = all(isinstance(v, int | float | np.integer | np.floating) for v in values)
    if numbers and all(float(v).is_integer() for v in values):
        return "Integer"
    return "Float" if numbers else "Text"


def _spell(value: Any, kind: str) -> str:
    if kind == "Boolean":
        return "true" if value else "false"
    if kind == "Integer":
        return str(int(value))
    if kind == "Float":
        return repr(float(value))
    return str(value)


def _pack(path: str | os.PathLike[str], project: bytes, members: Mapping[str, bytes]) -> None:
    """Zip with fixed dates, so that equal projects are equal files."""
    buffer = io.BytesIO()
    stamp = dt.datetime.fromisoformat(_EPOCH).timetuple()[:6]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in [("project.qde", project), *members.items()]:
            info = zipfile.ZipInfo(name, date_time=stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            z.writestr(info, data)
    write_atomically(Path(path), buffer.getvalue())
