"""Any frame as a person would print it, in a notebook and in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cjmkit.core.printed import ROWS, Printing
from cjmkit.core.result import Shown, result_html
from cjmkit.errors import CjmError, suggest

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
    frame: Any,
    columns: Iterable[str] | Mapping[str, str] | None = None,
    *,
    by: str = "",
    names: Mapping[str, str] | None = None,
    percent: Iterable[str] = (),
    figure: str = "",
    digits: int | None = None,
    n: int = ROWS,
    level: float | None = None,
) -> PrintedTable:
    """Print a table for people: names instead of ids, intervals beside their figures, at most twelve rows.

    Limits (``low`` and ``high``, or ``x_low`` and ``x_high`` of a column x) stand in brackets behind their figure,
    which gets no more digits than they support. Shares get a bar. A column without any value is left out.

    Parameters
    ----------
    frame : pandas.DataFrame or result
        What to print; a result is printed as it shows itself: its sentence, its heads, shares and level, its warnings.
    columns : list of str, or mapping of str to str, optional
        Which columns in which order; as a mapping, with the head of each. All of them by default.
    by : str
        Column whose values become the heads of sections; rows are taken as they stand.
    names : mapping, optional
        Id to name, for example ``study.titles()``.
    percent : iterable of str
        Columns of shares between 0 and 1.
    figure : str
        Column whose limits are ``low`` and ``high``; by default an effect or difference, else a value, share or mean.
    digits : int, optional
        Digits after the point, at most; 2 by default.
    n : int
        Rows; how many more there are is said below.
    level : float, optional
        Level of the limits, for the head; 0.95 by default.

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

    how, result = Printing(percent=tuple(percent)), None
    if isinstance(frame, Shown):
        how, result = frame._printing(), frame
        shown = frame._table_shown()
        columns = columns if columns is not None else [c for c in frame._shown_columns() if c in shown and c != by]
        frame = shown
    elif not isinstance(frame, pd.DataFrame):
        frame = frame.table if isinstance(getattr(frame, "table", None), pd.DataFrame) else pd.DataFrame(frame)
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    frame = frame.rename(columns=str)
    chosen = [str(c) for c in columns] if columns is not None else list(frame.columns)
    for column in [*chosen, *([by] if by else [])]:
        if column not in frame.columns:
            raise CjmError(suggest(column, frame.columns, what="column"))
    # In a table of ours a title is a stage's; in one of the researcher's it is a title.
    heads = dict(how.heads) or {"title": ("title", "название")}
    if isinstance(columns, Mapping):
        heads |= {str(k): (str(v), str(v)) for k, v in columns.items()}
    how = replace(
        how, heads=heads, titles=dict(names or {}), by=by, rows=n, figure=figure or how.figure,
        percent=(*how.percent, *percent), digits=how.digits if digits is None else digits,
        level=how.level if level is None else level,
    )  # fmt: skip
    text, html = how.text(frame, chosen), how.html(frame, chosen)
    if result is None:
        return PrintedTable(text, html)
    said, told, foot = result.summary(), result.warnings, result.footnotes
    lines = [said, text, *(f"! {w}" for w in told), *(f"* {t}" for t in foot)]
    return PrintedTable("\n".join(lines), result_html(said, html, told, foot))
