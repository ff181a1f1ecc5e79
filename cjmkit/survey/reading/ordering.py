"""Answers that have an order and no numbers: age bands, income, durations, how often, education."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from math import inf

__all__ = ["ordered_answers"]

_UNITS = (
    ("hour", 1 / 24), ("час", 1 / 24), ("minut", 1 / 1440), ("минут", 1 / 1440), ("day", 1.0), ("дн", 1.0),
    ("день", 1.0),
    ("week", 7.0), ("недел", 7.0), ("month", 30.4), ("месяц", 30.4), ("мес", 30.4), ("quarter", 91.0), ("year", 365.0),
    ("год", 365.0), ("лет", 365.0),
)  # fmt: skip
_NUMBERS = re.compile(r"\d[\d\s,.'’\u00a0\u202f]*\d|\d")
_THOUSANDS = re.compile(r"(?<=\d)(?:[\s,.'’\u00a0\u202f])(?=\d{3}(?!\d))")
_BELOW = re.compile(
    r"^(?:<|≤|under|below|less|fewer|up to|within|in less|(?:in the )?next|younger|no more|до|менее|меньше|младше|"
    r"моложе|не более|не "
    r"больше)"
)
_ABOVE = re.compile(
    r"^(?:>|≥|over|above|more|greater|longer|beyond|older|at least|from|свыше|более|больше|старше|от|не менее|"
    r"не моложе)|"
    r"\+$|\d\+|(?:and|or) (?:over|older|above|more|up)$|(?:и|или) (?:старше|больше|более|выше)$"
)
_TIMES = (
    (r"never|никогда|ни разу|не пользу", 0.0),
    (r"less (?:often|than (?:once )?(?:a|per) year)|rarely than|реже(?! (?:раза|одного))", 0.5),
    (r"once (?:a|per) year|yearly|annual|раз в год|ежегодно", 1.0),
    (r"(?:few|several|2-3|2–3) times (?:a|per) year|несколько раз в год", 4.0),
    (r"quarterly|раз в квартал|ежеквартально", 4.0),
    (r"less than (?:once )?(?:a|per) month|реже (?:одного )?раза? в месяц", 6.0),
    (r"once (?:a|per) month|monthly|раз в месяц|ежемесячно", 12.0),
    (r"(?:few|several|2-3|2–3|couple of) times (?:a|per) month|несколько раз в месяц|2[-–]3 раза в месяц", 30.0),
    (r"once (?:a|per) week|weekly|раз в неделю|еженедельно", 52.0),
    (r"(?:few|several|2-3|2–3|many) times (?:a|per) week|несколько раз в неделю|2[-–]3 раза в неделю", 150.0),
    (r"(?:once (?:a|per) day|daily|every ?day|almost every day|ежедневно|каждый день|раз в день|почти каждый "
     r"день)", 365.0),
    (r"(?:few|several|many) times (?:a|per) day|несколько раз в день", 1500.0),
    (r"hourly|every hour|once an hour|ежечасно|каждый час", 8760.0),
)  # fmt: skip
_SCHOOL = (
    r"no (?:formal )?(?:education|schooling)|без образования",
    r"primary|elementary|начальное|неполное среднее|основное общее",
    r"some high school|less than high school",
    r"high school|secondary|среднее(?! (?:спец|проф))|ged\b|среднее общее",
    r"vocational|trade|associate|technical|some college|среднее (?:спец|проф)|техникум|колледж|пту",
    r"неоконченное высшее|незаконченное высшее|undergraduate student",
    r"bachelor|college degree|undergraduate degree|university degree|^высшее|бакалавр|специалист",
    r"master|mba|postgraduate|graduate (?:degree|school)|магистр|два (?:и более )?высших",
    r"ph\.? ?d|doctor|аспирант|кандидат наук|уч[её]ная степень",
)


def ordered_answers(answers: Iterable[str]) -> tuple[str, ...] | None:
    """The answers from low to high, where each has its place: ranges of numbers, durations, how often, education.

    Parameters
    ----------
    answers : iterable of str
        The different answers, those that mean "no answer" left out.

    Returns
    -------
    tuple of str or None
        None where one of them has no place, two have the same, or there are fewer than three.

    Examples
    --------
    >>> ordered_answers(["65+", "18–24", "Under 18", "25–64"])
    ('Under 18', '18–24', '25–64', '65+')
    >>> ordered_answers(["Более 100 000 ₽", "до 50 000 ₽", "50 000 – 100 000 ₽"])
    ('до 50 000 ₽', '50 000 – 100 000 ₽', 'Более 100 000 ₽')
    >>> ordered_answers(["Red", "Green", "Blue"])
    """
    listed = list(dict.fromkeys(answers))
    if not 3 <= len(listed) <= 20:
        return None
    told = [_plain(a) for a in listed]
    bare = any(not _UNIT.search(t) for t in told)  # "under 18 years" beside "18–24": the unit says nothing
    for place in (lambda t: _range(t, bare=bare), _often, _education, _unit_alone):
        places = [place(t) for t in told]
        known = [p for p in places if p is not None]
        if len(known) == len(listed) and len(set(known)) == len(known):
            order = sorted(range(len(listed)), key=lambda k: known[k])
            if place not in (_often, _education, _unit_alone) and not _apart([known[k] for k in order]):
                return None
            return tuple(listed[k] for k in order)
    return None


def _plain(answer: str) -> str:
    return " ".join(answer.casefold().replace("ё", "е").replace("—", "–").split()).strip(" .")


_UNIT = re.compile("|".join(rf"(?<![a-zа-я]){word}" for word, _ in _UNITS))


def _range(text: str, *, bare: bool = False) -> tuple[float, float] | None:
    """Lower and upper end of a range; durations in days, unless other answers have no unit (`bare`)."""
    found = []
    for m in _NUMBERS.finditer(text):
        digits = _THOUSANDS.sub("", m[0]).replace(" ", "").replace(",", ".")
        if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
            return None  # 1.2.5, a date, a list: no end of a range
        found.append((float(digits), m.end()))
    units = [] if bare else [(dict(_UNITS)[m[0]], m.start()) for m in _UNIT.finditer(text)]
    if not found and len(units) == 1:  # "less than a month", "менее года"
        found = [(1.0, units[0][1])]
    thousands = 1000.0 if re.search(r"\d\s?k\b|тыс", text) else 1.0
    ends = []
    for value, at in found:
        after = [days for days, start in units if start >= at] or [days for days, _ in units]
        ends.append(value * (after[0] if after else 1.0) * thousands)
    if len(ends) == 2 and ends[0] < ends[1]:
        return ends[0], ends[1]
    if len(ends) != 1:
        return None
    if _BELOW.search(text):
        return -inf, ends[0] - 1e-6  # "less than a year" beside "1 year"
    if _ABOVE.search(text):
        return ends[0], inf
    # A number alone is a step of its own: "1", "2", "3 or more".
    alone = re.fullmatch(r"\d[\d\s,.]*(?:\s*[a-zа-я]+)?", text)
    return (ends[0], ends[0]) if alone else None


def _apart(ranges: list[tuple[float, float]]) -> bool:
    """Whether ranges follow each other, each beginning where the one before ends, or after; not numbers alone."""
    return any(a < b for a, b in ranges) and all(b[0] >= a[1] - 1e-9 and b[1] > a[1] for a, b in pairwise(ranges))


def _unit_alone(text: str) -> tuple[float, float] | None:
    """Place "days", "weeks", "months": how long, roughly."""
    days = next((d for word, d in _UNITS if re.fullmatch(rf"{word}[a-zа-яь]{{0,3}}", text)), None)
    return None if days is None else (days, days)


def _often(text: str) -> tuple[float, float] | None:
    return next(((times, times) for words, times in _TIMES if re.search(words, text)), None)


def _education(text: str) -> tuple[float, float] | None:
    places = [k for k, words in enumerate(_SCHOOL) if re.search(words, text)]
    return (float(places[0]), float(places[0])) if places else None
