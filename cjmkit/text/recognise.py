"""Names that nobody gave: who and which company is mentioned in a text, recognised on this machine.

A recogniser is any function ``texts -> [[(start, end, kind), …], …]`` with kinds "person" and "organisation" and one
list a text. :func:`english` and :func:`russian` are two; a model of your own is a third, passed as ``recogniser=``.
Both need the extra ``names``: Natasha reads Russian (a small network in its wheel), pymorphy3 knows Russian name words
in small letters, and Faker carries the lists of English and other Latin names. Without it only what stands beside a
title or a cue is found, and :func:`missing` says so.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import yaml

__all__ = ["Recogniser", "Span", "also_word", "base_of", "either", "english", "missing", "morphology", "russian"]

Span = tuple[int, int, str]
Recogniser = Callable[[Sequence[str]], Sequence[Sequence[Span]]]

_CAP = r"[A-Z][a-zà-öø-ÿ'’]*(?:[A-Z][a-zà-öø-ÿ]+)?(?:-[A-Z][a-zà-öø-ÿ]+)*"
_NAME = rf"{_CAP}(?:[ ](?:(?:van|von|de|del|da|di|bin|al|la|le|der|den|dos)[ ])*(?:[A-Z]\.[ ]?)?{_CAP}){{0,3}}"


@dataclass(frozen=True)
class _Cues:
    """Patterns that say where an English name stands, and the words that name nobody."""

    titled: re.Pattern[str]
    cued: re.Pattern[str]
    speaks: re.Pattern[str]
    owns: re.Pattern[str]
    towards: re.Pattern[str]
    organisation: re.Pattern[str]
    nobody: frozenset[str]
    also_words: frozenset[str]
    things: frozenset[str]
    also_words_ru: frozenset[str]
    cued_ru: re.Pattern[str]
    organisation_ru: re.Pattern[str]


@cache
def _cues() -> _Cues:
    raw = yaml.safe_load((files("cjmkit.text") / "data" / "name_cues.yaml").read_text("utf-8"))
    words = {key: str(text).split() for key, text in raw.items()}
    either_of = {key: "|".join(listed) for key, listed in words.items()}
    greeted = (
        r"named|called|name[ ]is|name['’]s|name[ ]was|names[ ]are|[Ii]['’]m|[Ii][ ]am|[Tt]his[ ]is|"
        r"[Ii]t['’]s|asks?[ ]for|asked[ ]for|"
        r"[Ss]igned[ ]by|(?:[Ss]poke|[Tt]alked|[Ss]peak(?:ing)?)[ ](?:to|with)|[Mm]et(?:[ ]with)?|"
        r"[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|"
        r"[Tt]hanks|"
        r"[Tt]hank[ ]you|[Cc]heers|[Rr]egards|[Ss]incerely|[Bb]ye|[Mm]orning|[Ss]orry"
    )
    employed = (
        r"work(?:s|ed|ing)?[ ](?:at|for)|join(?:s|ed|ing)?|left|hired[ ]by|fired[ ](?:from|by)|employed[ ](?:at|by)|"
        r"job[ ]at|"
        r"(?:customer|client)[ ]of|(?:account|contract|insured)[ ]with|supplier|vendor|"
        r"competitor|company|firm|startup|employer"
    )
    return _Cues(
        titled=re.compile(rf"\b(?:{either_of['titles']})\b\.?[ ](?P<it>{_NAME})"),
        cued=re.compile(
            rf"(?:\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir|[Yy]our|[Aa]n?|[Tt]he)[ ](?:\w+[ ]){{0,2}}"
            rf"(?:{either_of['people']})s?,?[ ]"
            rf"(?:is[ ])?|\b(?:{greeted}),?[ ]+)(?P<it>{_NAME})"
        ),
        speaks=re.compile(
            rf"(?P<it>{_NAME})[ ](?:(?:just|then|also|never|always|finally|later|even|kindly)[ ])?"
            rf"(?:{either_of['said']}|"
            r"from[ ](?:support|sales|accounts|billing|reception|HR|IT|marketing|finance))\b"
        ),
        owns=re.compile(rf"(?P<it>{_CAP})['’]s[ ](?:{either_of['owned']})\b"),
        towards=re.compile(
            rf"\b(?:(?:{either_of['spoke_to']})[ ](?:it[ ])?to|"
            r"(?:rely|relied|relies|depend|depended|count|counted)[ ]on|"
            r"(?:heard|help|call|email|letter|message|reply|answer|note|text|gift|news|came)[ ]from|"
            rf"{either_of['towards']})[ ]$"
        ),
        organisation=re.compile(
            rf"\b(?P<it>(?:[A-Z][\w&'’.-]*[ ](?:(?:of|and|&|for)[ ])?){{1,4}}(?:{either_of['organisations']})\b\.?)|"
            rf"\b(?:{employed})[ ](?:called[ ]|named[ ])?(?P<at>{_CAP}(?:[ ](?:&[ ])?{_CAP}){{0,3}})"
        ),
        nobody=frozenset([*words["nobody"], *(t.casefold() for t in words["titles"])]),
        also_words=frozenset(words["also_words"]),
        things=frozenset(words["things"]),
        also_words_ru=frozenset(words["also_words_ru"]),
        cued_ru=re.compile(rf"(?i:\b(?:{either_of['people_ru']}))[ ,]+(?P<it>[А-ЯЁа-яё][а-яё-]+)"),
        organisation_ru=re.compile(
            rf"(?:\b(?:ООО|ОАО|ЗАО|ПАО|АО|ИП|НКО|ТСЖ|УК)\b|(?i:\b(?:{either_of['organisations_ru']})\w*))[ ]"
            r"(?P<it>«[^«»\n]{2,40}»|\"[^\"\n]{2,40}\")"
        ),
    )


def missing(language: str) -> bool:
    """Whether the extra ``names`` is needed and not there for a language ("en" or "ru")."""
    return any(find_spec(m) is None for m in (("natasha", "pymorphy3") if language == "ru" else ("faker",)))


@cache
def _latin_names() -> tuple[frozenset[str], frozenset[str]]:
    """First names and surnames in Latin letters, in small letters."""
    from importlib import import_module

    first: set[str] = set()
    last: set[str] = set()
    for place in (
        "en_US en_GB en_IN en_IE en_NZ en_NG en_PK de_DE fr_FR es_ES es_MX it_IT pt_BR "
        "pt_PT nl_NL pl_PL sv_SE no_NO da_DK fi_FI cs_CZ "
        "tr_TR id_ID ro_RO hu_HU vi_VN fil_PH sw yo_NG ha_NG ig_NG zu_ZA".split()
    ):
        try:
            provider = import_module(f"faker.providers.person.{place}").Provider
        except (ImportError, AttributeError):
            continue
        for attribute in dir(provider):
            if attribute.startswith(("first_name", "last_name", "surname")) and not callable(
                getattr(provider, attribute)
            ):
                into = first if attribute.startswith("first") else last
                into.update(
                    str(n).casefold() for n in getattr(provider, attribute) if str(n).isalpha() and len(str(n)) > 1
                )
    return frozenset(first - _cues().nobody), frozenset(last - _cues().nobody)


def either(texts: Sequence[str]) -> list[list[Span]]:
    """Read each text by the recogniser of its letters: Russian where Cyrillic prevails, else English.

    Parameters
    ----------
    texts : sequence of str
        In any mixture of the two.

    Returns
    -------
    list of list of (start, end, kind)
        As of :func:`english` and :func:`russian`.

    Examples
    --------
    >>> [[k for _, _, k in spans] for spans in either(["Mr Hill rang.", "Звонил тёте Вере."])]
    [['person'], ['person']]
    """
    of = ["ru" if 2 * len(re.findall("[А-Яа-яЁё]", t)) > len(re.findall(r"[^\W\d_]", t)) else "en" for t in texts]
    out: list[list[Span]] = [[] for _ in texts]
    for language, read in (("en", english), ("ru", russian)):
        which = [k for k, x in enumerate(of) if x == language]
        for k, spans in zip(which, read([texts[k] for k in which]) if which else [], strict=True):
            out[k] = spans
    return out


@cache
def base_of(word: str) -> str:
    """A name word as it is called, in small letters, ё as е: Марине → марина; Hill's → hill."""
    w = re.sub(r"['’]s?$", "", word).casefold()
    if re.search("[а-яё]", w) and not missing("ru"):
        for parse in morphology().parse(w)[:5]:
            if {"Name", "Surn", "Patr"} & set(parse.tag.grammemes):
                w = parse.normal_form
                break
    return w.replace("ё", "е")


