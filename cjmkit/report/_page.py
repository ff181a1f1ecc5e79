"""The map as one self-contained HTML file: no network, no build step, evidence one click away."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from cjmkit.core.journey import Journey
from cjmkit.core.stage import lane_title
from cjmkit.core.words import link_title, phase_title
from cjmkit.files import write_atomically
from cjmkit.i18n import count, current_language, number, say
from cjmkit.report import _curve
from cjmkit.report._cells import Page
from cjmkit.report._evidence import EvidenceList, texts_of
from cjmkit.report._icons import sprite
from cjmkit.report._parts import legend, persona_cards, plan
from cjmkit.view.lanes import (
    BLUEPRINT,
    Series,
    all_evidence,
    coverage,
    hidden_notes,
    lane_gap,
    phase_runs,
    series,
    share,
    shown_lanes,
)

__all__ = ["html"]

_RULES = {
    "front_stage": ("Line of interaction", "Линия взаимодействия"),
    "back_stage": ("Line of visibility", "Линия видимости"),
    "support": ("Line of internal interaction", "Линия внутреннего взаимодействия"),
}


def html(
    journey: Journey,
    path: str | os.PathLike[str] | None = None,
    *,
    documents: Any = None,
    lang: str | None = None,
    blueprint: bool = False,
) -> str:
    """Render a journey as one HTML page.

    The page needs no network and loads nothing; it follows the reader's light or dark theme, prints on A3 and A4, and
    works by keyboard and with a screen reader. Every note leads to its evidence; a note without any is drawn dashed
    and hatched, and says "assumption". Everything that comes from data is escaped.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like, optional
        Also write the page there, whole or not at all.
    documents : pandas.DataFrame or mapping of str to str, optional
        The documents table (columns document, text), so that quotes are shown in their context. Of each document only
        the surroundings of quotes reach the page.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.
    blueprint : bool
        Also show the lanes of a service blueprint: front stage, back stage, support.

    Returns
    -------
    str
        The page.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A <script> in a title stays text")
    >>> page = cj.report.html(j)
    >>> "<title>A &lt;script&gt; in a title stays text</title>" in page
    True
    """
    lang = current_language(lang or journey.language)
    total = sum(1 for _ in all_evidence(journey))
    page = Page(journey, lang, EvidenceList(texts_of(documents), total=total, lang=lang))
    curves = series(journey, lang)
    people = persona_cards(page)
    table = _table(page, curves, shown_lanes(journey, blueprint=blueprint))
    body = Markup("\n").join(
        part
        for part in (
            _top(page),
            Markup("<main>"),
            people or _no_personas(page),
            table,
            plan(page),
            legend(page, curves),
            _evidence(page),
            Markup("</main>"),
            _footer(page, blueprint),
            _drawer(page),
        )
        if part
    )
    script = _asset("map.js")
    words = json.dumps(
        {
            "assumption": say(
                en="An assumption: nobody has observed this yet.",
                ru="Предположение: этого пока никто не наблюдал.",
                lang=lang,
            ),
            "noEvidence": say(
                en="No evidence is attached to this figure.", ru="К этому числу основания не приложены.", lang=lang
            ),
        },
        ensure_ascii=True,
    ).replace("<", "\\u003c")
    # Only this script may run, and nothing may be fetched: a map of confidential words calls nobody.
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    out = str(
        Markup(
            '<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            "<title>{title}</title>\n<style>\n{css}\n</style>\n</head>\n<body>\n{sprite}\n{body}\n"
            '<script type="application/json" id="words">{words}</script>\n<script>{script}</script>\n</body>\n</html>\n'
        ).format(
            lang=lang,
            policy=policy,
            title=journey.title,
            css=Markup(_css()),
            sprite=sprite(page.icons),
            body=body,
            words=Markup(words),
            script=Markup(script),
        )
    )
    if path is not None:
        write_atomically(path, out)
    return out


@cache
def _asset(name: str) -> str:
    return (files("cjmkit.report") / name).read_text("utf-8")


@cache
def _css() -> str:
    """The sheet, with the dark colours also for readers whose machine prefers dark and who run no scripts."""
    css = _asset("map.css")
    start = css.index(':root[data-theme="dark"] {')
    end = css.index("}", start)
    colours = css[css.index("{", start) + 1 : end]
    auto = "@media (prefers-color-scheme: dark) { :root:not([data-theme='light']) {" + colours + "} }"
    css = css[: end + 1] + "\n" + auto + css[end + 1 :]
    return css.replace(
        ':root, :root[data-theme="dark"] { color-scheme: light;',
        ":root, :root[data-theme=\"dark\"], :root:not([data-theme='light']) { color-scheme: light;",
    )


def _top(page: Page) -> Markup:
    j, lang = page.journey, page.lang
    cited, notes = coverage(j)
    facts: list[tuple[str, str | Markup]] = []
    if len(j.personas) > 1:
        facts.append((say(en="Personas", ru="Портреты", lang=lang), ", ".join(p.name for p in j.personas)))
    if notes:
        share_ = cited / notes
        words = say(en=f"{cited} of {notes} notes", ru=f"{cited} из {notes} записей", lang=lang)
        facts.append(
            (
                say(en="Rest on evidence", ru="С основаниями", lang=lang),
                Markup('<span class="meter" aria-hidden="true"><i style="width:{:.0f}%"></i></span>{} ({})').format(
                    100 * share_, words, number(share_, 0, percent=True, lang=lang)
                ),
            )
        )
    if j.agreement is not None:
        facts.append((say(en="Coders agree", ru="Согласие кодировщиков", lang=lang), j.agreement.text(2, lang=lang)))
    if j.wave:
        facts.append((say(en="Wave", ru="Волна", lang=lang), j.wave))
    if j.revises:
        facts.append((say(en="Revises", ru="Пересмотр карты", lang=lang), j.revises))
    if j.date:
        facts.append((say(en="Date", ru="Дата", lang=lang), j.date.isoformat()))
    if j.framework:
        facts.append((say(en="Stage model", ru="Модель этапов", lang=lang), j.framework))
    dl = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(k, v) for k, v in facts)
    scenario = Markup('<p class="scenario" dir="auto">{}</p>').format(j.scenario) if j.scenario else ""
    return Markup(
        '<a class="skip" href="#map">{skip}</a>\n<header><div class="top"><div><p class="eyebrow">{what}</p>'
        '<h1 dir="auto">{title}</h1>{scenario}</div><div class="tools">'
        '<button class="tool" id="theme" type="button" hidden>{sun}{dark}</button>'
        '<button class="tool" id="print" type="button" hidden>{printer}{printing}</button></div></div>\n'
        '<dl class="facts">{facts}</dl></header>'
    ).format(
        skip=say(en="Skip to the map", ru="Перейти к карте", lang=lang),
        what=say(en="Customer journey map", ru="Карта пути клиента", lang=lang),
        title=j.title,
        scenario=scenario,
        sun=page.icon("sun"),
        dark=say(en="Dark", ru="Тёмная", lang=lang),
        printer=page.icon("print"),
        printing=say(en="Print", ru="Печать", lang=lang),
        facts=dl,
    )


def _table(page: Page, curves: list[Series], lanes: tuple[str, ...]) -> Markup:
    j, lang = page.journey, page.lang
    title = say(en="Map", ru="Карта", lang=lang)
    if not j.stages:
        empty = say(en="This journey has no stages yet.", ru="В этом пути пока нет этапов.", lang=lang)
        return Markup('<section id="map"><h2>{}</h2><p>{}</p></section>').format(title, empty)
    n = len(j.stages)
    rows = [_head(page)]
    body = []
    for lane in lanes:
        if lane in BLUEPRINT:
            en, ru = _RULES[lane]
            body.append(
                Markup('<tr class="rule"><th scope="rowgroup" colspan="{}">{}</th></tr>').format(
                    n + 1, say(en=en, ru=ru, lang=lang)
                )
            )
        gap = lane_gap(j, lane, lang)
        if gap:
            body.append(_gap_row(lane, gap, n, lang))
        else:
            body.extend(_emotion_rows(page, curves) if lane == "emotion" else [_row(page, lane)])
    if j.links:
        body.append(_links_row(page))
    caption = say(
        en=f"{j.title}: {n} stages as columns, lanes as rows",
        ru=f"{j.title}: этапы по столбцам ({n}), дорожки по строкам",
        lang=lang,
    )
    columns = Markup('<col class="l">') + Markup("<col>") * n
    return Markup(
        '<section class="mapbox" id="map"><h2 class="vh">{title}</h2><div class="scroller live" tabindex="0" '
        'role="region" aria-label="{label}"><table class="map" style="--n:{n}"><caption class="vh">{caption}</caption>'
        "<colgroup>{columns}</colgroup>{head}<tbody>{body}</tbody></table></div>"
        '<div class="sheets" aria-hidden="true"></div></section>'
    ).format(
        title=title,
        label=say(en="Journey map, scrolls sideways", ru="Карта пути, прокручивается вбок", lang=lang),
        n=n,
        caption=caption,
        columns=columns,
        head=rows[0],
        body=Markup("\n").join(body),
    )


def _head(page: Page) -> Markup:
    j, lang = page.journey, page.lang
    phases = Markup("")
    runs = phase_runs(j)
    if runs:
        cells = Markup("").join(
            Markup('<th scope="colgroup" class="{}" colspan="{}">{}</th>').format(
                phase or "none", span, phase_title(phase, lang) or Markup('<span class="vh">—</span>')
            )
            for phase, span in runs
        )
        label = say(en="Phase", ru="Фаза", lang=lang)
        phases = Markup(
            '<tr class="phase"><th class="corner" scope="row"><span class="vh">{}</span></th>{}</tr>'
        ).format(label, cells)
    stages = Markup("").join(
        Markup(
            '<th scope="col" class="stage"><span class="t" dir="auto"><span class="no">{} </span>{}</span>{}{}</th>'
        ).format(
            k,
            s.title,
            Markup('<span class="d" dir="auto">{}</span>').format(s.description) if s.description else "",
            Markup('<span class="tag">{}</span>').format(say(en="optional", ru="необязательный", lang=lang))
            if s.optional
            else "",
        )
        for k, s in enumerate(j.stages, 1)
    )
    corner = Markup('<td class="corner"></td>')
    return Markup("<thead>{}<tr>{}{}</tr></thead>").format(phases, corner, stages)


def _gap_row(lane: str, gap: str, n: int, lang: str) -> Markup:
    return Markup(
        '<tr class="gap"><th scope="row" class="lane"><div><span>{}</span></div></th>'
        '<td colspan="{}"><p class="gap" dir="auto">{}</p></td></tr>'
    ).format(lane_title(lane, lang), n, gap)


def _no_personas(page: Page) -> Markup:
    gap = lane_gap(page.journey, "personas", page.lang)
    return Markup('<p class="gap" dir="auto">{}</p>').format(gap) if gap else Markup("")


def _row(page: Page, lane: str) -> Markup:
    cells = Markup("").join(page.cell(i, lane) for i in range(len(page.journey.stages)))
    return Markup('<tr><th scope="row" class="lane"><div><span>{}</span></div></th>{}</tr>').format(
        lane_title(lane, page.lang), cells
    )


def _emotion_rows(page: Page, curves: list[Series]) -> list[Markup]:
    lang = page.lang
    n = len(page.journey.stages)
    label = Markup("<div><span>{}</span><small>{}</small>{}</div>").format(
        lane_title("emotion", lang),
        say(
            en="mean of people, −2 to 2, with its interval", ru="среднее по людям, от −2 до 2, с интервалом", lang=lang
        ),
        _curve.key(page, curves),
    )
    top = Markup('<tr><th scope="row" class="lane emo">{}</th><td class="chart" colspan="{}">{}</td></tr>').format(
        label, n, _curve.chart(page, curves)
    )
    figures = Markup("").join(_curve.values(page, curves, i) for i in range(n))
    name = say(en="Emotion, figures", ru="Эмоции, числа", lang=lang)
    return [
        top,
        Markup('<tr><th scope="row" class="lane"><div><span>{}</span></div></th>{}</tr>').format(name, figures),
    ]


def _links_row(page: Page) -> Markup:
    """Skips, returns and loops, each in the column where it starts."""
    j, lang = page.journey, page.lang
    titles = {s.id: s.title for s in j.stages}
    cells = []
    for s in j.stages:
        rows = []
        for link in j.links:
            if link.source != s.id:
                continue
            to = f" → {titles[link.target]}" if link.target and link.target != s.id else ""
            figure = f" {share(link.share, lang)}" if link.share is not None else ""
            label = f" ({link.label})" if link.label else ""
            cited = page.evidence.cite(link.evidence)
            words = f"{link_title(link.kind, lang)}{to}{figure}{label}"
            more = (
                Markup(' <a class="e" href="#e{}" data-e="{}" aria-label="{}">{}</a>').format(
                    cited[0],
                    " ".join(map(str, cited)),
                    f"{page.pieces(len(cited))}: {words}",
                    page.pieces(len(cited)),
                )
                if cited
                else ""
            )
            rows.append(Markup("<li>{}<span>{}{}</span></li>").format(page.icon(link.kind), words, more))
        cells.append(
            Markup('<td><ul class="vals">{}</ul></td>').format(Markup("").join(rows)) if rows else Markup("<td></td>")
        )
    name = say(en="Ways taken", ru="Переходы", lang=lang)
    return Markup('<tr class="ways-row"><th scope="row" class="lane"><div><span>{}</span></div></th>{}</tr>').format(
        name, Markup("").join(cells)
    )


def _evidence(page: Page) -> Markup:
    items = page.evidence.items()
    if not items:
        return Markup("")
    title = say(en="All evidence", ru="Все основания", lang=page.lang)
    return Markup('<details class="evidence"><summary>{} ({})</summary><ol>{}</ol></details>').format(
        title, len(page.evidence), items
    )


def _footer(page: Page, blueprint: bool) -> Markup:
    lang = page.lang
    lines = []
    hidden = hidden_notes(page.journey, blueprint=blueprint)
    if hidden:
        shown = count(hidden, en=("note", "notes"), ru=("запись", "записи", "записей"), lang=lang)
        lines.append(
            say(
                en=f"{shown} in the blueprint lanes not shown here.",
                ru=f"Ещё {shown} на дорожках схемы сервиса здесь не показаны.",
                lang=lang,
            )
        )
    if page.evidence.moved:
        shown = count(page.evidence.moved, en=("quote", "quotes"), ru=("цитата", "цитаты", "цитат"), lang=lang)
        lines.append(
            say(en=f"{shown} no longer found in the documents.", ru=f"В документах не найдено: {shown}.", lang=lang)
        )
    lines.append(
        say(
            en="Made with cjmkit. This page loads nothing from the network.",
            ru="Сделано в cjmkit. Страница ничего не загружает из сети.",
            lang=lang,
        )
    )
    return Markup("<footer>{}</footer>").format(Markup("").join(Markup("<p>{}</p>").format(x) for x in lines))


def _drawer(page: Page) -> Markup:
    close = say(en="Close", ru="Закрыть", lang=page.lang)
    return Markup(
        '<dialog class="drawer" id="drawer" aria-labelledby="drawer-title"><header><div><p class="where"></p>'
        '<h2 id="drawer-title" dir="auto"></h2></div><button class="tool" id="close" type="button" '
        'aria-label="{}">{}</button>'
        '</header><div class="body"></div></dialog>'
    ).format(close, page.icon("close"))
