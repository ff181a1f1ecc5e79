"""Who answers for a barrier: problems by owner and by channel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmkit.barriers.data import BarriersData
from cjmkit.emotion.limits import felt
from cjmkit.errors import CjmError
from cjmkit.stats import wilson

__all__ = ["by_channel", "by_owner", "by_stage", "owners_of"]


def by_owner(barriers: BarriersData) -> pd.DataFrame:
    """Problems by owner: owner, barriers, people, n, share, low, high, valence with limits, named.

    The row with an empty owner counts what nobody answers for.

    Examples
    --------
    >>> from cjmkit import barriers
    >>> codings = pd.DataFrame({"participant": list("aab"), "code": ["price", "wait", "price"], "stage": "deal"})
    >>> book = pd.DataFrame({"code": ["price", "wait"], "lane": "barriers", "owner": ["Ann", "Bob"]})
    >>> barriers.rank(codings, codebook=book).by_owner()[["owner", "barriers", "people", "named"]]
      owner  barriers  people  named
    0   Ann         1       2  price
    1   Bob         1       1   wait
    """
    return _by(barriers, "owner")


def by_channel(barriers: BarriersData) -> pd.DataFrame:
    """Problems by channel; columns as in :meth:`by_owner`.

    Examples
    --------
    >>> from cjmkit import barriers
    >>> codings = pd.DataFrame({"participant": list("ab"), "code": "price", "stage": "deal", "touchpoint": "Chat"})
    >>> points = pd.DataFrame({"stage": ["deal"], "touchpoint": "Chat", "channel": "site"})
    >>> barriers.rank(codings, touchpoints=points.assign(owner="Ann")).by_channel()[["channel", "people"]]
      channel  people
    0    site       2
    """
    return _by(barriers, "channel")


def by_stage(barriers: BarriersData) -> pd.DataFrame:
    """Who named which barrier where: stage, barrier, title, people, n, share, low, high, valence.

    Examples
    --------
    >>> from cjmkit import barriers
    >>> codings = pd.DataFrame({"participant": list("ab"), "code": "price", "stage": ["deal", "search"]})
    >>> barriers.rank(codings, stages=["search", "deal"]).by_stage()[["stage", "barrier", "people", "n"]]
        stage barrier  people  n
    0  search   price       1  2
    1    deal   price       1  2
    """
    rows = []
    titles = dict(zip(barriers.table["barrier"], barriers.table["title"], strict=True))
    place = {b: i for i, b in enumerate(barriers.table["barrier"])}
    for (stage, barrier), part in barriers.mentions.groupby(["stage", "barrier"]):
        k, n = part["participant"].nunique(), len(barriers.people)
        _, low, high = wilson(k, n, level=barriers.level)
        each = part.dropna(subset=["valence"]).groupby("participant")["valence"].mean()
        rows.append((stage, barrier, titles[str(barrier)], k, n, k / n, low, high, each.mean(), len(each)))
    out = pd.DataFrame(
        rows,
        columns=["stage", "barrier", "title", "people", "n", "share", "low", "high", "valence", "n_valence"],
    )
    order = list(barriers.titles or {}) or sorted(out["stage"].unique())
    key = [
        (order.index(s) if s in order else len(order), place[b])
        for s, b in zip(out["stage"], out["barrier"], strict=True)
    ]
    return out.iloc[sorted(range(len(out)), key=key.__getitem__)].reset_index(drop=True)


def _by(barriers: BarriersData, column: str) -> pd.DataFrame:
    found = _attach(barriers.mentions, barriers.table, barriers.touchpoints, column)
    return _count_by(found, barriers.table, len(barriers.people), column, level=barriers.level)


def _column(touchpoints: pd.DataFrame, column: str) -> pd.DataFrame:
    for name in ("touchpoint", column):
        if name not in touchpoints:
            raise CjmError(
                en=f"the table of touchpoints has no column {name!r}; it has "
                f"{', '.join(map(str, touchpoints.columns))}",
                ru=f"в таблице точек контакта нет столбца {name!r}; есть {', '.join(map(str, touchpoints.columns))}",
            )
    out = touchpoints.copy()
    for name in ("stage", "touchpoint", column):
        out[name] = out[name].astype(object).where(out[name].notna(), "").astype(str).str.strip() if name in out else ""
    return out


def _answer_for(part: pd.DataFrame, stage: str, touchpoints: pd.DataFrame | None, column: str) -> str:
    """Owner (or channel) of one barrier's codings; empty where nobody can be named."""
    if touchpoints is None:
        return ""
    known = _column(touchpoints, column)
    points = part.loc[part["touchpoint"] != "", ["participant", "stage", "touchpoint"]].drop_duplicates()
    if len(points):
        # A touchpoint of the same name at another stage is another one, if the table knows this one.
        merged = points.merge(known, on=["stage", "touchpoint"])
        if merged.empty:
            merged = points[["touchpoint"]].merge(known, on="touchpoint")
        counts = merged.loc[merged[column] != "", column].value_counts().sort_index()
        return str(counts.sort_values(ascending=False, kind="stable").index[0]) if len(counts) else ""
    here = {v for v in known.loc[known["stage"] == stage, column] if v}
    return here.pop() if len(here) == 1 else ""


