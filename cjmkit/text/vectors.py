"""Answers as vectors, learnt from the answers themselves: no model file, no network, English and Russian.

Two views of a short answer lie side by side: what its words keep company with in this very corpus (positive pointwise
mutual information, reduced by SVD), and which words and letter groups it has (latent semantic analysis of TF-IDF).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from cjmkit.errors import CjmError, one_of
from cjmkit.stats import log_odds, one_blas_thread, relabel_by_size, wilson
from cjmkit.text.meaning import meaning
from cjmkit.text.stop import stop_words
from cjmkit.text.word import stems
from cjmkit.text.word import words as words_of

__all__ = ["Embedder", "TextGroups", "TextVectors", "cluster_texts", "content_stems", "probable_names", "spelled"]

Floats = NDArray[np.floating]
Embedder = Callable[[list[str]], Any]
"""A callable: list of texts → array (texts, dimensions). Sentence models are passed in as one."""

_CONTEXT = 0.25
_MEANING = 1.4  # weight of known meaning beside the corpus: benchmarks/personas_text.py
_FIT_ROWS = 20_000  # rows that the letter-group axes are learnt from; more change nothing but the time
_PLACEHOLDER = re.compile(r"\[[A-ZА-ЯЁ]+_\d+\]")


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    found = stems(word)
    return found[0] if found else word


@lru_cache(maxsize=1)
def _stops() -> frozenset[str]:
    return stop_words("en") | stop_words("ru")


def content_stems(text: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Stems of the words that carry content: no stop words, no names, no redaction marks.

    Parameters
    ----------
    text : str
        An answer in English, Russian or both.
    names : frozenset of str
        Words to leave out, in lower case.

    Examples
    --------
    >>> content_stems("Мы долго читали отзывы, and then we called [PERSON_1]")
    ['долг', 'чита', 'отзыв', 'call']
    """
    stops = _stops()
    words = words_of(_PLACEHOLDER.sub(" ", text))
    return [_stem(w) for w in words if w not in stops and w not in names and len(w) > 1]


