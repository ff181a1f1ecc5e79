"""Cards with a question each and a choice to make: the pane that doubts and links share."""

from __future__ import annotations

from html import escape
from typing import Any

import traitlets

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.widgets._base import Pane, asset

__all__ = ["ChoicePane"]

_WORDS = {
    "undo": ("Undo", "Отменить"),
    "left": ("{n} of {all} to answer", "осталось ответить: {n} из {all}"),
    "done": ("all is answered", "на всё ответили"),
    "nothing": ("There is nothing to ask.", "Спрашивать не о чем."),
    "used": ("in use", "сейчас"),
    "chosen": ("chosen", "выбрано"),
    "other": ("another place …", "другое место …"),
    "hint": (
        "↑ ↓ question · 1–9 choose · z undo",
        "↑ ↓ вопрос · 1–9 выбрать · z отменить",
    ),
}


class ChoicePane(Pane):
    """Cards, each answered by a click or a key and taken back by another.

    A widget says what its cards are (`_cards`) and what an answer does (`_answer`, `_take_back`).
    """

    _esm = asset("pane_text.js", "choice_cards.js")
    _css = asset("choice_cards.css")
    _words = traitlets.Dict().tag(sync=True)

    def __init__(self, title: str, lang: str) -> None:
        super().__init__()
        self._title, self._lang = title, lang
        self._past: list[tuple[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self._words = {k: say(en=en, ru=ru, lang=lang) for k, (en, ru) in _WORDS.items()} | {"title": title}
        self.on_msg(self._receive)

    # ---- what a widget says ------------------------------------------------------------------------------------

    def _cards(self) -> list[dict[str, Any]]:
        """id, title, note, answered (number of the choice, −1 for another place, None), choices, places."""
        raise NotImplementedError

    def _answer(self, name: str, answer: Any) -> None:
        raise NotImplementedError

    # ---- the value ---------------------------------------------------------------------------------------------

    def answer(self, name: str, answer: Any) -> None:
        """Answer one card; None takes its answer back.

        Raises
        ------
        CjmError
            If there is no such card or choice.
        """
        known = [str(c["id"]) for c in self._cards()]
        if name not in known:
            raise CjmError(suggest(name, known, what="card"))
        before = self.answers.get(name)
        self._answer(name, answer)
        self._past.append((name, before))
        self._note(name, answer)

    def undo(self) -> None:
        """Take the last answer back."""
        if self._past:
            name, before = self._past.pop()
            self._answer(name, before)
            self._note(name, before)

    def _note(self, name: str, answer: Any) -> None:
        self.answers = {k: v for k, v in self.answers.items() if k != name}
        if answer is not None:
            self.answers[name] = answer
        self._show()

    # ---- the page ----------------------------------------------------------------------------------------------

    def _receive(self, _: Any, content: dict[str, Any], __: Any) -> None:
        match content.get("op"):
            case "hello":
                self._show()
            case "answer":
                self.answer(str(content["card"]), self._sent(content["answer"]))
            case "undo":
                self.undo()

    def _sent(self, answer: Any) -> Any:
        """An answer as the page sends it, as this widget means it."""
        return answer

    def _show(self) -> None:
        self.send({"cards": self._cards()})

    def static_html(self) -> str:
        """The questions with what was chosen, as a table."""
        rows = []
        for card in self._cards():
            k = card["answered"]
            chosen = card["choices"][k]["label"] if k is not None and k >= 0 else card.get("placed", "")
            rows.append(f"<tr><td>{escape(card['title'])}</td><td>{escape(chosen or '—')}</td></tr>")
        if not rows:
            return f"<p>{escape(self._words['nothing'])}</p>"
        head = say(en="Question|Answer", ru="Вопрос|Ответ", lang=self._lang).split("|")
        return f"<table><tr><th>{head[0]}</th><th>{head[1]}</th></tr>{''.join(rows)}</table>"

    def __repr__(self) -> str:
        cards = self._cards()
        answered = sum(c["answered"] is not None for c in cards)
        return f"<{type(self).__name__}: {answered} of {len(cards)} answered>"
