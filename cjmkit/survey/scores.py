"""Scores of items: NPS, CSAT, CES, SUS, means, shares, multi-selects, rankings, reliability, each with n and an
interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.survey import _kinds
from cjmkit.survey._decode import norm
from cjmkit.survey._result import SMALL, Shown, group_of, pick, rows_text, weights_of
from cjmkit.survey.items import SCALE_TYPES, Item, plain
from cjmkit.survey.model import Survey

__all__ = ["KINDS", "Score", "score"]

KINDS = ("nps", "csat", "ces", "sus", "mean", "top2", "share", "multi", "ranking", "alpha", "omega", "missing")
_DEFAULT = {
    "nps": "nps",
    "csat": "csat",
    "ces": "ces",
    "sus": "sus",
    "likert": "mean",
    "number": "mean",
    "single": "share",
    "multi": "multi",
    "ranking": "ranking",
}
_OPTIONS = 50


@dataclass(frozen=True, repr=False)
class Score(Shown):
    """One or more figures of a survey.

    Attributes
    ----------
    kind : str
        What was computed, one of `KINDS`; ``"all"`` for every item at once.
    items : tuple of str
        The columns behind it.
    question : str
        Their wording.
    table : pandas.DataFrame
        One row a figure: `item` or `group` or `option`, then value, low, high, n and what belongs to the kind. Shares
        lie on 0 to 1, NPS on −100 to 100.
    overall : Estimate or None
        The figure for everybody; None where there are several (all items, options).
    distribution : pandas.DataFrame
        answer, n, share; with the rows "coded as no answer" and "blank" it adds up to the people of the survey.
    details : dict
        Further numbers of the kind, for example ``cochran_q`` or ``kendall_w``.
    by : str
        What the groups are; empty without groups.
    base : str
        For multi-selects, whose share it is: answering, asked or choices.
    warnings : tuple of str
        What a careful reader should know.
    """

    survey: str
    kind: str
    items: tuple[str, ...]
    question: str
    table: pd.DataFrame
    overall: Estimate | None = None
    distribution: pd.DataFrame = field(default_factory=pd.DataFrame)
    details: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    base: str = ""
    scale: tuple[Any, ...] = ()
    weighted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def estimate(self) -> Estimate:
        """The figure for everybody.

        Raises
        ------
        CjmError
            If there are several figures; they are in `table`.
        """
        if self.overall is None:
            raise CjmError(f"this score holds {len(self.table)} figures; see .table, or cite one of its rows")
        return self.overall

    def summary(self, lang: str | None = None) -> str:
        """One plain sentence, in English or Russian."""
        return _kinds.sentence(self, lang)

    def _evidence_(self, **which: Any) -> SurveyFigure:
        where = ""
        if not which and self.overall is not None:
            estimate = self.overall
            item = self.items
        else:
            row = pick(self.table, which, what="score")
            estimate = _estimate_of(row, unit="people")
            item = (str(row["item"]),) if "item" in self.table.columns else self.items
            named = [c for c in ("group", "option", "answer") if c in self.table.columns and c in which]
            where = "; ".join(f"{self.by if c == 'group' and self.by else c}: {row[c]}" for c in named)
        return SurveyFigure(
            survey=self.survey,
            item=", ".join(item),
            question=self.question,
            where=where,
            statistic=_kinds.statistic_name(self.kind, self.scale) + (", weighted" if self.weighted else ""),
            estimate=estimate,
        )


def _estimate_of(row: pd.Series, unit: str = "people") -> Estimate:
    return Estimate(
        value=row["value"],
        low=row["low"],
        high=row["high"],
        n=int(row["n"]),
        unit=unit,
        method=str(row.get("method", "")),
    )


def score(
    survey: Survey,
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
        By the item's type if left out: ``nps`` (adjusted Wald), ``csat`` (share of the upper two answers, Wilson),
        ``ces`` (mean, t interval, with the upper share beside it), ``sus`` (0 to 100, grade, percentile), ``mean``,
        ``top2``, ``share`` (of each answer), ``multi``, ``ranking``, ``alpha`` (Feldt), ``omega``, ``missing``.
    by : str or Series, optional
        Groups: an item, or a Series from respondent to group.
    weights : str, Series, array or Raking, optional
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
    n counts people. Answers coded as missing and answers off the scale do not count, and the distribution shows them.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, score
    >>> answers = [10] * 35 + [8] * 23 + [3] * 12
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(70), "recommend": answers}))
    >>> print(f"{score(s, 'recommend').estimate:.1f}")
    32.9 [14.3, 48.8], n = 70 people
    """
    if kind is not None and kind not in KINDS:
        raise CjmError(suggest(kind, KINDS, what="kind of score"))
    if not 0 < level < 1:
        raise CjmError(f"level lies between 0 and 1, usually 0.95; got {level}")
    w = weights_of(survey, weights)
    if item is None:
        return _all(survey, kind, by, w, level)
    names = survey.find(item)
    members = [survey.item(n) for n in names]
    chosen = kind or _kind_of(members)
    if chosen in ("alpha", "omega"):
        return _reliability(survey, members, chosen, by, w, factors, level)
    if chosen == "sus":
        return _people(survey, members, "sus", _sus_of(survey, members), by, w, top, level)
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
            f"item {it.item!r} is of type {it.type!r}, which has no score; set_item({it.item!r}, type=…) if it is "
            f"a scale"
        )
    raise CjmError(
        f"these items are of different types ({', '.join(sorted(types))}); name a kind, or score them one by one"
    )


