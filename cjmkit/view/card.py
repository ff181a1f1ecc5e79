"""A persona as a card: what sets it apart, one voice, the curve in small, how sure; without script or style sheet.

Letters take the colour of the page around them and everything else is half transparent, so that the card is at home in
a light and in a dark notebook, and in one whose styles were stripped.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from markupsafe import Markup

from cjmkit.core.evidence import Quote
from cjmkit.core.journey import Journey
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, lane_title
from cjmkit.core.words import status_title
from cjmkit.i18n import count, current_language, number, say
from cjmkit.view.lanes import figure_text, is_gap, series, share, whole
from cjmkit.view.people import Apart, apart, top_of
from cjmkit.view.sheet import CURVES
from cjmkit.view.story import main_source, spoken

__all__ = ["card", "colour_of", "initials"]

_LINE, _BACK, _QUIET = "1px solid rgba(128,128,128,.35)", "rgba(128,128,128,.38)", "opacity:.72;"
_HEAD = "font-size:11px;letter-spacing:.05em;text-transform:uppercase;opacity:.72;margin:10px 0 3px;"
_BARS = 4


def initials(name: str) -> str:
    """Of two words their first letters, of one word its first two.

    Examples
    --------
    >>> initials("Careful spender"), initials("«Зануда»")
    ('CS', 'ЗА')
    """
    words = [w.strip('«»“”"') for w in name.replace("-", " ").split()]
    words = [w for w in words if w[:1].isalnum()]
    return ("".join(w[0] for w in words[:2]) if len(words) > 1 else "".join(words)[:2]).upper() or "?"


def colour_of(persona: Persona, journey: Journey | None = None) -> str:
    """The colour of a persona: by its place on the map, else by the number in its id."""
    ids = [p.id for p in journey.personas] if journey is not None else []
    if persona.id in ids:
        return CURVES[1 + ids.index(persona.id) % 8]
    digits = "".join(c for c in persona.id if c.isdigit())
    return CURVES[1 + (int(digits) - 1 if digits else sum(map(ord, persona.id))) % 8]


def card(p: Persona, journey: Journey | None = None, *, lang: str | None = None) -> Markup:
    """The card of a persona; with the journey its curve too.

    Examples
    --------
    >>> from cjmkit import Persona
    >>> "assumption" in card(Persona(id="P1", name="Planner"), lang="en")
    True
    """
    lang, colour = current_language(lang), colour_of(p, journey)
    facts = [share(p.share, lang)] if p.share is not None else []
    if p.participants and p.share is None:
        facts.append(
            count(len(p.participants), en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        )
    facts += [", ".join(p.channels)] if p.channels else []
    left = _apart(p, colour, lang)
    right = _spark(p, journey, colour, lang) if journey is not None else Markup("")
    quotes = sorted(p.quotes, key=lambda q: abs(len(q.quote) - 90))
    if quotes:
        right += Markup(
            '<div style="border-left:3px solid {};padding:2px 0 2px 12px;margin:10px 0;font-style:italic;'
            'font-size:15px">{}<span style="font-style:normal;font-size:12px;{}"> {}</span></div>'
        ).format(colour, spoken(quotes[0], lang, 220), _QUIET, quotes[0].participant or quotes[0].document)
    groups = Markup("").join(
        _group(lane_title(lane, lang), getattr(p, lane), lang) for lane in ("goals", "expectations", "barriers")
    )
    dash = "dashed" if p.verdict.status in ("assumed", "none") else "solid"
    return Markup(
        '<div lang="{lang}" style="border:{line};border-top:4px {dash} {colour};border-radius:10px;padding:12px 16px;'
        'margin:0 0 12px;max-width:820px;font-size:14px;line-height:1.4;overflow-wrap:anywhere">'
        '<div style="display:flex;align-items:center"><div style="width:46px;height:46px;border-radius:50%;'
        "background:{colour};color:#fff;text-align:center;line-height:46px;font-size:17px;font-weight:700;"
        'margin-right:14px;flex:none">{who}</div><div style="flex:1 1 auto"><b style="font-size:19px">{name}</b> '
        '<span style="border:1px {dash} currentColor;border-radius:99px;padding:1px 9px;font-size:12px;'
        'white-space:nowrap">{status}</span><div style="{quiet}">{facts}</div></div></div>{about}'
        '<div style="display:flex;flex-wrap:wrap"><div style="flex:1 1 340px;padding-right:24px">{left}</div>'
        '<div style="flex:1 1 280px">{right}</div></div><div style="display:flex;flex-wrap:wrap">{groups}</div>'
        '<div style="font-size:12px;margin-top:8px;{quiet}">{verdict}</div>{more}</div>'
    ).format(
        lang=lang, line=_LINE, dash=dash, colour=colour, who=initials(p.name), name=p.name, quiet=_QUIET,
        status=status_title(p.verdict.status, lang), facts=" · ".join(facts), left=left, right=right, groups=groups,
        about=Markup('<div style="margin-top:8px">{}</div>').format(p.description) if p.description else "",
        verdict=p.verdict.text(lang), more=_more(p, quotes[1:], lang),
    )  # fmt: skip


def _apart(p: Persona, colour: str, lang: str) -> Markup:
    """What sets a persona apart: its bar over the pale one of everybody else; traits without figures as words."""
    if not p.traits:
        return Markup("")
    out = Markup('<div style="{}">{}</div>').format(
        _HEAD, say(en="What sets them apart", ru="Чем отличается", lang=lang)
    )
    drawn = [a for n in p.traits if (a := apart(n)) is not None]
    for a in drawn[:_BARS]:
        out += _bar(a, top_of([x for x in drawn if x.percent == a.percent]), colour, lang)
    if drawn:
        words = say(en="pale: everybody else", ru="бледное: все остальные", lang=lang)
        return out + Markup('<div style="font-size:11px;{}">{}</div>').format(_QUIET, words)
    return out + Markup("").join(_line(n, lang) for n in p.traits)


def _bar(a: Apart, top: float, colour: str, lang: str) -> Markup:
    own, others = (max(0.0, min(100.0, 100 * v / top)) for v in (a.own.value or 0.0, a.others))
    digits = 0 if a.percent else 1
    mine = figure_text(a.own, as_share=a.percent, lang=lang) if a.percent else a.own.text(1, lang=lang)
    rest = number(a.others, digits, percent=a.percent, lang=lang)
    # Nested by width alone: places over each other do not survive where styles are filtered.
    return Markup(
        '<div style="margin:5px 0 7px"><div>{}</div><div style="width:{:.1f}%;background:{};padding:3px 0">'
        '<div style="width:{:.1f}%;height:6px;background:{}"></div></div><div style="font-size:12px;{}">{}, {} {}'
        "</div></div>"
    ).format(a.label, max(others, 0.5), _BACK, 100 * own / max(others, 0.5), colour, _QUIET, mine,
             say(en="others", ru="у остальных", lang=lang), rest)  # fmt: skip


def _line(n: Note, lang: str) -> Markup:
    """One note: what it says, its share, on how much it rests; an assumption says so and is dashed."""
    if n.assumption:
        word = say(en="assumption", ru="предположение", lang=lang)
        return Markup(
            '<div style="border:1px dashed currentColor;border-radius:4px;padding:0 6px;margin:2px 0">{} '
            '<span style="font-size:12px;{}">{}</span></div>'
        ).format(n.text, _QUIET, word)
    figure = figure_text(n.estimate, lang=lang) if n.estimate is not None else ""
    quotes = sum(e.kind == "quote" for e in n.evidence)
    said = count(quotes, en=("quote", "quotes"), ru=("цитата", "цитаты", "цитат"), lang=lang) if quotes else ""
    return Markup(
        '<div style="margin:2px 0">{} <span style="font-size:12px;white-space:nowrap;{}">{}</span></div>'
    ).format(n.text, _QUIET, " · ".join(x for x in (figure, said) if x))


def _group(title: str, notes: Iterable[Note], lang: str) -> Markup:
    lines = Markup("").join(_line(n, lang) for n in notes)
    if not lines:
        return lines
    return Markup('<div style="flex:1 1 220px;padding-right:18px"><div style="{}">{}</div>{}</div>').format(
        _HEAD, title, lines
    )


def _spark(p: Persona, journey: Journey, colour: str, lang: str) -> Markup:
    """The persona's curve over everybody's, in small, with its lowest point in words."""
    found = [c for c in series(journey, lang) if c.source == main_source(journey) and c.persona in ("", p.id)]
    mine = next((c for c in found if c.persona == p.id), None)
    points = [x for x in mine.points if x is not None and not is_gap(x)] if mine is not None else []
    if mine is None or len(points) < 2:
        return Markup("")
    n = len(journey.stages)
    lines = ""
    for c in sorted(found, key=lambda c: c.persona == p.id):
        for run in c.runs():
            at = " ".join(f"{280 * (i + 0.5) / n:.1f},{16 * (2.2 - (x.estimate.value or 0.0)):.1f}" for i, x in run)
            stroke = f'stroke="{colour}" stroke-width="3"' if c is mine else 'stroke="#8b90a0" stroke-width="1.5"'
            lines += f'<polyline points="{at}" fill="none" {stroke} stroke-linejoin="round"/>'
    low = min(points, key=lambda x: x.estimate.value or 0.0)
    i = next(k for k, s in enumerate(journey.stages) if s.id == low.stage)
    x, y = 280 * (i + 0.5) / n, 16 * (2.2 - (low.estimate.value or 0.0))
    lines += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="280" height="70" viewBox="0 0 280 70">'
        f'<path d="M0 35.2H280" stroke="#8b90a0" stroke-dasharray="3 3"/>{lines}</svg>'
    )
    value = number(low.estimate.value, 1, lang=lang)
    title, of = journey.stage(low.stage).title, whole(low.estimate.n, lang)
    words = say(
        en=f"lowest: {title} {value} on −2…2, n = {of}",
        ru=f"ниже всего: {title} {value} по шкале −2…2, n = {of}",
        lang=lang,
    )
    head = say(en="How it felt", ru="Что чувствовали", lang=lang)
    data = base64.b64encode(svg.encode()).decode()
    return Markup(
        '<div style="{}">{}</div><img alt="{}" src="data:image/svg+xml;base64,{}" style="max-width:100%">'
        '<div style="font-size:12px;{}">{}</div>'
    ).format(_HEAD, head, words, data, _QUIET, words)


def _more(p: Persona, quotes: Iterable[Quote], lang: str) -> Markup:
    """Further words and traits, folded."""
    drawn = [n for n in p.traits if apart(n) is not None]
    rest = Markup("").join(_line(n, lang) for n in drawn[_BARS:])
    for q in quotes:
        rest += Markup('<div style="margin:3px 0;font-style:italic">{} <span style="{}">{}</span></div>').format(
            spoken(q, lang, 400),
            _QUIET,
            q.participant or q.document,
        )
    if not rest:
        return rest
    title = say(en="More in their own words", ru="Ещё их слова", lang=lang)
    return Markup("<details><summary>{}</summary>{}</details>").format(title, rest)
