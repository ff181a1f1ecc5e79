"""Journeys as Mermaid diagrams and back."""

from __future__ import annotations

import json
import os
import re
import warnings
from pathlib import Path
from typing import Any

from cjmkit.core.estimate import Estimate
from cjmkit.core.journey import EmotionPoint, Journey, slug
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, Stage
from cjmkit.errors import CjmError, DataWarning, FileFormatError
from cjmkit.exchange._grid import unique
from cjmkit.exchange._mermaid_text import Diagram, Section, Task, escape, parse
from cjmkit.exchange._result import Imported
from cjmkit.exchange.yaml_file import plain
from cjmkit.files import read_text, write_atomically
from cjmkit.i18n import Language, current_language, say

__all__ = ["from_mermaid", "to_mermaid"]

_METHOD = "Mermaid score"


def to_mermaid(journey: Journey, path: str | os.PathLike[str] | None = None) -> str:
    r"""Write a journey as a Mermaid ``journey`` diagram, from which :func:`from_mermaid` gets it back whole.

    Sections are stages; tasks are the person's actions (else touchpoints, else the stage itself); the score is the
    stage's emotion, moved from −2…2 to 1…5; actors are personas. Everything that Mermaid cannot show stands in comment
    lines (``%% cjmkit …``), which Mermaid ignores.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like, optional
        Also write it there.

    Returns
    -------
    str
        The diagram.

    Warns
    -----
    DataWarning
        Where an emotion has decimals: the diagram shows a whole number, the comment keeps the rest.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="k", title="Kitchen", actions=["Boil: water"])])
    >>> print(to_mermaid(j).split("%%")[0] + "…")
    journey
        title Tea
        …
    """
    lines = ["journey", f"    title {escape(journey.title, what='title')}"]
    rest = {
        "links": [plain(k) for k in journey.links],
        "emotion": [plain(p) for p in journey.emotion],
        "improvements": [plain(a) for a in journey.improvements],
    }
    lines.append(f"    %% cjmkit journey {_json(_head(journey) | {k: v for k, v in rest.items() if v})}")
    rounded = []
    for stage in journey.stages:
        lines.append(f"    section {escape(stage.title, what='section')}")
        # A block of data per stage: two people's changes to different stages touch different lines.
        lines.append(f"      %% cjmkit stage {_json(plain(stage))}")
        value = _emotion(journey, stage.id)
        if value is not None and value != round(value):
            rounded.append(stage.title)
        lines += [f"      {_line(t)}" for t in _tasks(journey, stage)]
    if rounded:
        warnings.warn(
            DataWarning(
                say(
                    en=f"the diagram shows whole scores from 1 to 5; decimals are kept in its comments only for: "
                    f"{', '.join(rounded)}",
                    ru="на диаграмме целые оценки от 1 до 5; десятичные доли остались только в комментариях: "
                    f"{', '.join(rounded)}",
                )
            ),
            stacklevel=2,
        )
    text = "\n".join(lines) + "\n"
    if path is not None:
        write_atomically(path, text)
    return text


def _head(journey: Journey) -> dict[str, Any]:
    out: dict[str, Any] = plain(journey.replace(stages=(), links=(), emotion=(), improvements=()))
    return out


def _json(value: Any) -> str:
    text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), default=str)
    # Characters that some editor takes for the end of a line would cut the comment in two.
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff]", lambda m: f"\\u{ord(m[0]):04x}", text)


def _emotion(journey: Journey, stage: str) -> float | None:
    """The emotion of a stage: what people felt before what anybody believes."""
    points = [p for p in journey.emotion if p.stage == stage and p.estimate.value is not None]
    points.sort(key=lambda p: p.source in ("researcher", "employees", "managers"))
    return points[0].estimate.value if points else None


def _tasks(journey: Journey, stage: Stage) -> list[Task]:
    """The tasks that a stage shows."""
    value = _emotion(journey, stage.id)
    score = 3.0 if value is None else float(round(value) + 3)
    names = {p.id: p.name for p in journey.personas}
    everybody = list(names.values())
    shown: list[tuple[str, str, str]] = [(n.text, n.persona, n.memo) for n in stage.actions]
    shown = shown or [(t.name, t.persona, "") for t in stage.touchpoints] or [(stage.title, "", "")]
    out = []
    for text, persona, memo in shown:
        actors = [names.get(persona, persona)] if persona else everybody
        task = Task(text, score, actors)
        written = re.fullmatch(r"Mermaid: (\d*(?:\.\d+)?): ?(.*)", memo, re.DOTALL)
        if written:
            # It came from a diagram: its own score and actors go back into one.
            task.score = float(written[1]) if written[1] else score
            task.actors = [a for a in written[2].split(", ") if a]
        out.append(task)
    return out


