"""The data of a study: where its folder is, what study.yaml says, and which files lie where."""

from __future__ import annotations

import os
import re
import shlex
from functools import cached_property
from pathlib import Path

from cjmkit.core import frameworks
from cjmkit.core.journey import slug
from cjmkit.core.stage import Stage
from cjmkit.errors import CjmError, StudyError, one_of
from cjmkit.exchange.yaml_file import load_value
from cjmkit.files import is_ours
from cjmkit.i18n import listing, say
from cjmkit.study.settings import StudySettings

__all__ = ["DOCUMENTS", "EVENT_FILES", "SURVEY_FILES", "TASK_FILES", "VOICE_FILES", "StudyData", "stem"]

TASK_FILES = (".csv", ".tsv", ".xlsx")
DOCUMENTS = (".txt", ".vtt", ".srt", ".docx", ".odt", ".rtf", ".json", ".csv", ".xlsx", ".md")
EVENT_FILES = (".csv", ".csv.gz", ".parquet", ".tsv", ".jsonl", ".json")
VOICE_FILES = (".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".mbox")
SURVEY_FILES = (".csv", ".tsv", ".xlsx", ".sav", ".parquet", ".txt")


class StudyData:
    """A folder with the material, the decisions and the results; :class:`cjmkit.Study` binds the verbs to it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).resolve()
        file = self.path / "study.yaml"
        if not file.is_file():
            if not self.path.exists():
                found = say(en=f"there is no folder {path}", ru=f"папки {path} нет")
            elif not self.path.is_dir():
                found = say(en=f"{path} is a file; a study is a folder", ru=f"{path} — файл, а исследование — папка")
            else:
                names = sorted(p.name for p in self.path.iterdir())
                held = listing(names, 6) if names else say(en="nothing", ru="ничего")
                found = say(
                    en=f"the folder {path} holds no study.yaml (it holds {held})",
                    ru=f"в папке {path} нет study.yaml (в ней {held})",
                )
            command = shlex.quote(str(path))
            raise StudyError(
                say(
                    en=f"{found}. Start a study with `cjmkit new {command}` or cj.Study.create({str(path)!r}, title=…)",
                    ru=f"{found}. Начните его: `cjmkit new {command}` или cj.Study.create({str(path)!r}, title=…)",
                )
            )
        self.proposed: set[tuple[str, str]] = set()
        """File and item (`mark` and `text` of voices) of scores that stand where a proposed link puts them."""
        self.used: set[str] = set()
        """Folders and files whose content was read in this session: what the kept results are made from."""

    @cached_property
    def settings(self) -> StudySettings:
        """What ``study.yaml`` says."""
        return load_value(self.path / "study.yaml", StudySettings)

    @property
    def title(self) -> str:
        """Title of the study."""
        return self.settings.title

    @property
    def language(self) -> str:
        """Language of the study, ``"en"`` or ``"ru"``."""
        return self.settings.language

    def stages(self, *, content: bool = False) -> tuple[Stage, ...]:
        """The stages: the study's own, else those of its framework (with `content`, their typical notes too).

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
        >>> [s.title for s in study.stages()]
        ['Attention', 'Interest', 'Desire', 'Action']
        """
        if self.settings.stages:
            return self.settings.stages
        if not self.settings.framework:
            raise StudyError(
                say(
                    en="study.yaml names neither `stages:` nor a `framework:`; add one of the two",
                    ru="в study.yaml нет ни `stages:`, ни `framework:`; добавьте одно из двух",
                )
            )
        return frameworks.get(self.settings.framework).stages(self.language, content=content)

    @property
    def journey_id(self) -> str:
        """Id of the study's main journey, made from its title."""
        return slug(self.title)[:40].strip("-")

    def files(self, folder: str, suffixes: tuple[str, ...]) -> list[Path]:
        r"""Files of a folder of the study by name; hidden ones and those that an office program locks are not ours.

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
        >>> _ = (study.path / "surveys" / "buyers.csv").write_text("id,nps\n1,9\n")
        >>> [p.name for p in study.files("surveys", (".csv",))]
        ['buyers.csv']
        """
        place = self.path / folder
        if not place.is_dir():
            return []
        self.used.add(folder)
        return sorted(p for p in place.iterdir() if p.name.lower().endswith(suffixes) and is_ours(p) and p.is_file())

    def place(self, folder: str, name: str, suffix: str) -> Path:
        """Where something of the study is kept under a name that somebody gave; never outside its folder.

        Raises
        ------
        CjmError
            If the name would lead elsewhere, or no file can be called so.

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
        >>> study.place("journeys", "spring 2026", ".yaml").relative_to(study.path).as_posix()
        'journeys/spring 2026.yaml'
        """
        if not name.strip() or re.search(r'[<>:"/\\|?*\x00-\x1f]|^[.~]', name) or len(name.encode()) > 200:
            raise CjmError(
                say(
                    en=f"{name[:80]!r} cannot be a name in {folder}/; take letters, digits, dashes and blanks",
                    ru=f"{name[:80]!r} не может быть именем в {folder}/; подойдут буквы, цифры, дефисы и пробелы",
                )
            )
        return self.path / folder / f"{name}{suffix}"

    def interview_files(self) -> list[Path]:
        """The transcripts.

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
        >>> len(study.interview_files()), study.interview_files()[0].name
        (20, 'interview-01.txt')
        """
        return [p for p in self.files("interviews", DOCUMENTS) if p.name != "participants.csv"]

    def survey_file(self, name: str | None = None) -> Path:
        """One survey by its name; by default the one that study.yaml names, or that of the latest wave.

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
        >>> study.survey_file().name
        'customers-2026.csv'
        """
        files = _by_name(self.files("surveys", SURVEY_FILES), SURVEY_FILES)
        return _chosen(files, name or self.settings.survey.file, folder="surveys")

    def items_file(self, name: str | None = None) -> Path:
        """Where the decisions about a survey's items are kept: ``NAME.items.yaml`` beside it.

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> cj.Study.example("mealkit", tempfile.mkdtemp() + "/m").items_file().name
        'customers-2026.items.yaml'
        """
        file = self.survey_file(name)
        return file.with_name(stem(file, SURVEY_FILES) + ".items.yaml")

    @property
    def previous_name(self) -> str:
        """The survey of the wave before: named in study.yaml, or of the same name with an earlier number."""
        if self.settings.survey.previous:
            return self.settings.survey.previous
        names = list(_by_name(self.files("surveys", SURVEY_FILES), SURVEY_FILES))
        if not names:
            return ""
        now = stem(self.survey_file(), SURVEY_FILES)
        earlier = [n for n in names if _unnumbered(n) == _unnumbered(now) and _numbers(n) < _numbers(now)]
        return max(earlier, key=_numbers, default="")

    def event_file(self) -> Path:
        """The event log: the one that study.yaml names, or the largest.

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
        >>> study.event_file().name
        'app-2026.csv.gz'
        """
        files = _by_name(self.files("events", EVENT_FILES), EVENT_FILES)
        return _chosen(files, self.settings.events.file, folder="events")


def stem(file: Path, suffixes: tuple[str, ...]) -> str:
    """A file's name without the suffix of its format: ``wave.2024.csv`` is ``wave.2024``."""
    found = [s for s in suffixes if file.name.lower().endswith(s)]
    return file.name[: -len(max(found, key=len))] if found else file.name


def _by_name(files: list[Path], suffixes: tuple[str, ...]) -> dict[str, Path]:
    """Files by name; two of one name in two formats keep their suffixes."""
    names = [stem(p, suffixes) for p in files]
    return {p.name if names.count(n) > 1 else n: p for n, p in zip(names, files)}


def _numbers(name: str) -> list[int]:
    return [int(d) for d in re.findall(r"\d+", name)]


def _unnumbered(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def _chosen(files: dict[str, Path], name: str, *, folder: str) -> Path:
    """The file that is named; else of the largest and those called like it the one with the highest number."""
    if name:
        named = next((n for n, p in files.items() if p.name == name), name)
        return files[one_of(named, files, what=f"file in {folder}/")]
    largest = max(files, key=lambda n: files[n].stat().st_size)
    waves = [n for n in files if _unnumbered(n) == _unnumbered(largest)]
    return files[max(waves, key=_numbers)]
