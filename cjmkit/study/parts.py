"""The parts that a study may have, and what to do to have them."""

from __future__ import annotations

from cjmkit.i18n import say

__all__ = ["TABLES", "remedy"]

TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "sources": ("sources/sources.csv", ("id", "title")),
    "competitors": ("sources/competitors.csv", ("competitor",)),
    "touchpoints": ("plan/touchpoints.csv", ("stage", "touchpoint")),
    "ideas": ("plan/ideas.csv", ("id", "title")),
    "channels": ("plan/channels.csv", ("channel",)),
    "messages": ("plan/messages.csv", ("stage", "channel", "message")),
}
"""The study's plain tables: file, and the columns that it must have."""

_REMEDIES: dict[str, tuple[str, str]] = {
    "interviews": (
        "put the transcripts into interviews/ (txt, vtt, srt, docx, odt, rtf, json, csv)",
        "положите расшифровки в interviews/ (txt, vtt, srt, docx, odt, rtf, json, csv)",
    ),
    "codings": (
        "code the interviews; one CSV a coder goes into codings/",
        "закодируйте интервью; на каждого кодировщика один CSV в codings/",
    ),
    "codebook": ("write codebook.yaml", "составьте codebook.yaml"),
    "survey": ("put the export into surveys/", "положите выгрузку опроса в surveys/"),
    "previous": (
        "put the earlier export into surveys/ and name it in study.yaml under `survey: previous:`",
        "положите прежнюю выгрузку в surveys/ и назовите её в study.yaml: `survey: previous:`",
    ),
    "employees": (
        "put the employees' survey into surveys/ and name it in study.yaml under `survey: employees:`",
        "положите опрос сотрудников в surveys/ и назовите его в study.yaml: `survey: employees:`",
    ),
    "outcome": (
        "name the column that tells customers from others in study.yaml under `survey: success:`",
        "назовите в study.yaml столбец, по которому видно, кто стал клиентом: `survey: success:`",
    ),
    "drivers": (
        "name the item whose drivers you want in study.yaml under `survey: outcome:`",
        "назовите в study.yaml вопрос, для которого ищем причины: `survey: outcome:`",
    ),
    "events": (
        "put the event log into events/ and describe its columns in study.yaml under `events:`",
        "положите журнал событий в events/ и опишите его столбцы в study.yaml: `events:`",
    ),
    "funnel": (
        "list the steps of the funnel in study.yaml under `events: funnel:`",
        "перечислите шаги воронки в study.yaml: `events: funnel:`",
    ),
    "journey": ("run the notebook of step 4 first", "сначала выполните тетрадь шага 4"),
    "personas": ("run the notebook of step 3 first", "сначала выполните тетрадь шага 3"),
}


def remedy(name: str, lang: str) -> str:
    """What to do to have a part, as a sentence.

    Parameters
    ----------
    name : str
        Name of the part, or of a table that an earlier notebook leaves.
    lang : {"en", "ru"}
        Language of the sentence.
    """
    if name in TABLES:
        file, columns = TABLES[name]
        what = ", ".join(columns)
        en, ru = f"write {file} (columns {what} …)", f"заполните {file} (столбцы {what} …)"
    else:
        left = (
            f"an earlier notebook leaves results/{name}.csv",
            f"results/{name}.csv оставляет одна из прежних тетрадей",
        )
        en, ru = _REMEDIES.get(name, left)
    return say(en=f"{name}: {en}", ru=f"{name}: {ru}", lang=lang)
