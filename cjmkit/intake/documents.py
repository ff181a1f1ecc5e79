"""Text out of docx, odt, rtf and html files, paragraph by paragraph, nothing added and nothing lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cjmkit.errors import FileFormatError
from cjmkit.intake.containers import LIMITS, open_zip, parse_xml, read_zip_member

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Paper", "read_docx", "read_html", "read_odt", "text_of_docx", "text_of_odt", "text_of_rtf"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED_W = {f"{_W}{t}" for t in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "tblPr")}


@dataclass(frozen=True)
class Paper:
    """A document as lines of text, with what its layout says beside the words.

    Parameters
    ----------
    text : str
        Paragraphs and rows of tables in their order, one line each; cells of a row are parted by a tab.
    marks : dict of int to str
        Where lines begin that are set in bold or italics or as a heading, and which.
    tables : tuple of tables
        Of each table its rows, of each row the spans of its cells in the text.
    """

    text: str
    marks: dict[int, str] = field(default_factory=dict)
    tables: tuple[tuple[tuple[tuple[int, int], ...], ...], ...] = ()


class _Paper:
    """Collects lines, and remembers where marked ones and cells lie."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.at = 0
        self.marks: dict[int, str] = {}
        self.tables: list[list[tuple[tuple[int, int], ...]]] = []

    def line(self, text: str, mark: str = "") -> None:
        if mark and text.strip():
            self.marks[self.at] = mark
        self.parts.append(text)
        self.at += len(text) + 1

    def paragraph(self, runs: Sequence[tuple[str, str]]) -> None:
        """A paragraph of runs (text, mark), which may hold line breaks; a line is marked if all its words are."""
        lines: list[list[tuple[str, str]]] = [[]]
        for text, mark in runs:
            for k, part in enumerate(text.split("\n")):
                if k:
                    lines.append([])
                lines[-1].append((part, mark))
        for line in lines:
            kinds = {mark for text, mark in line if text.strip()}
            self.line("".join(text for text, _ in line), kinds.pop() if len(kinds) == 1 else "")

    def row(self, cells: Sequence[str]) -> None:
        if not any(c.strip() for c in cells):
            return
        spans, at = [], self.at
        for c in cells:
            spans.append((at, at + len(c)))
            at += len(c) + 1
        text = "\t".join(cells).rstrip("\t")
        end = self.at + len(text)
        self.tables[-1].append(tuple((min(a, end), min(b, end)) for a, b in spans))
        self.line(text)

    def done(self, path: Path) -> Paper:
        if self.at > LIMITS.characters:
            raise FileFormatError(
                en=f"the document holds {self.at:,} characters; refused",
                ru=f"в документе {self.at:,} знаков; отклонено",
                path=path,
            )
        return Paper("\n".join(self.parts), self.marks, tuple(tuple(t) for t in self.tables if t))


def _clean(text: str) -> str:
    return text.replace("\r", "").replace("\x00", "")


def text_of_docx(raw: bytes, path: Path) -> str:
    """Text of a Word file: paragraphs and tables in their order, one line each; table cells parted by a tab.

    Tracked deletions, field codes, headers and footnotes are not speech and are left out.
    """
    return read_docx(raw, path).text


def read_docx(raw: bytes, path: Path) -> Paper:
    """Text of a Word file with its bold and italic lines and its tables; see :func:`text_of_docx`."""
    z = open_zip(raw, path)
    member = "word/document.xml"
    if member not in z.namelist():
        member = next((n for n in z.namelist() if re.fullmatch(r"word/document\d*\.xml", n)), member)
    root = parse_xml(read_zip_member(z, member, path), path)
    body = root.find(f"{_W}body")
    paper = _Paper()
    if body is not None:
        _docx_blocks(body, paper)
    return paper.done(path)


def _docx_blocks(node: Element, paper: _Paper) -> None:
    for child in node:
        if child.tag == f"{_W}p":
            paper.paragraph(_docx_runs(child))
        elif child.tag == f"{_W}tbl":
            paper.tables.append([])
            for row in _docx_rows(child):
                paper.row([_docx_cell(cell) for cell in row.findall(f"{_W}tc")])
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"):
            _docx_blocks(child, paper)


def _docx_cell(cell: Element) -> str:
    inner = _Paper()
    _docx_blocks(cell, inner)
    return "\n".join(x for x in inner.parts if x.strip())


