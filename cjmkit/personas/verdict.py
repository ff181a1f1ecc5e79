"""What may be said about the groups, in one plain sentence of each language."""

from __future__ import annotations

from collections.abc import Sequence

from cjmkit.i18n import count, number, say
from cjmkit.personas._procedure import EXPLORATORY, FEWEST, J_ADMISSIBLE, J_STABLE

__all__ = ["POWER", "group_status", "power_line", "sentence"]

# Share of runs in which three groups are found, 2 SD apart on eight of twelve five-point questions, by number of
# people: benchmarks/persona_guards.py, results in benchmarks/results/persona_guards_kinds.md.
POWER: dict[int, float] = {20: 0.05, 30: 0.30, 40: 0.35, 60: 0.80, 100: 0.95, 150: 1.00, 300: 0.95}

_WORDS = {
    "en": "no one two three four five six seven eight nine ten".split(),
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять".split(),
}


def group_status(jaccard: float, found: bool) -> str:
    """Status of one group: stable, tentative, or none where it does not come back or there is nothing to come back."""
    if not found or not jaccard >= J_ADMISSIBLE:
        return "none"
    return "stable" if jaccard >= J_STABLE else "tentative"


def overall(statuses: Sequence[str], n: int) -> str:
    """Status of the whole: the weakest group decides, and few people make everything exploratory."""
    if not statuses or "none" in statuses:
        return "none"
    if n < EXPLORATORY:
        return "exploratory"
    return "tentative" if "tentative" in statuses else "stable"


def power_line(n: int, lang: str | None = None) -> str:
    """How likely groups 2 SD apart would have been found among so many people."""
    sizes = sorted(POWER)
    if n < sizes[0]:
        return ""
    if n >= sizes[-1]:
        share = POWER[sizes[-1]]
    else:
        low = max(s for s in sizes if s <= n)
        high = min(s for s in sizes if s > n)
        share = POWER[low] + (POWER[high] - POWER[low]) * (n - low) / (high - low)
    seen = number(share, 0, percent=True, lang=lang)
    text = say(
        en=f"With {n} people, groups 2 SD apart on most questions are found {seen} of the time, groups 1 SD apart "
        "hardly ever: not found is not absent.",
        ru=f"При {n} участниках группы, отстоящие на 2 SD по большинству вопросов, находятся в {seen} случаев, на 1 "
        "SD — почти никогда: «не найдены» не значит «их нет».",
        lang=lang,
    )
    enough = next((m for m in sizes if m > n and POWER[m] >= 0.8), None)
    if share >= 0.8 or enough is None:
        return text
    more = number(POWER[enough], 0, percent=True, lang=lang)
    return text + say(en=f" With {enough} people: {more}.", ru=f" При {enough} — в {more}.", lang=lang)


def _how_many(k: int, status: str, lang: str) -> str:
    word = _WORDS[lang][k] if k <= 10 else str(k)
    if lang == "en":
        what = {"stable": "stable", "tentative": "fragile"}[status]
        return f"{word} {what} persona{'' if k == 1 else 's'}"
    few = 2 <= k <= 4
    if status == "stable":
        if k == 1:
            return "один устойчивый портрет"
        return f"{word} устойчивых {'портрета' if few else 'портретов'}"
    if k == 1:
        return "один хрупкий портрет"
    return f"{word} хрупких {'портрета' if few else 'портретов'}"


def _p(p: float, lang: str) -> str:
    return f"p {'<' if p < 0.001 else '='} {number(max(p, 0.001), 3 if p < 0.1 else 2, lang=lang)}"


