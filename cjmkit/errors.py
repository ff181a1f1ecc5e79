"""Errors and warnings that every room raises.

An error says what came, what was allowed, what to try and, where there is one, the place (file, column, rows).
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

__all__ = [
    "CjmError",
    "CjmWarning",
    "DataWarning",
    "FileFormatError",
    "NotEnough",
    "ScaleWarning",
    "SmallSampleWarning",
    "StudyError",
    "need_columns",
    "one_of",
    "suggest",
]

T = TypeVar("T")


def __dir__() -> list[str]:
    return __all__


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


class NotEnough(CjmError):
    """The material is there but does not suffice: too few people, no second coder, no link to a stage.

    Raised as any error in plain Python; a study's notebook keeps it as a gap, shows it in its place on the map, and
    goes on.

    Parameters
    ----------
    missing : str
        What is missing, as a sentence without its full stop.
    why : str
        Why it matters: what cannot be said without it.
    action : str
        The exact next action, for example a command.
    lane : str, optional
        Where on the map the gap stands: a lane (``"emotion"``, ``"barriers"``, …) or ``"personas"``.

    Examples
    --------
    >>> gap = NotEnough("one coder", why="agreement compares two", action="let a colleague code four interviews")
    >>> print(gap)
    one coder: agreement compares two → let a colleague code four interviews
    """

    def __init__(self, missing: str, *, why: str, action: str, lane: str = "") -> None:
        self.missing, self.why, self.action, self.lane = missing, why, action, lane
        super().__init__(f"{missing}: {why} → {action}")


class CjmWarning(UserWarning):
    """Base of all warnings that cjmkit gives."""


class SmallSampleWarning(CjmWarning):
    """Too few people for the claim; the figure is shown, and marked."""


class DataWarning(CjmWarning):
    """Some of the input was left out or repaired; the message says which and why."""


class ScaleWarning(DataWarning):
    """A figure rests on an item that can be read in more than one way; the message holds the figure under each."""


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


def one_of(found: T, allowed: Iterable[object], *, what: str = "value") -> T:
    """Return `found` if it is allowed; else say what is, with a "did you mean".

    Parameters
    ----------
    found : object
        What came.
    allowed : iterable
        What is accepted.
    what : str
        The noun for `found`.

    Raises
    ------
    CjmError
        If `found` is not among them.

    Examples
    --------
    >>> one_of("stage", ("stage", "touchpoint"), what="unit")
    'stage'
    """
    names = list(allowed)
    if found not in names:
        raise CjmError(suggest(found, names, what=what))
    return found


def need_columns(table: Any, names: Iterable[str], *, what: str = "table") -> None:
    """See to it that a table has the columns that a question needs.

    Parameters
    ----------
    table : pandas.DataFrame
    names : iterable of str
        The columns.
    what : str
        What the table is, for the message.

    Raises
    ------
    CjmError
        Naming each missing column, the columns there are, and a near one if there is one.

    Examples
    --------
    >>> import pandas as pd
    >>> need_columns(pd.DataFrame({"stge": ["pay"], "score": [1]}), ("stage", "score"), what="scores")
    Traceback (most recent call last):
    cjmkit.errors.CjmError: scores: unknown column 'stage'; did you mean 'stge'? Known: stge, score
    """
    there = [str(c) for c in table.columns]
    missing = [n for n in names if n not in there]
    if not missing:
        return
    if len(missing) == 1:
        raise CjmError(f"{what}: {suggest(missing[0], there, what='column')}")
    raise CjmError(
        f"{what}: the columns {', '.join(map(repr, missing))} are missing. Known: {', '.join(there) or 'none'}"
    )
