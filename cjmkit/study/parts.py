"""The parts that a study may have: whether each is there, what to do to have it, and where its absence shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cjmkit.errors import NotEnough
from cjmkit.i18n import say
from cjmkit.study.data import DOCUMENTS, EVENT_FILES, SURVEY_FILES, TASK_FILES, VOICE_FILES, StudyData
from cjmkit.study.freshness import is_fresh

__all__ = ["PARTS", "TABLES", "Part", "called", "has", "missing", "need", "part_of"]

TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "sources": ("sources/sources.csv", ("id", "title")),
    "competitors": ("sources/competitors.csv", ("competitor",)),
    "touchpoints": ("plan/touchpoints.csv", ("stage", "touchpoint")),
    "ideas": ("plan/ideas.csv", ("id", "title")),
    "channels": ("plan/channels.csv", ("channel",)),
    "messages": ("plan/messages.csv", ("stage", "channel", "message")),
}
"""The study's plain tables: file, and the columns that it must have."""


_MORE: dict[str, tuple[str, ...]] = {
    "sources": ("kind", "date", "url", "author", "note"),
    "touchpoints": ("channel", "owner", "moment_of_truth", "service_level"),
    "ideas": ("stage", "barrier", "owner", "reach", "impact", "confidence", "effort"),
    "channels": ("cost", "floor", "ceiling"),
    "messages": ("owner",),
}
"""What such a table may hold besides."""


@dataclass(frozen=True)
class Part:
    """One part of a study.

    Parameters
    ----------
    there : callable
        Whether a study has it.
    en, ru : str
        What to do to have it.
    allows_en, allows_ru : str
        What it makes possible.
    lane : str
        The lane of the map that stays empty without it.
    """

    there: Callable[[StudyData], bool]
    en: str
    ru: str
    allows_en: str = ""
    allows_ru: str = ""
    lane: str = ""


def _table(name: str, allows_en: str, allows_ru: str, lane: str = "") -> Part:
    file, columns = TABLES[name]
    what = ", ".join((*columns, *_MORE.get(name, ("…",))))
    return Part(
        lambda s: (s.path / file).is_file(),
        f"write {file} (columns {what})",
        f"заполните {file} (столбцы {what})",
        allows_en,
        allows_ru,
        lane,
    )


