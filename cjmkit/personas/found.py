"""What was found: kinds of people, with the verdict that never leaves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any, Self

import numpy as np
import pandas as pd

from cjmkit.core.caution import Caution
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.persona import Verdict
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, say
from cjmkit.personas import verdict as _verdict
from cjmkit.personas._procedure import EXPLORATORY, Search
from cjmkit.personas._space import Space
from cjmkit.personas.cards import table_html
from cjmkit.personas.data import Features
from cjmkit.stats import wilson

__all__ = ["EVERYBODY", "PersonasData"]

EVERYBODY = "all"


@dataclass(frozen=True, eq=False, repr=False)
class PersonasData:
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
    about: str = ""

    # ---- the verdict ---------------------------------------------------------------------------------------------

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What is not known of the answers that the groups were formed from."""
        return self.features.cautions

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

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from cjmkit import personas
        >>> k = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
        >>> answers = pd.DataFrame(np.random.default_rng(1).normal(k, 1), columns="price time taste trust age".split())
        >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
        >>> found.verdict("en")
        'two stable personas among 40 people (p = 0.050; stability 1.00, 1.00)'
        """
        lang = current_language(lang)
        text = _verdict.sentence(
            lang, n=self.n, why=self.why, p=self.p_value, jaccard=self.jaccard, statuses=self.statuses,
            forced=self.forced if self.k > 1 else None, doubtful=self._doubt(lang), about=self.about,
        )  # fmt: skip
        power = self.settings.get("power")
        return text if power is None else f"{text}. {power().summary(lang).rstrip('.')}"

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
        if self.n < EXPLORATORY:
            return say(
                en="Among so few people a bent line can pass for kinds; look at the map of people and at what they "
                "answered before you believe it",
                ru="Среди столь немногих людей изогнутая линия может сойти за виды: прежде чем верить, посмотрите на "
                "карту людей и на их ответы",
                lang=lang,
            )
        return ""

    def summary(self, lang: str | None = None) -> str:
        """The verdict, who was left out, and what the test could have seen.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from cjmkit import personas
        >>> k = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
        >>> answers = pd.DataFrame(np.random.default_rng(1).normal(k, 1), columns="price time taste trust age".split())
        >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
        >>> print(found.summary("en"))
        Two stable personas among 40 people (p = 0.050; stability 1.00, 1.00). 2 people belong to none.
        """
        lang = current_language(lang)
        text = self.verdict(lang)
        text = text[0].upper() + text[1:] + "."
        if len(self.left_out):
            text += " " + say(
                en=f"{len(self.left_out)} people belong to none.",
                ru=f"Не вошли ни в один портрет: {len(self.left_out)}.",
                lang=lang,
            )
        if not self.found and self.n >= 20 and "power" not in self.settings:
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
        """One row a person: persona, name, probability, next_best, stays, silhouette, role.

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
            {"persona": self.labels, "name": self.labels.map(self.name, na_action="ignore"), "probability": top,
             "next_best": second, "stays": stays, "silhouette": self._silhouettes(), "role": role},
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
            raise CjmError(
                en="there are no groups whose stability could be shown; choice shows why",
                ru="нет групп, устойчивость которых можно показать; choice говорит почему",
            )
        if self.n > 2000:
            raise CjmError(
                en=f"a matrix of {self.n} × {self.n} people is too large to look at",
                ru=f"матрица {self.n} × {self.n} человек слишком велика, чтобы её разглядывать",
            )
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
        """People on the first components: person, x, y, persona, name.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from cjmkit import personas
        >>> k = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
        >>> answers = pd.DataFrame(np.random.default_rng(1).normal(k, 1), columns="price time taste trust age".split())
        >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
        >>> found.coordinates().round(1).head(2)
                  x    y persona name
        person
        0       1.1  0.6      P1   P1
        1       1.7 -0.1      P1   P1
        """
        own = self.labels.iloc[self.rows]
        if self.search is None:
            raise CjmError(en="there are too few people for a map", ru="для карты слишком мало людей")
        x = self.search.scores[:, :2].astype(float)
        if x.shape[1] < 2:
            x = np.column_stack([x, np.zeros(len(x))])
        out = pd.DataFrame(x, columns=["x", "y"], index=self.features.people[self.rows])
        return out.assign(persona=own.to_numpy(), name=own.map(self.name, na_action="ignore").to_numpy())

    # ---- naming and Persona objects ----------------------------------------------------------------------------

    def name(self, persona: str) -> str:
        """The researcher's name for a persona; the id where there is none.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from cjmkit import personas
        >>> k = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
        >>> answers = pd.DataFrame(np.random.default_rng(1).normal(k, 1), columns="price time taste trust age".split())
        >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
        >>> found.named({"P1": "Gourmet"}).name("P1"), found.name("P2")
        ('Gourmet', 'P2')
        """
        if persona == EVERYBODY:
            return self.names.get(EVERYBODY, say(en="Everybody", ru="Все"))
        return self.names.get(persona, persona)

    def named(self, names: Mapping[Any, str]) -> Self:
        """Give names, after looking.

        Parameters
        ----------
        names : dict
            Persona id (``"P1"``, or its number from 0) → name. Names given before stay. Names for groups that were
            not found this time are kept, so that they are there when the groups return. Whatever is grouped by the
            labels of the result (`by=found.labels`) says the names; the labels themselves stay ids.

        Raises
        ------
        CjmError
            If two personas get one name, or an id cannot be one.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from cjmkit import personas
        >>> k = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
        >>> answers = pd.DataFrame(np.random.default_rng(1).normal(k, 1), columns="price time taste trust age".split())
        >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
        >>> found.named({"P1": "Gourmet", "P2": "Bargain hunter"}).names
        {'P1': 'Gourmet', 'P2': 'Bargain hunter'}
        """
        given = dict(self.names)
        for key, name in names.items():
            i = f"P{key + 1}" if isinstance(key, int) and not isinstance(key, bool) else str(key)
            if i not in self.ids and not (i == EVERYBODY or (i[:1] == "P" and i[1:].isdigit())):
                raise CjmError(suggest(i, self.ids, what="persona"))
            if not str(name).strip():
                raise CjmError(en=f"the name of {i} is empty", ru=f"имя {i} пустое")
            given[i] = str(name).strip()
        shown = [given.get(i, i) for i in self.ids]
        twice = {s for s in shown if shown.count(s) > 1}
        if twice:
            raise CjmError(
                en=f"two personas cannot both be called {sorted(twice)[0]!r}",
                ru=f"две персоны не могут называться {sorted(twice)[0]!r}",
            )
        labels = self.labels.copy()
        labels.attrs = {"names": given}
        return replace(self, names=given, labels=labels)

    def __len__(self) -> int:
        return self.k

    def id_of(self, persona: str | int) -> str:
        """Id of a persona given by id, name or number.

        Raises
        ------
        CjmError
            If there is none; the message says so where no groups were found.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from cjmkit import personas
        >>> k = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
        >>> answers = pd.DataFrame(np.random.default_rng(1).normal(k, 1), columns="price time taste trust age".split())
        >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
        >>> found.named({"P1": "Gourmet"}).id_of("Gourmet")
        'P1'
        """
        if isinstance(persona, int | np.integer) and 0 <= persona < self.k:
            return self.ids[int(persona)]
        for i in self.ids:
            if persona in (i, self.name(i)):
                return i
        if not self.found:
            raise CjmError(
                en=f"there is no persona {persona!r}, because no groups were found: {self.verdict('en')}. "
                f"The whole is one group, {self.ids[0]!r}",
                ru=f"персоны {persona!r} нет, потому что групп не найдено: {self.verdict('en')}. Все — одна группа, "
                f"{self.ids[0]!r}",
            )
        raise CjmError(suggest(persona, [self.name(i) for i in self.ids], what="persona"))

    def share(self, persona: str | int) -> Estimate:
        """Share of people of this kind among those with data, with Wilson's interval.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> from cjmkit import personas
        >>> k = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
        >>> answers = pd.DataFrame(np.random.default_rng(1).normal(k, 1), columns="price time taste trust age".split())
        >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
        >>> print(found.share("P1"))
        48% [33%, 63%], n = 40 people
        """
        n = int((self.labels == self.id_of(persona)).sum())
        value, low, high = wilson(n, self.n)
        return Estimate(value=value, low=low, high=high, n=self.n, unit="people", percent=True, method="Wilson")

    # ---- showing -------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Personas: {self.verdict()}>"

    def _repr_html_(self) -> str:

        # Ids are for naming; once names are given they are what stands.
        table = self.table.drop(columns="persona") if self.names else self.table
        told = "".join(f"<li>{escape(w)}</li>" for w in self.warnings)
        return (
            f'<div class="cjm-personas"><p><b>{escape(self.summary())}</b></p>{table_html(table)}'
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
        which = self.id_of(persona if persona is not None else self.ids[0])
        return SurveyFigure(
            survey=self.features.survey_name or "features",
            item=", ".join(self.features._block_names()) or "features",
            question=f"{say(en='share of people', ru='доля людей')}: {self.name(which)}",
            statistic=say(en="share", ru="доля"),
            estimate=self.share(which),
        )