def probable_names(texts: Iterable[str]) -> frozenset[str]:
    """Words that are written with a capital inside sentences, nearly always: names of people, places and products.

    Parameters
    ----------
    texts : iterable of str
        All texts of the corpus.

    Returns
    -------
    frozenset of str
        In lower case. A word needs two such occurrences, nine of ten of all.
    """
    inside: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for t in texts:
        for m in re.finditer(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", t):
            w = m.group()
            if w[0].islower():
                small[w.casefold()] += 1
            elif len(w) > 1 and w[1:].islower():
                before = t[: m.start()].rstrip(" \"'«“(—–-")
                if before and before[-1] not in ".!?…:;\n":
                    inside[w.casefold()] += 1
    return frozenset(w for w, c in inside.items() if c >= 2 and c >= 9 * small[w])


class TextVectors(TransformerMixin, BaseEstimator):
    """Turn texts into vectors, with what the texts themselves teach.

    Snowball stems → word vectors from positive pointwise mutual information with the whole answer as the window and
    smoothed contexts, truncated SVD, mean weighted by inverse document frequency, centred; beside it, weighted by
    `lsa_weight`, latent semantic analysis of TF-IDF over stems and letter groups of 3 to 5. Rows have length 1.

    Parameters
    ----------
    dimensions : int
        Of each of the two views.
    lsa_weight : float
        Weight of the second view.
    keep_stop_words : bool
        In answers of a sentence or less "how do I", "where is" say what is asked, and their weight is small. In long
        talk they only say how somebody speaks: pass False.
    stemmed : bool
        The texts are stems already, parted by spaces.
    embed : callable, optional
        List of texts → array; takes the place of everything above.
    random_state : int
        Seed of the randomised SVD.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        Stems that at least two texts have.

    Notes
    -----
    Benchmarked in ``benchmarks/personas_text.py`` against plain latent semantic analysis.

    References
    ----------
    Levy, Goldberg, Dagan (2015), Improving distributional similarity with lessons learned from word embeddings, TACL 3.

    Examples
    --------
    >>> vectors = TextVectors(2).fit_transform(["no reviews", "reviews are old", "the price is high", "high price"])
    >>> vectors.shape
    (4, 4)
    """

    def __init__(
        self,
        dimensions: int = 100,
        *,
        lsa_weight: float = 0.35,
        keep_stop_words: bool = True,
        stemmed: bool = False,
        embed: Embedder | None = None,
        random_state: int = 0,
    ) -> None:
        self.dimensions = dimensions
        self.lsa_weight = lsa_weight
        self.keep_stop_words = keep_stop_words
        self.stemmed = stemmed
        self.embed = embed
        self.random_state = random_state

    def fit(self, X: Sequence[str], y: object = None) -> TextVectors:
        """Learn the vectors from texts."""
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Sequence[str], y: object = None, **_: object) -> Floats:
        """Learn the vectors from texts and return theirs: (texts, dimensions)."""
        texts = _checked(X)
        if self.embed is not None:
            return embedded(self.embed, texts)
        with one_blas_thread():
            words, chars = self._learn_words(texts)
            a = self._fit_company(words)
            b = self._fit_spelling(words, chars)
        return _joined(a, b, self.lsa_weight)

    def transform(self, X: Sequence[str]) -> Floats:
        """Vectors of texts in the space that was learnt."""
        texts = _checked(X)
        if self.embed is not None:
            return embedded(self.embed, texts)
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "vocabulary_")
        words = (_count([self._words_of(t) for t in texts], self.vocabulary_) > 0).astype(float)
        chars = _letters([words_of(t) for t in texts], self._letter_index)
        return _joined(self._company(words), self._spelling(words, chars), self.lsa_weight)

    def _words_of(self, text: str) -> list[str]:
        if self.stemmed:
            return text.split()
        return [_stem(w) for w in words_of(text)] if self.keep_stop_words else content_or_all(text)

    # the two views

    def _learn_words(self, texts: list[str]) -> tuple[Any, Any]:
        stems = [self._words_of(t) for t in texts]
        df = Counter(s for doc in stems for s in set(doc))
        floor = 2 if len(texts) >= 4 else 1
        kept = sorted(s for s, c in df.items() if c >= floor)
        self.vocabulary_ = {s: i for i, s in enumerate(kept)}
        words = (_count(stems, self.vocabulary_) > 0).astype(float)
        n = len(texts)
        self._idf = np.log((1 + n) / (1 + np.asarray((words > 0).sum(axis=0)).ravel())) + 1
        raw = [words_of(t) for t in texts]
        self._letter_index = _letter_index(raw, floor)
        return words, _letters(raw, self._letter_index)

    def _fit_company(self, words: Any) -> Floats:
        import scipy.sparse as sp

        together = sp.coo_matrix(words.T @ words)
        own = words.shape[1]
        off = together.row != together.col
        i, j, c = together.row[off], together.col[off], together.data[off]
        margin = np.bincount(i, c, minlength=own)
        # Contexts are taken as if rare words were less rare (Levy, Goldberg, Dagan 2015): they no longer win by chance.
        context = margin**_CONTEXT
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(c * context.sum() / (margin[i] * context[j]))
        good = np.isfinite(value) & (value > 0)
        ppmi = sp.csr_matrix((value[good], (i[good], j[good])), shape=(own, own))
        left, s = _truncated(ppmi, self.dimensions, self.random_state)
        self._word_vectors = left * np.sqrt(s)
        mean = self._weighted_mean(words)
        self._centre = mean.mean(axis=0)
        return self._centred(mean)

    def _weighted_mean(self, words: Any) -> Floats:
        weighted = words.multiply(self._idf).tocsr()
        total = np.asarray(weighted.sum(axis=1)).reshape(-1, 1)
        return np.asarray((weighted @ self._word_vectors) / np.maximum(total, 1e-9))

    def _centred(self, mean: Floats) -> Floats:
        some = np.abs(mean).sum(axis=1, keepdims=True) > 0
        return np.where(some, mean - self._centre, 0)

    def _company(self, words: Any) -> Floats:
        return self._centred(self._weighted_mean(words))

    def _fit_spelling(self, words: Any, chars: Any) -> Floats:
        n = chars.shape[0]
        self._letter_idf = np.log((1 + n) / (1 + np.asarray((chars > 0).sum(axis=0)).ravel())) + 1
        table = self._tfidf(words, chars)
        rows = _every(n)
        _, _, right = _svd(table[rows] if rows.size < n else table, self.dimensions, self.random_state)
        self._letter_axes = right.T
        return np.asarray(table @ self._letter_axes)

    def _spelling(self, words: Any, chars: Any) -> Floats:
        return np.asarray(self._tfidf(words, chars) @ self._letter_axes)

    def _tfidf(self, words: Any, chars: Any) -> Any:
        import scipy.sparse as sp
        from sklearn.preprocessing import normalize

        parts = []
        for table, idf in ((words, self._idf), (chars, self._letter_idf)):
            t = table.astype(np.float32).tocsr(copy=True)
            t.data = 1 + np.log(t.data)
            t = t.multiply(idf.astype(np.float32)).tocsr()
            parts.append(normalize(t, copy=False) if min(t.shape) else t)
        return sp.hstack(parts, format="csr")  # rows of length 1 in each half


