"""Writing REFI-QDA projects (.qdpx) that validate against the standard's schema and come back unchanged."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit._version import __version__
from cjmkit.coding.codebook import Code, Codebook
from cjmkit.core.codings import check_codings
from cjmkit.errors import CjmError
from cjmkit.files import write_atomically
from cjmkit.qda.fields import pack_fields
from cjmkit.qda.kept import kept_items
from cjmkit.qda.model import Losses
from cjmkit.qda.xml import EPOCH, Xml, guid, valid_guid

__all__ = ["NOBODY", "utc", "write_qdpx"]

# The user of notes that have no author: readers ask for one.
NOBODY = "cjmkit"


def write_codes(
    xml: Xml, book: Codebook, ids: Mapping[str, str], *, used: frozenset[str] = frozenset(), fields: bool = False
) -> None:
    """Write ``Codes``; `used` codes can be coded with in any case, and `fields` go into the description (projects)."""

    def walk(codes: list[Code]) -> None:
        for c in codes:
            codable = c.codable or c.name in used
            xml.open(
                "Code",
                {
                    "guid": ids[c.name],
                    "name": c.name,
                    "isCodable": "true" if codable else "false",
                    "color": c.colour or None,
                },
            )
            text = c.definition
            if fields:
                extra: dict[str, Any] = {k: getattr(c, k) for k in ("title", "stage", "lane", "text") if getattr(c, k)}
                extra |= {k: getattr(c, k) for k in ("include", "exclude") if getattr(c, k)}
                extra |= {"guid": c.guid} if c.guid and c.guid != ids[c.name] else {}
                extra |= {"heading": "yes"} if codable and not c.codable else {}
                text = pack_fields(extra, text, name="definition")
            if text:
                xml.leaf("Description", text)
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
    kept: str = "",
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
    kept : str
        Links, sets and graphs of a project that was read: ``project.kept``.
    title : str
        The project's name.

    Returns
    -------
    pandas.DataFrame
        what, reason, times, example: everything that the format could not take. Stage, touchpoint and valence have no
        place of their own in the format: they stand at the head of a coding's description, where other tools show
        them, and come back with :func:`read_qdpx`.

    Notes
    -----
    Positions are code points, half-open; texts are UTF-8 without a byte order mark. The same content gives the same
    file, byte for byte. QualCoder 3 and 4 open it: every note is a file with a name of its own, a user and a date.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "study.qdpx"
    >>> texts = pd.DataFrame({"document": ["anna"], "text": ["No news for weeks."]})
    >>> said = pd.DataFrame({"document": ["anna"], "start": [0], "end": [7], "code": ["wait"], "coder": ["eva"]})
    >>> len(write_qdpx(path, documents=texts, codings=said))
    0
    """
    losses = Losses()
    table = check_codings(codings, documents)
    book = codebook or Codebook()
    for name in sorted(set(table["code"]) - set(book.names)):
        book = book.with_code(name)
    texts: dict[str, str] = dict(zip(documents["document"], documents["text"], strict=True))
    if len(texts) < len(documents):
        raise CjmError(
            en="two documents share a name; give them different ones", ru="у двух документов одно имя; дайте разные"
        )
    noted = _notes(memos)
    project = _Project(
        documents=_document_ids(documents),
        codes=code_ids(book, losses),
        users=_users(table, noted),
        losses=losses,
    )
    cases = _case_rows(documents, participants, table)
    held = cases.dropna(subset=["document"]).groupby("document")["participant"].agg(list)
    alone = {str(d): str(p[0]) for d, p in held.items() if len(p) == 1}
    described = {(n.kind, n.target): n for n in reversed(noted) if n.plain and n.kind in ("document", "project")}
    members: dict[str, bytes] = {}
    xml = Xml(losses)
    xml.open("Project", _HEAD | {"name": title or "cjmkit"})
    if project.users:
        xml.open("Users")
        for name, g in project.users.items():
            xml.empty("User", guid=g, name=name)
        xml.close("Users")
    if len(book):
        xml.open("CodeBook")
        write_codes(xml, book, project.codes, used=frozenset(table["code"]), fields=True)
        xml.close("CodeBook")
    _write_cases(xml, cases, project.documents, losses)
    if texts:
        xml.open("Sources")
        for d, text in texts.items():
            file = f"{project.documents[d].strip('{}')}.txt"
            members[f"sources/{file}"] = _encoded(text, d, losses)
            name = re.sub(r"[/\\\\:?]", "_", d)
            xml.open("TextSource", {"guid": project.documents[d], "name": name, "plainTextPath": f"internal://{file}"})
            memo = described.get(("document", d))
            about = pack_fields({} if name == d else {"document": d}, memo.text if memo else "")
            if about:
                xml.leaf("Description", about)
            _write_selections(xml, project, d, table[table["document"] == d], alone)
            xml.close("TextSource")
        xml.close("Sources")
    links = _write_notes(xml, project, [n for n in noted if n not in described.values()], members)
    _write_kept(xml, kept, links)
    if ("project", "") in described:
        xml.leaf("Description", described["project", ""].text)
    xml.close("Project")
    _pack(path, xml.bytes(), members)
    return losses.table()


