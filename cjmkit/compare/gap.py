"""Expectation against reality: what insiders believe customers feel, beside what customers say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmkit.core.caution import carried, unpacked
from cjmkit.core.course import EmotionPoint
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.emotion import Curve, curve, difference, source_title
from cjmkit.emotion.contrasts import adjusted
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, number, say

__all__ = ["ExpectationGap", "expectation_gap"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ExpectationGap(Result):
    """Gaps per stage.

    Attributes
    ----------
    table : DataFrame
        believed (who: employees, managers), stage, title, customers, insiders (means), gap (insiders − customers), low,
        high, band_low, band_high, n_customers, n_insiders, p, sure, reading (rosier, gloomier, or empty).
    curve : Curve
        The curves behind it; its points put the second line on the map.
    """

    table: pd.DataFrame
    curve: Curve
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key = ("stage", "believed")
    _figure = Figure(value="gap", n=("n_customers", "n_insiders"))
    _shown = ("believed", "title", "customers", "insiders", "gap", "n_customers", "n_insiders", "p")
    _names = {
        "believed": ("who believes", "чьё мнение"),
        "customers": ("customers", "клиенты"),
        "insiders": ("insiders", "сотрудники"),
        "gap": ("gap", "разрыв"),
        "n_customers": ("n customers", "n клиентов"),
        "n_insiders": ("n insiders", "n сотрудников"),
    }

    def points(self) -> tuple[EmotionPoint, ...]:
        """Points of customers and insiders for ``Journey.with_emotion``."""
        return self.curve.points()

    def summary(self, lang: str | None = None) -> str:
        """One sentence per group of insiders: where they are farthest off."""
        lang = current_language(lang)
        out = []
        for who, part in self.table.groupby("believed", sort=False):
            name = source_title(str(who), lang)
            sure = part[part["sure"]]
            sep = "; " if lang == "ru" else ", "
            compared = part.dropna(subset=["gap"])
            if compared.empty:
                out.append(
                    say(
                        en=f"{name}: no stage has enough people on both sides.",
                        ru=f"{name}: ни на одном этапе не хватает людей с обеих сторон.",
                        lang=lang,
                    )
                )
                continue
            if sure.empty:
                most = number(float(compared[["band_low", "band_high"]].abs().to_numpy().max()), 1, lang=lang)
                out.append(
                    say(
                        en=f"{name}: no gap shown; gaps up to {most} remain possible.",
                        ru=f"{name}: разрывы не показаны; возможны разрывы до {most}.",
                        lang=lang,
                    )
                )
                continue
            r: Any = sure.iloc[int(sure["gap"].abs().to_numpy().argmax())]
            gap, low, high = (number(r[k], 1, lang=lang) for k in ("gap", "low", "high"))
            rosier = r["gap"] > 0
            out.append(
                say(
                    en=f"{name}: farthest off at “{r['title']}”, {'rosier' if rosier else 'gloomier'} than "
                    f"customers by {gap} [{low}{sep}{high}] (n = {r['n_insiders']} and {r['n_customers']}).",
                    ru=f"{name}: сильнее всего расходятся на этапе «{r['title']}», "
                    f"{'лучше' if rosier else 'хуже'}, чем говорят клиенты, на {gap} [{low}{sep}{high}] "
                    f"(n = {r['n_insiders']} и {r['n_customers']}).",
                    lang=lang,
                )
            )
        return "\n".join(out)

    def _row(self, *names: Any, **which: Any) -> dict[str, Any]:
        # The first group of insiders, where none is named.
        asked = dict(zip(self._key, names, strict=False)) | which
        if "believed" not in asked:
            asked["believed"] = self.table["believed"].iloc[0]
        return super()._row(**asked)

    def _evidence_of(self, row: Any) -> SurveyFigure:
        return SurveyFigure(
            survey="scores",
            item="score",
            question=str(row["title"]),
            where=f"{row['believed']} − customers",
            statistic="gap in mean emotion",
            estimate=self._estimate_of(row),
            cautions=unpacked(self.curve.table.loc[self.curve.table["stage"] == row["stage"], "cautions"]),
        )

    def _table_shown(self) -> pd.DataFrame:
        return self.table.assign(believed=[source_title(str(b)) for b in self.table["believed"]])


def expectation_gap(
    scores: pd.DataFrame,
    *,
    reality: str = "survey",
    believed: str | Sequence[str] = ("employees", "managers"),
    stages: Iterable[Any] | None = None,
    level: float = 0.95,
    min_n: int = 3,
) -> ExpectationGap:
    """Compare what customers say with what insiders believe they would say.

    Parameters
    ----------
    scores : DataFrame
        participant, stage, score (−2..2), source: the same questions asked of customers (`reality`) and of insiders.
    reality : str
        Source of the customers' scores.
    believed : str or sequence
        Sources of the insiders' scores; those that are absent are skipped.
    stages : sequence, optional
        Stages in order.
    level : float
        Confidence level.
    min_n : int
        Fewest people per side.

    Returns
    -------
    ExpectationGap

    Raises
    ------
    CjmError
        If there are no customers or no insiders among the scores.

    Examples
    --------
    >>> import pandas as pd
    >>> said = pd.DataFrame({"participant": list("abcdef"), "stage": "deal", "score": [-1, 0, -1, -2, 0, -1],
    ...                      "source": "survey"})
    >>> believed = pd.DataFrame({"participant": list("uvwxyz"), "stage": "deal", "score": [1, 1, 0, 1, 1, 2],
    ...                          "source": "employees"})
    >>> expectation_gap(pd.concat([said, believed])).table[["stage", "gap", "reading"]]
      stage       gap reading
    0  deal  1.833333  rosier
    """
    if "source" not in scores:
        raise CjmError(
            en="scores need the column 'source', which tells customers from employees and managers",
            ru="оценкам нужен столбец 'source': он отличает клиентов от сотрудников и руководителей",
        )
    present = [str(s) for s in scores["source"].dropna().unique()]
    if reality not in present:
        raise CjmError(suggest(reality, present, what="source (reality=)"))
    wanted = [believed] if isinstance(believed, str) else list(believed)
    insiders = [s for s in wanted if s in present]
    if not insiders:
        raise CjmError(
            en=f"nobody of {', '.join(wanted)} is among the sources; there are {', '.join(present)}",
            ru=f"среди источников нет {', '.join(wanted)}; есть {', '.join(present)}",
        )
    both = curve(scores, source=[reality, *insiders], stages=stages, level=level, min_n=min_n)
    parts, said = [], list(both.warnings)
    for who in insiders:
        part = scores[scores["source"].isin([reality, who])]
        one = difference(
            # The customers come first whatever the alphabet says: the gap is insiders − customers.
            part.assign(source=pd.Categorical(part["source"].astype(str), [reality, who])),
            by="source",
            paired=False,
            stages=both.stages,
            level=level,
            min_n=min_n,
        )
        parts.append(one.table.assign(believed=who, title=lambda t: t["stage"].map(_titles(both))))
    # One picture: every stage of every group of insiders counts as looked at.
    table = adjusted(pd.concat(parts, ignore_index=True), level=level)
    table = table.rename(
        columns={
            "mean_a": "customers",
            "mean_b": "insiders",
            "difference": "gap",
            "n_a": "n_customers",
            "n_b": "n_insiders",
        }
    )
    table["reading"] = [
        "" if not s else ("rosier" if g > 0 else "gloomier") for s, g in zip(table["sure"], table["gap"], strict=True)
    ]
    columns = [
        "believed",
        "stage",
        "title",
        "customers",
        "insiders",
        "gap",
        "low",
        "high",
        "band_low",
        "band_high",
        "n_customers",
        "n_insiders",
        "p",
        "sure",
        "reading",
        "reason",
    ]
    found = ExpectationGap(table=table[columns], curve=both, level=level, warnings=tuple(said))
    return carried(found, both.cautions)


def _titles(curve: Curve) -> dict[str, str]:
    return dict(zip(curve.table["stage"], curve.table["title"], strict=True))
