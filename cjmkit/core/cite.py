"""cite: from a row or a result to the evidence that a note keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cjmkit.core.evidence import DeskSource, EventFigure, Evidence, Quote, SurveyFigure
from cjmkit.errors import CjmError

__all__ = ["cite"]


def cite(thing: Any, **which: Any) -> Evidence:
    """Make evidence out of a coded passage, a desk source or a computed figure.

    Parameters
    ----------
    thing : Evidence, pandas.Series, mapping or result
        A row of the codings table (document, start, end, quote …), a row of the source log (id, title, date …),
        or a result that knows where it comes from, such as a survey score, a funnel or an emotion curve.
    **which
        Which figure of a result, for example ``step="deal"`` or ``stage="evaluation"``.

    Returns
    -------
    Evidence
        A frozen value to put into a note.

    Raises
    ------
    CjmError
        If `thing` is neither.

    Examples
    --------
    >>> cite({"document": "anna.txt", "start": 10, "end": 17, "quote": "no news", "code": "silence"}).code
    'silence'
    """
    if isinstance(thing, Quote | SurveyFigure | EventFigure | DeskSource):
        return thing
    if hasattr(thing, "_evidence_"):
        made: Evidence = thing._evidence_(**which)
        return made
    row = thing.to_dict() if hasattr(thing, "to_dict") and not isinstance(thing, Mapping) else thing
    if not isinstance(row, Mapping):
        raise CjmError(
            en=f"cannot cite {type(thing).__name__}: give a row of the codings or of the source log, "
            "or a result such as a score, a funnel or a curve",
            ru=f"нельзя сослаться на {type(thing).__name__}: дайте строку кодировок или списка источников либо "
            f"результат: оценку, воронку, кривую",
        )
    known = {k: v for k, v in row.items() if not _missing(v)}
    if {"document", "start", "end", "quote"} <= known.keys():
        text = ("document", "quote", "participant", "coder", "code")
        return Quote(
            **{k: str(known[k]) for k in text if k in known},
            start=int(known["start"]),
            end=int(known["end"]),
            valence=float(known["valence"]) if "valence" in known else None,
        )
    if "title" in known and ("id" in known or "source" in known):
        return DeskSource(
            source=str(known.get("source", known.get("id"))),
            title=str(known["title"]),
            date=known.get("date"),
            url=str(known.get("url", "")),
            passage=str(known.get("passage", known.get("note", ""))),
        )
    raise CjmError(
        en=f"this row cannot be cited, it has {', '.join(map(str, row)) or 'no columns'}: a passage needs document, "
        "start, end and quote; a desk source needs id and title",
        ru=f"на эту строку нельзя сослаться, в ней {', '.join(map(str, row)) or 'нет столбцов'}: отрывку нужны "
        f"document, start, end и quote; источнику — id и title",
    )


def _missing(v: Any) -> bool:
    return v is None or v != v or str(v) in ("NaT", "<NA>")
