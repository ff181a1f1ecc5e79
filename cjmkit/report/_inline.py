"""How a journey and a persona show themselves in a notebook, also where styles and scripts are stripped.

A stored notebook that somebody else opens loses style sheets, scripts, inline SVG and every ``aria-`` attribute. What
survives is a captioned table with plain colours, and a picture as an ``img`` with a text in its place.
"""

from __future__ import annotations

import base64

from markupsafe import Markup

from cjmkit.core.estimate import Estimate
from cjmkit.core.journey import Action, Journey
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note, Touchpoint, lane_title
from cjmkit.core.words import SMALL_N, phase_title, source_title, status_title
from cjmkit.i18n import count, current_language, number, say
from cjmkit.report._icons import MARKER_PATHS
from cjmkit.view.card import card
from cjmkit.view.lanes import (
    PAGE_ORDER,
    Series,
    action_figures,
    coverage,
    figure_text,
    items,
    lane_gap,
    link_text,
    series,
    shown_lanes,
)
from cjmkit.view.marks import marked
from cjmkit.view.sheet import CURVES
from cjmkit.view.story import headline, main_source, suggested

__all__ = ["inline_html", "inline_text"]

_MOST = 6
"""Notes shown in one cell; the rest is counted, and stands on the page."""
_INK, _PAPER, _SUNK, _LINE, _MUTED, _WARM = "#1c2331", "#ffffff", "#f6f5f1", "#d8d5cb", "#586174", "#a8391a"
_CELL = f"border:1px solid {_LINE};padding:6px 8px;vertical-align:top;text-align:left;"
_TH = f"{_CELL}background:{_SUNK};color:{_INK};font-weight:600;"
_TD = f"{_CELL}background:{_PAPER};color:{_INK};"


def inline_html(thing: Journey | Persona, *, lang: str | None = None) -> str:
    """Show a journey or a persona as a plain HTML table.

    Parameters
    ----------
    thing : Journey or Persona
        What to show.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.

    Returns
    -------
    str
        HTML without style sheet, script or inline SVG.

    Examples
    --------
    >>> import cjmkit as cj
    >>> out = cj.report.inline_html(cj.Journey.from_framework("aida", title="A bicycle"))
    >>> "<caption" in out, "<style" in out
    (True, False)
    """
    if isinstance(thing, Persona):
        return str(card(thing, lang=lang))
    return str(_journey(thing, current_language(lang or thing.language)))


