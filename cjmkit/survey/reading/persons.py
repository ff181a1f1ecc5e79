"""Columns that say who somebody is: names, e-mail addresses, phone numbers. They are no answers to an open question."""

from __future__ import annotations

import re

import pandas as pd

from cjmkit.survey._decode import norm
from cjmkit.survey.reading._facts import Facts

__all__ = ["personal"]

Said = tuple[str, str]
_MAIL = re.compile(r"^[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+$|^<?e-?mail>?$", re.I)
_PHONE = re.compile(r"^\+?[\d\s().\-–]{7,22}$")
_ASKED = re.compile(
    r"^(?:what(?:'s| is) )?(?:your |the )?(?:full |first |last |sur|given |family )?name\b(?! of)|^name$|"
    r"how (?:should|can|may) we "
    r"(?:call|address) you|contact (?:person|name)|respondent name|"
    r"(?:ваш[аеи]?|как вас) (?:полное )?(?:имя|фамили|зовут|фио)|^(?:имя|фамилия|отчество|фио|ф\. ?и\. ?о)\b|"
    r"как к вам обращаться"
)
_THING = re.compile(
    r"compan|brand|product|organi[sz]|school|city|country|file|user ?name|компан|бренд|продукт|организ|город|назван"
)
_NAME = re.compile(r"^[A-ZА-ЯЁ][\w'’-]+(?:\s+[A-ZА-ЯЁ][\w'’.-]*){1,2}$")
_ENOUGH = 0.7


def personal(question: str, f: Facts, answers: pd.Series) -> Said | None:
    """Why a column of texts holds people's names, addresses or numbers; None where it does not.

    Parameters
    ----------
    question : str
        The wording, or the header where there is none.
    f : Facts
    answers : pandas.Series

    Examples
    --------
    >>> from cjmkit.survey.reading._facts import look
    >>> mails = pd.Series(["a@b.org", "c.d@e.com", "f@g.net"])
    >>> personal("How do we reach you?", look(mails), mails)[0]
    'e-mail addresses, kept out of the open answers'
    >>> why = pd.Series(["It broke", "Too dear", "Slow"])
    >>> personal("Why?", look(why), why) is None
    True
    """
    if not f.n:
        return None
    asked = norm(question)
    by_name = bool(_ASKED.search(asked)) and not _THING.search(asked) and f.distinct >= 5
    # Nobody ticks a name: what comes back often is an option, unless names are what was asked for.
    if f.uniques and f.distinct < 0.5 * f.n and not by_name:
        return None
    some = [str(a).strip() for a in answers.dropna().iloc[:200]]

    def most(pattern: re.Pattern[str]) -> bool:
        return sum(bool(pattern.match(a)) for a in some) >= _ENOUGH * len(some)

    if most(_MAIL):
        return "e-mail addresses, kept out of the open answers", "адреса почты, не считаются открытыми ответами"
    if most(_PHONE) and sum(sum(x.isdigit() for x in a) >= 7 for a in some) >= _ENOUGH * len(some):
        return "phone numbers, kept out of the open answers", "номера телефонов, не считаются открытыми ответами"
    said = ("people's names, kept out of the open answers", "имена людей, не считаются открытыми ответами")
    short = sum(len(a.split()) <= 4 and len(a) <= 60 for a in some) >= 0.9 * len(some)
    if by_name and short:
        return said
    if len(some) >= 5 and most(_NAME) and not _THING.search(asked):
        from cjmkit.text.recognise import either

        found = either(some[:60])
        named = sum(any(kind == "person" for _, _, kind in spans) for spans in found)
        if named >= 0.5 * len(found):
            return said
    return None
