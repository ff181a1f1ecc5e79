"""Below the map: the plan of actions, persona cards, how sure we are, the legend."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, lane_title
from cjmkit.core.words import SMALL_N, status_title
from cjmkit.i18n import count, number, say
from cjmkit.report._cells import Page
from cjmkit.report._icons import mark
from cjmkit.view.lanes import (
    Series,
    coverage,
    day,
    figure_text,
    is_gap,
    lane_gap,
    score_text,
    series,
    share,
    whole,
)
from cjmkit.view.marks import mark_notes
from cjmkit.view.story import in_order, spoken

__all__ = ["legend", "persona_cards", "plan", "sure"]


def persona_cards(page: Page) -> Markup:
    """A card for each persona: who they are, one voice, how sure; what else is known is folded."""
    if not page.journey.personas:
        gap = lane_gap(page.journey, "personas", page.lang)
        return (
            Markup('<section class="paper2"><p class="gaptext" dir="auto">{}</p></section>').format(gap)
            if gap
            else Markup("")
        )
    cards = Markup("\n").join(_persona(page, p, k) for k, p in enumerate(page.journey.personas, 1))
    label = say(en="Personas", ru="Портреты", lang=page.lang)
    return Markup(
        '<section aria-labelledby="people" class="paper2"><h2 id="people">{}</h2><div class="people">{}</div></section>'
    ).format(label, cards)


def _persona(page: Page, p: Persona, k: int) -> Markup:
    lang = page.lang
    status = Markup('<span class="tag{}">{}</span>').format(
        " assumed" if p.verdict.status in ("assumed", "none") else "", status_title(p.verdict.status, lang)
    )
    facts = []
    if p.share is not None:
        facts.append(share(p.share, lang))
    elif p.participants:
        facts.append(
            count(len(p.participants), en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        )
    if p.channels:
        facts.append(say(en="channels: ", ru="каналы: ", lang=lang) + ", ".join(p.channels))
    groups: tuple[tuple[str, Iterable[Note]], ...] = (
        (say(en="What sets them apart", ru="Чем отличается", lang=lang), p.traits),
        (lane_title("goals", lang), p.goals),
        (lane_title("expectations", lang), p.expectations),
        (lane_title("barriers", lang), p.barriers),
    )
    lists = Markup("").join(
        Markup('<div><h4>{}</h4><ul class="cell">{}</ul></div>').format(
            title, Markup("").join(_trait(page, n) for n in notes)
        )
        for title, notes in groups
        if notes
    )
    said = [
        Markup('<blockquote dir="auto"><p>{}</p><cite>{} {}</cite></blockquote>').format(
            spoken(q, lang, 400), q.participant or q.document, page.mark([q], q.quote)
        )
        for q in p.quotes
    ]
    first = min(range(len(said)), key=lambda i: abs(len(p.quotes[i].quote) - 90), default=0)
    more = Markup('<p class="verdict">{}</p>').format(p.verdict.text(lang))
    more += Markup('<div class="traits">{}</div>').format(lists) if lists else Markup("")
    more += Markup('<div class="said">{}</div>').format(Markup("").join(q for i, q in enumerate(said) if i != first))
    title = say(en="Traits, goals, barriers, own words", ru="Черты, цели, барьеры, свои слова", lang=lang)
    # Open where the map has one persona: then the card is the person.
    state = Markup(" open") if len(page.journey.personas) == 1 else Markup("")
    return Markup(
        '<article class="persona c{}"><header><span class="face" aria-hidden="true">{}</span><div>'
        '<h3 dir="auto">{}</h3><p class="share">{} {} {}</p></div>{}</header>{}{}<details class="more"{}>'
        "<summary>{}</summary>{}</details></article>"
    ).format(
        k,
        mark(k, size=26),
        p.name,
        " · ".join(facts),
        status,
        page.mark(p.evidence, p.name),
        _spark(page, p.id, k),
        Markup('<p dir="auto">{}</p>').format(p.description) if p.description else "",
        Markup('<div class="said">{}</div>').format(said[first]) if said else "",
        state,
        title,
        more,
    )


def _spark(page: Page, persona: str, k: int) -> Markup:
    """The persona's curve in small, everybody's or the others' behind it; the words say where it is lowest."""
    found = [c for c in series(page.journey, page.lang) if c.source == page.source]
    mine = next((c for c in found if c.persona == persona), None)
    points = [p for p in mine.points if p is not None and not is_gap(p)] if mine is not None else []
    if mine is None or len(points) < 2:
        return Markup("")
    out = Markup("")
    n = len(page.journey.stages)
    everybody = [c for c in found if not c.persona] or found
    for c in [*(c for c in everybody if c is not mine), mine]:
        colour = f"var(--s{(k - 1) % 8})" if c is mine else "var(--line-strong)"
        for run in c.runs():
            line = " ".join(f"{100 * (i + 0.5) / n:.1f},{12 * (2 - (p.estimate.value or 0.0)):.1f}" for i, p in run)
            out += Markup(
                '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" vector-effect="{}"/>'
            ).format(line, colour, 2.5 if c is mine else 1.5, "non-scaling-stroke")
    low = min(points, key=lambda p: p.estimate.value or 0.0)
    stage, value = page.journey.stage(low.stage).title, number(low.estimate.value, 1, lang=page.lang)
    of = f", n = {whole(low.estimate.n, page.lang)}" if low.estimate.n else ""
    words = say(en=f"lowest: {stage} {value}{of}", ru=f"ниже всего: {stage} {value}{of}", lang=page.lang)
    return Markup(
        '<p class="spark"><svg viewBox="0 0 100 48" preserveAspectRatio="none" aria-hidden="true"><path d="M0 24H100" '
        'stroke="var(--line)" stroke-dasharray="3 3" vector-effect="non-scaling-stroke"/>{}</svg><span>{}</span></p>'
    ).format(out, words)


