"""What a survey asks, as a notebook shows it: a line a question or battery, with its scale, status and n."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from cjmkit.core.printed import Printing
from cjmkit.i18n import count, listing, number, say
from cjmkit.survey.items import ANSWER_TYPES, STATUSES, Item

__all__ = ["asked_html", "doubts_line", "kind_title"]

_KINDS = {
    "nps": ("recommendation, NPS", "рекомендация, NPS"),
    "csat": ("satisfaction", "удовлетворённость"),
    "ces": ("effort", "усилия"),
    "sus": ("usability, SUS", "удобство, SUS"),
    "likert": ("rating", "оценка"),
    "single": ("one answer", "один ответ"),
    "ordered": ("ordered answers", "упорядоченные ответы"),
    "multi": ("several answers", "несколько ответов"),
    "ranking": ("ranking", "ранжирование"),
    "number": ("number", "число"),
    "open": ("own words", "своими словами"),
    "date": ("date", "дата"),
    "id": ("id", "id"),
    "weight": ("weight", "вес"),
    "meta": ("about the interview", "об анкете"),
}
_STATUS = {
    "known": ("known", "известно"),
    "guessed": ("guessed", "предположено"),
    "contradictory": ("contradictory", "противоречиво"),
}
_LINES = 16


def kind_title(kind: str, lang: str | None = None) -> str:
    """What a kind of question is called.

    Examples
    --------
    >>> kind_title("likert", "en"), kind_title("single", "ru")
    ('rating', 'один ответ')
    """
    en, ru = _KINDS.get(kind, (kind, kind))
    return say(en=en, ru=ru, lang=lang)


def asked_html(who: str, items: Iterable[Item], answered: Mapping[str, int], notes: Iterable[str]) -> str:
    """Who answered, what was asked, and what was decided about the file.

    Parameters
    ----------
    who : str
        The survey and how many people answered.
    items : iterable of Item
        All columns.
    answered : mapping of str to int
        How many answered each.
    notes : iterable of str
        What to know about the reading.

    Examples
    --------
    >>> "one answer" in asked_html("tea, 3 people", [Item(item="q1", type="single")], {"q1": 3}, [])
    True
    """
    import pandas as pd

    items = list(items)
    asked = [i for i in items if i.type in ANSWER_TYPES and i.type != "date"]
    rows = [
        _line(list(members), answered)
        for _, members in groupby(asked, key=lambda i: (i.group or i.item, i.type, i.scale, i.status))
    ]
    questions = count(len(rows), en=("question", "questions"), ru=("вопрос", "вопроса", "вопросов"))
    how = Printing(
        heads={
            "question": ("question", "вопрос"),
            "kind": ("kind", "вид"),
            "scale": ("scale", "шкала"),
            "status": ("reading", "прочтение"),
            "column": ("column", "столбец"),
        },
        rows=_LINES,
    )
    columns = ["question", "kind", "scale", "status", "n", "column"]
    table = how.html(pd.DataFrame(rows, columns=columns), columns) if rows else ""
    others = [i for i in items if i not in asked]
    if others:
        named = ", ".join(i.item for i in others[:6]) + (" …" if len(others) > 6 else "")
        notes = [say(en=f"not questions: {named}", ru=f"не вопросы: {named}"), *notes]
    told = "".join(f"<li>{escape(note.removeprefix('· '))}</li>" for note in notes)
    return f"<p><b>{escape(who)}</b>, {questions}</p>{table}<ul>{told}</ul>"


def doubts_line(items: Sequence[str], lang: str | None = None) -> str:
    """How many questions about scales are open, and how they are answered."""
    k, shown = len(items), listing(items, 3)
    return say(
        en=f"{k} {'doubt' if k == 1 else 'doubts'} about scales ({shown}): see survey.doubts(), answer with "
        "survey.settle()",
        ru=f"вопросов о шкалах: {k} ({shown}); их показывает survey.doubts(), ответ даёт survey.settle()",
        lang=lang,
    )


def _line(members: list[Item], answered: Mapping[str, int]) -> list[Any]:
    first = members[0]
    text = first.text or first.item
    if len(members) > 1:
        text = f"{_stem([i.text or i.item for i in members])} ({len(members)})"
    kind = kind_title(first.type)
    ends = [v for v in first.scale[:: max(1, len(first.scale) - 1)] if not isinstance(v, str)]
    scale = f"{number(ends[0], 0)}–{number(ends[-1], 0)}" if len(ends) > 1 else ""
    en, ru = _STATUS[first.status] if first.status in STATUSES else (first.status, first.status)
    low, high = min(answered[i.item] for i in members), max(answered[i.item] for i in members)
    n = number(low, 0) if low == high else f"{number(low, 0)}–{number(high, 0)}"
    column = first.item if len(members) == 1 else f"{first.item} … {members[-1].item}"
    return [text, kind, scale, say(en=en, ru=ru), n, column]


def _stem(texts: list[str]) -> str:
    """What the wordings of a battery begin with; the first one where they share nothing."""
    first, last = min(texts), max(texts)
    common = first[: next((k for k, (a, b) in enumerate(zip(first, last)) if a != b), min(len(first), len(last)))]
    cut = max(common.rfind(" - "), common.rfind(": "), common.rfind(" ["), common.rfind("? "), common.rfind("/"))
    stem = common[: cut + 1] if cut > 8 else common if len(common) > 20 else texts[0]
    return stem.rstrip(" -:[/") or texts[0]
