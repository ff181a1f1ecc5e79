"""Rules about what notes rest on: does it still resolve, is it fresh, does it give anybody away."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from cjmkit.core.evidence import DeskSource, EventFigure, Evidence, Quote, SurveyFigure
from cjmkit.errors import CjmError
from cjmkit.lint._context import Context
from cjmkit.lint.findings import Finding

__all__ = ["findings", "personal"]

Place = dict[str, str]

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-zа-яё]{2,}", re.IGNORECASE)
# +7 (912) 345-67-89, 8 912 345 67 89, +44 20 7946 0958, (212) 555-0199: ten to fifteen digits with phone punctuation.
_PHONE = re.compile(
    r"(?<![\w.,-])(?:\+\d|8[\s(-]|\(\d{3,5}\)|\d{3}[-.]\d{3}[-.])[\d\s().-]{6,18}\d(?![\w])|(?<!\d)[78]9\d{9}(?!\d)"
)
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){13,19}(?!\d)")


def personal(text: str) -> list[str]:
    """Kinds of personal data that a text shows: ``"e-mail"``, ``"phone"``, ``"card"``.

    Examples
    --------
    >>> personal("write to anna@example.org or +7 (912) 345-67-89")
    ['e-mail', 'phone']
    >>> personal("from 2024-01-01 to 2025-12-31, 1 200 000 roubles")
    []
    """
    found = []
    if _EMAIL.search(text):
        found.append("e-mail")
    if any(10 <= len(re.sub(r"\D", "", m[0])) <= 15 for m in _PHONE.finditer(text)):
        found.append("phone")
    if any(_luhn(re.sub(r"\D", "", m[0])) for m in _CARD.finditer(text)):
        found.append("card")
    return found


def _luhn(digits: str) -> bool:
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for k, d in enumerate(reversed(digits)):
        value = int(d) * (2 if k % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def findings(c: Context) -> Iterator[Finding]:
    """Everything about evidence and privacy."""
    pieces = list(_cited(c))
    yield from _resolves(c, pieces)
    yield from _stale(c, pieces)
    yield from _private(c, pieces)
    yield from _groups(c)
    for message in dict.fromkeys(c.unreadable):
        yield c.find("material-unreadable", message, message)


def _cited(c: Context) -> Iterator[tuple[Evidence, Place]]:
    j = c.journey
    for stage, lane, item in j.cells():
        for e in item.evidence:
            yield e, {"stage": stage.id, "lane": lane, "id": item.id}
    for a in j.improvements:
        for e in a.evidence:
            yield e, {"stage": a.stage, "lane": "improvements", "id": a.id}
    for p in j.emotion:
        for e in p.evidence:
            yield e, {"stage": p.stage, "lane": "emotion"}
    for link in j.links:
        for e in link.evidence:
            yield e, {"stage": link.source, "lane": ""}
    for persona in j.personas:
        own = [*persona.evidence, *persona.quotes]
        for notes in (persona.traits, persona.goals, persona.expectations, persona.barriers):
            own += [e for n in notes for e in n.evidence]
        for e in own:
            yield e, {"id": persona.id}


def _resolves(c: Context, pieces: list[tuple[Evidence, Place]]) -> Iterator[Finding]:
    surveys, logs = c.files("surveys"), c.files("events")
    hashes: dict[str, str] = {}
    items: dict[str, set[str] | None] = {}
    for e, place in pieces:
        match e:
            case Quote():
                yield from _quote(c, e, place)
            case SurveyFigure():
                # A figure of codings or personas is cited under the name of its table.
                if surveys is None or e.survey in ("", "codings", "personas"):
                    continue
                if e.survey not in surveys and e.survey.split(".")[0] not in surveys:
                    words = f"surveys/{e.survey}"
                    yield c.find("evidence-gone", f"no file {words}", f"нет файла {words}", **place)
                elif not _item_known(c, e, items):
                    yield c.find(
                        "evidence-gone",
                        f"survey {e.survey} has no item “{e.item[:60]}”",
                        f"в опросе {e.survey} нет пункта «{e.item[:60]}»",
                        **place,
                    )
            case EventFigure():
                if logs is None or e.log not in logs:
                    if logs is not None and e.sha256:
                        yield c.find("evidence-gone", f"no file events/{e.log}", f"нет файла events/{e.log}", **place)
                    continue
                file = logs[e.log][0]
                if e.sha256 and file.is_file():
                    if e.log not in hashes:
                        hashes[e.log] = hashlib.sha256(file.read_bytes()).hexdigest()
                    if hashes[e.log] != e.sha256:
                        yield c.find(
                            "evidence-changed",
                            f"events/{file.name} is not the file that the figure was computed from",
                            f"events/{file.name} — не тот файл, по которому считали",
                            **place,
                        )
            case DeskSource():
                known = c.desk_sources
                if known is not None and e.source not in known:
                    yield c.find(
                        "evidence-gone",
                        f"the source log has no {e.source}",
                        f"в журнале источников нет {e.source}",
                        **place,
                    )


def _quote(c: Context, e: Quote, place: Place) -> Iterator[Finding]:
    texts = c.texts
    if texts is None:
        return
    words = e.quote if len(e.quote) <= 60 else e.quote[:59] + "…"
    if e.document not in texts:
        yield c.find(
            "evidence-gone", f"no document {e.document} (“{words}”)", f"нет документа {e.document} («{words}»)", **place
        )
    elif texts[e.document][e.start : e.end] != e.quote:
        if e.quote in texts[e.document]:
            yield c.find(
                "evidence-changed",
                f"{e.document}: “{words}” stands at another place now",
                f"{e.document}: «{words}» теперь в другом месте",
                **place,
            )
        else:
            yield c.find(
                "evidence-gone",
                f"{e.document} no longer holds “{words}”",
                f"в {e.document} больше нет слов «{words}»",
                **place,
            )


def _item_known(c: Context, e: SurveyFigure, cache: dict[str, set[str] | None]) -> bool:
    """Whether the survey still has the item; figures that name a feature or a whole survey are let through."""
    if e.item == "all items" or e.statistic.startswith(("Kano", "opportunity")):
        return True
    if e.survey not in cache:
        try:
            survey = c.study.survey(e.survey)
            cache[e.survey] = {" ".join(str(i).split()) for i in survey.items["item"]}
        except (CjmError, OSError, AttributeError, KeyError) as error:
            c.unreadable.append(f"{e.survey}: {error}")
            cache[e.survey] = None
    known = cache[e.survey]
    if known is None:
        return True
    whole = " ".join(e.item.split())
    return whole in known or any(name in whole for name in known if len(name) > 1) or whole.split(", ")[0] in known


def _stale(c: Context, pieces: list[tuple[Evidence, Place]]) -> Iterator[Finding]:
    for e, place in pieces:
        if not isinstance(e, DeskSource):
            continue
        name = e.title or e.source
        if e.date is None:
            yield c.find("stale-source", f"{name}: no date", f"{name}: нет даты", **place)
            continue
        years = (c.today - e.date).days / 365.25
        if years > c.stale_after:
            yield c.find(
                "stale-source",
                f"{name}: {e.date.isoformat()}, {years:.1f} years old",
                f"{name}: {e.date.isoformat()}, лет назад: {years:.1f}".replace(".", ",", 1),
                **place,
            )


def _private(c: Context, pieces: list[tuple[Evidence, Place]]) -> Iterator[Finding]:
    seen: set[str] = set()
    said: list[tuple[str, Place]] = []
    for stage, lane, item in c.journey.cells():
        place = {"stage": stage.id, "lane": lane, "id": item.id}
        said.append((f"{item.text}\n{item.memo}", place))
    for p in c.journey.personas:
        said.append((f"{p.name}\n{p.description}", {"id": p.id}))
    for e, place in pieces:
        if isinstance(e, Quote):
            said.append((e.quote, place))
        elif isinstance(e, DeskSource):
            said.append((e.passage, place))
    for text, place in said:
        for kind in personal(text):
            # The thing itself is not repeated: a report of leaks must not leak.
            key = f"{kind}{place}"
            if key not in seen:
                seen.add(key)
                ru = {"e-mail": "почта", "phone": "телефон", "card": "номер карты"}[kind]
                yield c.find("personal-data", kind, ru, **place)


def _groups(c: Context) -> Iterator[Finding]:
    table = c.participants
    if table is None or "document" not in table or "participant" not in table:
        return
    about = [k for k in ("method", "kind", "how", "format") if k in table]
    for document, rows in table.groupby("document", sort=True):
        n = rows["participant"].nunique()
        words = " ".join(str(v) for k in about for v in rows[k].unique()) + f" {document}"
        named = re.search(r"focus|фокус", words, re.IGNORECASE)
        if (named or n >= 4) and not 6 <= n <= 8:
            yield c.find("focus-group-size", f"{document}: {n} people", f"{document}: человек — {n}")
