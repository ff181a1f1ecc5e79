"""Journey: the map as a value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from cjmkit.core.course import Action, EmotionPoint, Link
from cjmkit.core.estimate import Estimate, Value
from cjmkit.core.evidence import Evidence
from cjmkit.core.persona import Persona
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import Language

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Action", "EmotionPoint", "Journey", "Link"]


class Journey(Value):
    """A customer journey map as a frozen value; every ``with_…`` method returns a new one.

    Parameters
    ----------
    id, title : str
        Short stable name (also the file's name in a study) and the title.
    language : {"en", "ru"}
        Language of the notes.
    framework : str
        The stage model it was made from; empty for one's own.
    scenario : str
        What the person is trying to do.
    personas : tuple of Persona
        Whose journey it is; one map describes one persona, several are allowed and the linter says so.
    stages : tuple of Stage
        The columns, in the order in which they are drawn.
    links : tuple of Link
        Skips, returns, repeats and the loop.
    emotion : tuple of EmotionPoint
        Emotion curves.
    improvements : tuple of Action
        What will be done.
    agreement : Estimate or None
        Agreement of the coders behind the quotes.
    wave, revises : str
        Which version this is, and the id of the journey it revises.

    Examples
    --------
    >>> from cjmkit.core.stage import Stage
    >>> j = Journey(id="flat", title="First flat", stages=(Stage(id="deal", title="Deal"),))
    >>> j.with_note("deal", "barriers", "Contract in small print").stage("deal").barriers[0].assumption
    True
    """

    format: Literal["cjmkit/journey/1"] = "cjmkit/journey/1"
    id: str = Field(min_length=1, pattern=r"^[^\s/\\:]+$")
    title: str = Field(min_length=1)
    language: Language = "en"
    framework: str = ""
    scenario: str = ""
    wave: str = ""
    revises: str = ""
    date: dt.date | None = None
    personas: tuple[Persona, ...] = ()
    stages: tuple[Stage, ...] = ()
    links: tuple[Link, ...] = ()
    emotion: tuple[EmotionPoint, ...] = ()
    improvements: tuple[Action, ...] = ()
    agreement: Estimate | None = None
    memo: str = ""

    @model_validator(mode="after")
    def _references_resolve(self) -> Journey:
        ids = [s.id for s in self.stages]
        for i in ids:
            if ids.count(i) > 1:
                raise ValueError(f"two stages share the id {i!r}; a stage that people repeat is one stage with a link")
        people = [p.id for p in self.personas]
        for name in people:
            if people.count(name) > 1:
                raise ValueError(f"two personas share the id {name!r}")
        for link in self.links:
            for end in (link.source, link.target):
                if end and end not in ids:
                    raise ValueError(suggest(end, ids, what="stage in a link"))
            if not link.target and link.kind != "leave":
                raise ValueError(f"the {link.kind} link from {link.source!r} has no target")
        for point in self.emotion:
            if point.stage not in ids:
                raise ValueError(suggest(point.stage, ids, what="stage of an emotion point"))
            if point.persona and point.persona not in people:
                raise ValueError(suggest(point.persona, people, what="persona of an emotion point"))
        for action in self.improvements:
            if action.stage and action.stage not in ids:
                raise ValueError(suggest(action.stage, ids, what="stage of an action"))
        return self

    # ---- looking -------------------------------------------------------------------------------------------------

    def stage(self, stage: str) -> Stage:
        """One stage by its id.

        Raises
        ------
        CjmError
            If there is no such stage; the message names the stages there are.
        """
        for s in self.stages:
            if s.id == stage:
                return s
        raise CjmError(suggest(stage, [s.id for s in self.stages], what="stage"))

    def persona(self, persona: str) -> Persona:
        """One persona by its id or name.

        Raises
        ------
        CjmError
            If there is no such persona.
        """
        for p in self.personas:
            if persona in (p.id, p.name):
                return p
        raise CjmError(suggest(persona, [p.id for p in self.personas], what="persona"))

    def cells(self) -> Iterator[tuple[Stage, str, Note | Touchpoint]]:
        """Every note and touchpoint with its stage and lane, in the order of the map."""
        for stage in self.stages:
            for lane in _DRAWN:
                for item in getattr(stage, lane):
                    yield stage, lane, item

    def table(self) -> pd.DataFrame:
        """The notes and touchpoints, a row each.

        Returns
        -------
        pandas.DataFrame
            Columns stage, lane, id, text, persona, channel, owner, evidence (how many pieces), assumption.
        """
        import pandas as pd

        rows = [
            {
                "stage": stage.id,
                "lane": lane,
                "id": item.id,
                "text": item.text,
                "persona": item.persona,
                "channel": getattr(item, "channel", ""),
                "owner": getattr(item, "owner", ""),
                "evidence": len(item.evidence),
                "assumption": item.assumption,
            }
            for stage, lane, item in self.cells()
        ]
        columns = ["stage", "lane", "id", "text", "persona", "channel", "owner", "evidence", "assumption"]
        return pd.DataFrame(rows, columns=columns)

    def coverage(self) -> pd.DataFrame:
        """How much of the map rests on evidence: evidenced notes of all notes, per stage and lane.

        The business's own lanes count too: a task or a KPI without evidence is a plan, and says so.

        Returns
        -------
        pandas.DataFrame
            Columns stage, lane, notes, evidenced, share; the last row (stage ``"all"``) is the whole map. Emotion
            points count as notes of the lane ``"emotion"``; a point drawn by the researcher is not evidenced.

        Examples
        --------
        >>> j = Journey.from_framework("aida", title="A bicycle")
        >>> float(j.with_note("desire", "goals", "Wants to ride to work").coverage()["share"].iloc[-1])
        0.0
        """
        import pandas as pd

        rows = [(s.id, lane, not item.assumption) for s, lane, item in self.cells()]
        rows += [(p.stage, "emotion", p.source != "researcher") for p in self.emotion if p.estimate.value is not None]
        columns = ["stage", "lane", "evidenced"]
        flat = pd.DataFrame(rows, columns=columns)
        order = {s.id: k for k, s in enumerate(self.stages)}
        out = (
            flat.astype({"evidenced": int})
            .groupby(["stage", "lane"], sort=False)["evidenced"]
            .agg(notes="size", evidenced="sum")
            .reset_index()
            .sort_values("stage", key=lambda c: c.map(order), kind="stable")
        )
        total = pd.DataFrame([("all", "all", len(flat), int(flat["evidenced"].sum()))], columns=list(out.columns))
        out = pd.concat([out, total], ignore_index=True) if len(out) else total
        return out.assign(share=out["evidenced"] / out["notes"].where(out["notes"] > 0))

    def assumptions(self) -> pd.DataFrame:
        """The notes and touchpoints that nobody has observed yet, a row each (columns as :meth:`table`)."""
        table = self.table()
        return table[table["assumption"].astype(bool)].reset_index(drop=True)

    def trace(self, note: Note | Touchpoint | EmotionPoint | Action | str) -> pd.DataFrame:
        """What something on the map rests on.

        Parameters
        ----------
        note : Note, Touchpoint, EmotionPoint, Action or str
            The thing itself, or the id of a note, touchpoint or action.

        Returns
        -------
        pandas.DataFrame
            A row a piece of evidence: id, kind, where (document, item, log or source), place (offsets, filter,
            query, date), says (the quote, or the figure with n), who. Empty for an assumption.

        Raises
        ------
        CjmError
            If no note has that id.
        """
        import pandas as pd

        if isinstance(note, str):
            things: dict[str, Note | Touchpoint | Action] = {item.id: item for _, _, item in self.cells()}
            things |= {a.id: a for a in self.improvements}
            for persona in self.personas:
                for trait in (*persona.traits, *persona.goals, *persona.expectations, *persona.barriers):
                    things.setdefault(trait.id, trait)
            if note not in things:
                raise CjmError(suggest(note, things, what="note"))
            note = things[note]
        rows = []
        for e in note.evidence:
            row = {"id": e.id, "kind": e.kind}
            if e.kind == "quote":
                row |= {"where": e.document, "place": f"{e.start}–{e.end}", "says": e.quote, "who": e.participant}
            elif e.kind == "survey":
                row |= {"where": f"{e.survey}: {e.item}", "place": e.where, "says": e.label(), "who": ""}
            elif e.kind == "events":
                row |= {"where": e.log, "place": e.query, "says": e.estimate.text(), "who": ""}
            else:
                row |= {"where": e.source, "place": str(e.date or ""), "says": e.passage or e.title, "who": ""}
            rows.append(row)
        return pd.DataFrame(rows, columns=["id", "kind", "where", "place", "says", "who"])

    def stages_table(self) -> pd.DataFrame:
        """The stages, a row each: stage, title, phase, optional, notes, leads_to (links other than straight on)."""
        import pandas as pd

        notes = self.table()["stage"].value_counts()
        rows = []
        for s in self.stages:
            ways = [f"{k.kind}: {k.target or '—'}" for k in self.links if k.source == s.id]
            rows.append((s.id, s.title, s.phase or "", s.optional, int(notes.get(s.id, 0)), "; ".join(ways)))
        return pd.DataFrame(rows, columns=["stage", "title", "phase", "optional", "notes", "leads_to"])

    def touchpoints_table(self) -> pd.DataFrame:
        """The touchpoints, a row each.

        Returns
        -------
        pandas.DataFrame
            Columns stage, phase, touchpoint, channel, owner, moment_of_truth, service_level, share (of people who
            spoke of it), n, evidence.
        """
        import pandas as pd

        columns = ["stage", "phase", "touchpoint", "channel", "owner", "moment_of_truth", "service_level"]
        rows = []
        for s in self.stages:
            for t in s.touchpoints:
                share = (t.estimate.value, t.estimate.n) if t.estimate else (None, 0)
                place = (s.id, s.phase or "", t.name, t.channel, t.owner, t.moment_of_truth, t.service_level)
                rows.append((*place, *share, len(t.evidence)))
        return pd.DataFrame(rows, columns=[*columns, "share", "n", "evidence"])

    def channel_table(self) -> pd.DataFrame:
        """Touchpoints by channel (rows) and before, during and after (columns); a star marks a moment of truth."""
        table = self.touchpoints_table()
        table["touchpoint"] += table["moment_of_truth"].map({True: " ★", False: ""})
        table["phase"] = table["phase"].replace("", "—")
        wide = table.pivot_table(
            index="channel", columns="phase", values="touchpoint", aggfunc="; ".join, fill_value=""
        )
        order = [c for c in ("before", "during", "after", "—") if c in wide.columns]
        return wide[order]

    def for_persona(self, persona: str) -> Journey:
        """The map of one persona: its notes and those that hold for all, its emotion points and everybody's."""
        keep = self.persona(persona).id
        lanes = {lane: _of(keep) for lane in (*LANES, "touchpoints")}
        stages = tuple(s.replace(**{lane: pick(getattr(s, lane)) for lane, pick in lanes.items()}) for s in self.stages)
        emotion = tuple(p for p in self.emotion if p.persona in ("", keep))
        return self.replace(personas=(self.persona(keep),), stages=stages, emotion=emotion)

    # ---- growing; each returns a new journey ---------------------------------------------------------------------

    @classmethod
    def from_framework(
        cls,
        framework: str,
        *,
        title: str,
        id: str = "",
        language: Language | None = None,
        persona: Persona | None = None,
        content: bool = False,
        **fields: Any,
    ) -> Journey:
        """Start a journey from a ready stage model.

        Parameters
        ----------
        framework : str
            Name of the model, see ``cj.frameworks.table()``.
        title : str
            Title of the journey.
        id : str
            Short stable name; made from the title when not given.
        language : {"en", "ru"}, optional
            Language of stage names and notes; the one in use by default.
        persona : Persona, optional
            Whose journey it is.
        content : bool
            Also put the model's typical goals, questions, channels and tasks on the map, as assumptions to be
            confirmed or thrown out.
        **fields
            Other fields of the journey, for example ``scenario=``.
        """
        from cjmkit.core import frameworks
        from cjmkit.i18n import current_language

        language = current_language(language)
        model = frameworks.get(framework)
        return cls(
            id=id or slug(title),
            title=title,
            language=language,
            framework=model.name,
            personas=(persona,) if persona is not None else (),
            stages=model.stages(language, content=content),
            links=model.links(),
            **fields,
        )

    def with_stage(self, stage: Stage, *, after: str | None = None) -> Journey:
        """Put a stage in: in place of the one with its id, else behind `after` (default: at the end)."""
        stages = list(self.stages)
        ids = [s.id for s in stages]
        if stage.id in ids:
            stages[ids.index(stage.id)] = stage
        elif after is None:
            stages.append(stage)
        else:
            stages.insert(ids.index(self.stage(after).id) + 1, stage)
        return self.replace(stages=tuple(stages))

    def without_stage(self, stage: str) -> Journey:
        """Take a stage out, with its links, emotion points and the stage of its actions."""
        gone = self.stage(stage).id
        return self.replace(
            stages=tuple(s for s in self.stages if s.id != gone),
            links=tuple(k for k in self.links if gone not in (k.source, k.target)),
            emotion=tuple(p for p in self.emotion if p.stage != gone),
            improvements=tuple(a.replace(stage="") if a.stage == gone else a for a in self.improvements),
        )

    def with_note(
        self,
        stage: str,
        lane: str,
        note: Note | str,
        *,
        evidence: Iterable[Evidence] = (),
        **fields: Any,
    ) -> Journey:
        """Put a note on the map.

        Parameters
        ----------
        stage, lane : str
            Where.
        note : Note or str
            The note, or its text. A note whose id is already in that cell takes the place of the old one.
        evidence : iterable of Evidence
            What it rests on, see :func:`cjmkit.cite`; added to what the note has.
        **fields
            Other fields of the note, for example ``persona=`` or ``estimate=``.

        Raises
        ------
        CjmError
            If there is no such stage or lane.
        """
        where = self.stage(stage)
        if lane == "touchpoints":
            raise CjmError(
                "touchpoints have a channel and an owner: use with_touchpoint(stage, name, channel=, owner=)"
            )
        made = Note(text=note) if isinstance(note, str) else note
        if evidence or fields:
            made = made.replace(**({"evidence": (*made.evidence, *evidence)} | fields))
        return self.with_stage(where.replace(**{lane: _put(where.lane(lane), made)}))

    def with_notes(self, placed: Iterable[Any]) -> Journey:
        """Put several notes on the map.

        Parameters
        ----------
        placed : iterable
            Objects with ``stage``, ``lane`` and ``note``, such as ``cj.coding.notes(…)`` returns.

        Raises
        ------
        CjmError
            If one of them names a stage or lane that the journey does not have.
        """
        out = self
        for p in placed:
            out = out.with_note(p.stage, p.lane, p.note)
        return out

    def with_note_moved(self, note: str, stage: str, lane: str, *, position: int | None = None) -> Journey:
        """Move a note to another cell, or within its cell, with everything it rests on.

        Parameters
        ----------
        note : str
            Id of the note. A touchpoint can move to another stage, lane ``"touchpoints"``.
        stage, lane : str
            Where to.
        position : int, optional
            Before which note there, counted from 0 without the note itself; at the end by default.

        Raises
        ------
        CjmError
            If no note has that id, there is no such cell, or a touchpoint would become a note or the reverse.
        """
        found = [(lane_, item) for _, lane_, item in self.cells() if item.id == note]
        if not found:
            raise CjmError(suggest(note, [item.id for *_, item in self.cells()], what="note"))
        old, item = found[0]
        if (old == "touchpoints") != (lane == "touchpoints"):
            raise CjmError("a touchpoint has a channel and an owner, a note has not: neither becomes the other")
        without = self.without_note(note)
        target = without.stage(stage)
        cell = list(target.touchpoints if lane == "touchpoints" else target.lane(lane))
        cell.insert(len(cell) if position is None else max(0, position), item)
        return without.with_stage(target.replace(**{lane: tuple(cell)}))

    def with_stage_order(self, stages: Iterable[str]) -> Journey:
        """Put the stages in another order.

        Raises
        ------
        CjmError
            If the ids are not exactly those of the journey's stages.
        """
        order = list(stages)
        known = [s.id for s in self.stages]
        if sorted(order) != sorted(known):
            raise CjmError(f"the new order has to name each stage once: {', '.join(known)}; found {', '.join(order)}")
        return self.replace(stages=tuple(self.stage(i) for i in order))

    def with_typical(
        self,
        stages: Iterable[Stage],
        *,
        lanes: Iterable[str] = ("goals", "expectations", "actions", "questions", "tasks"),
    ) -> Journey:
        """Fill cells that are still empty with the typical notes of a stage model, as assumptions.

        A cell in which anybody said anything keeps only that.

        Parameters
        ----------
        stages : iterable of Stage
            Stages with content, for example ``study.stages(content=True)``; matched by id.
        lanes : iterable of str
            Lanes to fill.
        """
        out = self
        known = {s.id for s in self.stages}
        for typical in stages:
            if typical.id not in known:
                continue
            stage = out.stage(typical.id)
            fill = {lane: typical.lane(lane) for lane in lanes if not stage.lane(lane)}
            out = out.with_stage(stage.replace(**fill))
        return out

    def without_note(self, note: str) -> Journey:
        """Take the note or touchpoint with this id off the map.

        Raises
        ------
        CjmError
            If no note has that id.
        """
        if note not in {item.id for _, _, item in self.cells()}:
            raise CjmError(suggest(note, [item.id for _, _, item in self.cells()], what="note"))
        stages = tuple(
            s.replace(**{lane: tuple(i for i in getattr(s, lane) if i.id != note) for lane in _DRAWN})
            for s in self.stages
        )
        return self.replace(stages=stages)

    def with_touchpoint(
        self, stage: str, touchpoint: Touchpoint | str, *, evidence: Iterable[Evidence] = (), **fields: Any
    ) -> Journey:
        """Put a touchpoint on the map; arguments as :meth:`with_note`, fields as :class:`Touchpoint`."""
        where = self.stage(stage)
        if isinstance(touchpoint, str):
            made = Touchpoint(name=touchpoint, evidence=tuple(evidence), **fields)
        else:
            made = touchpoint.replace(evidence=(*touchpoint.evidence, *evidence), **fields)
        return self.with_stage(where.replace(touchpoints=_put(where.touchpoints, made)))

    def with_link(self, source: str, target: str, *, kind: str, **fields: Any) -> Journey:
        """Add a way that people take: skip, back, repeat, loop, next or leave (target ``""``)."""
        return self.with_links([Link(source=source, target=target, kind=kind, **fields)])

    def with_emotion(self, curve: Any) -> Journey:
        """Lay an emotion curve on the map.

        Parameters
        ----------
        curve : emotion curve or iterable of EmotionPoint
            Anything with a ``points()`` method, for example the result of ``cj.emotion.curve``. Points of the same
            stage, persona and source take the place of old ones. Points of personas that are not on this map are
            left out; those of everybody (persona ``""``) always fit.

        Raises
        ------
        CjmError
            If a point names a stage that the journey does not have.
        """
        points: tuple[EmotionPoint, ...] = tuple(curve.points() if hasattr(curve, "points") else curve)
        for p in points:
            self.stage(p.stage)
        known = {p.id for p in self.personas}
        new = {(p.stage, p.persona, p.source): p for p in points if not p.persona or p.persona in known}
        kept = tuple(p for p in self.emotion if (p.stage, p.persona, p.source) not in new)
        return self.replace(emotion=(*kept, *new.values()))

    def with_touchpoints(self, placed: Iterable[Any]) -> Journey:
        """Put several touchpoints on the map: objects with ``stage`` and ``touchpoint``."""
        out = self
        for p in placed:
            out = out.with_touchpoint(p.stage, p.touchpoint)
        return out

    def with_links(self, links: Iterable[Link]) -> Journey:
        """Add several links; one with the same ends and kind takes the place of the old one."""
        new = {(k.source, k.target, k.kind): k for k in links}
        kept = tuple(k for k in self.links if (k.source, k.target, k.kind) not in new)
        return self.replace(links=(*kept, *new.values()))

    def with_personas(self, personas: Iterable[Persona]) -> Journey:
        """Put several personas in, or in place of those with their ids."""
        out = self.personas
        for persona in personas:
            out = _put(out, persona)
        return self.replace(personas=out)

    def with_persona(self, persona: Persona) -> Journey:
        """Put a persona in, or in place of the one with its id."""
        return self.replace(personas=_put(self.personas, persona))

    def with_improvements(self, actions: Iterable[Action] | Action) -> Journey:
        """Put planned actions in; one whose id is there already takes the place of the old one.

        An action may name a barrier by its note's id, its code or its text; on the map it holds the ids of the notes.
        """
        notes = [n for s in self.stages for n in s.barriers]

        def found(name: str) -> tuple[str, ...]:
            if any(n.id == name for n in notes):
                return (name,)
            return tuple(n.id for n in notes if n.id.startswith(f"{name}-") or n.text.casefold() == name.casefold())

        out = self.improvements
        for action in (actions,) if isinstance(actions, Action) else actions:
            hits = [found(name) or (name,) for name in action.barriers]
            # A code may have commas in its name, which a list of codes is split at.
            whole = found(", ".join(action.barriers))
            barriers = whole or tuple(dict.fromkeys(i for ids in hits for i in ids))
            out = _put(out, action.replace(barriers=barriers))
        return self.replace(improvements=out)

    # ---- showing -------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        notes = sum(1 for _ in self.cells())
        evidenced = sum(1 for *_, item in self.cells() if not item.assumption)
        return (
            f"<Journey {self.id!r}: {self.title}; {len(self.stages)} stages, {notes} notes, {evidenced} with evidence>"
        )

    def _repr_html_(self) -> str:
        from cjmkit import report

        return str(report.inline_html(self))


_DRAWN = ("goals", "expectations", "actions", "questions", "thoughts", "touchpoints", *LANES[5:])


def _put(items: tuple[Any, ...], new: Any) -> tuple[Any, ...]:
    ids = [i.id for i in items]
    if new.id in ids:
        return tuple(new if i.id == new.id else i for i in items)
    return (*items, new)


def _of(persona: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    return lambda items: tuple(i for i in items if i.persona in ("", persona))


_CYRILLIC = dict(
    pair.split(":")
    for pair in (
        "а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:h ц:ts "
        "ч:ch ш:sh щ:sch ъ: ы:y ь: э:e ю:yu я:ya"
    ).split(" ")
)


def slug(title: str) -> str:
    """Make a file-safe id from a title.

    Examples
    --------
    >>> slug("Первая квартира, 2026")
    'pervaya-kvartira-2026'
    """
    plain = "".join(_CYRILLIC.get(c, c) for c in title.casefold())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "journey"
