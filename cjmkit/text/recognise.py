"""Names that nobody gave: who and which company is mentioned in a text, recognised on this machine.

A recogniser is any function ``texts -> [[(start, end, kind), …], …]`` with kinds "person" and "organisation" and one
list a text. :func:`english` and :func:`russian` are two; a model of your own is a third, passed as ``recogniser=``.
Both need the extra ``names``: Natasha reads Russian (a small network in its wheel), pymorphy3 knows Russian name words
in small letters, and Faker carries the lists of English and other Latin names. Without it only what stands beside a
title or a cue is found, and :func:`missing` says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cjmkit.text.english_names import english
from cjmkit.text.name_cues import Recogniser, Span, missing
from cjmkit.text.russian_names import russian

__all__ = ["Recogniser", "Span", "either", "english", "missing", "russian"]


def either(texts: Sequence[str]) -> list[list[Span]]:
    """Read each text by the recogniser of its letters: Russian where Cyrillic prevails, else English.

    Parameters
    ----------
    texts : sequence of str
        In any mixture of the two.

    Returns
    -------
    list of list of (start, end, kind)
        As of :func:`english` and :func:`russian`.

    Examples
    --------
    >>> [[k for _, _, k in spans] for spans in either(["Mr Hill rang.", "Звонил тёте Вере."])]
    [['person'], ['person']]
    """
    of = ["ru" if 2 * len(re.findall("[А-Яа-яЁё]", t)) > len(re.findall(r"[^\W\d_]", t)) else "en" for t in texts]
    out: list[list[Span]] = [[] for _ in texts]
    for language, read in (("en", english), ("ru", russian)):
        which = [k for k, x in enumerate(of) if x == language]
        for k, spans in zip(which, read([texts[k] for k in which]) if which else [], strict=True):
            out[k] = spans
    return out
