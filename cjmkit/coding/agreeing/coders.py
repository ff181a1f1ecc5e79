"""Agreement of coders: on explicit units, per code and over sets of codes, with intervals by interview."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.coding.agreeing.alpha import alpha_of
from cjmkit.coding.agreeing.bootstrap import estimate
from cjmkit.coding.agreeing.kappa import NAMES, agreement_of, corrected_of, light_of, pooled_of
from cjmkit.coding.agreeing.patterns import Patterns, coded
from cjmkit.coding.agreeing.sets import SET_METRICS, set_distances
from cjmkit.coding.agreeing.units import UNITS, Marks, make_units, mark
from cjmkit.core.estimate import Estimate
from cjmkit.core.printed import Printing
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import count, number, say

__all__ = ["ALL", "Agreement", "agreement"]

ALL = "(all codes)"
_VALENCE_METRICS = ("ordinal", "interval")
_UNIT_NAMES = {
    "character": ("characters", "символы"),
    "sentence": ("sentences", "предложения"),
    "turn": ("turns", "реплики"),
    "segment": ("coded stretches", "закодированные отрезки"),
}


@dataclass(frozen=True, repr=False)
class Agreement:
    """How far coders agree.

    Parameters
    ----------
    table : pandas.DataFrame
        code, coefficient (alpha, percent, cohen, fleiss, ac1, bp), value, low, high, n (interviews that two coders
        read), units, used (units that a coder marked with the code), reason (why there is no value). The rows of
        ``(all codes)`` compare the sets of codes that coders gave a unit; its cohen is the kappa pooled over the codes.
    estimate : Estimate
        Alpha over the sets of codes, its interval and the number of interviews.
    unit : str
        The unit of comparison.
    metric : str
        The distance between two sets of codes, or between two valences.
    coders : tuple of str
        Who was compared.
    warnings : tuple of str
        What to know before quoting the figure.
    """

    table: pd.DataFrame
    estimate: Estimate
    unit: str
    metric: str
    coders: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    _disagreements: pd.DataFrame = field(default_factory=pd.DataFrame)
    _files: str = "codings"

    def disagreements(self, n: int | None = None) -> pd.DataFrame:
        """Units on which coders differ, worst first, to be talked through.

        Parameters
        ----------
        n : int, optional
            Only the worst n.

        Returns
        -------
        pandas.DataFrame
            document, participant, start, end, text, one column a coder with their codes, distance (mean over the
            pairs of coders, 0 to 1) and, for each unit, the codes in dispute.
        """
        return self._disagreements if n is None else self._disagreements.head(n)

    def by_code(self) -> pd.DataFrame:
        """One row a code: value of each coefficient, alpha's interval, units used."""
        if not len(self.table):
            return self.table
        wide = self.table.pivot(index="code", columns="coefficient", values="value")
        first = self.table[self.table["coefficient"] == "alpha"].set_index("code")
        columns = [c for c in ("alpha", "percent", "cohen", "fleiss", "ac1", "bp") if c in wide]
        out = wide[columns].reindex(self.table["code"].unique())
        out.insert(1, "low", first["low"])
        out.insert(2, "high", first["high"])
        out["used"] = first["used"]
        out["units"] = first["units"]
        return out

    def summary(self, lang: str | None = None) -> str:
        """The figure with all that it depends on, in a sentence."""
        e = self.estimate
        unit = say(en=_UNIT_NAMES[self.unit][0], ru=_UNIT_NAMES[self.unit][1], lang=lang)
        talks = count(e.n, en=("interview", "interviews"), ru=("интервью", "интервью", "интервью"), lang=lang)
        who = count(
            len(self.coders), en=("coder", "coders"), ru=("кодировщик", "кодировщика", "кодировщиков"), lang=lang
        )
        if e.value is None:
            return say(en=f"No alpha: {e.reason}.", ru=f"Альфы нет: {e.reason}.", lang=lang)
        value = number(e.value, 2, lang=lang)
        if e.low is not None and e.high is not None:
            sep = say(en=", ", ru="; ", lang=lang)
            value += f" [{number(e.low, 2, lang=lang)}{sep}{number(e.high, 2, lang=lang)}]"
        # Krippendorff (2019, p. 356): rely on .800 and above, draw tentative conclusions from .667.
        bar = e.low if e.low is not None else e.value
        if bar >= 0.8:
            verdict = say(en="reliable", ru="надёжно", lang=lang)
        elif bar >= 0.667:
            verdict = say(en="enough for tentative conclusions", ru="достаточно для предварительных выводов", lang=lang)
        elif e.value >= 0.667:
            verdict = say(
                en="enough for tentative conclusions, but the interval reaches below",
                ru="достаточно для предварительных выводов, но интервал заходит ниже",
                lang=lang,
            )
        else:
            verdict = say(
                en="not reliable yet: talk the disagreements through",
                ru="пока ненадёжно: обсудите разногласия",
                lang=lang,
            )
        return say(
            en=f"Alpha {value} ({self.metric}, units: {unit}), {talks}, {who}: {verdict}.",
            ru=f"Альфа {value} ({self.metric}, единицы: {unit}), {talks}, {who}: {verdict}.",
            lang=lang,
        )

    def _evidence_(self, *, code: str = ALL, coefficient: str = "alpha") -> Any:
        from cjmkit.core.evidence import SurveyFigure

        rows = self.table[(self.table["code"] == code) & (self.table["coefficient"] == coefficient)]
        if not len(rows):
            raise CjmError(suggest(code, self.table["code"].unique(), what="code"))
        r = rows.iloc[0]
        return SurveyFigure(
            survey=self._files,
            item=code,
            question=f"agreement of {', '.join(self.coders)} by {self.unit}",
            statistic=f"{coefficient} ({self.metric})" if code == ALL else coefficient,
            estimate=Estimate(
                value=r["value"],
                low=r["low"],
                high=r["high"],
                n=int(r["n"]),
                unit="interviews",
                reason=r["reason"] or "",
                method=self.estimate.method if (code, coefficient) == (ALL, "alpha") else "percentile bootstrap",
            ),
        )

    def __repr__(self) -> str:
        return f"<Agreement: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        remarks = "".join(f"<li>{html.escape(w)}</li>" for w in self.warnings)
        table = self.by_code().reset_index()
        # The least agreed first: those are what the coders talk about next.
        table = table.sort_values("alpha", key=lambda v: v.where(table["code"].ne(ALL), -2), kind="stable")
        heads = {
            "code": ("code", "код"),
            "percent": ("same mark", "одинаково"),
            "used": ("units marked", "отмечено единиц"),
            "units": ("of", "из"),
        }
        how = Printing(percent=("percent",), heads=heads, level=self.estimate.level)
        shown = how.html(table, ["code", "alpha", "percent", "used", "units"])
        return f"<p>{html.escape(self.summary())}</p>{f'<ul>{remarks}</ul>' if remarks else ''}{shown}"


