"""What a file is, and why one may think so: by its content, and by its ending where that is enough."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path

from cjmkit.errors import CjmError
from cjmkit.i18n import listing, say
from cjmkit.study.parts import TABLES

__all__ = ["KINDS", "TEXTS", "recognise"]

KINDS: dict[str, str] = {
    "interviews": "interviews/",
    "survey": "surveys/",
    "reviews": "voices/",
    "tickets": "voices/",
    "chats": "voices/",
    "letters": "voices/",
    "mentions": "voices/",
    "events": "events/",
    "codings": "codings/",
    "codebook": "codebook.yaml",
    "participants": "interviews/participants.csv",
    "notes": "sources/notes/",
    "tasks": "tasks/",
    "variables": "variables.yaml",
    "placements": "placements/",
    **{name: file for name, (file, _) in TABLES.items()},
}
"""Kinds of material, and where each lies in a study."""

TEXTS = (".vtt", ".srt", ".docx", ".odt", ".rtf", ".md", ".txt")
"""Endings of running text."""
_TABLES = (".csv", ".tsv", ".xlsx")
_PROJECTS = (".qdpx", ".qda", ".sqlite3")
_RECORDS = (".json", ".jsonl", ".ndjson")
_PERSON = (
    "user", "user id", "client id", "visitor", "visitor id", "customer id", "patient id", "case id", "account id",
    "contact id", "member id", "distinct id", "пользователь", "клиент", "id клиента",
)  # fmt: skip
_TIME = (
    "time", "timestamp", "date", "datetime", "date time", "event time", "event date", "event timestamp", "created at",
    "occurred at", "ts", "время", "дата", "дата и время", "время события",
)  # fmt: skip
_EVENT = ("event", "event name", "event type", "action", "activity", "activity name", "событие", "действие")
_SPEAKER = ("speaker", "говорящий", "спикер", "кто говорит")
_CODE = ("name", "code", "code name", "tag", "код", "название", "тег")
_DEFINED = ("definition", "description", "определение", "описание")
_ABOUT = re.compile(
    r"(?:^|[\W_])(?:read[ _-]?me|licen[cs]e|copying|changelog|citation|прочти(?: меня)?|лицензия)(?:[\W_]|$)", re.I
)
_NOTES = re.compile(
    r"(?:^|[\W_])(?:field)?[ _-]?(?:notes?|observations?|memos?|заметк[аи]|наблюдени[ея]|конспект)(?:[\W_]|$)", re.I
)
_ASKED = re.compile(r"\b(nps|responded|respondent|survey|response (id|time|type)|опрос\w*|респондент\w*)\b")
"""Headings of a tool that asks people, which nobody who writes a review of their own accord has."""
_HEAD = 200_000
_HAPPENED = r"event|action|activity|operation|событи|действи|операци|активност"


def recognise(path: Path) -> tuple[str, str]:
    r"""What a file is, and why; an empty kind where nothing fits, with what was looked for.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "log.csv"
    >>> _ = file.write_text("user,time,event\nu1,2026-01-01,visit\n")
    >>> recognise(file)[0]
    'events'
    """
    suffix = "".join(path.suffixes[-2:]).lower() if path.name.lower().endswith(".csv.gz") else path.suffix.lower()
    if path.stat().st_size == 0:
        return "", say(en="the file is empty", ru="файл пуст")
    if suffix not in (*_TABLES, *_RECORDS) and _ABOUT.search(path.stem):
        return "", say(en="a word about the files, not material", ru="это о файлах, а не материал")
    if path.name.lower() == "participants.csv":
        return "participants", say(en="its name", ru="так называется")
    if suffix in _PROJECTS:
        return "codings", say(en=f"a project of a QDA program ({suffix})", ru=f"проект программы QDA ({suffix})")
    if suffix == ".qdc":
        return "codebook", say(en="a REFI-QDA codebook", ru="список кодов REFI-QDA")
    if suffix == ".mbox" or (not suffix and _head(path).startswith(b"From ")):
        return "letters", say(en="a mailbox (mbox)", ru="почтовый ящик (mbox)")
    if suffix in TEXTS:
        if _spoken(path, suffix):
            return "interviews", say(en=f"a text ({suffix})", ru=f"текст ({suffix})")
        if _NOTES.search(path.stem) and _one_voice(path):
            return "notes", say(en="notes by its name; nobody speaks in it", ru="по имени заметки; никто не говорит")
        return "", say(
            en="a text in which nobody is seen to speak; if it is an interview: --as interviews, if notes: --as notes",
            ru="текст, в котором не видно, кто говорит; если это интервью: --as interviews, если заметки: --as notes",
        )
    if suffix == ".sav":
        return "survey", say(en="an SPSS file", ru="файл SPSS")
    if suffix in (".parquet", ".csv.gz"):
        return "events", say(en=f"a log ({suffix})", ru=f"журнал ({suffix})")
    if suffix in (".yaml", ".yml") and re.search(rb"^codes\s*:", _head(path), re.MULTILINE):
        return "codebook", say(en="it has `codes:`", ru="в нём есть `codes:`")
    if suffix in (".yaml", ".yml") and re.search(rb"^\s*-?\s*(?:ends|options)\s*:", _head(path), re.MULTILINE):
        return "variables", say(en="variables with two ends or options", ru="переменные с двумя концами или вариантами")
    if suffix in (".html", ".htm"):
        return _coded(path)
    if suffix in _RECORDS:
        return _record_kind(path)
    if suffix in _TABLES:
        return _table_kind(path)
    return "", _looked()


def _one_voice(path: Path) -> bool:
    """Whether no mark tells speakers apart: what an observer wrote down is not what the participant said."""
    from cjmkit import interviews

    return bool(interviews.read(path).report["layout"].eq("none").all())


def _looked() -> str:
    looked = listing([*TEXTS, *_TABLES, *_RECORDS, *_PROJECTS, ".sav", ".parquet", ".mbox", "codebook.yaml"], 30)
    return say(en=f"looked for {looked}", ru=f"искали {looked}")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _spoken(path: Path, suffix: str) -> bool:
    """Whether people speak in a text: roles are told, or somebody speaks more than once."""
    if suffix in (".vtt", ".srt"):
        return True
    from cjmkit import interviews

    read = interviews.read(path)
    told = read.turns["role"].isin(["respondent", "interviewer"]).any()
    # A list with hyphens looks like a talk in dashes of which nobody is known.
    named = read.turns.loc[read.turns["speaker"].ne("unknown"), "speaker"]
    return bool(read.report["layout"].ne("none").any() and (told or named.duplicated().any()))


def _because(columns: Iterable[str]) -> str:
    named = ", ".join(columns)
    return say(en=f"columns {named}", ru=f"столбцы {named}")


def _log_columns(columns: Iterable[str]) -> list[str]:
    """Columns of the person, the time and the event by their usual names; empty where one of them is missing."""
    from cjmkit.events.reading.plain import folded

    called = {folded(c): c for c in columns}
    found = [next((called[n] for n in names if n in called), "") for names in (_PERSON, _TIME, _EVENT)]
    return found if all(found) else []


def _coded(path: Path) -> tuple[str, str]:
    """Coded segments of a program that codes, read to be sure."""
    from cjmkit import qda

    project = qda.read(path)
    kind = "codings" if len(project.codings) else "codebook"
    return kind, say(en=f"read as {project.origin}", ru=f"прочитано как {project.origin}")


def _record_kind(path: Path) -> tuple[str, str]:
    """JSON: what customers wrote, a log, a transcript, or annotations."""
    from cjmkit import interviews
    from cjmkit.voices.reading import recognised

    try:
        kind, why = recognised(path)
    except CjmError:
        kind, why = "", ""
    if kind:
        return kind, say(en=f"records of {why}", ru=f"записи: {why}")
    head = _head(path).decode("utf-8", "replace")
    keys = set(re.findall(r'"([^"]{1,40})"\s*:', head[:2000]))
    if event := _log_columns(keys):
        return "events", _because(event)
    try:
        found = interviews.read(path)
        if not any("qda.read" in w for w in found.warnings):
            return "interviews", say(en=f"a transcript ({found.layout})", ru=f"расшифровка ({found.layout})")
    except CjmError:
        pass
    try:
        return _coded(path)
    except CjmError:
        return "", say(
            en="JSON; looked for a transcript, a log, reviews, tickets and annotations",
            ru="JSON; искали расшифровку, журнал, отзывы, обращения и разметку",
        )


def _table_kind(path: Path) -> tuple[str, str]:
    from cjmkit.interviews.reading.tables import coded_by
    from cjmkit.voices.reading import recognised

    heads = _heads(path)
    if _of_tasks(path, heads):
        return "tasks", say(en="tasks by people", ru="задания по людям")
    folded = {h.casefold().strip().replace("ё", "е") for h in heads}

    def first(names: Iterable[str]) -> str:
        return next((n for n in names if n in folded), "")

    if {"document", "start", "end", "quote", "code"} <= folded:
        return "codings", _because(("document", "start", "end", "quote", "code"))
    if {"participant", "variable", "value"} <= folded:
        return "placements", _because(("participant", "variable", "value"))
    if tool := coded_by(heads):
        return "codings", say(en=f"coded segments of {tool}", ru=f"закодированные отрывки из {tool}")
    if {"document", "participant"} == folded or ({"document", "participant"} <= folded and "text" not in folded):
        return "participants", _because(("document", "participant"))
    if event := _log_columns(heads):
        return "events", _because(event)
    if {"start", "end", "text"} == folded:
        return "interviews", _because(("start", "end", "text"))
    if first(_SPEAKER) and first(("text", "текст")):
        return "interviews", _because((first(_SPEAKER), first(("text", "текст"))))
    for name, (file, columns) in TABLES.items():
        if path.name.lower() == Path(file).name or (len(columns) > 1 and set(columns) <= folded and len(folded) < 15):
            return name, _because(columns)
    kind, why = recognised(path) if path.stat().st_size < 200_000_000 else ("", "")
    asked = sorted(h for h in folded if _ASKED.search(re.sub(r"[\W_]+", " ", h)))
    if kind == "reviews" and asked:
        return "survey", say(en=f"people were asked: {', '.join(asked)}", ru=f"людей спрашивали: {', '.join(asked)}")
    if kind:
        return kind, _because([why])
    coded = sorted(h for h in folded if re.fullmatch(r"(?:code|код)\s*\d+", h))
    if coded or (first(("quote", "цитата")) and first(("code", "код"))):
        return "codings", _because(coded or (first(("quote", "цитата")), first(("code", "код"))))
    if first(_CODE) and first(_DEFINED) and len(heads) <= 10:
        return "codebook", _because((first(_CODE), first(_DEFINED)))
    if log := _log_by(path, heads):
        return "events", log
    if len(heads) > 1:
        return "survey", say(en=f"a table of {len(heads)} questions", ru=f"таблица, вопросов: {len(heads)}")
    return "", say(en="a table of one column; looked for two or more", ru="в таблице один столбец; нужно хотя бы два")


def _log_by(path: Path, heads: list[str]) -> str:
    """Why a table is a log and not the answers of people; empty where nothing says so.

    A format that a tool writes says it itself. In any other table somebody has to do one of a few things at a time, and
    people or things have to come again: a questionnaire may have an id, a date and a status too, but a row a person.
    """
    from cjmkit import events

    if len(heads) < 3 or any("?" in h for h in heads):
        return ""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sample, head = path, _head(path)
        if len(head) == _HEAD and path.suffix.lower() != ".xlsx":
            sample = Path(folder) / f"sample{path.suffix}"
            sample.write_bytes(head[: head.rfind(b"\n") + 1])
        try:
            log = events.read(sample)
        except (CjmError, ValueError):
            return ""
    roles = log.report.roles
    if log.report.format != "table":
        return say(en=f"a log of {log.report.format}", ru=f"журнал {log.report.format}")
    rows, kinds = int(log.describe()["count"].sum()), len(log.events)
    surely = re.search(_HAPPENED, roles["event"].column.casefold()) is not None
    if rows < 5 or kinds < 2 or kinds > max(10, rows * (0.3 if surely else 0.1)):
        return ""
    if not surely and (log.n_people > 0.6 * rows or len(heads) > 15):
        return ""
    return _because(roles[r].column for r in ("user", "time", "event"))


def _of_tasks(path: Path, heads: list[str]) -> bool:
    from cjmkit.intake.sheets import read_sheets
    from cjmkit.survey.task_cells import looks_like_tasks

    if len(heads) < 2 or path.stat().st_size > _HEAD:
        return False
    return looks_like_tasks(next(iter(read_sheets(path.read_bytes(), path)[0].values())), path.name)


def _heads(path: Path) -> list[str]:
    """The header, below a title if there is one."""
    from cjmkit.intake.sheets import read_sheets
    from cjmkit.intake.tables import caption_rows

    if path.suffix.lower() == ".xlsx":
        # A read-me comes before the table, or a list of options after it: the sheet with the most cells counts.
        sheets = read_sheets(path.read_bytes(), path)[0].values()
        rows = max(sheets, key=lambda s: sum(bool(c) for row in s for c in row) if len(s[0]) > 1 else 0)
    else:
        head = _head(path)
        # The last line may be cut in half, in a letter of two bytes, or inside quotation marks.
        head = head[: head.rfind(b"\n") + 1] if len(head) == _HEAD and b"\x00" not in head[:100] else head
        rows = next(iter(read_sheets(head, path)[0].values()))
    return rows[caption_rows(rows[:60])]