def _check_type(it: Item, kind: str) -> None:
    if it.type in ("open", "date", "id", "meta") or (it.type in ("single", "multi") and kind != "share"):
        raise CjmError(
            f"item {it.item!r} is of type {it.type!r}; {kind} needs a scale. "
            f"set_item({it.item!r}, type='likert', scale=…) if its answers are one"
        )
    if kind in ("csat", "top2", "ces") and not it.scale:
        raise CjmError(
            f"item {it.item!r} has no scale; set_item({it.item!r}, scale=(1, 5)) says what its upper answers are"
        )
    if kind == "nps" and it.ends is not None and it.ends not in ((0.0, 10.0), (1.0, 10.0)):
        raise CjmError(f"item {it.item!r} is on {it.ends[0]:g} to {it.ends[1]:g}; NPS is asked on 0 to 10")


def _sus_of(survey: Survey, members: list[Item]) -> pd.Series:
    from cjmkit.survey._sus import sus_scores

    if len(members) != 10:
        if len(members) == 1 and members[0].group:
            members = [i for i in survey.all_items if i.group == members[0].group and i.type == "sus"]
        if len(members) != 10:
            raise CjmError(f"SUS has ten statements in their order; {len(members)} items were named")
    # The scale turns its even statements itself: reverse= on top of that would turn them back.
    block = np.column_stack(
        [survey.values(m.replace(reverse=False, scale=m.scale or (1, 5))).to_numpy() for m in members]
    )
    if any(m.points not in (None, 5) for m in members):
        raise CjmError("SUS is answered on five points; the scale of these items differs")
    return pd.Series(sus_scores(block), index=survey._people_index(), name=members[0].group or "SUS")


# One figure a person -----------------------------------------------------------------------------------------------


def _figure(
    kind: str, x: np.ndarray, w: np.ndarray | None, it: Item | None, top: int | None, level: float
) -> dict[str, Any]:
    """Value, interval and n of one group of people; `x` holds one number a person, NaN for no answer."""
    return _kinds.FIGURES[kind](x, w, it, top, level)


