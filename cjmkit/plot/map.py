"""The whole map as one picture."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from cjmkit.core.journey import Journey
from cjmkit.core.words import SMALL_N
from cjmkit.errors import DataWarning
from cjmkit.i18n import say
from cjmkit.view.fonts import families
from cjmkit.view.sheet import CURVES, LINE, PAPER, STRONG, Chart, Sheet, lay_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw", "journey_map"]

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1, 2)),
    (0, (5, 2, 1, 2)),
    (0, (8, 2)),
    (0, (3, 3)),
    (0, (1, 3)),
    "-.",
)


def journey_map(journey: Journey, *, ax: Axes | None = None, lang: str | None = None, blueprint: bool = True) -> Axes:
    """Draw a journey map: stages as columns, lanes as rows, the emotion curve across.

    Parameters
    ----------
    journey : Journey
        The map.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure that fits the map by default. In an Axes of another size the map is drawn to its
        own proportions, and text keeps its size: give it room.
    lang : {"en", "ru"}, optional
        Language of labels; that of the journey by default.
    blueprint : bool
        Also the lanes of a service blueprint.

    Returns
    -------
    matplotlib.axes.Axes
        In points from the upper left corner.

    Examples
    --------
    >>> import cjmkit as cj
    >>> ax = cj.plot.journey_map(cj.Journey.from_framework("aida", title="A bicycle"))
    >>> bool(ax.get_ylim()[0] > ax.get_ylim()[1])
    True
    """
    sheet = lay_out(journey, lang=lang, blueprint=blueprint)
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


def _new_axes(sheet: Sheet, margin: float = 14.0) -> Axes:
    from matplotlib.figure import Figure

    # Not through pyplot: a figure of its own is closed with its last name, and needs no display.
    width, height = sheet.width + 2 * margin, sheet.height + 2 * margin
    figure = Figure(figsize=(width / 72, height / 72), facecolor=PAPER)
    return figure.add_axes(
        (margin / width, margin / height, sheet.width / width, sheet.height / height),
    )


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
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Rectangle

    ax.set_xlim(0, sheet.width)
    ax.set_ylim(sheet.height, 0)
    ax.set_axis_off()
    for b in sheet.boxes:
        patch = Rectangle(
            (b.x, b.y),
            b.w,
            b.h,
            facecolor=b.fill or "none",
            edgecolor=b.edge or "none",
            linewidth=b.width,
            linestyle=(0, (3, 2)) if b.dashed else "-",
            clip_on=False,
            zorder=1,
        )
        patch.set_gid(b.name)
        ax.add_patch(patch)
        if b.hatched:
            ax.add_collection(
                LineCollection(_hatching(b.x, b.y, b.w, b.h), colors="#e9e8e4", linewidths=1.6, zorder=1, clip_on=False)
            )
            ax.add_patch(
                Rectangle(
                    (b.x, b.y), b.w, b.h, facecolor="none", edgecolor=b.edge, linewidth=b.width,
                    linestyle=(0, (3, 2)), clip_on=False, zorder=1.1,
                )
            )  # fmt: skip
    fonts = families("".join(line for block in sheet.blocks for line in block.lines))
    for block in sheet.blocks:
        for k, line in enumerate(block.lines):
            text = ax.text(
                block.x,
                block.baseline(k),
                line,
                fontsize=block.size,
                fontfamily=fonts,
                fontweight="bold" if block.bold else "normal",
                fontstyle="italic" if block.italic and len(fonts) == 1 else "normal",
                color=block.colour,
                va="baseline",
                ha="left",
                parse_math=False,
                clip_on=False,
                zorder=4,
            )
            text.set_gid(block.name)
    for chart in sheet.charts:
        _chart(chart, ax)


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


def _chart(chart: Chart, ax: Axes) -> None:
    stages = len(chart.curves[0].points)
    for v in (-2, -1, 0, 1, 2):
        ax.plot(
            [chart.x, chart.x + chart.w],
            [chart.level(v)] * 2,
            color=STRONG if v == 0 else LINE,
            linewidth=0.7,
            linestyle=(0, (3, 3)) if v == 0 else "-",
            zorder=2,
        )
        if v != 0:
            name = f"{v:+}".replace("-", "−")
            ax.text(chart.x + 2, chart.level(v) - 2, name, fontsize=5.5, color="#586174", va="baseline", zorder=2)
    for i in range(stages):
        if all((p := c.points[i]) is None or p.estimate.value is None for c in chart.curves):
            from matplotlib.collections import LineCollection

            left, wide = chart.x + chart.w * i / stages, chart.w / stages
            ax.add_collection(
                LineCollection(_hatching(left, chart.y, wide, chart.h, 6), colors="#e3e2dd", linewidths=0.8, zorder=1.5)
            )
    for k, c in enumerate(chart.curves):
        colour = CURVES[k % len(CURVES)]
        style = _DASHES[k % len(_DASHES)] if k or not c.assumed else (0, (4, 3))
        for run in c.runs():
            xs = [chart.at(i, k) for i, _ in run]
            ys = [chart.level(p.estimate.value or 0.0) for _, p in run]
            low = [chart.level(max(-2.0, p.estimate.low)) for _, p in run if p.estimate.low is not None]
            high = [chart.level(min(2.0, p.estimate.high)) for _, p in run if p.estimate.high is not None]
            if len(low) == len(high) == len(run):
                if len(run) > 1:
                    ax.fill_between(xs, low, high, color=colour, alpha=0.13, linewidth=0, zorder=2)
                ax.vlines(xs, low, high, colors=colour, alpha=0.6, linewidth=1.1, zorder=2.5)
            if len(run) > 1:
                ax.plot(xs, ys, color=colour, linewidth=1.6, linestyle=style, zorder=3)
            for x, y, (_, p) in zip(xs, ys, run):
                few = p.estimate.n < SMALL_N
                ax.plot(
                    [x],
                    [y],
                    marker=_MARKERS[k % len(_MARKERS)],
                    markersize=5.5,
                    markerfacecolor=PAPER if few else colour,
                    markeredgecolor=colour,
                    markeredgewidth=1.3,
                    linestyle="none",
                    zorder=3.5,
                )
                if p.estimate.n:
                    under = chart.level(max(-2.0, p.estimate.low)) if p.estimate.low is not None else y
                    ax.text(
                        x,
                        max(under + 7, y + 11),
                        f"n={p.estimate.n}" if len(chart.curves) <= 3 else str(p.estimate.n),
                        fontsize=5.5,
                        ha="center",
                        va="baseline",
                        zorder=4,
                        color="#1c2331",
                        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.75},
                    )
