"""Study: a folder of plain files. The only room that knows the folder; all others take tables."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from cjmkit.core.journey import Journey
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Stage
from cjmkit.errors import CjmError, FileFormatError, StudyError, suggest
from cjmkit.exchange.yaml_file import dump_yaml, load_value, read_journey, write_journey
from cjmkit.files import load_yaml, write_atomically
from cjmkit.i18n import count, current_language, say
from cjmkit.study import shipped
from cjmkit.study.new import FOLDERS, copy_templates, settings_hint, what_goes_where
from cjmkit.study.parts import TABLES, remedy
from cjmkit.study.settings import StudySettings

if TYPE_CHECKING:
    import pandas as pd

    from cjmkit.coding import Codebook
    from cjmkit.events import EventLog
    from cjmkit.interviews import Transcripts
    from cjmkit.survey import Survey

__all__ = ["Finding", "Saved", "Study"]

_DOCUMENTS = (".txt", ".vtt", ".srt", ".docx", ".odt", ".rtf", ".json", ".csv", ".xlsx", ".md")
_EVENT_FILES = (".csv", ".csv.gz", ".parquet", ".tsv", ".jsonl", ".json")
_SURVEY_FILES = (".csv", ".tsv", ".xlsx", ".sav", ".parquet", ".txt")


@dataclass(frozen=True)
class Saved:
    """What was saved and where; shows itself as a sentence."""

    path: Path
    sentence: str

    def __repr__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Finding:
    """One sentence that a step of the study came to.

    Parameters
    ----------
    step : int
        Step of the method, 1 to 8.
    key : str
        What it is about, for example ``"weakest-link"``.
    text : str
        The sentence.
    """

    step: int
    key: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        style = "border-left:3px solid #0072B2;padding:2px 10px;color:#1a1a1a;background:#eef5fa"
        return f"<div style='{style}'>{escape(self.text)}</div>"


class Study:
    """A study: a folder with the material, the decisions and the results.

    Parameters
    ----------
    path : path-like
        The folder; it holds ``study.yaml``.

    Raises
    ------
    StudyError
        If the folder does not exist, is empty or holds no ``study.yaml``.
    FileFormatError
        If ``study.yaml`` has a mistake: with file, line, what was found and what is allowed.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> [s.id for s in study.stages()]
    ['attention', 'interest', 'desire', 'action']
    >>> study.has("survey")
    False
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).resolve()
        file = self.path / "study.yaml"
        if not file.is_file():
            if not self.path.exists():
                found = f"there is no folder {path}"
            elif not self.path.is_dir():
                found = f"{path} is a file; a study is a folder"
            else:
                names = sorted(p.name for p in self.path.iterdir())
                listed = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
                found = f"the folder {path} holds no study.yaml (it holds {listed or 'nothing'})"
            raise StudyError(
                f"{found}. Start a study with `cjmkit new {path}` or cj.Study.create({str(path)!r}, title=…)"
            )

    # ---- opening and starting ----------------------------------------------------------------------------------

    @classmethod
    def here(cls) -> Study:
        """Open the study that the notebook (or the working directory) lies in.

        A shipped notebook opened where it is shipped gets a working copy of the example study beside it. In a
        notebook, cells whose first line is ``# needs: survey, codings`` (any of the names :meth:`has` knows) are
        skipped with a word on what is missing when the study does not have it.

        Raises
        ------
        StudyError
            If there is no ``study.yaml`` in the working directory or above it.
        """
        study = cls(_find())
        from cjmkit.i18n import use_language
        from cjmkit.study.greeting import watch

        use_language(study.language)
        watch(study)
        return study

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        *,
        title: str = "",
        language: str | None = None,
        framework: str = "five-stages",
    ) -> Study:
        """Start an empty study: ``study.yaml``, the folders, a word on what goes where, and the eight notebooks.

        Parameters
        ----------
        path : path-like
            A folder that does not exist yet, or is empty.
        title : str
            Title; the folder's name by default.
        language : {"en", "ru"}, optional
            Language of notebooks and labels; the one in use by default.
        framework : str
            A ready stage model, see ``cj.frameworks.table()``.

        Raises
        ------
        StudyError
            If the folder is not empty: nothing is ever overwritten.
        """
        from cjmkit.core import frameworks

        folder = Path(path)
        lang = current_language(language)
        _must_be_free(folder)
        model = frameworks.get(framework)
        settings = StudySettings(title=title or folder.resolve().name, language=lang, framework=model.name)
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        write_atomically(folder / "study.yaml", dump_yaml(settings) + settings_hint(lang))
        write_atomically(folder / "README.md", what_goes_where(settings.title, lang))
        write_atomically(folder / ".gitignore", "private/\n.ipynb_checkpoints/\n.cjmkit/\n")
        copy_templates(folder, lang)
        return cls(folder)

    @classmethod
    def example(cls, name: str, path: str | os.PathLike[str]) -> Study:
        """Copy a shipped, made-up study with its notebooks to a new folder and open the copy.

        Parameters
        ----------
        name : str
            ``"residential"`` (Russian) or ``"mealkit"`` (English).
        path : path-like
            A folder that does not exist yet, or is empty.
        """
        source, folder = shipped.example(name), Path(path)
        _must_be_free(folder)
        shutil.copytree(
            source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.py", "truth")
        )
        study = cls(folder)
        copy_templates(folder, study.language)
        return study

    # ---- settings ----------------------------------------------------------------------------------------------

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
        """The stages: the study's own, else those of its framework (with `content`, their typical notes too)."""
        from cjmkit.core import frameworks

        if self.settings.stages:
            return self.settings.stages
        if not self.settings.framework:
            raise StudyError("study.yaml names neither `stages:` nor a `framework:`; add one of the two")
        return frameworks.get(self.settings.framework).stages(self.language, content=content)

    # ---- what the researcher brought ---------------------------------------------------------------------------

    def transcripts(self) -> Transcripts:
        """The interviews, read into documents and turns."""
        self._need("interviews")
        from cjmkit import interviews

        return interviews.read(self.path / "interviews", participants=self.participants())

    def participants(self) -> pd.DataFrame | None:
        """Who speaks in which document: ``interviews/participants.csv``; None where there is no such file."""
        file = self.path / "interviews" / "participants.csv"
        return _table(file, ("document", "participant")) if file.is_file() else None

    def documents(self) -> pd.DataFrame:
        """The stored texts (columns document, text, sha256, participant, language)."""
        return self.transcripts().documents

    def turns(self) -> pd.DataFrame:
        """The turns of the interviews (columns as in the table of turns)."""
        return self.transcripts().turns

    def codings(self) -> pd.DataFrame:
        """The codings of all coders."""
        self._need("codings")
        from cjmkit import coding

        return coding.read_codings(self.path / "codings")

    def codebook(self) -> Codebook:
        """The codebook."""
        self._need("codebook")
        from cjmkit import coding

        return coding.Codebook.from_yaml(self.path / "codebook.yaml")

    def survey(self, name: str | None = None) -> Survey:
        """A survey by its name in ``surveys/``; by default the one that ``study.yaml`` names, or the only one.

        Raises
        ------
        StudyError
            If there is none, or several and no choice.
        """
        from cjmkit import survey

        file = self._survey_file(name)
        decisions = file.with_name(file.name.split(".")[0] + ".items.yaml")
        person = self.settings.survey.person or None
        return survey.read(file, decisions=decisions if decisions.is_file() else None, person=person, quiet=True)

    def previous_survey(self) -> Survey:
        """The survey of the previous wave."""
        self._need("previous")
        return self.survey(self.settings.survey.previous)

    def employee_survey(self) -> Survey:
        """The survey of employees and managers."""
        self._need("employees")
        return self.survey(self.settings.survey.employees)

    def events(self) -> EventLog:
        """The event log."""
        self._need("events")
        from cjmkit.events import EventLog

        s = self.settings.events
        return EventLog(
            self._event_file(),
            user=s.user,
            time=s.time,
            event=s.event,
            channel=s.channel,
            value=s.value,
            stages=s.stages or None,
            name=s.file,
        )

    def attitudes(self) -> list[str]:
        """The survey items that personas are made from: those that ``study.yaml`` lists under ``survey: attitudes:``.

        Without a list: all rating items that are tied to no stage and are neither the outcome nor a score such as
        NPS, because how it went must not decide who somebody is.
        """
        survey = self.survey()
        s = self.settings.survey
        if s.attitudes:
            return [name for pattern in s.attitudes for name in survey.find(pattern)]
        items = survey.items
        rated = items[items["type"].eq("likert") & items["stage"].fillna("").eq("")]
        return [name for name in rated["item"] if name != s.outcome]

    def touchpoint_items(self) -> list[str]:
        """The rating items of the survey that belong to a touchpoint: the drivers worth asking about."""
        items = self.survey().items
        return list(items.loc[items["touchpoint"].fillna("").ne("") & items["scale"].notna(), "item"])

    def employee_scores(self) -> pd.DataFrame:
        """What employees and managers believe customers feel: a scores table with source employees or managers.

        Whoever's role reads like a manager's (``survey: role:`` in ``study.yaml`` names the column) is one.
        """
        from cjmkit import survey

        believed = self.employee_survey()
        scores = survey.stage_scores(believed)
        column = self.settings.survey.role
        if not column:
            return scores.assign(source="employees")
        role = believed.data.set_index(believed.person)[column].astype(str).str.casefold()
        boss = role.str.contains(r"manag|head|director|lead|chief|руковод|директор|начальник|менеджмент", regex=True)
        return scores.assign(source=scores["participant"].map(boss).map({True: "managers", False: "employees"}))

    def outcome(self) -> pd.Series:
        """Whether each respondent became (or stayed) a customer: index person, values True or False.

        Raises
        ------
        StudyError
            If ``survey: success:`` in ``study.yaml`` is empty or names a column that the survey does not have.
        """
        self._need("outcome")
        s, survey = self.settings.survey, self.survey()
        if s.success not in survey.data.columns:
            raise StudyError(suggest(s.success, survey.data.columns, what="column in `survey: success:` of study.yaml"))
        answers = survey.data.set_index(survey.person)[s.success].dropna().astype(str)
        values = sorted(answers.unique())
        if s.success_value and s.success_value not in values:
            raise StudyError(suggest(s.success_value, values, what="answer in `survey: success_value:` of study.yaml"))
        yes = s.success_value or values[-1]
        return answers.eq(yes).rename("success")

    def table(self, name: str) -> pd.DataFrame:
        """One of the study's plain tables: sources, competitors, touchpoints, ideas, channels, messages.

        Raises
        ------
        StudyError
            If the file is missing.
        FileFormatError
            If a column that it must have is missing.
        """
        if name not in TABLES:
            raise CjmError(suggest(name, TABLES, what="table"))
        self._need(name)
        file, columns = TABLES[name]
        return _table(self.path / file, columns)

    # ---- what the study found ----------------------------------------------------------------------------------

    def save(self, value: Journey | Iterable[Persona]) -> Saved:
        """Save a journey or personas.

        The earlier version of a journey is kept in ``journeys/history``: nothing is overwritten without a trace.

        Parameters
        ----------
        value : Journey or iterable of Persona
            What to save.

        Returns
        -------
        Saved
            The path, and a sentence.
        """
        if isinstance(value, Journey):
            path = self.path / "journeys" / f"{value.id}.yaml"
            self._keep_earlier(path, dump_yaml(value))
            write_journey(value, path)
            covered = value.coverage().iloc[-1]
            notes = count(
                int(covered["notes"]), en=("note", "notes"), ru=("заметка", "заметки", "заметок"), lang=self.language
            )
            sentence = say(
                en=f"Saved journeys/{path.name}: {notes}, {int(covered['evidenced'])} of them with evidence; "
                "earlier versions are kept in journeys/history.",
                ru=f"Сохранено: journeys/{path.name}, {notes}, из них с доказательствами {int(covered['evidenced'])}; "
                "прежние версии лежат в journeys/history.",
                lang=self.language,
            )
            return Saved(path, sentence)
        people = tuple(value)
        path = self.path / "results" / "personas.yaml"
        write_atomically(path, dump_yaml(list(people)))
        names = ", ".join(p.name for p in people)
        return Saved(path, say(en=f"Saved personas: {names}.", ru=f"Портреты сохранены: {names}.", lang=self.language))

    def _keep_earlier(self, path: Path, new: str) -> None:
        if path.is_file() and (old := path.read_bytes()) != new.encode():
            import hashlib

            stamp = hashlib.blake2b(old, digest_size=4).hexdigest()
            write_atomically(path.parent / "history" / f"{path.stem}-{stamp}.yaml", old)

    def new_journey(self, *, wave: str = "", content: bool = False) -> Journey:
        """The study's journey before anything is known: its stages, its personas, nothing else.

        Parameters
        ----------
        wave : str
            Name of an earlier or later wave, which then is a journey of its own.
        content : bool
            Also put the framework's typical notes on the map, as assumptions.
        """
        from cjmkit.core import frameworks

        s = self.settings
        links = frameworks.get(s.framework).links() if s.framework and not s.stages else ()
        return Journey(
            id=f"{self.journey_id}-{wave}" if wave else self.journey_id,
            title=f"{self.title}, {wave}" if wave else self.title,
            language=s.language,
            framework=s.framework,
            scenario=s.brief.question,
            wave=wave,
            personas=self.personas(),
            stages=self.stages(content=content),
            links=links,
        )

    def journeys(self) -> tuple[Journey, ...]:
        """All saved journeys, by file name."""
        return tuple(read_journey(p) for p in sorted((self.path / "journeys").glob("*.yaml")))

    def journey(self, id: str | None = None) -> Journey:
        """One saved journey; without `id`, the study's own (see :attr:`journey_id`).

        Raises
        ------
        StudyError
            If it has not been saved yet.
        """
        path = self.path / "journeys" / f"{id or self.journey_id}.yaml"
        if not path.is_file():
            saved = sorted(p.stem for p in path.parent.glob("*.yaml"))
            raise StudyError(suggest(path.stem, saved, what="journey") + "; the notebook of step 4 makes the first one")
        return read_journey(path)

    @property
    def journey_id(self) -> str:
        """Id of the study's main journey, made from its title."""
        from cjmkit.core.journey import slug

        return slug(self.title)[:40].strip("-")

    def personas(self) -> tuple[Persona, ...]:
        """The personas that step 3 saved; empty before it ran."""
        file = self.path / "results" / "personas.yaml"
        if not file.is_file():
            return ()
        return tuple(Persona.model_validate(p) for p in load_yaml(file) or ())

    def keep(self, name: str, table: pd.DataFrame | pd.Series) -> Saved:
        """Leave a table for a later notebook (``results/<name>.csv``); :meth:`kept` fetches it."""
        path = self.path / "results" / f"{name}.csv"
        write_atomically(path, table.to_csv(lineterminator="\n"))
        n = count(len(table), en=("row", "rows"), ru=("строка", "строки", "строк"), lang=self.language)
        return Saved(path, f"results/{name}.csv: {n}")

    def kept(self, name: str) -> pd.DataFrame:
        """A table that an earlier notebook left, with its first column as index.

        Raises
        ------
        StudyError
            If no notebook has left it yet.
        """
        import pandas as pd

        path = self.path / "results" / f"{name}.csv"
        if not path.is_file():
            raise StudyError(f"there is no results/{name}.csv yet; an earlier notebook leaves it")
        return pd.read_csv(path, index_col=0)

    def labels(self) -> pd.Series:
        """Persona id of each person (index participant), as step 3 left it.

        Raises
        ------
        StudyError
            If step 3 has not run yet.
        """
        return self.kept("labels").iloc[:, 0].rename("persona")

    def conclude(self, step: int, key: str, text: str) -> Finding:
        """Write down what a step came to; ``cjmkit demo`` and step 8 list these."""
        text = " ".join(text.split())
        finding = Finding(step, key, text[:1].upper() + text[1:])
        found = {f.key: f for f in self.findings()} | {key: finding}
        rows = [{"step": f.step, "key": f.key, "text": f.text} for f in sorted(found.values(), key=lambda f: f.step)]
        write_atomically(self.path / "results" / "findings.yaml", dump_yaml(rows))
        return finding

    def findings(self) -> tuple[Finding, ...]:
        """What the steps came to so far."""
        file = self.path / "results" / "findings.yaml"
        if not file.is_file():
            return ()
        return tuple(Finding(int(f["step"]), str(f["key"]), str(f["text"])) for f in load_yaml(file) or ())

    def findings_table(self) -> pd.DataFrame:
        """What the steps came to so far: columns step and finding."""
        import pandas as pd

        return pd.DataFrame([(f.step, f.text) for f in self.findings()], columns=["step", "finding"])

    # ---- what is there and what is missing ---------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """Whether the study has something.

        Parameters
        ----------
        name : str
            interviews, codings, codebook, survey, previous, employees, outcome, drivers, events, funnel, journey,
            personas, a table (sources, competitors, touchpoints, ideas, channels, messages), or a table left by a
            notebook.
        """
        s = self.settings
        match name:
            case "interviews":
                return any(self._interview_files())
            case "codings":
                return any((self.path / "codings").glob("*.csv"))
            case "codebook":
                return (self.path / "codebook.yaml").is_file()
            case "survey":
                return bool(self._survey_files())
            case "previous":
                return bool(s.survey.previous)
            case "employees":
                return bool(s.survey.employees)
            case "outcome":
                return bool(s.survey.success) and self.has("survey")
            case "drivers":
                return bool(s.survey.outcome) and self.has("survey")
            case "events":
                return bool(s.events.file) or bool(self._event_files())
            case "funnel":
                return self.has("events") and bool(s.events.funnel)
            case "journey":
                return (self.path / "journeys" / f"{self.journey_id}.yaml").is_file()
            case "personas":
                return (self.path / "results" / "personas.yaml").is_file()
            case _ if name in TABLES:
                return (self.path / TABLES[name][0]).is_file()
            case _:
                return (self.path / "results" / f"{name}.csv").is_file()

    def missing(self, name: str, lang: str | None = None) -> str:
        """What to do to have `name`, as a sentence."""
        return remedy(name, lang or self.language)

    def contents(self) -> pd.DataFrame:
        """What the study has and lacks: columns part, has, remark."""
        import pandas as pd

        parts = ["interviews", "codings", "codebook", "survey", "events", *TABLES, "personas", "journey"]
        rows = []
        for name in parts:
            there = self.has(name)
            rows.append((name, there, self._count(name) if there else self.missing(name).split(": ", 1)[1]))
        return pd.DataFrame(rows, columns=["part", "has", "remark"])

    def _count(self, name: str) -> str:
        lang = self.language
        if name == "interviews":
            n = len(list(self._interview_files()))
            return count(n, en=("document", "documents"), ru=("документ", "документа", "документов"), lang=lang)
        if name == "codings":
            files = sorted(p.stem for p in (self.path / "codings").glob("*.csv"))
            coders = count(
                len(files), en=("coder", "coders"), ru=("кодировщик", "кодировщика", "кодировщиков"), lang=lang
            )
            return f"{coders}: {', '.join(files)}"
        if name == "survey":
            return ", ".join(p.name for p in self._survey_files())
        if name == "events":
            return self._event_file().name
        if name in TABLES:
            n = len(self.table(name))
            return count(n, en=("row", "rows"), ru=("строка", "строки", "строк"), lang=lang)
        if name == "personas":
            return ", ".join(p.name for p in self.personas())
        if name == "journey":
            return repr(self.journey())
        return ""

    def __repr__(self) -> str:
        table = self.contents()
        lines = [f"<Study {self.title!r} in {self.path.name}/>"]
        lines += [f"  {'+' if has else '-'} {part}: {remark}" for part, has, remark in table.itertuples(index=False)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{'✓' if has else '–'} {escape(part)}</th>"
            f"<td style='text-align:left'>{escape(remark)}</td></tr>"
            for part, has, remark in self.contents().itertuples(index=False)
        )
        made_up = (
            say(en=" · made-up data", ru=" · данные придуманы", lang=self.language) if self.settings.made_up else ""
        )
        head = f"<caption style='text-align:left'><b>{escape(self.title)}</b>{made_up}</caption>"
        return f"<table>{head}<tbody>{rows}</tbody></table>"

    # ---- finding files -----------------------------------------------------------------------------------------

    def _need(self, name: str) -> None:
        if not self.has(name):
            raise StudyError(f"{self.path.name}: {self.missing(name, 'en')}")

    def _interview_files(self) -> Iterable[Path]:
        folder = self.path / "interviews"
        if folder.is_dir():
            for p in sorted(folder.iterdir()):
                if (
                    p.suffix.lower() in _DOCUMENTS
                    and p.name != "participants.csv"
                    and not p.name.startswith((".", "~"))
                ):
                    yield p

    def _survey_files(self) -> list[Path]:
        folder = self.path / "surveys"
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted(p for p in found if p.suffix.lower() in _SURVEY_FILES and not p.name.startswith((".", "~")))

    def _survey_file(self, name: str | None) -> Path:
        self._need("survey")
        files = {p.name.split(".")[0]: p for p in self._survey_files()}
        name = name or self.settings.survey.file
        if name:
            if name.split(".")[0] not in files:
                raise StudyError(suggest(name, files, what="survey in surveys/"))
            return files[name.split(".")[0]]
        if len(files) > 1:
            raise StudyError(
                f"surveys/ holds {', '.join(files)}; say which one is meant in study.yaml under `survey: file:`, "
                "or ask for it by name: study.survey('…')"
            )
        return next(iter(files.values()))

    def _event_files(self) -> list[Path]:
        folder = self.path / "events"
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted(p for p in found if p.name.lower().endswith(_EVENT_FILES) and not p.name.startswith("."))

    def _event_file(self) -> Path:
        files = {p.name.split(".")[0]: p for p in self._event_files()}
        name = self.settings.events.file.split(".")[0]
        if name:
            if name not in files:
                raise StudyError(suggest(name, files, what="event log in events/"))
            return files[name]
        if len(files) > 1:
            raise StudyError(f"events/ holds {', '.join(files)}; name one in study.yaml under `events: file:`")
        return next(iter(files.values()))


def _find() -> Path:
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
                shutil.copytree(
                    shipped.example(name), copy, ignore=shutil.ignore_patterns("__pycache__", "*.py", "truth")
                )
            return copy
    raise StudyError(
        f"{start} lies in no study: neither here nor above is there a study.yaml. Start one with `cjmkit new DIR` and "
        "open the notebooks in DIR/notebooks, or open one with cj.Study('DIR')"
    )


def _must_be_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(
            f"{folder} is there already and is not an empty folder; choose another name, nothing was changed"
        )


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """A CSV of ours with the columns that it must have; an empty cell stays empty text only in text columns."""
    import pandas as pd

    if path.stat().st_size == 0:
        raise FileFormatError(f"the file is empty; it needs a header with {', '.join(columns)}", path=path)
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", skipinitialspace=True)
    except UnicodeDecodeError:
        table = pd.read_csv(path, encoding="cp1251", skipinitialspace=True)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FileFormatError(f"this CSV cannot be read: {error}", path=path) from error
    table.columns = [str(c).strip() for c in table.columns]
    for column in columns:
        if column not in table.columns:
            raise FileFormatError(suggest(column, table.columns, what="column asked for"), path=path, line=1)
    return table
