"""From a table of scores to emotion curves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.caution import carried, packed, unpacked
from cjmkit.emotion._estimator import Fit, fit
from cjmkit.emotion._people import labels_of, weights_of
from cjmkit.emotion._words import source_title
from cjmkit.emotion.data import SMALL_N, CurveData, Weights
from cjmkit.emotion.leaving import left
from cjmkit.emotion.leaving import remark as leaving
from cjmkit.emotion.limits import mean_limits, same_ratings
from cjmkit.emotion.moments import peak_end, people_peak_end, summary
from cjmkit.emotion.notes import points
from cjmkit.emotion.scores import SCALE, Cells, read_scores
from cjmkit.emotion.sources import disagreements
from cjmkit.errors import CjmError
from cjmkit.i18n import say

__all__ = ["Curve", "curve"]

_FEWEST_TEXTS = 10
_RESAMPLES = 2000


class Curve(CurveData):
    """Emotion curves, one per persona and source, with what can be asked of them."""

    summary = summary
    peak_end = peak_end
    people_peak_end = people_peak_end
    points = points
    disagreements = disagreements


def curve(
    scores: pd.DataFrame,
    *,
    by: pd.Series | str | None = None,
    unit: str = "stage",
    source: str | Sequence[str] | None = None,
    stages: Iterable[Any] | None = None,
    level: float = 0.95,
    min_n: int = 3,
    formed_from: bool = False,
    weights: Weights | None = None,
) -> Curve:
    """Compute emotion curves: mean feeling per stage with intervals over people.

    Each person counts once per stage: several ratings of one person are averaged first. Stage means come from a
    random-intercept model (REML): everybody's mean, people who left included as far as their earlier ratings tell. That
    is right if leaving depends on ratings that were given and all stages correlate alike; where more than 15 % left, a
    warning says so, beside the mean of those who answered (column `answered`). Standard errors leave out one person at
    a time (jackknife). Sources are never mixed.

    Parameters
    ----------
    scores : DataFrame
        participant, stage, score (−2..2), optionally source and touchpoint; a row per rating.
    by : Series or str, optional
        Persona of each person (index participant), or the name of a column; one curve for everybody by default.
    unit : {"stage", "touchpoint"}
        What a point is.
    source : str or list, optional
        Only these sources.
    stages : sequence, optional
        Stage ids or Stage objects in order, or a Journey. Stages without scores become gaps.
    level : float
        Confidence level.
    min_n : int
        Fewer people than this leave a gap.
    formed_from : bool
        Whether these ratings helped to form the personas; differences are then descriptive only.
    weights : Weights, optional
        How much each person counts, and why.

    Returns
    -------
    Curve

    Raises
    ------
    CjmError
        If columns are missing, ratings lie outside the scale, a stage is unknown or no person has a persona.

    Notes
    -----
    Limits know the ends of the scale; ``mean ± t(n − 1) · se`` would cover only 91 % of lopsided ratings.
    Points of fewer than ten people are drawn hollow. Statements about peaks rest on 2,000 resamples of people.
    ``band_low``, ``band_high`` hold for all shown stages of a curve at once (Bonferroni). The score limits take
    2 (n − 1) degrees of freedom: ratings on a short scale scatter about evenly (excess kurtosis near −1), and the
    variance of such data is known as well as that of twice as many normal ones; the band keeps n − 1. Coverage by
    simulation is in ``benchmarks/results/emotion_coverage.md``. When all people at a stage
    gave the same rating, the interval is the widest one compatible with not having met anybody who differs.
    Text tone with fewer than ten texts at a stage is a gap.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"participant": list("abcd") * 2, "stage": ["search"] * 4 + ["deal"] * 4,
    ...                        "score": [1, 2, 1, 0, -1, 0, -2, -1]})
    >>> mood = curve(scores, stages=["search", "deal"])
    >>> mood.table[["stage", "mean", "n", "hollow"]]
        stage  mean  n  hollow
    0  search   1.0  4    True
    1    deal  -1.0  4    True
    >>> print(mood.estimate("deal"))
    −1.00 [−1.65, 0.15], n = 4 people
    """
    if not 0 < level < 1:
        raise CjmError(
            en=f"level is a share between 0 and 1, for example .95; {level!r} came",
            ru=f"level — доля между 0 и 1, например .95; пришло {level!r}",
        )
    if min_n < 2:
        raise CjmError(
            en=f"min_n is at least 2: one person has no interval; {min_n} came",
            ru=f"min_n не меньше 2: по одному человеку интервала нет; пришло {min_n}",
        )
    read = read_scores(scores, unit=unit, source=source, stages=stages)
    said = list(read.warnings)
    groups, group_code = labels_of(read, scores, by, said)
    weight = None if weights is None else weights_of(read, weights, said)
    behind = _items(scores, unit)
    rng = np.random.default_rng(0)
    rows: list[dict[str, Any]] = []
    found: dict[tuple[str, str], tuple[Fit, Cells]] = {}
    drawn: dict[tuple[str, str], npt.NDArray[np.float64]] = {}
    for g, persona in enumerate(groups):
        for s, name in enumerate(read.sources):
            cells = read.cells((read.source == s) & (group_code == g))
            if not len(cells.people) and len(read.sources) > 1 and len(groups) > 1:
                said.append(
                    say(
                        en=f"persona {persona!r} has no scores from source {name!r}",
                        ru=f"у персоны {persona!r} нет оценок из источника {name!r}",
                    )
                )
            w = None if weight is None else weight[np.searchsorted(read.people.astype(str), cells.people.astype(str))]
            one = fit(cells.y, weights=w)
            found[persona, name] = one, cells
            drawn[persona, name] = (
                one.draws(_RESAMPLES, rng) if len(cells.people) else np.full((_RESAMPLES, len(read.units)), np.nan)
            )
            here: list[dict[str, Any]] = []
            for row in _rows(one, cells, w, texts=name == "text", level=level, min_n=min_n):
                stage, touchpoint = read.units[row.pop("at")]
                survey, items, doubt = behind.get((stage, touchpoint, name), ("", "", ""))
                where = {"persona": persona, "stage": stage, "touchpoint": touchpoint}
                title = read.titles.get(stage, stage)
                here.append(
                    where
                    | {"title": title, "source": name}
                    | row
                    | {"survey": survey, "items": items, "cautions": doubt}
                )
            rows += here
            who = ", ".join(v for v in (persona, source_title(name) if len(read.sources) > 1 else "") if v)
            said += [text for text in [leaving(cells.y, here, f"{who}: " if who else "")] if text and unit == "stage"]
    table = pd.DataFrame(rows)
    if unit == "stage":
        table = table.drop(columns="touchpoint")
    found_curve = Curve(
        table=table,
        level=level,
        unit=unit,
        min_n=min_n,
        formed_from=formed_from,
        warnings=(*said, *_warnings(table, formed_from, weights)),
        fits={k: f for k, (f, _) in found.items()},
        values={k: c.y for k, (_, c) in found.items()},
        people={k: c.people for k, (_, c) in found.items()},
        resampled=drawn,
    )
    return carried(found_curve, unpacked(table["cautions"]))


def _warnings(table: pd.DataFrame, formed_from: bool, weights: Weights | None) -> list[str]:
    said = []
    same = table["reason"].str.startswith("same rating").sum()
    if same:
        said.append(
            say(
                en=f"at {same} points everybody gave the same rating; the interval there is a bound, not a t interval",
                ru=f"в точках, где все поставили одно и то же (таких {same}), интервал — это граница, а не t-интервал",
            )
        )
    if formed_from:
        said.append(
            say(
                en="the ratings helped to form the personas: differences are descriptive, without p-values",
                ru="эти оценки участвовали в выделении персон: различия между ними только описание, без p-значений",
            )
        )
    if weights is not None:
        reason = weights.reason.strip()
        said.append(say(en=f"weighted: {reason}", ru=f"взвешено: {reason}"))
    return said


def _items(scores: pd.DataFrame, unit: str) -> dict[tuple[str, str, str], tuple[str, str, str]]:
    """Survey, items and cautions behind each stage (and touchpoint) and source, where the table names them."""
    if "item" not in scores:
        return {}
    source = scores["source"] if "source" in scores else pd.Series("survey", index=scores.index)
    survey = scores["survey"] if "survey" in scores else pd.Series("", index=scores.index)
    frame = pd.DataFrame({"stage": scores["stage"], "source": source, "survey": survey, "item": scores["item"]})
    frame["touchpoint"] = scores["touchpoint"].fillna("").astype(str) if unit == "touchpoint" else ""
    frame["cautions"] = scores.get("cautions", "")
    out: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    for where, part in frame.drop_duplicates().groupby(["stage", "touchpoint", "source"], observed=True):
        stage, touchpoint, name = map(str, where)
        surveys = ", ".join(sorted(str(v) for v in part["survey"].dropna().unique() if str(v)))
        items = ", ".join(sorted(str(v) for v in part["item"].dropna().unique()))
        out[stage, touchpoint, name] = surveys, items, packed(unpacked(part["cautions"]))
    return out


def _rows(
    one: Fit, cells: Cells, w: npt.NDArray[np.float64] | None, *, texts: bool, level: float, min_n: int
) -> Iterable[dict[str, Any]]:
    """What a curve says of each of its points, in order; `at` is the place of the point."""
    n, y, ratings = one.n, cells.y, cells.rows
    enough = n >= min_n
    shown = enough & (ratings >= _FEWEST_TEXTS) if texts else enough
    whole = 1 - (1 - level) / max(int(shown.sum()), 1)
    same = same_ratings(y) if len(y) else np.full(len(n), np.nan)
    gone = left(y) if len(y) else np.full(len(n), np.nan)
    answered = _answered(y, w)
    mean = np.clip(one.mean, *SCALE)
    low, high = mean_limits(mean, one.se, n, same, level=level)
    band_low, band_high = mean_limits(mean, one.se, n, same, level=whole, df=1)
    # What the model infers of those who left lies within the limits, even where the mean may not follow it.
    inferred = np.clip(one.modelled, *SCALE)
    low, band_low = np.minimum(low, inferred), np.minimum(band_low, inferred)
    high, band_high = np.maximum(high, inferred), np.maximum(band_high, inferred)
    for i in range(len(n)):
        reason = ""
        if n[i] == 0:
            reason = "nobody"
        elif not enough[i]:
            reason = f"fewer than {min_n} people"
        elif not shown[i]:
            reason = f"fewer than {_FEWEST_TEXTS} texts"
        elif np.isfinite(same[i]):
            reason = "same rating from everybody"
        limits = (mean[i], low[i], high[i], band_low[i], band_high[i]) if shown[i] else (np.nan,) * 5
        used = None if w is None else w[~np.isnan(y[:, i])]
        yield {
            "at": i,
            **dict(zip(("mean", "low", "high", "band_low", "band_high"), map(float, limits), strict=True)),
            "answered": float(answered[i]) if shown[i] else np.nan,
            "left": float(gone[i]),
            "n": int(n[i]),
            "ratings": int(ratings[i]) if len(ratings) else 0,
            "n_eff": float(n[i]) if used is None or not len(used) else float(used.sum() ** 2 / (used**2).sum()),
            "shown": bool(shown[i]),
            "hollow": bool(shown[i] and n[i] < SMALL_N),
            "reason": reason,
        }


def _answered(y: npt.NDArray[np.float64], w: npt.NDArray[np.float64] | None) -> npt.NDArray[np.float64]:
    """Plain (weighted) mean of those who answered."""
    seen = ~np.isnan(y)
    weight = (np.ones(len(y)) if w is None else w)[:, None] * seen
    with np.errstate(invalid="ignore", divide="ignore"):
        out: npt.NDArray[np.float64] = (weight * np.where(seen, y, 0.0)).sum(axis=0) / weight.sum(axis=0)
    return out
