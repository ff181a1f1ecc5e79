"""Words that a curve shares with its pictures: sources and reasons."""

from __future__ import annotations

from cjmkit.i18n import say

__all__ = ["reason_words", "source_title"]

_TITLES = {
    "survey": ("ratings", "оценки"),
    "reviews": ("marks of reviews and tickets", "оценки из отзывов и обращений"),
    "coding": ("coded interviews", "кодированные интервью"),
    "text": ("text tone", "тональность текста"),
    "researcher": ("researcher's estimate", "оценка исследователя"),
    "employees": ("employees' view", "взгляд сотрудников"),
    "managers": ("managers' view", "взгляд руководителей"),
}


def source_title(source: str, lang: str | None = None) -> str:
    """What a source of scores is called on a picture.

    Examples
    --------
    >>> source_title("text", "en")
    'text tone'
    """
    en, ru = _TITLES.get(source, (source, source))
    return say(en=en, ru=ru, lang=lang)


def reason_words(reason: str, lang: str | None = None) -> str:
    """Why a point is missing or special, as a map says it; the table keeps the English word as its code.

    Examples
    --------
    >>> reason_words("fewer than 3 people", "ru")
    'меньше 3 человек'
    """
    if reason.startswith("fewer than"):
        n, what = reason.split()[2:]
        return say(en=reason, ru=f"меньше {n} {'человек' if what == 'people' else 'текстов'}", lang=lang)
    known = {"nobody": "никто не оценил", "same rating from everybody": "у всех одна и та же оценка"}
    return say(en=reason, ru=known.get(reason, reason), lang=lang)
