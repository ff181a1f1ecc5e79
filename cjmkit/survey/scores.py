"""Scores of items: NPS, CSAT, CES, SUS, means, shares, multi-selects, rankings, reliability, each with n and an
interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.caution import carried
from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.survey._intervals import within
from cjmkit.survey._questionnaires import NAMES, pssuq, sus_of, umux_of
from cjmkit.survey._result import SMALL, each_group, group_of, rows_text, weights_of
from cjmkit.survey._scored import Score, _figure, _warn
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import ANSWER_TYPES, SCALE_TYPES, Item
from cjmkit.survey.options import _answering, _chosen_in_columns, _multi, _ranking, _share

__all__ = ["KINDS", "Score", "score"]

KINDS = (
    "nps",
    "csat",
    "ces",
    "sus",
    "umux_lite",
    "pssuq",
    "mean",
    "top2",
    "share",
    "multi",
    "ranking",
    "alpha",
    "omega",
    "missing",
)
_DEFAULT = {
    "nps": "nps",
    "csat": "csat",
    "ces": "ces",
    "sus": "sus",
    "likert": "mean",
    "number": "mean",
    "single": "share",
    "ordered": "share",
    "multi": "multi",
    "ranking": "ranking",
}


def score(
    survey: SurveyData,
    item: str | Iterable[str] | None = None,
    kind: str | None = None,
    *,
    by: Any = None,
    weights: Any = None,
    base: str = "answering",
    asked: Any = None,
    top: int | None = None,
    factors: int = 1,
    level: float = 0.95,
) -> Score:
    """Score one item, a group of items, or everything.

    Parameters
    ----------
    survey : Survey
        The answers.
    item : str or iterable of str, optional
        A name, a group (SUS, a multi-select, a ranking, a grid), a pattern with ``*``, or several names. Without it
        every scale, number and option is scored, one row each.
    kind : str, optional
        By the item's type if left out: ``nps`` (score interval), ``csat`` (share of the upper two answers, exact),
        ``ces`` (mean, t interval, with the upper share beside it), ``sus`` (0 to 100, grade, percentile), ``umux_lite``
        (0 to 100, and the SUS it stands for), ``pssuq`` (1 to 7, three parts, norms), ``mean``,
        ``top2``, ``share`` (of each answer), ``multi``, ``ranking``, ``alpha`` (Feldt), ``omega``, ``missing``.
    by : str or Series, optional
        Groups: an item, or a Series from respondent to group.
    weights : str, Series, array, Raking or Design, optional
        Weights of the people; equal weights change nothing.
    base : {"answering", "asked", "choices"}
        For a multi-select, whose share: of those who chose something, of those who were asked, or of all choices made.
    asked : boolean Series or sequence, optional
        Who saw the question (for ``base="asked"``, and for the count of those who did not answer); everybody if left
        out.
    top : int, optional
        How many upper answers count for ``top2`` and ``csat`` (2) and beside ``ces`` (3 of 7, 2 of 5).
    factors : int
        For ``omega``: 1, or 3 and more.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Score

    Raises
    ------
    CjmError
        If an item or a kind is unknown, does not fit the item's type, or nobody answered.

    Notes
    -----
    Intervals: NPS by the score method (Tango 1998), shares without weights exact (Blaker 2000: never below their
    level, a little above it because people are whole), with weights Agresti and Coull's at the effective n, means by
    Student's t. n counts people. Answers coded as missing and answers off the scale do not count, and the distribution
    shows them.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, score
    >>> answers = [10] * 35 + [8] * 23 + [3] * 12
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(70), "recommend": answers}))
    >>> print(f"{score(s, 'recommend').estimate:.1f}")
    32.9 [14.2, 49.0], n = 70 people
    """
    if kind is not None and kind not in KINDS:
        raise CjmError(suggest(kind, KINDS, what="kind of score"))
    if not 0 < level < 1:
        raise CjmError(
            en=f"level lies between 0 and 1, usually 0.95; got {level}",
            ru=f"level лежит между 0 и 1, обычно 0.95; пришло {level}",
        )
    w = weights_of(survey, weights)
    if item is None:
        found = _all(survey, kind, by, w, level)
    else:
        members = [survey.item(n) for n in survey.find(item)]
        found = _some(survey, members, kind, by, w, (base, asked, top, factors), level)
    known = survey._by_name()
    return carried(found, survey.cautions(*(known[n] for n in found.items if n in known)))


def _some(
    survey: SurveyData, members: list[Item], kind: str | None, by: Any, w: np.ndarray | None,
    how: tuple[str, Any, int | None, int], level: float,
) -> Score:  # fmt: skip
    base, asked, top, factors = how
    chosen = kind or _kind_of(members)
    if chosen in ("alpha", "omega"):
        return _reliability(survey, members, chosen, by, w, factors, level)
    if chosen in ("sus", "umux_lite"):
        values = sus_of(survey, members) if chosen == "sus" else umux_of(survey, members)
        return _people(survey, members, chosen, values, by, w, top, level)
    if chosen == "pssuq":
        return pssuq(survey, members, by, w, level)
    if chosen == "multi":
        return _multi(survey, members, by, w, base, asked, level)
    if chosen == "ranking":
        return _ranking(survey, members, by, w, level)
    if len(members) > 1:
        return _several(survey, members, kind, by, w, top, level)
    it = members[0]
    if chosen == "share":
        return _share(survey, it, by, w, level)
    if chosen == "missing":
        values = survey.raw(it).isna().astype(float)
        return _people(survey, members, "missing", values, by, w, top, level)
    _check_type(it, chosen)
    return _people(survey, members, chosen, survey.values(it), by, w, top, level)


def _kind_of(members: list[Item]) -> str:
    types = {m.type for m in members}
    if len(types) == 1 and (kind := _DEFAULT.get(next(iter(types)))):
        return kind
    if types <= {*SCALE_TYPES, "number"}:
        return "mean"
    if "multi" in types and types <= {"multi", "open"}:
        return "multi"
    if len(members) == 1:
        it = members[0]
        raise CjmError(
            en=f"item {it.item!r} is of type {it.type!r}, which has no score; set_item({it.item!r}, type=…) if it is "
            f"a scale",
            ru=f"вопрос {it.item!r} вида {it.type!r}, показателя у него нет; set_item({it.item!r}, type=…), если это "
            f"шкала",
        )
    raise CjmError(
        en=f"these items are of different types ({', '.join(sorted(types))}); name a kind, or score them one by one",
        ru=f"эти вопросы разного вида ({', '.join(sorted(types))}); назовите показатель или считайте по одному",
    )


def _check_type(it: Item, kind: str) -> None:
    if it.type in ("open", "date", "id", "meta") or (it.type in ("single", "multi", "ordered") and kind != "share"):
        raise CjmError(
            en=f"item {it.item!r} is of type {it.type!r}; {kind} needs a scale. "
            f"set_item({it.item!r}, type='likert', scale=…) if its answers are one",
            ru=f"вопрос {it.item!r} вида {it.type!r}; для {kind} нужна шкала. set_item({it.item!r}, type='likert', "
            f"scale=…), если ответы — шкала",
        )
    if kind in ("csat", "top2", "ces") and not it.scale:
        raise CjmError(
            en=f"item {it.item!r} has no scale; set_item({it.item!r}, scale=(1, 5)) says what its upper answers are",
            ru=f"у вопроса {it.item!r} нет шкалы; set_item({it.item!r}, scale=(1, 5)) говорит, какие ответы верхние",
        )
    if kind == "nps" and it.ends is not None and it.ends not in ((0.0, 10.0), (1.0, 10.0)):
        raise CjmError(
            en=f"item {it.item!r} is on {it.ends[0]:g} to {it.ends[1]:g}; NPS is asked on 0 to 10",
            ru=f"вопрос {it.item!r} на шкале от {it.ends[0]:g} до {it.ends[1]:g}; NPS спрашивают от 0 до 10",
        )


# One figure a person -----------------------------------------------------------------------------------------------


def _people(
    survey: SurveyData,
    members: list[Item],
    kind: str,
    values: pd.Series,
    by: Any,
    w: np.ndarray | None,
    top: int | None,
    level: float,
) -> Score:
    it = members[0]
    x = values.to_numpy(dtype=float)
    if np.isnan(x).all():
        raise CjmError(
            en=f"column {it.item!r}: nobody answered ({survey.n} people, all blank, coded as missing or off the scale)",
            ru=f"столбец {it.item!r}: не ответил никто ({survey.n} человек: пусто, пропуск или вне шкалы)",
        )
    row = _figure(kind, x, w, it, top, level)
    overall = Estimate(
        value=row["value"], low=row["low"], high=row["high"], n=row["n"], level=level, method=row["method"]
    )
    notes = _warn(survey, it, kind, x, w, values)
    name = ""
    if by is None:
        table = pd.DataFrame([{"item": values.name if kind in NAMES else it.item, **row}])
    else:
        name, groups = group_of(survey, by)
        rows = []
        for g, mask in each_group(groups, survey.n):
            rows.append({"group": g, **_figure(kind, *within(x, w, mask), it, top, level)})
        table = pd.DataFrame(rows)
        small = [str(r["group"]) for r in rows if 0 < r["n"] < SMALL]
        if small:
            notes.append(
                say(
                    en=f"fewer than {SMALL} people in: {rows_text(small)}; the intervals say how little is known",
                    ru=f"меньше {SMALL} человек в группах: {rows_text(small)}; насколько это мало, видно по интервалам",
                )
            )
    question = NAMES.get(kind) or it.question
    return Score(
        survey.name,
        kind,
        tuple(m.item for m in members),
        question,
        table,
        overall,
        _distribution(survey, it, kind, values),
        {},
        name,
        "",
        it.scale,
        w is not None,
        tuple(notes),
    )


def _distribution(survey: SurveyData, it: Item, kind: str, values: pd.Series) -> pd.DataFrame:
    if kind in NAMES:
        counted = values.value_counts().sort_index()
        rows = [(v, int(n)) for v, n in counted.items()]
        rows.append(("(incomplete)", int(values.isna().sum())))
    else:
        x = survey.values(it)
        if it.reverse and it.ends:
            x = it.ends[0] + it.ends[1] - x
        blank = survey._frame[it.item].isna().to_numpy()[survey.counted]
        counted = x.value_counts().sort_index()
        labels = dict(enumerate(it.scale, start=1)) if it.scale and isinstance(it.scale[0], str) else dict(it.labels)
        ends = it.ends
        points = (
            [*counted.index]
            if ends is None or ends[1] - ends[0] > 20
            else [float(p) for p in np.arange(ends[0], ends[1] + 1)]
        )
        points += [p for p in counted.index if p not in points]
        rows = [
            (
                labels.get(int(p), int(p) if float(p).is_integer() else p) if float(p).is_integer() else p,
                int(counted.get(p, 0)),
            )
            for p in sorted(points)
        ]
        rows.append(("(coded as no answer)", int((x.isna().to_numpy() & ~blank).sum())))
        rows.append(("(blank)", int(blank.sum())))
    table = pd.DataFrame(rows, columns=["answer", "n"])
    table["share"] = table["n"] / max(survey.n, 1)
    return table


# Several items -----------------------------------------------------------------------------------------------------


def _several(
    survey: SurveyData,
    members: list[Item],
    kind: str | None,
    by: Any,
    w: np.ndarray | None,
    top: int | None,
    level: float,
) -> Score:
    parts, notes = [], []
    for it in members:
        one = kind or _DEFAULT.get(it.type)
        if one is None or one in ("share", "multi", "ranking"):
            raise CjmError(
                en=f"item {it.item!r} is of type {it.type!r}; score it alone",
                ru=f"вопрос {it.item!r} вида {it.type!r}; считайте его отдельно",
            )
        _check_type(it, one)
        values = survey.values(it) if one != "missing" else survey.raw(it).isna().astype(float)
        if values.isna().all():
            notes.append(say(en=f"{it.item!r}: nobody answered", ru=f"{it.item!r}: нет ни одного ответа"))
            continue
        s = _people(survey, [it], one, values, by, w, top, level)
        part = s.table.copy()
        if "item" not in part:
            part.insert(0, "item", it.item)
        part.insert(1, "kind", one)
        parts.append(part)
        notes += [f"{it.item}: {t}" for t in s.warnings]
    if not parts:
        raise CjmError(
            en=f"nobody answered any of: {rows_text([m.item for m in members])}",
            ru=f"ни на один не ответил никто: {rows_text([m.item for m in members])}",
        )
    table = pd.concat(parts, ignore_index=True)
    question = members[0].group or "; ".join(m.question for m in members[:3]) + ("; …" if len(members) > 3 else "")
    name = group_of(survey, by)[0] if by is not None else ""
    return Score(
        survey.name,
        kind or "all",
        tuple(m.item for m in members),
        question,
        table,
        None,
        by=name,
        weighted=w is not None,
        warnings=tuple(notes[:12]),
    )


def _all(survey: SurveyData, kind: str | None, by: Any, w: np.ndarray | None, level: float) -> Score:
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    groups = group_of(survey, by) if by is not None else None
    masks: list[tuple[str, np.ndarray]] = [("", np.ones(survey.n, dtype=bool))]
    if groups is not None:
        masks = [(str(g), mask) for g, mask in each_group(groups[1], survey.n)]
    sus: dict[str, list[Item]] = {}
    for it in survey.all_items:
        if it.type == "sus":
            sus.setdefault(it.group, []).append(it)
    columns: list[tuple[str, str, Item, np.ndarray]] = []
    for group, members in sus.items():
        if len(members) == 10:
            columns.append((group or "SUS", "sus", members[0], sus_of(survey, members).to_numpy()))
    if kind == "missing":
        # Every question, not only those with a scale, can be left out.
        columns = [
            (i.item, kind, i, survey.raw(i).isna().to_numpy(dtype=float))
            for i in survey.all_items
            if i.type in ANSWER_TYPES
        ]
    for it in survey.all_items if kind != "missing" else ():
        one = kind or {"multi": "share"}.get(it.type) or _DEFAULT.get(it.type, "")
        if (
            it.type not in (*SCALE_TYPES, "number", "multi")
            or (it.type == "multi" and (it.separator or kind or it.coding == "code"))
            or it.type == "sus"
        ):
            continue
        if it.type == "multi":
            x = _chosen_in_columns(survey, [it])[0][:, 0].astype(float)
            answered = _answering(survey, it)
            columns.append((it.item, "multi", it, np.where(answered, x, np.nan)))
        elif not (one in ("csat", "top2", "ces") and not it.scale):
            columns.append((it.item, one, it, survey.values(it).to_numpy(dtype=float)))
    for name, one, it, x in columns:
        if np.isnan(x).all():
            notes.append(say(en=f"{name!r}: nobody answered", ru=f"{name!r}: нет ни одного ответа"))
            continue
        for g, mask in masks:
            row = _figure(one, *within(x, w, mask), it, None, level)
            keys = ("value", "low", "high", "n", "method")
            rows.append(
                {"item": name, "kind": one, **({"group": g} if groups is not None else {}), **{k: row[k] for k in keys}}
            )
    if not rows:
        raise CjmError(
            en=f"survey {survey.name!r} has no item that can be scored; see survey.items and set_item()",
            ru=f"в опросе {survey.name!r} нет вопроса, для которого есть показатель; смотрите survey.items и "
            f"set_item()",
        )
    scored = tuple(dict.fromkeys(str(r["item"]) for r in rows))
    return Score(
        survey.name,
        "all",
        scored,
        "",
        pd.DataFrame(rows),
        None,
        by=groups[0] if groups else "",
        weighted=w is not None,
        warnings=tuple(notes),
    )


# Reliability -------------------------------------------------------------------------------------------------------


def _reliability(
    survey: SurveyData, members: list[Item], kind: str, by: Any, w: np.ndarray | None, factors: int, level: float
) -> Score:
    from cjmkit.survey.reliability import alpha_interval, alpha_of, item_statistics, omega_of

    if by is not None:
        raise CjmError(
            en="reliability is not split by groups; keep() a group and score it",
            ru="надёжность по группам не делится; возьмите группу через keep() и считайте её",
        )
    for m in members:
        _check_type(m, kind)
    block = np.column_stack([survey.values(m).to_numpy() for m in members])
    full = ~np.isnan(block).any(axis=1)
    notes = []
    if w is not None:
        notes.append(say(en="weights are not used for reliability", ru="надёжность считается без весов"))
    some = int((~np.isnan(block).all(axis=1)).sum())
    if full.sum() < 0.7 * some:
        notes.append(
            say(
                en=f"only {int(full.sum())} of {some} people answered all items",
                ru=f"на все вопросы ответили {int(full.sum())} из {some} чел.",
            )
        )
    n, k = int(full.sum()), len(members)
    details: dict[str, Any] = {}
    if kind == "alpha":
        value = alpha_of(block)
        low, high = alpha_interval(value, n, k, level=level)
        method = "Feldt"
        x = block[full]
        r = np.corrcoef(x, rowvar=False)
        mean_r = float((r.sum() - k) / (k * (k - 1)))
        details = {"standardised": k * mean_r / (1 + (k - 1) * mean_r), "average_r": mean_r}
    else:
        hierarchical, value = omega_of(block, factors)
        low = high = math.nan
        method = "one factor, maximum likelihood" if factors == 1 else f"Schmid-Leiman, {factors} factors"
        if factors > 1:
            details = {"omega_h": hierarchical, "omega_total": value}
    dropped, rest = item_statistics(block)
    table = pd.DataFrame({"item": [m.item for m in members], "alpha_if_dropped": dropped, "item_rest_r": rest})
    turned = [m.item for m, r in zip(members, rest) if r < 0]
    if turned:
        notes.append(
            say(
                en=f"runs against the others, perhaps to be reversed: {rows_text(turned)}",
                ru=f"идёт против остальных, возможно, нужна обратная шкала: {rows_text(turned)}",
            )
        )
    overall = Estimate(value=value, low=low, high=high, n=n, level=level, method=method)
    return Score(
        survey.name,
        kind,
        tuple(m.item for m in members),
        members[0].group or f"{k} items",
        table,
        overall,
        pd.DataFrame(),
        details,
        "",
        "",
        (),
        False,
        tuple(notes),
    )
