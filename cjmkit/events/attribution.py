"""Attribution: which channels deserve credit for those who finished, by several models, and where these disagree.

Every model is computed from small aggregates, in closed form; nothing is simulated except the bootstrap of the
intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure
from cjmkit.errors import CjmError, one_of, suggest
from cjmkit.events._engine import DuckEngine
from cjmkit.events._result import Result, listed
from cjmkit.events._steps import place_in
from cjmkit.events._time import span_us
from cjmkit.events.credit import markov_drawn, shapley_rates
from cjmkit.events.data import LogData
from cjmkit.i18n import current_language, number, say

__all__ = ["MODELS", "Attribution", "attribution"]

MODELS = ("first", "last", "linear", "position", "time_decay", "markov", "shapley")
"""The models that are computed unless others are named."""
_ALL = (*MODELS, "markov2", "markov3", "shapley_rate")
_NAMES = {
    "first": ("first touch", "первое касание"),
    "last": ("last touch", "последнее касание"),
    "linear": ("linear", "линейная"),
    "position": ("position-based", "с учётом позиции"),
    "time_decay": ("time decay", "с временны́м спадом"),
    "markov": ("Markov removal effect", "марковская (эффект удаления)"),
    "markov2": ("Markov, order 2", "марковская 2-го порядка"),
    "markov3": ("Markov, order 3", "марковская 3-го порядка"),
    "shapley": ("Shapley", "Шепли"),
    "shapley_rate": ("Shapley of rates", "Шепли по долям"),
}
BAGS = 100
PRIME = 2147483647
Floats = npt.NDArray[np.float64]


def model_name(model: str, lang: str | None = None) -> str:
    """A model's name for reading."""
    en, ru = _NAMES[model]
    return say(en=en, ru=ru, lang=lang)


@dataclass(frozen=True, eq=False, repr=False)
class Attribution(Result):
    """Credit of each channel by each model.

    The table has channel, model, share (of all credit; shares of a model sum to 1), low, high (bootstrap of people,
    95 %), n
    (people who finished and met a channel), conversions (share · n), users (people who met the channel, finished or
    not). ``disagreements`` has channel, lowest_model, lowest, highest_model, highest, spread, spread_low, spread_high,
    apart: whether the two differ by more than chance (paired bootstrap, Bonferroni over channels).
    """

    disagreements: pd.DataFrame = None  # type: ignore[assignment]
    models: tuple[str, ...] = ()

    _names: ClassVar[Mapping[str, tuple[str, str]]] = {
        **Result._names,
        "model": ("model", "модель"),
        "conversions": ("conversions", "конверсий"),
    }

    def _table_shown(self) -> pd.DataFrame:
        lang = current_language()
        return super()._table_shown().assign(model=[model_name(m, lang) for m in self.table["model"]])

    def summary(self, lang: str | None = None) -> str:
        """Which channel leads, and where the models disagree."""
        if self.table.empty:
            return say(
                en="Nobody who finished met a channel: there is no credit to give.",
                ru="Никто из дошедших до цели не встретил ни одного канала: делить нечего.",
                lang=lang,
            )
        best = (
            self.table.sort_values("share", ascending=False, kind="stable")
            .groupby("model", sort=False)["channel"]
            .first()
        )
        tops = {m: str(best[m]) for m in self.models}
        leaders = list(dict.fromkeys(tops.values()))
        if len(leaders) == 1:
            text = say(
                en=f"All {len(tops)} models put “{leaders[0]}” first",
                ru=f"Все модели (их {len(tops)}) ставят на первое место «{leaders[0]}»",
                lang=lang,
            )
        else:
            told = "; ".join(
                f"“{c}” ({', '.join(model_name(m, 'en') for m, t in tops.items() if t == c)})"
                if say(en="en", ru="ru", lang=lang) == "en"
                else f"«{c}» ({', '.join(model_name(m, 'ru') for m, t in tops.items() if t == c)})"
                for c in leaders
            )
            text = say(
                en=f"The models disagree about the first place: {told}",
                ru=f"Модели расходятся в том, кто первый: {told}",
                lang=lang,
            )
        apart = self.disagreements[self.disagreements["apart"]]
        if apart.empty:
            return text + say(
                en=". Elsewhere they differ by no more than chance.",
                ru=". В остальном различия между ними не больше случайных.",
                lang=lang,
            )
        worst = apart.iloc[0]
        low, high = (number(worst[c], 0, percent=True, lang=lang) for c in ("lowest", "highest"))
        return text + say(
            en=f". They disagree by more than chance about {len(apart)} of {len(self.disagreements)} channels, most "
            f"about "
            f"“{worst['channel']}”: {low} by {model_name(worst['lowest_model'], 'en')}, {high} by "
            f"{model_name(worst['highest_model'], 'en')}; only an experiment can settle that.",
            ru=f". Больше, чем случайно, они расходятся по {len(apart)} из {len(self.disagreements)} каналов, "
            f"сильнее всего "
            f"по «{worst['channel']}»: {low} ({model_name(worst['lowest_model'], 'ru')}) и {high} "
            f"({model_name(worst['highest_model'], 'ru')}); решить это может только эксперимент.",
            lang=lang,
        )

    def wide(self) -> pd.DataFrame:
        """Shares as a matrix: channels are rows, models columns."""
        out = self.table.pivot(index="channel", columns="model", values="share")
        return out[list(self.models)].sort_values(self.models[0], ascending=False)

    def estimate(self, channel: str, model: str) -> Estimate:
        """One share as an Estimate."""
        for value, column in ((channel, "channel"), (model, "model")):
            if value not in set(self.table[column]):
                raise CjmError(suggest(value, dict.fromkeys(self.table[column]), what=column))
        row = self.table[(self.table["channel"] == channel) & (self.table["model"] == model)].iloc[0]
        return Estimate(
            value=row["share"],
            low=row["low"],
            high=row["high"],
            n=int(row["n"]),
            method="bootstrap of people",
            percent=True,
        )

    def _evidence_(self, channel: str, model: str = "markov") -> EventFigure:
        return self.origin.figure(self.estimate(channel, model), f"channel {channel!r}, model {model!r}")


