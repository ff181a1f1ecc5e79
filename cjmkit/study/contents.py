"""What a study has and lacks, part by part."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cjmkit.errors import CjmError
from cjmkit.i18n import count, say
from cjmkit.study import material, results
from cjmkit.study.data import DOCUMENTS, EVENT_FILES, SURVEY_FILES, VOICE_FILES, StudyData
from cjmkit.study.parts import TABLES, called, has, missing
from cjmkit.study.set_aside import notice

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["contents", "contents_html", "contents_text", "how_much"]

_SHOWN = (
    "interviews",
    "codings",
    "codebook",
    "grid",
    "survey",
    "voices",
    "events",
    *TABLES,
    "tasks",
    "notes",
    "personas",
    "journey",
)


def contents(study: StudyData, /) -> pd.DataFrame:
    """What the study has and lacks: columns part, has, remark.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida").contents()["has"].any()
    np.False_
    """
    import pandas as pd

    rows = []
    for name in _SHOWN:
        there = has(study, name)
        rows.append((name, there, how_much(study, name) if there else missing(study, name).split(": ", 1)[1]))
    return pd.DataFrame(rows, columns=["part", "has", "remark"])


def how_much(study: StudyData, name: str) -> str:
    """How much of a part there is, in words; what is wrong with it where it cannot be read."""
    lang = study.language

    def rows(n: int) -> str:
        return count(n, en=("row", "rows"), ru=("строка", "строки", "строк"), lang=lang)

    try:
        match name:
            case "interviews":
                n = len(study.interview_files())
                return count(n, en=("document", "documents"), ru=("документ", "документа", "документов"), lang=lang)
            case "codings":
                names = sorted(p.stem for p in study.files("codings", (".csv",)))
                ru = ("кодировщик", "кодировщика", "кодировщиков")
                return f"{count(len(names), en=('coder', 'coders'), ru=ru, lang=lang)}: {', '.join(names)}"
            case "grid":
                names = sorted(p.stem for p in study.files("placements", (".csv",)))
                ru = ("кодировщик", "кодировщика", "кодировщиков")
                return f"{count(len(names), en=('rater', 'raters'), ru=ru, lang=lang)}: {', '.join(names)}"
            case "codebook":
                n = len(material.codebook(study).table)
                return count(n, en=("code", "codes"), ru=("код", "кода", "кодов"), lang=lang)
            case "survey":
                return ", ".join(p.name for p in study.files("surveys", SURVEY_FILES))
            case "voices":
                return ", ".join(p.name for p in study.files("voices", VOICE_FILES))
            case "tasks":
                return material.tasks(study).summary(lang).rstrip(".")
            case "previous":
                return study.previous_name
            case "notes":
                n = len(study.files("sources/notes", DOCUMENTS))
                return count(n, en=("file", "files"), ru=("файл", "файла", "файлов"), lang=lang)
            case "events":
                return ", ".join(p.name for p in study.files("events", EVENT_FILES))
            case "personas":
                return ", ".join(p.name for p in results.personas(study))
            case "journey":
                return repr(results.journey(study))
            case _ if name in TABLES:
                return rows(len(material.table(study, name)))
            case _:
                return say(en="described", ru="описано", lang=lang)
    except (CjmError, OSError) as error:
        return say(en=f"cannot be read: {error}", ru=f"не читается: {error}", lang=lang)


def contents_text(study: StudyData) -> str:
    """The contents for a terminal."""
    head = say(
        en=f"<Study {study.title!r} in {study.path.name}/>",
        ru=f"<Исследование «{study.title}» в {study.path.name}/>",
        lang=study.language,
    )
    rows = contents(study).itertuples(index=False)
    lines = [
        head,
        *(f"  {'+' if there else '-'} {called(part, study.language)}: {remark}" for part, there, remark in rows),
    ]
    return "\n".join([*lines, *filter(None, [notice(study)])])


def contents_html(study: StudyData) -> str:
    """The contents for a notebook."""
    lang = study.language
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{'✓' if there else '–'} {escape(called(part, lang))}</th>"
        f"<td style='text-align:left'>{escape(remark)}</td></tr>"
        for part, there, remark in contents(study).itertuples(index=False)
    )
    made_up = say(en=" · made-up data", ru=" · данные придуманы", lang=study.language) if study.settings.made_up else ""
    head = f"<caption style='text-align:left'><b>{escape(study.title)}</b>{made_up}</caption>"
    said = notice(study)
    return f"<table>{head}<tbody>{rows}</tbody></table>" + (f"<p>{escape(said)}</p>" if said else "")
