"""The commands, their arguments and what ``--help`` says of them, in both languages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from cjmkit.cli import acts
from cjmkit.i18n import LANGUAGES, say

__all__ = ["parser"]

Said = tuple[str, str]
"""English, Russian."""


@dataclass(frozen=True)
class Argument:
    """An argument of a command, as argparse takes it."""

    names: tuple[str, ...]
    help: Said
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """A command: what it is called, what it does and what it takes."""

    name: str
    act: Callable[[argparse.Namespace], int]
    short: Said
    long: Said
    example: Said
    takes: tuple[Argument, ...] = ()


def _argument(*names: str, en: str, ru: str, **options: Any) -> Argument:
    return Argument(names, (en, ru), options)


STUDY = _argument(
    "dir", en="the study (default: this folder)", ru="исследование (если не сказано: эта папка)", nargs="?", default="."
)
MATERIAL_LANGUAGE = _argument(
    "--language",
    en="of the study and of these messages: en or ru (default: that of the terminal)",
    ru="исследования и этих сообщений: en или ru (если не сказано: язык терминала)",
    choices=LANGUAGES,
)
JOURNEY = (
    _argument(
        "dir",
        en="the study, or a journey file (default: this folder)",
        ru="исследование или файл пути (если не сказано: эта папка)",
        nargs="?",
        default=".",
    ),
    _argument(
        "--journey",
        en="which one, where a study has several (default: its main journey)",
        ru="какой из путей, если их несколько (если не сказано: главный)",
    ),
)

COMMANDS = (
    Command(
        "demo",
        acts.demo,
        ("the whole way on made-up data, in about a minute", "весь путь на придуманных данных, около минуты"),
        (
            "Copy a shipped, made-up study to a new folder, run its eight notebooks and leave the finished journey "
            "map.\n"
            "The map is report/map.html (open it in any browser, no network needed), with map.png and map.xlsx beside "
            "it.",
            "Копирует готовое придуманное исследование в новую папку, выполняет его восемь тетрадей и оставляет "
            "карту.\n"
            "Карта — report/map.html (откройте в любом браузере, сеть не нужна), рядом map.png и map.xlsx.",
        ),
        ("  cjmkit demo --language ru", "  cjmkit demo --language ru"),
        (
            _argument(
                "dir",
                en="where to (default: cjmkit-demo-NAME in this folder; never overwritten)",
                ru="куда (если не сказано: cjmkit-demo-ИМЯ в этой папке; ничего не затирается)",
                nargs="?",
            ),
            MATERIAL_LANGUAGE,
            _argument("--study", en="a shipped study by its name", ru="готовое исследование по имени"),
        ),
    ),
    Command(
        "new",
        acts.new,
        ("start an empty study with the eight notebooks", "начать пустое исследование с восемью тетрадями"),
        (
            "Start a study: a folder with study.yaml, places for your material and the eight notebooks.\n"
            "Nothing has to be there at once: what is missing shows as a gap, and the notebooks say what to do.\n"
            "Frameworks: five-stages, loyalty-loop, life-cycle, aida, race, aarrr, 5e, employee.",
            "Начинает исследование: папка со study.yaml, местами для материала и восемью тетрадями.\n"
            "Сразу не нужно ничего: чего нет, то видно пробелом, а тетради говорят, что делать.\n"
            "Модели этапов: five-stages, loyalty-loop, life-cycle, aida, race, aarrr, 5e, employee.",
        ),
        (
            '  cjmkit new first-flat --language en --framework loyalty-loop --title "The first flat"',
            '  cjmkit new first-flat --language ru --framework loyalty-loop --title "Первая квартира"',
        ),
        (
            _argument(
                "dir",
                en="a folder that does not exist yet, or is empty",
                ru="папка, которой ещё нет, или пустая",
            ),
            MATERIAL_LANGUAGE,
            _argument(
                "--framework",
                en="stage model (default: five-stages)",
                ru="модель этапов (если не сказано: five-stages)",
                default="five-stages",
                metavar="NAME",
            ),
            _argument(
                "--title",
                en="title of the study and its map (default: the folder's name)",
                ru="название исследования и карты (если не сказано: имя папки)",
                default="",
            ),
        ),
    ),
    Command(
        "add",
        acts.add,
        ("put your files into their places in a study", "разложить ваши файлы по местам исследования"),
        (
            "Look at each file or folder, say what it is and why, and copy it into its place; never over another "
            "file.\n"
            "What is not recognised changes nothing; --as says what it is.",
            "Смотрит на каждый файл или папку, говорит, что это и почему, и копирует на место; никогда поверх "
            "другого.\n"
            "Что не узнано, ничего не меняет; --as говорит, что это.",
        ),
        (
            "  cjmkit add interviews/*.docx survey.csv --study first-flat",
            "  cjmkit add интервью/*.docx опрос.csv --study first-flat",
        ),
        (
            _argument(
                "paths", en="files, or folders with files", ru="файлы или папки с файлами", nargs="+", metavar="PATH"
            ),
            _argument(
                "--study",
                en="the study (default: this folder)",
                ru="исследование (если не сказано: эта папка)",
                default=".",
                metavar="DIR",
            ),
            _argument(
                "--as",
                en="what they are: interviews, survey, events, codings …",
                ru="что это: interviews, survey, events, codings …",
                dest="kind",
                metavar="KIND",
            ),
        ),
    ),
    Command(
        "status",
        acts.status,
        (
            "what a study has, what it allows, what is missing and what to do next",
            "что есть, что это позволяет, чего не хватает и что делать дальше",
        ),
        (
            "The eight steps: what is there, what it allows, what is missing, the one next action and the doubts open.",
            "Восемь шагов: что есть, что это позволяет, чего не хватает, одно следующее действие и открытые сомнения.",
        ),
        ("  cjmkit status first-flat", "  cjmkit status first-flat"),
        (STUDY,),
    ),
    Command(
        "link",
        acts.link,
        ("where each rated question of the survey belongs", "куда относится каждый вопрос с оценкой"),
        (
            "Show the touchpoint and the stage proposed for each rated question, with the reason; --accept writes "
            "them\n"
            "into surveys/NAME.items.yaml as decisions, where each can be changed by hand.",
            "Показывает для каждого вопроса с оценкой предложенные точку контакта и этап с причиной; --accept\n"
            "записывает их решениями в surveys/ИМЯ.items.yaml, где каждое можно изменить рукой.",
        ),
        ("  cjmkit link first-flat --accept", "  cjmkit link first-flat --accept"),
        (
            STUDY,
            _argument(
                "--accept",
                en="write the proposed links down as decisions",
                ru="записать предложенные связи решениями",
                action="store_true",
            ),
            _argument(
                "--survey",
                en="which survey (default: the study's own)",
                ru="какой опрос (если не сказано: главный)",
                metavar="NAME",
            ),
        ),
    ),
    Command(
        "run",
        acts.run,
        ("run a study's notebooks in order", "выполнить тетради исследования по порядку"),
        (
            "Run the notebooks of a study in order, in place. Notebooks whose code and material have not changed "
            "since\n"
            "they last ran are skipped, so an interrupted run continues where it stopped. A failing cell is named, "
            "and\n"
            "the notebook is saved up to it.",
            "Выполняет тетради исследования по порядку, на месте. Тетради, код и материал которых не изменились,\n"
            "пропускаются, поэтому прерванный прогон продолжается с того же места. Ячейка с ошибкой называется,\n"
            "и тетрадь сохраняется до неё.",
        ),
        ("  cjmkit run first-flat", "  cjmkit run first-flat"),
        (
            STUDY,
            _argument("--from-start", en="run all of them again", ru="выполнить все заново", action="store_true"),
            _argument(
                "--timeout",
                en="for one cell (default: 600)",
                ru="на одну ячейку (если не сказано: 600)",
                type=int,
                default=600,
                metavar="SECONDS",
            ),
        ),
    ),
    Command(
        "check",
        acts.check,
        ("what a good researcher would object to", "на что возразил бы хороший исследователь"),
        (
            "Check the saved journeys of a study, or one journey file, against the rules of a sound map: notes "
            "without\n"
            "evidence, touchpoints without an owner, evidence that no longer resolves … Exit code 1 if an error is "
            "found.",
            "Сверяет сохранённые пути исследования или один файл с правилами хорошей карты: заметки без оснований,\n"
            "точки контакта без владельца, основания, которых больше нет … Код выхода 1, если найдена ошибка.",
        ),
        (
            "  cjmkit check first-flat --format sarif > findings.sarif",
            "  cjmkit check first-flat --format sarif > findings.sarif",
        ),
        (
            JOURNEY[0],
            _argument(
                "--format",
                en="default: text",
                ru="если не сказано: text",
                choices=("text", "json", "sarif", "junit"),
                default="text",
            ),
        ),
    ),
    Command(
        "render",
        acts.render,
        ("draw the map of a saved journey", "нарисовать карту сохранённого пути"),
        (
            "Draw a saved journey as a self-contained page or a picture; the suffix says which: html, png, svg, pdf.",
            "Рисует сохранённый путь страницей или картинкой; вид говорит окончание: html, png, svg, pdf.",
        ),
        ("  cjmkit render first-flat -o map.pdf", "  cjmkit render first-flat -o карта.pdf"),
        (
            *JOURNEY,
            _argument(
                "-o",
                "--output",
                en="html, png, svg or pdf (default: map.html)",
                ru="html, png, svg или pdf (если не сказано: map.html)",
                default="map.html",
            ),
        ),
    ),
    Command(
        "export",
        acts.export,
        (
            "hand a journey on: xlsx, pptx, md, csv, mermaid, cjml …",
            "передать путь дальше: xlsx, pptx, md, csv, mermaid, cjml …",
        ),
        (
            "Write a saved journey in another format; the suffix says which: xlsx, pptx, md, csv, mmd (Mermaid),\n"
            "xml (CJML), yaml, json. What a format cannot hold is listed.",
            "Пишет сохранённый путь в другом виде; вид говорит окончание: xlsx, pptx, md, csv, mmd (Mermaid),\n"
            "xml (CJML), yaml, json. Чего вид не вмещает, то перечислено.",
        ),
        ("  cjmkit export first-flat -o map.xlsx", "  cjmkit export first-flat -o карта.xlsx"),
        (*JOURNEY, _argument("-o", "--output", en="the file to write", ru="файл, который записать", required=True)),
    ),
    Command(
        "diff",
        acts.diff,
        ("what changed between two journeys", "что изменилось между двумя путями"),
        (
            "Say what changed between two journey files: stages, notes, evidence, emotion. Made for git as well:\n"
            "  git config diff.cjmkit.textconv 'cjmkit diff --textconv'",
            "Говорит, что изменилось между двумя файлами пути: этапы, заметки, основания, эмоции. Годится и для git:\n"
            "  git config diff.cjmkit.textconv 'cjmkit diff --textconv'",
        ),
        (
            "  cjmkit diff journeys/history/flat-1a2b3c4d.yaml journeys/flat.yaml",
            "  cjmkit diff journeys/history/flat-1a2b3c4d.yaml journeys/flat.yaml",
        ),
        (
            _argument("a", en="a journey file", ru="файл пути"),
            _argument("b", en="another one", ru="другой файл", nargs="?"),
            _argument(
                "--textconv",
                en="write one journey as plain lines, for git",
                ru="записать один путь простыми строками, для git",
                action="store_true",
            ),
        ),
    ),
    Command(
        "lab",
        acts.lab,
        ("open JupyterLab on a study", "открыть JupyterLab на исследовании"),
        (
            "Open JupyterLab on a study's notebooks, on this machine only (loopback).",
            "Открывает JupyterLab на тетрадях исследования, только на этой машине (loopback).",
        ),
        ("  cjmkit lab first-flat", "  cjmkit lab first-flat"),
        (
            STUDY,
            _argument("rest", en="passed on to JupyterLab", ru="передаётся JupyterLab", nargs=argparse.REMAINDER),
        ),
    ),
)


def parser() -> argparse.ArgumentParser:
    """What reads the command line, in the language in use."""
    made = _Parser(
        prog="cjmkit",
        description=say(
            en="Customer journey research: from interviews, surveys and event logs to a journey map in which every "
            "note "
            "leads back to its evidence. Everything stays on this machine.",
            ru="Исследование пути клиента: от интервью, опросов и журналов событий к карте, где каждая заметка ведёт к "
            "своим основаниям. Всё остаётся на этой машине.",
        ),
        epilog=say(
            en="First time here? `cjmkit demo` shows the whole way on made-up data in about a minute; "
            "`cjmkit new my-study` starts your own.",
            ru="Впервые здесь? `cjmkit demo` за минуту показывает весь путь на придуманных данных; "
            "`cjmkit new my-study` начинает ваше исследование.",
        ),
    )
    made.add_argument("--version", action="store_true", help=say(en="show the version", ru="показать версию"))
    made.add_argument(
        "--verbose",
        action="store_true",
        help=say(
            en="with --version: also what a report of a bug needs (no word of a study)",
            ru="вместе с --version: и то, что нужно сообщению об ошибке (ни слова из исследований)",
        ),
    )
    _speaking(made)
    groups = made.add_subparsers(
        title=say(en="commands", ru="команды"), metavar=say(en="COMMAND", ru="КОМАНДА"), parser_class=_Parser
    )
    for command in COMMANDS:
        _add(groups, command)
    return made


def _add(groups: Any, command: Command) -> None:
    example = say(en=f"Example:\n{command.example[0]}", ru=f"Пример:\n{command.example[1]}")
    made = groups.add_parser(
        command.name,
        help=_pick(command.short),
        description=f"{_pick(command.long)}\n\n{example}",
        formatter_class=_WithExample,
    )
    made.set_defaults(act=command.act)
    for each in command.takes:
        made.add_argument(*each.names, help=_pick(each.help), **each.options)
    if MATERIAL_LANGUAGE not in command.takes:
        _speaking(made)


def _pick(said: Said) -> str:
    return say(en=said[0], ru=said[1])


def _speaking(made: argparse.ArgumentParser) -> None:
    """Which language the command speaks; said before or after the command."""
    made.add_argument(
        "--language",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help=say(
            en="language of these messages (default: the study's, or the terminal's)",
            ru="язык этих сообщений (если не сказано: язык исследования или терминала)",
        ),
    )


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, say(en="usage: ", ru="запуск: ") if prefix is None else prefix)


class _WithExample(_Formatter, argparse.RawDescriptionHelpFormatter):
    pass


_ERRORS_RU = (
    (r"the following arguments are required: (.*)", r"не хватает: \1"),
    (r"unrecognized arguments: (.*)", r"неизвестно: \1"),
    (r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", r"\1: нет такого выбора \2 (есть: \3)"),
    (r"argument (\S+): expected one argument", r"\1: нужно значение"),
    (r"argument (\S+): expected at least one argument", r"\1: нужно хотя бы одно значение"),
    (r"argument (\S+): invalid int value: (.*)", r"\1: нужно целое число, а не \2"),
    (r"argument (\S+): ignored explicit argument (.*)", r"\1: значение \2 здесь ни к чему"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 можно понять по-разному: \2"),
)
"""What argparse says, in Russian."""


class _Parser(argparse.ArgumentParser):
    """An argparse parser that speaks the language in use."""

    def __init__(self, **options: Any) -> None:
        given: dict[str, Any] = {"formatter_class": _Formatter, "add_help": False} | options
        super().__init__(**given)
        self._positionals.title = say(en="positional arguments", ru="что дать")
        self._optionals.title = say(en="options", ru="ключи")
        self.add_argument(
            "-h", "--help", action="help", help=say(en="show this help and exit", ru="показать эту справку и выйти")
        )

    def error(self, message: str) -> NoReturn:
        """One line and the usage, as argparse does it."""
        self.print_usage()
        said = next((re.sub(en, ru, message) for en, ru in _ERRORS_RU if re.fullmatch(en, message)), message)
        self.exit(2, f"cjmkit: {say(en=message, ru=said)}\n")
