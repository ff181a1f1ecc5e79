"""Make the pages of every key of study.yaml from the model that reads it: ``python docs/make_study_yaml.py``."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from cjmkit.study.settings import StudySettings

DOCS = Path(__file__).parent
PAGES = {"en": DOCS / "reference" / "study-yaml.md", "ru": DOCS / "ru" / "reference" / "study-yaml.md"}

RU = {
    "format": "версия файла",
    "title": "название исследования и карты",
    "language": "язык материала, подписей и отчётов",
    "framework": "готовая модель этапов; или свои `stages`",
    "stages": "свои этапы, названиями или как `{title: …, phase: before}`; пусто — этапы модели",
    "made_up": "данные придуманы; карта это говорит",
    "about": "о чём исследование, для показа",
    "brief": "шаг 1: зачем исследование",
    "brief.question": "вопрос бизнеса",
    "brief.metric": "что измеряется",
    "brief.scope": "что входит и что нет",
    "brief.time_frame": "к какому сроку",
    "brief.decides": "кто решает по итогу",
    "brief.hypotheses": "что в компании думают сейчас, чтобы проверить",
    "brief.target": "точность планируемого опроса",
    "brief.target.metric": "что измеряется",
    "brief.target.margin": "половина ширины интервала в единицах показателя",
    "brief.target.sd": "разброс ответов, если известен",
    "brief.target.population": "размер населения, если оно мало",
    "personas": "имя каждой персоны по её id, данное после взгляда на группы",
    "survey": "какой опрос какой",
    "survey.file": "имя в `surveys/` без окончания",
    "survey.person": "столбец с id человека",
    "survey.outcome": "вопрос, причины которого ищутся: рекомендация или общая оценка",
    "survey.success": "столбец, который говорит, стал ли человек клиентом (или остался)",
    "survey.success_value": "ответ в нём, который значит «да»",
    "survey.attitudes": "вопросы, из которых складываются персоны; пусто — все оценки без этапа",
    "survey.previous": "опрос прошлой волны",
    "survey.employees": "опрос, где сотрудники и руководители говорят, что, по их мнению, чувствуют клиенты",
    "survey.role": "его столбец, отличающий сотрудников от руководителей",
    "events": "журнал событий: столбцы, событие → этап, воронка",
    "events.file": "имя в `events/`",
    "events.user": "столбец с человеком",
    "events.time": "столбец со временем",
    "events.event": "столбец с событием",
    "events.channel": "столбец с каналом",
    "events.value": "столбец со стоимостью",
    "events.tz": "часовой пояс времён, в которых он не указан: `Europe/Moscow`",
    "events.stages": "событие → id этапа",
    "events.funnel": "шаги по порядку; шаг может быть списком событий, считается любое",
    "events.success": "событие, которое значит, что цель достигнута",
    "events.lost": "события, которыми уходят насовсем (отказ, отмена, отписка)",
    "events.names": "событие → как его называют люди; без имени пишется само событие, с пробелами вместо подчёркиваний",
    "voices": "отзывы, обращения и чаты: какие слова к какому этапу относятся",
    "voices.words": "id этапа → слова или начала слов; вместо предложенных",
    "voices.otherwise": "этап текстов без таких слов; по умолчанию первый после покупки",
    "codings": "как читать разметку из чужих таблиц",
    "switched_off": "выключенные правила проверки, у каждого причина",
    "headline": "первая фраза карты; пусто — складывается из находок",
    "names": "человеческие имена событий",
}
HEAD = {
    "en": ("# study.yaml, every key", "Only `title` is needed. This page is made from the code by "
           "`python docs/make_study_yaml.py`; an unknown key is answered with its line and the nearest known one.",
           ("key", "what it is", "kind", "default")),
    "ru": ("# study.yaml, все ключи", "Обязателен только `title`. Страницу делает из кода `python "
                                      "docs/make_study_yaml.py`; "
           "на незнакомый ключ ответ называет строку и ближайший известный.",
           ("ключ", "что это", "вид", "если не сказано")),
}  # fmt: skip


def described(model: type[BaseModel]) -> dict[str, str]:
    """What the docstring says of each field."""
    text = inspect.getdoc(model) or ""
    found: dict[str, str] = {}
    for names, body in re.findall(r"^(\w[\w, ]*) : [^\n]*\n((?:    [^\n]*\n?)+)", text + "\n", re.M):
        for name in names.split(", "):
            found[name] = " ".join(body.split())
    return found


def keys_of(model: type[BaseModel] = StudySettings, above: str = "") -> list[tuple[str, str, str, str]]:
    """Each key with its English description, its kind and its default."""
    said = described(model)
    rows = []
    for name, info in model.model_fields.items():
        key = f"{above}{name}"
        inner = info.annotation
        nested = isinstance(inner, type) and issubclass(inner, BaseModel)
        default = info.get_default(call_default_factory=True)
        rows.append((key, said.get(name, ""), kind(inner), "" if nested else shown(default)))
        if nested and isinstance(inner, type):
            rows += keys_of(inner, f"{key}.")
    return rows


def kind(annotation: Any) -> str:
    """The kind of value, in a word that somebody who writes YAML knows."""
    options = [a for a in get_args(annotation) if isinstance(a, str)]
    if options:
        return " / ".join(f"`{o}`" for o in options)
    text = getattr(annotation, "__name__", None) or str(annotation)
    if "tuple" in str(annotation):
        return "list"
    if "dict" in str(annotation):
        return "map"
    if "bool" in str(annotation):
        return "yes/no"
    if "float" in str(annotation) or "int" in text:
        return "number"
    return "block" if isinstance(annotation, type) and issubclass(annotation, BaseModel) else "text"


def shown(value: Any) -> str:
    """A default, as it would be written."""
    if value is PydanticUndefined:
        return "**needed**"
    if value in ("", None) or value == () or value == {}:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def page(lang: str) -> str:
    """The page in a language."""
    title, lead, heads = HEAD[lang]
    lines = [title, "", lead, "", "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for key, en, sort, default in keys_of():
        default = default.replace("needed", "нужен") if lang == "ru" else default
        lines.append(f"| `{key}` | {en if lang == 'en' else RU[key]} | {sort} | {default} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for lang, path in PAGES.items():
        path.write_text(page(lang), encoding="utf-8")
        print(path)
