"""The card as a picture: text set line by line, so that nothing runs over anything."""

from __future__ import annotations

import textwrap
from typing import Any

from cjmkit.core.persona import Persona
from cjmkit.i18n import number, say
from cjmkit.personas._card import MARKS, sections, verdict_line
from cjmkit.view.card import colour_of, initials
from cjmkit.view.lanes import share
from cjmkit.view.people import apart, top_of

__all__ = ["draw"]

_WIDTH = 7.2  # inches


def draw(persona: Persona, lang: str, dark: bool) -> Any:
    """A matplotlib Figure with the card."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle, Rectangle

    ink, soft, back, tint = (
        ("#e8eaed", "#a3abb5", "#1d2024", "#272b30") if dark else ("#1c1e21", "#5b6168", "#fff", "#f4f6f8")
    )
    mark = MARKS[persona.verdict.status]
    lines: list[tuple[str, dict[str, Any], float]] = []  # text, style, height in inches

    def add(text: str, width: int, size: float, gap: float = 0.0, indent: float = 0.0, **style: Any) -> None:
        for i, part in enumerate(
            textwrap.wrap(text, width, break_long_words=True, subsequent_indent="   " if text.startswith("•") else "")
            or [""]
        ):
            lines.append(
                (part, {"fontsize": size, "indent": indent, **style}, size * 1.42 / 72 + (gap if i == 0 else 0))
            )

    if persona.description:
        add(persona.description, 88, 10, 0.06, color=ink)
    drawn = [a for n in persona.traits if (a := apart(n)) is not None][:4]
    if drawn:
        add(say(en="What sets them apart", ru="Чем отличается", lang=lang).upper(), 80, 7.5, 0.16, color=soft)
    for a in drawn:
        rest = number(a.others, 0 if a.percent else 1, percent=a.percent, lang=lang)
        mine = share(a.own, lang) if a.percent else a.own.text(1, lang=lang)
        others = say(en="others", ru="у остальных", lang=lang)
        add(a.label, 88, 10, 0.04, color=ink)
        top = top_of([b for b in drawn if b.percent == a.percent])
        lines.append(("", {"indent": 0.0, "bar": ((a.own.value or 0.0) / top, a.others / top)}, 0.17))
        add(f"{mine}, {others} {rest}", 100, 8, color=soft)
    for title, notes in sections(persona, lang)[bool(drawn) :]:
        add(title.upper(), 80, 7.5, 0.16, color=soft)
        for n in notes:
            tail = f"  ({n.basis})" if n.basis else ""
            add(f"• {n.text}{tail}", 88, 10, 0.02, color=ink, style="italic" if n.assumption else "normal")
    if persona.quotes:
        add(say(en="In their own words", ru="Своими словами", lang=lang).upper(), 80, 7.5, 0.16, color=soft)
    for q in sorted(persona.quotes, key=lambda q: abs(len(q.quote) - 90))[:1]:
        add(say(en=f"“{q.quote}”", ru=f"«{q.quote}»", lang=lang), 84, 10, 0.05, indent=0.15, color=ink, style="italic")
        add(f"{q.participant or q.document}, {q.document}:{q.start}–{q.end}", 90, 7.5, indent=0.15, color=soft)

    status, told = verdict_line(persona, lang)
    verdict = textwrap.wrap(f"{status.upper()}  {told}", 92)
    box = 0.16 + len(verdict) * 9 * 1.42 / 72
    height = 0.25 + 0.85 + 0.12 + box + 0.08 + sum(h for *_, h in lines) + 0.25
    figure = Figure(figsize=(_WIDTH, height), facecolor=back)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_xlim(0, _WIDTH)
    ax.set_ylim(height, 0)
    ax.set_axis_off()
    ax.add_patch(Circle((0.72, 0.67), 0.4, color=colour_of(persona)))
    ax.text(0.72, 0.68, initials(persona.name), color="white", fontsize=19, weight="bold", ha="center", va="center")
    name = textwrap.shorten(persona.name, 46, placeholder="…")
    ax.text(1.3, 0.56, name, color=ink, fontsize=17, weight="bold", va="center")
    if persona.share is not None and persona.share.value is not None:
        ax.text(1.3, 0.87, persona.share.text(0, percent=True, lang=lang), color=soft, fontsize=10, va="center")
    y = 1.22
    ax.add_patch(Rectangle((0.3, y), _WIDTH - 0.6, box, color=tint))
    ax.add_patch(Rectangle((0.3, y), 0.05, box, color=mark))
    for i, part in enumerate(verdict):
        ax.text(0.45, y + 0.08 + i * 9 * 1.42 / 72, part, color=ink, fontsize=9, va="top")
    y += box + 0.08
    for text, style, h in lines:
        y += h
        indent = style.pop("indent")
        if (bar := style.pop("bar", None)) is not None:
            for value, tall, hue, alpha in ((bar[1], 0.13, soft, 0.35), (bar[0], 0.07, colour_of(persona), 1.0)):
                wide = (_WIDTH - 0.6) * min(1.0, max(0.0, value))
                ax.add_patch(Rectangle((0.3, y - 0.085 - tall / 2), wide, tall, color=hue, alpha=alpha, linewidth=0))
            continue
        ax.text(0.3 + indent, y, text, va="bottom", **style)
    return figure
