"""The first screen: who was asked, what was found in one sentence, three tiles, and whose journey is shown."""

from __future__ import annotations

from markupsafe import Markup

from cjmkit.core.words import source_title
from cjmkit.i18n import number, say
from cjmkit.report._cells import Page
from cjmkit.report._icons import mark
from cjmkit.view.lanes import day
from cjmkit.view.story import asked, headline
from cjmkit.view.story import tiles as found

__all__ = ["switch", "switch_css", "tiles", "top"]

_AT = {"low": "s", "why": "n", "act": "a"}
"""How the ids of stages, notes and actions begin on the page."""


def top(page: Page, said: str, question: str) -> Markup:
    """Title, question, who, and the one sentence."""
    j, lang = page.journey, page.lang
    facts = asked(j, lang)
    if j.wave:
        facts.append(say(en=f"wave {j.wave}", ru=f"волна {j.wave}", lang=lang))
    if j.date:
        facts.append(day(j.date, lang))
    wanted = question or j.scenario
    sentence = said or headline(j, lang)
    return Markup(
        '<a class="skip" href="#map">{skip}</a>\n<header class="head"><div class="top"><div>'
        '<h1 dir="auto">{title}</h1>{asked}<p class="facts">{facts}</p></div><div class="tools">'
        '<button class="tool" id="show" type="button" hidden>{play}{showing}</button>'
        '<button class="tool" id="theme" type="button" hidden>{sun}{dark}</button>'
        '<button class="tool" id="print" type="button" hidden>{printer}{printing}</button>'
        '<button class="tool" id="print4" type="button" hidden>A4</button></div></div>'
        "{headline}</header>"
    ).format(
        skip=say(en="Skip to the map", ru="Перейти к карте", lang=lang),
        title=j.title,
        asked=Markup('<p class="scenario" dir="auto">{}</p>').format(wanted) if wanted else "",
        facts=" · ".join(facts),
        play=page.icon("video"),
        showing=say(en="Show", ru="Показ", lang=lang),
        sun=page.icon("sun"),
        dark=say(en="Dark", ru="Тёмная", lang=lang),
        printer=page.icon("print"),
        printing=say(en="Print A3", ru="Печать A3", lang=lang),
        headline=Markup('<p class="headline" dir="auto">{}</p>').format(sentence) if sentence else "",
    )


def tiles(page: Page) -> Markup:
    """Weakest point, first barrier, first action: each a link into the map, or a word that it is not known."""
    out = Markup("")
    for t in found(page.journey, page.lang):
        inside = Markup('<span class="k">{}</span><strong dir="auto">{}</strong>').format(t.name, t.text)
        inside += Markup('<span class="num" dir="auto">{}</span>').format(t.figure) if t.figure else Markup("")
        inside += Markup('<q dir="auto">{}</q>').format(t.quote) if t.quote else Markup("")
        if t.target:
            out += Markup('<a class="tile {}" href="#{}-{}">{}</a>').format(t.kind, _AT[t.kind], t.target, inside)
        else:
            out += Markup('<div class="tile none {}">{}</div>').format(t.kind, inside)
    return Markup('<div class="tiles">{}</div>').format(out)


def _choice(name: str, k: int, value: str, label: Markup | str) -> Markup:
    on = Markup("") if k else Markup(" checked")
    return Markup(
        '<span class="c{0}"><input type="radio" name="{1}" id="{1}-{0}" value="{2}"{3}>'
        '<label for="{1}-{0}">{4}</label></span>'
    ).format(k, name, value, on, label)


def _whose(page: Page) -> Markup:
    """Everybody, one persona, and whom to put beside it."""
    lang = page.lang
    ids = ["", *(p.id for p in page.journey.personas)]
    shares = [None, *(p.share for p in page.journey.personas)]
    one = Markup("").join(
        _choice(
            "p",
            k,
            ids[k],
            Markup("{}{}{}").format(
                mark(k, size=14),
                name,
                Markup(" <small>{}</small>").format(number(e.value, 0, percent=True, lang=lang)) if e else "",
            ),
        )
        for k, (name, e) in enumerate(zip(page.names, shares))
    )
    nobody = say(en="nobody", ru="ни с кем", lang=lang)
    two = Markup("").join(_choice("q", k, ids[k], name if k else nobody) for k, name in enumerate(page.names))
    return Markup(
        '<fieldset class="who"><legend>{}</legend>{}</fieldset>'
        '<fieldset class="who beside"><legend>{}</legend>{}</fieldset>'
    ).format(
        say(en="Whose journey", ru="Чей путь", lang=lang),
        one,
        say(en="compared with", ru="сравнить с", lang=lang),
        two,
    )


def switch(page: Page, *, others: bool, touched: bool) -> Markup:
    """Whose journey, and what else is shown. It works without a script, except for the choice of lanes."""
    lang = page.lang
    out = _whose(page) if len(page.names) > 2 else Markup("")
    boxes = []
    if others:
        names = ", ".join(
            dict.fromkeys(source_title(p.source, lang) for p in page.journey.emotion if p.source != page.source)
        )
        boxes.append(("alt", say(en=f"also: {names}", ru=f"ещё: {names}", lang=lang), False))
    if page.suggested:
        n = len(page.suggested)
        words = say(en=f"{n} suggestions of the stage model", ru=f"подсказки модели этапов: {n}", lang=lang)
        boxes.append(("sug", words, not touched))
    out += Markup("").join(
        Markup('<span class="check"><input type="checkbox" id="{0}"{1}><label for="{0}">{2}</label></span>').format(
            id, Markup(" checked") if on else "", label
        )
        for id, label, on in boxes
    )
    lanes = say(en="Lanes", ru="Дорожки", lang=lang)
    return Markup('<div class="switch">{}<details id="lanes" hidden><summary>{}</summary></details></div>').format(
        out, lanes
    )


def switch_css(page: Page) -> str:
    """What the switch shows and hides, a few rules for each persona."""
    if len(page.names) < 3:
        # One persona is the map: its curve is as strong as everybody's.
        return (
            ".curve .w1 { opacity: 1; } .curve .se.w1 .band, .curve .se.w0 .band { display: inline; } "
            ".n > q:not(.v0), .curve:has(.w0) .x1 { display: none; } .curve .nn, .own.f1 { display: block; }"
        )
    out = []
    for k in range(len(page.names)):
        on = f"body:has(#p-{k}:checked)"
        out.append(f"{on} .n > q:not(.v{k}), {on} .curve :is(.says, .lead):not(.x{k}) {{ display: none; }}")
        both = f"body:has(#p-{k}:checked, #q-{k}:checked)" if k else on
        out.append(
            f"{both} .curve .w{k} {{ opacity: 1; z-index: 2; }} {both} .curve .w{k} .band {{ display: inline; }} "
            f"{both} .curve .nn.w{k} {{ display: block; }} {both} .curve .w{k} polyline {{ stroke-width: 3; }}"
        )
        if k:
            out.append(f"body:has(#p-{k}:checked, #q-{k}:checked) .own.f{k} {{ display: block; }}")
            out.append(
                f"{on} .ch{k} {{ border-color: var(--s{(k - 1) % 8}); box-shadow: 0 0 0 1px var(--s{(k - 1) % 8}); }}"
            )
            out.append(f".f{k} {{ --warm: var(--s{(k - 1) % 8}); }}")
            out.append(f"body:not(:has(#p-0:checked, #p-{k}:checked, #q-{k}:checked)) .o{k} {{ display: none; }}")
            out.append(f"{on} .beside .c{k} {{ display: none; }} {on} .persona.c{k} {{ border-color: var(--accent); }}")
    return "\n".join(out)
