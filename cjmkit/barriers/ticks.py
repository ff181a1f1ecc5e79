"""Barriers ticked in a survey: few words, many people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.emotion.scores import person_ids
from cjmkit.errors import CjmError, suggest

__all__ = ["Ticked", "ticked"]


@dataclass(frozen=True, eq=False)
class Ticked:
    """Who ticked what, and who was asked it: `named`, `asked` (P, B) for the barriers in `place`, and the people."""

    named: npt.NDArray[np.bool_]
    asked: npt.NDArray[np.bool_]
    place: dict[str, int]
    people: list[str]


def ticked(survey: pd.DataFrame | None, codes: pd.DataFrame) -> Ticked | None:
    """Read a table of ticks, a row a person and a column a barrier (code or title).

    Raises
    ------
    CjmError
        If a column is no barrier, a person has two rows or a cell is neither yes nor no.
    """
    if survey is None:
        return None
    if not isinstance(survey, pd.DataFrame):
        raise CjmError(
            en=f"survey is a table, a row a person (index) and a column a barrier; {type(survey).__name__} came",
            ru=f"survey — таблица: строка — человек (индекс), столбец — барьер; пришло {type(survey).__name__}",
        )
    by_title = dict(zip(codes["title"], codes["code"], strict=True))
    known = set(codes["code"])
    names = [str(c) if str(c) in known else by_title.get(str(c), "") for c in survey.columns]
    for column, name in zip(survey.columns, names, strict=True):
        if not name:
            raise CjmError(suggest(column, [*codes["code"], *codes["title"]], what="barrier in the columns of survey="))
    asked = survey[survey.notna().any(axis=1)]
    people = [str(p) for p in person_ids(asked.index)]
    twice = pd.Index(people)[pd.Index(people).duplicated()]
    if len(twice):
        raise CjmError(
            en=f"{len(twice)} people have two rows in survey=, for example {twice[0]!r}; give each person one row",
            ru=f"у {len(twice)} человек в survey= по две строки, например у {twice[0]!r}; оставьте каждому одну",
        )
    values: Any = asked.to_numpy(dtype=object)
    odd = {v for v in values.ravel().tolist() if not pd.isna(v) and v not in (True, False, 0, 1)}
    if odd:
        raise CjmError(
            en=f"survey= holds True or False; it has {', '.join(map(repr, sorted(map(str, odd))[:3]))}",
            ru=f"survey= содержит True или False; здесь {', '.join(map(repr, sorted(map(str, odd))[:3]))}",
        )
    named = np.where(pd.isna(values), False, values).astype(bool)
    return Ticked(named, ~pd.isna(values), {n: i for i, n in enumerate(names)}, people)
