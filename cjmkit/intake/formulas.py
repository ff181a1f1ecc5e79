"""Texts that a spreadsheet would run: guarded where a CSV is written, given back as they were where it is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["guard", "guarded", "unguard", "unguarded"]

# A spreadsheet that splits at semicolons, as the Russian one does, begins a cell behind each of them and line end.
_STARTS = re.compile(r"(^|[;\n])(?='*[=+\-@\t\r])")
_GUARDED = re.compile(r"(^|[;\n])'(?='*[=+\-@\t\r])")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?%?")


def guard(text: str) -> str:
    r"""A cell that no spreadsheet takes for a formula: an apostrophe stands before what begins like one.

    Numbers stay. :func:`unguard` gives every text back.

    Examples
    --------
    >>> guard('=HYPERLINK("x")'), guard("price;=1+1"), guard("-4.5"), guard("slow")
    ('\'=HYPERLINK("x")', "price;'=1+1", '-4.5', 'slow')
    """
    return text if _NUMBER.fullmatch(text) else _STARTS.sub(r"\1'", text)


def unguard(text: str) -> str:
    """The text that :func:`guard` was given.

    Examples
    --------
    >>> unguard(guard("'=1")), unguard("it's")
    ("'=1", "it's")
    """
    return _GUARDED.sub(r"\1", text)


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """A table with guarded texts, heads and index too."""
    return _each(table, guard)


def unguarded(table: pd.DataFrame) -> pd.DataFrame:
    """A table with its texts as they were before they were guarded."""
    return _each(table, unguard)


def _each(table: pd.DataFrame, change: object) -> pd.DataFrame:
    import pandas as pd

    def one(value: object) -> object:
        return change(value) if isinstance(value, str) else value  # type: ignore[operator]

    out = table.copy(deep=False)
    for k in range(out.shape[1]):
        column = out.iloc[:, k]
        if column.dtype == "category":
            column = column.astype(object)
        if pd.api.types.is_string_dtype(column.dtype) or column.dtype == object:
            changed = [one(v) for v in column]
            if any(a is not b and a != b for a, b in zip(changed, column, strict=True)):
                kept: Any = pd.Series(changed, index=column.index, dtype=column.dtype)
                out.isetitem(k, kept)
    if not isinstance(out.index, pd.MultiIndex) and not pd.api.types.is_numeric_dtype(out.index.dtype):
        out.index = out.index.map(one)
    out.columns = [one(c) for c in out.columns]
    return out
