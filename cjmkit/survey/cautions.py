"""What is said of answers that do not fit how they are read, and of items whose reading is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from cjmkit.core.caution import Caution, Way
from cjmkit.errors import DataWarning
from cjmkit.i18n import say
from cjmkit.survey.items import Item, plain
from cjmkit.survey.reading.resolve import Doubt, Reading

__all__ = ["MeanAs", "cautions_of", "off_scale", "pooled"]

MeanAs = Callable[[Item, Reading], tuple[float, int]]
"""Mean and n of an item under a reading."""


def cautions_of(
    items: Iterable[Item], doubt_of: Callable[[str], Doubt | None], mean_as: MeanAs, *, together: bool = False
) -> tuple[Caution, ...]:
    """What is not known of some items: one caution an item, or `together` one a battery with the means of all of it.

    A guess is one about a scale: that a column is no scale changes no mean.
    """
    groups: dict[object, list[Item]] = {}
    for it in items:
        doubt = doubt_of(it.item)
        if it.status == "contradictory":
            key: object = (doubt or it.item) if together else it.item
        elif it.status == "guessed" and it.scale and it.why:
            key = (it.scale, it.why) if together else it.item
        else:
            continue
        groups.setdefault(key, []).append(it)
    return tuple(_caution(members, doubt_of(members[0].item), mean_as) for members in groups.values())


def _caution(members: list[Item], doubt: Doubt | None, mean_as: MeanAs) -> Caution:
    first, names = members[0], [i.item for i in members]
    if first.status == "guessed":
        ends = f"{first.scale[0]}–{first.scale[-1]}"
        why = (
            f"scale {ends} guessed ({first.why})",
            f"шкала {ends} определена по догадке ({first.why_ru or first.why})",
        )
        return Caution(items=names, status="guessed", reason=why)
    if doubt is None:
        unsettled = ("can be read in two ways", "читается двояко")
        return Caution(
            items=names, status="contradictory", reason=(first.why or unsettled[0], first.why_ru or unsettled[1])
        )
    ways = []
    for r in doubt.readings:
        mean, n = pooled(members, r, mean_as)
        ways.append(Way(words=(r.words[0] or r.type, r.words[1] or r.type), value=mean if n else None, n=n))
    return Caution(items=names, status="contradictory", reason=doubt.reason, ways=ways)


def pooled(members: Iterable[Item], reading: Reading, mean_as: MeanAs) -> tuple[float, int]:
    """Mean and n of all answers to some items under one reading."""
    parts = [mean_as(it, reading) for it in members]
    total = sum(n for _, n in parts)
    return (sum(m * n for m, n in parts if n) / total, total) if total else (float("nan"), 0)


def off_scale(it: Item, answers: pd.Series) -> DataWarning:
    """The warning about answers outside the scale of their item; the index of `answers` is the rows."""
    rows = answers.index
    seen = ", ".join(repr(plain(v)) for v in pd.unique(answers)[:5])
    shown = ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else "")
    scale = f"{it.scale[0]} to {it.scale[-1]}" if it.scale else say(en="a number", ru="число")
    return DataWarning(
        say(
            en=f"column {it.item!r}: {len(rows)} answers are not on its scale ({scale}): {seen}; rows {shown}. "
            "They count as no answer; set_item(scale=…) or set_item(missing=…) corrects it.",
            ru=f"столбец {it.item!r}: ответов вне шкалы ({scale}): {len(rows)}, это {seen}; строки {shown}. "
            "Они считаются пропусками; исправить: set_item(scale=…) или set_item(missing=…).",
        )
    )
