"""Numbers as people write them: decimal commas, money, per cent, thousands with commas or blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.survey._decode import norm, parse_number
from cjmkit.survey.reading.platforms import Column

__all__ = ["amount", "amounts_of", "with_numbers"]

Note = tuple[str, str]

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


def with_numbers(
    frame: pd.DataFrame, words: frozenset[str], columns: list[Column] | None = None
) -> tuple[pd.DataFrame, list[Note]]:
    """Numbers with a decimal comma become numbers; everything else stays as it came."""
    notes: list[Note] = []
    commas: list[str] = []
    gone: list[str] = []
    changed: dict[str, pd.Series] = {}
    for name in frame.columns:
        column = frame[name]
        if name in words:
            continue
        if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
            continue
        at = column.first_valid_index()  # one answer tells most columns of words, without a look at the others
        if at is None:
            continue
        first = str(column.loc[at]) if column.index.is_unique else str(column.dropna().iloc[0])
        if not first.strip()[:1].isdigit() and first.strip()[:1] not in "-−.,Nn$€£₽¥":
            continue
        uniques = pd.unique(column.dropna())
        if len(uniques) > 2000 and parse_number(uniques[0], anchored=False) is None:
            continue
        absent = {u for u in uniques if norm(u) in ("na", "nan", "null", "#n/a", "none")}
        parsed = {u: parse_number(u, anchored=False) for u in uniques if u not in absent}
        if not parsed or any(v is None for v in parsed.values()):
            unit, amounts = amounts_of([u for u in uniques if u not in absent])
            if not amounts:
                continue
            parsed = dict(amounts)
            of = next((c for c in columns or () if c.name == name), None)
            if of is not None and not of.kind:
                of.unit = unit or of.unit
        # Leading zeros and very long digits are names, not numbers.
        if any(_digits_of_a_name(str(u).strip()) for u in parsed):
            continue
        numbers: pd.Series = column.map({**parsed, **dict.fromkeys(absent, np.nan)}, na_action="ignore").astype(float)
        if numbers.notna().all() and (numbers % 1 == 0).all():
            numbers = numbers.astype("int64")
        changed[name] = numbers
        if any("," in str(u) for u in parsed):
            commas.append(name)
        if absent:
            gone.append(name)
    if changed:
        frame = frame.assign(**changed)
    for names, en, ru in (
        (commas, "decimal comma read in {k} columns: {shown}", "десятичная запятая прочитана, столбцов: {k}: {shown}"),
        (
            gone,
            "NA among numbers read as no answer in {k} columns: {shown}",
            "NA среди чисел считается пропуском, столбцов: {k}: {shown}",
        ),
    ):
        if names:
            shown = ", ".join(repr(n[:30]) for n in names[:4]) + (", …" if len(names) > 4 else "")
            notes.append((en.format(k=len(names), shown=shown), ru.format(k=len(names), shown=shown)))
    return frame, notes


def _digits_of_a_name(text: str) -> bool:
    return text.isdigit() and (len(text) > 15 or (len(text) > 1 and text[0] == "0"))
