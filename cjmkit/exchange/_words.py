"""Words that people write above columns and beside rows of a journey table, in Russian and English."""

from __future__ import annotations

import re
from difflib import get_close_matches

__all__ = ["SHEETS", "TITLES", "column_key", "column_title", "lane_of", "plain", "sheet_key", "sheet_title"]

SHEETS: dict[str, tuple[str, str]] = {
    "map": ("Map", "Карта"),
    "journey": ("Journey", "Путь"),
    "personas": ("Personas", "Портреты"),
    "persona_notes": ("Persona notes", "О портретах"),
    "stages": ("Stages", "Этапы"),
    "notes": ("Notes", "Записи"),
    "touchpoints": ("Touchpoints", "Точки контакта"),
    "emotion": ("Emotion", "Эмоции"),
    "gaps": ("Gaps", "Пробелы"),
    "links": ("Ways taken", "Переходы"),
    "improvements": ("Actions", "План действий"),
    "evidence": ("Evidence", "Основания"),
    "long": ("Long texts", "Длинные тексты"),
    "help": ("How to fill in", "Как заполнять"),
}

TITLES: dict[str, tuple[str, str]] = {
    "missing": ("Missing", "Чего нет"), "why": ("Why it matters", "Почему важно"),
    "action": ("Next action", "Что сделать"), "step": ("Step", "Шаг"),
    "id": ("Id", "Код"), "title": ("Title", "Название"), "language": ("Language", "Язык"),
    "framework": ("Stage model", "Модель этапов"), "scenario": ("Scenario", "Сценарий"), "wave": ("Wave", "Волна"),
    "revises": ("Revises", "Пересмотр карты"), "date": ("Date", "Дата"), "memo": ("Memo", "Заметка"),
    "value": ("Value", "Значение"), "low": ("Low", "Нижняя граница"), "high": ("High", "Верхняя граница"),
    "n": ("n", "n"), "unit": ("Unit", "Единица"), "level": ("Level", "Уровень"), "method": ("Method", "Метод"),
    "reason": ("Remark", "Замечание"), "percent": ("Per cent", "Проценты"),
    "name": ("Name", "Имя"), "description": ("Description", "Описание"),
    "channels": ("Channels", "Каналы"), "participants": ("Participants", "Участники"),
    "status": ("Status", "Состояние"),
    "verdict_en": ("Verdict (en)", "Вывод (en)"), "verdict_ru": ("Verdict (ru)", "Вывод (ru)"),
    "p_value": ("p-value", "p-значение"), "stability": ("Stability", "Устойчивость"),
    "people": ("People", "Человек"), "quotes": ("Quotes", "Цитаты"), "evidence": ("Evidence", "Основания"),
    "of": ("Of persona", "Чей портрет"), "lane": ("Lane", "Дорожка"), "text": ("Text", "Текст"),
    "persona": ("Persona", "Портрет"), "author": ("Author", "Автор"), "phase": ("Phase", "Фаза"),
    "optional": ("Optional", "Необязательный"), "stage": ("Stage", "Этап"), "channel": ("Channel", "Канал"),
    "owner": ("Owner", "Ответственный"), "moment_of_truth": ("Moment of truth", "Момент истины"),
    "proposed": ("Place proposed", "Этап предложен"),
    "service_level": ("Promise", "Обещано"), "source": ("Source", "Источник"), "target": ("Target", "Куда"),
    "kind": ("Kind", "Вид"), "label": ("Label", "Подпись"), "barriers": ("Barriers", "Барьеры"),
    "effort": ("Effort", "Трудоёмкость"), "score": ("Score", "Оценка"), "scored_by": ("Scored by", "Способ оценки"),
    "due": ("Due", "Срок"), "metric": ("Measured by", "Чем измерить"), "ref": ("Ref", "Номер"),
    "document": ("Document", "Документ"), "start": ("Start", "Начало"), "end": ("End", "Конец"),
    "quote": ("Quote", "Цитата"), "participant": ("Participant", "Участник"), "coder": ("Coder", "Кодировщик"),
    "code": ("Code", "Код темы"), "valence": ("Valence", "Эмоция"), "survey": ("Survey", "Файл опроса"),
    "item": ("Item", "Пункт"), "question": ("Question", "Вопрос"), "where": ("Filter", "Фильтр"),
    "statistic": ("Statistic", "Показатель"), "log": ("Log", "Журнал"), "query": ("Query", "Запрос"),
    "engine": ("Engine", "Движок"), "sha256": ("SHA-256", "SHA-256"), "url": ("Address", "Адрес"),
    "passage": ("Passage", "Фрагмент"), "cautions": ("Two readings", "Два прочтения"),
    "was": ("As exported", "Как было"),
}  # fmt: skip

