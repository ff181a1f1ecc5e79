"""The files of an export, told apart by their content, and one way to reach a field whatever they are written in."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.errors import FileFormatError
from cjmkit.events._duck import escaped, quote, text
from cjmkit.events._engine import DuckEngine
from cjmkit.events.reading.nested import envelope, keys_of, nested
from cjmkit.intake.containers import LIMITS, check_zip
from cjmkit.intake.decoding import decode
from cjmkit.intake.tables import caption_rows, open_cells, sniff_separator

__all__ = ["View", "head_of", "open_view", "parts_of"]

_HEAD = 1 << 16
_OURS = ("json", "jsonl", "ndjson", "csv", "tsv", "txt", "log", "parquet", "pq", "gz", "zst", "xes", "xml", "sqlite",
         "db", "xlsx")  # fmt: skip


@dataclass(frozen=True)
class View:
    """A table or a pile of JSON objects in DuckDB.

    Parameters
    ----------
    duck : DuckEngine
    source : str
        What to select from; JSON objects are its column ``j``.
    place : str
        Expression for a row's place.
    keys : tuple of str
        Columns, or the keys of the first objects; of what is nested (objects, JSON in a cell, structs) with a dot.
    types : dict of str to str
        Types of columns; empty for JSON.
    kind : str
        json, csv, parquet, lines, xml, sqlite.
    parts : tuple of Path
        The files.
    head : str
        The first characters, of text.
    first : dict of str to list of str
        The first values of columns of text.
    """

    duck: DuckEngine
    source: str
    place: str
    keys: tuple[str, ...]
    kind: str
    parts: tuple[Path, ...]
    types: dict[str, str] = field(default_factory=dict)
    head: str = ""
    first: dict[str, list[str]] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Fields that hold a value: columns, or the innermost keys of objects."""
        inside = {k.rsplit(".", 1)[0] for k in self.keys if "." in k}
        return list(self.types) or [k for k in self.keys if k not in inside]

    def flat(self) -> View:
        """Objects as a table of their innermost values; a table is one already."""
        if self.types:
            return self
        names = self.columns
        fields = ", ".join(f"{self.get(n)} AS {quote(n)}" for n in names)
        source = f"(SELECT {fields}, {self.place} AS __place FROM {self.source})"
        return replace(self, source=source, place="__place", keys=tuple(names), types=dict.fromkeys(names, "VARCHAR"))

    def has(self, *names: str) -> bool:
        """Whether all these fields are there."""
        return all(self.raw(n) is not None for n in names)

    def rare(self, *names: str) -> str | None:
        """As :meth:`get`, for fields that a log may hold without the first rows showing them."""
        return self._first(names, sure=False)

    def raw(self, name: str, *, sure: bool = True) -> str | None:
        """Expression for one field (a dot leads into what is nested), or None where it is not there."""
        if not self.types:
            outer = name.rpartition(".")[0]
            seen = name in self.keys or any(k.startswith(name + ".") for k in self.keys)
            if not seen and (sure or (outer and not any(k.startswith(outer + ".") for k in self.keys))):
                return None
            return f"(j -> {text(_path(name))})"
        if name in self.types:
            return quote(name)
        for flat in (name.replace(".", "_"), name.replace(".", "__")):
            if flat in self.types:
                return quote(flat)
        outer, _, inner = name.partition(".")
        kind = self.types.get(outer, "")
        if inner and (kind.startswith("STRUCT") and f"{inner.split('.')[0]} " in kind.replace('"', "")):
            return ".".join([quote(outer), *map(quote, inner.split("."))])
        if inner and kind in ("VARCHAR", "JSON") and (name in self.keys or not sure):
            return f"json_extract(try_cast({quote(outer)} AS JSON), {text(_path(inner))})"
        return None

    def get(self, *names: str) -> str | None:
        """Expression for the first of these fields that holds something, as text; None where none is there."""
        return self._first(names, sure=True)

    def _first(self, names: tuple[str, ...], *, sure: bool) -> str | None:
        found = []
        for name in names:
            raw = self.raw(name, sure=sure)
            if raw is None:
                continue
            if raw.startswith("(j -> "):
                found.append(f"nullif({raw[:-1].replace('(j -> ', '(j ->> ', 1)}), '')")
            elif raw.startswith("json_extract("):
                found.append(f"nullif({raw.replace('json_extract(', 'json_extract_string(', 1)}, '')")
            else:
                found.append(f"nullif(trim(CAST({raw} AS VARCHAR)), '')")
        if not found:
            return None
        return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


def _path(name: str) -> str:
    return "$" + "".join(f'."{part}"' for part in name.split("."))


