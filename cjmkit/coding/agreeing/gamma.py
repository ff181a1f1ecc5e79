"""Gamma: agreement of coders who set the borders of their passages themselves (Mathet, Widlöcher and Métivier 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError, NotEnough, need_columns
from cjmkit.i18n import say
from cjmkit.stats import person_weights

__all__ = ["gamma"]

Floats = NDArray[np.float64]
DRAWN_AT_LEAST, DRAWN_AT_MOST = 30, 400
_TUPLES = 2_000_000


@dataclass(frozen=True)
class _Weights:
    """What counts: position, code, and a passage that the others have not."""

    position: float
    code: float
    empty: float = 1.0


def gamma(
    codings: pd.DataFrame,
    *,
    position: float = 3,
    code: float = 1,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    r"""Agreement on where passages begin and end and which code they have, at once.

    Alpha of characters forgives a passage cut in two; alpha of turns forgives any border inside a turn. Gamma pairs the
    passages of the coders in the best way there is, and compares what is left over with passages thrown at random.

    Parameters
    ----------
    codings : pandas.DataFrame
        document, start, end, code, coder; documents that one coder read alone do not count.
    position, code : float
        Weight of a border that differs and of a code that differs, beside 1 for a passage that the others lack (α and β
        of the paper's combined dissimilarity).
    resamples : int
        Draws of documents for the interval; with a single document there is none.
    level : float
        Confidence level.
    seed : int
        Of the random passages and the draws.

    Returns
    -------
    Estimate
        1 is full agreement, 0 what random passages reach; n counts documents.

    Raises
    ------
    NotEnough
        If no document was coded by two coders.
    CjmError
        If the passages are so many and so long that their pairings cannot be weighed.

    Notes
    -----
    :math:`\gamma = 1 - \delta_o/\delta_e`: the disorder of the best alignment over the mean one of passages
    turned at random, as in the paper (at least 30 draws, more until the mean is known to 1%). The best alignment is an
    exact integer programme (HiGHS). Each coder who read a document has to have coded something in it.

    Examples
    --------
    >>> same = [("d", 0, 9, "price"), ("d", 20, 31, "wait"), ("d", 40, 52, "price")]
    >>> codings = pd.DataFrame([(*r, c) for c in ("eva", "ivo") for r in same],
    ...                        columns=["document", "start", "end", "code", "coder"])
    >>> gamma(codings).value
    1.0
    """
    need_columns(codings, (), what="codings")
    need_columns(codings, ("document", "start", "end", "code", "coder"), what="codings")
    weights = _Weights(position, code)
    rng = np.random.default_rng(seed)
    observed, expected = [], []
    for _, part in codings.groupby("document", sort=False):
        if part["coder"].nunique() < 2:
            continue
        read = _read(part)
        observed.append(_disorder(read, weights))
        expected.append(_by_chance(read, weights, rng))
    if not observed:
        raise NotEnough(
            say(en="no document was coded by two coders", ru="ни один документ не кодировали двое"),
            why=say(en="agreement compares coders", ru="согласие сравнивает кодировщиков"),
            action=say(
                en="let a second person code four of the interviews",
                ru="пусть второй человек закодирует четыре интервью",
            ),
        )
    o, e = np.array(observed), np.array(expected)
    value = float(1 - o.sum() / e.sum())
    low, high = value, value
    if len(o) > 1:
        drawn = np.concatenate([1 - (w @ o) / (w @ e) for w in person_weights(len(o), resamples=resamples, seed=seed)])
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(
        value=value, low=min(float(low), value), high=max(float(high), value), n=len(o), unit="documents",
        level=level, method="gamma, bootstrap over documents" if len(o) > 1 else "gamma",
    )  # fmt: skip


@dataclass(frozen=True)
class _Coder:
    """A coder's passages in one document, in order."""

    start: Floats
    end: Floats
    code: NDArray[Any]


def _read(part: pd.DataFrame) -> list[_Coder]:
    codes = {c: k for k, c in enumerate(sorted(part["code"].astype(str).unique()))}
    out = []
    for _, rows in part.groupby("coder"):
        rows = rows.sort_values(["start", "end"])
        start, end = rows["start"].to_numpy(float), rows["end"].to_numpy(float)
        if (end <= start).any():
            raise CjmError(
                en=f"{int((end <= start).sum())} passages end where they begin; gamma needs lengths",
                ru=f"отрывков, которые кончаются там, где начались: {int((end <= start).sum())}; гамме нужны длины",
            )
        out.append(_Coder(start, end, rows["code"].astype(str).map(codes).to_numpy()))
    return out


def _pairs(a: _Coder, b: _Coder, weights: _Weights) -> Floats:
    """Dissimilarity of each passage of one with each of the other; the last row and column are "none"."""
    out = np.full((len(a.start) + 1, len(b.start) + 1), weights.empty)
    apart = np.abs(a.start[:, None] - b.start) + np.abs(a.end[:, None] - b.end)
    lengths = (a.end - a.start)[:, None] + (b.end - b.start)
    place = (apart / lengths) ** 2 * weights.empty
    out[:-1, :-1] = weights.position * place + weights.code * weights.empty * (a.code[:, None] != b.code)
    return out


def _disorder(coders: list[_Coder], weights: _Weights) -> float:
    """Disorder of the best alignment: the mean dissimilarity of its tuples, per passage of a coder."""
    cost, members = _tuples(coders, weights)
    return _best(cost, members, coders) / (sum(len(c.start) for c in coders) / len(coders))


def _tuples(coders: list[_Coder], weights: _Weights) -> tuple[Floats, NDArray[np.int64]]:
    """Every tuple of passages, one or none a coder, that can be part of a best alignment, with its disorder."""
    many = len(coders)
    between = {(i, j): _pairs(coders[i], coders[j], weights) for i, j in combinations(range(many), 2)}
    pairs = many * (many - 1) / 2
    none = [len(c.start) for c in coders]
    tuples = np.arange(none[0] + 1)[:, None]
    cost = np.zeros(len(tuples))
    for j in range(1, many):
        # A tuple that costs more than its passages left alone is never part of a best alignment.
        grown, added = [], []
        for block in np.array_split(np.arange(len(tuples)), max(1, len(tuples) * (none[j] + 1) // _TUPLES)):
            here = cost[block][:, None] + sum(between[i, j][tuples[block, i]] for i in range(j))
            there = sum((tuples[block, i] != none[i]).astype(float) for i in range(j))[:, None]
            there = there + (np.arange(none[j] + 1) != none[j])
            keep = here <= there * weights.empty * pairs + 1e-9
            keep[:, none[j]] = True
            row, column = np.nonzero(keep)
            grown.append(np.column_stack([tuples[block][row], column]))
            added.append(here[row, column])
        tuples, cost = np.concatenate(grown), np.concatenate(added)
        if len(tuples) > _TUPLES:
            raise CjmError(
                en=f"{len(tuples):,} ways to pair the passages of a document; gamma is for some hundred passages a "
                "document and a few coders: take fewer coders, or agreement(unit='segment')",
                ru=f"способов сопоставить отрывки документа: {len(tuples):,}; гамма — для нескольких сотен отрывков "
                "на документ и немногих кодировщиков: возьмите меньше кодировщиков или agreement(unit='segment')",
            )
    some = (tuples != none).any(axis=1)
    return cost[some] / pairs, tuples[some]


def _best(cost: Floats, members: NDArray[np.int64], coders: list[_Coder]) -> float:
    """The cheapest set of tuples that holds each passage once."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    offset = np.concatenate([[0], np.cumsum([len(c.start) for c in coders])])
    row, column = [], []
    for j in range(len(coders)):
        held = np.flatnonzero(members[:, j] < len(coders[j].start))
        row.append(members[held, j] + offset[j])
        column.append(held)
    at = np.concatenate(row), np.concatenate(column)
    holds = csr_array((np.ones(len(at[0])), at), shape=(offset[-1], len(cost)))
    once = LinearConstraint(holds, 1, 1)
    whole = np.full(len(cost), int(len(coders) > 2))  # of two coders the linear programme is whole by itself
    found = milp(cost, constraints=once, integrality=whole, bounds=Bounds(0, 1))
    return float(found.fun)


def _by_chance(coders: list[_Coder], weights: _Weights, rng: np.random.Generator) -> float:
    """Mean disorder of passages put at random: each coder's stretch of some coder, turned by a pivot of its own."""
    first, last = min(c.start.min() for c in coders), max(c.end.max() for c in coders)
    apart = float(np.concatenate([c.end - c.start for c in coders]).mean()) / 2
    drawn: list[float] = []
    while len(drawn) < DRAWN_AT_MOST:
        pivots: list[float] = []
        for _ in coders:
            for _ in range(100):  # so far apart that nobody is laid over themselves
                pivot = float(rng.integers(int(first), int(last)))
                if all(abs(pivot - other) > apart for other in pivots):
                    break
            pivots.append(pivot)
        drawn.append(_disorder([_turned(coders[rng.integers(len(coders))], p, first, last) for p in pivots], weights))
        if len(drawn) >= DRAWN_AT_LEAST and 1.96 * np.std(drawn) / np.sqrt(len(drawn)) <= 0.01 * np.mean(drawn):
            break
    return float(np.mean(drawn))


def _turned(coder: _Coder, pivot: float, first: float, last: float) -> _Coder:
    start = coder.start + pivot
    start = np.where(start > last, start + first - last, start)
    order = np.argsort(start, kind="stable")
    return _Coder(start[order], (start + coder.end - coder.start)[order], coder.code[order])
