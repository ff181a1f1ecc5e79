"""The emotion curve across the columns of the HTML map.

Lines and bands are drawn in a stretched SVG; marks and words are placed over it in per cent, so that the curve follows
its columns at any width and its marks keep their shape.
"""

from __future__ import annotations

from markupsafe import Markup

from cjmkit.core.estimate import Estimate
from cjmkit.core.words import SMALL_N
from cjmkit.i18n import number, say
from cjmkit.report._cells import Page
from cjmkit.report._icons import marker
from cjmkit.view.lanes import Series, is_gap

__all__ = ["DASHES", "chart", "key", "values"]

DASHES = ("", "9 4", "2 4", "9 3 2 3", "14 4", "4 4", "1 3", "12 3 1 3")
"""Dash patterns, so that curves stay apart in grey."""


CROWDED = 3
"""From more curves than this on, the numbers of people under the points stand alone."""


def _x(stage: int, of: int, k: int, curves: int) -> float:
    """Place of a point in per cent of the width: curves stand beside each other, so that none hides another."""
    spread = 0.0 if curves < 2 else 0.56 * (k / (curves - 1) - 0.5)
    return 100 * (stage + 0.5 + spread) / of


def _y(value: float) -> float:
    return 25 * (2 - value)


def is_hollow(estimate: Estimate) -> bool:
    """Whether too few people stand behind a point to draw it full."""
    return estimate.n < SMALL_N


def dash(curve: Series, k: int) -> str:
    """Dash pattern of a curve; a belief is always dashed."""
    pattern = DASHES[k % len(DASHES)]
    return pattern or ("6 5" if curve.assumed else "")


def key(page: Page, curves: list[Series]) -> Markup:
    """Which mark is whose."""
    rows = (
        Markup('<span class="key">{}<span>{}</span></span>').format(marker(k), c.label) for k, c in enumerate(curves)
    )
    return Markup("").join(rows)


def _words(estimate: Estimate, lang: str) -> str:
    if estimate.value is None:
        return estimate.reason or say(en="no data", ru="нет данных", lang=lang)
    return estimate.text(1, lang=lang)


def chart(page: Page, curves: list[Series]) -> Markup:
    """The picture, with a button on every point."""
    lang, stages = page.lang, page.journey.stages
    n = len(stages)
    drawn, marks = [], []
    for k, c in enumerate(curves):
        colour = f"var(--s{k % 8})"
        for run in c.runs():
            xs = [_x(i, n, k, len(curves)) for i, _ in run]
            limits = [(p.estimate.low, p.estimate.high) for _, p in run]
            if all(lo is not None and hi is not None for lo, hi in limits) and len(run) > 1:
                top = [f"{x:.3f},{_y(min(2, hi)):.2f}" for x, (_, hi) in zip(xs, limits) if hi is not None]
                under = [f"{x:.3f},{_y(max(-2, lo)):.2f}" for x, (lo, _) in zip(xs, limits) if lo is not None]
                drawn.append(f'<polygon points="{" ".join(top + under[::-1])}" fill="{colour}" fill-opacity=".13"/>')
            for x, (lo, hi) in zip(xs, limits):
                if lo is not None and hi is not None:
                    drawn.append(
                        f'<path d="M{x:.3f} {_y(min(2, hi)):.2f}V{_y(max(-2, lo)):.2f}" stroke="{colour}" '
                        'stroke-opacity=".55" stroke-width="1.5" vector-effect="non-scaling-stroke"/>'
                    )
            if len(run) > 1:
                line = " ".join(f"{x:.3f},{_y(p.estimate.value or 0):.2f}" for x, (_, p) in zip(xs, run))
                pattern = dash(c, k)
                drawn.append(
                    f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.25" '
                    f'vector-effect="non-scaling-stroke" stroke-linejoin="round"'
                    + (f' stroke-dasharray="{pattern}"' if pattern else "")
                    + "/>"
                )
        for i, p in enumerate(c.points):
            x = _x(i, n, k, len(curves))
            if is_gap(p):
                continue
            marks.append(_point(page, c, k, i, x, crowded=len(curves) > CROWDED))
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
    ).format(Markup("".join(drawn)))
    label = say(en="Emotion curve, from −2 to 2", ru="Кривая эмоций, от −2 до 2", lang=lang)
    return Markup('<div class="curve" role="group" aria-label="{}">{}{}{}{}{}</div>').format(
        label, gaps, columns, lines, svg, Markup("").join(marks)
    )


def _point(page: Page, c: Series, k: int, i: int, x: float, *, crowded: bool) -> Markup:
    """A mark with its n under it; where many curves stand side by side, the bare number (the legend says so)."""
    p = c.points[i]
    assert p is not None
    e = p.estimate
    cited = " ".join(map(str, page.evidence.cite(p.evidence)))
    words = f"{page.journey.stages[i].title}: {c.label}: {_words(e, page.lang)}"
    low = e.low if e.low is not None else e.value
    y = _y(e.value or 0)
    under = _y(max(-2, low or 0))
    button = Markup(
        '<button type="button" class="pt" style="left:{:.3f}%;top:{:.2f}%" data-e="{}" data-belief="{}" '
        'title="{}" aria-label="{}">{}</button>'
    ).format(x, y, cited, "1" if c.assumed else "", words, words, marker(k, hollow=is_hollow(e)))
    n = Markup(
        '<span class="nn" style="left:{:.3f}%;top:calc(max({:.2f}%, {:.2f}% + 9px) + 4px)" aria-hidden="true">{}</span>'
    ).format(x, under, y, (str(e.n) if crowded else f"n={e.n}") if e.n or not c.assumed else "?")
    return button + n


def values(page: Page, curves: list[Series], stage: int) -> Markup:
    """The figures under the curve: the same in words, for eyes that want them and for screen readers."""
    rows = []
    for k, c in enumerate(curves):
        p = c.points[stage]
        if p is None or p.estimate.value is None:
            reason = say(en="no data", ru="нет данных", lang=page.lang)
            if p is not None and p.estimate.reason:
                reason = p.estimate.reason
            rows.append(
                Markup('<li class="none">{}<span><span class="vh">{}: </span>{}</span></li>').format(
                    marker(k, hollow=True, size=13), c.label, reason
                )
            )
            continue
        belief = ""
        if c.assumed:
            belief = " · " + say(en="assumption", ru="предположение", lang=page.lang)
        few = ""
        if is_hollow(p.estimate) and not c.assumed:
            few = " · " + say(en="few people", ru="мало людей", lang=page.lang)
        rows.append(
            Markup('<li>{}<span class="num"><span class="vh">{}: </span>{}{}{}</span></li>').format(
                marker(k, hollow=is_hollow(p.estimate), size=13), c.label, _short(p.estimate, page.lang), belief, few
            )
        )
    return Markup('<td><ul class="vals">{}</ul></td>').format(Markup("").join(rows))


def _short(e: Estimate, lang: str) -> str:
    out = number(e.value, 1, lang=lang)
    if e.low is not None and e.high is not None:
        sep = say(en=", ", ru="; ", lang=lang)
        out += f" [{number(e.low, 1, lang=lang)}{sep}{number(e.high, 1, lang=lang)}]"
    return out + (f", n = {e.n}" if e.n else "")
