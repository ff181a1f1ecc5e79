"""Coded segments and codebooks of any tool: what a file is, its content says; quotes are found again in the texts."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.coding.anchoring import anchor
from cjmkit.coding.codebook import Code, Codebook
from cjmkit.core.codings import check_codings, concat_codings, empty_codings
from cjmkit.errors import CjmError, FileFormatError
from cjmkit.files import reading
from cjmkit.intake.containers import parse_json, read_bytes
from cjmkit.intake.decoding import decode
from cjmkit.intake.documents import text_of_docx, text_of_rtf
from cjmkit.intake.sheets import read_sheets
from cjmkit.interviews.transcripts import make_documents
from cjmkit.qda.annotations import annotation_table, json_segments, read_brat, read_webanno
from cjmkit.qda.coder_sheets import CoderSheet, code_list, codebook_of, coder_sheet
from cjmkit.qda.model import MEMO_COLUMNS, Losses, QdaProject
from cjmkit.qda.qdc import read_qdc
from cjmkit.qda.qdpx_read import read_qdpx
from cjmkit.qda.reports import nvivo_report, qualcoder_codes, taguette_html
from cjmkit.qda.segments import SPECS, Segment, segments_of, spec_of
from cjmkit.qda.sqlite import read_qualcoder, read_taguette

__all__ = ["read"]

_LOOKED_FOR = (
    ", ".join(s.tool for s in SPECS[:-1])
    + " tables; a table with document, quote and code; a coder's sheet (id, answer, "
    "Code 1 … Code n, or a column a code); a codebook (name and definition); Taguette HTML and SQLite; QualCoder "
    "projects and lists of codes; NVivo reports; Label Studio, doccano, Prodigy, INCEpTION, brat; REFI-QDA"
)


@dataclass
class _Found:
    """What one file holds."""

    origin: str
    segments: list[Segment] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    book: Codebook | None = None
    seen: list[tuple[str, str]] = field(default_factory=list)  # coder, document
    participants: dict[str, str] = field(default_factory=dict)


def read(
    path: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    documents: pd.DataFrame | None = None,
    coder: str | None = None,
    encoding: str | None = None,
) -> QdaProject:
    r"""Read coded segments, codebooks and projects of any tool.

    Parameters
    ----------
    path : path-like or iterable of path-like
        A file, a folder, or several files, such as one spreadsheet a coder: they become one project. Known are Taguette
        (CSV, XLSX, HTML, SQLite), MAXQDA, ATLAS.ti, NVivo, Dedoose, Dovetail, QualCoder, Quirkos, Label Studio,
        doccano, Prodigy, INCEpTION, brat, REFI-QDA (.qdpx, .qdc), tables with document, quote and code, and coders'
        sheets with ``Code 1`` … ``Code n`` or one column a code; of workbooks all sheets.
    documents : pandas.DataFrame, optional
        Columns document and text: where quotes are found again. Names are compared without endings and case. Without
        it, and where a file brings no texts, a document is its coded passages, a line each.
    coder : str, optional
        Who coded, where a file does not say; without it, files of coders' sheets are called after the file.
    encoding : str, optional
        Of text files, where the detection is wrong.

    Returns
    -------
    QdaProject
        documents, codebook, codings, ``turns`` (one a document), ``seen`` (which coder read which document) and
        ``dropped``: quotes that were not found, or stand in several places.

    Raises
    ------
    FileFormatError
        If nothing is recognised; the message lists what was looked for.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "eva.csv").write_text("id,answer,Code 1,Code 2\n1,Dear and slow,price,time\n2,Fine,none,\n")
    >>> _ = (folder / "ivo.csv").write_text("id,answer,Code 1,Code 2\n1,Dear and slow,price,\n2,Fine,none,\n")
    >>> project = read(folder)
    >>> project.codings[["document", "code", "coder"]].values.tolist()
    [['1', 'price', 'eva'], ['1', 'time', 'eva'], ['1', 'price', 'ivo']]
    >>> len(project.seen)
    4
    """
    files = _files(path)
    if len(files) == 1:
        with reading(files[0]):
            whole = _project(files[0], documents)
        if whole is not None:
            return whole
    found: list[tuple[Path, _Found]] = []
    projects: list[QdaProject] = []
    refused: list[FileFormatError] = []
    for f in files:
        try:
            with reading(f):
                whole = _project(f, documents)
                if whole is not None:
                    projects.append(whole)
                else:
                    found += [(f, x) for x in _read_file(f, encoding, coder)]
        except FileFormatError as error:
            refused.append(error)
    if not found and not projects:
        raise refused[0]
    losses = Losses()
    for refusal in refused:
        losses.add("file", "not recognised", str(refusal))
    made = _assembled([x for _, x in found], documents, losses) if found else None
    return _united([*projects, *([made] if made else [])])


def _files(path: Any) -> list[Path]:
    listed = [path] if isinstance(path, str | os.PathLike) else list(path)
    out: list[Path] = []
    for p in map(Path, listed):
        if p.is_dir() and not (p / "data.qda").exists():
            inner = sorted(x for x in p.iterdir() if x.is_file() and not x.name.startswith((".", "~")))
            # brat's text belongs to its annotations.
            out += [x for x in inner if not (x.suffix == ".txt" and x.with_suffix(".ann").exists())]
        else:
            out.append(p)
    if not out:
        raise FileFormatError(en="the folder holds no files", ru="в папке нет файлов", path=path)
    return out


def _project(path: Path, documents: pd.DataFrame | None) -> QdaProject | None:
    """Files that are a project with texts of their own."""
    kind = path.suffix.casefold()
    if kind == ".qdpx":
        return read_qdpx(path)
    if kind == ".qda" or path.is_dir():
        return read_qualcoder(path)
    if kind == ".qdc":
        return _only_codes(read_qdc(path), path, "REFI-QDA")
    if read_bytes(path)[:16].startswith(b"SQLite format 3"):
        try:
            return read_taguette(path)
        except FileFormatError:
            return read_qualcoder(path)
    return None


def _only_codes(book: Codebook, path: Path, origin: str) -> QdaProject:
    return QdaProject(
        documents=make_documents([]),
        codebook=book,
        codings=empty_codings(),
        participants=pd.DataFrame({"document": [], "participant": []}, dtype="str"),
        memos=pd.DataFrame(columns=list(MEMO_COLUMNS), dtype="str"),
        dropped=Losses().table(),
        origin=origin,
        title=path.stem,
    )


# ---- one file --------------------------------------------------------------------------------------------------------


def _read_file(path: Path, encoding: str | None, coder: str | None) -> list[_Found]:
    raw = read_bytes(path)
    kind = path.suffix.casefold()
    if kind in (".xlsx", ".xlsm", ".csv") or (kind in (".tsv", ".txt") and _looks_tabular(raw, kind)):
        return _tables(raw, path, encoding, coder)
    if kind == ".docx":
        text = text_of_docx(raw, path)
    elif kind == ".rtf":
        text = text_of_rtf(raw, path).replace("\r\n", "\n")
    else:
        text, _ = decode(raw, encoding=encoding, path=path)
    found = _text(text, path)
    if found is None:
        raise FileFormatError(
            en=f"no coded segments and no codebook were recognised. Looked for: {_LOOKED_FOR}",
            ru=f"ни закодированных отрывков, ни кодификатора не узнано. Искали: {_LOOKED_FOR}",
            path=path,
        )
    for s in found.segments:
        s.coder = s.coder or coder or ""
    return [found]


def _looks_tabular(raw: bytes, kind: str) -> bool:
    head = raw[:4000]
    return kind == ".tsv" and not head.lstrip(b"\xef\xbb\xbf").startswith(b"#FORMAT")


def _text(text: str, path: Path) -> _Found | None:
    if text.lstrip().startswith("#FORMAT=WebAnno"):
        return _Found(*_swapped(read_webanno(text, path.name)))
    if path.suffix.casefold() == ".ann":
        beside = path.with_suffix(".txt")
        said = decode(read_bytes(beside), path=beside)[0]
        return _Found(*_swapped(read_brat(text, said, path.name)))
    if re.match(r"\s*[\[{]", text):
        annotated = json_segments(parse_json(text, path), path.name)
        return _Found(*_swapped(annotated)) if annotated else None
    if "<hr" in text and (segments := taguette_html(text)):
        return _Found("Taguette", segments)
    if segments := nvivo_report(text, path.name):
        return _Found("NVivo", segments)
    book = qualcoder_codes(text)
    return _Found("QualCoder", book=book) if book else None


def _swapped(found: tuple[str, dict[str, str], list[Segment]]) -> tuple[str, list[Segment], dict[str, str]]:
    return found[0], found[2], found[1]


def _tables(raw: bytes, path: Path, encoding: str | None, coder: str | None) -> list[_Found]:
    sheets, _ = read_sheets(raw, path, encoding=encoding, indented=True)
    names: dict[str, str] = {}
    for rows in sheets.values():
        names |= code_list(rows)
    out: list[_Found] = []
    coded = []
    for sheet, rows in sheets.items():
        spec = spec_of(rows[0])
        annotated = annotation_table(rows, path.name)
        if annotated is not None:
            out.append(_Found(*_swapped(annotated)))
        elif spec is not None:
            segments = segments_of(spec, rows, name=path.stem)
            for s in segments:
                s.coder = s.coder or coder or ""
            out.append(_Found(spec.tool, segments))
        elif (made := coder_sheet(rows, names)) is not None:
            coded.append((sheet, made))
        elif not code_list(rows) and (book := codebook_of(rows)) is not None:
            out.append(_Found("a codebook", book=book))
    for sheet, made in coded:
        who = coder or (sheet if len(coded) > 1 else path.stem)
        out.append(_coded(made, who))
    if not out:
        heads = "; ".join(", ".join(h.strip() for h in rows[0] if h.strip()) for rows in sheets.values())
        raise FileFormatError(
            en=f"no coded segments and no codebook were recognised; the columns are {heads}. Looked for: {_LOOKED_FOR}",
            ru=f"ни закодированных отрывков, ни кодификатора не узнано; столбцы: {heads}. Искали: {_LOOKED_FOR}",
            path=path,
        )
    return out


def _coded(sheet: CoderSheet, who: str) -> _Found:
    found = _Found(f"a coder's sheet, {sheet.kind}")
    # An id may come again with another coder; an id that comes again with the same one is another answer.
    nth: Counter[tuple[str, str]] = Counter()
    twice = {k for (k, _), n in Counter((key, by) for key, _, _, by in sheet.rows).items() if n > 1}
    for key, answer, codes, named in sheet.rows:
        by = named or who
        nth[key, by] += 1
        document = f"{key} ({nth[key, by]})" if key in twice else key
        found.texts[document] = answer
        found.participants[document] = key
        if codes is not None:
            found.seen.append((by, document))
        for code in codes or ():
            found.segments.append(Segment(document, answer, code, by, start=0, end=len(answer), participant=key))
    return found


# ---- putting it together ---------------------------------------------------------------------------------------------


def _assembled(found: Sequence[_Found], documents: pd.DataFrame | None, losses: Losses) -> QdaProject:
    texts: dict[str, str] = {}
    for x in found:
        for name, text in x.texts.items():
            # Two coders' sheets may differ in blanks; another answer under the same id is another document.
            if " ".join(texts.setdefault(name, text).split()) != " ".join(text.split()):
                losses.add("document", "two texts under one name; the first was kept", name)
    segments = [s for x in found for s in x.segments]
    given = {} if documents is None else dict(zip(documents["document"], documents["text"], strict=True))
    names = _matched({s.document for s in segments} | set(texts), list(given))
    names |= _by_quotes([s for s in segments if s.document not in {*names, *texts}], given)
    for s in segments:
        s.document = names.get(s.document, s.document)
    texts = {names.get(d, d): t for d, t in texts.items()} | {d: t for d, t in given.items() if d in names.values()}
    passages = _from_passages(segments, texts)
    codes, book = _codebook(segments, [x.book for x in found if x.book is not None])
    people = {names.get(d, d): p for x in found for d, p in x.participants.items()}
    table = _placed(segments, codes, texts, losses)
    table["participant"] = table["participant"].where(table["participant"].notna(), table["document"].map(people))
    origin = ", ".join(dict.fromkeys(x.origin for x in found))
    seen = pd.DataFrame([row for x in found for row in x.seen], columns=["coder", "document"], dtype="str")
    reading = [
        (d, "passages only" if d in passages else "found in the text", "quotes", float("nan"), float("nan"),
         "low" if d in passages else "high")
        for d in dict.fromkeys(table["document"])
    ]  # fmt: skip
    return QdaProject(
        documents=make_documents((d, t, people.get(d)) for d, t in texts.items()),
        codebook=book,
        codings=table,
        participants=pd.DataFrame(list(people.items()), columns=["document", "participant"], dtype="str"),
        memos=pd.DataFrame(columns=list(MEMO_COLUMNS), dtype="str"),
        dropped=losses.table(),
        reading=pd.DataFrame(reading, columns=["document", "positions", "evidence", "fit", "runner_up", "confidence"]),
        origin=origin,
        seen=seen.drop_duplicates(ignore_index=True),
    )


def _matched(names: set[str], given: list[str]) -> dict[str, str]:
    """Which of the documents at hand a name means: itself, or the only one of that name without folder and ending."""

    def plain(name: str) -> str:
        return re.sub(r"\.[a-z0-9]{2,4}$", "", re.split(r"[/\\]", name)[-1].casefold().strip())

    by: dict[str, list[str]] = {}
    for g in given:
        by.setdefault(plain(g), []).append(g)
    out = {}
    for n in names:
        hits = [n] if n in given else by.get(plain(n), [])
        if len(hits) == 1:
            out[n] = hits[0]
    return out


def _by_quotes(segments: list[Segment], given: dict[str, str]) -> dict[str, str]:
    """Which of the texts at hand a name means that none of them bears: the only one with most of its quotes."""

    def plain(text: str) -> str:
        return " ".join(text.split()).casefold()

    said: dict[str, set[str]] = {}
    for s in segments:
        said.setdefault(s.document, set()).add(plain(s.quote))
    whole = {d: plain(t) for d, t in given.items()} if said else {}
    out = {}
    for name, quotes in said.items():
        found = {d: sum(q in text for q in quotes) for d, text in whole.items()}
        most = max(found.values(), default=0)
        hits = [d for d, n in found.items() if n == most]
        if most > len(quotes) / 2 and len(hits) == 1:
            out[name] = hits[0]
    return out


def _from_passages(segments: list[Segment], texts: dict[str, str]) -> set[str]:
    """Make documents of the coded passages where no text is at hand; their names."""
    made: dict[str, dict[str, None]] = {}
    for s in segments:
        if s.document not in texts:
            made.setdefault(s.document, {}).setdefault(s.quote)
            s.start = s.end = None
    for d, quotes in made.items():
        texts[d] = "\n".join(quotes) + "\n"
    return set(made)


def _codebook(segments: Sequence[Segment], books: Sequence[Codebook]) -> tuple[dict[str, str], Codebook]:
    """Names of the codes as segments write them (with paths), and the codebook."""
    codes: dict[str, Code] = {c.name: c for b in books for c in b}
    paths = {s.code: [p.strip() for p in re.split(r"\\+|::", s.code) if p.strip()] for s in segments}
    leaves = Counter(parts[-1] for parts in {tuple(p) for p in paths.values() if p})
    names: dict[str, str] = {}
    for code, parts in paths.items():
        up = ""
        for k, p in enumerate(parts):
            last = k == len(parts) - 1
            name = p if not last or leaves[p] == 1 or not up else f"{up} / {p}"
            if name != up:
                codes.setdefault(name, Code(name, parent=up))
                up = name
        names[code] = up
    return names, Codebook(tuple(codes.values()))


def _placed(segments: Sequence[Segment], codes: dict[str, str], texts: dict[str, str], losses: Losses) -> pd.DataFrame:
    """The codings table: an offset is trusted only if the quote stands there; else the quote is looked for."""
    rows = [
        {
            "document": s.document,
            "start": s.start if s.start is not None and s.end is not None and s.end > s.start else 0,
            "end": s.end if s.start is not None and s.end is not None and s.end > s.start else max(1, len(s.quote)),
            "quote": s.quote,
            "code": codes[s.code],
            "coder": s.coder or None,
            "participant": s.participant or None,
            "stage": s.stage or None,
            "touchpoint": s.touchpoint or None,
            "valence": s.valence,
            "memo": s.memo or None,
            "created": s.created or None,
        }
        for s in segments
        if codes.get(s.code)
    ]
    if not rows:
        return empty_codings()
    placed = anchor(
        check_codings(pd.DataFrame(rows)), pd.DataFrame({"document": list(texts), "text": list(texts.values())})
    )
    for r in placed.lost.itertuples():
        losses.add("coding", "its words were not found in the text", f"{r.document}: {r.quote}")
    for r in placed.report[placed.report["places"] > 1].itertuples():
        losses.add("place", f"its words stand in {r.places} places; one was taken", f"{r.document}: {r.quote}")
    out = placed.codings.drop_duplicates(["document", "start", "end", "code", "coder", "memo"])
    return out.reset_index(drop=True)


def _united(projects: Sequence[QdaProject]) -> QdaProject:
    if len(projects) == 1:
        return projects[0]
    codes: dict[str, Code] = {}
    for p in projects:
        for c in p.codebook:
            codes.setdefault(c.name, c)
    documents = pd.concat([p.documents for p in projects], ignore_index=True)
    differ = documents.groupby("document")["text"].nunique()
    if (differ > 1).any():
        raise CjmError(
            en=f"two projects hold different texts called {differ[differ > 1].index[0]!r}; read them apart",
            ru=f"в двух проектах разные тексты называются {differ[differ > 1].index[0]!r}; читайте их порознь",
        )

    def stacked(name: str) -> pd.DataFrame:
        tables = [t for p in projects if len(t := getattr(p, name))]
        return pd.concat(tables, ignore_index=True) if tables else getattr(projects[0], name)

    return QdaProject(
        documents=documents.drop_duplicates("document", ignore_index=True),
        codebook=Codebook(tuple(codes.values())),
        codings=concat_codings([p.codings for p in projects]),
        participants=stacked("participants"),
        memos=stacked("memos"),
        dropped=stacked("dropped"),
        reading=stacked("reading"),
        origin=", ".join(dict.fromkeys(p.origin for p in projects)),
        seen=stacked("seen"),
    )
