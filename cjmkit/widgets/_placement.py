"""The placement pane: people on behavioural variables, dragged or by keys, with what they said at the side."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd
import traitlets

from cjmkit import personas
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.files import file_name, set_aside
from cjmkit.i18n import current_language, say
from cjmkit.personas.placements import COLUMNS
from cjmkit.personas.variables import POINTS
from cjmkit.widgets._base import Pane, asset

__all__ = ["PlacementPane", "placement_pane"]

_TIPS = 4


def placement_pane(
    source: Any,
    *,
    rater: str,
    turns: pd.DataFrame | None = None,
    names: Mapping[str, str] | None = None,
    blind: bool = True,
    lang: str | None = None,
) -> PlacementPane:
    """Open a pane for placing people on behavioural variables, by mouse or by keyboard alone.

    Its headless twins are ``Grid.place`` and ``Grid.save``: the pane does nothing that these do not. Every change is in
    ``placements/<rater>.csv`` at once.

    Parameters
    ----------
    source : Study or Grid
        A study with ``variables.yaml``, or a grid.
    rater : str
        Who places. Only this rater's placements can be changed; ``settled`` is for what was talked through.
    turns : pandas.DataFrame, optional
        Turns of the interviews, for the passages at the side; the study's own by default.
    names : dict, optional
        Person → what stands on the dot; the study's names by default.
    blind : bool
        Do not show where others placed people: agreement means nothing otherwise. To talk differences through, open
        the pane with ``rater="settled", blind=False``: people on whom they differ are ringed.
    lang : {"en", "ru"}, optional
        Language of the pane.

    Returns
    -------
    PlacementPane
        A widget; its ``grid`` is the value as it stands.

    Raises
    ------
    NotEnough
        If the study has no variables.
    CjmError
        If there is nobody to place, or the rater has no name.

    Examples
    --------
    >>> from cjmkit import personas
    >>> grid = personas.Grid((personas.Variable(id="money", ends=("counts", "never asks")),), people=["anna"])
    >>> pane = placement_pane(grid, rater="eva", lang="en")
    >>> pane.place("anna", "money", 2)
    >>> pane.grid.table.loc["anna", "money"].item()
    2.0
    """
    return PlacementPane(source, rater=rater, turns=turns, names=names, blind=blind, lang=lang)


class PlacementPane(Pane):
    """The widget behind :func:`placement_pane`."""

    _esm = asset("placement_pane.js")
    _css = asset("placement_pane.css")
    _words = traitlets.Dict().tag(sync=True)
    _view = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        source: Any,
        *,
        rater: str,
        turns: pd.DataFrame | None,
        names: Mapping[str, str] | None,
        blind: bool,
        lang: str | None,
    ) -> None:
        super().__init__()
        if not str(rater).strip():
            raise CjmError(
                en="placing needs a rater: who places, such as rater='anna'",
                ru="чтобы ставить, нужен rater: кто ставит, например rater='anna'",
            )
        if isinstance(source, personas.Grid):
            self.grid = source
        elif hasattr(source, "path"):
            self.grid = personas.grid(source)
            turns = source.turns() if turns is None and source.has("interviews") else turns
            names = _names(source) if names is None else names
        else:
            raise CjmError(
                en=f"a study or a grid is expected, got {type(source).__name__}",
                ru=f"нужно исследование или сетка, пришло {type(source).__name__}",
            )
        if not self.grid.people:
            raise CjmError(
                en="there is nobody to place: put transcripts into interviews/, or give Grid(…, people=[…])",
                ru="ставить некого: положите расшифровки в interviews/ или дайте Grid(…, people=[…])",
            )
        self.rater, self._turns, self._blind = str(rater).strip(), turns, blind
        self._names = dict(names or {})
        self._lang = current_language(lang)
        self._session = secrets.token_hex(4)
        self._grouped, self._message, self._bad = False, "", False
        self._open = (self.grid.people[0], self.grid.variables[0].id)
        self._tips: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._words = _words(self._lang)
        self.on_msg(self._receive)
        self._show()

    # ---- what a key or a drag does ------------------------------------------------------------------------------

    def place(self, participant: str, variable: str, value: Any, *, memo: str = "") -> None:
        """Put a person somewhere, as a drag does; None takes the placement back."""
        self.grid = self.grid.place(participant, variable, value, rater=self.rater, memo=memo)
        self._open = (participant, variable)
        self._save()

    def cite(self, participant: str, variable: str, passage: Mapping[str, Any]) -> None:
        """Rest a placement on a passage, as a click on it does.

        Raises
        ------
        CjmError
            If the person has no place on this variable yet.
        """
        value = self._value(participant, variable)
        if value is None:
            raise CjmError(
                say(
                    en="place the person first: a passage speaks for a place",
                    ru="сначала поставьте человека: цитата говорит за место",
                    lang=self._lang,
                )
            )
        self.grid = self.grid.place(participant, variable, value, rater=self.rater, passage=passage)
        self._open = (participant, variable)
        self._save()

    def show(self, participant: str, variable: str) -> None:
        """Show what a person said that may speak to a variable."""
        if participant not in self.grid.people:
            raise CjmError(suggest(participant, self.grid.people, what="person"))
        self._open = (participant, self.grid.variable(variable).id)
        self._show()

    def group(self, on: bool = True) -> None:
        """Colour people by the groups that form as they stand now. Off until all are placed, or it leads the hand."""
        self._grouped = on
        self._show()

    def _value(self, participant: str, variable: str) -> Any:
        p = self.grid.placements
        own = p[(p["rater"] == self.rater) & (p["participant"] == participant) & (p["variable"] == variable)]
        return own["value"].iloc[0] if len(own) else None

    def _save(self) -> None:
        self._message, self._bad = "", False
        folder = self.grid.folder
        if folder is not None:
            try:
                self.grid = self.grid.save()
            except CjmError as error:
                path = folder / "placements" / f"{file_name(self.rater)}.csv"
                own = self.grid.placements[self.grid.placements["rater"] == self.rater]
                text = own[list(COLUMNS)].to_csv(index=False, lineterminator="\n")
                try:
                    aside = set_aside(path, text, session=self._session)
                    kept = say(
                        en=f"your placements are in unsaved/{aside.name}",
                        ru=f"ваши места лежат в unsaved/{aside.name}",
                        lang=self._lang,
                    )
                    self._message = f"{error} {kept}"
                except CjmError:
                    self._message = str(error)
                self._bad = True
        self._show()

    # ---- what the page shows ------------------------------------------------------------------------------------

    def _show(self) -> None:
        who, what = self._open
        p = self.grid.placements
        once = p.drop_duplicates(["rater", "participant", "variable"])
        own = once[once["rater"] == self.rater]
        others = once[once["rater"] != self.rater] if not self._blind else once.iloc[:0]
        groups, verdict = self._groups() if self._grouped else ({}, "")
        quotes = p[
            (p["rater"] == self.rater) & (p["participant"] == who) & (p["variable"] == what) & (p["quote"] != "")
        ]
        labels = _short(self.grid.people, self._names)
        self._view = {
            "rater": self.rater,
            "points": POINTS,
            "variables": [
                {"id": v.id, "name": v.name, "question": v.question, "ends": list(v.ends), "options": list(v.options)}
                for v in self.grid.variables
            ],
            "people": [{"id": i, "name": self._names.get(i, i), "label": labels[i]} for i in self.grid.people],
            "placed": [
                [r["variable"], r["participant"], r["value"]] for r in own.to_dict("records") if r["value"] is not None
            ],
            "others": [
                [r["variable"], r["participant"], r["value"], r["rater"]]
                for r in others.to_dict("records")
                if r["value"] is not None
            ],
            "groups": groups,
            "grouped": self._grouped,
            "verdict": verdict,
            "open": [who, what],
            "told": self._told(who, what, others),
            "cited": [str(q) for q in quotes["quote"]],
            "tips": self._passages(who, what),
            "message": self._message,
            "bad": self._bad,
            "at": time.time(),
        }

    def _told(self, who: str, what: str, others: pd.DataFrame) -> list[list[Any]]:
        """Where the other raters put this person, on which words: rater, value, quotes."""
        own = others[(others["participant"] == who) & (others["variable"] == what) & others["value"].notna()]
        said = self.grid.quotes(who, what)
        return [
            [r["rater"], r["value"], [str(q) for q in said.loc[said["rater"] == r["rater"], "quote"]]]
            for r in own.to_dict("records")
        ]

    def _passages(self, who: str, what: str) -> list[dict[str, Any]]:
        if self._turns is None:
            return []
        if (who, what) not in self._tips:
            found = self.grid.passages(who, what, turns=self._turns, n=_TIPS)
            self._tips[who, what] = [
                {
                    "document": str(r["document"]),
                    "start": int(r["start"]),
                    "end": int(r["end"]),
                    "quote": str(r["quote"]),
                }
                for r in found.to_dict("records")
            ]
        return self._tips[who, what]

    def _groups(self) -> tuple[dict[str, int], str]:
        """Groups as they form now, and what may be said of them; a blind rater sees those of their own places alone."""
        import warnings

        p = self.grid.placements
        grid = replace(self.grid, placements=p[p["rater"] == self.rater]) if self._blind else self.grid

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found = personas.fit(personas.features(grid=grid), nulls=99)
            except (CjmError, NotEnough) as error:
                return {}, str(error)
        told = replace(found, settings={}).verdict(self._lang)
        s = found.search
        if s is None:
            return {}, told
        k = found.k if found.found else s.ks[int(s.excess.argmax())]
        people = found.features.people[found.rows]
        return {str(p): int(g) for p, g in zip(people, s.labels[k])}, told

    def _receive(self, _: Any, content: dict[str, Any], __: Any) -> None:
        try:
            who, what = str(content.get("participant", "")), str(content.get("variable", ""))
            match content.get("op"):
                case "place":
                    self.place(who, what, content.get("value"))
                case "show":
                    self.show(who, what)
                case "cite":
                    self.cite(who, what, self._passages(who, what)[int(content["tip"])])
                case "group":
                    self.group(bool(content.get("on")))
        except CjmError as error:
            self._message, self._bad = str(error), True
            self._show()

    def static_html(self) -> str:
        """A table of this rater's placements, people × variables."""
        cells = {(v, p): value for v, p, value in self._view["placed"]}
        head = "".join(f"<th scope='col'>{escape(v.name)}</th>" for v in self.grid.variables)
        rows = "".join(
            f"<tr><th scope='row'>{escape(self._names.get(p, p))}</th>"
            + "".join(f"<td>{escape(_shown(cells.get((v.id, p))))}</td>" for v in self.grid.variables)
            + "</tr>"
            for p in self.grid.people
        )
        return f"<table><caption>{escape(self.rater)}</caption><tr><th></th>{head}</tr>{rows}</table>"

    def __repr__(self) -> str:
        return f"<PlacementPane: {self.rater}, {len(self._view['placed'])} placements>"


