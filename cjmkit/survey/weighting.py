"""Raking: weights that make the sample agree with known margins of the population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.result import Shown
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, number, say
from cjmkit.survey._intervals import Bearing, bearing_of, design_weights, weighted_mean
from cjmkit.survey._result import rows_text, weights_of
from cjmkit.survey.data import SurveyData

__all__ = ["Raking", "rake"]


@dataclass(frozen=True, repr=False)
class Raking(Shown):
    """Weights from raking; pass it on as ``weights=``.

    Attributes
    ----------
    weights : pandas.Series
        Weight of each person, by respondent; the mean is 1 unless base weights or a population total were given.
    table : pandas.DataFrame
        One row a category: item, category, n, sample (share), target, weighted (share reached), factor.
    effective : float
        Kish's effective n, (Σw)²/Σw²: what the weighted sample is worth.
    deff : float
        n / effective.
    iterations : int
        How many rounds it took.
    """

    weights: pd.Series
    table: pd.DataFrame
    effective: float
    deff: float
    iterations: int
    bearing: Bearing | None = None
    warnings: tuple[str, ...] = ()

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        n = count(len(self.weights), en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        low, high = (number(v / self.weights.mean(), 2, lang=lang) for v in (self.weights.min(), self.weights.max()))
        return say(
            en=f"{n} weighted to {self.table['item'].nunique()} margins are worth "
            f"{number(self.effective, 0, lang=lang)} unweighted ones; weights from {low} to {high} of the mean.",
            ru=f"{n} с весами по {self.table['item'].nunique()} признакам стоят "
            f"{number(self.effective, 0, lang=lang)} без весов; веса от {low} до {high} среднего.",
            lang=lang,
        )

    def standard_error(self, values: pd.Series) -> float:
        """Standard error of a weighted mean that knows the weights were raked.

        What the margins explain no longer varies, so the residuals of a weighted regression on them take the place of
        the deviations from the mean (linearisation, as in R's survey package).

        Parameters
        ----------
        values : pandas.Series
            One number a person, by respondent; who has none is no part of the mean.
        """
        x = values.reindex(self.weights.index).to_numpy(dtype=float)
        return weighted_mean(
            x,
            self.weights.to_numpy() if self.bearing is None else design_weights(self.weights.to_numpy(), self.bearing),
        ).se


def rake(
    survey: SurveyData,
    targets: Mapping[str, Mapping[Any, float]],
    *,
    base: Any = None,
    total: float | None = None,
    limit: float | None = None,
    tolerance: float = 1e-10,
    rounds: int = 500,
) -> Raking:
    """Weight people so that the sample agrees with the population (iterative proportional fitting, Deming and Stephan
    1940).

    Parameters
    ----------
    survey : Survey
        The answers.
    targets : mapping
        Item to {category: share or number in the population}. Numbers are turned into shares.
    base : str, Series, array or Design, optional
        Weights to start from; strata and clusters of a design stay with the result.
    total : float, optional
        What the weights add up to; the number of people if left out, or the sum of the base weights.
    limit : float, optional
        Largest weight as a multiple of the mean; trimmed weights miss their margins a little, and the warnings say
        how much.
    tolerance, rounds
        When to stop.

    Returns
    -------
    Raking

    Raises
    ------
    CjmError
        If a category has no people or no target, or the margins contradict each other.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, rake
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(4), "sex": ["f", "f", "f", "m"]}))
    >>> rake(s, {"sex": {"f": 0.5, "m": 0.5}}).weights.round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    if not targets:
        raise CjmError(
            en="targets= maps items to the shares of their categories in the population",
            ru="targets= сопоставляет вопросам доли их категорий в населении",
        )
    n = survey.n
    start = weights_of(survey, base)
    w = np.ones(n) if start is None else np.array(start, dtype=float)
    if np.isnan(w).any():
        raise CjmError(
            en="base weights are missing for some people; keep() those who have one",
            ru="у некоторых людей нет базового веса; возьмите keep() тех, у кого он есть",
        )
    margins: list[np.ndarray] = []
    goals: list[np.ndarray] = []
    if limit is not None and limit <= 1:
        raise CjmError(
            en=f"limit= is a multiple of the mean weight and above 1; got {limit}",
            ru=f"limit= — кратное среднего веса, больше 1; пришло {limit}",
        )
    names: list[tuple[str, list[str]]] = []
    for item, wanted in targets.items():
        it = survey.item(item)
        raw = survey.raw(it)
        if raw.isna().any():
            rows = survey.data.index[survey.counted][raw.isna().to_numpy()]
            raise CjmError(
                en=f"column {it.item!r}: {int(raw.isna().sum())} people have no category (rows {rows_text(rows)}); "
                f"keep() the others, or give them one",
                ru=f"столбец {it.item!r}: без категории {int(raw.isna().sum())} человек (строки {rows_text(rows)}); "
                f"возьмите keep() остальных или дайте категорию",
            )
        labels = {str(c): t for c, t in it.labels}
        given = {str(k): float(v) for k, v in wanted.items()}
        texts = raw.map(lambda v, labels=labels: _text(v, labels)).to_numpy(dtype=object)
        if any(v < 0 or v != v for v in given.values()) or sum(given.values()) <= 0:
            raise CjmError(
                en=f"targets of {it.item!r} are shares or numbers of people, none below 0",
                ru=f"targets для {it.item!r} — доли или числа людей, не меньше 0",
            )
        unknown = sorted(set(texts) - set(given))
        if unknown:
            raise CjmError(f"targets of {it.item!r}: " + suggest(unknown[0], given, what="category"))
        absent = [c for c, v in given.items() if v > 0 and c not in set(texts)]
        if absent:
            raise CjmError(
                en=f"targets of {it.item!r}: nobody in the sample is {rows_text(map(repr, absent))}; join it with "
                f"another category",
                ru=f"targets для {it.item!r}: в выборке нет никого из {rows_text(map(repr, absent))}; объедините с "
                f"другой категорией",
            )
        if any(given[c] == 0 for c in set(texts)):
            raise CjmError(
                en=f"targets of {it.item!r}: a target of 0 would give people a weight of zero; keep() the others "
                f"instead",
                ru=f"targets для {it.item!r}: цель 0 дала бы людям нулевой вес; возьмите keep() остальных",
            )
        categories = [c for c in given if c in set(texts)]
        place = {c: i for i, c in enumerate(categories)}
        margins.append(np.array([place[t] for t in texts]))
        whole = sum(given.values())
        goals.append(np.array([given[c] / whole for c in categories]))
        names.append((it.item, categories))
    size = float(total) if total is not None else float(w.sum())
    w *= size / w.sum()
    notes: list[str] = []
    used = rounds
    for step in range(1, rounds + 1):
        before = w.copy()
        for m, goal in zip(margins, goals):
            w *= (goal * size / np.bincount(m, weights=w, minlength=len(goal)))[m]
        if limit is not None:
            w = _trimmed(w, limit * size / n)
        if np.abs(w / before - 1).max() < tolerance:
            used = step
            break
    else:
        notes.append(
            say(
                en=f"did not settle in {rounds} rounds: the margins may contradict each other",
                ru=f"не сошлось за {rounds} шагов: распределения могут противоречить друг другу",
            )
        )
    out: list[dict[str, Any]] = []
    worst = 0.0
    for (item, categories), m, goal in zip(names, margins, goals):
        reached = np.bincount(m, weights=w, minlength=len(goal)) / w.sum()
        sample = np.bincount(m, minlength=len(goal))
        worst = max(worst, float(np.abs(reached - goal).max()))
        out += [
            {
                "item": item,
                "category": c,
                "n": int(sample[i]),
                "sample": sample[i] / n,
                "target": goal[i],
                "weighted": reached[i],
                "factor": goal[i] / (sample[i] / n),
            }
            for i, c in enumerate(categories)
        ]
    if worst > 1e-4:
        off = number(worst * 100, 1)
        notes.append(
            say(
                en=f"a margin is missed by {off} points (limit or contradiction)",
                ru=f"одно из распределений не достигнуто на {off} п. п. (ограничение или противоречие)",
            )
        )
    effective = float(w.sum() ** 2 / (w**2).sum())
    if w.max() > 5 * w.mean():
        notes.append(
            say(
                en=f"one person counts for {number(w.max() / w.mean(), 1)} average ones; limit= trims",
                ru=f"один человек весит как {number(w.max() / w.mean(), 1)} средних; ограничить: limit=",
            )
        )
    if effective < 0.6 * n:
        notes.append(say(en="weights cost more than 40 % of the sample", ru="веса «съедают» больше 40 % выборки"))
    series = pd.Series(w, index=survey._people_index(), name="weight")
    bearing = replace(bearing_of(start) or Bearing(), margins=tuple(margins))
    return Raking(series, pd.DataFrame(out), effective, n / effective, used, bearing, tuple(notes))


def _trimmed(w: np.ndarray, top: float) -> np.ndarray:
    """Cut weights at `top` and give what was cut to the others in proportion, so that the sum stays."""
    total = w.sum()
    for _ in range(100):
        high = w >= top * (1 - 1e-12)
        if high.all() or (w <= top * (1 + 1e-12)).all():
            return w
        rest = total - top * high.sum()
        w = np.where(high, top, w * rest / w[~high].sum())
    return w


def _text(value: Any, labels: Mapping[str, str]) -> str:
    from cjmkit.survey.items import plain

    text = str(plain(value))
    return labels.get(text, text)
