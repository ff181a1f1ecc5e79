"""Correspondence analysis: a cross table as a map, with what the map leaves out and how far its points may move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError
from cjmkit.i18n import count, number, say
from cjmkit.survey._banner_parts import column_groups
from cjmkit.survey._result import SMALL, resampled_people, rows_text, weights_of
from cjmkit.survey.data import SurveyData

__all__ = ["Correspondence", "correspondence"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Correspondence(Result):
    """A cross table as points.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a point: side (``row``, ``column``), label, x, y (principal coordinates on the first two axes), x_low,
        x_high, y_low, y_high (resampled people), xx, xy, yy (covariance of the point over the resamples), mass (share
        of the table), inertia (share of what differs that is due to the point), quality (share of the point's distance
        from the centre that the two axes show), n (people).
    axes : pandas.DataFrame
        One row an axis: axis, inertia, share, cumulative.
    counts : pandas.DataFrame
        The cross table, weighted where weights were given.
    inertia : float
        χ²/n of the table.
    p : float
        How often people shuffled at random differ as much.
    """

    survey: str
    rows: str
    columns: str
    table: pd.DataFrame
    axes: pd.DataFrame
    counts: pd.DataFrame
    inertia: float
    p: float
    n: int
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key: ClassVar[tuple[str, ...]] = ("side", "label")
    _figure: ClassVar[Figure] = Figure(value="x", low="x_low", high="x_high", method="bootstrap")
    _names: ClassVar[Mapping[str, tuple[str, str]]] = {"label": ("label", "точка")}

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences, in English or Russian."""
        shown = number(float(self.axes["share"].head(2).sum()), 0, percent=True, lang=lang)
        people = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        p = "p < 0.001" if self.p < 0.001 else f"p = {number(self.p, 3, lang=lang)}"
        p = p.replace(".", ",") if say(en="en", ru="ru", lang=lang) == "ru" else p
        if self.p >= 1 - self.level:
            return say(
                en=f"“{self.rows}” and “{self.columns}” cannot be told from unrelated ({p}, n = {people}): the map "
                f"shows chance.",
                ru=f"Связь «{self.rows}» и «{self.columns}» не отличить от случайной ({p}, n = {people}): карта "
                f"показывает случай.",
                lang=lang,
            )
        rows = self.table[self.table["side"] == "row"]
        left, right = (rows["label"].iloc[int(i)] for i in (rows["x"].argmin(), rows["x"].argmax()))
        return say(
            en=f"“{left}” and “{right}” differ most in “{self.columns}”; two axes show {shown} of what differs "
            f"({p}, n = {people}).",
            ru=f"Сильнее всего по «{self.columns}» различаются «{left}» и «{right}»; две оси показывают {shown} "
            f"различий ({p}, n = {people}).",
            lang=lang,
        )

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        return SurveyFigure(
            survey=self.survey,
            item=f"{self.rows}, {self.columns}",
            where=str(row["label"]),
            statistic="place on the first axis",
            estimate=self._estimate_of(row),
        )


