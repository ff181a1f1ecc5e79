"""What a question's words say about its scale: the two ends, which of them is good, whether it rates at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cjmkit.survey._decode import norm
from cjmkit.survey.reading.scales import valence

__all__ = ["COUNTING", "Stated", "stated"]

COUNTING = re.compile(
    r"how many|number of|how old|\bage\b|\byears?\b|\bhours?\b|\bminutes?\b|\bmonths?\b|\bdays?\b|\btimes\b|amount|"
    r"\bcount\b|\bprice\b|spen[dt]|salary|income|cost|percent|сколько|количеств|число|возраст|\bлет\b|\bчас|минут|"
    r"месяц|\bдней\b|\bраз\b|сумм|стоим|зарплат|доход|процент|\bстаж\b"
)

_SPAN = re.compile(
    r"(?:scale (?:of|from)|from|от|с|по шкале(?: от)?|escala del?|von|rated?|between)\s*\(?(-?\d{1,2})\)?\s*"
    r"(?:\([^)]*\)\s*)?(?:to|-|до|по|al?|bis|and|и)\s*\(?(\d{1,2})\b|"
    r"[(\[]\s*(-?\d{1,2})\s*(?:-|to|до|\.\.\.?|…)\s*\+?(\d{1,2})\s*[)\]]|"
    r"(?<![\d.,-])([01])\s*(?:-|to|до)\s*(4|5|6|7|10)(?=\s*(?:[?.,;:)!]|$))"
)
_LABEL = re.compile(
    r"(?<![\d.,])(-?\d{1,2})\s*(?:=|:|-|is|means|being|это|означает|значит|\()\s*[\"'«“]?([^\d=;,()\"'»”]{2,60})|"
    r"(?<![\d.,])(-?\d{1,2})\s+([^\W\d_][^\d=;,()]{2,40}?)(?=\s*(?:,|;|\.|\)|to|до|and|и)\s*(?:-?\d{1,2})\s|[)\].]?$)"
)


@dataclass(frozen=True)
class Stated:
    """What the wording states: the ends of the scale where it names both, and whether a high code is the bad end."""

    ends: tuple[int, int] | None = None
    reverse: bool | None = None


def stated(text: str) -> Stated:
    """Read the scale out of a question.

    Parameters
    ----------
    text : str
        Heading of the column and wording of the question.

    Examples
    --------
    >>> stated("How satisfied are you? (1 = very satisfied, 5 = very dissatisfied)")
    Stated(ends=(1, 5), reverse=True)
    >>> stated("Оцените сервис, где 1 – ужасно, 5 – отлично")
    Stated(ends=(1, 5), reverse=False)
    >>> stated("Rate the service (1-5)"), stated("What did you buy?")
    (Stated(ends=(1, 5), reverse=None), Stated(ends=None, reverse=None))
    """
    words = norm(text).replace("−", "-")
    ends: tuple[int, int] | None = None
    found = _SPAN.search(words)
    if found:
        numbers = [int(g) for g in found.groups() if g is not None]
        ends = _sound(min(numbers), max(numbers))
    said: dict[int, float] = {}
    for m in _LABEL.finditer(words):
        code, label = (m.group(1), m.group(2)) if m.group(1) else (m.group(3), m.group(4))
        said.setdefault(int(code), valence(label.strip()) or 0.0)
    if ends is None and len(said) >= 2:
        ends = _sound(min(said), max(said))
    reverse: bool | None = None
    marked = {c: v for c, v in said.items() if v}
    if len(marked) >= 2:
        low, high = min(marked), max(marked)
        if marked[low] != marked[high]:
            reverse = marked[low] > marked[high]
    elif len(marked) == 1 and len(said) <= 2:
        code, value = next(iter(marked.items()))
        top = ends[1] if ends else max(max(said), 2)
        at_top = code >= top if ends or len(said) == 2 else code > 1
        reverse = (value > 0) != at_top
    return Stated(ends, reverse)


def _sound(low: int, high: int) -> tuple[int, int] | None:
    if low in (0, 1) and 2 <= high <= 11 and high - low >= 2:
        return low, high
    return (low, high) if low < 0 and high == -low and high <= 10 else None
