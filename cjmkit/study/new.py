"""What an empty study is made of: the first study.yaml, a word on what goes where, and the eight notebooks."""

from __future__ import annotations

import json
from pathlib import Path

from cjmkit.files import write_atomically
from cjmkit.i18n import say
from cjmkit.study import shipped

__all__ = ["FOLDERS", "copy_templates", "settings_hint", "what_goes_where"]

FOLDERS = ("interviews", "codings", "surveys", "events", "sources", "plan", "journeys", "report", "notebooks")


def copy_templates(folder: Path, language: str) -> None:
    """Copy the eight notebooks of a language into ``folder/notebooks``, without outputs."""
    notebooks = shipped.templates(language)
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    for notebook in notebooks:
        write_atomically(folder / "notebooks" / notebook.name, _without_outputs(notebook))


def _without_outputs(notebook: Path) -> str:
    """A shipped notebook holds the example's outputs; a new study starts without them."""
    data = json.loads(notebook.read_text("utf-8"))
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def settings_hint(lang: str) -> str:
    """Remarks at the end of a new study.yaml: the fields that are worth filling in."""
    en = """\

# Fill in as you go. A line that starts with # is a remark.
# brief:
#   question: Why do few people buy again?
#   metric: NPS
#   scope: buyers of the last year, one city
#   time_frame: eight weeks
#   decides: head of sales
#   target: {metric: nps, margin: 5}
# survey: {file: NAME, person: COLUMN, outcome: COLUMN, success: COLUMN}
# events:
#   file: NAME
#   user: COLUMN
#   time: COLUMN
#   event: COLUMN
#   channel: COLUMN
#   stages: {EVENT: STAGE}
#   funnel: [EVENT, EVENT, EVENT]
#   success: EVENT
# personas: {P1: the name you give after looking}
"""
    ru = """\

# Заполняйте по мере работы. Строка, которая начинается с #, это пометка.
# brief:
#   question: Почему редко покупают повторно?
#   metric: NPS
#   scope: покупатели последнего года, один город
#   time_frame: восемь недель
#   decides: руководитель продаж
#   target: {metric: nps, margin: 5}
# survey: {file: ИМЯ, person: СТОЛБЕЦ, outcome: СТОЛБЕЦ, success: СТОЛБЕЦ}
# events:
#   file: ИМЯ
#   user: СТОЛБЕЦ
#   time: СТОЛБЕЦ
#   event: СТОЛБЕЦ
#   channel: СТОЛБЕЦ
#   stages: {СОБЫТИЕ: ЭТАП}
#   funnel: [СОБЫТИЕ, СОБЫТИЕ, СОБЫТИЕ]
#   success: СОБЫТИЕ
# personas: {P1: имя, которое вы дали группе, посмотрев на неё}
"""
    return say(en=en, ru=ru, lang=lang)


def what_goes_where(title: str, lang: str) -> str:
    """The README of a new study."""
    en = f"""\
# {title}

This folder is the study. Put your material in, open `notebooks/` and work from 01 to 08;
or run them all with `cjmkit run .`

| folder | what goes in |
|---|---|
| `study.yaml` | title, stages, brief, which column is what |
| `interviews/` | transcripts as they came (txt, vtt, srt, docx, odt, rtf, json, csv); who is who: `participants.csv` |
| `codebook.yaml`, `codings/` | codes; one CSV a coder |
| `surveys/` | exports as they came; `NAME.items.yaml` keeps your decisions about the items |
| `events/` | event log: csv, csv.gz or parquet |
| `sources/` | `sources.csv` and `competitors.csv` |
| `plan/` | `touchpoints.csv`, `ideas.csv`, `channels.csv`, `messages.csv` |
| `journeys/`, `results/`, `report/` | written by the notebooks |

Whatever is missing leaves a visible gap on the map; nothing has to be there at once.
"""
    ru = f"""\
# {title}

Эта папка и есть исследование. Положите материал, откройте `notebooks/` и идите от 01 к 08;
выполнить всё сразу: `cjmkit run .`

| папка | что в неё кладут |
|---|---|
| `study.yaml` | название, этапы, постановка задачи, где какой столбец |
| `interviews/` | расшифровки как есть (txt, vtt, srt, docx, odt, rtf, json, csv); кто есть кто: `participants.csv` |
| `codebook.yaml`, `codings/` | коды; на каждого кодировщика один CSV |
| `surveys/` | выгрузки как есть; ваши решения о вопросах хранит `ИМЯ.items.yaml` |
| `events/` | журнал событий: csv, csv.gz или parquet |
| `sources/` | `sources.csv` и `competitors.csv` |
| `plan/` | `touchpoints.csv`, `ideas.csv`, `channels.csv`, `messages.csv` |
| `journeys/`, `results/`, `report/` | пишут сами тетради |

Чего нет, то видно на карте как пробел; всё сразу не требуется.
"""
    return say(en=en, ru=ru, lang=lang)