def correspondence(
    survey: SurveyData,
    rows: Any,
    columns: Any,
    *,
    weights: Any = None,
    resamples: int = 500,
    permutations: int = 999,
    seed: int = 0,
    level: float = 0.95,
) -> Correspondence:
    """Turn a cross table into a map: what answers alike lies together (simple correspondence analysis).

    Parameters
    ----------
    survey : Survey
        The answers.
    rows, columns : str, Series or tuple
        Groups of people, as for `banner`: an item, a Series from respondent to group, a multi-select (who chose
        several stands in several), a tuple for nested groups.
    weights : str, Series, array, Raking or Design, optional
        Weights of the people.
    resamples : int
        Resamples of people for how far points may move; 0 for none.
    permutations : int
        Random relabellings of people for `p`.
    seed, level
        Their seed, and the confidence level.

    Returns
    -------
    Correspondence

    Raises
    ------
    CjmError
        If a side has fewer than two groups, both together fewer than five, or nobody stands in both.

    Notes
    -----
    With P the table of shares and r, c its margins, the singular values of D_r^(−½)(P − rc')D_c^(−½) give the axes, and
    their squares add up to χ²/n (Greenacre 1984). Principal coordinates of both sides: distances among rows and among
    columns mean something, those between a row and a column do not; direction does. Resampled tables are projected on
    the axes of the whole (partial bootstrap, Lebart 2007), which takes the axes as given.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit.survey import Survey, correspondence
    >>> t = pd.DataFrame({"city": list("aaabbbccc") * 20, "brand": list("xxyyyzzzx") * 20, "id": range(180)})
    >>> found = correspondence(Survey.from_frame(t).set_item(["city", "brand"], type="single"), "city", "brand")
    >>> round(found.inertia, 3), found.p < 0.01, found.axes["share"].round(2).tolist()
    (0.667, True, [0.5, 0.5])
    """
    a, b = _side(survey, rows, "rows"), _side(survey, columns, "columns")
    w = weights_of(survey, weights)
    ww = np.ones(survey.n) if w is None else np.nan_to_num(np.asarray(w))
    both = a.inside.any(axis=1) & b.inside.any(axis=1) & (ww > 0)
    x, y, ww = a.inside[both].astype(float), b.inside[both].astype(float), ww[both]
    keep_x, keep_y = x.any(axis=0), y.any(axis=0)
    x, y = x[:, keep_x], y[:, keep_y]
    names = [[n for n, k in zip(s.labels, keep, strict=True) if k] for s, keep in ((a, keep_x), (b, keep_y))]
    if min(len(n) for n in names) < 2 or sum(map(len, names)) < 5:
        raise CjmError(
            en=f"a map needs at least two groups on one side and three on the other; {a.name!r} has {len(names[0])}, "
            f"{b.name!r} {len(names[1])} among the {int(both.sum())} people in both",
            ru=f"для карты нужны хотя бы две группы с одной стороны и три с другой; у {a.name!r} их {len(names[0])}, у "
            f"{b.name!r} {len(names[1])} среди {int(both.sum())} чел., у кого есть обе",
        )
    n = int(both.sum())
    table = (x * ww[:, None]).T @ y
    fit = _Fit(table)
    rng = np.random.default_rng(seed)
    drawn = np.full((resamples, len(names[0]) + len(names[1]), 2), np.nan)
    for k in range(resamples):
        again = np.bincount(rng.integers(0, n, n), minlength=n) * ww
        drawn[k] = fit.project((x * again[:, None]).T @ y)
    above = sum(
        _inertia((x * ww[:, None]).T @ y[rng.permutation(n)]) >= fit.inertia - 1e-12 for _ in range(permutations)
    )
    p = (1 + above) / (permutations + 1)
    axes = pd.DataFrame({"axis": np.arange(1, len(fit.values) + 1), "inertia": fit.values})
    axes["share"] = axes["inertia"] / fit.inertia if fit.inertia > 0 else np.nan
    axes["cumulative"] = axes["share"].cumsum()
    points = _points(fit, drawn, names, np.concatenate([x.sum(axis=0), y.sum(axis=0)]), level)
    return Correspondence(
        survey=survey.name,
        rows=_asked(survey, a.name),
        columns=_asked(survey, b.name),
        table=points,
        axes=axes,
        counts=pd.DataFrame(table, index=names[0], columns=names[1]),
        inertia=fit.inertia,
        p=p,
        n=n,
        level=level,
        warnings=tuple(_notes(axes, points, survey.n - n) + resampled_people(w)),
    )


def _side(survey: SurveyData, given: Any, what: str) -> Any:
    if isinstance(given, list):
        raise CjmError(
            en=f"{what}= is one item (or Series, or a tuple of nested ones), not a list",
            ru=f"{what}= — один вопрос (Series или кортеж вложенных), а не список",
        )
    return column_groups(survey, given)[0]


def _asked(survey: SurveyData, name: str) -> str:
    """The words of a question, for a sentence; a grouping from outside keeps its name."""
    found = [i for i in survey.all_items if name in (i.item, i.group)]
    return (found[0].question or found[0].text or name) if found else name


