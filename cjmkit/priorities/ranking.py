"""Rank ideas, and say how much of the order survives honest doubt about the inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.emotion.scores import stage_order
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import say
from cjmkit.priorities.actions import actions
from cjmkit.priorities.data import METHODS, PrioritiesData

__all__ = ["Priorities", "rank"]

Floats = npt.NDArray[np.float64]

# method: inputs
_METHODS: dict[str, tuple[str, ...]] = {
    "rice": ("reach", "impact", "confidence", "effort"),
    "ice-mean": ("impact", "confidence", "ease"),
    "ice-product": ("impact", "confidence", "ease"),
    "impact-effort": ("impact", "effort"),
    "opportunity": ("importance", "satisfaction"),
    "weighted": (),
}
_RANGE = {"ice-mean": (1.0, 10.0), "ice-product": (1.0, 10.0), "opportunity": (0.0, 10.0)}


class Priorities(PrioritiesData):
    """Ideas in rank order, with what can be asked of them."""

    actions = actions


def rank(
    ideas: pd.DataFrame,
    *,
    method: str = "rice",
    weights: Mapping[str, float] | None = None,
    uncertainty: float | Mapping[str, float] = 0.5,
    n: int = 3,
    stages: Iterable[Any] | None = None,
    level: float = 0.9,
    resamples: int = 4000,
    seed: int = 0,
) -> Priorities:
    """Score and rank ideas, with how often each would still be among the first.

    Parameters
    ----------
    ideas : DataFrame
        title, the inputs of the method, and optionally id, stage, barrier, owner, source, due, service_level, metric,
        and a range of any input as ``<input>_low``, ``<input>_high``.
    method : {"rice", "ice-mean", "ice-product", "impact-effort", "opportunity", "weighted"}
        RICE: reach, impact, confidence (share of 1), effort. ICE: impact, confidence, ease, each 1 to 10; mean and
        product give different orders, so one has to be named. Opportunity: importance, satisfaction, 0 to 10.
        Weighted: the columns of `weights`, each put on 0 to 1 over the ideas; a negative weight for a cost.
    weights : mapping, optional
        Weight of each column for ``"weighted"``.
    uncertainty : float or mapping
        By what factor an input without a range of its own may be off, per column or for all: 0.5 means from x / 1.5
        to x · 1.5. Zero for none.
    n : int
        How many count as "the first".
    stages : sequence, optional
        Stages in order; unknown stages are then an error.
    level : float
        Level of the interval of score and rank.
    resamples : int
        Monte Carlo draws. Each input is drawn from a triangle over its range with the stated value as its mode.
    seed : int
        Seed of the draws.

    Returns
    -------
    Priorities
        ``.table`` in rank order: the columns of `ideas` and score, low, high, rank, rank_low, rank_high, first, in_top
        (shares of draws), quadrant (for impact-effort).

    Raises
    ------
    CjmError
        If the method is unknown, an input is missing, not a number or outside its scale.

    Notes
    -----
    RICE: ``reach · impact · confidence / effort``, effort in person-months (McBride, Intercom 2016). ICE: mean (Ellis
    and Brown 2017) or product (Gilad 2023) of the three. Impact/effort: their ratio. Opportunity: ``importance +
    max(importance − satisfaction, 0)`` (Ulwick 2005), where both are shares of people who answered 4 or 5 of 5, times
    ten; means of ratings do not belong there.

    Examples
    --------
    >>> import pandas as pd
    >>> ideas = pd.DataFrame({"title": ["Prices first", "New chat"], "reach": [700, 220], "impact": [3, 1],
    ...                       "confidence": [0.9, 0.7], "effort": [1.5, 3]})
    >>> rank(ideas).table[["title", "score", "rank", "first"]]
              title        score  rank  first
    0  Prices first  1260.000000     1    1.0
    1      New chat    51.333333     2    0.0
    """
    method = _method(method)
    if not isinstance(ideas, pd.DataFrame):
        raise CjmError(
            en=f"ideas is a table (pandas DataFrame); {type(ideas).__name__} came",
            ru=f"ideas — таблица (pandas DataFrame); пришло {type(ideas).__name__}",
        )
    inputs = _METHODS[method]
    if method == "weighted":
        if not weights:
            raise CjmError(
                en="method='weighted' needs weights=, for example {'impact': 2, 'effort': -1}",
                ru="для method='weighted' нужны weights=, например {'impact': 2, 'effort': -1}",
            )
        inputs = tuple(weights)
    if "title" not in ideas:
        raise CjmError(
            en=f"the table of ideas has no column 'title'; it has {', '.join(map(str, ideas.columns))}",
            ru=f"в таблице идей нет столбца 'title'; есть {', '.join(map(str, ideas.columns))}",
        )
    ideas = ideas.reset_index(drop=True)
    if ideas.empty:
        raise CjmError(en="there are no ideas to rank: the table is empty", ru="сравнивать нечего: таблица идей пуста")
    said: list[str] = []
    known, _ = stage_order(stages)
    if known and "stage" in ideas:
        for name in ideas["stage"].dropna().astype(str).unique():
            if name and name not in known:
                raise CjmError(suggest(name, known, what="stage of an idea"))
    values = {c: _column(ideas, c, method) for c in inputs}
    rng = np.random.default_rng(seed)
    drawn = {c: _draw(ideas, c, values[c], uncertainty, method, resamples, rng, said) for c in inputs}
    score = _score(method, values, weights, None)
    scores = _score(method, drawn, weights, values)
    places = (-(scores + rng.random(scores.shape) * 1e-12 * max(np.abs(scores).max(), 1))).argsort(1).argsort(1) + 1
    tail = (1 - level) / 2
    low, high = np.quantile(scores, [tail, 1 - tail], axis=0)
    rank_low, rank_high = np.quantile(places, [tail, 1 - tail], axis=0, method="closest_observation").astype(int)
    table = ideas.assign(
        score=score,
        low=np.minimum(low, score),
        high=np.maximum(high, score),
        rank_low=rank_low,
        rank_high=rank_high,
        first=(places == 1).mean(axis=0),
        in_top=(places <= n).mean(axis=0),
    )
    if method == "impact-effort":
        table["quadrant"] = _quadrants(values)
    order = np.lexsort((table["title"].astype(str).to_numpy(), -score))
    table = table.iloc[order].reset_index(drop=True)
    table.insert(len(table.columns), "rank", np.arange(1, len(table) + 1))
    sourceless = (
        table["source"].fillna("").astype(str).str.strip().eq("") if "source" in table else pd.Series(True, table.index)
    )
    if sourceless.any():
        said.append(
            say(
                en=f"{int(sourceless.sum())} of {len(table)} ideas name no source for their numbers: assumptions",
                ru=f"идей без источника чисел: {int(sourceless.sum())} из {len(table)}; это предположения",
            )
        )
    ownerless = (
        table["owner"].fillna("").astype(str).str.strip().eq("") if "owner" in table else pd.Series(True, table.index)
    )
    if ownerless.any():
        said.append(
            say(
                en=f"{int(ownerless.sum())} of {len(table)} ideas have no owner",
                ru=f"идей без ответственного: {int(ownerless.sum())} из {len(table)}",
            )
        )
    drawn_scores = pd.DataFrame(places[:, order], columns=table["title"].astype(str))
    return Priorities(
        table=table,
        kind=method,
        n=n,
        level=level,
        warnings=tuple(dict.fromkeys(said)),
        ranks=drawn_scores,
    )


def _method(method: str) -> str:
    name = method.lower().replace("_", "-")
    if name == "ice":
        raise CjmError(
            en="ICE exists as a mean (Ellis and Brown) and as a product (Gilad), with different orders; "
            "say method='ice-mean' or method='ice-product'",
            ru="ICE бывает средним (Эллис и Браун) и произведением (Гилад), порядок у них разный; скажите "
            "method='ice-mean' или method='ice-product'",
        )
    if name not in _METHODS:
        raise CjmError(suggest(method, _METHODS, what="method"))
    return name


def _numbers(column: pd.Series) -> Floats:
    """Numbers as people write them in a sheet: ``80%`` is 0.8, ``0,8`` too."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    text = column.astype("str").str.strip().str.replace(",", ".", regex=False)
    percent = text.str.endswith("%", na=False)
    values = pd.to_numeric(text.str.removesuffix("%").str.strip(), errors="coerce")
    return (values / np.where(percent, 100.0, 1.0)).to_numpy(dtype=float, na_value=np.nan)