def _reason(why: str, n: int, p: float, lang: str) -> str:
    """Why there are no groups, or none that were tested."""
    people = count(n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
    among = count(n, en=("person", "people"), ru=("человека", "человек", "человек"), lang=lang)
    reasons = {
        "few": say(
            en=f"no personas: {people} are too few to find groups among (at least {FEWEST})",
            ru=f"портретов нет: {people} — слишком мало, чтобы искать группы (нужно не меньше {FEWEST})",
            lang=lang,
        ),
        "placed": say(
            en=f"no personas: {people} are too few to find patterns among (at least 8 on a grid)",
            ru=f"портретов нет: {people} — слишком мало для закономерностей (на сетке нужно не меньше 8)",
            lang=lang,
        ),
        "shuffled": say(
            en=f"no patterns in these {people}: grids dealt out again at random look as grouped ({_p(p, 'en')})",
            ru=f"закономерностей нет, {people}: сетки, перетасованные наугад, выглядят так же ({_p(p, 'ru')})",
            lang=lang,
        ),
        "line": say(
            en=f"no kinds of people in these {people}: they stand together, but as people do who differ by "
            f"degree along one line or two ({_p(p, 'en')})",
            ru=f"видов людей нет, {people}: люди стоят рядом, но так стоят и те, кто различается степенью вдоль одной "
            f"или двух линий ({_p(p, 'ru')})",
            lang=lang,
        ),
        "thin": say(
            en=f"no patterns in these {people}: fewer than three variables carry the groups ({_p(p, 'en')})",
            ru=f"закономерностей нет, {people}: группы держатся меньше чем на трёх переменных ({_p(p, 'ru')})",
            lang=lang,
        ),
        "empty": say(
            en="no personas: there are no answers to find groups in",
            ru="портретов нет: нет ответов, в которых можно искать группы",
            lang=lang,
        ),
        "little": say(
            en=f"no personas: these {people} said too little; a few short answers each make groups of answers, not "
            "kinds of people (text.cluster_texts sorts answers)",
            ru=f"портретов нет, {people}: сказано слишком мало; несколько коротких ответов складываются в группы "
            "ответов, а не людей (ответы сортирует text.cluster_texts)",
            lang=lang,
        ),
        "untested": say(
            en=f"untested groups: nobody has compared these {people} with data without groups",
            ru=f"непроверенные группы: данные этих {among} не сравнивали с данными без групп",
            lang=lang,
        ),
        "test": say(
            en=f"no stable groups in these {people}: data without groups look as grouped as this ({_p(p, 'en')}); "
            "more or other data needed",
            ru=f"устойчивых групп нет, {people}: данные без групп выглядят так же ({_p(p, 'ru')}); "
            "нужно больше данных или другие данные",
            lang=lang,
        ),
        "excess": say(
            en=f"no stable groups in these {people}: the departure from a continuum is too small to matter "
            f"({_p(p, 'en')})",
            ru=f"устойчивых групп нет, {people}: отличие от континуума слишком мало ({_p(p, 'ru')})",
            lang=lang,
        ),
        "unstable": say(
            en=f"no stable groups in these {people}: something is there ({_p(p, 'en')}), but no grouping into "
            "large enough groups comes back when people are resampled; more data needed",
            ru=f"устойчивых групп нет, {people}: что-то есть ({_p(p, 'ru')}), но при повторных выборках группы "
            "достаточного размера не возвращаются; нужно больше данных",
            lang=lang,
        ),
    }
    return reasons.get(why, "")


_STYLES = {
    "level": ("how high they answer everything", "тем, насколько высоко оценивают всё подряд"),
    "spread": ("how far apart their answers lie", "тем, насколько разбросаны ответы"),
    "straight": (
        "whether they tick the same point all the way down",
        "тем, отмечают ли они всюду одну и ту же точку шкалы",
    ),
    "ends": ("whether they tick the ends of scales or the middle", "тем, края шкалы они отмечают или середину"),
}


def _objection(why: str, about: str, n: int, lang: str) -> str:
    """What the groups are where they are no kinds of people."""
    people = count(n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
    en, ru = _STYLES.get(about, ("", ""))
    style_en, style_ru = "a way of answering", "это манера отвечать"
    if about == "level":
        style_en = "which is a matter of degree or a way of answering (found.degree() gives everybody's place)"
        style_ru = "это степень или манера отвечать (место каждого даёт found.degree())"
    objections = {
        "one": say(
            en=f"no personas in these {people}: the groups are the answers to one question, “{about}”",
            ru=f"портретов нет, {people}: группы — это ответы на один вопрос, «{about}»",
            lang=lang,
        ),
        "blanks": say(
            en=f"no personas in these {people}: the groups are who was asked and who was not (“{about}”)",
            ru=f"портретов нет, {people}: группы — это те, кому вопрос задавали, и кому нет («{about}»)",
            lang=lang,
        ),
        "stratum": say(
            en=f"no personas in these {people}: the groups are the levels of “{about}”, which is no attitude",
            ru=f"портретов нет, {people}: группы совпадают с делением по «{about}», а это не отношение к делу",
            lang=lang,
        ),
        "style": say(
            en=f"no personas in these {people}: they differ by {en}, {style_en}",
            ru=f"портретов нет, {people}: люди различаются {ru}; {style_ru}",
            lang=lang,
        ),
        "degree": say(
            en=f"no personas in these {people}: the groups are parts of a line without a gap; people differ by degree "
            f"along: {about} (found.degree() gives everybody's place)",
            ru=f"портретов нет, {people}: группы — части линии без промежутка; люди различаются степенью: {about} "
            "(место каждого даёт found.degree())",
            lang=lang,
        ),
    }
    return objections[why]


def sentence(
    lang: str,
    *,
    n: int,
    why: str,
    p: float,
    jaccard: Sequence[float],
    statuses: Sequence[str],
    forced: int | None,
    doubtful: str = "",
    about: str = "",
) -> str:
    """The verdict.

    Parameters
    ----------
    lang : {"en", "ru"}
        Language.
    n : int
        People behind the clustering.
    why : str
        ``"found"``, or the hurdle that was not taken: ``few``, ``little``, ``empty``, ``untested``, ``test``,
        ``placed``, ``shuffled``, ``line``, ``thin``, ``excess``,
        ``unstable``, ``one``, ``blanks``, ``stratum``, ``style``, ``degree``.
    p : float
        p-value against tables without groups.
    jaccard, statuses : sequences
        Of the groups that are shown.
    forced : int or None
        The k that the researcher asked for, where it is not what was found.
    doubtful : str
        A caution that belongs to the verdict.
    about : str
        What the groups are instead of kinds of people: a question, a stratum, a way of answering, the questions along
        which people differ by degree.
    """
    people = count(n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
    if why == "found":
        parts = [_how_many(statuses.count(s), s, lang) for s in ("stable", "tentative") if statuses.count(s)]
        text = say(en=" and ", ru=" и ", lang=lang).join(parts)
        lost = statuses.count("none")
        if lost:
            gone = say(
                en=f"{lost} {'group that does' if lost == 1 else 'groups that do'} not come back",
                ru=f"групп, которые не возвращаются: {lost}",
                lang=lang,
            )
            text = f"{text}, {gone}" if text else gone
        back = say(en=", ", ru="; ", lang=lang).join(number(j, 2, lang=lang) for j in jaccard)
        text += say(
            en=f" among {people} ({_p(p, 'en')}; stability {back})",
            ru=f", {people} ({_p(p, 'ru')}; устойчивость {back})",
            lang=lang,
        )
        if n < EXPLORATORY:
            text += say(en="; exploratory, with so few people", ru="; разведка: людей мало", lang=lang)
        if forced is not None:
            text += say(
                en=f"; the number of groups, {forced}, was set by hand",
                ru=f"; число групп ({forced}) задано вручную",
                lang=lang,
            )
    else:
        text = _reason(why, n, p, lang) or _objection(why, about, n, lang)
        if why in ("test", "excess") and about:
            text += say(
                en=f". People differ by degree along: {about} (found.degree() gives everybody's place)",
                ru=f". Люди различаются степенью: {about} (место каждого даёт found.degree())",
                lang=lang,
            )
        if forced is not None:
            text += say(
                en=f". The {forced} groups shown were cut by hand and are an assumption",
                ru=f". Показанные группы ({forced}) нарезаны вручную и являются предположением",
                lang=lang,
            )
    return text + (f". {doubtful}" if doubtful else "")
