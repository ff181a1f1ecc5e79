"""Coded segments as the tables of other tools hold them: one spec a tool, and one for tables that people make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["SPECS", "Segment", "Spec", "felt", "segments_of", "spec_of"]


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
    stage: str = ""
    touchpoint: str = ""
    valence: float | None = None


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


# What people note beside a passage, whatever tool it is from.
_BESIDE = {
    "participant": ("participant", "participant id", "participant name", "respondent", "interviewee", "person",
                    "участник", "респондент", "собеседник"),
    "stage": ("stage", "journey stage", "journey step", "этап", "этап пути"),
    "touchpoint": ("touchpoint", "touch point", "точка контакта"),
    "valence": ("valence", "sentiment", "feeling", "emotion", "mood", "тональность", "валентность", "эмоция",
                "чувство"),
}  # fmt: skip
_FELT = (
    (2.0, r"(very|strongly) (positive|good|happy)|очень (позитивн|положительн|хорош)\w*|😍|🤩"),
    (1.0, r"pos(itive)?|good|happy|delight(ed)?|позитивн\w*|положительн\w*|хорош\w*|плюс|\+|🙂|😀|😊|👍"),
    (0.0, r"neu(tral)?|mixed|нейтральн\w*|смешанн\w*|😐|😶"),
    (-1.0, r"neg(ative)?|bad|sad|frustrat(ed|ion)|негативн\w*|отрицательн\w*|плох\w*|минус|[-−]|🙁|☹|😞|👎"),
    (-2.0, r"(very|strongly) (negative|bad|unhappy)|очень (негативн|отрицательн|плох)\w*|😡|🤬"),
)


def felt(text: str) -> float | None:
    """How a person felt about it, −2 to 2, from a word, a sign or a number; None where it is none of these.

    Examples
    --------
    >>> felt("Negative"), felt("−2"), felt("очень позитивно"), felt("7")
    (-1.0, -2.0, 2.0, None)
    """
    said = text.strip().casefold().replace("\ufe0f", "")
    if re.fullmatch(r"[-−+]?[0-2]([.,]\d+)?", said):
        value = float(said.replace("−", "-").replace(",", "."))
        return value if abs(value) <= 2 else None
    return next((value for value, words in _FELT if re.fullmatch(words, said)), None)


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
        where = (*spec.document, *_BESIDE["participant"])
        whence = spec.tool != SPECS[-1].tool or _at(header, where) is not None
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
    beside = {f: _at(header, names) for f, names in _BESIDE.items()}
    if places["document"] is None:
        # A sheet of quotes by participant: whose words they are says where they stand.
        places["document"] = beside["participant"]
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
            more = {f: row[k].strip() if k is not None else "" for f, k in beside.items()}
            valence = felt(more["valence"])
            if more["valence"] and valence is None:
                memo = "; ".join(filter(None, [memo, f"{header[beside['valence'] or 0].strip()}: {more['valence']}"]))
            out.append(
                Segment(
                    document, quote, code, by, memo, created, start=a, end=b, participant=more["participant"],
                    stage=more["stage"], touchpoint=more["touchpoint"], valence=valence,
                )
            )  # fmt: skip
    return out
