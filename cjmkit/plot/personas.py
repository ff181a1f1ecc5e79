"""Drawings of personas: where people lie, how many groups, how sure, what sets them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.core.caution import contradictions, unpacked
from cjmkit.errors import NotEnough
from cjmkit.i18n import current_language, number, say, shorten
from cjmkit.plot._doubts import footed
from cjmkit.plot._style import GREY, MARKERS, PALETTE, foreground, heat, new_axes, number_axis, tidy, wrap
from cjmkit.plot._survey import finding, publish
from cjmkit.view.people import apart_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.personas.found import PersonasData

__all__ = ["k_choice", "people_map", "profile", "silhouette", "snake_plot", "stability_matrix"]


def _colour(found: Any, persona: object) -> str:
    ids = list(found.ids)
    if persona not in ids or len(ids) == 1:
        return GREY
    return PALETTE[ids.index(persona) % len(PALETTE)]


def _marker(found: Any, persona: object) -> str:
    ids = list(found.ids)
    return MARKERS[ids.index(persona) % len(MARKERS)] if persona in ids else "x"


def _headed(found: Any, ax: Axes, lang: str, title: str, measure: str, down: float = 36) -> Axes:
    """What the picture shows over it, and the verdict under it: a picture travels without its text."""
    verdict = finding(found.verdict(lang))
    if not title:
        title, verdict = verdict, ""
    return publish(ax, title, measure, verdict, down=down)


def people_map(found: PersonasData, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """People on the first two components, by persona.

    Grey without groups; crosses fit nowhere; rings are people on a boundary.

    Parameters
    ----------
    found : Personas
        The result.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    lang : {"en", "ru"}, optional
        Language.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([0, 1], 30)[:, None] * [4, 4, -4, 0, 0]
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns=list("abcde")).round()
    >>> found = personas.fit(personas.features(survey=answers), nulls=19, resamples=10)
    >>> ax = people_map(found, lang="en")
    >>> [t.get_text() for t in ax.get_legend().get_texts()]
    ['P1 (n = 30)', 'P2 (n = 30)']
    """
    lang = current_language(lang)
    ax = tidy(new_axes(ax, width=6.4, height=4.8), grid=None)
    where = found.coordinates()
    roles = found.people["role"]
    ink = foreground(ax)
    for i in found.ids:
        own = where[where["persona"] == i]
        title = f"{wrap(found.name(i), 22, 2)} (n = {len(own)})"
        ax.scatter(
            own["x"], own["y"], s=26, marker=_marker(found, i), color=_colour(found, i), alpha=0.75, linewidths=0,
            label=title,
        )  # fmt: skip
        edge = own[roles.reindex(own.index) == "boundary"]
        ax.scatter(edge["x"], edge["y"], s=60, facecolors="none", edgecolors=ink, linewidths=0.7)
    lost = where[where["persona"].isna()]
    if len(lost):
        ax.scatter(
            lost["x"], lost["y"], s=34, marker="x", color=ink, linewidths=1,
            label=say(en=f"fits nowhere ({len(lost)})", ru=f"не подходят никуда ({len(lost)})", lang=lang),
        )  # fmt: skip
    if len(found.ids) > 1 and (roles == "boundary").any():
        n = int((roles == "boundary").sum())
        ax.scatter(
            [], [], s=60, facecolors="none", edgecolors=ink, linewidths=0.7,
            label=say(en=f"on a boundary ({n})", ru=f"на границе ({n})", lang=lang),
        )  # fmt: skip
    ax.set_xlabel(say(en="first component", ru="первая компонента", lang=lang))
    ax.set_ylabel(say(en="second component", ru="вторая компонента", lang=lang))
    ax.set_xticks([])
    ax.set_yticks([])
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    between = int((roles == "boundary").sum())
    head = say(
        en=f"{between} of {len(roles)} people stand between two personas",
        ru=f"Между двумя портретами стоят {between} из {len(roles)} человек",
        lang=lang,
    )
    measure = say(
        en="each person by the two main components of what they answered",
        ru="каждый человек по двум главным компонентам его ответов",
        lang=lang,
    )
    return _headed(found, ax, lang, head if len(found.ids) > 1 else "", measure, 24)


def k_choice(found: PersonasData, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Silhouettes for each number of groups, over the band that data without groups fill.

    Filled points are numbers of groups that come back in resamples; the ring is the one taken.

    Parameters
    ----------
    found : Personas
        The result.
    ax, lang
        As for :func:`people_map`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([0, 1], 30)[:, None] * [4, 4, -4, 0, 0]
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns=list("abcde")).round()
    >>> found = personas.fit(personas.features(survey=answers), nulls=19, resamples=10)
    >>> ax = k_choice(found, lang="en")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('number of groups', 'mean silhouette')
    """
    lang = current_language(lang)
    ax = tidy(new_axes(ax, width=6.4, height=4.0))
    t = found.choice
    if not len(t):
        raise NotEnough(
            say(en="there are no groups to show", ru="показывать нечего: групп нет", lang=lang),
            why=found.verdict(lang),
            action=say(
                en="go on with one map for everybody, or bring more people or other questions",
                ru="продолжайте с одной картой для всех или добавьте людей или другие вопросы",
                lang=lang,
            ),
        )
    ax.fill_between(
        t["k"], t["null_low"], t["null_high"], color=GREY, alpha=0.3, linewidth=0,
        label=say(en="data without groups, 90%", ru="данные без групп, 90 %", lang=lang),
    )  # fmt: skip
    ax.plot(t["k"], t["null_mean"], color=GREY, linewidth=1)
    ink = foreground(ax)
    ax.plot(t["k"], t["silhouette"], color=PALETTE[0], linewidth=1.2)
    back = t["lowest_jaccard"] >= 0.6
    ax.scatter(
        t["k"][back], t["silhouette"][back], color=PALETTE[0], s=45, zorder=3,
        label=say(en="these people, groups come back", ru="эти люди, группы возвращаются", lang=lang),
    )  # fmt: skip
    if (~back).any():
        ax.scatter(
            t["k"][~back], t["silhouette"][~back], facecolors=ax.get_facecolor(), edgecolors=PALETTE[0], s=45, zorder=3,
            label=say(en="these people, groups do not come back", ru="эти люди, группы не возвращаются", lang=lang),
        )  # fmt: skip
    if found.found:
        own = t[t["chosen"]]
        ax.scatter(own["k"], own["silhouette"], s=190, facecolors="none", edgecolors=ink, linewidths=1.3, zorder=4)
    ax.set_xticks(list(t["k"]))
    ax.set_xlabel(say(en="number of groups", ru="число групп", lang=lang))
    number_axis(ax, "y", lang)
    ax.set_ylabel(say(en="mean silhouette", ru="средний силуэт", lang=lang))
    ax.legend(frameon=False, fontsize=8)
    k = found.k if found.found else 0
    head = say(
        en=f"{k} groups lie farther apart than in data without groups",
        ru=f"Групп {k}: они дальше друг от друга, чем в данных без групп",
        lang=lang,
    )
    measure = say(
        en="mean silhouette for each number of groups, against simulated data without groups",
        ru="средний силуэт для каждого числа групп против искусственных данных без групп",
        lang=lang,
    )
    return _headed(found, ax, lang, head if k else "", measure)


