"""Agreement of coders: on explicit units, per code and over sets of codes, with intervals by interview."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.coding import reliability as rel
from cjmkit.coding.units import UNITS, Marks, make_units, mark
from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, number, say

__all__ = ["ALL", "Agreement", "agreement"]

ALL = "(all codes)"
_SET_METRICS = ("masi", "jaccard", "nominal")
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
        ``(all codes)`` compare the sets of codes that coders gave a unit.
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
        shown = self.by_code().round(2).to_html(border=0, na_rep="—")
        return f"<p>{html.escape(self.summary())}</p>{f'<ul>{remarks}</ul>' if remarks else ''}{shown}"


def agreement(
    codings: pd.DataFrame,
    turns: pd.DataFrame,
    *,
    unit: str,
    value: str = "code",
    metric: str | None = None,
    coders: Any = None,
    codes: Any = None,
    role: str | None = "respondent",
    read: pd.DataFrame | None = None,
    codebook: Any = None,
    bootstraps: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Agreement:
    """Compare coders.

    Parameters
    ----------
    codings, turns : pandas.DataFrame
        The two tables.
    unit : {"character", "sentence", "turn", "segment"}
        What is compared; there is no default, because the figure depends on it: see
        :func:`cjmkit.interviews.make_units`. ``"segment"`` leaves out text that nobody coded.
    value : {"code", "valence"}
        Compare which codes were given, or how the words were rated.
    metric : str, optional
        Between sets of codes: ``"masi"`` (default; partial credit), ``"jaccard"`` or ``"nominal"`` (equal or not).
        Between valences: ``"ordinal"`` or ``"interval"``; there is no default.
    coders, codes : iterable of str, optional
        Only these.
    role : str or None
        Whose turns are compared; None for everybody's. Words of interviewers are seldom coded, and would raise the
        figure.
    read : pandas.DataFrame, optional
        Columns coder and document: who has read what. Without it a coder counts as having read the documents in which
        they coded something.
    codebook : Codebook, optional
        Compare the topmost codes instead of the fine ones.
    bootstraps, level, seed
        The interval comes from drawing interviews with replacement.

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
    Over all codes each unit is the set of codes of a coder: alpha with the MASI distance (Passonneau 2006).
    """
    if unit not in UNITS:
        raise CjmError(suggest(unit, UNITS, what="unit"))
    table = codings[codings["coder"].notna()]
    if coders is not None:
        wanted = list(coders)
        for c in wanted:
            if c not in set(table["coder"]):
                raise CjmError(suggest(c, sorted(table["coder"].unique()), what="coder"))
        table = table[table["coder"].isin(wanted)]
    if codebook is not None:
        table = codebook.roll_up(table)
    if codes is not None:
        wanted = list(codes)
        for c in wanted:
            if c not in set(table["code"]):
                raise CjmError(suggest(c, sorted(table["code"].unique()), what="code"))
        # Who had read what is known from all codes, not only from those compared.
        read = table[["coder", "document"]].drop_duplicates() if read is None else read
        everyone = tuple(sorted(table["coder"].unique()))
        table = table[table["code"].isin(wanted)]
    else:
        everyone = tuple(sorted(table["coder"].unique()))
    if len(everyone) < 2:
        names = ", ".join(everyone) or "nobody"
        raise CjmError(f"agreement needs two coders or more; the codings are by {names}")
    known = set(turns["document"])
    unknown = sorted(set(table["document"]) - known)
    units = make_units(table, turns, unit, role=role)
    marks = mark(table, units, read=read, characters=unit == "character")
    remarks = _remarks(table, marks, unit, role, unknown)
    shared = marks.read.sum(axis=1) >= 2
    if not shared.any():
        raise CjmError(
            f"no document was coded by two of {', '.join(everyone)}; if somebody read one and found nothing, say so "
            "with read= (columns coder and document)"
        )
    documents, names = pd.factorize(units["document"].to_numpy()[shared])
    how: dict[str, Any] = {"bootstraps": bootstraps, "seed": seed, "level": level, "unit": "interviews"}
    weights = units["weight"].to_numpy(dtype=float)[shared]
    at = np.cumsum(shared) - 1  # row among the shared units
    n_units = int(weights.sum())
    if value == "valence":
        return _valence(marks, units, shared, at, (documents, len(names)), weights, metric, unit, remarks, how)
    if value != "code":
        raise CjmError(suggest(value, ("code", "valence"), what="value"))
    metric = metric or "masi"
    if metric not in _SET_METRICS:
        raise CjmError(suggest(metric, _SET_METRICS, what="metric for sets of codes"))
    was_read = marks.read[shared]
    rows = marks.rows[shared[marks.rows[:, 0]]]
    rows = np.column_stack([at[rows[:, 0]], rows[:, 1:]]) if len(rows) else rows
    rows = rows[was_read[rows[:, 0], rows[:, 1]]] if len(rows) else rows
    out: list[tuple[Any, ...]] = []

    def put(code: str, coefficient: str, e: Estimate, used: int) -> None:
        nan = float("nan")
        v, lo, hi = (nan if x is None else x for x in (e.value, e.low, e.high))
        out.append((code, coefficient, v, lo, hi, e.n, n_units, used, e.reason))

    sets, distance, labels = _sets(rows, was_read, metric, marks.codes)
    p = rel.Patterns(sets, labels, weights=weights, clusters=documents, n_clusters=len(names))
    overall = rel.estimate(p, rel.alpha_of(p, distance), method=f"Krippendorff's alpha, {metric}", **how)
    touched = int(weights[np.unique(rows[:, 0])].sum()) if len(rows) else 0
    put(ALL, "alpha", overall, touched)
    equal, _ = rel.agreement_of(p, np.eye(len(labels)))
    put(ALL, "percent", rel.estimate(p, equal, method="percent agreement", one_category="fine", **how), touched)
    for c, code in enumerate(marks.codes):
        mine = rows[rows[:, 2] == c]
        x = np.where(was_read, 0, -1).astype(np.int64)
        x[mine[:, 0], mine[:, 1]] = 1
        p = rel.Patterns(x, [0, 1], weights=weights, clusters=documents, n_clusters=len(names))
        used = int(weights[np.unique(mine[:, 0])].sum())
        for coefficient, e in _binary(p, how):
            put(code, coefficient, e, used)
    columns = ["code", "coefficient", "value", "low", "high", "n", "units", "used", "reason"]
    return Agreement(
        table=pd.DataFrame(out, columns=columns),
        estimate=overall,
        unit=unit,
        metric=metric,
        coders=marks.coders,
        warnings=remarks,
        _disagreements=_differences(units[shared], turns, marks, rows, was_read, metric),
    )


def _binary(p: rel.Patterns, how: dict[str, Any]) -> list[tuple[str, Estimate]]:
    w = np.eye(2)
    observed, _ = rel.agreement_of(p, w)
    out = [("alpha", rel.estimate(p, rel.alpha_of(p, "nominal"), method="Krippendorff's alpha, nominal", **how))]
    out.append(("percent", rel.estimate(p, observed, method="percent agreement", one_category="fine", **how)))
    if p.rows.shape[1] >= 2:
        out.append(("cohen", rel.estimate(p, _light(p), method="Cohen's kappa, mean over pairs", **how)))
    for kind, name in (("fleiss", "Fleiss' kappa"), ("gwet", "Gwet's AC1"), ("bp", "Brennan-Prediger")):
        chance = rel.chance_of(p, w, kind)

        def corrected(t: rel.Floats, chance: Any = chance) -> rel.Floats:
            po, pe = observed(t), chance(t)
            with np.errstate(invalid="ignore", divide="ignore"):
                made: rel.Floats = np.where(pe < 1 - 1e-12, (po - pe) / (1 - pe), np.nan)
            return made

        out.append(({"gwet": "ac1"}.get(kind, kind), rel.estimate(p, corrected, method=name, **how)))
    return out


def _light(p: rel.Patterns) -> Any:
    """Cohen's kappa of two categories, averaged over the pairs of raters (Light 1971)."""
    pairs = list(p.pairs())

    def mean_kappa(t: rel.Floats) -> rel.Floats:
        found = []
        for both, a, b in pairs:
            w = t[:, both]
            n = w.sum(axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                po = (w @ (a == b)) / n
                pa, pb = (w @ a) / n, (w @ b) / n
                pe = pa * pb + (1 - pa) * (1 - pb)
                found.append(np.where(pe < 1 - 1e-12, (po - pe) / (1 - pe), np.nan))
        stacked = np.array(found)
        there = ~np.isnan(stacked)
        n_there = there.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            out: rel.Floats = np.where(n_there > 0, np.where(there, stacked, 0).sum(axis=0) / n_there, np.nan)
        return out

    return mean_kappa


def _sets(rows: Any, was_read: Any, metric: str, codes: tuple[str, ...]) -> tuple[Any, Any, list[str]]:
    """Number the sets of codes that occur: (units, coders) of set numbers, their distances, their names."""
    numbers: dict[tuple[int, ...], int] = {(): 0}
    sets = np.where(was_read, 0, -1).astype(np.int64)
    if len(rows):
        ordered = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
        cut = np.flatnonzero((np.diff(ordered[:, :2], axis=0) != 0).any(axis=1)) + 1
        for group in np.split(ordered, cut):
            key = tuple(group[:, 2].tolist())
            sets[group[0, 0], group[0, 1]] = numbers.setdefault(key, len(numbers))
    keys = list(numbers)
    member = np.zeros((len(keys), len(codes)), dtype=float)
    for i, key in enumerate(keys):
        member[i, list(key)] = 1
    return sets, set_distances(member, metric), [", ".join(codes[c] for c in k) or "–" for k in keys]


def set_distances(member: rel.Floats, metric: str) -> rel.Floats:
    """Distances between sets given as rows of zeros and ones, with shape (sets, codes) in and (sets, sets) out."""
    size = member.sum(axis=1)
    common = member @ member.T
    union = size[:, None] + size[None, :] - common
    jaccard = np.divide(common, union, out=np.ones_like(common), where=union > 0)
    equal = (common == size[:, None]) & (common == size[None, :])
    if metric == "nominal":
        return 1.0 - equal
    if metric == "jaccard":
        return 1.0 - jaccard
    nested = (common == size[:, None]) | (common == size[None, :])
    closeness = np.where(equal, 1.0, np.where(common == 0, 0.0, np.where(nested, 2 / 3, 1 / 3)))
    out: rel.Floats = 1.0 - jaccard * closeness
    return np.where(np.abs(out) < 1e-15, 0.0, out)


def _remarks(table: pd.DataFrame, marks: Marks, unit: str, role: str | None, unknown: list[str]) -> tuple[str, ...]:
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


def _valence(
    marks: Marks,
    units: pd.DataFrame,
    shared: Any,
    at: Any,
    documents: tuple[Any, int],
    weights: Any,
    metric: str | None,
    unit: str,
    remarks: tuple[str, ...],
    how: dict[str, Any],
) -> Agreement:
    if metric not in ("ordinal", "interval"):
        raise CjmError(suggest(metric, ("ordinal", "interval"), what="metric for valence"))
    keep = shared[marks.rows[:, 0]] & ~np.isnan(marks.value)
    rows, value = marks.rows[keep], marks.value[keep]
    x = np.full((int(shared.sum()), len(marks.coders)), np.nan)
    total, n = np.zeros(x.shape), np.zeros(x.shape)
    np.add.at(total, (at[rows[:, 0]], rows[:, 1]), value)
    np.add.at(n, (at[rows[:, 0]], rows[:, 1]), 1)
    x = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    codes, categories = rel._coded(x, ordered=True)
    p = rel.Patterns(codes, categories, weights=weights, clusters=documents[0], n_clusters=documents[1])
    e = rel.estimate(p, rel.alpha_of(p, metric), method=f"Krippendorff's alpha, {metric}", **how)
    rated = units[shared].reset_index(drop=True).copy()
    for k, coder in enumerate(marks.coders):
        rated[coder] = x[:, k]
    spread = np.nanmax(np.where(np.isnan(x), -np.inf, x), axis=1) - np.nanmin(np.where(np.isnan(x), np.inf, x), axis=1)
    both = (n > 0).sum(axis=1) >= 2
    far = rated[both & (spread > 0)].assign(distance=spread[both & (spread > 0)]).drop(columns="weight")
    nan = float("nan")
    v, lo, hi = (nan if y is None else y for y in (e.value, e.low, e.high))
    row = ("valence", "alpha", v, lo, hi, e.n, int(weights.sum()), int(weights[both].sum()), e.reason)
    columns = ["code", "coefficient", "value", "low", "high", "n", "units", "used", "reason"]
    return Agreement(
        table=pd.DataFrame([row], columns=columns),
        estimate=e,
        unit=unit,
        metric=metric,
        coders=marks.coders,
        warnings=remarks,
        _disagreements=far.sort_values("distance", ascending=False, kind="stable").reset_index(drop=True),
    )
