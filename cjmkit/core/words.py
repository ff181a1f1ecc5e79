"""Words and colours that every page, picture, card and table shares: one word and one colour for one thing."""

from __future__ import annotations

from cjmkit.i18n import say

__all__ = [
    "ASSUMED_SOURCES",
    "GAP_N",
    "PALETTE",
    "SMALL_N",
    "evidence_title",
    "is_assumed",
    "link_title",
    "phase_title",
    "row_title",
    "source_title",
    "status_title",
]

SMALL_N = 10
"""Below this many people a figure is drawn hollow, everywhere; the limit is arbitrary, and every legend says it."""

GAP_N = 3
"""Below this many people there is a gap instead of a point."""

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#8C6D1F")
"""Okabe and Ito (2008): told apart with the common forms of colour blindness; ordered by contrast on white."""

ASSUMED_SOURCES = frozenset({"researcher", "employees", "managers"})
"""Sources of emotion points that are someone's belief rather than an observation."""

_ROWS = {
    "(no answer)": "(нет ответа)",
    "(coded as no answer)": "(код «нет ответа»)",
    "(blank)": "(пусто)",
    "(incomplete)": "(не полностью)",
    "(other)": "(другое)",
    "(fits nowhere)": "(не подходит никуда)",
    "(nothing to say)": "(сказать нечего)",
    "(rare codes)": "(редкие коды)",
    "(none)": "(нет)",
    "(all)": "(все)",
    "(whole way)": "(весь путь)",
    "(open)": "(открыты)",
    "(silent)": "(замолчали)",
    "(ended)": "(конец)",
    "best": "лучшее",
    "worst": "худшее",
    "end": "в конце",
}
"""Rows that no source names: a table holds the English code in every language, so that no figure depends on it."""

_PHASES = {"before": ("Before", "До"), "during": ("During", "Во время"), "after": ("After", "После")}
_SOURCES = {
    "survey": ("survey", "опрос"),
    "coding": ("interviews", "интервью"),
    "text": ("text tone", "тональность текста"),
    "reviews": ("reviews", "отзывы"),
    "researcher": ("assumed by the researcher", "предположение исследователя"),
    "employees": ("expected by employees", "ожидания сотрудников"),
    "managers": ("expected by managers", "ожидания руководителей"),
}
_LINKS = {
    "next": ("goes on", "идёт дальше"),
    "skip": ("skips", "пропускает"),
    "back": ("goes back", "возвращается"),
    "repeat": ("repeats", "повторяет"),
    "loop": ("starts again", "начинает снова"),
    "leave": ("leaves", "уходит"),
}
_EVIDENCE = {
    "quote": ("Quote", "Цитата"),
    "survey": ("Survey", "Опрос"),
    "events": ("Event log", "Журнал событий"),
    "source": ("Desk source", "Источник"),
}
_STATUS = {
    "stable": ("stable group", "устойчивая группа"),
    "tentative": ("tentative group", "предварительная группа"),
    "exploratory": ("exploratory", "поисковая гипотеза"),
    "none": ("no such group in the data", "в данных группы нет"),
    "assumed": ("assumption", "предположение"),
}


def _word(table: dict[str, tuple[str, str]], key: str, lang: str | None) -> str:
    en, ru = table.get(key, (key, key))
    return say(en=en, ru=ru, lang=lang)


def row_title(value: str, lang: str | None = None) -> str:
    """How a row is called that no source names; every other value is its own name.

    Examples
    --------
    >>> row_title("(none)", "ru"), row_title("web", "ru")
    ('(нет)', 'web')
    """
    return say(en=value, ru=_ROWS.get(value, value), lang=lang)


def phase_title(phase: str | None, lang: str | None = None) -> str:
    """Name of a phase; empty for a stage without one.

    Examples
    --------
    >>> phase_title("during", "ru")
    'Во время'
    """
    return _word(_PHASES, phase, lang) if phase else ""


def source_title(source: str, lang: str | None = None) -> str:
    """Name of where an emotion point or a score comes from.

    Examples
    --------
    >>> source_title("coding", "en")
    'interviews'
    """
    return _word(_SOURCES, source, lang)


def is_assumed(source: str) -> bool:
    """Whether points from this source are someone's belief rather than an observation.

    Examples
    --------
    >>> is_assumed("managers"), is_assumed("survey")
    (True, False)
    """
    return source in ASSUMED_SOURCES


def link_title(kind: str, lang: str | None = None) -> str:
    """A verb for a kind of link between stages.

    Examples
    --------
    >>> link_title("back", "en")
    'goes back'
    """
    return _word(_LINKS, kind, lang)


def evidence_title(kind: str, lang: str | None = None) -> str:
    """Name of a kind of evidence.

    Examples
    --------
    >>> evidence_title("source", "en")
    'Desk source'
    """
    return _word(_EVIDENCE, kind, lang)


def status_title(status: str, lang: str | None = None) -> str:
    """Name of a persona's verdict.

    Examples
    --------
    >>> status_title("tentative", "ru")
    'предварительная группа'
    """
    return _word(_STATUS, status, lang)