def attribution(
    log: LogData,
    success: str | Sequence[str],
    *,
    models: Sequence[str] = MODELS,
    half_life: str | pd.Timedelta = "7D",
    lookback: str | pd.Timedelta | None = None,
    gap: str | pd.Timedelta | None = None,
    resamples: int = 500,
    seed: int = 0,
) -> Attribution:
    """Share the credit for success among channels.

    Parameters
    ----------
    log : LogData
        A log with channels.
    success : str or list of str
        What counts as success; a person's path ends with the first one.
    models : sequence of str
        Any of first, last, linear, position (40 % first, 40 % last, the rest between), time_decay, markov, markov2,
        markov3, shapley, shapley_rate.
    half_life : str or Timedelta
        For time_decay: credit halves with each such span before the last touch.
    lookback : str or Timedelta, optional
        Touches longer before the end of the path are forgotten.
    gap : str or Timedelta, optional
        Events of the same channel in a row are one touch; with `gap`, a pause longer than it begins a new touch.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    Attribution

    Notes
    -----
    A touch is an event with a channel; paths of people who did not finish count in markov and shapley_rate.
    *Markov removal effect* (Anderl et al. 2016): the chance to finish falls from P to P₋ᵢ when every visit to channel
    i leads nowhere; share ∝ 1 − P₋ᵢ/P. With N = (I − Q)⁻¹, s the start and h = N b the chance to finish from each
    state,
    P₋ᵢ = P − f·h over i's states, f = (sN) N⁻¹ restricted to them: exact, one inverse for all channels.
    *Shapley* (Zhao et al. 2018): the game of conversions by the set of channels met; its value is the equal split of
    each conversion among the distinct channels of its path. *shapley_rate*: the game of conversion rates v(S) among
    people who met no channel outside S; channels can hurt, and shares can be negative.
    Intervals: people are dealt into 100 bags by their place in the input, and bags are drawn with replacement.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> found = log.attribution("paid", models=["first", "last"], resamples=50)
    >>> found.table[["channel", "model", "share", "n"]]
      channel  model  share  n
    0      ad  first    1.0  1
    1    mail  first    0.0  1
    2      ad   last    0.0  1
    3    mail   last    1.0  1
    """
    log._need_channel("attribution()")
    codes = log._codes(success)
    if isinstance(models, str):
        models = (models,)
    for m in models:
        one_of(m, _ALL, what="attribution model")
    if "shapley_rate" in models and len(log.channels) > 16:
        raise CjmError(
            en=f"shapley_rate needs at most 16 channels, the log has {len(log.channels)}; group them first",
            ru=f"для shapley_rate нужно не больше 16 каналов, в журнале {len(log.channels)}; сначала сгруппируйте их",
        )
    engine = log._canon.engine
    with engine.scratch():
        if log._canon.lists is not None and lookback is None and gap is None:
            touches = _listed_touches(log, codes, timed="time_decay" in models)
        else:
            touches = _touches(log, codes, span_us(lookback), span_us(gap))
        found = _aggregates(log, touches, models, span_us(half_life) or 1)
    channels = list(log.channels)
    rng = np.random.default_rng(seed)
    bags = sorted(set(found["people"]["b"])) if len(found["people"]) else []
    converters = int(found["people"]["done"].sum()) if bags else 0
    query = (
        f"attribution(success={listed(success if isinstance(success, str) else list(success))}, models={list(models)}"
    )
    query += f", half_life={str(half_life)!r}" if "time_decay" in models else ""
    query += "".join(f", {k}={str(v)!r}" for k, v in (("lookback", lookback), ("gap", gap)) if v is not None) + ")"
    columns = ["channel", "model", "share", "low", "high", "n", "conversions", "users"]
    if not converters:
        empty = pd.DataFrame(columns=columns)
        return Attribution(table=empty, origin=log._origin(query), models=tuple(models),
                           disagreements=pd.DataFrame(columns=["channel", "apart"]))  # fmt: skip
    weights = rng.multinomial(len(bags), np.full(len(bags), 1 / len(bags)), size=resamples).astype(float)
    weights = np.vstack([np.ones(len(bags)), weights])
    shares = {m: _shares(m, found, channels, bags, weights) for m in models}
    met = found["met"].set_index("c")["users"]
    seen = [i for i in range(len(channels)) if (i + 1) in met.index]
    rows = []
    for m in models:
        drawn = shares[m][1:]
        for i in seen:
            known = drawn[~np.isnan(drawn[:, i]), i]
            low, high = np.quantile(known, [0.025, 0.975]) if len(known) > resamples / 2 else (np.nan, np.nan)
            value = float(shares[m][0, i])
            rows.append((channels[i], m, value, min(low, value), max(high, value), converters, value * converters,
                         int(met.loc[i + 1])))  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    told = []
    if converters < 30:
        told.append(
            say(
                en=f"only {converters} people finished: the shares are hardly more than an impression",
                ru=f"до цели дошли всего {converters} человек: доли немногим лучше впечатления",
            )
        )
    return Attribution(
        table=table, origin=log._origin(query), warnings=tuple(told), models=tuple(models),
        disagreements=_disagreements(shares, models, channels, seen),
    )  # fmt: skip