def _journey(j: Journey, lang: str) -> Markup:
    curves, folded = series(j, lang), suggested(j)
    if all(item.id in folded for *_, item in j.cells()):
        folded = frozenset()  # a map of nothing but suggestions shows them
    heads = Markup("").join(
        Markup('<th scope="col" style="{}min-width:120px;font-size:14px">{}{}{}</th>').format(
            _TH,
            Markup('<span style="color:{};font-weight:400">{} </span>').format(_MUTED, k),
            s.title,
            Markup('<br><span style="color:{};font-weight:400;font-size:11px">{}</span>').format(
                _MUTED, phase_title(s.phase, lang)
            )
            if s.phase
            else "",
        )
        for k, s in enumerate(j.stages, 1)
    )
    body = Markup("").join(
        _gap(lane, gap, len(j.stages), lang)
        if (gap := lane_gap(j, lane, lang))
        else _emotion(j, curves, lang)
        if lane == "emotion"
        else _row(j, lane, lang, folded)
        for lane in sorted(shown_lanes(j), key=(*PAGE_ORDER, "improvements").index)
    )
    cited, notes = coverage(j)
    line = [j.title, *(p.name for p in j.personas)]
    if j.wave:
        line.append(j.wave)
    if notes:
        line.append(
            say(en=f"{cited} of {notes} notes rest on evidence", ru=f"с основаниями {cited} из {notes}", lang=lang)
        )
    said = headline(j, lang)
    caption = Markup(
        '<caption style="text-align:left;padding:6px 8px;background:{};color:{};font-size:14px;'
        'caption-side:top"><b>{}</b> {}{}</caption>'
    ).format(
        _PAPER, _INK, line[0], " · ".join(["", *line[1:]]),
        Markup('<br><b style="font-size:17px">{}</b>').format(said) if said else "",
    )  # fmt: skip
    table = Markup(
        '<table style="border-collapse:collapse;background:{};color:{};font-size:13px;line-height:1.35">{}<thead><tr>'
        '<td style="{}"></td>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(_PAPER, _INK, caption, _TH, heads, body)
    ways = Markup("").join(Markup("<li>{}</li>").format(link_text(j, k, lang)) for k in range(len(j.links)))
    more = Markup("")
    if ways:
        more = Markup(
            '<details style="background:{};color:{};padding:6px 8px"><summary>{}</summary><ul>{}</ul></details>'
        ).format(_PAPER, _INK, say(en="Ways that people take", ru="Переходы", lang=lang), ways)
    hint = Markup('<div style="background:{};color:{};font-size:12px;padding:4px 8px">{}</div>').format(
        _PAPER,
        _MUTED,
        say(
            en="? assumption · ★ moment of truth · “2” pieces of evidence (point at the mark to read the first)",
            ru="? предположение · ★ момент истины · «2» основания (наведите, чтобы прочесть первое)",
            lang=lang,
        )
        + (
            say(
                en=f" · {len(folded)} suggestions of the stage model are on the page",
                ru=f" · подсказки модели этапов ({len(folded)}) на странице",
                lang=lang,
            )
            if folded
            else ""
        ),
    )
    return Markup('<div style="overflow-x:auto">{}{}{}</div>').format(table, hint, more)


def _gap(lane: str, gap: str, n: int, lang: str) -> Markup:
    return Markup(
        '<tr><th scope="row" style="{}">{}</th><td colspan="{}" style="{}color:{};font-style:italic">{}</td></tr>'
    ).format(_TH, lane_title(lane, lang), n, _TD, _MUTED, gap)


def _row(j: Journey, lane: str, lang: str, folded: frozenset[str]) -> Markup:
    cells = []
    kept = [[i for i in items(j, s, lane) if i.id not in folded] for s in j.stages]
    if not any(kept):
        return Markup("")
    for here in kept:
        notes = Markup("").join(_note(i, lane, lang) for i in here[:_MOST])
        if len(here) > _MOST:
            rest = count(
                len(here) - _MOST, en=("more note", "more notes"), ru=("запись", "записи", "записей"), lang=lang
            )
            notes += Markup('<div style="color:{};padding:3px 0">… {}</div>').format(
                _MUTED, rest if lang == "en" else f"ещё {rest}"
            )
        cells.append(Markup('<td style="{}">{}</td>').format(_TD, notes))
    return Markup('<tr><th scope="row" style="{}">{}</th>{}</tr>').format(
        _TH, lane_title(lane, lang), Markup("").join(cells)
    )


def _note(item: Note | Touchpoint | Action, lane: str, lang: str) -> Markup:
    said: list[str] = []
    if isinstance(item, Touchpoint):
        text = ("★ " if item.moment_of_truth else "") + item.name
        nobody = say(en="no owner", ru="никто не отвечает", lang=lang)
        said += [x for x in (item.channel, item.owner or nobody, item.service_level) if x]
    elif isinstance(item, Action):
        text = item.title
        said += [item.owner or say(en="no owner", ru="никто не отвечает", lang=lang), *action_figures(item, lang)]
    else:
        text = item.text
    if not isinstance(item, Action) and item.estimate is not None:
        said.append(figure_text(item.estimate, as_share=lane == "barriers", lang=lang))
    if len(text) > 400:
        text = text[:399] + "…"
    if item.evidence:
        border = f"border:1px solid {_LINE}"
        first = item.evidence[0].label(lang)
        mark = Markup('<span style="color:{}" title="{}"> “{}”</span>').format(_MUTED, first[:300], len(item.evidence))
    else:
        border = f"border:1px dashed {_MUTED}"
        mark = Markup('<span style="color:{}" title="{}"> ?</span>').format(
            _MUTED, say(en="assumption", ru="предположение", lang=lang)
        )
    more = (
        Markup('<br><span style="color:{};font-size:11.5px">{}</span>').format(_MUTED, " · ".join(said)) if said else ""
    )
    left = f";border-left:3px solid {_WARM}" if lane == "barriers" else ""
    return Markup('<div style="{}{};background:{};color:{};padding:4px 6px;margin:0 0 4px">{}{}{}</div>').format(
        border, left, _PAPER, _INK, text, mark, more
    )


def _emotion(j: Journey, curves: list[Series], lang: str) -> Markup:
    uri = "data:image/svg+xml;base64," + base64.b64encode(curve_svg(j, curves).encode()).decode()
    names = {"": say(en="everybody", ru="все", lang=lang), **{p.id: p.name for p in j.personas}}
    key = Markup("").join(
        Markup('<div style="font-weight:400;font-size:11.5px;color:{}">{} {}</div>').format(
            _mark_of(j, c)[0], "●■▲◆▼✚✖★"[MARKER_PATHS.index(_mark_of(j, c)[1])], names.get(c.persona, c.persona)
        )
        for c in _drawn(j, curves)
    )
    if curves:
        key += Markup('<div style="font-weight:400;font-size:11.5px;color:{}">{}</div>').format(
            _MUTED, source_title(main_source(j), lang)
        )
    return Markup(
        '<tr><th scope="row" style="{}">{}{}</th><td colspan="{}" style="{}padding:0"><img alt="{}" src="{}" '
        'style="display:block;width:100%;min-width:{}px"></td></tr>'
    ).format(
        _TH, lane_title("emotion", lang), key, len(j.stages), _TD, in_words(j, curves, lang), uri, 150 * len(j.stages)
    )


def in_words(j: Journey, curves: list[Series], lang: str) -> str:
    """The curves as sentences: what stands in the picture's place, and what a screen reader says."""
    out = []
    for c in curves:
        points = [f"{s.title} {_figure(p.estimate if p else None, lang)}" for s, p in zip(j.stages, c.points)]
        out.append(f"{c.label}: " + "; ".join(points))
    return ". ".join(out)


def _figure(e: Estimate | None, lang: str) -> str:
    if e is None or e.value is None:
        return say(en="no data", ru="нет данных", lang=lang)
    out = number(e.value, 1, lang=lang)
    if e.low is not None and e.high is not None:
        out += f" [{number(e.low, 1, lang=lang)}; {number(e.high, 1, lang=lang)}]"
    return out + (f", n = {e.n}" if e.n else "")


def _drawn(j: Journey, curves: list[Series]) -> list[Series]:
    """The curves of the picture: at most five of the main source, the strong one first."""
    mine = [c for c in curves if c.source == main_source(j)]
    return sorted(mine, key=lambda c: c.persona != "")[:5]


def _mark_of(j: Journey, c: Series) -> tuple[str, str]:
    """Colour and shape of a persona, the same as on page and picture; ink for everybody."""
    who = next((k for k, p in enumerate(j.personas, 1) if p.id == c.persona), 0)
    return CURVES[who % len(CURVES)], MARKER_PATHS[who % len(MARKER_PATHS)]


def curve_svg(j: Journey, curves: list[Series], *, width: int = 190, height: int = 240) -> str:
    """The curve as an SVG picture of its own: one strong with its figures, the others thin; straight segments."""
    total, drawn = max(1, len(j.stages)) * width, _drawn(j, curves)

    def x(i: int, k: int) -> float:
        return width * (i + 0.5 + (min(0.09 * ((k + 1) // 2), 0.2) * (1 if k % 2 else -1) if k else 0.0))

    def y(v: float) -> float:
        return 16 + (height - 44) * (2 - max(-2.0, min(2.0, v))) / 4

    out = [f'<rect width="{total}" height="{height}" fill="{_PAPER}"/>']
    for level in (2, 1, 0, -1, -2):
        dash = f'stroke="{_MUTED}" stroke-dasharray="4 4"' if level == 0 else f'stroke="{_LINE}"'
        out.append(f'<path d="M0 {y(level):.1f}H{total}" {dash}/>')
        name = f"{level:+d}".replace("-", "−").replace("+0", "0")
        out.append(f'<text x="4" y="{y(level) - 3:.1f}" fill="{_MUTED}" font-size="11">{name}</text>')
    out += [f'<path d="M{i * width} 0V{height}" stroke="{_LINE}"/>' for i in range(1, len(j.stages))]
    for k, c in reversed([*enumerate(drawn)]):
        colour, shape = _mark_of(j, c)
        faint = ' opacity=".45"' if k else ""
        out.append(f"<g{faint}>")
        for run in c.runs():
            at = [(x(i, k), p.estimate) for i, p in run]
            out += [
                f'<path d="M{px:.1f} {y(e.high):.1f}V{y(e.low):.1f}" stroke="{colour}" stroke-opacity=".6" '
                f'stroke-width="{3 if k else 5}"/>'
                for px, e in at
                if e.low is not None and e.high is not None
            ]
            if len(run) > 1:
                line = " ".join(f"{px:.1f},{y(e.value or 0):.1f}" for px, e in at)
                dash = ' stroke-dasharray="5 4"' if c.assumed else ""
                out.append(
                    f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{2 if k else 3}"{dash}/>'
                )
            out += [
                f'<path transform="translate({px:.1f} {y(e.value or 0):.1f})" d="{shape}" stroke="{colour}" '
                f'fill="{_PAPER if e.n < SMALL_N else colour}" stroke-width="2"/>'
                for px, e in at
            ]
        out.append("</g>")
    for run in drawn[0].runs() if drawn else ():
        for i, p in run:
            e = p.estimate
            text = marked(p) + number(e.value, 1, lang=j.language) + (f", n={e.n}" if e.n else "")
            under = y(e.low if e.low is not None else e.value or 0) + 18
            out.append(
                f'<text x="{x(i, 0):.1f}" y="{under:.1f}" fill="{_INK}" stroke="{_PAPER}" stroke-width="3" '
                f'paint-order="stroke" font-size="12" text-anchor="middle">{text}</text>'
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{height}" viewBox="0 0 {total} {height}" '
        f'font-family="sans-serif">{"".join(out)}</svg>'
    )


def inline_text(thing: Journey | Persona, *, lang: str | None = None) -> str:
    """The same in plain text, for a terminal and for ``text/plain``.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey(id="x", title="A bicycle", stages=[cj.Stage(id="a", title="Need", goals=["Ride to work"])])
    >>> print(cj.report.inline_text(j))
    A bicycle
    0 of 1 notes rest on evidence
    <BLANKLINE>
    1. Need
       Goals
         ? Ride to work
    """
    if isinstance(thing, Persona):
        lang = current_language(lang)
        out = [thing.name, f"{status_title(thing.verdict.status, lang)}: {thing.verdict.text(lang)}"]
        out += [thing.description] if thing.description else []
        for lane in ("traits", "goals", "expectations", "barriers"):
            for n in getattr(thing, lane):
                out.append(f"  {_mark(n)} {n.text}")
        return "\n".join(out)
    lang = current_language(lang or thing.language)
    cited, notes = coverage(thing)
    out = [thing.title]
    out += [", ".join(p.name for p in thing.personas)] if thing.personas else []
    out.append(
        say(en=f"{cited} of {notes} notes rest on evidence", ru=f"С основаниями {cited} из {notes} записей", lang=lang)
    )
    curves = series(thing, lang)
    lanes = shown_lanes(thing, blueprint=True)
    for k, s in enumerate(thing.stages):
        phase = f" ({phase_title(s.phase, lang)})" if s.phase else ""
        out += ["", f"{k + 1}. {s.title}{phase}"]
        for lane in lanes:
            if lane == "emotion":
                rows = [f"{c.label}: {_figure(p.estimate, lang)}" for c in curves if (p := c.points[k]) is not None]
            else:
                rows = [_line(i, lane, lang) for i in items(thing, s, lane)]
            if rows:
                out.append(f"   {lane_title(lane, lang)}")
                out += [f"     {r}" for r in rows]
    if thing.links:
        out += ["", *(link_text(thing, k, lang) for k in range(len(thing.links)))]
    return "\n".join(out)


def _mark(item: Note | Touchpoint | Action) -> str:
    return f"“{len(item.evidence)}”" if item.evidence else "?"


def _line(item: Note | Touchpoint | Action, lane: str, lang: str) -> str:
    if isinstance(item, Touchpoint):
        star = "★ " if item.moment_of_truth else ""
        more = [x for x in (item.channel, item.owner or say(en="no owner", ru="никто не отвечает", lang=lang)) if x]
        return f"{_mark(item)} {star}{item.name} ({', '.join(more)})"
    if isinstance(item, Action):
        return f"{_mark(item)} {item.title} ({item.owner or say(en='no owner', ru='никто не отвечает', lang=lang)})"
    figure = "" if item.estimate is None else " " + figure_text(item.estimate, as_share=lane == "barriers", lang=lang)
    return f"{_mark(item)} {item.text}{figure}"
