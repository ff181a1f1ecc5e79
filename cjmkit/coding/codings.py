"""Codings: who called which passage what. A plain table, one CSV a coder, checked where it enters."""

from __future__ import annotations

import datetime as dt
import io
import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.codings import COLUMNS, check_codings, concat_codings, empty_codings
from cjmkit.errors import CjmError, FileFormatError, need_columns, suggest
from cjmkit.files import file_name, is_ours, write_atomically
from cjmkit.intake.formulas import guarded, unguarded

__all__ = [
    "COLUMNS",
    "add_coding",
    "check_codings",
    "coder_path",
    "concat_codings",
    "edit_coding",
    "empty_codings",
    "read_codings",
    "remove_codings",
    "write_codings",
]


_COLUMNS = 1000


def read_codings(
    path: str | os.PathLike[str], *, documents: pd.DataFrame | None = None, codes: Iterable[str] | None = None
) -> pd.DataFrame:
    r"""Read the codings of one coder (a CSV) or of all (a folder with one CSV a coder).

    Parameters
    ----------
    path : path-like
        A CSV file or a folder. A coder without a name in the column ``coder`` is called like the file.
    documents : pandas.DataFrame, optional
        Check the spans and quotes against these texts; see :func:`check_codings`.
    codes : iterable of str, optional
        Check the codes against these.

    Returns
    -------
    pandas.DataFrame
        The codings table of all files, in order of file name.

    Raises
    ------
    FileFormatError
        If a file is not a codings table; it names file, column and rows.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "eva.csv"
    >>> _ = path.write_text("document,start,end,quote,code\nanna,0,4,Slow,wait\n")
    >>> read_codings(path)[["code", "coder"]].values.tolist()
    [['wait', 'eva']]
    """
    where = Path(path)
    if where.is_dir():
        tables = [
            read_codings(f, documents=documents, codes=codes) for f in sorted(filter(is_ours, where.glob("*.csv")))
        ]
        return concat_codings(tables)
    from cjmkit.intake.containers import read_bytes
    from cjmkit.intake.decoding import decode

    text, _ = decode(read_bytes(where), path=where)
    if not text.strip():
        return empty_codings()
    # Semicolons are what a spreadsheet in a Russian locale saves.
    head = text.split("\n", 1)[0]
    sep = max((",", ";", "\t"), key=head.count)
    if head.count(sep) > _COLUMNS:
        raise FileFormatError(
            en=f"{head.count(sep) + 1:,} columns; this is no table of codings",
            ru=f"столбцов: {head.count(sep) + 1}; это не таблица кодировок",
            path=where,
        )
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=sep, dtype="str", keep_default_na=False, na_values=[], encoding_errors="strict"
        )
    except (pd.errors.ParserError, ValueError) as error:
        raise FileFormatError(
            en=f"not a table of comma-separated values: {str(error).strip()}",
            ru=f"это не таблица через запятую: {str(error).strip()}",
            path=where,
        ) from error
    table = unguarded(table)
    table.columns = [str(c).strip().lower() for c in table.columns]
    if "valence" in table:
        table["valence"] = table["valence"].str.replace(",", ".").str.replace("−", "-")
    out = check_codings(table, documents, path=where, codes=codes)
    out["coder"] = out["coder"].fillna(where.stem)
    return out


