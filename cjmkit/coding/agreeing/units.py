"""Units: the pieces of text on which two coders can agree or not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, need_columns, suggest

__all__ = ["UNITS", "Marks", "make_units", "mark", "turn_of", "with_participants"]

UNITS = ("character", "sentence", "turn", "segment")


def turn_of(codings: pd.DataFrame, turns: pd.DataFrame) -> pd.Series:
    """Row label of the turn that holds most of each coding; missing where none does."""
    out = np.full(len(codings), pd.NA, dtype=object)
    ordered = turns.sort_values(["document", "start"], kind="stable")
    known = pd.Index(ordered["document"].unique())
    # Every document gets a stretch of its own on one long line, so that one search serves them all.
    far = int(max(turns["end"].max(), codings["end"].max(), 0)) + 1 if len(turns) and len(codings) else 1
    base = known.get_indexer(ordered["document"]) * far
    starts, ends = base + ordered["start"].to_numpy(int), base + ordered["end"].to_numpy(int)
    labels = ordered.index.to_numpy()
    document = known.get_indexer(codings["document"])
    a, b = (document * far + codings[c].to_numpy(int) for c in ("start", "end"))
    first, last = np.searchsorted(ends, a, side="right"), np.searchsorted(starts, b, side="left")
    for i in np.flatnonzero((document >= 0) & (first < last)):
        lo, hi = first[i], last[i]
        overlap = np.minimum(ends[lo:hi], b[i]) - np.maximum(starts[lo:hi], a[i])
        out[i] = labels[lo + int(overlap.argmax())]
    return pd.Series(out, index=codings.index, dtype="object")


def with_participants(codings: pd.DataFrame, turns: pd.DataFrame) -> pd.DataFrame:
    r"""Fill the missing participants of codings from the turns they lie in, else from their document's only respondent.

    Parameters
    ----------
    codings, turns : pandas.DataFrame
        The two tables.

    Returns
    -------
    pandas.DataFrame
        The codings; a participant that is there already stays. Words of an interviewer about a document with a single
        respondent count as that respondent's case.

    Examples
    --------
    >>> from cjmkit.interviews import read_text
    >>> read = read_text("Q: How was it?\nA: Slow and dear.", document="anna")
    >>> said = pd.DataFrame({"document": ["anna"], "start": [18], "end": [22], "code": ["wait"]})
    >>> with_participants(said, read.turns)["participant"].tolist()
    ['anna']
    """
    need_columns(codings, ("document",), what="codings")
    need_columns(turns, ("document", "participant"), what="turns")
    at = turn_of(codings, turns)
    spoken = at.map(turns["participant"]).astype("str")
    single = (
        turns.dropna(subset=["participant"]).groupby("document")["participant"].agg(lambda p: list(dict.fromkeys(p)))
    )
    alone = {d: p[0] for d, p in single.items() if len(p) == 1}
    own = codings["participant"] if "participant" in codings else pd.Series(None, index=codings.index, dtype="str")
    filled = own.where(own.notna(), spoken).astype("str")
    filled = filled.where(filled.notna(), codings["document"].map(alone))
    return codings.assign(participant=filled.astype("str"))


@dataclass(frozen=True)
class Marks:
    """Who marked which unit with what.

    Parameters
    ----------
    units : pandas.DataFrame
        document, participant, start, end, weight (1, or characters).
    coders : tuple of str
        Coders, in the order of the columns of `sets`.
    read : numpy.ndarray of bool
        With shape (units, coders): whether the coder has read that document.
    codes : tuple of str
        Codes, in the order of the last axis of `has`.
    rows : numpy.ndarray
        With shape (marks, 3): unit, coder, code; each mark once.
    value : numpy.ndarray
        For each mark, the mean valence (NaN where none was given).
    """

    units: pd.DataFrame
    coders: tuple[str, ...]
    read: np.ndarray
    codes: tuple[str, ...]
    rows: np.ndarray
    value: np.ndarray


def make_units(
    codings: pd.DataFrame, turns: pd.DataFrame, unit: str, *, role: str | None = "respondent"
) -> pd.DataFrame:
    r"""Cut the turns into units.

    Parameters
    ----------
    codings, turns : pandas.DataFrame
        The two tables. Codings matter for characters and segments only.
    unit : {"character", "sentence", "turn", "segment"}
        ``"character"``: stretches within which no coding begins or ends, each weighing as many units as it has
        characters. ``"sentence"``, ``"turn"``: as the name says. ``"segment"``: each stretch that somebody coded
        without a gap; text that nobody coded is no unit.
    role : str or None
        Only turns of this role; None for all.

    Returns
    -------
    pandas.DataFrame
        document, participant, start, end, weight; in order.

    Examples
    --------
    >>> from cjmkit.interviews import read_text
    >>> read = read_text("Q: How was it?\nA: Slow. And dear.", document="anna")
    >>> none = pd.DataFrame({"document": [], "start": [], "end": []})
    >>> make_units(none, read.turns, "sentence")[["start", "end"]].values.tolist()
    [[18, 23], [24, 33]]
    """
    if unit not in UNITS:
        raise CjmError(suggest(unit, UNITS, what="unit"))
    spoken = turns if role is None else turns[turns["role"] == role]
    if not len(spoken):
        raise CjmError(
            en=f"no turn has the role {role!r}; roles are {', '.join(sorted(turns['role'].dropna().unique()))}",
            ru=f"ни у одной реплики нет роли {role!r}; есть роли {', '.join(sorted(turns['role'].dropna().unique()))}",
        )
    frames: list[tuple[str, object, int, int, int]] = []
    if unit == "sentence":
        from cjmkit.text import sentences

        for d, p, a, text in zip(
            spoken["document"], spoken["participant"], spoken["start"], spoken["text"], strict=True
        ):
            frames.extend((d, p, a + s, a + e, 1) for s, e in sentences(text))
    elif unit == "turn":
        frames = [
            (d, p, a, b, 1) for d, p, a, b in zip(*(spoken[c] for c in ("document", "participant", "start", "end")))
        ]
    else:
        spans = {str(d): g for d, g in codings.groupby("document", sort=False)}
        for d, p, a, b in zip(*(spoken[c] for c in ("document", "participant", "start", "end"))):
            inside = spans.get(d)
            if inside is None:
                if unit == "character":
                    frames.append((d, p, a, b, b - a))
                continue
            s = np.clip(inside["start"].to_numpy(), a, b)
            e = np.clip(inside["end"].to_numpy(), a, b)
            keep = e > s
            if unit == "character":
                cuts = np.unique(np.concatenate([[a, b], s[keep], e[keep]]))
                frames.extend((d, p, int(x), int(y), int(y - x)) for x, y in pairwise(cuts.tolist()))
            else:
                order = np.argsort(s[keep], kind="stable")
                run: list[int] = []
                for x, y in zip(s[keep][order], e[keep][order]):
                    if run and x <= run[1]:
                        run[1] = max(run[1], int(y))
                    else:
                        if run:
                            frames.append((d, p, run[0], run[1], 1))
                        run = [int(x), int(y)]
                if run:
                    frames.append((d, p, run[0], run[1], 1))
    out = pd.DataFrame(frames, columns=["document", "participant", "start", "end", "weight"])
    return out.sort_values(["document", "start"], kind="stable").reset_index(drop=True)


def mark(
    codings: pd.DataFrame, units: pd.DataFrame, *, read: pd.DataFrame | None = None, characters: bool = False
) -> Marks:
    """Lay codings over units.

    A coding marks a unit if at least half of the coding, or at least half of the unit, lies in the other: a span that
    spills over by a character marks nothing there.

    Parameters
    ----------
    codings : pandas.DataFrame
        Rows of the coders to compare; each needs a coder.
    units : pandas.DataFrame
        From :func:`make_units`.
    read : pandas.DataFrame, optional
        Columns coder and document: who has read what. Without it, a coder has read the documents that hold a coding of
        theirs.
    characters : bool
        Any overlap counts (units that lie wholly inside or outside every coding).
    """
    named = set(codings["coder"].dropna()) | (set() if read is None else set(read["coder"].dropna()))
    coders = tuple(sorted(named))
    codes = tuple(sorted(codings["code"].dropna().unique()))
    coder_at, code_at = {c: i for i, c in enumerate(coders)}, {c: i for i, c in enumerate(codes)}
    documents = units["document"].to_numpy()
    pairs = codings[["coder", "document"]] if read is None else read[["coder", "document"]]
    who_read: dict[str, set[int]] = {}
    for c, d in pairs.drop_duplicates().itertuples(index=False):
        if c in coder_at:
            who_read.setdefault(d, set()).add(coder_at[c])
    was_read = np.zeros((len(units), len(coders)), dtype=bool)
    found: list[tuple[int, int, int]] = []
    values: list[float] = []
    first = pd.Series(np.arange(len(units))).groupby(documents, sort=False)
    position = {str(d): x.to_numpy() for d, x in first}
    starts, ends = units["start"].to_numpy(), units["end"].to_numpy()
    for d, idx in position.items():
        for k in who_read.get(d, ()):
            was_read[idx, k] = True
    columns = [codings[c] for c in ("document", "start", "end", "coder", "code", "valence")]
    for d, a, b, who, code, v in zip(*columns, strict=True):
        if d not in position or who not in coder_at or code not in code_at:
            continue
        idx = position[d]
        s, e = starts[idx], ends[idx]
        lo, hi = np.searchsorted(e, a, side="right"), np.searchsorted(s, b, side="left")
        if lo >= hi:
            continue
        overlap = np.minimum(e[lo:hi], b) - np.maximum(s[lo:hi], a)
        hit = overlap > 0 if characters else (2 * overlap >= b - a) | (2 * overlap >= e[lo:hi] - s[lo:hi])
        if not hit.any():
            # A span astride two units, less than half in either: it belongs to the one it lies in most.
            hit[int(overlap.argmax())] = True
        for u in np.flatnonzero(hit):
            found.append((int(idx[lo + u]), coder_at[who], code_at[code]))
            values.append(float(v) if v is not None and v == v else np.nan)
    rows = np.array(found, dtype=np.int64).reshape(-1, 3)
    value = np.array(values)
    if len(rows):
        unique, inverse = np.unique(rows, axis=0, return_inverse=True)
        inverse = inverse.reshape(-1)
        there = ~np.isnan(value)
        total = np.bincount(inverse[there], weights=value[there], minlength=len(unique))
        n = np.bincount(inverse[there], minlength=len(unique))
        with np.errstate(invalid="ignore"):
            value = np.where(n > 0, total / np.maximum(n, 1), np.nan)
        rows = unique
    return Marks(units, coders, was_read, codes, rows, value)
