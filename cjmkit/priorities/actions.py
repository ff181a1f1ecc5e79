"""From ranked ideas to actions on the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cjmkit.barriers.data import BarriersData
from cjmkit.barriers.notes import quotes
from cjmkit.core.course import Action
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Evidence
from cjmkit.errors import CjmError
from cjmkit.i18n import number, say
from cjmkit.priorities.data import PrioritiesData
from cjmkit.priorities.whatif import WhatIf

__all__ = ["actions"]


def actions(
    priorities: PrioritiesData,
    n: int | None = None,
    *,
    barriers: BarriersData | None = None,
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

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import priorities
    >>> ideas = pd.DataFrame({"title": ["Prices first", "New chat"], "reach": [700, 220], "impact": [3, 1],
    ...                       "confidence": [0.9, 0.7], "effort": [1.5, 3], "owner": ["Ann", "Bob"]})
    >>> [(a.title, a.owner) for a in priorities.rank(ideas).actions(1)]
    [('Prices first', 'Ann')]
    """
    out = []
    for i, r in enumerate(priorities.table.head(n if n is not None else len(priorities.table)).to_dict("records")):
        title = str(r["title"])
        barrier = _text(r.get("barrier"))
        evidence: tuple[Evidence, ...] = ()
        if barriers is not None and barrier in set(barriers.table["barrier"]):
            evidence = quotes(barriers, barrier, 2) or (barriers._evidence_(barrier=barrier),)
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
                method=priorities.method(),
                due=_date(r.get("due"), title),
                service_level=_text(r.get("service_level")),
                metric=_text(r.get("metric")),
                status=_text(r.get("status")),
                memo=_memo(priorities, i + 1, r),
                evidence=evidence,
            )
        )
    return tuple(out)


def _memo(priorities: PrioritiesData, place: int, r: Mapping[Any, Any]) -> str:
    often, source = number(r["in_top"], 0, percent=True), _text(r.get("source"))
    return say(
        en=f"{priorities.method()}, rank {place}, among the first {priorities.n} in {often} of draws; "
        f"source: {source or 'none given'}",
        ru=f"{priorities.method()}, место {place}, среди первых {priorities.n} в {often} случаев; "
        f"источник: {source or 'не указан'}",
    )


def _text(value: Any) -> str:
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value).strip()


def _date(value: Any, title: str) -> dt.date | None:
    text = _text(value)
    if not text:
        return None
    try:
        day: dt.date = pd.Timestamp(text).date()
    except (ValueError, TypeError):
        raise CjmError(
            en=f"due date of {title!r} is not a date: {text!r}; write it as 2026-09-01",
            ru=f"срок действия {title!r} — не дата: {text!r}; пишите так: 2026-09-01",
        ) from None
    return day
