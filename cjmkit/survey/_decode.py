"""From answers as the file writes them to numbers on the item's scale."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.survey.items import Item, plain

__all__ = ["decode", "folded_spelling", "label_of", "norm", "parse_number", "same_answers"]

_PLAIN = re.compile(r"^\s*[-+−]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][-+]?\d+)?\s*$")
_FOLD = str.maketrans(dict.fromkeys("«»“”„‟", '"') | {"‑": "-", "−": "-", "\u00ad": None, "\ufe0f": None})
_SPACES = re.compile(r"[\s\u00a0\u202f\u200b\ufeff]+")


def norm(text: object) -> str:
    """Fold a label for matching: case, blanks, dashes, apostrophes and a final full stop do not matter."""
    out = _SPACES.sub(" ", str(text)).strip().casefold()
    return out.translate(_FOLD).replace("’", "'").replace("–", "-").replace("—", "-").rstrip(".").replace("ё", "е")


def parse_number(text: object, *, anchored: bool = True) -> float | None:
    """Read a number, with a decimal comma too; with `anchored`, also ``"10 - fully agree"``.

    Examples
    --------
    >>> [parse_number(t) for t in ("0,00", "10 - полностью согласен", "2-50", "6-12 months", "7")]
    [0.0, 10.0, None, None, 7.0]
    """
    s = str(text)
    if _PLAIN.match(s):
        return float(s.strip().replace(",", ".").replace("−", "-"))
    if not anchored:
        return None
    boxed = re.match(r"^\s*[(\[]\s*(\d+)\s*[)\]]\s*\D", s)
    if boxed:
        return float(boxed.group(1))
    m = re.match(r"^\s*([-+−]?\d+(?:[.,]\d+)?)\s*(.*)$", s, re.S)
    if not m:
        return None
    rest = m.group(2)
    # What follows the number is a label: perhaps a dash or a bracket, then no further number.
    label = re.sub(r"^[-–—:.)(=,/]\s*", "", rest, count=1)
    if not label or label[0].isdigit() or rest[0] in "+%" or (rest == label and not s[m.end(1)].isspace()):
        return None
    return float(m.group(1).replace(",", ".").replace("−", "-"))


def label_of(answer: object) -> str:
    """The words of an answer that begins with its code; empty for a bare number.

    Examples
    --------
    >>> label_of("5 - Very satisfied"), label_of("5 (очень хорошо)"), label_of("5")
    ('Very satisfied', 'очень хорошо', '')
    """
    if not isinstance(answer, str) or _PLAIN.match(answer):
        return ""
    return re.sub(r"^\s*[(\[]?\s*[-+−]?\d+(?:[.,]\d+)?\s*[)\]]?\s*[-–—:.)(=,/]*\s*", "", answer).strip(" )")


def _number_of(value: object, item: Item, labels: dict[str, float]) -> float:
    key = norm(plain(value))
    if key in labels:
        return labels[key]
    number = parse_number(value)
    return np.nan if number is None else number


def decode(series: pd.Series, item: Item) -> tuple[np.ndarray, np.ndarray]:
    """Turn the answers to one item into numbers.

    Parameters
    ----------
    series : pandas.Series, length N
        The column as it is stored.
    item : Item
        How to read it.

    Returns
    -------
    (values, outside)
        `values`: float array of length N, NaN where there is no answer; `reverse` is applied.
        `outside`: boolean array of length N, true where something stands that is neither an answer on the scale nor
        a missing code; these are NaN in `values`.
    """
    blank = series.isna().to_numpy()
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_numeric_dtype(series.dtype):
        values = series.to_numpy(dtype=float, na_value=np.nan)
        codes = [float(m) for m in (parse_number(c, anchored=False) for c in item.missing) if m is not None]
        lost = np.isin(values, codes) if codes else np.zeros(len(values), dtype=bool)
        if codes:
            values = np.where(lost, np.nan, values)
    else:
        positions, uniques = pd.factorize(series, use_na_sentinel=True)
        ordered = item.scale if item.scale and isinstance(item.scale[0], str) else ()
        labels = {norm(lab): float(i + 1) for i, lab in enumerate(ordered)}
        if not ordered:
            labels |= {norm(t): float(c) for c, t in item.labels if not isinstance(c, str)}
        folded = {norm(m) for m in item.missing}
        table = np.full(len(uniques) + 1, np.nan)
        gone = np.zeros(len(uniques) + 1, dtype=bool)
        for i, u in enumerate(uniques):
            if norm(plain(u)) in folded:
                gone[i] = True
            elif ordered:
                table[i] = labels.get(norm(plain(u)), np.nan)
            else:
                table[i] = _number_of(u, item, labels)
        values = table[positions]
        lost = gone[positions]
    ends = item.ends
    outside = np.isnan(values) & ~blank & ~lost
    if ends is not None:
        with np.errstate(invalid="ignore"):
            wrong = (values < ends[0]) | (values > ends[1])
        if wrong.any():
            outside |= wrong
            values = np.where(wrong, np.nan, values)
        if item.reverse:
            values = ends[0] + ends[1] - values
    return values, outside


def same_answers(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    """Equal answers; how a column is stored (4 or 4.0, object or text) does not matter."""
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return False
    for name in a.columns:
        x, y = a[name].to_numpy(dtype=object), b[name].to_numpy(dtype=object)
        gone_x, gone_y = pd.isna(x), pd.isna(y)
        if (gone_x != gone_y).any():
            return False
        if not all(_same_answer(plain(p), plain(q)) for p, q in zip(x[~gone_x], y[~gone_y])):
            return False
    return True


def _same_answer(p: Any, q: Any) -> bool:
    if p == q:
        return True
    if isinstance(p, pd.Timestamp) or isinstance(q, pd.Timestamp):
        try:
            return bool(pd.Timestamp(p) == pd.Timestamp(q))
        except ValueError:
            return False
    a, b = parse_number(p, anchored=False), parse_number(q, anchored=False)
    return a == b if a is not None and b is not None else str(p) == str(q)


def folded_spelling(column: pd.Series) -> pd.Series:
    """Answers that differ only in case, blanks, dashes, quotes or ё are one answer, in its commonest spelling.

    Examples
    --------
    >>> folded_spelling(pd.Series(["Всё хорошо", "все хорошо", "Всё хорошо", "плохо"])).nunique()
    2
    """
    counted = column.value_counts()
    if len(counted) > 2000:
        return column
    first: dict[str, Any] = {}
    for answer in counted.index:
        first.setdefault(norm(answer), answer)
    if len(first) == len(counted):
        return column
    return column.map(lambda v: first[norm(v)], na_action="ignore")