def also_word(word: str) -> bool:
    """Whether a name is a word of the language too, so that it is not looked for where nobody recognised it."""
    return (
        word.casefold() in _cues().also_words
        or word.casefold() in _cues().also_words_ru
        or word.casefold() in _cues().nobody
    )


def english(texts: Sequence[str]) -> list[list[Span]]:
    """Persons and companies in English texts: titles, cues, name lists, and what the corpus itself never writes small.

    Parameters
    ----------
    texts : sequence of str
        All texts at once: a word that stands in small letters anywhere in them is less likely a name.

    Returns
    -------
    list of list of (start, end, kind)
        Half-open spans in code points, in order, none overlapping.

    Examples
    --------
    >>> said = "Mr Hill was rude, but my colleague Priya Raman at Acme Logistics helped."
    >>> [(said[a:b], kind) for a, b, kind in english([said])[0]]
    [('Hill', 'person'), ('Priya Raman', 'person'), ('Acme Logistics', 'organisation')]
    """
    first, last = (frozenset[str](), frozenset[str]()) if missing("en") else _latin_names()
    small = {w for t in texts for w in re.findall(r"\b[a-z][a-z'’]+\b", t)}
    return [_english_one(t, first, last, small) for t in texts]


def _english_one(text: str, first: frozenset[str], last: frozenset[str], small: set[str]) -> list[Span]:
    found: list[Span] = []
    for m in _cues().organisation.finditer(text):
        group = "it" if m["it"] else "at"
        a, b = m.span(group)
        a, b = _without_nobody(text, a, b, edge_only=True)
        if b > a and not (group == "at" and _is_first(text[a:b], first)):
            found.append((a, b, "organisation"))
    for pattern in (_cues().titled, _cues().cued, _cues().speaks, _cues().owns):
        for m in pattern.finditer(text):
            a, b = _without_nobody(text, *m.span("it"))
            words = text[a:b].split()
            sure = pattern is _cues().titled or _known(words[0] if words else "", first, last)
            begins = pattern is _cues().speaks and _begins(text, a)
            if not words or (begins and not sure and words[0].casefold() in small):
                continue
            if (
                begins
                and words[0].casefold() in _cues().also_words
                and len(words) == 1
                and pattern is not _cues().speaks
            ):
                continue
            if not sure and pattern is _cues().cued and (words[0].isupper() or words[0].casefold() in small):
                continue
            found.append((a, b, "person"))
    for m in re.finditer(_NAME, text):
        a, b = _without_nobody(text, *m.span())
        words = text[a:b].replace("’", "'").split()
        # A word that opens the sentence and is no name is not part of the name that follows it: Between Callum and me.
        if len(words) > 1 and _begins(text, a) and not any(_known(w, first, last) for w in words[:2]):
            a += len(words[0]) + 1
            words = words[1:]
        if not words:
            continue
        w = _bare(words[0])
        # Two words written large of which the second is a surname, or the first of two people: Callie and Reuben.
        if len(words) > 1 and _bare(words[1]) in last and w not in _cues().nobody and w not in small:
            found.append((a, b, "person"))
            continue
        if w in _cues().nobody or w.removesuffix("s") in _cues().nobody:
            continue
        full = len(words) > 1
        listed = w in first and (full or not _begins(text, a) or not (w in _cues().also_words or w in small))
        surname = w in last and not (_begins(text, a) or w in small or _placed(text, a) or w in _cues().also_words)
        if listed or surname or (first and _unknown(text, a, b, words[0], small)):
            found.append((a, b, "person"))
    return _clean(text, found + _paired(text, found, small))


