"""Text out of docx, odt, rtf and html files, paragraph by paragraph, nothing added and nothing lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cjmkit.errors import FileFormatError
from cjmkit.intake.containers import LIMITS, open_zip, parse_xml, read_zip_member

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["read_html", "text_of_docx", "text_of_odt", "text_of_rtf"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED_W = {f"{_W}{t}" for t in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "tblPr")}


def text_of_docx(raw: bytes, path: Path) -> str:
    """Text of a Word file: paragraphs and tables in their order, one line each; table cells parted by a tab.

    Tracked deletions, field codes, headers and footnotes are not speech and are left out.
    """
    z = open_zip(raw, path)
    member = "word/document.xml"
    if member not in z.namelist():
        member = next((n for n in z.namelist() if re.fullmatch(r"word/document\d*\.xml", n)), member)
    root = parse_xml(read_zip_member(z, member, path), path)
    body = root.find(f"{_W}body")
    lines: list[str] = []
    if body is not None:
        _docx_blocks(body, lines)
    return _joined(lines, path)


def _joined(lines: list[str], path: Path) -> str:
    size = sum(map(len, lines)) + len(lines)
    if size > LIMITS.characters:
        raise FileFormatError(f"the document holds {size:,} characters; refused", path=path)
    return "\n".join(lines)


def _docx_blocks(node: Element, lines: list[str]) -> None:
    for child in node:
        if child.tag == f"{_W}p":
            lines.append(_docx_paragraph(child))
        elif child.tag == f"{_W}tbl":
            for row in _docx_rows(child):
                cells = []
                for cell in row.findall(f"{_W}tc"):
                    inner: list[str] = []
                    _docx_blocks(cell, inner)
                    cells.append("\n".join(x for x in inner if x.strip()))
                if any(c.strip() for c in cells):
                    lines.append("\t".join(cells).rstrip("\t"))
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"):
            _docx_blocks(child, lines)


def _docx_rows(table: Element) -> Iterator[Element]:
    """Rows of this table, and not of tables inside its cells."""
    for child in table:
        if child.tag == f"{_W}tr":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _docx_rows(child)


def _docx_paragraph(p: Element) -> str:
    out: list[str] = []

    def walk(node: Element) -> None:
        for child in node:
            tag = child.tag
            if tag == f"{_W}t":
                out.append(child.text or "")
            elif tag == f"{_W}tab":
                out.append("\t")
            elif tag in (f"{_W}br", f"{_W}cr"):
                out.append("\n")
            elif tag == f"{_W}noBreakHyphen":
                out.append("‑")
            elif tag in _SKIPPED_W or tag == f"{_W}txbxContent":
                continue
            else:
                walk(child)

    walk(p)
    return "".join(out)


_ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODF_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def text_of_odt(raw: bytes, path: Path) -> str:
    """Text of an OpenDocument file: repeated spaces, tabs and line breaks are kept as the writer sees them."""
    z = open_zip(raw, path)
    root = parse_xml(read_zip_member(z, "content.xml", path), path)
    body = root.find(f"{_ODF_OFFICE}body/{_ODF_OFFICE}text")
    if body is None:
        raise FileFormatError("no text inside; is this an OpenDocument text?", path=path)
    blanks = sum(_repeated(s) for s in body.iter(f"{_ODF_TEXT}s"))
    if blanks > LIMITS.characters:
        raise FileFormatError(f"the document holds {blanks:,} blanks; refused", path=path)
    lines: list[str] = []
    _odt_blocks(body, lines)
    return _joined(lines, path)


def _repeated(space: Element) -> int:
    times = space.get(f"{_ODF_TEXT}c", "1")
    return min(int(times), 10_000) if times.isdecimal() and len(times) < 9 else 1


def _odt_blocks(node: Element, lines: list[str]) -> None:
    for child in node:
        tag = child.tag
        if tag in (f"{_ODF_TEXT}p", f"{_ODF_TEXT}h"):
            lines.append(_odt_paragraph(child))
        elif tag == f"{_ODF_TABLE}table-row":
            cells = []
            for cell in child:
                if cell.tag != f"{_ODF_TABLE}table-cell":
                    continue
                inner: list[str] = []
                _odt_blocks(cell, inner)
                cells.append("\n".join(x for x in inner if x.strip()))
            if any(c.strip() for c in cells):
                lines.append("\t".join(cells).rstrip("\t"))
        elif tag in (f"{_ODF_TEXT}tracked-changes", f"{_ODF_TEXT}sequence-decls", f"{_ODF_OFFICE}annotation"):
            continue
        else:
            _odt_blocks(child, lines)


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
        raise FileFormatError("not RTF: the file does not begin with {\\rtf", path=path)
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
        raise FileFormatError(f"this RTF could not be read ({type(error).__name__}: {error})", path=path) from error


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
