"""From a table of scores to emotion curves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.emotion._estimator import Fit, fit
from cjmkit.emotion._intervals import same_rating_limits, score_limits, t_limits
from cjmkit.emotion._result import Curve
from cjmkit.emotion._scores import SCALE, Scores, person_ids, read_scores
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say

__all__ = ["curve", "labels_of"]

_FEWEST_TEXTS = 10


def curve(
    scores: pd.DataFrame,
    *,
    by: pd.Series | str | None = None,
    unit: str = "stage",
    source: str | Sequence[str] | None = None,
    stages: Iterable[Any] | None = None,
    level: float = 0.95,
    min_n: int = 3,
    small_n: int = 10,
    formed_from: bool = False,
    weights: pd.Series | None = None,
    weights_reason: str = "",
    interval: str = "score",
    draws: int = 2000,
    seed: int = 0,
) -> Curve:
    """Compute emotion curves: mean feeling per stage with intervals over people.

    Each person counts once per stage: several ratings of one person are averaged first. Stage means come from a
    random-intercept model (REML), so that a curve does not rise merely because the unhappy have left; their standard
    errors leave out one person at a time (jackknife). Sources are never mixed.

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
    small_n : int
        Fewer people than this make a hollow point.
    formed_from : bool
        Whether these ratings helped to form the personas; differences are then descriptive only.
    weights : Series, optional
        Weight per person (index participant).
    weights_reason : str
        Why people are weighted; required with `weights`, and shown.
    interval : {"score", "t"}
        How the limits follow from mean and standard error. ``"score"`` knows the ends of the scale and keeps its level
        for lopsided ratings; ``"t"`` is ``mean ± t(n − 1) · se``, which covers only 91 % there.
    draws : int
        Bootstrap draws behind the statements about peaks.
    seed : int
        Seed of the draws.

    Returns
    -------
    Curve

    Raises
    ------
    CjmError
        If columns are missing, ratings lie outside the scale, a stage is unknown or no person has a persona.

    Notes
    -----
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
        raise CjmError(f"level is a share between 0 and 1, for example .95; {level!r} came")
    if min_n < 2:
        raise CjmError(f"min_n is at least 2: one person has no interval; {min_n} came")
    if weights is not None and not weights_reason.strip():
        raise CjmError("weights change what the curve says; give weights_reason= in words, it is shown with the curve")
    if interval not in ("score", "t"):
        raise CjmError(suggest(interval, ("score", "t"), what="interval"))
    read = read_scores(scores, unit=unit, source=source, stages=stages)
    said = list(read.warnings)
    groups, group_code = labels_of(read, scores, by, said)
    weight = _weights(read, weights, said)
    behind = _items(scores)
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    fits: dict[tuple[str, str], Fit] = {}
    values: dict[tuple[str, str], npt.NDArray[np.float64]] = {}
    people: dict[tuple[str, str], npt.NDArray[np.object_]] = {}
    kept: dict[tuple[str, str], npt.NDArray[np.float64]] = {}
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
            fits[persona, name], values[persona, name], people[persona, name] = one, cells.y, cells.people
            kept[persona, name] = (
                one.draws(draws, rng) if len(cells.people) else np.full((draws, len(read.units)), np.nan)
            )
            rows += _rows(one, cells.y, cells.rows, w, read, persona, name, level, min_n, small_n, interval, behind)
    table = pd.DataFrame(rows)
    if unit == "stage":
        table = table.drop(columns="touchpoint")
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
    if weight is not None:
        said.append(say(en=f"weighted: {weights_reason.strip()}", ru=f"взвешено: {weights_reason.strip()}"))
    return Curve(
        table,
        level,
        unit,
        min_n,
        small_n,
        formed_from,
        tuple(said),
        weights_reason.strip(),
        seed,
        fits,
        values,
        people,
        kept,
    )


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────