def _column(ideas: pd.DataFrame, column: str, method: str) -> Floats:
    if column not in ideas:
        hint = " (ease, 1 to 10, is not effort turned round: it has to be judged)" if column == "ease" else ""
        has = ", ".join(map(str, ideas.columns))
        wanted = ", ".join(_METHODS[method])
        raise NotEnough(
            say(
                en=f"{METHODS[method][0]} needs the column {column!r}{hint}; the table has {has}",
                ru=f"{METHODS[method][1]}: нужен столбец {column!r}{hint}; в таблице {has}",
            ),
            why=say(en="without it there is no order of ideas", ru="без него у идей нет порядка"),
            action=say(en=f"give every idea {wanted}", ru=f"укажите для каждой идеи {wanted}"),
            lane="improvements",
        )
    values = _numbers(ideas[column])
    bad = ~np.isfinite(values)
    if bad.any():
        titles = ", ".join(repr(str(t)) for t in ideas["title"][bad].head(3))
        raise NotEnough(
            say(
                en=f"{column} is missing or not a number for {int(bad.sum())} ideas: {titles}",
                ru=f"{column}: пусто или не число у {int(bad.sum())} идей: {titles}",
            ),
            why=say(en="an idea without it has no place in the order", ru="без этого идее нет места в порядке"),
            action=say(
                en=f"write a number (0.8 or 80%) into {column} of these ideas",
                ru=f"впишите этим идеям число в {column} (0,8 или 80%)",
            ),
            lane="improvements",
        )
    if method in _RANGE:
        low, high = _RANGE[method]
        if (values < low).any() or (values > high).any():
            raise CjmError(
                en=f"{METHODS[method][0]} takes {column} from {low:g} to {high:g}; "
                f"{values.min():g} to {values.max():g} came",
                ru=f"{METHODS[method][1]}: {column} от {low:g} до {high:g}; пришло от {values.min():g} до "
                f"{values.max():g}",
            )
    elif column == "effort" and (values <= 0).any():
        raise CjmError(
            en=f"effort is above zero (person-months); {values.min():g} came: nothing is done for free",
            ru=f"effort больше нуля (человеко-месяцы); пришло {values.min():g}: даром ничего не делается",
        )
    elif column == "confidence" and ((values < 0) | (values > 1)).any():
        hint = say(en="; divide per cent by 100", ru="; проценты разделите на 100") if values.max() > 1 else ""
        raise CjmError(
            en=f"confidence is a share from 0 to 1; {values.min():g} to {values.max():g} came{hint}",
            ru=f"confidence — доля от 0 до 1; пришло от {values.min():g} до {values.max():g}{hint}",
        )
    elif column in ("reach", "impact") and (values < 0).any():
        raise CjmError(
            en=f"{column} is not negative; {values.min():g} came",
            ru=f"{column} не бывает отрицательным; пришло {values.min():g}",
        )
    return values


