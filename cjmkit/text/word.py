"""Words and their stems."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from cjmkit.errors import CjmError, suggest

__all__ = ["stem", "stems", "word_spans", "words"]

# A combining mark belongs to the letter before it: text from macOS often spells й as и + U+0306.
_LETTER = r"(?:[^\W\d_][\u0300-\u036f]*)"
_WORD = re.compile(rf"{_LETTER}+(?:['’\-‑]{_LETTER}+)*")
_ALGORITHMS = {"en": "english", "ru": "russian"}


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words are.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of (int, int)
        Half-open spans in code points. Numbers and punctuation are not words; ``по-моему`` and ``don't`` are one.

    Examples
    --------
    >>> word_spans("Сайт завис 2 раза")
    [(0, 4), (5, 10), (13, 17)]
    """
    return [m.span() for m in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of str
        Case-folded, in Unicode normal form C.

    Examples
    --------
    >>> words("Don't ask: КУПИЛИ по-быстрому!")
    ["don't", 'ask', 'купили', 'по-быстрому']
    """
    return _WORD.findall(unicodedata.normalize("NFC", text).replace("’", "'").replace("‑", "-").casefold())


@lru_cache(maxsize=2)
def _stemmer(lang: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(_ALGORITHMS[lang])


# Snowball takes -ив and -ыв for the ending of a participle (купив) and so parts the nouns that end like it (отзыв,
# актив) from their own inflected forms. These endings are the nouns'; открыв and закрыв are participles.
_NOUN_IN_V = re.compile(r"(?:зыв|(?<!к)рыв|плыв|ктив|(?:[гмни]|[ео]р)атив|мотив|[зм]итив|хив|ссив)$")
# The vowel that comes and goes: звонок, звонка; заявка, заявок; продавец, продавца. The form without it stands
# for both.
_FLEETING = re.compile(r"(?<=[аеиоуыэюя])([^аеиоуыэюяьъй]+)(?:о(?=к$)|е(?=ц$)|(?<=[жшчщ])е(?=к$))")


@lru_cache(maxsize=200_000)
def stem(word: str, lang: str) -> str:
    """The stem of one lower-case word; ``lang`` is ``"en"`` or ``"ru"``. See :func:`stems`."""
    if lang == "en":
        return str(_stemmer(lang).stemWord(word))
    word = word.replace("ё", "е")
    cut = word if _NOUN_IN_V.search(word) else str(_stemmer(lang).stemWord(word))
    return _FLEETING.sub(r"\1", cut)


def stems(text: str, lang: str | None = None) -> list[str]:
    """The stems of a text's words, in order, so that inflected forms meet.

    Parameters
    ----------
    text : str
        Any text.
    lang : {"en", "ru"}, optional
        Without it each word is stemmed by its own script: Cyrillic words as Russian, others as English. That is
        what mixed texts need ("оплатил через PayPal").

    Returns
    -------
    list of str
        As many as :func:`words` gives. The letter ё counts as е.

    Notes
    -----
    Snowball stemmers (Porter 1980, 2001) with two additions for Russian: nouns in -ыв and -ив keep it (``отзыв``), and
    the vowel that comes and goes is left out (``заявка``, ``заявок``). Endings are cut by rule, without a dictionary:
    ``люди`` and ``человек`` stay apart.

    Examples
    --------
    >>> stems("отзыв отзывы отзывов reviews reviewed")
    ['отзыв', 'отзыв', 'отзыв', 'review', 'review']
    """
    if lang is not None and lang not in _ALGORITHMS:
        raise CjmError(suggest(lang, _ALGORITHMS, what="language"))
    return [stem(w, lang or ("ru" if _is_cyrillic(w) else "en")) for w in words(text)]


def _is_cyrillic(word: str) -> bool:
    return any("\u0400" <= c <= "\u04ff" for c in word)
