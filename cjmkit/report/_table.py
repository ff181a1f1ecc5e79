"""Any frame as a person would print it, in a notebook and in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjmkit.core.printed import ROWS, Printing
from cjmkit.errors import CjmError, suggest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PrintedTable", "table"]


@dataclass(frozen=True, repr=False)
class PrintedTable:
    """A table that shows itself as text in a terminal and as HTML in a notebook.

    Attributes
    ----------
    text, html : str
        The two forms.
    """

    text: str
    html: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def table(
    frame: pd.DataFrame | Any,
    columns: Iterable[str] | Mapping[str, str] | None = None,
    *,
    by: str = "",
    names: Mapping[str, str] | None = None,
    percent: Iterable[str] = (),
    digits: int = 2,
    n: int = ROWS,
    level: float = 0.95,
) -> PrintedTable:
    """Print a table for people: names instead of ids, intervals beside their figures, at most twelve rows.

    Limits (``low`` and ``high``, or ``x_low`` and ``x_high`` of a column x) stand in brackets behind their figure,
    which gets no more digits than they support. Shares get a bar. A column without any value is left out.

    Parameters
    ----------
    frame : pandas.DataFrame or result
        What to print; of a result its ``table``.
    columns : list of str, or mapping of str to str, optional
        Which columns in which order; as a mapping, with the head of each. All of them by default.
    by : str
        Column whose values become the heads of sections; rows are taken as they stand.
    names : mapping, optional
        Id to name, for example ``study.titles()``.
    percent : iterable of str
        Columns of shares between 0 and 1.
    digits : int
        Digits after the point, at most.
    n : int
        Rows; how many more there are is said below.
    level : float
        Level of the limits, for the head.

    Returns
    -------
    PrintedTable

    Raises
    ------
    CjmError
        If a column is not there.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> shares = pd.DataFrame({"code": ["price"], "share": [0.75], "low": [0.53], "high": [0.89], "n": [1200]})
    >>> cj.report.table(shares, {"code": "barrier", "share": "named by", "n": "n"}, names={"price": "No full price"},
    ...                 percent=["share"]) # doctest: +NORMALIZE_WHITESPACE
     barrier       named by [95%] n
     No full price 75% [53%, 89%] 1,200
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        frame = frame.table if isinstance(getattr(frame, "table", None), pd.DataFrame) else pd.DataFrame(frame)
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    frame = frame.rename(columns=str)
    chosen = [str(c) for c in columns] if columns is not None else list(frame.columns)
    for column in [*chosen, *([by] if by else [])]:
        if column not in frame.columns:
            raise CjmError(suggest(column, frame.columns, what="column"))
    heads = {str(k): (str(v), str(v)) for k, v in columns.items()} if isinstance(columns, Mapping) else {}
    how = Printing(
        percent=tuple(percent), digits=digits, heads=heads, titles=dict(names or {}), level=level, by=by, rows=n
    )
    return PrintedTable(how.text(frame, chosen), how.html(frame, chosen))
