"""Forms of a name that was given: Russian cases, and the short forms that people call each other by."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

__all__ = ["name_forms", "short_forms"]


def name_forms(name: str) -> frozenset[str]:
    """The case forms that one word of a name can take, in lower case, ё as е.

    Examples
    --------
    >>> sorted(name_forms("Анна"))
    ['анна', 'анне', 'анной', 'анною', 'анну', 'анны']
    >>> "петровой" in name_forms("Петрова"), "петрова" in name_forms("Петров")
    (True, True)
    """
    w = name.casefold().replace("ё", "е")
    if not re.search("[а-я]", w) or len(w) < 3:
        return frozenset({w})
    out = {w}

    def add(stem: str, endings: str) -> None:
        out.update(stem + e for e in endings.split())

    if re.search(r"(?:ов|ев|ин|ын)$", w) and len(w) > 4:
        out.update({w + "а", w + "у", w + "ым", w + "ом", w + "е", w + "ой", w + "ы", w + "ых", w + "ыми"})
    elif re.search(r"(?:ова|ева|ина|ына)$", w) and len(w) > 5:
        add(w[:-1], "а ой у ою е ы")
        out.update({w[:-1], w[:-1] + "ых", w[:-1] + "ым"})
    elif re.search(r"(?:ский|цкий|ой|ый)$", w) and len(w) > 5:
        add(w[:-2], "ий ый ой ого ому им ым ом ая ую ие ых их")
    elif re.search(r"(?:ская|цкая|ая)$", w) and len(w) > 5:
        add(w[:-2], "ая ой ую ий ого ому им ом")
    elif w.endswith("ия"):
        add(w[:-2], "ия ии ию ией")
    elif w.endswith("я"):
        add(w[:-1], "я и е ю ей ею")
    elif w.endswith("а"):
        # After hushing sounds and г, к, х the letter и stands for ы, and е for о.
        soft = w[-2] in "гкхжшщч"
        add(w[:-1], "а и е у ой ою" if soft else "а ы е у ой ою")
        if w[-2] in "жшщчц":
            add(w[:-1], "ей ею")
    elif w.endswith("ий"):
        add(w[:-2], "ий ия ию ием ии")
    elif w.endswith("й"):
        add(w[:-1], "й я ю ем е и")
    elif w.endswith("ь"):
        add(w[:-1], "ь я ю ем е и ью")
    elif w[-1] not in "оеиуыэю":
        add(w, "а у ом ем е ы")
        out.add(w)
        # Павел, Павла; Лев, Льва.
        if w.endswith("ел"):
            add(w[:-2] + "л", "а у ом е")
    return frozenset(out)


@cache
def _short() -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for line in (files("cjmkit.text") / "data" / "short_names.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or ":" not in line:
            continue
        full, short = (side.replace("ё", "е").split() for side in line.split(":"))
        for name in full:
            out.setdefault(name, set()).update(short)
    return {name: frozenset(short) for name, short in out.items()}


def short_forms(name: str) -> frozenset[str]:
    """What a first name is shortened to, in small letters, ё as е; and the full names of a short one.

    Examples
    --------
    >>> sorted(short_forms("Пётр"))
    ['петька', 'петя']
    >>> "елена" in short_forms("Лена"), sorted(short_forms("Bob"))
    (True, ['robert'])
    """
    w = name.casefold().replace("ё", "е")
    table = _short()
    return table.get(w, frozenset()) | frozenset(full for full, short in table.items() if w in short)