def _listed_touches(log: LogData, codes: list[int], *, timed: bool) -> Any:
    """As ``_touches`` with c1, c2, c3 and z, from a row a person with its touches apart: cut at success."""
    canon, engine = log._canon, log._canon.engine
    assert isinstance(engine, DuckEngine)
    mixed = f"((r + 1) * 48271) % {PRIME}"
    for _ in range(2):
        mixed = f"(({mixed}) * ({mixed}) + r + 1) % {PRIME}"
    cut = f"SELECT *, {place_in('e', codes)} AS p, ({mixed}) % {BAGS} AS b FROM {canon.lists} WHERE len(tk) > 0"
    kept = f"SELECT *, CASE WHEN p > 0 THEN len(list_filter(tk, lambda x: x <= p)) ELSE len(tk) END AS m FROM ({cut})"
    when = "unnest(list_transform(tk[:m], lambda x: t[x]))" if timed else "CAST(0 AS BIGINT)"
    # The channels before, and whether a touch is the last: what other engines find by sorting.
    before = ", ".join(f"unnest(list_concat({[0] * i}, tc)[:m]) AS c{i}" for i in (1, 2, 3))
    query = (
        f"SELECT u, {when} AS t, CAST(unnest(tk[:m]) AS BIGINT) AS k, unnest(tc[:m]) AS c, {before}, "
        "unnest(list_transform(range(1, m + 1), lambda i: CAST(i = m AS INTEGER))) AS z, "
        f"CAST(p > 0 AS INTEGER) AS done, b FROM ({kept})"
    )
    return engine.cache(nw.from_native(engine.sql(query)))


