"""Short answers in bulk, sorted into groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.errors import CjmError
from cjmkit.stats import log_odds, relabel_by_size, wilson
from cjmkit.text.vectors import Embedder, Floats, TextVectors, Vectors, checked, content_stems, count, every, spelled

__all__ = ["TextGroups", "cluster_texts", "kmeans_once"]


@dataclass(frozen=True, eq=False)
class TextGroups:
    """Answers in bulk, sorted into groups.

    Parameters
    ----------
    labels : pandas.Series
        Group of each text, numbered by size from 1; 0 for empty texts.
    table : pandas.DataFrame
        One row a group: group, n, share, low, high (Wilson, 95%), words (what its texts say and others do not),
        example.
    """

    labels: pd.Series
    table: pd.DataFrame

    def __repr__(self) -> str:
        return f"<TextGroups: {len(self.table)} groups of {int(self.table['n'].sum())} texts>"

    def _repr_html_(self) -> str:
        return str(self.table.to_html(index=False, float_format="{:.2f}".format))


def cluster_texts(
    texts: Sequence[str] | pd.Series,
    *,
    k: int,
    vectors: Vectors = "joined",
    embed: Embedder | None = None,
    seed: int = 0,
    starts: int = 5,
) -> TextGroups:
    """Sort many short answers into `k` groups.

    For ten or a hundred thousand answers to one question. The groups are topics of texts, not kinds of people, and
    nothing here says that there are `k` of them: use :func:`cjmkit.personas.fit` for that.

    Parameters
    ----------
    texts : sequence of str
        One text an answer; the index of a Series is kept.
    k : int
        How many groups.
    vectors : {"joined", "corpus"}
        What the answers are compared by: the meaning of their words, known beforehand in sixteen languages, beside
        what this corpus teaches; or the corpus alone, for texts in other languages.
    embed : callable, optional
        List of texts → array, in place of both.
    seed : int
        Same seed, same groups, on any number of cores.
    starts : int
        Starts of KMeans; the best wins.

    Returns
    -------
    TextGroups

    Raises
    ------
    CjmError
        If there are fewer different texts than groups.

    Examples
    --------
    >>> answers = ["no reviews", "reviews are old", "where are reviews", "price is high", "high price", "the price!"]
    >>> cluster_texts(answers, k=2).labels.tolist()
    [1, 1, 1, 2, 2, 2]
    """
    index = texts.index if isinstance(texts, pd.Series) else pd.RangeIndex(len(texts))
    said = checked(list(texts))
    some = np.array([bool(t.strip()) for t in said])
    different = len({t for t in said if t.strip()})
    if not isinstance(k, int | np.integer) or k < 1 or different < k:
        raise CjmError(
            en=f"cannot make {k} groups of {different} different texts; choose k between 1 and {different}",
            ru=f"из {different} разных текстов {k} групп не сделать; возьмите k от 1 до {different}",
        )
    rows = np.flatnonzero(some)
    kept = [said[i] for i in rows]
    x = TextVectors(vectors=vectors, embed=embed, random_state=seed).fit_transform(kept).astype(np.float32)
    found = kmeans_once(x, k, seed=seed, starts=starts)
    found, _ = relabel_by_size(found, k)
    labels = np.zeros(len(said), int)
    labels[rows] = found + 1
    return TextGroups(pd.Series(labels, index=index, name="group"), _group_table(kept, x, found, k))


def kmeans_once(x: Floats, k: int, *, seed: int, starts: int) -> NDArray[np.integer]:
    """KMeans of one large table; from 20,000 rows on, started from a part of them."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):  # sums in one order: the same groups on any number of cores
        rows = every(x.shape[0])
        model = KMeans(k, n_init=starts, random_state=seed).fit(x[rows] if rows.size < x.shape[0] else x)
        if rows.size < x.shape[0]:
            model = KMeans(k, init=model.cluster_centers_, n_init=1, max_iter=15, random_state=seed).fit(x)
    return np.asarray(model.labels_)


def _group_table(texts: list[str], x: Floats, labels: NDArray[np.integer], k: int) -> pd.DataFrame:
    stems = [content_stems(t) for t in texts]
    index = {s: i for i, s in enumerate(sorted({s for d in stems for s in d}))}
    counts = count(stems, index)
    shown = spelled(texts)
    names = list(index)
    member = np.zeros((k, len(texts)))
    member[labels, np.arange(len(texts))] = 1
    by_group = np.asarray(member @ counts) if names else np.zeros((k, 0))
    total = by_group.sum(axis=0)
    rows = []
    for g in range(k):
        own = np.flatnonzero(labels == g)
        z = log_odds(by_group[g], total - by_group[g])[1] if names else np.zeros(0)
        top = [shown.get(names[i], names[i]) for i in np.argsort(-z, kind="stable")[:6] if z[i] > 0]
        share, low, high = wilson(own.size, len(texts))
        centre = x[own].mean(axis=0) if own.size else np.zeros(x.shape[1])
        example = texts[own[int((x[own] @ centre).argmax())]] if own.size else ""
        rows.append([g + 1, own.size, share, low, high, ", ".join(top), example])
    return pd.DataFrame(rows, columns=["group", "n", "share", "low", "high", "words", "example"])