def _docx_rows(table: Element) -> Iterator[Element]:
    """Rows of this table, and not of tables inside its cells."""
    for child in table:
        if child.tag == f"{_W}tr":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _docx_rows(child)


def _docx_runs(p: Element) -> list[tuple[str, str]]:
    """Runs of a paragraph with what they are set in."""
    out: list[tuple[str, str]] = []
    style = p.find(f"{_W}pPr/{_W}pStyle")
    whole = "heading" if style is not None and "heading" in style.get(f"{_W}val", "").casefold() else ""

    def walk(node: Element, mark: str) -> None:
        for child in node:
            tag = child.tag
            if tag == f"{_W}t":
                out.append((_clean(child.text or ""), mark))
            elif tag == f"{_W}tab":
                out.append(("\t", mark))
            elif tag in (f"{_W}br", f"{_W}cr"):
                out.append(("\n", mark))
            elif tag == f"{_W}noBreakHyphen":
                out.append(("‑", mark))
            elif tag in _SKIPPED_W or tag == f"{_W}txbxContent":
                continue
            else:
                walk(child, (whole or _docx_mark(child)) if tag == f"{_W}r" else mark)

    walk(p, whole)
    return out


def _docx_mark(run: Element) -> str:
    for tag, mark in (("b", "bold"), ("i", "italic")):
        found = run.find(f"{_W}rPr/{_W}{tag}")
        if found is not None and found.get(f"{_W}val", "1") not in ("0", "false", "off"):
            return mark
    style = run.find(f"{_W}rPr/{_W}rStyle")
    name = style.get(f"{_W}val", "").casefold() if style is not None else ""
    return {"strong": "bold", "emphasis": "italic"}.get(name, "")


_ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODF_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_ODF_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_ODF_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def text_of_odt(raw: bytes, path: Path) -> str:
    """Text of an OpenDocument file: repeated spaces, tabs and line breaks are kept as the writer sees them."""
    return read_odt(raw, path).text


def read_odt(raw: bytes, path: Path) -> Paper:
    """Text of an OpenDocument file with its bold and italic paragraphs and its tables; see :func:`text_of_odt`."""
    z = open_zip(raw, path)
    root = parse_xml(read_zip_member(z, "content.xml", path), path)
    body = root.find(f"{_ODF_OFFICE}body/{_ODF_OFFICE}text")
    if body is None:
        raise FileFormatError(
            en="no text inside; is this an OpenDocument text?",
            ru="внутри нет текста; это точно текст OpenDocument?",
            path=path,
        )
    blanks = sum(_repeated(s) for s in body.iter(f"{_ODF_TEXT}s"))
    if blanks > LIMITS.characters:
        raise FileFormatError(
            en=f"the document holds {blanks:,} blanks; refused",
            ru=f"в документе {blanks:,} пробелов; отклонено",
            path=path,
        )
    marks = {}
    for style in root.iter(f"{_ODF_STYLE}style"):
        looks = style.find(f"{_ODF_STYLE}text-properties")
        if looks is not None:
            bold, italic = looks.get(f"{_ODF_FO}font-weight") == "bold", looks.get(f"{_ODF_FO}font-style") == "italic"
            marks[style.get(f"{_ODF_STYLE}name", "")] = "bold" if bold else "italic" if italic else ""
    paper = _Paper()
    _odt_blocks(body, paper, marks)
    return paper.done(path)


def _repeated(space: Element) -> int:
    times = space.get(f"{_ODF_TEXT}c", "1")
    return min(int(times), 10_000) if times.isdecimal() and len(times) < 9 else 1


def _odt_blocks(node: Element, paper: _Paper, marks: Mapping[str, str]) -> None:
    for child in node:
        tag = child.tag
        if tag in (f"{_ODF_TEXT}p", f"{_ODF_TEXT}h"):
            text = _odt_paragraph(child)
            spans = [s for s in child if s.tag == f"{_ODF_TEXT}span"]
            only = spans[0] if len(spans) == 1 and "".join(spans[0].itertext()).strip() == text.strip() else child
            mark = "heading" if tag == f"{_ODF_TEXT}h" else marks.get(only.get(f"{_ODF_TEXT}style-name", ""), "")
            paper.paragraph([(_clean(text), mark)])
        elif tag == f"{_ODF_TABLE}table":
            paper.tables.append([])
            _odt_blocks(child, paper, marks)
        elif tag == f"{_ODF_TABLE}table-row":
            cells = []
            for cell in child:
                if cell.tag == f"{_ODF_TABLE}table-cell":
                    inner = _Paper()
                    _odt_blocks(cell, inner, {})
                    cells.append("\n".join(x for x in inner.parts if x.strip()))
            if not paper.tables:
                paper.tables.append([])
            paper.row(cells)
        elif tag in (f"{_ODF_TEXT}tracked-changes", f"{_ODF_TEXT}sequence-decls", f"{_ODF_OFFICE}annotation"):
            continue
        else:
            _odt_blocks(child, paper, marks)