_LANES: dict[str, str] = {
    "stage": "этап|этапы|стадия|стадии|шаги|этапы пути|этапы взаимодействия|этап пути|шаг|stage|stages|step|steps|"
    "journey stage|journey stages|customer journey stage",
    "phase": "фаза|фазы|phase|phases|период",
    "goals": "цели|цель|цели потребителя|цели клиента|цели пользователя|цель клиента|потребности|потребность|желания|"
    "чего хочет|что хочет|мотивы|мотивация|goals|goal|customer goals|customer goal|user goals|user goal|needs|need|"
    "jobs|job to be done|jobs to be done|motives|wants",
    "expectations": "ожидания|ожидание|ожидания клиента|expectations|expectation|customer expectations",
    "actions": "процесс|действия|действие|действия клиента|действия потребителя|действия пользователя|что делает|"
    "поведение|активности|сценарий|actions|action|customer actions|customer action|user actions|activities|activity|"
    "doing|process|behaviour|behavior|user steps|customer activities",
    "questions": "вопросы|вопрос|вопросы клиента|questions|question|customer questions",
    "thoughts": "мысли|мысль|мысли клиента|что думает|думает|thoughts|thought|thinking|mindset|mindsets|quotes|цитаты",
    "touchpoints": "точки контакта|точка контакта|точки касания|точка касания|точки взаимодействия|"
    "точка взаимодействия|контакты|touchpoints|touchpoint|touch points|touch point|contact points|interactions",
    "channels": "каналы|канал|каналы коммуникации|каналы связи|канал коммуникации|channels|channel",
    "owner": "ответственный|ответственные|отвечает|владелец|кто отвечает|отдел|owner|owners|responsible|department|"
    "responsibility",
    "emotion": "эмоции|эмоция|эмоциональный фон|эмоциональное состояние|чувства|настроение|эмоции клиента|опыт|"
    "удовлетворенность|emotions|emotion|feelings|feeling|mood|experience|emotional journey|sentiment|satisfaction|"
    "emotional experience|emotion curve",
    "barriers": "барьеры|барьер|проблемы|проблема|боли|боль|препятствия|препятствие|сложности|трудности|"
    "проблемы и барьеры|боли клиента|болевые точки|страхи|возражения|barriers|barrier|pain points|pain point|pains|"
    "pain|problems|problem|obstacles|obstacle|difficulties|frustrations|issues|challenges",
    "improvements": "план действий|идеи|идея|решения|решение|возможности|возможность|улучшения|рекомендации|"
    "предложения|как улучшить|точки роста|что сделать|мероприятия|opportunities|opportunity|ideas|idea|improvements|"
    "solutions|solution|recommendations|planned actions|next steps|how to improve",
    "tasks": "задачи|задача|задачи маркетинга|задачи бизнеса|задачи компании|цели бизнеса|цель бизнеса|"
    "действия компании|действия бизнеса|tasks|task|business tasks|business goals|business goal|marketing tasks|"
    "company actions|business actions",
    "kpis": "показатели|показатель|метрики|метрика|kpi|kpis|metrics|metric|key metrics",
    "front_stage": "видимая работа|фронт|фронт офис|фронтстейдж|передний план|front stage|frontstage|front office|"
    "onstage|employee actions|действия сотрудников",
    "back_stage": "скрытая работа|бэк|бэк офис|бэкстейдж|задний план|back stage|backstage|back office|"
    "backstage actions",
    "support": "поддержка|вспомогательные процессы|процессы поддержки|системы|support|support processes|"
    "support process|systems",
}
_KNOWN = {name: lane for lane, names in _LANES.items() for name in names.split("|")}


def plain(text: object) -> str:
    """A title as it is compared: small letters, no punctuation, one space, ё as е."""
    words = re.sub(r"[^\w\s]|_", " ", str(text).casefold().replace("ё", "е"))
    return " ".join(words.split())


def lane_of(title: object) -> str | None:
    """The lane that a heading means; None for one that is not known.

    Also ``"stage"``, ``"phase"``, ``"channels"`` and ``"owner"``, which are rows of many templates.

    Examples
    --------
    >>> lane_of("Болевые точки:"), lane_of("Pain points"), lane_of("Weather")
    ('barriers', 'barriers', None)
    """
    name = plain(title)
    if not name or len(name) > 60:
        return None
    if name in _KNOWN:
        return _KNOWN[name]
    close = get_close_matches(name, list(_KNOWN), n=1, cutoff=0.88)
    if close:
        return _KNOWN[close[0]]
    # "Барьеры и боли", "Emotions (1–5)": the first word that says it
    for k in range(len(name.split()), 0, -1):
        head = " ".join(name.split()[:k])
        if head in _KNOWN:
            return _KNOWN[head]
    return None


def sheet_title(key: str, lang: str) -> str:
    """Name of a sheet."""
    return SHEETS[key][1 if lang == "ru" else 0]


def sheet_key(title: str) -> str | None:
    """Which of our sheets a name means, in either language."""
    name = plain(title)
    return next((k for k, names in SHEETS.items() if name in map(plain, names)), None)


def column_title(key: str, lang: str) -> str:
    """Heading of a column."""
    return TITLES[key][1 if lang == "ru" else 0]


def column_key(title: object, allowed: tuple[str, ...]) -> str | None:
    """Which column of a table a heading means, in either language."""
    name = plain(title)
    return next((k for k in allowed if name == plain(k) or name in map(plain, TITLES[k])), None)
