"""Parts of an exchange project: its documents, codings, cases and memos."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cjmkit.core.codings import check_codings, empty_codings
from cjmkit.qda.fields import CODING_FIELDS, unpack_fields
from cjmkit.qda.model import MEMO_COLUMNS, Losses
from cjmkit.qda.positions import Choice, Selection, Stored
from cjmkit.qda.xml import child, children, each, guid_of, local, text_of

__all__ = [
    "Document",
    "Note",
    "Passage",
    "cases_of",
    "codings_of",
    "documents_of",
    "memos_of",
    "note_links",
    "tell_apart",
]

_MEDIA = {"AudioSource": "audio", "VideoSource": "video", "PictureSource": "picture", "PDFSource": "PDF"}


@dataclass
class Note:
    """A memo, and what it belongs to as far as that is known yet."""

    guid: str
    name: str
    text: str
    author: str
    created: str
    kind: str = "free"
    target: str = ""

    def row(self, kind: str, target: str) -> tuple[str, ...]:
        """A row of the memos table."""
        return (kind, target, self.name, self.text, self.author, self.created, self.guid)


@dataclass
class Passage:
    """A selection with its codings, before the way of counting is known."""

    selection: Selection
    guid: str
    codings: list[tuple[str, str, str, list[str]]]  # code guid, user guid, created, notes
    memo: list[str]


@dataclass
class Document:
    """A document with its passages, before the way of counting is known."""

    guid: str
    name: str
    stored: Stored
    passages: list[Passage] = field(default_factory=list)
    whole: list[tuple[str, str, str, list[str]]] = field(default_factory=list)


def note_links(root: Any, notes: dict[str, Note], documents: list[Document], code_names: dict[str, str]) -> set[str]:
    """Hand notes that a link ties to a passage, a document or a code to it (NVivo's way); GUIDs of those links."""
    passages = {p.guid: p for d in documents for p in d.passages if p.guid}
    named = {d.guid: d.name for d in documents}
    done = set()
    for link in each(root, "Links", "Link"):
        ends = guid_of(link.get("originGUID")), guid_of(link.get("targetGUID"))
        for note, place in (ends, ends[::-1]):
            if note in notes and place in passages:
                passages[place].memo.append(f"note:{note}")
                done.add(guid_of(link.get("guid")))
            elif note in notes and (place in named or place in code_names) and notes[note].kind == "free":
                notes[note].kind = "document" if place in named else "code"
                notes[note].target = named.get(place, code_names.get(place, ""))
                done.add(guid_of(link.get("guid")))
    return done


def tell_apart(users: dict[str, str], losses: Losses) -> None:
    """Give users of the same name different ones."""
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


def documents_of(root: Any, content: Any, losses: Losses) -> list[Document]:
    """Documents of all sources that have text, with their selections."""
    out: list[Document] = []
    taken: set[str] = set()

    def add(element: Any, name: str, selections: str) -> None:
        stored = content(element, "document")
        if stored is None:
            n = sum(1 for s in element.iter() if local(s) == "Coding")
            for _ in range(n):
                losses.add("coding", "its document has no text", name)
            return
        about, _ = unpack_fields(text_of(child(element, "Description")), ("document",))
        name = about.get("document", [name])[0]
        base, k = name or f"document {len(out) + 1}", 2
        unique = base
        while unique in taken:
            unique = f"{base} ({k})"
            k += 1
        if unique != name:
            losses.add("document", "documents of the same or no name were told apart", unique)
        taken.add(unique)
        d = Document(guid_of(element.get("guid")), unique, stored)
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
                Passage(Selection(a, b, s.get("name") or ""), guid_of(s.get("guid")), codings, memo + refs)
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


def codings_of(
    root: Any,
    documents: list[Document],
    choice: Choice,
    code_names: dict[str, str],
    users: dict[str, str],
    notes: dict[str, Note],
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
                    memo.append(notes[m[5:]].text)
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
                    rows.append(row | {"guid": p.guid or None})
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
    d: Document,
    a: int,
    b: int,
    coding: tuple[str, str, str, list[str]],
    memo: list[str],
    code_names: dict[str, str],
    users: dict[str, str],
    nobody: str,
    notes: dict[str, Note],
    used: set[str],
    losses: Losses,
) -> dict[str, Any] | None:
    guid, user, created, refs = coding
    if guid not in code_names:
        losses.add("coding", "its code is not in the codebook", d.stored.text[a:b])
        return None
    extra, said = unpack_fields(memo[0], CODING_FIELDS) if memo else ({}, "")
    memo = [m for m in (said, *memo[1:]) if m]
    for r in refs:
        if r in notes:
            used.add(r)
            memo.append(notes[r].text)
    valence = _valence(extra.get("valence", [""])[0])
    if "valence" in extra and valence is None:
        memo.insert(0, f"valence: {extra['valence'][0]}")
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
    row |= {k: extra[k][0] or None for k in ("stage", "touchpoint", "participant", "created") if k in extra}
    return row | {"valence": valence, "_own": "participant" in extra}


def _valence(value: str) -> float | None:
    try:
        out = float(value)
    except ValueError:
        return None
    return out if -2 <= out <= 2 else None


def cases_of(
    root: Any, documents: list[Document], table: pd.DataFrame, became: dict[str, list[int]], losses: Losses
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases as rows of document, participant and variables; codings get the participant whose case holds them."""
    by_guid = {d.guid: d.name for d in documents}
    variables = {guid_of(v.get("guid")): (v.get("name") or "").strip() for v in each(root, "Variables", "Variable")}
    rows: list[dict[str, Any]] = []
    table = table.copy()
    covered: set[str] = set()
    for case in each(root, "Cases", "Case"):
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


def memos_of(
    root: Any, notes: dict[str, Note], used: set[str], documents: list[Document], code_names: dict[str, str]
) -> pd.DataFrame:
    """All memos but those on passages."""
    rows: list[tuple[str, ...]] = []
    seen = set(used)

    def take(kind: str, target: str, element: Any) -> None:
        for r in children(element, "NoteRef"):
            g = guid_of(r.get("targetGUID"))
            if g in notes:
                seen.add(g)
                rows.append(notes[g].row(kind, target))

    description = text_of(child(root, "Description"))
    if description:
        rows.append(("project", "", "", description, "", "", ""))
    take("project", "", root)
    named = {d.guid: d.name for d in documents}
    for element in root.iter():
        kind = local(element)
        if kind == "Code":
            take("code", code_names.get(guid_of(element.get("guid")), element.get("name") or ""), element)
        elif kind == "TextSource":
            name = named.get(guid_of(element.get("guid")), element.get("name") or "")
            _, text = unpack_fields(text_of(child(element, "Description")), ("document",))
            if text:
                rows.append(("document", name, "", text, "", "", ""))
            take("document", name, element)
        elif kind == "Case":
            text = text_of(child(element, "Description"))
            if text:
                rows.append(("case", element.get("name") or "", "", text, "", "", ""))
    rows += [note.row(note.kind, note.target) for g, note in notes.items() if g not in seen]
    return pd.DataFrame(rows, columns=list(MEMO_COLUMNS)).astype("str")
