"""Personas: what was found, with the verdict that never leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.persona import Persona, Verdict
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import number, say
from cjmkit.personas import verdict as _verdict
from cjmkit.personas._features import Features
from cjmkit.personas._numbers import wilson
from cjmkit.personas._procedure import EXCESS_FROM, Search
from cjmkit.personas._space import Space

if TYPE_CHECKING:
    from cjmkit.personas.waves import WaveComparison

__all__ = ["Personas"]

EVERYBODY = "all"


@dataclass(frozen=True, eq=False, repr=False)
class Personas:
    """Kinds of people, or one group of everybody where there are none.

    Made by :func:`cjmkit.personas.fit`; a value: naming gives a new one.

    Attributes
    ----------
    labels : pandas.Series
        Persona id of each person (index ``person``): P1, P2 … by size, ``all`` where no groups were found, missing
        for people without data and for those who fit nowhere.
    status : str
        ``stable``, ``tentative``, ``exploratory`` (fewer than 40 people) or ``none``.
    k : int
        How many groups are shown.
    p_value : float
        How often data without groups look as grouped as this.
    features : Features
        What the groups were looked for in.
    membership : pandas.DataFrame
        Probability of each persona for each person, given that there are these.
    search : Search or None
        All figures of the procedure.
    names : dict
        Names that the researcher gave.
    warnings : tuple of str
    """

    features: Features
    labels: pd.Series
    membership: pd.DataFrame
    status: str
    why: str
    k: int
    p_value: float
    jaccard: tuple[float, ...]
    statuses: tuple[str, ...]
    search: Search | None
    space: Space | None
    rows: np.ndarray
    seed: int
    forced: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    lanes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    # ---- making --------------------------------------------------------------------------------------------------

    @classmethod
    def _none(cls, features: Features, here: np.ndarray, why: str, warned: tuple[str, ...], seed: int) -> Personas:
        labels = pd.Series(EVERYBODY, index=features.people, name="persona", dtype="str").where(here)
        member = pd.DataFrame({EVERYBODY: np.where(here, 1.0, np.nan)}, index=features.people)
        return cls(
            features, labels, member, "none", why, 1, float("nan"), (float("nan"),), ("none",), None, None,
            np.flatnonzero(here), seed, warnings=warned,
        )  # fmt: skip

    @classmethod
    def _from_search(
        cls,
        features: Features,
        here: np.ndarray,
        s: Search,
        *,
        k: int | None,
        seed: int,
        warnings: tuple[str, ...],
        space: Space,
        settings: Mapping[str, Any],
    ) -> Personas:
        rows = np.flatnonzero(here)
        why = s.why
        if not s.p_by_null and why not in ("few",):
            why = "untested"
        shown = k if k is not None else s.k if why == "found" else None
        forced = k if k is not None and not (why == "found" and k == s.k) else None
        if shown is None or shown == 1:
            base = cls._none(features, here, why, warnings, seed)
            return replace(
                base, p_value=s.p_value, search=s, space=space, settings=settings, forced=None if k is None else forced
            )
        jaccard = tuple(float(j) for j in s.jaccard[shown])
        statuses = tuple(_verdict.group_status(j, why == "found") for j in jaccard)
        lab = s.labels[shown]
        ids = [f"P{j + 1}" for j in range(shown)]
        member, fits = _membership(s.scores, lab, s.centres[shown], shown)
        named = np.array(ids, dtype=object)[lab]
        named[~fits] = None
        labels = pd.Series(None, index=features.people, name="persona", dtype="object")
        labels.iloc[rows] = named
        table = pd.DataFrame(np.nan, index=features.people, columns=ids)
        table.iloc[rows] = member
        return cls(
            features, labels.astype("str"), table, _verdict.overall(statuses, rows.size), why, shown, s.p_value,
            jaccard, statuses, s, space, rows, seed, forced=forced, warnings=warnings, settings=settings,
        )  # fmt: skip

    # ---- the verdict ---------------------------------------------------------------------------------------------

    @property
    def n(self) -> int:
        """People with data."""
        return int(self.rows.size)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the personas, largest first."""
        return tuple(self.membership.columns)

    @property
    def found(self) -> bool:
        """Whether there are groups."""
        return self.status != "none"

    @property
    def left_out(self) -> pd.Series:
        """People without a persona: index person, value why (no data, fits nowhere)."""
        out = self.labels[self.labels.isna()].index
        here = set(self.features.people[self.rows])
        no_data = say(en="no data", ru="нет данных")
        nowhere = say(en="fits nowhere", ru="не подходит никуда")
        return pd.Series([nowhere if p in here else no_data for p in out], index=out, name="why", dtype="str")

    def verdict(self, lang: str | None = None) -> str:
        """One plain sentence: are the groups there, how many, how sure.

        Parameters
        ----------
        lang : {"en", "ru"}, optional
            Language; the one in use by default.
        """
        from cjmkit.i18n import current_language

        lang = current_language(lang)
        return _verdict.sentence(
            lang, n=self.n, why=self.why, p=self.p_value, jaccard=self.jaccard, statuses=self.statuses,
            forced=self.forced if self.k > 1 else None, doubtful=self._doubt(lang),
        )  # fmt: skip

    def _doubt(self, lang: str) -> str:
        """The known weakness of the test, where it applies."""
        if self.why != "found":
            return ""
        if self.features.counts and len(self.features._block_names()) == 1:
            return say(
                en="Mixes of themes that change by degree pass this test in up to one case of ten; read the quotes "
                "before you believe it",
                ru="Плавные различия в темах проходят эту проверку до одного раза из десяти: прежде чем верить, "
                "прочтите цитаты",
                lang=lang,
            )
        if len(self.features._block_names()) > 1 and self.n >= 2 * EXCESS_FROM:
            return say(
                en="With data of several kinds and this many people a strong continuum can pass for groups; look at "
                "the map of people",
                ru="При данных разных видов и таком числе людей сильный континуум может сойти за группы: посмотрите "
                "на карту людей",
                lang=lang,
            )
        return ""

    def summary(self, lang: str | None = None) -> str:
        """The verdict, who was left out, and what the test could have seen."""
        from cjmkit.i18n import current_language

        lang = current_language(lang)
        text = self.verdict(lang)
        text = text[0].upper() + text[1:] + "."
        if len(self.left_out):
            text += " " + say(
                en=f"{len(self.left_out)} people belong to none.",
                ru=f"Не вошли ни в один портрет: {len(self.left_out)}.",
                lang=lang,
            )
        if not self.found and self.n >= 20:
            text += " " + _verdict.power_line(self.n, lang)
        return text

    def _persona_verdict(self, j: int) -> Verdict:
        status = self.statuses[j]
        shown = "exploratory" if status in ("stable", "tentative") and self.status == "exploratory" else status
        value = self.jaccard[j]
        return Verdict(
            status=shown,
            en=self.verdict("en"),
            ru=self.verdict("ru"),
            p_value=None if np.isnan(self.p_value) else self.p_value,
            stability=None if np.isnan(value) else value,
            n=self.n,
        )

    # ---- tables --------------------------------------------------------------------------------------------------

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a persona: persona, name, n, share, low, high (Wilson, 95%), jaccard, status, silhouette."""
        sil = self._silhouettes()
        rows = []
        for j, i in enumerate(self.ids):
            own = (self.labels == i).to_numpy()
            share, low, high = wilson(int(own.sum()), self.n)
            mean = float(np.nanmean(sil[own])) if own.any() and not np.isnan(sil[own]).all() else np.nan
            rows.append(
                [
                    i,
                    self.name(i),
                    int(own.sum()),
                    share,
                    low,
                    high,
                    self.jaccard[j],
                    self._persona_verdict(j).status,
                    mean,
                ]
            )
        columns = ["persona", "name", "n", "share", "low", "high", "jaccard", "status", "silhouette"]
        return pd.DataFrame(rows, columns=columns)

    def _silhouettes(self) -> np.ndarray:
        out = np.full(self.features.n, np.nan)
        if self.search is not None and self.k in self.search.person_silhouette:
            out[self.rows] = self.search.person_silhouette[self.k]
        return out

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row a person: persona, probability, next_best, stays, silhouette, role.

        ``stays`` is the share of resamples in which they land in their own persona.

        The role is ``typical`` for the five nearest to the middle of each persona, ``boundary`` where another persona
        is nearly as likely or resamples disagree, else empty.
        """
        prob = self.membership.to_numpy()
        order = np.argsort(-np.nan_to_num(prob, nan=-1), axis=1, kind="stable")
        top = np.take_along_axis(prob, order[:, :1], axis=1)[:, 0]
        ids = np.array(self.ids, dtype=object)
        second = ids[order[:, 1]] if self.k > 1 else np.full(len(prob), "", object)
        stays = np.full(self.features.n, np.nan)
        role = np.full(self.features.n, "", object)
        s = self.search
        if s is not None and self.k > 1 and self.k in s.places:
            lab = s.labels[self.k]
            if len(s.places[self.k]):
                stays[self.rows] = (s.places[self.k] == lab).mean(axis=0)
            far = np.linalg.norm(s.scores - s.centres[self.k][lab], axis=1)
            for j in range(self.k):
                own = np.flatnonzero(lab == j)
                sure = own[top[self.rows[own]] >= 0.9]
                near = sure if sure.size >= 5 else own
                near = near[np.argsort(far[near], kind="stable")[:5]]
                role[self.rows[near]] = "typical"
            unsure = (top < 0.6) | (stays < 0.6)
            role[unsure & (role != "typical")] = "boundary"
        return pd.DataFrame(
            {"persona": self.labels, "probability": top, "next_best": second, "stays": stays,
             "silhouette": self._silhouettes(), "role": role},
            index=self.features.people,
        )  # fmt: skip

    @cached_property
    def choice(self) -> pd.DataFrame:
        """One row a number of groups, beside what tables without groups have.

        Columns k, silhouette, null_mean, null_low, null_high (90% of those tables), excess, lowest_jaccard, smallest,
        chosen.
        """
        s = self.search
        columns = "k silhouette null_mean null_low null_high excess lowest_jaccard smallest chosen".split()
        if s is None:
            return pd.DataFrame(columns=columns)
        rows = []
        for i, k in enumerate(s.ks):
            null = s.null[:, i] if len(s.null) else np.array([np.nan])
            low, high = np.quantile(null, [0.05, 0.95])
            rows.append(
                [k, s.silhouette[i], null.mean(), low, high, s.excess[i], float(s.jaccard[k].min()),
                 int(s.sizes[k].min()),
                 k == self.k]
            )  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def consensus(self) -> pd.DataFrame:
        """How often two people land in one group over the resamples: people × people, ordered by persona."""
        s = self.search
        if s is None or self.k < 2 or not len(s.places[self.k]):
            raise CjmError("there are no groups whose stability could be shown; choice shows why")
        if self.n > 2000:
            raise CjmError(f"a matrix of {self.n} × {self.n} people is too large to look at")
        places = s.places[self.k]
        together = np.zeros((self.n, self.n))
        for j in range(self.k):
            m = (places == j).astype(np.float32)
            together += m.T @ m
        together /= len(places)
        stays = np.diag(together @ (s.labels[self.k][:, None] == s.labels[self.k]))
        order = np.lexsort((-stays, s.labels[self.k]))
        names = self.features.people[self.rows][order]
        return pd.DataFrame(together[np.ix_(order, order)], index=names, columns=names)

    def coordinates(self) -> pd.DataFrame:
        """People on the first components: person, x, y, persona."""
        if self.search is None:
            raise CjmError("there are too few people for a map")
        x = self.search.scores[:, :2].astype(float)
        if x.shape[1] < 2:
            x = np.column_stack([x, np.zeros(len(x))])
        out = pd.DataFrame(x, columns=["x", "y"], index=self.features.people[self.rows])
        return out.assign(persona=self.labels.iloc[self.rows].to_numpy())

    # ---- what sets them apart ------------------------------------------------------------------------------------

    def profile(self, outside: pd.DataFrame | None = None) -> pd.DataFrame:
        """What sets each persona apart.

        A column that helped to form the groups differs between them by construction, so it is tested on groups that
        were formed without it: p-values are then honest, and the effect is not flattered.

        Parameters
        ----------
        outside : pandas.DataFrame, optional
            Other columns (index person), which played no part in forming the groups.

        Returns
        -------
        pandas.DataFrame
            One row a persona and column (or level): persona, name, column, level, block, text, n, mean, elsewhere,
            difference (as observed, descriptive); measure (``g``, Hedges, for numbers; ``h``, Cohen, for shares),
            effect, low, high, p, p_holm (on groups formed without the column), largest effects first.
        """
        from cjmkit.personas.profile import profile

        return profile(self, outside)

    def words(self, most: int = 12) -> pd.DataFrame:
        """Words that people of one persona use and others do not.

        Columns persona, name, word, people, share, elsewhere, log_odds, z.

        Counted once a person; log-odds with an informative prior (Monroe, Colaresi, Quinn 2008).
        """
        from cjmkit.personas.profile import words

        return words(self, most)

    def quotes(self, source: pd.DataFrame | None = None, *, most: int = 3) -> pd.DataFrame:
        """Passages that stand for each persona.

        Parameters
        ----------
        source : pandas.DataFrame, optional
            Codings or turns; what the features were made from by default.
        most : int
            Passages a persona; one a person as long as there are enough people.

        Returns
        -------
        pandas.DataFrame
            persona, name, participant, document, start, end, quote, code, score. Rows can be cited.
        """
        from cjmkit.personas.profile import quotes

        return quotes(self, source, most)

    def channels(self, events: pd.DataFrame) -> pd.DataFrame:
        """Which channels the people of each persona use: persona, name, channel, people, share, low, high, elsewhere.

        Parameters
        ----------
        events : pandas.DataFrame
            An event log: user (or participant, person), channel.
        """
        from cjmkit.personas.profile import channels

        return channels(self, events)

    def by_stage(self, scores: pd.DataFrame) -> pd.DataFrame:
        """Mean score of each persona at each stage: persona, name, stage, mean, low, high, n (people).

        Descriptive: where the scores helped to form the groups, a difference between them proves nothing.
        """
        from cjmkit.personas.profile import by_stage

        return by_stage(self, scores)

    def suggested_names(self, lang: str | None = None) -> dict[str, str]:
        """A working title for each persona, from what sets it apart. Naming is interpretation, so the name is yours."""
        from cjmkit.personas.profile import suggested_names

        return suggested_names(self, lang)

    # ---- naming and Persona objects ----------------------------------------------------------------------------

    def name(self, persona: str) -> str:
        """The researcher's name for a persona; the id where there is none."""
        if persona == EVERYBODY:
            return self.names.get(EVERYBODY, say(en="Everybody", ru="Все"))
        return self.names.get(persona, persona)

    def named(self, names: Mapping[Any, str]) -> Personas:
        """Give names, after looking.

        Parameters
        ----------
        names : dict
            Persona id (``"P1"``, or its number from 0) → name. Names given before stay. Names for groups that were
            not found this time are kept, so that they are there when the groups return.

        Raises
        ------
        CjmError
            If two personas get one name, or an id cannot be one.
        """
        given = dict(self.names)
        for key, name in names.items():
            i = f"P{key + 1}" if isinstance(key, int) and not isinstance(key, bool) else str(key)
            if i not in self.ids and not (i == EVERYBODY or (i[:1] == "P" and i[1:].isdigit())):
                raise CjmError(suggest(i, self.ids, what="persona"))
            if not str(name).strip():
                raise CjmError(f"the name of {i} is empty")
            given[i] = str(name).strip()
        shown = [given.get(i, i) for i in self.ids]
        twice = {s for s in shown if shown.count(s) > 1}
        if twice:
            raise CjmError(f"two personas cannot both be called {sorted(twice)[0]!r}")
        return replace(self, names=given)

    def __getitem__(self, persona: str | int) -> Persona:
        return self.persona(persona)

    def __iter__(self) -> Any:
        return iter(self.personas())

    def __len__(self) -> int:
        return self.k

    def id_of(self, persona: str | int) -> str:
        """Id of a persona given by id, name or number.

        Raises
        ------
        CjmError
            If there is none; the message says so where no groups were found.
        """
        if isinstance(persona, int | np.integer) and 0 <= persona < self.k:
            return self.ids[int(persona)]
        for i in self.ids:
            if persona in (i, self.name(i)):
                return i
        if not self.found:
            raise CjmError(
                f"there is no persona {persona!r}, because no groups were found: {self.verdict('en')}. "
                f"The whole is one group, {self.ids[0]!r}"
            )
        raise CjmError(suggest(persona, [self.name(i) for i in self.ids], what="persona"))

    def persona(self, persona: str | int, *, lanes: Mapping[str, Iterable[str]] | None = None) -> Persona:
        """One persona as a value for the map, with its verdict, its share, traits with evidence, and quotes.

        Parameters
        ----------
        persona : str or int
            Id, name or number from 0.
        lanes : dict, optional
            Which codes are ``goals``, ``expectations`` or ``barriers``; those that people of this persona were given
            become notes.
        """
        from cjmkit.personas.build import persona as build

        return build(self, self.id_of(persona), lanes)

    def personas(self, *, lanes: Mapping[str, Iterable[str]] | None = None) -> tuple[Persona, ...]:
        """All personas as values for the map; where no groups were found, one of everybody with status ``none``."""
        return tuple(self.persona(i, lanes=lanes) for i in self.ids)

    def with_quotes(
        self, codings: pd.DataFrame | None = None, *, turns: pd.DataFrame | None = None, codebook: Any = None
    ) -> Personas:
        """Add people's words to personas that were found in other data, such as a survey.

        Parameters
        ----------
        codings, turns : pandas.DataFrame, optional
            Passages of people who have a persona; they do not change the groups.
        codebook : Codebook, optional
            Codes whose lane is goals, expectations or barriers become notes of the personas, in the codebook's titles.
        """
        passages = dict(self.features.passages)
        for key, table in (("codings", codings), ("turns", turns)):
            if table is not None:
                # What was asked for here is quoted from first.
                passages = {key: table} | {k: v for k, v in passages.items() if k != key}
        lanes: dict[str, tuple[str, ...]] = dict(self.lanes)
        titles = dict(self.titles)
        for code in codebook or ():
            if code.lane in ("goals", "expectations", "barriers"):
                lanes[code.lane] = (*lanes.get(code.lane, ()), code.name)
            titles[code.name] = code.title or code.name
        return replace(self, features=replace(self.features, passages=passages), lanes=lanes, titles=titles)

    def share(self, persona: str | int) -> Estimate:
        """Share of people of this kind among those with data, with Wilson's interval."""
        n = int((self.labels == self.id_of(persona)).sum())
        value, low, high = wilson(n, self.n)
        return Estimate(value=value, low=low, high=high, n=self.n, unit="people", percent=True, method="Wilson")

    # ---- other data ----------------------------------------------------------------------------------------------

    def assign(self, features: Features) -> pd.DataFrame:
        """Put new people into these personas.

        Columns persona, probability, one a persona, known (share of the columns that they answered).

        Parameters
        ----------
        features : Features
            Of the new people, with the same columns; for texts made with ``features(..., like=found.features)``.
        """
        from cjmkit.personas.waves import assign

        return assign(self, features)

    def compare(self, other: Personas) -> WaveComparison:
        """Do the same personas return in another wave?"""
        from cjmkit.personas.waves import compare

        return compare(self, other)

    def sensitivity(self, *, seeds: int = 5) -> pd.DataFrame:
        """How much the groups depend on choices: what, setting, k, ari (agreement with the result), lowest_jaccard.

        Other seeds, other numbers of groups, each block left out, more and fewer components.
        """
        from cjmkit.personas.waves import sensitivity

        return sensitivity(self, seeds)

    # ---- showing -------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Personas: {self.verdict()}>"

    def _repr_html_(self) -> str:
        from html import escape

        from cjmkit.personas.cards import table_html

        told = "".join(f"<li>{escape(w)}</li>" for w in self.warnings)
        return (
            f'<div class="cjm-personas"><p><b>{escape(self.summary())}</b></p>{table_html(self)}'
            + (
                f"<details><summary>{escape(say(en='Warnings', ru='Предупреждения'))}: "
                f"{len(self.warnings)}</summary><ul>{told}</ul></details>"
                if told
                else ""
            )
            + "</div>"
        )

    def _evidence_(self, persona: str | int | None = None) -> Any:
        """The share of a persona as evidence."""
        from cjmkit.core.evidence import SurveyFigure

        which = self.id_of(persona if persona is not None else self.ids[0])
        return SurveyFigure(
            survey=self.features.survey_name or "features",
            item=", ".join(self.features._block_names()) or "features",
            question=f"{say(en='share of people', ru='доля людей')}: {self.name(which)}",
            statistic=say(en="share", ru="доля"),
            estimate=self.share(which),
        )