_INTRADAY = re.compile(r"events_intraday_(\d{8})")


def parts_of(duck: DuckEngine, path: Path) -> tuple[Path, ...]:
    """The files of an export: the one, those of a folder, or those of a zip (unpacked with limits).

    What systems leave beside the parts is passed over (hidden files, ``_SUCCESS``, empty parts), and so is GA4's
    table of a day that is also there as a whole.
    """
    if path.is_dir():
        found = [p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix.lstrip(".").lower() in _OURS]
        if not found:
            raise FileFormatError(en="the folder holds no file of a known kind (.json, .json.gz, .csv, .parquet "
                                     "…)", ru='в папке нет файла известного вида (.json, .json.gz, .csv, .parquet …)',
                                  path=path)  # fmt: skip
    else:
        with open(path, "rb") as f:
            if f.read(4) != b"PK\x03\x04" or _is_book(path):
                return (path,)
        found = _unzipped(duck, path)
    some = [p for p in found if p.stat().st_size and not p.name.startswith((".", "_"))]
    if not some:
        raise FileFormatError("all its files are empty" if found else "the archive is empty", path=path)
    whole = {p.name.split("events_", 1)[1][:8] for p in some if re.search(r"events_\d{8}", p.name)}
    return tuple(p for p in some if not ((m := _INTRADAY.search(p.name)) and m[1] in whole))


def _unzipped(duck: DuckEngine, path: Path) -> list[Path]:
    """The parts of a zip, on disk as long as the engine lives."""
    into, out = duck.folder(), []
    with zipfile.ZipFile(path) as archive:
        check_zip(archive, path)
        for i, info in enumerate(archive.infolist()):
            if info.is_dir() or info.filename.startswith("__MACOSX/"):
                continue
            folder = into / f"{i:05d}"
            folder.mkdir()
            target = folder / Path(info.filename).name
            with archive.open(info) as a, open(target, "wb") as b:
                _poured(a, b, info.compress_size, path)
            out.append(target)
    return out


def _poured(a: Any, b: Any, packed: int, path: Path) -> None:
    """Unpack piece by piece, and stop where more comes out than an honest file holds."""
    size = 0
    try:
        while block := a.read(1 << 20):
            size += len(block)
            if size > 10_000_000 and size > LIMITS.ratio * max(1, packed):
                raise FileFormatError(
                    en=f"it unpacks to more than {size:,} bytes; refused as a bomb",
                    ru=f"распаковывается больше чем в {size:,} байт; отклонено как бомба",
                    path=path,
                )
            if b is not None:
                b.write(block)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as problem:
        raise FileFormatError(
            en=f"the packed file is damaged ({problem}); nothing was read",
            ru=f"сжатый файл повреждён ({problem}); ничего не прочитано",
            path=path,
        ) from None


def head_of(path: Path) -> tuple[bytes, bool]:
    """The first bytes of a file, unpacked and in UTF-8, and whether it was packed by gzip."""
    with open(path, "rb") as f:
        head = f.read(_HEAD)
    packed = head.startswith(b"\x1f\x8b")
    if packed:
        try:
            with gzip.open(path) as g:
                head = g.read(_HEAD)
        except (OSError, EOFError, zlib.error) as problem:
            raise FileFormatError(
                en=f"the gzip file is damaged ({problem})", ru=f"файл gzip повреждён ({problem})", path=path
            ) from None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    return head, packed


def kind_of(head: bytes, path: Path) -> str:
    """What a file is, by its first bytes and never by its name."""
    if head.startswith(b"SQLite format 3\x00"):
        return "sqlite"
    if head.startswith(b"PAR1"):
        return "parquet"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise FileFormatError(en="the file is empty", ru="файл пуст", path=path)
    if start.startswith(b"<"):
        return "xml"
    if start[:1] in b"{[":
        return "json"
    lines = start.split(b"\n")[:20]
    if start.startswith(b"#") and any(one.startswith(b"#Fields:") for one in lines):
        return "csv"
    if any(b'] "' in one and b" [" in one and one.count(b'"') >= 2 for one in lines) and b"\t" not in lines[0]:
        return "lines"
    return "csv"


