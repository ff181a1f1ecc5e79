"""Evidence on the page: numbered once, listed once, each quote in its context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import DeskSource, EventFigure, Evidence, Quote, SurveyFigure
from cjmkit.core.words import evidence_title
from cjmkit.errors import CjmError
from cjmkit.i18n import isolated, number, say

__all__ = ["EvidenceList", "texts_of"]

_CONTEXT = 170
"""Code points of context on each side of a quote."""
_BUDGET = 2_000_000
"""Code points of context on one page; where quotes are many, each gets less."""


def texts_of(documents: Any) -> dict[str, str]:
    """Document texts by name, from the documents table (columns document, text) or a mapping.

    Raises
    ------
    CjmError
        If the table lacks a column.
    """
    if documents is None:
        return {}
    if isinstance(documents, Mapping):
        return {str(k): str(v) for k, v in documents.items()}
    lacking = {"document", "text"} - set(documents.columns)
    if lacking:
        raise CjmError(
            en=f"documents= needs the columns document and text (study.documents() has them); "
            f"{', '.join(sorted(lacking))} is missing, there are: {', '.join(map(str, documents.columns))}",
            ru=f"documents= нужны столбцы document и text (их даёт study.documents()); нет "
            f"{', '.join(sorted(lacking))}, есть: {', '.join(map(str, documents.columns))}",
        )
    return dict(zip(documents["document"].astype(str), documents["text"].astype(str)))


class EvidenceList:
    """Gives each different piece of evidence a number when it is first cited, and lists them all at the end."""

    def __init__(self, texts: Mapping[str, str], *, total: int, lang: str) -> None:
        self._texts = texts
        self._lang = lang
        self._number: dict[Evidence, int] = {}
        # Shared out evenly, so that a page of 20,000 quotes stays small enough to send.
        self._context = min(_CONTEXT, _BUDGET // max(1, 2 * total))
        self.moved = 0

    def __len__(self) -> int:
        return len(self._number)

    def cite(self, evidence: Iterable[Evidence]) -> list[int]:
        """Numbers of the pieces, in the order of first citation."""
        known = self._number
        return [known.setdefault(e, len(known) + 1) for e in evidence]

    def items(self) -> Markup:
        """The list items, in the order of their numbers."""
        return Markup("\n").join(self._item(e, k) for e, k in self._number.items())

    def _item(self, e: Evidence, k: int) -> Markup:
        kind = evidence_title(e.kind, self._lang)
        body = self._body(e)
        return Markup('<li class="ev" id="e{}"><p class="k">{} {}</p>{}</li>').format(k, kind, k, body)

    def _body(self, e: Evidence) -> Markup:
        match e:
            case Quote():
                return self._quote(e)
            case SurveyFigure():
                rows = [
                    (say(en="Survey", ru="Опрос", lang=self._lang), e.survey),
                    (say(en="Question", ru="Вопрос", lang=self._lang), e.question),
                    (say(en="Item", ru="Пункт", lang=self._lang), e.item),
                    (say(en="Filter", ru="Фильтр", lang=self._lang), e.where),
                ]
                return self._table(rows, e.estimate, e.statistic) + self._cautions(e)
            case EventFigure():
                rows = [
                    (say(en="Log", ru="Журнал", lang=self._lang), e.log),
                    (say(en="Query", ru="Запрос", lang=self._lang), Markup("<code>{}</code>").format(e.query)),
                    (say(en="Engine", ru="Движок", lang=self._lang), e.engine),
                    ("SHA-256", Markup("<code>{}</code>").format(e.sha256[:16] + "…") if e.sha256 else ""),
                ]
                return self._table(rows, e.estimate, "")
            case DeskSource():
                return self._source(e)

    def _cautions(self, e: SurveyFigure) -> Markup:
        """The value under each reading of what can be read in two ways, and what was guessed, as footnotes."""
        out = Markup("")
        for c in e.cautions:
            kind, sign = ("doubt", "†") if c.contradictory else ("guess", "*")
            out += Markup('<p class="w {}" dir="auto">{} {}</p>').format(kind, sign, c.text(self._lang))
        return out

    def _quote(self, e: Quote) -> Markup:
        before = after = ""
        text = self._texts.get(e.document)
        moved = False
        if text is not None:
            at = e.start if text[e.start : e.end] == e.quote else text.find(e.quote)
            if at < 0:
                moved = True
                self.moved += 1
            elif self._context:
                end = at + len(e.quote)
                before, after = _left(text, at, self._context), _right(text, end, self._context)
        say_ = self._lang
        where = [w for w in (e.participant, e.document, f"{e.start}–{e.end}", e.code) if w]
        if e.coder:
            where.append(say(en="coded by ", ru="кодировал(а) ", lang=say_) + e.coder)
        if e.valence is not None:
            where.append(say(en="felt ", ru="эмоция ", lang=say_) + number(e.valence, 0, lang=say_))
        warn: str | Markup = ""
        if moved:
            warn = Markup('<p class="w warn">{}</p>').format(
                say(
                    en="These words are no longer in the document.",
                    ru="Этих слов в документе больше нет.",
                    lang=say_,
                )
            )
        return Markup('<blockquote dir="auto">{}<mark>{}</mark>{}</blockquote>{}<p class="w">{}</p>').format(
            before, e.quote, after, warn, " · ".join(map(isolated, where))
        )

    def _source(self, e: DeskSource) -> Markup:
        lang = self._lang
        out = Markup("")
        if e.passage:
            out += Markup('<blockquote dir="auto"><mark>{}</mark></blockquote>').format(e.passage)
        # Only web addresses become links: a "javascript:" address from a table stays text.
        link: str | Markup = e.url
        if e.url.startswith(("http://", "https://")):
            link = Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>').format(e.url)
        rows: list[tuple[str, str | Markup]] = [
            (say(en="Title", ru="Название", lang=lang), e.title),
            (say(en="Source", ru="Источник", lang=lang), e.source),
            (
                say(en="Date", ru="Дата", lang=lang),
                e.date.isoformat() if e.date else say(en="no date", ru="без даты", lang=lang),
            ),
            (say(en="Address", ru="Адрес", lang=lang), link),
        ]
        return out + _rows(rows)

    def _table(self, rows: list[tuple[str, str | Markup]], estimate: Estimate, statistic: str) -> Markup:
        lang = self._lang
        name = statistic or say(en="Figure", ru="Значение", lang=lang)
        figure = Markup('<span class="num">{}</span>').format(estimate.text(lang=lang))
        interval = say(
            en=f"{estimate.level:.0%} {estimate.method}".strip(),
            ru=f"{estimate.level:.0%} {estimate.method}".strip(),
            lang=lang,
        )
        rows = [*rows, (name, figure)]
        if estimate.low is not None:
            rows.append((say(en="Interval", ru="Интервал", lang=lang), interval))
        if estimate.reason:
            rows.append((say(en="Remark", ru="Замечание", lang=lang), estimate.reason))
        return _rows(rows)


def _rows(rows: list[tuple[str, str | Markup]]) -> Markup:
    cells = (Markup('<tr><th scope="row">{}</th><td dir="auto">{}</td></tr>').format(k, v) for k, v in rows if v)
    return Markup("<table>{}</table>").format(Markup("").join(cells))


def _left(text: str, at: int, width: int) -> str:
    """Context before a quote, from the beginning of a word."""
    start = max(0, at - width)
    out = text[start:at]
    if start == 0:
        return out
    cut = out.find(" ")
    return "…" + (out[cut + 1 :] if 0 <= cut < len(out) - 1 else out)


def _right(text: str, end: int, width: int) -> str:
    """Context after a quote, to the end of a word."""
    out = text[end : end + width]
    if end + width >= len(text):
        return out
    cut = out.rfind(" ")
    return (out[:cut] if cut > 0 else out) + "…"
