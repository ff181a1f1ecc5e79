"""Numbers and addresses that identify a person: by form, check digit, and the words beside them.

Each kind is one row of :data:`RULES`: cheap signs of which one must stand in the line, the form, and a check. Sources
of the check digits: ISO/IEC 7812 (Luhn), ISO 13616 (IBAN), the rules of the Russian pension fund and tax service,
20 CFR 422.103 (SSN), HMRC's manual NIM39110 (NINO).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["RULES", "URL", "Rule", "iban", "inn", "luhn", "ogrn", "snils"]


def luhn(digits: str) -> bool:
    """Whether a card number has a right check digit (ISO/IEC 7812).

    Examples
    --------
    >>> luhn("4276380012345675"), luhn("4111111111111111")
    (False, True)
    """
    total = 0
    for i, c in enumerate(reversed(digits)):
        n = int(c)
        if i % 2:
            n = n * 2 - 9 if n > 4 else n * 2
        total += n
    return total % 10 == 0


def iban(number: str) -> bool:
    """Whether an international account number is right: moved and read as a number, it leaves 1 by 97 (ISO 13616).

    Examples
    --------
    >>> iban("GB82 WEST 1234 5698 7654 32"), iban("GB83 WEST 1234 5698 7654 32")
    (True, False)
    """
    s = re.sub(r"[\s\u00a0-]", "", number).upper()
    return 15 <= len(s) <= 34 and s.isalnum() and int("".join(str(int(c, 36)) for c in s[4:] + s[:4])) % 97 == 1


def snils(digits: str) -> bool:
    """Whether a Russian pension insurance number has right check digits; numbers below 001-001-999 carry none.

    Examples
    --------
    >>> snils("11223344595"), snils("00127715701"), snils("11223344596")
    (True, True, False)
    """
    total = sum(int(c) * (9 - i) for i, c in enumerate(digits[:9])) % 101 % 100
    return int(digits[:9]) <= 1001998 or total == int(digits[9:])


def inn(digits: str) -> bool:
    """Whether a Russian tax number of 10 or 12 digits has right check digits.

    Examples
    --------
    >>> inn("9900000017"), inn("990000001246"), inn("9900000018")
    (True, True, False)
    """

    def check(body: str, weights: tuple[int, ...]) -> str:
        return str(sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11 % 10)

    short = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    if len(digits) == 10:
        return check(digits[:9], short) == digits[9]
    return (
        len(digits) == 12
        and check(digits[:10], (7, *short)) == digits[10]
        and check(digits[:11], (3, 7, *short)) == digits[11]
    )


def ogrn(digits: str) -> bool:
    """Whether a Russian state registration number of 13 or 15 digits has a right check digit.

    Examples
    --------
    >>> ogrn("1999900000010"), ogrn("399990000000013"), ogrn("1999900000011")
    (True, True, False)
    """
    body, by = digits[:-1], len(digits) - 2
    return len(digits) in (13, 15) and int(body) % by % 10 == int(digits[-1])


def _ssn(text: str) -> bool:
    area, group, serial = text[:3], text[-7:-5].strip(" -"), text[-4:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def _nino(text: str) -> bool:
    return text[:2].upper() not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def _old(text: str) -> bool:
    return 90 <= int(re.sub(r"\D", "", text) or 0) <= 120


def _ip(text: str) -> bool:
    # Loopback, the empty address and version-like short ones name nobody.
    parts = text.split(".")
    return all(int(p) < 256 for p in parts) and parts[0] not in ("0", "127", "255") and any(len(p) > 1 for p in parts)


@dataclass(frozen=True)
class Rule:
    """One way a kind is written.

    Parameters
    ----------
    kind : str
        What it is.
    form : re.Pattern
        Its form; the group ``it``, where there is one, is the part to mask.
    signs : tuple of str
        One of these, in lower case, has to stand in the text; a string search is many times cheaper than a pattern.
        Empty: always tried.
    check : callable, optional
        Says of the digits (or, with `whole`, of the words found) whether they are right.
    whole : bool
        The check wants the words as they stand.
    """

    kind: str
    form: re.Pattern[str]
    signs: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    whole: bool = False

    def places(self, text: str, lowered: str) -> Iterator[tuple[int, int]]:
        """Half-open spans of what is of this kind."""
        if self.signs and not any(s in lowered for s in self.signs):
            return
        for m in self.form.finditer(text):
            a, b = m.span("it") if "it" in self.form.groupindex else m.span()
            found = text[a:b]
            if self.check is None or self.check(found if self.whole else re.sub(r"\D", "", found)):
                yield a, b


def _r(kind: str, form: str, *signs: str, check: Callable[[str], bool] | None = None, whole: bool = False) -> Rule:
    return Rule(kind, re.compile(form), signs, check, whole)


_GAP = r"[^\d\n]{0,25}?"
_MONTHS = (
    r"(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_DATE = (
    rf"(?:\d{{1,2}}[./\-]\d{{1,2}}[./\-](?:19|20)?\d{{2}}|(?:19|20)\d{{2}}-\d{{2}}-\d{{2}}|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ ](?:of[ ])?{_MONTHS}\.?(?:,?[ ](?:19|20)\d{{2}}(?:[ ]?(?:г\b\.?|года?))?)?|"
    rf"{_MONTHS}\.?[ ]\d{{1,2}}(?:st|nd|rd|th)?(?:,?[ ](?:19|20)\d{{2}})?|(?:19|20)\d{{2}}(?=[ ]?(?:г\b|год)))"
)
_PLATE_LETTERS = "АВЕКМНОРСТУХавекмнорстухABEKMHOPCTYXabekmhopctyx"

URL = _r("url", r"(?i:https?://|www\.)[^\s<>\"«»]+[^\s<>\"«».,;:!?)\]]", "http", "www.")

RULES = (
    _r("iban", r"(?<!\w)[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0-]?[A-Z0-9]{1,4})?(?!\w)",
       check=iban, whole=True),
    _r("snils", r"(?<!\d)\d{3}-\d{3}-\d{3}[ \-]\d{2}(?!\d)", "-", check=snils),
    _r("snils", rf"(?i:снилс){_GAP}(?P<it>\d{{3}}[- ]?\d{{3}}[- ]?\d{{3}}[- ]?\d{{2}})(?!\d)", "снилс"),
    _r("inn", rf"(?i:\bинн\b|tax (?:number|id)){_GAP}(?P<it>\d{{10}}(?:\d{{2}})?)(?!\d)", "инн", "tax "),
    _r("inn", r"(?<![\d+.,])\d{12}(?![\d.,]\d|\d)", check=inn),
    _r("ogrn", rf"(?i:огрн\w*){_GAP}(?P<it>\d{{13}}(?:\d{{2}})?)(?!\d)", "огрн"),
    _r("ogrn", r"(?<![\d+.,])(?:[1-9]\d{12}|3\d{14})(?![\d.,]\d|\d)", check=ogrn),
    _r("passport", r"(?i:паспорт\w*|сери[яиюей]{1,2}\b)[^\d\n]{0,25}?"
       r"(?P<it>\d{2}[ ]?\d{2}[ ]?(?:,?[ ]?(?:номер|№|N)?)?[ ]?\d{6})(?!\d)", "паспорт", "сери"),
    _r("passport", rf"(?i:passport){_GAP}(?P<it>[A-Z]?\d{{8,9}})(?!\d)", "passport"),
    _r("ssn", r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])", "-", check=_ssn, whole=True),
    _r("ssn", rf"(?i:\bssn\b|social security){_GAP}(?P<it>\d{{3}}[- ]?\d{{2}}[- ]?\d{{4}})(?!\d)", "ssn", "social sec"),
    _r("nino", r"(?<!\w)[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z]"
       r"[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?[A-Da-d](?!\w)",
       check=_nino, whole=True),
    _r("account", r"(?i:сч[её]т\w*|р/с|account(?: (?:number|no\.?))?|sort code|acct)(?:[^\d\n]{0,18}?)"
       r"(?P<it>\d{20}|\d{4,5}(?:[ .]\d{3,5}){3,4}|\d{2}-\d{2}-\d{2}(?:[ ,]+\d{8})?|\d{8,12})(?!\d)",
       "счет", "счёт", "р/с", "account", "sort code", "acct"),
    _r("account", r"(?<!\d)(?:40[1-8]|42[0-6]|423)\d{17}(?!\d)"),
    _r("account", rf"(?i:полис\w*|\bомс\b){_GAP}(?P<it>\d{{16}}|\d{{4}}(?:[ ]\d{{4}}){{3}})(?!\d)", "полис", "омс"),
    _r("plate", rf"(?<!\w)[{_PLATE_LETTERS}][ ]?\d{{3}}[ ]?[{_PLATE_LETTERS}]{{2}}[ ]?\d{{2,3}}(?!\w)"),
    _r("plate", r"(?i:номер\w*|машин\w*|plate|registration|licen[cs]e plate)[^\d\n]{0,20}?(?<!\w)"
       rf"(?P<it>[{_PLATE_LETTERS}]\d{{3}}[{_PLATE_LETTERS}]{{2}}(?:[ ]?\d{{2,3}})?|"
       rf"[A-Z]{{2}}\d{{2}}[ ]?[A-Z]{{3}}|[A-Z0-9]{{1,3}}[- ][A-Z0-9]{{3,4}})(?!\w)",
       "номер", "машин", "plate", "registration"),
    _r("mac", r"(?<![\w:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])"),
    _r("ip", r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)", ".", check=_ip, whole=True),
    _r("ip", r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4})(?:::?[0-9A-Fa-f]{1,4}){0,5}(?![\w:])",
       "::", "ipv6", ":",
       check=lambda s: "::" in s or s.count(":") == 7, whole=True),
    _r("birth_date", rf"(?i:родил\w+|рожд\w+|\bд\.[ ]?р\.|\bг\.[ ]?р\.|born|birth\w*|\bd\.?o\.?b\.?\b)"
       rf"[^\d\n]{{0,20}}?(?P<it>{_DATE})",
       "роди", "рожд", "д.р", "д. р", "born", "birth", "dob", "d.o.b"),
    _r("birth_date", rf"(?P<it>{_DATE})(?=[ ,]*(?i:г(?:ода)?\.?[ ]?рожд|рождени|г\.[ ]?р\.))", "рожд", "г.р", "г. р"),
    _r("age", r"(?<![\d.,])(?P<it>(?:9\d|1[01]\d|120))(?=[ \u00a0-]?(?:лет\b|года?\b|years?[ -]old|y\.?o\b|-year-old))",
       "лет", "год", "year", "yo", "y.o", check=_old),
    _r("age", r"(?i:\baged?|turn(?:ed|s|ing)?|исполнил\w+|возраст\w*)[ ](?P<it>9\d|1[01]\d)(?!\d|[ ]?%)",
       "age", "turn", "исполнил", "возраст", check=_old),
    _r("postcode", r"(?i:индекс\w*|почтов\w+)[^\d\n]{0,12}?(?P<it>\d{6})(?!\d)", "индекс", "почтов"),
    _r("postcode", r"(?<![\d])(?P<it>[1-6]\d{5})(?=,[ ](?:г\.|город|[А-ЯЁ][а-яё]+,))", ","),
    _r("postcode", r"(?<!\w)[A-Z]{1,2}\d[A-Z0-9]?[ ]\d[A-Z]{2}(?!\w)"),
    _r("postcode", r"(?<!\w)(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|"
       r"N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY])"
       r"[ ](?P<it>\d{5}(?:-\d{4})?)(?!\d)"),
    _r("postcode", r"(?i:\bzip(?: code)?)[^\d\n]{0,6}(?P<it>\d{5}(?:-\d{4})?)(?!\d)", "zip"),
    _r("order", r"(?i:заказ\w*|договор\w*|заявк\w*|обращени\w+|накладн\w+|трек\w*|брон\w+|"
       r"order|contract|ticket|booking|case|invoice|reference|tracking|policy)"
       r"[ ]?(?i:номер\w*|number|no\.?|code|ref\.?|id)?[ ]?(?:was|is|это|:)?[ ]?(?:№|#|N|No\.)?[ ]?"
       r"(?P<it>(?=[\w/-]*\d{3})[A-ZА-ЯЁ]{0,4}[-/]?\d[\w/-]{2,20})(?![\w])",
       "заказ", "договор", "заявк", "обращени", "накладн", "трек", "брон", "order", "contract",
       "ticket", "booking", "case",
       "invoice", "reference", "tracking", "policy"),
)  # fmt: skip
