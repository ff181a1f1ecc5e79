"""What drawings of event logs share: names in lines, waits in words, and the finding as the title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from cjmkit.i18n import number, say
from cjmkit.plot._style import wrap
from cjmkit.plot._survey import finding, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["found", "named", "nothing", "shown", "unit_of", "waited", "worded"]


def waited(value: Any, lang: str | None = None) -> str:
    """A duration in the unit in which people think of it."""
    if pd.isna(value):
        return ""
    seconds = pd.Timedelta(value).total_seconds()
    for size, en, ru in ((86400, "d", "дн."), (3600, "h", "ч"), (60, "min", "мин")):
        if seconds >= size:
            return (
                f"{number(seconds / size, 1 if seconds / size < 10 else 0, lang=lang)} {say(en=en, ru=ru, lang=lang)}"
            )
    return f"{number(seconds, 0, lang=lang)} {say(en='s', ru='с', lang=lang)}"


def named(name: object, width: int, lines: int | None = None) -> str:
    """An event's name in lines: broken at spaces, or after the underscores that names of events are full of."""
    text = str(name)
    if " " in text or len(text) <= width:
        return wrap(text, width, lines)
    return wrap(text.replace("_", "_ "), width, lines).replace("_ ", "_")


def nothing(ax: Axes, lang: str | None) -> Axes:
    ax.set_axis_off()
    ax.text(0.5, 0.5, say(en="nothing to show", ru="показывать нечего", lang=lang), ha="center", transform=ax.transAxes)
    return ax


def unit_of(seconds: float) -> tuple[float, str, str]:
    """The unit in which a span of time is drawn: its length in seconds, and its name."""
    units = (
        (86400.0, "days", "дни"),
        (3600.0, "hours", "часы"),
        (60.0, "minutes", "минуты"),
        (1.0, "seconds", "секунды"),
    )
    return next(u for u in units if seconds >= 2 * u[0] or u[0] == 1.0)


def found(ax: Axes, result: Any, lang: str | None, measure: str, note: str = "", **place: float) -> Axes:
    """The finding as the title and what is measured under it; a title that is there stays."""
    if ax.get_title(loc="left") or ax.get_title():
        return ax
    return publish(ax, finding(result.summary(lang)), measure, note, **place)


def worded(result: Any, names: Mapping[str, str]) -> Any:
    """The result with other words for its events and stages."""
    return replace(result, origin=replace(result.origin, names=dict(names)))


def shown(result: Any, lang: str | None) -> str:
    """Which interval the drawing shows."""
    level = number(getattr(result, "level", 0.95), 0, percent=True, lang=lang)
    return say(en=f"intervals of {level}", ru=f"интервалы {level}", lang=lang)
