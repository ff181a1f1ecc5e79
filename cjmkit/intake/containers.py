"""Archives, XML, JSON and workbooks that may come from anybody: opened with limits on size, ratio, cells and depth."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjmkit.errors import FileFormatError, reason

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = [
    "LIMITS",
    "Limits",
    "check_workbook",
    "check_zip",
    "open_zip",
    "parse_json",
    "parse_xml",
    "read_bytes",
    "read_zip_member",
    "unpack",
]


@dataclass(frozen=True)
class Limits:
    """What a file may hold before it is refused; a transcript of ten hours is about a megabyte.

    Parameters
    ----------
    file : int
        Bytes of a file on disk.
    size : int
        Bytes that one part of an archive may unpack to.
    ratio : int
        How many times larger than packed a part of more than 10 MB may be.
    members : int
        Parts of an archive.
    tags : int
        Opening and closing tags of one XML part.
    depth : int
        How deep XML may nest.
    cells : int
        Rows times columns of one sheet, blanks included: readers fill the rectangle.
    merged : int
        Cells that the merged ranges of one sheet cover.
    characters : int
        Characters of text that a document may give.
    """

    file: int = 2 * 1024**3
    size: int = 512 * 1024**2
    ratio: int = 400
    members: int = 20_000
    tags: int = 3_000_000
    depth: int = 200
    cells: int = 100_000_000
    merged: int = 1_000_000
    characters: int = 50_000_000


LIMITS = Limits()
_FREE = 10_000_000  # below this many bytes no ratio is suspicious


def read_bytes(path: str | os.PathLike[str], limits: Limits = LIMITS) -> bytes:
    """Read an ordinary file; a pipe, a device or a folder is refused, because reading it may never end.

    Raises
    ------
    FileFormatError
        If there is no such file, it is not an ordinary one, it may not be read, or it is larger than the limit.

    Examples
    --------
    >>> read_bytes("/no/such/file.txt")
    Traceback (most recent call last):
    cjmkit.errors.FileFormatError: /no/such/file.txt: there is no such file
    """
    where = Path(path)
    try:
        info = where.stat()
        if stat.S_ISDIR(info.st_mode):
            raise FileFormatError(en="this is a folder; give a file", ru="это папка; дайте файл", path=where)
        if not stat.S_ISREG(info.st_mode):
            raise FileFormatError(
                en="this is a pipe or a device, not a file", ru="это канал или устройство, а не файл", path=where
            )
        if info.st_size > limits.file:
            raise FileFormatError(
                en=f"the file has {info.st_size:,} bytes, more than {limits.file:,}; refused",
                ru=f"в файле {info.st_size:,} байт, больше {limits.file:,}; отклонено",
                path=where,
            )
        return where.read_bytes()
    except FileNotFoundError as error:
        raise FileFormatError(en="there is no such file", ru="такого файла нет", path=where) from error
    except (OSError, ValueError) as error:
        if isinstance(error, FileFormatError):
            raise
        raise FileFormatError(
            en=f"the file could not be read ({reason(error)})", ru=f"файл не прочитать ({reason(error)})", path=where
        ) from error


def unpack(raw: bytes, path: object = None, limits: Limits = LIMITS) -> bytes:
    """The one file inside gzip, bzip2, xz or a zip of one file; other bytes come back as they are.

    Office files are zips of many parts and come back as they are too.

    Raises
    ------
    FileFormatError
        If the archive is damaged or unpacks to more than the limits allow.

    Examples
    --------
    >>> import gzip
    >>> unpack(gzip.compress(b"a,b")), unpack(b"a,b")
    (b'a,b', b'a,b')
    """
    import bz2
    import gzip
    import lzma

    stream: Any
    if raw.startswith(b"\x1f\x8b"):
        stream = gzip.GzipFile(fileobj=io.BytesIO(raw))
    elif raw.startswith(b"BZh"):
        stream = bz2.BZ2File(io.BytesIO(raw))
    elif raw.startswith(b"\xfd7zXZ\x00"):
        stream = lzma.LZMAFile(io.BytesIO(raw))  # noqa: SIM115
    elif raw.startswith(b"PK\x03\x04"):
        z = open_zip(raw, path, limits)
        names = [n for n in z.namelist() if not n.endswith("/") and not n.startswith("__MACOSX/")]
        if any(n in ("[Content_Types].xml", "mimetype", "project.qde") for n in names):
            return raw
        if len(names) != 1:
            raise FileFormatError(
                en=f"this archive holds {len(names)} files; unpack it and give the one that is meant",
                ru=f"в архиве файлов: {len(names)}; распакуйте его и дайте нужный",
                path=path,
            )
        return read_zip_member(z, names[0], path, limits=limits)
    else:
        return raw
    return _bounded(stream, len(raw), path, "the archive", limits)


def _bounded(stream: Any, packed: int, path: object, what: str, limits: Limits) -> bytes:
    """Read a packed stream piece by piece, and stop as soon as it is too large."""
    parts, size = [], 0
    try:
        while piece := stream.read(1 << 20):
            parts.append(piece)
            size += len(piece)
            if size > limits.size or (size > _FREE and size > limits.ratio * max(1, packed)):
                raise FileFormatError(
                    en=f"{what} unpacks to more than {size:,} bytes; refused as a bomb",
                    ru=f"{what} распаковывается больше чем в {size:,} байт; отклонено как бомба",
                    path=path,
                )
    except FileFormatError:
        raise
    except Exception as error:  # zlib.error, lzma errors, EOFError … share no base but Exception
        raise FileFormatError(
            en=f"{what} is damaged ({error})", ru=f"повреждено: {what} ({error})", path=path
        ) from error
    return b"".join(parts)


def open_zip(raw: bytes, path: object, limits: Limits = LIMITS) -> zipfile.ZipFile:
    """Open a zip from memory.

    Raises
    ------
    FileFormatError
        If it is damaged, encrypted or holds too many parts.
    """
    try:
        z = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError, OverflowError) as error:
        raise FileFormatError(
            en="this file is damaged: it should be a zip and is not",
            ru="файл повреждён: должен быть zip, а это не он",
            path=path,
        ) from error
    check_zip(z, path, limits)
    return z


def check_zip(z: zipfile.ZipFile, path: object, limits: Limits = LIMITS) -> None:
    """Refuse an archive that is encrypted or holds too many parts.

    Raises
    ------
    FileFormatError
        If it is so.
    """
    if any(i.flag_bits & 1 for i in z.infolist()):
        raise FileFormatError(
            en="this file is protected by a password; save it without one",
            ru="файл закрыт паролем; сохраните его без пароля",
            path=path,
        )
    if len(z.infolist()) > limits.members:
        raise FileFormatError(
            en=f"the archive holds {len(z.infolist()):,} parts; refused",
            ru=f"в архиве частей: {len(z.infolist()):,}; отклонено",
            path=path,
        )


def read_zip_member(z: zipfile.ZipFile, name: str, path: object, *, limits: Limits = LIMITS) -> bytes:
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
            en=f"the part {name!r} is missing; the file may be of another kind than its name says",
            ru=f"нет части {name!r}; возможно, файл не того вида, что его имя",
            path=path,
        ) from None
    if info.file_size > limits.size or (
        info.file_size > _FREE and info.file_size > limits.ratio * max(1, info.compress_size)
    ):
        raise FileFormatError(
            en=f"the part {name!r} unpacks to {info.file_size:,} bytes; refused as a zip bomb",
            ru=f"часть {name!r} распаковывается в {info.file_size:,} байт; отклонена как бомба",
            path=path,
        )
    try:
        with z.open(info) as f:
            # The size in the directory can lie: the reading itself is bounded too.
            data = _bounded(f, info.compress_size, path, f"the part {name!r}", limits)
    except FileFormatError:
        raise
    except Exception as error:  # zipfile lets zlib.error, RuntimeError, NotImplementedError … through
        raise FileFormatError(
            en=f"the part {name!r} is damaged ({error})", ru=f"часть {name!r} повреждена ({error})", path=path
        ) from error
    if len(data) > info.file_size:
        raise FileFormatError(
            en=f"the part {name!r} is larger than the file says; refused",
            ru=f"часть {name!r} больше, чем говорит файл; отклонена",
            path=path,
        )
    return data


def parse_xml(data: bytes, path: object, limits: Limits = LIMITS) -> Element:
    """Parse XML that may come from anybody: no entities, no external parts, not too many tags, not too deep.

    Raises
    ------
    FileFormatError
        If it is broken, declares entities or passes a limit.

    Examples
    --------
    >>> parse_xml(b"<a><b>1</b></a>", "x.xml").findtext("b")
    '1'
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    # Every tag begins with this sign, so counting it bounds the tree before it takes memory.
    if data.count(b"<") > limits.tags:
        raise FileFormatError(
            en=f"the XML holds more than {limits.tags:,} tags; refused",
            ru=f"в XML больше {limits.tags:,} тегов; отклонено",
            path=path,
        )
    try:
        root: Element = fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise FileFormatError(
            en="the XML declares entities, which can be used for attacks; refused",
            ru="XML объявляет сущности, через них нападают; отклонено",
            path=path,
        ) from error
    except ParseError as error:
        line, column = error.position
        raise FileFormatError(
            en=f"broken XML: {error.msg}", ru=f"XML испорчен: {error.msg}", path=path, line=line, column=column
        ) from error
    except (LookupError, ValueError) as error:
        raise FileFormatError(en=f"broken XML: {error}", ru=f"XML испорчен: {error}", path=path) from error
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > limits.depth:
            raise FileFormatError(
                en=f"the XML nests deeper than {limits.depth} levels; refused",
                ru=f"XML вложен глубже {limits.depth} уровней; отклонено",
                path=path,
            )
        level = [child for node in level for child in node]
    return root


