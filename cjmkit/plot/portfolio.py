"""Several maps as one picture: a curve a map, waves of one map over each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cjmkit.compare.waves import Waves, by_waves
from cjmkit.core.journey import EmotionPoint, Journey
from cjmkit.core.words import SMALL_N
from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, interval, number, say, shorten
from cjmkit.plot._style import foreground, legible, new_axes
from cjmkit.plot._survey import publish
from cjmkit.view.lanes import whole
from cjmkit.view.sheet import GOOD, WARM
from cjmkit.view.story import tiles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["portfolio"]

_ROOM = 6.4
"""Height of a row in points of the scale: four for the curve, the rest for title and stages."""


def portfolio(journeys: Iterable[Journey], *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw the emotion curves of several maps under each other, all on the same scale from −2 to 2.

    Waves of one map (the same title, another wave or date) lie over each other: the latest strong, the one before
    dashed. A change between them is written at its stage where its interval, corrected for the number of points,
    excludes zero. Whiskers are 95% intervals, and points of fewer than 10 people are hollow.

    Parameters
    ----------
    journeys : iterable of Journey
        The maps.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    lang : {"en", "ru"}, optional
        Language of labels; that of the first map by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    CjmError
        If there is no journey.

    Examples
    --------
    >>> import cjmkit as cj
    >>> felt = [cj.EmotionPoint(stage=s, source="survey", estimate=cj.Estimate(value=v, n=90))
    ...         for s, v in (("attention", 0.5), ("interest", -1.0))]
    >>> tea = cj.Journey.from_framework("aida", title="Tea").replace(emotion=felt)
    >>> ax = cj.plot.portfolio([tea])
    >>> "Tea" in [t.get_text() for t in ax.texts]
    True
    """
    groups = by_waves(journeys)
    if not groups:
        raise CjmError(en="no journey was given", ru="не дано ни одного пути")
    lang = current_language(lang or groups[0].latest.language)
    ax = new_axes(ax, width=9.0, height=0.6 + 1.75 * len(groups))
    ax.set_xlim(0, 1)
    ax.set_ylim(-_ROOM * len(groups), 0)
    ax.set_axis_off()
    for k, waves in enumerate(groups):
        _row(ax, waves, -_ROOM * k - 3.4, lang)
    measure = say(en="mean feeling of people at each stage, from −2 to 2; whiskers: 95%",
                  ru="среднее самочувствие людей на каждом этапе, от −2 до 2; отрезки: 95 %", lang=lang)  # fmt: skip
    return publish(ax, _lowest(groups, lang), measure)


def _lowest(groups: list[Waves], lang: str) -> str:
    """Where of all maps it feels worst, as a title."""
    known = [
        (p.estimate.value, s.title, waves.latest.title, p.estimate)
        for waves in groups
        for s, p in zip(waves.latest.stages, waves.curve(waves.latest), strict=True)
        if p is not None and p.estimate.value is not None and p.estimate.n >= SMALL_N
    ]
    if not known:
        return say(
            en="No stage has enough people to be judged", ru="Ни на одном этапе не хватает людей для вывода", lang=lang
        )
    value, stage, title, e = min(known, key=lambda k: k[0])
    told = f"{number(value, 1, lang=lang)} {interval(e.low, e.high, 1, lang=lang)}".strip()
    of = "" if len(groups) == 1 else say(en=f" of “{title}”", ru=f" в «{title}»", lang=lang)
    return say(en=f"Lowest: “{stage}”{of}, {told}", ru=f"Хуже всего: «{stage}»{of}, {told}", lang=lang)


def _row(ax: Axes, waves: Waves, middle: float, lang: str) -> None:
    ink, j = foreground(ax), waves.latest
    n, points = len(j.stages), waves.curve(j)
    ax.text(0, middle + 3.1, shorten(j.title, 70), fontsize=12, fontweight="bold", color=ink, va="top")
    if not any(points):
        gap = say(en="nobody was asked how it felt", ru="об эмоциях не спрашивали", lang=lang)
        ax.text(0, middle, gap, fontsize=10, fontstyle="italic", color=ink, alpha=0.7)
        return
    told = " · ".join(f"{t.name.lower()}: {t.text}" for t in tiles(j, lang)[:2] if t.target)
    before = waves.earlier
    if before is not None:
        told += say(en=" · dashed: ", ru=" · пунктир: ", lang=lang) + (before.wave or str(before.date or before.id))
    ax.text(0, middle + 2.35, shorten(told, 120), fontsize=9, color=ink, alpha=0.75, va="top")
    ax.plot([0, 1], [middle, middle], color=ink, alpha=0.4, linewidth=0.8, linestyle=(0, (3, 3)))
    for i, (s, p) in enumerate(zip(j.stages, points, strict=True)):
        of = f"\nn = {whole(p.estimate.n, lang)}" if p is not None and p.estimate.n else ""
        words = shorten(s.title, max(8, 90 // n)) + of
        ax.text((i + 0.5) / n, middle - 1.75, words, fontsize=9, color=ink, alpha=0.75, ha="center", va="top")
    if before is not None:
        _line(ax, waves.curve(before), middle, n, dashed=True)
    _line(ax, points, middle, n, dashed=False)
    held = waves.held()
    for i, p in enumerate(points):
        if p is None or p.estimate.value is None:
            continue
        text, hue = number(p.estimate.value, 1, lang=lang), ink
        if (r := held.get(j.stages[i].id)) is not None:
            up = r["difference"] > 0
            text += ("  ▲ +" if up else "  ▼ ") + number(r["difference"], 1, lang=lang)
            hue = legible(ax, GOOD if up else WARM)
        ax.text(
            (i + 0.5) / n, middle + p.estimate.value * 0.8 + 0.35, text, fontsize=10, fontweight="bold", color=hue,
            ha="center", va="bottom",
        )  # fmt: skip


def _line(ax: Axes, points: list[EmotionPoint | None], middle: float, n: int, *, dashed: bool) -> None:
    """A curve that breaks where nothing is known, at four fifths of its size so that rows stay apart."""
    ink = foreground(ax)
    xs = [(i + 0.5) / n for i in range(n)]
    ys = [float("nan") if p is None or p.estimate.value is None else middle + 0.8 * p.estimate.value for p in points]
    if dashed:
        ax.plot(xs, ys, color=ink, alpha=0.55, linewidth=1.6, linestyle=(0, (5, 3)))
        return
    ax.plot(xs, ys, color=ink, linewidth=2.2)
    for x, y, p in zip(xs, ys, points):
        if p is not None:
            few = p.estimate.n < SMALL_N
            if p.estimate.low is not None and p.estimate.high is not None:
                ax.vlines(x, middle + 0.8 * p.estimate.low, middle + 0.8 * p.estimate.high, color=ink, linewidth=1.2)
            ax.plot([x], [y], marker="o", markersize=7, color=ink, markerfacecolor="none" if few else ink)
