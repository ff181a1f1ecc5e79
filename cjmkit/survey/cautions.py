"""What is said of answers that do not fit how they are read."""

from __future__ import annotations

import pandas as pd

from cjmkit.errors import DataWarning
from cjmkit.i18n import say
from cjmkit.survey.items import Item, plain

__all__ = ["off_scale"]


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