def _touches(log: LogData, codes: list[int], lookback: int | None, gap: int | None) -> Any:
    """Touches (u, t, k, c, done, b) of every path, up to its success or its end."""
    canon, engine = log._canon, log._canon.engine
    rows = canon.frame
    last = rows.group_by("u").agg(nw.col("k").max(), nw.col("t").max(), nw.col("r").min())
    last = last.select("u", "k", "t", "r", done=nw.lit(0))
    success = rows.filter(canon.did(codes)).group_by("u").agg(nw.col("k").min(), nw.col("t").min(), nw.col("r").max())
    success = success.select("u", "k", "t", "r", done=nw.lit(1))
    # The earlier of success and end: a union and a minimum, where an outer join would bring missing values.
    ends = engine.cache(
        engine.union([last, success]).group_by("u").agg(
            nw.col("k").min().alias("kl"), nw.col("t").min().alias("tl"), nw.col("r").min().alias("rr"),
            nw.col("done").max(),
        )
    )  # fmt: skip
    out = rows.filter(nw.col("c") > 0).select("u", "t", "k", "c").join(ends, on="u", how="inner")
    out = out.filter(nw.col("k") <= nw.col("kl"))
    if lookback is not None:
        out = out.filter(nw.col("t") >= nw.col("tl") - lookback)
    before = {"pc": nw.col("c").shift(1).over("u", order_by="k").fill_null(0)}
    if gap is not None:
        before["pt"] = nw.col("t").shift(1).over("u", order_by="k").fill_null(0)
    out = out.with_columns(**before)
    fresh = nw.col("pc") != nw.col("c")
    if gap is not None:
        fresh = fresh | ((nw.col("pc") > 0) & (nw.col("t") - nw.col("pt") > gap))
    # The place of the person's first row, well mixed: the same bag on every engine. A plain multiple would deal a
    # sorted
    # file evenly over the bags, as if it were stratified, and the intervals would be far too narrow.
    place = nw.col("rr").cast(nw.Int64) + 1
    bag = (place * 48271) % PRIME
    bag = (bag * bag + place) % PRIME
    bag = (bag * bag + place) % PRIME % BAGS
    out = out.filter(fresh).select("u", "t", "k", "c", "done", b=bag)
    return engine.cache(out)


def _aggregates(log: LogData, touches: Any, models: Sequence[str], half_life: int) -> dict[str, pd.DataFrame]:
    engine = log._canon.engine
    collect = engine.collect
    listed = "c1" in touches.collect_schema().names()
    length = engine.cache(
        touches.group_by("u").agg(nw.len().alias("m"), nw.col("k").max().alias("kz"), nw.col("t").max().alias("tz"),
                                  nw.col("b").max(), nw.col("done").max())
    )  # fmt: skip
    out = {
        "people": collect(length.group_by("b").agg(nw.len().alias("people"), nw.col("done").sum())),
        "met": collect(touches.select("u", "c").unique().group_by("c").agg(nw.len().alias("users"))),
    }
    finished = touches.filter(nw.col("done") == 1)
    if set(models) & {"first", "linear", "position", "last"}:
        placed = finished.with_columns(n=nw.col("k").rank("ordinal").over("u")).join(
            length.select("u", "m"), on="u", how="inner"
        )
        n, m = nw.col("n"), nw.col("m")
        first, last = n == 1, n == m
        middle = nw.when(m > 2).then(0.2 / (nw.max_horizontal(m, nw.lit(3)) - 2)).otherwise(nw.lit(0.5))
        placed = placed.with_columns(
            first=nw.when(first).then(nw.lit(1)).otherwise(nw.lit(0)),
            last=nw.when(last).then(nw.lit(1)).otherwise(nw.lit(0)),
            linear=1.0 / m,
            position=nw.when(m == 1).then(nw.lit(1.0)).otherwise(
                nw.when((first | last) & (m > 2)).then(nw.lit(0.4)).otherwise(middle)
            ),
        )  # fmt: skip
        out["placed"] = collect(
            placed.group_by("b", "c").agg([nw.col(x).sum() for x in ("first", "last", "linear", "position")])
        )
    if "time_decay" in models:
        aged = finished.join(length.select("u", "tz"), on="u", how="inner")
        aged = aged.with_columns(w=((nw.col("t") - nw.col("tz")) * (np.log(2) / half_life)).exp())
        total = aged.group_by("u").agg(nw.col("w").sum().alias("ww"))
        aged = aged.join(total, on="u", how="inner").with_columns(time_decay=nw.col("w") / nw.col("ww"))
        out["aged"] = collect(aged.group_by("b", "c").agg(nw.col("time_decay").sum()))
    if set(models) & {"shapley", "shapley_rate"}:
        sets = touches.select("u", "c", "b", "done").unique()
        size = sets.group_by("u").agg(nw.len().alias("m"))
        split = sets.filter(nw.col("done") == 1).join(size, on="u", how="inner").with_columns(shapley=1.0 / nw.col("m"))
        out["split"] = collect(split.group_by("b", "c").agg(nw.col("shapley").sum()))
        if "shapley_rate" in models:
            bit: Any = nw.lit(0)
            for i in range(1, len(log.channels) + 1):
                bit = nw.when(nw.col("c") == i).then(nw.lit(1 << (i - 1))).otherwise(bit)
            masks = sets.with_columns(bit=bit).group_by("u", "b", "done").agg(nw.col("bit").sum())
            out["masks"] = collect(masks.group_by("b", "bit", "done").agg(nw.len().alias("people")))
    for order in (1, 2, 3):
        if ("markov" if order == 1 else f"markov{order}") not in models:
            continue
        before = {f"c{i}": nw.col("c").shift(i).over("u", order_by="k").fill_null(0) for i in range(1, order + 1)}
        states = touches if listed else touches.with_columns(**before)
        keys = [f"c{i}" for i in range(order, 0, -1)]
        out[f"moves{order}"] = collect(states.group_by("b", *keys, "c").agg(nw.len().alias("count")))
        if listed:
            ends = states.filter(nw.col("z") == 1)
        else:
            ends = states.join(length.select("u", "kz"), on="u", how="inner").filter(nw.col("k") == nw.col("kz"))
        out[f"ends{order}"] = collect(ends.group_by("b", *keys[1:], "c", "done").agg(nw.len().alias("count")))
    return out