_THING = re.compile(
    r"['’]?[ -](?:app|button|page|menu|version|store|shop|screen|website|site|card|account|form|tab|link|key|plan|"
    r"box|line|section|team)s?\b"
)
_DOES = re.compile(
    r"[ ](?:is|was|has|had|would|will|can|could|did|does|never|always|just|also|who|and[ ]I|hates?|likes?|loves?|kept|"
    r"keeps|went|came|made|got|gets|found|from[ ]the|\w{3,}ed)\b"
)


def _unknown(text: str, a: int, b: int, word: str, small: set[str]) -> bool:
    """Whether a word on no list is more likely a name than a thing, by what stands before and after it.

    A name too much is seen in the review; a name too few is not. So inside a sentence an unknown word written large is
    taken for one.
    """
    w = _bare(word)
    if len(w) < 3 or word.isupper() or w.endswith(("ish", "ese", "ian", "ians")) or _THING.match(text, b):
        return False
    if _cues().towards.search(text[max(0, a - 18) : a]):
        return w in _cues().also_words or w not in small
    if w in small or w in _cues().also_words or w in _common():
        return False
    return bool(_DOES.match(text, b)) if _begins(text, a) else not _placed(text, a)


@cache
def _common() -> frozenset[str]:
    """Everyday English words, so that one that opens a sentence is not taken for a name."""
    from faker.providers.lorem.en_US import Provider
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    words = {*Provider.word_list, *ENGLISH_STOP_WORDS, *SentimentIntensityAnalyzer().lexicon}
    return frozenset(w.casefold() for w in words) | _cues().things


