"""Priorities: ranked ideas with how stable their ranks are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Evidence
from cjmkit.core.journey import Action
from cjmkit.errors import CjmError
from cjmkit.i18n import count, current_language, number, say

if TYPE_CHECKING:
    from cjmkit.barriers import Barriers
    from cjmkit.priorities._whatif import WhatIf

__all__ = ["Priorities"]


@dataclass(frozen=True, eq=False, repr=False)
class Priorities:
    """Ideas in rank order; see :func:`cjmkit.priorities.rank` for the columns of `table`.

    Attributes
    ----------
    table : DataFrame
        A row an idea.
    method : str
        How it was scored, as printed: RICE, ICE (mean) …
    top : int
        How many count as the first.
    warnings : tuple of str
        What a reader should know.
    ranks : DataFrame
        Rank of each idea (column) in each Monte Carlo draw (row).
    """

    table: pd.DataFrame
    method: str
    kind: str
    top: int
    level: float
    warnings: tuple[str, ...]
    ranks: pd.DataFrame

    @property
    def stability(self) -> pd.DataFrame:
        """How often each idea takes each rank: index title, columns 1, 2, 3 …, shares of draws."""
        size = len(self.table)
        places = range(1, size + 1)
        out = [self.ranks.iloc[:, i].value_counts(normalize=True).reindex(places, fill_value=0.0) for i in range(size)]
        return pd.DataFrame(np.array(out), index=list(self.table["title"].astype(str)), columns=list(places))

    def actions(
        self,
        n: int | None = None,
        *,
        barriers: Barriers | None = None,
        effects: Mapping[str, Estimate | WhatIf] | None = None,
    ) -> tuple[Action, ...]:
        """Ideas as actions for the map, best first.

        Parameters
        ----------
        n : int, optional
            Only the first `n`.
        barriers : Barriers, optional
            Cites the words behind the barrier that an action removes.
        effects : mapping, optional
            Idea (id or title) to its expected effect: an Estimate or a :class:`WhatIf`.
        """
        out = []
        for i, r in enumerate(self.table.head(n if n is not None else len(self.table)).to_dict("records")):
            title = str(r["title"])
            barrier = _text(r.get("barrier"))
            evidence: tuple[Evidence, ...] = ()
            if barriers is not None and barrier in set(barriers.table["barrier"]):
                evidence = barriers.quotes(barrier, 2) or (barriers._evidence_(barrier=barrier),)
            effect: Any = (effects or {}).get(_text(r.get("id")), (effects or {}).get(title))
            if effect is None and pd.notna(r.get("effect")):
                effect = Estimate(
                    value=r["effect"],
                    low=r.get("effect_low"),
                    high=r.get("effect_high"),
                    n=int(r.get("effect_n") or 0),
                )
            out.append(
                Action(
                    id=_text(r.get("id")),
                    title=title,
                    stage=_text(r.get("stage")),
                    barriers=tuple(b.strip() for b in barrier.split(",") if b.strip()),
                    owner=_text(r.get("owner")),
                    effort=float(r["effort"]) if pd.notna(r.get("effort")) else None,
                    effect=getattr(effect, "difference", effect),
                    score=float(r["score"]),
                    method=self.method,
                    due=_date(r.get("due"), title),
                    service_level=_text(r.get("service_level")),
                    metric=_text(r.get("metric")),
                    status=_text(r.get("status")),
                    memo=self._memo(i + 1, r),
                    evidence=evidence,
                )
            )
        return tuple(out)

    def _memo(self, place: int, r: Mapping[Any, Any]) -> str:
        often, source = number(r["in_top"], 0, percent=True), _text(r.get("source"))
        return say(
            en=f"{self.method}, rank {place}, among the first {self.top} in {often} of draws; "
            f"source: {source or 'none given'}",
            ru=f"{self.method}, место {place}, среди первых {self.top} в {often} случаев; "
            f"источник: {source or 'не указан'}",
        )

    def summary(self, lang: str | None = None) -> str:
        """Two sentences: the first idea, and which ideas change places when the inputs are off."""
        lang = current_language(lang)
        r: Any = self.table.iloc[0]
        score = number(r["score"], 1, lang=lang)
        ideas = count(len(self.table), en=("idea", "ideas"), ru=("идея", "идеи", "идей"), lang=lang)
        first = number(r["first"], 0, percent=True, lang=lang)
        sure = self.table[self.table["in_top"] >= 0.9]
        named = count(len(sure), en=("idea stays", "ideas stay"), ru=("идея", "идеи", "идей"), lang=lang)
        return say(
            en=(
                f"{ideas} by {self.method}; first “{r['title']}” ({score}), the first in {first} "
                f"of draws of the uncertain inputs. {named} among the first {self.top} in at least 90% of draws."
            ),
            ru=(
                f"{ideas}, метод {self.method}; первая «{r['title']}» ({score}), первая "
                f"в {first} случаев при неточных исходных числах. "
                f"В первых {self.top} не реже чем в 90 % случаев: {named}."
            ),
            lang=lang,
        )

    def _repr_html_(self) -> str:
        lang = current_language()
        head = say(
            en="#|idea|stage|owner|score|range|ranks|first|in the first {}",
            ru="№|идея|этап|ответственный|балл|разброс|места|первая|в первых {}",
        ).format(self.top)
        rows = []
        for r in self.table.to_dict("records"):
            cells = (
                r["rank"],
                r["title"],
                _text(r.get("stage")),
                _text(r.get("owner")) or "—",
                number(r["score"], 1, lang=lang),
                f"{number(r['low'], 1, lang=lang)} … {number(r['high'], 1, lang=lang)}",
                f"{r['rank_low']}–{r['rank_high']}",
                number(r["first"], 0, percent=True, lang=lang),
                number(r["in_top"], 0, percent=True, lang=lang),
            )
            rows.append("<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in cells) + "</tr>")
        top = "".join(f"<th>{escape(h)}</th>" for h in head.split("|"))
        notes = "".join(f"<li>{escape(w)}</li>" for w in self.warnings)
        return f"<p>{escape(self.summary())}</p><table><tr>{top}</tr>{''.join(rows)}</table>" + (
            f"<ul>{notes}</ul>" if notes else ""
        )

    def __repr__(self) -> str:
        return self.summary()


def _text(value: Any) -> str:
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value).strip()


def _date(value: Any, title: str) -> dt.date | None:
    text = _text(value)
    if not text:
        return None
    try:
        day: dt.date = pd.Timestamp(text).date()
    except (ValueError, TypeError):
        raise CjmError(f"due date of {title!r} is not a date: {text!r}; write it as 2026-09-01") from None
    return day
