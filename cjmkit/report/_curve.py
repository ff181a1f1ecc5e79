"""The emotion curve across the columns of the HTML map.

Lines and bands are drawn in a stretched SVG; marks and words are placed over it in per cent, so that the curve follows
its columns at any width and its marks keep their shape.
"""

from __future__ import annotations

from markupsafe import Markup

from cjmkit.core.course import EmotionPoint
from cjmkit.core.estimate import Estimate
from cjmkit.core.words import SMALL_N, source_title
from cjmkit.i18n import interval, number, say
from cjmkit.report._cells import Page
from cjmkit.report._icons import channel_icon, mark
from cjmkit.view.lanes import Series, is_gap, whole
from cjmkit.view.marks import doubt_words, mark_notes, marked, placed_words
from cjmkit.view.story import spoken, story, voice, why

__all__ = ["chart", "figures", "scale"]

_DASHES = ("9 4", "2 4", "9 3 2 3", "14 4")
"""Dash patterns of the other sources, so that they stay apart in grey; a belief is always dashed."""


_DOTS = 6
"""Touchpoints of a stage under the curve; all of them stand in their lane."""


def _shift(curves: list[Series], k: int, main: str) -> float:
    """Place beside the middle of the column, in columns: curves stand side by side, so that none hides another."""
    mine = curves[k]
    if mine.source == main and not mine.persona:
        return 0.0
    side = [c for c in curves if c.source == main and c.persona]
    step = side.index(mine) if mine in side else len(side) + k
    far = min(0.12 * (step // 2 + 1), 0.36)
    return far if step % 2 else -far


def _y(value: float) -> float:
    return 25 * (2 - max(-2.0, min(2.0, value)))


def is_hollow(estimate: Estimate) -> bool:
    """Whether too few people stand behind a point to draw it full."""
    return estimate.n < SMALL_N


def scale(page: Page) -> Markup:
    """Words at the ends of the scale and at its middle, beside the chart."""
    words = (
        (2, say(en="very good +2", ru="отлично +2", lang=page.lang)),
        (0, say(en="neutral 0", ru="ровно 0", lang=page.lang)),
        (-2, say(en="very bad −2", ru="ужасно −2", lang=page.lang)),
    )
    return Markup("").join(
        Markup('<span class="scale" style="--y:{:.2f}">{}</span>').format(_y(v) / 100, w) for v, w in words
    )


def chart(page: Page, curves: list[Series]) -> Markup:
    """The picture, with a button on every point and a voice at its lowest and highest."""
    n = len(page.journey.stages)
    drawn, marks = [], []
    for k, c in enumerate(curves):
        who = page.who.get(c.persona, 0)
        at = [100 * (i + 0.5 + _shift(curves, k, page.source)) / n for i in range(n)]
        kind = f"se w{who}" + ("" if c.source == page.source else " alt")
        drawn.append(_line(c, k, at, who, kind, c.source == page.source))
        for i, p in enumerate(c.points):
            if not is_gap(p) and p is not None:
                marks.append(_point(page, c, p, i, at[i], kind, who))
    lines = Markup("").join(
        Markup('<i class="gl{}" style="top:{}%"></i>').format(" z" if v == 0 else "", _y(v)) for v in (2, 1, 0, -1, -2)
    )
    columns = Markup("").join(
        Markup('<i class="col" style="left:{:.3f}%"></i>').format(100 * i / n) for i in range(1, n)
    )
    # A stage where nobody was asked stays visibly empty.
    gaps = Markup("").join(
        Markup('<i class="gap" style="left:{:.3f}%;width:{:.3f}%"></i>').format(100 * i / n, 100 / n)
        for i in range(n)
        if all(is_gap(c.points[i]) for c in curves)
    )
    svg = Markup(
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
    ).format(Markup("").join(drawn))
    label = say(en="Emotion curve, from −2 to 2", ru="Кривая эмоций, от −2 до 2", lang=page.lang)
    everybody = any(c.source == page.source and not c.persona for c in curves)
    return Markup('<div class="curve{}" role="group" aria-label="{}">{}{}{}{}{}{}</div>{}').format(
        "" if everybody else " nobody", label, gaps, columns, lines, svg, _voices(page, n), Markup("").join(marks),
        _rail(page),
    )  # fmt: skip


def _rail(page: Page) -> Markup:
    """The touchpoints under the curve, a dot with its icon each; a moment of truth is starred and named."""
    if not any(s.touchpoints for s in page.journey.stages):
        return Markup("")
    cells = Markup("")
    for s in page.journey.stages:
        dots = Markup("")
        order = sorted(s.touchpoints, key=lambda t: (not t.moment_of_truth, t.id in page.suggested))
        for t in order[:_DOTS]:
            kind = ("mt" if t.moment_of_truth else "tp") + page.whose(t) + (" sug" if t.id in page.suggested else "")
            name = Markup('<span class="nm" dir="auto">{}</span>').format(t.name) if t.moment_of_truth else ""
            star = page.icon("star", 12) if t.moment_of_truth else ""
            dots += Markup('<a class="{}" href="#n-{}" title="{}" aria-label="{}">{}{}{}</a>').format(
                kind, t.id, t.name, t.name, page.icon(channel_icon(t.channel or t.name), 14), name, star
            )
        more = f"+{len(order) - _DOTS}" if len(order) > _DOTS else ""
        cells += Markup("<span>{}{}</span>").format(dots, more)
    return Markup('<div class="rail" style="--n:{}">{}</div>').format(len(page.journey.stages), cells)


def _line(c: Series, k: int, at: list[float], who: int, kind: str, main: bool) -> Markup:
    """Band, intervals and line of one series."""
    colour = f"var(--s{(who - 1) % 8})" if who else "var(--ink)"
    dash = "" if main and not c.assumed else _DASHES[k % 4] if not c.assumed else "6 5"
    out = []
    for run in c.runs():
        limits = [(at[i], p.estimate.low, p.estimate.high) for i, p in run]
        bounded = [(x, lo, hi) for x, lo, hi in limits if lo is not None and hi is not None]
        if len(bounded) == len(run) > 1:
            top = [f"{x:.3f},{_y(hi):.2f}" for x, _, hi in bounded]
            under = [f"{x:.3f},{_y(lo):.2f}" for x, lo, _ in bounded]
            out.append(f'<polygon class="band" points="{" ".join(top + under[::-1])}" fill="{colour}"/>')
        out += [
            f'<path class="ci" d="M{x:.3f} {_y(hi):.2f}V{_y(lo):.2f}" stroke="{colour}" '
            'vector-effect="non-scaling-stroke"/>'
            for x, lo, hi in bounded
        ]
        if len(run) > 1:
            line = " ".join(f"{at[i]:.3f},{_y(p.estimate.value or 0):.2f}" for i, p in run)
            out.append(
                f'<polyline points="{line}" fill="none" stroke="{colour}" vector-effect="non-scaling-stroke" '
                'stroke-linejoin="round"' + (f' stroke-dasharray="{dash}"' if dash else "") + "/>"
            )
    return Markup('<g class="{}">{}</g>').format(kind, Markup("".join(out)))


def _words(e: Estimate, lang: str) -> str:
    if e.value is None:
        return e.reason or say(en="no data", ru="нет данных", lang=lang)
    return e.text(1, lang=lang)


def _point(page: Page, c: Series, p: EmotionPoint, i: int, x: float, kind: str, who: int) -> Markup:
    """A mark with its n under it."""
    e = p.estimate
    cited = " ".join(map(str, page.evidence.cite(p.evidence)))
    words = f"{page.journey.stages[i].title}: {c.label}: {_words(e, page.lang)}"
    if c.assumed:
        words += " · " + say(en="assumption", ru="предположение", lang=page.lang)
    elif is_hollow(e):
        words += " · " + say(en="few people", ru="мало людей", lang=page.lang)
    if p.proposed:
        words += " · " + placed_words(page.lang)
        kind += " prop"
    if p.contradictory:
        words += " · " + doubt_words(page.lang)
        kind += " doubt"
    y = _y(e.value or 0)
    under = _y(e.low if e.low is not None else e.value or 0)
    button = Markup(
        '<button type="button" class="pt {}" style="left:{:.3f}%;top:{:.2f}%" data-e="{}" data-belief="{}" '
        'title="{}" aria-label="{}">{}</button>'
    ).format(kind, x, y, cited, "1" if c.assumed else "", words, words, mark(who, hollow=is_hollow(e)))
    n = f"n = {whole(e.n, page.lang)}" if e.n or not c.assumed else "?"
    n = marked(p) + n
    changed = page.change(p.stage, p.persona, p.source, percent=False)
    return button + Markup(
        '<span class="nn {}" style="left:{:.3f}%;top:max({:.2f}%, {:.2f}% + 11px)" aria-hidden="true">{} {}</span>'
    ).format(kind, x, under, y, n, changed)


def _voices(page: Page, n: int) -> Markup:
    """The quotes that explain the lowest and the highest point, everybody's and each persona's."""
    out = Markup("")
    place = {s.id: i for i, s in enumerate(page.journey.stages)}
    ids = ["", *(p.id for p in page.journey.personas)]
    for who, persona in enumerate(ids):
        told = story(page.journey, persona)
        heard = [q for q in [voice(told.barrier[1], page.people[who]) if told.barrier else None] if q is not None]
        if told.weakest is not None:  # the tiles have said two already
            heard += [q for q in [why(page.journey, told.weakest, page.people[who], heard)] if q is not None]
        for point in (told.weakest, told.best):
            if point is None:
                continue
            said = why(page.journey, point, page.people[who], heard)
            if said is None:
                continue
            # The free side of the chart: above a low point, below a high one.
            low = (point.estimate.value or 0.0) < 0
            x, y = 100 * (place[point.stage] + 0.5) / n, _y(point.estimate.value or 0.0)
            text = spoken(said, page.lang, 120)
            out += Markup(
                '<i class="lead x{0}" style="left:{1:.3f}%;top:{2:.2f}%;height:{3:.2f}%"></i>'
                '<div class="says x{0} {4}" style="left:{1:.3f}%;width:calc({5:.3f}% - 18px)" dir="auto">{6}{7}</div>'
            ).format(
                who, x, 0 if low else y, y if low else 100 - y, "up" if low else "down", 100 / n, text,
                page.mark([said], text),
            )  # fmt: skip
    return out


def figures(page: Page, curves: list[Series]) -> Markup:
    """The curve as a table: for screen readers, and for eyes that want the numbers."""
    lang = page.lang
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(s.title) for s in page.journey.stages)
    rows = []
    for c in curves:
        cells = []
        for p in c.points:
            e = p.estimate if p is not None else None
            if p is None or e is None or e.value is None:
                text = (e.reason if e else "") or say(en="no data", ru="нет данных", lang=lang)
                cells.append(Markup('<td class="none">{}</td>').format(text))
                continue
            text = f"{number(e.value, 1, lang=lang)} {interval(e.low, e.high, 1, lang=lang)}".strip()
            text += f", n = {whole(e.n, lang)}" if e.n else ""
            if c.assumed:
                text += " · " + say(en="assumption", ru="предположение", lang=lang)
            elif is_gap(p):
                text += " · " + say(en="too few people for a point", ru="для точки слишком мало людей", lang=lang)
            elif is_hollow(e):
                text += " · " + say(en="few people", ru="мало людей", lang=lang)
            text += "".join(f" · {note}" for note in mark_notes([p], lang))
            changed = page.change(p.stage, p.persona, p.source, percent=False)
            cells.append(Markup('<td class="num">{} {} {}</td>').format(text, changed, page.mark(p.evidence, text)))
        rows.append(
            Markup('<tr><th scope="row">{} {}</th>{}</tr>').format(
                mark(page.who.get(c.persona, 0), size=13), c.label, Markup("").join(cells)
            )
        )
    title = say(en="Figures of the curve", ru="Кривая в числах", lang=lang)
    note = say(en="mean of people, −2 to 2, 95% interval", ru="среднее по людям, от −2 до 2, интервал 95 %", lang=lang)
    sources = ", ".join(dict.fromkeys(source_title(c.source, lang) for c in curves))
    return Markup(
        '<details class="figures"><summary>{}</summary><p>{} · {}</p><div class="wrap" tabindex="0" role="group" '
        'aria-label="{}"><table class="plan"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>'
        "</details>"
    ).format(title, note, sources, title, head, Markup("").join(rows))
