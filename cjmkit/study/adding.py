"""Adding material: each file is looked at, said what it is and why, and copied into its place, never over another."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjmkit.errors import CjmError, one_of, reason
from cjmkit.files import existing
from cjmkit.i18n import listing, say
from cjmkit.study.data import StudyData
from cjmkit.study.parts import PARTS, TABLES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "Added", "add", "recognise"]

KINDS: dict[str, str] = {
    "interviews": "interviews/",
    "survey": "surveys/",
    "events": "events/",
    "codings": "codings/",
    "codebook": "codebook.yaml",
    "participants": "interviews/participants.csv",
    **{name: file for name, (file, _) in TABLES.items()},
}
"""Kinds of material, and where each lies in a study."""

_TEXTS = (".vtt", ".srt", ".docx", ".odt", ".rtf", ".md", ".txt")
_TABLES = (".csv", ".tsv", ".xlsx")
_PERSON = ("user", "user_id", "client_id", "visitor", "visitor_id", "customer_id", "пользователь", "клиент")
_TIME = ("time", "timestamp", "date", "datetime", "event_time", "ts", "время", "дата")
_EVENT = ("event", "event_name", "action", "activity", "событие", "действие")
_SPEAKER = ("speaker", "говорящий", "спикер", "кто говорит")


@dataclass(frozen=True)
class Added:
    """What became of each file: columns file, kind, why, place, done; shows itself as lines."""

    table: pd.DataFrame
    lang: str

    def __repr__(self) -> str:
        words = {
            "copied": say(en="copied", ru="скопирован", lang=self.lang),
            "there": say(en="is there already", ru="уже лежит", lang=self.lang),
            "taken": say(
                en="not copied: another file has this place",
                ru="не скопирован: место занято другим файлом",
                lang=self.lang,
            ),
            "unknown": say(en="not recognised, nothing changed", ru="не распознан, ничего не изменено", lang=self.lang),
        }
        out = []
        for row in self.table.to_dict("records"):
            place = f" → {row['place']}" if row["place"] else ""
            kind = f"{row['kind']}, " if row["kind"] else ""
            out.append(f"{row['file']}: {kind}{words[row['done']]}{place} ({row['why']})")
        kinds = dict.fromkeys(k for k in self.table["kind"] if k in PARTS)
        allows = [say(en=PARTS[k].allows_en, ru=PARTS[k].allows_ru, lang=self.lang) for k in kinds]
        if any(allows):
            out.append(
                say(en="This now allows: ", ru="Теперь есть: ", lang=self.lang) + "; ".join(filter(None, allows))
            )
        return "\n".join(out)


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
    if path.name.lower() == "participants.csv":
        return "participants", say(en="its name", ru="так называется")
    if suffix in _TEXTS:
        return "interviews", say(en=f"a text ({suffix})", ru=f"текст ({suffix})")
    if suffix == ".sav":
        return "survey", say(en="an SPSS file", ru="файл SPSS")
    if suffix in (".parquet", ".csv.gz", ".jsonl"):
        return "events", say(en=f"a log ({suffix})", ru=f"журнал ({suffix})")
    if suffix == ".yaml" and re.search(r"^codes\s*:", path.read_text("utf-8", errors="replace"), re.MULTILINE):
        return "codebook", say(en="it has `codes:`", ru="в нём есть `codes:`")
    if suffix in _TABLES:
        return _table_kind(path)
    looked = listing([*_TEXTS, *_TABLES, ".sav", ".parquet", ".csv.gz", "codebook.yaml"], 20)
    return "", say(en=f"looked for {looked}", ru=f"искали {looked}")


def _table_kind(path: Path) -> tuple[str, str]:
    heads = _heads(path)
    folded = {h.casefold().strip().replace("ё", "е") for h in heads}

    def because(*columns: str) -> str:
        return say(en=f"columns {', '.join(columns)}", ru=f"столбцы {', '.join(columns)}")

    def first(names: Iterable[str]) -> str:
        return next((n for n in names if n in folded), "")

    if {"document", "start", "end", "quote", "code"} <= folded:
        return "codings", because("document", "start", "end", "quote", "code")
    if {"document", "participant"} == folded or ({"document", "participant"} <= folded and "text" not in folded):
        return "participants", because("document", "participant")
    person, time, event = first(_PERSON), first(_TIME), first(_EVENT)
    if person and time and event:
        return "events", because(person, time, event)
    if first(_SPEAKER) and "text" in folded | {"текст" if "текст" in folded else ""}:
        return "interviews", because(first(_SPEAKER), "text")
    for name, (file, columns) in TABLES.items():
        if path.name.lower() == Path(file).name or (len(columns) > 1 and set(columns) <= folded and len(folded) < 15):
            return name, because(*columns)
    if len(heads) > 1:
        return "survey", say(en=f"a table of {len(heads)} questions", ru=f"таблица, вопросов: {len(heads)}")
    return "", say(en="a table of one column; looked for two or more", ru="в таблице один столбец; нужно хотя бы два")


def _heads(path: Path) -> list[str]:
    import pandas as pd

    if path.suffix.lower() == ".xlsx":
        return [str(c) for c in pd.read_excel(path, nrows=1).columns]
    from cjmkit.intake.decoding import decode

    text = str(decode(path.read_bytes()[:200_000])[0])
    line = next((row for row in text.splitlines() if row.strip()), "")
    mark = max("\t;,", key=line.count)
    return [h.strip().strip('"') for h in line.split(mark)]


def add(
    study: StudyData,
    /,
    *paths: str | os.PathLike[str],
    kind: str | None = None,
    bar: Callable[..., Any] | None = None,
) -> Added:
    r"""Put files, or all files of folders, into their places in the study.

    Parameters
    ----------
    *paths : path-like
        Files or folders.
    kind : str, optional
        What they are (one of ``KINDS``), where they should not be looked at.
    bar : callable, optional
        Makes a progress bar (``tqdm`` or alike); called with ``total=`` files.

    Returns
    -------
    Added
        For each file what it is, why, and whether it was copied. A file that is not recognised changes nothing, and
        none is ever copied over another.

    Raises
    ------
    CjmError
        If a path does not exist, or `kind` is unknown.

    Examples
    --------
    >>> import tempfile, pathlib, cjmkit as cj
    >>> here = pathlib.Path(tempfile.mkdtemp())
    >>> study = cj.Study.create(here / "bikes", framework="aida")
    >>> _ = (here / "anna.txt").write_text("Q: How was it?\nAnna: Slow.")
    >>> study.add(here / "anna.txt").table[["kind", "done"]].values.tolist()
    [['interviews', 'copied']]
    """
    import pandas as pd

    if kind is not None:
        one_of(kind, KINDS, what="kind of material")
    files: list[Path] = []
    for p in map(Path, paths):
        files += (
            sorted(f for f in p.rglob("*") if f.is_file() and f.name[0] not in ".~") if p.is_dir() else [existing(p)]
        )
    progress = bar(total=len(files)) if bar is not None and len(files) > 1 else None
    rows = []
    for file in files:
        try:
            found, why = (kind, say(en="as you said", ru="так сказано")) if kind else recognise(file)
        except (CjmError, OSError, ValueError) as error:
            found, why = "", str(error).splitlines()[0]
        place, done = ("", "unknown") if not found else _put(study, file, found)
        rows.append((file.name, found, why, place, done))
        if progress is not None:
            progress.update(1)
    if progress is not None:
        progress.close()
    return Added(pd.DataFrame(rows, columns=["file", "kind", "why", "place", "done"]), study.language)


def _put(study: StudyData, file: Path, kind: str) -> tuple[str, str]:
    """Copy a file into its place in one step, if the place is free."""
    place = KINDS[kind]
    target = study.path / (place + file.name if place.endswith("/") else place)
    shown = target.relative_to(study.path).as_posix()
    content = file.read_bytes()
    if target.exists():
        return shown, "there" if target.is_file() and target.read_bytes() == content else "taken"
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        # A link fails where the name is taken in the meantime; a rename would go over it.
        os.link(temporary, target)
    except FileExistsError:
        return shown, "taken"
    except OSError as error:
        raise CjmError(f"{target}: {reason(error)}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return shown, "copied"
