"""Drawings of the ways people go: transitions, their graph, the first steps, the commonest paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.core.called import called
from cjmkit.i18n import interval, number, say
from cjmkit.i18n import people as people_words
from cjmkit.plot._events import found, named, nothing, waited, worded
from cjmkit.plot._style import (
    GREY,
    HATCHES,
    PALETTE,
    foreground,
    heat,
    new_axes,
)
from cjmkit.view.lanes import whole as counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.events.paths import Paths
    from cjmkit.events.transitions import Transitions

__all__ = ["first_steps", "paths", "transition_graph", "transitions"]


def transitions(
    result: Transitions,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    n: int = 15,
    names: Mapping[str, str] | None = None,
) -> Axes:
    """Heat map of what follows what: the row's people go to the column, in the order of the journey.

    Parameters
    ----------
    result : cjmkit.events.Transitions
        The transitions.
    ax, lang
        As for ``funnel``.
    n : int
        The commonest events to show.
    names : mapping, optional
        Event or stage to what people call it, for example ``{s.id: s.title for s in journey.stages}``.

    Notes
    -----
    Stages stand as the journey goes, and events by their stages; events without one by the way people flow: what is
    mostly gone from first, what is mostly come to last. Below the diagonal people go back.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.transitions(log.transitions(), names={"pay": "Paid"}, lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()], ax.get_ylabel()
    (['visit', 'Paid'], 'from')
    """
    table, known = result.table, {**result.origin.names, **(names or {})}
    if table.empty:
        return nothing(new_axes(ax), lang)
    away, to = table.groupby("source")["count"].sum(), table.groupby("target")["count"].sum()
    weight = away.add(to, fill_value=0)
    common = list(weight.sort_values(ascending=False, kind="stable").index[:n])
    other = table[table["source"] != table["target"]]
    net = other.groupby("source")["count"].sum().sub(other.groupby("target")["count"].sum(), fill_value=0) / weight
    place = {e: i for i, e in enumerate(result.order)}
    chosen = sorted(common, key=lambda e: (place.get(e, len(place)), -float(net.get(e, 0.0))))
    wide = (
        table.pivot(index="source", columns="target", values="probability")
        .reindex(index=chosen, columns=chosen)
        .fillna(0)
    )
    size = 0.55 * len(chosen) + 2.2
    ax = new_axes(ax, width=size + 1.2, height=size + 0.7)
    values = wide.to_numpy()
    words = [
        [number(v, 0, percent=True, lang=lang).replace(" ", "\u202f") if v >= 0.005 else "" for v in row]
        for row in values
    ]
    heat(ax, values, words, peak=max(0.01, float(values.max())), aspect="equal")
    labels = [named(called(known, c), 20, 2) for c in chosen]
    ax.set_xticks(range(len(chosen)), labels, rotation=45, ha="right", rotation_mode="anchor", fontsize=8.5)
    ax.set_yticks(range(len(chosen)), labels, fontsize=8.5)
    ax.set_xlabel(say(en="to", ru="куда", lang=lang))
    ax.set_ylabel(say(en="from", ru="откуда", lang=lang))
    left = len(weight) - len(chosen)
    more = say(en=f"; {left} rarer ones are not shown", ru=f"; более редкие не показаны: {left}", lang=lang)
    under = say(en="share of all moves away from the row; an empty cell is less than 0.5%",
                ru="доля всех переходов из строки; пустая клетка — меньше 0,5 %", lang=lang)  # fmt: skip
    return found(ax, worded(result, known), lang, under + (more if left > 0 else ""))


def transition_graph(
    result: Transitions, *, ax: Axes | None = None, lang: str | None = None, coverage: float = 0.8, n: int = 40
) -> Axes:
    """Events from left to right as people go through them, arrows as thick as the number of people who took them.

    Parameters
    ----------
    result : cjmkit.events.Transitions
        The transitions.
    ax, lang
        As for ``funnel``.
    coverage : float
        Ways are drawn from the commonest on until they hold this share of all moves (each person once a way), and at
        most two ways an event, so that they can be told apart; the caption says which share is drawn.
    n : int
        The commonest events to show; those that no way reaches are left out.

    Notes
    -----
    An event's place is found by least squares, so that each move leads one step to the right as far as that can be
    (weights: people); it depends on the table only, and stays where it is from run to run. Dashed arrows lead back.

    Examples
    --------
    >>> import pandas as pd
    >>> import cjmkit as cj
    >>> rows = [("a", "2026-03-01", "visit"), ("a", "2026-03-03", "pay"), ("b", "2026-03-01", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    >>> log = cj.EventLog(frame, user="who", time="when", event="what")
    >>> ax = cj.plot.transition_graph(log.transitions(), lang="en")
    >>> [t.get_text() for t in ax.texts[:2]]
    ['visit', 'pay']
    """
    table = result.table
    if table.empty:
        return nothing(new_axes(ax), lang)
    ways, share = _main_ways(table, coverage, n)
    place = _places(ways)
    across, high = max(x for x, _ in place.values()) + 1, max(abs(y) for _, y in place.values()) * 2 + 1
    ax = new_axes(ax, width=max(6.0, 1.75 * across + 0.6), height=max(3.2, 0.8 * high + 1.6))
    _boxes_and_arrows(ax, result, ways, place, lang)
    ax.set_xlim(-0.55, across - 0.45)
    ax.set_ylim(-high / 2 - 0.5, high / 2 + 0.3)
    ax.set_axis_off()
    pct = number(share, 0, percent=True, lang=lang)
    rest = len({*table["source"], *table["target"]}) - len(place)
    note = say(
        en=f"drawn: {pct} of all moves between events; dashed: back; green: at least "
        f"10% begin here; ↻ the same again" + (f"; rarer events not drawn: {rest}" if rest else ""),
        ru=f"показано {pct} всех переходов; пунктир: назад; зелёные: начинают не меньше "
        f"10 %; ↻ повтор" + (f"; редких событий не показано: {rest}" if rest else ""),
        lang=lang,
    )
    measure = say(en="number and width of an arrow: people who went this way",
                  ru="число и толщина стрелки: сколько людей так прошли", lang=lang)  # fmt: skip
    return found(ax, result, lang, measure, note, down=4)


def _main_ways(table: pd.DataFrame, coverage: float, n: int) -> tuple[pd.DataFrame, float]:
    """The commonest ways between different events that hold this share of all moves, and the share they hold."""
    moves = table[table["source"] != table["target"]]
    if moves.empty:
        return table.head(1), 1.0
    weight = moves.groupby("source")["users"].sum().add(moves.groupby("target")["users"].sum(), fill_value=0)
    chosen = set(weight.sort_values(ascending=False, kind="stable").index[:n])
    order = moves.sort_values(["users", "source", "target"], ascending=[False, True, True])
    inside = order[order["source"].isin(chosen) & order["target"].isin(chosen)]
    total = float(moves["users"].sum())
    before = inside["users"].cumsum().shift(1, fill_value=0) / total
    ways = inside[before < coverage].head(2 * len(chosen))
    return ways, float(ways["users"].sum()) / total


def _places(ways: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Column and height of each event."""
    names = sorted({*ways["source"], *ways["target"]})
    at = {name: i for i, name in enumerate(names)}
    moves = [(at[r["source"]], at[r["target"]], float(r["users"])) for r in ways.to_dict("records")]
    left = np.eye(len(names)) * 1e-6
    right = np.zeros(len(names))
    for a, b, w in moves:
        if a != b:
            left[a, a] += w
            left[b, b] += w
            left[a, b] -= w
            left[b, a] -= w
            right[b] += w
            right[a] -= w
    level = np.linalg.solve(left, right)
    order = sorted(range(len(names)), key=lambda i: (round(float(level[i]), 6), names[i]))
    # As many columns as journeys are long, but none so full that its boxes do not fit.
    spread = int(float(level.max() - level.min()) + 0.5) + 1
    most = max(2, int(np.ceil(len(names) / max(3, int(len(names) ** 0.5) + 1))))
    columns: list[list[int]] = [[]]
    begin = level[order[0]]
    step = max(0.35, (level.max() - level.min()) / max(spread, 1))
    for i in order:
        if columns[-1] and (len(columns[-1]) >= most or level[i] - begin > step / 2):
            columns.append([])
            begin = level[i]
        columns[-1].append(i)
    height = {i: (k - (len(c) - 1) / 2) for c in columns for k, i in enumerate(c)}
    for _ in range(6):  # each event near those that it is joined to
        for c in columns:
            pull = {i: np.average([height[b if a == i else a] for a, b, _ in moves if i in (a, b)] or [height[i]],
                                  weights=[w for a, b, w in moves if i in (a, b)] or [1.0]) for i in c}  # fmt: skip
            for k, i in enumerate(sorted(c, key=lambda i: (round(float(pull[i]), 6), names[i]))):
                height[i] = k - (len(c) - 1) / 2
    return {
        names[i]: (float(x), -float(height[i]) + (0.22 if x % 2 else 0.0)) for x, c in enumerate(columns) for i in c
    }


def _boxes_and_arrows(
    ax: Axes, result: Any, ways: pd.DataFrame, place: dict[str, tuple[float, float]], lang: str | None
) -> None:
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    same = result.table[result.table["source"] == result.table["target"]].set_index("source")["probability"]
    first = pd.Series(dtype=float)
    if result.entries is not None:
        first = result.entries.set_index(result.entries.columns[0])["share"]
    box = {}
    plain = ax.get_facecolor()
    for name, (x, y) in sorted(place.items(), key=lambda p: p[1]):
        enters = float(first.get(name, 0)) >= 0.1
        box[name] = FancyBboxPatch(
            (x - 0.36, y - 0.24), 0.72, 0.48, boxstyle="round,pad=0.02,rounding_size=0.06", facecolor=plain,
            edgecolor=PALETTE[2] if enters else GREY, lw=2.2 if enters else 1.1, zorder=3,
        )  # fmt: skip
        ax.add_patch(box[name])
        told = named(result.origin.called(name), 15, 2)
        if float(same.get(name, 0)) >= 0.05:
            told += f"\n↻ {number(float(same[name]), 0, percent=True, lang=lang)}"
        ax.text(x, y, told, ha="center", va="center", fontsize=7.5, zorder=4)
    ways = ways[ways["source"] != ways["target"]]
    peak = float(ways["users"].max()) if len(ways) else 1.0
    # A box counts as three numbers beside each other.
    taken = [(x + dx, y + dy) for x, y in place.values() for dx in (-0.2, 0.0, 0.2) for dy in (-0.14, 0.14)]
    for i, row in enumerate(ways.sort_values("users", ascending=False, kind="stable").to_dict("records")):
        a, b = place[row["source"]], place[row["target"]]
        back, strength = b[0] < a[0], float(row["users"]) / peak
        bend = 0.28 if back or b[0] == a[0] else 0.06 if b[0] - a[0] < 1.5 else -0.12
        ax.add_patch(FancyArrowPatch(
            a, b, connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>", mutation_scale=7 + 6 * strength,
            lw=0.5 + 4.5 * strength, color=PALETTE[1] if back else PALETTE[0], alpha=0.3 + 0.5 * strength,
            ls="--" if back else "-", patchA=box[row["source"]], patchB=box[row["target"]], shrinkA=2, shrinkB=2,
            zorder=1,
        ))  # fmt: skip
        if i < max(12, len(place)) and strength >= 0.08:
            _number_on(ax, a, b, bend, counted(row["users"], lang), taken, always=i == 0)


def _number_on(
    ax: Axes,
    a: tuple[float, float],
    b: tuple[float, float],
    bend: float,
    text: str,
    taken: list[tuple[float, float]],
    *,
    always: bool,
) -> None:
    """A number on its arrow, where it lies on no box and no other number; else nowhere, or where there is most room."""
    room = []
    for t in (0.5, 0.36, 0.64, 0.43, 0.57, 0.28, 0.72, 0.2, 0.8):
        # A bent arrow lies beside the line between its ends, farthest in the middle.
        aside = 2 * t * (1 - t) * bend
        x, y = a[0] + t * (b[0] - a[0]) + aside * (b[1] - a[1]), a[1] + t * (b[1] - a[1]) - aside * (b[0] - a[0])
        free = min(max(abs(x - p) - 0.24 - 0.02 * len(text), abs(y - q) - 0.17) for p, q in taken)
        room.append((free, x, y))
        if free > 0:
            break
    free, x, y = max(room, key=lambda r: r[0])
    if free > 0 or always:
        taken.append((x, y))
        ax.text(
            x, y, text, fontsize=6.5, ha="center", va="center", zorder=2, color=foreground(ax),
            bbox={"boxstyle": "round,pad=0.12", "fc": ax.get_facecolor(), "ec": "none", "alpha": 0.75},
        )  # fmt: skip


def first_steps(result: Paths, *, ax: Axes | None = None, lang: str | None = None, steps: int = 4, n: int = 6) -> Axes:
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
        return nothing(ax, lang)
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
                    f"{named(result.origin.called(name), 16, 2)} {number(height, 0, percent=True, lang=lang)}",
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
    taken, of = counted(total, lang), people_words(everybody, lang)
    note = say(
        en=f"{taken} of {of} ({seen}) took the paths that are drawn", ru=f"показаны пути {taken} из {of} ({seen})",
        lang=lang,
    )  # fmt: skip
    measure = say(en="what people do first, second and so on; share of those drawn",
                  ru="что люди делают сначала и потом; доля от показанных", lang=lang)  # fmt: skip
    return found(ax, result, lang, measure, note, down=4)


def paths(result: Paths, *, ax: Axes | None = None, lang: str | None = None, n: int = 12, steps: int = 8) -> Axes:
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
        return nothing(ax, lang)
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
            ax.text(j + 0.5, i, named(result.origin.called(name), 14, 2), ha="center", va="center", fontsize=8)
        if len(path) > steps:
            ax.text(steps + 0.08, i, f"… +{len(path) - steps}", va="center", fontsize=8)
    for i, row in enumerate(table.to_dict("records")):
        limits = interval(row["low"], row["high"], 1, percent=True, lang=lang)
        ax.text(
            -0.12,
            i,
            f"{number(row['share'], 1, percent=True, lang=lang)}  n = {counted(row['users'], lang)}\n{limits}"
            + (f"  {wait}" if (wait := waited(row["median_time"], lang)) else ""),
            ha="right",
            va="center",
            fontsize=7.5,
        )
    ax.set_xlim(-1.6, longest + 0.6)
    ax.set_ylim(len(table) - 0.5, -0.6)
    ax.set_axis_off()
    measure = say(
        en="the commonest paths; beside them the share of people with its interval of 95% and the median time",
        ru="самые частые пути; рядом доля людей с 95-процентным интервалом и медиана времени",
        lang=lang,
    )
    return found(ax, replace(result, table=table), lang, measure)
