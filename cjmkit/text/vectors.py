"""Texts as vectors: what words mean, known beforehand, beside what these very texts teach. Nothing from the network.

The corpus gives two views of a short answer: what its words keep company with here (positive pointwise mutual
information, reduced by SVD), and which words and letter groups it has (latent semantic analysis of TF-IDF).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from cjmkit.errors import CjmError, one_of
from cjmkit.stats import one_blas_thread
from cjmkit.text.language import is_cyrillic
from cjmkit.text.meaning import Meaning
from cjmkit.text.stop import stop_words
from cjmkit.text.word import stems
from cjmkit.text.word import words as words_of

__all__ = ["Embedder", "TextVectors", "Vectors", "content_stems", "probable_names", "spelled"]

Floats = NDArray[np.floating]
Embedder = Callable[[list[str]], Any]
"""A callable: list of texts → array (texts, dimensions). Sentence models are passed in as one."""
Vectors = Literal["joined", "corpus"]
"""What texts are compared by: known meaning beside what the corpus teaches, or the corpus alone."""

_CONTEXT = 0.25
_MEANING = 1.4  # weight of known meaning beside the corpus: benchmarks/text_vectors.py
_SECOND = 0.1  # from this share of texts in another script on, the file is in two languages
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
    """Turn texts into vectors: known meaning beside what the texts themselves teach.

    The corpus: Snowball stems → word vectors from positive pointwise mutual information with the whole answer as the
    window and smoothed contexts, truncated SVD, mean weighted by inverse document frequency, centred; beside it,
    weighted by `lsa_weight`, latent semantic analysis of TF-IDF over stems and letter groups of 3 to 5. Meaning:
    sentence vectors of sixteen languages (Arabic, Chinese in both scripts, Dutch, English, French, German, Italian,
    Japanese, Korean, Polish, Portuguese, Russian, Spanish, Thai, Turkish). Both are centred and of
    length 1, weighted 1 to 1.4, and reduced to the axes along which the texts differ most. Rows have length 1. Where a
    tenth of the texts or more is in another script (Russian answers among English ones), meaning alone is used: the
    words of a corpus would part its languages, not what is said.

    Parameters
    ----------
    dimensions : int
        Of each of the two views of the corpus, and of both joined.
    vectors : {"joined", "corpus"}
        Both, or the corpus alone. A text that is in none of the sixteen languages is placed by the corpus alone, and
        a warning says how many there are; where they are most, meaning is left out for all.
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
    Benchmarked in ``benchmarks/text_vectors.py`` against plain latent semantic analysis.

    References
    ----------
    Levy, Goldberg, Dagan (2015), Improving distributional similarity with lessons learned from word embeddings, TACL 3.

    Examples
    --------
    >>> vectors = TextVectors(2).fit_transform(["no reviews", "reviews are old", "the price is high", "high price"])
    >>> vectors.shape
    (4, 2)
    """

    def __init__(
        self,
        dimensions: int = 100,
        *,
        vectors: Vectors = "joined",
        lsa_weight: float = 0.35,
        keep_stop_words: bool = True,
        stemmed: bool = False,
        embed: Embedder | None = None,
        random_state: int = 0,
    ) -> None:
        self.dimensions = dimensions
        self.vectors = vectors
        self.lsa_weight = lsa_weight
        self.keep_stop_words = keep_stop_words
        self.stemmed = stemmed
        self.embed = embed
        self.random_state = random_state

    def fit(self, X: Sequence[str], y: object = None, **said: Any) -> TextVectors:
        """Learn the vectors from texts."""
        self.fit_transform(X, **said)
        return self

    def fit_transform(
        self, X: Sequence[str], y: object = None, *, said: Sequence[str | Sequence[str]] | None = None
    ) -> Floats:
        """Learn the vectors from texts and return theirs: (texts, dimensions).

        Where `X` holds stems, `said` is what they were made of: a text each, or several whose meaning is averaged.
        """
        texts = checked(X)
        one_of(self.vectors, get_args(Vectors), what="vectors")
        if self.embed is not None:
            return embedded(self.embed, texts)
        with one_blas_thread():
            words, chars = self._learn_words(texts)
            a = self._fit_company(words)
            b = self._fit_spelling(words, chars)
        corpus = _joined(a, b, self.lsa_weight)
        if self.vectors == "corpus":
            return corpus
        self._mean = corpus.mean(axis=0)
        self._meaning = Meaning()
        known, whether = self._meaning.fit(texts if said is None else said)
        rows = every(len(texts))
        second = np.mean([is_cyrillic(texts[i]) for i in rows])
        self._one_script = min(second, 1 - second) < _SECOND
        some = self._beside(corpus[rows], known[rows], whether[rows])
        with one_blas_thread():
            if len(some) < some.shape[1]:
                self._axes = np.linalg.svd(some, full_matrices=False)[2][: self.dimensions].T
            else:
                self._axes = np.linalg.eigh(some.T @ some)[1][:, ::-1][:, : self.dimensions]
        return self._along_axes(corpus, known, whether)

    def transform(self, X: Sequence[str], *, said: Sequence[str | Sequence[str]] | None = None) -> Floats:
        """Vectors of texts in the space that was learnt."""
        texts = checked(X)
        if self.embed is not None:
            return embedded(self.embed, texts)
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "vocabulary_")
        words = (count([self._words_of(t) for t in texts], self.vocabulary_) > 0).astype(float)
        chars = _letters([words_of(t) for t in texts], self._letter_index)
        corpus = _joined(self._company(words), self._spelling(words, chars), self.lsa_weight)
        if self.vectors == "corpus":
            return corpus
        return self._along_axes(corpus, *self._meaning.of(texts if said is None else said))

    def _beside(self, corpus: Floats, known: Floats, whether: NDArray[np.bool_]) -> Floats:
        """Both views of length 1 before they are weighted; where the meaning is not known, the corpus has it all."""
        share = np.where(whether, np.float32(_MEANING), np.float32(0))[:, None]
        own = np.where(whether & (not self._one_script), np.float32(0), np.float32(1))[:, None]
        return np.asarray(np.hstack([own * unit(corpus - self._mean), share * known]) / np.sqrt(own + share**2))

    def _along_axes(self, corpus: Floats, known: Floats, whether: NDArray[np.bool_]) -> Floats:
        out = np.empty((len(corpus), self._axes.shape[1]), dtype=np.float32)
        with one_blas_thread():
            for i in range(0, len(out), _FIT_ROWS):  # all at once would take a gigabyte
                part = slice(i, i + _FIT_ROWS)
                out[part] = unit(self._beside(corpus[part], known[part], whether[part]) @ self._axes)
        return out

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
        words = (count(stems, self.vocabulary_) > 0).astype(float)
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
        rows = every(n)
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


def checked(texts: Sequence[str]) -> list[str]:
    """Texts as a list of texts, missing ones empty."""
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
    return unit(got)


def count(docs: list[list[str]], index: dict[str, int]) -> Any:
    """How often each document has each word of the index, as a sparse table."""
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
    per_word = count([_grams(w) for w in sorted(words, key=lambda w: words[w])], grams)
    return (count(docs, words) @ per_word).tocsr()


def every(n: int) -> NDArray[np.intp]:
    """At most so many rows as are learnt from, evenly spread."""
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


def unit(x: Floats) -> Floats:
    """Rows of length 1; a row of nothing stays so."""
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12))


def _joined(a: Floats, b: Floats, weight: float) -> Floats:
    return unit(np.hstack([unit(a), weight * unit(b)]).astype(np.float32))


def spelled(texts: Iterable[str]) -> dict[str, str]:
    """The commonest full form of each stem: what a reader is shown."""
    forms: dict[str, Counter[str]] = {}
    for w, c in Counter(w for t in texts for w in words_of(t)).items():
        forms.setdefault(_stem(w), Counter())[w] += c
    return {s: min(c, key=lambda w: (-c[w], w)) for s, c in forms.items()}