def open_view(duck: DuckEngine, path: Path, names: list[str] | None = None) -> View:
    """Look at an export and open it, all parts as one."""
    import duckdb

    parts = tuple(_as_text(duck, p) for p in parts_of(duck, path))
    heads = [head_of(p) for p in parts]
    kinds = [kind_of(h, p) for (h, _), p in zip(heads, parts)]
    if len(set(kinds)) > 1:
        said = ", ".join(f"{p.name} ({k})" for p, k in list(zip(parts, kinds))[:6])
        raise FileFormatError(
            en=f"the files are of different kinds: {said}; give one kind at a time",
            ru=f"файлы разного вида: {said}; дайте за раз один вид",
            path=path,
        )
    kind, packed = kinds[0], all(h[1] for h in heads)
    for p, (_, one) in zip(parts, heads):
        if one:
            with gzip.open(p) as g:
                _poured(g, None, p.stat().st_size, p)
    if not packed and any(h[1] for h in heads):
        # DuckDB takes all files of one call as packed, or none.
        parts = tuple(_loose(duck, p) if h[1] else p for p, h in zip(parts, heads))
    files = "[" + ", ".join(text(escaped(p)) for p in parts) + "]"
    squeezed = ", compression = 'gzip'" if packed else ""
    try:
        if kind in ("xml", "sqlite"):
            return View(duck, "", "0", (), kind, parts, head=heads[0][0].decode("utf-8", "replace"))
        if kind == "json":
            return _json_view(duck, files, squeezed, parts, heads[0][0])
        if kind == "parquet":
            numbered = len(parts) == 1
            source = f"read_parquet({files}, union_by_name = true{', file_row_number = true' if numbered else ''})"
            types = _types(duck, source)
            place = "file_row_number" if numbered else "row_number() OVER () - 1"
            source, keys, first = nested(duck, source, types)
            return View(duck, source, place, keys, kind, parts, types=types, first=first)
        if kind == "lines":
            source = (f"read_csv({files}, header = false, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', "
                      f"escape = ''{squeezed})")  # fmt: skip
            return View(duck, source, "row_number() OVER () - 1", ("line",), kind, parts, types={"line": "VARCHAR"},
                        head=heads[0][0].decode("utf-8", "replace"))  # fmt: skip
        return _csv_view(duck, files, squeezed, parts, heads[0][0], names)
    except duckdb.Error as problem:
        raise FileFormatError(
            en=f"cannot be read as {kind}: {str(problem).strip().splitlines()[0]}",
            ru=f"не читается как {kind}: {str(problem).strip().splitlines()[0]}",
            path=path,
        ) from None


