"""Which thing on one map is which on the other: one matcher for every comparison of maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

__all__ = ["SIMILAR", "Part", "match"]

SIMILAR = 0.75
"""From which similarity two notes of one cell are the same thing in other words."""


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
    a thing that moved, since ids are made from texts; similar text in the same cell, the most similar pair first.

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
    return SequenceMatcher(None, a.casefold(), b.casefold(), autojunk=False).ratio()
