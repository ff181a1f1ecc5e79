"""Columns of people from a grid, weighed by how far raters agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.i18n import number, say
from cjmkit.personas._builder import Builder
from cjmkit.personas.data import person_index
from cjmkit.personas.grid_data import GridData
from cjmkit.personas.rating import TRUSTED, agreement

__all__ = ["FEWEST_PLACED", "from_grid"]

FEWEST_PLACED = 8
"""From so many people on patterns are looked for on a grid."""


def from_grid(
    b: Builder, grid: Any, also: Sequence[str] | str | None
) -> tuple[Sequence[str] | str | None, dict[str, float]]:
    """Add the variables of a grid; give back what of `also` is not its own, and the reliability of each variable."""
    if not isinstance(grid, GridData):
        raise CjmError(
            en=f"grid: expected what personas.grid(study) returns, got {type(grid).__name__}",
            ru=f"grid: нужно то, что возвращает personas.grid(study), пришло {type(grid).__name__}",
        )
    asked = [also] if isinstance(also, str) else list(also or ())
    known = {v.id for v in grid.variables}
    back = known & set(asked)
    alphas: dict[str, float] = {}
    if len(grid.raters) > 1:
        found = agreement(grid, resamples=0).table
        alphas = {str(v): float(a) for v, a in zip(found["variable"], found["alpha"]) if not math.isnan(a)}
    for v in grid.variables:
        values = grid.table[v.id]
        values = pd.Series(values.to_numpy(), index=person_index(values.index), name=v.id)
        alpha = alphas.get(v.id, 1.0)
        if alpha < TRUSTED and v.id not in back:
            if not grid._unsettled(v.id):
                alphas[v.id] = TRUSTED  # talked through: what counts is what the raters agreed on
            else:
                shown = number(alpha, 2)
                why = say(en=f"raters do not agree (alpha {shown})", ru=f"кодировщики не согласны (альфа {shown})")
                b.omit(v.id, v.title(), why)
                continue
        kind = "number" if v.kind == "range" else "level"
        if kind == "level":
            values = values.astype(object)
        b.add(v.id, values, block="placements", kind=kind, item=v.id, text=v.title())
    if b.omitted:
        b.told = len(b.omitted)
        example = b.omitted[0]["column"]
        names = ", ".join(grid.variable(o["column"]).name for o in b.omitted)
        b.warn(
            say(
                en=f"left out, because raters do not agree: {names}. Talk the differences through and settle them "
                f"(grid.settle), or take a variable as it is: also=[{example!r}]",
                ru=f"не участвуют, потому что кодировщики не согласны: {names}. Обсудите расхождения и запишите, на "
                f"чём сошлись (grid.settle), или возьмите переменную как есть: also=[{example!r}]",
            )
        )
    b.passages["placements"] = grid.quotes().rename(columns={"variable": "code"})
    rest = [a for a in asked if a not in known]
    return (rest or None), alphas