class _Fit:
    """Axes of a table, and other tables of the same shape on them."""

    def __init__(self, table: Floats) -> None:
        share = table / table.sum()
        self.r, self.c = share.sum(axis=1), share.sum(axis=0)
        s = (share - np.outer(self.r, self.c)) / np.sqrt(np.outer(self.r, self.c))
        u, d, v = np.linalg.svd(s, full_matrices=False)
        k = max(min(table.shape) - 1, 1)
        # The sign of an axis is free: the first row with a clear place lies on the right.
        flip = np.where(u[np.abs(u[:, :k]).argmax(axis=0), np.arange(k)] < 0, -1.0, 1.0)
        self.values = d[:k] ** 2
        self.inertia = float(self.values.sum())
        self.row = (u[:, :k] * flip) / np.sqrt(self.r)[:, None]
        self.column = (v.T[:, :k] * flip) / np.sqrt(self.c)[:, None]
        self.rows, self.columns = self.row * d[:k], self.column * d[:k]

    def project(self, table: Floats) -> Floats:
        """Places of all rows and columns of a table on the first two axes."""
        with np.errstate(invalid="ignore", divide="ignore"):
            rows = (table / table.sum(axis=1, keepdims=True)) @ self.column[:, :2]
            columns = (table / table.sum(axis=0)).T @ self.row[:, :2]
        both = np.vstack([rows, columns])
        return both if both.shape[1] == 2 else np.column_stack([both, np.zeros(len(both))])


def _inertia(table: Floats) -> float:
    share = table / table.sum()
    expected = np.outer(share.sum(axis=1), share.sum(axis=0))
    return float(((share - expected) ** 2 / np.where(expected > 0, expected, 1)).sum())


def _points(fit: _Fit, drawn: Floats, names: list[list[str]], people: Floats, level: float) -> pd.DataFrame:
    places = np.vstack([fit.rows, fit.columns])
    mass = np.concatenate([fit.r, fit.c])
    far = (places**2).sum(axis=1)
    at = places[:, :2] if places.shape[1] > 1 else np.column_stack([places, np.zeros(len(places))])
    tail = (1 - level) / 2
    ends = np.nanquantile(drawn, [tail, 1 - tail], axis=0) if len(drawn) else np.full((2, *at.shape), np.nan)
    off = drawn - np.nanmean(drawn, axis=0) if len(drawn) else np.full((1, *at.shape), np.nan)
    cov = np.einsum("kpi,kpj->pij", np.nan_to_num(off), np.nan_to_num(off)) / max(len(drawn) - 1, 1)
    return pd.DataFrame(
        {
            "side": ["row"] * len(names[0]) + ["column"] * len(names[1]),
            "label": names[0] + names[1],
            "x": at[:, 0],
            "y": at[:, 1],
            "x_low": ends[0][:, 0],
            "x_high": ends[1][:, 0],
            "y_low": ends[0][:, 1],
            "y_high": ends[1][:, 1],
            "xx": cov[:, 0, 0] if len(drawn) else np.nan,
            "xy": cov[:, 0, 1] if len(drawn) else np.nan,
            "yy": cov[:, 1, 1] if len(drawn) else np.nan,
            "mass": mass,
            "inertia": mass * far / fit.inertia if fit.inertia > 0 else np.nan,
            "quality": (at**2).sum(axis=1) / np.where(far > 0, far, np.nan),
            "n": people.astype(int),
        }
    )


def _notes(axes: pd.DataFrame, points: pd.DataFrame, lost: int) -> list[str]:
    notes = []
    shown = float(axes["share"].head(2).sum())
    if shown < 0.7:
        text = number(shown, 0, percent=True)
        notes.append(
            say(
                en=f"two axes show only {text} of what differs; read the table too",
                ru=f"две оси показывают только {text} различий; смотрите и таблицу",
            )
        )
    poor = points.loc[points["quality"] < 0.5, "label"].tolist()
    if poor:
        notes.append(
            say(
                en=f"badly shown by two axes (less than half of their distance): {rows_text(poor)}",
                ru=f"двумя осями показаны плохо (меньше половины расстояния): {rows_text(poor)}",
            )
        )
    few = points.loc[points["n"] < SMALL, "label"].tolist()
    if few:
        notes.append(
            say(en=f"fewer than {SMALL} people: {rows_text(few)}", ru=f"меньше {SMALL} чел.: {rows_text(few)}")
        )
    if lost:
        notes.append(
            say(
                en=f"{lost} people stand on one side only and do not count",
                ru=f"{lost} чел. есть лишь с одной стороны и не учтены",
            )
        )
    return notes