_HEAD = {
    "xmlns": "urn:QDA-XML:project:1.0",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": "urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd",
    "origin": f"cjmkit {__version__}",
}


@dataclass(frozen=True)
class _Project:
    """The GUIDs of what is written, and what could not be."""

    documents: dict[str, str]
    codes: dict[str, str]
    users: dict[str, str]
    losses: Losses


@dataclass(frozen=True)
class _Note:
    """A memo on its way into the file."""

    guid: str
    kind: str
    target: str
    name: str
    text: str
    author: str
    created: str

    @property
    def plain(self) -> bool:
        """Whether it says no more than a description can hold."""
        return not (self.name or self.author or self.created)


def _notes(memos: pd.DataFrame | None) -> list[_Note]:
    out = []
    rows = [] if memos is None else memos.to_dict("records")
    for k, m in enumerate(rows):
        kind, target, text = (_text(m.get(c)) for c in ("kind", "target", "text"))
        own = _text(m.get("guid"))
        g = own if valid_guid(own) else guid("memo", k, kind, target, text)
        out.append(_Note(g, kind, target, *(_text(m.get(c)) for c in ("name", "text", "author", "created"))))
    return out


def _document_ids(documents: pd.DataFrame) -> dict[str, str]:
    out = {d: guid("document", d) for d in documents["document"]}
    if "guid" in documents:
        own = {d: g for d, g in zip(documents["document"], documents["guid"]) if valid_guid(_text(g))}
        out |= {d: g for d, g in own.items() if list(own.values()).count(g) == 1}
    return out


def _users(table: pd.DataFrame, noted: list[_Note]) -> dict[str, str]:
    """Coders first: readers make the first user the current one. Notes need a user, so the nameless have one too."""
    names = [*sorted(table["coder"].dropna().unique()), *(n.author or NOBODY for n in noted)]
    return {name: guid("user", name) for name in dict.fromkeys(names)}


def _encoded(text: str, name: str, losses: Losses) -> bytes:
    if re.search("[\ud800-\udfff]", text):
        losses.add("characters", "half of a surrogate pair; replaced by �", name)
        text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    return text.encode("utf-8")


def utc(when: str) -> str | None:
    """An ISO date and time in UTC with whole seconds, as readers of the format expect; None for anything else.

    Examples
    --------
    >>> utc("2026-01-02T06:04:05.7+03:00"), utc("yesterday")
    ('2026-01-02T03:04:05Z', None)
    """
    try:
        found = dt.datetime.fromisoformat(when.replace("Z", "+00:00"))
    except ValueError:
        return None
    if "T" not in when or found.year < 1000:
        return None
    moved = found if found.tzinfo is None else found.astimezone(dt.UTC)
    return moved.replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def _write_selections(xml: Xml, project: _Project, document: str, rows: pd.DataFrame, alone: Mapping[str, str]) -> None:
    """A selection a coding: readers take the coder of the selection, and its description for the memo."""
    seen: dict[tuple[Any, ...], int] = {}
    own = [_text(g) for g in rows["guid"]] if "guid" in rows else []
    r: Any
    for k, r in enumerate(rows.itertuples(index=False)):
        coder, created = _text(r.coder), _text(r.created)
        when = utc(created) if created else None
        extra = {f: _text(getattr(r, f)) for f in ("stage", "touchpoint") if _text(getattr(r, f))}
        if r.valence == r.valence:
            extra["valence"] = f"{r.valence:g}"
        if _text(r.participant) != alone.get(document, ""):
            extra["participant"] = _text(r.participant)
        if created and when != created.replace("+00:00", "Z"):
            extra["created"] = created
        key = (document, int(r.start), int(r.end), str(r.code), coder)
        nth = seen[key] = seen.get(key, 0) + 1
        by = {"creatingUser": project.users.get(coder), "creationDateTime": when}
        mine = own[k] if own and valid_guid(own[k]) and own.count(own[k]) == 1 else guid("selection", *key, nth)
        place = {"name": str(r.quote), "startPosition": int(r.start), "endPosition": int(r.end)}
        xml.open("PlainTextSelection", {"guid": mine} | place | by)
        memo = pack_fields(extra, _text(r.memo))
        if memo:
            xml.leaf("Description", memo)
        xml.open("Coding", {"guid": guid("coding", *key, nth)} | by)
        xml.empty("CodeRef", targetGUID=project.codes[str(r.code)])
        xml.close("Coding")
        xml.close("PlainTextSelection")