def _count_by(mentions: pd.DataFrame, table: pd.DataFrame, people: int, column: str, *, level: float) -> pd.DataFrame:
    """One row per owner or channel: barriers, people who named one, share, valence.

    A coding belongs to the owner of its touchpoint; without a touchpoint, to the owner of its barrier.
    """
    rows: list[dict[str, Any]] = []
    for name, part in mentions.groupby(column, sort=True):
        k = part["participant"].nunique()
        _, low, high = wilson(k, people, level=level)
        each = part.dropna(subset=["valence"]).groupby("participant")["valence"].mean().to_numpy()
        valence = felt(each, level=level)
        titles = table.set_index("barrier")["title"]
        rows.append(
            {
                column: name,
                "barriers": part["barrier"].nunique(),
                "people": k,
                "n": people,
                "share": k / people,
                "low": low,
                "high": high,
                "valence": valence[0],
                "valence_low": valence[1],
                "valence_high": valence[2],
                "named": ", ".join(
                    titles[b]
                    for b in part.groupby("barrier")["participant"]
                    .nunique()
                    .sort_values(ascending=False, kind="stable")
                    .index
                ),
            }
        )
    columns = [
        column,
        "barriers",
        "people",
        "n",
        "share",
        "low",
        "high",
        "valence",
        "valence_low",
        "valence_high",
        "named",
    ]
    out = pd.DataFrame(rows, columns=columns)
    return out.sort_values(["people", "barriers"], ascending=False, kind="stable", ignore_index=True)


def _attach(mentions: pd.DataFrame, table: pd.DataFrame, touchpoints: pd.DataFrame | None, column: str) -> pd.DataFrame:
    """Mentions with their owner or channel."""
    fallback = dict(zip(table["barrier"], table[column], strict=True))
    direct: dict[tuple[str, str], str] = {}
    loose: dict[str, str] = {}
    if touchpoints is not None:
        for row in _column(touchpoints, column).to_dict("records"):
            direct[row["stage"], row["touchpoint"]] = row[column]
            loose.setdefault(row["touchpoint"], row[column])
    found = [
        direct.get((m["stage"], m["touchpoint"]), loose.get(m["touchpoint"], fallback.get(m["barrier"], "")))
        if m["touchpoint"]
        else fallback.get(m["barrier"], "")
        for m in mentions[["stage", "touchpoint", "barrier"]].to_dict("records")
    ]
    return mentions.assign(**{column: np.array(found, dtype=object)})


def owners_of(
    table: pd.DataFrame, mentions: pd.DataFrame, codes: pd.DataFrame, *, touchpoints: pd.DataFrame | None
) -> tuple[list[str], list[str]]:
    """Owner and channel of each barrier: of its touchpoints, else of its stage where that has only one."""
    owner = dict(zip(codes["code"], codes["owner"], strict=True))
    owners, channels = [], []
    for row in table.to_dict("records"):
        part = mentions[mentions["barrier"] == row["barrier"]]
        owners.append(owner[row["barrier"]] or _answer_for(part, row["stage"], touchpoints, "owner"))
        channels.append(_answer_for(part, row["stage"], touchpoints, "channel"))
    return owners, channels
