"""Drawings of what people did: funnel, transitions, first steps, paths, sources, attribution, waits, retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.core.words import row_title
from cjmkit.i18n import number, say
from cjmkit.plot._style import (
    GREY,
    HATCHES,
    MARKERS,
    PALETTE,
    colours,
    foreground,
    heat,
    new_axes,
    percent_axis,
    tidy,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "attribution",
    "first_steps",
    "funnel",
    "outcomes",
    "paths",
    "retention",
    "sources",
    "stuck",
    "transition_graph",
    "transitions",
]


def _wait(value: Any, lang: str | None = None) -> str:
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


def _named(name: object, width: int, lines: int | None = None) -> str:
    """An event's name in lines: broken at spaces, or after the underscores that names of events are full of."""
    text = str(name)
    if " " in text or len(text) <= width:
        return wrap(text, width, lines)
    return wrap(text.replace("_", "_ "), width, lines).replace("_ ", "_")


def _empty(ax: Axes, lang: str | None) -> Axes:
    ax.set_axis_off()
    ax.text(0.5, 0.5, say(en="nothing to show", ru="показывать нечего", lang=lang), ha="center", transform=ax.transAxes)
    return ax


def funnel(result: Any, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Share of people at each step, with intervals; conversions, people and waits between the steps.

    Parameters
    ----------
    result : cjmkit.events.Funnel
        With groups, one line each; without, bars.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    lang : {"en", "ru"}, optional
        Language of the labels.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.funnel(log.funnel(["visit", "pay"]), lang="en")
    >>> ax.get_ylabel()
    'share of those who entered'
    """
    table = result.table
    keys = [c for c in ("group", "persona") if c in table]
    steps = list(dict.fromkeys(table["step"]))
    ax = new_axes(ax, width=max(6.0, 1.5 * len(steps) + 2), height=4.2)
    x = np.arange(len(steps))
    if not keys:
        low = table["overall"] - table["overall_low"]
        high = table["overall_high"] - table["overall"]
        weakest = table["conversion"].iloc[1:].idxmin() if table["conversion"].iloc[1:].notna().any() else None
        hues = [PALETTE[1] if i == weakest else PALETTE[0] for i in table.index]
        ax.bar(x, table["overall"].fillna(0), color=hues, width=0.55, alpha=0.85)
        ax.errorbar(
            x, table["overall"], yerr=np.clip([low, high], 0, None), fmt="none", ecolor=foreground(ax), capsize=3, lw=1
        )
        for i, row in enumerate(table.to_dict("records")):
            top = row["overall_high"] if row["overall_high"] == row["overall_high"] else 0
            ax.text(
                i,
                top + 0.02,
                f"{int(row['users']):,}".replace(",", " "),
                ha="center",
                va="bottom",
                fontsize=9,
                weight="bold",
            )
            if i:
                told = f"{number(row['conversion'], 0, percent=True, lang=lang)} →"
                wait = _wait(row["median_time"], lang)
                ax.annotate(
                    told + (f"\n{wait}" if wait else ""),
                    (i - 0.5, 1.09),
                    ha="center",
                    va="bottom",
                    fontsize=8.5,
                    weight="bold" if table.index[i] == weakest else "normal",
                )
        ax.set_ylim(0, 1.28)
        ax.set_yticks(np.linspace(0, 1, 6))
    else:
        groups = list(dict.fromkeys(tuple(r) for r in table[keys].itertuples(index=False)))
        shift = np.linspace(-0.14, 0.14, len(groups)) if len(groups) > 1 else [0.0]
        for i, key in enumerate(groups):
            part = table[(table[keys] == pd.Series(key, index=keys)).all(axis=1)]
            spread = np.clip([part["overall"] - part["overall_low"], part["overall_high"] - part["overall"]], 0, None)
            start = int(part["users"].iloc[0])
            ax.errorbar(
                x + shift[i],
                part["overall"],
                yerr=spread,
                color=colours(len(groups))[i],
                marker=MARKERS[i % len(MARKERS)],
                capsize=2,
                lw=1.4,
                ms=5,
                label=f"{wrap(', '.join(row_title(str(k), lang) for k in key), 24)} (n = {start})",
            )
        ax.set_ylim(0, 1.05)
        ax.legend(
            frameon=False,
            fontsize=8,
            loc="upper right" if len(groups) < 6 else "center left",
            bbox_to_anchor=None if len(groups) < 6 else (1.0, 0.5),
        )
    ax.set_xticks(x, [_named(s, 14, 3) for s in steps])
    ax.set_xlim(-0.6, len(steps) - 0.4)
    ax.set_ylabel(say(en="share of those who entered", ru="доля вошедших", lang=lang))
    percent_axis(ax, "y", lang)
    return tidy(ax)


def transitions(result: Any, *, ax: Axes | None = None, lang: str | None = None, n: int = 15) -> Axes:
    """Heat map of what follows what.

    Parameters
    ----------
    result : cjmkit.events.Transitions
        The transitions.
    ax, lang
        As for ``funnel``.
    n : int
        The commonest events to show.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.transitions(log.transitions(), lang="en")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('to', 'from')
    """
    table = result.table
    ax_given = ax
    if table.empty:
        return _empty(new_axes(ax), lang)
    weight = table.groupby("source")["count"].sum().add(table.groupby("target")["count"].sum(), fill_value=0)
    chosen = list(weight.sort_values(ascending=False, kind="stable").index[:n])
    wide = (
        table.pivot(index="source", columns="target", values="probability")
        .reindex(index=chosen, columns=chosen)
        .fillna(0)
    )
    size = 0.55 * len(chosen) + 2.2
    ax = new_axes(ax_given, width=size + 1.2, height=size)
    values = wide.to_numpy()
    words = [
        [number(v, 0, percent=True, lang=lang).replace(" ", "\u202f") if v >= 0.005 else "" for v in row]
        for row in values
    ]
    heat(ax, values, words, peak=max(0.01, float(values.max())), aspect="equal")
    labels = [_named(c, 20, 2) for c in chosen]
    ax.set_xticks(range(len(chosen)), labels, rotation=45, ha="right", rotation_mode="anchor", fontsize=8.5)
    ax.set_yticks(range(len(chosen)), labels, fontsize=8.5)
    ax.set_xlabel(say(en="to", ru="куда", lang=lang))
    ax.set_ylabel(say(en="from", ru="откуда", lang=lang))
    return ax


def transition_graph(
    result: Any, *, ax: Axes | None = None, lang: str | None = None, min_share: float = 0.05, n: int = 12
) -> Axes:
    """Events on a ring, arrows as thick as their probability; entries are marked.

    Parameters
    ----------
    result : cjmkit.events.Transitions
        The transitions.
    ax, lang
        As for ``funnel``.
    min_share : float
        Leave out arrows below this probability.
    n : int
        The commonest events to show.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.transition_graph(log.transitions(), lang="en")
    >>> [t.get_text() for t in ax.texts[:2]]
    ['pay', 'visit']
    """
    table = result.table
    ax = new_axes(ax, width=7.5, height=7.5)
    if table.empty:
        return _empty(ax, lang)
    from matplotlib.patches import FancyArrowPatch

    weight = table.groupby("source")["count"].sum().add(table.groupby("target")["count"].sum(), fill_value=0)
    chosen = list(weight.sort_values(ascending=False, kind="stable").index[:n])
    angle = {c: np.pi / 2 - 2 * np.pi * i / len(chosen) for i, c in enumerate(chosen)}
    spot = {c: np.array([np.cos(a), np.sin(a)]) for c, a in angle.items()}
    first = (
        result.entries.set_index(result.entries.columns[0])["share"]
        if result.entries is not None
        else pd.Series(dtype=float)
    )
    shown = table[table["source"].isin(chosen) & table["target"].isin(chosen) & (table["probability"] >= min_share)]
    loops = shown[shown["source"] == shown["target"]].set_index("source")["probability"]
    peak = shown.loc[shown["source"] != shown["target"], "probability"].max() if len(shown) else 1
    for row in shown.sort_values("probability").to_dict("records"):
        if row["source"] == row["target"]:
            continue
        strength = row["probability"] / peak
        ax.add_patch(
            FancyArrowPatch(
                (float(spot[row["source"]][0]), float(spot[row["source"]][1])),
                (float(spot[row["target"]][0]), float(spot[row["target"]][1])),
                connectionstyle="arc3,rad=0.16",
                arrowstyle="-|>",
                mutation_scale=8 + 8 * strength,
                lw=0.6 + 3.4 * strength,
                color=PALETTE[0],
                alpha=0.25 + 0.6 * strength,
                shrinkA=11,
                shrinkB=12,
                zorder=1,
            )
        )
    for name in chosen:
        size = 120 + 1100 * weight[name] / weight.sum()
        enters = float(first.get(name, 0))
        ax.scatter(
            float(spot[name][0]),
            float(spot[name][1]),
            s=size,
            color=PALETTE[2] if enters >= 0.1 else GREY,
            zorder=3,
            edgecolor=ax.get_facecolor(),
        )
        away = spot[name] * 1.16
        told = _named(name, 16, 2)
        if name in loops.index:
            told += f"\n↻ {number(float(loops[name]), 0, percent=True, lang=lang)}"
        ax.text(
            float(away[0]),
            float(away[1]),
            told,
            ha="left" if away[0] > 0.15 else "right" if away[0] < -0.15 else "center",
            va="bottom" if away[1] > 0.3 else "top" if away[1] < -0.3 else "center",
            fontsize=9,
            zorder=4,
        )
    ax.set_xlim(-1.75, 1.75)
    ax.set_ylim(-1.55, 1.5)
    ax.set_aspect("equal")
    ax.set_axis_off()
    share = number(min_share, 0, percent=True, lang=lang)
    ax.text(
        0.5,
        0.0,
        say(
            en=f"arrows: at least {share} of what follows; green: at least 10% of people begin here; ↻ the same again",
            ru=f"стрелки: не меньше {share} следующих событий; зелёные: здесь начинают не меньше 10 % людей; ↻ повтор",
            lang=lang,
        ),
        transform=ax.transAxes,
        ha="center",
        fontsize=8,
        alpha=0.8,
    )
    return ax


def first_steps(result: Any, *, ax: Axes | None = None, lang: str | None = None, steps: int = 4, n: int = 6) -> Axes:
    """Flow of people through their first steps.

    Parameters
    ----------
    result : cjmkit.events.Paths
        The more paths it holds, the more of the flow is seen; ``log.paths(steps=4, n=500)`` is a good start. People
        on paths that the table does not hold are not drawn, and the picture says how many.
    ax, lang
        As for ``funnel``.
    steps : int
        How many steps to draw.
    n : int
        Events per step; the rest is drawn together.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.first_steps(log.paths(), steps=2, lang="en")
    >>> ax.texts[-1].get_text()
    '2 of 2 people (100%) took the paths that are drawn'
    """
    table = result.table
    ax = new_axes(ax, width=2.3 * steps + 1.2, height=5.0)
    if table.empty:
        return _empty(ax, lang)
    ended, other = say(en="(end)", ru="(конец)", lang=lang), say(en="(other)", ru="(другое)", lang=lang)
    people = table["users"].to_numpy(float)
    columns: list[list[str]] = []
    for i in range(steps):
        names = [p[i] if i < len(p) else ended if i and i - 1 < len(p) else "" for p in result.events]
        kinds = pd.Series(people).groupby(names).sum().drop(index=["", ended], errors="ignore")
        keep = set(kinds.sort_values(ascending=False, kind="stable").index[:n])
        columns.append([n if n in keep or n in ("", ended) else other for n in names])
    total = float(people.sum())
    pad, wide = 0.02, 0.09
    place: list[dict[str, tuple[float, float]]] = []
    hue: dict[str, str] = {ended: GREY, other: "#B5B5B5"}
    for names in columns:
        sums = (
            pd.Series(people)
            .groupby(names)
            .sum()
            .drop(index="", errors="ignore")
            .sort_values(ascending=False, kind="stable")
        )
        order = [k for k in sums.index if k not in (ended, other)] + [k for k in (other, ended) if k in sums.index]
        y, spots = 0.0, {}
        for name in order:
            height = float(sums[name]) / total
            spots[name] = (y, height)
            y += height + pad
            hue.setdefault(name, PALETTE[len(hue) % len(PALETTE)])
        place.append(spots)
    from matplotlib.patches import PathPatch, Rectangle
    from matplotlib.path import Path

    for i, spots in enumerate(place):
        for name, (y, height) in spots.items():
            ax.add_patch(Rectangle((i - wide / 2, y), wide, height, color=hue[name], alpha=0.95, lw=0))
            if height > 0.025:
                ax.text(
                    i + wide / 2 + 0.02,
                    y + height / 2,
                    f"{_named(name, 16, 2)} {number(height, 0, percent=True, lang=lang)}",
                    va="center",
                    ha="left",
                    fontsize=8,
                    zorder=5,
                )
    for i in range(steps - 1):
        flows = (
            pd.DataFrame({"a": columns[i], "b": columns[i + 1], "w": people / total})
            .groupby(["a", "b"], sort=False, as_index=False)["w"]
            .sum()
            .itertuples(index=False, name=None)
        )
        out = {n: y for n, (y, _) in place[i].items()}
        into = {n: y for n, (y, _) in place[i + 1].items()}
        ordered = sorted(
            ((a, b, w) for a, b, w in flows if a in place[i] and b in place[i + 1]),
            key=lambda f: (place[i][f[0]][0], place[i + 1][f[1]][0]),
        )
        for a, b, w in ordered:
            x0, x1, y0, y1 = i + wide / 2, i + 1 - wide / 2, out[a], into[b]
            out[a] += w
            into[b] += w
            middle = (x0 + x1) / 2
            points = [
                (x0, y0),
                (middle, y0),
                (middle, y1),
                (x1, y1),
                (x1, y1 + w),
                (middle, y1 + w),
                (middle, y0 + w),
                (x0, y0 + w),
                (x0, y0),
            ]
            codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
            ax.add_patch(PathPatch(Path(points, codes), facecolor=hue[a], alpha=0.28, lw=0))
    deepest = max(y + h for spots in place for y, h in spots.values())
    ax.set_xlim(-0.15, steps - 1 + 0.75)
    ax.set_ylim(deepest + 0.02, -0.06)
    for i in range(steps):
        ax.text(
            i,
            -0.03,
            say(en=f"step {i + 1}", ru=f"шаг {i + 1}", lang=lang),
            ha="center",
            va="bottom",
            fontsize=9,
            weight="bold",
        )
    ax.set_axis_off()
    everybody = int(table["n"].iloc[0])
    seen = number(total / everybody, 0, percent=True, lang=lang)
    ax.text(
        0,
        deepest + 0.03,
        say(
            en=f"{int(total):,} of {everybody:,} people ({seen}) took the paths that are drawn",
            ru=f"показаны пути {int(total)} из {everybody} человек ({seen})",
            lang=lang,
        ),
        fontsize=8,
        alpha=0.8,
        va="top",
    )
    return ax


def paths(result: Any, *, ax: Axes | None = None, lang: str | None = None, n: int = 12, steps: int = 8) -> Axes:
    """The commonest paths, a row each: events as boxes, share of people at the side.

    Parameters
    ----------
    result : cjmkit.events.Paths
        The paths.
    ax, lang
        As for ``funnel``.
    n, steps : int
        How many paths, and how many of their events.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.paths(log.paths(steps=1), lang="en")
    >>> ax.texts[0].get_text()
    'visit'
    """
    table = result.table.head(n)
    longest = min(steps, int(table["steps"].max())) if len(table) else 1
    ax = new_axes(ax, width=1.35 * longest + 3.4, height=0.5 * max(2, len(table)) + 0.8)
    if table.empty:
        return _empty(ax, lang)
    from matplotlib.patches import FancyBboxPatch

    events = result.events[:n]
    hue: dict[str, int] = {}
    for i, path in enumerate(events):
        for j, name in enumerate(path[:steps]):
            k = hue.setdefault(name, len(hue))
            ax.add_patch(
                FancyBboxPatch(
                    (j + 0.06, i - 0.34),
                    0.88,
                    0.68,
                    boxstyle="round,pad=0,rounding_size=0.08",
                    lw=0.8,
                    facecolor=PALETTE[k % len(PALETTE)],
                    alpha=0.3,
                    hatch=HATCHES[(k // len(PALETTE)) % len(HATCHES)],
                    edgecolor=PALETTE[k % len(PALETTE)],
                )
            )
            ax.text(j + 0.5, i, _named(name, 14, 2), ha="center", va="center", fontsize=7.5)
        if len(path) > steps:
            ax.text(steps + 0.08, i, f"… +{len(path) - steps}", va="center", fontsize=8)
    for i, row in enumerate(table.to_dict("records")):
        low, high = (number(row[c], 1, percent=True, lang=lang) for c in ("low", "high"))
        ax.text(
            -0.12,
            i,
            f"{number(row['share'], 1, percent=True, lang=lang)}  n = {int(row['users'])}\n[{low}; {high}]",
            ha="right",
            va="center",
            fontsize=7.5,
        )
    ax.set_xlim(-1.6, longest + 0.6)
    ax.set_ylim(len(table) - 0.5, -0.6)
    ax.set_axis_off()
    return ax


def sources(result: Any, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Conversion by first source with intervals; hollow where too few people came.

    Parameters
    ----------
    result : cjmkit.events.Sources
        The sources.
    ax, lang
        As for ``funnel``.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit", "ad"), ("a", "2026-03-02", "pay", "ad")]
    >>> rows += [("b", "2026-03-01", "visit", "mail"), ("b", "2026-03-02", "pay", "mail")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what", "where"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="where")
    >>> ax = cj.plot.sources(log.sources("pay"), lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['ad  (n = 1)', 'mail  (n = 1)']
    """
    table = result.table.sort_values(["conversion"], kind="stable").reset_index(drop=True)
    ax = new_axes(ax, width=7.0, height=0.42 * len(table) + 1.4)
    if table.empty:
        return _empty(ax, lang)
    y = np.arange(len(table))
    whole = table["users"].sum() / table["n"].sum()
    ax.axvline(whole, color=GREY, lw=1, ls="--")
    for known, face in ((True, PALETTE[0]), (False, "none")):
        part = table["enough"].to_numpy() == known
        if part.any():
            rows = table[part]
            spread = np.clip([rows["conversion"] - rows["low"], rows["high"] - rows["conversion"]], 0, None)
            ax.errorbar(
                rows["conversion"], y[part], xerr=spread, fmt="o", color=PALETTE[0], mfc=face, capsize=3, lw=1.3
            )
    ax.set_yticks(y, [f"{wrap(s, 26, 2)}  (n = {n})" for s, n in zip(table["source"], table["n"])])
    ax.set_ylim(-0.6, len(table) - 0.2)
    ax.set_xlim(0, min(1.0, float(table["high"].max()) * 1.08))
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    percent_axis(ax, "x", lang)
    ax.set_xlabel(
        say(
            en="share who finish;\ndashed: everybody; hollow: too few people to judge",
            ru="доля дошедших до цели;\nпунктир: все; пустой кружок: людей слишком мало",
            lang=lang,
        )
    )
    return tidy(ax, grid="x")


_MODELS = {
    "first": ("first touch", "первое касание"),
    "last": ("last touch", "последнее касание"),
    "linear": ("linear", "линейная"),
    "position": ("position", "позиционная"),
    "time_decay": ("time decay", "спад во времени"),
    "markov": ("Markov", "марковская"),
    "markov2": ("Markov, 2nd order", "марковская 2-го порядка"),
    "markov3": ("Markov, 3rd order", "марковская 3-го порядка"),
    "shapley": ("Shapley", "Шепли"),
    "shapley_rate": ("Shapley of rates", "Шепли по долям"),
}


def attribution(result: Any, *, ax: Axes | None = None, lang: str | None = None, n: int = 10) -> Axes:
    """Shares of the channels by model, side by side, with intervals.

    Parameters
    ----------
    result : cjmkit.events.Attribution
        The shares.
    ax, lang
        As for ``funnel``.
    n : int
        Channels with the largest shares.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit", "ad"), ("a", "2026-03-02", "pay", "ad")]
    >>> rows += [("b", "2026-03-01", "visit", "mail"), ("b", "2026-03-02", "pay", "mail")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what", "where"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="where")
    >>> ax = cj.plot.attribution(log.attribution("pay", resamples=20), lang="en")
    >>> ax.get_xlabel()
    'share of the credit for 2 people who finished'
    """
    table = result.table
    if table.empty:
        return _empty(new_axes(ax), lang)
    chosen = list(table.groupby("channel")["share"].mean().sort_values(ascending=False, kind="stable").index[:n])
    models = list(dict.fromkeys(table["model"]))
    ax = new_axes(ax, width=8.0, height=0.62 * len(chosen) + 1.8)
    shift = np.linspace(-0.3, 0.3, len(models)) if len(models) > 1 else [0.0]
    for i, model in enumerate(models):
        part = table[table["model"] == model].set_index("channel").reindex(chosen)
        spread = np.clip([part["share"] - part["low"], part["high"] - part["share"]], 0, None)
        en, ru = _MODELS.get(model, (model, model))
        ax.errorbar(
            part["share"],
            np.arange(len(chosen)) + shift[i],
            xerr=spread,
            fmt=MARKERS[i % len(MARKERS)],
            ms=4.5,
            lw=1,
            color=colours(len(models))[i],
            label=say(en=en, ru=ru, lang=lang),
        )
    for i in range(len(chosen) - 1):
        ax.axhline(i + 0.5, color=GREY, lw=0.4, alpha=0.5)
    apart = set()
    if result.disagreements is not None and "apart" in result.disagreements:
        apart = set(result.disagreements.loc[result.disagreements["apart"].astype(bool), "channel"])
    ax.set_yticks(range(len(chosen)), [wrap(c, 24, 2) + (" *" if c in apart else "") for c in chosen])
    ax.set_ylim(len(chosen) - 0.5, -0.5)
    if (table["low"].fillna(0) >= 0).all():
        ax.set_xlim(left=-0.01)
    percent_axis(ax, "x", lang)
    n = int(table["n"].iloc[0])
    ax.set_xlabel(
        say(en=f"share of the credit for {n:,} people who finished", ru=f"доля вклада; дошли до цели: {n}", lang=lang)
        + (
            say(en="; * models differ by more than chance", ru="; * модели расходятся не случайно", lang=lang)
            if apart
            else ""
        )
    )
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return tidy(ax, grid="x")


def stuck(result: Any, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Share of people who are still at each step after a time (Kaplan–Meier), with the usual time marked.

    Parameters
    ----------
    result : cjmkit.events.Stuck
        Its curves are drawn.
    ax, lang
        As for ``funnel``.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.stuck(log.stuck(["visit", "pay"]), lang="en")
    >>> ax.get_ylabel()
    'have not gone on yet'
    """
    curves = result.curves
    ax = new_axes(ax, width=7.5, height=4.4)
    if curves.empty:
        return _empty(ax, lang)
    size, en, ru = _unit(curves["time"].max().total_seconds())
    for i, row in enumerate(result.steps.to_dict("records")):
        part = curves[curves["step"] == row["step"]]
        if part.empty:
            continue
        t = np.r_[0, part["time"].dt.total_seconds() / size]
        hue = colours(len(result.steps))[i]
        label = f"{wrap(row['step'], 18)} → {wrap(row['next_step'], 18)} (n = {int(row['n'])})".replace("\n", " ")
        ax.step(t, np.r_[1, part["remaining"]], where="post", color=hue, lw=1.6, label=label)
        ax.fill_between(t, np.r_[1, part["low"]], np.r_[1, part["high"]], step="post", color=hue, alpha=0.14, lw=0)
        if pd.notna(row["usual_time"]):
            usual = row["usual_time"].total_seconds() / size
            at = float(part["remaining"][part["time"].dt.total_seconds() / size <= usual + 1e-9].iloc[-1])
            ax.plot(usual, at, MARKERS[i % len(MARKERS)], color=hue, ms=7)
    ax.set_ylim(0, 1.02)
    ax.set_xlim(0, None)
    percent_axis(ax, "y", lang)
    ax.set_ylabel(say(en="have not gone on yet", ru="ещё не пошли дальше", lang=lang))
    ax.set_xlabel(
        say(
            en=f"{en} since the step; mark: usual time, later is stuck",
            ru=f"{ru} после шага; знак: обычное время, позже — застрял",
            lang=lang,
        )
    )
    ax.legend(frameon=False, fontsize=8)
    return tidy(ax)


def outcomes(result: Any, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Share of people who met each outcome by each time since their start, with intervals; the rest is still open.

    Parameters
    ----------
    result : cjmkit.events.Outcomes
        With groups, a line for each group and outcome.
    ax, lang
        As for ``funnel``.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", 1, "apply"), ("a", 3, "paid"), ("b", 1, "apply"), ("b", 2, "left"), ("c", 2, "apply")]
    >>> frame = pd.DataFrame(rows, columns=["who", "day", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["day"], "D")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> cj.plot.outcomes(log.outcomes("paid", lost="left"), lang="en").get_ylabel()
    'have met the outcome'
    """
    curves = result.incidence
    ax = new_axes(ax, width=7.5, height=4.4)
    if curves.empty:
        return _empty(ax, lang)
    size, en, ru = _unit(curves["time"].max().total_seconds())
    keys = [*result.by, "outcome"]
    groups = list(curves.groupby(keys, sort=False))
    hues = colours(len(groups))
    for i, (key, part) in enumerate(groups):
        named = ", ".join(row_title(str(k), lang) for k in key)
        row = result.table[(result.table[keys] == pd.Series(key, index=keys)).all(axis=1)].iloc[0]
        label = f"{wrap(named, 30)} ({int(row['people'])} / {int(row['n'])})".replace("\n", " ")
        t = np.r_[0, part["time"].dt.total_seconds() / size]
        ax.step(t, np.r_[0, part["incidence"]], where="post", color=hues[i], lw=1.6, ls=("-", "--", ":", "-.")[i % 4],
                label=label)  # fmt: skip
        high = part["high"].fillna(1)
        ax.fill_between(t, np.r_[0, part["low"]], np.r_[0, high], step="post", color=hues[i], alpha=0.14, lw=0)
    ax.set_ylim(0, 1.02)
    ax.set_xlim(0, None)
    percent_axis(ax, "y", lang)
    ax.set_ylabel(say(en="have met the outcome", ru="исход наступил", lang=lang))
    at_risk = int(curves["at_risk"].min())
    ax.set_xlabel(
        say(
            en=f"{en} since the start; at the end {at_risk} people are still watched",
            ru=f"{ru} с начала; в конце под наблюдением ещё {at_risk} чел.",
            lang=lang,
        )
    )
    ax.legend(frameon=False, fontsize=8)
    return tidy(ax)


def _unit(seconds: float) -> tuple[float, str, str]:
    """The unit in which a span of time is drawn: its length in seconds, and its name."""
    units = (
        (86400.0, "days", "дни"),
        (3600.0, "hours", "часы"),
        (60.0, "minutes", "минуты"),
        (1.0, "seconds", "секунды"),
    )
    return next(u for u in units if seconds >= 2 * u[0] or u[0] == 1.0)


def retention(result: Any, *, ax: Axes | None = None, lang: str | None = None, periods: int = 12) -> Axes:
    """Share of people who come back in each period after their first, all cohorts together, with intervals.

    Parameters
    ----------
    result : cjmkit.events.Retention
        The retention.
    ax, lang
        As for ``funnel``.
    periods : int
        How many periods.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-09", "visit"), ("b", "2026-03-16", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.retention(log.retention("week"), lang="en")
    >>> ax.get_xlabel()
    'weeks after the first'
    """
    whole = result.overall()
    whole = whole[(whole["period"] > 0) & (whole["period"] <= periods)]
    ax = new_axes(ax, width=7.0, height=3.8)
    if whole.empty:
        return _empty(ax, lang)
    ax.plot(whole["period"], whole["share"], color=PALETTE[0], marker="o", ms=4, lw=1.5)
    ax.fill_between(whole["period"], whole["low"], whole["high"], color=PALETTE[0], alpha=0.18, lw=0)
    for period, share, n in zip(whole["period"], whole["share"], whole["n"]):
        ax.annotate(
            f"n = {int(n)}", (period, share), textcoords="offset points", xytext=(0, 8), ha="center", fontsize=7
        )
    names = {"day": ("days", "дней"), "week": ("weeks", "недель"), "month": ("months", "месяцев")}[result.period]
    ax.set_xlabel(say(en=f"{names[0]} after the first", ru=f"{names[1]} после первого прихода", lang=lang))
    ax.set_ylabel(say(en="come back", ru="возвращаются", lang=lang))
    ax.set_ylim(0, min(1.0, float(whole["high"].max()) * 1.25))
    ax.set_xticks(whole["period"].tolist())
    percent_axis(ax, "y", lang)
    return tidy(ax)
