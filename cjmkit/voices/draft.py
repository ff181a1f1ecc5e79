"""One conversation before it is a document: who wrote what, when, with which mark; and how marks and times are read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cjmkit.survey.reading.scales import symbol

__all__ = ["Talk", "hours", "marks_of", "moments", "plain"]


@dataclass
class Talk:
    """A review with its reply, a ticket with its answers, a chat, a thread of letters, a mention.

    Parameters
    ----------
    id, author : str
        As the file writes them; empty where it does not say.
    said : list of (role, speaker, text, time)
        In order; role ``"respondent"`` for the person and ``"company"`` for whoever answered.
    mark : str
        As written.
    named : bool
        Whether `author` is a name that is shown and may be another's too, rather than an id.
    facts : dict
        date, title, product, place, channel, url, status, and any other attribute.
    first_answer, solved : float or None
        Hours after the beginning.
    """

    id: str = ""
    author: str = ""
    said: list[tuple[str, str, str, dt.datetime | None]] = field(default_factory=list)
    mark: str = ""
    named: bool = False
    date: dt.datetime | None = None
    facts: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    first_answer: float | None = None
    solved: float | None = None
    hidden: int = 0


def plain(text: Any) -> str:
    r"""Words of a message: markup, quoted letters and superfluous blank lines left out.

    Examples
    --------
    >>> plain("<p>Hello,<br>where is it?</p>")
    'Hello,\nwhere is it?'
    """
    from cjmkit.intake.documents import read_html

    if isinstance(text, dict):  # Atlassian's document format
        return "\n".join(t for t in map(plain, text.get("content", [])) if t) or str(text.get("text", ""))
    out = "" if text is None else str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if re.search(r"</?(?:p|br|div|span|a|b|i|ul|li|html|body|img)\b[^>]*>", out, re.IGNORECASE):
        out = read_html(out)
    return re.sub(r"\n{3,}", "\n\n", out).strip()


_WORDS = {
    "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0,
}  # fmt: skip
_GOOD_BAD = {
    "good": 1.0, "bad": 0.0, "positive": 1.0, "negative": 0.0, "happy": 1.0, "unhappy": 0.0, "thumbs up": 1.0,
    "thumbs down": 0.0, "хорошо": 1.0, "плохо": 0.0, "like": 1.0, "dislike": 0.0, "recommended": 1.0,
    "not recommended": 0.0, "goodwithcomment": 1.0, "badwithcomment": 0.0, "good with comment": 1.0,
    "bad with comment": 0.0,
}  # fmt: skip
_HAPPY = {
    "extremely happy": 3.0, "very happy": 2.0, "happy": 1.0, "neutral": 0.0, "unhappy": -1.0, "very unhappy": -2.0,
    "extremely unhappy": -3.0,
}  # fmt: skip
_UNRATED = {
    "", "-", "—", "unoffered", "offered", "not offered", "none", "n/a", "null", "nan", "no rating", "нет", "нет оценки",
    "без оценки", "0 of 5", "star rating unspecified",
}  # fmt: skip


def marks_of(cells: Iterable[str]) -> tuple[list[float | None], tuple[float, float] | None, list[str]]:
    """Marks as numbers, the scale that they are on, and what could not be read.

    Examples
    --------
    >>> marks_of(["5", "1", "4,0", ""])
    ([5.0, 1.0, 4.0, None], (1.0, 5.0), [])
    >>> marks_of(["good", "bad", "offered"])[:2]
    ([1.0, 0.0, None], (0.0, 1.0))
    >>> marks_of(["FIVE", "★★☆☆☆", "3 из 5"])[0]
    [5.0, 2.0, 3.0]
    """
    written = [" ".join(str(c).casefold().replace("_", " ").split()) for c in cells]
    told = {c for c in written if c not in _UNRATED}
    if not told:
        return [None] * len(written), None, []
    for words, scale in ((_GOOD_BAD, (0.0, 1.0)), (_HAPPY, (-3.0, 3.0))):
        if told <= set(words):
            return [words.get(c) for c in written], scale, []
    read = [None if c in _UNRATED else _mark(c) for c in written]
    values = [v for v, _ in filter(None, read)]
    strange = sorted({c for c, r in zip(written, read) if r is None and c not in _UNRATED})
    if not values:
        return [None] * len(written), None, strange
    tops = [top for _, top in filter(None, read) if top]
    top = max(tops) if tops else next((t for t in (5.0, 10.0, 100.0) if max(values) <= t), max(values))
    low = min(values)
    scale = (min(low, 0.0) if low < 1 or top == 100 else 1.0, top)
    # A nought among stars is a star that nobody gave.
    if scale[0] == 0 and top == 5 and all(v == int(v) for v in values) and values.count(0) < 0.5 * len(values):
        return [r[0] if r and r[0] else None for r in read], (1.0, top), strange
    return [r[0] if r else None for r in read], scale, strange


def _mark(cell: str) -> tuple[float, float | None] | None:
    stars = symbol(cell)
    if stars:
        return (stars[1], 5.0) if stars[0] == "stars" else None
    if cell.removesuffix(" stars").removesuffix(" star") in _WORDS:
        return _WORDS[cell.removesuffix(" stars").removesuffix(" star")], 5.0
    found = re.match(r"(-?\d+(?:[.,]\d+)?)\s*(?:(?:/|из|of|out of|звезд\w* из|stars? out of)\s*(\d+))?", cell)
    if not found or re.search(r"\d", cell[found.end() :]):
        return None
    return float(found[1].replace(",", ".")), float(found[2]) if found[2] else None


# ---- times -----------------------------------------------------------------------------------------------------------

_MONTHS = {m: k for k, m in enumerate("янв фев мар апр ма июн июл авг сен окт ноя дек".split(), start=1)}


def moments(cells: Sequence[Any]) -> list[dt.datetime | None]:
    """Times as the file writes them, without a zone: ISO, seconds since 1970, day and month by what all cells allow.

    Examples
    --------
    >>> [str(t) for t in moments(["2026-03-05T10:00:00Z", "", "5 марта 2026"])]
    ['2026-03-05 10:00:00', 'None', '2026-03-05 00:00:00']
    >>> [str(t.date()) for t in moments(["03/04/2026", "03/25/2026"])]
    ['2026-03-04', '2026-03-25']
    """
    import pandas as pd

    written = [_spelt(c) for c in cells]
    slashed = [c for c in written if re.match(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", c)]
    months_first = any(int(re.split(r"[/.-]", c)[1]) > 12 for c in slashed)
    days_first = any(int(re.split(r"[/.-]", c)[0]) > 12 for c in slashed) or not any("/" in c for c in slashed)
    day_first = days_first and not months_first
    out: list[dt.datetime | None] = [None] * len(written)
    iso = [k for k, c in enumerate(written) if re.match(r"\d{4}-\d\d", c)]
    bare = [k for k, c in enumerate(written) if re.fullmatch(r"\d{10}(?:\.\d+)?|\d{13}", c)]
    rest = [k for k, c in enumerate(written) if c and k not in {*iso, *bare}]
    for k in bare:
        seconds = float(written[k]) / (1000 if len(written[k]) == 13 else 1)
        out[k] = dt.datetime.fromtimestamp(seconds, dt.UTC).replace(tzinfo=None)
    for places, first in ((iso, False), (rest, day_first)):
        values = pd.to_datetime(
            pd.Series([written[k] for k in places], dtype="str"),
            errors="coerce", utc=True, format="mixed", dayfirst=first,
        ).dt.tz_localize(None)  # fmt: skip
        for k, value in zip(places, values):
            out[k] = None if pd.isna(value) else value.to_pydatetime(warn=False)
    return out


def _spelt(cell: Any) -> str:
    text = "" if cell is None else str(cell).strip()
    if text in ("nan", "NaT", "None"):
        return ""
    found = re.match(r"(\d{1,2})\s+([а-яё]{3,})\.?\s+(\d{4})(.*)", text.casefold())
    if found:
        month = next((k for m, k in _MONTHS.items() if found[2].startswith(m)), None)
        if month:
            clock = re.search(r"\d{1,2}:\d\d(?::\d\d)?", found[4])
            return f"{found[3]}-{month:02d}-{int(found[1]):02d}" + (f" {clock[0]}" if clock else "")
    return re.sub(r"\s+(?:UTC|GMT|MSK|МСК)$", "", text)


def hours(cells: Sequence[str], begun: Sequence[dt.datetime | None], heading: str) -> list[float | None]:
    """How long it took, in hours: from a number in the unit that the heading names, ``hh:mm``, or a moment.

    Examples
    --------
    >>> hours(["90"], [None], "First reply time in minutes")
    [1.5]
    >>> hours(["26:30:00"], [None], "First response time (in hrs)")
    [26.5]
    >>> hours(["2026-01-02 10:00"], [dt.datetime(2026, 1, 1, 10)], "Resolved")
    [24.0]
    """
    head = heading.casefold()
    unit = (
        1 / 3600 if re.search(r"second|\bsec|секунд", head) else 1 / 60 if re.search(r"minute|\bmin|минут", head)
        else 24.0 if re.search(r"\bdays?\b|дн[еяй]", head) else 1.0
    )  # fmt: skip
    found = moments(["" if re.fullmatch(r"-?[\d.,]+|\d+:\d\d(:\d\d)?|", str(c).strip()) else c for c in cells])
    out: list[float | None] = []
    for cell, start, end in zip(cells, begun, found):
        text = str(cell).strip()
        clock = re.fullmatch(r"(\d+):(\d\d)(?::(\d\d))?", text)
        spent: float | None = None
        if clock:
            spent = int(clock[1]) + int(clock[2]) / 60 + int(clock[3] or 0) / 3600
        elif re.fullmatch(r"\d+(?:[.,]\d+)?", text):
            spent = float(text.replace(",", ".")) * unit
        elif start is not None and end is not None:
            spent = (end - start).total_seconds() / 3600
        out.append(spent if spent is not None and spent >= 0 else None)
    return out
