"""Which language results speak, and how Russian counts.

Texts live beside the code that says them, as ``say(en=..., ru=...)``: a sentence and its number stay together.
The language is a matter of display only; no figure ever depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from cjmkit.errors import CjmError, suggest
from cjmkit.spoken import LANGUAGES, Language, in_use, set_in_use

__all__ = [
    "LANGUAGES",
    "Language",
    "count",
    "current_language",
    "duration",
    "interval",
    "isolated",
    "listing",
    "number",
    "p_value",
    "people",
    "say",
    "shorten",
    "use_language",
]


def use_language(lang: str) -> None:
    """Choose the language of labels, sentences and reports for this session.

    Parameters
    ----------
    lang : {"en", "ru"}
        The language. Any function with ``lang=`` can still be told otherwise.

    Examples
    --------
    >>> use_language("ru")
    >>> say(en="stage", ru="этап")
    'этап'
    >>> use_language("en")
    """
    set_in_use(current_language(lang))


def current_language(lang: str | None = None) -> Language:
    """Return `lang` if given (checked), else the language in use.

    Raises
    ------
    CjmError
        If `lang` is neither ``"en"`` nor ``"ru"``.
    """
    if lang is None:
        return in_use()
    if lang not in LANGUAGES:
        raise CjmError(suggest(lang, LANGUAGES, what="language"))
    return lang


def say(*, en: str, ru: str, lang: str | None = None) -> str:
    """Pick the sentence in the language asked for (default: the one in use).

    Examples
    --------
    >>> say(en="people", ru="люди", lang="ru")
    'люди'
    """
    return ru if current_language(lang) == "ru" else en


def count(n: int, *, en: tuple[str, str], ru: tuple[str, str, str], lang: str | None = None) -> str:
    """Write a number with its noun in the right form.

    Parameters
    ----------
    n : int
        How many.
    en : (str, str)
        Singular and plural.
    ru : (str, str, str)
        The forms after 1, after 2 to 4, and after 5.
    lang : str, optional
        Language; the one in use by default.

    Examples
    --------
    >>> count(22, en=("person", "people"), ru=("человек", "человека", "человек"), lang="ru")
    '22 человека'
    >>> count(1, en=("person", "people"), ru=("человек", "человека", "человек"), lang="en")
    '1 person'
    """
    if current_language(lang) == "en":
        return f"{n:,} {en[0] if n == 1 else en[1]}"
    tens, ones = n % 100, n % 10
    if 11 <= tens <= 14 or ones == 0 or ones >= 5:
        form = ru[2]
    else:
        form = ru[0] if ones == 1 else ru[1]
    return f"{number(n, 0, lang='ru')} {form}"


def number(value: float | None, digits: int = 2, *, percent: bool = False, lang: str | None = None) -> str:
    """Write a number for reading: thousands apart, decimal comma in Russian, a real minus sign, a dash for no value.

    Examples
    --------
    >>> number(-0.5, 1, lang="ru")
    '−0,5'
    >>> number(0.123, 0, percent=True, lang="en"), number(4532, 0, lang="en")
    ('12%', '4,532')
    >>> number(None)
    '—'
    """
    if value is None or value != value:
        return "—"
    shown = f"{value * 100 if percent else value:,.{digits}f}"
    if not shown.strip("-0.,"):
        shown = shown.lstrip("-")
    shown = shown.replace("-", "−")
    if current_language(lang) == "ru":
        return shown.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",") + (" %" if percent else "")
    return shown + ("%" if percent else "")


def p_value(p: float, lang: str | None = None) -> str:
    """A p value for reading: three digits, and no smaller than a table can promise.

    Examples
    --------
    >>> p_value(0.0123, "en"), p_value(1e-9, "ru")
    ('0.012', '< 0,001')
    """
    return f"< {number(0.001, 3, lang=lang)}" if p < 0.001 else number(p, 3, lang=lang)


def people(n: int, lang: str | None = None) -> str:
    """A number of people, in the right form.

    Examples
    --------
    >>> people(1, "en"), people(22, "ru")
    ('1 person', '22 человека')
    """
    return count(n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)


def interval(
    low: float | None,
    high: float | None,
    digits: int = 2,
    *,
    percent: bool = False,
    level: float = 0.95,
    lang: str | None = None,
) -> str:
    """The limits of an interval, written the same everywhere; empty where a limit is missing.

    Russian separates the limits with a semicolon, because its decimals have a comma. A level other than 95 % is said.

    Examples
    --------
    >>> interval(-0.31, 0.54, lang="en"), interval(0.31, 0.54, lang="ru")
    ('[−0.31, 0.54]', '[0,31; 0,54]')
    >>> interval(0.31, 0.54, 0, percent=True, lang="en"), interval(float("nan"), 1)
    ('[31%, 54%]', '')
    >>> interval(0.31, 0.54, level=0.9, lang="en")
    '[0.31, 0.54] (90%)'
    """
    if low is None or high is None or low != low or high != high:
        return ""
    a, b = (number(v, digits, percent=percent, lang=lang) for v in (low, high))
    whole = abs(level * 100 - round(level * 100)) < 1e-6
    said = "" if abs(level - 0.95) < 1e-9 else f" ({number(level, 0 if whole else 1, percent=True, lang=lang)})"
    return f"[{a}{say(en=', ', ru='; ', lang=lang)}{b}]{said}"


def duration(value: Any, lang: str | None = None) -> str:
    """A duration in the unit in which people think of it.

    Parameters
    ----------
    value : timedelta, numpy.timedelta64 or float
        The duration; a number is in seconds.
    lang : str, optional
        Language; the one in use by default.

    Examples
    --------
    >>> from datetime import timedelta
    >>> duration(timedelta(minutes=90), "en"), duration(timedelta(days=3), "ru"), duration(0.25, "en")
    ('1.5 h', '3 дн.', '0.250 s')
    """
    if value is None or value != value:
        return "—"
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
    else:
        seconds = float(value / type(value)(1, "s")) if type(value).__name__ == "timedelta64" else float(value)
    for size, en, ru in ((86400, "d", "дн."), (3600, "h", "ч"), (60, "min", "мин")):
        if abs(seconds) >= size:
            x = seconds / size
            digits = 0 if abs(x - round(x)) < 0.05 or x >= 100 else 1
            return f"{number(x, digits, lang=lang)} {say(en=en, ru=ru, lang=lang)}"
    digits = 0 if seconds == round(seconds) else 1 if seconds >= 1 else 3
    return f"{number(seconds, digits, lang=lang)} {say(en='s', ru='с', lang=lang)}"


def isolated(text: str) -> str:
    r"""A text that may hold marks of writing direction, so set apart that they turn nothing around beside it.

    Examples
    --------
    >>> isolated("Anna"), isolated("Anna\u202e")
    ('Anna', '\u2068Anna\u202e\u2069')
    """
    turning = "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u0590-\u08ff]"
    return f"\u2068{text}\u2069" if re.search(turning, text) else text


def shorten(text: object, width: int) -> str:
    r"""A text in one line of at most `width` characters, cut between words where it can be, with an ellipsis.

    Examples
    --------
    >>> shorten("The courier called twice,\nthen left", 20)
    'The courier called…'
    """
    line = " ".join(str(text).split())
    if len(line) <= width:
        return line
    cut = line[: max(width - 1, 0)]
    words = cut if line[len(cut) : len(cut) + 1] == " " else cut.rpartition(" ")[0]
    # A long word, an address: better half of it than next to nothing.
    return (words if len(words) > width / 2 else cut).rstrip(" ,;:—–-") + "…"


def listing(names: Iterable[object], n: int = 5, *, lang: str | None = None) -> str:
    """The first names of a list for a message, and how many more there are.

    Examples
    --------
    >>> listing(["a", "b", "c"], 2, lang="en"), listing([], lang="en")
    ('a, b, … (3 in all)', 'none')
    """
    shown = [str(x) for x in names]
    if not shown:
        return say(en="none", ru="ничего", lang=lang)
    more = say(en=f", … ({len(shown)} in all)", ru=f", … (всего {len(shown)})", lang=lang) if len(shown) > n else ""
    return ", ".join(shown[:n]) + more
