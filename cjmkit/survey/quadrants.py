"""Importance against performance: what matters and is weak comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cjmkit.core.caution import Caution, carried
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.survey._result import rows_text
from cjmkit.survey.data import SurveyData
from cjmkit.survey.driving import LMG_LIMIT, drivers

__all__ = ["QUADRANTS", "ImportancePerformance", "importance_performance"]


QUADRANTS = {
    "concentrate here": "сосредоточиться здесь",
    "keep up": "так держать",
    "low priority": "низкий приоритет",
    "possible overkill": "возможно, избыточно",
}


@dataclass(frozen=True, repr=False)
class ImportancePerformance(Result):
    """Importance against performance (Martilla and James 1977).

    Attributes
    ----------
    table : pandas.DataFrame
        One row an item: item, text, importance, importance_low, importance_high, performance (0 to 1 of its scale
        where scales differ, else in scale units), low, high, n, quadrant (concentrate here, keep up, low priority,
        possible overkill).
    cut : (float, float)
        Where the quadrants meet: importance, performance.
    asked : mapping
        For stated importance, the item to the one that asked for it.
    """

    survey: str
    outcome: str
    table: pd.DataFrame
    cut: tuple[float, float]
    derived: bool
    warnings: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)

    _key = ("item",)
    _figure = Figure(value="performance", method="t")

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        urgent = [
            t if len(t) <= 60 else t[:59] + "…"
            for t in self.table.loc[self.table["quadrant"] == "concentrate here", "text"]
        ]
        if not urgent:
            return say(
                en="Nothing that matters much performs below the average.",
                ru="Среди важного нет ничего, что работает хуже среднего.",
                lang=lang,
            )
        return say(
            en=f"Important and weak, so first in line: {', '.join(urgent)}.",
            ru=f"Важно и слабо, поэтому в первую очередь: {', '.join(urgent)}.",
            lang=lang,
        )

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        names = [i for i in (row["item"], self.outcome or self.asked.get(row["item"])) if i]
        return SurveyFigure(
            survey=self.survey,
            item=", ".join(names),
            question=row["text"],
            statistic=f"performance ({row['quadrant']})",
            estimate=self._estimate_of(row),
            cautions=self.cautions_on(*names),
        )


def importance_performance(
    survey: SurveyData,
    outcome: str | None = None,
    items: Iterable[str] | str | None = None,
    *,
    importance: dict[str, str] | None = None,
    method: str = "lmg",
    cut: str | tuple[float, float] = "mean",
    resamples: int = 500,
    seed: int = 0,
) -> ImportancePerformance:
    """Set how much items matter against how well they do.

    Parameters
    ----------
    survey : Survey
        The answers.
    outcome : str, optional
        Importance is derived from this outcome (share of R², see :func:`drivers`) …
    items : str or iterable of str, optional
        The items; as for :func:`drivers`.
    importance : dict, optional
        … or stated: performance item to the item that asked how important it is.
    method : {"lmg", "johnson"}
        For derived importance; Johnson above 15 items.
    cut : {"mean", "median"} or (float, float)
        Where the quadrants meet.
    resamples, seed
        For the intervals of derived importance.

    Returns
    -------
    ImportancePerformance

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit.survey import Survey, importance_performance
    >>> rng = np.random.default_rng(1)
    >>> chat, site = rng.integers(1, 6, (2, 300))
    >>> overall = np.clip(np.round(0.8 * chat + rng.normal(0, 0.5, 300)), 1, 5)
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(300), "chat": chat, "site": site, "overall": overall}))
    >>> s = s.set_item(["chat", "site", "overall"], type="likert", scale=(1, 5))
    >>> importance_performance(s, "overall", ["chat", "site"]).table[["item", "importance", "performance"]].round(2)
       item  importance  performance
    0  chat        0.81         3.07
    1  site        0.00         2.97
    """
    notes: list[str] = []
    cautions: tuple[Caution, ...] = ()
    if (outcome is None) == (importance is None):
        raise CjmError(
            en="give an outcome (importance is derived), or importance={performance item: importance item} (it was "
            "asked)",
            ru="дайте outcome (важность выводится) или importance={вопрос о качестве: вопрос о важности} (её спросили)",
        )
    rows = []
    if outcome is not None:
        names = survey.find(items) if items is not None else None
        chosen = "johnson" if names is not None and len(names) > LMG_LIMIT else method
        found = drivers(survey, outcome, names, method=chosen, resamples=resamples, seed=seed)
        notes += found.warnings
        cautions = found.cautions
        r2 = found.r2
        for _, d in found.table.iterrows():
            rows.append((d["item"], d["importance"], d["low"] * r2, d["high"] * r2))
        order = {x: i for i, x in enumerate(survey._by_name())}
        rows.sort(key=lambda r: order[r[0]])
    else:
        assert importance is not None
        from cjmkit.survey._figures import FIGURES

        for performs, matters in importance.items():
            it = survey.item(matters)
            f = FIGURES["mean"](survey.values(it).to_numpy(dtype=float), None, it, None, 0.95)
            rows.append((survey.item(performs).item, f["value"], f["low"], f["high"]))
    from cjmkit.survey._figures import FIGURES

    scales = {survey.item(r[0]).ends for r in rows}
    rescale = len(scales) > 1 and None not in scales
    if rescale:
        notes.append(
            say(
                en="scales differ, so performance is shown as a part of each scale, 0 to 1",
                ru="шкалы разные, поэтому исполнение показано долей шкалы, от 0 до 1",
            )
        )
    out = []
    for name, imp, imp_low, imp_high in rows:
        it = survey.item(name)
        x = survey.values(it).to_numpy(dtype=float)
        if rescale and it.ends:
            x = (x - it.ends[0]) / (it.ends[1] - it.ends[0])
        f = FIGURES["mean"](x, None, None, None, 0.95)
        out.append(
            {
                "item": name,
                "text": it.option or it.question,
                "importance": imp,
                "importance_low": imp_low,
                "importance_high": imp_high,
                "performance": f["value"],
                "low": f["low"],
                "high": f["high"],
                "n": f["n"],
            }
        )
    table = pd.DataFrame(out)
    if isinstance(cut, tuple):
        cx, cy = cut
    elif cut in ("mean", "median"):
        cx, cy = float(getattr(table["importance"], cut)()), float(getattr(table["performance"], cut)())
    else:
        raise CjmError(suggest(cut, ("mean", "median"), what="cut"))
    table["quadrant"] = [_quadrant(i >= cx, p >= cy) for i, p in zip(table["importance"], table["performance"])]
    near = [t["item"] for _, t in table.iterrows() if t["low"] <= cy <= t["high"]]
    if near:
        notes.append(
            say(
                en=f"the interval crosses the line, so the quadrant is not certain: {rows_text(near)}",
                ru=f"интервал пересекает границу, квадрант не определён: {rows_text(near)}",
            )
        )
    asked = {survey.item(p).item: survey.item(m).item for p, m in (importance or {}).items()}
    made = ImportancePerformance(survey.name, outcome or "", table, (cx, cy), outcome is not None, tuple(notes), asked)
    return carried(made, cautions or survey.cautions(*table["item"], *asked.values()))


def _quadrant(important: bool, good: bool) -> str:
    return list(QUADRANTS)[{(True, False): 0, (True, True): 1, (False, False): 2, (False, True): 3}[important, good]]
