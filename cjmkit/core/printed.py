"""A table as a person would print it: words for columns, one form of interval, figures no finer than the interval.

Every result shows itself this way in a notebook, and :func:`cjmkit.report.table` prints any other frame so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from cjmkit.core.words import row_title
from cjmkit.i18n import duration, interval, number, p_value, say

__all__ = ["Printing", "frame_html", "table_html"]

ROWS = 12
"""So many rows are shown before "… 31 more": what fits on a screen beside the cell that made it."""

# Of the columns that tables of several rooms show; a room adds its own.
_HEADS: dict[str, tuple[str, str]] = {
    "title": ("stage", "этап"),
    "stage": ("stage", "этап"),
    "lane": ("lane", "дорожка"),
    "touchpoint": ("touchpoint", "точка контакта"),
    "persona": ("persona", "персона"),
    "name": ("name", "название"),
    "group": ("group", "группа"),
    "source": ("source", "источник"),
    "step": ("step", "шаг"),
    "item": ("item", "вопрос"),
    "text": ("text", "текст"),
    "question": ("question", "вопрос"),
    "quote": ("quote", "цитата"),
    "participant": ("who", "кто"),
    "document": ("where", "где"),
    "code": ("code", "код"),
    "event": ("event", "событие"),
    "channel": ("channel", "канал"),
    "owner": ("owner", "ответственный"),
    "people": ("people", "людей"),
    "users": ("people", "людей"),
    "count": ("times", "раз"),
    "n": ("n", "n"),
    "p": ("p", "p"),
    "p_adjusted": ("p, corrected", "p с поправкой"),
    "p_holm": ("p, corrected", "p с поправкой"),
    "value": ("value", "значение"),
    "mean": ("mean", "среднее"),
    "elsewhere": ("others", "остальные"),
    "in_words": ("in words", "словами"),
    "effect": ("difference, SD", "разность, ст. откл."),
    "share": ("share", "доля"),
    "score": ("score", "балл"),
    "alpha": ("alpha", "альфа"),
    "difference": ("difference", "разность"),
    "change": ("change", "изменение"),
    "conversion": ("conversion", "конверсия"),
    "probability": ("sure in", "уверенность"),
    "rank": ("#", "№"),
    "before": ("before", "раньше"),
    "after": ("after", "теперь"),
    "first": ("first", "первый"),
    "last": ("last", "последний"),
    "date": ("date", "дата"),
    "kind": ("kind", "вид"),
    "id": ("id", "id"),
    "notes": ("notes", "заметок"),
    "evidenced": ("with evidence", "с доказательством"),
    "reason": ("why", "почему"),
    "status": ("status", "статус"),
    "missing": ("missing", "нет"),
    "author": ("author", "автор"),
    "note": ("note", "заметка"),
    "valence": ("valence", "валентность"),
    "named": ("named", "названо"),
    "barriers": ("barriers", "барьеров"),
    "where": ("where", "где"),
    "place": ("place", "место"),
    "says": ("says", "что сказано"),
    "who": ("who", "кто"),
    "optional": ("optional", "необязателен"),
    "phase": ("phase", "фаза"),
    "leads_to": ("leads to", "ведёт к"),
    "what": ("what", "что"),
    "moment_of_truth": ("moment of truth", "момент истины"),
    "service_level": ("promise", "обещание"),
    "during": ("during", "во время"),
}
_FIGURES = (
    *("effect", "difference", "gap", "value", "share", "alpha", "score", "conversion", "reach", "incidence"),
    *("change", "median", "quantile", "mean"),
)
"""Whose limits ``low`` and ``high`` are, where nobody says so: the first that the table has, shown or not."""
_P = ("p", "p_adjusted", "p_holm", "p_value")
_LEFT = ' align="left" style="text-align:left"'
_RIGHT = ' align="right" style="text-align:right;white-space:nowrap"'
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True)
class Printing:
    """How a table is printed.

    Parameters
    ----------
    figure : str
        Column whose limits are ``low`` and ``high``; the first usual one where empty.
    percent : tuple of str
        Columns of shares.
    digits : int
        Digits after the point at most; fewer where the interval is wide.
    heads : mapping of str to (str, str)
        English and Russian heads of columns, beside the usual ones.
    titles : mapping of str to str
        Names in place of ids, in every column of texts.
    level : float
        Confidence level of the limits.
    by : str
        Column whose values head sections.
    rows : int
        Rows shown; how many are left is said below.
    bars : bool
        Whether shares get a bar.
    caption : str
        What stands above the table.
    lang : str or None
        Language of heads and figures; the language in use where it is None.
    """

    figure: str = ""
    percent: tuple[str, ...] = ()
    digits: int = 2
    heads: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    level: float = 0.95
    by: str = ""
    rows: int = ROWS
    bars: bool = True
    caption: str = ""
    lang: str | None = None

    def cells(self, table: pd.DataFrame, columns: Iterable[str]) -> tuple[list[str], list[list[str]], list[str]]:
        """Heads, columns of texts, and for each column how it stands: ``left``, ``right`` or ``bar``.

        Examples
        --------
        >>> shares = pd.DataFrame({"code": ["price"], "share": [0.5], "low": [0.2], "high": [0.8], "n": [1200]})
        >>> Printing(percent=("share",)).cells(shares, shares.columns)[:2]
        (['code', 'share [95%]', 'n'], [['price'], ['50% [20%, 80%]'], ['1,200']])
        """
        columns = list(columns)
        chosen = self._chosen(table, columns)
        # Texts stand as they are, and a rank's limits are said in ranks.
        measured = [c for c in chosen if not any(isinstance(v, str) for v in table[c])]
        measured = [c for c in measured if not pd.api.types.is_integer_dtype(table[c])]
        own = {c for c in map(str, table.columns) if f"{c}_low" in table.columns}
        usual = (c for c in (self.figure, *_FIGURES) if c in table.columns and c not in own)
        figure = next(usual, "")
        figure = figure if figure in measured else ""
        heads, texts, stands = [], [], []
        for column in chosen:
            values = list(table[column])
            limits = self._limits(table, column, figure) if column in measured else None
            heads.append(self._head(column) + (self._of_level() if limits else ""))
            if limits:
                low, high = (list(table[c]) for c in limits)
                share = column in self.percent
                digits = 0 if share else _fine(low, high, self.digits)
                texts.append(
                    [
                        " ".join(t for t in (self._number(v, digits, share), self._interval(a, b, digits, share)) if t)
                        for v, a, b in zip(values, low, high, strict=True)
                    ]
                )
            else:
                texts.append(self._column(column, values))
            words = pd.api.types.is_string_dtype(table[column]) or pd.api.types.is_bool_dtype(table[column])
            words = words or any(isinstance(v, str) for v in values)
            bar = self.bars and column == figure and column in self.percent and _shares(values)
            stands.append("left" if words else ("bar" if bar else "right"))
        if {"low", "high"} <= set(columns) and not figure:
            heads.append(self._of_level().strip())
            digits = _fine(table["low"], table["high"], self.digits)
            both = zip(table["low"], table["high"], strict=True)
            texts.append([self._interval(a, b, digits, "low" in self.percent) or "—" for a, b in both])
            stands.append("right")
        return heads, texts, stands

    def html(self, table: pd.DataFrame, columns: Iterable[str]) -> str:
        """The table as HTML that also an untrusted notebook and a page of plain text keep."""
        shown = table.head(self.rows)
        heads, texts, stands = self.cells(shown, [c for c in columns if c != self.by])
        sides = [_LEFT if s == "left" else _RIGHT for s in stands]
        bars = [_bars(list(shown[c])) if s == "bar" else None for s, c in self._with_columns(shown, columns, stands)]
        lines = ["<tr>" + "".join(f"<th{a}>{escape(h)}</th>" for h, a in zip(heads, sides, strict=True)) + "</tr>"]
        before: Any = None
        for k in range(len(shown)):
            if self.by and (section := shown[self.by].iloc[k]) != before:
                before = section
                lines.append(f'<tr><th colspan="{len(heads)}"{_LEFT}>{escape(self._text(section))}</th></tr>')
            row = "".join(
                f"<td{a}>{_bar(bar[k]) if bar else ''}{escape(t[k])}</td>"
                for t, a, bar in zip(texts, sides, bars, strict=True)
            )
            lines.append(f"<tr>{row}</tr>")
        if more := len(table) - len(shown):
            rest = self._more(more)
            lines.append(f'<tr><td colspan="{len(heads)}"{_LEFT}>{rest}</td></tr>')
        caption = f"<caption{_LEFT}><b>{escape(self.caption)}</b></caption>" if self.caption else ""
        return f'<table cellpadding="4">{caption}{"".join(lines)}</table>'

    def text(self, table: pd.DataFrame, columns: Iterable[str]) -> str:
        """The same for a terminal."""
        heads, texts, _ = self.cells(table.head(self.rows), columns)
        frame = pd.DataFrame(dict(enumerate(texts)), index=[""] * len(table.head(self.rows)))
        frame.columns = pd.Index(heads)
        more = len(table) - len(frame)
        return str(frame.to_string(justify="left")) + (f"\n{self._more(more)}" if more else "")

    def _more(self, rows: int) -> str:
        return say(en=f"… {rows:,} more", ru=f"… ещё {number(rows, 0, lang='ru')}", lang=self.lang)

    def _with_columns(self, shown: pd.DataFrame, columns: Iterable[str], stands: list[str]) -> list[tuple[str, str]]:
        chosen = self._chosen(shown, [c for c in columns if c != self.by])
        return list(zip(stands, [*chosen, *[""] * (len(stands) - len(chosen))], strict=True))

    def _chosen(self, table: pd.DataFrame, columns: list[str]) -> list[str]:
        """Columns that say something: limits go beside their figure, and a column without any value goes."""
        named = set(map(str, table.columns))
        limits = {"low", "high"} if {"low", "high"} <= named else set()
        for c in columns:
            if {f"{c}_low", f"{c}_high"} <= named:
                limits |= {f"{c}_low", f"{c}_high"}
        there = [c for c in columns if c in named and c not in limits]
        return [c for c in there if not len(table) or not _nothing(table[c])]

    @staticmethod
    def _limits(table: pd.DataFrame, column: str, figure: str) -> tuple[str, str] | None:
        if {f"{column}_low", f"{column}_high"} <= set(table.columns):
            return f"{column}_low", f"{column}_high"
        return ("low", "high") if column == figure and {"low", "high"} <= set(table.columns) else None

    def _head(self, column: str) -> str:
        en, ru = self.heads.get(column) or _HEADS.get(column) or (column.replace("_", " "),) * 2
        return say(en=en, ru=ru, lang=self.lang)

    def _of_level(self) -> str:
        digits = 0 if abs(self.level * 100 % 1) < 1e-6 else 1
        return f" [{number(self.level, digits, percent=True, lang=self.lang)}]"

    def _text(self, value: Any) -> str:
        text = str(value)
        if " → " in text and text not in self.titles:
            return " → ".join(self._text(part) for part in text.split(" → "))
        return self.titles.get(text) or row_title(text)

    def _column(self, column: str, values: list[Any]) -> list[str]:
        given = [v for v in values if not _missing(v)]
        if column in _P:
            return ["—" if _missing(v) else p_value(float(v), self.lang) for v in values]
        if given and all(isinstance(v, pd.Timestamp) for v in given):
            days = all(v == v.normalize() for v in given)
            return ["—" if _missing(v) else f"{v:%Y-%m-%d}" if days else f"{v:%Y-%m-%d %H:%M}" for v in values]
        floats = [float(v) for v in given if _is_float(v)]
        share = column in self.percent
        whole = not share and floats and all(math.isfinite(v) and v == int(v) for v in floats)
        digits = 0 if whole or share else self.digits
        return [self._cell(v, digits, share) for v in values]

    def _cell(self, value: Any, digits: int, share: bool) -> str:
        if isinstance(value, str):
            return self._text(value)
        if _missing(value):
            return "—"
        if isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b":
            return "✓" if value else "–"
        if isinstance(value, pd.Timedelta):
            return duration(value, self.lang)
        if _is_float(value):
            return self._number(value, digits, share)
        if isinstance(value, int) or getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u"):
            return number(int(value), 0, lang=self.lang)
        if isinstance(value, list | tuple | set | frozenset):
            return ", ".join(self._text(v) for v in value)
        return str(value)

    def _number(self, value: Any, digits: int, percent: bool) -> str:
        if isinstance(value, pd.Timedelta):
            return duration(value, self.lang)
        return "—" if _missing(value) else number(float(value), digits, percent=percent, lang=self.lang)

    def _interval(self, low: Any, high: Any, digits: int, percent: bool) -> str:
        if _missing(low) or _missing(high):
            return ""
        if isinstance(low, pd.Timedelta):
            comma = say(en=", ", ru="; ", lang=self.lang)
            return f"[{duration(low, self.lang)}{comma}{duration(high, self.lang)}]"
        return interval(float(low), float(high), digits, percent=percent, lang=self.lang)


def table_html(
    table: pd.DataFrame,
    columns: Iterable[str],
    *,
    digits: int = 2,
    percent: Iterable[str] = (),
    names: Mapping[str, tuple[str, str]] | None = None,
    level: float = 0.95,
    figure: str = "",
) -> str:
    """A table as HTML, see :class:`Printing`.

    Examples
    --------
    >>> "50% [20%, 80%]" in table_html(
    ...     pd.DataFrame({"share": [0.5], "low": [0.2], "high": [0.8]}), ["share"], percent=["share"]
    ... )
    True
    """
    how = Printing(figure=figure, percent=tuple(percent), digits=digits, heads=dict(names or {}), level=level)
    return how.html(table, columns)


def frame_html(frame: pd.DataFrame, percent: Iterable[str] = ()) -> str:
    """All columns of a frame, its named index first, see :class:`Printing`.

    Examples
    --------
    >>> "1,200" in frame_html(pd.DataFrame({"n": [1200]}))
    True
    """
    if any(name is not None for name in frame.index.names) or frame.index.dtype == object:
        frame = frame.reset_index()
    frame = frame.rename(columns=str)
    return table_html(frame, frame.columns, percent=percent)


def _missing(value: Any) -> bool:
    return value is None or bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _nothing(values: pd.Series) -> bool:
    return all(_missing(v) or (isinstance(v, str) and not v.strip()) for v in values)


def _is_float(value: Any) -> bool:
    return isinstance(value, float) or getattr(getattr(value, "dtype", None), "kind", "") == "f"


def _fine(low: Iterable[Any], high: Iterable[Any], most: int) -> int:
    """Digits that the intervals support: two figures of the middle half width, and no more than asked for."""
    halves = [
        (float(b) - float(a)) / 2
        for a, b in zip(low, high, strict=True)
        if not (_missing(a) or _missing(b) or isinstance(a, pd.Timedelta)) and math.isfinite(float(b) - float(a))
    ]
    middle = sorted(h for h in halves if h > 0)
    if not middle:
        return most
    return int(min(most, max(0, 1 - math.floor(math.log10(middle[len(middle) // 2])))))


def _shares(values: Iterable[Any]) -> bool:
    given = [float(v) for v in values if not _missing(v)]
    return bool(given) and min(given) >= 0 and max(given) <= 1


def _bars(values: list[Any]) -> list[float]:
    """Lengths of the bars, the longest share of the table being full."""
    given = [0.0 if _missing(v) else float(v) for v in values]
    most = max(given, default=0) or 1.0
    return [v / most for v in given]


def _bar(length: float) -> str:
    # Letters instead of a styled box: pages that strip styles, such as a viewer of notebooks, keep them.
    eighths = round(length * 8 * 6)
    drawn = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    return f'<span aria-hidden="true" style="color:#56B4E9">{drawn}</span> ' if drawn else ""
