"""Compare waves and segments: difference, interval, effect size and p values that allow for many comparisons."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.caution import carried
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Shown, pick
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, number, say
from cjmkit.survey._decode import norm
from cjmkit.survey._intervals import within
from cjmkit.survey._questionnaires import sus_of
from cjmkit.survey._result import SMALL, each_group, group_of, labelled, rows_text, weights_of
from cjmkit.survey._sides import _paired, _two
from cjmkit.survey._tests import adjust, kruskal
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import Item
from cjmkit.survey.scores import _DEFAULT, _check_type

__all__ = ["Comparison", "compare"]

KINDS = ("nps", "csat", "top2", "ces", "sus", "mean", "rank", "share")


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """Differences between waves or segments.

    Attributes
    ----------
    kind : str
        What was compared.
    table : pandas.DataFrame
        One row a comparison: item, a, b (names of the sides), value_a, value_b, difference (a − b), low, high, effect
        (with effect_name), p, p_adjusted, n_a, n_b (pairs, if paired), test.
    overall : dict
        For more than two groups, the Kruskal and Wallis test of each item.
    correction : str
        How p was adjusted.
    """

    survey: str
    kind: str
    table: pd.DataFrame
    questions: dict[str, str]
    correction: str
    paired: bool
    level: float = 0.95
    overall: dict[str, dict[str, float]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def estimate(self) -> Estimate:
        """The difference, where there is one comparison only."""
        if len(self.table) != 1:
            raise CjmError(
                en=f"this comparison holds {len(self.table)} differences; see .table, or cite one of its rows",
                ru=f"в этом сравнении разниц: {len(self.table)}; смотрите .table или сошлитесь на одну строку",
            )
        return self._estimate(self.table.iloc[0])

    def _estimate(self, row: pd.Series) -> Estimate:
        n = int(row["n_a"]) if self.paired else int(row["n_a"] + row["n_b"])
        return Estimate(
            value=row["difference"], low=row["low"], high=row["high"], n=n, level=self.level, method=row["test"]
        )

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        t = self.table
        found = t[t["p_adjusted"] < 1 - self.level]
        if len(t) == 1:
            return self._sentence(t.iloc[0], lang)
        many = count(len(t), en=("comparison", "comparisons"), ru=("сравнение", "сравнения", "сравнений"), lang=lang)
        name = {"holm": "Holm", "bh": "Benjamini–Hochberg", "none": say(en="none", ru="нет", lang=lang)}[
            self.correction
        ]
        head = say(
            en=f"{many}, correction: {name}; {len(found)} show a difference.",
            ru=f"{many}, поправка: {name}; различия видны в {len(found)}.",
            lang=lang,
        )
        if found.empty:
            return head
        strongest = found.iloc[int(found["effect"].abs().argmax())]
        return head + " " + say(en="The largest: ", ru="Самое большое: ", lang=lang) + self._sentence(strongest, lang)

    def _sentence(self, row: pd.Series, lang: str | None) -> str:
        percent = self.kind in ("csat", "top2", "share")
        digits = 0 if percent else 1 if self.kind in ("nps", "sus") else 2
        # A difference of shares is in percentage points.
        scale, unit = (100.0, say(en=" points", ru=" п. п.", lang=lang)) if percent else (1.0, "")
        d, low, high = (
            number(row[c] * scale, 1 if percent else digits, lang=lang) for c in ("difference", "low", "high")
        )
        va, vb = (number(row[c], digits, percent=percent, lang=lang) for c in ("value_a", "value_b"))
        sep = say(en=", ", ru="; ", lang=lang)
        sure = row["p_adjusted"] < 1 - self.level
        p = (
            number(row["p_adjusted"], 3, lang=lang)
            if row["p_adjusted"] >= 0.001
            else say(en="below 0.001", ru="меньше 0,001", lang=lang)
        )
        verdict = say(
            en="a real difference" if sure else "no difference can be shown",
            ru="различие есть" if sure else "различие не доказано",
            lang=lang,
        )
        # Cliff's delta of NPS answers says little of their difference in points, so no word for the size is given.
        size = "" if self.kind == "nps" else _size(row["effect_name"], abs(row["effect"]), lang)
        what = self.questions.get(row["item"], row["item"])
        what = what if len(what) <= 70 else what[:69] + "…"
        n = f"n = {int(row['n_a'])}" + ("" if self.paired else f" + {int(row['n_b'])}")
        return say(
            en=f"“{what}”: {row['a']} {va}, {row['b']} {vb}; difference {d}{unit} [{low}{sep}{high}], p {p}, {n}: "
            f"{verdict}{size}.",
            ru=f"«{what}»: {row['a']} {va}, {row['b']} {vb}; разница {d}{unit} [{low}{sep}{high}], p {p}, {n}: "
            f"{verdict}{size}.",
            lang=lang,
        )

    def _evidence_(self, **which: Any) -> SurveyFigure:
        row = self.table.iloc[0] if not which and len(self.table) == 1 else pick(self.table, which, what="comparison")
        return SurveyFigure(
            survey=self.survey,
            item=row["item"],
            question=self.questions.get(row["item"], ""),
            where=f"{row['a']} − {row['b']}",
            statistic=f"difference of {self.kind}",
            estimate=self._estimate(row),
            cautions=self.cautions_on(row["item"]),
        )


def _size(name: str, value: float, lang: str | None) -> str:
    """A word for an effect size that has published thresholds; NPS points and paired figures have none and get none."""
    limits = {"cliffs_delta": (0.147, 0.33, 0.474), "hedges_g": (0.2, 0.5, 0.8), "cohen_h": (0.2, 0.5, 0.8)}.get(name)
    if limits is None or value != value:
        return ""
    words = [("negligible", "пренебрежимо мало"), ("small", "небольшое"), ("medium", "среднее"), ("large", "большое")]
    en, ru = words[sum(value >= x for x in limits)]
    return say(en=f", {en} in size", ru=f", по величине {ru}", lang=lang)


def compare(
    a: SurveyData,
    b: SurveyData | None = None,
    item: str | Iterable[str] | None = None,
    *,
    kind: str | None = None,
    by: Any = None,
    paired: bool = False,
    answer: str | None = None,
    correction: str = "holm",
    weights: Any = None,
    names: tuple[str, str] | None = None,
    despite_wording: bool = False,
    level: float = 0.95,
) -> Comparison:
    """Compare two waves, or the segments of one survey.

    Parameters
    ----------
    a, b : Survey
        Two waves (differences are a − b); or one survey with `by`.
    item : str or iterable of str, optional
        What is compared; in two waves, every scale that both have if left out.
    kind : str, optional
        ``nps`` (z on adjusted values), ``csat`` and ``top2`` (z test, Newcombe), ``mean`` and ``ces`` (Welch, Hedges
        g), ``sus``, ``rank`` (Mann-Whitney, Cliff's delta), ``share`` of one `answer`. By the item's type if left
        out.
    by : str or Series, optional
        Segments of `a`: an item, or a Series from respondent to group. All pairs are compared.
    paired : bool
        The same people answered both waves; they are matched by respondent.
    answer : str, optional
        For ``kind="share"``, which answer's share.
    correction : {"holm", "bh", "none"}
        For the number of comparisons.
    weights : str, array, Series, Raking or Design, or a pair of them, optional
        For means, shares and NPS.
    names : (str, str), optional
        What the two waves are called.
    despite_wording : bool
        Compare although wording or scale differ; the result then carries a warning.
    level : float
        Confidence level.

    Returns
    -------
    Comparison

    Raises
    ------
    CjmError
        If wording or number of scale points differ, or there are not two sides with answers.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, compare
    >>> def wave(name, up, middle, down):
    ...     answers = [10] * up + [8] * middle + [3] * down
    ...     return Survey.from_frame(pd.DataFrame({"id": range(len(answers)), "recommend": answers}), name=name)
    >>> before, after = wave("2025", 25, 32, 33), wave("2026", 35, 23, 12)
    >>> change = compare(after, before, "recommend")
    >>> print(f"{change.estimate:.1f}")
    41.7 [16.5, 63.7], n = 160 people
    """
    if kind is not None and kind not in KINDS:
        raise CjmError(suggest(kind, KINDS, what="kind of comparison"))
    if (b is None) == (by is None):
        raise CjmError(
            en="compare two surveys, compare(a, b, item), or the segments of one, compare(a, item=…, by=…)",
            ru="сравните два опроса, compare(a, b, item), или сегменты одного, compare(a, item=…, by=…)",
        )
    notes: list[str] = []
    rows: list[dict[str, Any]] = []
    overall: dict[str, dict[str, float]] = {}
    if b is not None:
        wanted = list(_common(a, b) if item is None else a.find(item))
        pair = weights if isinstance(weights, tuple) else (weights, weights)
        wa, wb = weights_of(a, pair[0]), weights_of(b, pair[1])
        if names is None:
            names = (a.name, b.name) if a.name != b.name else ("a", "b")
        for name in wanted:
            it, other = a.item(name), _partner(b, a.item(name))
            notes += _same_question(it, other, a.name, b.name, despite_wording)
            xa, used = _values(a, it, kind, answer)
            xb, _ = _values(b, other, kind or used, answer)
            if paired:
                row = _paired(xa, xb, it, used, level)
            else:
                row = _two(xa.to_numpy(), xb.to_numpy(), it, used, wa, wb, level)
            rows.append({"item": it.item, "kind": used, "a": names[0], "b": names[1], **row})
        if not paired:
            both = set(a._people_index()) & set(b._people_index())
            if len(both) > 0.3 * min(a.n, b.n) and not (a.numbered or b.numbered):
                notes.append(
                    say(
                        en=f"{len(both)} respondents are in both waves; paired=True compares them with themselves",
                        ru=f"{len(both)} респондентов есть в обеих волнах; paired=True сравнит их с ними самими",
                    )
                )
        elif a.numbered or b.numbered:
            raise CjmError(
                en="paired=True needs a column that says who answered in both surveys; here people are numbered by row",
                ru="для paired=True нужен столбец, который говорит, кто ответил в обоих опросах; здесь люди "
                "пронумерованы по строкам",
            )
    else:
        if paired:
            raise CjmError(
                en="segments are different people; paired=True is for two waves",
                ru="в сегментах разные люди; paired=True — для двух волн",
            )
        if item is None:
            raise CjmError(
                en="name the item that the segments are compared on",
                ru="назовите вопрос, по которому сравниваются сегменты",
            )
        label, groups = group_of(a, by)
        w = weights_of(a, weights)
        left = int(groups.isna().sum())
        if left:
            notes.append(
                say(
                    en=f"without a group in {label}, left out: {left} of {a.n} people",
                    ru=f"без группы в {label}, не учтены: {left} из {a.n} чел.",
                )
            )
        for name in a.find(item):
            it = a.item(name)
            x, used = _values(a, it, kind, answer)
            sides = []
            for g, mask in each_group(groups, a.n, missing=False):
                if (~np.isnan(x.to_numpy()[mask])).sum() < 2:
                    notes.append(
                        say(
                            en=f"{label} = {g}: fewer than two answers, left out",
                            ru=f"{label} = {g}: меньше двух ответов, не сравнивается",
                        )
                    )
                    continue
                sides.append((g, mask))
            if len(sides) < 2:
                raise CjmError(
                    en=f"by={label!r} leaves {len(sides)} groups with answers to {it.item!r}; two are needed",
                    ru=f"by={label!r} оставляет групп с ответами на {it.item!r}: {len(sides)}; нужны две",
                )
            if len(sides) > 2:
                overall[it.item] = kruskal([x.to_numpy()[m][~np.isnan(x.to_numpy()[m])] for _, m in sides])
            for (ga, ma), (gb, mb) in combinations(sides, 2):
                values = x.to_numpy()
                first, second = within(values, w, mb), within(values, w, ma)
                row = _two(first[0], second[0], it, used, first[1], second[1], level)
                rows.append({"item": it.item, "kind": used, "a": gb, "b": ga, **row})
    table = pd.DataFrame(rows)
    table["p_adjusted"] = adjust(table["p"].to_numpy(), correction)
    order = [
        "item",
        "kind",
        "a",
        "b",
        "value_a",
        "value_b",
        "difference",
        "low",
        "high",
        "effect",
        "effect_name",
        "p",
        "p_adjusted",
        "n_a",
        "n_b",
        "test",
    ]
    table = table[order + [c for c in table.columns if c not in order]]
    small = sorted(
        {str(r["a"]) for _, r in table.iterrows() if r["n_a"] < SMALL}
        | {str(r["b"]) for _, r in table.iterrows() if r["n_b"] < SMALL}
    )
    if small:
        notes.append(
            say(
                en=f"fewer than {SMALL} answers in: {rows_text(small)}",
                ru=f"меньше {SMALL} ответов: {rows_text(small)}",
            )
        )
    kinds = set(table["kind"])
    questions = {n: a.item(n).question for n in table["item"].unique()}
    result = Comparison(
        a.name if b is None else f"{a.name}, {b.name}",
        kinds.pop() if len(kinds) == 1 else "mean",
        table,
        questions,
        correction,
        paired,
        level,
        overall,
        tuple(dict.fromkeys(notes)),
    )
    asked = [s.cautions(*questions) for s in (a, b) if s is not None]
    return carried(result, dict.fromkeys(c for side in asked for c in side))


def _common(a: SurveyData, b: SurveyData) -> list[str]:
    there = {i.item for i in b.all_items}
    out = [i.item for i in a.all_items if i.item in there and i.type in ("nps", "csat", "ces", "likert")]
    if not out:
        raise CjmError(
            en=f"{a.name!r} and {b.name!r} share no scale of the same name; name the items, or rename the columns of "
            f"one file",
            ru=f"у {a.name!r} и {b.name!r} нет общей шкалы с одним именем; назовите вопросы или переименуйте столбцы "
            f"одного файла",
        )
    return out


def _partner(b: SurveyData, it: Item) -> Item:
    """The same question in the other wave: by the column's name, else by its wording."""
    names = b._by_name()
    if it.item in names:
        return names[it.item]
    same = [i for i in b.all_items if i.text and _wording(i) == _wording(it)]
    if len(same) == 1:
        return same[0]
    raise CjmError(f"survey {b.name!r}: " + suggest(it.item, names, what="item"))


def _wording(it: Item) -> str:
    return re.sub(r"[\W_]+", " ", norm(it.text or it.item)).strip()


def _changes(a: Item, b: Item) -> list[str]:
    """What differs between two questions so that their answers cannot be compared."""
    problems = []
    if _wording(a) != _wording(b):
        old, new = a.question[:120], b.question[:120]
        problems.append(
            say(en=f"the wording differs: {old!r} and {new!r}", ru=f"формулировка другая: {old!r} и {new!r}")
        )
    if a.scale and b.scale and (a.points != b.points or a.reverse != b.reverse):
        turned = a.points == b.points
        problems.append(
            say(
                en=f"the scale differs: {list(a.scale)} and {list(b.scale)} "
                f"({'one of them reversed' if turned else f'{a.points} and {b.points} points'})",
                ru=f"шкала другая: {list(a.scale)} и {list(b.scale)} "
                f"({'одна из них обратная' if turned else f'пунктов {a.points} и {b.points}'})",
            )
        )
    elif (
        a.scale
        and b.scale
        and isinstance(a.scale[0], str)
        and isinstance(b.scale[0], str)
        and [norm(s) for s in a.scale] != [norm(s) for s in b.scale]
    ):
        problems.append(
            say(
                en=f"the labels differ: {list(a.scale)} and {list(b.scale)}",
                ru=f"подписи другие: {list(a.scale)} и {list(b.scale)}",
            )
        )
    if bool(a.scale) != bool(b.scale):
        scale = list(a.scale) or list(b.scale)
        problems.append(say(en=f"only one of them has a scale ({scale})", ru=f"шкала есть только у одного ({scale})"))
    return problems


def _same_question(a: Item, b: Item, name_a: str, name_b: str, despite: bool) -> list[str]:
    problems = "; ".join(_changes(a, b))
    if not problems:
        return []
    who = (a.item, name_a, b.item, name_b)
    if not despite:
        raise CjmError(
            en=f"item {who[0]!r} of {who[1]!r} and {who[2]!r} of {who[3]!r} cannot be compared: {problems}. A change "
            "of the question moves answers more than most changes of the service; despite_wording=True compares all "
            "the same",
            ru=f"вопрос {who[0]!r} ({who[1]!r}) и {who[2]!r} ({who[3]!r}) сравнивать нельзя: {problems}. Смена вопроса "
            "меняет ответы сильнее, чем большинство перемен в сервисе; despite_wording=True всё же сравнит",
        )
    return [
        say(
            en=f"item {who[0]!r} of {who[1]!r} and {who[2]!r} of {who[3]!r} were compared although: {problems}",
            ru=f"вопрос {who[0]!r} ({who[1]!r}) и {who[2]!r} ({who[3]!r}) сравниваются, хотя {problems}",
        )
    ]


def _values(survey: SurveyData, it: Item, kind: str | None, answer: str | None) -> tuple[pd.Series, str]:
    used = kind or ("share" if answer is not None else _DEFAULT.get(it.type, ""))
    if used == "share":
        if answer is None:
            raise CjmError(
                en=f"kind='share' needs answer=, one of: {rows_text(labelled(survey, it).dropna().unique(), 8)}",
                ru=f"для kind='share' нужен answer=, один из: {rows_text(labelled(survey, it).dropna().unique(), 8)}",
            )
        raw = labelled(survey, it)
        texts = raw.map(norm, na_action="ignore")
        if not (texts == norm(answer)).any():
            raise CjmError(suggest(answer, raw.dropna().unique(), what=f"answer to {it.item!r}"))
        return pd.Series(
            np.where(raw.isna(), np.nan, (texts == norm(answer)).to_numpy(dtype=float)), index=raw.index
        ), used
    if used == "sus":
        members = [i for i in survey.all_items if i.type == "sus" and i.group == it.group]
        return sus_of(survey, members), used
    if used not in KINDS:
        raise CjmError(
            en=f"item {it.item!r} is of type {it.type!r}; compare one answer's share with kind='share', answer=…",
            ru=f"вопрос {it.item!r} вида {it.type!r}; сравните долю одного ответа: kind='share', answer=…",
        )
    _check_type(it, "mean" if used == "rank" else used)
    return survey.values(it).astype(float), used