def _is_book(path: Path) -> bool:
    """Whether a zip is a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _as_text(duck: DuckEngine, path: Path) -> Path:
    """A workbook or a text in UTF-16 as a text in UTF-8, written once; any other file as it is."""
    with open(path, "rb") as f:
        start = f.read(4)
    if start == b"PK\x03\x04" and _is_book(path):
        cells = open_cells(path)
        top = caption_rows(cells.head)
        target = duck.folder() / f"{path.stem}.csv"
        body = cells.body(top + 1, len(cells.head[top]))
        body.columns = pd.Index([c or f"column {i + 1}" for i, c in enumerate(cells.head[top])])
        body.dropna(how="all").to_csv(target, index=False)
        return target
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        with open(path, encoding="utf-16", newline="") as a:
            head = a.read(100).lstrip()
            if head.startswith("<"):
                return path  # XML says its own encoding
            a.seek(0)
            target = duck.folder() / path.name
            with open(target, "w", encoding="utf-8", newline="") as b:
                shutil.copyfileobj(a, b, 1 << 20)
        return target
    return path


def _loose(duck: DuckEngine, path: Path) -> Path:
    """A packed file as a plain one."""
    target = duck.folder() / path.name.removesuffix(".gz")
    with gzip.open(path) as a, open(target, "wb") as b:
        shutil.copyfileobj(a, b, 1 << 20)
    return target


def _types(duck: DuckEngine, source: str) -> dict[str, str]:
    rows = duck.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return {r[0]: r[1] for r in rows if r[0] != "file_row_number"}


def _json_view(duck: DuckEngine, files: str, squeezed: str, parts: tuple[Path, ...], head: bytes) -> View:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    shape = "array" if start.startswith(b"[") else "newline_delimited"
    if shape == "newline_delimited":
        try:
            json.loads(start.split(b"\n", 1)[0])
        except ValueError:
            shape = "unstructured"  # one object over many lines
    # DuckDB sets aside twice this for each thread: much only where one object is the whole file.
    largest = 1 << 28 if shape == "unstructured" else 1 << 24
    options = f"format = {text(shape)}{squeezed}, maximum_object_size = {largest}"
    source = f"(SELECT json AS j FROM read_json_objects({files}, {options}))"
    some = [r[0] for r in duck.sql(f"SELECT j FROM {source} LIMIT 200").fetchall()]
    if len(some) == 1 and (within := envelope(json.loads(some[0]))):
        source = f"(SELECT unnest(CAST(j -> {text(_path(within))} AS JSON[])) AS j FROM {source})"
        some = [r[0] for r in duck.sql(f"SELECT j FROM {source} LIMIT 200").fetchall()]
    if len(parts) > 1:
        # Later parts may hold what the first does not: a look at some of them.
        for p in parts[1 :: max(1, len(parts) // 4)][:5]:
            one = f"read_json_objects([{text(escaped(p))}], {options})"
            some += [r[0] for r in duck.sql(f"SELECT json FROM {one} LIMIT 50").fetchall()]
    keys: dict[str, None] = {}
    for one in some:
        found = json.loads(one)
        if not isinstance(found, dict):
            raise FileFormatError(
                en="the JSON holds no objects; an export is a list of events",
                ru="в JSON нет объектов; выгрузка — это список событий",
                path=parts[0],
            )
        keys.update(dict.fromkeys(keys_of(found)))
    return View(duck, source, "row_number() OVER () - 1", tuple(keys), "json", parts,
                head=head.decode("utf-8", "replace"))  # fmt: skip


def _csv_view(
    duck: DuckEngine, files: str, squeezed: str, parts: tuple[Path, ...], head: bytes, names: list[str] | None
) -> View:
    said, how = decode(head[: head.rfind(b"\n") + 1] or head, path=parts[0])
    # A title above the table has no separator and says nothing about it.
    lines = said.splitlines(keepends=True)
    titles = next((i for i, line in enumerate(lines) if re.search(r"[,;\t|]", line)), 0)
    separator = sniff_separator("".join(lines[titles:]))
    encoding = how.encoding.removesuffix("-sig").removesuffix("_sig")
    if encoding not in ("utf-8", "utf8", "ascii"):
        # DuckDB reads UTF-8: another encoding is turned once, on disk.
        into = duck.folder()
        turned = []
        for i, p in enumerate(parts):
            with gzip.open(p) if squeezed else open(p, "rb") as a, open(into / f"{i}.csv", "w", encoding="utf-8") as b:
                wrapped = io.TextIOWrapper(a, encoding=how.encoding, newline="")
                while block := wrapped.read(1 << 20):
                    b.write(block)
            turned.append(into / f"{i}.csv")
        files, squeezed = "[" + ", ".join(text(escaped(p)) for p in turned) + "]", ""
    # Everything as text: a sniffer that reads the id 007 as 7 would lose the person.
    rows = said.splitlines()
    top_row = rows[0] if rows else ""
    bare, above = f"header = false, names = {names!r}" if names else "header = true", ""
    fields = next((r for r in rows[:20] if r.startswith("#Fields:")), None)
    if fields is not None:
        # The W3C's extended log: its comments name the columns, wherever they stand.
        named = fields.removeprefix("#Fields:").split()
        separator = "\t" if any("\t" in r for r in rows if not r.startswith("#")) else " "
        bare, above = f"header = false, names = {named!r}", ", comment = '#'"
    elif top_row.count("\t") == 130 and "event_id" not in top_row:
        bare = f"header = false, names = {[f'c{i}' for i in range(131)]!r}"
    elif not names and (top := _above(rows, separator)):
        above = f", skip = {top}"
    # Tab-separated exports of Snowplow and Metrica quote nothing: a quote in them is a letter.
    bald = separator == "\t" and ("names" in bare or top_row.startswith("ym:"))
    quoted = "''" if bald else "'\"'"
    written = f"delim = {text(separator)}, quote = {quoted}, escape = {quoted}, strict_mode = true{above}{squeezed}"
    several = "true" if len(parts) > 1 else "false"
    source = f"read_csv({files}, all_varchar = true, {bare}, union_by_name = {several}, {written})"
    types = _types(duck, source)
    if len(parts) == 1:
        # Looking at the file again for each question is what takes long with a thousand columns.
        held = ", ".join(f"{text(c)}: 'VARCHAR'" for c in types)
        header = "true" if bare == "header = true" else "false"
        source = f"read_csv({files}, auto_detect = false, columns = {{{held}}}, header = {header}, {written})"
    source, keys, first = nested(duck, source, types)
    return View(duck, source, "row_number() OVER () - 1", keys, "csv", parts, types=types, head=said, first=first)


def _above(rows: list[str], separator: str) -> int:
    """Lines above the header of a table: a title, a period, blank ones, or Excel's ``sep=;``."""
    if rows and re.fullmatch(r"sep=.", rows[0].strip()):
        return 1
    head = [next(csv.reader([r], delimiter=separator), []) for r in rows[:40]]
    return caption_rows(head) if head and sum(bool(c.strip()) for c in head[0]) < 2 else 0