def _odt_paragraph(p: Element) -> str:
    out: list[str] = []
    swallow = True

    def put(text: str | None) -> None:
        # XML white space collapses in ODF; what is meant as white space has elements of its own.
        nonlocal swallow
        if text:
            squeezed = re.sub(r"[ \t\r\n]+", " ", text)
            if swallow and squeezed.startswith(" "):
                squeezed = squeezed[1:]
            if squeezed:
                out.append(squeezed)
                swallow = squeezed.endswith(" ")

    def walk(node: Element) -> None:
        nonlocal swallow
        put(node.text)
        for child in node:
            tag = child.tag
            if tag == f"{_ODF_TEXT}s":
                out.append(" " * _repeated(child))
                swallow = False
            elif tag == f"{_ODF_TEXT}tab":
                out.append("\t")
                swallow = False
            elif tag == f"{_ODF_TEXT}line-break":
                out.append("\n")
                swallow = False
            elif tag in (f"{_ODF_TEXT}note", f"{_ODF_OFFICE}annotation", f"{_ODF_OFFICE}annotation-end"):
                pass
            else:
                walk(child)
            put(child.tail)

    walk(p)
    return "".join(out)


def text_of_rtf(raw: bytes, path: Path) -> str:
    """Text of an RTF file, with its code page."""
    if not raw.lstrip().startswith(b"{\\rtf"):
        raise FileFormatError(
            en="not RTF: the file does not begin with {\\rtf", ru="не RTF: файл не начинается с {\\rtf", path=path
        )
    from striprtf.striprtf import rtf_to_text

    page = re.search(rb"\\ansicpg(\d+)", raw[:2000])
    encoding = f"cp{page.group(1).decode()}" if page else "cp1252"
    try:
        "".encode(encoding)
    except LookupError:
        encoding = "cp1252"
    try:
        return str(rtf_to_text(raw.decode("latin-1"), encoding=encoding, errors="replace"))
    except Exception as error:  # striprtf lets whatever it stumbles over through
        raise FileFormatError(
            en=f"this RTF could not be read ({type(error).__name__}: {error})",
            ru=f"RTF не прочитать ({type(error).__name__}: {error})",
            path=path,
        ) from error


_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|blockquote|section|article|pre|header|footer)\b[^<>]*>", re.IGNORECASE
)


_HIDDEN = re.compile(r"<(script|style|head|template)\b|<!--", re.IGNORECASE)
_CLOSING = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in ("script", "style", "head", "template")} | {
    "": re.compile("-->")
}


def _without_hidden(text: str) -> str:
    """The page without scripts, styles, head and comments; what is never closed stays. One pass, whatever comes."""
    out, at, never = [], 0, set()
    for m in _HIDDEN.finditer(text):
        tag = (m.group(1) or "").lower()
        if m.start() < at or tag in never:
            continue
        end = _CLOSING[tag].search(text, m.end())
        if end is None:
            never.add(tag)
            continue
        out.append(text[at : m.start()])
        at = end.end()
    return "".join([*out, text[at:]])


def read_html(text: str) -> str:
    r"""Visible text of an HTML page, block by block.

    Examples
    --------
    >>> read_html("<p>Slow &amp; dear.<script>x</script><p>Yes.")
    'Slow & dear.\nYes.'
    """
    text = _without_hidden(text)
    text = re.sub(r"[ \t\r\n]+", " ", text)
    text = re.sub(r"(?i)</t[dh]> ?<t[dh]\b[^<>]*>", "\t", text)
    text = _BLOCK.sub("\n", text)
    text = html.unescape(re.sub(r"<[^<>]+>", "", text)).replace("\xa0", " ")
    lines = [x.strip(" ") for x in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
