"""The table of codings: who called which passage what. Its columns, their types, and the check at every door."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.errors import DataWarning, FileFormatError, need_columns, suggest
from cjmkit.i18n import say
from cjmkit.people import ids

__all__ = ["COLUMNS", "MACHINE", "by_people", "check_codings", "concat_codings", "empty_codings", "is_machine"]

MACHINE = "machine:"
"""What the name of a machine coder begins with."""

COLUMNS = (
    "document", "start", "end", "quote", "code", "coder", "participant", "stage", "touchpoint", "valence", "memo",
    "created",
)  # fmt: skip
_NEEDED = ("document", "start", "end", "code")
_TEXT = tuple(c for c in COLUMNS if c not in ("start", "end", "valence"))
_KEPT_BLANK = ("quote",)


def empty_codings() -> pd.DataFrame:
    """A codings table without rows.

    Examples
    --------
    >>> list(empty_codings().columns)[:5]
    ['document', 'start', 'end', 'quote', 'code']
    """
    return _typed(pd.DataFrame({c: [] for c in COLUMNS}))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    out = table.copy()
    for c in COLUMNS:
        if c not in out:
            out[c] = np.nan if c == "valence" else ("" if c in _KEPT_BLANK else None)
    for c in _TEXT:
        out[c] = out[c].astype("str")
    out["start"] = out["start"].astype("int64")
    out["end"] = out["end"].astype("int64")
    out["valence"] = out["valence"].astype("float64")
    return out[[*COLUMNS, *(c for c in out.columns if c not in COLUMNS)]]


def check_codings(
    codings: pd.DataFrame,
    documents: pd.DataFrame | None = None,
    *,
    path: object = None,
    codes: Iterable[str] | None = None,
    first_row: int = 2,
) -> pd.DataFrame:
    """Check a codings table and give it its types; every fault names the column and the rows.

    Parameters
    ----------
    codings : pandas.DataFrame
        At least the columns document, start, end and code; the others of the table are added empty, further columns
        are kept.
    documents : pandas.DataFrame, optional
        Columns document and text. With it each span has to lie inside its text, and each quote has to be the text at
        its place. (To move codings after a text was replaced, use :func:`cjmkit.coding.anchor`.)
    path : path-like, optional
        The file to name in an error.
    codes : iterable of str, optional
        The codes allowed.
    first_row : int
        How the first row is counted in errors; 2 is what a spreadsheet shows.

    Returns
    -------
    pandas.DataFrame
        A new table: text columns as str, start and end as int64, valence as float64.

    Raises
    ------
    FileFormatError
        If a column is missing or a value is not allowed.

    Examples
    --------
    >>> row = {"document": ["anna.txt"], "start": ["0"], "end": ["7"], "code": ["silence"]}
    >>> check_codings(pd.DataFrame(row))["end"].tolist()
    [7]
    """
    need_columns(codings, (), what="codings")
    missing = [c for c in _NEEDED if c not in codings.columns]
    if missing:
        raise FileFormatError(
            en=f"a codings table needs the columns {', '.join(_NEEDED)}; {', '.join(missing)} missing, "
            f"found {', '.join(map(str, codings.columns)) or 'none'}",
            ru=f"таблице кодировок нужны столбцы {', '.join(_NEEDED)}; не хватает {', '.join(missing)}, есть "
            f"{', '.join(map(str, codings.columns)) or 'ничего'}",
            path=path,
        )
    out = codings.copy()

    def fail(bad: Any, column: str, message: str) -> None:
        rows = np.flatnonzero(np.asarray(bad, dtype=bool))
        if len(rows):
            raise FileFormatError(message, path=path, column=column, rows=(rows + first_row).tolist())

    for c in ("document", "code"):
        fail(out[c].isna() | (out[c].astype("str").str.strip() == ""), c, "empty; every coding needs one")
    for c in ("start", "end"):
        given = pd.to_numeric(out[c], errors="coerce")
        fail(given.isna() | (given % 1 != 0), c, "not a whole number; positions count code points from 0")
        out[c] = given.astype("int64")
    fail(out["start"] < 0, "start", "negative; positions count code points from 0")
    fail(
        out["end"] <= out["start"], "end", "not after start; spans are half-open, so end is the first position outside"
    )
    if "valence" in out:
        raw = out["valence"]
        given = pd.to_numeric(raw, errors="coerce")
        empty = raw.isna() | (raw.astype("str").str.strip() == "")
        fail(given.isna() & ~empty, "valence", "not a number; valence is −2 to 2 or empty")
        fail(given.abs() > 2, "valence", "outside −2 to 2")
        out["valence"] = given
    for c in _TEXT:
        if c in out and c not in _KEPT_BLANK:
            text = out[c].astype("str").str.strip().str.normalize("NFC")
            out[c] = ids(out[c]) if c == "participant" else text.where(text != "")
    if codes is not None:
        allowed = list(codes)
        unknown = ~out["code"].isin(allowed)
        if unknown.any():
            fail(unknown, "code", suggest(out.loc[unknown, "code"].iloc[0], allowed, what="code"))
    out = _typed(out)
    if documents is not None:
        texts = dict(zip(documents["document"], documents["text"]))
        fail(~out["document"].isin(list(texts)), "document", suggest(_first(out, texts), texts, what="document"))
        length = np.array([len(texts[d]) for d in out["document"]], dtype=np.int64)
        fail(out["end"] > length, "end", "beyond the end of its document; if the text was replaced, use anchor()")
        real = [texts[d][a:b] for d, a, b in zip(out["document"], out["start"], out["end"])]
        blank = out["quote"].isna() | (out["quote"] == "")
        fail(
            ~blank & (out["quote"] != real), "quote", "not what the document says there; use anchor() to find it again"
        )
        out["quote"] = pd.Series(real, index=out.index, dtype="str")
    return out


def _first(out: pd.DataFrame, known: dict[str, str]) -> str:
    other = out.loc[~out["document"].isin(list(known)), "document"]
    return str(other.iloc[0]) if len(other) else ""


def concat_codings(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put several codings tables together, rows numbered afresh.

    Examples
    --------
    >>> len(concat_codings([empty_codings(), empty_codings()]))
    0
    """
    parts = [tables] if isinstance(tables, pd.DataFrame) else list(tables)
    for t in parts:
        need_columns(t, ("document", "start", "end", "code") if len(t) else (), what="codings")
    filled = [t for t in parts if len(t)]
    if not filled:
        return empty_codings()
    return _typed(pd.concat(filled, ignore_index=True))


