"""Starting a study: an empty one, a copy of a shipped one, or the one that a notebook lies in."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from cjmkit.core import frameworks
from cjmkit.errors import StudyError, reason
from cjmkit.exchange.yaml_file import dump_yaml
from cjmkit.files import write_atomically
from cjmkit.i18n import Language, say, shorten
from cjmkit.study import shipped
from cjmkit.study.data import StudyData
from cjmkit.study.settings import StudySettings

__all__ = ["FOLDERS", "copy_example", "find", "start"]

FOLDERS = (
    "interviews", "codings", "surveys", "events", "voices", "sources", "plan", "journeys",
    "report", "notebooks",
)  # fmt: skip
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.py", "truth")


# Keys, work set aside, and what programs leave beside the files.
_NOT_IN_GIT = (
    "private/",
    "unsaved/",
    ".ipynb_checkpoints/",
    ".cjmkit/",
    ".cjmkit.lock",
    "*.part",
    "._*",
    ".*.autosave.yaml",
)


def start(folder: Path, *, title: str, language: Language, framework: str) -> Path:
    """Make an empty study in a folder that is free: settings, places for material, a word on them, the notebooks."""
    _must_be_free(folder)
    model = frameworks.get(framework)
    settings = StudySettings(title=title or folder.resolve().name, language=language, framework=model.name)
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(
            say(
                en=f"{folder} cannot be written ({reason(error)}); choose another place, nothing was changed",
                ru=f"в {folder} нельзя писать ({reason(error)}); выберите другое место, ничего не изменено",
            )
        ) from error
    write_atomically(folder / "study.yaml", dump_yaml(settings) + settings_hint(language))
    write_atomically(folder / "README.md", what_goes_where(settings.title, language))
    write_atomically(folder / ".gitignore", "\n".join(_NOT_IN_GIT) + "\n")
    copy_templates(folder, language)
    return folder


def copy_example(name: str, folder: Path) -> Path:
    """Copy a shipped study, without the answers to what is planted in it; an earlier copy is left as it is."""
    source = shipped.example(name)
    if (folder / "study.yaml").is_file() and _is_copy_of(source, folder):
        return folder
    _must_be_free(folder)
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=_NOT_COPIED)
    return folder


def _is_copy_of(source: Path, folder: Path) -> bool:
    settings = [StudyData(f).settings for f in (source, folder)]
    return settings[1].made_up and settings[0].title == settings[1].title


def find() -> Path:
    """The study that the working directory lies in."""
    named = os.environ.get("CJMKIT_STUDY")
    if named:
        return Path(named)
    start = Path.cwd()
    for folder in (start, *start.parents):
        if (folder / "study.yaml").is_file():
            return folder
    for language, name in shipped.EXAMPLES.items():
        templates = shipped.templates(language)
        if templates and templates[0].parent == start.resolve():
            copy = start / name
            if not (copy / "study.yaml").is_file():
                shutil.copytree(shipped.example(name), copy, ignore=_NOT_COPIED)
            return copy
    raise StudyError(
        say(
            en=f"{start} lies in no study: neither here nor above is there a study.yaml. Start one with "
            "`cjmkit new DIR` and open the notebooks in DIR/notebooks, or open one with cj.Study('DIR')",
            ru=f"{start} не лежит в исследовании: ни здесь, ни выше нет study.yaml. Начните его: `cjmkit new ПАПКА` — "
            "и откройте тетради в ПАПКА/notebooks, или откройте готовое: cj.Study('ПАПКА')",
        )
    )


def _must_be_free(folder: Path) -> None:
    if any(len(os.fsencode(part)) > 255 for part in folder.parts):
        raise StudyError(
            say(
                en=f"a name of more than 255 bytes is no folder's: {shorten(folder.name, 40)}; give a shorter one",
                ru=f"у папки не бывает имени длиннее 255 байт: {shorten(folder.name, 40)}; дайте имя короче",
            )
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(
            say(
                en=f"{folder} is there already and is not an empty folder; choose another name, nothing was changed",
                ru=f"{folder} уже есть, и это не пустая папка; выберите другое имя, ничего не изменено",
            )
        )


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
# stages: [Booking, Waiting, Visit, Bill]          # steps of your own, instead of those of the framework
# survey: {file: NAME, person: COLUMN, outcome: COLUMN, success: COLUMN}
# events:                                          # columns are found by what they hold; name those found wrongly
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
# stages: [Запись, Ожидание, Приём, Счёт]           # свои этапы вместо этапов модели
# survey: {file: ИМЯ, person: СТОЛБЕЦ, outcome: СТОЛБЕЦ, success: СТОЛБЕЦ}
# events:                                          # столбцы находятся сами; назовите те, что найдены неверно
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

This folder is the study. `cjmkit add FILES…` puts your material in its place, `cjmkit run .` runs all eight
notebooks, `cjmkit status .` says what is missing; or open `notebooks/` and work from 01 to 08.

| folder | what goes in |
|---|---|
| `study.yaml` | title, stages, brief, which column is what |
| `interviews/` | transcripts as they came (txt, vtt, srt, docx, odt, rtf, json, csv); who is who: `participants.csv` |
| `codebook.yaml`, `codings/` | codes; one CSV a coder |
| `variables.yaml`, `placements/` | behavioural variables; where people stand on them, one CSV a rater |
| `surveys/` | exports as they came; `NAME.items.yaml` keeps your decisions about the items |
| `events/` | event log: csv, csv.gz or parquet |
| `voices/` | reviews, support tickets, chats, mailboxes, mentions: csv, xlsx, json, mbox |
| `sources/` | `sources.csv` and `competitors.csv` |
| `plan/` | `touchpoints.csv`, `ideas.csv`, `channels.csv`, `messages.csv` |
| `journeys/`, `results/`, `report/` | written by the notebooks |

Whatever is missing leaves a visible gap on the map; nothing has to be there at once.
"""
    ru = f"""\
# {title}

Эта папка и есть исследование. `cjmkit add ФАЙЛЫ…` кладёт материал на место, `cjmkit run .` выполняет все восемь
тетрадей, `cjmkit status .` говорит, чего не хватает; или откройте `notebooks/` и идите от 01 к 08.

| папка | что в неё кладут |
|---|---|
| `study.yaml` | название, этапы, постановка задачи, где какой столбец |
| `interviews/` | расшифровки как есть (txt, vtt, srt, docx, odt, rtf, json, csv); кто есть кто: `participants.csv` |
| `codebook.yaml`, `codings/` | коды; на каждого кодировщика один CSV |
| `variables.yaml`, `placements/` | поведенческие переменные; кто как по ним стоит, на каждого кодировщика один CSV |
| `surveys/` | выгрузки как есть; ваши решения о вопросах хранит `ИМЯ.items.yaml` |
| `events/` | журнал событий: csv, csv.gz или parquet |
| `voices/` | отзывы, обращения, чаты, письма, упоминания: csv, xlsx, json, mbox |
| `sources/` | `sources.csv` и `competitors.csv` |
| `plan/` | `touchpoints.csv`, `ideas.csv`, `channels.csv`, `messages.csv` |
| `journeys/`, `results/`, `report/` | пишут сами тетради |

Чего нет, то видно на карте как пробел; всё сразу не требуется.
"""
    return say(en=en, ru=ru, lang=lang)
