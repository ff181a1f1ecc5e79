"""Coded segments as the tables of other tools hold them: one spec a tool, and one for tables that people make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["SPECS", "Segment", "Spec", "segments_of", "spec_of"]


@dataclass
class Segment:
    """A coded passage on its way into the codings table."""

    document: str
    quote: str
    code: str
    coder: str = ""
    memo: str = ""
    created: str = ""
    start: int | None = None
    end: int | None = None
    participant: str = ""


@dataclass(frozen=True)
class Spec:
    """Headings by which a tool's table of segments is known, and what they hold; all in small letters."""

    tool: str
    quote: tuple[str, ...]
    code: tuple[str, ...]
    document: tuple[str, ...] = ()
    coder: tuple[str, ...] = ()
    memo: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()  # headings that have to be there beside quote and code
    between: str = ""  # what parts several codes of one cell
    path: str = ""  # what parts the levels of a code's path


SPECS = (
    Spec("Taguette", ("content",), ("tag",), ("document",), marks=("tag", "content")),
    Spec(
        "MAXQDA",
        ("segment",),
        ("code",),
        ("document name", "dokumentname", "document", "имя документа", "документ"),
        ("author", "autor", "created by", "erstellt von", "автор"),
        ("comment", "kommentar", "memo", "комментарий"),
        ("created", "erstellt am", "creation date", "создано"),
        ("document group", "dokumentgruppe"),
        marks=("segment", "code"),
        path=" > ",
    ),
    Spec(
        "ATLAS.ti",
        ("quotation content", "quotation text", "zitatinhalt"),
        ("codes", "code"),
        ("document", "dokument"),
        ("created by", "creating user", "author"),
        ("comment", "kommentar"),
        ("created", "creation date"),
        between="\n",
    ),
    Spec(
        "Dedoose",
        ("excerpt copy", "excerpt"),
        ("codes applied combined",),
        ("media title", "resource title"),
        ("excerpt creator", "resource creator"),
        ("memo",),
        ("excerpt date",),
        marks=("excerpt copy",),
        between=", ",
    ),
    Spec(
        "Dovetail",
        ("text", "highlight", "content"),
        ("tags", "tag"),
        ("note title", "note", "title", "document"),
        ("created by", "author"),
        ("comment", "comments"),
        ("created at", "created"),
        marks=("highlight id",),
        between=",",
    ),
    Spec(
        "QualCoder",
        ("coded",),
        ("codename",),
        ("file", "filename", "case, filename"),
        ("coder",),
        ("coded_memo",),
        marks=("coded", "codename"),
    ),
    Spec("Quirkos", ("text",), ("quirk",), ("source",), ("author", "user"), marks=("quirk",)),
    Spec(
        "a table of segments",
        ("quote", "quotation", "segment", "excerpt", "passage", "highlight", "text", "цитата", "фрагмент", "отрывок",
         "высказывание", "текст", "содержание"),
        ("code", "codes", "tag", "tags", "label", "labels", "theme", "код", "коды", "тег", "теги", "метка", "тема"),
        ("document", "source", "file", "transcript", "interview", "документ", "источник", "файл", "интервью"),
        ("coder", "annotator", "author", "user", "кодировщик", "автор"),
        ("memo", "comment", "note", "комментарий", "заметка"),
        ("created", "date", "создано", "дата"),
        between=";",
    ),
)  # fmt: skip


def _at(header: Sequence[str], names: Iterable[str]) -> int | None:
    low = [h.strip().casefold() for h in header]
    return next((low.index(n) for n in names if n in low), None)


def spec_of(header: Sequence[str]) -> Spec | None:
    """The spec that fits these headings, or None.

    Examples
    --------
    >>> spec_of(["ID", "Quotation Content", "Codes", "Document"]).tool
    'ATLAS.ti'
    """
    low = {h.strip().casefold() for h in header}
    for spec in SPECS:
        codes = _at(header, spec.code) is not None or (spec.tool == "Dedoose" and _dedoose(header))
        # A table that people made has to say where its words are from; else it may be anything.
        whence = spec.tool != SPECS[-1].tool or _at(header, spec.document) is not None
        if _at(header, spec.quote) is not None and codes and low.issuperset(spec.marks) and whence:
            return spec
    return None


_APPLIED = re.compile(r"^Code:\s*(.+?)\s+Applied$")


def _dedoose(header: Sequence[str]) -> dict[int, str]:
    return {k: m.group(1) for k, h in enumerate(header) if (m := _APPLIED.match(h.strip()))}


def segments_of(spec: Spec, rows: Sequence[Sequence[str]], *, name: str) -> list[Segment]:
    r"""The segments of a table, one a code; codes keep their paths, parted by ``\``.

    Parameters
    ----------
    spec : Spec
        From :func:`spec_of`.
    rows : sequence of rows
        The table with its headings.
    name : str
        What a passage's document is called where the table does not say.

    Examples
    --------
    >>> rows = [["document", "tag", "content"], ["a.txt", "price", "Dear"]]
    >>> segments_of(spec_of(rows[0]), rows, name="x")[0].code
    'price'
    """
    header, body = rows[0], rows[1:]
    places = {
        f: _at(header, getattr(spec, f)) for f in ("quote", "code", "document", "coder", "memo", "created", "group")
    }
    applied = _dedoose(header) if spec.tool == "Dedoose" else {}
    start, end = _at(header, ("start", "start_offset", "начало")), _at(header, ("end", "end_offset", "конец"))
    out: list[Segment] = []

    def cell(row: Sequence[str], key: str) -> str:
        k = places[key]
        return row[k] if k is not None else ""

    groups: dict[str, set[str]] = {}
    for row in body:
        groups.setdefault(cell(row, "document"), set()).add(cell(row, "group"))
    several = {d for d, g in groups.items() if d and len(g) > 1}
    last = ""
    for row in body:
        quote = cell(row, "quote").replace("\r\n", "\n").replace("\r", "\n").strip()
        if not quote:
            continue
        last = cell(row, "document") or last or name
        # A group of documents is told only where two groups hold a document of one name.
        document = f"{cell(row, 'group')}/{last}" if last in several else last
        if applied:
            codes = [code for k, code in applied.items() if row[k].strip().casefold() in ("true", "1", "yes")]
        else:
            raw = cell(row, "code")
            parts = (
                re.split(r"\n|;(?=\s|$)" if spec.between == "\n" else re.escape(spec.between), raw)
                if spec.between
                else [raw]
            )
            codes = [c.strip() for c in parts if c.strip()]
        for code in codes:
            if spec.path:
                code = "\\".join(p.strip() for p in code.split(spec.path))
            a, b = (int(row[k]) if k is not None and row[k].isdecimal() else None for k in (start, end))
            by, memo, created = cell(row, "coder"), cell(row, "memo"), cell(row, "created")
            out.append(Segment(document, quote, code, by, memo, created, start=a, end=b))
    return out
