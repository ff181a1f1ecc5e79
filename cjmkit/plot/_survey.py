"""What pictures of surveys share: colours of a scale, labels that do not lie on each other, and the frame of a
published picture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.plot._style import foreground, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "BAD",
    "GOOD",
    "MIDDLE",
    "below",
    "finding",
    "inks",
    "label",
    "label_points",
    "name_corners",
    "pad",
    "publish",
]

# From bad to good; blue and orange stay apart for colour-blind people, the middle is grey, the lightness tells
# strength.
BAD = ("#B35806", "#E08214", "#FDB863", "#FEE0B6")
GOOD = ("#D8DAEB", "#B2ABD2", "#8073AC", "#542788")
MIDDLE = "#BFBFBF"


def label(text: object, width: int = 34, lines: int = 3) -> str:
    return wrap(text, width, lines)


def _room(ax: Axes) -> tuple[float, float]:
    """Where the texts of a picture start, left of its row labels, and how wide they may be, in pixels."""
    figure: Any = ax.get_figure()
    figure.draw_without_rendering()
    box = ax.get_tightbbox() or ax.bbox
    left = min(max(box.x0, figure.bbox.x0 + 4), ax.bbox.x0)
    spec = ax.get_subplotspec()
    alone = spec is None or spec.get_gridspec().get_geometry() == (1, 1)
    return left - ax.bbox.x0, (figure.bbox.x1 - 6 if alone else max(box.x1, ax.bbox.x1)) - left


def _fitted(ax: Axes, text: str, width: float, lines: int | None = None, **font: Any) -> str:
    """A text broken into lines that are no wider than so many pixels in this type."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text:
        return ""
    prop, scale = FontProperties(**font), ax.get_figure().dpi / 72  # type: ignore[union-attr]

    def long(line: str) -> float:
        return (
            float(TextPath((0, 0), line.replace("$", "S"), prop=prop).get_extents().x1) * scale * 1.03 if line else 0.0
        )

    whole = long(" ".join(text.split())) or 1.0
    many = max(12, int(len(text) * width / whole))
    broken = wrap(text, many, lines)
    while many > 12 and max(map(long, broken.split("\n"))) > width:
        many -= 1
        broken = wrap(text, many, lines)
    return broken


def below(ax: Axes, text: str, down: float = 40) -> Any:
    """A remark under the axis labels, as wide as the picture."""
    shift, width = _room(ax)
    return ax.annotate(
        "\n".join(_fitted(ax, part, width, size=7.5) for part in text.split("\n")),
        xy=(0, 0),
        xycoords="axes fraction",
        xytext=(shift * 72 / ax.get_figure().dpi, -down),  # type: ignore[union-attr]
        textcoords="offset points",
        fontsize=7.5,
        alpha=0.8,
        va="top",
    )


def inks(points: int) -> list[str]:
    """Colours of a scale, low to high."""
    half = points // 2
    bad = [BAD[min(round(i * 3 / max(half - 1, 1)), 3)] if half > 1 else BAD[1] for i in range(half)]
    good = [GOOD[min(round(i * 3 / max(half - 1, 1)), 3)] if half > 1 else GOOD[2] for i in range(half)]
    return bad + ([MIDDLE] if points % 2 else []) + good


def publish(ax: Axes, title: str, question: str = "", note: str = "", *, above: float = 6, down: float = 8) -> Axes:
    """Frame a picture for a report: the finding as its title, the words of the question under it, base and n below.

    Parameters
    ----------
    ax : Axes
        The drawing.
    title, question, note : str
        What was found; what people were asked; base, n and marks.
    above : float
        Points above the axes that a legend needs.
    down : float
        Points below the axes where the note starts at least; it lies under the labels of the axis in any case.
    """
    under: Any = None
    if question:
        under = ax.annotate("", (0, 1), (0, above), xycoords="axes fraction", textcoords="offset points", va="bottom",
                            fontsize=8.5, alpha=0.75)  # fmt: skip
    base = below(ax, note, down) if note else None
    # Lines of a title take room from the drawing, and a drawing with an aspect moves by that: so once more.
    for _ in range(2):
        shift, width = _room(ax)
        top = above
        if under is not None:
            under.set_text(_fitted(ax, question, width, 2, size=8.5))
            under.set_position((shift * 72 / ax.get_figure().dpi, above))  # type: ignore[union-attr]
            top += 12 * (under.get_text().count("\n") + 1) + 3
        told = _fitted(ax, title, width, 3, size=10.5, weight="bold")
        ax.set_title(told, loc="left", fontsize=10.5, fontweight="bold", pad=top, x=shift / ax.bbox.width)
        if base is not None:
            base.set_text(_fitted(ax, note, width, size=7.5))
            held = ax.xaxis.get_tightbbox() if ax.axison and ax.xaxis.get_visible() else None
            lower = (ax.bbox.y0 - held.y0) * 72 / ax.get_figure().dpi + 7 if held is not None else 0.0  # type: ignore[union-attr]
            base.set_position((shift * 72 / ax.get_figure().dpi, -max(down, lower)))  # type: ignore[union-attr]
    return ax


