"""Loops as arcs above the stages: how many go back, skip, repeat or leave, and the same as a list."""

from __future__ import annotations

from markupsafe import Markup

from cjmkit.core.course import Link
from cjmkit.core.words import link_title
from cjmkit.i18n import number, say
from cjmkit.report._cells import Page
from cjmkit.view.lanes import link_text

__all__ = ["arcs", "ways"]

_LABELLED = 0.1
"""An arc of fewer people than this is drawn without its figure."""
_ROOM = 62
"""Height of the arcs in pixels; a farther one is higher."""


def arcs(page: Page) -> Markup:
    """The arcs above the stage header; nothing where no way is known."""
    j = page.journey
    n = len(j.stages)
    if not j.links or n < 2:
        return Markup("")
    place = {s.id: i for i, s in enumerate(j.stages)}
    over = [k for k in j.links if k.target and k.target != k.source and k.kind != "next"]
    farthest = max((abs(place[k.target] - place[k.source]) for k in over), default=1)
    drawn, words = Markup(""), Markup("")
    for link in over:
        a, b = place[link.source], place[link.target]
        # Ways forward and back between the same stages start beside each other.
        side = 0.1 + 0.05 * (abs(b - a) - 1) if b < a else -0.06
        x1, x2 = 100 * (a + 0.5 - side) / n, 100 * (b + 0.5 + side) / n
        height = _ROOM * _tall(abs(b - a), farthest)
        share = link.share.value if link.share is not None and link.share.value is not None else 0.0
        drawn += Markup(
            '<path class="k-{}" d="M{:.3f} {r}C{:.3f} {c:.1f} {:.3f} {c:.1f} {:.3f} {r}" stroke-width="{:.1f}" '
            'vector-effect="non-scaling-stroke"/>'
        ).format(link.kind, x1, x1, x2, x2, 1 + 8 * share, r=_ROOM, c=_ROOM - height / 0.75)
        words += Markup('<i class="tip k-{}" style="left:{:.3f}%"></i>').format(link.kind, x2)
        if share > _LABELLED:
            words += _label(page, link, f"left:{(x1 + x2) / 2:.3f}%;top:{_ROOM - height + 6:.0f}px")
    staying = [k for k in j.links if k.kind in ("repeat", "leave") and k.share and (k.share.value or 0) > _LABELLED]
    chips = Markup("").join(
        Markup('<span class="here" style="left:{:.3f}%;width:{:.3f}%">{}</span>').format(
            100 * i / n, 100 / n, Markup(" ").join(_label(page, k, "") for k in staying if k.source == s.id)
        )
        for i, s in enumerate(j.stages)
    )
    svg = Markup(
        '<svg viewBox="0 0 100 {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
    ).format(_ROOM, drawn)
    title = say(en="Ways taken", ru="Переходы", lang=page.lang)
    sub = say(en="share of those who were at the stage", ru="доля тех, кто был на этапе", lang=page.lang)
    everybody = say(en=", everybody", ru=", все люди", lang=page.lang)
    return Markup(
        '<div class="arcs" style="--n:{}"><div class="lane"><span>{}</span><small>{}<b class="all">{}</b></small></div>'
        '<div class="ways" role="group" aria-label="{}">{}{}{}</div></div>'
    ).format(n, title, sub, everybody, title, svg, words, chips)


def _tall(stages: int, farthest: int) -> float:
    """How much of the room an arc takes, so that one over two stages clears the labels of those under it."""
    return min(1.0, 0.3 + 0.22 * stages) if farthest > 2 else 0.5 + 0.5 * (stages - 1)


def _label(page: Page, link: Link, style: str) -> Markup:
    """The figure of one way, which leads to its evidence."""
    short = {
        "back": say(en="back", ru="назад", lang=page.lang),
        "skip": say(en="skip", ru="мимо", lang=page.lang),
        "repeat": say(en="again", ru="снова", lang=page.lang),
        "leave": say(en="leave", ru="уходят", lang=page.lang),
    }.get(link.kind, link_title(link.kind, page.lang))
    share = number(link.share.value, 0, percent=True, lang=page.lang) if link.share is not None else ""
    full = link_text(page.journey, page.journey.links.index(link), page.lang)
    cited = page.evidence.cite(link.evidence)
    if not cited:
        return Markup('<span class="way k-{}" style="{}" title="{}">{} {}</span>').format(
            link.kind, style, full, short, share
        )
    return Markup(
        '<a class="way k-{}" style="{}" href="#e{}" data-e="{}" title="{}" aria-label="{} {}: {}">{} {}</a>'
    ).format(link.kind, style, cited[0], " ".join(map(str, cited)), full, short, share, full, short, share)


def ways(page: Page) -> Markup:
    """Every way in words, the common ones first, each with its evidence."""
    j = page.journey
    if not j.links:
        return Markup("")
    order = sorted(range(len(j.links)), key=lambda k: -((s.value or 0.0) if (s := j.links[k].share) else 0.0))
    rows = Markup("").join(
        Markup("<li>{}<span>{} {}</span></li>").format(
            page.icon(j.links[k].kind),
            link_text(j, k, page.lang),
            page.mark(j.links[k].evidence, link_text(j, k, page.lang)),
        )
        for k in order
    )
    title = say(en="Ways that people take", ru="Переходы между этапами", lang=page.lang)
    return Markup('<details class="figures"><summary>{} ({})</summary><ul class="all">{}</ul></details>').format(
        title, len(j.links), rows
    )
