"""Amounts with a unit: money, per cent, thousands written with commas or blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

__all__ = ["amount", "amounts_of"]

_UNITS = {
    "$": "$", "usd": "$", "€": "€", "eur": "€", "£": "£", "gbp": "£", "₽": "₽", "руб": "₽", "р": "₽", "rub": "₽",
    "%": "%", "percent": "%", "процентов": "%", "¥": "¥", "₸": "₸", "тг": "₸",
}  # fmt: skip
_AMOUNT = re.compile(
    r"^([$€£¥₽₸]?)\s*([-−]?\d[\d\s.,'’\u00a0\u202f]*)\s*(%|[$€£¥₽₸]|usd|eur|gbp|rub|руб|р|тг|percent|процентов)?\.?$",
    re.I,
)


def amount(text: str) -> tuple[float, str, str] | None:
    """Value, unit and the style of its separators ("us", "eu", "blank" or ""); None for what is no amount.

    Examples
    --------
    >>> amount("$12,050.50"), amount("1 200,50 ₽"), amount("10 %"), amount("18-24")
    ((12050.5, '$', 'us'), (1200.5, '₽', 'eu'), (10.0, '%', ''), None)
    """
    m = _AMOUNT.match(text.strip())
    if not m:
        return None
    unit = _UNITS.get((m.group(1) or m.group(3) or "").casefold(), "")
    digits = re.sub(r"(?<=\d)[\s'’\u00a0\u202f](?=\d{3}(?!\d))", "", m.group(2).strip()).replace("−", "-")
    if re.search(r"\s", digits):
        return None
    style = ""
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits, style = digits.replace(",", ""), "us"
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3}){2,}(,\d+)?|-?\d{1,3}(\.\d{3})+,\d+", digits):
        digits, style = digits.replace(".", "").replace(",", "."), "eu"
    elif re.fullmatch(r"-?\d+,\d+", digits):
        digits, style = digits.replace(",", "."), "eu"
    elif not re.fullmatch(r"-?\d+(\.\d+)?", digits):
        return None
    return float(digits), unit, style


def amounts_of(answers: Iterable[Any]) -> tuple[str, dict[Any, float]]:
    """The unit and the value of every different answer of a column; nothing if one of them is no amount.

    Answers in two currencies, or with points and commas used in two ways, are no amounts of one kind.

    Examples
    --------
    >>> amounts_of(["$300", "$1,200"]), amounts_of(["$300", "€20"])
    (('$', {'$300': 300.0, '$1,200': 1200.0}), ('', {}))
    """
    found = {a: amount(str(a)) for a in answers}
    if not found or any(v is None for v in found.values()):
        return "", {}
    values = {a: v for a, v in found.items() if v is not None}
    units, styles = {v[1] for v in values.values()} - {""}, {v[2] for v in values.values()} - {""}
    if len(units) > 1 or len(styles) > 1 or not (units or styles):
        return "", {}
    return next(iter(units), ""), {a: v[0] for a, v in values.items()}
