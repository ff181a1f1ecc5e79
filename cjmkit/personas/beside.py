"""The same people, grouped twice: by what they answered and by where they were placed. Do the two agree?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError
from cjmkit.i18n import count, current_language, number, say
from cjmkit.personas.found import PersonasData
from cjmkit.stats import wilson

__all__ = ["SideBySide", "beside"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SideBySide(Result):
    """Two groupings of the same people.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a persona of the first and one of the second: persona, other (names), people (in both), n (people of the
        first persona whom both know), share, low, high (Wilson).
    rand : float
        Adjusted Rand index of the people whom both have put somewhere: 1 the same groups, 0 as by chance.
    p_value : float
        How often shuffled labels agree as much.
    n : int
        People whom both have put somewhere.
    same : Estimate
        Share of people whom both put into matching personas (matched so that most are).
    left_out : str
        Why there is nothing to compare, where there is nothing.
    """

    table: pd.DataFrame
    rand: float
    p_value: float
    n: int
    same: Estimate
    left_out: str = ""
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key = ("persona", "other")
    _figure = Figure(value="share", method="Wilson", percent=True)
    _percent = ("share", "low", "high")
    _names = {"other": ("in the other grouping", "в другой группировке")}

    def summary(self, lang: str | None = None) -> str:
        """One sentence: how many people stand in matching personas, and how surely that is no chance."""
        lang = current_language(lang)
        if self.left_out:
            return self.left_out
        people = count(self.n, en=("person", "people"), ru=("человека", "человек", "человек"), lang=lang)
        same = round((self.same.value or 0) * self.n)
        rand, p = number(self.rand, 2, lang=lang), number(max(self.p_value, 0.001), 3, lang=lang)
        return say(
            en=f"Of {people} in both, {same} stand in matching personas (adjusted Rand index {rand}, p = {p}).",
            ru=f"Из {people}, известных обоим, в соответствующих портретах {same} (скорр. индекс Рэнда {rand}, "
            f"p = {p}).",
            lang=lang,
        )


def beside(found: PersonasData, other: PersonasData, *, permutations: int = 1999, seed: int = 0) -> SideBySide:
    """Lay personas from one source beside those from another: interviews beside the survey.

    Parameters
    ----------
    other : Personas
        The other grouping; people are joined by their ids.
    permutations : int
        Shuffled labels for the p-value.
    seed : int
        Decides the shuffles.

    Returns
    -------
    SideBySide

    Raises
    ------
    CjmError
        If the two have nobody in common.

    Examples
    --------
    >>> from cjmkit import personas
    >>> grid = personas.made_up_grid(n=15, k=3, gap=5, spread=0.6, seed=1)
    >>> found = personas.fit(personas.features(grid=grid), nulls=99)
    >>> found.beside(found).rand
    1.0
    """
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics import adjusted_rand_score

    if not isinstance(other, PersonasData):
        raise CjmError(
            en=f"beside takes what personas.fit returns, got {type(other).__name__}",
            ru=f"beside берёт то, что возвращает personas.fit, пришло {type(other).__name__}",
        )
    common = found.labels.dropna().index.intersection(other.labels.dropna().index)
    if not len(common):
        few = " … and ".join(", ".join(map(str, f.labels.index[:3])) for f in (found, other))
        raise CjmError(
            en=f"the two have nobody in common: {few} …; a person has one id in all sources",
            ru=f"общих людей нет: {few} …; у человека во всех источниках одно id",
        )
    lacking = [f for f in (found, other) if f.k < 2]
    if lacking:
        none = Estimate(value=None, n=len(common), unit="people", reason=lacking[0].verdict())
        told = say(en="One of the two has no personas: ", ru="В одной из группировок портретов нет: ")
        told += lacking[0].verdict() + "."
        return SideBySide(
            table=pd.DataFrame(columns=["persona", "other", "people", "n", "share", "low", "high"]),
            rand=float("nan"), p_value=float("nan"), n=len(common), same=none, left_out=told,
        )  # fmt: skip
    a, b = found.labels.reindex(common), other.labels.reindex(common)
    counts = pd.crosstab(a, b).reindex(index=list(found.ids), columns=list(other.ids), fill_value=0)
    table = counts.to_numpy(dtype=int)
    rows: list[list[Any]] = []
    for row, i in enumerate(found.ids):
        total = int(table[row].sum())
        for column, j in enumerate(other.ids):
            here = int(table[row, column])
            share, low, high = wilson(here, total) if total else (np.nan, np.nan, np.nan)
            rows.append([found.name(i), other.name(j), here, total, share, low, high])
    rand = float(adjusted_rand_score(a, b))
    rng = np.random.default_rng(seed)
    labels = b.to_numpy()
    drawn = np.array([adjusted_rand_score(a, rng.permutation(labels)) for _ in range(permutations)])
    p = float((1 + (drawn >= rand - 1e-12).sum()) / (1 + permutations))
    r, c = linear_sum_assignment(-table)
    value, low, high = wilson(int(table[r, c].sum()), len(common))
    same = Estimate(value=value, low=low, high=high, n=len(common), unit="people", percent=True, method="Wilson")
    columns = ["persona", "other", "people", "n", "share", "low", "high"]
    return SideBySide(table=pd.DataFrame(rows, columns=columns), rand=rand, p_value=p, n=len(common), same=same)