def _draw(
    ideas: pd.DataFrame,
    column: str,
    value: Floats,
    uncertainty: float | Mapping[str, float],
    method: str,
    draws: int,
    rng: np.random.Generator,
    said: list[str],
) -> Floats:
    """Draws of one input (draws, ideas)."""
    factor = float(uncertainty.get(column, 0.0) if isinstance(uncertainty, Mapping) else uncertainty)
    if factor < 0:
        raise CjmError(
            en=f"uncertainty is a factor from 0 up (0.5: from x / 1.5 to x · 1.5); {factor:g} came",
            ru=f"неопределённость — множитель от 0 (0.5: от x / 1.5 до x · 1.5); пришло {factor:g}",
        )
    low, high = value / (1 + factor), value * (1 + factor)
    low, high = np.minimum(low, high), np.maximum(low, high)
    given = f"{column}_low" in ideas and f"{column}_high" in ideas
    if given:
        own = [
            pd.to_numeric(ideas[f"{column}_{side}"], errors="coerce").to_numpy(dtype=float) for side in ("low", "high")
        ]
        has = np.isfinite(own[0]) & np.isfinite(own[1])
        wrong = has & ((own[0] > value + 1e-12) | (own[1] < value - 1e-12))
        if wrong.any():
            i = int(np.flatnonzero(wrong)[0])
            raise CjmError(
                en=f"{column} of {str(ideas['title'].iloc[i])!r} is {value[i]:g}, outside its own range "
                f"{own[0][i]:g} to {own[1][i]:g}",
                ru=f"{column} у {str(ideas['title'].iloc[i])!r} равно {value[i]:g}, вне своего размаха от "
                f"{own[0][i]:g} до {own[1][i]:g}",
            )
        _within_scale(column, own, has, ideas, method)
        low, high = np.where(has, own[0], low), np.where(has, own[1], high)
    if column == "confidence" and method == "rice":
        high = np.maximum(np.minimum(high, 1.0), value)
    if method in _RANGE:
        low, high = np.clip(low, *_RANGE[method]), np.clip(high, *_RANGE[method])
    if not given and factor:
        said.append(
            say(
                en=f"inputs without a range of their own are assumed to be off by up to a factor of {1 + factor:g}",
                ru=f"числа без своего диапазона считаются точными до множителя {1 + factor:g}",
            )
        )
    wide = high > low
    out = np.broadcast_to(value, (draws, len(value))).copy()
    if wide.any():
        out[:, wide] = rng.triangular(
            low[wide], np.clip(value[wide], low[wide], high[wide]), high[wide], (draws, int(wide.sum()))
        )
    return out


