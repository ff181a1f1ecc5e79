"""What the researcher brought: every kind of material as the value that the other rooms take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.placed import PlacedNote
from cjmkit.core.stage import Note
from cjmkit.errors import FileFormatError, one_of, suggest
from cjmkit.i18n import listing, say
from cjmkit.intake.formulas import unguarded
from cjmkit.study.data import TASK_FILES, VOICE_FILES, StudyData
from cjmkit.study.linking import stage_words
from cjmkit.study.parts import TABLES, need

if TYPE_CHECKING:
    import pandas as pd

    from cjmkit.coding import Codebook
    from cjmkit.events import EventLog
    from cjmkit.interviews import Transcripts
    from cjmkit.survey import Tasks
    from cjmkit.voices import Voices

__all__ = [
    "codebook",
    "codings",
    "csv_with_ids",
    "documents",
    "event_titles",
    "events",
    "participants",
    "read_table",
    "service_notes",
    "table",
    "tasks",
    "transcripts",
    "turns",
    "voices",
]

IDS = ("participant", "person", "respondent", "user", "document")
"""Columns that name somebody: "001" is a name and not the number one, "NA" is one too."""


def transcripts(study: StudyData, /) -> Transcripts:
    """The interviews, read into documents and turns.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> talks = study.transcripts()
    >>> len(talks.documents), len(talks.turns)
    (20, 494)
    """
    need(study, "interviews")
    from cjmkit import interviews

    return interviews.read(study.path / "interviews", participants=participants(study))


def participants(study: StudyData, /) -> pd.DataFrame | None:
    """Who speaks in which document: ``interviews/participants.csv``; None where there is no such file.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.participants()[["document", "participant"]].head(2)
               document participant
    0  interview-01.txt      u00017
    1  interview-02.txt      u00042
    """
    file = study.path / "interviews" / "participants.csv"
    return read_table(file, ("document", "participant")) if file.is_file() else None


def documents(study: StudyData, /) -> pd.DataFrame:
    """The stored texts (columns document, text, sha256, participant, language).

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.documents()[["document", "participant", "language"]].head(2)
               document participant language
    0  interview-01.txt      u00017       en
    1  interview-02.txt      u00042       en
    """
    return transcripts(study).documents


def turns(study: StudyData, /) -> pd.DataFrame:
    """The turns of the interviews (columns as in the table of turns).

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.turns()[["document", "turn", "role", "participant"]].head(3)
               document  turn         role participant
    0  interview-01.txt     0  interviewer         NaN
    1  interview-01.txt     1   respondent      u00017
    2  interview-01.txt     2  interviewer         NaN
    """
    return transcripts(study).turns


def codings(study: StudyData, /) -> pd.DataFrame:
    """The codings of all coders.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.codings()[["document", "code", "coder"]].head(3)
               document         code coder
    0  interview-01.txt       relief  maya
    1  interview-01.txt       relief  maya
    2  interview-01.txt  heard about  maya
    """
    need(study, "codings")
    from cjmkit import coding

    return coding.read_codings(study.path / "codings")


def codebook(study: StudyData, /) -> Codebook:
    """The codebook.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> book = study.codebook()
    >>> len(book), book.names[:3]
    (26, ('needs', 'relief', 'novelty'))
    """
    need(study, "codebook")
    study.used.add("codebook.yaml")
    from cjmkit import coding

    return coding.Codebook.from_yaml(study.path / "codebook.yaml")


def events(study: StudyData, /) -> EventLog:
    r"""The event log; columns that ``study.yaml`` does not name are found as :func:`cjmkit.events.read` finds them.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> rows = "user_id,event_type,event_time\nu1,open,2026-03-01 10:00\nu2,open,2026-03-01 11:00\n"
    >>> _ = (study.path / "events" / "app.csv").write_text(rows)
    >>> study.events().n_people
    2
    """
    need(study, "events")
    from cjmkit.events import EventLog, LogOptions, ReadOptions, read

    s = study.settings.events
    if not (s.value or (s.user and s.time and s.event)):
        return read(
            study.event_file(),
            format="table" if s.time else None,
            user=s.user or None,
            event=s.event or None,
            channel=s.channel,
            stage_of=s.stages or None,
            tz=s.tz or None,
            name=s.file or None,
            options=ReadOptions(time=s.time or None),
        )
    return EventLog(
        study.event_file(),
        user=s.user or "user",
        time=s.time or "time",
        event=s.event or "event",
        channel=s.channel,
        stage_of=s.stages or None,
        tz=s.tz or None,
        name=s.file,
        options=LogOptions(value=s.value, titles=event_titles(study)),
    )


def event_titles(study: StudyData, /) -> dict[str, str]:
    """What people call events and stages: ``events: names:`` of ``study.yaml``, else the id without underscores."""
    log = study.settings.events
    steps = (e for step in log.funnel for e in ((step,) if isinstance(step, str) else step))
    known = sorted({*log.stages, *steps, *filter(None, [log.success])})
    return {e: e.replace("_", " ") for e in known} | {s.id: s.title for s in study.stages()} | dict(log.names)


def voices(study: StudyData, /) -> Voices:
    r"""Reviews, tickets, chats, letters and mentions of ``voices/``, placed at stages by their words.

    The words are those that ``study.yaml`` lists under ``voices: words:``, else those of the stages and touchpoints; a
    text that uses none of them stands after the purchase.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> rows = "author,rating,review\nmia22,2,Delivery was late\nleo_k,5,Great\n"
    >>> _ = (study.path / "voices" / "r.csv").write_text(rows)
    >>> study.voices().stage_scores()["stage"].tolist()
    ['purchase', 'retention']
    """
    need(study, "voices")
    from cjmkit import voices as room

    said, chosen = room.read(study.files("voices", VOICE_FILES)), study.settings.voices
    stages = study.stages()
    after = next((s.id for s in stages if s.phase == "after"), stages[-1].id)
    for stage in (*chosen.words, *filter(None, [chosen.otherwise])):
        one_of(stage, [s.id for s in stages], what="stage in `voices:` of study.yaml")
    if not chosen.words:
        study.proposed |= {(file, item) for file in said.table["file"].unique() for item in ("mark", "text")}
    planned = table(study, "touchpoints") if (study.path / TABLES["touchpoints"][0]).is_file() else None
    return said.placed(chosen.words or stage_words(study, planned), otherwise=chosen.otherwise or after)


def service_notes(study: StudyData, /) -> tuple[PlacedNote, ...]:
    r"""How long people waited, as notes of the lane ``"kpis"``, held against the promises of touchpoints.

    A touchpoint of ``plan/touchpoints.csv`` whose ``service_level`` names a length of time ("answer within 2 h") gets
    the share of people who were served within it; where none does, the median wait stands after the purchase.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> rows = "".join(f"{k},Late,open,person_{k},{k}\n" for k in range(1, 10))
    >>> head = "Ticket ID,Subject,Status,Requester,First response time (in hrs)\n"
    >>> _ = (study.path / "voices" / "t.csv").write_text(head + rows)
    >>> study.service_notes()[0].note.estimate.value
    5.0
    """
    from cjmkit.voices.waiting import promised_hours

    said = voices(study)
    found = said.waits()
    wait = "first_answer" if found.people["first_answer"].notna().any() else "solved"
    promises: list[tuple[str, str, str]] = []
    if (study.path / TABLES["touchpoints"][0]).is_file():
        touched = table(study, "touchpoints")
        if "service_level" in touched:
            rows = touched[["stage", "touchpoint", "service_level"]].fillna("").astype(str)
            promises = [r for r in rows.itertuples(index=False, name=None) if promised_hours(r[2]) is not None]
    notes = [
        (stage, f"{touchpoint}: {promise}", found.within(promise, wait), f"share within {promise}")
        for stage, touchpoint, promise in promises
    ] or [
        (
            said.otherwise,
            say(en="Wait for the first answer, h", ru="Ожидание первого ответа, ч")
            if wait == "first_answer"
            else say(en="Wait for the solution, h", ru="Ожидание решения, ч"),
            found.estimate(wait),
            "median",
        )
    ]
    out = []
    for k, (stage, text, estimate, statistic) in enumerate(notes, start=1):
        evidence = SurveyFigure(survey="support", item=wait, question=text, statistic=statistic, estimate=estimate)
        note = Note(id=f"service-{k}", text=text, evidence=(evidence,), estimate=estimate)
        out.append(PlacedNote(stage, "kpis", note))
    return tuple(out)


def tasks(study: StudyData, /) -> Tasks:
    r"""The tasks of a usability test, all tables of ``tasks/`` together.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> (study.path / "tasks").mkdir()
    >>> _ = (study.path / "tasks" / "done.csv").write_text(",P1,P2,P3\nT1,1,1,0\nT2,0,1,0\n")
    >>> study.tasks().estimate("done", "T1").n
    3
    """
    need(study, "tasks")
    from cjmkit.survey import read_tasks

    return read_tasks(*study.files("tasks", TASK_FILES))


def table(study: StudyData, /, name: str) -> pd.DataFrame:
    """One of the study's plain tables: sources, competitors, touchpoints, ideas, channels, messages.

    Raises
    ------
    CjmError
        If the file is missing.
    FileFormatError
        If a column that it must have is missing.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.table("touchpoints").columns[:3].tolist()
    ['stage', 'touchpoint', 'channel']
    """
    need(study, one_of(name, TABLES, what="table"))
    file, columns = TABLES[name]
    study.used.add(file.split("/")[0])
    return _with_stage_ids(study, read_table(study.path / file, columns), file)


def _with_stage_ids(study: StudyData, found: pd.DataFrame, file: str) -> pd.DataFrame:
    """A table whose stages are ids, also where people wrote their titles."""
    if "stage" not in found:
        return found
    written = found["stage"].fillna("").astype(str).str.strip()
    known = {name.casefold(): s.id for s in study.stages() for name in (s.title, s.id)}
    made = written.map(lambda w: known.get(w.casefold(), w))
    foreign = made[made.ne("") & ~made.isin(known.values())]
    if len(foreign):
        rows = listing([str(i + 2) for i in foreign.index], 6)
        raise FileFormatError(
            en=f"rows {rows}: no stage of this study is called {foreign.iloc[0]!r}; "
            f"known: {', '.join(s.title for s in study.stages())}",
            ru=f"строки {rows}: в исследовании нет этапа {foreign.iloc[0]!r}; "
            f"есть: {', '.join(s.title for s in study.stages())}",
            path=study.path / file,
        )
    return found.assign(stage=made.where(made.ne(""), found["stage"]))


def csv_with_ids(path: Path, encoding: str = "utf-8-sig") -> pd.DataFrame:
    """A CSV of ours; whoever a column names stays as the file writes it, and an empty cell names nobody."""
    import pandas as pd

    table = pd.read_csv(path, encoding=encoding, skipinitialspace=True)
    named = [c for c in table.columns if str(c).strip() in IDS]
    if named:
        raw = pd.read_csv(path, encoding=encoding, skipinitialspace=True, dtype="str", keep_default_na=False)
        table[named] = raw[named].apply(lambda column: column.str.strip().replace("", None)).astype("str")
    return unguarded(table)


def read_table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """A CSV of ours with the columns that it must have; an empty cell stays empty text only in text columns."""
    import pandas as pd

    if path.stat().st_size == 0:
        raise FileFormatError(
            en=f"the file is empty; it needs a header with {', '.join(columns)}",
            ru=f"файл пуст; ему нужен заголовок с {', '.join(columns)}",
            path=path,
        )
    try:
        table = csv_with_ids(path, "utf-8-sig")
    except UnicodeDecodeError:
        table = csv_with_ids(path, "cp1251")
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FileFormatError(
            en=f"this CSV cannot be read: {error}", ru=f"этот CSV не читается: {error}", path=path
        ) from error
    table.columns = [str(c).strip() for c in table.columns]
    for column in columns:
        if column not in table.columns:
            raise FileFormatError(suggest(column, table.columns, what="column asked for"), path=path, line=1)
    return table
