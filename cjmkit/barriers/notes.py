"""From barriers to the map: the first few, people's words behind them, and notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pandas as pd

from cjmkit.barriers.data import BarriersData, effect_text
from cjmkit.core.cite import cite
from cjmkit.core.evidence import Quote
from cjmkit.core.stage import Note
from cjmkit.i18n import count, current_language, number, say

__all__ = ["notes", "quotes", "summary", "top"]

B = TypeVar("B", bound=BarriersData)

_QUOTE = ("document", "start", "end", "quote")


def top(barriers: B, n: int = 3) -> B:
    """The first `n` barriers, as a result of the same kind.

    Examples
    --------
    >>> from cjmkit import barriers
    >>> codings = pd.DataFrame({"participant": list("aab"), "code": ["price", "wait", "price"]})
    >>> list(barriers.rank(codings).top(1).table["barrier"])
    ['price']
    """
    table = barriers.table.head(n)
    return replace(
        barriers, table=table, mentions=barriers.mentions[barriers.mentions["barrier"].isin(table["barrier"])]
    )


def quotes(barriers: BarriersData, barrier: str, n: int | None = None) -> tuple[Quote, ...]:
    """People's words behind a barrier, one passage a person first, the strongest feeling first.

    Raises
    ------
    CjmError
        If there is no such barrier.

    Examples
    --------
    >>> from cjmkit import barriers
    >>> codings = pd.DataFrame({"participant": list("ab"), "code": "price", "valence": [-1, -2], "document": "d",
    ...                         "start": [0, 20], "end": [4, 28], "quote": ["dear", "too dear"]})
    >>> [q.quote for q in barriers.rank(codings).quotes("price")]
    ['too dear', 'dear']
    """
    barriers._row(barrier)
    part = barriers.mentions[barriers.mentions["barrier"] == barrier]
    if not set(_QUOTE) <= set(part.columns):
        return ()
    part = part.dropna(subset=list(_QUOTE))
    part = part[part["quote"].astype(str) != ""].drop_duplicates(["document", "start", "end"])
    part = part.sort_values(["valence", "document", "start"], kind="stable", na_position="last")
    again = part.duplicated("participant")
    part = pd.concat([part[~again], part[again]])
    rows = part.head(n).to_dict("records") if n is not None else part.to_dict("records")
    return tuple(q for q in (cite(r) for r in rows) if isinstance(q, Quote))


def notes(barriers: BarriersData, stage: str | None = None, *, n: int = 3) -> tuple[Note, ...]:
    """Barriers of a stage as notes for the map, each with its quotes and the share of people who named it.

    Parameters
    ----------
    stage : str, optional
        Only barriers named at this stage; all of them by default.
    n : int
        Passages cited per note.

    Examples
    --------
    >>> from cjmkit import barriers
    >>> codings = pd.DataFrame({"participant": list("ab"), "code": ["price", "wait"], "stage": "deal"})
    >>> [note.text for note in barriers.rank(codings).notes("deal")]
    ['price', 'wait']
    """
    table = barriers.table[barriers.table["people"] > 0]
    if stage is not None:
        at_stage = barriers.mentions.loc[barriers.mentions["stage"] == stage, "barrier"]
        table = table[table["barrier"].isin(set(at_stage)) | (table["stage"] == stage)]
    return tuple(
        Note(
            id=str(r["barrier"]),
            text=str(r["title"]),
            estimate=barriers.estimate(r["barrier"]),
            evidence=quotes(barriers, r["barrier"], n) or (barriers._evidence_(barrier=r["barrier"]),),
        )
        for r in table.to_dict("records")
    )


def summary(barriers: BarriersData, lang: str | None = None) -> str:
    """Two sentences: the first barrier with its figures, and how sure the first place is."""
    lang = current_language(lang)
    named = barriers.table[barriers.table["people"] > 0]
    if named.empty:
        return say(en="Nobody named a barrier.", ru="Никто не назвал ни одного барьера.", lang=lang)
    r = named.iloc[0].to_dict()
    n_barriers = count(len(named), en=("barrier", "barriers"), ru=("барьер", "барьера", "барьеров"), lang=lang)
    share = barriers.estimate(r["barrier"]).text(0, percent=True, lang=lang)
    effect = effect_text(r, lang)
    sure = number(r["first"], 0, percent=True, lang=lang)
    way = {
        "lost": ("people lost with it", "потерянным вместе с ним людям"),
        "drop-off": ("share × drop-off of its stage", "доле и потерям этапа"),
        "severity": ("share × negative feeling", "доле и силе недовольства"),
        "frequency": ("frequency", "частоте"),
    }[barriers.ranked_by]
    if barriers.ranked_by == "lost" and not r["lost"] > 0 and r["score"] == r["score"]:
        return say(
            en=f"{n_barriers}; none of them goes with failing: those who succeeded name them as often or more. "
            f"Most named: “{r['title']}”, by {share}.",
            ru=f"{n_barriers}; ни один не связан с неудачей: дошедшие до цели называют их не реже. Чаще всего называют "
            f"«{r['title']}»: {share}.",
            lang=lang,
        ).replace("..", ".")
    if r["score"] != r["score"] and barriers.ranked_by == "lost":
        return say(
            en=f"{n_barriers}; everybody named “{r['title']}” ({share}), so nobody is left to compare with; it stands "
            f"first in {sure} of resamples, by the most that it could have lost.",
            ru=f"{n_barriers}; «{r['title']}» назвали все ({share}), сравнить не с кем; он первый в {sure} повторных "
            "выборок, по наибольшей возможной потере.",
            lang=lang,
        )
    expect = ""
    if barriers.ranked_by == "lost" and r["lost_expected"] == r["lost_expected"] and len(named) > 1:
        again = number(max(float(r["lost_expected"]), 0.0), 0, percent=True, lang=lang)
        seen = number(float(r["lost"]), 0, percent=True, lang=lang)
        expect = say(
            en=f" Lost with it: {seen} of the people; chosen as the largest of {len(named)}, expect {again}.",
            ru=f" Потеряно вместе с ним: {seen} людей; он выбран как наибольший из {len(named)}, ждать стоит {again}.",
            lang=lang,
        )
    return say(
        en=f"{n_barriers}; first by {way[0]}: “{r['title']}”, named by {share}{effect}. "
        f"First in {sure} of resamples.{expect}",
        ru=f"{n_barriers}; первый по {way[1]}: «{r['title']}», назвали {share}{effect}. "
        f"Первый в {sure} повторных выборок.{expect}",
        lang=lang,
    ).replace("..", ".")