def _trait(page: Page, n: Note) -> Markup:
    figure = Markup('<span class="num">{}</span>').format(figure_text(n.estimate, lang=page.lang)) if n.estimate else ""
    return Markup('<li class="n{}" dir="auto"><p>{}</p><div class="m">{}{}</div></li>').format(
        " a" if n.assumption else "", n.text, figure, page.pill(n, n.text)
    )


def plan(page: Page) -> Markup:
    """Every planned action once, best first, with what it removes, who does it, what it costs and brings."""
    j, lang = page.journey, page.lang
    if not j.improvements:
        gap = lane_gap(j, "improvements", lang)
        return Markup('<p class="gaptext" dir="auto">{}</p>').format(gap) if gap else Markup("")
    titles = {s.id: s.title for s in j.stages}
    barriers = {n.id: n.text for s in j.stages for n in s.barriers}
    nobody = Markup('<span class="warn">{}</span>').format(say(en="nobody yet", ru="пока никто", lang=lang))

    def removes(ids: Iterable[str]) -> Markup:
        # One barrier may stand at several stages under one name.
        first = {barriers.get(b, b): b for b in reversed(tuple(ids))}
        return Markup("; ").join(
            Markup('<a href="#n-{}">{}</a>').format(b, text) if b in barriers else Markup("{}").format(text)
            for text, b in reversed(first.items())
        )

    unit = say(en="person-months", ru="чел.-мес.", lang=lang)
    columns = (
        (say(en="Stage", ru="Этап", lang=lang), "", [titles.get(a.stage, "") for a in in_order(j.improvements)]),
        (
            say(en="Removes the barrier", ru="Снимает барьер", lang=lang), "",
            [removes(a.barriers) for a in in_order(j.improvements)],
        ),
        (say(en="Owner", ru="Отвечает", lang=lang), "", [a.owner or nobody for a in in_order(j.improvements)]),
        (
            say(en="Size, ", ru="Объём, ", lang=lang) + unit, "num",
            ["" if a.effort is None else number(a.effort, 1, lang=lang) for a in in_order(j.improvements)],
        ),
        (
            say(en="Expected effect", ru="Ожидаемый эффект", lang=lang), "num",
            [a.effect.text(lang=lang) if a.effect else "" for a in in_order(j.improvements)],
        ),
        (
            say(en="Score", ru="Оценка", lang=lang), "num",
            [score_text(a, lang) if a.score is not None else "" for a in in_order(j.improvements)],
        ),
        (
            say(en="By", ru="Срок", lang=lang), "num",
            [day(a.due, lang) if a.due else "" for a in in_order(j.improvements)],
        ),
        (
            say(en="Measured by", ru="Чем измерить", lang=lang), "",
            [" · ".join(x for x in (a.metric, a.service_level) if x) for a in in_order(j.improvements)],
        ),
        (say(en="State", ru="Состояние", lang=lang), "", [a.status for a in in_order(j.improvements)]),
    )  # fmt: skip
    shown = [(head, kind, cells) for head, kind, cells in columns if any(cells)]
    heads = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(Markup(' class="num"') if kind else "", head)
        for head, kind, _ in shown
    )
    rows = Markup("").join(
        Markup('<tr id="a-{}"><td class="num">{}</td><th scope="row" dir="auto">{}{}</th>{}</tr>').format(
            a.id,
            k,
            a.title,
            Markup(" {}").format(page.mark(a.evidence, a.title)) if a.evidence else "",
            Markup("").join(
                Markup('<td{} data-h="{}" dir="auto">{}</td>').format(
                    Markup(' class="num"') if kind else "", head, cells[k - 1]
                )
                for head, kind, cells in shown
            ),
        )
        for k, a in enumerate(in_order(j.improvements), 1)
    )
    title = say(en="What the company will do", ru="Что сделает компания", lang=lang)
    first = lane_title("improvements", lang)
    place = say(en="Place", ru="Место", lang=lang)
    return Markup(
        '<section aria-labelledby="plan" class="paper2"><h2 id="plan">{}</h2><div class="wrap" tabindex="0" '
        'role="group" aria-labelledby="plan"><table class="plan actions"><thead><tr>'
        '<th scope="col"><span class="vh">{}</span></th>'
        '<th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div></section>'
    ).format(title, place, first, heads, rows)