def content_or_all(text: str) -> list[str]:
    """Content stems; an answer of nothing but stop words keeps them, for they are all it says."""
    return content_stems(text) or [_stem(w) for w in words_of(text)]


def _checked(texts: Sequence[str]) -> list[str]:
    if isinstance(texts, str):
        raise CjmError(
            en="got one text where a list of texts was expected: put it into a list",
            ru="пришёл один текст вместо списка: положите его в список",
        )
    out = ["" if t is None or t != t else str(t) for t in texts]
    if not out:
        raise CjmError(en="there are no texts", ru="текстов нет")
    return out


def embedded(embed: Embedder, texts: list[str]) -> Floats:
    """What a passed-in embedder makes of the texts, checked."""
    got = np.asarray(embed(list(texts)), dtype=float)
    if got.ndim != 2 or got.shape[0] != len(texts):
        raise CjmError(
            en=f"the embedder returned shape {got.shape} for {len(texts)} texts; expected ({len(texts)}, dimensions)",
            ru=f"функция векторов вернула {got.shape} на {len(texts)} текстов; нужно ({len(texts)}, измерений)",
        )
    if not np.isfinite(got).all():
        raise CjmError(
            en="the embedder returned NaN or infinite numbers", ru="функция векторов вернула NaN или бесконечность"
        )
    return got / np.maximum(np.linalg.norm(got, axis=1, keepdims=True), 1e-12)


def _count(docs: list[list[str]], index: dict[str, int]) -> Any:
    import scipy.sparse as sp

    cols: list[int] = []
    ends = [0]
    for d in docs:
        cols += [index[s] for s in d if s in index]
        ends.append(len(cols))
    table = sp.csr_matrix((np.ones(len(cols)), cols, ends), shape=(len(docs), len(index)))
    table.sum_duplicates()
    return table


def _grams(word: str) -> list[str]:
    w = f" {word} "
    return [w[i : i + m] for m in (3, 4, 5) for i in range(len(w) - m + 1)] or [w]


def _letter_index(docs: list[list[str]], floor: int) -> tuple[dict[str, int], dict[str, int]]:
    df = Counter(w for d in docs for w in set(d))
    grams: Counter[str] = Counter()
    for w, c in df.items():
        for g in set(_grams(w)):
            grams[g] += c
    kept = sorted(g for g, c in grams.items() if c >= floor)
    if len(kept) > 50_000:
        kept = sorted(sorted(kept, key=lambda g: (-grams[g], g))[:50_000])
    return {w: i for i, w in enumerate(sorted(df))}, {g: i for i, g in enumerate(kept)}


