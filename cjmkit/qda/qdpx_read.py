"""Reading REFI-QDA projects (.qdpx) from any tool, with all the liberties that tools take."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.coding.codebook import Code, Codebook
from cjmkit.core.codings import check_codings, empty_codings
from cjmkit.errors import FileFormatError
from cjmkit.intake.containers import open_zip, parse_xml, read_bytes, read_zip_member
from cjmkit.intake.decoding import decode
from cjmkit.intake.documents import text_of_docx
from cjmkit.interviews.transcripts import make_documents
from cjmkit.qda.model import MEMO_COLUMNS, Losses, QdaProject
from cjmkit.qda.positions import Choice, Reading, Selection, Stored, choose_reading

__all__ = ["codes_of", "read_qdpx"]

_MARK = "cjmkit"  # name of notes that hold what the format has no place for
_MEDIA = {"AudioSource": "audio", "VideoSource": "video", "PictureSource": "picture", "PDFSource": "PDF"}


@dataclass
class _Passage:
    """A selection with its codings, before the way of counting is known."""

    selection: Selection
    guid: str
    codings: list[tuple[str, str, str, list[str]]]  # code guid, user guid, created, notes
    memo: list[str]


@dataclass
class _Document:
    guid: str
    name: str
    stored: Stored
    passages: list[_Passage] = field(default_factory=list)
    whole: list[tuple[str, str, str, list[str]]] = field(default_factory=list)


def local(element: Any) -> str:
    """Name of an element without its namespace: tools write four different ones."""
    return str(element.tag).rsplit("}", 1)[-1]


def children(element: Any, name: str) -> Iterator[Any]:
    """Children with that local name."""
    return (c for c in element if local(c) == name)


def child(element: Any, name: str) -> Any:
    """The first child with that local name, or None."""
    return next(children(element, name), None)


def guid_of(value: str | None) -> str:
    """A GUID for comparison: braces and case differ even within one file."""
    return (value or "").strip().strip("{}").casefold()


def text_of(element: Any) -> str:
    """Text of an element, or nothing."""
    return (element.text or "") if element is not None else ""


def codes_of(
    parent: Any, losses: Losses, notes: dict[str, tuple[str, str]] | None = None
) -> tuple[Codebook, dict[str, str]]:
    """Codebook from a ``Codes`` element, and the code name of each GUID."""
    found: list[tuple[str, str, Any]] = []  # guid, parent guid, element

    def walk(element: Any, above: str) -> None:
        for c in children(element, "Code"):
            guid = guid_of(c.get("guid")) or f"#{len(found)}"
            if any(guid == g for g, _, _ in found):
                losses.add("code", "a second code with the same GUID got another identity", c.get("name", ""))
                guid += f"#{len(found)}"
            found.append((guid, above, c))
            walk(c, guid)

    if parent is not None:
        walk(parent, "")
    above = {g: p for g, p, _ in found}
    plain = {g: (c.get("name") or "").strip() for g, _, c in found}
    for g, _, _ in found:
        if not plain[g]:
            plain[g] = f"code {g[:8]}"
            losses.add("code", "a code without a name was named by its GUID", g)

    def path(g: str) -> str:
        parts = [plain[g]]
        while above[g]:
            g = above[g]
            parts.append(plain[g])
        return " / ".join(reversed(parts))

    names: dict[str, str] = {}
    taken: set[str] = set()
    often: dict[str, int] = {}
    for g in plain:
        often[plain[g]] = often.get(plain[g], 0) + 1
    for g, _, _ in found:
        name = plain[g] if often[plain[g]] == 1 else path(g)
        k = 2
        while name in taken:
            name = f"{plain[g] if often[plain[g]] == 1 else path(g)} ({k})"
            k += 1
        if name != plain[g]:
            losses.add("code", "codes of the same name were told apart by their path", name)
        taken.add(name)
        names[g] = name
    codes = []
    for g, p, c in found:
        colour = (c.get("color") or "").strip()
        if colour and not re.fullmatch(r"#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", colour):
            losses.add("colour", "not #RRGGBB", colour)
            colour = ""
        extra: dict[str, Any] = {}
        for ref in children(c, "NoteRef"):
            note = (notes or {}).get(guid_of(ref.get("targetGUID")))
            if note and note[0] == _MARK:
                extra |= _extra(note[1])
        known = {k: extra[k] for k in ("title", "stage", "lane", "include", "exclude") if k in extra}
        definition = extra.get("definition", text_of(child(c, "Description")))
        codes.append(
            Code(
                names[g],
                definition=str(definition),
                parent=names.get(p, ""),
                colour=colour,
                codable=(c.get("isCodable") or "true").casefold() not in ("false", "0"),
                guid=extra.get("guid", (c.get("guid") or "").strip("{}")),
                **known,
            )
        )
    return Codebook(tuple(codes)), names


def _extra(text: str) -> dict[str, Any]:
    try:
        loaded = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def read_qdpx(path: str | os.PathLike[str]) -> QdaProject:
    """Read a REFI-QDA project, as ATLAS.ti, MAXQDA, NVivo, QualCoder, Quirkos, Transana and others write it.

    Parameters
    ----------
    path : path-like
        The .qdpx file. Nothing is unpacked to disk, and no file outside it is opened.

    Returns
    -------
    QdaProject
        ``.reading`` tells how positions were counted and how sure that is; ``.dropped`` lists what did not come over:
        pictures, sound, links, sets, graphs, and every coding that could not be placed.

    Raises
    ------
    FileFormatError
        If the file is not a project, is damaged, or unpacks to an absurd size.
    """
    where = Path(path)
    z = open_zip(read_bytes(where), where)
    names = [n for n in z.namelist() if n.casefold().endswith(".qde")]
    if not names:
        raise FileFormatError("no .qde inside; is this a REFI-QDA project?", path=where)
    main = min(names, key=lambda n: (n.count("/") + n.count("\\"), n.casefold() != "project.qde", n))
    root: Any = parse_xml(read_zip_member(z, main, where), where)
    if local(root) != "Project":
        raise FileFormatError(f"the .qde holds <{local(root)}> instead of <Project>", path=where)
    losses = Losses()
    if len(names) > 1:
        losses.add("project", "only one .qde was read", ", ".join(n for n in names if n != main))
    origin = root.get("origin") or ""
    ours = bool(re.match(r"cjmkit \d", origin))
    members = {n.replace("\\", "/").rsplit("/", 1)[-1].casefold(): n for n in z.namelist() if not n.endswith("/")}

    def content(element: Any, what: str) -> Stored | None:
        inline = child(element, "PlainTextContent")
        if inline is not None:
            return Stored(text_of(inline), exact=ours)
        target = element.get("plainTextPath") or ""
        rich = False
        if not target:
            target, rich = element.get("richTextPath") or element.get("path") or "", True
        if not target:
            losses.add(what, "has no text", element.get("name", ""))
            return None
        scheme, _, rest = target.partition("://") if "://" in target else ("internal", "", target)
        file = rest.replace("\\", "/").split("/")
        if scheme.casefold() != "internal":
            losses.add(what, f"its text lies outside the file ({scheme}), which is not opened", target)
            return None
        if ".." in file:
            losses.add(what, "its path leads outside the file; refused", target)
            return None
        member = members.get(file[-1].casefold())
        if member is None:
            losses.add(what, "its text is missing from the file", element.get("name", "") or target)
            return None
        data = read_zip_member(z, member, where)
        if rich and member.casefold().endswith(".docx"):
            losses.add(
                what, "read from the docx, for there is no plain text; positions may be off", element.get("name", "")
            )
            return Stored(text_of_docx(data, where))
        if rich and not member.casefold().endswith(".txt"):
            losses.add(what, f"a {member.rsplit('.', 1)[-1]} without plain text", element.get("name", ""))
            return None
        return Stored(_raw_text(data, where), exact=ours)

    users = {guid_of(u.get("guid")): (u.get("name") or u.get("id") or "").strip() for u in _each(root, "Users", "User")}
    _tell_apart(users, losses)
    note_text: dict[str, tuple[str, str]] = {}
    note_rows: dict[str, tuple[str, str, str, str]] = {}
    for n in _each(root, "Notes", "Note"):
        stored = content(n, "note")
        description = text_of(child(n, "Description"))
        body = stored.text if stored else description
        if stored and description:
            body = f"{description}\n{body}" if body else description
        g = guid_of(n.get("guid"))
        note_text[g] = (n.get("name") or "", body)
        author = users.get(guid_of(n.get("creatingUser")), "")
        note_rows[g] = (n.get("name") or "", body, author, n.get("creationDateTime") or "")
        if any(local(c) in ("PlainTextSelection", "Coding") for c in n):
            losses.add("coding", "on a note, not on a document", n.get("name", ""))
    book = child(root, "CodeBook")
    codebook, code_names = codes_of(child(book, "Codes") if book is not None else None, losses, note_text)
    documents = _documents(root, content, losses)
    choice = Choice(Reading(), "written by cjmkit", 1.0, 0.0, "certain")
    if not ours:
        choice = choose_reading([(d.stored, [p.selection for p in d.passages]) for d in documents], origin=origin)
    linked = _note_links(root, set(note_text), documents)
    used_notes: set[str] = set()
    table, spans = _codings(root, documents, choice, code_names, users, note_text, used_notes, losses)
    people, table = _cases(root, documents, table, spans, losses)
    memos = _memos(root, note_rows, used_notes, documents, code_names)
    for tag in ("Links", "Sets", "Graphs"):
        for item in _each(root, tag, tag[:-1]):
            if guid_of(item.get("guid")) in linked:
                continue
            losses.add(tag[:-1].casefold(), "cjmkit has no place for it", item.get("name", ""))
    owner = (
        people.drop_duplicates("document").set_index("document")["participant"]
        if len(people)
        else pd.Series(dtype="str")
    )
    several = set(people.loc[people["document"].duplicated(), "document"])
    docs = make_documents((d.name, d.stored.text, None if d.name in several else owner.get(d.name)) for d in documents)
    docs["guid"] = pd.Series([d.guid for d in documents], dtype="str")
    reading = pd.DataFrame(
        [
            (d.name, str(choice.reading), choice.evidence, choice.fit, choice.runner_up, choice.confidence)
            for d in documents
            if d.passages
        ],
        columns=["document", "positions", "evidence", "fit", "runner_up", "confidence"],
    )
    return QdaProject(
        documents=docs,
        codebook=codebook,
        codings=table,
        participants=people,
        memos=memos,
        dropped=losses.table(),
        reading=reading,
        origin=origin,
        title=root.get("name") or "",
    )


def _note_links(root: Any, notes: set[str], documents: list[_Document]) -> set[str]:
    """Hand notes that are tied to a passage by a link to that passage (NVivo's way); GUIDs of those links."""
    passages = {p.guid: p for d in documents for p in d.passages if p.guid}
    done = set()
    for link in _each(root, "Links", "Link"):
        ends = guid_of(link.get("originGUID")), guid_of(link.get("targetGUID"))
        for note, place in (ends, ends[::-1]):
            if note in notes and place in passages:
                passages[place].memo.append(f"note:{note}")
                done.add(guid_of(link.get("guid")))
    return done


def _raw_text(data: bytes, path: Path) -> str:
    """Decoded text with its byte order mark and line ends, for they count."""
    for bom, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            return data.decode(name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        _, how = decode(data, path=path)
        return data.decode(how.encoding, "replace")


def _each(root: Any, group: str, item: str) -> Iterator[Any]:
    for g in children(root, group):
        yield from children(g, item)


def _tell_apart(users: dict[str, str], losses: Losses) -> None:
    seen: set[str] = set()
    for g in users:
        name = users[g] or f"user {g[:8]}"
        base, k = name, 2
        while name in seen:
            name = f"{base} ({k})"
            k += 1
        if name != users[g]:
            losses.add("user", "users of the same name were told apart", name)
        seen.add(name)
        users[g] = name


def _documents(root: Any, content: Any, losses: Losses) -> list[_Document]:
    out: list[_Document] = []
    taken: set[str] = set()

    def add(element: Any, name: str, selections: str) -> None:
        stored = content(element, "document")
        if stored is None:
            n = sum(1 for s in element.iter() if local(s) == "Coding")
            for _ in range(n):
                losses.add("coding", "its document has no text", name)
            return
        base, k = name or f"document {len(out) + 1}", 2
        unique = base
        while unique in taken:
            unique = f"{base} ({k})"
            k += 1
        if unique != name:
            losses.add("document", "documents of the same or no name were told apart", unique)
        taken.add(unique)
        d = _Document(guid_of(element.get("guid")), unique, stored)
        sync = {guid_of(s.get("guid")): s.get("position") for s in children(element, "SyncPoint")}
        for s in children(element, selections):
            if selections == "PlainTextSelection":
                a, b = _whole(s.get("startPosition")), _whole(s.get("endPosition"))
            else:
                a = _whole(sync.get(guid_of(s.get("fromSyncPoint"))))
                b = _whole(sync.get(guid_of(s.get("toSyncPoint"))))
            codings = [_coding(c) for c in children(s, "Coding")]
            if a is None or b is None:
                for _ in codings or [None]:  # type: ignore[list-item]
                    losses.add("coding", "its position is missing or not a number", s.get("name", ""))
                continue
            memo = [text_of(child(s, "Description"))]
            refs = [f"note:{guid_of(r.get('targetGUID'))}" for r in children(s, "NoteRef")]
            user = guid_of(s.get("creatingUser"))
            codings = [(g, u or user, t or (s.get("creationDateTime") or ""), n) for g, u, t, n in codings]
            d.passages.append(
                _Passage(Selection(a, b, s.get("name") or ""), guid_of(s.get("guid")), codings, memo + refs)
            )
        d.whole = [_coding(c) for c in children(element, "Coding")]
        out.append(d)

    for group in children(root, "Sources"):
        for source in group:
            kind, name = local(source), (source.get("name") or "").strip()
            if kind == "TextSource":
                add(source, name, "PlainTextSelection")
                continue
            if kind not in _MEDIA:
                losses.add(kind, "unknown kind of source", name)
                continue
            inner = child(source, "Representation") if kind == "PDFSource" else child(source, "Transcript")
            if inner is not None:
                if not inner.get("name"):
                    inner.set("name", name)
                add(inner, name, "PlainTextSelection" if kind == "PDFSource" else "TranscriptSelection")
            else:
                losses.add("document", f"a {_MEDIA[kind]} without text", name)
            for s in source:
                if local(s).endswith("Selection"):
                    for _ in children(s, "Coding"):
                        losses.add("coding", f"on a region of a {_MEDIA[kind]}", name)
    return out


def _whole(value: str | None) -> int | None:
    try:
        return None if value is None else int(value.strip())
    except ValueError:
        return None


def _coding(element: Any) -> tuple[str, str, str, list[str]]:
    ref = child(element, "CodeRef")
    notes = [guid_of(r.get("targetGUID")) for r in children(element, "NoteRef")]
    return (
        guid_of(ref.get("targetGUID")) if ref is not None else "",
        guid_of(element.get("creatingUser")),
        element.get("creationDateTime") or "",
        notes,
    )


def _codings(
    root: Any,
    documents: list[_Document],
    choice: Choice,
    code_names: dict[str, str],
    users: dict[str, str],
    notes: dict[str, tuple[str, str]],
    used: set[str],
    losses: Losses,
) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """The codings table, and the rows that each selection became."""
    nobody = users.get(guid_of(root.get("creatingUserGUID")), "")
    rows: list[dict[str, Any]] = []
    became: dict[str, list[int]] = {}
    for d in documents:
        text = d.stored.text
        spans = d.stored.spans([p.selection for p in d.passages], choice.reading)
        for p, (a, b) in zip(d.passages, spans, strict=True):
            memo = [m for m in p.memo if m and not m.startswith("note:")]
            for m in p.memo:
                if m.startswith("note:") and m[5:] in notes:
                    used.add(m[5:])
                    if notes[m[5:]][0] != _MARK:
                        memo.append(notes[m[5:]][1])
            if a < 0:
                for _ in p.codings:
                    losses.add(
                        "coding", "beyond the end of its text", f"{d.name}: {p.selection.start}–{p.selection.end}"
                    )
                continue
            if b <= a:
                for _ in p.codings or [None]:  # type: ignore[list-item]
                    losses.add("coding", "its selection is empty", f"{d.name}: {p.selection.start}")
                continue
            if not p.codings:
                losses.add("selection", "a passage without a code (a bare quotation)", text[a:b])
            for c in p.codings:
                row = _row(d, a, b, c, memo, code_names, users, nobody, notes, used, losses)
                if row:
                    became.setdefault(p.guid, []).append(len(rows))
                    rows.append(row)
        for c in d.whole:
            if not text:
                losses.add("coding", "on an empty document", d.name)
                continue
            row = _row(d, 0, len(text), c, [], code_names, users, nobody, notes, used, losses)
            if row:
                losses.add(
                    "coding", "coded the whole document; became a passage from its first to its last character", d.name
                )
                rows.append(row)
    return (check_codings(pd.DataFrame(rows)) if rows else empty_codings()), became


def _row(
    d: _Document,
    a: int,
    b: int,
    coding: tuple[str, str, str, list[str]],
    memo: list[str],
    code_names: dict[str, str],
    users: dict[str, str],
    nobody: str,
    notes: dict[str, tuple[str, str]],
    used: set[str],
    losses: Losses,
) -> dict[str, Any] | None:
    guid, user, created, refs = coding
    if guid not in code_names:
        losses.add("coding", "its code is not in the codebook", d.stored.text[a:b])
        return None
    extra: dict[str, Any] = {}
    memo = list(memo)
    for r in refs:
        if r in notes:
            used.add(r)
            if notes[r][0] == _MARK:
                extra |= _extra(notes[r][1])
            else:
                memo.append(notes[r][1])
    row = {
        "document": d.name,
        "start": a,
        "end": b,
        "quote": d.stored.text[a:b],
        "code": code_names[guid],
        "coder": users.get(user, nobody) or None,
        "memo": "\n".join(memo) or None,
        "created": created or None,
    }
    known = ("stage", "touchpoint", "valence", "created", "memo", "participant", "coder")
    return row | {k: extra[k] for k in known if k in extra} | {"_own": "participant" in extra}


def _cases(
    root: Any, documents: list[_Document], table: pd.DataFrame, became: dict[str, list[int]], losses: Losses
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases as rows of document, participant and variables; codings get the participant whose case holds them."""
    by_guid = {d.guid: d.name for d in documents}
    variables = {guid_of(v.get("guid")): (v.get("name") or "").strip() for v in _each(root, "Variables", "Variable")}
    rows: list[dict[str, Any]] = []
    table = table.copy()
    covered: set[str] = set()
    for case in _each(root, "Cases", "Case"):
        values = _values(case, variables, losses)
        refs = [by_guid[g] for g in (guid_of(r.get("targetGUID")) for r in children(case, "SourceRef")) if g in by_guid]
        name = (case.get("name") or "").strip() or (refs[0] if refs else "")
        if not name:
            losses.add("case", "has neither a name nor a document", case.get("guid", ""))
            continue
        places: list[str | None] = [*refs] or [None]
        for document in places:
            rows.append({"document": document, "participant": name} | values)
            if document:
                covered.add(document)
        for r in children(case, "SelectionRef"):
            for i in became.get(guid_of(r.get("targetGUID")), ()):
                table.loc[table.index[i], "participant"] = name
        if child(case, "CodeRef") is not None:
            losses.add("case", "its link to a code", name)
    for group in children(root, "Sources"):
        for source in group:
            values = _values(source, variables, losses)
            here = by_guid.get(guid_of(source.get("guid")))
            if not values or here is None:
                continue
            mine = [r for r in rows if r["document"] == here]
            if mine:
                for r in mine:
                    r.update({k: v for k, v in values.items() if k not in r})
            else:
                rows.append({"document": here, "participant": here} | values)
    people = pd.DataFrame(rows) if rows else pd.DataFrame({"document": [], "participant": []})
    people["document"] = people["document"].astype("str")
    people["participant"] = people["participant"].astype("str")
    single = people[people["document"].notna()].groupby("document")["participant"].agg(list)
    alone = {d: p[0] for d, p in single.items() if len(p) == 1}
    if len(table):
        known = table["participant"].notna() | table["_own"]
        table["participant"] = table["participant"].where(known, table["document"].map(alone)).astype("str")
    return people, table.drop(columns="_own", errors="ignore")


def _values(element: Any, variables: dict[str, str], losses: Losses) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for v in children(element, "VariableValue"):
        ref = child(v, "VariableRef")
        name = variables.get(guid_of(ref.get("targetGUID")) if ref is not None else "", "")
        value = next((c for c in v if local(c).endswith("Value")), None)
        if not name or value is None or not (value.text or "").strip():
            continue
        raw, kind = (value.text or ""), local(value)
        try:
            if kind == "IntegerValue":
                out[name] = int(raw)
            elif kind == "FloatValue":
                out[name] = float(raw)
            elif kind == "BooleanValue":
                out[name] = raw.strip().casefold() in ("true", "1")
            else:
                out[name] = raw
        except ValueError:
            losses.add("variable", f"not a {kind.removesuffix('Value').casefold()}; kept as text", raw)
            out[name] = raw
    return out


def _memos(
    root: Any,
    notes: dict[str, tuple[str, str, str, str]],
    used: set[str],
    documents: list[_Document],
    code_names: dict[str, str],
) -> pd.DataFrame:
    rows: list[tuple[str, str, str, str, str, str]] = []
    seen = set(used)

    def take(kind: str, target: str, element: Any) -> None:
        for r in children(element, "NoteRef"):
            g = guid_of(r.get("targetGUID"))
            if g in notes:
                seen.add(g)
                if notes[g][0] != _MARK:
                    rows.append((kind, target, *notes[g]))

    description = text_of(child(root, "Description"))
    if description:
        rows.append(("project", "", "", description, "", ""))
    take("project", "", root)
    for element in root.iter():
        kind = local(element)
        if kind == "Code":
            take("code", code_names.get(guid_of(element.get("guid")), element.get("name") or ""), element)
        elif kind == "TextSource":
            name = next(
                (d.name for d in documents if d.guid == guid_of(element.get("guid"))), element.get("name") or ""
            )
            text = text_of(child(element, "Description"))
            if text:
                rows.append(("document", name, "", text, "", ""))
            take("document", name, element)
        elif kind == "Case":
            text = text_of(child(element, "Description"))
            if text:
                rows.append(("case", element.get("name") or "", "", text, "", ""))
    for g, note in notes.items():
        if g not in seen and note[0] != _MARK:
            rows.append(("free", "", *note))
    return pd.DataFrame(rows, columns=list(MEMO_COLUMNS)).astype("str")
