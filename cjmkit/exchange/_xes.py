"""XES traces as journeys: what one case did, in order."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import Any, Literal

from cjmkit.core.journey import Journey, Link
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Stage, Touchpoint
from cjmkit.errors import FileFormatError
from cjmkit.exchange._cjml import _all, _name, _Reader, _root
from cjmkit.exchange._grid import unique
from cjmkit.exchange._result import Imported
from cjmkit.i18n import say

__all__ = ["from_xes"]


def from_xes(source: str | os.PathLike[str], *, n: int = 100) -> tuple[Imported, ...]:
    """Read the traces of an XES event log as journeys, one per trace.

    Stages are the phases that events name (``phase``, ``stage``), else the activities in the order in which they first
    happen; each event is a touchpoint, and steps back, over and on the spot become links.

    Parameters
    ----------
    source : str or path-like
        The file, or its text.
    n : int
        Traces read; how many more there are is reported with the last one.

    Returns
    -------
    tuple of Imported
        One for each trace.

    Raises
    ------
    FileFormatError
        If there is no trace in it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "shop.xes"
    >>> _ = path.write_text('<log><trace><string key="concept:name" value="ann"/><event>'
    ...                     '<string key="concept:name" value="pay"/><date key="time:timestamp" '
    ...                     'value="2026-03-02T12:00:00"/></event></trace></log>')
    >>> [(got.journey.title, [s.title for s in got.journey.stages]) for got in from_xes(path)]
    [('shop: ann', ['pay'])]
    """
    root, stem = _root(source)
    traces = _all(root, "trace")
    if not traces:
        raise FileFormatError(
            en=f"an XES file holds <trace> elements; the root is <{_name(root)}> and holds none",
            ru=f"в файле XES есть элементы <trace>; корень — <{_name(root)}>, в нём их нет",
        )
    taken: set[str] = set()
    out = [_trace(t, k, stem, taken) for k, t in enumerate(traces[:n], 1)]
    if len(traces) > n:
        last = out[-1]
        more = say(
            en=f"{len(traces) - n} further traces were not read (n={n})",
            ru=f"ещё трасс не прочитано: {len(traces) - n} (n={n})",
        )
        out[-1] = Imported(last.journey, (*last.notes, more))
    return tuple(out)


def _values(element: Any) -> dict[str, str]:
    """Attributes of a trace or an event by key."""
    return {str(c.get("key", "")): str(c.get("value", "")) for c in element if c.get("key") is not None}


def _first(values: dict[str, str], *keys: str) -> str:
    lower = {k.casefold(): v for k, v in values.items()}
    return next((lower[k.casefold()] for k in keys if lower.get(k.casefold())), "")


def _trace(trace: Any, k: int, stem: str, taken: set[str]) -> Imported:
    about = _values(trace)
    name = _first(about, "concept:name", "journey", "journeyID", "name") or str(k)
    notes: list[str] = []
    ids: set[str] = set()
    stages: dict[str, dict[str, Any]] = {}
    people: dict[str, Persona] = {}
    persona_ids: set[str] = set()
    way: list[str] = []
    for n, event in enumerate([e for e in trace if _name(e) == "event"], 1):
        v = _values(event)
        activity = _first(v, "concept:name", "activity", "initiatorLabel", "touchpoint", "label", "name")
        channel = _first(v, "channel", "channelName")
        activity = activity or channel
        if not activity:
            notes.append(say(en=f"event {n} has no name; left out", ru=f"событие {n} без имени; пропущено"))
            continue
        key = _first(v, "phase", "journeyPhase", "stage") or activity
        stage = stages.setdefault(key, {"id": "", "title": key, "lanes": {}})
        stage["id"] = stage["id"] or unique(key, ids)
        who = _first(v, "initiatorID", "initiator", "org:resource", "actor")
        if who and who not in people:
            people[who] = Persona(id=unique(who, persona_ids), name=who)
        when = _first(v, "time:timestamp", "timeCompleted", "timeInitiated", "timestamp")
        owner = _first(v, "receiverID", "receiver", "provider")
        made = Touchpoint(name=activity, channel=channel, owner=owner, memo=when)
        _Reader._put(stage, "touchpoints", made)
        way.append(stage["id"])
    order = {s["id"]: i for i, s in enumerate(stages.values())}
    links: dict[tuple[str, str], Link] = {}
    for a, b in pairwise(way):
        step = order[b] - order[a]
        if step == 0 and len([x for x in way if x == a]) > 1:
            kind: Literal["repeat", "back", "skip"] = "repeat"
        elif step < 0:
            kind = "back"
        elif step > 1:
            kind = "skip"
        else:
            continue
        links.setdefault((a, b), Link(source=a, target=b, kind=kind))
    journey = Journey(
        id=unique(f"{stem}-{name}", taken),
        title=f"{stem}: {name}",
        personas=tuple(people.values()),
        stages=tuple(
            Stage(id=s["id"], title=s["title"], touchpoints=tuple(s["lanes"].get("touchpoints", {}).values()))
            for s in stages.values()
        ),
        links=tuple(links.values()),
        memo="XES trace",
    )
    return Imported(journey, tuple(notes))