def _shares(
    model: str, found: dict[str, pd.DataFrame], channels: list[str], bags: list[int], weights: Floats
) -> Floats:
    """Shares with shape (1 + resamples, channels)."""
    size = len(channels)
    where = {b: i for i, b in enumerate(bags)}
    if model in ("first", "last", "linear", "position", "time_decay", "shapley"):
        source = found["aged" if model == "time_decay" else "split" if model == "shapley" else "placed"]
        credit = np.zeros((len(bags), size))
        for b, c, value in zip(source["b"], source["c"], source[model]):
            credit[where[b], int(c) - 1] += value
        total = weights @ credit
        with np.errstate(invalid="ignore"):
            out: Floats = total / total.sum(axis=1, keepdims=True)
        return out
    if model == "shapley_rate":
        masks = found["masks"]
        kinds = sorted(set(masks["bit"]))
        people, done = np.zeros((len(bags), len(kinds))), np.zeros((len(bags), len(kinds)))
        for b, bit, finished, n in zip(masks["b"], masks["bit"], masks["done"], masks["people"]):
            people[where[b], kinds.index(bit)] += n
            done[where[b], kinds.index(bit)] += n * finished
        return np.array([shapley_rates(kinds, row @ people, row @ done, size=size) for row in weights])
    order = {"markov": 1, "markov2": 2, "markov3": 3}[model]
    return markov_drawn(found[f"moves{order}"], found[f"ends{order}"], order, size, where, weights)


def _disagreements(
    shares: dict[str, Floats], models: Sequence[str], channels: list[str], seen: list[int]
) -> pd.DataFrame:
    columns = [
        "channel",
        "lowest_model",
        "lowest",
        "highest_model",
        "highest",
        "spread",
        "spread_low",
        "spread_high",
        "apart",
    ]
    rows = []
    tail = 0.025 / max(1, len(seen))
    for i in seen:
        here = {m: float(shares[m][0, i]) for m in models}
        low, high = min(here, key=lambda m: here[m]), max(here, key=lambda m: here[m])
        apart = shares[high][1:, i] - shares[low][1:, i]
        apart = apart[~np.isnan(apart)]
        limits = np.quantile(apart, [tail, 1 - tail]) if len(apart) else (np.nan, np.nan)
        rows.append((channels[i], low, here[low], high, here[high], here[high] - here[low], limits[0], limits[1],
                     bool(limits[0] > 0)))  # fmt: skip
    out = pd.DataFrame(rows, columns=columns)
    return out.sort_values(["apart", "spread"], ascending=False, ignore_index=True)