def _line(task: Task) -> str:
    score = f"{task.score:g}" if task.score is not None else "3"
    actors = ", ".join(escape(a, what="actor") for a in task.actors)
    return f"{escape(task.name)}: {score}" + (f": {actors}" if actors else "")


def from_mermaid(
    source: str | os.PathLike[str], *, title: str = "", language: Language | None = None, strict: bool = False
) -> Imported:
    r"""Read a Mermaid ``journey`` diagram.

    A diagram of :func:`to_mermaid` comes back equal; what somebody changed in its visible lines is taken over and
    listed. In any other one, sections become stages, tasks the person's actions, actors personas, and the mean score of
    a section an assumption of the researcher. What Mermaid refuses or misreads is repaired, and reported with its line.

    Parameters
    ----------
    source : str or path-like
        The diagram, or the file that holds it; also a Markdown file with a ``mermaid`` block.
    title : str, optional
        Title where the diagram has none.
    language : {"en", "ru"}, optional
        Language of the notes; told by their letters by default.
    strict : bool
        Refuse what would have to be repaired.

    Returns
    -------
    Imported
        The journey and the remarks, each with its line.

    Raises
    ------
    FileFormatError
        If there is no journey diagram in it, or, when `strict`, at the first thing to repair.

    Examples
    --------
    >>> journey, notes = from_mermaid("journey\n  section Pay\n    Step 1: pay: 3: Me")
    >>> journey.stages[0].actions[0].text
    'Step 1: pay'
    >>> print(notes[0][:42])
    line 3: a bare “:” in the task's name: Mer
    """
    path: object = None
    text = str(source)
    if isinstance(source, os.PathLike) or ("\n" not in text and text.endswith((".mmd", ".mermaid", ".md", ".txt"))):
        path = source
        text = read_text(source)
        title = title or Path(source).stem
    diagram = parse(text, path=path)
    if strict and diagram.remarks:
        first = diagram.remarks[0]
        raise FileFormatError(say(en=first.en, ru=first.ru), path=path, line=first.line)
    notes = [str(r) for r in diagram.remarks]
    if diagram.data:
        try:
            return _ours(diagram, notes)
        except (ValueError, CjmError) as error:
            notes.append(
                say(
                    en=f"the comments of cjmkit could not be read ({error}); only the visible lines were",
                    ru=f"комментарии cjmkit не прочитаны ({error}); прочитаны только видимые строки",
                )
            )
    return _foreign(diagram, title, language, notes)


# ---- a diagram of ours -------------------------------------------------------------------------------------------


def _ours(diagram: Diagram, notes: list[str]) -> Imported:
    head = json.loads(diagram.data)
    stages: list[Stage] = []
    taken: set[str] = set()
    known = {s.data: Stage.model_validate(json.loads(s.data)) for s in diagram.sections if s.data}
    taken |= {s.id for s in known.values()}
    for section in diagram.sections:
        if section.data:
            stages.append(known[section.data])
        else:
            made = Stage(id=unique(section.title, taken), title=section.title or "…", actions=_notes(section))
            stages.append(made)
            notes.append(
                say(
                    en=f"line {section.line}: new section “{section.title}”",
                    ru=f"строка {section.line}: новый раздел «{section.title}»",
                )
            )
    ids = {s.id for s in stages}
    for field_name, ends in (("links", ("source", "target")), ("emotion", ("stage",)), ("improvements", ("stage",))):
        kept = [x for x in head.get(field_name, []) if all(not x.get(e) or x[e] in ids for e in ends)]
        if len(kept) < len(head.get(field_name, [])):
            lost = len(head[field_name]) - len(kept)
            notes.append(
                say(
                    en=f"{lost} {field_name} of removed sections were left out",
                    ru=f"вместе с удалёнными разделами пропущено: {field_name}, {lost}",
                )
            )
        head[field_name] = kept
    journey = Journey.model_validate(head | {"stages": tuple(stages)})
    if diagram.title and diagram.title != journey.title:
        notes.append(say(en=f"title changed to “{diagram.title}”", ru=f"заголовок изменён на «{diagram.title}»"))
        journey = journey.replace(title=diagram.title)
    for section, stage in zip(diagram.sections, stages):
        if section.data:
            journey = _edited(journey, stage, section, notes)
        else:
            journey = _scored(journey, stage, [t for t in section.tasks if t.score is not None], notes)
    return Imported(journey, tuple(notes))


