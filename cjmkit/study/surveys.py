"""The surveys of a study: waves, what personas and outcomes are made from, what employees believe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cjmkit.core.placed import PlacedNote
from cjmkit.core.stage import Note
from cjmkit.errors import NotEnough, one_of
from cjmkit.i18n import say, shorten
from cjmkit.study.data import StudyData
from cjmkit.study.linking import outcome_item, with_proposed
from cjmkit.study.parts import need

if TYPE_CHECKING:
    import pandas as pd

    from cjmkit.survey import Survey

__all__ = [
    "attitudes",
    "employee_scores",
    "employee_survey",
    "outcome",
    "previous_survey",
    "success",
    "survey",
    "survey_notes",
    "touchpoint_items",
    "waves",
]

IDS = ("participant", "person", "respondent", "user", "document")
"""Columns that name somebody: "001" is a name and not the number one, "NA" is one too."""


def survey(study: StudyData, /, name: str | None = None, *, proposed: bool = True) -> Survey:
    """A survey by its name in ``surveys/``; by default the one that ``study.yaml`` names, or that of the latest wave.

    Parameters
    ----------
    name : str, optional
        Name of the file, with or without its suffix.
    proposed : bool
        Where no question is linked to a stage yet, place the ratings by proposed links (:meth:`links` shows them).

    Raises
    ------
    CjmError
        If there is none, or several and no choice.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> survey = study.survey()
    >>> survey.n, len(survey.items)
    (380, 62)
    """
    from cjmkit import survey as room

    need(study, "survey")
    file = study.survey_file(name)
    decisions = study.items_file(name)
    person = study.settings.survey.person or None
    out = room.read(file, decisions=decisions if decisions.is_file() else None, person=person, quiet=True)
    if proposed:
        out, guessed = with_proposed(study, out)
        study.proposed |= {(out.name, item) for item in guessed}
    return out


def previous_survey(study: StudyData, /) -> Survey:
    """The survey of the previous wave.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.previous_survey().name, study.survey().name
    ('customers-2025', 'customers-2026')
    """
    need(study, "previous")
    return survey(study, study.previous_name)


def waves(study: StudyData, /) -> dict[str, Survey]:
    """The previous and the latest survey by what tells their names apart: ``customers-2025`` and ``customers-2026``
    are 2025 and 2026.

    Raises
    ------
    NotEnough
        If there is no previous survey.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/meals")
    >>> list(study.waves())
    ['2025', '2026']
    """
    both = [previous_survey(study), survey(study)]
    parts = [re.split(r"[\W_]+", s.name) for s in both]
    tails = ["-".join(p for p in own if p not in other) for own, other in (parts, parts[::-1])]
    return dict(zip(tails if all(tails) else [s.name for s in both], both, strict=True))


def employee_survey(study: StudyData, /) -> Survey:
    """The survey of employees and managers.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.employee_survey().n
    29
    """
    need(study, "employees")
    return survey(study, study.settings.survey.employees)


def attitudes(study: StudyData, /) -> list[str]:
    """The survey items that personas are made from: those that ``study.yaml`` lists under ``survey: attitudes:``.

    Without a list: all rating items that are tied to no stage and are neither the outcome nor a score such as
    NPS, because how it went must not decide who somebody is.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.attitudes()[:3]
    ['Q5_1', 'Q5_2', 'Q5_3']
    """
    answers, s = survey(study), study.settings.survey
    if s.attitudes:
        return [name for pattern in s.attitudes for name in answers.find(pattern)]
    items = answers.items
    rated = items[items["type"].eq("likert") & items["stage"].fillna("").eq("")]
    overall = outcome_item(study, answers)
    chosen = [name for name in rated["item"] if name != overall]
    if chosen:
        return chosen
    placed = [i for i in answers.items["item"] if (answers.name, i) in study.proposed]
    return placed or chosen


def outcome(study: StudyData, /) -> str:
    """The item whose drivers are asked for: the one that ``study.yaml`` names, else an overall rating, else the NPS.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> cj.Study.example("mealkit", tempfile.mkdtemp() + "/m").outcome()
    'Q10'
    """
    found = outcome_item(study, survey(study))
    if not found:
        raise NotEnough(
            say(en="no overall rating and no NPS", ru="нет ни общей оценки, ни NPS"),
            why=say(en="drivers are drivers of something", ru="причины бывают у чего-то"),
            action=say(
                en="name the item in study.yaml under `survey: outcome:`",
                ru="назовите вопрос в study.yaml: `survey: outcome:`",
            ),
        )
    return found


def touchpoint_items(study: StudyData, /) -> list[str]:
    """The rating items of the survey that belong to a touchpoint: the drivers worth asking about.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.touchpoint_items()[:3]
    ['Q7_1', 'Q7_2', 'Q7_3']
    """
    items = survey(study).items
    return list(items.loc[items["touchpoint"].fillna("").ne("") & items["scale"].notna(), "item"])


def employee_scores(study: StudyData, /) -> pd.DataFrame:
    """What employees and managers believe customers feel: a scores table with source employees or managers.

    Whoever's role reads like a manager's (``survey: role:`` in ``study.yaml`` names the column) is one.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> study.employee_scores().groupby("source")["participant"].nunique().to_dict()
    {'employees': 23, 'managers': 6}
    """
    from cjmkit import survey as room

    believed = employee_survey(study)
    scores = room.stage_scores(believed)
    column = study.settings.survey.role
    if not column:
        return scores.assign(source="employees")
    role = believed.data.set_index(believed.person)[column].astype(str).str.casefold()
    boss = role.str.contains(r"manag|head|director|lead|chief|руковод|директор|начальник|менеджмент", regex=True)
    return scores.assign(source=scores["participant"].map(boss).map({True: "managers", False: "employees"}))


def success(study: StudyData, /) -> pd.Series:
    """Whether each respondent became (or stayed) a customer: index person, values True or False.

    Raises
    ------
    CjmError
        If ``survey: success:`` in ``study.yaml`` is empty or names a column that the survey does not have.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> came = study.success()
    >>> int(came.sum()), len(came)
    (165, 380)
    """
    need(study, "success")
    s, asked = study.settings.survey, survey(study)
    one_of(s.success, asked.data.columns, what="column in `survey: success:` of study.yaml")
    answers = asked.data.set_index(asked.person)[s.success].dropna().astype(str)
    values = sorted(answers.unique())
    one_of(s.success_value or values[-1], values, what="answer in `survey: success_value:` of study.yaml")
    yes = s.success_value or values[-1]
    return answers.eq(yes).rename("success")


def survey_notes(study: StudyData, /) -> tuple[PlacedNote, ...]:
    """The NPS and the overall rating of the survey as notes of the lane ``"kpis"``, at the end of the way.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> [p.note.estimate.n for p in cj.Study.example("mealkit", tempfile.mkdtemp() + "/m").survey_notes()]
    [372, 375]
    """
    from cjmkit.core.cite import cite
    from cjmkit.survey import score

    asked, stages = survey(study), study.stages()
    after = [s for s in stages if s.phase == "after"] or [stages[-1]]
    out: list[PlacedNote] = []
    for item in dict.fromkeys([*(i.item for i in asked.all_items if i.type == "nps"), outcome_item(study, asked)]):
        if not item:
            continue
        found = score(asked, item)
        evidence = cite(found)
        it = asked.item(item)
        text, figure = "NPS" if it.type == "nps" else shorten(it.text or item, 80), found.estimate
        if found.kind in ("csat", "top2"):
            upper = say(en="satisfied", ru="довольны", lang=study.language) if found.kind == "csat" else "top 2"
            text, figure = f"{text} – {upper}", figure.replace(percent=True)
        out.append(
            PlacedNote(
                after[0].id,
                "kpis",
                Note(id=f"survey-{len(out) + 1}", text=text, evidence=(evidence,), estimate=figure),
            )
        )
    return tuple(out)
