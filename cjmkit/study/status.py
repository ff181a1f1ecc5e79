"""What next: the eight steps with what is there, what it allows, what is missing, the next action and open doubts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cjmkit.errors import CjmError
from cjmkit.i18n import listing, number, people, say
from cjmkit.study.accepting import links
from cjmkit.study.contents import how_much
from cjmkit.study.data import EVENT_FILES, SURVEY_FILES, StudyData, stem
from cjmkit.study.freshness import stale
from cjmkit.study.gaps import gaps
from cjmkit.study.linking import agreed_said
from cjmkit.study.material import events, tasks
from cjmkit.study.parts import PARTS, called, has, missing
from cjmkit.study.set_aside import notice
from cjmkit.study.surveys import survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STEPS", "Status", "left_unread", "status"]

STEPS: dict[int, tuple[str, str, tuple[str, ...]]] = {
    1: ("Goal", "Цель", ("brief",)),
    2: ("Market", "Рынок", ("sources", "competitors")),
    3: ("Portrait", "Портрет", ("survey", "grid", "codings")),
    4: ("Stages", "Этапы", ("interviews", "codings", "codebook", "notes")),
    5: ("Channels", "Каналы", ("touchpoints", "events", "funnel", "voices")),
    6: ("Experience", "Опыт", ("survey", "tasks", "voices", "codings", "employees")),
    7: ("Barriers", "Барьеры", ("codings", "codebook", "success")),
    8: ("Optimisation", "Оптимизация", ("ideas", "channels", "messages", "previous")),
}
"""The steps of the method with the parts that each draws on, the most useful first."""


_NOT_MISSED = ("tasks", "notes")
"""Parts that few studies have: said where they are there, and nowhere missed."""


class Status:
    """Where a study stands; shows itself as a table, and in a terminal as lines.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a step: step, title, there, allows, missing, action, doubts.
    lang : {"en", "ru"}
    waiting : str
        A sentence on work that was set aside; empty where there is none.
    """

    def __init__(self, table: pd.DataFrame, lang: str, waiting: str = "") -> None:
        self.table, self.lang, self.waiting = table, lang, waiting

    def short(self) -> str:
        """One sentence: how many steps have material, and the one next action."""
        ready = int(self.table["there"].ne("").sum())
        waiting = self.table[self.table["action"].ne("")]
        following = say(en="next", ru="дальше", lang=self.lang)
        action = f"; {following}: {waiting['action'].iloc[0]}" if len(waiting) else ""
        return (
            say(en=f"{ready} of 8 steps have material", ru=f"материал есть для {ready} из 8 шагов", lang=self.lang)
            + action
            + (f"\n{self.waiting}" if self.waiting else "")
        )

    def __repr__(self) -> str:
        words = {
            "there": say(en="there", ru="есть", lang=self.lang),
            "allows": say(en="allows", ru="даёт", lang=self.lang),
            "missing": say(en="missing", ru="нет", lang=self.lang),
            "action": say(en="next", ru="дальше", lang=self.lang),
            "doubts": say(en="doubts", ru="сомнения", lang=self.lang),
        }
        out = [self.waiting] if self.waiting else []
        for row in self.table.to_dict("records"):
            out.append(f"{row['step']}. {row['title']}")
            out += [f"   {word}: {row[column]}" for column, word in words.items() if row[column]]
        return "\n".join(out)

    def _repr_html_(self) -> str:
        heads = {
            "title": say(en="step", ru="шаг", lang=self.lang),
            "there": say(en="there", ru="есть", lang=self.lang),
            "allows": say(en="allows", ru="даёт", lang=self.lang),
            "missing": say(en="missing", ru="нет", lang=self.lang),
            "action": say(en="next", ru="дальше", lang=self.lang),
            "doubts": say(en="doubts", ru="сомнения", lang=self.lang),
        }
        head = "".join(f"<th scope='col' style='text-align:left'>{escape(h)}</th>" for h in heads.values())
        rows = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{escape(str(row[c]))}</td>" for c in heads) + "</tr>"
            for row in self.table.assign(title=self.table["step"].astype(str) + ". " + self.table["title"]).to_dict(
                "records"
            )
        )
        said = f"<p>{escape(self.waiting)}</p>" if self.waiting else ""
        return f"{said}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def status(study: StudyData, /) -> Status:
    """Where the study stands: what is there, what it allows, what is missing, the one next action, the doubts open.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida")
    >>> study.status().short()
    '0 of 8 steps have material; next: fill in `brief:` in study.yaml'
    """
    import pandas as pd

    lang = study.language
    found = gaps(study)
    doubts = _doubts(study)
    rows = []
    for step, (en, ru, parts) in STEPS.items():
        there = [p for p in parts if _has(study, p)]
        absent = [p for p in parts if not _has(study, p) and p not in _NOT_MISSED]
        own = [g for g in found if g.step == step]
        action = own[0].action if own else ""
        if not action and not there and absent:
            # Interviews alone are enough for a portrait: people are placed on variables.
            talked = "grid" in absent and has(study, "interviews")
            action = _action(study, "grid" if talked else absent[0])
        rows.append(
            {
                "step": step,
                "title": say(en=en, ru=ru, lang=lang),
                "there": "; ".join(_how_much(study, p) for p in there),
                "allows": "; ".join(
                    dict.fromkeys(
                        say(en=PARTS[p].allows_en, ru=PARTS[p].allows_ru, lang=lang) for p in there if p in PARTS
                    )
                ),
                "missing": "; ".join([*(called(p, lang) for p in absent), *(g.missing for g in own)]),
                "action": action,
                "doubts": "; ".join(doubts.get(step, [])),
            }
        )
    return Status(pd.DataFrame(rows), lang, notice(study))


def _has(study: StudyData, name: str) -> bool:
    return bool(study.settings.brief.question) if name == "brief" else has(study, name)


def _how_much(study: StudyData, name: str) -> str:
    return (
        study.settings.brief.question if name == "brief" else f"{called(name, study.language)}: {how_much(study, name)}"
    )


def _action(study: StudyData, name: str) -> str:
    if name == "brief":
        return say(en="fill in `brief:` in study.yaml", ru="заполните `brief:` в study.yaml", lang=study.language)
    return missing(study, name).split(": ", 1)[1]


def _funnel_wanted(study: StudyData) -> str:
    """Where a log has no funnel yet: its events, by how many people did them, to choose the steps from."""
    try:
        log = events(study)
    except CjmError as error:
        return str(error).splitlines()[0]
    done = log.describe().sort_values("users", ascending=False, kind="stable")
    named = [f"{e} ({number(n, 0, lang=study.language)})" for e, n in zip(done["event"], done["users"])]
    return say(
        en="no funnel yet: write its steps in order into study.yaml, `events: funnel: [EVENT, EVENT, …]`. "
        f"People by event: {listing(named, 12)}",
        ru="воронки ещё нет: впишите её шаги по порядку в study.yaml, `events: funnel: [СОБЫТИЕ, СОБЫТИЕ, …]`. "
        f"Людей по событиям: {listing(named, 12)}",
        lang=study.language,
    )


def _doubts(study: StudyData) -> dict[int, list[str]]:
    """What a researcher should decide or look at, by step."""
    lang, out = study.language, {}
    old = stale(study)
    if old:
        out[3] = [
            say(
                en=f"made from other material and not used: {', '.join(old)}; cjmkit run makes them again",
                ru=f"сделаны по другому материалу и не используются: {', '.join(old)}; cjmkit run сделает их заново",
                lang=lang,
            )
        ]
    if has(study, "survey"):
        try:
            asked = survey(study, proposed=False)
            table = links(study)
        except CjmError as error:
            return out | {6: [str(error).splitlines()[0]]}
        said = []
        own = table[table["sure"].eq("battery") & ~table["linked"]]["touchpoint"].tolist()
        if own and not study.settings.stages:
            steps = _line(own)
            said.append(
                say(
                    en=f"the survey asks of {len(own)} steps of its own, laid on the stages one by one; to have them "
                    f"as stages, write into study.yaml `stages: {steps}`",
                    ru=f"в анкете свои этапы ({len(own)}), они положены на этапы модели по порядку; чтобы этапами "
                    f"стали они, впишите в study.yaml `stages: {steps}`",
                    lang=lang,
                )
            )
        if left := agreed_said(asked, lang):
            said.append(left)
        open_doubts = asked.doubts()
        if len(open_doubts):
            names = listing([str(c[0]) for c in open_doubts["columns"]], 4)
            said.append(
                say(
                    en=f"answers that can be read in two ways, marked † until you settle them: {names}; see "
                    "study.survey().doubts() or the cards of step 3",
                    ru=f"ответы читаются двояко и отмечены †, пока вы не решите: {names}; см. "
                    "study.survey().doubts() или карточки шага 3",
                    lang=lang,
                )
            )
        guessed = int((~table["linked"] & table["sure"].ne("name")).sum())
        if guessed and not table["linked"].any():
            said.append(
                say(
                    en=f"links of {guessed} questions are proposed: see study.links(), then cjmkit link --accept",
                    ru=f"связи предложены, вопросов: {guessed}; см. study.links(), затем cjmkit link --accept",
                    lang=lang,
                )
            )
        if len(asked.data) < 10:
            said.append(
                say(en=f"only {people(len(asked.data), lang)}", ru=f"всего {people(len(asked.data), lang)}", lang=lang)
            )
        out[6] = said
    if has(study, "funnel") and not has(study, "event stages"):
        ids = ", ".join(s.id for s in study.stages())
        out.setdefault(5, []).append(
            say(
                en="the log's figures stand at no stage of the map: say in study.yaml which event belongs to which, "
                f"`events: {{stages: {{EVENT: STAGE}}}}`; stages: {ids}",
                ru="цифры журнала не стоят ни на одном этапе карты: укажите в study.yaml, какое событие куда отнести, "
                f"`events: {{stages: {{СОБЫТИЕ: ЭТАП}}}}`; этапы: {ids}",
                lang=lang,
            )
        )
    if has(study, "events") and not has(study, "funnel"):
        out[5] = [_funnel_wanted(study)]
    if has(study, "tasks"):
        try:
            odd = tasks(study).warnings
        except CjmError as error:
            odd = (str(error).splitlines()[0],)
        out.setdefault(6, []).extend(odd)
    for step, said_of in left_unread(study).items():
        out.setdefault(step, []).append(said_of)
    return out


def left_unread(study: StudyData) -> dict[int, str]:
    """By step, which files lie in the study and are not on the map, because one of their kind is read.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> left_unread(cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida"))
    {}
    """
    out = {}
    for folder, suffixes, step in (("surveys", SURVEY_FILES, 3), ("events", EVENT_FILES, 5)):
        key = "survey" if folder == "surveys" else "events"
        settings = getattr(study.settings, key)
        told = [settings.previous, settings.employees] if folder == "surveys" else []
        files = study.files(folder, suffixes)
        if len(files) < 2 or settings.file:
            continue
        used = study.survey_file() if folder == "surveys" else study.event_file()
        told += [study.previous_name] if folder == "surveys" else []
        rest = [f.name for f in files if f != used and stem(f, suffixes) not in told and f.name not in told]
        if rest:
            out[step] = say(
                en=f"{folder}/ holds {len(files)} files and one is read: {used.name}. Not on the map: {listing(rest)}. "
                f"To read another, write into study.yaml `{key}: {{file: NAME}}`",
                ru=f"в {folder}/ файлов: {len(files)}, читается один: {used.name}. На карту не попадают: "
                f"{listing(rest)}. Чтобы читался другой, впишите в study.yaml `{key}: {{file: ИМЯ}}`",
                lang=study.language,
            )
    return out


def _line(names: list[str]) -> str:
    """A list as YAML writes it in one line."""
    import yaml

    return str(yaml.safe_dump(names, default_flow_style=True, allow_unicode=True, width=10_000)).strip()
