"""Text out of docx, odt, rtf, html and markdown files, paragraph by paragraph, nothing added and nothing lost."""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import Path

from cjmkit.errors import FileFormatError

__all__ = ["open_zip", "read_html", "read_zip_member", "text_of_docx", "text_of_odt", "text_of_rtf"]

# A transcript of ten hours is about a megabyte; what unpacks to more than this is an attack or a mistake.
MAX_MEMBER = 512 * 1024 * 1024
MAX_RATIO = 400


def open_zip(raw: bytes, path: object) -> zipfile.ZipFile:
    """Open a zip from memory.

    Raises
    ------
    FileFormatError
        If it is damaged or encrypted.
    """
    try:
        z = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileFormatError("this file is damaged: it should be a zip and is not", path=path) from error
    if any(i.flag_bits & 1 for i in z.infolist()):
        raise FileFormatError("this file is protected by a password; save it without one", path=path)
    return z


def read_zip_member(z: zipfile.ZipFile, name: str, path: object, *, limit: int = MAX_MEMBER) -> bytes:
    """Read one member, refusing what unpacks to an absurd size.

    Raises
    ------
    FileFormatError
        If the member is damaged, missing or too large.
    """
    try:
        info = z.getinfo(name)
    except KeyError:
        raise FileFormatError(
            f"the part {name!r} is missing; the file may be of another kind than its name says", path=path
        ) from None
    if info.file_size > limit or (
        info.file_size > 10_000_000 and info.file_size > MAX_RATIO * max(1, info.compress_size)
    ):
        raise FileFormatError(
            f"the part {name!r} unpacks to {info.file_size:,} bytes; refused as a zip bomb", path=path
        )
    try:
        with z.open(info) as f:
            # The size in the directory can lie: read one byte more than it promises.
            data = f.read(info.file_size + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileFormatError(f"the part {name!r} is damaged ({error})", path=path) from error
    except Exception as error:  # zlib.error and lzma errors share no base but Exception
        raise FileFormatError(f"the part {name!r} is damaged ({error})", path=path) from error
    if len(data) > info.file_size:
        raise FileFormatError(f"the part {name!r} is larger than the file says; refused", path=path)
    return data


def parse_xml(data: bytes, path: object) -> object:
    """Parse XML that may come from anybody: no entities, no external parts.

    Raises
    ------
    FileFormatError
        If it is broken or declares entities.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise FileFormatError("the XML declares entities, which can be used for attacks; refused", path=path) from error
    except ParseError as error:
        line, column = error.position
        raise FileFormatError(f"broken XML: {error.msg}", path=path, line=line, column=column) from error
    except (LookupError, ValueError) as error:
        raise FileFormatError(f"broken XML: {error}", path=path) from error


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
    body = root.find(f"{_W}body")  # type: ignore[attr-defined]
    lines: list[str] = []
    if body is not None:
        _docx_blocks(body, lines)
    return "\n".join(lines)


def _docx_blocks(node: object, lines: list[str]) -> None:
    for child in node:  # type: ignore[attr-defined]
        if child.tag == f"{_W}p":
            lines.append(_docx_paragraph(child))
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                cells = []
                for cell in row.findall(f"{_W}tc"):
                    inner: list[str] = []
                    _docx_blocks(cell, inner)
                    cells.append("\n".join(x for x in inner if x.strip()))
                if any(c.strip() for c in cells):
                    lines.append("\t".join(cells).rstrip("\t"))
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"):
            _docx_blocks(child, lines)


def _docx_paragraph(p: object) -> str:
    out: list[str] = []

    def walk(node: object) -> None:
        for child in node:  # type: ignore[attr-defined]
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
    body = root.find(f"{_ODF_OFFICE}body/{_ODF_OFFICE}text")  # type: ignore[attr-defined]
    if body is None:
        raise FileFormatError("no text inside; is this an OpenDocument text?", path=path)
    lines: list[str] = []
    _odt_blocks(body, lines)
    return "\n".join(lines)


def _odt_blocks(node: object, lines: list[str]) -> None:
    for child in node:  # type: ignore[attr-defined]
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


def _odt_paragraph(p: object) -> str:
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

    def walk(node: object) -> None:
        nonlocal swallow
        put(node.text)  # type: ignore[attr-defined]
        for child in node:  # type: ignore[attr-defined]
            tag = child.tag
            if tag == f"{_ODF_TEXT}s":
                out.append(" " * min(int(child.get(f"{_ODF_TEXT}c", "1") or 1), 10_000))
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
    r"</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|blockquote|section|article|pre|header|footer)\b[^>]*>", re.IGNORECASE
)


def read_html(text: str) -> str:
    """Visible text of an HTML page, block by block."""
    text = re.sub(r"(?is)<(script|style|head|template)\b.*?</\1\s*>|<!--.*?-->", "", text)
    text = re.sub(r"[ \t\r\n]+", " ", text)
    text = re.sub(r"(?i)</t[dh]>\s*<t[dh]\b[^>]*>", "\t", text)
    text = _BLOCK.sub("\n", text)
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\xa0", " ")
    lines = [x.strip(" ") for x in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
