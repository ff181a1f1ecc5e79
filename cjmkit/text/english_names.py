"""People and companies in English texts: titles, cues, name lists, and what the corpus never writes small."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from cjmkit.text.name_cues import CAP, NAME, Span, begins, clean, cues, missing

__all__ = ["english"]


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
    return frozenset(first - cues().nobody), frozenset(last - cues().nobody)


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
    for m in cues().organisation.finditer(text):
        group = "it" if m["it"] else "at"
        a, b = m.span(group)
        a, b = _without_nobody(text, a, b, edge_only=True)
        if b > a and not (group == "at" and _is_first(text[a:b], first)):
            found.append((a, b, "organisation"))
    for pattern in (cues().titled, cues().cued, cues().speaks, cues().owns):
        for m in pattern.finditer(text):
            a, b = _without_nobody(text, *m.span("it"))
            words = text[a:b].split()
            sure = pattern is cues().titled or _known(words[0] if words else "", first, last)
            opening = pattern is cues().speaks and begins(text, a)
            if not words or (opening and not sure and words[0].casefold() in small):
                continue
            if (
                opening
                and words[0].casefold() in cues().also_words
                and len(words) == 1
                and pattern is not cues().speaks
            ):
                continue
            if not sure and pattern is cues().cued and (words[0].isupper() or words[0].casefold() in small):
                continue
            found.append((a, b, "person"))
    for m in re.finditer(NAME, text):
        a, b = _without_nobody(text, *m.span())
        words = text[a:b].replace("’", "'").split()
        # A word that opens the sentence and is no name is not part of the name that follows it: Between Callum and me.
        if len(words) > 1 and begins(text, a) and not any(_known(w, first, last) for w in words[:2]):
            a += len(words[0]) + 1
            words = words[1:]
        if not words:
            continue
        w = _bare(words[0])
        # Two words written large of which the second is a surname, or the first of two people: Callie and Reuben.
        if len(words) > 1 and _bare(words[1]) in last and w not in cues().nobody and w not in small:
            found.append((a, b, "person"))
            continue
        if w in cues().nobody or w.removesuffix("s") in cues().nobody:
            continue
        full = len(words) > 1
        listed = w in first and (full or not begins(text, a) or not (w in cues().also_words or w in small))
        surname = w in last and not (begins(text, a) or w in small or _placed(text, a) or w in cues().also_words)
        if listed or surname or (first and _unknown(text, a, b, words[0], small)):
            found.append((a, b, "person"))
    return clean(text, found + _paired(text, found, small))


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
    if cues().towards.search(text[max(0, a - 18) : a]):
        return w in cues().also_words or w not in small
    if w in small or w in cues().also_words or w in _common():
        return False
    return bool(_DOES.match(text, b)) if begins(text, a) else not _placed(text, a)


@cache
def _common() -> frozenset[str]:
    """Everyday English words, so that one that opens a sentence is not taken for a name."""
    from faker.providers.lorem.en_US import Provider
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    words = {*Provider.word_list, *ENGLISH_STOP_WORDS, *SentimentIntensityAnalyzer().lexicon}
    return frozenset(w.casefold() for w in words) | cues().things


def _paired(text: str, found: list[Span], small: set[str]) -> list[Span]:
    """Who is joined by "and" to somebody recognised."""
    out: list[Span] = []
    for m in re.finditer(rf"(?P<x>{CAP})(?:,[ ]|[ ]and[ ])(?P<y>{CAP})", text):
        for one, other in (("x", "y"), ("y", "x")):
            known = any(a <= m.start(other) and m.end(other) <= b and k == "person" for a, b, k in found)
            w = _bare(m[one])
            if known and w not in small and w not in cues().nobody and not w.endswith(("ly", "ing")):
                a, b = _without_nobody(text, *m.span(one))
                out.append((a, b, "person"))
    return out


def _bare(word: str) -> str:
    return re.sub(r"['’](?:s|d|m|t|ll|ve|re)?$", "", word.strip(",.")).casefold()


def _known(word: str, first: frozenset[str], last: frozenset[str]) -> bool:
    return _bare(word) in first or _bare(word) in last


def _is_first(words: str, first: frozenset[str]) -> bool:
    return _bare(words.split()[0]) in first


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
            _bare(m.group().strip(" ,.")) not in cues().nobody
            and _bare(m.group().strip(" ,.")).removesuffix("s") not in cues().nobody
        ):
            break
        a += m.end()
    if not edge_only:
        for m in re.finditer(r"\S+", text[a:b]):
            if m.start() and _bare(m.group()) in cues().nobody:
                b = a + len(text[a : a + m.start()].rstrip())
                break
    piece = text[a:b]
    if piece.endswith(("'s", "’s")):
        b -= 2
    elif piece.endswith(("'", "’")):
        b -= 1
    return a, b
