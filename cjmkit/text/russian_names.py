"""People and companies in Russian texts: a small network, and words that are names in any case."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any

from cjmkit.text.name_cues import Span, begins, clean, cues, missing, morphology

__all__ = ["russian"]


@cache
def _natasha() -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from natasha import NewsEmbedding, NewsNERTagger, Segmenter

        return Segmenter(), NewsNERTagger(NewsEmbedding())


_JOINED = 200  # texts that are read at once: one by one costs twenty times as much


def russian(texts: Sequence[str]) -> list[list[Span]]:
    """Persons and companies in Russian texts.

    Natasha's network reads written Russian; words that pymorphy3 knows as first names, patronymics or surnames are
    added where they are written large inside a sentence or stand beside a patronymic or a cue (тётя, зовут), also in
    small letters, as speech recognition writes them.

    Parameters
    ----------
    texts : sequence of str
        Any number; they are joined for speed.

    Returns
    -------
    list of list of (start, end, kind)
        Half-open spans in code points, in order, none overlapping.

    Examples
    --------
    >>> said = "Потом позвонила Марине Сергеевне Ковалёвой из компании «Вектор»."
    >>> [(said[a:b], kind) for a, b, kind in russian([said])[0]]
    [('Марине Сергеевне Ковалёвой', 'person'), ('«Вектор»', 'organisation')]
    """
    out: list[list[Span]] = [[] for _ in texts]
    known = not missing("ru")
    if known:
        for k in range(0, len(texts), _JOINED):
            _read_joined(texts, range(k, min(k + _JOINED, len(texts))), out)
    small = {w for t in texts for w in re.findall(r"\b[а-яё]{2,}\b", t)} if known else set()
    for i, t in enumerate(texts):
        out[i] += [(*m.span("it"), "organisation") for m in cues().organisation_ru.finditer(t)]
        if known:
            out[i] += _russian_words(t, small)
        out[i] = [s for s in _merged(t, clean(t, out[i])) if s[2] != "place"]
    return out


def _read_joined(texts: Sequence[str], which: range, out: list[list[Span]]) -> None:
    from natasha import Doc

    starts, parts, at = [], [], 0
    for i in which:
        starts.append(at)
        # A full stop between texts keeps a name from running on into the next one.
        parts.append(texts[i] + "\n.\n")
        at += len(parts[-1])
    segmenter, tagger = _natasha()
    doc = Doc("".join(parts))
    doc.segment(segmenter)
    doc.tag_ner(tagger)
    kinds = {"PER": "person", "ORG": "organisation", "LOC": "place"}
    j = 0
    for span in doc.spans:
        if span.type not in kinds:
            continue
        while j + 1 < len(starts) and span.start >= starts[j + 1]:
            j += 1
        i = which[j]
        # A place is kept for now, so that "on Lenin street" is not taken for a person; it is dropped at the end.
        a, b = span.start - starts[j], min(span.stop - starts[j], len(texts[i]))
        out[i] += [(c, d, kinds[span.type]) for c, d in _by_line(texts[i], a, b)]


_LABEL = re.compile(r"\s*[А-ЯЁа-яёA-Za-z]{1,14}\.?:\s+")


def _by_line(text: str, a: int, b: int) -> list[tuple[int, int]]:
    """What of a span can name somebody: no name runs over the end of a line, into a speaker's label or out of it."""
    out = []
    for m in re.finditer(r"[^\n\r]+", text[a:b]):
        c, d = a + m.start(), a + m.end()
        label = _LABEL.match(text, c, d) if begins(text, c) else None
        c = label.end() if label else c
        c, d = c + len(text[c:d]) - len(text[c:d].lstrip()), d - len(text[c:d]) + len(text[c:d].rstrip())
        said = text[c:d].casefold()
        if sum(ch.isalpha() for ch in said) < 2 or said in cues().nobody_ru or _no_noun(said):
            continue
        out.append((c, d))
    return out


@cache
def _no_noun(word: str) -> bool:
    """Whether a word is a verb, a greeting and the like in every reading (Здравствуйте, Ждал, Угу)."""
    if not re.fullmatch(r"[а-яё]+", word) or missing("ru"):
        return False
    parses = [p for p in morphology().parse(word) if p.is_known]
    return bool(parses) and not any({"NOUN", "ADJF", "ADJS", "PRTF", "NPRO"} & set(p.tag.grammemes) for p in parses)


@cache
def _name_word(word: str) -> str:
    """Whether a Russian word in small letters is a name: "first", "middle", "last", or "" for none."""
    if len(word) < 3:
        return ""
    parses = morphology().parse(word)[:3]
    if not parses:
        return ""
    best = parses[0]
    for tag, said in (("Patr", "middle"), ("Name", "first"), ("Surn", "last")):
        if tag in best.tag and "Geox" not in best.tag:
            return said
    return ""


def _russian_words(text: str, small: set[str]) -> list[Span]:
    words = [(m.start(), m.end(), m.group()) for m in re.finditer(r"[А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)?", text)]
    kinds = [_name_word(w.casefold()) for _, _, w in words]
    cued = {m.span("it") for m in cues().cued_ru.finditer(text)}
    out: list[Span] = []
    for k, (a, b, w) in enumerate(words):
        if not kinds[k]:
            continue
        near = [kinds[j] for j in (k - 1, k + 1) if 0 <= j < len(words) and _touch(text, words, k, j)]
        large = w[0].isupper() and not w.isupper()
        beside = any(near) and (kinds[k] == "middle" or "middle" in near or large)
        if (
            kinds[k] == "middle"
            or beside
            or (a, b) in cued
            or (large and not begins(text, a))
            or (
                kinds[k] == "first"
                and (large or w.casefold() not in cues().also_words_ru)
                and w.casefold() not in cues().also_words_ru
            )
        ):
            out.append((a, b, "person"))
    return out


def _touch(text: str, words: list[tuple[int, int, str]], k: int, j: int) -> bool:
    a, b = (words[j][1], words[k][0]) if j < k else (words[k][1], words[j][0])
    return text[a:b] in (" ", "\u00a0")


def _merged(text: str, spans: list[Span]) -> list[Span]:
    """Names that stand side by side are one person."""
    out: list[Span] = []
    for a, b, kind in spans:
        if out and kind == out[-1][2] == "person" and text[out[-1][1] : a] in (" ", "\u00a0"):
            out[-1] = (out[-1][0], b, kind)
        else:
            out.append((a, b, kind))
    return out
