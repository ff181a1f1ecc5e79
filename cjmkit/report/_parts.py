"""The parts of the page around the map: persona cards, the plan, the legend."""

from __future__ import annotations

from markupsafe import Markup

from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, lane_title
from cjmkit.core.words import SMALL_N, status_title
from cjmkit.i18n import count, say
from cjmkit.report._cells import Page
from cjmkit.report._curve import CROWDED
from cjmkit.report._icons import marker
from cjmkit.view.lanes import (
    Series,
    action_figures,
    figure_text,
    share,
)

__all__ = ["legend", "persona_cards", "plan"]


def persona_cards(page: Page) -> Markup:
    """A card for each persona: verdict, traits, own words."""
    if not page.journey.personas:
        return Markup("")
    cards = Markup("\n").join(_persona(page, p) for p in page.journey.personas)
    label = say(en="Persona", ru="Портрет", lang=page.lang)
    return Markup(
        '<section aria-labelledby="people"><h2 class="vh" id="people">{}</h2><div class="people">{}</div></section>'
    ).format(label, cards)


def _persona(page: Page, p: Persona) -> Markup:
    lang = page.lang
    status = Markup('<span class="tag{}">{}</span>').format(
        " assumed" if p.verdict.status in ("assumed", "none") else "", status_title(p.verdict.status, lang)
    )
    facts = []
    if p.share is not None:
        facts.append(say(en="share", ru="доля", lang=lang) + " " + share(p.share, lang))
    if p.participants:
        facts.append(
            count(
                len(p.participants),
                en=("person", "people"),
                ru=("человек", "человека", "человек"),
                lang=lang,
            )
        )
    if p.channels:
        facts.append(say(en="channels: ", ru="каналы: ", lang=lang) + ", ".join(p.channels))
    groups = (
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
    said = Markup("").join(
        Markup(
            '<blockquote dir="auto"><p>{}</p><cite>{} <a class="e" href="#e{}" data-e="{}">{}</a></cite></blockquote>'
        ).format(
            say(en=f"“{q.quote}”", ru=f"«{q.quote}»", lang=lang),
            q.participant or q.document,
            *page.evidence.cite([q]) * 2,
            say(en="in context", ru="в контексте", lang=lang),
        )
        for q in p.quotes
    )
    more = page.evidence.cite(p.evidence)
    also = (
        Markup(' <a class="e" href="#e{}" data-e="{}">{}</a>').format(
            more[0], " ".join(map(str, more)), say(en="evidence", ru="основания", lang=lang)
        )
        if more
        else ""
    )
    return Markup(
        '<article class="persona"><header><span class="face" aria-hidden="true">{}</span><div><h3 dir="auto">{}</h3>'
        '<p class="share">{}</p></div></header><p class="verdict">{}<span>{}{}</span></p>{}{}</article>'
    ).format(
        p.name[:1].upper(),
        p.name,
        " · ".join(facts),
        status,
        p.verdict.text(lang),
        also,
        Markup('<p dir="auto">{}</p>').format(p.description) if p.description else "",
        _folded(page, lists, said),
    )


def _folded(page: Page, lists: Markup, said: Markup) -> Markup:
    """What fills a card: open where the map has one persona, folded where several would push the map away."""
    body = Markup('<div class="traits">{}</div>').format(lists) if lists else Markup("")
    body += Markup('<div class="said">{}</div>').format(said) if said else Markup("")
    if not body:
        return body
    title = say(en="Traits, goals, barriers, own words", ru="Черты, цели, барьеры, свои слова", lang=page.lang)
    state = Markup(" open") if len(page.journey.personas) == 1 else Markup("")
    return Markup('<details class="more"{}><summary>{}</summary>{}</details>').format(state, title, body)


def _trait(page: Page, n: Note) -> Markup:
    figure = Markup('<span class="num">{}</span>').format(figure_text(n.estimate, lang=page.lang)) if n.estimate else ""
    return Markup('<li class="n{}" dir="auto"><p>{}</p><div class="m">{}{}</div></li>').format(
        " a" if n.assumption else "", n.text, figure, page.pill(n, n.text)
    )


def plan(page: Page) -> Markup:
    """The planned actions as a table, best score first."""
    j, lang = page.journey, page.lang
    if not j.improvements:
        return Markup("")
    titles = {s.id: s.title for s in j.stages}
    barriers = {n.id: n.text for s in j.stages for n in s.barriers}
    heads = (
        lane_title("improvements", lang),
        say(en="Stage", ru="Этап", lang=lang),
        say(en="Removes the barrier", ru="Снимает барьер", lang=lang),
        say(en="Owner", ru="Отвечает", lang=lang),
        say(en="Figures", ru="Показатели", lang=lang),
        say(en="Measured by", ru="Чем измерить", lang=lang),
        say(en="State", ru="Состояние", lang=lang),
    )
    rows = []
    for a in sorted(j.improvements, key=lambda a: -(a.score if a.score is not None else float("-inf"))):
        owner: str | Markup = a.owner or Markup('<span class="warn">{}</span>').format(
            say(en="nobody yet", ru="пока никто", lang=lang)
        )
        rows.append(
            Markup(
                '<tr><th scope="row" dir="auto">{}</th><td>{}</td><td dir="auto">{}</td><td>{}</td>'
                '<td class="num">{}</td><td>{}</td><td>{}</td></tr>'
            ).format(
                a.title,
                titles.get(a.stage, ""),
                "; ".join(barriers.get(b, b) for b in a.barriers),
                owner,
                "; ".join(action_figures(a, lang)),
                " · ".join(x for x in (a.metric, a.service_level) if x),
                a.status,
            )
        )
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(h) for h in heads)
    title = say(en="What the company will do", ru="Что сделает компания", lang=lang)
    return Markup(
        '<section aria-labelledby="plan"><h2 id="plan">{}</h2><div class="wrap" tabindex="0" role="group" '
        'aria-labelledby="plan"><table class="plan">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></section>"
    ).format(title, head, Markup("").join(rows))