def silhouette(found: PersonasData, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """How much better each person fits their own persona than the next best.

    Parameters
    ----------
    found : Personas
        The result.
    ax, lang
        As for :func:`people_map`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([0, 1], 30)[:, None] * [4, 4, -4, 0, 0]
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns=list("abcde")).round()
    >>> found = personas.fit(personas.features(survey=answers), nulls=19, resamples=10)
    >>> ax = silhouette(found, lang="en")
    >>> ax.get_xlabel()
    'silhouette (mean 0.4...)'
    """
    lang = current_language(lang)
    ax = tidy(new_axes(ax, width=6.4, height=4.2), grid="x")
    people = found.people.dropna(subset=["silhouette"])
    y, ticks = 0, []
    for i in found.ids:
        own = np.sort(people.loc[people["persona"] == i, "silhouette"].to_numpy())
        ax.barh(np.arange(y, y + len(own)), own, height=1.0, color=_colour(found, i), linewidth=0)
        ticks.append((y + len(own) / 2, f"{wrap(found.name(i), 20, 2)}\nn = {len(own)}"))
        y += len(own) + max(2, len(people) // 60)
    if not len(people):
        raise NotEnough(
            say(en="there are no groups to show", ru="показывать нечего: групп нет", lang=lang),
            why=found.verdict(lang),
            action=say(
                en="go on with one map for everybody, or bring more people or other questions",
                ru="продолжайте с одной картой для всех или добавьте людей или другие вопросы",
                lang=lang,
            ),
        )
    mean = float(people["silhouette"].mean())
    ax.axvline(mean, color=foreground(ax), linewidth=1, linestyle="--")
    ax.axvline(0, color=foreground(ax), linewidth=0.6)
    ax.set_yticks([t for t, _ in ticks], [s for _, s in ticks], fontsize=8)
    number_axis(ax, "x", lang)
    ax.set_xlabel(
        say(
            en=f"silhouette (mean {number(mean, 2, lang='en')})",
            ru=f"силуэт (среднее {number(mean, 2, lang='ru')})",
            lang=lang,
        )
    )
    closer = int((people["silhouette"] > 0).sum())
    head = say(
        en=f"{closer} of {len(people)} people are closest to their own persona",
        ru=f"К своему портрету ближе всего {closer} из {len(people)} человек",
        lang=lang,
    )
    measure = say(
        en="how much better each person fits their own persona than the next one",
        ru="насколько лучше каждый подходит своему портрету, чем соседнему",
        lang=lang,
    )
    return _headed(found, ax, lang, head, measure)


def stability_matrix(found: PersonasData, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """How often two people land together when people are resampled: clear blocks are stable personas.

    Parameters
    ----------
    found : Personas
        The result.
    ax, lang
        As for :func:`people_map`.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([0, 1], 30)[:, None] * [4, 4, -4, 0, 0]
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns=list("abcde")).round()
    >>> found = personas.fit(personas.features(survey=answers), nulls=19, resamples=10)
    >>> ax = stability_matrix(found, lang="en")
    >>> [t.get_text().split() for t in ax.get_yticklabels()]
    [['P1', '1.00'], ['P2', '1.00']]
    """
    lang = current_language(lang)
    if found.search is None:
        return _empty(found, ax, lang)
    table = found.consensus
    ax = new_axes(ax, width=5.8, height=5.2)
    image = heat(ax, table.to_numpy(), peak=1, aspect="equal")
    labels = np.sort(found.search.labels[found.k])
    edges = np.flatnonzero(np.diff(labels)) + 0.5
    for e in edges:
        ax.axhline(e, color=PALETTE[1], linewidth=0.8)
        ax.axvline(e, color=PALETTE[1], linewidth=0.8)
    borders = np.concatenate([[-0.5], edges, [len(labels) - 0.5]])
    middle = (borders[1:] + borders[:-1]) / 2
    names = [f"{wrap(found.name(i), 16, 2)}\n{number(j, 2, lang=lang)}" for i, j in zip(found.ids, found.jaccard)]
    ax.set_yticks(middle, names, fontsize=8)
    ax.set_xticks([])
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.045, pad=0.02)
    bar.set_label(say(en="share of resamples together", ru="доля выборок, где вместе", lang=lang), fontsize=8)
    bar.ax.tick_params(labelsize=7)
    least = number(min(found.jaccard), 2, lang=lang)
    head = say(
        en=f"When people are drawn anew the personas come back with {least} or more",
        ru=f"При повторном отборе людей портреты возвращаются: {least} или больше",
        lang=lang,
    )
    measure = say(
        en="how often two people land together; the figure beside a name is its stability (Jaccard)",
        ru="как часто два человека оказываются вместе; рядом с именем устойчивость (Жаккар)",
        lang=lang,
    )
    return _headed(found, ax, lang, head, measure, 12)


def _empty(found: Any, ax: Axes | None, lang: str) -> Axes:
    """A picture that says that nothing sets groups apart: an empty frame would look like a mistake."""
    ax = new_axes(ax, width=7.4, height=2.4)
    ax.set_axis_off()
    nothing = say(en="Nothing sets groups apart here.", ru="Здесь нет ничего, что отличало бы группы.", lang=lang)
    if found.about:
        degrees = say(
            en=f"People differ by degree: {found.about}.", ru=f"Люди различаются степенью: {found.about}.", lang=lang
        )
        nothing += "\n" + wrap(degrees, 80, 3)
    ax.text(0.5, 0.5, nothing, ha="center", va="center", transform=ax.transAxes, fontsize=10.5, color=foreground(ax))
    return _headed(found, ax, lang, "", "", 12)


def _columns_for(found: Any, n: int) -> Any:
    table = found.profile()
    table = table[table["effect"].notna()]
    key = table["column"].astype(str) + "\0" + table["level"].astype(str)
    largest = table.groupby(key)["effect"].agg(lambda e: e.abs().max()).sort_values(ascending=False)
    keep = list(largest.index[:n])
    return table.assign(key=key)[key.isin(keep)], keep


def _label(row: Any) -> str:
    doubtful = contradictions(unpacked(str(row.get("cautions") or "")))
    return ("† " if doubtful else "") + (f"{row['text']}: {row['level']}" if row["level"] else str(row["text"]))


@footed
def profile(found: PersonasData, *, ax: Axes | None = None, lang: str | None = None, n: int = 10) -> Axes:
    """What sets each persona apart: effects with 95% intervals, out of sample and without the column.

    Under each question, the figures of the persona that it sets apart most.

    Parameters
    ----------
    found : Personas
        The result.
    ax, lang
        As for :func:`people_map`.
    n : int
        How many columns, largest effects first.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([0, 1], 30)[:, None] * [4, 4, -4, 0, 0]
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns=list("abcde")).round()
    >>> found = personas.fit(personas.features(survey=answers), nulls=19, resamples=10)
    >>> ax = profile(found, n=3, lang="en")
    >>> sorted(t.get_text().splitlines()[0] for t in ax.get_yticklabels())
    ['a', 'b', 'c']
    """
    lang = current_language(lang)
    table, keep = _columns_for(found, n)
    if not keep:
        return _empty(found, ax, lang)
    k = len(found.ids)
    height = 1.5 + len(keep) * max(0.56, 0.15 * k + 0.14)
    ax = tidy(new_axes(ax, width=7.4, height=height), grid="x")
    texts = {}
    for j, i in enumerate(found.ids):
        own = table[table["persona"] == i].set_index("key").reindex(keep)
        y = np.arange(len(keep)) + (j - (k - 1) / 2) * 0.7 / max(k, 2)
        x = own["effect"].to_numpy(dtype=float)
        err = np.vstack([x - own["low"].to_numpy(dtype=float), own["high"].to_numpy(dtype=float) - x])
        ax.errorbar(
            x, y, xerr=np.nan_to_num(err), fmt=_marker(found, i), color=_colour(found, i), markersize=5, elinewidth=1.2,
            label=wrap(found.name(i), 26, 2), linestyle="none",
        )  # fmt: skip
        for key, row in own.iterrows():
            if isinstance(row["text"], str):
                texts[key] = wrap(_label(row), 38, 2)
    for key, own in table.groupby("key"):
        most: Any = own.loc[own["effect"].abs().idxmax()]
        who = shorten(found.name(most["persona"]), 20)
        percent = "%" in str(most["in_words"])
        texts[key] += "\n" + apart_text(who, most["mean"], most["elsewhere"], percent=percent, lang=lang)
    ax.axvline(0, color=foreground(ax), linewidth=0.8)
    for row_number in range(len(keep) - 1):
        ax.axhline(row_number + 0.5, color=GREY, linewidth=0.4, alpha=0.5)
    ax.set_yticks(range(len(keep)), [texts.get(key, "") for key in keep], fontsize=8)
    ax.set_ylim(len(keep) - 0.5, -0.5)
    number_axis(ax, "x", lang)
    ax.set_xlabel(
        say(
            en="difference from the others, in standard deviations (g; h for shares), 95%",
            ru="отличие от остальных, в стандартных отклонениях (g; для долей h), 95 %",
            lang=lang,
        ),
        fontsize=8.5,
    )
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    head = _strongest(found, table, lang)
    measure = say(
        en="difference of each persona from all others; groups formed by other people without the question",
        ru="отличие каждого портрета от остальных; группы построены по другим людям без этого вопроса",
        lang=lang,
    )
    return _headed(found, ax, lang, head, measure)


def _strongest(found: Any, table: Any, lang: str) -> str:
    """What sets one persona apart most, as a title."""
    row: Any = table.loc[table["effect"].abs().idxmax()]
    name, what = found.name(row["persona"]), _label(row)
    if row["effect"] > 0:
        return say(
            en=f"Farthest from the others: {name}, more “{what}”", ru=f"Дальше всех: {name}, больше «{what}»", lang=lang
        )
    return say(
        en=f"Farthest from the others: {name}, less “{what}”", ru=f"Дальше всех: {name}, меньше «{what}»", lang=lang
    )


@footed
def snake_plot(found: PersonasData, *, ax: Axes | None = None, lang: str | None = None, n: int = 10) -> Axes:
    """Means of each persona from question to question, in standard deviations from everybody's mean.

    Descriptive: the questions formed the groups, so the lines differ by construction.

    Parameters
    ----------
    found : Personas
        The result.
    ax, lang
        As for :func:`people_map`.
    n : int
        How many columns.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([0, 1], 30)[:, None] * [4, 4, -4, 0, 0]
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns=list("abcde")).round()
    >>> found = personas.fit(personas.features(survey=answers), nulls=19, resamples=10)
    >>> ax = snake_plot(found, n=3, lang="en")
    >>> ax.get_ylabel()
    "mean, SD from everybody's mean"
    """
    lang = current_language(lang)
    table, keep = _columns_for(found, n)
    if not keep:
        return _empty(found, ax, lang)
    ax = tidy(new_axes(ax, width=max(6.5, 0.75 * len(keep) + 2.2), height=4.6))
    texts: dict[Any, str] = {}
    for i in found.ids:
        own = table[table["persona"] == i].set_index("key").reindex(keep)
        values = []
        for key, row in own.iterrows():
            texts[key] = _label(row)
            column = found.features.table[row["column"]]
            column = (column.astype(str) == row["level"]).astype(float) if row["level"] else column.astype(float)
            if row["measure"] == "g" and row["block"] in ("codes", "talk", "answers"):
                column = column**2
            values.append((row["mean"] - column.mean()) / column.std(ddof=0))
        ax.plot(
            range(len(keep)), values, marker=_marker(found, i), color=_colour(found, i), linewidth=1.6, markersize=6,
            label=wrap(found.name(i), 26, 2),
        )  # fmt: skip
    ax.axhline(0, color=foreground(ax), linewidth=0.8)
    number_axis(ax, "y", lang)
    ax.set_xticks(range(len(keep)), [wrap(texts[key], 24, 3) for key in keep], rotation=40, ha="right", fontsize=7.5)
    ax.set_ylabel(
        say(en="mean, SD from everybody's mean", ru="среднее, SD от общего среднего", lang=lang), fontsize=8.5
    )
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    measure = say(
        en="means of each persona, question by question; descriptive, since the questions formed the groups",
        ru="средние каждого портрета по вопросам; описание: из этих вопросов группы и построены",
        lang=lang,
    )
    return _headed(found, ax, lang, _strongest(found, table, lang), measure, 96)