def _paired(text: str, found: list[Span], small: set[str]) -> list[Span]:
    """Who is joined by "and" to somebody recognised."""
    out: list[Span] = []
    for m in re.finditer(rf"(?P<x>{_CAP})(?:,[ ]|[ ]and[ ])(?P<y>{_CAP})", text):
        for one, other in (("x", "y"), ("y", "x")):
            known = any(a <= m.start(other) and m.end(other) <= b and k == "person" for a, b, k in found)
            w = _bare(m[one])
            if known and w not in small and w not in _cues().nobody and not w.endswith(("ly", "ing")):
                a, b = _without_nobody(text, *m.span(one))
                out.append((a, b, "person"))
    return out


def _bare(word: str) -> str:
    return re.sub(r"['’](?:s|d|m|t|ll|ve|re)?$", "", word.strip(",.")).casefold()


def _known(word: str, first: frozenset[str], last: frozenset[str]) -> bool:
    return _bare(word) in first or _bare(word) in last


def _is_first(words: str, first: frozenset[str]) -> bool:
    return _bare(words.split()[0]) in first


def _begins(text: str, at: int) -> bool:
    """Whether a sentence, a turn or a quotation begins here, where every word is written large."""
    before = text[:at].rstrip(" \t\u00a0\"'“”‘’«»(-–—")
    return not before or before[-1] in ".!?…\n:;"


def _placed(text: str, at: int) -> bool:
    return bool(
        re.search(
            r"\b(?:in|at|near|from|the|an?|this|that|via|on|around|using|use|uses|used)[ ]$", text[max(0, at - 8) : at]
        )
    )


def _without_nobody(text: str, a: int, b: int, *, edge_only: bool = False) -> tuple[int, int]:
    """The span without words that name no person at its ends."""
    while m := re.match(r"\S+[ ]?", text[a:b]):
        if (
            _bare(m.group().strip(" ,.")) not in _cues().nobody
            and _bare(m.group().strip(" ,.")).removesuffix("s") not in _cues().nobody
        ):
            break
        a += m.end()
    if not edge_only:
        for m in re.finditer(r"\S+", text[a:b]):
            if m.start() and _bare(m.group()) in _cues().nobody:
                b = a + len(text[a : a + m.start()].rstrip())
                break
    piece = text[a:b]
    if piece.endswith(("'s", "’s")):
        b -= 2
    elif piece.endswith(("'", "’")):
        b -= 1
    return a, b


_FIRST = {"place": 0, "organisation": 1, "person": 2}


def _clean(text: str, found: list[Span]) -> list[Span]:
    out: list[Span] = []
    for a, b, kind in sorted(set(found), key=lambda s: (s[0], s[0] - s[1], _FIRST[s[2]])):
        if b <= a or not any(c.isalpha() for c in text[a:b]):
            continue
        if out and a < out[-1][1]:
            if b - a > out[-1][1] - out[-1][0] and kind == out[-1][2]:
                out[-1] = (a, b, kind)
            continue
        out.append((a, b, kind))
    return out


@cache
def _natasha() -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from natasha import NewsEmbedding, NewsNERTagger, Segmenter

        return Segmenter(), NewsNERTagger(NewsEmbedding())


@cache
def morphology() -> Any:
    """pymorphy3's analyser, loaded once."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


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
        out[i] += [(*m.span("it"), "organisation") for m in _cues().organisation_ru.finditer(t)]
        if known:
            out[i] += _russian_words(t, small)
        out[i] = [s for s in _merged(t, _clean(t, out[i])) if s[2] != "place"]
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
        if any(c.isalpha() for c in texts[i][a:b]):
            out[i].append((a, b, kinds[span.type]))


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
    cued = {m.span("it") for m in _cues().cued_ru.finditer(text)}
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
            or (large and not _begins(text, a))
            or (
                kinds[k] == "first"
                and (large or w.casefold() not in _cues().also_words_ru)
                and w.casefold() not in _cues().also_words_ru
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