def _edited(journey: Journey, stage: Stage, section: Section, notes: list[str]) -> Journey:
    """Take over what somebody changed in the visible lines of a section."""
    if section.title and section.title != stage.title:
        notes.append(
            say(
                en=f"line {section.line}: section “{stage.title}” is now “{section.title}”",
                ru=f"строка {section.line}: раздел «{stage.title}» теперь «{section.title}»",
            )
        )
    expected = _tasks(journey, stage)
    before = [(t.name, t.score, t.actors) for t in expected]
    now = [(t.name, t.score, t.actors) for t in section.tasks]
    title = section.title or stage.title
    if before == now:
        return journey if title == stage.title else journey.with_stage(stage.replace(title=title))
    scores = {t.name: t.score for t in expected}
    changed = [t for t in section.tasks if t.score is not None and t.score != scores.get(t.name, t.score)]
    if stage.actions or [t.name for t in section.tasks] != [t.name for t in expected]:
        old = {n.text: n for n in stage.actions}
        placeholder = {t.name for t in expected} if not stage.actions else set()
        actions = []
        for t in section.tasks:
            if t.name in old:
                actions.append(old[t.name])
            elif t.name not in placeholder:
                actions.append(Note(text=t.name))
                notes.append(
                    say(en=f"line {t.line}: new task “{t.name}”", ru=f"строка {t.line}: новая задача «{t.name}»")
                )
        for gone in set(old) - {t.name for t in section.tasks}:
            notes.append(say(en=f"{title}: task “{gone}” was removed", ru=f"{title}: задача «{gone}» удалена"))
        stage = stage.replace(actions=tuple({n.id: n for n in actions}.values()))
    journey = journey.with_stage(stage.replace(title=title))
    return _scored(journey, stage, changed, notes)


def _scored(journey: Journey, stage: Stage, tasks: list[Task], notes: list[str]) -> Journey:
    """New scores become an assumption of the researcher beside what was measured."""
    scores = [t.score for t in tasks if t.score is not None]
    if not scores:
        return journey
    mean = sum(scores) / len(scores) - 3
    notes.append(
        say(
            en=f"{stage.title}: the score in the diagram ({mean:+.1f}) was added as an assumption of the researcher",
            ru=f"{stage.title}: оценка на диаграмме ({mean:+.1f}) добавлена как предположение исследователя",
        )
    )
    return journey.with_emotion([_point(stage.id, "", scores)])


# ---- anybody's diagram -------------------------------------------------------------------------------------------


def _point(stage: str, persona: str, scores: list[float]) -> EmotionPoint:
    estimate = Estimate(value=sum(scores) / len(scores) - 3, n=0, unit="marks", method=_METHOD)
    return EmotionPoint(stage=stage, persona=persona, source="researcher", estimate=estimate)


def _notes(section: Section) -> tuple[Note, ...]:
    out: dict[str, Note] = {}
    for t in section.tasks:
        score = f"{t.score:g}" if t.score is not None else ""
        made = Note(text=t.name, memo=f"Mermaid: {score}: {', '.join(t.actors)}")
        k = 2
        while made.id in out:
            made = made.replace(id=f"{Note(text=t.name).id}-{k}")
            k += 1
        out[made.id] = made
    return tuple(out.values())


def _foreign(diagram: Diagram, title: str, language: Language | None, notes: list[str]) -> Imported:
    title = diagram.title or title or diagram.accessible_title or say(en="Journey", ru="Путь")
    words = "".join([title, *(s.title for s in diagram.sections), *(t.name for s in diagram.sections for t in s.tasks)])
    russian, latin = len(re.findall("[а-яё]", words.casefold())), len(re.findall("[a-z]", words.casefold()))
    told: Language = language or ("ru" if russian > latin else "en" if latin else current_language())
    taken: set[str] = set()
    ids: dict[str, str] = {}
    for section in diagram.sections:
        for t in section.tasks:
            for actor in t.actors:
                if actor not in ids:
                    ids[actor] = unique(actor if slug(actor) != "journey" else f"persona {len(ids) + 1}", taken)
    personas = tuple(Persona(id=i, name=name) for name, i in ids.items())
    stages, points = [], []
    taken_stages: set[str] = set()
    seen: dict[str, int] = {}
    for section in diagram.sections:
        name = section.title or say(en="Journey", ru="Путь", lang=told)
        if name in seen:
            notes.append(
                say(
                    en=f"line {section.line}: section “{name}” was there already (line {seen[name]}); kept as a stage "
                    "of its own; a stage that people repeat is one stage with a link",
                    ru=f"строка {section.line}: раздел «{name}» уже был (строка {seen[name]}); это отдельный этап",
                )
            )
        seen.setdefault(name, section.line)
        stage = Stage(id=unique(name, taken_stages), title=name, actions=_notes(section))
        stages.append(stage)
        by_actor: dict[str, list[float]] = {}
        for t in section.tasks:
            if t.score is not None:
                for actor in t.actors or [""]:
                    by_actor.setdefault(actor, []).append(t.score)
        points += [_point(stage.id, ids.get(actor, ""), scores) for actor, scores in by_actor.items()]
    journey = Journey(
        id=slug(title),
        title=title,
        language=told,
        scenario=diagram.description,
        memo=diagram.accessible_title if diagram.accessible_title != title else "",
        personas=personas,
        stages=tuple(stages),
        emotion=tuple(points),
    )
    return Imported(journey, tuple(notes))