def agreement(
    codings: pd.DataFrame,
    turns: pd.DataFrame,
    *,
    unit: str,
    metric: str = "masi",
    role: str | None = "respondent",
    read: pd.DataFrame | None = None,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Agreement:
    r"""Compare coders.

    Parameters
    ----------
    codings, turns : pandas.DataFrame
        The two tables. To compare some coders only, give their rows; to compare topmost codes, ``codebook.roll_up(…)``;
        to compare some codes, their rows and, with `read`, who had read what.
    unit : {"character", "sentence", "turn", "segment"}
        What is compared; there is no default, because the figure depends on it: see
        :func:`cjmkit.coding.make_units`. ``"segment"`` leaves out text that nobody coded.
    metric : str
        Between the sets of codes that a unit was given: ``"masi"`` (partial credit), ``"jaccard"`` or ``"nominal"``
        (equal or not). ``"ordinal"`` or ``"interval"`` compare the valences instead of the codes.
    role : str or None
        Whose turns are compared; None for everybody's. Words of interviewers are seldom coded, and would raise the
        figure.
    read : pandas.DataFrame, optional
        Columns coder and document: who has read what. Without it a coder counts as having read the documents in which
        they coded something.
    resamples, level, seed
        The interval comes from drawing interviews with replacement; 0 for none.

    Returns
    -------
    Agreement

    Raises
    ------
    CjmError
        If there are not two coders, or no document that two of them read.

    Notes
    -----
    A coding marks a unit when half of the one lies in the other. Per code each unit is a yes or no of each coder who
    read the document: alpha (nominal), percent, Cohen (mean over pairs of coders), Fleiss, AC1 and Brennan-Prediger.
    Over all codes each unit is the set of codes of a coder: alpha with the MASI distance (Passonneau 2006), percent
    of equal sets, and Cohen's kappa pooled over the codes, :math:`(\bar p_o - \bar p_e)/(1 - \bar p_e)` (de Vries and
    others 2008, Field Methods 20, 272-282).

    Examples
    --------
    >>> from cjmkit.interviews import read_text
    >>> read = read_text("Q: Why?\nA: Dear and slow.\nQ: And then?\nA: I left.", document="anna")
    >>> table = pd.DataFrame({"document": "anna", "start": [11, 11, 42], "end": [25, 25, 49], "valence": None,
    ...     "code": ["price", "price", "left"], "coder": ["eva", "ivo", "eva"]})
    >>> agreement(table, read.turns, unit="turn", resamples=0).by_code()["percent"].to_dict()
    {'(all codes)': 0.5, 'left': 0.5, 'price': 1.0}
    """
    if unit not in UNITS:
        raise CjmError(suggest(unit, UNITS, what="unit"))
    if metric not in (*SET_METRICS, *_VALENCE_METRICS):
        raise CjmError(suggest(metric, (*SET_METRICS, *_VALENCE_METRICS), what="metric"))
    table = codings[codings["coder"].notna()]
    pairs = table if read is None else read
    everyone = sorted(set(table["coder"]) | set(pairs["coder"].dropna()))
    if len(everyone) < 2:
        raise NotEnough(
            say(
                en=f"agreement needs two coders or more; the codings are by {', '.join(everyone) or 'nobody'}",
                ru=f"для согласия нужны хотя бы два кодировщика; здесь кодировал: {', '.join(everyone) or 'никто'}",
            ),
            why=say(en="nobody knows whether others would hear the same", ru="неизвестно, услышат ли то же другие"),
            action=say(
                en="let a colleague code some of the interviews: cj.widgets.coding_pane(…, coder='name')",
                ru="пусть коллега разметит часть интервью: cj.widgets.coding_pane(…, coder='имя')",
            ),
        )
    units = make_units(table, turns, unit, role=role)
    marks = mark(table, units, read=read, characters=unit == "character")
    shared = marks.read.sum(axis=1) >= 2
    if not shared.any():
        raise CjmError(
            en=f"no document was coded by two of {', '.join(everyone)}; if somebody read one and found nothing, say so "
            "with read= (columns coder and document)",
            ru=f"ни один документ не кодировали двое из {', '.join(everyone)}; если кто-то прочитал и ничего не "
            f"нашёл, скажите это через read= (столбцы coder и document)",
        )
    weights = units["weight"].to_numpy(dtype=float)[shared]
    clusters, names = pd.factorize(units["document"].to_numpy()[shared])
    how = {"resamples": resamples, "seed": seed, "level": level, "unit": "interviews"}
    both = _Shared(marks, shared, weights, {"clusters": clusters, "n_clusters": len(names)}, how)
    compare = _valences if metric in _VALENCE_METRICS else _codes
    rows, overall, differences = compare(both, turns, metric)
    columns = ["code", "coefficient", "value", "low", "high", "n", "units", "used", "reason"]
    return Agreement(
        table=pd.DataFrame(rows, columns=columns),
        estimate=overall,
        unit=unit,
        metric=metric,
        coders=marks.coders,
        warnings=_remarks(marks, unit, role, sorted(set(table["document"]) - set(turns["document"]))),
        _disagreements=differences,
    )


@dataclass(frozen=True)
class _Shared:
    """Marks, which units two coders read, their weights, the interviews they lie in, and how to resample."""

    marks: Marks
    shared: Any
    weights: Any
    interviews: dict[str, Any]
    how: dict[str, Any]

    def patterns(self, ratings: Any, categories: Any) -> Patterns:
        return Patterns(ratings, categories, weights=self.weights, **self.interviews)

    def row(self, code: str, coefficient: str, e: Estimate, used: int) -> tuple[Any, ...]:
        v, low, high = (float("nan") if x is None else x for x in (e.value, e.low, e.high))
        return (code, coefficient, v, low, high, e.n, int(self.weights.sum()), used, e.reason)


_Compared = tuple[list[tuple[Any, ...]], Estimate, pd.DataFrame]


def _codes(both: _Shared, turns: pd.DataFrame, metric: str) -> _Compared:
    """Which codes were given: sets of codes over all, yes and no for each."""
    marks, how = both.marks, both.how
    was_read = marks.read[both.shared]
    at = np.cumsum(both.shared) - 1  # row among the shared units
    rows = marks.rows[both.shared[marks.rows[:, 0]]]
    if len(rows):
        rows = np.column_stack([at[rows[:, 0]], rows[:, 1:]])
        rows = rows[was_read[rows[:, 0], rows[:, 1]]]
    sets, member = _sets(rows, was_read, len(marks.codes))
    labels = [", ".join(np.array(marks.codes)[m > 0]) or "–" for m in member]
    p = both.patterns(sets, labels)
    overall = estimate(p, alpha_of(p, set_distances(member, metric)), method=f"Krippendorff's alpha, {metric}", **how)
    touched = int(both.weights[np.unique(rows[:, 0])].sum()) if len(rows) else 0
    equal = estimate(p, agreement_of(p, np.eye(len(labels)))[0], method="percent agreement", one_category="fine", **how)
    out = [both.row(ALL, "alpha", overall, touched), both.row(ALL, "percent", equal, touched)]
    if len(marks.codes):
        pooled = estimate(p, pooled_of(p, member), method="Cohen's kappa, pooled over codes, mean over pairs", **how)
        out.append(both.row(ALL, "cohen", pooled, touched))
    for c, code in enumerate(marks.codes):
        mine = rows[rows[:, 2] == c]
        x = np.where(was_read, 0, -1).astype(np.int64)
        x[mine[:, 0], mine[:, 1]] = 1
        used = int(both.weights[np.unique(mine[:, 0])].sum())
        out += [both.row(code, name, e, used) for name, e in _binary(both.patterns(x, [0, 1]), how)]
    differences = _differences(marks.units[both.shared], turns, marks, rows, was_read, metric)
    return out, overall, differences


def _binary(p: Patterns, how: dict[str, Any]) -> Iterator[tuple[str, Estimate]]:
    """Every coefficient of one code, whose ratings are yes and no."""
    w = np.eye(2)
    yield "alpha", estimate(p, alpha_of(p, "nominal"), method="Krippendorff's alpha, nominal", **how)
    yield "percent", estimate(p, agreement_of(p, w)[0], method="percent agreement", one_category="fine", **how)
    yield "cohen", estimate(p, light_of(p), method="Cohen's kappa, mean over pairs", **how)
    for kind, column in (("fleiss", "fleiss"), ("gwet", "ac1"), ("bp", "bp")):
        yield column, estimate(p, corrected_of(p, w, kind), method=NAMES[kind], **how)


def _sets(rows: Any, was_read: Any, codes: int) -> tuple[Any, Any]:
    """Number the sets of codes that occur: set numbers, shape (units, coders), and members, shape (sets, codes)."""
    numbers: dict[tuple[int, ...], int] = {(): 0}
    sets = np.where(was_read, 0, -1).astype(np.int64)
    if len(rows):
        ordered = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
        cut = np.flatnonzero((np.diff(ordered[:, :2], axis=0) != 0).any(axis=1)) + 1
        for group in np.split(ordered, cut):
            key = tuple(group[:, 2].tolist())
            sets[group[0, 0], group[0, 1]] = numbers.setdefault(key, len(numbers))
    member = np.zeros((len(numbers), codes), dtype=float)
    for key, i in numbers.items():
        member[i, list(key)] = 1
    return sets, member


def _remarks(marks: Marks, unit: str, role: str | None, unknown: list[str]) -> tuple[str, ...]:
    out = []
    if unknown:
        out.append(
            say(
                en=f"codings of {len(unknown)} documents that are not among the turns were left out: {unknown[0]}",
                ru=f"кодировки документов ({len(unknown)}), которых нет среди реплик, пропущены: {unknown[0]}",
            )
        )
    seen = set(marks.units["document"])
    read = {k: {d for d, r in zip(marks.units["document"], marks.read[:, i]) if r} for i, k in enumerate(marks.coders)}
    alone = [d for d in seen if sum(d in r for r in read.values()) == 1]
    if alone:
        out.append(
            say(
                en=f"{len(alone)} interviews were coded by one coder only and do not count",
                ru=f"интервью, закодированных только одним ({len(alone)}), в расчёте нет",
            )
        )
    if role is not None:
        inside = marks.rows[:, 0].size
        if not inside:
            out.append(
                say(
                    en=f"no coding touches a turn of role {role}; role=None compares all turns",
                    ru=f"ни одна кодировка не касается реплик роли {role}; role=None сравнит все реплики",
                )
            )
    if unit == "character":
        out.append(
            say(
                en="characters of one passage are not independent: never compare this figure with one by turn",
                ru="символы одного отрывка зависимы: показатель честный, но с расчётом по репликам его не сравнивают",
            )
        )
    return tuple(out)


def _differences(
    units: pd.DataFrame, turns: pd.DataFrame, marks: Marks, rows: Any, was_read: Any, metric: str
) -> pd.DataFrame:
    """Units on which coders differ, with their words and the coders' codes."""
    given: dict[int, dict[int, list[int]]] = {}
    for u, k, c in rows.tolist():
        given.setdefault(u, {}).setdefault(k, []).append(c)
    columns = ["document", "participant", "start", "end", "text", *marks.coders, "distance", "disputed"]
    listed = []
    by_document = {str(d): g for d, g in turns.groupby("document", sort=False)}
    place = units.reset_index(drop=True)
    for u, who in given.items():
        readers = np.flatnonzero(was_read[u])
        if len(readers) < 2:
            continue
        sets = [frozenset(who.get(int(k), ())) for k in readers]
        if len(set(sets)) == 1:
            continue
        member = np.zeros((len(sets), len(marks.codes)))
        for i, s in enumerate(sets):
            member[i, list(s)] = 1
        d = set_distances(member, metric)
        far = float(d[np.triu_indices(len(sets), 1)].mean())
        disputed = sorted(marks.codes[c] for c in frozenset.union(*sets) - frozenset.intersection(*sets))
        unit = place.iloc[u]
        shown = {
            coder: ", ".join(sorted(marks.codes[c] for c in who.get(k, ()))) if was_read[u, k] else None
            for k, coder in enumerate(marks.coders)
        }
        text = _words(by_document, unit["document"], int(unit["start"]), int(unit["end"]))
        listed.append(
            {
                "document": unit["document"],
                "participant": unit["participant"],
                "start": unit["start"],
                "end": unit["end"],
            }
            | {"text": text, "distance": far, "disputed": ", ".join(disputed)}
            | shown
        )
    out = pd.DataFrame(listed, columns=columns)
    if not len(out):
        return out
    length = (out["end"] - out["start"]).astype("int64")
    order = out.assign(_n=length).sort_values(
        ["distance", "_n", "document", "start"], ascending=[False, False, True, True], kind="stable"
    )
    return order.drop(columns="_n").reset_index(drop=True)


def _words(by_document: dict[str, pd.DataFrame], document: str, start: int, end: int) -> str:
    g = by_document[document]
    hit = g[(g["start"] <= start) & (g["end"] >= end)]
    if not len(hit):
        return ""
    t = hit.iloc[0]
    return str(t["text"])[start - int(t["start"]) : end - int(t["start"])]


def _valences(both: _Shared, turns: pd.DataFrame, metric: str) -> _Compared:
    """How the words were rated, where coders gave a valence."""
    marks = both.marks
    at = np.cumsum(both.shared) - 1
    keep = both.shared[marks.rows[:, 0]] & ~np.isnan(marks.value)
    rows, value = marks.rows[keep], marks.value[keep]
    total, n = (np.zeros((int(both.shared.sum()), len(marks.coders))) for _ in range(2))
    np.add.at(total, (at[rows[:, 0]], rows[:, 1]), value)
    np.add.at(n, (at[rows[:, 0]], rows[:, 1]), 1)
    x = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    p = both.patterns(*coded(x, ordered=True))
    e = estimate(p, alpha_of(p, metric), method=f"Krippendorff's alpha, {metric}", **both.how)
    rated = marks.units[both.shared].reset_index(drop=True).copy()
    rated[list(marks.coders)] = x
    spread = np.nanmax(np.where(np.isnan(x), -np.inf, x), axis=1) - np.nanmin(np.where(np.isnan(x), np.inf, x), axis=1)
    two = (n > 0).sum(axis=1) >= 2
    apart = two & (spread > 0)
    far = rated[apart].assign(distance=spread[apart]).drop(columns="weight")
    far = far.sort_values("distance", ascending=False, kind="stable").reset_index(drop=True)
    return [both.row("valence", "alpha", e, int(both.weights[two].sum()))], e, far
