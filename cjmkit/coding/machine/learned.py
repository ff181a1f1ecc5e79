"""A coder that learns from people's codings, offline: sentence vectors beside words, letters, the code's definition
and what was asked.

Each code is a logistic regression. Who was coded by people is judged by a model that has not seen them, so that their
units can validate the machine; scores are calibrated on those answers and each code's threshold is chosen there.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.coding.agreeing.units import mark
from cjmkit.coding.codebook import Codebook
from cjmkit.coding.machine.data import Answer
from cjmkit.errors import NotEnough, need_columns
from cjmkit.i18n import say

__all__ = ["Learned", "learning_curve"]

Floats = NDArray[np.floating]

_FOLDS = 10
# Weights of words, letter groups, the question asked, and likeness to the definition and to coded passages, beside
# the sentence
# vector's 1; chosen once on the two shipped studies, where the neighbourhood of these values gives the same within .03.
_WORDS, _LETTERS, _ASKED, _LIKE = 0.7, 0.5, 0.4, 3.0
_STRENGTH = 3.0


def _unit(x: Floats) -> Floats:
    return x / np.maximum(1e-9, np.linalg.norm(x, axis=1, keepdims=True))


@dataclass(frozen=True)
class _Material:
    """What is known of every unit, before any code is learnt."""

    meaning: Floats
    plain: Any
    to_definition: Floats


def _material(texts: list[str], before: list[str], definitions: list[str]) -> _Material:
    import scipy.sparse as sp
    from sklearn.feature_extraction.text import TfidfVectorizer

    from cjmkit.text import sentences, stems
    from cjmkit.text.meaning import meaning as read

    pieces = [[t[a:b] for a, b in sentences(t)] or [t] for t in texts]
    begins = np.cumsum([0, *(len(p) for p in pieces)])
    whole, parts, defined = read(texts), read([s for p in pieces for s in p]), read(definitions)
    asked = read([b or "." for b in before])
    centre = whole.mean(axis=0)
    meaning = _unit(whole - centre)
    parts, about = _unit(parts - parts.mean(axis=0)), _unit(defined - defined.mean(axis=0))
    closest = np.array([(parts[a:b] @ about.T).max(axis=0) for a, b in itertools.pairwise(begins)])
    tables = [sp.csr_matrix(meaning), sp.csr_matrix(_unit(asked - asked.mean(axis=0)) * _ASKED)]
    for analyser, weight in (({"analyzer": stems}, _WORDS), ({"analyzer": "char_wb", "ngram_range": (3, 5)}, _LETTERS)):
        try:
            tables.append(TfidfVectorizer(sublinear_tf=True, min_df=2, **analyser).fit_transform(texts) * weight)
        except ValueError:
            continue  # no word stands twice: the vectors serve alone
    return _Material(
        meaning, sp.hstack(tables).tocsr(), np.stack([meaning @ _unit(defined - centre).T, closest], axis=2) * _LIKE
    )


def _scores(
    m: _Material,
    y: NDArray[np.bool_],
    who: NDArray[Any],
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
    known: NDArray[np.bool_] | None = None,
) -> Floats:
    """Decision values of the test units, with shape (units, codes); NaN for a code with fewer than two examples."""
    import scipy.sparse as sp
    from sklearn.linear_model import LogisticRegression

    out = np.full((int(test.sum()), y.shape[1]), np.nan)
    for j in range(y.shape[1]):
        learnt = train if known is None else train & known[:, j]
        examples = np.flatnonzero(learnt & y[:, j])
        if len(examples) < 2 or y[learnt, j].all():
            continue
        # Likeness to the three nearest coded passages of other people: one's own would be a leak.
        like = m.meaning @ m.meaning[examples].T
        like[who[:, None] == who[examples][None, :]] = -1
        near = np.sort(like, axis=1)[:, -3:].mean(axis=1, keepdims=True)
        x = sp.hstack([m.plain, sp.csr_matrix(np.hstack([m.to_definition[:, j], near * _LIKE]))]).tocsr()
        model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=500).fit(x[learnt], y[learnt, j])
        out[:, j] = model.decision_function(x[test])
    return out


def _threshold(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """The score from which on F1 is best."""
    known = ~np.isnan(scores)
    if not truth[known].any():
        return np.inf
    order = np.argsort(-scores[known], kind="stable")
    hits = np.cumsum(truth[known][order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    return float(scores[known][order][int(f1.argmax())])


def _folds(who: NDArray[Any], seed: int) -> NDArray[np.integer]:
    people = np.array(sorted(set(who)))
    order = np.random.default_rng(seed).permutation(people)
    of = {p: k % min(_FOLDS, len(people)) for k, p in enumerate(order)}
    return np.array([of[p] for p in who])


@dataclass
class Learned:
    """The offline coder.

    Parameters
    ----------
    min_examples : int
        Codes with fewer coded units are not given.
    seed : int
        Of the folds.
    refused : pandas.DataFrame, optional
        document, start, end, code: suggestions that a person refused. Such a unit is an example of what the code is
        not.
    unread : pandas.DataFrame, optional
        document, start, end: stretches that nobody has looked at yet, in documents that are coded in part. That they
        have no code says nothing.

    Attributes
    ----------
    quality : pandas.DataFrame
        code, examples, people, threshold, precision, recall, f1: of units whose people were not learnt from,
        thresholds chosen on others; filled by :func:`cjmkit.coding.code_with`.

    Examples
    --------
    >>> from cjmkit.coding import Learned
    >>> Learned().name
    'learned'
    """

    min_examples: int = 5
    seed: int = 0
    name: str = "learned"
    refused: pd.DataFrame | None = field(default=None, repr=False)
    unread: pd.DataFrame | None = field(default=None, repr=False)
    quality: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def parameters(self) -> dict[str, Any]:
        """What is recorded."""
        return {"min_examples": self.min_examples, "seed": self.seed, "cross_fitted": True}

    def code_units(self, codebook: Codebook, units: pd.DataFrame, codings: pd.DataFrame) -> list[list[Answer] | str]:
        """Answers for every unit; for people who were coded, by models that did not see them."""
        codes, y, read, who = _examples(codebook, units, codings, self.min_examples)
        known = self._known(units, codes, read, y)
        read = np.asarray(known.any(axis=1))
        material = _material(units["text"].tolist(), units["before"].tolist(), [_about(codebook, c) for c in codes])
        raw = np.full(y.shape, np.nan)
        fold = np.full(len(units), -1)
        fold[read] = _folds(who[read], self.seed)
        for k in np.unique(fold[read]):
            raw[fold == k] = _scores(material, y, who, read & (fold != k), fold == k, known)
        if (~read).any():
            raw[~read] = _scores(material, y, who, read, ~read, known)
        judged = np.where(known, raw, np.nan)
        self.quality = _quality(judged[read], y[read], fold[read], who[read], codes)
        threshold = np.array([_threshold(judged[read, j], y[read, j]) for j in range(len(codes))])
        share = _calibrated(raw, judged[read], y[read])
        given = (raw >= threshold) & ~np.isnan(raw)
        return [
            [Answer(codes[j], "", round(float(share[i, j]), 4)) for j in np.flatnonzero(given[i])]
            for i in range(len(units))
        ]

    def _known(
        self, units: pd.DataFrame, codes: list[str], read: NDArray[np.bool_], y: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """For which unit and code a person has said yes or no, with shape (units, codes)."""
        known = np.repeat(read[:, None], len(codes), axis=1)
        places = list(zip(units["document"], units["start"], units["end"], strict=True))
        if self.unread is not None:
            left: dict[str, list[tuple[int, int]]] = {}
            for d, a, b in self.unread[["document", "start", "end"]].itertuples(index=False, name=None):
                left.setdefault(d, []).append((a, b))
            unseen = np.array([any(a < v and u < b for u, v in left.get(d, ())) for d, a, b in places], dtype=bool)
            known[unseen & ~y.any(axis=1)] = False
        if self.refused is not None:
            at = {place: i for i, place in enumerate(places)}
            for d, a, b, code in self.refused[["document", "start", "end", "code"]].itertuples(index=False, name=None):
                if (d, a, b) in at and code in codes and not y[at[d, a, b], codes.index(code)]:
                    known[at[d, a, b], codes.index(code)] = True
        return known


def _about(codebook: Codebook, code: str) -> str:
    c = codebook[code]
    return ". ".join(s for s in (c.title or c.name, c.definition, *c.include) if s)


def _examples(
    codebook: Codebook, units: pd.DataFrame, codings: pd.DataFrame, min_examples: int
) -> tuple[list[str], NDArray[np.bool_], NDArray[np.bool_], NDArray[Any]]:
    """Codes that can be learnt, what people gave each unit, which units people read, and whose they are."""
    marks = mark(codings, units)
    given = np.zeros((len(units), len(marks.codes)), dtype=bool)
    if len(marks.rows):
        given[marks.rows[:, 0], marks.rows[:, 2]] = True
    read: NDArray[np.bool_] = np.zeros(len(units), dtype=bool) | (marks.read.any(axis=1) if marks.read.size else False)
    who = units["participant"].fillna(units["document"]).astype("str").to_numpy()
    kept = [k for k, c in enumerate(marks.codes) if given[:, k].sum() >= min_examples and c in codebook]
    people = len(set(who[read]))
    if not kept or people < 3:
        few = not kept
        raise NotEnough(
            say(
                en=f"{people} people coded" + (f", no code with {min_examples} examples" if few else ""),
                ru=f"закодировано {people} чел." + (f", кодов с {min_examples} примерами нет" if few else ""),
            ),
            why=say(
                en="a machine that learns needs examples from three people or more",
                ru="машина учится на примерах от трёх и более людей",
            ),
            action=say(
                en="code more interviews in the coding pane", ru="закодируйте ещё интервью в панели кодирования"
            ),
        )
    return [marks.codes[k] for k in kept], given[:, kept], read, who


def _quality(
    raw: Floats, y: NDArray[np.bool_], fold: NDArray[np.integer], who: NDArray[Any], codes: list[str]
) -> pd.DataFrame:
    rows = []
    for j, code in enumerate(codes):
        given = np.zeros(len(y), dtype=bool)
        for k in np.unique(fold):
            given[fold == k] = raw[fold == k, j] >= _threshold(raw[fold != k, j], y[fold != k, j])
        hit, said, there = int((given & y[:, j]).sum()), int(given.sum()), int(y[:, j].sum())
        precision, recall = hit / said if said else np.nan, hit / there if there else np.nan
        f1 = 2 * hit / (said + there) if said + there else np.nan
        people = len(set(who[y[:, j]]))
        rows.append((code, there, people, _threshold(raw[:, j], y[:, j]), precision, recall, f1))
    columns = ["code", "examples", "people", "threshold", "precision", "recall", "f1"]
    return pd.DataFrame(rows, columns=columns).sort_values("f1", ascending=False, ignore_index=True)


def _calibrated(raw: Floats, judged: Floats, y: NDArray[np.bool_]) -> Floats:
    """How often such a score was right where a person judged, over all codes (isotonic regression)."""
    from sklearn.isotonic import IsotonicRegression

    known = ~np.isnan(judged)
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    model.fit(judged[known], y[known].astype(float))
    out = np.zeros(raw.shape)
    there = ~np.isnan(raw)
    out[there] = model.predict(raw[there])
    return out


def learning_curve(
    codings: pd.DataFrame,
    turns: pd.DataFrame,
    codebook: Codebook,
    *,
    sizes: Sequence[int] = (5, 10, 15),
    unit: str = "turn",
    repeats: int = 3,
    seed: int = 0,
) -> pd.DataFrame:
    r"""How well the learned coder would do after so many interviews, chosen at random or by what it is least sure of.

    Parameters
    ----------
    codings, turns : pandas.DataFrame
        People's codings of all interviews.
    codebook : Codebook
        Definitions.
    sizes : sequence of int
        Numbers of coded interviews.
    unit : {"turn", "sentence"}
        What is coded.
    repeats : int
        Random orders.
    seed : int
        Of the orders.

    Returns
    -------
    pandas.DataFrame
        coded (interviews), order ("random" or "active"), f1 (macro, over codes with an example among the rest), n
        (people judged).

    Examples
    --------
    >>> words = ["dear", "quick"] * 4
    >>> talks = [(f"p{k}", f"Q: So?\nA: {w} indeed.\nA: I liked the rest.") for k, w in enumerate(words)]
    >>> from cjmkit.coding import Codebook, check_codings, learning_curve
    >>> from cjmkit.interviews import read_text
    >>> turns = pd.concat([read_text(t, document=d).turns for d, t in talks], ignore_index=True)
    >>> said = turns[turns["text"].str.contains("indeed")]
    >>> which = ["price" if "dear" in t else "speed" for t in said["text"]]
    >>> codes = said.assign(code=which, coder="eva", quote=said["text"])
    >>> book = Codebook(["price", "speed"])
    >>> learning_curve(check_codings(codes), turns, book, sizes=[4], repeats=1)[["coded", "order", "n"]]
       coded   order  n
    0      4  active  4
    1      4  random  4
    """
    need_columns(codings, ("document", "start", "end", "code", "coder"), what="codings")
    need_columns(turns, ("document", "role", "text"), what="turns")
    from cjmkit.coding.machine.running import units_of

    units = units_of(turns, codings, unit)
    codes, y, read, who = _examples(codebook, units, codings, 2)
    material = _material(units["text"].tolist(), units["before"].tolist(), [_about(codebook, c) for c in codes])
    people = np.array(sorted(set(who[read])))
    rng = np.random.default_rng(seed)
    rows = []
    for r in range(repeats):
        order = list(rng.permutation(people))
        for how in ("random", "active"):
            coded: list[Any] = order[:3]
            for size in sorted(s for s in sizes if 3 <= s < len(people)):
                while len(coded) < size:
                    rest = [p for p in order if p not in coded]
                    coded.append(rest[0] if how == "random" else _least_sure(material, y, who, read, coded, rest))
                rows.append((size, how, r, _macro(material, y, who, read, coded), len(people) - size))
    table = pd.DataFrame(rows, columns=["coded", "order", "repeat", "f1", "n"])
    return table.groupby(["coded", "order"], as_index=False).agg(f1=("f1", "mean"), n=("n", "first"))


def _least_sure(m: _Material, y: Any, who: Any, read: Any, coded: list[Any], rest: list[Any]) -> Any:
    train, test = read & np.isin(who, coded), np.isin(who, rest)
    raw = _scores(m, y, who, train, test)
    doubt = np.exp(-np.abs(np.nan_to_num(raw, nan=9.0))).sum(axis=1)
    mean = pd.Series(doubt).groupby(who[test]).mean()
    return str(mean.idxmax())


def _macro(m: _Material, y: Any, who: Any, read: Any, coded: list[Any]) -> float:
    train, test = read & np.isin(who, coded), read & ~np.isin(who, coded)
    fold = _folds(who[train], 0)
    own = np.full((int(train.sum()), y.shape[1]), np.nan)
    at = np.flatnonzero(train)
    for k in np.unique(fold):
        mine, others = np.zeros(len(y), dtype=bool), np.zeros(len(y), dtype=bool)
        mine[at[fold == k]], others[at[fold != k]] = True, True
        own[fold == k] = _scores(m, y, who, others, mine)
    raw = _scores(m, y, who, train, test)
    f1 = []
    for j in range(y.shape[1]):
        if not y[test, j].any():
            continue
        given = raw[:, j] >= _threshold(own[:, j], y[train, j])
        f1.append(2 * (given & y[test, j]).sum() / max(1, given.sum() + y[test, j].sum()))
    return float(np.mean(f1))
