"""Who is in which material: people that interviews, surveys, logs and reviews share, by their ids."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING

from cjmkit.errors import CjmError
from cjmkit.files import write_atomically
from cjmkit.i18n import people, say
from cjmkit.people import folded_id, ids
from cjmkit.study import material, surveys
from cjmkit.study.data import StudyData
from cjmkit.study.parts import has

if TYPE_CHECKING:
    from cjmkit.interviews import Transcripts

__all__ = ["overlaps", "spelt_as_in_survey"]

_MOST = 50_000_000
_WORDS = {
    "interviews": ("the interviews", "интервью"),
    "survey": ("the survey", "опросе"),
    "voices": ("the reviews and tickets", "отзывах и обращениях"),
    "events": ("the log", "журнале"),
}


def _from_log(study: StudyData) -> set[str]:
    return set() if study.event_file().stat().st_size > _MOST else set(ids(material.events(study).ids()))


_WHO: dict[str, Callable[[StudyData], set[str]]] = {
    "interviews": lambda s: set(material.transcripts(s).participants),
    "survey": lambda s: _from_survey(s),
    "voices": lambda s: set(material.voices(s).table["participant"]),
    "events": _from_log,
}


def _from_survey(study: StudyData) -> set[str]:
    answers = surveys.survey(study, proposed=False)
    return set(ids(answers.data[answers.person].dropna())) if answers.person in answers.data else set()


def overlaps(study: StudyData, new: set[str], talks: Transcripts | None = None) -> tuple[str, ...]:
    """How many people each new kind of material shares with every other, by id; nothing where it is the only one.

    The interviews are taken from `talks` where they have been read already.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> overlaps(cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida"), {"survey"})
    ()
    """
    there = [k for k in _WHO if has(study, k)]
    if len(there) < 2 or not new & set(there):
        return ()
    found: dict[str, set[str]] = {}
    for k in there:
        try:
            found[k] = set(talks.participants) if k == "interviews" and talks is not None else _WHO[k](study)
        except (CjmError, KeyError, ValueError, OSError):
            continue
    lang = study.language
    out, apart = [], dict[str, None]()
    for a, b in combinations(found, 2):
        if {a, b} & new and found[a] and found[b]:
            (en_a, ru_a), (en_b, ru_b) = _WORDS[a], _WORDS[b]
            if not (shared := len(found[a] & found[b])):
                apart |= {say(en=en_a, ru=ru_a, lang=lang): None, say(en=en_b, ru=ru_b, lang=lang): None}
                continue
            n = people(shared, lang)
            out.append(
                say(
                    en=f"By id, {n} are both in {en_a} and in {en_b}",
                    ru=f"По id одни и те же люди в {ru_a} и {ru_b}: {n}",
                    lang=lang,
                )
                + (_numbered(lang) if all(map(str.isdecimal, found[a] | found[b])) else "")
            )
    if apart and not out:
        out.append(
            say(
                en=f"By id, nobody is in two of these: {', '.join(apart)}. Where people are the same, give them the "
                "same ids (interviews/participants.csv; `survey: person:` and `events: user:` in study.yaml)",
                ru=f"По id никого нет сразу в двух: {', '.join(apart)}. Если люди те же, дайте им одни id "
                "(interviews/participants.csv; `survey: person:` и `events: user:` в study.yaml)",
                lang=lang,
            )
        )
    return tuple(out)


def _numbered(lang: str) -> str:
    """What two files of plain numbers say of their people: nothing, for any two lists begin with 1."""
    return say(
        en="; both sides only number them (1, 2, 3 …), as any two files do: if these are not the same people, "
        "name another column in study.yaml (`survey: person:`, `events: user:`) or keep them in two studies",
        ru="; но с обеих сторон это просто номера (1, 2, 3 …), как в любых двух файлах: если люди разные, назовите в "
        "study.yaml другой столбец (`survey: person:`, `events: user:`) или держите их в двух исследованиях",
        lang=lang,
    )


def spelt_as_in_survey(study: StudyData, talks: Transcripts | None = None) -> tuple[str, ...]:
    """Write ``interviews/participants.csv`` where the survey spells the same ids otherwise (P1 for p01), and say so.

    Only where no such file is there, no id is shared as it stands, and on neither side two people would become one.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> spelt_as_in_survey(cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida"))
    ()
    """
    file = study.path / "interviews" / "participants.csv"
    if file.exists() or not (has(study, "interviews") and has(study, "survey")):
        return ()
    try:
        documents, asked = (talks or material.transcripts(study)).documents, _from_survey(study)
    except (CjmError, KeyError, ValueError, OSError):
        return ()
    said = documents.dropna(subset=["participant"])
    speak = set(said["participant"])
    survey = {folded_id(p): p for p in asked}
    same = {p: survey[folded_id(p)] for p in speak if folded_id(p) in survey}
    if not same or speak & asked or len(survey) < len(asked) or len({folded_id(p) for p in speak}) < len(speak):
        return ()
    table = said[["document", "participant"]].assign(participant=said["participant"].map(lambda p: same.get(p, p)))
    write_atomically(file, table.to_csv(index=False))
    here, there = min(same.items())
    return (
        say(
            en=f"{people(len(same), 'en')} of the interviews are spelt as in the survey ({here} is {there}): "
            "interviews/participants.csv says who is who",
            ru=f"Имена из интервью записаны как в опросе ({here} — это {there}), людей: {len(same)}; кто есть кто, "
            "сказано в interviews/participants.csv",
            lang=study.language,
        ),
    )
