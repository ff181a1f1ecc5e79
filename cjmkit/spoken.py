"""The language in use, below everything that speaks; :mod:`cjmkit.i18n` is where it is chosen."""

from __future__ import annotations

from typing import Literal

__all__ = ["LANGUAGES", "Language", "in_use", "set_in_use"]

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = ("en", "ru")

_in_use: Language = "en"


def in_use() -> Language:
    """The language that labels, sentences, errors and reports speak now."""
    return _in_use


def set_in_use(lang: Language) -> None:
    """Speak `lang` from now on; callers check it (:func:`cjmkit.i18n.use_language`)."""
    global _in_use
    _in_use = lang