PARTS: dict[str, Part] = {
    "interviews": Part(
        lambda s: bool(s.interview_files()),
        "put the transcripts into interviews/ (txt, vtt, srt, docx, odt, rtf, json, csv), or: cjmkit add FOLDER",
        "положите расшифровки в interviews/ (txt, vtt, srt, docx, odt, rtf, json, csv) или: cjmkit add ПАПКА",
        "quotes in people's own words", "цитаты словами людей", "thoughts",
    ),
    "codings": Part(
        lambda s: bool(s.files("codings", (".csv",))),
        "code the interviews; one CSV a coder goes into codings/ (cjmkit add takes those of other programs)",
        "закодируйте интервью; на каждого кодировщика один CSV в codings/ (из других программ: cjmkit add)",
        "goals, barriers and feelings with quotes", "цели, барьеры и чувства с цитатами", "barriers",
    ),
    "codebook": Part(
        lambda s: (s.path / "codebook.yaml").is_file(),
        "write codebook.yaml", "составьте codebook.yaml",
        "codes under their stages and lanes", "коды по этапам и строкам карты", "barriers",
    ),
    "grid": Part(
        lambda s: (s.path / "variables.yaml").is_file() and bool(s.files("placements", (".csv",))),
        "name behavioural variables in variables.yaml and place people (cj.widgets.placement_pane(study, rater=…))",
        "опишите переменные в variables.yaml и расставьте людей (cj.widgets.placement_pane(study, rater=…))",
        "personas from a dozen interviews", "портреты по дюжине интервью",
    ),
    "survey": Part(
        lambda s: bool(s.files("surveys", SURVEY_FILES)),
        "put the export into surveys/, or: cjmkit add FILE",
        "положите выгрузку опроса в surveys/ или: cjmkit add ФАЙЛ",
        "personas, the emotion curve, drivers", "портреты, кривая эмоций, причины", "emotion",
    ),
    "voices": Part(
        lambda s: bool(s.files("voices", VOICE_FILES)),
        "put reviews, tickets, chats or letters into voices/, or: cjmkit add FILE",
        "положите отзывы, обращения, чаты или письма в voices/ или: cjmkit add ФАЙЛ",
        "marks and tone along the way, waits for an answer", "оценки и тон на пути, ожидание ответа",
    ),
    "previous": Part(
        lambda s: bool(s.previous_name),
        "put the earlier export into surveys/ and name it in study.yaml under `survey: previous:`",
        "положите прежнюю выгрузку в surveys/ и назовите её в study.yaml: `survey: previous:`",
        "what changed between the waves", "что изменилось между волнами",
    ),
    "employees": Part(
        lambda s: bool(s.settings.survey.employees),
        "put the employees' survey into surveys/ and name it in study.yaml under `survey: employees:`",
        "положите опрос сотрудников в surveys/ и назовите его в study.yaml: `survey: employees:`",
        "expectation against reality", "ожидания и действительность",
    ),
    "success": Part(
        lambda s: bool(s.settings.survey.success) and has(s, "survey"),
        "name the column that tells customers from others in study.yaml under `survey: success:`",
        "назовите в study.yaml столбец, по которому видно, кто стал клиентом: `survey: success:`",
        "which barriers cost customers", "какие барьеры стоят клиентов",
    ),
    "outcome": Part(
        lambda s: has(s, "survey"),
        "name the item whose drivers you want in study.yaml under `survey: outcome:`",
        "назовите в study.yaml вопрос, для которого ищем причины: `survey: outcome:`",
        "drivers of the outcome", "причины итоговой оценки",
    ),
    "events": Part(
        lambda s: bool(s.settings.events.file) or bool(s.files("events", EVENT_FILES)),
        "put the event log into events/, or: cjmkit add FILE",
        "положите журнал событий в events/ или: cjmkit add ФАЙЛ",
        "the ways people really take", "пути, которыми люди ходят",
    ),
    "funnel": Part(
        lambda s: has(s, "events") and bool(s.settings.events.funnel),
        "list the steps of the funnel in study.yaml under `events: funnel:`",
        "перечислите шаги воронки в study.yaml: `events: funnel:`",
        "the weakest link, channels", "слабое звено, каналы", "kpis",
    ),
    "event stages": Part(
        lambda s: has(s, "events") and bool(s.settings.events.stages),
        "say in study.yaml under `events: stages:` which event belongs to which stage",
        "укажите в study.yaml, какое событие к какому этапу относится: `events: stages:`",
        "skips and returns on the map", "пропуски и возвраты на карте",
    ),
    "tasks": Part(
        lambda s: bool(s.files("tasks", TASK_FILES)),
        "put the tables of a usability test into tasks/, or: cjmkit add FILE",
        "положите таблицы теста удобства в tasks/ или: cjmkit add ФАЙЛ",
        "who finishes which task, with what help, in what time", "кто справляется с каким заданием и за какое время",
        "kpis",
    ),
    "notes": Part(
        lambda s: bool(s.files("sources/notes", DOCUMENTS)),
        "put what observers wrote down into sources/notes/, or: cjmkit add FILE",
        "положите записи наблюдателей в sources/notes/ или: cjmkit add ФАЙЛ",
        "what observers noticed, apart from people's own words", "что заметили наблюдатели, отдельно от слов людей",
    ),
    "sources": _table("sources", "what is known already", "что уже известно"),
    "competitors": _table("competitors", "how others do it", "как у других"),
    "touchpoints": _table("touchpoints", "touchpoints with owners", "точки контакта с ответственными", "touchpoints"),
    "ideas": _table("ideas", "ranked actions", "действия по порядку", "improvements"),
    "channels": _table("channels", "how to split a budget", "как разделить бюджет"),
    "messages": _table("messages", "a communication plan", "план коммуникаций"),
    "personas": Part(
        lambda s: (s.path / "results" / "personas.yaml").is_file() and is_fresh(s, "personas.yaml"),
        "run the notebook of step 3 first", "сначала выполните тетрадь шага 3", lane="personas",
    ),
    "journey": Part(
        lambda s: (s.path / "journeys" / f"{s.journey_id}.yaml").is_file(),
        "run the notebook of step 4 first", "сначала выполните тетрадь шага 4",
    ),
}  # fmt: skip
"""Every part by its name; anything else is a table that a notebook leaves in ``results``."""


