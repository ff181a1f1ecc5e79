"""Finding what identifies people: names that were given, phones, e-mails, cards, addresses, handles.

Only places are found here; what stands for them is decided by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cjmkit.errors import CjmError, suggest
from cjmkit.text.identifiers import RULES, URL, luhn
from cjmkit.text.name_cues import Recogniser, also_word, base_of
from cjmkit.text.names import name_forms, short_forms

__all__ = ["KINDS", "Finder", "Hit"]

KINDS = (
    "person", "organisation", "address", "postcode", "phone", "email", "url", "handle", "card", "iban", "account",
    "passport", "ssn", "nino", "snils", "inn", "ogrn", "plate", "ip", "mac", "birth_date", "age", "order",
)  # fmt: skip
"""Kinds: ``address`` is a place finer than a city, ``age`` one of 90 and over, ``order`` also a contract."""

_WORD = re.compile(r"[^\W\d_]+")
_LOCAL = re.compile(r"[\w.+%-]+$")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_NICK = re.compile(r"[A-Za-z][A-Za-z0-9_.]{1,30}[A-Za-z0-9_]")
_SITES = (
    "t.me/", "vk.com/", "ok.ru/", "wa.me/", "instagram.com/", "facebook.com/", "twitter.com/", "linkedin.com/in/",
)  # fmt: skip
_PROFILE = re.compile(r"[\w.@+-]{1,63}\w")
_SCHEME = re.compile(r"(?:https?://)?(?:www\.)?$")
_GAP = r"[ \t\u00a0.()\-–‑]*"
# A run of digits long enough to be a number of any kind; what it is comes second.
_DIGITS = re.compile(r"[0-9](?:[ \t\u00a0().\-–‑]{0,3}[0-9]){5,22}")
_PHONES = (
    re.compile(rf"(?<![\d+])(?:\+[ ]?7|[78]){_GAP}[3489](?:{_GAP}\d){{9}}(?!{_GAP[:-1]}?\d)"),
    re.compile(r"\+[ ]?[1-9](?:[ \t\u00a0().\-–‑]{0,2}\d){7,14}(?!\d)"),
    re.compile(r"(?<![\d+])00[1-9](?:[ \t\u00a0().\-–‑]{0,2}\d){8,13}(?!\d)"),
    re.compile(r"(?<![\d\-])(?:1[ .-])?(?:\(\d{3}\)[ ]?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\d\-])"),
    re.compile(r"(?<![\d\-])0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}(?![\d\-])"),
    re.compile(r"(?<![\d\-])0\d{9,10}(?!\d)"),
    re.compile(r"(?<![\d\-])9\d{2}[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}(?![\d\-])"),
    re.compile(r"(?<![\d\-–])\d{3}[-–]\d{2}[-–]\d{2}(?![\d\-–])"),
)
_CARD = re.compile(r"(?<!\d)(?:\d{4}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{1,7}|\d{4}[ \-]?\d{6}[ \-]?\d{5}|\d{13,19})(?!\d)")

_STREET = (
    r"(?i:ул(?:иц\w+|\.)|просп(?:ект\w*|\.)|пр-т\w*|переул\w+|пер\.|шоссе|наб(?:ережн\w+|\.)|бульвар\w*|б-р\w*|"
    r"площад\w+|"
    r"проезд\w*|микрорайон\w*|мкр\.?)"
)
# A card whose number was written down wrong is still somebody's card.
_CARD_SAID = re.compile(r"(?i:карт[аыуейою]{1,2}|\bcard)\b[^\d\n]{0,12}$")
# 12, 12а, 75к1, 5с2, 7/9; in speech "дом пять".
_SPOKEN = (
    r"(?:один|одна|дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|\w{2,7}надцать|двадцать|тридцать|сорок|\w{3,5}десят|"
    r"девяносто|сто|двести|триста)"
)
_HOUSE = (
    r"(?:,?[ ]?(?:д(?:ом\w*|\.)?)?[ ]?\d{1,4}(?:[а-яё]\d{0,3}){0,3}(?:[/\-]\d{1,4}[а-яё]?)?"
    rf"|,?[ ]дом\w*[ ]{_SPOKEN}(?:[ ]{_SPOKEN}){{0,2}})"
)
_HOUSE_SAID = re.compile(rf"дом\w*[ ]{_SPOKEN}")
_FLAT = (
    r"(?:,?[ ]?(?:корп(?:ус\w*|\.)?|к\.|стр(?:оени\w+|\.)?|под(?:ъезд\w*|\.)|эт(?:аж\w*|\.)|"
    r"кв(?:артир\w*|\.)?|оф(?:ис\w*|\.)?)"
    rf"[ ]?(?:\d{{1,4}}\w?|{_SPOKEN}(?:[ ]{_SPOKEN}){{0,2}}))*"
)
_NAMED = r"[А-ЯЁ0-9][\w-]*(?:[ ][А-ЯЁ][\w-]*|[ ][а-яё]+(?=[ ][А-ЯЁ])){0,3}"
_ADDRESS_RU = re.compile(
    rf"(?:{_STREET}[ ]?{_NAMED}|[А-ЯЁ][\w-]+(?:[ ][А-ЯЁ][\w-]+)?[ ]{_STREET}){_HOUSE}{_FLAT}(?!\w)"
    # "на Профсоюзной, дом 5": spoken without the word for a street.
    rf"|[А-ЯЁ][\w-]+(?=,?[ ]дом\w*[ ]){_HOUSE}{_FLAT}(?!\w)"
)
_ADDRESS_EN = re.compile(
    r"(?<![\w.])\d{1,5}[A-Za-z]?(?:[/\-]\d{1,4})?[ ](?:[A-Z][\w'’.]*[ ]){1,4}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|"
    r"Boulevard|Blvd|Court|Ct|Square|Sq|Terrace|Close|Crescent|Way|Place|Pl)"
    r"\b\.?(?:,?[ ](?:Apt|Apartment|Flat|Unit|Suite)\.?[ ]?\w{1,5}|[ ]?#\d{1,5})?"
)
_INITIALS_BEFORE = re.compile(r"(?<!\w)(?:(?:[А-ЯЁA-Z]\.[ ]?){1,2}|[OD]['’])$")
_INITIALS_AFTER = re.compile(r"(?:[ ][А-ЯЁA-Z]\.){1,2}(?=[\s,;:.!?)]|$)")
_WITH_DIGIT = re.compile(r"[^\n]*[0-9][^\n]*")
_SMALL_RU = (
    "ул.", "улиц", "просп", "пр-т", "переул", "пер.", "шоссе", "наб.", "набереж", "бульвар", "б-р", "площад", "проезд",
    "микрорайон", "мкр", "дом ",
)  # fmt: skip
_STREETS_RU = tuple(w for s in _SMALL_RU for w in (s, s.capitalize()))
_STREETS_EN = (
    " Street", " St", " Avenue", " Ave", " Road", " Rd", " Lane", " Ln", " Drive", " Dr", " Boulevard", " Blvd",
    " Court", " Ct", " Square", " Sq", " Terrace", " Close", " Crescent", " Way", " Place", " Pl",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Hit:
    """A place that identifies somebody: half-open span, kind, and what makes equal things equal."""

    start: int
    end: int
    kind: str
    key: str


@dataclass
class Finder:
    """Finds what identifies people.

    Parameters
    ----------
    names : mapping or iterable
        Full names, nicknames, companies; a name of several words is found by each of its words, in Russian in all
        cases and short forms. A mapping gives several spellings one key: ``{"Анна Петрова": "anna", "Аня": "anna"}``.
    kinds : iterable of str
        Which of KINDS to look for.
    any_case : bool
        Find given names in small letters too; else only capitalised words count, for vera (faith) is a word.
    recogniser : callable, optional
        Finds persons and companies that nobody gave, see :mod:`cjmkit.text.recognise`.
    keep : iterable of str
        What is not to be found, whatever it looks like.

    Examples
    --------
    >>> said = "Ане на +7 916 123-45-67, паспорт 45 10 123456"
    >>> [(said[h.start : h.end], h.kind) for h in Finder(["Анна"]).find(said)]
    [('Ане', 'person'), ('+7 916 123-45-67', 'phone'), ('45 10 123456', 'passport')]
    """

    names: Mapping[str, str] | Iterable[str] = ()
    kinds: Iterable[str] = KINDS
    any_case: bool = False
    recogniser: Recogniser | None = None
    keep: Iterable[str] = ()
    _forms: dict[str, str] = field(default_factory=dict, repr=False)
    _spelt: dict[str, str] = field(default_factory=dict, repr=False)
    _seen: set[str] = field(default_factory=set, repr=False)
    _learnt: dict[str, list[Hit]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.kinds = frozenset(self.kinds)
        self.keep = frozenset(w.casefold().strip(' «»"') for w in self.keep)
        for k in self.kinds:
            if k not in KINDS:
                raise CjmError(suggest(k, KINDS, what="kind"))
        listed = list(self.names.items() if isinstance(self.names, Mapping) else ((n, n) for n in self.names))
        given = {w.casefold().replace("ё", "е") for name, _ in listed for w in _WORD.findall(name)}
        for name, key in listed:
            parts = _WORD.findall(name)
            for at, part in enumerate(parts):
                if len(part) == 1:
                    continue
                # What somebody is called for short is the same person, unless the short form was given for another.
                short = short_forms(part) - given if at == 0 or len(parts) < 4 else frozenset()
                for form in (*name_forms(part), *(f for w in sorted(short) for f in name_forms(w))):
                    # Of two people with one name, the first one listed keeps it.
                    self._forms.setdefault(form, str(key))
            if not parts:
                raise CjmError(en=f"a name without letters: {name!r}", ru=f"имя без букв: {name!r}")

    def learn(self, texts: Sequence[str]) -> None:
        """Let the recogniser read all texts at once, so that whoever is named in one of them is found in all."""
        if self.recogniser is None:
            return
        new = [t for t in dict.fromkeys(texts) if t not in self._learnt]
        spans = list(self.recogniser(new))
        mentions = [
            base
            for t, found in zip(new, spans, strict=True)
            for a, b, kind in found
            if kind == "person" and (base := _bases(t[a:b]))
        ]
        keys = _united(mentions)
        small = {w for t in new for w in _WORD.findall(t) if w[0].islower()}
        for t, found in zip(new, spans, strict=True):
            self._learnt[t] = []
            for a, b, kind in found:
                words = [w for w in _WORD.findall(t[a:b]) if len(w) > 1]
                known = [self._forms[f] for w in words if (f := w.casefold().replace("ё", "е")) in self._forms]
                if kind != "person":
                    key = t[a:b].casefold().strip(" .«»\"'")
                elif known:
                    key = known[0]
                else:
                    key = keys.get(_bases(t[a:b]), t[a:b].casefold())
                    for w in words:
                        if len(w) > 2 and w[0].isupper() and w.casefold() not in small and not also_word(w):
                            for form in name_forms(base_of(w)) | {w.casefold().replace("ё", "е")}:
                                self._forms.setdefault(form, key)
                self._learnt[t].append(Hit(a, b, kind, key))
        self._seen.clear()

    def find(self, text: str) -> list[Hit]:
        """All places, in order, none overlapping; of two that overlap, the longer one."""
        hits: list[Hit] = []
        kinds = frozenset(self.kinds)
        if self.recogniser is not None:
            if text not in self._learnt:
                self.learn([text])
            hits += [h for h in self._learnt[text] if h.kind in kinds]
        if "email" in kinds or "handle" in kinds:
            hits += [h for h in self._at_signs(text) if h.kind in kinds]
        if "handle" in kinds and "/" in text:
            for site in _SITES:
                for at in _places(text, site):
                    m = _PROFILE.match(text, at + len(site))
                    if m and not text[at - 1 : at].isalnum():
                        a = _SCHEME.search(text, max(0, at - 12), at)
                        hits.append(Hit(a.start() if a else at, m.end(), "handle", m.group().casefold().lstrip("@")))
        hits += self._by_rule(text, kinds)
        if {"phone", "card"} & kinds:
            hits += self._numbers(text)
        if "address" in kinds:
            hits += self._addresses(text)
        if "person" in kinds and self._forms:
            hits += self._people(text)
        if self.keep:
            hits = [h for h in hits if text[h.start : h.end].casefold().strip(' «»"') not in self.keep]
        return _without_overlaps(hits)

    def _by_rule(self, text: str, kinds: frozenset[str]) -> list[Hit]:
        out: list[Hit] = []
        if "url" in kinds:
            out += [Hit(a, b, "url", text[a:b].casefold()) for a, b in URL.places(text, text.casefold())]
        wanted = [r for r in RULES if r.kind in kinds]
        # Every one of these has a digit: lines without one need no look.
        for line in _WITH_DIGIT.finditer(text):
            said, at = line.group(), line.start()
            lowered = said.lower()
            for rule in wanted:
                for a, b in rule.places(said, lowered):
                    out.append(Hit(at + a, at + b, rule.kind, re.sub(r"[^\w]", "", said[a:b]).casefold()))
        return out

    def _numbers(self, text: str) -> list[Hit]:
        out = []
        for run in _DIGITS.finditer(text):
            a, b = max(0, run.start() - 3), run.end()
            if "card" in self.kinds:
                for m in _CARD.finditer(text, a, b):
                    digits = re.sub(r"\D", "", m.group())
                    called = len(digits) == 16 and _CARD_SAID.search(text, max(0, m.start() - 20), m.start())
                    if 13 <= len(digits) <= 19 and (luhn(digits) or called) and len(set(digits)) > 1:
                        out.append(Hit(m.start(), m.end(), "card", digits))
            if "phone" in self.kinds:
                for pattern in _PHONES:
                    for m in pattern.finditer(text, a, b + 1):
                        # The limit of the search hides what follows: a longer number is another number.
                        if text[m.end() : m.end() + 1].isdigit() or text[m.start() - 1 : m.start()].isdigit():
                            continue
                        out.append(Hit(m.start(), m.end(), "phone", _phone_key(m.group())))
        return out

    def _at_signs(self, text: str) -> list[Hit]:
        out = []
        for at in _places(text, "@"):
            local, host = _LOCAL.search(text, max(0, at - 64), at), _HOST.match(text, at + 1)
            if local and host:
                found = text[local.start() : host.end()]
                out.append(Hit(local.start(), host.end(), "email", found.casefold()))
                continue
            m = _NICK.match(text, at + 1)
            before = text[at - 1 : at] if at else ""
            if m and not (before.isalnum() or before in ("@", ".", "_")):
                out.append(Hit(at, m.end(), "handle", m.group().casefold()))
        return out

    def _addresses(self, text: str) -> list[Hit]:
        out = []
        for words, pattern in ((_STREETS_RU, _ADDRESS_RU), (_STREETS_EN, _ADDRESS_EN)):
            done = -1
            for at in sorted(p for w in words for p in _places(text, w)):
                if at < done:
                    continue
                # An address lies on one line, near the word for street, and has a house number.
                a = max(text.rfind("\n", 0, at) + 1, at - 80, done, 0)
                b = text.find("\n", at)
                b = min(b if b >= 0 else len(text), at + 120)
                if not any(c.isdigit() for c in text[a:b]) and not _HOUSE_SAID.search(text, a, b):
                    continue
                for k in pattern.finditer(text, a, b):
                    if text[k.end() : k.end() + 1].isalnum() or (k.start() and text[k.start() - 1].isalnum()):
                        continue
                    found = k.group().rstrip(" ,")
                    out.append(Hit(k.start(), k.start() + len(found), "address", found.casefold()))
                    done = max(done, k.end())
        return out

    def _people(self, text: str) -> list[Hit]:
        forms = self._forms
        unique = set(_WORD.findall(text))
        # Words come back in text after text: each is looked up once.
        for w in unique - self._seen:
            if self.any_case or w[0].isupper():
                known = forms.get(w.casefold().replace("ё", "е"))
                if known is not None:
                    self._spelt[w] = known
        self._seen |= unique
        hits = {w: self._spelt[w] for w in unique & self._spelt.keys()}
        if not hits:
            return []
        spotted = re.compile(
            rf"(?<![^\W\d_])(?:{'|'.join(sorted(map(re.escape, hits), key=len, reverse=True))})(?![^\W\d_])"
        )
        out: list[Hit] = []
        for m in spotted.finditer(text):
            key = hits[m.group()]
            a, b = m.span()
            # First name and surname, or initials and surname, are one person.
            if out and out[-1].key == key and re.fullmatch(r"[ \u00a0]|-", text[out[-1].end : a]):
                out[-1] = Hit(out[-1].start, b, "person", key)
                continue
            before = _INITIALS_BEFORE.search(text, max(0, a - 7), a)
            after = _INITIALS_AFTER.match(text, b)
            if before:
                a -= len(before.group())
            elif after and text[b + len(after.group()) : b + len(after.group()) + 2].strip()[:1] != "":
                b += len(after.group())
            out.append(Hit(a, b, "person", key))
        return out


def _places(text: str, what: str) -> list[int]:
    """Where a string stands: str.find is many times faster than a pattern that begins anywhere."""
    out: list[int] = []
    at = text.find(what)
    while at >= 0:
        out.append(at)
        at = text.find(what, at + 1)
    return out


def _phone_key(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if len(digits) == 11 and digits[0] == "8":
        return "7" + digits[1:]
    return "7" + digits if len(digits) == 10 and digits[0] == "9" else digits


def _without_overlaps(hits: list[Hit]) -> list[Hit]:
    out: list[Hit] = []
    for h in sorted(hits, key=lambda h: (h.start, -(h.end - h.start))):
        if out and h.start < out[-1].end:
            if h.end - h.start > out[-1].end - out[-1].start:
                out[-1] = h
            continue
        out.append(h)
    return out


def _bases(name: str) -> tuple[str, ...]:
    return tuple(base_of(w) for w in _WORD.findall(name) if len(w) > 1)


def _united(mentions: list[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Mentions of one person under one key: a name by itself is the full name that holds it, where only one does."""
    full = list(dict.fromkeys(sorted((m for m in mentions if len(m) > 1), key=len, reverse=True)))
    people: list[set[str]] = []
    keys: dict[tuple[str, ...], str] = {}
    for m in full:
        home = next((p for p in people if set(m) <= p), None)
        if home is None:
            home = set(m)
            people.append(home)
        keys[m] = " ".join(sorted(home))
    for m in dict.fromkeys(m for m in mentions if len(m) == 1):
        alike = {m[0], *short_forms(m[0])}
        homes = [p for p in people if alike & p]
        keys[m] = (
            " ".join(sorted(homes[0]))
            if len(homes) == 1
            else min(alike & {x[0] for x in keys if len(x) == 1}, default=m[0])
        )
    return keys
