"""Drawings of coded interviews: codes by stage, saturation, agreement by code, co-occurrence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import number, say
from cjmkit.plot._style import GREY, PALETTE, heat, new_axes, number_axis, tidy, wrap
from cjmkit.plot._survey import finding, publish

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cjmkit.coding.agreeing.coders import Agreement
    from cjmkit.coding.repetition import Saturation
    from cjmkit.coding.retrieval import CodeTable
    from cjmkit.coding.together import Cooccurrence

__all__ = ["agreement_by_code", "code_by_stage", "cooccurrence", "saturation"]


def code_by_stage(
    result: CodeTable,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    stages: Any = None,
    titles: Mapping[str, str] | None = None,
) -> Axes:
    """Heat map: share of people who said it, code by stage (or by whatever the table is by).

    Parameters
    ----------
    result : CodeTable
        From ``cj.coding.code_by``.
    ax : Axes, optional
        Where to draw; a new figure by default.
    lang : {"en", "ru"}, optional
        Language.
    stages : iterable of Stage or str, optional
        Order and titles of the columns.
    titles : mapping, optional
        Title of each code.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.coding import code_by
    >>> said = pd.DataFrame({"code": ["price", "wait"], "participant": ["a", "b"], "stage": ["deal", "use"]})
    >>> [t.get_text() for t in code_by_stage(code_by(said, by="stage"), lang="en").get_xticklabels()]
    ['deal', 'use']
    """
    table = result.table
    share = table.pivot(index="code", columns="group", values="share").fillna(0.0)
    people = table.pivot(index="code", columns="group", values="people").fillna(0).astype(int)
    order = list(dict.fromkeys(table["group"]))
    names = {str(g): str(g) for g in order}
    if stages is not None:
        given = [(s, s) if isinstance(s, str) else (s.id, s.title) for s in stages]
        names |= dict(given)
        order = [g for g, _ in given if g in share.columns] + [g for g in order if g not in dict(given)]
    codes = [c for c in dict.fromkeys(table["code"]) if people.loc[c].sum() > 0]
    share, people = share.loc[codes, order], people.loc[codes, order]
    axes = new_axes(ax, width=max(5.0, 1.25 * len(order) + 2.6), height=max(2.2, 0.3 * len(codes) + 1.1))
    words = [
        [str(people.iloc[i, j]) if people.iloc[i, j] else "" for j in range(len(order))] for i in range(len(codes))
    ]
    heat(axes, share.to_numpy(), words, peak=max(0.05, float(share.to_numpy().max(initial=0))))
    label = {} if titles is None else dict(titles)
    axes.set_xticks(range(len(order)), [wrap(names.get(str(g), g), 14) for g in order])
    axes.set_yticks(range(len(codes)), [wrap(label.get(c, c), 34, 1) for c in codes], fontsize=8.5)
    axes.xaxis.tick_top()
    of = int(table["of"].max()) if len(table) else 0
    measure = say(en=f"how many of {of} people said it", ru=f"сколько человек из {of} это сказали", lang=lang)
    if not len(table) or not of:
        return axes
    top: Any = table.sort_values("people", ascending=False, kind="stable").iloc[0]
    what, where = label.get(top["code"], top["code"]), names.get(str(top["group"]), top["group"])
    head = say(
        en=f"Said most: “{what}”, {where}, {top['people']} of {of} people",
        ru=f"Чаще всего: «{what}», {where}, {top['people']} из {of} человек",
        lang=lang,
    )
    lines = max(t.get_text().count("\n") + 1 for t in axes.get_xticklabels())
    return publish(axes, head, measure, above=12 * lines + 8)


def saturation(result: Saturation, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Codes found after so many interviews, over many orders of the interviews.

    Parameters
    ----------
    result : Saturation
        From ``cj.coding.saturation``.
    ax, lang
        As for :func:`code_by_stage`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import coding
    >>> said = pd.DataFrame({"code": ["price", "wait"], "participant": ["a", "b"]})
    >>> saturation(coding.saturation(said, seed=1), lang="en").get_ylabel()
    'codes found'
    """
    table = result.table
    axes = tidy(new_axes(ax, width=6.2, height=3.5))
    x = table["interviews"]
    axes.fill_between(x, table["low"], table["high"], color=PALETTE[0], alpha=0.2, linewidth=0)
    mean = say(en="mean of all orders", ru="в среднем по порядкам", lang=lang)
    axes.plot(x, table["codes"], color=PALETTE[0], marker="o", markersize=4, label=mean)
    done = say(en="as the interviews were done", ru="в том порядке, как шли интервью", lang=lang)
    axes.plot(x, table["as_done"], color=PALETTE[1], linestyle="--", linewidth=1.2, label=done)
    axes.set_xlabel(say(en="interviews", ru="интервью", lang=lang))
    axes.set_ylabel(say(en="codes found", ru="найдено кодов", lang=lang))
    axes.set_ylim(0, float(table[["high", "as_done"]].to_numpy().max()) * 1.08)
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, loc="lower right", fontsize=8.5)
    measure = say(
        en="codes found after so many interviews; the band holds 95% of their orders",
        ru="сколько кодов найдено после стольких интервью; в полосе 95 % порядков",
        lang=lang,
    )
    return publish(axes, finding(result.summary(lang)), measure)


