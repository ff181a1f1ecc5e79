"""The grid as practitioners draw it: a line a variable, its ends written out, a dot a person, groups as colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, say
from cjmkit.people import ids
from cjmkit.personas.grid_data import GridData, as_numbers
from cjmkit.personas.variables import POINTS, Variable
from cjmkit.plot._style import GREY, MARKERS, PALETTE, foreground, new_axes, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["persona_grid"]

_HOLLOW = 10
"""A mean of fewer people is drawn hollow."""


def persona_grid(result: Any, *, by: Any = None, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Where people stand on each behavioural variable.

    Dots are people, stacked where several stand at one place; large marks are the means of groups of three people and
    more, hollow below ten people. Variables that carry the groups come first.

    Parameters
    ----------
    result : Grid or Personas
        A grid, or personas that were looked for in one: then the colours are the personas and the verdict stands above.
    by : Series or mapping, optional
        Groups to colour by (person → label), in place of the personas.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    lang : {"en", "ru"}, optional
        Language.

    Raises
    ------
    CjmError
        If there is no grid in the result.

    Examples
    --------
    >>> from cjmkit import personas
    >>> ax = persona_grid(personas.made_up_grid(n=9, variables=3, k=1), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['left 1', 'left 2', 'left 3']
    """
    lang = current_language(lang)
    grid = result if isinstance(result, GridData) else getattr(getattr(result, "features", None), "grid", None)
    if not isinstance(grid, GridData):
        raise CjmError(
            en="persona_grid draws a Grid, or Personas that were fitted to features(grid=…)",
            ru="persona_grid рисует Grid или Personas, найденные по features(grid=…)",
        )
    table = grid.table[grid.table.notna().any(axis=1)]
    variables, labels, names = list(grid.variables), None, {}
    if by is not None:
        labels = pd.Series(by)
        labels.index = ids(labels.index)
        labels = labels.reindex(table.index)
        names = {str(g): str(g) for g in labels.dropna().unique()}
    elif result is not grid and result.k > 1:
        labels = result.labels.reindex(table.index)
        names = {i: result.name(i) for i in result.ids}
        variables = _strongest_first(result, variables)
    groups = list(names)
    ax = new_axes(ax, width=9.6, height=1.3 + 0.68 * len(variables))
    ink = foreground(ax)
    for row, v in enumerate(variables):
        _line(ax, row, v, table, labels, groups, ink)
    ax.set_ylim(len(variables) - 0.45, -0.75)
    ax.set_xlim(0.6, POINTS + 0.4)
    ax.set_xticks([])
    ax.set_yticks(range(len(variables)), [wrap(v.ends[0] if v.ends else "", 26, 2) for v in variables], fontsize=8)
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    if groups:
        n: Any = labels.value_counts() if labels is not None else {}
        for j, g in enumerate(groups):
            ax.scatter(
                [], [], color=PALETTE[j % len(PALETTE)], marker=MARKERS[j % len(MARKERS)], s=30,
                label=f"{wrap(names[g], 30, 2)} (n = {int(n.get(g, 0))})",
            )  # fmt: skip
        mean = say(en=f"mean (hollow: n < {_HOLLOW})", ru=f"среднее (полое: n < {_HOLLOW})", lang=lang)
        ax.scatter([], [], facecolors="none", edgecolors=ink, linewidths=1.5, s=52, label=mean)
        ax.legend(
            frameon=False, fontsize=8, ncols=min(5, len(groups) + 1), loc="upper center", bbox_to_anchor=(0.5, 0.0)
        )
    people = say(en=f"n = {len(table)} people", ru=f"n = {len(table)} чел.", lang=lang)
    head = people if result is grid else result.verdict(lang)
    ax.set_title(wrap(head[0].upper() + head[1:] if result is not grid else head, 96, 4), fontsize=9, loc="left")
    return ax


def _strongest_first(found: Any, variables: list[Variable]) -> list[Variable]:
    from cjmkit.errors import NotEnough

    try:
        order = {v: i for i, v in enumerate(found.carriers()["variable"])}
    except NotEnough:
        return variables
    return sorted(variables, key=lambda v: order.get(v.id, len(order)))


def _line(
    ax: Axes, row: int, v: Variable, table: pd.DataFrame, labels: pd.Series | None, groups: list[str], ink: str
) -> None:
    """One variable: the line, its name above and its right end, people, means."""
    x, nominal = as_numbers(table, [v])
    at = x[:, 0]
    if nominal[0]:
        at = 1 + at * (POINTS - 1) / max(1, len(v.options) - 1)
    ax.plot([1, POINTS], [row, row], color=GREY, linewidth=1.2, zorder=1)
    ends = np.arange(1, POINTS + 1) if v.ends else np.linspace(1, POINTS, len(v.options))
    ax.scatter(ends, np.full(len(ends), row), marker="|", s=22, color=GREY, linewidths=0.9, zorder=1)
    known = ~np.isnan(at)
    ax.text(1, row - 0.5, f"{v.name} (n = {int(known.sum())})", fontsize=7.5, color=ink, va="center")
    if v.ends:
        ax.text(POINTS + 0.5, row, wrap(v.ends[1], 26, 2), fontsize=8, color=ink, va="center", ha="left")
    else:
        for place, option in zip(ends, v.options):
            side = "left" if place == 1 else "right" if place == POINTS else "center"
            ax.text(place, row + 0.2, wrap(option, 24, 2), fontsize=7, color=ink, va="top", ha=side)
    kind = np.full(len(table), -1)
    if labels is not None:
        kind = np.array([groups.index(g) if g in groups else -1 for g in labels])
    order = np.lexsort((kind, np.round(at, 1)))
    heights: dict[float, int] = {}
    most = max(1, int(np.unique(np.round(at[known], 1), return_counts=True)[1].max(initial=1)))
    step = min(0.1, 0.32 / most)
    for i in order:
        if not known[i]:
            continue
        place = float(np.round(at[i], 1))
        level = heights.get(place, 0)
        heights[place] = level + 1
        hue = PALETTE[kind[i] % len(PALETTE)] if kind[i] >= 0 else GREY
        mark = MARKERS[kind[i] % len(MARKERS)] if kind[i] >= 0 else "o"
        ax.scatter(at[i], row - step * level, s=26, color=hue, marker=mark, linewidths=0, alpha=0.9, zorder=3)
    if not v.ends:
        return
    for j in range(len(groups)):
        own = known & (kind == j)
        if own.sum() >= 3:
            face = "none" if own.sum() < _HOLLOW else PALETTE[j % len(PALETTE)]
            ax.scatter(
                at[own].mean(), row + 0.2, s=52, marker=MARKERS[j % len(MARKERS)], facecolors=face,
                edgecolors=PALETTE[j % len(PALETTE)], linewidths=1.5, zorder=4,
            )  # fmt: skip
