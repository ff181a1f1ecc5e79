"""What the results of this room share: resolving weights and groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError
from cjmkit.i18n import number, say
from cjmkit.people import ids, named
from cjmkit.survey._decode import norm
from cjmkit.survey._intervals import bearing_of, design_weights
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import Item, plain

__all__ = ["each_group", "group_of", "interval_text", "labelled", "rows_text", "weights_of"]

SMALL = 30
"""Below this many people a figure is marked as resting on a small sample; a convention, not a law."""


def interval_text(e: Estimate, digits: int = 1, *, percent: bool = False, lang: str | None = None) -> str:
    """``39.8 [37.2, 42.4], n = 2746``, in the language in use."""
    return e.text(digits, percent=percent, lang=lang)


def rows_text(rows: Iterable[Any], limit: int = 6) -> str:
    """The first few rows or names, for a message."""
    listed = list(rows)
    return ", ".join(map(str, listed[:limit])) + (", …" if len(listed) > limit else "")


def labelled(survey: SurveyData, it: Item) -> pd.Series:
    """The answers to one question as people saw them: labels in place of codes, where the item knows them.

    The order of the labels is kept in ``attrs["order"]``; the index is the respondent.
    """
    raw = survey.raw(it)
    ordered = [str(s) for s in it.scale] if it.scale and isinstance(it.scale[0], str) else []
    called = {norm(c): t for c, t in it.labels} | ({norm(k): t for k, t in enumerate(ordered, 1)} if ordered else {})
    if called:
        raw = raw.astype(object).map(lambda v: called.get(norm(plain(v)), v), na_action="ignore")
    order = ordered or [t for _, t in it.labels]
    raw.attrs["order"] = tuple(dict.fromkeys(order))
    return raw


def group_of(survey: SurveyData, by: Any) -> tuple[str, pd.Series]:
    """Resolve `by`: an item's name, or a Series from respondent to group (for example persona labels).

    Returns
    -------
    (name, groups)
        Groups as texts (labels, not codes), aligned with the people of the survey; missing for who has none. The order
        of the labels is in ``attrs["order"]``.
    """
    index = survey._people_index()
    order: tuple[str, ...] = ()
    if isinstance(by, str):
        item = survey.item(by)
        groups = labelled(survey, item)
        name, order = item.item, groups.attrs["order"]
        if pd.api.types.is_float_dtype(groups.dtype) and (groups.dropna() % 1 == 0).all():
            groups = groups.astype("Int64")
        if groups.nunique() > 60:
            raise CjmError(
                en=f"by={by!r} has {groups.nunique()} different answers; group by an item with few of them",
                ru=f"у by={by!r} разных ответов {groups.nunique()}; группируйте по вопросу, где их мало",
            )
    elif isinstance(by, pd.Series):
        name = str(by.name) if by.name is not None else "group"
        mapping = named(by).copy()
        if isinstance(mapping.dtype, pd.CategoricalDtype):
            order = tuple(map(str, mapping.cat.categories))
        mapping.index = ids(mapping.index)
        if not set(mapping.index) & set(index):
            raise CjmError(
                en="by= has none of the survey's respondents in its index; "
                f"the survey has {rows_text(index[:3])}, by= has {rows_text(mapping.index[:3])}",
                ru=f"в индексе by= нет респондентов опроса; в опросе {rows_text(index[:3])}, в by= "
                f"{rows_text(mapping.index[:3])}",
            )
        groups = pd.Series(mapping[~mapping.index.duplicated()].reindex(index).to_numpy(), index=index)
    else:
        raise CjmError(
            en=f"by= is an item's name or a Series from respondent to group; got {type(by).__name__}",
            ru=f"by= — имя вопроса или Series от респондента к группе; пришло {type(by).__name__}",
        )
    texts = groups.astype("string").astype(object)
    found = pd.Series(texts.where(texts.notna(), None).to_numpy(), index=index, name=name)
    found.attrs["order"] = order
    return name, found


def each_group(
    groups: pd.Series | None, n: int, *, missing: bool = True
) -> Iterator[tuple[str | None, npt.NDArray[np.bool_]]]:
    """The groups in order with who is in each, at last ``(no answer)`` for those without one; without groups, all."""
    if groups is None:
        yield None, np.ones(n, dtype=bool)
        return
    place = {str(t): k for k, t in enumerate(groups.attrs.get("order", ()))}
    for g in sorted(groups.dropna().unique(), key=lambda t: (place.get(str(t), len(place)), str(t))):
        yield g, (groups == g).to_numpy(dtype=bool)
    if missing and groups.isna().any():
        yield "(no answer)", groups.isna().to_numpy(dtype=bool)


def weights_of(survey: SurveyData, weights: Any) -> np.ndarray | None:
    """Resolve `weights`: an item's name, a Series by respondent, an array aligned with ``survey.data``, a raking or a
    design.

    Returns
    -------
    array aligned with the people of the survey, or None where all weights are equal.

    Raises
    ------
    CjmError
        If a weight is zero or less (column and rows are named), or the length does not fit.
    """
    if weights is None:
        return None
    if hasattr(weights, "weights") and isinstance(weights.weights, pd.Series):
        bearing, weights = weights.bearing, weights.weights
        values = weights_of(survey, weights)
        if bearing is None or (values is None and not bearing.drawn):
            return values
        if list(weights.index.astype(str)) == list(survey._people_index().astype(str)):
            return design_weights(np.ones(survey.n) if values is None else values, bearing)
        if bearing.drawn:
            raise CjmError(
                en=f"the design is that of {len(weights)} other people; make it for the survey that you score, and use "
                f"by= for groups: a part of a sample owes its error to the whole of it",
                ru=f"план выборки сделан для других людей ({len(weights)}); сделайте его для этого опроса, а группы "
                f"считайте через by=: ошибка части зависит от всей выборки",
            )
        return values  # of other people than those who were raked, the margins say nothing
    name = "weights"
    if isinstance(weights, str):
        item = survey.item(weights)
        name = item.item
        values = survey.values(item.replace(type="number", scale=())).to_numpy()
    elif isinstance(weights, pd.Series):
        name = str(weights.name or "weights")
        by_person = weights.copy()
        by_person.index = ids(by_person.index)
        values = by_person[~by_person.index.duplicated()].reindex(survey._people_index()).to_numpy(dtype=float)
    else:
        values = np.asarray(weights, dtype=float)
        if values.shape == (len(survey),):
            values = values[survey.counted]
        elif values.shape != (survey.n,):
            raise CjmError(
                en=f"weights: {values.shape} values for {survey.n} people",
                ru=f"weights: значений {values.shape} на {survey.n} человек",
            )
    rows = survey.data.index[survey.counted]
    bad = rows[values <= 0]
    if len(bad):
        raise CjmError(
            en=f"column {name!r}: {len(bad)} weights are zero or less (rows {rows_text(bad)}); "
            "a person who should not count is left out with survey.keep(…)",
            ru=f"столбец {name!r}: весов не больше нуля: {len(bad)} (строки {rows_text(bad)}); кого считать не надо, "
            f"того уберите через survey.keep(…)",
        )
    if np.isinf(values).any():
        raise CjmError(
            en=f"column {name!r}: infinite weights (rows {rows_text(rows[np.isinf(values)])})",
            ru=f"столбец {name!r}: бесконечные веса (строки {rows_text(rows[np.isinf(values)])})",
        )
    if np.isnan(values).all():
        raise CjmError(en=f"column {name!r}: no weight can be read", ru=f"столбец {name!r}: ни один вес не читается")
    seen = values[~np.isnan(values)]
    if len(seen) == len(values) and np.ptp(seen) <= 1e-12 * seen[0]:
        return None
    return values


def resampled_people(w: np.ndarray | None) -> list[str]:
    """What to say where limits come from resampling people, and the sample has strata or clusters."""
    bearing = bearing_of(w)
    if bearing is None or not bearing.drawn:
        return []
    return [
        say(
            en="limits come from resampling people and do not know strata and clusters: they are too narrow if people "
            "of a cluster answer alike",
            ru="границы получены повторными выборками людей и не знают страт и кластеров: если в кластере отвечают "
            "похоже, они слишком узки",
        )
    ]


def show(value: float, digits: int, percent: bool, lang: str | None) -> str:
    """A number for a sentence."""
    return number(value, digits, percent=percent, lang=lang)