def _people(
    survey: Survey,
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
            f"column {it.item!r}: nobody answered ({survey.n} people, all blank, coded as missing or off the scale)"
        )
    row = _figure(kind, x, w, it, top, level)
    overall = Estimate(
        value=row["value"], low=row["low"], high=row["high"], n=row["n"], level=level, method=row["method"]
    )
    notes = _warn(survey, it, kind, x, w, values)
    name = ""
    if by is None:
        table = pd.DataFrame([{"item": values.name if kind == "sus" else it.item, **row}])
    else:
        name, groups = group_of(survey, by)
        rows = []
        for g in sorted(groups.unique(), key=str):
            mask = (groups == g).to_numpy()
            rows.append({"group": g, **_figure(kind, x[mask], None if w is None else w[mask], it, top, level)})
        table = pd.DataFrame(rows)
        small = [str(r["group"]) for r in rows if 0 < r["n"] < SMALL]
        if small:
            notes.append(
                say(
                    en=f"fewer than {SMALL} people in: {rows_text(small)}; the intervals say how little is known",
                    ru=f"меньше {SMALL} человек в группах: {rows_text(small)}; насколько это мало, видно по интервалам",
                )
            )
    question = it.question if kind != "sus" else "System Usability Scale"
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


def _warn(survey: Survey, it: Item, kind: str, x: np.ndarray, w: np.ndarray | None, values: pd.Series) -> list[str]:
    notes = []
    n = int((~np.isnan(x)).sum())
    if n < SMALL:
        notes.append(say(en=f"only {n} people answered", ru=f"ответили всего {n} чел."))
    if kind == "nps" and it.ends == (1.0, 10.0):
        notes.append(
            say(
                en="asked on 1 to 10: not comparable with NPS asked on 0 to 10",
                ru="шкала 1–10: с NPS по шкале 0–10 сравнивать нельзя",
            )
        )
    coded = int((survey._frame[it.item].notna().to_numpy()[survey.counted] & np.isnan(x)).sum()) if kind != "sus" else 0
    if coded > 0.2 * survey.n:
        notes.append(
            say(
                en=f"{coded} of {survey.n} people gave no rating (not applicable, don't know or off the scale)",
                ru=f"{coded} из {survey.n} чел. не поставили оценку («не применимо», «не знаю» или вне шкалы)",
            )
        )
    if kind == "sus":
        partial = survey.n - n
        if partial:
            notes.append(
                say(
                    en=f"{partial} people left out a statement and have no SUS score",
                    ru=f"у {partial} чел. нет балла SUS: пропущены утверждения",
                )
            )
    if w is not None:
        unweighted = int((np.isnan(w) & ~np.isnan(x)).sum())
        if unweighted:
            notes.append(
                say(
                    en=f"{unweighted} people have no weight and do not count",
                    ru=f"{unweighted} чел. без веса не учтены",
                )
            )
    return notes


def _distribution(survey: Survey, it: Item, kind: str, values: pd.Series) -> pd.DataFrame:
    if kind == "sus":
        counted = values.value_counts().sort_index()
        rows = [(v, int(n)) for v, n in counted.items()]
        rows.append((say(en="incomplete", ru="не полностью"), int(values.isna().sum())))
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
        rows.append((say(en="coded as no answer", ru="код «нет ответа»"), int((x.isna().to_numpy() & ~blank).sum())))
        rows.append((say(en="blank", ru="пусто"), int(blank.sum())))
    table = pd.DataFrame(rows, columns=["answer", "n"])
    table["share"] = table["n"] / max(survey.n, 1)
    return table


# Several items -----------------------------------------------------------------------------------------------------


def _several(
    survey: Survey, members: list[Item], kind: str | None, by: Any, w: np.ndarray | None, top: int | None, level: float
) -> Score:
    parts, notes = [], []
    for it in members:
        one = kind or _DEFAULT.get(it.type)
        if one is None or one in ("share", "multi", "ranking"):
            raise CjmError(f"item {it.item!r} is of type {it.type!r}; score it alone")
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
        raise CjmError(f"nobody answered any of: {rows_text([m.item for m in members])}")
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


