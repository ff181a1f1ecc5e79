"""Which questions of a survey can tell kinds of people apart, and why the others cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.i18n import say

__all__ = ["reason", "repeats"]

FEWEST_ANSWERED = 0.5
"""A question that fewer people answered was skipped by design or by fatigue; it would form groups of its own."""

_FEW_POINTS = 2
_ADMIN = re.compile(
    r"(?ix)^(?: .*\b(?:id|uuid|ip|stratum|strata|quota|weight|weights|wave|batch|interviewer|gate|flight|code)\b.*"
    r"| (?:resp|run|case|record|int|start|end|submit)_?(?:num|id|date|time)? | day | date | time | lang(?:uage)?"
    r"| method"
    r"| .*\b(?:start|end|submi\w+|completed|recorded)\b.*\b(?:date|time|at)\b.*"
    r"| .*(?:_code|_id|strata|weight|airline|destination|(?<![a-z])zip|county|country|state|city) | timestamp"
    r"| .*\b(?:отметка\ времени|номер\ анкеты|страта|вес|рейс|волна|интервьюер|код)\b.* )$"
)
_WHO = re.compile(
    r"(?ix)(?: \b(?:your\ age|how\ old|age|gender|sex|race|ethnicit\w+|marital|birth|country|city|state|region"
    r"|citizen\w*|native\ language|zip|postal|education|occupation|where\ do\ you\ live)\b"
    r"| \b(?:пол|возраст|сколько\ вам\ лет|город|страна|регион|область|гражданств\w+|год\ рождения|образование"
    r"|где\ вы\ (?:сейчас\ )?живете|семейное\ положение|кем\ вы\ работаете|ваша\ должность)\b )"
)
_OUTCOME = re.compile(
    r"(?ix)(?: \b(?:recommend\w*|overall\ (?:satisfaction|rating|experience)|how\ satisfied\ are\ you\ overall"
    r"|net\ ?pro\w*)\b"
    r"| \b(?:порекоменд\w+|в\ целом\ (?:удовлетвор\w+|довол\w+)|общая\ (?:оценка|удовлетвор\w+))\b )"
)


def reason(row: Any, values: pd.Series, people: int) -> str:
    """Why a question cannot tell kinds of people apart; empty where it can.

    Parameters
    ----------
    row : row of ``Survey.items``
        With item, type, text, stage, touchpoint.
    values : pandas.Series
        The answers as they came.
    people : int
        How many there are.
    """
    item, kind, text = str(row["item"]), str(row["type"]), str(row.get("text", "") or "")
    said = text or item
    if kind in ("id", "weight", "date"):
        return say(en="not an answer (id, weight or date)", ru="не ответ (номер, вес или дата)")
    if kind == "open":
        return say(en="open answers go into answers=", ru="открытые ответы передают как answers=")
    if _ADMIN.match(item.strip()) or _ADMIN.match(said.strip()):
        return say(en="administrative, not an answer", ru="служебный столбец, не ответ")
    if kind in ("nps", "csat", "ces", "sus") or _OUTCOME.search(said):
        return say(
            en="the outcome: it describes kinds, it does not form them", ru="итоговая оценка: описывает, не образует"
        )
    if str(row.get("stage", "") or "") or str(row.get("touchpoint", "") or ""):
        return say(en="rated along the journey", ru="оценка этапа пути")
    if _WHO.search(said):
        return say(
            en="says who somebody is; describes groups, does not form them",
            ru="говорит, кто это: описывает, не образует",
        )
    known = values.dropna()
    if kind != "multi" and len(known) < FEWEST_ANSWERED * people:
        return say(en="fewer than half answered", ru="ответили меньше половины")
    worded = len(re.findall(r"\w+", said.replace("_", " "))) >= 2 and " " in said.strip()
    if kind in ("number", "single", "multi", "ranking", "likert") and not worded:
        numbers = pd.to_numeric(known, errors="coerce")
        if (
            kind == "number"
            or (kind == "multi" and numbers.notna().mean() > 0.9)
            or (numbers.notna().mean() > 0.9 and numbers.nunique() <= _FEW_POINTS)
        ):
            return say(en="codes without labels or wording", ru="коды без подписей и без вопроса")
        if kind == "single" and item.isupper():
            return say(en="a coded name without wording", ru="имя-код без вопроса")
        if kind == "single" and len(known) and known.astype(str).str.strip().nunique() > 12:
            return say(en="many codes without wording", ru="много кодов без вопроса")
    return ""


def repeats(table: pd.DataFrame, columns: Iterable[str]) -> dict[str, str]:
    """Columns that say what an earlier one says already: one answer to one answer, on the people who gave both."""
    out: dict[str, str] = {}
    kept: list[tuple[str, NDArray[np.intp], int]] = []
    for c in columns:
        codes, levels = pd.factorize(table[c])
        for other, theirs, many in kept:
            both = (codes >= 0) & (theirs >= 0)
            n = int(both.sum())
            # Where hardly two people gave one answer, any column pairs with any other.
            if n < 20 or len(levels) < 2 or len(levels) > n / 4:
                continue
            met = np.bincount(codes[both] * many + theirs[both], minlength=len(levels) * many) > 0
            met = met.reshape(len(levels), many)
            if met.sum() == met.any(axis=1).sum() == met.any(axis=0).sum() > 1:
                out[c] = other
                break
        else:
            kept.append((c, codes, max(len(levels), 1)))
    return out
