"""The result of scoring, and the cautions that go with it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Shown, pick
from cjmkit.errors import CjmError
from cjmkit.i18n import count, number, say
from cjmkit.survey._figures import FIGURES
from cjmkit.survey._result import SMALL
from cjmkit.survey._sus import grade, percentile
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import Item

__all__ = ["Score"]


@dataclass(frozen=True, repr=False)
class Score(Shown):
    """One or more figures of a survey.

    Attributes
    ----------
    kind : str
        What was computed, one of `KINDS`; ``"all"`` for every item at once.
    items : tuple of str
        The columns behind it.
    question : str
        Their wording.
    table : pandas.DataFrame
        One row a figure: `item` or `group` or `option`, then value, low, high, n and what belongs to the kind. Shares
        lie on 0 to 1, NPS on −100 to 100.
    overall : Estimate or None
        The figure for everybody; None where there are several (all items, options).
    distribution : pandas.DataFrame
        answer, n, share; with the rows "coded as no answer" and "blank" it adds up to the people of the survey.
    details : dict
        Further numbers of the kind, for example ``cochran_q`` or ``kendall_w``.
    by : str
        What the groups are; empty without groups.
    base : str
        For multi-selects, whose share it is: answering, asked or choices.
    warnings : tuple of str
        What a careful reader should know; first, where an item can be read in two ways, the figure under each.
    """

    survey: str
    kind: str
    items: tuple[str, ...]
    question: str
    table: pd.DataFrame
    overall: Estimate | None = None
    distribution: pd.DataFrame = field(default_factory=pd.DataFrame)
    details: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    base: str = ""
    scale: tuple[Any, ...] = ()
    weighted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def estimate(self) -> Estimate:
        """The figure for everybody.

        Raises
        ------
        CjmError
            If there are several figures; they are in `table`.
        """
        if self.overall is None:
            raise CjmError(
                en=f"this score holds {len(self.table)} figures; see .table, or cite one of its rows",
                ru=f"в этом показателе {len(self.table)} цифр; смотрите .table или сошлитесь на одну строку",
            )
        return self.overall

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        return sentence(self, lang)

    def _evidence_(self, **which: Any) -> SurveyFigure:
        where = ""
        if not which and self.overall is not None:
            estimate = self.overall
            item = self.items
        else:
            row = pick(self.table, which, what="score")
            estimate = _estimate_of(row, unit="people")
            item = (str(row["item"]),) if "item" in self.table.columns else self.items
            named = [c for c in ("group", "option", "answer") if c in self.table.columns and c in which]
            where = "; ".join(f"{self.by if c == 'group' and self.by else c}: {row[c]}" for c in named)
        return SurveyFigure(
            survey=self.survey,
            item=", ".join(item),
            question=self.question,
            where=where,
            statistic=statistic_name(self.kind, self.scale) + (", weighted" if self.weighted else ""),
            estimate=estimate,
            cautions=self.cautions_on(*item),
        )


def _estimate_of(row: pd.Series, unit: str = "people") -> Estimate:
    return Estimate(
        value=row["value"],
        low=row["low"],
        high=row["high"],
        n=int(row["n"]),
        unit=unit,
        method=str(row.get("method", "")),
    )


def _figure(
    kind: str, x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float
) -> dict[str, Any]:
    """Value, interval and n of one group of people; `x` holds one number a person, NaN for no answer."""
    return FIGURES[kind](x, w, it, top, level)


def _warn(survey: SurveyData, it: Item, kind: str, x: np.ndarray, w: np.ndarray | None, values: pd.Series) -> list[str]:
    notes = []
    n = int((~np.isnan(x)).sum())
    if n < SMALL:
        notes.append(say(en=f"only {n} people answered", ru=f"ответили всего {n} чел."))
    if kind == "nps" and it.ends == (1.0, 10.0):
        notes.append(
            say(
                en="asked on 1 to 10: not comparable with NPS asked on 0 to 10",
                ru="шкала 1–10: с NPS по шкале 0–10 сравнивать нельзя",
            )
        )
    coded = (
        int((survey._frame[it.item].notna().to_numpy()[survey.counted] & np.isnan(x)).sum())
        if kind not in ("sus", "umux_lite")
        else 0
    )
    if coded > 0.2 * survey.n:
        notes.append(
            say(
                en=f"{coded} of {survey.n} people gave no rating (not applicable, don't know or off the scale)",
                ru=f"{coded} из {survey.n} чел. не поставили оценку («не применимо», «не знаю» или вне шкалы)",
            )
        )
    if kind in ("sus", "umux_lite"):
        partial = survey.n - n
        if partial:
            notes.append(
                say(
                    en=f"{partial} people left out a statement and have no score",
                    ru=f"у {partial} чел. нет балла: пропущены утверждения",
                )
            )
    if w is not None:
        unweighted = int((np.isnan(w) & ~np.isnan(x)).sum())
        if unweighted:
            notes.append(
                say(
                    en=f"{unweighted} people have no weight and do not count",
                    ru=f"{unweighted} чел. без веса не учтены",
                )
            )
    return notes


# in words --------------------------------------------------------------------------------------------------------


def statistic_name(kind: str, scale: tuple[Any, ...] = ()) -> str:
    """What a figure is called on a map."""
    names = {
        "nps": "NPS",
        "csat": "CSAT",
        "ces": "CES",
        "sus": "SUS",
        "umux_lite": "UMUX-Lite",
        "pssuq": "PSSUQ",
        "mean": "mean",
        "top2": "top-2 share",
        "share": "share",
        "multi": "share",
        "ranking": "mean rank",
        "alpha": "alpha",
        "omega": "omega",
        "missing": "share without an answer",
    }
    return names.get(kind, kind)


def _people_text(n: int, lang: str | None) -> str:
    return count(n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)


def _range(low: float | None, high: float | None, digits: int, percent: bool, lang: str | None) -> str:
    if low is None or high is None or low != low or high != high:
        return ""
    sep = say(en=", ", ru="; ", lang=lang)
    return (
        f" [{number(low, digits, percent=percent, lang=lang)}{sep}{number(high, digits, percent=percent, lang=lang)}]"
    )


def sentence(s: Score, lang: str | None = None) -> str:
    """One plain sentence about a score."""
    weighted = say(en=" (weighted)", ru=" (с весами)", lang=lang) if s.weighted else ""
    if s.kind == "all" or (s.overall is None and s.kind not in ("share", "multi", "ranking")):
        k = s.table["item"].nunique() if "item" in s.table else len(s.table)
        figures = count(
            len(s.table), en=("figure", "figures"), ru=("показатель", "показателя", "показателей"), lang=lang
        )
        items = count(k, en=("item", "items"), ru=("вопрос", "вопроса", "вопросов"), lang=lang)
        return say(en=f"{figures} of {items}{weighted}.", ru=f"{figures}, {items}{weighted}.", lang=lang)
    if s.kind in ("share", "multi", "ranking"):
        return _of_options(s, weighted, lang)
    e = s.overall
    assert e is not None
    percent = s.kind in ("csat", "top2", "missing")
    digits = 0 if percent else 1 if s.kind in ("nps", "sus", "umux_lite") else 2
    value = number(e.value, digits, percent=percent, lang=lang)
    spread = _range(e.low, e.high, digits, percent, lang)
    people = _people_text(e.n, lang)
    row = s.table.iloc[0]
    if s.kind == "nps":
        if "promoters" in s.table and len(s.table) == 1:
            shares = [number(row[c], 0, percent=True, lang=lang) for c in ("promoters", "passives", "detractors")]
            return say(
                en=f"NPS{weighted} is {value}{spread}, n = {people}: {shares[0]} promoters, {shares[1]} passives, "
                f"{shares[2]} detractors.",
                ru=f"NPS{weighted} равен {value}{spread}, n = {people}: промоутеров {shares[0]}, нейтралов "
                f"{shares[1]}, критиков {shares[2]}.",
                lang=lang,
            )
        text = say(
            en=f"NPS{weighted} is {value}{spread}, n = {people}",
            ru=f"NPS{weighted} равен {value}{spread}, n = {people}",
            lang=lang,
        )
    elif s.kind == "sus":
        letter, place = grade(e.value or math.nan), percentile(e.value or math.nan)
        text = say(
            en=f"SUS{weighted} is {value}{spread}, n = {people}: grade {letter}, better than about "
            f"{number(place, 0, lang='en')}% of products",
            ru=f"SUS{weighted} равен {value}{spread}, n = {people}: оценка {letter}, выше, чем примерно у "
            f"{number(place, 0, lang='ru')} % продуктов",
            lang=lang,
        )
    elif s.kind in ("umux_lite", "pssuq"):
        text = _of_questionnaire(s, value, spread, people, weighted, lang)
    elif s.kind in ("csat", "top2"):
        text = say(
            en=f"{value}{spread} chose one of the upper two answers{weighted}, n = {people}",
            ru=f"{value}{spread} выбрали два верхних ответа{weighted}, n = {people}",
            lang=lang,
        )
    elif s.kind == "missing":
        text = say(
            en=f"{value}{spread} gave no answer, n = {people}",
            ru=f"{value}{spread} не ответили, n = {people}",
            lang=lang,
        )
    elif s.kind in ("alpha", "omega"):
        name = {"alpha": "α", "omega": "ω"}[s.kind]
        word = _agreement(e.value or 0, lang)
        text = say(
            en=f"{name} = {value}{spread} over {len(s.items)} items, n = {people}: {word}",
            ru=f"{name} = {value}{spread} по {len(s.items)} вопросам, n = {people}: {word}",
            lang=lang,
        )
    else:
        ends = ""
        if s.scale:
            low, high = (1, len(s.scale)) if isinstance(s.scale[0], str) else s.scale
            ends = say(en=f" on {low} to {high}", ru=f" по шкале {low}–{high}", lang=lang)
        name = say(en="CES", ru="CES", lang=lang) if s.kind == "ces" else say(en="the mean", ru="среднее", lang=lang)
        name = name[0].upper() + name[1:]
        text = say(
            en=f"{name}{weighted} is {value}{spread}{ends}, n = {people}",
            ru=f"{name}{weighted}: {value}{spread}{ends}, n = {people}",
            lang=lang,
        )
    if s.by and s.kind != "pssuq":
        best, worst = s.table.iloc[int(s.table["value"].argmax())], s.table.iloc[int(s.table["value"].argmin())]
        a, b = (number(r["value"], digits, percent=percent, lang=lang) for r in (best, worst))
        text += say(
            en=f"; by {s.by} from {b} ({worst['group']}, n = {int(worst['n'])}) to {a} ({best['group']}, n = "
            f"{int(best['n'])})",
            ru=f"; по группам «{s.by}» от {b} ({worst['group']}, n = {int(worst['n'])}) до {a} ({best['group']}, n "
            f"= {int(best['n'])})",
            lang=lang,
        )
    return text + "."


def _of_questionnaire(s: Score, value: str, spread: str, people: str, weighted: str, lang: str | None) -> str:
    """UMUX-Lite with the SUS it stands for; PSSUQ beside the published mean."""
    e = s.overall
    assert e is not None
    assert e.value is not None
    if s.kind == "umux_lite":
        sus = 0.65 * e.value + 22.9
        shown = number(sus, 0, lang=lang)
        return say(
            en=f"UMUX-Lite{weighted} is {value}{spread}, n = {people}: stands for a SUS of {shown}, grade {grade(sus)}",
            ru=f"UMUX-Lite{weighted} равен {value}{spread}, n = {people}: соответствует SUS {shown}, оценка "
            f"{grade(sus)}",
            lang=lang,
        )
    text = say(
        en=f"PSSUQ{weighted} is {value}{spread} on 1 (best) to 7, n = {people}",
        ru=f"PSSUQ{weighted} равен {value}{spread} по шкале от 1 (лучше всего) до 7, n = {people}",
        lang=lang,
    )
    norm, low, high = s.table[s.table["item"] == "overall"].iloc[0][["norm", "norm_low", "norm_high"]]
    if norm != norm or e.low is None or e.high is None or e.low != e.low:
        return text
    # Two independent means: half widths add in squares; the published limits are of 99 %.
    both = math.hypot((e.high - e.low) / 2, (high - low) / 2 * 1.960 / 2.576)
    apart = 0 if abs(e.value - norm) <= both else 1 if e.value < norm else 2
    en = ("not told from", "better than", "worse than")[apart]
    ru = ("не отличить от опубликованного среднего", "лучше опубликованного среднего", "хуже опубликованного среднего")[
        apart
    ]
    mean = number(float(norm), 2, lang=lang)
    return text + say(en=f", {en} the published mean of {mean}", ru=f", {ru} {mean}", lang=lang)


def _of_options(s: Score, weighted: str, lang: str | None) -> str:
    ranked = s.table.sort_values("value", ascending=s.kind == "ranking")
    first = ranked.iloc[0]
    name = first["option"] if "option" in s.table else first["answer"]
    if s.kind == "ranking":
        value = number(first["value"], 2, lang=lang)
        people = _people_text(int(first["n"]), lang)
        return say(
            en=f"“{name}” ranks best: mean rank {value}{_range(first['low'], first['high'], 2, False, lang)} of "
            f"{len(s.items)}, n = {people}.",
            ru=f"Лучший средний ранг у «{name}»: {value}{_range(first['low'], first['high'], 2, False, lang)} из "
            f"{len(s.items)}, n = {people}.",
            lang=lang,
        )
    value = number(first["value"], 0, percent=True, lang=lang)
    spread = _range(first["low"], first["high"], 0, True, lang)
    n = int(first["n"])
    base = ""
    if s.kind == "multi":
        who = {
            "answering": ("of those answering", "от ответивших"),
            "asked": ("of those asked", "от спрошенных"),
            "choices": ("of all choices", "от всех выборов"),
        }[s.base]
        base = say(en=f" {who[0]}", ru=f" {who[1]}", lang=lang)
    group = say(en=f" in {first['group']}", ru=f" в группе «{first['group']}»", lang=lang) if "group" in s.table else ""
    unit = (
        _people_text(n, lang)
        if s.base != "choices"
        else count(n, en=("choice", "choices"), ru=("выбор", "выбора", "выборов"), lang=lang)
    )
    return say(
        en=f"Most often{group}{weighted}: “{name}”, {value}{spread}{base}, n = {unit}.",
        ru=f"Чаще всего{group}{weighted}: «{name}», {value}{spread}{base}, n = {unit}.",
        lang=lang,
    )


def _agreement(value: float, lang: str | None) -> str:
    if value >= 0.9:
        return say(en="the items say nearly the same", ru="вопросы почти повторяют друг друга", lang=lang)
    if value >= 0.7:
        return say(en="they can be read as one measure", ru="их можно читать как один показатель", lang=lang)
    return say(en="too little for one measure", ru="для одного показателя мало", lang=lang)
