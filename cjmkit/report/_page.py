"""The map as one self-contained HTML file: no network, no build step, evidence one click away."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from cjmkit.core.journey import Journey
from cjmkit.core.stage import lane_title
from cjmkit.core.words import phase_title, source_title
from cjmkit.errors import one_of
from cjmkit.files import write_atomically
from cjmkit.i18n import count, current_language, say
from cjmkit.report import _curve
from cjmkit.report._cells import Page
from cjmkit.report._evidence import EvidenceList, texts_of
from cjmkit.report._glance import switch, switch_css, tiles, top
from cjmkit.report._icons import sprite
from cjmkit.report._parts import legend, persona_cards, plan
from cjmkit.report._ways import arcs, ways
from cjmkit.view.lanes import (
    BLUEPRINT,
    LANE_ORDER,
    PAGE_ORDER,
    Series,
    all_evidence,
    hidden_notes,
    items,
    lane_gap,
    phase_runs,
    series,
    shown_lanes,
)
from cjmkit.view.marks import readings_line

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
    headline: str = "",
    question: str = "",
    lanes: Sequence[str] | None = None,
    earlier: Journey | None = None,
) -> str:
    """Render a journey as one HTML page.

    The first screen says what was found: a sentence, the weakest point, the first barrier, the first action, and the
    curve under the stages. A switch shows one persona, or two beside each other; ``#p=P2`` in the address keeps it.
    The page needs no network and loads nothing; it follows the reader's light or dark theme, prints on A3 and A4, and
    works by keyboard and with a screen reader. Every note leads to its evidence; a note without any is drawn dashed
    and hatched. Everything that comes from data is escaped.

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
    headline : str
        The sentence on the first screen; composed from the weakest stage, the first barrier and the first action by
        default.
    question : str
        What the study asked; the journey's scenario by default.
    lanes : sequence of str, optional
        Which lanes, from top to bottom; by default every one that holds something, the curve and barriers first.
        Actions stand in the table below unless ``"improvements"`` is among them.
    earlier : Journey, optional
        The map of an earlier wave: shares of people and points of the curve say how they changed since, with an
        interval; a change that holds after correction for so many of them is marked.

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
    if earlier is not None:
        page.since(earlier)
    curves = series(journey, lang)
    touched = any(item.evidence or item.id not in page.suggested for *_, item in journey.cells())
    others = any(p.source != page.source for p in journey.emotion)
    body = Markup("\n").join(
        part
        for part in (
            top(page, headline, question),
            Markup("<main>"),
            tiles(page) if journey.stages else "",
            switch(page, others=others, touched=touched) if journey.stages else "",
            _table(page, curves, _lanes(journey, lanes, blueprint)),
            plan(page),
            persona_cards(page),
            legend(page, curves),
            _evidence(page),
            Markup("</main>"),
            _footer(page, blueprint or lanes is not None),
            _drawer(page),
        )
        if part
    )
    out = _document(page, body)
    if path is not None:
        write_atomically(path, out)
    return out


def _document(page: Page, body: Markup) -> str:
    """The whole file: style sheets, script and the policy that nothing else may run."""
    script = _asset("map.js")
    words = json.dumps(
        {
            "assumption": say(
                en="An assumption: nobody has observed this yet.",
                ru="Предположение: этого пока никто не наблюдал.",
                lang=page.lang,
            ),
            "noEvidence": say(
                en="No evidence is attached to this figure.", ru="К этому числу основания не приложены.", lang=page.lang
            ),
            "copy": say(en="Copy", ru="Копировать", lang=page.lang),
            "copied": say(en="Copied", ru="Скопировано", lang=page.lang),
            "quoted": say(en="“$1”", ru="«$1»", lang=page.lang),
            "up": say(en="up", ru="выше", lang=page.lang),
            "down": say(en="down", ru="ниже", lang=page.lang),
        },
        ensure_ascii=True,
    ).replace("<", "\\u003c")
    # Only this script may run, and nothing may be fetched: a map of confidential words calls nobody.
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return str(
        Markup(
            '<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            "<title>{title}</title>\n<style>\n{css}\n</style>\n"
            '<style id="paper" media="print">\n{paper}\n</style>\n</head>\n<body>\n{sprite}\n{body}\n'
            '<script type="application/json" id="words">{words}</script>\n<script>{script}</script>\n</body>\n</html>\n'
        ).format(
            lang=page.lang,
            policy=policy,
            title=page.journey.title,
            paper=Markup(_asset("paper.css")),
            css=Markup(_css() + "\n" + switch_css(page)),
            sprite=sprite(page.icons),
            body=body,
            words=Markup(words),
            script=Markup(script),
        )
    )


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
    return css