def _within_scale(column: str, own: list[Floats], has: Any, ideas: pd.DataFrame, method: str) -> None:
    """A range of an input lies on the scale of the input."""
    bottom, top = _RANGE.get(method, (0.0, 1.0 if column == "confidence" and method == "rice" else np.inf))
    if method == "weighted":
        return
    wrong = has & ((own[0] < bottom) | (own[1] > top) | ((own[0] <= 0) if column == "effort" else False))
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        scale = (
            "above 0" if column == "effort" else f"from {bottom:g}" + (f" to {top:g}" if np.isfinite(top) else " up")
        )
        raise CjmError(
            en=f"the range of {column} of {str(ideas['title'].iloc[i])!r} is {own[0][i]:g} to {own[1][i]:g}; "
            f"{column} lies {scale}: mend {column}_low or {column}_high",
            ru=f"размах {column} у {str(ideas['title'].iloc[i])!r} — от {own[0][i]:g} до {own[1][i]:g}; {column} "
            f"лежит {scale}: исправьте {column}_low или {column}_high",
        )


def _score(
    method: str, v: Mapping[str, Floats], weights: Mapping[str, float] | None, scale: Mapping[str, Floats] | None
) -> Floats:
    out: Floats
    if method == "rice":
        out = v["reach"] * v["impact"] * v["confidence"] / v["effort"]
    elif method == "ice-mean":
        out = (v["impact"] + v["confidence"] + v["ease"]) / 3
    elif method == "ice-product":
        out = v["impact"] * v["confidence"] * v["ease"]
    elif method == "impact-effort":
        if (v["effort"] <= 0).any():
            raise CjmError(en="effort is above zero, in the range, too", ru="effort больше нуля, и в размахе тоже")
        out = v["impact"] / v["effort"]
    elif method == "opportunity":
        out = v["importance"] + np.maximum(v["importance"] - v["satisfaction"], 0)
    else:
        assert weights is not None
        total = sum(abs(w) for w in weights.values())
        if total == 0:
            raise CjmError(
                en="the weights add up to nothing; at least one must differ from zero",
                ru="сумма весов нулевая; хотя бы один отличен от нуля",
            )
        parts = []
        for column, w in weights.items():
            # Draws are put on the scale of the stated values, so that a draw means the same for all ideas.
            base = (scale or v)[column]
            width = base.max() - base.min()
            parts.append(w / total * ((v[column] - base.min()) / width if width > 0 else np.zeros_like(v[column])))
        out = np.sum(parts, axis=0)
    return out


def _quadrants(values: Mapping[str, Floats]) -> list[str]:
    impact, effort = values["impact"], values["effort"]
    big, dear = impact >= np.median(impact), effort > np.median(effort)
    names = {
        (True, False): "quick win",
        (True, True): "big project",
        (False, False): "fill-in",
        (False, True): "time sink",
    }
    return [names[bool(b), bool(d)] for b, d in zip(big, dear, strict=True)]
