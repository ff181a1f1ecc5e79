"""The whole map as one picture."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from cjmkit.core.journey import Journey
from cjmkit.errors import DataWarning
from cjmkit.i18n import say
from cjmkit.view import Look
from cjmkit.view.fonts import families
from cjmkit.view.poster import lay_out
from cjmkit.view.sheet import PAPER, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["draw", "journey_map"]

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def journey_map(
    journey: Journey,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    size: str | None = None,
    lanes: Sequence[str] | None = None,
    persona: str = "",
    headline: str = "",
    blueprint: bool = True,
) -> Axes:
    """Draw a journey map as the first screen of its page shows it, and its lanes under that.

    The sentence, the three tiles, the personas, the ways taken as arcs, the stages, the curve; then the lanes. Without
    `size` the picture is as large as everything on the map needs. With it, the lanes show what fits: the first notes of
    each cell, and the foot says how many are left out. No text is smaller than 10 points.

    Parameters
    ----------
    journey : Journey
        The map.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure of the right size by default. In an Axes of another size the map is drawn to its
        own proportions, and text keeps its size: give it room.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.
    size : {"16:9", "A3", "A1"}, optional
        A slide of 13.3 × 7.5 inches, or paper in landscape; a poster is set twice as large as a hand-out.
    lanes : sequence of str, optional
        Which lanes, from top to bottom; by default those of the page.
    persona : str
        Id of the persona whose journey is shown: its curve is strong, notes of others are left out.
    headline : str
        The sentence at the top; composed from weakest point, first barrier and first action by default.
    blueprint : bool
        Also the lanes of a service blueprint.

    Returns
    -------
    matplotlib.axes.Axes
        In points from the upper left corner.

    Raises
    ------
    CjmError
        If a lane, a size or a persona does not exist.

    Examples
    --------
    >>> import cjmkit as cj
    >>> tea = cj.Journey.from_framework("aida", title="A bicycle")
    >>> ax = cj.plot.journey_map(tea)
    >>> bool(ax.get_ylim()[0] > ax.get_ylim()[1])
    True
    >>> slide = cj.plot.journey_map(tea, size="16:9", lanes=["emotion", "goals"]).get_figure()
    >>> [round(float(inch), 2) for inch in slide.get_size_inches()]
    [13.33, 7.5]
    """
    look = Look(size, None if lanes is None else tuple(lanes), blueprint, persona, headline)
    sheet = lay_out(journey, look, lang=lang)
    if sheet.missing:
        shown = " ".join(f"U+{ord(c):04X}" for c in sorted(sheet.missing)[:8])
        warnings.warn(
            DataWarning(
                say(
                    en=f"no font of this machine has {len(sheet.missing)} characters of the map ({shown}); "
                    "they are drawn as □. The HTML page shows them.",
                    ru=f"в шрифтах этой машины нет знаков: {len(sheet.missing)} ({shown}); они нарисованы как □. "
                    "На странице HTML они видны.",
                    lang=lang,
                )
            ),
            stacklevel=2,
        )
    if ax is None:
        ax = _new_axes(sheet)
    draw(sheet, ax)
    return ax


def _new_axes(sheet: Sheet) -> Axes:
    from matplotlib.figure import Figure

    # Not through pyplot: a figure of its own is closed with its last name, and needs no display.
    inches = sheet.width * sheet.scale / 72, sheet.height * sheet.scale / 72
    return Figure(figsize=inches, facecolor=PAPER).add_axes((0.0, 0.0, 1.0, 1.0))


def draw(sheet: Sheet, ax: Axes) -> None:
    """Draw a sheet into an Axes.

    Examples
    --------
    >>> import cjmkit as cj
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> draw(lay_out(cj.Journey.from_framework("aida", title="A bicycle", language="en"), lang="en"), ax)
    >>> "A bicycle" in [t.get_text() for t in ax.texts]
    True
    """
    from matplotlib.patheffects import withStroke

    ax.set_xlim(0, sheet.width)
    ax.set_ylim(sheet.height, 0)
    ax.set_axis_off()
    _boxes(sheet, ax)
    _lines(sheet, ax)
    fonts = families("".join({c for block in sheet.blocks for line in block.lines for c in line}))
    for block in sheet.blocks:
        for k, line in enumerate(block.lines):
            text = ax.text(
                block.x,
                block.baseline(k),
                line,
                fontsize=block.size * sheet.scale,
                fontfamily=fonts,
                fontweight="bold" if block.bold else "normal",
                fontstyle="italic" if block.italic and len(fonts) == 1 else "normal",
                color=block.colour,
                va="baseline",
                ha="center" if block.centred else "left",
                parse_math=False,
                clip_on=False,
                zorder=5,
            )
            text.set_gid(block.name)
            if block.name == "figure":
                text.set_path_effects([withStroke(linewidth=2.5 * sheet.scale, foreground=PAPER)])


def _boxes(sheet: Sheet, ax: Axes) -> None:
    """All boxes as a few collections: a large map has thousands."""
    from matplotlib.collections import LineCollection, PolyCollection

    for over in (False, True):
        kinds: dict[tuple[Any, ...], list[Any]] = {}
        hatched = [b for b in sheet.boxes if b.over == over and b.hatched]
        for b in (x for x in sheet.boxes if x.over == over):
            # Cells lie under cards, cards under what is on them: the order of kinds is kept by the depth.
            depth = {
                "card": 1,
                "says": 1,
                "gap": 1,
                "track": 2,
                "bar": 3,
                "accent": 3,
                "barrier": 3,
                "interval": 4,
            }.get(b.name, 0)
            corners = [(b.x, b.y), (b.x + b.w, b.y), (b.x + b.w, b.y + b.h), (b.x, b.y + b.h)]
            kinds.setdefault((depth, b.fill, b.edge, b.dashed, b.width), []).append(corners)
        for (depth, fill, edge, dashed, width), polygons in sorted(kinds.items(), key=lambda kv: kv[0]):
            collection = PolyCollection(
                polygons, facecolors=fill or "none", edgecolors=edge or "none", linewidths=width * sheet.scale,
                linestyles=[(0, (3, 2))] if dashed else "-", clip_on=False, zorder=1 + 0.1 * depth + 3 * over,
            )  # fmt: skip
            ax.add_collection(collection, autolim=False)
        if hatched:
            strokes = [s for b in hatched for s in _hatching(b.x, b.y, b.w, b.h)]
            ax.add_collection(
                LineCollection(strokes, colors="#e9e8e4", linewidths=1.4 * sheet.scale, zorder=1.15, clip_on=False),
                autolim=False,
            )


def _lines(sheet: Sheet, ax: Axes) -> None:
    for line in sheet.lines:
        xs, ys = zip(*line.points)
        if line.filled:
            ax.fill(xs, ys, color=line.colour, alpha=line.alpha, linewidth=0, zorder=2, clip_on=False)
            continue
        style: Any = (0, line.dash) if line.dash else "-"
        ax.plot(
            xs, ys, color=line.colour, linewidth=line.width * sheet.scale, linestyle=style, alpha=line.alpha,
            zorder=2.5, solid_capstyle="round", clip_on=False,
        )  # fmt: skip
    for m in sheet.marks:
        ax.plot(
            [m.x], [m.y], marker=_MARKERS[m.shape % len(_MARKERS)], markersize=m.size * sheet.scale,
            markerfacecolor=PAPER if m.hollow else m.colour, markeredgecolor=m.colour, alpha=m.alpha,
            markeredgewidth=1.3 * sheet.scale, linestyle="none", zorder=3.5, clip_on=False,
        )  # fmt: skip


def _hatching(x: float, y: float, w: float, h: float, step: float = 8.0) -> list[list[tuple[float, float]]]:
    """Diagonals inside a rectangle."""
    out = []
    offset = step
    while offset < w + h:
        start = (x + min(offset, w), y + max(0.0, offset - w))
        end = (x + max(0.0, offset - h), y + min(offset, h))
        out.append([start, end])
        offset += step
    return out
