"""The map editor: edits a journey, which stays a value; nothing is lost with the tab or the kernel."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import traitlets

from cjmkit import exchange, lint
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Evidence
from cjmkit.core.journey import EmotionPoint, Journey, slug
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint, lane_title
from cjmkit.errors import CjmError, suggest
from cjmkit.exchange.yaml_file import dump_yaml, read_journey, write_journey
from cjmkit.files import write_atomically
from cjmkit.i18n import current_language, say
from cjmkit.widgets._base import Pane, asset

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
        Where :meth:`MapEditor.save` writes. After every change the journey is also kept beside it, in
        ``.<name>.autosave.yaml``, until it is saved.
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
        self._journey = self._saved = journey
        self._seen = self._digest()
        self._words = _words(self._lang)
        self.on_msg(self._receive)
        self._show(self._left_over())

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
        self._autosave()
        self._show(message)

    def undo(self) -> None:
        """Go back by one change."""
        if self._past:
            self._future.append(self._journey)
            self._journey = self._past.pop()
            self._autosave()
        self._show()

    def redo(self) -> None:
        """Take the last undone change again."""
        if self._future:
            self._past.append(self._journey)
            self._journey = self._future.pop()
            self._autosave()
        self._show()

    # ---- saving ------------------------------------------------------------------------------------------------

    @property
    def _side(self) -> Path | None:
        return None if self._path is None else self._path.with_name(f".{self._path.stem}.autosave.yaml")

    def _digest(self) -> str:
        if self._path is None or not self._path.is_file():
            return ""
        return hashlib.sha256(self._path.read_bytes()).hexdigest()

    def _autosave(self) -> None:
        if self._side is not None:
            write_atomically(self._side, dump_yaml(self._journey))

    def _left_over(self) -> str:
        """Whether an earlier editor was closed without saving: its work is offered, never silently taken."""
        if self._side is None or not self._side.is_file() or read_journey(self._side) == self._journey:
            return ""
        return say(
            en=f"unsaved work of an earlier editor is in {self._side.name}: editor.recover() takes it up",
            ru=f"несохранённая работа прошлого редактора лежит в {self._side.name}: editor.recover() её вернёт",
            lang=self._lang,
        )

    def recover(self) -> None:
        """Take up the unsaved work that an earlier editor left beside the file."""
        if self._side is None or not self._side.is_file():
            raise CjmError("there is no unsaved work beside this journey")
        self.change(read_journey(self._side))

    def save(self, *, replace: bool = False) -> Path:
        """Write the journey to its file.

        Parameters
        ----------
        replace : bool
            Write even though the file was changed by somebody else since this editor read it.

        Raises
        ------
        CjmError
            If the editor has no path, or the file on disk is not the one that this editor started from; the message
            holds the difference. Nothing is overwritten then, and the work stays in the side file.
        """
        if self._path is None:
            raise CjmError("this editor has no path; open it with map_editor(journey, path=…)")
        if not replace and self._digest() != self._seen:
            theirs = read_journey(self._path) if self._path.is_file() else None
            difference = exchange.diff(theirs, self._journey, lang=self._lang) if theirs is not None else "—"
            raise CjmError(
                f"{self._path.name} was changed by somebody else since this editor opened it; yours differs so:\n"
                f"{difference}\nKeep yours with save(replace=True), or reopen the file; your work is in {self._side}"
            )
        write_journey(self._journey, self._path)
        self._seen, self._saved = self._digest(), self._journey
        if self._side is not None:
            self._side.unlink(missing_ok=True)
        self._show()
        return self._path

    # ---- what a person can do ----------------------------------------------------------------------------------

    def _act(self, content: dict[str, Any]) -> None:
        j = self._journey
        match content.get("op"):
            case "add":
                stage, lane, text = (str(content[k]) for k in ("stage", "lane", "text"))
                if lane == "touchpoints":
                    self.change(j.with_touchpoint(stage, text))
                else:
                    self.change(j.with_note(stage, lane, _fresh(j, stage, lane, text)))
            case "edit":
                self.change(self._edited(str(content["id"]), content["change"]))
            case "delete":
                self.change(j.without_note(str(content["id"])))
            case "move":
                to = (str(content["stage"]), str(content["lane"]))
                self.change(j.with_note_moved(str(content["id"]), *to, position=content.get("position")))
            case "attach":
                evidence = self._evidence[str(content["evidence"])]
                self.change(self._edited(str(content["id"]), {"evidence": evidence}))
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

    def _edited(self, note: str, change: dict[str, Any]) -> Journey:
        for stage, lane, item in self._journey.cells():
            if item.id != note:
                continue
            if "evidence" in change:
                new = item.replace(evidence=(*item.evidence, change["evidence"]))
            elif isinstance(item, Touchpoint):
                fields = {("name" if k == "text" else k): v for k, v in change.items()}
                new = item.replace(**fields)
            else:
                new = item.replace(**change)
            items = tuple(new if x.id == note else x for x in getattr(stage, lane))
            return self._journey.with_stage(stage.replace(**{lane: items}))
        raise CjmError(suggest(note, [item.id for *_, item in self._journey.cells()], what="note"))

    def _felt(self, stage: str, value: float | None) -> Journey:
        """A point by hand is the researcher's estimate: n = 0, never mistaken for data."""
        others = tuple(p for p in self._journey.emotion if not (p.stage == stage and p.source == "researcher"))
        bare = self._journey.replace(emotion=others)
        if value is None:
            return bare
        reason = say(en="drawn by the researcher", ru="проведено исследователем", lang=self._lang)
        estimate = Estimate(value=float(value), n=0, reason=reason)
        return bare.with_emotion([EmotionPoint(stage=stage, source="researcher", estimate=estimate)])

    def _search(self, text: str) -> None:
        words = text.casefold().split()
        items = []
        for e in self._evidence.values():
            label = e.label(self._lang)
            if all(w in f"{label} {getattr(e, 'code', '')}".casefold() for w in words):
                items.append({"id": e.id, "kind": e.kind, "label": label[:220]})
            if len(items) == 30:
                break
        self._found = {"text": text, "items": items, "turn": int(self._found.get("turn", 0)) + 1}

    # ---- talking to the page -----------------------------------------------------------------------------------

    def _receive(self, _: Any, content: dict[str, Any], __: Any) -> None:
        try:
            self._act(content)
        except CjmError as error:
            self._show(str(error).split("\n")[0], problem=True)

    def _show(self, message: str = "", *, problem: bool = False) -> None:
        j = self._journey
        objections: dict[str, list[str]] = {}
        titles = {r.id: r.title(self._lang) for r in lint.RULES.values()}
        for f in lint.check(j).table.to_dict("records"):
            objections.setdefault(str(f["id"]), []).append(titles.get(str(f["rule"]), str(f["rule"])))
        saved = j == self._saved
        state = "" if self._path is None else say(
            en=f"saved in {self._path.name}" if saved else "not saved yet",
            ru=f"сохранено в {self._path.name}" if saved else "ещё не сохранено",
            lang=self._lang,
        )  # fmt: skip
        self._map = {
            "title": j.title,
            "lanes": [{"id": lane, "title": lane_title(lane, self._lang)} for lane in self._lanes],
            "stages": [self._column(s, objections) for s in j.stages],
            "can_undo": bool(self._past),
            "can_redo": bool(self._future),
            "message": message,
            "problem": problem,
            "state": state,
            # Two equal states in a row have to reach the page twice, or a refused edit would stay on the screen.
            "turn": int(self._map.get("turn", 0)) + 1,
        }

    def _column(self, stage: Stage, objections: dict[str, list[str]]) -> dict[str, Any]:
        points = [p for p in self._journey.emotion if p.stage == stage.id]
        own = next((p.estimate.value for p in points if p.source == "researcher"), None)

        def shown(item: Note | Touchpoint) -> dict[str, Any]:
            return {
                "id": item.id,
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
            "cells": {lane: [shown(i) for i in getattr(stage, lane)] for lane in self._lanes if lane != "emotion"},
            "emotion": [
                {
                    "value": p.estimate.value,
                    "low": p.estimate.low,
                    "high": p.estimate.high,
                    "label": f"{p.source}: {p.estimate.text(lang=self._lang)}",
                }
                for p in points
                if p.source != "researcher" and not p.persona
            ],
            "estimate": own,
        }

    def static_html(self) -> str:
        """The map as a table, for pages without a kernel."""
        return self._journey._repr_html_()

    def __repr__(self) -> str:
        return f"<MapEditor of {self._journey!r}>"


def _fresh(journey: Journey, stage: str, lane: str, text: str) -> Note:
    """A note whose id is not taken: the same words may stand twice."""
    note = Note(text=text)
    taken = {item.id for *_, item in journey.cells()}
    k = 2
    while note.id in taken:
        note = note.replace(id=f"{Note(text=text).id}-{k}")
        k += 1
    return note


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
