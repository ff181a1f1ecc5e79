"""Reading REFI-QDA projects (.qdpx) from any tool, with all the liberties that tools take."""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import FileFormatError
from cjmkit.files import reader
from cjmkit.intake.containers import open_zip, parse_xml, read_bytes, read_zip_member
from cjmkit.intake.decoding import decode
from cjmkit.intake.documents import text_of_docx
from cjmkit.interviews.transcripts import make_documents
from cjmkit.qda.codes import codes_of
from cjmkit.qda.fields import unpack_fields
from cjmkit.qda.kept import keep
from cjmkit.qda.model import Losses, QdaProject
from cjmkit.qda.positions import Choice, Reading, Stored, choose_reading
from cjmkit.qda.qdpx_parts import Note, cases_of, codings_of, documents_of, memos_of, note_links, tell_apart
from cjmkit.qda.xml import EPOCH, child, each, guid_of, local, text_of

__all__ = ["read_qdpx"]

_NOBODY = "cjmkit"  # the user of our notes that have no author


@reader
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
        pictures, sound, and every coding that could not be placed. Links, sets and graphs are in ``.kept``, for
        :func:`write_qdpx` to put back.

    Raises
    ------
    FileFormatError
        If the file is not a project, is damaged, or unpacks to an absurd size.

    Examples
    --------
    >>> import tempfile, pandas as pd, cjmkit as cj
    >>> path = tempfile.mkdtemp() + "/study.qdpx"
    >>> texts = pd.DataFrame({"document": ["anna"], "text": ["No news for weeks."]})
    >>> said = pd.DataFrame({"document": ["anna"], "start": [0], "end": [7], "code": ["wait"], "coder": ["eva"]})
    >>> _ = cj.qda.write_qdpx(path, documents=texts, codings=said)
    >>> cj.qda.read_qdpx(path).codings[["document", "quote", "code", "coder"]].values.tolist()
    [['anna', 'No news', 'wait', 'eva']]
    """
    where = Path(path)
    z = open_zip(read_bytes(where), where)
    names = [n for n in z.namelist() if n.casefold().endswith(".qde")]
    if not names:
        raise FileFormatError(
            en="no .qde inside; is this a REFI-QDA project?", ru="внутри нет .qde; это проект REFI-QDA?", path=where
        )
    main = min(names, key=lambda n: (n.count("/") + n.count("\\"), n.casefold() != "project.qde", n))
    root: Any = parse_xml(read_zip_member(z, main, where), where)
    if local(root) != "Project":
        raise FileFormatError(
            en=f"the .qde holds <{local(root)}> instead of <Project>",
            ru=f"в .qde лежит <{local(root)}>, а не <Project>",
            path=where,
        )
    losses = Losses()
    if len(names) > 1:
        losses.add("project", "only one .qde was read", ", ".join(n for n in names if n != main))
    origin = root.get("origin") or ""
    ours = bool(re.match(r"cjmkit \d", origin))
    members = {n.replace("\\", "/").rsplit("/", 1)[-1].casefold(): n for n in z.namelist() if not n.endswith("/")}
    content = _Content(z, where, members, losses, ours)
    users = {guid_of(u.get("guid")): (u.get("name") or u.get("id") or "").strip() for u in each(root, "Users", "User")}
    tell_apart(users, losses)
    notes = _notes(root, content, users, losses, ours=ours)
    book = child(root, "CodeBook")
    codebook, code_names = codes_of(child(book, "Codes") if book is not None else None, losses, fields=True)
    documents = documents_of(root, content, losses)
    choice = Choice(Reading(), "written by cjmkit", 1.0, 0.0, "certain")
    if not ours:
        choice = choose_reading([(d.stored, [p.selection for p in d.passages]) for d in documents], origin=origin)
    linked = note_links(root, notes, documents, code_names)
    used_notes: set[str] = set()
    table, spans = codings_of(root, documents, choice, code_names, users, notes, used_notes, losses)
    people, table = cases_of(root, documents, table, spans, losses)
    memos = memos_of(root, notes, used_notes, documents, code_names)
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
        kept=keep(root, linked),
    )


@dataclass(frozen=True)
class _Content:
    """Texts of sources and notes: inline, or a file inside the project; nothing outside it is opened."""

    z: zipfile.ZipFile
    where: Path
    members: dict[str, str]
    losses: Losses
    ours: bool

    def __call__(self, element: Any, what: str) -> Stored | None:
        inline = child(element, "PlainTextContent")
        if inline is not None:
            return Stored(text_of(inline), exact=self.ours)
        target = element.get("plainTextPath") or ""
        rich = False
        if not target:
            target, rich = element.get("richTextPath") or element.get("path") or "", True
        if not target:
            self.losses.add(what, "has no text", element.get("name", ""))
            return None
        scheme, _, rest = target.partition("://") if "://" in target else ("internal", "", target)
        file = rest.replace("\\", "/").split("/")
        if scheme.casefold() != "internal":
            self.losses.add(what, f"its text lies outside the file ({scheme}), which is not opened", target)
            return None
        if ".." in file:
            self.losses.add(what, "its path leads outside the file; refused", target)
            return None
        member = self.members.get(file[-1].casefold())
        if member is None:
            self.losses.add(what, "its text is missing from the file", element.get("name", "") or target)
            return None
        data = read_zip_member(self.z, member, self.where)
        if rich and member.casefold().endswith(".docx"):
            self.losses.add(
                what, "read from the docx, for there is no plain text; positions may be off", element.get("name", "")
            )
            return Stored(text_of_docx(data, self.where))
        if rich and not member.casefold().endswith(".txt"):
            self.losses.add(what, f"a {member.rsplit('.', 1)[-1]} without plain text", element.get("name", ""))
            return None
        return Stored(_raw_text(data, self.where), exact=self.ours)


def _notes(root: Any, content: Any, users: dict[str, str], losses: Losses, *, ours: bool) -> dict[str, Note]:
    """Notes by GUID; what our own say of themselves stands in their description."""
    out = {}
    for n in each(root, "Notes", "Note"):
        stored = content(n, "note")
        about, description = unpack_fields(text_of(child(n, "Description")), ("name", "created", "kind", "target"))
        body = stored.text if stored else description
        if stored and description:
            body = f"{description}\n{body}" if body else description
        author = users.get(guid_of(n.get("creatingUser")), "")
        created = about.get("created", [n.get("creationDateTime") or ""])[0]
        if ours:
            author, created = author if author != _NOBODY else "", created if created != EPOCH else ""
        g = guid_of(n.get("guid"))
        name = about.get("name", [n.get("name") or ""])[0]
        out[g] = Note(g, name, body, author, created, about.get("kind", ["free"])[0], about.get("target", [""])[0])
        if any(local(c) in ("PlainTextSelection", "Coding") for c in n):
            losses.add("coding", "on a note, not on a document", n.get("name", ""))
    return out


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
