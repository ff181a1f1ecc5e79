"""The map editor: edits a journey, which stays a value; nothing is lost with the tab or the kernel."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import traitlets
from pydantic import ValidationError

from cjmkit import lint
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Evidence
from cjmkit.core.journey import EmotionPoint, Journey, slug
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint, lane_title
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, say
from cjmkit.widgets._base import Pane, asset
from cjmkit.widgets._drafts import Drafts

__all__ = ["MapEditor", "map_editor"]

_LANES = ("goals", "expectations", "actions", "questions", "thoughts", "touchpoints", "emotion", *LANES[5:8])


def map_editor(
    journey: Journey,
    *,
    path: str | os.PathLike[str] | None = None,
    evidence: Iterable[Evidence] = (),
    lanes: Iterable[str] = _LANES,
    lang: str | None = None,
) -> MapEditor:
    """Open an editor for a journey, by mouse, finger or keyboard.

    Its headless twins are the journey's own ``with_…`` methods: the editor does nothing that these do not.

    Parameters
    ----------
    journey : Journey
        Where to start from. It is never changed; ``editor.journey`` is the journey as it stands.
    path : path-like, optional
        Where :meth:`MapEditor.save` writes. After every change the journey is also kept beside it, in a file of this
        editor's own in ``unsaved/``, until it is saved. If the file holds another journey than `journey`, saving is
        refused with the difference until you say ``replace=True``.
    evidence : iterable of Evidence
        What notes can be tied to: ``[cj.cite(row) for _, row in codings.iterrows()]``, scores, figures of the log.
    lanes : iterable of str
        Which lanes to show.
    lang : {"en", "ru"}, optional
        Language of the editor; that of the journey by default.

    Returns
    -------
    MapEditor
        A widget.

    Examples
    --------
    >>> import cjmkit as cj
    >>> editor = map_editor(cj.Journey.from_framework("aida", title="Tea"))
    >>> [s.id for s in editor.journey.stages][:2]
    ['attention', 'interest']
    """
    return MapEditor(journey, path=path, evidence=evidence, lanes=lanes, lang=lang)


class MapEditor(Pane):
    """The widget behind :func:`map_editor`."""

    _esm = asset("map_editor.js")
    _css = asset("map_editor.css")
    _words = traitlets.Dict().tag(sync=True)
    _map = traitlets.Dict().tag(sync=True)
    _found = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        journey: Journey,
        *,
        path: str | os.PathLike[str] | None,
        evidence: Iterable[Evidence],
        lanes: Iterable[str],
        lang: str | None,
    ) -> None:
        super().__init__()
        self._lang = current_language(lang or journey.language)
        self._lanes = tuple(lanes)
        for lane in self._lanes:
            lane_title(lane, self._lang)
        self._evidence = {e.id: e for e in evidence}
        self._path = Path(path) if path is not None else None
        self._past: list[Journey] = []
        self._future: list[Journey] = []
        self._journey = journey
        self._drafts = Drafts(self._path, journey, self._lang) if self._path is not None else None
        self._words = _words(self._lang)
        self.on_msg(self._receive)
        self._show(self._drafts.message() if self._drafts else "")

    # ---- the value ---------------------------------------------------------------------------------------------

    @property
    def journey(self) -> Journey:
        """The journey as it stands now."""
        return self._journey

    def change(self, new: Journey, message: str = "") -> None:
        """Take a new journey as the next state; :meth:`undo` goes back."""
        if new == self._journey:
            self._show(message)
            return
        self._past.append(self._journey)
        self._future.clear()
        self._journey = new
        self._changed(message)

    def undo(self) -> None:
        """Go back by one change."""
        if not self._past:
            return self._show()
        self._future.append(self._journey)
        self._journey = self._past.pop()
        return self._changed()

    def redo(self) -> None:
        """Take the last undone change again."""
        if not self._future:
            return self._show()
        self._past.append(self._journey)
        self._journey = self._future.pop()
        return self._changed()

    # ---- saving ------------------------------------------------------------------------------------------------

    def _changed(self, message: str = "") -> None:
        """Keep the work on the disk and show it; a full disk is said, and the change stands in this editor."""
        try:
            if self._drafts is not None:
                self._drafts.keep(self._journey)
        except CjmError as error:
            return self._show(str(error), problem=True)
        return self._show(message)

    def recover(self, name: str | None = None) -> None:
        """Take up the unsaved work that another editor left; its file stays until this editor is saved.

        Parameters
        ----------
        name : str, optional
            Which one, where there are several; without it they are listed.

        Raises
        ------
        CjmError
            If there is none, or there are several and no name.
        """
        if self._drafts is None:
            raise self._no_path()
        self.change(self._drafts.take(name, self._journey))

    def save(self, *, replace: bool = False) -> Path:
        """Write the journey to its file; in a study the version before stays in ``journeys/history``.

        Parameters
        ----------
        replace : bool
            Write even though the file was changed by somebody else since this editor read it; their version goes to
            ``history/`` beside it.

        Raises
        ------
        CjmError
            If the editor has no path, or the file on disk is not the one that this editor started from; the message
            holds the difference. Nothing is overwritten then, and the work stays in this editor's unsaved file.
        """
        if self._path is None or self._drafts is None:
            raise self._no_path()
        self._drafts.save(self._journey, replace=replace)
        self._show(self._drafts.message())
        return self._path

    @staticmethod
    def _no_path() -> CjmError:
        return CjmError(
            en="this editor has no path; open it with map_editor(journey, path=…)",
            ru="у этого редактора нет файла; откройте его так: map_editor(journey, path=…)",
        )

    # ---- what a person can do ----------------------------------------------------------------------------------

    def _act(self, content: dict[str, Any]) -> None:
        j = self._journey
        match content.get("op"):
            case "add":
                stage, lane, text = (str(content[k]) for k in ("stage", "lane", "text"))
                if lane == "touchpoints":
                    self.change(j.with_touchpoint(stage, _fresh(j, Touchpoint(name=text))))
                else:
                    self.change(j.with_note(stage, lane, _fresh(j, Note(text=text))))
            case "edit":
                self.change(self._edited(str(content["id"]), content["change"]))
            case "delete":
                self.change(self._without(str(content["id"])))
            case "move":
                self.change(
                    self._moved(
                        str(content["id"]),
                        str(content["stage"]),
                        str(content["lane"]),
                        position=content.get("position"),
                    )
                )
            case "attach":
                wanted = str(content["evidence"])
                if wanted not in self._evidence:
                    raise CjmError(suggest(wanted, self._evidence, what="evidence"))
                self.change(self._edited(str(content["id"]), {"evidence": self._evidence[wanted]}))
            case "add_stage":
                title = str(content["title"])
                taken = {s.id for s in j.stages}
                name = slug(title)
                k = 2
                while name in taken:
                    name, k = f"{slug(title)}-{k}", k + 1
                self.change(j.with_stage(Stage(id=name, title=title)))
            case "rename_stage":
                self.change(j.with_stage(j.stage(str(content["id"])).replace(title=str(content["title"]))))
            case "delete_stage":
                self.change(j.without_stage(str(content["id"])))
            case "move_stage":
                order = [s.id for s in j.stages]
                k = order.index(str(content["id"]))
                to_k = max(0, min(len(order) - 1, k + int(content["by"])))
                order.insert(to_k, order.pop(k))
                self.change(j.with_stage_order(order))
            case "emotion":
                self.change(self._felt(str(content["stage"]), content.get("value")))
            case "undo":
                self.undo()
            case "redo":
                self.redo()
            case "save":
                self.save()
            case "search":
                self._search(str(content.get("text", "")))

    def _find(self, key: str) -> tuple[Stage, str, Note | Touchpoint]:
        """The note that the page means: "stage<tab>lane<tab>id", because the same words may stand in two cells."""
        stage, _, rest = key.rpartition("\t")[0].partition("\t")
        name = key.rpartition("\t")[2]
        for where, lane, item in self._journey.cells():
            if item.id == name and (not stage or (where.id == stage and lane == rest)):
                return where, lane, item
        raise CjmError(suggest(name, [item.id for *_, item in self._journey.cells()], what="note"))

    def _without(self, key: str) -> Journey:
        stage, lane, item = self._find(key)
        rest = tuple(x for x in getattr(stage, lane) if x.id != item.id)
        return self._journey.with_stage(stage.replace(**{lane: rest}))

    def _moved(self, key: str, stage: str, lane: str, *, position: int | None) -> Journey:
        _, old, item = self._find(key)
        alone = sum(x.id == item.id for *_, x in self._journey.cells()) == 1
        if alone or (old == "touchpoints") != (lane == "touchpoints"):
            return self._journey.with_note_moved(item.id, stage, lane, position=position)
        # Its namesakes in other cells stay where they are; in their cell it gets a name of its own.
        without = self._without(key)
        target = without.stage(stage)
        cell = list(getattr(target, lane))
        if any(x.id == item.id for x in cell):
            item = _fresh(without, item)
        cell.insert(len(cell) if position is None else max(0, position), item)
        return without.with_stage(target.replace(**{lane: tuple(cell)}))

    def _edited(self, key: str, change: dict[str, Any]) -> Journey:
        stage, lane, item = self._find(key)
        if "evidence" in change:
            if any(e.id == change["evidence"].id for e in item.evidence):
                return self._journey
            new = item.replace(evidence=(*item.evidence, change["evidence"]))
        elif isinstance(item, Touchpoint):
            new = item.replace(**{("name" if k == "text" else k): v for k, v in change.items()})
        else:
            new = item.replace(**change)
        items = tuple(new if x.id == item.id else x for x in getattr(stage, lane))
        return self._journey.with_stage(stage.replace(**{lane: items}))

    def _felt(self, stage: str, value: float | None) -> Journey:
        """A point by hand is the researcher's estimate: n = 0, never mistaken for data."""
        others = tuple(p for p in self._journey.emotion if p.persona or p.stage != stage or p.source != "researcher")
        bare = self._journey.replace(emotion=others)
        if value is None:
            return bare
        reason = say(en="drawn by the researcher", ru="проведено исследователем", lang=self._lang)
        estimate = Estimate(value=float(value), n=0, reason=reason)
        return bare.with_emotion([EmotionPoint(stage=stage, source="researcher", estimate=estimate)])

    def _search(self, text: str) -> None:
        words, kinds = text.casefold().split(), _kinds(self._lang)
        items = []
        for e in self._evidence.values():
            label = e.label(self._lang)
            if all(w in f"{label} {getattr(e, 'code', '')}".casefold() for w in words):
                items.append({"id": e.id, "kind": kinds.get(e.kind, e.kind), "label": label[:220]})
            if len(items) == 30:
                break
        self._found = {"text": text, "items": items, "turn": int(self._found.get("turn", 0)) + 1}

    # ---- talking to the page -----------------------------------------------------------------------------------

    def _receive(self, _: Any, content: dict[str, Any], __: Any) -> None:
        try:
            self._act(content)
        except CjmError as error:
            first, *more = str(error).split("\n")
            hint = say(en="editor.save() in a cell shows it", ru="editor.save() в ячейке её покажет", lang=self._lang)
            self._show(f"{first} {hint}" if more else first, problem=True)
        except ValidationError as error:
            self._show(str(error.errors()[0]["msg"]), problem=True)

    def _show(self, message: str = "", *, problem: bool = False) -> None:
        j = self._journey
        objections: dict[str, list[str]] = {}
        titles = {r.id: r.title(self._lang) for r in lint.RULES.values()}
        for f in lint.check(j).table.to_dict("records"):
            objections.setdefault(str(f["id"]), []).append(titles.get(str(f["rule"]), str(f["rule"])))
        saved = self._drafts is not None and j == self._drafts.saved
        state = "" if self._path is None else say(
            en=f"saved in {self._path.name}" if saved else "not saved yet",
            ru=f"сохранено в {self._path.name}" if saved else "ещё не сохранено",
            lang=self._lang,
        )  # fmt: skip
        self._map = {
            "title": j.title,
            "lanes": [{"id": lane, "title": lane_title(lane, self._lang)} for lane in self._lanes],
            "stages": [self._column(s, objections) for s in j.stages],
            "series": [self._series_name(*key) for key in self._series()],
            "can_undo": bool(self._past),
            "can_redo": bool(self._future),
            "message": message,
            "problem": problem,
            "state": state,
            # Two equal states in a row have to reach the page twice, or a refused edit would stay on the screen.
            "turn": int(self._map.get("turn", 0)) + 1,
        }

    def _series(self) -> list[tuple[str, str]]:
        """Persona and source of each curve that came from data, in order of appearance."""
        return list(
            dict.fromkeys((p.persona, p.source) for p in self._journey.emotion if p.persona or p.source != "researcher")
        )

    def _series_name(self, persona: str, source: str) -> str:
        name = _sources(self._lang).get(source, source)
        return f"{self._journey.persona(persona).name or persona}, {name}" if persona else name

    def _column(self, stage: Stage, objections: dict[str, list[str]]) -> dict[str, Any]:
        points = [p for p in self._journey.emotion if p.stage == stage.id]
        own = next((p.estimate.value for p in points if p.source == "researcher" and not p.persona), None)
        series = self._series()

        def shown(item: Note | Touchpoint, lane: str) -> dict[str, Any]:
            return {
                "id": f"{stage.id}\t{lane}\t{item.id}",
                "text": item.text,
                "evidence": len(item.evidence),
                "lint": objections.get(item.id, [])[:3],
                "channel": getattr(item, "channel", ""),
                "owner": getattr(item, "owner", ""),
                "moment_of_truth": getattr(item, "moment_of_truth", False),
            }

        return {
            "id": stage.id,
            "title": stage.title,
            "cells": {
                lane: [shown(i, lane) for i in getattr(stage, lane)] for lane in self._lanes if lane != "emotion"
            },
            "emotion": [
                {
                    "value": p.estimate.value,
                    "low": p.estimate.low,
                    "high": p.estimate.high,
                    "series": series.index((p.persona, p.source)),
                    "label": f"{self._series_name(p.persona, p.source)}: {p.estimate.text(lang=self._lang)}",
                }
                for p in points
                if (p.persona, p.source) in series
            ],
            "estimate": own,
        }

    def static_html(self) -> str:
        """The map as a table, for pages without a kernel."""
        return self._journey._repr_html_()

    def __repr__(self) -> str:
        return f"<MapEditor of {self._journey!r}>"


