"""Labels of speakers: what looks like a name or a role, and what a role word says by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = [
    "GENERIC",
    "LABEL",
    "NAME",
    "NOT_SPEAKERS",
    "NUMBERED",
    "ROLE_WORDS",
    "STAMP",
    "fold",
    "known_role",
    "name_like",
    "roles_of",
    "seconds",
    "split_label",
    "strong",
]

_INTERVIEWER = frozenset(
    """
    interviewer moderator researcher facilitator interviewers int intv iv mod host i q question вопрос вопр в и м
    интервьюер интер
    модератор исследователь ведущий ведущая фасилитатор инт мод консультант-исследователь ux-исследователь
    """.split()
)
_RESPONDENT = frozenset(
    """
    respondent participant interviewee informant customer client user subject answer guest speaker-respondent resp ie
    r a p отв ж мужчина женщина
    респондент респондентка респ р о участник участница информант клиент клиентка пользователь покупатель покупательница
    ответ гость собеседник собеседница эксперт
    """.split()
)
ROLE_WORDS = _INTERVIEWER | _RESPONDENT
# Labels that tell speakers apart without saying who they are.
GENERIC = re.compile(
    r"(?:speaker|спикер|говорящий|голос|voice|unknown speaker|диктор|человек|person)"
    r"(?:[ _-]*\d{1,3}|[ _-][A-ZА-Я]{1,2})?$",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"(?:[PRИРМЖIQAВОS]|SPK|ID)[ _-]?\d{1,3}$")
NOT_SPEAKERS = frozenset(
    """
    http https ftp mailto note notes example date time timestamp duration recorded title topic age city place location
    gender job file subject url link email phone transcript transcription summary total todo warning important ps p.s
    step task result pros cons price however first second third finally
    например примечание дата время тема город возраст место пол профессия файл ссылка почта телефон расшифровка итог
    итого внимание важно плюсы минусы цена вывод выводы цель задача шаг комментарий заметка во-первых во-вторых
    speakers attendees participants keywords agenda спикеры участники ключевые повестка
    во-третьих наконец длительность запись проект компания продукт стенограмма конспект
    """.split()
)
TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
STAMP = rf"[\[(<]?{TIME}[\])>]?"
NAME = r"[^\W\d_][^\n:：\t|]{0,47}?"
# "[00:01:02] **Anna (she/her)** (00:12): text"; a table row comes as "Anna<tab>text".
LABEL = re.compile(
    rf"^[ \t>*_•·–—-]*(?:(?P<t0>{STAMP})(?:\s*(?:-->|[-–—])\s*{STAMP})?[ \t]*[-–—|:]?[ \t]*)?"
    rf"(?P<name>{NAME})[*_]{{0,2}}(?:[ \t]*(?P<t1>{STAMP}))?[*_]{{0,2}}"
    rf"(?P<sep>[ \t]*[:：][*_]{{0,2}}(?![/\d])|[ \t]*\t[ \t]*(?=\S))"
)


@lru_cache(maxsize=8192)
def fold(label: str) -> str:
    """A label for comparison: no pronouns in brackets, no case, single spaces.

    Examples
    --------
    >>> fold("Anna  Petrova (she/her)")
    'anna petrova'
    """
    label = re.sub(r"[(\[].*?[)\]]", " ", label)
    return " ".join(label.casefold().strip(" .*_-–—").split())


def known_role(label: str) -> str | None:
    """The role that a label names by itself, if it does.

    Examples
    --------
    >>> known_role("Модератор 1"), known_role("P12"), known_role("Anna")
    ('interviewer', 'respondent', None)
    """
    plain = fold(label)
    if re.fullmatch(r"м[ _-]?\d{1,3}|[мж],? ?\d\d( .*)?", plain):
        return "respondent"  # "М1" is the first man of a group; its moderator is "М"
    core = re.sub(r"[\s_.№#-]*\d+$", "", plain)
    for known, role in ((_INTERVIEWER, "interviewer"), (_RESPONDENT, "respondent")):
        if plain in known or core in known:
            return role
    # "Interviewer Maria", "Респондент Анна, 34"
    first = plain.split(" ")[0].strip(",.")
    if len(first) > 2 and first in _INTERVIEWER:
        return "interviewer"
    if len(first) > 3 and first in _RESPONDENT:
        return "respondent"
    return None


def roles_of(labels: Iterable[str]) -> dict[str, str | None]:
    """The role that each label of one document names, seen beside the others.

    "A" and "B" are two voices, "A" beside "Q" is an answer; "М" beside "Ж1" and "М2" is the moderator, beside "Ж" alone
    it is a man.

    Examples
    --------
    >>> roles_of(["a", "b"]), roles_of(["м", "ж1"])
    ({'a': None, 'b': None}, {'м': 'interviewer', 'ж1': 'respondent'})
    """
    listed = list(dict.fromkeys(fold(x) for x in labels))
    out = {x: known_role(x) for x in listed}
    if "a" in out and "b" in out:
        out |= {x: None for x in listed if len(x) == 1}
    if set(listed) == {"м", "ж"}:
        out = dict.fromkeys(listed)
    return out


def seconds(stamp: str | None) -> float | None:
    """Seconds of ``[00:01:02.5]``, ``0:05`` and the like."""
    if not stamp:
        return None
    parts = stamp.strip("[]()<> ").replace(",", ".").split(":")
    total = 0.0
    for p in parts:
        total = total * 60 + float(p)
    return total


def strong(label: str) -> bool:
    """Whether a label is a speaker by its form alone: a role, "Speaker 2", "P07"."""
    return known_role(label) is not None or bool(GENERIC.match(label.strip()) or NUMBERED.match(label.strip()))


def name_like(label: str) -> bool:
    """Whether a label could be somebody's name: few words, capitals, no punctuation of sentences."""
    plain = re.sub(r"[(\[].*?[)\]]", " ", label).strip(" .*_")
    parts = plain.split()
    if not parts or len(parts) > 5 or len(plain) > 40 or fold(label) in NOT_SPEAKERS:
        return False
    if fold(label).split(" ")[0] in NOT_SPEAKERS:
        return False
    if any(ch in plain for ch in '?!;…"«»“”/\\@=<>'):
        return False
    big = [p for p in parts if p[0].isupper()]
    small = [
        p for p in parts if p[0].islower() and p not in ("van", "de", "der", "von", "ван", "де", "фон", "оглы", "кызы")
    ]
    if small:
        # "Мама Ани" is fine, "В общем сказали" is a sentence.
        return False
    return len(big) == len(parts) or len(parts) <= 3


def split_label(line: str) -> tuple[str, int, float | None] | None:
    """Split one line (a caption) into its label and where its speech begins, if it has a label that looks like one.

    Examples
    --------
    >>> split_label("Anna Petrova: it froze")
    ('Anna Petrova', 14, None)
    >>> split_label("https://example.org") is None, split_label("10:30 works for me") is None
    (True, True)
    """
    m = LABEL.match(line)
    if not m or "\t" in m.group("sep"):
        return None
    label = m.group("name").strip(" *_")
    if fold(label) in NOT_SPEAKERS or not (strong(label) or name_like(label)):
        return None
    rest = line[m.end() :]
    return label, m.end() + len(rest) - len(rest.lstrip()), seconds(m.group("t0") or m.group("t1"))
