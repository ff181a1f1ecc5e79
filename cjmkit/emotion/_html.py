"""Result tables as notebooks show them: columns named in the language in use, numbers as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import pandas as pd

from cjmkit.i18n import current_language, number, say

__all__ = ["paragraphs", "remarks", "table_html"]

# Of every column that a result table of these rooms shows.
_NAMES: dict[str, tuple[str, str]] = {
    "a": ("from", "из"),
    "b": ("to", "в"),
    "persona": ("persona", "персона"),
    "source": ("source", "источник"),
    "title": ("stage", "этап"),
    "touchpoint": ("touchpoint", "точка контакта"),
    "mean": ("mean", "среднее"),
    "n": ("n", "n"),
    "difference": ("difference", "разность"),
    "n_a": ("n from", "n из"),
    "n_b": ("n to", "n в"),
    "n_paired": ("n in both", "n в обеих"),
    "p": ("p", "p"),
    "link": ("link", "звено"),
    "value": ("value", "значение"),
    "lost": ("people lost", "потеряно людей"),
    "probability": ("sure in", "уверенность"),
    "barriers": ("barriers", "барьеров"),
    "people": ("people", "людей"),
    "share": ("share", "доля"),
    "unhappy": ("unhappy", "недовольны"),
    "score": ("score", "балл"),
    "change": ("change", "изменение"),
    "observed": ("observed", "сейчас"),
    "benchmark": ("benchmark", "ориентир"),
    "conversion": ("conversion", "конверсия"),
    "channel": ("channel", "канал"),
    "cost": ("cost now", "расход сейчас"),
    "conversions": ("conversions", "конверсии"),
    "cost_per": ("cost per conversion", "цена конверсии"),
    "marginal_cost": ("cost of one more", "цена ещё одной"),
    "proposed": ("proposed", "предложение"),
    "more": ("more in", "больше в"),
    "bound": ("bound", "граница"),
    "believed": ("who believes", "чьё мнение"),
    "customers": ("customers", "клиенты"),
    "insiders": ("insiders", "сотрудники"),
    "gap": ("gap", "разрыв"),
    "n_customers": ("n customers", "n клиентов"),
    "n_insiders": ("n insiders", "n сотрудников"),
    "before": ("before", "раньше"),
    "after": ("after", "теперь"),
}
_WORDS = {"floor": "нижняя", "ceiling": "верхняя", "all together": "все вместе"}


def table_html(
    table: pd.DataFrame, columns: Iterable[str], *, digits: int = 2, percent: Iterable[str] = (), limits: bool = True
) -> str:
    """A table as HTML; ``low`` and ``high`` become one column of limits after the figure that they belong to."""
    lang = current_language()
    shares = set(percent)
    chosen = [c for c in columns if c in table]
    head, cells = [], []
    for column in chosen:
        head.append(say(en=_NAMES[column][0], ru=_NAMES[column][1], lang=lang))
        cells.append([_cell(v, column, digits, column in shares) for v in table[column]])
    if limits and {"low", "high"} <= set(table.columns):
        head.append(say(en="limits", ru="границы", lang=lang))
        both = zip(table["low"], table["high"], strict=True)
        scale = bool(shares & {"value", "share"})
        cells.append(
            ["—" if pd.isna(a) else f"{_number(a, digits, scale)} … {_number(b, digits, scale)}" for a, b in both]
        )
    rows = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in zip(*cells, strict=True))
    return f"<table><tr>{''.join(f'<th>{escape(h)}</th>' for h in head)}</tr>{rows}</table>"


def _number(value: Any, digits: int, percent: bool) -> str:
    return number(float(value), 0 if percent else digits, percent=percent)


def _cell(value: Any, column: str, digits: int, percent: bool) -> str:
    if isinstance(value, str):
        if column in ("source", "believed"):
            from cjmkit.emotion._words import source_title

            return source_title(value)
        return _WORDS.get(value, value) if current_language() == "ru" else value
    if value is None or pd.isna(value):
        return "—"
    if isinstance(value, int) or (hasattr(value, "dtype") and value.dtype.kind in "iu"):
        return str(value)
    if column == "p":
        return number(float(value), 3)
    return _number(value, digits, percent)


def paragraphs(text: str) -> str:
    """Lines of a summary as HTML."""
    return f"<p>{'<br>'.join(escape(line) for line in text.splitlines())}</p>"


def remarks(warnings: Iterable[str]) -> str:
    """Warnings as a list; nothing where there are none."""
    items = "".join(f"<li>{escape(w)}</li>" for w in warnings)
    return f"<ul>{items}</ul>" if items else ""
