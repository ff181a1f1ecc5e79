"""Looking at a journey map: its tables, how much of it is evidenced, and what a note rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from cjmkit.core.course import Action, EmotionPoint
from cjmkit.core.map import MapData
from cjmkit.core.stage import LANES, Note, Touchpoint
from cjmkit.errors import CjmError, suggest

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "assumptions",
    "channel_table",
    "coverage",
    "for_persona",
    "stages_table",
    "table",
    "touchpoints_table",
    "trace",
]

M = TypeVar("M", bound=MapData)


def table(journey: MapData, /) -> pd.DataFrame:
    """The notes and touchpoints, a row each.

    Returns
    -------
    pandas.DataFrame
        Columns stage, lane, id, text, persona, channel, owner, evidence (how many pieces), assumption.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="A bicycle").with_note("desire", "goals", "Ride to work")
    >>> table(j)[["stage", "lane", "text", "assumption"]].values.tolist()
    [['desire', 'goals', 'Ride to work', True]]
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
        for stage, lane, item in journey.cells()
    ]
    columns = ["stage", "lane", "id", "text", "persona", "channel", "owner", "evidence", "assumption"]
    return pd.DataFrame(rows, columns=columns)


def coverage(journey: MapData, /) -> pd.DataFrame:
    """How much of the map rests on evidence: evidenced notes of all notes, per stage and lane.

    The business's own lanes count too: a task or a KPI without evidence is a plan, and says so.

    Returns
    -------
    pandas.DataFrame
        Columns stage, lane, notes, evidenced, share; the last row (stage ``"all"``) is the whole map. Emotion
        points count as notes of the lane ``"emotion"``; a point drawn by the researcher is not evidenced.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="A bicycle")
    >>> float(j.with_note("desire", "goals", "Wants to ride to work").coverage()["share"].iloc[-1])
    0.0
    """
    import pandas as pd

    rows = [(s.id, lane, not item.assumption) for s, lane, item in journey.cells()]
    rows += [(p.stage, "emotion", p.source != "researcher") for p in journey.emotion if p.estimate.value is not None]
    columns = ["stage", "lane", "evidenced"]
    flat = pd.DataFrame(rows, columns=columns)
    order = {s.id: k for k, s in enumerate(journey.stages)}
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


def assumptions(journey: MapData, /) -> pd.DataFrame:
    """The notes and touchpoints that nobody has observed yet, a row each (columns as :meth:`table`).

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="A bicycle").with_note("desire", "goals", "Ride to work")
    >>> list(assumptions(j)["text"])
    ['Ride to work']
    """
    notes = table(journey)
    return notes[notes["assumption"].astype(bool)].reset_index(drop=True)


def trace(journey: MapData, /, note: Note | Touchpoint | EmotionPoint | Action | str) -> pd.DataFrame:
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

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> words = {"document": "anna.txt", "start": 0, "end": 7, "quote": "no news", "participant": "anna"}
    >>> from cjmkit.core.cite import cite
    >>> j = Journey.from_framework("aida", title="A bicycle")
    >>> j = j.with_note("desire", "barriers", Note(id="silence", text="Silence"), evidence=[cite(words)])
    >>> trace(j, "silence")[["where", "says", "who"]].values.tolist()
    [['anna.txt', 'no news', 'anna']]
    """
    import pandas as pd

    if isinstance(note, str):
        things: dict[str, Note | Touchpoint | Action] = {item.id: item for _, _, item in journey.cells()}
        things |= {a.id: a for a in journey.improvements}
        for persona in journey.personas:
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


def stages_table(journey: MapData, /) -> pd.DataFrame:
    """The stages, a row each: stage, title, phase, optional, notes, leads_to (links other than straight on).

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> table = stages_table(Journey.from_framework("loyalty-loop", title="A bicycle"))
    >>> table["leads_to"].iloc[-1]
    'loop: sense-making'
    """
    import pandas as pd

    notes = table(journey)["stage"].value_counts()
    rows = []
    for s in journey.stages:
        ways = [f"{k.kind}: {k.target or '—'}" for k in journey.links if k.source == s.id]
        rows.append((s.id, s.title, s.phase or "", s.optional, int(notes.get(s.id, 0)), "; ".join(ways)))
    return pd.DataFrame(rows, columns=["stage", "title", "phase", "optional", "notes", "leads_to"])


def touchpoints_table(journey: MapData, /) -> pd.DataFrame:
    """The touchpoints, a row each.

    Returns
    -------
    pandas.DataFrame
        Columns stage, phase, touchpoint, channel, owner, moment_of_truth, service_level, share (of people who
        spoke of it), n, evidence.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("aida", title="A bicycle").with_touchpoint("action", "Checkout", channel="site")
    >>> touchpoints_table(j)[["stage", "touchpoint", "channel"]].values.tolist()
    [['action', 'Checkout', 'site']]
    """
    import pandas as pd

    columns = ["stage", "phase", "touchpoint", "channel", "owner", "moment_of_truth", "service_level"]
    rows = []
    for s in journey.stages:
        for t in s.touchpoints:
            share = (t.estimate.value, t.estimate.n) if t.estimate else (None, 0)
            place = (s.id, s.phase or "", t.name, t.channel, t.owner, t.moment_of_truth, t.service_level)
            rows.append((*place, *share, len(t.evidence)))
    return pd.DataFrame(rows, columns=[*columns, "share", "n", "evidence"])


def channel_table(journey: MapData, /) -> pd.DataFrame:
    """Touchpoints by channel (rows) and before, during and after (columns); a star marks a moment of truth.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> j = Journey.from_framework("five-stages", title="A bicycle")
    >>> j = j.with_touchpoint(j.stages[0].id, "Advertisement", channel="tv", moment_of_truth=True)
    >>> channel_table(j).loc["tv"].tolist()
    ['Advertisement ★']
    """
    points = touchpoints_table(journey)
    points["touchpoint"] += points["moment_of_truth"].map({True: " ★", False: ""})
    points["phase"] = points["phase"].replace("", "—")
    wide = points.pivot_table(index="channel", columns="phase", values="touchpoint", aggfunc="; ".join, fill_value="")
    order = [c for c in ("before", "during", "after", "—") if c in wide.columns]
    return wide[order]


def for_persona(journey: M, /, persona: str) -> M:
    """The map of one persona: its notes and those that hold for all, its emotion points and everybody's.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> from cjmkit.core.persona import Persona
    >>> people = [Persona(id="P1", name="Ann"), Persona(id="P2", name="Ben")]
    >>> j = Journey.from_framework("aida", title="A bicycle").with_personas(people)
    >>> j = j.with_note("desire", "goals", "Speed", persona="P1").with_note("desire", "goals", "Safety", persona="P2")
    >>> [n.text for n in for_persona(j, "Ann").stage("desire").goals]
    ['Speed']
    """
    keep = journey.persona(persona).id
    lanes = {lane: _of(keep) for lane in (*LANES, "touchpoints")}
    stages = tuple(s.replace(**{lane: pick(getattr(s, lane)) for lane, pick in lanes.items()}) for s in journey.stages)
    emotion = tuple(p for p in journey.emotion if p.persona in ("", keep))
    return journey.replace(personas=(journey.persona(keep),), stages=stages, emotion=emotion)


def _of(persona: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    return lambda items: tuple(i for i in items if i.persona in ("", persona))