_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def parse_json(text: str, path: object = None) -> Any:
    r"""Parse JSON, or JSON with one value a line; half a surrogate pair becomes U+FFFD.

    Raises
    ------
    FileFormatError
        If it is broken, too deep, or holds a number of thousands of digits.

    Examples
    --------
    >>> parse_json('{"a": [1]}'), parse_json('{"a": 1}\n{"a": 2}')
    ({'a': [1]}, [{'a': 1}, {'a': 2}])
    """
    import json

    if "\\ud" in text or "\\uD" in text:
        text = _SURROGATE.sub(lambda m: "\\ufffd" if m.group("lone") else m.group(), text)
    try:
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            lines = [x for x in text.split("\n") if x.strip()]
            if len(lines) < 2 or error.msg != "Extra data":
                raise
            return [json.loads(x) for x in lines]
    except json.JSONDecodeError as error:
        raise FileFormatError(
            en=f"broken JSON: {error.msg}",
            ru=f"JSON испорчен: {error.msg}",
            path=path,
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise FileFormatError(en="JSON nested too deeply", ru="JSON вложен слишком глубоко", path=path) from error
    except ValueError as error:
        raise FileFormatError(en=f"broken JSON: {error}", ru=f"JSON испорчен: {error}", path=path) from error


_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=[\"'](\d{1,7})[\"']")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")


def check_workbook(raw: bytes, path: object, limits: Limits = LIMITS) -> zipfile.ZipFile:
    """Refuse an XLSX whose sheets would not fit into memory, before a library fills their rectangles.

    Parameters
    ----------
    raw : bytes
        The file.
    path : path-like
        Named in an error.

    Returns
    -------
    zipfile.ZipFile
        The archive, open.

    Raises
    ------
    FileFormatError
        If it is no workbook, or a sheet, its merged ranges or a part of it pass a limit.
    """
    z = open_zip(raw, path, limits)
    names = z.namelist()
    if not any(n.startswith("xl/") for n in names):
        raise FileFormatError(
            en="this is not an XLSX workbook, whatever its name says",
            ru="это не книга XLSX, что бы ни говорило имя",
            path=path,
        )
    for name in names:
        if not name.endswith((".xml", ".rels")):
            continue
        data = read_zip_member(z, name, path, limits=limits)
        if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
            if b"<!ENTITY" in data:
                raise FileFormatError(
                    en="the XML declares entities, which can be used for attacks; refused",
                    ru="XML объявляет сущности, через них нападают; отклонено",
                    path=path,
                )
            continue
        rows, columns = _extent(data)
        if rows * columns > limits.cells:
            raise FileFormatError(
                en=f"{name} reaches to row {rows:,} and column {columns:,}, {rows * columns:,} cells; "
                "delete what stands far from the table, or save the sheet as CSV",
                ru=f"{name} доходит до строки {rows:,} и столбца {columns:,}, клеток {rows * columns:,}; удалите то, "
                f"что стоит далеко от таблицы, или сохраните лист как CSV",
                path=path,
            )
        merged = sum(
            (abs(int(d) - int(b)) + 1) * (abs(_column(c) - _column(a)) + 1) for a, b, c, d in _MERGED.findall(data)
        )
        if merged > limits.merged:
            raise FileFormatError(
                en=f"{name} merges {merged:,} cells; unmerge them",
                ru=f"{name}: объединено клеток: {merged:,}; разъедините их",
                path=path,
            )
    return z


def _extent(sheet: bytes) -> tuple[int, int]:
    columns = {m.group(1) for m in _CELL.finditer(sheet)}
    rows = max(_numbers(sheet), default=0)
    return rows, max(map(_column, columns), default=0)


def _numbers(sheet: bytes) -> Iterator[int]:
    yield from (int(m.group(1)) for m in _ROW.finditer(sheet))
    last = sheet.rfind(b"<c ")
    if last >= 0 and (m := _CELL.match(sheet, last)):
        yield int(m.group(2))


def _column(letters: bytes) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + letter - 64
    return n
