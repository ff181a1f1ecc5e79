"""Sentences of English and Russian text, with their offsets."""

from __future__ import annotations

import re

__all__ = ["sentences"]

# After these a full stop does not end a sentence. Single letters (initials, "г.", "т.") never end one either.
_SHORT = """
mr mrs ms dr prof sr jr st vs etc e.g i.e approx dept est fig no inc ltd co
jan feb mar apr jun jul aug sep sept oct nov dec min max tel
гг т.е т.д т.п т.к т.н т.ч др пр напр см ср стр рис табл ул пр-т просп пер кв корп обл тел
руб коп тыс млн млрд чел мин сек им св акад проф доц инж зам зав гл ред изд прим доп ок н.э р-н г-н г-жа
"""
_ABBREVIATIONS = frozenset(_SHORT.split())
# "and so on" can close a sentence: there the capital letter after it decides.
_MAY_CLOSE = frozenset(
    {"etc", "inc", "ltd", "co", "т.д", "т.п", "др", "пр"} | {"руб", "коп", "гг", "чел", "мин", "сек"}
)
# The same, spelt with spaces, and a year or an amount before a one-letter unit ("в 2025 г.").
_CLOSERS = re.compile(r"(?:\bт\.\s*[дп]|\d\s*[гч])$", re.IGNORECASE)
_END = re.compile(r"""(?:[.!?…]+|[。！？]+)[)\]»”"'’]*(?=\s|$)|\n+""")
_BEFORE = re.compile(r"[^\s(\[«“\"]+$")
_OPENERS = "«“\"'([—–-"


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences are.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of (int, int)
        Half-open spans in code points, without the white space around; what lies between them is white space only.
        A line break ends a sentence unless the line is plainly wrapped: no stop at its end and a small letter
        after it.

    Examples
    --------
    >>> s = "Т. е. сайт завис? Да! Оплатил 5 тыс. руб. через А. Б. Иванова."
    >>> [s[a:b] for a, b in sentences(s)]
    ['Т. е. сайт завис?', 'Да!', 'Оплатил 5 тыс. руб. через А. Б. Иванова.']
    """
    spans: list[tuple[int, int]] = []
    begin = 0
    for m in _END.finditer(text):
        if _ends_here(text, begin, m):
            _add(spans, text, begin, m.end())
            begin = m.end()
    _add(spans, text, begin, len(text))
    return spans


def _add(spans: list[tuple[int, int]], text: str, begin: int, end: int) -> None:
    part = text[begin:end]
    left = len(part) - len(part.lstrip())
    stripped = part.strip()
    if stripped:
        spans.append((begin + left, begin + left + len(stripped)))


def _ends_here(text: str, begin: int, m: re.Match[str]) -> bool:
    after = _next_sign(text, m.end())
    if m.group().startswith("\n"):
        if len(m.group()) > 1 or not after:
            return True
        return not after.islower()
    if not after:
        return True
    if "\n" in text[m.end() : m.end() + 1]:
        return True
    # "Really?" she said: a small letter goes on with the sentence.
    if after.islower():
        return False
    if m.group()[0] != "." or m.group().startswith("..") or m.group().startswith("…"):
        return True
    before = _BEFORE.search(text[max(begin, m.start() - 20) : m.start()])
    last = before.group().casefold() if before else ""
    if len(last) == 1 and last.isalpha():
        return bool(_CLOSERS.search(text, max(begin, m.start() - 20), m.start())) and after.isupper()
    if last.isdigit() and _is_list_number(text, m.start() - len(last)):
        return False
    if last in _MAY_CLOSE:
        return after.isupper()
    return last not in _ABBREVIATIONS and not re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", last)


def _is_list_number(text: str, start: int) -> bool:
    """Whether a number opens its line ("1. First of all")."""
    return start == 0 or text[:start].rstrip(" \t")[-1:] in ("\n", "")


def _next_sign(text: str, pos: int) -> str:
    """The first letter or digit after `pos`, past white space, quotes and dashes; empty at the end."""
    for c in text[pos : pos + 200]:
        if c.isspace() or c in _OPENERS:
            continue
        return c
    return ""
