"""Which thing on one map is which on the other: one matcher for every comparison of maps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

__all__ = ["SIMILAR", "Part", "match"]

SIMILAR = 0.75
"""From which similarity two notes of one cell are the same thing in other words."""


_WORD = re.compile(r"[\w'’]+")
_NO = frozenset("no not never none nobody nothing without cannot не нет ни без никогда никто ничего нельзя".split())
_UN = ("un", "in", "im", "ir", "il", "dis", "non", "не", "без", "бес")


class Part(NamedTuple):
    """A thing in a cell of a map."""

    kind: str
    cell: tuple[str, ...]
    id: str
    text: str
    persona: str = ""


def match(old: Sequence[Part], new: Sequence[Part], *, similar: float = SIMILAR) -> list[tuple[int, int]]:
    """Pairs of places in `old` and `new` that hold the same thing.

    In this order: the same id in the same cell; equal text (and persona) there; the same id in another cell, which is
    a thing that moved, since ids are made from texts; similar text in the same cell, the most similar pair first. A
    text and its denial ("clear", "unclear"; «понятна», «непонятна») are two things, however alike their letters.

    Parameters
    ----------
    old, new : sequence of Part
        What stands on the two maps.
    similar : float
        From which similarity (0 to 1) two texts of a cell count as one that was reworded; above 1 for never.

    Examples
    --------
    >>> a = [Part("note", ("deal", "barriers"), "a1", "Contract in small print")]
    >>> b = [Part("note", ("deal", "barriers"), "b1", "Contract in smaller print")]
    >>> match(a, b), match(a, b, similar=1.1)
    ([(0, 0)], [])
    """
    pairs: list[tuple[int, int]] = []
    left, right = set(range(len(old))), set(range(len(new)))

    def pair(i: int, j: int) -> None:
        pairs.append((i, j))
        left.discard(i)
        right.discard(j)

    def equal(key: Callable[[Part], Any]) -> None:
        waiting: dict[Any, list[int]] = {}
        for j in sorted(right):
            waiting.setdefault(key(new[j]), []).append(j)
        for i in sorted(left):
            found = waiting.get(key(old[i]))
            if found:
                pair(i, found.pop(0))

    equal(lambda x: (x.kind, x.cell, x.id))
    equal(lambda x: (x.kind, x.cell, x.text.casefold(), x.persona))
    equal(lambda x: (x.kind, x.id))
    scored = []
    for i in left:
        for j in right:
            if (old[i].kind, old[i].cell) == (new[j].kind, new[j].cell):
                alike = _alike(old[i].text, new[j].text)
                if alike >= similar:
                    scored.append((-alike, i, j))
    for _, i, j in sorted(scored):
        if i in left and j in right:
            pair(i, j)
    return pairs


def _alike(a: str, b: str) -> float:
    a, b = a.casefold(), b.casefold()
    if _turned(a, b):
        return 0.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _turned(a: str, b: str) -> bool:
    """Whether one text denies what the other says: a no more or less, or a word against its un-word."""
    one, other = (Counter(_WORD.findall(t)) for t in (a, b))
    only_a, only_b = one - other, other - one
    turns = sum(n for w, n in (only_a + only_b).items() if w in _NO or w.endswith("n't"))
    words = list(only_b)
    for word in only_a:
        for partner in words:
            short, long = sorted((word, partner), key=len)
            if any(long == prefix + short for prefix in _UN):
                turns += 1
                break
    return turns % 2 == 1