def is_machine(coder: object) -> bool:
    """Whether a coder's name is that of a machine.

    Examples
    --------
    >>> is_machine("machine:learned"), is_machine("anna")
    (True, False)
    """
    return isinstance(coder, str) and coder.startswith(MACHINE)


def by_people(codings: pd.DataFrame) -> pd.DataFrame:
    """The codings that people made; a machine's raw counts are no figure, so they are left out, and that is said.

    Examples
    --------
    >>> import warnings
    >>> said = pd.DataFrame({"coder": ["anna", "machine:learned"], "code": ["price", "price"]})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     by_people(said)["coder"].tolist()
    ['anna']
    """
    if "coder" not in codings:
        return codings
    machine = codings["coder"].map(is_machine).astype(bool)
    if not machine.any():
        return codings
    names = ", ".join(sorted(codings.loc[machine, "coder"].unique()))
    warnings.warn(
        say(
            en=f"{int(machine.sum())} codings by {names} are not counted: a machine's share needs correction by "
            f"people's "
            "codes, see cj.coding.share",
            ru=f"кодировки машины ({names}), числом {int(machine.sum())}, не считаются: доля машины требует поправки "
            f"по "
            "кодам людей, см. cj.coding.share",
        ),
        DataWarning,
        stacklevel=3,
    )
    return codings[~machine]