def labels_of(
    read: Scores, scores: pd.DataFrame, by: pd.Series | str | None, said: list[str]
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Groups in order, and the group of each row (−1 for none)."""
    if by is None:
        return [""], np.zeros(len(read.person), dtype=np.int64)
    if isinstance(by, str):
        if by not in scores:
            raise CjmError(suggest(by, scores.columns, what="column of scores for by="))
        person = "participant" if "participant" in scores else "respondent"
        pairs = scores[[person, by]].dropna().drop_duplicates()
        ids = person_ids(pairs[person])
        if len(set(ids)) < len(ids):
            raise CjmError(
                f"some people have several values of {by!r}; a curve needs one persona per person. "
                "For two waves of the same people use cjmkit.emotion.difference(by=…)"
            )
        by = pd.Series(pairs[by].to_numpy(), index=ids)
    if not isinstance(by, pd.Series):
        raise CjmError(f"by is a Series (index participant, value persona) or a column name; {type(by).__name__} came")
    order = (
        [str(c) for c in by.cat.categories]
        if isinstance(by.dtype, pd.CategoricalDtype)
        else sorted(map(str, by.dropna().unique()))
    )
    kept = by.dropna()
    lookup = pd.Series(kept.astype(str).to_numpy(dtype=object), index=person_ids(kept.index))
    # Of two labels of one person the last stays, as in a dictionary.
    lookup = lookup[~lookup.index.duplicated(keep="last")]
    known = [g for g in order if g in set(lookup.unique())]
    code = pd.Categorical(lookup.reindex(read.people), categories=known).codes.astype(np.int64)
    if (code < 0).all():
        raise CjmError(
            f"none of the {len(read.people)} people with scores has a persona: scores know "
            f"{', '.join(map(repr, read.people[:3]))} …, the labels {', '.join(repr(str(i)) for i in by.index[:3])} …"
        )
    missing = int((code < 0).sum())
    if missing:
        said.append(
            say(
                en=f"{missing} of {len(code)} people have scores but no persona and are in no curve",
                ru=f"{missing} из {len(code)} чел. оценки поставили, но персоны у них нет; ни в одной кривой их нет",
            )
        )
    return known, code[read.person]


def _weights(read: Scores, weights: pd.Series | None, said: list[str]) -> npt.NDArray[np.float64] | None:
    if weights is None:
        return None
    lookup = dict(zip(person_ids(weights.index), weights.to_numpy(dtype=float), strict=True))
    out = np.array([lookup.get(p, np.nan) for p in read.people])
    if (out < 0).any() or not np.isfinite(out[~np.isnan(out)]).all():
        raise CjmError("weights are finite numbers from 0 up")
    lost = int(np.isnan(out).sum())
    if lost == len(out):
        raise CjmError("none of the people with scores has a weight; the index of weights= is the participant")
    if lost:
        said.append(
            say(
                en=f"{lost} of {len(out)} people have no weight and were left out",
                ru=f"{lost} из {len(out)} чел. не имеют веса и не учтены",
            )
        )
    return np.nan_to_num(out)


def _items(scores: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """Survey and items behind each stage and source, where the table names them."""
    if "item" not in scores:
        return {}
    source = scores["source"] if "source" in scores else pd.Series("survey", index=scores.index)
    survey = scores["survey"] if "survey" in scores else pd.Series("", index=scores.index)
    frame = pd.DataFrame({"stage": scores["stage"], "source": source, "survey": survey, "item": scores["item"]})
    out: dict[tuple[str, str], tuple[str, str]] = {}
    for (stage, name), part in frame.drop_duplicates().groupby(["stage", "source"], observed=True):
        surveys = ", ".join(sorted(str(v) for v in part["survey"].dropna().unique() if str(v)))
        out[str(stage), str(name)] = surveys, ", ".join(sorted(str(v) for v in part["item"].dropna().unique()))
    return out


def _rows(
    one: Fit,
    y: npt.NDArray[np.float64],
    ratings: npt.NDArray[np.int64],
    w: npt.NDArray[np.float64] | None,
    read: Scores,
    persona: str,
    source: str,
    level: float,
    min_n: int,
    small_n: int,
    interval: str,
    behind: dict[tuple[str, str], tuple[str, str]],
) -> list[dict[str, Any]]:
    n = one.n
    enough = n >= min_n
    texts = source == "text"
    shown = enough & (ratings >= _FEWEST_TEXTS) if texts else enough
    whole = 1 - (1 - level) / max(int(shown.sum()), 1)
    if interval == "score":
        low, high = score_limits(one.mean, one.se, 2.0 * (n - 1), level=level)
        band_low, band_high = score_limits(one.mean, one.se, n - 1.0, level=whole)
    else:
        low, high = t_limits(one.mean, one.se, n - 1.0, level=level)
        band_low, band_high = t_limits(one.mean, one.se, n - 1.0, level=whole)
    out = []
    for i, (stage, touchpoint) in enumerate(read.units):
        reason = ""
        if n[i] == 0:
            reason = "nobody"
        elif not enough[i]:
            reason = f"fewer than {min_n} people"
        elif not shown[i]:
            reason = f"fewer than {_FEWEST_TEXTS} texts"
        mean = float(np.clip(one.mean[i], *SCALE)) if shown[i] else np.nan
        limits = (low[i], high[i], band_low[i], band_high[i]) if shown[i] else (np.nan,) * 4
        seen = y[~np.isnan(y[:, i]), i] if n[i] else np.array([])
        if shown[i] and np.ptp(seen) < 1e-12:
            reason = "same rating from everybody"
            value = float(seen[0])
            pointwise = same_rating_limits(value, int(n[i]), level=level)
            limits = (*pointwise, *same_rating_limits(value, int(n[i]), level=whole))
            # The model may have moved the mean a little; the limits have to hold it.
            a, b, c, d = limits
            limits = (min(a, mean), max(b, mean), min(c, mean), max(d, mean))
        used = None if w is None else w[~np.isnan(y[:, i])]
        survey, items = behind.get((stage, source), ("", ""))
        out.append(
            {
                "persona": persona,
                "stage": stage,
                "touchpoint": touchpoint,
                "title": read.titles.get(stage, stage),
                "source": source,
                "mean": mean,
                "low": limits[0],
                "high": limits[1],
                "band_low": limits[2],
                "band_high": limits[3],
                "n": int(n[i]),
                "ratings": int(ratings[i]) if len(ratings) else 0,
                "n_eff": float(n[i]) if used is None or not len(used) else float(used.sum() ** 2 / (used**2).sum()),
                "shown": bool(shown[i]),
                "hollow": bool(shown[i] and n[i] < small_n),
                "reason": reason,
                "survey": survey,
                "items": items,
            }
        )
    return out
