"""Where topics are: dense places among statements, whether they come back, and whether words hang together at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from cjmkit.errors import CjmError
from cjmkit.text.grouping import kmeans_once
from cjmkit.text.language import is_cyrillic
from cjmkit.text.vectors import Floats, TextVectors, unit
from cjmkit.text.word import words

__all__ = ["RELIABLE", "coherence", "found_topics", "stabilities"]

RELIABLE = 0.6
"""Mean Jaccard index from which a topic counts as one that comes back (Hennig 2007)."""
_LEARNT = 3_000  # HDBSCAN compares everything with everything
_TESTED = 300
_FEWEST_TESTED = 20
_AGAIN = 10
_FRAME = 0.5
_DENSE = 0.6
_KEPT = 0.05  # of those that made a topic, so many lie outside its border


def found_topics(texts: Sequence[str], x: Floats, k: int | None, least: int, seed: int) -> tuple[np.ndarray, Floats]:
    """Topic of each statement, by size from 1 (0: the rest), and its cosine to the middle of its topic.

    What is said in the same words is one place, however often it is said: repeated, it would be a topic by itself.
    """
    _, first, place, often = np.unique(
        [" ".join(words(t)) for t in texts], return_index=True, return_inverse=True, return_counts=True
    )
    y = x[first]
    rows = np.sort(np.random.default_rng(seed).permutation(len(y))[:_LEARNT])
    core = _cores(y[rows], k, max(3 if len(y) > 20 else 2, round(least * len(rows) / len(x))), seed)
    made = int(core.max()) + 1
    best, near, fits = (
        _nearest(y, rows, core) if made else (np.zeros(len(y), int), np.zeros(len(y)), np.zeros(len(y), bool))
    )
    # A statement that nothing else is like, but that many make in the same words, is a topic.
    for i in np.flatnonzero(~fits & (often >= least)) if k is None else ():
        best[i], near[i], fits[i], made = made, 1.0, True, made + 1
    topic = np.where(fits, best, made)[place]
    kept = [t for t in range(made) if (topic == t).any()]
    order = sorted(kept, key=lambda t: (-int((topic == t).sum()), t))
    number = np.zeros(made + 1, int)
    number[order] = np.arange(1, len(order) + 1)
    return number[topic], near[place]


def _nearest(y: Floats, rows: np.ndarray, core: np.ndarray) -> tuple[np.ndarray, Floats, np.ndarray]:
    """The nearest topic, the cosine to its middle, and whether that is near enough."""
    made = range(int(core.max()) + 1)
    like = y @ unit(np.array([y[rows][core == t].mean(axis=0) for t in made])).T
    # The lower quantile, and of few the least: a topic of five does not lose one of them.
    border = np.array([np.quantile(like[rows][core == t, t], _KEPT, method="lower") for t in made])
    best = like.argmax(axis=1)
    near = like[np.arange(len(y)), best]
    return best, near, near >= border[best] - 1e-9


def _cores(x: Floats, k: int | None, least: int, seed: int) -> np.ndarray:
    if k is not None:
        different = len(np.unique(np.round(x, 6), axis=0))
        if k < 1 or different < k:
            raise CjmError(
                en=f"cannot make {k} topics of {different} different statements; choose k between 1 and {different}",
                ru=f"из {different} разных высказываний {k} тем не сделать; возьмите k от 1 до {different}",
            )
        return kmeans_once(x, k, seed=seed, starts=5)
    from sklearn.cluster import HDBSCAN

    if len(x) < 2 * least:
        return np.full(len(x), -1)
    model = HDBSCAN(min_cluster_size=least, min_samples=min(3, least), copy=True).fit(x)
    # Who joins a dense place only as it thins out does not say where its middle is.
    return np.where(model.probabilities_ >= _DENSE, model.labels_, -1)


def stabilities(texts: Sequence[str], x: Floats, topic: np.ndarray, k: int | None, least: int, seed: int) -> Floats:
    """Of each topic, the mean Jaccard index with what is nearest to it where a fifth of the statements is left out."""
    made = int(topic.max())
    out: list[list[float]] = [[] for _ in range(made)]
    rng = np.random.default_rng(seed + 1)
    all_rows = rng.permutation(len(x))[:_LEARNT]
    for _ in range(_AGAIN if made else 0):
        rows = np.sort(rng.choice(all_rows, round(0.8 * len(all_rows)), replace=False))
        share = len(rows) / len(x)
        try:
            other, _ = found_topics([texts[i] for i in rows], x[rows], k, max(2, round(least * share)), seed)
        except CjmError:
            continue
        for t in range(1, made + 1):
            own = topic[rows] == t
            if own.any():
                both = [(own & (other == o)).sum() / (own | (other == o)).sum() for o in range(1, int(other.max()) + 1)]
                out[t - 1].append(max(both, default=0.0))
    return np.array([np.mean(o) if o else 0.0 for o in out])


def coherence(texts: list[str], vectors: Any, permutations: int, seed: int) -> float:
    """P of the test whether words hang together within statements; NaN where it cannot be made.

    It stops at the first shuffle that is as good: p is then one in so many shuffles (Besag and Clifford 1991).
    """
    rng = np.random.default_rng(seed)
    said = list({" ".join(w): w for w in (words(t) for t in texts) if len(w) >= 2}.values())
    if len(said) < _FEWEST_TESTED or not permutations:
        return float("nan")
    said = [said[i] for i in rng.permutation(len(said))[:_TESTED]]
    lengths = np.cumsum([len(w) for w in said])[:-1]
    bag = np.array([w for s in said for w in s], dtype=object)
    # Each word takes the place of one of its script: that a file is in two languages is no topic. What most statements
    # have ("what I would like is …") is the frame they were asked in, and stays.
    often = Counter(w for s in said for w in set(s))
    script = np.array([is_cyrillic(w) for w in bag])
    free = np.array([often[w] < _FRAME * len(said) for w in bag])
    places = [np.flatnonzero(script & free), np.flatnonzero(~script & free)]
    real = _hangs_together([" ".join(s) for s in said], vectors)
    for drawn in range(1, permutations + 1):
        dealt = bag.copy()
        for own in places:
            dealt[own] = bag[rng.permutation(own)]
        if _hangs_together([" ".join(s) for s in np.split(dealt, lengths)], vectors) >= real:
            return 1 / drawn
    return 1 / (permutations + 1)


def _hangs_together(texts: list[str], vectors: Any) -> float:
    from sklearn.metrics import silhouette_score

    embed = vectors if callable(vectors) else None
    model = TextVectors(vectors="joined" if embed else vectors, embed=embed)
    x = model.fit_transform(texts)
    ks = [k for k in (3, 5, 8, 12, 18) if 4 * k <= len(texts)]
    got = [kmeans_once(x, k, seed=0, starts=2) for k in ks]
    return max(float(silhouette_score(x, g)) for g in got if len(set(g.tolist())) > 1)