def finding(text: str) -> str:
    """The first sentence of a summary, as a title: without its full stop, with a capital.

    Examples
    --------
    >>> finding("weakest link: “visit → deal”. The rest is sound.")
    'Weakest link: “visit → deal”'
    """
    first = re.split(r"(?<=[.!?])\s+(?=[A-ZА-ЯЁ“«])|\n", text.strip(), maxsplit=1)[0].rstrip(".")
    return first[:1].upper() + first[1:]


def pad(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Room round the points for their labels."""
    for values, setter in ((x, ax.set_xlim), (y, ax.set_ylim)):
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        gap = (high - low or abs(high) or 1) * 0.22
        setter(low - gap, high + gap)


# Where a label may stand: near its point first, then farther out in eight directions, joined to it by a line.
_REACH = (9, 20, 34, 52, 74, 100, 130, 165)
_WAYS = tuple((float(np.cos(a)), float(np.sin(a))) for a in np.radians((25, -25, 155, -155, 90, -90, 0, 180, 60, -60)))


def label_points(ax: Axes, x: np.ndarray, y: np.ndarray, texts: Sequence[str], inks: Sequence[str] = ()) -> None:
    """Write labels beside points so that none lies on another label, text or point; far ones with a leading line.

    Labels take the nearest free place, the most crowded points first; it depends on the points only, so that the same
    picture is drawn again. Those for which no place within the axes is free are numbered, and listed at the right.

    Parameters
    ----------
    ax : Axes
        Where the points are; its limits and its other texts have to be there already.
    x, y : array
        The points.
    texts : sequence of str
        Labels, broken into lines.
    inks : sequence of str, optional
        Their colours.
    """
    from matplotlib.transforms import Bbox

    figure: Any = ax.figure
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    scale = figure.dpi / 72
    points = ax.transData.transform(np.column_stack([x, y]))
    frame = ax.get_window_extent(renderer)
    taken = [t.get_window_extent(renderer).padded(1) for t in ax.texts if t.get_text().strip()]
    taken += [Bbox.from_extents(px - 5, py - 5, px + 5, py + 5) for px, py in points]
    crowd = [float((1 / np.hypot(*(points - p).T).clip(8)).sum()) for p in points]
    listed: list[tuple[int, str, str | None]] = []
    for i in sorted(range(len(texts)), key=lambda i: (-crowd[i], -points[i][1], points[i][0])):
        ink = inks[i] if len(inks) else None
        written = ax.annotate(texts[i], (x[i], y[i]), (0, 0), textcoords="offset points", fontsize=8, ha="center",
                              va="center", color=ink, zorder=5)  # fmt: skip
        size = written.get_window_extent(renderer)
        spot = _free(points[i], size.width + 3, size.height + 2, taken, frame, scale)
        if spot is None:
            # No room: a number at the point, and its words beside the drawing.
            listed.append((len(listed) + 1, texts[i].replace("\n", " "), ink))
            written.set_text(str(listed[-1][0]))
            size = written.get_window_extent(renderer)
            spot = _free(points[i], size.width + 1, size.height + 1, taken, frame, scale, near=True)
            if spot is None:
                written.remove()
                continue
        at, far = spot
        written.set_position(tuple((np.array([(at.x0 + at.x1) / 2, (at.y0 + at.y1) / 2]) - points[i]) / scale))
        taken.append(at)
        if far:
            end = np.clip(points[i], [at.x0, at.y0], [at.x1, at.y1])
            (ax_, ay_), hue = ax.transData.inverted().transform(end), ink or foreground(ax)
            ax.plot(
                [x[i], ax_], [y[i], ay_], color=hue, linewidth=0.6, alpha=0.55, zorder=2, scalex=False, scaley=False
            )
    if listed:
        words = "\n".join(wrap(f"{k}  {text}", 34, 3) for k, text, _ in listed)
        ax.annotate(words, (1, 1), (8, 0), xycoords="axes fraction", textcoords="offset points", fontsize=8, va="top")


def _free(
    point: np.ndarray, wide: float, tall: float, taken: Sequence[Any], frame: Any, scale: float, near: bool = False
) -> tuple[Any, bool] | None:
    """The nearest free box for a label round its point, and whether it needs a line to it."""
    from matplotlib.transforms import Bbox

    for step, reach in enumerate(_REACH[:3] if near else _REACH):
        for dx, dy in _WAYS:
            # The edge of the box, not its middle, lies at the reach.
            cx = point[0] + dx * reach * scale + np.sign(round(dx, 3)) * wide / 2
            cy = point[1] + dy * reach * scale + np.sign(round(dy, 1)) * tall / 2 * (abs(dy) > 0.5)
            box = Bbox.from_extents(cx - wide / 2, cy - tall / 2, cx + wide / 2, cy + tall / 2)
            if box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1:
                continue
            if not any(box.overlaps(t) for t in taken):
                return box, step > 0
    return None


def name_corners(ax: Axes, words: Mapping[tuple[int, int], str]) -> None:
    """Write what each quarter means into its corner; keys are (right, up)."""
    for (right, up), word in words.items():
        ax.text(
            0.99 if right else 0.01,
            0.985 if up else 0.015,
            word,
            transform=ax.transAxes,
            ha="right" if right else "left",
            va="top" if up else "bottom",
            fontsize=8.5,
            alpha=0.65,
            style="italic",
        )