def _shown(value: Any) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _short(people: tuple[str, ...], names: Mapping[str, str]) -> dict[str, str]:
    """Three letters a person, no two alike: those a name begins with, or the end of a number such as u00017.

    Examples
    --------
    >>> _short(("u00017", "Anna", "Annabel"), {})
    {'u00017': '017', 'Anna': 'Ann', 'Annabel': 'Ana'}
    """
    out: dict[str, str] = {}
    for person in people:
        name = names.get(person, "") or (person[-3:] if person[-1:].isdigit() else person)
        ways = [name[:3], *(name[:2] + c for c in name[3:]), *(f"{name[:2]}{i}" for i in range(2, 10))]
        out[person] = next((w for w in ways if w not in out.values()), name[:3])
    return out


def _names(study: Any) -> dict[str, str]:
    table = study.participants()
    if table is None or "name" not in table.columns:
        return {}
    return {str(p): str(n) for p, n in zip(table["participant"], table["name"]) if pd.notna(n)}


def _words(lang: str) -> dict[str, str]:
    texts = {
        "grid": ("Behavioural variables", "Поведенческие переменные"),
        "tray": ("not placed", "не расставлены"),
        "groups": ("colour by groups as they stand", "раскрасить по группам"),
        "said": ("What they said", "Что сказано"),
        "rests": ("This place rests on", "На чём держится место"),
        "cite": ("Rest this place on the passage", "Опереть место на эту цитату"),
        "clear": ("Take back", "Снять"),
        "help": (
            "Drag a person, or: arrows left and right move, up and down change the person, 1 to 7 place, Delete takes "
            "back, Enter shows what they said.",
            "Перетащите человека или: стрелки влево и вправо двигают, вверх и вниз меняют человека, 1–7 ставят, Delete "
            "снимает, Enter показывает слова.",
        ),
        "nothing": ("not placed", "не на месте"),
        "none": ("no passage", "цитат нет"),
    }
    return {key: say(en=en, ru=ru, lang=lang) for key, (en, ru) in texts.items()}
