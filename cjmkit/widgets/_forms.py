"""Two forms made of stock widgets: look at personas under other choices, and weigh what matters for priorities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import ipywidgets as w
import pandas as pd

from cjmkit import personas, priorities
from cjmkit.core.printed import Printing
from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, say

__all__ = ["PersonaExplorer", "Prioritiser", "persona_explorer", "prioritiser"]


_HEADS = {
    "persona": ("id", "код"),
    "name": ("persona", "портрет"),
    "participant": ("who", "кто"),
    "quote": ("quote", "цитата"),
    "text": ("feature", "признак"),
    "mean": ("here", "здесь"),
    "elsewhere": ("elsewhere", "у остальных"),
    "effect": ("effect", "эффект"),
    "low": ("from", "от"),
    "high": ("to", "до"),
    "share": ("share", "доля"),
    "jaccard": ("stability", "устойчивость"),
    "silhouette": ("silhouette", "силуэт"),
    "status": ("verdict", "вывод"),
    "rank": ("rank", "место"),
    "title": ("idea", "идея"),
    "score": ("score", "балл"),
    "rank_low": ("rank from", "место от"),
    "rank_high": ("rank to", "место до"),
    "top": ("among the first", "среди первых"),
    "stable": ("stable", "устойчиво"),
    "tentative": ("tentative", "предварительно"),
    "exploratory": ("exploratory", "разведочно"),
    "none": ("none", "нет"),
    "reach": ("reach", "охват"),
    "impact": ("impact", "влияние"),
    "confidence": ("confidence", "уверенность"),
    "effort": ("effort", "усилия"),
    "cost": ("cost", "цена"),
    "weighted": ("weighted sum", "взвешенная сумма"),
    "rice": ("RICE", "RICE"),
    "impact-effort": ("impact and effort", "влияние и усилия"),
}


def _head(name: str, lang: str) -> str:
    en, ru = _HEADS.get(name, (name, name))
    return say(en=en, ru=ru, lang=lang)


def _html(table: pd.DataFrame, caption: str, lang: str, *, figure: str = "", percent: tuple[str, ...] = ()) -> str:
    """A table under its caption."""
    if "status" in table:
        table = table.assign(status=[_head(str(s), lang) for s in table["status"]])
    how = Printing(figure=figure, percent=percent, heads=_HEADS, caption=caption, lang=lang)
    return how.html(table, table.columns)


class PersonaExplorer(w.VBox):
    """The form behind :func:`persona_explorer`; its value is ``.found``."""

    def __init__(
        self, features: Any, *, said: pd.DataFrame | None, seed: int, lang: str | None, **options: Any
    ) -> None:
        self._features, self._said, self._seed, self._options = features, said, seed, options
        self._lang = current_language(lang)
        texts = dict(zip(features.columns_info["column"], features.columns_info["text"], strict=True))
        columns = [(str(texts[c])[:80] or c, c) for c in features.table.columns]
        self.columns = w.SelectMultiple(
            options=columns,
            value=tuple(c for _, c in columns),
            rows=min(12, len(columns)),
            description=self._say("Features", "Признаки"),
            layout=w.Layout(width="560px"),
        )
        automatic = self._say("as the data say", "как покажут данные")
        self.k = w.Dropdown(
            options=[(automatic, 0), *((str(k), k) for k in range(2, 7))],
            value=0,
            description=self._say("Groups", "Групп"),
        )
        self.run = w.Button(description=self._say("Look", "Посмотреть"), button_style="primary")
        self.result = w.HTML()
        self.run.on_click(lambda _: self.look())
        super().__init__([self.columns, w.HBox([self.k, self.run]), self.result])
        self.found: personas.Personas | None = None
        self.look()

    def _say(self, en: str, ru: str) -> str:
        return say(en=en, ru=ru, lang=self._lang)

    def look(self) -> Any:
        """Fit with the present choice; the same as pressing the button. The twin is :func:`cjmkit.personas.fit`."""
        chosen = list(self.columns.value)
        if len(chosen) < 2:
            self.result.value = f"<p>{self._say('Choose at least two features.', 'Выберите хотя бы два признака.')}</p>"
            return None
        try:
            picked = _with_columns(self._features, chosen)
            self.found = personas.fit(picked, k=self.k.value or None, seed=self._seed, **self._options)
        except CjmError as error:
            self.result.value = f"<p role='alert'>{escape(str(error))}</p>"
            return None
        found = self.found
        parts = [f"<p><b>{escape(found.verdict(self._lang))}</b></p>"]
        parts.append(
            _html(
                found.table.drop(columns="persona"),
                self._say("Stability", "Устойчивость"),
                self._lang,
                percent=("share",),
            )
        )
        if found.found:
            profile = found.profile().groupby("persona", sort=False).head(4)
            shown = [c for c in ("name", "in_words", "n", "effect", "low", "high") if c in profile]
            words = self._say("What sets them apart", "Чем они отличаются")
            parts.append(_html(profile[shown], words, self._lang, figure="effect"))
            try:
                quotes = found.quotes(self._said, n=2)
                words = self._say("In their words", "Их словами")
                if len(quotes):
                    parts.append(_html(quotes[["name", "quote", "participant"]], words, self._lang))
            except CjmError:
                pass  # the features came from a survey alone: nobody said anything
        self.result.value = "".join(parts)
        return found

    def static_html(self) -> str:
        """What a page without a kernel shows."""
        return str(self.result.value)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        return None if bundle is None else {**bundle, "text/html": self.static_html()}


def persona_explorer(
    features: Any, *, said: pd.DataFrame | None = None, seed: int = 0, lang: str | None = None, **options: Any
) -> PersonaExplorer:
    """Choose features and the number of groups, and see stability, profile and quotes change.

    The headless twin is :func:`cjmkit.personas.fit`.

    Parameters
    ----------
    features : Features
        From ``cj.personas.features``.
    said : pandas.DataFrame, optional
        Codings or turns: what the people of each group said is quoted from here. Without it, from the texts behind
        `features`, if there are any.
    seed : int
        Seed of the procedure.
    lang : {"en", "ru"}, optional
        Language of the form.
    **options
        Passed on to ``fit``, for example ``nulls=``.

    Returns
    -------
    PersonaExplorer
        A widget; ``.found`` holds the personas of the last look.

    Examples
    --------
    >>> import cjmkit as cj
    >>> import numpy as np
    >>> import pandas as pd
    >>> draw, group = np.random.default_rng(1), np.repeat([1.5, 4.5], 40)
    >>> answers = pd.DataFrame({f"q{k}": np.clip(np.round(draw.normal(group, 0.5)), 1, 5) for k in range(4)})
    >>> form = persona_explorer(cj.personas.features(behaviour=answers), lang="en")
    >>> form.found.k
    2
    """
    return PersonaExplorer(features, said=said, seed=seed, lang=lang, **options)


def _with_columns(features: Any, columns: Iterable[str]) -> Any:
    """The features with some of their columns only."""
    from dataclasses import replace

    wanted = set(columns)
    info = features.columns_info
    return replace(
        features,
        table=features.table[[c for c in features.table.columns if c in wanted]],
        columns_info=info[info["column"].isin(wanted)].reset_index(drop=True),
    )


class Prioritiser(w.VBox):
    """The form behind :func:`prioritiser`; its value is ``.ranking``."""

    def __init__(
        self, ideas: pd.DataFrame, *, criteria: Mapping[str, float] | None, seed: int, lang: str | None
    ) -> None:
        self._ideas, self._seed, self._lang = ideas, seed, current_language(lang)
        numeric = [c for c in ideas.select_dtypes("number").columns if not c.endswith(("_low", "_high"))]
        start = (
            dict(criteria) if criteria is not None else {c: (-1.0 if c in ("effort", "cost") else 1.0) for c in numeric}
        )
        self.method = w.Dropdown(
            options=[(_head(m, self._lang), m) for m in ("weighted", "rice", "impact-effort")],
            value="weighted",
            description=self._say("Method", "Метод"),
        )
        self.weights = {
            c: w.BoundedFloatText(
                value=v,
                min=-10,
                max=10,
                step=0.5,
                description=_head(c, self._lang),
                layout=w.Layout(width="220px"),
                style={"description_width": "100px"},
            )
            for c, v in start.items()
        }
        self.result = w.HTML()
        self.ranking: priorities.Priorities | None = None
        super().__init__(
            [self.method, w.HBox(list(self.weights.values()), layout=w.Layout(flex_flow="row wrap")), self.result]
        )
        for control in (self.method, *self.weights.values()):
            control.observe(lambda _: self.look(), names="value")
        self.look()

    def _say(self, en: str, ru: str) -> str:
        return say(en=en, ru=ru, lang=self._lang)

    def look(self) -> Any:
        """Rank with the present weights; the twin is :func:`cjmkit.priorities.rank`."""
        method = str(self.method.value)
        weights = {c: float(f.value) for c, f in self.weights.items() if f.value} if method == "weighted" else None
        for field in self.weights.values():
            field.disabled = method != "weighted"
        try:
            self.ranking = priorities.rank(self._ideas, method=method, weights=weights, seed=self._seed)
        except CjmError as error:
            self.result.value = f"<p role='alert'>{escape(str(error))}</p>"
            return None
        table = self.ranking.table
        wanted = [c for c in ("rank", "title", "score", "low", "high", "rank_low", "rank_high", "top") if c in table]
        self.result.value = f"<p><b>{escape(self.ranking.summary(self._lang))}</b></p>" + _html(
            table[wanted], self._say("Ranks and how stable they are", "Места и их устойчивость"), self._lang
        )
        return self.ranking

    def static_html(self) -> str:
        """What a page without a kernel shows."""
        return str(self.result.value)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        return None if bundle is None else {**bundle, "text/html": self.static_html()}


def prioritiser(
    ideas: pd.DataFrame, *, criteria: Mapping[str, float] | None = None, seed: int = 0, lang: str | None = None
) -> Prioritiser:
    """Weigh criteria and see ranks and their stability change.

    The headless twin is :func:`cjmkit.priorities.rank`.

    Parameters
    ----------
    ideas : pandas.DataFrame
        Title and the criteria as columns.
    criteria : mapping, optional
        Weight to start with for each column; negative for a cost. All number columns by default.
    seed : int
        Seed of the uncertainty.
    lang : {"en", "ru"}, optional
        Language of the form.

    Returns
    -------
    Prioritiser
        A widget; ``.ranking`` holds the last ranking.

    Examples
    --------
    >>> import pandas as pd
    >>> ideas = pd.DataFrame({"title": ["Photos", "Chat"], "reach": [9, 2], "effort": [1, 9]})
    >>> form = prioritiser(ideas, criteria={"reach": 1, "effort": -1}, lang="en")
    >>> form.ranking.table["title"].tolist()
    ['Photos', 'Chat']
    """
    return Prioritiser(ideas, criteria=criteria, seed=seed, lang=lang)
