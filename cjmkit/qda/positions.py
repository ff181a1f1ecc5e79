"""Which character does position 139 mean? Every tool counts its own way; the text itself tells which.

The standard counts Unicode code points. NVivo for Windows counts UTF-16 units and a line end as two; ATLAS.ti counts a
line end as one; files come with and without a byte order mark. All readings are tried on all selections of a project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

__all__ = ["Reading", "Selection", "Stored", "choose_reading"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reading:
    """One way to count positions.

    Parameters
    ----------
    utf16 : bool
        UTF-16 units instead of code points: an emoji counts twice.
    crlf : int
        What a CR LF counts, 1 or 2.
    bom : int
        What a byte order mark counts, 0 or 1.
    inclusive : bool
        Whether the end is the last character instead of the first one outside.
    """

    utf16: bool = False
    crlf: int = 2
    bom: int = 0
    inclusive: bool = False

    def __str__(self) -> str:
        parts = ["UTF-16 units" if self.utf16 else "code points", f"CRLF as {self.crlf}"]
        parts += ["BOM counted"] if self.bom else []
        parts += ["end inclusive"] if self.inclusive else []
        return ", ".join(parts)


@dataclass(frozen=True)
class Selection:
    """A selection as the file has it; the name is usually the quote."""

    start: int
    end: int
    name: str = ""


class Stored:
    """A text as the file holds it, and the text as we keep it: LF line ends and no byte order mark.

    Parameters
    ----------
    raw : str
        Decoded, with its byte order mark and line ends.
    exact : bool
        Keep the text as it is (files that we wrote).
    """

    def __init__(self, raw: str, *, exact: bool = False) -> None:
        self.exact = exact
        code = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self._astral = code > 0xFFFF
        follows_cr = np.zeros(len(code), dtype=bool)
        follows_cr[1:] = (code[:-1] == 13) & (code[1:] == 10)
        self._cr_of_crlf = np.zeros(len(code), dtype=bool)
        self._cr_of_crlf[:-1] = follows_cr[1:]
        self._bom = np.zeros(len(code), dtype=bool)
        if len(code) and code[0] == 0xFEFF:
            self._bom[0] = True
        kept = np.ones(len(code), dtype=bool) if exact else ~(self._cr_of_crlf | self._bom)
        self._kept_before = np.concatenate([[0], np.cumsum(kept)])
        self.text = raw if exact else raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        self.has_astral = bool(self._astral.any())
        self.has_crlf = bool(self._cr_of_crlf.any())
        self.has_bom = bool(self._bom.any())

    def edges(self, reading: Reading) -> Ints:
        """Position, in that reading, at which each raw character begins (and the end of the last)."""
        width = np.ones(len(self._astral), dtype=np.int64)
        if reading.utf16:
            width += self._astral
        if reading.crlf == 1:
            width[self._cr_of_crlf] = 0
        width[self._bom] = reading.bom
        return np.concatenate([[0], np.cumsum(width)])

    def offsets(self, positions: Iterable[int], reading: Reading) -> Ints:
        """Code-point offsets in our text of positions in that reading; −1 for those outside the text."""
        edges = self.edges(reading)
        wanted = np.fromiter(positions, dtype=np.int64)
        # A character of no width shares its edge with the next one: take the last raw character that begins there.
        at = np.searchsorted(edges, wanted, side="right") - 1
        # Inside a surrogate pair: the character it belongs to.
        out = self._kept_before[np.clip(at, 0, len(edges) - 1)]
        return np.where((wanted < 0) | (wanted > edges[-1]), -1, out)

    def spans(self, selections: Sequence[Selection], reading: Reading) -> list[tuple[int, int]]:
        """Half-open spans in our text; (−1, −1) for a selection outside the text."""
        starts = self.offsets((s.start for s in selections), reading)
        ends = self.offsets((s.end + reading.inclusive for s in selections), reading)
        return [(int(a), int(b)) if a >= 0 and b >= 0 else (-1, -1) for a, b in zip(starts, ends, strict=True)]


@dataclass(frozen=True)
class Choice:
    """The reading taken, how well it fits, and how well the next one does."""

    reading: Reading
    evidence: str
    fit: float
    runner_up: float
    confidence: str


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _fits_name(text: str, span: tuple[int, int], name: str) -> float:
    if span[0] < 0 or span[1] <= span[0]:
        return 0.0
    quote, wanted = _squeeze(text[span[0] : span[1]]), _squeeze(name)
    cut = re.sub(r"\s*(?:…|\.\.\.)$", "", wanted)
    if quote == wanted or (cut != wanted and len(cut) > 3 and quote.startswith(cut)):
        return 1.0
    # A name cut off without a sign: the beginning counts, the end says nothing.
    return 0.9 if len(wanted) >= 20 and len(quote) > len(wanted) and quote.startswith(wanted) else 0.0


def _fits_words(text: str, span: tuple[int, int]) -> float:
    """Whether a span begins and ends where words do."""
    a, b = span
    if a < 0 or b <= a:
        return 0.0
    start = not text[a].isspace() and (a == 0 or not (text[a - 1].isalnum() and text[a].isalnum()))
    end = b == len(text) or not (text[b - 1].isalnum() and text[b].isalnum())
    return 0.7 * start + 0.3 * end


def choose_reading(items: Sequence[tuple[Stored, Sequence[Selection]]], *, origin: str = "") -> Choice:
    """Choose one reading for all documents of a project.

    Parameters
    ----------
    items : sequence of (Stored, selections)
        All documents with their selections.
    origin : str
        Tool that wrote the file; decides where the texts do not.

    Returns
    -------
    Choice
        Confidence is ``"certain"`` where all readings give the same spans, else by the fit and its lead.
    """
    habit = Reading()
    if re.match(r"nvivo.*win", origin, re.IGNORECASE):
        habit = Reading(utf16=True)
    elif origin.casefold().startswith("atlas"):
        habit = Reading(crlf=1)
    pairs = [(s, list(sel)) for s, sel in items if sel]
    if not pairs:
        return Choice(habit, "no selections", 1.0, 1.0, "certain")
    named = sum(1 for _, sel in pairs for s in sel if len(_squeeze(s.name)) > 1)
    options = [
        Reading(*o)
        for o in product(
            (False, True) if any(s.has_astral for s, _ in pairs) else (habit.utf16,),
            (1, 2) if any(s.has_crlf for s, _ in pairs) else (habit.crlf,),
            (0, 1) if any(s.has_bom for s, _ in pairs) else (0,),
            (False, True) if named else (False,),
        )
    ]
    spans = {o: [s.spans(sel, o) for s, sel in pairs] for o in options}
    total = sum(len(sel) for _, sel in pairs)

    def by_words(o: Reading) -> float:
        return sum(_fits_words(s.text, sp) for (s, _), got in zip(pairs, spans[o]) for sp in got) / total

    def by_name(o: Reading) -> float:
        hits = [
            _fits_name(s.text, sp, x.name)
            for (s, sel), got in zip(pairs, spans[o])
            for x, sp in zip(sel, got)
            if len(_squeeze(x.name)) > 1
        ]
        return sum(hits) / max(1, len(hits))

    evidence = "word boundaries"
    scores = {}
    if named >= 0.3 * total:
        scores = {o: by_name(o) for o in options}
        evidence = f"quotes of {named} selections"
    if not scores or max(scores.values()) < 0.5:
        # Names that a user typed are not quotes.
        options = [o for o in options if not o.inclusive]
        scores = {o: by_words(o) for o in options}
        evidence = f"word boundaries of {total} selections"
    best = max(
        options, key=lambda o: (round(scores[o], 9), o == habit, o.utf16 == habit.utf16, o.crlf == habit.crlf, -o.bom)
    )
    same = [o for o in options if spans[o] == spans[best]]
    if habit in same:
        best = habit
    others = [scores[o] for o in options if o not in same]
    runner_up = max(others, default=0.0)
    fit = scores[best]
    if not others:
        confidence = "certain"
    elif fit >= 0.9 and fit - runner_up >= 0.1:
        confidence = "high"
    elif fit >= 0.75 and fit - runner_up >= 0.03:
        confidence = "moderate"
    else:
        confidence = "low"
    return Choice(replace(best), evidence, fit, runner_up, confidence)
