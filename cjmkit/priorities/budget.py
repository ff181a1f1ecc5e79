"""Split a budget over channels, with diminishing returns written down instead of forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, need_columns, suggest
from cjmkit.i18n import current_language, interval, number, say
from cjmkit.stats import pooled

__all__ = ["BudgetSplit", "budget_split"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BudgetSplit(Result):
    """A proposed split with what it rests on.

    Attributes
    ----------
    table : DataFrame
        channel, cost (now), conversions (attributed now), conversions_low, conversions_high, cost_per,
        marginal_cost (of one more conversion at the present spend), floor, ceiling, proposed, low, high (of the best
        split over draws), change, more (share of draws whose best split gives it more than now), bound (floor,
        ceiling or empty).
    gain : Estimate
        Conversions more than now with the proposed split.
    elasticity : (float, float)
        Range of the exponent of diminishing returns.
    """

    table: pd.DataFrame
    gain: Estimate
    budget: float
    elasticity: tuple[float, float]
    level: float = 0.9
    warnings: tuple[str, ...] = ()

    _key = ("channel",)
    _figure = Figure(value="proposed", n="conversions", unit="conversions")
    _shown = ("channel", "cost", "conversions", "cost_per", "marginal_cost", "proposed", "change", "more", "bound")
    _percent = ("more",)
    _digits = 0
    _names = {
        "cost": ("cost now", "расход сейчас"),
        "conversions": ("conversions", "конверсии"),
        "cost_per": ("cost per conversion", "цена конверсии"),
        "marginal_cost": ("cost of one more", "цена ещё одной"),
        "proposed": ("proposed", "предложение"),
        "more": ("more in", "больше в"),
        "bound": ("bound", "граница"),
    }

    def summary(self, lang: str | None = None) -> str:
        """Two sentences: who gets more and less, and what the whole is worth."""
        lang = current_language(lang)
        table = self.table
        up: Any = table.iloc[int(table["change"].to_numpy().argmax())]
        down: Any = table.iloc[int(table["change"].to_numpy().argmin())]
        limits = interval(self.gain.low, self.gain.high, 1, level=self.level, lang=lang)
        if up["change"] <= 0.005 * self.budget:
            return say(
                en="The present split is already about the best that the attribution allows.",
                ru="Нынешнее распределение уже близко к лучшему, насколько позволяет судить атрибуция.",
                lang=lang,
            )
        gain = number(self.gain.value, 1, lang=lang)
        if self.gain.low is not None and self.gain.low <= 0:
            return say(
                en=f"No split is clearly better than the present one: moving money to “{up['channel']}” might bring "
                f"{gain} conversions more {limits}, if returns diminish as assumed.",
                ru=f"Ни одно распределение не лучше нынешнего с уверенностью: перенос денег в «{up['channel']}» мог бы "
                f"дать {gain} конверсий {limits}, если отдача убывает, как предположено.",
                lang=lang,
            )
        sure_up = number(up["more"], 0, percent=True, lang=lang)
        sure_down = number(1 - down["more"], 0, percent=True, lang=lang)
        return say(
            en=(
                f"More for “{up['channel']}” ({sure_up} of draws agree), less for “{down['channel']}” ({sure_down}); "
                f"about {gain} conversions more than now {limits}, if returns diminish as assumed."
            ),
            ru=(
                f"Больше — «{up['channel']}» (согласны {sure_up} случаев), меньше — «{down['channel']}» ({sure_down}); "
                f"прирост около {gain} конверсий {limits}, если отдача убывает, как предположено."
            ),
            lang=lang,
        )

    def _table_shown(self) -> pd.DataFrame:
        words = {"floor": say(en="floor", ru="нижняя"), "ceiling": say(en="ceiling", ru="верхняя")}
        return self.table.assign(bound=[words.get(b, "") for b in self.table["bound"]])


def _allocate(
    conversions: Floats, cost: Floats, budget: float, *, elasticity: Any, floor: Floats, ceiling: Floats
) -> Floats:
    """Best split of `budget` when a channel's conversions grow as ``conversions · (x / cost) ** elasticity``.

    Where no bound holds, marginal returns are equal (the condition of Karush, Kuhn and Tucker); the common price is
    found by bisection. `conversions` (draws, channels) and `elasticity` (draws,) split each draw by itself.

    Examples
    --------
    Without bounds, spend is proportional to ``(conversions / cost ** b) ** (1 / (1 - b))``:

    >>> import numpy as np
    >>> cost = np.array([100.0, 100.0])
    >>> split = _allocate(np.array([20.0, 10.0]), cost, 200.0, elasticity=0.5, floor=0 * cost, ceiling=9 * cost)
    >>> split.round(3).tolist()
    [160.0, 40.0]
    """
    b = np.asarray(elasticity, dtype=float)[..., None]
    with np.errstate(divide="ignore"):
        log_pull = np.where(conversions > 0, np.log(conversions * b) - b * np.log(cost), -np.inf)

    def spend(log_price: Floats) -> Floats:
        # Below a price of e**-700 or so exp would overflow; the ceiling holds long before.
        out: Floats = np.clip(np.exp(np.minimum((log_pull - log_price) / (1 - b), 700.0)), floor, ceiling)
        return out

    low, high = np.full(log_pull[..., :1].shape, -400.0), np.full(log_pull[..., :1].shape, 400.0)
    for _ in range(100):
        middle = (low + high) / 2
        dear = spend(middle).sum(axis=-1, keepdims=True) > budget
        low, high = np.where(dear, middle, low), np.where(dear, high, middle)
    out = spend(high)
    # Channels without any conversion have no pull; what is left over goes where the ceiling leaves room.
    left = np.maximum(budget - out.sum(axis=-1, keepdims=True), 0.0)
    room = ceiling - out
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nan_to_num(np.minimum(1.0, left / room.sum(axis=-1, keepdims=True)))
    return np.where(left > 1e-9 * budget, out + room * share, out)


def budget_split(
    channels: pd.DataFrame,
    attribution: Any,
    *,
    budget: float | None = None,
    elasticity: float | tuple[float, float] = (0.3, 0.7),
    credit: str | None = None,
    model: str | None = None,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> BudgetSplit:
    """Propose how to spend a budget, from attributed conversions and cost.

    Parameters
    ----------
    channels : DataFrame
        channel, cost (spent in the period of the attribution), optionally floor and ceiling.
    attribution : Attribution or DataFrame
        channel, conversions (or the column named by `credit`), optionally low and high: limits of the conversions,
        or of the column share where there is one.
    budget : float, optional
        What may be spent; the present total by default.
    elasticity : float or (float, float)
        Exponent of diminishing returns, a number below 1 or a range: with .5 twice the money brings 1.41 times the
        conversions. One period of data cannot tell it, so it is an assumption, and a range is drawn from evenly.
    credit : str, optional
        Column with the attributed conversions.
    model : str, optional
        Which attribution model, where the table holds several (column model).
    level : float
        Level of the intervals.
    resamples, seed
        Draws and their seed.

    Returns
    -------
    BudgetSplit

    Raises
    ------
    CjmError
        If columns are missing, or floors and ceilings leave no room for the budget.

    Notes
    -----
    Attributed conversions without an interval are drawn from a gamma posterior (Poisson counts with Jeffreys' prior).
    Conversions per cost are then drawn towards each other (:func:`cjmkit.stats.pooled`): where all channels bring the
    same, nothing is moved. The gain may be zero or negative.
    Attribution is not causation: a channel that meets people who would have bought anyway looks better than it is.

    Examples
    --------
    >>> import pandas as pd
    >>> channels = pd.DataFrame({"channel": ["search", "banner"], "cost": [100.0, 100.0]})
    >>> split = budget_split(channels, pd.DataFrame({"channel": ["search", "banner"], "conversions": [80, 20]}))
    >>> bool(split.table.set_index("channel").loc["search", "proposed"] > 150)
    True
    """
    need_columns(channels, (), what="channels")
    said: list[str] = []
    cost_table, table = _checked(channels, attribution, (credit, model), said)
    names = cost_table["channel"].tolist()
    cost = cost_table["cost"].to_numpy(dtype=float)
    budget = float(cost.sum()) if budget is None else float(budget)
    floor = cost_table["floor"].to_numpy(dtype=float) if "floor" in cost_table else np.zeros(len(cost))
    ceiling = cost_table["ceiling"].to_numpy(dtype=float) if "ceiling" in cost_table else np.full(len(cost), budget)
    floor, ceiling = np.nan_to_num(floor), np.where(np.isnan(ceiling), budget, ceiling)
    if (floor > ceiling).any():
        bad = names[int(np.flatnonzero(floor > ceiling)[0])]
        raise CjmError(
            en=f"the floor of channel {bad!r} lies above its ceiling", ru=f"нижняя граница канала {bad!r} выше верхней"
        )
    if floor.sum() > budget * (1 + 1e-9) or ceiling.sum() < budget * (1 - 1e-9):
        raise CjmError(
            en=f"a budget of {budget:g} does not fit: floors add up to {floor.sum():g}, ceilings to {ceiling.sum():g}",
            ru=f"бюджет {budget:g} не подходит: сумма нижних границ {floor.sum():g}, верхних {ceiling.sum():g}",
        )
    low_b, high_b = (elasticity, elasticity) if isinstance(elasticity, int | float) else elasticity
    if not 0 < low_b <= high_b < 1:
        raise CjmError(
            en=f"elasticity lies above 0 and below 1 (diminishing returns); {elasticity!r} came",
            ru=f"эластичность больше 0 и меньше 1 (отдача убывает); пришло {elasticity!r}",
        )
    found = table.set_index("channel").reindex(names)
    conversions = np.nan_to_num(found["_credit"].to_numpy(dtype=float))
    rng = np.random.default_rng(seed)
    drawn = _conversions(found, conversions, resamples, rng)
    # What a channel brings per unit of money is drawn towards the others: the best of several looks better than it is.
    expected = _shrunk(conversions, drawn, cost, resamples, rng)
    exponents = rng.uniform(low_b, high_b, resamples)
    middle = (low_b + high_b) / 2
    bounds: dict[str, Floats] = {"floor": floor, "ceiling": ceiling}
    proposed = _allocate(expected.mean(axis=0), cost, budget, elasticity=middle, **bounds)
    best = _allocate(expected, cost, budget, elasticity=exponents, **bounds)
    tail = (1 - level) / 2
    low, high = np.quantile(best, [tail, 1 - tail], axis=0)
    gains = (expected * ((proposed / cost) ** exponents[:, None] - 1)).sum(axis=1)
    gain = float((expected.mean(axis=0) * ((proposed / cost) ** middle - 1)).sum())
    c_low, c_high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        per = np.where(conversions > 0, cost / conversions, np.nan)
    near = 1e-6 * budget
    bound = np.where(proposed <= floor + near, "floor", np.where(proposed >= ceiling - near, "ceiling", ""))
    out = pd.DataFrame(
        {
            "channel": names,
            "cost": cost,
            "conversions": conversions,
            "conversions_low": np.minimum(c_low, conversions),
            "conversions_high": np.maximum(c_high, conversions),
            "cost_per": per,
            "marginal_cost": per / middle,
            "floor": floor,
            "ceiling": ceiling,
            "proposed": proposed,
            "low": np.minimum(low, proposed),
            "high": np.maximum(high, proposed),
            "change": proposed - cost,
            "more": (best > cost + near).mean(axis=0),
            "bound": bound,
        }
    )
    said.append(
        say(
            en=f"diminishing returns are assumed: conversions grow as spend to the power {low_b:g} to {high_b:g}"
            if low_b < high_b
            else f"diminishing returns are assumed: conversions grow as spend to the power {low_b:g}",
            ru=f"предположена убывающая отдача: конверсии растут как расход в степени от {low_b:g} до {high_b:g}",
        )
    )
    said.append(
        say(
            en="attribution is not causation; test the largest change on a part of the audience first",
            ru="атрибуция — это не причина; самое большое изменение сначала проверьте на части аудитории",
        )
    )
    g_low, g_high = np.quantile(gains, [tail, 1 - tail])
    estimate = Estimate(
        value=gain,
        low=min(float(g_low), gain),
        high=max(float(g_high), gain),
        n=round(float(conversions.sum())),
        unit="conversions",
        level=level,
        method="power response, gamma draws",
    )
    return BudgetSplit(
        table=out,
        gain=estimate,
        budget=budget,
        elasticity=(float(low_b), float(high_b)),
        level=level,
        warnings=tuple(said),
    )


def _shrunk(value: Floats, drawn: Floats, cost: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Draws of conversions whose rates per cost are drawn towards each other; none stays none."""
    some = np.flatnonzero(value > 0)
    out = drawn.copy()
    if len(some) < 2:
        return out
    rate = value[some].sum() / cost[some].sum()
    # Under equal rates counts scatter as Poisson; an attribution that comes with wider limits says so itself.
    se = np.maximum(drawn[:, some].std(axis=0), np.sqrt(rate * cost[some])) / cost[some]
    out[:, some] = np.maximum(pooled(value[some] / cost[some], se, resamples=resamples, seed=rng), 1e-12) * cost[some]
    return out


def _checked(
    channels: pd.DataFrame, attribution: Any, chosen: tuple[str | None, str | None], said: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    for need in ("channel", "cost"):
        if need not in channels:
            raise CjmError(
                en=f"the table of channels has no column {need!r}; it has {', '.join(map(str, channels.columns))}",
                ru=f"в таблице каналов нет столбца {need!r}; есть {', '.join(map(str, channels.columns))}",
            )
    table = _credits(attribution, chosen)
    out = channels.assign(channel=channels["channel"].astype(str).str.strip(), cost=pd.to_numeric(channels["cost"]))
    if out["channel"].duplicated().any():
        raise CjmError(
            en=f"channel {out.loc[out['channel'].duplicated(), 'channel'].iloc[0]!r} has two rows of cost",
            ru=f"у канала {out.loc[out['channel'].duplicated(), 'channel'].iloc[0]!r} две строки расходов",
        )
    free = out.loc[~(out["cost"] > 0), "channel"].tolist()
    if free:
        said.append(
            say(
                en=f"channels without cost cannot be given money by this rule and are left out: {', '.join(free)}",
                ru=f"каналы без расхода этим правилом не распределить, они не учтены: {', '.join(free)}",
            )
        )
    out = out[out["cost"] > 0].reset_index(drop=True)
    if out.empty:
        raise CjmError(
            en="no channel has a cost above zero, so there is nothing to split",
            ru="ни у одного канала нет расходов больше нуля, делить нечего",
        )
    unknown = [c for c in out["channel"] if c not in set(table["channel"])]
    if unknown:
        said.append(
            say(
                en=f"no conversions are attributed to {', '.join(unknown)}; they keep their floor",
                ru=f"каналам {', '.join(unknown)} атрибуция не отдаёт конверсий; у них остаётся нижняя граница",
            )
        )
    unpaid = [c for c in table["channel"] if c not in set(out["channel"]) and c not in free]
    if unpaid:
        said.append(
            say(
                en=f"channels of the attribution without a cost are left out: {', '.join(unpaid)}",
                ru=f"каналы атрибуции без расхода не учтены: {', '.join(unpaid)}",
            )
        )
    if len(unknown) == len(out):
        raise CjmError(
            en=f"no channel of the costs ({', '.join(out['channel'].head(4))}) is in the attribution "
            f"({', '.join(table['channel'].head(4))}); are they spelt alike?",
            ru=f"ни одного канала расходов ({', '.join(out['channel'].head(4))}) нет в атрибуции "
            f"({', '.join(table['channel'].head(4))}); одинаково ли они написаны?",
        )
    return out, table


def _credits(attribution: Any, chosen: tuple[str | None, str | None]) -> pd.DataFrame:
    """The conversions that the attribution gives each channel, in the column `_credit`."""
    credit, model = chosen
    table = attribution if isinstance(attribution, pd.DataFrame) else getattr(attribution, "table", None)
    if not isinstance(table, pd.DataFrame) or "channel" not in table:
        raise CjmError(
            en="attribution is a table with columns channel and conversions (or a result with such a .table)",
            ru="attribution — таблица со столбцами channel и conversions (или результат с такой .table)",
        )
    names = ("conversions", "credit", "attributed", "markov", "value")
    column: str | None = credit or next((c for c in names if c in table), None)
    if column is None or column not in table:
        raise CjmError(
            en=f"the attribution has no column {credit or 'conversions'!r}; it has "
            f"{', '.join(map(str, table.columns))}; "
            "name the one with attributed conversions in credit=",
            ru=f"в атрибуции нет столбца {credit or 'conversions'!r}; есть {', '.join(map(str, table.columns))}; "
            f"назовите столбец конверсий через credit=",
        )
    if ("model" in table and table["model"].nunique() > 1) or model is not None:
        models = [str(m) for m in table["model"].unique()] if "model" in table else []
        if model is None:
            raise CjmError(
                en=f"the attribution has several rows per channel, one a model; say model= one of {', '.join(models)}",
                ru=f"в атрибуции несколько строк на канал, по одной на модель; скажите model= — одна из "
                f"{', '.join(models)}",
            )
        if model not in models:
            raise CjmError(suggest(model, models, what="attribution model"))
        table = table[table["model"] == model]
    table = table.assign(_credit=table[column].astype(float), channel=table["channel"].astype(str))
    if table["channel"].duplicated().any():
        raise CjmError(
            en="the attribution has several rows per channel; choose one segment and pass its rows",
            ru="в атрибуции несколько строк на канал; выберите один сегмент и передайте его строки",
        )
    table = _in_conversions(table)
    if (table["_credit"] < 0).any():
        raise CjmError(
            en="attributed conversions are not negative", ru="приписанные конверсии не бывают отрицательными"
        )
    return table


def _in_conversions(table: pd.DataFrame) -> pd.DataFrame:
    """Limits of shares put on the scale of conversions; limits that do not hold their value are an error."""
    if not {"low", "high"} <= set(table.columns):
        return table
    share = table["share"].to_numpy(dtype=float) if "share" in table else None
    if share is not None and np.nansum(share) > 0:
        total = float(table["_credit"].sum() / np.nansum(share))
        table = table.assign(low=table["low"] * total, high=table["high"] * total)
    slack = 1e-6 * max(float(table["_credit"].max()), 1.0)
    wrong = (table["low"] > table["_credit"] + slack) | (table["high"] < table["_credit"] - slack)
    if wrong.any():
        r: Any = table[wrong].iloc[0]
        raise CjmError(
            en=f"the limits of channel {r['channel']!r} ({r['low']:g} to {r['high']:g}) do not hold its conversions "
            f"({r['_credit']:g}); are they limits of something else, such as a share?",
            ru=f"границы канала {r['channel']!r} (от {r['low']:g} до {r['high']:g}) не содержат его конверсий "
            f"({r['_credit']:g}); может быть, это границы чего-то другого, например доли?",
        )
    return table


def _conversions(found: pd.DataFrame, value: Floats, draws: int, rng: np.random.Generator) -> Floats:
    out = rng.gamma(value + 0.5, size=(draws, len(value))) * np.where(value > 0, value / (value + 0.5), 0.0)
    if {"low", "high"} <= set(found.columns):
        low, high = found["low"].to_numpy(dtype=float), found["high"].to_numpy(dtype=float)
        has = np.isfinite(low) & np.isfinite(high) & (value > 0)
        if has.any():
            # A split normal: the interval of an attribution is seldom symmetric.
            z = rng.standard_normal((draws, int(has.sum())))
            side = np.where(z < 0, value[has] - low[has], high[has] - value[has]) / 1.96
            out[:, has] = np.maximum(value[has] + z * side, 1e-9)
    return out
