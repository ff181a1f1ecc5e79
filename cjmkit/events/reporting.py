"""Report: what was found in the input of a log, which part each column plays and why, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from cjmkit.core.result import table_html
from cjmkit.i18n import say

__all__ = ["LogReport", "Role"]

_STATUS = {
    "known": ("known by the format", "известно по формату"),
    "guessed": ("guessed from the content", "угадано по содержанию"),
    "contradictory": ("contradictory", "противоречиво"),
    "given": ("given", "задано"),
}


class Role(NamedTuple):
    """Which column plays a part, how sure that is, and why."""

    column: str
    status: str
    reason: str


@dataclass(frozen=True)
class LogReport:
    """What a reader found.

    Attributes
    ----------
    format : str
        Name of the format, ``"table"`` where the columns were named by hand.
    roles : mapping of str to Role
        Part (user, time, event, channel …) to column, status (known, guessed, contradictory, given) and reason.
    counts : mapping of str to int
        What was met: rows, double insert ids, events out of order, test users, bots …; zero where it was looked for
        and not found.
    clock : str
        Which clock the times are of, and its zone.
    warnings : tuple of str
        What a reader has to know before believing the figures.
    """

    format: str = "table"
    roles: Mapping[str, Role] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    clock: str = ""
    warnings: tuple[str, ...] = ()

    @classmethod
    def plain(cls, canon: Any, given: Mapping[str, str | None]) -> LogReport:
        """The report of a log whose columns were named by hand."""
        roles = {r: Role(c, "given", "named in the call") for r, c in given.items() if c is not None}
        return cls(roles=roles, counts={"rows": canon.n_rows + sum(canon.dropped.values())} | canon.dropped)

    @property
    def table(self) -> pd.DataFrame:
        """Roles and counts, a row each: what, found, status, reason."""
        rows = [(r, x.column, x.status, x.reason) for r, x in self.roles.items()]
        rows += [(k, f"{n:,}", "counted", "") for k, n in self.counts.items()]
        return pd.DataFrame(rows, columns=["what", "found", "status", "reason"])

    def summary(self, lang: str | None = None) -> str:
        """The format, the parts of the columns, and what was left out."""
        parts = [f"{r}: {x.column} ({say(en=_STATUS[x.status][0], ru=_STATUS[x.status][1], lang=lang)})"
                 for r, x in self.roles.items()]  # fmt: skip
        met = [f"{k} {n:,}" for k, n in self.counts.items() if n]
        return f"{self.format}. {'; '.join(parts)}. " + say(en="Met: ", ru="Встретилось: ", lang=lang) + ", ".join(met)

    def __repr__(self) -> str:
        return "\n".join([self.summary(), *(f"! {w}" for w in self.warnings)])

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(w)}</li>" for w in self.warnings)
        return f"<p>{escape(self.summary())}</p>{table_html(self.table, list(self.table.columns))}<ul>{said}</ul>"
