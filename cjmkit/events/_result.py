"""What every result of this room has: a table, a sentence, and the way back to the log."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.i18n import number

__all__ = ["Origin", "Result", "duration", "listed"]


@dataclass(frozen=True)
class Origin:
    """Where a result comes from: the log, what was asked, what answered."""

    log: str
    query: str
    engine: str
    hashed: Callable[[], str]
    excluded: str = ""

    def figure(self, estimate: Estimate, which: str = "") -> EventFigure:
        """Evidence for one figure of the result."""
        return EventFigure(
            log=self.log,
            query=self.query + (f", {which}" if which else ""),
            engine=self.engine,
            sha256=self.hashed(),
            estimate=estimate,
        )


@dataclass(frozen=True, eq=False)
class Result:
    """Base of the results of event analysis.

    Attributes
    ----------
    table : pandas.DataFrame
        The figures, with n and intervals.
    origin : Origin
        Log, query, engine and hash of the input.
    warnings : tuple of str
        What the reader has to know before believing the figures.
    """

    table: pd.DataFrame
    origin: Origin
    warnings: tuple[str, ...] = ()

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences, in English or Russian."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        said = html.escape(self.summary())
        told = "".join(f"<p><small>⚠ {html.escape(w)}</small></p>" for w in self.warnings)
        return f"<p>{said}</p>{shown(self.table).to_html(index=False, border=0, na_rep='—')}{told}"


def shown(table: pd.DataFrame, rows: int = 30) -> pd.DataFrame:
    """A copy for reading: rounded, durations in words, at most `rows` rows."""
    out = table.head(rows).copy()
    for name in out.columns:
        if pd.api.types.is_timedelta64_dtype(out[name].dtype):
            out[name] = [duration(x) for x in out[name]]
        elif pd.api.types.is_float_dtype(out[name].dtype):
            out[name] = [number(x, 3) for x in out[name]]
    return out


def duration(value: Any, lang: str | None = None) -> str:
    """A duration in the unit in which people think of it.

    Examples
    --------
    >>> duration(pd.Timedelta(minutes=90), "en")
    '1.5 h'
    >>> duration(pd.Timedelta(days=3), "ru")
    '3 дн.'
    """
    from cjmkit.i18n import say

    if pd.isna(value):
        return "—"
    seconds = pd.Timedelta(value).total_seconds()
    for size, en, ru in ((86400, "d", "дн."), (3600, "h", "ч"), (60, "min", "мин")):
        if abs(seconds) >= size:
            x = seconds / size
            digits = 0 if abs(x - round(x)) < 0.05 or x >= 100 else 1
            return f"{number(x, digits, lang=lang)} {say(en=en, ru=ru, lang=lang)}"
    digits = 0 if seconds == round(seconds) else 1 if seconds >= 1 else 3
    return f"{number(seconds, digits, lang=lang)} {say(en='s', ru='с', lang=lang)}"


def listed(values: Any) -> str:
    """Values as they stand in a query: short, and the same in every run."""
    if isinstance(values, pd.Series):
        return f"labels of {len(values):,} people"
    return repr(values)
