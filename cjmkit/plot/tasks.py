"""Tasks of a usability test, one measure: success, help or time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjmkit.errors import CjmError
from cjmkit.i18n import say
from cjmkit.plot._style import PALETTE, foreground, legible, new_axes, number_axis, tidy
from cjmkit.plot._survey import finding, label, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.survey import Tasks

__all__ = ["tasks"]


def tasks(
    result: Tasks,
    measure: str | None = None,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    r"""Draw one measure of the tasks in their order: a share of people or a time, each with its interval.

    Parameters
    ----------
    result : Tasks
        From :func:`cjmkit.survey.read_tasks`; ``renamed()`` gives tasks and measures the names that readers know.
    measure : str, optional
        Which one; the first yes-or-no measure by default.
    ax, lang
        As for :func:`likert`. Points are hollow below ten people; below three there is no point.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from cjmkit import plot, survey
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "done.csv"
    >>> _ = file.write_text(",P1,P2,P3,P4\nT1,1,1,1,0\nT2,0,1,0,0\n")
    >>> ax = plot.tasks(survey.read_tasks(file).renamed({"T1": "Search", "T2": "Pay"}), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['Search', 'Pay']
    """
    shares = result.table.loc[result.table["kind"].eq("share"), "measure"]
    measure = measure or (shares if len(shares) else result.table["measure"]).iloc[0]
    one = result.only(measure)
    rows = one.table[one.table["n"] >= 3]
    if rows.empty:
        raise CjmError(
            en=f"{measure}: fewer than three people did each task; there is nothing to draw",
            ru=f"{measure}: каждое задание делали меньше трёх человек; рисовать нечего",
        )
    time = rows["kind"].iloc[0] == "time"
    scale = 1.0 if time else 100.0
    ax = new_axes(ax, width=7.4, height=1.5 + 0.42 * len(rows))
    hue = legible(ax, PALETTE[0])
    y = np.arange(len(rows))
    for at, (_, row) in zip(y, rows.iterrows(), strict=True):
        ax.plot([row["low"] * scale, row["high"] * scale], [at, at], color=hue, linewidth=2, alpha=0.75)
        face = hue if row["n"] >= 10 else ax.get_facecolor()
        ax.plot(row["value"] * scale, at, "o", color=hue, markerfacecolor=face, markersize=7)
    ax.set_yticks(y, [label(t) for t in rows["task"]], fontsize=8.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0, colors=foreground(ax))
    few, many = int(rows["n"].min()), int(rows["n"].max())
    base = f"n = {few}" if few == many else f"n = {few}–{many}"
    if time:
        ax.set_xlim(left=0)
        number_axis(ax, "x", lang)
        unit = say(en="minutes, geometric mean and 95% limits", ru="минуты, среднее геометрическое и 95 %", lang=lang)
    else:
        ax.set_xlim(0, 101)
        unit = say(en="per cent of people, 95% limits", ru="процент людей, 95 %", lang=lang)
    ax.set_xlabel(unit, fontsize=8.5)
    tidy(ax, grid="x")
    return publish(ax, finding(one.hardest(str(rows["kind"].iloc[0]), lang)), note=base)
