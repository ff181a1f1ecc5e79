"""Errors and warnings that every room raises.

An error says what came, what was allowed, what to try and, where there is one, the place (file, column, rows).
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "AssumptionWarning",
    "CjmError",
    "CjmWarning",
    "DataWarning",
    "FileFormatError",
    "SmallSampleWarning",
    "StudyError",
    "suggest",
]


class CjmError(ValueError):
    """Base of all errors that cjmkit raises on purpose."""


class FileFormatError(CjmError):
    """A file could not be understood.

    Parameters
    ----------
    message : str
        What came, what was allowed and what to try.
    path : str or path-like, optional
        The file.
    line : int, optional
        The line, counted from 1.
    column : str or int, optional
        The column of a table (its name) or of a line (counted from 1).
    rows : iterable of int, optional
        Rows of a table, counted as a spreadsheet counts them.
    """

    def __init__(
        self,
        message: str,
        *,
        path: object = None,
        line: int | None = None,
        column: str | int | None = None,
        rows: Iterable[int] | None = None,
    ) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.rows = tuple(rows) if rows is not None else ()
        place = "" if path is None else str(path)
        if line is not None:
            place += f"{':' if place else 'line '}{line}"
        if column is not None:
            place += f"{', ' if place else ''}column {column!r}"
        if self.rows:
            shown = ", ".join(str(r) for r in self.rows[:5]) + (", …" if len(self.rows) > 5 else "")
            place += f"{', ' if place else ''}rows {shown}"
        super().__init__(f"{place}: {message}" if place else message)


class StudyError(CjmError):
    """A study folder lacks something, or holds something that contradicts itself."""


class CjmWarning(UserWarning):
    """Base of all warnings that cjmkit gives."""


class AssumptionWarning(CjmWarning):
    """A figure rests on an assumption that the data cannot check."""


class SmallSampleWarning(CjmWarning):
    """Too few people for the claim; the figure is shown, and marked."""


class DataWarning(CjmWarning):
    """Some of the input was left out or repaired; the message says which and why."""


def suggest(found: object, allowed: Iterable[object], *, what: str = "value") -> str:
    """Phrase the allowed values for an error message, with a "did you mean" where one is close.

    Parameters
    ----------
    found : object
        What came.
    allowed : iterable
        What would have been accepted.
    what : str
        The noun for `found`, for example ``"stage"``.

    Returns
    -------
    str
        A sentence, for example ``"unknown stage 'buyng'; did you mean 'buying'? Known: buying, using"``.

    Examples
    --------
    >>> suggest("buyng", ["buying", "using"], what="stage")
    "unknown stage 'buyng'; did you mean 'buying'? Known: buying, using"
    """
    names = [str(a) for a in allowed]
    close = get_close_matches(str(found), names, n=1, cutoff=0.6)
    if not close:
        folded = {n.casefold(): n for n in names}
        close = [folded[m] for m in get_close_matches(str(found).casefold(), list(folded), n=1, cutoff=0.6)]
    hint = f"; did you mean {close[0]!r}?" if close else "."
    known = ", ".join(names[:20]) + (f", … ({len(names)} in all)" if len(names) > 20 else "")
    return f"unknown {what} {str(found)!r}{hint} Known: {known or 'none'}"
