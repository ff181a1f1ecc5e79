"""CJML 2.0 (planned and actual journeys) and XES traces: journeys as other researchers exchange them.

Elements are found by name, whatever their order: programs that write CJML disagree about it.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import DeskSource
from cjmkit.core.journey import EmotionPoint, Journey, slug
from cjmkit.core.persona import Persona
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint
from cjmkit.errors import DataWarning, FileFormatError
from cjmkit.exchange._grid import unique
from cjmkit.exchange._result import Imported
from cjmkit.files import write_atomically
from cjmkit.i18n import say

__all__ = ["from_cjml", "to_cjml"]

_COMPLIANCE = {"adhoc": "ad hoc", "failing": "failing", "missing": "missing"}


def _root(source: str | os.PathLike[str]) -> tuple[Any, str]:
    """The parsed XML, with entities and external references refused."""
    from defusedxml import ElementTree as Safe
    from defusedxml.common import DefusedXmlException

    path = Path(source) if isinstance(source, os.PathLike) or "<" not in str(source) else None
    try:
        if path is not None:
            return Safe.parse(path).getroot(), path.stem
        return Safe.fromstring(str(source)), "journey"
    except ET.ParseError as error:
        raise FileFormatError(
            en=f"not well-formed XML: {error}", ru=f"XML построен неверно: {error}", path=path, line=error.position[0]
        ) from error
    except (DefusedXmlException, OSError, ValueError) as error:
        raise FileFormatError(
            en=f"not readable as XML: {error}", ru=f"не читается как XML: {error}", path=path
        ) from error


def _name(element: Any) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _all(element: Any, *names: str) -> list[Any]:
    wanted = {n.casefold() for n in names}
    return [e for e in element.iter() if _name(e).casefold() in wanted]


def _text(element: Any, *names: str) -> str:
    for found in _all(element, *names):
        text = " ".join("".join(found.itertext()).split())
        if text:
            return text
    return ""


def _reference(element: Any, *names: str) -> str:
    """An ``…IDref`` below one of the named elements."""
    for found in _all(element, *names):
        for e in found.iter():
            for key, value in e.attrib.items():
                if key.rpartition("}")[2].casefold().endswith("idref"):
                    return str(value)
    return ""


# ---- CJML in -----------------------------------------------------------------------------------------------------


def from_cjml(source: str | os.PathLike[str]) -> tuple[Imported, ...]:
    """Read the journeys of a CJML 2.0 file.

    Phases become stages, end users personas, communication points touchpoints (with channel and the provider as owner),
    actions of end users actions and those of providers back-stage notes. In an actual journey, ratings from 1 to 5
    become emotion points of one person, and the person's description of an experience a thought with the file as its
    source. Deviations (ad hoc, failing, missing) stand in the memo and are listed.

    Parameters
    ----------
    source : str or path-like
        The file, or its text.

    Returns
    -------
    tuple of Imported
        One for each planned and each actual journey, in the order of the file.

    Raises
    ------
    FileFormatError
        If it is no CJML, or no well-formed XML.

    Examples
    --------
    >>> import cjmkit as cj
    >>> journey = cj.Journey.from_framework("aida", title="Buying tea")
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "tea.cjml"
    >>> _ = cj.exchange.to_cjml(journey, path)
    >>> [(got.journey.title, len(got.journey.stages)) for got in cj.exchange.from_cjml(path)]
    [('Buying tea', 4)]
    """
    root, stem = _root(source)
    found = _all(root, "plannedJourney", "actualJourney")
    if not found:
        raise FileFormatError(
            en=f"a CJML file holds plannedJourney or actualJourney; the root is <{_name(root)}> and holds neither",
            ru=f"в файле CJML есть plannedJourney или actualJourney; корень — <{_name(root)}>, в нём нет ни того, ни "
            f"другого",
        )
    taken: set[str] = set()
    return tuple(_Reader(e, stem, taken).read() for e in found)


class _Reader:
    def __init__(self, element: Any, stem: str, taken: set[str]) -> None:
        self.e, self.stem, self.taken = element, stem, taken
        self.notes: list[str] = []
        self.actual = _name(element).casefold().startswith("actual")

    def note(self, en: str, ru: str) -> None:
        self.notes.append(say(en=en, ru=ru))

    def read(self) -> Imported:
        e = self.e
        title = _text(e, "journeyName", "journeyTitle", "title") or _text(e, "journeyID") or self.stem
        users, providers = self._actors("endUser"), self._actors("serviceProvider")
        ids: set[str] = set()
        personas = {a: Persona(id=unique(name or a, ids), name=name.strip() or a) for a, name in users.items()}
        lanes = self._phases()
        emotion: dict[tuple[str, str], list[float]] = {}
        for point in [p for t in _all(e, "touchpoints") for p in t]:
            self._point(point, lanes, users, providers, personas, emotion)
        stages = [
            Stage(id=s["id"], title=s["title"], **{k: tuple(v.values()) for k, v in s["lanes"].items()})
            for s in lanes.values()
        ]
        points = tuple(
            EmotionPoint(
                stage=stage,
                persona=persona,
                source="survey",
                estimate=Estimate(value=sum(v) / len(v) - 3, n=1, method="CJML rating, one person"),
            )
            for (stage, persona), v in emotion.items()
        )
        journey = Journey(
            id=unique(_text(e, "journeyID") or title, self.taken),
            title=title,
            revises=slug(_text(e, "plannedReference")) if _text(e, "plannedReference") else "",
            memo="CJML: " + ("actual journey" if self.actual else "planned journey"),
            language="ru" if re.search("[а-яё]", "".join(e.itertext()).casefold()) else "en",
            personas=tuple(personas.values()),
            stages=tuple(stages),
            emotion=points,
        )
        return Imported(journey, tuple(self.notes))

    def _actors(self, kind: str) -> dict[str, str]:
        out = {}
        for a in _all(self.e, kind):
            id = next((v for k, v in a.attrib.items() if k.rpartition("}")[2].casefold() == "actorid"), "")
            if id:
                out[id] = _text(a, "actorName", "name") or id.replace("_", " ")
        return out

    def _phases(self) -> dict[str, dict[str, Any]]:
        out: dict[str, dict[str, Any]] = {}
        ids: set[str] = set()
        for p in _all(self.e, "journeyPhase"):
            key = next((v for k, v in p.attrib.items() if k.casefold() == "phaseid"), "")
            title = _text(p, "phaseName") or key or "?"
            out[key or title] = {"id": unique(title, ids), "title": title, "lanes": {}}
        return out

    def _stage(self, phase: str, lanes: dict[str, dict[str, Any]]) -> dict[str, Any]:
        if phase not in lanes:
            title = phase or say(en="Journey", ru="Путь")
            if phase:
                self.note(f"phase “{phase}” is used but not declared", f"фаза «{phase}» не объявлена")
            lanes[phase] = {"id": unique(title, {s["id"] for s in lanes.values()}), "title": title, "lanes": {}}
        return lanes[phase]

    def _who(self, point: Any, role: str, known: Iterable[str]) -> str:
        id = _reference(point, role)
        if id and id not in known:
            self.note(f"actor “{id}” is used but not declared", f"участник «{id}» не объявлен")
        return id

    def _point(
        self,
        point: Any,
        lanes: dict[str, dict[str, Any]],
        users: dict[str, str],
        providers: dict[str, str],
        personas: dict[str, Persona],
        emotion: dict[tuple[str, str], list[float]],
    ) -> None:
        kind = _name(point).casefold()
        id = _text(point, "touchpointID")
        stage = self._stage(_reference(point, "belongsTo"), lanes)
        compliance = _COMPLIANCE.get(_text(point, "compliance").casefold().replace(" ", "").replace("-", ""), "")
        if id[:1] == "D" and not compliance:
            compliance = "deviation"
        if compliance:
            what = _text(point, "initiatorLabel", "receiverLabel", "actionLabel", "label") or id
            self.note(
                f"touchpoint {id} “{what}” deviates from the plan: {compliance}",
                f"точка {id} «{what}» отклоняется от плана: {compliance}",
            )
        when = _text(point, "timeCompleted", "timeInitiated", "timestamp")
        memo = "; ".join(x for x in (f"CJML {id}" if id else "", compliance, when) if x)
        known = {**users, **providers}
        initiator, receiver = self._who(point, "initiator", known), self._who(point, "receiver", known)
        user = next((u for u in (initiator, receiver) if u in users), "")
        persona = personas[user].id if user and len(users) > 1 else ""
        if kind.endswith("communicationpoint"):
            name = _text(point, "initiatorLabel") or _text(point, "receiverLabel") or id or "?"
            provider = next((p for p in (receiver, initiator) if p and p not in users), "")
            made = Touchpoint(
                name=name,
                channel=_text(point, "channelName", "channel"),
                owner=providers.get(provider, provider.replace("_", " ")),
                persona=persona,
                memo=memo,
            )
            self._put(stage, "touchpoints", made)
            if initiator in users and self.actual and compliance != "missing":
                self._put(stage, "actions", Note(text=name, persona=persona, memo=memo))
        elif kind.endswith("action"):
            text = _text(point, "actionLabel", "initiatorLabel", "label", "description") or id or "?"
            actor = _reference(point, "actor", "initiator", "performer") or _reference(point, "refersTo")
            lane = "back_stage" if actor in providers else "actions"
            persona = personas[actor].id if actor in users and len(users) > 1 else ""
            self._put(stage, lane, Note(text=text, persona=persona, memo=memo))
        else:
            self.note(f"<{_name(point)}> is not known; left out", f"<{_name(point)}> неизвестен; пропущен")
            return
        self._experience(point, stage, user, personas, emotion, id)

    def _experience(
        self,
        point: Any,
        stage: dict[str, Any],
        user: str,
        personas: dict[str, Persona],
        emotion: dict[tuple[str, str], list[float]],
        id: str,
    ) -> None:
        persona = personas[user].id if user else ""
        rating = _text(point, "experienceRating")
        if rating:
            try:
                value = float(rating.replace(",", "."))
            except ValueError:
                value = float("nan")
            if 1 <= value <= 5:
                emotion.setdefault((stage["id"], persona), []).append(value)
            else:
                self.note(
                    f"touchpoint {id}: the rating “{rating}” lies outside 1 to 5; left out",
                    f"точка {id}: оценка «{rating}» вне шкалы от 1 до 5; пропущена",
                )
        said = _text(point, "experienceDescription")
        if said:
            try:
                date = dt.date.fromisoformat(_text(point, "timeCompleted")[:10])
            except ValueError:
                date = None
            proof = DeskSource(source=self.stem, title=f"CJML {id}".strip(), date=date, passage=said)
            shown = persona if len(personas) > 1 else ""
            self._put(stage, "thoughts", Note(text=said, persona=shown, evidence=(proof,)))

    @staticmethod
    def _put(stage: dict[str, Any], lane: str, item: Note | Touchpoint) -> None:
        """Add to a lane; what happens twice keeps both, the second under an id of its own."""
        cell = stage["lanes"].setdefault(lane, {})
        made, k = item, 2
        while made.id in cell:
            made = item.replace(id=f"{item.id}-{k}")
            k += 1
        cell[made.id] = made


# ---- CJML out ----------------------------------------------------------------------------------------------------


def to_cjml(
    journey: Journey, path: str | os.PathLike[str] | None = None, *, kind: Literal["planned", "actual"] = "planned"
) -> str:
    """Write a journey as CJML 2.0: phases, actors, communication points and actions.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like, optional
        Also write it there.
    kind : {"planned", "actual"}
        What it is; an actual journey also carries the emotion as a rating from 1 to 5.

    Returns
    -------
    str
        The XML.

    Warns
    -----
    DataWarning
        CJML has no place for goals, barriers, evidence and figures; the warning says how many notes stay behind.

    Examples
    --------
    >>> import cjmkit as cj
    >>> journey = cj.Journey.from_framework("aida", title="Buying tea")
    >>> print(cj.exchange.to_cjml(journey)[:38])
    <?xml version="1.0" encoding="UTF-8"?>
    """
    root = ET.Element("CJML", version="2.0")
    j = ET.SubElement(root, f"{kind}Journey")
    _add(j, "journeyID", journey.id)
    _add(j, "journeyName", journey.title)
    if kind == "actual" and journey.revises:
        _add(j, "plannedReference", journey.revises)
    phases = ET.SubElement(j, "journeyPhases")
    for s in journey.stages:
        _add(ET.SubElement(phases, "journeyPhase", phaseID=_id(s.id)), "phaseName", s.title)
    people = {p.id: p.name for p in journey.personas} or {"": "Customer"}
    owners = list(dict.fromkeys(t.owner for s in journey.stages for t in s.touchpoints if t.owner))
    company = say(en="Company", ru="Компания", lang=journey.language)
    actors = ET.SubElement(j, "actors")
    for name in people.values():
        ET.SubElement(actors, "endUser", actorID=_id(name))
    for name in owners or [company]:
        ET.SubElement(actors, "serviceProvider", actorID=_id(name))
    points = ET.SubElement(j, "touchpoints")
    k = 0
    moods = {p.stage: p.estimate.value for p in reversed(journey.emotion) if p.estimate.value is not None}
    for s in journey.stages:
        rating = moods.get(s.id) if kind == "actual" else None
        for n in s.actions:
            k += 1
            point = _point(points, f"{kind}Action", k, s.id)
            who = people.get(n.persona, next(iter(people.values())))
            ET.SubElement(ET.SubElement(point, "actor"), "refersTo", actorIDref=_id(who))
            _add(point, "actionLabel", n.text)
        for t in s.touchpoints:
            k += 1
            point = _point(points, f"{kind}CommunicationPoint", k, s.id)
            who = people.get(t.persona, next(iter(people.values())))
            for role, actor in (("initiator", who), ("receiver", t.owner or (owners or [company])[0])):
                side = ET.SubElement(point, role)
                ET.SubElement(side, "refersTo", actorIDref=_id(actor))
                _add(side, f"{role}Label", t.name)
            if t.channel:
                _add(ET.SubElement(point, "channel"), "channelName", t.channel)
            if rating is not None:
                _add(ET.SubElement(point, "touchpointExperience"), "experienceRating", str(round(rating + 3)))
    kept = sum(len(s.actions) + len(s.touchpoints) for s in journey.stages)
    left = sum(1 for _ in journey.cells()) - kept
    pieces = len({e for _, _, i in journey.cells() for e in i.evidence})
    if left or pieces:
        lanes = sorted({lane for _, lane, _ in journey.cells()} & set(LANES) - {"actions"})
        warnings.warn(
            DataWarning(
                say(
                    en=f"CJML has no place for {left} notes ({', '.join(lanes)}) and {pieces} pieces of evidence",
                    ru=f"в CJML нет места для {left} записей ({', '.join(lanes)}) и {pieces} оснований",
                )
            ),
            stacklevel=2,
        )
    ET.indent(root)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
    if path is not None:
        write_atomically(path, text)
    return text


def _id(name: str) -> str:
    return re.sub(r"\s+", "_", _clean(name).strip()) or "_"


def _clean(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _clean(text)


def _point(parent: ET.Element, name: str, k: int, stage: str) -> ET.Element:
    point = ET.SubElement(parent, name)
    _add(point, "touchpointID", f"T{k}")
    ET.SubElement(point, "belongsTo", phaseIDref=_id(stage))
    return point


# ---- XES ---------------------------------------------------------------------------------------------------------
