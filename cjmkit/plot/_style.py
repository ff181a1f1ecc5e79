"""What all drawings share: colours that survive grey and dark, figures, wrapped text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "GREY",
    "HATCHES",
    "MARKERS",
    "PALETTE",
    "colours",
    "foreground",
    "legible",
    "new_axes",
    "tidy",
    "wrap",
]

# Okabe and Ito (2008): told apart with the common forms of colour blindness; ordered by contrast on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#8C6D1F")
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
    broken = textwrap.wrap(str(text), width, break_long_words=True) or [""]
    if lines is not None and len(broken) > lines:
        broken = broken[:lines]
        broken[-1] = broken[-1][: max(1, width - 1)].rstrip() + "…"
    return "\n".join(broken)


def tidy(ax: Axes, *, grid: Literal["both", "x", "y"] | None = "y") -> Axes:
    """Take away what carries no data: top and right spines; a light grid behind the marks."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    if grid:
        ax.grid(True, axis=grid, alpha=0.25, linewidth=0.6)
        ax.set_axisbelow(True)
    return ax
