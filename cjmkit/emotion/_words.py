"""What a curve says in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjmkit.core.estimate import Estimate
from cjmkit.i18n import count, number, say

if TYPE_CHECKING:
    from cjmkit.emotion._result import Curve

__all__ = ["curve_words", "reason_words", "source_title"]

_TITLES = {
    "survey": ("ratings", "оценки"),
    "coding": ("coded interviews", "кодированные интервью"),
    "text": ("text tone", "тональность текста"),
    "researcher": ("researcher's estimate", "оценка исследователя"),
    "employees": ("employees' view", "взгляд сотрудников"),
    "managers": ("managers' view", "взгляд руководителей"),
}


def source_title(source: str, lang: str | None = None) -> str:
    """What a source of scores is called on a picture.

    Examples
    --------
    >>> source_title("text", "en")
    'text tone'
    """
    en, ru = _TITLES.get(source, (source, source))
    return say(en=en, ru=ru, lang=lang)


def reason_words(reason: str, lang: str | None = None) -> str:
    """Why a point is missing or special, as a map says it; the table keeps the English word as its code.

    Examples
    --------
    >>> reason_words("fewer than 3 people", "ru")
    'меньше 3 человек'
    """
    if reason.startswith("fewer than"):
        n, what = reason.split()[2:]
        return say(en=reason, ru=f"меньше {n} {'человек' if what == 'people' else 'текстов'}", lang=lang)
    known = {"nobody": "никто не оценил", "same rating from everybody": "у всех одна и та же оценка"}
    return say(en=reason, ru=known.get(reason, reason), lang=lang)


def curve_words(curve: Curve, lang: str) -> str:
    """Worst and best stage of each curve, with interval and n."""
    moments = curve.peak_end()
    out = []
    for (persona, source), part in curve.table.groupby(["persona", "source"], sort=False):
        who = str(persona) or say(en="Everybody", ru="Все вместе", lang=lang)
        what = f"{who} ({source_title(str(source), lang)})"
        here = {r["what"]: r for r in moments.to_dict("records") if (r["persona"], r["source"]) == (persona, source)}
        titles: dict[str, str] = dict(zip(part["stage"], part["title"], strict=True))
        if not here:
            most = int(part["n"].max())
            people = count(most, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
            out.append(
                say(
                    en=f"{what}: no stage has enough people for a point (at most {people}).",
                    ru=f"{what}: ни на одном этапе не хватает людей для точки (самое большее {people}).",
                    lang=lang,
                )
            )
        elif part["shown"].sum() == 1:
            only = _placed(here["end"], titles, lang)
            out.append(say(en=f"{what}: one stage only, {only}.", ru=f"{what}: только один этап, {only}.", lang=lang))
        else:
            out.append(_low_and_high(what, here, titles, int((~part["shown"]).sum()), lang))
    # A Russian "чел." before the full stop needs no second dot.
    return "\n".join(line.replace("..", ".") for line in out)


def _low_and_high(what: str, here: dict[str, Any], titles: dict[str, str], gaps: int, lang: str) -> str:
    worst, best = (_placed(here[k], titles, lang) for k in ("worst", "best"))
    sure = number(here["worst"]["probability"], 0, percent=True, lang=lang)
    text = say(
        en=f"{what}: lowest at {worst}, the lowest in {sure} of resamples; highest at {best}.",
        ru=f"{what}: ниже всего {worst}, это минимум в {sure} повторных выборок; выше всего {best}.",
        lang=lang,
    )
    if gaps:
        stages = count(gaps, en=("stage has", "stages have"), ru=("этап", "этапа", "этапов"), lang=lang)
        text += say(en=f" {stages} too few people.", ru=f" Слишком мало людей: {stages}.", lang=lang)
    return text


def _placed(row: Any, titles: dict[str, str], lang: str) -> str:
    title = titles.get(row["stage"], row["stage"])
    figure = Estimate(value=row["value"], low=row["low"], high=row["high"], n=int(row["n"])).text(2, lang=lang)
    return say(en=f"“{title}” {figure}", ru=f"«{title}» {figure}", lang=lang)
