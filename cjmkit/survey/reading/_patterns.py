"""Patterns of answers: filled from the left, running against the others, spread alike; the ten statements of SUS."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from cjmkit.survey._decode import norm
from cjmkit.survey.items import Item
from cjmkit.survey.reading._facts import Facts
from cjmkit.survey.reading.platforms import Column

__all__ = ["against", "filled_from_left", "pssuq_rows", "spread_alike", "sus_rows"]


def filled_from_left(block: np.ndarray) -> bool:
    """Whether rows are filled from the left and hold no value twice: first choice, second choice …

    Parameters
    ----------
    block : array (people, columns)
        NaN where nothing was chosen.

    Examples
    --------
    >>> choices = np.array([[3, 1, np.nan], [2, np.nan, np.nan], [1, 2, 3], [1, np.nan, np.nan], [4, 2, np.nan]])
    >>> filled_from_left(choices), filled_from_left(np.full((9, 3), 2.0))
    (True, False)
    """
    there = ~np.isnan(block)
    some = there.any(axis=1)
    if some.sum() < 5 or there[some].all(axis=1).mean() > 0.8:
        return False
    from_left = (there[:, :-1] >= there[:, 1:]).all(axis=1)
    once = [len(set(r[t])) == t.sum() for r, t in zip(block[some], there[some], strict=True)]
    return bool(from_left.mean() > 0.97 and np.mean(once) > 0.99)


def against(block: np.ndarray) -> list[int]:
    """Columns that correlate below −0.2 with the mean of the others, where the others agree among themselves.

    Parameters
    ----------
    block : array (people, items), without missing values

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> mood = rng.normal(size=200)
    >>> rows = np.column_stack([mood, mood, mood, -mood]) + rng.normal(size=(200, 4))
    >>> against(rows)
    [3]
    """
    r = np.corrcoef(block, rowvar=False)
    # The sign of the first principal direction parts the items; the smaller side runs against the larger.
    side = np.linalg.eigh(r)[1][:, -1] > 0
    fewer = np.flatnonzero(side) if side.sum() <= len(side) / 2 else np.flatnonzero(~side)
    rest = np.setdiff1d(np.arange(len(r)), fewer)
    if not len(fewer) or len(rest) < 3 or len(fewer) == len(rest):
        return []
    among = r[np.ix_(rest, rest)][~np.eye(len(rest), dtype=bool)]
    if among.mean() < 0.2:
        return []
    z = (block - block.mean(axis=0)) / block.std(axis=0)
    return [int(k) for k in fewer if np.corrcoef(z[:, k], z[:, rest].mean(axis=1))[0, 1] < -0.2]


def spread_alike(one: list[int], other: list[int]) -> bool:
    """Whether answers are spread over a scale as others are: the shares of its points are correlated above 0.6."""
    a, b = (np.asarray(x, dtype=float) / max(sum(x), 1) for x in (one, other))
    if a.std() == 0 or b.std() == 0:
        return False
    return bool(np.corrcoef(a, b)[0, 1] > 0.6)


_SUS = [
    (r"use this .*frequently|like to use|пользоваться .*часто|часто пользов", 0),
    (r"complex|сложн", 1),
    (r"easy to use|легк|прост", 2),
    (r"support of a technical|помощь|поддержк", 3),
    (r"integrated|объединены|интегр", 4),
    (r"inconsisten|противореч|несогласован", 5),
    (r"learn to use|быстро .*(науч|освоит)", 6),
    (r"cumbersome|громозд|неудоб", 7),
    (r"confident|уверен", 8),
    (r"learn a lot|многому|многое .*(узнать|изучить)", 9),
]


def sus_rows(columns: Sequence[Column], items: Sequence[Item], facts: Sequence[Facts]) -> range:
    """Where the ten statements of the System Usability Scale stand, in order, on five points; else an empty range."""
    for start in range(len(items) - 9):
        ten = range(start, start + 10)
        coded = all(re.fullmatch(rf"sus[_ .-]?q?0?{k + 1}", norm(columns[i].name)) for k, i in enumerate(ten))
        wordings = [norm(columns[i].option or columns[i].text or columns[i].name) for i in ten]
        said = sum(bool(re.search(pattern, wordings[k])) for pattern, k in _SUS)
        if (coded or said >= 7) and all(items[i].points in (None, 5) and facts[i].n for i in ten):
            return ten
    return range(0)


_PSSUQ = [
    re.compile(pattern)
    for pattern in (
        r"satisfied with how easy|доволен.* тем, насколько (?:легко|просто)",
        r"simple to use this|просто пользоваться",
        r"effectively complete|эффективно выполн",
        r"complete the .*quickly|быстро выполн",
        r"efficiently complete|рационально выполн|продуктивно выполн",
        r"comfortable using this|комфортно",
        r"easy to learn to use|легко научиться",
        r"become productive quickly|быстро стать продуктивн|быстро (?:начать|освоить)",
        r"error messages|сообщения об ошибках",
        r"made a mistake|ошиб.*(?:исправ|восстанов)",
        r"information \(such as|on-?line help|информация \(",
        r"easy to find the information|легко найти .*информац",
        r"information provided .*easy to understand|информац.*легко понять",
        r"information was effective|информац.*помог",
        r"organi[sz]ation of information|расположение информации|организация информации",
        r"interface .*pleasant|интерфейс .*приятен|приятный интерфейс",
        r"liked using the interface|нравится .*интерфейс|понравил.*интерфейс",
        r"all the functions and capabilities|все функции и возможности",
        r"overall,? i am satisfied with (?:this|the) system|в целом .*доволен",
    )
]
"""The nineteen statements of PSSUQ version 2 in their order; version 3 leaves out the third, fifth and thirteenth."""


def pssuq_rows(columns: Sequence[Column], items: Sequence[Item], facts: Sequence[Facts]) -> list[int]:
    """Where the statements of the Post-Study System Usability Questionnaire stand; comments may stand between them.

    Sixteen, eighteen or nineteen columns of whole numbers from 1 to 7, worded as the questionnaire and in its order;
    else an empty list.
    """
    found: list[tuple[int, int]] = []
    for i, (c, f) in enumerate(zip(columns, facts, strict=True)):
        wording = norm(c.option or c.text or c.name)
        which = next((k for k, p in enumerate(_PSSUQ) if p.search(wording)), None)
        if which is not None and f.numbers and set(f.numbers.values()) <= {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0}:
            found.append((i, which))
    said = [k for _, k in found]
    return [i for i, _ in found] if len(found) in (16, 18, 19) and said == sorted(set(said)) else []
