"""What is seen in one column: its answers counted, and what its wording names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cjmkit.survey._decode import norm, parse_number
from cjmkit.survey.items import Code, plain
from cjmkit.survey.reading.platforms import looks_like_date
from cjmkit.survey.reading.scales import Scale, looks_missing

__all__ = ["Facts", "guess_language", "look", "without_codes"]


_NPS = re.compile(
    r"recommend|refer (us|me|our)|net.?promoter|\bnetpro\b|\bnps\b|порекоменд|рекомендов|рекоменду|посовет|"
    r"weiterempf|empfehl|"
    r"recomenda|recomiend|recommand|consigli"
)


_SATISFIED = re.compile(r"satisf|удовлетвор|довольн|доволен|\bcsat\b|zufrieden|satisfac")


_EFFORT = re.compile(
    r"\beffort\b|how easy|easy (was|is) it|made it easy|ease of|\bces\b|усили[йя]|насколько (легко|просто)"
)


_RATED = re.compile(
    r"\brat(e|ing)|scale|score|agree|how (much|well|likely|important|often|good|clear|useful|interested|confident|"
    r"familiar)|"
    r"extent|quality of|stars?\b|experience with|оцен|шкал|балл|насколько|соглас|важн|степен|качеств|эффективн|"
    r"bewert|calific|escala|"
    r"difficult|сложн|вероятн|complicat|likel"
)


_OPEN = re.compile(
    r"\bwhy\b|comment|explain|describe|tell us|in your own words|what (do|did|would|could|else|is|was)|anything "
    r"else|suggest|free.?text|text entry|open.?ended|"
    r"почему|комментар|расскажите|опишите|что (бы|вам|именно)|пожелан|предложени|отзыв|свой вариант|уточните"
)


_MULTI_HINT = re.compile(
    r"all that apply|select all|check all|choose (all|up to|three|two)|multiple (answers|choices)|top (three|two|3|5)|"
    r"\(s\)(?!\w)|несколько|все подходящие|все,? что|отметьте|marca todas|todas las"
)


_OTHER = re.compile(r"^(other|другое|свой вариант|otro|sonstige|autre)\b", re.I)


@dataclass
class Facts:
    """What was seen in one column."""

    numeric: bool
    n: int
    distinct: int
    uniques: list[object]
    counts: list[int]
    numbers: dict[object, float] = field(default_factory=dict)
    missing: list[Code] = field(default_factory=list)
    date: bool = False
    length: float = 0.0

    @property
    def labels(self) -> list[str]:
        """Answers as texts, without those that are no answer."""
        gone = {norm(m) for m in self.missing}
        return [str(u) for u in self.uniques if norm(u) not in gone]


_MANY = 400


def _small_whole_numbers(series: pd.Series) -> Facts | None:
    """The same for codes and ratings, by counting instead of hashing; None for other numbers."""
    try:
        values = series.to_numpy(dtype=float)
    except (TypeError, ValueError):
        return None
    values = values[~np.isnan(values)]
    if not len(values) or values.min() < -1000 or values.max() > 1000:
        return None
    whole = values.astype(np.int64)
    if (whole != values).any():
        return None
    low = int(whole.min())
    counted = np.bincount(whole - low)
    order = np.argsort(-counted, kind="stable")[: np.count_nonzero(counted)]
    uniques: list[object] = [int(k) + low for k in order]
    if len(uniques) > _MANY:
        return Facts(True, len(values), _MANY + 1, [], [])
    facts = Facts(True, len(values), len(uniques), uniques, [int(counted[k]) for k in order])
    facts.numbers = {u: float(u) for u in uniques}  # type: ignore[arg-type]
    return facts


def look(series: pd.Series) -> Facts:
    """See what a column holds: few enough different answers are listed with their counts."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return Facts(False, int(series.notna().sum()), _MANY, [], [], date=True)
    numeric = pd.api.types.is_numeric_dtype(series.dtype)
    if numeric and (quick := _small_whole_numbers(series)) is not None:
        return quick
    n = int(series.notna().sum())
    if n == 0:
        return Facts(numeric, 0, 0, [], [])
    # A first look at some rows spares counting columns where every answer differs.
    sample = series.iloc[:4000].dropna().iloc[:2000]
    if len(sample) < 500:
        sample = series.dropna().iloc[:2000]
    if sample.nunique() > _MANY:
        facts = Facts(numeric, n, _MANY + 1, [], [])
        if not numeric:
            texts = sample.iloc[:300].astype(str)
            facts.date = bool(texts.map(looks_like_date).mean() > 0.9)
            facts.length = float(texts.str.len().mean())
        return facts
    counted = series.value_counts()
    if len(counted) > 5 * _MANY:
        facts = Facts(numeric, n, len(counted), [], [])
        facts.length = float(sample.astype(str).str.len().mean())
        return facts
    uniques, counts = list(counted.index), [int(c) for c in counted]
    facts = Facts(numeric, n, len(uniques), [plain(u) for u in uniques], counts)
    if numeric:
        facts.numbers = {plain(u): float(u) for u in uniques}
        return facts
    weight = np.asarray(counts, dtype=float)
    facts.length = float((np.array([len(str(u)) for u in uniques]) * weight).sum() / weight.sum())
    facts.missing = [str(u) for u in uniques if looks_missing(u)]
    rest = [u for u in uniques if not looks_missing(u)]
    parsed = {u: parse_number(u) for u in rest}
    if rest and all(v is not None for v in parsed.values()):
        facts.numbers = {u: float(v) for u, v in parsed.items() if v is not None}
    elif rest:
        dates = sum(c for u, c in zip(uniques, counts) if looks_like_date(str(u)))
        facts.date = dates >= 0.9 * n
    return facts


def without_codes(f: Facts, codes: tuple[int, ...]) -> Facts:
    """The same without codes that the platform writes for no answer; they are kept among the missing."""
    gone = [u for u in f.uniques if f.numbers.get(u) in codes]
    if not gone:
        return f
    kept = [(u, k) for u, k in zip(f.uniques, f.counts, strict=True) if u not in gone]
    return replace(
        f, n=sum(k for _, k in kept), distinct=len(kept), uniques=[u for u, _ in kept], counts=[k for _, k in kept],
        numbers={u: v for u, v in f.numbers.items() if u not in gone},
        missing=[*f.missing, *sorted(int(f.numbers[u]) for u in gone)],
    )  # fmt: skip


def guess_language(texts: str) -> str:
    """Language of a wording by its letters: "ru", "en", or empty."""
    letters = [c for c in texts if c.isalpha()]
    if len(letters) < 3:
        return ""
    cyrillic = sum("а" <= c <= "я" or c == "ё" for c in texts.casefold())
    if cyrillic > 0.5 * len(letters):
        return "ru"
    return "en" if all(c.isascii() for c in letters) else ""


def _kind(wording: str, scale: Scale | None = None) -> str:
    if scale is not None:
        return scale.kind
    if _SATISFIED.search(wording):
        return "csat"
    return "ces" if _EFFORT.search(wording) else "likert"


def _checkbox_codes(values: set[float]) -> bool:
    """Some exports write the option's own number where it was chosen and 0 where it was not."""
    return len(values) == 2 and 0.0 in values and all(v.is_integer() for v in values)
