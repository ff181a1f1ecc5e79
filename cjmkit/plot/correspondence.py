"""A cross table as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjmkit.i18n import number, say
from cjmkit.plot._style import PALETTE, foreground, legible, new_axes, number_axis, tidy
from cjmkit.plot._survey import label, label_points, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.survey import Correspondence

__all__ = ["correspondence_map"]


def correspondence_map(found: Correspondence, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw rows and columns of a cross table as points, with regions over which they may move.

    Both axes have one scale, and their names say how much of what differs they show. Hollow points are shown badly:
    less than half of their distance from the centre lies in this plane. Groups of fewer than three people are left out.

    Parameters
    ----------
    found : Correspondence
        From :func:`cjmkit.survey.correspondence`.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    lang : {"en", "ru"}, optional
        Language of the texts.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import plot, survey
    >>> t = pd.DataFrame({"city": list("aaabbbccc") * 20, "brand": list("xxyyyzzzx") * 20, "id": range(180)})
    >>> s = survey.Survey.from_frame(t).set_item(["city", "brand"], type="single")
    >>> found = survey.correspondence(s, "city", "brand", resamples=50, permutations=99)
    >>> plot.correspondence_map(found, lang="en").get_xlabel()
    'axis 1: 50% of what differs'
    """
    from matplotlib.patches import Ellipse

    t = found.table[found.table["n"] >= 3].reset_index(drop=True)
    ax = new_axes(ax, width=8.0, height=6.2)
    ink = foreground(ax)
    sides = {"row": (PALETTE[0], "o", found.rows), "column": (PALETTE[1], "s", found.columns)}
    # 95 % of a normal cloud lies within 2.45 standard deviations.
    reach = float(np.sqrt(-2 * np.log(1 - found.level)))
    x, y = t["x"].to_numpy(dtype=float), t["y"].to_numpy(dtype=float)
    out_x, out_y = [x], [y]
    for side, (hue, marker, name) in sides.items():
        own = t[t["side"] == side]
        good = own["quality"].fillna(0) >= 0.5
        ax.scatter(own["x"][good], own["y"][good], s=46, color=hue, marker=marker, label=label(name, 40, 2), zorder=3)
        ax.scatter(own["x"][~good], own["y"][~good], s=46, facecolors="none", edgecolors=hue, marker=marker, zorder=3)
        for r in own.to_dict("records"):
            if r["xx"] != r["xx"]:
                continue
            values, vectors = np.linalg.eigh([[r["xx"], r["xy"]], [r["xy"], r["yy"]]])
            wide, tall = 2 * reach * np.sqrt(np.clip(values[::-1], 0, None))
            angle = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
            region = Ellipse((r["x"], r["y"]), wide, tall, angle=angle, facecolor=hue, alpha=0.13, edgecolor="none")
            ax.add_patch(region)
            out_x.append(np.array([r["x"] - reach * r["xx"] ** 0.5, r["x"] + reach * r["xx"] ** 0.5]))
            out_y.append(np.array([r["y"] - reach * r["yy"] ** 0.5, r["y"] + reach * r["yy"] ** 0.5]))
    ax.axhline(0, color=ink, linewidth=0.6, alpha=0.5)
    ax.axvline(0, color=ink, linewidth=0.6, alpha=0.5)
    all_x, all_y = np.concatenate(out_x), np.concatenate(out_y)
    # One scale on both axes: the shorter side is made longer until it fills the drawing.
    high = max(np.ptp(all_y) * 1.2, np.ptp(all_x) * 1.4 / 1.5, 1e-9) / 2
    middle = (all_x.max() + all_x.min()) / 2, (all_y.max() + all_y.min()) / 2
    ax.set_xlim(middle[0] - 1.5 * high, middle[0] + 1.5 * high)
    ax.set_ylim(middle[1] - high, middle[1] + high)
    ax.set_aspect("equal")
    shares = [*found.axes["share"], 0.0]
    for k in (0, 1):
        share = number(float(shares[k]), 0, percent=True, lang=lang)
        text = say(en=f"axis {k + 1}: {share} of what differs", ru=f"ось {k + 1}: {share} различий", lang=lang)
        (ax.set_ylabel if k else ax.set_xlabel)(text, fontsize=8.5)
    number_axis(ax, "x", lang)
    number_axis(ax, "y", lang)
    ax.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(0, -0.12), ncols=2)
    said = found.summary(lang).rstrip(".")
    title = said if found.p >= 1 - found.level else said.rsplit(" (p", 1)[0]
    publish(ax, title, "", _note(found, lang), down=62)
    tidy(ax, grid="both")
    inks = [legible(ax, sides[side][0]) for side in t["side"]]
    label_points(ax, x, y, [label(v, 24, 3) for v in t["label"]], inks)
    return ax


def _note(found: Correspondence, lang: str | None) -> str:
    inertia = number(found.inertia, 3, lang=lang)
    return say(
        en=f"n = {found.n}. Inertia (χ²/n) {inertia}. Regions: resampled people. Distances count among rows and among "
        f"columns, not between them. Hollow: badly shown here.",
        ru=f"n = {found.n}. Инерция (χ²/n) {inertia}. Области: повторные выборки людей. Расстояния значимы между "
        f"строками и между столбцами, но не между теми и другими. Полые: показаны плохо.",
        lang=lang,
    )
