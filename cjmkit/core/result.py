"""Result: what every computed answer has: a table, a sentence, warnings, and the way to one figure as evidence.

A room declares which columns name a row and which make up its figure, and writes only the sentence::

    @dataclass(frozen=True, eq=False, repr=False, kw_only=True)
    class Losses(Result):
        table: pd.DataFrame

        _key = ("step",)
        _figure = Figure(value="share", percent=True)
        _shown = ("step", "share", "n")

        def summary(self, lang=None): ...

Then ``losses.estimate("visit")``, ``cjmkit.cite(losses, step="visit")`` (where `_evidence_of` is given) and the looks
in a notebook follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

import pandas as pd

from cjmkit.core.caution import Careful
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Evidence
from cjmkit.core.printed import Printing, table_html
from cjmkit.errors import CjmError, suggest

__all__ = ["Figure", "Result", "Shown", "pick", "result_html", "table_html"]


@dataclass(frozen=True)
class Figure:
    """Which columns of a result make up an :class:`~cjmkit.Estimate`.

    Parameters
    ----------
    value, low, high : str
        Columns of the figure and of its limits.
    n : str or tuple of str
        Column of how many it rests on; several are added up.
    unit, method : str
        What was counted, and how the interval was made.
    percent : bool
        Whether the value is a share.
    """

    value: str = "value"
    low: str = "low"
    high: str = "high"
    n: str | tuple[str, ...] = "n"
    unit: str = "people"
    method: str = ""
    percent: bool = False

    def of(self, row: Mapping[str, Any], level: float = 0.95) -> Estimate:
        """The estimate that a row holds.

        Examples
        --------
        >>> print(Figure(value="share", percent=True).of({"share": 0.5, "low": 0.2, "high": 0.8, "n": 8}))
        50% [20%, 80%], n = 8 people
        """
        counted = (self.n,) if isinstance(self.n, str) else self.n
        return Estimate(
            value=_given(row.get(self.value)),
            low=_given(row.get(self.low)),
            high=_given(row.get(self.high)),
            n=int(sum(_given(row.get(c)) or 0 for c in counted)),
            unit=self.unit,
            level=level,
            method=self.method,
            percent=self.percent,
        )


class Shown(Careful):
    """Base of all answers: a sentence, a table, warnings, and how they look in a notebook.

    An answer of one figure has it as ``estimate``; one of many rows is a :class:`Result`.

    Attributes
    ----------
    table : pandas.DataFrame
        The figures, a row each, with n and limits.
    warnings : tuple of str
        What a reader has to know before believing them.
    level : float
        Confidence level of the limits.
    """

    table: pd.DataFrame
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _figure: ClassVar[Figure] = Figure()
    _shown: ClassVar[tuple[str, ...]] = ()
    """Columns that a notebook shows; all of them where nothing is named."""
    _percent: ClassVar[tuple[str, ...]] = ()
    """Columns of shares, shown as per cent."""
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """English and Russian heads of columns that only this room has."""
    _digits: ClassVar[int] = 2

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences, in English or Russian."""
        raise NotImplementedError

    def _table_shown(self) -> pd.DataFrame:
        """The table as it is shown: a room that translates values or marks them does so here."""
        return self.table

    def __repr__(self) -> str:
        return "\n".join([self.summary(), *(f"! {w}" for w in self.warnings), *(f"* {t}" for t in self.footnotes)])

    def _printing(self) -> Printing:
        """How the table is printed; :func:`cjmkit.report.table` adds names and sections to it."""
        return Printing(
            figure=self._figure.value,
            percent=tuple(self._percent),
            digits=self._digits,
            heads=self._names,
            level=self.level,
        )

    def _shown_columns(self) -> list[str]:
        """The columns that a notebook shows, in order."""
        return [str(c) for c in self._shown or self._table_shown().columns]

    def _repr_html_(self) -> str:
        body = self._printing().html(self._table_shown(), self._shown_columns())
        return result_html(self.summary(), body, self.warnings, self.footnotes)


class Result(Shown):
    """Base of answers of many rows: finds a row, hands out its estimate and its evidence."""

    _key: ClassVar[tuple[str, ...]] = ()
    """Columns that name a row, in the order of positional arguments of :meth:`estimate`."""

    def estimate(self, *names: Any, **which: Any) -> Estimate:
        """One figure with its interval and n; the row is chosen by the values of its naming columns.

        Raises
        ------
        CjmError
            If no row fits, or several do.
        """
        return self._estimate_of(self._row(*names, **which))

    def _row(self, *names: Any, **which: Any) -> dict[str, Any]:
        return pick(self.table, dict(zip(self._key, names, strict=False)) | which, key=self._key)

    def _estimate_of(self, row: Mapping[str, Any]) -> Estimate:
        return self._figure.of(row, self.level)

    def _evidence_of(self, row: Mapping[str, Any]) -> Evidence:
        """The evidence that a row makes; a room says what its source is."""
        raise CjmError(
            en=f"{type(self).__name__} cannot be cited; cite what it was made from",
            ru=f"на {type(self).__name__} сослаться нельзя; сошлитесь на то, из чего это получено",
        )

    def _evidence_(self, *names: Any, **which: Any) -> Evidence:
        return self._evidence_of(self._row(*names, **which))


def pick(table: pd.DataFrame, which: Mapping[str, Any], *, key: Iterable[str] = (), what: str = "result") -> Any:
    """The one row of a table that fits ``column=value`` pairs, as a dict.

    Values are compared as text, so that ``1`` finds ``"1"``.

    Raises
    ------
    CjmError
        If a column or a value is unknown, or more than one row fits.

    Examples
    --------
    >>> steps = pd.DataFrame({"step": ["visit", "deal"], "n": [90, 12]})
    >>> pick(steps, {"step": "deal"})
    {'step': 'deal', 'n': 12}
    """
    named = [c for c in key if c in table.columns] or [str(c) for c in table.columns]
    rows = table
    for column, value in which.items():
        if column not in table.columns:
            raise CjmError(suggest(column, named, what=f"column of the {what}"))
        hit = rows[rows[column].astype(str) == str(value)]
        if hit.empty:
            raise CjmError(suggest(value, rows[column].astype(str).unique(), what=column))
        rows = hit
    if len(rows) != 1:
        open_ = [c for c in named if c not in which and rows[c].astype(str).nunique() > 1] or named
        some = ", ".join(repr(str(v)) for v in rows[open_[0]].astype(str).unique()[:6])
        raise CjmError(
            en=f"{len(rows)} rows of the {what} fit; say {open_[0]}= one of {some}",
            ru=f"подходят строк ({what}): {len(rows)}; скажите {open_[0]}= — одно из {some}",
        )
    return {str(k): v for k, v in rows.iloc[0].to_dict().items()}


def result_html(summary: str, body: str, warnings: Iterable[str] = (), footnotes: Iterable[str] = ()) -> str:
    """Sentence, table, warnings and footnotes of a result, as a notebook shows them."""
    said = f"<p>{'<br>'.join(escape(line) for line in summary.splitlines())}</p>"
    items = "".join(f"<li>{escape(w)}</li>" for w in warnings)
    small = "".join(f"<p><small>* {escape(t)}</small></p>" for t in footnotes)
    return said + body + (f"<ul>{items}</ul>" if items else "") + small


def _given(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
