"""Which language results speak, and how Russian counts.

Texts live beside the code that says them, as ``say(en=..., ru=...)``: a sentence and its number stay together.
The language is a matter of display only; no figure ever depends on it.
"""

from __future__ import annotations

from typing import Literal

from cjmkit.errors import CjmError, suggest

__all__ = ["LANGUAGES", "Language", "count", "current_language", "number", "say", "use_language"]

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = ("en", "ru")

_current: Language = "en"


def use_language(lang: str) -> None:
    """Choose the language of labels, sentences and reports for this session.

    Parameters
    ----------
    lang : {"en", "ru"}
        The language. Any function with ``lang=`` can still be told otherwise.
    """
    global _current
    _current = current_language(lang)


def current_language(lang: str | None = None) -> Language:
    """Return `lang` if given (checked), else the language in use.

    Raises
    ------
    CjmError
        If `lang` is neither ``"en"`` nor ``"ru"``.
    """
    if lang is None:
        return _current
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
    return f"{n:,}".replace(",", " ") + f" {form}"


def number(value: float | None, digits: int = 2, *, percent: bool = False, lang: str | None = None) -> str:
    """Write a number for reading: decimal comma in Russian, a real minus sign, an em dash for a missing value.

    Examples
    --------
    >>> number(-0.5, 1, lang="ru")
    '−0,5'
    >>> number(0.123, 0, percent=True, lang="en")
    '12%'
    >>> number(None)
    '—'
    """
    if value is None or value != value:
        return "—"
    shown = f"{value * 100 if percent else value:.{digits}f}"
    if float(shown) == 0:
        shown = shown.lstrip("-")
    shown = shown.replace("-", "−")
    if current_language(lang) == "ru":
        return shown.replace(".", ",") + (" %" if percent else "")
    return shown + ("%" if percent else "")
