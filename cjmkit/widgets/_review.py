"""The review of a redaction in the text: what was masked, what may still be a name, decided by click or key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd
import traitlets

from cjmkit import interviews
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, say
from cjmkit.interviews.redacted import KIND_WORDS
from cjmkit.widgets._base import Pane, asset

__all__ = ["RedactionReview", "redaction_review"]

_WORDS = {
    "document": ("Interview", "Интервью"),
    "next": ("Next undecided", "Дальше"),
    "mask": ("Mask", "Скрыть"),
    "keep": ("Leave", "Оставить"),
    "undo": ("Undo", "Отменить"),
    "undecided": ("not decided", "не решено"),
    "list": ("What was found", "Что найдено"),
    "left": ("{n} of {all} to decide", "осталось решить {n} из {all}"),
    "done": ("all is decided", "всё решено"),
    "hint": (
        "n next · p previous · m mask · k leave · z undo. A word is decided for all interviews. Nothing is stored.",
        "n дальше · p назад · m скрыть · k оставить · z отменить. Слово решается сразу для всех интервью. Здесь ничего "
        "не хранится.",
    ),
    "help": (
        "Interview text with names marked. n goes to the next that is not decided, m masks it, k leaves it, z undoes.",
        "Текст интервью, имена отмечены. n ведёт к следующему нерешённому, m скрывает, k оставляет, z отменяет.",
    ),
}


def redaction_review(
    transcripts: Any,
    *,
    names: Mapping[str, str] | Iterable[str] = (),
    keep: Iterable[str] = (),
    lang: str | None = None,
    **options: Any,
) -> RedactionReview:
    r"""Decide in the text what is masked and what is left.

    Parameters
    ----------
    transcripts : Transcripts, str, or column or list of str
        As for :func:`cjmkit.interviews.redact`.
    names, keep
        What is decided already.
    lang : {"en", "ru"}, optional
        Language of the form.
    **options
        Handed to :func:`cjmkit.interviews.redact`: codings, kinds, style …

    Returns
    -------
    RedactionReview
        A widget; its ``redacted`` is the redaction as decided, ``names`` and ``keep`` are what to write down.

    Examples
    --------
    >>> review = redaction_review("Q: Who?\nA: Mr Hill, from Plateful.", names=["Hill"], recogniser=None)
    >>> review.decide("Plateful", "mask")
    >>> review.redacted.texts.iloc[0].count("PERSON")
    2
    """
    return RedactionReview(transcripts, names, tuple(keep), current_language(lang), options)


class RedactionReview(Pane):
    """The widget behind :func:`redaction_review`."""

    _esm = asset("pane_text.js", "redaction_review.js")
    _css = asset("coding_pane.css")
    _words = traitlets.Dict().tag(sync=True)

    def __init__(self, transcripts: Any, names: Any, keep: tuple[str, ...], lang: str, options: dict[str, Any]) -> None:
        super().__init__()
        self._given, self._names, self._keep, self._options = transcripts, names, keep, options
        self._lang = lang
        self._past: list[dict[str, str]] = []
        self.decisions: dict[str, str] = {}
        self._first = interviews.redact(transcripts, names=names, keep=keep, **options)
        found = self._first.review()
        self._items = (
            found.groupby("what", sort=False)
            .agg(status=("status", "first"), kind=("kind", "first"), pseudonym=("pseudonym", "first"),
                 times=("times", "sum"))
            .reset_index()
            .to_dict("records")
        )  # fmt: skip
        self._texts = self._originals()
        self._marks = {d: self._marked(d) for d in self._texts}
        self._open = next(iter(self._texts))
        self._words = {k: say(en=en, ru=ru, lang=lang) for k, (en, ru) in _WORDS.items()}
        self.on_msg(self._receive)

    # ---- the value ---------------------------------------------------------------------------------------------

    @property
    def names(self) -> dict[str, str]:
        """What is given to ``redact(names=…)``: the names that were known, and the words that were masked by hand."""
        given = dict(self._names) if isinstance(self._names, Mapping) else {str(n): "" for n in self._names}
        left = {i["what"] for i in self._items if i["status"] == "left"}
        return given | {w: "" for w, d in self.decisions.items() if d == "mask" and w in left}

    @property
    def keep(self) -> tuple[str, ...]:
        """What is given to ``redact(keep=…)``."""
        return (*self._keep, *(w for w, d in self.decisions.items() if d == "keep"))

    @property
    def redacted(self) -> interviews.Redacted:
        """The redaction as it is decided now."""
        return interviews.redact(self._given, names=self.names, keep=self.keep, **self._options)

    @property
    def table(self) -> pd.DataFrame:
        """what, status, kind, pseudonym, times, decision ("mask", "keep" or empty). It holds names: do not share it."""
        rows = [{**i, "decision": self.decisions.get(str(i["what"]), "")} for i in self._items]
        return pd.DataFrame(rows, columns=["what", "status", "kind", "pseudonym", "times", "decision"])

    def decide(self, what: str, decision: str) -> None:
        """Mask a word, or leave it, in all texts.

        Raises
        ------
        CjmError
            If the word was not found, or the decision is neither "mask" nor "keep".
        """
        known = [str(i["what"]) for i in self._items]
        if what not in known:
            raise CjmError(suggest(what, known, what="name or number"))
        if decision not in ("mask", "keep"):
            raise CjmError(suggest(decision, ("mask", "keep"), what="choice"))
        self._past.append(dict(self.decisions))
        self.decisions[what] = decision
        self._show()

    def undo(self) -> None:
        """Take the last decision back."""
        if self._past:
            self.decisions = self._past.pop()
        self._show()

    # ---- the page ----------------------------------------------------------------------------------------------

    def _originals(self) -> dict[str, str]:
        """The texts as they were, put together again from the redaction, so that places agree."""
        out = {}
        for document, text in self._first.texts.items():
            parts, at = [], 0
            for r in self._masked(str(document)):
                parts += [text[at : r["start"]], r["original"]]
                at = r["end"]
            out[str(document)] = "".join([*parts, text[at:]])
        return out

    def _masked(self, document: str) -> list[dict[str, Any]]:
        rows: Any = self._first.masked
        return rows[rows["document"].astype("str") == document].sort_values("start").to_dict("records")

    def _marked(self, document: str) -> list[dict[str, int]]:
        """Places in the original text: start, end, and which item stands there."""
        number = {str(i["what"]): k for k, i in enumerate(self._items)}
        out, shift = [], 0
        for r in self._masked(document):
            start = int(r["start"]) + shift
            end = start + len(r["original"])
            shift += len(r["original"]) - (int(r["end"]) - int(r["start"]))
            if r["original"] in number:
                out.append({"start": start, "end": end, "item": number[r["original"]]})
        taken = [(m["start"], m["end"]) for m in out]
        for k, item in enumerate(self._items):
            if item["status"] == "left":
                whole = rf"(?<![^\W\d_]){re.escape(str(item['what']))}(?![^\W\d_])"
                for m in re.finditer(whole, self._texts[document]):
                    if not any(a < m.end() and m.start() < b for a, b in taken):
                        out.append({"start": m.start(), "end": m.end(), "item": k})
        return sorted(out, key=lambda m: m["start"])

    def _receive(self, _: Any, content: dict[str, Any], __: Any) -> None:
        match content.get("op"):
            case "hello":
                self._show()
            case "open" if content.get("document") in self._texts:
                self._open = str(content["document"])
                self._show()
            case "find":
                item = int(content["item"])
                self._open = next((d for d, m in self._marks.items() if any(x["item"] == item for x in m)), self._open)
                self._show(item)
            case "decide":
                self.decide(str(content["what"]), str(content["decision"]))
            case "undo":
                self.undo()

    def _show(self, focus: int | None = None) -> None:
        lang = 0 if self._lang == "en" else 1
        items = [
            {**r, "kind": KIND_WORDS.get(r["kind"], (("",), ("",)))[lang][0]} for r in self.table.to_dict("records")
        ]
        self.send(
            {
                "items": items,
                "marks": self._marks[self._open],
                "text": self._texts[self._open],
                "document": self._open,
                "documents": list(self._texts),
                "focus": focus,
            }
        )

    def static_html(self) -> str:
        """How many words were decided; without names, for a page may be shared."""
        n, done = len(self._items), len(self.decisions)
        said = say(en=f"{done} of {n} words decided", ru=f"решено слов: {done} из {n}", lang=self._lang)
        return f"<p>{escape(said)}</p>"

    def __repr__(self) -> str:
        return f"<RedactionReview: {len(self.decisions)} of {len(self._items)} words decided>"
