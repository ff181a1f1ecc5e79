"""The map editor: edits a journey, which stays a value; nothing is lost with the tab or the kernel."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import traitlets
from pydantic import ValidationError

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
        ``.<name>.autosave.yaml``, until it is saved. If the file holds another journey than `journey`, saving is
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
        lies = _readable(self._path)
        self._saved = lies
        # What nobody in this editor has seen must not be overwritten: a file that holds another map counts as changed.
        self._seen = self._digest() if lies == journey or not self._exists() else "another"
        self._own_side = False
        self._offered = _readable(self._side)
        if self._offered == journey:
            self._offered = None
        self._words = _words(self._lang)
        self.on_msg(self._receive)
        self._show("; ".join(m for m in (self._left_over(), self._differs()) if m))

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

    def _exists(self) -> bool:
        return self._path is not None and self._path.is_file()

    def _autosave(self) -> None:
        if self._side is None or self._path is None:
            return
        if not self._own_side and self._side.is_file():
            # Somebody's work until it is taken up: out of the way, not away.
            os.replace(self._side, self._path.with_name(f".{self._path.stem}.earlier.yaml"))
        self._own_side = True
        write_atomically(self._side, dump_yaml(self._journey))

    def _differs(self) -> str:
        if self._path is None or self._seen != "another":
            return ""
        return say(
            en=f"{self._path.name} holds another map than this one; save() will show the difference",
            ru=f"в {self._path.name} лежит другая карта; save() покажет разницу",
            lang=self._lang,
        )

    def _left_over(self) -> str:
        """Whether an earlier editor was closed without saving: its work is offered, never silently taken."""
        if self._side is None or self._offered is None:
            return ""
        return say(
            en=f"unsaved work of an earlier editor is in {self._side.name}: editor.recover() takes it up",
            ru=f"несохранённая работа прошлого редактора лежит в {self._side.name}: editor.recover() её вернёт",
            lang=self._lang,
        )

    def recover(self) -> None:
        """Take up the unsaved work that an earlier editor left beside the file."""
        if self._offered is None:
            raise CjmError("there is no unsaved work beside this journey")
        taken, self._offered = self._offered, None
        self.change(taken)
        if self._path is not None:
            self._path.with_name(f".{self._path.stem}.earlier.yaml").unlink(missing_ok=True)

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
            theirs = _readable(self._path)
            difference = exchange.diff(theirs, self._journey, lang=self._lang) if theirs is not None else "—"
            if not (self._side is not None and self._side.is_file() and self._own_side):
                self._autosave()
            raise CjmError(
                f"{self._path.name} was changed by somebody else since this editor opened it; yours differs so:\n"
                f"{difference}\nKeep yours with save(replace=True), or reopen the file; your work is in {self._side}"
            )
        write_journey(self._journey, self._path)
        self._seen, self._saved = self._digest(), self._journey
        if self._side is not None and self._own_side:
            self._side.unlink(missing_ok=True)
            self._own_side = False
        self._show(self._left_over())
        return self._path

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


def _readable(path: Path | None) -> Journey | None:
    """The journey in a file, or None where there is none or it cannot be read: a broken side file stops nobody."""
    try:
        return read_journey(path) if path is not None and path.is_file() else None
    except CjmError:
        return None


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
