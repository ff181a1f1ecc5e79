"""Masking texts, and moving what points into them: turns and codings keep their words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from cjmkit.text.pseudonyms import gendered
from cjmkit.text.redact import Finder

__all__ = ["Masker", "Moved", "move"]


class Moved:
    """Old offsets to new ones around replacements."""

    def __init__(self, spans: list[tuple[int, int, str]]) -> None:
        self.starts = [a for a, _, _ in spans]
        self.spans = spans
        self.shift = [0]
        for a, b, new in spans:
            self.shift.append(self.shift[-1] + len(new) - (b - a))

    def offset(self, x: int, *, end: bool) -> int:
        """New offset; inside a replaced place, its beginning or (for an end) its end."""
        i = bisect_right(self.starts, x) - 1
        if i >= 0:
            a, b, new = self.spans[i]
            if a < x < b:
                return a + self.shift[i] + (len(new) if end else 0)
            if x <= a:
                return x + self.shift[i]
        return x + self.shift[i + 1]


class Masker:
    """Finds, names and counts: the same thing has the same pseudonym in all texts."""

    def __init__(self, finder: Finder, chosen: dict[str, str], gender: bool, shift: int) -> None:
        self.finder, self.chosen, self.gender, self.shift = finder, chosen, gender, shift
        self.numbers: Counter[str] = Counter()
        self.originals: dict[str, dict[str, None]] = {}

    def pseudonym(self, kind: str, key: str, spelt: str) -> str:
        """What stands for a thing; a new one gets the next number of its kind."""
        full = f"{kind}\0{key}"
        if full not in self.chosen:
            label = gendered(spelt) if self.gender and kind == "person" else kind.upper()
            self.numbers[label] += 1
            self.chosen[full] = (
                f"[{label} {self.numbers[label]}]" if self.gender else f"[{label}_{self.numbers[label]}]"
            )
        return self.chosen[full]

    def mask(self, text: str) -> tuple[str, list[tuple[int, int, str]], list[tuple[str, str]]]:
        """The masked text; old spans with what stands there now; kind and pseudonym of each."""
        parts: list[str] = []
        spans: list[tuple[int, int, str]] = []
        what = []
        at = 0
        found = [(h.start, h.end, h.kind, h.key) for h in self.finder.find(text)]
        if self.shift:
            taken = [(a, b) for a, b, _, _ in found]
            found += [
                (m.start(), m.end(), "date", m.group())
                for m in _DATE.finditer(text)
                if not any(a < m.end() and m.start() < b for a, b in taken)
            ]
        for a, b, kind, key in sorted(found):
            new = _shifted(text[a:b], self.shift) if kind == "date" else self.pseudonym(kind, key, text[a:b])
            if new == text[a:b]:
                continue
            if kind != "date":
                self.originals.setdefault(new, {})[text[a:b]] = None
                what.append((kind, new))
            else:
                what.append(("date", "[dates]"))
            parts += [text[at:a], new]
            spans.append((a, b, new))
            at = b
        parts.append(text[at:])
        return "".join(parts), spans, what


_DATE = re.compile(
    r"(?<![\d.])(?:(?P<y>(?:19|20)\d{2})-(?P<m>\d{2})-(?P<d>\d{2})|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>(?:19|20)\d{2}))"
    r"(?![\d.]?\d)"
)


def _shifted(said: str, days: int) -> str:
    """A date so many days later, written as it was; what is no date stays."""
    m = _DATE.fullmatch(said)
    try:
        if m and m["y"]:
            return (date(int(m["y"]), int(m["m"]), int(m["d"])) + timedelta(days)).isoformat()
        if m:
            return f"{date(int(m['y2']), int(m['m2']), int(m['d2'])) + timedelta(days):%d.%m.%Y}"
    except (ValueError, OverflowError):
        return said
    return said


def move(table: pd.DataFrame, moved: Mapping[str, Moved], texts: Mapping[str, str], column: str) -> pd.DataFrame:
    """The table with its spans at their new places and their words from the new texts."""
    out = table.copy()
    starts, ends, words = [], [], []
    for d, a, b, old in zip(out["document"], out["start"], out["end"], out[column], strict=True):
        if d not in moved:
            starts.append(int(a))
            ends.append(int(b))
            words.append(old)
            continue
        x, y = moved[d].offset(int(a), end=False), moved[d].offset(int(b), end=True)
        starts.append(x)
        ends.append(y)
        words.append(texts[d][x:y])
    out["start"], out["end"] = (
        pd.Series(starts, index=out.index, dtype="int64"),
        pd.Series(ends, index=out.index, dtype="int64"),
    )
    out[column] = pd.Series(words, index=out.index, dtype="str")
    return out
