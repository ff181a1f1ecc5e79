"""A name for a topic: the words that set it apart, as people spell them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np

from cjmkit.stats import log_odds
from cjmkit.text.vectors import content_stems, spelled
from cjmkit.text.word import stems as stems_of
from cjmkit.text.word import words as words_of

__all__ = ["topic_names"]

_PARTS = re.compile(r"[,;:—()\n]")
_PHRASE = 0.25  # a pair of neighbouring words names a topic if so many of its statements have it


def topic_names(texts: list[str], topic: np.ndarray, made: int) -> dict[int, tuple[str, str]]:
    """Of each topic from 1: its name, of two or three words, and six words that set it apart."""
    docs = [content_stems(t) for t in texts]
    shown = spelled(texts)
    vocabulary = sorted({s for d in docs for s in d})
    at = {s: i for i, s in enumerate(vocabulary)}
    counts = np.zeros((made + 1, len(vocabulary)))
    for d, t in zip(docs, topic):
        for s in set(d):
            counts[t, at[s]] += 1
    total = counts.sum(axis=0)
    out: dict[int, tuple[str, str]] = {}
    for t in range(1, made + 1):
        z = log_odds(counts[t], total - counts[t])[1] if vocabulary else np.zeros(0)
        order = [i for i in np.argsort(-z, kind="stable")[:12] if z[i] > 0 and counts[t, i] > 0]
        top = [vocabulary[i] for i in order]
        own = [x for x, label in zip(texts, topic) if label == t]
        out[t] = (_name(own, top, shown), ", ".join(shown.get(s, s) for s in top[:6]))
    taken: set[str] = set()
    for t, (name, words) in out.items():
        name = name if name not in taken else words or f"{name} {t}"
        taken.add(name)
        out[t] = (name, words)
    return out


def _name(texts: list[str], top: list[str], shown: dict[str, str]) -> str:
    """The phrase that many of the statements have with the strongest word beside it; else the strongest words."""
    if not top:
        return "…"
    top = [s for i, s in enumerate(top) if not any(_alike(s, other) for other in top[:i])]
    strong = set(top[:6])
    spelt: Counter[tuple[str, str]] = Counter()
    forms: dict[tuple[str, str], Counter[str]] = {}
    for t in texts:
        for part in _PARTS.split(t):
            words, stems = words_of(part), stems_of(part)
            for (a, x), (b, y) in set(pairwise(zip(words, stems))) if len(words) == len(stems) else ():
                if x in strong and y in strong and x != y:
                    spelt[x, y] += 1
                    forms.setdefault((x, y), Counter())[f"{a} {b}"] += 1
    best = max(spelt, key=lambda p: (spelt[p], p), default=None)
    if best is None or spelt[best] < max(2, _PHRASE * len(texts)):
        return ", ".join(shown.get(s, s) for s in top[:3])
    phrase = min(forms[best], key=lambda f: (-forms[best][f], f))
    more = [shown.get(s, s) for s in top if s not in best and len(s) > 3][:1]
    return ", ".join([phrase, *more])


def _alike(a: str, b: str) -> bool:
    """Whether two stems are forms of one word as far as a reader can tell (время, времен)."""
    n = min(len(a), len(b), 5)
    return n >= 4 and a[: n - 1] == b[: n - 1]
