"""What all drawings share: colours that survive grey and dark, figures, wrapped text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cjmkit.core.words import PALETTE
from cjmkit.i18n import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "GREY",
    "HATCHES",
    "MARKERS",
    "PALETTE",
    "colours",
    "foreground",
    "heat",
    "legible",
    "new_axes",
    "number_axis",
    "percent_axis",
    "shades",
    "tidy",
    "wrap",
]

GREY = "#7F7F7F"
# Colour alone never tells series apart: markers and hatches go with it.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "+++", "ooo")


def new_axes(ax: Axes | None = None, *, width: float = 7.0, height: float = 4.0) -> Axes:
    """Return `ax`, or the Axes of a new figure: a second chart in a cell never lies on the first."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def foreground(ax: Axes) -> str:
    """The text colour in force, so that a drawing follows ``plt.style.use("dark_background")``."""
    import matplotlib as mpl

    return str(mpl.rcParams["text.color"])


def legible(ax: Axes, hue: str) -> str:
    """A palette colour for small text: lighter on a dark ground, darker on a light one."""
    from matplotlib.colors import to_hex, to_rgb

    ground = sum(to_rgb(ax.get_facecolor())) / 3
    toward, share = (1.0, 0.5) if ground < 0.5 else (0.0, 0.3)
    r, g, b = (c + (toward - c) * share for c in to_rgb(hue))
    return str(to_hex((r, g, b)))


def colours(n: int) -> list[str]:
    """`n` colours from the palette, repeated where more are asked for."""
    return [PALETTE[i % len(PALETTE)] for i in range(n)]


def wrap(text: object, width: int = 18, lines: int | None = None) -> str:
    """Break a label into lines of at most `width` characters; with `lines`, cut the rest with an ellipsis."""
    whole = str(text).replace(" %", "\N{NO-BREAK SPACE}%")  # a number keeps its sign
    broken = textwrap.wrap(whole, width, break_long_words=True) or [""]
    if lines is not None and len(broken) > lines:
        broken = broken[:lines]
        broken[-1] = broken[-1][: max(1, width - 1)].rstrip() + "…"
    # Two prices in a label are no formula: matplotlib reads what stands between dollars as mathematics.
    return re.sub(r"(?<!\\)\$", r"\\$", "\n".join(broken))


def tidy(ax: Axes, *, grid: Literal["both", "x", "y"] | None = "y") -> Axes:
    """Take away what carries no data: top and right spines; a light grid behind the marks."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    if grid:
        ax.grid(True, axis=grid, alpha=0.25, linewidth=0.6)
        ax.set_axisbelow(True)
    return ax


def _digits(ticks: Sequence[float]) -> int:
    """Decimals that tell neighbouring ticks apart: a rounded label must never stand at another value's place."""
    steps = np.diff(np.asarray(sorted(ticks), dtype=float))
    step = float(steps[steps > 0].min()) if (steps > 0).any() else 1.0
    return next((d for d in range(7) if abs(step * 10**d - round(step * 10**d)) < 1e-6 and step * 10**d >= 1), 6)


def _numbers(ax: Axes, axis: Literal["x", "y"], lang: str | None, percent: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    which = ax.xaxis if axis == "x" else ax.yaxis
    if which.get_scale() == "linear":
        which.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
    factor = 100 if percent else 1

    def label(value: float, _: Any) -> str:
        digits = _digits([t * factor for t in which.get_majorticklocs()]) if which.get_scale() == "linear" else 0
        return number(value, digits, percent=percent, lang=lang)

    which.set_major_formatter(FuncFormatter(label))


def percent_axis(ax: Axes, axis: Literal["x", "y"] = "x", lang: str | None = None) -> None:
    """Shares as per cent, in the reader's locale, with as many decimals as the ticks need."""
    _numbers(ax, axis, lang, percent=True)


def number_axis(ax: Axes, axis: Literal["x", "y"] = "x", lang: str | None = None) -> None:
    """Numbers in the reader's locale, with as many decimals as the ticks need."""
    _numbers(ax, axis, lang, percent=False)


def shades(ax: Axes) -> Any:
    """Shades from the ground of the drawing to blue: dark on a light ground, light on a dark one."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("shades", [ax.get_facecolor(), PALETTE[0]])


def heat(ax: Axes, values: Any, words: Any = None, *, peak: float, aspect: Literal["auto", "equal"] = "auto") -> Any:
    """Cells shaded by value with their words; a word turns light where the shade is dark.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    values : array of shape (rows, columns)
        What is shaded, from 0 to `peak`.
    words : nested sequence of str, optional
        Text of each cell; an empty one is left out. Without it the cells stand without gaps (a matrix of people).
    peak : float
        The value with the strongest shade.
    aspect : {"auto", "equal"}
        "equal" for square cells.

    Returns
    -------
    matplotlib.image.AxesImage
    """
    values = np.asarray(values, dtype=float)
    image = ax.imshow(values, cmap=shades(ax), vmin=0, vmax=peak, aspect=aspect, interpolation="nearest")
    ax.tick_params(which="both", length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    if words is None:
        ax.grid(False)
        return image
    for (i, j), value in np.ndenumerate(values):
        if words[i][j]:
            r, g, b = image.cmap(min(value / peak, 1.0))[:3]
            ink = "white" if 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.5 else "#1a1a1a"
            ax.text(j, i, words[i][j], ha="center", va="center", fontsize=8, color=ink)
    ax.set_xticks(np.arange(-0.5, values.shape[1]), minor=True)
    ax.set_yticks(np.arange(-0.5, values.shape[0]), minor=True)
    ax.grid(which="minor", color=ax.get_facecolor(), linewidth=1.5)
    ax.tick_params(which="both", length=0)
    return image
