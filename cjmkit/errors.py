"""Errors and warnings that every room raises.

An error says what came, what was allowed, what to try and, where there is one, the place (file, column, rows); in both
languages, of which it speaks the one in use: ``raise CjmError(en=…, ru=…)``.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

from cjmkit.spoken import in_use

__all__ = [
    "CjmError",
    "CjmWarning",
    "DataWarning",
    "FileFormatError",
    "NotEnough",
    "ScaleWarning",
    "SmallSampleWarning",
    "StudyError",
    "need_columns",
    "noun",
    "one_of",
    "reason",
    "suggest",
]

T = TypeVar("T")

NOUNS_RU = {
    "Kano table": "таблица Кано",
    "measure": "показатель",
    "parameter": "параметр",
    "task or measure": "задание или показатель",
    "wait": "ожидание",
    "actor": "участник",
    "answer in `survey: success_value:` of study.yaml": "ответ в `survey: success_value:` файла study.yaml",
    "answers": "ответы",
    "attribute": "атрибут",
    "attribute (column)": "атрибут (столбец)",
    "attribution model": "модель атрибуции",
    "barrier in the columns of survey=": "барьер в столбцах survey=",
    "base": "основание",
    "block": "блок",
    "card": "карточка",
    "category": "категория",
    "channel": "канал",
    "choice": "вариант",
    "code": "код",
    "code book": "кодировка",
    "code in the codings": "код в кодировке",
    "coder": "кодировщик",
    "codings": "кодировка",
    "topic": "тема",
    "touchpoints": "точки контакта",
    "tasks": "задания",
    "messages": "сообщения",
    "codebook": "книга кодов",
    "choices": "выборы",
    "channels": "каналы",
    "coefficient": "коэффициент",
    "column": "столбец",
    "column asked for": "запрошенный столбец",
    "column in `survey: success:` of study.yaml": "столбец в `survey: success:` файла study.yaml",
    "column of scores for by=": "столбец оценок для by=",
    "comparison": "сравнение",
    "correction": "поправка",
    "cut": "граница",
    "document": "документ",
    "document in speakers=": "документ в speakers=",
    "doubt or item": "сомнение или вопрос",
    "draft": "заготовка",
    "drivers": "причины",
    "event": "событие",
    "evidence": "основание",
    "field": "поле",
    "file": "файл",
    "file ending": "окончание файла",
    "folder": "папка",
    "format": "формат",
    "framework": "модель этапов",
    "group": "группа",
    "group of insiders": "группа сотрудников",
    "grouping": "группировка",
    "item": "вопрос",
    "item in nets=": "вопрос в nets=",
    "item type": "вид вопроса",
    "journey": "путь",
    "key": "ключ",
    "kind": "вид",
    "kind of comparison": "вид сравнения",
    "kind of evidence": "вид основания",
    "kind of material": "вид материала",
    "kind of path": "вид пути",
    "kind of sample size": "вид объёма выборки",
    "kind of score": "вид показателя",
    "kind of stay": "вид пребывания",
    "kind of transition": "вид перехода",
    "lane": "дорожка",
    "language": "язык",
    "level": "уровень",
    "method": "метод",
    "metric": "мера",
    "model": "модель",
    "name or number": "имя или номер",
    "note": "заметка",
    "object type": "вид объекта",
    "option": "вариант",
    "parent": "родитель",
    "participant in the codings": "участник в кодировке",
    "path": "путь",
    "period": "период",
    "person": "человек",
    "person column": "столбец с человеком",
    "persona": "персона",
    "persona of an emotion point": "персона точки эмоций",
    "persona of this curve": "персона этой кривой",
    "picture format": "формат рисунка",
    "project": "проект",
    "proposal": "предложение",
    "question": "вопрос",
    "question about the price": "вопрос о цене",
    "rated question": "вопрос с оценкой",
    "reading": "прочтение",
    "role": "роль",
    "role of a column": "роль столбца",
    "row": "строка",
    "rule": "правило",
    "score": "оценка",
    "scores": "оценки",
    "sheet": "лист",
    "shipped study": "готовое исследование",
    "size": "размер",
    "source": "источник",
    "source (reality=)": "источник (reality=)",
    "source of an emotion point": "источник точки эмоций",
    "source of this curve": "источник этой кривой",
    "source of this difference": "источник этой разницы",
    "stage": "этап",
    "stage in `voices:` of study.yaml": "этап в `voices:` файла study.yaml",
    "stage in a link": "этап связи",
    "stage of a coding": "этап кодировки",
    "stage of an action": "этап действия",
    "stage of an emotion point": "этап точки эмоций",
    "stage of an idea": "этап идеи",
    "stage of this curve": "этап этой кривой",
    "state": "состояние",
    "state in change=": "состояние в change=",
    "state in success=": "состояние в success=",
    "statistic": "статистика",
    "status of an item": "состояние вопроса",
    "step": "шаг",
    "style": "стиль",
    "suffix of the file": "окончание имени файла",
    "table": "таблица",
    "time zone": "часовой пояс",
    "turns": "реплики",
    "unchosen": "невыбранное",
    "unit": "единица",
    "value": "значение",
    "variable": "переменная",
    "vectors": "векторы",
    "wave": "волна",
    "way to fold": "способ свёртки",
    "weights": "веса",
}
"""What `suggest` and `need_columns` call things, in Russian; parameters keep their names."""


def __dir__() -> list[str]:
    return __all__


class CjmError(ValueError):
    """Base of all errors that cjmkit raises on purpose.

    Parameters
    ----------
    message : str
        What came, what was allowed and what to try, where it is the same in every language.
    en, ru : str
        The same in English and in Russian; the error speaks the language in use when it is shown.

    Examples
    --------
    >>> print(CjmError(en="there are no answers", ru="ответов нет"))
    there are no answers
    """

    def __init__(self, message: str = "", *, en: str = "", ru: str = "") -> None:
        self.en = en or message
        self.ru = ru or message or en
        super().__init__(self.en)

    def __str__(self) -> str:
        return self.ru if in_use() == "ru" else self.en


class FileFormatError(CjmError):
    """A file could not be understood.

    Parameters
    ----------
    message, en, ru : str
        What came, what was allowed and what to try.
    path : str or path-like, optional
        The file.
    line : int, optional
        The line, counted from 1.
    column : str or int, optional
        The column of a table (its name) or of a line (counted from 1).
    rows : iterable of int, optional
        Rows of a table, counted as a spreadsheet counts them.
    """

    def __init__(
        self,
        message: str = "",
        *,
        en: str = "",
        ru: str = "",
        path: object = None,
        line: int | None = None,
        column: str | int | None = None,
        rows: Iterable[int] | None = None,
    ) -> None:
        super().__init__(message, en=en, ru=ru)
        self.path = path
        self.line = line
        self.column = column
        self.rows = tuple(rows) if rows is not None else ()

    def __str__(self) -> str:
        """The place, then the sentence."""
        words = ("строка", "столбец", "строки") if in_use() == "ru" else ("line", "column", "rows")
        place = "" if self.path is None else str(self.path)
        if self.line is not None:
            place += f"{':' if place else words[0] + ' '}{self.line}"
        if self.column is not None:
            place += f"{', ' if place else ''}{words[1]} {self.column!r}"
        if self.rows:
            shown = ", ".join(str(r) for r in self.rows[:5]) + (", …" if len(self.rows) > 5 else "")
            place += f"{', ' if place else ''}{words[2]} {shown}"
        said = super().__str__()
        return f"{place}: {said}" if place else said


class StudyError(CjmError):
    """A study folder lacks something, or holds something that contradicts itself."""


class NotEnough(CjmError):
    """The material is there but does not suffice: too few people, no second coder, no link to a stage.

    Raised as any error in plain Python; a study's notebook keeps it as a gap, shows it in its place on the map, and
    goes on.

    Parameters
    ----------
    missing : str
        What is missing, as a sentence without its full stop.
    why : str
        Why it matters: what cannot be said without it.
    action : str
        The exact next action, for example a command.
    lane : str, optional
        Where on the map the gap stands: a lane (``"emotion"``, ``"barriers"``, …) or ``"personas"``.

    Examples
    --------
    >>> gap = NotEnough("one coder", why="agreement compares two", action="let a colleague code four interviews")
    >>> print(gap)
    one coder: agreement compares two → let a colleague code four interviews
    """

    def __init__(self, missing: str, *, why: str, action: str, lane: str = "") -> None:
        self.missing, self.why, self.action, self.lane = missing, why, action, lane
        super().__init__(f"{missing}: {why} → {action}")


class CjmWarning(UserWarning):
    """Base of all warnings that cjmkit gives."""


class SmallSampleWarning(CjmWarning):
    """Too few people for the claim; the figure is shown, and marked."""


class DataWarning(CjmWarning):
    """Some of the input was left out or repaired; the message says which and why."""


class ScaleWarning(DataWarning):
    """A figure rests on an item that can be read in more than one way; the message holds the figure under each."""


def suggest(found: object, allowed: Iterable[object], *, what: str = "value") -> str:
    """Phrase the allowed values for an error message, with a "did you mean" where one is close.

    Parameters
    ----------
    found : object
        What came.
    allowed : iterable
        What would have been accepted.
    what : str
        The noun for `found`, for example ``"stage"``.

    Returns
    -------
    str
        A sentence, for example ``"unknown stage 'buyng'; did you mean 'buying'? Known: buying, using"``.

    Examples
    --------
    >>> suggest("buyng", ["buying", "using"], what="stage")
    "unknown stage 'buyng'; did you mean 'buying'? Known: buying, using"
    """
    names = [str(a) for a in allowed]
    close = get_close_matches(str(found), names, n=1, cutoff=0.6)
    if not close:
        folded = {n.casefold(): n for n in names}
        close = [folded[m] for m in get_close_matches(str(found).casefold(), list(folded), n=1, cutoff=0.6)]
    first = ", ".join(names[:20])
    if in_use() == "ru":
        hint = f"; может быть, {close[0]!r}?" if close else "."
        known = first + (f", … (всего {len(names)})" if len(names) > 20 else "")
        return f"{noun(what)}: неизвестное значение {str(found)!r}{hint} Есть: {known or 'ничего'}"
    hint = f"; did you mean {close[0]!r}?" if close else "."
    known = first + (f", … ({len(names)} in all)" if len(names) > 20 else "")
    return f"unknown {what} {str(found)!r}{hint} Known: {known or 'none'}"


def noun(what: str) -> str:
    """The noun of an error in the language in use; one that is not in the list stays as it is.

    Parameters
    ----------
    what : str
        In English.

    Returns
    -------
    str

    Examples
    --------
    >>> noun("stage")
    'stage'
    """
    return NOUNS_RU.get(what, what) if in_use() == "ru" else what


def one_of(found: T, allowed: Iterable[object], *, what: str = "value") -> T:
    """Return `found` if it is allowed; else say what is, with a "did you mean".

    Parameters
    ----------
    found : object
        What came.
    allowed : iterable
        What is accepted.
    what : str
        The noun for `found`.

    Raises
    ------
    CjmError
        If `found` is not among them.

    Examples
    --------
    >>> one_of("stage", ("stage", "touchpoint"), what="unit")
    'stage'
    """
    names = list(allowed)
    if found not in names:
        raise CjmError(suggest(found, names, what=what))
    return found


def need_columns(table: Any, names: Iterable[str], *, what: str = "table") -> None:
    """See to it that a table has the columns that a question needs.

    Parameters
    ----------
    table : pandas.DataFrame
    names : iterable of str
        The columns.
    what : str
        What the table is, for the message.

    Raises
    ------
    CjmError
        Naming each missing column, the columns there are, and a near one if there is one; or what came in place of a
        table.

    Examples
    --------
    >>> import pandas as pd
    >>> need_columns(pd.DataFrame({"stge": ["pay"], "score": [1]}), ("stage", "score"), what="scores")
    Traceback (most recent call last):
    cjmkit.errors.CjmError: scores: unknown column 'stage'; did you mean 'stge'? Known: stge, score
    """
    if not hasattr(table, "columns"):
        wanted = ", ".join(names)
        got = type(table).__name__
        raise CjmError(
            en=f"{what}: expected a table (DataFrame) with the columns {wanted}; got {got}",
            ru=f"{noun(what)}: нужна таблица (DataFrame) со столбцами {wanted}; пришло {got}",
        )
    there = [str(c) for c in table.columns]
    missing = [n for n in names if n not in there]
    if not missing:
        return
    if len(missing) == 1:
        raise CjmError(f"{noun(what)}: {suggest(missing[0], there, what='column')}")
    lacking = ", ".join(map(repr, missing))
    raise CjmError(
        en=f"{what}: the columns {lacking} are missing. Known: {', '.join(there) or 'none'}",
        ru=f"{noun(what)}: не хватает столбцов {lacking}. Есть: {', '.join(there) or 'ничего'}",
    )


_REASONS_RU = {
    errno.EACCES: "нет прав",
    errno.EPERM: "нет прав",
    errno.EROFS: "диск только для чтения",
    errno.ENOSPC: "на диске нет места",
    errno.EDQUOT: "исчерпана квота диска",
    errno.EFBIG: "файл слишком велик для диска",
    errno.ENOENT: "нет такого файла или папки",
    errno.EISDIR: "это папка",
    errno.ENOTDIR: "часть пути — не папка",
    errno.EEXIST: "имя занято",
    errno.ENAMETOOLONG: "имя слишком длинное",
    errno.EBUSY: "занято другой программой",
    errno.EIO: "ошибка диска",
    errno.ELOOP: "ссылки ведут по кругу",
}


def reason(error: BaseException) -> str:
    """Why the system refused, in the language in use.

    Parameters
    ----------
    error : OSError or another exception

    Returns
    -------
    str

    Examples
    --------
    >>> reason(OSError(28, "No space left on device"))
    'No space left on device'
    """
    number, said = getattr(error, "errno", None), getattr(error, "strerror", None) or str(error)
    return _REASONS_RU.get(number, said) if in_use() == "ru" and number is not None else said
