"""The small linear model behind text tone: words, word pairs and character n-grams, weights in an ``.npz`` file.

The tokeniser is frozen with the weights: it does not follow changes of :mod:`cjmkit.text.word`, because the weights
would then belong to other words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cjmkit.errors import CjmError

__all__ = ["LinearModel", "load_model", "tokens"]

Floats = npt.NDArray[np.float64]

_TOKEN = re.compile(
    r"[^\W\d_]+(?:['\-][^\W\d_]+)*|[!?]+|[:;=]-?[()DPp/\\|*]+|\)+|\(+|[\U0001F300-\U0001FAFF\u2600-\u27bf]"
)


def tokens(text: str, lang: str) -> list[str]:
    """Words (Russian ones stemmed), runs of ``!`` and ``?``, and smileys.

    Examples
    --------
    >>> tokens("Ужасно долго!! :(", "ru")
    ['ужасн', 'долг', '!!', ':(']
    """
    found = _TOKEN.findall(unicodedata.normalize("NFC", text).replace("’", "'").replace("‑", "-").lower())
    if lang != "ru":
        return found
    return [_russian_stem(t.replace("ё", "е")) if t[0].isalpha() else t for t in found]


@lru_cache(maxsize=200_000)
def _russian_stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("russian")


class LinearModel:
    """Three-class logistic regression over two TF-IDF blocks; score = P(good) − P(bad).

    Parameters
    ----------
    lang : {"en", "ru"}
        Which tokeniser.
    vocabularies : (list of str, list of str)
        Words and word pairs; character n-grams.
    idf : (array, array)
        Inverse document frequencies.
    coefficients : array (3, F)
        Of bad, neutral, good.
    intercept : array (3,)
        Of the same.
    """

    def __init__(
        self,
        lang: str,
        vocabularies: tuple[list[str], list[str]],
        idf: tuple[Floats, Floats],
        coefficients: Floats,
        intercept: Floats,
    ) -> None:
        self.lang, self.vocabularies, self.idf = lang, vocabularies, idf
        self.coefficients, self.intercept = coefficients, intercept
        self._vectorizers: list[Any] = []

    def features(self, texts: Sequence[str]) -> Any:
        """Sparse features (texts, F): each block sublinear TF-IDF of length one."""
        from scipy import sparse
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.preprocessing import normalize

        if not self._vectorizers:
            words, chars = ({w: i for i, w in enumerate(v)} for v in self.vocabularies)
            self._vectorizers = [
                CountVectorizer(
                    tokenizer=lambda t: tokens(t, self.lang),
                    token_pattern=None,
                    lowercase=False,
                    ngram_range=(1, 2),
                    vocabulary=words,
                    dtype=np.float64,
                ),
                CountVectorizer(analyzer="char_wb", ngram_range=(2, 5), vocabulary=chars, dtype=np.float64),
            ]
        blocks = []
        for vectorizer, idf in zip(self._vectorizers, self.idf, strict=True):
            x = vectorizer.transform(texts).tocsr()
            x.data = 1 + np.log(x.data)
            blocks.append(normalize(x @ sparse.diags_array(idf)))
        return sparse.hstack(blocks).tocsr()

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """P(bad), P(neutral), P(good) for each text."""
        if not len(texts):
            return np.empty((0, 3))
        logits = np.asarray(self.features(texts) @ self.coefficients.T) + self.intercept
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        out: Floats = raised / raised.sum(axis=1, keepdims=True)
        return out

    def score(self, texts: Sequence[str]) -> Floats:
        """P(good) − P(bad), from −1 to 1."""
        p = self.probabilities(texts)
        out: Floats = p[:, 2] - p[:, 0]
        return out

    def words(self, text: str) -> list[tuple[str, float]]:
        """Words of a text with what each adds to good against bad, strongest first."""
        x = self.features([text])
        pull = self.coefficients[2] - self.coefficients[0]
        known = len(self.vocabularies[0])
        row = x.getrow(0)
        found = [
            (self.vocabularies[0][i], float(v * pull[i]))
            for i, v in zip(row.indices, row.data, strict=True)
            if i < known
        ]
        return sorted(found, key=lambda f: -abs(f[1]))


@lru_cache(maxsize=2)
def load_model(lang: str) -> LinearModel:
    """Read the shipped weights of one language; no pickle is involved.

    Raises
    ------
    CjmError
        If there are no weights for the language.
    """
    from importlib.resources import files

    source = files("cjmkit.text") / "data" / f"tone_{lang}.npz"
    if not source.is_file():
        raise CjmError(
            en=f"no tone weights for language {lang!r}; there are en and ru, or pass a scorer of your own",
            ru=f"для языка {lang!r} весов тона нет; есть en и ru, или передайте свой оценщик",
        )
    with source.open("rb") as stream, np.load(stream, allow_pickle=False) as z:
        vocabularies = tuple(bytes(z[k]).decode("utf-8").split("\n") for k in ("words", "chars"))
        return LinearModel(
            lang,
            (vocabularies[0], vocabularies[1]),
            (z["idf_words"].astype(float), z["idf_chars"].astype(float)),
            z["coefficients"].astype(float),
            z["intercept"].astype(float),
        )
