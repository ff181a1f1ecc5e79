"""What every result of this room has beside the shared base: the way back to the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from cjmkit.core import result
from cjmkit.core.called import called
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.i18n import duration

__all__ = ["Origin", "Result", "listed"]

_NAMING = ("event", "stage", "step", "next_step", "source", "target", "path", "outcome", "last_event")


@dataclass(frozen=True)
class Origin:
    """Where a result comes from: the log, what was asked, what answered."""

    log: str
    query: str
    engine: str
    hashed: Callable[[], str]
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, name: Any) -> str:
        """An event, stage, step or path in people's words, where they came with the log."""
        return called(self.names, name)

    def worded(self, table: pd.DataFrame) -> pd.DataFrame:
        """A copy of a table with people's words in its columns of events, stages, steps and paths."""
        if not self.names:
            return table
        columns = [c for c in _NAMING if c in table]
        return table.assign(**{c: [called(self.names, v) for v in table[c]] for c in columns})

    def figure(self, estimate: Estimate, which: str = "") -> EventFigure:
        """Evidence for one figure of the result."""
        return EventFigure(
            log=self.log,
            query=self.query + (f", {which}" if which else ""),
            engine=self.engine,
            sha256=self.hashed(),
            estimate=estimate,
        )


@dataclass(frozen=True, eq=False, repr=False)
class Result(result.Result):
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

    _percent: ClassVar[tuple[str, ...]] = ("share", "conversion", "overall", "probability", "incidence")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {
        "event": ("event", "событие"), "users": ("people", "людей"), "path": ("path", "путь"),
        "target": ("target", "куда"), "outcome": ("outcome", "исход"), "median_time": ("median time", "медиана"),
        "usual_time": ("usual time", "обычное время"), "next_step": ("next step", "следующий шаг"),
        "count": ("count", "раз"), "probability": ("probability", "доля переходов"), "overall": ("overall", "всего"),
    }  # fmt: skip

    def _table_shown(self) -> pd.DataFrame:
        return in_words(self.origin.worded(self.table))


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """A copy whose durations are words; limits that are durations stand beside each other."""
    spans = [c for c in table.columns if pd.api.types.is_timedelta64_dtype(table[c].dtype)]
    out = table.assign(**{c: [duration(x) for x in table[c]] for c in spans})
    return out.rename(columns={"low": "from", "high": "to"}) if {"low", "high"} <= set(spans) else out


def listed(values: Any) -> str:
    """Values as they stand in a query: short, and the same in every run."""
    if isinstance(values, pd.Series):
        return f"labels of {len(values):,} people"
    if isinstance(values, tuple) and any(isinstance(v, pd.Series) for v in values):
        return f"({', '.join(map(listed, values))})"
    return repr(values)
