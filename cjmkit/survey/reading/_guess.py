"""What each column asks, guessed from its wording, its answers and its neighbours; every guess says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from cjmkit.survey._decode import norm
from cjmkit.survey.items import Item
from cjmkit.survey.reading._batteries import Batteries
from cjmkit.survey.reading._columns import see
from cjmkit.survey.reading._facts import Facts, look, without_codes
from cjmkit.survey.reading.platforms import Column
from cjmkit.survey.reading.resolve import Doubt

__all__ = ["guess"]

Note = tuple[str, str]


def guess(frame: pd.DataFrame, columns: list[Column]) -> tuple[list[Item], list[Note], list[Doubt]]:
    """Guess an item for every column: each on its own first, then beside its neighbours.

    Parameters
    ----------
    frame : pandas.DataFrame
        The answers; columns named as in `columns`.
    columns : list of Column
        What the headers say.

    Returns
    -------
    (items, notes, doubts)
    """
    facts = [without_codes(look(frame[c.name]), c.missing) for c in columns]
    for c, f in zip(columns, facts, strict=True):
        if c.kind == "meta" and f.distinct == 1 and f.uniques and norm(f.uniques[0]) == norm(c.name):
            c.kind = ""  # an option that is called as a contact field is: "Phone", ticked or not
    seen = [see(c, f, frame[c.name]) for c, f in zip(columns, facts, strict=True)]
    items, doubts = Batteries(frame, columns, facts, seen).run()
    return items, [*(n for s in seen for n in s.notes), *_told(items, facts)], doubts


def _told(items: Sequence[Item], facts: Sequence[Facts]) -> list[Note]:
    """What a researcher should know about the guesses."""
    notes: list[Note] = []
    coded = Counter(str(m) for it in items for m in it.missing)
    if coded:
        shown = ", ".join(f"{m!r} ×{k}" for m, k in coded.most_common(6))
        notes.append((f"taken as no answer: {shown} (items)", f"считается отсутствием ответа: {shown} (вопросов)"))
    left = Counter(str(m) for it, f in zip(items, facts) if it.type in ("single", "multi") for m in f.missing)
    if left:
        shown = ", ".join(f"{m!r} ×{k}" for m, k in left.most_common(6))
        notes.append(
            (
                f"look like don't know or not applicable, left alone as options: {shown}",
                f"похоже на «не знаю» или «не применимо», оставлено вариантом ответа: {shown}",
            )
        )
    if empty := [it.item for it, f in zip(items, facts) if f.n == 0 and it.type not in ("meta", "id", "date")]:
        notes.append((f"nobody answered: {_few(empty)}", f"нет ни одного ответа: {_few(empty)}"))
    numbers = [
        it.item
        for it, f in zip(items, facts)
        if it.type == "number" and 2 < f.distinct <= 11 and f.distinct < f.n
    ]  # fmt: skip
    if numbers:
        notes.append(
            (
                f"few different numbers and no wording of a scale, left as numbers: {_few(numbers)}",
                f"мало разных чисел, шкала в формулировке не названа, оставлены числами: {_few(numbers)}",
            )
        )
    if kept := [it for it in items if "kept out of the open answers" in it.why]:
        shown = _few([it.item for it in kept])
        notes.append(
            (
                f"say who somebody is, kept out of the open answers: {shown}",
                f"говорят, кто это, и не считаются ответами: {shown}",
            )
        )  # fmt: skip
    return notes


def _few(names: list[str]) -> str:
    return ", ".join(repr(e[:30]) for e in names[:4]) + (", …" if len(names) > 4 else "")