def _letters(docs: list[list[str]], index: tuple[dict[str, int], dict[str, int]]) -> Any:
    """Counts of letter groups: those of each different word are taken once, and summed by a sparse product."""
    words, grams = index
    words = words | {w: len(words) + i for i, w in enumerate(sorted({w for d in docs for w in d} - words.keys()))}
    per_word = _count([_grams(w) for w in sorted(words, key=lambda w: words[w])], grams)
    return (_count(docs, words) @ per_word).tocsr()


def _every(n: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, n - 1, min(n, _FIT_ROWS)).astype(np.intp))


def _svd(table: Any, k: int, seed: int) -> tuple[Floats, Floats, Floats]:
    from sklearn.utils.extmath import randomized_svd

    k = max(1, min(k, min(table.shape) - 1)) if min(table.shape) > 1 else 1
    if min(table.shape) == 0 or table.nnz == 0:
        return np.zeros((table.shape[0], k)), np.zeros(k), np.zeros((k, table.shape[1]))
    u, s, vt = randomized_svd(table, k, n_iter=3, random_state=seed)
    return u, s, vt


def _truncated(table: Any, k: int, seed: int) -> tuple[Floats, Floats]:
    u, s, _ = _svd(table, k, seed)
    return u, s


def _joined(a: Floats, b: Floats, weight: float) -> Floats:
    def unit(x: Floats) -> Floats:
        return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12))

    return unit(np.hstack([unit(a), weight * unit(b)]).astype(np.float32))


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
    vectors: Literal["joined", "corpus"] = "joined",
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
    said = _checked(list(texts))
    some = np.array([bool(t.strip()) for t in said])
    different = len({t for t in said if t.strip()})
    if not isinstance(k, int | np.integer) or k < 1 or different < k:
        raise CjmError(
            en=f"cannot make {k} groups of {different} different texts; choose k between 1 and {different}",
            ru=f"из {different} разных текстов {k} групп не сделать; возьмите k от 1 до {different}",
        )
    rows = np.flatnonzero(some)
    kept = [said[i] for i in rows]
    one_of(vectors, ("joined", "corpus"), what="vectors")
    x = TextVectors(embed=embed, random_state=seed).fit_transform(kept).astype(np.float32)
    if vectors == "joined" and embed is None:
        x = np.hstack([_centred_unit(x), _MEANING * _centred_unit(meaning(kept))])
    found = kmeans_once(x, k, seed=seed, starts=starts)
    found, _ = relabel_by_size(found, k)
    labels = np.zeros(len(said), int)
    labels[rows] = found + 1
    return TextGroups(pd.Series(labels, index=index, name="group"), _group_table(kept, x, found, k))


def _centred_unit(x: Floats) -> Floats:
    x = x - x.mean(axis=0)
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def kmeans_once(x: Floats, k: int, *, seed: int, starts: int) -> NDArray[np.integer]:
    """KMeans of one large table; from 20,000 rows on, started from a part of them."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):  # sums in one order: the same groups on any number of cores
        rows = _every(x.shape[0])
        model = KMeans(k, n_init=starts, random_state=seed).fit(x[rows] if rows.size < x.shape[0] else x)
        if rows.size < x.shape[0]:
            model = KMeans(k, init=model.cluster_centers_, n_init=1, max_iter=15, random_state=seed).fit(x)
    return np.asarray(model.labels_)


def _group_table(texts: list[str], x: Floats, labels: NDArray[np.integer], k: int) -> pd.DataFrame:
    stems = [content_stems(t) for t in texts]
    index = {s: i for i, s in enumerate(sorted({s for d in stems for s in d}))}
    counts = _count(stems, index)
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


def spelled(texts: Iterable[str]) -> dict[str, str]:
    """The commonest full form of each stem: what a reader is shown."""
    forms: dict[str, Counter[str]] = {}
    for w, c in Counter(w for t in texts for w in words_of(t)).items():
        forms.setdefault(_stem(w), Counter())[w] += c
    return {s: min(c, key=lambda w: (-c[w], w)) for s, c in forms.items()}
