"""Multi-select questions: in one column with a separator, or one column an option."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable

import pandas as pd

from cjmkit.survey.items import Item

__all__ = ["NOT_TICKED", "TICKED", "find_options", "split_options", "split_text", "ticked"]

NOT_TICKED = frozenset(
    ["", "0", "0.0", "no", "нет", "n", "false", "unchecked", "not selected", "not quoted", "не выбрано", "-"]
)
"""What a cell of an option's own column says where the option was not chosen, in small letters."""
TICKED = frozenset(
    ["1", "1.0", "yes", "да", "y", "true", "checked", "selected", "quoted", "да, выбрано", "выбрано", "+"]
)
"""What it says where it was; an option's own wording, or any other text, says so too."""


def ticked(values: pd.Series) -> pd.Series:
    """Whether each cell of an option's own column says that the option was chosen.

    Examples
    --------
    >>> ticked(pd.Series(["Checked", "Unchecked", None, "By bus", "0"])).tolist()
    [True, False, False, True, False]
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.fillna(0).astype(float) != 0
    folded = values.astype("string").str.strip().str.casefold()
    return (folded.notna() & ~folded.isin(NOT_TICKED).fillna(True)).astype(bool)


_THOUSANDS = re.compile(r",\d{3}(?!\d)")


def split_text(text: str, separator: str) -> list[str]:
    """Split an answer at the separator, but not inside brackets or quotation marks.

    Examples
    --------
    >>> split_text("Work at leaders (Google, Facebook), Money", ",")
    ['Work at leaders (Google, Facebook)', 'Money']
    """
    sep = separator.strip() or separator
    if sep not in text:
        return [text.strip()] if text.strip() else []
    parts, depth, start, quoted = [], 0, 0, False
    i = 0
    while i < len(text):
        c = text[i]
        if c in "([{«":
            depth += 1
        elif c in ")]}»":
            depth = max(0, depth - 1)
        elif c == '"':
            quoted = not quoted
        elif depth == 0 and not quoted and text.startswith(sep, i):
            # A comma inside a number ("1,000") is no border between options.
            inside_number = sep == "," and i > 0 and text[i - 1].isdigit() and bool(_THOUSANDS.match(text, i))
            if not inside_number:
                parts.append(text[start:i])
                start = i + len(sep)
                i = start
                continue
        i += 1
    parts.append(text[start:])
    if (depth or quoted) and len(parts) == 1:
        # A bracket that never closes must not swallow the whole answer.
        parts = text.split(sep)
    return [p.strip() for p in parts if p.strip()]


def find_options(answers: Iterable[str], separator: str) -> tuple[list[str], list[str], Counter[str]]:
    """Find the options behind joined answers.

    A piece that is always followed by one and the same piece, which never stands without it, was one option with the
    separator inside its wording; the two are put together again.

    Parameters
    ----------
    answers : iterable of str
        The joined answers, one a person.
    separator : str
        What stands between options.

    Returns
    -------
    (options, merged, counts)
        Options by falling count; those that were put together; how often each piece or option was chosen.
    """
    counted = Counter(answers)
    rows = [(split_text(a, separator), k) for a, k in counted.items()]
    # "A; B" is written with a blank by some exports and without by others.
    spaced = separator.strip() and 2 * sum(a.count(separator.strip() + " ") * k for a, k in counted.items()) >= sum(
        a.count(separator.strip()) * k for a, k in counted.items()
    )
    joiner = (separator.strip() + " ") if spaced else (separator.strip() or separator)
    merged: list[str] = []
    for _ in range(6):
        pieces: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for parts, k in rows:
            for p in parts:
                pieces[p] += k
            for a, b in itertools.pairwise(parts):
                pairs[a, b] += k
        glue = {}
        for (a, b), k in pairs.items():
            same = k == pieces[a] == pieces[b]
            if same and (k >= 5 or b[:1].islower()):
                glue[a] = b
        if not glue:
            break
        again = []
        for parts, k in rows:
            out: list[str] = []
            for p in parts:
                if out and glue.get(out[-1].rsplit("\x00", 1)[-1]) == p:
                    out[-1] += "\x00" + p
                else:
                    out.append(p)
            again.append(([o.replace("\x00", joiner) for o in out], k))
        merged += [o for parts, _ in again for o in parts if joiner in o and o not in merged]
        rows = again
    counts: Counter[str] = Counter()
    for parts, k in rows:
        counts.update(dict.fromkeys(dict.fromkeys(parts), k))
    options = [o for o, _ in counts.most_common()]
    kept = [m for m in dict.fromkeys(merged) if m in counts]
    return options, kept, counts


def split_options(column: pd.Series, item: Item) -> pd.Series:
    """Split joined answers into lists of options; known options that contain the separator stay whole.

    Parameters
    ----------
    column : pandas.Series of str
        Joined answers.
    item : Item
        With `separator`, and `options` where they are known.

    Returns
    -------
    pandas.Series of list
        Missing answers stay missing.
    """
    sep = item.separator.strip() or item.separator
    whole = sorted((o for o in item.options if len(split_text(o, sep)) > 1), key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(o) for o in whole)) if whole else None

    def one(answer: object) -> list[str]:
        text = str(answer)
        found: list[str] = []
        if pattern is not None:
            marks: list[str] = []

            def keep(m: re.Match[str]) -> str:
                marks.append(m.group(0))
                return f"\x01{len(marks) - 1}\x02"

            text = pattern.sub(keep, text)
            for part in split_text(text, sep):
                found.append(re.sub("\x01(\\d+)\x02", lambda m: marks[int(m.group(1))], part))
        else:
            found = split_text(text, sep)
        return list(dict.fromkeys(found))

    known = {a: one(a) for a in column.dropna().unique()}
    return column.map(lambda a: known.get(a), na_action="ignore")