def _fresh(journey: Journey, item: Any) -> Any:
    """The note or touchpoint under an id that is not taken: the same words may stand twice."""
    taken = {x.id for *_, x in journey.cells()}
    first, k = item.id, 2
    while item.id in taken:
        item, k = item.replace(id=f"{first}-{k}"), k + 1
    return item


def _kinds(lang: str) -> dict[str, str]:
    texts = {
        "quote": ("quote", "цитата"),
        "survey": ("survey", "опрос"),
        "events": ("log", "журнал событий"),
        "source": ("source", "источник"),
    }
    return {key: say(en=en, ru=ru, lang=lang) for key, (en, ru) in texts.items()}


def _sources(lang: str) -> dict[str, str]:
    texts = {
        "survey": ("survey", "опрос"),
        "coding": ("interviews", "интервью"),
        "reviews": ("reviews", "отзывы"),
        "text": ("texts", "тексты"),
        "employees": ("employees", "сотрудники"),
        "managers": ("managers", "руководители"),
        "researcher": ("researcher's estimate", "оценка исследователя"),
    }
    return {key: say(en=en, ru=ru, lang=lang) for key, (en, ru) in texts.items()}


def _words(lang: str) -> dict[str, str]:
    texts = {
        "undo": ("Undo", "Отменить"),
        "redo": ("Redo", "Вернуть"),
        "save": ("Save", "Сохранить"),
        "stage": ("stage", "этап"),
        "add_stage": ("Title of the new stage", "Название нового этапа"),
        "rename": ("Rename", "Переименовать"),
        "left": ("Move left", "Левее"),
        "right": ("Move right", "Правее"),
        "remove": ("Remove", "Удалить"),
        "edit": ("Edit", "Править"),
        "add": ("Add a note", "Добавить заметку"),
        "owner": ("Owner", "Ответственный"),
        "attach": ("Attach evidence", "Прикрепить доказательство"),
        "search": ("Search quotes, scores and figures", "Искать цитаты, оценки и числа"),
        "nothing": ("nothing found", "ничего не нашлось"),
        "close": ("Close", "Закрыть"),
        "evidence": ("evidence", "доказательств"),
        "assumption": ("assumption", "предположение"),
        "emotion": ("Emotion", "Эмоция"),
        "estimate": ("Researcher's estimate", "Оценка исследователя"),
    }
    return {key: say(en=en, ru=ru, lang=lang) for key, (en, ru) in texts.items()}