_CALLED = {
    "brief": "постановка задачи", "interviews": "интервью", "participants": "участники", "codings": "разметка",
    "codebook": "список кодов", "variables": "переменные", "placements": "расстановка", "grid": "расстановка людей",
    "survey": "опрос", "previous": "прошлая волна", "employees": "опрос сотрудников", "success": "кто стал клиентом",
    "outcome": "итоговая оценка", "voices": "отзывы и обращения", "reviews": "отзывы", "tickets": "обращения",
    "chats": "чаты", "letters": "письма", "mentions": "упоминания", "notes": "заметки", "tasks": "задания",
    "events": "журнал событий",
    "funnel": "воронка", "event stages": "этапы событий", "sources": "источники", "competitors": "конкуренты",
    "touchpoints": "точки контакта", "ideas": "идеи", "channels": "каналы и стоимость", "messages": "сообщения",
    "personas": "портреты", "journey": "карта", "attribution": "вклад каналов",
}  # fmt: skip


def called(name: str, lang: str | None = None) -> str:
    """What a part or a kind of material is called.

    Examples
    --------
    >>> called("codings", "ru"), called("codings", "en")
    ('разметка', 'codings')
    """
    return say(en=name, ru=_CALLED.get(name, name), lang=lang)


def part_of(name: str) -> Part:
    """A part by its name, or that of a table which an earlier notebook leaves."""
    return PARTS.get(name) or Part(
        lambda s: (s.path / "results" / f"{name}.csv").is_file() and is_fresh(s, f"{name}.csv"),
        f"an earlier notebook leaves results/{name}.csv",
        f"results/{name}.csv оставляет одна из прежних тетрадей",
    )


def has(study: StudyData, /, name: str) -> bool:
    """Whether the study has something.

    Parameters
    ----------
    name : str
        A part (interviews, codings, codebook, survey, previous, employees, success, outcome, events, funnel, voices,
        journey, personas), a table (sources, competitors, touchpoints, ideas, channels, messages), or a table
        left by a notebook; one that was made from other material than there is now does not count.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida").has("survey")
    False
    """
    return part_of(name).there(study)


def missing(study: StudyData, /, name: str, lang: str | None = None) -> str:
    """What to do to have `name`, as a sentence.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida").missing("codebook", "en")
    'codebook: write codebook.yaml'
    """
    part = part_of(name)
    lang = lang or study.language
    return f"{called(name, lang)}: {say(en=part.en, ru=part.ru, lang=lang)}"


def need(study: StudyData, name: str) -> None:
    """Go on only with this part.

    Raises
    ------
    NotEnough
        If the study does not have it.
    """
    if not has(study, name):
        part = part_of(name)
        raise NotEnough(
            say(en=f"{study.path.name} has no {name}", ru=f"в {study.path.name} нет: {called(name, 'ru')}"),
            why=say(
                en=f"it is needed for {part.allows_en or 'the next step'}",
                ru=f"без неё нет: {part.allows_ru or 'следующего шага'}",
            ),
            action=say(en=part.en, ru=part.ru),
            lane=part.lane,
        )
