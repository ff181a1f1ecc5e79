"""What recognisers of both languages share: cues, words that name nobody, and what is installed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import yaml

__all__ = [
    "CAP",
    "NAME",
    "Cues",
    "Recogniser",
    "Span",
    "also_word",
    "base_of",
    "begins",
    "clean",
    "cues",
    "missing",
    "morphology",
]


Span = tuple[int, int, str]


Recogniser = Callable[[Sequence[str]], Sequence[Sequence[Span]]]


CAP = r"[A-Z][a-zà-öø-ÿ'’]*(?:[A-Z][a-zà-öø-ÿ]+)?(?:-[A-Z][a-zà-öø-ÿ]+)*"


NAME = rf"{CAP}(?:[ ](?:(?:van|von|de|del|da|di|bin|al|la|le|der|den|dos)[ ])*(?:[A-Z]\.[ ]?)?{CAP}){{0,3}}"


@dataclass(frozen=True)
class Cues:
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
    nobody_ru: frozenset[str]
    cued_ru: re.Pattern[str]
    organisation_ru: re.Pattern[str]


@cache
def cues() -> Cues:
    """The patterns, made once from ``data/name_cues.yaml``."""
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
    return Cues(
        titled=re.compile(rf"\b(?:{either_of['titles']})\b\.?[ ](?P<it>{NAME})"),
        cued=re.compile(
            rf"(?:\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir|[Yy]our|[Aa]n?|[Tt]he)[ ](?:\w+[ ]){{0,2}}"
            rf"(?:{either_of['people']})s?,?[ ]"
            rf"(?:is[ ])?|\b(?:{greeted}),?[ ]+)(?P<it>{NAME})"
        ),
        speaks=re.compile(
            rf"(?P<it>{NAME})[ ](?:(?:just|then|also|never|always|finally|later|even|kindly)[ ])?"
            rf"(?:{either_of['said']}|"
            r"from[ ](?:support|sales|accounts|billing|reception|HR|IT|marketing|finance))\b"
        ),
        owns=re.compile(rf"(?P<it>{CAP})['’]s[ ](?:{either_of['owned']})\b"),
        towards=re.compile(
            rf"\b(?:(?:{either_of['spoke_to']})[ ](?:it[ ])?to|"
            r"(?:rely|relied|relies|depend|depended|count|counted)[ ]on|"
            r"(?:heard|help|call|email|letter|message|reply|answer|note|text|gift|news|came)[ ]from|"
            rf"{either_of['towards']})[ ]$"
        ),
        organisation=re.compile(
            rf"\b(?P<it>(?:[A-Z][\w&'’.-]*[ ](?:(?:of|and|&|for)[ ])?){{1,4}}(?:{either_of['organisations']})\b\.?)|"
            rf"\b(?:{employed})[ ](?:called[ ]|named[ ])?(?P<at>{CAP}(?:[ ](?:&[ ])?{CAP}){{0,3}})"
        ),
        nobody=frozenset([*words["nobody"], *(t.casefold() for t in words["titles"])]),
        also_words=frozenset(words["also_words"]),
        things=frozenset(words["things"]),
        also_words_ru=frozenset(words["also_words_ru"]),
        nobody_ru=frozenset(words["nobody_ru"]),
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
def morphology() -> Any:
    """pymorphy3's analyser, loaded once."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


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
        word.casefold() in cues().also_words
        or word.casefold() in cues().also_words_ru
        or word.casefold() in cues().nobody
    )


def begins(text: str, at: int) -> bool:
    """Whether a sentence, a turn or a quotation begins here, where every word is written large."""
    before = text[:at].rstrip(" \t\u00a0\"'“”‘’«»(-–—")
    return not before or before[-1] in ".!?…\n:;"


_FIRST = {"place": 0, "organisation": 1, "person": 2}


def clean(text: str, found: list[Span]) -> list[Span]:
    """In order, none overlapping; of two the longer one of a kind, and a place or company before a person."""
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