def _membership(x: np.ndarray, labels: np.ndarray, centres: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Probability of each cluster, and who fits anywhere.

    KMeans is a mixture of round groups of one size of spread; the probabilities are those of that mixture. Somebody
    fits nowhere who is farther from their centre than Tukey's outer fence of all distances.
    """
    far2 = ((x[:, None, :].astype(float) - centres[None].astype(float)) ** 2).sum(axis=2)
    own = far2[np.arange(len(x)), labels]
    spread = own.sum() / max(1, (len(x) - k) * x.shape[1])
    share = np.bincount(labels, minlength=k) / len(labels)
    logit = np.log(np.maximum(share, 1e-12)) - far2 / (2 * max(spread, 1e-12))
    logit -= logit.max(axis=1, keepdims=True)
    p = np.exp(logit)
    p /= p.sum(axis=1, keepdims=True)
    d = np.sqrt(own)
    q1, q3 = np.quantile(d, [0.25, 0.75])
    return p, d <= q3 + 3 * (q3 - q1) + 1e-9


def format_share(e: Estimate, lang: str | None = None) -> str:
    """A share for a card: 38% [31–45]."""
    low, high = (number(v, 0, percent=False, lang=lang) for v in ((e.low or 0) * 100, (e.high or 0) * 100))
    return f"{number(e.value, 0, percent=True, lang=lang)} [{low}–{high}]"
