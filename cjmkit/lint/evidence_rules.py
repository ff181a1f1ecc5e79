"""Rules about what notes rest on: does it still resolve, is it fresh, does it give anybody away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cjmkit.core.evidence import DeskSource, EventFigure, Quote, SurveyFigure
from cjmkit.i18n import number, say, shorten
from cjmkit.lint._context import Context, Remark, checks
from cjmkit.text.redact import Finder

__all__ = ["personal"]

# What gives a living person away. A web address or a company's number may stand on a map.
_PRIVATE = {
    "email": ("e-mail", "почта"),
    "phone": ("phone", "телефон"),
    "handle": ("handle", "имя в сети"),
    "card": ("card", "номер карты"),
    "iban": ("bank account", "банковский счёт"),
    "account": ("bank account", "банковский счёт"),
    "passport": ("passport", "паспорт"),
    "ssn": ("social security number", "номер соцстрахования"),
    "nino": ("social security number", "номер соцстрахования"),
    "snils": ("SNILS", "СНИЛС"),
    "plate": ("number plate", "номер машины"),
    "birth_date": ("date of birth", "дата рождения"),
}


_FINDER = Finder(kinds=_PRIVATE)


def personal(text: str, lang: str | None = None) -> list[str]:
    """Kinds of personal data that a text shows, found as redaction finds them.

    Examples
    --------
    >>> personal("write to anna@example.org or +7 (912) 345-67-89", "en")
    ['e-mail', 'phone']
    >>> personal("from 2024-01-01 to 2025-12-31, 1 200 000 roubles")
    []
    """
    kinds = dict.fromkeys(hit.kind for hit in _FINDER.find(text))
    return list(dict.fromkeys(say(en=_PRIVATE[k][0], ru=_PRIVATE[k][1], lang=lang) for k in kinds))


def _lost(c: Context) -> Iterator[tuple[str, Remark]]:
    """Evidence that is gone or has changed: which of the two, and where."""
    for e, place in c.cited:
        match e:
            case Quote():
                found = _quote(c, e)
            case SurveyFigure():
                found = _survey(c, e)
            case EventFigure():
                found = _events(c, e)
            case DeskSource():
                found = _source(c, e)
        if found is not None:
            rule, words = found
            yield rule, Remark(words, **place)


@checks("evidence-gone")
def _evidence_gone(c: Context) -> Iterator[Remark]:
    yield from (remark for rule, remark in _lost(c) if rule == "evidence-gone")


@checks("evidence-changed")
def _evidence_changed(c: Context) -> Iterator[Remark]:
    yield from (remark for rule, remark in _lost(c) if rule == "evidence-changed")


def _quote(c: Context, e: Quote) -> tuple[str, str] | None:
    texts = c.texts
    if texts is None:
        return None
    words, name = shorten(e.quote, 60), e.document
    if name not in texts:
        return "evidence-gone", c.words(f"no document {name} (“{words}”)", f"нет документа {name} («{words}»)")
    if texts[name][e.start : e.end] == e.quote:
        return None
    if e.quote in texts[name]:
        return "evidence-changed", c.words(
            f"{name}: “{words}” stands at another place now", f"{name}: «{words}» теперь в другом месте"
        )
    return "evidence-gone", c.words(f"{name} no longer holds “{words}”", f"в {name} больше нет слов «{words}»")


def _survey(c: Context, e: SurveyFigure) -> tuple[str, str] | None:
    surveys = c.files("surveys")
    if any(name.split(".")[0] in (c.files("voices") or {}) for name in e.survey.split(", ")):
        return None
    # A figure of codings, reviews, personas or tones of texts is cited under the name of its table.
    if (
        surveys is None
        or e.survey.startswith("scores: ")
        or e.survey in ("", "codings", "reviews", "support", "personas")
    ):
        return None
    if e.survey == "tasks" and c.files("tasks"):
        return None
    if e.survey not in surveys and e.survey.split(".")[0] not in surveys:
        return "evidence-gone", c.words(f"no file surveys/{e.survey}", f"нет файла surveys/{e.survey}")
    if not _item_known(c, e):
        item = shorten(e.item, 60)
        return "evidence-gone", c.words(
            f"survey {e.survey} has no item “{item}”", f"в опросе {e.survey} нет пункта «{item}»"
        )
    return None


def _item_known(c: Context, e: SurveyFigure) -> bool:
    """Whether the survey still has the item; figures that name a feature or a whole survey are let through."""
    if e.item == "all items" or e.statistic.startswith(("Kano", "opportunity")):
        return True
    known = c.survey_items(e.survey)
    if known is None:
        return True
    whole = " ".join(e.item.split())
    return whole in known or any(name in whole for name in known if len(name) > 1) or whole.split(", ")[0] in known


def _events(c: Context, e: EventFigure) -> tuple[str, str] | None:
    logs = c.files("events")
    if logs is None or e.log not in logs:
        gone = logs is not None and e.sha256
        return ("evidence-gone", c.words(f"no file events/{e.log}", f"нет файла events/{e.log}")) if gone else None
    file = logs[e.log][0]
    if e.sha256 and file.is_file() and c.sha256(file) != e.sha256:
        return "evidence-changed", c.words(
            f"events/{file.name} is not the file that the figure was computed from",
            f"events/{file.name} — не тот файл, по которому считали",
        )
    return None


def _source(c: Context, e: DeskSource) -> tuple[str, str] | None:
    if c.desk_sources is None or e.source in c.desk_sources:
        return None
    return "evidence-gone", c.words(f"the source log has no {e.source}", f"в журнале источников нет {e.source}")


@checks("stale-source")
def _stale_source(c: Context) -> Iterator[Remark]:
    for e, place in c.cited:
        if not isinstance(e, DeskSource):
            continue
        name = e.title or e.source
        if e.date is None:
            yield Remark(c.words(f"{name}: no date", f"{name}: нет даты"), **place)
            continue
        years = (c.today - e.date).days / 365.25
        if years > c.stale_after:
            old, date = number(years, 1, lang=c.lang), e.date.isoformat()
            yield Remark(c.words(f"{name}: {date}, {old} years old", f"{name}: {date}, лет назад: {old}"), **place)


@checks("personal-data")
def _personal_data(c: Context) -> Iterator[Remark]:
    said = [
        (f"{item.text}\n{item.memo}", {"stage": stage.id, "lane": lane, "id": item.id})
        for stage, lane, item in c.journey.cells()
    ]
    said += [(f"{p.name}\n{p.description}", {"id": p.id}) for p in c.journey.personas]
    said += [
        (e.quote if isinstance(e, Quote) else e.passage, at) for e, at in c.cited if isinstance(e, Quote | DeskSource)
    ]
    # The thing itself is not repeated: a report of leaks must not leak.
    yield from dict.fromkeys(Remark(kind, **place) for text, place in said for kind in personal(text, c.lang))


@checks("focus-group-size")
def _focus_group_size(c: Context) -> Iterator[Remark]:
    table = c.participants
    if table is None or "document" not in table or "participant" not in table:
        return
    about = [k for k in ("method", "kind", "how", "format") if k in table]
    for document, rows in table.groupby("document", sort=True):
        n = rows["participant"].nunique()
        words = " ".join(str(v) for k in about for v in rows[k].unique()) + f" {document}"
        named = re.search(r"focus|фокус", words, re.IGNORECASE)
        if (named or n >= 4) and not 6 <= n <= 8:
            yield Remark(c.words(f"{document}: {n} people", f"{document}: человек — {n}"))


@checks("material-unreadable")
def _material_unreadable(c: Context) -> Iterator[Remark]:
    # The last of the rules: the others have tried to read everything by now.
    yield from (Remark(message) for message in dict.fromkeys(c.unreadable))