def agreement_by_code(
    result: Agreement,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    coefficient: str = "alpha",
    titles: Mapping[str, str] | None = None,
) -> Axes:
    r"""Agreement of the coders on each code, with its interval, worst first.

    Parameters
    ----------
    result : Agreement
        From ``cj.coding.agreement``.
    ax, lang, titles
        As for :func:`code_by_stage`.
    coefficient : str
        Which of the coefficients of the result.

    Returns
    -------
    Axes

    Raises
    ------
    CjmError
        If the result has no such coefficient.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.coding import agreement
    >>> from cjmkit.interviews import read_text
    >>> read = read_text("Q: Why?\nA: Dear.\nQ: And?\nA: Slow.", document="a")
    >>> said = pd.DataFrame({"document": "a", "start": [11, 11], "end": [15, 15], "code": "price", "valence": None,
    ...     "coder": ["eva", "ivo"]})
    >>> agreement_by_code(agreement(said, read.turns, unit="turn", resamples=0), lang="en").get_xlabel()
    'alpha'
    """
    table = result.table
    if coefficient not in set(table["coefficient"]):
        raise CjmError(suggest(coefficient, sorted(set(table["coefficient"])), what="coefficient"))
    overall = table["code"].iloc[0]
    rows = table[table["coefficient"].eq(coefficient)].dropna(subset=["value"])
    codes = rows[rows["code"] != overall].sort_values("value", ascending=False, kind="stable")  # drawn from below
    label = {} if titles is None else dict(titles)
    axes = tidy(new_axes(ax, width=6.4, height=max(2.0, 0.27 * len(codes) + 1.1)), grid="x")
    y = np.arange(len(codes))
    axes.hlines(y, codes["low"], codes["high"], color=PALETTE[0], linewidth=1.6)
    axes.plot(codes["value"], y, "o", color=PALETTE[0], markersize=5)
    whole = rows[rows["code"] == overall]
    if len(whole):
        value = float(whole["value"].iloc[0])
        axes.axvline(value, color=GREY, linestyle="--", linewidth=1)
        said = say(en="all codes", ru="все коды", lang=lang)
        axes.text(
            value, len(codes) - 0.3, f"{said} {number(value, 2, lang=lang)}", fontsize=8, ha="center", va="bottom"
        )
    axes.set_yticks(y, [wrap(label.get(c, c), 36, 1) for c in codes["code"]], fontsize=8.5)
    axes.set_ylim(-0.6, len(codes) + 0.4)
    low = float(codes["low"].min()) if len(codes) else 0.0
    axes.set_xlim(min(0.0, low) - 0.02, 1.02)
    axes.set_xlabel(coefficient)
    number_axis(axes, "x", lang)
    measure = say(
        en="agreement on each code, the least agreed on top; intervals over interviews",
        ru="согласие по каждому коду, сверху наименьшее; интервалы по интервью",
        lang=lang,
    )
    return publish(axes, finding(result.summary(lang)), measure, above=16)


def cooccurrence(
    result: Cooccurrence,
    *,
    ax: Axes | None = None,
    lang: str | None = None,
    n: int = 16,
    titles: Mapping[str, str] | None = None,
) -> Axes:
    """Heat map: how many people said both, code by code.

    Parameters
    ----------
    result : Cooccurrence
        From ``cj.coding.cooccurrence``.
    ax, lang, titles
        As for :func:`code_by_stage`.
    n : int
        The codes that meet others most often.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import coding
    >>> said = pd.DataFrame({"document": "a", "start": [0, 2], "end": [6, 9], "code": ["wait", "price"],
    ...     "participant": "a"})
    >>> [t.get_text() for t in cooccurrence(coding.cooccurrence(said), titles={"price": "Dear"}).get_xticklabels()]
    ['Dear', 'wait']
    """
    table = result.table
    both = table.assign(**{"code": table["other"], "other": table["code"]})
    flat = (
        np.concatenate([table["code"], both["code"]]),
        np.concatenate([table["other"], both["other"]]),
        np.concatenate([table["people"], both["people"]]),
    )
    import pandas as pd

    frame = pd.DataFrame({"a": flat[0], "b": flat[1], "n": flat[2]})
    codes = list(frame.groupby("a")["n"].sum().sort_values(ascending=False, kind="stable").index[:n])
    wide = frame.pivot_table(index="a", columns="b", values="n", aggfunc="max").reindex(index=codes, columns=codes)
    values = wide.fillna(0).to_numpy(copy=True)
    size = max(3.2, 0.42 * len(codes) + 1.8)
    axes = new_axes(ax, width=size + 1.0, height=size)
    words = [[str(int(v)) if v and i != j else "" for j, v in enumerate(row)] for i, row in enumerate(values)]
    heat(axes, values, words, peak=max(1.0, float(values.max(initial=0))))
    label = {} if titles is None else dict(titles)
    shown = [label.get(c, c) for c in codes]
    axes.set_xticks(range(len(codes)), [wrap(c, 20, 2) for c in shown], rotation=45, ha="right", fontsize=8)
    axes.set_yticks(range(len(codes)), [wrap(c, 24, 2) for c in shown], fontsize=8)
    met = table[table["people"] > 0]
    if not len(met):
        return axes
    r: Any = met.iloc[0]
    one, other = label.get(r["code"], r["code"]), label.get(r["other"], r["other"])
    head = say(
        en=f"Most often together: “{one}” and “{other}”, {r['people']} of the {r['of']} people with either",
        ru=f"Чаще всего вместе: «{one}» и «{other}», {r['people']} из {r['of']} человек, сказавших хоть одно",
        lang=lang,
    )
    measure = say(en="how many people said both", ru="сколько человек сказали и то и другое", lang=lang)
    return publish(axes, head, measure)
