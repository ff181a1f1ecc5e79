"""Finding coded passages again after a text was replaced."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

import pandas as pd

from cjmkit.core.codings import check_codings
from cjmkit.core.printed import frame_html
from cjmkit.errors import need_columns
from cjmkit.i18n import count, say

__all__ = ["Anchored", "anchor"]

_STATUSES = ("kept", "moved", "respelt", "lost", "no document", "no quote")


@dataclass(frozen=True, repr=False)
class Anchored:
    """Codings that fit their texts again, and what happened to each.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings whose passage was found, with start, end and quote of the text as it is now; index as before.
    report : pandas.DataFrame
        One row a coding, index as before: document, coder, code, status, old_start, start, shift, places, quote. Status
        is kept, moved, respelt (the same words with other spacing, quotes, dashes or case), lost, no document, or no
        quote
        (nothing to look for, and the old place does not exist). ``places`` tells how often the passage stands in the
        text: where it is more than 1, look whether the nearest one is meant.
    """

    codings: pd.DataFrame
    report: pd.DataFrame

    @property
    def lost(self) -> pd.DataFrame:
        """The rows of the report whose passage was not found."""
        return self.report[self.report["status"].isin(["lost", "no document", "no quote"])]

    @property
    def moved(self) -> pd.DataFrame:
        """The rows of the report whose passage stands elsewhere now."""
        return self.report[self.report["status"].isin(["moved", "respelt"])]

    def summary(self, lang: str | None = None) -> str:
        """How many were kept, moved and lost."""
        kept = int((self.report["status"] == "kept").sum())
        n = count(len(self.report), en=("coding", "codings"), ru=("кодировка", "кодировки", "кодировок"), lang=lang)
        moved, lost = len(self.moved), len(self.lost)
        return say(
            en=f"{n}: {kept} in place, {moved} moved, {lost} not found.",
            ru=f"{n}: на месте {kept}, сдвинуто {moved}, не найдено {lost}.",
            lang=lang,
        )

    def __repr__(self) -> str:
        return f"<Anchored: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        shown = self.report[self.report["status"] != "kept"]
        return f"<p>{html.escape(self.summary())}</p>{frame_html(shown) if len(shown) else ''}"


def anchor(codings: pd.DataFrame, documents: pd.DataFrame) -> Anchored:
    """Find the passages of codings in the texts as they are now.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings table; the quotes are what is looked for.
    documents : pandas.DataFrame
        Columns document and text.

    Returns
    -------
    Anchored
        A passage that stands at its old place stays. Else its words are looked for: exactly, then with other spacing,
        quotation marks, dashes or case. Of several places the one nearest to where its neighbours went is taken.

    Examples
    --------
    >>> c = pd.DataFrame({"document": ["a"], "start": [0], "end": [7], "quote": ["No news"], "code": ["silence"]})
    >>> anchor(c, pd.DataFrame({"document": ["a"], "text": ["Well. No  news for weeks."]})).codings["quote"].tolist()
    ['No  news']
    """
    need_columns(codings, ("document",), what="codings")
    table = check_codings(codings)
    texts: dict[str, str] = dict(zip(documents["document"], documents["text"]))
    loose = _Loose()
    rows: dict[object, tuple[str, int, int, int]] = {}  # label: status, start, end, places
    for name, group in table.groupby("document", sort=False):
        document = str(name)
        text = texts.get(document)
        shifts: list[tuple[int, int]] = []  # old start, shift, of passages that stand once
        later: list[tuple[object, int, str, list[tuple[int, int]], str]] = []
        for label, start, end, quote in zip(group.index, group["start"], group["end"], group["quote"], strict=True):
            quote = "" if quote is None or quote != quote else str(quote)
            if text is None:
                rows[label] = ("no document", -1, -1, 0)
            elif not quote:
                inside = end <= len(text)
                rows[label] = ("kept", start, end, 1) if inside else ("no quote", -1, -1, 0)
            elif text[start:end] == quote:
                rows[label] = ("kept", start, end, 1)
                shifts.append((start, 0))
            else:
                status = "moved"
                places = [(m, m + len(quote)) for m in _all(text, quote)]
                if not places:
                    status, places = "respelt", loose.find(document, text, quote)
                if not places:
                    rows[label] = ("lost", -1, -1, 0)
                else:
                    later.append((label, start, quote, places, status))
                    if len(places) == 1:
                        shifts.append((start, places[0][0] - start))
        shifts.sort()
        for label, start, _, places, status in later:
            expected = start + _shift_near(shifts, start)
            best = min(places, key=lambda p: abs(p[0] - expected))
            rows[label] = (status, best[0], best[1], len(places))
    order = list(table.index)
    report = pd.DataFrame(
        {
            "document": table["document"],
            "coder": table["coder"],
            "code": table["code"],
            "status": pd.Series([rows[i][0] for i in order], index=order, dtype="str"),
            "old_start": table["start"],
            "start": pd.Series([rows[i][1] if rows[i][1] >= 0 else pd.NA for i in order], index=order, dtype="Int64"),
            "places": [rows[i][3] for i in order],
            "quote": table["quote"],
        }
    )
    report.insert(6, "shift", report["start"] - report["old_start"])
    found = report["start"].notna()
    out = table[found].copy()
    out["start"] = [rows[i][1] for i in out.index]
    out["end"] = [rows[i][2] for i in out.index]
    quotes = [texts[d][a:b] for d, a, b in zip(out["document"], out["start"], out["end"], strict=True)]
    out["quote"] = pd.Series(quotes, index=out.index, dtype="str")
    return Anchored(out, report)


def _all(text: str, quote: str) -> list[int]:
    out: list[int] = []
    at = text.find(quote)
    while at >= 0 and len(out) < 1000:
        out.append(at)
        at = text.find(quote, at + 1)
    return out


def _shift_near(shifts: list[tuple[int, int]], start: int) -> int:
    """How far the nearest passage that stands only once has moved."""
    if not shifts:
        return 0
    i = bisect_left(shifts, (start, -(10**9)))
    around = shifts[max(0, i - 1) : i + 1]
    return min(around, key=lambda s: abs(s[0] - start))[1]


class _Loose:
    """Search that overlooks spacing, the shape of quotation marks and dashes, and case."""

    _SAME = str.maketrans(
        dict.fromkeys("«»“”„‟″", '"') | dict.fromkeys("‘’‚‛ʼ`", "'") | dict.fromkeys("–—‑−―", "-") | {"ё": "е"}
    )

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, list[int]]] = {}

    def _folded(self, text: str) -> tuple[str, list[int]]:
        """Folded text, and for each of its characters the position in the original (and the end, last)."""
        out: list[str] = []
        at: list[int] = []
        # A base letter and its marks fold together, so that й as one or two code points is the same.
        # Plain letters, most of any text, fold one to one and go by whole runs.
        for m in re.finditer(
            r"(?P<plain>[0-9A-Za-zА-Яа-я.,;:?!()/]+(?![\u0300-\u036f]))|"
            r"\s+|[^\s\u0300-\u036f\ufe0e\ufe0f\u200b-\u200d\u2060\ufeff][\u0300-\u036f]*|.",
            text,
            re.S,
        ):
            piece = m.group()
            if m["plain"]:
                out.append(piece.casefold())
                at.extend(range(m.start(), m.end()))
                continue
            if piece.isspace():
                folded = " "
            elif piece[0] in "\ufe0e\ufe0f\u200b\u200c\u200d\u2060\ufeff\u00ad":
                continue
            else:
                folded = unicodedata.normalize("NFKC", piece).translate(self._SAME).casefold()
            out.append(folded)
            at.extend([m.start()] * len(folded))
        at.append(len(text))
        return "".join(out), at

    def find(self, document: str, text: str, quote: str) -> list[tuple[int, int]]:
        if document not in self._known:
            self._known[document] = self._folded(text)
        folded, at = self._known[document]
        wanted = self._folded(quote)[0].strip()
        if not wanted:
            return []
        places = []
        for i in _all(folded, wanted):
            start, last = at[i], at[i + len(wanted) - 1]
            # The end is where the next folded character begins, without the white space before it.
            j = i + len(wanted)
            while j < len(at) - 1 and at[j] == last:
                j += 1
            end = at[j]
            while end > start and text[end - 1].isspace():
                end -= 1
            places.append((start, end))
        return places