def sure(page: Page) -> Markup:
    """How much of the map rests on evidence, and whether coders agree."""
    j, lang = page.journey, page.lang
    cited, notes = coverage(j)
    facts: list[tuple[str, str | Markup]] = []
    if notes:
        part = cited / notes
        words = say(en=f"{cited} of {notes} notes", ru=f"{cited} из {notes} записей", lang=lang)
        facts.append(
            (
                say(en="Rest on evidence", ru="С основаниями", lang=lang),
                Markup('<span class="meter" aria-hidden="true"><i style="width:{:.0f}%"></i></span>{} ({})').format(
                    100 * part, words, number(part, 0, percent=True, lang=lang)
                ),
            )
        )
    if j.agreement is not None:
        facts.append((say(en="Coders agree", ru="Согласие кодировщиков", lang=lang), j.agreement.text(2, lang=lang)))
    if j.revises:
        facts.append((say(en="Revises", ru="Пересмотр карты", lang=lang), j.revises))
    if j.framework:
        facts.append((say(en="Stage model", ru="Модель этапов", lang=lang), j.framework))
    body = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(k, v) for k, v in facts)
    return Markup('<dl class="sure">{}</dl>').format(body) if facts else body


def legend(page: Page, curves: list[Series]) -> Markup:
    """How to read what this page shows, and only that."""
    lang = page.lang
    rows = [
        (
            page.icon("quote", 14),
            say(
                en="what it rests on: open it, arrows lead on",
                ru="основания: откройте, стрелки ведут дальше",
                lang=lang,
            ),
        ),
        (
            Markup('<span class="n a sw"></span>'),
            say(en="assumption: nobody has observed it yet", ru="предположение: этого никто не наблюдал", lang=lang),
        ),
    ]
    if any(t.moment_of_truth for s in page.journey.stages for t in s.touchpoints):
        rows.append(
            (
                page.icon("star", 16),
                say(en="moment of truth: it decides the impression", ru="момент истины: решает впечатление", lang=lang),
            )
        )
    if curves:
        rows.append(
            (
                mark(0, hollow=True),
                say(
                    en=f"fewer than {SMALL_N} people: read with care",
                    ru=f"меньше {SMALL_N} человек: читать с осторожностью",
                    lang=lang,
                ),
            )
        )
        rows.append(
            (
                Markup('<span class="sw band"></span>'),
                say(
                    en="band: where the mean of all such customers lies (95%)",
                    ru="полоса: где лежит среднее всех таких клиентов (95 %)",
                    lang=lang,
                ),
            )
        )
    shown = [i for *_, i in page.journey.cells()]
    for note in mark_notes([*page.journey.emotion, *shown], lang):
        rows.append((Markup('<b class="sign">{}</b>').format(note[0]), note[2:]))
    if any(n.estimate for s in page.journey.stages for n in s.barriers):
        rows.append(
            (
                Markup(
                    '<span class="sw"><span class="bar"><i style="width:60%"></i>'
                    '<b style="left:42%;width:36%"></b></span></span>'
                ),
                say(en="share of people, with its interval", ru="доля людей с интервалом", lang=lang),
            )
        )
    if page.wave:
        words = say(en=f"changed since {page.wave}; strong where it holds", ru=f"изменилось с волны {page.wave}; "
                    "жирным, где это не случайность", lang=lang)  # fmt: skip
        rows.append((Markup('<span class="since sure">▲▼</span>'), words))
    body = Markup("").join(Markup("<li>{}<span>{}</span></li>").format(*r) for r in rows)
    title = say(en="How to read the map", ru="Как читать карту", lang=lang)
    return Markup(
        '<section class="legend" aria-labelledby="legend"><h2 class="vh" id="legend">{}</h2><ul>{}</ul>{}</section>'
    ).format(title, body, sure(page))
