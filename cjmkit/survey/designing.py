"""How people were drawn: weights, strata, clusters and finite populations, for standard errors that know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.result import Shown
from cjmkit.errors import CjmError
from cjmkit.i18n import count, say
from cjmkit.survey._intervals import Bearing
from cjmkit.survey._result import group_of, rows_text, weights_of
from cjmkit.survey.data import SurveyData

__all__ = ["Design", "design"]


@dataclass(frozen=True, eq=False, repr=False)
class Design(Shown):
    """How people came into the sample; pass it on as ``weights=``.

    Attributes
    ----------
    weights : pandas.Series
        Weight of each person, by respondent; 1 where none was given.
    table : pandas.DataFrame
        One row a stratum: stratum, drawn (clusters, or people where there are none), people, population (units of the
        stratum as `fpc` says, missing without it), fraction (share drawn; 0 without `fpc`).
    df : float
        Degrees of freedom of the sample: drawn units less strata.
    """

    weights: pd.Series
    table: pd.DataFrame
    df: float
    bearing: Bearing | None
    warnings: tuple[str, ...] = ()

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        people = count(len(self.weights), en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        strata = count(len(self.table), en=("stratum", "strata"), ru=("страта", "страты", "страт"), lang=lang)
        units = int(self.table["drawn"].sum())
        clusters = ""
        if self.bearing is not None and self.bearing.clusters is not None:
            many = count(units, en=("cluster", "clusters"), ru=("кластер", "кластера", "кластеров"), lang=lang)
            clusters = f", {many}"
        return say(
            en=f"{people}{clusters}, {strata}; {self.df:.0f} degrees of freedom.",
            ru=f"{people}{clusters}, {strata}; степеней свободы: {self.df:.0f}.",
            lang=lang,
        )


def design(
    survey: SurveyData, *, weights: Any = None, strata: Any = None, clusters: Any = None, fpc: Any = None
) -> Design:
    """Say how people were drawn, so that standard errors and intervals know it (R's ``survey::svydesign``).

    Parameters
    ----------
    survey : Survey
        The answers.
    weights : str, Series or array, optional
        Weights of the people: how many each stands for.
    strata : str or Series, optional
        Parts of the population that were drawn from separately: an item, or a Series from respondent to stratum.
    clusters : str or Series, optional
        What was drawn first (shops, schools, households), with several people in each; ids count within a stratum.
    fpc : str, number or mapping, optional
        How many clusters (people, where there are none) a stratum has in the population, or which share of them was
        drawn: an item, one number, or a mapping of stratum to number. Left out, the population is taken to be large.

    Returns
    -------
    Design
        Its ``weights`` and what is known of the sample; give it to ``score``, ``banner``, ``trend``, ``compare`` or
        ``rake(base=)``.

    Raises
    ------
    CjmError
        If somebody has no weight, stratum or cluster, a stratum holds a single unit, or fpc is smaller than what was
        drawn.

    Notes
    -----
    Taylor linearisation with one stage, as ``svymean`` does: the weighted sums of the drawn units vary about the mean
    of their stratum. Groups (``by=``) keep the whole sample in view. Intervals of means use Student's quantile with
    units less strata as its degrees of freedom; those of shares and of NPS the effective n that has the same error,
    reduced for these degrees (Korn and Graubard 1998).

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, design, score
    >>> t = pd.DataFrame({"id": range(8), "shop": list("aabbccdd"), "rating": [5, 5, 1, 2, 4, 4, 2, 1]})
    >>> s = Survey.from_frame(t).set_item("rating", type="likert", scale=(1, 5))
    >>> alone, drawn = score(s, "rating"), score(s, "rating", weights=design(s, clusters="shop"))
    >>> [round(float(s.table["se"].iloc[0]), 3) for s in (alone, drawn)]
    [0.598, 0.89]
    """
    index = survey._people_index()
    values = weights_of(survey, weights)
    w = np.ones(survey.n) if values is None else np.asarray(values, dtype=float)
    if np.isnan(w).any():
        raise CjmError(
            en=f"{int(np.isnan(w).sum())} people have no weight (first: {rows_text(index[np.isnan(w)])}); keep() those "
            f"who have one",
            ru=f"без веса {int(np.isnan(w).sum())} чел. (первые: {rows_text(index[np.isnan(w)])}); возьмите keep() "
            f"тех, у кого он есть",
        )
    names, stratum = _parts(survey, strata, "strata", index)
    ids, unit = _parts(survey, clusters, "clusters", index)
    notes = []
    if clusters is not None:
        pairs, unit = np.unique(np.stack([stratum, unit]), axis=1, return_inverse=True)
        unit = unit.ravel()
        if pairs.shape[1] > len(ids):
            notes.append(
                say(
                    en="the same cluster id stands in several strata and was read as several clusters",
                    ru="один номер кластера встретился в нескольких стратах и прочитан как разные кластеры",
                )
            )
    else:
        unit = np.arange(survey.n)
    drawn = np.array([len(np.unique(unit[stratum == h])) for h in range(len(names))])
    size = _population(survey, fpc, names, stratum, drawn)
    fraction = np.where(np.isnan(size), 0.0, np.where(size > 1, drawn / np.where(size > 1, size, 1.0), size))
    alone = [n for n, d, f in zip(names, drawn, fraction, strict=True) if d < 2 and f < 1]
    if alone:
        raise CjmError(
            en=f"one unit alone says nothing about how its stratum varies: {rows_text(alone)}; join it with another "
            f"stratum, or leave strata= or clusters= out",
            ru=f"одна единица ничего не говорит о разбросе в страте: {rows_text(alone)}; объедините её с другой или "
            f"уберите strata= или clusters=",
        )
    table = pd.DataFrame(
        {
            "stratum": names,
            "drawn": drawn,
            "people": np.bincount(stratum, minlength=len(names)),
            "population": np.where(size > 1, size, np.nan),
            "fraction": fraction,
        }
    )
    bearing = Bearing(
        strata=None if strata is None else stratum,
        clusters=None if clusters is None else unit,
        fraction=None if fpc is None else fraction[stratum],
    )
    return Design(
        pd.Series(w, index=index, name="weight"), table, float(drawn.sum() - len(names)), bearing, tuple(notes)
    )


def _parts(survey: SurveyData, by: Any, what: str, index: Any) -> tuple[list[str], np.ndarray]:
    """Names of the parts and the number of each person's; one part where nothing was said."""
    if by is None:
        return [say(en="all", ru="все")], np.zeros(survey.n, dtype=int)
    if isinstance(by, str):  # ids of clusters may be many
        raw = survey.raw(survey.item(by))
        by = pd.Series(raw.to_numpy(), index=index, name=by)
    _, groups = group_of(survey, by)
    if groups.isna().any():
        who = index[groups.isna().to_numpy()]
        raise CjmError(
            en=f"{what}: {len(who)} people have none (first: {rows_text(who)}); keep() the others",
            ru=f"{what}: не указано у {len(who)} чел. (первые: {rows_text(who)}); возьмите keep() остальных",
        )
    found, place = np.unique(groups.to_numpy().astype(str), return_inverse=True)
    return list(found), place.ravel()


def _population(survey: SurveyData, fpc: Any, names: list[str], stratum: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Units (above 1) or shares (up to 1) per stratum; NaN where nothing was said."""
    if fpc is None:
        return np.full(len(names), np.nan)
    if isinstance(fpc, Mapping):
        given = {str(k): float(v) for k, v in fpc.items()}
        size = np.array([given.get(n, np.nan) for n in names])
    elif isinstance(fpc, str):
        each = survey.values(survey.item(fpc).replace(type="number", scale=())).to_numpy(dtype=float)
        parts = [np.unique(each[stratum == h]) for h in range(len(names))]
        mixed = [n for n, p in zip(names, parts, strict=True) if len(p) != 1]
        if mixed:
            raise CjmError(
                en=f"fpc={fpc!r} differs within a stratum: {rows_text(mixed)}; each stratum has one number",
                ru=f"fpc={fpc!r} разное внутри страты: {rows_text(mixed)}; у страты одно число",
            )
        size = np.array([p[0] for p in parts])
    else:
        size = np.full(len(names), float(fpc))
    bad = [n for n, s, d in zip(names, size, drawn, strict=True) if not s > 0 or (s > 1 and s < d)]
    if bad:
        raise CjmError(
            en=f"fpc is how many units a stratum has in the population (not fewer than were drawn) or the share drawn, "
            f"0 to 1; it does not fit in: {rows_text(bad)}",
            ru=f"fpc — сколько единиц в страте всего (не меньше отобранных) или отобранная доля от 0 до 1; не подходит "
            f"в: {rows_text(bad)}",
        )
    return size