def legend(page: Page, curves: list[Series]) -> Markup:
    """How to read what this page shows, and only that."""
    lang = page.lang
    rows = [
        (
            Markup('<span class="n sw"></span>'),
            say(en="rests on evidence: open the note to read it", ru="есть основания: откройте запись", lang=lang),
        ),
        (
            Markup('<span class="n a sw"></span>'),
            say(
                en="assumption: nobody has observed it yet (dashed, hatched)",
                ru="предположение: этого никто не наблюдал (пунктир, штриховка)",
                lang=lang,
            ),
        ),
    ]
    if any(t.moment_of_truth for s in page.journey.stages for t in s.touchpoints):
        rows.append(
            (
                page.icon("star", 20),
                say(
                    en="moment of truth: a contact that decides the whole impression",
                    ru="момент истины: контакт, который решает всё впечатление",
                    lang=lang,
                ),
            )
        )
    if curves:
        rows += [
            (
                marker(0, hollow=True, size=20),
                say(
                    en=f"fewer than {SMALL_N} people: read with care",
                    ru=f"меньше {SMALL_N} человек: читать с осторожностью",
                    lang=lang,
                ),
            ),
            (
                Markup(
                    '<svg width="34" height="20" viewBox="0 0 34 20" aria-hidden="true"><path d="M2 4h30v12H2z" '
                    'fill="var(--s0)" fill-opacity=".18"/>'
                    '<path d="M2 10h30" stroke="var(--s0)" stroke-width="2"/></svg>'
                ),
                say(
                    en="mean and its interval; the line breaks where there is no data",
                    ru="среднее и его интервал; где данных нет, линия прерывается",
                    lang=lang,
                ),
            ),
        ]
        if len(curves) > CROWDED:
            rows.append(
                (
                    Markup('<span class="sw num">24</span>'),
                    say(en="under a point: how many people", ru="под точкой: сколько людей", lang=lang),
                )
            )
        if any(c.assumed for c in curves):
            rows.append(
                (
                    Markup(
                        '<svg width="34" height="20" viewBox="0 0 34 20" aria-hidden="true"><path d="M2 10h30" '
                        'stroke="currentColor" stroke-width="2" stroke-dasharray="6 5"/></svg>'
                    ),
                    say(en="a belief, not an observation", ru="мнение, а не наблюдение", lang=lang),
                )
            )
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
    body = Markup("").join(Markup("<li>{}<span>{}</span></li>").format(*r) for r in rows)
    title = say(en="How to read the map", ru="Как читать карту", lang=lang)
    return Markup(
        '<section class="legend" aria-labelledby="legend"><h2 id="legend">{}</h2><ul>{}</ul></section>'
    ).format(title, body)
