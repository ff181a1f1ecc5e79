"""Data of ranked ideas, with how stable their ranks are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.result import Figure, Result
from cjmkit.i18n import count, current_language, number, say

__all__ = ["METHODS", "PrioritiesData"]

METHODS = {
    "rice": ("RICE", "RICE"),
    "ice-mean": ("ICE (mean)", "ICE (среднее)"),
    "ice-product": ("ICE (product)", "ICE (произведение)"),
    "impact-effort": ("impact/effort", "влияние/усилия"),
    "opportunity": ("opportunity", "возможность (Ulwick)"),
    "weighted": ("weighted sum", "взвешенная сумма"),
}
"""Ways to score, as they are printed in English and Russian."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PrioritiesData(Result):
    """Ideas in rank order; see :func:`cjmkit.priorities.rank` for the columns of `table`.

    Attributes
    ----------
    table : DataFrame
        A row an idea.
    kind : str
        How it was scored, as asked for: rice, ice-mean …
    n : int
        How many count as the first.
    level : float
        Level of the limits of score and rank.
    warnings : tuple of str
        What a reader should know.
    ranks : DataFrame
        Rank of each idea (column) in each Monte Carlo draw (row).
    """

    table: pd.DataFrame
    kind: str
    n: int = 3
    level: float = 0.9
    warnings: tuple[str, ...] = ()
    ranks: pd.DataFrame

    _key = ("title",)
    _figure = Figure(value="score", n=())
    _shown = ("rank", "title", "stage", "owner", "score", "ranks", "first", "in_top")
    _percent = ("first", "in_top")
    _digits = 1
    _names = {
        "title": ("idea", "идея"),
        "ranks": ("ranks", "места"),
        "first": ("first", "первая"),
        "in_top": ("among the first", "среди первых"),
    }

    def method(self, lang: str | None = None) -> str:
        """How it was scored, in words.

        Examples
        --------
        >>> import pandas as pd, cjmkit
        >>> ideas = pd.DataFrame({"title": ["Photos", "Chat"], "impact": [3, 1], "effort": [1, 2]})
        >>> cjmkit.priorities.rank(ideas, method="impact-effort").method("ru")
        'влияние/усилия'
        """
        en, ru = METHODS[self.kind]
        return say(en=en, ru=ru, lang=lang)

    @property
    def stability(self) -> pd.DataFrame:
        """How often each idea takes each rank: index title, columns 1, 2, 3 …, shares of draws."""
        size = len(self.table)
        places = range(1, size + 1)
        out = [self.ranks.iloc[:, i].value_counts(normalize=True).reindex(places, fill_value=0.0) for i in range(size)]
        return pd.DataFrame(np.array(out), index=list(self.table["title"].astype(str)), columns=list(places))

    def summary(self, lang: str | None = None) -> str:
        """Two sentences: the first idea, and which ideas change places when the inputs are off."""
        lang = current_language(lang)
        r: Any = self.table.iloc[0]
        score = number(r["score"], 0 if r["score"] >= 100 else 1, lang=lang)
        ideas = count(len(self.table), en=("idea", "ideas"), ru=("идея", "идеи", "идей"), lang=lang)
        first = number(r["first"], 0, percent=True, lang=lang)
        sure = self.table[self.table["in_top"] >= 0.9]
        named = count(len(sure), en=("idea stays", "ideas stay"), ru=("идея", "идеи", "идей"), lang=lang)
        text = say(
            en=f"{ideas} by {self.method('en')}; first “{r['title']}” ({score}), the first in {first} "
            "of draws of the uncertain inputs.",
            ru=f"{ideas}, метод: {self.method('ru')}; первая «{r['title']}» ({score}), "
            f"первая в {first} случаев при неточных исходных числах.",
            lang=lang,
        )
        if len(self.table) > self.n:
            text += say(
                en=f" {named} among the first {self.n} in at least 90% of draws.",
                ru=f" В первых {self.n} не реже чем в 90 % случаев: {named}.",
                lang=lang,
            )
        return text

    def _table_shown(self) -> pd.DataFrame:
        rows = self.table.to_dict("records")
        owners = self.table["owner"] if "owner" in self.table else [""] * len(rows)
        return self.table.assign(
            owner=["—" if pd.isna(o) or not str(o).strip() else str(o) for o in owners],
            ranks=[f"{r['rank_low']}–{r['rank_high']}" for r in rows],
        )