def _write_notes(xml: Xml, project: _Project, noted: list[_Note], members: dict[str, bytes]) -> list[tuple[str, str]]:
    """Notes as files with a name of their own, a user and a date; what they belong to comes back as links."""
    targets = {"document": project.documents, "code": project.codes}
    links: list[tuple[str, str]] = []
    taken: set[str] = set()
    if noted:
        xml.open("Notes")
    for n in noted:
        when = utc(n.created) if n.created else None
        file = f"{n.guid.strip('{}')}.txt"
        members[f"sources/{file}"] = _encoded(n.text, n.name, project.losses)
        base, k = n.name or f"{n.kind} {n.target}".strip(), 2
        name = base
        while name in taken:
            name, k = f"{base} ({k})", k + 1
        taken.add(name)
        attributes = {"name": name, "plainTextPath": f"internal://{file}"}
        by = {"creatingUser": project.users[n.author or NOBODY], "creationDateTime": when or EPOCH}
        about = {"name": n.name} if name != n.name else {}
        about |= {"created": n.created} if n.created and when != n.created else {}
        about |= {"kind": n.kind, "target": n.target} if n.kind in ("case", "project") else {}
        xml.open("Note", {"guid": n.guid} | attributes | by)
        if about:
            xml.leaf("Description", pack_fields(about, ""))
        xml.close("Note")
        if n.kind in targets and n.target in targets[n.kind]:
            links.append((n.guid, targets[n.kind][n.target]))
        elif n.kind in targets:
            project.losses.add("memo", f"the {n.kind} it belongs to is not here; it became a free memo", n.target)
    if noted:
        xml.close("Notes")
    return links


def _write_kept(xml: Xml, kept: str, links: list[tuple[str, str]]) -> None:
    """Links of memos, and the links, sets and graphs of the project read, as far as what they join is still here."""
    here = set(re.findall(r'guid="\{?([0-9a-fA-F-]{36})\}?"', "".join(xml.parts)))
    groups: dict[str, list[str]] = {"Links": [], "Sets": [], "Graphs": []}
    for note, target in links:
        attributes = {"guid": guid("link", note, target), "originGUID": note, "targetGUID": target}
        made = Xml(xml.losses)
        made.empty("Link", **attributes)
        groups["Links"].append(made.parts[-1])
    for name, items in kept_items(kept):
        for item in items:
            text, gone = item.written(here)
            if gone:
                xml.losses.add(name[:-1].casefold(), "joins what is no longer here", item.name)
            if text:
                groups[name].append(text)
    for name, parts in groups.items():
        if parts:
            xml.parts.append(f"<{name}>{''.join(parts)}</{name}>\n")


def _case_rows(documents: pd.DataFrame, participants: pd.DataFrame | None, table: pd.DataFrame) -> pd.DataFrame:
    """The cases to write: those given, else those of the documents."""
    if participants is not None:
        out = participants.copy()
        for c in ("document", "participant"):
            if c not in out:
                raise CjmError(
                    en=f"participants need the columns document and participant; {c} is missing",
                    ru=f"участникам нужны столбцы document и participant; нет {c}",
                )
        return out[out["participant"].notna()]
    if "participant" in documents:
        return documents.loc[documents["participant"].notna(), ["document", "participant"]]
    found = table[["document", "participant"]].dropna().drop_duplicates()
    return found.reset_index(drop=True)


def _write_cases(
    xml: Xml,
    cases: pd.DataFrame,
    document_id: Mapping[str, str],
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
    stamp = dt.datetime.fromisoformat(EPOCH).timetuple()[:6]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in [("project.qde", project), *members.items()]:
            info = zipfile.ZipInfo(name, date_time=stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            z.writestr(info, data)
    write_atomically(Path(path), buffer.getvalue())
