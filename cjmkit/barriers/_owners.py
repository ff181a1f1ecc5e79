"""Who answers for a barrier: problems by owner and by channel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmkit.barriers._intervals import mean_interval, wilson
from cjmkit.errors import CjmError

__all__ = ["answer_for", "count_by"]


def _column(touchpoints: pd.DataFrame, column: str) -> pd.DataFrame:
    for name in ("touchpoint", column):
        if name not in touchpoints:
            raise CjmError(
                f"the table of touchpoints has no column {name!r}; it has {', '.join(map(str, touchpoints.columns))}"
            )
    out = touchpoints.copy()
    for name in ("stage", "touchpoint", column):
        out[name] = out[name].astype(object).where(out[name].notna(), "").astype(str).str.strip() if name in out else ""
    return out


def answer_for(part: pd.DataFrame, stage: str, touchpoints: pd.DataFrame | None, column: str) -> str:
    """Owner (or channel) of one barrier's codings; empty where nobody can be named."""
    if touchpoints is None:
        return ""
    known = _column(touchpoints, column)
    points = part.loc[part["touchpoint"] != "", ["participant", "touchpoint"]].drop_duplicates()["touchpoint"]
    if len(points):
        merged = points.to_frame().merge(known, on="touchpoint")
        counts = merged.loc[merged[column] != "", column].value_counts().sort_index()
        return str(counts.sort_values(ascending=False, kind="stable").index[0]) if len(counts) else ""
    here = {v for v in known.loc[known["stage"] == stage, column] if v}
    return here.pop() if len(here) == 1 else ""


def count_by(mentions: pd.DataFrame, table: pd.DataFrame, people: int, column: str, *, level: float) -> pd.DataFrame:
    """One row per owner or channel: barriers, people who named one, share, valence.

    A coding belongs to the owner of its touchpoint; without a touchpoint, to the owner of its barrier.
    """
    rows: list[dict[str, Any]] = []
    for name, part in mentions.groupby(column, sort=True):
        k = part["participant"].nunique()
        low, high = wilson(k, people, level=level)
        each = part.dropna(subset=["valence"]).groupby("participant")["valence"].mean().to_numpy()
        valence = mean_interval(each, level=level)
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


def attach(mentions: pd.DataFrame, table: pd.DataFrame, touchpoints: pd.DataFrame | None, column: str) -> pd.DataFrame:
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
