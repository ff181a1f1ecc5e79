"""What pictures of surveys share: colours of a scale, labels that do not lie on each other, and the frame of a
published picture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.plot._style import wrap

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


def below(ax: Axes, text: str, down: float = 40) -> None:
    """A remark under the axis labels."""
    ax.annotate(
        text,
        xy=(0, 0),
        xycoords="axes fraction",
        xytext=(0, -down),
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


def publish(ax: Axes, title: str, question: str = "", note: str = "", *, above: float = 6, down: float = 40) -> Axes:
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
        Points below the axes where the note starts.
    """
    # Labels of rows take about a quarter of the width; the texts start where the axes do.
    inches = float(ax.get_figure().get_size_inches()[0])  # type: ignore[union-attr]
    asked = wrap(question, max(36, int(inches * 9.5)), 2) if question else ""
    if asked:
        ax.annotate(
            asked, (0, 1), xycoords="axes fraction", xytext=(0, above), textcoords="offset points", fontsize=8.5,
            alpha=0.75, va="bottom",
        )  # fmt: skip
        above += 12 * (asked.count("\n") + 1) + 3
    ax.set_title(wrap(title, max(30, int(inches * 7.4)), 3), loc="left", fontsize=10.5, fontweight="bold", pad=above)
    if note:
        below(ax, wrap(note, max(40, int(inches * 10.5))), down)
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


def label_points(ax: Axes, x: np.ndarray, y: np.ndarray, texts: Sequence[str]) -> None:
    """Write labels beside points, each at the side where it covers fewest points and labels."""
    figure: Any = ax.figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    points = ax.transData.transform(np.column_stack([x, y]))
    frame = ax.get_window_extent(renderer)
    taken: list[Any] = []
    spots = [
        (7, 4, "left", "bottom"),
        (7, -4, "left", "top"),
        (-7, 4, "right", "bottom"),
        (-7, -4, "right", "top"),
        (0, 9, "center", "bottom"),
        (0, -9, "center", "top"),
    ]
    for i in np.argsort(-y):
        best: tuple[float, Any, Any] | None = None
        for dx, dy, ha, va in spots:
            label = ax.annotate(
                texts[i], (x[i], y[i]), xytext=(dx, dy), textcoords="offset points", ha=ha, va=va, fontsize=8
            )
            box = label.get_window_extent(renderer).padded(1)
            clash = sum(box.contains(*p) for p in points) + 3 * sum(box.overlaps(t) for t in taken)
            clash += 4 * (box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1)
            if best is None or clash < best[0]:
                if best is not None:
                    best[1].remove()
                best = (clash, label, box)
            else:
                label.remove()
            if clash == 0:
                break
        if best is not None:
            taken.append(best[2])


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
