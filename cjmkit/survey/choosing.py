"""Choice-based conjoint: what each feature of an offer is worth to people, from the offers they chose."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, need_columns
from cjmkit.i18n import count, listing, number, say
from cjmkit.people import ids
from cjmkit.survey._choice_fits import ChoiceFit, Floats, conditional_logit
from cjmkit.survey._choice_sets import Sets, read_sets

__all__ = ["Conjoint", "OfferShares", "conjoint"]

_DRAWS = 4000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conjoint(Result):
    """Part-worths of an experiment with choices.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a level: attribute, level, value (part-worth in units of the logit; those of an attribute add up to 0;
        of a linear attribute the worth of one unit more), low, high (Student's t over people), se, shown (offers with
        it), chosen (share of them that were chosen), n (people who saw it).
    importance : pandas.DataFrame
        One row an attribute, the largest first: attribute, value (its range over the sum of all ranges), low, high
        (draws of the part-worths), p (Wald test that it plays no part, clustered), told (p below 1 − level).
    people, tasks : int
        How many people chose, and how often in all.
    r2 : float
        McFadden's 1 − log-likelihood / log-likelihood of choosing at random.
    """

    survey: str
    table: pd.DataFrame
    importance: pd.DataFrame
    people: int
    tasks: int
    r2: float
    level: float = 0.95
    warnings: tuple[str, ...] = ()
    _fit: ChoiceFit
    _sets: Sets

    _key: ClassVar[tuple[str, ...]] = ("attribute", "level")
    _figure: ClassVar[Figure] = Figure(method="logit, clustered")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {"attribute": ("attribute", "свойство")}

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences, in English or Russian."""
        first = self.importance.iloc[0]
        value, low, high = (number(first[c], 0, percent=True, lang=lang) for c in ("value", "low", "high"))
        own = self.table[(self.table["attribute"] == first["attribute"]) & (self.table["level"] != "(slope)")]
        best = ""
        if len(own):
            named = own["level"].iloc[int(own["value"].argmax())]
            best = say(en=f"; its best level is “{named}”", ru=f"; лучший уровень — «{named}»", lang=lang)
        untold = self.importance.loc[~self.importance["told"], "attribute"]
        tail = ""
        if len(untold):
            names = listing([str(a) for a in untold], 6, lang=lang)
            tail = say(en=f" Not told from nothing: {names}.", ru=f" Не отличить от не влияющих: {names}.", lang=lang)
        people = count(self.people, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        tasks = count(self.tasks, en=("choice", "choices"), ru=("выбор", "выбора", "выборов"), lang=lang)
        sep = say(en=", ", ru="; ", lang=lang)
        return say(
            en=f"“{first['attribute']}” weighs most in the choice: {value} [{low}{sep}{high}] of what the attributes "
            f"can move{best}; {people}, {tasks}.{tail}",
            ru=f"Больше всего в выборе весит «{first['attribute']}»: {value} [{low}{sep}{high}] того, что могут "
            f"изменить свойства{best}; {people}, {tasks}.{tail}",
            lang=lang,
        )

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        return SurveyFigure(
            survey=self.survey,
            item=str(row["attribute"]),
            where=str(row["level"]),
            statistic="part-worth",
            estimate=self._estimate_of(row),
        )

    def shares(self, offers: Mapping[str, Mapping[str, Any]], *, none: bool = False) -> OfferShares:
        """Which share of choices each offer would get if only these were there.

        Parameters
        ----------
        offers : mapping
            Name of the offer to {attribute: level}; every attribute has a level, and of a linear one any number
            within what was shown.
        none : bool
            Whether people may choose none of them, as in the tasks.

        Returns
        -------
        OfferShares

        Raises
        ------
        CjmError
            If an attribute or a level was not in the experiment, or ``none=True`` and it had no such offer.

        Notes
        -----
        One logit for everybody: offers that are nearly the same take more from the others here than they would from
        people who differ (independence of irrelevant alternatives). Limits by draws of the part-worths.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import conjoint
        >>> t = pd.DataFrame({"person": list("aabbccddee"), "task": 1, "size": ["s", "l"] * 5})
        >>> found = conjoint(t.assign(chosen=[1, 0, 1, 0, 1, 0, 1, 0, 0, 1]))
        >>> found.shares({"small": {"size": "s"}, "large": {"size": "l"}}).table["value"].round(2).tolist()
        [0.8, 0.2]
        """
        if len(offers) < 2 and not none:
            raise CjmError(
                en="shares compares at least two offers, or one with none=True",
                ru="для долей нужны хотя бы два предложения или одно и none=True",
            )
        if none and not self._sets.none:
            raise CjmError(
                en="the tasks had no “none of these”, so its share is not known; leave none= out",
                ru="в заданиях не было варианта «ничего», его доля неизвестна; уберите none=",
            )
        x = np.array([self._sets.code(name, given) for name, given in offers.items()])
        names = [str(n) for n in offers]
        if none:
            x = np.vstack([x, self._sets.none_code()])
            names.append("(none)")
        u = _draws(self._fit, self.people) @ x.T
        drawn = np.exp(u - u.max(axis=1, keepdims=True))
        drawn /= drawn.sum(axis=1, keepdims=True)
        at = np.exp(x @ self._fit.beta - (x @ self._fit.beta).max())
        tail = (1 - self.level) / 2
        low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
        table = pd.DataFrame({"offer": names, "value": at / at.sum(), "low": low, "high": high, "n": self.people})
        return OfferShares(survey=self.survey, table=table, level=self.level)

    def shown_range(self, attribute: str) -> tuple[float, float]:
        """The least and the largest value of a linear attribute that people were shown."""
        return self._sets.linear[attribute]

    def worth(self, price: str) -> pd.DataFrame:
        """What each level is worth in money, against the first level of its attribute.

        Parameters
        ----------
        price : str
            The linear attribute that is the price.

        Returns
        -------
        pandas.DataFrame
            One row a level: attribute, level, against (that first level), value, low, high (draws; missing where the
            price itself cannot be told from nothing), n.

        Raises
        ------
        CjmError
            If `price` was not taken as linear, or a higher price does not repel.
        """
        if price not in self._sets.linear:
            raise CjmError(
                en=f"{price!r} was not taken as a number: conjoint(…, linear={price!r})",
                ru=f"{price!r} не взята как число: conjoint(…, linear={price!r})",
            )
        at = self._sets.columns.index((price, "(slope)"))
        drawn = _draws(self._fit, self.people)
        if self._fit.beta[at] >= 0:
            raise CjmError(
                en=f"a higher {price!r} does not repel people here ({self._fit.beta[at]:.3g} per unit), so nothing can "
                f"be turned into money",
                ru=f"более высокая {price!r} здесь не отталкивает ({self._fit.beta[at]:.3g} за единицу), перевести в "
                f"деньги нечего",
            )
        sure = float((drawn[:, at] >= 0).mean()) < (1 - self.level) / 2
        rows = []
        for a, levels in self._sets.levels.items():
            base = self._sets.part(a, levels[0])
            for lev in levels[1:]:
                x = self._sets.part(a, lev) - base
                low, high = (
                    np.quantile(-(drawn @ x) / drawn[:, at], [(1 - self.level) / 2, (1 + self.level) / 2])
                    if sure
                    else (math.nan, math.nan)
                )
                value = -float(x @ self._fit.beta) / float(self._fit.beta[at])
                row = {"attribute": a, "level": lev, "against": levels[0], "value": value, "low": low, "high": high}
                rows.append(row)
        return pd.DataFrame(rows).assign(n=self.people)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OfferShares(Result):
    """Shares of preference of some offers.

    Attributes
    ----------
    table : pandas.DataFrame
        One row an offer: offer, value (share, 0 to 1), low, high, n (people behind the part-worths).
    """

    survey: str
    table: pd.DataFrame
    level: float = 0.95

    _key: ClassVar[tuple[str, ...]] = ("offer",)
    _figure: ClassVar[Figure] = Figure(percent=True, method="logit, clustered")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {"offer": ("offer", "предложение")}

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        first = self.table.iloc[int(self.table["value"].argmax())]
        value, low, high = (number(first[c], 0, percent=True, lang=lang) for c in ("value", "low", "high"))
        sep = say(en=", ", ru="; ", lang=lang)
        return say(
            en=f"“{first['offer']}” would get most choices: {value} [{low}{sep}{high}], n = {first['n']} people.",
            ru=f"Больше всего выборов получило бы «{first['offer']}»: {value} [{low}{sep}{high}], "
            f"n = {first['n']} чел.",
            lang=lang,
        )


def conjoint(
    choices: pd.DataFrame,
    attributes: Iterable[str] | None = None,
    *,
    linear: str | Iterable[str] = (),
    columns: Mapping[str, str] | None = None,
    unchosen: str = "left out",
    weights: pd.Series | None = None,
    level: float = 0.95,
    name: str = "choices",
) -> Conjoint:
    """Find what features of an offer are worth from repeated choices between offers (multinomial logit).

    Parameters
    ----------
    choices : pandas.DataFrame
        One row an offer of a task: person, task, attributes, and whether it was chosen (1 or 0, yes or no, true or
        false). An offer whose attributes are all empty is "none of these". Usual names of the columns are known
        (respondent, respID, id; task, qID, question; chosen, choice, response …).
    attributes : iterable of str, optional
        The attributes; every other column if left out.
    linear : str or iterable of str
        Attributes taken as numbers (a price), with one worth a unit, instead of a part-worth a level.
    columns : mapping, optional
        ``person``, ``task``, ``chosen`` to the names of the columns, where they are not known.
    unchosen : {"left out", "none"}
        Tasks in which nothing was chosen: left out and counted in the warnings, or taken as "none of these".
    weights : Series, optional
        Weight of each person, by person.
    level : float
        Confidence level.
    name : str
        Name of the material, for citations.

    Returns
    -------
    Conjoint

    Raises
    ------
    CjmError
        If a column is not there, a task has two choices, fewer than three people chose, or the attributes cannot be
        told apart because they change together.

    Notes
    -----
    P(offer i) = exp u_i / Σ exp u_j, u the sum of part-worths (McFadden 1974). Standard errors are clustered: choices
    of a person go together. There is one set of part-worths for everybody; of people who differ they are an average
    that lies nearer to 0, and for segments fit each by itself. Importance is positive by construction, so each
    attribute is also tested (`told`).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit.survey import conjoint
    >>> rng = np.random.default_rng(0)
    >>> t = pd.DataFrame({"person": np.repeat(np.arange(100), 18), "task": np.tile(np.repeat(np.arange(6), 3), 100)})
    >>> t["brand"], t["price"] = rng.choice(["a", "b"], 1800), rng.choice([10, 20, 30], 1800)
    >>> u = (t["brand"] == "a") * 1.0 - 0.08 * t["price"] + rng.gumbel(size=1800)
    >>> t["chosen"] = (u == u.groupby([t["person"], t["task"]]).transform("max")).astype(int)
    >>> found = conjoint(t, linear="price")
    >>> found.importance["attribute"].tolist(), found.people, found.tasks
    (['price', 'brand'], 100, 600)
    >>> worth = found.worth("price").iloc[0]  # of brand b against a, in the unit of the price
    >>> bool(worth["low"] < -1.0 / 0.08 < worth["high"])
    True
    """
    need_columns(choices, (), what="choices")
    sets, notes = read_sets(choices, attributes, linear, columns, unchosen)
    w = np.ones(len(sets.people))
    if weights is not None:
        given = pd.Series(weights.to_numpy(dtype=float), index=ids(weights.index))
        found = given[~given.index.duplicated()].reindex(sets.names).to_numpy(dtype=float)
        if np.isnan(found).any() or (found <= 0).any():
            bad = [n for n, v in zip(sets.names, found, strict=True) if not v > 0]
            raise CjmError(
                en=f"weights= has no weight above 0 for {len(bad)} people (first: {', '.join(bad[:4])})",
                ru=f"в weights= нет веса больше 0 для {len(bad)} чел. (первые: {', '.join(bad[:4])})",
            )
        w = (found / found.mean())[sets.people]
    fit = conditional_logit(sets.x, sets.sets, sets.chosen, sets.people, w)
    n = len(sets.names)
    table = _part_worths(sets, fit, level)
    endless = [f"{r.attribute}: {r.level}" for r in table[table["chosen"].isin([0, 1])].itertuples()]
    if endless:
        notes.append(
            say(
                en=f"always or never chosen, so without a finite worth: {', '.join(endless[:4])}",
                ru=f"выбирают всегда или никогда, конечной ценности нет: {', '.join(endless[:4])}",
            )
        )
    if n < 30:
        notes.append(say(en=f"only {n} people", ru=f"всего {n} чел."))
    return Conjoint(
        survey=name,
        table=table,
        importance=_importance(sets, fit, level),
        people=n,
        tasks=len(sets.people),
        r2=1 - fit.loglik / fit.null,
        level=level,
        warnings=tuple(notes),
        _fit=fit,
        _sets=sets,
    )


def _draws(fit: ChoiceFit, people: int) -> Floats:
    """Part-worths drawn about the found ones (Krinsky and Robb 1986), the same every time; as wide as Student's t."""
    from scipy.special import stdtrit

    values, vectors = np.linalg.eigh(fit.cov)
    wider = float(stdtrit(max(people - 1, 1), 0.975)) / 1.959964
    root = vectors * np.sqrt(np.clip(values, 0, None)) * wider
    return np.asarray(fit.beta + np.random.default_rng(0).standard_normal((_DRAWS, len(fit.beta))) @ root.T)


def _part_worths(sets: Sets, fit: ChoiceFit, level: float) -> pd.DataFrame:
    from scipy.special import stdtrit

    t = float(stdtrit(max(len(sets.names) - 1, 1), 0.5 + level / 2))
    rows = []
    for a, lev, x, shown, chosen, seen in sets.parts():
        value, se = float(x @ fit.beta), math.sqrt(max(float(x @ fit.cov @ x), 0.0))
        row = {"attribute": a, "level": lev, "value": value, "low": value - t * se, "high": value + t * se, "se": se}
        rows.append(row | {"shown": shown, "chosen": chosen, "n": seen})
    return pd.DataFrame(rows)


def _importance(sets: Sets, fit: ChoiceFit, level: float) -> pd.DataFrame:
    from scipy.special import fdtrc, ndtr, ndtri

    n = len(sets.names)
    drawn = np.vstack([fit.beta, _draws(fit, n)])
    ranges, p = {}, {}
    for a in [*sets.levels, *sets.linear]:
        ends = [sets.part(a, lev) for lev in sets.levels.get(a, sets.linear.get(a, ()))]
        worth = drawn @ np.array(ends).T
        ranges[a] = worth.max(axis=1) - worth.min(axis=1)
        own = [i for i, (b, _) in enumerate(sets.columns) if b == a]
        wald = float(fit.beta[own] @ np.linalg.pinv(fit.cov[np.ix_(own, own)], hermitian=True) @ fit.beta[own])
        df = max(n - len(own), 1)  # Hotelling's T² for clusters: as many scores as people
        p[a] = float(fdtrc(len(own), df, wald * df / (len(own) * max(n - 1, 1))))
    share = pd.DataFrame(ranges)
    share = share.div(share.sum(axis=1), axis=0)
    # A range is never below 0, so noise makes it larger; the quantiles are moved by that bias (Efron 1987).
    found, rest = share.iloc[0].to_numpy(), share.iloc[1:].to_numpy()
    bias = ndtri(np.clip((rest < found).mean(axis=0), 0.001, 0.999))
    z = ndtri((1 + level) / 2)
    limits = [
        np.array([np.quantile(rest[:, j], ndtr(2 * b + side * z)) for j, b in enumerate(bias)]) for side in (-1, 1)
    ]
    table = pd.DataFrame(
        {
            "attribute": list(ranges),
            "value": share.iloc[0].to_numpy(),
            "low": np.minimum(limits[0], share.iloc[0]),
            "high": np.maximum(limits[1], share.iloc[0]),
            "p": list(p.values()),
            "n": n,
        }
    )
    table["told"] = table["p"] < 1 - level
    return table.sort_values("value", ascending=False, kind="stable", ignore_index=True)