def _all(survey: Survey, kind: str | None, by: Any, w: np.ndarray | None, level: float) -> Score:
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    groups = group_of(survey, by) if by is not None else None
    masks: list[tuple[str, np.ndarray]] = [("", np.ones(survey.n, dtype=bool))]
    if groups is not None:
        masks = [(str(g), (groups[1] == g).to_numpy()) for g in sorted(groups[1].unique(), key=str)]
    sus: dict[str, list[Item]] = {}
    for it in survey.all_items:
        if it.type == "sus":
            sus.setdefault(it.group, []).append(it)
    columns: list[tuple[str, str, Item, np.ndarray]] = []
    for group, members in sus.items():
        if len(members) == 10:
            columns.append((group or "SUS", "sus", members[0], _sus_of(survey, members).to_numpy()))
    for it in survey.all_items:
        one = kind or {"multi": "share"}.get(it.type) or _DEFAULT.get(it.type, "")
        if (
            it.type not in (*SCALE_TYPES, "number", "multi")
            or (it.type == "multi" and (it.separator or kind))
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
            row = _figure(one, x[mask] if groups is not None else x, None if w is None else w[mask], it, None, level)
            keys = ("value", "low", "high", "n", "method")
            rows.append(
                {"item": name, "kind": one, **({"group": g} if groups is not None else {}), **{k: row[k] for k in keys}}
            )
    if not rows:
        raise CjmError(f"survey {survey.name!r} has no item that can be scored; see survey.items and set_item()")
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


def _share(survey: Survey, it: Item, by: Any, w: np.ndarray | None, level: float) -> Score:
    raw = survey.raw(it)
    if it.type in SCALE_TYPES and it.scale:
        numbers = survey.values(it.replace(reverse=False))
        labels = dict(enumerate(it.scale, start=1)) if isinstance(it.scale[0], str) else dict(it.labels)
        raw = numbers.map(lambda v: labels.get(int(v), int(v)), na_action="ignore")
    if raw.isna().all():
        raise CjmError(f"column {it.item!r}: nobody answered ({survey.n} people)")
    counted = raw.value_counts()
    labels_of = dict(it.labels)
    options = list(counted.index)
    if len(options) > _OPTIONS:
        # Write-ins: the few that people share are options, the long tail is one row.
        tail = set(options[_OPTIONS:])
        rest = say(en="other answers", ru="другие ответы")
        raw = raw.astype(object).map(lambda v: rest if v in tail else v, na_action="ignore")
        counted = raw.value_counts()
        options = [o for o in options[:_OPTIONS] if o in counted.index] + [rest]
    name, groups = group_of(survey, by) if by is not None else ("", None)
    rows = []
    for g in [None] if groups is None else sorted(groups.unique(), key=str):
        mask = np.ones(survey.n, dtype=bool) if groups is None else (groups == g).to_numpy()
        for o in options:
            x = np.where(raw.isna(), np.nan, (raw == o).to_numpy(dtype=float))[mask]
            row = _figure("share", x, None if w is None else w[mask], it, None, level)
            rows.append({**({"group": g} if groups is not None else {}), "answer": str(labels_of.get(o, o)), **row})
    table = pd.DataFrame(rows)
    blank = survey._frame[it.item].isna().to_numpy()[survey.counted]
    spread = pd.DataFrame(
        [(str(labels_of.get(o, o)), int(counted[o])) for o in options]
        + [
            (say(en="coded as no answer", ru="код «нет ответа»"), int((raw.isna().to_numpy() & ~blank).sum())),
            (say(en="blank", ru="пусто"), int(blank.sum())),
        ],
        columns=["answer", "n"],
    )
    spread["share"] = spread["n"] / survey.n
    notes = _warn(survey, it, "share", np.where(raw.isna(), np.nan, 1.0), w, raw)
    return Score(
        survey.name,
        "share",
        (it.item,),
        it.question,
        table,
        None,
        spread,
        {},
        name,
        "",
        it.scale,
        w is not None,
        tuple(notes),
    )


# Multi-select ------------------------------------------------------------------------------------------------------


def _chosen_in_columns(survey: Survey, members: list[Item]) -> tuple[np.ndarray, list[str]]:
    """Who chose what, boolean (people, options), for a question with one column an option."""
    if members and all(m.coding == "code" for m in members):
        return _chosen_by_code(survey, members)
    columns = []
    for it in members:
        raw = survey.raw(it)
        if it.options and not it.separator:
            columns.append(
                raw.map(lambda v, yes=frozenset(it.options): str(plain(v)) in yes).fillna(False).to_numpy(dtype=bool)
            )
        elif pd.api.types.is_numeric_dtype(raw.dtype):
            columns.append(raw.fillna(0).to_numpy(dtype=float) != 0)
        else:
            folded = raw.astype("string").str.strip().str.casefold()
            no = folded.isin(
                ["", "0", "0.0", "no", "нет", "n", "false", "unchecked", "not selected", "not quoted", "-"]
            )
            columns.append((folded.notna() & ~no.fillna(True)).to_numpy(dtype=bool))
    return np.column_stack(columns), [it.option or it.question for it in members]


def _chosen_by_code(survey: Survey, members: list[Item]) -> tuple[np.ndarray, list[str]]:
    """The same where each column holds the code of something chosen: an option is a code found in any of them."""
    answers = pd.DataFrame({m.item: survey.raw(m) for m in members})
    codes = sorted(
        {plain(v) for m in members for v in answers[m.item].dropna().unique()}, key=lambda v: (isinstance(v, str), v)
    )
    labels = {norm(c): t for m in members for c, t in m.labels}
    grid = np.column_stack([(answers == c).any(axis=1).to_numpy() for c in codes])
    return grid, [labels.get(norm(c), str(c)) for c in codes]


def _answering(survey: Survey, it: Item) -> np.ndarray:
    """Who chose at least one option of the question that `it` belongs to."""
    key = f"answering:{it.group}"
    if key not in survey._cache or not it.group:
        members = [i for i in survey.all_items if i.type == "multi" and i.group == it.group] if it.group else [it]
        survey._cache[key] = _chosen_in_columns(survey, members)[0].any(axis=1)
    return survey._cache[key]


def chosen(survey: Survey, members: list[Item]) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Who chose what.

    Returns
    -------
    (chosen, options, answering)
        Boolean (people, options); the options' wordings; who gave any answer, boolean (people,).
    """
    from cjmkit.survey.multi import split_options

    if len(members) == 1 and members[0].separator:
        it = members[0]
        lists = split_options(survey.raw(it), it)
        answered = lists.notna().to_numpy()
        counts: dict[str, int] = {}
        for options in lists.dropna():
            for o in options:
                counts[o] = counts.get(o, 0) + 1
        names = list(it.options) or [o for o, k in sorted(counts.items(), key=lambda p: -p[1]) if k > 1][:100]
        names = [n for n in names if n in counts] + [n for n in names if n not in counts]
        place = {o: j for j, o in enumerate(names)}
        grid = np.zeros((survey.n, len(names) + 1), dtype=bool)
        for i, options in enumerate(lists):
            if isinstance(options, list):
                for o in options:
                    grid[i, place.get(o, len(names))] = True
        if grid[:, -1].any():
            names.append(say(en="other answers", ru="другие ответы"))
            return grid, names, answered
        return grid[:, :-1], names, answered
    ticks = [m for m in members if m.type == "multi"]
    if len(ticks) == 1 and ticks[0].group:
        ticks = [i for i in survey.all_items if i.type == "multi" and i.group == ticks[0].group]
    grid, names = _chosen_in_columns(survey, ticks)
    answered = np.asarray(grid.any(axis=1))
    for it in members:
        if it.type == "open":
            answered |= survey.raw(it).notna().to_numpy()
    return grid, names, answered


def _multi(
    survey: Survey, members: list[Item], by: Any, w: np.ndarray | None, base: str, asked: Any, level: float
) -> Score:
    if base not in ("answering", "asked", "choices"):
        raise CjmError(suggest(base, ("answering", "asked", "choices"), what="base"))
    if not any(m.type == "multi" for m in members):
        raise CjmError(f"{members[0].item!r} is no multi-select; it is of type {members[0].type!r}")
    members = [m for m in members if m.type in ("multi", "open")]
    grid, options, answered = chosen(survey, members)
    if not answered.any():
        raise CjmError(f"{members[0].group or members[0].item!r}: nobody chose anything")
    seen = np.ones(survey.n, dtype=bool)
    notes = []
    if asked is not None:
        given = asked if isinstance(asked, pd.Series) else pd.Series(np.asarray(asked))
        if given.shape == (len(survey),):
            seen = given.to_numpy(dtype=bool)[survey.counted]
        elif given.shape == (survey.n,):
            seen = given.to_numpy(dtype=bool)
        else:
            raise CjmError(f"asked= needs {len(survey)} true or false values, one a row; got {given.shape[0]}")
        extra = int((answered & ~seen).sum())
        if extra:
            notes.append(
                say(
                    en=f"{extra} people answered although asked= says they were not asked",
                    ru=f"{extra} чел. ответили, хотя по asked= их не спрашивали",
                )
            )
    elif base == "asked":
        notes.append(
            say(
                en="asked= was not given: everybody counts as asked", ru="asked= не задан: считается, что спросили всех"
            )
        )
    name, groups = group_of(survey, by) if by is not None else ("", None)
    rows = []
    for g in [None] if groups is None else sorted(groups.unique(), key=str):
        inside = np.ones(survey.n, dtype=bool) if groups is None else (groups == g).to_numpy()
        for j, option in enumerate(options):
            x = grid[:, j].astype(float)
            figures = {}
            for b, people in (("answering", answered), ("asked", seen | answered)):
                m = inside & people
                figures[b] = _figure(
                    "share", np.where(people, x, np.nan)[inside], None if w is None else w[inside], None, None, level
                )
                figures[b]["n"] = int(m.sum()) if w is None else figures[b]["n"]
            total = float((grid[inside] * (1 if w is None else np.nan_to_num(w)[inside][:, None])).sum())
            mine = float((grid[inside, j] * (1 if w is None else np.nan_to_num(w)[inside])).sum())
            row: dict[str, Any] = {} if groups is None else {"group": g}
            row |= {"option": option, "chosen": int(grid[inside, j].sum())}
            if base == "choices":
                row |= {
                    "value": mine / total if total else math.nan,
                    "low": math.nan,
                    "high": math.nan,
                    "n": int(grid[inside].sum()),
                    "method": "count",
                }
            else:
                row |= figures[base]
            row |= {
                "share_answering": figures["answering"]["value"],
                "n_answering": figures["answering"]["n"],
                "share_asked": figures["asked"]["value"],
                "n_asked": figures["asked"]["n"],
                "share_choices": mine / total if total else math.nan,
            }
            rows.append(row)
    details: dict[str, Any] = {
        "asked": int((seen | answered).sum()),
        "answering": int(answered.sum()),
        "people": survey.n,
        "choices": int(grid.sum()),
    }
    if len(options) > 2 and groups is None:
        details |= _cochran(grid[answered])
    if (answered.sum()) < SMALL:
        notes.append(
            say(en=f"only {int(answered.sum())} people answered", ru=f"ответили всего {int(answered.sum())} чел.")
        )
    question = members[0].group if len(members) > 1 and not members[0].separator else members[0].question
    return Score(
        survey.name,
        "multi",
        tuple(m.item for m in members),
        (members[0].text if question.startswith("QID") else question),
        pd.DataFrame(rows),
        None,
        pd.DataFrame(),
        details,
        name,
        base,
        (),
        w is not None,
        tuple(notes),
    )


def _cochran(grid: np.ndarray) -> dict[str, float]:
    """Cochran's Q: whether all options are chosen equally often by the same people."""
    from scipy.special import chdtrc

    k = grid.shape[1]
    columns, rows = grid.sum(axis=0), grid.sum(axis=1)
    below = k * rows.sum() - (rows**2).sum()
    if below <= 0:
        return {}
    q = (k - 1) * (k * (columns**2).sum() - columns.sum() ** 2) / below
    return {"cochran_q": float(q), "df": k - 1, "p": float(chdtrc(k - 1, q))}


# Ranking -----------------------------------------------------------------------------------------------------------


def _ranking(survey: Survey, members: list[Item], by: Any, w: np.ndarray | None, level: float) -> Score:
    if len(members) == 1 and members[0].group:
        members = [i for i in survey.all_items if i.type == "ranking" and i.group == members[0].group]
    if len(members) < 2:
        raise CjmError("a ranking needs the columns of all its options; name their group")
    block = np.column_stack([survey.values(m.replace(reverse=False)).to_numpy() for m in members])
    k = block.shape[1]
    ordered = np.sort(block, axis=1)
    full = (ordered == np.arange(1, k + 1)).all(axis=1)
    some = ~np.isnan(block).all(axis=1)
    notes = []
    if (some & ~full).any():
        notes.append(
            say(
                en=f"{int((some & ~full).sum())} people ranked only some options or gave one rank twice; they do "
                f"not count",
                ru=f"{int((some & ~full).sum())} чел. проранжировали не всё или повторили ранг; они не учтены",
            )
        )
    if not full.any():
        raise CjmError(f"{members[0].group!r}: nobody ranked all {k} options")
    if w is not None:
        notes.append(say(en="the tests of a ranking take no weights", ru="критерии для ранжирования веса не учитывают"))
    name, groups = group_of(survey, by) if by is not None else ("", None)
    rows = []
    for g in [None] if groups is None else sorted(groups.unique(), key=str):
        inside: np.ndarray = full if groups is None else full & (groups == g).to_numpy()
        for j, it in enumerate(members):
            x = np.where(inside, block[:, j], np.nan)
            row = _figure("mean", x, w, None, None, level)
            row |= {
                "first_share": float((block[inside, j] == 1).mean()) if inside.any() else math.nan,
                "borda": float((k - block[inside, j]).sum()),
            }
            rows.append({**({} if groups is None else {"group": g}), "option": it.option or it.question, **row})
    details: dict[str, Any] = {"n": int(full.sum())}
    if groups is None and full.sum() > 1:
        from scipy.special import chdtrc

        ranks = block[full]
        n = len(ranks)
        chi2 = 12 / (n * k * (k + 1)) * float((ranks.sum(axis=0) ** 2).sum()) - 3 * n * (k + 1)
        details |= {"friedman": chi2, "df": k - 1, "p": float(chdtrc(k - 1, chi2)), "kendall_w": chi2 / (n * (k - 1))}
    return Score(
        survey.name,
        "ranking",
        tuple(m.item for m in members),
        members[0].group or members[0].question,
        pd.DataFrame(rows),
        None,
        pd.DataFrame(),
        details,
        name,
        "",
        (1, k),
        w is not None,
        tuple(notes),
    )


# Reliability -------------------------------------------------------------------------------------------------------


def _reliability(
    survey: Survey, members: list[Item], kind: str, by: Any, w: np.ndarray | None, factors: int, level: float
) -> Score:
    from cjmkit.survey.reliability import alpha_interval, alpha_of, item_statistics, omega_of

    if by is not None:
        raise CjmError("reliability is not split by groups; keep() a group and score it")
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