def write_codings(codings: pd.DataFrame, folder: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write codings as one CSV a coder, each file whole or not at all.

    Parameters
    ----------
    codings : pandas.DataFrame
        A codings table; every row needs a coder.
    folder : path-like
        Where the files go, as ``<coder>.csv``, UTF-8 (what no file may be called is written as ``%`` and a number).
        A coder whose codings lie in a file of another name keeps it. Files of coders who are not in the table stay as
        they are.

    Returns
    -------
    tuple of pathlib.Path
        The files written.

    Raises
    ------
    CjmError
        If two coders would share a file, or a file holds somebody else's codings: nothing is written then.

    Notes
    -----
    Rows are sorted by document and position, so that two versions differ in git only where the coding differs.

    Examples
    --------
    >>> import tempfile
    >>> said = pd.DataFrame({"document": ["anna"], "start": [0], "end": [4], "code": ["wait"], "coder": ["eva"]})
    >>> [p.name for p in write_codings(said, tempfile.mkdtemp())]
    ['eva.csv']
    """
    need_columns(codings, (), what="codings")
    table = check_codings(codings)
    nameless = np.flatnonzero(table["coder"].isna())
    if len(nameless):
        raise FileFormatError(
            en="empty; a file per coder needs names",
            ru="пусто; файлу на кодировщика нужны имена",
            column="coder",
            rows=(nameless + 2).tolist(),
        )
    files: dict[str, Path] = {}
    for coder in table["coder"].unique():
        path = coder_path(coder, Path(folder))
        other = next((c for c, p in files.items() if p.name.casefold() == path.name.casefold()), None)
        if other is not None:
            raise CjmError(
                en=f"the coders {other!r} and {coder!r} would share the file {path.name}; rename one of them",
                ru=f"кодировщики {other!r} и {coder!r} делили бы файл {path.name}; переименуйте кого-то из двоих",
            )
        files[coder] = path
    for coder, path in files.items():
        mine = table[table["coder"] == coder].sort_values(["document", "start", "end", "code"], kind="stable")
        shown = mine.assign(valence=[_plain(v) for v in mine["valence"]])
        write_atomically(path, guarded(shown).to_csv(index=False, lineterminator="\n"))
    return tuple(files.values())


def coder_path(coder: str, folder: Path) -> Path:
    """The file of a coder: that which holds this coder's codings and nobody else's, else a new one of the name.

    "a/b" and "a_b" have two files. Anna and anna would be one file on half of all disks, so the second is refused.
    """
    path = folder / f"{file_name(coder)}.csv"
    if path.exists():
        near = [path]
    else:
        near = [p for p in folder.glob("*.csv") if is_ours(p)] if folder.is_dir() else []
    for there in near:
        owners = _owners(there)
        if owners == {unicodedata.normalize("NFC", coder)}:
            return there
        others = sorted(owners - {coder})
        if there == path or (coder in owners) or file_name(there.stem).casefold() == path.stem.casefold():
            raise CjmError(
                en=f"{there.name} holds the codings of {others[0]!r}, and those of {coder!r} cannot go beside them: "
                "one file a coder, and no two names that differ only in large and small letters; rename one of them",
                ru=f"в {there.name} лежат кодировки {others[0]!r}, и кодировкам {coder!r} рядом не место: на "
                "кодировщика один файл, и нет двух имён, что различаются только большими и малыми буквами; "
                "переименуйте кого-то из двоих",
            )
    return path


def _owners(path: Path) -> set[str]:
    """Whose codings a file holds; one without names is its coder's by its own name."""
    try:
        found = pd.read_csv(path, usecols=["coder"], dtype="str", keep_default_na=False)["coder"]
    except (ValueError, OSError):
        found = pd.Series([""])
    names = {unicodedata.normalize("NFC", c.strip() or path.stem) for c in found.unique()}
    return names or {unicodedata.normalize("NFC", path.stem)}


def _plain(v: float) -> str:
    return "" if v != v else f"{v:g}"


def add_coding(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    document: str,
    code: str,
    coder: str,
    quote: str | None = None,
    start: int | None = None,
    end: int | None = None,
    **fields: Any,
) -> pd.DataFrame:
    """Return the codings with one more.

    Parameters
    ----------
    codings, documents : pandas.DataFrame
        The codings table, and a table with document and text.
    document, code, coder : str
        Where, what, who.
    quote : str, optional
        The passage; enough where it stands once in the document.
    start, end : int, optional
        Its place in code points, half-open; instead of, or besides, the quote.
    **fields
        participant, stage, touchpoint, valence (−2 to 2), memo, or columns of your own.

    Raises
    ------
    CjmError
        If the passage is not in the document, stands there more than once, or a value is not allowed.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": ["anna.txt"], "text": ["No news for weeks."]})
    >>> c = add_coding(empty_codings(), documents, document="anna.txt", quote="No news", code="silence", coder="Eve")
    >>> c.loc[0, ["start", "end"]].tolist()
    [0, 7]
    """
    texts = dict(zip(documents["document"], documents["text"]))
    if document not in texts:
        raise CjmError(suggest(document, texts, what="document"))
    text = texts[document]
    if start is None or end is None:
        if not quote:
            raise CjmError(
                en="say which passage: quote=, or start= and end=",
                ru="скажите, какой отрывок: quote= или start= и end=",
            )
        start = text.find(quote)
        if start < 0:
            raise CjmError(en=f"{document!r} does not say {quote!r}", ru=f"в {document!r} нет слов {quote!r}")
        if text.find(quote, start + 1) >= 0:
            raise CjmError(
                en=f"{document!r} says {quote!r} {text.count(quote)} times; give start= and end= too",
                ru=f"в {document!r} слова {quote!r} стоят {text.count(quote)} раз; дайте ещё start= и end=",
            )
        end = start + len(quote)
    if "participant" not in fields and "participant" in documents:
        fields["participant"] = documents.loc[documents["document"] == document, "participant"].iloc[0]
    row: dict[str, Any] = {"document": document, "start": start, "end": end, "quote": quote or text[start:end]}
    row |= {"code": code, "coder": coder} | fields
    row.setdefault("created", dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
    new = check_codings(pd.DataFrame([row]), documents, first_row=len(codings))
    return concat_codings([codings, new]) if len(codings) else new


def edit_coding(codings: pd.DataFrame, row: Any, **changes: Any) -> pd.DataFrame:
    """Return the codings with some fields of one row changed.

    Parameters
    ----------
    codings : pandas.DataFrame
        A codings table.
    row : label
        The row's label in the index.
    **changes
        New values. If start or end change, give the new quote too.

    Examples
    --------
    >>> said = check_codings(pd.DataFrame({"document": ["anna"], "start": [0], "end": [4], "code": ["wait"]}))
    >>> edit_coding(said, 0, code="silence")["code"].tolist()
    ['silence']
    """
    need_columns(codings, (), what="codings")
    if row not in codings.index:
        raise CjmError(suggest(row, codings.index, what="row"))
    unknown = [c for c in changes if c not in codings.columns]
    if unknown:
        raise CjmError(suggest(unknown[0], codings.columns, what="column"))
    if {"start", "end"} & changes.keys() and "quote" not in changes:
        raise CjmError(
            en="a moved span needs its new quote too: edit_coding(codings, row, start=…, end=…, quote=…)",
            ru="передвинутому отрывку нужна и новая цитата: edit_coding(codings, row, start=…, end=…, quote=…)",
        )
    out = codings.copy()
    for c, v in changes.items():
        out.loc[row, c] = v
    return check_codings(out, first_row=0)


def remove_codings(codings: pd.DataFrame, rows: Any) -> pd.DataFrame:
    """Return the codings without some rows.

    Parameters
    ----------
    codings : pandas.DataFrame
        A codings table.
    rows : label, sequence of labels or boolean Series
        Which rows.

    Examples
    --------
    >>> said = check_codings(pd.DataFrame({"document": ["anna"], "start": [0], "end": [4], "code": ["wait"]}))
    >>> len(remove_codings(said, 0))
    0
    """
    need_columns(codings, (), what="codings")
    if isinstance(rows, pd.Series) and rows.dtype == bool:
        return codings[~rows].copy()
    labels: Sequence[Any] = [rows] if np.isscalar(rows) else list(rows)
    unknown = [r for r in labels if r not in codings.index]
    if unknown:
        raise CjmError(suggest(unknown[0], codings.index, what="row"))
    return codings.drop(index=list(labels))
