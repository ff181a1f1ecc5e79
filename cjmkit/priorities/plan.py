"""The communication plan: stage × channel × audience × message × owner, with audience sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.called import called, names_of
from cjmkit.core.result import Figure, Result
from cjmkit.emotion.scores import stage_order
from cjmkit.errors import CjmError, need_columns, suggest
from cjmkit.i18n import count, current_language, number, people, say

__all__ = ["CommunicationPlan", "communication_plan"]

_COLUMNS = [
    "stage",
    "title",
    "step",
    "persona",
    "channel",
    "message",
    "owner",
    "size",
    "low",
    "high",
    "median_wait",
    "missing",
]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CommunicationPlan(Result):
    """What to tell whom, where, and who does it.

    Attributes
    ----------
    table : DataFrame
        stage, title, step (where the audience is stuck), persona, channel, message, owner, size (people), low, high,
        median_wait, missing (what the row lacks: message, owner, audience).
    names : dict
        Step to what people call it, where the audiences came from a log with titles.
    """

    table: pd.DataFrame
    warnings: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    _key = ("stage", "step", "persona", "channel")
    _figure = Figure(value="size", n="size")
    _names = {
        "audience": ("audience", "аудитория"),
        "message": ("message", "сообщение"),
        "wait": ("wait", "ждут"),
    }

    @property
    def gaps(self) -> pd.DataFrame:
        """Rows that lack a message, an owner or an audience."""
        return self.table[self.table["missing"] != ""].reset_index(drop=True)

    def summary(self, lang: str | None = None) -> str:
        """One sentence: messages, the largest audience, and how many nobody speaks to."""
        lang = current_language(lang)
        told = self.table[self.table["message"] != ""]
        messages = len(told.drop_duplicates(["stage", "channel", "message", "persona"]))
        silent = self.table[self.table["missing"].str.contains("message")]
        text = count(messages, en=("message", "messages"), ru=("сообщение", "сообщения", "сообщений"), lang=lang)
        if len(silent):
            unheard = int(np.nansum(silent["size"].to_numpy(dtype=float)))
            text += say(
                en=f"; {len(silent)} {'audience gets' if len(silent) == 1 else 'audiences get'} no message "
                f"({people(unheard, 'en')})",
                ru=f"; без сообщения аудиторий: {len(silent)} ({people(unheard, 'ru')})",
                lang=lang,
            )
        sized = self.table.dropna(subset=["size"])
        if len(sized):
            r: Any = sized.iloc[int(sized["size"].to_numpy(dtype=float).argmax())]
            where = called(self.names, r["step"]) or r["title"]
            text += say(
                en=f"; largest audience: “{where}”, {people(int(r['size']), 'en')}.",
                ru=f"; самая большая аудитория: «{where}», {people(int(r['size']), 'ru')}.",
                lang=lang,
            )
        return text if text.endswith(".") else text + "."

    def _table_shown(self) -> pd.DataFrame:
        rows = self.table.to_dict("records")
        return pd.DataFrame(
            {
                "title": self.table["title"],
                "audience": [" · ".join(v for v in (called(self.names, r["step"]), r["persona"]) if v) for r in rows],
                "channel": self.table["channel"],
                "message": [r["message"] or "—" for r in rows],
                "owner": [r["owner"] or "—" for r in rows],
                "people": ["—" if pd.isna(r["size"]) else number(float(r["size"]), 0) for r in rows],
                "wait": [_wait(r["median_wait"]) for r in rows],
            }
        )


def _wait(value: Any) -> str:
    if value is None or pd.isna(value):
        return "—"
    if isinstance(value, pd.Timedelta):
        days = value.total_seconds() / 86400
        return (
            say(en=f"{number(days, 1)} days", ru=f"{number(days, 1)} дн.")
            if days >= 1
            else say(en=f"{number(days * 24, 1)} h", ru=f"{number(days * 24, 1)} ч")
        )
    return number(float(value), 1)


def communication_plan(
    messages: pd.DataFrame,
    audiences: Any = None,
    *,
    touchpoints: pd.DataFrame | None = None,
    stages: Iterable[Any] | None = None,
    stage_of: Mapping[str, str] | None = None,
) -> CommunicationPlan:
    """Join messages with the people they are for.

    Parameters
    ----------
    messages : DataFrame
        stage, channel, message, and optionally step, persona, owner. The channel is the one the message goes out
        through, not the one that people once came from.
    audiences : DataFrame or result, optional
        step, size, and optionally stage, persona, channel (where they came from), median_wait, low, high: people stuck
        at a step, from the event log. Rows of the same step and persona are added up.
    touchpoints : DataFrame, optional
        stage, channel, owner: owner of a message that names none.
    stages : sequence, optional
        Stages in order.
    stage_of : mapping, optional
        Stage of each step, where neither the audiences nor the messages say it.

    Returns
    -------
    CommunicationPlan
        Messages without an audience and audiences without a message stay in the table, marked in ``missing``.

    Examples
    --------
    >>> import pandas as pd
    >>> messages = pd.DataFrame({"stage": ["deal"], "channel": "e-mail", "message": "We call today", "owner": "Ann"})
    >>> stuck = pd.DataFrame({"step": ["form", "visit"], "stage": ["deal", "search"], "size": [30, 500]})
    >>> communication_plan(messages, stuck).gaps[["stage", "step", "size", "missing"]]
        stage   step   size         missing
    0  search  visit  500.0  message, owner
    """
    need_columns(messages, (), what="messages")
    for column in ("stage", "channel", "message"):
        if column not in messages:
            raise CjmError(
                en=f"the table of messages has no column {column!r}; it has {', '.join(map(str, messages.columns))}",
                ru=f"в таблице сообщений нет столбца {column!r}; есть {', '.join(map(str, messages.columns))}",
            )
    said: list[str] = []
    told = _text_columns(messages, ("stage", "channel", "message", "step", "persona", "owner"))
    crowds = _audiences(audiences, told, dict(stage_of or {}), said)
    order, titles = stage_order(stages)
    for name in sorted(set(told["stage"]) | set(crowds["stage"])):
        if order and name and name not in order:
            raise CjmError(suggest(name, order, what="stage"))
    order = order or list(dict.fromkeys([*told["stage"], *crowds["stage"]]))
    rows: list[dict[str, Any]] = []
    reached: set[int] = set()
    for m in told.to_dict("records"):
        fit = (crowds["stage"] == m["stage"]) if not m["step"] else (crowds["step"] == m["step"])
        if m["persona"] and (crowds.loc[fit, "persona"] != "").any():
            fit &= crowds["persona"] == m["persona"]
        owner = m["owner"] or _owner(touchpoints, m["stage"], m["channel"])
        hits = crowds[fit]
        reached |= set(hits.index)
        for a in hits.to_dict("records") or [{"step": m["step"], "persona": m["persona"], "size": np.nan}]:
            rows.append(_line(m["stage"], titles, a, m["channel"], m["message"], owner))
    for i, a in crowds.iterrows():
        if i not in reached:
            rows.append(_line(a["stage"], titles, a.to_dict(), "", "", ""))
    table = pd.DataFrame(rows, columns=_COLUMNS)
    place = {s: i for i, s in enumerate(order)}
    table = table.assign(_at=[place.get(s, len(place)) for s in table["stage"]])
    table = table.sort_values("_at", kind="stable", ignore_index=True).drop(columns="_at")
    if audiences is None:
        said.append(
            say(
                en="no audiences were given, so nothing says how many people each message is for",
                ru="аудитории не переданы, поэтому неизвестно, скольким людям адресовано каждое сообщение",
            )
        )
    return CommunicationPlan(table=table, warnings=tuple(said), names=names_of(audiences))


def _text_columns(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    out = table.reset_index(drop=True).copy()
    for c in columns:
        out[c] = out[c].astype(object).where(out[c].notna(), "").astype(str).str.strip() if c in out else ""
    return out


def _audiences(audiences: Any, told: pd.DataFrame, stage_of: dict[str, str], said: list[str]) -> pd.DataFrame:
    columns = ["stage", "step", "persona", "size", "low", "high", "median_wait"]
    if audiences is None:
        return pd.DataFrame({c: pd.Series(dtype=object) for c in columns})
    table = audiences if isinstance(audiences, pd.DataFrame) else getattr(audiences, "table", None)
    if not isinstance(table, pd.DataFrame) or not {"step", "size"} <= set(table.columns):
        raise CjmError(
            en="audiences is a table with columns step and size (or a result with such a .table)",
            ru="audiences — таблица со столбцами step и size (или результат с такой .table)",
        )
    table = _text_columns(table, ("stage", "step", "persona"))
    named = {s: g for s, g in zip(told["step"], told["stage"], strict=True) if s} | stage_of
    table["stage"] = [g or named.get(s, "") for g, s in zip(table["stage"], table["step"], strict=True)]
    known = set(told["stage"])
    table["stage"] = [g or (s if s in known else "") for g, s in zip(table["stage"], table["step"], strict=True)]
    lost = sorted(set(table.loc[table["stage"] == "", "step"]))
    if lost:
        said.append(
            say(
                en=f"the stage of {len(lost)} steps is unknown ({', '.join(lost[:3])}); pass stage_of=",
                ru=f"неизвестен этап шагов: {', '.join(lost[:3])} (всего {len(lost)}); передайте stage_of=",
            )
        )
    rows = []
    for (stage, step, persona), part in table.groupby(["stage", "step", "persona"], sort=False):
        size = float(part["size"].sum())
        one: dict[Any, Any] = part.iloc[0].to_dict() if len(part) == 1 else {}
        wait = one.get("median_wait")
        rows.append(
            {
                "stage": stage,
                "step": step,
                "persona": persona,
                "size": size,
                "low": one.get("low", np.nan),
                "high": one.get("high", np.nan),
                "median_wait": wait,
            }
        )
    return pd.DataFrame(rows, columns=columns)


def _owner(touchpoints: pd.DataFrame | None, stage: str, channel: str) -> str:
    if touchpoints is None or not {"stage", "channel", "owner"} <= set(touchpoints.columns):
        return ""
    known = _text_columns(touchpoints, ("stage", "channel", "owner"))
    here = {o for o in known.loc[(known["stage"] == stage) & (known["channel"] == channel), "owner"] if o}
    return here.pop() if len(here) == 1 else ""


def _line(
    stage: str, titles: dict[str, str], a: Mapping[Any, Any], channel: str, message: str, owner: str
) -> dict[str, Any]:
    missing = [w for w, ok in (("message", message), ("owner", owner), ("audience", pd.notna(a.get("size")))) if not ok]
    return {
        "stage": stage,
        "title": titles.get(stage, stage),
        "step": a.get("step", ""),
        "persona": a.get("persona", ""),
        "channel": channel,
        "message": message,
        "owner": owner,
        "size": a.get("size", np.nan),
        "low": a.get("low", np.nan),
        "high": a.get("high", np.nan),
        "median_wait": a.get("median_wait"),
        "missing": ", ".join(missing),
    }