def _table(page: Page, curves: list[Series], lanes: tuple[str, ...]) -> Markup:
    j, lang = page.journey, page.lang
    title = say(en="Map", ru="Карта", lang=lang)
    if not j.stages:
        empty = say(en="This journey has no stages yet.", ru="В этом пути пока нет этапов.", lang=lang)
        return Markup('<section id="map"><h2>{}</h2><p>{}</p></section>').format(title, empty)
    n = len(j.stages)
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
        body.append(_gap(page, lane, gap) if gap else _row(page, lane, curves))
    caption = say(
        en=f"{j.title}: {n} stages as columns, lanes as rows",
        ru=f"{j.title}: этапы по столбцам ({n}), дорожки по строкам",
        lang=lang,
    )
    columns = Markup('<col class="l">') + Markup("<col>") * n
    return Markup(
        '<section class="mapbox" id="map"><h2 class="vh">{title}</h2><div class="scroller live" tabindex="0" '
        'role="region" aria-label="{label}">{arcs}<table class="map" style="--n:{n}">'
        '<caption class="vh">{caption}</caption>'
        "<colgroup>{columns}</colgroup>{head}<tbody>{body}</tbody></table></div>"
        '<div class="sheets" aria-hidden="true"></div>{figures}{ways}</section>'
    ).format(
        title=title,
        label=say(en="Journey map, scrolls sideways", ru="Карта пути, прокручивается вбок", lang=lang),
        n=n,
        caption=caption,
        columns=columns,
        arcs=arcs(page),
        head=_head(page),
        body=Markup("\n").join(body),
        figures=_curve.figures(page, curves) if curves else "",
        ways=ways(page),
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
            '<th scope="col" class="stage" id="s-{}"><span class="t" dir="auto"><span class="no">{} </span>{}</span>'
            "{}{}</th>"
        ).format(
            s.id,
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
    return Markup('<thead>{}<tr class="stages">{}{}</tr></thead>').format(phases, corner, stages)


def _row(page: Page, lane: str, curves: list[Series]) -> Markup:
    lang = page.lang
    stages = page.journey.stages
    if lane == "emotion":
        source = source_title(page.source, lang)
        note = say(
            en=f"{source}: mean of people with its interval", ru=f"{source}: среднее по людям с интервалом", lang=lang
        )
        return Markup(
            '<tr data-lane="emotion"><th scope="row" class="lane emo"><div><span>{}</span><small>{}</small></div>'
            '{}</th><td class="chart" colspan="{}">{}</td></tr>'
        ).format(lane_title(lane, lang), note, _curve.scale(page), len(stages), _curve.chart(page, curves))
    notes = [n for s in stages for n in items(page.journey, s, lane)]
    only = " class=sug" if notes and all(n.id in page.suggested for n in notes) else ""
    cells = Markup("").join(page.cell(i, lane) for i in range(len(stages)))
    return Markup('<tr data-lane="{}"{}><th scope="row" class="lane"><div><span>{}</span></div></th>{}</tr>').format(
        lane, Markup(only), lane_title(lane, lang), cells
    )


def _gap(page: Page, lane: str, text: str) -> Markup:
    """A lane about which the study knows nothing says what is missing, in its own place."""
    return Markup(
        '<tr data-lane="{}" class="unknown"><th scope="row" class="lane"><div><span>{}</span></div></th>'
        '<td colspan="{}"><p class="gaptext" dir="auto">{}</p></td></tr>'
    ).format(lane, lane_title(lane, page.lang), len(page.journey.stages), text)


def _lanes(journey: Journey, lanes: Sequence[str] | None, blueprint: bool) -> tuple[str, ...]:
    """The rows of the page from top to bottom: what was felt, what stands in the way, then the rest."""
    filled = set(shown_lanes(journey, blueprint=True))
    if lanes is None:
        return tuple(k for k in PAGE_ORDER if k in filled and (blueprint or k not in BLUEPRINT))
    for lane in lanes:
        one_of(lane, LANE_ORDER, what="lane")
    return tuple(k for k in lanes if k in filled)


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
    if read := readings_line(all_evidence(page.journey), lang):
        lines.append(read)
    lines.append(
        say(
            en="Made with cjmkit. This page loads nothing from the network.",
            ru="Сделано в cjmkit. Страница ничего не загружает из сети.",
            lang=lang,
        )
    )
    return Markup("<footer>{}</footer>").format(Markup("").join(Markup("<p>{}</p>").format(x) for x in lines))


def _drawer(page: Page) -> Markup:
    """The panel of evidence beside the map, and the sheet of show mode."""
    close, copy = say(en="Close", ru="Закрыть", lang=page.lang), say(en="Copy", ru="Копировать", lang=page.lang)
    showing = say(en="Stage by stage", ru="Этап за этапом", lang=page.lang)
    return Markup(
        '<dialog class="drawer" id="drawer" aria-labelledby="drawer-title"><div class="dhead"><div>'
        '<p class="where"></p><h2 id="drawer-title" dir="auto"></h2></div>'
        '<div class="tools"><button class="tool" id="copy" type="button">'
        '<span>{}</span></button><button class="tool" id="close" type="button" aria-label="{}">{}</button></div>'
        '</div><div class="body"></div></dialog>\n<dialog class="present" id="present" aria-label="{}"></dialog>'
    ).format(copy, close, page.icon("close"), showing)
